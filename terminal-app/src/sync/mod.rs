//! Between this till and head office: what waits is sent, what changed there is fetched, doubt about either side is settled.
//!
//! The outbox is a *cursor*: everything up to it is safe at head office. [`plan`] decides (pure), [`session`] carries out over
//! an [`outbox::Outbox`] (the till's store) and an [`office::HeadOffice`] (head office as seen from here); [`worker`] does it
//! all day in a thread of its own and [`once`] does it now. Nothing here ever drops an event, and nothing here appends one:
//! what has to be written in the journal is asked of the till's one writer ([`outbox::Appender`]).

pub mod backoff;
pub mod direct;
pub mod http;
pub mod locator;
pub mod night;
pub mod office;
pub mod outbox;
pub mod pack;
pub mod plan;
pub mod receipts;
pub mod session;
pub mod worker;

use session::{Parts, Session, Summary, SyncError};

/// One whole exchange, now: what was done, and why it stopped early if it did. Works beside a running [`worker`].
pub fn once(parts: &mut Parts<'_>) -> (Summary, Result<(), SyncError>) {
    let mut session = Session::new(true);
    let result = session.run(parts);
    (session.summary, result)
}
