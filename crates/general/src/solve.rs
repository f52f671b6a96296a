//! Solves a model at a scenario: from its start, and by other ways in when that fails.
//!
//! | way in       | when                                                            |
//! |--------------|-----------------------------------------------------------------|
//! | start        | always first: where the file says                               |
//! | plain start  | all activities and prices 1, auxiliaries 0, incomes as earned   |
//! | homotopy     | from the file's own parameters to the scenario's, in steps      |
//!
//! Numbers leave through [`Outcome::solution`] alone, and only when the status is solved.
//! Not here: one solve (`equilibrium::solve_complementarity`).

use std::collections::BTreeMap;

use equilibrium::{ComplementaritySettings, Solve, Status, Work, solve_complementarity};

use crate::blocks::{Flow, Side};
use crate::certificate::{Certificate, certificate};
use crate::idle::supply_prices;
use crate::model::{Class, Model, Scenario};
use crate::scenario::Instance;

/// Conditions beyond this are slack and told.
pub const SLACK: f64 = 1e-7;
/// Smallest step of the homotopy, as a fraction of what the scenario changes.
const SMALLEST_STEP: f64 = 1.0 / 256.0;

/// Fraction of a shock up to which it counts as infeasible at once.
const AT_ONCE: f64 = 0.01;

/// A scenario solved.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// Value of each variable.
    pub values: Vec<f64>,
    /// Unit netputs `in(S,i)`, `out(S,i)` per unit of activity, final demands `dem(h,i)`, real
    /// incomes `welfare(h)`.
    pub reports: BTreeMap<String, f64>,
    /// Conditions that are not zero: losses of idle sectors, excess supply of free goods, slack.
    pub slack: Vec<(usize, f64)>,
    /// Prices that no equilibrium determines, because nobody trades.
    pub undetermined: Vec<usize>,
    /// Violations, recomputed by other code.
    pub certificate: Certificate,
}

/// How a scenario ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Name of the scenario.
    pub scenario: String,
    /// Status.
    pub status: Status,
    /// The condition with the largest natural residual.
    pub worst: String,
    /// That residual, scaled.
    pub residual: f64,
    /// What it took.
    pub work: Work,
    /// The consumer whose income is held because nothing was fixed.
    pub numeraire: Option<usize>,
    solution: Option<Solution>,
    last: Vec<f64>,
}

impl Outcome {
    /// The solution, when there is one.
    pub fn solution(&self) -> Option<&Solution> {
        self.solution.as_ref()
    }

    /// Where the last attempt ended, solved or not: for diagnosis.
    pub fn last_point(&self) -> &[f64] {
        &self.last
    }
}

/// Solves a model at a scenario.
pub fn solve(model: &Model, scenario: &Scenario, settings: &ComplementaritySettings) -> Outcome {
    let instance = Instance::new(model, scenario);
    let mut found = solve_complementarity(&instance, &instance.start, settings);
    let mut work = found.work;
    if found.status != Status::Solved {
        for way in [plain_start, homotopy] {
            let Some(other) = way(&instance, settings) else { continue };
            work += other.work;
            let tells_more = match other.status {
                Status::Solved => true,
                // Where next to nothing of the shock can be applied, the ray says more.
                Status::Infeasible { fraction, .. } => {
                    found.status != Status::Ray || fraction > AT_ONCE
                }
                _ => false,
            };
            if tells_more {
                found = other;
            }
            if found.status == Status::Solved {
                break;
            }
        }
    }
    work.shock_steps = work.shock_steps.max(1);
    outcome(&instance, found, work, settings)
}

/// From everything at its default, where the file starts elsewhere.
fn plain_start(instance: &Instance, settings: &ComplementaritySettings) -> Option<Solve> {
    let plain = Scenario { start: vec![], ..instance.scenario.clone() };
    let mut model = instance.model.clone();
    for variable in &mut model.variables {
        variable.start = None;
    }
    let start = Instance::new(&model, &plain).start;
    (start != instance.start).then(|| solve_complementarity(instance, &start, settings))
}

