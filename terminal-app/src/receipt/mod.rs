//! Receipts: from an event to paper. Pure. A receipt is made of the event alone (and the shop's own particulars): what a
//! copy shows years later is what was sold, not what the catalogue says by then.
//!
//! event -> [`paper::Paper`] (what stands where) -> ESC/POS bytes for a [`Profile`] -> and back to text by [`decode`].

pub mod decode;
pub mod escpos;
mod layout;
pub mod paper;
pub mod profile;
mod strings;
pub mod text;

use retail::event::{Body, Event};

use crate::config::Config;

pub use profile::Profile;
pub use strings::Language;

/// What a receipt says about the shop and the till.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shop {
    /// Its name.
    pub name: String,
    /// Street, postcode and town, and what else belongs there; a line each.
    pub address: Vec<String>,
    /// Number in the trade register.
    pub kvk: String,
    /// Btw number.
    pub vat_id: String,
    /// What people call the till; its number stands in the receipt number.
    pub till: String,
}

impl From<&Config> for Shop {
    fn from(config: &Config) -> Self {
        let shop = &config.shop;
        Self {
            name: shop.name.clone(),
            address: shop.address.clone(),
            kvk: shop.kvk.clone(),
            vat_id: shop.vat_id.clone(),
            till: config.till.name.clone(),
        }
    }
}

/// How a receipt is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Its language.
    pub language: Language,
    /// Marked KOPIE: the original was printed before, or may have been.
    pub copy: bool,
    /// The customer's points after this receipt, when the till knows them. Printed only when the event has a customer.
    pub balance: Option<i64>,
}

/// A receipt ready for the spooler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedJob {
    /// From initialisation to cut. Holds no drawer pulse: that is a request of its own, which expires.
    pub bytes: Vec<u8>,
}

/// Why there is no receipt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// Only sales and returns have receipts.
    #[error("an event of kind {0} has no receipt")]
    NoReceipt(String),
    /// The printer library refused a command.
    #[error("the receipt cannot be written as ESC/POS: {0}")]
    Printer(String),
}

/// The document of a sale or return.
///
/// # Errors
/// [`RenderError::NoReceipt`] for events of other kinds.
pub fn document(
    event: &Event,
    shop: &Shop,
    options: &Options,
) -> Result<paper::Paper, RenderError> {
    match &event.body {
        Body::Sale(sale) => Ok(layout::receipt(event, sale, None, shop, options)),
        Body::Return(back) => Ok(layout::receipt(
            event,
            &back.receipt,
            Some(back.of),
            shop,
            options,
        )),
        other => Err(RenderError::NoReceipt(other.kind().to_owned())),
    }
}

/// The bytes that print the receipt of a sale or return.
///
/// # Errors
/// [`RenderError::NoReceipt`] for events of other kinds.
pub fn render(
    event: &Event,
    shop: &Shop,
    profile: &Profile,
    options: &Options,
) -> Result<RenderedJob, RenderError> {
    let paper = document(event, shop, options)?;
    let bytes =
        escpos::to_bytes(&paper, profile).map_err(|e| RenderError::Printer(e.to_string()))?;
    Ok(RenderedJob { bytes })
}

#[cfg(test)]
mod tests;
