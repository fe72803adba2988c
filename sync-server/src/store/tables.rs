//! The tables by topic, as both engines offer them inside a transaction. Queries have an order and a bound; what is
//! too long for a page is walked with a visitor. Nothing here decides anything. Every method fails with what the engine says, and only
//! with that.

use chrono::NaiveDate;
use journey::Record;
use retail::ids::{Epoch, Hash, LinkId, RecordId, TillId};
use retail::wire::Head;

use super::Result;
use super::rows::{
    AliasRow, BatchRow, Branch, Change, ChangeRow, DayRow, DerivedRow, Ends, EventKeys, EventRow,
    HoleRow, ImportRun, ImportedRow, Inserted, KeyedEvent, NewEvent, OwnerRow, Place, ProblemRow,
    ProfileRow, SessionRow, Shop, Till, Traffic,
};

/// All tables.
pub trait Tables:
    OfficeTables + JournalTables + PeopleTables + HistoryTables + ImportTables
{
}

impl<T: OfficeTables + JournalTables + PeopleTables + HistoryTables + ImportTables> Tables for T {}

/// The organisation, its shops and tills, its owners and their list of problems.
pub trait OfficeTables {
    /// A setting of the database: `org`, `directory_key`, `run`, `generations`, `fold`.
    fn meta(&mut self, key: &str) -> Result<Option<String>>;
    /// Sets it.
    fn set_meta(&mut self, key: &str, value: &str) -> Result<()>;

    /// Adds a shop; false when the id is taken.
    fn add_shop(&mut self, shop: &Shop) -> Result<bool>;
    /// All shops by id.
    fn shops(&mut self) -> Result<Vec<Shop>>;
    /// One shop.
    fn shop(&mut self, id: &str) -> Result<Option<Shop>>;

    /// Keeps the digest of a one-time code.
    fn add_code(&mut self, digest: &[u8; 32], shop: &str, expires_ms: i64) -> Result<()>;
    /// The shop of an unused code that is not too old at `now_ms`.
    fn shop_of_code(&mut self, digest: &[u8; 32], now_ms: i64) -> Result<Option<String>>;
    /// Marks a code used.
    fn use_code(&mut self, digest: &[u8; 32], till: TillId) -> Result<()>;
    /// The lowest number that no till ever had.
    fn free_till(&mut self) -> Result<Option<TillId>>;
    /// Adds a till.
    fn add_till(&mut self, till: &Till) -> Result<()>;
    /// All tills by number.
    fn tills(&mut self) -> Result<Vec<Till>>;
    /// One till.
    fn till(&mut self, till: TillId) -> Result<Option<Till>>;
    /// Replaces a till's traffic.
    fn set_traffic(&mut self, till: TillId, traffic: &Traffic) -> Result<()>;
    /// Revokes a till's key; false when there is no such till.
    fn revoke_till(&mut self, till: TillId, now_ms: i64) -> Result<bool>;
    /// Lets a till in again with the key it has; false when there is no such till.
    fn allow_till(&mut self, till: TillId) -> Result<bool>;

    /// Adds an owner or replaces his password and shops.
    fn put_owner(&mut self, owner: &OwnerRow) -> Result<()>;
    /// One owner.
    fn owner(&mut self, name: &str) -> Result<Option<OwnerRow>>;
    /// All owners by name.
    fn owners(&mut self) -> Result<Vec<OwnerRow>>;
    /// Removes an owner and ends his sessions; false when there is none of that name.
    fn remove_owner(&mut self, name: &str) -> Result<bool>;
    /// Opens a session and drops those that are over.
    fn add_session(&mut self, session: &SessionRow) -> Result<()>;
    /// A session that is not over at `now_ms`.
    fn session(&mut self, token: &[u8; 32], now_ms: i64) -> Result<Option<SessionRow>>;
    /// Closes a session.
    fn drop_session(&mut self, token: &[u8; 32]) -> Result<()>;

    /// Adds a problem, once per key; true when it is new.
    fn add_problem(
        &mut self,
        key: &str,
        kind: &str,
        at_ms: i64,
        till: Option<TillId>,
        detail: &serde_json::Value,
    ) -> Result<bool>;
    /// Problems that are not dealt with, newest first.
    fn problems(&mut self, limit: u32) -> Result<Vec<ProblemRow>>;
    /// Marks a problem as dealt with; false when there is no such open problem.
    fn resolve_problem(&mut self, id: i64, now_ms: i64) -> Result<bool>;
}

/// The journals of the tills.
pub trait JournalTables {
    /// Everything kept under these names, by seq and then arrival.
    fn places(&mut self, till: TillId, epoch: Epoch, from: u64, to: u64) -> Result<Vec<Place>>;
    /// One event by name and hash.
    fn place(&mut self, till: TillId, epoch: Epoch, seq: u64, hash: Hash) -> Result<Option<Place>>;
    /// The last event before this name, in any epoch and on any branch.
    fn last_before(&mut self, till: TillId, epoch: Epoch, seq: u64) -> Result<Option<Head>>;
    /// The ends of the branches of a till, newest epoch first, then by branch.
    fn branches(&mut self, till: TillId, limit: u32) -> Result<Vec<Branch>>;
    /// Keeps the end of a branch.
    fn put_branch(&mut self, till: TillId, branch: &Branch) -> Result<()>;