/// In steps from the file's own parameters; none when these do not solve either.
fn homotopy(instance: &Instance, settings: &ComplementaritySettings) -> Option<Solve> {
    let (model, scenario) = (instance.model, instance.scenario);
    if scenario.set.is_empty() && scenario.fix.is_empty() {
        return None;
    }
    let own = Instance::part_way(model, scenario, 0.0);
    let mut at = solve_complementarity(&own, &own.start, settings);
    if at.status != Status::Solved {
        return None;
    }
    let mut work = at.work;
    let (mut reached, mut step) = (0.0, 0.5);
    loop {
        let target = f64::min(reached + step, 1.0);
        let here = Instance::part_way(model, scenario, target);
        let mut next = solve_complementarity(&here, at.last_point(), settings);
        work += next.work;
        work.shock_steps += 1;
        if next.status == Status::Solved {
            if target >= 1.0 {
                next.work = work;
                return Some(next);
            }
            (reached, step, at) = (target, step * 1.5, next);
            continue;
        }
        step *= 0.5;
        if step < SMALLEST_STEP {
            next.status = Status::Infeasible { fraction: reached, equation: next.worst.clone() };
            next.work = work;
            return Some(next);
        }
    }
}

fn outcome(
    instance: &Instance,
    found: Solve,
    work: Work,
    settings: &ComplementaritySettings,
) -> Outcome {
    let last = found.last_point().to_vec();
    let solution = (found.status == Status::Solved)
        .then(|| solution(instance, last.clone(), settings.tolerance));
    Outcome {
        scenario: instance.scenario.name.clone(),
        status: found.status,
        worst: found.worst,
        residual: found.residual,
        work,
        numeraire: instance.numeraire,
        solution,
        last,
    }
}

fn solution(instance: &Instance, mut values: Vec<f64>, tolerance: f64) -> Solution {
    let before = values.clone();
    let mut undetermined = supply_prices(instance, &mut values);
    let mut certified = certificate(instance, &values);
    // A price of nothing may still stand in a constraint: then it is determined after all.
    if values != before {
        let own = certificate(instance, &before);
        if violation(&certified) > violation(&own).max(tolerance) {
            (values, undetermined, certified) = (before, vec![], own);
        }
    }
    let conditions = instance.blocks.conditions(&values);
    let slack = conditions.iter().enumerate().filter(|(_, condition)| condition.abs() > SLACK);
    Solution {
        reports: reports(instance, &values),
        slack: slack.map(|(at, condition)| (at, *condition)).collect(),
        undetermined,
        certificate: certified,
        values,
    }
}

/// Largest violation of any kind.
fn violation(found: &Certificate) -> f64 {
    [found.zero_profit, found.market_clearance, found.income_balance, found.constraints]
        .into_iter()
        .fold(0.0, f64::max)
}

/// What every block uses, yields and demands.
pub(crate) fn reports(instance: &Instance, point: &[f64]) -> BTreeMap<String, f64> {
    let mut reports = BTreeMap::new();
    let name = |at: usize| instance.model.variables[at].name.as_str();
    for block in &instance.blocks.list {
        let own = name(block.inputs[0]);
        if instance.model.variables[block.inputs[0]].class == Class::Auxiliary {
            continue;
        }
        block.at(point, |told| {
            let (key, amount) = match told {
                Flow::Netput(at, Side::Input, amount) => {
                    (format!("in({own},{})", name(at)), amount)
                }
                Flow::Netput(at, Side::Output, amount) => {
                    (format!("out({own},{})", name(at)), amount)
                }
                Flow::Demand(at, amount) => (format!("dem({own},{})", name(at)), amount),
                Flow::Welfare(amount) => (format!("welfare({own})"), amount),
            };
            *reports.entry(key).or_insert(0.0) += amount;
        });
    }
    reports
}
