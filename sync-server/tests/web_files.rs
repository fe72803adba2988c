//! The files behind the owner's tables: CSV for programs (English) or a Dutch spreadsheet, XLSX for people. The XLSX is read back by a reader of others
//! and compared with the CSV, cell by cell.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

mod web_kit;

use std::io::Cursor;

use calamine::{Data, DataType as _, Range, Reader as _, Xlsx};
use web_kit::{Browser, EVIL, JIP, Shopkeeping};

/// Every table that can be had as a file.
const TABLES: [&str; 9] = [
    "kerncijfers",
    "weken",
    "cohorten",
    "tweede-bezoek",
    "klanten",
    "bonnen",
    "kassas",
    "dagen",
    "aandachtspunten",
];

fn csv(browser: &mut Browser, name: &str, query: &str) -> Vec<Vec<String>> {
    let page = browser.get(&format!("/export/{name}.csv{query}"));
    assert_eq!(page.status, 200, "{name}");
    let text = page.text();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.unwrap());
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

fn xlsx(browser: &mut Browser, name: &str, query: &str) -> Range<Data> {
    let page = browser.get(&format!("/export/{name}.xlsx{query}"));
    let file = page.header("content-disposition").unwrap();
    let file = file.strip_prefix("attachment; filename=\"").unwrap();
    let name = file.strip_suffix(".xlsx\"").unwrap().to_owned();
    let name = name.as_str();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(page.body)).unwrap();
    let formulas = book.worksheet_formula(name).unwrap();
    assert!(formulas.used_cells().next().is_none(), "{name}: a formula");
    book.worksheet_range(name).unwrap()
}

/// One cell of both files. `cents`: by its column (or, in the key figures, its row) an amount.
#[track_caller]
fn same(plain: &str, cell: &Data, cents: bool) {
    let number = |text: &str| {
        text.parse::<f64>()
            .unwrap_or_else(|_| panic!("{text} is no number"))
    };
    match cell {
        Data::Empty => assert_eq!(plain, ""),
        Data::Float(found) if cents => {
            assert!(
                (found * 100.0 - number(plain)).abs() < 1e-6,
                "{found} is not {plain} cents"
            );
        }
        Data::Float(found) => {
            assert!(
                (found - number(plain)).abs() < 1e-12,
                "{found} is not {plain}"
            );
        }
        Data::DateTime(_) => {
            let at = cell.get_datetime().unwrap().to_ymd_hms_milli();
            let (year, month, day, hour, minute, second, _) = at;
            let date = format!("{year:04}-{month:02}-{day:02}");
            let time = format!("{date}T{hour:02}:{minute:02}:{second:02}");
            assert!(plain == time || plain == date, "{time} is not {plain}");
        }
        Data::String(found) => {
            let untamed = plain.strip_prefix('\'').unwrap_or(plain);
            assert_eq!(found, untamed);
        }
        other => panic!("{plain}: {other:?}"),
    }
}

#[test]
fn an_xlsx_says_what_the_csv_says() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    browser.get("/taal?naar=en");
    let mut cells = [0_usize; 3];
    let tables = TABLES.iter().map(|name| (*name, String::new()));
    let one = [
        ("klant-bonnen", format!("?id={JIP}")),
        ("klant-tijdlijn", format!("?id={JIP}")),
    ];
    for (name, query) in tables.chain(one) {
        let plain = csv(&mut browser, name, &query);
        let sheet = xlsx(&mut browser, name, &query);
        let (names, rows) = plain.split_first().unwrap();
        assert_eq!(sheet.height(), plain.len(), "{name}: rows");
        assert_eq!(sheet.width(), names.len(), "{name}: columns");
        for (at, row) in rows.iter().enumerate() {
            for (column, (value, head)) in row.iter().zip(names).enumerate() {
                let cell = sheet.get((at + 1, column)).unwrap();
                let cents = head.ends_with("_cents")
                    || (head == "value" && row.first().is_some_and(|key| key.ends_with("_cents")));
                same(value, cell, cents);
                assert!(
                    name != "kerncijfers" || column < 2 || !cell.is_string(),
                    "{value}: a figure as text"
                );
                cells[0] += usize::from(cell.is_float());
                cells[1] += usize::from(cell.is_datetime());
                cells[2] += usize::from(cell.is_string());
            }
        }
    }
    assert!(
        cells.iter().all(|seen| *seen > 20),
        "numbers, dates and texts: {cells:?}"
    );
}

