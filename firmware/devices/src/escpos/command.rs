//! The raw ESC/POS sequences around a print job. Bytes after the Epson ESC/POS command
//! reference; each constant or function is one command.

/// `ESC @`: back to the settings after power-on. Also switches automatic status off.
pub const INITIALIZE: [u8; 2] = [0x1B, 0x40];

/// `DLE ENQ 2`: recover from an error after clearing the buffers. Only behind this is it safe
/// to send a whole receipt again.
pub const RECOVER_AND_CLEAR: [u8; 3] = [0x10, 0x05, 0x02];

/// `DLE ENQ 1`: recover from an error and print on from the line where it happened.
pub const RECOVER_AND_CONTINUE: [u8; 3] = [0x10, 0x05, 0x01];

/// `GS r 1`: queued behind the printing; answered by one byte, the paper sensors. Serves as a
/// sign of completion where the printer does not know `GS ( H`.
pub const TRANSMIT_PAPER_STATUS: [u8; 3] = [0x1D, 0x72, 0x01];

/// `GS a 15`: automatic status back for drawer, on-line state, errors and paper.
pub const AUTOMATIC_STATUS_ON: [u8; 3] = automatic_status(0x0F);

/// `GS a 0`: no automatic status.
pub const AUTOMATIC_STATUS_OFF: [u8; 3] = automatic_status(0);

/// `GS a n`: bit 0 drawer pin, 1 on-line state, 2 errors, 3 paper sensors.
#[must_use]
pub const fn automatic_status(mask: u8) -> [u8; 3] {
    [0x1D, 0x61, mask]
}

/// What `DLE EOT n` asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// n = 1: drawer pin and on-line state.
    Printer,
    /// n = 2: why it is off-line.
    Offline,
    /// n = 3: which error.
    Error,
    /// n = 4: the paper sensors.
    Paper,
}

impl Question {
    /// All four, in order.
    pub const ALL: [Self; 4] = [Self::Printer, Self::Offline, Self::Error, Self::Paper];

    /// The n of `DLE EOT n`.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Printer => 1,
            Self::Offline => 2,
            Self::Error => 3,
            Self::Paper => 4,
        }
    }

    /// `DLE EOT n`: answered at once by one byte.
    #[must_use]
    pub const fn command(self) -> [u8; 3] {
        [0x10, 0x04, self.number()]
    }
}

/// The four characters that name a print job in `GS ( H`.
///
/// Made by [`ProcessId::from_number`], no character looks like a real-time status byte, so the
/// answer can be told apart even when status bytes are mixed into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProcessId([u8; 4]);

impl ProcessId {
    /// Different numbers modulo this give different ids.
    pub const COUNT: u32 = 1 << 20;

    /// The id of job number `number`, modulo [`ProcessId::COUNT`]. Its characters are 40h-4Fh
    /// and 60h-6Fh: bit 4, set in every status byte that may come in between, is clear.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        const fn character(number: u32, shift: u32) -> u8 {
            let five = ((number >> shift) & 0x1F).to_le_bytes()[0];
            0x40 | ((five & 0x10) << 1) | (five & 0x0F)
        }
        Self([
            character(number, 15),
            character(number, 10),
            character(number, 5),
            character(number, 0),
        ])
    }

    /// Any four characters 20h-7Eh; `None` for others.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 4]) -> Option<Self> {
        let allowed = |byte: &u8| (0x20..=0x7E).contains(byte);
        bytes.iter().all(allowed).then_some(Self(bytes))
    }

    /// The four characters.
    #[must_use]
    pub const fn bytes(self) -> [u8; 4] {
        self.0
    }

    /// `GS ( H`, function 48: queued behind the printing; answered by `37 22 d1 d2 d3 d4 00`
    /// when everything in front of it has been printed.
    #[must_use]
    pub const fn request(self) -> [u8; 11] {
        let [d1, d2, d3, d4] = self.0;
        [0x1D, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, d1, d2, d3, d4]
    }
}

/// The drawer connector's pin that gets the pulse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DrawerPin {
    /// Pin 2: the first, often the only, drawer.
    #[default]
    Two,
    /// Pin 5: the second drawer.
    Five,
}

impl DrawerPin {
    const fn number(self) -> u8 {
        match self {
            Self::Two => 0,
            Self::Five => 1,
        }
    }
}

/// `ESC p`: queued drawer pulse. Both times are sent in units of 2 ms, at most 510 ms, rounded
/// down and cut off there.
#[must_use]
pub fn drawer_pulse(pin: DrawerPin, on_ms: u16, off_ms: u16) -> [u8; 5] {
    [0x1B, 0x70, pin.number(), half(on_ms), half(off_ms)]
}

/// `DLE DC4 1`: drawer pulse at once; `on_100_ms` is 1 to 8 units of 100 ms, cut off there.
/// Some printers carry it out even within raster data.
#[must_use]
pub const fn drawer_pulse_now(pin: DrawerPin, on_100_ms: u8) -> [u8; 5] {
    let units = match on_100_ms {
        0 => 1,
        1..=8 => on_100_ms,
        _ => 8,
    };
    [0x10, 0x14, 0x01, pin.number(), units]
}

fn half(ms: u16) -> u8 {
    u8::try_from(ms / 2).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_as_published() {
        assert_eq!(
            Question::ALL.map(Question::command),
            [
                [0x10, 0x04, 1],
                [0x10, 0x04, 2],
                [0x10, 0x04, 3],
                [0x10, 0x04, 4],
            ]
        );
        assert_eq!(AUTOMATIC_STATUS_ON, [0x1D, 0x61, 0x0F]);
        assert_eq!(
            drawer_pulse(DrawerPin::Two, 50, 500),
            [0x1B, 0x70, 0x00, 0x19, 0xFA]
        );
        assert_eq!(drawer_pulse(DrawerPin::Five, 2_000, 1)[2..], [1, 255, 0]);
        assert_eq!(drawer_pulse_now(DrawerPin::Two, 99), [0x10, 0x14, 1, 0, 8]);
        assert_eq!(
            ProcessId::from_bytes(*b"0001").map(ProcessId::request),
            Some([0x1D, 0x28, 0x48, 6, 0, 0x30, 0x30, b'0', b'0', b'0', b'1'])
        );
        assert_eq!(ProcessId::from_bytes([0x1F, 0x30, 0x30, 0x30]), None);
        assert_eq!(ProcessId::from_bytes([0x30, 0x30, 0x30, 0x7F]), None);
    }

    #[test]
    fn ids_differ_and_never_look_like_status() {
        for number in (0..ProcessId::COUNT).step_by(97) {
            let id = ProcessId::from_number(number);
            assert!(ProcessId::from_bytes(id.bytes()) == Some(id));
            assert!(id.bytes().iter().all(|byte| byte & 0x10 == 0));
            assert_ne!(id, ProcessId::from_number(number + 1));
            assert_ne!(id, ProcessId::from_number(number + (1 << 10)));
        }
        assert_eq!(
            ProcessId::from_number(ProcessId::COUNT),
            ProcessId::from_number(0)
        );
    }
}
