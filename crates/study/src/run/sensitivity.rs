//! How far one number of a study depends on everything that went into it.
//!
//! | by                      | how                                                              |
//! |-------------------------|------------------------------------------------------------------|
//! | exogenous variables, strengths of levers | adjoint: exact, one linear solve for each solve of the path |
//! | named parameters, growth paths | adjoint multipliers times central differences of the equations |
//!
//! A parameter θ acts on coefficients of equations, on the calibration, on stocks of the first year,
//! on what happens between years and on what levers do. Let x be the unknowns of all solves of the
//! path, G(x, θ) = 0 their equations and y(x, θ) the number. With Λ from the adjoint,
//!
//! ```text
//! dy/dθ = ∂/∂θ [ y(x, θ) − Λᵀ G(x, θ) ]      at fixed x
//! ```
//!
//! so that a parameter costs two evaluations of the whole path without any solve: everything is
//! calibrated anew, and all years are gone through with the unknowns held. This also holds for what is
//! not smooth in code but in numbers, and no parameter needs code of its own.
//! Not here: the adjoint (`super::adjoint`), drawings and tables (crate `report`).

use equilibrium::tape::Tape;
use rayon::prelude::*;
use serde::Serialize;

use super::RunError;
use super::adjoint::{Baselines, Slopes, plus, seen_slopes, traced};
use super::context::Context;
use super::effects::{Effects, Scaled};
use super::indicators::Told;
use super::mix::Prepared;
use super::outcome::{Found, Outcome, Unknown};
use super::path::{Baseline, Year};
use crate::ensemble::drivers::{Drivers, INFLOWS, add_growth, set_parameter};
use crate::ensemble::standing::Standing;
use crate::ensemble::uncertainty::{Kind, Uncertainty};
use crate::lever::Lever;
use crate::spec::{Study, Word};

/// Step of the central differences, relative to a parameter, and absolute for growth rates.
const STEP: f64 = 1e-4;
const GROWTH_STEP: f64 = 1e-6;

/// Range of a parameter without one in the table of uncertainty: this part to either side.
const USUAL_RANGE: f64 = 0.1;

/// Cells that are told of an exogenous variable.
const CELLS: usize = 10;

/// Growth paths of the baseline.
const GROWTH: [&str; 6] = [
    "productivity",
    "world_demand",
    "government_consumption",
    "labour_force",
    "foreign_direct_investment",
    "domestic_funds",
];

/// Which number of the two paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Of {
    /// On the policy path.
    #[default]
    Policy,
    /// On the baseline.
    Baseline,
    /// Policy less baseline.
    Effect,
}

impl Word for Of {
    const WHAT: &'static str = "path";
    const ALL: &'static [(&'static str, Self)] =
        &[("policy", Self::Policy), ("baseline", Self::Baseline), ("effect", Self::Effect)];
}

/// What a number depends on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sensitivities {
    /// Title of the study.
    pub study: String,
    /// Variable.
    pub indicator: String,
    /// Place.
    pub region: String,
    /// Industry; empty for all.
    pub industry: String,
    /// Year.
    pub year: u16,
    /// `policy`, `baseline`, or `effect` for policy less baseline.
    pub of: String,
    /// Unit of the number.
    pub unit: String,
    /// The number.
    pub value: f64,
    /// Parameters, growth paths and levers, by the size of their effect over the range.
    pub drivers: Vec<Driver>,
    /// Exogenous variables, by the effect of one per cent more in all cells and years.
    pub exogenous: Vec<ExogenousVariable>,
    /// Linear solves of the adjoint.
    pub linear_solves: usize,
}

/// A parameter, growth path or lever.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Driver {
    /// Name.
    pub name: String,
    /// `parameter`, `growth` or `lever`.
    pub kind: String,
    /// Value of the study; what is added to a growth path; strength of a lever.
    pub value: f64,
    /// Unit.
    pub unit: String,
    /// Change of the number per unit of the driver.
    pub derivative: f64,
    /// Per cent of the number per per cent of the driver; none for growth paths.
    pub elasticity: Option<f64>,
    /// Lowest plausible value.
    pub low: f64,
    /// Highest plausible value.
    pub high: f64,
    /// Where the range comes from.
    pub range_source: String,
    /// Change of the number at the lowest value, to first order.
    pub at_low: f64,
    /// The same at the highest.
    pub at_high: f64,
    /// `adjoint`, or `adjoint and central differences of the equations`.
    pub method: String,
}

impl Driver {
    /// The larger of the two changes.
    pub fn reach(&self) -> f64 {
        self.at_low.abs().max(self.at_high.abs())
    }
}

/// An exogenous variable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExogenousVariable {
    /// Name.
    pub name: String,
    /// Change of the number when all cells of all years are one per cent larger.
    pub one_percent: f64,
    /// The cells with the largest effect of one per cent (or of one unit, where they are zero).
    pub cells: Vec<ExogenousCell>,
}

