//! Properties of the shop's arithmetic: money, quantity, VAT, cash rounding, points, returns, the sum of a day.

use super::support::{cents, first, line, rate, sale, wall_time};
use proptest::collection::vec;
use proptest::prelude::*;
use retail::cash::{quick_amounts, rounded, rounding_of};
use retail::day::DayTotals;
use retail::event::{Body, Event};
use retail::ids::{CashierId, Epoch, Position, ReceiptNumber, ReceiptSerial, TillId};
use retail::loyalty::{points, points_of_return};
use retail::money::{Cents, divide_half_away};
use retail::quantity::Quantity;
use retail::sale::{Line, Receipt, Return, kept_lines};
use retail::vat::{VatRate, table, table_of_return};

proptest! {
    #[test]
    fn a_printed_amount_reads_back(cents in 0_i64..=Cents::MAX_INPUT.0, negative in any::<bool>()) {
        let amount = Cents(if negative { -cents } else { cents });
        prop_assert_eq!(amount.plain().parse(), Ok(amount));
        prop_assert_eq!(amount.to_string().parse(), Ok(amount));
    }

    #[test]
    fn an_amount_typed_the_plain_way_is_what_was_typed(euros in 0_i64..1_000_000, cents in 0_i64..100, sign in "[.,]") {
        prop_assert_eq!(format!("{euros}{sign}{cents:02}").parse(), Ok(Cents(euros * 100 + cents)));
        prop_assert_eq!(euros.to_string().parse(), Ok(Cents(euros * 100)));
    }

    #[test]
    fn reading_amounts_never_panics(text in r"[-€ ]{0,2}[0-9.,]{0,14}|\PC{0,12}") {
        if let Ok(amount) = text.parse::<Cents>() {
            prop_assert!(amount.abs() <= Cents::MAX_INPUT);
            // Whatever was accepted has the digits that were typed, in their order.
            let digits = |t: &str| t.chars().filter(char::is_ascii_digit).collect::<String>();
            let typed = digits(&text);
            let typed = typed.trim_start_matches('0').trim_end_matches('0');
            let plain = digits(&amount.plain());
            prop_assert_eq!(typed, plain.trim_start_matches('0').trim_end_matches('0'), "{}", amount);
        }
    }

    #[test]
    fn halves_go_away_from_zero_and_nothing_else_does(numerator in -1_000_000_i64..=1_000_000, denominator in 1_i64..=10_000) {
        let result = divide_half_away(i128::from(numerator), i128::from(denominator));
        // |result * denominator - numerator| is at most half the denominator; on the half the magnitude is larger.
        let rest = result * denominator - numerator;
        prop_assert!(rest.abs() * 2 <= denominator);
        if rest.abs() * 2 == denominator {
            prop_assert!(result.abs() * denominator > numerator.abs());
        }
        prop_assert_eq!(divide_half_away(i128::from(-numerator), i128::from(denominator)), -result);
    }

    #[test]
    fn a_quantity_reads_back(thousandths in -9_999_999_999_i64..=9_999_999_999) {
        let quantity = Quantity(thousandths);
        prop_assert_eq!(quantity.to_string().parse(), Ok(quantity));
        prop_assert_eq!(quantity.whole().map(Quantity::units), (thousandths % 1000 == 0).then_some(quantity));
    }

    #[test]
    fn reading_quantities_and_rates_never_panics(text in r"[-+]?[0-9.,%]{0,12}|\PC{0,12}") {
        let _ = text.parse::<Quantity>();
        if let Ok(rate) = text.parse::<VatRate>() {
            prop_assert!(rate.0 <= 10_000);
            prop_assert_eq!(rate.to_string().parse(), Ok(rate));
        }
    }

    #[test]
    fn a_price_is_symmetric(quantity in 0_i64..1_000_000, price in 0_i64..1_000_000) {
        let (quantity, price) = (Quantity(quantity), Cents(price));
        prop_assert_eq!((-quantity).price(price), -quantity.price(price));
    }

    #[test]
    fn vat_is_within_half_a_cent(gross in cents(), rate in rate()) {
        let vat = rate.inside(gross);
        // vat = gross x rate / (100 + rate), in hundredths of a percent; compared without dividing.
        let (gross, vat, rate) = (i128::from(gross.0), i128::from(vat.0), i128::from(rate.0));
        prop_assert!(((vat * (10_000 + rate) - gross * rate) * 2).abs() <= 10_000 + rate);
    }

    #[test]
    fn a_vat_table_adds_up(lines in vec((rate(), cents()), 0..20)) {
        let rows = table(lines.clone());
        for row in &rows {
            prop_assert_eq!(row.base + row.vat, row.gross);
            prop_assert_eq!(row.vat, row.rate.inside(row.gross));
        }
        prop_assert!(rows.windows(2).all(|pair| pair[0].rate < pair[1].rate), "ascending, no doubles");
        let gross: Cents = rows.iter().map(|row| row.gross).sum();
        prop_assert_eq!(gross, lines.iter().map(|(_, amount)| *amount).sum());
        let mut shuffled = lines;
        shuffled.reverse();
        prop_assert_eq!(table(shuffled), rows, "the order of scanning changes nothing");
    }

    #[test]
    fn sale_and_returns_carry_the_vat_of_what_is_kept(
        lines in vec((rate(), (1_i64..100_000).prop_map(Cents)), 1..10), order in vec(any::<prop::sample::Index>(), 1..10)
    ) {
        // Lines go back one after the other; after each return all tables together are the table of what is left.
        let mut kept = lines.clone();
        let mut vat: Cents = table(lines).iter().map(|row| row.vat).sum();
        for index in order {
            if kept.is_empty() {
                break;
            }
            let mut after = kept.clone();
            after.remove(index.index(kept.len()));
            let rows = table_of_return(&kept, &after);
            prop_assert!(rows.iter().all(|row| row.base + row.vat == row.gross && row.gross <= Cents::ZERO));
            vat += rows.iter().map(|row| row.vat).sum();
            kept = after;
            prop_assert_eq!(vat, table(kept.clone()).iter().map(|row| row.vat).sum());
        }
    }

    #[test]
    fn cash_rounds_to_five_cents_and_never_far(due in cents()) {
        let paid = rounded(due);
        prop_assert_eq!(paid.0 % 5, 0);
        prop_assert!(rounding_of(due).abs() <= Cents(2));
        prop_assert_eq!(paid, due + rounding_of(due));
        prop_assert_eq!(rounded(-due), -paid, "a refund rounds like a sale");
        prop_assert_eq!(rounded(paid), paid);
    }

    #[test]
    fn every_quick_amount_settles_the_sale(due in 1_i64..1_000_000, rounds in any::<bool>()) {
        let due = Cents(due);
        let exact = if rounds { rounded(due) } else { due };
        let amounts = quick_amounts(due, rounds);
        prop_assert!(amounts.len() <= 6);
        prop_assert!(amounts.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert!(amounts.iter().all(|amount| *amount >= exact));
        prop_assert_eq!(amounts.first().copied(), (exact > Cents::ZERO).then_some(exact));
    }

    #[test]
    fn points_of_sale_and_returns_are_those_of_what_is_kept(paid in 0_i64..1_000_000, parts in vec(0_i64..200_000, 0..8)) {
        let mut kept = Cents(paid);
        let mut balance = points(kept);
        for part in parts {
            let after = Cents((kept.0 - part).max(0));
            let back = points_of_return(kept, after);
            prop_assert!(back <= 0);
            balance += back;
            kept = after;
            prop_assert_eq!(balance, points(kept));
        }
        prop_assert!(balance >= 0);
    }

    #[test]
    fn the_parts_of_a_line_add_up_to_the_line(line in line(), parts in vec(1_i64..20_000, 1..10)) {
        let sold = of_lines(vec![line]);
        let mut returns: Vec<Return> = Vec::new();
        let mut refunded = Cents::ZERO;
        for part in parts {
            let kept = kept_lines(&sold, &returns).remove(0);
            let qty = Quantity(part).min(kept.qty);
            let refund = kept.refund_for(qty);
            prop_assert!(refund >= Cents::ZERO && refund <= kept.amount, "{} of {}", refund, kept.amount);
            refunded += refund;
            // What is still kept is paid for at the price of the line, to the half cent.
            let (line, left) = (&kept.line, kept.qty - qty);
            let (worth, share) = ((kept.amount - refund).0 * line.qty.0, line.amount.0 * left.0);
            prop_assert!((worth - share).abs() * 2 <= line.qty.0, "{} kept for {}", left, kept.amount - refund);
            returns.push(back(&kept.line, qty, refund));
        }
        let kept = kept_lines(&sold, &returns).remove(0);
        prop_assert_eq!(refunded + kept.amount, sold.lines[0].amount);
        prop_assert_eq!(kept.refund_for(kept.qty), kept.amount, "the rest is worth the rest");
        returns.push(back(&kept.line, kept.qty, kept.amount));
        let nothing = kept_lines(&sold, &returns).remove(0);
        prop_assert_eq!((nothing.qty, nothing.amount), (Quantity::ZERO, Cents::ZERO));
    }

    #[test]
    fn what_comes_back_twice_is_kept_at_nothing(line in line(), times in 1_usize..4) {
        let sold = of_lines(vec![line]);
        let whole = back(&sold.lines[0], sold.lines[0].qty, sold.lines[0].amount);
        let kept = kept_lines(&sold, &vec![whole; times]).remove(0);
        prop_assert_eq!((kept.qty, kept.amount), (Quantity::ZERO, Cents::ZERO));
    }

    #[test]
    fn a_sale_is_balanced(sale in sale()) {
        prop_assert!(sale.is_balanced());
        for spoil in [
            |r: &mut Receipt| r.total += Cents(1),
            |r: &mut Receipt| r.rounding += Cents(1),
            |r: &mut Receipt| r.tenders[0].amount += Cents(1),
            |r: &mut Receipt| r.lines[0].amount += Cents(1),
            |r: &mut Receipt| {
                // Lines and tenders agree, the VAT table does not.
                r.lines[0].amount += Cents(1);
                r.tenders[0].amount += Cents(1);
                r.total += Cents(1);
            },
            |r: &mut Receipt| {
                // Tenders and VAT table agree, the lines do not.
                r.vat.push(retail::vat::VatRow { rate: VatRate::ZERO, base: Cents(1), vat: Cents::ZERO, gross: Cents(1) });
                r.tenders[0].amount += Cents(1);
                r.total += Cents(1);
            },
        ] {
            let mut wrong = sale.clone();
            spoil(&mut wrong);
            prop_assert!(!wrong.is_balanced());
        }
    }

    #[test]
    fn a_day_is_the_sum_of_its_events(sales in vec((sale(), wall_time()), 0..8), cut in any::<prop::sample::Index>()) {
        let events: Vec<Event> = sales
            .into_iter()
            .map(|(sale, at)| Event { v: 1, position: first(), at, body: Body::Sale(sale) })
            .collect();
        let sum = |events: &[Event]| {
            let mut totals = DayTotals::default();
            events.iter().for_each(|event| totals.add(event));
            totals
        };
        let totals = sum(&events);
        prop_assert_eq!(totals.cash + totals.card, totals.net() + totals.outside_gross + totals.rounding, "what came in is what was sold");
        let vat_gross: Cents = totals.vat.iter().map(|row| row.gross).sum();
        prop_assert_eq!(vat_gross, totals.net() + totals.outside_gross);
        prop_assert!(totals.vat.iter().all(|row| row.base + row.vat == row.gross));
        // The order of events changes nothing: head office adds them up in another one.
        let mut turned = events.clone();
        turned.rotate_left(cut.index(events.len().max(1)));
        turned.reverse();
        prop_assert_eq!(sum(&turned), totals);
    }

    #[test]
    fn a_day_with_its_whole_return_is_worth_nothing(sale in sale(), at in wall_time()) {
        let lines: Vec<Line> = sale.lines.iter().map(|line| back(line, line.qty, line.amount).receipt.lines.remove(0)).collect();
        let sold: Vec<(VatRate, Cents)> = sale.lines.iter().map(|line| (line.vat, line.amount)).collect();
        let receipt = Receipt {
            lines,
            vat: table_of_return(&sold, &[]),
            total: -sale.total,
            rounding: -sale.rounding,
            tenders: sale.tenders.iter().map(|t| retail::sale::Tender { amount: -t.amount, ..*t }).collect(),
            points: points_of_return(sale.gross(), Cents::ZERO),
            ..sale.clone()
        };
        prop_assert!(receipt.is_balanced());
        let mut totals = DayTotals::default();
        for body in [Body::Sale(sale), Body::Return(Return { of: number(), receipt })] {
            totals.add(&Event { v: 1, position: first(), at, body });
        }
        prop_assert_eq!(totals.net(), Cents::ZERO);
        prop_assert_eq!((totals.cash, totals.card, totals.rounding, totals.points), (Cents::ZERO, Cents::ZERO, Cents::ZERO, 0));
        prop_assert!(totals.vat.iter().all(|row| row.vat == Cents::ZERO && row.gross == Cents::ZERO));
    }

    #[test]
    fn names_read_back_and_sort_as_the_journal(a in place(), b in place()) {
        prop_assert_eq!(a.to_string().cmp(&b.to_string()), a.cmp(&b));
        let later = Position { seq: b.seq, ..a };
        prop_assert_eq!(a.to_string().cmp(&later.to_string()), a.cmp(&later));
        let number = ReceiptNumber { till: a.till, epoch: a.epoch, serial: ReceiptSerial::FIRST };
        prop_assert_eq!(number.to_string().parse(), Ok(number));
    }
}

fn place() -> impl Strategy<Value = Position> {
    (
        1_u16..=999,
        1_u8..=99,
        (0_u32..10, 1_u64..10).prop_map(|(power, digit)| digit * 10_u64.pow(power)),
    )
        .prop_map(|(till, epoch, seq)| Position {
            till: TillId::new(till).expect("in range"),
            epoch: Epoch::new(epoch).expect("in range"),
            seq,
        })
}

fn number() -> ReceiptNumber {
    ReceiptNumber {
        till: TillId::new(1).expect("in range"),
        epoch: Epoch::FIRST,
        serial: ReceiptSerial::FIRST,
    }
}

/// A sale with these lines; only what the arithmetic of returns looks at.
fn of_lines(lines: Vec<Line>) -> Receipt {
    let lines: Vec<Line> = (1..)
        .zip(lines)
        .map(|(n, line)| Line { n, ..line })
        .collect();
    let total = lines.iter().map(|line| line.amount).sum();
    Receipt {
        receipt: ReceiptSerial::FIRST,
        cashier: CashierId::new(1).expect("in range"),
        link: None,
        vat: table(lines.iter().map(|line| (line.vat, line.amount))),
        lines,
        total,
        rounding: Cents::ZERO,
        tenders: Vec::new(),
        points: 0,
        wait_s: None,
    }
}

/// A return of `qty` of a line for `amount`.
fn back(line: &Line, qty: Quantity, amount: Cents) -> Return {
    let returned = Line {
        n: 1,
        qty: -qty,
        amount: -amount,
        of_line: Some(line.n),
        ..line.clone()
    };
    let receipt = Receipt {
        lines: vec![returned],
        total: -amount,
        vat: Vec::new(),
        ..of_lines(Vec::new())
    };
    Return {
        of: number(),
        receipt,
    }
}

/// The pseudonym of a card depends on the organisation's key and on every digit; both ends of the wire must agree on it.
#[test]
fn a_card_has_another_pseudonym_in_every_organisation() {
    use retail::loyalty::card_hash;
    let card = "2610000000429";
    let hash = card_hash(&[1; 32], card);
    assert_eq!(
        serde_json::to_string(&hash).expect("json").len(),
        34,
        "32 hex digits in quotes"
    );
    assert_ne!(hash, card_hash(&[2; 32], card));
    assert_ne!(hash, card_hash(&[1; 32], "2610000000436"));
}
