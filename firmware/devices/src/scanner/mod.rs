//! Barcode scanners on a serial line. A *frame* is one read code as the scanner sent it; the
//! *payload* is the frame without prefix and suffix, AIM identifier included.
//! Nothing here knows what a code means: the till classifies the payload.

pub mod aim;
pub mod plain;
pub mod ssi;
