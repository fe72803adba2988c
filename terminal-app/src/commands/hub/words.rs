//! The words of `hub update-info` in Dutch and English. A missing translation does not compile.

use crate::peripherals::hub::boards::Board;
use crate::receipt::Language;

/// Everything `hub update-info` says; what it finds at the port has its words in `peripherals::doctor`.
pub(super) struct Words {
    pub(super) no_hub: &'static str,
    pub(super) no_hub_cure: &'static str,
    pub(super) ours: &'static str,
    pub(super) never_heard: &'static str,
    pub(super) never_heard_cure: &'static str,
    pub(super) on_the_hub: &'static str,
    pub(super) of_this_till: &'static str,
    pub(super) up_to_date: &'static str,
    pub(super) other_version: &'static str,
    pub(super) must_update: &'static str,
    pub(super) no_image: &'static str,
    pub(super) no_image_cure: &'static str,
    pub(super) build: &'static str,
    pico: &'static [&'static str],
    lm3s6965: &'static [&'static str],
}

impl Words {
    pub(super) const fn of(language: Language) -> &'static Self {
        match language {
            Language::Nl => &NL,
            Language::En => &EN,
        }
    }

    /// How the image gets onto a board; `{}` is the image.
    pub(super) fn steps(&self, board: &Board) -> &'static [&'static str] {
        match board.name {
            "pico" => self.pico,
            "lm3s6965" => self.lm3s6965,
            _ => &[],
        }
    }
}

const OPENOCD: &str = "openocd -f board/ek-lm3s6965.cfg -c 'program {} verify reset exit'";

const NL: Words = Words {
    no_hub: "in de instellingen staat geen hub",
    no_hub_cure: "Voeg [hub] met port toe aan till.toml (hardware.md).",
    ours: "De poort is in gebruik door de kassa zelf, die nu draait. Dit is de hub die zij het laatst hoorde:",
    never_heard: "de kassa heeft nog geen hub gehoord",
    never_heard_cure: "Voer uit: terminal-app doctor",
    on_the_hub: "Op de hub: firmware {}, bord {}, protocol {}",
    of_this_till: "Bij deze kassa hoort: firmware {}, protocol {}",
    up_to_date: "De hub is bij. Zo zet je de firmware opnieuw op een bord:",
    other_version: "De hub werkt, maar bij deze kassa hoort een andere versie. Zo zet je die erop:",
    must_update: "De kassa kan deze hub pas gebruiken met andere firmware. Zo zet je die erop:",
    no_image: "voor een bord ‘{}’ bestaat geen firmware",
    no_image_cure: "In hardware.md staan de borden; firmware/boards laat zien hoe er een bij komt.",
    build: "Bouw de firmware: cargo xtask firmware",
    pico: &[
        "Maak er een UF2 van: cd firmware/boards && cargo run -p uf2 -- ../../target/firmware/thumbv6m-none-eabi/release/pico hub.uf2",
        "Houd BOOTSEL op het bord ingedrukt terwijl je de USB-kabel insteekt: er verschijnt een schijf RPI-RP2.",
        "Kopieer {} naar die schijf; het bord start vanzelf en de schijf verdwijnt.",
    ],
    lm3s6965: &["Sluit de debugpoort van het bord aan.", OPENOCD],
};

const EN: Words = Words {
    no_hub: "the settings name no hub",
    no_hub_cure: "add [hub] with its port to till.toml (hardware.md)",
    ours: "The port is in use by the till itself, which is running. This is the hub it heard last:",
    never_heard: "no hub was heard yet",
    never_heard_cure: "run terminal-app doctor",
    on_the_hub: "On the hub: firmware {}, board {}, protocol {}",
    of_this_till: "With this till goes: firmware {}, protocol {}",
    up_to_date: "The hub is up to date. To put the firmware on a board anew:",
    other_version: "The hub works, but another version goes with this till. To put it there:",
    must_update: "The till can use this hub only with other firmware. To put it there:",
    no_image: "no image is built for a board ‘{}’",
    no_image_cure: "hardware.md lists the boards; firmware/boards shows how to add one",
    build: "Build the firmware: cargo xtask firmware",
    pico: &[
        "Make a UF2 of it: cd firmware/boards && cargo run -p uf2 -- ../../target/firmware/thumbv6m-none-eabi/release/pico hub.uf2",
        "Hold BOOTSEL on the board while you plug its USB cable in: a drive RPI-RP2 appears.",
        "Copy {} to that drive; the board starts by itself and the drive goes away.",
    ],
    lm3s6965: &["Connect the debug port of the board.", OPENOCD],
};
