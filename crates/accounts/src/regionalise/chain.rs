//! The chain from a national table and regional shares to regional accounts.
//!
//! 1. uses of a region = national uses × its shares (industries by their purchases, final uses by
//!    theirs, inventories as [`Inventories`] says), with taxes in proportion
//! 2. margins on them in proportion too, but those that rise with distance fall to regions by how far
//!    products travel to them; so 2 to 5 are repeated until these distances stay
//! 3. output of an industry = its purchases, labour, capital and taxes there; products as in the nation
//! 4. trade in products that are no margins, and margins on all routes
//! 5. trade in margin products together with their supply as margins
//!
//! Columns of users are therefore the nation's technology, scaled; every national total is kept.

use super::{Choices, Inventories, National, RegionaliseError, Regions, margins, trade};
use crate::matrix::Matrix;
use crate::regional::{RegionalAccounts, Sets, User};

/// Rounds of distances travelled before giving up.
const ROUNDS: usize = 50;
/// Largest change of an average distance, relative to the distance, that counts as none.
const SETTLED: f64 = 1e-10;

/// Builds the accounts of all regions.
///
/// - `national`: any table that balances to 1e-6 of a product (see [`National::balanced`]).
/// - returns accounts with one owner (`domestic`) and one skill (`all`); persons are zero when the
///   regions do not have them.
///
/// # Errors
/// [`RegionaliseError`] names the share, product or balancing that does not fit.
///
/// # Source
/// With [`super::Method::Gravity`] and [`Inventories::Producers`] the data programs of TERM (Horridge,
/// Madden & Wittwer 2005): reproduces its Finnish database, see `formats/tests/term_finland.rs`.
pub fn regionalise(
    national: National,
    regions: Regions,
    choices: Choices,
) -> Result<RegionalAccounts, RegionaliseError> {
    let national = national.balanced()?;
    let regions = regions.checked(&national)?;
    let stocks = stocks(&national, choices.inventories);
    let build = Build { national: &national, regions: &regions, stocks, choices };
    let shares = build.user_shares();
    let empty = build.empty();
    let mut travelled = build.before_any_trade();
    let mut change = f64::INFINITY;
    for _ in 0..ROUNDS {
        let margins = build.margins(&shares, &travelled);
        let mut accounts = empty.clone();
        build.put_uses(&mut accounts, &shares, &margins);
        build.put_industries(&mut accounts);
        build.put_investment(&mut accounts);
        let found = build.put_flows(&mut accounts, &shares, &margins)?;
        change = if build.distance_matters() { largest_change(&travelled, &found) } else { 0.0 };
        if change <= SETTLED {
            return Ok(accounts);
        }
        travelled = found;
    }
    Err(RegionaliseError::Unsettled { change })
}

/// Product × industry: inventories that producers hold.
fn stocks(national: &National, inventories: Inventories) -> Matrix {
    let (c_n, i_n) = (national.products.len(), national.industries.len());
    if inventories == Inventories::Users {
        return Matrix::zeros(c_n, i_n);
    }
    let (inventory, made) = (national.user(User::Inventory), national.make.row_sums());
    Matrix::from_fn(c_n, i_n, |c, i| {
        if made[c] > 0.0 {
            national.basic[0].at(c, inventory) * national.make.at(c, i) / made[c]
        } else {
            0.0
        }
    })
}

fn largest_change(before: &[Matrix; 2], after: &[Matrix; 2]) -> f64 {
    let pairs = before.iter().zip(after).flat_map(|(a, b)| a.values().iter().zip(b.values()));
    pairs.map(|(a, b)| (a - b).abs() / b).fold(0.0, f64::max)
}

/// Of every margin, by source: paid by region, each product × user.
type Margins = Vec<[Vec<Matrix>; 2]>;

struct Build<'a> {
    national: &'a National,
    regions: &'a Regions,
    /// Inventories held by producers, product × industry.
    stocks: Matrix,
    choices: Choices,
}

