//! Laws that any database and closure must obey, each with its deviation and limit.
//!
//! | law                                             | how it is tested                                       |
//! |-------------------------------------------------|--------------------------------------------------------|
//! | the file balances                               | six identities of its flows                            |
//! | the database solves the model                   | residuals without a shock                              |
//! | the exchange rate moves prices only             | a rise by 10 %, where the closure gives it             |
//! | accounts balance after a shock, Walras' law too | identities of the updated flows                        |
//! | taxes paid are rates times flows                | rates of the updated flows against those of the file   |
//! | the nation is the sum of its regions            | price times quantity index against values of flows     |
//! | derivatives are differences                     | one linear step against four small shocks              |
//! | the adjoint is the derivative                   | gradient of real product against one linear step       |
//! | parts by shock add up                           | two shocks together against the integral of each       |
//! | two halves of a region, of an industry          | the last one cut, the same shock                       |
//!
//! Walras' law stands for leaving out a market: gross product from income and from expenditure agree
//! although no equation says so.
//! Not here: reading files, equations (`crate::model`).

use std::sync::Arc;

use equilibrium::{Factor, gradient, response};

use crate::certificate::{self, identities, largest};
use crate::closure::Closure;
use crate::database::{Database, Sets};
use crate::presence::present;
use crate::run::{Failure, Method, Results, Stage, contributions, run, settings};
use crate::shocks::Shocks;
use crate::variables::{Index, Role, Variable, variables};

/// Rise of the exchange rate, percent.
const RISE: f64 = 10.0;
/// The test shock, percent.
const SHOCK: f64 = 1.0;
/// Longer step of the differences, percent; the other is half of it.
const STEP: f64 = 0.2;
/// Variables that the test shock may hit, the first that is given whole.
const SHOCKED: [&str; 4] = ["atot", "fpexp", "aprim", "pfimp"];
/// Gaps of the file below this part of the nation's output are rounding.
pub(crate) const ROUNDING: f64 = 2.5e-7;
/// Results over industries and regions that are held against each other.
const COMPARED: [&str; 4] = ["xtot", "ptot", "xlab_o", "pprim"];
/// The result whose gradient is taken.
const GRADIENT_OF: &str = "NatMacro(RealGDP)";
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
    let whole = |name: &&str| closure.given(name).iter().all(|given| *given);
    let mut given = SHOCKED.into_iter().filter(whole);
    let Some(shocked) = given.next() else { return Ok(laws) };
    let shock = |database: &Database, closure: &Closure, percent: f64, method: Method| {
        run(database, closure, &uniform(closure, &[shocked], percent), method)
    };
    let results = shock(database, closure, SHOCK, EXACT)?;
    laws.extend(after_a_shock(database, &results, shocked));
    laws.push(differences(database, closure, shocked)?);
    laws.push(adjoint(database, closure, shocked)?);
    if let Some(other) = given.next() {
        laws.push(parts_add_up(database, closure, [shocked, other])?);
    }
    for (cut, name) in [(Cut::Region, "region"), (Cut::Industry, "industry")] {
        let (halves, closed) = (halved(database, cut), closure.halved(&database.sets, cut));
        let found = shock(&halves, &closed, SHOCK, EXACT)?;
        laws.push(two_halves(database, &results, &found, (cut, name)));
    }
    Ok(laws)
}

/// The same shock to all cells of variables.
fn uniform(closure: &Closure, names: &[&str], percent: f64) -> Shocks {
    let shock = |name: &&str| ((*name).to_owned(), vec![percent; closure.given(name).len()]);
    names.iter().map(shock).collect()
}

fn the_file(database: &Database) -> Vec<Law> {
    let rounding = ROUNDING * database.make.iter().sum::<f64>();
    let worst = |identity: &certificate::Identity| {
        identity.worst(rounding).map_or(0.0, |worst| worst.relative)
    };
    let law = |identity: &certificate::Identity| {
        Law::new(format!("file: {}", identity.name), worst(identity), 0.01)
    };
    identities(database).iter().map(law).collect()
}

