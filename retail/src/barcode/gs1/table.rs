//! The application identifiers (AIs): what may stand behind each of them.
//!
//! Facts of the GS1 Barcode Syntax Dictionary (GS1 AISBL, Apache-2.0). An entry lists the components of a value
//! in order; a component has a character set, a length and the checks its content must pass.

use super::lint::Lint;
use super::lint::Lint::{
    Country, Country999, CountryAlpha2, CouponCode, CouponPosOffer, Currency, DateOptionalDay,
    FullDate, HasNonDigit, Hour, HourMinute, Hyphen, Iban, ImporterIndex, Key, KeyCheck, KeyOff1,
    Latitude, Longitude, MediaType, Minute, NoZeroPrefix, NonZero, PairCheck, Percent,
    PieceOfTotal, PositionInSequence, Second, Sex, ShortDate, Winding, YesNo, Zero,
};

/// Character sets of the General Specifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    /// Digits.
    N,
    /// CSET 82.
    X,
    /// CSET 39.
    Y,
    /// CSET 64 (URL-safe base 64).
    Z,
}

impl Set {
    /// The check that a text consists of characters of this set.
    pub(super) const fn lint(self) -> Lint {
        match self {
            Self::N => Lint::Digits,
            Self::X => Lint::Cset82,
            Self::Y => Lint::Cset39,
            Self::Z => Lint::Cset64,
        }
    }
}

/// One component of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) set: Set,
    pub(super) min: usize,
    pub(super) max: usize,
    /// May be left out altogether.
    pub(super) optional: bool,
    pub(super) lints: &'static [Lint],
}

/// Which qualifiers may follow a Digital Link key, in this order; more than one list are alternatives.
pub(super) type Qualifiers = &'static [&'static [&'static str]];

/// One AI, or a range of them that differ in the last digit.
#[derive(Debug)]
pub(super) struct Entry {
    /// First and last AI as four digits, filled up with zeros on the right (01 is 100, 235 is 2350).
    pub(super) from: u16,
    pub(super) to: u16,
    /// Digits of the AI itself.
    pub(super) ai_len: usize,
    /// Needs no separator behind it.
    pub(super) predefined: bool,
    /// May stand in the query of a Digital Link.
    pub(super) attribute: bool,
    /// Is a Digital Link key, with these qualifiers.
    pub(super) key: Option<Qualifiers>,
    pub(super) parts: &'static [Part],
}

impl Entry {
    /// Fewest and most characters of a value.
    pub(super) fn lengths(&self) -> (usize, usize) {
        let min = self
            .parts
            .iter()
            .filter(|p| !p.optional)
            .map(|p| p.min)
            .sum();
        (min, self.parts.iter().map(|p| p.max).sum())
    }

    const fn fixed(mut self) -> Self {
        self.predefined = true;
        self
    }

    const fn not_attribute(mut self) -> Self {
        self.attribute = false;
        self
    }

    const fn key(mut self, qualifiers: Qualifiers) -> Self {
        self.key = Some(qualifiers);
        self
    }
}

/// The entry of an AI given as four left-justified digits.
pub(super) fn find(number: u16) -> Option<&'static Entry> {
    let at = TABLE.partition_point(|entry| entry.to < number);
    TABLE.get(at).filter(|entry| entry.from <= number)
}

/// The number of digits of the AIs that begin with these two; all AIs with the same first two digits are equally long.
pub(super) fn ai_len(first_two: u16) -> Option<usize> {
    let at = TABLE.partition_point(|entry| entry.to < first_two * 100);
    TABLE
        .get(at)
        .filter(|entry| entry.from < (first_two + 1) * 100)
        .map(|entry| entry.ai_len)
}

const fn part(set: Set, min: usize, max: usize, lints: &'static [Lint]) -> Part {
    Part {
        set,
        min,
        max,
        optional: false,
        lints,
    }
}

/// Exactly `len` digits.
const fn n(len: usize, lints: &'static [Lint]) -> Part {
    part(Set::N, len, len, lints)
}

/// One to `max` digits.
const fn nv(max: usize) -> Part {
    part(Set::N, 1, max, &[])
}

/// One to `max` characters of CSET 82.
const fn xv(max: usize, lints: &'static [Lint]) -> Part {
    part(Set::X, 1, max, lints)
}

const fn opt(mut part: Part) -> Part {
    part.optional = true;
    part
}

/// One AI of `ai_len` digits.
const fn ai(number: u16, ai_len: usize, parts: &'static [Part]) -> Entry {
    let scale = match ai_len {
        2 => 100,
        3 => 10,
        _ => 1,
    };
    let from = number * scale;
    Entry {
        from,
        to: from,
        ai_len,
        predefined: false,
        attribute: true,
        key: None,
        parts,
    }
}

