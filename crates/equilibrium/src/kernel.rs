//! Loops over several strided arrays at once, and the one kernel that everything is made of:
//! `out += a · b` under broadcasting and summation.
//!
//! A [`Loop`] walks one index space with three arrays; stride 0 broadcasts an input and sums into
//! an output. Neighbouring dimensions are merged where all strides allow, and an output dimension
//! comes first, so that threads write disjoint parts and the result does not depend on their
//! number.
//! Not here: which arrays (`crate::evaluate`).

use rayon::prelude::*;

/// Work below which threads cost more than they save.
const PARALLEL_CELLS: usize = 1 << 16;

/// Most dimensions after merging.
const MAX_DEPTH: usize = 8;

/// One index space over three arrays; the last dimension is the row.
#[derive(Debug, Clone)]
pub(crate) struct Loop {
    shape: Vec<usize>,
    out: Vec<usize>,
    a: Vec<usize>,
    b: Vec<usize>,
}

impl Loop {
    /// A loop over `shape` with the strides of output and inputs in each dimension.
    pub(crate) fn new(shape: &[usize], out: &[usize], a: &[usize], b: &[usize]) -> Self {
        let mut merged = Self { shape: vec![], out: vec![], a: vec![], b: vec![] };
        for at in (0..shape.len()).rev() {
            if shape[at] == 1 || merged.merge([shape[at], out[at], a[at], b[at]]) {
                continue;
            }
            merged.push([shape[at], out[at], a[at], b[at]]);
        }
        if merged.shape.is_empty() {
            merged.push([1, 0, 0, 0]);
        }
        // Pushed from the innermost outwards.
        for list in [&mut merged.shape, &mut merged.out, &mut merged.a, &mut merged.b] {
            list.reverse();
        }
        assert!(merged.shape.len() <= MAX_DEPTH, "at most {MAX_DEPTH} dimensions");
        merged.outputs_first()
    }

    fn push(&mut self, [shape, out, a, b]: [usize; 4]) {
        self.shape.push(shape);
        self.out.push(out);
        self.a.push(a);
        self.b.push(b);
    }

    /// Joins a dimension to the one inside it, when every array steps through both as one.
    fn merge(&mut self, [shape, out, a, b]: [usize; 4]) -> bool {
        let Some(inner) = self.shape.last().copied() else { return false };
        let top = self.shape.len() - 1;
        let fits =
            out == self.out[top] * inner && a == self.a[top] * inner && b == self.b[top] * inner;
        if fits {
            self.shape[top] = inner * shape;
        }
        fits
    }

    /// Moves dimensions of the output outside the summed ones, the row staying innermost.
    fn outputs_first(self) -> Self {
        let row = self.shape.len() - 1;
        let mut order: Vec<usize> = (0..row).filter(|at| self.out[*at] > 0).collect();
        order.extend((0..row).filter(|at| self.out[*at] == 0));
        order.push(row);
        let pick = |list: &[usize]| order.iter().map(|at| list[*at]).collect();
        Self { shape: pick(&self.shape), out: pick(&self.out), a: pick(&self.a), b: pick(&self.b) }
    }

    fn cells(&self) -> usize {
        self.shape.iter().product()
    }

    /// Calls `row` with the offsets of output and inputs at the start of each row, leaving out the
    /// first `skip` dimensions.
    fn rows(&self, skip: usize, mut row: impl FnMut(usize, usize, usize)) {
        let depth = self.shape.len() - 1;
        let mut index = [0usize; MAX_DEPTH];
        let (mut o, mut a, mut b) = (0, 0, 0);
        loop {
            row(o, a, b);
            let mut at = depth;
            loop {
                if at == skip {
                    return;
                }
                at -= 1;
                index[at] += 1;
                o += self.out[at];
                a += self.a[at];
                b += self.b[at];
                if index[at] < self.shape[at] {
                    break;
                }
                o -= self.out[at] * self.shape[at];
                a -= self.a[at] * self.shape[at];
                b -= self.b[at] * self.shape[at];
                index[at] = 0;
            }
        }
    }

    /// Whether threads may each take one index of the first dimension.
    fn splits(&self, out_len: usize) -> bool {
        self.shape.len() > 1
            && self.cells() >= PARALLEL_CELLS
            && self.out[0] > 0
            && self.out[0] * self.shape[0] == out_len
    }

    /// `out += a · b` over the whole index space.
    pub(crate) fn multiply_add(&self, out: &mut [f64], a: &[f64], b: &[f64]) {
        let row = self.shape.len() - 1;
        let [n, so, sa, sb] = [self.shape[row], self.out[row], self.a[row], self.b[row]];
        if self.splits(out.len()) {
            out.par_chunks_mut(self.out[0]).enumerate().for_each(|(first, part)| {
                let (a, b) = (&a[first * self.a[0]..], &b[first * self.b[0]..]);
                self.rows(1, |o, i, j| {
                    multiply_add_row(n, (&mut part[o..], so), (&a[i..], sa), (&b[j..], sb));
                });
            });
        } else {
            self.rows(0, |o, i, j| {
                multiply_add_row(n, (&mut out[o..], so), (&a[i..], sa), (&b[j..], sb));
            });
        }
    }

    /// Calls `cell(out, a, b)` with the offset of every cell, in one thread.
    pub(crate) fn cells_do(&self, mut cell: impl FnMut(usize, usize, usize)) {
        let row = self.shape.len() - 1;
        let [n, so, sa, sb] = [self.shape[row], self.out[row], self.a[row], self.b[row]];
        self.rows(0, |o, a, b| {
            for at in 0..n {
                cell(o + at * so, a + at * sa, b + at * sb);
            }
        });
    }
}

/// `out += a · b` along one row with strides 0 or more.
fn multiply_add_row(n: usize, out: (&mut [f64], usize), a: (&[f64], usize), b: (&[f64], usize)) {
    match (out.1, a.1, b.1) {
        (1, 1, 1) => {
            let (out, a, b) = (&mut out.0[..n], &a.0[..n], &b.0[..n]);
            for at in 0..n {
                out[at] += a[at] * b[at];
            }
        }
        (1, 1, 0) => scaled_add(&mut out.0[..n], &a.0[..n], b.0[0]),
        (1, 0, 1) => scaled_add(&mut out.0[..n], &b.0[..n], a.0[0]),
        (0, 1, 1) => out.0[0] += dot(&a.0[..n], &b.0[..n]),
        (so, sa, sb) => {
            for at in 0..n {
                out.0[at * so] += a.0[at * sa] * b.0[at * sb];
            }
        }
    }
}

fn scaled_add(out: &mut [f64], x: &[f64], factor: f64) {
    for (out, x) in out.iter_mut().zip(x) {
        *out += factor * x;
    }
}

/// Inner product in a fixed order with eight partial sums.
pub(crate) fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (xs, ys) = (x.chunks_exact(8), y.chunks_exact(8));
    let tail: f64 = xs.remainder().iter().zip(ys.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in xs.zip(ys) {
        for at in 0..8 {
            sums[at] += x[at] * y[at];
        }
    }
    sums.iter().sum::<f64>() + tail
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
        assert_eq!(same.shape, [60]);
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
