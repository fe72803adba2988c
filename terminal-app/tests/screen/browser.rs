//! The screen in headless Chromium: what a finger, a keyboard and a scanner that plays keyboard do to it.

use fantoccini::Locator;
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::key::Key;
use retail::money::Cents;
use terminal_app::till::input::ScanDamage;
use terminal_app::till::{Action, Beep, ModeView, Notice, View};

use crate::page::{open, sample};
use crate::samples;

/// A look at the hub's details takes nothing out of sight that a cashier works with, and is over with the next scan.
#[test]
fn the_details_of_the_hub_cover_nothing_that_is_worked_with() {
    let (_, mut view) = samples::all()
        .into_iter()
        .find(|(name, _)| *name == "hub_troubled")
        .expect("a sample");
    view.next_quantity = Some(retail::quantity::Quantity::units(3));
    let browser = open(view);
    for (width, height) in [(1366, 768), (1024, 768), (768, 1024)] {
        browser.resize(width, height);
        browser.run(async {
            let badge = browser
                .client
                .find(Locator::Css(".badge.hub summary"))
                .await?;
            badge.click().await
        });
        let covered = browser.js(
            "const at = (node) => node.getBoundingClientRect();
             const panel = at(document.querySelector('.badge .details'));
             const over = (a) => a.width && a.left < panel.right && a.right > panel.left && a.top < panel.bottom && a.bottom > panel.top;
             if (!panel.width || at(document.querySelector('#bar')).bottom > panel.top || panel.left < 0 || panel.bottom > innerHeight) return ['panel'];
             return [...document.querySelectorAll('#entry, .next, .notice, #work button, #total, .who button')]
                 .filter((node) => over(at(node))).map((node) => node.outerHTML);",
        );
        assert_eq!(covered, serde_json::json!([]), "{width} x {height}");
        browser.show(|view| {
            view.sound = Some((view.sound.map_or(1, |(n, _)| n + 1), Beep::Good));
            view.sound_aside = false;
        });
        browser.until("return !document.querySelector('details[open]')");
    }
}

#[test]
fn fingers() {
    let page = open(samples::selling());
    page.click("Contant gepast");
    assert_eq!(page.pressed(), Action::PayCashExact);

    // A double tap is one press.
    let at = page.run(async {
        page.client
            .find(Locator::Css("button[aria-label='Pin']"))
            .await?
            .rectangle()
            .await
    });
    let (x, y) = (at.0 + at.2 / 2.0, at.1 + at.3 / 2.0);
    let press = PointerAction::Down {
        button: MOUSE_BUTTON_LEFT,
    };
    let release = PointerAction::Up {
        button: MOUSE_BUTTON_LEFT,
    };
    let there = PointerAction::MoveTo {
        duration: None,
        x,
        y,
    };
    page.run(
        page.client.perform_actions(
            MouseActions::new("finger".to_owned())
                .then(there)
                .then(press.clone())
                .then(release.clone())
                .then(press)
                .then(release),
        ),
    );
    assert_eq!(page.pressed(), Action::PayCard { amount: None });
    page.nothing_more();

    // The keys on the screen type an amount; Contant takes it.
    for key in ["1", "0", "0", ","] {
        page.run(async {
            page.client
                .find(Locator::Css(&format!("[data-pad='{key}']")))
                .await?
                .click()
                .await
        });
    }
    assert_eq!(page.box_text(), "100,");
    page.click("Wis laatste teken");
    assert_eq!(page.box_text(), "100");
    // Exact cash beside an amount: the till may want to ask, so the box keeps it.
    page.click("Contant gepast");
    assert_eq!(
        page.pressed(),
        Action::PayCashTyped {
            typed: Cents(10_000)
        }
    );
    assert_eq!(page.box_text(), "100");
    page.click("Contant");
    assert_eq!(
        page.pressed(),
        Action::PayCash {
            tendered: Some(Cents(10_000))
        }
    );
    assert_eq!(page.box_text(), "");
}

