//! The supply-side (Ghosh) system, solved through the Leontief system of the same table.
//!
//! B = x̂⁻¹ Z has the same sales in units of the seller's output, so G = (I − B)⁻¹ = x̂⁻¹ L x̂ and no
//! second system is needed. Industries without output have no allocation coefficients: their
//! results are zero.
//! Not here: the Leontief system (`super::leontief`).

use super::error::AnalysisError;
use super::inverse::leontief_inverse;
use super::leontief::{Leontief, shape};
use crate::input_output::InputOutputTable;
use crate::matrix::Matrix;

/// `b_ij` = `z_ij` / `x_i`: share of i's output that is sold to j.
pub fn allocation_coefficient(table: &InputOutputTable, i: usize, j: usize) -> f64 {
    over(table.flows.at(i, j), table.output[i])
}

fn over(value: f64, output: f64) -> f64 {
    if output == 0.0 { 0.0 } else { value / output }
}

/// The full Ghosh inverse, n × n: `g_ij` is the output of j that a unit of primary input of i pushes.
///
/// # Errors
/// As [`leontief_inverse`].
pub fn ghosh_inverse(table: &InputOutputTable) -> Result<Matrix, AnalysisError> {
    let mut inverse = leontief_inverse(table)?;
    let n = table.output.len();
    for i in 0..n {
        for (j, cell) in inverse.row_mut(i).iter_mut().enumerate() {
            *cell = if i == j { *cell } else { over(*cell * table.output[j], table.output[i]) };
        }
    }
    Ok(inverse)
}

/// Row sums of the Ghosh inverse, G 1: forward linkages, n.
///
/// # Errors
/// [`AnalysisError`] of the solve.
///
/// # Source
/// Miller & Blair (2009), ch. 12.
pub fn input_multipliers(
    system: &Leontief<'_>,
    table: &InputOutputTable,
) -> Result<Vec<f64>, AnalysisError> {
    let demand = Matrix::from_fn(1, system.size(), |_, j| table.output[j]);
    let solved = system.outputs(&demand)?;
    Ok(solved.row(0).iter().zip(&table.output).map(|(sum, x)| over(*sum, *x)).collect())
}

/// Output that primary inputs push through the economy: x' = v' G.
///
/// - `primary`: v, n, money.
///
/// # Errors
/// [`AnalysisError`] of the solve.
pub fn supply_driven_output(
    system: &Leontief<'_>,
    table: &InputOutputTable,
    primary: &[f64],
) -> Result<Vec<f64>, AnalysisError> {
    shape("primary inputs by industry", primary.len(), system.size())?;
    let per = Matrix::from_values(1, primary.len(), system.per_output(primary)?);
    let solved = system.multipliers(&per)?;
    Ok(solved.row(0).iter().zip(&table.output).map(|(m, x)| m * x).collect())
}

/// One column of the Ghosh inverse: what a unit of primary input of each industry adds to the output
/// of industry j, n.
///
/// # Errors
/// [`AnalysisError`] of the solve.
pub fn inverse_column(
    system: &Leontief<'_>,
    table: &InputOutputTable,
    industry: usize,
) -> Result<Vec<f64>, AnalysisError> {
    let own = |j: usize| if j == industry { table.output[j] } else { 0.0 };
    let solved = system.outputs(&Matrix::from_fn(1, system.size(), |_, j| own(j)))?;
    Ok(solved.row(0).iter().zip(&table.output).map(|(sum, x)| over(*sum, *x)).collect())
}

/// One row of the Ghosh inverse: what a unit of primary input of industry i adds to the output of
/// every industry, n.
///
/// # Errors
/// [`AnalysisError`] of the solve.
pub fn inverse_row(
    system: &Leontief<'_>,
    table: &InputOutputTable,
    industry: usize,
) -> Result<Vec<f64>, AnalysisError> {
    let mut primary = vec![0.0; system.size()];
    primary[industry] = 1.0;
    supply_driven_output(system, table, &primary)
}
