//! Totals of blocks of cells, and what they and the totals of lines say of each other.

use std::ops::Range;

use super::{BalanceError, largest};
use crate::matrix::Matrix;

/// Relative difference of the sums of row and column totals that is shared out silently.
pub(super) const ROUNDING_OF_TOTALS: f64 = 1e-9;

/// Rounds of rows and columns in which totals of blocks are made to agree with those of lines.
const ROUNDS_TO_AGREE: usize = 100;

/// The largest total, in which deviations are measured.
pub(super) fn scale(rows: &[f64], columns: &[f64]) -> f64 {
    largest(rows).max(largest(columns)).max(f64::MIN_POSITIVE)
}

/// Wanted totals of blocks of cells that do not overlap: a group of rows by a group of columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Blocks {
    /// Group of each row, from 0.
    pub row_group: Vec<usize>,
    /// Group of each column, from 0.
    pub column_group: Vec<usize>,
    /// Total of each block, row group by row group; `None` where it is not known.
    pub totals: Vec<Vec<Option<f64>>>,
}

impl Blocks {
    pub(super) fn has_shape(&self, rows: usize, columns: usize) -> bool {
        let column_groups = self.totals.first().map_or(0, Vec::len);
        self.row_group.len() == rows
            && self.column_group.len() == columns
            && self.totals.iter().all(|line| line.len() == column_groups)
            && self.row_group.iter().all(|group| *group < self.totals.len())
            && self.column_group.iter().all(|group| *group < column_groups)
    }
}

/// Groups of rows and columns; one of each when there are no blocks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Groups {
    pub(super) row: Vec<usize>,
    pub(super) column: Vec<usize>,
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) totals: Vec<Option<f64>>,
}

impl Groups {
    pub(super) fn none(rows: usize, columns: usize) -> Self {
        let (row, column) = (vec![0; rows], vec![0; columns]);
        Self { row, column, rows: 1, columns: 1, totals: vec![None] }
    }

    pub(super) fn of(blocks: &Blocks) -> Self {
        let columns = blocks.totals.first().map_or(0, Vec::len);
        Self {
            row: blocks.row_group.clone(),
            column: blocks.column_group.clone(),
            rows: blocks.totals.len(),
            columns,
            totals: blocks.totals.concat(),
        }
    }

    pub(super) fn without_totals(&self) -> bool {
        self.totals.iter().all(Option::is_none)
    }
}

impl Groups {
    /// A block that cannot have its total.
    pub(super) fn conflict(&self, block: usize, wanted: f64) -> BalanceError {
        BalanceError::BlockConflict {
            row_group: Some(block / self.columns),
            column_group: Some(block % self.columns),
            wanted,
            possible: 0.0,
        }
    }

    /// Where all blocks of a group of lines are given, they sum to the totals of these lines.
    pub(super) fn check(&self, rows: &[f64], columns: &[f64]) -> Result<(), BalanceError> {
        let size = scale(rows, columns);
        let total_of = |totals: &[f64], groups: &[usize], group: usize| {
            totals.iter().zip(groups).filter(|(_, of)| **of == group).map(|(total, _)| total).sum()
        };
        let differ = |wanted: Option<f64>, possible: f64| {
            wanted.filter(|wanted| (wanted - possible).abs() > ROUNDING_OF_TOTALS * size)
        };
        for group in 0..self.rows {
            let blocks = (0..self.columns).map(|column| self.totals[group * self.columns + column]);
            let possible = total_of(rows, &self.row, group);
            if let Some(wanted) = differ(blocks.sum(), possible) {
                let (row_group, column_group) = (Some(group), None);
                return Err(BalanceError::BlockConflict {
                    row_group,
                    column_group,
                    wanted,
                    possible,
                });
            }
        }
        for group in 0..self.columns {
            let blocks = (0..self.rows).map(|row| self.totals[row * self.columns + group]);
            let possible = total_of(columns, &self.column, group);
            if let Some(wanted) = differ(blocks.sum(), possible) {
                let (row_group, column_group) = (None, Some(group));
                return Err(BalanceError::BlockConflict {
                    row_group,
                    column_group,
                    wanted,
                    possible,
                });
            }
        }
        Ok(())
    }

    /// Makes totals of blocks, where all of a group of lines are given, sum to the totals of these
    /// lines. They differ by rounding at most ([`Groups::check`]), and could not all be met otherwise.
    pub(super) fn agree(&mut self, rows: &[f64], columns: &[f64]) {
        let sums = |totals: &[f64], groups: &[usize], count: usize| {
            let mut sums = vec![0.0; count];
            totals.iter().zip(groups).for_each(|(total, group)| sums[*group] += total);
            sums
        };
        let of_rows = sums(rows, &self.row, self.rows);
        let of_columns = sums(columns, &self.column, self.columns);
        let across = self.columns;
        for _ in 0..ROUNDS_TO_AGREE {
            for (group, total) in of_rows.iter().enumerate() {
                self.share_out(group * across..(group + 1) * across, 1, *total);
            }
            for (group, total) in of_columns.iter().enumerate() {
                self.share_out(group..self.totals.len(), across, *total);
            }
        }
    }

    /// Adds what is missing to `wanted` to these blocks, in proportion to their size; nothing when
    /// one of them is not given.
    fn share_out(&mut self, places: Range<usize>, step: usize, wanted: f64) {
        let known = || places.clone().step_by(step).map(|at| self.totals[at]);
        let Some(sum) = known().sum::<Option<f64>>() else { return };
        let size: f64 = known().flatten().map(f64::abs).sum();
        if size > 0.0 {
            let share = (wanted - sum) / size;
            for total in self.totals[places].iter_mut().step_by(step).flatten() {
                *total += share * total.abs();
            }
        }
    }

    /// Largest deviation of a block from its total.
    pub(super) fn deviation(&self, fitted: &Matrix) -> f64 {
        let mut sums = vec![0.0; self.totals.len()];
        for (i, group) in self.row.iter().enumerate() {
            for (cell, column_group) in fitted.row(i).iter().zip(&self.column) {
                sums[group * self.columns + column_group] += cell;
            }
        }
        let off =
            |(sum, total): (&f64, &Option<f64>)| total.map_or(0.0, |total| (sum - total).abs());
        sums.iter().zip(&self.totals).map(off).fold(0.0, f64::max)
    }
}
