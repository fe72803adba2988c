//! The thin layer of axum: bodies under a bound, a time-out, a bound on work under way, and [`Office::answer`] on a
//! blocking thread. It knows no rules; its own 5xx bodies are constant.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use retail::wire::{
    HEADER_NONCE, HEADER_SIGNATURE, HEADER_TILL, PATH_BATCHES, PATH_DOWN, PATH_ENROL, PATH_HEADS,
    PATH_RECEIPTS, Refusal,
};
use tokio::sync::{Semaphore, oneshot};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::{Call, Office, Reply};
use crate::ingest::unpack::MAX_PACKED_BYTES;

/// Questions of tills answered at once; what comes on top is told to try again.
const AT_ONCE: usize = 32;
/// A request that takes longer is given up.
const TIME_OUT: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
struct Desk {
    office: Arc<Office>,
    places: Arc<Semaphore>,
}

/// Everything head office serves: the tills' paths, `/healthz`, `/metrics`, and the owner's pages.
pub fn router(office: Arc<Office>) -> Router {
    let desk = Desk {
        office: Arc::clone(&office),
        places: Arc::new(Semaphore::new(AT_ONCE)),
    };
    let tills = Router::new()
        .route(PATH_ENROL, any(till))
        .route(PATH_BATCHES, any(till))
        .route(PATH_HEADS, any(till))
        .route(PATH_DOWN, any(till))
        .route(&format!("{PATH_RECEIPTS}/{{number}}"), any(till))
        // An announced length over the bound is refused before anything is read, the rest while it is read.
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(MAX_PACKED_BYTES))
        .layer(middleware::map_response(too_large));
    let own = Router::new()
        .route("/healthz", get(healthz))
        .route("/metrics", get(metrics));
    tills
        .merge(own)
        .with_state(desk)
        .merge(crate::web::router(office))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            TIME_OUT,
        ))
        .layer(middleware::from_fn(no_sniffing))
}

/// A body over the bound is refused by axum before it is read; tills hear it in their own words.
async fn too_large(response: Response) -> Response {
    let ours = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/json");
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE && !ours {
        tracing::warn!(reason = "too_large", "refused: a body over the bound");
        return reply(Reply::refusal(&Refusal::TooLarge));
    }
    response
}

async fn no_sniffing(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

fn reply(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = [(header::CONTENT_TYPE, "application/json")];
    let mut response = (status, kind, reply.body).into_response();
    if let Some(allow) = reply.allow {
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    response
}

async fn till(
    State(desk): State<Desk>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(place) = Arc::clone(&desk.places).try_acquire_owned() else {
        desk.office.counters().refused(&Refusal::Busy);
        return reply(Reply::refusal(&Refusal::Busy));
    };
    let (answer, answered) = oneshot::channel();
    tokio::task::spawn_blocking(move || {
        let _place = place;
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let reply = desk.office.answer(&Call {
            method: method.as_str(),
            path: uri.path_and_query().map_or("/", |path| path.as_str()),
            till: header(HEADER_TILL),
            nonce: header(HEADER_NONCE),
            signature: header(HEADER_SIGNATURE),
            body: &body,
        });
        // Who asked may have gone away; what was done stays done.
        let _ = answer.send(reply);
        desk.office.write_back();
    });
    match answered.await {
        Ok(answer) => reply(answer),
        Err(error) => {
            tracing::error!(%error, "an answer failed");
            reply(Reply::refusal(&Refusal::Internal))
        }
    }
}

async fn healthz(State(desk): State<Desk>) -> Response {
    let office = desk.office;
    let well = tokio::task::spawn_blocking(move || {
        crate::store::read(office.store(), |tables| tables.meta("org"))
    });
    match well.await {
        Ok(Ok(Some(_))) => (StatusCode::OK, "ok\n").into_response(),
        other => {
            tracing::error!(?other, "not well");
            (StatusCode::SERVICE_UNAVAILABLE, "not well\n").into_response()
        }
    }
}

async fn metrics(State(desk): State<Desk>) -> Response {
    match tokio::task::spawn_blocking(move || desk.office.metrics()).await {
        Ok(Ok(text)) => {
            let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
            (kind, text).into_response()
        }
        other => {
            tracing::error!(?other, "no metrics");
            (StatusCode::INTERNAL_SERVER_ERROR, "no metrics\n").into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::desk;

    /// The size of a database file grows when its log is written back, and by nothing else.
    #[tokio::test]
    async fn a_long_log_is_written_back_behind_an_answer() {
        let desk = desk();
        let file = desk.folder.path().join("head-office.db");
        let long = "a".repeat(8 << 20);
        crate::store::write(desk.office.store(), |tables| tables.set_meta("long", &long)).unwrap();
        let before = std::fs::metadata(&file).unwrap().len();
        let served = Desk {
            office: Arc::new(desk.office),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        };
        let answer = till(
            State(served.clone()),
            Method::GET,
            Uri::from_static(PATH_DOWN),
            HeaderMap::new(),
            Bytes::new(),
        )
        .await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        // Every place is free again when all that was to do is done.
        let all = u32::try_from(AT_ONCE).unwrap();
        served.places.acquire_many(all).await.unwrap().forget();
        assert!(std::fs::metadata(&file).unwrap().len() > before);
    }
}
