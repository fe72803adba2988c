//! Shops, tills, owners and customers: the short commands.

use std::io::{BufRead, IsTerminal};

use chrono_tz::Tz;
use retail::ids::{MAX_SHOP_ID, TillId, check_shop_id};
use serde::Serialize;

use super::{Done, Format, histories};
use crate::api::Office;
use crate::book::lookup::TillStatus;
use crate::error::CliError;
use crate::out;
use crate::store::rows::{OwnerRow, Shop};
use crate::store::{read, write};

pub(super) fn shop_add(office: &Office, id: &str, name: &str, time_zone: &str) -> Done {
    if let Err(why) = check_shop_id(id) {
        return Err(CliError::mend(
            format!("{id:?} cannot be the id of a shop: {why}"),
            format!(
                "use at most {MAX_SHOP_ID} letters, digits, hyphens and underscores, like utrecht-1"
            ),
        ));
    }
    if name.trim().is_empty() {
        return Err(CliError::mend("the name is empty", "give --name"));
    }
    if time_zone.parse::<Tz>().is_err() {
        return Err(CliError::mend(
            format!("{time_zone:?} is not a time zone"),
            "use a name of the tz database, like Europe/Amsterdam",
        ));
    }
    let shop = Shop {
        id: id.to_owned(),
        name: name.trim().to_owned(),
        time_zone: time_zone.to_owned(),
    };
    if !write(office.store(), |tables| tables.add_shop(&shop))? {
        return Err(CliError::mend(
            format!("there is a shop {id} already"),
            "choose another --id",
        ));
    }
    out::line(&format!("added shop {id}"));
    Ok(())
}

/// A line of `shop list`.
#[derive(Serialize)]
struct ShopLine {
    shop: String,
    name: String,
    time_zone: String,
    tills: Vec<TillId>,
}

pub(super) fn shop_list(office: &Office, format: Format) -> Done {
    let (shops, tills) = read(office.store(), |tables| {
        Ok((tables.shops()?, tables.tills()?))
    })?;
    let line = |shop: Shop| ShopLine {
        tills: tills
            .iter()
            .filter(|till| till.shop == shop.id && till.revoked_ms.is_none())
            .map(|till| till.till)
            .collect(),
        shop: shop.id,
        name: shop.name,
        time_zone: shop.time_zone,
    };
    let lines = shops.into_iter().map(line).collect();
    list(
        lines,
        format,
        "there is no shop yet; `sync-server shop add` makes one",
    )
}

/// A list in the format asked for; a table of nothing says so.
fn list(lines: Vec<impl Serialize>, format: Format, nothing: &str) -> Done {
    if lines.is_empty() && format == Format::Table {
        out::line(nothing);
        return Ok(());
    }
    super::report::print(&lines, format)
}

pub(super) fn till_code(office: &Office, shop: &str) -> Done {
    let Some(code) = office.till_code(shop)? else {
        let shops = read(office.store(), |tables| tables.shops())?;
        let ids: Vec<_> = shops.iter().map(|shop| shop.id.as_str()).collect();
        let hint = if ids.is_empty() {
            "add a shop first: sync-server shop add --id ID --name NAME --time-zone Europe/Amsterdam".to_owned()
        } else {
            format!("the shops are: {}", ids.join(", "))
        };
        return Err(CliError::mend(format!("there is no shop {shop:?}"), hint));
    };
    out::line(&format!(
        "code for one till of {shop}, good for 48 hours: {code}"
    ));
    Ok(())
}

/// A line of `till list`.
#[derive(Serialize)]
struct TillLine {
    till: TillId,
    shop: String,
    name: String,
    events: u64,
    last_receipt: Option<String>,
    lag_seconds: Option<i64>,
    forks: usize,
    holes: usize,
    revoked: bool,
}

