//! The owner's pages for everybody: in a real browser, wide and as narrow as a small phone (or enlarged four times), with
//! the checks of WCAG 2.2 AA that a program can make. They are our own: nothing is fetched from elsewhere.

#![expect(
    clippy::unwrap_used,
    reason = "a story that cannot go on fails where it stands"
)]

use serde_json::json;
use tests::shop::browser::Browser;
use tests::shop::counter::OWNER;
use tests::shop::office::HeadOffice;

const HISTORY: &str = "\
event_id,occurred_at,shop_id,till_id,customer_id,kind,receipt_id,product_id,category,quantity,amount_cents
1,2026-01-05T10:00:00+01:00,utrecht,1,jip,sale,r1,sjaal,Mode,1,1995
2,2026-01-19T10:00:00+01:00,utrecht,1,jip,sale,r2,muts,Mode,1,2550
3,2026-03-02T10:00:00+01:00,utrecht,1,jip,sale,r3,muts,Mode,2,5100
4,2026-02-02T10:00:00+01:00,utrecht,1,lot,sale,r4,sjaal,Mode,1,1995
5,2026-02-10T10:00:00+01:00,utrecht,1,lot,return,r5,sjaal,Mode,-1,-1995
6,2026-02-10T12:00:00+01:00,utrecht,1,,sale,r6,sjaal,Mode,1,1995
";

/// What is wrong with the page that is open, one sentence each.
const FAULTS: &str = r#"(() => {
    const faults = [];
    const all = (selector) => [...document.querySelectorAll(selector)];
    const shown = (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility !== 'hidden';
    const says = (node) => node.outerHTML.slice(0, 120);
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) faults.push(`wider than the window: ${root.scrollWidth} > ${root.clientWidth}`);
    if (!root.lang) faults.push('no language');
    if (!document.title) faults.push('no title');
    if (all('h1').length !== 1) faults.push(`${all('h1').length} first headings`);
    if (all('main').length !== 1) faults.push('not one main part');
    let level = 0;
    for (const heading of all('h1,h2,h3,h4')) {
        const own = Number(heading.tagName[1]);
        if (own > level + 1) faults.push(`a heading skips a level: ${says(heading)}`);
        level = own;
    }
    const ids = all('[id]').map((node) => node.id);
    if (new Set(ids).size !== ids.length) faults.push('an id stands twice');
    for (const node of all('[aria-labelledby]'))
        if (!document.getElementById(node.getAttribute('aria-labelledby'))) faults.push(`labelled by nothing: ${says(node)}`);
    for (const node of all('input:not([type=hidden]),select,textarea'))
        if (!node.labels?.length && !node.getAttribute('aria-label')) faults.push(`a field without a label: ${says(node)}`);
    for (const node of all('a[href],button'))
        if (!(node.getAttribute('aria-label') ?? node.textContent).trim()) faults.push(`no name: ${says(node)}`);
    for (const node of all('[role=img],svg:not([aria-hidden] svg),img'))
        if (!node.getAttribute('aria-label') && !node.getAttribute('alt') && !node.closest('[aria-label],[aria-hidden]'))
            faults.push(`a picture without words: ${says(node)}`);
    for (const table of all('table')) {
        if (!table.caption?.textContent.trim()) faults.push(`a table without a caption: ${says(table)}`);
        if ([...table.querySelectorAll('th')].some((head) => !head.scope && !head.hasAttribute('aria-hidden')))
            faults.push(`a head without a scope: ${says(table)}`);
    }
    // 2.5.8: 24 by 24, but for links in a sentence.
    for (const node of all('a[href],button,input:not([type=hidden]),select,summary').filter(shown)) {
        if (getComputedStyle(node).display === 'inline' || node.classList.contains('skip')) continue;
        const box = node.getBoundingClientRect();
        if (Math.min(box.width, box.height) < 23.9) faults.push(`too small to hit (${box.width} x ${box.height}): ${says(node)}`);
    }
    // 1.4.3: 4.5 to 1, large text 3 to 1.
    const rgba = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
        .reduce((sum, c, at) => sum + c * [.2126, .7152, .0722][at], 0);
    const ground = (node) => {
        for (let at = node; at; at = at.parentElement) {
            const color = rgba(getComputedStyle(at).backgroundColor);
            if (color.length && color[3] !== 0) return color;
        }
        return [255, 255, 255];
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || !shown(node) || node.closest('script,style,svg,option')) continue;
        const style = getComputedStyle(node);
        const [a, b] = [light(rgba(style.color)), light(ground(node))].sort((x, y) => y - x);
        const ratio = (a + .05) / (b + .05);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        if (ratio < (large ? 3 : 4.5) - .01) faults.push(`contrast ${ratio.toFixed(2)}: ${says(node)}`);
    }
    return faults;
})()"#;

#[track_caller]
fn check(page: &Browser, url: &str, path: &str) {
    page.go(&format!("{url}{path}")).unwrap();
    page.until("document.readyState === 'complete'").unwrap();
    // Every table is open: what is folded away must be right too.
    page.js("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        .unwrap();
    let faults = page.js(FAULTS).unwrap();
    assert_eq!(faults, json!([]), "{path}: {faults:#}");
}

fn look(pixels: Option<u32>) {
    let dir = tempfile::tempdir().unwrap();
    let mut office = HeadOffice::new(dir.path(), 0);
    office.add_shop("utrecht", "Wol & Wilg").unwrap();
    office.add_owner(OWNER.0, OWNER.1).unwrap();
    let file = dir.path().join("verleden.csv");
    std::fs::write(&file, HISTORY).unwrap();
    office
        .run(&["import", "--csv", &file.to_string_lossy()], "")
        .unwrap();
    office.start().unwrap();
    let url = office.url();
    let page = Browser::wide(&format!("{url}/inloggen"), pixels).unwrap();
    check(&page, &url, "/inloggen");
    page.type_into("Naam", OWNER.0).unwrap();
    page.type_into("Wachtwoord", OWNER.1).unwrap();
    page.click("Inloggen").unwrap();
    page.until("document.querySelector('h1')?.innerText === 'Terugkerende klanten'")
        .unwrap();
    for path in [
        "/terugkerende-klanten",
        "/terugkerende-klanten?van=2020-01-01&tot=2020-01-02",
        "/klanten",
        "/klanten?achter=terug&op=besteed",
        "/klant?id=jip",
        "/klant/vergeten?id=jip",
        "/bonnen",
        "/bon?nr=r5",
        "/synchronisatie",
        "/zoek?zoek=niets",
        "/nergens",
    ] {
        check(&page, &url, path);
    }
    // Whoever has no mouse comes past the menu at once: the first stop is the way to the contents.
    page.go(&format!("{url}/klanten")).unwrap();
    let first = "[...document.querySelectorAll('a[href],button,input:not([type=hidden])')].find((node) => node.tabIndex >= 0)";
    assert_eq!(
        page.js(&format!("{first}.getAttribute('href')")).unwrap(),
        "#inhoud"
    );
    page.click_on("document.querySelector('nav a[aria-current=page]')")
        .unwrap();
    page.until("document.querySelector('h1')").unwrap();
    office.stop().unwrap();
}

#[test]
fn the_pages_of_the_owner_are_for_everybody() {
    look(None);
}

#[test]
fn the_pages_of_the_owner_fit_a_small_phone() {
    look(Some(320));
}
