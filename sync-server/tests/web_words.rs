//! What a page says agrees with itself, with the pages it leads to, and with what may be seen.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod web_kit;

use ed25519_dalek::SigningKey;
use retail::ids::TillId;
use retail::wire::EnrolRequest;
use sync_server::store::rows::Shop;
use sync_server::store::write;
use web_kit::{JIP, Shopkeeping};

const HEADER: &str = "event_id,occurred_at,shop_id,till_id,customer_id,kind,receipt_id,product_id,category,quantity,amount_cents\n";

#[track_caller]
fn says(text: &str, expected: &str) {
    assert!(text.contains(expected), "{expected:?} is not in {text}");
}

#[track_caller]
fn says_not(text: &str, unexpected: &str) {
    assert!(!text.contains(unexpected), "{unexpected:?} is in {text}");
}

/// A till that enrolled and never spoke.
fn silent_till(keeping: &Shopkeeping, name: &str) {
    let key = SigningKey::from_bytes(&[9; 32]);
    let enrolled = keeping.office.enrol(&EnrolRequest {
        code: keeping.office.till_code("a").unwrap().unwrap(),
        public_key: hex::encode(key.verifying_key().to_bytes()),
        name: name.to_owned(),
        shop: None,
    });
    enrolled.unwrap();
}

#[test]
fn a_till_that_needs_attention_stands_in_the_list_of_attention() {
    let keeping = Shopkeeping::open();
    silent_till(&keeping, "Winkelvloer");
    let mut browser = keeping.log_in("alles");
    let page = browser.get("/synchronisatie").text();
    says(
        &page,
        "1 van 2 kassa's in orde; de rest vraagt uw aandacht.",
    );
    says_not(&page, "Er is niets dat uw aandacht vraagt.");
    let list = page.split("aandacht-kop").nth(2).unwrap();
    says(list, "Winkelvloer");
    says(list, "nog nooit gezien");
    says(list, "heeft zich nog nooit gemeld");
    let csv = browser.get("/export/aandachtspunten.csv").text();
    says(&csv, "heeft zich nog nooit gemeld");
    // A till of whose name the number says nothing is called by its name.
    silent_till(&keeping, "Kassa 1");
    let page = browser.get("/synchronisatie").text();
    says(&page, "Kassa 1 <span class=\"soft\">(nr. 3)</span>");
    // Where nothing is wrong both say so.
    let page = keeping.log_in("b").get("/synchronisatie").text();
    says(&page, "Alles is binnen. De kassa is in orde. ");
    says(&page, "Er is niets dat uw aandacht vraagt.");
    says_not(&page, "aandachtspunt.");
    // A problem is no fault of a till, and yet the page opens with it.
    let at_ms = keeping.office.now_ms();
    let till = TillId::new(1).unwrap();
    write(keeping.office.store(), |tables| {
        let detail = serde_json::json!({ "event": "x" });
        tables.add_problem("unbalanced", "x", at_ms, Some(till), &detail)
    })
    .unwrap();
    let page = keeping.log_in("b").get("/synchronisatie").text();
    says(
        &page,
        "elke afgesloten dag klopt. Wel staat hieronder 1 aandachtspunt.",
    );
}

#[test]
fn sale_receipts_open_exactly_the_sale_receipts() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    let page = browser.get("/terugkerende-klanten").text();
    says(&page, "<a href=\"/bonnen?soort=aankoop\">10</a>");
    let receipts = browser.get("/bonnen?soort=aankoop").text();
    says(&receipts, "10 bonnen</h2>");
    says_not(&receipts, "nr=b9");
    says(&receipts, "Alleen aankoopbonnen");
    says(&receipts, "/export/bonnen.csv?soort=aankoop");
    says(&receipts, "name=\"soort\" value=\"aankoop\"");
    says(&receipts, "href=\"/bonnen?periode=jaar&amp;soort=aankoop\"");
    let csv = browser.get("/export/bonnen.csv?soort=aankoop").text();
    assert_eq!(csv.lines().count(), 11, "{csv}");
    says(&browser.get("/bonnen").text(), "11 bonnen</h2>");
    assert_eq!(browser.get("/bonnen?soort=iets").status, 400);
}

#[test]
fn a_return_of_two_lines_is_one_return() {
    let keeping = Shopkeeping::open();
    keeping.import(&format!(
        "{HEADER}e1,2026-07-01T10:00:00+02:00,a,a-1,eva,sale,e1,Broek,Kleding,1,6495\n\
         e2,2026-07-01T10:00:00+02:00,a,a-1,eva,sale,e1,Sok,Kleding,1,2995\n\
         e3,2026-07-05T10:00:00+02:00,a,a-1,eva,return,e2,Broek,Kleding,-1,-6495\n\
         e4,2026-07-05T10:00:00+02:00,a,a-1,eva,return,e2,Sok,Kleding,-1,-2995\n"
    ));
    let mut browser = keeping.log_in("alles");
    let page = browser.get("/klant?id=eva").text();
    let timeline = page.split("tijdlijn-kop").nth(2).unwrap();
    let timeline = timeline.split("bonnen-kop").next().unwrap();
    assert_eq!(timeline.matches("nr=e2").count(), 1, "{timeline}");
    assert_eq!(
        timeline.matches("94,90").count(),
        2,
        "sale, return: {timeline}"
    );
    let csv = browser.get("/export/klant-tijdlijn.csv?id=eva").text();
    assert_eq!(csv.matches(";e2;").count(), 1, "{csv}");
    says(&csv, ";Retour;Amersfoort;e2;");
}

