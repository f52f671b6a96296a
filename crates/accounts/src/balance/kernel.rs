//! One pass over some rows: what each row sums to under the column multipliers, its new multiplier,
//! and what it then adds to each column, while the row is still in the nearest cache.
//!
//! Four rows are added to the sums of columns together. Products and sums are rounded apart, and
//! partial sums have a fixed number of lanes, so every processor gives the same numbers.
//! Not here: rounds and stopping (`super::scaling`), rows with few cells (`super::sparse`).

#![expect(clippy::inline_always, reason = "instructions are chosen where a pass begins")]

use pulp::{Arch, Simd, WithSimd};

/// Rows that are added to sums of columns together.
pub(super) const TOGETHER: usize = 4;
/// Partial sums of a row.
const LANES: usize = 16;

/// Multipliers of columns: of positive cells, and of negative ones (the inverse).
#[derive(Clone, Copy)]
pub(super) struct Columns<'a> {
    pub(super) factor: &'a [f64],
    pub(super) inverse: &'a [f64],
}

/// A sum over positive cells and one over the sizes of negative cells.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Parts {
    pub(super) positive: f64,
    pub(super) negative: f64,
}

/// Multiplier of a line's positive cells, and of its negative ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Multiplier {
    pub(super) factor: f64,
    pub(super) inverse: f64,
}

impl Multiplier {
    pub(super) const ONE: Self = Self { factor: 1.0, inverse: 1.0 };

    /// What takes the parts of a line to `total`: the root r > 0 of r p − n / r = total.
    ///
    /// A line without positive cells takes n / −total (Lenzen, Wood & Gallego 2007); an empty line
    /// keeps 1.
    pub(super) fn to(total: f64, parts: Parts) -> Self {
        let Parts { positive: p, negative: n } = parts;
        if n == 0.0 {
            return if p > 0.0 { Self::of(total / p) } else { Self::ONE };
        }
        if p == 0.0 {
            // A total of 0 takes all cells to 0: the inverse is 0, the factor meets no cell.
            let inverse = (-total / n).max(0.0);
            return Self { factor: if inverse > 0.0 { 1.0 / inverse } else { 0.0 }, inverse };
        }
        let root = (total * total + 4.0 * p * n).sqrt();
        // The two forms of the root are equal; each is free of cancellation where it is used.
        Self::of(if total >= 0.0 { (total + root) / (2.0 * p) } else { 2.0 * n / (root - total) })
    }

    fn of(factor: f64) -> Self {
        Self { factor, inverse: if factor > 0.0 { 1.0 / factor } else { 0.0 } }
    }

    /// Sum of a line under this multiplier.
    pub(super) fn sum(self, parts: Parts) -> f64 {
        self.factor * parts.positive - self.inverse * parts.negative
    }
}

/// Sum over a row without negative cells.
#[inline(always)]
pub(super) fn positive_parts(row: &[f64], columns: Columns) -> Parts {
    Parts { positive: weighted(row, columns.factor, |cell| cell), negative: 0.0 }
}

/// Sums over a row with cells of both signs: two readings, the second from the nearest cache.
#[inline(always)]
pub(super) fn signed_parts(row: &[f64], columns: Columns) -> Parts {
    Parts {
        positive: weighted(row, columns.factor, positive),
        negative: weighted(row, columns.inverse, negative),
    }
}

/// Σ part(cell) · weight.
#[inline(always)]
fn weighted(row: &[f64], weights: &[f64], part: impl Fn(f64) -> f64) -> f64 {
    let weights = &weights[..row.len()];
    let (cells, factors) = (row.chunks_exact(LANES), weights.chunks_exact(LANES));
    let rest = cells.remainder().iter().zip(factors.remainder());
    let rest = rest.map(|(cell, by)| part(*cell) * by).sum::<f64>();
    let mut sums = [0.0; LANES];
    for (cell, by) in cells.zip(factors) {
        for k in 0..LANES {
            sums[k] += part(cell[k]) * by[k];
        }
    }
    sums.iter().sum::<f64>() + rest
}

/// `out += Σ multiplier · row` over rows without negative cells.
#[inline(always)]
pub(super) fn add_positive<const R: usize>(
    rows: [&[f64]; R],
    by: [Multiplier; R],
    out: &mut [f64],
) {
    let n = out.len();
    let rows = rows.map(|row| &row[..n]);
    for (j, out) in out.iter_mut().enumerate() {
        let mut sum = 0.0;
        for r in 0..R {
            sum += rows[r][j] * by[r].factor;
        }
        *out += sum;
    }
}

/// Adds positive cells under the factors, and negative cells under the inverses.
#[inline(always)]
pub(super) fn add_signed<const R: usize>(
    rows: [&[f64]; R],
    by: [Multiplier; R],
    out: &mut [f64],
    out_negative: &mut [f64],
) {
    let n = out.len();
    let (rows, out_negative) = (rows.map(|row| &row[..n]), &mut out_negative[..n]);
    for (j, (out, out_negative)) in out.iter_mut().zip(out_negative).enumerate() {
        let (mut sum, mut sum_negative) = (0.0, 0.0);
        for r in 0..R {
            sum += positive(rows[r][j]) * by[r].factor;
            sum_negative += negative(rows[r][j]) * by[r].inverse;
        }
        *out += sum;
        *out_negative += sum_negative;
    }
}

/// Cells of a row under the multipliers.
pub(super) fn scale_row(cells: &mut [f64], row: Multiplier, columns: Columns) {
    Arch::new().dispatch(ScaleRow { cells, row, columns });
}

struct ScaleRow<'a> {
    cells: &'a mut [f64],
    row: Multiplier,
    columns: Columns<'a>,
}

impl WithSimd for ScaleRow<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let by = self.columns.factor.iter().zip(self.columns.inverse);
        for (cell, (factor, inverse)) in self.cells.iter_mut().zip(by) {
            let (factor, inverse) = (self.row.factor * factor, self.row.inverse * inverse);
            *cell *= if *cell >= 0.0 { factor } else { inverse };
        }
    }
}

#[inline(always)]
fn positive(cell: f64) -> f64 {
    if cell > 0.0 { cell } else { 0.0 }
}

#[inline(always)]
fn negative(cell: f64) -> f64 {
    if cell < 0.0 { -cell } else { 0.0 }
}
