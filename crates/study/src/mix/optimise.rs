//! One search: a goal over intensities within bounds, with levels and a budget as constraints.
//!
//! Everything the optimiser sees is of order one: intensities as shares of the width of their bounds,
//! cost over what all levers cost at their highest, levels over what lies between the lowest and the
//! highest intensities. It is restarted until the conditions of Karush, Kuhn and Tucker hold:
//!
//! > ∇f + Σ λ ∇g = 0 over free intensities, not below 0 at a lower bound, not above it at an upper one
//!
//! with λ ≥ 0 of binding constraints chosen so that this holds best ([`Conditions`]).

use std::cell::RefCell;
use std::rc::Rc;

use slsqp::{Func, StopTols, minimize};

use super::{Aim, Chooser, REACHED};
use crate::run::RunError;
use crate::run::mix::{Outcomes, Under};

/// Step of the central differences, in units of intensity relative to the width of the bounds.
const STEP: f64 = 1e-4;
/// Evaluations of one run of SLSQP at most.
const EVALUATIONS: usize = 60;
/// Relative change of the goal at which SLSQP ends.
const TOLERANCE: f64 = 1e-9;
/// Runs of SLSQP from where the last one ended, at most.
const AGAIN: usize = 3;
/// Residual of the conditions up to which a point counts as an optimum.
pub const OPTIMAL: f64 = 1e-4;
/// Part of the width of the bounds within which an intensity counts as at a bound.
const AT_BOUND: f64 = 1e-6;
/// Distance from its limit within which a constraint counts as binding, of order one as all else.
const BINDING: f64 = 1e-4;

/// What is sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// Least cost at which all aims are reached.
    LeastCost,
    /// Most of one aim within the budget.
    Most(usize),
    /// The largest share of all aims at once, within the budget.
    Nearest,
}

/// A point with what it gives.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Optimum {
    pub(super) intensity: Vec<f64>,
    pub(super) levels: Vec<f64>,
    pub(super) cost: f64,
    pub(super) conditions: Conditions,
}

/// How far a point is an optimum.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Conditions {
    /// Largest violation of stationarity over the largest slope of the goal; 0 is an optimum.
    pub(super) residual: f64,
    /// Cost of one more unit of each aim; none where it does not bind or is not determined.
    pub(super) prices: Vec<Option<f64>>,
    /// Gain of the goal by one more unit of the budget; none as above.
    pub(super) budget: Option<f64>,
}

/// Derivatives by intensity.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slopes {
    /// By aim, then lever.
    pub(super) levels: Vec<Vec<f64>>,
    pub(super) cost: Vec<f64>,
}

/// A solved path and the levels on it.
struct Solved<'a> {
    intensity: Vec<f64>,
    under: Under<'a>,
    levels: Vec<f64>,
}

/// A search on one study.
pub(super) struct Problem<'c, 'a> {
    chooser: &'c Chooser<'a>,
    pub(super) aims: Vec<Aim>,
    outcomes: Outcomes,
    /// Levels at the lowest and at the highest intensities.
    ends: [Vec<f64>; 2],
    known: RefCell<Known<'a>>,
}

/// What was evaluated last, and the first failure.
#[derive(Default)]
struct Known<'a> {
    path: Option<Rc<Solved<'a>>>,
    slopes: Option<(Vec<f64>, Slopes)>,
    failure: Option<RunError>,
    paths: usize,
}

impl<'c, 'a> Problem<'c, 'a> {
    pub(super) fn new(chooser: &'c Chooser<'a>, aims: Vec<Aim>) -> Result<Self, RunError> {
        let outcomes = chooser.outcomes(&aims);
        let mut problem =
            Self { chooser, aims, outcomes, ends: Default::default(), known: RefCell::default() };
        problem.ends = [problem.levels(&problem.lowest())?, problem.levels(&problem.highest())?];
        Ok(problem)
    }

    fn bounds(&self) -> Vec<(f64, f64)> {
        self.chooser.plan.levers.iter().map(|lever| lever.intensity).collect()
    }

    fn widths(&self) -> Vec<f64> {
        self.bounds().iter().map(|(low, high)| high - low).collect()
    }

