use super::*;

#[test]
fn every_text_is_there_and_takes_the_same_values() {
    for (name, nl, en) in PAIRS {
        assert!(!nl.is_empty() && !en.is_empty(), "{name}");
        assert_eq!(nl.matches("{}").count(), en.matches("{}").count(), "{name}");
    }
}

#[test]
fn values_are_filled_in_order() {
    assert_eq!(fill("{} van {}", &[&1, &"twee"]), "1 van twee");
    assert_eq!(fill("niets", &[&1]), "niets");
    assert_eq!(fill("{} {}", &[&"{}"]), "{} ");
}

#[test]
fn the_buttons_have_the_names_that_were_agreed() {
    assert_eq!(
        [
            NL.cash,
            NL.cash_exact,
            NL.card,
            NL.goods_back,
            NL.customer,
            NL.void_line,
            NL.cancel,
            NL.copy,
            NL.basket,
            NL.total
        ],
        [
            "Contant",
            "Contant gepast",
            "Pin",
            "Retour",
            "Klant",
            "Verwijder regel",
            "Annuleren",
            "Kopie bon",
            "Winkelmand",
            "Totaal"
        ]
    );
}
