//! A study, run: baseline, policy, each lever alone; told as [`Results`].
//!
//! | stage     | module       | what                                                             |
//! |-----------|--------------|------------------------------------------------------------------|
//! | calibrate | `context`    | parameters, barriers, capital and direct investment of the base year |
//! | baseline  | `baseline`   | drivers of each year                                             |
//! | levers    | `apply`      | what each lever does to a year                                   |
//! | path      | `path`       | years one after the other, capital between them                  |
//! | tell      | `indicators`, `targets`, `checks` | solutions → series, gaps, plausibility      |
//!
//! Contributions: each lever is run alone over the whole path; what the levers do together beyond
//! the sum of that is `interaction`, so that the parts add up to policy less baseline.
//! Not here: equations (`economy`), pictures (`report`).

mod apply;
mod baseline;
mod checks;
mod context;
mod indicators;
mod path;
mod targets;

use std::sync::atomic::{AtomicUsize, Ordering};

use economy::benchmark::CalibrationError;
use economy::laws::Instance;
use economy::year::Failure;
use rayon::prelude::*;

use crate::inputs::{Inputs, checksum};
use crate::lever::{Budget, Lever};
use crate::results::{
    Certificate, Contribution, Cost, FORMAT, ParameterNote, Provenance, Results, Series,
    SolveRecord, StudyInfo,
};
use crate::spec::{Closure, Study};
use context::Context;
use indicators::{Told, regional_variables, unit};
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
            Self::Solve { scenario, year, failure } => {
                write!(out, "scenario `{scenario}`, year {year}: {failure}")
            }
        }
    }
}

impl std::error::Error for RunError {}

/// Called with the number of solved years and of all years.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Runs a study.
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
    let context = Context::new(study, inputs)?;
    let (equation, residual) = context.model.replication();
    if residual > REPLICATES {
        return Err(RunError::Benchmark { equation, residual });
    }
    let scenarios = scenarios(study);
    let (done, all) = (AtomicUsize::new(0), (scenarios.len() + 1) * study.years.all().len());
    let tick = || progress(done.fetch_add(1, Ordering::Relaxed) + 1, all);
    let baseline = context.solve_baseline(&tick)?;
    let paths: Vec<Vec<Year>> = scenarios
        .par_iter()
        .map(|(name, levers)| context.solve_scenario(name, levers, &baseline, &tick))
        .collect::<Result<_, _>>()?;
    Ok(tell(&context, text, &baseline, &scenarios, &paths))
}

/// The study's accounts, parameters and base year as an instance of the model, on which its laws
/// can be checked.
pub fn instance(study: &Study, inputs: &Inputs) -> Instance {
    context::instance(study, inputs)
}

/// The policy, then every lever alone.
fn scenarios(study: &Study) -> Vec<(String, Vec<&Lever>)> {
    let policy = ("policy".to_owned(), study.levers.iter().collect());
    let alone = study.levers.iter().map(|lever| (lever.name().to_owned(), vec![lever]));
    std::iter::once(policy).chain(alone).collect()
}

fn tell(
    context: &Context<'_>,
    text: &str,
    baseline: &Baseline<'_>,
    scenarios: &[(String, Vec<&Lever>)],
    paths: &[Vec<Year>],
) -> Results {
    let told =
        |at: usize| Told { years: &paths[at], baseline: &baseline.years, levers: &scenarios[at].1 };
    let without = Told { years: &baseline.years, baseline: &baseline.years, levers: &[] };
    let mut series = regional_series(context, "baseline", without);
    series.extend(regional_series(context, "policy", told(0)));
    series.extend(context.industry_series("baseline", &baseline.years));
    series.extend(context.industry_series("policy", &paths[0]));
    let alone: Vec<(String, Vec<Series>)> = (1..paths.len())
        .map(|at| (scenarios[at].0.clone(), regional_series(context, &scenarios[at].0, told(at))))
        .collect();
    let mut results = Results {
        format: FORMAT,
        study: info(context),
        provenance: provenance(context, text),
        years: context.study.years.all(),
        contributions: contributions(&series, &alone),
        series,
        levers: context.study.lever_infos(),
        targets: vec![],
        costs: costs(context),
        parameters: parameters(context),
        totals: context.inputs.totals.clone(),
        plausibility: vec![],
        solves: solves(context, &baseline.years, scenarios, paths),
    };
    results.targets = context.targets(&results);
    results.plausibility = context.checks(&results, baseline, scenarios, paths);
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

/// Each lever alone less baseline, and what is left of policy less baseline.
fn contributions(series: &[Series], alone: &[(String, Vec<Series>)]) -> Vec<Contribution> {
    let mut list = Vec::new();
    let pick = |scenario: &str| {
        series
            .iter()
            .filter(move |each| each.scenario == scenario && each.industry.is_empty())
            .collect::<Vec<_>>()
    };
    for (at, (baseline, policy)) in pick("baseline").into_iter().zip(pick("policy")).enumerate() {
        let less = |values: &[f64]| {
            values.iter().zip(&baseline.values).map(|(x, y)| x - y).collect::<Vec<f64>>()
        };
        let mut rest = less(&policy.values);
        let part = |lever: &str, values: Vec<f64>| Contribution {
            variable: baseline.variable.clone(),
            region: baseline.region.clone(),
            lever: lever.to_owned(),
            unit: baseline.unit.clone(),
            values,
        };
        for (lever, of_lever) in alone {
            let values = less(&of_lever[at].values);
            rest.iter_mut().zip(&values).for_each(|(rest, value)| *rest -= value);
            list.push(part(lever, values));
        }
        list.push(part("interaction", rest));
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
            "{:?}; {} unknowns a year",
            equilibrium::Settings::default(),
            context.model.size()
        ),
    }
}

fn parameters(context: &Context<'_>) -> Vec<ParameterNote> {
    let study = context.study.parameter_notes().into_iter();
    study.chain(context.rent_notes()).chain(context.inputs.notes.iter().cloned()).collect()
}

fn costs(context: &Context<'_>) -> Vec<Cost> {
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
    list
}

fn solves(
    context: &Context<'_>,
    baseline: &[Year],
    scenarios: &[(String, Vec<&Lever>)],
    paths: &[Vec<Year>],
) -> Vec<SolveRecord> {
    let named = std::iter::once(("baseline", baseline)).chain(
        scenarios.iter().zip(paths).map(|((name, _), path)| (name.as_str(), path.as_slice())),
    );
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
