//! Why a number moved: the terms of its own formula, each of which can be followed to its own.
//!
//! | what is followed      | its terms                                                           |
//! |-----------------------|---------------------------------------------------------------------|
//! | the number itself     | reports of the model, stocks, levers, as its definition has them    |
//! | a report or an array  | the nearest named arrays in its formula (`equilibrium::attribution`) |
//! | an unknown            | those of the equation at its place, which add up to nothing          |
//! | what a year is given  | stocks of the year before, and each lever                           |
//!
//! Contributions are in the unit of the number at every step, and add up at every step: to policy less
//! baseline at first, to the contribution of what is followed afterwards. Both are exact along the
//! straight line from baseline to policy, by Gauss–Legendre nodes; what these leave is given to the
//! terms in proportion.
//! Not here: what levers contribute through everything (`super::contributions`).

use equilibrium::tape::{Tape, Traced};
use equilibrium::{Block, TermKind, gauss_legendre};
use serde::Serialize;

use super::RunError;
use super::adjoint::traced;
use super::context::Context;
use super::effects::{Effects, Scaled};
use super::indicators::Told;
use super::mix::Prepared;
use super::outcome::{Found, Outcome, Unknown};
use super::path::{Baseline, Year};
use crate::lever::Lever;

/// Nodes of the quadrature of definitions and givens.
const NODES: usize = 4;

/// Cells told of a term.
const CELLS: usize = 3;

/// Stocks of the year before, as a term.
pub const STOCKS: &str = "stocks of the year before";

/// Before the name of what a year is given: reports may have the same name.
const GIVEN: &str = "given: ";

/// Why a number moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Why {
    /// Title of the study.
    pub study: String,
    /// Variable, place, industry and year.
    pub number: String,
    /// Unit of all contributions.
    pub unit: String,
    /// Without and with the programme.
    pub values: [f64; 2],
    /// The number, then one for each term that was followed.
    pub steps: Vec<Step>,
}

/// The terms of one formula.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// What is explained.
    pub of: String,
    /// Its change, or its contribution to the number; what the terms add up to.
    pub total: f64,
    /// The equation whose terms these are, when what is explained is an unknown.
    pub equation: Option<String>,
    /// The terms, the largest first.
    pub terms: Vec<TermOf>,
}

/// A term.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TermOf {
    /// Name, to follow it by.
    pub name: String,
    /// `formula`, `unknown`, `given`, `lever` or `stocks`.
    pub kind: String,
    /// Contribution.
    pub contribution: f64,
    /// Whether it can be followed.
    pub follows: bool,
    /// The cells that contribute most.
    pub cells: Vec<(String, f64)>,
}

/// Why there is no explanation.
#[derive(Debug, Clone)]
pub enum WhyError {
    /// Names that the study or the step does not have.
    Unknown(Vec<Unknown>),
    /// A path did not solve.
    Run(RunError),
}

impl From<RunError> for WhyError {
    fn from(error: RunError) -> Self {
        Self::Run(error)
    }
}

/// Explains a number, and then each term of `follow` in the terms of the step before.
///
/// # Errors
/// [`WhyError`] for names that the study or a step does not have, or a path without a solution.
pub fn why(prepared: &Prepared<'_>, outcome: &Outcome, follow: &[String]) -> Result<Why, WhyError> {
    let context = &prepared.context;
    let found = context.find(outcome).map_err(WhyError::Unknown)?;
    let paths = Paths::new(context)?;
    let values = paths.values(&found);
    let mut terms = paths.definition(&found);
    let mut steps = vec![step("the number", values[1] - values[0], None, &terms)];
    for name in follow {
        let Some(term) = terms.iter().find(|term| term.name == *name && term.follows()) else {
            let known = terms.iter().filter(|term| term.follows()).map(|term| term.name.clone());
            let unknown = Unknown { what: "term", name: name.clone(), known: known.collect() };
            return Err(WhyError::Unknown(vec![unknown]));
        };
        let (total, equation, next) = paths.follow(found.at, term);
        steps.push(step(name, total, equation, &next));
        terms = next;
    }
    let industry = outcome.industry.as_ref().map_or(String::new(), |name| format!(" of {name}"));
    Ok(Why {
        study: context.study.title.clone(),
        number: format!(
            "{}{industry}, {}, {}",
            outcome.indicator.replace('_', " "),
            outcome.region,
            outcome.year
        ),
        unit: outcome.unit().to_owned(),
        values,
        steps,
    })
}

/// Kinds of terms, and how each is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Formula,
    Unknown,
    Given,
    Lever,
    Stocks,
}

/// A term with what it takes to follow it.
struct Term {
    name: String,
    kind: Kind,
    /// Weights of its cells.
    weights: Vec<f64>,
    contributions: Vec<f64>,
    block: Option<Block>,
}

impl Term {
    fn contribution(&self) -> f64 {
        self.contributions.iter().sum()
    }

