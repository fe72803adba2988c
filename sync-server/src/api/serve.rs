//! Listening: plain on loopback, TLS (rustls with ring) everywhere else, a graceful stop, and the refolding of customers
//! in bounded steps while nobody waits for it.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use tokio::sync::watch;

use super::{Office, http};

/// How long requests under way may take after a stop was asked for.
const GRACE: Duration = Duration::from_secs(10);
/// Customers refolded in one step.
const STEP: u32 = 500;
/// How often is looked whether customers wait.
const LOOK: Duration = Duration::from_secs(1);
/// A client that sends its headers slower is dropped.
const HEADERS: Duration = Duration::from_secs(15);

/// Certificate and key as PEM files.
#[derive(Clone, Debug)]
pub struct Tls {
    /// Certificate chain.
    pub cert: PathBuf,
    /// Private key.
    pub key: PathBuf,
}

/// Why head office does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Passwords and names of customers would be readable on the way.
    #[error("{0} can be reached from other machines, so TLS is required")]
    TlsRequired(SocketAddr),
    /// The address.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// Certificate or key.
    #[error("cannot use {} with {}: {source}", .tls.cert.display(), .tls.key.display())]
    Tls {
        /// Which.
        tls: Tls,
        /// Why.
        source: std::io::Error,
    },
    /// While serving.
    #[error("while serving: {0}")]
    Serving(std::io::Error),
}

/// Serves until `stop` says so. `listening` is told the address, once.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(
    office: Arc<Office>,
    address: SocketAddr,
    tls: Option<Tls>,
    stop: watch::Receiver<bool>,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    if tls.is_none() && !address.ip().is_loopback() {
        return Err(ServeError::TlsRequired(address));
    }
    let config = match tls {
        Some(tls) => Some(tls_config(tls).await?),
        None => None,
    };
    let failed = |source| ServeError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    listening(listener.local_addr().map_err(failed)?);

    let handle = Handle::new();
    tokio::spawn(stop_gracefully(handle.clone(), stop.clone()));
    let refolding = tokio::spawn(refold(Arc::clone(&office), stop));
    let transport = crate::web::Transport {
        tls: config.is_some(),
    };
    let app = http::router(office)
        .layer(axum::Extension(transport))
        .into_make_service_with_connect_info::<SocketAddr>();
    let served = match config {
        Some(config) => {
            let mut server = axum_server::from_tcp_rustls(listener, config)
                .map_err(failed)?
                .handle(handle);
            bound(server.http_builder());
            server.serve(app).await
        }
        None => {
            let mut server = axum_server::from_tcp(listener)
                .map_err(failed)?
                .handle(handle);
            bound(server.http_builder());
            server.serve(app).await
        }
    };
    refolding.abort();
    served.map_err(ServeError::Serving)
}

fn bound(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder
        .http1()
        .timer(hyper_util::rt::TokioTimer::new())
        .header_read_timeout(HEADERS);
}

async fn tls_config(tls: Tls) -> Result<RustlsConfig, ServeError> {
    // Another part of the process may have chosen a provider already; ours is the only one built in.
    let _ = rustls::crypto::ring::default_provider().install_default();
    RustlsConfig::from_pem_file(&tls.cert, &tls.key)
        .await
        .map_err(|source| ServeError::Tls { tls, source })
}

async fn stop_gracefully(handle: Handle<SocketAddr>, mut stop: watch::Receiver<bool>) {
    // An error means that nobody can ask for a stop any more: that is one.
    let _ = stop.wait_for(|stop| *stop).await;
    handle.graceful_shutdown(Some(GRACE));
}

/// Refolds who waits, step by step, until a stop.
async fn refold(office: Arc<Office>, mut stop: watch::Receiver<bool>) {
    loop {
        let office = Arc::clone(&office);
        let step = tokio::task::spawn_blocking(move || {
            // Whoever asks for a page first need not wait for the book.
            office.book()?.dataset().warm();
            office.mark_moved()?;
            office.scrub_again();
            office.settle(STEP)
        });
        let waiting = match step.await {
            Ok(Ok(waiting)) => waiting,
            Ok(Err(error)) => {
                tracing::error!(%error, "cannot refold customers");
                0
            }
            Err(error) => {
                tracing::error!(%error, "refolding stopped");
                return;
            }
        };
        if waiting == 0
            && tokio::time::timeout(LOOK, stop.wait_for(|stop| *stop))
                .await
                .is_ok()
        {
            return;
        }
    }
}
