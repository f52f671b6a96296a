//! The province at producer prices, and the rest of the country as the remainder.

use super::input::{Input, PRODUCTION_TAX, SURPLUS};
use super::national::{Area, final_user};
use super::{BuildError, BuildReport, abroad, balancing};
use crate::balance::{Settings, ras};
use crate::matrix::Matrix;
use crate::regional::User;

pub(super) fn province(
    input: &Input,
    nation: &Area,
    report: &mut BuildReport,
) -> Result<Area, BuildError> {
    let components = components(input, nation, report)?;
    let output = input.province.output.clone();
    let uses = composite_uses(input, nation, &components);
    let share = abroad::import_shares(input, nation, &uses, report)?;
    let exports = abroad::exports(input, nation, report)?;
    let n = input.size();
    let (export, inventory) = (final_user(n, User::Export), final_user(n, User::Inventory));
    let inventories = input.province.inventory / nation.purchases(inventory);
    let imported = Matrix::from_fn(n, uses.columns(), |c, u| match u {
        _ if u == export => 0.0,
        _ if u == inventory => inventories * nation.imported.at(c, u),
        _ => uses.at(c, u) * share.at(c, u),
    });
    let domestic = Matrix::from_fn(n, uses.columns(), |c, u| match u {
        _ if u == export => exports[c],
        _ if u == inventory => inventories * nation.domestic.at(c, u),
        _ => uses.at(c, u) * (1.0 - share.at(c, u)),
    });
    Ok(Area { domestic, imported, components, output })
}

/// Nation less province.
pub(super) fn rest(input: &Input, nation: &Area, home: &Area) -> Result<Area, BuildError> {
    let minus = |a: f64, b: f64| a - b;
    let area = Area {
        domestic: nation.domestic.zip(&home.domestic, minus),
        imported: nation.imported.zip(&home.imported, minus),
        components: nation.components.zip(&home.components, minus),
        output: nation.output.iter().zip(&home.output).map(|(a, b)| a - b).collect(),
    };
    let inventory = final_user(input.size(), User::Inventory);
    for (table, what) in [(&area.domestic, "domestic"), (&area.imported, "imported")] {
        for (c, product) in input.industries.iter().enumerate() {
            let lowest = table.row(c)[..inventory].iter().copied().fold(0.0, f64::min);
            if lowest < -1e-9 {
                let what =
                    format!("a use of {what} `{}` in the rest of the country", product.label);
                return Err(BuildError::Negative { what, value: lowest });
            }
        }
    }
    check_production(input, &area)?;
    Ok(area)
}

fn check_production(input: &Input, area: &Area) -> Result<(), BuildError> {
    for (i, industry) in input.industries.iter().enumerate() {
        for k in (0..=SURPLUS).filter(|k| *k != PRODUCTION_TAX) {
            let value = area.components.at(i, k);
            if value < 0.0 {
                let what = format!("income of `{}` in the rest of the country", industry.label);
                return Err(BuildError::Negative { what, value });
            }
        }
    }
    Ok(())
}

/// Value added by industry: national ratios, scaled to the groups of the production account.
fn value_added(
    input: &Input,
    nation: &Area,
    report: &mut BuildReport,
) -> Result<Vec<f64>, BuildError> {
    let province = &input.province;
    let at_national_ratio =
        |i: usize| province.output[i] * nation.components.row_sum(i) / nation.output[i];
    let mut value_added: Vec<f64> = (0..input.size()).map(at_national_ratio).collect();
    for (group, name) in input.groups.iter().enumerate() {
        let members: Vec<usize> =
            (0..input.size()).filter(|i| input.industries[*i].group == group).collect();
        let sum: f64 = members.iter().map(|i| value_added[*i]).sum();
        let factor = province.group_value_added[group] / sum;
        for i in &members {
            value_added[*i] *= factor;
        }
        let item = format!("Value added per output of group `{name}`, {} over nation", input.home);
        let note = "national ratios scaled so that the published value added is hit";
        report.adjust(item, factor, "ratio", note);
    }
    check_ratios(input, &value_added)?;
    Ok(value_added)
}

fn check_ratios(input: &Input, value_added: &[f64]) -> Result<(), BuildError> {
    for (i, industry) in input.industries.iter().enumerate() {
        let ratio = value_added[i] / input.province.output[i];
        if ratio > input.assumptions.largest_value_added_ratio {
            return Err(BuildError::ValueAddedTooLarge { industry: industry.label.clone(), ratio });
        }
    }
    Ok(())
}

/// Components of value added by industry, fitted to the province's income account.
fn components(
    input: &Input,
    nation: &Area,
    report: &mut BuildReport,
) -> Result<Matrix, BuildError> {
    let value_added = value_added(input, nation, report)?;
    let prior = Matrix::from_fn(input.size(), 4, |i, k| {
        value_added[i] * nation.components.at(i, k) / nation.components.row_sum(i)
    });
    let what = format!("Income components by industry, {}", input.home);
    let published = input.province.components;
    let scale = value_added.iter().sum::<f64>() / published.iter().sum::<f64>();
    let totals = published.map(|each| each * scale);
    let (fitted, how) = ras(&prior, &value_added, &totals, &Settings::default())
        .map_err(balancing(what.clone()))?;
    report.balanced(what, how);
    Ok(fitted)
}

/// Uses of domestic and imported products together, without exports and inventories: I × users.
fn composite_uses(input: &Input, nation: &Area, components: &Matrix) -> Matrix {
    let (n, province) = (input.size(), &input.province);
    let total = |user: usize| match user - n.min(user) {
        0 if user == n => province.household,
        1 => province.government,
        2 => province.investment,
        _ if user < n => province.output[user] - components.row_sum(user),
        _ => 0.0,
    };
    let factors: Vec<f64> =
        (0..nation.domestic.columns()).map(|u| total(u) / nation.purchases(u)).collect();
    Matrix::from_fn(n, factors.len(), |c, u| {
        (nation.domestic.at(c, u) + nation.imported.at(c, u)) * factors[u]
    })
}
