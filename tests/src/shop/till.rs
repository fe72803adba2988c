//! A till as a process, with a scanner and a printer on real pseudo-terminals and its screen over HTTP.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use super::process::{LIMIT, Process, binary, output};
use crate::devices::{HubBoard, PlainScanner, Printer, PrinterKind};

/// What a till is called and where it is.
#[derive(Clone, Debug)]
pub struct TillPlan {
    /// What people call it.
    pub name: String,
    /// Port of its screen; 0 takes a free one at every start.
    pub port: u16,
    /// Address of head office; `None`: a till on its own.
    pub server: Option<String>,
    /// Further lines of `till.toml`, whole tables.
    pub extra: String,
    /// Scanner, printer and drawer hang on a hub.
    pub hub: bool,
}

/// A till with its devices.
#[derive(Debug)]
pub struct Till {
    dir: PathBuf,
    plan: TillPlan,
    port: u16,
    process: Option<Process>,
    /// The scanner on its cable.
    pub scanner: PlainScanner,
    /// The printer on its cable.
    pub printer: Printer,
    /// The hub between them and the till, where there is one.
    pub hub: Option<HubBoard>,
    actions: u64,
}

impl Till {
    /// Lays the till out in `dir`: settings, and devices under fixed names. It does not run yet.
    pub fn new(dir: &Path, plan: TillPlan) -> Result<Self> {
        std::fs::create_dir_all(dir)?;
        let scanner = PlainScanner::plug_in(&dir.join("scanner"))?;
        let printer = Printer::plug_in(
            &dir.join("printer"),
            PrinterKind {
                columns: 42,
                ..PrinterKind::default()
            },
        )?;
        let hub = if plan.hub {
            Some(HubBoard::plug_in(dir).context("the hub")?)
        } else {
            None
        };
        let till = Self {
            dir: dir.to_path_buf(),
            port: plan.port,
            plan,
            process: None,
            scanner,
            printer,
            hub,
            actions: 0,
        };
        till.write_settings()?;
        Ok(till)
    }

    fn write_settings(&self) -> Result<()> {
        let TillPlan {
            name,
            port,
            server,
            extra,
            hub,
        } = &self.plan;
        let devices = if *hub {
            "[hub]\nport = \"hub\"\nbaud = 115200\nprofile = \"epson-80\"\n\n"
        } else {
            "[[scanner]]\nport = \"scanner\"\nbaud = 9600\nprotocol = \"plain\"\n\n\
             [printer]\nport = \"printer\"\nbaud = 38400\nprofile = \"epson-80\"\n\n"
        };
        let server = server
            .as_ref()
            .map(|url| format!("\n[server]\nurl = \"{url}\"\n"))
            .unwrap_or_default();
        let text = format!(
            "[shop]\nid = \"utrecht\"\nname = \"Wol & Wilg\"\naddress = [\"Oudegracht 112\", \"3511 AW Utrecht\"]\n\
             kvk = \"81234567\"\nvat_id = \"NL861234567B01\"\ntime_zone = \"Europe/Amsterdam\"\n\n\
             [till]\nname = \"{name}\"\n\n[store]\npath = \"till.db\"\n\n[screen]\nlisten = \"127.0.0.1:{port}\"\n\n\
             {devices}[pin]\nterminal = \"simulated\"\n\n[cash]\nrounding = true\n{server}{extra}"
        );
        std::fs::write(self.config(), text).context("till.toml")
    }

