//! Flows between regions, the margins on them and who supplies those.
//!
//! Goods first (`super::sector`), then the margins on them, then services from what supply the
//! margins leave.

use super::input::{Input, OWNERS, SECTORS};
use super::owners::Firms;
use super::uses::RegionUses;
use super::{BuildError, BuildReport, sector};
use crate::matrix::Matrix;

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
        sector::trade(input, uses, firms, sector, &mut flows, report)?;
    }
    add_margins(input, rates, &mut flows);
    sector::trade(input, uses, firms, tertiary, &mut flows, report)?;
    Ok(flows)
}

/// Supply of a product for direct use in every region.
pub(super) fn supply(input: &Input, firms: &Firms, flows: &Flows, c: usize) -> Vec<f64> {
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

/// Share of the rest of the country's imported goods that enters through the home ports, so that
/// the imports through them, services included, are hit.
fn transit_rate(input: &Input, uses: &[RegionUses]) -> f64 {
    let imports = |region: &RegionUses, goods: bool| -> f64 {
        let products = (0..input.size()).filter(|c| input.industries[*c].goods == goods);
        products.map(|c| region.imported.row_sum(c)).sum()
    };
    let (home, rest) = uses.split_at(input.home_regions());
    let sum = |area: &[RegionUses], goods: bool| -> f64 {
        area.iter().map(|region| imports(region, goods)).sum()
    };
    let (goods, services) = (sum(home, true), sum(home, false));
    let through = input.province.port_import_ratio * (goods + services) - services;
    let transit = through - input.assumptions.own_port_share * goods;
    (transit / sum(rest, true)).max(0.0)
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
