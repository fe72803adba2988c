//! Whether anybody knows a code: what a hub beeps before the till has worked the scan off. Only looks; the step decides.

use chrono::{DateTime, Datelike as _, FixedOffset};
use retail::barcode::{Scanned, Settings, classify};

use super::effect::Beep;
use super::shelf::{Shelf, ShelfError};

/// [`Beep::Good`] for a code that the shop knows, [`Beep::Unknown`] for every other.
pub fn sound_of(
    data: &[u8],
    settings: &Settings,
    at: DateTime<FixedOffset>,
    shelf: &dyn Shelf,
) -> Result<Beep, ShelfError> {
    let settings = Settings {
        year: at.year(),
        ..settings.clone()
    };
    let known = match classify(data, None, &settings) {
        Scanned::Article(found) => {
            shelf.article(&found.gtin.to_14())?.is_some()
                || match found.alternative {
                    Some(other) => shelf.article(&other.to_14())?.is_some(),
                    None => false,
                }
        }
        Scanned::WeighedArticle(found) => {
            shelf.article(&found.gtin.to_14())?.is_some()
                || shelf.article(&found.reference.to_14())?.is_some()
                || match &found.item {
                    Some(item) => shelf.article(item)?.is_some(),
                    None => false,
                }
        }
        Scanned::LoyaltyCard(_) | Scanned::Receipt(_) | Scanned::Command(_) => true,
        Scanned::Unknown(unknown) => shelf.article(&unknown.text)?.is_some(),
        Scanned::Coupon(_) | Scanned::Invalid(_) => false,
    };
    Ok(if known { Beep::Good } else { Beep::Unknown })
}
