//! Texts without doubles: every distinct text gets a small number, in order of first appearance.
//! One arena holds the bytes, a table of numbers finds them; nothing is ever taken out.

use std::hash::BuildHasher;
use std::hint::black_box;
use std::ops::Range;

use hashbrown::hash_table::Entry;
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
        let text = self.span(number).and_then(|span| self.text.get(span));
        text.unwrap_or_default()
    }

    /// Adds a text that is to have a number.
    fn add(&mut self, text: &str) -> Result<u32, Full> {
        let next = u32::try_from(self.ends.len()).ok();
        let number = next.filter(|number| *number < super::NONE).ok_or(Full)?;
        self.push(text);
        Ok(number)
    }

    /// Whether this is the text of a number. By its bytes: where letters begin need not be looked at for that. Two empty
    /// texts are not compared: their address is nowhere, and asking some machines' `memcmp` about it takes a hundred times
    /// as long. Tills of outside histories often have no name.
    fn is(&self, number: u32, text: &str) -> bool {
        let bytes = self
            .span(number)
            .and_then(|span| self.text.as_bytes().get(span));
        bytes.is_some_and(|bytes| {
            bytes.len() == text.len() && (text.is_empty() || bytes == text.as_bytes())
        })
    }

    fn span(&self, number: u32) -> Option<Range<usize>> {
        let number = number as usize;
        let start = number
            .checked_sub(1)
            .and_then(|before| self.ends.get(before));
        Some(start.copied().unwrap_or(0)..*self.ends.get(number)?)
    }

    /// All of another, behind what is here.
    pub(super) fn extend(&mut self, other: &Self) {
        let before = self.text.len();
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| before + end));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let text = self.text.get(start..*end).unwrap_or_default();
            start = *end;
            text
        })
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<usize>()
    }
}

/// Texts looked up together.
const AT_ONCE: usize = 32;

/// Distinct texts and their numbers.
#[derive(Debug, Default, Clone)]
pub(super) struct Interner {
    arena: Arena,
    /// The number given last: rows of one receipt come one behind the other, and so do those of one shop.
    last: u32,
    table: HashTable<Found>,
    hasher: DefaultHashBuilder,
}

/// A number in the table, with enough of its text's hash that neither a look-up nor the growth of the table has to go to a
/// text that is not meant: at millions of texts every one of them is a wait for memory.
#[derive(Debug, Clone, Copy)]
struct Found {
    hash: u32,
    number: u32,
}

/// What the table goes by: 32 bits spread over the 64 it wants.
const fn spread(hash: u32) -> u64 {
    (hash as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl Interner {
    /// The number of `text`, given out on first sight.
    pub(super) fn intern(&mut self, text: &str) -> Result<u32, Full> {
        if self.is_last(text) {
            return Ok(self.last);
        }
        self.intern_hashed(self.hash(text), text)
    }

    /// The numbers of all texts of another.
    pub(super) fn intern_all(&mut self, other: &Self) -> Result<Vec<u32>, Full> {
        let mut numbers = Vec::with_capacity(other.len());
        let mut texts = other.iter();
        let mut some = [(0, ""); AT_ONCE];
        while numbers.len() < other.len() {
            let count = some.len().min(other.len() - numbers.len());
            for (slot, text) in some.iter_mut().zip(texts.by_ref().take(count)) {
                *slot = (self.hash(text), text);
            }
            // What is found is of no interest yet: the places of the table come into reach together, where one look-up
            // after the other would wait for memory each time.
            for (hash, _) in some.iter().take(count) {
                black_box(self.table.find(spread(*hash), |found| found.hash == *hash));
            }
            for (hash, text) in some.iter().take(count) {
                numbers.push(self.intern_hashed(*hash, text)?);
            }
        }
        Ok(numbers)
    }

    fn intern_hashed(&mut self, hash: u32, text: &str) -> Result<u32, Full> {
        let Self { arena, table, .. } = self;
        let same = |found: &Found| found.hash == hash && arena.is(found.number, text);
        let number = match table.entry(spread(hash), same, |found| spread(found.hash)) {
            Entry::Occupied(found) => found.get().number,
            Entry::Vacant(place) => {
                let number = arena.add(text)?;
                place.insert(Found { hash, number });
                number
            }
        };
        self.last = number;
        Ok(number)
    }

    /// The number of the text before if this is the same, a new one otherwise: for texts that mostly differ, where nobody
    /// asks whether they do. Not to be mixed with [`Interner::intern`].
    pub(super) fn follow(&mut self, text: &str) -> Result<u32, Full> {
        if !self.is_last(text) {
            self.last = self.arena.add(text)?;
        }
        Ok(self.last)
    }

    fn is_last(&self, text: &str) -> bool {
        self.arena.is(self.last, text)
    }

    /// The upper half, which is the better mixed one.
    fn hash(&self, text: &str) -> u32 {
        (self.hasher.hash_one(text) >> 32) as u32
    }

    fn look(&self, hash: u32, text: &str) -> Option<u32> {
        self.table
            .find(spread(hash), |found| {
                found.hash == hash && self.arena.is(found.number, text)
            })
            .map(|found| found.number)
    }

    /// The number of `text` if it was ever seen.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        self.look(self.hash(text), text)
    }

    pub(super) fn get(&self, number: u32) -> &str {
        self.arena.get(number)
    }

    /// All texts, by their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.arena.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.arena.len()
    }

    pub(super) fn len_u32(&self) -> u32 {
        u32::try_from(self.arena.len()).unwrap_or(super::NONE)
    }

    pub(super) fn bytes(&self) -> usize {
        self.arena.bytes() + self.table.capacity() * (size_of::<Found>() + 1)
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

    #[test]
    fn many_get_the_numbers_that_each_would_get() {
        let texts: Vec<String> = (0..5 * AT_ONCE)
            .map(|at| (at * at % 97).to_string())
            .collect();
        let mut many = Interner::default();
        let follow = |text: &String| many.follow(text).unwrap();
        let followed: Vec<u32> = texts.iter().map(follow).collect();
        let (mut together, mut each) = (Interner::default(), Interner::default());
        for interner in [&mut together, &mut each] {
            interner.intern("16").unwrap();
        }
        let one_by_one: Vec<u32> = texts
            .iter()
            .map(|text| each.intern(text).unwrap())
            .collect();
        let numbers = together.intern_all(&many).unwrap();
        let at_once: Vec<u32> = followed.iter().map(|at| numbers[*at as usize]).collect();
        assert_eq!(at_once, one_by_one);
        assert_eq!(together.len(), each.len());
    }
}
