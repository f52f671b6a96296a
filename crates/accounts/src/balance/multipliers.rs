//! The multipliers of rows, columns and blocks, and how sums give them.

use rayon::prelude::*;

use super::BalanceError;
use super::blocks::Groups;
use super::kernel::{Columns, Multiplier, Parts, scale_row};
use crate::matrix::Matrix;

/// Cells that one thread takes at a time: enough to be worth its while.
pub(super) const CELLS_OF_A_CHUNK: usize = 1 << 17;
/// A multiplier beyond this only grows because totals contradict each other.
const LARGEST_MULTIPLIER: f64 = 1e100;

/// The multipliers that balance a prior.
#[derive(Debug, Clone, PartialEq)]
pub struct Multipliers {
    pub(super) row: Vec<Multiplier>,
    pub(super) column: Line,
    pub(super) groups: Groups,
    block: Vec<Multiplier>,
}

/// Multipliers of columns, one array for each sign of cells.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) factor: Vec<f64>,
    pub(super) inverse: Vec<f64>,
}

impl Line {
    pub(super) fn ones(length: usize) -> Self {
        Self { factor: vec![1.0; length], inverse: vec![1.0; length] }
    }

    pub(super) fn columns(&self) -> Columns<'_> {
        Columns { factor: &self.factor, inverse: &self.inverse }
    }

    fn at(&self, at: usize) -> Multiplier {
        Multiplier { factor: self.factor[at], inverse: self.inverse[at] }
    }

    fn set(&mut self, at: usize, multiplier: Multiplier) {
        (self.factor[at], self.inverse[at]) = (multiplier.factor, multiplier.inverse);
    }
}

/// Sums of columns over the rows of a group, before multipliers of columns and blocks.
pub(super) struct Sums {
    pub(super) positive: Vec<f64>,
    pub(super) negative: Vec<f64>,
}

impl Sums {
    pub(super) fn zeros(length: usize) -> Self {
        Self { positive: vec![0.0; length], negative: vec![0.0; length] }
    }

    pub(super) fn add(&mut self, other: &Self) {
        let pairs = |to: &mut [f64], from: &[f64]| {
            to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        };
        pairs(&mut self.positive, &other.positive);
        pairs(&mut self.negative, &other.negative);
    }

    /// Parts of column `j` under a multiplier.
    pub(super) fn at(&self, j: usize, by: Multiplier) -> Parts {
        Parts { positive: by.factor * self.positive[j], negative: by.inverse * self.negative[j] }
    }
}

/// Whether a line has cells of the sign of its total.
pub(super) fn is_possible(total: f64, parts: Parts) -> bool {
    let lacks_positive = total > 0.0 && parts.positive == 0.0;
    let lacks_negative = total < 0.0 && parts.negative == 0.0;
    !lacks_positive && !lacks_negative
}

impl Multipliers {
    pub(super) fn ones(rows: usize, columns: usize, groups: Groups) -> Self {
        Self {
            row: vec![Multiplier::ONE; rows],
            column: Line::ones(columns),
            block: vec![Multiplier::ONE; groups.totals.len()],
            groups,
        }
    }

    /// **r**: multipliers of the positive cells of each row.
    pub fn rows(&self) -> Vec<f64> {
        self.row.iter().map(|each| each.factor).collect()
    }

    /// **s**: multipliers of the positive cells of each column.
    pub fn columns(&self) -> &[f64] {
        &self.column.factor
    }

    /// The balanced table.
    pub fn apply(&self, prior: &Matrix) -> Matrix {
        let mut fitted = prior.clone();
        self.scale(&mut fitted);
        fitted
    }

    /// Balances the prior in place.
    pub fn scale(&self, prior: &mut Matrix) {
        let columns: Vec<Line> =
            (0..self.groups.rows).map(|group| self.columns_of(group)).collect();
        let width = prior.columns().max(1);
        let rows_together = (CELLS_OF_A_CHUNK / width).max(1);
        let parts = prior.values_mut().par_chunks_mut(width * rows_together).enumerate();
        parts.for_each(|(part, cells)| {
            let lines = cells.chunks_mut(width).zip(part * rows_together..);
            for (cells, row) in lines {
                scale_row(cells, self.row[row], columns[self.groups.row[row]].columns());
            }
        });
    }

