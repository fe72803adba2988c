//! What goes wrong between tills and head office, and what is still there afterwards: everything.

#![expect(
    clippy::unwrap_used,
    reason = "a story that cannot go on fails where it stands"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use retail::barcode::receipt_code;
use retail::event::{Body, EpochWhy, Event};
use retail::ids::ReceiptNumber;
use serde_json::{Value, json};
use tests::demo::check;
use tests::shop::counter::{
    Counter, PIN, basket, gtin, journal, last_receipt, lay_out, receipts, sell, wait_receipt,
};
use tests::shop::office::HeadOffice;
use tests::shop::paper::{answer_printer, slips_of};
use tests::shop::till::Till;

/// `till.db` and what SQLite and the till keep beside it.
fn files_of(database: &Path) -> Vec<PathBuf> {
    ["", "-wal", "-shm", ".marker"]
        .iter()
        .map(|end| {
            let mut name = database.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        })
        .collect()
}

/// Copies a database that nobody uses, with its side files, over another.
fn copy_database(from: &Path, to: &Path, marker: bool) {
    for (from, to) in files_of(from).into_iter().zip(files_of(to)) {
        let is_marker = to.extension().is_some_and(|end| end == "marker");
        if is_marker && !marker {
            continue;
        }
        if to.exists() {
            std::fs::remove_file(&to).unwrap();
        }
        if from.exists() {
            std::fs::copy(&from, &to).unwrap();
        }
    }
}

/// Everything at head office by hash: branches have the same names.
fn office_events(office: &HeadOffice) -> BTreeMap<String, Event> {
    check::of_office(office)
        .unwrap()
        .into_iter()
        .map(|(_, (hash, bytes))| (hash, Event::read(bytes.as_bytes()).unwrap()))
        .collect()
}

fn report(office: &HeadOffice, name: &str) -> Value {
    let text = office
        .run(&["report", name, "--format", "json"], "")
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

fn problems(office: &HeadOffice) -> Vec<(String, Value)> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let db = rusqlite::Connection::open_with_flags(office.db(), flags).unwrap();
    let mut rows = db
        .prepare("SELECT kind, detail FROM problem WHERE resolved_ms IS NULL ORDER BY id")
        .unwrap();
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
    rows.unwrap()
        .map(|row| {
            let (kind, detail) = row.unwrap();
            (kind, serde_json::from_str(&detail).unwrap())
        })
        .collect()
}

/// Head office is consistent, every receipt counts once, and each of these is there.
fn all_there(office: &HeadOffice, sold: &[ReceiptNumber]) {
    office.run(&["verify"], "").unwrap();
    office.run(&["rebuild", "--check"], "").unwrap();
    let events: Vec<Event> = office_events(office).into_values().collect();
    let mut there: Vec<ReceiptNumber> = receipts(&events).into_iter().map(|(n, _)| n).collect();
    there.sort_unstable();
    let mut sold = sold.to_vec();
    sold.sort_unstable();
    assert_eq!(there, sold);
    let volumes = report(office, "volumes");
    assert_eq!(volumes["sale_receipts"], json!(sold.len()));
}

fn opened(events: &[Event], epoch: u8) -> Vec<EpochWhy> {
    events
        .iter()
        .filter(|event| event.position.epoch.get() == epoch)
        .filter_map(|event| match &event.body {
            Body::EpochOpened(opened) => Some(opened.why),
            _ => None,
        })
        .collect()
}

#[test]
fn head_office_goes_and_comes_back() {
    let mut shop = Counter::open(1).unwrap();
    shop.start().unwrap();
    let till = &mut shop.tills[0];
    till.wait("everything is sent", |state| {
        state["sync"]["state"]["state"] == "up_to_date"
    })
    .unwrap();
    shop.office.kill().unwrap();
    for article in 0..5 {
        sell(till, &[&gtin(article)], "KLR-CASH").unwrap();
    }
    let state = till
        .wait("the screen says so", |state| {
            state["sync"]["state"]["state"] == "unreachable" && state["sync"]["waiting"] == 5
        })
        .unwrap();
    assert!(state["sync"]["waiting_since"].is_string(), "{state:#}");
    shop.office.start().unwrap();
    // Nobody presses anything: the till finds it again by itself.
    till.wait("everything is sent", |state| {
        state["sync"]["state"]["state"] == "up_to_date" && state["sync"]["waiting"] == 0
    })
    .unwrap();
    check::compare(&shop.office, &shop.tills).unwrap();
}

