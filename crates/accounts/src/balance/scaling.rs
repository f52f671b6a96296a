//! RAS, GRAS and MR-GRAS: a positive cell is multiplied by r s t, a negative one divided by it.
//!
//! | here      | symbol | meaning                                                    |
//! |-----------|--------|------------------------------------------------------------|
//! | `prior`   | **A**  | cells before balancing; zeros stay zero                    |
//! | `rows`    | **u**  | wanted row totals                                          |
//! | `columns` | **v**  | wanted column totals                                       |
//! | `blocks`  | **W**  | wanted totals of blocks: row group × column group          |
//! | `row`     | **r**  | multipliers of rows                                        |
//! | `column`  | **s**  | multipliers of columns                                     |
//! | `block`   | **t**  | multipliers of blocks                                      |
//!
//! One round reads the prior once: a row's sum under s t gives its r, and the row, still in the
//! cache, is added under r to the sums of columns, which give s and then t. Without blocks, s is moved
//! on from the last rounds (`super::acceleration`).
//!
//! Sources: RAS as in Miller & Blair (2009), ch. 7; negative cells (GRAS) as in Junius &
//! Oosterhaven (2003), with the objective of Lenzen, Wood & Gallego (2007), whose solution is the
//! one above, and their multiplier for lines without positive cells (also Temurshoev, Miller &
//! Bouwmeester 2013); totals of blocks (MR-GRAS) as in Temursho, Oosterhaven & Cardenete (2020).

use std::ops::Range;

use rayon::prelude::*;

use super::acceleration::Acceleration;
use super::blocks::{Blocks, Groups, ROUNDING_OF_TOTALS, scale};
use super::kernel::{Multiplier, Parts, TOGETHER};
use super::multipliers::{CELLS_OF_A_CHUNK, Line, Multipliers, Sums, is_possible};
use super::sparse::Cells;
use super::{BalanceError, Convergence, Settings, flow};
use crate::matrix::Matrix;

/// Bi-proportional fit of `prior` to `rows` and `columns`; cells may be negative (GRAS).
///
/// - `prior`: m × n; `rows`: m; `columns`: n, in the unit of the prior. Sums of `rows` and of
///   `columns` that differ by rounding (1e-9 of their size) are made equal at the columns.
/// - returns the balanced matrix and how the iteration went. Rows are exact, columns within the
///   tolerance.
///
/// # Errors
/// [`BalanceError`]; totals that contradict the zeros or the signs of the prior are named.
///
/// # Source
/// Miller & Blair (2009), ch. 7; Junius & Oosterhaven (2003) for negative cells: see `tests`.
pub fn ras(
    prior: &Matrix,
    rows: &[f64],
    columns: &[f64],
    settings: &Settings,
) -> Result<(Matrix, Convergence), BalanceError> {
    let (found, mut how) = multipliers(prior, rows, columns, settings)?;
    let fitted = found.apply(prior);
    how.largest_deviation = deviation(&fitted, rows, columns).unwrap_or(f64::INFINITY);
    Ok((fitted, how))
}

/// The multipliers of [`ras`], without the balanced table: where memory is short,
/// [`Multipliers::scale`] then balances the prior in place.
///
/// # Errors
/// As [`ras`].
pub fn multipliers(
    prior: &Matrix,
    rows: &[f64],
    columns: &[f64],
    settings: &Settings,
) -> Result<(Multipliers, Convergence), BalanceError> {
    let groups = Groups::none(rows.len(), columns.len());
    fit(prior, rows, columns, groups, settings)
}

/// Fit of `prior` to `rows`, `columns` and totals of blocks; cells may be negative (MR-GRAS).
///
/// - shapes and units as in [`ras`]; `blocks`: totals of a row group by a column group, such as all
///   sales of one region to another. Where they differ by rounding (1e-9) from the totals of their
///   lines they are made to agree.
/// - returns the balanced matrix and how the iteration went.
///
/// # Errors
/// [`BalanceError`]; a block that is empty, or whose group of lines has another total, is named.
///
/// # Source
/// Temursho, Oosterhaven & Cardenete (2020): rows, columns and blocks in turn.
pub fn fit_with_blocks(
    prior: &Matrix,
    rows: &[f64],
    columns: &[f64],
    blocks: &Blocks,
    settings: &Settings,
) -> Result<(Matrix, Convergence), BalanceError> {
    if !blocks.has_shape(rows.len(), columns.len()) {
        return Err(BalanceError::ShapeMismatch);
    }
    if blocks.totals.iter().flatten().flatten().any(|total| !total.is_finite()) {
        return Err(BalanceError::NotFinite);
    }
    let groups = Groups::of(blocks);
    groups.check(rows, columns)?;
    let (found, mut how) = fit(prior, rows, columns, groups, settings)?;
    let fitted = found.apply(prior);
    let off = deviation(&fitted, rows, columns).unwrap_or(f64::INFINITY);
    how.largest_deviation = off.max(found.block_deviation(&fitted) / scale(rows, columns));
    Ok((fitted, how))
}

