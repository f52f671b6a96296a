//! RAS and GRAS of a social accounting matrix whose totals are not known: receipts = outlays.
//!
//! | here       | symbol | meaning                                                              |
//! |------------|--------|----------------------------------------------------------------------|
//! | `payments` | T̄      | cells before balancing; a negative one is a payment the other way     |
//! | `lambda`   | **λ**  | logarithms of the multipliers of accounts                             |
//! | result     | T      | T̄ exp(λ of the payee − λ of the payer): RAS with s = 1 / r            |
//!
//! Σ T is convex in **λ**, and its gradient is receipts − outlays; Newton's method finds the minimum.
//! Receipts = outlays makes a matrix a sum of circular flows. A cell between two accounts that lie on
//! no common circle can only be 0, so a method that keeps cells positive cannot balance it.
//!
//! Source: the equal row and column totals of Schneider & Zenios (1990), "A comparative study of
//! algorithms for matrix balancing"; negative cells as in GRAS.

use super::gradients::conjugate_gradients;
use super::{BalanceError, Convergence, Settings};
use crate::matrix::Matrix;

/// Steps of Newton's method before giving up.
const MOST_STEPS: usize = 200;
/// Halvings of a step before giving up.
const MOST_HALVINGS: i32 = 40;
/// Share of the decrease that the slope promises which a step must bring.
const ENOUGH: f64 = 1e-4;
/// Largest relative deviation of a solution that is rounding and nothing else.
const ROUNDING: f64 = 1e-12;

/// The matrix of least information gain against `prior` in which every account receives what it
/// pays.
///
/// - `prior`: accounts × accounts; cells may be negative.
/// - returns the balanced matrix and how it went (`iterations` are steps of Newton's method).
///
/// # Errors
/// [`BalanceError::OneWay`] names cells that receipts = outlays forces to 0.
pub fn fit_accounts(
    prior: &Matrix,
    settings: &Settings,
) -> Result<(Matrix, Convergence), BalanceError> {
    if prior.rows() != prior.columns() {
        return Err(BalanceError::ShapeMismatch);
    }
    if !prior.values().iter().all(|cell| cell.is_finite()) {
        return Err(BalanceError::NotFinite);
    }
    let cells = one_way_cells(prior);
    if !cells.is_empty() {
        return Err(BalanceError::OneWay(cells));
    }
    let payments = Payments::of(prior);
    let mut lambda = vec![0.0; prior.rows()];
    let mut how = Convergence { iterations: 0, largest_deviation: payments.deviation(&lambda) };
    while how.largest_deviation > settings.tolerance && how.iterations < MOST_STEPS {
        let Some(better) = payments.step(&lambda) else { break };
        let deviation = payments.deviation(&better);
        let rounding_only = how.largest_deviation < ROUNDING;
        if rounding_only && deviation >= how.largest_deviation {
            break;
        }
        how.iterations += 1;
        (lambda, how.largest_deviation) = (better, deviation);
    }
    if how.largest_deviation > settings.tolerance.max(ROUNDING) {
        return Err(BalanceError::NotConverged(how));
    }
    Ok((Payments::table(&lambda, prior), how))
}

/// A cell as a positive amount from one account to another.
struct Payment {
    to: usize,
    from: usize,
    amount: f64,
}

struct Payments(Vec<Payment>);

impl Payments {
    fn of(prior: &Matrix) -> Self {
        let places = (0..prior.rows()).flat_map(|i| (0..prior.columns()).map(move |j| (i, j)));
        let payment = |(i, j): (usize, usize)| {
            let cell = prior.at(i, j);
            let (to, from) = if cell > 0.0 { (i, j) } else { (j, i) };
            (cell != 0.0).then_some(Payment { to, from, amount: cell.abs() })
        };
        Self(places.filter_map(payment).collect())
    }

    fn flows(&self, lambda: &[f64]) -> Vec<f64> {
        let flow = |each: &Payment| each.amount * (lambda[each.to] - lambda[each.from]).exp();
        self.0.iter().map(flow).collect()
    }

    /// Receipts − outlays of amounts, one for each payment.
    fn gaps(&self, amounts: &[f64], accounts: usize) -> Vec<f64> {
        let mut gaps = vec![0.0; accounts];
        for (payment, amount) in self.0.iter().zip(amounts) {
            gaps[payment.to] += amount;
            gaps[payment.from] -= amount;
        }
        gaps
    }

