//! A real browser: headless Chromium over `WebDriver`. Everything is found by its accessible name, as a cashier with a
//! screen reader finds it; everything is waited for in the page.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, anyhow, bail, ensure};
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// What `WebDriver` calls an element in JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Finds by name: `aria-label`, else the label of a field, else the text. What is not shown has no name.
const NAMED: &str = "
    const nameOf = (node) => (node.getAttribute('aria-label')
        ?? (node.labels?.length ? node.labels[0].innerText : node.textContent)).replace(/\\s+/g, ' ').trim();
    const shown = (node) => node.getClientRects().length > 0;
    const named = (kind, name) => [...document.querySelectorAll(kind)].find((node) => shown(node)
        && (nameOf(node) === name || (node.labels?.length && nameOf(node).startsWith(name + ' '))));
    const button = (name) => named('button', name);
    const field = (name) => named('input', name);
    const table = (name) => [...document.querySelectorAll('table')].find((node) =>
        (node.getAttribute('aria-label') ?? node.caption?.textContent) === name);
    const status = (name) => named('[role=status]', name)?.textContent ?? '';
    const cells = (name) => [...(table(name)?.tBodies[0].rows ?? [])].map((row) => [...row.cells].map((cell) => cell.innerText.trim()));
";

/// A browser with one page open.
#[derive(Debug)]
pub struct Browser {
    runtime: Runtime,
    client: Client,
    _driver: Driver,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser with a profile of its own and opens `url`.
    ///
    /// # Errors
    /// When Chromium or its driver is not installed, or the page does not come.
    pub fn open(url: &str) -> Result<Self> {
        Self::wide(url, None)
    }

    /// The same with a window of so many pixels: 320 is a small phone, or a page enlarged four times.
    ///
    /// # Errors
    /// As [`Browser::open`].
    pub fn wide(url: &str, pixels: Option<u32>) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        let (driver, port) = start_driver()?;
        let runtime = Runtime::new()?;
        let client = runtime.block_on(session(port, &profile, url, pixels))?;
        Ok(Self {
            runtime,
            client,
            _driver: driver,
            _profile: profile,
        })
    }

    fn run<T>(&self, work: impl Future<Output = Result<T, CmdError>>) -> Result<T> {
        Ok(self.runtime.block_on(work)?)
    }

    /// Opens another page.
    ///
    /// # Errors
    /// When it does not come.
    pub fn go(&self, url: &str) -> Result<()> {
        self.run(self.client.goto(url))
    }

    /// What an expression gives; `button`, `field`, `table`, `status` and `cells` find by accessible name.
    ///
    /// # Errors
    /// When the page does not take it.
    pub fn js(&self, expression: &str) -> Result<Value> {
        self.run(
            self.client
                .execute(&format!("{NAMED} return {expression};"), Vec::new()),
        )
    }

    /// Waits until an expression is true in the page.
    ///
    /// # Errors
    /// When it does not become true; says what stands on the page.
    pub fn until(&self, expression: &str) -> Result<()> {
        let script = format!(
            "{NAMED} const done = arguments[0], end = performance.now() + 20000;
             (function look() {{
                 if ({expression}) done(true);
                 else if (performance.now() > end) done(false);
                 else setTimeout(look, 20);
             }})();"
        );
        // A page that loads another one takes the script with it: then it is asked once more.
        for _ in 0..4 {
            let answer = self.run(self.client.execute_async(&script, Vec::new()));
            match answer {
                Ok(Value::Bool(true)) => return Ok(()),
                Ok(_) => break,
                Err(_) => {}
            }
        }
        let text = self.js("document.body.innerText")?;
        bail!("never true: {expression}; the page says:\n{text}")
    }

    fn element(&self, expression: &str) -> Result<Element> {
        let found = self.js(expression)?;
        let id = found[ELEMENT]
            .as_str()
            .ok_or_else(|| anyhow!("{expression} is not an element: {found}"))?;
        Ok(Element::from_element_id(
            self.client.clone(),
            id.to_owned().into(),
        ))
    }

    /// Clicks the button of this name, as soon as it can be pressed.
    ///
    /// # Errors
    /// When there is none.
    pub fn click(&self, name: &str) -> Result<()> {
        let expression = format!("button({})", json!(name));
        self.until(&format!("{expression} && !{expression}.disabled"))?;
        let element = self.element(&expression)?;
        self.run(element.click())
            .with_context(|| format!("the button {name}"))
    }

    /// Clicks whatever this expression finds.
    ///
    /// # Errors
    /// When it finds nothing.
    pub fn click_on(&self, expression: &str) -> Result<()> {
        self.until(expression)?;
        let element = self.element(expression)?;
        self.run(element.click()).context(expression.to_owned())
    }

    /// Two quick clicks on the same spot, as a nervous finger makes them.
    ///
    /// # Errors
    /// When there is no such button.
    pub fn double_click(&self, name: &str) -> Result<()> {
        let expression = format!("button({})", json!(name));
        self.until(&format!("{expression} && !{expression}.disabled"))?;
        let element = self.element(&expression)?;
        let (x, y, width, height) = self.run(element.rectangle())?;
        let there = PointerAction::MoveTo {
            duration: None,
            x: x + width / 2.0,
            y: y + height / 2.0,
        };
        let press = PointerAction::Down {
            button: MOUSE_BUTTON_LEFT,
        };
        let release = PointerAction::Up {
            button: MOUSE_BUTTON_LEFT,
        };
        let finger = MouseActions::new("finger".to_owned())
            .then(there)
            .then(press.clone())
            .then(release.clone())
            .then(press)
            .then(release);
        self.run(self.client.perform_actions(finger))
    }

    /// Types into the field of this name.
    ///
    /// # Errors
    /// When there is none, or it does not take the keys.
    pub fn type_into(&self, name: &str, text: &str) -> Result<()> {
        let expression = format!("field({})", json!(name));
        self.until(&format!("{expression} && !{expression}.disabled"))?;
        let element = self.element(&expression)?;
        self.run(element.send_keys(text))
            .with_context(|| format!("the field {name}"))
    }

    /// The rows of the table of this name, cell by cell.
    ///
    /// # Errors
    /// When there is none.
    pub fn table(&self, name: &str) -> Result<Vec<Vec<String>>> {
        let there = self.js(&format!("table({}) !== undefined", json!(name)))?;
        ensure!(there == true, "there is no table {name}");
        Ok(serde_json::from_value(
            self.js(&format!("cells({})", json!(name)))?,
        )?)
    }

    /// True while the page has a dialog of its own open, as `alert` makes.
    #[must_use]
    pub fn has_alert(&self) -> bool {
        self.run(self.client.get_alert_text()).is_ok()
    }
}