#[test]
fn somebody_is_found_by_name_and_by_e_mail() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    for text in [
        "Jip",
        "jIP",
        "jip%40voorbeeld.nl",
        "JIP%40Voorbeeld.NL",
        "voorbeeld",
    ] {
        let page = browser.get(&format!("/zoek?zoek={text}"));
        assert_eq!(page.status, 303, "{text}: {}", page.text());
        assert_eq!(
            page.header("location"),
            Some(format!("/klant?id={JIP}").as_str())
        );
    }
    let nobody = browser.get("/zoek?zoek=%25").text();
    says(&nobody, "Niets gevonden");
    // One sign is too little to look through everybody for.
    says(&browser.get("/zoek?zoek=j").text(), "Niets gevonden");
    // Whoever may not see the customer does not find him.
    says(
        &keeping.log_in("a").get("/zoek?zoek=Jip").text(),
        "Niets gevonden",
    );
}

#[test]
fn the_owner_of_one_shop_sees_no_day_of_another() {
    let keeping = Shopkeeping::open();
    let mut of_b = keeping.log_in("b");
    // Bob came to shop a on 6 January, and to shop b on 10 February.
    for path in [
        "/klant?id=bob",
        "/klanten",
        "/export/klanten.csv",
        "/terugkerende-klanten",
    ] {
        let text = of_b.get(path).text();
        says_not(&text, "06-01-2026");
        says_not(&text, "2026-01-06");
    }
    let bob = of_b.get("/klant?id=bob").text();
    says(
        &bob,
        "<dt>Eerste bezoek</dt>\n<dd>10-02-2026</dd>"
            .replace('\n', "")
            .as_str(),
    );
    says_not(&bob, "/klant/vergeten");
    says(&bob, "iemand die alle winkels mag zien");
}

#[test]
fn the_owner_of_one_shop_forgets_who_was_nowhere_else() {
    let keeping = Shopkeeping::open();
    let mut of_b = keeping.log_in("b");
    says(&of_b.get("/klant?id=cas").text(), "Klant vergeten…");
    let page = of_b.get("/klant/vergeten?id=cas");
    says(&page.text(), ">Klant vergeten</button>");
    let form = |id: &str| format!("token={}&id={id}&zeker=ja", page.field("token"));
    assert_eq!(of_b.post("/klant/vergeten", &form("bob")).status, 404);
    let done = of_b.post("/klant/vergeten", &form("cas"));
    assert_eq!(done.status, 303);
    let to = done.header("location").unwrap().to_owned();
    says(&of_b.get(&to).text(), "Klant vergeten: ");
    says_not(&of_b.get("/klanten").text(), "Klant vergeten: ");
    assert_eq!(of_b.get("/klant?id=cas").status, 404);
    assert_eq!(keeping.log_in("alles").get("/klant?id=bob").status, 200);
}

#[test]
fn a_row_of_the_year_2099_does_not_stretch_the_charts() {
    let keeping = Shopkeeping::open();
    keeping.import(&format!(
        "{HEADER}y1,2099-03-05T10:00:00+01:00,a,a-1,ada,sale,y1,Mok,Cadeau,1,1250\n\
         y2,2099-03-05T10:00:00+01:00,a,a-1,ada,sale,y1,Sjaal,Cadeau,1,1250\n"
    ));
    let mut browser = keeping.log_in("alles");
    for path in ["/terugkerende-klanten", "/klanten", "/bonnen"] {
        let page = browser.get(path).text();
        says(&page, "2 regels liggen na vandaag");
        says_not(&page, "mrt 2099</");
        says_not(&page, "2099-03-0");
        says_not(&page, "nr=y1");
    }
    let page = browser.get("/terugkerende-klanten").text();
    says(&page, "hele historie tot en met vandaag");
    says_not(&browser.get("/export/weken.csv").text(), "2099");
    // Whoever asks for those days gets them.
    says(
        &browser.get("/bonnen?van=2026-01-01&tot=2099-12-31").text(),
        "nr=y1",
    );
}

#[test]
fn where_there_is_nothing_to_say_yet_the_page_says_so() {
    let keeping = Shopkeeping::empty();
    keeping.import(&format!(
        "{HEADER}o1,2026-07-01T10:00:00+02:00,a,a-1,eva,sale,o1,Broek,Kleding,1,6495\n"
    ));
    let page = keeping.log_in("alles").get("/terugkerende-klanten").text();
    says(&page, "nog niet te zeggen");
    says_not(&page, "– dagen");
}

#[test]
fn a_shop_that_sold_nothing_yet_is_no_head_office_without_sales() {
    let keeping = Shopkeeping::open();
    write(keeping.office.store(), |tables| {
        tables.add_shop(&Shop {
            id: "nieuw".to_owned(),
            name: "Nieuw".to_owned(),
            time_zone: "Europe/Amsterdam".to_owned(),
        })
    })
    .unwrap();
    let mut browser = keeping.log_in("alles");
    let page = browser.get("/terugkerende-klanten?winkel=nieuw").text();
    says(&page, "Deze winkel heeft nog geen verkopen");
    says_not(&page, "sync-server import");
    let page = browser
        .get("/terugkerende-klanten?winkel=a&van=2020-01-01&tot=2020-01-31")
        .text();
    says(&page, "Geen verkopen in deze selectie");
}

/// Whoever asks for the visits sees of how many customers they are.
#[test]
fn a_list_of_customers_says_how_many_visits_it_is_of() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    let page = browser.get("/terugkerende-klanten").text();
    let visits = page.split("<dt>Bezoeken</dt>").nth(1).unwrap();
    let visits = visits.split("</a>").next().unwrap();
    let visits = visits.rsplit('>').next().unwrap();
    let list = browser.get("/klanten?achter=kopers").text();
    says(&list, &format!("<h2>{visits} bezoeken van "));
    says_not(
        &browser.get("/klanten?achter=terug").text(),
        " bezoeken van ",
    );
}
