//! How unknowns and reports move with parameters, to first order, from one linear solve.
//!
//! With F(x, θ) = 0: J dx = −(∂F/∂θ) dθ, and dr = (∂r/∂x) dx + (∂r/∂θ) dθ. The forward counterpart of
//! `crate::sensitivity`: all reports for one direction of the parameters.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::evaluate::{Active, Evaluation};
use crate::linear::{Factor, gmres};
use crate::newton::Settings;
use crate::system::System;

/// Relative residual to which the linear system is solved.
const LINEAR_TOLERANCE: f64 = 1e-12;
/// Relative residual beyond which the response counts as not found.
const ACCEPTED: f64 = 1e-9;

/// First-order changes.
#[derive(Debug, Clone)]
pub struct Response {
    /// Change of the vector of unknowns.
    pub unknowns: Vec<f64>,
    /// Change of each report, by name, in storage order.
    pub reports: BTreeMap<String, Vec<f64>>,
    /// Iterations of GMRES.
    pub iterations: usize,
}

/// Changes of everything when parameters move by `directions` (name, change of each cell), at the
/// solution that the evaluation is at.
///
/// - `factor`: a preconditioner of an earlier point, or none; left for the next call.
///
/// # Errors
/// What stands in the way: an unknown without a pivot, or the residual that was reached.
///
/// # Panics
/// When a parameter is not of this system or the count of its cells differs.
pub fn response(
    system: &System,
    evaluation: &mut Evaluation,
    directions: &[(String, Vec<f64>)],
    factor: &mut Option<Arc<Factor>>,
    settings: &Settings,
) -> Result<Response, String> {
    evaluation.refresh_reports(system);
    respond(system, evaluation, directions, factor, (LINEAR_TOLERANCE, settings))
}

/// [`response`] of an evaluation that is shared, to a relative residual of the linear system:
/// quicker where a report was read before and few digits are asked for.
///
/// # Errors
/// As [`response`].
///
/// # Panics
/// As [`response`].
pub fn respond(
    system: &System,
    evaluation: &Evaluation,
    directions: &[(String, Vec<f64>)],
    factor: &mut Option<Arc<Factor>>,
    (tolerance, settings): (f64, &Settings),
) -> Result<Response, String> {
    let evaluation = &*evaluation.with_reports(system);
    let n = system.size();
    let mut arena = system.spare.take();
    let equations = [&system.fixed, &system.core];
    evaluation.tangent_of_sources(system, &equations, &mut arena, &vec![0.0; n], directions);
    let mut right = vec![0.0; n];
    system.equation_tangents(&arena, &mut right);
    for x in &mut right {
        *x = -*x;
    }
    let mut iterations = 0;
    for attempt in 0..2 {
        if factor.is_none() {
            let made = Factor::new(system, evaluation, settings)
                .map_err(|at| format!("no pivot at {}", system.unknown_label(at)))?;
            *factor = Some(Arc::new(made));
        }
        let kept = factor.as_deref().expect("made above");
        let apply = |v: &[f64], out: &mut [f64]| evaluation.tangent(system, v, out);
        let most = settings.max_iterations;
        let found = gmres(&right, tolerance, most, apply, |x: &mut [f64]| kept.solve(x));
        iterations += found.iterations;
        if found.relative <= ACCEPTED.max(tolerance) {
            let all = [&system.fixed, &system.core, &system.report_only];
            evaluation.tangent_of_sources(system, &all, &mut arena, &found.solution, directions);
            let reports = system.report_tangents(&arena);
            return Ok(Response { unknowns: found.solution, reports, iterations });
        }
        *factor = None;
        if attempt == 1 {
            return Err(format!("linear system solved to {:.1e} only", found.relative));
        }
    }
    unreachable!("the second attempt returns")
}

impl Evaluation {
    /// Tangents of the nodes of `lists`, given those of unknowns and of some parameters.
    fn tangent_of_sources(
        &self,
        system: &System,
        lists: &[&Vec<usize>],
        arena: &mut [f64],
        unknowns: &[f64],
        directions: &[(String, Vec<f64>)],
    ) {
        for block in system.parameters() {
            arena[system.arena_range(block.node)].fill(0.0);
        }
        for (name, change) in directions {
            let block = system.parameter(name).unwrap_or_else(|| panic!("no parameter `{name}`"));
            arena[system.arena_range(block.node)].copy_from_slice(change);
        }
        for block in system.unknowns() {
            arena[system.arena_range(block.node)]
                .copy_from_slice(&unknowns[block.start..block.start + block.size]);
        }
        let mut all: Vec<usize> = lists.iter().copied().flatten().copied().collect();
        all.sort_unstable();
        self.forward(system, &all, Active(&system.on_sources), arena);
    }
}

impl System {
    fn equation_tangents(&self, arena: &[f64], out: &mut [f64]) {
        for block in &self.equations {
            let part = &mut out[block.start..block.start + block.size];
            if self.on_sources[block.node] {
                part.copy_from_slice(&arena[self.arena_range(block.node)]);
            }
        }
    }

    fn report_tangents(&self, arena: &[f64]) -> BTreeMap<String, Vec<f64>> {
        let tangent = |node: usize, size: usize| {
            let moves = self.on_sources[node];
            if moves { arena[self.arena_range(node)].to_vec() } else { vec![0.0; size] }
        };
        let reports = self.reports.iter();
        reports.map(|(name, block)| (name.clone(), tangent(block.node, block.size))).collect()
    }
}