    /// Keeps a batch (its `id` is given here).
    fn add_batch(&mut self, batch: &BatchRow) -> Result<i64>;
    /// Keeps events, in order, and gives their keys.
    fn add_events(&mut self, events: &[NewEvent<'_>]) -> Result<Vec<i64>>;
    /// Batches after an id, in order.
    fn batches(&mut self, after: i64, limit: u32) -> Result<Vec<BatchRow>>;
    /// How many batches there are.
    fn batch_count(&mut self) -> Result<u64>;
    /// How many events there are.
    fn event_count(&mut self) -> Result<u64>;
    /// Events of a range of one epoch with their bytes, by seq and then arrival.
    fn events_between(
        &mut self,
        till: TillId,
        epoch: Epoch,
        from: u64,
        to: u64,
    ) -> Result<Vec<EventRow>>;
    /// Walks the events after a key in order of arrival.
    fn each_event(
        &mut self,
        after: i64,
        visit: &mut dyn FnMut(EventRow) -> Result<()>,
    ) -> Result<()>;
    /// Walks all events with what is noted beside them, in order of arrival.
    fn each_keyed(&mut self, visit: &mut dyn FnMut(KeyedEvent) -> Result<()>) -> Result<()>;
    /// Notes another corrected time beside an event, and whether it was clamped.
    fn set_time(&mut self, n: i64, at_ms: i64, clamped: bool) -> Result<()>;
    /// Notes other keys beside an event.
    fn set_keys(&mut self, n: i64, keys: &EventKeys) -> Result<()>;
    /// The events with this receipt number (`sale` and `return` alike), in order of arrival.
    fn events_of_receipt(&mut self, receipt: i64) -> Result<Vec<EventRow>>;
    /// The events that take goods back from this receipt, in order of arrival.
    fn returns_of_receipt(&mut self, receipt: i64) -> Result<Vec<EventRow>>;
    /// The receipts of the events under these names of which goods came back, in order.
    fn returned_receipts(
        &mut self,
        till: TillId,
        epoch: Epoch,
        from: u64,
        to: u64,
    ) -> Result<Vec<i64>>;
    /// Sales and returns of a till's own day.
    fn receipts_of_day(&mut self, till: TillId, day: NaiveDate) -> Result<Vec<EventRow>>;

    /// Declares a hole, once per range.
    fn add_hole(&mut self, hole: &HoleRow) -> Result<bool>;
    /// The holes of all tills, those to look at first.
    fn holes(&mut self, limit: u32) -> Result<Vec<HoleRow>>;
    /// The owner has seen a hole.
    fn acknowledge_hole(&mut self, id: i64, now_ms: i64) -> Result<bool>;

    /// The closed day of a till.
    fn day(&mut self, till: TillId, day: NaiveDate) -> Result<Option<DayRow>>;
    /// Keeps a closed day.
    fn put_day(&mut self, row: &DayRow) -> Result<()>;
    /// The latest closed days of all tills, newest first.
    fn days(&mut self, limit: u32) -> Result<Vec<DayRow>>;
}

/// Customers: links, statements, cards, aliases, tombstones, points.
pub trait PeopleTables {
    /// The customer a link stands for, before aliases.
    fn link(&mut self, link: LinkId) -> Result<Option<String>>;
    /// Keeps a link; false when it is there, for whomever it stands.
    fn add_link(&mut self, link: LinkId, customer: &str) -> Result<bool>;
    /// The customer that this one is known as (himself without a merge).
    fn root(&mut self, customer: &str) -> Result<String>;
    /// Everyone who is known as this root, himself first.
    fn members(&mut self, root: &str) -> Result<Vec<String>>;
    /// Makes `customer`, and all his aliases, aliases of `into`, which must be a root.
    fn add_alias(&mut self, alias: &AliasRow) -> Result<()>;
    /// All aliases.
    fn aliases(&mut self) -> Result<Vec<AliasRow>>;
    /// When a customer became an alias.
    fn alias(&mut self, customer: &str) -> Result<Option<AliasRow>>;

    /// Keeps a statement; false when it is there already.
    fn add_profile(&mut self, id: RecordId, customer: &str, row: &ProfileRow) -> Result<bool>;
    /// A customer's statements by time, then id; aliases are asked for one by one.
    fn profiles(&mut self, customer: &str) -> Result<Vec<ProfileRow>>;
    /// Walks the statements in which this text may stand, in the order of their ids, until the visitor has enough.
    /// Capitals make no difference; what is no ASCII matches any one character: the visitor looks for himself.
    fn profiles_with(
        &mut self,
        text: &str,
        visit: &mut dyn FnMut(String, ProfileRow) -> Result<bool>,
    ) -> Result<()>;
    /// Whose card this is, before aliases.
    fn card(&mut self, card: &str) -> Result<Option<String>>;
    /// Gives a card to a customer.
    fn add_card(&mut self, card: &str, customer: &str) -> Result<()>;
    /// A customer's cards; aliases are asked for one by one.
    fn cards(&mut self, customer: &str) -> Result<Vec<String>>;

    /// Keeps a text, once per id.
    fn add_text(
        &mut self,
        id: RecordId,
        event: i64,
        link: Option<LinkId>,
        text: &str,
    ) -> Result<bool>;

    /// True when this key was forgotten.
    fn tombstoned(&mut self, key: &str) -> Result<bool>;
    /// All tombstones: key and time.
    fn tombstones(&mut self) -> Result<Vec<(String, i64)>>;
    /// Keeps a tombstone; false when it is there already.
    fn add_tombstone(&mut self, key: &str, at_ms: i64) -> Result<bool>;
    /// Deletes links, texts, statements, cards, points and derived state of one customer, and takes his name off imported rows.
    /// Gives the number of imported rows that became anonymous.
    fn erase(&mut self, customer: &str) -> Result<u64>;

    /// Adds to a customer's points.
    fn add_points(&mut self, customer: &str, points: i64) -> Result<()>;
    /// A customer's points (a root's).
    fn points(&mut self, customer: &str) -> Result<i64>;
    /// Everyone's points, by customer.
    fn all_points(&mut self) -> Result<Vec<(String, i64)>>;
    /// Moves all points of one customer to another.
    fn move_points(&mut self, from: &str, to: &str) -> Result<()>;

    /// Writes a change at the end of the log; what it replaces goes.
    fn add_change(&mut self, change: &Change) -> Result<i64>;
    /// Changes after a revision, in order.
    fn changes(&mut self, after: i64, limit: u32) -> Result<Vec<ChangeRow>>;
}

/// Imported rows and what is derived from all histories.
pub trait HistoryTables {
    /// Where everything ends.
    fn ends(&mut self) -> Result<Ends>;
    /// Walks the imported rows after a key; those of an import that was taken back are not there.
    fn each_imported(
        &mut self,
        after: i64,
        visit: &mut dyn FnMut(ImportedRow<'_>) -> Result<()>,
    ) -> Result<()>;

    /// Marks a customer for refolding.
    fn add_dirty(&mut self, customer: &str) -> Result<()>;
    /// Customers to refold, by id.
    fn dirty(&mut self, limit: u32) -> Result<Vec<String>>;
    /// How many wait.
    fn dirty_count(&mut self) -> Result<u64>;
    /// No longer to refold.
    fn clear_dirty(&mut self, customer: &str) -> Result<()>;
    /// Keeps derived state; true when it changed.
    fn put_derived(&mut self, row: &DerivedRow) -> Result<bool>;
    /// The derived state of a customer.
    fn derived(&mut self, customer: &str) -> Result<Option<Vec<u8>>>;
    /// Deletes the derived state of a customer.
    fn drop_derived(&mut self, customer: &str) -> Result<()>;
    /// Walks all derived state by customer.
    fn each_derived(&mut self, visit: &mut dyn FnMut(DerivedRow) -> Result<()>) -> Result<()>;
}

/// Imports of files: each is a run with a number, and can be taken back as a whole.
pub trait ImportTables {
    /// Begins an import, or goes on with one of the same file and source that never ended; gives its number.
    fn open_import(&mut self, file: &str, source: Option<&str>, now_ms: i64) -> Result<i64>;
    /// Keeps the counts of an import; false once it was taken back.
    fn put_import(&mut self, run: &ImportRun) -> Result<bool>;
    /// One import.
    fn import(&mut self, id: i64) -> Result<Option<ImportRun>>;
    /// The latest imports, newest first, those that were taken back too.
    fn imports(&mut self, limit: u32) -> Result<Vec<ImportRun>>;
    /// How many rows stand under each import that has any, by number.
    fn imports_standing(&mut self) -> Result<Vec<(i64, u64)>>;
    /// Keeps an imported row, once per event id.
    fn add_imported(&mut self, record: &Record, digest: &[u8; 16], import: i64)
    -> Result<Inserted>;
    /// How many imported rows there are.
    fn imported_count(&mut self) -> Result<u64>;
    /// Takes an import back: for every reader its rows are gone, and its customers wait to be refolded. Gives how many rows.
    fn take_back(&mut self, id: i64, now_ms: i64) -> Result<u64>;
    /// Customers with rows of other imports on receipts of this one.
    fn beside_import(&mut self, id: i64) -> Result<Vec<String>>;
    /// Deletes what was taken back among the next `limit` rows after a key; gives the key to go on from, `None` at the end.
    fn clear_taken_back(&mut self, after: i64, limit: u32, now_ms: i64) -> Result<Option<i64>>;
}
