//! What a scanner sends with its AIM identifier in front: `]C1` and elements, `]E0` and 13 digits, `]Q1` and a text
//! or a Digital Link, and composites, `]E0` with `|]e0` and elements behind the main code.

use super::super::aim::{self, Symbology};
use super::super::check;
use super::{ElementString, GS, Gs1Error, LinkError, LinkOptions, has_link_scheme, parse_link};

/// Why a scan with an identifier cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// No `]cm` in front.
    #[error("the symbology identifier is missing")]
    MissingIdentifier,
    /// A symbology that no shop scanner should send.
    #[error("the symbology identifier {0:?} is not supported")]
    UnsupportedIdentifier(String),
    /// A wrong number of digits for this kind of code.
    #[error("the code has {found} characters instead of {expected}")]
    Length {
        /// What the symbology prescribes.
        expected: usize,
        /// What was read.
        found: usize,
    },
    /// A character in an EAN/UPC code that is no digit.
    #[error("the code may only contain digits")]
    NotDigits,
    /// The check digit of an EAN/UPC code.
    #[error("check digit is {found}, {expected} was expected")]
    CheckDigit {
        /// The digit that should have been there.
        expected: char,
        /// The digit that was there.
        found: char,
    },
    /// A `^` inside of GS1 data.
    #[error("the data contain an illegal character")]
    Caret,
    /// The elements.
    #[error(transparent)]
    Elements(#[from] Gs1Error),
    /// The Digital Link.
    #[error(transparent)]
    Link(#[from] LinkError),
}

/// A scan, split by what its identifier says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScanMessage<'a> {
    /// GS1 element strings.
    Elements(ElementString<'a>),
    /// A GS1 Digital Link and its elements.
    Link {
        /// The address as scanned.
        uri: &'a str,
        /// What it says.
        elements: ElementString<'a>,
    },
    /// EAN-13, UPC-A or EAN-8 with a right check digit, and the elements of a composite.
    Primary {
        /// The digits.
        digits: &'a str,
        /// The two-dimensional part above it, if there is one.
        composite: Option<ElementString<'a>>,
    },
    /// Anything else: its meaning is its text.
    Text(&'a str),
}

impl ScanMessage<'_> {
    /// Raw form: `^` for FNC1; a text that begins with `^` has it escaped as `\^`.
    #[must_use]
    pub fn to_raw(&self) -> String {
        match self {
            Self::Elements(elements) => elements.to_raw(),
            Self::Link { uri, .. } => (*uri).to_owned(),
            Self::Primary {
                digits,
                composite: None,
            } => (*digits).to_owned(),
            Self::Primary {
                digits,
                composite: Some(elements),
            } => format!("{digits}|{}", elements.to_raw()),
            Self::Text(text) if text.trim_start_matches('\\').starts_with('^') => {
                format!("\\{text}")
            }
            Self::Text(text) => (*text).to_owned(),
        }
    }
}

/// Reads a scan that begins with an AIM identifier.
///
/// # Errors
/// [`MessageError`] names the first thing that is wrong.
pub fn parse_scan(
    scan: &str,
    options: LinkOptions,
) -> Result<(Symbology, ScanMessage<'_>), MessageError> {
    let (identifier, data) = aim::split(scan).ok_or(MessageError::MissingIdentifier)?;
    let symbology = Symbology::from_aim(identifier)
        .ok_or_else(|| MessageError::UnsupportedIdentifier(identifier.to_owned()))?;
    let message = match symbology {
        Symbology::Ean13 => primary(data, 13)?,
        Symbology::Ean8 => primary(data, 8)?,
        gs1 if gs1.is_gs1() => ScanMessage::Elements(gs1_data(data)?),
        Symbology::Qr | Symbology::DataMatrix | Symbology::DotCode if has_link_scheme(data) => {
            ScanMessage::Link {
                uri: data,
                elements: parse_link(data, options)?,
            }
        }
        _ => ScanMessage::Text(data),
    };
    Ok((symbology, message))
}

fn gs1_data(data: &str) -> Result<ElementString<'_>, MessageError> {
    if data.contains('^') {
        return Err(MessageError::Caret);
    }
    Ok(ElementString::parse_separated(data, GS)?)
}

fn primary(data: &str, expected: usize) -> Result<ScanMessage<'_>, MessageError> {
    let (digits, composite) = match data.split_once("|]e0") {
        Some((digits, elements)) => (digits, Some(elements)),
        None => (data, None),
    };
    if digits.len() != expected {
        return Err(MessageError::Length {
            expected,
            found: digits.chars().count(),
        });
    }
    if !check::is_digits(digits) {
        return Err(MessageError::NotDigits);
    }
    check_last(digits)?;
    let composite = composite.map(gs1_data).transpose()?;
    Ok(ScanMessage::Primary { digits, composite })
}

fn check_last(digits: &str) -> Result<(), MessageError> {
    let (body, found) = digits.split_at(digits.len() - 1);
    let expected = check::key_check_digit(body).map(|digit| char::from(b'0' + digit));
    match (expected, found.chars().next()) {
        (Some(expected), Some(found)) if expected != found => {
            Err(MessageError::CheckDigit { expected, found })
        }
        _ => Ok(()),
    }
}
