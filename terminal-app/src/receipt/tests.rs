//! Golden receipts: the bytes and the text they leave on paper, for 80 and 58 mm.
//! After a deliberate change: `INSTA_UPDATE=always cargo test -p terminal-app receipt`, and read the difference.

use retail::ids::{CashierId, Epoch, LinkId, Position, ReceiptSerial, TillId};
use retail::loyalty;
use retail::money::Cents;
use retail::quantity::{Quantity, Unit};
use retail::sale::{Line, LineClass, Receipt, Return, ReturnReason, Sale, Tender, TenderKind};
use retail::vat::{self, VatRate};

use proptest::prelude::*;

use super::*;

fn shop() -> Shop {
    Shop {
        name: "Lindehof Wonen".to_owned(),
        address: vec!["Grote Markt 14".to_owned(), "8011 LW Zwolle".to_owned()],
        kvk: "01234567".to_owned(),
        vat_id: "NL001234567B01".to_owned(),
        till: "Balie achter".to_owned(),
    }
}

fn line(n: u32, name: &str, pieces: i64, price: i64, vat: VatRate) -> Line {
    Line {
        n,
        gtin: format!("87123456{n:05}"),
        name: name.to_owned(),
        category: String::new(),
        qty: Quantity::units(pieces),
        unit: Unit::Piece,
        price: Cents(price),
        amount: Cents(pieces * price),
        vat,
        class: LineClass::Goods,
        parent: None,
        price_typed: false,
        item: String::new(),
        of_line: None,
        reason: None,
    }
}

fn receipt(lines: Vec<Line>, tenders: Vec<Tender>) -> Sale {
    let total: Cents = lines.iter().map(|l| l.amount).sum();
    let paid: Cents = tenders.iter().map(|t| t.amount).sum();
    let receipt = Receipt {
        receipt: ReceiptSerial::new(42).unwrap(),
        cashier: CashierId::new(4).unwrap(),
        link: None,
        vat: vat::table(lines.iter().map(|l| (l.vat, l.amount))),
        lines,
        total,
        rounding: paid - total,
        tenders,
        points: 0,
        wait_s: None,
    };
    assert!(receipt.is_balanced());
    receipt
}

const fn cash(amount: i64, tendered: Option<i64>) -> Tender {
    Tender {
        kind: TenderKind::Cash,
        amount: Cents(amount),
        tendered: match tendered {
            Some(cents) => Some(Cents(cents)),
            None => None,
        },
        change: match tendered {
            Some(cents) => Some(Cents(cents - amount)),
            None => None,
        },
        by_cashier: false,
    }
}

const fn card(amount: i64) -> Tender {
    Tender {
        kind: TenderKind::Card,
        amount: Cents(amount),
        tendered: None,
        change: None,
        by_cashier: true,
    }
}

fn event(body: Body) -> Event {
    let position = Position {
        till: TillId::new(3).unwrap(),
        epoch: Epoch::FIRST,
        seq: 77,
    };
    let at = chrono::DateTime::parse_from_rfc3339("2026-11-21T14:03:05.120+01:00").unwrap();
    let written = Event::write(position, at, &body).unwrap();
    Event::read(&written).unwrap()
}

