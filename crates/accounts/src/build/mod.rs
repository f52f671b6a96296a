//! Regional accounts built from published figures.
//!
//! The steps, each a module: national table in our users ([`national`]), the province ([`province`]),
//! industries in the regions ([`cities`]), owners ([`owners`]), uses by region ([`uses`]), duties
//! ([`duty`]), margin rates ([`margins`]), trade ([`trade`]), labour and investment ([`labour`]),
//! comparison with what was published ([`report`]). Everything is deterministic.
//! Not here: reading figures (crate `formats`), checking the result (`crate::identity`).

mod abroad;
mod assemble;
mod cities;
mod duty;
pub mod input;
mod labour;
mod margins;
mod national;
mod owners;
mod province;
mod report;
mod trade;
mod uses;

use std::fmt;

pub use input::Input;

use crate::balance::{BalanceError, Convergence};
use crate::regional::RegionalAccounts;
use crate::regionalise::RegionaliseError;

/// A built total against the published one.
#[derive(Debug, Clone, PartialEq)]
pub struct TotalRow {
    /// What, e.g. `Gross regional product, Dalian`.
    pub item: String,
    /// Unit.
    pub unit: String,
    /// Published (or assumed, where the note says so).
    pub published: f64,
    /// Built.
    pub built: f64,
    /// Remark.
    pub note: String,
}

/// A change that the build makes to a figure or a ratio, with its size.
#[derive(Debug, Clone, PartialEq)]
pub struct Adjustment {
    /// What is changed.
    pub item: String,
    /// Size.
    pub value: f64,
    /// Unit of the size.
    pub unit: String,
    /// Why.
    pub note: String,
}

/// How one balancing went.
#[derive(Debug, Clone, PartialEq)]
pub struct BalanceRow {
    /// What was balanced.
    pub item: String,
    /// How it went.
    pub convergence: Convergence,
}

/// What the build did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BuildReport {
    /// Published against built.
    pub totals: Vec<TotalRow>,
    /// Changes made.
    pub adjustments: Vec<Adjustment>,
    /// Balancings.
    pub balances: Vec<BalanceRow>,
}

impl BuildReport {
    fn adjust(&mut self, item: impl Into<String>, value: f64, unit: &str, note: impl Into<String>) {
        self.adjustments.push(Adjustment {
            item: item.into(),
            value,
            unit: unit.to_owned(),
            note: note.into(),
        });
    }

    fn balanced(&mut self, item: impl Into<String>, convergence: Convergence) {
        self.balances.push(BalanceRow { item: item.into(), convergence });
    }
}

/// Why accounts cannot be built.
#[derive(Debug, Clone, PartialEq)]
pub enum BuildError {
    /// A balancing failed.
    Balance {
        /// What was balanced.
        what: String,
        /// Why.
        error: BalanceError,
    },
    /// Flows between regions cannot be found.
    Trade(RegionaliseError),
    /// The scaled value added of an industry leaves no room for purchases.
    ValueAddedTooLarge {
        /// The industry.
        industry: String,
        /// Value added per output.
        ratio: f64,
    },
    /// A value that must not be negative is.
    Negative {
        /// What.
        what: String,
        /// Value.
        value: f64,
    },
    /// A total cannot be reached.
    OutOfReach {
        /// What.
        what: String,
        /// Wanted.
        wanted: f64,
        /// Largest possible.
        possible: f64,
    },
}

impl fmt::Display for BuildError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Balance { what, error } => write!(out, "{what}: {error}"),
            Self::Trade(error) => error.fmt(out),
            Self::ValueAddedTooLarge { industry, ratio } => {
                write!(out, "value added of `{industry}` would be {ratio:.3} of its output")
            }
            Self::Negative { what, value } => write!(out, "{what} would be {value}"),
            Self::OutOfReach { what, wanted, possible } => {
                write!(out, "{what}: {wanted} wanted, at most {possible} possible")
            }
        }
    }
}

impl std::error::Error for BuildError {}

/// Builds the accounts.
///
/// # Errors
/// [`BuildError`] names the figure that does not fit.
pub fn build(input: &Input) -> Result<(RegionalAccounts, BuildReport), BuildError> {
    let mut report = BuildReport::default();
    let nation = national::national(input, &mut report)?;
    let home = province::province(input, &nation, &mut report)?;
    let rest = province::rest(input, &nation, &home)?;
    let value_added = cities::value_added(input, &home, &mut report)?;
    let mut firms = owners::firms(input, &home, &rest, &value_added, &mut report)?;
    let mut uses = uses::uses(input, &home, &rest, &firms);
    duty::make_duties_explicit(input, &mut uses, &mut firms, &mut report);
    let rates = margins::rates(input, &mut uses, &mut report);
    let flows = trade::trade(input, &uses, &firms, &rates, &mut report)?;
    let accounts = assemble::accounts(input, &firms, &uses, &rates, &flows, &mut report);
    report::compare(input, &nation, &accounts, &mut report);
    Ok((accounts, report))
}

/// Attaches what was balanced to a failure.
fn balancing(what: impl Into<String>) -> impl FnOnce(BalanceError) -> BuildError {
    move |error| BuildError::Balance { what: what.into(), error }
}
