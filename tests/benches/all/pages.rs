//! The owner's pages of a running `sync-server serve`, as a browser asks for them after its log-in.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::{Days, NaiveDate};
use tests::dice::Dice;
use tests::shop::office::HeadOffice;
use tests::shop::process::Process;

use crate::history::{CUSTOMERS, ROWS, customer};
use crate::measure::{Figure, Samples, megabytes, resident_kib, short};

const OWNER: (&str, &str) = ("eigenaar", "een lang wachtwoord");
const TIMES: u64 = 100;
const BUDGET_MS: u128 = 100;

/// A browser that is logged in.
struct Browser {
    agent: ureq::Agent,
    url: String,
    cookie: String,
}

impl Browser {
    fn log_in(url: &str) -> Result<Self> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(120)))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .into();
        let answer = agent
            .post(format!("{url}/inloggen"))
            .send_form([("naam", OWNER.0), ("wachtwoord", OWNER.1)])?;
        let cookie = answer
            .headers()
            .get("set-cookie")
            .and_then(|cookie| cookie.to_str().ok())
            .and_then(|cookie| cookie.split(';').next())
            .with_context(|| format!("the log-in was answered with {}", answer.status()))?
            .to_owned();
        Ok(Self {
            agent,
            url: url.to_owned(),
            cookie,
        })
    }

    fn get(&self, path: &str) -> Result<String> {
        let mut answer = self
            .agent
            .get(format!("{}{path}", self.url))
            .header("cookie", &self.cookie)
            .call()?;
        ensure!(
            answer.status() == 200,
            "{path} was answered with {}",
            answer.status()
        );
        Ok(answer
            .body_mut()
            .with_config()
            .limit(64 << 20)
            .read_to_string()?)
    }
}

pub(crate) fn measure(office: &HeadOffice, folder: &Path) -> Result<Vec<Figure>> {
    office.add_owner(OWNER.0, OWNER.1)?;
    let mut server = Process::start(
        "head office",
        &mut office.command(&["serve", "--listen", "127.0.0.1:0"])?,
        &folder.join("serve.log"),
    )?;
    let line = server.wait_for_line("listening on")?;
    let url = line.split_whitespace().last().context("no address")?;
    let browser = Browser::log_in(url)?;
    let mut first = Samples::default();
    first.take(|| browser.get("/terugkerende-klanten"))?;
    let mut figures = vec![Figure::new(
        "first page after head office started (reads the book)",
        short(first.most()),
        1,
    )];
    let mut dice = Dice::new(9);
    let day = NaiveDate::from_ymd_opt(2023, 11, 1).context("a day")?;
    let mut page = |what: &str, path: &mut dyn FnMut(u64, &mut Dice) -> String| -> Result<()> {
        let mut samples = Samples::default();
        for number in 0..TIMES {
            let path = path(number, &mut dice);
            samples.take(|| browser.get(&path))?;
        }
        figures.push(
            Figure::new(format!("page {what}"), samples.text(), samples.len()).budget(
                format!("p99 {BUDGET_MS} ms"),
                samples.percentile(99).as_millis() < BUDGET_MS,
            ),
        );
        Ok(())
    };
    let since = |number: u64| format!("van={}", day + Days::new(number));
    page("Terugkerende klanten, asked again", &mut |_, _| {
        "/terugkerende-klanten".to_owned()
    })?;
    page(
        "Terugkerende klanten, a period nobody asked before",
        &mut |n, _| format!("/terugkerende-klanten?{}", since(n)),
    )?;
    page("Klanten, asked again", &mut |_, _| "/klanten".to_owned())?;
    page("Klanten, a period nobody asked before", &mut |n, _| {
        format!("/klanten?{}", since(n))
    })?;
    page("Klant (another one each time)", &mut |_, dice| {
        let (one, two) = (dice.below(CUSTOMERS), dice.below(CUSTOMERS));
        format!("/klant?id={}", customer(one.min(two) / 2))
    })?;
    page("Bonnen", &mut |_, _| "/bonnen".to_owned())?;
    page("Bon (another one each time)", &mut |_, dice| {
        format!("/bon?nr=R{}", dice.below(ROWS / 3))
    })?;
    page("Synchronisatie", &mut |_, _| "/synchronisatie".to_owned())?;
    let memory = resident_kib(server.id())?;
    figures.push(Figure::new(
        "memory of head office with 1,000,000 rows",
        megabytes(memory),
        1,
    ));
    server.stop()?;
    Ok(figures)
}
