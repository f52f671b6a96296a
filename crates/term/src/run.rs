//! Shocks to results: exact levels, or linearised in Euler steps.
//!
//! Shocks move the *level* of a variable in equal parts: −5 % in three steps is 1 → 0.98333 →
//! 0.96667 → 0.95. After each part the model is written anew around the updated database.
//!
//! - Exact: Newton on the equations in levels. All of them hold exactly at any number of parts but
//!   Divisia indices, which are Törnqvist's between the ends of a part and therefore off by the
//!   square of its length. Solved in n and in 2n parts, results are extrapolated to none:
//!   (4 · fine − coarse) / 3. Parts are doubled until two solutions differ by no more than
//!   [`SETTLED`].
//! - Euler: one linear system a step; values are updated by V (1 + p + x) as TABLO programs do.
//!
//! Percentage results compound over parts, ordinary changes add up. Numbers leave a run only when
//! all are finite and, in levels, the accounts of the updated flows balance ([`CERTIFIED`]).

mod contributions;
mod failure;
mod truncation;

use std::collections::BTreeMap;
use std::sync::Arc;

use equilibrium::{
    Evaluation, Factor, Memory, Settings, Status, System, response, solve, solve_shock,
};

use crate::certificate::{self, largest};
use crate::closure::Closure;
use crate::database::{Database, Sets};
use crate::model::{REGION_AXIS, system};
use crate::presence::present;
use crate::shocks::Shocks;
use crate::square;
use crate::update::{Rule, updated};
use crate::variables::{Unit, Variable, variables};

pub use contributions::{Contributions, contributions};
pub use failure::Failure;
pub use truncation::{Truncation, truncation};

/// Rise of the exchange rate in the test of homogeneity, as a logarithm.
const UNIT: f64 = 1.0;
/// Largest difference of two solutions in levels that counts as none, percentage points (of the new
/// level where that is above the old): the digits of a published table and one more.
pub const SETTLED: f64 = 1e-5;
/// Largest drift of an identity of the accounts that a solution in levels may have, relative.
pub const CERTIFIED: f64 = 1e-7;
/// Most parts of the finer of two solutions in levels.
const MOST_PARTS: usize = 256;
/// Relative change of the fraction that is reached below which more parts do not get farther.
const SAME: f64 = 0.01;
/// Smallest fraction of a part of a shock that is tried before the shock counts as infeasible.
const SMALLEST_SHOCK: f64 = 1.0 / 64.0;
/// Macro indicators that are quantities.
const REAL_MACROS: [&str; 9] = [
    "RealHou",
    "RealInv",
    "RealGov",
    "ExpVol",
    "ImpVolUsed",
    "RealGDP",
    "AggEmploy",
    "averealwage",
    "AggCapStock",
];

/// How a shock is solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Levels, in this many parts and twice as many, and more until two solutions agree.
    Exact {
        /// Parts of the first solution.
        parts: usize,
    },
    /// Linearised, in this many steps.
    Euler {
        /// Steps.
        steps: usize,
    },
}

/// What a run cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Unknowns of the system.
    pub unknowns: usize,
    /// Linearised steps, or parts of the shock solved in levels.
    pub parts: usize,
    /// Newton steps.
    pub newton_steps: usize,
    /// Iterations of GMRES.
    pub linear_iterations: usize,
}

