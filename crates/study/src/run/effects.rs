//! What levers do to the exogenous variables of a year, at any strength.
//!
//! A lever moves each cell x by a formula of its own in that cell alone, f(x) = slope · x + shift:
//! amounts are added, rates multiplied, a tax rate goes a part of the way to another. At strength s
//! it moves the cell by that part of what it does in full:
//!
//! ```text
//! x  →  x + s · ( f(x) − x )
//! ```
//!
//! one lever after the other, in the order of the study. Strength 0 is the baseline, strength 1 the
//! policy; what a lever costs and spends is in proportion to s. `slope` and `shift` are read off
//! [`Context::apply`] at two points, so no lever says twice what it does.

use economy::exogenous::Exogenous;
use economy::year::Solver;
use equilibrium::number::Number;
use rayon::prelude::*;

use super::RunError;
use super::context::Context;
use super::path::{Baseline, State, Year, certify};
use crate::lever::Lever;

/// Distance between the two points, relative to the cell; a power of two, so that it is exact.
const STEP: f64 = 1.0 / 1024.0;

/// Smallest size of a cell for that distance: cells at zero are moved, too.
const SMALLEST: f64 = 1.0 / 16.0;

/// Slopes closer to 1 than this are 1: an amount is added.
const ONE: f64 = 1e-11;

/// What a lever does to one cell in full.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Effect {
    name: &'static str,
    cell: usize,
    slope: f64,
    shift: f64,
}

/// Some levers, and what they do in each year.
#[derive(Debug, Clone)]
pub(crate) struct Effects {
    pub(crate) levers: Vec<Lever>,
    /// By year, then by lever.
    cells: Vec<Vec<Vec<Effect>>>,
}

impl Effects {
    /// Of some levers on a path.
    pub(crate) fn new(context: &Context<'_>, levers: &[Lever], baseline: &[Year]) -> Self {
        let years = context.study.years.all().into_iter().zip(baseline);
        let of_year = |(year, solved): (u16, &Year)| {
            let of = |lever| context.effects_of(lever, year, &solved.exogenous);
            levers.par_iter().map(of).collect()
        };
        Self { levers: levers.to_vec(), cells: years.map(of_year).collect() }
    }

    /// Moves the exogenous variables of a year by all levers, each at its strength.
    pub(crate) fn put<T: Number>(&self, at: usize, strengths: &[T], exogenous: &mut Exogenous<T>) {
        for (cells, strength) in self.cells[at].iter().zip(strengths) {
            for Effect { name, cell, slope, shift } in cells {
                let value = &mut exogenous.get_mut(name)[*cell];
                let full = *value * (slope - 1.0) + T::constant(*shift);
                *value += *strength * full;
            }
        }
    }
}

/// A path with levers at some strengths, with the solver of each year at its solution.
pub(crate) struct Scaled<'n> {
    pub(crate) strengths: Vec<f64>,
    pub(crate) years: Vec<Year>,
    /// Stocks at the start of each year, before levers move them.
    pub(crate) states: Vec<State>,
    pub(crate) solvers: Vec<Solver<'n>>,
}

impl Context<'_> {
    /// Solves the path with each lever of `effects` at its strength.
    pub(crate) fn solve_scaled<'n>(
        &self,
        name: &str,
        strengths: &[f64],
        effects: &Effects,
        baseline: &Baseline<'n>,
        tick: &(dyn Fn() + Sync),
    ) -> Result<Scaled<'n>, RunError> {
        let levers: Vec<&Lever> = effects.levers.iter().collect();
        let mut path = Scaled {
            strengths: strengths.to_vec(),
            years: vec![],
            states: vec![],
            solvers: vec![],
        };
        let mut state = self.start();
        for (at, year) in self.study.years.all().into_iter().enumerate() {
            path.states.push(state.clone());
            let exogenous = self.scaled_year(at, effects, strengths, &baseline.years, &mut state);
            let mut solver = baseline.solvers[at].branch();
            let failed = |failure| RunError::solve(name, year, failure);
            let solution = solver.solve(&exogenous).map_err(failed)?;
            certify(name, year, &solution)?;
            let (before, working) = (Some(baseline.years.as_slice()), (&levers[..], strengths));
            let solved = (exogenous, solution);
            self.end_scaled(&mut state, &mut path.years, before, working, solved);
            path.solvers.push(solver);
            tick();
        }
        Ok(path)
    }

    /// What is given in a year with levers at some strengths; leaves the capital that projects have
    /// added among the stocks.
    pub(crate) fn scaled_year<T: Number>(
        &self,
        at: usize,
        effects: &Effects,
        strengths: &[T],
        baseline: &[Year<T>],
        state: &mut State<T>,
    ) -> Exogenous<T> {
        let mut exogenous = self.before_levers(at, baseline, state);
        effects.put(at, strengths, &mut exogenous);
        state.stocks.capital.copy_from_slice(exogenous.get("capital"));
        exogenous
    }

    /// Everything that a lever does to the cells of a year at strength 1.
    fn full(&self, lever: &Lever, year: u16, exogenous: &mut Exogenous) {
        let mut capital = exogenous.get("capital").to_vec();
        self.start_projects(&[lever], year, &mut capital);
        exogenous.get_mut("capital").copy_from_slice(&capital);
        self.apply(lever, year, exogenous);
    }

    fn effects_of(&self, lever: &Lever, year: u16, before: &Exogenous) -> Vec<Effect> {
        let step = |x: &f64| STEP * x.abs().max(SMALLEST);
        let aside = before.map(|x| x + step(x));
        let (mut here, mut there) = (before.clone(), aside.clone());
        self.full(lever, year, &mut here);
        self.full(lever, year, &mut there);
        let mut list = Vec::new();
        for (name, values) in before.iter() {
            let moved = [aside.get(name), here.get(name), there.get(name)];
            for (cell, x) in values.iter().enumerate() {
                let [aside, here, there] = moved.map(|each| each[cell]);
                if here.to_bits() == x.to_bits() && there.to_bits() == aside.to_bits() {
                    continue;
                }
                let slope = (there - here) / (aside - x);
                let slope = if (slope - 1.0).abs() < ONE { 1.0 } else { slope };
                list.push(Effect { name, cell, slope, shift: here - slope * x });
            }
        }
        list
    }
}
