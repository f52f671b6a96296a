//! Trade of the products of one broad sector between regions.
//!
//! Gravity gives every product's prior. The sector's flows between regions are what the flows among
//! cities say of intermediate use and gravity says of final use. Both are fitted together; supply
//! and demand of every product are exact, what is left of the sector's flows is reported.

use super::input::{Input, SECTORS};
use super::owners::Firms;
use super::trade::{Flows, supply};
use super::uses::RegionUses;
use super::{BuildError, BuildReport, balancing};
use crate::balance::{Settings, ThreeWayTotals, ras, three_way_fit};
use crate::gravity::{Gravity, gravity_prior};
use crate::matrix::Matrix;

/// Rounds of the fit to sector flows; what is left is reported, products stay exact.
const SECTOR_FIT: Settings = Settings { tolerance: 1e-9, max_iterations: 2000 };

/// Supply and demand of the products of a sector; all tables are product × region.
struct Sector {
    name: &'static str,
    members: Vec<usize>,
    supply: Matrix,
    demand: Matrix,
    /// The part of the demand that is intermediate use.
    intermediate: Matrix,
}

pub(super) fn trade(
    input: &Input,
    uses: &[RegionUses],
    firms: &Firms,
    sector: usize,
    flows: &mut Flows,
    report: &mut BuildReport,
) -> Result<(), BuildError> {
    let balance = balance(input, uses, firms, sector, flows);
    check_signs(input, &balance)?;
    let priors = priors(input, &balance)?;
    let target = target(input, &balance, &input.cities.flows[sector], &priors, report)?;
    let totals = ThreeWayTotals {
        first_second: balance.supply.clone(),
        first_third: balance.demand.clone(),
        second_third: target,
    };
    let what = format!("Flows of the {} sector between regions", balance.name);
    let (layers, how) =
        three_way_fit(&priors, &totals, &SECTOR_FIT).map_err(balancing(what.clone()))?;
    report.balanced(what, how);
    for (at, c) in balance.members.iter().enumerate() {
        flows.trade[0][*c] = fitted(input, &balance, at, &layers[at])?;
    }
    report_sector(input, sector, &balance.members, &totals.second_third, flows, report);
    Ok(())
}

fn balance(
    input: &Input,
    uses: &[RegionUses],
    firms: &Firms,
    sector: usize,
    flows: &Flows,
) -> Sector {
    let n = input.size();
    let members: Vec<usize> = (0..n).filter(|c| input.industries[*c].sector == sector).collect();
    let regions = input.regions.len();
    let supplies: Vec<Vec<f64>> = members.iter().map(|c| supply(input, firms, flows, *c)).collect();
    let row = |k: usize, r: usize| uses[r].domestic.row(members[k]);
    Sector {
        name: SECTORS[sector],
        supply: Matrix::from_fn(members.len(), regions, |k, r| supplies[k][r]),
        demand: Matrix::from_fn(members.len(), regions, |k, r| row(k, r).iter().sum()),
        intermediate: Matrix::from_fn(members.len(), regions, |k, r| row(k, r)[..n].iter().sum()),
        members,
    }
}

fn check_signs(input: &Input, sector: &Sector) -> Result<(), BuildError> {
    for (k, c) in sector.members.iter().enumerate() {
        for (r, region) in input.regions.iter().enumerate() {
            let sides = [("supply", sector.supply.at(k, r)), ("demand", sector.demand.at(k, r))];
            if let Some((side, value)) = sides.into_iter().find(|(_, value)| *value < 0.0) {
                let product = &input.industries[*c].label;
                let what = format!("{side} of `{product}` in {region} after margins");
                return Err(BuildError::Negative { what, value });
            }
        }
    }
    Ok(())
}

/// The product's flows with exactly its supply and demand.
fn fitted(input: &Input, sector: &Sector, at: usize, prior: &Matrix) -> Result<Matrix, BuildError> {
    let what = format!("Trade in `{}`", input.industries[sector.members[at]].label);
    ras(prior, sector.supply.row(at), sector.demand.row(at), &Settings::default())
        .map(|(flows, _)| flows)
        .map_err(balancing(what))
}

fn priors(input: &Input, sector: &Sector) -> Result<Vec<Matrix>, BuildError> {
    let prior = |(at, c): (usize, &usize)| {
        let assumed = &input.assumptions;
        let decay = if input.industries[*c].goods {
            assumed.distance_decay_goods
        } else {
            assumed.distance_decay_services
        };
        let with = Gravity { decay, own_region_factor: input.by_industry.own_region_factor[*c] };
        let (supply, demand) = (sector.supply.row(at), sector.demand.row(at));
        fitted(input, sector, at, &gravity_prior(supply, demand, &input.cities.distance, with))
    };
    sector.members.iter().enumerate().map(prior).collect()
}

/// Flows of the whole sector between regions: intermediate use from where the city flows say,
/// final use from where gravity says, fitted to supply and demand.
fn target(
    input: &Input,
    sector: &Sector,
    city_flows: &Matrix,
    priors: &[Matrix],
    report: &mut BuildReport,
) -> Result<Matrix, BuildError> {
    let regions = input.regions.len();
    let gravity = priors
        .iter()
        .fold(Matrix::zeros(regions, regions), |sum, prior| sum.zip(prior, |a, b| a + b));
    let (origins, destinations) = (sector.supply.column_sums(), sector.demand.column_sums());
    let intermediate = sector.intermediate.column_sums();
    let prior = Matrix::from_fn(regions, regions, |r, d| {
        let final_use = (destinations[d] - intermediate[d]).max(0.0);
        intermediate[d] * city_flows.at(r, d) / city_flows.column_sum(d)
            + final_use * gravity.at(r, d) / gravity.column_sum(d)
    });
    let what = format!("Flows of the {} sector between regions, targets", sector.name);
    let (target, how) = ras(&prior, &origins, &destinations, &Settings::default())
        .map_err(balancing(what.clone()))?;
    report.balanced(what, how);
    Ok(target)
}

/// Reports how far the flows of a sector are from the flows among cities.
fn report_sector(
    input: &Input,
    sector: usize,
    members: &[usize],
    target: &Matrix,
    flows: &Flows,
    report: &mut BuildReport,
) {
    let mut worst = (0.0, String::new());
    for r in 0..input.regions.len() {
        for d in 0..input.regions.len() {
            let built: f64 = members.iter().map(|c| flows.trade[0][*c].at(r, d)).sum();
            let off = (built - target.at(r, d)).abs();
            if off >= worst.0 {
                worst = (off, format!("{} to {}", input.regions[r], input.regions[d]));
            }
        }
    }
    let item = format!("Largest difference from the city flows, {} sector", SECTORS[sector]);
    report.adjust(item, worst.0, &input.money, worst.1);
}
