//! Findings and failed solves as exceptions of `ironbelt.errors`.

use diagnostics::{Diagnostic, Findings, Severity};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// An exception of the Python package, by name.
fn raised<'py>(py: Python<'py>, class: &str, arguments: impl pyo3::call::PyCallArgs<'py>) -> PyErr {
    let made = py
        .import("ironbelt.errors")
        .and_then(|module| module.getattr(class))
        .and_then(|class| class.call1(arguments));
    match made {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
    }
}

fn as_dict<'py>(py: Python<'py>, finding: &Diagnostic) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("code", finding.code)?;
    let severity = if finding.severity == Severity::Error { "error" } else { "warning" };
    dict.set_item("severity", severity)?;
    dict.set_item("message", &finding.message)?;
    let place = finding.place.as_ref();
    dict.set_item("file", place.map(|place| place.file.clone()))?;
    dict.set_item("line", place.map(|place| place.line))?;
    dict.set_item("column", place.map(|place| place.column))?;
    dict.set_item("label", &finding.label)?;
    dict.set_item("help", &finding.help)?;
    Ok(dict)
}

/// Findings as dictionaries.
pub(crate) fn dicts<'py>(
    py: Python<'py>,
    findings: &Findings,
) -> PyResult<Vec<Bound<'py, PyDict>>> {
    findings.iter().map(|finding| as_dict(py, finding)).collect()
}

/// `InputError`: the input has errors; all of them.
pub(crate) fn input(py: Python<'_>, findings: &Findings) -> PyErr {
    match dicts(py, findings) {
        Ok(list) => raised(py, "InputError", (list,)),
        Err(error) => error,
    }
}

/// `InputError` with one finding that has no place.
pub(crate) fn refused(py: Python<'_>, code: &'static str, message: String, help: &str) -> PyErr {
    let mut findings = Findings::default();
    findings.push(Diagnostic::error(code, message).help(help));
    input(py, &findings)
}

/// `SolveError`: something did not solve, and there are no numbers.
pub(crate) fn unsolved(py: Python<'_>, message: impl std::fmt::Display) -> PyErr {
    raised(py, "SolveError", (message.to_string(),))
}