    fn follows(&self) -> bool {
        matches!(self.kind, Kind::Formula | Kind::Unknown | Kind::Given)
    }

    fn cells(&self) -> Vec<(String, f64)> {
        let Some(block) = &self.block else { return vec![] };
        let mut cells: Vec<(usize, f64)> = self.contributions.iter().copied().enumerate().collect();
        cells.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let most = cells.into_iter().take(CELLS).filter(|(_, value)| *value != 0.0);
        most.map(|(cell, value)| (block.label(cell), value)).collect()
    }
}

fn step(of: &str, total: f64, equation: Option<String>, terms: &[Term]) -> Step {
    let told = |term: &Term| TermOf {
        name: term.name.clone(),
        kind: match term.kind {
            Kind::Formula => "formula",
            Kind::Unknown => "unknown",
            Kind::Given => "given",
            Kind::Lever => "lever",
            Kind::Stocks => "stocks",
        }
        .to_owned(),
        contribution: term.contribution(),
        follows: term.follows(),
        cells: term.cells(),
    };
    let mut terms: Vec<TermOf> = terms.iter().map(told).collect();
    terms.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
    Step { of: of.to_owned(), total, equation, terms }
}

/// Gives what is left of the total to the cells in proportion to their size.
fn settle(total: f64, terms: &mut [Term]) {
    let all = || terms.iter().flat_map(|term| &term.contributions);
    let left = total - all().sum::<f64>();
    let size: f64 = all().map(|each| each.abs()).sum();
    if size > 0.0 {
        for each in terms.iter_mut().flat_map(|term| &mut term.contributions) {
            *each += left * each.abs() / size;
        }
    }
}

/// Baseline and policy, with the solvers of each year.
struct Paths<'s, 'c> {
    context: &'s Context<'c>,
    baseline: Baseline<'s>,
    effects: Effects,
    policy: Scaled<'s>,
    levers: Vec<&'s Lever>,
}

impl<'s, 'c> Paths<'s, 'c> {
    fn new(context: &'s Context<'c>) -> Result<Self, RunError> {
        let baseline = context.solve_baseline(&|| ())?;
        let effects = Effects::new(context, &context.study.levers, &baseline.years);
        let levers: Vec<&Lever> = context.study.levers.iter().collect();
        let full = vec![1.0; levers.len()];
        let policy = context.solve_scaled("policy", &full, &effects, &baseline, &|| ())?;
        Ok(Self { context, baseline, effects, policy, levers })
    }

    fn values(&self, found: &Found) -> [f64; 2] {
        let baseline = &self.baseline.years;
        [(baseline, &[][..]), (&self.policy.years, &self.levers[..])].map(|(years, levers)| {
            self.context.value_of(found, Told { years, baseline, levers, strengths: &[] })
        })
    }

    /// Terms of the number's definition.
    fn definition(&self, found: &Found) -> Vec<Term> {
        let at = found.at;
        let (from, to) = (&self.baseline.years[at], &self.policy.years[at]);
        let mut slopes: Option<Year> = None;
        let mut by_strength = vec![0.0; self.levers.len()];
        for (share, weight) in gauss_legendre(NODES) {
            let tape = Tape::default();
            let mut years = traced(&tape, &self.baseline.years, &[], at);
            let baseline = traced(&tape, &self.baseline.years, &[], at);
            years[at] = between(from, to, share).map(|value| tape.leaf(value));
            let strengths: Vec<Traced<'_>> = self.levers.iter().map(|_| tape.leaf(share)).collect();
            let told = Told {
                years: &years,
                baseline: &baseline,
                levers: &self.levers,
                strengths: &strengths,
            };
            let back = tape.backward(&[(self.context.value_of(found, told), 1.0)]);
            let found = years[at].map(|cell| weight * back.of(cell));
            slopes = Some(match slopes {
                Some(sum) => zipped(&sum, &found, |a, b| a + b),
                None => found,
            });
            let pairs = by_strength.iter_mut().zip(back.all(&strengths));
            pairs.for_each(|(sum, slope)| *sum += weight * slope);
        }
        let slopes = slopes.expect("at least one node");
        let mut terms = self.terms_of_year(&slopes, from, to);
        for (lever, slope) in self.levers.iter().zip(by_strength) {
            terms.push(Term {
                name: lever.name().to_owned(),
                kind: Kind::Lever,
                weights: vec![],
                contributions: vec![slope],
                block: None,
            });
        }
        terms.retain(|term| term.contributions.iter().any(|each| *each != 0.0));
        let [before, after] = self.values(found);
        settle(after - before, &mut terms);
        terms
    }

