//! From what every region uses and makes to flows: trade, margins on routes, and who supplies these.
//!
//! 1. products that are no margins: shares of the method, fitted to supply and demand
//! 2. groups of them whose flows are known ([`super::groups`]), fitted to these too
//! 3. margins on all routes ([`super::margins`])
//! 4. margin products: trade together with their supply as margins; then groups with such a product;
//!    3 and 4 again until the margins on routes stay
//!
//! The chain and the build of Liaoning both end here. Not here: what regions use and make.

use super::groups::GroupFit;
use super::{Entry, Method, RegionaliseError, Transport, groups, margins, trade};
use crate::matrix::Matrix;
use crate::regional::RegionalAccounts;

/// What meets on the market, in money of the nation; inventories that never reach it are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Market<'a> {
    /// Products, C.
    pub products: &'a [String],
    /// Regions, R.
    pub regions: &'a [String],
    /// Products that are margins.
    pub margins: &'a [usize],
    /// Uses at basic prices, by source and region: C × users (industries, then [`crate::User::ALL`]).
    pub uses: [Vec<Matrix>; 2],
    /// Margins paid on them, by margin and source: C × R.
    pub paid: Vec<[Matrix; 2]>,
    /// Domestic products made, C × R.
    pub made: Matrix,
    /// Output of industries, I × R.
    pub output: Matrix,
    /// Distances, ports, known flows.
    pub transport: &'a Transport,
    /// Prior of trade.
    pub method: Method,
}

/// Flows between regions; matrices are origin × destination.
#[derive(Debug, Clone, PartialEq)]
pub struct Flows {
    /// Basic value by source and product.
    pub trade: [Vec<Matrix>; 2],
    /// Margins on it, by source, product and margin.
    pub margin: [Vec<Vec<Matrix>>; 2],
    /// Supply of every margin: routes (origin × destination, row-major) × producer.
    pub margin_supply: Vec<Matrix>,
    /// How near the flows of groups came to what is known.
    pub groups: Vec<GroupFit>,
}

impl Flows {
    /// Writes the flows into the tables of accounts.
    pub fn put(&self, accounts: &mut RegionalAccounts) {
        accounts.trade.fill(|at| self.trade[at[1]][at[0]].at(at[2], at[3]));
        accounts.margin.fill(|at| self.margin[at[1]][at[0]][at[2]].at(at[3], at[4]));
        let regions = accounts.sets.region.len();
        let supply = |at: &[usize]| self.margin_supply[at[0]].at(at[1] * regions + at[2], at[3]);
        accounts.margin_supply.fill(supply);
    }
}

/// Flows that meet supply and demand of every product in every region.
///
/// # Errors
/// [`RegionaliseError`] names the product whose supply or demand is negative or cannot be met.
pub fn flows(market: &Market<'_>) -> Result<Flows, RegionaliseError> {
    let (c_n, r_n) = (market.products.len(), market.made.columns());
    let trader = Trader::of(market);
    let empty = || vec![Matrix::zeros(r_n, r_n); c_n];
    let mut found = Flows {
        trade: [empty(), empty()],
        margin: [vec![], vec![]],
        margin_supply: vec![],
        groups: vec![],
    };
    for c in 0..c_n {
        // The flows of a margin product are known after the margins: these go by its prior.
        found.trade[0][c] = if market.margins.contains(&c) {
            let (prior, demand) = (trader.prior(c), trader.demand[0].row(c));
            Matrix::from_fn(r_n, r_n, |r, d| prior.at(r, d) * demand[d])
        } else {
            trader.domestic(c)?
        };
        found.trade[1][c] = trader.imports(c)?;
    }
    let known = market.transport.known.as_ref();
    let (late, early): (Vec<usize>, Vec<usize>) =
        known.map_or(0..0, |known| 0..known.names.len()).partition(|group| {
            market.margins.iter().any(|c| known.is_some_and(|k| k.group[*c] == Some(*group)))
        });
    for group in early {
        groups::fit(market, group, &mut found)?;
    }
    // Margins depend on the flows of late groups and these on margins: both are repeated until routes stay.
    let (before, groups) = (found.trade[0].clone(), found.groups.len());
    let mut last: Option<Vec<Matrix>> = None;
    for _ in 0..ROUNDS {
        let (margin, routes) = on_all_routes(market, &found.trade);
        if last.as_ref().is_some_and(|last| same(last, &routes)) {
            break;
        }
        found.margin = margin;
        found.trade[0].clone_from(&before);
        found.margin_supply.clear();
        found.groups.truncate(groups);
        for (m, c) in market.margins.iter().enumerate() {
            let sold = margins::supplied(
                market,
                m,
                &trader.prior(*c),
                trader.demand[0].row(*c),
                (&routes[m], trader.own(*c)),
            )?;
            found.trade[0][*c] = sold.trade;
            found.margin_supply.push(sold.margins);
        }
        for group in &late {
            groups::fit(market, *group, &mut found)?;
        }
        if late.is_empty() {
            break;
        }
        last = Some(routes);
    }
    Ok(found)
}

