//! Runs in the store: what was asked, how it ended, and the results.

use serde::Serialize;

use super::database::{Database, Row};
use super::{Store, StoreError, names, people, usable, version};

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
    /// Name that somebody gave it; empty at first.
    pub name: String,
}

const RUNS: &str =
    "SELECT id, scenario, number, kind, settings, state, message, created, ended, name FROM run";

fn to_run(row: &Row) -> Run {
    Run {
        id: row.number(0),
        scenario: row.number(1),
        version: row.number(2),
        kind: row.string(3),
        settings: row.string(4),
        state: RunState::from_word(&row.string(5)),
        message: row.string(6),
        created: row.string(7),
        ended: row.string(8),
        name: row.string(9),
    }
}

fn run(database: &mut Database, id: i64) -> Result<Run, StoreError> {
    let rows = database.query(&format!("{RUNS} WHERE id = ?1"), &[id.into()])?;
    rows.first().map(to_run).ok_or(StoreError::Missing("run"))
}

/// A line of the audit about a run.
fn note_run(
    database: &mut Database,
    person: &str,
    what: &str,
    run: &Run,
) -> Result<(), StoreError> {
    let (name, study, _) = names(database, run.scenario)?;
    let subject = format!("#{}: {study}, {name}, version {}", run.id, run.version);
    people::note(database, person, what, &subject)
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
        person: &str,
    ) -> Result<i64, StoreError> {
        self.database.transaction(|database| {
            version(database, scenario, number)?;
            let rows = database.query(
                "INSERT INTO run (scenario, number, kind, settings, state, message, created, ended)
                 VALUES (?1, ?2, ?3, ?4, 'queued', '', {now}, '') RETURNING id",
                &[scenario.into(), number.into(), kind.into(), settings.into()],
            )?;
            let id = rows[0].number(0);
            let made = run(database, id)?;
            note_run(database, person, &format!("run {kind}"), &made)?;
            Ok(id)
        })
    }

    /// Notes that a run is at work.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn start_run(&mut self, id: i64) -> Result<(), StoreError> {
        self.database.query("UPDATE run SET state = 'running' WHERE id = ?1", &[id.into()])?;
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
        self.database.query(
            "UPDATE run SET state = ?2, message = ?3, results = ?4, ended = {now} WHERE id = ?1",
            &[id.into(), state.word().into(), message.into(), results.into()],
        )?;
        Ok(())
    }

    /// A run.
    ///
    /// # Errors
    /// When there is none.
    pub fn run(&mut self, id: i64) -> Result<Run, StoreError> {
        run(&mut self.database, id)
    }

    /// All runs, the latest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn runs(&mut self) -> Result<Vec<Run>, StoreError> {
        let rows = self.database.query(&format!("{RUNS} ORDER BY id DESC"), &[])?;
        Ok(rows.iter().map(to_run).collect())
    }

    /// Gives a run a name; an empty one takes it away.
    ///
    /// # Errors
    /// When there is no such run or the name cannot be used.
    pub fn rename_run(&mut self, id: i64, name: &str, person: &str) -> Result<Run, StoreError> {
        let name = if name.trim().is_empty() { "" } else { usable(name)? };
        self.database.transaction(|database| {
            let known = run(database, id)?;
            let sql = "UPDATE run SET name = ?2 WHERE id = ?1";
            database.query(sql, &[id.into(), name.into()])?;
            note_run(database, person, &format!("name run `{name}`"), &known)?;
            Ok(Run { name: name.to_owned(), ..known })
        })
    }

    /// Deletes a run with its results.
    ///
    /// # Errors
    /// When there is no such run, or [`StoreError::AtWork`] when it has not ended.
    pub fn delete_run(&mut self, id: i64, person: &str) -> Result<(), StoreError> {
        self.database.transaction(|database| {
            let known = run(database, id)?;
            if !known.state.has_ended() {
                return Err(StoreError::AtWork);
            }
            note_run(database, person, "delete run", &known)?;
            database.query("DELETE FROM run WHERE id = ?1", &[id.into()])?;
            Ok(())
        })
    }

    /// Results of a run as JSON.
    ///
    /// # Errors
    /// When there is no such run or it has none.
    pub fn results(&mut self, id: i64) -> Result<String, StoreError> {
        let rows = self.database.query("SELECT results FROM run WHERE id = ?1", &[id.into()])?;
        let row = rows.first().ok_or(StoreError::Missing("run"))?;
        row.text(0).map(str::to_owned).ok_or(StoreError::Missing("result"))
    }

    pub(super) fn interrupt_runs(&mut self) -> Result<(), StoreError> {
        let sql = "UPDATE run SET state = 'interrupted', ended = {now}
             WHERE state IN ('queued', 'running')";
        self.database.query(sql, &[])?;
        Ok(())
    }
}
