//! GS1 Digital Link: element strings written as a web address,
//! `https://shop.example/01/08712345678906/10/LOT1?17=261231`.
//!
//! The path ends in a key (`01`) and its qualifiers in their fixed order; other elements stand in the query, where
//! parameters that are no AI belong to the web shop and are passed over. Nothing is ever fetched.

use std::borrow::Cow;

use super::{Ai, Element, ElementString, Gs1Error};

/// What beyond the plain standard is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LinkOptions {
    /// Names of keys and qualifiers instead of their AIs (`/gtin/.../lot/...`), as the first edition had them.
    pub convenience_names: bool,
    /// A GTIN of 8, 12 or 13 digits behind `01`.
    pub short_gtin: bool,
    /// AIs that the dictionary does not know, in the query.
    pub unknown_attributes: bool,
}

/// Why an address is no GS1 Digital Link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not `http://` or `https://`.
    #[error("the address begins with neither http:// nor https://")]
    Scheme,
    /// A character that may not stand in an address.
    #[error("the address contains a character that is not allowed")]
    Characters,
    /// No domain, or nothing behind it.
    #[error("the address has no domain or no path")]
    Path,
    /// The path does not end in a GS1 key.
    #[error("the address contains no GS1 key")]
    NoKey,
    /// An AI without a value.
    #[error("AI ({0}) has no value")]
    Empty(Ai),
    /// `%00` or `%` without two hexadecimal digits.
    #[error("AI ({0}): the percent encoding is invalid")]
    Encoding(Ai),
    /// The qualifiers in the path do not belong to the key, or their order is wrong.
    #[error("the elements of the path do not belong together in this order")]
    Sequence,
    /// A qualifier in the query that belongs into the path.
    #[error("AI ({0}) belongs into the path")]
    BelongsInPath(Ai),
    /// An AI that may not stand in the query, or is unknown.
    #[error("{0} cannot stand in the query of the address")]
    NotAnAttribute(String),
    /// The same AI twice.
    #[error("AI ({0}) stands there twice")]
    Duplicate(Ai),
    /// The elements themselves.
    #[error(transparent)]
    Elements(#[from] Gs1Error),
}

/// Names of the first edition of the standard, and what they stand for.
const CONVENIENCE_NAMES: [(&str, &str); 18] = [
    ("gtin", "01"),
    ("cpv", "22"),
    ("lot", "10"),
    ("ser", "21"),
    ("itip", "8006"),
    ("gmn", "8013"),
    ("cpid", "8010"),
    ("cpsn", "8011"),
    ("gln", "414"),
    ("party", "417"),
    ("gsrnp", "8017"),
    ("gsrn", "8018"),
    ("srin", "8019"),
    ("gcn", "255"),
    ("sscc", "00"),
    ("gdti", "253"),
    ("ginc", "401"),
    ("gsin", "402"),
];

/// True when a text begins like an address that can be a Digital Link.
#[must_use]
pub fn has_link_scheme(text: &str) -> bool {
    strip_scheme(text).is_some()
}

fn strip_scheme(uri: &str) -> Option<&str> {
    ["https://", "http://", "HTTPS://", "HTTP://"]
        .iter()
        .find_map(|scheme| uri.strip_prefix(scheme))
}

/// Reads the elements of a Digital Link address.
///
/// # Errors
/// [`LinkError`] names the first thing that is wrong.
pub fn parse_link(uri: &str, options: LinkOptions) -> Result<ElementString<'_>, LinkError> {
    let rest = strip_scheme(uri).ok_or(LinkError::Scheme)?;
    if !uri.bytes().all(is_uri_character) {
        return Err(LinkError::Characters);
    }
    let (domain, path) = rest.split_once('/').ok_or(LinkError::Path)?;
    if domain.is_empty() {
        return Err(LinkError::Path);
    }
    if !domain
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b':' | b'[' | b']'))
    {
        return Err(LinkError::Characters);
    }
    let path = path.split('#').next().unwrap_or_default();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));

    let mut elements = ElementString::default();
    let in_path = split_path(path, options)?;
    for (ai, value) in &in_path {
        push_decoded(&mut elements, *ai, value, false, options)?;
    }
    let path_ais: Vec<Ai> = in_path.iter().map(|&(ai, _)| ai).collect();
    if !is_key_sequence(&path_ais) {
        return Err(LinkError::Sequence);
    }
    for parameter in query.split('&') {
        // Parameters without a value or with another name than an AI are the web shop's own.
        let Some((name, value)) = parameter
            .split_once('=')
            .filter(|(name, _)| super::super::check::is_digits(name))
        else {
            continue;
        };
        push_attribute(&mut elements, &path_ais, name, value, options)?;
    }
    Ok(elements)
}

