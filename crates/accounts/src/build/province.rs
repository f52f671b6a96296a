//! The province at producer prices, and the rest of the country as the remainder.

use super::input::{Input, PRODUCTION_TAX, SURPLUS};
use super::national::{Area, final_user};
use super::{BuildError, BuildReport, balancing};
use crate::balance::{Settings, ras};
use crate::matrix::Matrix;
use crate::regional::User;

/// Exports of a product may take this part of the output of the province.
const LARGEST_EXPORT_SHARE: f64 = 0.6;
/// Exports of a product may take this part of the exports of the nation.
const LARGEST_NATIONAL_SHARE: f64 = 0.9;

pub(super) fn province(
    input: &Input,
    nation: &Area,
    report: &mut BuildReport,
) -> Result<Area, BuildError> {
    let components = components(input, nation, report)?;
    let output = input.province.output.clone();
    let uses = composite_uses(input, nation, &components);
    let share = import_shares(input, nation, &uses, report)?;
    let exports = exports(input, nation, report)?;
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

/// Components of value added by industry: national ratios, scaled to the groups, fitted to the
/// province's income account.
fn components(
    input: &Input,
    nation: &Area,
    report: &mut BuildReport,
) -> Result<Matrix, BuildError> {
    let province = &input.province;
    let at_national_ratio =
        |i: usize| province.output[i] * nation.components.row_sum(i) / nation.output[i];
    let mut value_added: Vec<f64> = (0..input.size()).map(at_national_ratio).collect();
    for (group, name) in input.groups.iter().enumerate() {
        let members: Vec<usize> =
            (0..input.size()).filter(|i| input.industries[*i].group == group).collect();
        let factor = province.group_value_added[group]
            / members.iter().map(|i| value_added[*i]).sum::<f64>();
        for i in &members {
            value_added[*i] *= factor;
        }
        let item = format!("Value added per output of group `{name}`, {} over nation", input.home);
        report.adjust(
            item,
            factor,
            "ratio",
            "national ratios scaled so that the published value added is hit",
        );
    }
    for (i, industry) in input.industries.iter().enumerate() {
        let ratio = value_added[i] / province.output[i];
        if ratio > input.assumptions.largest_value_added_ratio {
            return Err(BuildError::ValueAddedTooLarge { industry: industry.label.clone(), ratio });
        }
    }
    let prior = Matrix::from_fn(input.size(), 4, |i, k| {
        value_added[i] * nation.components.at(i, k) / nation.components.row_sum(i)
    });
    let what = format!("Income components by industry, {}", input.home);
    let scale = value_added.iter().sum::<f64>() / province.components.iter().sum::<f64>();
    let totals = province.components.map(|each| each * scale);
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

/// Import shares by product and user: national odds times one factor that hits the total.
fn import_shares(
    input: &Input,
    nation: &Area,
    uses: &Matrix,
    report: &mut BuildReport,
) -> Result<Matrix, BuildError> {
    let inventory = final_user(input.size(), User::Inventory);
    let inventories = input.province.inventory / nation.purchases(inventory)
        * nation.imported.column_sum(inventory);
    let wanted = input.province.import - inventories;
    let shares = |odds: f64| {
        nation.domestic.zip(&nation.imported, |domestic, imported| {
            let total = domestic + odds * imported;
            if imported > 0.0 && total > 0.0 { odds * imported / total } else { 0.0 }
        })
    };
    let total = |odds: f64| shares(odds).zip(uses, |share, value| share * value).total();
    let (mut low, mut high) = (1e-6_f64, 1e6_f64);
    if total(high) < wanted {
        let what = format!("imports of {}", input.home);
        return Err(BuildError::OutOfReach { what, wanted, possible: total(high) });
    }
    while high / low > 1.0 + 1e-15 {
        let middle = (low * high).sqrt();
        if middle <= low || middle >= high {
            break;
        }
        *(if total(middle) < wanted { &mut low } else { &mut high }) = middle;
    }
    let item = format!("Odds of imported over domestic products, {} over nation", input.home);
    report.adjust(
        item,
        high,
        "ratio",
        "one factor for all products and users, so that total imports are hit",
    );
    Ok(shares(high))
}

/// Exports by product: services as the nation's by output, goods by the census, within bounds.
fn exports(input: &Input, nation: &Area, report: &mut BuildReport) -> Result<Vec<f64>, BuildError> {
    let export = final_user(input.size(), User::Export);
    let national = |c: usize| nation.domestic.at(c, export);
    let by_output = |c: usize| national(c) * input.province.output[c] / nation.output[c];
    let bound = |c: usize| {
        (LARGEST_EXPORT_SHARE * input.province.output[c]).min(LARGEST_NATIONAL_SHARE * national(c))
    };
    let census = |c: usize| input.census[c].map(|firms| firms.export);
    let surveyed: f64 = (0..input.size()).filter_map(census).sum();
    let others: f64 = (0..input.size()).filter(|c| census(*c).is_none()).map(by_output).sum();
    let goods = (input.province.export - others).max(0.0);
    let mut exports: Vec<f64> = (0..input.size())
        .map(|c| census(c).map_or_else(|| by_output(c), |each| each / surveyed * goods))
        .collect();
    let wanted: f64 = input.province.export;
    for _ in 0..200 {
        let cut: f64 = (0..exports.len()).map(|c| (exports[c] - bound(c)).max(0.0)).sum();
        let free: f64 =
            (0..exports.len()).filter(|c| exports[*c] < bound(*c)).map(|c| exports[c]).sum();
        let missing = cut + wanted - exports.iter().sum::<f64>();
        if free == 0.0 || missing.abs() < 1e-12 * wanted {
            break;
        }
        for (c, value) in exports.iter_mut().enumerate() {
            *value = if *value < bound(c) { *value * (1.0 + missing / free) } else { bound(c) };
        }
    }
    let total: f64 = exports.iter().sum();
    if (total - wanted).abs() > 1e-9 * wanted {
        return Err(BuildError::OutOfReach {
            what: format!("exports of {}", input.home),
            wanted,
            possible: total,
        });
    }
    for (c, industry) in input.industries.iter().enumerate().filter(|(c, _)| bound(*c) > 0.0) {
        if exports[c] >= bound(c) {
            let item =
                format!("Exports of `{}` from {} held at their bound", industry.label, input.home);
            report.adjust(item, exports[c], "money", "60 % of output or 90 % of national exports");
        }
    }
    Ok(exports)
}
