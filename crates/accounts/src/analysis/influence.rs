//! Field of influence: how a change of one coefficient changes the whole Leontief inverse.
//!
//! The first-order field of `a_ij` is F(i, j), column i of L times row j of L, an n × n matrix of rank one. A change c
//! of that coefficient alone changes L by exactly c F / (1 − c `l_ji`) (Sherman & Morrison).
//! Source: Sonis & Hewings (1992); Miller & Blair (2009), ch. 12.
//! Not here: the full inverse (`super::inverse`).

use super::error::AnalysisError;
use super::leontief::Leontief;
use crate::matrix::Matrix;

/// Field of one coefficient: F = `column` · `row`'.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Column i of L: who delivers more when j buys more from i, n.
    pub column: Vec<f64>,
    /// Row j of L: whose final demand reaches j, n.
    pub row: Vec<f64>,
    /// `l_ji`.
    pub back: f64,
}

impl Field {
    /// Cell (k, l) of the field.
    pub fn at(&self, k: usize, l: usize) -> f64 {
        self.column[k] * self.row[l]
    }

    /// Sum of squares of all cells: the total influence of the coefficient.
    pub fn influence(&self) -> f64 {
        squares(&self.column) * squares(&self.row)
    }

    /// Exact change of `l_kl` when the coefficient changes by `change`.
    pub fn change(&self, k: usize, l: usize, change: f64) -> f64 {
        change * self.at(k, l) / (1.0 - change * self.back)
    }
}

fn squares(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum()
}

/// Field of the coefficient `a_ij`: two solves.
///
/// # Errors
/// [`AnalysisError`] of the solve.
pub fn field(system: &Leontief<'_>, i: usize, j: usize) -> Result<Field, AnalysisError> {
    let unit = |at: usize| Matrix::from_fn(1, system.size(), |_, k| f64::from(u8::from(k == at)));
    let solved = system.solve(&unit(i), &unit(j))?;
    let (column, row) = (solved.outputs.row(0).to_vec(), solved.multipliers.row(0).to_vec());
    Ok(Field { back: row[i], column, row })
}

/// Total influence of every coefficient, from the full inverse: cell (i, j) is the sum of squares of
/// the field of `a_ij`, n × n.
pub fn influences(inverse: &Matrix) -> Matrix {
    let n = inverse.rows();
    let rows: Vec<f64> = (0..n).map(|j| squares(inverse.row(j))).collect();
    let mut columns = vec![0.0; n];
    for i in 0..n {
        columns.iter_mut().zip(inverse.row(i)).for_each(|(sum, cell)| *sum += cell * cell);
    }
    Matrix::from_fn(n, n, |i, j| columns[i] * rows[j])
}
