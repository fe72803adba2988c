//! The sale as a state machine: `(state, input, now) -> state + effects`. Pure: no I/O, no clock, no randomness of its own.
//!
//! [`State::step`] takes one [`Input`] and answers with [`Effect`]s; the runtime commits first and acts after it, or takes
//! the step back whole. [`State::view`] says what the screen shows. Look-ups go through a [`Shelf`].

mod back;
mod basket;
mod damage;
mod devices;
pub mod effect;
mod enrol;
pub mod input;
pub mod known;
mod login;
mod look_up;
pub mod news;
mod notice;
mod pay;
mod scan;
pub mod shelf;
mod show;
mod step;
pub mod view;
mod work;

pub use effect::{Beep, Commit, Effect, NewEvent, Print};
pub use enrol::{MARKETING_WORDING, MEMBER_WORDING};
pub use input::{Action, Input};
pub(crate) use scan::visible;
pub use shelf::Shelf;
pub use step::{Env, Now, Setup, State};
pub use view::{ModeView, Notice, View};
pub use work::{MAX_LINES, Work};

#[cfg(test)]
mod tests;
