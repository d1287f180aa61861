//! The file that remembers findings: an SQLite database, to which several processes may write at once.
//!
//! What is stored, is stored in one transaction, and that is on the disk before anybody is told. The journal is SQLite's
//! usual one, which is rolled back, and not a write-ahead log: writers are few and short, and so the database is one file
//! whenever nobody writes, to be copied or kept by a CI.

use super::super::exit::Failure;
use rusqlite::{
    Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params,
};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a writer waits for others.
const WAIT: Duration = Duration::from_secs(120);

/// By which SQLite's file is known as one of ours: `cosi`.
const APPLICATION: i64 = 0x636f_7369;

/// The version of the tables.
const VERSION: i64 = 2;

/// Seeds are text, as SQLite's numbers end at 2^63.
const TABLES: &str = "
CREATE TABLE scenario (
  id INTEGER PRIMARY KEY, path TEXT NOT NULL, blake3 TEXT NOT NULL, crypto TEXT NOT NULL, recording TEXT NOT NULL,
  file TEXT, UNIQUE (path, blake3, crypto, recording)
) STRICT;
-- A sweep is known by a hash of its header: equal headers have equal outcomes.
CREATE TABLE sweep (
  id INTEGER PRIMARY KEY, header TEXT NOT NULL UNIQUE, cosim TEXT NOT NULL, build TEXT NOT NULL
) STRICT;
CREATE TABLE played (
  sweep INTEGER NOT NULL REFERENCES sweep, scenario INTEGER NOT NULL REFERENCES scenario,
  first TEXT NOT NULL, until TEXT NOT NULL
) STRICT;
-- How often a scenario failed with a key in a sweep, and how many of those runs were cut down.
CREATE TABLE failure (
  sweep INTEGER NOT NULL REFERENCES sweep, scenario INTEGER NOT NULL REFERENCES scenario,
  key TEXT NOT NULL, times INTEGER NOT NULL, cut INTEGER NOT NULL
) STRICT;
-- A key and a shape, with the smallest scenario that shows it.
CREATE TABLE finding (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, shape TEXT NOT NULL, file TEXT NOT NULL, UNIQUE (key, shape)
) STRICT;
-- How many of the runs that were cut down came to a finding.
CREATE TABLE sighting (
  sweep INTEGER NOT NULL REFERENCES sweep, scenario INTEGER NOT NULL REFERENCES scenario,
  finding INTEGER NOT NULL REFERENCES finding, cut INTEGER NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL
) STRICT;
-- What became of a finding that was not seen any more, when its scenario was played again after a sweep.
CREATE TABLE replay (
  finding INTEGER NOT NULL REFERENCES finding, sweep INTEGER NOT NULL REFERENCES sweep,
  build TEXT NOT NULL, result TEXT NOT NULL
) STRICT;
";

/// What makes the tables of version 1 those of today: what was in a file was not kept.
const FROM_VERSION_1: &str = "ALTER TABLE scenario ADD COLUMN file TEXT;";

/// What a sweep has found, ready to be stored.
#[derive(Debug)]
pub(super) struct Swept {
    /// The hash of its header.
    pub(super) header: String,
    pub(super) cosim: String,
    pub(super) build: String,
    pub(super) scenarios: Vec<SweptScenario>,
}

/// One of its scenarios.
#[derive(Debug)]
pub(super) struct SweptScenario {
    pub(super) path: String,
    pub(super) blake3: String,
    pub(super) crypto: &'static str,
    pub(super) recording: String,
    /// What is in its file, where that is still what was swept.
    pub(super) file: Option<String>,
    /// The seeds that were played.
    pub(super) seeds: Range<u64>,
    pub(super) failures: Vec<SweptFailure>,
}

/// How it failed with one key.
#[derive(Debug)]
pub(super) struct SweptFailure {
    pub(super) key: String,
    pub(super) times: u64,
    pub(super) shapes: Vec<SweptShape>,
}

/// The runs among them that came to one shape when they were cut down.
#[derive(Debug)]
pub(super) struct SweptShape {
    pub(super) shape: String,
    pub(super) cut: u64,
    pub(super) first: u64,
    pub(super) last: u64,
    /// The smallest scenario of them.
    pub(super) file: String,
}

/// All that is remembered. Everything is in the order in which it was stored.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) sweeps: Vec<Sweep>,
    /// Each scenario as it was swept.
    pub(super) versions: Vec<Version>,
    pub(super) played: Vec<Played>,
    pub(super) failures: Vec<Failed>,
    pub(super) findings: Vec<Finding>,
    pub(super) sightings: Vec<Sighting>,
    pub(super) replays: Vec<Replayed>,
}