/// The disk of a till dies; its last backup is put back. Its receipt numbers do not come twice, and head office has what
/// the till has lost. With the marker file of the old disk the till sees it by itself; without, head office tells it.
fn restored_backup(marker: bool, why: EpochWhy) {
    let mut shop = Counter::open(1).unwrap();
    shop.start().unwrap();
    let till = &mut shop.tills[0];
    let mut sold = vec![sell(till, &[&gtin(0)], "KLR-CASH").unwrap()];
    let backup = shop.dir.path().join("kopie.db");
    till.run(&["backup", &backup.to_string_lossy()], "")
        .unwrap();
    for article in 1..4 {
        sold.push(sell(till, &[&gtin(article)], "KLR-CARD").unwrap());
    }
    till.run(&["sync"], "").unwrap();
    till.stop().unwrap();
    for file in files_of(&till.store()) {
        if file.exists() && !(marker && file.extension().is_some_and(|end| end == "marker")) {
            std::fs::remove_file(file).unwrap();
        }
    }
    std::fs::copy(&backup, till.store()).unwrap();
    till.start().unwrap();
    till.log_in(PIN).unwrap();
    till.run(&["sync"], "").unwrap();
    sold.push(sell(till, &[&gtin(5)], "KLR-CASH").unwrap());
    till.run(&["sync"], "").unwrap();
    let last = *sold.last().unwrap();
    assert_eq!((last.epoch.get(), last.serial.get()), (2, 1));
    let events = journal(till).unwrap();
    assert_eq!(opened(&events, 2), [why]);
    till.run(&["journal", "verify"], "").unwrap();
    all_there(&shop.office, &sold);
}

#[test]
fn a_restored_backup_beside_its_marker_is_a_new_epoch() {
    restored_backup(true, EpochWhy::BehindMarker);
}

#[test]
fn a_restored_backup_on_a_new_disk_is_a_new_epoch() {
    restored_backup(false, EpochWhy::BehindServer);
}

/// Somebody copies the card of a till into a second machine, and both sell: both are kept and counted, and shown.
#[test]
fn a_cloned_till_is_a_fork_and_both_are_counted() {
    let mut shop = Counter::open(1).unwrap();
    shop.start().unwrap();
    let till = &mut shop.tills[0];
    let mut sold = vec![sell(till, &[&gtin(0)], "KLR-CASH").unwrap()];
    till.run(&["sync"], "").unwrap();
    till.stop().unwrap();
    let folder = shop.dir.path().join("kloon");
    let mut clone = lay_out(&folder, "Kassa 1", Some(shop.office.url())).unwrap();
    copy_database(&till.store(), &clone.store(), true);
    shop.office.stop().unwrap();
    for (machine, article) in [(&mut *till, 1), (&mut clone, 2)] {
        machine.start().unwrap();
        machine.log_in(PIN).unwrap();
        sold.push(sell(machine, &[&gtin(article)], "KLR-CASH").unwrap());
    }
    // Two papers with one number exist: that cannot be helped, and is kept as it is.
    assert_eq!(sold[1], sold[2]);
    shop.office.start().unwrap();
    for machine in [&mut *till, &mut clone] {
        machine.run(&["sync"], "").unwrap();
    }
    let (a, b) = (
        sell(till, &[&gtin(3)], "KLR-CARD").unwrap(),
        sell(&mut clone, &[&gtin(4)], "KLR-CARD").unwrap(),
    );
    // Both went on in a new epoch. When they open it in the same breath they meet once more; that is kept and counted too.
    assert!(a.epoch.get() > 1 || b.epoch.get() > 1, "{a}, {b}");
    sold.extend([a, b]);
    for machine in [&mut *till, &mut clone] {
        machine.run(&["sync"], "").unwrap();
    }
    all_there(&shop.office, &sold);
    let kept = office_events(&shop.office);
    for machine in [&*till, &clone] {
        for (name, (hash, _)) in check::of_till(machine).unwrap() {
            assert!(kept.contains_key(&hash), "{name:?} is not at head office");
        }
    }
    let gross: i64 = [0, 1, 2, 3, 4].map(price).iter().sum();
    assert_eq!(report(&shop.office, "volumes")["gross_cents"], json!(gross));
    let found = problems(&shop.office);
    assert!(found.iter().any(|(kind, _)| kind == "fork"), "{found:?}");
    let list = shop.office.run(&["till", "list"], "").unwrap();
    let last_columns = |line: &str| -> Vec<String> {
        let mut cells: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        cells.split_off(cells.len().saturating_sub(3))
    };
    let found: Vec<Vec<String>> = list.lines().map(last_columns).collect();
    assert!(
        found.contains(&vec!["forks".into(), "holes".into(), "revoked".into()]),
        "{list}"
    );
    assert!(
        found
            .iter()
            .filter_map(|cells| cells.first()?.parse::<u32>().ok())
            .any(|forks| forks > 0),
        "the fork is shown:\n{list}"
    );
}

