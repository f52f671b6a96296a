//! A study, run: baseline, policy, what each lever contributes; told as [`Results`].
//!
//! | stage     | module       | what                                                             |
//! |-----------|--------------|------------------------------------------------------------------|
//! | calibrate | `context`    | parameters, barriers, capital and direct investment of the base year |
//! | baseline  | `baseline`, `closure` | drivers of each year, given paths and their shifters    |
//! | levers    | `apply`      | what each lever does to a year                                   |
//! | path      | `path`, `debt` | years one after the other, stocks between them                 |
//! | split     | `contributions`, `effects`, `rows` | policy less baseline → parts of the levers |
//! | vary      | `mix`, `sensitivity`, `adjoint` | derivatives of an outcome by what went into it |
//! | explain   | `why`        | terms of a number's own formula, one after the other             |
//! | tell      | `indicators`, `net`, `targets`, `checks` | solutions → series, net effects, gaps, plausibility |
//!
//! `implied` runs small measures and holds what comes out beside published figures.
//!
//! Not here: equations (`economy`), pictures (`report`).

mod adjoint;
mod apply;
mod baseline;
mod checks;
mod closure;
mod context;
pub mod contributions;
mod debt;
pub mod draw;
mod effects;
mod feasible;
mod forgone;
mod implied;
mod indicators;
pub mod mix;
mod net;
pub mod outcome;
mod partners;
mod path;
mod rows;
pub mod sensitivity;
mod targets;
pub mod why;

use std::sync::atomic::{AtomicUsize, Ordering};

use economy::benchmark::CalibrationError;
use economy::laws::Instance;
use economy::year::Failure;

use crate::inputs::{Inputs, checksum};
use crate::lever::{Budget, Lever};
use crate::results::{
    BaselineClosure, Certificate, Cost, FORMAT, ParameterNote, Provenance, Results, Series,
    SolveRecord, StudyInfo,
};
use crate::spec::{Closure, Study};
use context::Context;
use contributions::{Method, Parts};
pub use feasible::{NO_EFFECT, NO_RESEARCH, OUT_OF_BOUNDS, TOO_LARGE, feasible};
pub use implied::implied;
use indicators::{NATION, Told, regional_variables, unit};
pub use net::{NET_MEASURES, NOISE, PROGRAMME};
use path::{Baseline, Year};

/// Largest benchmark residual at which accounts count as replicated.
const REPLICATES: f64 = 1e-9;

/// Why a run has no results.
#[derive(Debug, Clone)]
pub enum RunError {
    /// The accounts are not of the model's kind.
    Calibration(CalibrationError),
    /// The benchmark does not solve the model's equations.
    Benchmark {
        /// Equation with the largest residual.
        equation: String,
        /// The residual.
        residual: f64,
    },
    /// A year solved, but its flows do not add up.
    Certificate {
        /// Scenario.
        scenario: String,
        /// Year.
        year: u16,
        /// Largest deviation relative to total output.
        deviation: f64,
    },
    /// The derivative of a year was not found.
    Derivative {
        /// Year.
        year: u16,
        /// What stood in the way.
        reason: String,
    },
    /// A year did not solve.
    Solve {
        /// Scenario.
        scenario: String,
        /// Year.
        year: u16,
        /// How it ended.
        failure: Box<Failure>,
    },
}

impl RunError {
    fn solve(scenario: &str, year: u16, failure: Failure) -> Self {
        Self::Solve { scenario: scenario.to_owned(), year, failure: Box::new(failure) }
    }
}

impl From<CalibrationError> for RunError {
    fn from(error: CalibrationError) -> Self {
        Self::Calibration(error)
    }
}

impl std::fmt::Display for RunError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Calibration(error) => write!(out, "the accounts cannot be calibrated: {error}"),
            Self::Benchmark { equation, residual } => {
                write!(out, "the benchmark does not replicate: {equation} is off by {residual:.1e}")
            }
            Self::Certificate { scenario, year, deviation } => {
                write!(
                    out,
                    "scenario `{scenario}`, year {year}: the solution is off by {deviation:.1e} of output"
                )
            }
            Self::Derivative { year, reason } => {
                write!(out, "year {year}: the derivative was not found: {reason}")
            }
            Self::Solve { scenario, year, failure } => {
                write!(out, "scenario `{scenario}`, year {year}: {failure}")
            }
        }
    }
}

