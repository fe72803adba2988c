//! The keyboard of the cashier's screen: which key does what. `[screen] keys` in the till's settings changes it.
//!
//! A key is named as the browser names it (`F9`, `Escape`, `Delete`, `+`), with `Ctrl+`, `Alt+` and `Shift+` before it.
//! Letters, digits and the signs of an amount belong to the box and cannot be shortcuts by themselves.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One key with its modifiers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    ctrl: bool,
    alt: bool,
    shift: bool,
    name: String,
}

/// Why a key was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No such key.
    #[error("{0:?} is not a key; keys are named like F9, Escape, Delete, Insert, PageUp or Ctrl+K")]
    Unknown(String),
    /// Needed for typing.
    #[error("{0:?} is needed for typing; put Ctrl+ or Alt+ before it or take a function key")]
    Typing(String),
    /// Two actions on one key.
    #[error("the key {key} has two actions: {first} and {second}")]
    Double {
        /// The key.
        key: String,
        /// An action.
        first: &'static str,
        /// Another.
        second: &'static str,
    },
}

const NAMED: [&str; 8] = [
    "Escape", "Delete", "Insert", "Home", "End", "PageUp", "PageDown", "Pause",
];

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let unknown = || KeyError::Unknown(text.to_owned());
        let mut key = Self {
            ctrl: false,
            alt: false,
            shift: false,
            name: String::new(),
        };
        let mut rest = text.trim();
        while let Some((modifier, after)) =
            rest.split_once('+').filter(|(_, after)| !after.is_empty())
        {
            match modifier.to_ascii_lowercase().as_str() {
                "ctrl" => key.ctrl = true,
                "alt" => key.alt = true,
                "shift" => key.shift = true,
                _ => return Err(unknown()),
            }
            rest = after;
        }
        if let Some(name) = NAMED.iter().find(|name| name.eq_ignore_ascii_case(rest)) {
            key.name = (*name).to_owned();
            return Ok(key);
        }
        let function = rest
            .strip_prefix(['F', 'f'])
            .and_then(|digits| digits.parse::<u8>().ok())
            .filter(|number| (1..=24).contains(number));
        if let Some(number) = function {
            key.name = format!("F{number}");
            return Ok(key);
        }
        let mut letters = rest.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) if letter.is_ascii_graphic() => {
                let typing = letter.is_ascii_alphanumeric() || "-.,@".contains(letter);
                if typing && !(key.ctrl || key.alt) {
                    return Err(KeyError::Typing(text.to_owned()));
                }
                key.name = letter.to_ascii_lowercase().to_string();
                Ok(key)
            }
            _ => Err(unknown()),
        }
    }
}

/// As the script compares it with what the browser reports: `Ctrl+k`, `F9`.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [
            (self.ctrl, "Ctrl+"),
            (self.alt, "Alt+"),
            (self.shift, "Shift+"),
        ] {
            if held {
                f.write_str(name)?;
            }
        }
        f.write_str(&self.name)
    }
}

impl Key {
    /// As `aria-keyshortcuts` wants it.
    #[must_use]
    pub fn aria(&self) -> String {
        self.to_string().replace("Ctrl+", "Control+")
    }

