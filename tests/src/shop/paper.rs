//! The paper that came out of a till's printer, and the cashier who looks at it when the till asks.

use anyhow::Result;
use retail::barcode::receipt_code;
use retail::ids::ReceiptNumber;
use serde_json::json;

use super::till::Till;

/// Slips that were cut off with this receipt's barcode on them.
#[must_use]
pub fn slips_of(paper: &str, number: ReceiptNumber) -> usize {
    let code = receipt_code::encode(number);
    let (cut, _in_the_printer) = paper.rsplit_once("~~~").unwrap_or(("", paper));
    cut.split("~~~").filter(|slip| slip.contains(&code)).count()
}

/// Waits until nothing waits for the printer; when the till asks whether a receipt came out, answers what is true. Gives
/// how often the answer was no: each asks for a copy.
///
/// # Errors
/// When neither happens, or the printer does not get ready.
pub fn answer_printer(till: &mut Till) -> Result<usize> {
    let mut noes = 0;
    loop {
        till.wait_printed()?;
        if till.print_queue()? == (0, 0) {
            return Ok(noes);
        }
        // It is ready, so it has worked off what it was sent before.
        let state = till.wait("the printer is ready, the till asks", |state| {
            state["printer"]["state"] == "ready" && !state["printer"]["asks"].is_null()
        })?;
        let asks = state["printer"]["asks"].clone();
        let number: ReceiptNumber = serde_json::from_value(asks["receipt"].clone())?;
        let printed = slips_of(&till.printer.seen().paper, number) > 0;
        noes += usize::from(!printed);
        till.press(&json!({ "do": "printer_answer", "job": asks["job"], "printed": printed }))?;
        till.wait("the question is answered", |state| {
            state["printer"]["asks"] != asks
        })?;
    }
}
