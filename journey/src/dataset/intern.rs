//! Texts without doubles: every distinct text gets a small number, in order of first appearance.
//! One arena holds the bytes, a table of numbers finds them; nothing is ever taken out.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::Full;

/// Texts one behind the other in one allocation.
#[derive(Debug, Default, Clone)]
pub(super) struct Arena {
    text: String,
    ends: Vec<usize>,
}

impl Arena {
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    pub(super) fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let start = number
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        self.ends
            .get(number)
            .and_then(|end| self.text.get(start..*end))
            .unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<usize>()
    }
}

/// Distinct texts and their numbers.
#[derive(Debug, Default, Clone)]
pub(super) struct Interner {
    arena: Arena,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Interner {
    /// The number of `text`, given out on first sight.
    pub(super) fn intern(&mut self, text: &str) -> Result<u32, Full> {
        let hash = self.hasher.hash_one(text);
        if let Some(number) = self
            .table
            .find(hash, |number| self.arena.get(*number) == text)
        {
            return Ok(*number);
        }
        let number = u32::try_from(self.arena.len())
            .ok()
            .filter(|number| *number < super::NONE)
            .ok_or(Full)?;
        self.arena.push(text);
        let (arena, hasher) = (&self.arena, &self.hasher);
        self.table
            .insert_unique(hash, number, |number| hasher.hash_one(arena.get(*number)));
        Ok(number)
    }

    /// The number of `text` if it was ever seen.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(text);
        self.table
            .find(hash, |number| self.arena.get(*number) == text)
            .copied()
    }

    pub(super) fn get(&self, number: u32) -> &str {
        self.arena.get(number)
    }

    pub(super) fn len(&self) -> usize {
        self.arena.len()
    }

    pub(super) fn len_u32(&self) -> u32 {
        u32::try_from(self.arena.len()).unwrap_or(super::NONE)
    }

    pub(super) fn bytes(&self) -> usize {
        self.arena.bytes() + self.table.capacity() * 5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_share_a_number() {
        let mut interner = Interner::default();
        let numbers: Vec<u32> = ["a", "", "b", "a", "", "bé"]
            .iter()
            .map(|text| interner.intern(text).unwrap())
            .collect();
        assert_eq!(numbers, [0, 1, 2, 0, 1, 3]);
        assert_eq!(interner.get(3), "bé");
        assert_eq!(interner.find("b"), Some(2));
        assert_eq!(interner.find("c"), None);
        assert_eq!(interner.len(), 4);
    }
}
