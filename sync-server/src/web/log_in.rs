//! Logging in and out, the language, and what there is outside the pages.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Extension, RawForm, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;

use super::ask::{self, Answer, Ask, COOKIE, LANGUAGE_COOKIE};
use super::params::Params;
use super::strings::Language;
use super::zones::Zones;
use super::{Transport, Web, layout, origin, returning};
use crate::owner::SESSION_MS;

/// Where one logs in.
pub(crate) const PATH: &str = "/inloggen";

/// `GET /`
pub(crate) async fn home() -> Redirect {
    Redirect::to(returning::PATH)
}

/// `GET /taal?naar=en&terug=/`: remembers a language for a year.
pub(crate) async fn language(uri: Uri) -> Response {
    let params = Params::parse(uri.query().unwrap_or_default());
    let code = match params.get("naar") {
        Some("en") => "en",
        _ => "nl",
    };
    let cookie =
        format!("{LANGUAGE_COOKIE}={code}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    let mut response = Redirect::to(origin::path_back(params.get("terug"))).into_response();
    set_cookie(&mut response, &cookie);
    response
}

fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

fn session_cookie(token: &str, seconds: i64, tls: bool) -> String {
    let secure = if tls { "; Secure" } else { "" };
    format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// `GET /inloggen`
pub(crate) async fn page(headers: HeaderMap, uri: Uri) -> Response {
    let params = Params::parse(uri.query().unwrap_or_default());
    let back = origin::path_back(params.get("terug"));
    form(ask::language(&headers), StatusCode::OK, back, "", None)
}

fn form(
    language: Language,
    status: StatusCode,
    back: &str,
    name: &str,
    problem: Option<&str>,
) -> Response {
    let words = language.strings();
    let main = html! {
        div.card.log-in {
            p.brand { "Klantreis" }
            h1 { (words.log_in) }
            p.soft { (words.log_in_text) }
            @if let Some(problem) = problem {
                p.notice.bad id="fout" role="alert" { (problem) }
            }
            form method="post" action=(PATH) {
                input type="hidden" name="terug" value=(back);
                label for="naam" { (words.name) }
                input id="naam" name="naam" autocomplete="username" required maxlength="80" value=(name)
                    autofocus[name.is_empty()] aria-describedby=[problem.map(|_| "fout")];
                label for="wachtwoord" { (words.password) }
                input id="wachtwoord" name="wachtwoord" type="password" autocomplete="current-password" required maxlength="1024"
                    autofocus[!name.is_empty()] aria-describedby=[problem.map(|_| "fout")];
                button.primary type="submit" { (words.log_in) }
            }
            p.other { (layout::language_switch(language, "/inloggen")) }
        }
    };
    (status, layout::bare(language, words.log_in, &main)).into_response()
}

/// `POST /inloggen`
pub(crate) async fn post(
    State(web): State<Web>,
    transport: Option<Extension<Transport>>,
    uri: Uri,
    headers: HeaderMap,
    peer: Peer,
    RawForm(body): RawForm,
) -> Response {
    let language = ask::language(&headers);
    if !origin::is_ours(&uri, &headers) {
        tracing::warn!(reason = "origin", "a log-in of another site was refused");
        return layout::error(language, StatusCode::FORBIDDEN);
    }
    let form = Params::parse(&String::from_utf8_lossy(&body));
    let tls = transport.is_some_and(|Extension(transport)| transport.tls);
    let Ok(place) = Arc::clone(&web.log_ins).acquire_owned().await else {
        return layout::error(language, StatusCode::SERVICE_UNAVAILABLE);
    };
    let work = tokio::task::spawn_blocking(move || {
        let _place = place;
        try_in(&web, language, tls, peer.0, &form)
    });
    work.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a log-in failed");
        layout::error(language, StatusCode::INTERNAL_SERVER_ERROR)
    })
}

/// The time of day from which a log-in is taken again, in the first shop: nobody's own shops are known yet.
fn free_from(web: &Web, language: Language, minutes: u64) -> String {
    let office = &web.office;
    let shops = office.shops(&office.command_line_scope());
    let shops = shops.unwrap_or_default();
    let zones = Zones::of(&shops);
    let at_ms = office.now_ms() + i64::try_from(minutes).unwrap_or_default() * 60_000;
    // A minute that has begun is shown as the next one: earlier would be refused again.
    let minute_ms = (at_ms + 59_999).div_euclid(60_000) * 60_000;
    zones.clock(language, minute_ms, zones.asked(None))
}

fn try_in(web: &Web, language: Language, tls: bool, peer: IpAddr, sent: &Params) -> Response {
    let words = language.strings();
    let back = origin::path_back(sent.get("terug"));
    let name = sent.get("naam").unwrap_or_default();
    let password = sent.get("wachtwoord").unwrap_or_default();
    let now_ms = web.office.clock().monotonic_ms();
    if let Err(minutes) = web.limiter.try_in(name, peer, now_ms) {
        tracing::warn!(%peer, "too many wrong log-ins");
        let text = words
            .too_many
            .replace("{}", &free_from(web, language, minutes));
        let mut response = form(
            language,
            StatusCode::TOO_MANY_REQUESTS,
            back,
            name,
            Some(&text),
        );
        if let Ok(value) = HeaderValue::from_str(&(minutes * 60).to_string()) {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        return response;
    }
    match web.office.log_in(name, password) {
        Ok(Some((token, who))) => {
            web.limiter.forgive(name, peer);
            tracing::info!(owner = who.name, "logged in");
            let mut response = Redirect::to(back).into_response();
            set_cookie(
                &mut response,
                &session_cookie(&token, SESSION_MS / 1000, tls),
            );
            response
        }
        Ok(None) => {
            tracing::warn!(%peer, "a wrong name or password");
            let text = Some(words.wrong_password);
            form(language, StatusCode::UNAUTHORIZED, back, name, text)
        }
        Err(error) => {
            tracing::error!(%error, "a log-in failed");
            layout::error(language, StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// `POST /uitloggen`
pub(crate) fn log_out(ask: &Ask) -> Answer {
    ask.web.office.log_out(&ask.token)?;
    let mut response = Redirect::to(PATH).into_response();
    set_cookie(&mut response, &session_cookie("", 0, ask.tls));
    Ok(response)
}

/// Where a request comes from; `::` where nobody says so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(IpAddr);

impl<S: Sync> axum::extract::FromRequestParts<S> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _state: &S,
    ) -> Result<Self, Self::Rejection> {
        let known = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(known.map_or(
            IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            |ConnectInfo(address)| address.ip(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_tls_the_session_never_travels_in_the_clear() {
        assert_eq!(
            session_cookie("ab", 60, true),
            "klantreis=ab; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        assert!(!session_cookie("ab", 60, false).contains("Secure"));
    }
}