/// Everything that a run yields.
#[derive(Debug, Clone)]
pub struct Results {
    /// Percentage change, or change, of each cell by variable.
    pub changes: BTreeMap<String, Vec<f64>>,
    /// The database after the shock (of the finer solution where there are two).
    pub database: Database,
    /// Largest change of each identity's relative gap from the file to the solution.
    pub identities: Vec<(&'static str, f64)>,
    /// Largest response of output and of real aggregates to the exchange rate, percent for percent; none when the
    /// closure does not give it.
    pub homogeneity: Option<f64>,
    /// Largest difference between the last two solutions in levels over the cells that exist,
    /// percentage points; 0 for Euler steps.
    pub extrapolated: f64,
    /// Parts of the shock in the finest solution, or Euler steps.
    pub parts: usize,
    /// What it cost.
    pub work: Work,
}

/// Runs a shock.
///
/// - `shocks`: percent (or change) of cells that `closure` gives.
///
/// # Errors
/// The reason why there is no solution, or none that can be certified; there are no numbers then.
pub fn run(
    database: &Database,
    closure: &Closure,
    shocks: &Shocks,
    method: Method,
) -> Result<Results, Failure> {
    let mut first = Stage::new(database, closure);
    let settings = settings();
    let factor = Factor::new(&first.system, &first.evaluation, &settings)
        .map_err(|at| square::no_pivot(closure, &first.system, &first.evaluation, at))?;
    let factor = Some(Arc::new(factor));
    let mut runner = runner(closure, shocks);
    runner.memory = Memory::of(factor.clone());
    // The test of homogeneity needs the first point and the factor only.
    let mut there = first.evaluation.clone();
    let given = closure.given("phi")[0];
    let system = Arc::clone(&first.system);
    let (path, homogeneous) = rayon::join(
        || runner.run(database, &mut first, method),
        || given.then(|| homogeneity(database, &system, &mut there, factor, &settings)).transpose(),
    );
    // Where nothing can be solved from the database on, the closure may be why.
    let explained = |failure: Failure| {
        let at_start = match &failure {
            Failure::Linear { .. } => true,
            Failure::Infeasible { fraction, .. } => *fraction < SMALLEST_SHOCK,
            _ => false,
        };
        let cause = at_start.then(|| unsound(database, closure)).flatten();
        cause.unwrap_or(failure)
    };
    let Settled { logs, database: after, gap: extrapolated, parts } = path.map_err(explained)?;
    let (homogeneity, iterations) = homogeneous.map_err(explained)?.unzip();
    let changes = runner.percent(&logs);
    let identities = certificate::drifts(database, &after);
    let mut work = runner.work;
    work.linear_iterations += iterations.unwrap_or(0);
    let results =
        Results { changes, database: after, identities, homogeneity, extrapolated, parts, work };
    certified(&results, &database.sets, method)?;
    Ok(results)
}

/// Why the closure leaves the database without a solution, when it does.
fn unsound(database: &Database, closure: &Closure) -> Option<Failure> {
    let stage = Stage::new(database, closure);
    square::unsound(closure, &stage.system, &stage.evaluation)
}

/// Every number finite, and in levels every identity within [`CERTIFIED`].
fn certified(results: &Results, sets: &Sets, method: Method) -> Result<(), Failure> {
    for variable in variables() {
        let changes = &results.changes[&variable.name];
        if let Some(cell) = changes.iter().position(|change| !change.is_finite()) {
            return Err(Failure::NotFinite { cell: variable.cell(sets, cell) });
        }
    }
    let flows = largest(results.database.flows().into_iter().flat_map(|(_, cells)| cells).copied());
    if !flows.is_finite() || results.homogeneity.is_some_and(|value| !value.is_finite()) {
        return Err(Failure::NotFinite { cell: "a flow of the updated database".to_owned() });
    }
    if matches!(method, Method::Euler { .. }) {
        return Ok(());
    }
    let off = results.identities.iter().find(|(_, drift)| drift.is_nan() || *drift > CERTIFIED);
    off.map_or(Ok(()), |(identity, drift)| {
        Err(Failure::NotCertified { identity, deviation: *drift })
    })
}

/// Response of quantities to a rise of the exchange rate, which should move prices alone; and
/// iterations of GMRES.
fn homogeneity(
    database: &Database,
    system: &System,
    evaluation: &mut Evaluation,
    mut factor: Option<Arc<Factor>>,
    settings: &Settings,
) -> Result<(f64, usize), Failure> {
    let rise = vec![("phi".to_owned(), vec![UNIT])];
    let found = response(system, evaluation, &rise, &mut factor, settings)
        .map_err(|reason| Failure::Linear { reason })?;
    // Cells without output have no price to move with the others, and say nothing.
    let output = certificate::costs(database);
    let industries = found.reports["xtot"].iter().zip(&output);
    let moved = industries.filter(|(_, cost)| **cost > 0.0).map(|(change, _)| change.abs());
    let macros = REAL_MACROS.iter().flat_map(|name| &found.reports[&format!("MainMacro({name})")]);
    Ok((largest(moved.chain(macros.copied())), found.iterations))
}

pub(crate) fn settings() -> Settings {
    Settings {
        region_axis: Some(REGION_AXIS.to_owned()),
        smallest_shock: SMALLEST_SHOCK,
        ..Settings::default()
    }
}

pub(crate) fn runner<'a>(closure: &'a Closure, shocks: &'a Shocks) -> Runner<'a> {
    Runner {
        closure,
        shocks,
        variables: variables(),
        settings: settings(),
        memory: Memory::default(),
        work: Work::default(),
    }
}

/// Logarithms of results (or sums of changes), by report.
pub(crate) type Logs = BTreeMap<String, Vec<f64>>;

/// (4 fine − coarse) / 3.
fn extrapolate(coarse: &Logs, fine: &Logs) -> Logs {
    let logs = fine.iter().map(|(name, fine)| {
        let pairs = coarse[name].iter().zip(fine);
        (name.clone(), pairs.map(|(coarse, fine)| fine + (fine - coarse) / 3.0).collect())
    });
    logs.collect()
}

/// The whole shock, to the digits that are asked for.
struct Settled {
    logs: Logs,
    database: Database,
    gap: f64,
    parts: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Linear,
    Level,
}

pub(crate) struct Runner<'a> {
    closure: &'a Closure,
    shocks: &'a Shocks,
    pub(crate) variables: Vec<Variable>,
    settings: Settings,
    memory: Memory,
    work: Work,
}

