//! The hub on the screen: all well, and with its troubles.

use terminal_app::till::input::{
    HubIdentity, HubNotice, HubStart, HubState, HubStatus, UnheardScan,
};
use terminal_app::till::{Notice, View};

use super::selling;

/// Scanner, printer and drawer hang on the hub, and all is well.
pub(super) fn on_hub() -> View {
    View {
        scanners: Vec::new(),
        hub: Some(HubStatus {
            state: HubState::Here,
            hub: Some(HubIdentity {
                firmware: "0.1.0".to_owned(),
                board: "pico".to_owned(),
                protocol: 1,
                started: HubStart::PowerOn,
            }),
            printer: true,
            drawer: true,
            drawer_open: Some(false),
            ..HubStatus::default()
        }),
        ..selling()
    }
}

/// The hub has restarted in the middle of a scan, and its devices have their troubles.
pub(super) fn hub_troubled() -> View {
    let mut view = on_hub();
    view.notice = Some(Notice::Hub {
        event: HubNotice::DrawerTooLate,
    });
    if let Some(hub) = &mut view.hub {
        hub.display_fault = true;
        hub.printer_stalled = true;
        hub.scanner_errors = 3;
        hub.scans_lost = 1;
        hub.link_errors = 12;
        hub.drawer_open = Some(true);
        hub.unheard = Some(UnheardScan {
            scan: 7,
            read: "8719999001005".to_owned(),
        });
    }
    view
}