#[test]
fn a_revoked_till_keeps_everything_until_it_is_allowed_again() {
    let mut shop = Counter::open(1).unwrap();
    shop.start().unwrap();
    let till = &mut shop.tills[0];
    let mut sold = vec![sell(till, &[&gtin(0)], "KLR-CASH").unwrap()];
    till.run(&["sync"], "").unwrap();
    shop.office
        .run(&["till", "revoke", "--till", "1"], "")
        .unwrap();
    sold.push(sell(till, &[&gtin(1)], "KLR-CARD").unwrap());
    // The till says so by itself, in the command and in the doctor, each with what helps.
    till.wait("the till is revoked", |state| {
        state["sync"]["state"]["state"] == "revoked"
    })
    .unwrap();
    for command in ["sync", "doctor"] {
        let ended = till.command(&[command]).unwrap().output().unwrap();
        assert_eq!(ended.status.code(), Some(1));
        let said = String::from_utf8([ended.stdout, ended.stderr].concat()).unwrap();
        assert!(said.contains("sync-server till allow --till 1"), "{said}");
    }
    shop.office
        .run(&["till", "allow", "--till", "1"], "")
        .unwrap();
    till.run(&["sync"], "").unwrap();
    all_there(&shop.office, &sold);
    check::compare(&shop.office, &shop.tills).unwrap();
}

fn price(index: usize) -> i64 {
    tests::demo::catalogue::samples().unwrap()[index].price_cents
}

#[test]
fn head_office_on_an_older_copy_gets_everything_again() {
    let mut shop = Counter::open(2).unwrap();
    shop.start().unwrap();
    for till in &mut shop.tills {
        sell(till, &[&gtin(0)], "KLR-CASH").unwrap();
        till.run(&["sync"], "").unwrap();
    }
    shop.office.stop().unwrap();
    let copy = shop.dir.path().join("kopie-hoofdkantoor.db");
    copy_database(shop.office.db(), &copy, false);
    shop.office.start().unwrap();
    for till in &mut shop.tills {
        for article in 1..4 {
            sell(till, &[&gtin(article)], "KLR-CASH").unwrap();
        }
        till.run(&["sync"], "").unwrap();
    }
    let before = check::compare(&shop.office, &shop.tills).unwrap();
    shop.office.kill().unwrap();
    copy_database(&copy, shop.office.db(), false);
    shop.office.start().unwrap();
    for till in &mut shop.tills {
        till.run(&["sync"], "").unwrap();
    }
    let after = check::compare(&shop.office, &shop.tills).unwrap();
    assert_eq!(after, before);
    // Nothing was taken for a fork, and life goes on in the epochs there were.
    assert_eq!(problems(&shop.office), []);
    for till in &mut shop.tills {
        let number = sell(till, &[&gtin(5)], "KLR-CARD").unwrap();
        assert_eq!((number.epoch.get(), number.serial.get()), (1, 5));
        till.run(&["sync"], "").unwrap();
    }
    check::compare(&shop.office, &shop.tills).unwrap();
    shop.office.run(&["verify"], "").unwrap();
    shop.office.run(&["rebuild", "--check"], "").unwrap();
}

