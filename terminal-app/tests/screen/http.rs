//! The cashier's screen over real HTTP on loopback: who gets in, what is refused and how, and the live stream.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use terminal_app::till::{Action, Beep, Input};

use crate::samples;
use crate::stand::{QUEUE, Stand, stand};

impl Stand {
    /// Sends a request as it stands and gives status, headers and body.
    fn ask(&self, request: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(self.at).expect("connects");
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a time-out");
        stream.write_all(request.as_bytes()).expect("sends");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|s| s.parse().ok())
            .expect("a status");
        (status, head.to_ascii_lowercase(), body.to_owned())
    }

    fn get(&self, path: &str, host: &str) -> (u16, String, String) {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
        ))
    }

    /// A post with the headers of the page itself, some of them replaced.
    fn post(&self, replace: &[(&str, &str)], body: &str) -> (u16, String, String) {
        let host = self.at.to_string();
        let origin = format!("http://{host}");
        let mut headers = vec![
            ("host", host.as_str()),
            ("origin", origin.as_str()),
            ("x-klantreis-token", self.token.as_str()),
            ("content-type", "application/json"),
            ("connection", "close"),
        ];
        for (name, value) in replace {
            headers.retain(|(known, _)| known != name);
            if !value.is_empty() {
                headers.push((name, value));
            }
        }
        let headers: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        self.ask(&format!(
            "POST /action HTTP/1.1\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        ))
    }
}

const CANCEL: &str = "{\"id\":\"a-1\",\"action\":{\"do\":\"cancel\"}}";

#[test]
fn the_page_comes_with_its_token_and_a_strict_policy() {
    let stand = stand(samples::selling());
    let (status, head, body) = stand.get("/", &stand.at.to_string());
    assert_eq!(status, 200);
    assert!(body.contains(&format!(
        "<meta name=\"token\" content=\"{}\">",
        stand.token
    )));
    assert!(body.contains("<html lang=\"nl\">"));
    assert!(head.contains(
        "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'"
    ));
    assert!(!head.contains("unsafe"));
    assert!(head.contains("x-content-type-options: nosniff"));
    assert!(head.contains("cache-control: no-store"));
    for (path, kind) in [
        ("/screen.js", "text/javascript"),
        ("/screen.css", "text/css"),
        ("/icon.svg", "image/svg+xml"),
    ] {
        let (status, head, body) = stand.get(path, &stand.at.to_string());
        assert_eq!(status, 200, "{path}");
        assert!(
            head.contains(kind) && head.contains("immutable"),
            "{path}: {head}"
        );
        assert!(!body.is_empty());
    }
    assert_eq!(stand.get("/nothing", &stand.at.to_string()).0, 404);
}

#[test]
fn a_foreign_host_gets_nothing() {
    let stand = stand(samples::selling());
    for path in ["/", "/events", "/screen.js"] {
        let (status, _, body) = stand.get(path, "evil.example");
        assert_eq!(status, 421, "{path}");
        assert!(!body.contains(&stand.token));
    }
}

#[test]
fn an_action_of_the_page_reaches_the_till() {
    let stand = stand(samples::selling());
    assert_eq!(stand.post(&[], CANCEL).0, 204);
    let input = stand
        .inputs
        .recv_timeout(Duration::from_secs(5))
        .expect("an input");
    assert_eq!(
        input,
        Input::Action {
            id: "a-1".to_owned(),
            action: Action::Cancel
        }
    );
}

#[test]
fn other_pages_press_nothing() {
    let stand = stand(samples::selling());
    for (replace, status) in [
        (vec![("x-klantreis-token", "")], 403),
        (
            vec![("x-klantreis-token", "00000000000000000000000000000000")],
            403,
        ),
        (vec![("origin", "")], 403),
        (vec![("origin", "http://evil.example")], 403),
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![("host", "evil.example")], 421),
        (vec![("content-type", "text/plain")], 415),
    ] {
        let (got, _, body) = stand.post(&replace, CANCEL);
        assert_eq!(got, status, "{replace:?}");
        assert!(body.contains("\"error\""), "{replace:?}: {body}");
    }
    assert!(stand.inputs.try_recv().is_err(), "nothing reached the till");
}

