//! One request of somebody who is logged in, and what can come of it. Pages run on a blocking thread, so many at once;
//! whoever is not logged in is led to the log-in, and every form must carry the token of its session.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::MethodRouter;
use chrono::NaiveDate;
use journey::reports;
use maud::Markup;

use super::filter::{Asked, Misread, Period};
use super::params::{Params, link};
use super::strings::{Language, Strings};
use super::zones::Zones;
use super::{Transport, Web, layout, log_in, notes, origin};
use crate::book::Book;
use crate::owner::LoggedIn;
use crate::scope::Scope;
use crate::store::StoreError;
use crate::store::rows::Shop;

/// The cookie that holds the token of a session.
pub(crate) const COOKIE: &str = "klantreis";
/// The cookie that holds the language.
pub(crate) const LANGUAGE_COOKIE: &str = "taal";

/// Why there is no page.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Not there, or not to be seen: nobody hears which.
    NotFound,
    /// A form's address that was only looked at, or a page that something was sent to.
    WrongMethod,
    /// An address that asks for what cannot be.
    Misread(Misread),
    /// A form without its token, or from another site.
    Forged,
    /// Ours.
    Failed(String),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<Misread> for Refused {
    fn from(misread: Misread) -> Self {
        Self::Misread(misread)
    }
}

/// What a page gives.
pub(crate) type Answer = Result<Response, Refused>;
/// A page.
pub(crate) type Page = fn(&Ask) -> Answer;

/// One request of somebody who is logged in.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) web: Web,
    pub(crate) who: LoggedIn,
    pub(crate) token: String,
    pub(crate) language: Language,
    /// Path as asked.
    pub(crate) path: String,
    /// Path and query, to come back to.
    pub(crate) here: String,
    pub(crate) params: Params,
    pub(crate) form: Params,
    pub(crate) tls: bool,
}

impl Ask {
    pub(crate) const fn scope(&self) -> &Scope {
        &self.who.scope
    }

    pub(crate) const fn words(&self) -> &'static Strings {
        self.language.strings()
    }

    /// The shops of the scope.
    pub(crate) fn shops(&self) -> Result<Vec<Shop>, Refused> {
        Ok(self.web.office.shops(self.scope())?)
    }

    /// Today: in the shop that was asked for, or else in the first one.
    pub(crate) fn today(&self, shops: &[Shop]) -> NaiveDate {
        let zones = Zones::of(shops);
        let zone = zones.asked(self.params.get("winkel"));
        super::format::local(self.web.office.now_ms(), zone).date()
    }

    /// The selection that is asked for. Everything ends today where something lies after it: one year that was
    /// mistyped in an import would stretch every chart to it. Days of one's own reach where they say.
    pub(crate) fn asked(&self, shops: &[Shop]) -> Result<Asked, Refused> {
        let today = self.today(shops);
        let asked = Asked::read(&self.params, today)?;
        let everything = self.scope().query(&asked.filter());
        let last = reports::last_sale_day(self.web.office.book()?.dataset(), &everything);
        if asked.period != Period::All || last.is_none_or(|last| last <= today) {
            return Ok(asked);
        }
        let after = journey::Query {
            from: today.succ_opt(),
            ..everything
        };
        let lines = self.cached(&format!("after {after:?}"), |book| {
            reports::volumes(book.dataset(), &after).events
        })?;
        Ok(asked.ends(today, *lines))
    }

    /// Whole pages have a head, a menu and a foot.
    pub(crate) fn page(&self, title: &str, main: &Markup) -> Answer {
        Ok(layout::page(self, title, main).into_response())
    }

    /// An answer from memory when it was given before, or made from the book.
    pub(crate) fn cached<T: Send + Sync + 'static>(
        &self,
        question: &str,
        make: impl FnOnce(&Book) -> T,
    ) -> Result<Arc<T>, Refused> {
        let book = self.web.office.book()?;
        let version = book.version();
        if let Some(value) = self.web.cache.find(question, version) {
            return Ok(value);
        }
        let value = Arc::new(make(&book));
        self.web.cache.keep(question, version, &value);
        Ok(value)
    }
}

/// A cookie's value.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The language somebody chose, by cookie; Dutch otherwise.
pub(crate) fn language(headers: &HeaderMap) -> Language {
    match cookie(headers, LANGUAGE_COOKIE) {
        Some("en") => Language::En,
        _ => Language::Nl,
    }
}

