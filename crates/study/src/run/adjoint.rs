//! Derivatives of one number of a path by everything before it: backwards through the years.
//!
//! A year is given its exogenous variables e by the baseline's b, the stocks k of the year before and
//! the strengths s of the levers; it solves F(x, e) = 0 and leaves the reports r(x, e) and the stocks
//! of the next year:
//!
//! ```text
//! e(t) = G(b(t), k(t), s)      F(x(t), e(t)) = 0      k(t+1) = U(r(t), e(t))
//! ```
//!
//! Backwards, a year takes the derivatives by its reports and by the next stocks, needs one linear
//! solve for the multipliers of F, and hands on the derivatives by b(t), k(t) and s. G, U and the
//! indicators are written once over any kind of number and run here on a tape; the equilibrium has
//! its own adjoint (`equilibrium::gradient`). A stock that is added to `State` needs nothing here.

use economy::exogenous::Exogenous;
use economy::year::{Solution, Solver};
use equilibrium::number::Number;
use equilibrium::tape::{Adjoints, Tape, Traced};

use super::RunError;
use super::context::Context;
use super::effects::{Effects, Scaled};
use super::path::{Baseline, Year};
use crate::lever::Lever;

/// A year among traced numbers.
pub(crate) type TracedYear<'t> = Year<Traced<'t>>;

/// Derivatives by what one year has.
#[derive(Clone)]
pub(crate) struct Slopes {
    /// By cells of reports; a report may come several times.
    pub(crate) reports: Vec<(String, Vec<f64>)>,
    pub(crate) exogenous: Exogenous,
    moved: Vec<f64>,
    debt: Vec<f64>,
}

impl Slopes {
    /// Nothing yet.
    pub(crate) fn none(year: &Year) -> Self {
        Self {
            reports: vec![],
            exogenous: year.exogenous.map(|_| 0.0),
            moved: vec![0.0; year.moved.len()],
            debt: vec![0.0; year.debt.len()],
        }
    }

    /// Adds what a tape says of a traced year.
    pub(crate) fn add(&mut self, year: &TracedYear<'_>, back: &Adjoints) {
        self.reports.extend(reports_of(&year.solution, back));
        add(&mut self.exogenous, &year.exogenous.map(|cell| back.of(*cell)));
        plus(&mut self.moved, &back.all(&year.moved));
        plus(&mut self.debt, &back.all(&year.debt));
    }

    /// Adds other derivatives by the same year.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.reports.extend(other.reports.iter().cloned());
        add(&mut self.exogenous, &other.exogenous);
        plus(&mut self.moved, &other.moved);
        plus(&mut self.debt, &other.debt);
    }
}

/// What a backward pass over the policy path yields.
pub(crate) struct Back {
    /// Derivative by the strength of each lever.
    pub(crate) strengths: Vec<f64>,
    /// By the exogenous variables that each year is solved with.
    pub(crate) exogenous: Vec<Exogenous>,
    /// By each year of the baseline.
    pub(crate) baseline: Vec<Slopes>,
    /// Of the equations of each year.
    pub(crate) multipliers: Vec<Vec<f64>>,
}

pub(crate) fn moves(weights: &[f64]) -> bool {
    weights.iter().any(|weight| *weight != 0.0)
}

pub(crate) fn plus(to: &mut [f64], from: &[f64]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}

/// Adds cell by cell.
pub(crate) fn add(to: &mut Exogenous, from: &Exogenous) {
    for (name, values) in from.iter() {
        plus(to.get_mut(name), values);
    }
}

/// Weights on traced numbers, as ends of a tape.
pub(crate) fn ends<'t>(numbers: &[Traced<'t>], weights: &[f64]) -> Vec<(Traced<'t>, f64)> {
    let pairs = numbers.iter().copied().zip(weights.iter().copied());
    pairs.filter(|(_, weight)| *weight != 0.0).collect()
}

/// Weights on all cells of traced exogenous variables.
pub(crate) fn ends_of<'t>(
    exogenous: &Exogenous<Traced<'t>>,
    weights: &Exogenous,
) -> Vec<(Traced<'t>, f64)> {
    exogenous.iter().flat_map(|(name, cells)| ends(cells, weights.get(name))).collect()
}

