//! A head office that is not on loopback's word: an authority of our own, its certificates, and what a till does with a wrong
//! one, one that ran out, and one that does not exist yet. A till whose clock is a year off sees just those.

#![expect(
    clippy::unwrap_used,
    reason = "a story that cannot go on fails where it stands"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{Datelike as _, Months};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use retail::clock::Clock as _;
use terminal_app::clock::SystemClock;
use tests::demo::catalogue;
use tests::shop::counter::{PIN, gtin, lay_out, sell};
use tests::shop::office::HeadOffice;
use tests::shop::till::Till;

/// An authority with its certificate as a file.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: PathBuf,
}

impl Authority {
    fn new(file: PathBuf) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        std::fs::write(&file, params.self_signed(&key).unwrap().pem()).unwrap();
        Self {
            issuer: Issuer::new(params, key),
            file,
        }
    }

    /// A certificate for loopback that is valid for a year from `from_months` months from now, and its key.
    fn certify(&self, dir: &Path, from_months: i32) -> (PathBuf, PathBuf) {
        let months = Months::new(from_months.unsigned_abs());
        let now = SystemClock::new().now();
        let from = if from_months < 0 {
            now - months
        } else {
            now + months
        };
        let day = |at: chrono::DateTime<chrono::Utc>| {
            let (month, day) = (at.month().try_into().unwrap(), at.day().try_into().unwrap());
            date_time_ymd(at.year(), month, day)
        };
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        params.not_before = day(from);
        params.not_after = day(from + Months::new(12));
        let key = KeyPair::generate().unwrap();
        let files = (dir.join("cert.pem"), dir.join("key.pem"));
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        std::fs::write(&files.0, certificate.pem()).unwrap();
        std::fs::write(&files.1, key.serialize_pem()).unwrap();
        files
    }
}

/// A shop with a head office over TLS; `ca` is what the till trusts.
struct Shop {
    dir: tempfile::TempDir,
    office: HeadOffice,
    authority: Authority,
}

impl Shop {
    fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let authority = Authority::new(dir.path().join("ca.pem"));
        let office = HeadOffice::new(dir.path(), 0);
        office.add_shop("utrecht", "Wol & Wilg").unwrap();
        Self {
            dir,
            office,
            authority,
        }
    }

    /// Head office starts with a certificate that is valid for a year from `from_months` months from now.
    fn serve(&mut self, from_months: i32) {
        self.office.stop().unwrap();
        let (cert, key) = self.authority.certify(self.dir.path(), from_months);
        self.office.secure(&cert, &key);
        self.office.start().unwrap();
    }

    fn till(&self) -> Till {
        let folder = self.dir.path().join("kassa");
        let till = lay_out(&folder, "Kassa 1", Some(self.office.url())).unwrap();
        till.import_articles(catalogue::CSV).unwrap();
        till.add_cashier("Sanne", PIN).unwrap();
        till
    }
}

fn trust(till: &Till, ca: &Path) {
    till.change_settings(|text| {
        let mut lines: Vec<String> = text
            .lines()
            .filter(|line| !line.starts_with("ca = "))
            .map(str::to_owned)
            .collect();
        let at = lines.iter().position(|line| line.starts_with("url = "));
        lines.insert(at.unwrap() + 1, format!("ca = \"{}\"", ca.display()));
        lines.join("\n") + "\n"
    })
    .unwrap();
}

/// A command that must fail: what it said on standard output and error.
#[track_caller]
fn fails(command: &mut Command) -> (String, String) {
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}{error}");
    (said, error)
}

