//! One draw of an ensemble: baseline and policy of a study with other numbers, solved from the
//! central path.
//!
//! | symbol | meaning                                        |
//! |--------|------------------------------------------------|
//! | x̄(t)   | unknowns of the central path in year t         |
//! | x(t)   | unknowns of the draw                           |
//!
//! A draw begins year t at x̄(t) + x(t − 1) − x̄(t − 1): it carries its distance from the central path
//! on. With references read from the given paths, the point found on them also solves the behavioural
//! equations, which have the same unknowns, and is begun from. Its policy begins at its baseline plus the central path's distance of policy from baseline.
//! Factors of the central path precondition. A draw whose solve fails from there is solved again
//! from the benchmark. What a draw gives depends on the study, the central path and the draw's own
//! numbers: not on other draws, nor on threads or their order.
//! Not here: which numbers a draw has (`crate::ensemble`).

use economy::exogenous::Exogenous;
use economy::year::{Solution, Solver, Start};
use equilibrium::Settings;

use super::RunError;
use super::context::Context;
use super::indicators::{Place, Told};
use super::path::{Year, certify};
use crate::ensemble::standing::Lift;
use crate::inputs::Inputs;
use crate::lever::Lever;
use crate::spec::{Scope, Study, Target};

/// Largest relative residual of a draw: far below what a probability shows, and one Newton step less
/// than the central path takes. Certificates are checked as for any run.
const DRAW_TOLERANCE: f64 = 1e-7;

/// Products with Jacobians that a draw remembers from year to year: the years of a draw have other
/// parameters than the central path whose factors precondition them, but nearly one Jacobian.
const REMEMBERED: usize = 40;

/// How years are found from the starts of the central path, if from there.
#[derive(Debug, Clone, Copy)]
enum Begin<'s> {
    /// From the year before, to all digits.
    Benchmark,
    /// From the central path, to [`DRAW_TOLERANCE`].
    Central(&'s Starts),
    /// One step from the central path: see [`Central::estimate`].
    FirstOrder(&'s Starts),
}

impl<'s> Begin<'s> {
    fn starts(self) -> Option<&'s Starts> {
        match self {
            Self::Benchmark => None,
            Self::Central(starts) | Self::FirstOrder(starts) => Some(starts),
        }
    }

    /// Settings of the solves: those of any run for the central path, fewer digits near it.
    fn settings(self) -> Settings {
        let usual = Settings::default();
        match self {
            Self::Benchmark => usual,
            _ => Settings { tolerance: DRAW_TOLERANCE, remembered: REMEMBERED, ..usual },
        }
    }

    /// A year of a path, certified unless it is an estimate.
    fn year(
        self,
        (path, year): (&str, u16),
        solver: &mut Solver<'_>,
        exogenous: &Exogenous,
    ) -> Result<Solution, RunError> {
        let failed = |failure| RunError::solve(path, year, failure);
        if let Self::FirstOrder(_) = self {
            return solver.estimate(exogenous).map_err(failed);
        }
        let solution = solver.solve(exogenous).map_err(failed)?;
        certify(path, year, &solution)?;
        Ok(solution)
    }
}

/// Where the three solves of each year ended.
#[derive(Debug, Clone, Default)]
struct Starts {
    /// With employment and direct investment on their paths; empty in the long run.
    on_paths: Vec<Start>,
    baseline: Vec<Start>,
    policy: Vec<Start>,
}

/// Indicators of the targets: by target, then by year from the base year on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Indicators {
    /// Without the programme.
    pub baseline: Vec<Vec<f64>>,
    /// With it.
    pub policy: Vec<Vec<f64>>,
}

/// The solved central path, from which draws begin.
#[derive(Debug)]
pub struct Central {
    starts: Starts,
    /// What the targets' indicators are on it.
    pub indicators: Indicators,
}

impl Central {
    /// Solves the central path of a study.
    ///
    /// # Errors
    /// [`RunError`] as of [`super::run`].
    pub fn solve(study: &Study, inputs: &Inputs) -> Result<Self, RunError> {
        let context = Context::new(study, inputs)?;
        let (starts, indicators) = context.both_paths(Begin::Benchmark)?;
        Ok(Self { starts, indicators })
    }

    /// Indicators of a study that differs from the central one in numbers only.
    ///
    /// # Errors
    /// [`RunError`] when a year solves neither from the central path nor from the benchmark.
    pub fn draw(&self, study: &Study, inputs: &Inputs) -> Result<Indicators, RunError> {
        let context = Context::new(study, inputs)?;
        let near = context.both_paths(Begin::Central(&self.starts));
        near.or_else(|_| context.both_paths(Begin::Benchmark)).map(|(_, indicators)| indicators)
    }

    /// Indicators of such a study to first order: one linear solve for each year of each path, from
    /// the central one. Nothing is solved or certified: for a look before [`Central::draw`] is done.
    ///
    /// # Errors
    /// [`RunError`] when a year's linear system has no solution.
    pub fn estimate(&self, study: &Study, inputs: &Inputs) -> Result<Indicators, RunError> {
        let context = Context::new(study, inputs)?;
        let (_, indicators) = context.both_paths(Begin::FirstOrder(&self.starts))?;
        Ok(indicators)
    }
}

