//! The sale as a state machine: `(state, input, now) -> state + effects`. Pure: no I/O, no clock, no randomness of its own.

pub mod effect;
pub mod input;
pub mod shelf;
pub mod view;

pub use effect::{Beep, Commit, Effect, NewEvent, Print, WorkChange};
pub use input::{Action, Input};
pub use shelf::Shelf;
pub use view::{ModeView, Notice, View};