    fn block_of(&self, row_group: usize, column: usize) -> Multiplier {
        self.block[row_group * self.groups.columns + self.groups.column[column]]
    }

    /// s t of the rows of a group.
    pub(super) fn columns_of(&self, group: usize) -> Line {
        if self.groups.without_totals() {
            return self.column.clone();
        }
        let by = |column: usize| self.block_of(group, column);
        let product = |values: &[f64], part: fn(Multiplier) -> f64| {
            values.iter().enumerate().map(|(j, value)| value * part(by(j))).collect()
        };
        Line {
            factor: product(&self.column.factor, |by| by.factor),
            inverse: product(&self.column.inverse, |by| by.inverse),
        }
    }

    /// Parts of a column under the multipliers of rows and blocks.
    fn column_parts(&self, column: usize, sums: &[Sums]) -> Parts {
        let mut parts = Parts::default();
        for (group, sums) in sums.iter().enumerate() {
            let part = sums.at(column, self.block_of(group, column));
            parts.positive += part.positive;
            parts.negative += part.negative;
        }
        parts
    }

    /// Says whether each column has cells of the sign of its total.
    pub(super) fn fit_columns(&mut self, columns: &[f64], sums: &[Sums]) -> bool {
        let mut possible = true;
        for (j, total) in columns.iter().enumerate() {
            let parts = self.column_parts(j, sums);
            possible &= is_possible(*total, parts);
            self.column.set(j, Multiplier::to(*total, parts));
        }
        possible
    }

    pub(super) fn fit_blocks(&mut self, sums: &[Sums]) -> Result<(), BalanceError> {
        if self.groups.without_totals() {
            return Ok(());
        }
        let parts = self.block_parts(sums);
        for (at, parts) in parts.iter().enumerate() {
            let Some(total) = self.groups.totals[at] else { continue };
            if !is_possible(total, *parts) {
                return Err(self.groups.conflict(at, total));
            }
            self.block[at] = Multiplier::to(total, *parts);
        }
        Ok(())
    }

    /// How far columns and blocks are from their totals.
    pub(super) fn deviation(&self, columns: &[f64], sums: &[Sums]) -> f64 {
        let column = columns
            .iter()
            .enumerate()
            .map(|(j, total)| (self.column.at(j).sum(self.column_parts(j, sums)) - total).abs());
        let off = column.fold(0.0, f64::max);
        if self.groups.without_totals() {
            return off;
        }
        let blocks = self.block_parts(sums);
        let of = |((parts, by), total): ((&Parts, &Multiplier), &Option<f64>)| {
            total.map_or(0.0, |total| (by.sum(*parts) - total).abs())
        };
        blocks.iter().zip(&self.block).zip(&self.groups.totals).map(of).fold(off, f64::max)
    }

    fn block_parts(&self, sums: &[Sums]) -> Vec<Parts> {
        let mut parts = vec![Parts::default(); self.block.len()];
        for (group, sums) in sums.iter().enumerate() {
            for (j, column_group) in self.groups.column.iter().enumerate() {
                let part = sums.at(j, self.column.at(j));
                let block = &mut parts[group * self.groups.columns + column_group];
                block.positive += part.positive;
                block.negative += part.negative;
            }
        }
        parts
    }

    /// Largest deviation of a block from its total.
    pub(super) fn block_deviation(&self, fitted: &Matrix) -> f64 {
        self.groups.deviation(fitted)
    }

    pub(super) fn diverge(&self) -> bool {
        let rows = self.row.iter().map(|each| each.factor);
        rows.chain(self.column.factor.iter().copied()).any(|factor| factor > LARGEST_MULTIPLIER)
    }
}
