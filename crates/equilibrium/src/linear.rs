//! Linear systems of Newton's method: GMRES preconditioned by a dense LU (small systems) or by an
//! estimated diagonal (large ones), either of which may be of an older point.
//!
//! What is taken at one point stays a good preconditioner nearby, so it is kept over Newton steps,
//! years and scenarios, and renewed only when GMRES needs too many iterations with it.
//! Not here: when to renew (`crate::newton`).

#![expect(clippy::inline_always, reason = "instructions are chosen where a loop begins")]

use std::collections::VecDeque;

use faer::linalg::solvers::{PartialPivLu, Solve as _};
use faer::{Mat, MatMut};
use pulp::Arch;
use rayon::prelude::*;

use crate::evaluate::Evaluation;
use crate::kernel::{add_scaled, dot, max_abs};
use crate::newton::Settings;
use crate::system::System;
use crate::two_level::TwoLevel;

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
    /// Exact at its point to the digits of half the width.
    Dense(NarrowLu),
    /// Reciprocals of the estimated diagonal.
    Diagonal(Vec<f64>),
    /// Blocks of regions and a coarse solve.
    TwoLevel(Box<TwoLevel>),
}

impl Factor {
    /// Of the kind that the settings ask for, at the point of the evaluation's last residual.
    ///
    /// # Errors
    /// The position of an unknown without a pivot.
    pub fn new(
        system: &System,
        evaluation: &Evaluation,
        settings: &Settings,
    ) -> Result<Self, usize> {
        let two_level = settings
            .region_axis
            .as_deref()
            .and_then(|axis| TwoLevel::new(system, evaluation, axis));
        match two_level {
            Some(two_level) => Ok(Self { kind: Kind::TwoLevel(Box::new(two_level)) }),
            None if system.size() <= settings.dense_limit => Self::dense(system, evaluation),
            None => Ok(Self::diagonal(system, evaluation)),
        }
    }

    /// Whether it is the inverse at its point, at least to the digits of half the width.
    pub(crate) fn is_exact(&self) -> bool {
        matches!(self.kind, Kind::Dense(_))
    }

    /// The LU at the point of the evaluation's last residual; the position of the unknown with no
    /// pivot when the Jacobian is singular.
    pub(crate) fn dense(system: &System, evaluation: &Evaluation) -> Result<Self, usize> {
        let n = system.size();
        let jacobian = jacobian(system, evaluation);
        let lu = jacobian.partial_piv_lu();
        match smallest_pivot(&lu, n) {
            Some(position) => Err(position),
            None => Ok(Self { kind: Kind::Dense(NarrowLu::of(&lu)) }),
        }
    }

    /// The diagonal at the point of the evaluation's last residual, estimated from products with
    /// vectors v of random signs: the mean of v ∘ Jv.
    ///
    /// This is the estimator of Bekas, Kokiopoulou & Saad (2007) without their division by v ∘ v,
    /// which is 1 here.
    pub(crate) fn diagonal(system: &System, evaluation: &Evaluation) -> Self {
        let n = system.size();
        let mut product = vec![0.0; n];
        let mut diagonal = vec![0.0; n];
        for probe in 0..PROBES {
            let signs: Vec<f64> = (0..n).map(|at| sign((n * probe + at) as u64)).collect();
            evaluation.tangent(system, &signs, &mut product);
            for ((sum, sign), product) in diagonal.iter_mut().zip(&signs).zip(&product) {
                *sum += sign * product / PROBES as f64;
            }
        }
        Self { kind: Kind::Diagonal(reciprocals(system, &diagonal)) }
    }

    /// Solves with the approximation, in place.
    pub(crate) fn solve(&self, x: &mut [f64]) {
        match &self.kind {
            Kind::Dense(lu) => lu.solve(x),
            Kind::Diagonal(inverse) => x.iter_mut().zip(inverse).for_each(|(x, d)| *x *= d),
            Kind::TwoLevel(levels) => levels.solve(x),
        }
    }

    /// Solves with the transpose of the approximation, in place.
    pub(crate) fn solve_transpose(&self, x: &mut [f64]) {
        match &self.kind {
            Kind::Dense(lu) => lu.solve_transpose(x),
            Kind::Diagonal(_) => self.solve(x),
            // Adjoints make their own factors, which are of the other kinds.
            Kind::TwoLevel(_) => {}
        }
    }
}

