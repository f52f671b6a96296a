//! Laws that any database and closure must obey, each with its deviation and limit.
//!
//! | law                                             | how it is tested                                       |
//! |-------------------------------------------------|--------------------------------------------------------|
//! | the file balances                               | six identities of its flows                            |
//! | the database solves the model                   | residuals without a shock                              |
//! | the exchange rate moves prices only             | a rise by 10 %, where the closure gives it             |
//! | accounts balance after a shock, Walras' law too | identities of the updated flows                        |
//! | the nation is the sum of its regions            | price times quantity index against values of flows     |
//! | derivatives are differences                     | one linear step against two small shocks               |
//! | two halves of a region are the region           | the last region cut, the same shock                    |
//!
//! Not here: reading files, equations (`crate::model`).

use crate::certificate::{self, identities};
use crate::closure::{Closure, Shocks};
use crate::database::{Database, Sets};
use crate::run::{Failure, Method, Results, run};
use crate::variables::{Index, Role, Variable, variables};

/// Rise of the exchange rate, percent.
const RISE: f64 = 10.0;
/// The test shock, percent.
const SHOCK: f64 = 1.0;
/// Step of the differences, percent.
const STEP: f64 = 0.05;
/// Variables that the test shock may hit, the first that is given whole.
const SHOCKED: [&str; 4] = ["atot", "fpexp", "aprim", "pfimp"];
/// Gaps of the file below this many units of the currency are rounding.
const ROUNDING: f64 = 0.1;
/// Results over industries and regions that are held against each other.
const COMPARED: [&str; 4] = ["xtot", "ptot", "xlab_o", "pprim"];
const EXACT: Method = Method::Exact { parts: 1 };

/// Name, indices of quantity and price, and values by region of a national aggregate.
type Aggregate = (&'static str, [&'static str; 2], fn(&Database) -> Vec<f64>);

/// One law.
#[derive(Debug, Clone, PartialEq)]
pub struct Law {
    /// What should hold.
    pub name: String,
    /// Largest deviation, relative.
    pub deviation: f64,
    /// Largest deviation at which it counts as held.
    pub limit: f64,
}

impl Law {
    fn new(name: impl Into<String>, deviation: f64, limit: f64) -> Self {
        Self { name: name.into(), deviation, limit }
    }

    /// Whether the deviation is within its limit; not a number is not.
    pub fn holds(&self) -> bool {
        self.deviation <= self.limit
    }
}

/// Checks all laws.
///
/// # Errors
/// The reason why the model does not solve.
pub fn laws(database: &Database, closure: &Closure) -> Result<Vec<Law>, Failure> {
    let mut laws = the_file(database);
    let still = run(database, closure, &Shocks::new(), EXACT)?;
    laws.push(Law::new("no shock moves nothing", moved(&still), 1e-9));
    if closure.given("phi")[0] {
        laws.extend(homogeneity(database, closure, &still)?);
    }
    let Some(shocked) = SHOCKED.into_iter().find(|name| closure.given(name).iter().all(|g| *g))
    else {
        return Ok(laws);
    };
    let shock = |database: &Database, closure: &Closure, percent: f64, method: Method| {
        let size = closure.given(shocked).len();
        let shocks = Shocks::from([(shocked.to_owned(), vec![percent; size])]);
        run(database, closure, &shocks, method)
    };
    let results = shock(database, closure, SHOCK, EXACT)?;
    laws.extend(after_a_shock(database, &results, shocked));
    let [above, below] = [STEP, -STEP].map(|step| shock(database, closure, step, EXACT));
    let line = shock(database, closure, STEP, Method::Euler { steps: 1 })?;
    laws.push(differences(&above?, &below?, &line));
    let halves = halved(database);
    let cut = shock(&halves, &closure.halved(&database.sets), SHOCK, EXACT)?;
    laws.push(two_halves(database, &results, &cut));
    Ok(laws)
}

fn the_file(database: &Database) -> Vec<Law> {
    let worst = |identity: &certificate::Identity| {
        identity.worst(ROUNDING).map_or(0.0, |worst| worst.relative)
    };
    let law = |identity: &certificate::Identity| {
        Law::new(format!("file: {}", identity.name), worst(identity), 0.01)
    };
    identities(database).iter().map(law).collect()
}

/// Largest change of any result, as a fraction.
fn moved(results: &Results) -> f64 {
    let all = results.changes.values().flatten();
    all.fold(0.0, |most, change| f64::max(most, change.abs() / 100.0))
}

