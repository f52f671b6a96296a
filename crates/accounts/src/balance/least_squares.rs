//! Balancing a social accounting matrix by weighted least squares.
//!
//! | here       | symbol    | meaning                                                           |
//! |------------|-----------|-------------------------------------------------------------------|
//! | `cells`    | x, x⁰, w  | flows, what was measured of them, variances of the measurements    |
//! | `totals`   | t, t⁰, w  | the same of the total of each account                             |
//! | `nu`       | **ν**     | multipliers of the row and column constraints                     |
//!
//! min Σ (x − x⁰)² / w + Σ (t − t⁰)² / w, with every row and column of an account summing to t.
//! The solution is x = x⁰ + w (ν of the row + ν of the column): one symmetric system in **ν**, solved by conjugate
//! gradients without forming it. Cells may change their sign.
//!
//! Sources: Stone (1942) and van der Ploeg (1982) for the adjustment with variances; the test case
//! is Zenios, Drud & Mulvey (1986).

use super::blocks::{ROUNDING_OF_TOTALS, scale};
use super::gradients::conjugate_gradients;
use super::{BalanceError, Convergence, Settings, Side};
use crate::matrix::Matrix;

/// What is known of a figure, in the unit of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Estimate {
    /// Exactly known.
    Known(f64),
    /// Measured with error.
    Measured {
        /// The measured value.
        value: f64,
        /// Variance of the error, relative to the other variances; positive.
        variance: f64,
    },
    /// Only that there is such a figure.
    Unknown,
}

/// A cell that may hold a flow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeasuredCell {
    /// Receiving account.
    pub row: usize,
    /// Paying account.
    pub column: usize,
    /// What is known of the flow.
    pub estimate: Estimate,
}

/// A social accounting matrix to balance by least squares.
#[derive(Debug, Clone, PartialEq)]
pub struct LeastSquaresProblem {
    /// Cells that may hold a flow; all others are 0.
    pub cells: Vec<MeasuredCell>,
    /// What is known of the total of each account.
    pub totals: Vec<Estimate>,
}

impl LeastSquaresProblem {
    /// All cells of a table that are not zero, each with its size as variance, and unknown totals.
    ///
    /// - `table`: accounts × accounts.
    pub fn of(table: &Matrix) -> Self {
        let places = (0..table.rows()).flat_map(|i| (0..table.columns()).map(move |j| (i, j)));
        let cells = places.filter(|(i, j)| table.at(*i, *j) != 0.0).map(|(row, column)| {
            let value = table.at(row, column);
            let estimate = Estimate::Measured { value, variance: value.abs() };
            MeasuredCell { row, column, estimate }
        });
        Self { cells: cells.collect(), totals: vec![Estimate::Unknown; table.rows()] }
    }

    fn check(&self) -> Result<(), BalanceError> {
        let n = self.totals.len();
        if self.cells.iter().any(|cell| cell.row >= n || cell.column >= n) {
            return Err(BalanceError::ShapeMismatch);
        }
        let estimates = self.cells.iter().map(|cell| &cell.estimate).chain(&self.totals);
        let is_number = |estimate: &Estimate| match estimate {
            Estimate::Known(value) => value.is_finite(),
            Estimate::Measured { value, variance } => {
                value.is_finite() && variance.is_finite() && *variance > 0.0
            }
            Estimate::Unknown => true,
        };
        if estimates.into_iter().all(is_number) { Ok(()) } else { Err(BalanceError::NotFinite) }
    }
}

/// Largest deviation, relative to the largest total, that counts as rounding when it no longer falls.
const ROUNDING: f64 = 1e-12;
/// Variance of an unknown cell, relative to the largest variance; refined until it does not matter.
const UNKNOWN: f64 = 1e3;
/// Refinements before giving up.
const MOST_REFINEMENTS: usize = 100;

