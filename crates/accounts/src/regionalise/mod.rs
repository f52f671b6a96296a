//! From a national table to regions: location quotients, gravity, and the chain to full accounts.
//!
//! The chain ([`chain`]) has the shares of every region in each industry and final use, gives every
//! industry the nation's technology, sends products by a prior of trade ([`Method`]) fitted to supply
//! and demand, adds margins on routes and their supply, and returns [`crate::RegionalAccounts`].
//! [`single`] estimates the coefficients of one region alone, [`comparison`] measures how far they
//! are from an official table.
//! Not here: reading recipes (crate `formats`), the gravity rules (`crate::gravity`).

pub mod chain;
pub mod comparison;
pub(crate) mod flows;
mod groups;
mod input;
pub mod location_quotient;
mod margins;
pub mod single;
mod trade;

use std::fmt;

pub use chain::{regionalise, with_fits};
pub use groups::GroupFit;
pub use input::{Entry, FinalShares, KnownFlows, National, Observed, Regions, Transport};

use crate::balance::BalanceError;
use location_quotient::Quotient;

/// Where the prior of trade between regions comes from; all are fitted to supply and demand.
///
/// All but `Gravity` say what a region buys at home; the fit holds that as far as supply and demand
/// allow, and gravity says where the rest is from.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Method {
    /// Self-sufficiency less cross-hauling ([`crate::gravity::self_sufficiency`]).
    #[default]
    SelfSufficiency,
    /// The rule of TERM ([`crate::gravity::term_shares`]); the fit moves purchases at home too.
    Gravity,
    /// A location quotient.
    Quotient(Quotient),
    /// Cross-hauling as in the nation's foreign trade (CHARM).
    CrossHauling,
}

/// Who holds inventories of domestic products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Inventories {
    /// Regions in proportion to all other uses of the product; they are traded as other uses are.
    #[default]
    Users,
    /// The industries that make the product, where they make it; they never reach the market (TERM).
    Producers,
}

/// What the chain can do in more than one way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choices {
    /// Prior of trade.
    pub method: Method,
    /// Inventories.
    pub inventories: Inventories,
}

impl Choices {
    /// A prior of trade, and the default of everything else.
    pub fn of(method: Method) -> Self {
        Self { method, inventories: Inventories::Users }
    }
}

/// Why a national table cannot be regionalised.
#[derive(Debug, Clone, PartialEq)]
pub enum RegionaliseError {
    /// A table has another shape than the lists of labels.
    Shape {
        /// Which table.
        what: String,
    },
    /// A number is not finite, or negative where it must not be.
    Value {
        /// Which number.
        what: String,
        /// Its value.
        value: f64,
    },
    /// Shares over regions do not sum to one.
    Shares {
        /// Of what.
        what: String,
        /// Their sum.
        sum: f64,
    },
    /// Nationally, more or less is sold than made.
    Unbalanced {
        /// Product.
        product: String,
        /// Made.
        supply: f64,
        /// Used.
        demand: f64,
    },
    /// Margins on long ways change output, and so how far products travel, without end.
    Unsettled {
        /// Largest change of an average distance in the last round, relative to the distance.
        change: f64,
    },
    /// A balancing failed.
    Balance {
        /// What was balanced.
        what: String,
        /// Why, with the lines by name.
        why: String,
    },
}

impl RegionaliseError {
    /// A balancing that failed, its lines by name.
    fn balance(what: String, error: &BalanceError, rows: &[String], columns: &[String]) -> Self {
        Self::Balance { what, why: error.explain(rows, columns) }
    }

    /// The way out.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Shape { .. } => {
                "every list and table names the same industries, products and regions"
            }
            Self::Value { .. } => {
                "look at the number named; it follows from output, uses and margins"
            }
            Self::Shares { .. } => "shares of all regions sum to one",
            Self::Unbalanced { .. } => {
                "what a nation makes and uses of a product must agree to 1e-6; `balance = \"gras\"` under \
                 `[national]` fits uses to output"
            }
            Self::Unsettled { .. } => "use margins that rise less with distance",
            Self::Balance { .. } => {
                "totals conflict: look at supply and demand of the lines named, and at known flows"
            }
        }
    }
}

impl fmt::Display for RegionaliseError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape { what } => write!(out, "{what} has another shape than its labels"),
            Self::Value { what, value } => write!(out, "{what} is {value}"),
            Self::Shares { what, sum } => write!(out, "{what}: the shares sum to {sum}, not to 1"),
            Self::Unbalanced { product, supply, demand } => {
                write!(out, "the nation makes {supply} of `{product}` and uses {demand}")
            }
            Self::Unsettled { change } => {
                write!(out, "distances travelled still change by {change:.1e} of their size")
            }
            Self::Balance { what, why } => write!(out, "{what}: {why}"),
        }
    }
}

impl std::error::Error for RegionaliseError {}
