//! What a table lacks before balancing, and what balancing did to it.

use crate::matrix::Matrix;

/// An account whose receipts and outlays differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// The account.
    pub account: usize,
    /// Sum of its row.
    pub receipts: f64,
    /// Sum of its column.
    pub outlays: f64,
}

impl Gap {
    /// Receipts less outlays.
    pub fn gap(&self) -> f64 {
        self.receipts - self.outlays
    }
}

/// Every account of a social accounting matrix, the largest gap first.
pub fn gaps(table: &Matrix) -> Vec<Gap> {
    let (receipts, outlays) = (table.row_sums(), table.column_sums());
    let pairs = receipts.into_iter().zip(outlays).enumerate();
    let mut all: Vec<Gap> =
        pairs.map(|(account, (receipts, outlays))| Gap { account, receipts, outlays }).collect();
    all.sort_by(|a, b| b.gap().abs().total_cmp(&a.gap().abs()));
    all
}

/// A cell before and after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Row.
    pub row: usize,
    /// Column.
    pub column: usize,
    /// Cell of the prior.
    pub before: f64,
    /// Cell of the balanced table.
    pub after: f64,
}

impl Change {
    fn size(&self) -> f64 {
        (self.after - self.before).abs()
    }
}

fn changes(prior: &Matrix, fitted: &Matrix) -> impl Iterator<Item = Change> {
    let pairs = prior.values().iter().zip(fitted.values()).enumerate();
    let width = prior.columns().max(1);
    pairs.filter(|(_, (before, after))| before.to_bits() != after.to_bits()).map(
        move |(at, (before, after))| Change {
            row: at / width,
            column: at % width,
            before: *before,
            after: *after,
        },
    )
}

/// The `count` cells that changed most, in the unit of the table, the largest change first.
pub fn largest_changes(prior: &Matrix, fitted: &Matrix, count: usize) -> Vec<Change> {
    let mut most: Vec<Change> = Vec::with_capacity(count + 1);
    for change in changes(prior, fitted) {
        let at = most.partition_point(|each| each.size() >= change.size());
        if at < count {
            most.insert(at, change);
            most.truncate(count);
        }
    }
    most
}

/// Cells whose sign is another after balancing (least squares does not keep signs).
pub fn changed_signs(prior: &Matrix, fitted: &Matrix) -> Vec<Change> {
    changes(prior, fitted).filter(|each| each.before * each.after < 0.0).collect()
}

/// How far a balanced table is from its prior.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    /// Standardised total percentage error: Σ|x − a| / Σ|a|, in percent.
    pub total_percentage_error: f64,
    /// Root of the mean square of x − a over the cells that are not zero.
    pub root_mean_square: f64,
    /// Information gain Σ |x| ln(x / a) − |x| + |a| over cells that keep their sign, in the unit of
    /// the table; what RAS and GRAS minimise.
    pub information_gain: f64,
    /// Cells that are not zero in the prior.
    pub cells: usize,
}

/// Distance of `fitted` (x) from `prior` (a).
///
/// # Source
/// Miller & Blair (2009), ch. 7, measures of the distance of two tables.
pub fn distance(prior: &Matrix, fitted: &Matrix) -> Distance {
    let cells = prior.values().iter().filter(|cell| **cell != 0.0).count();
    let size: f64 = prior.values().iter().map(|cell| cell.abs()).sum();
    let (mut sum, mut squares, mut gain) = (0.0, 0.0, 0.0);
    for change in changes(prior, fitted) {
        sum += change.size();
        squares += change.size().powi(2);
        if change.after * change.before > 0.0 {
            let (after, before) = (change.after.abs(), change.before.abs());
            gain += after * (after / before).ln() - after + before;
        }
    }
    Distance {
        total_percentage_error: if size > 0.0 { 100.0 * sum / size } else { 0.0 },
        root_mean_square: if cells > 0 { (squares / cells as f64).sqrt() } else { 0.0 },
        information_gain: gain,
        cells,
    }
}
