//! Mixed complementarity: F(z) ⟂ lower ≤ z ≤ upper.
//!
//! z at its lower bound needs F ≥ 0, at its upper bound F ≤ 0, strictly between F = 0. Each pair
//! becomes one equation by the function of Fischer (1992) and Burmeister,
//! φ(a, b) = a + b − √(a² + b²), which is 0 exactly when a ≥ 0, b ≥ 0 and a·b = 0; two finite bounds
//! by the composition of Billups (1995). The equations are not smooth, but Newton's method with an
//! element of the generalised Jacobian converges quadratically (Qi & Sun 1993; De Luca, Facchinei &
//! Kanzow 1996). Iterates stay within the bounds. The line search is nonmonotone (Zhang & Hager 2004);
//! where the Newton direction fails, a Levenberg–Marquardt direction is taken, and
//! where that fails too, the equations are smoothed (Kanzow 1996) and the smoothing taken back.
//! Before all this come a few plain Newton steps on what is away from its lower bound: they bring the
//! quantities to prices that were given alone, so that of several equilibria the near one is found.
//! Not here: where F comes from (the implementor of [`Complementarity`]).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::newton::{Solve, Status, Work};
use crate::sparse::{Pattern, SparseLu};

/// A mixed complementarity problem.
pub trait Complementarity {
    /// Lower bounds; −∞ where there is none.
    fn lower(&self) -> &[f64];
    /// Upper bounds; +∞ where there is none.
    fn upper(&self) -> &[f64];
    /// Variables that must stay strictly above their lower bound for F to have a value.
    fn positive(&self) -> &[bool];
    /// Usual size of each variable, above zero: what is small and what is large is said in it.
    fn scale(&self) -> Vec<f64>;
    /// F at a point; not finite where it has no value.
    fn residual(&self, point: &[f64], out: &mut [f64]);
    /// (row, column) of each number of [`Complementarity::jacobian`]; numbers of one place add.
    fn entries(&self) -> &[(usize, usize)];
    /// The Jacobian of F at a point, in the order of the entries.
    fn jacobian(&self, point: &[f64], out: &mut [f64]);
    /// Name of the condition at a position.
    fn label(&self, position: usize) -> String;
}

/// Limits and tolerances of a complementarity solve.
#[derive(Debug, Clone)]
pub struct ComplementaritySettings {
    /// Largest natural residual of a solved problem, in scaled variables and conditions.
    pub tolerance: f64,
    /// Newton steps before giving up, in each attempt.
    pub max_steps: usize,
    /// How much an earlier merit counts against the one after it, in the average that the line
    /// search takes as its reference: 0 is a monotone search.
    pub memory: f64,
    /// Smallest fraction of the last direction that is tried.
    pub smallest_step: f64,
    /// Smoothing parameters tried when the plain method fails.
    pub smoothing: Vec<f64>,
    /// Ends the solve with [`Status::Interrupted`] at the next step once it is true.
    pub interrupt: Option<Arc<AtomicBool>>,
}

impl ComplementaritySettings {
    /// Whether somebody asked to end.
    pub fn interrupted(&self) -> bool {
        self.interrupt.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed))
    }
}

impl Default for ComplementaritySettings {
    fn default() -> Self {
        Self {
            tolerance: 1e-10,
            max_steps: 200,
            memory: 0.95,
            smallest_step: 1e-10,
            smoothing: vec![1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8],
            interrupt: None,
        }
    }
}