    /// Reports, what the year is given, and what only its stocks say, as terms.
    fn terms_of_year(&self, slopes: &Year, from: &Year, to: &Year) -> Vec<Term> {
        let system = self.context.model.system();
        let mut terms = Vec::new();
        for (name, weights) in slopes.solution.iter() {
            terms.push(Term {
                name: name.to_owned(),
                kind: Kind::Formula,
                contributions: moved(weights, from.solution.get(name), to.solution.get(name)),
                weights: weights.to_vec(),
                block: system.report(name).cloned(),
            });
        }
        for (name, weights) in slopes.exogenous.iter() {
            terms.push(Term {
                name: format!("{GIVEN}{name}"),
                kind: Kind::Given,
                contributions: moved(weights, from.exogenous.get(name), to.exogenous.get(name)),
                weights: weights.to_vec(),
                block: system.parameter(name).cloned(),
            });
        }
        let more = [
            ("migrants so far", &slopes.moved, &from.moved, &to.moved),
            ("debt of governments", &slopes.debt, &from.debt, &to.debt),
        ];
        for (name, weights, from, to) in more {
            terms.push(Term {
                name: name.to_owned(),
                kind: Kind::Stocks,
                contributions: moved(weights, from, to),
                weights: weights.clone(),
                block: None,
            });
        }
        terms
    }

    /// Terms of a term: what they add up to, the equation of an unknown, and the terms.
    fn follow(&self, at: usize, term: &Term) -> (f64, Option<String>, Vec<Term>) {
        if term.kind == Kind::Given {
            return (term.contribution(), None, self.given(at, term));
        }
        let (from, to) = (&self.baseline.solvers[at], &self.policy.solvers[at]);
        let Some(found) = to.attribution(from, &term.name, &term.weights) else {
            return (term.contribution(), None, vec![]);
        };
        let of = |term: equilibrium::Term| Term {
            name: match term.kind {
                TermKind::Parameter => format!("{GIVEN}{}", term.block.name),
                _ => term.block.name.clone(),
            },
            kind: match term.kind {
                TermKind::Formula => Kind::Formula,
                TermKind::Unknown => Kind::Unknown,
                TermKind::Parameter => Kind::Given,
            },
            weights: term.weights,
            contributions: term.contributions,
            block: Some(term.block),
        };
        (found.total, found.equation, found.terms.into_iter().map(of).collect())
    }

    /// What a year is given, by stocks of the year before and by lever.
    fn given(&self, at: usize, term: &Term) -> Vec<Term> {
        let (from, to) = (&self.baseline.states[at], &self.policy.states[at]);
        let (start, end) = (from.cells(), to.cells());
        let mut by_stock = vec![0.0; start.len()];
        let mut by_strength = vec![0.0; self.levers.len()];
        for (share, weight) in gauss_legendre(NODES) {
            let tape = Tape::default();
            let baseline = traced(&tape, &self.baseline.years, &[], at);
            let mut cells = start.iter().zip(&end).map(|(a, b)| tape.leaf(a + share * (b - a)));
            let state = from.map(|_| cells.next().expect("as many cells"));
            let strengths: Vec<Traced<'_>> = self.levers.iter().map(|_| tape.leaf(share)).collect();
            let effects = &self.effects;
            let context = self.context;
            let given = context.scaled_year(at, effects, &strengths, &baseline, &mut state.clone());
            let cells = given.get(term.name.trim_start_matches(GIVEN));
            let weighed = cells.iter().copied().zip(term.weights.iter().copied());
            let back = tape.backward(&weighed.collect::<Vec<_>>());
            let add = |sums: &mut Vec<f64>, slopes: Vec<f64>| {
                sums.iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += weight * slope);
            };
            add(&mut by_stock, back.all(&state.cells()));
            add(&mut by_strength, back.all(&strengths));
        }
        let mut terms = vec![Term {
            name: STOCKS.to_owned(),
            kind: Kind::Stocks,
            contributions: moved(&by_stock, &start, &end),
            weights: by_stock,
            block: None,
        }];
        for (lever, slope) in self.levers.iter().zip(by_strength) {
            terms.push(Term {
                name: lever.name().to_owned(),
                kind: Kind::Lever,
                weights: vec![],
                contributions: vec![slope],
                block: None,
            });
        }
        terms.retain(|term| term.contributions.iter().any(|each| *each != 0.0));
        settle(term.contribution(), &mut terms);
        terms
    }
}

fn moved(weights: &[f64], from: &[f64], to: &[f64]) -> Vec<f64> {
    weights.iter().zip(from.iter().zip(to)).map(|(weight, (a, b))| weight * (b - a)).collect()
}

/// A year a part of the way from one to another.
fn between(from: &Year, to: &Year, share: f64) -> Year {
    zipped(from, to, |a, b| a + share * (b - a))
}

/// Cell by cell.
fn zipped(a: &Year, b: &Year, of: impl Fn(f64, f64) -> f64) -> Year {
    let mut cells = Vec::new();
    b.map(|cell| cells.push(cell));
    let mut cells = cells.into_iter();
    a.map(|cell| of(cell, cells.next().expect("years of one study")))
}
