//! A real process of ours: started, watched line by line, stopped kindly or killed. Never outlives its owner.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The longest we wait for anything that must happen. Far beyond what it takes; only a failure reaches it.
pub const LIMIT: Duration = Duration::from_secs(60);

/// A running process.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
    /// Where its own lines begin in the log.
    begins: u64,
    lines: Receiver<String>,
}

/// The folder of the binaries that belong to this build: next to the test or demo that runs.
pub fn binaries() -> Result<PathBuf> {
    let own = std::env::current_exe().context("where am I?")?;
    own.ancestors()
        .skip(1)
        .find(|folder| folder.join("terminal-app").is_file() && folder.join("sync-server").is_file())
        .map(Path::to_path_buf)
        .ok_or_else(|| anyhow!("terminal-app and sync-server are not built: cargo build -p terminal-app -p sync-server"))
}

/// A command of one of our binaries.
pub fn binary(name: &str) -> Result<Command> {
    Ok(Command::new(binaries()?.join(name)))
}

/// Runs a command of ours to its end and gives its standard output; its standard error is in the message when it fails.
pub fn output(command: &mut Command, stdin: &str) -> Result<String> {
    let shown = format!("{command:?}");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start {shown}"))?;
    if let Some(mut pipe) = child.stdin.take() {
        // A command that needs no input may be gone already.
        let _ = pipe.write_all(stdin.as_bytes());
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!(
            "{shown} ended with {}:\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}

impl Process {
    /// Starts a command; everything it prints goes to `log` and can be waited for.
    pub fn start(name: &str, command: &mut Command, log: &Path) -> Result<Self> {
        let file = File::options()
            .create(true)
            .append(true)
            .open(log)
            .with_context(|| log.display().to_string())?;
        let begins = file.metadata()?.len();
        let mut running = running();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("could not start {name}"))?;
        running.push(child.id());
        drop(running);
        let (sender, lines) = channel();
        if let Some(pipe) = child.stdout.take() {
            watch(pipe, file.try_clone()?, sender.clone());
        }
        if let Some(pipe) = child.stderr.take() {
            watch(pipe, file, sender);
        }
        Ok(Self {
            name: name.to_owned(),
            child,
            log: log.to_path_buf(),
            begins,
            lines,
        })
    }

    /// Waits for a line that holds `text`; fails with the log when the process ends first.
    pub fn wait_for_line(&mut self, text: &str) -> Result<String> {
        loop {
            match self.lines.recv_timeout(LIMIT) {
                Ok(line) if line.contains(text) => return Ok(line),
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => bail!(
                    "{} did not print {text:?}; see {}",
                    self.name,
                    self.log.display()
                ),
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.child.wait()?;
                    bail!(
                        "{} ended with {status} before it printed {text:?}:\n{}",
                        self.name,
                        self.said()
                    )
                }
            }
        }
    }

    /// What it has printed; the log may hold what earlier ones did.
    fn said(&self) -> String {
        let log = std::fs::read(&self.log).unwrap_or_default();
        let begins = usize::try_from(self.begins).unwrap_or(usize::MAX);
        String::from_utf8_lossy(log.get(begins..).unwrap_or(&[])).into_owned()
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// True while it runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// `kill -9`: no goodbye. Returns when it is gone.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop, as systemd does, and waits until it has.
    pub fn stop(mut self) -> Result<ExitStatus> {
        self.signal(Signal::SIGTERM)?;
        Ok(self.child.wait()?)
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let id = i32::try_from(self.child.id())?;
        kill(Pid::from_raw(id), signal).with_context(|| format!("signal to {}", self.name))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.is_running() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        running().retain(|id| *id != self.child.id());
    }
}

/// Process ids of everything that was started and not dropped.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

fn running() -> MutexGuard<'static, Vec<u32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks everything that runs to stop and ends this program: nothing is started in between, and nobody is left behind.
pub fn end_with_all(code: i32) -> ! {
    let running = running();
    for id in running.iter().filter_map(|id| i32::try_from(*id).ok()) {
        // One that is gone already needs no signal.
        let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
    }
    std::process::exit(code)
}

fn watch(pipe: impl Read + Send + 'static, mut log: File, lines: Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            // The log is for people; what matters is checked elsewhere.
            let _ = writeln!(log, "{line}");
            let _ = lines.send(line);
        }
    });
}