/// A cell of an exogenous variable in a year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExogenousCell {
    /// Name with labels.
    pub label: String,
    /// Year.
    pub year: u16,
    /// Value of the baseline's driver.
    pub value: f64,
    /// Change of the number per unit of the cell, in baseline and policy alike.
    pub derivative: f64,
}

/// Why there are no sensitivities.
#[derive(Debug, Clone)]
pub enum SensitivityError {
    /// Names that the study does not have.
    Unknown(Vec<Unknown>),
    /// A path did not solve.
    Run(RunError),
}

impl From<RunError> for SensitivityError {
    fn from(error: RunError) -> Self {
        Self::Run(error)
    }
}

/// Derivatives of a number of a study by all drivers.
///
/// # Errors
/// [`SensitivityError`] for unknown names or a path without a solution.
pub fn sensitivities(
    prepared: &Prepared<'_>,
    outcome: &Outcome,
    of: Of,
    uncertainty: &Uncertainty,
) -> Result<Sensitivities, SensitivityError> {
    let context = &prepared.context;
    let found = context.find(outcome).map_err(SensitivityError::Unknown)?;
    let solved = Solved::new(context)?;
    let adjoint = solved.adjoint(&found, of)?;
    let value = solved.value(&found, of);
    let mut drivers = adjoint.levers(context, value);
    drivers.extend(solved.parameters(&found, of, &adjoint, uncertainty, value)?);
    drivers.sort_by(|a, b| b.reach().total_cmp(&a.reach()));
    Ok(Sensitivities {
        study: context.study.title.clone(),
        indicator: outcome.indicator.clone(),
        region: outcome.region.clone(),
        industry: outcome.industry.clone().unwrap_or_default(),
        year: outcome.year,
        of: of.word().to_owned(),
        unit: outcome.unit().to_owned(),
        value,
        drivers,
        exogenous: adjoint.exogenous(context),
        linear_solves: adjoint.fixed.solves(),
    })
}

/// Both paths of a study.
struct Solved<'s, 'c> {
    context: &'s Context<'c>,
    baseline: Baseline<'s>,
    effects: Effects,
    policy: Scaled<'s>,
    levers: Vec<&'s Lever>,
}

/// Unknowns of every solve, and multipliers of their equations.
struct Fixed {
    on_paths: Vec<Held>,
    baseline: Vec<Held>,
    policy: Vec<Held>,
}

struct Held {
    point: Vec<f64>,
    multipliers: Vec<f64>,
}

impl Fixed {
    fn solves(&self) -> usize {
        self.on_paths.len() + self.baseline.len() + self.policy.len()
    }
}

/// What the backward passes yield.
struct Adjoint {
    strengths: Vec<f64>,
    drivers: Vec<economy::exogenous::Exogenous>,
    fixed: Fixed,
}

impl<'s, 'c> Solved<'s, 'c> {
    fn new(context: &'s Context<'c>) -> Result<Self, RunError> {
        let baseline = context.solve_baseline(&|| ())?;
        let effects = Effects::new(context, &context.study.levers, &baseline.years);
        let levers: Vec<&Lever> = context.study.levers.iter().collect();
        let full = vec![1.0; levers.len()];
        let policy = context.solve_scaled("policy", &full, &effects, &baseline, &|| ())?;
        Ok(Self { context, baseline, effects, policy, levers })
    }

    fn value(&self, found: &Found, of: Of) -> f64 {
        value(self.context, found, of, (&self.policy.years, &self.baseline.years, &self.levers))
    }