impl Build<'_> {
    fn size(&self) -> (usize, usize, usize) {
        (self.national.products.len(), self.national.industries.len(), self.regions.names.len())
    }

    fn empty(&self) -> RegionalAccounts {
        let n = self.national;
        let labels =
            |names: &[&str]| -> Vec<String> { names.iter().map(|n| (*n).into()).collect() };
        let margins: Vec<String> = n.margins.iter().map(|c| n.products[*c].clone()).collect();
        let sets = Sets::new(
            &self.regions.names,
            &n.products,
            &n.industries,
            &labels(&["domestic"]),
            &labels(&["all"]),
            &margins,
        );
        RegionalAccounts::zeros(sets, n.base_year, n.money.clone())
    }

    /// Average distances before there is any trade: half at home, half from all over, C × R by source.
    fn before_any_trade(&self) -> [Matrix; 2] {
        let (c_n, _, r_n) = self.size();
        let distance = &self.regions.transport.distance;
        let typical = |d: usize| 0.5 * (distance.column_sum(d) / r_n as f64 + distance.at(d, d));
        [0, 1].map(|_| Matrix::from_fn(c_n, r_n, |_, d| typical(d)))
    }

    /// Whether any margin falls to regions by distance.
    fn distance_matters(&self) -> bool {
        let exponents = &self.regions.transport.margin_exponent;
        let paid = |m: &[Matrix; 2]| m.iter().any(|table| table.values().iter().any(|v| *v != 0.0));
        self.national.margin.iter().zip(exponents).any(|(m, exponent)| *exponent != 0.0 && paid(m))
    }

    /// National margins × shares of the regions × (distance travelled)^exponent, scaled back.
    fn margins(&self, shares: &[Vec<Matrix>; 2], travelled: &[Matrix; 2]) -> Margins {
        let of = |m: usize, s: usize| -> Vec<Matrix> {
            let (national, exponent) =
                (&self.national.margin[m][s], self.regions.transport.margin_exponent[m]);
            let raw = |r: usize| {
                let rate = |c: usize| travelled[s].at(c, r).powf(exponent);
                Matrix::from_fn(national.rows(), national.columns(), |c, u| {
                    national.at(c, u) * shares[s][r].at(c, u) * rate(c)
                })
            };
            let raw: Vec<Matrix> = (0..shares[s].len()).map(raw).collect();
            let none = Matrix::zeros(national.rows(), national.columns());
            let sum = raw.iter().fold(none, |sum, each| sum.zip(each, |a, b| a + b));
            let factor =
                national.zip(&sum, |wanted, sum| if sum == 0.0 { 0.0 } else { wanted / sum });
            raw.iter().map(|part| part.zip(&factor, |a, b| a * b)).collect()
        };
        (0..self.national.margins.len()).map(|m| [of(m, 0), of(m, 1)]).collect()
    }

    /// Share of every region in each national use: by source, by region, product × user.
    fn user_shares(&self) -> [Vec<Matrix>; 2] {
        let (c_n, i_n, r_n) = self.size();
        let users = self.national.users();
        let f = &self.regions.final_use;
        let finals = [&f.household, &f.government, &f.investment, &f.export];
        [0, 1].map(|s| {
            let mut shares: Vec<Matrix> = (0..r_n)
                .map(|r| {
                    Matrix::from_fn(c_n, users, |c, u| {
                        if u < i_n {
                            self.regions.industry.at(u, r)
                        } else {
                            finals.get(u - i_n).map_or(0.0, |share| share.at(c, r))
                        }
                    })
                })
                .collect();
            let inventory = self.national.user(User::Inventory);
            for c in 0..c_n {
                let used = self.holders(s, c, &shares);
                let total: f64 = used.iter().sum();
                for (share, used) in shares.iter_mut().zip(&used) {
                    *share.at_mut(c, inventory) =
                        if total > 0.0 { used / total } else { 1.0 / r_n as f64 };
                }
            }
            shares
        })
    }

    /// What inventories of a product are spread by over regions.
    fn holders(&self, s: usize, c: usize, shares: &[Matrix]) -> Vec<f64> {
        let inventory = self.national.user(User::Inventory);
        if s == 0 && self.choices.inventories == Inventories::Producers {
            let made = |r: usize| {
                let part = |i: usize| self.national.make.at(c, i) * self.regions.industry.at(i, r);
                (0..self.national.industries.len()).map(part).sum()
            };
            return (0..shares.len()).map(made).collect();
        }
        let used = |share: &Matrix| {
            (0..inventory).map(|u| self.national.basic[s].at(c, u) * share.at(c, u)).sum()
        };
        shares.iter().map(used).collect()
    }

    fn put_uses(
        &self,
        accounts: &mut RegionalAccounts,
        shares: &[Vec<Matrix>; 2],
        margins: &Margins,
    ) {
        let (c_n, _, r_n) = self.size();
        for c in 0..c_n {
            for s in 0..2 {
                for u in 0..self.national.users() {
                    for r in 0..r_n {
                        let share = shares[s][r].at(c, u);
                        let margins: f64 = margins.iter().map(|m| m[s][r].at(c, u)).sum();
                        let at = [c, s, u, r];
                        *accounts.use_.at_mut(&at) =
                            share * self.national.basic[s].at(c, u) + margins;
                        *accounts.tax.at_mut(&at) = share * self.national.tax[s].at(c, u);
                    }
                }
            }
        }
    }

    fn put_industries(&self, accounts: &mut RegionalAccounts) {
        let (c_n, i_n, r_n) = self.size();
        let (n, shares) = (self.national, self.regions);
        let bought = accounts.use_.sum_to(&["user", "destination"]);
        let taxed = accounts.tax.sum_to(&["user", "destination"]);
        for i in 0..i_n {
            let held = self.stocks.column_sum(i);
            let made = n.make.column_sum(i) - held;
            for r in 0..r_n {
                let (at, capital) = ([i, 0, r], shares.capital.at(i, r));
                let purchases = bought.at(&[i, r]) + taxed.at(&[i, r]);
                let labour = n.labour[i] * shares.labour.at(i, r);
                let parts = [n.depreciation[i], n.surplus[i], n.production_tax[i]];
                let [depreciation, surplus, tax] = parts.map(|part| part * capital);
                let output = purchases + labour + depreciation + surplus + tax;
                *accounts.intermediate.at_mut(&at) = purchases;
                *accounts.labour.at_mut(&[0, i, 0, r]) = labour;
                if let Some(persons) = &shares.persons {
                    *accounts.persons.at_mut(&[0, i, 0, r]) = persons.at(i, r);
                }
                *accounts.depreciation.at_mut(&at) = depreciation;
                *accounts.surplus.at_mut(&at) = surplus;
                *accounts.production_tax.at_mut(&at) = tax;
                *accounts.output.at_mut(&at) = output;
                let here = shares.industry.at(i, r);
                let sold = if made > 0.0 { (output - held * here) / made } else { 0.0 };
                for c in 0..c_n {
                    let stock = self.stocks.at(c, i);
                    *accounts.make.at_mut(&[c, i, r]) =
                        (n.make.at(c, i) - stock) * sold + stock * here;
                }
            }
        }
    }

    /// Investment by investor, by depreciation, or by capital income where there is none.
    fn put_investment(&self, accounts: &mut RegionalAccounts) {
        let (_, i_n, r_n) = self.size();
        let user = self.national.user(User::Investment);
        let bought = accounts.use_.sum_to(&["user", "destination"]);
        let taxed = accounts.tax.sum_to(&["user", "destination"]);
        for r in 0..r_n {
            let total = bought.at(&[user, r]) + taxed.at(&[user, r]);
            let of = |table: &crate::Table| -> Vec<f64> {
                (0..i_n).map(|i| table.at(&[i, 0, r]).max(0.0)).collect()
            };
            let mut weights = of(&accounts.depreciation);
            if weights.iter().sum::<f64>() == 0.0 {
                weights = of(&accounts.surplus);
            }
            let sum: f64 = weights.iter().sum();
            for (i, weight) in weights.iter().enumerate().filter(|_| sum > 0.0) {
                *accounts.investment.at_mut(&[i, 0, r]) = total * weight / sum;
            }
        }
    }

    /// Trade, margins and their supply; returns the average distances travelled, C × R by source.
    fn put_flows(
        &self,
        accounts: &mut RegionalAccounts,
        shares: &[Vec<Matrix>; 2],
        margins: &Margins,
    ) -> Result<[Matrix; 2], RegionaliseError> {
        let (c_n, _, r_n) = self.size();
        let n = self.national;
        let market = self.market(accounts, shares, margins);
        let mut routes = vec![Matrix::zeros(r_n, r_n); n.margins.len()];
        let mut travelled = [Matrix::zeros(c_n, r_n), Matrix::zeros(c_n, r_n)];
        for (s, c) in (0..2).flat_map(|s| (0..c_n).map(move |c| (s, c))) {
            let demand = market.demand[s].row(c);
            // The flows of a margin product are known after the margins: these go by its prior.
            let flows = match (s, n.margins.contains(&c)) {
                (1, _) => self.imports(c, demand)?,
                (_, true) => {
                    let prior = market.prior(self.regions, c);
                    Matrix::from_fn(r_n, r_n, |r, d| prior.at(r, d) * demand[d])
                }
                _ => self.domestic(&market, c)?,
            };
            put_trade(accounts, (c, s), &flows);
            for (m, route) in routes.iter_mut().enumerate() {
                let paid: Vec<f64> = margins[m][s].iter().map(|paid| paid.row_sum(c)).collect();
                let margin = margins::on_routes(self.regions, m, &flows, &paid);
                put_margin(accounts, (c, s, m), &margin);
                *route = route.zip(&margin, |a, b| a + b);
            }
        }
        for (m, c) in n.margins.iter().enumerate() {
            let found = margins::supplied(
                self.regions,
                (m, &n.products[*c]),
                &market.prior(self.regions, *c),
                (market.made.row(*c), market.demand[0].row(*c)),
                (&routes[m], market.own(*c)),
            )?;
            put_trade(accounts, (*c, 0), &found.trade);
            for at in 0..r_n * r_n {
                for p in 0..r_n {
                    *accounts.margin_supply.at_mut(&[m, at / r_n, at % r_n, p]) =
                        found.margins.at(at, p);
                }
            }
        }
        for (s, travelled) in travelled.iter_mut().enumerate() {
            *travelled = self.travelled(accounts, s);
        }
        self.put_stocks(accounts);
        Ok(travelled)
    }

    /// Supply and demand on the market.
    fn market(
        &self,
        accounts: &RegionalAccounts,
        shares: &[Vec<Matrix>; 2],
        margins: &Margins,
    ) -> Market {
        let (c_n, i_n, r_n) = self.size();
        let n = self.national;
        let (held, inventory) = (self.stocks.row_sums(), n.user(User::Inventory));
        let held = |c: usize, r: usize| {
            if held[c] == 0.0 { 0.0 } else { held[c] * shares[0][r].at(c, inventory) }
        };
        let mut uses = [0, 1].map(|s| -> Vec<Matrix> {
            shares[s].iter().map(|share| n.basic[s].zip(share, |a, b| a * b)).collect()
        });
        for (r, used) in uses[0].iter_mut().enumerate() {
            (0..c_n).for_each(|c| *used.at_mut(c, inventory) -= held(c, r));
        }
        let demand = [0, 1].map(|s| Matrix::from_fn(c_n, r_n, |c, r| uses[s][r].row_sum(c)));
        let mut of_margins = Matrix::zeros(c_n, r_n);
        for (margin, c) in margins.iter().zip(&n.margins) {
            for r in 0..r_n {
                *of_margins.at_mut(*c, r) = margin.iter().map(|paid| paid[r].total()).sum();
            }
        }
        let made = accounts.make.sum_to(&["product", "region"]);
        let made = Matrix::from_fn(c_n, r_n, |c, r| made.at(&[c, r]) - held(c, r));
        let output = Matrix::from_values(i_n, r_n, accounts.output.values().to_vec());
        let method = self.choices.method;
        let decay = self.regions.transport.decay.column(0);
        let own = trade::own_shares(n, (&uses[0], &of_margins), (&output, &made), &decay, method);
        Market { demand, of_margins, made, own }
    }

    /// Average distance that products travel to each region; over all regions where nothing does.
    fn travelled(&self, accounts: &RegionalAccounts, s: usize) -> Matrix {
        let (c_n, _, r_n) = self.size();
        let distance = &self.regions.transport.distance;
        Matrix::from_fn(c_n, r_n, |c, d| {
            let flow = |r: usize| accounts.trade.at(&[c, s, r, d]).max(0.0);
            let all: f64 = (0..r_n).map(flow).sum();
            if all > 0.0 {
                (0..r_n).map(|r| flow(r) * distance.at(r, d)).sum::<f64>() / all
            } else {
                distance.column_sum(d) / r_n as f64
            }
        })
    }

    /// Inventories that never reach the market stay where they are made.
    fn put_stocks(&self, accounts: &mut RegionalAccounts) {
        let inventory = self.national.user(User::Inventory);
        let held = self.stocks.row_sums();
        for c in (0..held.len()).filter(|c| held[*c] != 0.0) {
            for r in 0..self.regions.names.len() {
                *accounts.trade.at_mut(&[c, 0, r, r]) += accounts.use_.at(&[c, 0, inventory, r]);
            }
        }
    }

    fn domestic(&self, market: &Market, c: usize) -> Result<Matrix, RegionaliseError> {
        let (made, demand) = (market.made.row(c), market.demand[0].row(c));
        let prior = market.prior(self.regions, c);
        let what = format!("trade in `{}`", self.national.products[c]);
        trade::fitted(&prior, made, demand, market.own(c), &what)
    }

    /// Imports by port and destination.
    fn imports(&self, c: usize, demand: &[f64]) -> Result<Matrix, RegionaliseError> {
        let n = demand.len();
        let Some(ports) = &self.regions.ports else {
            return Ok(Matrix::from_fn(n, n, |r, d| if r == d { demand[d] } else { 0.0 }));
        };
        let total: f64 = demand.iter().sum();
        // Nothing is known of the ports of a product: as much lands in a region as it uses.
        let unknown = ports.row_sum(c) == 0.0;
        let landed = |(share, used): (&f64, &f64)| if unknown { *used } else { share * total };
        let supply: Vec<f64> = ports.row(c).iter().zip(demand).map(landed).collect();
        let prior = trade::prior(self.regions, None, (c, 1), &supply, demand);
        let what = format!("trade in imported `{}`", self.national.products[c]);
        trade::fitted(&prior, &supply, demand, None, &what)
    }
}

