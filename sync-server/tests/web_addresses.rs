//! Whatever stands in an address is answered: what cannot be, what is not there, and numbers that are looked for. Text from
//! outside stays text.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod web_kit;

use web_kit::{JIP, Shopkeeping};

#[test]
fn an_address_that_cannot_be_is_answered_with_what_is_wrong() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    let mut check = |path: &str, says: &str| {
        let page = browser.get(path);
        let text = page.text();
        assert_eq!(page.status, 400, "{path}: {text}");
        assert!(text.contains(says), "{path}: {text}");
        assert!(text.contains("<nav"), "the menu stays: {path}");
        assert!(!text.contains("<table"), "no figures: {path}: {text}");
    };
    let no_day = "Bij 'Van' staat &quot;2026-13-99&quot;, en dat is geen bestaande dag";
    for path in [
        "/bonnen",
        "/klanten",
        "/terugkerende-klanten",
        "/export/bonnen.csv",
        "/export/klanten.xlsx",
        "/export/weken.csv",
    ] {
        check(&format!("{path}?van=2026-13-99"), no_day);
    }
    check(
        "/bonnen?van=2026-03-02&tot=2026-03-01",
        "begint op 2 mrt 2026 en eindigt op 1 mrt 2026: het begin ligt na het einde",
    );
    for wrong in [
        "achter=onzin",
        "achter=cohort:2026-99:1",
        "achter=tweede:veel",
        "op=omzet",
        "orde=om",
        "blad=0",
        "periode=eeuw",
        "import=half",
    ] {
        let says = format!("In het adres staat {wrong}, en die keuze bestaat niet.");
        check(&format!("/klanten?{wrong}"), &says);
    }
    let page = browser.get("/bonnen?van=2026-03-02&tot=2026-03-01").text();
    assert!(page.contains(r#"value="2026-03-02""#), "to mend it: {page}");
    assert_eq!(browser.get("/klanten?achter=kopers&blad=1").status, 200);
    assert_eq!(browser.get("/bonnen?van=&tot=&winkel=&import=").status, 200);
}

#[test]
fn what_is_not_there_keeps_the_menu_of_who_is_logged_in() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    for path in ["/bestaat-niet", "/bon?nr=9-9-9999999", "/klant?id=niemand"] {
        let page = browser.get(path);
        assert_eq!(page.status, 404, "{path}");
        let text = page.text();
        assert!(text.contains("Deze pagina is er niet"), "{path}: {text}");
        assert!(text.contains(r#"href="/bonnen""#), "{path}: {text}");
    }
    browser.forget_cookies();
    let page = browser.get("/bestaat-niet");
    assert_eq!(page.status, 404);
    assert!(!page.text().contains("<nav"), "{}", page.text());
}

#[test]
fn text_from_outside_stays_text() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    let jip = format!("/klant?id={JIP}");
    let paths = [
        "/terugkerende-klanten",
        "/klanten",
        "/bonnen",
        "/bon?nr=b8",
        "/bon?nr=1-1-0000001",
        "/synchronisatie",
        "/klant?id=%3Ddee",
        jip.as_str(),
        "/zoek?zoek=%3C%2Fscript%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/klanten?achter=%3Cscript%3Ealert(1)&winkel=%3Cscript%3Ealert(1)",
        "/inloggen?terug=%2F%22%3E%3Cscript%3Ealert(1)",
    ];
    let mut seen = 0;
    for path in paths {
        let text = browser.get(path).text();
        assert!(!text.contains("<script>alert"), "{path}: {text}");
        assert!(!text.contains("Breda <b>"), "{path}");
        seen += text.matches("&lt;script&gt;alert(1)").count();
    }
    assert!(seen > 5, "the evil texts are there, as text: {seen}");
}

#[test]
fn numbers_are_found() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    let mut check = |text: &str, to: &str| {
        let page = browser.get(&format!("/zoek?zoek={text}"));
        assert_eq!(page.header("location"), Some(to), "{text}");
    };
    check("b1", "/bon?nr=b1");
    check("1-1-0000001", "/bon?nr=1-1-0000001");
    check("2610000000014", &format!("/klant?id={JIP}"));
    check("ada", "/klant?id=ada");
}

#[test]
fn a_number_as_it_is_shown_is_found() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    let page = browser.get("/zoek?zoek=07070707");
    assert_eq!(
        page.header("location"),
        Some(format!("/klant?id={JIP}").as_str())
    );
    assert_eq!(browser.get("/zoek?zoek=07070708").status, 200, "nobody");
    // Who may not see him does not find him either.
    assert_eq!(keeping.log_in("a").get("/zoek?zoek=07070707").status, 200);
}

#[test]
fn a_wrong_method_is_said_in_the_owners_language_with_a_way_back() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    for path in [
        "/uitloggen",
        "/synchronisatie/gezien",
        "/synchronisatie/gat-gezien",
    ] {
        let page = browser.get(path);
        assert_eq!(page.status, 405, "{path}: {}", page.text());
        assert_eq!(page.header("allow"), Some("POST"), "{path}");
        assert!(
            page.text().contains("Dat begrijpen we niet"),
            "{}",
            page.text()
        );
        assert!(
            page.text().contains(r#"href="/bonnen""#),
            "the menu: {path}"
        );
    }
    let page = browser.post("/bonnen", "token=x");
    assert_eq!(page.status, 405);
    assert_eq!(page.header("allow"), Some("GET,HEAD"));
    browser.get("/taal?naar=en");
    let text = browser.get("/uitloggen").text();
    assert!(text.contains("We do not understand that"), "{text}");
    browser.forget_cookies();
    let page = browser.get("/uitloggen");
    assert_eq!(page.status, 405);
    assert!(
        page.text().contains(r#"class="button" href="/""#),
        "{}",
        page.text()
    );
    assert!(!page.text().contains("<nav"), "{}", page.text());
}

#[test]
fn tills_hear_of_a_wrong_method_too() {
    let keeping = Shopkeeping::empty();
    let mut browser = keeping.browser();
    for (path, allow) in [
        ("/v1/batches", "POST"),
        ("/v1/enrol", "POST"),
        ("/v1/heads", "POST"),
    ] {
        let page = browser.get(path);
        assert_eq!(
            (page.status, page.header("allow")),
            (405, Some(allow)),
            "{path}"
        );
        assert!(page.text().contains("there is no GET"), "{}", page.text());
    }
    for path in ["/v1/down", "/v1/receipts/1", "/healthz"] {
        let page = browser.post(path, "x");
        assert_eq!(page.status, 405, "{path}");
        assert!(page.header("allow").unwrap().starts_with("GET"), "{path}");
    }
    assert_eq!(browser.get("/v1/nothing").status, 404);
}
