//! Logging in: tokens, the cookie that carries one, and attempts that are slowed down.
//!
//! After [`ATTEMPTS`] wrong passwords a name is refused for [`PAUSE`], right password or not; one
//! password is compared at a time, so that guessing cannot take the machine's memory.
//! Not here: hashes and sessions (`store::people`), who may do what (`guard`).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, header};
use tokio::sync::Semaphore;

/// Wrong passwords of one name before it has to wait.
const ATTEMPTS: u32 = 5;
/// How long it waits.
const PAUSE: Duration = Duration::from_mins(1);
/// Names that are remembered.
const MOST_NAMES: usize = 10_000;

/// Wrong passwords by name, with the time of the last one.
#[derive(Debug)]
pub(crate) struct Attempts {
    wrong: Mutex<BTreeMap<String, (u32, Instant)>>,
    /// Leave to compare a password.
    pub(crate) turn: Semaphore,
}

impl Default for Attempts {
    fn default() -> Self {
        Self { wrong: Mutex::default(), turn: Semaphore::new(1) }
    }
}

impl Attempts {
    fn wrong(&self) -> MutexGuard<'_, BTreeMap<String, (u32, Instant)>> {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a name may try now.
    pub(crate) fn may(&self, name: &str) -> bool {
        let mut wrong = self.wrong();
        wrong.retain(|_, (_, last)| last.elapsed() < PAUSE);
        let full = wrong.len() >= MOST_NAMES && !wrong.contains_key(name);
        !full && wrong.get(name).is_none_or(|(count, _)| *count < ATTEMPTS)
    }

    /// Notes how an attempt ended.
    pub(crate) fn ended(&self, name: &str, right: bool) {
        let mut wrong = self.wrong();
        if right {
            wrong.remove(name);
        } else {
            let known = wrong.entry(name.to_owned()).or_insert((0, Instant::now()));
            *known = (known.0 + 1, Instant::now());
        }
    }
}

/// Bytes as digits of base 16.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A text that nobody can guess.
pub(crate) fn token() -> std::io::Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(hexadecimal(&bytes))
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let pairs =
        lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value.to_owned());
    found.next()
}

/// The header that sets a cookie until the browser is closed; an empty token takes it away.
pub(crate) fn set_cookie(name: &str, token: &str, encrypted: bool) -> String {
    let secure = if encrypted { "; Secure" } else { "" };
    let end = if token.is_empty() { "; Max-Age=0" } else { "" };
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{end}")
}