#[test]
fn text_from_outside_stays_text_in_both_files() {
    let keeping = Shopkeeping::open();
    let header = "event_id,occurred_at,shop_id,till_id,customer_id,kind,receipt_id,product_id,category,quantity,amount_cents\n";
    let rows = "f1,2026-07-01T10:00:00+02:00,a,a-1,=1+1,sale,=b11,Mok,Cadeau,1,1250\n\
         f2,2026-07-01T11:00:00+02:00,a,a-1,@x,sale,@b12,Mok,Cadeau,1,1250\n";
    keeping.import(&format!("{header}{rows}"));
    let mut browser = keeping.log_in("alles");
    browser.get("/taal?naar=en");
    let jip = format!("Jip {EVIL}");
    for (name, evil) in [
        ("klanten", ["=1+1", "@x", "=dee", &jip]),
        ("bonnen", ["=b11", "@b12", "=1+1", "=dee"]),
    ] {
        let sheet = xlsx(&mut browser, name, "");
        let plain = csv(&mut browser, name, "").concat();
        for text in evil {
            let stands = sheet
                .used_cells()
                .any(|(_, _, cell)| cell.get_string() == Some(text));
            assert!(stands, "{name}.xlsx: {text:?} as it is, as text");
            let tamed = if text == jip {
                text.to_owned()
            } else {
                format!("'{text}")
            };
            assert!(plain.contains(&tamed), "{name}.csv: {tamed:?}");
        }
        let formula =
            |cell: &&String| cell.parse::<f64>().is_err() && cell.starts_with(['=', '+', '-', '@']);
        assert_eq!(plain.iter().find(formula), None, "{name}.csv");
    }
}

#[test]
fn a_dutch_csv_opens_in_a_dutch_spreadsheet() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    for name in TABLES {
        let page = browser.get(&format!("/export/{name}.csv"));
        assert_eq!(page.header("content-type"), Some("text/csv; charset=utf-8"));
        assert!(page.body.starts_with(b"\xef\xbb\xbf"), "{name}");
        let text = page.text();
        assert!(!text.contains("_cents"), "{name}: {text}");
    }
    let figures = browser.get("/export/kerncijfers.csv").text();
    assert!(
        figures.starts_with("\u{feff}Cijfer;Waarde;Eenheid\n"),
        "{figures}"
    );
    assert!(figures.contains("\nBruto;222,88;euro\n"), "{figures}");
    assert_eq!(figures.matches("\nKopende klanten;").count(), 1);
    let tills = browser.get("/export/kassas.csv").text();
    assert!(tills.contains(";Dagen niet gelijk;"), "{tills}");
    // What a card of a till shows stands in the file too.
    assert!(tills.contains(";Opnieuw begonnen;"), "{tills}");
    assert!(tills.contains(";Laatste afgesloten dag;"), "{tills}");
    let cohorts = browser.get("/export/cohorten.xlsx").body;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(cohorts)).unwrap();
    let sheet = book.worksheet_range("cohorten").unwrap();
    assert_eq!(sheet.get((1, 3)).unwrap().get_string(), Some("ja"));
    let returns = browser.get("/export/tweede-bezoek.csv").text();
    assert!(
        returns.contains("%\n") && !returns.contains('.'),
        "{returns}"
    );
    let receipts = browser.get("/export/bonnen.csv").text();
    assert!(receipts.contains(";Klant;Naam;"), "{receipts}");
    assert!(receipts.contains(&format!(";{JIP};Jip")), "{receipts}");
    assert!(receipts.contains(";-29,95;geïmporteerd\n"), "{receipts}");
    assert!(receipts.contains(";2026-01-25 10:00:00;"), "{receipts}");
}

#[test]
fn a_file_is_called_in_the_language_of_the_pages() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    let mut called = |path: &str| {
        let page = browser.get(path);
        let named = page.header("content-disposition").map(str::to_owned);
        named.unwrap_or_default()
    };
    assert!(called("/export/klanten.csv").ends_with("filename=\"klanten.csv\""));
    called("/taal?naar=en");
    assert!(called("/export/klanten.csv").ends_with("filename=\"customers.csv\""));
}

#[test]
fn what_is_no_file_is_not_found() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    for path in ["klanten.exe", "wachtwoorden.csv", "klanten"] {
        assert_eq!(
            browser.get(&format!("/export/{path}")).status,
            404,
            "{path}"
        );
    }
}
