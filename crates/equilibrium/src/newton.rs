//! Newton's method with line search, on tangent products.
//!
//! Each step solves J d = −F by GMRES preconditioned with a dense LU (small systems) or an estimated
//! diagonal (large ones), either kept from an earlier point, and walks along d as far as the
//! residual norm falls. The numbers of a solve can only be taken through its status.
//! Not here: walking in the shock when a step fails (`crate::homotopy`).

use std::sync::Arc;

use crate::evaluate::Evaluation;
use crate::kernel::{dot, max_abs};
use crate::linear::{Factor, Gmres, Products, gmres};
use crate::system::System;

/// Relative residual of the first linear system without an LU, and the most of any.
const FIRST_FORCING: f64 = 0.1;
/// Factor of the squared gain (Eisenstat & Walker's γ).
const FORCING_FACTOR: f64 = 0.9;
/// Where the previous forcing term keeps the next from falling at once.
const FORCING_GUARD: f64 = 0.1;
/// Fraction of the solve's tolerance that the last linear system aims at.
const LAST_FORCING: f64 = 0.3;

/// Limits and tolerances of a solve.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Largest residual of a solved system; residuals are relative by convention.
    pub tolerance: f64,
    /// Newton steps before giving up.
    pub max_steps: usize,
    /// Largest system whose Jacobian is factored as a dense matrix.
    pub dense_limit: usize,
    /// Iterations of GMRES in one Newton step.
    pub max_iterations: usize,
    /// Relative residual to which GMRES with an LU solves a Newton step, at most.
    pub linear_tolerance: f64,
    /// Iterations with an old LU beyond which it is renewed.
    pub renew_after: usize,
    /// Smallest fraction of a Newton step that is tried.
    pub smallest_step: f64,
    /// Smallest step in the shock, as a fraction of it, before it counts as infeasible.
    pub smallest_shock: f64,
    /// Axis of alike regions, by name: systems that fall into regions along it are preconditioned
    /// by blocks of regions and a coarse solve instead of an LU or a diagonal.
    pub region_axis: Option<String>,
    /// Products with the Jacobian that are remembered for later solves with the same
    /// [`Memory`]; 0 where a factor of a near point is enough.
    pub remembered: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tolerance: 1e-10,
            max_steps: 40,
            dense_limit: 3000,
            max_iterations: 200,
            linear_tolerance: 1e-3,
            renew_after: 25,
            smallest_step: 1e-4,
            smallest_shock: 1.0 / 256.0,
            region_axis: None,
            remembered: 0,
        }
    }
}

/// What a solve leaves for the next one nearby.
#[derive(Debug, Default)]
pub struct Memory {
    /// Preconditioner of an earlier point; renewed where needed.
    pub factor: Option<Arc<Factor>>,
    /// The last products with Jacobians, [`Settings::remembered`] of them.
    products: Products,
}

impl Memory {
    /// With a preconditioner of an earlier point and nothing else.
    pub fn of(factor: Option<Arc<Factor>>) -> Self {
        Self { factor, ..Self::default() }
    }

    /// Forgets everything: factors and products of a point that went wrong help nobody.
    pub(crate) fn forget(&mut self) {
        self.factor = None;
        self.products = Products::default();
    }
}

/// How a solve ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Status {
    /// Every residual is within tolerance.
    Solved,
    /// The limit of Newton steps was reached.
    MaxIterations,
    /// No step along Newton's direction reduces the residual.
    Stalled,
    /// The Jacobian is singular; names the unknown without a pivot.
    Singular {
        /// Label of the unknown.
        unknown: String,
    },
    /// Variables run off along a ray: prices without an anchor, or no solution.
    Ray,
    /// The shock can be applied only up to a fraction; names the equation that resists.
    Infeasible {
        /// Fraction of the shock that was reached.
        fraction: f64,
        /// Label of the equation with the largest residual just beyond it.
        equation: String,
    },
    /// The caller asked to end before it was solved.
    Interrupted,
}

impl std::fmt::Display for Status {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Solved => write!(out, "solved"),
            Self::MaxIterations => write!(out, "iteration limit"),
            Self::Stalled => write!(out, "stalled"),
            Self::Singular { unknown } => write!(out, "singular at {unknown}"),
            Self::Ray => write!(out, "price ray"),
            Self::Infeasible { fraction, equation } => {
                write!(out, "infeasible at {:.0} % of the shock: {equation}", 100.0 * fraction)
            }
            Self::Interrupted => write!(out, "effort limit"),
        }
    }
}

