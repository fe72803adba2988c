//! What stands where on a receipt. Order and content are what a Dutch simplified invoice needs: shop, address, KvK and
//! btw number, date and time, receipt number, lines, total, rounding, tenders, and a table of VAT per rate.

use retail::barcode::receipt_code;
use retail::event::Event;
use retail::ids::ReceiptNumber;
use retail::money::Cents;
use retail::quantity::{Quantity, Unit};
use retail::sale::{Line, Receipt, Tender, TenderKind};
use retail::vat::{VatRate, VatRow};

use super::paper::{Paper, Row, Style};
use super::strings::Strings;
use super::{Options, Shop};

/// Lays out a sale, or the return of goods sold on receipt `of`.
pub(super) fn receipt(
    event: &Event,
    receipt: &Receipt,
    of: Option<ReceiptNumber>,
    shop: &Shop,
    options: &Options,
) -> Paper {
    let words = Strings::of(options.language);
    let number = ReceiptNumber {
        till: event.position.till,
        epoch: event.position.epoch,
        serial: receipt.receipt,
    };
    let mut rows = header(shop, words);
    titles(&mut rows, of, options.copy, words);
    let at = event.at.format("%d-%m-%Y %H:%M").to_string();
    rows.push(pair(format!("{} {number}", words.receipt), at));
    rows.push(pair(
        shop.till.clone(),
        format!("{} {}", words.cashier, receipt.cashier),
    ));
    rows.push(Row::Rule);
    let rates = rates(receipt);
    for line in &receipt.lines {
        article(&mut rows, line, &rates, words);
    }
    rows.push(Row::Rule);
    totals(&mut rows, receipt, of.is_some(), words);
    vat_table(&mut rows, &receipt.vat, &rates, words);
    if receipt.link.is_some() {
        points(&mut rows, receipt.points, options.balance, words);
    }
    rows.push(Row::Blank);
    rows.push(Row::Barcode(receipt_code::encode(number)));
    rows.push(Row::Blank);
    if of.is_none() {
        rows.push(Row::Centred(words.keep.to_owned(), Style::PLAIN));
    }
    rows.push(Row::Centred(words.thanks.to_owned(), Style::PLAIN));
    if options.copy {
        rows.push(Row::Centred(words.copy.to_owned(), Style::LARGE));
    }
    Paper { rows }
}

fn header(shop: &Shop, words: &Strings) -> Vec<Row> {
    let mut rows = vec![Row::Centred(shop.name.clone(), Style::LARGE)];
    for line in &shop.address {
        rows.push(Row::Centred(line.clone(), Style::PLAIN));
    }
    for (name, number) in [(words.kvk, &shop.kvk), (words.vat_id, &shop.vat_id)] {
        if !number.is_empty() {
            rows.push(Row::Centred(format!("{name} {number}"), Style::PLAIN));
        }
    }
    rows.push(Row::Blank);
    rows
}

fn titles(rows: &mut Vec<Row>, of: Option<ReceiptNumber>, copy: bool, words: &Strings) {
    if copy {
        rows.push(Row::Centred(words.copy.to_owned(), Style::LARGE));
    }
    if let Some(of) = of {
        rows.push(Row::Centred(words.return_title.to_owned(), Style::LARGE));
        rows.push(Row::Centred(
            format!("{} {of}", words.return_of),
            Style::BOLD,
        ));
    }
    if copy || of.is_some() {
        rows.push(Row::Blank);
    }
}

/// The rates of this receipt, ascending: the first is A on lines and in the table.
fn rates(receipt: &Receipt) -> Vec<VatRate> {
    let of_lines = receipt.lines.iter().map(|line| line.vat);
    let mut rates: Vec<VatRate> = of_lines
        .chain(receipt.vat.iter().map(|row| row.rate))
        .collect();
    rates.sort_unstable();
    rates.dedup();
    rates
}

fn letter(rate: VatRate, rates: &[VatRate]) -> char {
    let at = rates.iter().position(|r| *r == rate);
    at.and_then(|at| ('A'..='Z').nth(at)).unwrap_or(' ')
}

