//! Backward and forward linkages, and key sectors.
//!
//! | here               | formula                   | after                                        |
//! |--------------------|---------------------------|----------------------------------------------|
//! | `direct_backward`  | `Σ_i a_ij`                | Chenery & Watanabe; Hirschman                |
//! | `direct_forward`   | `Σ_j b_ij`                | the same, of sales                           |
//! | `backward`         | `Σ_i l_ij`                | Rasmussen                                    |
//! | `forward`          | `Σ_j g_ij` or `Σ_j l_ij`  | Ghosh inverse, or Rasmussen's sensitivity    |
//! | `power`, `sensitivity` | total over its mean   | Rasmussen's indices; a key sector has both above one |
//!
//! Source: Miller & Blair (2009), ch. 12.
//! Not here: extraction of an industry (`super::extraction`).

use super::error::AnalysisError;
use super::ghosh::input_multipliers;
use super::leontief::Leontief;
use crate::input_output::InputOutputTable;
use crate::matrix::Matrix;

/// Which inverse forward linkages are row sums of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forward {
    /// The Ghosh inverse: a unit more of primary input.
    Ghosh,
    /// The Leontief inverse: a unit more of every final demand.
    Leontief,
}

/// What kind of sector an industry is, by both indices of Rasmussen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Both above one.
    Key,
    /// Backward above one.
    Backward,
    /// Forward above one.
    Forward,
    /// Neither.
    Weak,
}

/// Linkages of all industries, each n.
#[derive(Debug, Clone, PartialEq)]
pub struct Linkages {
    /// Purchases per unit of output.
    pub direct_backward: Vec<f64>,
    /// Sales to industries per unit of output.
    pub direct_forward: Vec<f64>,
    /// Column sums of the Leontief inverse.
    pub backward: Vec<f64>,
    /// Row sums of the Ghosh or Leontief inverse.
    pub forward: Vec<f64>,
    /// Backward linkage over its mean: power of dispersion.
    pub power: Vec<f64>,
    /// Forward linkage over its mean: sensitivity of dispersion.
    pub sensitivity: Vec<f64>,
}

impl Linkages {
    /// Kind of an industry.
    pub fn kind(&self, industry: usize) -> Kind {
        match (self.power[industry] > 1.0, self.sensitivity[industry] > 1.0) {
            (true, true) => Kind::Key,
            (true, false) => Kind::Backward,
            (false, true) => Kind::Forward,
            (false, false) => Kind::Weak,
        }
    }
}

/// Linkages of all industries: two solves.
///
/// # Errors
/// [`AnalysisError`] of the solve.
pub fn linkages(
    system: &Leontief<'_>,
    table: &InputOutputTable,
    forward: Forward,
) -> Result<Linkages, AnalysisError> {
    let n = system.size();
    let ones = Matrix::from_fn(1, n, |_, _| 1.0);
    let backward = system.multipliers(&ones)?.row(0).to_vec();
    let forward = match forward {
        Forward::Ghosh => input_multipliers(system, table)?,
        Forward::Leontief => system.outputs(&ones)?.row(0).to_vec(),
    };
    let bought: Vec<f64> = table.flows.column_sums();
    let sold = table.flows.row_sums();
    Ok(Linkages {
        direct_backward: system.per_output(&bought)?,
        direct_forward: system.per_output(&sold)?,
        power: over_mean(&backward),
        sensitivity: over_mean(&forward),
        backward,
        forward,
    })
}

fn over_mean(values: &[f64]) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    values.iter().map(|value| value / mean).collect()
}

/// Coefficients of variation of the columns of the Leontief inverse (Rasmussen): low where an
/// industry draws evenly on all others. Needs the full inverse.
pub fn column_variation(inverse: &Matrix) -> Vec<f64> {
    let n = inverse.rows();
    (0..n).map(|j| variation(&inverse.column(j))).collect()
}

/// Coefficients of variation of the rows of the Leontief inverse.
pub fn row_variation(inverse: &Matrix) -> Vec<f64> {
    (0..inverse.rows()).map(|i| variation(inverse.row(i))).collect()
}

fn variation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (n - 1.0)).sqrt() / mean
}