/// Largest change of any result, as a fraction.
fn moved(results: &Results) -> f64 {
    largest(results.changes.values().flatten().copied()) / 100.0
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
    let gap = largest(gaps.map(|change| change / RISE - 1.0));
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
    laws.push(Law::new("taxes paid are rates times flows", rates(database, results), 1e-8));
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

/// Largest change of a rate of tax that no shock moved, in percent of the flow over 100.
fn rates(before: &Database, results: &Results) -> f64 {
    let after = &results.database;
    let rate = |tax: f64, base: f64| if base == 0.0 { 0.0 } else { tax / base };
    let flows = |database: &Database| -> Vec<f64> {
        let uses = database.tax.iter().zip(&database.use_).map(|(tax, use_)| rate(*tax, *use_));
        let costs = certificate::costs(database);
        let outputs = database.production_tax.iter().zip(costs).map(|(tax, cost)| rate(*tax, cost));
        uses.chain(outputs).collect()
    };
    let (before, after) = (flows(before), flows(after));
    largest(
        before.iter().zip(&after).map(|(before, after)| (after - before) / (1.0 + before.abs())),
    )
}

/// Slopes by differences over two step lengths, extrapolated to none, against one linear step.
fn differences(database: &Database, closure: &Closure, shocked: &str) -> Result<Law, Failure> {
    let at = |percent: f64| run(database, closure, &uniform(closure, &[shocked], percent), EXACT);
    let [long, short] =
        [STEP, 0.5 * STEP].map(|step| -> Result<_, Failure> { Ok((step, at(step)?, at(-step)?)) });
    let ((long, above, below), (short, nearer, lower)) = (long?, short?);
    let one = Method::Euler { steps: 1 };
    let line = run(database, closure, &uniform(closure, &[shocked], STEP), one)?;
    let mut gaps = Vec::new();
    for name in COMPARED {
        let present = present(database, name);
        let slope = |above: &Results, below: &Results, step: f64, cell: usize| {
            (above.changes[name][cell] - below.changes[name][cell]) / (2.0 * step)
        };
        let cells = 0..line.changes[name].len();
        let exist = cells.filter(|cell| present.as_ref().is_none_or(|all| all[*cell]));
        let pairs: Vec<(f64, f64)> = exist
            .map(|cell| {
                let (far, near) =
                    (slope(&above, &below, long, cell), slope(&nearer, &lower, short, cell));
                ((4.0 * near - far) / 3.0, line.changes[name][cell] / STEP)
            })
            .collect();
        let size = largest(pairs.iter().map(|(slope, _)| *slope)).max(f64::MIN_POSITIVE);
        gaps.extend(pairs.iter().map(|(slope, line)| (slope - line) / size));
    }
    Ok(Law::new("derivatives are differences", largest(gaps), 1e-6))
}

/// Gradient of a result by all cells of a variable, from one adjoint system, against the result's
/// response to all of them together.
fn adjoint(database: &Database, closure: &Closure, shocked: &str) -> Result<Law, Failure> {
    let mut stage = Stage::new(database, closure);
    let linear = |reason: String| Failure::Linear { reason };
    let settings = settings();
    let direction = vec![1.0; closure.given(shocked).len()];
    let mut factor: Option<Arc<Factor>> = None;
    let directions = [(shocked.to_owned(), direction)];
    let Stage { system, evaluation } = &mut stage;
    let found =
        response(system, evaluation, &directions, &mut factor, &settings).map_err(linear)?;
    let forward = found.reports[GRADIENT_OF][0];
    let seeds = [(GRADIENT_OF, &[1.0][..])];
    let back = gradient(system, evaluation, &seeds, &mut None, &settings).map_err(linear)?;
    let sum: f64 = back.by_parameter[shocked].iter().sum();
    let size = largest(back.by_parameter[shocked].iter().copied()).max(forward.abs());
    let gap = (sum - forward) / size.max(f64::MIN_POSITIVE);
    Ok(Law::new("the adjoint is the derivative", gap.abs(), 1e-6))
}

/// What the integrals of two shocks' effects leave of every result.
fn parts_add_up(
    database: &Database,
    closure: &Closure,
    shocked: [&str; 2],
) -> Result<Law, Failure> {
    let shocks = uniform(closure, &shocked, SHOCK);
    let results = run(database, closure, &shocks, EXACT)?;
    let parts = contributions(database, closure, &shocks, EXACT, &results)?;
    let name = format!("parts by shock add up ({} and {})", shocked[0], shocked[1]);
    Ok(Law::new(name, parts.gap / 100.0, 1e-6))
}

/// What is cut in two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The last region.
    Region,
    /// The last industry.
    Industry,
}

impl Cut {
    fn is(self, index: Index) -> bool {
        match self {
            Self::Region => matches!(index, Index::Origin | Index::Region),
            Self::Industry => matches!(index, Index::Industry | Index::User),
        }
    }
}

/// Results by industry and region of the whole against those of an economy with one more of them.
fn two_halves(
    database: &Database,
    whole: &Results,
    cut: &Results,
    (which, name): (Cut, &str),
) -> Law {
    let (industries, regions) = (database.sets.industries.len(), database.sets.regions.len());
    let output = certificate::costs(database);
    let wide = regions + usize::from(which == Cut::Region);
    let mut gaps = Vec::new();
    for variable in COMPARED {
        for (cell, change) in cut.changes[variable].iter().enumerate() {
            let (industry, region) = (cell / wide, cell % wide);
            let at = industry.min(industries - 1) * regions + region.min(regions - 1);
            if output[at] > 0.0 {
                gaps.push((change - whole.changes[variable][at]) / 100.0);
            }
        }
    }
    Law::new(format!("two halves of a {name} are the {name}"), largest(gaps), 1e-8)
}

