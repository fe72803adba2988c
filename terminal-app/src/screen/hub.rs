//! The hub on the cashier's screen: a badge that is calm while all is well and opens to its firmware, board and devices;
//! the words of what happens at it; and the scan of which nobody knows whether it was heard.

use maud::{Markup, html};

use super::bar::{Look, badge};
use super::notices::{Tone, damaged, not_kept};
use super::parts::Button;
use super::strings::{Strings, fill};
use crate::peripherals::hub::boards;
use crate::till::Action;
use crate::till::input::{HubNotice, HubStart, HubState, HubStatus, UnheardScan};

/// The badge; of a hub that is here it opens to the details.
pub(super) fn hub(w: &Strings, hub: &HubStatus) -> Markup {
    let (look, text) = match hub.state {
        HubState::Missing => (Look::Bad, w.hub_missing),
        HubState::Silent => (Look::Bad, w.hub_silent),
        HubState::Incompatible => (Look::Bad, w.hub_incompatible),
        HubState::Here if hub.display_fault || hub.printer_stalled => (Look::Mind, w.hub),
        HubState::Here => (Look::Ok, w.hub),
    };
    if hub.hub.is_none() {
        return badge(w, look, text);
    }
    html! {
        li.badge.hub.(look.class()) {
            details {
                summary aria-label=(format!("{text}. {}", w.hub_details)) {
                    span.sign aria-hidden="true" { (look.sign()) }
                    span { (text) }
                    @if let (HubState::Here, Some(identity)) = (hub.state, &hub.hub) {
                        span.version { (identity.firmware) }
                    }
                }
                (details(w, hub))
            }
        }
    }
}

fn details(w: &Strings, hub: &HubStatus) -> Markup {
    html! {
        dl.details {
            @if let Some(identity) = &hub.hub {
                (line(w.hub_firmware, &identity.firmware))
                (line(w.hub_board, &identity.board))
                (line(w.hub_started, started(w, identity.started)))
            }
            @if hub.state == HubState::Incompatible {
                dd.cure { (w.hub_update) }
            }
            @if hub.state == HubState::Here {
                (line(w.hub_scanner, &scanner(w, hub)))
                (line(w.hub_printer, printer(w, hub)))
                (line(w.hub_drawer, drawer(w, hub)))
                @if hub.hub.as_ref().is_none_or(|hub| boards::may_have_display(&hub.board)) {
                    (line(w.hub_display, if hub.display_fault { w.hub_display_fault } else { w.hub_fine }))
                }
                (line(w.hub_cable, &cable(w, hub)))
            }
        }
    }
}

fn line(what: &str, how: &str) -> Markup {
    html! {
        dt { (what) }
        dd { (how) }
    }
}

const fn started(w: &Strings, why: HubStart) -> &'static str {
    match why {
        HubStart::PowerOn => w.hub_power_on,
        HubStart::Button => w.hub_button,
        HubStart::Watchdog => w.hub_watchdog,
        HubStart::Fault => w.hub_fault,
        HubStart::Unknown => w.hub_start_unknown,
    }
}

fn scanner(w: &Strings, hub: &HubStatus) -> String {
    if hub.scanner_errors == 0 && hub.scans_lost == 0 {
        w.hub_fine.to_owned()
    } else {
        fill(
            w.hub_scanner_errors,
            &[&hub.scanner_errors, &hub.scans_lost],
        )
    }
}

const fn printer(w: &Strings, hub: &HubStatus) -> &'static str {
    match (hub.printer, hub.printer_stalled) {
        (false, _) => w.hub_printer_elsewhere,
        (true, true) => w.hub_printer_stalled,
        (true, false) => w.hub_fine,
    }
}

const fn drawer(w: &Strings, hub: &HubStatus) -> &'static str {
    match (hub.drawer, hub.drawer_open) {
        (false, _) => w.hub_drawer_elsewhere,
        (true, Some(true)) => w.hub_drawer_open,
        (true, Some(false)) => w.hub_drawer_shut,
        (true, None) => w.hub_fine,
    }
}

fn cable(w: &Strings, hub: &HubStatus) -> String {
    if hub.link_errors == 0 && hub.overruns == 0 {
        w.hub_fine.to_owned()
    } else {
        fill(w.hub_cable_errors, &[&hub.link_errors, &hub.overruns])
    }
}

/// The words of what happened at the hub, and a second line where there is a way out.
pub(super) fn words(w: &Strings, notice: &HubNotice) -> (Tone, String, Option<String>) {
    let (tone, text, hint) = match notice {
        HubNotice::ScanRefused => (Tone::Mind, w.n_hub_refused, None),
        HubNotice::ScanNotKept { fault, reason } => return not_kept(w, *fault, reason),
        HubNotice::Damaged { damage } => return damaged(w, *damage, ""),
        HubNotice::ScanLost => (Tone::Bad, w.n_hub_lost, None),
        HubNotice::DrawerResting => (Tone::Mind, w.n_hub_resting, Some(w.n_hub_resting_hint)),
        HubNotice::DrawerTooLate => (Tone::Bad, w.n_hub_too_late, None),
        HubNotice::DrawerUnknown => (Tone::Mind, w.n_hub_unknown, None),
    };
    (tone, text.to_owned(), hint.map(str::to_owned))
}

/// A scan that is not sold, because nobody knows whether the hub beeped for it.
pub(super) fn unheard(w: &Strings, unheard: &UnheardScan) -> Markup {
    html! {
        div.notice.mind.question {
            p { strong { (fill(w.hub_unheard, &[&unheard.read])) } }
            (Button::new(w.hub_unheard_read, &Action::UnheardRead { scan: unheard.scan }).class("small").draw())
        }
    }
}
