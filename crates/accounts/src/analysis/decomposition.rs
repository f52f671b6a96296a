//! Structural decomposition: why an amount changed between two tables.
//!
//! The amount of industry i is e = s ∘ (L m) · y with intensity s (amount per unit of output),
//! technology L, mix m of final demand (sums to one) and its level y. The change is split with the
//! average of the two polar forms, which is exact: one changes the factors in the order s, L, m, y,
//! the other in the reverse order.
//! Source: Dietzenbacher & Los (1998); Miller & Blair (2009), ch. 13.
//! Not here: change of one industry between regions (`super::shift_share`).

use super::error::AnalysisError;
use super::leontief::{Leontief, shape};
use crate::matrix::Matrix;

/// One date: its system, amounts and final demand.
pub struct Date<'a> {
    /// System of the table.
    pub system: &'a Leontief<'a>,
    /// Amount per unit of output, n; ones for output itself.
    pub intensity: &'a [f64],
    /// Final demand by industry, n.
    pub demand: &'a [f64],
}

/// Contributions to the change of each industry's amount, each n; they sum to `change`.
#[derive(Debug, Clone, PartialEq)]
pub struct Decomposition {
    /// Of the amount per unit of output.
    pub intensity: Vec<f64>,
    /// Of input coefficients.
    pub technology: Vec<f64>,
    /// Of the composition of final demand.
    pub mix: Vec<f64>,
    /// Of the level of final demand.
    pub level: Vec<f64>,
    /// Amount of the later date less that of the earlier one.
    pub change: Vec<f64>,
}

/// Splits the change from `before` to `after`: two solves in each system.
///
/// # Errors
/// [`AnalysisError`] of the solve; [`AnalysisError::Shape`] when the dates have other industries.
pub fn decompose(before: &Date<'_>, after: &Date<'_>) -> Result<Decomposition, AnalysisError> {
    let n = before.system.size();
    let lengths =
        [after.system.size(), before.intensity.len(), after.intensity.len(), before.demand.len()];
    for found in lengths.into_iter().chain([after.demand.len()]) {
        shape("industries of both dates", found, n)?;
    }
    let levels = [before, after].map(|date| date.demand.iter().sum::<f64>());
    let mixes = Matrix::from_fn(2, n, |t, j| {
        let demand = [before, after][t].demand[j];
        if levels[t] == 0.0 { 0.0 } else { demand / levels[t] }
    });
    // chains[t] holds L_t m_0 and L_t m_1.
    let chains = [before.system.outputs(&mixes)?, after.system.outputs(&mixes)?];
    let amount = |s: usize, l: usize, m: usize, y: usize, i: usize| {
        [before, after][s].intensity[i] * chains[l].at(m, i) * levels[y]
    };
    // From all before (0) to all after (1); a polar form changes one factor after the other.
    let mean = |first: [[usize; 4]; 2], second: [[usize; 4]; 2]| -> Vec<f64> {
        let of = |[s, l, m, y]: [usize; 4], i| amount(s, l, m, y, i);
        let change = |[to, from]: [[usize; 4]; 2], i| of(to, i) - of(from, i);
        (0..n).map(|i| 0.5 * (change(first, i) + change(second, i))).collect()
    };
    Ok(Decomposition {
        intensity: mean([[1, 1, 1, 1], [0, 1, 1, 1]], [[1, 0, 0, 0], [0, 0, 0, 0]]),
        technology: mean([[0, 1, 1, 1], [0, 0, 1, 1]], [[1, 1, 0, 0], [1, 0, 0, 0]]),
        mix: mean([[0, 0, 1, 1], [0, 0, 0, 1]], [[1, 1, 1, 0], [1, 1, 0, 0]]),
        level: mean([[0, 0, 0, 1], [0, 0, 0, 0]], [[1, 1, 1, 1], [1, 1, 1, 0]]),
        change: (0..n).map(|i| amount(1, 1, 1, 1, i) - amount(0, 0, 0, 0, i)).collect(),
    })
}
