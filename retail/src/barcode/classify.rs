//! From bytes to meaning: the one decision which code is what.
//!
//! The order matters and is this: symbology identifier, command, GS1 elements, web address, digits by their length
//! and prefix. A hint says what the scanner read when it does not send identifiers; none says *typed, or unknown*.

use super::aim::Symbology;
use super::command;
use super::elements::from_elements;
use super::gs1::{self, ElementString, GS, LinkError, LinkOptions, ScanMessage};
use super::gtin::{Gtin, GtinError, PrefixUse};
use super::layout::Layout;
use super::scanned::{
    Article, Coupon, CouponClass, Gs1Data, Invalid, ItemDetails, LoyaltyCard, Reason, ReceiptCode,
    Scanned, Unknown, WeighedArticle,
};
use super::{card, check, receipt_code};

/// The most bytes a scan may have; QR codes for shops are far shorter.
pub const MAX_SCAN_BYTES: usize = 4096;

/// What the shop has decided about its codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Prefixes of loyalty cards; see [`card::check_prefix`].
    pub card_prefixes: Vec<String>,
    /// Layouts of codes with weight or price; the first whose prefix fits is used.
    pub layouts: Vec<Layout>,
    /// What is accepted in Digital Links.
    pub link: LinkOptions,
    /// The year it is now, to read years of two digits: they lie at most 50 years from it.
    pub year: i32,
}

impl Default for Settings {
    fn default() -> Self {
        let layouts = ["21IIIIIWWWWWC", "23IIIIIPPPPPC"];
        Self {
            card_prefixes: card::DEFAULT_PREFIXES.map(str::to_owned).to_vec(),
            layouts: layouts
                .iter()
                .filter_map(|pattern| Layout::parse(pattern).ok())
                .collect(),
            link: LinkOptions::default(),
            year: 2026,
        }
    }
}

/// Says what was scanned.
#[must_use]
pub fn classify(scan: &[u8], hint: Option<Symbology>, settings: &Settings) -> Scanned {
    match readable(scan).and_then(|text| meaning(text, hint, settings)) {
        Ok(scanned) => scanned,
        Err(reason) => {
            let read: String = scan.escape_ascii().map(char::from).take(80).collect();
            Scanned::Invalid(Invalid { reason, read })
        }
    }
}

/// The scan as text, without the blanks and line ends around it.
fn readable(scan: &[u8]) -> Result<&str, Reason> {
    if scan.len() > MAX_SCAN_BYTES {
        return Err(Reason::TooLong(scan.len()));
    }
    let scan = scan.trim_ascii();
    if !scan.is_ascii() {
        return Err(Reason::NotAscii);
    }
    let text = core::str::from_utf8(scan).map_err(|_| Reason::NotAscii)?;
    if text.is_empty() {
        return Err(Reason::Empty);
    }
    if text.contains(|c: char| c.is_ascii_control() && c != GS) {
        return Err(Reason::ControlCharacter);
    }
    Ok(text)
}

fn meaning(text: &str, hint: Option<Symbology>, settings: &Settings) -> Result<Scanned, Reason> {
    if !text.starts_with(']') {
        return plain(text, hint, settings);
    }
    let (symbology, message) = gs1::parse_scan(text, settings.link)?;
    match message {
        // The symbology alone: a code that says nothing.
        ScanMessage::Text("") => Err(Reason::Empty),
        ScanMessage::Text(text) => plain(text, Some(symbology), settings),
        ScanMessage::Elements(elements) | ScanMessage::Link { elements, .. } => {
            Ok(from_elements(&elements, None, settings))
        }
        ScanMessage::Primary { digits, composite } => {
            let gtin = Gtin::parse(digits)?;
            match composite {
                Some(elements) => Ok(from_elements(&elements, Some(gtin), settings)),
                None => from_gtin(gtin, None, settings),
            }
        }
    }
}