impl Runner<'_> {
    fn run(
        &mut self,
        database: &Database,
        first: &mut Stage,
        method: Method,
    ) -> Result<Settled, Failure> {
        match method {
            Method::Euler { steps } => {
                let path = self.path(database, first, steps, Part::Linear, &[])?;
                Ok(Settled { logs: path.logs, database: path.database, gap: 0.0, parts: steps })
            }
            Method::Exact { parts } => self.exact(database, first, parts),
        }
    }

    /// Levels in `parts`, twice as many and so on, until two solutions agree: the last two
    /// themselves, or what the last two pairs are extrapolated to. What cannot be followed in few
    /// parts may be in more: the model is written anew after each.
    fn exact(
        &mut self,
        database: &Database,
        first: &mut Stage,
        parts: usize,
    ) -> Result<Settled, Failure> {
        let mut parts = parts;
        let mut reached = f64::INFINITY;
        let mut coarse = loop {
            match self.path(database, first, parts, Part::Level, &[]) {
                Err(Failure::Infeasible { fraction, .. })
                    if 4 * parts <= MOST_PARTS && (fraction - reached).abs() > SAME * fraction =>
                {
                    (parts, reached) = (2 * parts, fraction);
                }
                ended => break ended?,
            }
        };
        let mut before: Option<Logs> = None;
        loop {
            parts *= 2;
            let fine = self.path(database, first, parts, Part::Level, &coarse.points)?;
            let logs = extrapolate(&coarse.logs, &fine.logs);
            let itself = self.gap(database, &coarse.logs, &fine.logs);
            let gap =
                before.map_or(itself, |before| self.gap(database, &before, &logs).min(itself));
            if gap <= SETTLED {
                return Ok(Settled { logs, database: fine.database, gap, parts });
            }
            if 2 * parts > MOST_PARTS {
                return Err(Failure::NotSettled { parts, gap });
            }
            (coarse, before) = (fine, Some(logs));
        }
    }

    /// Largest difference of two solutions over the cells that exist, percentage points.
    fn gap(&self, database: &Database, one: &Logs, other: &Logs) -> f64 {
        let of = |variable: &Variable| {
            let present = present(database, &variable.name);
            let pairs = one[&variable.name].iter().zip(&other[&variable.name]).enumerate();
            let exist = pairs.filter(|(cell, _)| present.as_ref().is_none_or(|all| all[*cell]));
            let apart = exist.map(|(_, (one, other))| match variable.unit {
                // Of the old level where it falls, of the new one where it rises.
                Unit::Percent => 100.0 * (one - other) * one.max(*other).min(0.0).exp(),
                Unit::Change => 100.0 * (one - other),
            });
            largest(apart)
        };
        largest(self.variables.iter().map(of))
    }

    /// The whole shock in `parts`; `first` is the system around the database.
    ///
    /// - `coarse`: solutions of half as many parts, to start from; or none.
    fn path(
        &mut self,
        database: &Database,
        first: &mut Stage,
        parts: usize,
        kind: Part,
        coarse: &[Vec<f64>],
    ) -> Result<Path, Failure> {
        let mut later;
        let mut stage = first;
        let mut here = database.clone();
        let mut total = Logs::new();
        let mut points: Vec<Vec<f64>> = Vec::new();
        for part in 0..parts {
            if part > 0 {
                later = Stage::new(&here, self.closure);
                stage = &mut later;
            }
            let changes = match kind {
                Part::Linear => self.linear(stage, part, parts)?,
                Part::Level => {
                    let start = start(&points, coarse);
                    let start = start.unwrap_or_else(|| stage.system.start());
                    let (point, changes) = self.level(stage, part, parts, &start)?;
                    points.push(point);
                    changes
                }
            };
            let rule = if kind == Part::Linear { Rule::Additive } else { Rule::Exact };
            self.possible(&changes, kind, &database.sets, (part, parts))?;
            here = updated(&here, rule, &changes);
            self.add(&mut total, &changes, kind);
            self.work.parts += 1;
        }
        Ok(Path { logs: total, database: here, points })
    }

    /// No linear step takes away all of something, or more.
    fn possible(
        &self,
        changes: &Logs,
        kind: Part,
        sets: &Sets,
        (part, parts): (usize, usize),
    ) -> Result<(), Failure> {
        if kind == Part::Level {
            return Ok(());
        }
        for variable in self.variables.iter().filter(|each| each.unit == Unit::Percent) {
            let changes = &changes[&variable.name];
            // Not a number is not above either.
            let below = changes.iter().position(|change| !matches!(change, x if *x > -1.0));
            if let Some(cell) = below {
                let (name, percent) = (variable.cell(sets, cell), 100.0 * changes[cell]);
                return Err(Failure::TooLong { cell: name, percent, step: part + 1, steps: parts });
            }
        }
        Ok(())
    }

    /// Adds a part's changes to logarithms, variable by variable.
    fn add(&self, total: &mut Logs, changes: &Logs, kind: Part) {
        for variable in &self.variables {
            let percent = variable.unit == Unit::Percent;
            let change = &changes[&variable.name];
            let sum = total.entry(variable.name.clone()).or_insert_with(|| vec![0.0; change.len()]);
            for (sum, change) in sum.iter_mut().zip(change) {
                *sum += if percent && kind == Part::Linear { change.ln_1p() } else { *change };
            }
        }
    }

    fn percent(&self, logs: &Logs) -> Logs {
        let of = |variable: &Variable| {
            let values = logs[&variable.name].iter().map(|log| match variable.unit {
                Unit::Percent => 100.0 * log.exp_m1(),
                Unit::Change => *log,
            });
            (variable.name.clone(), values.collect())
        };
        self.variables.iter().map(of).collect()
    }

    fn unit(&self, name: &str) -> Unit {
        let variable = self.variables.iter().find(|variable| variable.name == name);
        variable.map_or(Unit::Percent, |variable| variable.unit)
    }

    /// Part of the way that the levels of all shocks have gone at least when their logarithms have gone
    /// `way` of theirs.
    fn level_reached(&self, shocks: &[(String, Vec<f64>)], way: f64) -> f64 {
        let of = |(name, values): &(String, Vec<f64>)| match self.unit(name) {
            Unit::Change => way,
            Unit::Percent => {
                let moved = values.iter().filter(|log| **log != 0.0);
                moved.map(|log| (way * log).exp_m1() / log.exp_m1()).fold(1.0, f64::min)
            }
        };
        shocks.iter().map(of).fold(1.0, f64::min)
    }

    /// Shocks of one part: first-order changes, or logarithms.
    fn part_of_shocks(&self, part: usize, parts: usize, kind: Part) -> Vec<(String, Vec<f64>)> {
        let size = parts as f64;
        let shock = |(name, values): (&String, &Vec<f64>)| {
            let here = values.iter().map(|value| match self.unit(name) {
                Unit::Change => value / size,
                Unit::Percent => {
                    let level = |steps: usize| 1.0 + value / 100.0 * steps as f64 / size;
                    let ratio = level(part + 1) / level(part);
                    if kind == Part::Linear { ratio - 1.0 } else { ratio.ln() }
                }
            });
            (name.clone(), here.collect())
        };
        self.shocks.iter().map(shock).collect()
    }

    fn linear(&mut self, stage: &mut Stage, part: usize, parts: usize) -> Result<Logs, Failure> {
        let Stage { system, evaluation } = stage;
        let directions = self.part_of_shocks(part, parts, Part::Linear);
        let found =
            response(system, evaluation, &directions, &mut self.memory.factor, &self.settings)
                .map_err(|reason| Failure::Linear { reason })?;
        self.work.unknowns = system.size();
        self.work.linear_iterations += found.iterations;
        Ok(found.reports)
    }

    /// The solution of a part, and all reports there.
    pub(crate) fn level(
        &mut self,
        stage: &mut Stage,
        part: usize,
        parts: usize,
        start: &[f64],
    ) -> Result<(Vec<f64>, Logs), Failure> {
        let shocks = self.part_of_shocks(part, parts, Part::Level);
        self.solve_level(stage, &shocks, (part, parts), start)
    }

    /// Solves in levels with logarithms of shocks since the database.
    fn solve_level(
        &mut self,
        stage: &mut Stage,
        shocks: &[(String, Vec<f64>)],
        (part, parts): (usize, usize),
        start: &[f64],
    ) -> Result<(Vec<f64>, Logs), Failure> {
        let Stage { system, evaluation } = stage;
        set(system, evaluation, shocks, 1.0);
        let mut end = solve(system, evaluation, start, &mut self.memory, &self.settings);
        let mut work = end.work;
        if end.status != Status::Solved {
            // From the database on, as far as there are solutions.
            set(system, evaluation, shocks, 0.0);
            let here = system.start();
            end = solve_shock(system, evaluation, shocks, &here, &mut self.memory, &self.settings);
            work += end.work;
        }
        self.work.unknowns = system.size();
        self.work.newton_steps += work.newton_steps;
        self.work.linear_iterations += work.linear_iterations;
        let point = end.equilibrium().map_err(|end| {
            Failure::of_part(&end, (part, parts), |way| self.level_reached(shocks, way))
        })?;
        let names: Vec<String> = system.report_names().map(str::to_owned).collect();
        let reports = names.into_iter().map(|name| {
            let values = evaluation.report(system, &name).to_vec();
            (name, values)
        });
        Ok((point, reports.collect()))
    }
}

