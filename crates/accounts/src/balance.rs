//! Fitting a prior to known totals: RAS, GRAS and three-way iterative proportional fitting.
//!
//! | here      | symbol | meaning                                        |
//! |-----------|--------|------------------------------------------------|
//! | `prior`   | **A**  | cells before balancing; zeros stay zero        |
//! | `rows`    | **u**  | wanted row totals                              |
//! | `columns` | **v**  | wanted column totals                           |
//! | result    | r̂Aŝ    | positive cells; negative cells are r̂⁻¹Aŝ⁻¹     |
//!
//! Sources: RAS as in Miller & Blair (2009), ch. 7; the variant for negative cells (GRAS) follows
//! Junius & Oosterhaven (2003). Tolerances are relative to the largest wanted total.
//! Not here: priors for trade (`crate::gravity`).

use std::fmt;

use crate::matrix::Matrix;

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
    /// Rounds.
    pub iterations: usize,
    /// Largest deviation of a total, relative to the largest wanted total.
    pub largest_deviation: f64,
}

/// Why a prior cannot be balanced.
#[derive(Debug, Clone, PartialEq)]
pub enum BalanceError {
    /// The totals do not have the shape of the prior.
    ShapeMismatch,
    /// A total or a cell is NaN or infinite.
    NotFinite,
    /// Row totals and column totals do not have the same sum.
    TotalsDiffer {
        /// Sum of the row totals.
        rows: f64,
        /// Sum of the column totals.
        columns: f64,
    },
    /// These rows need more than the only columns they have cells in can take.
    Conflict {
        /// The rows.
        rows: Vec<usize>,
        /// Sum of their totals.
        rows_total: f64,
        /// All columns in which these rows have a cell.
        columns: Vec<usize>,
        /// Sum of their totals.
        columns_total: f64,
    },
    /// The iteration limit was reached.
    NotConverged(Convergence),
}

impl fmt::Display for BalanceError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShapeMismatch => write!(out, "the totals do not have the shape of the prior"),
            Self::NotFinite => write!(out, "a cell or a total is not a finite number"),
            Self::TotalsDiffer { rows, columns } => {
                write!(out, "row totals sum to {rows}, column totals to {columns}")
            }
            Self::Conflict { rows, rows_total, columns, columns_total } => write!(
                out,
                "rows {rows:?} need {rows_total}, but only have cells in columns {columns:?}, which take {columns_total}"
            ),
            Self::NotConverged(how) => write!(
                out,
                "not balanced after {} rounds, largest deviation {:e}",
                how.iterations, how.largest_deviation
            ),
        }
    }
}

impl std::error::Error for BalanceError {}

/// Relative difference of the sums of row and column totals that is scaled away silently.
const ROUNDING_OF_TOTALS: f64 = 1e-9;

/// Bi-proportional fit of `prior` to `rows` and `columns`; cells may be negative (GRAS).
///
/// - `prior`: m × n; `rows`: m; `columns`: n, in the unit of the prior.
/// - returns the balanced matrix and how the iteration went. Columns are exact, rows within the
///   tolerance.
///
/// # Errors
/// [`BalanceError`]; totals that contradict the zeros of the prior are named.
///
/// # Source
/// Miller & Blair (2009), ch. 7; Junius & Oosterhaven (2003) for negative cells: see `tests`.
pub fn ras(
    prior: &Matrix,
    rows: &[f64],
    columns: &[f64],
    settings: &Settings,
) -> Result<(Matrix, Convergence), BalanceError> {
    let columns = &checked_totals(prior, rows, columns)?;
    let scale = largest(rows).max(largest(columns)).max(f64::MIN_POSITIVE);
    let mut factors = Factors { r: vec![1.0; rows.len()], s: vec![1.0; columns.len()] };
    let mut how = Convergence::default();
    let mut before = f64::INFINITY;
    while how.iterations < settings.max_iterations && !factors.diverge() {
        how.iterations += 1;
        factors.round(prior, rows, columns);
        let fitted = factors.apply(prior);
        how.largest_deviation = deviation(&fitted, rows, columns) / scale;
        let stalled = how.iterations.is_multiple_of(ROUNDS_TO_A_STALL)
            && std::mem::replace(&mut before, how.largest_deviation) <= how.largest_deviation;
        let rounding_only = stalled && how.largest_deviation < ROUNDING_OF_A_FIT;
        if how.largest_deviation <= settings.tolerance || rounding_only {
            return Ok((fitted, how));
        }
    }
    let fitted = factors.apply(prior);
    Err(conflict(prior, &fitted, rows, columns).unwrap_or(BalanceError::NotConverged(how)))
}

