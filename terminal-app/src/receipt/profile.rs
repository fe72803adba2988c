//! What a receipt printer can do, by the name in `[printer] profile`. A printer that is not listed by its own
//! name works with `generic-80` or `generic-58`: those use nothing that cheap clones leave out.

/// How the paper is parted at the end of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cutter {
    /// Leaves one point standing: `GS V 66`.
    Partial,
    /// No cutter: the paper is fed past the tear bar.
    None,
}

/// How the drawer is opened through the printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawerKick {
    /// `DLE DC4`: at once, even while a receipt is being printed.
    RealTime,
    /// `ESC p`: in order behind what was sent before.
    Queued,
}

/// One kind of printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name in `till.toml`.
    pub name: &'static str,
    /// Characters of the normal font on a line.
    pub columns: usize,
    /// The number of CP858 in `ESC t n` at this printer.
    pub code_page: u8,
    /// How the paper is parted.
    pub cutter: Cutter,
    /// Width of the narrowest bar, in dots (`GS w`).
    pub bar_dots: u8,
    /// Answers `GS ( H` when a receipt has left the printer. Without it `GS r 1` serves.
    pub process_id: bool,
    /// How the drawer is opened.
    pub drawer: DrawerKick,
}

const EPSON_80: Profile = Profile {
    name: "epson-80",
    columns: 42,
    code_page: 19,
    cutter: Cutter::Partial,
    bar_dots: 3,
    process_id: true,
    drawer: DrawerKick::RealTime,
};

/// All profiles; the first is the default.
pub const PROFILES: [Profile; 5] = [
    EPSON_80,
    Profile {
        name: "epson-80-48",
        columns: 48,
        ..EPSON_80
    },
    Profile {
        name: "epson-58",
        columns: 32,
        bar_dots: 2,
        ..EPSON_80
    },
    Profile {
        name: "generic-80",
        columns: 48,
        process_id: false,
        drawer: DrawerKick::Queued,
        ..EPSON_80
    },
    Profile {
        name: "generic-58",
        columns: 32,
        cutter: Cutter::None,
        bar_dots: 2,
        process_id: false,
        drawer: DrawerKick::Queued,
        ..EPSON_80
    },
];

impl Profile {
    /// The profile of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        PROFILES.into_iter().find(|profile| profile.name == name)
    }

    /// All names, for a message: `epson-80, epson-58`.
    #[must_use]
    pub fn names() -> String {
        PROFILES.map(|profile| profile.name).join(", ")
    }
}
