//! Output from coefficients alone, before there are flows: the power series of the Leontief inverse.
//!
//! Not here: systems of tables with flows (`super::leontief`), which take fewer passes.

use rayon::prelude::*;

use crate::matrix::Matrix;

/// Iterations of the power series for output at most.
const MOST_ITERATIONS: usize = 1_000;
/// Change of output, relative to output, at which the power series ends.
const CONVERGED: f64 = 1e-14;

/// Gross output that meets final demand: the sum of y, A y, A A y, …
///
/// - `coefficients`: **A**, n × n.
/// - `demand`: **y**, n.
///
/// `None` when the sum does not converge, as it does not when an industry uses more than it makes.
pub fn output_of(coefficients: &Matrix, demand: &[f64]) -> Option<Vec<f64>> {
    let (mut output, mut round) = (demand.to_vec(), demand.to_vec());
    let size = |values: &[f64]| values.iter().map(|value| value.abs()).sum::<f64>();
    for _ in 0..MOST_ITERATIONS {
        let product =
            |row: usize| coefficients.row(row).iter().zip(&round).map(|(a, b)| a * b).sum::<f64>();
        let next: Vec<f64> = (0..demand.len()).into_par_iter().map(product).collect();
        for (output, next) in output.iter_mut().zip(&next) {
            *output += next;
        }
        round = next;
        let (change, total) = (size(&round), size(&output));
        if !total.is_finite() {
            return None;
        }
        if change <= CONVERGED * total {
            return Some(output);
        }
    }
    None
}
