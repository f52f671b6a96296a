//! Outcomes of a study with its levers at any strength, and their exact derivatives by each.
//!
//! What an optimiser over levers calls: the baseline is solved once, every mix is one policy path,
//! every outcome's gradient one linear solve a year (`super::adjoint`). Strength 0 is without a
//! lever, 1 as the study has it; others are in proportion (`super::effects`).

use equilibrium::tape::Tape;

use super::RunError;
use super::adjoint::{Baselines, Slopes, traced};
use super::context::Context;
use super::effects::{Effects, Scaled};
use super::indicators::Told;
use super::outcome::{Found, Outcome, Unknown};
use super::path::Baseline;
use crate::inputs::Inputs;
use crate::lever::Lever;
use crate::spec::Study;

/// A study with its calibrated model.
pub struct Prepared<'a> {
    pub(crate) context: Context<'a>,
}

impl<'a> Prepared<'a> {
    /// Calibrates.
    ///
    /// # Errors
    /// [`RunError`] when the benchmark does not replicate.
    pub fn new(study: &'a Study, inputs: &'a Inputs) -> Result<Self, RunError> {
        let context = Context::new(study, inputs)?;
        context.replicates()?;
        Ok(Self { context })
    }
}

/// Values and gradients at some strengths.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reached {
    /// One for each outcome, in its unit.
    pub values: Vec<f64>,
    /// Outcome, then lever: change of the outcome per unit of the lever's strength.
    pub gradients: Vec<Vec<f64>>,
}

/// A study whose levers can be mixed.
pub struct Mix<'p> {
    context: &'p Context<'p>,
    baseline: Baseline<'p>,
    effects: Effects,
    levers: Vec<&'p Lever>,
}

impl<'p> Mix<'p> {
    /// Solves the baseline.
    ///
    /// # Errors
    /// [`RunError`] when a year does not solve.
    pub fn new(prepared: &'p Prepared<'p>) -> Result<Self, RunError> {
        let context = &prepared.context;
        let baseline = context.solve_baseline(&|| ())?;
        let effects = Effects::new(context, &context.study.levers, &baseline.years);
        let levers = context.study.levers.iter().collect();
        Ok(Self { context, baseline, effects, levers })
    }

    /// Looks outcomes up.
    ///
    /// # Errors
    /// The names that the study does not have.
    pub fn find(&self, outcomes: &[Outcome]) -> Result<Outcomes, Vec<Unknown>> {
        let found = outcomes.iter().map(|outcome| self.context.find(outcome));
        Ok(Outcomes(found.collect::<Result<_, _>>()?))
    }

    /// Outcomes without any lever.
    pub fn without(&self, outcomes: &Outcomes) -> Vec<f64> {
        let years = &self.baseline.years;
        let told = Told { years, baseline: years, levers: &[], strengths: &[] };
        outcomes.0.iter().map(|found| self.context.value_of(found, told)).collect()
    }

    /// Outcomes with each lever at its strength.
    ///
    /// - `strengths`: one for each lever of the study, in its order.
    ///
    /// # Errors
    /// [`RunError`] when a year does not solve.
    pub fn values(&self, strengths: &[f64], outcomes: &Outcomes) -> Result<Vec<f64>, RunError> {
        let path = self.solve(strengths)?;
        Ok(outcomes.0.iter().map(|found| self.value(&path, found)).collect())
    }

    /// Outcomes with each lever at its strength, and their derivatives by the strengths.
    ///
    /// # Errors
    /// As [`Mix::values`].
    pub fn at(&self, strengths: &[f64], outcomes: &Outcomes) -> Result<Reached, RunError> {
        let path = self.solve(strengths)?;
        let mut reached = Reached::default();
        for found in &outcomes.0 {
            reached.values.push(self.value(&path, found));
            reached.gradients.push(self.gradient(&path, found)?);
        }
        Ok(reached)
    }

    fn solve(&self, strengths: &[f64]) -> Result<Scaled<'p>, RunError> {
        let name = "levers at other strengths";
        self.context.solve_scaled(name, strengths, &self.effects, &self.baseline, &|| ())
    }

    fn value(&self, path: &Scaled<'p>, found: &Found) -> f64 {
        let (years, strengths) = (&path.years, &path.strengths);
        let baseline = &self.baseline.years;
        self.context.value_of(found, Told { years, baseline, levers: &self.levers, strengths })
    }

    fn gradient(&self, path: &Scaled<'p>, found: &Found) -> Result<Vec<f64>, RunError> {
        let tape = Tape::default();
        let years = traced(&tape, &path.years, &[found.at], found.at);
        let baseline = traced(&tape, &self.baseline.years, &[], found.at);
        let strengths = tape.leaves(&path.strengths);
        let told = Told {
            years: &years,
            baseline: &baseline,
            levers: &self.levers,
            strengths: &strengths,
        };
        let back = tape.backward(&[(self.context.value_of(found, told), 1.0)]);
        let mut slopes: Vec<Slopes> = path.years.iter().map(Slopes::none).collect();
        slopes[found.at].add(&years[found.at], &back);
        let start = (slopes, Baselines::Fixed);
        let through = self.context.back_over_policy(path, &self.effects, &self.baseline, start)?;
        Ok(through.strengths.iter().zip(back.all(&strengths)).map(|(a, b)| a + b).collect())
    }
}

/// Outcomes with their names looked up.
pub struct Outcomes(Vec<Found>);
