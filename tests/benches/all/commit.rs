//! The commit of a sale - event, link, ledger, print job, work in hand in one transaction on the disk - against a bare
//! one-row insert into a SQLite file of its own on the same disk, in turns.

use anyhow::{Result, ensure};
use rusqlite::Connection;
use terminal_app::runtime::ReceiptPaper;
use terminal_app::store::Store;
use tests::dice::Dice;

use crate::counter::Counter;
use crate::large::{Place, fill};
use crate::measure::{Figure, Samples, short};

const SALES: u64 = 1_000;
/// Bytes of the bare row.
const ROW: usize = 100;
/// Times the bare insert, in hundredths.
const BUDGET: u128 = 150;

pub(crate) fn measure(place: &Place) -> Result<Vec<Figure>> {
    let (till, config) = place.large_till("commit")?;
    let store = Store::open(&till.store())?;
    store.for_the_loop()?;
    let keeper = Store::open(&till.store())?;
    let mut counter = Counter::open(&config, store, Box::new(ReceiptPaper::new(&config)))?;
    let bare = Connection::open(place.folder("commit")?.join("bare.db"))?;
    let mode: String = bare.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    ensure!(mode == "wal", "the bare database is in {mode} mode");
    bare.pragma_update(None, "synchronous", "FULL")?;
    bare.execute_batch("CREATE TABLE one (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT")?;
    let mut insert = bare.prepare("INSERT INTO one (bytes) VALUES (?1)")?;
    let mut dice = Dice::new(3);
    let (mut sales, mut inserts) = (Samples::default(), Samples::default());
    for number in 0..SALES {
        fill(&mut counter, &mut dice, number % 2 == 0);
        counter.engine.save_work();
        let step = sales.take(|| counter.pay())?;
        ensure!(step.printing, "no receipt was queued for the printer");
        inserts.take(|| insert.execute([[0_u8; ROW]]))?;
        if number % 100 == 99 {
            keeper.checkpoint()?;
        }
    }
    let ratio = sales.median().as_micros() * 100 / inserts.median().as_micros().max(1);
    Ok(vec![
        Figure::new(
            "commit of a sale (event, link, print job)",
            sales.text(),
            sales.len(),
        ),
        Figure::new(
            "bare one-row insert, WAL, synchronous=FULL",
            inserts.text(),
            inserts.len(),
        ),
        Figure::new(
            "commit of a sale / bare insert (medians)",
            format!(
                "{}.{:02} x ({} more)",
                ratio / 100,
                ratio % 100,
                short(sales.median().saturating_sub(inserts.median()))
            ),
            sales.len(),
        )
        .budget("1.5 x", ratio <= BUDGET),
    ])
}
