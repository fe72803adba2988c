//! What every customer display can do.

use core::convert::Infallible;

/// A customer display of two lines.
pub trait CustomerDisplay {
    /// What can go wrong on its bus.
    type Error;

    /// Shows both lines; what does not fit is cut off.
    ///
    /// # Errors
    ///
    /// When the display does not answer.
    fn show(&mut self, upper: &str, lower: &str) -> Result<(), Self::Error>;
}

/// A board without customer display.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDisplay;

impl CustomerDisplay for NoDisplay {
    type Error = Infallible;

    fn show(&mut self, _upper: &str, _lower: &str) -> Result<(), Self::Error> {
        Ok(())
    }
}
