//! Outside histories: CSV files to imported rows, by the definition in [`journey::import`]. What cannot be read goes to a
//! rejects file with its line, its reason and itself, the rest goes in; a row that is there already adds nothing, and the same event
//! id with another content is rejected. One thread reads, this one writes, a big transaction at a time: a stop half-way
//! leaves whole transactions, and a second run adds only what is missing. Every import has a number under which it can be
//! taken back (`undo`).

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use journey::Record;
use journey::import::{self, Header, HeaderError, Remark};

use crate::api::Office;
use crate::people::tombstone_key;
use crate::records::{Fields, Lines, Records, Taken};
use crate::store::rows::{ImportRun, Inserted};
use crate::store::{self, StoreError, Tables};

mod rejects;
mod summary;
mod undo;

pub use self::rejects::rejects_path;
use self::rejects::{Refused, Rejects};
pub use self::summary::{Seen, Summary};
pub use self::undo::Undone;

/// Bytes read at once: some 2,500 rows.
const READ: usize = 256 * 1024;
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
    /// A file whose first line is no list of columns.
    #[error("{path}: {why}")]
    NoHeader {
        /// Which file.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Somebody took the import back while it ran.
    #[error("import {0} was taken back while it ran")]
    TakenBack(i64),
    /// Rejects would be written over something else.
    #[error("{0} is there already and holds no rejects")]
    NoRejects(String),
    /// Rejects would be written over the file that is read.
    #[error("{0} is the file that is imported")]
    RejectsOverFile(String),
    /// A folder without CSV files.
    #[error("{0}: there is no CSV file here")]
    Nothing(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One row that was read, or why not.
#[derive(Debug)]
struct Row {
    line: u64,
    /// As it stands in the file.
    bytes: Vec<u8>,
    read: Result<(Record, [u8; 16]), String>,
    remarks: Vec<Remark>,
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

/// How rows of a file are read.
#[derive(Debug)]
struct Columns<'s> {
    header: Header,
    source: Option<&'s str>,
}

/// Reads rows and hands them over; ends early when nobody takes them any more.
fn read(
    mut records: Records<BufReader<File>>,
    header: &Columns<'_>,
    hands: &SyncSender<Hand>,
) -> Result<(), std::io::Error> {
    let mut fields = Fields::default();
    let mut lines = Lines::default();
    let mut rows = Vec::with_capacity(HAND);
    let mut add = |row, bytes| {
        rows.push(row);
        if rows.len() < HAND {
            return true;
        }
        let rows = std::mem::replace(&mut rows, Vec::with_capacity(HAND));
        hands.send(Hand { rows, bytes }).is_ok()
    };
    loop {
        let taken = if records.take_some(&mut lines)? {
            let mut whole = lines.iter().map(|(line, text)| Taken::Record(line, text));
            whole.all(|taken| add(row(header, taken, &mut fields), records.bytes()))
        } else {
            let Some(taken) = records.take()? else {
                break;
            };
            let row = row(header, taken, &mut fields);
            add(row, records.bytes())
        };
        if !taken {
            return Ok(());
        }
    }
    let bytes = records.bytes();
    // Whether anybody takes the last ones: it ends either way.
    let _ = rows.is_empty() || hands.send(Hand { rows, bytes }).is_ok();
    Ok(())
}

fn row(header: &Columns<'_>, taken: Taken<'_>, fields: &mut Fields) -> Row {
    let (line, bytes, read) = match taken {
        Taken::Record(line, record) => {
            let read = import::row(&header.header, fields.of(record), header.source);
            let read = read.map_err(|error| error.to_string());
            (line, record.as_bytes(), read)
        }
        Taken::Broken(line, why, bytes) => (line, bytes, Err(why.to_owned())),
    };
    let (read, remarks) = match read {
        Ok((record, remarks)) => {
            let digest = import::content_digest(&record);
            (Ok((record.map(Cow::into_owned), digest)), remarks)
        }
        Err(error) => (Err(error), Vec::new()),
    };
    Row {
        line,
        bytes: bytes.to_vec(),
        read,
        remarks,
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
        let (records, columns, names) = open(file, source)?;
        // A rejects file may be imported, so what stands in it does not tell it from the file that is read.
        if fs::canonicalize(rejects).ok() == fs::canonicalize(file).ok() {
            let path = rejects.display().to_string();
            return Err(ImportError::RejectsOverFile(path));
        }
        let mut rejects = Rejects::new(rejects, names)?;
        let mut run = self.open_run(file, source)?;
        let mut summary = Summary {
            id: run.id,
            ..Summary::default()
        };
        let (send, receive) = sync_channel(WAITING);
        let read = std::thread::scope(|scope| {
            // The sender belongs to the reading thread: the channel ends with it.
            let columns = &columns;
            let reader = scope.spawn(move || read(records, columns, &send));
            while self.transaction(&receive, &mut run, &mut rejects, &mut summary, progress)? {}
            drop(receive);
            reader
                .join()
                .unwrap_or_else(|_| Err(std::io::Error::other("the reading thread failed")))
                .map_err(file_error(file))
        });
        read?;
        rejects.finish()?;
        run.finished_ms = Some(self.now_ms());
        if !store::write(self.store(), |tables| tables.put_import(&run))? {
            return Err(ImportError::TakenBack(run.id));
        }
        Ok(summary)
    }

    /// Begins a run, or goes on with one of the same file that was stopped.
    fn open_run(&self, file: &Path, source: Option<&str>) -> Result<ImportRun, ImportError> {
        let whole = fs::canonicalize(file).map_err(file_error(file))?;
        let name = whole.to_string_lossy();
        let now_ms = self.now_ms();
        let run = store::write(self.store(), |tables| {
            let id = tables.open_import(&name, source, now_ms)?;
            let run = tables.import(id)?;
            run.ok_or_else(|| StoreError::Corrupt(format!("import {id} is listed and is not")))
        })?;
        Ok(run)
    }

    /// Takes hands into one transaction; false when there are no more.
    fn transaction(
        &self,
        hands: &Receiver<Hand>,
        run: &mut ImportRun,
        rejects: &mut Rejects<'_>,
        summary: &mut Summary,
        progress: &mut dyn FnMut(u64),
    ) -> Result<bool, ImportError> {
        let Ok(first) = hands.recv() else {
            return Ok(false);
        };
        let now_ms = self.now_ms();
        let mut counted = summary.clone();
        let mut kept = run.clone();
        let mut refused = Vec::new();
        let mut bytes = first.bytes;
        let stands = store::write(self.store(), |tables| {
            // Whoever takes it back while it runs means all of it.
            let known = tables.import(run.id)?;
            if known.is_none_or(|known| known.undone_ms.is_some()) {
                return Ok(false);
            }
            let forgotten: HashSet<String> = tables
                .tombstones()?
                .into_iter()
                .map(|(key, _)| key)
                .collect();
            let mut taking = Taking {
                forgotten: &forgotten,
                now_ms,
                import: run.id,
                dirty: HashSet::new(),
                summary: &mut counted,
                refused: &mut refused,
            };
            let rest = std::iter::from_fn(|| hands.recv().ok()).take(HANDS - 1);
            for hand in std::iter::once(first).chain(rest) {
                bytes = hand.bytes;
                for row in hand.rows {
                    taking.take(tables, row)?;
                }
            }
            for customer in taking.dirty {
                let root = tables.root(&customer)?;
                tables.add_dirty(&root)?;
            }
            (kept.read, kept.known, kept.rejected) =
                (counted.rows, counted.known, counted.rejected);
            kept.added += counted.added - summary.added;
            tables.put_import(&kept)
        })?;
        if !stands {
            return Err(ImportError::TakenBack(run.id));
        }
        for row in &refused {
            rejects.add(row)?;
        }
        (*summary, *run) = (counted, kept);
        progress(bytes);
        Ok(true)
    }
}

/// A file that is read, its columns, and its header line as it stands.
type Opened<'s> = (Records<BufReader<File>>, Columns<'s>, Vec<u8>);

/// Opens a file and reads its header line.
fn open<'s>(file: &Path, source: Option<&'s str>) -> Result<Opened<'s>, ImportError> {
    let opened = File::open(file).map_err(file_error(file))?;
    let mut records = Records::new(BufReader::with_capacity(READ, opened));
    let path = || file.display().to_string();
    let names = match records.take().map_err(file_error(file))? {
        Some(Taken::Record(_, names)) => names,
        Some(Taken::Broken(_, why, _)) => {
            return Err(ImportError::NoHeader { path: path(), why });
        }
        None => {
            return Err(ImportError::NoHeader {
                path: path(),
                why: "the file is empty",
            });
        }
    };
    let mut fields = Fields::default();
    let columns: Vec<&str> = fields.of(names).collect();
    if columns.len() == 1 && names.contains([';', '\t']) {
        return Err(ImportError::NoHeader {
            path: path(),
            why: "the columns are parted by semicolons or tabs; they must be parted by commas",
        });
    }
    let header = Header::parse(columns).map_err(|source| ImportError::Header {
        path: path(),
        source,
    })?;
    let names = names.as_bytes().to_vec();
    Ok((records, Columns { header, source }, names))
}