#[test]
fn with_an_authority_of_our_own_a_till_enrols_sells_and_sends() {
    let mut shop = Shop::open();
    shop.serve(-1);
    assert!(shop.office.url().starts_with("https://"));
    let mut till = shop.till();
    let code = shop.office.till_code("utrecht").unwrap();

    // The world's authorities do not know ours, nor does another of its kind; nothing is said to a stranger.
    let enrol = ["enrol", "--code", &code];
    let (_, error) = fails(&mut till.command(&enrol).unwrap());
    assert!(error.contains("cannot prove who it is"), "{error}");
    assert!(error.contains("[server] ca"), "{error}");
    let other = Authority::new(shop.dir.path().join("other.pem"));
    trust(&till, &other.file);
    let (_, error) = fails(&mut till.command(&enrol).unwrap());
    assert!(error.contains("cannot prove who it is"), "{error}");
    // What is no certificate, or not there, is said as such.
    for (file, reason) in [
        (till.config(), "holds no certificates in PEM"),
        (shop.dir.path().join("nergens.pem"), "nergens.pem"),
    ] {
        trust(&till, &file);
        let (_, error) = fails(&mut till.command(&enrol).unwrap());
        assert!(error.contains(reason), "{error}");
        assert!(error.contains("hint:"), "{error}");
    }

    trust(&till, &shop.authority.file);
    // A code of another shop says so, and is not used up by it.
    shop.office.add_shop("dorp", "Dorp").unwrap();
    let elsewhere = shop.office.till_code("dorp").unwrap();
    for _ in 0..2 {
        let (_, error) = fails(&mut till.command(&["enrol", "--code", &elsewhere]).unwrap());
        assert!(error.contains("is for shop \"dorp\""), "{error}");
        assert!(error.contains("still good"), "{error}");
    }

    // The code was never used.
    till.enrol(&code).unwrap();
    till.start().unwrap();
    till.log_in(PIN).unwrap();
    sell(&mut till, &[&gtin(0)], "KLR-CASH").unwrap();
    till.run(&["sync"], "").unwrap();
    let printed = till.run(&["sync"], "").unwrap();
    assert!(printed.contains("sent 0 events"), "{printed}");
    shop.office.run(&["verify"], "").unwrap();
    till.stop().unwrap();
}

#[test]
fn a_certificate_that_is_its_own_authority_is_named_with_the_cure() {
    let mut shop = Shop::open();
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pair = KeyPair::generate().unwrap();
    let (cert, key) = (
        shop.dir.path().join("cert.pem"),
        shop.dir.path().join("key.pem"),
    );
    std::fs::write(&cert, params.self_signed(&pair).unwrap().pem()).unwrap();
    std::fs::write(&key, pair.serialize_pem()).unwrap();
    shop.office.secure(&cert, &key);
    shop.office.start().unwrap();
    let till = shop.till();
    trust(&till, &cert);
    let code = shop.office.till_code("utrecht").unwrap();
    let (_, error) = fails(&mut till.command(&["enrol", "--code", &code]).unwrap());
    assert!(error.contains("is its own authority"), "{error}");
    assert!(error.contains("README.md, Certificates"), "{error}");
    let (said, _) = fails(&mut till.command(&["doctor"]).unwrap());
    assert!(said.contains("is zijn eigen uitgever"), "{said}");
}

#[test]
fn a_clock_that_is_a_year_off_is_named_and_the_till_sells_on() {
    let mut shop = Shop::open();
    shop.serve(-1);
    let mut till = shop.till();
    trust(&till, &shop.authority.file);
    let code = shop.office.till_code("utrecht").unwrap();
    till.enrol(&code).unwrap();
    till.start().unwrap();
    till.log_in(PIN).unwrap();

    // Ahead: the certificate ran out. Behind: it is not valid yet.
    for from_months in [-24, 12] {
        shop.serve(from_months);
        let (_, error) = fails(&mut till.command(&["sync"]).unwrap());
        assert!(error.contains("cannot prove who it is"), "{error}");
        assert!(error.contains("nothing is lost"), "{error}");
        sell(&mut till, &[&gtin(1)], "KLR-CASH").unwrap();
        till.wait("the clock or the certificate is named", |state| {
            state["sync"]["state"]["state"] == "untrusted"
                && state["sync"]["state"]["trouble"] == "time"
                && state["sync"]["waiting"].as_u64() > Some(0)
        })
        .unwrap();
        let page = till.text("/").unwrap();
        assert!(page.contains("Klok van de kassa of certificaat"), "{page}");
        let (said, _) = fails(&mut till.command(&["doctor"]).unwrap());
        assert!(
            said.contains("op de datum van deze kassa niet geldig"),
            "{said}"
        );
        assert!(
            said.contains("of de klok van deze kassa goed staat"),
            "{said}"
        );

        shop.serve(-1);
        till.wait("it goes on by itself", |state| {
            state["sync"]["state"]["state"] == "up_to_date" && state["sync"]["waiting"] == 0
        })
        .unwrap();
    }
    shop.office.run(&["verify"], "").unwrap();
    till.stop().unwrap();
}

#[test]
fn in_the_clear_head_office_listens_on_loopback_only() {
    let shop = Shop::open();
    let (_, error) = fails(
        &mut shop
            .office
            .command(&["serve", "--listen", "0.0.0.0:0"])
            .unwrap(),
    );
    assert!(error.contains("TLS is required"), "{error}");
    assert!(error.contains("--tls-cert"), "{error}");
}
