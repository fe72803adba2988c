//! What moves pins and buses, generic over `embedded_hal` 1.0. A driver knows levels and
//! addresses, nothing of when or why.

pub mod display;
pub mod hd44780;
pub mod pins;
#[cfg(feature = "ssd1306")]
pub mod ssd1306;