fn sale() -> Event {
    let mut sale = receipt(
        vec![
            line(1, "Wollen sjaal", 1, 2_995, VatRate::HIGH),
            line(2, "Ansichtkaart Zwolle", 3, 150, VatRate::HIGH),
        ],
        vec![cash(3_445, Some(5_000))],
    );
    sale.link = Some(LinkId([7; 16]));
    sale.points = loyalty::points(sale.gross());
    event(Body::Sale(sale))
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .chunks(32)
        .map(|row| {
            row.iter()
                .map(|b| format!("{b:02X}"))
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Bytes and text on the profiles of 80 and 58 mm.
#[track_caller]
fn check(name: &str, event: &Event, options: &Options) {
    for profile in ["epson-80", "generic-80", "epson-58"] {
        let profile = Profile::named(profile).unwrap();
        let job = render(event, &shop(), &profile, options).unwrap();
        let text = decode::to_text(&job.bytes, profile.columns);
        assert!(!text.contains('<'), "an unknown command: {text}");
        let widest = text.lines().map(|l| l.chars().count()).max();
        assert!(widest.unwrap() <= profile.columns, "{text}");
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("golden");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| {
            insta::assert_snapshot!(
                format!("{name}-{}", profile.name),
                format!("{text}\n{}", hex(&job.bytes))
            );
        });
    }
}

#[test]
fn a_sale_with_a_customer() {
    let options = Options {
        balance: Some(1_057),
        ..Options::default()
    };
    check("sale", &sale(), &options);
}

#[test]
fn mixed_vat_with_deposit_weight_and_serial_number() {
    let mut deposit = line(3, "Statiegeld", 6, 15, VatRate::ZERO);
    deposit.class = LineClass::Deposit;
    deposit.parent = Some(2);
    let mut cheese = line(4, "Boerenkaas belegd", 0, 1_695, VatRate::LOW);
    cheese.qty = Quantity(455);
    cheese.unit = Unit::Kilogram;
    cheese.amount = cheese.qty.price(cheese.price);
    let mut lamp = line(
        5,
        "Tafellamp van mondgeblazen glas met linnen kap, groot model",
        1,
        123_450,
        VatRate::HIGH,
    );
    lamp.item = "(21)LH-00917".to_owned();
    let lines = vec![
        line(1, "Thee earl grey", 1, 495, VatRate::LOW),
        line(2, "Appelsap biologisch 33 cl", 6, 189, VatRate::LOW),
        deposit,
        cheese,
        lamp,
    ];
    let total: Cents = lines.iter().map(|l| l.amount).sum();
    check(
        "mixed-vat",
        &event(Body::Sale(receipt(lines, vec![card(total.0)]))),
        &Options::default(),
    );
}

#[test]
fn cash_rounded_to_five_cents() {
    let lines = vec![line(1, "Kaars", 1, 1_298, VatRate::HIGH)];
    let rounded = receipt(lines, vec![cash(1_300, Some(2_000))]);
    check("rounding", &event(Body::Sale(rounded)), &Options::default());
}

#[test]
fn paid_partly_by_card() {
    let lines = vec![line(1, "Plaid", 1, 5_999, VatRate::HIGH)];
    let split = receipt(lines, vec![card(4_999), cash(1_000, None)]);
    check("card", &event(Body::Sale(split)), &Options::default());
}

fn brought_back() -> Event {
    let mut line = line(1, "Ansichtkaart Zwolle", -2, 151, VatRate::HIGH);
    line.of_line = Some(2);
    line.reason = Some(ReturnReason::Defect);
    let mut receipt = receipt(vec![line], vec![cash(-300, None)]);
    receipt.link = Some(LinkId([8; 16]));
    receipt.points = -3;
    event(Body::Return(Return {
        of: "12-1-0000041".parse().unwrap(),
        receipt,
    }))
}

#[test]
fn a_return() {
    let options = Options {
        balance: Some(1_054),
        ..Options::default()
    };
    check("return", &brought_back(), &options);
}

#[test]
fn a_copy() {
    let options = Options {
        copy: true,
        ..Options::default()
    };
    check("copy", &sale(), &options);
}

#[test]
fn in_english() {
    let options = Options {
        language: Language::En,
        ..Options::default()
    };
    check("english", &brought_back(), &options);
}

#[test]
fn names_cannot_command_the_printer() {
    let evil =
        "Sjaal \u{1B}p\u{0}\u{19}\u{FA} \u{10}\u{14}\u{1}\u{0}\u{1}\u{1D}V\u{0}\nTotaal 0,00 日本";
    let mut lines = vec![line(1, evil, 1, 995, VatRate::HIGH)];
    lines[0].item = "(10)\u{1D}V\u{0}".to_owned();
    let mut shop = shop();
    shop.name = "Wo\u{1B}@nen".to_owned();
    let event = event(Body::Sale(receipt(lines, vec![card(995)])));
    let profile = Profile::named("epson-80").unwrap();
    let job = render(&event, &shop, &profile, &Options::default()).unwrap();
    let mut rest = &job.bytes[..];
    let (mut cuts, mut drawers, mut starts) = (0, 0, 0);
    while let Some((token, len)) = decode::next(rest) {
        match token {
            decode::Token::Cut => cuts += 1,
            decode::Token::Drawer(_) | decode::Token::DrawerNow(_) => drawers += 1,
            decode::Token::Initialise => starts += 1,
            decode::Token::Unknown(byte) => panic!("{byte:02X}"),
            _ => {}
        }
        rest = &rest[len..];
    }
    assert_eq!((cuts, drawers, starts), (1, 0, 1));
}

/// The text of a receipt on 80 mm, and the same on 58 mm.
fn texts(event: &Event, shop: &Shop, options: &Options) -> [String; 2] {
    ["epson-80", "epson-58"].map(|name| {
        let profile = Profile::named(name).unwrap();
        let job = render(event, shop, &profile, options).unwrap();
        decode::to_text(&job.bytes, profile.columns)
    })
}

#[test]
fn two_rates_have_a_sum_and_one_has_none() {
    let lines = vec![
        line(1, "Thee", 1, 109, VatRate::LOW),
        line(2, "Kaars", 1, 121, VatRate::HIGH),
    ];
    let both = event(Body::Sale(receipt(lines.clone(), vec![card(230)])));
    for text in texts(&both, &shop(), &Options::default()) {
        let sums: Vec<&str> = text.lines().filter(|l| l.starts_with("Totaal")).collect();
        assert_eq!(sums.len(), 2, "{text}");
        assert!(
            sums[1].ends_with("2,30") && sums[1].contains("0,30"),
            "{text}"
        );
    }
    let one = event(Body::Sale(receipt(lines[..1].to_vec(), vec![card(109)])));
    for text in texts(&one, &shop(), &Options::default()) {
        assert_eq!(text.matches("Totaal").count(), 1, "{text}");
    }
}

#[test]
fn a_reason_stands_under_its_article_and_not_under_its_deposit() {
    let mut cola = line(1, "Cola", -1, 149, VatRate::LOW);
    cola.of_line = Some(1);
    cola.reason = Some(ReturnReason::Verkeerd);
    let mut deposit = line(2, "Statiegeld", -1, 15, VatRate::ZERO);
    deposit.class = LineClass::Deposit;
    deposit.parent = Some(1);
    deposit.reason = cola.reason;
    let back = event(Body::Return(Return {
        of: "12-1-0000041".parse().unwrap(),
        receipt: receipt(vec![cola, deposit], vec![card(-164)]),
    }));
    for text in texts(&back, &shop(), &Options::default()) {
        assert_eq!(text.matches("Reden").count(), 1, "{text}");
    }
}

#[test]
fn points_and_balance_as_they_are() {
    let mut small = receipt(vec![line(1, "Kaart", 1, 95, VatRate::HIGH)], vec![card(95)]);
    small.link = Some(LinkId([7; 16]));
    let small = event(Body::Sale(small));
    // A return after the points were spent leaves a customer below zero.
    let options = Options {
        balance: Some(-1_057),
        ..Options::default()
    };
    for text in texts(&small, &shop(), &options) {
        assert!(text.contains("Spaarpunten deze bon"), "{text}");
        assert!(text.contains(" -1.057\n"), "{text}");
    }
}

#[test]
fn one_kilo_is_said_and_one_piece_is_not() {
    let mut cheese = line(1, "Kaas", 1, 1_695, VatRate::LOW);
    cheese.unit = Unit::Kilogram;
    let lines = vec![cheese, line(2, "Thee", 1, 298, VatRate::LOW)];
    let sale = event(Body::Sale(receipt(lines, vec![card(1_993)])));
    for text in texts(&sale, &shop(), &Options::default()) {
        assert!(text.contains(" kg x 16,95\n"), "{text}");
        assert_eq!(text.matches(" x ").count(), 1, "{text}");
    }
}

#[test]
fn a_shop_is_named_in_large_letters_and_only_by_what_it_has() {
    let shop = Shop {
        name: "Boekhandel en Kantoorvakwinkel De Gouden Griffel".to_owned(),
        kvk: String::new(),
        ..shop()
    };
    for (text, columns) in texts(&sale(), &shop, &Options::default())
        .iter()
        .zip([42, 32])
    {
        assert!(!text.contains("KvK"), "{text}");
        assert!(text.contains("Btw-nr."), "{text}");
        let name: Vec<&str> = text
            .lines()
            .take_while(|l| !l.contains("Grote Markt"))
            .collect();
        assert!(name.len() > 1, "{text}");
        // Letters of double width.
        assert!(
            name.iter().all(|l| l.trim().chars().count() <= columns / 2),
            "{text}"
        );
    }
}

proptest! {
    #[test]
    fn any_sale_fits_the_paper_and_commands_nothing(
        articles in prop::collection::vec((any::<String>(), 1_i64..10_000_000, 1_i64..200), 1..12),
        name in any::<String>(),
        profile in 0..profile::PROFILES.len(),
        copy: bool,
    ) {
        let profile = profile::PROFILES[profile];
        let lines: Vec<Line> = (1..)
            .zip(&articles)
            .map(|(n, (name, cents, pieces))| line(n, name, *pieces, *cents, VatRate::HIGH))
            .collect();
        let total: Cents = lines.iter().map(|l| l.amount).sum();
        let event = event(Body::Sale(receipt(lines, vec![card(total.0)])));
        let shop = Shop { name, ..shop() };
        let job = render(&event, &shop, &profile, &Options { copy, ..Options::default() }).unwrap();
        let mut rest = &job.bytes[..];
        let mut tokens = Vec::new();
        while let Some((token, len)) = decode::next(rest) {
            tokens.push(token);
            rest = &rest[len..];
        }
        prop_assert!(rest.is_empty());
        let count = |wanted: &decode::Token<'_>| tokens.iter().filter(|t| *t == wanted).count();
        prop_assert_eq!(count(&decode::Token::Initialise), 1);
        prop_assert_eq!(count(&decode::Token::Cut), usize::from(profile.cutter == profile::Cutter::Partial));
        let harmless = |t: &decode::Token<'_>| !matches!(
            t,
            decode::Token::Unknown(_)
                | decode::Token::Drawer(_)
                | decode::Token::DrawerNow(_)
                | decode::Token::Recover(_)
                | decode::Token::RealTimeStatus(_)
        );
        prop_assert!(tokens.iter().all(harmless));
        let text = decode::to_text(&job.bytes, profile.columns);
        prop_assert!(text.lines().all(|line| line.chars().count() <= profile.columns), "{}", text);
        prop_assert!(text.contains(&format!("{}€ {}", if total.is_negative() { "-" } else { "" }, total.abs().plain())), "{}", text);
        prop_assert_eq!(text.matches("KOPIE").count() >= 2, copy);
    }
}

#[test]
fn other_events_have_no_receipt() {
    let cashier = CashierId::new(4).unwrap();
    let opened = event(Body::DrawerOpened(retail::event::ByCashier { cashier }));
    assert_eq!(
        document(&opened, &shop(), &Options::default()),
        Err(RenderError::NoReceipt("no_sale_drawer".to_owned()))
    );
}
