//! Imports and exports of the province by product.

use super::input::Input;
use super::national::{Area, final_user};
use super::{BuildError, BuildReport};
use crate::matrix::Matrix;
use crate::regional::User;

/// Exports of a product may take this part of the output of the province.
const LARGEST_EXPORT_SHARE: f64 = 0.6;
/// Exports of a product may take this part of the exports of the nation.
const LARGEST_NATIONAL_SHARE: f64 = 0.9;
/// Rounds of spreading what the bounds cut off.
const ROUNDS: usize = 200;
/// Relative gap at which a total is hit.
const TOLERANCE: f64 = 1e-9;

/// Import shares by product and user: national odds times one factor that hits the total.
pub(super) fn import_shares(
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
    let odds = root(total, wanted).map_err(|possible| BuildError::OutOfReach {
        what: format!("imports of {}", input.home),
        wanted,
        possible,
    })?;
    let item = format!("Odds of imported over domestic products, {} over nation", input.home);
    let note = "one factor for all products and users, so that total imports are hit";
    report.adjust(item, odds, "ratio", note);
    Ok(shares(odds))
}

/// Where an increasing function reaches `wanted`, by bisection on a logarithmic scale; its largest
/// value when it does not.
fn root(function: impl Fn(f64) -> f64, wanted: f64) -> Result<f64, f64> {
    let (mut low, mut high) = (1e-6_f64, 1e6_f64);
    if function(high) < wanted || function(high).is_nan() {
        return Err(function(high));
    }
    loop {
        let middle = (low * high).sqrt();
        if middle <= low || middle >= high {
            return Ok(high);
        }
        *(if function(middle) < wanted { &mut low } else { &mut high }) = middle;
    }
}

/// Exports by product: services as the nation's by output, goods by the census, within bounds.
pub(super) fn exports(
    input: &Input,
    nation: &Area,
    report: &mut BuildReport,
) -> Result<Vec<f64>, BuildError> {
    let national = nation.domestic.column(final_user(input.size(), User::Export));
    let output = &input.province.output;
    let bounds: Vec<f64> = (0..input.size())
        .map(|c| (LARGEST_EXPORT_SHARE * output[c]).min(LARGEST_NATIONAL_SHARE * national[c]))
        .collect();
    let by_output = |c: usize| national[c] * output[c] / nation.output[c];
    let wanted = input.province.export;
    let exports = within(&bounds, first_exports(input, by_output), wanted);
    let possible: f64 = exports.iter().sum();
    let hit = (possible - wanted).abs() <= TOLERANCE * wanted;
    if !hit {
        let what = format!("exports of {}", input.home);
        return Err(BuildError::OutOfReach { what, wanted, possible });
    }
    report_bounds(input, &bounds, &exports, report);
    Ok(exports)
}

/// Exports before bounds: what the census does not cover by output, the rest as in the census.
fn first_exports(input: &Input, by_output: impl Fn(usize) -> f64) -> Vec<f64> {
    let census = |c: usize| input.census[c].map(|firms| firms.export);
    let surveyed: f64 = (0..input.size()).filter_map(census).sum();
    let others: f64 = (0..input.size()).filter(|c| census(*c).is_none()).map(&by_output).sum();
    let goods = (input.province.export - others).max(0.0);
    (0..input.size())
        .map(|c| census(c).map_or_else(|| by_output(c), |each| each / surveyed * goods))
        .collect()
}

/// Values cut at their bounds, the others scaled so that the total is `wanted`.
fn within(bounds: &[f64], mut values: Vec<f64>, wanted: f64) -> Vec<f64> {
    for _ in 0..ROUNDS {
        let sum = |below: bool| -> f64 {
            let pairs = values.iter().zip(bounds).filter(|(value, bound)| (value < bound) == below);
            pairs.map(|(value, bound)| value.min(*bound)).sum()
        };
        let (free, bound) = (sum(true), sum(false));
        let factor = (wanted - bound) / free;
        if free == 0.0 {
            break;
        }
        for (value, bound) in values.iter_mut().zip(bounds) {
            *value = if *value < *bound { *value * factor } else { *bound };
        }
        if (factor - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    values
}

fn report_bounds(input: &Input, bounds: &[f64], exports: &[f64], report: &mut BuildReport) {
    let held = |c: &usize| bounds[*c] > 0.0 && exports[*c] >= bounds[*c];
    for c in (0..exports.len()).filter(held) {
        let (label, home) = (&input.industries[c].label, &input.home);
        let item = format!("Exports of `{label}` from {home} held at their bound");
        let note = "60 % of output or 90 % of national exports";
        report.adjust(item, exports[c], &input.money, note);
    }
}
