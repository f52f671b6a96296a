//! One pass over a large matrix that serves many vectors at once.
//!
//! `Z · x` for some vectors and `Zᵀ · y` for others are taken from the same rows of Z while they are in
//! cache, so a pass costs one reading of Z from memory. Blocks of rows are shared out to
//! threads; their number follows from the size alone and every sum has one order, so results do not
//! depend on the number of threads. Products and sums are rounded apart: every processor gives the
//! same numbers.
//! Not here: what the products mean (`super::leontief`).

#![expect(clippy::inline_always, reason = "instructions are chosen where a loop begins")]

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use crate::matrix::Matrix;

/// Columns of a tile: long, because memory is faster along a row than rows are apart; outputs of that
/// length still lie in the second-level cache.
const TILE: usize = 16384;

/// Rows taken together.
const GROUP: usize = 4;

/// Blocks of rows that are shared out to threads, at most.
const BLOCKS: usize = 16;

/// Fewest rows of a block.
const FEWEST_ROWS: usize = 64;

/// Vectors times a matrix from both sides.
pub(crate) struct Products {
    /// Z x for every row x of `right`, p × rows of Z.
    pub right: Matrix,
    /// Zᵀ y for every row y of `left`, q × columns of Z.
    pub left: Matrix,
}

/// `Z x` and `Zᵀ y` for many vectors in one pass.
///
/// - `z`: rows × columns.
/// - `right`: p × columns, one vector a row.
/// - `left`: q × rows, one vector a row.
pub(crate) fn products(z: &Matrix, right: &Matrix, left: &Matrix) -> Products {
    assert!(right.rows() == 0 || right.columns() == z.columns(), "vectors of the columns");
    assert!(left.rows() == 0 || left.columns() == z.rows(), "vectors of the rows");
    let rows = z.rows().div_ceil(BLOCKS).next_multiple_of(GROUP).max(FEWEST_ROWS);
    let starts: Vec<usize> = (0..z.rows()).step_by(rows).collect();
    let block = |start: &usize| Block::of(z, right, left, *start, (*start + rows).min(z.rows()));
    let blocks: Vec<Block> = starts.par_iter().map(block).collect();
    gather(z, right.rows(), left.rows(), &blocks)
}

/// Puts blocks of rows below one another and sums what they add to the columns.
fn gather(z: &Matrix, p: usize, q: usize, blocks: &[Block]) -> Products {
    let mut out =
        Products { right: Matrix::zeros(p, z.rows()), left: Matrix::zeros(q, z.columns()) };
    for block in blocks {
        for k in 0..p {
            let here = &block.right[k * block.rows..(k + 1) * block.rows];
            out.right.row_mut(k)[block.start..block.start + block.rows].copy_from_slice(here);
        }
        for (sum, part) in out.left.values_mut().iter_mut().zip(&block.left) {
            *sum += part;
        }
    }
    out
}

/// What one block of rows gives.
struct Block {
    start: usize,
    rows: usize,
    /// p × rows of the block.
    right: Vec<f64>,
    /// q × columns of Z.
    left: Vec<f64>,
}

impl Block {
    fn of(z: &Matrix, right: &Matrix, left: &Matrix, start: usize, end: usize) -> Self {
        let rows = end - start;
        let mut block = Self {
            start,
            rows,
            right: vec![0.0; right.rows() * rows],
            left: vec![0.0; left.rows() * z.columns()],
        };
        Arch::new().dispatch(Fill { block: &mut block, z, right, left });
        block
    }

    #[inline(always)]
    fn fill(&mut self, z: &Matrix, right: &Matrix, left: &Matrix) {
        for from in (0..z.columns()).step_by(TILE) {
            let tile = from..(from + TILE).min(z.columns());
            let mut row = 0;
            while row + GROUP <= self.rows {
                let part: [&[f64]; GROUP] =
                    std::array::from_fn(|at| &z.row(self.start + row + at)[tile.clone()]);
                self.group(part, row, from, right, left);
                row += GROUP;
            }
            for row in row..self.rows {
                let part = &z.row(self.start + row)[tile.clone()];
                self.group([part], row, from, right, left);
            }
        }
    }

