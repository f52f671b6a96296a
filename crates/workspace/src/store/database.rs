//! One SQL for two databases: a file of `SQLite`, or a `PostgreSQL` server.
//!
//! Statements are written once, in what both understand. Three things differ and are translated
//! here: parameters (`?1`, `$1`), the time (`{now}`, `{later}`), and the words of a table's layout
//! ([`as_postgres`]). A transaction is a function: it is begun anew when the server says that another
//! process changed the same rows.
//! Not here: what is asked (`store` and its other rooms).

use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::error::SqlState;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode};

use super::{Place, StoreError};

/// `{now}` and `{later}`, when a session that begins now ends: UTC to the millisecond, as every table
/// keeps it.
const SQLITE_TIMES: [(&str, &str); 2] = [
    ("{now}", "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"),
    ("{later}", "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+12 hours')"),
];
const POSTGRES_TIMES: [(&str, &str); 2] = [
    ("{now}", "to_char(clock_timestamp() AT TIME ZONE 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"),
    (
        "{later}",
        "to_char((clock_timestamp() + interval '12 hours') AT TIME ZONE 'utc',
             'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
    ),
];
/// Lock of the server held by the process that serves a store.
const SERVES: i64 = 0x4952_4f4e;
/// Lock held while the layout is brought up to date.
const MIGRATES: i64 = SERVES + 1;
/// Times that a transaction is begun anew.
const ATTEMPTS: usize = 5;
/// Patience with a server that does not answer when it is connected to.
const PATIENCE: Duration = Duration::from_secs(10);

/// A value of a cell or of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Whole(i64),
    Text(String),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Whole(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Whole(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
        }))
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut bytes::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Whole(value) => value.to_sql(kind, out),
            Self::Text(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::TEXT)
    }

    to_sql_checked!();
}

/// A row of an answer.
#[derive(Debug)]
pub(super) struct Row(Vec<Value>);

impl Row {
    pub(super) fn whole(&self, at: usize) -> Option<i64> {
        match self.0[at] {
            Value::Whole(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn text(&self, at: usize) -> Option<&str> {
        match &self.0[at] {
            Value::Text(value) => Some(value),
            _ => None,
        }
    }

    /// A whole number of a column that is never empty.
    pub(super) fn number(&self, at: usize) -> i64 {
        self.whole(at).unwrap_or_default()
    }

    /// A text of a column that is never empty.
    pub(super) fn string(&self, at: usize) -> String {
        self.text(at).unwrap_or_default().to_owned()
    }
}

/// A connection to a database.
#[derive(Debug)]
pub(super) struct Database {
    engine: Engine,
    /// Whether a transaction is open.
    open: bool,
}

enum Engine {
    File(Connection),
    Server(Box<Server>),
}

struct Server {
    config: postgres::Config,
    client: postgres::Client,
    /// Whether it holds the lock of the process that serves.
    serves: bool,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::File(_) => "File",
            Self::Server(_) => "Server", // its settings hold a password
        })
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse,
            Some(ErrorCode::ConstraintViolation) => Self::Taken,
            _ => Self::Database(error.to_string()),
        }
    }
}

impl From<postgres::Error> for StoreError {
    fn from(error: postgres::Error) -> Self {
        match error.code() {
            Some(&SqlState::UNIQUE_VIOLATION) => return Self::Taken,
            Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED) => {
                return Self::InUse;
            }
            _ => {}
        }
        let cause = std::error::Error::source(&error);
        Self::Database(cause.map_or_else(|| error.to_string(), |why| format!("{error}: {why}")))
    }
}

impl Database {
    pub(super) fn connect(place: &Place) -> Result<Self, StoreError> {
        let engine = match place {
            Place::Memory => Engine::File(prepared(Connection::open_in_memory()?)?),
            Place::File(path) => {
                own(path).map_err(|error| StoreError::Database(error.to_string()))?;
                Engine::File(prepared(Connection::open(path)?)?)
            }
            Place::Server(address) => {
                let config = settings(address)?;
                let client = config.connect(postgres::NoTls)?;
                Engine::Server(Box::new(Server { config, client, serves: false }))
            }
        };
        Ok(Self { engine, open: false })
    }

    /// Steps of the layout that were taken.
    pub(super) fn layout(&mut self) -> Result<i64, StoreError> {
        match &self.engine {
            Engine::File(connection) => {
                Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
            }
            Engine::Server(_) => {
                self.batch(&format!("SELECT pg_advisory_xact_lock({MIGRATES})"))?;
                self.batch("CREATE TABLE IF NOT EXISTS layout (steps BIGINT NOT NULL)")?;
                let steps = self.query("SELECT coalesce(max(steps), 0) FROM layout", &[])?;
                Ok(steps[0].number(0))
            }
        }
    }

    /// Takes a step of the layout, written in the words of `SQLite`.
    pub(super) fn step(&mut self, sql: &str, number: i64) -> Result<(), StoreError> {
        if let Engine::File(connection) = &self.engine {
            connection.execute_batch(sql)?;
            return Ok(connection.pragma_update(None, "user_version", number)?);
        }
        self.batch(&as_postgres(sql))?;
        self.query("INSERT INTO layout (steps) VALUES (?1)", &[number.into()])?;
        Ok(())
    }

    /// Makes this process the one that serves the store.
    pub(super) fn claim(&mut self) -> Result<(), StoreError> {
        match &mut self.engine {
            Engine::File(_) => Ok(()), // opened for this process alone
            Engine::Server(server) => server.claim(),
        }
    }

    /// What the database says of itself: `ok` or what is broken.
    pub(super) fn integrity(&mut self) -> Result<String, StoreError> {
        let sql = match &self.engine {
            Engine::File(_) => "PRAGMA integrity_check",
            Engine::Server(_) => "SELECT 'ok'",
        };
        Ok(self.query(sql, &[])?[0].string(0))
    }

