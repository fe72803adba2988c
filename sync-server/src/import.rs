//! Outside histories: CSV files to imported rows, by the definition in [`journey::import`]. What cannot be read goes to a
//! rejects file with its line and reason, the rest goes in; a row that is there already adds nothing, and the same event
//! id with another content is rejected. One thread reads, this one writes, a big transaction at a time: a stop half-way
//! leaves whole transactions, and a second run adds only what is missing.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use journey::Record;
use journey::import::{self, Header, HeaderError, Remark};

use crate::api::Office;
use crate::people::tombstone_key;
use crate::records::{Records, Taken};
use crate::store::rows::Inserted;
use crate::store::{self, StoreError, Tables};

/// Rows handed over at once.
const HAND: usize = 2_048;
/// Hands that may wait.
const WAITING: usize = 8;
/// Hands of one transaction: about 130,000 rows.
const HANDS: usize = 64;

/// Why a file was not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file or folder.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The header line.
    #[error("{path}: {source}")]
    Header {
        /// Which file.
        path: String,
        /// Why.
        source: HeaderError,
    },
    /// A folder without CSV files.
    #[error("{0}: there is no CSV file here")]
    Nothing(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of a file's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows read.
    pub rows: u64,
    /// Of which new.
    pub added: u64,
    /// Of which there already.
    pub known: u64,
    /// Of which rejected.
    pub rejected: u64,
    /// Returns with a positive sign: counted as they stand, probably not what the source means.
    pub positive_returns: u64,
    /// Rows of forgotten customers, taken in without them.
    pub forgotten: u64,
}

/// One row that was read, or why not.
#[derive(Debug)]
struct Row {
    line: u64,
    event_id: String,
    read: Result<(Record, [u8; 16]), String>,
    positive_return: bool,
}

/// Rows, and how far into the file they go.
#[derive(Debug)]
struct Hand {
    rows: Vec<Row>,
    bytes: u64,
}

fn file_error(path: &Path) -> impl Fn(std::io::Error) -> ImportError {
    let path = path.display().to_string();
    move |source| ImportError::File {
        path: path.clone(),
        source,
    }
}

/// The CSV files of paths: files as they are, of a folder every `*.csv` that is no rejects file, by name.
///
/// # Errors
/// [`ImportError::File`], [`ImportError::Nothing`].
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, ImportError> {
    let mut files = Vec::new();
    for path in paths {
        let error = file_error(path);
        if !fs::metadata(path).map_err(&error)?.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in fs::read_dir(path).map_err(&error)? {
            let file = entry.map_err(&error)?.path();
            let name = file
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .to_lowercase();
            if name.ends_with(".csv") && !name.ends_with(".rejects.csv") && file.is_file() {
                inside.push(file);
            }
        }
        if inside.is_empty() {
            return Err(ImportError::Nothing(path.display().to_string()));
        }
        inside.sort();
        files.append(&mut inside);
    }
    Ok(files)
}

/// Where the rejects of a file go unless told otherwise: `events.csv` -> `events.rejects.csv`.
#[must_use]
pub fn rejects_path(file: &Path) -> PathBuf {
    file.with_extension("rejects.csv")
}

/// How rows of a file are read.
#[derive(Debug)]
struct Columns<'s> {
    header: Header,
    /// Where the event id stands, for the rejects file.
    id_at: usize,
    source: Option<&'s str>,
}

/// Reads rows and hands them over; ends early when nobody takes them any more.
fn read(
    mut records: Records<BufReader<File>>,
    header: &Columns<'_>,
    hands: &SyncSender<Hand>,
) -> Result<(), std::io::Error> {
    let mut rows = Vec::with_capacity(HAND);
    loop {
        let taken = records.take()?;
        let done = taken.is_none();
        match taken {
            Some(Taken::Record(line, record)) => rows.push(row(header, &record, line)),
            Some(Taken::Broken(line, why)) => rows.push(Row {
                line,
                event_id: String::new(),
                read: Err(why.to_owned()),
                positive_return: false,
            }),
            None => {}
        }
        if rows.len() == HAND || (done && !rows.is_empty()) {
            let full = std::mem::replace(&mut rows, Vec::with_capacity(HAND));
            let bytes = records.bytes();
            if hands.send(Hand { rows: full, bytes }).is_err() {
                return Ok(());
            }
        }
        if done {
            return Ok(());
        }
    }
}

fn row(header: &Columns<'_>, record: &csv::StringRecord, line: u64) -> Row {
    let fields: Vec<&str> = record.iter().collect();
    match import::row(&header.header, &fields, header.source) {
        Ok((record, remark)) => Row {
            line,
            event_id: String::new(),
            positive_return: remark == Some(Remark::PositiveReturn),
            read: Ok({
                let digest = import::content_digest(&record);
                (record, digest)
            }),
        },
        Err(error) => Row {
            line,
            event_id: fields
                .get(header.id_at)
                .copied()
                .unwrap_or_default()
                .to_owned(),
            read: Err(error.to_string()),
            positive_return: false,
        },
    }
}

/// The rejects file: made when the first row is rejected.
struct Rejects<'p> {
    path: &'p Path,
    writer: Option<csv::Writer<File>>,
}

