//! Laws that every instance of the model must obey, checked on the instance itself.
//!
//! | law                | what is done                                                              |
//! |--------------------|---------------------------------------------------------------------------|
//! | zero shock         | the benchmark solves the equations, and solving it moves nothing           |
//! | homogeneity        | twice the numeraire: values double, quantities stay                        |
//! | numeraires         | another numeraire: quantities stay                                         |
//! | Walras             | saving equals investment, although no equation says so                     |
//! | gross product      | income, production and expenditure agree in every region                   |
//! | other code         | the equations at the solution, evaluated cell by cell without the kernels  |
//! | region split       | a region cut into two identical halves changes nothing else                |
//! | adjoint            | exact derivatives equal finite differences                                 |
//!
//! All but the first are checked under one shock that touches every kind of exogenous variable.

use accounts::{Axis, RegionalAccounts, Sets, Table, identity};
use equilibrium::Settings;

use crate::benchmark::{BaseYear, CalibrationError, InitialBarriers};
use crate::certificate::accounts_at;
use crate::exogenous::Exogenous;
use crate::model::Choices;
use crate::parameters::{Numeraire, Parameters};
use crate::year::{Failure, RegionalModel, Solution, Solver};

/// Reports in money of the day, for homogeneity.
const NOMINAL: [&str; 5] = ["use", "labour", "exports", "household_income", "investment"];

/// Reports in quantities, for homogeneity.
const REAL: [&str; 5] = ["real_gdp", "real_output", "persons", "real_consumption", "fdi"];

/// Tightest solve that double precision allows here.
const TOLERANCE: f64 = 1e-12;

/// Step of finite differences, relative to the size of the variable.
const STEP: f64 = 1e-3;

/// An instance: accounts and everything that turns them into a model.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Accounts.
    pub accounts: RegionalAccounts,
    /// Elasticities and rates.
    pub parameters: Parameters,
    /// Stocks, direct investment, barriers.
    pub base_year: BaseYear,
    /// Closure, labour market, numeraire.
    pub choices: Choices,
}

/// A law and by how much it is missed.
#[derive(Debug, Clone, PartialEq)]
pub struct Law {
    /// The law in words.
    pub name: &'static str,
    /// Largest deviation, relative.
    pub deviation: f64,
    /// Largest accepted.
    pub tolerance: f64,
}

impl Law {
    /// Whether the law holds.
    pub fn holds(&self) -> bool {
        self.deviation <= self.tolerance
    }
}

/// Why laws could not be checked.
#[derive(Debug, Clone)]
pub enum LawError {
    /// The accounts cannot be calibrated.
    Calibration(CalibrationError),
    /// A solve failed.
    Solve(Box<Failure>),
}

impl std::fmt::Display for LawError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Calibration(error) => error.fmt(out),
            Self::Solve(failure) => failure.fmt(out),
        }
    }
}

impl std::error::Error for LawError {}

impl From<CalibrationError> for LawError {
    fn from(error: CalibrationError) -> Self {
        Self::Calibration(error)
    }
}

impl From<Failure> for LawError {
    fn from(failure: Failure) -> Self {
        Self::Solve(Box::new(failure))
    }
}

/// Checks every law on an instance.
///
/// # Errors
/// [`LawError`] when the instance cannot be calibrated or a solve fails.
pub fn laws(instance: &Instance) -> Result<Vec<Law>, LawError> {
    let model = instance.model()?;
    let exogenous = shock(&model);
    let mut solver = solver(&model);
    let solution = solver.solve(&exogenous)?;
    let law = |name, deviation, tolerance| Law { name, deviation, tolerance };
    Ok(vec![
        law("zero shock replicates the benchmark", zero_shock(&model)?, 1e-9),
        law(
            "doubling the numeraire doubles values and moves no quantity",
            homogeneity(&model, &exogenous, &solution)?,
            1e-8,
        ),
        law("another numeraire gives the same quantities", numeraires(instance, &solution)?, 1e-8),
        law("saving equals investment (the equation left out)", solution.certificate.walras, 1e-9),
        law("no firm, market or budget is off", solution.certificate.worst(), 1e-9),
        law("gross product agrees from three sides", gross_product(&model, &solution), 1e-9),
        law("the equations hold in other code", solver.reference_residual(), 1e-9),
        law(
            "a region cut into identical halves changes nothing",
            region_split(instance, &solution)?,
            1e-8,
        ),
        law("adjoint derivatives equal finite differences", adjoint(&solver, &exogenous)?, 1e-6),
    ])
}

impl Instance {
    /// The calibrated model.
    ///
    /// # Errors
    /// [`CalibrationError`] when the accounts are not of this model's kind.
    pub fn model(&self) -> Result<RegionalModel, CalibrationError> {
        RegionalModel::new(&self.accounts, self.parameters.clone(), &self.base_year, self.choices)
    }
}

