//! General equilibrium models of one's own.

use general::{ComplementaritySettings, Indicator, Instance, Scenario, Syntax};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors;

/// A model in the format `ge-case/1` or MPSGE text, read and checked.
#[pyclass(frozen, module = "ironbelt._ironbelt")]
pub struct Model {
    name: String,
    text: String,
    syntax: String,
    read: general::Model,
    warnings: diagnostics::Findings,
}

impl Model {
    fn scenario(&self, py: Python<'_>, name: Option<&str>) -> PyResult<&Scenario> {
        let Some(name) = name else { return Ok(&self.read.scenarios[0]) };
        self.read.scenarios.iter().find(|each| each.name == name).ok_or_else(|| {
            let known: Vec<&str> =
                self.read.scenarios.iter().map(|each| each.name.as_str()).collect();
            let help = format!("the model has: {}", known.join(", "));
            errors::refused(py, "E1615", format!("no scenario `{name}`"), &help)
        })
    }

    /// A solved scenario, or the exception that says why there is none.
    fn solved(&self, py: Python<'_>, scenario: &Scenario) -> PyResult<general::Outcome> {
        let settings = ComplementaritySettings::default();
        let outcome = py.detach(|| general::solve(&self.read, scenario, &settings));
        if outcome.solution().is_some() {
            return Ok(outcome);
        }
        let message = format!("{}: {}", scenario.name, outcome.status);
        Err(errors::unsolved(py, message))
    }
}

#[pymethods]
impl Model {
    /// Reads a text; `syntax` is `json`, `toml` or `mpsge`.
    #[new]
    fn new(py: Python<'_>, name: String, text: String, syntax: String) -> PyResult<Self> {
        let (model, findings) = match syntax.as_str() {
            "json" => general::read(&name, &text, Syntax::Json),
            "toml" => general::read(&name, &text, Syntax::Toml),
            "mpsge" => general::read_mpsge(&name, &text),
            other => {
                let message = format!("no syntax `{other}`");
                return Err(errors::refused(py, "E0207", message, "write json, toml or mpsge"));
            }
        };
        match model {
            Some(read) => Ok(Self { name, text, syntax, read, warnings: findings }),
            None => Err(errors::input(py, &findings)),
        }
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyAny>, (String, String, String)) {
        let own = slf.get();
        let arguments = (own.name.clone(), own.text.clone(), own.syntax.clone());
        (slf.get_type().into_any(), arguments)
    }

    /// Name in the file.
    #[getter]
    fn name(&self) -> &str {
        &self.read.name
    }

    /// Names of the scenarios.
    #[getter]
    fn scenarios(&self) -> Vec<String> {
        self.read.scenarios.iter().map(|each| each.name.clone()).collect()
    }

    /// Names of the variables, in the order of the file.
    #[getter]
    fn variables(&self) -> Vec<String> {
        self.read.variables.iter().map(|each| each.name.clone()).collect()
    }

    /// Warnings of the reader.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        errors::dicts(py, &self.warnings)
    }

    /// Solves a scenario; JSON as `ironbelt solve` writes it, with a diagnosis where it fails.
    #[pyo3(signature = (scenario=None))]
    fn solve(&self, py: Python<'_>, scenario: Option<&str>) -> PyResult<String> {
        let scenario = self.scenario(py, scenario)?;
        let settings = ComplementaritySettings::default();
        let outcome = py.detach(|| general::solve(&self.read, scenario, &settings));
        Ok(general::outcome_json(&self.read, &outcome).to_string())
    }

    /// Derivatives of an indicator at the solution of a scenario; JSON.
    #[pyo3(signature = (indicator, scenario=None))]
    fn gradient(
        &self,
        py: Python<'_>,
        indicator: &str,
        scenario: Option<&str>,
    ) -> PyResult<String> {
        let scenario = self.scenario(py, scenario)?;
        let wanted =
            Indicator::read(&self.read, indicator).map_err(|found| errors::input(py, &found))?;
        let outcome = self.solved(py, scenario)?;
        let Some(solution) = outcome.solution() else {
            return Err(errors::unsolved(py, outcome.status));
        };
        let instance = Instance::new(&self.read, scenario);
        let found = py.detach(|| general::gradient(&instance, solution, &wanted));
        let found = found.map_err(|at| {
            let message = format!(
                "no gradient in scenario {}: the solution is not unique (singular at the {at})",
                scenario.name
            );
            errors::unsolved(py, message)
        })?;
        Ok(general::gradient_json(indicator, &found).to_string())
    }

    /// Checks the start of a scenario; JSON.
    #[pyo3(signature = (scenario=None))]
    fn check(&self, py: Python<'_>, scenario: Option<&str>) -> PyResult<String> {
        let instance = Instance::new(&self.read, self.scenario(py, scenario)?);
        let check = general::check(&instance);
        Ok(general::check_json(&instance, &check).to_string())
    }

    /// The algebra of a condition with its numbers at the solution of a scenario.
    #[pyo3(signature = (condition, scenario=None))]
    fn explain(&self, py: Python<'_>, condition: &str, scenario: Option<&str>) -> PyResult<String> {
        let scenario = self.scenario(py, scenario)?;
        let fits = |at: &usize| {
            self.read.variables[*at].name == condition || self.read.condition(*at) == condition
        };
        let Some(at) = (0..self.read.variables.len()).find(fits) else {
            let help = "give a variable, or a condition such as `market of PL`";
            return Err(errors::refused(py, "E1606", format!("unknown name `{condition}`"), help));
        };
        let outcome = self.solved(py, scenario)?;
        let Some(solution) = outcome.solution() else {
            return Err(errors::unsolved(py, outcome.status));
        };
        let instance = Instance::new(&self.read, scenario);
        Ok(general::explain(&instance, at, &solution.values))
    }
}