/// The process of chromedriver; ends with its owner.
#[derive(Debug)]
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        // One that is gone already cannot be ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts chromedriver on a free port. Two that start in the same breath may choose the same one; the second gives up.
fn start_driver() -> Result<(Driver, u16)> {
    for _ in 0..8 {
        let mut driver = Driver(
            Command::new("chromedriver")
                .arg("--port=0")
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .context("browser stories need Chromium and chromedriver: apt-get install chromium chromium-driver")?,
        );
        let output = driver.0.stdout.take().context("chromedriver is mute")?;
        let port = BufReader::new(output)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let port = line.rsplit_once("successfully on port ")?.1;
                port.trim_end_matches('.').parse().ok()
            });
        if let Some(port) = port {
            return Ok((driver, port));
        }
    }
    bail!("chromedriver found no free port in eight attempts")
}

async fn session(port: u16, profile: &TempDir, url: &str, pixels: Option<u32>) -> Result<Client> {
    let mut options = json!({"goog:chromeOptions": {"args": [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--force-prefers-reduced-motion",
        "--window-size=1280,900", "--accept-lang=nl", format!("--user-data-dir={}", profile.path().display()),
    ]}});
    if let Some(width) = pixels {
        options["goog:chromeOptions"]["mobileEmulation"] =
            json!({"deviceMetrics": {"width": width, "height": 640, "pixelRatio": 1.0}});
    }
    let client = ClientBuilder::new(HttpConnector::new())
        .capabilities(options.as_object().cloned().unwrap_or_default())
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .context("chromedriver gives no Chromium: are both of one version?")?;
    client.goto(url).await?;
    Ok(client)
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A browser that is gone already cannot be closed.
        let _ = self.runtime.block_on(self.client.clone().close());
    }
}
