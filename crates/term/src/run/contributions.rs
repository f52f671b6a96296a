//! Results by shock: parts that add up to each result.
//!
//! All shocks go together from nothing to their full size, as in the run itself. On the way the
//! derivative of each result by each shock is integrated: within every part of the run by two to sixteen
//! Gauss–Legendre nodes, as many as close the gap, each a solution in levels; percentages by the level reached so far, so that
//! they add up to the compound change. Euler's steps add up by themselves. What the quadrature (and the
//! extrapolation of the run) leaves is given to the shocks in proportion and stated.
//!
//! Source: Harrison, Horridge & Pearson (2000), Computational Economics 15: contributions of groups of
//! shocks along the straight path.

use std::collections::BTreeMap;

use equilibrium::{gauss_legendre, response};

use super::{Failure, Logs, Method, Part, Results, Runner, Stage, runner};
use crate::certificate::largest;
use crate::closure::Closure;
use crate::database::Database;
use crate::shocks::Shocks;
use crate::update::{Rule, updated};
use crate::variables::Unit;

/// Gauss–Legendre nodes within a part: more where fewer leave more than [`CLOSE`].
const NODES: [usize; 4] = [2, 4, 8, 16];
/// Gap of the sum of the parts to a result that is small enough, percentage points.
const CLOSE: f64 = 1e-6;

/// Results of a run by shocked variable.
#[derive(Debug, Clone)]
pub struct Contributions {
    /// Shocked variable, then result, then cell: percentage points, or change.
    pub by_shock: BTreeMap<String, BTreeMap<String, Vec<f64>>>,
    /// Largest gap of the sum of the parts to a result before it was given to them, percentage
    /// points.
    pub gap: f64,
}

/// Splits the results of [`super::run`] over the shocked variables.
///
/// - `method`: that of the run.
///
/// # Errors
/// The reason why the solver stopped.
pub fn contributions(
    database: &Database,
    closure: &Closure,
    shocks: &Shocks,
    method: Method,
    results: &Results,
) -> Result<Contributions, Failure> {
    let counts = if matches!(method, Method::Euler { .. }) { &NODES[..1] } else { &NODES };
    let mut best: Option<Contributions> = None;
    for count in counts {
        let found = with_nodes(database, closure, shocks, (method, *count), results)?;
        let gap = found.gap;
        if best.as_ref().is_none_or(|best| gap < best.gap) {
            best = Some(found);
        }
        // The extrapolation of the run leaves something that no quadrature finds.
        if gap <= CLOSE || best.as_ref().is_some_and(|best| gap > best.gap) {
            break;
        }
    }
    Ok(best.expect("there is at least one count of nodes"))
}

/// As [`contributions`], with so many nodes in each part.
fn with_nodes(
    database: &Database,
    closure: &Closure,
    shocks: &Shocks,
    (method, count): (Method, usize),
    results: &Results,
) -> Result<Contributions, Failure> {
    let mut runner = runner(closure, shocks);
    let (kind, parts) = match method {
        Method::Euler { steps } => (Part::Linear, steps),
        // As many parts as the run ended with.
        Method::Exact { .. } => (Part::Level, results.parts),
    };
    let mut found = Found { sums: BTreeMap::new(), levels: Logs::new() };
    let mut here = database.clone();
    let mut guess: Option<Vec<f64>> = None;
    for part in 0..parts {
        let mut stage = Stage::new(&here, closure);
        let changes = match kind {
            Part::Linear => {
                runner.slopes(&mut stage, (part, parts, kind), 1.0, &mut found, None)?;
                runner.linear(&mut stage, part, parts)?
            }
            Part::Level => {
                for (node, weight) in gauss_legendre(count) {
                    let logs = runner.between(&mut stage, (part, parts), node)?;
                    let how = (part, parts, kind);
                    runner.slopes(&mut stage, how, weight, &mut found, Some(&logs))?;
                }
                let start = guess.unwrap_or_else(|| stage.system.start());
                let (point, logs) = runner.level(&mut stage, part, parts, &start)?;
                guess = Some(point);
                logs
            }
        };
        let rule = if kind == Part::Linear { Rule::Additive } else { Rule::Exact };
        here = updated(&here, rule, &changes);
        runner.add(&mut found.levels, &changes, kind);
    }
    Ok(found.settled(results))
}

/// Sums so far, and logarithms of results at the start of a part.
struct Found {
    sums: BTreeMap<String, BTreeMap<String, Vec<f64>>>,
    levels: Logs,
}

impl Found {
    /// Gives what is left of each result to the shocks in proportion.
    fn settled(mut self, results: &Results) -> Contributions {
        let mut gap = 0.0_f64;
        for (name, changes) in &results.changes {
            for (cell, change) in changes.iter().enumerate() {
                let parts = || self.sums.values().map(|of| of[name][cell]);
                let left = change - parts().sum::<f64>();
                let size: f64 = parts().map(f64::abs).sum();
                let count = self.sums.len() as f64;
                gap = largest([gap, left]);
                for of in self.sums.values_mut() {
                    let part = &mut of.get_mut(name).expect("every result")[cell];
                    *part += left * if size > 0.0 { part.abs() / size } else { 1.0 / count };
                }
            }
        }
        Contributions { by_shock: self.sums, gap }
    }
}

impl Runner<'_> {
    /// Solves at a fraction of a part; logarithms of results since its start.
    fn between(
        &mut self,
        stage: &mut Stage,
        (part, parts): (usize, usize),
        fraction: f64,
    ) -> Result<Logs, Failure> {
        let whole = self.part_of_shocks(part, parts, Part::Level);
        let some = whole.into_iter().map(|(name, values)| {
            (name, values.into_iter().map(|value| fraction * value).collect())
        });
        let start = stage.system.start();
        Ok(self.solve_level(stage, &some.collect::<Vec<_>>(), (part, parts), &start)?.1)
    }

    /// Adds each shock's part of the derivative at a point of a part, times `weight`.
    ///
    /// - `logs`: of results since the start of the part; none at its start.
    fn slopes(
        &mut self,
        stage: &mut Stage,
        (part, parts, kind): (usize, usize, Part),
        weight: f64,
        found: &mut Found,
        logs: Option<&Logs>,
    ) -> Result<(), Failure> {
        for (shock, direction) in self.part_of_shocks(part, parts, kind) {
            let Stage { system, evaluation } = stage;
            let directions = [(shock.clone(), direction)];
            let moved =
                response(system, evaluation, &directions, &mut self.memory.factor, &self.settings)
                    .map_err(|reason| Failure::Linear { reason })?;
            let sums = found.sums.entry(shock).or_default();
            for variable in &self.variables {
                let name = &variable.name;
                let slopes = &moved.reports[name];
                let sum = sums.entry(name.clone()).or_insert_with(|| vec![0.0; slopes.len()]);
                for (cell, (sum, slope)) in sum.iter_mut().zip(slopes).enumerate() {
                    let before = found.levels.get(name).map_or(0.0, |logs| logs[cell]);
                    let since = logs.map_or(0.0, |logs| logs[name][cell]);
                    *sum += weight
                        * slope
                        * match variable.unit {
                            Unit::Percent => 100.0 * (before + since).exp(),
                            Unit::Change => 1.0,
                        };
                }
            }
        }
        Ok(())
    }
}