#[test]
fn a_disk_that_takes_nothing_more_loses_nothing() {
    let mut shop = Counter::open(1).unwrap();
    let till = &mut shop.tills[0];
    let size = std::fs::metadata(till.store()).unwrap().len();
    till.start_with_little_room(size + 256 * 1024).unwrap();
    till.log_in(PIN).unwrap();
    let mut sold = Vec::new();
    let state = loop {
        assert!(sold.len() < 300, "the disk never filled up");
        let before = last_receipt(&till.state().unwrap());
        till.scan(&gtin(sold.len() % 50)).unwrap();
        till.scanner.scan("KLR-CASH").unwrap();
        let state = till
            .wait("paid, or said why not", |state| {
                last_receipt(state) != before || state["notice"]["notice"] == "not_kept"
            })
            .unwrap();
        if state["notice"]["notice"] == "not_kept" {
            assert_eq!(last_receipt(&state), before, "not kept, so not done");
            break state;
        }
        sold.push(last_receipt(&state).unwrap());
    };
    assert!(!sold.is_empty(), "something was sold before");
    let reason = state["notice"]["reason"].as_str().unwrap();
    assert!(!reason.is_empty());
    let page = till.text("/").unwrap();
    assert!(
        page.contains("Niet opgeslagen en dus niet gebeurd"),
        "{page}"
    );
    // The basket stands as it was, the till still answers, nothing was promised on paper.
    let open = basket(&state);
    assert_eq!(open, [gtin(sold.len() % 50)]);
    till.kill().unwrap();
    till.start().unwrap();
    till.log_in_again(PIN).unwrap();
    let state = till.state().unwrap();
    let kept: Vec<ReceiptNumber> = receipts(&journal(till).unwrap())
        .into_iter()
        .map(|(number, _)| number)
        .collect();
    assert_eq!(
        kept, sold,
        "what was confirmed is there, what was not is not"
    );
    let before = last_receipt(&state);
    if basket(&state).is_empty() {
        // The basket itself was beyond the room that was left.
        till.scan(&open[0]).unwrap();
    }
    till.scanner.scan("KLR-CASH").unwrap();
    sold.push(wait_receipt(till, before).unwrap());
    let serials: Vec<u32> = sold.iter().map(|number| number.serial.get()).collect();
    let gapless: Vec<u32> = (1..).take(sold.len()).collect();
    assert_eq!(serials, gapless);
    answer_printer(till).unwrap();
    let paper = till.printer.seen().paper;
    for number in &sold {
        assert_eq!(slips_of(&paper, *number), 1, "receipt {number} on paper");
    }
    till.run(&["journal", "verify"], "").unwrap();
    till.run(&["sync"], "").unwrap();
    check::compare(&shop.office, &shop.tills).unwrap();
}

#[test]
fn a_receipt_of_another_till_needs_head_office() {
    let mut shop = Counter::open(2).unwrap();
    shop.start().unwrap();
    let number = sell(&mut shop.tills[0], &[&gtin(0)], "KLR-CASH").unwrap();
    shop.tills[0].run(&["sync"], "").unwrap();
    shop.office.kill().unwrap();
    let [own, other] = shop.tills.as_mut_slice() else {
        panic!("two tills")
    };
    other.scanner.scan(&receipt_code::encode(number)).unwrap();
    let state = other
        .wait("it is refused with the reason", |state| {
            state["notice"]["notice"] == "receipt_not_fetched"
        })
        .unwrap();
    assert_eq!(state["notice"]["why"]["why"], "unreachable", "{state:#}");
    assert_ne!(state["mode"]["mode"], "returning");
    let page = other.text("/").unwrap();
    assert!(
        page.contains("Het hoofdkantoor is niet bereikbaar"),
        "{page}"
    );
    // Its own till needs nobody.
    own.scanner.scan(&receipt_code::encode(number)).unwrap();
    let state = own
        .wait("the lines of the receipt", |state| {
            state["mode"]["mode"] == "returning"
        })
        .unwrap();
    assert_eq!(state["mode"]["unchecked"], true, "{state:#}");
    let page = own.text("/").unwrap();
    assert!(page.contains("wat elders al terug is"), "{page}");
    shop.office.start().unwrap();
    other.press(&json!({ "do": "dismiss_notice" })).unwrap();
    other.scanner.scan(&receipt_code::encode(number)).unwrap();
    other
        .wait("head office is back, and so is the receipt", |state| {
            state["mode"]["mode"] == "returning"
        })
        .unwrap();
}

/// Sold at one till, brought back at the other: the till that sold it asks head office, and refunds it no second time.
#[test]
fn what_came_back_elsewhere_is_gone_at_the_till_that_sold_it() {
    let mut shop = Counter::open(2).unwrap();
    shop.start().unwrap();
    let number = sell(&mut shop.tills[0], &[&gtin(0)], "KLR-CASH").unwrap();
    shop.tills[0].run(&["sync"], "").unwrap();
    let [own, other] = shop.tills.as_mut_slice() else {
        panic!("two tills")
    };
    look_up(other, number);
    let before = last_receipt(&other.state().unwrap());
    bring_back(other);
    wait_receipt(other, before).unwrap();
    // Not sent yet, it counts where it was taken back.
    wait_all_back(other, number);
    other.run(&["sync"], "").unwrap();
    wait_all_back(own, number);
    check::compare(&shop.office, &shop.tills).unwrap();
    let found = problems(&shop.office);
    assert!(found.is_empty(), "nothing came back twice: {found:?}");
}

