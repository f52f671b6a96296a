//! Draws of an ensemble, any of them on any machine.
//!
//! A line is a draw as `draws.csv` of `ironbelt targets` keeps it. Draw k is the same wherever it is
//! made, so lines of many processes put in order are the table of one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use pyo3::prelude::*;
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use study::beside::Ready;
use study::ensemble::forecast::forecast;
use study::ensemble::points::Method;
use study::ensemble::record::Record;
use study::ensemble::standing::Standing;
use study::ensemble::{Ensemble, Settings};
use study::run::draw::Central;
use study::spec::Word;

use crate::errors;
use crate::studies::{Study, not_run};

/// An ensemble of a study.
#[pyclass(frozen, module = "ironbelt._ironbelt")]
pub struct Draws {
    ready: Arc<Ready>,
    settings: Settings,
    standing: Standing,
    /// Solved when the first draw is made.
    central: Mutex<Option<Arc<Central>>>,
}

impl Draws {
    fn with<T>(&self, act: impl FnOnce(&Ensemble<'_>) -> T) -> T {
        let Ready { study, texts, inputs, .. } = &*self.ready;
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        act(&Ensemble::new(study, &texts, inputs, self.settings, &self.standing))
    }

    fn central(&self) -> Result<Arc<Central>, study::run::RunError> {
        let mut known = self.central.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(central) = &*known {
            return Ok(central.clone());
        }
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method is of one lifetime"
        )]
        let central = Arc::new(self.with(|ensemble| ensemble.central())?);
        *known = Some(central.clone());
        Ok(central)
    }
}

#[pymethods]
impl Draws {
    /// An ensemble of `draws` draws; `method` as of `ironbelt targets`.
    #[new]
    fn new(py: Python<'_>, study: &Study, method: &str, seed: u64, draws: usize) -> PyResult<Self> {
        let found = Method::ALL.iter().find(|(word, _)| *word == method);
        let Some((_, method)) = found else {
            let words: Vec<&str> = Method::ALL.iter().map(|(word, _)| *word).collect();
            let help = format!("methods are {}", words.join(", "));
            return Err(errors::refused(py, "E0207", format!("no method `{method}`"), &help));
        };
        let settings = Settings { method: *method, seed, draws };
        let ready = study.ready.clone();
        let standing = py.detach(|| Standing::of(&ready.study, &ready.inputs));
        let standing = standing.map_err(|error| not_run(py, &error))?;
        let own = Self { ready, settings, standing, central: Mutex::default() };
        let settings = own.with(|ensemble| ensemble.settings);
        Ok(Self { settings, ..own })
    }

    /// Number of draws that are made; methods of whole points round.
    fn __len__(&self) -> usize {
        self.settings.draws
    }

    /// Checksum of everything that the draws depend on.
    #[getter]
    fn key(&self) -> String {
        self.with(|ensemble| ensemble.head.key.clone())
    }

    /// The lines above those of the draws.
    #[getter]
    fn head(&self) -> String {
        self.with(|ensemble| ensemble.head.lines())
    }

    /// Makes draws; index and line of each. On one thread, as a worker has the core that its
    /// scheduler gave it, or on all of this process.
    #[pyo3(signature = (indices, parallel=false))]
    fn draw(
        &self,
        py: Python<'_>,
        indices: Vec<usize>,
        parallel: bool,
    ) -> PyResult<Vec<(usize, String)>> {
        let make = |central: &Central| {
            self.with(|ensemble| {
                let line =
                    |index: &usize| (*index, ensemble.head.line(&ensemble.record(central, *index)));
                if parallel {
                    indices.par_iter().with_max_len(1).map(line).collect()
                } else {
                    indices.iter().map(line).collect()
                }
            })
        };
        let work = || Ok(make(&*self.central()?));
        let found =
            py.detach(|| match (parallel, ThreadPoolBuilder::new().num_threads(1).build()) {
                (false, Ok(alone)) => alone.install(work),
                _ => work(),
            });
        found.map_err(|error| not_run(py, &error))
    }

    /// The whole table from its lines, in any order.
    fn table(&self, py: Python<'_>, lines: Vec<String>) -> PyResult<String> {
        let records = self.records(py, &lines)?;
        Ok(self.with(|ensemble| ensemble.head.table(records.values())))
    }

    /// The forecast of all targets from the lines of the draws; JSON. `gap` adds the way from the
    /// baseline to the target, for which the study is run once.
    #[pyo3(signature = (lines, gap=true))]
    fn forecast(&self, py: Python<'_>, lines: Vec<String>, gap: bool) -> PyResult<String> {
        let records = self.records(py, &lines)?;
        let Ready { study, texts, inputs, .. } = &*self.ready;
        let tell = || {
            let on_nowcast = self.with(|ensemble| ensemble.drivers.central());
            let run = || study::run::run(&on_nowcast, &texts[0], inputs, &|_, _| ());
            let central = gap.then(run).transpose()?;
            Ok(self.with(|ensemble| forecast(ensemble, study, &records, central.as_ref())))
        };
        let told = py.detach(tell).map_err(|error| not_run(py, &error))?;
        serde_json::to_string(&told)
            .map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))
    }

    /// The lines of a table that broke off anywhere; nothing when it is of another ensemble.
    fn read(&self, text: &str) -> Option<Vec<(usize, String)>> {
        self.with(|ensemble| {
            let (records, _) = ensemble.head.read(text)?;
            Some(records.iter().map(|(at, record)| (*at, ensemble.head.line(record))).collect())
        })
    }
}

impl Draws {
    fn records(&self, py: Python<'_>, lines: &[String]) -> PyResult<BTreeMap<usize, Record>> {
        let text = self.head() + &lines.concat();
        let read = self.with(|ensemble| ensemble.head.read(&text));
        match read {
            Some((records, length)) if length == text.len() => Ok(records),
            _ => {
                let message = "these lines are not draws of this ensemble".to_owned();
                Err(errors::refused(py, "E1904", message, "give lines as `draw` made them"))
            }
        }
    }
}
