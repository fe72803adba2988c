//! What the hub shows: two lines for the customer, the lights for the cashier, and whether scans are taken. All of it
//! follows from what the screen shows. Pure.

use link::message::Lights;
use retail::ids::ReceiptNumber;
use retail::money::Cents;
use retail::quantity::{Quantity, Unit};

use super::core::Order;
use crate::receipt::Language;
use crate::till::input::PrinterState;
use crate::till::view::{LastReceipt, Row};
use crate::till::{ModeView, View};

/// Characters of a line of a customer display.
const WIDTH: usize = 20;
/// How long total and change stay after a sale, ms.
const PAID_MS: u64 = 20_000;

struct Words {
    closed: &'static str,
    welcome: &'static str,
    thanks: &'static str,
    total: &'static str,
    due: &'static str,
    change: &'static str,
    articles: &'static str,
    article: &'static str,
    card: &'static str,
    goods_back: &'static str,
    refund: &'static str,
}

const NL: Words = Words {
    closed: "Kassa gesloten",
    welcome: "Welkom bij",
    thanks: "Bedankt en tot ziens",
    total: "Totaal",
    due: "Te betalen",
    change: "Wisselgeld",
    articles: "artikelen",
    article: "artikel",
    card: "Volg de pinautomaat",
    goods_back: "Retour",
    refund: "Terug",
};

const EN: Words = Words {
    closed: "Till closed",
    welcome: "Welcome to",
    thanks: "Thank you, goodbye",
    total: "Total",
    due: "To pay",
    change: "Change",
    articles: "articles",
    article: "article",
    card: "Use card terminal",
    goods_back: "Return",
    refund: "Refund",
};

/// Remembers what the hub shows, so that only changes go over the cable.
#[derive(Clone, Debug)]
pub struct Shown {
    language: Language,
    /// The last receipt, and when it was written.
    last: Option<(ReceiptNumber, Option<u64>)>,
    lines: Option<(String, String)>,
    lights: Option<Lights>,
    takes_scans: Option<bool>,
}

impl Shown {
    /// Nothing shown yet. The last receipt of `view` is an old one.
    #[must_use]
    pub fn new(language: Language, view: &View) -> Self {
        Self {
            language,
            last: view.last.map(|last| (last.number, None)),
            lines: None,
            lights: None,
            takes_scans: None,
        }
    }

    /// What has changed.
    pub fn orders(&mut self, view: &View, now_ms: u64) -> Vec<Order> {
        let number = view.last.map(|last| last.number);
        if number != self.last.map(|(number, _)| number) {
            self.last = number.map(|number| (number, Some(now_ms)));
        }
        let fresh = self.last.and_then(|(_, at_ms)| at_ms);
        let just_paid = fresh.is_some_and(|at_ms| now_ms.saturating_sub(at_ms) < PAID_MS);
        let mut orders = Vec::new();
        let takes = takes_scans(view);
        if self.takes_scans.replace(takes) != Some(takes) {
            orders.push(Order::TakeScans(takes));
        }
        let lights = Lights {
            ready: takes,
            attention: wants_attention(view),
        };
        if self.lights.replace(lights) != Some(lights) {
            orders.push(Order::Lights(lights));
        }
        let lines = lines(view, self.language, just_paid);
        if self.lines.as_ref() != Some(&lines) {
            self.lines = Some(lines.clone());
            orders.push(Order::Show(lines.0, lines.1));
        }
        orders
    }
}

/// A code that is scanned now goes somewhere.
#[must_use]
pub fn takes_scans(view: &View) -> bool {
    !matches!(
        view.mode,
        ModeView::NotEnrolled | ModeView::LoggedOut { .. }
    )
}

/// Something on the screen waits for the cashier.
fn wants_attention(view: &View) -> bool {
    let unheard = view.hub.as_ref().is_some_and(|hub| hub.unheard.is_some());
    let printer = matches!(
        view.printer.state,
        PrinterState::PaperOut | PrinterState::CoverOpen | PrinterState::Error
    );
    unheard
        || printer
        || view.printer.asks.is_some()
        || matches!(view.mode, ModeView::PaymentUnknown { .. })
}

