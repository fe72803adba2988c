//! The cashier's screen: a page on loopback, drawn here as HTML from the till's [`View`](crate::till::View), live by server-sent events.
//!
//! The page posts [`crate::till::Action`]s and shows what the till says; it decides nothing. Three zones are pushed whole when
//! they change and swapped by a small script of our own. Strict content security policy, three locks against other pages
//! ([`guard`]), bounded bodies and connections. Scans never come this way: they have their own channel to the till.

mod ask;
mod bar;
mod basket;
pub mod code128;
mod customer;
mod figures;
mod goods_back;
pub mod guard;
mod hub;
mod login;
mod notices;
mod pad;
mod page;
mod parts;
pub mod press;
mod serve;
pub mod sheet;
pub mod shortcuts;
mod stream;
pub mod strings;
mod work;

pub use guard::Token;
pub use parts::Face;
pub use serve::{Busy, Desk, Screen, router, run};
pub use shortcuts::Shortcuts;
pub use stream::Zones;
pub use strings::Language;