/// Share of the distance to a lower bound that one step leaves: a step in which variables fall to
/// their bounds at once ends in another equilibrium, or none, more often than one that is held back.
const KEEP: f64 = 0.2;
/// Distance to a lower bound, in units of the scale, from which a step may go all the way.
const NEAR: f64 = 1e-3;
/// Share of a positive variable's scale below which it may rest on its bound.
const REST: f64 = 1e-9;
/// Sufficient decrease (Armijo).
const DECREASE: f64 = 1e-4;
/// First and largest Levenberg–Marquardt parameter.
const DAMPING: (f64, f64) = (1e-6, 1e4);
/// Shifts of the conditions by a multiple of the step, in units of the residual, in the order in
/// which they are tried; 0 is Newton's method.
const SHIFTS: [f64; 3] = [0.0, 0.01, 0.1];
/// Share of the descent of Newton's direction, −2 × merit, that a direction must have.
const DESCENT: f64 = 0.005;
/// Smallest fraction of a Newton direction that is tried before another direction is.
const SHORTEST: f64 = 1e-2;
/// Share of the first damping below which it does not fall with the residual.
const DAMPING_FALLS_TO: f64 = 1e-8;
/// Plain Newton steps before the first descent, at most.
const OPENING: usize = 3;
/// Share of the first residual to which they must bring it to count.
const OPENED: f64 = 0.1;
/// Steps of the finish that follows the first point within tolerance.
const FINISH: usize = 6;
/// Residual at which the finish stops, near the rounding of F.
const EXACT: f64 = 1e-15;
/// Variables beyond this multiple of their scale run along a ray.
const RAY: f64 = 1e7;

/// Solves a mixed complementarity problem from `start`.
///
/// The status is [`Status::Solved`], [`Status::Stalled`], [`Status::Singular`],
/// [`Status::Ray`], [`Status::MaxIterations`] or [`Status::Interrupted`].
pub fn solve_complementarity(
    problem: &impl Complementarity,
    start: &[f64],
    settings: &ComplementaritySettings,
) -> Solve {
    let mut solver = Solver::new(problem, start, settings);
    let status = solver.run(start);
    solver.finish(status)
}

/// F scaled, and how far from solved.
#[derive(Clone)]
struct At {
    point: Vec<f64>,
    conditions: Vec<f64>,
    merit: f64,
}

struct Solver<'a, P> {
    problem: &'a P,
    settings: &'a ComplementaritySettings,
    /// Scale of each variable and of each condition.
    scale: Vec<f64>,
    weight: Vec<f64>,
    pattern: Option<Pattern>,
    damped: Option<Pattern>,
    smoothing: f64,
    best: At,
    work: Work,
}

impl<'a, P: Complementarity> Solver<'a, P> {
    fn new(problem: &'a P, start: &[f64], settings: &'a ComplementaritySettings) -> Self {
        let n = start.len();
        let point = within(problem, start);
        let scale = problem.scale();
        let best = At { point, conditions: vec![f64::NAN; n], merit: f64::INFINITY };
        let mut solver = Self {
            problem,
            settings,
            scale,
            weight: vec![1.0; n],
            pattern: None,
            damped: None,
            smoothing: 0.0,
            best,
            work: Work::default(),
        };
        solver.weigh();
        solver
    }

    fn n(&self) -> usize {
        self.scale.len()
    }

    /// Weights of the conditions: one over the largest change that a variable's scale makes.
    fn weigh(&mut self) {
        let entries = self.problem.entries();
        let mut values = vec![0.0; entries.len()];
        self.problem.jacobian(&self.best.point, &mut values);
        let mut largest = vec![0.0f64; self.n()];
        for ((row, column), value) in entries.iter().zip(&values) {
            let change = (value * self.scale[*column]).abs();
            if change.is_finite() {
                largest[*row] = largest[*row].max(change);
            }
        }
        self.weight =
            largest.iter().map(|each| if *each > 1e-12 { 1.0 / each } else { 1.0 }).collect();
    }

    fn run(&mut self, start: &[f64]) -> Status {
        let point = within(self.problem, start);
        let opened = self.open(&point);
        let mut first = self.attempt(&opened);
        if !over(&first) && opened != point {
            first = self.attempt(&point);
        }
        if over(&first) {
            return first;
        }
        let mut from = point;
        for smoothing in self.settings.smoothing.clone() {
            self.smoothing = smoothing;
            let reached = self.descend(&from, smoothing.min(1e-3), 60);
            from = reached.0.point;
        }
        self.smoothing = 0.0;
        if self.settings.interrupted() {
            return Status::Interrupted;
        }
        let second = self.attempt(&from);
        if matches!(second, Status::Solved | Status::Ray) { second } else { first }
    }

