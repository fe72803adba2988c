//! The protocol between the peripheral hub and the till: one serial cable that may lose,
//! damage, double or reorder bytes, with an end on either side that may restart at any moment.
//!
//! | module | what it is |
//! |---|---|
//! | [`message`] | what the two ends say to each other |
//! | [`frame`] | bytes of the cable <-> checked messages: COBS(postcard(header, message), CRC-32) |
//! | [`hub_end`] | the hub's end: keeps scans until the till has committed them |
//! | [`till_end`] | the till's end: opens sessions, feeds the printer, offers scans |
//!
//! Both ends are pure state machines: `step(event, now_ms, act)` takes one event and calls
//! `act` for everything that has to be done about it. Nothing here opens a port, reads a clock,
//! allocates or panics. Give them [`Received`](till_end::Event::Received) whatever was read, and
//! `Tick` at the latest at the moment that `step` answers.
//!
//! # How it holds
//!
//! * **Session.** The till opens a session under a number it never used before; the hub says
//!   hello with its boot id. A frame of any other session is not looked at. Whichever end
//!   restarts, a new session begins, and each end says what it still knows.
//! * **In a session** every message has a sequence number, is repeated until it is acknowledged
//!   and handed over once, one message at a time in each direction.
//! * **A scan** stays in the hub until the till has committed it to its input queue; then the
//!   hub beeps *good* and forgets it; when the till knows that, it tells
//!   [`Confirmed`](till_end::Action::Confirmed), and only then the scan may be sold. If the hub
//!   restarted in between, nobody can know whether it beeped:
//!   [`Unconfirmed`](till_end::Action::Unconfirmed), ask the cashier. Boot id and sequence name
//!   a scan, so a till that restarts recognises what it already has.
//! * **A print job** is offered piece by piece as the hub has room, and counted in bytes that
//!   left for the printer. After a restart of the till it goes on at the byte where the hub
//!   stopped; after a restart of the hub it is *unknown*, never resent.
//! * **A drawer pulse** is asked once, and never after it is too old.
#![no_std]

pub mod frame;
pub mod hub_end;
pub mod message;
pub mod till_end;

mod channel;
mod scan_queue;

/// Version of the protocol. Ends of different versions say hello and nothing else; the layout
/// of the frame header, of [`message::FromHub::Hello`], [`message::FromTill::Probe`] and
/// [`message::FromTill::Open`] stays the same in all versions.
pub const PROTOCOL: u8 = 1;