/// A path on a tape: the years in `which` as leaves; of the others, those that year `at` looks at as
/// constants, and nothing of the rest.
pub(crate) fn traced<'t>(
    tape: &'t Tape,
    years: &[Year],
    which: &[usize],
    at: usize,
) -> Vec<TracedYear<'t>> {
    let of = |(position, year): (usize, &Year)| match position {
        _ if which.contains(&position) => year.map(|value| tape.leaf(value)),
        _ if looked_at(at).contains(&position) => year.map(Traced::constant),
        _ => Year::empty(),
    };
    years.iter().enumerate().map(of).collect()
}

/// Years of its own path and of the baseline that a year looks at, beside itself: the first, and the
/// one before.
fn looked_at(at: usize) -> [usize; 3] {
    [0, at.saturating_sub(1), at]
}

/// Which derivatives by the baseline are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Baselines {
    /// None: it is what it is.
    Fixed,
    /// All.
    Moving,
}

impl Baselines {
    /// The years of the baseline that a year of a path looks at, as far as they move.
    pub(crate) fn seen(self, at: usize) -> Vec<usize> {
        match self {
            Self::Fixed => vec![],
            Self::Moving => looked_at(at).to_vec(),
        }
    }
}

impl Context<'_> {
    /// Adds what the reports say of the exogenous variables; the multipliers of the equations.
    pub(crate) fn back_within(
        &self,
        at: usize,
        solver: &Solver<'_>,
        slopes: &mut Slopes,
    ) -> Result<Vec<f64>, RunError> {
        let named = slopes.reports.iter();
        let seeds: Vec<(&str, &[f64])> =
            named.map(|(name, weights)| (name.as_str(), weights.as_slice())).collect();
        let year = self.study.years.base + u16::try_from(at).unwrap_or(0);
        let failed = |reason| RunError::Derivative { year, reason };
        let found = solver.gradient(&seeds).map_err(failed)?;
        let names: Vec<&'static str> = slopes.exogenous.iter().map(|(name, _)| name).collect();
        for name in names {
            plus(slopes.exogenous.get_mut(name), &found.by_parameter[name]);
        }
        Ok(found.multipliers)
    }

    /// Backwards over a policy path.
    ///
    /// - `slopes`: of the number by each year of the path, to begin with.
    pub(crate) fn back_over_policy(
        &self,
        path: &Scaled<'_>,
        effects: &Effects,
        baseline: &Baseline<'_>,
        (mut slopes, baselines): (Vec<Slopes>, Baselines),
    ) -> Result<Back, RunError> {
        let levers: Vec<&Lever> = effects.levers.iter().collect();
        let mut stocks = vec![0.0; self.start().cells().len()];
        let mut back = Back {
            strengths: vec![0.0; path.strengths.len()],
            exogenous: vec![],
            baseline: baseline.years.iter().map(Slopes::none).collect(),
            multipliers: vec![],
        };
        for at in (0..path.years.len()).rev() {
            let mut here = slopes.pop().expect("one for each year");
            let seen = baselines.seen(at);

            // Between years: next stocks, migrants and debt, from this year's solution.
            let tape = Tape::default();
            let before = traced(&tape, &baseline.years[..=at], &seen, at);
            let mut years = traced(&tape, &path.years[..=at], &[at], at);
            let year = years.pop().expect("this year");
            let strengths = tape.leaves(&path.strengths);
            let state = path.states[at].map(|value| tape.leaf(value));
            let mut next = state.clone();
            next.stocks.capital.copy_from_slice(year.exogenous.get("capital"));
            let solved = (year.exogenous.clone(), year.solution.clone());
            let working = (&levers[..], &strengths[..]);
            self.end_scaled(&mut next, &mut years, Some(&before), working, solved);
            let mut weighed = ends(&next.cells(), &stocks);
            weighed.extend(ends(&years[at].moved, &here.moved));
            weighed.extend(ends(&years[at].debt, &here.debt));
            let run = tape.backward(&weighed);
            here.add(&year, &run);
            stocks = run.all(&state.cells());
            plus(&mut back.strengths, &run.all(&strengths));
            seen_slopes(&mut back.baseline, &before, &seen, &run);

            // Within the year.
            back.multipliers.push(self.back_within(at, &path.solvers[at], &mut here)?);

            // Into the year: what it was given.
            let tape = Tape::default();
            let before = traced(&tape, &baseline.years[..=at], &seen, at);
            let strengths = tape.leaves(&path.strengths);
            let state = path.states[at].map(|value| tape.leaf(value));
            let given = self.scaled_year(at, effects, &strengths, &before, &mut state.clone());
            let run = tape.backward(&ends_of(&given, &here.exogenous));
            plus(&mut stocks, &run.all(&state.cells()));
            plus(&mut back.strengths, &run.all(&strengths));
            seen_slopes(&mut back.baseline, &before, &seen, &run);
            back.exogenous.push(here.exogenous);
        }
        back.exogenous.reverse();
        back.multipliers.reverse();
        Ok(back)
    }
}

