//! Balancing of arrays.

use accounts::Matrix;
use accounts::balance::{
    self, BalanceError, Convergence, EntropyProblem, Estimate, LeastSquaresProblem, Settings,
};
use numpy::{PyArray2, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors;
use crate::tables::{matrix, moved};

type Balanced<'py> = (Bound<'py, PyArray2<f64>>, Bound<'py, PyDict>);

fn told(
    py: Python<'_>,
    found: Result<(Matrix, Convergence), BalanceError>,
    rows: usize,
    columns: usize,
) -> PyResult<Balanced<'_>> {
    let (table, how) = found.map_err(|error| {
        let names = |count: usize| (0..count).map(|at| at.to_string()).collect::<Vec<_>>();
        let message = error.explain(&names(rows), &names(columns));
        match error {
            BalanceError::NotConverged(_) => errors::unsolved(py, message),
            _ => errors::refused(
                py,
                "E1411",
                message,
                "lines are counted from 0; change a total, or a zero",
            ),
        }
    })?;
    let report = PyDict::new(py);
    report.set_item("rounds", how.iterations)?;
    report.set_item("largest_deviation", how.largest_deviation)?;
    Ok((moved(py, table)?, report))
}

fn settings(tolerance: Option<f64>, rounds: Option<usize>) -> Settings {
    let usual = Settings::default();
    Settings {
        tolerance: tolerance.unwrap_or(usual.tolerance),
        max_iterations: rounds.unwrap_or(usual.max_iterations),
    }
}

/// RAS, or GRAS where the prior has negative cells; without totals, receipts = outlays.
#[pyfunction]
#[pyo3(signature = (prior, rows=None, columns=None, tolerance=None, max_rounds=None))]
pub fn ras<'py>(
    py: Python<'py>,
    prior: PyReadonlyArray2<'py, f64>,
    rows: Option<PyReadonlyArray1<'py, f64>>,
    columns: Option<PyReadonlyArray1<'py, f64>>,
    tolerance: Option<f64>,
    max_rounds: Option<usize>,
) -> PyResult<Balanced<'py>> {
    let prior = matrix(&prior);
    let settings = settings(tolerance, max_rounds);
    let list =
        |array: PyReadonlyArray1<'_, f64>| array.as_array().iter().copied().collect::<Vec<f64>>();
    let found = match (rows.map(list), columns.map(list)) {
        (Some(rows), Some(columns)) => {
            py.detach(|| balance::ras(&prior, &rows, &columns, &settings))
        }
        (None, None) => py.detach(|| balance::fit_accounts(&prior, &settings)),
        _ => {
            let message = "totals of rows without those of columns, or the other way round";
            return Err(errors::refused(py, "E1402", message.to_owned(), "give both, or none"));
        }
    };
    told(py, found, prior.rows(), prior.columns())
}

/// Cross-entropy of a social accounting matrix whose totals are known with a relative error.
#[pyfunction]
#[pyo3(signature = (prior, standard_error=0.05, tolerance=None, max_rounds=None))]
pub fn cross_entropy<'py>(
    py: Python<'py>,
    prior: PyReadonlyArray2<'py, f64>,
    standard_error: f64,
    tolerance: Option<f64>,
    max_rounds: Option<usize>,
) -> PyResult<Balanced<'py>> {
    let prior = matrix(&prior);
    let settings = settings(tolerance, max_rounds);
    let problem = EntropyProblem::of(&prior, standard_error);
    let found = py.detach(|| balance::cross_entropy(&prior, &problem, &settings));
    told(py, found, prior.rows(), prior.columns())
}

/// Weighted least squares of a social accounting matrix; NaN is a total that is not known.
#[pyfunction]
#[pyo3(signature = (prior, totals=None, tolerance=None, max_rounds=None))]
pub fn least_squares<'py>(
    py: Python<'py>,
    prior: PyReadonlyArray2<'py, f64>,
    totals: Option<PyReadonlyArray1<'py, f64>>,
    tolerance: Option<f64>,
    max_rounds: Option<usize>,
) -> PyResult<Balanced<'py>> {
    let prior = matrix(&prior);
    let settings = settings(tolerance, max_rounds);
    let mut problem = LeastSquaresProblem::of(&prior);
    if let Some(totals) = totals {
        let known =
            |total: &f64| if total.is_nan() { Estimate::Unknown } else { Estimate::Known(*total) };
        problem.totals = totals.as_array().iter().map(known).collect();
    }
    let found = py.detach(|| balance::least_squares(&problem, &settings));
    told(py, found, prior.rows(), prior.columns())
}