impl std::error::Error for RunError {}

/// Called with the number of solved years and of all years.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Runs a study; contributions by the path integral.
///
/// - `text`: the study file, for its checksum.
/// - the same inputs give the same results, whatever the number of threads.
///
/// # Errors
/// [`RunError`] when the benchmark does not replicate or a year does not solve.
pub fn run(
    study: &Study,
    text: &str,
    inputs: &Inputs,
    progress: Progress<'_>,
) -> Result<Results, RunError> {
    run_with(study, text, inputs, Method::PathIntegral, progress)
}

/// Runs a study; contributions by a method of choice.
///
/// # Errors
/// As [`run`].
pub fn run_with(
    study: &Study,
    text: &str,
    inputs: &Inputs,
    method: Method,
    progress: Progress<'_>,
) -> Result<Results, RunError> {
    let context = Context::new(study, inputs)?;
    context.replicates()?;
    let levers: Vec<&Lever> = study.levers.iter().collect();
    let paths = 2 + contributions::paths(method, levers.len());
    let (done, all) = (AtomicUsize::new(0), paths * study.years.all().len());
    let tick = || {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        progress(done, all.max(done));
    };
    let baseline = context.solve_baseline(&tick)?;
    let policy = context.solve_scenario("policy", &levers, &baseline, &tick)?;
    let parts = context.parts(method, &baseline, &policy, &tick)?;
    Ok(tell(&context, text, &baseline, &policy, &parts))
}

/// The baseline of a study alone: macro paths, what is found for those that are given, how exactly
/// each is hit.
///
/// # Errors
/// As [`run`].
pub fn baseline(study: &Study, inputs: &Inputs) -> Result<BaselineClosure, RunError> {
    let context = Context::new(study, inputs)?;
    context.replicates()?;
    let baseline = context.solve_baseline(&|| ())?;
    Ok(context.closure(&baseline.years))
}

/// The study's accounts, parameters and base year as an instance of the model, on which its laws
/// can be checked.
pub fn instance(study: &Study, inputs: &Inputs) -> Instance {
    context::instance(study, inputs)
}

fn tell(
    context: &Context<'_>,
    text: &str,
    baseline: &Baseline<'_>,
    policy: &[Year],
    parts: &Parts,
) -> Results {
    let levers: Vec<&Lever> = context.study.levers.iter().collect();
    let told = |years, levers| Told { years, baseline: &baseline.years, levers, strengths: &[] };
    let mut series = regional_series(context, "baseline", told(&baseline.years, &[]));
    series.extend(regional_series(context, "policy", told(policy, &levers)));
    series.extend(context.industry_series("baseline", &baseline.years));
    series.extend(context.industry_series("policy", policy));
    let mut results = Results {
        format: FORMAT,
        study: info(context),
        provenance: provenance(context, text),
        years: context.study.years.all(),
        contributions: parts.contributions(context),
        decomposition: parts.note.clone(),
        series,
        baseline: context.closure(&baseline.years),
        levers: context.study.lever_infos(),
        targets: vec![],
        costs: costs(context, &baseline.years),
        net: vec![],
        implied: vec![],
        partners: context
            .partner_series("baseline", told(&baseline.years, &[]))
            .into_iter()
            .chain(context.partner_series("policy", told(policy, &levers)))
            .collect(),
        parameters: parameters(context),
        totals: context.inputs.totals.clone(),
        plausibility: vec![],
        solves: solves(context, &baseline.years, policy, parts),
    };
    results.net = net::net(&results);
    results.targets = context.targets(&results);
    results.plausibility = context.checks(&results, parts);
    results
}

