//! Barcode scanners on serial ports, a thread for each. What is read becomes [`Input::Scan`], in order. The channel is
//! bounded: when the till is behind, the thread waits and the bytes stay in the port, so that no scan is dropped and
//! none overtakes another. An SSI scanner gets its ACK only when the till has the code.
//!
//! A scanner that is not there is waited for; unplugging and plugging in again needs no hand.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel,
};
use std::thread::JoinHandle;
use std::time::Duration;

use devices::scanner::plain;
use devices::scanner::ssi::decoder;
use retail::clock::Clock;

use super::line::{self, Gone, SerialLine};
use crate::config;
use crate::till::input::{Input, ScannedCode, ScannerStatus};

pub use crate::config::ScannerProtocol as Protocol;

/// Longest code in bytes: a GS1 code with a long Digital Link fits.
const CODE_MAX: usize = 1024;
/// How long a look at the port may take before the thread sees that it is to stop.
const LOOK: Duration = Duration::from_millis(200);
/// Between two attempts to open a port that is not there.
const REOPEN: Duration = Duration::from_millis(500);
/// Between two attempts to hand a scan over to a till that is behind.
const BEHIND: Duration = Duration::from_millis(10);
/// How long a scanner may take to accept an ACK.
const REPLY: Duration = Duration::from_millis(500);

/// One scanner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What the screen calls it: its port as the settings name it.
    pub name: String,
    /// Its port.
    pub line: line::Settings,
    /// What it speaks.
    pub protocol: Protocol,
}

impl From<&config::Scanner> for Settings {
    fn from(scanner: &config::Scanner) -> Self {
        Self {
            name: scanner.serial.port.display().to_string(),
            line: line::Settings::from(&scanner.serial),
            protocol: scanner.protocol,
        }
    }
}