#[test]
fn keyboard() {
    let page = open(samples::selling());
    page.keys("body", &Key::F9.to_string());
    assert_eq!(page.pressed(), Action::PayCashExact);

    // Held down, a key fires once.
    page.js(
        "for (const repeat of [false, true, true]) document.body.dispatchEvent(new KeyboardEvent('keydown', \
         { key: 'F10', repeat, bubbles: true, cancelable: true }))",
    );
    assert_eq!(page.pressed(), Action::PayCard { amount: None });
    page.nothing_more();

    // What is typed goes into the box without touching it first.
    page.keys("body", "12a");
    assert_eq!(page.box_text(), "12a");
    assert_eq!(
        page.pressed(),
        Action::Search {
            text: "12a".to_owned()
        }
    );
    page.keys("#entry", &Key::Enter.to_string());
    assert_eq!(
        page.pressed(),
        Action::Entry {
            text: "12a".to_owned()
        }
    );
    assert_eq!(page.box_text(), "");

    // What cannot be read is said, and stands in the box again.
    page.show(|view| view.notice = Some(Notice::WrongAmount));
    page.keys("#entry", "x,5");
    page.keys("#entry", &Key::F8.to_string());
    page.until("return document.querySelector('#local').textContent.includes('x,5')");
    page.until("return !document.querySelector('#notices .notice')");
    assert_eq!(page.box_text(), "x,5");

    // Escape first empties the box, then cancels.
    page.keys("#entry", &Key::Escape.to_string());
    assert_eq!(page.box_text(), "");
    page.keys("#entry", &Key::Escape.to_string());
    let cancelled = std::iter::repeat_with(|| page.pressed())
        .find(|action| !matches!(action, Action::Search { .. }));
    assert_eq!(cancelled, Some(Action::Cancel));

    // A message is in the way first: Escape closes it, and only the next one cancels the sale.
    page.show(|view| view.notice = sample("damaged_scan").notice);
    page.keys("#entry", &Key::Escape.to_string());
    assert_eq!(page.pressed(), Action::DismissNotice);
    page.show(|view| view.notice = None);
    page.keys("#entry", &Key::Escape.to_string());
    assert_eq!(page.pressed(), Action::Cancel);

    // The offer to put a cancelled sale back is not in the way: Escape drops a quantity that waits, and the offer stays.
    page.show(|view| {
        view.notice = Some(Notice::SaleCancelled { total: Cents(6439) });
    });
    page.keys("#entry", &Key::Escape.to_string());
    assert_eq!(page.pressed(), Action::Cancel);

    // Also where there is nothing to cancel it closes the list that was found, and a message.
    page.show(|view| {
        view.notice = None;
        view.search = sample("search").search;
        view.enabled.cancel = false;
    });
    page.keys("#entry", &Key::Escape.to_string());
    assert_eq!(
        page.pressed(),
        Action::Search {
            text: String::new()
        }
    );
    page.show(|view| {
        view.search.clear();
        view.notice = sample("damaged_scan").notice;
    });
    page.keys("#entry", &Key::Escape.to_string());
    assert_eq!(page.pressed(), Action::DismissNotice);
    page.show(|view| view.notice = None);
    page.keys("#entry", &Key::Escape.to_string());
    page.nothing_more();
}