fn solver(model: &RegionalModel) -> Solver<'_> {
    Solver::new(model, Settings { tolerance: TOLERANCE, ..Settings::default() })
}

/// A shock of every kind, of the same size in any economy.
pub fn shock(model: &RegionalModel) -> Exogenous {
    let mut exogenous = model.start.clone();
    let n = model.benchmark.sizes();
    let mut scale = |name: &str, factor: f64, counts: &dyn Fn(usize) -> bool| {
        let values = exogenous.get_mut(name).iter_mut().enumerate();
        values.filter(|(at, _)| counts(*at)).for_each(|(_, value)| *value *= factor);
    };
    // Even industries, so that halves of a region are treated alike.
    let firms = |at: usize| (at / n.regions / n.owners).is_multiple_of(2);
    let products = |at: usize| (at / n.regions).is_multiple_of(2);
    let all = |_: usize| true;
    scale("productivity", 1.03, &firms);
    scale("labour_productivity", 0.99, &firms);
    scale("rent", 0.5, &all);
    scale("resource_cost", 0.99, &firms);
    scale("production_tax", 0.95, &firms);
    scale("corporate_tax", 0.9, &firms);
    scale("product_tax", 0.7, &all);
    scale("import_price", 0.98, &products);
    scale("export_cost", 0.99, &products);
    scale("export_demand", 1.05, &all);
    scale("partner_demand", 1.02, &products);
    scale("margin_need", 0.98, &all);
    scale("government", 1.02, &all);
    scale("labour_force", 1.01, &all);
    scale("capital", 1.01, &firms);
    scale("required_return", 0.99, &firms);
    scale("fdi", 1.1, &all);
    scale("fdi_advantage", 1.05, &products);
    scale("investment_propensity", 1.02, &firms);
    scale("inventory", 1.1, &all);
    scale("research", 1.05, &products);
    scale("employment_rate", 0.995, &all);
    exogenous.get_mut("wage_gap").fill(0.002);
    let (gdp, supply) = (&model.benchmark.gdp, &model.benchmark.supply);
    let mut add = |name: &str, amount: &dyn Fn(usize) -> f64| {
        let values = exogenous.get_mut(name).iter_mut().enumerate();
        values.for_each(|(at, value)| *value += amount(at));
    };
    add("transfer", &|at| 1e-3 * gdp[at % n.regions]);
    // As large as the region makes of each product, so that small industries can meet it.
    for name in ["extra_demand", "extra_imports", "extra_government", "extra_local"] {
        add(name, &|at| 1e-3 * supply[at]);
    }
    exogenous
}

/// Largest difference of two lists from `factor` times one another, relative to their size.
fn distance(found: &[f64], expected: &[f64], factor: f64) -> f64 {
    let size = expected.iter().fold(f64::MIN_POSITIVE, |most: f64, x| most.max(x.abs()));
    let apart = found.iter().zip(expected).map(|(x, y)| (x - factor * y).abs());
    apart.fold(0.0, |most: f64, x| if x.is_nan() { f64::INFINITY } else { most.max(x) }) / size
}

fn furthest(names: &[&str], found: &Solution, expected: &Solution, factor: f64) -> f64 {
    names
        .iter()
        .map(|name| distance(found.get(name), expected.get(name), factor))
        .fold(0.0, f64::max)
}

fn zero_shock(model: &RegionalModel) -> Result<f64, LawError> {
    let solution = solver(model).solve(&model.start)?;
    let benchmark = &model.benchmark;
    let moved = distance(solution.get("real_output"), &benchmark.output, 1.0);
    Ok(model.replication().1.max(moved).max(solution.certificate.worst()))
}

fn homogeneity(
    model: &RegionalModel,
    exogenous: &Exogenous,
    single: &Solution,
) -> Result<f64, LawError> {
    let mut exogenous = exogenous.clone();
    exogenous.get_mut("numeraire")[0] *= 2.0;
    let double = solver(model).solve(&exogenous)?;
    Ok(furthest(&NOMINAL, &double, single, 2.0).max(furthest(&REAL, &double, single, 1.0)))
}

fn numeraires(instance: &Instance, solution: &Solution) -> Result<f64, LawError> {
    let numeraire = match instance.choices.numeraire {
        Numeraire::ExchangeRate => Numeraire::ConsumerPrices,
        Numeraire::ConsumerPrices => Numeraire::ExchangeRate,
    };
    let other = Instance { choices: Choices { numeraire, ..instance.choices }, ..instance.clone() };
    let model = other.model()?;
    let found = solver(&model).solve(&shock(&model))?;
    Ok(furthest(&REAL, &found, solution, 1.0))
}

fn gross_product(model: &RegionalModel, solution: &Solution) -> f64 {
    let accounts = accounts_at(model, solution);
    let product = identity::gross_domestic_product(&accounts);
    let total = accounts.output.total();
    let sides = [&product.production, &product.expenditure];
    let apart = sides
        .iter()
        .flat_map(|side| side.iter().zip(&product.income).map(|(x, y)| (x - y).abs() / total));
    apart.fold(0.0, f64::max)
}

