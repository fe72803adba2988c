//! Properties of the barcodes: what is printed reads back, no single wrong digit slips through, nothing panics.
use proptest::prelude::*;
use retail::barcode::gs1::{ElementString, LinkOptions, Lint, parse_link, parse_scan};
use retail::barcode::{
    Gtin, Layout, Scanned, Settings, Symbology, card, check, classify, receipt_code,
};
use retail::ids::{Epoch, ReceiptNumber, ReceiptSerial, TillId};

fn with_check(body: &str) -> String {
    format!("{body}{}", check::key_check_digit(body).expect("digits"))
}

/// A good GTIN of each length.
fn gtin() -> impl Strategy<Value = String> {
    prop_oneof!["[0-9]{7}", "[0-9]{11}", "[0-9]{12}", "[0-9]{13}"]
        .prop_map(|body| with_check(&body))
}

fn receipt() -> impl Strategy<Value = ReceiptNumber> {
    (1_u16..=999, 1_u8..=99, 1_u32..=9_999_999).prop_map(|(till, epoch, serial)| ReceiptNumber {
        till: TillId::new(till).expect("in range"),
        epoch: Epoch::new(epoch).expect("in range"),
        serial: ReceiptSerial::new(serial).expect("in range"),
    })
}

fn symbology() -> impl Strategy<Value = Option<Symbology>> {
    (0_u8..=255).prop_map(Symbology::from_ssi)
}

/// How every answer begins.
const KIND_FIRST: &str = "{\"kind\":\"";

/// Replaces one digit by another.
fn with_error(digits: &str, place: usize, add: u8) -> String {
    let place = place % digits.len();
    let spoil = |(at, c): (usize, char)| {
        let digit = u8::try_from(c.to_digit(10).expect("a digit")).expect("small");
        if at == place {
            char::from(b'0' + (digit + add) % 10)
        } else {
            c
        }
    };
    digits.chars().enumerate().map(spoil).collect()
}

