//! What goes wrong in a night: boxes copied, put back, cloned and damaged, clocks, head office, and somebody forgotten.

use anyhow::Result;

use super::{BOXES, Forgotten, World};
use crate::nights::oracle;

impl World {
    pub(super) fn snapshot(&mut self, at: usize) -> Result<()> {
        let machine = &mut self.machines[at];
        if machine.snapshots.len() < 4 {
            machine.snapshot()?;
            let name = machine.name.clone();
            self.say(format!("{name} is copied"));
        }
        Ok(())
    }

    pub(super) fn restore(&mut self, at: usize) -> Result<()> {
        let machine = &mut self.machines[at];
        if self.restores_left == 0 || machine.snapshots.is_empty() {
            return Ok(());
        }
        self.restores_left -= 1;
        let copy = self.dice.index(machine.snapshots.len());
        let with_marker = self.dice.one_in(2);
        let gone = machine.restore(copy, with_marker)?;
        *self.scars.entry(machine.till).or_default() += 1;
        let name = machine.name.clone();
        self.did(if with_marker {
            "till: restored, marker and all"
        } else {
            "till: lost its tail"
        });
        self.say(format!(
            "{name} is put back to copy {copy}; marker too: {with_marker}; {gone} events gone"
        ));
        Ok(())
    }

    pub(super) fn clone_box(&mut self, at: usize) -> Result<()> {
        if self.clones_left == 0 || self.machines.len() >= BOXES {
            return Ok(());
        }
        self.clones_left -= 1;
        let name = format!("kloon-{}", self.machines.len() + 1);
        let dir = self.dir.path().join(&name);
        let machine = &mut self.machines[at];
        let from = machine.name.clone();
        let twin = machine.clone_to(&name, &dir)?;
        *self.scars.entry(machine.till).or_default() += 1;
        self.machines.push(twin);
        self.did("till: cloned");
        self.say(format!("{from} is cloned to {name}"));
        Ok(())
    }

    pub(super) fn damage(&mut self, at: usize) -> Result<()> {
        if self.damage_left == 0 {
            return Ok(());
        }
        self.damage_left -= 1;
        let damaged = self.machines[at].damage()?;
        let till = self.machines[at].till;
        *self.scars.entry(till).or_default() += 1;
        let name = self.machines[at].name.clone();
        self.did("till: an event unreadable");
        self.say(format!("{name} can no longer read {damaged:?}"));
        Ok(())
    }

    pub(super) fn set_clock(&mut self, at: usize) -> Result<()> {
        let two_years_ms = 2 * 365 * 24 * 3_600_000_u64;
        let reach = *self
            .dice
            .pick(&[60_000, 3_600_000, 40 * 24 * 3_600_000, two_years_ms]);
        let error = i64::try_from(self.dice.below(2 * reach))? - i64::try_from(reach)?;
        let machine = &self.machines[at];
        machine.clock.set_error(error);
        let name = machine.name.clone();
        self.did("till: its clock jumped");
        self.say(format!(
            "the clock of {name} is off by {} minutes",
            error / 60_000
        ));
        Ok(())
    }

    pub(super) fn office_stops(&mut self) -> Result<()> {
        let running = self.net.borrow().head.running();
        if running {
            self.net.borrow_mut().head.crash();
            self.did("head office: stopped");
        } else {
            self.net.borrow_mut().head.start()?;
        }
        self.say(format!(
            "head office {}",
            if running { "stops" } else { "starts" }
        ));
        Ok(())
    }

    pub(super) fn office_backup(&mut self) -> Result<()> {
        if self.backups.len() < 4 {
            let backup = self.net.borrow_mut().head.backup()?;
            self.backups.push(backup);
            self.say("head office is backed up".to_owned());
        }
        Ok(())
    }

    pub(super) fn office_restore(&mut self) -> Result<()> {
        if self.office_restores_left == 0 {
            return Ok(());
        }
        self.office_restores_left -= 1;
        let from = self.dice.pick(&self.backups).clone();
        self.net.borrow_mut().head.restore(&from)?;
        self.office_restored = true;
        self.did("head office: restored");
        let name = from
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        self.say(format!("head office is put back to {name:?}"));
        Ok(())
    }

    /// The owner forgets somebody head office knows.
    pub(super) fn forget(&mut self) -> Result<()> {
        if !self.net.borrow().head.running() || self.people.is_empty() {
            return Ok(());
        }
        let (customer, _) = self.dice.pick(&self.people).clone();
        let members = oracle::people::members(self, customer)?;
        if members.is_empty() {
            return Ok(());
        }
        self.net
            .borrow()
            .head
            .office()?
            .forget(&customer.to_string())?;
        for (person, texts) in &self.people {
            if members.contains(person) {
                self.forgotten.push(Forgotten {
                    customer: *person,
                    texts: texts.clone(),
                });
            }
        }
        self.did("forgotten");
        self.say(format!(
            "{customer:?} is forgotten, with {} in all",
            members.len()
        ));
        Ok(())
    }
}
