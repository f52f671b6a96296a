//! Shift-share: why amounts of regions and industries changed between two dates.
//!
//! With g the growth of all, `g_k` of industry k everywhere and `g_rk` of industry k in region r:
//! national growth e g, industry mix e (`g_k` − g), regional shift e (`g_rk` − `g_k`).
//! Source: Dunn (1960); homothetic split of Esteban-Marquillas (1972).
//! Not here: structural decomposition of tables (`super::decomposition`).

use super::error::AnalysisError;
use super::leontief::shape;
use crate::matrix::Matrix;

/// Parts of the change, each regions × industries; they sum to the change.
#[derive(Debug, Clone, PartialEq)]
pub struct ShiftShare {
    /// As if all grew like the total.
    pub national: Matrix,
    /// Because the industry grew differently everywhere.
    pub industry_mix: Matrix,
    /// Because the region did better or worse in it than others.
    pub regional_shift: Matrix,
    /// Part of the regional shift that the region would have with an average composition.
    pub competitive: Matrix,
    /// Rest of the regional shift: being specialised where one does better.
    pub allocation: Matrix,
}

/// Shift-share of `before` and `after`, both regions × industries.
///
/// # Errors
/// [`AnalysisError::Shape`] when they differ in shape, [`AnalysisError::Missing`] when an industry
/// grows from nothing anywhere (its growth rate does not exist).
pub fn shift_share(before: &Matrix, after: &Matrix) -> Result<ShiftShare, AnalysisError> {
    shape("regions of both dates", after.rows(), before.rows())?;
    shape("industries of both dates", after.columns(), before.columns())?;
    let from_nothing = |(start, end): (&f64, &f64)| *start == 0.0 && *end != 0.0;
    if before.values().iter().zip(after.values()).any(from_nothing) {
        return Err(AnalysisError::Missing("earlier amount of an industry that has a later one"));
    }
    let growth = |start: f64, end: f64| if start == 0.0 { 0.0 } else { end / start - 1.0 };
    let all = growth(before.total(), after.total());
    let (first, last) = (before.column_sums(), after.column_sums());
    let industry: Vec<f64> = first.iter().zip(&last).map(|(a, b)| growth(*a, *b)).collect();
    let (regions, total) = (before.row_sums(), before.total());
    let own = |r: usize, k: usize| growth(before.at(r, k), after.at(r, k)) - industry[k];
    // An empty cell has no growth of its own, so nothing of the shift is competitive there.
    let average = |r: usize, k: usize| {
        if before.at(r, k) == 0.0 || total == 0.0 { 0.0 } else { regions[r] * first[k] / total }
    };
    let of =
        |cell: &dyn Fn(usize, usize) -> f64| Matrix::from_fn(before.rows(), before.columns(), cell);
    Ok(ShiftShare {
        national: of(&|r, k| before.at(r, k) * all),
        industry_mix: of(&|r, k| before.at(r, k) * (industry[k] - all)),
        regional_shift: of(&|r, k| before.at(r, k) * own(r, k)),
        competitive: of(&|r, k| average(r, k) * own(r, k)),
        allocation: of(&|r, k| (before.at(r, k) - average(r, k)) * own(r, k)),
    })
}
