//! The rows of the tables, as plain data. Times are milliseconds since 1970-01-01 UTC, days are ISO dates,
//! customers are texts: 32 hex digits for our own, anything for imported ones.

use chrono::NaiveDate;
use retail::day::DayTotals;
use retail::ids::{CustomerId, Epoch, Hash, LinkId, TillId};
use retail::wire::Head;
use serde::Serialize;

/// A shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shop {
    /// Short name used everywhere: `utrecht`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Time zone, as in the tz database.
    pub time_zone: String,
}

/// A till and what is known of its traffic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Till {
    /// Its number.
    pub till: TillId,
    /// Its shop.
    pub shop: String,
    /// What people call it.
    pub name: String,
    /// Its Ed25519 public key.
    pub public_key: [u8; 32],
    /// When it was enrolled.
    pub enrolled_ms: i64,
    /// When its key was revoked.
    pub revoked_ms: Option<i64>,
    /// Traffic.
    pub traffic: Traffic,
}

/// What a till delivered so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// Events kept.
    pub events: u64,
    /// Events delivered again.
    pub duplicates: u64,
    /// Events whose name another event already had.
    pub forked: u64,
    /// Side records dropped because their customer was forgotten.
    pub dropped_late: u64,
    /// When the last accepted batch came in.
    pub last_batch_ms: Option<i64>,
    /// When any signed request came in.
    pub last_seen_ms: Option<i64>,
    /// Receive time minus the till's clock, measured at the last batch.
    pub clock_offset_ms: Option<i64>,
    /// The corrected time of its latest event.
    pub last_event_ms: Option<i64>,
    /// Number (12 digits) of its latest receipt.
    pub last_receipt: Option<i64>,
}

/// An event's place in the tree of one till.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Key of the stored event: ascending in order of arrival.
    pub n: i64,
    /// Seq.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
    /// The hash before it.
    pub prev_hash: Hash,
    /// Its branch in the epoch: 0 is the one that came first.
    pub branch: u32,
    /// Its corrected time.
    pub at_ms: i64,
}

/// The end of one branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Number in its epoch; 0 is the one that came first.
    pub branch: u32,
    /// Its last event.
    pub head: Head,
    /// Where it left another branch: the first seq of its own.
    pub from_seq: u64,
    /// When it was last extended.
    pub updated_ms: i64,
}

/// A batch as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRow {
    /// Key, ascending.
    pub id: i64,
    /// Till.
    pub till: TillId,
    /// Epoch.
    pub epoch: Epoch,
    /// First seq.
    pub first: u64,
    /// Last seq.
    pub last: u64,
    /// The header as JSON.
    pub header: String,
    /// The stored signature.
    pub signature: [u8; 64],
    /// When it came in.
    pub received_ms: i64,
    /// The till's clock when it was sent.
    pub sent_ms: i64,
}

/// An event to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent<'a> {
    /// Batch it came with.
    pub batch: i64,
    /// Till.
    pub till: TillId,
    /// Epoch.
    pub epoch: Epoch,
    /// Seq.
    pub seq: u64,
    /// Hash.
    pub hash: Hash,
    /// Hash before it.
    pub prev_hash: Hash,
    /// Branch in its epoch.
    pub branch: u32,
    /// Corrected time.
    pub at_ms: i64,
    /// The time was impossible and was clamped.
    pub clamped: bool,
    /// What it is looked up by.
    pub keys: EventKeys,
    /// As written.
    pub bytes: &'a [u8],
}

/// What an event is looked up by: copied out of its bytes when it comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventKeys {
    /// Kind.
    pub kind: String,
    /// The till's own local day.
    pub day: NaiveDate,
    /// Its receipt (12 digits), for sales and returns.
    pub receipt: Option<i64>,
    /// The receipt it takes goods back from.
    pub of: Option<i64>,
    /// Its link.
    pub link: Option<LinkId>,
}

/// When an event happened as it is kept, and what that follows from beside its own bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Corrected time.
    pub at_ms: i64,
    /// The time was impossible and was clamped.
    pub clamped: bool,
    /// The till's clock when the batch of the event was sent.
    pub sent_ms: i64,
    /// When that batch came in.
    pub received_ms: i64,
}

/// An event with what is noted beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedEvent {
    /// Key, ascending in order of arrival.
    pub n: i64,
    /// What it is looked up by.
    pub keys: EventKeys,
    /// Hash before it.
    pub prev_hash: Hash,
    /// When it happened.
    pub timing: Timing,
    /// The customer its link stands for, before aliases.
    pub customer: Option<String>,
    /// As written.
    pub bytes: Vec<u8>,
}

