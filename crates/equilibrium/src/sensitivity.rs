//! Exact derivatives of a report by every parameter, from one linear solve.
//!
//! With F(x, θ) = 0 and a report r(x, θ): dr/dθ = ∂r/∂θ − λᵀ ∂F/∂θ where Jᵀ λ = (∂r/∂x)ᵀ.

use std::collections::BTreeMap;

use crate::evaluate::{Active, Evaluation, seed_equations};
use crate::kernel::max_abs;
use crate::linear::{Factor, gmres};
use crate::newton::Settings;
use crate::system::System;

/// Derivatives of one weighted report by every parameter, cell by cell.
#[derive(Debug, Clone)]
pub struct Sensitivity {
    /// Parameter name → derivative by each of its cells, in storage order.
    pub by_parameter: BTreeMap<String, Vec<f64>>,
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
    let block = system.report(report).unwrap_or_else(|| panic!("no report `{report}`"));
    assert_eq!(weights.len(), block.size, "one weight for each cell of the report");
    let evaluation = &*evaluation.with_reports(system);
    let moving = moving_nodes(system);
    let mut arena = vec![0.0; system.arena];
    if system.on_sources[block.node] {
        arena[system.arena_range(block.node)].copy_from_slice(weights);
    }
    evaluation.backward(system, &[&system.fixed, &moving], Active(&system.on_sources), &mut arena);
    let by_unknown = gather_unknowns(system, &arena);
    let multipliers = solve_transpose(system, evaluation, by_unknown, settings)?;
    let negative: Vec<f64> = multipliers.iter().map(|x| -x).collect();
    let mut indirect = vec![0.0; system.arena];
    seed_equations(system, &mut indirect, &system.on_sources, &negative);
    evaluation.backward(
        system,
        &[&system.fixed, &moving],
        Active(&system.on_sources),
        &mut indirect,
    );
    let total = |node: usize| {
        let range = system.arena_range(node);
        arena[range.clone()].iter().zip(&indirect[range]).map(|(a, b)| a + b).collect()
    };
    let by_parameter =
        system.parameters().map(|block| (block.name.clone(), total(block.node))).collect();
    Ok(Sensitivity { by_parameter })
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

fn solve_transpose(
    system: &System,
    evaluation: &Evaluation,
    mut rhs: Vec<f64>,
    settings: &Settings,
) -> Result<Vec<f64>, String> {
    if max_abs(&rhs) == 0.0 {
        return Ok(rhs);
    }
    if system.size() <= settings.dense_limit {
        let factor = Factor::dense(system, evaluation).map_err(|at| system.unknown_label(at))?;
        factor.solve_transpose(&mut rhs);
        return Ok(rhs);
    }
    let factor = Factor::diagonal(system, evaluation);
    let mut arena = Vec::new();
    let apply = |v: &[f64], out: &mut [f64]| evaluation.adjoint(system, &mut arena, v, out);
    let precondition = |x: &mut [f64]| factor.solve_transpose(x);
    Ok(gmres(&rhs, 1e-12, 10 * settings.max_iterations, apply, precondition).solution)
}
