//! One scripted day in the demo's shop, through scanners, printers and real processes, without anyone at the screen: sales
//! with and without a card, a return at the other till, a copy, a printer that runs out of paper, head office away for a
//! while. At the end head office must hold exactly what the tills hold.

use anyhow::{Context, Result, ensure};
use retail::barcode::receipt_code;
use retail::ids::ReceiptNumber;
use serde_json::{Value, json};

use super::check::{self, Sums};
use super::shop::{CASHIERS, Shop};
use super::year;
use crate::shop::till::Till;

/// What the day came to.
#[derive(Clone, Debug)]
pub struct Report {
    /// Receipts written today.
    pub receipts: usize,
    /// Copies printed today.
    pub copies: usize,
    /// What till and head office agree on, the year before included.
    pub sums: Sums,
}

/// Plays the day; `say` hears what happens.
///
/// # Errors
/// The first thing that is not as it should be.
pub fn play(shop: &mut Shop, say: &dyn Fn(&str)) -> Result<Report> {
    let mut receipts = Vec::new();
    say("both tills open");
    for till in &mut shop.tills {
        till.log_in(CASHIERS[0].1)?;
    }
    let gtin = |index: usize| shop.samples[index].gtin.clone();
    let (shirt, mug, book, tea, socks) = (gtin(0), gtin(40), gtin(52), gtin(56), gtin(24));
    let cards: Vec<String> = shop.cards.iter().map(|(card, _)| card.clone()).collect();
    let [one, two] = shop.tills.as_mut_slice() else {
        anyhow::bail!("the day is written for two tills");
    };

    say("sales with and without a card, in cash and by card");
    receipts.push(sell(one, &[&shirt, &mug], "KLR-CASH")?);
    receipts.push(sell(
        one,
        &[&cards[0], "KLR-QTY-2", &socks, &book],
        "KLR-CARD",
    )?);
    receipts.push(sell(two, &[&tea, &cards[1], &tea], "KLR-CASH")?);
    say("a new customer");
    enrol(one)?;
    receipts.push(sell(one, &[&shirt], "KLR-CARD")?);
    say("a copy of the last receipt");
    one.scan("KLR-REPRINT")?;

    say("a shirt is brought back to the other till");
    one.run(&["sync"], "")?;
    receipts.push(bring_back(two, receipts[0], 1)?);

    say("the printer runs out of paper; the queue does not wait");
    one.wait_printed()?;
    one.printer.run_out_of_paper_after(9);
    for _ in 0..3 {
        receipts.push(sell(one, &[&mug, &tea], "KLR-CASH")?);
    }
    one.wait("the screen says that the paper is out", |state| {
        state["printer"]["state"] == "paper_out"
    })?;
    one.printer.put_paper_in();
    one.wait_printed()?;

    say("head office is away for a while");
    shop.office.kill()?;
    receipts.push(sell(one, &[&cards[0], &book], "KLR-CASH")?);
    receipts.push(sell(two, &[&socks], "KLR-CARD")?);
    two.wait("the screen says that head office is away", |state| {
        state["sync"]["state"]["state"] == "unreachable"
            && state["sync"]["waiting"].as_u64() > Some(0)
    })?;
    shop.office.start()?;

    say("everything is sent; both sides are compared");
    for till in &shop.tills {
        till.run(&["sync"], "")?;
        till.wait_printed()?;
    }
    let copies = papers(&shop.tills, &receipts)?;
    ensure!(copies == 1, "one copy was asked for, {copies} came out");
    let sums = check::compare(&shop.office, &shop.tills)?;
    for till in &shop.tills {
        till.run(&["journal", "verify"], "")?;
    }
    shop.office.run(&["verify"], "")?;
    shop.office.run(&["rebuild", "--check"], "")?;
    Ok(Report {
        receipts: receipts.len(),
        copies,
        sums,
    })
}

/// Scans all of it and pays; gives the receipt that was written. The scanner alone does it.
fn sell(till: &mut Till, codes: &[&str], pay: &str) -> Result<ReceiptNumber> {
    let before = last_receipt(&till.state()?);
    for code in codes {
        let state = till.scan(code)?;
        // Nobody sells as fast as this: the drawer of the sale before may still rest, and the hub says so.
        let rests = state["notice"]["event"]["what"] == "drawer_resting";
        ensure!(
            state["notice"].is_null() || rests,
            "{code} was answered with {}",
            state["notice"]
        );
    }
    till.scanner.scan(pay)?;
    wait_receipt(till, before)
}

fn wait_receipt(till: &Till, before: Option<ReceiptNumber>) -> Result<ReceiptNumber> {
    let paid = |state: &Value| {
        last_receipt(state) != before
            && state["mode"]["mode"] == "selling"
            && state["basket"] == json!([])
    };
    let state = till.wait(
        "a new receipt, and a till that is ready for the next customer",
        paid,
    )?;
    last_receipt(&state).context("no receipt on the screen")
}

fn last_receipt(state: &Value) -> Option<ReceiptNumber> {
    serde_json::from_value(state["last"]["number"].clone()).ok()
}

/// A customer with a card that nobody has yet.
fn enrol(till: &mut Till) -> Result<()> {
    for number in 9_000..9_100 {
        let card = year::card(number);
        let state = till.scan(&card)?;
        if state["notice"]["notice"] != "unknown_card" {
            till.scan("KLR-CANCEL")?;
            continue;
        }
        till.press(&json!({ "do": "start_enrol" }))?;
        till.press(&json!({
            "do": "enrol", "card": card, "name": "Jip", "email": "", "member": true, "marketing": false,
        }))?;
        till.wait("Jip is the customer of this basket", |state| {
            state["customer"]["name"] == "Jip"
        })?;
        return Ok(());
    }
    anyhow::bail!("a hundred cards were tried, all of them belong to somebody")
}

/// One piece of a line comes back, money by the tender it was paid with.
fn bring_back(till: &mut Till, receipt: ReceiptNumber, line: u32) -> Result<ReceiptNumber> {
    let before = last_receipt(&till.state()?);
    till.scanner.scan(&receipt_code::encode(receipt))?;
    till.wait("the receipt of the other till", |state| {
        state["mode"]["mode"] == "returning"
    })?;
    till.press(&json!({ "do": "return_quantity", "line": line, "quantity": 1000 }))?;
    till.press(&json!({ "do": "return_reason", "line": line, "reason": "ruil" }))?;
    till.press(&json!({ "do": "confirm_return" }))?;
    wait_receipt(till, before)
}

/// Every receipt of today came out exactly once; gives how many copies came out.
fn papers(tills: &[Till], receipts: &[ReceiptNumber]) -> Result<usize> {
    let paper: String = tills.iter().map(|till| till.printer.seen().paper).collect();
    let slips: Vec<&str> = paper.split("~~~").collect();
    let (copies, originals): (Vec<&str>, Vec<&str>) =
        slips.iter().partition(|slip| slip.contains("KOPIE"));
    for receipt in receipts {
        let code = receipt_code::encode(*receipt);
        let times = originals.iter().filter(|slip| slip.contains(&code)).count();
        ensure!(times == 1, "receipt {receipt} came out {times} times");
    }
    Ok(copies.len())
}
