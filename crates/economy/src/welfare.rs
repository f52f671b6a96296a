//! Welfare of households: equivalent variation of the linear expenditure system.

use crate::exogenous::Exogenous;
use crate::year::{RegionalModel, Solution};

/// Equivalent variation by region: what households would have to be given at the prices of
/// `baseline` to be as well off as in `policy`, in current money of the baseline.
///
/// Utility is (E − Σ γ p) / Π p^β; both solutions have the committed quantities of `exogenous`.
pub fn equivalent_variation(
    model: &RegionalModel,
    exogenous: &Exogenous,
    baseline: &Solution,
    policy: &Solution,
) -> Vec<f64> {
    let regions = model.benchmark.sizes().regions;
    let (committed, marginal) = model.benchmark.household_coefficients(&model.parameters);
    let free_spending = |solution: &Solution, d: usize| {
        let price = solution.get("household_price");
        let needs: f64 =
            (d..price.len()).step_by(regions).map(|cell| committed[cell] * price[cell]).sum();
        solution.get("household_spending")[d] - needs * exogenous.get("subsistence")[d]
    };
    let price_level = |solution: &Solution, d: usize| {
        let price = solution.get("household_price");
        (d..price.len())
            .step_by(regions)
            .map(|cell| marginal[cell] * price[cell].ln())
            .sum::<f64>()
            .exp()
    };
    (0..regions)
        .map(|d| {
            let deflator = price_level(baseline, d) / price_level(policy, d);
            free_spending(policy, d) * deflator - free_spending(baseline, d)
        })
        .collect()
}
