//! The cashier's screen and the owner's pages in headless Chromium, in front of real processes. Everything is found by
//! its accessible name; what the screen says is held against the journal, the paper and the reports.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a story that cannot go on fails where it stands"
)]

use retail::barcode::receipt_code;
use retail::event::Body;
use serde_json::{Value, json};
use tests::demo::year;
use tests::devices::LIMIT;
use tests::shop::browser::Browser;
use tests::shop::counter::{Counter, OWNER, PIN, gtin, journal, last_receipt, sell};
use tests::shop::office::HeadOffice;
use tests::shop::till::Till;

const BASKET: &str = "cells('Winkelmand')";

/// A shop with one till, its screen in a browser, nobody logged in yet.
fn screen() -> (Counter, Browser) {
    let mut shop = Counter::open(1).unwrap();
    let till = &mut shop.tills[0];
    till.import_articles(&format!(
        "gtin,name,price_cents,vat_percent,category\n{},<script>alert(1)</script>,2995,21,Kleding\n",
        gtin(2)
    ))
    .unwrap();
    till.start().unwrap();
    let browser = Browser::open(&till.url()).unwrap();
    (shop, browser)
}

fn log_in(page: &Browser) {
    page.type_into("Pincode", PIN).unwrap();
    page.click("Aanmelden").unwrap();
    page.until("table('Winkelmand') && button('Contant gepast')")
        .unwrap();
}

/// Scans, and waits until the basket on the page has so many lines.
#[track_caller]
fn scan(till: &mut Till, page: &Browser, code: &str, lines: usize) {
    till.scanner.scan(code).unwrap();
    page.until(&format!("{BASKET}.length === {lines}")).unwrap();
}

#[track_caller]
fn total(page: &Browser) -> String {
    let text = page.js("status('Totaal')").unwrap();
    text.as_str().unwrap().replace('\u{a0}', " ")
}

fn kinds(till: &Till) -> Vec<String> {
    let events = journal(till).unwrap();
    events
        .iter()
        .map(|event| event.body.kind().to_owned())
        .collect()
}

#[test]
fn a_cashier_sells_by_cash_and_by_card() {
    let (mut shop, page) = screen();
    let till = &mut shop.tills[0];
    page.type_into("Pincode", "9999\u{e007}").unwrap();
    page.until("status('Meldingen').includes('Deze pincode klopt niet.')")
        .unwrap();
    log_in(&page);

    // Exact cash; the second tap of a nervous finger does nothing.
    scan(till, &page, &gtin(0), 1);
    assert_eq!(total(&page), "€ 24,95");
    page.double_click("Contant gepast").unwrap();
    page.until(&format!(
        "{BASKET}.length === 0 && status('Betaald').includes('24,95')"
    ))
    .unwrap();

    // An article from outside is text, whatever it says.
    scan(till, &page, &gtin(2), 1);
    let row = page.table("Winkelmand").unwrap().remove(0);
    assert!(row[1].contains("<script>alert(1)</script>"), "{row:?}");
    assert!(!page.has_alert());
    // A hundred euros and change.
    page.type_into("Artikelnummer, klantenkaart, bonnummer of naam", "100")
        .unwrap();
    page.click("Contant").unwrap();
    page.until("status('Wisselgeld').includes('70,05')")
        .unwrap();

    // By card.
    scan(till, &page, &gtin(4), 1);
    page.click("Pin").unwrap();
    page.until("status('Betaald').includes('59,95')").unwrap();

    // One line off, the other stays; then all of it off.
    scan(till, &page, &gtin(0), 1);
    scan(till, &page, &gtin(1), 2);
    page.double_click("Verwijder regel").unwrap();
    page.until(&format!("{BASKET}.length === 1")).unwrap();
    scan(till, &page, &gtin(4), 2);
    let rows = page.table("Winkelmand").unwrap();
    assert!(
        rows[0][1].contains("T-shirt biologisch katoen wit"),
        "{rows:?}"
    );
    assert_eq!(total(&page), "€ 84,90");
    page.click("Annuleren").unwrap();
    page.until(&format!("{BASKET}.length === 0")).unwrap();

    // One copy, however often the finger trembles.
    page.double_click("Kopie bon").unwrap();
    assert!(
        till.printer.wait(LIMIT, |seen| seen.cuts == 4),
        "three receipts and a copy: {:?}",
        till.printer.seen()
    );
    till.wait_printed().unwrap();
    let paper = till.printer.seen().paper;
    let copies = paper.split("~~~").filter(|slip| slip.contains("KOPIE"));
    assert_eq!(copies.count(), 1, "{paper}");
    assert!(paper.contains("<script>alert(1)</script>"), "{paper}");
    assert_eq!(
        kinds(till),
        [
            "epoch_opened",
            "sale",
            "sale",
            "sale",
            "line_voided",
            "sale_cancelled",
            "receipt_copied"
        ]
    );
    assert!(!page.has_alert());
}

