//! The store: studies, their scenarios with every version, runs, people and what they did.
//!
//! | table      | one row per                                                             |
//! |------------|-------------------------------------------------------------------------|
//! | `study`    | study                                                                   |
//! | `scenario` | variant of a study; `head` is the version that counts now               |
//! | `version`  | text that a scenario once had, with the version it was made from        |
//! | `change`   | save, undo or redo: which version became the head, by whom, when        |
//! | `run`      | run of a version, with its state and results                            |
//! | `person`   | somebody who may log in, with role and hashed password                  |
//! | `session`  | log-in that has not expired; of its token only a checksum               |
//! | `audit`    | thing that was done: by whom, when                                      |
//!
//! It is kept in one `SQLite` file or on a `PostgreSQL` server, with the same statements
//! (`database`). Versions are only added. Undo makes the parent of the head the head, redo its latest
//! child; a change is on disk before the call returns (write-ahead log, flushed), so that a process
//! that is killed loses nothing it has confirmed. Each change and its line of the audit are one
//! transaction. One process holds a file at a time, and one process serves a database.
//! Texts are not judged here: a draft with errors is kept as well as any other.
//! Not here: running studies (`crate::jobs`), a study as a folder (`folder`), what roles may do
//! (`crate::guard`).

mod database;
pub mod folder;
mod migrations;
mod people;
mod runs;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Serialize;

use database::{Database, Row};
pub use people::{AuditEntry, Known, Person, PersonEntry, Role, hash};
pub use runs::{Run, RunState};

/// Texts beside a study file, by name: its table of projects.
pub type Companions = BTreeMap<String, String>;

/// Longest name of a study, scenario, run or person, in characters.
const LONGEST_NAME: usize = 100;

/// Where a store is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// In memory, for tests and for trying out.
    Memory,
    /// In one `SQLite` file.
    File(PathBuf),
    /// In a database of a `PostgreSQL` server: `postgres://USER:PASSWORD@HOST/DATABASE`.
    Server(String),
}

impl FromStr for Place {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let server = ["postgres://", "postgresql://"].iter().any(|start| text.starts_with(start));
        Ok(if server { Self::Server(text.to_owned()) } else { Self::File(text.into()) })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => write!(out, "memory"),
            Self::File(path) => write!(out, "{}", path.display()),
            // Without user, password and options.
            Self::Server(address) => {
                let rest = address.split_once("://").map_or("", |(_, rest)| rest);
                let rest = rest.split('?').next().unwrap_or_default();
                write!(out, "postgres://{}", rest.rsplit('@').next().unwrap_or_default())
            }
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

/// Why the store did not do something.
#[derive(Debug)]
pub enum StoreError {
    /// The database says no.
    Database(String),
    /// The address of a server cannot be used.
    Address(String),
    /// Another process has the file open, serves the database, or changes the same rows.
    InUse,
    /// The store was written by a later program.
    Newer {
        /// Steps taken in the store.
        found: i64,
        /// Steps known to this program.
        known: i64,
    },
    /// A text has the character NUL, which databases do not keep.
    Nul,
    /// There is no such thing.
    Missing(&'static str),
    /// The name is empty, too long, or taken.
    Name(String),
    /// Something of that name is there already.
    Taken,
    /// The scenario has changed since the text was read.
    Changed {
        /// Number of the version that counts now.
        head: i64,
    },
    /// There is nothing to undo or to redo.
    Nothing(&'static str),
    /// A folder is not an exported study.
    Folder(String),
    /// A password is too short or too long, or is the name.
    Password(String),
    /// Nobody could manage users any more.
    LastAdministrator,
    /// A run that has not ended cannot be deleted.
    AtWork,
}

impl fmt::Display for StoreError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => write!(out, "the store cannot be read or written: {error}"),
            Self::Address(why) => write!(out, "the address of the store cannot be used: {why}"),
            Self::InUse => write!(out, "another process uses the store"),
            Self::Newer { found, known } => write!(
                out,
                "the store has layout {found}, this program knows layouts up to {known}"
            ),
            Self::Nul => write!(out, "a text has the character NUL"),
            Self::Missing(what) => write!(out, "there is no such {what}"),
            Self::Name(why) | Self::Password(why) => write!(out, "{why}"),
            Self::Taken => write!(out, "the name is taken"),
            Self::Changed { head } => {
                write!(out, "the scenario was changed meanwhile: version {head} counts now")
            }
            Self::Nothing(what) => write!(out, "there is nothing to {what}"),
            Self::Folder(why) => write!(out, "this folder is not an exported study: {why}"),
            Self::LastAdministrator => {
                write!(out, "this is the last administrator, and other users are there")
            }
            Self::AtWork => write!(out, "the run has not ended"),
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
    database: Database,
}

impl Store {
    /// Opens a store, makes it when there is none, and brings it to the present layout.
    ///
    /// # Errors
    /// When it is in use, newer than this program, not writable or not reachable.
    pub fn open(place: &Place) -> Result<Self, StoreError> {
        let mut database = Database::connect(place)?;
        migrations::migrate(&mut database)?;
        Ok(Self { database })
    }

