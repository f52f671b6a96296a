//! Small dense systems: regions, households, extracted industries.
//!
//! Not here: the n × n system of a table (`super::leontief`).

use faer::Mat;
use faer::linalg::solvers::{PartialPivLu, Solve as _};

use crate::matrix::Matrix;

/// LU of a small square matrix; none when it is singular or not finite.
pub(crate) struct Dense(PartialPivLu<f64>);

/// Pivot relative to the largest below which a matrix counts as singular.
const SINGULAR_PIVOT: f64 = 1e-14;

impl Dense {
    pub fn of(matrix: &Matrix) -> Option<Self> {
        let n = matrix.rows();
        let lu = Mat::from_fn(n, n, |i, j| matrix.at(i, j)).partial_piv_lu();
        let pivots: Vec<f64> = (0..n).map(|at| lu.U()[(at, at)].abs()).collect();
        let largest = pivots.iter().copied().fold(0.0, f64::max);
        let regular = |pivot: &f64| pivot.is_finite() && *pivot > SINGULAR_PIVOT * largest;
        pivots.iter().all(regular).then_some(Self(lu))
    }

    /// Solves M x = b.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let x = self.0.solve(Mat::from_fn(b.len(), 1, |i, _| b[i]));
        (0..b.len()).map(|i| x[(i, 0)]).collect()
    }

    /// Solves Mᵀ x = b.
    pub fn solve_transpose(&self, b: &[f64]) -> Vec<f64> {
        let x = self.0.solve_transpose(Mat::from_fn(b.len(), 1, |i, _| b[i]));
        (0..b.len()).map(|i| x[(i, 0)]).collect()
    }
}