    fn adjoint(&self, found: &Found, of: Of) -> Result<Adjoint, RunError> {
        let (context, at) = (self.context, found.at);
        let none = |years: &[Year]| years.iter().map(Slopes::none).collect::<Vec<_>>();
        let (mut of_policy, mut of_baseline) =
            (none(&self.policy.years), none(&self.baseline.years));
        let tape = Tape::default();
        let years = traced(&tape, &self.policy.years, &[at], at);
        let baseline = traced(&tape, &self.baseline.years, &[0, at], at);
        let strengths = tape.leaves(&self.policy.strengths);
        let with = Told {
            years: &years,
            baseline: &baseline,
            levers: &self.levers,
            strengths: &strengths,
        };
        let without = Told { years: &baseline, baseline: &baseline, levers: &[], strengths: &[] };
        let ends = match of {
            Of::Policy => vec![(context.value_of(found, with), 1.0)],
            Of::Baseline => vec![(context.value_of(found, without), 1.0)],
            Of::Effect => {
                vec![(context.value_of(found, with), 1.0), (context.value_of(found, without), -1.0)]
            }
        };
        let run = tape.backward(&ends);
        of_policy[at].add(&years[at], &run);
        seen_slopes(&mut of_baseline, &baseline, &[0, at], &run);
        let start = (of_policy, Baselines::Moving);
        let policy =
            context.back_over_policy(&self.policy, &self.effects, &self.baseline, start)?;
        for (to, from) in of_baseline.iter_mut().zip(&policy.baseline) {
            to.merge(from);
        }
        let back = context.back_over_baseline(&self.baseline, of_baseline)?;
        let mut by_strength = policy.strengths;
        plus(&mut by_strength, &run.all(&strengths));
        let held = |solvers: &[economy::year::Solver<'_>], multipliers: Vec<Vec<f64>>| {
            let pairs = solvers.iter().zip(multipliers);
            pairs
                .map(|(solver, multipliers)| Held { point: solver.point().to_vec(), multipliers })
                .collect()
        };
        Ok(Adjoint {
            strengths: by_strength,
            drivers: back.drivers,
            fixed: Fixed {
                on_paths: held(&self.baseline.on_paths, back.on_paths),
                baseline: held(&self.baseline.solvers, back.multipliers),
                policy: held(&self.policy.solvers, policy.multipliers),
            },
        })
    }

    /// Parameters and growth paths.
    fn parameters(
        &self,
        found: &Found,
        of: Of,
        adjoint: &Adjoint,
        uncertainty: &Uncertainty,
        value: f64,
    ) -> Result<Vec<Driver>, RunError> {
        let study = self.context.study;
        let row = |kind, name: &str| uncertainty.of(kind).find(|row| row.name == name);
        let mut tasks: Vec<Driver> = Vec::new();
        for each in &study.parameters {
            let (low, high, source) = if let Some(row) = row(Kind::Parameter, &each.name) {
                (row.low, row.high, row.note.source.clone())
            } else {
                let aside = USUAL_RANGE * each.value.abs();
                (each.value - aside, each.value + aside, "10 % to either side".to_owned())
            };
            tasks.push(Driver {
                low: low.min(each.value),
                high: high.max(each.value),
                range_source: source,
                unit: each.unit.clone(),
                ..driver(&each.name, "parameter", each.value)
            });
        }
        let drivers =
            Drivers::new(study, self.context.inputs, uncertainty.clone(), &Standing::default());
        let years = found.at.max(1) as f64;
        for name in GROWTH {
            let (low, high, source) = if let Some(row) = row(Kind::Growth, name) {
                (row.low, row.high, row.note.source.clone())
            } else {
                // Inflows: how far their mean growth to the year may be off, by their history.
                let indicator = if name == "domestic_funds" { name } else { INFLOWS[0] };
                let inflow = drivers.inflows.iter().find(|each| each.indicator == indicator);
                let aside = inflow.map_or(0.0, |each| each.process.mean_growth_range(years));
                let years = inflow.map_or(0, |each| each.process.volatility.years);
                let source = format!("90 % of mean growth to the year, {years} years of history");
                (-aside, aside, source)
            };
            let unit = "per year, added".to_owned();
            tasks.push(Driver {
                low,
                high,
                range_source: source,
                unit,
                ..driver(name, "growth", 0.0)
            });
        }
        let finish = |mut task: Driver| -> Result<Driver, RunError> {
            let step = match task.kind.as_str() {
                "growth" => GROWTH_STEP,
                _ => STEP * if task.value == 0.0 { 1.0 } else { task.value.abs() },
            };
            let at = |steps: f64| self.moved(&task, steps * step, (found, of, &adjoint.fixed));
            task.derivative = (at(1.0)? - at(-1.0)?) / (2.0 * step);
            if task.kind == "parameter" {
                task.elasticity = Some(task.derivative * task.value / value);
            }
            task.at_low = task.derivative * (task.low - task.value);
            task.at_high = task.derivative * (task.high - task.value);
            Ok(task)
        };
        tasks.into_par_iter().map(finish).collect()
    }

    /// The number less multipliers times equations, with a driver moved and all unknowns held.
    fn moved(
        &self,
        driver: &Driver,
        by: f64,
        (found, of, fixed): (&Found, Of, &Fixed),
    ) -> Result<f64, RunError> {
        let mut study: Study = self.context.study.clone();
        match driver.kind.as_str() {
            "growth" => {
                add_growth(&mut study, &driver.name, by);
            }
            _ => set_parameter(&mut study, &driver.name, driver.value + by),
        }
        let context = Context::new(&study, self.context.inputs)?;
        Ok(context.held(found, of, fixed))
    }
}