/// A page to look at.
pub(crate) fn get(page: Page) -> MethodRouter<Web> {
    axum::routing::get(move |State(web): State<Web>, request: Request| run(web, request, page))
}

/// A form to send.
pub(crate) fn post(page: Page) -> MethodRouter<Web> {
    axum::routing::post(move |State(web): State<Web>, request: Request| run(web, request, page))
}

async fn run(web: Web, request: Request<Body>, page: Page) -> Response {
    let (parts, body) = request.into_parts();
    let language = language(&parts.headers);
    let is_form = parts.method == axum::http::Method::POST;
    if is_form && !origin::is_ours(&parts.uri, &parts.headers) {
        return refused(&Refused::Forged, language);
    }
    let form = if is_form {
        let request = Request::from_parts(parts.clone(), body);
        match String::from_request(request, &()).await {
            Ok(text) => Params::parse(&text),
            Err(rejected) => return layout::error(language, rejected.status()),
        }
    } else {
        Params::default()
    };
    let here = parts
        .uri
        .path_and_query()
        .map_or("/", |path| path.as_str())
        .to_owned();
    let Some(token) = cookie(&parts.headers, COOKIE).map(str::to_owned) else {
        return to_log_in(is_form, &here);
    };
    let tls = parts
        .extensions
        .get::<Transport>()
        .is_some_and(|transport| transport.tls);
    let Ok(place) = Arc::clone(&web.places).acquire_owned().await else {
        return layout::error(language, StatusCode::SERVICE_UNAVAILABLE);
    };
    let work = tokio::task::spawn_blocking(move || {
        let _place = place;
        let who = match web.office.session(&token) {
            Ok(Some(who)) => who,
            Ok(None) => return to_log_in(is_form, &here),
            Err(error) => return refused(&error.into(), language),
        };
        if is_form && form.get("token") != Some(who.csrf.as_str()) {
            return refused(&Refused::Forged, language);
        }
        let ask = Ask {
            web,
            who,
            token,
            language,
            path: parts.uri.path().to_owned(),
            here,
            params: Params::parse(parts.uri.query().unwrap_or_default()),
            form,
            tls,
        };
        page(&ask).unwrap_or_else(|reason| match &reason {
            Refused::Misread(misread) => {
                (StatusCode::BAD_REQUEST, notes::misread(&ask, misread)).into_response()
            }
            _ => layout::error_with_menu(&ask, status_of(&reason)),
        })
    });
    work.await.unwrap_or_else(|error| {
        refused(
            &Refused::Failed(format!("a page failed: {error}")),
            language,
        )
    })
}

/// What is not there.
pub(crate) async fn nothing_here(State(web): State<Web>, request: Request) -> Response {
    no_page(web, request, Refused::NotFound, |_| Err(Refused::NotFound)).await
}

/// What is there and cannot be asked for like this; the router says in `Allow` how it can.
pub(crate) async fn wrong_method(State(web): State<Web>, request: Request) -> Response {
    let page = |_: &Ask| Err(Refused::WrongMethod);
    no_page(web, request, Refused::WrongMethod, page).await
}

/// No page: with the menu for somebody who is logged in, and the same for all others whatever they ask.
async fn no_page(web: Web, request: Request, reason: Refused, page: Page) -> Response {
    let language = language(request.headers());
    if request.method() == axum::http::Method::GET && cookie(request.headers(), COOKIE).is_some() {
        let response = run(web, request, page).await;
        if !response.status().is_redirection() {
            return response;
        }
    }
    refused(&reason, language)
}

fn to_log_in(is_form: bool, here: &str) -> Response {
    let back = if is_form { "/" } else { here };
    Redirect::to(&link(log_in::PATH, &[("terug", back)])).into_response()
}

/// The page of a refusal to somebody who is not known (yet).
fn refused(reason: &Refused, language: Language) -> Response {
    layout::error(language, status_of(reason))
}

/// What a refusal is in HTTP. What went wrong inside is logged here, once; nobody reads it on a page.
fn status_of(reason: &Refused) -> StatusCode {
    match reason {
        Refused::NotFound => StatusCode::NOT_FOUND,
        Refused::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
        Refused::Misread(_) => StatusCode::BAD_REQUEST,
        Refused::Forged => StatusCode::FORBIDDEN,
        Refused::Failed(error) => {
            tracing::error!(%error, "a page failed");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
