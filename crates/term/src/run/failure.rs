//! Why a run has no results.

use diagnostics::Findings;
use equilibrium::{Solve, Status};

/// Why a run has no results: what stands in the way, and how far it got.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// The closure leaves no solution, whatever the shock: findings with their places.
    Closure(Findings),
    /// Beyond a fraction of the shock no solution of the equations was found.
    Infeasible {
        /// Fraction of the shock that was reached.
        fraction: f64,
        /// The equation that resists just beyond it.
        equation: String,
    },
    /// A linear system could not be solved.
    Linear {
        /// What the solver said.
        reason: String,
    },
    /// A linear step takes away all of something, or more.
    TooLong {
        /// Variable and elements.
        cell: String,
        /// Change in the step, percent.
        percent: f64,
        /// Which step, from 1.
        step: usize,
        /// Of how many.
        steps: usize,
    },
    /// A result is not a number.
    NotFinite {
        /// Variable and elements.
        cell: String,
    },
    /// Two solutions in levels still differ in as many parts as are tried.
    NotSettled {
        /// Parts of the finer one.
        parts: usize,
        /// Largest difference, percentage points.
        gap: f64,
    },
    /// The accounts of the updated flows do not balance.
    NotCertified {
        /// Which identity.
        identity: &'static str,
        /// Its largest drift, relative.
        deviation: f64,
    },
}

impl Failure {
    /// One word for programs.
    pub fn status(&self) -> &'static str {
        match self {
            Self::Closure(_) => "closure",
            Self::Infeasible { .. } => "infeasible",
            Self::Linear { .. } => "singular",
            Self::TooLong { .. } => "step_too_long",
            Self::NotFinite { .. } => "not_finite",
            Self::NotSettled { .. } => "not_settled",
            Self::NotCertified { .. } => "not_certified",
        }
    }

    /// Fraction of the shock that has a solution, where it was found.
    pub fn fraction(&self) -> Option<f64> {
        match self {
            Self::Infeasible { fraction, .. } => Some(*fraction),
            _ => None,
        }
    }

    /// A solve of one part that did not end well.
    ///
    /// - `level`: how far the levels of all shocks have come where their logarithms have come some way.
    pub(super) fn of_part(
        end: &Solve,
        (part, parts): (usize, usize),
        level: impl Fn(f64) -> f64,
    ) -> Self {
        let within = match end.status {
            Status::Infeasible { fraction, .. } => level(fraction),
            _ => 0.0,
        };
        let fraction = (part as f64 + within) / parts as f64;
        Self::Infeasible { fraction, equation: end.worst.clone() }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Closure(findings) => write!(out, "{findings}"),
            Self::Infeasible { fraction, equation } => write!(
                out,
                "no solution was found beyond {:.0} % of the shock; there `{equation}` cannot be met; \
                 make it smaller or free what holds it",
                100.0 * fraction
            ),
            Self::Linear { reason } => write!(out, "the model did not solve: {reason}"),
            Self::TooLong { cell, percent, step, steps } => write!(
                out,
                "step {step} of {steps} moves {cell} by {percent:.1} %; take more steps (euler:N) \
                 or solve in levels (exact)"
            ),
            Self::NotFinite { cell } => write!(out, "{cell} is not a number in the solution"),
            Self::NotSettled { parts, gap } => write!(
                out,
                "solutions in {} and in {parts} parts of the shock still differ by {gap:.1e} \
                 percentage points; make the shock smaller",
                parts / 2
            ),
            Self::NotCertified { identity, deviation } => write!(
                out,
                "the solution is not certified: {identity} moved by {deviation:.1e} of its size"
            ),
        }
    }
}

impl std::error::Error for Failure {}