fn regional_series(context: &Context<'_>, scenario: &str, told: Told<'_>) -> Vec<Series> {
    let mut list = Vec::new();
    for place in context.places() {
        for variable in regional_variables() {
            let Some(values) = context.indicator(variable, &place, told) else { continue };
            list.push(Series {
                scenario: scenario.to_owned(),
                variable: variable.to_owned(),
                region: place.name.clone(),
                industry: String::new(),
                owner: String::new(),
                unit: unit(variable).to_owned(),
                values,
            });
        }
    }
    list
}

fn info(context: &Context<'_>) -> StudyInfo {
    let (study, names) = (context.study, &context.inputs.names);
    StudyInfo {
        title: study.title.clone(),
        description: study.description.clone(),
        base_year: study.years.base,
        headline_year: study.years.headline,
        regions: names.regions.clone(),
        home_regions: names.home_regions.clone(),
        home: names.home.clone(),
        industries: names.industries.clone(),
        closure: match study.closure {
            Closure::ShortRun => "short_run".to_owned(),
            Closure::LongRun => "long_run".to_owned(),
        },
        exchange_rate: study.exchange_rate.cny_per_usd,
        exchange_rate_date: study.exchange_rate.date.clone(),
    }
}

fn provenance(context: &Context<'_>, text: &str) -> Provenance {
    Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        study_sha256: checksum(text),
        inputs: context.inputs.checksums.clone(),
        settings: format!(
            "{} unknowns a year, relative residuals of at most {:.0e}",
            context.model.size(),
            equilibrium::Settings::default().tolerance
        ),
    }
}

fn parameters(context: &Context<'_>) -> Vec<ParameterNote> {
    let study = context.study.parameter_notes().into_iter();
    study.chain(context.rent_notes()).chain(context.inputs.notes.iter().cloned()).collect()
}

/// Budget of the rows of lower tax rates.
pub const FORGONE: &str = "tax revenue forgone";

fn costs(context: &Context<'_>, baseline: &[Year]) -> Vec<Cost> {
    let years = context.study.years.all();
    let mut list: Vec<Cost> = Vec::new();
    for lever in &context.study.levers {
        for (at, year) in years.iter().enumerate() {
            for (budget, money) in lever.cost(*year) {
                let budget = match budget {
                    Budget::Central => "central".to_owned(),
                    Budget::Province => context.inputs.names.home.clone(),
                    Budget::Region(region) => region.name,
                };
                let known = list
                    .iter()
                    .position(|cost| cost.lever == lever.name() && cost.budget == budget);
                let row = known.unwrap_or_else(|| {
                    list.push(Cost {
                        lever: lever.name().to_owned(),
                        budget,
                        unit: "100 million CNY".to_owned(),
                        values: vec![0.0; years.len()],
                    });
                    list.len() - 1
                });
                list[row].values[at] += money.hundred_million_cny();
            }
        }
    }
    let nation = context.places().pop().expect("the nation is the last place");
    list.extend(context.forgone_by_lever(&nation, baseline).into_iter().map(|(lever, values)| {
        Cost { lever, budget: FORGONE.to_owned(), unit: "100 million CNY".to_owned(), values }
    }));
    list
}

fn solves(
    context: &Context<'_>,
    baseline: &[Year],
    policy: &[Year],
    parts: &Parts,
) -> Vec<SolveRecord> {
    let others = parts.paths.iter().map(|(name, path)| (name.as_str(), path.as_slice()));
    let named = [("baseline", baseline), ("policy", policy)].into_iter().chain(others);
    let record = |scenario: &str, year: u16, solved: &Year| {
        let certificate = solved.solution.certificate;
        SolveRecord {
            scenario: scenario.to_owned(),
            year,
            status: "solved".to_owned(),
            certificate: Certificate {
                zero_profit: certificate.zero_profit,
                market_clearance: certificate.market_clearance,
                income_balance: certificate.income_balance,
                walras: certificate.walras,
            },
            newton_steps: solved.solution.work.newton_steps,
            linear_iterations: solved.solution.work.linear_iterations,
        }
    };
    named
        .flat_map(|(name, path)| {
            let years = context.study.years.all().into_iter().zip(path);
            years.map(|(year, solved)| record(name, year, solved)).collect::<Vec<_>>()
        })
        .collect()
}
