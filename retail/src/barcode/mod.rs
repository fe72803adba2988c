//! Barcodes: what a scanner, or a cashier at the keyboard, gave, and what it means in the shop.
//!
//! [`classify`] is the one entry: bytes and a hint in, [`Scanned`] out. It is pure and total: whatever arrives has an
//! answer, at worst [`Scanned::Invalid`] with the reason and what was read. It knows no catalogue: that an article
//! exists, or a card belongs to somebody, is for the caller to find out.
//!
//! ```
//! use retail::barcode::{Scanned, Settings, classify};
//!
//! let settings = Settings { year: 2026, ..Settings::default() };
//! let scanned = classify(b"]d20108712345678906\x1d17261231", None, &settings);
//! let Scanned::Article(article) = scanned else { panic!("an article") };
//! assert_eq!(article.gtin.to_string(), "8712345678906");
//! assert_eq!(article.details.expiry.map(|day| day.to_string()).as_deref(), Some("2026-12-31"));
//!
//! let wrong = classify(b"8712345678905", None, &settings);
//! assert!(matches!(wrong, Scanned::Invalid(_)), "the check digit is wrong");
//! ```

pub mod aim;
pub mod card;
pub mod check;
mod classify;
pub mod command;
mod elements;
pub mod gs1;
pub mod gtin;
pub mod layout;
pub mod receipt_code;
mod scanned;

pub use aim::Symbology;
pub use classify::{MAX_SCAN_BYTES, Settings, classify};
pub use command::Command;
pub use gtin::{Gtin, GtinError, PrefixUse};
pub use layout::Layout;
pub use scanned::{
    Article, Coupon, CouponClass, Gs1Data, Invalid, ItemDetails, LoyaltyCard, Reason, ReceiptCode,
    Scanned, Unknown, WeighedArticle,
};
