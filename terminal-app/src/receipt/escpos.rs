//! A paper document to ESC/POS bytes, through the `escpos` crate's printer over a driver that writes into memory.
//!
//! Text goes as bytes of our own code page: the crate's table of CP858 prints `-` as F0h and `Ô` as E3h. Code 128,
//! partial cut and code page number are not in the crate, and are sent as published by Epson.

use std::cell::RefCell;
use std::rc::Rc;

use devices::codepage;
use devices::escpos::command::ProcessId;
use escpos::driver::Driver;
use escpos::errors::{PrinterError, Result};
use escpos::printer::Printer;
use escpos::utils::{JustifyMode, Protocol};

use super::paper::{Line, Paper, Style};
use super::profile::{Cutter, Profile};

/// Height of a barcode in dots (8 a millimetre).
const BARCODE_DOTS: u8 = 80;

/// A driver that keeps what is written.
#[derive(Clone, Debug, Default)]
struct Memory(Rc<RefCell<Vec<u8>>>);

impl Driver for Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn write(&self, data: &[u8]) -> Result<()> {
        self.0.try_borrow_mut()?.extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _buf: &mut [u8]) -> Result<usize> {
        Ok(0)
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }
}

/// The bytes that print `paper`, from initialisation to cut.
///
/// # Errors
/// Only when the crate refuses a command, which none of these is.
pub fn to_bytes(paper: &Paper, profile: &Profile) -> Result<Vec<u8>> {
    let memory = Memory::default();
    let mut printer = Printer::new(memory.clone(), Protocol::default(), None);
    printer.init()?.custom(&[0x1B, b't', profile.code_page])?;
    let mut style = Style::PLAIN;
    let mut centred = false;
    for line in paper.lines(profile.columns) {
        match line {
            Line::Text {
                text,
                centred: wants_centre,
                style: wanted,
            } => {
                if !text.is_empty() {
                    justify(&mut printer, &mut centred, wants_centre)?;
                    restyle(&mut printer, &mut style, wanted)?;
                }
                let mut bytes: Vec<u8> = codepage::encode_text(&text).collect();
                bytes.push(b'\n');
                printer.custom(&bytes)?;
            }
            Line::Barcode(digits) => {
                justify(&mut printer, &mut centred, true)?;
                restyle(&mut printer, &mut style, Style::PLAIN)?;
                printer.custom(&barcode(&digits, profile.bar_dots))?;
            }
        }
    }
    justify(&mut printer, &mut centred, false)?;
    restyle(&mut printer, &mut style, Style::PLAIN)?;
    match profile.cutter {
        Cutter::Partial => printer.custom(&[0x1D, b'V', 66, 0])?,
        Cutter::None => printer.feeds(5)?,
    };
    printer.print()?;
    drop(printer);
    Rc::try_unwrap(memory.0)
        .map(RefCell::into_inner)
        .map_err(|_| PrinterError::Io("the driver is still in use".to_owned()))
}

fn justify(printer: &mut Printer<Memory>, centred: &mut bool, wanted: bool) -> Result<()> {
    if *centred != wanted {
        *centred = wanted;
        printer.justify(if wanted {
            JustifyMode::CENTER
        } else {
            JustifyMode::LEFT
        })?;
    }
    Ok(())
}

fn restyle(printer: &mut Printer<Memory>, style: &mut Style, wanted: Style) -> Result<()> {
    if style.bold != wanted.bold {
        printer.bold(wanted.bold)?;
    }
    if (style.wide, style.tall) != (wanted.wide, wanted.tall) {
        printer.size(1 + u8::from(wanted.wide), 1 + u8::from(wanted.tall))?;
    }
    *style = wanted;
    Ok(())
}

/// `GS h`, `GS w`, `GS H 2` (digits below), `GS k 73`: Code 128 in set C.
fn barcode(digits: &str, bar_dots: u8) -> Vec<u8> {
    let data = code128_c(digits);
    let mut bytes = vec![
        0x1D,
        b'h',
        BARCODE_DOTS,
        0x1D,
        b'w',
        bar_dots,
        0x1D,
        b'H',
        2,
    ];
    bytes.extend([0x1D, b'k', 73, u8::try_from(data.len()).unwrap_or(0)]);
    bytes.extend(data);
    bytes
}

/// Pairs of digits in set C. The pair 16 is DLE (10h): before a pair that makes a real-time command of it (04h, 05h,
/// 14h) a printer would carry that out in the middle of the barcode, so it is then written in set B.
fn code128_c(digits: &str) -> Vec<u8> {
    let pairs: Vec<u8> = digits
        .as_bytes()
        .chunks_exact(2)
        .filter_map(|pair| std::str::from_utf8(pair).ok()?.parse().ok())
        .collect();
    let mut data = b"{C".to_vec();
    for (at, pair) in pairs.iter().enumerate() {
        match (pair, pairs.get(at + 1)) {
            (0x10, Some(0x04 | 0x05 | 0x14)) => data.extend(b"{B16{C"),
            _ => data.push(*pair),
        }
    }
    data
}

/// What goes behind a job so that the printer says when it is out: the process id where the printer knows it, and in
/// any case `GS r 1`. Both wait behind the printing and are answered in this order, so an answer to `GS r` alone says
/// that the printer is done and does not know process ids.
#[must_use]
pub fn completion_request(profile: &Profile, id: ProcessId) -> Vec<u8> {
    let mut bytes = Vec::new();
    if profile.process_id {
        bytes.extend(id.request());
    }
    bytes.extend(devices::escpos::command::TRANSMIT_PAPER_STATUS);
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::decode;
    use super::*;

    #[test]
    fn no_barcode_holds_a_real_time_command() {
        for digits in ["16041605162099", "99999999161604", "00301000004216"] {
            let data = code128_c(digits);
            assert_eq!(decode::code128_text(&data), digits);
            assert!(
                !data
                    .windows(2)
                    .any(|pair| matches!(pair, [0x10, 0x04 | 0x05 | 0x14])),
                "{digits}"
            );
        }
    }
}