/// Rounds after which a fit that no longer improves has stalled.
const ROUNDS_TO_A_STALL: usize = 50;
/// Largest relative deviation of a stalled fit that is rounding and nothing else.
const ROUNDING_OF_A_FIT: f64 = 1e-12;
/// A multiplier beyond this only grows because totals contradict each other.
const LARGEST_MULTIPLIER: f64 = 1e100;

/// Row multipliers **r** and column multipliers **s**.
struct Factors {
    r: Vec<f64>,
    s: Vec<f64>,
}

impl Factors {
    fn round(&mut self, prior: &Matrix, rows: &[f64], columns: &[f64]) {
        for (i, total) in rows.iter().enumerate() {
            let line = self.s.iter().enumerate().map(|(j, s)| (prior.at(i, j), *s));
            self.r[i] = multiplier(*total, line);
        }
        for (j, total) in columns.iter().enumerate() {
            let line = self.r.iter().enumerate().map(|(i, r)| (prior.at(i, j), *r));
            self.s[j] = multiplier(*total, line);
        }
    }

    fn apply(&self, prior: &Matrix) -> Matrix {
        let cell = |i: usize, j: usize| scaled(prior.at(i, j), self.r[i] * self.s[j]);
        Matrix::from_fn(self.r.len(), self.s.len(), cell)
    }

    fn diverge(&self) -> bool {
        self.r.iter().chain(&self.s).any(|factor| factor.abs() > LARGEST_MULTIPLIER)
    }
}

/// The factor that takes a line of cells, each already scaled by the other factor, to `total`.
fn multiplier(total: f64, line: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (mut positive, mut negative) = (0.0, 0.0);
    for (cell, other) in line {
        if cell > 0.0 {
            positive += cell * other;
        } else if cell < 0.0 && other != 0.0 {
            negative -= cell / other;
        }
    }
    if negative == 0.0 {
        return if positive > 0.0 { total / positive } else { 1.0 };
    }
    if positive == 0.0 {
        return if total < 0.0 { -negative / total } else { 1.0 };
    }
    (total + (total * total + 4.0 * positive * negative).sqrt()) / (2.0 * positive)
}

fn scaled(cell: f64, factor: f64) -> f64 {
    if cell >= 0.0 { cell * factor } else { cell / factor }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most, each| f64::max(most, each.abs()))
}

fn deviation(fitted: &Matrix, rows: &[f64], columns: &[f64]) -> f64 {
    let row = (0..rows.len()).map(|i| (fitted.row_sum(i) - rows[i]).abs());
    let column = (0..columns.len()).map(|j| (fitted.column_sum(j) - columns[j]).abs());
    row.chain(column).fold(0.0, f64::max)
}

/// Column totals scaled to the sum of the row totals, after all that can be seen beforehand.
fn checked_totals(prior: &Matrix, rows: &[f64], columns: &[f64]) -> Result<Vec<f64>, BalanceError> {
    if (prior.rows(), prior.columns()) != (rows.len(), columns.len()) {
        return Err(BalanceError::ShapeMismatch);
    }
    if !rows.iter().chain(columns).chain(&prior.row_sums()).all(|value| value.is_finite()) {
        return Err(BalanceError::NotFinite);
    }
    let (row_total, column_total): (f64, f64) = (rows.iter().sum(), columns.iter().sum());
    let size = rows.iter().chain(columns).map(|value| value.abs()).sum::<f64>();
    if (row_total - column_total).abs() > ROUNDING_OF_TOTALS * size {
        return Err(BalanceError::TotalsDiffer { rows: row_total, columns: column_total });
    }
    let factor = if column_total == 0.0 { 1.0 } else { row_total / column_total };
    let columns: Vec<f64> = columns.iter().map(|value| value * factor).collect();
    match empty_line(prior, rows, &columns) {
        Some(conflict) => Err(conflict),
        None => Ok(columns),
    }
}

/// A row or a column that wants something and has no cell.
fn empty_line(prior: &Matrix, rows: &[f64], columns: &[f64]) -> Option<BalanceError> {
    let empty_row =
        (0..rows.len()).find(|i| rows[*i] != 0.0 && prior.row(*i).iter().all(|cell| *cell == 0.0));
    let empty_column = (0..columns.len())
        .find(|j| columns[*j] != 0.0 && (0..rows.len()).all(|i| prior.at(i, *j) == 0.0));
    if let Some(i) = empty_row {
        return Some(BalanceError::Conflict {
            rows: vec![i],
            rows_total: rows[i],
            columns: vec![],
            columns_total: 0.0,
        });
    }
    empty_column.map(|j| BalanceError::Conflict {
        rows: vec![],
        rows_total: 0.0,
        columns: vec![j],
        columns_total: columns[j],
    })
}

