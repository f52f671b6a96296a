//! One search: a goal over intensities within bounds, with levels and a budget as constraints.

use std::cell::RefCell;

use rayon::prelude::*;
use slsqp::{Func, StopTols, minimize};

use super::{Aim, Chooser, REACHED};
use crate::run::RunError;
use crate::run::draw::Path;

/// Step of the differences, in units of intensity relative to the width of the bounds.
const STEP: f64 = 1e-4;
/// Evaluations of SLSQP at most.
const EVALUATIONS: usize = 60;
/// Relative change of the goal at which SLSQP ends.
const TOLERANCE: f64 = 1e-6;
/// Part of the width of the bounds within which an intensity counts as at a bound.
const AT_BOUND: f64 = 1e-4;
/// Relative distance within which a constraint counts as binding.
const BINDING: f64 = 1e-3;

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
}

/// Derivatives by intensity.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slopes {
    /// By aim, then lever.
    pub(super) levels: Vec<Vec<f64>>,
    pub(super) cost: Vec<f64>,
}

/// A search on one study.
pub(super) struct Problem<'c, 'a> {
    chooser: &'c Chooser<'a>,
    pub(super) aims: Vec<Aim>,
    /// Target and year of each aim in the indicators of a path.
    pub(super) places: Vec<(usize, usize)>,
    known: RefCell<Known>,
}

/// What was evaluated last, and the first failure.
#[derive(Default)]
struct Known {
    point: Option<(Vec<f64>, Path)>,
    slopes: Option<(Vec<f64>, Slopes)>,
    failure: Option<RunError>,
    paths: usize,
}

impl<'c, 'a> Problem<'c, 'a> {
    pub(super) fn new(chooser: &'c Chooser<'a>, aims: Vec<Aim>) -> Self {
        let study = chooser.study;
        let place = |aim: &Aim| {
            let at = study.targets.iter().position(|each| each.name == aim.name);
            (at.unwrap_or(0), usize::from(aim.year.saturating_sub(study.years.base)))
        };
        let places = aims.iter().map(place).collect();
        Self { chooser, aims, places, known: RefCell::default() }
    }

