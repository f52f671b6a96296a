//! Shocks to results: exact levels, or linearised in Euler steps.
//!
//! Shocks move the *level* of a variable in equal parts: −5 % in three steps is 1 → 0.98333 →
//! 0.96667 → 0.95. After each part the model is written anew around the updated database.
//!
//! - Exact: Newton on the equations in levels. All of them hold exactly at any number of parts but
//!   Divisia indices, which are Törnqvist's between the ends of a part and therefore off by the
//!   square of its length. Solved in n and in 2n parts, results are extrapolated to none:
//!   (4 · fine − coarse) / 3.
//! - Euler: one linear system a step; values are updated by V (1 + p + x) as TABLO programs do.
//!
//! Percentage results compound over parts, ordinary changes add up.

mod contributions;

use std::collections::BTreeMap;
use std::sync::Arc;

use equilibrium::{Evaluation, Factor, Memory, Settings, System, response, solve};

use crate::certificate;
use crate::closure::{Closure, Shocks};
use crate::database::Database;
use crate::matching::unmatched;
use crate::model::{REGION_AXIS, system};
use crate::update::{Rule, updated};
use crate::variables::{Unit, Variable, variables};

pub use contributions::{Contributions, contributions};

/// Rise of the exchange rate in the test of homogeneity, as a logarithm.
const UNIT: f64 = 1.0;
/// Parts into which a shock is cut by itself when Newton's method fails on longer ones.
const MOST_PARTS: usize = 32;
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
    /// Levels, in this many parts and twice as many.
    Exact {
        /// Parts of the coarse solution.
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
    /// Largest difference between the two exact solutions, percentage points.
    pub extrapolated: f64,
    /// What it cost.
    pub work: Work,
}

/// Why a run has no results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What the solver said.
    pub reason: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "the model did not solve: {}", self.reason)
    }
}

impl std::error::Error for Failure {}

/// Runs a shock.
///
/// - `shocks`: percent (or change) of cells that `closure` gives.
///
/// # Errors
/// The reason why the solver stopped; there are no numbers then.
pub fn run(
    database: &Database,
    closure: &Closure,
    shocks: &Shocks,
    method: Method,
) -> Result<Results, Failure> {
    let mut first = Stage::new(database, closure);
    let settings = settings();
    let factor = Factor::new(&first.system, &first.evaluation, &settings)
        .map_err(|at| no_pivot(&first, at))?;
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
    let (logs, after, extrapolated) = path?;
    let (homogeneity, iterations) = homogeneous?.unzip();
    let changes = runner.percent(&logs);
    let identities = certificate::drifts(database, &after);
    let mut work = runner.work;
    work.linear_iterations += iterations.unwrap_or(0);
    Ok(Results { changes, database: after, identities, homogeneity, extrapolated, work })
}

/// Why the system around the database has no solution: names that a matching leaves over, or the
/// unknown that was left without a pivot.
fn no_pivot(first: &Stage, at: usize) -> Failure {
    let reason = unmatched(&first.system, &first.evaluation).map_or_else(
        || {
            let unknown = first.system.unknown_label(at);
            format!("the closure fixes one thing twice: nothing is left to find {unknown}")
        },
        |unmatched| format!("the closure is not square: {unmatched}"),
    );
    Failure { reason }
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
        .map_err(|reason| Failure { reason })?;
    // Cells without output have no price to move with the others, and say nothing.
    let output = certificate::costs(database);
    let industries = found.reports["xtot"].iter().zip(&output);
    let moved = industries.filter(|(_, cost)| **cost > 0.0).map(|(change, _)| change.abs());
    let macros = REAL_MACROS.iter().flat_map(|name| &found.reports[&format!("MainMacro({name})")]);
    let largest = moved.chain(macros.map(|change| change.abs())).fold(0.0, f64::max);
    Ok((largest, found.iterations))
}

fn settings() -> Settings {
    Settings { region_axis: Some(REGION_AXIS.to_owned()), ..Settings::default() }
}