#[test]
fn a_cashier_takes_a_shirt_back() {
    let (mut shop, page) = screen();
    let till = &mut shop.tills[0];
    log_in(&page);
    let number = sell(till, &["KLR-QTY-2", &gtin(0), &gtin(1)], "KLR-CARD").unwrap();
    page.click("Retour").unwrap();
    page.until("document.body.innerText.includes('Retour: welke bon?')")
        .unwrap();
    // The receipt is scanned while the question stands there.
    till.scanner.scan(&receipt_code::encode(number)).unwrap();
    page.until("button('Retour afronden')").unwrap();
    assert_eq!(page.js("button('Retour afronden').disabled").unwrap(), true);
    let one_more = "Eén meer van T-shirt biologisch katoen wit";
    page.click(one_more).unwrap();
    page.click("Ruil").unwrap();
    page.until("status('Totaal').includes('24,95')").unwrap();
    page.click("Retour afronden").unwrap();
    page.until("table('Winkelmand') && status('Terugbetaald').includes('24,95')")
        .unwrap();
    let events = journal(till).unwrap();
    let Some(Body::Return(back)) = events.last().map(|event| &event.body) else {
        panic!("the last event is the return: {events:?}")
    };
    assert_eq!((back.of, back.receipt.total.0), (number, -2495));
    // One shirt and the other article are left; a second return sees that.
    till.scanner.scan(&receipt_code::encode(number)).unwrap();
    page.click(one_more).unwrap();
    page.until(&format!("button({})?.disabled", json!(one_more)))
        .unwrap();
    page.click("Annuleren").unwrap();
    page.until("table('Winkelmand')").unwrap();
}

#[test]
fn a_cashier_enrols_a_customer_while_the_scanner_goes_on() {
    let (mut shop, page) = screen();
    let till = &mut shop.tills[0];
    log_in(&page);
    scan(till, &page, &gtin(0), 1);
    page.click("Klant").unwrap();
    page.until("field('Klantenkaart')").unwrap();
    let card = year::card(5);
    till.scanner.scan(&card).unwrap();
    page.until(&format!("field('Klantenkaart').value === {}", json!(card)))
        .unwrap();
    page.type_into("Voornaam", "Jip <b>").unwrap();
    // A scan goes to the basket, never into the field that has the focus.
    scan(till, &page, &gtin(1), 2);
    assert_eq!(page.js("field('Voornaam').value").unwrap(), "Jip <b>");
    // Without a yes there is no customer; Enter asks for it as the key does.
    page.type_into("Voornaam", "\u{e007}").unwrap();
    page.until("status('Meldingen').includes('toestemming voor deelname')")
        .unwrap();
    assert_eq!(page.js("field('Voornaam').value").unwrap(), "Jip <b>");
    page.click_on(
        "[...document.querySelectorAll('label')].find((label) => label.innerText.startsWith('Deelname'))",
    )
    .unwrap();
    page.click("Klant inschrijven").unwrap();
    page.until("document.querySelector('section[aria-label=Klant]').innerText.includes('Jip <b>')")
        .unwrap();
    let before = last_receipt(&till.state().unwrap());
    page.click("Contant gepast").unwrap();
    page.until(&format!("{BASKET}.length === 0")).unwrap();
    let state = till.state().unwrap();
    assert_ne!(last_receipt(&state), before);
    assert_eq!(kinds(till), ["epoch_opened", "enrolled", "sale"]);
    let state = till.scan(&card).unwrap();
    // 49,90: a point for every whole euro.
    assert_eq!(state["customer"]["points"], 49, "{state:#}");
    page.until("document.querySelector('section[aria-label=Klant]').innerText.includes('49')")
        .unwrap();
}