/// The matrix nearest to what was measured with these totals of rows and columns.
///
/// - `cells`: what is known of them, row < R, column < C; `rows`: R, `columns`: C, of one sum.
/// - returns R × C, and how it went.
///
/// The same problem as accounts: every row pays its total to one more account, which pays every column
/// its total.
///
/// # Errors
/// [`BalanceError`] as [`least_squares`]; [`BalanceError::TotalsDiffer`].
pub fn least_squares_of_totals(
    cells: &[MeasuredCell],
    rows: &[f64],
    columns: &[f64],
    settings: &Settings,
) -> Result<(Matrix, Convergence), BalanceError> {
    let (r, c) = (rows.len(), columns.len());
    if cells.iter().any(|cell| cell.row >= r || cell.column >= c) {
        return Err(BalanceError::ShapeMismatch);
    }
    let [sum, other]: [f64; 2] = [rows, columns].map(|totals| totals.iter().sum());
    if (sum - other).abs() > ROUNDING_OF_TOTALS * scale(rows, columns) {
        return Err(BalanceError::TotalsDiffer { rows: sum, columns: other });
    }
    let all = r + c;
    let moved = cells.iter().map(|cell| MeasuredCell { column: r + cell.column, ..*cell });
    let paid = rows.iter().enumerate().map(|(i, total)| MeasuredCell {
        row: all,
        column: i,
        estimate: Estimate::Known(*total),
    });
    let received = columns.iter().enumerate().map(|(j, total)| MeasuredCell {
        row: r + j,
        column: all,
        estimate: Estimate::Known(*total),
    });
    let problem = LeastSquaresProblem {
        cells: moved.chain(paid).chain(received).collect(),
        totals: vec![Estimate::Unknown; all + 1],
    };
    let (found, how) = least_squares(&problem, settings)?;
    Ok((Matrix::from_fn(r, c, |i, j| found.at(i, r + j)), how))
}

/// The balanced matrix nearest to what was measured.
///
/// - returns accounts × accounts, and how it went (`iterations` of conjugate gradients).
///
/// # Errors
/// [`BalanceError`]: known totals that contradict each other are named.
///
/// # Source
/// Stone (1942); van der Ploeg (1982). Reproduces Zenios, Drud & Mulvey (1986): see `tests`.
pub fn least_squares(
    problem: &LeastSquaresProblem,
    settings: &Settings,
) -> Result<(Matrix, Convergence), BalanceError> {
    problem.check()?;
    let mut system = System::of(problem);
    let diagonal = system.diagonal();
    let mut nu = vec![0.0; system.constraints];
    let mut how = Convergence { iterations: 0, largest_deviation: f64::INFINITY };
    for _ in 0..MOST_REFINEMENTS {
        let flows = system.flows(&nu);
        let off = system.sums(&flows);
        let worst = off.iter().fold(0.0_f64, |most, each| most.max(each.abs())) / system.scale;
        let stalled = worst >= how.largest_deviation && worst < ROUNDING;
        how.largest_deviation = worst;
        let settled = system.restart_unknown(&flows) <= ROUNDING * system.scale;
        if settled && (worst <= settings.tolerance || stalled) {
            return Ok((System::table(problem, &flows), how));
        }
        let off = system.sums(&system.flows(&nu));
        let rhs: Vec<f64> = off.iter().map(|value| -value).collect();
        let (step, iterations) =
            conjugate_gradients(|nu| system.sums(&system.responses(nu)), &diagonal, &rhs);
        how.iterations += iterations;
        nu.iter_mut().zip(step).for_each(|(nu, step)| *nu += step);
    }
    Err(contradiction(problem).unwrap_or(BalanceError::NotConverged(how)))
}

/// A flow or a total, with its signs in one or two constraints.
struct Variable {
    value: f64,
    variance: f64,
    unknown: bool,
    constraints: [(usize, f64); 2],
}

struct System {
    /// The cells, then the measured totals.
    variables: Vec<Variable>,
    constraints: usize,
    scale: f64,
}

impl System {
    /// An account of unknown total has one constraint, receipts − outlays = 0; any other has two.
    fn of(problem: &LeastSquaresProblem) -> Self {
        let n = problem.totals.len();
        let is_free = |account: usize| problem.totals[account] == Estimate::Unknown;
        let row = |account: usize| (account, 1.0);
        let column = |account: usize| {
            if is_free(account) { (account, -1.0) } else { (n + account, 1.0) }
        };
        let cells =
            problem.cells.iter().map(|cell| (cell.estimate, [row(cell.row), column(cell.column)]));
        let totals = (0..n).filter(|account| !is_free(*account));
        let totals =
            totals.map(|account| (problem.totals[account], [(account, -1.0), (n + account, -1.0)]));
        let variances = problem.cells.iter().map(|cell| variance(&cell.estimate));
        let largest_variance =
            variances.chain(problem.totals.iter().map(variance)).fold(0.0, f64::max);
        let unknown_variance =
            UNKNOWN * if largest_variance > 0.0 { largest_variance } else { 1.0 };
        let variables: Vec<Variable> = cells
            .chain(totals)
            .map(|(estimate, constraints)| Variable::of(estimate, constraints, unknown_variance))
            .collect();
        let mut size = vec![0.0; 2 * n];
        for variable in &variables {
            variable.constraints.iter().for_each(|(at, _)| size[*at] += variable.value.abs());
        }
        let scale = size.iter().fold(f64::MIN_POSITIVE, |most, each| most.max(*each));
        Self { variables, constraints: 2 * n, scale }
    }