    /// Plain Newton steps on the conditions of what is away from its bounds, the rest held; the start
    /// itself when they do not bring the residual down.
    fn open(&mut self, start: &[f64]) -> Vec<f64> {
        let mut at = self.evaluate(start.to_vec());
        let first = self.distance(&at);
        if self.solved(&at, self.settings.tolerance) || !first.is_finite() {
            return at.point;
        }
        for _ in 0..OPENING.min(self.settings.max_steps) {
            if self.settings.interrupted() {
                break;
            }
            let linear = self.linearise_inside(&at);
            let Some(direction) = self.direction(&linear, 0.0) else { break };
            self.work.newton_steps += 1;
            let next = self.evaluate(self.moved(&at.point, &direction, 1.0));
            if !next.merit.is_finite() {
                break;
            }
            at = next;
            if self.solved(&at, self.settings.tolerance) {
                break;
            }
        }
        if self.distance(&at) <= OPENED * first { at.point } else { start.to_vec() }
    }

    /// The conditions of what is away from its bounds and their slopes; the others hold still.
    fn linearise_inside(&self, at: &At) -> Linear {
        let inside = |i: usize| {
            let (lower, upper) = (self.problem.lower()[i], self.problem.upper()[i]);
            at.point[i] - lower > NEAR * self.scale[i] && at.point[i] < upper
        };
        let slope =
            |i: usize| if inside(i) { (at.conditions[i], 0.0, 1.0) } else { (0.0, 1.0, 0.0) };
        self.linearise_by(at, slope)
    }

    /// The plain method from a point; the best point is kept.
    fn attempt(&mut self, point: &[f64]) -> Status {
        let (mut at, status) =
            self.descend(point, self.settings.tolerance, self.settings.max_steps);
        let status = match status {
            Status::Solved | Status::MaxIterations if self.runs_off(&at) => Status::Ray,
            other => other,
        };
        if status == Status::Solved {
            self.polish(&mut at);
        }
        if status == Status::Solved || at.merit < self.best.merit || self.best.merit.is_nan() {
            self.best = at;
        }
        status
    }

    fn finish(self, status: Status) -> Solve {
        let natural = self.natural(&self.best);
        let residual = natural.iter().fold(0.0, |most, each| {
            if each.is_nan() { f64::INFINITY } else { f64::max(most, each.abs()) }
        });
        let at = natural.iter().position(|each| each.is_nan() || each.abs() >= residual);
        let worst = at.map_or_else(String::new, |at| self.problem.label(at));
        Solve { status, residual, worst, work: self.work, point: self.best.point }
    }

    fn evaluate(&mut self, point: Vec<f64>) -> At {
        self.work.residuals += 1;
        let mut conditions = vec![0.0; self.n()];
        self.problem.residual(&point, &mut conditions);
        for (condition, weight) in conditions.iter_mut().zip(&self.weight) {
            *condition *= weight;
        }
        let mut at = At { point, conditions, merit: 0.0 };
        at.merit = 0.5 * (0..self.n()).map(|i| self.equation(&at, i).0.powi(2)).sum::<f64>();
        at
    }

    /// One equation and its slopes by the scaled variable and by the scaled condition.
    fn equation(&self, at: &At, i: usize) -> (f64, f64, f64) {
        let (lower, upper) = (self.problem.lower()[i], self.problem.upper()[i]);
        let (z, f, s) = (at.point[i], at.conditions[i], self.scale[i]);
        let mu = self.smoothing;
        match (lower.is_finite(), upper.is_finite()) {
            _ if lower >= upper => ((z - lower) / s, 1.0, 0.0),
            (false, false) => (f, 0.0, 1.0),
            (true, false) => fischer((z - lower) / s, f, mu),
            (false, true) => {
                let (value, a, b) = fischer((upper - z) / s, -f, mu);
                (-value, a, b)
            }
            (true, true) => {
                let (inner, a, b) = fischer((upper - z) / s, -f, mu);
                let (value, c, d) = fischer((z - lower) / s, -inner, mu);
                (value, c + d * a, d * b)
            }
        }
    }

    /// Natural residual mid(z − upper, F, z − lower), scaled.
    fn natural(&self, at: &At) -> Vec<f64> {
        let each = |i: usize| {
            let (lower, upper) = (self.problem.lower()[i], self.problem.upper()[i]);
            let (z, s) = (at.point[i], self.scale[i]);
            if lower >= upper {
                return (z - lower) / s;
            }
            at.conditions[i].max((z - upper) / s).min((z - lower) / s)
        };
        (0..self.n()).map(each).collect()
    }

