//! Rows of outside history: what is read, what is refused and why.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::panic,
    reason = "a wrong fixture fails its test"
)]

use std::borrow::Cow;

use journey::import::{
    self, Header, HeaderError, MAX_AMOUNT_CENTS, MAX_QUANTITY, Remark, RowError, content_digest,
};
use journey::record::{Kind, Record};
use proptest::prelude::*;
use rstest::rstest;

const COLUMNS: &str = "event_id,occurred_at,shop_id,till_id,customer_id,kind,receipt_id,product_id,category,quantity,amount_cents";
const GOOD: &str = "e1,2009-12-01T07:45:00+00:00,uk,,13085,sale,489434,85048,home > lights,12,8340";

fn header() -> Header {
    Header::parse(COLUMNS.split(',')).unwrap()
}

/// A row with texts of its own.
fn row(
    header: &Header,
    fields: &[&str],
    source: Option<&str>,
) -> Result<(Record, Vec<Remark>), RowError> {
    let (record, remarks) = import::row(header, fields.iter().copied(), source)?;
    Ok((record.map(Cow::into_owned), remarks))
}

fn read(line: &str) -> Result<(Record, Vec<Remark>), RowError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(line.as_bytes());
    let fields = reader.records().next().unwrap().unwrap();
    let fields: Vec<&str> = fields.iter().collect();
    row(&header(), &fields, None)
}

/// The good row with one column changed.
fn with(column: &str, value: &str) -> Result<(Record, Vec<Remark>), RowError> {
    let at = COLUMNS.split(',').position(|name| name == column).unwrap();
    let mut fields: Vec<&str> = GOOD.split(',').collect();
    fields[at] = value;
    row(&header(), &fields, None)
}

#[test]
fn a_row_is_a_line_of_a_receipt() {
    let (record, remark) = read(GOOD).unwrap();
    assert_eq!(remark, []);
    assert_eq!(record.kind, Kind::Sale);
    assert_eq!(record.customer.as_deref(), Some("13085"));
    assert_eq!((record.quantity, record.amount_cents), (12_000, 8340));
    assert_eq!(record.local_time().to_string(), "2009-12-01 07:45:00");
    assert_eq!(record.category.as_deref(), Some("home > lights"));
    assert!(record.imported && record.till.is_empty() && record.line == 0);
}

#[test]
fn quoting_columns_in_any_order_and_extra_columns() {
    let line = "\"8,340\",sale,ignored";
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(line.as_bytes());
    assert_eq!(&reader.records().next().unwrap().unwrap()[0], "8,340");

    let names = "\u{feff}amount_cents, kind ,extra,event_id,occurred_at,shop_id,till_id,customer_id,receipt_id,product_id,category,quantity";
    let header = Header::parse(names.split(',')).unwrap();
    let fields = [
        "500",
        "sale",
        "x",
        "e1",
        "2026-01-01T10:00+01:00",
        "s",
        "t",
        "",
        "r",
        "",
        "",
        "1",
    ];
    let (record, _) = row(&header, &fields, Some("oud")).unwrap();
    assert_eq!(
        (record.event_id.as_str(), record.receipt.as_deref()),
        ("oud:e1", Some("oud:r"))
    );
    assert_eq!(
        (record.customer, record.product, record.till.as_str()),
        (None, None, "t")
    );
}

#[test]
fn a_header_says_what_is_missing_or_double() {
    let error = Header::parse("event_id,occurred_at,kind".split(',')).unwrap_err();
    assert_eq!(
        error.to_string(),
        "missing columns: shop_id, till_id, customer_id, receipt_id, product_id, category, quantity, amount_cents"
    );
    let double = format!("{COLUMNS},kind");
    assert_eq!(
        Header::parse(double.split(',')),
        Err(HeaderError::Twice("kind"))
    );
}

