//! `/metrics` in Prometheus text: the counters of this process and what the store knows of every till.

use super::Office;
use super::counters::{metric, value};
use crate::store::{self, Result};

impl Office {
    /// The whole text.
    ///
    /// # Errors
    /// What the store says.
    pub fn metrics(&self) -> Result<String> {
        let mut text = String::new();
        self.counters().render(&mut text);
        let now_ms = self.now_ms();
        let (tills, waiting, problems, imported) = store::read(self.store(), |tables| {
            Ok((
                tables.tills()?,
                tables.dirty_count()?,
                tables.problems(u32::MAX)?.len(),
                tables.imported_count()?,
            ))
        })?;
        metric(
            &mut text,
            "customers_waiting",
            "gauge",
            "Customers whose path waits to be folded again",
        );
        value(&mut text, "customers_waiting", "", waiting);
        metric(
            &mut text,
            "problems_open",
            "gauge",
            "Problems that nobody dealt with",
        );
        value(&mut text, "problems_open", "", problems);
        metric(
            &mut text,
            "imported_rows",
            "gauge",
            "Rows of outside histories",
        );
        value(&mut text, "imported_rows", "", imported);
        metric(
            &mut text,
            "till_lag_seconds",
            "gauge",
            "Since the last batch of a till",
        );
        for till in &tills {
            if let Some(last) = till.traffic.last_batch_ms {
                let labels = labels(till);
                value(
                    &mut text,
                    "till_lag_seconds",
                    &labels,
                    now_ms.saturating_sub(last) / 1_000,
                );
            }
        }
        metric(&mut text, "till_events", "gauge", "Events kept of a till");
        for till in &tills {
            value(&mut text, "till_events", &labels(till), till.traffic.events);
        }
        metric(
            &mut text,
            "till_clock_offset_seconds",
            "gauge",
            "Receive time minus the till's clock",
        );
        for till in &tills {
            if let Some(offset) = till.traffic.clock_offset_ms {
                value(
                    &mut text,
                    "till_clock_offset_seconds",
                    &labels(till),
                    offset / 1_000,
                );
            }
        }
        Ok(text)
    }
}

fn labels(till: &store::rows::Till) -> String {
    let shop = till
        .shop
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n");
    format!("{{till=\"{}\",shop=\"{shop}\"}}", till.till)
}