    fn distance(&self, at: &At) -> f64 {
        let natural = self.natural(at);
        natural.iter().fold(0.0, |most, each| {
            if each.is_nan() { f64::INFINITY } else { f64::max(most, each.abs()) }
        })
    }

    fn solved(&self, at: &At, tolerance: f64) -> bool {
        if self.smoothing > 0.0 {
            return at.merit.is_finite() && (2.0 * at.merit).sqrt() <= tolerance;
        }
        self.distance(at) <= tolerance
    }

    fn descend(&mut self, start: &[f64], tolerance: f64, most: usize) -> (At, Status) {
        let mut at = self.evaluate(start.to_vec());
        let mut reference = Average { value: at.merit, weight: 1.0 };
        let mut hold = Hold { damping: 0.0, singular: false };
        for _ in 0..most {
            if !at.merit.is_finite() {
                return (at, Status::Stalled);
            }
            if self.solved(&at, tolerance) {
                return (at, Status::Solved);
            }
            if self.settings.interrupted() {
                return (at, Status::Interrupted);
            }
            let linear = self.linearise(&at);
            self.work.newton_steps += 1;
            let next = self.step(&at, &linear, reference.value.max(at.merit), &mut hold);
            let Some(next) = next else {
                let status = self.why_stalled(&at, &linear);
                return (at, status);
            };
            at = next;
            reference.add(at.merit, self.settings.memory);
        }
        let status =
            if self.solved(&at, tolerance) { Status::Solved } else { Status::MaxIterations };
        (at, status)
    }

    /// An element of the generalised Jacobian, in scaled variables.
    fn linearise(&self, at: &At) -> Linear {
        self.linearise_by(at, |i| self.equation(at, i))
    }

    /// The Jacobian of equations given as value, slope by the variable, slope by the condition.
    fn linearise_by(&self, at: &At, equation: impl Fn(usize) -> (f64, f64, f64)) -> Linear {
        let entries = self.problem.entries();
        let mut values = vec![0.0; entries.len() + self.n()];
        let (jacobian, diagonal) = values.split_at_mut(entries.len());
        self.problem.jacobian(&at.point, jacobian);
        let mut phi = vec![0.0; self.n()];
        let mut slopes = vec![0.0; self.n()];
        for i in 0..self.n() {
            (phi[i], diagonal[i], slopes[i]) = equation(i);
        }
        for ((row, column), value) in entries.iter().zip(jacobian) {
            let slope = slopes[*row] * self.weight[*row];
            *value = if slope == 0.0 { 0.0 } else { *value * slope * self.scale[*column] };
        }
        Linear { phi, values }
    }

    /// Newton's direction with the conditions shifted by a multiple of the step: that of
    /// F(z) + shift (z − here), whose Jacobian is regular where that of F just is not. None where it
    /// is singular.
    fn direction(&mut self, linear: &Linear, shift: f64) -> Option<Vec<f64>> {
        let n = self.n();
        if self.pattern.is_none() {
            self.pattern = Some(Pattern::new(n, &self.places()));
        }
        let mut shifted = vec![];
        if shift > 0.0 {
            shifted.clone_from(&linear.values);
            let own = shifted.len() - n;
            shifted[own..].iter_mut().for_each(|value| *value += shift);
        }
        let values = if shift > 0.0 { &shifted } else { &linear.values };
        let lu = self.pattern.as_mut()?.factor(values).ok()?;
        self.work.factorisations += 1;
        direction(lu, &linear.phi)
    }

    /// Minimises |H d + Φ|² + damping |d|², as [I H; Hᵀ −damping] [r; d] = [−Φ; 0].
    fn damped_direction(&mut self, linear: &Linear, damping: f64) -> Option<Vec<f64>> {
        let n = self.n();
        if self.damped.is_none() {
            let own = self.places();
            let mut entries: Vec<(usize, usize)> = vec![];
            entries.extend(own.iter().map(|(row, column)| (*row, n + column)));
            entries.extend(own.iter().map(|(row, column)| (n + column, *row)));
            entries.extend((0..2 * n).map(|i| (i, i)));
            self.damped = Some(Pattern::new(2 * n, &entries));
        }
        let mut values = linear.values.clone();
        values.extend_from_slice(&linear.values);
        values.extend(std::iter::repeat_n(1.0, n));
        values.extend(std::iter::repeat_n(-damping, n));
        let lu = self.damped.as_mut()?.factor(&values).ok()?;
        self.work.factorisations += 1;
        let mut rhs = linear.phi.clone();
        rhs.resize(2 * n, 0.0);
        Some(direction(lu, &rhs)?.split_off(n))
    }

