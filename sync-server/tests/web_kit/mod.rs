//! What the tests of the owner's pages share: a head office with a small history whose figures are known, served over
//! loopback, and a browser that keeps its cookie.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    reason = "each test file uses its own part of this, and a fixture that fails is a test that fails"
)]

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, FixedOffset, Utc};
use ed25519_dalek::SigningKey;
use retail::clock::{Clock, Entropy};
use retail::event::{Body, EpochOpened, EpochWhy, Event};
use retail::ids::{CashierId, CustomerId, Epoch, Hash, LinkId, Position, ReceiptSerial, RecordId};
use retail::journal::{Batch, BatchHeader, hash_event};
use retail::loyalty::{Consent, Profile};
use retail::money::Cents;
use retail::quantity::{Quantity, Unit};
use retail::sale::{Line, LineClass, Receipt, Tender, TenderKind};
use retail::vat::{self, VatRate};
use retail::wire::{EnrolRequest, PATH_BATCHES, RequestSignature, Side};
use sync_server::Office;
use sync_server::api::serve::serve;
use sync_server::api::tills::Signed;
use sync_server::store::rows::Shop;
use sync_server::store::sqlite::Sqlite;
use sync_server::store::write;
use tempfile::TempDir;
use tokio::sync::watch;

/// 2026-11-21 14:03:05 in the Netherlands.
pub(crate) const NOON: &str = "2026-11-21T14:03:05+01:00";
/// Text that must never be more than text.
pub(crate) const EVIL: &str = "</script><script>alert(1)</script>";
pub(crate) const PASSWORD: &str = "een goed wachtwoord";
/// The customer who has a name (an evil one) and buys at the till.
pub(crate) const JIP: &str = "07070707070707070707070707070707";

/// Two shops, five known customers, four of whom come back. Receipt b9 is a return.
const HISTORY: &str = r#"event_id,occurred_at,shop_id,till_id,customer_id,kind,receipt_id,product_id,category,quantity,amount_cents
1,2026-01-05T10:00:00+01:00,a,a-1,ada,sale,b1,T-shirt,Kleding,1,1995
2,2026-01-05T10:00:00+01:00,a,a-1,ada,sale,b1,Sjaal,Kleding,2,5990
3,2026-01-20T11:00:00+01:00,a,a-1,ada,sale,b2,Mok,Cadeau,1,1250
4,2026-01-06T12:00:00+01:00,a,a-1,bob,sale,b3,T-shirt,Kleding,1,1995
5,2026-02-10T12:00:00+01:00,b,b-1,bob,sale,b4,Mok,Cadeau,1,1250
6,2026-02-11T12:00:00+01:00,b,b-1,cas,sale,b5,"=HYPERLINK(""x"")",Cadeau,1,900
7,2026-02-11T16:00:00+01:00,b,b-1,cas,sale,b6,Kaars,Cadeau,1,1695
8,2026-03-02T10:00:00+01:00,a,a-1,,sale,b7,Riem,Kleding,1,3495
9,2026-06-15T10:00:00+02:00,b,b-1,=dee,sale,b8,"</script><script>alert(1)</script>",Cadeau,1,1000
10,2026-01-25T10:00:00+01:00,a,a-1,ada,return,b9,Sjaal,Kleding,-1,-2995
11,2026-06-20T10:00:00+02:00,b,b-1,=dee,sale,b10,Mok,Cadeau,1,1250
12,2026-02-12T10:00:00+01:00,a,a-1,ada,feedback,,,,0,0
"#;

#[derive(Clone, Debug)]
struct StillClock(Arc<AtomicI64>);

impl Clock for StillClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.load(Ordering::Relaxed)).unwrap()
    }

    fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

#[derive(Debug, Default)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            let next = self.0.fetch_add(1, Ordering::Relaxed);
            *byte = u8::try_from(next.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56).unwrap();
        }
    }
}

/// A served head office.
pub(crate) struct Shopkeeping {
    pub(crate) office: Arc<Office>,
    pub(crate) base: String,
    clock: StillClock,
    folder: TempDir,
    stop: watch::Sender<bool>,
    serving: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Shopkeeping {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        if let Some(serving) = self.serving.take() {
            serving.join().unwrap();
        }
    }
}

impl Shopkeeping {
    /// Head office with two shops, three owners, the history above, and a till with one receipt.
    pub(crate) fn open() -> Self {
        let keeping = Self::empty();
        keeping.import(HISTORY);
        sell(&keeping.office);
        keeping
    }