/// Largest system whose dependence is looked for.
const LARGEST_DEPENDENCE: usize = 5000;
/// Shift of the diagonal that makes a singular Jacobian invertible, relative to its largest cell.
const SHIFT: f64 = 1e-10;
/// Rounds of inverse iteration; each gains as many digits as the shift is small.
const ROUNDS: usize = 4;
/// What the Jacobian makes of a vector that it takes to nothing, at most, relative to its largest cell.
const NOTHING: f64 = 1e-8;

/// Vectors of equations and of unknowns that a singular Jacobian takes to nothing (nearly): what
/// depends on what. By inverse iteration; none for systems too large for a dense LU, and where there
/// are no such vectors.
pub fn dependence(system: &System, evaluation: &Evaluation) -> Option<(Vec<f64>, Vec<f64>)> {
    let n = system.size();
    if n > LARGEST_DEPENDENCE {
        return None;
    }
    let mut jacobian = jacobian(system, evaluation);
    let mut largest = 0.0_f64;
    jacobian
        .col_iter()
        .for_each(|column| column.iter().for_each(|x| largest = largest.max(x.abs())));
    for at in 0..n {
        jacobian[(at, at)] += SHIFT * largest;
    }
    let lu = jacobian.partial_piv_lu();
    let iterate = |solve: &dyn Fn(&mut [f64])| -> Option<Vec<f64>> {
        let mut x: Vec<f64> = (0..n).map(|at| sign(at as u64)).collect();
        for _ in 0..ROUNDS {
            solve(&mut x);
            let length = max_abs(&x);
            if !length.is_finite() || length == 0.0 {
                return None;
            }
            for x in &mut *x {
                *x /= length;
            }
        }
        Some(x)
    };
    let column = |x: &mut [f64]| lu.solve_in_place(MatMut::from_column_major_slice_mut(x, n, 1));
    let row =
        |x: &mut [f64]| lu.solve_transpose_in_place(MatMut::from_column_major_slice_mut(x, n, 1));
    let (equations, unknowns) = (iterate(&row)?, iterate(&column)?);
    let mut made = vec![0.0; n];
    evaluation.tangent(system, &unknowns, &mut made);
    (max_abs(&made) <= NOTHING * largest).then_some((equations, unknowns))
}

/// The whole Jacobian, from one product for each unknown.
fn jacobian(system: &System, evaluation: &Evaluation) -> Mat<f64> {
    let n = system.size();
    let columns: Vec<Vec<f64>> = (0..n)
        .into_par_iter()
        .map(|column| {
            let (mut unit, mut out) = (vec![0.0; n], vec![0.0; n]);
            unit[column] = 1.0;
            evaluation.tangent(system, &unit, &mut out);
            out
        })
        .collect();
    Mat::from_fn(n, n, |row, column| columns[column][row])
}

/// An LU in half the width, by rows: both triangles of a row, the diagonal as its reciprocal. As good
/// a preconditioner as the whole width, at less than half the time: products with the Jacobian, which
/// are exact, decide about digits.
#[derive(Debug)]
struct NarrowLu {
    rows: Vec<f32>,
    /// Row of the matrix that is row `i` of the factors.
    order: Vec<usize>,
}

impl NarrowLu {
    fn of(lu: &PartialPivLu<f64>) -> Self {
        let (lower, upper) = (lu.L(), lu.U());
        let n = lower.nrows();
        let cell = |row: usize, column: usize| match row.cmp(&column) {
            std::cmp::Ordering::Greater => lower[(row, column)],
            std::cmp::Ordering::Equal => 1.0 / upper[(row, row)],
            std::cmp::Ordering::Less => upper[(row, column)],
        };
        let rows = (0..n * n).map(|at| cell(at / n, at % n) as f32).collect();
        Self { rows, order: lu.P().arrays().0.to_vec() }
    }

    fn solve(&self, x: &mut [f64]) {
        let n = x.len();
        let Some(scale) = scale_of(x) else { return };
        let mut y: Vec<f32> = self.order.iter().map(|row| (x[*row] / scale) as f32).collect();
        Arch::new().dispatch(|| {
            for at in 0..n {
                let row = &self.rows[at * n..at * n + at];
                y[at] -= narrow_dot(row, &y[..at]);
            }
            for at in (0..n).rev() {
                let row = &self.rows[at * n..(at + 1) * n];
                y[at] = (y[at] - narrow_dot(&row[at + 1..], &y[at + 1..])) * row[at];
            }
        });
        x.iter_mut().zip(&y).for_each(|(x, y)| *x = scale * f64::from(*y));
    }

