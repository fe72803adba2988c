//! Bytes to frames, and commands to bytes, for the devices on a shop's counter: scanners,
//! receipt printers, customer displays and scales.
//!
//! The peripheral hub and the till share this crate, so it is `no_std`, allocates nothing,
//! keeps every buffer at a capacity fixed by a const generic, and never panics on any input.
//! It never opens a port and never reads a clock: bytes and `now_ms` (milliseconds of any
//! monotonic clock) are arguments.
//!
//! | module | device |
//! |---|---|
//! | [`scanner::plain`] | scanners that send text with a suffix, or STX..ETX |
//! | [`scanner::ssi`] | Zebra/Symbol Simple Serial Interface, with ACK, NAK and retransmissions |
//! | [`scanner::aim`] | AIM symbology identifiers (`]E0`, `]C1`, ..) |
//! | [`escpos::command`] | the raw ESC/POS sequences that a print library does not send |
//! | [`escpos::status`] | what the status bytes of a printer mean |
//! | [`escpos::answer`] | separates the printer's interleaved answers in one byte stream |
//! | [`display::dm_d110`] | 2 x 20 customer displays |
//! | [`scale::toledo`] | Toledo 8217 scales |
//! | [`codepage`] | CP858, which has the euro sign |
//!
//! Every parser works the same way: hand it what was read, and call it until it says
//! `Incomplete`. A call with an empty slice only looks at the time, so call it as well when
//! [`deadline_ms`](scanner::plain::Scanner::deadline_ms) has passed and nothing was read.
//!
//! ```
//! use devices::scanner::plain::{Frame, Scanner, Settings};
//!
//! let mut scanner = Scanner::<256>::new(Settings::default());
//! let mut codes = Vec::new();
//! for (now_ms, read) in [(0, &b"]E08712345"[..]), (3, &b"678906\r\n]C0KLR-CASH\r"[..])] {
//!     let mut input = read;
//!     loop {
//!         match scanner.poll(&mut input, now_ms) {
//!             Frame::Code(code) => codes.push(code.to_vec()),
//!             Frame::Malformed(reason) => panic!("{reason}"),
//!             Frame::Incomplete => break,
//!         }
//!     }
//! }
//! assert_eq!(codes, [b"]E08712345678906".to_vec(), b"]C0KLR-CASH".to_vec()]);
//! ```
#![no_std]

pub mod codepage;
pub mod display;
pub mod escpos;
pub mod scale;
pub mod scanner;

mod buffer;
