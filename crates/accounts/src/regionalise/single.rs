//! One region alone: what its industries buy from anywhere and at home, fitted to what is known of it.
//!
//! | known of the region              | used for                                                     |
//! |----------------------------------|--------------------------------------------------------------|
//! | output                           | inputs = national coefficients × output                      |
//! | value added                      | inputs of an industry sum to output − value added            |
//! | final use, outflow and inflow    | a product's inputs sum to output + inflow − outflow − final use; RAS |
//! | outflow and inflow               | share at home = (output − outflow) ÷ (output + inflow − outflow) |
//! | no outflow or no inflow          | share at home by the [`Method`]                              |
//!
//! Products and industries are one list. Not here: many regions together (`super::chain`).

use super::location_quotient::{Trade, charm, factors, final_factors};
use super::{Method, National, RegionaliseError};
use crate::balance::{Settings, ras};
use crate::common_sourcing::{
    COMPENSATION, DEPRECIATION, PRODUCT_TAXES, PRODUCTION_TAXES, SURPLUS,
};
use crate::gravity::{own_share, self_sufficiency};
use crate::input_output::{InputOutputTable, Label, Row};
use crate::matrix::Matrix;
use crate::regional::User;

/// Deviation of a fitted total, relative to the largest.
const FIT: Settings = Settings { tolerance: 1e-12, max_iterations: 20_000 };
/// Cells of the prior that make any totals possible, relative to its largest.
const OPEN: f64 = 1e-12;

/// What is known of the region, each n; money in one unit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Known {
    /// Gross output.
    pub output: Vec<f64>,
    /// Value added with taxes on products.
    pub value_added: Option<Vec<f64>>,
    /// Consumption, investment and inventories in the region, of products from anywhere.
    pub final_use: Option<Vec<f64>>,
    /// Exports and sales to other regions.
    pub outflow: Option<Vec<f64>>,
    /// Imports and purchases from other regions.
    pub inflow: Option<Vec<f64>>,
}

/// The nation as one region of it sees it, n × n and n; money per year.
#[derive(Debug, Clone, PartialEq)]
pub struct Nation {
    /// Labels of industries and products.
    pub industries: Vec<String>,
    /// Gross output.
    pub output: Vec<f64>,
    /// Value added with taxes on products.
    pub value_added: Vec<f64>,
    /// Inputs of domestic and of imported products.
    pub inputs: [Matrix; 2],
    /// Final use without exports, by source.
    pub final_use: [Vec<f64>; 2],
    /// Exports of domestic products.
    pub exports: Vec<f64>,
    /// Exponent of distance: how local a product is (see [`own_share`]).
    pub decay: Vec<f64>,
    /// Parts of value added by name, each n; empty when they are not known.
    pub primary: Vec<(&'static str, Vec<f64>)>,
    /// Parts of final use by user, each n; empty when they are not known.
    pub final_users: Vec<(&'static str, Vec<f64>)>,
}

/// The estimate; money in the unit of the region's output.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Inputs from anywhere, n × n.
    pub technical: Matrix,
    /// Inputs from the region, n × n.
    pub regional: Matrix,
    /// Final use in the region of its own products, n.
    pub final_use: Vec<f64>,
    /// Products whose known uses leave less than nothing for industries: taken as nothing.
    pub overused: Vec<usize>,
    /// Known inputs by product over known inputs by industry; 1 when they agree.
    pub agreement: f64,
}

impl Estimate {
    /// Coefficients: cells over the output of their column; 0 where there is none.
    pub fn coefficients(flows: &Matrix, output: &[f64]) -> Matrix {
        Matrix::from_fn(flows.rows(), flows.columns(), |i, j| {
            if output[j] > 0.0 { flows.at(i, j) / output[j] } else { 0.0 }
        })
    }
}

impl Nation {
    /// From a national table whose products are its industries; margins count as sales of the
    /// industries that make them.
    ///
    /// - `decay`: n, the exponent of distance of each product.
    ///
    /// # Errors
    /// [`RegionaliseError::Shape`] when products and industries are not one list.
    pub fn of(national: &National, decay: Vec<f64>) -> Result<Self, RegionaliseError> {
        let n = national.industries.len();
        if national.products != national.industries || decay.len() != n {
            let what = "a nation whose products are not its industries".to_owned();
            return Err(RegionaliseError::Shape { what });
        }
        let with_margins = |s: usize| {
            let mut uses = national.basic[s].clone();
            for (margin, c) in national.margin.iter().zip(&national.margins).filter(|_| s == 0) {
                for u in 0..national.users() {
                    *uses.at_mut(*c, u) +=
                        margin.iter().map(|table| table.column_sum(u)).sum::<f64>();
                }
            }
            uses
        };
        let uses = [with_margins(0), with_margins(1)];
        let export = national.user(User::Export);
        let inputs = |s: usize| Matrix::from_fn(n, n, |i, j| uses[s].at(i, j));
        let finals = |s: usize| -> Vec<f64> {
            let at_home = |u: &usize| *u != export;
            let sum =
                |i: usize| (n..national.users()).filter(at_home).map(|u| uses[s].at(i, u)).sum();
            (0..n).map(sum).collect()
        };
        let output = national.costs();
        let inputs = [inputs(0), inputs(1)];
        let taxes =
            |j: usize| -> f64 { national.tax.iter().map(|table| table.column_sum(j)).sum() };
        let primary = vec![
            (PRODUCT_TAXES, (0..n).map(taxes).collect()),
            (COMPENSATION, national.labour.clone()),
            (DEPRECIATION, national.depreciation.clone()),
            (SURPLUS, national.surplus.clone()),
            (PRODUCTION_TAXES, national.production_tax.clone()),
        ];
        let bought_by = |user: User| -> (&'static str, Vec<f64>) {
            let at = national.user(user);
            (user.name(), (0..n).map(|i| uses[0].at(i, at) + uses[1].at(i, at)).collect())
        };
        let at_home = User::ALL.into_iter().filter(|user| *user != User::Export);
        let final_users = at_home.map(bought_by).collect();
        let bought: Vec<f64> =
            (0..n).map(|j| inputs.iter().map(|table| table.column_sum(j)).sum()).collect();
        Ok(Self {
            industries: national.industries.clone(),
            value_added: output.iter().zip(&bought).map(|(x, z)| x - z).collect(),
            output,
            final_use: [finals(0), finals(1)],
            exports: (0..n).map(|i| uses[0].at(i, export)).collect(),
            inputs,
            decay,
            primary,
            final_users,
        })
    }