    /// Rows that a statement gives.
    pub(super) fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        if values.iter().any(|value| matches!(value, Value::Text(text) if text.contains('\0'))) {
            return Err(StoreError::Nul);
        }
        match &mut self.engine {
            Engine::File(connection) => {
                let mut statement = connection.prepare(&timed(sql, SQLITE_TIMES))?;
                let width = statement.column_count();
                let mut rows = statement.query(rusqlite::params_from_iter(values))?;
                let mut found = Vec::new();
                while let Some(row) = rows.next()? {
                    let cells = (0..width).map(|at| match row.get_ref(at)? {
                        ValueRef::Integer(value) => Ok(Value::Whole(value)),
                        ValueRef::Text(value) => {
                            Ok(Value::Text(String::from_utf8_lossy(value).into_owned()))
                        }
                        _ => Ok(Value::Null),
                    });
                    found.push(Row(cells.collect::<rusqlite::Result<_>>()?));
                }
                Ok(found)
            }
            Engine::Server(server) => {
                if !self.open {
                    server.connect_again()?;
                }
                let sql = timed(sql, POSTGRES_TIMES).replace('?', "$");
                let values: Vec<&(dyn ToSql + Sync)> =
                    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
                let rows = server.client.query(sql.as_str(), &values)?;
                rows.iter().map(from_postgres).collect()
            }
        }
    }

    /// Does some work as a whole or not at all.
    pub(super) fn transaction<T>(
        &mut self,
        mut work: impl FnMut(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self.attempt(&mut work) {
                Err(StoreError::InUse)
                    if matches!(self.engine, Engine::Server(_)) && attempt < ATTEMPTS => {}
                ended => return ended,
            }
        }
    }

    fn attempt<T>(
        &mut self,
        work: &mut impl FnMut(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.open {
            let _ = self.end("ROLLBACK"); // of work that panicked
        }
        let begin = match &mut self.engine {
            Engine::File(_) => "BEGIN IMMEDIATE",
            Engine::Server(server) => {
                server.connect_again()?;
                "BEGIN ISOLATION LEVEL SERIALIZABLE"
            }
        };
        self.batch(begin)?;
        self.open = true;
        match work(self) {
            Ok(made) => self.end("COMMIT").map(|()| made),
            Err(error) => {
                let _ = self.end("ROLLBACK");
                Err(error)
            }
        }
    }

    fn end(&mut self, sql: &str) -> Result<(), StoreError> {
        self.open = false;
        self.batch(sql)
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        match &mut self.engine {
            Engine::File(connection) => Ok(connection.execute_batch(sql)?),
            Engine::Server(server) => Ok(server.client.batch_execute(sql)?),
        }
    }
}

impl Server {
    fn claim(&mut self) -> Result<(), StoreError> {
        let got = self.client.query_one("SELECT pg_try_advisory_lock($1)", &[&SERVES])?;
        if !got.get::<_, bool>(0) {
            return Err(StoreError::InUse);
        }
        self.serves = true;
        Ok(())
    }

    /// A new connection where the server has closed the last one, e.g. when it was started anew.
    fn connect_again(&mut self) -> Result<(), StoreError> {
        // Whether it is closed is known only after it was asked something.
        if self.client.is_valid(PATIENCE).is_ok() {
            return Ok(());
        }
        self.client = self.config.connect(postgres::NoTls)?;
        if self.serves { self.claim() } else { Ok(()) }
    }
}

fn timed(sql: &str, times: [(&str, &str); 2]) -> String {
    times.iter().fold(sql.to_owned(), |sql, (name, time)| sql.replace(name, time))
}

fn prepared(connection: Connection) -> Result<Connection, StoreError> {
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

/// Makes the file, for its owner alone; what `SQLite` writes beside it has the same rights.
#[cfg(unix)]
fn own(path: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(|_| ()),
    }
}

#[cfg(not(unix))]
fn own(_: &std::path::Path) -> std::io::Result<()> {
    Ok(()) // rights are those of the folder
}

/// Settings of a connection; one that would send passwords openly over a network is refused.
fn settings(address: &str) -> Result<postgres::Config, StoreError> {
    let mut config: postgres::Config =
        address.parse().map_err(|error: postgres::Error| StoreError::Address(error.to_string()))?;
    let near = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    let refused = |why: &str| Err(StoreError::Address(why.to_owned()));
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return refused("it names no host");
    }
    let addresses = config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback);
    if !(config.get_hosts().iter().all(near) && addresses)
        && config.get_ssl_mode() != SslMode::Disable
    {
        return refused("the connection to another machine would not be encrypted");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(PATIENCE);
    }
    config.application_name("ironbelt");
    Ok(config)
}

/// The layout of tables in the words of `PostgreSQL`.
fn as_postgres(sql: &str) -> String {
    sql.replace("INTEGER PRIMARY KEY", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
        .replace(" INTEGER", " BIGINT")
        .replace(" STRICT;", ";")
        .replace(" REFERENCES version (id)", "") // a table made later
}

fn from_postgres(row: &postgres::Row) -> Result<Row, StoreError> {
    let cells = row.columns().iter().enumerate().map(|(at, column)| {
        let value = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(at)?.map(Value::Whole),
            Type::INT4 => row.try_get::<_, Option<i32>>(at)?.map(|x| Value::Whole(x.into())),
            _ => row.try_get::<_, Option<String>>(at)?.map(Value::Text),
        };
        Ok(value.unwrap_or(Value::Null))
    });
    cells.collect::<Result<_, postgres::Error>>().map(Row).map_err(StoreError::from)
}
