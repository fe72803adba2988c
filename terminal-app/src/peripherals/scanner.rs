//! Barcode scanners on serial ports, a thread for each. What is read becomes [`Input::Scan`], in order. The channel is
//! bounded: when the till is behind, the thread waits and the bytes stay in the port, so that no scan is dropped and
//! none overtakes another. An SSI scanner gets its ACK only when the till has the code.
//!
//! What comes in damaged becomes [`Input::DamagedScan`]. A packet that the scanner was asked to send again is waited for
//! first: the cashier who hears a good scan must not be told of a bad one.
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
use devices::scanner::ssi::{self, decoder};
use retail::clock::Clock;

use super::line::{self, Gone, SerialLine};
use super::port::{self, End, Tenant};
use crate::config;
use crate::till::input::{DamagedScan, Input, ScanDamage, ScannedCode, ScannerStatus};

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
/// How long a scanner may take to send a damaged packet again before the cashier hears of it.
const AGAIN_MS: u64 = 1_500;
/// Bytes kept to say what a damaged frame was.
const READ_MAX: usize = 128;

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
        let line = settings.line.clone();
        let mut worker = Worker {
            told: None,
            frames: Frames::new(settings.protocol),
            settings,
            inputs,
            clock,
            stopped,
            behind_ms: 0,
            raw: Vec::new(),
            awaited: None,
        };
        let thread = std::thread::Builder::new()
            .name("scanner".to_owned())
            .spawn(move || port::keep(&line, &mut worker))?;
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

struct Worker {
    settings: Settings,
    /// What the till was told last; the first news also when the port is not there.
    told: Option<bool>,
    frames: Frames,
    inputs: SyncSender<Input>,
    clock: Arc<dyn Clock>,
    stopped: Receiver<()>,
    /// How far the time of the frames is behind the clock. Bytes that lay in the port while this thread could not look
    /// were not late: only an empty port is silence.
    behind_ms: u64,
    /// The first bytes since the last frame.
    raw: Vec<u8>,
    /// A damaged packet that the scanner was asked to send again, and until when it is waited for.
    awaited: Option<(Input, u64)>,
}

impl Tenant for Worker {
    fn serve(&mut self, line: SerialLine) -> End {
        match self.tell(true) {
            Ok(()) => self.read(line),
            Err(end) => end,
        }
    }

    fn wait(&mut self) -> Result<(), End> {
        self.tell(false)?;
        match self.stopped.recv_timeout(REOPEN) {
            Err(RecvTimeoutError::Timeout) => Ok(()),
            Ok(()) | Err(RecvTimeoutError::Disconnected) => Err(End::Stop),
        }
    }
}

