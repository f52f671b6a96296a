//! Outcomes of a study with its levers at any strength, and their exact derivatives by each.
//!
//! What an optimiser over levers calls: the baseline is solved once, every mix is one policy path,
//! every outcome's gradient one linear solve a year (`super::adjoint`). Strength 0 is without a
//! lever, 1 as the study has it; others are in proportion (`super::effects`). Levers may also be
//! replaced by others of the same names ([`Mix::under`]); by what they depend on, derivatives are
//!
//! ```text
//! dy/dx = ∂/∂x [ y − Λᵀ F ]      with all unknowns held, Λ from the adjoint
//! ```
//!
//! by central differences of the equations, without a solve.

use equilibrium::tape::Tape;
use rayon::prelude::*;

use super::RunError;
use super::adjoint::{Back, Baselines, Slopes, traced};
use super::context::Context;
use super::effects::{Effects, Scaled};
use super::indicators::Told;
use super::outcome::{Found, Outcome, Unknown};
use super::path::{Baseline, Year};
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

    /// The path with other levers in the place of the study's.
    ///
    /// # Errors
    /// [`RunError`] when a year does not solve.
    pub fn under(&self, levers: &[Lever]) -> Result<Under<'p>, RunError> {
        let effects = Effects::new(self.context, levers, &self.baseline.years);
        let full = vec![1.0; levers.len()];
        let name = "other levers";
        let path = self.context.solve_scaled(name, &full, &effects, &self.baseline, &|| ())?;
        Ok(Under { effects, path })
    }

    /// Outcomes on a path with other levers.
    pub fn values_under(&self, under: &Under<'p>, outcomes: &Outcomes) -> Vec<f64> {
        let levers: Vec<&Lever> = under.effects.levers.iter().collect();
        let of = |found| self.told(found, (&under.path.years, &levers, &under.path.strengths));
        outcomes.0.iter().map(of).collect()
    }

    /// Derivatives of outcomes by numbers that the levers of a path depend on: one list for each
    /// number, of all outcomes.
    ///
    /// - `asides`: for each number, the levers with it a step below and a step above, and the step.
    ///
    /// # Errors
    /// [`RunError`] when a linear solve fails.
    pub fn slopes_under(
        &self,
        under: &Under<'p>,
        outcomes: &Outcomes,
        asides: &[([Vec<Lever>; 2], f64)],
    ) -> Result<Vec<Vec<f64>>, RunError> {
        let back = |found: &Found| Ok(self.back(&under.path, &under.effects, found)?.0.multipliers);
        let multipliers: Vec<Vec<Vec<f64>>> =
            outcomes.0.iter().map(back).collect::<Result<_, RunError>>()?;
        let points: Vec<&[f64]> = under.path.solvers.iter().map(|each| each.point()).collect();
        let held = |levers: &[Lever]| -> Vec<f64> {
            let levers: Vec<&Lever> = levers.iter().collect();
            let (years, residuals) =
                self.context.policy_held(&levers, &self.baseline.years, &points);
            let of = |(found, by_year): (&Found, &Vec<Vec<f64>>)| {
                let cells = residuals.iter().zip(by_year).flat_map(|(f, l)| f.iter().zip(l));
                self.told(found, (&years, &levers, &[])) - cells.map(|(f, l)| f * l).sum::<f64>()
            };
            outcomes.0.iter().zip(&multipliers).map(of).collect()
        };
        let slope = |(levers, step): &([Vec<Lever>; 2], f64)| -> Vec<f64> {
            let [low, high] = [held(&levers[0]), held(&levers[1])];
            low.iter().zip(high).map(|(low, high)| (high - low) / (2.0 * step)).collect()
        };
        Ok(asides.par_iter().map(slope).collect())
    }

    fn solve(&self, strengths: &[f64]) -> Result<Scaled<'p>, RunError> {
        let name = "levers at other strengths";
        self.context.solve_scaled(name, strengths, &self.effects, &self.baseline, &|| ())
    }

    fn value(&self, path: &Scaled<'p>, found: &Found) -> f64 {
        self.told(found, (&path.years, &self.levers, &path.strengths))
    }

    fn told(&self, found: &Found, (years, levers, strengths): (&[Year], &[&Lever], &[f64])) -> f64 {
        let baseline = &self.baseline.years;
        self.context.value_of(found, Told { years, baseline, levers, strengths })
    }

    fn gradient(&self, path: &Scaled<'p>, found: &Found) -> Result<Vec<f64>, RunError> {
        let (through, direct) = self.back(path, &self.effects, found)?;
        Ok(through.strengths.iter().zip(direct).map(|(a, b)| a + b).collect())
    }

    /// Backwards from an outcome over a path; and its derivatives by strengths that no year carries.
    fn back(
        &self,
        path: &Scaled<'p>,
        effects: &Effects,
        found: &Found,
    ) -> Result<(Back, Vec<f64>), RunError> {
        let levers: Vec<&Lever> = effects.levers.iter().collect();
        let tape = Tape::default();
        let years = traced(&tape, &path.years, &[found.at], found.at);
        let baseline = traced(&tape, &self.baseline.years, &[], found.at);
        let strengths = tape.leaves(&path.strengths);
        let told =
            Told { years: &years, baseline: &baseline, levers: &levers, strengths: &strengths };
        let back = tape.backward(&[(self.context.value_of(found, told), 1.0)]);
        let mut slopes: Vec<Slopes> = path.years.iter().map(Slopes::none).collect();
        slopes[found.at].add(&years[found.at], &back);
        let start = (slopes, Baselines::Fixed);
        let through = self.context.back_over_policy(path, effects, &self.baseline, start)?;
        Ok((through, back.all(&strengths)))
    }
}

/// A solved path with other levers than the study's.
pub struct Under<'p> {
    effects: Effects,
    path: Scaled<'p>,
}

/// Outcomes with their names looked up.
pub struct Outcomes(Vec<Found>);