/// Rows that stay short, the columns they can reach, and whether the totals of those are too small.
fn conflict(
    prior: &Matrix,
    fitted: &Matrix,
    rows: &[f64],
    columns: &[f64],
) -> Option<BalanceError> {
    let shortfall = |i: usize| if rows[i] > 0.0 { 1.0 - fitted.row_sum(i) / rows[i] } else { 0.0 };
    let worst = (0..rows.len()).map(shortfall).fold(0.0, f64::max);
    let short: Vec<usize> =
        (0..rows.len()).filter(|i| worst > 0.0 && shortfall(*i) >= 0.5 * worst).collect();
    let reached: Vec<usize> =
        (0..columns.len()).filter(|j| short.iter().any(|i| prior.at(*i, *j) != 0.0)).collect();
    let rows_total: f64 = short.iter().map(|i| rows[*i]).sum();
    let columns_total: f64 = reached.iter().map(|j| columns[*j]).sum();
    (rows_total > columns_total).then_some(BalanceError::Conflict {
        rows: short,
        rows_total,
        columns: reached,
        columns_total,
    })
}

/// Totals of a three-way fit of cells (k, i, j).
#[derive(Debug, Clone, PartialEq)]
pub struct ThreeWayTotals {
    /// Totals over j: k × i.
    pub first_second: Matrix,
    /// Totals over i: k × j.
    pub first_third: Matrix,
    /// Totals over k: i × j.
    pub second_third: Matrix,
}

/// Three-way iterative proportional fitting of non-negative layers (k) of matrices (i × j).
///
/// - `prior`: k layers, i × j each.
/// - returns the layers after the last round and how far they are from the totals. Totals that
///   contradict each other are no error here: the deviation shows them.
///
/// # Errors
/// [`BalanceError::ShapeMismatch`].
///
/// # Source
/// Deming & Stephan (1940), iterative proportional fitting with three two-way margins.
pub fn three_way_fit(
    prior: &[Matrix],
    totals: &ThreeWayTotals,
    settings: &Settings,
) -> Result<(Vec<Matrix>, Convergence), BalanceError> {
    let shape = (totals.second_third.rows(), totals.second_third.columns());
    let one_shape = prior.iter().all(|layer| (layer.rows(), layer.columns()) == shape);
    if !one_shape
        || totals.first_second.rows() != prior.len()
        || totals.first_third.rows() != prior.len()
    {
        return Err(BalanceError::ShapeMismatch);
    }
    let scale =
        totals.second_third.row_sums().iter().fold(f64::MIN_POSITIVE, |most, each| most.max(*each));
    let mut layers = prior.to_vec();
    let mut how = Convergence { iterations: 0, largest_deviation: f64::INFINITY };
    while how.iterations < settings.max_iterations && how.largest_deviation > settings.tolerance {
        how.iterations += 1;
        fit_across_layers(&mut layers, &totals.second_third);
        for (k, layer) in layers.iter_mut().enumerate() {
            fit_rows(layer, totals.first_second.row(k));
            fit_columns(layer, totals.first_third.row(k));
        }
        how.largest_deviation = three_way_deviation(&layers, totals) / scale;
    }
    Ok((layers, how))
}

fn ratio(wanted: f64, found: f64) -> f64 {
    if found > 0.0 { wanted / found } else { 1.0 }
}

fn fit_rows(layer: &mut Matrix, wanted: &[f64]) {
    for (i, want) in wanted.iter().enumerate() {
        let factor = ratio(*want, layer.row_sum(i));
        (0..layer.columns()).for_each(|j| *layer.at_mut(i, j) *= factor);
    }
}

fn fit_columns(layer: &mut Matrix, wanted: &[f64]) {
    for (j, want) in wanted.iter().enumerate() {
        let factor = ratio(*want, layer.column_sum(j));
        (0..layer.rows()).for_each(|i| *layer.at_mut(i, j) *= factor);
    }
}

fn fit_across_layers(layers: &mut [Matrix], wanted: &Matrix) {
    for i in 0..wanted.rows() {
        for j in 0..wanted.columns() {
            let factor = ratio(wanted.at(i, j), layers.iter().map(|layer| layer.at(i, j)).sum());
            for layer in &mut *layers {
                *layer.at_mut(i, j) *= factor;
            }
        }
    }
}

fn three_way_deviation(layers: &[Matrix], totals: &ThreeWayTotals) -> f64 {
    let within = layers
        .iter()
        .enumerate()
        .map(|(k, layer)| deviation(layer, totals.first_second.row(k), totals.first_third.row(k)));
    let wanted = &totals.second_third;
    let across = (0..wanted.rows()).flat_map(|i| (0..wanted.columns()).map(move |j| (i, j))).map(
        |(i, j)| (layers.iter().map(|layer| layer.at(i, j)).sum::<f64>() - wanted.at(i, j)).abs(),
    );
    within.chain(across).fold(0.0, f64::max)
}
