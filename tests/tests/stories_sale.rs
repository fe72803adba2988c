//! From an empty folder to the owner's report, by commands and scans alone: what a newcomer does on his first day.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a story that cannot go on fails where it stands"
)]

use std::collections::BTreeMap;
use std::process::Command;

use ed25519_dalek::VerifyingKey;
use retail::barcode::receipt_code;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tests::demo::{check, year};
use tests::devices::LIMIT;
use tests::shop::counter::{Counter, OWNER, PIN, gtin, journal, lay_out, receipts, sell};
use tests::shop::office::HeadOffice;
use tests::shop::till::Till;

/// `(exit code, standard output, standard error)`.
#[track_caller]
fn run(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// The catalogue as the shopkeeper's own program wrote it: two good rows, three wrong ones.
const CATALOGUE: &str = "gtin,name,price_cents,vat_percent,category\n\
    8719999001005,T-shirt wit,2495,21,Kleding > T-shirts\n\
    8719999001006,Verkeerd controlecijfer,2495,21,Kleding\n\
    8719999001074,Boek over wol,1999,9,Boeken\n\
    8719999001142,Zonder tarief,995,x,Boeken\n\
    8719999001210,Te weinig velden\n";

fn import(till: &Till, folder: &std::path::Path) {
    let file = folder.join("artikelen.csv");
    std::fs::write(&file, CATALOGUE).unwrap();
    let path = file.to_string_lossy().into_owned();
    let printed = till.run(&["articles", "import", &path], "").unwrap();
    assert!(printed.contains("2 new"), "{printed}");
    assert!(printed.contains("3 rejected"), "{printed}");
    let rejects = std::fs::read_to_string(folder.join("artikelen.rejects.csv")).unwrap();
    for (line, text) in [
        (3, "Verkeerd controlecijfer"),
        (5, "Zonder tarief"),
        (6, "Te weinig velden"),
    ] {
        let row = rejects
            .lines()
            .find(|row| row.starts_with(&format!("{line},")))
            .unwrap_or_else(|| panic!("line {line} is not there: {rejects}"));
        let reason = row.split(',').nth(1).unwrap();
        assert!(row.contains(text) && !reason.is_empty(), "{row}");
    }
}

#[test]
fn from_an_empty_folder_to_a_report() {
    let dir = tempfile::tempdir().unwrap();
    let mut office = HeadOffice::new(dir.path(), 0);
    office.add_shop("utrecht", "Wol & Wilg").unwrap();
    office.add_owner(OWNER.0, OWNER.1).unwrap();
    office.start().unwrap();
    let code = office.till_code("utrecht").unwrap();

    let folder = dir.path().join("kassa");
    let mut till = lay_out(&folder, "Kassa 1", Some(office.url())).unwrap();
    import(&till, &folder);
    till.add_cashier("Sanne", PIN).unwrap();
    let (exit, said, _) = run(&mut till.command(&["doctor"]).unwrap());
    assert_eq!(exit, 1, "{said}");
    assert!(said.contains("!! aanmelding"), "{said}");

    sells_nothing_yet(&mut till);
    till.enrol(&code).unwrap();
    till.wait("the screen goes on by itself", |state| {
        state["mode"]["mode"] == "logged_out"
    })
    .unwrap();
    let again = till.enrol(&code);
    assert!(again.is_err(), "a code is good for one till");
    till.log_in(PIN).unwrap();
    sale_by_scanner(&mut till);
    everything_agrees(&office, &mut till, &folder);
}

/// Before it is enrolled a till runs, sells nothing, and says why.
fn sells_nothing_yet(till: &mut Till) {
    till.start().unwrap();
    let state = till.state().unwrap();
    assert_eq!(state["mode"]["mode"], "not_enrolled");
    let page = till.text("/").unwrap();
    assert!(page.contains("nog niet aangemeld"), "{page}");
    assert!(page.contains("terminal-app enrol --code"), "{page}");
    till.scanner.scan(&gtin(0)).unwrap();
    let state = till
        .wait("the scan is answered with the reason", |state| {
            state["notice"]["notice"] == "not_enrolled"
        })
        .unwrap();
    assert_eq!(state["basket"], json!([]));
}

/// A whole sale, the scanner alone: two kinds of VAT, exact cash, the drawer, the paper.
fn sale_by_scanner(till: &mut Till) {
    let number = sell(till, &[&gtin(0), "KLR-QTY-2", &gtin(1)], "KLR-CASH").unwrap();
    till.wait_printed().unwrap();
    assert!(
        till.printer.wait(LIMIT, |seen| seen.cuts == 1),
        "{:?}",
        till.printer.seen()
    );
    let seen = till.printer.seen();
    assert_eq!(seen.pulses.len(), 1, "the drawer opens once");
    let paper = seen.paper;
    for text in [
        "Wol & Wilg",
        "81234567",
        "NL861234567B01",
        "T-shirt wit",
        "Boek over wol",
        // 24,95 + 2 x 19,99 = 64,93, in cash 64,95.
        "64,93",
        "64,95",
        "0,02",
        &number.to_string(),
        &receipt_code::encode(number),
    ] {
        assert!(
            paper.contains(text),
            "{text} is not on the receipt:\n{paper}"
        );
    }
}

/// Journal, head office, reports, backup: one story in five places.
fn everything_agrees(office: &HeadOffice, till: &mut Till, folder: &std::path::Path) {
    let sent = till.run(&["sync"], "").unwrap();
    assert!(sent.contains("sent"), "{sent}");
    let sums = check::compare(office, std::slice::from_ref(till)).unwrap();
    assert_eq!(sums.totals.gross.0, 6493);
    let volumes: Value = serde_json::from_str(
        &office
            .run(&["report", "volumes", "--format", "json"], "")
            .unwrap(),
    )
    .unwrap();
    assert_eq!(
        (&volumes["sale_receipts"], &volumes["anonymous_sale_lines"]),
        (&json!(1), &json!(2))
    );
    let again = till.run(&["sync"], "").unwrap();
    assert!(again.contains("sent 0 events"), "{again}");

    let copy = folder.join("kopie.db").to_string_lossy().into_owned();
    till.run(&["backup", &copy], "").unwrap();
    till.run(&["journal", "verify"], "").unwrap();
    office.run(&["verify"], "").unwrap();
    office.run(&["rebuild", "--check"], "").unwrap();
    let (exit, said, _) = run(&mut till.command(&["doctor"]).unwrap());
    assert_eq!(exit, 0, "beside the running till:\n{said}");
    assert!(said.contains("in gebruik door de kassa zelf"), "{said}");
    till.stop().unwrap();
    let (exit, said, _) = run(&mut till.command(&["doctor"]).unwrap());
    assert_eq!(exit, 0, "without it:\n{said}");
}

/// The chain of an export, computed by nothing of ours but the definition: SHA-256 over the hash before and the bytes.
#[test]
fn anyone_can_recompute_the_journal() {
    let mut shop = Counter::open(1).unwrap();
    shop.start().unwrap();
    let till = &mut shop.tills[0];
    sell(till, &[&gtin(0)], "KLR-CASH").unwrap();
    sell(till, &[&gtin(1), &gtin(2)], "KLR-CARD").unwrap();
    till.scan(&gtin(3)).unwrap();
    till.scan("KLR-VOID").unwrap();
    let export = till.run(&["journal", "export"], "").unwrap();
    let mut heads = BTreeMap::from([(1_u64, vec![0_u8; 32])]);
    let mut kinds = Vec::new();
    for (line, seq) in export.lines().zip(1_u64..) {
        let row: Value = serde_json::from_str(line).unwrap();
        let fields: Vec<&String> = row.as_object().unwrap().keys().collect();
        let mut sorted = fields.clone();
        sorted.sort();
        assert_eq!(
            sorted,
            ["epoch", "event", "hash", "prev_hash", "seq", "till"]
        );
        let bytes = row["event"].as_str().unwrap();
        let prev = hex::decode(row["prev_hash"].as_str().unwrap()).unwrap();
        let epoch = row["epoch"].as_u64().unwrap();
        assert_eq!(heads[&epoch], prev, "event {seq} stands on the one before");
        let hash = Sha256::digest([prev.as_slice(), bytes.as_bytes()].concat()).to_vec();
        assert_eq!(row["hash"], json!(hex::encode(&hash)), "event {seq}");
        heads.insert(epoch, hash);
        let event: Value = serde_json::from_str(bytes).unwrap();
        for key in ["till", "epoch", "seq"] {
            assert_eq!(event[key], row[key], "{key} of event {seq}");
        }
        assert_eq!((&event["v"], &row["seq"]), (&json!(1), &json!(seq)));
        let at = event["at"].as_str().unwrap();
        chrono::DateTime::parse_from_rfc3339(at).unwrap();
        kinds.push(event["kind"].as_str().unwrap().to_owned());
    }
    assert_eq!(kinds, ["epoch_opened", "sale", "sale", "line_voided"]);
    let written = receipts(&journal(till).unwrap());
    let serials: Vec<u32> = written.iter().map(|(n, _)| n.serial.get()).collect();
    assert_eq!(serials, [1, 2], "numbers without gaps beside the seq");
}

/// A customer joins at the till; head office draws his path and knows him at the other till.
#[test]
fn a_customer_is_known_at_the_other_till_with_his_path() {
    let mut shop = Counter::open(2).unwrap();
    shop.start().unwrap();
    let card = year::card(1);
    let [one, two] = shop.tills.as_mut_slice() else {
        panic!("two tills")
    };
    let state = one.scan(&card).unwrap();
    assert_eq!(state["notice"]["notice"], "unknown_card");
    one.press(&json!({ "do": "start_enrol" })).unwrap();
    one.press(&json!({
        "do": "enrol", "card": card, "name": "Jip", "email": "", "member": true, "marketing": false,
    }))
    .unwrap();
    one.wait("Jip is the customer", |state| {
        state["customer"]["name"] == "Jip"
    })
    .unwrap();
    // 24,95: a point for every whole euro.
    sell(one, &[&gtin(0)], "KLR-CARD").unwrap();
    for till in [&*one, &*two] {
        till.run(&["sync"], "").unwrap();
    }
    let state = two.scan(&card).unwrap();
    assert_eq!(state["customer"]["name"], "Jip", "{state:#}");
    assert_eq!(state["customer"]["points"], 24);
    assert_eq!(state["customer"]["visits"], 1);
    sell(two, &[&gtin(1)], "KLR-CASH").unwrap();
    two.run(&["sync"], "").unwrap();
    let paths = shop
        .office
        .run(&["report", "path", "--all", "--format", "json"], "")
        .unwrap();
    let path: Value = serde_json::from_str(paths.lines().next().unwrap()).unwrap();
    assert_eq!(paths.lines().count(), 1, "{paths}");
    assert_eq!(path["counted_visits"], 1, "one visit is one day: {path}");
    assert_eq!(path["model"], "aankoop-gebruik-loyaliteit");
    let customer = path["customer"].as_str().unwrap();
    for till in &shop.tills {
        let export = till.run(&["journal", "export"], "").unwrap();
        assert!(!export.contains("Jip"), "the name is not in the journal");
        assert!(!export.contains(&card), "nor is the card");
        assert!(!export.contains(customer), "nor is the customer");
    }
    check::compare(&shop.office, &shop.tills).unwrap();
    shop.office.run(&["rebuild", "--check"], "").unwrap();
}

/// Head office keeps what it was given, signed: the till's public key is a good one and `verify` says all signatures hold;
/// one changed byte and it does not.
#[test]
fn head_office_notices_a_changed_byte() {
    let mut shop = Counter::open(1).unwrap();
    shop.start().unwrap();
    sell(&mut shop.tills[0], &[&gtin(0)], "KLR-CASH").unwrap();
    shop.tills[0].run(&["sync"], "").unwrap();
    shop.office.run(&["verify"], "").unwrap();
    shop.office.stop().unwrap();
    let db = rusqlite::Connection::open(shop.office.db()).unwrap();
    let key: Vec<u8> = db
        .query_row("SELECT public_key FROM till", [], |row| row.get(0))
        .unwrap();
    VerifyingKey::try_from(key.as_slice()).unwrap();
    let changed = db
        .execute(
            "UPDATE event SET bytes = CAST(replace(CAST(bytes AS TEXT), '2495', '2395') AS BLOB)
             WHERE instr(bytes, CAST('2495' AS BLOB)) > 0",
            [],
        )
        .unwrap();
    assert_eq!(changed, 1);
    drop(db);
    let (exit, out, err) = run(&mut shop.office.command(&["verify"]).unwrap());
    assert_eq!(exit, 1, "{out}{err}");
    assert!(
        format!("{out}{err}").contains('2'),
        "names the event: {out}{err}"
    );
}
