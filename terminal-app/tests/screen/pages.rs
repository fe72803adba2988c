//! The cashier's screen as HTML: every mode in both languages as snapshots, and what must hold for all of them.

use std::collections::BTreeSet;

use terminal_app::screen::{Face, Language, Shortcuts, Zones};
use terminal_app::till::View;

use crate::samples;

fn face(language: Language) -> Face {
    Face {
        language,
        keys: Shortcuts::default(),
        zone: chrono_tz::Europe::Amsterdam,
    }
}

/// All zones, one element a line.
fn drawn(language: Language, view: &View) -> String {
    let zones = Zones::draw(&face(language), view);
    let mut text = String::new();
    for (name, html) in [
        ("bar", zones.bar),
        ("basket", zones.basket),
        ("customer", zones.customer),
        ("work", zones.work),
    ] {
        text.push_str(&format!("## {name}\n{}\n", html.replace("><", ">\n<")));
    }
    text
}

#[test]
fn every_mode_is_drawn_as_it_was() {
    for (name, view) in samples::all() {
        insta::assert_snapshot!(format!("{name}_nl"), drawn(Language::Nl, &view));
        insta::assert_snapshot!(format!("{name}_en"), drawn(Language::En, &view));
    }
}

#[test]
fn the_accessible_names_are_the_agreed_ones() {
    let html = drawn(Language::Nl, &samples::selling());
    for name in [
        "Contant",
        "Contant gepast",
        "Pin",
        "Retour",
        "Klant",
        "Verwijder regel",
        "Annuleren",
        "Kopie bon",
    ] {
        let label = format!("aria-label=\"{name}\"");
        let buttons: Vec<&str> = html
            .lines()
            .filter(|line| line.starts_with("<button") && line.contains(&label))
            .collect();
        assert_eq!(buttons.len(), 1, "{name}");
        assert!(
            buttons[0].ends_with(&format!(">{name}</button>")),
            "the text is the name: {name}"
        );
    }
    assert!(html.contains("<table aria-label=\"Winkelmand\">"));
    assert!(html.contains("<output id=\"total\" role=\"status\" aria-live=\"polite\" aria-label=\"Totaal\">€ 64,39</output>"));
}

#[test]
fn text_from_outside_is_never_markup() {
    let hostile = samples::all()
        .into_iter()
        .find(|(name, _)| *name == "hostile")
        .expect("a sample")
        .1;
    for language in [Language::Nl, Language::En] {
        let html = drawn(language, &hostile);
        assert!(!html.contains("<script"));
        assert!(!html.contains("\"&\""));
        assert!(html.matches("&lt;script&gt;alert").count() >= 8);
    }
}

#[test]
fn nothing_is_written_that_the_policy_forbids() {
    for (name, view) in samples::all() {
        let html = drawn(Language::Nl, &view);
        for forbidden in [
            " style=",
            " onclick",
            "<style",
            "<script",
            "javascript:",
            "http://",
            "https://",
        ] {
            assert!(
                !html.contains(forbidden) || name == "hostile" && forbidden == "<script",
                "{name}: {forbidden}"
            );
        }
    }
}

/// The same key must not press two buttons, and an id must not stand twice.
#[test]
fn keys_and_ids_are_unique_in_every_mode() {
    for (name, view) in samples::all() {
        let html = drawn(Language::Nl, &view);
        for attribute in [" data-key=\"", " id=\""] {
            let mut seen = BTreeSet::new();
            for value in html
                .split(attribute)
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
            {
                assert!(
                    seen.insert(value),
                    "{name}: {attribute}{value} stands twice"
                );
            }
        }
    }
}

#[test]
fn a_button_of_the_screen_is_an_action_of_the_till() {
    for (name, view) in samples::all() {
        let html = drawn(Language::En, &view);
        for does in html
            .split(" data-do=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            let does = does
                .replace("&quot;", "\"")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&");
            let mut action: serde_json::Value = serde_json::from_str(&does).expect("JSON");
            // What the script adds from the fields.
            match action["do"].as_str().expect("a name") {
                "entry" => action["text"] = "1".into(),
                "login" => action["pin"] = "1234".into(),
                "enrol" => {
                    action["card"] = "2610000000016".into();
                    action["member"] = true.into();
                }
                typed if typed.starts_with("typed_") => action["typed"] = "1".into(),
                _ => {}
            }
            let post = serde_json::json!({"id": "a-1", "action": action}).to_string();
            let read = terminal_app::screen::press::read(Language::En.strings(), post.as_bytes());
            assert!(read.is_ok(), "{name}: {does}: {read:?}");
        }
    }
}
