//! The words of the cashier's screen in Dutch and English. A missing translation does not compile.
//!
//! `{}` is filled by [`fill`], in order. Words of the trade: *bon* receipt, *klantenkaart* loyalty card, *lade* drawer,
//! *afronding* cash rounding, *retour* goods brought back, *pinnen* paying by card.

use serde::Deserialize;

/// The language of the screen: `[screen] language`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Dutch.
    #[default]
    Nl,
    /// English.
    En,
}

impl Language {
    /// Its words.
    #[must_use]
    pub const fn strings(self) -> &'static Strings {
        match self {
            Self::Nl => &NL,
            Self::En => &EN,
        }
    }
}

/// Puts values in the places of `{}`, in order.
#[must_use]
pub fn fill(template: &str, values: &[&dyn std::fmt::Display]) -> String {
    let mut parts = template.split("{}");
    let mut text = parts.next().unwrap_or_default().to_owned();
    let mut values = values.iter();
    for part in parts {
        if let Some(value) = values.next() {
            text.push_str(&value.to_string());
        }
        text.push_str(part);
    }
    text
}

macro_rules! strings {
    ($($field:ident: $nl:literal, $en:literal;)*) => {
        /// Every text of the screen.
        #[derive(Debug)]
        pub struct Strings {
            $(#[doc = $en] pub $field: &'static str,)*
        }

        /// Dutch.
        pub const NL: Strings = Strings { $($field: $nl,)* };
        /// English.
        pub const EN: Strings = Strings { $($field: $en,)* };

        #[cfg(test)]
        const PAIRS: &[(&str, &str, &str)] = &[$((stringify!($field), $nl, $en),)*];
    };
}

strings! {
    lang: "nl", "en";
    euro: "€ ", "€";
    decimal: ",", ".";
    title: "Kassa", "Till";
    skip: "Naar het invoerveld", "Skip to the entry field";
    need_script: "Deze kassa heeft JavaScript nodig. Zet het aan in de instellingen van de browser.",
        "This till needs JavaScript. Turn it on in the browser's settings.";
    gone: "De kassa reageert niet. Wacht even: dit scherm maakt vanzelf weer verbinding.",
        "The till does not answer. Please wait: this screen reconnects by itself.";
    not_heard: "Niet aangekomen. Probeer het nog een keer.", "Not received. Please try again.";
    busy: "De kassa is nog bezig. Probeer het nog een keer.", "The till is still busy. Please try again.";
    not_amount: "‘{}’ is geen bedrag. Typ bijvoorbeeld 12,50.", "‘{}’ is not an amount. Type for example 12.50.";
    amount_too_high: "‘{}’ is te hoog: een bedrag is hoogstens {}.", "‘{}’ is too high: an amount is at most {}.";
    not_quantity: "‘{}’ is geen aantal. Typ bijvoorbeeld 3.", "‘{}’ is not a quantity. Type for example 3.";
    type_first: "Typ eerst een getal.", "Type a number first.";

    // The bar
    log_out: "Afmelden", "Log out";
    badges: "Toestand van de apparaten", "State of the devices";
    printer: "Printer", "Printer";
    printer_none: "Geen printer", "No printer";
    printer_paper_low: "Papier bijna op", "Paper nearly out";
    printer_paper_out: "Papier op", "Out of paper";
    printer_cover: "Printerklep open", "Printer cover open";
    printer_offline: "Printer antwoordt niet", "Printer does not answer";
    printer_error: "Printerstoring", "Printer fault";
    printer_missing: "Printer niet gevonden", "Printer not found";
    printer_queue_one: "1 bon wacht", "1 receipt waits";
    printer_queue: "{} bonnen wachten", "{} receipts wait";
    sync: "Hoofdkantoor", "Head office";
    sync_off: "Geen hoofdkantoor", "No head office";
    sync_busy: "Verzenden", "Sending";
    sync_unreachable: "Hoofdkantoor onbereikbaar", "Head office out of reach";
    sync_refused: "Hoofdkantoor weigert", "Head office refuses";
    sync_revoked: "Hoofdkantoor heeft deze kassa ingetrokken: vraag om weer toe te laten", "Head office has revoked this till: ask to be allowed again";
    sync_certificate_time: "Klok van de kassa of certificaat van hoofdkantoor klopt niet", "This till's clock or head office's certificate is wrong";
    sync_certificate: "Hoofdkantoor niet te vertrouwen", "Head office not trusted";
    sync_stuck: "Verzenden lukt niet", "Sending fails";
    waiting: "{} te verzenden", "{} to send";
    waiting_since: "{} te verzenden sinds {}", "{} to send since {}";
    note_epoch: "Nieuwe reeks bonnen begonnen", "A new series of receipts began";
    note_restored: "Hoofdkantoor is teruggezet: alles gaat er opnieuw heen", "Head office was restored: everything is sent again";
    note_unreadable: "{} boekingen onleesbaar", "{} entries unreadable";
    note_set_apart: "{} gegevens niet aangenomen", "{} records not accepted";
    scanner: "Scanner", "Scanner";
    scanners: "{} scanners", "{} scanners";
    scanner_none: "Geen scanner", "No scanner";
    scanner_missing: "Scanner {} niet gevonden", "Scanner {} not found";
    clock_not_set: "Klok staat niet goed", "Clock is not set";
    clock_behind: "Klok loopt achter", "Clock is behind";
    clock_back: "Klok is teruggezet", "Clock was set back";
    disk_low: "Schijf bijna vol: {} MB vrij", "Disk nearly full: {} MB left";
    disk_full: "Schijf vol", "Disk full";
    ok: "in orde", "all right";

    // The basket
    basket: "Winkelmand", "Basket";
    quantity: "Aantal", "Quantity";
    article: "Artikel", "Article";
    price: "Prijs", "Price";
    amount: "Bedrag", "Amount";
    total: "Totaal", "Total";
    still_due: "Nog te betalen", "Still to pay";
    in_cash: "contant {}", "{} in cash";
    ready: "Klaar voor de volgende klant", "Ready for the next customer";
    ready_hint: "Scan een artikel of een klantenkaart.", "Scan an article or a loyalty card.";
    change: "Wisselgeld", "Change";
    refunded: "Contant terug", "Cash refund";
    paid: "Betaald", "Paid";
    given_back: "Terugbetaald", "Refunded";
    last_receipt: "Bon {}", "Receipt {}";
    tendered: "contant {}", "{} in cash";
    by_card: "pin", "by card";
    card_share: "pin\u{a0}{}", "{}\u{a0}by\u{a0}card";
    return_what: "Kies wat er terugkomt: met + of door het te scannen.", "Choose what comes back: with + or by scanning it.";
    return_why: "Kies bij elke regel een reden.", "Choose a reason for every line.";
    rounding: "afronding {}", "rounding {}";
    one_more: "Eén meer van {}", "One more of {}";
    one_less: "Eén minder van {}", "One less of {}";
    next_quantity: "Volgende artikel: {} ×", "Next article: {} ×";
    cash_part: "Contant", "Cash";
    card_part: "Pin", "Card";
    take_back: "Contant teruggeven", "Give cash back";
    lines_one: "1 regel", "1 line";
    lines: "{} regels", "{} lines";

    // The customer
    customer: "Klant", "Customer";
    no_customer: "Nog geen klant", "No customer yet";
    no_customer_hint: "Scan de klantenkaart; dat mag ook halverwege de bon.",
        "Scan the loyalty card; halfway through the sale is fine.";
    nameless: "Klant zonder naam", "Customer without a name";
    points: "punten", "points";
    points_one: "punt", "point";
    visits: "bezoeken", "visits";
    visits_one: "bezoek", "visit";
    with_this: "met deze bon", "with this receipt";
    last_visit: "Vorige keer {}", "Last visit {}";
    first_visit: "Eerste bezoek", "First visit";
    new_member: "Nieuw lid", "New member";
    take_off: "Klant van de bon halen", "Take customer off";
    path: "Klantreis", "Journey";
    phase_purchase: "Aankoop", "Purchase";
    phase_use: "Gebruik", "Use";
    phase_loyalty: "Loyaliteit", "Loyalty";
    state_asleep: "Slapend", "Dormant";
    state_won_back: "Teruggewonnen", "Won back";
    state_brought_back: "Teruggebracht", "Brought back";

    // The box, the keypad, the actions
    box_label: "Artikelnummer, klantenkaart, bonnummer of naam", "Article number, loyalty card, receipt number or name";
    box_hint: "Artikel of naam, kaart, bon", "Article or name, card, receipt";
    box_price: "Prijs van {}", "Price of {}";
    box_receipt: "Bonnummer", "Receipt number";
    box_return: "Artikel dat terugkomt", "Article that comes back";
    enter: "Invoeren", "Enter";
    backspace: "Wis laatste teken", "Delete last character";
    clear: "Wis", "Clear";
    letters: "ABC", "ABC";
    letters_label: "Letters", "Letters";
    digits: "123", "123";
    digits_label: "Cijfers", "Digits";
    space: "spatie", "space";
    keypad: "Toetsen", "Keys";
    found: "Gevonden artikelen", "Articles found";
    ask_price: "prijs vragen", "ask price";
    quick: "Contant ontvangen", "Cash received";
    quick_label: "Contant ontvangen: {}", "Cash received: {}";
    actions: "Acties", "Actions";
    cash: "Contant", "Cash";
    cash_exact: "Contant gepast", "Exact cash";
    card: "Pin", "Card";
    goods_back: "Retour", "Return";
    void_line: "Verwijder regel", "Remove line";
    cancel: "Annuleren", "Cancel";
    copy: "Kopie bon", "Copy receipt";
    drawer: "Lade", "Drawer";
    quantity_key: "Aantal ×", "Qty ×";
    close_found: "Zoekresultaten sluiten", "Close search results";

    // Not enrolled, log-in
    not_enrolled_title: "Deze kassa is nog niet aangemeld", "This till is not enrolled yet";
    not_enrolled: "Zonder aanmelding bij het hoofdkantoor kan er niet verkocht worden: de kassa heeft nog geen nummer voor op de bon.",
        "Nothing can be sold before the till is enrolled at head office: it has no number for its receipts yet.";
    not_enrolled_1: "Vraag op het hoofdkantoor een code aan:", "Ask head office for a code:";
    not_enrolled_2: "Meld deze kassa ermee aan:", "Enrol this till with it:";
    not_enrolled_3: "Dit scherm gaat daarna vanzelf verder.", "This screen then goes on by itself.";
    login_title: "Aanmelden", "Log in";
    login_hint: "Typ je pincode.", "Type your PIN.";
    pin: "Pincode", "PIN";
    log_in: "Aanmelden", "Log in";
    checking: "Pincode wordt gecontroleerd…", "Checking the PIN…";
    login_wait: "Te vaak een verkeerde pincode.", "Too many wrong PINs.";
    login_wait_s: "Over {} s kan het weer.", "Try again in {} s.";
    no_cashiers: "Er is nog geen medewerker. Voeg er een toe:", "There is no cashier yet. Add one:";

    // Price, card payment
    price_title: "Wat kost dit artikel?", "What does this article cost?";
    price_of: "Voor {} heeft de winkel geen prijs.", "The shop has no price for {}.";
    per_piece: "Prijs per stuk", "Price each";
    per_kilo: "Prijs per kilo", "Price per kilo";
    set_price: "Prijs invoeren", "Enter price";
    card_title: "Pinnen", "Card payment";
    card_refund_title: "Terugstorten via pin", "Card refund";
    card_wait: "Wacht op de pinautomaat…", "Waiting for the card terminal…";
    card_ask: "Toets het bedrag in op de pinautomaat. Wat staat er op het scherm?", "Key the amount into the card terminal. What does its screen say?";
    card_paid: "Betaald", "Paid";
    card_refused: "Geweigerd", "Refused";
    card_unknown: "Weet ik niet", "I don't know";
    card_refunded: "Teruggestort", "Refunded";
    unknown_title: "Is er gepind?", "Was it paid by card?";
    unknown_refund_title: "Is het teruggestort?", "Was it refunded?";
    unknown_text: "Het is niet zeker of deze betaling gelukt is. Kijk op de pinautomaat of op het pinbonnetje voordat je verdergaat, en laat niet zomaar nog een keer pinnen.",
        "It is not certain that this payment went through. Look at the card terminal or its slip before going on; do not simply try again.";
    unknown_paid: "Ja, betaald", "Yes, paid";
    unknown_refunded: "Ja, teruggestort", "Yes, refunded";
    unknown_not: "Nee, niet gelukt", "No, it failed";

    // Return
    return_title: "Retour", "Return";
    ask_receipt_title: "Retour: welke bon?", "Return: which receipt?";
    ask_receipt: "Scan de streepjescode onder aan de bon, of typ de 14 cijfers die eronder staan.",
        "Scan the barcode at the bottom of the receipt, or type the 14 digits below it.";
    fetching: "Bon {} wordt opgehaald bij het hoofdkantoor…", "Fetching receipt {} from head office…";
    return_unchecked: "Het hoofdkantoor antwoordt niet: wat elders al terug is, telt nu niet mee.",
        "Head office does not answer: what came back elsewhere is not counted now.";
    return_lines: "Regels van bon {}", "Lines of receipt {}";
    sold: "Verkocht", "Sold";
    comes_back: "Retour", "Returned";
    none_left: "al terug", "already back";
    back_already: "{} al terug", "{} back already";
    reason: "Reden", "Reason";
    reason_all: "Reden voor alle regels", "Reason for all lines";
    reason_of: "Reden voor {}", "Reason for {}";
    reason_regret: "Spijt", "Regret";
    reason_defect: "Defect", "Defect";
    reason_exchange: "Ruil", "Exchange";
    reason_wrong: "Verkeerd", "Wrong item";
    remark: "Opmerking van de klant", "Customer's remark";
    optional: "niet verplicht", "optional";
    to_refund: "Terug te betalen", "To refund";
    refund_total: "Totaal retour", "Return total";
    sale_waits: "Er wacht nog een bon van {}.", "A sale of {} is still waiting.";
    confirm_return: "Retour afronden", "Complete return";
    follows: "gaat mee", "follows";

    // Enrol
    enrol_title: "Nieuwe klant", "New customer";
    card_number: "Klantenkaart", "Loyalty card";
    card_scan: "Scan de kaart of typ het nummer", "Scan the card or type its number";
    first_name: "Voornaam", "First name";
    email: "E-mailadres", "E-mail address";
    membership: "Ja, ik doe mee met het klantenprogramma. De winkel bewaart mijn aankopen bij mijn kaart, voor punten en voordeel.",
        "Yes, I join the loyalty programme. The shop keeps my purchases with my card, for points and rewards.";
    membership_short: "Deelname", "Membership";
    marketing: "Ja, de winkel mag mij e-mails met aanbiedingen sturen.", "Yes, the shop may send me e-mails with offers.";
    marketing_short: "Aanbiedingen", "Offers";
    read_aloud: "Lees voor of laat lezen. Beide kunnen later weer worden ingetrokken.",
        "Read aloud or let the customer read. Both can be withdrawn later.";
    enrol: "Klant inschrijven", "Enrol customer";

    // Printer question
    printer_ask: "Is bon {} helemaal uit de printer gekomen?", "Did receipt {} come out of the printer whole?";
    printer_yes: "Ja, hij is er", "Yes, it did";
    printer_no: "Nee, druk opnieuw af", "No, print it again";

    // Notices
    dismiss: "Melding sluiten", "Dismiss message";
    notices: "Meldingen", "Messages";
    n_unknown_code: "Niets gevonden bij ‘{}’.", "Nothing found for ‘{}’.";
    n_wrong_number: "Dit nummer klopt niet; kijk het na.", "This number is not right; please check it.";
    n_wrong_code: "Verkeerd gelezen of beschadigd: {}", "Misread or damaged: {}";
    n_wrong_code_hint: "Scan nog een keer of typ het nummer.", "Scan again or type the number.";
    n_scan_damaged: "De scan is niet goed doorgekomen.", "The scan did not come through well.";
    n_scan_too_long: "Deze code is te lang voor de kassa.", "This code is too long for the till.";
    n_scan_read: "Gelezen: {}.", "Read: {}.";
    n_type_it: "Typ het nummer of zoek op naam.", "Type the number or search by name.";
    n_unknown_article: "Geen artikel met nummer {}", "No article with number {}";
    n_unknown_article_hint: "Zoek het artikel op naam.", "Search for the article by name.";
    n_unknown_card: "Kaart {} is nog van niemand.", "Card {} belongs to nobody yet.";
    n_enrol_now: "Klant inschrijven", "Enrol customer";
    n_unknown_command: "Onbekend commando: {}", "Unknown command: {}";
    n_log_in_first: "Meld je eerst aan.", "Log in first.";
    n_not_enrolled: "Deze kassa is nog niet aangemeld.", "This till is not enrolled yet.";
    n_wrong_pin: "Deze pincode klopt niet.", "This PIN is wrong.";
    n_cashier_removed: "{} is van deze kassa gehaald en dus afgemeld.", "{} was taken off this till and is logged out.";
    n_payment_underway: "Er loopt nog een pinbetaling. Rond die eerst af.", "A card payment is under way. Finish it first.";
    n_payment_refused: "De pinbetaling is niet gelukt. Kies opnieuw hoe de klant betaalt.",
        "The card payment did not go through. Choose again how the customer pays.";
    n_stray_payment: "De pinautomaat meldt alsnog dat een eerdere betaling gelukt is. Controleer dat op de pinautomaat.",
        "The card terminal reports that an earlier payment did go through. Check it on the terminal.";
    n_empty_basket: "Er staat nog niets op de bon.", "Nothing is on the receipt yet.";
    n_price_first: "Voer eerst de prijs in.", "Enter the price first.";
    n_part_taken: "{} contant ontvangen; nog te betalen: {}.", "{} received in cash; still to pay: {}.";
    n_partly_paid: "Er is al een deel betaald. Geef dat eerst terug of rond de betaling af.",
        "A part is already paid. Give it back first or finish the payment.";
    n_wrong_quantity: "Dit aantal kan niet.", "This quantity is not possible.";
    n_quantity_forgotten: "{} × vervalt: het volgende artikel telt één keer.", "{} × dropped: the next article counts once.";
    n_drawer_shut: "De lade is niet geopend: dat lukt nu niet via de printer.", "The drawer was not opened: the printer cannot do that now.";
    n_drawer_shut_hint: "Open hem met de sleutel.", "Open it with its key.";
    n_copied: "Kopie van bon {} gaat naar de printer.", "A copy of receipt {} goes to the printer.";
    n_sale_cancelled: "Bon van {} geannuleerd.", "Sale of {} cancelled.";
    n_take_back_sale: "Toch terugzetten", "Put it back";
    n_sale_underway: "Er is al een nieuwe bon begonnen.", "A new sale has begun already.";
    n_wrong_amount: "Dit bedrag kan niet.", "This amount is not possible.";
    n_not_exact: "In het invoerveld staat {}, gepast is {}.", "The entry field holds {}, exact is {}.";
    n_not_exact_hint: "Wat heeft de klant gegeven?", "What did the customer give?";
    n_pay_typed: "{} ontvangen", "{} received";
    n_pay_exact: "Gepast {}", "Exactly {}";
    n_replaced: "Andere klantenkaart: deze bon staat nu op naam van {} in plaats van {}.",
        "Another loyalty card: this receipt is now for {} instead of {}.";
    n_take_back: "Terug naar {}", "Back to {}";
    nameless_inside: "een klant zonder naam", "a customer without a name";
    n_customer_stays: "Deze bon blijft op naam van {}: er wordt al gepind.", "This receipt stays with {}: the card payment is under way.";
    n_customer_stays_hint: "Scan de andere kaart bij de volgende bon.", "Scan the other card with the next receipt.";
    n_customer_on_sale: "Deze bon staat op naam van {}.", "This receipt is for {}.";
    n_customer_on_sale_hint: "Scan een andere kaart om dat te veranderen.", "Scan another card to change that.";
    n_basket_full: "De bon is vol. Reken eerst af.", "The receipt is full. Complete the payment first.";
    n_no_line: "Er is geen regel gekozen.", "No line is selected.";
    n_return_underway: "Rond eerst de retour af of annuleer hem.", "Finish or cancel the return first.";
    n_no_such_receipt: "Bon {} bestaat niet.", "There is no receipt {}.";
    n_receipt_is_return: "Bon {} is zelf een retour.", "Receipt {} is itself a return.";
    n_nothing_left: "Van bon {} is alles al teruggebracht.", "Everything on receipt {} was brought back already.";
    n_not_on_receipt: "{} staat niet op deze bon.", "{} is not on this receipt.";
    n_all_back: "{} is al helemaal terug.", "{} is all back already.";
    n_all_chosen: "{} is al helemaal gekozen.", "{} is all chosen already.";
    n_more_than_sold: "Er kunnen er nog hoogstens {} terug.", "At most {} can still come back.";
    n_reason_missing: "Kies een reden voor regel {}.", "Choose a reason for line {}.";
    n_not_fetched: "Bon {} is van een andere kassa en kon niet worden opgehaald.",
        "Receipt {} is of another till and could not be fetched.";
    n_unreachable: "Het hoofdkantoor is niet bereikbaar. Probeer het later nog eens.", "Head office is out of reach. Try again later.";
    n_unknown_there: "Het hoofdkantoor kent deze bon niet.", "Head office does not know this receipt.";
    n_no_server: "Deze kassa werkt zonder hoofdkantoor.", "This till works without a head office.";
    n_refused: "Het hoofdkantoor geeft de bon niet. Bel het hoofdkantoor.", "Head office does not give the receipt. Call head office.";
    n_card_taken: "Deze kaart is al van een klant.", "This card already belongs to a customer.";
    n_not_a_card: "‘{}’ is geen klantenkaart van deze winkel.", "‘{}’ is not a loyalty card of this shop.";
    n_not_an_email: "Dit is geen e-mailadres. Verbeter het of laat het leeg.", "This is not an e-mail address. Correct it or leave it empty.";
    n_membership: "Inschrijven kan alleen met toestemming voor deelname.", "Enrolling needs consent to membership.";
    n_email_too: "Ook het e-mailadres klopt niet.", "The e-mail address is wrong too.";
    n_enrolled: "Ingeschreven. De eerste bon telt al mee.", "Enrolled. The first receipt already counts.";
    n_nothing_to_copy: "Er is nog geen bon om te kopiëren.", "There is no receipt to copy yet.";
    n_no_receipt_number: "Er kan geen bon gemaakt worden: de bonnummers zijn op. Bel het hoofdkantoor.",
        "No receipt can be made: the receipt numbers are used up. Call head office.";
    n_expired: "{} is over de datum ({}).", "{} is past its date ({}).";
    n_wrong_measure: "Prijs of gewicht in code {} past niet bij het artikel.", "Price or weight in code {} does not fit the article.";
    n_not_accepted: "{} wordt hier niet aangenomen.", "{} cannot be taken here.";
    n_restored: "De onafgemaakte bon staat er nog.", "The unfinished sale is still here.";
    n_not_kept: "Niet opgeslagen en dus niet gebeurd: {}.", "Not saved, so not done: {}.";
    n_fault_full: "de schijf is vol", "the disk is full";
    n_fault_full_hint: "Maak ruimte op de schijf en doe het daarna opnieuw.", "Make room on the disk, then do it again.";
    n_fault_busy: "een ander programma houdt de database bezet", "another program holds the database";
    n_fault_again_hint: "Doe het nog een keer.", "Do it once more.";
    n_fault_rights: "de kassa mag niet in de database schrijven", "the till may not write its database";
    n_fault_damaged: "de database is beschadigd", "the database is damaged";
    n_fault_disk: "de schijf geeft een fout", "the disk reports an error";
    n_fault_call_hint: "Roep hulp: terminal-app doctor zegt wat er aan de hand is.", "Get help: terminal-app doctor says what is wrong.";
    n_store_trouble: "Opzoeken lukte niet.", "It could not be looked up.";
    n_store_trouble_hint: "Probeer het nog een keer. Blijft dit zo, roep dan hulp.", "Try once more. If this stays so, get help.";

    // The hub
    hub: "Hub", "Hub";
    hub_missing: "Hub niet aangesloten", "Hub not connected";
    hub_silent: "Hub antwoordt niet", "Hub does not answer";
    hub_incompatible: "Hub heeft andere software nodig", "Hub needs other firmware";
    hub_details: "Over de hub", "About the hub";
    hub_firmware: "Firmware", "Firmware";
    hub_board: "Bord", "Board";
    hub_started: "Gestart na", "Started after";
    hub_power_on: "inschakelen", "power on";
    hub_button: "resetknop", "reset button";
    hub_watchdog: "vastloper (vanzelf hersteld)", "a hang (mended by itself)";
    hub_fault: "fout in de firmware (vanzelf hersteld)", "a firmware fault (mended by itself)";
    hub_start_unknown: "onbekend", "unknown";
    hub_fine: "geen storing", "no fault";
    hub_scanner: "Scanner", "Scanner";
    hub_scanner_errors: "{} scans beschadigd, {} verloren", "{} scans damaged, {} lost";
    hub_printer: "Bonprinter", "Receipt printer";
    hub_printer_stalled: "neemt niets aan", "takes no data";
    hub_printer_elsewhere: "rechtstreeks op de kassa", "directly on the till";
    hub_drawer: "Lade", "Drawer";
    hub_drawer_open: "open", "open";
    hub_drawer_shut: "dicht", "shut";
    hub_drawer_elsewhere: "via de printer", "by the printer";
    hub_display: "Klantdisplay", "Customer display";
    hub_display_fault: "antwoordt niet", "does not answer";
    hub_cable: "Kabel", "Cable";
    hub_cable_errors: "{} fouten, {} bytes gemist", "{} errors, {} bytes missed";
    hub_update: "Zet de firmware van deze versie op de hub: terminal-app hub update-info zegt hoe.",
        "Put the firmware of this version on the hub: terminal-app hub update-info says how.";
    hub_unheard: "Code {} is misschien niet gehoord en staat niet op de bon. Scan hem opnieuw als hij erbij hoort.",
        "Code {} was perhaps not heard and is not on the receipt. Scan it again if it belongs there.";
    hub_unheard_read: "Begrepen", "Understood";
    n_hub_refused: "Niet gescand: de kassa neemt nu geen scans aan.", "Not scanned: the till takes no scans now.";
    n_hub_lost: "Een scan is verloren gegaan: de hub was vol. Scan hem opnieuw.", "A scan was lost: the hub was full. Scan it again.";
    n_hub_resting: "De lade is niet geopend: hij ging net al open.", "The drawer was not opened: it opened a moment ago.";
    n_hub_resting_hint: "Is hij dicht? Druk dan op Lade.", "Is it shut? Then press Drawer.";
    n_hub_too_late: "De lade is niet geopend: de hub antwoordde niet op tijd.", "The drawer was not opened: the hub did not answer in time.";
    n_hub_unknown: "Niet zeker of de lade open is gegaan. Kijk even.", "It is not certain that the drawer opened. Please look.";

    // Command sheet
    sheet_title: "Commando's om te scannen", "Commands to scan";
    sheet_intro: "Met dit blad reken je af zonder toetsen: scan de artikelen en daarna het commando.",
        "With this sheet a sale needs no keys: scan the articles, then the command.";
    sheet_print: "Druk af op 100 % en op wit papier; hang het blad binnen het bereik van de scanner.",
        "Print at 100 % on white paper; hang the sheet within reach of the scanner.";
    sheet_pay: "Afrekenen", "Pay";
    sheet_correct: "Verbeteren", "Correct";
    sheet_times: "Volgende artikel zoveel keer", "Next article so many times";
    sheet_cash: "De klant betaalt precies, zo nodig afgerond op 5 cent.", "The customer pays exactly, rounded to 5 cents where needed.";
    sheet_card: "Het hele bedrag met de pinautomaat.", "The whole amount by the card terminal.";
    sheet_cancel: "Sluit de vraag op het scherm, laat anders een ingesteld aantal vervallen, en anders de hele bon.",
        "Closes the question on the screen, else drops a quantity that was set, else the whole sale.";
    sheet_void: "De laatste regel van de bon.", "The last line of the receipt.";
    sheet_reprint: "Van de laatste bon, gemerkt KOPIE.", "Of the last receipt, marked KOPIE.";
    sheet_qty: "{} keer", "{} times";
}

#[cfg(test)]
mod tests;
