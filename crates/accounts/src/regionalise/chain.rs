//! The chain from a national table and regional shares to regional accounts.
//!
//! 1. uses of a region = national uses × its shares (industries by their purchases, final uses by
//!    theirs, inventories as [`Inventories`] says), with taxes in proportion
//! 2. margins on them in proportion too, but those that rise with distance fall to regions by how far
//!    products travel to them; so 2 to 4 are repeated until these distances stay
//! 3. output of an industry = its purchases, labour, capital and taxes there; products as in the nation
//! 4. trade, margins on routes, and who supplies them ([`super::flows`])
//!
//! Columns of users are therefore the nation's technology, scaled; every national total is kept.

use super::flows::{Flows, Market, flows};
use super::{Choices, GroupFit, Inventories, National, RegionaliseError, Regions};
use crate::matrix::Matrix;
use crate::regional::{RegionalAccounts, Sets, User};
use crate::table::Table;

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
    with_fits(national, regions, choices).map(|(accounts, _)| accounts)
}

/// As [`regionalise`], with how near the flows came to those that are known, by group.
///
/// # Errors
/// As [`regionalise`].
pub fn with_fits(
    national: National,
    regions: Regions,
    choices: Choices,
) -> Result<(RegionalAccounts, Vec<GroupFit>), RegionaliseError> {
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
        let flows = flows(&build.market(&accounts, &shares, &margins))?;
        let found = build.travelled(&flows);
        change = if build.distance_matters() { largest_change(&travelled, &found) } else { 0.0 };
        if change <= SETTLED {
            flows.put(&mut accounts);
            build.put_stocks(&mut accounts);
            put_investment(&mut accounts);
            return Ok((accounts, flows.groups));
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

/// Investment by investor: what a region buys for investment, by depreciation of its firms, or by
/// their surplus where there is no depreciation.
pub(crate) fn put_investment(accounts: &mut RegionalAccounts) {
    let user = accounts.sets.user_position(User::Investment);
    let bought = accounts.use_.sum_to(&["user", "destination"]);
    let taxed = accounts.tax.sum_to(&["user", "destination"]);
    let firms = accounts.sets.industry.len() * accounts.sets.owner.len();
    let regions = accounts.sets.region.len();
    for r in 0..regions {
        let total = bought.at(&[user, r]) + taxed.at(&[user, r]);
        let of = |table: &Table| -> Vec<f64> {
            (0..firms).map(|firm| table.values()[firm * regions + r].max(0.0)).collect()
        };
        let mut weights = of(&accounts.depreciation);
        if weights.iter().sum::<f64>() == 0.0 {
            weights = of(&accounts.surplus);
        }
        let sum: f64 = weights.iter().sum();
        for (firm, weight) in weights.iter().enumerate().filter(|_| sum > 0.0) {
            accounts.investment.values_mut()[firm * regions + r] = total * weight / sum;
        }
    }
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

    /// Supply and demand on the market.
    fn market(
        &self,
        accounts: &RegionalAccounts,
        shares: &[Vec<Matrix>; 2],
        margins: &Margins,
    ) -> Market<'_> {
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
        let paid = margins.iter().map(|by_source| {
            [0, 1].map(|s| Matrix::from_fn(c_n, r_n, |c, r| by_source[s][r].row_sum(c)))
        });
        let made = accounts.make.sum_to(&["product", "region"]);
        Market {
            products: &n.products,
            regions: &self.regions.names,
            margins: &n.margins,
            uses,
            paid: paid.collect(),
            made: Matrix::from_fn(c_n, r_n, |c, r| made.at(&[c, r]) - held(c, r)),
            output: Matrix::from_values(i_n, r_n, accounts.output.values().to_vec()),
            transport: &self.regions.transport,
            method: self.choices.method,
        }
    }

    /// Average distance that products travel to each region, C × R by source; over all regions where
    /// nothing does.
    fn travelled(&self, flows: &Flows) -> [Matrix; 2] {
        let (c_n, _, r_n) = self.size();
        let distance = &self.regions.transport.distance;
        [0, 1].map(|s| {
            Matrix::from_fn(c_n, r_n, |c, d| {
                let flow = |r: usize| flows.trade[s][c].at(r, d).max(0.0);
                let all: f64 = (0..r_n).map(flow).sum();
                if all > 0.0 {
                    (0..r_n).map(|r| flow(r) * distance.at(r, d)).sum::<f64>() / all
                } else {
                    distance.column_sum(d) / r_n as f64
                }
            })
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
}
