//! Fewer rounds: the next multipliers of columns from the last few, as if rounds were linear.
//!
//! A round takes logarithms x of multipliers to g. Where the errors g − x of some rounds combine to
//! nearly nothing, the same combination of their g is nearly the solution. The fixed point, and with
//! it the balanced table, is the same as without.
//!
//! Source: Anderson (1965), "Iterative procedures for nonlinear integral equations"; Walker & Ni
//! (2011), "Anderson acceleration for fixed-point iterations".

use std::collections::VecDeque;

use super::multipliers::Line;

/// Rounds that are combined.
const DEPTH: usize = 4;
/// Relative deviation below which rounding would lead the combination.
const CLOSE: f64 = 1e-11;
/// Growth of the deviation after which the past is forgotten.
const WORSE: f64 = 2.0;
/// Largest change of a logarithm that is taken.
const LARGEST_MOVE: f64 = 2.0;
/// Added to the diagonal of the normal equations, relative to it.
const REGULAR: f64 = 1e-12;

/// A past round: its error g − x, and g.
struct Round {
    error: Vec<f64>,
    g: Vec<f64>,
}

/// The last rounds.
pub(super) struct Acceleration {
    rounds: VecDeque<Round>,
    deviation: f64,
}

impl Acceleration {
    pub(super) fn new() -> Self {
        Self { rounds: VecDeque::new(), deviation: f64::INFINITY }
    }

    /// Moves multipliers that a round took from `before` to `line` on; `deviation` is that of
    /// `before`.
    pub(super) fn improve(&mut self, before: &[f64], line: &mut Line, deviation: f64) {
        let worse = deviation > WORSE * self.deviation;
        self.deviation = deviation;
        if worse || deviation < CLOSE {
            self.rounds.clear();
            return;
        }
        // A multiplier of 0 stays, and has no part in the combination.
        let logarithm = |x: &f64| if *x > 0.0 && x.is_finite() { x.ln() } else { 0.0 };
        let g: Vec<f64> = line.factor.iter().map(logarithm).collect();
        let x = before.iter().map(logarithm);
        let error: Vec<f64> = g.iter().zip(x).map(|(g, x)| g - x).collect();
        if let Some(next) = self.combined(&error, &g) {
            for (j, (next, g)) in next.iter().zip(&g).enumerate() {
                if line.factor[j] > 0.0 && next.to_bits() != g.to_bits() {
                    line.factor[j] = next.exp();
                    line.inverse[j] = (-next).exp();
                }
            }
        }
        self.rounds.push_back(Round { error, g });
        if self.rounds.len() > DEPTH {
            self.rounds.pop_front();
        }
    }

    /// The combination of g whose error is least; none without a past, or when it leads far away.
    fn combined(&self, error: &[f64], g: &[f64]) -> Option<Vec<f64>> {
        let count = self.rounds.len();
        let differences: Vec<Vec<f64>> = self
            .rounds
            .iter()
            .map(|round| error.iter().zip(&round.error).map(|(now, then)| now - then).collect())
            .collect();
        let mut a = [[0.0; DEPTH + 1]; DEPTH];
        for i in 0..count {
            for j in 0..count {
                a[i][j] = dot(&differences[i], &differences[j]);
            }
            a[i][i] *= 1.0 + REGULAR;
            a[i][DEPTH] = dot(&differences[i], error);
        }
        let weights = solve(a, count)?;
        let mut next = g.to_vec();
        for (weight, round) in weights.iter().zip(&self.rounds) {
            for ((next, now), then) in next.iter_mut().zip(g).zip(&round.g) {
                *next -= weight * (now - then);
            }
        }
        let near = next.iter().zip(g).all(|(next, g)| (next - g).abs() <= LARGEST_MOVE);
        (count > 0 && near).then_some(next)
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Solves the first `count` equations of a small positive definite system, right-hand side last.
fn solve(mut a: [[f64; DEPTH + 1]; DEPTH], count: usize) -> Option<[f64; DEPTH]> {
    for k in 0..count {
        let pivot = a[k][k];
        if pivot.is_nan() || pivot <= 0.0 {
            return None;
        }
        let row = a[k];
        for other in a.iter_mut().take(count).skip(k + 1) {
            let factor = other[k] / pivot;
            other.iter_mut().zip(row).for_each(|(cell, by)| *cell -= factor * by);
        }
    }
    let mut x = [0.0; DEPTH];
    for k in (0..count).rev() {
        let known: f64 = (k + 1..count).map(|j| a[k][j] * x[j]).sum();
        x[k] = (a[k][DEPTH] - known) / a[k][k];
    }
    Some(x)
}