    fn bounds(&self) -> Vec<(f64, f64)> {
        self.chooser.plan.levers.iter().map(|lever| lever.intensity).collect()
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

    pub(super) fn paths(&self) -> usize {
        self.known.borrow().paths
    }

    /// Levels and cost of intensities.
    pub(super) fn at(&self, x: &[f64]) -> Result<Optimum, RunError> {
        let levels = self.levels(x)?;
        Ok(Optimum { intensity: x.to_vec(), levels, cost: self.cost(x) })
    }

    fn cost(&self, x: &[f64]) -> f64 {
        x.iter().enumerate().map(|(at, x)| self.chooser.cost(at, *x)).sum()
    }

    fn budget(&self) -> Option<f64> {
        self.chooser.plan.budget.map(crate::money::Money::hundred_million_cny)
    }

    /// Whether every aim is reached within the budget.
    pub(super) fn reaches(&self, found: &Optimum) -> bool {
        let short = |(aim, level): (&Aim, &f64)| *level < aim.wanted * (1.0 - REACHED);
        let dear = self.budget().is_some_and(|budget| found.cost > budget * (1.0 + REACHED));
        !dear && !self.aims.iter().zip(&found.levels).any(short)
    }

    fn levels(&self, x: &[f64]) -> Result<Vec<f64>, RunError> {
        Ok(self.told(&self.path(x)?))
    }

    fn told(&self, path: &Path) -> Vec<f64> {
        self.places.iter().map(|(target, year)| path.indicators[*target][*year]).collect()
    }

    /// The path of intensities, begun from the last one.
    fn path(&self, x: &[f64]) -> Result<Path, RunError> {
        let last = self.known.borrow().point.clone();
        if let Some((at, path)) = &last
            && at == x
        {
            return Ok(path.clone());
        }
        let near = last.as_ref().map(|(_, path)| path);
        let path = self.chooser.programme.path(&self.chooser.levers(x), near)?;
        let mut known = self.known.borrow_mut();
        known.paths += 1;
        known.point = Some((x.to_vec(), path.clone()));
        Ok(path)
    }

    /// Derivatives by differences to the side that is farther from its bound.
    pub(super) fn slopes(&self, x: &[f64]) -> Result<Slopes, RunError> {
        if let Some((at, slopes)) = &self.known.borrow().slopes
            && at == x
        {
            return Ok(slopes.clone());
        }
        let here = self.path(x)?;
        let levels_here = self.told(&here);
        let (bounds, chooser, places) = (self.bounds(), self.chooser, &self.places);
        let one = |at: usize| -> Result<(Vec<f64>, f64), RunError> {
            let (low, high) = bounds[at];
            let step = STEP * (high - low);
            if step <= 0.0 {
                return Ok((vec![0.0; places.len()], 0.0));
            }
            let step = if high - x[at] >= x[at] - low { step } else { -step };
            let mut moved = x.to_vec();
            moved[at] += step;
            let path = chooser.programme.path(&chooser.levers(&moved), Some(&here))?;
            let slope = |((target, year), from): (&(usize, usize), &f64)| {
                (path.indicators[*target][*year] - from) / step
            };
            let levels = places.iter().zip(&levels_here).map(slope).collect();
            Ok((levels, (chooser.cost(at, moved[at]) - chooser.cost(at, x[at])) / step))
        };
        let by_lever: Vec<(Vec<f64>, f64)> =
            (0..x.len()).into_par_iter().map(one).collect::<Result<_, RunError>>()?;
        let levels = (0..self.aims.len())
            .map(|aim| by_lever.iter().map(|(levels, _)| levels[aim]).collect())
            .collect();
        let slopes = Slopes { levels, cost: by_lever.iter().map(|(_, cost)| *cost).collect() };
        let mut known = self.known.borrow_mut();
        known.paths += x.len();
        known.slopes = Some((x.to_vec(), slopes.clone()));
        Ok(slopes)
    }

    /// Runs SLSQP; variables are intensities as shares of the width of their bounds, with one more
    /// for the share of all aims in [`Goal::Nearest`].
    pub(super) fn solve(&self, goal: Goal, start: &[f64]) -> Result<Optimum, RunError> {
        let bounds = self.bounds();
        let n = bounds.len();
        if n == 0 {
            return self.at(&[]);
        }
        let width: Vec<f64> = bounds.iter().map(|(low, high)| high - low).collect();
        let back = |z: &[f64]| -> Vec<f64> {
            (0..n).map(|at| bounds[at].0 + width[at] * z[at].clamp(0.0, 1.0)).collect()
        };
        let forth = |x: &[f64]| -> Vec<f64> {
            let share =
                |at: usize| if width[at] > 0.0 { (x[at] - bounds[at].0) / width[at] } else { 0.0 };
            (0..n).map(share).collect()
        };
        let cost_unit = self.cost(&self.highest()).abs().max(1e-6);
        let extra = usize::from(goal == Goal::Nearest);
        // Value and gradient of a linear form of levels, cost and the share of all aims.
        let form = |z: &[f64], gradient: Option<&mut [f64]>, of: &Form| -> f64 {
            let x = back(z);
            let Some(point) = self.noted(self.at(&x)) else { return f64::NAN };
            if let Some(gradient) = gradient {
                let Some(slopes) = self.noted(self.slopes(&x)) else { return f64::NAN };
                for at in 0..n {
                    let levels: f64 = of
                        .levels
                        .iter()
                        .map(|(aim, weight)| weight * slopes.levels[*aim][at])
                        .sum();
                    gradient[at] = width[at] * (levels + of.cost * slopes.cost[at]);
                }
                if extra == 1 {
                    gradient[n] = of.share;
                }
            }
            let levels: f64 =
                of.levels.iter().map(|(aim, weight)| weight * point.levels[*aim]).sum();
            levels
                + of.cost * point.cost
                + of.shift
                + if extra == 1 { of.share * z[n] } else { 0.0 }
        };
        let constraints = self.constraints(goal);
        let objective = match goal {
            Goal::LeastCost => Form { cost: 1.0 / cost_unit, ..Form::default() },
            Goal::Most(aim) => {
                let unit = self.at(start)?.levels[aim].abs().max(1e-9);
                Form { levels: vec![(aim, -1.0 / unit)], ..Form::default() }
            }
            Goal::Nearest => Form { share: -1.0, ..Form::default() },
        };
        let of_form = |form_of: Form| {
            let form = &form;
            move |z: &[f64], gradient: Option<&mut [f64]>, (): &mut ()| form(z, gradient, &form_of)
        };
        let closures: Vec<_> = constraints.into_iter().map(of_form).collect();
        let references: Vec<&dyn Func<()>> =
            closures.iter().map(|each| each as &dyn Func<()>).collect();
        let mut z = forth(start);
        let mut limits = vec![(0.0, 1.0); n];
        if extra == 1 {
            z.push(0.0);
            limits.push((0.0, 2.0));
        }
        let stop = StopTols { ftol_rel: TOLERANCE, xtol_rel: TOLERANCE, ..StopTols::default() };
        let ended =
            minimize(of_form(objective), &z, &limits, &references, (), EVALUATIONS, Some(stop));
        if let Some(failure) = self.known.borrow_mut().failure.take() {
            return Err(failure);
        }
        let z = match ended {
            Ok((_, z, _)) | Err((_, z, _)) => z,
        };
        self.at(&back(&z))
    }

    /// Forms that must not be positive.
    fn constraints(&self, goal: Goal) -> Vec<Form> {
        let mut list = Vec::new();
        for (at, aim) in self.aims.iter().enumerate() {
            let unit = aim.wanted.abs().max(1e-9);
            let levels = vec![(at, -1.0 / unit)];
            let wanted = aim.wanted / unit;
            match goal {
                Goal::LeastCost => list.push(Form { levels, shift: wanted, ..Form::default() }),
                Goal::Nearest => list.push(Form { levels, share: wanted, ..Form::default() }),
                Goal::Most(_) => (),
            }
        }
        if let Some(budget) = self.budget() {
            let unit = budget.max(1e-6);
            list.push(Form { cost: 1.0 / unit, shift: -budget / unit, ..Form::default() });
        }
        list
    }

    /// The value; an error is kept and ends the search.
    fn noted<T>(&self, result: Result<T, RunError>) -> Option<T> {
        result.map_err(|error| self.known.borrow_mut().failure.get_or_insert(error).clone()).ok()
    }

    /// Multipliers of binding aims by least squares over levers that are not at a bound.
    pub(super) fn shadow_prices(&self, found: &Optimum, slopes: &Slopes) -> Vec<Option<f64>> {
        let bounds = self.bounds();
        let free: Vec<usize> = (0..bounds.len())
            .filter(|at| {
                let (low, high) = bounds[*at];
                let slack = AT_BOUND * (high - low);
                found.intensity[*at] > low + slack && found.intensity[*at] < high - slack
            })
            .collect();
        let binding: Vec<usize> = (0..self.aims.len())
            .filter(|at| (found.levels[*at] / self.aims[*at].wanted - 1.0).abs() < BINDING)
            .collect();
        let mut prices = vec![None; self.aims.len()];
        if free.len() < binding.len() || binding.is_empty() {
            return prices;
        }
        let entry = |a: usize, b: usize| {
            free.iter().map(|at| slopes.levels[a][*at] * slopes.levels[b][*at]).sum::<f64>()
        };
        let right =
            |a: usize| free.iter().map(|at| slopes.levels[a][*at] * slopes.cost[*at]).sum::<f64>();
        let matrix: Vec<Vec<f64>> =
            binding.iter().map(|a| binding.iter().map(|b| entry(*a, *b)).collect()).collect();
        let solved = solve_small(matrix, binding.iter().map(|a| right(*a)).collect());
        for (at, price) in binding.iter().zip(solved.into_iter().flatten()) {
            prices[*at] = Some(price);
        }
        prices
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

/// Gaussian elimination with pivoting for a few unknowns; none when the matrix is singular.
fn solve_small(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let n = right.len();
    for at in 0..n {
        let pivot = (at..n).max_by(|a, b| matrix[*a][at].abs().total_cmp(&matrix[*b][at].abs()))?;
        if matrix[pivot][at].abs() <= f64::MIN_POSITIVE {
            return None;
        }
        matrix.swap(at, pivot);
        right.swap(at, pivot);
        for row in 0..n {
            if row != at {
                let factor = matrix[row][at] / matrix[at][at];
                let above = matrix[at].clone();
                matrix[row].iter_mut().zip(&above).for_each(|(x, above)| *x -= factor * above);
                right[row] -= factor * right[at];
            }
        }
    }
    Some((0..n).map(|at| right[at] / matrix[at][at]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_systems_are_solved_and_singular_ones_are_not() {
        let found = solve_small(vec![vec![0.0, 2.0], vec![4.0, 1.0]], vec![6.0, 11.0]);
        assert_eq!(found, Some(vec![2.0, 3.0]));
        assert_eq!(solve_small(vec![vec![0.0]], vec![1.0]), None);
    }
}
