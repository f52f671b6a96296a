//! A shock applied in steps when Newton's method cannot take it at once.
//!
//! Parameters move on a straight line from where they are solved to where they are wanted; each
//! step starts from the solution of the one before. A step that fails is halved. When the smallest
//! step fails, the economy itself is taken to break there, and the status says at what fraction of
//! the shock and in which equation.

use crate::evaluate::Evaluation;
use crate::newton::{Memory, Settings, Solve, Status, Work, solve};
use crate::system::System;

/// Solves with parameters moved to `wanted` (name, values), from the solution `start` of the
/// parameters that the evaluation holds now. The evaluation is left at the end point.
///
/// # Panics
/// When a parameter is not of this system (see [`Evaluation::set_parameter`]).
pub fn solve_shock(
    system: &System,
    evaluation: &mut Evaluation,
    wanted: &[(String, Vec<f64>)],
    start: &[f64],
    memory: &mut Memory,
    settings: &Settings,
) -> Solve {
    let present = |name: &String| evaluation.parameter(system, name).to_vec();
    let from: Vec<Vec<f64>> = wanted.iter().map(|(name, _)| present(name)).collect();
    let set = |evaluation: &mut Evaluation, fraction: f64| {
        for ((name, to), from) in wanted.iter().zip(&from) {
            evaluation.set_parameter(system, name, &between(from, to, fraction));
        }
        evaluation.refresh(system);
    };
    let (mut reached, mut step) = (0.0, 1.0);
    let mut point = start.to_vec();
    let mut work = Work::default();
    loop {
        let target = f64::min(reached + step, 1.0);
        set(evaluation, target);
        let mut found = solve(system, evaluation, &point, memory, settings);
        work += found.work;
        if found.status == Status::Solved {
            if target >= 1.0 {
                return Solve { work, ..found };
            }
            (reached, step) = (target, step * 1.5);
            point = found.point;
            continue;
        }
        memory.forget();
        step *= 0.5;
        if step < settings.smallest_shock {
            found.status = Status::Infeasible { fraction: reached, equation: found.worst.clone() };
            return Solve { work, ..found };
        }
    }
}

fn between(from: &[f64], to: &[f64], fraction: f64) -> Vec<f64> {
    if fraction >= 1.0 {
        return to.to_vec();
    }
    from.iter().zip(to).map(|(from, to)| from + fraction * (to - from)).collect()
}
