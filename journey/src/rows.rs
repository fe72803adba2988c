//! Many records on their way from the thread that reads them to the one that keeps them: their texts lie one behind the
//! other in one allocation, because seven small ones a row cost more than reading the row.

use crate::dataset::Full;
use crate::record::Record;

/// Where a text lies.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

/// Records with their texts in one place.
#[derive(Debug, Default)]
pub struct Rows {
    text: String,
    rows: Vec<Record<Span>>,
}

impl Rows {
    /// No rows yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one record.
    ///
    /// # Errors
    /// [`Full`] when the texts are more than four gigabytes.
    pub fn push<T: AsRef<str>>(&mut self, record: Record<T>) -> Result<(), Full> {
        let mut end = u32::try_from(self.text.len()).map_err(|_| Full)?;
        let mut room = true;
        let record = record.map(|text| {
            let (text, start) = (text.as_ref(), end);
            match u32::try_from(text.len())
                .ok()
                .and_then(|length| start.checked_add(length))
            {
                Some(behind) => {
                    self.text.push_str(text);
                    end = behind;
                }
                None => room = false,
            }
            Span { start, end }
        });
        if !room {
            return Err(Full);
        }
        self.rows.push(record);
        Ok(())
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The records, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = Record<&str>> {
        self.rows.iter().map(|row| {
            row.clone().map(|span| {
                self.text
                    .get(span.start as usize..span.end as usize)
                    .unwrap_or_default()
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Kind, ReturnsLine};

    #[test]
    fn what_goes_in_comes_out() {
        let bare = Record::new("e-1", 1, 60, "utrecht", Kind::Enrolled);
        let whole = Record {
            till: "1".to_owned(),
            customer: Some("k".to_owned()),
            receipt: Some("r-é".to_owned()),
            product: Some("870".to_owned()),
            product_name: Some("Sjaal".to_owned()),
            category: Some(String::new()),
            returns_line: Some(ReturnsLine {
                receipt: "r-0".to_owned(),
                line: 3,
            }),
            note: Some("te klein".to_owned()),
            ..Record::new("e-2", 2, 60, "utrecht", Kind::Other("x".to_owned()))
        };
        let mut rows = Rows::new();
        assert!(rows.is_empty());
        rows.push(bare.clone()).unwrap();
        rows.push(whole.clone().map(Box::<str>::from)).unwrap();
        let out: Vec<Record> = rows.iter().map(|row| row.map(str::to_owned)).collect();
        assert_eq!(out, [bare, whole]);
        assert_eq!(rows.len(), 2);
    }
}
