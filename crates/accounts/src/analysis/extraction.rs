//! Hypothetical extraction: what the economy would lose without some industries.
//!
//! For a set K of industries and `L_K` the columns K of L, with x the output of the table
//! (Sherman–Morrison–Woodbury; one solve for each member of K):
//!
//! | extracted          | output that remains                          |
//! |--------------------|----------------------------------------------|
//! | all                | x − `L_K` `L_KK`⁻¹ `x_K`                     |
//! | purchases          | x − (`L_K` − `I_K`) `L_KK`⁻¹ `x_K`           |
//! | sales to industries| x − `L_K` `L_KK`⁻¹ (`x_K` − `f_K`)           |
//!
//! Not here: linkages (`super::linkages`).

use super::dense::Dense;
use super::error::AnalysisError;
use super::leontief::Leontief;
use crate::input_output::InputOutputTable;
use crate::matrix::Matrix;

/// What of an industry is taken away; what it delivered then comes from outside the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extracted {
    /// Purchases, sales and final demand: the industry is gone.
    All,
    /// Purchases from industries of the table (backward).
    Purchases,
    /// Sales to industries of the table (forward).
    Sales,
}

/// What is left and what is lost.
#[derive(Debug, Clone, PartialEq)]
pub struct Extraction {
    /// Output that remains, n.
    pub remaining: Vec<f64>,
    /// Loss of output of each industry, the extracted ones included, n.
    pub loss: Vec<f64>,
    /// Loss of all others, the usual measure of importance.
    pub loss_of_others: f64,
}

/// Extraction of `members`; Σ final demand of the table is kept elsewhere.
///
/// # Errors
/// [`AnalysisError`] of the solve; [`AnalysisError::Singular`] when the members' own part of L is.
///
/// # Source
/// Dietzenbacher & van der Linden (1997); Miller & Blair (2009), ch. 12.
pub fn extract(
    system: &Leontief<'_>,
    table: &InputOutputTable,
    members: &[usize],
    what: Extracted,
) -> Result<Extraction, AnalysisError> {
    let (n, m) = (system.size(), members.len());
    let demand: Vec<f64> = (0..n).map(|i| table.final_demand.row_sum(i)).collect();
    // One solve for the members' columns of L and for output itself, so that all add up.
    let sides = Matrix::from_fn(m + 1, n, |k, j| match members.get(k) {
        Some(member) => f64::from(u8::from(*member == j)),
        None => demand[j],
    });
    let solved = system.outputs(&sides)?;
    let output = solved.row(m);
    let within = Matrix::from_fn(m, m, |a, b| solved.at(b, members[a]));
    let singular = AnalysisError::Singular { industry: members.first().copied().unwrap_or(0) };
    let within = Dense::of(&within).ok_or(singular)?;
    let taken: Vec<f64> = members
        .iter()
        .map(|at| if what == Extracted::Sales { output[*at] - demand[*at] } else { output[*at] })
        .collect();
    let weights = if m == 0 { vec![] } else { within.solve(&taken) };
    let mut loss = vec![0.0; n];
    for (k, (member, weight)) in members.iter().zip(&weights).enumerate() {
        loss.iter_mut().zip(solved.row(k)).for_each(|(sum, l)| *sum += weight * l);
        if what == Extracted::Purchases {
            loss[*member] -= weight;
        }
    }
    let remaining = output.iter().zip(&loss).map(|(x, lost)| x - lost).collect();
    let own: f64 = members.iter().map(|at| loss[*at]).sum();
    let loss_of_others = loss.iter().sum::<f64>() - own;
    Ok(Extraction { remaining, loss, loss_of_others })
}
