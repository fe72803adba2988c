//! Who may come in, who may see what, and that a form is only taken from our own pages.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod web_kit;

use web_kit::{JIP, PASSWORD, Shopkeeping};

const PAGES: [&str; 14] = [
    "/terugkerende-klanten",
    "/klanten",
    "/klant?id=ada",
    "/klant/vergeten?id=ada",
    "/bonnen",
    "/bon?nr=b1",
    "/synchronisatie",
    "/zoek?zoek=b1",
    "/export/kerncijfers.csv",
    "/export/klanten.xlsx",
    "/export/bonnen.csv",
    "/export/klant-bonnen.csv?id=ada",
    "/export/klant-tijdlijn.csv?id=ada",
    "/export/kassas.csv",
];

#[test]
fn without_a_session_every_page_leads_to_the_log_in() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.browser();
    for path in PAGES {
        let page = browser.get(path);
        assert_eq!(page.status, 303, "{path}");
        let to = page.header("location").unwrap();
        assert!(to.starts_with("/inloggen?terug="), "{path}: {to}");
        assert!(page.body.is_empty());
    }
    assert_eq!(browser.get("/inloggen").status, 200);
    assert_eq!(browser.get("/bestaat-niet").status, 404);
}

#[test]
fn a_password_opens_and_logging_out_closes() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.browser();
    assert_eq!(browser.log_in("alles", "verkeerd wachtwoord").status, 401);
    assert_eq!(browser.log_in("niemand", PASSWORD).status, 401);
    let page = browser.log_in("alles", PASSWORD);
    let cookie = page.header("set-cookie").unwrap().to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    for path in PAGES {
        assert!(matches!(browser.get(path).status, 200 | 303), "{path}");
    }
    let token = browser.get("/klanten").field("token");
    assert_eq!(
        browser.post("/uitloggen", &format!("token={token}")).status,
        303
    );
    assert_eq!(browser.get("/klanten").status, 303);
    // The token itself is dead, not only the cookie.
    let stolen = cookie.split(';').next().unwrap().to_owned();
    let mut thief = keeping.browser();
    thief.get(&format!("/taal?naar=en&x={}", stolen.len()));
    let answer = ureq::get(format!("{}/klanten", keeping.base))
        .config()
        .max_redirects(0)
        .build()
        .header("cookie", stolen)
        .call()
        .unwrap();
    assert_eq!(answer.status().as_u16(), 303);
}

/// Browsers speak HTTP/2 behind TLS: the host stands in the address, and there is no `Host` header.
#[test]
fn a_browser_that_speaks_http_2_logs_in() {
    let keeping = Shopkeeping::open();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let form = format!("naam=alles&wachtwoord={}", PASSWORD.replace(' ', "+"));
    let post = |origin: &str| {
        let request = axum::http::Request::post(format!("{}/inloggen", keeping.base))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", origin)
            .body(())
            .unwrap();
        runtime.block_on(async {
            let address = keeping.base.strip_prefix("http://").unwrap();
            let stream = tokio::net::TcpStream::connect(address).await.unwrap();
            let (client, connection) = h2::client::handshake(stream).await.unwrap();
            let under_way = tokio::spawn(connection);
            let mut client = client.ready().await.unwrap();
            let (answer, mut body) = client.send_request(request, false).unwrap();
            body.send_data(form.clone().into(), true).unwrap();
            let status = answer.await.unwrap().status().as_u16();
            under_way.abort();
            status
        })
    };
    assert_eq!(post(&keeping.base), 303);
    assert_eq!(post("http://evil.example"), 403);
}

#[test]
fn a_session_ends_by_itself() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    keeping.pass(sync_server::owner::SESSION_MS - 1);
    assert_eq!(browser.get("/klanten").status, 200);
    keeping.pass(2);
    assert_eq!(browser.get("/klanten").status, 303);
}

