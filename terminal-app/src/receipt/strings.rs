//! The words on a receipt, in Dutch (default) and English. A missing translation does not compile.

use retail::money::{Cents, english_signs};
use retail::sale::ReturnReason;
use serde::{Deserialize, Serialize};

/// The language a receipt is printed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Dutch.
    #[default]
    Nl,
    /// English.
    En,
}

/// Every word of a receipt.
#[derive(Debug)]
pub(crate) struct Strings {
    pub(crate) kvk: &'static str,
    pub(crate) vat_id: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) return_title: &'static str,
    pub(crate) return_of: &'static str,
    pub(crate) receipt: &'static str,
    pub(crate) cashier: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) total: &'static str,
    pub(crate) rounding: &'static str,
    pub(crate) to_pay: &'static str,
    pub(crate) to_refund: &'static str,
    pub(crate) cash: &'static str,
    pub(crate) card: &'static str,
    pub(crate) cash_back: &'static str,
    pub(crate) card_back: &'static str,
    pub(crate) tendered: &'static str,
    pub(crate) change: &'static str,
    pub(crate) vat: &'static str,
    pub(crate) vat_base: &'static str,
    pub(crate) vat_amount: &'static str,
    pub(crate) vat_gross: &'static str,
    pub(crate) points: &'static str,
    pub(crate) points_back: &'static str,
    pub(crate) balance: &'static str,
    pub(crate) thanks: &'static str,
    pub(crate) keep: &'static str,
    /// As the keys of the cashier's screen name them.
    reasons: [&'static str; 4],
    is_english: bool,
}

const NL: Strings = Strings {
    kvk: "KvK",
    vat_id: "Btw-nr.",
    copy: "KOPIE",
    return_title: "RETOURBON",
    return_of: "Retour van bon",
    receipt: "Bon",
    cashier: "Medewerker",
    reason: "Reden",
    total: "Totaal",
    rounding: "Afronding",
    to_pay: "Te betalen",
    to_refund: "Terug te betalen",
    cash: "Contant",
    card: "Pin",
    cash_back: "Contant terugbetaald",
    card_back: "Via pin terugbetaald",
    tendered: "Ontvangen",
    change: "Wisselgeld",
    vat: "Btw",
    vat_base: "Excl.",
    vat_amount: "Btw",
    vat_gross: "Incl.",
    points: "Spaarpunten deze bon",
    points_back: "Teruggenomen punten",
    balance: "Puntensaldo",
    thanks: "Bedankt en tot ziens!",
    keep: "Bewaar deze bon voor ruilen of retour.",
    reasons: ["spijt", "defect", "ruil", "verkeerd"],
    is_english: false,
};

const EN: Strings = Strings {
    kvk: "CoC (KvK)",
    vat_id: "VAT no.",
    copy: "COPY",
    return_title: "REFUND",
    return_of: "Refund of receipt",
    receipt: "Receipt",
    cashier: "Cashier",
    reason: "Reason",
    total: "Total",
    rounding: "Rounding",
    to_pay: "To pay",
    to_refund: "To refund",
    cash: "Cash",
    card: "Card",
    cash_back: "Refunded in cash",
    card_back: "Refunded by card",
    tendered: "Received",
    change: "Change",
    vat: "VAT",
    vat_base: "Excl.",
    vat_amount: "VAT",
    vat_gross: "Incl.",
    points: "Points on this receipt",
    points_back: "Points taken back",
    balance: "Points balance",
    thanks: "Thank you and goodbye!",
    keep: "Keep this receipt for exchange or return.",
    reasons: ["regret", "defect", "exchange", "wrong item"],
    is_english: true,
};

impl Strings {
    pub(crate) const fn of(language: Language) -> &'static Self {
        match language {
            Language::Nl => &NL,
            Language::En => &EN,
        }
    }

    /// An amount by itself, in the order of the screen: `-€ 94,90`, `€94.90`. The code pages of printers have no other minus.
    pub(crate) fn money(&self, amount: Cents) -> String {
        let sign = if amount.is_negative() { "-" } else { "" };
        let euro = if self.is_english { "€" } else { "€ " };
        format!("{sign}{euro}{}", self.plain(amount.abs()))
    }

    /// An amount in a column: `-1.234,50`, `-1,234.50`.
    pub(crate) fn plain(&self, amount: Cents) -> String {
        self.number(&amount.plain())
    }

    /// What is written the Dutch way, with the signs of this language.
    pub(crate) fn number(&self, dutch: &str) -> String {
        if self.is_english {
            english_signs(dutch)
        } else {
            dutch.to_owned()
        }
    }

    pub(crate) const fn reason_name(&self, reason: ReturnReason) -> &'static str {
        let [spijt, defect, ruil, verkeerd] = self.reasons;
        match reason {
            ReturnReason::Spijt => spijt,
            ReturnReason::Defect => defect,
            ReturnReason::Ruil => ruil,
            ReturnReason::Verkeerd => verkeerd,
        }
    }
}
