//! The frame of every page: head, menu, foot; the page of an error; the headers that guard them all.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::ask::Ask;
use super::params::link;
use super::strings::Language;
use super::{assets, customers, returning, synchronisation};

/// Nothing but our own files. The digest is that of the empty style element plotly makes.
const POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Headers of every answer. What is about people is kept by no cache.
pub(crate) async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), geolocation=(), microphone=()",
        ),
    ] {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

fn head(title: &str) -> Markup {
    html! {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta name="color-scheme" content="light";
        title { (title) " · Klantreis" }
        link rel="icon" href="data:,";
        link rel="stylesheet" href=(assets::style_path());
    }
}

/// A whole page of somebody who is logged in.
pub(crate) fn page(ask: &Ask, title: &str, main: &Markup) -> Markup {
    let words = ask.words();
    let menu = [
        (returning::PATH, words.menu_returning),
        (customers::PATH, words.menu_customers),
        (super::receipts::PATH, words.menu_receipts),
        (synchronisation::PATH, words.menu_sync),
    ];
    let here = match ask.path.as_str() {
        path if path.starts_with(super::customer::PATH) && path != customers::PATH => {
            customers::PATH
        }
        path if path == super::receipt::PATH => super::receipts::PATH,
        path => path,
    };
    html! {
        (DOCTYPE)
        html lang=(ask.language.code()) {
            head {
                (head(title))
                script defer src=(assets::script_path()) data-charts=(assets::charts_path()) {}
            }
            body {
                a.skip href="#inhoud" { (words.skip) }
                header.top {
                    a.brand href="/" { "Klantreis" }
                    nav aria-label=(words.menu) {
                        @for (path, name) in menu {
                            a href=(path) aria-current=[(path == here).then_some("page")] { (shortened(name, words.menu_returning_short)) }
                        }
                    }
                    form.find action=(super::search::PATH) role="search" {
                        input type="search" name="zoek" aria-label=(words.search_label) placeholder=(words.search) maxlength="80";
                    }
                    div.me {
                        (language_switch(ask.language, &ask.here))
                        form method="post" action="/uitloggen" {
                            input type="hidden" name="token" value=(ask.who.csrf);
                            button.plain type="submit" title=(ask.who.name) { (words.log_out) }
                        }
                    }
                }
                main id="inhoud" tabindex="-1" { (main) }
            }
        }
    }
}

/// A name of the menu whose end gives way on a phone: the two together read as the whole.
fn shortened(name: &str, short: &str) -> Markup {
    html! {
        @match name.strip_prefix(short) {
            Some(rest) => { (short) span.wide { (rest) } }
            None => { (name) }
        }
    }
}

/// The other language, leading back to the same page.
pub(crate) fn language_switch(language: Language, here: &str) -> Markup {
    let other = language.other();
    html! {
        a.plain href=(link("/taal", &[("naar", other.code()), ("terug", here)])) lang=(other.code()) hreflang=(other.code()) {
            (other.own_name())
        }
    }
}

/// A page without a menu: the log-in, errors.
pub(crate) fn bare(language: Language, title: &str, main: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head { (head(title)) }
            body.bare { main id="inhoud" { (main) } }
        }
    }
}

/// The page of an error: constant, friendly, without a detail of ours.
pub(crate) fn error(language: Language, status: StatusCode) -> Response {
    let (title, main) = message(language, status);
    (status, bare(language, title, &main)).into_response()
}

/// The same for somebody who is logged in: with the menu.
pub(crate) fn error_with_menu(ask: &Ask, status: StatusCode) -> Response {
    let (title, main) = message(ask.language, status);
    (status, page(ask, title, &main)).into_response()
}

fn message(language: Language, status: StatusCode) -> (&'static str, Markup) {
    let words = language.strings();
    let (title, text) = match status {
        StatusCode::NOT_FOUND => (words.not_found, words.not_found_text),
        StatusCode::FORBIDDEN => (words.forged, words.forged_text),
        StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::BAD_REQUEST
        | StatusCode::METHOD_NOT_ALLOWED => (words.bad_request, words.bad_request_text),
        StatusCode::SERVICE_UNAVAILABLE => (words.busy, words.busy_text),
        _ => (words.failed, words.failed_text),
    };
    let main = html! {
        div.card.message {
            h1 { (title) }
            p { (text) }
            p { a.button href="/" { (words.to_start) } }
        }
    };
    (title, main)
}

/// Title of a page with what stands beside it.
pub(crate) fn heading(title: &str, beside: &Markup) -> Markup {
    html! {
        div.heading {
            h1 { (title) }
            (beside)
        }
    }
}

/// The links to a table's files.
pub(crate) fn downloads(ask: &Ask, name: &str, query: &str) -> Markup {
    let words = ask.words();
    html! {
        span.downloads {
            @for kind in ["csv", "xlsx"] {
                a href=(super::params::join(&format!("/export/{name}.{kind}"), query)) download {
                    (kind.to_uppercase())
                    span.sr { " " (words.download) ": " (super::export::called(name, ask.language)) }
                }
            }
        }
    }
}