fn homogeneity(
    database: &Database,
    closure: &Closure,
    still: &Results,
) -> Result<Vec<Law>, Failure> {
    let shocks = Shocks::from([("phi".to_owned(), vec![RISE])]);
    let results = run(database, closure, &shocks, EXACT)?;
    let nominal = ["wgdpexp", "whoutot", "wlab_io"];
    let gaps = nominal.iter().flat_map(|name| &results.changes[*name]);
    let gap = gaps.fold(0.0, |most, change| f64::max(most, (change / RISE - 1.0).abs()));
    Ok(vec![
        Law::new("quantities moved by the exchange rate", still.homogeneity.unwrap_or(0.0), 1e-6),
        Law::new("nominal values move with the exchange rate", gap, 1e-6),
    ])
}

fn after_a_shock(database: &Database, results: &Results, shocked: &str) -> Vec<Law> {
    let after = |(name, drift): &(&'static str, f64)| {
        Law::new(format!("after {shocked} +{SHOCK} %: {name}"), *drift, 1e-8)
    };
    let mut laws: Vec<Law> = results.identities.iter().map(after).collect();
    let sums: [Aggregate; 3] = [
        ("household spending", ["RealHou", "CPI"], |each| each.purchases_of(0)),
        ("exports", ["ExpVol", "ExportPI"], |each| each.purchases_of(3)),
        ("gross product", ["RealGDP", "GDPPI"], certificate::gross_product),
    ];
    for (name, [quantity, price], values) in sums {
        let (before, after) = (values(database), values(&results.database));
        let change = |name: &str| 1.0 + results.changes[&format!("NatMacro({name})")][0] / 100.0;
        let of_flows = after.iter().sum::<f64>() / before.iter().sum::<f64>();
        let gap = (change(quantity) * change(price) / of_flows - 1.0).abs();
        laws.push(Law::new(format!("the nation is the sum of its regions: {name}"), gap, 1e-6));
    }
    laws
}

fn differences(above: &Results, below: &Results, line: &Results) -> Law {
    let mut worst = 0.0_f64;
    for name in COMPARED {
        let slopes = above.changes[name].iter().zip(&below.changes[name]);
        let slopes: Vec<f64> = slopes.map(|(a, b)| (a - b) / 2.0).collect();
        let size = slopes.iter().fold(0.0_f64, |most, slope| most.max(slope.abs()));
        for (slope, line) in slopes.iter().zip(&line.changes[name]) {
            worst = worst.max((slope - line).abs() / size.max(f64::MIN_POSITIVE));
        }
    }
    Law::new("derivatives are differences", worst, 1e-5)
}

/// Results by industry and region of the whole against those of an economy with one more region.
fn two_halves(database: &Database, whole: &Results, cut: &Results) -> Law {
    let regions = database.sets.regions.len();
    let output = certificate::costs(database);
    let mut worst = 0.0_f64;
    for name in COMPARED {
        for (cell, change) in cut.changes[name].iter().enumerate() {
            let (industry, region) = (cell / (regions + 1), cell % (regions + 1));
            let at = industry * regions + region.min(regions - 1);
            if output[at] > 0.0 {
                worst = worst.max((change - whole.changes[name][at]).abs() / 100.0);
            }
        }
    }
    Law::new("two halves of a region are the region", worst, 1e-8)
}

/// The database with its last region cut into equal halves.
pub fn halved(database: &Database) -> Database {
    let sets = &database.sets;
    let (c, i, o) = (sets.products.len(), sets.industries.len(), sets.occupations.len());
    let (m, d, u) = (sets.margins.len(), sets.regions.len(), sets.users());
    let mut regions = sets.regions.clone();
    let name = format!("{} (other half)", sets.regions[d - 1]);
    regions.push(name);
    let flow = |cells: &[f64], sizes: &[usize], from: usize| {
        split(cells, sizes, from, |value, halves| value * 0.5_f64.powi(halves))
    };
    let rate = |cells: &[f64], sizes: &[usize]| split(cells, sizes, 1, |value, _| value);
    Database {
        make: flow(&database.make, &[c, i, d], 2),
        use_: flow(&database.use_, &[c, 2, u, d], 3),
        tax: flow(&database.tax, &[c, 2, u, d], 3),
        trade: flow(&database.trade, &[c, 2, d, d], 2),
        trade_margin: flow(&database.trade_margin, &[c, 2, m, d, d], 3),
        margin_supply: flow(&database.margin_supply, &[m, d, d, d], 1),
        investment: flow(&database.investment, &[c, i, d], 2),
        stocks: flow(&database.stocks, &[i, d], 1),
        labour: flow(&database.labour, &[i, o, d], 2),
        capital: flow(&database.capital, &[i, d], 1),
        land: flow(&database.land, &[i, d], 1),
        production_tax: flow(&database.production_tax, &[i, d], 1),
        population: flow(&database.population, &[d], 0),
        frisch: split(&database.frisch, &[d], 0, |value, _| value),
        expenditure_elasticity: rate(&database.expenditure_elasticity, &[c, d]),
        sets: Sets { regions, ..sets.clone() },
        ..database.clone()
    }
}