pub(super) fn till_list(office: &Office, format: Format) -> Done {
    let tills = office.tills(&office.command_line_scope())?;
    let line = |status: TillStatus| TillLine {
        last_receipt: status.last_receipt.map(|number| number.to_string()),
        lag_seconds: status.lag_ms.map(|ms| ms / 1_000),
        forks: status.forks,
        holes: status.holes.len(),
        till: status.till.till,
        events: status.till.traffic.events,
        revoked: status.till.revoked_ms.is_some(),
        shop: status.till.shop,
        name: status.till.name,
    };
    let lines: Vec<TillLine> = tills.into_iter().map(line).collect();
    list(
        lines,
        format,
        "no till has enrolled yet; `sync-server till-code` gives out a code for one",
    )
}

pub(super) fn till_revoke(office: &Office, till: u16) -> Done {
    let id = till_id(till)?;
    let now_ms = office.now_ms();
    if !write(office.store(), |tables| tables.revoke_till(id, now_ms))? {
        return Err(no_till(till));
    }
    out::line(&format!(
        "revoked the key of till {till}; `sync-server till allow --till {till}` lets it in again"
    ));
    Ok(())
}

pub(super) fn till_allow(office: &Office, till: u16) -> Done {
    let id = till_id(till)?;
    if !write(office.store(), |tables| tables.allow_till(id))? {
        return Err(no_till(till));
    }
    out::line(&format!(
        "till {till} is allowed; it sends what it kept within half an hour, or at once by `terminal-app sync`"
    ));
    Ok(())
}

fn till_id(till: u16) -> Result<TillId, CliError> {
    TillId::new(till).map_err(|error| {
        CliError::mend(
            error.to_string(),
            "`sync-server till list` shows the numbers",
        )
    })
}

fn no_till(till: u16) -> CliError {
    CliError::mend(
        format!("there is no till {till}"),
        "`sync-server till list` shows the numbers",
    )
}

/// The first line; at a terminal asked for and not shown.
fn password() -> std::io::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        return rpassword::prompt_password("password: ");
    }
    let mut password = String::new();
    input.lock().read_line(&mut password)?;
    Ok(password)
}

pub(super) fn owner_add(office: &Office, name: &str, shops: Option<Vec<String>>) -> Done {
    let password = password().map_err(|error| {
        CliError::mend(
            format!("cannot read the password: {error}"),
            "give it on standard input: echo PASSWORD | sync-server owner add ..",
        )
    })?;
    let password = password.trim_end_matches(['\r', '\n']);
    office.add_owner(name, shops, password)?;
    out::line(&format!("{} may log in", name.trim()));
    Ok(())
}

/// A line of `owner list`.
#[derive(Serialize)]
struct OwnerLine {
    owner: String,
    sees_every_shop: bool,
    shops: Vec<String>,
}

pub(super) fn owner_list(office: &Office, format: Format) -> Done {
    let owners = read(office.store(), |tables| tables.owners())?;
    let line = |owner: OwnerRow| OwnerLine {
        owner: owner.name,
        sees_every_shop: owner.shops.is_none(),
        shops: owner.shops.unwrap_or_default(),
    };
    let lines = owners.into_iter().map(line).collect();
    list(
        lines,
        format,
        "nobody may log in yet; `sync-server owner add` lets somebody in",
    )
}

pub(super) fn owner_remove(office: &Office, name: &str) -> Done {
    if !office.remove_owner(name)? {
        return Err(CliError::mend(
            format!("there is no owner {name:?}"),
            "`sync-server owner list` shows the names",
        ));
    }
    out::line(&format!("{} may no longer log in", name.trim()));
    Ok(())
}

pub(super) fn forget(office: &Office, id: &str) -> Done {
    let known = {
        let book = office.book()?;
        book.dataset().customer(id).is_some()
    };
    let stated = read(office.store(), |tables| {
        let root = tables.root(id)?;
        Ok(crate::people::person(tables, &root)?.is_some())
    })?;
    if !known && !stated {
        return Err(CliError::mend(
            format!("there is no customer {id:?}"),
            "the id stands on the customer's page; somebody forgotten cannot be found again",
        ));
    }
    let forgotten = office.forget(id)?;
    out::line(&format!(
        "forgot {}; imported rows that are anonymous now: {}",
        out::count(
            histories::long(forgotten.customers),
            "customer id",
            "customer ids"
        ),
        forgotten.imported
    ));
    Ok(())
}
