//! The line between tills and head office, as something that can be cut after exactly so many bytes of either way:
//! then head office is killed (`kill -9`) in that very instant.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From a till to head office.
    Up,
    /// From head office to a till.
    Down,
}

/// A cut to come.
#[derive(Debug)]
struct Cut {
    way: Way,
    /// Bytes that still pass.
    left: usize,
    /// The process that dies with it.
    victim: u32,
}

#[derive(Debug, Default)]
struct State {
    target: Option<SocketAddr>,
    cut: Option<Cut>,
    cuts: usize,
    stop: bool,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many of `bytes` still pass; `Some` process dies after them.
    fn pass(&self, way: Way, bytes: usize) -> (usize, Option<u32>) {
        let mut state = self.lock();
        match &mut state.cut {
            Some(cut) if cut.way == way && cut.left <= bytes => {
                let (left, victim) = (cut.left, cut.victim);
                state.cut = None;
                (left, Some(victim))
            }
            Some(cut) if cut.way == way => {
                cut.left -= bytes;
                (bytes, None)
            }
            _ => (bytes, None),
        }
    }
}

/// The line. It listens at an address of its own and passes everything on.
#[derive(Debug)]
pub struct Wire {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Wire {
    /// A line that leads nowhere yet.
    ///
    /// # Errors
    /// When there is no port or no thread.
    pub fn lay() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::<Shared>::default();
        let own = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("wire".to_owned())
            .spawn(move || {
                for till in listener.incoming() {
                    if own.lock().stop {
                        return;
                    }
                    let Ok(till) = till else { return };
                    let target = own.lock().target;
                    // Nobody at the other end: the till's call is hung up.
                    if let Some(office) = target.and_then(|at| TcpStream::connect(at).ok()) {
                        connect(&own, &till, &office);
                    }
                }
            })?;
        Ok(Self {
            address,
            shared,
            thread: Some(thread),
        })
    }

    /// What tills have in their settings.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it leads from now on.
    pub fn lead_to(&self, address: SocketAddr) {
        self.shared.lock().target = Some(address);
    }

    /// After so many more bytes of this way (at least one) the process dies, and nothing more passes.
    pub fn kill_after(&self, way: Way, bytes: usize, victim: u32) {
        self.shared.lock().cut = Some(Cut {
            way,
            left: bytes.max(1),
            victim,
        });
    }

    /// How many times it was cut so far.
    #[must_use]
    pub fn cuts(&self) -> usize {
        self.shared.lock().cuts
    }

    /// Forgets a cut that has not come.
    pub fn disarm(&self) {
        self.shared.lock().cut = None;
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        // Wakes the thread; when that fails it is gone already.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn connect(shared: &Arc<Shared>, till: &TcpStream, office: &TcpStream) {
    for way in [Way::Up, Way::Down] {
        let (Ok(till), Ok(office)) = (till.try_clone(), office.try_clone()) else {
            return;
        };
        let shared = Arc::clone(shared);
        std::thread::spawn(move || match way {
            Way::Up => carry(&shared, way, &till, &office),
            Way::Down => carry(&shared, way, &office, &till),
        });
    }
}

/// Carries bytes until either end hangs up or the line is cut; then both ends hear it.
fn carry(shared: &Shared, way: Way, mut from: &TcpStream, mut to: &TcpStream) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let (pass, victim) = shared.pass(way, count);
        let sent = to.write_all(buffer.get(..pass).unwrap_or(&[]));
        if let Some(victim) = victim {
            if let Ok(id) = i32::try_from(victim) {
                // A victim that is gone already cannot die again.
                let _ = kill(Pid::from_raw(id), Signal::SIGKILL);
            }
            shared.lock().cuts += 1;
            break;
        }
        if sent.is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