/// Rows on their way into one transaction.
struct Taking<'t> {
    forgotten: &'t HashSet<String>,
    now_ms: i64,
    import: i64,
    dirty: HashSet<String>,
    summary: &'t mut Summary,
    refused: &'t mut Vec<Refused>,
}

impl Taking<'_> {
    fn take(&mut self, tables: &mut dyn Tables, row: Row) -> store::Result<()> {
        self.summary.rows += 1;
        let (mut record, digest) = match row.read {
            Ok(read) => read,
            Err(reason) => {
                self.refuse(row.line, reason, row.bytes);
                return Ok(());
            }
        };
        let late = record
            .customer
            .as_ref()
            .is_some_and(|customer| self.is_forgotten(customer));
        if late {
            record.customer = None;
        }
        let inserted = tables.add_imported(&record, &digest, self.import)?;
        match inserted {
            Inserted::New => {
                self.summary.added += 1;
                self.summary.forgotten += u64::from(late);
                if let Some(customer) = &record.customer
                    && !self.dirty.contains(customer)
                {
                    self.dirty.insert(customer.clone());
                }
            }
            Inserted::Same => self.summary.known += 1,
            Inserted::Other => {
                let reason = "another row with this event_id has other content";
                self.refuse(row.line, reason.to_owned(), row.bytes);
                return Ok(());
            }
        }
        for remark in row.remarks {
            self.summary.remark(remark, record.kind.as_str(), row.line);
        }
        if record.at_ms > self.now_ms {
            self.summary
                .in_future(row.line, matches!(inserted, Inserted::New));
        }
        Ok(())
    }

    fn refuse(&mut self, line: u64, reason: String, bytes: Vec<u8>) {
        self.summary.rejected += 1;
        self.refused.push(Refused {
            line,
            reason,
            bytes,
        });
    }

    fn is_forgotten(&self, customer: &str) -> bool {
        !self.forgotten.is_empty()
            && (self.forgotten.contains(customer)
                || self.forgotten.contains(&tombstone_key(customer)))
    }
}