/// Rounds after which a fit that no longer improves has stalled.
const ROUNDS_TO_A_STALL: usize = 50;
/// Largest relative deviation of a stalled fit that is rounding and nothing else.
const ROUNDING_OF_A_FIT: f64 = 1e-12;
/// Round in which a fit that is still under way is asked whether it can succeed at all.
const ROUND_OF_DOUBT: usize = 200;
/// Round in which it is asked whether the fit only ends when cells are 0.
const ROUND_OF_DESPAIR: usize = 2000;

fn fit(
    prior: &Matrix,
    rows: &[f64],
    columns: &[f64],
    mut groups: Groups,
    settings: &Settings,
) -> Result<(Multipliers, Convergence), BalanceError> {
    let columns = &checked_totals(prior, rows, columns)?;
    if !groups.without_totals() {
        groups.agree(rows, columns);
    }
    let cells = Cells::of(prior).ok_or(BalanceError::NotFinite)?;
    let problem = Problem { chunks: chunks(&cells, &groups.row), cells, rows, columns };
    let scale = scale(rows, columns);
    let mut found = Multipliers::ones(rows.len(), columns.len(), groups);
    let mut how = Convergence::default();
    let mut acceleration = Acceleration::new();
    let mut before = f64::INFINITY;
    while how.iterations < settings.max_iterations && !found.diverge() {
        let pass = problem.pass(&found);
        how.iterations += 1;
        found.row = pass.multipliers;
        let off = pass.deviation.max(found.deviation(columns, &pass.sums));
        how.largest_deviation = off / scale;
        let stalled = how.iterations.is_multiple_of(ROUNDS_TO_A_STALL)
            && std::mem::replace(&mut before, how.largest_deviation) <= how.largest_deviation;
        let rounding_only = stalled && how.largest_deviation < ROUNDING_OF_A_FIT;
        if how.largest_deviation <= settings.tolerance || rounding_only {
            return Ok((found, how));
        }
        let start = found.column.factor.clone();
        let columns_possible = found.fit_columns(columns, &pass.sums);
        found.fit_blocks(&pass.sums)?;
        if !(pass.possible && columns_possible) || how.iterations == ROUND_OF_DOUBT {
            flow::conflict(prior, rows, columns).map_or(Ok(()), Err)?;
        }
        if how.iterations == ROUND_OF_DESPAIR {
            flow::reason(prior, rows, columns).map_or(Ok(()), Err)?;
        }
        if found.groups.without_totals() {
            acceleration.improve(&start, &mut found.column, how.largest_deviation);
        }
    }
    Err(flow::reason(prior, rows, columns).unwrap_or(BalanceError::NotConverged(how)))
}

/// Column totals with the sum of the row totals, after all that can be seen beforehand.
fn checked_totals(prior: &Matrix, rows: &[f64], columns: &[f64]) -> Result<Vec<f64>, BalanceError> {
    if (prior.rows(), prior.columns()) != (rows.len(), columns.len()) {
        return Err(BalanceError::ShapeMismatch);
    }
    if !rows.iter().chain(columns).all(|value| value.is_finite()) {
        return Err(BalanceError::NotFinite);
    }
    let (row_total, column_total): (f64, f64) = (rows.iter().sum(), columns.iter().sum());
    let size = rows.iter().chain(columns).map(|value| value.abs()).sum::<f64>();
    if (row_total - column_total).abs() > ROUNDING_OF_TOTALS * size {
        return Err(BalanceError::TotalsDiffer { rows: row_total, columns: column_total });
    }
    let column_size = columns.iter().map(|value| value.abs()).sum::<f64>();
    let share = if column_size > 0.0 { (row_total - column_total) / column_size } else { 0.0 };
    Ok(columns.iter().map(|value| value + share * value.abs()).collect())
}