    /// The same without any record.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = DateTime::parse_from_rfc3339(NOON).unwrap();
        let clock = StillClock(Arc::new(AtomicI64::new(now.timestamp_millis())));
        let store = Sqlite::open(&folder.path().join("head-office.db")).unwrap();
        let office = Office::open(
            Box::new(store),
            Box::new(clock.clone()),
            Box::new(Counting::default()),
            Some(folder.path().join("forgotten")),
        )
        .unwrap();
        for (id, name) in [("a", "Amersfoort"), ("b", "Breda <b>")] {
            let shop = Shop {
                id: id.to_owned(),
                name: name.to_owned(),
                time_zone: "Europe/Amsterdam".to_owned(),
            };
            write(office.store(), |tables| tables.add_shop(&shop)).unwrap();
        }
        office.add_owner("alles", None, PASSWORD).unwrap();
        for shop in ["a", "b"] {
            let shops = Some(vec![shop.to_owned()]);
            office.add_owner(shop, shops, PASSWORD).unwrap();
        }
        let office = Arc::new(office);
        let (stop, stopped) = watch::channel(false);
        let (said, heard) = std::sync::mpsc::channel();
        let serving = {
            let office = Arc::clone(&office);
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(2)
                    .enable_all()
                    .build()
                    .unwrap();
                let address = SocketAddr::from(([127, 0, 0, 1], 0));
                let served = serve(office, address, None, stopped, |address| {
                    said.send(address).unwrap();
                });
                runtime.block_on(served).unwrap();
            })
        };
        let address = heard.recv().unwrap();
        Self {
            office,
            base: format!("http://{address}"),
            clock,
            folder,
            stop,
            serving: Some(serving),
        }
    }

    pub(crate) fn import(&self, rows: &str) {
        let file = self.folder.path().join("history.csv");
        fs::write(&file, rows).unwrap();
        let rejects = self.folder.path().join("rejects.csv");
        let summary = self
            .office
            .import(&file, None, &rejects, &mut |_| {})
            .unwrap();
        assert_eq!(summary.rejected, 0, "the fixture is right");
    }

    pub(crate) fn pass(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::Relaxed);
    }

    /// A browser that nobody logged in with.
    pub(crate) fn browser(&self) -> Browser {
        let agent = ureq::Agent::config_builder()
            .max_redirects(0)
            // A refusal may close its connection with the body unread: every request has one of its own.
            .max_idle_connections(0)
            .http_status_as_error(false)
            .build()
            .new_agent();
        Browser {
            agent,
            base: self.base.clone(),
            cookies: Vec::new(),
        }
    }

    pub(crate) fn log_in(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        let page = browser.log_in(name, PASSWORD);
        assert_eq!(page.status, 303, "{}", page.text());
        browser
    }
}

