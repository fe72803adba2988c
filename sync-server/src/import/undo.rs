//! Taking an import back, and the list of imports. From one moment to the next its rows are there for nobody, beside a
//! running `serve` too; they are deleted piece by piece behind that. The import stays in the list with the time it was
//! taken back, and importing the file again puts everything in again.

use crate::api::Office;
use crate::store::rows::{Change, ImportRun};
use crate::store::{self, Result};

/// The most imports of the list.
const MOST_IMPORTS: u32 = 10_000;
/// Rows looked at in one transaction of the clearing up.
const STEP: u32 = 20_000;

/// What became of the wish to take an import back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// There is no such import.
    Unknown,
    /// It was taken back before.
    Before(ImportRun),
    /// It is taken back: so many rows.
    Rows(ImportRun, u64),
}

impl Office {
    /// The imports, oldest first, each with the rows that are in by it now.
    ///
    /// # Errors
    /// What the store says.
    pub fn imports(&self) -> Result<Vec<(ImportRun, u64)>> {
        let (mut runs, standing) = store::read(self.store(), |tables| {
            Ok((tables.imports(MOST_IMPORTS)?, tables.imports_standing()?))
        })?;
        runs.reverse();
        let rows = |id| {
            let found = standing.iter().find(|(of, _)| *of == id);
            found.map_or(0, |(_, rows)| *rows)
        };
        Ok(runs
            .into_iter()
            .map(|run| {
                let rows = rows(run.id);
                (run, rows)
            })
            .collect())
    }

    /// Takes an import back: its rows are gone for every reader, its customers wait to be refolded.
    ///
    /// # Errors
    /// What the store says.
    pub fn undo_import(&self, id: i64) -> Result<Undone> {
        let now_ms = self.now_ms();
        let undone = store::write(self.store(), |tables| {
            let Some(run) = tables.import(id)? else {
                return Ok(Undone::Unknown);
            };
            if run.undone_ms.is_some() {
                return Ok(Undone::Before(run));
            }
            let rows = tables.take_back(id, now_ms)?;
            tables.add_change(&Change::Reload)?;
            Ok(Undone::Rows(run, rows))
        })?;
        if let Undone::Rows(run, _) = &undone {
            self.mark_moved_back(run.id)?;
        }
        Ok(undone)
    }

    /// Deletes what was taken back, in bounded steps. `progress` hears how many rows were looked at.
    ///
    /// # Errors
    /// What the store says; the next call goes on.
    pub fn clear_undone(&self, progress: &mut dyn FnMut(u64)) -> Result<()> {
        let now_ms = self.now_ms();
        let (mut after, mut seen) = (0, 0);
        while let Some(upto) = store::write(self.store(), |tables| {
            tables.clear_taken_back(after, STEP, now_ms)
        })? {
            after = upto;
            seen += u64::from(STEP);
            progress(seen);
        }
        Ok(())
    }
}