fn is_uri_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

/// The AI a path segment names.
fn path_ai(segment: &str, options: LinkOptions) -> Option<Ai> {
    let named = CONVENIENCE_NAMES
        .iter()
        .find(|(name, _)| options.convenience_names && *name == segment);
    Ai::new(named.map_or(segment, |(_, digits)| digits)).filter(|ai| ai.entry().is_some())
}

/// Walks back from the end of the path, AI and value by AI and value, to the key.
fn split_path(path: &str, options: LinkOptions) -> Result<Vec<(Ai, &str)>, LinkError> {
    let mut pairs = Vec::new();
    let mut segments = path.rsplit('/');
    while let (Some(value), Some(name)) = (segments.next(), segments.next()) {
        let ai = path_ai(name, options).ok_or(LinkError::NoKey)?;
        pairs.push((ai, value));
        if ai.entry().is_some_and(|entry| entry.key.is_some()) {
            pairs.reverse();
            return Ok(pairs);
        }
        if pairs.len() > super::MAX_ELEMENTS {
            break;
        }
    }
    Err(LinkError::NoKey)
}

/// True when the first AI is a key and the others are qualifiers of one of its alternatives, in order.
fn is_key_sequence(ais: &[Ai]) -> bool {
    let Some((key, qualifiers)) = ais.split_first() else {
        return false;
    };
    let Some(alternatives) = key.entry().and_then(|entry| entry.key) else {
        return false;
    };
    qualifiers.is_empty()
        || alternatives.iter().any(|alternative| {
            let mut permitted = alternative.iter().filter_map(|digits| Ai::new(digits));
            qualifiers
                .iter()
                .all(|ai| permitted.any(|other| other == *ai))
        })
}

/// True when the AI would make a valid path at some place behind the key.
fn belongs_in_path(path: &[Ai], ai: Ai) -> bool {
    (1..=path.len()).any(|at| {
        let mut with = path.to_vec();
        with.insert(at, ai);
        is_key_sequence(&with)
    })
}

fn push_attribute<'a>(
    elements: &mut ElementString<'a>,
    path: &[Ai],
    name: &'a str,
    value: &'a str,
    options: LinkOptions,
) -> Result<(), LinkError> {
    let refused = || LinkError::NotAnAttribute(name.chars().take(8).collect());
    let ai = Ai::new(name).ok_or_else(refused)?;
    if elements.elements().iter().any(|element| element.ai == ai) {
        return Err(LinkError::Duplicate(ai));
    }
    if belongs_in_path(path, ai) {
        return Err(LinkError::BelongsInPath(ai));
    }
    match ai.entry() {
        Some(entry) if !entry.attribute => return Err(refused()),
        None if !options.unknown_attributes => return Err(refused()),
        _ => {}
    }
    push_decoded(elements, ai, value, true, options)
}

fn push_decoded<'a>(
    elements: &mut ElementString<'a>,
    ai: Ai,
    encoded: &'a str,
    in_query: bool,
    options: LinkOptions,
) -> Result<(), LinkError> {
    if encoded.is_empty() {
        return Err(LinkError::Empty(ai));
    }
    let mut value = decode(encoded, in_query).ok_or(LinkError::Encoding(ai))?;
    if options.short_gtin && Ai::new("01") == Some(ai) && matches!(value.len(), 8 | 12 | 13) {
        value = Cow::Owned(format!("{value:0>14}"));
    }
    match ai.entry() {
        Some(entry) => elements.push(ai, entry, value)?,
        None => elements.0.push(Element {
            ai,
            value,
            predefined: false,
        }),
    }
    Ok(())
}

/// Resolves `%hh`, and in a query `+`. `None` for a broken sequence, a zero byte or what is no UTF-8.
fn decode(encoded: &str, in_query: bool) -> Option<Cow<'_, str>> {
    if !(encoded.contains('%') || in_query && encoded.contains('+')) {
        return Some(Cow::Borrowed(encoded));
    }
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut bytes = encoded.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let mut nibble = || char::from(bytes.next()?).to_digit(16);
                let value = u8::try_from(nibble()? * 16 + nibble()?).ok()?;
                (value != 0).then_some(value)?
            }
            b'+' if in_query => b' ',
            other => other,
        });
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}