impl Context<'_> {
    /// The number less multipliers times equations, along both paths with all unknowns held.
    fn held(&self, found: &Found, of: Of, fixed: &Fixed) -> f64 {
        let mut sum = 0.0;
        let mut weigh = |residual: &[f64], held: &Held| {
            sum += residual.iter().zip(&held.multipliers).map(|(f, l)| f * l).sum::<f64>();
        };
        let levers: Vec<&Lever> = self.study.levers.iter().collect();
        let mut baseline = Vec::new();
        let mut state = self.start();
        for (at, year) in self.study.years.all().into_iter().enumerate() {
            let mut exogenous = self.baseline_year(year, &state);
            if let (Some(model), Some(held)) = (&self.reference, fixed.on_paths.get(at)) {
                let (residual, given) = model.at(&held.point, &exogenous);
                weigh(&residual, held);
                self.read_references(&given, &mut exogenous);
            }
            let (residual, solution) = self.model.at(&fixed.baseline[at].point, &exogenous);
            weigh(&residual, &fixed.baseline[at]);
            self.end_year(&mut state, &mut baseline, None, &[], (exogenous, solution));
        }
        let points: Vec<&[f64]> = fixed.policy.iter().map(|held| &held.point[..]).collect();
        let (policy, residuals) = self.policy_held(&levers, &baseline, &points);
        residuals.iter().zip(&fixed.policy).for_each(|(residual, held)| weigh(residual, held));
        value(self, found, of, (&policy, &baseline, &levers)) - sum
    }
}

impl Adjoint {
    fn levers(&self, context: &Context<'_>, value: f64) -> Vec<Driver> {
        let of = |(lever, derivative): (&Lever, &f64)| Driver {
            unit: "strength".to_owned(),
            derivative: *derivative,
            elasticity: Some(derivative / value),
            low: 0.0,
            high: 1.0,
            range_source: "without the lever, to first order".to_owned(),
            at_low: -derivative,
            at_high: 0.0,
            method: "adjoint".to_owned(),
            ..driver(lever.name(), "lever", 1.0)
        };
        context.study.levers.iter().zip(&self.strengths).map(of).collect()
    }

    fn exogenous(&self, context: &Context<'_>) -> Vec<ExogenousVariable> {
        let years = context.study.years.all();
        let drivers: Vec<_> = years.iter().map(|year| context.baseline(*year)).collect();
        let names: Vec<&'static str> = context.model.start.iter().map(|(name, _)| name).collect();
        let of = |name: &'static str| {
            let block = context.model.system().parameter(name)?;
            let mut cells = Vec::new();
            let mut one_percent = 0.0;
            for ((year, driver), slopes) in years.iter().zip(&drivers).zip(&self.drivers) {
                let pairs = driver.get(name).iter().zip(slopes.get(name)).enumerate();
                for (cell, (value, derivative)) in pairs.filter(|(_, (_, slope))| **slope != 0.0) {
                    one_percent += 0.01 * value * derivative;
                    cells.push((*year, cell, *value, *derivative));
                }
            }
            let size = |(_, _, value, slope): &(u16, usize, f64, f64)| {
                (slope * if *value == 0.0 { 1.0 } else { 0.01 * value }).abs()
            };
            cells.sort_by(|a, b| size(b).total_cmp(&size(a)));
            cells.truncate(CELLS);
            let told = |(year, cell, value, derivative): (u16, usize, f64, f64)| ExogenousCell {
                label: block.label(cell),
                year,
                value,
                derivative,
            };
            let cells: Vec<ExogenousCell> = cells.into_iter().map(told).collect();
            (!cells.is_empty()).then(|| ExogenousVariable {
                name: name.to_owned(),
                one_percent,
                cells,
            })
        };
        let mut list: Vec<ExogenousVariable> = names.into_iter().filter_map(of).collect();
        list.sort_by(|a, b| b.one_percent.abs().total_cmp(&a.one_percent.abs()));
        list
    }
}

/// Policy, baseline and the levers between them.
type Paths<'p> = (&'p [Year], &'p [Year], &'p [&'p Lever]);

/// The number on the path or paths that it is of.
fn value(
    context: &Context<'_>,
    found: &Found,
    of: Of,
    (policy, baseline, levers): Paths<'_>,
) -> f64 {
    let told =
        |years, levers| context.value_of(found, Told { years, baseline, levers, strengths: &[] });
    match of {
        Of::Policy => told(policy, levers),
        Of::Baseline => told(baseline, &[]),
        Of::Effect => told(policy, levers) - told(baseline, &[]),
    }
}

fn driver(name: &str, kind: &str, value: f64) -> Driver {
    Driver {
        name: name.to_owned(),
        kind: kind.to_owned(),
        value,
        unit: String::new(),
        derivative: 0.0,
        elasticity: None,
        low: value,
        high: value,
        range_source: String::new(),
        at_low: 0.0,
        at_high: 0.0,
        method: "adjoint and central differences of the equations".to_owned(),
    }
}