/// What a solve cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Newton steps.
    pub newton_steps: usize,
    /// Iterations of GMRES, over all steps.
    pub linear_iterations: usize,
    /// Times the residual was evaluated.
    pub residuals: usize,
    /// Dense LU factorisations.
    pub factorisations: usize,
    /// Steps in the shock (1 when it was applied at once).
    pub shock_steps: usize,
}

impl std::ops::AddAssign for Work {
    fn add_assign(&mut self, other: Self) {
        self.newton_steps += other.newton_steps;
        self.linear_iterations += other.linear_iterations;
        self.residuals += other.residuals;
        self.factorisations += other.factorisations;
        self.shock_steps += other.shock_steps;
    }
}

/// The end of a solve. Its numbers are reached by [`Solve::equilibrium`] alone.
#[derive(Debug, Clone)]
pub struct Solve {
    /// How it ended.
    pub status: Status,
    /// Largest residual at the end.
    pub residual: f64,
    /// Label of the equation with the largest residual.
    pub worst: String,
    /// What it cost.
    pub work: Work,
    pub(crate) point: Vec<f64>,
}

impl Solve {
    /// The unknowns at the solution.
    ///
    /// # Errors
    /// The solve itself, when it did not end as [`Status::Solved`].
    pub fn equilibrium(self) -> Result<Vec<f64>, Box<Self>> {
        if self.status == Status::Solved { Ok(self.point) } else { Err(Box::new(self)) }
    }

    /// The unknowns at the end, solved or not: for diagnosis.
    pub fn last_point(&self) -> &[f64] {
        &self.point
    }
}

/// Solves F(x) = 0 from `start`; the evaluation is left at the end point.
///
/// - `memory`: what earlier solves of this system left; renewed where needed, for the next solve.
pub fn solve(
    system: &System,
    evaluation: &mut Evaluation,
    start: &[f64],
    memory: &mut Memory,
    settings: &Settings,
) -> Solve {
    let mut newton = Newton::new(system, evaluation, start, memory, settings);
    let status = newton.run();
    newton.finish(status)
}

/// One full Newton step from `start`, unless that is a solution, wherever it leads: the first-order
/// response of the unknowns to all that has changed since they solved the system. Where they never
/// did, it is no response either. The evaluation is left at the point that is returned.
///
/// # Errors
/// How it ended, when there is no direction.
pub fn first_order(
    system: &System,
    evaluation: &mut Evaluation,
    start: &[f64],
    memory: &mut Memory,
    settings: &Settings,
) -> Result<(Vec<f64>, Work), Box<Solve>> {
    let mut newton = Newton::new(system, evaluation, start, memory, settings);
    if max_abs(&newton.residual) <= settings.tolerance {
        return Ok((newton.point, newton.work));
    }
    match newton.direction() {
        Ok(direction) => newton.point.iter_mut().zip(&direction).for_each(|(x, step)| *x += step),
        Err(status) => return Err(Box::new(newton.finish(status))),
    }
    newton.work.newton_steps += 1;
    newton.evaluation.residual(system, &newton.point, &mut newton.residual);
    newton.work.residuals += 1;
    Ok((newton.point, newton.work))
}

struct Newton<'a> {
    system: &'a System,
    evaluation: &'a mut Evaluation,
    memory: &'a mut Memory,
    settings: &'a Settings,
    point: Vec<f64>,
    residual: Vec<f64>,
    work: Work,
    last: Option<LastStep>,
}

/// What the forcing term of a step depends on.
#[derive(Clone, Copy)]
struct LastStep {
    norm: f64,
    forcing: f64,
}

impl<'a> Newton<'a> {
    fn new(
        system: &'a System,
        evaluation: &'a mut Evaluation,
        start: &[f64],
        memory: &'a mut Memory,
        settings: &'a Settings,
    ) -> Self {
        let mut residual = vec![0.0; system.size()];
        evaluation.residual(system, start, &mut residual);
        let work = Work { residuals: 1, shock_steps: 1, ..Work::default() };
        Self {
            system,
            evaluation,
            memory,
            settings,
            point: start.to_vec(),
            residual,
            work,
            last: None,
        }
    }

    fn run(&mut self) -> Status {
        for _ in 0..self.settings.max_steps {
            if max_abs(&self.residual) <= self.settings.tolerance {
                return Status::Solved;
            }
            crate::watch::step();
            let direction = match self.direction() {
                Ok(direction) => direction,
                Err(status) => return status,
            };
            self.work.newton_steps += 1;
            if !self.walk(&direction) {
                return Status::Stalled;
            }
        }
        if max_abs(&self.residual) <= self.settings.tolerance {
            Status::Solved
        } else {
            Status::MaxIterations
        }
    }

