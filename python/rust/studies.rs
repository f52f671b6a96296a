//! Studies and their results.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use diagnostics::Findings;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use study::beside::Ready;
use study::edit::{self, Edit};
use study::folder::{Disk, Memory};
use study::mix::{Aim, Terms, aims, choose};
use study::money::{Currency, Money, parse_amount};
use study::run::RunError;
use study::run::contributions::Method;
use study::run::mix::Prepared;
use study::run::outcome::{Outcome, Unknown};
use study::run::sensitivity::{Of, SensitivityError, sensitivities};
use study::run::why::{WhyError, why};

use crate::errors;

/// A study that was read and is without errors.
#[pyclass(frozen, module = "ironbelt._ironbelt")]
pub struct Study {
    pub(crate) name: String,
    pub(crate) ready: Arc<Ready>,
}

/// Results of a run.
#[pyclass(frozen, module = "ironbelt._ironbelt")]
pub struct Results {
    results: study::results::Results,
}

/// Name and text of the study that ships with the program.
#[pyfunction]
pub fn shipped_study() -> (&'static str, &'static str) {
    (study::LIAONING_NAME, study::LIAONING)
}

pub(crate) fn not_run(py: Python<'_>, error: &RunError) -> PyErr {
    errors::unsolved(py, error)
}

fn unknown(py: Python<'_>, wrong: &[Unknown]) -> PyErr {
    let mut findings = Findings::default();
    for each in wrong {
        let message = each.to_string();
        findings.push(diagnostics::Diagnostic::error("E1912", message).help(each.help()));
    }
    errors::input(py, &findings)
}

fn json(plain: &impl serde::Serialize) -> PyResult<String> {
    serde_json::to_string(plain)
        .map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))
}

impl Study {
    fn outcome(
        &self,
        py: Python<'_>,
        indicator: String,
        region: Option<String>,
        industry: Option<String>,
        year: Option<u16>,
    ) -> PyResult<Outcome> {
        let Ready { study, inputs, .. } = &*self.ready;
        let outcome = Outcome {
            indicator,
            region: region.unwrap_or_else(|| inputs.names.home.clone()),
            industry,
            year: year.unwrap_or(study.years.headline),
        };
        outcome.check(study, inputs).map_err(|wrong| unknown(py, &wrong))?;
        Ok(outcome)
    }
}

#[pymethods]
impl Study {
    /// Reads a text with the files beside it: from `folder` on disk, or from `files` in memory.
    #[new]
    #[pyo3(signature = (name, text, folder=None, files=None))]
    fn new(
        py: Python<'_>,
        name: String,
        text: &str,
        folder: Option<PathBuf>,
        files: Option<BTreeMap<String, Vec<u8>>>,
    ) -> PyResult<Self> {
        let read = || match files {
            Some(files) => study::beside::open(&name, text, &Memory(files)),
            None => study::beside::open(&name, text, &Disk(folder.unwrap_or_default())),
        };
        let ready = py.detach(read).map_err(|found| errors::input(py, &found))?;
        Ok(Self { name, ready: Arc::new(ready) })
    }

    /// How findings name the file.
    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    /// The study file.
    #[getter]
    fn text(&self) -> &str {
        &self.ready.texts[0]
    }