#[rstest]
#[case("2026-03-29T01:59:59+01:00", "2026-03-29 01:59:59", 60)]
#[case("2026-03-29T03:00:00+02:00", "2026-03-29 03:00:00", 120)]
#[case("2026-01-01T00:30Z", "2026-01-01 00:30:00", 0)]
#[case("2026-01-01 00:30:15+0100", "2026-01-01 00:30:15", 60)]
#[case("2026-01-01T00:30:15.5-03", "2026-01-01 00:30:15.500", -180)]
#[case("2026-01-01T00:30:15,123456+05:30", "2026-01-01 00:30:15.123", 330)]
fn times_are_local_wall_times_with_an_offset(
    #[case] text: &str,
    #[case] local: &str,
    #[case] offset: i16,
) {
    let (record, _) = with("occurred_at", text).unwrap();
    assert_eq!(record.local_time().to_string(), local);
    assert_eq!(record.offset_minutes, offset);
    // The local day is the first ten characters.
    assert_eq!(record.local_day().to_string(), text[..10]);
}

#[rstest]
#[case("2026-01-01T00:30:00")]
#[case("2026-01-01 00:30")]
fn a_time_without_offset_is_refused_as_such(#[case] text: &str) {
    assert_eq!(
        with("occurred_at", text),
        Err(RowError::NoOffset(text.into()))
    );
}

#[rstest]
#[case("")]
#[case("2026-01-01")]
#[case("01-02-2026 10:00+01:00")]
#[case("2026-02-30T10:00:00+01:00")]
#[case("2026-01-01T24:00:00+01:00")]
#[case("2026-01-01T10:60:00+01:00")]
#[case("2026-01-01T10+01:00")]
#[case("2026-01-01T10:00:00.+01:00")]
#[case("2026-01-01T10:00.5+01:00")]
#[case("2026-01-01T10:00:00+1:00")]
#[case("2026-01-01T10:00:00+24:00")]
#[case("2026-01-01T10:00:00+01:00x")]
#[case("2026-é1-01T10:00:00+01:00")]
#[case("+026-01-01T10:00:00+01:00")]
fn a_time_that_is_none_is_refused(#[case] text: &str) {
    assert!(
        matches!(
            with("occurred_at", text),
            Err(RowError::Time(_) | RowError::Empty("occurred_at"))
        ),
        "{text}"
    );
}

#[rstest]
#[case("1", 1000)]
#[case("-1", -1000)]
#[case("0.125", 125)]
#[case("-.5", -500)]
#[case("+2.50", 2500)]
#[case("3.", 3000)]
fn quantities_are_decimals(#[case] text: &str, #[case] thousandths: i64) {
    assert_eq!(with("quantity", text).unwrap().0.quantity, thousandths);
}

#[test]
fn quantities_and_amounts_that_are_none_are_refused() {
    assert_eq!(
        with("occurred_at", "2990-01-01T10:00:00Z"),
        Err(RowError::OutOfRange("occurred_at"))
    );

    assert_eq!(
        with("quantity", "0.1250"),
        Err(RowError::TooManyDecimals("0.1250".into()))
    );
    for text in ["1,5", "1e3", "x", ".", "-", "1.5.5", "--1"] {
        assert_eq!(
            with("quantity", text),
            Err(RowError::Quantity(text.into())),
            "{text}"
        );
    }
    assert_eq!(
        with("quantity", "99999999999"),
        Err(RowError::OutOfRange("quantity"))
    );
    for text in ["12.50", "1e3", "x", "-", "12 50"] {
        assert_eq!(
            with("amount_cents", text),
            Err(RowError::Amount(text.into())),
            "{text}"
        );
    }
    assert_eq!(
        with("amount_cents", "999999999999999"),
        Err(RowError::OutOfRange("amount_cents"))
    );
    assert_eq!(
        with("amount_cents", "99999999999999999999"),
        Err(RowError::OutOfRange("amount_cents"))
    );
}

