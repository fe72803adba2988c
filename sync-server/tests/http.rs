//! Head office over loopback HTTP: a real process, real sockets, and commands beside it.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use ed25519_dalek::SigningKey;
use retail::event::{Body, EpochOpened, EpochWhy, Event};
use retail::ids::{Epoch, Hash, Position};
use retail::journal::{Batch, BatchHeader, hash_event};
use retail::wire::{
    BatchAnswer, EnrolAnswer, EnrolRequest, HEADER_NONCE, HEADER_SIGNATURE, HEADER_TILL,
    PATH_BATCHES, PATH_ENROL, Refusal, RequestSignature,
};
use tempfile::TempDir;

struct Served {
    child: Child,
    url: String,
    folder: TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program(folder: &TempDir, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sync-server"));
    command.current_dir(folder.path()).args(args);
    command
}

fn serve() -> Served {
    let folder = tempfile::tempdir().unwrap();
    let mut child = program(&folder, &["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let url = line
        .trim()
        .strip_prefix("listening on ")
        .unwrap()
        .to_owned();
    Served { child, url, folder }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        // A refusal may close its connection with the body unread: every request has one of its own.
        .max_idle_connections(0)
        .http_status_as_error(false)
        .build()
        .into()
}

fn run(served: &Served, args: &[&str]) -> String {
    let done = program(&served.folder, args).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    String::from_utf8(done.stdout).unwrap()
}

fn get(served: &Served, path: &str) -> (u16, String) {
    let mut answer = agent().get(format!("{}{path}", served.url)).call().unwrap();
    (
        answer.status().as_u16(),
        answer.body_mut().read_to_string().unwrap(),
    )
}

fn enrol(served: &Served, key: &SigningKey) -> EnrolAnswer {
    let add = [
        "shop",
        "add",
        "--id",
        "utrecht",
        "--name",
        "U",
        "--time-zone",
        "Europe/Amsterdam",
    ];
    run(served, &add);
    let code = run(served, &["till-code", "--shop", "utrecht"]);
    let request = EnrolRequest {
        code: code.split_whitespace().last().unwrap().to_owned(),
        public_key: hex::encode(key.verifying_key().to_bytes()),
        name: "Kassa 1".to_owned(),
        shop: Some("utrecht".to_owned()),
    };
    let url = format!("{}{PATH_ENROL}", served.url);
    let elsewhere = EnrolRequest {
        shop: Some("dorp".to_owned()),
        ..request.clone()
    };
    let elsewhere = serde_json::to_vec(&elsewhere).unwrap();
    let mut refused = agent().post(&url).send(&elsewhere[..]).unwrap();
    assert_eq!(refused.status(), 403);
    let why = refused.body_mut().read_to_string().unwrap();
    assert_eq!(why, r#"{"error":"other_shop","shop":"utrecht"}"#);
    let body = serde_json::to_vec(&request).unwrap();
    let mut answer = agent().post(&url).send(&body[..]).unwrap();
    assert_eq!(answer.status(), 200);
    let answer = answer.body_mut().read_to_vec().unwrap();
    let again = agent().post(&url).send(&body[..]).unwrap();
    assert_eq!(again.status(), 403, "a code is good once");
    serde_json::from_slice(&answer).unwrap()
}

fn post(served: &Served, enrolled: &EnrolAnswer, key: &SigningKey, body: &[u8]) -> (u16, Vec<u8>) {
    let sign = RequestSignature::sign(key, enrolled.till, "POST", PATH_BATCHES, [1; 16], body);
    let mut answer = agent()
        .post(format!("{}{PATH_BATCHES}", served.url))
        .header("content-type", "application/zstd")
        .header(HEADER_TILL, enrolled.till.to_string())
        .header(HEADER_NONCE, &sign.nonce)
        .header(HEADER_SIGNATURE, &sign.signature)
        .send(body)
        .unwrap();
    (
        answer.status().as_u16(),
        answer.body_mut().read_to_vec().unwrap(),
    )
}

/// What is answered to a body of this length before any of it is sent.
fn announce(served: &Served, length: usize) -> String {
    let address = served.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST {PATH_BATCHES} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn first_batch(enrolled: &EnrolAnswer, key: &SigningKey) -> Vec<u8> {
    let position = Position {
        till: enrolled.till,
        epoch: Epoch::FIRST,
        seq: 1,
    };
    let opened = Body::EpochOpened(EpochOpened {
        prev_epoch: None,
        prev_seq: 0,
        prev_hash: Hash::ZERO,
        why: EpochWhy::Enrolled,
    });
    let at = chrono::DateTime::parse_from_rfc3339("2026-11-21T14:03:05+01:00").unwrap();
    let bytes = Event::write(position, at, &opened).unwrap();
    let header = BatchHeader {
        v: 1,
        org: enrolled.org,
        shop: enrolled.shop.clone(),
        till: enrolled.till,
        epoch: Epoch::FIRST,
        first: 1,
        last: 1,
        prev_hash: Hash::ZERO,
        head_hash: hash_event(Hash::ZERO, &bytes),
        hole: None,
    };
    let batch = Batch::sign(header, vec![bytes], Vec::new(), at.timestamp_millis(), key);
    zstd::encode_all(&batch.encode().unwrap()[..], 3).unwrap()
}

#[test]
fn a_till_enrols_and_delivers_while_commands_work_beside() {
    let served = serve();
    assert_eq!(get(&served, "/healthz"), (200, "ok\n".to_owned()));
    let key = SigningKey::from_bytes(&[5; 32]);
    let enrolled = enrol(&served, &key);
    let batch = first_batch(&enrolled, &key);
    let (status, answer) = post(&served, &enrolled, &key, &batch);
    assert_eq!(status, 200);
    let answer: BatchAnswer = serde_json::from_slice(&answer).unwrap();
    assert_eq!((answer.accepted, answer.safe.seq), (1, 1));
    assert!(run(&served, &["verify"]).contains("verified 1 signed event in 1 batch:"));

    let (status, refusal) = post(&served, &enrolled, &key, b"not zstd");
    assert_eq!(status, 400);
    assert!(matches!(
        serde_json::from_slice(&refusal).unwrap(),
        Refusal::Malformed { .. }
    ));
    let bomb = zstd::encode_all(&vec![0; 64 << 20][..], 1).unwrap();
    assert_eq!(post(&served, &enrolled, &key, &bomb).0, 413);
    let announced = announce(&served, 2 << 20);
    assert!(announced.starts_with("HTTP/1.1 413 "), "{announced}");
    assert!(
        announced.ends_with(r#"{"error":"too_large"}"#),
        "{announced}"
    );
    let other = SigningKey::from_bytes(&[6; 32]);
    assert_eq!(post(&served, &enrolled, &other, &batch).0, 401);

    let (status, metrics) = get(&served, "/metrics");
    assert_eq!(status, 200);
    assert!(metrics.contains("klantreis_batches_total 1"), "{metrics}");
    assert!(
        metrics.contains("klantreis_refusals_total{reason=\"bad_request_signature\"} 1"),
        "{metrics}"
    );
    assert!(
        metrics.contains("klantreis_till_lag_seconds{till=\"1\",shop=\"utrecht\"}"),
        "{metrics}"
    );
}

#[test]
fn imported_rows_are_counted_not_numbered() {
    let served = serve();
    let header = "event_id,occurred_at,shop_id,till_id,customer_id,kind,receipt_id,product_id,category,quantity,amount_cents\n";
    for (file, rows) in [("a.csv", 3), ("b.csv", 2)] {
        let mut text = header.to_owned();
        for n in 0..rows {
            text += &format!(
                "{file}{n},2026-01-05T10:00:00+01:00,utrecht,1,jip,sale,{file}{n},sjaal,Mode,1,1995\n"
            );
        }
        let path = served.folder.path().join(file);
        std::fs::write(&path, text).unwrap();
        run(&served, &["import", "--csv", path.to_str().unwrap()]);
    }
    let counts = |rows: usize| {
        let metrics = get(&served, "/metrics").1;
        let line = format!("\nklantreis_imported_rows {rows}\n");
        assert!(metrics.contains(&line), "{rows}: {metrics}");
    };
    counts(5);
    run(&served, &["import", "--undo", "1"]);
    counts(2);
}

#[test]
fn it_stops_when_asked() {
    let mut served = serve();
    let id = served.child.id().to_string();
    let asked = Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(asked.success());
    assert!(served.child.wait().unwrap().success());
}
