//! Where a form comes from. A browser says it with every POST; a page of another site is refused.

use axum::http::{HeaderMap, Uri, header};

/// True unless the headers say that another site sent this. Over HTTP/2, which every browser speaks behind TLS, the host
/// stands in the address that is asked for and there is no `Host` header.
pub(crate) fn is_ours(uri: &Uri, headers: &HeaderMap) -> bool {
    let text = |name| {
        headers
            .get(name)
            .map(|value: &axum::http::HeaderValue| value.to_str())
    };
    if let Some(site) = text("sec-fetch-site")
        && !matches!(site, Ok("same-origin" | "none"))
    {
        return false;
    }
    let host = match text(header::HOST.as_str()) {
        Some(host) => host.ok(),
        None => uri.authority().map(axum::http::uri::Authority::as_str),
    };
    let Some(host) = host else { return false };
    match text(header::ORIGIN.as_str()) {
        None => true,
        Some(Ok(origin)) => origin
            .split_once("://")
            .is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host)),
        Some(Err(_)) => false,
    }
}

/// A path of these pages to go back to; anything else leads home.
pub(crate) fn path_back(text: Option<&str>) -> &str {
    text.filter(|path| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.contains('\\')
            && path.bytes().all(|byte| (0x21..0x7f).contains(&byte))
    })
    .unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pairs: &[(&'static str, &'static str)], expected: bool) {
        check_at("/inloggen", pairs, expected);
    }

    #[track_caller]
    fn check_at(uri: &str, pairs: &[(&'static str, &'static str)], expected: bool) {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        let uri: Uri = uri.parse().unwrap();
        assert_eq!(is_ours(&uri, &headers), expected, "{uri} {pairs:?}");
    }

    #[test]
    fn another_site_is_refused() {
        check(&[("host", "shop:8080")], true);
        check(
            &[("host", "shop:8080"), ("origin", "http://shop:8080")],
            true,
        );
        check(&[("host", "shop:8080"), ("origin", "http://shop")], false);
        check(&[("host", "shop"), ("origin", "https://evil")], false);
        check(&[("host", "shop"), ("origin", "null")], false);
        check(&[("host", "shop"), ("sec-fetch-site", "cross-site")], false);
        check(&[("host", "shop"), ("sec-fetch-site", "same-origin")], true);
        check(&[("origin", "http://shop")], false);
    }

    #[test]
    fn over_http_2_the_address_names_the_host() {
        let at = "https://shop:8443/inloggen";
        check_at(at, &[("origin", "https://shop:8443")], true);
        check_at(at, &[("origin", "https://evil")], false);
        check_at(at, &[("origin", "null")], false);
        check_at(at, &[("sec-fetch-site", "cross-site")], false);
        check_at(
            at,
            &[("host", "shop"), ("origin", "https://shop:8443")],
            false,
        );
    }

    #[test]
    fn only_paths_of_ours_lead_back() {
        for path in ["/", "/klanten?a=1&b=%20", "/klant?id=x"] {
            assert_eq!(path_back(Some(path)), path);
        }
        for path in [
            "//evil",
            "https://evil",
            "/\\evil",
            "/a b",
            "/a\r\nx: y",
            "",
        ] {
            assert_eq!(path_back(Some(path)), "/");
        }
        assert_eq!(path_back(None), "/");
    }
}
