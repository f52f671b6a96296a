//! Derivatives of a whole path by the common strength of some levers.

use equilibrium::number::{Dual, Number};
use rayon::prelude::*;

use economy::exogenous::Exogenous;
use economy::year::Solution;

use super::super::RunError;
use super::super::context::Context;
use super::super::effects::{Effects, Scaled};
use super::super::indicators::Told;
use super::super::path::{Baseline, Year};
use super::super::rows::Rows;
use super::Group;
use crate::lever::Lever;

/// Relative residual of a tangent's linear systems: far below the quadrature's limit.
const TOLERANCE: f64 = 1e-9;

/// A value and its derivative by the strength of some levers.
type Moving = Dual<1>;

/// What derivatives along the path start from.
pub(super) struct Tangents<'t, 'm> {
    context: &'t Context<'m>,
    baseline: &'t Baseline<'t>,
    /// The baseline as numbers that do not move.
    still: Vec<Year<Moving>>,
    effects: Effects,
    levers: Vec<&'t Lever>,
}

impl<'t, 'm> Tangents<'t, 'm> {
    pub(super) fn new(context: &'t Context<'m>, baseline: &'t Baseline<'t>) -> Self {
        Self {
            context,
            baseline,
            still: baseline.years.iter().map(|year| year.map(Moving::constant)).collect(),
            effects: Effects::new(context, &context.study.levers, &baseline.years),
            levers: context.study.levers.iter().collect(),
        }
    }

    /// Solves the path with all levers at `strength`.
    pub(super) fn node(
        &self,
        strength: f64,
        tick: &(dyn Fn() + Sync),
    ) -> Result<Scaled<'t>, RunError> {
        let name = name(strength);
        let strengths = vec![strength; self.levers.len()];
        self.context.solve_scaled(&name, &strengths, &self.effects, self.baseline, tick)
    }

    /// Derivatives of all rows by the common strength of each group of levers.
    pub(super) fn by_group(
        &self,
        groups: &[Group],
        node: &Scaled<'_>,
        rows: &Rows,
    ) -> Result<Vec<Vec<f64>>, RunError> {
        groups.par_iter().map(|(_, members)| self.of(members, node, rows)).collect()
    }

    fn of(&self, members: &[usize], node: &Scaled<'_>, rows: &Rows) -> Result<Vec<f64>, RunError> {
        let strength = |at: usize| {
            let value = node.strengths[at];
            if members.contains(&at) { Moving::variable(value, 0) } else { Moving::constant(value) }
        };
        let strengths: Vec<Moving> = (0..self.levers.len()).map(strength).collect();
        let mut state = self.context.start().map(Moving::constant);
        let mut years = Vec::new();
        for at in 0..node.years.len() {
            let (effects, still) = (&self.effects, self.still.as_slice());
            let exogenous = self.context.scaled_year(at, effects, &strengths, still, &mut state);
            let solution = self.moved(at, &exogenous, node)?;
            let (working, solved) = ((&self.levers[..], &strengths[..]), (exogenous, solution));
            self.context.end_scaled(&mut state, &mut years, Some(still), working, solved);
        }
        let told = Told {
            years: &years,
            baseline: &self.still,
            levers: &self.levers,
            strengths: &strengths,
        };
        let values = rows.values(self.context, told);
        Ok(values.into_iter().map(|value| value.slopes[0]).collect())
    }

    /// The solution of a year whose exogenous variables move.
    fn moved(
        &self,
        at: usize,
        exogenous: &Exogenous<Moving>,
        node: &Scaled<'_>,
    ) -> Result<Solution<Moving>, RunError> {
        let directions = directions(exogenous);
        let solution = &node.years[at].solution;
        if directions.is_empty() {
            let still = |values: &[f64]| values.iter().map(|x| Moving::constant(*x)).collect();
            return Ok(solution.map(|_, values| still(values)));
        }
        let moved = node.solvers[at].response(&directions, TOLERANCE).map_err(|reason| {
            RunError::Derivative { year: self.context.study.years.base + at as u16, reason }
        })?;
        Ok(solution.map(|name, values| {
            let pairs = values.iter().zip(&moved.reports[name]);
            pairs.map(|(value, slope)| Moving { value: *value, slopes: [*slope] }).collect()
        }))
    }
}

/// What a node of the path is called.
pub(super) fn name(strength: f64) -> String {
    format!("policy at {:.0} % of its strength", 100.0 * strength)
}

/// Derivatives of the exogenous variables that move.
fn directions(exogenous: &Exogenous<Moving>) -> Vec<(String, Vec<f64>)> {
    let slopes = |values: &[Moving]| values.iter().map(|value| value.slopes[0]).collect();
    let moving = |values: &[Moving]| values.iter().any(|value| value.slopes[0] != 0.0);
    let named = exogenous.iter().filter(|(_, values)| moving(values));
    named.map(|(name, values)| (name.to_owned(), slopes(values))).collect()
}
