//! A screen at work on a port of its own, with the till's side of it in the hands of the test.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use retail::clock::Entropy;
use terminal_app::screen::{Busy, Desk, Face, Language, Screen, Shortcuts, run};
use terminal_app::till::{Input, View};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// Inputs that the till's queue holds here.
pub(crate) const QUEUE: usize = 8;

/// Bytes that differ from start to start.
struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
    }
}

/// A screen at work, and the till's side of it.
pub(crate) struct Stand {
    pub(crate) at: SocketAddr,
    pub(crate) token: String,
    pub(crate) views: watch::Sender<Arc<View>>,
    pub(crate) inputs: Receiver<Input>,
    sender: SyncSender<Input>,
    starts: u8,
    server: Option<Runtime>,
}

pub(crate) fn stand(view: View) -> Stand {
    let (views, _) = watch::channel(Arc::new(view));
    let (sender, inputs) = sync_channel(QUEUE);
    let mut stand = Stand {
        at: ([127, 0, 0, 1], 0).into(),
        token: String::new(),
        views,
        inputs,
        sender,
        starts: 0,
        server: None,
    };
    stand.start();
    stand
}

impl Stand {
    /// Starts serving: the first time at any port, later at the same one.
    pub(crate) fn start(&mut self) {
        let server = Runtime::new().expect("a runtime");
        let listener = server
            .block_on(TcpListener::bind(self.at))
            .expect("the port");
        self.at = listener.local_addr().expect("an address");
        let sender = self.sender.clone();
        let desk = Desk {
            views: self.views.subscribe(),
            put: Arc::new(move |input| sender.try_send(input).map_err(|_| Busy)),
        };
        let face = Face {
            language: Language::Nl,
            keys: Shortcuts::default(),
            zone: chrono_tz::Europe::Amsterdam,
        };
        let screen = Screen::new(face, desk, self.at, &mut Counting(self.starts));
        self.starts += 1;
        self.token = screen.token().as_str().to_owned();
        server.spawn(run(listener, screen, std::future::pending()));
        self.server = Some(server);
    }

    /// Ends as a killed process does: every connection is cut.
    pub(crate) fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.shutdown_background();
        }
    }
}
