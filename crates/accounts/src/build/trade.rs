//! Flows between regions by the code that regionalises any national table ([`flows`]): distances,
//! routes of imports through the ports, flows among cities by sector, margins on goods.

use super::input::{Input, OWNERS, SECTORS};
use super::owners::Firms;
use super::uses::RegionUses;
use super::{BuildError, BuildReport};
use crate::matrix::Matrix;
use crate::regionalise::flows::{Flows, Market, flows};
use crate::regionalise::{Entry, KnownFlows, Method, Observed, Transport};

pub(super) fn trade(
    input: &Input,
    uses: &[RegionUses],
    firms: &Firms,
    rates: &Matrix,
    report: &mut BuildReport,
) -> Result<Flows, BuildError> {
    let (n, regions) = (input.size(), input.regions.len());
    let products: Vec<String> =
        input.industries.iter().map(|industry| industry.label.clone()).collect();
    let transport = transport(input, uses)
        .checked(&products, input.margins.len(), &input.regions)
        .map_err(BuildError::Trade)?;
    let made = Matrix::from_fn(n, regions, |c, r| {
        (0..OWNERS.len()).map(|o| firms.at(c, o, r).output).sum()
    });
    let by_source = [
        uses.iter().map(|region| region.domestic.clone()).collect(),
        uses.iter().map(|region| region.imported.clone()).collect(),
    ];
    let market = Market {
        products: &products,
        regions: &input.regions,
        margins: &input.margins,
        paid: (0..input.margins.len()).map(|m| paid(&by_source, rates, m)).collect(),
        uses: by_source,
        output: made.clone(),
        made,
        transport: &transport,
        method: Method::default(),
    };
    let found = flows(&market).map_err(BuildError::Trade)?;
    for group in &found.groups {
        let (name, (from, to)) = (&group.name, group.route);
        let what = format!("Flows of the {name} sector between regions");
        report.balanced(format!("{what}, targets"), group.target);
        report.balanced(what, group.products);
        let item = format!("Largest difference from the city flows, {name} sector");
        let route = format!("{} to {}", input.regions[from], input.regions[to]);
        report.adjust(item, group.difference, &input.money, route);
    }
    Ok(found)
}

/// Margin `m` on what arrives, by source: I × R.
fn paid(uses: &[Vec<Matrix>; 2], rates: &Matrix, m: usize) -> [Matrix; 2] {
    uses.each_ref().map(|regions| {
        Matrix::from_fn(rates.rows(), regions.len(), |c, r| rates.at(c, m) * regions[r].row_sum(c))
    })
}

fn transport(input: &Input, uses: &[RegionUses]) -> Transport {
    let (n, assumed) = (input.size(), &input.assumptions);
    let decay = |c: usize| {
        if input.industries[c].goods {
            assumed.distance_decay_goods
        } else {
            assumed.distance_decay_services
        }
    };
    Transport {
        distance: input.cities.distance.clone(),
        decay: Matrix::from_fn(n, 2, |c, _| decay(c)),
        local: vec![false; n],
        // Trade, then transport.
        margin_exponent: vec![0.0, assumed.transport_margin_distance_exponent],
        margin_local_weight: vec![1.0; input.margins.len()],
        entry: Entry::Routes(import_routes(input, uses)),
        known: Some(KnownFlows {
            names: SECTORS.map(str::to_owned).to_vec(),
            group: input.industries.iter().map(|industry| Some(industry.sector)).collect(),
            flows: input.cities.flows.clone(),
            of: Observed::IntermediateUse,
        }),
    }
}

/// Shares of ports in the imports that each region uses, by product, port × region.
fn import_routes(input: &Input, uses: &[RegionUses]) -> Vec<Matrix> {
    let (regions, h) = (input.regions.len(), input.home_regions());
    let transit = transit_rate(input, uses);
    let of_goods = Matrix::from_fn(regions, regions, |port, d| {
        let at_home = if d < h { input.assumptions.own_port_share } else { transit };
        if port < h { at_home * input.cities.import_port_share[port] } else { 1.0 - at_home }
    });
    let of_services = Matrix::from_fn(regions, regions, |port, d| f64::from(u8::from(port == d)));
    let routes = |goods: bool| if goods { of_goods.clone() } else { of_services.clone() };
    input.industries.iter().map(|industry| routes(industry.goods)).collect()
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
