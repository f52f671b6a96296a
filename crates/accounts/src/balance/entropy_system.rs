//! The equations of cross-entropy: the gross table at given multipliers, how far it is from its
//! totals, and a step of Newton's method.
//!
//! Symbols as in `super::entropy`. The gross table has no negative cells: they are mirrored, or kept
//! aside when totals are known.

use super::entropy::{Aggregate, EntropyProblem, KnownTotals};
use super::gradients::conjugate_gradients;
use super::{BalanceError, flow, largest};
use crate::matrix::Matrix;

/// Halvings of a step before giving up.
const MOST_HALVINGS: i32 = 40;
/// Values an error may take, in standard errors, and the prior weight of each.
const SUPPORT: [(f64, f64); 5] = [
    (-3.0, 1.0 / 72.0),
    (-1.0, 27.0 / 72.0),
    (0.0, 16.0 / 72.0),
    (1.0, 27.0 / 72.0),
    (3.0, 1.0 / 72.0),
];

/// For each account, what mirroring negative cells adds to its receipts, and to its outlays.
pub(super) fn mirrored_amounts(table: &Matrix) -> Vec<f64> {
    let mut amounts = vec![0.0; table.rows()];
    for i in 0..table.rows() {
        for j in (0..table.columns()).filter(|j| table.at(i, *j) < 0.0) {
            amounts[i] -= table.at(i, j);
            amounts[j] -= table.at(i, j);
        }
    }
    amounts
}

/// A positive cell of the gross table.
struct Cell {
    row: usize,
    /// Coefficient Ā in its column.
    prior: f64,
    /// Aggregates it is part of, with its coefficient.
    aggregates: Vec<(usize, f64)>,
}

/// Total of an account or of an aggregate, with error.
#[derive(Clone, Copy)]
struct Total {
    expected: f64,
    standard_error: f64,
}

pub(super) struct System {
    /// Cells of each column.
    columns: Vec<Vec<Cell>>,
    column_totals: Vec<Total>,
    /// Row totals; none where a row's total is that of the column of the same account.
    row_totals: Option<Vec<f64>>,
    aggregates: Vec<Total>,
    rows: usize,
    scale: f64,
}

/// A column at given multipliers.
struct Column {
    total: f64,
    /// A of each cell.
    share: Vec<f64>,
    /// η of each cell, and its mean and variance under A.
    eta: Vec<f64>,
    mean: f64,
    variance: f64,
    /// Response of the total's error to its multiplier.
    response: f64,
}

/// The gross table at given multipliers, and how far each constraint is off.
pub(super) struct Point {
    columns: Vec<Column>,
    off: Vec<f64>,
    aggregate_response: Vec<f64>,
}

impl Point {
    pub(super) fn deviation(&self, system: &System) -> f64 {
        largest(&self.off) / system.scale
    }

    fn norm(&self) -> f64 {
        self.off.iter().map(|off| off * off).sum::<f64>().sqrt()
    }
}

/// Mean and variance of an error under the weights that multiplier `h` gives.
fn error(h: f64, standard_error: f64) -> (f64, f64) {
    let highest = 3.0 * (h * standard_error).abs();
    let (mut sum, mut mean, mut square) = (0.0, 0.0, 0.0);
    for (value, weight) in SUPPORT {
        let value = value * standard_error;
        let weight = weight * (h * value - highest).exp();
        sum += weight;
        mean += weight * value;
        square += weight * value * value;
    }
    let mean = mean / sum;
    (mean, (square / sum - mean * mean).max(0.0))
}

impl System {
    pub(super) fn of(prior: &Matrix, problem: &EntropyProblem) -> Self {
        let n = prior.columns();
        let mirrors = matches!(problem.totals, KnownTotals::WithError { .. });
        let gross = |i: usize, j: usize| {
            let mirrored = if mirrors { (-prior.at(j, i)).max(0.0) } else { 0.0 };
            prior.at(i, j).max(0.0) + mirrored
        };
        let columns: Vec<Vec<Cell>> = (0..n)
            .map(|j| {
                let sum: f64 = (0..prior.rows()).map(|i| gross(i, j)).sum();
                let cells = (0..prior.rows()).filter(|i| gross(*i, j) > 0.0);
                let cell = |i: usize| {
                    let mirrored =
                        if mirrors { (-prior.at(j, i)).max(0.0) / gross(i, j) } else { 0.0 };
                    let aggregates = aggregates_of(&problem.aggregates, i, j, mirrored);
                    Cell { row: i, prior: gross(i, j) / sum, aggregates }
                };
                cells.map(cell).collect()
            })
            .collect();
        let (row_totals, column_totals) = totals(prior, &problem.totals);
        let aggregate = |each: &Aggregate| Total {
            expected: each.expected - if mirrors { 0.0 } else { kept(prior, each) },
            standard_error: each.standard_error,
        };
        let scale = column_totals.iter().map(|total| total.expected.abs());
        let scale = scale.fold(f64::MIN_POSITIVE, f64::max);
        let aggregates = problem.aggregates.iter().map(aggregate).collect();
        Self { columns, column_totals, row_totals, aggregates, rows: prior.rows(), scale }
    }

