//! Receipt printers that speak ESC/POS: the sequences around printing (status, completion,
//! recovery, drawer). Laying out a receipt is not done here.
//!
//! A *real-time* command (DLE ..) is carried out at once, even when the printer is out of
//! paper; any other waits in the printer's buffer behind what is to be printed.

pub mod answer;
pub mod command;
pub mod status;