    fn ratio(part: f64, whole: f64) -> f64 {
        if whole > 0.0 { part / whole } else { 0.0 }
    }

    /// Inputs from anywhere at national coefficients, n × n.
    fn prior(&self, output: &[f64]) -> Matrix {
        Matrix::from_fn(output.len(), output.len(), |i, j| {
            let inputs = self.inputs[0].at(i, j) + self.inputs[1].at(i, j);
            Self::ratio(inputs, self.output[j]) * output[j]
        })
    }

    /// Share of domestic products in an input.
    fn domestic(&self, i: usize, j: usize) -> f64 {
        let domestic = self.inputs[0].at(i, j);
        Self::ratio(domestic, domestic + self.inputs[1].at(i, j))
    }
}

/// Share of the region's own products in what is used there.
pub fn share_at_home(output: f64, outflow: f64, inflow: f64) -> f64 {
    let sold = output - outflow;
    Nation::ratio(sold, sold + inflow).clamp(0.0, 1.0)
}

/// Estimates the flows of one region.
///
/// - `known`: what is known; what is not follows national ratios.
/// - `method`: where the share of own products comes from, unless outflow and inflow are known.
///
/// # Errors
/// [`RegionaliseError::Shape`], [`RegionaliseError::Value`] of a number that is not finite or of a
/// negative output, [`RegionaliseError::Balance`] when the totals cannot be met.
pub fn estimate(
    nation: &Nation,
    known: &Known,
    method: Method,
) -> Result<Estimate, RegionaliseError> {
    check(nation, known)?;
    let (technical, overused, agreement) = inputs(nation, known)?;
    let final_use = final_use(nation, known);
    let n = technical.rows();
    let home = match (&known.outflow, &known.inflow) {
        (Some(outflow), Some(inflow)) => {
            let share = |i: usize| share_at_home(known.output[i], outflow[i], inflow[i]);
            let share: Vec<f64> = (0..n).map(share).collect();
            Home { inputs: Matrix::from_fn(n, n, |i, _| share[i]), finals: share }
        }
        _ => at_home(nation, known, method, &technical, &final_use),
    };
    Ok(Estimate {
        regional: technical.zip(&home.inputs, |flow, share| flow * share),
        final_use: final_use.iter().zip(&home.finals).map(|(used, share)| used * share).collect(),
        technical,
        overused,
        agreement,
    })
}

fn check(nation: &Nation, known: &Known) -> Result<(), RegionaliseError> {
    let n = nation.output.len();
    let lists = [
        ("value added", &known.value_added),
        ("final use", &known.final_use),
        ("outflow", &known.outflow),
        ("inflow", &known.inflow),
    ];
    let given = lists.iter().filter_map(|(what, list)| list.as_ref().map(|list| (*what, list)));
    for (what, list) in given.chain([("output", &known.output)]) {
        if list.len() != n {
            return Err(RegionaliseError::Shape { what: format!("{what} of the region") });
        }
        let bad = |value: &&f64| !value.is_finite() || (what == "output" && **value < 0.0);
        if let Some(value) = list.iter().find(bad) {
            return Err(RegionaliseError::Value { what: what.to_owned(), value: *value });
        }
    }
    Ok(())
}

/// Inputs from anywhere, the products with less than nothing for them, and how totals agree.
fn inputs(nation: &Nation, known: &Known) -> Result<(Matrix, Vec<usize>, f64), RegionaliseError> {
    let prior = nation.prior(&known.output);
    let n = prior.rows();
    let columns: Vec<f64> = match &known.value_added {
        Some(added) => known.output.iter().zip(added).map(|(x, v)| (x - v).max(0.0)).collect(),
        None => prior.column_sums(),
    };
    let by_column = |j: usize| Nation::ratio(columns[j], prior.column_sum(j));
    let Known { final_use: Some(used), outflow: Some(out), inflow: Some(inflow), .. } = known
    else {
        let scale: Vec<f64> = (0..n).map(by_column).collect();
        return Ok((Matrix::from_fn(n, n, |i, j| prior.at(i, j) * scale[j]), vec![], 1.0));
    };
    let left: Vec<f64> = (0..n).map(|i| known.output[i] + inflow[i] - out[i] - used[i]).collect();
    let overused = (0..n).filter(|i| left[*i] < 0.0).collect();
    let (left_all, all): (f64, f64) = (left.iter().map(|v| v.max(0.0)).sum(), columns.iter().sum());
    if left_all <= 0.0 || all <= 0.0 {
        let what = "what known uses leave for industries".to_owned();
        return Err(RegionaliseError::Value { what, value: left_all.min(all) });
    }
    let rows: Vec<f64> = left.iter().map(|v| v.max(0.0) * all / left_all).collect();
    let least = OPEN * prior.values().iter().copied().fold(0.0, f64::max);
    let open = Matrix::from_fn(n, n, |i, j| {
        if rows[i] > 0.0 && columns[j] > 0.0 { prior.at(i, j).max(least) } else { 0.0 }
    });
    let (fitted, _) = ras(&open, &rows, &columns, &FIT).map_err(|error| {
        let what = "inputs by product and by industry".to_owned();
        RegionaliseError::balance(what, &error, &nation.industries, &nation.industries)
    })?;
    Ok((fitted, overused, left_all / all))
}

/// Final use in the region: known, or the nation's by the region's share in value added.
fn final_use(nation: &Nation, known: &Known) -> Vec<f64> {
    if let Some(used) = &known.final_use {
        return used.clone();
    }
    let implied =
        |j: usize| Nation::ratio(nation.value_added[j], nation.output[j]) * known.output[j];
    let added: f64 = match &known.value_added {
        Some(added) => added.iter().sum(),
        None => (0..known.output.len()).map(implied).sum(),
    };
    let share = Nation::ratio(added, nation.value_added.iter().sum());
    nation.final_use[0].iter().zip(&nation.final_use[1]).map(|(a, b)| share * (a + b)).collect()
}

/// Shares of own products in inputs, n × n, and in final use, n.
struct Home {
    inputs: Matrix,
    finals: Vec<f64>,
}

fn at_home(
    nation: &Nation,
    known: &Known,
    method: Method,
    technical: &Matrix,
    used: &[f64],
) -> Home {
    let n = technical.rows();
    let domestic_final = |i: usize| {
        Nation::ratio(nation.final_use[0][i], nation.final_use[0][i] + nation.final_use[1][i])
    };
    let exports = |i: usize| Nation::ratio(nation.exports[i], nation.output[i]) * known.output[i];
    let by_seller = |share: &dyn Fn(usize) -> f64| -> Vec<f64> { (0..n).map(share).collect() };
    let of_inputs =
        |i: usize| (0..n).map(|j| technical.at(i, j) * nation.domestic(i, j)).sum::<f64>();
    let foreign = |i: usize| {
        let imports = nation.inputs[1].row_sum(i) + nation.final_use[1][i];
        let (output, exports) = (nation.output[i], nation.exports[i]);
        Trade { output, demand: output - exports + imports, exports, imports }
    };
    match method {
        Method::Gravity | Method::SelfSufficiency => {
            let share = by_seller(&|i| {
                let demand = of_inputs(i) + used[i] * domestic_final(i) + exports(i);
                let (output, decay) = (known.output[i], nation.decay[i]);
                if method == Method::Gravity {
                    own_share(output, demand, decay)
                } else {
                    self_sufficiency(&foreign(i), output, demand, decay)
                }
            });
            Home {
                inputs: Matrix::from_fn(n, n, |i, j| nation.domestic(i, j) * share[i]),
                finals: (0..n).map(|i| domestic_final(i) * share[i]).collect(),
            }
        }
        Method::CrossHauling => {
            let share = by_seller(&|i| {
                let here = technical.row_sum(i) + used[i].max(0.0);
                let trade = charm(&foreign(i), known.output[i], here);
                1.0 - Nation::ratio(trade.imports, here).min(1.0)
            });
            Home { inputs: Matrix::from_fn(n, n, |i, _| share[i]), finals: share }
        }
        Method::Quotient(quotient) => {
            let factor = factors(&known.output, &nation.output, quotient);
            let sold = final_factors(&known.output, &nation.output, quotient);
            Home {
                inputs: Matrix::from_fn(n, n, |i, j| {
                    (nation.domestic(i, j) * factor.at(i, j)).min(1.0)
                }),
                finals: (0..n).map(|i| domestic_final(i) * sold[i]).collect(),
            }
        }
    }
}

/// Shares of the parts of something in its sum, by name, each n; all in the first where there are none.
/// Negative parts (subsidies, inventories) count as long as parts hardly cancel out.
fn parts(
    of: &[(&'static str, Vec<f64>)],
    whole: &'static str,
    n: usize,
) -> Vec<(&'static str, Vec<f64>)> {
    let used: Vec<&(&'static str, Vec<f64>)> =
        of.iter().filter(|(_, values)| values.iter().any(|value| *value != 0.0)).collect();
    if used.is_empty() {
        return vec![(whole, vec![1.0; n])];
    }
    let sum = |at: usize, of: fn(f64) -> f64| -> f64 {
        used.iter().map(|(_, values)| of(values[at])).sum()
    };
    let share = |k: usize, at: usize| {
        let (net, positive) = (sum(at, |value| value), sum(at, |value| value.max(0.0)));
        let part = used[k].1[at];
        if net > 0.5 * positive {
            part / net
        } else if positive > 0.0 {
            part.max(0.0) / positive
        } else {
            f64::from(u8::from(k == 0))
        }
    };
    let shares = |k: usize| (used[k].0, (0..n).map(|at| share(k, at)).collect());
    (0..used.len()).map(shares).collect()
}

impl Estimate {
    /// The estimate as an input-output table of the region, in the unit of `known`.
    ///
    /// Final demand is that of the region, by user in the nation's proportions of each product, and
    /// `outflow`; primary inputs are `inflow` (inputs from elsewhere) and value added, in the nation's
    /// parts of each industry. Each is what the table leaves.
    pub fn table(&self, nation: &Nation, known: &Known, region: &str) -> InputOutputTable {
        let n = known.output.len();
        let label = |region: &str, name: &str| Label { region: region.into(), name: name.into() };
        let row = |name: &str| Row { name: name.into(), unit: String::new() };
        let elsewhere = |j: usize| self.technical.column_sum(j) - self.regional.column_sum(j);
        let added = |j: usize| known.output[j] - self.technical.column_sum(j);
        let sent = |i: usize| known.output[i] - self.regional.row_sum(i) - self.final_use[i];
        let users = parts(&nation.final_users, "final use", n);
        let primary = parts(&nation.primary, "value added", n);
        let last = users.len();
        let rows = std::iter::once("inflow").chain(primary.iter().map(|(name, _)| *name));
        let mut categories: Vec<Label> =
            users.iter().map(|(name, _)| label(region, name)).collect();
        categories.push(label("elsewhere", "outflow"));
        InputOutputTable {
            name: region.to_owned(),
            unit: String::new(),
            industries: nation.industries.iter().map(|name| label(region, name)).collect(),
            categories,
            primary_inputs: rows.map(row).collect(),
            flows: self.regional.clone(),
            final_demand: Matrix::from_fn(n, last + 1, |i, f| match users.get(f) {
                Some((_, shares)) => shares[i] * self.final_use[i],
                None => sent(i),
            }),
            value_added: Matrix::from_fn(1 + primary.len(), n, |v, j| match v.checked_sub(1) {
                Some(part) => primary[part].1[j] * added(j),
                None => elsewhere(j),
            }),
            output: known.output.clone(),
            extensions: vec![],
        }
    }
}