impl Memory {
    /// What was known when this sweep had been stored.
    pub(super) fn until(mut self, sweep: i64) -> Memory {
        self.sweeps.retain(|it| it.id <= sweep);
        self.played.retain(|it| it.sweep <= sweep);
        self.failures.retain(|it| it.sweep <= sweep);
        self.sightings.retain(|it| it.sweep <= sweep);
        self.replays.retain(|it| it.sweep <= sweep);
        self
    }
}

#[derive(Debug)]
pub(super) struct Sweep {
    pub(super) id: i64,
    pub(super) build: String,
    pub(super) cosim: String,
}

/// A scenario as it was at one time.
#[derive(Debug)]
pub(super) struct Version {
    pub(super) id: i64,
    pub(super) path: String,
    pub(super) blake3: String,
    pub(super) crypto: String,
    pub(super) recording: String,
    pub(super) file: Option<String>,
}

/// A scenario is known by its path: its number is that of its first version.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) sweep: i64,
    pub(super) scenario: i64,
    pub(super) version: i64,
    pub(super) seeds: Range<u64>,
}

#[derive(Debug)]
pub(super) struct Failed {
    pub(super) sweep: i64,
    pub(super) scenario: i64,
    pub(super) key: String,
    pub(super) times: u64,
    pub(super) cut: u64,
}

#[derive(Debug)]
pub(super) struct Finding {
    pub(super) id: i64,
    pub(super) key: String,
    pub(super) shape: String,
    pub(super) file: String,
}

#[derive(Debug)]
pub(super) struct Sighting {
    pub(super) sweep: i64,
    pub(super) scenario: i64,
    pub(super) version: i64,
    pub(super) finding: i64,
    pub(super) cut: u64,
    pub(super) first: u64,
    pub(super) last: u64,
}

#[derive(Debug)]
pub(super) struct Replayed {
    pub(super) finding: i64,
    pub(super) sweep: i64,
    pub(super) build: String,
    pub(super) result: String,
}

/// An open database.
#[derive(Debug)]
pub(super) struct Store {
    path: PathBuf,
    connection: Connection,
}

/// Whether a database that is missing is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    Made,
    Refused,
}

impl Store {
    pub(super) fn open(path: &Path, missing: Missing) -> Result<Store, Failure> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        flags.set(OpenFlags::SQLITE_OPEN_CREATE, missing == Missing::Made);
        let mut connection = Connection::open_with_flags(path, flags).map_err(cannot(path))?;
        prepare(&mut connection).map_err(cannot(path))?.map_err(|what| {
            Failure(format!(
                "error: {} {what}\nhint: name a file that `cosim findings` has made, or one that is not there",
                path.display()
            ))
        })?;
        Ok(Store { path: path.to_owned(), connection })
    }

    /// The sweep with this header, if it is stored.
    pub(super) fn known(&self, header: &str) -> Result<Option<i64>, Failure> {
        known(&self.connection, header).map_err(cannot(&self.path))
    }

    /// Stores what a sweep has found. When this comes back it is on the disk. A sweep that somebody else has stored
    /// meanwhile is not stored twice.
    pub(super) fn store(&mut self, swept: &Swept) -> Result<i64, Failure> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let stored = transaction.and_then(|transaction| {
            let id = match known(&transaction, &swept.header)? {
                Some(id) => id,
                None => insert(&transaction, swept)?,
            };
            transaction.commit().map(|()| id)
        });
        stored.map_err(cannot(&self.path))
    }

    /// Stores what became of a finding when it was played again, after the last of the sweeps that are remembered.
    pub(super) fn replayed(&mut self, replayed: &Replayed) -> Result<(), Failure> {
        let Replayed { finding, sweep, build, result } = replayed;
        let sql = "INSERT INTO replay (finding, sweep, build, result) VALUES (?1, ?2, ?3, ?4)";
        let stored = self.connection.execute(sql, params![finding, sweep, build, result]);
        stored.map(drop).map_err(cannot(&self.path))
    }

    /// All that is remembered, at one moment.
    pub(super) fn memory(&mut self) -> Result<Memory, Failure> {
        let path = self.path.clone();
        let transaction = self.connection.transaction().map_err(cannot(&path))?;
        memory(&transaction).map_err(cannot(&path))
    }
}