    /// Everything that was read beside the study file, by name.
    #[getter]
    fn files(&self) -> BTreeMap<String, std::borrow::Cow<'_, [u8]>> {
        let files = self.ready.files.0.iter();
        files.map(|(name, bytes)| (name.clone(), bytes.as_slice().into())).collect()
    }

    /// Warnings of the reader.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        errors::dicts(py, &self.ready.warnings)
    }

    /// Title.
    #[getter]
    fn title(&self) -> &str {
        &self.ready.study.title
    }

    /// Years of the path, the base year first.
    #[getter]
    fn years(&self) -> Vec<u16> {
        self.ready.study.years.all()
    }

    /// Regions of the accounts; the province is `home`.
    #[getter]
    fn regions(&self) -> Vec<String> {
        self.ready.inputs.names.regions.clone()
    }

    /// Name of the province.
    #[getter]
    fn home(&self) -> &str {
        &self.ready.inputs.names.home
    }

    /// Industries of the accounts.
    #[getter]
    fn industries(&self) -> Vec<String> {
        self.ready.inputs.names.industries.clone()
    }

    /// Levers as they stand in the text: kind, name and fields with their literals; JSON.
    fn blocks(&self) -> PyResult<String> {
        json(&edit::blocks(self.text()))
    }

    /// Levers in words: name, kind, summary, source; JSON.
    fn levers(&self) -> PyResult<String> {
        json(&self.ready.study.lever_infos())
    }

    /// Parameters and assumptions with source and status; JSON.
    fn parameters(&self) -> PyResult<String> {
        json(&self.ready.study.parameter_notes())
    }

    /// The text of the study file after a change, given as JSON.
    fn edited(&self, py: Python<'_>, change: &str) -> PyResult<String> {
        let change: Edit = serde_json::from_str(change)
            .map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))?;
        edit::apply(self.text(), &change).map_err(|why| {
            errors::refused(py, "E2102", why, "see `Study.levers` for what can be changed")
        })
    }

    /// Runs the study. `contributions` is `path-integral`, `shapley` or `alone`.
    #[pyo3(signature = (contributions="path-integral", implied=false))]
    fn run(&self, py: Python<'_>, contributions: &str, implied: bool) -> PyResult<Results> {
        let method = match contributions {
            "path-integral" => Method::PathIntegral,
            "shapley" => Method::Shapley,
            "alone" => Method::Alone,
            other => {
                let help = "write path-integral, shapley or alone";
                return Err(errors::refused(py, "E0207", format!("no method `{other}`"), help));
            }
        };
        let Ready { study, inputs, .. } = &*self.ready;
        let run = || {
            let mut results = study::run::run_with(study, self.text(), inputs, method, &|_, _| ())?;
            if implied {
                results.implied = study::run::implied(study, inputs)?;
            }
            Ok(results)
        };
        let results = py.detach(run).map_err(|error| not_run(py, &error))?;
        Ok(Results { results })
    }

    /// What a number depends on; JSON. `of` is `policy`, `baseline` or `effect`.
    #[pyo3(signature = (indicator, region=None, industry=None, year=None, of="policy"))]
    fn sensitivity(
        &self,
        py: Python<'_>,
        indicator: String,
        region: Option<String>,
        industry: Option<String>,
        year: Option<u16>,
        of: &str,
    ) -> PyResult<String> {
        let outcome = self.outcome(py, indicator, region, industry, year)?;
        let of = match of {
            "policy" => Of::Policy,
            "baseline" => Of::Baseline,
            "effect" => Of::Effect,
            other => {
                let help = "write policy, baseline or effect";
                return Err(errors::refused(py, "E0207", format!("no path `{other}`"), help));
            }
        };
        let Ready { study, inputs, .. } = &*self.ready;
        let find = || {
            let prepared = Prepared::new(study, inputs)?;
            let uncertainty = study::ensemble::uncertainty::Uncertainty::of_study(study);
            sensitivities(&prepared, &outcome, of, &uncertainty)
        };
        let found = py.detach(find).map_err(|error| match error {
            SensitivityError::Unknown(wrong) => unknown(py, &wrong),
            SensitivityError::Run(error) => not_run(py, &error),
        })?;
        json(&found)
    }

    /// The terms of a number's own formula, followed from one to the next; JSON.
    #[pyo3(signature = (indicator, region=None, industry=None, year=None, follow=vec![]))]
    fn why(
        &self,
        py: Python<'_>,
        indicator: String,
        region: Option<String>,
        industry: Option<String>,
        year: Option<u16>,
        follow: Vec<String>,
    ) -> PyResult<String> {
        let outcome = self.outcome(py, indicator, region, industry, year)?;
        let Ready { study, inputs, .. } = &*self.ready;
        let find = || {
            let prepared = Prepared::new(study, inputs).map_err(WhyError::Run)?;
            why(&prepared, &outcome, &follow)
        };
        let found = py.detach(find).map_err(|error| match error {
            WhyError::Unknown(wrong) => unknown(py, &wrong),
            WhyError::Run(error) => not_run(py, &error),
        })?;
        json(&found)
    }

    /// The cheapest mix of levers that reaches levels of targets (all targets as they stand without
    /// any), or the most of one target within a budget; JSON.
    #[pyo3(signature = (reach=None, most=None, budget=None))]
    fn mix(
        &self,
        py: Python<'_>,
        reach: Option<BTreeMap<String, f64>>,
        most: Option<String>,
        budget: Option<&str>,
    ) -> PyResult<String> {
        let Ready { study, inputs, .. } = &*self.ready;
        let mut terms = Terms::default();
        if let Some(text) = budget {
            let rate = study.exchange_rate.cny_per_usd;
            let amount = match parse_amount(text) {
                Ok((amount, Currency::Cny)) => Money::from_cny(amount),
                Ok((amount, Currency::Usd)) => Money::from_usd(amount, rate),
                Err(_) => {
                    let message = format!("`{text}` is not an amount of money");
                    return Err(errors::refused(py, "E1910", message, "write \"2 billion CNY\""));
                }
            };
            terms.budget = Some(amount);
        }
        let targets = aims(study, inputs);
        let named = |name: &str| {
            let known: Vec<&str> = targets.iter().map(|aim| aim.name.as_str()).collect();
            let found = targets.iter().find(|aim| aim.name == name || aim.indicator == name);
            found.cloned().ok_or_else(|| {
                let help = format!("targets are {}", known.join(", "));
                errors::refused(py, "E1912", format!("no target `{name}`"), &help)
            })
        };
        let wanted = match (&most, reach) {
            (Some(name), _) => vec![named(name)?],
            (None, None) => targets.clone(),
            (None, Some(levels)) => levels
                .into_iter()
                .map(|(name, wanted)| Ok(Aim { wanted, ..named(&name)? }))
                .collect::<PyResult<Vec<Aim>>>()?,
        };
        let find = || {
            choose(study, inputs, terms, &|| (), |chooser| match most {
                Some(_) => chooser.most(&wanted),
                None => chooser.cheapest(&wanted),
            })?
        };
        let found = py.detach(find);
        json(&found.map_err(|error| not_run(py, &error))?)
    }
}

