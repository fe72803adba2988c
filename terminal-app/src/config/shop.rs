//! `[shop]`: what stands on every receipt. A receipt with a wrong number of the shop is no proper receipt, so the form of
//! the numbers is checked before one is printed.

use toml::Spanned;

use super::check::Context;
use super::{ConfigError, Shop, raw};

pub(super) fn shop(cx: &Context<'_>, raw: raw::Shop) -> Result<Shop, ConfigError> {
    let id = cx.not_empty("id", &raw.id)?;
    if let Err(why) = retail::ids::check_shop_id(&id) {
        return Err(cx.wrong(
            &raw.id,
            format!("`id` cannot be \"{id}\": {why}"),
            "use the shop's id at head office",
        ));
    }
    let time_zone = match &raw.time_zone {
        None => chrono_tz::Europe::Amsterdam,
        Some(zone) => zone.get_ref().trim().parse().map_err(|_| {
            cx.wrong(
                zone,
                format!("there is no time zone \"{}\"", zone.get_ref()),
                "use a name of the tz database, such as \"Europe/Amsterdam\"",
            )
        })?,
    };
    Ok(Shop {
        id,
        name: cx.not_empty("name", &raw.name)?,
        address: raw.address,
        kvk: kvk(cx, raw.kvk.as_ref())?,
        vat_id: vat_id(cx, raw.vat_id.as_ref())?,
        time_zone,
    })
}

/// The number at the chamber of commerce; a shop may leave it out.
fn kvk(cx: &Context<'_>, raw: Option<&Spanned<String>>) -> Result<String, ConfigError> {
    let Some(kvk) = raw else {
        return Ok(String::new());
    };
    let number = kvk.get_ref().trim();
    let is_right = number.len() == 8 && number.bytes().all(|byte| byte.is_ascii_digit());
    if !number.is_empty() && !is_right {
        return Err(cx.wrong(
            kvk,
            format!("`kvk` cannot be \"{number}\""),
            "a number of the KvK has 8 digits, such as \"81234567\"",
        ));
    }
    Ok(number.to_owned())
}

/// The btw number; a shop may leave it out. Dots, dashes and blanks between its parts are how people write it, and are not
/// part of it: on the receipt it stands without them.
fn vat_id(cx: &Context<'_>, raw: Option<&Spanned<String>>) -> Result<String, ConfigError> {
    let Some(vat_id) = raw else {
        return Ok(String::new());
    };
    let number: String = vat_id
        .get_ref()
        .chars()
        .filter(|c| !matches!(c, ' ' | '.' | '-'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    if number.is_empty() || is_vat_id(&number) {
        return Ok(number);
    }
    Err(cx.wrong(
        vat_id,
        format!("`vat_id` cannot be \"{}\"", vat_id.get_ref()),
        "a Dutch btw-id is NL, 9 digits, B and 2 digits, such as \"NL861234567B01\"; those of other countries begin with their two letters too",
    ))
}

/// NL, 9 digits, B, 2 digits (the Netherlands); of other countries, whose forms differ: two letters, then 2 to 13 letters,
/// digits, `+` or `*`.
fn is_vat_id(number: &str) -> bool {
    let digits = |text: &str, len: usize| {
        text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if let Some(rest) = number.strip_prefix("NL") {
        return rest
            .split_once('B')
            .is_some_and(|(company, branch)| digits(company, 9) && digits(branch, 2));
    }
    let country = number.bytes().take_while(u8::is_ascii_uppercase).count() >= 2;
    let rest = number.get(2..).unwrap_or_default();
    country
        && (2..=13).contains(&rest.len())
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'*'))
}
