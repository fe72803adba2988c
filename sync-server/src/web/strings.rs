//! The words of the owner's pages in Dutch and English. A missing translation does not compile.
//!
//! `{}` is filled in, in order. Words of the trade: *bon* receipt, *kassa* till, *klantenkaart* loyalty card, *retour*
//! goods brought back, *statiegeld* deposit, *gat* missing events, *vertakking* fork.

mod kinds;

/// The language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Language {
    /// Dutch.
    #[default]
    Nl,
    /// English.
    En,
}

impl Language {
    /// Its words.
    pub(crate) const fn strings(self) -> &'static Strings {
        match self {
            Self::Nl => &NL,
            Self::En => &EN,
        }
    }

    /// Its code.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
        }
    }

    /// What it calls itself.
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Self::Nl => "Nederlands",
            Self::En => "English",
        }
    }

    /// The other one.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Nl => Self::En,
            Self::En => Self::Nl,
        }
    }
}

macro_rules! strings {
    ($($field:ident: $nl:literal, $en:literal;)*) => {
        /// Every text of the pages.
        #[derive(Debug)]
        pub(crate) struct Strings {
            $(pub(crate) $field: &'static str,)*
        }

        const NL: Strings = Strings { $($field: $nl,)* };
        const EN: Strings = Strings { $($field: $en,)* };

        #[cfg(test)]
        const ALL: &[(&str, &str, &str)] = &[$((stringify!($field), $nl, $en),)*];
    };
}

strings! {
    // Frame
    menu: "Menu", "Menu";
    menu_returning: "Terugkerende klanten", "Returning customers";
    menu_returning_short: "Terugkerend", "Returning";
    menu_customers: "Klanten", "Customers";
    menu_receipts: "Bonnen", "Receipts";
    menu_sync: "Synchronisatie", "Synchronisation";
    skip: "Naar de inhoud", "Skip to content";
    search: "Zoeken", "Search";
    search_label: "Zoek een klant of bon", "Search for a customer or receipt";
    search_nothing: "Niets gevonden", "Nothing found";
    search_hint: "Typ een naam of een deel ervan, een e-mailadres, of het nummer van een klantenkaart, een klant of een bon, zoals 3-1-0000042. De streepjescode van een bon kan ook.", "Type a name or a part of it, an e-mail address, or the number of a loyalty card, a customer or a receipt, like 3-1-0000042. The barcode of a receipt works too.";
    search_found: "Gevonden bij “{}”", "Found for “{}”";
    search_more: "Er zijn er meer: typ een groter deel van de naam of het e-mailadres.", "There are more: type a larger part of the name or the e-mail address.";
    log_in: "Inloggen", "Log in";
    log_in_text: "Voor de eigenaar: wie komt er terug, en waarom niet?", "For the owner: who comes back, and why not?";
    log_out: "Uitloggen", "Log out";
    name: "Naam", "Name";
    password: "Wachtwoord", "Password";
    wrong_password: "Naam of wachtwoord klopt niet. Probeer het nog eens.", "Name or password is not right. Please try again.";
    too_many: "Te vaak een verkeerd wachtwoord. Probeer het opnieuw vanaf {}.", "Too many wrong passwords. Try again from {}.";
    back: "Terug", "Back";
    to_start: "Naar het begin", "To the start";
    download: "downloaden", "download";
    drawing: "De grafiek verschijnt hier. De tabel eronder bevat dezelfde cijfers.", "The chart appears here. The table below holds the same figures.";
    as_table: "Toon als tabel", "Show as table";
    made_at: "stand van", "as of";
    pages: "Bladen", "Pages";
    previous: "Vorige", "Previous";
    next: "Volgende", "Next";
    rows_of: "{}–{} van {}", "{}–{} of {}";
    yes: "ja", "yes";
    no: "nee", "no";

    // Errors
    not_found: "Deze pagina is er niet", "This page is not there";
    not_found_text: "Wat u zoekt bestaat niet (meer), of hoort bij een winkel die u niet mag zien.", "What you look for does not exist (any more), or belongs to a shop you may not see.";
    forged: "Dit formulier is verlopen", "This form has expired";
    forged_text: "Er is niets gewijzigd. Ga terug, laad de pagina opnieuw en probeer het nog eens.", "Nothing was changed. Go back, reload the page and try again.";
    bad_request: "Dat begrijpen we niet", "We do not understand that";
    bad_request_text: "Er is niets gewijzigd. Ga terug en probeer het nog eens.", "Nothing was changed. Go back and try again.";
    busy: "Even geduld", "One moment please";
    busy_text: "Het is nu te druk. Probeer het over een minuut opnieuw.", "It is too busy right now. Try again in a minute.";
    misread: "Dit kunnen we niet tonen", "We cannot show this";
    misread_day: "Bij '{}' staat \"{}\", en dat is geen bestaande dag. Schrijf jaar, maand en dag, zoals 2026-03-14.", "'{}' says \"{}\", and there is no such day. Write year, month and day, like 2026-03-14.";
    misread_backwards: "De periode begint op {} en eindigt op {}: het begin ligt na het einde.", "The period begins on {} and ends on {}: it begins after its end.";
    misread_choice: "In het adres staat {}={}, en die keuze bestaat niet.", "The address says {}={}, and there is no such choice.";
    misread_nothing_shown: "Er worden geen cijfers getoond, want het zouden andere zijn dan u vroeg. Kies opnieuw.", "No figures are shown, as they would be others than you asked for. Choose again.";
    failed: "Er ging iets mis", "Something went wrong";
    failed_text: "Dat ligt aan ons. Er is niets verloren gegaan; probeer het later opnieuw.", "That is our fault. Nothing was lost; try again later.";

    // Selection
    selection: "Selectie", "Selection";
    this_month: "Deze maand", "This month";
    weeks_12: "Afgelopen 12 weken", "Last 12 weeks";
    this_year: "Dit jaar", "This year";
    all_days: "Alles", "Everything";
    own_days: "Eigen periode", "Own period";
    from: "Van", "From";
    to: "Tot en met", "Up to";
    shop: "Winkel", "Shop";
    all_shops: "Alle winkels", "All shops";
    imported: "Geïmporteerde historie", "Imported history";
    imported_in: "telt mee", "counts";
    imported_out: "telt niet mee", "left out";
    show: "Toon", "Show";
    show_all: "Toon alles", "Show everything";
    since: "sinds", "since";
    until: "tot en met", "up to";
    whole_history: "hele historie", "whole history";
    history_until_today: "hele historie tot en met vandaag", "whole history up to today";
    line_after_today: "1 regel ligt na vandaag en telt hier niet mee: meestal is dat een tikfout in het jaartal van een import. Een eigen periode toont hem; op de server neemt het commando sync-server import --undo N een import terug.", "1 line lies after today and does not count here: mostly that is a mistyped year in an import. A period of your own shows it; on the server the command sync-server import --undo N takes an import back.";
    lines_after_today: "{} regels liggen na vandaag en tellen hier niet mee: meestal is dat een tikfout in het jaartal van een import. Een eigen periode toont ze; op de server neemt het commando sync-server import --undo N een import terug.", "{} lines lie after today and do not count here: mostly that is a mistyped year in an import. A period of your own shows them; on the server the command sync-server import --undo N takes an import back.";
    only_sales: "Alleen aankoopbonnen: bonnen met minstens één verkoopregel.", "Sale receipts only: receipts with at least one sale line.";
    all_receipts: "Toon alle bonnen", "Show all receipts";
    empty_selection: "Geen verkopen in deze selectie", "No sales in this selection";
    empty_selection_text: "De laatste verkoop die u mag zien was op {}. Kies een andere periode of winkel.", "The last sale you may see was on {}. Choose another period or shop.";
    empty_chosen: "Deze winkel heeft nog geen verkopen", "This shop has no sales yet";
    empty_chosen_text: "In de winkels die u mag zien was de laatste verkoop op {}.", "In the shops you may see the last sale was on {}.";
    empty_shop: "Er zijn nog geen verkopen", "There are no sales yet";
    empty_shop_text: "Zodra een kassa synchroniseert of historie is geïmporteerd, ziet u hier wie er terugkomt.", "As soon as a till syncs or history is imported, you see here who comes back.";
    empty_import: "Historie uit een ander kassasysteem inlezen:", "Read history from another till system:";
    empty_till: "Een kassa aanmelden met een eenmalige code:", "Enrol a till with a one-time code:";

    // Key figures
    key_figures: "Kerncijfers", "Key figures";
    figure: "Cijfer", "Figure";
    field: "Veld", "Field";
    value: "Waarde", "Value";
    answer_came_back: "van de klanten kwam terug", "of the customers came back";
    answer_counts: "– {} van {}.", "– {} of {}.";
    answer_share: "Van de omzet van bekende klanten komt {} van een later bezoek.", "Later visits bring {} of what known customers spend.";
    answer_counts_narrowed: "– {} van {} had twee bezoeken of meer in deze selectie.", "– {} of {} had two visits or more in this selection.";
    answer_share_narrowed: "Van wat bekende klanten in deze selectie besteden komt {} van klanten die al eerder kwamen; dat eerdere bezoek kan buiten de selectie liggen, in een andere periode of winkel.", "Of what known customers spend in this selection, {} is by customers who had come before; that earlier visit may lie outside the selection, in another period or shop.";
    not_yet: "nog niet te zeggen", "too early to say";
    unit: "Eenheid", "Unit";
    unit_euro: "euro", "euro";
    unit_percent: "procent", "percent";
    unit_days: "dagen", "days";
    unit_date: "datum", "date";
    unit_count: "aantal", "count";
    of_customers: "{} van {} klanten", "{} of {} customers";
    of_customer: "{} van {} klant", "{} of {} customer";
    of_gross: "van {} bruto", "of {} gross";
    repeat_rate: "Terugkerende klanten", "Returning customers";
    repeat_rate_means: "Bekende klanten met twee of meer bezoeken in deze selectie, gedeeld door alle bekende klanten met een aankoopbon. Een bezoek is een dag waarop een klant iets koopt.", "Known customers with two visits or more in this selection, divided by all known customers with a sale receipt. A visit is a day on which a customer buys something.";
    repeat_share: "Omzet uit latere bezoeken", "Revenue of later visits";
    repeat_share_means: "Bruto-omzet op dagen na het allereerste bezoek van de klant, gedeeld door de bruto-omzet van alle bekende klanten.", "Gross on days after the customer's very first visit, divided by the gross of all known customers.";
    gap: "Tijd tussen bezoeken", "Time between visits";
    one_day: "1 dag", "1 day";
    n_days: "{} dagen", "{} days";
    one_month: "1 maand", "1 month";
    n_months: "{} maanden", "{} months";
    gap_mean: "gemiddeld {}", "{} on average";
    gap_mean_label: "Gemiddelde tijd tussen bezoeken", "Mean time between visits";
    gap_means: "Mediaan van de hele dagen tussen twee opeenvolgende bezoeken van een klant, alle klanten samen.", "Median of the whole days between successive visits of a customer, over all customers.";
    visits: "Bezoeken", "Visits";
    visits_of: "{} van {}", "{} by {}";
    visits_by: "van {} klanten", "by {} customers";
    visits_by_one: "van {} klant", "by {} customer";
    visits_means: "Eén bezoek is één bekende klant op één dag met een aankoopbon. Een retour is geen bezoek.", "One visit is one known customer on one day with a sale receipt. A return is no visit.";
    net: "Netto-omzet", "Net revenue";
    net_of: "{} bruto, {} retour", "{} gross, {} returned";
    net_means: "Verkoopregels min retourregels, btw inbegrepen; zonder statiegeld, cadeaukaarten en afronding.", "Sale lines less return lines, VAT included; without deposits, gift cards and cash rounding.";
    receipts: "Aankoopbonnen", "Sale receipts";
    receipts_known: "{} met een bekende klant", "{} with a known customer";
    receipts_mean: "Bonnen met minstens één verkoopregel, ook zonder klantenkaart.", "Receipts with at least one sale line, without a loyalty card too.";
    repeat_by_receipts: "Terugkerend naar bonnen", "Returning by receipts";
    repeat_by_receipts_means: "Klanten met twee of meer aankoopbonnen, ook op dezelfde dag, gedeeld door alle klanten met een aankoopbon.", "Customers with two sale receipts or more, on the same day too, divided by all customers with a sale receipt.";
    apart: "Buiten de omzet", "Outside revenue";
    deposit: "statiegeld", "deposits";
    gift_cards: "cadeaukaarten", "gift cards";
    rounding: "afronding", "rounding";
    events: "Regels en contactmomenten", "Lines and touchpoints";
    sale_lines: "Verkoopregels", "Sale lines";
    return_lines: "Retourregels", "Return lines";
    anonymous_lines: "Verkoopregels zonder klant", "Sale lines without a customer";
    receipts_identified: "Aankoopbonnen met klant", "Sale receipts with a customer";
    return_receipts: "Retourbonnen", "Return receipts";
    customers_purchasing: "Kopende klanten", "Purchasing customers";
    repeat_customers: "Klanten met twee bezoeken of meer", "Customers with two visits or more";
    gross: "Bruto", "Gross";
    returned: "Retour", "Returned";
    gross_identified: "Bruto van bekende klanten", "Gross of known customers";
    gross_identified_means: "Verkoopregels op bonnen waarbij een klantenkaart is gescand, zonder aftrek van retouren.", "Sale lines on receipts with a loyalty card, before returns are taken off.";
    returns_identified: "Retour van bekende klanten", "Returns of known customers";
    shops: "Winkels", "Shops";
    products_sold: "Verkochte artikelen", "Articles sold";
    first_sale_day: "Eerste verkoopdag", "First sale day";
    last_sale_day: "Laatste verkoopdag", "Last sale day";

    // Weeks, cohorts, second visit
    weeks: "Nieuw en terugkerend per week", "New and returning by week";
    weeks_mean: "Nieuw is een klant in de week van zijn allereerste bezoek; terugkerend in elke latere week met een bezoek.", "A customer is new in the week of his very first visit; returning in every later week with a visit.";
    weeks_chart: "Staafdiagram: terugkerende en nieuwe klanten per week. De tabel eronder bevat dezelfde cijfers.", "Bar chart: returning and new customers by week. The table below holds the same figures.";
    week: "Week", "Week";
    monday: "Maandag", "Monday";
    new: "Nieuw", "New";
    returning: "Terugkerend", "Returning";
    gross_new: "Bruto nieuw", "Gross of new";
    gross_returning: "Bruto terugkerend", "Gross of returning";
    gross_anonymous: "Bruto zonder klant", "Gross without customer";
    cohorts: "Wie komt er terug, per maand van het eerste bezoek", "Who comes back, by month of the first visit";
    cohorts_mean: "Elke rij is een groep klanten die in dezelfde maand voor het eerst kwam. Het vak onder +3 zegt welk deel drie maanden later (weer) een bezoek bracht.", "Each row is a group of customers who first came in the same month. The cell under +3 says what share of them visited three months later.";
    cohorts_chart: "Heatmap: per maand van eerste bezoek het deel van de klanten dat in latere maanden terugkwam. De tabel eronder bevat dezelfde cijfers.", "Heat map: by month of first visit, the share of the customers who came back in later months. The table below holds the same figures.";
    cohorts_scale: "Elk vak noemt het percentage dat toen terugkwam; achter de maand staat hoe groot de groep is. Hoe donkerder, hoe hoger het percentage; het donkerste is {}. Tik op een vak of wijs het aan voor de aantallen.", "Each cell names the percentage that came back then; the number after the month is the size of the group. The darker, the higher the percentage; the darkest is {}. Tap a cell or point at it for the counts.";
    cohort: "Eerste bezoek in", "First visit in";
    new_customers: "Nieuwe klanten", "New customers";
    cohort_hover: "{}, {} later: {} van {} ({})", "{}, {} later: {} of {} ({})";
    partial: "Laatste maand onvolledig", "Last month partial";
    starts_earlier: "Historie begint mogelijk eerder", "History may start earlier";
    note_partial: "De laatste maand is nog niet voorbij: het laatste vak van elke rij groeit nog.", "The last month is not over: the last cell of each row still grows.";
    note_earlier: "{}: deze groepen vallen in de eerste 90 dagen van de gegevens. Oude klanten kunnen er nieuw lijken.", "{}: these groups fall in the first 90 days of the data. Old customers may look new there.";
    second_visit: "Het tweede bezoek", "The second visit";
    second_visit_means: "Van de klanten wier eerste bezoek in deze selectie valt en lang genoeg geleden is: wie kwam binnen zoveel dagen een tweede keer?", "Of the customers whose first visit is in this selection and long enough ago: who came a second time within so many days?";
    within: "Binnen", "Within";
    came_back: "Kwam terug", "Came back";
    returned_customers: "Klanten terug", "Customers back";
    eligible: "Lang genoeg geleden", "Long enough ago";

    // Customers
    customer: "Klant", "Customer";
    customer_id: "Klantnummer", "Customer number";
    in_full: "voluit", "in full";
    latest_customers: "Laatste bezoekers", "Latest visitors";
    all_customers: "Alle klanten ({})", "All customers ({})";
    customers_count: "{} klanten", "{} customers";
    customer_count: "1 klant", "1 customer";
    nobody_known: "In deze selectie is geen klant bekend: niemand liet een klantenkaart scannen.", "No customer is known in this selection: nobody had a loyalty card scanned.";
    nobody_here: "Er zijn geen klanten in deze lijst.", "There are no customers in this list.";
    show_everyone: "Toon alle klanten van deze selectie", "Show all customers of this selection";
    behind_purchasing: "Klanten", "Customers";
    behind_repeat: "Terugkerende klanten: twee bezoeken of meer", "Returning customers: two visits or more";
    behind_receipts: "Klanten met twee aankoopbonnen of meer", "Customers with two sale receipts or more";
    behind_with_return: "Klanten met een retour", "Customers with a return";
    behind_only_returns: "Klanten met alleen retouren", "Customers with returns only";
    behind_second: "Kwamen binnen {} een tweede keer", "Came a second time within {}";
    behind_eligible: "Eerste bezoek minstens {} geleden", "First visit at least {} ago";
    behind_week_new: "Nieuwe klanten in de week van {}", "New customers in the week of {}";
    behind_week_returning: "Terugkerende klanten in de week van {}", "Returning customers in the week of {}";
    behind_cohort: "Eerste bezoek in {}", "First visit in {}";
    behind_cohort_later: "Eerste bezoek in {}, terug na {}", "First visit in {}, back after {}";
    first_visit: "Eerste bezoek", "First visit";
    last_visit: "Laatste bezoek", "Last visit";
    spent: "Besteed", "Spent";

    // One customer
    path: "Pad", "Path";
    seen_on: "gezien op", "seen on";
    only_your_shops: "Alleen wat in uw winkels gebeurde.", "Only what happened in your shops.";
    stage_between: "1 stap", "1 stage";
    stages_between: "{} stappen", "{} stages";
    brought_back: "teruggebracht", "brought back";
    asleep: "slapend", "asleep";
    won_back: "teruggewonnen", "won back";
    one_visit: "1 bezoek", "1 visit";
    n_visits: "{} bezoeken", "{} visits";
    pain: "{} retouren, {}", "{} returns, {}";
    one_pain: "1 retour, {}", "1 return, {}";
    hurt: "Teruggebracht", "Brought back";
    loyal_since: "Loyaal sinds", "Loyal since";
    asleep_since: "Slapend sinds", "Asleep since";
    won_back_times: "Keer teruggewonnen", "Times won back";
    timeline: "Tijdlijn", "Timeline";
    and_earlier: "En nog {} eerder.", "And {} earlier.";
    stage: "Fase", "Stage";
    what: "Wat", "What";
    note: "Opmerking", "Remark";
    reason_label: "Reden", "Reason";
    details: "Gegevens", "Details";
    email: "E-mail", "E-mail";
    cards: "Klantenkaarten", "Loyalty cards";
    points: "Punten", "Points";
    member: "Lid", "Member";
    marketing: "Mag aanbiedingen per e-mail krijgen", "May get offers by e-mail";
    not_asked: "niet gevraagd", "not asked";
    no_details: "Deze klant is alleen bekend onder een nummer.", "This customer is known by a number only.";
    also_known: "Eerder bekend als", "Formerly known as";
    never_bought: "Nog geen bezoek", "No visit yet";
    never_bought_text: "Deze klant heeft een kaart, maar nog niets gekocht.", "This customer has a card but has not bought anything yet.";
    forget: "Klant vergeten…", "Forget this customer…";
    forget_title: "{} vergeten?", "Forget {}?";
    forget_what: "Naam, e-mailadres, klantenkaarten, punten en opmerkingen worden gewist, ook op de kassa's. Bonnen blijven bestaan, zonder klant: de boekhouding blijft kloppen.", "Name, e-mail address, loyalty cards, points and remarks are erased, on the tills too. Receipts remain, without a customer: the books stay right.";
    forget_stays: "Op een factuur op naam blijft de geadresseerde zeven jaar staan; dat eist de wet.", "An invoice keeps its addressee for seven years; the law demands it.";
    forget_final: "Dit kan niet ongedaan worden gemaakt.", "This cannot be undone.";
    forget_sure: "Ja, ik weet het zeker", "Yes, I am sure";
    forget_now: "Klant vergeten", "Forget customer";
    forgotten: "Klant vergeten: naam, kaarten, punten en opmerkingen zijn gewist. De bonnen blijven, zonder klant.", "Customer forgotten: name, cards, points and remarks are erased. The receipts remain, without a customer.";
    forget_not_yours: "Deze klant is ook in een andere winkel bekend. Vergeten kan alleen iemand die alle winkels mag zien.", "This customer is known in another shop too. Only somebody who may see all shops can forget the customer.";

    // Receipts
    receipt: "Bon", "Receipt";
    receipts_count: "{} bonnen", "{} receipts";
    receipt_count: "1 bon", "1 receipt";
    files_are_bounded: "CSV en XLSX bevatten de laatste {} bonnen. Kies een kortere periode voor de rest.", "CSV and XLSX hold the latest {} receipts. Choose a shorter period for the others.";
    no_receipts: "Er zijn geen bonnen in deze selectie.", "There are no receipts in this selection.";
    time: "Tijd", "Time";
    till: "Kassa", "Till";
    lines: "Regels", "Lines";
    net_short: "Netto", "Net";
    origin: "Herkomst", "Origin";
    imported_mark: "geïmporteerd", "imported";
    imported_lines: "Uit een geïmporteerde historie: btw en betaling zijn niet bekend.", "From an imported history: VAT and payment are not known.";
    anonymous: "niet bekend", "not known";
    article: "Artikel", "Article";
    category: "Categorie", "Category";
    quantity: "Aantal", "Quantity";
    price: "Prijs", "Price";
    amount: "Bedrag", "Amount";
    vat: "Btw", "VAT";
    vat_base: "Zonder btw", "Without VAT";
    vat_amount: "Btw-bedrag", "VAT amount";
    vat_gross: "Met btw", "With VAT";
    total: "Totaal", "Total";
    rounding_line: "Afronding", "Rounding";
    paid: "Betaald met", "Paid by";
    cash: "Contant", "Cash";
    card: "Pin", "Card";
    tendered: "Gegeven", "Tendered";
    change: "Wisselgeld", "Change";
    cashier: "Medewerker", "Cashier";
    wait: "{} s van eerste scan tot betaald", "{} s from first scan to paid";
    returns_from: "Retour van bon", "Returned from receipt";
    returns_of_this: "Retouren van deze bon", "Returns of this receipt";
    branch_note: "Dit nummer is vaker uitgegeven: deze kassa liep vertakt. Tak {}.", "This number was given out more than once: this till forked. Branch {}.";

    // Synchronisation
    tills: "Kassa's", "Tills";
    no_tills: "Nog geen kassa's", "No tills yet";
    no_tills_text: "Maak een eenmalige code en meld er een kassa mee aan:", "Make a one-time code and enrol a till with it:";
    all_is_in: "Alles is binnen. {} Er zijn geen gaten en elke afgesloten dag klopt.", "Everything has arrived. {} There are no holes and every closed day is equal.";
    only_till_well: "De kassa is in orde.", "The till is fine.";
    both_tills_well: "Beide kassa's zijn in orde.", "Both tills are fine.";
    all_tills_well: "Alle {} kassa's zijn in orde.", "All {} tills are fine.";
    one_to_look_at: "Wel staat hieronder 1 aandachtspunt.", "There is 1 thing to look at below.";
    n_to_look_at: "Wel staan hieronder {} aandachtspunten.", "There are {} things to look at below.";
    some_tills_well: "{} van {} kassa's in orde; de rest vraagt uw aandacht.", "{} of {} tills are fine; the rest needs your attention.";
    only_till_unwell: "De kassa vraagt uw aandacht.", "The till needs your attention.";
    no_tills_well: "Geen van de {} kassa's is in orde.", "None of the {} tills is fine.";
    all_well: "in orde", "all well";
    never_seen_to_do: "Deze kassa is aangemeld maar heeft zich nog nooit gemeld. Start de kassa en kijk of het netwerk en het adres van het hoofdkantoor kloppen.", "This till is enrolled but was never heard of. Start it, and look whether the network and the address of head office are right.";
    silent_to_do: "Al meer dan 36 uur niets gehoord. Staat de kassa aan en is er netwerk? Wat er verkocht wordt blijft op de kassa bewaard en komt later.", "Nothing was heard for more than 36 hours. Is the till on, and is there a network? What it sells stays on the till and comes later.";
    key_revoked_to_do: "Leveringen van deze kassa worden geweigerd. Is de kassa gestolen of afgedankt, dan is dat goed zo; hoort die nog bij de winkel, dan laat op de server het commando sync-server till allow --till N de kassa weer toe.", "Deliveries of this till are refused. If it was stolen or retired that is as it should be; if it still belongs to the shop, on the server the command sync-server till allow --till N lets it in again.";
    days_differ_to_do: "Vergelijk de bedragen hieronder bij Afgesloten dagen met de dagafsluiting van de kassa.", "Compare the amounts below at Closed days with the day report of the till.";
    holes_open_to_do: "Bekijk het gat hierboven bij de kassa en bevestig het met Gezien.", "Look at the hole above at the till and confirm it with Acknowledge.";
    clock_off_to_do: "Zet de klok van de kassa gelijk: bonnen en dagen volgen hem.", "Set the clock of the till right: receipts and days follow it.";
    forks_kept_to_do: "Beide versies tellen mee. Groeien ze allebei door, trek dan de sleutel in en meld één kassa opnieuw aan.", "Both versions count. If both go on growing, revoke the key and enrol one till anew.";
    till_number: "(nr. {})", "(no. {})";
    restarts: "Opnieuw begonnen", "Restarted";
    restarts_mean: "Het aantal keren dat de kassa een nieuwe reeks begon, omdat de kassa achterliep op wat zij eerder had geschreven: bijvoorbeeld na een teruggezette back-up. Wat hier al binnen was, blijft tellen.", "How many times the till began a new series because it was behind what it had written before: after a restored backup, for instance. What had arrived here still counts.";
    days_not_proven: "Dagen niet gelijk", "Days not equal";
    silent: "lang stil", "silent for long";
    never_seen: "nog nooit gezien", "never seen";
    key_revoked: "sleutel ingetrokken", "key revoked";
    holes_open: "{} gaten", "{} holes";
    hole_open: "1 gat", "1 hole";
    days_differ: "{} dagen niet gelijk", "{} days not equal";
    day_differs: "1 dag niet gelijk", "1 day not equal";
    forks_kept: "{} vertakkingen", "{} forks";
    fork_kept: "1 vertakking", "1 fork";
    clock_off: "klok loopt niet gelijk", "clock is off";
    last_receipt: "Laatste bon", "Last receipt";
    last_contact: "Laatste contact", "Last contact";
    last_batch: "Laatste levering", "Last delivery";
    lag_ms: "Achterstand (ms)", "Lag (ms)";
    events_kept: "Gebeurtenissen bewaard", "Events kept";
    duplicates: "Dubbel geleverd", "Delivered twice";
    duplicates_mean: "Gebeurtenissen die nog een keer binnenkwamen. Ze tellen één keer mee; er is niets mis.", "Events that came in once more. They count once; nothing is wrong.";
    dropped_late: "Nagekomen van vergeten klanten, gewist", "Late for forgotten customers, dropped";
    forks: "Vertakkingen", "Forks";
    forks_mean: "Onder dezelfde nummers kwamen twee versies binnen, bijvoorbeeld van een gekopieerde kassa of een oudere stand die zonder netwerk verder verkocht. Beide zijn bewaard en tellen mee.", "Two versions came in under the same numbers, from a copied till for instance or an older state that sold on without a network. Both are kept and count.";
    forks_value: "{} extra, gebeurtenissen: {}", "{} extra, events: {}";
    holes: "Gaten", "Holes";
    holes_mean: "Gebeurtenissen die de kassa zelf niet meer kan lezen en die hier dus ontbreken.", "Events that the till itself cannot read any more, and that are therefore missing here.";
    hole_text: "Gebeurtenissen {} tot en met {} van reeks {} ontbreken.", "Events {} to {} of epoch {} are missing.";
    hole_of_till: "gat bij kassa", "hole at till";
    acknowledge: "Gezien", "Acknowledge";
    clock: "Klok", "Clock";
    clock_ms: "Klokverschil (ms)", "Clock offset (ms)";
    clock_right: "gelijk", "right";
    clock_behind: "{} s achter", "{} s behind";
    clock_ahead: "{} s voor", "{} s ahead";
    last_day: "Laatste afgesloten dag", "Last closed day";
    proven: "gelijk", "equal";
    not_proven: "niet gelijk", "not equal";
    closed_days: "Afgesloten dagen", "Closed days";
    closed_days_mean: "Bij elke dagafsluiting telt het hoofdkantoor alle gebeurtenissen van die kassa na. Gelijk betekent: bonnen, bedragen, btw en betalingen kloppen tot op de cent.", "At each closing of a day head office adds up all events of that till. Equal means: receipts, amounts, VAT and payments agree to the cent.";
    no_days: "Er is nog geen dag afgesloten.", "No day has been closed yet.";
    day: "Dag", "Day";
    receipts_till: "Bonnen kassa", "Receipts till";
    receipts_here: "Bonnen hier", "Receipts here";
    net_till: "Netto kassa", "Net till";
    net_here: "Netto hier", "Net here";
    difference: "Verschil", "Difference";
    counted: "Geteld", "Counted";
    not_counted: "niet geteld", "not counted";
    proof: "Bewijs", "Proof";
    state: "Toestand", "State";
    time_zone: "Tijdzone", "Time zone";
    never: "nooit", "never";
    none: "geen", "none";
    none_yet: "nog geen", "none yet";
    unknown: "onbekend", "unknown";
    just_now: "zojuist", "just now";
    minutes_ago: "{} min geleden", "{} min ago";
    hours_ago: "{} uur geleden", "{} hours ago";
    days_ago: "{} geleden", "{} ago";
    problems: "Aandachtspunten", "To look at";
    no_problems: "Er is niets dat uw aandacht vraagt.", "Nothing needs your attention.";
    seen: "Gezien", "Seen";
    look: "Bekijk", "Look";
    problem_fork: "Kassa liep vertakt", "Till forked";
    problem_fork_text: "In reeks {} bestaan vanaf gebeurtenis {} twee versies: een teruggezette back-up of een gekopieerde kassa. Beide tellen mee; niets is kwijt.", "In epoch {} there are two versions from event {} on: a restored backup or a copied till. Both count; nothing is lost.";
    problem_hole: "Gebeurtenissen ontbreken", "Events are missing";
    problem_hole_text: "De kassa kan gebeurtenissen {} tot en met {} niet meer lezen ({}).", "The till cannot read events {} to {} any more ({}).";
    problem_card: "Kaart twee keer uitgegeven", "Card enrolled twice";
    problem_card_text: "Klant {} en klant {} kregen dezelfde kaart en tellen nu als één klant.", "Customer {} and customer {} were given the same card and now count as one.";
    problem_returned: "Meer teruggebracht dan verkocht", "More returned than sold";
    problem_returned_text: "Regel {} van bon {}: {} verkocht, {} teruggebracht.", "Line {} of receipt {}: {} sold, {} returned.";
    problem_clock: "Klok van de kassa", "Clock of the till";
    problem_clock_text: "De kassa gaf een onmogelijke tijd op ({}); voor de volgorde is hij bijgesteld.", "The till gave an impossible time ({}); it was adjusted for the order.";
    problem_side: "Losse klantgegevens", "Stray customer data";
    problem_side_text: "Bij een gebeurtenis kwamen klantgegevens mee die er niet bij horen. Ze zijn niet bewaard; de bon wel.", "An event came with customer data that do not belong to it. They were not kept; the receipt was.";
    problem_unbalanced: "Bon klopt niet", "Receipt does not add up";
    problem_unbalanced_text: "De regels, betalingen en btw van gebeurtenis {} kloppen niet met elkaar. De bon is bewaard zoals hij was.", "Lines, tenders and VAT of event {} do not add up. The receipt is kept as it was.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_fill_the_same_places_and_say_something() {
        for (field, nl, en) in ALL {
            assert!(!nl.trim().is_empty() && !en.trim().is_empty(), "{field}");
            assert_eq!(
                nl.matches("{}").count(),
                en.matches("{}").count(),
                "{field}"
            );
            assert!(!nl.contains("  ") && !en.contains("  "), "{field}");
        }
    }
}