/// What the programme does to inflows of the province, each in a year.
///
/// # Errors
/// [`RunError`] as of [`super::run`].
pub(crate) fn lifts(
    study: &Study,
    inputs: &Inputs,
    wanted: &[(&str, u16)],
) -> Result<Vec<Lift>, RunError> {
    let context = Context::new(study, inputs)?;
    let (_, baseline, policy) = context.both(Begin::Benchmark)?;
    let levers: Vec<&Lever> = study.levers.iter().collect();
    let place = context.place(&Scope::Province);
    let of = |(inflow, year): &(&str, u16)| {
        let at = usize::from(year - study.years.base);
        let told = |years, levers| Told { years, baseline: &baseline, levers, strengths: &[] };
        let with = context.in_year(inflow, &place, told(&policy, &levers), at);
        let without = context.in_year(inflow, &place, told(&baseline, &[]), at);
        let money = context.new_money(inflow, &place, told(&policy, &levers), *year);
        let ratio = (with - money) / without;
        Lift { ratio: if ratio.is_finite() && ratio > 0.0 { ratio } else { 1.0 }, money }
    };
    Ok(wanted.iter().map(of).collect())
}

impl Context<'_> {
    /// Baseline and policy, year by year.
    fn both_paths(&self, begin: Begin<'_>) -> Result<(Starts, Indicators), RunError> {
        let (ended, baseline, policy) = self.both(begin)?;
        let levers: Vec<&Lever> = self.study.levers.iter().collect();
        let told =
            |years, levers| self.told(Told { years, baseline: &baseline, levers, strengths: &[] });
        let indicators =
            Indicators { baseline: told(&baseline, &[]), policy: told(&policy, &levers) };
        Ok((ended, indicators))
    }

    /// Solutions of both paths, and where their solves ended.
    fn both(&self, begin: Begin<'_>) -> Result<(Starts, Vec<Year>, Vec<Year>), RunError> {
        self.replicates()?;
        let mut ended = Starts::default();
        let baseline = self.baseline_years(begin, &mut ended)?;
        let levers: Vec<&Lever> = self.study.levers.iter().collect();
        let policy = self.policy_years(begin, &levers, &baseline, &mut ended)?;
        Ok((ended, baseline, policy))
    }

    fn baseline_years(&self, begin: Begin<'_>, ended: &mut Starts) -> Result<Vec<Year>, RunError> {
        let mut solver = Solver::new(&self.model, begin.settings());
        let mut on_paths =
            self.reference.as_ref().map(|model| Solver::new(model, begin.settings()));
        let mut years = Vec::new();
        let mut state = self.start();
        for (at, year) in self.study.years.all().into_iter().enumerate() {
            let mut exogenous = self.baseline_year(year, &state);
            let path = ("baseline", year);
            if let Some(on_paths) = &mut on_paths {
                if let Some(near) = begin.starts() {
                    on_paths.begin_at(carried(&near.on_paths, at, &ended.on_paths));
                }
                let given = begin.year(path, on_paths, &exogenous)?;
                self.read_references(&given, &mut exogenous);
                ended.on_paths.push(on_paths.start());
            }
            if let Some(near) = begin.starts() {
                let start = carried(&near.baseline, at, &ended.baseline);
                solver.begin_at(match ended.on_paths.last() {
                    Some(given) => self.behavioural(given, start),
                    None => start,
                });
            }
            let solution = begin.year(path, &mut solver, &exogenous)?;
            ended.baseline.push(solver.start());
            self.end_year(&mut state, &mut years, None, &[], (exogenous, solution));
        }
        Ok(years)
    }

    fn policy_years(
        &self,
        begin: Begin<'_>,
        levers: &[&Lever],
        baseline: &[Year],
        ended: &mut Starts,
    ) -> Result<Vec<Year>, RunError> {
        let mut solver = Solver::new(&self.model, begin.settings());
        let mut years = Vec::new();
        let mut state = self.start();
        for (at, year) in self.study.years.all().into_iter().enumerate() {
            let exogenous = self.policy_year(levers, year, baseline, &mut state);
            solver.begin_at(match begin.starts() {
                Some(near) => moved(&near.policy[at], &near.baseline[at], &ended.baseline[at]),
                None => ended.baseline[at].clone(),
            });
            let solution = begin.year(("policy", year), &mut solver, &exogenous)?;
            ended.policy.push(solver.start());
            self.end_year(&mut state, &mut years, Some(baseline), levers, (exogenous, solution));
        }
        Ok(years)
    }

    /// Indicators of all targets on one path.
    fn told(&self, told: Told<'_>) -> Vec<Vec<f64>> {
        let of = |target: &Target| {
            let place = self.place(&target.scope);
            let missing = || vec![f64::NAN; told.years.len()];
            self.indicator(&target.indicator, &place, told).unwrap_or_else(missing)
        };
        self.study.targets.iter().map(of).collect()
    }

    fn place(&self, scope: &Scope) -> Place {
        let name = scope.label(&self.inputs.names).to_owned();
        let regions = match scope {
            Scope::Province => self.home.clone(),
            Scope::Nation => (0..self.n.regions).collect(),
            Scope::Region(region) => vec![region.index],
        };
        Place { name, regions }
    }
}

/// The central start of a year, moved by the draw's distance from it in the year before.
fn carried(central: &[Start], at: usize, ended: &[Start]) -> Start {
    match at.checked_sub(1) {
        Some(before) => moved(&central[at], &central[before], &ended[before]),
        None => central[at].clone(),
    }
}

/// `start` plus `to` less `from`, with the factor of `start`.
fn moved(start: &Start, from: &Start, to: &Start) -> Start {
    let mut next = start.clone();
    let shift = to.point.iter().zip(&from.point).map(|(to, from)| to - from);
    next.point.iter_mut().zip(shift).for_each(|(x, shift)| *x += shift);
    next
}

/// Unit of an indicator.
pub use super::indicators::unit;

/// Unit of a target's indicator.
pub fn unit_of(target: &Target) -> &'static str {
    unit(&target.indicator)
}