/// Cells with one more position along every axis from `from` on, which are regions; `value` gets
/// the old cell and along how many axes it lies in the last region.
fn split<T: Copy>(
    cells: &[T],
    sizes: &[usize],
    from: usize,
    value: impl Fn(T, i32) -> T,
) -> Vec<T> {
    let is_region = |axis: usize| axis >= from;
    expand(cells, sizes, is_region, value)
}

fn expand<T: Copy>(
    cells: &[T],
    sizes: &[usize],
    is_region: impl Fn(usize) -> bool,
    value: impl Fn(T, i32) -> T,
) -> Vec<T> {
    let new: Vec<usize> =
        sizes.iter().enumerate().map(|(at, size)| size + usize::from(is_region(at))).collect();
    let cell = |position: usize| {
        let (mut rest, mut halves, mut stride, mut old) = (position, 0, 1, 0);
        for axis in (0..sizes.len()).rev() {
            let index = rest % new[axis];
            rest /= new[axis];
            let last = sizes[axis] - 1;
            if is_region(axis) && index >= last {
                halves += 1;
            }
            old += index.min(last) * stride;
            stride *= sizes[axis];
        }
        value(cells[old], halves)
    };
    (0..new.iter().product()).map(cell).collect()
}

impl Closure {
    /// This closure for a database whose last region was cut in two ([`halved`]).
    #[must_use]
    pub fn halved(&self, sets: &Sets) -> Self {
        let cells = |variable: &Variable| {
            let sizes: Vec<usize> =
                variable.indices.iter().map(|index| index.elements(sets).len()).collect();
            let is_region =
                |at: usize| matches!(variable.indices[at], Index::Origin | Index::Region);
            expand(self.given(&variable.name), &sizes, is_region, |given, _| given)
        };
        Self::of(cells)
    }
}

impl Database {
    /// What one final user (0 households, 1 investment, 2 government, 3 exports) pays, by region.
    fn purchases_of(&self, which: usize) -> Vec<f64> {
        let (d, u) = (self.sets.regions.len(), self.sets.users());
        let user = self.sets.industries.len() + which;
        let mut sums = vec![0.0; d];
        for (at, (use_, tax)) in self.use_.iter().zip(&self.tax).enumerate() {
            if at / d % u == user {
                sums[at % d] += use_ + tax;
            }
        }
        sums
    }
}

/// What a certificate says of the instance: sizes of sets, and what the closure gives beyond the
/// standard one.
pub fn describe(database: &Database, closure: &Closure) -> Vec<String> {
    let sets = &database.sets;
    let sizes = format!(
        "{} products, {} industries, {} regions, {} occupations, {} margins",
        sets.products.len(),
        sets.industries.len(),
        sets.regions.len(),
        sets.occupations.len(),
        sets.margins.len()
    );
    let named = |role: Role, given: bool| -> String {
        let names: Vec<String> = variables()
            .into_iter()
            .filter(|variable| variable.role == role)
            .filter(|variable| closure.given(&variable.name).contains(&given))
            .map(|variable| variable.name)
            .collect();
        if names.is_empty() { "nothing".to_owned() } else { names.join(" ") }
    };
    vec![
        sizes,
        format!("freed: {}", named(Role::Given, false)),
        format!("fixed instead: {}", named(Role::Found, true)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_region_keeps_every_total() {
        let cells: Vec<f64> = (0..12).map(f64::from).collect();
        let flow = |value: f64, halves: i32| value * 0.5_f64.powi(halves);
        let cut = split(&cells, &[3, 2, 2], 1, flow);
        assert_eq!(cut.len(), 27);
        assert!((cut.iter().sum::<f64>() - cells.iter().sum::<f64>()).abs() < 1e-12);
        assert_eq!(cut[..9], [0.0, 0.5, 0.5, 1.0, 0.75, 0.75, 1.0, 0.75, 0.75]);
    }
}
