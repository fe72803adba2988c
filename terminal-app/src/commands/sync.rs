//! `sync`: one whole exchange with head office, now.

use std::sync::Arc;

use retail::wire::Refusal;

use crate::clock::{SystemClock, SystemEntropy};
use crate::config::Config;
use crate::error::CliError;
use crate::out;
use crate::runtime::{StoreAppender, check_start};
use crate::store::{Opened, Store, StoreError};
use crate::sync::http::{HttpWire, Patience};
use crate::sync::office::{CallError, Client};
use crate::sync::outbox::Outbox as _;
use crate::sync::pack::Credentials;
use crate::sync::session::{Parts, SyncError};

pub(super) fn run(config: &Config) -> Result<(), CliError> {
    let mut store = super::open(config)?;
    let clock = Arc::new(SystemClock::new());
    let identity = store.identity().ok_or(StoreError::NotEnrolled)?.clone();
    let Some(server) = &config.server else {
        return Err(CliError::new(
            format!("{} names no head office", config.file.display()),
            "add [server] with its url",
        ));
    };
    // As `run` does at its start: what is sent must stand on the journal that was written last.
    if let Some(opened) = check_start(config, &mut store, clock.as_ref())? {
        out::note(told(&opened));
    }
    let wire = HttpWire::new(server, Patience::Thread)
        .map_err(|e| CliError::new(e.to_string(), "check [server] ca"))?;
    let mut office = Client::new(
        wire,
        identity.till,
        identity.key.clone(),
        Box::new(SystemEntropy),
    );
    let second = Store::open(&config.store)?;
    let mut appender = StoreAppender::new(second, clock.clone(), config.shop.time_zone);
    let till = identity.till;
    let who = Credentials {
        org: identity.org,
        shop: identity.shop,
        till: identity.till,
        key: identity.key,
    };
    let (summary, result) = crate::sync::once(&mut Parts {
        outbox: &mut store,
        appender: &mut appender,
        office: &mut office,
        who: &who,
        clock: clock.as_ref(),
        entropy: &mut SystemEntropy,
    });
    // Where nothing was exchanged there is nothing to tell but why.
    let exchanged = summary.batches > 0 || summary.changes > 0;
    if result.is_ok() || exchanged {
        out::line(format!(
            "sent {} in {} ({} bytes); {} there already; received {}",
            out::count(summary.sent, "event", "events"),
            out::count(summary.batches.into(), "batch", "batches"),
            summary.bytes,
            summary.duplicates,
            out::count(summary.changes, "change", "changes")
        ))?;
    }
    if summary.forked > 0 {
        out::note(format!(
            "{} beside another of the same name: both are kept, head office shows them",
            out::count(summary.forked, "event stands", "events stand")
        ));
    }
    if summary.server_restored {
        out::note("head office was restored from a backup: it gets everything again");
    }
    if summary.unreadable > 0 {
        out::note(format!(
            "{} no longer be read, and a hole declared for it",
            out::count(summary.unreadable, "event can", "events can")
        ));
    }
    let waiting = store.standing().map_or(0, |standing| standing.waiting);
    result.map_err(|error| {
        let waits = out::count(waiting, "event waits", "events wait");
        let hint = match &error {
            SyncError::Call(CallError::Refused(Refusal::Revoked)) => format!(
                "ask head office to allow it again: sync-server till allow --till {till}; {waits} on this till, nothing is lost"
            ),
            _ => format!("{waits} on this till; nothing is lost"),
        };
        CliError::new(error.to_string(), hint)
    })
}

/// A new epoch was opened: why, and what is missing.
fn told(opened: &Opened) -> String {
    let epoch = opened.epoch;
    match &opened.hole {
        Some(hole) => format!(
            "events {} to {} of epoch {} are not in this database any more: that is declared, and the till goes on in epoch {epoch}",
            hole.from, hole.to, hole.epoch
        ),
        None => format!(
            "this database is an older copy that went its own way: the till goes on in epoch {epoch}"
        ),
    }
}
