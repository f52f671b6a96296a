//! The store: studies, their scenarios with every version, and runs, in one `SQLite` file.
//!
//! | table      | one row per                                                             |
//! |------------|-------------------------------------------------------------------------|
//! | `study`    | study                                                                   |
//! | `scenario` | variant of a study; `head` is the version that counts now               |
//! | `version`  | text that a scenario once had, with the version it was made from        |
//! | `change`   | save, undo or redo: which version became the head, by whom, when        |
//! | `run`      | run of a version, with its state and results                            |
//!
//! Versions are only added. Undo makes the parent of the head the head, redo its latest child; a
//! change is on disk before the call returns (write-ahead log, `synchronous = FULL`), so that a
//! process that is killed loses nothing it has confirmed. One process holds the file at a time.
//! Texts are not judged here: a draft with errors is kept as well as any other.
//! Not here: running studies (`crate::jobs`), a study as a folder (`folder`).

pub mod folder;
mod migrations;
mod runs;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};
use serde::Serialize;

pub use runs::{Run, RunState};

/// Texts beside a study file, by name: its table of projects.
pub type Companions = BTreeMap<String, String>;

/// Longest name of a study or scenario, in characters.
const LONGEST_NAME: usize = 100;

/// Why the store did not do something.
#[derive(Debug)]
pub enum StoreError {
    /// `SQLite` says no.
    Sqlite(rusqlite::Error),
    /// Another process has the file open.
    InUse,
    /// The file was written by a later program.
    Newer {
        /// Steps taken in the file.
        found: i64,
        /// Steps known to this program.
        known: i64,
    },
    /// There is no such thing.
    Missing(&'static str),
    /// The name is empty, too long, or taken.
    Name(String),
    /// The scenario has changed since the text was read.
    Changed {
        /// Number of the version that counts now.
        head: i64,
    },
    /// There is nothing to undo or to redo.
    Nothing(&'static str),
    /// A folder is not an exported study.
    Folder(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse,
            _ => Self::Sqlite(error),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(error) => write!(out, "the store cannot be read or written: {error}"),
            Self::InUse => write!(out, "another process has the store open"),
            Self::Newer { found, known } => write!(
                out,
                "the store has layout {found}, this program knows layouts up to {known}"
            ),
            Self::Missing(what) => write!(out, "there is no such {what}"),
            Self::Name(why) => write!(out, "{why}"),
            Self::Changed { head } => {
                write!(out, "the scenario was changed meanwhile: version {head} counts now")
            }
            Self::Nothing(what) => write!(out, "there is nothing to {what}"),
            Self::Folder(why) => write!(out, "this folder is not an exported study: {why}"),
        }
    }
}

impl std::error::Error for StoreError {}

/// A study in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StudyEntry {
    /// Identity in the store.
    pub id: i64,
    /// Name.
    pub name: String,
    /// When it was made, UTC.
    pub created: String,
    /// Its scenarios in order of making.
    pub scenarios: Vec<ScenarioEntry>,
}

/// A scenario in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScenarioEntry {
    /// Identity in the store.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Number of the version that counts now.
    pub head: i64,
}

/// A version of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Version {
    /// Number within the scenario, from 1.
    pub number: i64,
    /// Number of the version it was made from.
    pub parent: Option<i64>,
    /// The study file.
    pub text: String,
    /// What stands beside it.
    pub companions: Companions,
    /// What was changed, in the words of who did it.
    pub note: String,
    /// Who.
    pub author: String,
    /// When, UTC.
    pub created: String,
}

/// A line of a scenario's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Version that became the head.
    pub number: i64,
    /// `save`, `undo`, `redo` or `import`.
    pub what: String,
    /// Note of that version.
    pub note: String,
    /// Who.
    pub author: String,
    /// When, UTC.
    pub at: String,
}

/// A new version.
#[derive(Debug, Clone, Default)]
pub struct Draft<'a> {
    /// The study file.
    pub text: &'a str,
    /// What stands beside it.
    pub companions: Companions,
    /// What was changed.
    pub note: &'a str,
    /// Who.
    pub author: &'a str,
}

/// The store, open.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
}

/// UTC to the millisecond, as every table keeps it.
const NOW: &str = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

