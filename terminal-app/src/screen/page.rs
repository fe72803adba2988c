//! The page around the zones. It loads one style sheet and one script from the till itself, and nothing else from anywhere.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::guard::Token;
use super::parts::Face;
use super::stream::{Zones, mode_name};
use crate::till::View;

/// The whole page, with the state of the moment in it.
pub(super) fn page(face: &Face, token: &Token, start: &str, view: &View) -> Markup {
    let w = face.words();
    let zones = Zones::draw(face, view);
    html! {
        (DOCTYPE)
        html lang=(w.lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="token" content=(token.as_str());
                meta name="start" content=(start);
                title { (w.title) " · " (view.till) " · " (view.shop) }
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href={ "/screen.css?" (start) };
                script src={ "/screen.js?" (start) } defer {}
            }
            body data-mode=(mode_name(&view.mode)) data-unheard=(w.not_heard) data-keys=(face.keys.names()) {
                a.skip href="#entry" { (w.skip) }
                noscript { p.gone { (w.need_script) } }
                div #gone.gone role="alert" hidden { (w.gone) }
                header #bar { (PreEscaped(zones.bar)) }
                main {
                    section #basket { (PreEscaped(zones.basket)) }
                    section #customer aria-label=(w.customer) { (PreEscaped(zones.customer)) }
                    section #work { (PreEscaped(zones.work)) }
                }
                div #local role="alert" {}
            }
        }
    }
}
