//! The page over HTTP: `GET /`, its script and style, `GET /events`, `POST /action`; for programs `GET /state`.
//!
//! Every answer carries the content security policy; every request passes the [`Guard`]. A post is handed to the till's own
//! queue and answered at once; what came of it arrives as an event.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::sse::{Event, KeepAlive};
use axum::response::{IntoResponse, Response, Sse};
use axum::routing::{get, post};
use retail::clock::{Entropy, random_16};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;
use tower_http::timeout::TimeoutLayer;

use super::guard::{Guard, Stop, Token};
use super::parts::Face;
use super::press::{self, PressError};
use super::stream::{Shown, Zones, push};
use super::{page, strings};
use crate::till::{Input, View};

/// Pages that listen at the same time: the till's own screen, a tablet or two, and some that were not closed properly.
const MAX_STREAMS: usize = 16;
/// The page expects a sign of life at least this often; it gives up after two and a half of them.
const BEAT: Duration = Duration::from_secs(5);
/// How long an answer to `GET /state?after=REV` may wait.
const PATIENCE: Duration = Duration::from_secs(25);
/// A post that takes longer to arrive is given up.
const ARRIVAL: Duration = Duration::from_secs(10);
const CSS: &str = include_str!("assets/screen.css");
const SCRIPT: &str = include_str!("assets/screen.js");
const ICON: &str = include_str!("assets/icon.svg");
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The till's queue is full: it is doing something long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

/// What the screen has of the till: its state as it changes, and the way in for what the cashier does.
#[derive(Clone)]
pub struct Desk {
    /// The till's state; its end means that the till has gone.
    pub views: watch::Receiver<Arc<View>>,
    /// Puts an input into the till's bounded queue without waiting.
    pub put: Arc<dyn Fn(Input) -> Result<(), Busy> + Send + Sync>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

/// A screen at its address.
#[derive(Clone, Debug)]
pub struct Screen {
    face: Arc<Face>,
    desk: Desk,
    guard: Arc<Guard>,
    start: Arc<str>,
    streams: Arc<Semaphore>,
}

impl Screen {
    /// A screen that listens at `listen` (the real port). Its secrets last until the next start.
    pub fn new(face: Face, desk: Desk, listen: SocketAddr, entropy: &mut dyn Entropy) -> Self {
        Self {
            face: Arc::new(face),
            desk,
            guard: Arc::new(Guard::new(listen, Token::random(entropy))),
            start: hex::encode(&random_16(entropy)[..8]).into(),
            streams: Arc::new(Semaphore::new(MAX_STREAMS)),
        }
    }

    /// What a post must carry.
    #[must_use]
    pub fn token(&self) -> &Token {
        self.guard.token()
    }
}

/// Serves the screen until `stop` is ready. Pages that listen are told by the end of their stream.
///
/// # Errors
/// What the listener says.
pub async fn run(
    listener: TcpListener,
    screen: Screen,
    stop: impl Future<Output = ()> + Send,
) -> std::io::Result<()> {
    let serving = async { axum::serve(listener, router(screen)).await };
    tokio::select! {
        ended = serving => ended,
        () = stop => Ok(()),
    }
}

/// The routes.
pub fn router(screen: Screen) -> Router {
    let arrival = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, ARRIVAL);
    Router::new()
        .route("/", get(whole_page))
        .route("/events", get(events))
        .route("/state", get(state))
        .route("/action", post(action).layer(arrival))
        .route("/screen.css", get(|| asset("text/css; charset=utf-8", CSS)))
        .route(
            "/screen.js",
            get(|| asset("text/javascript; charset=utf-8", SCRIPT)),
        )
        .route("/icon.svg", get(|| asset("image/svg+xml", ICON)))
        .layer(DefaultBodyLimit::max(press::MAX_BODY))
        .layer(from_fn_with_state(screen.clone(), guarded))
        .with_state(screen)
}

/// The host lock and the headers of every answer.
async fn guarded(State(screen): State<Screen>, request: Request, next: Next) -> Response {
    let mut answer = match screen.guard.host(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(stop) => refuse(stop),
    };
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    answer
}

/// The addresses of style sheet and script carry the start of the till, so they may be kept.
async fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "max-age=31536000, immutable"),
        ],
        text,
    )
}

async fn whole_page(State(screen): State<Screen>) -> impl IntoResponse {
    let view = Arc::clone(&screen.desk.views.borrow());
    page::page(&screen.face, screen.token(), &screen.start, &view)
}

async fn events(State(screen): State<Screen>) -> Response {
    let Ok(permit) = Arc::clone(&screen.streams).try_acquire_owned() else {
        return error(StatusCode::SERVICE_UNAVAILABLE, "too many screens are open");
    };
    let mut shown = None;
    let pushes = WatchStream::new(screen.desk.views.clone()).filter_map(move |view| {
        // Held as long as the page listens.
        let _held = &permit;
        let now = Shown {
            zones: Zones::draw(&screen.face, &view),
            sound: view.sound,
        };
        let text = push(&screen.start, &view, shown.as_ref(), &now)?;
        shown = Some(now);
        Some(Ok::<_, Infallible>(
            Event::default().event("zones").data(text),
        ))
    });
    let first = Event::default()
        .retry(Duration::from_millis(500))
        .comment("klantreis");
    let pushes = tokio_stream::once(Ok(first)).chain(pushes);
    let beat = KeepAlive::new()
        .interval(BEAT)
        .event(Event::default().event("beat").data("1"));
    Sse::new(pushes).keep_alive(beat).into_response()
}

/// Which state a program wants.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
struct StateQuery {
    /// A state after this `rev`; none: the one there is.
    after: Option<u64>,
}

/// The till's [`View`] as JSON, for a customer display, a monitor or a test. With `?after=REV` the answer waits for a newer
/// state, at most [`PATIENCE`]; then it is the one there is.
async fn state(State(screen): State<Screen>, Query(query): Query<StateQuery>) -> Response {
    let mut views = screen.desk.views.clone();
    if let Some(after) = query.after {
        // The end of the till or of our patience: the answer is what is known.
        let _ = tokio::time::timeout(PATIENCE, views.wait_for(|view| view.rev > after)).await;
    }
    let view = Arc::clone(&views.borrow());
    axum::Json(view.as_ref()).into_response()
}

async fn action(State(screen): State<Screen>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(stop) = screen.guard.post(&headers) {
        return refuse(stop);
    }
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !is_json {
        return error(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "a post is application/json",
        );
    }
    let words: &strings::Strings = screen.face.words();
    match press::read(words, &body) {
        Ok((id, action)) => match (screen.desk.put)(Input::Action { id, action }) {
            Ok(()) => StatusCode::NO_CONTENT.into_response(),
            Err(Busy) => error(StatusCode::SERVICE_UNAVAILABLE, words.busy),
        },
        Err(PressError::Typed(text)) => error(StatusCode::UNPROCESSABLE_ENTITY, &text),
        Err(PressError::NotAnAction(why)) => error(
            StatusCode::BAD_REQUEST,
            &format!("this is not an action of the till: {why}"),
        ),
    }
}

fn refuse(stop: Stop) -> Response {
    tracing::warn!(reason = %stop, "a request to the screen was refused");
    let status = match stop {
        Stop::Host => StatusCode::MISDIRECTED_REQUEST,
        Stop::Origin | Stop::Token => StatusCode::FORBIDDEN,
    };
    error(status, &stop.to_string())
}

fn error(status: StatusCode, text: &str) -> Response {
    (status, axum::Json(serde_json::json!({ "error": text }))).into_response()
}
