//! Before anything can be sold: why this till sells nothing yet, and the log-in with a PIN.

use maud::{Markup, html};

use super::parts::Face;
use super::strings::fill;
use super::{notices, pad};
use crate::till::View;

pub(crate) fn not_enrolled(face: &Face, view: &View) -> Markup {
    let w = face.words();
    html! {
        div.panel.alone {
            h1 { (w.not_enrolled_title) }
            p { (w.not_enrolled) }
            ol.todo {
                li { (w.not_enrolled_1) pre { "sync-server till-code --shop …" } }
                li { (w.not_enrolled_2) pre { "terminal-app enrol --code …" } }
            }
            p.detail { (w.not_enrolled_3) }
            (notices::place(face, view))
        }
    }
}

pub(crate) fn logged_out(face: &Face, view: &View, checking: bool, wait_s: Option<u64>) -> Markup {
    let w = face.words();
    let waiting = checking || wait_s.is_some();
    html! {
        div.panel.alone.login {
            h1 { (w.login_title) }
            (notices::place(face, view))
            @if let Some(seconds) = wait_s {
                // Read out once: the seconds are for the eye.
                div.notice.mind {
                    p { strong role="status" { (w.login_wait) } " " span role="timer" { (fill(w.login_wait_s, &[&seconds])) } }
                }
            }
            @if view.cashiers.is_empty() {
                p { (w.no_cashiers) }
                pre { "terminal-app cashier add --name Anna --pin-stdin" }
            } @else {
                form #login data-do="{\"do\":\"login\"}" data-fields {
                    label.field {
                        span { (w.pin) }
                        input #pin type="password" name="pin" inputmode="none" autocomplete="off" maxlength="8"
                            placeholder=[wait_s.is_none().then_some(w.login_hint)] data-first disabled[waiting];
                    }
                    p.detail role="status" { @if checking { (w.checking) } }
                    (pad::pin(face, wait_s.is_none()))
                    button.key.primary type="submit" disabled[waiting] { (w.log_in) }
                }
            }
        }
    }
}
