//! Every mode of the cashier's screen, each at an address of its own, with made-up data: for looking at while drawing.
//!
//! `cargo run -p terminal-app --example gallery -- [PORT] [nl|en]` prints the addresses.
#![expect(clippy::print_stdout, reason = "an example says where it serves")]

use std::sync::Arc;

use retail::clock::Entropy;
use terminal_app::screen::{Desk, Face, Language, Screen, Shortcuts, run};
use tokio::net::TcpListener;
use tokio::sync::watch;

#[path = "../tests/screen/samples/mod.rs"]
#[expect(
    clippy::expect_used,
    reason = "made-up data, which the tests hold to be right"
)]
mod samples;

/// Nothing here needs to be a secret.
struct Fixed;

impl Entropy for Fixed {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(42);
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let base: u16 = arguments.next().map_or(Ok(7300), |port| port.parse())?;
    let language = match arguments.next().as_deref() {
        Some("en") => Language::En,
        _ => Language::Nl,
    };
    let mut kept = Vec::new();
    for (port, (name, view)) in (base..).zip(samples::all()) {
        let (sender, views) = watch::channel(Arc::new(view));
        kept.push(sender);
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let desk = Desk {
            views,
            put: Arc::new(|input| {
                println!("{input:?}");
                Ok(())
            }),
        };
        let face = Face {
            language,
            keys: Shortcuts::default(),
            zone: chrono_tz::Europe::Amsterdam,
        };
        let screen = Screen::new(face, desk, listener.local_addr()?, &mut Fixed);
        println!("{name} http://127.0.0.1:{port}/");
        tokio::spawn(run(listener, screen, std::future::pending()));
    }
    tokio::signal::ctrl_c().await?;
    Ok(())
}
