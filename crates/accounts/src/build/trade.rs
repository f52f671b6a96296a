//! Flows between regions, the margins on them and who supplies those.
//!
//! Goods first: gravity, fitted to supply and demand of every product and, sector by sector, to
//! the flows among cities; then margins; then services from what supply the margins leave.

use super::input::{Input, OWNERS, SECTORS};
use super::owners::Firms;
use super::uses::RegionUses;
use super::{BuildError, BuildReport, balancing};
use crate::balance::{Settings, ThreeWayTotals, ras, three_way_fit};
use crate::gravity::{Gravity, gravity_prior};
use crate::matrix::Matrix;

/// Rounds of the fit to sector flows; what is left is reported, products stay exact.
const SECTOR_FIT: Settings = Settings { tolerance: 1e-9, max_iterations: 2000 };

/// Flows of the accounts; matrices are origin × destination.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Flows {
    /// Basic value by source (domestic, imported) and product.
    pub(super) trade: [Vec<Matrix>; 2],
    /// Margins by source, product, margin.
    pub(super) margin: [Vec<[Matrix; 2]>; 2],
    /// Sum of all margins on a route, by margin.
    pub(super) route: [Matrix; 2],
}

impl Flows {
    /// What a region supplies of a margin for a route.
    pub(super) fn supplied(
        &self,
        input: &Input,
        m: usize,
        origin: usize,
        destination: usize,
        producer: usize,
    ) -> f64 {
        let share = input.assumptions.margin_origin_share[m];
        let part = f64::from(u8::from(producer == origin)) * share
            + f64::from(u8::from(producer == destination)) * (1.0 - share);
        part * self.route[m].at(origin, destination)
    }
}

pub(super) fn trade(
    input: &Input,
    uses: &[RegionUses],
    firms: &Firms,
    rates: &Matrix,
    report: &mut BuildReport,
) -> Result<Flows, BuildError> {
    let (n, regions) = (input.size(), input.regions.len());
    let empty = || Matrix::zeros(regions, regions);
    let imported: Vec<Matrix> = (0..n).map(|c| through_ports(input, uses, c)).collect();
    let mut flows = Flows {
        trade: [vec![empty(); n], imported],
        margin: [vec![[empty(), empty()]; n], vec![[empty(), empty()]; n]],
        route: [empty(), empty()],
    };
    let tertiary = SECTORS.len() - 1;
    for sector in 0..tertiary {
        sector_trade(input, uses, firms, sector, &mut flows, report)?;
    }
    add_margins(input, rates, &mut flows);
    sector_trade(input, uses, firms, tertiary, &mut flows, report)?;
    Ok(flows)
}

/// Supply of a product for direct use in every region.
fn supply(input: &Input, firms: &Firms, flows: &Flows, c: usize) -> Vec<f64> {
    let regions = input.regions.len();
    let margins = |p: usize| -> f64 {
        let Some(m) = input.margins.iter().position(|product| *product == c) else { return 0.0 };
        let routes = (0..regions).flat_map(|r| (0..regions).map(move |d| (r, d)));
        routes.map(|(r, d)| flows.supplied(input, m, r, d, p)).sum()
    };
    (0..regions)
        .map(|r| (0..OWNERS.len()).map(|o| firms.at(c, o, r).output).sum::<f64>() - margins(r))
        .collect()
}

fn sector_trade(
    input: &Input,
    uses: &[RegionUses],
    firms: &Firms,
    sector: usize,
    flows: &mut Flows,
    report: &mut BuildReport,
) -> Result<(), BuildError> {
    let members: Vec<usize> =
        (0..input.size()).filter(|c| input.industries[*c].sector == sector).collect();
    let supplies: Vec<Vec<f64>> = members.iter().map(|c| supply(input, firms, flows, *c)).collect();
    let demands: Vec<Vec<f64>> = members
        .iter()
        .map(|c| uses.iter().map(|region| region.domestic.row_sum(*c)).collect())
        .collect();
    for (at, c) in members.iter().enumerate() {
        check_signs(input, *c, &supplies[at], &demands[at])?;
    }
    let regions = input.regions.len();
    let table = |values: &[Vec<f64>]| Matrix::from_fn(values.len(), regions, |k, r| values[k][r]);
    let (first_second, first_third) = (table(&supplies), table(&demands));
    let (origins, destinations) = (first_second.column_sums(), first_third.column_sums());
    let what = format!("Flows of the {} sector between regions", SECTORS[sector]);
    let (second_third, how) =
        ras(&input.cities.flows[sector], &origins, &destinations, &Settings::default())
            .map_err(balancing(what.clone()))?;
    report.balanced(format!("{what}, targets"), how);
    let totals = ThreeWayTotals { first_second, first_third, second_third };
    let prior = priors(input, &members, &supplies, &demands)?;
    let (layers, how) =
        three_way_fit(&prior, &totals, &SECTOR_FIT).map_err(balancing(what.clone()))?;
    report.balanced(what, how);
    for (at, c) in members.iter().enumerate() {
        flows.trade[0][*c] = fitted(input, *c, &layers[at], &supplies[at], &demands[at])?;
    }
    report_sector(input, sector, &members, &totals.second_third, flows, report);
    Ok(())
}

