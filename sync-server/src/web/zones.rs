//! Times on a page over several shops: each in the zone of its shop, and named with that zone where the shops lie in
//! several - on one page Amersfoort and Kralendijk are five hours apart.

use chrono_tz::Tz;

use super::format;
use super::strings::Language;
use crate::store::rows::Shop;

/// Where nothing is said.
const NETHERLANDS: Tz = chrono_tz::Europe::Amsterdam;

/// The time zones of the shops of a page.
#[derive(Clone, Debug)]
pub(crate) struct Zones<'s>(Vec<(&'s str, Tz)>);

impl<'s> Zones<'s> {
    pub(crate) fn of(shops: &'s [Shop]) -> Self {
        let zone = |shop: &Shop| shop.time_zone.parse().unwrap_or(NETHERLANDS);
        Self(
            shops
                .iter()
                .map(|shop| (shop.id.as_str(), zone(shop)))
                .collect(),
        )
    }

    /// That of a shop; of one that is not on the page, that of the first.
    pub(crate) fn shop(&self, id: &str) -> Tz {
        let known = self.0.iter().find(|(shop, _)| *shop == id);
        known
            .or(self.0.first())
            .map_or(NETHERLANDS, |(_, zone)| *zone)
    }

    /// That of the shop that was asked for, or of the first.
    pub(crate) fn asked(&self, shop: Option<&str>) -> Tz {
        self.shop(shop.unwrap_or_default())
    }

    /// `21-11-2026 14:03`, with `(Europe/Amsterdam)` where the shops lie in several zones.
    pub(crate) fn instant(&self, language: Language, ms: i64, zone: Tz) -> String {
        self.named(language.instant(ms, zone), zone)
    }

    /// `14:03`, with the zone where the shops lie in several.
    pub(crate) fn clock(&self, language: Language, ms: i64, zone: Tz) -> String {
        self.named(language.clock(format::local(ms, zone)), zone)
    }

    fn named(&self, time: String, zone: Tz) -> String {
        if self
            .0
            .iter()
            .any(|(_, other)| Some(other) != self.0.first().map(|(_, first)| first))
        {
            format!("{time} ({zone})")
        } else {
            time
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop(id: &str, time_zone: &str) -> Shop {
        Shop {
            id: id.to_owned(),
            name: id.to_owned(),
            time_zone: time_zone.to_owned(),
        }
    }

    #[track_caller]
    fn check(shops: &[Shop], asked: Option<&str>, expected: &str) {
        let zones = Zones::of(shops);
        let text = zones.instant(Language::Nl, 1_767_223_800_000, zones.asked(asked));
        assert_eq!(text.replace('\u{a0}', " "), expected);
    }

    #[test]
    fn a_zone_is_named_where_there_are_several() {
        let (a, b) = (shop("a", "Europe/Amsterdam"), shop("b", "Europe/Amsterdam"));
        let far = shop("kralendijk", "America/Kralendijk");
        check(&[], None, "01-01-2026 00:30");
        check(&[a.clone(), b.clone()], Some("b"), "01-01-2026 00:30");
        check(std::slice::from_ref(&far), None, "31-12-2025 19:30");
        let mixed = [a, b, far];
        check(&mixed, None, "01-01-2026 00:30 (Europe/Amsterdam)");
        check(
            &mixed,
            Some("kralendijk"),
            "31-12-2025 19:30 (America/Kralendijk)",
        );
    }
}