    fn solve_transpose(&self, x: &mut [f64]) {
        let n = x.len();
        let Some(scale) = scale_of(x) else { return };
        let mut y: Vec<f32> = x.iter().map(|x| (x / scale) as f32).collect();
        Arch::new().dispatch(|| {
            for at in 0..n {
                let row = &self.rows[at * n..(at + 1) * n];
                y[at] *= row[at];
                let (done, rest) = y.split_at_mut(at + 1);
                narrow_subtract(rest, done[at], &row[at + 1..]);
            }
            for at in (0..n).rev() {
                let (rest, done) = y.split_at_mut(at);
                narrow_subtract(rest, done[0], &self.rows[at * n..at * n + at]);
            }
        });
        for (row, y) in self.order.iter().zip(&y) {
            x[*row] = scale * f64::from(*y);
        }
    }
}

/// The largest number of a right-hand side, by which it is divided so that a small one keeps its
/// digits; none where there is nothing to solve.
fn scale_of(x: &[f64]) -> Option<f64> {
    let scale = max_abs(x);
    (scale != 0.0 && scale.is_finite()).then_some(scale)
}

/// Sums that run side by side, so that the processor adds whole registers.
const LANES: usize = 16;

#[inline(always)]
fn narrow_dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_lanes, a_rest) = a.as_chunks::<LANES>();
    let (b_lanes, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0f32; LANES];
    for (a, b) in a_lanes.iter().zip(b_lanes) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

#[inline(always)]
fn narrow_subtract(out: &mut [f32], factor: f32, x: &[f32]) {
    for (out, x) in out.iter_mut().zip(x) {
        *out -= factor * x;
    }
}

/// Products with Jacobians of earlier points, J P = Q with Q orthonormal.
///
/// The Jacobian of a nearby point maps P to nearly Q, so that P Qᵀ + M⁻¹ (1 − Q Qᵀ) is a better
/// preconditioner than M⁻¹ alone, by as much as P spans: nothing for the first solve, nearly all for
/// the later years of one path, whose Jacobians differ little (subspaces kept over systems as in
/// Parks and others 2006).
#[derive(Debug, Clone, Default)]
pub(crate) struct Products {
    directions: VecDeque<Vec<f64>>,
    results: VecDeque<Vec<f64>>,
}

impl Products {
    /// Remembers that J `direction` = `result`; the oldest product goes when there are `most`.
    pub(crate) fn remember(&mut self, mut direction: Vec<f64>, mut result: Vec<f64>, most: usize) {
        let before = dot(&result, &result).sqrt();
        for (p, q) in self.directions.iter().zip(&self.results) {
            let projection = dot(q, &result);
            add_scaled(&mut result, -projection, q);
            add_scaled(&mut direction, -projection, p);
        }
        let length = dot(&result, &result).sqrt();
        // What is left of a result that was nearly known is mostly the change of the Jacobian.
        if length <= LEAST_NEWS * before || !length.is_finite() {
            return;
        }
        for x in result.iter_mut().chain(&mut direction) {
            *x /= length;
        }
        if self.results.len() >= most {
            self.directions.pop_front();
            self.results.pop_front();
        }
        self.directions.push_back(direction);
        self.results.push_back(result);
    }

