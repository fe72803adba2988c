//! The boards that firmware is built for: what hangs on them by their making, and the image that fits. A hub says itself
//! which board it is; of one that is not in this list nothing is taken for granted.

/// A board.
#[derive(Debug)]
pub struct Board {
    /// As the hub says it.
    pub name: &'static str,
    /// The firmware built for it, from the root of the sources.
    pub image: &'static str,
    /// A customer display can hang on it.
    pub display: bool,
}

/// Every board that firmware is built for.
pub const BOARDS: [Board; 2] = [
    Board {
        name: "pico",
        image: "firmware/boards/hub.uf2",
        display: true,
    },
    Board {
        name: "lm3s6965",
        image: "target/firmware/thumbv7m-none-eabi/release/lm3s6965",
        display: false,
    },
];

/// Whether there is a word to say about the display: not on a board that cannot have one.
#[must_use]
pub fn may_have_display(name: &str) -> bool {
    BOARDS
        .iter()
        .find(|board| board.name == name)
        .is_none_or(|board| board.display)
}
