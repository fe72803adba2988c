//! How a printer and its drawer are set, and how long the spooler waits for what.

use devices::escpos::command::DrawerPin;

use crate::config;
use crate::receipt::profile::Profile;

/// The drawer on the printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawer {
    /// Pin of the connector.
    pub pin: DrawerPin,
    /// Length of the pulse, ms (50 to 500).
    pub pulse_ms: u16,
}

impl Default for Drawer {
    /// Pin 2, 100 ms.
    fn default() -> Self {
        Self {
            pin: DrawerPin::Two,
            pulse_ms: 100,
        }
    }
}

/// How long the spooler waits for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Between two looks at an idle, missing or waiting printer, ms.
    pub look_ms: u64,
    /// Silence in the middle of a job after which it is unknown, ms. A printer that is only busy answers sooner.
    pub silent_ms: u64,
    /// How long a printer that is ready and answers may take to say that a job is out, ms.
    pub finish_ms: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            look_ms: 1_000,
            silent_ms: 8_000,
            finish_ms: 30_000,
        }
    }
}

/// One printer, wherever it hangs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What it can do.
    pub profile: Profile,
    /// The drawer on it.
    pub drawer: Drawer,
    /// How long to wait.
    pub patience: Patience,
}

impl Settings {
    /// What the settings say of printer and drawer, with the usual patience.
    #[must_use]
    pub fn new(profile: Profile, drawer: &config::Drawer) -> Self {
        Self {
            profile,
            drawer: Drawer {
                pin: if drawer.pin == 0 {
                    DrawerPin::Two
                } else {
                    DrawerPin::Five
                },
                pulse_ms: u16::try_from(drawer.pulse.as_millis()).unwrap_or(u16::MAX),
            },
            patience: Patience::default(),
        }
    }
}
