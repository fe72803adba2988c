//! The owner's pages: server-rendered HTML, Dutch or English, behind a log-in.
//!
//! *Ask*: one request of somebody who is logged in. Every page is a plain function from an ask to an answer, run on a
//! blocking thread; it reaches figures and people only through the scope of that log-in. No page needs script: charts
//! are drawn by one, and each has its table. The Content-Security-Policy allows nothing that is not ours.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use tokio::sync::Semaphore;

use crate::api::Office;

mod ask;
mod assets;
mod cache;
mod chart;
mod cohort_table;
mod customer;
mod customers;
mod export;
mod figures;
mod filter;
mod format;
mod health;
mod journey_line;
mod layout;
mod limiter;
mod log_in;
mod notes;
mod origin;
mod params;
mod problems;
mod receipt;
mod receipts;
mod returning;
mod search;
mod strings;
mod synchronisation;
mod table;
mod timeline;
mod zones;

/// Pages made at once; what comes on top waits a moment or is told to try again.
const AT_ONCE: usize = 16;
/// Log-ins checked at once: each costs 19 MiB for a moment.
const LOG_INS_AT_ONCE: usize = 2;
/// The largest form.
const MAX_FORM_BYTES: usize = 16 * 1024;

/// Over which transport the pages are served; laid over the router by whoever listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transport {
    /// TLS: cookies are marked `Secure`.
    pub tls: bool,
}

/// What all pages share.
#[derive(Clone)]
pub(crate) struct Web {
    pub(crate) office: Arc<Office>,
    pub(crate) cache: Arc<cache::Cache>,
    limiter: Arc<limiter::Limiter>,
    places: Arc<Semaphore>,
    log_ins: Arc<Semaphore>,
}

impl fmt::Debug for Web {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Web").finish_non_exhaustive()
    }
}

/// The owner's pages.
pub fn router(office: Arc<Office>) -> Router {
    let web = Web {
        office,
        cache: Arc::default(),
        limiter: Arc::default(),
        places: Arc::new(Semaphore::new(AT_ONCE)),
        log_ins: Arc::new(Semaphore::new(LOG_INS_AT_ONCE)),
    };
    Router::new()
        .route("/", get(log_in::home))
        .route(log_in::PATH, get(log_in::page).post(log_in::post))
        .route("/uitloggen", ask::post(log_in::log_out))
        .route("/taal", get(log_in::language))
        .route(returning::PATH, ask::get(returning::page))
        .route(customers::PATH, ask::get(customers::page))
        .route(customer::PATH, ask::get(customer::page))
        .route(
            customer::FORGET_PATH,
            ask::get(customer::ask_to_forget).merge(ask::post(customer::forget)),
        )
        .route(receipts::PATH, ask::get(receipts::page))
        .route(receipt::PATH, ask::get(receipt::page))
        .route(search::PATH, ask::get(search::page))
        .route(synchronisation::PATH, ask::get(synchronisation::page))
        .route(problems::RESOLVE_PATH, ask::post(problems::resolve))
        .route(problems::HOLE_PATH, ask::post(problems::acknowledge_hole))
        .route("/export/{file}", ask::get(export::page))
        .route("/static/{version}/{file}", get(assets::file))
        .fallback(ask::nothing_here)
        .method_not_allowed_fallback(ask::wrong_method)
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(axum::middleware::map_response(layout::guarded))
        .with_state(web)
}