const HISTORY: &str = "\
event_id,occurred_at,shop_id,till_id,customer_id,kind,receipt_id,product_id,category,quantity,amount_cents
1,2026-01-05T10:00:00+01:00,utrecht,1,jip,sale,r1,sjaal,Mode,1,1995
2,2026-01-19T10:00:00+01:00,utrecht,1,jip,sale,r2,muts,Mode,1,2550
3,2026-03-02T10:00:00+01:00,utrecht,1,jip,sale,r3,muts,Mode,2,5100
4,2026-01-05T11:00:00+01:00,utrecht,1,sam,sale,r4,sjaal,Mode,1,1995
5,2026-01-05T15:00:00+01:00,utrecht,1,sam,sale,r5,sjaal,Mode,1,1995
6,2026-02-02T10:00:00+01:00,utrecht,1,lot,sale,r6,sjaal,Mode,1,1995
7,2026-02-09T10:00:00+01:00,utrecht,1,lot,sale,r7,trui,Mode,1,7995
8,2026-02-10T10:00:00+01:00,utrecht,1,lot,return,r8,trui,Mode,-1,-7995
9,2026-02-10T12:00:00+01:00,utrecht,1,,sale,r9,sjaal,Mode,1,1995
";

fn report(office: &HeadOffice, name: &str) -> Value {
    let text = office
        .run(&["report", name, "--format", "json"], "")
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The value of a key figure, as the page writes it.
fn figure(page: &Browser, name: &str) -> String {
    let term = format!(
        "[...document.querySelectorAll('dl.figures dt')].find((term) => term.textContent === {})?.nextElementSibling.innerText",
        json!(name)
    );
    let text = page.js(&term).unwrap();
    text.as_str()
        .unwrap_or_else(|| panic!("there is no figure {name}"))
        .replace('\u{a0}', " ")
}

/// A fraction as the page writes it.
fn percent(rate: &Value) -> String {
    format!("{:.1}%", rate.as_f64().unwrap() * 100.0).replace('.', ",")
}

#[test]
fn the_owner_sees_the_figures_of_the_report() {
    let mut shop = Counter::open(1).unwrap();
    shop.office.add_owner(OWNER.0, OWNER.1).unwrap();
    let file = shop.dir.path().join("verleden.csv");
    std::fs::write(&file, HISTORY).unwrap();
    let path = file.to_string_lossy().into_owned();
    shop.office.run(&["import", "--csv", &path], "").unwrap();
    shop.start().unwrap();
    let till = &mut shop.tills[0];
    let number = sell(till, &[&gtin(0)], "KLR-CASH").unwrap();
    till.run(&["sync"], "").unwrap();

    let page = Browser::open(&format!("{}/terugkerende-klanten", shop.office.url())).unwrap();
    page.until("field('Naam') && field('Wachtwoord')").unwrap();
    page.type_into("Naam", OWNER.0).unwrap();
    page.type_into("Wachtwoord", "niet dit wachtwoord").unwrap();
    page.click("Inloggen").unwrap();
    page.until("document.querySelector('[role=alert]')?.innerText.includes('klopt niet')")
        .unwrap();
    page.type_into("Wachtwoord", OWNER.1).unwrap();
    page.click("Inloggen").unwrap();
    page.until("document.querySelector('h1')?.innerText === 'Terugkerende klanten'")
        .unwrap();

    let (repeat, visits) = (
        report(&shop.office, "repeat"),
        report(&shop.office, "visits"),
    );
    let volumes = report(&shop.office, "volumes");
    assert_eq!(
        (&repeat["purchasing_customers"], &repeat["repeat_customers"]),
        (&json!(3), &json!(2))
    );
    assert_eq!(
        figure(&page, "Terugkerende klanten"),
        percent(&repeat["repeat_rate"])
    );
    assert_eq!(
        figure(&page, "Omzet uit latere bezoeken"),
        percent(&repeat["repeat_revenue_share"])
    );
    assert_eq!(figure(&page, "Bezoeken"), visits["visits"].to_string());
    // 176,25 of history, the jumper that came back left out, and 24,95 of today.
    assert_eq!(volumes["net_cents"], json!(17_625 + 2_495));
    assert_eq!(figure(&page, "Netto-omzet"), "€ 201,20");

    // Every figure opens: the two who came back, by name of their row.
    page.click_on(
        "[...document.querySelectorAll('dl.figures dt')].find((term) => term.textContent === 'Terugkerende klanten')?.nextElementSibling.querySelector('a')",
    )
    .unwrap();
    page.until("location.pathname !== '/terugkerende-klanten' && document.querySelectorAll('table tbody tr').length === 2")
        .unwrap();
    page.go(&format!("{}/synchronisatie", shop.office.url()))
        .unwrap();
    page.until(&format!(
        "document.body.innerText.includes('Kassa 1') && document.body.innerText.includes({})",
        json!(number.to_string())
    ))
    .unwrap();
}
