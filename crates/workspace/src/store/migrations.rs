//! The layout of the database, step by step.
//!
//! The database counts the steps taken. A step is never changed once it was released: a new layout
//! is a new step. A database with more steps than this program knows is refused. Steps are written
//! in the words of `SQLite`; `database` says them to `PostgreSQL`.

use super::StoreError;
use super::database::Database;

/// The steps, oldest first.
pub(super) const STEPS: &[&str] = &[
    // 1: studies, scenarios with every version of their text, runs, and a log of what was done.
    "CREATE TABLE study (
         id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created TEXT NOT NULL) STRICT;
     CREATE TABLE scenario (
         id INTEGER PRIMARY KEY, study INTEGER NOT NULL REFERENCES study (id),
         name TEXT NOT NULL, head INTEGER REFERENCES version (id), UNIQUE (study, name)) STRICT;
     CREATE TABLE version (
         id INTEGER PRIMARY KEY, scenario INTEGER NOT NULL REFERENCES scenario (id),
         number INTEGER NOT NULL, parent INTEGER, text TEXT NOT NULL, companions TEXT NOT NULL,
         note TEXT NOT NULL, author TEXT NOT NULL, created TEXT NOT NULL,
         UNIQUE (scenario, number)) STRICT;
     CREATE TABLE change (
         id INTEGER PRIMARY KEY, scenario INTEGER NOT NULL REFERENCES scenario (id),
         number INTEGER NOT NULL, what TEXT NOT NULL, author TEXT NOT NULL,
         at TEXT NOT NULL) STRICT;
     CREATE TABLE run (
         id INTEGER PRIMARY KEY, scenario INTEGER NOT NULL REFERENCES scenario (id),
         number INTEGER NOT NULL, kind TEXT NOT NULL, settings TEXT NOT NULL, state TEXT NOT NULL,
         message TEXT NOT NULL, created TEXT NOT NULL, ended TEXT NOT NULL,
         results TEXT) STRICT;
     CREATE INDEX version_of_scenario ON version (scenario, number);
     CREATE INDEX run_of_scenario ON run (scenario, id);",
    // 2: people with their sessions, what everybody did, names of runs.
    "CREATE TABLE person (
         id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
         password TEXT NOT NULL, created TEXT NOT NULL) STRICT;
     CREATE TABLE session (
         token TEXT PRIMARY KEY, person INTEGER NOT NULL REFERENCES person (id),
         created TEXT NOT NULL, expires TEXT NOT NULL) STRICT;
     CREATE TABLE audit (
         id INTEGER PRIMARY KEY, at TEXT NOT NULL, person TEXT NOT NULL, what TEXT NOT NULL,
         subject TEXT NOT NULL) STRICT;
     ALTER TABLE run ADD COLUMN name TEXT NOT NULL DEFAULT '';
     CREATE INDEX session_of_person ON session (person);",
];

/// Takes the steps that are missing, all or none.
pub(super) fn migrate(database: &mut Database) -> Result<(), StoreError> {
    database.transaction(|database| {
        let taken = database.layout()?;
        let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
        if taken > known {
            return Err(StoreError::Newer { found: taken, known });
        }
        for (number, step) in (1_i64..).zip(STEPS).filter(|(number, _)| *number > taken) {
            database.step(step, number)?;
        }
        Ok(())
    })
}