/// A scanner's thread. It ends when this is dropped or the till no longer takes inputs.
#[derive(Debug)]
pub struct Scanner {
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Scanner {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(
        settings: Settings,
        inputs: SyncSender<Input>,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Self> {
        let (stop, stopped) = sync_channel(1);
        let worker = Worker {
            frames: Frames::new(settings.protocol),
            settings,
            inputs,
            clock,
            stopped,
            behind_ms: 0,
        };
        let thread = std::thread::Builder::new()
            .name("scanner".to_owned())
            .spawn(move || worker.run())?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Scanner {
    /// Stops the thread and waits for it, at most a moment: it never waits longer than that for its port.
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so itself.
            let _ = thread.join();
        }
    }
}

/// Why a thread stops looking at its port.
enum End {
    /// The port went away: look for it again.
    Gone(Gone),
    /// The till stops.
    Stop,
}

impl From<Gone> for End {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

struct Worker {
    settings: Settings,
    frames: Frames,
    inputs: SyncSender<Input>,
    clock: Arc<dyn Clock>,
    stopped: Receiver<()>,
    /// How far the time of the frames is behind the clock. Bytes that lay in the port while this thread could not look
    /// were not late: only an empty port is silence.
    behind_ms: u64,
}

impl Worker {
    fn run(mut self) {
        let mut trouble = String::new();
        // The first news, also when the port is not there.
        let mut told = None;
        loop {
            match SerialLine::open(&self.settings.line) {
                Ok(line) => {
                    trouble.clear();
                    tracing::info!(scanner = self.settings.name, "scanner connected");
                    told = Some(true);
                    if self.tell(true).is_err() {
                        return;
                    }
                    match self.serve(line) {
                        End::Gone(gone) => {
                            tracing::warn!(scanner = self.settings.name, %gone, "scanner lost");
                        }
                        End::Stop => return,
                    }
                }
                Err(error) => {
                    let text = error.to_string();
                    if text != trouble {
                        tracing::warn!(scanner = self.settings.name, %error, "waiting for the scanner");
                        trouble = text;
                    }
                }
            }
            if told != Some(false) {
                told = Some(false);
                if self.tell(false).is_err() {
                    return;
                }
            }
            match self.stopped.recv_timeout(REOPEN) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn serve(&mut self, mut line: SerialLine) -> End {
        let mut buffer = [0; 512];
        loop {
            if !matches!(self.stopped.try_recv(), Err(TryRecvError::Empty)) {
                return End::Stop;
            }
            let now = self.frame_ms();
            let wait = match self.frames.deadline_ms() {
                Some(deadline) => LOOK.min(Duration::from_millis(deadline.saturating_sub(now))),
                None => LOOK,
            };
            let read = match line.read(&mut buffer, wait) {
                Ok(count) => buffer.get(..count).unwrap_or(&[]),
                Err(gone) => {
                    self.frames.hang_up(&self.settings.name);
                    return End::Gone(gone);
                }
            };
            if !read.is_empty()
                && let Some(deadline) = self.frames.deadline_ms()
            {
                let late = (self.frame_ms() + 1).saturating_sub(deadline);
                self.behind_ms = self.behind_ms.saturating_add(late);
            }
            if read.is_empty() && !line.is_current() {
                self.frames.hang_up(&self.settings.name);
                return End::Gone(Gone("its name leads to another device".to_owned()));
            }
            if let Err(end) = self.take(read, &mut line) {
                if matches!(end, End::Gone(_)) {
                    self.frames.hang_up(&self.settings.name);
                }
                return end;
            }
        }
    }

    /// Takes every frame out of `read`; with nothing read, only looks at the time.
    fn take(&mut self, mut read: &[u8], line: &mut SerialLine) -> Result<(), End> {
        let now = self.frame_ms();
        let name = &self.settings.name;
        let scan = |data: &[u8], ssi_type| {
            Input::Scan(ScannedCode {
                data: data.to_vec(),
                ssi_type,
                scanner: name.clone(),
            })
        };
        loop {
            match &mut self.frames {
                Frames::Plain(scanner) => match scanner.poll(&mut read, now) {
                    plain::Frame::Code(code) => {
                        post(&self.inputs, &self.stopped, name, scan(code, None))?
                    }
                    plain::Frame::Malformed(reason) => {
                        tracing::warn!(scanner = name, %reason, "not a code");
                    }
                    plain::Frame::Incomplete => return Ok(()),
                },
                Frames::Ssi(decoder) => {
                    let step = decoder.poll(&mut read, now);
                    let reply = step.reply;
                    match step.event {
                        decoder::Event::Incomplete if reply.is_empty() => return Ok(()),
                        decoder::Event::Code { code_type, data } => {
                            post(
                                &self.inputs,
                                &self.stopped,
                                name,
                                scan(data, Some(code_type.byte)),
                            )?;
                        }
                        decoder::Event::Duplicate => {
                            tracing::info!(scanner = name, "a retransmission was dropped");
                        }
                        decoder::Event::Malformed(reason) => {
                            tracing::warn!(scanner = name, %reason, "not a packet");
                        }
                        decoder::Event::Incomplete
                        | decoder::Event::NoRead
                        | decoder::Event::Part
                        | decoder::Event::Other(_) => {}
                    }
                    answer(line, reply, name)?;
                }
            }
        }
    }

    fn frame_ms(&self) -> u64 {
        self.clock.monotonic_ms().saturating_sub(self.behind_ms)
    }

    fn tell(&self, connected: bool) -> Result<(), End> {
        let status = ScannerStatus {
            name: self.settings.name.clone(),
            connected,
        };
        post(
            &self.inputs,
            &self.stopped,
            &self.settings.name,
            Input::Scanner(status),
        )
    }
}

/// Hands an input over; waits while the till is behind, so that the bytes behind it stay in the port.
fn post(
    inputs: &SyncSender<Input>,
    stopped: &Receiver<()>,
    name: &str,
    mut input: Input,
) -> Result<(), End> {
    let mut said = false;
    loop {
        input = match inputs.try_send(input) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Disconnected(_)) => return Err(End::Stop),
            Err(TrySendError::Full(input)) => input,
        };
        if !said {
            tracing::warn!(scanner = name, "the till is behind: the scanner waits");
            said = true;
        }
        if !matches!(stopped.recv_timeout(BEHIND), Err(RecvTimeoutError::Timeout)) {
            return Err(End::Stop);
        }
    }
}

fn answer(line: &mut SerialLine, reply: &[u8], name: &str) -> Result<(), Gone> {
    let mut rest = reply;
    while !rest.is_empty() {
        let taken = line.write(rest, REPLY)?;
        if taken == 0 {
            tracing::warn!(scanner = name, "the scanner takes no answer");
            return Ok(());
        }
        rest = rest.get(taken..).unwrap_or(&[]);
    }
    Ok(())
}

/// The framing of one scanner. It outlives the port: an SSI scanner may repeat its last packet when it is back.
#[expect(
    clippy::large_enum_variant,
    reason = "one for each scanner, never moved"
)]
enum Frames {
    Plain(plain::Scanner<CODE_MAX>),
    Ssi(decoder::Decoder<CODE_MAX>),
}

impl Frames {
    fn new(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Plain => Self::Plain(plain::Scanner::new(plain::Settings::default())),
            Protocol::Ssi => Self::Ssi(decoder::Decoder::new(decoder::Settings::default())),
        }
    }

    fn deadline_ms(&self) -> Option<u64> {
        match self {
            Self::Plain(scanner) => scanner.deadline_ms(),
            Self::Ssi(decoder) => decoder.deadline_ms(),
        }
    }

    fn hang_up(&mut self, name: &str) {
        let lost = match self {
            Self::Plain(scanner) => scanner.hang_up().map(|reason| reason.to_string()),
            Self::Ssi(decoder) => decoder.hang_up().map(|reason| reason.to_string()),
        };
        if let Some(reason) = lost {
            tracing::warn!(scanner = name, reason, "lost with the port");
        }
    }
}
