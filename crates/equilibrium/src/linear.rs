//! Linear systems of Newton's method: GMRES preconditioned by a dense LU (small systems) or by an
//! estimated diagonal (large ones), either of which may be of an older point.
//!
//! What is taken at one point stays a good preconditioner nearby, so it is kept over Newton steps,
//! years and scenarios, and renewed only when GMRES needs too many iterations with it.
//! Not here: when to renew (`crate::newton`).

use faer::linalg::solvers::{PartialPivLu, Solve as _};
use faer::{Mat, MatMut};
use rayon::prelude::*;

use crate::evaluate::Evaluation;
use crate::kernel::{add_scaled, dot};
use crate::system::System;

/// Smallest pivot of an LU relative to its largest below which the matrix counts as singular.
const SINGULAR_PIVOT: f64 = 1e-14;

/// Random vectors from which the diagonal of a large Jacobian is estimated. With 2 to 8 the whole
/// solve takes as many products; 4 is in the middle.
const PROBES: usize = 4;

/// Smallest estimated diagonal element, relative to its block's median: below, it is mostly noise.
/// With 0.5 solves take fewest iterations over economies of 2 to 300 products and 10 to 1,000
/// regions; with 0.1 up to twice as many where regions are many.
const SMALLEST_DIAGONAL: f64 = 0.5;

/// An approximate inverse of a system's Jacobian at some point, to precondition with nearby.
#[derive(Debug)]
pub struct Factor {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// Exact at its point.
    Dense(PartialPivLu<f64>),
    /// Reciprocals of the estimated diagonal.
    Diagonal(Vec<f64>),
}

impl Factor {
    /// The LU at the point of the evaluation's last residual; the position of the unknown with no
    /// pivot when the Jacobian is singular.
    pub(crate) fn dense(system: &System, evaluation: &Evaluation) -> Result<Self, usize> {
        let n = system.size();
        let columns: Vec<Vec<f64>> = (0..n)
            .into_par_iter()
            .map_init(Vec::new, |arena, column| {
                let (mut unit, mut out) = (vec![0.0; n], vec![0.0; n]);
                unit[column] = 1.0;
                evaluation.tangent(system, arena, &unit, &mut out);
                out
            })
            .collect();
        let jacobian = Mat::from_fn(n, n, |row, column| columns[column][row]);
        drop(columns);
        let lu = jacobian.partial_piv_lu();
        match smallest_pivot(&lu, n) {
            Some(position) => Err(position),
            None => Ok(Self { kind: Kind::Dense(lu) }),
        }
    }

    /// The diagonal at the point of the evaluation's last residual, estimated from products with
    /// vectors v of random signs: the mean of v ∘ Jv.
    ///
    /// This is the estimator of Bekas, Kokiopoulou & Saad (2007) without their division by v ∘ v,
    /// which is 1 here.
    pub(crate) fn diagonal(system: &System, evaluation: &Evaluation) -> Self {
        let n = system.size();
        let (mut arena, mut product) = (Vec::new(), vec![0.0; n]);
        let mut diagonal = vec![0.0; n];
        for probe in 0..PROBES {
            let signs: Vec<f64> = (0..n).map(|at| sign((n * probe + at) as u64)).collect();
            evaluation.tangent(system, &mut arena, &signs, &mut product);
            for ((sum, sign), product) in diagonal.iter_mut().zip(&signs).zip(&product) {
                *sum += sign * product / PROBES as f64;
            }
        }
        Self { kind: Kind::Diagonal(reciprocals(system, &diagonal)) }
    }

    /// Solves with the approximation, in place.
    pub(crate) fn solve(&self, x: &mut [f64]) {
        let n = x.len();
        match &self.kind {
            Kind::Dense(lu) => lu.solve_in_place(MatMut::from_column_major_slice_mut(x, n, 1)),
            Kind::Diagonal(inverse) => x.iter_mut().zip(inverse).for_each(|(x, d)| *x *= d),
        }
    }

    /// Solves with the transpose of the approximation, in place.
    pub(crate) fn solve_transpose(&self, x: &mut [f64]) {
        let n = x.len();
        match &self.kind {
            Kind::Dense(lu) => {
                lu.solve_transpose_in_place(MatMut::from_column_major_slice_mut(x, n, 1));
            }
            Kind::Diagonal(_) => self.solve(x),
        }
    }
}