#[pymethods]
impl Results {
    /// Results from the text of `results.json`.
    #[new]
    fn new(py: Python<'_>, text: &str) -> PyResult<Self> {
        let results = study::store::read("results.json", text);
        Ok(Self { results: results.map_err(|found| errors::input(py, &found))? })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((slf.get_type().into_any(), (slf.get().json()?,)))
    }

    /// Everything as JSON, the content of `results.json`.
    fn json(&self) -> PyResult<String> {
        json(&self.results)
    }

    /// `results.json` and the tidy tables, by name.
    fn files(&self) -> BTreeMap<String, String> {
        study::store::write(&self.results)
    }

    /// The summary that `ironbelt run` prints.
    fn summary(&self) -> String {
        report::text::summary(&self.results)
    }

    /// The report as one page of HTML.
    fn html(&self, py: Python<'_>) -> String {
        py.detach(|| report::html::page(&self.results))
    }

    /// The Excel workbook.
    fn workbook<'py>(&self, py: Python<'py>) -> PyResult<std::borrow::Cow<'py, [u8]>> {
        let book = py.detach(|| report::workbook::workbook(&self.results));
        book.map(Into::into).map_err(pyo3::exceptions::PyValueError::new_err)
    }

    /// Years of the path.
    #[getter]
    fn years(&self) -> Vec<u16> {
        self.results.years.clone()
    }
}