/// Who types faster than the search that waits for a pause: Enter finds, and nothing takes away what was found.
#[test]
fn a_name_typed_fast_and_entered() {
    let page = open(samples::selling());
    page.js("window.late = [];
         const [later, never] = [window.setTimeout, window.clearTimeout];
         window.setTimeout = (act, ms) => ms === 120 ? -late.push(act) : later(act, ms);
         window.clearTimeout = (n) => { if (n < 0) late[-n - 1] = null; else never(n); };");
    page.keys("#entry", &format!("trui{}", Key::Enter));
    assert_eq!(
        page.pressed(),
        Action::Entry {
            text: "trui".to_owned()
        }
    );
    page.show(|view| view.search = sample("search").search);
    page.js("for (const act of late) act?.()");
    page.nothing_more();
}

#[test]
fn scans() {
    let page = open(samples::selling());
    // A scan that reaches the till clears what was being typed.
    page.keys("#entry", "12");
    page.show(|view| view.sound = Some((1, Beep::Good)));
    assert_eq!(page.box_text(), "");

    // A scan that came in damaged is said, and leaves what is being typed.
    page.keys("#entry", "12");
    page.show(|view| {
        view.sound = Some((2, Beep::Attention));
        view.sound_aside = true;
        view.notice = Some(Notice::DamagedScan {
            damage: ScanDamage::CutOff,
            read: "87123".to_owned(),
        });
    });
    page.until("return document.querySelector('#notices').textContent.includes('87123')");
    assert_eq!(page.box_text(), "12");
    page.show(|view| {
        view.sound = Some((3, Beep::Good));
        view.sound_aside = false;
        view.notice = None;
    });
    assert_eq!(page.box_text(), "");

    // A scanner that plays keyboard while a question is open: nothing in the fields, nothing pressed, the till gets the code.
    page.show(|view| view.mode = ModeView::Enrolling { card: None });
    page.keys("[name=name]", "Jip");
    // How fast a scanner types is told by the page's own clock: on a busy machine too, 5 ms from one key to the next.
    page.js(
        "const real = Object.getOwnPropertyDescriptor(Event.prototype, 'timeStamp');
         let now = performance.now() + 1000;
         Object.defineProperty(Event.prototype, 'timeStamp', { configurable: true, get: () => (now += 5) });
         window.realTime = () => Object.defineProperty(Event.prototype, 'timeStamp', real);",
    );
    page.keys("[name=name]", &format!("8712345678906{}", Key::Enter));
    page.js("realTime()");
    assert_eq!(
        page.pressed(),
        Action::Entry {
            text: "8712345678906".to_owned()
        }
    );
    assert_eq!(
        page.js("return document.querySelector('[name=name]').value"),
        "Jip"
    );

    // A card that is scanned stands in its field; what was typed stays.
    page.show(|view| {
        view.mode = ModeView::Enrolling {
            card: Some("2610000000016".to_owned()),
        };
        view.sound = Some((4, Beep::Good));
    });
    assert_eq!(
        page.js("return document.querySelector('[name=card]').value"),
        "2610000000016"
    );
    assert_eq!(
        page.js("return document.querySelector('[name=name]').value"),
        "Jip"
    );
    page.run(async {
        page.client
            .find(Locator::Css("[name=member]"))
            .await?
            .click()
            .await
    });
    page.run(async {
        page.client
            .find(Locator::Css("#enrol [type=submit]"))
            .await?
            .click()
            .await
    });
    assert_eq!(
        page.pressed(),
        Action::Enrol {
            card: "2610000000016".to_owned(),
            name: "Jip".to_owned(),
            email: String::new(),
            member: true,
            marketing: false,
        }
    );
}

#[test]
fn the_till_goes_and_comes_back() {
    let mut page = open(samples::idle());
    assert_eq!(
        page.js("return document.querySelector('#gone').hidden"),
        true
    );
    // The focus stays where it is while the zones change around it.
    page.keys("#entry", "tru");
    assert_eq!(
        page.pressed(),
        Action::Search {
            text: "tru".to_owned()
        }
    );
    page.show(|view| view.customer = Some(samples::regular()));
    assert_eq!(page.js("return document.activeElement.id"), "entry");
    assert_eq!(page.box_text(), "tru");
    page.until("return document.querySelector('#customer').textContent.includes('Jip')");

    // The process is gone: the page says so, and comes back by itself as soon as there is one again.
    page.stand.stop();
    page.until("return !document.querySelector('#gone').hidden");
    assert_eq!(
        page.js("return getComputedStyle(document.body).position"),
        "static"
    );
    page.stand.start();
    page.until(
        "return document.querySelector('#gone').hidden && document.readyState === 'complete'",
    );
    let token = page.stand.token.clone();
    page.until(&format!(
        "return document.querySelector('meta[name=token]').content === '{token}'"
    ));
    page.click("Kopie bon");
    assert_eq!(page.pressed(), Action::ReprintLast);
}

/// Every mode on the screens that shops have, and a tablet held upright: everything fits, every target can be hit, every
/// text can be read.
#[test]
fn every_mode_fits_and_can_be_read() {
    let page = open(samples::idle());
    let mut wrong = Vec::new();
    for (width, height) in [
        (1024, 768),
        (1280, 800),
        (1920, 1080),
        (768, 1024),
        (1024, 600),
        (1280, 657),
        (1366, 768),
    ] {
        page.resize(width, height);
        for (name, view) in samples::all() {
            page.show(|shown| {
                *shown = View {
                    rev: shown.rev,
                    ..view
                }
            });
            let mut audit = |keys: &str| {
                let found = page.js(include_str!("audit.js"));
                for fault in found.as_array().expect("a list") {
                    wrong.push(format!("{name} at {width} x {height}, {keys}: {fault}"));
                }
            };
            audit("digits");
            if page.js("return document.querySelector('[data-letters]') !== null") == true {
                page.js("document.body.classList.add('letters')");
                audit("letters");
                page.js("document.body.classList.remove('letters')");
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn forms_and_results() {
    let page = open(sample("log_in"));
    for key in ["1", "2", "3", "4"] {
        page.run(async {
            page.client
                .find(Locator::Css(&format!("[data-pad='{key}']")))
                .await?
                .click()
                .await
        });
    }
    page.run(async {
        page.client
            .find(Locator::Css("#login [type=submit]"))
            .await?
            .click()
            .await
    });
    assert_eq!(
        page.pressed(),
        Action::Login {
            pin: "1234".to_owned()
        }
    );
    assert_eq!(page.js("return document.querySelector('#pin').value"), "");

    // What was missing is there with a tick: the message that asked for it goes.
    page.show(|shown| {
        *shown = View {
            rev: shown.rev,
            ..sample("enrolling_refused")
        }
    });
    page.js("document.querySelector('[name=member]').click()");
    assert_eq!(page.pressed(), Action::DismissNotice);

    // What was said is told before the return is complete.
    page.show(|shown| {
        *shown = View {
            rev: shown.rev,
            ..sample("returning")
        }
    });
    page.keys("[name=text]", "!");
    page.click("Retour afronden");
    let text = "Naad is los na één keer wassen!".to_owned();
    assert_eq!(page.pressed(), Action::ReturnRemark { text });
    assert_eq!(page.pressed(), Action::ConfirmReturn);

    // Results are walked with the arrows, and put away without cancelling the sale.
    page.show(|shown| {
        *shown = View {
            rev: shown.rev,
            ..sample("search")
        }
    });
    page.keys("#entry", &Key::Down.to_string());
    page.keys(":focus", &Key::Down.to_string());
    page.keys(":focus", &Key::Enter.to_string());
    assert_eq!(
        page.pressed(),
        Action::PickArticle {
            gtin: "8712345670001".to_owned()
        }
    );
    page.keys("body", &Key::Escape.to_string());
    assert_eq!(
        page.pressed(),
        Action::Search {
            text: String::new()
        }
    );
    page.nothing_more();
}
