//! The logic of the peripheral hub: one board that joins scanner, receipt printer, cash drawer,
//! buzzer, lights and customer display to the till by one serial cable.
//!
//! | module | what it is |
//! |---|---|
//! | [`logic`] | [`logic::Hub`]: a pure state machine, `(event, now) -> actions` |
//! | [`drawer`], [`buzzer`], [`lamps`] | the timing of pulse, sounds and lights; pure |
//! | [`driver`] | what moves pins and buses, generic over `embedded_hal` |
//! | [`turn`] | [`turn::Board`]: carries events and actions between ports and logic, generic over `embedded_io` |
//!
//! A board binary owns pins, interrupts and the clock, and calls [`turn::Board::turn`] for ever.
//! Every queue has a fixed capacity. What happens when one is full: the oldest notice goes; a
//! scan that cannot be kept is refused with a beep; a link frame that does not fit is dropped
//! and repeated by the link. The hub waits for nothing: no call blocks longer than one line of
//! the display takes on its bus.
#![no_std]

pub mod buzzer;
pub mod drawer;
pub mod driver;
pub mod lamps;
pub mod logic;
pub mod turn;
