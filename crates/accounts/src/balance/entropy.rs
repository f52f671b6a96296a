//! Balancing a social accounting matrix by cross-entropy.
//!
//! | here      | symbol   | meaning                                                             |
//! |-----------|----------|---------------------------------------------------------------------|
//! | `prior`   | Ā        | coefficients: cells over the total of their column                   |
//! | `share`   | A        | coefficients of the balanced matrix; each column sums to 1           |
//! | `total`   | X        | totals of accounts: expected X̄ plus an error                         |
//! | `weights` | W        | weights of the five values −3σ, −σ, 0, σ, 3σ the error may take      |
//! | `eta`     | **η**    | multiplier of a cell: of its row, and of the aggregates it is part of |
//!
//! min Σ A ln(A / Ā) + Σ W ln(W / W̄), with the rows of A X̂ summing to X. For given **η** the
//! coefficients are A ∝ Ā exp(η X), and each total solves one equation, so that only the multipliers
//! are unknown; Newton's method finds them, its symmetric system solved by conjugate gradients.
//! Prior weights W̄ are those of a normal error (1, 27, 16, 27, 1) / 72.
//!
//! Negative cells: with errors of totals, a negative cell is a payment the other way round and is
//! balanced in the mirrored cell; both keep their proportion. With known totals, it is kept.
//!
//! Source: Robinson, Cattaneo & El-Said (2001), Economic Systems Research 13(1); prior weights and
//! mirrored cells as in their program of November 2000.

use super::circulation::one_way_cells;
use super::entropy_system::{System, mirrored_amounts};
use super::{BalanceError, Convergence, Settings};
use crate::matrix::Matrix;

/// What is known of the totals.
#[derive(Debug, Clone, PartialEq)]
pub enum KnownTotals {
    /// Totals of rows and columns without error.
    Exactly {
        /// Row totals.
        rows: Vec<f64>,
        /// Column totals.
        columns: Vec<f64>,
    },
    /// Receipts and outlays of an account are equal, and their total is expected with an error.
    WithError {
        /// Expected totals of accounts.
        expected: Vec<f64>,
        /// Their standard errors, in the same unit.
        standard_error: Vec<f64>,
    },
}

/// A sum of cells, such as gross domestic product, that is known with an error.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// Row and column of each cell, and its coefficient in the sum.
    pub cells: Vec<(usize, usize, f64)>,
    /// Expected value of the sum.
    pub expected: f64,
    /// Its standard error; 0 when it is known exactly.
    pub standard_error: f64,
}

/// What must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct EntropyProblem {
    /// Totals of accounts.
    pub totals: KnownTotals,
    /// Sums of cells; may be empty.
    pub aggregates: Vec<Aggregate>,
}

impl EntropyProblem {
    /// Totals expected at the mean of receipts and outlays of `table`, each with the standard error
    /// `relative_error` (0.05 for 5 %) of it.
    pub fn of(table: &Matrix, relative_error: f64) -> Self {
        let pairs = table.row_sums().into_iter().zip(table.column_sums());
        let expected: Vec<f64> = pairs.map(|(row, column)| 0.5 * (row + column)).collect();
        let mirrored = mirrored_amounts(table);
        let gross = expected.iter().zip(&mirrored).map(|(net, more)| net + more);
        let standard_error = gross.map(|gross| relative_error * gross).collect();
        Self { totals: KnownTotals::WithError { expected, standard_error }, aggregates: vec![] }
    }
}

/// Steps of Newton's method before giving up.
const MOST_STEPS: usize = 200;
/// Largest relative deviation of a solution that is rounding and nothing else.
const ROUNDING: f64 = 1e-12;
/// The balanced matrix of least cross-entropy against `prior`.
///
/// - `prior`: accounts × accounts (any m × n with exactly known totals).
/// - returns the balanced matrix and how it went (`iterations` are steps of Newton's method).
///
/// # Errors
/// [`BalanceError`]: totals that contradict the zeros of the prior, or cells that receipts =
/// outlays forces to 0, are named.
///
/// # Source
/// Robinson, Cattaneo & El-Said (2001): see `tests` for their macro SAM of Mozambique.
pub fn cross_entropy(
    prior: &Matrix,
    problem: &EntropyProblem,
    settings: &Settings,
) -> Result<(Matrix, Convergence), BalanceError> {
    check(prior, problem)?;
    let system = System::of(prior, problem);
    let mut multipliers = vec![0.0; system.unknowns()];
    let mut at = system.evaluate(&multipliers);
    let mut how = Convergence { iterations: 0, largest_deviation: at.deviation(&system) };
    while how.iterations < settings.max_iterations.min(MOST_STEPS) {
        if how.largest_deviation <= settings.tolerance {
            break;
        }
        let Some((better, then)) = system.step(&multipliers, &at) else { break };
        how.iterations += 1;
        (multipliers, at) = (better, then);
        how.largest_deviation = at.deviation(&system);
    }
    if how.largest_deviation <= settings.tolerance.max(ROUNDING) {
        return Ok((system.table(prior, &at), how));
    }
    Err(system.conflict(prior).unwrap_or(BalanceError::NotConverged(how)))
}

fn check(prior: &Matrix, problem: &EntropyProblem) -> Result<(), BalanceError> {
    let (m, n) = (prior.rows(), prior.columns());
    let (fits, finite) = match &problem.totals {
        KnownTotals::Exactly { rows, columns } => (
            rows.len() == m && columns.len() == n,
            rows.iter().chain(columns).all(|value| value.is_finite()),
        ),
        KnownTotals::WithError { expected, standard_error } => (
            m == n && expected.len() == n && standard_error.len() == n,
            expected.iter().all(|value| value.is_finite())
                && standard_error.iter().all(|value| value.is_finite() && *value >= 0.0),
        ),
    };
    let cells = problem.aggregates.iter().flat_map(|aggregate| &aggregate.cells);
    if !fits || cells.into_iter().any(|(i, j, _)| *i >= m || *j >= n) {
        return Err(BalanceError::ShapeMismatch);
    }
    if !finite || !prior.values().iter().all(|cell| cell.is_finite()) {
        return Err(BalanceError::NotFinite);
    }
    match &problem.totals {
        KnownTotals::Exactly { rows, columns } => same_sum(rows, columns),
        KnownTotals::WithError { .. } => match one_way_cells(prior) {
            cells if cells.is_empty() => Ok(()),
            cells => Err(BalanceError::OneWay(cells)),
        },
    }
}

fn same_sum(rows: &[f64], columns: &[f64]) -> Result<(), BalanceError> {
    let (row_total, column_total): (f64, f64) = (rows.iter().sum(), columns.iter().sum());
    let size: f64 = rows.iter().chain(columns).map(|value| value.abs()).sum();
    if (row_total - column_total).abs() <= ROUNDING * size {
        return Ok(());
    }
    Err(BalanceError::TotalsDiffer { rows: row_total, columns: column_total })
}