    /// Places of the numbers of a [`Linear`].
    fn places(&self) -> Vec<(usize, usize)> {
        let mut entries = self.problem.entries().to_vec();
        entries.extend((0..self.n()).map(|i| (i, i)));
        entries
    }

    /// The next point, by Newton's direction or a damped one.
    fn step(&mut self, at: &At, linear: &Linear, reference: f64, hold: &mut Hold) -> Option<At> {
        let gradient = self.gradient(linear);
        let size = f64::min(1.0, (2.0 * at.merit).sqrt());
        for shift in SHIFTS {
            if shift == 0.0 && hold.singular {
                continue;
            }
            let Some(direction) = self.direction(linear, shift * size) else {
                hold.singular = true;
                continue;
            };
            let slope = dot(&gradient, &direction);
            if slope <= -2.0 * DESCENT * at.merit
                && let Some(next) = self.search(at, &direction, slope, reference, SHORTEST)
            {
                hold.damping = 0.0;
                return Some(next);
            }
        }
        let shortest = self.settings.smallest_step;
        let mut tried = f64::max(hold.damping * 0.1, least_damping(at.merit));
        while tried <= DAMPING.1 * (1.0 + at.merit) {
            if let Some(direction) = self.damped_direction(linear, tried) {
                let slope = dot(&gradient, &direction);
                if slope < 0.0
                    && let Some(next) = self.search(at, &direction, slope, reference, shortest)
                {
                    hold.damping = tried;
                    return Some(next);
                }
            }
            tried *= 10.0;
        }
        None
    }

    fn gradient(&self, linear: &Linear) -> Vec<f64> {
        let mut gradient = vec![0.0; self.n()];
        let entries = self.problem.entries();
        for ((row, column), value) in entries.iter().zip(&linear.values) {
            gradient[*column] += value * linear.phi[*row];
        }
        for (i, slope) in gradient.iter_mut().enumerate() {
            *slope += linear.values[entries.len() + i] * linear.phi[i];
        }
        gradient
    }

    /// Walks along a direction until the merit is low enough.
    fn search(
        &mut self,
        at: &At,
        direction: &[f64],
        slope: f64,
        reference: f64,
        shortest: f64,
    ) -> Option<At> {
        let mut length = 1.0;
        while length >= shortest {
            let next = self.evaluate(self.moved(&at.point, direction, length));
            let enough = next.merit <= reference + DECREASE * length * slope;
            if enough && next.merit.is_finite() && next.point != at.point {
                return Some(next);
            }
            length *= 0.5;
        }
        None
    }

    /// The point moved along a scaled direction and kept within the bounds.
    fn moved(&self, point: &[f64], direction: &[f64], length: f64) -> Vec<f64> {
        let (lower, upper) = (self.problem.lower(), self.problem.upper());
        let positive = self.problem.positive();
        let each = |i: usize| {
            let z = point[i] + length * self.scale[i] * direction[i];
            let gap = point[i] - lower[i];
            let keep = positive[i] || gap > NEAR * self.scale[i] && gap.is_finite();
            let least = if keep { lower[i] + KEEP * gap } else { lower[i] };
            z.max(least).min(upper[i])
        };
        (0..point.len()).map(each).collect()
    }

    /// After tolerance is reached: plain Newton steps while they help, and what is next to a bound
    /// put on it.
    fn polish(&mut self, at: &mut At) {
        self.rest(at);
        for _ in 0..FINISH {
            let distance = self.distance(at);
            if distance <= EXACT {
                break;
            }
            let linear = self.linearise(at);
            let size = f64::min(1.0, (2.0 * at.merit).sqrt());
            let directions = SHIFTS.map(|shift| shift * size);
            let found = directions.into_iter().find_map(|shift| self.direction(&linear, shift));
            let Some(direction) = found else { break };
            let next = self.evaluate(self.moved(&at.point, &direction, 1.0));
            if self.distance(&next) >= 0.5 * distance || !next.merit.is_finite() {
                break;
            }
            self.work.newton_steps += 1;
            *at = next;
        }
        self.rest(at);
    }