proptest! {
    #[test]
    fn a_gtin_reads_back(digits in gtin()) {
        let gtin = Gtin::parse(&digits).expect("a good GTIN");
        prop_assert_eq!(gtin.to_14(), format!("{digits:0>14}"));
        prop_assert_eq!(Gtin::parse(&gtin.to_string()), Ok(gtin));
        prop_assert_eq!(Gtin::from_u64(gtin.as_u64()), Some(gtin));
        let json = serde_json::to_string(&gtin).expect("json");
        prop_assert_eq!(serde_json::from_str::<Gtin>(&json).expect("json"), gtin);
    }

    #[test]
    fn one_wrong_digit_of_a_gtin_is_caught(digits in gtin(), place in 0_usize..14, add in 1_u8..=9) {
        let wrong = with_error(&digits, place, add);
        prop_assert!(Gtin::parse(&wrong).is_err(), "{} {}", digits, wrong);
    }

    #[test]
    fn an_expanded_upc_e_keeps_its_check_digit(system in 0_u8..=1, six in "[0-9]{6}") {
        let good: Vec<Gtin> = (0..=9).filter_map(|check| Gtin::from_upc_e(&format!("{system}{six}{check}")).ok()).collect();
        prop_assert_eq!(good.len(), 1);
        let twelve = format!("{:012}", good[0].as_u64());
        let system = system.to_string();
        prop_assert!(twelve.starts_with(&system));
    }

    #[test]
    fn a_receipt_number_reads_back(number in receipt()) {
        let code = receipt_code::encode(number);
        prop_assert_eq!(code.len(), receipt_code::LEN);
        prop_assert_eq!(receipt_code::decode(&code), Ok(number));
        let scanned = classify(code.as_bytes(), Some(Symbology::Code128), &Settings::default());
        prop_assert!(matches!(scanned, Scanned::Receipt(receipt) if receipt.number == number));
        // Also from a scanner that says nothing about what it read.
        let scanned = classify(code.as_bytes(), None, &Settings::default());
        prop_assert!(matches!(scanned, Scanned::Receipt(receipt) if receipt.number == number));
    }

    #[test]
    fn one_wrong_digit_of_a_receipt_number_is_caught(number in receipt(), place in 0_usize..14, add in 1_u8..=9) {
        let wrong = with_error(&receipt_code::encode(number), place, add);
        prop_assert!(receipt_code::decode(&wrong).is_err(), "{}", wrong);
        let scanned = classify(wrong.as_bytes(), Some(Symbology::Code128), &Settings::default());
        prop_assert!(matches!(scanned, Scanned::Invalid(_)));
    }

    #[test]
    fn swapped_neighbours_of_a_receipt_number_are_caught(number in receipt(), place in 0_usize..13) {
        let code = receipt_code::encode(number);
        let mut swapped = code.clone().into_bytes();
        swapped.swap(place, place + 1);
        let swapped = String::from_utf8(swapped).expect("digits");
        prop_assume!(swapped != code);
        prop_assert!(receipt_code::decode(&swapped).is_err());
    }

    #[test]
    fn a_card_is_always_a_card(serial in 0_u64..1_000_000_000) {
        let number = card::make("261", serial).expect("nine digits fit");
        let scanned = classify(number.as_bytes(), None, &Settings::default());
        prop_assert!(matches!(scanned, Scanned::LoyaltyCard(ref card) if card.card == number), "{:?}", scanned);
    }

    #[test]
    fn a_weighed_code_says_what_was_put_in(item in 0_u32..=99_999, weight in 0_i64..=99_999) {
        let code = with_check(&format!("21{item:05}{weight:05}"));
        let layout = Layout::parse("21IIIIIWWWWWC").expect("a layout");
        let measured = layout.read(&code).expect("no price check digit").expect("the prefix fits");
        prop_assert_eq!(measured.item, format!("{item:05}"));
        prop_assert_eq!(measured.weight.map(|w| w.0), Some(weight));
        prop_assert!(check::key_is_valid(&measured.reference));
    }

    #[test]
    fn price_check_digits_catch_one_wrong_digit(price in "[0-9]{4}|[0-9]{5}", place in 0_usize..5, add in 1_u8..=9) {
        let wrong = with_error(&price, place, add);
        prop_assert_ne!(check::price_check_digit(&price), check::price_check_digit(&wrong));
    }

    #[test]
    fn elements_survive_every_way_of_writing(
        gtin in "[0-9]{13}", lot in "[!-'*-?A-Z_a-z]{1,20}", serial in "[A-Za-z0-9._-]{1,20}", weight in "[0-9]{6}"
    ) {
        let gtin = with_check(&gtin);
        let lot: String = lot.chars().filter(|c| !matches!(c, '#' | '$')).collect();
        prop_assume!(!lot.is_empty());
        let raw = format!("^01{gtin}3103{weight}10{lot}^21{serial}");
        let elements = ElementString::parse_raw(&raw).expect("good elements");
        prop_assert_eq!(elements.to_raw(), raw.clone());
        let bracketed = format!("(01){gtin}(3103){weight}(10){lot}(21){serial}");
        prop_assert_eq!(&ElementString::parse_bracketed(&bracketed).expect("good brackets"), &elements);
        let scan = format!("]d2{}", raw[1..].replace('^', "\u{1d}"));
        let (_, message) = parse_scan(&scan, LinkOptions::default()).expect("a good scan");
        prop_assert_eq!(message.to_raw(), raw);
        let encoded: String = lot.bytes().map(|b| format!("%{b:02X}")).collect();
        let uri = format!("https://shop.example/01/{gtin}/10/{encoded}/21/{serial}?3103={weight}");
        let link = parse_link(&uri, LinkOptions::default()).expect("a good link");
        prop_assert_eq!(link.get("10"), Some(lot.as_str()));
        prop_assert_eq!(link.get("3103"), Some(weight.as_str()));
    }

    #[test]
    fn any_bytes_have_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..80), hint in symbology()) {
        let scanned = classify(&bytes, hint, &Settings::default());
        let json = serde_json::to_string(&scanned).expect("json");
        prop_assert!(json.starts_with(KIND_FIRST), "no kind in front");
    }

    #[test]
    fn nearly_good_scans_have_an_answer(
        scan in r"(\][A-Za-z][0-9]|\^|\(|https?://[a-z]{1,3}/)?(0[0-9]|[1-9][0-9]{1,3})?[ -~\x1d]{0,40}", hint in symbology()
    ) {
        let scanned = classify(scan.as_bytes(), hint, &Settings::default());
        let json = serde_json::to_string(&scanned).expect("json");
        prop_assert!(json.starts_with(KIND_FIRST), "no kind in front");
    }

    #[test]
    fn no_lint_panics(text in any::<String>()) {
        for name in ["csum", "csumalpha", "yymmd0", "yymmdd", "yyyymmdd", "hhmi", "iso3166", "iso3166alpha2", "iso4217", "iban",
            "pcenc", "pieceoftotal", "posinseqslash", "latitude", "couponcode", "couponposoffer", "key", "keyoff1", "cset64",
            "mediatype", "importeridx", "nozeroprefix", "hasnondigit", "winding", "hyphen"] {
            let lint = Lint::from_name(name).expect("a lint");
            // Only that there is an answer; the vectors judge which.
            let _ = lint.check(&text);
        }
    }
}