    pub(super) fn unknowns(&self) -> usize {
        self.rows + self.aggregates.len()
    }

    fn sum_over(&self, cell: &Cell, multipliers: &[f64]) -> f64 {
        let aggregates = cell.aggregates.iter().map(|(at, by)| by * multipliers[self.rows + at]);
        multipliers[cell.row] + aggregates.sum::<f64>()
    }

    pub(super) fn evaluate(&self, multipliers: &[f64]) -> Point {
        let columns: Vec<Column> =
            (0..self.columns.len()).map(|j| self.column(j, multipliers)).collect();
        let mut off = vec![0.0; self.unknowns()];
        let mut aggregate_response = Vec::new();
        for (cells, column) in self.columns.iter().zip(&columns) {
            for (cell, share) in cells.iter().zip(&column.share) {
                self.add(&mut off, cell, share * column.total);
            }
        }
        for i in 0..self.rows {
            off[i] -= match &self.row_totals {
                Some(rows) => rows[i],
                None => columns[i].total,
            };
        }
        for (at, total) in self.aggregates.iter().enumerate() {
            let (mean, response) = error(multipliers[self.rows + at], total.standard_error);
            off[self.rows + at] += mean - total.expected;
            aggregate_response.push(response);
        }
        Point { columns, off, aggregate_response }
    }

    fn add(&self, sums: &mut [f64], cell: &Cell, amount: f64) {
        sums[cell.row] += amount;
        for (at, by) in &cell.aggregates {
            sums[self.rows + at] += by * amount;
        }
    }

    /// Shares and total of a column; the total by Newton's method within its bounds.
    fn column(&self, j: usize, multipliers: &[f64]) -> Column {
        let cells = &self.columns[j];
        let eta: Vec<f64> = cells.iter().map(|cell| self.sum_over(cell, multipliers)).collect();
        let Total { expected, standard_error } = self.column_totals[j];
        let own = if self.row_totals.is_none() { multipliers[j] } else { 0.0 };
        let (mut low, mut high) =
            (expected - 3.0 * standard_error, expected + 3.0 * standard_error);
        let mut total = expected;
        loop {
            let (share, mean, variance) = shares(cells, &eta, total);
            let (shift, response) = error(mean - own, standard_error);
            let off = total - expected - shift;
            if off > 0.0 {
                high = total;
            } else {
                low = total;
            }
            let newton = total - off / (1.0 - response * variance);
            let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
            let rounding = f64::EPSILON * expected.abs();
            if off.abs() <= rounding || (next - total).abs() <= rounding {
                return Column { total, share, eta, mean, variance, response };
            }
            total = next;
        }
    }

    /// A step of Newton's method that brings the constraints nearer.
    pub(super) fn step(&self, multipliers: &[f64], at: &Point) -> Option<(Vec<f64>, Point)> {
        let rhs: Vec<f64> = at.off.iter().map(|off| -off).collect();
        let (direction, _) =
            conjugate_gradients(|d| self.derivative(at, d), &self.diagonal(at), &rhs);
        let before = at.norm();
        (0..MOST_HALVINGS).find_map(|halving| {
            let length = 0.5_f64.powi(halving);
            let moved: Vec<f64> =
                multipliers.iter().zip(&direction).map(|(x, d)| x + length * d).collect();
            let there = self.evaluate(&moved);
            (there.norm() < before).then_some((moved, there))
        })
    }

    /// How constraints answer to multipliers moving in a direction.
    fn derivative(&self, at: &Point, direction: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.unknowns()];
        for (j, (cells, column)) in self.columns.iter().zip(&at.columns).enumerate() {
            let moves: Vec<f64> = cells.iter().map(|cell| self.sum_over(cell, direction)).collect();
            let own = if self.row_totals.is_none() { direction[j] } else { 0.0 };
            let (mean, total) = column.moves(&moves, own);
            for (k, cell) in cells.iter().enumerate() {
                let turned =
                    column.total * (moves[k] - mean) + total * (column.eta[k] - column.mean);
                let share = column.share[k];
                self.add(&mut sums, cell, share * (column.total * turned + total));
            }
            if self.row_totals.is_none() {
                sums[j] -= total;
            }
        }
        for (at, response) in at.aggregate_response.iter().enumerate() {
            sums[self.rows + at] += response * direction[self.rows + at];
        }
        sums
    }

    /// Diagonal of the derivative, as far as totals stay.
    fn diagonal(&self, at: &Point) -> Vec<f64> {
        let mut sums = vec![0.0; self.unknowns()];
        for (j, (cells, column)) in self.columns.iter().zip(&at.columns).enumerate() {
            for (cell, share) in cells.iter().zip(&column.share) {
                let spread = column.total * column.total * share * (1.0 - share);
                sums[cell.row] += spread;
                for (at, by) in &cell.aggregates {
                    sums[self.rows + at] += by * by * spread;
                }
            }
            if self.row_totals.is_none() {
                sums[j] += column.response;
            }
        }
        for (at, response) in at.aggregate_response.iter().enumerate() {
            sums[self.rows + at] += response;
        }
        sums
    }

    /// The gross table turned back: what was mirrored returns in proportion, what was kept is added.
    pub(super) fn table(&self, prior: &Matrix, at: &Point) -> Matrix {
        let mut table = Matrix::zeros(prior.rows(), prior.columns());
        if self.row_totals.is_some() {
            table = prior.zip(&table, |cell, _| cell.min(0.0));
        }
        for (j, (cells, column)) in self.columns.iter().zip(&at.columns).enumerate() {
            for (cell, share) in cells.iter().zip(&column.share) {
                let (i, flow) = (cell.row, share * column.total);
                let other = if self.row_totals.is_some() { 0.0 } else { prior.at(j, i).min(0.0) };
                let own = prior.at(i, j).max(0.0) / (prior.at(i, j).max(0.0) - other);
                *table.at_mut(i, j) += own * flow;
                if own < 1.0 {
                    *table.at_mut(j, i) -= (1.0 - own) * flow;
                }
            }
        }
        table
    }

    pub(super) fn conflict(&self, prior: &Matrix) -> Option<BalanceError> {
        let rows = self.row_totals.as_ref()?;
        let columns: Vec<f64> = self.column_totals.iter().map(|total| total.expected).collect();
        let zeros = Matrix::zeros(prior.rows(), prior.columns());
        flow::reason(&prior.zip(&zeros, |cell, _| cell.max(0.0)), rows, &columns)
    }
}

