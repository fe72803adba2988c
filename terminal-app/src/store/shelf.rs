//! The store as the till's shelf: every look-up by index, capped.

use retail::article::Article;
use retail::event::Body;
use retail::ids::{CustomerId, ReceiptNumber};
use retail::loyalty::card_hash;
use rusqlite::OptionalExtension as _;

use super::{Store, StoreError, receipt_key, receipt_of_key};
use crate::till::Shelf;
use crate::till::shelf::{Customer, ReceiptLookup, ReceiptOnFile, ReturnOnFile, ShelfError};

impl From<StoreError> for ShelfError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

impl Shelf for Store {
    fn article(&self, number: &str) -> Result<Option<Article>, ShelfError> {
        Ok(self.find_article(number)?)
    }

    fn search(&self, words: &str, limit: usize) -> Result<Vec<Article>, ShelfError> {
        Ok(self.search_articles(words, limit)?)
    }

    fn customer_by_card(&self, card: &str) -> Result<Option<Customer>, ShelfError> {
        let Some(identity) = self.identity() else {
            return Ok(None);
        };
        let hash = card_hash(&identity.directory_key, card);
        Ok(self.find_card(hash)?)
    }

    fn customer(&self, id: CustomerId) -> Result<Option<Customer>, ShelfError> {
        Ok(super::directory::customer(&self.conn, id)?)
    }

    fn receipt(&self, number: ReceiptNumber) -> Result<ReceiptLookup, ShelfError> {
        Ok(self.find_receipt(number)?)
    }

    fn returns_of(&self, number: ReceiptNumber) -> Result<Vec<ReturnOnFile>, ShelfError> {
        Ok(super::journal::returns_of(&self.conn, number)?)
    }

    fn last_receipt(&self) -> Result<Option<ReceiptNumber>, ShelfError> {
        Ok(self.find_last_receipt()?)
    }

    fn next_receipt(&self) -> Option<ReceiptNumber> {
        let till = self.identity()?.till;
        let epoch = self.head().ok()??.epoch;
        super::append::next_receipt(&self.conn, till, epoch).ok()?
    }
}

impl Store {
    fn find_receipt(&self, number: ReceiptNumber) -> Result<ReceiptLookup, StoreError> {
        let Some(identity) = self.identity() else {
            return Ok(ReceiptLookup::Missing);
        };
        if number.till != identity.till {
            return Ok(ReceiptLookup::Elsewhere);
        }
        let Some(event) = super::journal::receipt_event(&self.conn, number)? else {
            // An epoch of which this till lost something: head office may have what is missing here.
            let lost: bool = self.conn.query_row(
                "SELECT EXISTS (SELECT 1 FROM receipt WHERE number > ?1)",
                [receipt_key(number)],
                |row| row.get(0),
            )?;
            return Ok(if lost {
                ReceiptLookup::Elsewhere
            } else {
                ReceiptLookup::Missing
            });
        };
        let Body::Sale(sale) = event.body else {
            return Ok(ReceiptLookup::IsReturn);
        };
        let customer = match sale.link {
            Some(_) => self.customer_of_event(event.position.epoch, event.position.seq)?,
            None => None,
        };
        Ok(ReceiptLookup::Found(Box::new(ReceiptOnFile {
            number,
            sale,
            returns: super::journal::returns_of(&self.conn, number)?,
            customer,
        })))
    }

    /// Who the link of an event stands for, as far as he was not forgotten.
    fn customer_of_event(
        &self,
        epoch: retail::ids::Epoch,
        seq: u64,
    ) -> Result<Option<CustomerId>, StoreError> {
        for json in self.side_json(super::event_key(epoch, seq)?)? {
            if let Ok(retail::wire::Side::Link { customer, .. }) = serde_json::from_str(&json) {
                return Ok(Some(super::directory::resolve(&self.conn, customer)?));
            }
        }
        Ok(None)
    }

    pub(super) fn side_json(&self, key: i64) -> Result<Vec<String>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT json FROM side WHERE event = ?1 ORDER BY n")?;
        let rows = statement.query_map([key], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn find_last_receipt(&self) -> Result<Option<ReceiptNumber>, StoreError> {
        let last: Option<i64> = self
            .conn
            .prepare_cached("SELECT number FROM receipt ORDER BY number DESC LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        last.map(receipt_of_key).transpose()
    }
}
