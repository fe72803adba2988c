//! `terminal-app run`: everything started in order, the loop, and everything stopped again.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use retail::clock::Clock;
use tokio::sync::{oneshot, watch};

use super::room::Room;
use super::{InstanceLock, LockError, StartError};
use crate::clock::{SystemClock, SystemEntropy};
use crate::config::{self, Config, ConfigError};
use crate::peripherals::hub;
use crate::screen::{self, Busy, Desk, Face, Screen};
use crate::store::{CashierError, Store, StoreError};
use crate::sync::http::HttpSetupError;
use crate::till::input::Cashier;
use crate::till::{Input, View};

/// Inputs that may wait. A scanner that finds it full waits with its next code.
const QUEUE: usize = 256;

/// Why the till did not start, or stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another till runs.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The screen's address.
    #[error("the screen cannot be served at {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// Head office's certificate.
    #[error(transparent)]
    Server(#[from] HttpSetupError),
    /// A thread or a signal.
    #[error("the operating system: {0}")]
    System(#[from] std::io::Error),
    /// The hub's thread.
    #[error("the hub: {0}")]
    Hub(#[from] hub::StartError),
    /// The cashier of the settings.
    #[error("[till] cashier: {0}")]
    Cashier(#[from] CashierError),
    /// The settings do not fit the database.
    #[error(transparent)]
    Settings(#[from] ConfigError),
    /// Journal and settings do not belong together.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The loop died.
    #[error("the till's loop ended by a fault")]
    Died,
}

/// Runs the till until it is asked to stop. `ready` is told the address of the screen.
pub fn run(config: &Config, ready: impl FnOnce(SocketAddr)) -> Result<(), RunError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let _lock = InstanceLock::take(&config.store)?;
    let mut store = Store::open(&config.store)?;
    store.for_the_loop()?;
    let cashier = cashier_of(config, &mut store)?;
    let (inputs, queue) = sync_channel(QUEUE);
    let mut room = Room::open(config, store, cashier, Arc::clone(&clock), inputs.clone())?;
    let (views, watch) = watch::channel(Arc::new(room.engine.view()));
    let tokio = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("screen")
        .enable_all()
        .build()?;
    let listen = config.screen.listen;
    let listener = tokio
        .block_on(tokio::net::TcpListener::bind(listen))
        .map_err(|error| RunError::Listen(listen, error))?;
    let address = listener.local_addr()?;
    // Before anyone is told that the till runs: whoever reads that line may stop it at once.
    let mut term = {
        let _inside = tokio.enter();
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?
    };
    let stop = Arc::new(AtomicBool::new(false));
    let (ended, mut end) = oneshot::channel();
    let loop_stop = Arc::clone(&stop);
    let thread = std::thread::Builder::new()
        .name("till".to_owned())
        .spawn(move || {
            room.work(&queue, &views, &loop_stop);
            drop(queue);
            drop(room);
            // The receiver is gone only when the process is ending anyway.
            let _ = ended.send(());
        })?;
    let screen = Screen::new(
        face(config),
        desk(watch, inputs.clone()),
        address,
        &mut SystemEntropy,
    );
    ready(address);
    let served = tokio.block_on(async {
        let (close, closed) = oneshot::channel::<()>();
        let serving = tokio::spawn(screen::run(listener, screen, async {
            let _ = closed.await;
        }));
        tokio::select! {
            _ = term.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
            _ = &mut end => {}
        }
        stop.store(true, Ordering::Release);
        // A full queue needs no waking: the loop is at work and looks at the flag.
        let _ = inputs.try_send(Input::Tick);
        drop(close);
        match serving.await {
            Ok(result) => result,
            Err(_) => Err(std::io::Error::other("the screen ended by a fault")),
        }
    });
    thread.join().map_err(|_| RunError::Died)?;
    tokio.shutdown_timeout(Duration::from_secs(2));
    served.map_err(RunError::System)
}

/// The cashier of the settings, by number or name. Where there is nobody yet, a shop without PINs, he is added.
fn cashier_of(config: &Config, store: &mut Store) -> Result<Option<Cashier>, RunError> {
    let Some(wanted) = &config.till.cashier else {
        return Ok(None);
    };
    let there = store.cashiers()?;
    match there.iter().find(|cashier| cashier.is_called(wanted)) {
        Some(cashier) => Ok(Some(cashier.clone())),
        None if there.is_empty() => {
            Ok(Some(store.set_cashier(wanted, None, &mut SystemEntropy)?))
        }
        None => Err(config.no_such_cashier(wanted, &there).into()),
    }
}

fn face(config: &Config) -> Face {
    Face {
        language: match config.screen.language {
            config::Language::Nl => screen::Language::Nl,
            config::Language::En => screen::Language::En,
        },
        keys: config.keys.clone(),
        zone: config.shop.time_zone,
    }
}

fn desk(views: watch::Receiver<Arc<View>>, inputs: SyncSender<Input>) -> Desk {
    Desk {
        views,
        put: Arc::new(move |input| inputs.try_send(input).map_err(|_| Busy)),
    }
}