impl Worker {
    /// Reads and frames until the port is gone.
    fn read(&mut self, mut line: SerialLine) -> End {
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
                    return self.gone(gone);
                }
            };
            if !read.is_empty()
                && let Some(deadline) = self.frames.deadline_ms()
            {
                let late = (self.frame_ms() + 1).saturating_sub(deadline);
                self.behind_ms = self.behind_ms.saturating_add(late);
            }
            if read.is_empty() && !line.is_current() {
                return self.gone(Gone("its name leads to another device".to_owned()));
            }
            let taken = self.take(read, &mut line);
            match taken.and_then(|()| self.give_up_waiting()) {
                Ok(()) => {}
                Err(End::Gone(gone)) => return self.gone(gone),
                Err(End::Stop) => return End::Stop,
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
            let waiting = read;
            match &mut self.frames {
                Frames::Plain(scanner) => {
                    let frame = scanner.poll(&mut read, now);
                    remember(&mut self.raw, waiting, read);
                    match frame {
                        plain::Frame::Code(code) => {
                            post(&self.inputs, &self.stopped, name, scan(code, None))?;
                        }
                        plain::Frame::Malformed(reason) => {
                            tracing::warn!(scanner = name, %reason, "not a code");
                            let damaged = damaged(name, plain_damage(reason), &self.raw);
                            post(&self.inputs, &self.stopped, name, damaged)?;
                        }
                        plain::Frame::Incomplete => return Ok(()),
                    }
                    self.raw.clear();
                }
                Frames::Ssi(decoder) => {
                    let step = decoder.poll(&mut read, now);
                    let reply = step.reply;
                    remember(&mut self.raw, waiting, read);
                    match step.event {
                        decoder::Event::Incomplete if reply.is_empty() => return Ok(()),
                        decoder::Event::Code { code_type, data } => {
                            self.awaited = None;
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
                            let damaged = damaged(name, ssi_damage(reason), &self.raw);
                            if reply.is_empty() || reply == ssi::ACK {
                                post(&self.inputs, &self.stopped, name, damaged)?;
                            } else {
                                let until = self.clock.monotonic_ms().saturating_add(AGAIN_MS);
                                self.awaited.get_or_insert((damaged, until));
                            }
                        }
                        decoder::Event::Incomplete
                        | decoder::Event::NoRead
                        | decoder::Event::Part
                        | decoder::Event::Other(_) => {}
                    }
                    self.raw.clear();
                    answer(line, reply, name)?;
                }
            }
        }
    }

    /// A damaged packet that did not come again in time is heard after all.
    fn give_up_waiting(&mut self) -> Result<(), End> {
        let now = self.clock.monotonic_ms();
        let Some((damaged, _)) = self.awaited.take_if(|(_, until)| now >= *until) else {
            return Ok(());
        };
        let name = &self.settings.name;
        post(&self.inputs, &self.stopped, name, damaged)
    }

    fn gone(&mut self, gone: Gone) -> End {
        match self.hang_up() {
            Ok(()) => End::Gone(gone),
            Err(end) => end,
        }
    }

    /// The port is gone: what was received of a frame is lost with it, and said.
    fn hang_up(&mut self) -> Result<(), End> {
        let name = &self.settings.name;
        let lost = match &mut self.frames {
            Frames::Plain(scanner) => scanner.hang_up().map(|reason| reason.to_string()),
            Frames::Ssi(decoder) => decoder.hang_up().map(|reason| reason.to_string()),
        };
        let mut heard = self.awaited.take().map(|(damaged, _)| damaged);
        if let Some(reason) = lost {
            tracing::warn!(scanner = name, reason, "lost with the port");
            heard = Some(damaged(name, ScanDamage::CutOff, &self.raw));
        }
        self.raw.clear();
        match heard {
            Some(damaged) => post(&self.inputs, &self.stopped, name, damaged),
            None => Ok(()),
        }
    }

    fn frame_ms(&self) -> u64 {
        self.clock.monotonic_ms().saturating_sub(self.behind_ms)
    }

    /// Says whether the scanner is there, when that is news.
    fn tell(&mut self, connected: bool) -> Result<(), End> {
        if self.told.replace(connected) == Some(connected) {
            return Ok(());
        }
        let name = &self.settings.name;
        let status = ScannerStatus {
            name: name.clone(),
            connected,
        };
        post(&self.inputs, &self.stopped, name, Input::Scanner(status))
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

/// Keeps the beginning of what a parser took: `waiting` before, `rest` after it.
fn remember(raw: &mut Vec<u8>, waiting: &[u8], rest: &[u8]) {
    let taken = waiting.len().saturating_sub(rest.len());
    let room = READ_MAX.saturating_sub(raw.len());
    raw.extend_from_slice(waiting.get(..taken.min(room)).unwrap_or(&[]));
}

fn damaged(name: &str, damage: ScanDamage, read: &[u8]) -> Input {
    Input::DamagedScan(DamagedScan {
        scanner: name.to_owned(),
        damage,
        read: read.to_vec(),
    })
}

const fn plain_damage(reason: plain::Malformed) -> ScanDamage {
    match reason {
        plain::Malformed::TooLong { .. } => ScanDamage::TooLong,
        plain::Malformed::Unterminated { .. } => ScanDamage::CutOff,
        plain::Malformed::OutsideFrame { .. } => ScanDamage::Noise,
    }
}

const fn ssi_damage(reason: decoder::Malformed) -> ScanDamage {
    match reason {
        decoder::Malformed::TooLong { .. } => ScanDamage::TooLong,
        decoder::Malformed::Unfinished { .. } | decoder::Malformed::BrokenMessage => {
            ScanDamage::CutOff
        }
        decoder::Malformed::Packet(_) | decoder::Malformed::Empty => ScanDamage::Noise,
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
}
