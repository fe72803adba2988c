//! A page of the screen in headless Chromium, with its own driver and till: opened, pressed, typed into, waited for.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use terminal_app::till::{Action, Input, View};
use tokio::runtime::Runtime;

use crate::samples;
use crate::stand::{Stand, stand};

/// The sample of this name.
pub(crate) fn sample(name: &str) -> View {
    let mut all = samples::all().into_iter();
    all.find(|(known, _)| *known == name).expect("a sample").1
}

/// A browser on the page of a stand. Ends with the test.
pub(crate) struct Browser {
    pub(crate) stand: Stand,
    runtime: Runtime,
    pub(crate) client: Client,
    _driver: Driver,
    _profile: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let closed = self.runtime.block_on(self.client.clone().close());
        assert!(closed.is_ok() || std::thread::panicking(), "{closed:?}");
    }
}

/// A driver on a port of its own choice, killed at the end.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let ended = self.0.kill().and_then(|()| self.0.wait());
        assert!(ended.is_ok() || std::thread::panicking(), "{ended:?}");
    }
}

/// A browser on this view.
pub(crate) fn open(view: View) -> Browser {
    let stand = stand(view);
    let runtime = Runtime::new().expect("a runtime");
    let profile = tempfile::tempdir().expect("a folder");
    let mut driver = Driver(
        Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed"),
    );
    let output = BufReader::new(driver.0.stdout.take().expect("its output"));
    let port: u16 = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| {
            line.rsplit_once("successfully on port ")?
                .1
                .trim_end_matches('.')
                .parse()
                .ok()
        })
        .expect("chromedriver says its port");
    let options = serde_json::json!({"goog:chromeOptions": {"args": [
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--force-prefers-reduced-motion", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1024,768",
        format!("--user-data-dir={}", profile.path().display()),
    ]}});
    let client = runtime.block_on(async {
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(options.as_object().expect("an object").clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a session");
        client
            .goto(&format!("http://{}/", stand.at))
            .await
            .expect("the page");
        client
    });
    let browser = Browser {
        stand,
        runtime,
        client,
        _driver: driver,
        _profile: profile,
    };
    // The stream is there once the clock runs and the till's sound counter has been heard.
    browser.until("return document.querySelector('#clock').textContent !== ''");
    browser
}

impl Browser {
    pub(crate) fn run<T>(
        &self,
        work: impl Future<Output = Result<T, fantoccini::error::CmdError>>,
    ) -> T {
        self.runtime.block_on(work).expect("the browser does it")
    }

    pub(crate) fn js(&self, script: &str) -> serde_json::Value {
        self.run(self.client.execute(script, Vec::new()))
    }

    /// Waits for a script to give true.
    #[track_caller]
    pub(crate) fn until(&self, script: &str) {
        let poll = format!(
            "const done = arguments[0], end = performance.now() + 5000;
             (function look() {{
                 const found = (() => {{ {script} }})();
                 if (found || performance.now() > end) done(found); else setTimeout(look, 20);
             }})();"
        );
        // A page that loads itself again loses its script: then it is asked once more.
        let found = (0..4).any(|_| {
            let answer = self
                .runtime
                .block_on(self.client.execute_async(&poll, Vec::new()));
            answer.is_ok_and(|found| found == true)
        });
        assert!(found, "never true: {script}");
    }

    pub(crate) fn click(&self, label: &str) {
        let css = format!("button[aria-label=\"{label}\"]");
        self.run(async { self.client.find(Locator::Css(&css)).await?.click().await });
    }

    pub(crate) fn keys(&self, selector: &str, keys: &str) {
        self.run(async {
            self.client
                .find(Locator::Css(selector))
                .await?
                .send_keys(keys)
                .await
        });
    }

    pub(crate) fn show(&self, change: impl FnOnce(&mut View)) {
        let mut view = View::clone(&self.stand.views.borrow());
        view.rev += 1;
        change(&mut view);
        let mark = view.rev;
        view.till = format!("Kassa {mark}");
        self.stand
            .views
            .send(Arc::new(view))
            .expect("the page listens");
        self.until(&format!(
            "return document.querySelector('.place span').textContent === 'Kassa {mark}'"
        ));
    }

    /// Makes what the page itself has of the window so large.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let set = |width, height| self.run(self.client.set_window_size(width, height));
        set(width, height);
        let frame = |side: &str| {
            let thick = self.js(&format!("return outer{side} - inner{side}"));
            thick
                .as_u64()
                .and_then(|thick| u32::try_from(thick).ok())
                .expect("a frame")
        };
        set(width + frame("Width"), height + frame("Height"));
        self.until(&format!(
            "return innerWidth === {width} && innerHeight === {height}"
        ));
    }

    pub(crate) fn box_text(&self) -> String {
        self.js("return document.querySelector('#entry').value")
            .as_str()
            .expect("a text")
            .to_owned()
    }

    #[track_caller]
    pub(crate) fn pressed(&self) -> Action {
        match self.stand.inputs.recv_timeout(Duration::from_secs(10)) {
            Ok(Input::Action { action, .. }) => action,
            other => panic!("no action: {other:?}"),
        }
    }

    /// Nothing else has arrived: a mark pressed now comes next.
    #[track_caller]
    pub(crate) fn nothing_more(&self) {
        self.js("document.querySelector('button[aria-label=\"Kopie bon\"]').click()");
        assert_eq!(self.pressed(), Action::ReprintLast);
    }
}