/// A till in shop b sells a shirt and a bottle with deposit to Jip, whose name is evil, and rounds the cash.
fn sell(office: &Office) {
    let key = SigningKey::from_bytes(&[3; 32]);
    let enrolled = office
        .enrol(&EnrolRequest {
            code: office.till_code("b").unwrap().unwrap(),
            public_key: hex::encode(key.verifying_key().to_bytes()),
            name: format!("Balie {EVIL}"),
            shop: None,
        })
        .unwrap();
    let at: DateTime<FixedOffset> = DateTime::parse_from_rfc3339(NOON).unwrap();
    let jip: CustomerId = JIP.parse().unwrap();
    let link = LinkId([5; 16]);
    let line = |n, name: &str, amount, rate, class| Line {
        n,
        gtin: "8712345678906".to_owned(),
        name: name.to_owned(),
        category: "Drank".to_owned(),
        qty: Quantity::units(1),
        unit: Unit::default(),
        price: Cents(amount),
        amount: Cents(amount),
        vat: rate,
        class,
        parent: None,
        price_typed: false,
        item: String::new(),
        of_line: None,
        reason: None,
    };
    let lines = vec![
        line(1, EVIL, 1_250, VatRate::HIGH, LineClass::Goods),
        line(2, "Statiegeld", 25, VatRate::ZERO, LineClass::Deposit),
        line(3, "Thee", 218, VatRate::LOW, LineClass::Goods),
    ];
    let sale = Receipt {
        receipt: ReceiptSerial::new(1).unwrap(),
        cashier: CashierId::new(4).unwrap(),
        link: Some(link),
        vat: vat::table(lines.iter().map(|line| (line.vat, line.amount))),
        lines,
        total: Cents(1_493),
        rounding: Cents(2),
        tenders: vec![Tender {
            kind: TenderKind::Cash,
            amount: Cents(1_495),
            tendered: Some(Cents(2_000)),
            change: Some(Cents(505)),
            by_cashier: false,
        }],
        points: 14,
        wait_s: Some(42),
    };
    let opened = Body::EpochOpened(EpochOpened {
        prev_epoch: None,
        prev_seq: 0,
        prev_hash: Hash::ZERO,
        why: EpochWhy::Enrolled,
    });
    let mut hash = Hash::ZERO;
    let mut events = Vec::new();
    for (seq, body) in (1..).zip([opened, Body::Sale(sale)]) {
        let position = Position {
            till: enrolled.till,
            epoch: Epoch::FIRST,
            seq,
        };
        let bytes = Event::write(position, at, &body).unwrap();
        hash = hash_event(hash, &bytes);
        events.push(bytes);
    }
    let consent = |given| {
        Some(Consent {
            given,
            wording: "1".to_owned(),
        })
    };
    let side = vec![
        Side::Link {
            seq: 2,
            link,
            customer: jip,
        },
        Side::Profile {
            seq: 2,
            profile: Profile {
                id: RecordId([1; 16]),
                customer: jip,
                at,
                till: Some(enrolled.till),
                card: Some("2610000000014".to_owned()),
                name: Some(format!("Jip {EVIL}")),
                email: Some("jip@voorbeeld.nl".to_owned()),
                member: consent(true),
                marketing: consent(false),
            },
        },
    ];
    let batch = Batch::sign(
        BatchHeader {
            v: 1,
            org: enrolled.org,
            shop: enrolled.shop,
            till: enrolled.till,
            epoch: Epoch::FIRST,
            first: 1,
            last: 2,
            prev_hash: Hash::ZERO,
            head_hash: hash,
            hole: None,
        },
        events,
        side,
        at.timestamp_millis(),
        &key,
    );
    let body = zstd::encode_all(&batch.encode().unwrap()[..], 3).unwrap();
    let till = enrolled.till;
    let sign = RequestSignature::sign(&key, till, "POST", PATH_BATCHES, [9; 16], &body);
    office
        .batch(
            Signed {
                till: &till.to_string(),
                nonce: &sign.nonce,
                signature: &sign.signature,
            },
            &body,
        )
        .unwrap();
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Page {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value that a hidden field holds.
    pub(crate) fn field(&self, name: &str) -> String {
        let text = self.text();
        let start = format!("name=\"{name}\" value=\"");
        let (_, rest) = text
            .split_once(&start)
            .unwrap_or_else(|| panic!("no field {name}"));
        rest.split('"').next().unwrap().to_owned()
    }
}

/// A browser: keeps cookies, follows nothing by itself.
pub(crate) struct Browser {
    agent: ureq::Agent,
    base: String,
    cookies: Vec<(String, String)>,
}

impl Browser {
    fn cookie(&self) -> String {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn took(&mut self, mut response: ureq::http::Response<ureq::Body>) -> Page {
        let headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    value.to_str().unwrap_or_default().to_owned(),
                )
            })
            .collect();
        for (_, cookie) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        Page {
            status: response.status().as_u16(),
            headers,
            body: response.body_mut().read_to_vec().unwrap(),
        }
    }

    pub(crate) fn get(&mut self, path: &str) -> Page {
        let request = self
            .agent
            .get(format!("{}{path}", self.base))
            .header("cookie", self.cookie());
        let response = request.call().unwrap();
        self.took(response)
    }

    pub(crate) fn post(&mut self, path: &str, form: &str) -> Page {
        let origin = self.base.clone();
        self.post_from(path, form, Some(&origin))
    }

    pub(crate) fn post_from(&mut self, path: &str, form: &str, origin: Option<&str>) -> Page {
        let mut request = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("cookie", self.cookie())
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let response = request.send(form).unwrap();
        self.took(response)
    }

    pub(crate) fn log_in(&mut self, name: &str, password: &str) -> Page {
        let form = format!(
            "naam={name}&wachtwoord={}&terug=%2F",
            password.replace(' ', "+")
        );
        self.post("/inloggen", &form)
    }

    pub(crate) fn forget_cookies(&mut self) {
        self.cookies.clear();
    }
}