#[test]
fn what_is_no_action_is_refused_in_clear_words() {
    let stand = stand(samples::selling());
    let (status, _, body) = stand.post(
        &[],
        "{\"id\":\"a-1\",\"action\":{\"do\":\"give_discount\"}}",
    );
    assert_eq!(status, 400);
    assert!(
        body.contains("not an action of the till") && body.contains("give_discount"),
        "{body}"
    );
    let (status, _, body) = stand.post(
        &[],
        "{\"id\":\"a-1\",\"action\":{\"do\":\"typed_price\",\"typed\":\"tien\"}}",
    );
    assert_eq!(status, 422);
    assert!(body.contains("‘tien’ is geen bedrag"), "{body}");
    let (status, ..) = stand.post(&[], &format!("{CANCEL}{}", " ".repeat(5000)));
    assert_eq!(status, 413);
    assert!(stand.inputs.try_recv().is_err(), "nothing reached the till");
}

#[test]
fn a_busy_till_says_so() {
    let stand = stand(samples::selling());
    for _ in 0..QUEUE {
        assert_eq!(stand.post(&[], CANCEL).0, 204);
    }
    let (status, _, body) = stand.post(&[], CANCEL);
    assert_eq!(status, 503);
    assert!(body.contains("De kassa is nog bezig"), "{body}");
}

/// Reads events of the stream until one is a push of zones.
fn next_push(lines: &mut impl Iterator<Item = std::io::Result<String>>) -> serde_json::Value {
    loop {
        let line = lines.next().expect("the stream goes on").expect("reads");
        if let Some(data) = line.strip_prefix("data: {") {
            return serde_json::from_str(&format!("{{{data}")).expect("JSON");
        }
    }
}

#[test]
fn the_stream_gives_everything_first_and_then_what_changed() {
    let stand = stand(samples::selling());
    let mut stream = TcpStream::connect(stand.at).expect("connects");
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("a time-out");
    write!(stream, "GET /events HTTP/1.1\r\nhost: {}\r\n\r\n", stand.at).expect("sends");
    let mut lines = BufReader::new(stream).lines();
    let first = next_push(&mut lines);
    assert_eq!(first["mode"], "selling");
    for zone in ["bar", "basket", "customer", "work"] {
        assert!(first["zones"][zone].is_string(), "{zone}");
    }
    let mut view = samples::selling();
    view.customer = Some(samples::regular());
    view.sound = Some((5, Beep::Good));
    stand.views.send(Arc::new(view)).expect("someone listens");
    let second = next_push(&mut lines);
    assert!(
        second["zones"]["customer"]
            .as_str()
            .is_some_and(|html| html.contains("Jip"))
    );
    assert!(
        second["zones"].get("work").is_none(),
        "the keys are as they were"
    );
    assert!(
        second["zones"].get("basket").is_none(),
        "the basket is as it was"
    );
    assert_eq!(second["sound"], serde_json::json!([5, "good"]));
    assert_eq!(first["start"], second["start"]);
    drop(stand.views);
    // The last chunk has no bytes.
    let rest: Vec<String> = lines
        .map_while(Result::ok)
        .take_while(|line| line != "0")
        .filter(|line| line.starts_with("data"))
        .collect();
    assert_eq!(rest, Vec::<String>::new(), "the stream ends with the till");
}

#[test]
fn streams_are_bounded() {
    let stand = stand(samples::selling());
    let host = stand.at.to_string();
    let mut open = Vec::new();
    for _ in 0..16 {
        let mut stream = TcpStream::connect(stand.at).expect("connects");
        write!(stream, "GET /events HTTP/1.1\r\nhost: {host}\r\n\r\n").expect("sends");
        let mut reader = BufReader::new(stream);
        let mut status = String::new();
        reader.read_line(&mut status).expect("answers");
        assert!(status.contains("200"), "{status}");
        open.push(reader);
    }
    assert_eq!(stand.get("/events", &host).0, 503);
}