/// The bounds themselves are within them.
#[test]
fn what_just_fits_is_read() {
    assert!(with("occurred_at", "1900-01-01T00:00:00Z").is_ok());
    assert!(with("occurred_at", "2199-12-31T23:59:59Z").is_ok());
    for year in ["1899", "2200"] {
        let refused = with("occurred_at", &format!("{year}-06-01T00:00:00Z"));
        assert_eq!(refused, Err(RowError::OutOfRange("occurred_at")));
    }
    assert!(with("category", &"x".repeat(1024)).is_ok());
    let (record, _) = with("quantity", "100000000").unwrap();
    assert_eq!(record.quantity, MAX_QUANTITY);
    assert_eq!(
        with("quantity", "100000000.001"),
        Err(RowError::OutOfRange("quantity"))
    );
    for cents in [MAX_AMOUNT_CENTS, -MAX_AMOUNT_CENTS] {
        let (record, _) = with("amount_cents", &cents.to_string()).unwrap();
        assert_eq!(record.amount_cents, cents);
        let beyond = (cents + cents.signum()).to_string();
        assert!(with("amount_cents", &beyond).is_err(), "{beyond}");
    }
}

#[rstest]
#[case("event_id")]
#[case("shop_id")]
#[case("kind")]
#[case("receipt_id")]
#[case("quantity")]
#[case("amount_cents")]
fn a_sale_cannot_do_without(#[case] column: &str) {
    let refused = with(column, " ").unwrap_err();
    assert!(
        matches!(refused, RowError::Empty(name) if name == column),
        "{refused}"
    );
}

#[test]
fn touchpoints_and_unknown_kinds_are_kept() {
    let (record, _) = read("e9,2026-01-01T10:00:00Z,s,,c1,campaign_received,,,,,").unwrap();
    assert_eq!(
        (
            record.kind,
            record.receipt,
            record.quantity,
            record.amount_cents
        ),
        (Kind::CampaignReceived, None, 0, 0)
    );
    let (record, _) = read("e9,2026-01-01T10:00:00Z,s,,,adjustment,r1,p,,-5,0").unwrap();
    assert_eq!(
        (record.kind, record.quantity),
        (Kind::Other("adjustment".into()), -5000)
    );
}

#[test]
fn what_can_be_read_and_is_probably_not_meant_so_is_remarked() {
    let remarks = |kind: &str, quantity: &str, cents: &str| {
        let (record, remarks) = read(&format!(
            "e1,2026-01-01T10:00:00Z,s,,c,{kind},r1,p,,{quantity},{cents}"
        ))
        .unwrap();
        let stands = record.amount_cents.to_string() == cents;
        assert!(stands, "{kind} {cents} counts as it stands");
        remarks
    };
    assert_eq!(remarks("sale", "1", "100"), []);
    assert_eq!(remarks("return", "-1", "-100"), []);
    assert_eq!(remarks("return", "-1", "0"), [], "a free article came back");
    assert_eq!(remarks("sale", "1", "0"), [], "a free article");
    assert_eq!(remarks("return", "1", "100"), [Remark::PositiveReturn]);
    assert_eq!(remarks("return", "-1", "100"), [Remark::PositiveReturn]);
    assert_eq!(remarks("sale", "-1", "-100"), [Remark::NegativeSale]);
    assert_eq!(remarks("sale", "1", "-100"), [Remark::NegativeSale]);
    assert_eq!(remarks("sale", "0", "100"), [Remark::AmountWithoutQuantity]);
    assert_eq!(
        remarks("sale", "0", "-100"),
        [Remark::NegativeSale, Remark::AmountWithoutQuantity]
    );
    assert_eq!(remarks("adjustment", "-3", "0"), [Remark::UnknownKind]);
    assert_eq!(remarks("Sale", "1", "100"), [Remark::UnknownKind]);
    assert_eq!(remarks("campaign_received", "0", "0"), []);
}

