//! The owner's pages of a running `sync-server serve`, as a browser asks for them after its log-in.

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::{Days, NaiveDate};
use tests::dice::Dice;
use tests::shop::office::HeadOffice;

use crate::history::{CUSTOMERS, RECEIPTS, customer};
use crate::measure::{Figure, Samples, megabytes, resident_kib, short};
use crate::sync::Full;

const OWNER: (&str, &str) = ("eigenaar", "een lang wachtwoord");
const TIMES: u64 = 100;
const BUDGET_MS: u128 = 100;
/// Tills that bring a whole journal while pages are asked for.
const TILLS: usize = 3;
/// Sales each of them brings.
const SALES: u64 = 8_000;

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

/// Asks for a page many times, with another path each time.
fn page(
    browser: &Browser,
    what: &str,
    times: u64,
    path: &mut dyn FnMut(u64) -> Result<String>,
) -> Result<Figure> {
    let mut samples = Samples::default();
    for number in 0..times {
        let path = path(number)?;
        samples.take(|| browser.get(&path))?;
    }
    let met = samples.percentile(99).as_millis() < BUDGET_MS;
    Ok(
        Figure::new(format!("page {what}"), samples.text(), samples.len())
            .budget(format!("p99 {BUDGET_MS} ms"), met),
    )
}

pub(crate) fn measure(office: &mut HeadOffice) -> Result<Vec<Figure>> {
    office.add_owner(OWNER.0, OWNER.1)?;
    office.add_shop("utrecht", "Wol & Wilg")?;
    office.start()?;
    let browser = Browser::log_in(&office.url())?;
    let mut first = Samples::default();
    first.take(|| browser.get("/terugkerende-klanten"))?;
    let mut figures = vec![Figure::new(
        "first page after head office started (reads the book)",
        short(first.most()),
        1,
    )];
    // Every fresh question is another period, and every other one of them is about one shop.
    let day = NaiveDate::from_ymd_opt(2023, 10, 4).context("a day")?;
    let fresh = |path: &str, number: u64, end: u64| {
        let (from, to) = (day + Days::new(number), day + Days::new(end + number));
        let shop = if number.is_multiple_of(2) {
            String::new()
        } else {
            format!("&winkel=winkel-{}", number % 3)
        };
        format!("{path}?van={from}&tot={to}{shop}")
    };
    for (path, name) in [
        ("/terugkerende-klanten", "Terugkerende klanten"),
        ("/klanten", "Klanten"),
        ("/bonnen", "Bonnen"),
    ] {
        let again = format!("{name}, asked again");
        figures.push(page(&browser, &again, TIMES, &mut |_| Ok(path.to_owned()))?);
        let what = format!("{name}, a period or shop nobody asked before");
        figures.push(page(&browser, &what, TIMES, &mut |n| {
            Ok(fresh(path, n, 900))
        })?);
    }
    let mut dice = Dice::new(9);
    figures.push(page(
        &browser,
        "Klant (another one each time)",
        TIMES,
        &mut |_| {
            let (one, two) = (dice.below(CUSTOMERS), dice.below(CUSTOMERS));
            Ok(format!("/klant?id={}", customer(one.min(two) / 2)))
        },
    )?);
    figures.push(page(
        &browser,
        "Bon (another one each time)",
        TIMES,
        &mut |_| Ok(format!("/bon?nr=R{}", dice.below(RECEIPTS))),
    )?);
    figures.push(page(&browser, "Synchronisatie", TIMES, &mut |_| {
        Ok("/synchronisatie".to_owned())
    })?);
    figures.push(memory(
        office,
        "memory of head office with 1,000,000 receipts",
    )?);

    let (tell, sending): (Vec<Sender<()>>, Vec<_>) = (0..TILLS)
        .map(|_| {
            let (tell, told) = channel();
            let sending = Full::new(office, SALES)?.send_when_told(office, told)?;
            Ok((tell, sending))
        })
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .unzip();
    let asked = |path: &str, number: u64| -> Result<String> {
        if let Some(tell) = tell.get(usize::try_from(number)? % TILLS) {
            // One that has nothing more to send does not listen any more.
            let _ = tell.send(());
        }
        Ok(fresh(path, number, 800))
    };
    for (path, name) in [
        ("/terugkerende-klanten", "Terugkerende klanten"),
        ("/klanten", "Klanten"),
    ] {
        let what = format!("{name}, fresh, while tills bring a batch with every page");
        figures.push(page(&browser, &what, TIMES / 4, &mut |n| asked(path, n))?);
    }
    drop(tell);
    for till in sending {
        let sent = till
            .join()
            .map_err(|_| anyhow::anyhow!("a till broke off"))??;
        ensure!(sent > 0, "a till sent nothing");
    }
    figures.push(memory(office, "memory of head office after that")?);
    office.stop()?;
    Ok(figures)
}

fn memory(office: &HeadOffice, what: &str) -> Result<Figure> {
    let id = office.process_id().context("head office does not run")?;
    Ok(Figure::new(what, megabytes(resident_kib(id)?), 1))
}