    /// A few rows of one tile.
    #[inline(always)]
    fn group<const N: usize>(
        &mut self,
        part: [&[f64]; N],
        row: usize,
        from: usize,
        right: &Matrix,
        left: &Matrix,
    ) {
        let width = part[0].len();
        for k in 0..right.rows() {
            let sums = dots(part, &right.row(k)[from..from + width]);
            let out = &mut self.right[k * self.rows + row..][..N];
            out.iter_mut().zip(sums).for_each(|(out, sum)| *out += sum);
        }
        let columns = self.left.len().checked_div(left.rows()).unwrap_or(0);
        let weights = |k: usize| std::array::from_fn(|at| left.at(k, self.start + row + at));
        let mut outputs =
            self.left.chunks_exact_mut(columns.max(1)).map(|out| &mut out[from..][..width]);
        let mut k = 0;
        while let Some(first) = outputs.next() {
            match outputs.next() {
                Some(second) => {
                    let outputs = [first, second];
                    add_scaled(outputs, part, [weights(k), weights(k + 1)]);
                }
                None => add_scaled([first], part, [weights(k)]),
            }
            k += 2;
        }
    }
}

/// Fills a block with the processor's widest instructions: a trait instead of a closure, because
/// only what is inlined here is compiled for them.
struct Fill<'a> {
    block: &'a mut Block,
    z: &'a Matrix,
    right: &'a Matrix,
    left: &'a Matrix,
}

impl WithSimd for Fill<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.block.fill(self.z, self.right, self.left);
    }
}

/// Inner products of a few rows with one vector, each with [`LANES`] partial sums.
#[inline(always)]
fn dots<const N: usize>(rows: [&[f64]; N], x: &[f64]) -> [f64; N] {
    let whole = x.len() / LANES * LANES;
    let rows = rows.map(|row| &row[..x.len()]);
    let mut sums = [[0.0; LANES]; N];
    let mut start = 0;
    while start < whole {
        let x: &[f64; LANES] = x[start..start + LANES].try_into().expect("as long");
        for at in 0..N {
            let row: &[f64; LANES] = rows[at][start..start + LANES].try_into().expect("as long");
            for lane in 0..LANES {
                sums[at][lane] += row[lane] * x[lane];
            }
        }
        start += LANES;
    }
    std::array::from_fn(|at| {
        let tail: f64 = rows[at][whole..].iter().zip(&x[whole..]).map(|(a, b)| a * b).sum();
        sums[at].iter().sum::<f64>() + tail
    })
}

/// Partial sums of an inner product.
const LANES: usize = 8;

/// `out += Σ weight · row` for a few rows, into a few outputs.
#[inline(always)]
fn add_scaled<const N: usize, const K: usize>(
    outputs: [&mut [f64]; K],
    rows: [&[f64]; N],
    weights: [[f64; N]; K],
) {
    let n = rows[0].len();
    let rows = rows.map(|row| &row[..n]);
    let outputs = outputs.map(|out| &mut out[..n]);
    let whole = n / LANES * LANES;
    let mut start = 0;
    while start < whole {
        let cells: [&[f64; LANES]; N] =
            rows.map(|row| row[start..start + LANES].try_into().expect("as long"));
        for k in 0..K {
            let out: &mut [f64; LANES] =
                (&mut outputs[k][start..start + LANES]).try_into().expect("as long");
            let mut sums = [0.0; LANES];
            for each in 0..N {
                for lane in 0..LANES {
                    sums[lane] += weights[k][each] * cells[each][lane];
                }
            }
            for lane in 0..LANES {
                out[lane] += sums[lane];
            }
        }
        start += LANES;
    }
    for at in whole..n {
        for k in 0..K {
            let sum: f64 = (0..N).map(|each| weights[k][each] * rows[each][at]).sum();
            outputs[k][at] += sum;
        }
    }
}

/// Inner product in a fixed order.
pub(crate) fn dot(x: &[f64], y: &[f64]) -> f64 {
    Arch::new().dispatch(|| dots([x], y)[0])
}

/// `out += factor · x`.
pub(crate) fn add(out: &mut [f64], factor: f64, x: &[f64]) {
    Arch::new().dispatch(|| add_scaled([out], [x], [[factor]]));
}