/// AIs of four digits from `from` to `to`.
const fn range(from: u16, to: u16, parts: &'static [Part]) -> Entry {
    Entry {
        from,
        to,
        ai_len: 4,
        predefined: false,
        attribute: true,
        key: None,
        parts,
    }
}

/// A measure: four digits of which the last is the number of decimals, 0 to 5, and six digits of value.
const fn measure(from: u16) -> Entry {
    range(from, from + 5, SIX_DIGITS).fixed()
}

const GTIN: &[Part] = &[n(14, &[KeyCheck, KeyOff1])];
const SIX_DIGITS: &[Part] = &[n(6, &[])];
const SSCC: &[Part] = &[n(18, &[KeyCheck, KeyOff1])];
const GLN: &[Part] = &[n(13, &[KeyCheck, Key])];
const GSRN: &[Part] = &[n(18, &[KeyCheck, Key])];
const DATE: &[Part] = &[n(6, &[DateOptionalDay])];
const ITIP: &[Part] = &[n(14, &[KeyCheck, KeyOff1]), n(4, &[PieceOfTotal])];
const COUNTRIES: &[Part] = &[
    n(3, &[Country]),
    opt(n(3, &[Country])),
    opt(n(3, &[Country])),
    opt(n(3, &[Country])),
    opt(n(3, &[Country])),
];
const DATE_TIME: &[Part] = &[n(6, &[ShortDate]), n(4, &[HourMinute])];
const DELIVERY: &[Part] = &[n(6, &[DateOptionalDay]), n(4, &[HourMinute])];
const TEMPERATURE: &[Part] = &[n(6, &[]), opt(part(Set::X, 1, 1, &[Hyphen]))];
const X20: &[Part] = &[xv(20, &[])];
const X30: &[Part] = &[xv(30, &[])];
const X90: &[Part] = &[xv(90, &[])];
const NAME35: &[Part] = &[xv(35, &[Percent])];
const NAME40: &[Part] = &[xv(40, &[Percent])];
const NAME70: &[Part] = &[xv(70, &[Percent])];
const AMOUNT: &[Part] = &[nv(15)];
const CURRENCY_AMOUNT: &[Part] = &[n(3, &[Currency]), nv(15)];
const ITEM_QUALIFIERS: &[&str] = &["22", "10", "21"];