impl Column {
    /// How the mean of η and the total answer when η moves by `moves` and the total's own multiplier
    /// by `own`; the mean is that of `moves`.
    fn moves(&self, moves: &[f64], own: f64) -> (f64, f64) {
        let mean: f64 = self.share.iter().zip(moves).map(|(share, by)| share * by).sum();
        let terms = self.share.iter().zip(&self.eta).zip(moves);
        let together: f64 =
            terms.map(|((share, eta), by)| share * (eta - self.mean) * (by - mean)).sum();
        let pull = self.response * (mean + self.total * together - own);
        (mean, pull / (1.0 - self.response * self.variance))
    }
}

/// A ∝ Ā exp(η X), and mean and variance of η under A.
fn shares(cells: &[Cell], eta: &[f64], total: f64) -> (Vec<f64>, f64, f64) {
    let highest = eta.iter().fold(f64::NEG_INFINITY, |most, eta| most.max(eta * total));
    let mut share: Vec<f64> = cells
        .iter()
        .zip(eta)
        .map(|(cell, eta)| cell.prior * (eta * total - highest).exp())
        .collect();
    let sum: f64 = share.iter().sum();
    for share in &mut share {
        *share /= sum;
    }
    let mean: f64 = share.iter().zip(eta).map(|(share, eta)| share * eta).sum();
    let variance = share.iter().zip(eta).map(|(share, eta)| share * (eta - mean).powi(2)).sum();
    (share, mean, variance)
}

/// Coefficients of a gross cell, of which the share `mirrored` is a negative cell on the other side.
fn aggregates_of(aggregates: &[Aggregate], i: usize, j: usize, mirrored: f64) -> Vec<(usize, f64)> {
    let coefficient = |aggregate: &Aggregate| -> f64 {
        let of = |(row, column, by): &(usize, usize, f64)| {
            let here = if (*row, *column) == (i, j) { *by * (1.0 - mirrored) } else { 0.0 };
            let there = if (*row, *column) == (j, i) { *by * mirrored } else { 0.0 };
            here - there
        };
        aggregate.cells.iter().map(of).sum()
    };
    let all = aggregates.iter().map(coefficient).enumerate();
    all.filter(|(_, by)| *by != 0.0).collect()
}

/// Part of an aggregate in negative cells that are kept.
fn kept(prior: &Matrix, aggregate: &Aggregate) -> f64 {
    aggregate.cells.iter().map(|(i, j, by)| by * prior.at(*i, *j).min(0.0)).sum()
}

/// Totals of the gross table: rows, if they are known by themselves, and columns.
fn totals(prior: &Matrix, known: &KnownTotals) -> (Option<Vec<f64>>, Vec<Total>) {
    match known {
        KnownTotals::Exactly { rows, columns } => {
            let negative = prior.zip(prior, |cell, _| cell.min(0.0));
            let gross = |totals: &[f64], kept: Vec<f64>| -> Vec<f64> {
                totals.iter().zip(kept).map(|(total, kept)| total - kept).collect()
            };
            let exact = |expected| Total { expected, standard_error: 0.0 };
            let columns = gross(columns, negative.column_sums()).into_iter().map(exact).collect();
            (Some(gross(rows, negative.row_sums())), columns)
        }
        KnownTotals::WithError { expected, standard_error } => {
            let gross = expected.iter().zip(mirrored_amounts(prior)).map(|(net, more)| net + more);
            let pairs = gross.zip(standard_error);
            let total = |(expected, error): (f64, &f64)| Total { expected, standard_error: *error };
            (None, pairs.map(total).collect())
        }
    }
}
