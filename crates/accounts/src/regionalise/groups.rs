//! Groups of products whose flows between regions are known, from freight statistics or a table of
//! cities.
//!
//! The target of a group is what the known flows say of the uses they are of, and the products' own
//! flows of the rest. Products and target are fitted together; supply and demand of every product
//! stay exact, and what is left of the target is told.

use super::RegionaliseError;
use super::flows::{Flows, Market};
use super::input::Observed;
use super::trade::FIT;
use crate::balance::{Convergence, Settings, ThreeWayTotals, ras, three_way_fit};
use crate::matrix::Matrix;

/// Part of the products' own flows in the target of a group where no flow is known.
const OPEN: f64 = 1e-3;
/// Rounds of the fit to the flows of a group; what is left is told, products stay exact.
const GROUP_FIT: Settings = Settings { tolerance: 1e-9, max_iterations: 2000 };

/// How near the products of a group came to its known flows.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupFit {
    /// Name of the group.
    pub name: String,
    /// Fit of the target to supply and demand of the group.
    pub target: Convergence,
    /// Fit of the products to the target.
    pub products: Convergence,
    /// Largest difference of the sum of products from the target, money.
    pub difference: f64,
    /// Its origin and destination.
    pub route: (usize, usize),
}

/// Moves the flows of a group's products towards the known flows.
pub(super) fn fit(
    market: &Market<'_>,
    group: usize,
    found: &mut Flows,
) -> Result<(), RegionaliseError> {
    let Some(known) = &market.transport.known else { return Ok(()) };
    let members: Vec<usize> =
        (0..known.group.len()).filter(|c| known.group[*c] == Some(group)).collect();
    let name = &known.names[group];
    let failed = |what: String| {
        move |error| RegionaliseError::balance(what, &error, market.regions, market.regions)
    };
    let priors: Vec<Matrix> = members.iter().map(|c| found.trade[0][*c].clone()).collect();
    let table = |of: fn(&Matrix) -> Vec<f64>| {
        let values = priors.iter().flat_map(of).collect();
        Matrix::from_values(priors.len(), market.made.columns(), values)
    };
    let (supply, demand) = (table(Matrix::row_sums), table(Matrix::column_sums));
    let what = format!("flows of `{name}` between regions");
    let prior = target(market, group, &members, &priors);
    let (target, settled) = ras(&prior, &supply.column_sums(), &demand.column_sums(), &FIT)
        .map_err(failed(what.clone()))?;
    let totals = ThreeWayTotals { first_second: supply, first_third: demand, second_third: target };
    let (layers, products) = three_way_fit(&priors, &totals, &GROUP_FIT).map_err(failed(what))?;
    let mut sum = Matrix::zeros(market.made.columns(), market.made.columns());
    for (at, c) in members.iter().enumerate() {
        let (supply, demand) = (totals.first_second.row(at), totals.first_third.row(at));
        let what = format!("trade in `{}`", market.products[*c]);
        let (flows, _) = ras(&layers[at], supply, demand, &FIT).map_err(failed(what))?;
        sum = sum.zip(&flows, |a, b| a + b);
        found.trade[0][*c] = flows;
    }
    let off = sum.zip(&totals.second_third, |a, b| (a - b).abs());
    let worst = (0..off.values().len())
        .max_by(|a, b| off.values()[*a].total_cmp(&off.values()[*b]))
        .unwrap_or(0);
    let regions = off.columns();
    found.groups.push(GroupFit {
        name: name.clone(),
        target: settled,
        products,
        difference: off.values().get(worst).copied().unwrap_or(0.0),
        route: (worst / regions.max(1), worst % regions.max(1)),
    });
    Ok(())
}

/// Flows of the group before they are fitted to its supply and demand.
fn target(market: &Market<'_>, group: usize, members: &[usize], priors: &[Matrix]) -> Matrix {
    let regions = market.made.columns();
    let own = priors
        .iter()
        .fold(Matrix::zeros(regions, regions), |sum, prior| sum.zip(prior, |a, b| a + b));
    let Some(known) = &market.transport.known else { return own };
    let flows = &known.flows[group];
    let industries = market.output.rows();
    let told = |d: usize| -> f64 {
        let used = &market.uses[0][d];
        let of = match known.of {
            Observed::AllUses => used.columns(),
            Observed::IntermediateUse => industries,
        };
        members.iter().map(|c| used.row(*c)[..of].iter().sum::<f64>()).sum()
    };
    let columns: Vec<(f64, f64, f64)> = (0..regions)
        .map(|d| {
            // Where nothing of the group can flow, nothing known counts.
            let open = (0..regions).filter(|r| own.at(*r, d) > 0.0);
            let (all, sum) = (own.column_sum(d), open.map(|r| flows.at(r, d)).sum::<f64>());
            let told = if sum > 0.0 { told(d).clamp(0.0, all.max(0.0)) } else { 0.0 };
            (told, all, sum)
        })
        .collect();
    Matrix::from_fn(regions, regions, |r, d| {
        let (told, all, sum) = columns[d];
        let part = |of: f64, flow: f64, sum: f64| if sum > 0.0 { of * flow / sum } else { 0.0 };
        let known = if own.at(r, d) > 0.0 { flows.at(r, d) } else { 0.0 };
        // A tiny part of the products' own flows where none are known, so that any totals can be met.
        let open = if known == 0.0 { OPEN * own.at(r, d).max(0.0) } else { 0.0 };
        part(told, known, sum) + part(all - told, own.at(r, d), all) + open
    })
}