/// Supply and demand on the market, in the money of the nation.
struct Market {
    /// By source, C × R, inventories of producers and margins apart.
    demand: [Matrix; 2],
    /// Of domestic products as margins, C × R.
    of_margins: Matrix,
    /// Domestic products, C × R, inventories of producers apart.
    made: Matrix,
    /// Shares of own products in domestic use, C × R, where the method gives them.
    own: Option<Matrix>,
}

impl Market {
    /// Shares at home that the fit holds.
    fn own(&self, c: usize) -> Option<&[f64]> {
        self.own.as_ref().map(|own| own.row(c))
    }

    /// Shares of origins in each destination's domestic purchases of a product, before the fit.
    fn prior(&self, regions: &Regions, c: usize) -> Matrix {
        let demand: Vec<f64> = self.demand[0]
            .row(c)
            .iter()
            .zip(self.of_margins.row(c))
            .map(|(market, margins)| market + margins)
            .collect();
        trade::prior(regions, self.own.as_ref(), (c, 0), self.made.row(c), &demand)
    }
}

fn put_trade(accounts: &mut RegionalAccounts, (c, s): (usize, usize), flows: &Matrix) {
    for r in 0..flows.rows() {
        for d in 0..flows.columns() {
            *accounts.trade.at_mut(&[c, s, r, d]) = flows.at(r, d);
        }
    }
}

fn put_margin(accounts: &mut RegionalAccounts, (c, s, m): (usize, usize, usize), on: &Matrix) {
    for r in 0..on.rows() {
        for d in 0..on.columns() {
            *accounts.margin.at_mut(&[c, s, m, r, d]) = on.at(r, d);
        }
    }
}
