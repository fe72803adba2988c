//! What proves Klantreis from outside: device simulators, simulated nights, stories, the demo's shop.
//!
//! The only crate that sees both the till and head office. Nothing here is part of a product.

pub mod demo;
pub mod devices;
pub mod dice;
pub mod nights;
pub mod shop;