    fn flows(&self, nu: &[f64]) -> Vec<f64> {
        let responses = self.responses(nu);
        self.variables.iter().zip(responses).map(|(each, response)| each.value + response).collect()
    }

    /// w Mᵀ ν: how each figure answers to multipliers.
    fn responses(&self, nu: &[f64]) -> Vec<f64> {
        let of = |variable: &Variable| {
            let [(a, sign_a), (b, sign_b)] = variable.constraints;
            variable.variance * (sign_a * nu[a] + sign_b * nu[b])
        };
        self.variables.iter().map(of).collect()
    }

    /// M x: what each constraint sums to.
    fn sums(&self, flows: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.constraints];
        for (variable, flow) in self.variables.iter().zip(flows) {
            variable.constraints.iter().for_each(|(at, sign)| sums[*at] += sign * flow);
        }
        sums
    }

    fn diagonal(&self) -> Vec<f64> {
        let mut diagonal = vec![0.0; self.constraints];
        for variable in &self.variables {
            let [(a, sign_a), (b, sign_b)] = variable.constraints;
            if a == b {
                diagonal[a] += variable.variance * (sign_a + sign_b).powi(2);
            } else {
                diagonal[a] += variable.variance;
                diagonal[b] += variable.variance;
            }
        }
        diagonal
    }

    /// Unknown figures start from where they are, so that in the end nothing holds them back; gives
    /// how far they moved.
    fn restart_unknown(&mut self, flows: &[f64]) -> f64 {
        let mut moved = 0.0_f64;
        for (variable, flow) in
            self.variables.iter_mut().zip(flows).filter(|(each, _)| each.unknown)
        {
            moved = moved.max((flow - variable.value).abs());
            variable.value = *flow;
        }
        moved
    }

    fn table(problem: &LeastSquaresProblem, flows: &[f64]) -> Matrix {
        let n = problem.totals.len();
        let mut table = Matrix::zeros(n, n);
        for (cell, flow) in problem.cells.iter().zip(flows) {
            *table.at_mut(cell.row, cell.column) += flow;
        }
        table
    }
}

fn variance(estimate: &Estimate) -> f64 {
    if let Estimate::Measured { variance, .. } = estimate { *variance } else { 0.0 }
}

impl Variable {
    fn of(estimate: Estimate, constraints: [(usize, f64); 2], unknown_variance: f64) -> Self {
        let (value, variance) = match estimate {
            Estimate::Known(value) => (value, 0.0),
            Estimate::Measured { value, variance } => (value, variance),
            Estimate::Unknown => (0.0, unknown_variance),
        };
        Self { value, variance, unknown: estimate == Estimate::Unknown, constraints }
    }
}

/// Rows and columns that only meet each other, with known totals of different sums.
fn contradiction(problem: &LeastSquaresProblem) -> Option<BalanceError> {
    let n = problem.totals.len();
    let total = |account: usize| match problem.totals[account] {
        Estimate::Known(value) => Some(value),
        _ => None,
    };
    // Rows are 0 … n − 1, columns n … 2n − 1; each points at a member of its component.
    let mut root: Vec<usize> = (0..2 * n).collect();
    for cell in &problem.cells {
        let (a, b) = (find(&mut root, cell.row), find(&mut root, n + cell.column));
        root[a.max(b)] = a.min(b);
    }
    let component: Vec<usize> = (0..2 * n).map(|node| find(&mut root, node)).collect();
    (0..2 * n).find_map(|of| {
        let rows: Vec<usize> = (0..n).filter(|i| component[*i] == of).collect();
        let columns: Vec<usize> = (0..n).filter(|j| component[n + j] == of).collect();
        let rows_total = rows.iter().map(|i| total(*i)).sum::<Option<f64>>()?;
        let columns_total = columns.iter().map(|j| total(*j)).sum::<Option<f64>>()?;
        let size = rows_total.abs() + columns_total.abs();
        let differ = (rows_total - columns_total).abs() > ROUNDING * size;
        let short = if rows_total > columns_total { Side::Rows } else { Side::Columns };
        differ.then_some(BalanceError::Conflict { short, rows, rows_total, columns, columns_total })
    })
}

fn find(root: &mut [usize], node: usize) -> usize {
    let mut at = node;
    while root[at] != at {
        root[at] = root[root[at]];
        at = root[at];
    }
    at
}
