//! Three-way iterative proportional fitting.

use super::{BalanceError, Convergence, Settings};
use crate::matrix::Matrix;

/// Totals of a three-way fit of cells (k, i, j).
#[derive(Debug, Clone, PartialEq)]
pub struct ThreeWayTotals {
    /// Totals over j: k × i.
    pub first_second: Matrix,
    /// Totals over i: k × j.
    pub first_third: Matrix,
    /// Totals over k: i × j.
    pub second_third: Matrix,
}

/// Three-way iterative proportional fitting of non-negative layers (k) of matrices (i × j).
///
/// - `prior`: k layers, i × j each.
/// - returns the layers after the last round and how far they are from the totals. Totals that
///   contradict each other are no error here: the deviation shows them.
///
/// # Errors
/// [`BalanceError::ShapeMismatch`].
///
/// # Source
/// Deming & Stephan (1940), iterative proportional fitting with three two-way margins.
pub fn three_way_fit(
    prior: &[Matrix],
    totals: &ThreeWayTotals,
    settings: &Settings,
) -> Result<(Vec<Matrix>, Convergence), BalanceError> {
    let shape = (totals.second_third.rows(), totals.second_third.columns());
    let one_shape = prior.iter().all(|layer| (layer.rows(), layer.columns()) == shape);
    if !one_shape
        || totals.first_second.rows() != prior.len()
        || totals.first_third.rows() != prior.len()
    {
        return Err(BalanceError::ShapeMismatch);
    }
    let scale =
        totals.second_third.row_sums().iter().fold(f64::MIN_POSITIVE, |most, each| most.max(*each));
    let mut layers = prior.to_vec();
    let mut how = Convergence { iterations: 0, largest_deviation: f64::INFINITY };
    while how.iterations < settings.max_iterations && how.largest_deviation > settings.tolerance {
        how.iterations += 1;
        fit_across_layers(&mut layers, &totals.second_third);
        for (k, layer) in layers.iter_mut().enumerate() {
            fit_rows(layer, totals.first_second.row(k));
            fit_columns(layer, totals.first_third.row(k));
        }
        how.largest_deviation = three_way_deviation(&layers, totals) / scale;
    }
    Ok((layers, how))
}

fn ratio(wanted: f64, found: f64) -> f64 {
    if found > 0.0 { wanted / found } else { 1.0 }
}

fn fit_rows(layer: &mut Matrix, wanted: &[f64]) {
    for (i, want) in wanted.iter().enumerate() {
        let factor = ratio(*want, layer.row_sum(i));
        (0..layer.columns()).for_each(|j| *layer.at_mut(i, j) *= factor);
    }
}

fn fit_columns(layer: &mut Matrix, wanted: &[f64]) {
    for (j, want) in wanted.iter().enumerate() {
        let factor = ratio(*want, layer.column_sum(j));
        (0..layer.rows()).for_each(|i| *layer.at_mut(i, j) *= factor);
    }
}

fn fit_across_layers(layers: &mut [Matrix], wanted: &Matrix) {
    for i in 0..wanted.rows() {
        for j in 0..wanted.columns() {
            let factor = ratio(wanted.at(i, j), layers.iter().map(|layer| layer.at(i, j)).sum());
            for layer in &mut *layers {
                *layer.at_mut(i, j) *= factor;
            }
        }
    }
}

fn deviation(fitted: &Matrix, rows: &[f64], columns: &[f64]) -> f64 {
    let row = (0..rows.len()).map(|i| (fitted.row_sum(i) - rows[i]).abs());
    let column = (0..columns.len()).map(|j| (fitted.column_sum(j) - columns[j]).abs());
    row.chain(column).fold(0.0, f64::max)
}

fn three_way_deviation(layers: &[Matrix], totals: &ThreeWayTotals) -> f64 {
    let within = layers
        .iter()
        .enumerate()
        .map(|(k, layer)| deviation(layer, totals.first_second.row(k), totals.first_third.row(k)));
    let wanted = &totals.second_third;
    let across = (0..wanted.rows()).flat_map(|i| (0..wanted.columns()).map(move |j| (i, j))).map(
        |(i, j)| (layers.iter().map(|layer| layer.at(i, j)).sum::<f64>() - wanted.at(i, j)).abs(),
    );
    within.chain(across).fold(0.0, f64::max)
}
