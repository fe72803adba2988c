//! The state of the till as it is pushed to the page: whole zones in HTML, only those that changed on this connection.
//!
//! A page that connects gets everything; so does one that lost its connection. Nothing is remembered per page beyond what it shows.

use serde::Serialize;

use super::parts::Face;
use super::{bar, basket, customer, work};
use crate::till::effect::Beep;
use crate::till::{ModeView, View};

/// The zones of the page by the id of their element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zones {
    /// The bar at the top.
    pub bar: String,
    /// Basket and total.
    pub basket: String,
    /// The customer.
    pub customer: String,
    /// Keys and questions.
    pub work: String,
}

impl Zones {
    /// Draws all of them.
    #[must_use]
    pub fn draw(face: &Face, view: &View) -> Self {
        Self {
            bar: bar::bar(face, view).into_string(),
            basket: basket::basket(face, view).into_string(),
            customer: customer::customer(face, view).into_string(),
            work: work::work(face, view).into_string(),
        }
    }
}

/// What a page shows and has sounded.
pub(super) struct Shown {
    pub(super) zones: Zones,
    pub(super) sound: Option<(u64, Beep)>,
}

/// What is sent: as JSON in the data of a `zones` event.
#[derive(Debug, Serialize)]
struct Push<'a> {
    /// The start of the till; another one makes the page load itself again.
    start: &'a str,
    mode: &'static str,
    zones: Changed<'a>,
    sound: Option<(u64, Beep)>,
    /// The sound answers a scan or an entry: what was being typed goes. A printer's alarm and a damaged scan leave it.
    answers: bool,
}

#[derive(Debug, Serialize)]
struct Changed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    bar: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    basket: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    work: Option<&'a str>,
}

/// The push that takes a page from what it shows to `now`, as JSON; `None` when nothing changed.
pub(super) fn push(start: &str, view: &View, shown: Option<&Shown>, now: &Shown) -> Option<String> {
    let changed = |zone: fn(&Zones) -> &String| {
        let new = zone(&now.zones);
        shown
            .is_none_or(|shown| zone(&shown.zones) != new)
            .then_some(new.as_str())
    };
    if shown.is_some_and(|shown| shown.zones == now.zones && shown.sound == now.sound) {
        return None;
    }
    let push = Push {
        start,
        mode: mode_name(&view.mode),
        zones: Changed {
            bar: changed(|zones| &zones.bar),
            basket: changed(|zones| &zones.basket),
            customer: changed(|zones| &zones.customer),
            work: changed(|zones| &zones.work),
        },
        sound: now.sound,
        answers: !view.sound_aside,
    };
    serde_json::to_string(&push).ok()
}

/// The name of a mode for style sheet and script.
pub(super) const fn mode_name(mode: &ModeView) -> &'static str {
    match mode {
        ModeView::NotEnrolled => "not_enrolled",
        ModeView::LoggedOut { .. } => "logged_out",
        ModeView::Selling => "selling",
        ModeView::AskingPrice { .. } => "asking_price",
        ModeView::PayingCard { .. } => "paying_card",
        ModeView::PaymentUnknown { .. } => "payment_unknown",
        ModeView::AskingReceipt => "asking_receipt",
        ModeView::FetchingReceipt { .. } => "fetching_receipt",
        ModeView::Returning(_) => "returning",
        ModeView::Enrolling { .. } => "enrolling",
    }
}