    fn deviation(&self, lambda: &[f64]) -> f64 {
        let flows = self.flows(lambda);
        let mut receipts = vec![0.0; lambda.len()];
        self.0.iter().zip(&flows).for_each(|(payment, flow)| receipts[payment.to] += flow);
        let scale = super::largest(&receipts).max(f64::MIN_POSITIVE);
        super::largest(&self.gaps(&flows, lambda.len())) / scale
    }

    /// A step of Newton's method that lowers the sum of flows.
    fn step(&self, lambda: &[f64]) -> Option<Vec<f64>> {
        let flows = self.flows(lambda);
        let gaps = self.gaps(&flows, lambda.len());
        let mut diagonal = vec![0.0; lambda.len()];
        for (payment, flow) in self.0.iter().zip(&flows).filter(|(each, _)| each.to != each.from) {
            diagonal[payment.to] += flow;
            diagonal[payment.from] += flow;
        }
        let apply = |d: &[f64]| {
            let pairs = self.0.iter().zip(&flows);
            let moved: Vec<f64> =
                pairs.map(|(each, flow)| flow * (d[each.to] - d[each.from])).collect();
            self.gaps(&moved, d.len())
        };
        let rhs: Vec<f64> = gaps.iter().map(|gap| -gap).collect();
        let (direction, _) = conjugate_gradients(apply, &diagonal, &rhs);
        let slope: f64 = gaps.iter().zip(&direction).map(|(gap, d)| gap * d).sum();
        let before: f64 = flows.iter().sum();
        let moved = |length: f64| -> Vec<f64> {
            lambda.iter().zip(&direction).map(|(x, d)| x + length * d).collect()
        };
        // Near the minimum the decrease drowns in rounding: the full step is then the right one.
        if slope.abs() < ROUNDING * before {
            return Some(moved(1.0));
        }
        (0..MOST_HALVINGS).map(|halving| 0.5_f64.powi(halving)).find_map(|length| {
            let there = moved(length);
            let after: f64 = self.flows(&there).iter().sum();
            (after <= before + ENOUGH * length * slope).then_some(there)
        })
    }

    fn table(lambda: &[f64], prior: &Matrix) -> Matrix {
        Matrix::from_fn(prior.rows(), prior.columns(), |i, j| {
            let cell = prior.at(i, j);
            let rise = lambda[i] - lambda[j];
            if cell == 0.0 { cell } else { cell * (cell.signum() * rise).exp() }
        })
    }
}

/// Cells (row, column) that lie on no circle: receipts = outlays forces them to 0.
///
/// - `prior`: accounts × accounts; a negative cell is a payment the other way round.
pub fn one_way_cells(prior: &Matrix) -> Vec<(usize, usize)> {
    let component = strong_components(prior.rows(), |from, to| pays(prior, from, to));
    let cells = (0..prior.rows()).flat_map(|i| (0..prior.columns()).map(move |j| (i, j)));
    cells.filter(|(i, j)| prior.at(*i, *j) != 0.0 && component[*i] != component[*j]).collect()
}

/// Whether money goes from one account to the other: columns pay rows.
fn pays(prior: &Matrix, from: usize, to: usize) -> bool {
    prior.at(to, from) > 0.0 || prior.at(from, to) < 0.0
}

/// Component of each of `n` nodes, of which one `leads` to another: nodes of one component reach each
/// other. Two passes of depth-first search (Kosaraju's algorithm).
pub(super) fn strong_components(n: usize, leads: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut finished = Vec::with_capacity(n);
    let mut seen = vec![false; n];
    for start in 0..n {
        search(start, &mut seen, &leads, |node| finished.push(node));
    }
    let mut component = vec![0; n];
    let mut seen = vec![false; n];
    for (number, start) in finished.into_iter().rev().enumerate() {
        search(start, &mut seen, |from, to| leads(to, from), |node| component[node] = number);
    }
    component
}

/// Visits all that can be reached and was not seen; calls `done` when all beyond a node is visited.
fn search(
    start: usize,
    seen: &mut [bool],
    leads: impl Fn(usize, usize) -> bool,
    mut done: impl FnMut(usize),
) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut path = vec![(start, 0)];
    while let Some((node, next)) = path.last_mut() {
        let node = *node;
        if let Some(to) = (*next..seen.len()).find(|to| !seen[*to] && leads(node, *to)) {
            *next = to + 1;
            seen[to] = true;
            path.push((to, 0));
        } else {
            done(node);
            path.pop();
        }
    }
}
