//! `serve`: listens until it is told to stop (Ctrl-C or SIGTERM).

use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::{Done, ServeArgs};
use crate::api::Office;
use crate::api::serve::{Tls, serve as listen};
use crate::error::CliError;
use crate::out;

pub(super) fn serve(office: Office, args: &ServeArgs) -> Done {
    let address = address(&args.listen)?;
    let tls = match (&args.tls_cert, &args.tls_key) {
        (Some(cert), Some(key)) => Some(Tls {
            cert: cert.clone(),
            key: key.clone(),
        }),
        _ => None,
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Bug(format!("cannot start threads: {error}")))?;
    runtime.block_on(async {
        let (stop, stopped) = watch::channel(false);
        let mut terminate = signal(SignalKind::terminate())
            .map_err(|error| CliError::Bug(format!("cannot hear signals: {error}")))?;
        tokio::spawn(async move {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            tracing::info!("stopping: requests under way are finished first");
            // Nobody listens any more: then the stop has happened.
            let _ = stop.send(true);
        });
        let office = Arc::new(office);
        listen(office, address, tls, stopped, |address| {
            out::line(&format!("listening on {scheme}://{address}"));
        })
        .await?;
        out::line("stopped");
        Ok(())
    })
}

fn address(text: &str) -> Result<SocketAddr, CliError> {
    let wrong = |detail: String| {
        CliError::mend(
            format!("cannot listen on {text:?}: {detail}"),
            "give an address and a port, like 127.0.0.1:8080",
        )
    };
    text.to_socket_addrs()
        .map_err(|error| wrong(error.to_string()))?
        .next()
        .ok_or_else(|| wrong("no address".to_owned()))
}
