//! Devices of a POS box: scanners, receipt printer with the drawer on it, the hub that joins them to one cable, payment
//! terminal; and the doctor who looks them over. Each device has a thread of its own, waits for a missing port, and says what it sees by an
//! [`Input`](crate::till::input::Input). None of them ever decides anything about a sale, and none can hold one up.

pub mod doctor;
pub mod hub;
pub mod line;
pub mod payment;
mod port;
pub mod printer;
pub mod scanner;
