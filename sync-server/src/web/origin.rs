//! Where a form comes from. A browser says it with every POST; a page of another site is refused.

use axum::http::{HeaderMap, header};

/// True unless the headers say that another site sent this.
pub(crate) fn is_ours(headers: &HeaderMap) -> bool {
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
    let Some(Ok(host)) = text(header::HOST.as_str()) else {
        return false;
    };
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
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        assert_eq!(is_ours(&headers), expected, "{pairs:?}");
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
