//! Small tables of the tests.

use accounts::input_output::{Label, Row};
use accounts::{InputOutputTable, Matrix};

/// A matrix from its rows.
pub fn matrix(rows: &[&[f64]]) -> Matrix {
    Matrix::from_fn(rows.len(), rows[0].len(), |i, j| rows[i][j])
}

/// A table of one row of value added (what is left of output), labelled `region/industry`.
pub fn table(
    regions: &[&str],
    flows: Matrix,
    final_demand: Matrix,
    output: Vec<f64>,
) -> InputOutputTable {
    let n = output.len();
    let per_region = n / regions.len();
    let costs = flows.column_sums();
    let label = |region: &str, name: String| Label { region: region.to_owned(), name };
    InputOutputTable {
        name: "test".to_owned(),
        unit: "million".to_owned(),
        industries: (0..n)
            .map(|i| label(regions[i / per_region], format!("{}", i % per_region)))
            .collect(),
        categories: (0..final_demand.columns())
            .map(|c| label(regions[c % regions.len()], "final demand".to_owned()))
            .collect(),
        primary_inputs: vec![Row { name: "value added".to_owned(), unit: "million".to_owned() }],
        value_added: Matrix::from_fn(1, n, |_, j| output[j] - costs[j]),
        flows,
        final_demand,
        output,
        extensions: vec![],
    }
}

/// Largest distance of two lists.
pub fn distance(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// Asserts that every number is the printed one to the printed decimals.
pub fn assert_printed(what: &str, found: &[f64], printed: &[f64], decimals: i32) {
    assert_eq!(found.len(), printed.len(), "{what}");
    for (at, (found, printed)) in found.iter().zip(printed).enumerate() {
        let half = 0.5 * 10_f64.powi(-decimals) * (1.0 + 1e-9);
        assert!((found - printed).abs() <= half, "{what} [{at}]: {found}, printed {printed}");
    }
}