/// Rows that one thread takes at a time; all of one row group.
#[derive(Debug, Clone)]
struct Chunk {
    rows: Range<usize>,
    group: usize,
}

/// Chunks of a table, so that sums of columns of each chunk stay small beside the table.
const MOST_CHUNKS: usize = 64;

/// Chunks depend on the shape of the table only: sums have one order with any number of threads.
fn chunks(cells: &Cells, row_group: &[usize]) -> Vec<Chunk> {
    let (rows, columns) = (cells.rows(), cells.columns());
    let length = (CELLS_OF_A_CHUNK / columns.max(1)).max(rows.div_ceil(MOST_CHUNKS));
    let length = length.next_multiple_of(TOGETHER);
    let mut chunks: Vec<Chunk> = Vec::new();
    for (row, group) in row_group.iter().enumerate() {
        match chunks.last_mut() {
            Some(last) if last.group == *group && last.rows.len() < length => last.rows.end += 1,
            _ => chunks.push(Chunk { rows: row..row + 1, group: *group }),
        }
    }
    chunks
}

struct Problem<'a> {
    cells: Cells<'a>,
    chunks: Vec<Chunk>,
    rows: &'a [f64],
    columns: &'a [f64],
}

/// What a pass found: new multipliers of rows, how far rows are from their totals under them, and the
/// sums of columns, by row group.
struct Pass {
    multipliers: Vec<Multiplier>,
    deviation: f64,
    /// Whether each row has cells of the sign of its total.
    possible: bool,
    sums: Vec<Sums>,
}

impl Problem<'_> {
    fn pass(&self, at: &Multipliers) -> Pass {
        let columns: Vec<Line> = (0..at.groups.rows).map(|group| at.columns_of(group)).collect();
        let one = |chunk: &Chunk| self.pass_chunk(chunk, &columns[chunk.group]);
        let parts: Vec<Pass> = match self.chunks.as_slice() {
            [chunk] => vec![one(chunk)],
            chunks => chunks.par_iter().map(one).collect(),
        };
        let mut pass = Pass {
            multipliers: Vec::with_capacity(self.rows.len()),
            deviation: 0.0,
            possible: true,
            sums: (0..at.groups.rows).map(|_| Sums::zeros(self.columns.len())).collect(),
        };
        for (chunk, part) in self.chunks.iter().zip(parts) {
            pass.multipliers.extend(part.multipliers);
            pass.deviation = pass.deviation.max(part.deviation);
            pass.possible &= part.possible;
            pass.sums[chunk.group].add(&part.sums[0]);
        }
        pass
    }

    fn pass_chunk(&self, chunk: &Chunk, columns: &Line) -> Pass {
        let mut multipliers = Vec::with_capacity(chunk.rows.len());
        let (mut deviation, mut possible) = (0.0_f64, true);
        let mut sums = Sums::zeros(self.columns.len());
        let choose = |row: usize, parts: Parts| {
            let total = self.rows[row];
            let multiplier = Multiplier::to(total, parts);
            deviation = deviation.max((multiplier.sum(parts) - total).abs());
            possible &= is_possible(total, parts);
            multipliers.push(multiplier);
            multiplier
        };
        let out = (sums.positive.as_mut_slice(), sums.negative.as_mut_slice());
        self.cells.pass(chunk.rows.clone(), columns.columns(), out, choose);
        Pass { multipliers, deviation, possible, sums: vec![sums] }
    }
}

/// Largest deviation of a row or column sum, relative to the largest total; none when a cell is not
/// finite. A pass with multipliers of one, which fits nothing.
fn deviation(fitted: &Matrix, rows: &[f64], columns: &[f64]) -> Option<f64> {
    let cells = Cells::of(fitted)?;
    let ones = Line::ones(columns.len());
    let mut sums = Sums::zeros(columns.len());
    let mut off = 0.0_f64;
    let out = (sums.positive.as_mut_slice(), sums.negative.as_mut_slice());
    cells.pass(0..rows.len(), ones.columns(), out, |row, parts| {
        off = off.max((Multiplier::ONE.sum(parts) - rows[row]).abs());
        Multiplier::ONE
    });
    let sum = |j: usize| Multiplier::ONE.sum(sums.at(j, Multiplier::ONE));
    let off =
        columns.iter().enumerate().map(|(j, total)| (sum(j) - total).abs()).fold(off, f64::max);
    Some(off / scale(rows, columns))
}
