//! Loops over several strided arrays at once, and the one kernel that everything is made of:
//! `out += a · b` under broadcasting and summation.
//!
//! A [`Loop`] walks one index space with three arrays; stride 0 broadcasts an input and sums into
//! an output. Neighbouring dimensions are merged where all strides allow. The walk follows storage,
//! so that large inputs stream once from memory; four terms of a sum are taken together, so that
//! the output is read and written once for four. Threads write disjoint parts of the output, and
//! each number is summed in one fixed order: results do not depend on the number of threads.
//! Not here: which arrays (`crate::evaluate`), arithmetic along a row (`crate::row`).

#![expect(clippy::inline_always, reason = "instructions are chosen where a loop begins")]

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use crate::row::{self, Number, Row};

/// Work below which threads cost more than they save.
const PARALLEL_CELLS: usize = 1 << 16;

/// The same for a logarithm or an exponential of each cell.
const PARALLEL_FUNCTIONS: usize = 1 << 13;

/// Parts for each thread, so that a thread that is held up does not hold up the others.
const PARTS: usize = 4;

/// Terms of a sum that are taken together.
const TOGETHER: usize = 4;

/// Rows from here on are summed one by one where the output's row stays in the nearest cache: memory
/// is then read as one stream.
const LONG_ROW: usize = 128;

/// Most dimensions after merging.
const MAX_DEPTH: usize = 8;

/// An input: numbers as computed, or stored in half the width where that loses nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operand<'a> {
    Wide(&'a [f64]),
    Narrow(&'a [f32]),
}

impl<'a> From<&'a [f64]> for Operand<'a> {
    fn from(values: &'a [f64]) -> Self {
        Self::Wide(values)
    }
}

impl<'a> From<&'a Vec<f64>> for Operand<'a> {
    fn from(values: &'a Vec<f64>) -> Self {
        Self::Wide(values)
    }
}

/// A single number, to be broadcast.
impl<'a> From<&'a f64> for Operand<'a> {
    fn from(value: &'a f64) -> Self {
        Self::Wide(std::slice::from_ref(value))
    }
}

/// A length, and how far each array moves with a step along it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Dimension {
    length: usize,
    out: usize,
    a: usize,
    b: usize,
}

impl Dimension {
    /// This dimension and `inner` inside it as one, when every array steps through both alike.
    fn merged(self, inner: Self) -> Option<Self> {
        let fits = self.out == inner.out * inner.length
            && self.a == inner.a * inner.length
            && self.b == inner.b * inner.length;
        fits.then_some(Self { length: self.length * inner.length, ..inner })
    }

    /// Steps of `count` cells; what does not fill a step is left out.
    fn in_steps_of(self, count: usize) -> Self {
        let Self { length, out, a, b } = self;
        Self { length: length / count, out: out * count, a: a * count, b: b * count }
    }
}

/// One index space over three arrays; the last dimension is the row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Loop {
    dimensions: [Dimension; MAX_DEPTH],
    depth: usize,
}

impl Loop {
    /// A loop over `shape` with the strides of output and inputs in each dimension.
    pub(crate) fn new(shape: &[usize], out: &[usize], a: &[usize], b: &[usize]) -> Self {
        let mut merged: Vec<Dimension> = Vec::new();
        for at in (0..shape.len()).filter(|at| shape[*at] != 1) {
            let next = Dimension { length: shape[at], out: out[at], a: a[at], b: b[at] };
            match merged.last_mut().and_then(|outer| Some((outer.merged(next)?, outer))) {
                Some((both, outer)) => *outer = both,
                None => merged.push(next),
            }
        }
        if merged.is_empty() {
            merged.push(Dimension { length: 1, ..Dimension::default() });
        }
        assert!(merged.len() <= MAX_DEPTH, "at most {MAX_DEPTH} dimensions");
        let mut dimensions = [Dimension::default(); MAX_DEPTH];
        dimensions[..merged.len()].copy_from_slice(&merged);
        Self { dimensions, depth: merged.len() }
    }

    fn dimensions(&self) -> &[Dimension] {
        &self.dimensions[..self.depth]
    }

    /// The same loop with another dimension at a position.
    fn with(mut self, at: usize, dimension: Dimension) -> Self {
        self.dimensions[at] = dimension;
        self
    }

    fn cells(&self) -> usize {
        self.dimensions().iter().map(|each| each.length).product()
    }

    fn row(&self) -> Row {
        let Dimension { length, out, a, b } = self.dimensions[self.depth - 1];
        Row { length, out, a, b }
    }