/// Every AI, in the order of its left-justified number.
static TABLE: [Entry; 189] = [
    ai(0, 2, SSCC).fixed().key(&[]),
    ai(1, 2, GTIN).fixed().key(&[ITEM_QUALIFIERS, &["235"]]),
    ai(2, 2, GTIN).fixed(),
    ai(3, 2, GTIN).fixed().not_attribute(),
    ai(10, 2, X20),
    ai(11, 2, DATE).fixed(),
    ai(12, 2, DATE).fixed(),
    ai(13, 2, DATE).fixed(),
    ai(15, 2, DATE).fixed(),
    ai(16, 2, DATE).fixed(),
    ai(17, 2, DATE).fixed(),
    ai(20, 2, &[n(2, &[])]).fixed(),
    ai(21, 2, X20).not_attribute(),
    ai(22, 2, X20).not_attribute(),
    ai(235, 3, &[xv(28, &[])]).not_attribute(),
    ai(240, 3, X30),
    ai(241, 3, X30),
    ai(242, 3, &[nv(6)]),
    ai(243, 3, X20),
    ai(250, 3, X30),
    ai(251, 3, X30),
    ai(253, 3, &[n(13, &[KeyCheck, Key]), opt(xv(17, &[]))]).key(&[]),
    ai(254, 3, X20).not_attribute(),
    ai(255, 3, &[n(13, &[KeyCheck, Key]), opt(nv(12))]).key(&[]),
    ai(30, 2, &[nv(8)]),
    measure(3100),
    measure(3110),
    measure(3120),
    measure(3130),
    measure(3140),
    measure(3150),
    measure(3160),
    measure(3200),
    measure(3210),
    measure(3220),
    measure(3230),
    measure(3240),
    measure(3250),
    measure(3260),
    measure(3270),
    measure(3280),
    measure(3290),
    measure(3300),
    measure(3310),
    measure(3320),
    measure(3330),
    measure(3340),
    measure(3350),
    measure(3360),
    measure(3370),
    measure(3400),
    measure(3410),
    measure(3420),
    measure(3430),
    measure(3440),
    measure(3450),
    measure(3460),
    measure(3470),
    measure(3480),
    measure(3490),
    measure(3500),
    measure(3510),
    measure(3520),
    measure(3530),
    measure(3540),
    measure(3550),
    measure(3560),
    measure(3570),
    measure(3600),
    measure(3610),
    measure(3620),
    measure(3630),
    measure(3640),
    measure(3650),
    measure(3660),
    measure(3670),
    measure(3680),
    measure(3690),
    ai(37, 2, &[nv(8)]),
    range(3900, 3909, AMOUNT),
    range(3910, 3919, CURRENCY_AMOUNT),
    range(3920, 3929, AMOUNT),
    range(3930, 3939, CURRENCY_AMOUNT),
    range(3940, 3943, &[n(4, &[])]),
    range(3950, 3955, &[n(6, &[])]),
    ai(400, 3, X30),
    ai(401, 3, &[xv(30, &[Key])]).key(&[]),
    ai(402, 3, &[n(17, &[KeyCheck, Key])]).key(&[]),
    ai(403, 3, X30),
    ai(410, 3, GLN).fixed(),
    ai(411, 3, GLN).fixed(),
    ai(412, 3, GLN).fixed(),
    ai(413, 3, GLN).fixed(),
    ai(414, 3, GLN).fixed().key(&[&["254"], &["7040"]]),
    ai(415, 3, GLN).fixed().key(&[&["8020"]]),
    ai(416, 3, GLN).fixed(),
    ai(417, 3, GLN).fixed().key(&[&["7040"]]),
    ai(420, 3, X20),
    ai(421, 3, &[n(3, &[Country]), xv(9, &[])]),
    ai(422, 3, &[n(3, &[Country])]),
    ai(423, 3, COUNTRIES),
    ai(424, 3, &[n(3, &[Country])]),
    ai(425, 3, COUNTRIES),
    ai(426, 3, &[n(3, &[Country])]),
    ai(427, 3, &[xv(3, &[])]),
    range(4300, 4301, NAME35),
    range(4302, 4306, NAME70),
    range(4307, 4307, &[part(Set::X, 2, 2, &[CountryAlpha2])]),
    range(4308, 4308, X30),
    range(4309, 4309, &[n(10, &[Latitude]), n(10, &[Longitude])]),
    range(4310, 4311, NAME35),
    range(4312, 4316, NAME70),
    range(4317, 4317, &[part(Set::X, 2, 2, &[CountryAlpha2])]),
    range(4318, 4318, X20),
    range(4319, 4319, X30),
    range(4320, 4320, NAME35),
    range(4321, 4323, &[n(1, &[YesNo])]),
    range(4324, 4325, DELIVERY),
    range(4326, 4326, &[n(6, &[ShortDate])]),
    range(4330, 4333, TEMPERATURE),
    range(7001, 7001, &[n(13, &[])]),
    range(7002, 7002, X30),
    range(7003, 7003, DATE_TIME),
    range(7004, 7004, &[nv(4)]),
    range(7005, 7005, &[xv(12, &[])]),
    range(7006, 7006, &[n(6, &[ShortDate])]),
    range(7007, 7007, &[n(6, &[ShortDate]), opt(n(6, &[ShortDate]))]),
    range(7008, 7008, &[xv(3, &[])]),
    range(7009, 7009, &[xv(10, &[])]),
    range(7010, 7010, &[xv(2, &[])]),
    range(7011, 7011, &[n(6, &[ShortDate]), opt(n(4, &[HourMinute]))]),
    range(7020, 7022, X20),
    range(7023, 7023, &[xv(30, &[Key])]),
    range(7030, 7039, &[n(3, &[Country999]), xv(27, &[])]),
    range(
        7040,
        7040,
        &[
            n(1, &[]),
            part(Set::X, 1, 1, &[]),
            part(Set::X, 1, 1, &[]),
            part(Set::X, 1, 1, &[ImporterIndex]),
        ],
    )
    .not_attribute(),
    range(7041, 7041, &[xv(4, &[])]).not_attribute(),
    ai(710, 3, X20),
    ai(711, 3, X20),
    ai(712, 3, X20),
    ai(713, 3, X20),
    ai(714, 3, X20),
    ai(715, 3, X20),
    ai(716, 3, X20),
    range(7230, 7239, &[part(Set::X, 2, 2, &[]), xv(28, &[])]),
    range(7240, 7240, X20),
    range(7241, 7241, &[n(2, &[MediaType])]),
    range(7242, 7242, &[xv(25, &[])]),
    range(7250, 7250, &[n(8, &[FullDate])]),
    range(7251, 7251, &[n(8, &[FullDate]), n(4, &[HourMinute])]),
    range(7252, 7252, &[n(1, &[Sex])]),
    range(7253, 7254, NAME40),
    range(7255, 7255, &[xv(10, &[])]),
    range(7256, 7256, &[xv(90, &[Percent])]),
    range(7257, 7257, NAME70),
    range(7258, 7258, &[part(Set::X, 3, 3, &[PositionInSequence])]),
    range(7259, 7259, NAME40),
    range(
        8001,
        8001,
        &[
            n(4, &[NonZero]),
            n(5, &[NonZero]),
            n(3, &[NonZero]),
            n(1, &[Winding]),
            n(1, &[]),
        ],
    ),
    range(8002, 8002, X20),
    range(
        8003,
        8003,
        &[n(1, &[Zero]), n(13, &[KeyCheck, Key]), opt(xv(16, &[]))],
    )
    .key(&[]),
    range(8004, 8004, &[xv(30, &[Key])]).key(&[&["7040"]]),
    range(8005, 8005, &[n(6, &[])]),
    range(8006, 8006, ITIP).key(&[ITEM_QUALIFIERS]),
    range(8007, 8007, &[xv(34, &[Iban])]),
    range(
        8008,
        8008,
        &[
            n(6, &[ShortDate]),
            n(2, &[Hour]),
            opt(n(2, &[Minute])),
            opt(n(2, &[Second])),
        ],
    ),
    range(8009, 8009, &[xv(50, &[])]),
    range(8010, 8010, &[part(Set::Y, 1, 30, &[Key])]).key(&[&["8011"]]),
    range(8011, 8011, &[part(Set::N, 1, 12, &[NoZeroPrefix])]).not_attribute(),
    range(8012, 8012, X20),
    range(8013, 8013, &[xv(25, &[PairCheck, Key])]).key(&[]),
    range(8014, 8014, &[xv(25, &[PairCheck, Key, HasNonDigit])]).not_attribute(),
    range(8017, 8018, GSRN).key(&[&["8019"]]),
    range(8019, 8019, &[nv(10)]).not_attribute(),
    range(8020, 8020, &[xv(25, &[])]).not_attribute(),
    range(8026, 8026, ITIP),
    range(8030, 8030, &[part(Set::Z, 1, 90, &[])]),
    range(8110, 8110, &[xv(70, &[CouponCode])]),
    range(8111, 8111, &[n(4, &[])]),
    range(8112, 8112, &[xv(70, &[CouponPosOffer])]),
    range(8200, 8200, &[xv(70, &[])]).not_attribute(),
    ai(90, 2, X30),
    ai(91, 2, X90),
    ai(92, 2, X90),
    ai(93, 2, X90),
    ai(94, 2, X90),
    ai(95, 2, X90),
    ai(96, 2, X90),
    ai(97, 2, X90),
    ai(98, 2, X90),
    ai(99, 2, X90),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_and_equally_long_by_prefix() {
        for pair in TABLE.windows(2) {
            assert!(pair[0].to < pair[1].from, "{pair:?}");
            if pair[0].to / 100 == pair[1].from / 100 {
                assert_eq!(pair[0].ai_len, pair[1].ai_len, "{pair:?}");
            }
        }
    }

    /// Lengths of the identifiers a shop meets, as the General Specifications list them.
    #[test]
    fn lengths_of_the_shops_own() {
        for (number, min, max, predefined) in [
            (0, 18, 18, true),
            (100, 14, 14, true),
            (200, 14, 14, true),
            (1000, 1, 20, false),
            (1100, 6, 6, true),
            (1500, 6, 6, true),
            (1700, 6, 6, true),
            (2000, 2, 2, true),
            (2100, 1, 20, false),
            (2200, 1, 20, false),
            (2350, 1, 28, false),
            (2400, 1, 30, false),
            (2550, 13, 25, false),
            (3000, 1, 8, false),
            (3103, 6, 6, true),
            (3700, 1, 8, false),
            (3922, 1, 15, false),
            (3932, 4, 18, false),
            (4140, 13, 13, true),
            (8005, 6, 6, false),
            (8018, 18, 18, false),
            (8020, 1, 25, false),
            (9000, 1, 30, false),
            (9900, 1, 90, false),
        ] {
            let entry = find(number).expect("an entry");
            assert_eq!(entry.lengths(), (min, max), "{number}");
            assert_eq!(entry.predefined, predefined, "{number}");
        }
    }

    #[test]
    fn finds_ranges_and_nothing_between_them() {
        assert!(find(3105).is_some() && find(3106).is_none() && find(1400).is_none());
        assert_eq!(ai_len(31), Some(4));
        assert_eq!(ai_len(23), Some(3));
        assert_eq!(ai_len(89), None);
    }
}
