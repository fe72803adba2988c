//! One record: a receipt line or a touchpoint, as reports and paths count it.
//! It is self-contained: amounts, times and names as they were. It never knows where it came from beyond
//! [`Record::imported`], and it names a customer only by a random id.
//!
//! Its texts are `String`s where a record is kept, and borrowed where one only passes by (`T`).

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// What happened. Kinds without a variant are kept by their name and take no part in sales figures.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind {
            $($(#[$doc])* $variant,)+
            /// A kind this version does not know, kept and counted under its own name.
            Other(String),
        }

        impl Kind {
            /// Every kind with a meaning of its own, in the order of a journey.
            pub const KNOWN: &[Self] = &[$(Self::$variant),+];

            /// The kind of this name; an unknown name is kept as [`Kind::Other`].
            #[must_use]
            pub fn parse(name: &str) -> Self {
                match name {
                    $($name => Self::$variant,)+
                    other => Self::Other(other.to_owned()),
                }
            }

            /// The name as it stands in files and JSON.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)+
                    Self::Other(name) => name,
                }
            }
        }
    };
}

kinds! {
    /// A campaign reached the customer.
    CampaignReceived = "campaign_received",
    /// A coupon was handed in.
    CouponRedeemed = "coupon_redeemed",
    /// Brought by another customer.
    Referred = "referred",
    /// A price was asked or looked up.
    PriceCheck = "price_check",
    /// Advice was given.
    Advice = "advice",
    /// A quote was made.
    Quote = "quote",
    /// An article was put aside.
    Reservation = "reservation",
    /// The customer joined the loyalty programme.
    Enrolled = "enrolled",
    /// The customer asked for the newsletter.
    NewsletterOptIn = "newsletter_opt_in",
    /// A visit to the web shop, from an outside system.
    WebVisit = "web_visit",
    /// A line sold.
    Sale = "sale",
    /// An exchange, as a contact moment (its lines are sale and return lines).
    Exchange = "exchange",
    /// Points were spent on a reward.
    RewardRedeemed = "reward_redeemed",
    /// A line brought back.
    Return = "return",
    /// A service case was opened.
    ServiceOpened = "service_opened",
    /// A service case was closed.
    ServiceClosed = "service_closed",
    /// A product was registered.
    ProductRegistered = "product_registered",
    /// A question about using an article.
    UseQuestion = "use_question",
    /// A consumable or accessory of an article bought before.
    Refill = "refill",
    /// A score of 0 to 10, with or without a text.
    Feedback = "feedback",
    /// A review was shared.
    ReviewShared = "review_shared",
    /// Another customer was brought.
    ReferralMade = "referral_made",
    /// Derived: came back after a sleep.
    Reactivated = "reactivated",
    /// Derived: fell asleep.
    Dormant = "dormant",
    /// Derived: reached a tier.
    TierReached = "tier_reached",
    /// Backstage: a line was taken off the basket.
    LineVoided = "line_voided",
    /// Backstage: a sale was given up.
    SaleCancelled = "sale_cancelled",
    /// Backstage: the drawer was opened without a sale.
    NoSaleDrawer = "no_sale_drawer",
    /// Backstage: the printer ran out of paper.
    PrinterOutOfPaper = "printer_out_of_paper",
    /// Backstage: a code could not be read.
    ScanFailed = "scan_failed",
    /// Backstage: a price was changed by hand.
    PriceOverride = "price_override",
    /// Backstage: first scan to paid.
    Wait = "wait",
    /// Backstage: a till delivered late.
    SyncLate = "sync_late",
}

impl Kind {
    /// Whether this version gives the kind a meaning.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        !matches!(self, Self::Other(_))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why an article came back, in the shop's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// Regret: nothing wrong with it.
    Spijt,
    /// It did not work.
    Defect,
    /// Exchanged for something else.
    Ruil,
    /// The wrong article.
    Verkeerd,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 4] = [Self::Spijt, Self::Defect, Self::Ruil, Self::Verkeerd];

    /// The name in files, JSON and on the Dutch screen.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spijt => "spijt",
            Self::Defect => "defect",
            Self::Ruil => "ruil",
            Self::Verkeerd => "verkeerd",
        }
    }

    /// The reason of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// Money that passes the till without being turnover: outside gross, shown apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Apart {
    /// Statiegeld: the deposit on a bottle or can. A line of its receipt.
    Deposit,
    /// The sale of a gift card. A line of its receipt.
    GiftCard,
    /// Cash rounding: part of the payment, not a line; only its money is known to reports.
    Rounding,
}

/// The sale line that a return names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReturnsLine<T = String> {
    /// The receipt of the sale.
    pub receipt: T,
    /// The line on it, from 1.
    pub line: u16,
}