fn check_signs(input: &Input, c: usize, supply: &[f64], demand: &[f64]) -> Result<(), BuildError> {
    for (r, region) in input.regions.iter().enumerate() {
        for (side, value) in [("supply", supply[r]), ("demand", demand[r])] {
            if value < 0.0 {
                let what =
                    format!("{side} of `{}` in {region} after margins", input.industries[c].label);
                return Err(BuildError::Negative { what, value });
            }
        }
    }
    Ok(())
}

fn fitted(
    input: &Input,
    c: usize,
    prior: &Matrix,
    supply: &[f64],
    demand: &[f64],
) -> Result<Matrix, BuildError> {
    let what = format!("Trade in `{}`", input.industries[c].label);
    ras(prior, supply, demand, &Settings::default())
        .map(|(flows, _)| flows)
        .map_err(balancing(what))
}

fn priors(
    input: &Input,
    members: &[usize],
    supplies: &[Vec<f64>],
    demands: &[Vec<f64>],
) -> Result<Vec<Matrix>, BuildError> {
    let prior = |(at, c): (usize, &usize)| {
        let goods = input.industries[*c].goods;
        let assumed = &input.assumptions;
        let decay =
            if goods { assumed.distance_decay_goods } else { assumed.distance_decay_services };
        let with = Gravity { decay, own_region_factor: input.by_industry.own_region_factor[*c] };
        let gravity = gravity_prior(&supplies[at], &demands[at], &input.cities.distance, with);
        fitted(input, *c, &gravity, &supplies[at], &demands[at])
    };
    members.iter().enumerate().map(prior).collect()
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
    report.adjust(item, worst.0, "money", worst.1);
}

/// Imports of a product by port of entry and destination.
fn through_ports(input: &Input, uses: &[RegionUses], c: usize) -> Matrix {
    let (regions, h) = (input.regions.len(), input.home_regions());
    let demand: Vec<f64> = uses.iter().map(|region| region.imported.row_sum(c)).collect();
    if !input.industries[c].goods {
        return Matrix::from_fn(regions, regions, |r, d| if r == d { demand[d] } else { 0.0 });
    }
    let transit = transit_rate(input, uses);
    Matrix::from_fn(regions, regions, |port, d| {
        let at_home = if d < h { input.assumptions.own_port_share } else { transit };
        demand[d]
            * if port < h { at_home * input.cities.import_port_share[port] } else { 1.0 - at_home }
    })
}

/// Share of the rest of the country's imported goods that enters through the home ports.
fn transit_rate(input: &Input, uses: &[RegionUses]) -> f64 {
    let goods = |region: &RegionUses| -> f64 {
        (0..input.size())
            .filter(|c| input.industries[*c].goods)
            .map(|c| region.imported.row_sum(c))
            .sum()
    };
    let (home, rest) = uses.split_at(input.home_regions());
    let through = input.province.port_import_ratio - input.assumptions.own_port_share;
    (through * home.iter().map(goods).sum::<f64>() / rest.iter().map(goods).sum::<f64>()).max(0.0)
}

/// Margins on goods: rates on the destination's total, transport more for what comes from far.
fn add_margins(input: &Input, rates: &Matrix, flows: &mut Flows) {
    let regions = input.regions.len();
    let exponents = [0.0, input.assumptions.transport_margin_distance_exponent];
    for s in 0..2 {
        for c in (0..input.size()).filter(|c| input.industries[*c].goods) {
            for (m, exponent) in exponents.iter().enumerate() {
                let trade = &flows.trade[s][c];
                let haul = |r: usize, d: usize| {
                    trade.at(r, d) * input.cities.distance.at(r, d).powf(*exponent)
                };
                let factor: Vec<f64> = (0..regions)
                    .map(|d| {
                        let hauls: f64 = (0..regions).map(|r| haul(r, d)).sum();
                        if hauls > 0.0 { rates.at(c, m) * trade.column_sum(d) / hauls } else { 0.0 }
                    })
                    .collect();
                let margin = Matrix::from_fn(regions, regions, |r, d| haul(r, d) * factor[d]);
                flows.route[m] = flows.route[m].zip(&margin, |a, b| a + b);
                flows.margin[s][c][m] = margin;
            }
        }
    }
}
