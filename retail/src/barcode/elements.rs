//! What GS1 element strings say about the article in the hand: which one, its weight or price, lot, serial and dates.

use chrono::{Datelike as _, NaiveDate};

use super::card;
use super::classify::{Settings, article, coupon_class, thirteen};
use super::gs1::ElementString;
use super::gtin::Gtin;
use super::scanned::{
    Coupon, CouponClass, Gs1Data, ItemDetails, LoyaltyCard, Scanned, Unknown, WeighedArticle,
};
use crate::money::{Cents, divide_half_away};
use crate::quantity::Quantity;

/// What element strings say. `primary` is the main code of a composite.
pub(super) fn from_elements(
    elements: &ElementString<'_>,
    primary: Option<Gtin>,
    settings: &Settings,
) -> Scanned {
    let list = elements
        .elements()
        .iter()
        .map(|e| (e.ai.to_string(), e.value.clone().into_owned()))
        .collect();
    let raw = match primary {
        Some(gtin) if gtin.natural_len() == 8 => format!("{gtin}|{}", elements.to_raw()),
        Some(gtin) => format!("{}|{}", thirteen(gtin), elements.to_raw()),
        None => elements.to_raw(),
    };
    let gs1 = Some(Gs1Data {
        elements: list,
        raw,
    });
    let gtin_of = |ai| {
        elements
            .get(ai)
            .and_then(|value| value.get(..14))
            .and_then(|digits| Gtin::parse(digits).ok())
    };
    let Some(gtin) = primary
        .or_else(|| gtin_of("01"))
        .or_else(|| gtin_of("03"))
        .or_else(|| gtin_of("8006"))
    else {
        let coupon = ["255", "8110", "8112"]
            .iter()
            .find_map(|ai| elements.get(ai));
        return match coupon {
            Some(code) => Scanned::Coupon(Coupon {
                class: CouponClass::Coupon,
                code: code.to_owned(),
                gs1,
            }),
            None => Scanned::Unknown(Unknown {
                text: gs1
                    .as_ref()
                    .map(|data| data.raw.clone())
                    .unwrap_or_default(),
                gs1,
            }),
        };
    };
    if let Some(card) = card::number(gtin, &settings.card_prefixes) {
        return Scanned::LoyaltyCard(LoyaltyCard { card });
    }
    if let Some(class) = coupon_class(gtin) {
        return Scanned::Coupon(Coupon {
            class,
            code: thirteen(gtin),
            gs1,
        });
    }
    let details = details(elements, settings.year);
    let (weight, price) = (weight(elements), price(elements));
    // Indicator 9 marks goods of variable measure; some producers leave it out and still say weight or price.
    if gtin.indicator() == 9 || weight.is_some() || price.is_some() {
        return Scanned::WeighedArticle(WeighedArticle {
            gtin,
            reference: gtin,
            item: None,
            weight,
            price,
            details,
            gs1,
        });
    }
    article(gtin, None, details, gs1)
}

fn details(elements: &ElementString<'_>, year: i32) -> ItemDetails {
    let text = |ai| elements.get(ai).map(str::to_owned);
    let day = |ai| {
        elements
            .get(ai)
            .and_then(|value| short_date(value.get(..6)?, year))
    };
    ItemDetails {
        lot: text("10"),
        serial: text("21"),
        produced: day("11"),
        best_before: day("15"),
        sell_by: day("16"),
        expiry: day("17").or_else(|| day("7003")),
        count: elements.get("30").and_then(|value| value.parse().ok()),
    }
}

/// A date of six digits, General Specifications 7.12: the century is the one that brings the year closest to now;
/// day 00 is the last of the month.
fn short_date(digits: &str, year_now: i32) -> Option<NaiveDate> {
    let number = |at: usize| digits.get(at..at + 2)?.parse::<u32>().ok();
    let (short_year, month, day) = (i32::try_from(number(0)?).ok()?, number(2)?, number(4)?);
    let century = year_now - year_now.rem_euclid(100);
    let year = century
        + short_year
        + match short_year - year_now.rem_euclid(100) {
            51.. => -100,
            ..=-50 => 100,
            _ => 0,
        };
    if day > 0 {
        return NaiveDate::from_ymd_opt(year, month, day);
    }
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    first
        .checked_add_months(chrono::Months::new(1))?
        .pred_opt()
        .filter(|last| last.month() == month)
}

/// AI 310n: net weight in kilograms with n decimals, to the gram.
fn weight(elements: &ElementString<'_>) -> Option<Quantity> {
    let element = elements.elements().iter().find(|e| e.ai.is_family(310))?;
    scaled(&element.value, element.ai.last_digit(), 3).map(Quantity)
}

/// AI 392n (in the shop's currency) or 393n (with currency 978, the euro): the amount to pay, n decimals.
fn price(elements: &ElementString<'_>) -> Option<Cents> {
    let find = |family| elements.elements().iter().find(|e| e.ai.is_family(family));
    if let Some(element) = find(392) {
        return scaled(&element.value, element.ai.last_digit(), 2).map(Cents);
    }
    let element = find(393)?;
    scaled(
        element.value.strip_prefix("978")?,
        element.ai.last_digit(),
        2,
    )
    .map(Cents)
}

/// Digits with `decimals` decimals, in units of `wanted` decimals, halves up; `None` when it does not fit.
fn scaled(digits: &str, decimals: u16, wanted: u16) -> Option<i64> {
    let number: i64 = digits.parse().ok()?;
    let factor = 10_i64.checked_pow(u32::from(wanted.abs_diff(decimals)))?;
    if decimals <= wanted {
        number.checked_mul(factor)
    } else {
        Some(divide_half_away(i128::from(number), i128::from(factor)))
    }
}
