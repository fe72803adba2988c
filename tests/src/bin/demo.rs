//! `cargo demo`: plays shop with real processes on simulated devices, until Ctrl-C or for one scripted day.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use clap::Parser;
use retail::clock::Clock;
use tests::demo::shop::{CASHIERS, OWNER, Shop, absolute, machine_clock, ports_are_free};
use tests::demo::{day, page};
use tests::shop::process::end_with_all;
use tokio::signal::unix::{SignalKind, signal};

/// What a shell says of a program that was ended by SIGTERM.
const TERMINATED: i32 = 128 + 15;

#[derive(Parser)]
#[command(
    name = "demo",
    about = "A head office and a shop with two tills, on simulated scanners and printers"
)]
struct Arguments {
    /// Folder of the demo; a second run with the same folder goes on where it was
    #[arg(long, default_value = "demo")]
    dir: PathBuf,
    /// First port: tills at PORT and PORT+1, head office at PORT+2, the demo's counter at PORT+3
    #[arg(long, default_value_t = 7070, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1024..=65_000))]
    port_base: u16,
    /// The first till's scanner, printer and drawer hang on a peripheral hub: its real firmware, in QEMU
    #[arg(long)]
    hub: bool,
    /// Play one scripted day without anyone at the screen, compare both sides, and end
    #[arg(long)]
    day: bool,
}

#[expect(
    clippy::print_stdout,
    reason = "the one place of the demo that talks to the person at the terminal"
)]
fn say(line: &str) {
    println!("{line}");
}

#[expect(
    clippy::print_stderr,
    reason = "the one place of the demo that talks to the person at the terminal"
)]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nthe demo failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let clock: Arc<dyn Clock> = machine_clock();
    let dir = absolute(&arguments.dir)?;
    ports_are_free(arguments.port_base)?;
    let is_open = Arc::new(AtomicBool::new(false));
    end_on_terminate(Arc::clone(&is_open))?;
    say(&format!(
        "preparing the shop in {} (a minute or two the first time)",
        dir.display()
    ));
    let mut shop = Shop::prepare(&dir, arguments.port_base, arguments.hub, clock.as_ref())?;
    shop.start()?;
    if arguments.day {
        let report = day::play(&mut shop, &|what| say(&format!("  {what}")))?;
        shop.stop()?;
        let totals = &report.sums.totals;
        say(&format!(
            "\nthe day is right: {} receipts and {} copy today; tills and head office agree on {} events, \
             {} sales and {} returns, net {}, to the cent",
            report.receipts,
            report.copies,
            report.sums.events,
            totals.sales,
            totals.returns,
            totals.net()
        ));
        return Ok(());
    }
    for till in shop.tills.iter().filter(|till| till.hub.is_none()) {
        till.printer.at_a_persons_pace();
    }
    is_open.store(true, Ordering::Relaxed);
    open(shop, arguments.port_base)
}

/// Until the shop is open, a signal to this program alone takes its children along; Ctrl-C reaches them by itself, and an
/// open shop is closed kindly.
fn end_on_terminate(is_open: Arc<AtomicBool>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut terminate = {
        let _in_it = runtime.enter();
        signal(SignalKind::terminate())?
    };
    std::thread::spawn(move || {
        runtime.block_on(terminate.recv());
        if !is_open.load(Ordering::Relaxed) {
            end_with_all(TERMINATED);
        }
    });
    Ok(())
}

/// Shows where everything is, and serves the counter until Ctrl-C.
fn open(shop: Shop, port_base: u16) -> Result<()> {
    say("\nThe shop is open.\n");
    for till in &shop.tills {
        say(&format!("  {:<22} {}/", till.name(), till.url()));
    }
    let pins: Vec<_> = CASHIERS
        .iter()
        .map(|(name, pin)| format!("{name} {pin}"))
        .collect();
    say(&format!("  {:<22} {}", "  PINs", pins.join(", ")));
    say(&format!("  {:<22} {}/", "Owner's pages", shop.office.url()));
    say(&format!("  {:<22} {} / {}", "  log-in", OWNER.0, OWNER.1));
    let counter = SocketAddr::from(([127, 0, 0, 1], port_base + 3));
    say(&format!(
        "  {:<22} http://{counter}/   scan here, and see the paper",
        "The counter"
    ));
    say("\nCtrl-C closes the shop; the same folder opens it again.");
    let shop = Arc::new(Mutex::new(shop));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .worker_threads(2)
        .build()?;
    let served = runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            served = page::serve(Arc::clone(&shop), counter) => served.context("the counter's page"),
            stopped = tokio::signal::ctrl_c() => stopped.context("Ctrl-C"),
            _ = terminate.recv() => Ok(()),
        }
    });
    runtime.shutdown_background();
    say("\nclosing the shop ...");
    let closed = shop
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .stop();
    if closed.is_ok() {
        say("closed");
    }
    served.and(closed)
}
