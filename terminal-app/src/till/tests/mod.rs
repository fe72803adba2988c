//! The sale held to its rules: one file a subject, and properties over any sequence of inputs.

mod bench;
mod codes;
mod customers;
mod elsewhere;
mod pains;
mod paying;
mod people;
mod properties;
mod returns;
mod scripted;
