//! Who may talk to the screen: the page itself and nobody else.
//!
//! The till serves its own page on loopback, so every other page in the same browser could try to press its buttons. Three
//! locks: the `Host` must be an address of this till (a foreign name that resolves here is DNS rebinding), a `POST` must come
//! from the same origin, and it must carry the token of this start, which only the page itself holds. Pure: headers in, verdict out.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, header};
use retail::clock::{Entropy, random_16};

/// The header with the token.
pub const HEADER_TOKEN: &str = "x-klantreis-token";

/// What a page of this till knows and other pages do not. New at every start.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// 128 random bits in hex.
    pub fn random(entropy: &mut dyn Entropy) -> Self {
        Self(hex::encode(random_16(entropy)))
    }

    /// As the page carries it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares without telling by its duration where the difference is.
    fn is(&self, other: &str) -> bool {
        self.0.len() == other.len()
            && self
                .0
                .bytes()
                .zip(other.bytes())
                .fold(0, |differs, (a, b)| differs | (a ^ b))
                == 0
    }
}

/// The token is a secret of this start: it is not shown.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// The `Host` header names something else than this till.
    #[error(
        "this address is not the till's: open the page by the address the till printed at its start"
    )]
    Host,
    /// The request was made by another page.
    #[error("the request comes from another page than the till's own")]
    Origin,
    /// The token is missing or of an earlier start.
    #[error("the page is older than the till's last start: reload it")]
    Token,
}

/// The three locks.
#[derive(Clone, Debug)]
pub struct Guard {
    listen: SocketAddr,
    token: Token,
}

impl Guard {
    /// For a screen that listens at `listen` (the real port, not 0).
    #[must_use]
    pub const fn new(listen: SocketAddr, token: Token) -> Self {
        Self { listen, token }
    }

    /// The token of this start.
    #[must_use]
    pub const fn token(&self) -> &Token {
        &self.token
    }

    /// Checks the `Host` header of any request.
    ///
    /// # Errors
    /// [`Stop::Host`].
    pub fn host(&self, headers: &HeaderMap) -> Result<(), Stop> {
        let host = text(headers, header::HOST.as_str()).ok_or(Stop::Host)?;
        if self.is_own(host) {
            Ok(())
        } else {
            Err(Stop::Host)
        }
    }

    /// Checks a request that does something.
    ///
    /// # Errors
    /// [`Stop::Host`], [`Stop::Origin`] or [`Stop::Token`].
    pub fn post(&self, headers: &HeaderMap) -> Result<(), Stop> {
        self.host(headers)?;
        let host = text(headers, header::HOST.as_str()).unwrap_or_default();
        let same_origin = text(headers, header::ORIGIN.as_str())
            .and_then(|origin| origin.strip_prefix("http://"))
            .is_some_and(|origin| origin.eq_ignore_ascii_case(host));
        let fetched_by_itself =
            text(headers, "sec-fetch-site").is_none_or(|site| site == "same-origin");
        if !same_origin || !fetched_by_itself {
            return Err(Stop::Origin);
        }
        match text(headers, HEADER_TOKEN) {
            Some(token) if self.token.is(token) => Ok(()),
            _ => Err(Stop::Token),
        }
    }

