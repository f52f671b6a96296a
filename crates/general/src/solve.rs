//! Solves a model at a scenario: from its start, and by other ways in when that fails.
//!
//! | way in       | when                                                            |
//! |--------------|-----------------------------------------------------------------|
//! | start        | always first: where the file says                               |
//! | plain start  | all activities and prices 1, auxiliaries 0, incomes as earned   |
//! | numeraire    | where something is held: an income instead of it, then its level |
//! | solvent      | incomes at what reference bundles cost, auxiliaries off zero    |
//! | homotopy     | from the file's own parameters to the scenario's, in steps      |
//!
//! A solution in which obligations take more than a consumer has, or something runs off, is kept only
//! where no way in finds another.
//!
//! Numbers leave through [`Outcome::solution`] alone, and only when the status is solved.
//! Not here: one solve (`equilibrium::solve_complementarity`).

use std::collections::BTreeMap;

use equilibrium::{ComplementaritySettings, Solve, Status, Work, solve_complementarity};

use crate::blocks::{Flow, Side};
use crate::certificate::{Certificate, certificate, uncertified};
use crate::check::{Residual, off_at_start};
use crate::idle::supply_prices;
use crate::model::{Class, Model, Scenario, Value};
use crate::scenario::{Instance, reference_income};

/// Conditions beyond this are slack and told.
pub const SLACK: f64 = 1e-7;
/// Times that a solution which is not certified is solved again from where it ended.
const REFINEMENTS: usize = 2;
/// Incomes, and prices, that are tried as another numeraire.
const OTHER_NUMERAIRES: usize = 2;
/// Share of its start below which something that was held has no value.
const NO_VALUE: f64 = 1e-9;
/// Multiple of its size beyond which a variable has run off.
const RUNS_OFF: f64 = 1e9;
/// Where auxiliaries start that would start at zero: rates, mostly.
const OFF_ZERO: [f64; 3] = [0.1, 0.5, 0.01];
/// Newton steps of one step of the homotopy, at most.
const STEPS_PART_WAY: usize = 60;
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
    /// The income or price that is held because nothing was fixed.
    pub numeraire: Option<usize>,
    /// What is held and worth nothing in the equilibrium, which therefore has no finite prices.
    pub worthless: Option<usize>,
    /// Of a benchmark that its start does not solve, the condition that is farthest from holding.
    pub off_at_start: Option<Residual>,
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
    let mut instance = Instance::new(model, scenario);
    let off_at_start = scenario.benchmark.then(|| off_at_start(&instance)).flatten();
    instance.level();
    let mut found = attempt(&mut instance, settings);
    let mut work = found.work;
    let (mut worthless, mut instead) = (None, None);
    let sound = |found: &Solve| {
        found.status == Status::Solved && doubt(&instance, found.last_point()).is_none()
    };
    for way in [plain_start, other_numeraire, solvent_start, homotopy] {
        if found.status == Status::Interrupted || sound(&found) || worthless.is_some() {
            break;
        }
        let Some(other) = way(&instance, settings) else { continue };
        work += other.found.work;
        if found.status == Status::Solved {
            if other.worthless.is_none() && other.instead.is_none() && sound(&other.found) {
                found = other.found;
            }
            continue;
        }
        worthless = other.worthless;
        instead = other.instead;
        let tells_more = match &other.found.status {
            Status::Solved | Status::Interrupted => true,
            // Where next to nothing of the shock can be applied, the ray says more.
            Status::Infeasible { fraction, .. } => {
                found.status != Status::Ray || *fraction > AT_ONCE
            }
            _ => worthless.is_some(),
        };
        if tells_more {
            found = other.found;
        }
    }
    work.shock_steps = work.shock_steps.max(1);
    let runs_off = |point| match doubt(&instance, point) {
        Some(Doubt::RunsOff(at)) => Some(at),
        _ => None,
    };
    if let (Status::Solved, None, Some(at)) = (&found.status, instead, runs_off(found.last_point()))
    {
        found.status = Status::Ray;
        found.worst = instance.model.condition(at);
    }
    if let Some(at) = instead {
        let freed = holding(&instance, at);
        let found = outcome(&Instance::new(model, &freed), found, work, settings);
        return Outcome { numeraire: Some(at), off_at_start, ..found };
    }
    Outcome { worthless, off_at_start, ..outcome(&instance, found, work, settings) }
}

/// What a way in came to.
struct Way {
    found: Solve,
    /// What is held and has no value in equilibrium.
    worthless: Option<usize>,
    /// What is held in the place of something worthless that nobody asked to hold.
    instead: Option<usize>,
}