#[test]
fn too_many_wrong_passwords_wait() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.browser();
    for _ in 0..5 {
        assert_eq!(browser.log_in("alles", "verkeerd wachtwoord").status, 401);
    }
    let page = browser.log_in("alles", PASSWORD);
    assert_eq!(page.status, 429);
    assert!(
        page.text().contains("opnieuw vanaf 14:19."),
        "{}",
        page.text()
    );
    assert_eq!(page.header("retry-after"), Some("900"));
    keeping.pass(15 * 60_000);
    assert_eq!(browser.log_in("alles", PASSWORD).status, 303);
}

#[test]
fn the_owner_of_one_shop_sees_nothing_of_another() {
    let keeping = Shopkeeping::open();
    let mut of_a = keeping.log_in("a");
    // Bob bought in both, Cas only in b, receipt b5 is of b, till 1 stands in b.
    assert_eq!(of_a.get("/klant?id=cas").status, 404);
    assert_eq!(of_a.get("/bon?nr=b5").status, 404);
    assert_eq!(of_a.get("/bon?nr=1-1-0000001").status, 404);
    assert_eq!(of_a.get(&format!("/klant?id={JIP}")).status, 404);
    assert_eq!(of_a.get("/export/klant-bonnen.csv?id=cas").status, 404);
    assert_eq!(of_a.get("/export/klant-tijdlijn.csv?id=cas").status, 404);
    assert_eq!(of_a.get("/klant/vergeten?id=cas").status, 404);
    assert!(
        of_a.get("/zoek?zoek=2610000000014")
            .text()
            .contains("Niets gevonden")
    );
    let bob = of_a.get("/klant?id=bob").text();
    assert!(
        bob.contains("nr=b3") && !bob.contains("nr=b4") && !bob.contains("10-02-2026"),
        "{bob}"
    );
    for path in ["/klanten?winkel=b", "/bonnen?winkel=b"] {
        let text = of_a.get(path).text();
        assert!(
            !text.contains("id=cas") && !text.contains("nr=b5"),
            "{path}"
        );
    }
    for path in [
        "/bonnen",
        "/terugkerende-klanten",
        "/synchronisatie",
        "/klanten",
    ] {
        let text = of_a.get(path).text();
        assert!(!text.contains("Breda") && !text.contains("Balie"), "{path}");
    }
    of_a.get("/taal?naar=en");
    let everything = of_a.get("/export/bonnen.csv?winkel=b").text();
    assert_eq!(everything.lines().count(), 1, "{everything}");
    let figures = of_a.get("/export/kerncijfers.csv").text();
    assert!(figures.contains("gross_cents,Gross,14725"), "{figures}");

    let mut of_b = keeping.log_in("b");
    assert_eq!(of_b.get("/klant?id=cas").status, 200);
    assert_eq!(of_b.get("/bon?nr=1-1-0000001").status, 200);
    assert_eq!(of_b.get("/bon?nr=b1").status, 404);
}

#[test]
fn a_form_needs_its_token_and_our_own_origin() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    let token = browser.get("/klant/vergeten?id=ada").field("token");
    let right = format!("token={token}&id=ada&zeker=ja");
    for form in [
        "id=ada&zeker=ja",
        "token=&id=ada&zeker=ja",
        "token=00&id=ada&zeker=ja",
    ] {
        assert_eq!(browser.post("/klant/vergeten", form).status, 403, "{form}");
    }
    for origin in ["http://evil.example", "null", "https://127.0.0.1"] {
        let page = browser.post_from("/klant/vergeten", &right, Some(origin));
        assert_eq!(page.status, 403, "{origin}");
        let page = browser.post_from("/inloggen", "naam=alles&wachtwoord=x", Some(origin));
        assert_eq!(page.status, 403, "{origin}");
    }
    // The token of another session is none.
    let other = keeping
        .log_in("alles")
        .get("/klant/vergeten?id=ada")
        .field("token");
    assert_ne!(other, token);
    let foreign = format!("token={other}&id=ada&zeker=ja");
    assert_eq!(browser.post("/klant/vergeten", &foreign).status, 403);
    assert_eq!(
        browser.get("/klant?id=ada").status,
        200,
        "nobody was forgotten"
    );
    assert_eq!(browser.post("/klant/vergeten", &right).status, 303);
    assert_eq!(browser.get("/klant?id=ada").status, 404);
}