    /// An address of this till with its port. On loopback also `localhost`; when the till listens on every address of the
    /// machine any address in digits will do, since only a name can be rebound.
    fn is_own(&self, host: &str) -> bool {
        let port = self.listen.port();
        let (name, given) = match host.rsplit_once(':') {
            Some((name, digits)) if !name.is_empty() && !digits.contains(']') => {
                (name, digits.parse::<u16>().ok())
            }
            _ => (host, Some(80)),
        };
        if given != Some(port) {
            return false;
        }
        if name.eq_ignore_ascii_case("localhost") {
            return self.listen.ip().is_loopback() || self.listen.ip().is_unspecified();
        }
        let bare = name.strip_prefix('[').and_then(|n| n.strip_suffix(']'));
        let Ok(ip) = bare.unwrap_or(name).parse::<IpAddr>() else {
            return false;
        };
        self.listen.ip().is_unspecified()
            || ip == self.listen.ip()
            || (self.listen.ip().is_loopback() && ip.is_loopback())
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(listen: &str) -> Guard {
        Guard::new(listen.parse().expect("an address"), Token("00ff".into()))
    }

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.insert(
                axum::http::HeaderName::from_bytes(name.as_bytes()).expect("a name"),
                value.parse().expect("a value"),
            );
        }
        map
    }

    #[track_caller]
    fn check_host(listen: &str, host: &str, allowed: bool) {
        let verdict = guard(listen).host(&headers(&[("host", host)]));
        assert_eq!(verdict.is_ok(), allowed, "{host} at {listen}");
    }

    #[test]
    fn only_addresses_of_this_till_are_hosts() {
        check_host("127.0.0.1:7070", "127.0.0.1:7070", true);
        check_host("127.0.0.1:7070", "localhost:7070", true);
        check_host("127.0.0.1:7070", "LOCALHOST:7070", true);
        check_host("127.0.0.1:7070", "[::1]:7070", true);
        check_host("127.0.0.1:7070", "127.0.0.1:7071", false);
        check_host("127.0.0.1:7070", "127.0.0.1", false);
        check_host("127.0.0.1:80", "127.0.0.1", true);
        check_host("127.0.0.1:7070", "evil.example:7070", false);
        check_host("127.0.0.1:7070", "localhost.evil.example:7070", false);
        check_host("127.0.0.1:7070", "192.168.1.5:7070", false);
        check_host("192.168.1.5:7070", "192.168.1.5:7070", true);
        check_host("192.168.1.5:7070", "localhost:7070", false);
        check_host("0.0.0.0:7070", "192.168.1.5:7070", true);
        check_host("0.0.0.0:7070", "evil.example:7070", false);
        check_host("127.0.0.1:7070", "", false);
        check_host("127.0.0.1:7070", ":7070", false);
        assert_eq!(
            guard("127.0.0.1:7070").host(&HeaderMap::new()),
            Err(Stop::Host)
        );
    }

    #[track_caller]
    fn check_post(pairs: &[(&str, &str)], expected: Result<(), Stop>) {
        assert_eq!(guard("127.0.0.1:7070").post(&headers(pairs)), expected);
    }

    #[test]
    fn a_post_needs_origin_and_token() {
        let host = ("host", "127.0.0.1:7070");
        let origin = ("origin", "http://127.0.0.1:7070");
        let token = (HEADER_TOKEN, "00ff");
        check_post(&[host, origin, token], Ok(()));
        check_post(
            &[host, origin, token, ("sec-fetch-site", "same-origin")],
            Ok(()),
        );
        check_post(
            &[host, origin, token, ("sec-fetch-site", "cross-site")],
            Err(Stop::Origin),
        );
        check_post(&[host, token], Err(Stop::Origin));
        check_post(&[host, ("origin", "null"), token], Err(Stop::Origin));
        check_post(
            &[host, ("origin", "https://127.0.0.1:7070"), token],
            Err(Stop::Origin),
        );
        check_post(
            &[host, ("origin", "http://evil.example"), token],
            Err(Stop::Origin),
        );
        check_post(&[host, origin], Err(Stop::Token));
        check_post(&[host, origin, (HEADER_TOKEN, "00fe")], Err(Stop::Token));
        check_post(&[host, origin, (HEADER_TOKEN, "")], Err(Stop::Token));
        check_post(
            &[("host", "evil.example:7070"), origin, token],
            Err(Stop::Host),
        );
    }

    #[test]
    fn a_token_is_not_printed() {
        assert_eq!(format!("{:?}", guard("127.0.0.1:1").token()), "Token(..)");
    }
}