fn region_split(instance: &Instance, whole: &Solution) -> Result<f64, LawError> {
    let which = instance.accounts.sets.region.len() / 2;
    let halves = split_region(instance, which);
    let model = halves.model()?;
    let found = solver(&model).solve(&shock(&model))?;
    let (before, after) = (whole.get("real_gdp"), found.get("real_gdp"));
    let joined: Vec<f64> = (0..before.len())
        .map(
            |region| {
                if region == which { after[which] + after[before.len()] } else { after[region] }
            },
        )
        .collect();
    Ok(distance(&joined, before, 1.0))
}

/// The instance with region `which` cut into two identical halves, the second one last.
pub fn split_region(instance: &Instance, which: usize) -> Instance {
    let whole = &instance.accounts;
    let sets = split_sets(&whole.sets);
    let (regions, count) = (whole.sets.region.len(), sets.region.len());
    let mut halves = RegionalAccounts::zeros(sets, whole.base_year, whole.use_.unit.clone());
    for (half, table) in halves.tables_mut().into_iter().zip(whole.tables()) {
        *half = split_table(half, table, which, regions);
    }
    let source = |region: usize| if region == regions { which } else { region };
    let rate = |list: &[f64]| {
        let cell = |at: usize| list[at / count * regions + source(at % count)];
        (0..list.len() / regions * count).map(cell).collect::<Vec<f64>>()
    };
    let amount = |list: &[f64]| {
        let share = |region: usize| if region == which || region == regions { 0.5 } else { 1.0 };
        rate(list).into_iter().enumerate().map(|(at, value)| value * share(at % count)).collect()
    };
    let base_year = &instance.base_year;
    Instance {
        accounts: halves,
        parameters: Parameters {
            depreciation: rate(&instance.parameters.depreciation),
            ..instance.parameters.clone()
        },
        base_year: BaseYear {
            barriers: InitialBarriers {
                barrier: rate(&base_year.barriers.barrier),
                rent_share: rate(&base_year.barriers.rent_share),
            },
            capital_stock: amount(&base_year.capital_stock),
            fdi: amount(&base_year.fdi),
        },
        choices: instance.choices,
    }
}

fn split_sets(sets: &Sets) -> Sets {
    let list = |axis: &Axis| axis.labels.to_vec();
    let mut regions = list(&sets.region);
    regions.push("other half".to_owned());
    Sets::new(
        &regions,
        &list(&sets.product),
        &list(&sets.industry),
        &list(&sets.owner),
        &list(&sets.skill),
        &list(&sets.margin),
    )
}

fn split_table(half: &Table, whole: &Table, which: usize, regions: usize) -> Table {
    let is_region =
        |axis: &Axis| ["region", "origin", "destination", "producer"].contains(&axis.name);
    let roles: Vec<bool> = whole.axes().iter().map(is_region).collect();
    let axes: Vec<&Axis> = half.axes().iter().collect();
    Table::from_fn(half.name, half.unit.clone(), &axes, |position| {
        let mut at = position.to_vec();
        let mut weight = 1.0;
        for (region, _) in at.iter_mut().zip(&roles).filter(|(_, role)| **role) {
            weight *= if *region == which || *region == regions { 0.5 } else { 1.0 };
            *region = if *region == regions { which } else { *region };
        }
        weight * whole.at(&at)
    })
}

/// Elasticities of national product by one cell of every exogenous variable: adjoint less fourth-
/// order finite differences.
fn adjoint(solver: &Solver<'_>, exogenous: &Exogenous) -> Result<f64, LawError> {
    let total: f64 = solver.branch().solve(exogenous)?.get("real_gdp").iter().sum();
    let regions = solver.branch().solve(exogenous)?.get("real_gdp").len();
    let gradient = solver.sensitivity("real_gdp", &vec![1.0 / total; regions]);
    let Ok(gradient) = gradient else { return Ok(f64::INFINITY) };
    let mut worst: f64 = 0.0;
    for (name, values) in exogenous.iter() {
        // The largest cell of each, so that money and rates alike have a size.
        let Some(cell) =
            (0..values.len()).max_by(|a, b| values[*a].abs().total_cmp(&values[*b].abs()))
        else {
            continue;
        };
        let size = values[cell].abs();
        let value = |steps: f64| -> Result<f64, LawError> {
            let mut moved = exogenous.clone();
            moved.get_mut(name)[cell] += steps * STEP * size;
            Ok(solver.branch().solve(&moved)?.get("real_gdp").iter().sum::<f64>() / total)
        };
        let difference =
            (8.0 * (value(1.0)? - value(-1.0)?) - value(2.0)? + value(-2.0)?) / (12.0 * STEP);
        worst = worst.max((difference - gradient.by_parameter[name][cell] * size).abs());
    }
    Ok(worst)
}