/// What a backward pass over the baseline yields.
pub(crate) struct BackOverBaseline {
    /// Derivatives by the drivers of each year, before stocks and references are put in.
    pub(crate) drivers: Vec<Exogenous>,
    /// Of the equations of each year.
    pub(crate) multipliers: Vec<Vec<f64>>,
    /// Of the equations of the model on given paths, where there is one.
    pub(crate) on_paths: Vec<Vec<f64>>,
}

impl Context<'_> {
    /// Backwards over the baseline, through its references to the model on given paths.
    ///
    /// - `slopes`: of the number by each year, from the policy path and from itself.
    pub(crate) fn back_over_baseline(
        &self,
        baseline: &Baseline<'_>,
        mut slopes: Vec<Slopes>,
    ) -> Result<BackOverBaseline, RunError> {
        let mut stocks = vec![0.0; self.start().cells().len()];
        let mut back = BackOverBaseline { drivers: vec![], multipliers: vec![], on_paths: vec![] };
        for at in (0..baseline.years.len()).rev() {
            let mut here = slopes.pop().expect("one for each year");

            // Between years.
            let tape = Tape::default();
            let mut years = traced(&tape, &baseline.years[..=at], &[0, at], at);
            let year = years.pop().expect("this year");
            let state = baseline.states[at].map(|value| tape.leaf(value));
            let mut next = state.clone();
            let solved = (year.exogenous.clone(), year.solution.clone());
            self.end_scaled(&mut next, &mut years, None, (&[], &[]), solved);
            let mut weighed = ends(&next.cells(), &stocks);
            weighed.extend(ends(&years[at].debt, &here.debt));
            let run = tape.backward(&weighed);
            here.add(&year, &run);
            stocks = run.all(&state.cells());
            if at > 0 {
                slopes[0].add(&years[0], &run);
            }

            // Within the year.
            back.multipliers.push(self.back_within(at, &baseline.solvers[at], &mut here)?);

            // Into the year: drivers and stocks, and references from the model on given paths.
            let tape = Tape::default();
            let year = self.study.years.base + u16::try_from(at).unwrap_or(0);
            let drivers = self.baseline(year).map(|value| tape.leaf(*value));
            let state = baseline.states[at].map(|value| tape.leaf(value));
            let mut given = drivers.clone();
            state.stocks.put(&self.model, &mut given);
            let mut with_references = given.clone();
            let mut onto = None;
            if let Some(found) = baseline.given.get(at) {
                let found = found.map(|_, values| tape.leaves(values));
                self.read_references(&found, &mut with_references);
                let run = tape.backward(&ends_of(&with_references, &here.exogenous));
                let mut slopes = Slopes::none(&baseline.years[at]);
                slopes.reports = reports_of(&found, &run);
                back.on_paths.push(self.back_within(at, &baseline.on_paths[at], &mut slopes)?);
                onto = Some(slopes.exogenous);
            }
            let mut weighed = ends_of(&with_references, &here.exogenous);
            if let Some(onto) = &onto {
                weighed.extend(ends_of(&given, onto));
            }
            let run = tape.backward(&weighed);
            plus(&mut stocks, &run.all(&state.cells()));
            back.drivers.push(drivers.map(|cell| run.of(*cell)));
        }
        back.drivers.reverse();
        back.multipliers.reverse();
        back.on_paths.reverse();
        Ok(back)
    }
}

/// Derivatives by the cells of traced reports, where there are any.
fn reports_of(solution: &Solution<Traced<'_>>, back: &Adjoints) -> Vec<(String, Vec<f64>)> {
    let reports = solution.iter().map(|(name, cells)| (name.to_owned(), back.all(cells)));
    reports.filter(|(_, weights)| moves(weights)).collect()
}

/// Adds what a tape says of the years of a path that it had as leaves.
pub(crate) fn seen_slopes(
    slopes: &mut [Slopes],
    years: &[TracedYear<'_>],
    seen: &[usize],
    run: &Adjoints,
) {
    for (at, year) in years.iter().enumerate().filter(|(at, _)| seen.contains(at)) {
        slopes[at].add(year, run);
    }
}