    /// The study's own levers, as far as bounds allow.
    pub(super) fn present(&self) -> Vec<f64> {
        self.bounds().iter().map(|(low, high)| 1f64.clamp(*low, *high)).collect()
    }

    pub(super) fn lowest(&self) -> Vec<f64> {
        self.bounds().iter().map(|(low, _)| *low).collect()
    }

    pub(super) fn highest(&self) -> Vec<f64> {
        self.bounds().iter().map(|(_, high)| *high).collect()
    }

    pub(super) fn middle(&self) -> Vec<f64> {
        self.bounds().iter().map(|(low, high)| 0.5 * (low + high)).collect()
    }

    pub(super) fn paths(&self) -> usize {
        self.known.borrow().paths
    }

    /// Levels of one aim at the lowest and at the highest intensities.
    pub(super) fn reach(&self, aim: usize) -> (f64, f64) {
        (self.ends[0][aim], self.ends[1][aim])
    }

    pub(super) fn cost(&self, x: &[f64]) -> f64 {
        x.iter().enumerate().map(|(at, x)| self.chooser.cost(at, *x)).sum()
    }

    fn budget(&self) -> Option<f64> {
        self.chooser.plan.budget.map(crate::money::Money::hundred_million_cny)
    }

    /// Whether every aim is reached within the budget.
    pub(super) fn reaches(&self, found: &Optimum) -> bool {
        let short = |(aim, level): (&Aim, &f64)| *level < aim.wanted - REACHED * aim.wanted.abs();
        let dear = self.budget().is_some_and(|budget| found.cost > budget * (1.0 + REACHED));
        !dear && !self.aims.iter().zip(&found.levels).any(short)
    }

