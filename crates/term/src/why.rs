//! Why a result moved: the terms of its own equation, each of which can be followed to its own.
//!
//! | what is followed    | its terms                                                           |
//! |---------------------|---------------------------------------------------------------------|
//! | a result            | the nearest variables in its formula (`equilibrium::attribution`)   |
//! | an unknown          | those of the equation that finds it, which add up to nothing        |
//!
//! Contributions are percentage points of the result and add up at every step. They are integrals along
//! the straight line from the database to the solution of the whole shock in one part.
//! Not here: parts by shock (`crate::run::contributions`).

use diagnostics::Findings;
use equilibrium::{
    Attribution, Evaluation, System, TermKind, attribution, attribution_of_equation, unknown_of,
};

use crate::closure::{Closure, Reader};
use crate::database::Database;
use crate::run::{Failure, Stage, runner};
use crate::shocks::Shocks;
use crate::statements::statements;
use crate::variables::Unit;

/// Cells told of a term.
const CELLS: usize = 3;
/// What the model finds, and the equation that finds it.
const EQUATIONS: [(&str, &str); 4] = [
    ("pdom", "market of products"),
    ("activity", "price of output"),
    ("wage", "wage"),
    ("spending", "household spending"),
];

/// Why a result moved.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// Variable and elements.
    pub of: String,
    /// Its change, percent or in its own unit.
    pub change: f64,
    /// The result, then one for each term that was followed.
    pub steps: Vec<Step>,
}

/// The terms of one equation.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What is explained.
    pub of: String,
    /// What the terms add up to, percentage points.
    pub total: f64,
    /// The equation, when what is explained is found by the solver.
    pub equation: Option<String>,
    /// The terms, the largest first.
    pub terms: Vec<TermOf>,
}

/// A term.
#[derive(Debug, Clone, PartialEq)]
pub struct TermOf {
    /// Name, to follow it by.
    pub name: String,
    /// `result`, `unknown` or `exogenous`.
    pub kind: &'static str,
    /// Contribution of all its cells.
    pub contribution: f64,
    /// The cells that contribute most.
    pub cells: Vec<(String, f64)>,
}

/// Why there is no explanation.
#[derive(Debug, Clone, PartialEq)]
pub enum WhyError {
    /// The result is not one cell of a variable.
    Name(Findings),
    /// The step before has no such term that can be followed: its terms that can.
    Term {
        /// What was asked for.
        name: String,
        /// What can be followed.
        known: Vec<String>,
    },
    /// There is no solution.
    Run(Failure),
}

/// Explains one cell of a result, and then each term of `follow` in the terms of the step before.
///
/// - `of`: as a closure names it, `xtot("Makers","North")`.
///
/// # Errors
/// [`WhyError`].
pub fn why(
    database: &Database,
    closure: &Closure,
    shocks: &Shocks,
    of: &str,
    follow: &[String],
) -> Result<Why, WhyError> {
    let (variable, cell) = named(database, of).map_err(WhyError::Name)?;
    let mut stage = Stage::new(database, closure);
    let from = stage.evaluation.clone();
    let mut runner = runner(closure, shocks);
    let start = stage.system.start();
    let (_, logs) = runner.level(&mut stage, 0, 1, &start).map_err(WhyError::Run)?;
    let variable = &runner.variables[variable];
    let log = logs[&variable.name][cell];
    let (change, scale) = match variable.unit {
        Unit::Percent if log != 0.0 => (100.0 * log.exp_m1(), 100.0 * log.exp_m1() / log),
        Unit::Percent => (0.0, 100.0),
        Unit::Change => (log, 1.0),
    };
    let mut weights = vec![0.0; logs[&variable.name].len()];
    weights[cell] = scale;
    let told = variable.cell(&database.sets, cell);
    let between = Between { system: &stage.system, from: &from, to: &stage.evaluation, closure };
    let mut found = between.terms(&variable.name, &weights);
    let mut steps = vec![step(&told, &found)];
    for name in follow {
        let at = found
            .terms
            .iter()
            .position(|term| term.block.name == *name && term.kind != TermKind::Parameter);
        let Some(at) = at else {
            let terms = found.terms.iter().filter(|term| term.kind != TermKind::Parameter);
            let known = terms.map(|term| term.block.name.clone()).collect();
            return Err(WhyError::Term { name: name.clone(), known });
        };
        let weights = found.terms[at].weights.clone();
        found = between.terms(name, &weights);
        steps.push(step(name, &found));
    }
    Ok(Why { of: told, change, steps })
}

/// Position of a variable in the list of all, and the one cell that is named.
fn named(database: &Database, of: &str) -> Result<(usize, usize), Findings> {
    let mut reader = Reader::new("the result", of, &database.sets);
    let words = statements(of).into_iter().next().map(|statement| statement.words);
    let selections = reader.selections(&words.unwrap_or_default());
    if let [selection] = selections.as_slice()
        && let [cell] = selection.cells.as_slice()
    {
        return Ok((selection.variable, *cell));
    }
    if !reader.findings.has_errors() {
        let help = "name one element of each set, e.g. `xtot(\"I_01\",\"Uusimaa\")`".to_owned();
        let message = "not one cell of one variable".to_owned();
        reader.wrong("E1812", message, 0..of.len(), "this result", help);
    }
    Err(reader.findings)
}

/// The database and the solution, in one system.
struct Between<'a> {
    system: &'a System,
    from: &'a Evaluation,
    to: &'a Evaluation,
    closure: &'a Closure,
}

impl Between<'_> {
    fn terms(&self, name: &str, weights: &[f64]) -> Attribution {
        let pair = (self.from, self.to);
        let unknowns = self.system.unknowns();
        let unknown = unknowns.iter().find(|block| block.name == name);
        let found = match unknown.or_else(|| unknown_of(self.system, name)) {
            Some(block) => self.equation_of(&block.name).and_then(|equation| {
                attribution_of_equation(self.system, pair, &equation, weights)
            }),
            None => attribution(self.system, pair, name, weights),
        };
        let nothing = Attribution { total: 0.0, terms: vec![], error: 0.0, equation: None };
        found.unwrap_or(nothing)
    }

    /// The equation that finds an unknown: of the model itself, or what the closure fixes instead.
    fn equation_of(&self, unknown: &str) -> Option<String> {
        if let Some((_, equation)) = EQUATIONS.iter().find(|(known, _)| *known == unknown) {
            return Some((*equation).to_owned());
        }
        let freed = unknown.strip_prefix("free ")?;
        let fixed = self.closure.partner(freed)?;
        Some(format!("fixed {fixed}"))
    }
}

fn step(of: &str, found: &Attribution) -> Step {
    let term = |term: &equilibrium::Term| {
        let mut cells: Vec<(usize, f64)> = term.contributions.iter().copied().enumerate().collect();
        cells.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let most = cells.into_iter().take(CELLS).filter(|(_, value)| *value != 0.0);
        TermOf {
            name: term.block.name.clone(),
            kind: match term.kind {
                TermKind::Formula => "result",
                TermKind::Unknown => "unknown",
                TermKind::Parameter => "exogenous",
            },
            contribution: term.contributions.iter().sum(),
            cells: most.map(|(cell, value)| (term.block.label(cell), value)).collect(),
        }
    };
    let mut terms: Vec<TermOf> = found.terms.iter().map(term).collect();
    terms.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
    Step { of: of.to_owned(), total: found.total, equation: found.equation.clone(), terms }
}