    /// Puts variables that have all but reached a bound on it, when F stays what it is.
    fn rest(&mut self, at: &mut At) {
        let mut point = at.point.clone();
        for (i, z) in point.iter_mut().enumerate() {
            for bound in [self.problem.lower()[i], self.problem.upper()[i]] {
                if (*z - bound).abs() <= REST * self.scale[i] {
                    *z = bound;
                }
            }
        }
        if point == at.point {
            return;
        }
        let rested = self.evaluate(point);
        if self.distance(&rested) <= self.settings.tolerance {
            *at = rested;
        }
    }

    /// Whether a variable is far beyond its usual size: the others are then next to nothing.
    fn runs_off(&self, at: &At) -> bool {
        (0..self.n()).any(|i| at.point[i].abs() > RAY * self.scale[i])
    }

    fn why_stalled(&mut self, at: &At, linear: &Linear) -> Status {
        if self.runs_off(at) {
            return Status::Ray;
        }
        if self.direction(linear, 0.0).is_none() {
            let natural = self.natural(at);
            let worst =
                (0..self.n()).max_by(|a, b| natural[*a].abs().total_cmp(&natural[*b].abs()));
            let unknown = worst.map_or_else(String::new, |at| self.problem.label(at));
            return Status::Singular { unknown };
        }
        Status::Stalled
    }
}

/// Whether nothing else needs to be tried.
fn over(status: &Status) -> bool {
    matches!(status, Status::Solved | Status::Interrupted)
}

/// Where damping begins. Near a solution it falls with the residual, which keeps convergence fast
/// where solutions are not isolated and the Jacobian has no inverse.
fn least_damping(merit: f64) -> f64 {
    let residual = (2.0 * merit).sqrt();
    DAMPING.0 * if residual < 1.0 { residual.max(DAMPING_FALLS_TO) } else { 1.0 + merit }
}

/// What one step leaves for the next.
struct Hold {
    /// The Levenberg–Marquardt parameter; 0 when none was needed.
    damping: f64,
    /// Whether the Jacobian was singular: prices of what nobody trades are not determined, mostly,
    /// and Newton's method itself is not tried again.
    singular: bool,
}

/// Average of merits in which later ones count more (Zhang & Hager 2004, eq. 1.6).
struct Average {
    value: f64,
    weight: f64,
}

impl Average {
    fn add(&mut self, merit: f64, memory: f64) {
        let before = memory * self.weight;
        self.weight = before + 1.0;
        self.value = (before * self.value + merit) / self.weight;
    }
}

struct Linear {
    phi: Vec<f64>,
    /// Numbers of the Jacobian's entries, then of the diagonal.
    values: Vec<f64>,
}

fn direction(lu: &SparseLu, phi: &[f64]) -> Option<Vec<f64>> {
    let negative: Vec<f64> = phi.iter().map(|each| -each).collect();
    lu.solve(&negative)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// φ(a, b) = a + b − √(a² + b² + 2μ) and its slopes; at the kink, those of the direction (1, 1).
fn fischer(a: f64, b: f64, smoothing: f64) -> (f64, f64, f64) {
    let square = a * a + b * b + 2.0 * smoothing;
    if square < f64::MIN_POSITIVE {
        let slope = 1.0 - std::f64::consts::FRAC_1_SQRT_2;
        return (0.0, slope, slope);
    }
    let root = square.sqrt();
    // The second form keeps the digits that a + b − root would lose.
    let value = if a + b > 0.0 { 2.0 * (a * b - smoothing) / (a + b + root) } else { a + b - root };
    (value, 1.0 - a / root, 1.0 - b / root)
}

fn within(problem: &impl Complementarity, start: &[f64]) -> Vec<f64> {
    let (lower, upper) = (problem.lower(), problem.upper());
    start.iter().enumerate().map(|(i, z)| z.max(lower[i]).min(upper[i])).collect()
}