fn runner<'a>(closure: &'a Closure, shocks: &'a Shocks) -> Runner<'a> {
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
type Logs = BTreeMap<String, Vec<f64>>;

/// (4 fine − coarse) / 3, and the largest difference of the two in percentage points.
fn extrapolate(coarse: &Logs, fine: &Logs) -> (Logs, f64) {
    let mut gap = 0.0_f64;
    let logs = fine.iter().map(|(name, fine)| {
        let pairs = coarse[name].iter().zip(fine);
        let values = pairs.map(|(coarse, fine)| {
            gap = gap.max(100.0 * (fine - coarse).abs());
            fine + (fine - coarse) / 3.0
        });
        (name.clone(), values.collect())
    });
    let logs = logs.collect();
    (logs, gap)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Linear,
    Level,
}

struct Runner<'a> {
    closure: &'a Closure,
    shocks: &'a Shocks,
    variables: Vec<Variable>,
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
    ) -> Result<(Logs, Database, f64), Failure> {
        match method {
            Method::Euler { steps } => {
                let path = self.path(database, first, steps, Part::Linear, &[])?;
                Ok((path.logs, path.database, 0.0))
            }
            Method::Exact { parts } => self.exact(database, first, parts),
        }
    }

    /// Levels in `parts` and twice as many, or more when Newton's method cannot take so long ones.
    fn exact(
        &mut self,
        database: &Database,
        first: &mut Stage,
        parts: usize,
    ) -> Result<(Logs, Database, f64), Failure> {
        let mut parts = parts;
        loop {
            match self.path(database, first, parts, Part::Level, &[]) {
                Ok(coarse) => {
                    let path =
                        self.path(database, first, 2 * parts, Part::Level, &coarse.points)?;
                    let (logs, gap) = extrapolate(&coarse.logs, &path.logs);
                    return Ok((logs, path.database, gap));
                }
                Err(failure) if 2 * parts > MOST_PARTS => return Err(failure),
                Err(_) => {
                    parts *= 2;
                    // A factor of a point that went wrong helps nobody.
                    self.memory.factor = None;
                }
            }
        }
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
            here = updated(&here, rule, &changes);
            self.add(&mut total, &changes, kind);
            self.work.parts += 1;
        }
        Ok(Path { logs: total, database: here, points })
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

    /// Shocks of one part: first-order changes, or logarithms.
    fn part_of_shocks(&self, part: usize, parts: usize, kind: Part) -> Vec<(String, Vec<f64>)> {
        let unit = |name: &str| {
            let variable = self.variables.iter().find(|variable| variable.name == name);
            variable.map_or(Unit::Percent, |variable| variable.unit)
        };
        let size = parts as f64;
        let shock = |(name, values): (&String, &Vec<f64>)| {
            let here = values.iter().map(|value| match unit(name) {
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
                .map_err(|reason| Failure { reason })?;
        self.work.unknowns = system.size();
        self.work.linear_iterations += found.iterations;
        Ok(found.reports)
    }

    /// The solution of a part, and all reports there.
    fn level(
        &mut self,
        stage: &mut Stage,
        part: usize,
        parts: usize,
        start: &[f64],
    ) -> Result<(Vec<f64>, Logs), Failure> {
        let shocks = self.part_of_shocks(part, parts, Part::Level);
        self.solve_level(stage, shocks, (part, parts), start)
    }

    /// Solves in levels with logarithms of shocks since the database.
    fn solve_level(
        &mut self,
        stage: &mut Stage,
        shocks: Vec<(String, Vec<f64>)>,
        (part, parts): (usize, usize),
        start: &[f64],
    ) -> Result<(Vec<f64>, Logs), Failure> {
        let Stage { system, evaluation } = stage;
        for (name, values) in shocks {
            evaluation.set_parameter(system, &name, &values);
        }
        evaluation.refresh(system);
        let end = solve(system, evaluation, start, &mut self.memory, &self.settings);
        self.work.unknowns = system.size();
        self.work.newton_steps += end.work.newton_steps;
        self.work.linear_iterations += end.work.linear_iterations;
        let point = end.equilibrium().map_err(|end| Failure {
            reason: format!(
                "{} in part {} of {parts}, worst at {}",
                end.status,
                part + 1,
                end.worst
            ),
        })?;
        let names: Vec<String> = system.report_names().map(str::to_owned).collect();
        let reports = names.into_iter().map(|name| {
            let values = evaluation.report(system, &name).to_vec();
            (name, values)
        });
        Ok((point, reports.collect()))
    }
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
struct Stage {
    system: Arc<System>,
    evaluation: Evaluation,
}

impl Stage {
    /// At the database itself.
    fn new(database: &Database, closure: &Closure) -> Self {
        let system = Arc::new(system(database, closure));
        let mut evaluation = Evaluation::new(&system);
        let mut residual = vec![0.0; system.size()];
        evaluation.residual(&system, &system.start(), &mut residual);
        Self { system, evaluation }
    }
}