    /// The path of intensities.
    fn path(&self, x: &[f64]) -> Result<Rc<Solved<'a>>, RunError> {
        if let Some(path) = &self.known.borrow().path
            && path.intensity == x
        {
            return Ok(path.clone());
        }
        let mix = self.chooser.mix;
        let under = mix.under(&self.chooser.levers(x))?;
        let levels = mix.values_under(&under, &self.outcomes);
        let path = Rc::new(Solved { intensity: x.to_vec(), under, levels });
        (self.chooser.tick)();
        let mut known = self.known.borrow_mut();
        known.paths += 1;
        known.path = Some(path.clone());
        Ok(path)
    }

    fn levels(&self, x: &[f64]) -> Result<Vec<f64>, RunError> {
        Ok(self.path(x)?.levels.clone())
    }

    /// Exact derivatives by intensities.
    pub(super) fn slopes(&self, x: &[f64]) -> Result<Slopes, RunError> {
        if let Some((at, slopes)) = &self.known.borrow().slopes
            && at == x
        {
            return Ok(slopes.clone());
        }
        let (mix, chooser) = (self.chooser.mix, self.chooser);
        let path = self.path(x)?;
        let steps: Vec<f64> = self.widths().iter().map(|width| STEP * width.max(STEP)).collect();
        let aside = |at: usize| {
            let moved = |by: f64| {
                let mut moved = x.to_vec();
                moved[at] += by;
                chooser.levers(&moved)
            };
            ([moved(-steps[at]), moved(steps[at])], steps[at])
        };
        let asides: Vec<_> = (0..x.len()).map(aside).collect();
        let by_lever = mix.slopes_under(&path.under, &self.outcomes, &asides)?;
        let cost = |at: usize| {
            let [low, high] = [-steps[at], steps[at]].map(|by| chooser.cost(at, x[at] + by));
            (high - low) / (2.0 * steps[at])
        };
        let slopes = Slopes {
            levels: (0..self.aims.len())
                .map(|aim| by_lever.iter().map(|levels| levels[aim]).collect())
                .collect(),
            cost: (0..x.len()).map(cost).collect(),
        };
        self.known.borrow_mut().slopes = Some((x.to_vec(), slopes.clone()));
        Ok(slopes)
    }

    /// The best of several starts, each followed until the conditions of an optimum hold.
    pub(super) fn best(&self, goal: Goal, starts: &[Vec<f64>]) -> Result<Optimum, RunError> {
        let mut best: Option<Optimum> = None;
        for start in starts {
            let found = self.solve(goal, start)?;
            if best.as_ref().is_none_or(|best| self.is_better(goal, &found, best)) {
                best = Some(found);
            }
        }
        match best {
            Some(best) => Ok(best),
            None => self.solve(goal, &self.present()),
        }
    }

    /// Whether one point serves a goal better than another; where cost is least, reaching comes first.
    fn is_better(&self, goal: Goal, a: &Optimum, b: &Optimum) -> bool {
        match goal {
            Goal::LeastCost => {
                let rank = |each: &Optimum| (!self.reaches(each), each.cost);
                let (a, b) = (rank(a), rank(b));
                a.0 < b.0 || (a.0 == b.0 && a.1 < b.1)
            }
            Goal::Most(aim) => a.levels[aim] > b.levels[aim],
            Goal::Nearest => self.share(a) > self.share(b),
        }
    }

    /// The share of its aim that the aim which is farthest from being met has.
    fn share(&self, found: &Optimum) -> f64 {
        let shares = self.aims.iter().zip(&found.levels).map(|(aim, level)| level / aim.wanted);
        shares.fold(f64::INFINITY, f64::min)
    }

    /// SLSQP from a start, and again from where it ended while that is no optimum.
    fn solve(&self, goal: Goal, start: &[f64]) -> Result<Optimum, RunError> {
        let mut found = self.once(goal, start)?;
        for _ in 0..AGAIN {
            if found.conditions.residual <= OPTIMAL {
                break;
            }
            let next = self.once(goal, &found.intensity)?;
            let better = self.is_better(goal, &next, &found)
                || next.conditions.residual < found.conditions.residual;
            if !better {
                break;
            }
            found = next;
        }
        Ok(found)
    }

    /// One run of SLSQP.
    fn once(&self, goal: Goal, start: &[f64]) -> Result<Optimum, RunError> {
        let (bounds, width) = (self.bounds(), self.widths());
        let n = bounds.len();
        let back = |z: &[f64]| -> Vec<f64> {
            (0..n).map(|at| bounds[at].0 + width[at] * z[at].clamp(0.0, 1.0)).collect()
        };
        let mut z: Vec<f64> = (0..n)
            .map(|at| if width[at] > 0.0 { (start[at] - bounds[at].0) / width[at] } else { 0.0 })
            .collect();
        let mut limits = vec![(0.0, 1.0); n];
        if goal == Goal::Nearest {
            z.push(0.0);
            limits.push((0.0, 1.0));
        }
        let (objective, constraints) = self.forms(goal);
        let form = |z: &[f64], gradient: Option<&mut [f64]>, of: &Form| -> f64 {
            let x = back(z);
            if let Some(gradient) = gradient {
                let Some(slopes) = self.noted(self.slopes(&x)) else { return f64::NAN };
                gradient.copy_from_slice(&of.gradient(&slopes, &width, z.len()));
            }
            let Some(levels) = self.noted(self.levels(&x)) else { return f64::NAN };
            of.value(&levels, self.cost(&x), z.get(n))
        };
        let closure = |of: Form| {
            let form = &form;
            move |z: &[f64], gradient: Option<&mut [f64]>, (): &mut ()| form(z, gradient, &of)
        };
        let closures: Vec<_> = constraints.iter().cloned().map(closure).collect();
        let references: Vec<&dyn Func<()>> =
            closures.iter().map(|each| each as &dyn Func<()>).collect();
        let stop = StopTols { ftol_rel: TOLERANCE, xtol_rel: TOLERANCE, ..StopTols::default() };
        let goal_of = closure(objective.clone());
        let ended = minimize(goal_of, &z, &limits, &references, (), EVALUATIONS, Some(stop));
        if let Some(failure) = self.known.borrow_mut().failure.take() {
            return Err(failure);
        }
        let z = match ended {
            Ok((_, z, _)) | Err((_, z, _)) => z,
        };
        let x = back(&z);
        let slopes = self.slopes(&x)?;
        let (levels, cost) = (self.levels(&x)?, self.cost(&x));
        let gradient = |of: &Form| of.gradient(&slopes, &width, z.len());
        let binding = |of: &&Form| of.value(&levels, cost, z.get(n)) > -BINDING;
        let binding: Vec<&Form> = constraints.iter().filter(binding).collect();
        let side = |at: usize| match z[at] {
            _ if at < n && width[at] <= 0.0 => Side::Fixed,
            z if z <= AT_BOUND => Side::Low,
            z if z >= 1.0 - AT_BOUND => Side::High,
            _ => Side::Free,
        };
        let sides: Vec<Side> = (0..z.len()).map(side).collect();
        let normals: Vec<Vec<f64>> = binding.iter().map(|each| gradient(each)).collect();
        let (multipliers, residual) = multipliers(&gradient(&objective), &normals, &sides);
        let free = sides.iter().filter(|side| **side == Side::Free).count();
        let mut conditions = Conditions { residual, ..Conditions::default() };
        conditions.prices = vec![None; self.aims.len()];
        if free >= binding.len() {
            for (form, multiplier) in binding.iter().zip(multipliers) {
                // In units of the goal per unit of the constraint, both as they are told.
                let price = multiplier * form.unit() / objective.unit();
                match form.levels.first() {
                    Some((aim, _)) => conditions.prices[*aim] = Some(price),
                    None => conditions.budget = Some(price),
                }
            }
        }
        Ok(Optimum { intensity: x, levels, cost, conditions })
    }

    /// The goal, and forms that must not be positive.
    fn forms(&self, goal: Goal) -> (Form, Vec<Form>) {
        let cost_unit = (self.cost(&self.highest()) - self.cost(&self.lowest())).abs().max(1e-6);
        let span = |at: usize| {
            let (low, high) = self.reach(at);
            (high - low).abs().max(1e-9 * high.abs()).max(1e-12)
        };
        let aims = || self.aims.iter().enumerate();
        let objective = match goal {
            Goal::LeastCost => Form { cost: 1.0 / cost_unit, ..Form::default() },
            Goal::Most(aim) => Form { levels: vec![(aim, -1.0 / span(aim))], ..Form::default() },
            Goal::Nearest => Form { share: -1.0, ..Form::default() },
        };
        let mut list = Vec::new();
        let share_of = |which: usize| {
            let shares = aims().map(|(at, aim)| self.ends[which][at] / aim.wanted);
            shares.collect::<Vec<f64>>()
        };
        // Shares of all aims at once lie between the least and the most that the ends give.
        let lowest = share_of(0).into_iter().fold(f64::INFINITY, f64::min);
        let highest = share_of(1).into_iter().fold(lowest, f64::max).max(lowest + 1e-9);
        for (at, aim) in aims() {
            let levels = vec![(at, -1.0 / span(at))];
            let wanted = aim.wanted / span(at);
            match goal {
                Goal::LeastCost => list.push(Form { levels, shift: wanted, ..Form::default() }),
                Goal::Nearest => list.push(Form {
                    levels,
                    share: (highest - lowest) * wanted,
                    shift: lowest * wanted,
                    ..Form::default()
                }),
                Goal::Most(_) => (),
            }
        }
        if let Some(budget) = self.budget() {
            let (cost, shift) = (1.0 / cost_unit, -budget / cost_unit);
            list.push(Form { cost, shift, ..Form::default() });
        }
        (objective, list)
    }

    /// The value; an error is kept and ends the search.
    fn noted<T>(&self, result: Result<T, RunError>) -> Option<T> {
        result.map_err(|error| self.known.borrow_mut().failure.get_or_insert(error).clone()).ok()
    }
}