impl Store {
    /// Opens a store, makes it when there is none, and brings it to the present layout. Runs that a
    /// killed process left behind are marked as interrupted.
    ///
    /// # Errors
    /// When the file is in use, newer than this program, or not writable.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::prepare(Connection::open(path)?)
    }

    /// A store in memory, for tests and for trying out.
    ///
    /// # Errors
    /// When `SQLite` cannot be started.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(mut connection: Connection) -> Result<Self, StoreError> {
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        migrations::migrate(&mut connection)?;
        let store = Self { connection };
        store.interrupt_runs()?;
        Ok(store)
    }

    /// Whether the file is whole, as `SQLite` sees it: `ok` or what is broken.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn integrity(&self) -> Result<String, StoreError> {
        Ok(self.connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?)
    }

    /// All studies with their scenarios, in order of making.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn studies(&self) -> Result<Vec<StudyEntry>, StoreError> {
        let mut statement =
            self.connection.prepare("SELECT id, name, created FROM study ORDER BY id")?;
        let rows = statement.query_map([], |row| {
            Ok(StudyEntry {
                id: row.get(0)?,
                name: row.get(1)?,
                created: row.get(2)?,
                scenarios: vec![],
            })
        })?;
        let mut studies = rows.collect::<Result<Vec<_>, _>>()?;
        for study in &mut studies {
            study.scenarios = self.scenarios(study.id)?;
        }
        Ok(studies)
    }

    fn scenarios(&self, study: i64) -> Result<Vec<ScenarioEntry>, StoreError> {
        let mut statement = self.connection.prepare(
            "SELECT scenario.id, name, version.number FROM scenario
             JOIN version ON version.id = head WHERE study = ?1 ORDER BY scenario.id",
        )?;
        let rows = statement.query_map([study], |row| {
            Ok(ScenarioEntry { id: row.get(0)?, name: row.get(1)?, head: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Makes a study with one scenario.
    ///
    /// # Errors
    /// When the name cannot be used.
    pub fn add_study(
        &mut self,
        name: &str,
        scenario: &str,
        draft: &Draft<'_>,
    ) -> Result<(i64, i64), StoreError> {
        let (name, scenario) = (usable(name)?, usable(scenario)?);
        let transaction = self.connection.transaction()?;
        let id = insert_study(&transaction, name)?;
        let scenario = insert_scenario(&transaction, id, scenario)?;
        save(&transaction, scenario, None, draft, "save")?;
        transaction.commit()?;
        Ok((id, scenario))
    }

    /// Makes a scenario of a study, from a text.
    ///
    /// # Errors
    /// When there is no such study or the name cannot be used.
    pub fn add_scenario(
        &mut self,
        study: i64,
        name: &str,
        draft: &Draft<'_>,
    ) -> Result<i64, StoreError> {
        let name = usable(name)?;
        let transaction = self.connection.transaction()?;
        let known: Option<i64> = transaction
            .query_row("SELECT id FROM study WHERE id = ?1", [study], |row| row.get(0))
            .optional()?;
        known.ok_or(StoreError::Missing("study"))?;
        let scenario = insert_scenario(&transaction, study, name)?;
        save(&transaction, scenario, None, draft, "save")?;
        transaction.commit()?;
        Ok(scenario)
    }

    /// The version of a scenario that counts now.
    ///
    /// # Errors
    /// When there is no such scenario.
    pub fn head(&self, scenario: i64) -> Result<Version, StoreError> {
        let head = head_number(&self.connection, scenario)?;
        self.version(scenario, head)
    }

    /// Name of a scenario and of its study, and the study's identity.
    ///
    /// # Errors
    /// When there is no such scenario.
    pub fn names(&self, scenario: i64) -> Result<(String, String, i64), StoreError> {
        let sql = "SELECT scenario.name, study.name, study.id FROM scenario
             JOIN study ON study.id = study WHERE scenario.id = ?1";
        let of = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let found = self.connection.query_row(sql, [scenario], of).optional()?;
        found.ok_or(StoreError::Missing("scenario"))
    }

    /// A version of a scenario.
    ///
    /// # Errors
    /// When there is none.
    pub fn version(&self, scenario: i64, number: i64) -> Result<Version, StoreError> {
        let found = self
            .connection
            .query_row(&(VERSIONS.to_owned() + " AND number = ?2"), [scenario, number], to_version)
            .optional()?;
        found.ok_or(StoreError::Missing("version"))
    }

    /// All versions of a scenario, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn versions(&self, scenario: i64) -> Result<Vec<Version>, StoreError> {
        let mut statement = self.connection.prepare(&(VERSIONS.to_owned() + " ORDER BY number"))?;
        let rows = statement.query_map([scenario], to_version)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What was done to a scenario, the latest first.
    ///
    /// # Errors
    /// When there is no such scenario.
    pub fn history(&self, scenario: i64) -> Result<Vec<Change>, StoreError> {
        head_number(&self.connection, scenario)?;
        let mut statement = self.connection.prepare(
            "SELECT change.number, what, note, change.author, at FROM change
             JOIN version ON version.scenario = change.scenario AND version.number = change.number
             WHERE change.scenario = ?1 ORDER BY change.id DESC",
        )?;
        let rows = statement.query_map([scenario], |row| {
            Ok(Change {
                number: row.get(0)?,
                what: row.get(1)?,
                note: row.get(2)?,
                author: row.get(3)?,
                at: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Saves a new version made from version `parent`; gives its number.
    ///
    /// # Errors
    /// [`StoreError::Changed`] when `parent` is not what counts now.
    pub fn save(
        &mut self,
        scenario: i64,
        parent: i64,
        draft: &Draft<'_>,
    ) -> Result<i64, StoreError> {
        let transaction = self.connection.transaction()?;
        let head = head_number(&transaction, scenario)?;
        if head != parent {
            return Err(StoreError::Changed { head });
        }
        let number = save(&transaction, scenario, Some(parent), draft, "save")?;
        transaction.commit()?;
        Ok(number)
    }

    /// Makes the version that the head was made from the head.
    ///
    /// # Errors
    /// [`StoreError::Nothing`] when the head is the first version.
    pub fn undo(&mut self, scenario: i64, author: &str) -> Result<i64, StoreError> {
        let parent = self.head(scenario)?.parent.ok_or(StoreError::Nothing("undo"))?;
        self.move_head(scenario, parent, "undo", author)
    }

    /// Makes the latest version made from the head the head.
    ///
    /// # Errors
    /// [`StoreError::Nothing`] when there is none.
    pub fn redo(&mut self, scenario: i64, author: &str) -> Result<i64, StoreError> {
        let head = head_number(&self.connection, scenario)?;
        let child: Option<i64> = self.connection.query_row(
            "SELECT max(number) FROM version WHERE scenario = ?1 AND parent = ?2",
            [scenario, head],
            |row| row.get(0),
        )?;
        self.move_head(scenario, child.ok_or(StoreError::Nothing("redo"))?, "redo", author)
    }

    fn move_head(
        &mut self,
        scenario: i64,
        number: i64,
        what: &str,
        author: &str,
    ) -> Result<i64, StoreError> {
        let transaction = self.connection.transaction()?;
        set_head(&transaction, scenario, number, what, author)?;
        transaction.commit()?;
        Ok(number)
    }
}

const VERSIONS: &str = "SELECT number, parent, text, companions, note, author, created
     FROM version WHERE scenario = ?1";

fn to_version(row: &Row<'_>) -> rusqlite::Result<Version> {
    let companions: String = row.get(3)?;
    Ok(Version {
        number: row.get(0)?,
        parent: row.get(1)?,
        text: row.get(2)?,
        companions: serde_json::from_str(&companions).unwrap_or_default(),
        note: row.get(4)?,
        author: row.get(5)?,
        created: row.get(6)?,
    })
}

/// A name without blanks around it, of a length that fits a list.
fn usable(name: &str) -> Result<&str, StoreError> {
    let name = name.trim();
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) {
        let why = format!("a name has 1 to {LONGEST_NAME} characters in one line");
        return Err(StoreError::Name(why));
    }
    Ok(name)
}

fn taken(error: rusqlite::Error, name: &str) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => {
            StoreError::Name(format!("the name `{name}` is taken"))
        }
        _ => error.into(),
    }
}

fn insert_study(connection: &Connection, name: &str) -> Result<i64, StoreError> {
    let sql = format!("INSERT INTO study (name, created) VALUES (?1, {NOW})");
    connection.execute(&sql, [name]).map_err(|error| taken(error, name))?;
    Ok(connection.last_insert_rowid())
}

fn insert_scenario(connection: &Connection, study: i64, name: &str) -> Result<i64, StoreError> {
    let sql = "INSERT INTO scenario (study, name) VALUES (?1, ?2)";
    connection.execute(sql, params![study, name]).map_err(|error| taken(error, name))?;
    Ok(connection.last_insert_rowid())
}

fn head_number(connection: &Connection, scenario: i64) -> Result<i64, StoreError> {
    let sql = "SELECT number FROM scenario JOIN version ON version.id = head
         WHERE scenario.id = ?1";
    let found = connection.query_row(sql, [scenario], |row| row.get(0)).optional()?;
    found.ok_or(StoreError::Missing("scenario"))
}

/// Adds a version and makes it the head.
fn save(
    connection: &Connection,
    scenario: i64,
    parent: Option<i64>,
    draft: &Draft<'_>,
    what: &str,
) -> Result<i64, StoreError> {
    let number: i64 = connection.query_row(
        "SELECT coalesce(max(number), 0) + 1 FROM version WHERE scenario = ?1",
        [scenario],
        |row| row.get(0),
    )?;
    let created: String = connection.query_row(&format!("SELECT {NOW}"), [], |row| row.get(0))?;
    let version = Version {
        number,
        parent,
        text: draft.text.to_owned(),
        companions: draft.companions.clone(),
        note: draft.note.to_owned(),
        author: draft.author.to_owned(),
        created,
    };
    insert_version(connection, scenario, &version)?;
    set_head(connection, scenario, number, what, draft.author)?;
    Ok(number)
}

fn insert_version(
    connection: &Connection,
    scenario: i64,
    version: &Version,
) -> Result<(), StoreError> {
    let companions = serde_json::to_string(&version.companions).expect("texts serialise");
    connection.execute(
        "INSERT INTO version (scenario, number, parent, text, companions, note, author, created)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            scenario,
            version.number,
            version.parent,
            version.text,
            companions,
            version.note,
            version.author,
            version.created
        ],
    )?;
    Ok(())
}

fn set_head(
    connection: &Connection,
    scenario: i64,
    number: i64,
    what: &str,
    author: &str,
) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE scenario SET head =
             (SELECT id FROM version WHERE scenario = ?1 AND number = ?2) WHERE id = ?1",
        [scenario, number],
    )?;
    let sql = format!(
        "INSERT INTO change (scenario, number, what, author, at) VALUES (?1, ?2, ?3, ?4, {NOW})"
    );
    connection.execute(&sql, params![scenario, number, what, author])?;
    Ok(())
}
