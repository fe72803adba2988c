//! Drawer, buzzer and lights on output pins. A pin is written only when its level changes.

use embedded_hal::digital::OutputPin;

use crate::logic::Outputs;

/// The output pins of a board.
#[derive(Debug)]
pub struct Pins<D, B, L, R, A> {
    /// The drawer's coil, high for on.
    pub drawer: D,
    /// The buzzer, high for on.
    pub buzzer: B,
    /// The *link* light.
    pub link: L,
    /// The *ready* light.
    pub ready: R,
    /// The *attention* light.
    pub attention: A,
    /// Levels that were written.
    written: Outputs,
}

/// A pin that could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinFault;

impl<D, B, L, R, A> Pins<D, B, L, R, A>
where
    D: OutputPin,
    B: OutputPin,
    L: OutputPin,
    R: OutputPin,
    A: OutputPin,
{
    /// Puts all pins low, the drawer first.
    ///
    /// # Errors
    ///
    /// [`PinFault`] when one cannot be written; all are tried.
    pub fn new(drawer: D, buzzer: B, link: L, ready: R, attention: A) -> Result<Self, PinFault> {
        let mut pins = Self {
            drawer,
            buzzer,
            link,
            ready,
            attention,
            written: Outputs::default(),
        };
        let results = [
            pins.drawer.set_low().is_ok(),
            pins.buzzer.set_low().is_ok(),
            pins.link.set_low().is_ok(),
            pins.ready.set_low().is_ok(),
            pins.attention.set_low().is_ok(),
        ];
        if results == [true; 5] {
            Ok(pins)
        } else {
            Err(PinFault)
        }
    }

    /// Writes the levels that changed, the drawer first.
    ///
    /// # Errors
    ///
    /// [`PinFault`] when one cannot be written; all are tried, and again the next time.
    pub fn write(&mut self, outputs: Outputs) -> Result<(), PinFault> {
        let written = &mut self.written;
        let results = [
            set(&mut self.drawer, &mut written.drawer, outputs.drawer),
            set(&mut self.buzzer, &mut written.buzzer, outputs.buzzer),
            set(&mut self.link, &mut written.lit.link, outputs.lit.link),
            set(&mut self.ready, &mut written.lit.ready, outputs.lit.ready),
            set(
                &mut self.attention,
                &mut written.lit.attention,
                outputs.lit.attention,
            ),
        ];
        if results == [true; 5] {
            Ok(())
        } else {
            Err(PinFault)
        }
    }
}

fn set(pin: &mut impl OutputPin, written: &mut bool, level: bool) -> bool {
    if *written == level {
        return true;
    }
    let done = pin.set_state(level.into()).is_ok();
    if done {
        *written = level;
    }
    done
}

#[cfg(test)]
mod tests {
    extern crate std;

    use embedded_hal_mock::eh1::MockError;
    use embedded_hal_mock::eh1::digital::{Mock, State, Transaction};

    use super::*;
    use crate::lamps::Lit;

    fn low() -> Transaction {
        Transaction::set(State::Low)
    }

    fn high() -> Transaction {
        Transaction::set(State::High)
    }

    #[test]
    fn only_changes_are_written() {
        let mut mocks = [
            Mock::new(&[low(), high(), low()]),
            Mock::new(&[low()]),
            Mock::new(&[low(), high()]),
            Mock::new(&[low()]),
            Mock::new(&[low()]),
        ];
        let [drawer, buzzer, link, ready, attention] = mocks.clone();
        let mut pins = Pins::new(drawer, buzzer, link, ready, attention).expect("low");
        let on = Outputs {
            drawer: true,
            lit: Lit {
                link: true,
                ..Lit::default()
            },
            ..Outputs::default()
        };
        let off = Outputs {
            drawer: false,
            ..on
        };
        for outputs in [on, on, off, off] {
            assert_eq!(pins.write(outputs), Ok(()));
        }
        for mock in &mut mocks {
            mock.done();
        }
    }

    #[test]
    fn a_pin_that_failed_is_tried_again_and_stops_no_other() {
        let fault = || MockError::Io(std::io::ErrorKind::NotConnected);
        let mut mocks = [
            Mock::new(&[low(), high().with_error(fault()), high()]),
            Mock::new(&[low(), high()]),
            Mock::new(&[low()]),
            Mock::new(&[low()]),
            Mock::new(&[low()]),
        ];
        let [drawer, buzzer, link, ready, attention] = mocks.clone();
        let mut pins = Pins::new(drawer, buzzer, link, ready, attention).expect("low");
        let on = Outputs {
            drawer: true,
            buzzer: true,
            ..Outputs::default()
        };
        assert_eq!(pins.write(on), Err(PinFault));
        assert_eq!(pins.write(on), Ok(()));
        for mock in &mut mocks {
            mock.done();
        }
    }
}