/// An event as kept, for those who read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Key, ascending in order of arrival.
    pub n: i64,
    /// Till.
    pub till: TillId,
    /// Its shop.
    pub shop: String,
    /// Epoch.
    pub epoch: Epoch,
    /// Seq.
    pub seq: u64,
    /// Hash.
    pub hash: Hash,
    /// Hash before it.
    pub prev_hash: Hash,
    /// Branch.
    pub branch: u32,
    /// Batch.
    pub batch: i64,
    /// Corrected time.
    pub at_ms: i64,
    /// The customer its link stands for, before aliases.
    pub customer: Option<String>,
    /// The texts said at it, joined.
    pub text: Option<String>,
    /// As written.
    pub bytes: Vec<u8>,
}

/// Events that a till cannot read any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HoleRow {
    /// Key.
    pub id: i64,
    /// Till.
    pub till: TillId,
    /// Epoch.
    pub epoch: Epoch,
    /// First missing seq.
    pub from: u64,
    /// Last missing seq.
    pub to: u64,
    /// Why.
    pub reason: String,
    /// When it was declared here.
    pub declared_ms: i64,
    /// When the owner acknowledged it.
    pub acknowledged_ms: Option<i64>,
}

/// A till's day and its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DayRow {
    /// Till.
    pub till: TillId,
    /// The till's local day.
    pub day: NaiveDate,
    /// The till's own sums.
    pub claimed: DayTotals,
    /// The sums over the events kept here.
    pub found: DayTotals,
    /// Both are equal.
    pub proven: bool,
    /// Counted cash in cents; `None`: *niet geteld*.
    pub counted_cents: Option<i64>,
    /// Where the till stated it.
    pub at: Head,
}

/// Something the owner should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProblemRow {
    /// Key.
    pub id: i64,
    /// What kind: `fork`, `hole`, `card_twice`, `returned_too_much`, `clock`, `side_record`, `unbalanced`.
    pub kind: String,
    /// When it was found.
    pub at_ms: i64,
    /// At which till.
    pub till: Option<TillId>,
    /// What exactly, by kind.
    pub detail: serde_json::Value,
}

/// A statement about a customer as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileRow {
    /// The statement, as JSON of `retail::loyalty::Profile`.
    pub json: String,
    /// When it was made.
    pub at_ms: i64,
}

/// An alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasRow {
    /// Who it was.
    pub customer: String,
    /// Who it is.
    pub into: String,
    /// Since when.
    pub at_ms: i64,
}

/// One change of what tills and the book must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// Ascending.
    pub rev: i64,
    /// What changed.
    pub change: Change,
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A customer's directory entry.
    Directory(CustomerId),
    /// A customer became another.
    Alias {
        /// Who it was.
        customer: String,
        /// Who it is.
        into: String,
    },
    /// A customer was forgotten: his id, or the digest of an outside id.
    Tombstone(String),
    /// Something that was read already changed: read everything again.
    Reload,
}

/// The state derived from one customer's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DerivedRow {
    /// Who (after aliases).
    pub customer: String,
    /// The folded path.
    pub bytes: Vec<u8>,
}

/// An owner who may log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerRow {
    /// Log-in name.
    pub name: String,
    /// Argon2id, as PHC string.
    pub password: String,
    /// Shops he may see; `None`: all.
    pub shops: Option<Vec<String>>,
}

/// A log-in session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the cookie's token.
    pub token: [u8; 32],
    /// Whose.
    pub owner: String,
    /// What a form must bring along.
    pub csrf: String,
    /// Since when.
    pub created_ms: i64,
    /// Until when.
    pub expires_ms: i64,
}

/// One imported row, borrowed from the engine while it is read.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the columns of the import, defined there")]
pub struct ImportedRow<'a> {
    pub n: i64,
    pub event_id: &'a str,
    pub at_ms: i64,
    pub offset_minutes: i16,
    pub shop: &'a str,
    pub till: &'a str,
    pub customer: Option<&'a str>,
    pub kind: &'a str,
    pub receipt: Option<&'a str>,
    pub product: Option<&'a str>,
    pub category: Option<&'a str>,
    pub quantity: i64,
    pub amount_cents: i64,
}

/// One import of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportRun {
    /// Its number.
    pub id: i64,
    /// The file.
    pub file: String,
    /// The source that was named.
    pub source: Option<String>,
    /// When it began.
    pub started_ms: i64,
    /// When it ended; `None` while it runs, or when it was stopped half-way.
    pub finished_ms: Option<i64>,
    /// Rows read.
    pub read: u64,
    /// Of which new.
    pub added: u64,
    /// Of which there already.
    pub known: u64,
    /// Of which rejected.
    pub rejected: u64,
    /// When it was taken back.
    pub undone_ms: Option<i64>,
    /// How many rows went with that.
    pub undone_rows: Option<u64>,
}

/// What became of an imported row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It is new.
    New,
    /// The same row is there.
    Same,
    /// Another row with this event id is there.
    Other,
}

/// Where the append-only tables end: cheap to ask, equal means that nothing was added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// Last imported row.
    pub imported: i64,
    /// Last event.
    pub event: i64,
    /// Last change.
    pub change: i64,
}