/// The database with its last region, or its last industry, cut into equal halves.
pub fn halved(database: &Database, cut: Cut) -> Database {
    use Index::{Industry, Margin, Occupation, Origin, Product, Region, Source, User};
    let mut sets = database.sets.clone();
    let list = match cut {
        Cut::Region => &mut sets.regions,
        Cut::Industry => &mut sets.industries,
    };
    list.push(format!("{} (other half)", list[list.len() - 1]));
    let halve = |value: f64, halves: i32| value * 0.5_f64.powi(halves);
    let cut_cells = |cells: &[f64], indices: &[Index], value: &dyn Fn(f64, i32) -> f64| {
        expand(cells, &cut_axes(indices, &database.sets, cut), value)
    };
    let flow = |cells: &[f64], indices: &[Index]| cut_cells(cells, indices, &halve);
    let rate = |cells: &[f64], indices: &[Index]| cut_cells(cells, indices, &|value, _| value);
    let d = database;
    Database {
        make: flow(&d.make, &[Product, Industry, Region]),
        use_: flow(&d.use_, &[Product, Source, User, Region]),
        tax: flow(&d.tax, &[Product, Source, User, Region]),
        trade: flow(&d.trade, &[Product, Source, Origin, Region]),
        trade_margin: flow(&d.trade_margin, &[Product, Source, Margin, Origin, Region]),
        margin_supply: flow(&d.margin_supply, &[Margin, Origin, Region, Origin]),
        investment: flow(&d.investment, &[Product, Industry, Region]),
        stocks: flow(&d.stocks, &[Industry, Region]),
        labour: flow(&d.labour, &[Industry, Occupation, Region]),
        capital: flow(&d.capital, &[Industry, Region]),
        land: flow(&d.land, &[Industry, Region]),
        production_tax: flow(&d.production_tax, &[Industry, Region]),
        population: flow(&d.population, &[Region]),
        frisch: rate(&d.frisch, &[Region]),
        expenditure_elasticity: rate(&d.expenditure_elasticity, &[Product, Region]),
        sigma_labour: rate(&d.sigma_labour, &[Industry]),
        sigma_primary: rate(&d.sigma_primary, &[Industry]),
        sigma_output: rate(&d.sigma_output, &[Industry]),
        sets,
        ..d.clone()
    }
}

/// Size of each axis, and the position that is cut in two where it is one of those.
fn cut_axes(indices: &[Index], sets: &Sets, cut: Cut) -> Vec<(usize, Option<usize>)> {
    let position = match cut {
        Cut::Region => sets.regions.len() - 1,
        Cut::Industry => sets.industries.len() - 1,
    };
    let axis = |index: &Index| (index.elements(sets).len(), cut.is(*index).then_some(position));
    indices.iter().map(axis).collect()
}

/// Cells with one more position after each one that is cut; `value` gets the old cell and along how
/// many axes it is cut.
fn expand<T: Copy>(
    cells: &[T],
    axes: &[(usize, Option<usize>)],
    value: impl Fn(T, i32) -> T,
) -> Vec<T> {
    let new: Vec<usize> =
        axes.iter().map(|(size, cut)| size + usize::from(cut.is_some())).collect();
    let cell = |position: usize| {
        let (mut rest, mut halves, mut stride, mut old) = (position, 0, 1, 0);
        for ((size, cut), new) in axes.iter().zip(&new).rev() {
            let index = rest % new;
            rest /= new;
            let after = cut.is_some_and(|cut| index > cut);
            halves += i32::from(cut.is_some_and(|cut| index == cut || index == cut + 1));
            old += (index - usize::from(after)) * stride;
            stride *= size;
        }
        value(cells[old], halves)
    };
    (0..new.iter().product()).map(cell).collect()
}

impl Closure {
    /// This closure for a database of which something was cut in two ([`halved`]).
    #[must_use]
    pub fn halved(&self, sets: &Sets, cut: Cut) -> Self {
        let cells = |variable: &Variable| {
            let axes = cut_axes(&variable.indices, sets, cut);
            expand(self.given(&variable.name), &axes, |given, _| given)
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
        let cut = expand(&cells, &[(3, None), (2, Some(1)), (2, Some(1))], flow);
        assert_eq!(cut.len(), 27);
        assert!((cut.iter().sum::<f64>() - cells.iter().sum::<f64>()).abs() < 1e-12);
        assert_eq!(cut[..9], [0.0, 0.5, 0.5, 1.0, 0.75, 0.75, 1.0, 0.75, 0.75]);
        // Not the last position: users after the industries stay as they are.
        let users = expand(&[1.0, 2.0, 3.0], &[(3, Some(1))], flow);
        assert_eq!(users, [1.0, 1.0, 1.0, 3.0]);
    }
}
