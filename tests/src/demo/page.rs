//! The demo's own page: a counter without hardware. Click an article or a card and the till's scanner "reads" it; beside
//! it the paper that comes out of the simulated printer, and the faults a printer can have.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use maud::{DOCTYPE, Markup, html};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::shop::Shop;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
const COMMANDS: [(&str, &str); 7] = [
    ("KLR-CASH", "Contant gepast"),
    ("KLR-CARD", "Pin"),
    ("KLR-QTY-2", "2 x het volgende"),
    ("KLR-QTY-3", "3 x het volgende"),
    ("KLR-VOID", "Verwijder regel"),
    ("KLR-CANCEL", "Annuleren"),
    ("KLR-REPRINT", "Kopie bon"),
];

/// The shop behind the page; one request at a time touches the devices.
type Shared = Arc<Mutex<Shop>>;

#[derive(Deserialize)]
struct Scan {
    code: String,
}

#[derive(Deserialize)]
struct Fault {
    fault: String,
}

#[derive(Serialize)]
struct Paper {
    paper: String,
    drawer: u64,
}

/// Serves the page until the task is dropped. Only JSON is taken in, which no other page of the browser can post here.
pub async fn serve(shop: Shared, address: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(address).await?;
    let router = Router::new()
        .route("/", get(page))
        .route(
            "/page.css",
            get(|| async { ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE) }),
        )
        .route(
            "/page.js",
            get(|| async {
                (
                    [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
                    SCRIPT,
                )
            }),
        )
        .route("/till/{till}/scan", post(scan))
        .route("/till/{till}/fault", post(fault))
        .route("/till/{till}/paper", get(paper))
        .with_state(shop);
    axum::serve(listener, router).await?;
    Ok(())
}

fn lock(shop: &Shared) -> std::sync::MutexGuard<'_, Shop> {
    shop.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn scan(
    State(shop): State<Shared>,
    Path(till): Path<usize>,
    Json(scan): Json<Scan>,
) -> Response {
    let mut shop = lock(&shop);
    match shop.tills.get_mut(till) {
        Some(till) if scan.code.len() <= 200 => match till.scanner.scan(&scan.code) {
            Ok(()) => StatusCode::NO_CONTENT.into_response(),
            Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
        },
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn fault(
    State(shop): State<Shared>,
    Path(till): Path<usize>,
    Json(fault): Json<Fault>,
) -> StatusCode {
    let shop = lock(&shop);
    let Some(till) = shop.tills.get(till) else {
        return StatusCode::NOT_FOUND;
    };
    match fault.fault.as_str() {
        "paper_out" => till.printer.run_out_of_paper_after(0),
        "paper_in" => till.printer.put_paper_in(),
        "unplug" => till.printer.unplug(),
        "plug" => till.printer.replug(),
        _ => return StatusCode::BAD_REQUEST,
    }
    StatusCode::NO_CONTENT
}

async fn paper(State(shop): State<Shared>, Path(till): Path<usize>) -> Response {
    let shop = lock(&shop);
    match shop.tills.get(till) {
        Some(till) => {
            let seen = till.printer.seen();
            let drawer = if till.hub.is_some() {
                // The drawer hangs on the hub, which counts for itself; a till that is away shows none.
                let state = till.state().unwrap_or_default();
                state["hub"]["pulses"].as_u64().unwrap_or_default()
            } else {
                u64::try_from(seen.pulses.len()).unwrap_or(u64::MAX)
            };
            Json(Paper {
                paper: seen.paper,
                drawer,
            })
            .into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn page(State(shop): State<Shared>) -> Html<String> {
    Html(draw(&lock(&shop)).into_string())
}

fn draw(shop: &Shop) -> Markup {
    let mut groups: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for sample in &shop.samples {
        let group = sample.category.split(" > ").next().unwrap_or_default();
        groups.entry(group).or_default().push(sample);
    }
    html! {
        (DOCTYPE)
        html lang="nl" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Klantreis - de toonbank van de demo" }
                link rel="stylesheet" href="/page.css";
                script defer src="/page.js" {}
            }
            body {
                header {
                    h1 { "De toonbank van de demo" }
                    p { "Klik op een artikel of een kaart: de scanner van de kassa leest het. Rechts komt de bon uit de printer." }
                    fieldset class="tills" {
                        legend { "Kassa" }
                        @for (index, till) in shop.tills.iter().enumerate() {
                            label {
                                input type="radio" name="till" value=(index) checked[index == 0];
                                " " (till.name()) " "
                                a href=(till.url()) target="_blank" { "scherm openen" }
                            }
                        }
                        a href=(shop.office.url()) target="_blank" { "Hoofdkantoor" }
                    }
                }
                main {
                    section aria-label="Scannen" {
                        form id="other" {
                            label { "Andere code " input name="code" autocomplete="off" maxlength="200"; }
                            button { "Scan" }
                        }
                        h2 { "Commando's" }
                        div class="keys" {
                            @for (code, name) in COMMANDS { (key(code, name, code)) }
                        }
                        h2 { "Klantenkaarten" }
                        div class="keys" {
                            @for (card, name) in shop.cards.iter().take(8) { (key(card, name, card)) }
                            (key(&shop.unused_card, "Nieuwe kaart", &shop.unused_card))
                        }
                        @for (group, samples) in groups {
                            h2 { (group) }
                            div class="keys" {
                                @for sample in samples {
                                    (key(&sample.gtin, &sample.name, &retail::money::Cents(sample.price_cents).to_string()))
                                }
                            }
                        }
                    }
                    section aria-label="Printer" class="printer" {
                        h2 { "Bonprinter" }
                        p { "Lade open geweest: " output id="drawer" { "0" } " keer" }
                        div class="keys" {
                            @for (fault, name) in [("paper_out", "Papier op"), ("paper_in", "Papier erin"), ("unplug", "Stekker eruit"), ("plug", "Stekker erin")] {
                                button type="button" data-fault=(fault) { (name) }
                            }
                        }
                        pre id="paper" tabindex="0" aria-label="Papier" {}
                        p id="trouble" role="status" {}
                    }
                }
            }
        }
    }
}

fn key(code: &str, name: &str, small: &str) -> Markup {
    html! { button type="button" data-code=(code) { (name) small { (small) } } }
}