    /// [`Store::open`] of a file.
    ///
    /// # Errors
    /// As there.
    pub fn open_file(path: &Path) -> Result<Self, StoreError> {
        Self::open(&Place::File(path.to_owned()))
    }

    /// [`Store::open`] in memory.
    ///
    /// # Errors
    /// When `SQLite` cannot be started.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::open(&Place::Memory)
    }

    /// Makes this process the one that serves the store. Runs that a killed process left behind are
    /// marked as interrupted.
    ///
    /// # Errors
    /// When another process serves it.
    pub fn claim(&mut self) -> Result<(), StoreError> {
        self.database.claim()?;
        self.interrupt_runs()
    }

    /// Whether the store is whole, as `SQLite` sees it: `ok` or what is broken. `PostgreSQL` keeps
    /// watch itself.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn integrity(&mut self) -> Result<String, StoreError> {
        self.database.integrity()
    }

    /// All studies with their scenarios, in order of making.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn studies(&mut self) -> Result<Vec<StudyEntry>, StoreError> {
        let rows = self.database.query("SELECT id, name, created FROM study ORDER BY id", &[])?;
        let entry = |row: &Row| StudyEntry {
            id: row.number(0),
            name: row.string(1),
            created: row.string(2),
            scenarios: vec![],
        };
        let mut studies: Vec<StudyEntry> = rows.iter().map(entry).collect();
        let rows = self.database.query(
            "SELECT scenario.study, scenario.id, scenario.name, version.number FROM scenario
             JOIN version ON version.id = scenario.head ORDER BY scenario.id",
            &[],
        )?;
        for row in rows {
            let study = studies.iter_mut().find(|study| study.id == row.number(0));
            if let Some(study) = study {
                let (id, name, head) = (row.number(1), row.string(2), row.number(3));
                study.scenarios.push(ScenarioEntry { id, name, head });
            }
        }
        Ok(studies)
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
        self.database.transaction(|database| {
            let id = insert_study(database, name)?;
            let first = insert_scenario(database, id, scenario)?;
            save(database, first, None, draft, "save")?;
            people::note(database, draft.author, "add study", name)?;
            Ok((id, first))
        })
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
        self.database.transaction(|database| {
            let known = database.query("SELECT name FROM study WHERE id = ?1", &[study.into()])?;
            let of = known.first().ok_or(StoreError::Missing("study"))?.string(0);
            let scenario = insert_scenario(database, study, name)?;
            save(database, scenario, None, draft, "save")?;
            people::note(database, draft.author, "add scenario", &format!("{of}, {name}"))?;
            Ok(scenario)
        })
    }

    /// The version of a scenario that counts now.
    ///
    /// # Errors
    /// When there is no such scenario.
    pub fn head(&mut self, scenario: i64) -> Result<Version, StoreError> {
        let head = head_number(&mut self.database, scenario)?;
        version(&mut self.database, scenario, head)
    }

    /// Name of a scenario and of its study, and the study's identity.
    ///
    /// # Errors
    /// When there is no such scenario.
    pub fn names(&mut self, scenario: i64) -> Result<(String, String, i64), StoreError> {
        names(&mut self.database, scenario)
    }

    /// A version of a scenario.
    ///
    /// # Errors
    /// When there is none.
    pub fn version(&mut self, scenario: i64, number: i64) -> Result<Version, StoreError> {
        version(&mut self.database, scenario, number)
    }

    /// All versions of a scenario, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn versions(&mut self, scenario: i64) -> Result<Vec<Version>, StoreError> {
        let sql = format!("{VERSIONS} ORDER BY number");
        let rows = self.database.query(&sql, &[scenario.into()])?;
        Ok(rows.iter().map(to_version).collect())
    }

    /// What was done to a scenario, the latest first.
    ///
    /// # Errors
    /// When there is no such scenario.
    pub fn history(&mut self, scenario: i64) -> Result<Vec<Change>, StoreError> {
        head_number(&mut self.database, scenario)?;
        let rows = self.database.query(
            "SELECT change.number, what, note, change.author, at FROM change
             JOIN version ON version.scenario = change.scenario AND version.number = change.number
             WHERE change.scenario = ?1 ORDER BY change.id DESC",
            &[scenario.into()],
        )?;
        let change = |row: &Row| Change {
            number: row.number(0),
            what: row.string(1),
            note: row.string(2),
            author: row.string(3),
            at: row.string(4),
        };
        Ok(rows.iter().map(change).collect())
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
        self.database.transaction(|database| {
            let head = head_number(database, scenario)?;
            if head != parent {
                return Err(StoreError::Changed { head });
            }
            let number = save(database, scenario, Some(parent), draft, "save")?;
            note_version(database, scenario, number, "save", draft.author)?;
            Ok(number)
        })
    }

    /// Makes the version that the head was made from the head.
    ///
    /// # Errors
    /// [`StoreError::Nothing`] when the head is the first version.
    pub fn undo(&mut self, scenario: i64, author: &str) -> Result<i64, StoreError> {
        self.database.transaction(|database| {
            let head = head_number(database, scenario)?;
            let parent = version(database, scenario, head)?.parent;
            let parent = parent.ok_or(StoreError::Nothing("undo"))?;
            set_head(database, scenario, parent, "undo", author)?;
            note_version(database, scenario, parent, "undo", author)?;
            Ok(parent)
        })
    }

    /// Makes the latest version made from the head the head.
    ///
    /// # Errors
    /// [`StoreError::Nothing`] when there is none.
    pub fn redo(&mut self, scenario: i64, author: &str) -> Result<i64, StoreError> {
        self.database.transaction(|database| {
            let head = head_number(database, scenario)?;
            let children = database.query(
                "SELECT max(number) FROM version WHERE scenario = ?1 AND parent = ?2",
                &[scenario.into(), head.into()],
            )?;
            let child = children.first().and_then(|row| row.whole(0));
            let child = child.ok_or(StoreError::Nothing("redo"))?;
            set_head(database, scenario, child, "redo", author)?;
            note_version(database, scenario, child, "redo", author)?;
            Ok(child)
        })
    }
}