impl From<Solve> for Way {
    fn from(found: Solve) -> Self {
        Self { found, worthless: None, instead: None }
    }
}

/// Solves from the start of an instance; solved is only what is certified. What is solved but not
/// certified is solved again from there, in units of what was found.
fn attempt(instance: &mut Instance, settings: &ComplementaritySettings) -> Solve {
    let mut found = solve_complementarity(instance, &instance.start, settings);
    let mut work = found.work;
    for round in 0..=REFINEMENTS {
        let within = found.residual <= settings.tolerance;
        if !within || !matches!(found.status, Status::Solved | Status::Ray) {
            break;
        }
        let solution = solution(instance, found.last_point().to_vec(), settings.tolerance);
        let Some((worst, violation)) = uncertified(instance, &solution.values) else {
            // Far from its start, and a solution all the same.
            found.status = Status::Solved;
            break;
        };
        if found.status == Status::Ray {
            break;
        }
        if round == REFINEMENTS {
            found.status = Status::Stalled;
            found.worst = instance.model.condition(worst);
            found.residual = violation;
            break;
        }
        found.last_point().clone_into(&mut instance.start);
        found = solve_complementarity(instance, &instance.start, settings);
        work += found.work;
    }
    found.work = work;
    found
}

/// From everything at its default, where the file starts elsewhere.
fn plain_start(instance: &Instance, settings: &ComplementaritySettings) -> Option<Way> {
    let plain = Scenario { start: vec![], ..instance.scenario.clone() };
    let mut model = instance.model.clone();
    for variable in &mut model.variables {
        variable.start = None;
    }
    let mut other = Instance::new(instance.model, instance.scenario);
    other.start = Instance::new(&model, &plain).start;
    other.level();
    (other.start != instance.start).then(|| attempt(&mut other, settings).into())
}

/// Why a solution of all conditions may not be the one that is meant.
enum Doubt {
    /// A consumer has nothing, and owes more.
    FallsShort,
    /// A level or an auxiliary is larger by far than anything here: conditions vanish beside it.
    RunsOff(usize),
}

fn doubt(instance: &Instance, point: &[f64]) -> Option<Doubt> {
    let sizes = instance.sizes();
    // Prices are large beside a numeraire that is worth little.
    let real = |at: &usize| !instance.nominal(*at);
    let runs_off = |at: &usize| point[*at].abs() > RUNS_OFF * sizes[*at].max(1.0);
    if let Some(at) = (0..point.len()).filter(real).find(runs_off) {
        return Some(Doubt::RunsOff(at));
    }
    let conditions = instance.blocks.conditions(point);
    let falls_short = |at: usize| {
        !instance.dropped(at)
            && point[at] <= NO_VALUE * sizes[at]
            && conditions[at] > SLACK * sizes[at]
    };
    instance.of(Class::Consumer).any(falls_short).then_some(Doubt::FallsShort)
}

/// From incomes at what the reference bundles cost, and auxiliaries that start at zero a little off it:
/// a tax that has to be found pays for nothing where it is zero.
fn solvent_start(instance: &Instance, settings: &ComplementaritySettings) -> Option<Way> {
    let model = instance.model;
    let given = |at: usize| {
        let listed = instance.scenario.start.iter().any(|(listed, _)| *listed == at);
        listed || model.variables[at].start.is_some() || instance.dropped(at)
    };
    let mut base = instance.start.clone();
    for at in instance.of(Class::Consumer).filter(|at| !given(*at)) {
        let cost = reference_income(&instance.blocks, &instance.start, at);
        base[at] = cost.unwrap_or(base[at]);
    }
    let zero = |at: &usize| !given(*at) && base[*at] == 0.0;
    let auxiliaries: Vec<usize> = instance.of(Class::Auxiliary).filter(zero).collect();
    let mut work = Work::default();
    let mut last = None;
    for off in OFF_ZERO {
        let mut other = Instance::new(model, instance.scenario);
        other.start.clone_from(&base);
        for at in &auxiliaries {
            other.start[*at] = off.clamp(instance.lower[*at], instance.upper[*at]);
        }
        if other.start == instance.start {
            continue;
        }
        let mut found = attempt(&mut other, settings);
        work += found.work;
        found.work = work;
        if found.status == Status::Solved && doubt(instance, found.last_point()).is_none() {
            return Some(found.into());
        }
        last = last.or(Some(found)).filter(|last| last.status == Status::Solved);
        if auxiliaries.is_empty() {
            break;
        }
    }
    last.map(Into::into)
}