/// Rounds of margins and groups with margin products at most; routes hardly change after the second.
const ROUNDS: usize = 20;
/// Change of the margins on a route, relative to the largest, that counts as none.
const SETTLED: f64 = 1e-10;

fn same(before: &[Matrix], after: &[Matrix]) -> bool {
    let pairs = || before.iter().zip(after).flat_map(|(a, b)| a.values().iter().zip(b.values()));
    let largest = pairs().map(|(_, b)| b.abs()).fold(0.0, f64::max);
    pairs().all(|(a, b)| (a - b).abs() <= SETTLED * largest)
}

/// Margins by source, product and margin.
type OnFlows = [Vec<Vec<Matrix>>; 2];

/// Margins on all flows, and their sum on every route, by margin.
fn on_all_routes(market: &Market<'_>, trade: &[Vec<Matrix>; 2]) -> (OnFlows, Vec<Matrix>) {
    let (c_n, r_n) = (market.products.len(), market.made.columns());
    let mut routes = vec![Matrix::zeros(r_n, r_n); market.margins.len()];
    let mut margin = [vec![vec![]; c_n], vec![vec![]; c_n]];
    for (s, c) in (0..2).flat_map(|s| (0..c_n).map(move |c| (s, c))) {
        for (m, route) in routes.iter_mut().enumerate() {
            let paid = market.paid[m][s].row(c);
            let on = margins::on_routes(market.transport, m, &trade[s][c], paid);
            *route = route.zip(&on, |a, b| a + b);
            margin[s][c].push(on);
        }
    }
    (margin, routes)
}

/// A market with what follows from it.
struct Trader<'a> {
    market: &'a Market<'a>,
    /// By source, C × R, margins apart.
    demand: [Matrix; 2],
    /// Of domestic products as margins, C × R.
    of_margins: Matrix,
    /// Shares of own products in domestic use, C × R, where the method gives them.
    own: Option<Matrix>,
}

impl<'a> Trader<'a> {
    fn of(market: &'a Market<'a>) -> Self {
        let (c_n, r_n) = (market.products.len(), market.made.columns());
        let demand = [0, 1].map(|s| Matrix::from_fn(c_n, r_n, |c, r| market.uses[s][r].row_sum(c)));
        let mut of_margins = Matrix::zeros(c_n, r_n);
        for (paid, c) in market.paid.iter().zip(market.margins) {
            for r in 0..r_n {
                *of_margins.at_mut(*c, r) = paid.iter().map(|on| on.column_sum(r)).sum();
            }
        }
        let own = trade::own_shares(market, &of_margins);
        Self { market, demand, of_margins, own }
    }

    /// Shares at home that the fit holds.
    fn own(&self, c: usize) -> Option<&[f64]> {
        self.own.as_ref().map(|own| own.row(c))
    }

    /// Shares of origins in each destination's domestic purchases of a product, before the fit.
    fn prior(&self, c: usize) -> Matrix {
        let all = self.demand[0].row(c).iter().zip(self.of_margins.row(c));
        let demand: Vec<f64> = all.map(|(market, margins)| market + margins).collect();
        let made = self.market.made.row(c);
        trade::prior(self.market.transport, self.own.as_ref(), (c, 0), made, &demand)
    }

    fn domestic(&self, c: usize) -> Result<Matrix, RegionaliseError> {
        let (made, demand) = (self.market.made.row(c), self.demand[0].row(c));
        let what = format!("trade in `{}`", self.market.products[c]);
        trade::fitted(&self.prior(c), (made, demand), self.own(c), (&what, self.market.regions))
    }

    /// Imports by port and destination.
    fn imports(&self, c: usize) -> Result<Matrix, RegionaliseError> {
        let demand = self.demand[1].row(c);
        let n = demand.len();
        let ports = match &self.market.transport.entry {
            Entry::Used => {
                return Ok(Matrix::from_fn(n, n, |r, d| if r == d { demand[d] } else { 0.0 }));
            }
            Entry::Routes(shares) => {
                return Ok(Matrix::from_fn(n, n, |r, d| shares[c].at(r, d) * demand[d]));
            }
            Entry::Ports(ports) => ports,
        };
        let total: f64 = demand.iter().sum();
        // Nothing is known of the ports of a product: as much lands in a region as it uses.
        let unknown = ports.row_sum(c) == 0.0;
        let landed = |(share, used): (&f64, &f64)| if unknown { *used } else { share * total };
        let supply: Vec<f64> = ports.row(c).iter().zip(demand).map(landed).collect();
        let prior = trade::prior(self.market.transport, None, (c, 1), &supply, demand);
        let what = format!("trade in imported `{}`", self.market.products[c]);
        trade::fitted(&prior, (&supply, demand), None, (&what, self.market.regions))
    }
}
