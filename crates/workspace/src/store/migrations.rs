//! The layout of the database, step by step.
//!
//! `PRAGMA user_version` counts the steps taken. A step is never changed once it was released: a
//! new layout is a new step. A database with more steps than this program knows is refused.

use rusqlite::Connection;

use super::StoreError;

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
];

/// Takes the steps that are missing, each in a transaction of its own.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let taken: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if taken > known {
        return Err(StoreError::Newer { found: taken, known });
    }
    for (at, step) in (0_i64..).zip(STEPS).filter(|(at, _)| *at >= taken) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", at + 1)?;
        transaction.commit()?;
    }
    Ok(())
}