    fn finish(self, status: Status) -> Solve {
        let residual = max_abs(&self.residual);
        let at = self
            .residual
            .iter()
            .position(|each| each.is_nan() || each.abs() >= residual)
            .unwrap_or(0);
        let worst = self.system.equation_label(at);
        Solve { status, residual, worst, work: self.work, point: self.point }
    }

    /// Newton's direction, or why there is none: equations without a value, an unknown without a pivot.
    fn direction(&mut self) -> Result<Vec<f64>, Status> {
        if !max_abs(&self.residual).is_finite() {
            return Err(Status::Stalled);
        }
        let tolerance = self.forcing();
        let fresh = self.memory.factor.is_none();
        if fresh {
            self.renew()?;
        }
        let found = self.linear_solve(tolerance);
        let failed = found.relative > tolerance;
        let slow = found.iterations > self.settings.renew_after;
        if !fresh && (failed || self.dense() && slow) {
            self.renew()?;
            return Ok(self.linear_solve(tolerance).solution);
        }
        Ok(found.solution)
    }

    fn dense(&self) -> bool {
        let large = self.system.size() > self.settings.dense_limit;
        self.memory.factor.as_ref().map_or(!large, |factor| factor.is_exact())
    }

    /// Relative residual to which this step's linear system is solved.
    ///
    /// With an LU, iterations are cheap and the tolerance is small from the start. Without, it falls
    /// as the square of what the last step gained, so that early steps cost few products and late
    /// ones converge quadratically (the second choice of Eisenstat & Walker 1996, the default of
    /// `PETSc`). Never smaller than the solve's own tolerance needs.
    fn forcing(&mut self) -> f64 {
        let (largest, norm) = (max_abs(&self.residual), dot(&self.residual, &self.residual).sqrt());
        let wanted = match self.last {
            _ if self.dense() => self.settings.linear_tolerance.min(largest.sqrt()),
            None => FIRST_FORCING,
            Some(last) => {
                let gained = FORCING_FACTOR * (norm / last.norm).powi(2);
                let before = FORCING_FACTOR * last.forcing.powi(2);
                let guarded = if before > FORCING_GUARD { gained.max(before) } else { gained };
                guarded.min(FIRST_FORCING)
            }
        };
        let enough = LAST_FORCING * self.settings.tolerance / largest.max(f64::MIN_POSITIVE);
        let forcing = wanted.max(enough).min(FIRST_FORCING);
        self.last = Some(LastStep { norm, forcing });
        forcing
    }

    fn linear_solve(&mut self, tolerance: f64) -> Gmres {
        let (system, evaluation) = (self.system, &*self.evaluation);
        let most = self.settings.remembered;
        let Memory { factor, products } = &mut *self.memory;
        let factor = factor.as_deref();
        let negative: Vec<f64> = self.residual.iter().map(|x| -x).collect();
        // Copied into each call: it holds a reference only.
        let by_factor = |x: &mut [f64]| {
            if let Some(factor) = factor {
                factor.solve(x);
            }
        };
        let known: &Products = products;
        let precondition = |x: &mut [f64]| known.precondition(x, by_factor);
        let mut made = Vec::new();
        let apply = |v: &[f64], out: &mut [f64]| {
            evaluation.tangent(system, v, out);
            if most > 0 {
                made.push((v.to_vec(), out.to_vec()));
            }
        };
        let found = gmres(&negative, tolerance, self.settings.max_iterations, apply, precondition);
        for (direction, result) in made {
            products.remember(direction, result, most);
        }
        self.work.linear_iterations += found.iterations;
        found
    }

    fn renew(&mut self) -> Result<(), Status> {
        let factor = Factor::new(self.system, self.evaluation, self.settings)
            .map_err(|at| Status::Singular { unknown: self.system.unknown_label(at) })?;
        self.work.factorisations += usize::from(factor.is_exact());
        self.memory.factor = Some(Arc::new(factor));
        Ok(())
    }

    /// Walks along the direction while the residual norm falls; whether a step was found.
    fn walk(&mut self, direction: &[f64]) -> bool {
        let norm = dot(&self.residual, &self.residual);
        let mut length = 1.0;
        let mut residual = vec![0.0; self.residual.len()];
        while length >= self.settings.smallest_step {
            let point: Vec<f64> =
                self.point.iter().zip(direction).map(|(x, d)| x + length * d).collect();
            self.evaluation.residual(self.system, &point, &mut residual);
            self.work.residuals += 1;
            let next = dot(&residual, &residual);
            if next.is_finite() && next <= (1.0 - 1e-4 * length) * norm {
                self.point = point;
                self.residual = residual;
                return true;
            }
            length *= 0.5;
        }
        self.evaluation.residual(self.system, &self.point, &mut self.residual);
        false
    }
}