#[test]
fn rows_of_another_length_are_refused() {
    assert_eq!(
        read("e1,2026"),
        Err(RowError::FieldCount {
            expected: 11,
            found: 2
        })
    );
    assert_eq!(
        read(&format!("{GOOD},more")),
        Err(RowError::FieldCount {
            expected: 11,
            found: 12
        })
    );
    assert_eq!(
        with("category", &"x".repeat(1025)),
        Err(RowError::TooLong("category"))
    );
}

#[test]
fn the_digest_tells_other_content_under_the_same_id() {
    let digest = |line: &str| content_digest(&read(line).unwrap().0);
    let first = digest(GOOD);
    assert_eq!(
        digest(&GOOD.replace(",12,", ",12.0,")),
        first,
        "one quantity, two spellings"
    );
    assert_eq!(
        digest(&GOOD.replace("e1,", "e2,")),
        first,
        "the id is not content"
    );
    for (from, to) in [
        ("8340", "8341"),
        ("13085", ""),
        (",12,", ",11,"),
        ("uk", "nl"),
        ("85048", "85049"),
        ("07:45", "07:46"),
        ("home", "hom"),
        ("489434", "489435"),
        ("sale", "return"),
        (",uk,,", ",uk,kassa-1,"),
        // The same instant on another clock: another local day at midnight.
        ("07:45:00+00:00", "08:45:00+01:00"),
    ] {
        assert_ne!(digest(&GOOD.replace(from, to)), first, "{from}");
    }
    // Neighbouring fields do not run into each other.
    assert_ne!(digest(&GOOD.replace("85048,home", "85048h,ome")), first);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands in one field, the answer is a record or a reason, and a record is within its bounds.
    #[test]
    fn no_field_is_too_strange(at in 0..11_usize, value in "\\PC{0,40}|[-+0-9.,:TZe ]{0,30}") {
        let mut fields: Vec<&str> = GOOD.split(',').collect();
        fields[at] = &value;
        if let Ok((record, _)) = row(&header(), &fields, None) {
            prop_assert!(record.quantity.abs() <= MAX_QUANTITY && record.amount_cents.abs() <= MAX_AMOUNT_CENTS);
            prop_assert_eq!(record.local_day().to_string(), fields[1].trim()[..10].to_owned());
        }
    }

    /// What a till system would write is read back as it was meant.
    #[test]
    fn a_written_row_is_read_back(
        seconds in -2_000_000_000_i64..6_000_000_000, offset in -840..=840_i16, quantity in -9_999_999..9_999_999_i64,
        amount in -999_999_999..999_999_999_i64, customer in "[a-z\",;é ]{0,8}",
    ) {
        let local = chrono::DateTime::from_timestamp(seconds, 0).unwrap().naive_utc();
        let sign = if offset < 0 { '-' } else { '+' };
        let zone = format!("{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60);
        let minus = if quantity < 0 { "-" } else { "" };
        let decimal = format!("{minus}{}.{:03}", quantity.abs() / 1000, quantity.abs() % 1000);
        let mut writer = csv::Writer::from_writer(Vec::new());
        let time = format!("{}{zone}", local.format("%Y-%m-%dT%H:%M:%S"));
        let amount_text = amount.to_string();
        writer.write_record(["e1", &time, "s", "t", &customer, "sale", "r", "p", "c", &decimal, &amount_text]).unwrap();
        let (record, _) = read(std::str::from_utf8(&writer.into_inner().unwrap()).unwrap()).unwrap();
        prop_assert_eq!((record.quantity, record.amount_cents), (quantity, amount));
        prop_assert_eq!(record.at_ms, seconds * 1000 - i64::from(offset) * 60_000);
        prop_assert_eq!(record.local_time(), local);
        let expected = Some(customer).filter(|customer| !customer.trim().is_empty());
        prop_assert_eq!(record.customer, expected);
    }
}