/// The two lines of the customer display.
#[must_use]
pub fn lines(view: &View, language: Language, just_paid: bool) -> (String, String) {
    let w = match language {
        Language::Nl => &NL,
        Language::En => &EN,
    };
    match &view.mode {
        ModeView::NotEnrolled | ModeView::LoggedOut { .. } => (left(w.closed), String::new()),
        ModeView::PayingCard { amount, .. } | ModeView::PaymentUnknown { amount } => {
            (row(w.due, &euros(*amount)), left(w.card))
        }
        ModeView::Returning(back) => (left(w.goods_back), row(w.refund, &euros(back.total))),
        _ if view.basket.is_empty() => match view.last {
            Some(last) if just_paid => paid(w, &last),
            _ => (left(w.welcome), left(&view.shop)),
        },
        _ => (article(w, view), to_pay(w, view)),
    }
}

fn paid(w: &Words, last: &LastReceipt) -> (String, String) {
    let what = if last.total < Cents::ZERO {
        w.refund
    } else {
        w.total
    };
    let below = match last.change {
        Some(change) if change > Cents::ZERO => row(w.change, &euros(change)),
        _ => left(w.thanks),
    };
    (row(what, &euros(last.total)), below)
}

/// The article that was scanned just now, else how many there are.
fn article(w: &Words, view: &View) -> String {
    let own = |row: &&Row| row.parent.is_none();
    if let Some(fresh) = view.basket.iter().filter(own).find(|row| row.fresh) {
        let pieces = fresh.quantity.0 / 1000;
        let name = match fresh.unit {
            Unit::Piece if fresh.quantity != Quantity::ONE => {
                format!("{pieces}x {}", fresh.name)
            }
            _ => fresh.name.clone(),
        };
        return row(&name, &euros(fresh.amount));
    }
    let count: i64 = view
        .basket
        .iter()
        .filter(own)
        .map(|row| match row.unit {
            Unit::Piece => row.quantity.0 / 1000,
            Unit::Kilogram => 1,
        })
        .sum();
    let what = if count == 1 { w.article } else { w.articles };
    left(&format!("{count} {what}"))
}

fn to_pay(w: &Words, view: &View) -> String {
    if view.paid.is_empty() {
        row(w.total, &euros(view.total))
    } else {
        row(w.due, &euros(view.due))
    }
}

/// `1234` as `12,34`: a display has no room for more, and not every one has a euro sign.
fn euros(amount: Cents) -> String {
    let sign = if amount < Cents::ZERO { "-" } else { "" };
    let cents = amount.0.unsigned_abs();
    format!("{sign}{},{:02}", cents / 100, cents % 100)
}

/// A text on the left, cut where it must be; an amount on the right, always whole.
fn row(text: &str, amount: &str) -> String {
    let room = WIDTH.saturating_sub(amount.chars().count() + 1);
    let text: String = text.chars().take(room).collect();
    format!("{text:<room$} {amount}")
}

fn left(text: &str) -> String {
    text.chars().take(WIDTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_stays_whole_beside_a_long_name() {
        assert_eq!(row("T-shirt wit", "24,95"), "T-shirt wit    24,95");
        assert_eq!(
            row("Een heel lange naam van iets", "1234,50"),
            "Een heel lan 1234,50"
        );
        assert_eq!(row("Café crème", "-0,05"), "Café crème     -0,05");
    }

    #[test]
    fn amounts_are_written_as_on_the_receipt() {
        assert_eq!(euros(Cents(-5)), "-0,05");
        assert_eq!(euros(Cents(123_400)), "1234,00");
    }

    #[test]
    fn all_words_fit_the_display() {
        for w in [&NL, &EN] {
            for text in [w.closed, w.welcome, w.thanks, w.card, w.goods_back] {
                assert!(text.chars().count() <= WIDTH, "{text}");
            }
        }
    }
}