/// Σ weight · level + cost · c + share · s + shift.
#[derive(Debug, Clone, Default)]
struct Form {
    levels: Vec<(usize, f64)>,
    cost: f64,
    share: f64,
    shift: f64,
}

impl Form {
    fn value(&self, levels: &[f64], cost: f64, share: Option<&f64>) -> f64 {
        let sum: f64 = self.levels.iter().map(|(aim, weight)| weight * levels[*aim]).sum();
        sum + self.cost * cost + self.share * share.copied().unwrap_or(0.0) + self.shift
    }

    fn gradient(&self, slopes: &Slopes, width: &[f64], size: usize) -> Vec<f64> {
        let of = |at: usize| {
            let Some(width) = width.get(at) else { return self.share };
            let levels = self.levels.iter().map(|(aim, weight)| weight * slopes.levels[*aim][at]);
            width * (levels.sum::<f64>() + self.cost * slopes.cost[at])
        };
        (0..size).map(of).collect()
    }

    /// Change of the form by one unit of the level or the cost that it is of.
    fn unit(&self) -> f64 {
        self.levels.first().map_or(self.cost, |(_, weight)| weight.abs())
    }
}

/// Where a variable is within its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Low,
    Free,
    High,
    Fixed,
}

/// Rounds over the multipliers at most.
const ROUNDS: usize = 500;