    /// Its settings.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.dir.join("till.toml")
    }

    /// Its database.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.dir.join("till.db")
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.plan.name
    }

    /// Where its screen is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A command of this till, beside `run`.
    pub fn command(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = binary("terminal-app")?;
        command.args(arguments).arg("--config").arg(self.config());
        Ok(command)
    }

    /// Runs a command and gives what it printed.
    pub fn run(&self, arguments: &[&str], stdin: &str) -> Result<String> {
        output(&mut self.command(arguments)?, stdin)
    }

    /// Reads a catalogue.
    pub fn import_articles(&self, csv: &str) -> Result<()> {
        let file = self.dir.join("catalogue.csv");
        std::fs::write(&file, csv)?;
        self.run(&["articles", "import", &file.to_string_lossy()], "")
            .map(drop)
    }

    /// Adds a cashier.
    pub fn add_cashier(&self, name: &str, pin: &str) -> Result<()> {
        self.run(&["cashier", "add", "--name", name, "--pin-stdin"], pin)
            .map(drop)
    }

    /// Joins the organisation.
    pub fn enrol(&self, code: &str) -> Result<()> {
        self.run(&["enrol", "--code", code], "").map(drop)
    }

    /// Rewrites its settings; a till that runs does not notice.
    pub fn change_settings(&self, change: impl FnOnce(String) -> String) -> Result<()> {
        let text = std::fs::read_to_string(self.config())?;
        std::fs::write(self.config(), change(text)).context("till.toml")
    }

    /// Starts the till and waits until its screen answers.
    pub fn start(&mut self) -> Result<()> {
        let mut command = self.command(&["run"])?;
        self.start_as(&mut command)
    }

    /// Starts the till on a disk where no file can grow past `bytes`: every write beyond fails, as on a full disk.
    pub fn start_with_little_room(&mut self, bytes: u64) -> Result<()> {
        let run = self.command(&["run"])?;
        let mut command = Command::new("sh");
        // POSIX counts in blocks of 512 bytes; without the trap the signal of the limit would end the till.
        command
            .args(["-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\""])
            .arg((bytes / 512).to_string())
            .arg(run.get_program())
            .args(run.get_args());
        self.start_as(&mut command)
    }

    fn start_as(&mut self, command: &mut Command) -> Result<()> {
        let mut process = Process::start(&self.plan.name, command, &self.dir.join("till.log"))?;
        let line = process.wait_for_line("http://")?;
        let port = line.rsplit(':').next().map(|rest| {
            rest.chars()
                .take_while(char::is_ascii_digit)
                .collect::<String>()
        });
        self.port = port
            .and_then(|port| port.parse().ok())
            .with_context(|| format!("no port in {line:?}"))?;
        self.process = Some(process);
        Ok(())
    }

    /// Stops it as systemd does.
    pub fn stop(&mut self) -> Result<()> {
        match self.process.take() {
            Some(process) => {
                let status = process.stop()?;
                if status.success() {
                    Ok(())
                } else {
                    Err(anyhow!("the till ended with {status}"))
                }
            }
            None => Ok(()),
        }
    }

    /// `kill -9`.
    pub fn kill(&mut self) -> Result<()> {
        match self.process.take() {
            Some(process) => process.kill(),
            None => Ok(()),
        }
    }

    /// True while it runs.
    pub fn is_running(&mut self) -> bool {
        self.process.as_mut().is_some_and(Process::is_running)
    }

    /// The process id, while it runs.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// What the screen shows, as data.
    pub fn state(&self) -> Result<Value> {
        self.get("/state")
    }

    /// Waits until the screen shows what is wanted; fails with the last state.
    pub fn wait(&self, what: &str, wanted: impl FnMut(&Value) -> bool) -> Result<Value> {
        self.wait_for(QUIET_ROUNDS, what, wanted)
    }

    /// The same for what may never come: fails as soon as nothing has changed for one answer.
    pub fn wait_a_while(&self, what: &str, wanted: impl FnMut(&Value) -> bool) -> Result<Value> {
        self.wait_for(1, what, wanted)
    }

    fn wait_for(
        &self,
        quiet_rounds: u32,
        what: &str,
        mut wanted: impl FnMut(&Value) -> bool,
    ) -> Result<Value> {
        let mut state = self.state()?;
        let mut quiet = 0;
        // Every round waits for a change; a till changes a few times a second at most.
        for _ in 0..400 {
            if wanted(&state) {
                return Ok(state);
            }
            let rev = state["rev"].as_u64().unwrap_or(0);
            let next = self.get(&format!("/state?after={rev}"))?;
            if next["rev"].as_u64() == Some(rev) {
                quiet += 1;
            }
            if quiet == quiet_rounds {
                bail!(
                    "{}: waited in vain for: {what}; it shows {state:#}",
                    self.plan.name
                );
            }
            state = next;
        }
        bail!(
            "{}: too many changes while waiting for: {what}; it shows {state:#}",
            self.plan.name
        )
    }

    /// Presses something on the screen: an action as JSON.
    pub fn press(&mut self, action: &Value) -> Result<()> {
        self.actions += 1;
        let id = format!("story-{}-{}", std::process::id(), self.actions);
        self.press_with_id(&id, action)
    }

    /// Presses with an id of one's own, as a page does that repeats itself.
    pub fn press_with_id(&self, id: &str, action: &Value) -> Result<()> {
        let url = self.url();
        let page = self.text("/")?;
        let token = page
            .split("name=\"token\" content=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .context("the page has no token")?;
        let mut answer = agent()
            .post(format!("{url}/action"))
            .header("origin", &url)
            .header("content-type", "application/json")
            .header("x-klantreis-token", token)
            .send(json!({ "id": id, "action": action }).to_string())?;
        if answer.status() == 204 {
            return Ok(());
        }
        bail!(
            "{action} was answered with {}: {}",
            answer.status(),
            answer.body_mut().read_to_string()?
        )
    }

    /// Logs in and waits until somebody is.
    pub fn log_in(&mut self, pin: &str) -> Result<()> {
        self.press(&json!({ "do": "login", "pin": pin }))?;
        self.wait("somebody is logged in", |state| !state["cashier"].is_null())
            .map(drop)
    }

    /// Logs in after a restart, unless somebody still is.
    pub fn log_in_again(&mut self, pin: &str) -> Result<()> {
        if self.state()?["cashier"].is_null() {
            self.log_in(pin)?;
        }
        Ok(())
    }

    /// Scans a code and waits until the till has done something with it.
    pub fn scan(&mut self, code: &str) -> Result<Value> {
        let before = sounds(&self.state()?);
        self.scanner.scan(code)?;
        self.wait(&format!("a sound after scanning {code}"), |state| {
            sounds(state) > before
        })
    }

    /// Waits until nothing waits for the printer; a receipt of which the till asks whether it came out does not wait.
    pub fn wait_printed(&self) -> Result<()> {
        // The screen hears of a new job a moment later than the queue has it: what counts is the queue.
        for _ in 0..100_000 {
            let (waiting, _) = self.print_queue()?;
            if waiting == 0 {
                return Ok(());
            }
            let state = self.state()?;
            if state["printer"]["queue"] != 0 {
                let rev = state["rev"].as_u64().unwrap_or(0);
                self.get(&format!("/state?after={rev}"))?;
            }
        }
        bail!("{}: receipts wait for the printer in vain", self.plan.name)
    }

    /// Its print queue, read from its database: receipts that wait, and receipts of which it asks whether they came out.
    pub fn print_queue(&self) -> Result<(u32, u32)> {
        let db = Connection::open_with_flags(self.store(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        Ok(db.query_row(
            "SELECT COUNT(*) FILTER (WHERE state < 2), COUNT(*) FILTER (WHERE state = 2) FROM print_job",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?)
    }

    /// A page of the screen.
    pub fn text(&self, path: &str) -> Result<String> {
        let mut answer = agent().get(format!("{}{path}", self.url())).call()?;
        let mut text = String::new();
        answer.body_mut().as_reader().read_to_string(&mut text)?;
        Ok(text)
    }

    fn get(&self, path: &str) -> Result<Value> {
        let text = self.text(path)?;
        serde_json::from_str(&text).with_context(|| format!("{path} answered {text:?}"))
    }
}

/// So many answers in which nothing changed are too many, whatever came in between: head office is heard of every minute.
/// The till gives each after 25 seconds: on a starved machine an emulator or a process may need more than one of them.
const QUIET_ROUNDS: u32 = 5;

fn sounds(state: &Value) -> u64 {
    state["sound"][0].as_u64().unwrap_or(0)
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(LIMIT.max(Duration::from_secs(40))))
        .http_status_as_error(false)
        .build()
        .into()
}
