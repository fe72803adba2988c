//! The wire of a shop: HTTP by ureq, TLS by rustls, every phase with its time-out, every answer with its bound.

use std::path::PathBuf;
use std::time::Duration;

use retail::wire::{HEADER_NONCE, HEADER_SIGNATURE, HEADER_TILL};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use super::office::{CallError, CertificateTrouble, MAX_ANSWER_BYTES, Request, Response, Wire};
use crate::config::Server;

/// How long somebody wants to wait for a whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Nobody is waiting: a batch over a slow line.
    Thread,
    /// A cashier and a customer are.
    Cashier,
}

/// Why there is no wire.
#[derive(Debug, thiserror::Error)]
pub enum HttpSetupError {
    /// The file of `[server] ca` cannot be read.
    #[error("the certificates in {} cannot be read: {source}", path.display())]
    CaUnreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It holds something else than certificates in PEM.
    #[error("{} holds no certificates in PEM: {reason}", path.display())]
    CaWrong {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// HTTP to one head office; keeps its connection.
#[derive(Debug)]
pub struct HttpWire {
    agent: ureq::Agent,
    url: String,
}

impl HttpWire {
    /// A wire to the head office of the settings. Connects at the first request.
    pub fn new(server: &Server, patience: Patience) -> Result<Self, HttpSetupError> {
        let roots = match &server.ca {
            Some(path) => RootCerts::from(certificates(path)?),
            None => RootCerts::WebPki,
        };
        let seconds = Duration::from_secs;
        let (connect, whole) = match patience {
            Patience::Thread => (seconds(5), seconds(60)),
            Patience::Cashier => (seconds(2), seconds(5)),
        };
        let config = ureq::Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .proxy(None)
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(concat!("klantreis-till/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(Some(connect))
            .timeout_connect(Some(connect))
            .timeout_global(Some(whole))
            .max_idle_connections(1)
            .max_idle_connections_per_host(1)
            .build();
        Ok(Self {
            agent: config.new_agent(),
            url: server.url.clone(),
        })
    }

    fn exchange(&self, request: &Request) -> Result<Response, ureq::Error> {
        let url = format!("{}{}", self.url, request.path);
        let signed = request.signed.as_ref().map(|(till, signature)| {
            [
                (HEADER_TILL, till.to_string()),
                (HEADER_NONCE, signature.nonce.clone()),
                (HEADER_SIGNATURE, signature.signature.clone()),
            ]
        });
        let headers = signed.into_iter().flatten();
        let mut response = if request.method == "GET" {
            headers
                .fold(self.agent.get(&url), |call, (name, value)| {
                    call.header(name, value)
                })
                .call()?
        } else {
            headers
                .fold(self.agent.post(&url), |call, (name, value)| {
                    call.header(name, value)
                })
                .content_type(request.content_type)
                .send(&request.body[..])?
        };
        let status = response.status().as_u16();
        let body = response
            .body_mut()
            .with_config()
            .limit(MAX_ANSWER_BYTES as u64)
            .read_to_vec()?;
        Ok(Response { status, body })
    }
}

impl Wire for HttpWire {
    fn send(&mut self, request: &Request) -> Result<Response, CallError> {
        self.exchange(request).map_err(|error| match error {
            error if tls_error(&error).is_some() => {
                let trouble = tls_error(&error).map_or(CertificateTrouble::Trust, of_tls);
                let detail = match trouble {
                    CertificateTrouble::OwnAuthority => OWN_AUTHORITY.to_owned(),
                    _ => error.to_string(),
                };
                CallError::Certificate { trouble, detail }
            }
            ureq::Error::BodyExceedsLimit(_)
            | ureq::Error::LargeResponseHeader(..)
            | ureq::Error::Protocol(_)
            | ureq::Error::BadUri(_) => CallError::Protocol(error.to_string()),
            other => CallError::Offline(other.to_string()),
        })
    }
}

/// What TLS says of the other side's proof, wherever `ureq` has put it; `None`: the trouble is another one.
fn tls_error(error: &ureq::Error) -> Option<&rustls::CertificateError> {
    let tls = match error {
        ureq::Error::Rustls(tls) => Some(tls),
        ureq::Error::Io(io) => io.get_ref().and_then(|inner| inner.downcast_ref()),
        _ => None,
    };
    match tls {
        Some(rustls::Error::InvalidCertificate(reason)) => Some(reason),
        _ => None,
    }
}

/// For people: what TLS calls `CaUsedAsEndEntity` comes of one self-signed certificate for everything.
const OWN_AUTHORITY: &str =
    "its certificate is its own authority, and a till takes only one that an authority has signed";

fn of_tls(reason: &rustls::CertificateError) -> CertificateTrouble {
    use rustls::CertificateError as Reason;
    match reason {
        Reason::Expired
        | Reason::ExpiredContext { .. }
        | Reason::NotValidYet
        | Reason::NotValidYetContext { .. } => CertificateTrouble::Time,
        // It has no variant of its own there.
        Reason::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            CertificateTrouble::OwnAuthority
        }
        _ => CertificateTrouble::Trust,
    }
}

fn certificates(path: &std::path::Path) -> Result<Vec<Certificate<'static>>, HttpSetupError> {
    let pem = std::fs::read(path).map_err(|source| HttpSetupError::CaUnreadable {
        path: path.to_owned(),
        source,
    })?;
    let wrong = |reason: String| HttpSetupError::CaWrong {
        path: path.to_owned(),
        reason,
    };
    let mut found = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|e| wrong(e.to_string()))? {
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err(wrong("no certificate in it".to_owned()));
    }
    Ok(found)
}