/// A scan without identifier, or the text behind one.
fn plain(text: &str, hint: Option<Symbology>, settings: &Settings) -> Result<Scanned, Reason> {
    if text.starts_with(command::PREFIX) {
        return Ok(Scanned::Command(text.parse()?));
    }
    if hint.is_some_and(Symbology::is_gs1) || text.starts_with(GS) {
        return Ok(from_elements(
            &ElementString::parse_separated(text, GS)?,
            None,
            settings,
        ));
    }
    if hint.is_none() && text.starts_with('^') {
        return Ok(from_elements(
            &ElementString::parse_raw(text)?,
            None,
            settings,
        ));
    }
    if text.starts_with('(')
        && text
            .as_bytes()
            .get(1)
            .is_some_and(|b| b.is_ascii_digit() || *b == b')')
    {
        return Ok(from_elements(
            &ElementString::parse_bracketed(text)?,
            None,
            settings,
        ));
    }
    if gs1::has_link_scheme(text) {
        return Ok(from_elements(
            &gs1::parse_link(text, settings.link)?,
            None,
            settings,
        ));
    }
    if hint.is_none() && text.contains("://") {
        return Err(LinkError::Scheme.into());
    }
    if check::is_digits(text)
        && let Some(scanned) = digits(text, hint, settings)?
    {
        return Ok(scanned);
    }
    unmarked_elements(text, settings)
}

/// Elements from a scanner that sends no identifier: they hold a separator, or begin with a good GTIN behind 01.
fn unmarked_elements(text: &str, settings: &Settings) -> Result<Scanned, Reason> {
    let separated = text.contains(GS);
    let gtin_first = text
        .strip_prefix("01")
        .and_then(|rest| rest.get(..14))
        .is_some_and(|digits| Gtin::parse(digits).is_ok());
    if !separated && !gtin_first {
        return Ok(unknown(text, None));
    }
    match ElementString::parse_separated(text, GS) {
        Ok(elements) => Ok(from_elements(&elements, None, settings)),
        Err(error) if separated => Err(error.into()),
        Err(_) => Ok(unknown(text, None)),
    }
}

/// Digits by their number and what was read. `None` when their length is that of no code.
fn digits(
    text: &str,
    hint: Option<Symbology>,
    settings: &Settings,
) -> Result<Option<Scanned>, Reason> {
    let scanned = match (hint, text.len()) {
        (Some(Symbology::AddOnOnly), _) => return Err(Reason::AddOnOnly),
        (Some(Symbology::EanWithAddOn), len) => {
            let main = match len {
                10 | 13 => 8,
                14 | 17 => 12,
                15 | 18 => 13,
                _ => return Err(GtinError::Length(len).into()),
            };
            let (main, add_on) = text.split_at(main);
            let gtin =
                Gtin::parse(main).or_else(|error| Gtin::from_upc_e(main).map_err(|_| error))?;
            from_gtin(gtin, Some(add_on), settings)?
        }
        (Some(Symbology::UpcE), 8) => from_gtin(Gtin::from_upc_e(text)?, None, settings)?,
        (Some(Symbology::Code128), receipt_code::LEN) => receipt(receipt_code::decode(text)?, None),
        // Code 128 and Code 39 carry whatever a shop prints: digits with a wrong check digit are its own number.
        (Some(Symbology::Code128 | Symbology::Code39), 8 | 12 | 13 | 14) => match Gtin::parse(text)
        {
            Ok(gtin) => from_gtin(gtin, None, settings)?,
            Err(_) => return Ok(None),
        },
        (None, receipt_code::LEN) => match (receipt_code::decode(text), Gtin::parse(text)) {
            (Ok(number), gtin) => receipt(number, gtin.ok()),
            (Err(_), Ok(gtin)) => from_gtin(gtin, None, settings)?,
            (Err(error), Err(_)) => return Err(error.into()),
        },
        (None, 8) => eight_digits(text, settings)?,
        (_, 8 | 12 | 13 | 14) => from_gtin(Gtin::parse(text)?, None, settings)?,
        (Some(Symbology::Ean13 | Symbology::Ean8 | Symbology::UpcA | Symbology::UpcE), len) => {
            return Err(GtinError::Length(len).into());
        }
        _ => return Ok(None),
    };
    Ok(Some(scanned))
}

