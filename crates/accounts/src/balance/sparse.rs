//! The prior as the passes read it: the dense table itself, or only its cells when most are zero.

#![expect(clippy::inline_always, reason = "instructions are chosen where a pass begins")]

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::kernel::{
    Columns, Multiplier, Parts, TOGETHER, add_positive, add_signed, positive_parts, signed_parts,
};
use crate::matrix::Matrix;

/// Share of cells below which a table is read by its cells that are not zero: such a cell costs
/// about four cells of a dense row.
const SPARSE: f64 = 0.2;

/// A prior, ready for passes.
pub(super) struct Cells<'a> {
    table: &'a Matrix,
    /// Rows with a negative cell.
    signed: Vec<bool>,
    few: Option<FewCells>,
}

/// Cells that are not zero, row by row.
struct FewCells {
    start: Vec<usize>,
    column: Vec<u32>,
    value: Vec<f64>,
}

/// What one look at a row tells.
struct Look {
    finite: bool,
    signed: bool,
    cells: usize,
}

#[inline(always)]
fn look(row: &[f64]) -> Look {
    const EXPONENT: u64 = 0x7ff << 52;
    let (mut signs, mut endless, mut cells) = (0, 0, 0_u64);
    for cell in row {
        let bits = cell.to_bits();
        signs |= bits;
        endless |= u64::from(bits & EXPONENT == EXPONENT);
        cells += u64::from(*cell != 0.0);
    }
    Look { finite: endless == 0, signed: signs >> 63 == 1, cells: cells as usize }
}

impl<'a> Cells<'a> {
    /// None when a cell is not a finite number.
    pub(super) fn of(table: &'a Matrix) -> Option<Self> {
        let looks = Arch::new().dispatch(Looks(table));
        let cells: usize = looks.iter().map(|look| look.cells).sum();
        let all = table.rows() * table.columns();
        let is_sparse = (cells as f64) < SPARSE * all as f64 && u32::try_from(all).is_ok();
        let signed = looks.iter().map(|look| look.signed).collect();
        let few = is_sparse.then(|| FewCells::of(table, cells));
        looks.iter().all(|look| look.finite).then_some(Self { table, signed, few })
    }

    pub(super) fn rows(&self) -> usize {
        self.table.rows()
    }

    pub(super) fn columns(&self) -> usize {
        self.table.columns()
    }

    /// For all `rows` in order: sums under `columns`, a multiplier chosen from them by `choose`, and
    /// what the row under that multiplier adds to the sums of columns.
    pub(super) fn pass(
        &self,
        rows: Range<usize>,
        columns: Columns,
        sums: (&mut [f64], &mut [f64]),
        mut choose: impl FnMut(usize, Parts) -> Multiplier,
    ) {
        if let Some(few) = &self.few {
            return rows.for_each(|row| {
                let by = choose(row, few.parts(row, columns));
                few.add(row, by, sums.0, sums.1);
            });
        }
        Arch::new().dispatch(DensePass { cells: self, rows, columns, sums, choose });
    }

    #[inline(always)]
    fn together<const R: usize>(
        &self,
        first: usize,
        columns: Columns,
        sums: &mut [f64],
        sums_negative: &mut [f64],
        choose: &mut impl FnMut(usize, Parts) -> Multiplier,
    ) {
        let rows: [&[f64]; R] = std::array::from_fn(|r| self.table.row(first + r));
        let signed = self.signed[first..first + R].contains(&true);
        let mut by = [Multiplier::ONE; R];
        for r in 0..R {
            let parts = if signed {
                signed_parts(rows[r], columns)
            } else {
                positive_parts(rows[r], columns)
            };
            by[r] = choose(first + r, parts);
        }
        if signed {
            add_signed(rows, by, sums, sums_negative);
        } else {
            add_positive(rows, by, sums);
        }
    }
}

/// A pass over rows of a dense table, on the widest instructions of the processor.
struct DensePass<'a, 'b, C> {
    cells: &'b Cells<'a>,
    rows: Range<usize>,
    columns: Columns<'b>,
    sums: (&'b mut [f64], &'b mut [f64]),
    choose: C,
}

impl<C: FnMut(usize, Parts) -> Multiplier> WithSimd for DensePass<'_, '_, C> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) {
        let (rows, columns, sums) = (self.rows, self.columns, self.sums);
        let whole = rows.start + rows.len() / TOGETHER * TOGETHER;
        for row in (rows.start..whole).step_by(TOGETHER) {
            self.cells.together::<TOGETHER>(row, columns, sums.0, sums.1, &mut self.choose);
        }
        for row in whole..rows.end {
            self.cells.together::<1>(row, columns, sums.0, sums.1, &mut self.choose);
        }
    }
}

/// A look at each row of a table, on the widest instructions of the processor.
struct Looks<'a>(&'a Matrix);

impl WithSimd for Looks<'_> {
    type Output = Vec<Look>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Vec<Look> {
        let mut looks = Vec::with_capacity(self.0.rows());
        for row in 0..self.0.rows() {
            looks.push(look(self.0.row(row)));
        }
        looks
    }
}

impl FewCells {
    fn of(table: &Matrix, cells: usize) -> Self {
        let mut few = Self {
            start: Vec::with_capacity(table.rows() + 1),
            column: Vec::with_capacity(cells),
            value: Vec::with_capacity(cells),
        };
        for row in 0..table.rows() {
            few.start.push(few.value.len());
            for (column, cell) in
                table.row(row).iter().enumerate().filter(|(_, cell)| **cell != 0.0)
            {
                few.column.push(column as u32);
                few.value.push(*cell);
            }
        }
        few.start.push(few.value.len());
        few
    }

    fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> {
        let range = self.start[row]..self.start[row + 1];
        let columns = self.column[range.clone()].iter().map(|column| *column as usize);
        columns.zip(self.value[range].iter().copied())
    }

    fn parts(&self, row: usize, columns: Columns) -> Parts {
        let mut parts = Parts::default();
        for (column, cell) in self.row(row) {
            if cell > 0.0 {
                parts.positive += cell * columns.factor[column];
            } else {
                parts.negative -= cell * columns.inverse[column];
            }
        }
        parts
    }

    fn add(&self, row: usize, by: Multiplier, sums: &mut [f64], sums_negative: &mut [f64]) {
        for (column, cell) in self.row(row) {
            if cell > 0.0 {
                sums[column] += cell * by.factor;
            } else {
                sums_negative[column] -= cell * by.inverse;
            }
        }
    }
}