const VERSIONS: &str = "SELECT number, parent, text, companions, note, author, created
     FROM version WHERE scenario = ?1";

fn to_version(row: &Row) -> Version {
    Version {
        number: row.number(0),
        parent: row.whole(1),
        text: row.string(2),
        companions: serde_json::from_str(&row.string(3)).unwrap_or_default(),
        note: row.string(4),
        author: row.string(5),
        created: row.string(6),
    }
}

fn version(database: &mut Database, scenario: i64, number: i64) -> Result<Version, StoreError> {
    let sql = format!("{VERSIONS} AND number = ?2");
    let rows = database.query(&sql, &[scenario.into(), number.into()])?;
    rows.first().map(to_version).ok_or(StoreError::Missing("version"))
}

fn names(database: &mut Database, scenario: i64) -> Result<(String, String, i64), StoreError> {
    let rows = database.query(
        "SELECT scenario.name, study.name, study.id FROM scenario
         JOIN study ON study.id = scenario.study WHERE scenario.id = ?1",
        &[scenario.into()],
    )?;
    let row = rows.first().ok_or(StoreError::Missing("scenario"))?;
    Ok((row.string(0), row.string(1), row.number(2)))
}

/// A line of the audit about a version.
fn note_version(
    database: &mut Database,
    scenario: i64,
    number: i64,
    what: &str,
    person: &str,
) -> Result<(), StoreError> {
    let (name, study, _) = names(database, scenario)?;
    people::note(database, person, what, &format!("{study}, {name}, version {number}"))
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

/// The identity of a new row, where its name is not taken.
fn named(made: Result<Vec<Row>, StoreError>, name: &str) -> Result<i64, StoreError> {
    match made {
        Err(StoreError::Taken) => Err(StoreError::Name(format!("the name `{name}` is taken"))),
        Err(error) => Err(error),
        Ok(rows) => Ok(rows[0].number(0)),
    }
}

fn insert_study(database: &mut Database, name: &str) -> Result<i64, StoreError> {
    let sql = "INSERT INTO study (name, created) VALUES (?1, {now}) RETURNING id";
    named(database.query(sql, &[name.into()]), name)
}

fn insert_scenario(database: &mut Database, study: i64, name: &str) -> Result<i64, StoreError> {
    let sql = "INSERT INTO scenario (study, name) VALUES (?1, ?2) RETURNING id";
    named(database.query(sql, &[study.into(), name.into()]), name)
}

fn head_number(database: &mut Database, scenario: i64) -> Result<i64, StoreError> {
    let rows = database.query(
        "SELECT number FROM scenario JOIN version ON version.id = head WHERE scenario.id = ?1",
        &[scenario.into()],
    )?;
    rows.first().map(|row| row.number(0)).ok_or(StoreError::Missing("scenario"))
}

/// Adds a version and makes it the head.
fn save(
    database: &mut Database,
    scenario: i64,
    parent: Option<i64>,
    draft: &Draft<'_>,
    what: &str,
) -> Result<i64, StoreError> {
    let rows = database.query(
        "SELECT coalesce(max(number), 0) + 1, {now} FROM version WHERE scenario = ?1",
        &[scenario.into()],
    )?;
    let version = Version {
        number: rows[0].number(0),
        parent,
        text: draft.text.to_owned(),
        companions: draft.companions.clone(),
        note: draft.note.to_owned(),
        author: draft.author.to_owned(),
        created: rows[0].string(1),
    };
    insert_version(database, scenario, &version)?;
    set_head(database, scenario, version.number, what, draft.author)?;
    Ok(version.number)
}

fn insert_version(
    database: &mut Database,
    scenario: i64,
    version: &Version,
) -> Result<(), StoreError> {
    let companions = serde_json::to_string(&version.companions).expect("texts serialise");
    database.query(
        "INSERT INTO version (scenario, number, parent, text, companions, note, author, created)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        &[
            scenario.into(),
            version.number.into(),
            version.parent.into(),
            (&version.text).into(),
            (&companions).into(),
            (&version.note).into(),
            (&version.author).into(),
            (&version.created).into(),
        ],
    )?;
    Ok(())
}

fn set_head(
    database: &mut Database,
    scenario: i64,
    number: i64,
    what: &str,
    author: &str,
) -> Result<(), StoreError> {
    database.query(
        "UPDATE scenario SET head =
             (SELECT id FROM version WHERE scenario = ?1 AND number = ?2) WHERE id = ?1",
        &[scenario.into(), number.into()],
    )?;
    database.query(
        "INSERT INTO change (scenario, number, what, author, at) VALUES (?1, ?2, ?3, ?4, {now})",
        &[scenario.into(), number.into(), what.into(), author.into()],
    )?;
    Ok(())
}