/// Puts a multiple of shocks into an evaluation.
fn set(system: &System, evaluation: &mut Evaluation, shocks: &[(String, Vec<f64>)], size: f64) {
    for (name, values) in shocks {
        let values: Vec<f64> = values.iter().map(|value| size * value).collect();
        evaluation.set_parameter(system, name, &values);
    }
    evaluation.refresh(system);
}

/// A shock in parts.
struct Path {
    /// Changes of all variables over the whole shock.
    logs: Logs,
    /// The database after it.
    database: Database,
    /// Solutions of the parts; none where they were linear.
    points: Vec<Vec<f64>>,
}

/// Where Newton's method starts in the part after `points`: half the solution of the coarse part
/// that it is the first half of, what is left of it in the second half, or the part before. All
/// are logarithms of ratios to the database before the part, which add up over parts.
fn start(points: &[Vec<f64>], coarse: &[Vec<f64>]) -> Option<Vec<f64>> {
    let Some(whole) = coarse.get(points.len() / 2) else { return points.last().cloned() };
    if points.len().is_multiple_of(2) {
        return Some(whole.iter().map(|x| 0.5 * x).collect());
    }
    let before = &points[points.len() - 1];
    Some(whole.iter().zip(before).map(|(whole, before)| whole - before).collect())
}

/// The model around one database, and the numbers at its point.
pub(crate) struct Stage {
    pub(crate) system: Arc<System>,
    pub(crate) evaluation: Evaluation,
}

impl Stage {
    /// At the database itself.
    pub(crate) fn new(database: &Database, closure: &Closure) -> Self {
        let system = Arc::new(system(database, closure));
        let mut evaluation = Evaluation::new(&system);
        let mut residual = vec![0.0; system.size()];
        evaluation.residual(&system, &system.start(), &mut residual);
        Self { system, evaluation }
    }
}