    /// `out += a · b` over the whole index space.
    pub(crate) fn multiply_add<'a>(
        &self,
        out: &mut [f64],
        a: impl Into<Operand<'a>>,
        b: impl Into<Operand<'a>>,
    ) {
        self.choose::<false>(out, a.into(), b.into());
    }

    /// `out = Σ a · b` over the whole index space; cells that it does not reach become 0.
    pub(crate) fn multiply<'a>(
        &self,
        out: &mut [f64],
        a: impl Into<Operand<'a>>,
        b: impl Into<Operand<'a>>,
    ) {
        if self.cells() == out.len() && !self.sums() {
            self.choose::<true>(out, a.into(), b.into());
        } else {
            out.fill(0.0);
            self.multiply_add(out, a, b);
        }
    }

    /// Whether several terms go into one cell of the output.
    fn sums(&self) -> bool {
        self.dimensions().iter().any(|each| each.out == 0 && each.length > 1)
    }

    fn choose<const SET: bool>(&self, out: &mut [f64], a: Operand<'_>, b: Operand<'_>) {
        match (a, b) {
            (Operand::Wide(a), Operand::Wide(b)) => self.spread::<SET, _, _>(out, a, b),
            (Operand::Wide(a), Operand::Narrow(b)) => self.spread::<SET, _, _>(out, a, b),
            (Operand::Narrow(a), Operand::Wide(b)) => self.spread::<SET, _, _>(out, a, b),
            (Operand::Narrow(a), Operand::Narrow(b)) => self.spread::<SET, _, _>(out, a, b),
        }
    }

    /// Over threads, each with a part of the output.
    fn spread<const SET: bool, A: Number, B: Number>(&self, out: &mut [f64], a: &[A], b: &[B]) {
        let Some(at) = self.divisible(out.len()) else {
            Arch::new().dispatch(Run::<SET, A, B> { whole: *self, out, a, b });
            return;
        };
        let whole = self.dimensions[at];
        let count = whole.length.div_ceil(PARTS * rayon::current_num_threads());
        out.par_chunks_mut(whole.out * count).enumerate().for_each(|(part, out)| {
            let first = part * count;
            let length = count.min(whole.length - first);
            let part = self.with(at, Dimension { length, ..whole });
            let (a, b) = (&a[first * whole.a..], &b[first * whole.b..]);
            Arch::new().dispatch(Run::<SET, A, B> { whole: part, out, a, b });
        });
    }

    /// The dimension along which threads may divide the output.
    fn divisible(&self, out_len: usize) -> Option<usize> {
        if self.cells() < PARALLEL_CELLS || rayon::current_num_threads() == 1 {
            return None;
        }
        self.dimensions().iter().position(|each| each.out > 0 && each.out * each.length == out_len)
    }

    /// The innermost summed dimension that four terms can be taken from, the row aside.
    fn summed(&self) -> Option<usize> {
        let row = self.row();
        let takes = |each: &Dimension| each.out == 0 && each.length >= TOGETHER;
        let at = self.dimensions[..self.depth - 1].iter().rposition(takes)?;
        let in_cache = at + 2 == self.depth && row.length >= LONG_ROW;
        (!in_cache).then_some(at)
    }

    #[inline(always)]
    fn run<const SET: bool, A: Number, B: Number>(&self, out: &mut [f64], a: &[A], b: &[B]) {
        let Some(at) = self.summed() else {
            self.one_by_one::<SET, A, B>(out, a, b);
            return;
        };
        let whole = self.dimensions[at];
        let row = self.row();
        for (o, i, j) in self.with(at, whole.in_steps_of(TOGETHER)).rows() {
            row::four(row, &mut out[o..], &a[i..], &b[j..], (whole.a, whole.b));
        }
        let rest = whole.length % TOGETHER;
        if rest > 0 {
            let done = whole.length - rest;
            let last = self.with(at, Dimension { length: rest, ..whole });
            last.one_by_one::<SET, A, B>(out, &a[done * whole.a..], &b[done * whole.b..]);
        }
    }

    #[inline(always)]
    fn one_by_one<const SET: bool, A: Number, B: Number>(&self, out: &mut [f64], a: &[A], b: &[B]) {
        let row = self.row();
        for (o, i, j) in self.rows() {
            row::one::<SET, A, B>(row, &mut out[o..], &a[i..], &b[j..]);
        }
    }

    fn rows(&self) -> Rows<'_> {
        let ended = self.cells() == 0;
        Rows {
            outer: &self.dimensions[..self.depth - 1],
            index: [0; MAX_DEPTH],
            at: (0, 0, 0),
            ended,
        }
    }

    /// Calls `cell(out, a, b)` with the offset of every cell, in one thread.
    pub(crate) fn cells_do(&self, mut cell: impl FnMut(usize, usize, usize)) {
        let row = self.row();
        for (o, a, b) in self.rows() {
            for at in 0..row.length {
                cell(o + at * row.out, a + at * row.a, b + at * row.b);
            }
        }
    }
}

/// A loop with its arrays, to be run with the widest instructions at hand.
///
/// A closure would do, were it certain to be inlined where the instructions are chosen.
struct Run<'a, const SET: bool, A, B> {
    whole: Loop,
    out: &'a mut [f64],
    a: &'a [A],
    b: &'a [B],
}