/// Scans a receipt until head office has said that nothing of it is left; see [`look_up`] for why it may be silent.
fn wait_all_back(till: &mut Till, number: ReceiptNumber) {
    for round in 0.. {
        assert!(round < 20, "head office never answered");
        till.scanner.scan(&receipt_code::encode(number)).unwrap();
        let state = till
            .wait("all of it is back, or nobody could be asked", |state| {
                state["notice"]["notice"] == "nothing_left_to_return"
                    || state["notice"]["notice"] == "receipt_not_fetched"
                    || state["mode"]["mode"] == "returning"
            })
            .unwrap();
        if state["notice"]["notice"] == "nothing_left_to_return" {
            return;
        }
        if state["mode"]["mode"] == "returning" {
            assert_eq!(state["mode"]["unchecked"], true, "{state:#}");
        }
        till.press(&json!({ "do": "cancel" })).unwrap();
        till.wait("back at the sale", |state| {
            state["mode"]["mode"] == "selling" && state["notice"].is_null()
        })
        .unwrap();
    }
}

/// One shirt, brought back at two tills in the same minute: both pay out, head office sees it, nobody is refused.
#[test]
fn what_comes_back_twice_is_flagged_not_refused() {
    let mut shop = Counter::open(2).unwrap();
    shop.start().unwrap();
    let number = sell(&mut shop.tills[0], &[&gtin(0)], "KLR-CASH").unwrap();
    shop.tills[0].run(&["sync"], "").unwrap();
    for till in &mut shop.tills {
        look_up(till, number);
    }
    for till in &mut shop.tills {
        let before = last_receipt(&till.state().unwrap());
        bring_back(till);
        wait_receipt(till, before).unwrap();
        till.run(&["sync"], "").unwrap();
    }
    check::compare(&shop.office, &shop.tills).unwrap();
    let volumes = report(&shop.office, "volumes");
    assert_eq!(volumes["return_receipts"], 2, "{volumes}");
    assert_eq!(volumes["returns_cents"], json!(2 * price(0)));
    let found = problems(&shop.office);
    let [(kind, detail)] = found.as_slice() else {
        panic!("one thing to look into: {found:?}")
    };
    assert_eq!(kind, "returned_too_much");
    assert_eq!(detail["receipt"], json!(number.to_string()), "{detail}");
}

/// Scans a receipt until its lines are there. A till asks head office for a few seconds only, for the customer waits: on a
/// starved machine it may say that it is out of reach, and the cashier scans again.
fn look_up(till: &mut Till, number: ReceiptNumber) {
    for round in 0.. {
        assert!(round < 20, "head office never answered");
        till.scanner.scan(&receipt_code::encode(number)).unwrap();
        let state = till
            .wait("the lines of the receipt, or why not", |state| {
                state["mode"]["mode"] == "returning"
                    || state["notice"]["notice"] == "receipt_not_fetched"
            })
            .unwrap();
        if state["mode"]["mode"] == "returning" {
            return;
        }
        assert_eq!(state["notice"]["why"]["why"], "unreachable", "{state:#}");
        let notice = state["notice"].clone();
        till.press(&json!({ "do": "dismiss_notice" })).unwrap();
        till.wait("the notice is put away", |state| state["notice"] != notice)
            .unwrap();
    }
}

fn bring_back(till: &mut Till) {
    for action in [
        json!({ "do": "return_quantity", "line": 1, "quantity": 1000 }),
        json!({ "do": "return_reason", "line": 1, "reason": "spijt" }),
        json!({ "do": "confirm_return" }),
    ] {
        till.press(&action).unwrap();
    }
}

/// What a shopkeeper gets wrong is his to mend: exit code 1 with the cure, and nothing has been started or made.
#[test]
fn a_wrong_setting_starts_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut till = lay_out(dir.path(), "Kassa 1", None).unwrap();
    till.change_settings(|text| text.replace("plain", "usb"))
        .unwrap();
    let said = till.start().unwrap_err().to_string();
    assert!(said.contains("exit status: 1"), "{said}");
    for text in ["line", "usb", "plain", "hint"] {
        assert!(said.contains(text), "{text} is not in: {said}");
    }
    assert!(!till.store().exists(), "no database was made");
}