#[test]
fn forgetting_needs_a_yes_and_every_shop_of_the_customer() {
    let keeping = Shopkeeping::open();
    let mut of_b = keeping.log_in("b");
    let token = of_b.get("/klanten").field("token");
    for form in ["id=bob&zeker=ja", "id=ada&zeker=ja", "id=cas"] {
        let page = of_b.post("/klant/vergeten", &format!("token={token}&{form}"));
        assert_eq!(page.status, 404, "{form}");
    }
    let mut browser = keeping.log_in("alles");
    let token = browser.get("/klanten").field("token");
    let page = browser.post("/klant/vergeten", &format!("token={token}&id={JIP}"));
    assert_eq!(page.status, 404);
    assert!(
        browser
            .get(&format!("/klant?id={JIP}"))
            .text()
            .contains("jip@voorbeeld.nl")
    );
    let page = browser.post(
        "/klant/vergeten",
        &format!("token={token}&id={JIP}&zeker=ja"),
    );
    assert_eq!(page.status, 303);
    assert_eq!(browser.get(&format!("/klant?id={JIP}")).status, 404);
    let receipt = browser.get("/bon?nr=1-1-0000001");
    assert_eq!(receipt.status, 200, "the books stay whole");
    assert!(!receipt.text().contains(JIP));
    assert!(!browser.get("/klanten").text().contains("Jip"));
}

#[test]
fn every_answer_carries_its_guards() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    for path in [
        "/terugkerende-klanten",
        "/inloggen",
        "/bestaat-niet",
        "/export/weken.csv",
    ] {
        let page = browser.get(path);
        let policy = page.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(page.header("x-frame-options"), Some("DENY"));
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    }
    let text = browser.get("/terugkerende-klanten").text();
    assert!(
        !text.contains("style=\"") && !text.contains("onclick"),
        "no inline style or script"
    );
    let path = text
        .split('"')
        .find(|part| part.ends_with("/plotly.js"))
        .unwrap()
        .to_owned();
    let library = browser.get(&path);
    assert_eq!(
        library.header("cache-control"),
        Some("public, max-age=31536000, immutable")
    );
    assert!(library.body.len() > 1_000_000);
}

#[test]
fn the_language_is_remembered_and_leads_back_only_to_us() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    assert!(
        browser
            .get("/klanten")
            .text()
            .contains("<html lang=\"nl\">")
    );
    let page = browser.get("/taal?naar=en&terug=%2Fklanten");
    assert_eq!(page.header("location"), Some("/klanten"));
    assert!(
        browser
            .get("/klanten")
            .text()
            .contains("<html lang=\"en\">")
    );
    let page = browser.get("/taal?naar=nl&terug=https%3A%2F%2Fevil.example");
    assert_eq!(page.header("location"), Some("/"));
}

/// A shop that nobody added: its owner sees what an import says of it, and nothing else.
#[test]
fn the_owner_of_a_shop_that_only_an_import_knows_sees_it() {
    let keeping = Shopkeeping::open();
    keeping.import(
        "event_id,occurred_at,shop_id,till_id,customer_id,kind,receipt_id,product_id,category,quantity,amount_cents\n\
         z1,2026-03-02T10:00:00+01:00,zee,1,mo,sale,z1,Schelp,Cadeau,1,4200\n",
    );
    let shops = Some(vec!["zee".to_owned()]);
    keeping.office.add_owner("mo", shops, PASSWORD).unwrap();
    let mut browser = keeping.log_in("mo");
    browser.get("/taal?naar=en");
    let figures = browser.get("/export/kerncijfers.csv").text();
    assert!(figures.contains("gross_cents,Gross,4200"), "{figures}");
    assert_eq!(browser.get("/bon?nr=z1").status, 200);
    assert_eq!(browser.get("/bon?nr=b1").status, 404);
    assert_eq!(browser.get("/synchronisatie").status, 200);
}