fn article(rows: &mut Vec<Row>, line: &Line, rates: &[VatRate], words: &Strings) {
    let indent = if line.parent.is_some() { "  " } else { "" };
    rows.push(pair(
        format!("{indent}{}", line.name),
        format!("{} {}", words.plain(line.amount), letter(line.vat, rates)),
    ));
    let one = line.unit == Unit::Piece && line.qty.0.abs() == Quantity::ONE.0;
    if !one {
        let unit = match line.unit {
            Unit::Piece => "",
            Unit::Kilogram => " kg",
        };
        let price = words.plain(line.price);
        let quantity = words.number(&line.qty.to_string());
        rows.push(Row::Text(format!("{indent}  {quantity}{unit} x {price}")));
    }
    if !line.item.is_empty() {
        rows.push(Row::Text(format!("{indent}  {}", line.item)));
    }
    if let Some(reason) = line.reason
        && line.parent.is_none()
    {
        let name = words.reason_name(reason);
        rows.push(Row::Text(format!("  {}: {name}", words.reason)));
    }
}

fn totals(rows: &mut Vec<Row>, receipt: &Receipt, is_return: bool, words: &Strings) {
    let euro = |amount: Cents| words.money(amount);
    rows.push(Row::Pair(
        words.total.to_owned(),
        euro(receipt.total),
        Style::TALL,
    ));
    if receipt.rounding != Cents::ZERO {
        rows.push(pair(words.rounding.to_owned(), euro(receipt.rounding)));
        let to_settle = receipt.total + receipt.rounding;
        let (word, amount) = if is_return {
            (words.to_refund, to_settle.abs())
        } else {
            (words.to_pay, to_settle)
        };
        rows.push(Row::Pair(word.to_owned(), euro(amount), Style::BOLD));
    }
    for tender in &receipt.tenders {
        tender_rows(rows, tender, words);
    }
}

fn tender_rows(rows: &mut Vec<Row>, tender: &Tender, words: &Strings) {
    let word = match (tender.kind, tender.amount.is_negative()) {
        (TenderKind::Cash, false) => words.cash,
        (TenderKind::Card, false) => words.card,
        (TenderKind::Cash, true) => words.cash_back,
        (TenderKind::Card, true) => words.card_back,
    };
    rows.push(pair(word.to_owned(), words.money(tender.amount.abs())));
    for (word, amount) in [
        (words.tendered, tender.tendered),
        (words.change, tender.change),
    ] {
        if let Some(amount) = amount {
            rows.push(pair(format!("  {word}"), words.money(amount)));
        }
    }
}

fn vat_table(rows: &mut Vec<Row>, table: &[VatRow], rates: &[VatRate], words: &Strings) {
    if table.is_empty() {
        return;
    }
    rows.push(Row::Blank);
    rows.push(Row::Table(
        [words.vat, words.vat_base, words.vat_amount, words.vat_gross].map(str::to_owned),
        Style::BOLD,
    ));
    for row in table {
        rows.push(Row::Table(
            [
                format!(
                    "{} {}",
                    letter(row.rate, rates),
                    words.number(&row.rate.to_string())
                ),
                words.plain(row.base),
                words.plain(row.vat),
                words.plain(row.gross),
            ],
            Style::PLAIN,
        ));
    }
    if table.len() > 1 {
        let sum = |part: fn(&VatRow) -> Cents| words.plain(table.iter().map(part).sum());
        rows.push(Row::Table(
            [
                words.total.to_owned(),
                sum(|r| r.base),
                sum(|r| r.vat),
                sum(|r| r.gross),
            ],
            Style::PLAIN,
        ));
    }
}

fn points(rows: &mut Vec<Row>, points: i64, balance: Option<i64>, words: &Strings) {
    rows.push(Row::Blank);
    let word = if points < 0 {
        words.points_back
    } else {
        words.points
    };
    rows.push(pair(word.to_owned(), words.number(&grouped(points.abs()))));
    if let Some(balance) = balance {
        rows.push(pair(
            words.balance.to_owned(),
            words.number(&grouped(balance)),
        ));
    }
}

/// `1.057`.
fn grouped(points: i64) -> String {
    let euros = Cents(points.saturating_mul(100)).plain();
    euros.split(',').next().unwrap_or_default().to_owned()
}

const fn pair(left: String, right: String) -> Row {
    Row::Pair(left, right, Style::PLAIN)
}