impl Rejects<'_> {
    fn add(&mut self, line: u64, event_id: &str, reason: &str) -> Result<(), ImportError> {
        let path = self.path;
        let failed = |error: csv::Error| file_error(path)(error.into());
        if self.writer.is_none() {
            let file = File::create(path).map_err(file_error(path))?;
            let mut writer = csv::Writer::from_writer(file);
            writer
                .write_record(["line", "event_id", "reason"])
                .map_err(failed)?;
            self.writer = Some(writer);
        }
        if let Some(writer) = &mut self.writer {
            writer
                .write_record([line.to_string().as_str(), event_id, reason])
                .map_err(failed)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<(), ImportError> {
        match self.writer {
            Some(mut writer) => writer.flush().map_err(file_error(self.path)),
            // Of an earlier run: it would say that something is wrong with this one.
            None => match fs::remove_file(self.path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(file_error(self.path)(error))
                }
                _ => Ok(()),
            },
        }
    }
}

impl Office {
    /// Imports one file. `progress` hears how many bytes of it are in.
    ///
    /// # Errors
    /// [`ImportError`]; what was committed before stays, and a second run goes on from there.
    pub fn import(
        &self,
        file: &Path,
        source: Option<&str>,
        rejects: &Path,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Summary, ImportError> {
        let opened = File::open(file).map_err(file_error(file))?;
        let mut records = Records::new(BufReader::with_capacity(1 << 20, opened));
        let names = match records.take().map_err(file_error(file))? {
            Some(Taken::Record(_, names)) => names,
            Some(Taken::Broken(_, why)) => {
                return Err(file_error(file)(std::io::Error::other(format!(
                    "the header line: {why}"
                ))));
            }
            None => csv::StringRecord::new(),
        };
        let header = Header::parse(names.iter()).map_err(|source| ImportError::Header {
            path: file.display().to_string(),
            source,
        })?;
        let id_at = names
            .iter()
            .position(|name| name.trim_start_matches('\u{feff}').trim() == "event_id");
        let columns = Columns {
            header,
            id_at: id_at.unwrap_or_default(),
            source,
        };
        let mut rejects = Rejects {
            path: rejects,
            writer: None,
        };
        let mut summary = Summary::default();
        let (send, receive) = sync_channel(WAITING);
        let read = std::thread::scope(|scope| {
            // The sender belongs to the reading thread: the channel ends with it.
            let columns = &columns;
            let reader = scope.spawn(move || read(records, columns, &send));
            while self.transaction(&receive, &mut rejects, &mut summary, progress)? {}
            drop(receive);
            reader
                .join()
                .unwrap_or_else(|_| Err(std::io::Error::other("the reading thread failed")))
                .map_err(file_error(file))
        });
        read?;
        rejects.finish()?;
        Ok(summary)
    }

    /// Takes hands into one transaction; false when there are no more.
    fn transaction(
        &self,
        hands: &Receiver<Hand>,
        rejects: &mut Rejects<'_>,
        summary: &mut Summary,
        progress: &mut dyn FnMut(u64),
    ) -> Result<bool, ImportError> {
        let Ok(first) = hands.recv() else {
            return Ok(false);
        };
        let mut counted = summary.clone();
        let mut refused = Vec::new();
        let mut bytes = first.bytes;
        store::write(self.store(), |tables| {
            let forgotten: HashSet<String> = tables
                .tombstones()?
                .into_iter()
                .map(|(key, _)| key)
                .collect();
            let mut dirty = HashSet::new();
            let rest = std::iter::from_fn(|| hands.recv().ok()).take(HANDS - 1);
            for hand in std::iter::once(first).chain(rest) {
                bytes = hand.bytes;
                for row in hand.rows {
                    take(
                        tables,
                        row,
                        &forgotten,
                        &mut dirty,
                        &mut counted,
                        &mut refused,
                    )?;
                }
            }
            for customer in dirty {
                let root = tables.root(&customer)?;
                tables.add_dirty(&root)?;
            }
            Ok(())
        })?;
        for (line, event_id, reason) in refused {
            rejects.add(line, &event_id, &reason)?;
        }
        *summary = counted;
        progress(bytes);
        Ok(true)
    }
}

fn take(
    tables: &mut dyn Tables,
    row: Row,
    forgotten: &HashSet<String>,
    dirty: &mut HashSet<String>,
    summary: &mut Summary,
    refused: &mut Vec<(u64, String, String)>,
) -> store::Result<()> {
    summary.rows += 1;
    summary.positive_returns += u64::from(row.positive_return);
    let (mut record, digest) = match row.read {
        Ok(read) => read,
        Err(reason) => {
            summary.rejected += 1;
            refused.push((row.line, row.event_id, reason));
            return Ok(());
        }
    };
    let gone = |customer: &String| {
        !forgotten.is_empty()
            && (forgotten.contains(customer) || forgotten.contains(&tombstone_key(customer)))
    };
    let late = record.customer.as_ref().is_some_and(gone);
    if late {
        record.customer = None;
    }
    match tables.add_imported(&record, &digest)? {
        Inserted::New => {
            summary.added += 1;
            summary.forgotten += u64::from(late);
            if let Some(customer) = record.customer
                && !dirty.contains(&customer)
            {
                dirty.insert(customer);
            }
        }
        Inserted::Same => summary.known += 1,
        Inserted::Other => {
            summary.rejected += 1;
            refused.push((
                row.line,
                record.event_id,
                "another row with this event_id has other content".to_owned(),
            ));
        }
    }
    Ok(())
}
