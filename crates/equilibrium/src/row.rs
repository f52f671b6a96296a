//! Arithmetic along one row of a loop: `out = a · b`, `out += a · b`, and four terms of a sum at
//! once.
//!
//! Everything here is inlined into a caller that has chosen the processor's widest instructions
//! (`pulp::Arch::dispatch`); products and sums are rounded apart, so that every processor gives the
//! same numbers.
//! Not here: walking from row to row (`crate::kernel`).

#![expect(clippy::inline_always, reason = "instructions are chosen where a loop begins")]

/// A stored number: 64 bits, or 32 where that loses nothing.
pub(crate) trait Number: Copy + Into<f64> + Send + Sync {}

impl Number for f64 {}
impl Number for f32 {}

/// A row's length, and how far each array moves with a step along it.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) length: usize,
    pub(crate) out: usize,
    pub(crate) a: usize,
    pub(crate) b: usize,
}

/// `out += a · b`, or `out = a · b` when `SET`.
#[inline(always)]
pub(crate) fn one<const SET: bool, A: Number, B: Number>(
    row: Row,
    out: &mut [f64],
    a: &[A],
    b: &[B],
) {
    let n = row.length;
    match (row.out, row.a, row.b) {
        (1, 1, 1) => {
            let (out, a, b) = (&mut out[..n], &a[..n], &b[..n]);
            for at in 0..n {
                put::<SET>(&mut out[at], a[at].into() * b[at].into());
            }
        }
        (1, 1, 0) => {
            let factor: f64 = b[0].into();
            for (out, x) in out[..n].iter_mut().zip(&a[..n]) {
                put::<SET>(out, (*x).into() * factor);
            }
        }
        (1, 0, 1) => {
            let factor: f64 = a[0].into();
            for (out, x) in out[..n].iter_mut().zip(&b[..n]) {
                put::<SET>(out, factor * (*x).into());
            }
        }
        (0, 1, 1) => put::<SET>(&mut out[0], dot(&a[..n], &b[..n])),
        _ => {
            for at in 0..n {
                put::<SET>(&mut out[at * row.out], a[at * row.a].into() * b[at * row.b].into());
            }
        }
    }
}

#[inline(always)]
fn put<const SET: bool>(out: &mut f64, term: f64) {
    *out = if SET { term } else { *out + term };
}

/// Four rows added to one; rows of `a` lie `apart.0` apart, those of `b` `apart.1`.
#[inline(always)]
pub(crate) fn four<A: Number, B: Number>(
    row: Row,
    out: &mut [f64],
    a: &[A],
    b: &[B],
    apart: (usize, usize),
) {
    let n = row.length;
    match (row.out, row.a, row.b) {
        (1, 1, 1) => {
            four_products(&mut out[..n], four_rows(a, apart.0, n), four_rows(b, apart.1, n));
        }
        (1, 1, 0) => scaled(&mut out[..n], four_rows(a, apart.0, n), four_cells(b, apart.1)),
        (1, 0, 1) => scaled(&mut out[..n], four_rows(b, apart.1, n), four_cells(a, apart.0)),
        _ => {
            for at in 0..4 {
                one::<false, A, B>(row, out, &a[at * apart.0..], &b[at * apart.1..]);
            }
        }
    }
}

#[inline(always)]
fn four_rows<A: Number>(x: &[A], apart: usize, n: usize) -> [&[A]; 4] {
    std::array::from_fn(|at| &x[at * apart..at * apart + n])
}

#[inline(always)]
fn four_cells<A: Number>(x: &[A], apart: usize) -> [f64; 4] {
    std::array::from_fn(|at| x[at * apart].into())
}

#[inline(always)]
fn four_products<A: Number, B: Number>(out: &mut [f64], a: [&[A]; 4], b: [&[B]; 4]) {
    let n = out.len();
    let ([a0, a1, a2, a3], [b0, b1, b2, b3]) = (a.map(|x| &x[..n]), b.map(|x| &x[..n]));
    for at in 0..n {
        let first = a0[at].into() * b0[at].into() + a1[at].into() * b1[at].into();
        let second = a2[at].into() * b2[at].into() + a3[at].into() * b3[at].into();
        out[at] += first + second;
    }
}

#[inline(always)]
fn scaled<A: Number>(out: &mut [f64], a: [&[A]; 4], factor: [f64; 4]) {
    let n = out.len();
    let [a0, a1, a2, a3] = a.map(|x| &x[..n]);
    for at in 0..n {
        let first = a0[at].into() * factor[0] + a1[at].into() * factor[1];
        let second = a2[at].into() * factor[2] + a3[at].into() * factor[3];
        out[at] += first + second;
    }
}

/// Inner product in a fixed order with eight partial sums.
#[inline(always)]
pub(crate) fn dot<A: Number, B: Number>(x: &[A], y: &[B]) -> f64 {
    let mut sums = [0.0; 8];
    let (xs, ys) = (x.chunks_exact(8), y.chunks_exact(8));
    let (x_rest, y_rest) = (xs.remainder(), ys.remainder());
    for (x, y) in xs.zip(ys) {
        for at in 0..8 {
            sums[at] += x[at].into() * y[at].into();
        }
    }
    let tail: f64 = x_rest.iter().zip(y_rest).map(|(x, y)| (*x).into() * (*y).into()).sum();
    sums.iter().sum::<f64>() + tail
}