/// 1 or −1, as random as is needed here and always the same (the mixer of `SplitMix64`).
fn sign(position: u64) -> f64 {
    let mut bits = (position + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    if (bits ^ (bits >> 31)) & 1 == 0 { 1.0 } else { -1.0 }
}

/// Reciprocals of an estimated diagonal, kept on the side of each block's median: elements of one
/// block have one sign as a rule, and an estimate with the wrong one would do harm.
fn reciprocals(system: &System, diagonal: &[f64]) -> Vec<f64> {
    let block = |start: usize, size: usize| {
        let part = &diagonal[start..start + size];
        let median = median(part);
        let least = if median == 0.0 { 1.0 } else { SMALLEST_DIAGONAL * median };
        part.iter().map(move |d| 1.0 / if d / least < 1.0 { least } else { *d })
    };
    system.unknowns().iter().flat_map(|each| block(each.start, each.size)).collect()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

fn smallest_pivot(lu: &PartialPivLu<f64>, n: usize) -> Option<usize> {
    let pivot = |at: usize| lu.U()[(at, at)].abs();
    let largest = (0..n).map(pivot).fold(0.0, f64::max);
    (0..n).find(|at| !pivot(*at).is_finite() || pivot(*at) <= SINGULAR_PIVOT * largest)
}

/// What GMRES reached.
#[derive(Debug, Clone)]
pub(crate) struct Gmres {
    pub(crate) solution: Vec<f64>,
    pub(crate) iterations: usize,
    /// Residual norm over right-hand-side norm, as estimated by the recurrence.
    pub(crate) relative: f64,
}

/// Solves A x = b by GMRES with right preconditioning, without restart.
///
/// - `apply`: y ← A M⁻¹ v, returning also M⁻¹ v is not needed: `precondition` is applied once more
///   to the combination at the end.
/// - stops at `tolerance` (relative residual) or `most` iterations.
///
/// Source: Saad & Schultz (1986), with modified Gram–Schmidt and Givens rotations.
pub(crate) fn gmres(
    b: &[f64],
    tolerance: f64,
    most: usize,
    mut apply: impl FnMut(&[f64], &mut [f64]),
    precondition: impl Fn(&mut [f64]),
) -> Gmres {
    let n = b.len();
    let norm = dot(b, b).sqrt();
    if norm == 0.0 {
        return Gmres { solution: vec![0.0; n], iterations: 0, relative: 0.0 };
    }
    let mut basis = vec![b.iter().map(|x| x / norm).collect::<Vec<f64>>()];
    let mut triangle: Vec<Vec<f64>> = Vec::new();
    let mut rotations: Vec<(f64, f64)> = Vec::new();
    let mut rhs = vec![norm];
    while basis.len() <= most && rhs.last().map_or(0.0, |r| r.abs()) > tolerance * norm {
        let mut direction = basis[basis.len() - 1].clone();
        precondition(&mut direction);
        let mut next = vec![0.0; n];
        apply(&direction, &mut next);
        let (mut column, length) = orthogonalise(&basis, &mut next);
        rotate(&mut column, length, &mut rotations, &mut rhs);
        triangle.push(column);
        if length <= f64::EPSILON * norm {
            break;
        }
        basis.push(next);
    }
    let relative = rhs.last().map_or(0.0, |r| r.abs()) / norm;
    let mut solution = combine(&basis, &triangle, &rhs, n);
    precondition(&mut solution);
    Gmres { solution, iterations: triangle.len(), relative }
}

/// Removes the basis from `next` and normalises it; the projections and the remaining length.
fn orthogonalise(basis: &[Vec<f64>], next: &mut [f64]) -> (Vec<f64>, f64) {
    let mut column = Vec::with_capacity(basis.len() + 1);
    for vector in basis {
        let projection = dot(vector, next);
        add_scaled(next, -projection, vector);
        column.push(projection);
    }
    let length = dot(next, next).sqrt();
    if length > 0.0 {
        for x in next {
            *x /= length;
        }
    }
    (column, length)
}

/// Applies the rotations so far to a new Hessenberg column, adds the one that removes `below`.
fn rotate(column: &mut [f64], below: f64, rotations: &mut Vec<(f64, f64)>, rhs: &mut Vec<f64>) {
    for (at, (c, s)) in rotations.iter().enumerate() {
        let (upper, lower) = (column[at], column[at + 1]);
        column[at] = c * upper + s * lower;
        column[at + 1] = c * lower - s * upper;
    }
    let last = column.len() - 1;
    let radius = column[last].hypot(below);
    let (c, s) = if radius == 0.0 { (1.0, 0.0) } else { (column[last] / radius, below / radius) };
    column[last] = radius;
    rotations.push((c, s));
    let top = rhs[last];
    rhs[last] = c * top;
    rhs.push(-s * top);
}

fn combine(basis: &[Vec<f64>], triangle: &[Vec<f64>], rhs: &[f64], n: usize) -> Vec<f64> {
    let size = triangle.len();
    let mut weights = rhs[..size].to_vec();
    for at in (0..size).rev() {
        let tail: f64 = (at + 1..size).map(|column| triangle[column][at] * weights[column]).sum();
        weights[at] =
            if triangle[at][at] == 0.0 { 0.0 } else { (weights[at] - tail) / triangle[at][at] };
    }
    let mut solution = vec![0.0; n];
    for (vector, weight) in basis.iter().zip(&weights) {
        add_scaled(&mut solution, *weight, vector);
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gmres_solves_a_small_system_in_as_many_iterations_as_unknowns() {
        let a = [[4.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.5, 0.0, 2.0]];
        let b = [1.0, 2.0, 3.0];
        let apply = |v: &[f64], out: &mut [f64]| {
            for row in 0..3 {
                out[row] = (0..3).map(|column| a[row][column] * v[column]).sum();
            }
        };
        let found = gmres(&b, 1e-14, 10, apply, |_| ());
        let mut check = [0.0; 3];
        apply(&found.solution, &mut check);
        assert!(found.iterations <= 3);
        for (x, y) in check.iter().zip(&b) {
            assert!((x - y).abs() < 1e-12);
        }
    }
}