/// Multipliers λ ≥ 0 of constraints with which a gradient is stationary best, by least squares one
/// after the other; and the largest violation left, over the largest slope of the goal.
fn multipliers(goal: &[f64], normals: &[Vec<f64>], sides: &[Side]) -> (Vec<f64>, f64) {
    // What may not be: a slope at a free variable, a fall inwards from a bound.
    let wrong = |slope: f64, side: Side| match side {
        Side::Free => slope,
        Side::Low => slope.min(0.0),
        Side::High => slope.max(0.0),
        Side::Fixed => 0.0,
    };
    let mut found = vec![0.0; normals.len()];
    let mut slope = goal.to_vec();
    for _ in 0..ROUNDS {
        let mut moved = 0.0f64;
        for (multiplier, normal) in found.iter_mut().zip(normals) {
            // Newton on half the sum of squares, which is quadratic between kinks.
            let (mut first, mut second) = (0.0, 0.0);
            for ((slope, normal), side) in slope.iter().zip(normal).zip(sides) {
                let here = wrong(*slope, *side);
                first += here * normal;
                if here != 0.0 || *side == Side::Free {
                    second += normal * normal;
                }
            }
            if second <= 0.0 {
                continue;
            }
            let next = (*multiplier - first / second).max(0.0);
            let by = next - *multiplier;
            slope.iter_mut().zip(normal).for_each(|(slope, normal)| *slope += by * normal);
            *multiplier = next;
            moved = moved.max(by.abs());
        }
        if moved <= 1e-14 * found.iter().fold(1.0, |a: f64, b| a.max(*b)) {
            break;
        }
    }
    let most = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0f64, |a, b| a.max(b.abs()));
    let scale = most(&mut goal.iter().copied()).max(f64::MIN_POSITIVE);
    let left = most(&mut slope.iter().zip(sides).map(|(slope, side)| wrong(*slope, *side)));
    (found, left / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multipliers_are_those_computed_by_hand() {
        // min x² + 3 y² with x + y ≥ 4: x = 3, y = 1, λ = 6.
        let (found, residual) =
            multipliers(&[6.0, 6.0], &[vec![-1.0, -1.0]], &[Side::Free, Side::Free]);
        assert!((found[0] - 6.0).abs() < 1e-9 && residual < 1e-12, "{found:?} {residual}");
        // The same at x = 2, y = 2 is no optimum: slopes 4 and 12, λ = 8, 4 of 12 left.
        let (found, residual) =
            multipliers(&[4.0, 12.0], &[vec![-1.0, -1.0]], &[Side::Free, Side::Free]);
        assert!((found[0] - 8.0).abs() < 1e-9 && (residual - 4.0 / 12.0).abs() < 1e-9);
        // A lever that would cost more than it gives stays at nothing, one that gives more at its most.
        let sides = [Side::Free, Side::Low, Side::High];
        let (found, residual) = multipliers(&[2.0, 9.0, 1.0], &[vec![-1.0, -1.0, -1.0]], &sides);
        assert!((found[0] - 2.0).abs() < 1e-9 && residual < 1e-12, "{found:?} {residual}");
        // Nothing binds: the slope of the goal itself is left.
        assert!((multipliers(&[1.0, 2.0], &[], &[Side::Free, Side::Low]).1 - 0.5).abs() < 1e-12);
    }
}