/// One receipt line or touchpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<T = String> {
    /// Unique in the organisation; for lines of tills the fixed-width `till-epoch-seq-line`.
    pub event_id: T,
    /// The instant, in milliseconds since 1970-01-01 UTC. Order of records is (instant, event id as bytes).
    pub at_ms: i64,
    /// What the shop's clock was ahead of UTC at that instant, in minutes.
    pub offset_minutes: i16,
    /// Shop.
    pub shop: T,
    /// Till; may be empty.
    pub till: T,
    /// Random id of the customer; none is anonymous.
    pub customer: Option<T>,
    /// What happened.
    pub kind: Kind,
    /// Receipt, unique in the organisation; touchpoints may have none.
    pub receipt: Option<T>,
    /// Line on the receipt, from 1; 0 where it is not known (imported rows).
    pub line: u16,
    /// Article.
    pub product: Option<T>,
    /// Its name, where the source gives one.
    pub product_name: Option<T>,
    /// Its category.
    pub category: Option<T>,
    /// Quantity in thousandths; negative for returns.
    pub quantity: i64,
    /// Amount in cents, VAT included; negative for returns.
    pub amount_cents: i64,
    /// The sale line this return names.
    pub returns_line: Option<ReturnsLine<T>>,
    /// Why it came back.
    pub reason: Option<Reason>,
    /// Text from a side record.
    pub note: Option<T>,
    /// Score of a feedback, 0 to 10.
    pub score: Option<u8>,
    /// From an outside history, not signed by a till.
    pub imported: bool,
    /// The quantity counts pieces (not weight or length).
    pub pieces: bool,
    /// Outside gross.
    pub apart: Option<Apart>,
}

impl Record {
    /// A touchpoint or line with nothing but its name, time, place and kind; fill in the rest.
    #[must_use]
    pub fn new(
        event_id: impl Into<String>,
        at_ms: i64,
        offset_minutes: i16,
        shop: impl Into<String>,
        kind: Kind,
    ) -> Self {
        Self::bare(event_id.into(), at_ms, offset_minutes, shop.into(), kind)
    }
}

impl<T: Default> Record<T> {
    /// [`Record::new`] for texts of any form.
    #[must_use]
    pub fn bare(event_id: T, at_ms: i64, offset_minutes: i16, shop: T, kind: Kind) -> Self {
        Self {
            event_id,
            at_ms,
            offset_minutes,
            shop,
            till: T::default(),
            customer: None,
            kind,
            receipt: None,
            line: 0,
            product: None,
            product_name: None,
            category: None,
            quantity: 0,
            amount_cents: 0,
            returns_line: None,
            reason: None,
            note: None,
            score: None,
            imported: false,
            pieces: false,
            apart: None,
        }
    }
}

impl<T> Record<T> {
    /// The same record with its texts changed into another form.
    #[must_use]
    pub fn map<U>(self, mut text: impl FnMut(T) -> U) -> Record<U> {
        Record {
            event_id: text(self.event_id),
            at_ms: self.at_ms,
            offset_minutes: self.offset_minutes,
            shop: text(self.shop),
            till: text(self.till),
            customer: self.customer.map(&mut text),
            kind: self.kind,
            receipt: self.receipt.map(&mut text),
            line: self.line,
            product: self.product.map(&mut text),
            product_name: self.product_name.map(&mut text),
            category: self.category.map(&mut text),
            quantity: self.quantity,
            amount_cents: self.amount_cents,
            returns_line: self.returns_line.map(|returns| ReturnsLine {
                receipt: text(returns.receipt),
                line: returns.line,
            }),
            reason: self.reason,
            note: self.note.map(&mut text),
            score: self.score,
            imported: self.imported,
            pieces: self.pieces,
            apart: self.apart,
        }
    }

    /// The wall time in the shop.
    #[must_use]
    pub fn local_time(&self) -> NaiveDateTime {
        local_time(self.at_ms, self.offset_minutes)
    }

    /// The calendar day in the shop's own time.
    #[must_use]
    pub fn local_day(&self) -> NaiveDate {
        self.local_time().date()
    }
}

/// Wall time of an instant under an offset; instants outside the calendar are clamped to the epoch.
pub(crate) fn local_time(at_ms: i64, offset_minutes: i16) -> NaiveDateTime {
    chrono::DateTime::from_timestamp_millis(
        at_ms.saturating_add(i64::from(offset_minutes) * 60_000),
    )
    .unwrap_or_default()
    .naive_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_keep_their_names() {
        for kind in Kind::KNOWN {
            assert_eq!(&Kind::parse(kind.as_str()), kind);
            assert!(kind.is_known());
        }
        let other = Kind::parse("adjustment");
        assert_eq!(other, Kind::Other("adjustment".into()));
        assert_eq!(other.to_string(), "adjustment");
        assert!(!other.is_known());
        assert_eq!(Reason::parse("defect"), Some(Reason::Defect));
        assert_eq!(Reason::parse("Defect"), None);
    }

    #[test]
    fn the_local_day_is_the_shops() {
        // 2026-01-01 00:30 in Amsterdam is still 2025 in UTC.
        let record = Record::new("1", 1_767_223_800_000, 60, "s", Kind::Sale);
        assert_eq!(record.local_time().to_string(), "2026-01-01 00:30:00");
        assert_eq!(record.local_day().to_string(), "2026-01-01");
    }
}