/// With another numeraire, and the solution then put at the price level that is asked for. What is held
/// may be worth nothing on the way to a solution, or in it: then the other one stays, where nothing was
/// asked for.
fn other_numeraire(instance: &Instance, settings: &ComplementaritySettings) -> Option<Way> {
    let [held] = instance.held()[..] else { return None };
    let asked = instance.lower[held];
    let mut work = Work::default();
    for other in numeraires(instance).into_iter().filter(|at| *at != held) {
        let freed = holding(instance, other);
        let at = other;
        let mut other = Instance::new(instance.model, &freed);
        other.start.clone_from(&instance.start);
        let mut found = attempt(&mut other, settings);
        work += found.work;
        if found.status != Status::Solved {
            continue;
        }
        let value = found.last_point()[held];
        if value <= NO_VALUE * instance.start[held] {
            if instance.numeraire == Some(held) {
                found.work = work;
                return Some(Way { found, worthless: None, instead: Some(at) });
            }
            found.status = Status::Ray;
            found.work = work;
            found.worst = instance.model.condition(held);
            return Some(Way { found, worthless: Some(held), instead: None });
        }
        let ratio = asked / value;
        let mut here = Instance::new(instance.model, instance.scenario);
        let level = |(at, z): (usize, &f64)| if instance.nominal(at) { ratio * z } else { *z };
        here.start = found.last_point().iter().enumerate().map(level).collect();
        let mut found = attempt(&mut here, settings);
        work += found.work;
        if found.status == Status::Solved {
            found.work = work;
            return Some(found.into());
        }
    }
    None
}

/// The scenario with another price or income held in the place of the one that is.
fn holding(instance: &Instance, at: usize) -> Scenario {
    let mut fix = instance.scenario.fix.clone();
    let held = instance.held();
    fix.retain(|(fixed, _)| !held.contains(fixed));
    fix.push((at, Value::Number(instance.start[at])));
    Scenario { fix, ..instance.scenario.clone() }
}

/// What may be held: the largest incomes, then the prices of what consumers spend most on.
fn numeraires(instance: &Instance) -> Vec<usize> {
    let start = &instance.start;
    let mut spent = vec![0.0; start.len()];
    for block in &instance.blocks.list {
        block.at(start, |told| {
            if let Flow::Demand(at, amount) = told {
                spent[at] += amount * start[at];
            }
        });
    }
    let largest = |class: Class, sizes: &[f64]| {
        let mut found: Vec<usize> = instance.of(class).filter(|at| sizes[*at] > 0.0).collect();
        found.sort_by(|a, b| sizes[*b].total_cmp(&sizes[*a]));
        found.truncate(OTHER_NUMERAIRES);
        found
    };
    [largest(Class::Consumer, start), largest(Class::Commodity, &spent)].concat()
}

/// In steps from the file's own parameters; none when these do not solve either.
fn homotopy(instance: &Instance, settings: &ComplementaritySettings) -> Option<Way> {
    let (model, scenario) = (instance.model, instance.scenario);
    if scenario.set.is_empty() && scenario.fix.is_empty() {
        return None;
    }
    let own = Instance::part_way(model, scenario, 0.0);
    let mut at = solve_complementarity(&own, &own.start, settings);
    if at.status != Status::Solved {
        return None;
    }
    // Steps start near their solutions: what Newton's method does not find from there is farther on
    // than the step should be.
    let plain = ComplementaritySettings {
        max_steps: settings.max_steps.min(STEPS_PART_WAY),
        smoothing: vec![],
        ..settings.clone()
    };
    let mut work = at.work;
    let (mut reached, mut step) = (0.0, 0.5);
    loop {
        let target = f64::min(reached + step, 1.0);
        let here = Instance::part_way(model, scenario, target);
        let mut next = solve_complementarity(&here, at.last_point(), &plain);
        work += next.work;
        work.shock_steps += 1;
        let certified = || target < 1.0 || uncertified(&here, next.last_point()).is_none();
        if next.status == Status::Solved && certified() {
            if target >= 1.0 {
                next.work = work;
                return Some(next.into());
            }
            (reached, step, at) = (target, step * 1.5, next);
            continue;
        }
        step *= 0.5;
        if step < SMALLEST_STEP || next.status == Status::Interrupted {
            if next.status != Status::Interrupted {
                let equation = next.worst.clone();
                next.status = Status::Infeasible { fraction: reached, equation };
            }
            next.work = work;
            return Some(next.into());
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
        worthless: None,
        off_at_start: None,
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
