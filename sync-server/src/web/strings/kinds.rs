//! What kinds of events, and reasons of a return, are called in both languages. A kind that is not known here keeps its
//! name: outside histories bring their own.

use super::{NL, Strings};

/// Kinds of events by name, in Dutch and English.
const KINDS: &[(&str, &str, &str)] = &[
    ("sale", "Aankoop", "Purchase"),
    ("return", "Retour", "Return"),
    ("exchange", "Ruil", "Exchange"),
    (
        "campaign_received",
        "Campagne ontvangen",
        "Campaign received",
    ),
    (
        "coupon_redeemed",
        "Kortingsbon ingeleverd",
        "Coupon redeemed",
    ),
    (
        "referred",
        "Aangebracht door een klant",
        "Brought by a customer",
    ),
    ("price_check", "Prijs gevraagd", "Price checked"),
    ("advice", "Advies", "Advice"),
    ("quote", "Offerte", "Quote"),
    ("reservation", "Reservering", "Reservation"),
    ("enrolled", "Klantenkaart gekregen", "Joined with a card"),
    (
        "newsletter_opt_in",
        "Nieuwsbrief aangevraagd",
        "Asked for the newsletter",
    ),
    (
        "web_visit",
        "Bezoek aan de webwinkel",
        "Visit to the web shop",
    ),
    ("reward_redeemed", "Beloning ingewisseld", "Reward redeemed"),
    (
        "service_opened",
        "Servicevraag geopend",
        "Service case opened",
    ),
    (
        "service_closed",
        "Servicevraag opgelost",
        "Service case closed",
    ),
    (
        "product_registered",
        "Product geregistreerd",
        "Product registered",
    ),
    (
        "use_question",
        "Vraag over het gebruik",
        "Question about use",
    ),
    ("refill", "Aanvulling gekocht", "Refill"),
    ("feedback", "Beoordeling", "Feedback"),
    ("review_shared", "Recensie gedeeld", "Review shared"),
    (
        "referral_made",
        "Nieuwe klant aangebracht",
        "Brought a new customer",
    ),
    ("reactivated", "Weer actief", "Active again"),
    ("dormant", "In slaap gevallen", "Fell asleep"),
    ("tier_reached", "Niveau bereikt", "Tier reached"),
    ("wait", "Wachttijd", "Wait"),
];

/// Reasons of a return.
const REASONS: &[(&str, &str, &str)] = &[
    ("spijt", "spijt", "regret"),
    ("defect", "defect", "defect"),
    ("ruil", "ruil", "exchange"),
    ("verkeerd", "verkeerd", "wrong article"),
];

/// Why a till lacks events.
const HOLES: &[(&str, &str, &str)] = &[
    ("damaged", "beschadigd", "damaged"),
    (
        "tail_lost",
        "verloren bij een stroomstoring of schijffout",
        "lost by a power cut or a fault of the disk",
    ),
];

impl Strings {
    fn is_dutch(&self) -> bool {
        self.yes == NL.yes
    }

    fn pick<'a>(
        &self,
        table: &'static [(&str, &'static str, &'static str)],
        name: &'a str,
    ) -> &'a str {
        table
            .iter()
            .find(|(known, _, _)| *known == name)
            .map_or(name, |(_, nl, en)| if self.is_dutch() { nl } else { en })
    }

    /// What a kind of event is called; one that is not known keeps its name.
    pub(crate) fn kind<'a>(&self, kind: &'a str) -> &'a str {
        self.pick(KINDS, kind)
    }

    /// Why events are missing; what a till says otherwise stands as it is.
    pub(crate) fn hole<'a>(&self, reason: &'a str) -> &'a str {
        self.pick(HOLES, reason)
    }

    /// What the reason of a return is called.
    pub(crate) fn reason<'a>(&self, reason: &'a str) -> &'a str {
        self.pick(REASONS, reason)
    }
}

#[cfg(test)]
mod tests {
    use super::super::EN;
    use super::*;

    #[test]
    fn kinds_and_reasons() {
        assert_eq!(NL.kind("sale"), "Aankoop");
        assert_eq!(EN.kind("sale"), "Purchase");
        assert_eq!(NL.kind("adjustment"), "adjustment");
        assert_eq!(EN.reason("spijt"), "regret");
        assert_eq!(NL.hole("damaged"), "beschadigd");
        assert_eq!(NL.hole("iets anders"), "iets anders");
    }
}
