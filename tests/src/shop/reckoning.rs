//! The reckoning at the end of a story about one till: what was sold stands everywhere, and everywhere once.

use anyhow::{Result, ensure};
use retail::barcode::receipt_code;
use retail::event::Body;
use retail::ids::ReceiptNumber;

use super::counter::{Counter, journal, receipts};
use super::paper::answer_printer;
use crate::demo::check;

/// Journal, paper and head office hold every sale exactly once. `noes` is how often the cashier has said until now that
/// a receipt did not come out: there is a copy for each.
///
/// # Errors
/// When one is missing or there twice.
pub fn everything_once(
    shop: &mut Counter,
    sold: &[(ReceiptNumber, Vec<String>)],
    mut noes: usize,
) -> Result<()> {
    let till = &mut shop.tills[0];
    noes += answer_printer(till)?;
    let events = journal(till)?;
    let journaled = receipts(&events);
    ensure!(
        journaled == sold,
        "the journal holds {journaled:?}, sold were {sold:?}"
    );
    let seen = till.printer.seen();
    let (copies, originals): (Vec<&str>, Vec<&str>) = seen
        .paper
        .split("~~~")
        .partition(|slip| slip.contains("KOPIE"));
    for (number, _) in sold {
        let code = receipt_code::encode(*number);
        let times = |slips: &[&str]| slips.iter().filter(|slip| slip.contains(&code)).count();
        let (original, copy) = (times(&originals), times(&copies));
        ensure!(original <= 1, "receipt {number} came out {original} times");
        ensure!(original + copy >= 1, "receipt {number} is lost");
    }
    ensure!(
        copies.len() == noes,
        "a copy for every no, and no other: {} for {noes}",
        copies.len()
    );
    let copied = events
        .iter()
        .filter(|event| matches!(event.body, Body::ReceiptCopied(_)))
        .count();
    ensure!(copied == noes, "{copied} copies in the journal for {noes}");
    till.run(&["journal", "verify"], "")?;
    till.run(&["sync"], "")?;
    check::compare(&shop.office, &shop.tills)?;
    shop.office.run(&["verify"], "").map(drop)
}