impl<const SET: bool, A: Number, B: Number> WithSimd for Run<'_, SET, A, B> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.whole.run::<SET, A, B>(self.out, self.a, self.b);
    }
}

/// Offsets of output and inputs at the start of each row.
struct Rows<'a> {
    outer: &'a [Dimension],
    index: [usize; MAX_DEPTH],
    at: (usize, usize, usize),
    ended: bool,
}

impl Iterator for Rows<'_> {
    type Item = (usize, usize, usize);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let here = self.at;
        for (step, index) in self.outer.iter().zip(&mut self.index[..self.outer.len()]).rev() {
            let (o, a, b) = &mut self.at;
            *index += 1;
            (*o, *a, *b) = (*o + step.out, *a + step.a, *b + step.b);
            if *index < step.length {
                return Some(here);
            }
            *index = 0;
            *o -= step.out * step.length;
            *a -= step.a * step.length;
            *b -= step.b * step.length;
        }
        self.ended = true;
        Some(here)
    }
}

/// `out = f(a)` cell by cell, for arithmetic.
pub(crate) fn map(out: &mut [f64], a: &[f64], f: impl Fn(f64) -> f64) {
    Arch::new().dispatch(|| {
        for (out, a) in out.iter_mut().zip(a) {
            *out = f(*a);
        }
    });
}

/// `out = f(a)` cell by cell, for functions that take long enough to share them out.
pub(crate) fn map_function(out: &mut [f64], a: &[f64], f: impl Fn(f64) -> f64 + Sync) {
    let apply = |(out, a): (&mut [f64], &[f64])| {
        for (out, a) in out.iter_mut().zip(a) {
            *out = f(*a);
        }
    };
    let part = out.len().div_ceil(PARTS * rayon::current_num_threads()).max(1);
    if out.len() < PARALLEL_FUNCTIONS || rayon::current_num_threads() == 1 {
        apply((out, a));
    } else {
        out.par_chunks_mut(part).zip(a.par_chunks(part)).for_each(apply);
    }
}

/// `out = f(a, b)` cell by cell, for arithmetic.
pub(crate) fn zip(out: &mut [f64], a: &[f64], b: &[f64], f: impl Fn(f64, f64) -> f64) {
    Arch::new().dispatch(|| {
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            *out = f(*a, *b);
        }
    });
}

/// `out += f(a, b)` cell by cell, for arithmetic.
pub(crate) fn zip_add(out: &mut [f64], a: &[f64], b: &[f64], f: impl Fn(f64, f64) -> f64) {
    Arch::new().dispatch(|| {
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            *out += f(*a, *b);
        }
    });
}

/// Inner product in a fixed order.
pub(crate) fn dot(x: &[f64], y: &[f64]) -> f64 {
    Arch::new().dispatch(|| row::dot(x, y))
}

/// `out += factor · x`.
pub(crate) fn add_scaled(out: &mut [f64], factor: f64, x: &[f64]) {
    Arch::new().dispatch(|| {
        for (out, x) in out.iter_mut().zip(x) {
            *out += factor * x;
        }
    });
}

/// Largest absolute value; not-a-number counts as infinite.
pub(crate) fn max_abs(x: &[f64]) -> f64 {
    x.iter().fold(
        0.0,
        |most: f64, value| if value.is_nan() { f64::INFINITY } else { most.max(value.abs()) },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contraction_broadcast_and_sum_agree_with_three_plain_loops() {
        // out[i, k] = Σ_j a[i, j, k] · b[j]
        let (ni, nj, nk) = (3, 4, 5);
        let a: Vec<f64> = (0..60).map(|x| f64::from(x).sin()).collect();
        let b: Vec<f64> = (0..4).map(|x| f64::from(x).cos()).collect();
        let mut out = vec![0.0; ni * nk];
        Loop::new(&[ni, nj, nk], &[nk, 0, 1], &[nj * nk, nk, 1], &[0, 1, 0])
            .multiply_add(&mut out, &a, &b);
        for i in 0..ni {
            for k in 0..nk {
                let expected: f64 = (0..nj).map(|j| a[(i * nj + j) * nk + k] * b[j]).sum();
                assert!((out[i * nk + k] - expected).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn equal_shapes_merge_into_one_row() {
        let same = Loop::new(&[3, 4, 5], &[20, 5, 1], &[20, 5, 1], &[20, 5, 1]);
        assert_eq!((same.depth, same.row().length), (1, 60));
    }

    #[test]
    fn threads_give_the_same_bytes() {
        let n = 300;
        let a: Vec<f64> = (0..n * n).map(|x| (x as f64).sin()).collect();
        let b: Vec<f64> = (0..n).map(|x| (x as f64).cos()).collect();
        let sum = Loop::new(&[n, n], &[1, 0], &[n, 1], &[0, 1]);
        let run = |threads: usize| {
            let pool =
                rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            let mut out = vec![0.0; n];
            pool.install(|| sum.multiply_add(&mut out, &a, &b));
            out
        };
        assert_eq!(run(1), run(2));
    }
}
