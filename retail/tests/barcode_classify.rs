//! What each kind of scan turns out to be, as the JSON that `terminal-app barcode --json` prints.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use chrono::NaiveDate;
use retail::barcode::{MAX_SCAN_BYTES, Scanned, Settings, Symbology, classify};

#[track_caller]
fn check_hinted(scan: &[u8], hint: Option<Symbology>, json: &str) {
    let scanned = classify(scan, hint, &Settings::default());
    assert_eq!(
        serde_json::to_string(&scanned).expect("json"),
        json,
        "{}",
        scan.escape_ascii()
    );
}

#[track_caller]
fn check(scan: &str, json: &str) {
    check_hinted(scan.as_bytes(), None, json);
}

/// Kind and, for an invalid code, its reason.
#[track_caller]
fn kind(scan: &[u8], hint: Option<Symbology>, expected: &str) {
    let json = serde_json::to_value(classify(scan, hint, &Settings::default())).expect("json");
    let text = |field| json[field].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        format!("{} {}", text("kind"), text("reason")).trim(),
        expected,
        "{}: {json}",
        scan.escape_ascii()
    );
}

#[test]
fn articles_in_every_length() {
    let article = r#"{"kind":"article","gtin":"08712345678906"}"#;
    check("8712345678906", article);
    check("8712345678906\r\n", article);
    check("]E08712345678906", article);
    check("]I108712345678906", article);
    check_hinted(b"08712345678906", Some(Symbology::Itf), article);
    check(
        "036000291452",
        r#"{"kind":"article","gtin":"00036000291452"}"#,
    );
    check(
        "]E40123456",
        r#"{"kind":"invalid","reason":"length","detail":"the code has 7 characters instead of 8","read":"]E40123456"}"#,
    );
    check("96385074", r#"{"kind":"article","gtin":"00000096385074"}"#);
}

#[test]
fn prefixes_that_mean_something() {
    check(
        "9771234567898",
        r#"{"kind":"article","gtin":"09771234567898","prefix_use":"issn"}"#,
    );
    check(
        "9780306406157",
        r#"{"kind":"article","gtin":"09780306406157","prefix_use":"isbn"}"#,
    );
    check(
        "2412345678901",
        r#"{"kind":"article","gtin":"02412345678901","prefix_use":"in_store"}"#,
    );
    check(
        "9801234567892",
        r#"{"kind":"coupon","class":"refund_receipt","code":"9801234567892"}"#,
    );
    check(
        "9901234567899",
        r#"{"kind":"coupon","class":"coupon","code":"9901234567899"}"#,
    );
    check(
        "2610000000429",
        r#"{"kind":"loyalty_card","card":"2610000000429"}"#,
    );
}

#[test]
fn upc_e_where_the_scanner_says_so() {
    check_hinted(
        b"02345147",
        Some(Symbology::UpcE),
        r#"{"kind":"article","gtin":"00023450000017"}"#,
    );
    check_hinted(
        b"02345673",
        Some(Symbology::UpcE),
        r#"{"kind":"article","gtin":"00023456000073"}"#,
    );
    check("06397126", r#"{"kind":"article","gtin":"00063200009716"}"#);
    // The same eight digits are a good EAN-8: a number of the shop itself, if it is in its catalogue.
    check(
        "02345673",
        r#"{"kind":"article","gtin":"00023456000073","alternative":"00000002345673"}"#,
    );
    check(
        "]E402345673",
        r#"{"kind":"article","gtin":"00000002345673","prefix_use":"in_store"}"#,
    );
}

#[test]
fn add_ons_stay_beside_the_article() {
    check(
        "]E3977123456789812",
        r#"{"kind":"article","gtin":"09771234567898","prefix_use":"issn","add_on":"12"}"#,
    );
    kind(b"]E112", None, "invalid add_on_only");
    kind(b"]E39771234567898123", None, "invalid length");
}

#[test]
fn weight_and_price_in_the_code() {
    check(
        "2112345007502",
        r#"{"kind":"weighed_article","gtin":"02112345007502","reference":"02112345000008","item":"12345","weight":750}"#,
    );
    check(
        "2312345012999",
        r#"{"kind":"weighed_article","gtin":"02312345012999","reference":"02312345000002","item":"12345","price_cents":1299}"#,
    );
    check(
        "]e00190614141000015310300750039220425",
        concat!(
            r#"{"kind":"weighed_article","gtin":"90614141000015","reference":"90614141000015","weight":7500,"price_cents":425,"#,
            r#""elements":[["01","90614141000015"],["3103","007500"],["3922","0425"]],"raw":"^01906141410000153103007500"#,
            r#"39220425"}"#
        ),
    );
}

#[test]
fn measures_in_two_dimensional_codes() {
    let weighed = |scan: &str| match classify(scan.as_bytes(), None, &Settings::default()) {
        Scanned::WeighedArticle(article) => (
            article.weight.map(|weight| weight.0),
            article.price.map(|price| price.0),
        ),
        other => panic!("not weighed: {other:?}"),
    };
    assert_eq!(
        weighed("(01)90614141000015(3100)000002"),
        (Some(2000), None)
    );
    assert_eq!(weighed("(01)90614141000015(3105)012345"), (Some(123), None));
    assert_eq!(weighed("(01)90614141000015(3920)5"), (None, Some(500)));
    assert_eq!(
        weighed("(01)90614141000015(3932)9780425"),
        (None, Some(425))
    );
    assert_eq!(
        weighed("(01)90614141000015(3932)8400425"),
        (None, None),
        "dollars are no price here, and indicator 9 still asks for a measure"
    );
    kind(b"]d201087123456789063920123", None, "weighed_article");
}

#[test]
fn a_case_is_no_card() {
    // The same twelve digits as a card, but packed by the case: indicator 1.
    let body = "1261000000042";
    let check = retail::barcode::check::key_check_digit(body).expect("digits");
    kind(format!("]I1{body}{check}").as_bytes(), None, "article");
}

#[test]
fn receipts_and_their_doubles() {
    let receipt = r#"{"kind":"receipt","till":3,"epoch":1,"serial":42}"#;
    check_hinted(b"00301000004220", Some(Symbology::Code128), receipt);
    check("]C000301000004220", receipt);
    kind(b"]C000301000004221", None, "invalid receipt_check_digits");
    kind(b"00301000004221", None, "invalid receipt_check_digits");
}

#[test]
fn commands_of_the_sheet() {
    check("KLR-CASH", r#"{"kind":"command","command":"cash"}"#);
    check(
        "]C0KLR-QTY-12",
        r#"{"kind":"command","command":"quantity","quantity":12}"#,
    );
    kind(b"KLR-QTY-0", None, "invalid command");
    kind(b"KLR-PARTY", None, "invalid command");
}

#[test]
fn two_dimensional_codes_tell_about_the_very_item() {
    let details = concat!(
        r#""lot":"LOT1","serial":"SER9","expiry":"2026-02-28","#,
        r#""elements":[["01","08712345678906"],["17","260200"],["10","LOT1"],["21","SER9"]],"#,
        r#""raw":"^01087123456789061726020010LOT1^21SER9"}"#
    );
    let article = format!(r#"{{"kind":"article","gtin":"08712345678906",{details}"#);
    check("]d201087123456789061726020010LOT1\u{1d}21SER9", &article);
    check(
        "\u{1d}01087123456789061726020010LOT1\u{1d}21SER9\u{1d}",
        &article,
    );
    check("01087123456789061726020010LOT1\u{1d}21SER9", &article);
    check("(01)08712345678906(17)260200(10)LOT1(21)SER9", &article);
    check("^01087123456789061726020010LOT1^21SER9", &article);
    kind(b"]d20108712345678905", None, "invalid check_digit");
    kind(b"]d2010871234567890617261301", None, "invalid gs1_value");
}

/// Contained items (03) and pieces of an item (8006) name their article as 01 does.
#[test]
fn articles_behind_other_identifiers() {
    let gtin = |scan: &[u8]| match classify(scan, None, &Settings::default()) {
        Scanned::Article(article) => article.gtin.to_14(),
        other => panic!("no article: {other:?}"),
    };
    assert_eq!(gtin(b"]d20308712345678906"), "08712345678906");
    assert_eq!(gtin(b"]d28006087123456789060102"), "08712345678906");
}

#[test]
fn digital_links() {
    check(
        "https://shop.example/01/08712345678906/10/LOT1?15=270115&utm=x",
        concat!(
            r#"{"kind":"article","gtin":"08712345678906","lot":"LOT1","best_before":"2027-01-15","#,
            r#""elements":[["01","08712345678906"],["10","LOT1"],["15","270115"]],"raw":"^010871234567890610LOT1^15270115"}"#
        ),
    );
    kind(
        b"]Q1https://shop.example/menu",
        None,
        "invalid digital_link",
    );
    kind(b"]Q1shop.example/menu", None, "unknown");
    // Contained items (03) never stand in a link.
    kind(
        b"https://shop.example/01/08712345678906?03=08712345678906",
        None,
        "invalid digital_link",
    );
    kind(
        b"ftp://shop.example/01/08712345678906",
        None,
        "invalid digital_link",
    );
}

#[test]
fn a_composite_is_one_article() {
    check(
        "]E08712345678906|]e010LOT1\u{1d}17261231",
        concat!(
            r#"{"kind":"article","gtin":"08712345678906","lot":"LOT1","expiry":"2026-12-31","#,
            r#""elements":[["10","LOT1"],["17","261231"]],"raw":"8712345678906|^10LOT1^17261231"}"#
        ),
    );
}

#[test]
fn a_composite_above_a_short_code_keeps_it_short() {
    let scan = b"]E496385074|]e010LOT1";
    let scanned = classify(scan, None, &Settings::default());
    let Scanned::Article(article) = scanned else {
        panic!("no article: {scanned:?}")
    };
    let raw = article.gs1.map(|data| data.raw);
    assert_eq!(raw.as_deref(), Some("96385074|^10LOT1"));
}

#[test]
fn add_ons_of_short_codes() {
    let hint = Some(Symbology::EanWithAddOn);
    let add_on = |scan: &[u8]| match classify(scan, hint, &Settings::default()) {
        Scanned::Article(article) => (article.gtin.to_14(), article.add_on.unwrap_or_default()),
        other => panic!("no article: {other:?}"),
    };
    let found = |gtin: &str, digits: &str| (gtin.to_owned(), digits.to_owned());
    assert_eq!(add_on(b"9638507412"), found("00000096385074", "12"));
    assert_eq!(add_on(b"0639712612345"), found("00063200009716", "12345"));
    assert_eq!(add_on(b"03600029145212"), found("00036000291452", "12"));
}

#[test]
fn elements_without_an_article() {
    kind(b"]C100123456789012345675", None, "unknown");
    kind(b"]C18110012345612345611110123", None, "coupon");
    // A separator says that elements were meant; what they are not is said.
    kind(b"8712345\x1d678", None, "invalid gs1_unknown_ai");
}

#[test]
fn what_cannot_be_read_says_why() {
    kind(b"", None, "invalid empty");
    kind(b" \r\n", None, "invalid empty");
    for identifier in ["]Q1", "]d1", "]C0", "]J0", "]A0", "]Q1 \r\n"] {
        kind(identifier.as_bytes(), None, "invalid empty");
    }
    check(
        "]Q1",
        r#"{"kind":"invalid","reason":"empty","detail":"nothing was read","read":"]Q1"}"#,
    );
    kind("8712345678é06".as_bytes(), None, "invalid not_ascii");
    kind(b"871234\x00678906", None, "invalid control_character");
    kind(b"8712345678905", None, "invalid check_digit");
    kind(b"]E08712345678905", None, "invalid check_digit");
    kind(b"]Z9ABC", None, "invalid symbology_identifier");
    kind(b"]C10108712345678906^10ABC", None, "invalid gs1_separator");
    kind(b"(10)AB^C", None, "invalid gs1_separator");
    kind(b"]", None, "invalid symbology_identifier");
    kind(&vec![b'1'; MAX_SCAN_BYTES + 1], None, "invalid too_long");
    kind(&vec![b'1'; MAX_SCAN_BYTES], None, "unknown");
    check(
        "8712345678905",
        r#"{"kind":"invalid","reason":"check_digit","detail":"check digit is 5, 6 was expected","read":"8712345678905"}"#,
    );
}

#[test]
fn own_numbers_and_names_are_left_to_the_catalogue() {
    check("12345", r#"{"kind":"unknown","text":"12345"}"#);
    check("T-shirt", r#"{"kind":"unknown","text":"T-shirt"}"#);
    check("]A0ABC-123", r#"{"kind":"unknown","text":"ABC-123"}"#);
    // A label of the shop's own in Code 128 makes no promise about a check digit.
    kind(b"]C08712345678905", None, "unknown");
}

#[test]
fn the_century_is_the_nearest() {
    let expiry = |year: i32, digits: &str| {
        let settings = Settings {
            year,
            ..Settings::default()
        };
        match classify(
            format!("]d2010871234567890617{digits}").as_bytes(),
            None,
            &settings,
        ) {
            Scanned::Article(article) => article.details.expiry,
            other => panic!("no article: {other:?}"),
        }
    };
    let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
    assert_eq!(expiry(2026, "261231"), day(2026, 12, 31));
    assert_eq!(expiry(2026, "760101"), day(2076, 1, 1));
    assert_eq!(expiry(2026, "770101"), day(1977, 1, 1));
    assert_eq!(expiry(2051, "010101"), day(2101, 1, 1));
    assert_eq!(expiry(2028, "280200"), day(2028, 2, 29));
}

#[test]
fn expired_goods_are_known_on_the_day_after() {
    let scanned = classify(
        b"]d201087123456789061726113015261115",
        None,
        &Settings::default(),
    );
    let Scanned::Article(article) = scanned else {
        panic!("no article: {scanned:?}")
    };
    let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).expect("a day");
    assert!(!article.details.is_past_best(day(15)) && article.details.is_past_best(day(16)));
    assert!(!article.details.is_expired(day(30)));
    assert!(
        article
            .details
            .is_expired(day(30).succ_opt().expect("a day"))
    );

    // Sell-by, and an expiry that names the hour, count as well.
    for (scan, last) in [
        ("]d2010871234567890616261110", 10),
        ("]d2010871234567890670032611121430", 12),
    ] {
        let scanned = classify(scan.as_bytes(), None, &Settings::default());
        let Scanned::Article(article) = scanned else {
            panic!("no article: {scanned:?}")
        };
        assert!(
            !article.details.is_expired(day(last)) && article.details.is_expired(day(last + 1))
        );
    }
}