/// Eight digits of which nobody knows whether they are EAN-8 or UPC-E. An EAN-8 beginning with 0 is only ever a shop's
/// own number, so UPC-E comes first there.
fn eight_digits(text: &str, settings: &Settings) -> Result<Scanned, Reason> {
    let (first, second) = match (Gtin::parse(text), Gtin::from_upc_e(text)) {
        (Ok(ean), Ok(upc)) if text.starts_with('0') => (upc, Some(ean)),
        (Ok(ean), upc) => (ean, upc.ok()),
        (Err(_), Ok(upc)) => (upc, None),
        (Err(error), Err(_)) => return Err(error.into()),
    };
    let mut scanned = from_gtin(first, None, settings)?;
    if let Scanned::Article(article) = &mut scanned {
        article.alternative = second;
    }
    Ok(scanned)
}

const fn receipt(number: crate::ids::ReceiptNumber, gtin: Option<Gtin>) -> Scanned {
    Scanned::Receipt(ReceiptCode { number, gtin })
}

pub(super) fn unknown(text: &str, gs1: Option<Gs1Data>) -> Scanned {
    Scanned::Unknown(Unknown {
        text: text.to_owned(),
        gs1,
    })
}

/// A checked GTIN: card, weighed article, coupon or plain article, by its prefix.
fn from_gtin(gtin: Gtin, add_on: Option<&str>, settings: &Settings) -> Result<Scanned, Reason> {
    if let Some(card) = card::number(gtin, &settings.card_prefixes) {
        return Ok(Scanned::LoyaltyCard(LoyaltyCard { card }));
    }
    // A layout has an in-store prefix: nobody else's number fits one.
    if let Some(weighed) = weighed(gtin, &settings.layouts)? {
        return Ok(Scanned::WeighedArticle(weighed));
    }
    Ok(match coupon_class(gtin) {
        Some(class) => Scanned::Coupon(Coupon {
            class,
            code: thirteen(gtin),
            gs1: None,
        }),
        None => article(gtin, add_on, ItemDetails::default(), None),
    })
}

pub(super) fn article(
    gtin: Gtin,
    add_on: Option<&str>,
    details: ItemDetails,
    gs1: Option<Gs1Data>,
) -> Scanned {
    Scanned::Article(Article {
        gtin,
        alternative: None,
        prefix_use: gtin.prefix_use(),
        add_on: add_on.map(str::to_owned),
        details,
        gs1,
    })
}

pub(super) fn coupon_class(gtin: Gtin) -> Option<CouponClass> {
    match gtin.prefix_use() {
        PrefixUse::RefundReceipt => Some(CouponClass::RefundReceipt),
        PrefixUse::Coupon => Some(CouponClass::Coupon),
        _ => None,
    }
}

/// The 13 digits of a GTIN with packaging indicator 0; of others all 14.
pub(super) fn thirteen(gtin: Gtin) -> String {
    let digits = gtin.to_14();
    digits
        .strip_prefix('0')
        .map(str::to_owned)
        .unwrap_or(digits)
}

fn weighed(gtin: Gtin, layouts: &[Layout]) -> Result<Option<WeighedArticle>, Reason> {
    let digits = thirteen(gtin);
    for layout in layouts {
        let Some(measured) = layout.read(&digits)? else {
            continue;
        };
        return Ok(Some(WeighedArticle {
            gtin,
            reference: Gtin::parse(&measured.reference)?,
            item: Some(measured.item),
            weight: measured.weight,
            price: measured.price,
            details: ItemDetails::default(),
            gs1: None,
        }));
    }
    Ok(None)
}
