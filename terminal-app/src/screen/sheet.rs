//! The sheet of command barcodes: the common sale with the scanner alone. One HTML file, to be printed; it loads nothing.

use maud::{DOCTYPE, Markup, html};
use retail::barcode::Command;

use super::code128;
use super::strings::{Language, fill};

const STYLE: &str = include_str!("assets/sheet.css");
/// Height of the bars in modules: scanners held by hand want them at least as high as a finger is wide.
const HEIGHT: u32 = 40;
/// Quantities with a barcode of their own.
const QUANTITIES: [u16; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 24];

/// The sheet for a shop, as a whole HTML document.
///
/// # Errors
/// [`code128::CodeError`] when a command has no barcode; a test holds that every command of the sheet has one.
pub fn command_sheet(language: Language, shop: &str) -> Result<String, code128::CodeError> {
    let w = language.strings();
    let pay = [
        (Command::Cash, w.cash_exact, w.sheet_cash),
        (Command::Card, w.card, w.sheet_card),
    ];
    let correct = [
        (Command::Void, w.void_line, w.sheet_void),
        (Command::Cancel, w.cancel, w.sheet_cancel),
        (Command::Reprint, w.copy, w.sheet_reprint),
    ];
    let draw = |commands: &[(Command, &str, &str)]| -> Result<Vec<Markup>, code128::CodeError> {
        commands
            .iter()
            .map(|(command, title, text)| figure(*command, title, text))
            .collect()
    };
    let quantities = QUANTITIES
        .iter()
        .map(|quantity| {
            let text = fill(w.sheet_qty, &[quantity]);
            figure(
                Command::Quantity {
                    quantity: *quantity,
                },
                &text,
                "",
            )
        })
        .collect::<Result<Vec<_>, _>>()?;
    let (pay, correct) = (draw(&pay)?, draw(&correct)?);
    let page = html! {
        (DOCTYPE)
        html lang=(w.lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (w.sheet_title) " · " (shop) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (w.sheet_title) }
                    p { (shop) }
                }
                p.intro { (w.sheet_intro) " " span.screen { (w.sheet_print) } }
                h2 { (w.sheet_pay) }
                div.wide { @for one in &pay { (one) } }
                h2 { (w.sheet_correct) }
                div.third { @for one in &correct { (one) } }
                h2 { (w.sheet_times) }
                div.third.small { @for one in &quantities { (one) } }
            }
        }
    };
    Ok(page.into_string())
}

fn figure(command: Command, title: &str, text: &str) -> Result<Markup, code128::CodeError> {
    let code = command.to_string();
    let picture = code128::svg(&code, HEIGHT, &code)?;
    Ok(html! {
        figure {
            figcaption { strong { (title) } @if !text.is_empty() { " " span { (text) } } }
            (picture)
            code { (code) }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_on_the_sheet_and_means_what_it_says() {
        for language in [Language::Nl, Language::En] {
            let sheet = command_sheet(language, "Jansen & Zn <kleding>").expect("draws");
            let codes: Vec<&str> = sheet
                .split("<code>")
                .skip(1)
                .filter_map(|part| part.split("</code>").next())
                .collect();
            assert_eq!(codes.len(), 5 + QUANTITIES.len());
            for code in &codes {
                let command: Command = code.parse().expect("a command");
                assert_eq!(command.to_string(), *code);
            }
            assert!(sheet.contains("Jansen &amp; Zn &lt;kleding&gt;"));
            assert!(!sheet.contains("<kleding>"));
        }
    }
}
