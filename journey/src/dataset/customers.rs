//! Customer ids, merges, forgetting, and which customers changed. A merge is an alias for good, resolved
//! on reading; a forgotten customer's ids stay known only to turn what still arrives under them anonymous.

use hashbrown::{HashMap, HashSet};

use super::intern::Interner;
use super::{CustomerNo, Full, NONE};

#[derive(Debug, Default)]
pub(super) struct Customers {
    ids: Interner,
    /// Of each customer: the customer he is known as (himself without a merge).
    root: Vec<u32>,
    /// Of a root with aliases: everyone who is known as him, himself included.
    members: HashMap<u32, Vec<u32>>,
    forgotten: HashSet<u32>,
    dirty: Vec<u32>,
    is_dirty: Vec<bool>,
    /// Whose receipt stands on another day by a row of somebody else.
    moved: HashSet<u32>,
}

impl Customers {
    fn number(&mut self, id: &str) -> Result<u32, Full> {
        let number = self.ids.intern(id)?;
        self.grow();
        Ok(number)
    }

    /// Everyone is known as himself first.
    fn grow(&mut self) {
        let known = u32::try_from(self.root.len()).unwrap_or(NONE);
        self.root.extend(known..self.ids.len_u32());
        self.is_dirty.resize(self.root.len(), false);
    }

    /// The numbers records of these customers get: none for who was forgotten.
    pub(super) fn numbers_for_records(&mut self, ids: &Interner) -> Result<Vec<u32>, Full> {
        let mut numbers = self.ids.intern_all(ids)?;
        self.grow();
        if !self.forgotten.is_empty() {
            for number in &mut numbers {
                if self.forgotten.contains(number) {
                    *number = NONE;
                }
            }
        }
        Ok(numbers)
    }

    pub(super) fn find(&self, id: &str) -> Option<u32> {
        let number = self.ids.find(id)?;
        (!self.forgotten.contains(&number)).then(|| self.root_of(number))
    }

    pub(super) fn id(&self, number: u32) -> &str {
        self.ids.get(number)
    }

    pub(super) fn len(&self) -> usize {
        self.root.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.ids.bytes() + self.root.capacity() * 5
    }

    /// The customer a number counts for; none stays none.
    pub(super) fn root_of(&self, number: u32) -> u32 {
        self.root.get(number as usize).copied().unwrap_or(NONE)
    }

    pub(super) fn members(&self, number: u32) -> Vec<u32> {
        let root = self.root_of(number);
        self.members
            .get(&root)
            .cloned()
            .unwrap_or_else(|| vec![root])
    }

    pub(super) fn merge(&mut self, from: &str, into: &str) -> Result<bool, Full> {
        let (from, into) = (self.number(from)?, self.number(into)?);
        if self.forgotten.contains(&from) || self.forgotten.contains(&into) {
            return Ok(false);
        }
        let (from, into) = (self.root_of(from), self.root_of(into));
        if from == into {
            return Ok(false);
        }
        let moved = self.members.remove(&from).unwrap_or_else(|| vec![from]);
        for member in &moved {
            if let Some(root) = self.root.get_mut(*member as usize) {
                *root = into;
            }
        }
        self.members
            .entry(into)
            .or_insert_with(|| vec![into])
            .extend(moved);
        self.touch(into);
        Ok(true)
    }

    /// Everyone who is forgotten with this customer, himself included.
    pub(super) fn forget(&mut self, id: &str) -> Result<HashSet<u32>, Full> {
        let number = self.number(id)?;
        let gone: HashSet<u32> = self.members(number).into_iter().collect();
        self.touch(number);
        self.forgotten.extend(&gone);
        Ok(gone)
    }

    pub(super) fn touch(&mut self, number: u32) {
        let root = self.root_of(number);
        if let Some(dirty) = self.is_dirty.get_mut(root as usize)
            && !*dirty
        {
            *dirty = true;
            self.dirty.push(root);
        }
    }

    /// A row of somebody else put a receipt of this customer on another day.
    pub(super) fn note_moved(&mut self, number: u32) {
        self.touch(number);
        self.moved.insert(number);
    }

    pub(super) fn any_moved(&self) -> bool {
        !self.moved.is_empty()
    }

    /// By id; a forgotten customer's is told to nobody.
    pub(super) fn take_moved(&mut self) -> Vec<String> {
        let moved = std::mem::take(&mut self.moved);
        let mut ids: Vec<String> = moved
            .into_iter()
            .filter(|number| !self.forgotten.contains(number))
            .map(|number| self.id(self.root_of(number)).to_owned())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    pub(super) fn take_dirty(&mut self) -> Vec<CustomerNo> {
        let mut owners: Vec<CustomerNo> = Vec::with_capacity(self.dirty.len());
        for number in std::mem::take(&mut self.dirty) {
            if let Some(dirty) = self.is_dirty.get_mut(number as usize) {
                *dirty = false;
            }
            owners.push(CustomerNo(self.root_of(number)));
        }
        owners.sort_unstable();
        owners.dedup();
        owners
    }
}
