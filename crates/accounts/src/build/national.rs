//! The national table with household and government apart, exactly balanced.

use super::input::{Input, SURPLUS};
use super::{BuildError, BuildReport, balancing};
use crate::balance::{Settings, ras};
use crate::matrix::Matrix;
use crate::regional::User;

/// Uses and production of an area at producer prices.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Area {
    /// Uses of domestic products: I × (I + 5), users as on the axis `user`.
    pub(super) domestic: Matrix,
    /// Uses of imported products: the same shape.
    pub(super) imported: Matrix,
    /// Components of value added: I × 4.
    pub(super) components: Matrix,
    /// Gross output: I.
    pub(super) output: Vec<f64>,
}

impl Area {
    /// Purchases of an industry.
    pub(super) fn purchases(&self, user: usize) -> f64 {
        self.domestic.column_sum(user) + self.imported.column_sum(user)
    }
}

/// Position of a final user among `industries` industries and the final users.
pub(super) fn final_user(industries: usize, user: User) -> usize {
    industries + user.position()
}

/// Column of the national table that a user comes from.
fn national_column(industries: usize, user: usize) -> usize {
    const CONSUMPTION_INVESTMENT_INVENTORY_EXPORT: [usize; 5] = [0, 0, 1, 3, 2];
    if user < industries {
        user
    } else {
        industries + CONSUMPTION_INVESTMENT_INVENTORY_EXPORT[user - industries]
    }
}

pub(super) fn national(input: &Input, report: &mut BuildReport) -> Result<Area, BuildError> {
    let government = government_shares(input, report)?;
    let n = input.size();
    let split = |table: &Matrix| {
        Matrix::from_fn(n, n + User::ALL.len(), |c, u| {
            let value = table.at(c, national_column(n, u));
            match u - n.min(u) {
                0 if u == n => value * (1.0 - government[c]),
                1 => value * government[c],
                _ => value,
            }
        })
    };
    let (domestic, imported) = (split(&input.national.domestic), split(&input.national.imported));
    let output = domestic.row_sums();
    let mut area =
        Area { domestic, imported, components: input.national.components.clone(), output };
    take_rounding_into_surplus(input, &mut area, report);
    Ok(area)
}

/// The table as printed balances to four decimals; the surplus takes the rest.
fn take_rounding_into_surplus(input: &Input, area: &mut Area, report: &mut BuildReport) {
    let mut largest: f64 = 0.0;
    for i in 0..area.output.len() {
        let gap = area.output[i] - area.purchases(i) - area.components.row_sum(i);
        *area.components.at_mut(i, SURPLUS) += gap;
        largest = largest.max(gap.abs());
    }
    report.adjust(
        "National table: largest rounding difference between cost and output of an industry",
        largest,
        &input.money,
        "put into the operating surplus",
    );
}

/// Share of government in the consumption of each product: prior shares fitted to the totals.
fn government_shares(input: &Input, report: &mut BuildReport) -> Result<Vec<f64>, BuildError> {
    let n = input.size();
    let (domestic, imported) = (&input.national.domestic, &input.national.imported);
    let consumption: Vec<f64> = (0..n).map(|c| domestic.at(c, n) + imported.at(c, n)).collect();
    let prior = Matrix::from_fn(n, 2, |c, which| {
        let share = input.government_share[c];
        consumption[c] * if which == 1 { share } else { 1.0 - share }
    });
    let [household, government] = input.national.consumption;
    let total: f64 = consumption.iter().sum();
    let totals = [household, government].map(|each| total * each / (household + government));
    let what = "National consumption of households and government";
    let (fitted, how) =
        ras(&prior, &consumption, &totals, &Settings::default()).map_err(balancing(what))?;
    report.balanced(what, how);
    // A share that is one but for rounding would leave households a use of 1e-10.
    let share = |c: usize| match (fitted.at(c, 0), fitted.at(c, 1)) {
        (household, government) if government > 0.0 => government / (household + government),
        _ => 0.0,
    };
    Ok((0..n).map(share).collect())
}