/// Sees to it that the database is ours and has its tables; or says what it is instead.
fn prepare(connection: &mut Connection) -> rusqlite::Result<Result<(), String>> {
    connection.busy_timeout(WAIT)?;
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    let pragma =
        |connection: &Connection, name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let is_made = |connection: &Connection| {
        Ok::<_, rusqlite::Error>(pragma(connection, "application_id")? == APPLICATION)
    };
    if !is_made(connection)? {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let tables: i64 =
            transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        // Somebody else may have made it meanwhile.
        if !is_made(&transaction)? {
            if tables > 0 {
                return Ok(Err("is a database of something else".to_owned()));
            }
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        transaction.commit()?;
    }
    if pragma(connection, "user_version")? == 1 {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Somebody else may have done so meanwhile.
        if pragma(&transaction, "user_version")? == 1 {
            transaction.execute_batch(FROM_VERSION_1)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        transaction.commit()?;
    }
    let version = pragma(connection, "user_version")?;
    Ok(if version == VERSION {
        Ok(())
    } else {
        Err(format!("was made by another version of cosim: its tables have version {version}, not {VERSION}"))
    })
}

fn known(connection: &Connection, header: &str) -> rusqlite::Result<Option<i64>> {
    connection.query_row("SELECT id FROM sweep WHERE header = ?1", [header], |row| row.get(0)).optional()
}

fn insert(transaction: &Transaction<'_>, swept: &Swept) -> rusqlite::Result<i64> {
    let sql = "INSERT INTO sweep (header, cosim, build) VALUES (?1, ?2, ?3)";
    transaction.execute(sql, [&swept.header, &swept.cosim, &swept.build])?;
    let sweep = transaction.last_insert_rowid();
    for of in &swept.scenarios {
        let scenario = scenario(transaction, of)?;
        let sql = "INSERT INTO played (sweep, scenario, first, until) VALUES (?1, ?2, ?3, ?4)";
        let seeds = [of.seeds.start, of.seeds.end].map(|seed| seed.to_string());
        transaction.execute(sql, params![sweep, scenario, seeds[0], seeds[1]])?;
        for failure in &of.failures {
            let cut: u64 = failure.shapes.iter().map(|shape| shape.cut).sum();
            let sql = "INSERT INTO failure (sweep, scenario, key, times, cut) VALUES (?1, ?2, ?3, ?4, ?5)";
            transaction
                .execute(sql, params![sweep, scenario, failure.key, count(failure.times), count(cut)])?;
            for shape in &failure.shapes {
                let finding = finding(transaction, &failure.key, shape)?;
                let sql = "INSERT INTO sighting (sweep, scenario, finding, cut, first, last) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
                let seeds = [shape.first, shape.last].map(|seed| seed.to_string());
                transaction
                    .execute(sql, params![sweep, scenario, finding, count(shape.cut), seeds[0], seeds[1]])?;
            }
        }
    }
    Ok(sweep)
}

fn scenario(transaction: &Transaction<'_>, of: &SweptScenario) -> rusqlite::Result<i64> {
    let named = params![of.path, of.blake3, of.crypto, of.recording];
    let sql = "INSERT OR IGNORE INTO scenario (path, blake3, crypto, recording) VALUES (?1, ?2, ?3, ?4)";
    transaction.execute(sql, named)?;
    let sql = "SELECT id FROM scenario WHERE (path, blake3, crypto, recording) = (?1, ?2, ?3, ?4)";
    let id: i64 = transaction.query_row(sql, named, |row| row.get(0))?;
    let sql = "UPDATE scenario SET file = ?2 WHERE id = ?1 AND file IS NULL";
    transaction.execute(sql, params![id, of.file])?;
    Ok(id)
}

/// The finding of a key and a shape. The smaller of two scenarios is kept; where the one that is kept did not fail any
/// more when it was played again since it was seen last, the new one.
fn finding(transaction: &Transaction<'_>, key: &str, shape: &SweptShape) -> rusqlite::Result<i64> {
    let sql = "INSERT OR IGNORE INTO finding (key, shape, file) VALUES (?1, ?2, ?3)";
    transaction.execute(sql, [key, &shape.shape, &shape.file])?;
    let sql = "SELECT id, file FROM finding WHERE (key, shape) = (?1, ?2)";
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let (id, file): (i64, String) = transaction.query_row(sql, [key, &shape.shape], row)?;
    let sql = "SELECT result FROM replay WHERE finding = ?1
               AND sweep >= (SELECT max(sweep) FROM sighting WHERE finding = ?1) ORDER BY rowid DESC LIMIT 1";
    let last: Option<String> = transaction.query_row(sql, [id], |row| row.get(0)).optional()?;
    let is_stale = last.is_some_and(|result| result != super::REPRODUCES);
    if is_stale || (shape.file.len(), &shape.file) < (file.len(), &file) {
        transaction.execute("UPDATE finding SET file = ?2 WHERE id = ?1", params![id, shape.file])?;
    }
    Ok(id)
}

fn memory(connection: &Connection) -> rusqlite::Result<Memory> {
    let sql = "SELECT id, path, blake3, crypto, recording, file FROM scenario ORDER BY id";
    let versions = all(connection, sql, |row| {
        let [path, blake3, crypto] = [row.get(1)?, row.get(2)?, row.get(3)?];
        Ok(Version { id: row.get(0)?, path, blake3, crypto, recording: row.get(4)?, file: row.get(5)? })
    })?;
    let mut firsts: BTreeMap<&str, i64> = BTreeMap::new();
    let scenarios: BTreeMap<i64, i64> =
        versions.iter().map(|it| (it.id, *firsts.entry(&it.path).or_insert(it.id))).collect();
    // The tables refer to no version that is not there.
    let scenario_of = |version: i64| scenarios.get(&version).copied().unwrap_or(version);
    Ok(Memory {
        sweeps: all(connection, "SELECT id, build, cosim FROM sweep ORDER BY id", |row| {
            Ok(Sweep { id: row.get(0)?, build: row.get(1)?, cosim: row.get(2)? })
        })?,
        played: all(connection, "SELECT sweep, scenario, first, until FROM played ORDER BY rowid", |row| {
            let (sweep, version, seeds) = (row.get(0)?, row.get(1)?, seed(row, 2)?..seed(row, 3)?);
            Ok(Played { sweep, scenario: scenario_of(version), version, seeds })
        })?,
        failures: all(
            connection,
            "SELECT sweep, scenario, key, times, cut FROM failure ORDER BY rowid",
            |row| {
                let (times, cut) = (counted(row, 3)?, counted(row, 4)?);
                let scenario = scenario_of(row.get(1)?);
                Ok(Failed { sweep: row.get(0)?, scenario, key: row.get(2)?, times, cut })
            },
        )?,
        findings: all(connection, "SELECT id, key, shape, file FROM finding ORDER BY id", |row| {
            Ok(Finding { id: row.get(0)?, key: row.get(1)?, shape: row.get(2)?, file: row.get(3)? })
        })?,
        sightings: all(
            connection,
            "SELECT sweep, scenario, finding, cut, first, last FROM sighting ORDER BY rowid",
            |row| {
                let (sweep, version, finding) = (row.get(0)?, row.get(1)?, row.get(2)?);
                let (cut, first, last) = (counted(row, 3)?, seed(row, 4)?, seed(row, 5)?);
                Ok(Sighting { sweep, scenario: scenario_of(version), version, finding, cut, first, last })
            },
        )?,
        versions,
        replays: all(connection, "SELECT finding, sweep, build, result FROM replay ORDER BY rowid", |row| {
            Ok(Replayed { finding: row.get(0)?, sweep: row.get(1)?, build: row.get(2)?, result: row.get(3)? })
        })?,
    })
}

fn all<T>(
    connection: &Connection,
    sql: &str,
    of: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], of)?;
    rows.collect()
}

/// A count as SQLite has it; nothing that is counted comes near 2^63.
fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn counted(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|count| u64::try_from(count).unwrap_or(0))
}

fn seed(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let text: String = row.get(column)?;
    let wrong = |error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    };
    text.parse::<u64>().map_err(wrong)
}

fn cannot(path: &Path) -> impl FnOnce(rusqlite::Error) -> Failure {
    let path = path.display().to_string();
    move |error| {
        let hint = match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => "it is no database; name another file",
            Some(ErrorCode::DatabaseBusy) => {
                "another process has been writing it for two minutes: is it stuck?"
            }
            Some(ErrorCode::CannotOpen) => "is the path right, and may you write there?",
            Some(ErrorCode::DiskFull) => "the disk is full",
            Some(ErrorCode::DatabaseCorrupt) => "it is damaged; go on with a copy of it, or with a new one",
            _ => "may you write there, and was it made by this version of cosim?",
        };
        Failure(format!("error: {path}: {error}\nhint: {hint}"))
    }
}
