//! Exact derivatives of a report by every parameter, from one linear solve.
//!
//! With F(x, θ) = 0 and a report r(x, θ): dr/dθ = ∂r/∂θ − λᵀ ∂F/∂θ where Jᵀ λ = (∂r/∂x)ᵀ.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::evaluate::{Active, Evaluation, seed_equations};
use crate::kernel::max_abs;
use crate::linear::{Factor, gmres};
use crate::newton::Settings;
use crate::system::System;

/// Relative residual to which the linear system is solved.
const LINEAR_TOLERANCE: f64 = 1e-12;
/// Relative residual beyond which an older factor is given up.
const ACCEPTED: f64 = 1e-10;

/// Derivatives of one weighted report by every parameter, cell by cell.
#[derive(Debug, Clone)]
pub struct Sensitivity {
    /// Parameter name → derivative by each of its cells, in storage order.
    pub by_parameter: BTreeMap<String, Vec<f64>>,
}

/// Derivatives of a weighted sum of reports.
#[derive(Debug, Clone)]
pub struct Gradient {
    /// Parameter name → derivative by each of its cells, in storage order.
    pub by_parameter: BTreeMap<String, Vec<f64>>,
    /// λ, in the order of the equations: by what the sum falls when a residual is one larger at the
    /// same point.
    pub multipliers: Vec<f64>,
    /// Iterations of GMRES.
    pub iterations: usize,
}

/// d(Σ `weights` · report)/d(parameters) at the solution that the evaluation is at.
///
/// - `weights`: one for each cell of the report, in storage order.
///
/// # Errors
/// The label of an unknown without a pivot, when the Jacobian is singular there.
///
/// # Panics
/// When there is no such report, or the weights do not fit it.
pub fn sensitivity(
    system: &System,
    evaluation: &Evaluation,
    report: &str,
    weights: &[f64],
    settings: &Settings,
) -> Result<Sensitivity, String> {
    let found = gradient(system, evaluation, &[(report, weights)], &mut None, settings)?;
    Ok(Sensitivity { by_parameter: found.by_parameter })
}

/// d(Σ weight · cell)/d(parameters) over cells of several reports, at the solution that the
/// evaluation is at.
///
/// - `seeds`: names of reports, and one weight for each of their cells, in storage order.
/// - `factor`: a dense LU of a point near by, or none; one that is made is left for the next call.
///
/// # Errors
/// The label of an unknown without a pivot, when the Jacobian is singular there.
///
/// # Panics
/// When there is no such report, or the weights do not fit it.
pub fn gradient(
    system: &System,
    evaluation: &Evaluation,
    seeds: &[(&str, &[f64])],
    factor: &mut Option<Arc<Factor>>,
    settings: &Settings,
) -> Result<Gradient, String> {
    let evaluation = &*evaluation.with_reports(system);
    let moving = moving_nodes(system);
    let mut arena = system.spare.zeros();
    for (report, weights) in seeds {
        let block = system.report(report).unwrap_or_else(|| panic!("no report `{report}`"));
        assert_eq!(weights.len(), block.size, "one weight for each cell of the report");
        if system.on_sources[block.node] {
            let cells = &mut arena[system.arena_range(block.node)];
            cells.iter_mut().zip(*weights).for_each(|(cell, weight)| *cell += weight);
        }
    }
    let back = |arena: &mut [f64]| {
        let lists: [&[usize]; 2] = [&system.fixed, &moving];
        evaluation.backward(system, &lists, Active(&system.on_sources), arena);
    };
    back(&mut arena);
    let by_unknown = gather_unknowns(system, &arena);
    let (multipliers, iterations) =
        solve_transpose(system, evaluation, by_unknown, factor, settings)?;
    let negative: Vec<f64> = multipliers.iter().map(|x| -x).collect();
    let mut indirect = system.spare.zeros();
    seed_equations(system, &mut indirect, &system.on_sources, &negative);
    back(&mut indirect);
    let total = |node: usize| {
        let range = system.arena_range(node);
        arena[range.clone()].iter().zip(&indirect[range]).map(|(a, b)| a + b).collect()
    };
    let by_parameter =
        system.parameters().map(|block| (block.name.clone(), total(block.node))).collect();
    Ok(Gradient { by_parameter, multipliers, iterations })
}

/// Core and report nodes in one order.
fn moving_nodes(system: &System) -> Vec<usize> {
    let mut all: Vec<usize> = system.core.iter().chain(&system.report_only).copied().collect();
    all.sort_unstable();
    all
}

fn gather_unknowns(system: &System, arena: &[f64]) -> Vec<f64> {
    system
        .unknowns
        .iter()
        .flat_map(|block| arena[system.arena_range(block.node)].iter().copied())
        .collect()
}

/// Jᵀ λ = `rhs`, and the iterations it took.
fn solve_transpose(
    system: &System,
    evaluation: &Evaluation,
    rhs: Vec<f64>,
    factor: &mut Option<Arc<Factor>>,
    settings: &Settings,
) -> Result<(Vec<f64>, usize), String> {
    if max_abs(&rhs) == 0.0 {
        return Ok((rhs, 0));
    }
    let dense = system.size() <= settings.dense_limit;
    // Blocks of regions have no transpose here.
    let kept = factor.take().filter(|factor| factor.is_exact());
    let mut iterations = 0;
    for candidate in [kept, None] {
        let fresh = candidate.is_none();
        let kept = match candidate {
            Some(kept) => kept,
            None if dense => {
                Arc::new(Factor::dense(system, evaluation).map_err(|at| system.unknown_label(at))?)
            }
            None => Arc::new(Factor::diagonal(system, evaluation)),
        };
        let apply = |v: &[f64], out: &mut [f64]| evaluation.adjoint(system, v, out);
        let precondition = |x: &mut [f64]| kept.solve_transpose(x);
        let most = if dense { settings.max_iterations } else { 10 * settings.max_iterations };
        let found = gmres(&rhs, LINEAR_TOLERANCE, most, apply, precondition);
        iterations += found.iterations;
        if fresh || found.relative <= ACCEPTED {
            *factor = Some(kept);
            return Ok((found.solution, iterations));
        }
    }
    unreachable!("the second attempt returns")
}
