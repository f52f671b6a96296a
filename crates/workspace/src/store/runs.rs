//! Runs in the store: what was asked, how it ended, and the results.

use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;

use super::{NOW, Store, StoreError};

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// In the queue.
    Queued,
    /// At work.
    Running,
    /// There are results.
    Done,
    /// It ended without results; the message says why.
    Failed,
    /// Somebody stopped it.
    Cancelled,
    /// The process ended before the run did.
    Interrupted,
}

impl RunState {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Queued, "queued"),
        (Self::Running, "running"),
        (Self::Done, "done"),
        (Self::Failed, "failed"),
        (Self::Cancelled, "cancelled"),
        (Self::Interrupted, "interrupted"),
    ];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }

    fn from_word(word: &str) -> Self {
        Self::ALL.iter().find(|(_, each)| *each == word).map_or(Self::Failed, |(state, _)| *state)
    }

    /// Whether nothing more will happen.
    pub fn has_ended(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// A run without its results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Identity in the store.
    pub id: i64,
    /// Scenario.
    pub scenario: i64,
    /// Number of the version that was run.
    pub version: i64,
    /// `study`: baseline, policy and contributions; `targets`: odds of the targets.
    pub kind: String,
    /// Number of draws and seed of an ensemble, as text; empty for others.
    pub settings: String,
    /// State.
    pub state: RunState,
    /// Why it failed.
    pub message: String,
    /// When it was asked for, UTC.
    pub created: String,
    /// When it ended, UTC; empty before.
    pub ended: String,
}

const RUNS: &str =
    "SELECT id, scenario, number, kind, settings, state, message, created, ended FROM run";

fn to_run(row: &Row<'_>) -> rusqlite::Result<Run> {
    let state: String = row.get(5)?;
    Ok(Run {
        id: row.get(0)?,
        scenario: row.get(1)?,
        version: row.get(2)?,
        kind: row.get(3)?,
        settings: row.get(4)?,
        state: RunState::from_word(&state),
        message: row.get(6)?,
        created: row.get(7)?,
        ended: row.get(8)?,
    })
}

impl Store {
    /// Puts a run of a version into the list, as queued.
    ///
    /// # Errors
    /// When there is no such version.
    pub fn add_run(
        &mut self,
        scenario: i64,
        number: i64,
        kind: &str,
        settings: &str,
    ) -> Result<i64, StoreError> {
        self.version(scenario, number)?;
        let sql = format!(
            "INSERT INTO run (scenario, number, kind, settings, state, message, created, ended)
             VALUES (?1, ?2, ?3, ?4, 'queued', '', {NOW}, '')"
        );
        self.connection.execute(&sql, params![scenario, number, kind, settings])?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Notes that a run is at work.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn start_run(&mut self, id: i64) -> Result<(), StoreError> {
        self.connection.execute("UPDATE run SET state = 'running' WHERE id = ?1", [id])?;
        Ok(())
    }

    /// Notes how a run ended, with its results as JSON where there are any.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn end_run(
        &mut self,
        id: i64,
        state: RunState,
        message: &str,
        results: Option<&str>,
    ) -> Result<(), StoreError> {
        let sql = format!(
            "UPDATE run SET state = ?2, message = ?3, results = ?4, ended = {NOW} WHERE id = ?1"
        );
        self.connection.execute(&sql, params![id, state.word(), message, results])?;
        Ok(())
    }

    /// A run.
    ///
    /// # Errors
    /// When there is none.
    pub fn run(&self, id: i64) -> Result<Run, StoreError> {
        let sql = format!("{RUNS} WHERE id = ?1");
        let found = self.connection.query_row(&sql, [id], to_run).optional()?;
        found.ok_or(StoreError::Missing("run"))
    }

    /// All runs, the latest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn runs(&self) -> Result<Vec<Run>, StoreError> {
        let mut statement = self.connection.prepare(&format!("{RUNS} ORDER BY id DESC"))?;
        let rows = statement.query_map([], to_run)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Results of a run as JSON.
    ///
    /// # Errors
    /// When there is no such run or it has none.
    pub fn results(&self, id: i64) -> Result<String, StoreError> {
        let sql = "SELECT results FROM run WHERE id = ?1";
        let found: Option<Option<String>> =
            self.connection.query_row(sql, [id], |row| row.get(0)).optional()?;
        found.ok_or(StoreError::Missing("run"))?.ok_or(StoreError::Missing("result"))
    }

    pub(super) fn interrupt_runs(&self) -> Result<(), StoreError> {
        let sql = format!(
            "UPDATE run SET state = 'interrupted', ended = {NOW}
             WHERE state IN ('queued', 'running')"
        );
        self.connection.execute(&sql, [])?;
        Ok(())
    }
}
