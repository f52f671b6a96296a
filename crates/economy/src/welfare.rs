//! Welfare of households: equivalent variation of the linear expenditure system.

use equilibrium::number::Number;

use crate::exogenous::Exogenous;
use crate::year::{RegionalModel, Solution};

/// Equivalent variation by region: what households would have to be given at the prices of
/// `baseline` to be as well off as in `policy`, in current money of the baseline.
///
/// Utility is (E − Σ γ p) / Π p^β; both solutions have the committed quantities of `exogenous`.
pub fn equivalent_variation<T: Number>(
    model: &RegionalModel,
    exogenous: &Exogenous<T>,
    baseline: &Solution<T>,
    policy: &Solution<T>,
) -> Vec<T> {
    let regions = model.benchmark.sizes().regions;
    let (committed, marginal) = model.benchmark.household_coefficients(&model.parameters);
    let free_spending = |solution: &Solution<T>, d: usize| {
        let price = solution.get("household_price");
        let needs: T =
            (d..price.len()).step_by(regions).map(|cell| price[cell] * committed[cell]).sum();
        solution.get("household_spending")[d] - needs * exogenous.get("subsistence")[d]
    };
    let price_level = |solution: &Solution<T>, d: usize| {
        let price = solution.get("household_price");
        (d..price.len())
            .step_by(regions)
            .map(|cell| price[cell].ln() * marginal[cell])
            .sum::<T>()
            .exp()
    };
    (0..regions)
        .map(|d| {
            let deflator = price_level(baseline, d) / price_level(policy, d);
            free_spending(policy, d) * deflator - free_spending(baseline, d)
        })
        .collect()
}