    /// As the key cap shows it: short.
    #[must_use]
    pub fn cap(&self) -> String {
        let name = match self.name.as_str() {
            "Escape" => "Esc",
            "Delete" => "Del",
            "Insert" => "Ins",
            "PageUp" => "PgUp",
            "PageDown" => "PgDn",
            other => other,
        };
        let name = if name.len() == 1 {
            name.to_ascii_uppercase()
        } else {
            name.to_owned()
        };
        let plain = Self {
            name,
            ..self.clone()
        };
        plain.to_string()
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

macro_rules! shortcuts {
    ($($(#[$doc:meta])* $field:ident = $default:literal,)*) => {
        /// Which key does what. An action without a key is done by touch.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        pub struct Shortcuts {
            $($(#[$doc])* pub $field: Option<Key>,)*
        }

        /// The same as written in the settings: an empty text takes a key away, a missing one leaves the default.
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, default)]
        struct Written {
            $($field: String,)*
        }

        impl Default for Written {
            fn default() -> Self {
                Self { $($field: $default.to_owned(),)* }
            }
        }

        impl Shortcuts {
            /// No keys at all.
            pub const NONE: Self = Self { $($field: None,)* };

            /// All keys that do something, as the script compares them.
            #[must_use]
            pub fn names(&self) -> String {
                let keys: Vec<String> = [$(&self.$field,)*].into_iter().flatten().map(Key::to_string).collect();
                keys.join(" ")
            }
        }

        impl TryFrom<Written> for Shortcuts {
            type Error = KeyError;

            fn try_from(written: Written) -> Result<Self, KeyError> {
                let read = |text: &str| if text.trim().is_empty() { Ok(None) } else { text.parse().map(Some) };
                let shortcuts = Self { $($field: read(&written.$field)?,)* };
                let mut taken: BTreeMap<Key, &'static str> = BTreeMap::new();
                for (name, key) in [$((stringify!($field), &shortcuts.$field),)*] {
                    let Some(key) = key else { continue };
                    if let Some(first) = taken.insert(key.clone(), name) {
                        return Err(KeyError::Double { key: key.to_string(), first, second: name });
                    }
                }
                Ok(shortcuts)
            }
        }
    };
}

shortcuts! {
    /// Go to the box.
    find = "F1",
    /// Take the number in the box as quantity.
    quantity = "F2",
    /// `Verwijder regel`.
    void_line = "F3",
    /// `Klant`.
    customer = "F4",
    /// `Retour`.
    goods_back = "F6",
    /// `Kopie bon`.
    copy = "F7",
    /// `Contant`.
    cash = "F8",
    /// `Contant gepast`.
    cash_exact = "F9",
    /// `Pin`.
    card = "F10",
    /// `Lade`: open the drawer.
    drawer = "Ctrl+L",
    /// `Annuleren`; in a dialog: back.
    cancel = "Escape",
    /// `Afmelden`.
    log_out = "Ctrl+Q",
}

impl Default for Shortcuts {
    fn default() -> Self {
        // A test holds the defaults to having a key each; without keys everything is still done by touch.
        Self::try_from(Written::default()).unwrap_or(Self::NONE)
    }
}

impl<'de> Deserialize<'de> for Shortcuts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Written::deserialize(deserializer)?
            .try_into()
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, expected: &str, cap: &str) {
        let key: Key = written.parse().expect("a key");
        assert_eq!(
            (key.to_string().as_str(), key.cap().as_str()),
            (expected, cap)
        );
    }

    #[test]
    fn keys_are_read_and_shown() {
        check("F9", "F9", "F9");
        check("f12", "F12", "F12");
        check("escape", "Escape", "Esc");
        check("Ctrl+K", "Ctrl+k", "Ctrl+K");
        check("ctrl+alt+delete", "Ctrl+Alt+Delete", "Ctrl+Alt+Del");
        check("+", "+", "+");
        check("Ctrl++", "Ctrl++", "Ctrl++");
        check("Alt+1", "Alt+1", "Alt+1");
    }

    #[test]
    fn keys_that_cannot_be_are_refused() {
        for written in ["", "F0", "F25", "Enter", "Hyper+K", "Tab", "ab"] {
            assert!(
                matches!(written.parse::<Key>(), Err(KeyError::Unknown(_))),
                "{written}"
            );
        }
        for written in ["a", "5", ",", "Shift+a"] {
            assert!(
                matches!(written.parse::<Key>(), Err(KeyError::Typing(_))),
                "{written}"
            );
        }
    }

    #[test]
    fn the_defaults_have_a_key_each() {
        let shortcuts = Shortcuts::try_from(Written::default()).expect("no doubles");
        assert_eq!(shortcuts, Shortcuts::default());
        assert_eq!(shortcuts.card.map(|key| key.cap()), Some("F10".to_owned()));
    }

    #[test]
    fn settings_change_keys() {
        let shortcuts: Shortcuts = toml::from_str("card = \"F12\"\ncopy = \"\"").expect("reads");
        assert_eq!(
            shortcuts.card.map(|key| key.to_string()),
            Some("F12".to_owned())
        );
        assert_eq!(shortcuts.copy, None);
        assert_eq!(shortcuts.cash, Shortcuts::default().cash);
        let double = toml::from_str::<Shortcuts>("card = \"F9\"").expect_err("F9 is taken");
        assert!(
            double.to_string().contains("cash_exact and card"),
            "{double}"
        );
        assert!(toml::from_str::<Shortcuts>("crad = \"F9\"").is_err());
    }
}
