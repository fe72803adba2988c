//! Head office: receives the events of every till, keeps them as they were signed, rebuilds every customer's path, and
//! answers the owner's question who comes back.
//!
//! The rooms: [`ingest`] decides what a batch is and commits it, [`store`] keeps (SQLite), [`book`] holds all records in
//! memory for reports, [`people`] knows who a customer is and forgets him, [`owner`] and [`scope`] say who may see what,
//! [`api`] is the application object with the tills' questions and the HTTP layer, [`web`] the owner's pages, [`cli`] the
//! commands.

pub mod api;
pub mod book;
pub mod cli;
pub mod clock;
mod error;
pub mod import;
pub mod ingest;
#[cfg(test)]
mod kit;
mod out;
pub mod owner;
pub mod people;
pub mod records;
pub mod scope;
pub mod store;
pub mod verify;
pub mod web;

pub use api::Office;
pub use book::Book;
pub use scope::{Filter, Scope};
