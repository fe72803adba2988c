//! News of printer, scanners and hub, what the cashier answers to it, and what he asks of the devices himself: a copy, the
//! drawer. What needs his eyes is heard once.

use retail::event::{Body, ByCashier, Empty, ReceiptCopied};

use super::effect::{Beep, Commit, Effect, Print};
use super::input::{HubStatus, PrinterState, PrinterStatus, ScannerStatus};
use super::step::{Handled, Step};
use super::view::Notice;

impl Step<'_, '_> {
    pub(super) fn printer(&mut self, status: PrinterStatus) -> Handled {
        let before = std::mem::replace(&mut self.state.printer, status);
        let now = &self.state.printer;
        let troubled = |state: PrinterState| {
            !matches!(
                state,
                PrinterState::None | PrinterState::Ready | PrinterState::PaperLow
            )
        };
        let newly_out =
            now.state == PrinterState::PaperOut && before.state != PrinterState::PaperOut;
        let newly_troubled = troubled(now.state) && !troubled(before.state);
        let newly_asks = now.asks.is_some() && now.asks != before.asks;
        if newly_out && self.env.shelf.next_receipt().is_some() {
            let body = Body::PrinterOutOfPaper(Empty {});
            self.commit(vec![body.into()], None);
        }
        if newly_troubled || newly_asks {
            self.beep(Beep::Attention);
        }
        Ok(())
    }

    pub(super) fn printer_answer(&mut self, job: i64, printed: bool) -> Handled {
        let Some(question) = self.state.printer.asks.filter(|asks| asks.job == job) else {
            return Ok(());
        };
        self.state.printer.asks = None;
        let copy = ReceiptCopied {
            cashier: self.state.work.cashier.as_ref().map(|c| c.id),
            of: question.receipt,
        };
        self.effects.push(Effect::Commit(Box::new(Commit {
            events: if printed {
                Vec::new()
            } else {
                vec![Body::ReceiptCopied(copy).into()]
            },
            print: (!printed).then_some(Print::CopyOf(question.receipt)),
            settle_job: Some((job, printed)),
        })));
        Ok(())
    }

    /// News of the hub: what needs the cashier is heard once.
    pub(super) fn hub(&mut self, status: HubStatus) -> Handled {
        let before = self.state.hub.replace(status);
        let asked = before.as_ref().and_then(|hub| hub.unheard.as_ref());
        let now = self.state.hub.as_ref().and_then(|hub| hub.unheard.as_ref());
        if now.is_some() && now != asked {
            self.beep(Beep::Attention);
        }
        Ok(())
    }

    pub(super) fn unheard_read(&mut self, scan: i64) -> Handled {
        let Some(hub) = &mut self.state.hub else {
            return Ok(());
        };
        if hub
            .unheard
            .as_ref()
            .is_some_and(|unheard| unheard.scan == scan)
        {
            hub.unheard = None;
            self.effects.push(Effect::ForgetScan(scan));
        }
        Ok(())
    }

    pub(super) fn reprint(&mut self) -> Handled {
        let cashier = self.logged_in()?;
        let of = self
            .env
            .shelf
            .last_receipt()?
            .ok_or(Notice::NothingToCopy)?;
        let body = Body::ReceiptCopied(ReceiptCopied {
            cashier: Some(cashier),
            of,
        });
        self.commit(vec![body.into()], Some(Print::CopyOf(of)));
        self.state.notice = Some(Notice::Copied { number: of });
        self.beep(Beep::Good);
        Ok(())
    }

    pub(super) fn open_drawer(&mut self) -> Handled {
        let cashier = self.logged_in()?;
        let body = Body::DrawerOpened(ByCashier { cashier });
        self.commit(vec![body.into()], None);
        self.effects.push(Effect::OpenDrawer);
        Ok(())
    }

    /// Whoever opens it with the key must know that he has to. What must be dealt with keeps its place.
    pub(super) fn drawer_shut(&mut self) -> Handled {
        let pressing = self.state.notice.as_ref().is_some_and(Notice::is_pressing);
        if pressing || self.state.work.cashier.is_none() {
            return Ok(());
        }
        Err(Notice::DrawerShut)
    }

    pub(super) fn scanner(&mut self, status: ScannerStatus) {
        let known = &mut self.state.scanners;
        match known.iter_mut().find(|s| s.name == status.name) {
            Some(known) => *known = status,
            None => known.push(status),
        }
    }
}
