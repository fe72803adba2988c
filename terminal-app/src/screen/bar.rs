//! The bar at the top: shop, till, cashier, and the badges that say at a glance how printer, scanners, exchange, clock and
//! disk are. Calm while all is well: then a badge is one word and a check mark.

use maud::{Markup, html};

use super::parts::{Button, Face};
use super::strings::{Strings, fill};
use crate::sync::office::CertificateTrouble;
use crate::till::input::{
    ClockTrouble, DiskTrouble, PrinterState, PrinterStatus, SyncNote, SyncState, SyncStatus,
};
use crate::till::{Action, View};

#[derive(Clone, Copy)]
pub(super) enum Look {
    Ok,
    /// Nothing is wrong, nothing is there.
    Off,
    Busy,
    Mind,
    Bad,
}

impl Look {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Off => "off",
            Self::Busy => "busy",
            Self::Mind => "mind",
            Self::Bad => "bad",
        }
    }

    /// A sign beside the colour, for who does not see colours.
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::Ok => "✓",
            Self::Off => "–",
            Self::Busy => "↑",
            Self::Mind => "!",
            Self::Bad => "✕",
        }
    }
}

pub(crate) fn bar(face: &Face, view: &View) -> Markup {
    let w = face.words();
    html! {
        p.place { strong { (view.shop) } " " span { (view.till) } }
        ul.badges aria-label=(w.badges) {
            (printer(w, &view.printer))
            (scanners(w, view))
            @if let Some(hub) = &view.hub { (super::hub::hub(w, hub)) }
            (sync(face, &view.sync))
            @for one in &view.sync.notes { (badge(w, Look::Mind, &note(w, *one))) }
            @if let Some(trouble) = view.health.clock { (badge(w, Look::Bad, clock(w, trouble))) }
            @if let Some(trouble) = view.health.disk { (disk(w, trouble)) }
        }
        time #clock data-zone=(face.zone.name()) data-lang=(w.lang) {}
        @if let Some(cashier) = &view.cashier {
            div.who {
                span { (cashier.name) }
                (Button::new(w.log_out, &Action::Logout).class("small quiet").key(face.keys.log_out.as_ref()).draw())
            }
        }
    }
}

pub(super) fn badge(w: &Strings, look: Look, text: &str) -> Markup {
    html! {
        li.badge.(look.class()) {
            span.sign aria-hidden="true" { (look.sign()) }
            span { (text) }
            @if matches!(look, Look::Ok) { span.sr { ": " (w.ok) } }
        }
    }
}

fn printer(w: &Strings, status: &PrinterStatus) -> Markup {
    let (look, text) = match status.state {
        PrinterState::None => (Look::Off, w.printer_none),
        PrinterState::Ready => (Look::Ok, w.printer),
        PrinterState::PaperLow => (Look::Mind, w.printer_paper_low),
        PrinterState::PaperOut => (Look::Bad, w.printer_paper_out),
        PrinterState::CoverOpen => (Look::Bad, w.printer_cover),
        PrinterState::Offline => (Look::Bad, w.printer_offline),
        PrinterState::Error => (Look::Bad, w.printer_error),
        PrinterState::Missing => (Look::Bad, w.printer_missing),
    };
    let waits = match status.queue {
        0 => None,
        1 => Some(w.printer_queue_one.to_owned()),
        more => Some(fill(w.printer_queue, &[&more])),
    };
    match waits {
        Some(waits) if !matches!(look, Look::Ok) => badge(w, look, &format!("{text} · {waits}")),
        _ => badge(w, look, text),
    }
}

fn scanners(w: &Strings, view: &View) -> Markup {
    let gone = view.scanners.iter().find(|scanner| !scanner.connected);
    match (view.scanners.len(), gone) {
        // The scanner hangs on the hub, which has a badge of its own.
        (0, _) if view.hub.is_some() => html! {},
        (0, _) => badge(w, Look::Off, w.scanner_none),
        (_, Some(gone)) => {
            let name = gone.name.rsplit('/').next().unwrap_or(&gone.name);
            badge(w, Look::Bad, &fill(w.scanner_missing, &[&name]))
        }
        (1, None) => badge(w, Look::Ok, w.scanner),
        (more, None) => badge(w, Look::Ok, &fill(w.scanners, &[&more])),
    }
}

fn sync(face: &Face, status: &SyncStatus) -> Markup {
    let w = face.words();
    let waiting = match (status.waiting, status.waiting_since) {
        (0, _) => None,
        (n, None) => Some(fill(w.waiting, &[&n])),
        (n, Some(since)) => Some(fill(
            w.waiting_since,
            &[&n, &face.time(since, status.last_contact)],
        )),
    };
    let (look, text) = match &status.state {
        SyncState::Off => (Look::Off, w.sync_off),
        SyncState::UpToDate => (Look::Ok, w.sync),
        SyncState::Busy => (Look::Busy, w.sync_busy),
        SyncState::Unreachable => (Look::Mind, w.sync_unreachable),
        SyncState::Untrusted {
            trouble: CertificateTrouble::Time,
        } => (Look::Bad, w.sync_certificate_time),
        SyncState::Untrusted {
            trouble: CertificateTrouble::Trust | CertificateTrouble::OwnAuthority,
        } => (Look::Bad, w.sync_certificate),
        SyncState::Revoked => (Look::Bad, w.sync_revoked),
        SyncState::Refused { .. } => (Look::Bad, w.sync_refused),
        SyncState::Stuck { .. } => (Look::Bad, w.sync_stuck),
    };
    match waiting {
        Some(waiting) if !matches!(look, Look::Off | Look::Ok) => {
            badge(w, look, &format!("{text} · {waiting}"))
        }
        _ => badge(w, look, text),
    }
}

/// What the exchange mended by itself.
fn note(w: &Strings, note: SyncNote) -> String {
    match note {
        SyncNote::EpochOpened { .. } => w.note_epoch.to_owned(),
        SyncNote::ServerRestored => w.note_restored.to_owned(),
        SyncNote::Unreadable { events } => fill(w.note_unreadable, &[&events]),
        SyncNote::SetApart { records } => fill(w.note_set_apart, &[&records]),
    }
}

fn clock(w: &Strings, trouble: ClockTrouble) -> &'static str {
    match trouble {
        ClockTrouble::NotSet => w.clock_not_set,
        ClockTrouble::BehindJournal => w.clock_behind,
        ClockTrouble::SetBack => w.clock_back,
    }
}

fn disk(w: &Strings, trouble: DiskTrouble) -> Markup {
    match trouble {
        DiskTrouble::Low { free_mb } => badge(w, Look::Mind, &fill(w.disk_low, &[&free_mb])),
        DiskTrouble::Full => badge(w, Look::Bad, w.disk_full),
    }
}
