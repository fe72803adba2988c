//! What the till looks things up in: articles, customers, receipts. A trait, so that the sale stays pure.
//!
//! Every look-up is by index and capped; the real shelf is the store.

use retail::article::Article;
use retail::ids::{CustomerId, ReceiptNumber};
use retail::quantity::Quantity;
use retail::sale::{KeptLine, Return, Sale, kept_lines};

/// A look-up that could not be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ShelfError(pub String);

/// A customer as the till knows him.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Customer {
    /// Who.
    pub id: CustomerId,
    /// First name, when he gave one.
    pub name: Option<String>,
    /// Points: head office's balance and this till's events since.
    pub points: i64,
    /// Visits: days with a sale.
    pub visits: u32,
    /// Phase of the default model, as head office names it; `None` before the first visit.
    pub phase: Option<String>,
    /// State in it: `slapend`, `teruggewonnen`, `teruggebracht`.
    pub state: Option<String>,
    /// Local day of the last visit.
    pub last_visit: Option<chrono::NaiveDate>,
}

/// A receipt with what came back of it so far.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReceiptOnFile {
    /// Which.
    pub number: ReceiptNumber,
    /// The sale.
    pub sale: Sale,
    /// The returns that name it.
    pub returns: Vec<ReturnOnFile>,
    /// Whose it was.
    pub customer: Option<CustomerId>,
}

/// A return by its own number: what two places know of the same receipt can be put together without counting one twice.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReturnOnFile {
    /// Its number: another till may have taken the goods back.
    pub number: ReceiptNumber,
    /// The return.
    pub back: Return,
}

impl ReceiptOnFile {
    /// Counts what else is known to have come back. A number alone does not tell two returns apart: after a restored backup
    /// it may stand for both.
    pub fn count(&mut self, others: Vec<ReturnOnFile>) {
        for other in others {
            if !self.returns.contains(&other) {
                self.returns.push(other);
            }
        }
    }

    /// What is still with the customer.
    #[must_use]
    pub fn kept(&self) -> Vec<KeptLine> {
        kept_lines(&self.sale, self.returns.iter().map(|one| &one.back))
    }

    /// Everything on it came back already.
    #[must_use]
    pub fn is_all_back(&self) -> bool {
        self.kept().iter().all(|kept| kept.qty <= Quantity::ZERO)
    }
}

/// Where a receipt number leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceiptLookup {
    /// A sale of this till.
    Found(Box<ReceiptOnFile>),
    /// A receipt of this till that is itself a return.
    IsReturn,
    /// This till never wrote it.
    Missing,
    /// Another till (or an epoch this till no longer holds) wrote it: head office knows.
    Elsewhere,
}

/// Look-ups of the till.
pub trait Shelf {
    /// The article with this number, whatever length it is written in.
    fn article(&self, number: &str) -> Result<Option<Article>, ShelfError>;
    /// Articles whose name holds words that begin so; at most `limit`.
    fn search(&self, words: &str, limit: usize) -> Result<Vec<Article>, ShelfError>;
    /// The customer with this card.
    fn customer_by_card(&self, card: &str) -> Result<Option<Customer>, ShelfError>;
    /// The customer himself.
    fn customer(&self, id: CustomerId) -> Result<Option<Customer>, ShelfError>;
    /// A receipt and what came back of it.
    fn receipt(&self, number: ReceiptNumber) -> Result<ReceiptLookup, ShelfError>;
    /// What this till took back of a receipt, whichever till wrote it.
    fn returns_of(&self, number: ReceiptNumber) -> Result<Vec<ReturnOnFile>, ShelfError>;
    /// The last receipt that this till wrote.
    fn last_receipt(&self) -> Result<Option<ReceiptNumber>, ShelfError>;
    /// The number of the next receipt; `None` when this till is not enrolled.
    fn next_receipt(&self) -> Option<ReceiptNumber>;
}
