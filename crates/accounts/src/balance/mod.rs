//! Fitting a prior table to what must hold: totals of rows, columns and blocks, or receipts = outlays.
//!
//! | function                          | cells                | what must hold                         |
//! |-----------------------------------|----------------------|----------------------------------------|
//! | [`ras`], [`multipliers`]          | any sign (RAS, GRAS) | totals of rows and columns             |
//! | [`fit_with_blocks`]               | any sign (MR-GRAS)   | rows, columns, blocks of cells         |
//! | [`fit_accounts`]                  | any sign             | receipts = outlays                     |
//! | [`cross_entropy`]                 | any sign             | totals, known or with a standard error |
//! | [`least_squares`]                 | any sign             | receipts = outlays; totals if known    |
//! | [`least_squares_of_totals`]       | any sign             | totals of rows and columns             |
//! | [`three_way_fit`]                 | not negative         | three two-way totals                   |
//!
//! A zero of the prior stays zero in every method. All sums have one order, whatever the number of
//! threads. Deviations are relative to the largest wanted total.
//! What cannot be met is explained: [`BalanceError`] names the lines whose totals conflict.
//! Not here: priors for trade (`crate::gravity`).

mod acceleration;
mod blocks;
mod circulation;
mod entropy;
mod entropy_system;
mod error;
mod flow;
mod gradients;
mod kernel;
mod least_squares;
mod multipliers;
mod report;
mod scaling;
mod sparse;
mod three_way;

pub use blocks::Blocks;
pub use circulation::{fit_accounts, one_way_cells};
pub use entropy::{Aggregate, EntropyProblem, KnownTotals, cross_entropy};
pub use error::{BalanceError, Side};
pub use flow::{conflict, forced_to_zero};
pub use least_squares::{
    Estimate, LeastSquaresProblem, MeasuredCell, least_squares, least_squares_of_totals,
};
pub use multipliers::Multipliers;
pub use report::{Change, Distance, Gap, changed_signs, distance, gaps, largest_changes};
pub use scaling::{fit_with_blocks, multipliers, ras};
pub use three_way::{ThreeWayTotals, three_way_fit};

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Largest deviation of a total, relative to the largest wanted total.
    pub tolerance: f64,
    /// Rounds before giving up.
    pub max_iterations: usize,
}

impl Default for Settings {
    /// Close to machine precision, so that accounting identities hold to 1e-12.
    fn default() -> Self {
        Self { tolerance: 2e-15, max_iterations: 100_000 }
    }
}

/// How a balancing went.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Convergence {
    /// Rounds: passes over the prior (RAS, GRAS), or steps of Newton's method or of refinement.
    pub iterations: usize,
    /// Largest deviation of a total from what is wanted, relative to the largest wanted total; in
    /// `ras` and `fit_with_blocks` summed up from the balanced table.
    pub largest_deviation: f64,
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most, each| f64::max(most, each.abs()))
}