    /// x ← P Qᵀ x + M⁻¹ (x − Q Qᵀ x), with M⁻¹ given by `rest`.
    pub(crate) fn precondition(&self, x: &mut [f64], rest: impl FnOnce(&mut [f64])) {
        let weights: Vec<f64> = self.results.iter().map(|q| dot(q, x)).collect();
        for (q, weight) in self.results.iter().zip(&weights) {
            add_scaled(x, -weight, q);
        }
        rest(x);
        for (p, weight) in self.directions.iter().zip(&weights) {
            add_scaled(x, *weight, p);
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

pub(crate) fn smallest_pivot(lu: &PartialPivLu<f64>, n: usize) -> Option<usize> {
    let pivot = |at: usize| lu.U()[(at, at)].abs();
    let largest = (0..n).map(pivot).fold(0.0, f64::max);
    (0..n).find(|at| !pivot(*at).is_finite() || pivot(*at) <= SINGULAR_PIVOT * largest)
}

/// Part of a product's result that must be new for it to be remembered.
const LEAST_NEWS: f64 = 1e-2;

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
/// - `apply`: y ← A v.
/// - `precondition`: v ← M⁻¹ v, in 32 bits perhaps: the solution is put together from what it gave, so
///   that its rounding does not matter.
/// - stops at `tolerance` (relative residual) or `most` iterations.
///
/// Source: Saad & Schultz (1986), with modified Gram–Schmidt and Givens rotations; Saad (1993) for
/// preconditioners that vary.
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
    let mut directions: Vec<Vec<f64>> = Vec::new();
    let mut triangle: Vec<Vec<f64>> = Vec::new();
    let mut rotations: Vec<(f64, f64)> = Vec::new();
    let mut rhs = vec![norm];
    while basis.len() <= most && rhs.last().map_or(0.0, |r| r.abs()) > tolerance * norm {
        let mut direction = basis[basis.len() - 1].clone();
        precondition(&mut direction);
        let mut next = vec![0.0; n];
        apply(&direction, &mut next);
        directions.push(direction);
        let (mut column, length) = orthogonalise(&basis, &mut next);
        rotate(&mut column, length, &mut rotations, &mut rhs);
        triangle.push(column);
        if length <= f64::EPSILON * norm {
            break;
        }
        basis.push(next);
    }
    let relative = rhs.last().map_or(0.0, |r| r.abs()) / norm;
    let solution = combine(&directions, &triangle, &rhs, n);
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

fn combine(directions: &[Vec<f64>], triangle: &[Vec<f64>], rhs: &[f64], n: usize) -> Vec<f64> {
    let size = triangle.len();
    let mut weights = rhs[..size].to_vec();
    for at in (0..size).rev() {
        let tail: f64 = (at + 1..size).map(|column| triangle[column][at] * weights[column]).sum();
        weights[at] =
            if triangle[at][at] == 0.0 { 0.0 } else { (weights[at] - tail) / triangle[at][at] };
    }
    let mut solution = vec![0.0; n];
    for (vector, weight) in directions.iter().zip(&weights) {
        add_scaled(&mut solution, *weight, vector);
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrowed_factor_solves_to_the_digits_of_its_width() {
        let n = 37;
        let cell = |row: usize, column: usize| {
            sign((n * row + column) as u64) * (1.0 + ((3 * row + 5 * column) % 7) as f64)
        };
        let matrix = Mat::from_fn(n, n, cell);
        let lu = NarrowLu::of(&matrix.partial_piv_lu());
        let known: Vec<f64> = (0..n).map(|at| 1e-9 * (at as f64 - 11.5)).collect();
        let mut x: Vec<f64> = (0..n)
            .map(|row| (0..n).map(|column| cell(row, column) * known[column]).sum())
            .collect();
        lu.solve(&mut x);
        for (x, known) in x.iter().zip(&known) {
            assert!((x - known).abs() < 1e-4 * 12e-9, "{x} {known}");
        }
        let mut x: Vec<f64> =
            (0..n).map(|at| (0..n).map(|row| cell(row, at) * known[row]).sum()).collect();
        lu.solve_transpose(&mut x);
        for (x, known) in x.iter().zip(&known) {
            assert!((x - known).abs() < 1e-4 * 12e-9, "{x} {known}");
        }
    }

    #[test]
    fn products_that_span_everything_invert_the_matrix_without_another_preconditioner() {
        let a = [[4.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.5, 0.0, 2.0]];
        let product =
            |v: [f64; 3]| a.map(|row| row.iter().zip(v).map(|(a, v)| a * v).sum::<f64>()).to_vec();
        let mut all = Products::default();
        for v in [[1.0, 0.0, 0.0], [1.0, 2.0, 0.0], [0.0, 1.0, 1.0]] {
            all.remember(v.to_vec(), product(v), 3);
        }
        let mut x = product([0.3, -0.2, 0.7]);
        all.precondition(&mut x, |rest| assert!(dot(rest, rest) < 1e-24));
        for (x, v) in x.iter().zip([0.3, -0.2, 0.7]) {
            assert!((x - v).abs() < 1e-12);
        }
    }

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
