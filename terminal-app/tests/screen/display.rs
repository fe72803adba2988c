//! What the customer reads on the display of the hub, for every mode of the till.

use terminal_app::peripherals::hub::Order;
use terminal_app::peripherals::hub::display::{Shown, lines};
use terminal_app::receipt::Language;

use crate::samples;

#[test]
fn the_customer_reads_two_lines_that_fit() {
    let mut text = String::new();
    for (name, view) in samples::all() {
        for language in [Language::Nl, Language::En] {
            for just_paid in [false, true] {
                let (upper, lower) = lines(&view, language, just_paid);
                for line in [&upper, &lower] {
                    assert!(line.chars().count() <= 20, "{name}: {line:?}");
                }
                if language == Language::Nl {
                    let paid = if just_paid { " (just paid)" } else { "" };
                    text.push_str(&format!("[{upper:<20}]\n[{lower:<20}] {name}{paid}\n"));
                }
            }
        }
    }
    insta::assert_snapshot!("customer_display", text);
}

#[test]
fn only_what_changed_is_said_and_a_sale_stays_for_a_while() {
    let view = samples::selling();
    let mut shown = Shown::new(Language::Nl, &view);
    let first = shown.orders(&view, 0);
    assert!(first.contains(&Order::TakeScans(true)), "{first:?}");
    assert_eq!(first.len(), 3, "scans, lights, display: {first:?}");
    assert_eq!(shown.orders(&view, 10), []);
    let named = |wanted| samples::all().into_iter().find(|(name, _)| *name == wanted);
    let (_, paid) = named("change").unwrap();
    let told = shown.orders(&paid, 20);
    assert!(
        matches!(told.as_slice(), [Order::Show(upper, _)] if upper.starts_with("Totaal")),
        "{told:?}"
    );
    let later = shown.orders(&paid, 20_020);
    assert!(
        matches!(later.as_slice(), [Order::Show(upper, _)] if upper == "Welkom bij"),
        "{later:?}"
    );
}
