//! Which receipt goods come back of, and what is still left of it: what this till knows itself, and what head office knows of
//! the other tills.

use std::collections::BTreeMap;

use retail::ids::ReceiptNumber;

use super::effect::{Beep, Effect};
use super::input::{FetchFailed, SyncState};
use super::shelf::{ReceiptLookup, ReceiptOnFile};
use super::step::{Handled, Step};
use super::view::Notice;
use super::work::{Mode, ReturnDraft};

impl Step<'_, '_> {
    pub(super) fn start_return(&mut self) -> Handled {
        self.may_open_return()?;
        self.state.work.mode = Mode::AskingReceipt;
        Ok(())
    }

    fn may_open_return(&self) -> Handled {
        self.not_paying()?;
        let work = &self.state.work;
        if work
            .back
            .as_ref()
            .is_some_and(|back| !back.chosen.is_empty())
        {
            return Err(Notice::ReturnUnderway);
        }
        if !work.basket.tenders.is_empty() {
            return Err(Notice::PartlyPaid);
        }
        if !work.basket.questions.is_empty() {
            return Err(Notice::PriceFirst);
        }
        Ok(())
    }

    /// A receipt was scanned or typed.
    pub(super) fn open_receipt(&mut self, number: ReceiptNumber) -> Handled {
        self.may_open_return()?;
        self.state.work.back = None;
        match self.env.shelf.receipt(number)? {
            // What all came back here needs no second opinion.
            ReceiptLookup::Found(on_file)
                if self.state.setup.head_office && !on_file.is_all_back() =>
            {
                self.ask_head_office(number)
            }
            ReceiptLookup::Found(on_file) => self.begin_return(*on_file, true),
            ReceiptLookup::IsReturn => Err(Notice::ReceiptIsReturn { number }),
            ReceiptLookup::Missing => Err(Notice::NoSuchReceipt { number }),
            ReceiptLookup::Elsewhere => self.ask_head_office(number),
        }
    }

    fn ask_head_office(&mut self, number: ReceiptNumber) -> Handled {
        self.state.work.mode = Mode::FetchingReceipt { number };
        self.effects.push(Effect::FetchReceipt(number));
        Ok(())
    }

    pub(super) fn fetched(
        &mut self,
        number: ReceiptNumber,
        result: Result<Box<ReceiptOnFile>, FetchFailed>,
    ) -> Handled {
        // The exchange finds out when it is next at work: until it says otherwise this is how head office is.
        let sync = &mut self.state.sync.state;
        if result == Err(FetchFailed::Unreachable)
            && matches!(sync, SyncState::UpToDate | SyncState::Busy)
        {
            *sync = SyncState::Unreachable;
        }
        if self.state.work.mode != (Mode::FetchingReceipt { number }) {
            return Ok(());
        }
        self.state.work.mode = Mode::AskingReceipt;
        if let Err(notice) = self.begin_answered(number, result) {
            self.warning = Some(notice);
        }
        Ok(())
    }

    /// Head office knows what other tills took back, this till what it took back itself and may not have sent yet: both
    /// count. Of a receipt of its own the till needs no answer: it goes on with what it knows, and says so.
    fn begin_answered(
        &mut self,
        number: ReceiptNumber,
        result: Result<Box<ReceiptOnFile>, FetchFailed>,
    ) -> Handled {
        let own = match self.env.shelf.receipt(number)? {
            ReceiptLookup::Found(own) => Some(*own),
            _ => None,
        };
        match (result, own) {
            (Ok(theirs), Some(mut own)) => {
                own.count(theirs.returns);
                self.begin_return(own, true)
            }
            (Ok(mut theirs), None) => {
                theirs.count(self.env.shelf.returns_of(number)?);
                self.begin_return(*theirs, true)
            }
            // Not sent yet: no other till can have it either.
            (Err(FetchFailed::NoSuchReceipt), Some(own)) => self.begin_return(own, true),
            (Err(_), Some(own)) => self.begin_return(own, false),
            (Err(FetchFailed::NoSuchReceipt), None) => Err(Notice::NoSuchReceipt { number }),
            (Err(why), None) => Err(Notice::ReceiptNotFetched { number, why }),
        }
    }

    /// `checked`: what came back at other tills is counted too, as far as there are any.
    fn begin_return(&mut self, on_file: ReceiptOnFile, checked: bool) -> Handled {
        let number = on_file.number;
        if on_file.is_all_back() {
            return Err(Notice::NothingLeftToReturn { number });
        }
        let draft = ReturnDraft {
            on_file,
            unchecked: !checked,
            chosen: BTreeMap::new(),
            remark: String::new(),
        };
        self.state.work.back = Some(draft);
        self.state.work.mode = Mode::Returning;
        self.beep(Beep::Good);
        Ok(())
    }
}
