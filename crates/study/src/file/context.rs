//! What every part of the reader needs: the text, the names, and what was read so far.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use diagnostics::{Diagnostic, Findings, Place};

use crate::parameters::Parameters;
use crate::spec::{Names, StageCount, Years};

/// State of one reading.
pub(super) struct Context<'a> {
    pub file: &'a str,
    pub text: &'a str,
    pub names: &'a Names,
    /// Years of the study, once `[years]` is read.
    pub years: Cell<Years>,
    /// Yuan per dollar, once `[exchange_rate]` is read; zero without one, which is an error.
    pub cny_per_usd: Cell<f64>,
    /// Parameters, once `[parameters]` is read.
    pub parameters: RefCell<Parameters>,
    /// What became of earlier projects by stage, once `[pipeline]` is read.
    pub counts: RefCell<Vec<StageCount>>,
    findings: RefCell<Findings>,
}

impl<'a> Context<'a> {
    pub fn new(file: &'a str, text: &'a str, names: &'a Names) -> Self {
        Self {
            file,
            text,
            names,
            years: Cell::default(),
            cny_per_usd: Cell::default(),
            parameters: RefCell::default(),
            counts: RefCell::default(),
            findings: RefCell::default(),
        }
    }

    /// Adds `finding` at `span`, with `label` said of it.
    pub fn report(&self, finding: Diagnostic, span: Range<usize>, label: impl Into<String>) {
        let place = Place::in_text(self.file, self.text, span);
        self.findings.borrow_mut().push(finding.at(place, label));
    }

    /// The first line of a range: a whole table is named by its header.
    pub fn first_line(&self, span: Range<usize>) -> Range<usize> {
        let start = span.start.min(self.text.len());
        let rest = self.text.get(start..).unwrap_or("");
        let line = rest.lines().next().unwrap_or("").trim_end().len();
        start..start + line
    }

    /// What the file says at `span`.
    pub fn written(&self, span: Range<usize>) -> &'a str {
        self.text.get(span).unwrap_or("")
    }

    pub fn into_findings(self) -> Findings {
        self.findings.into_inner()
    }
}

/// The name nearest to `word`, when it is near enough to be meant; else one that contains it.
pub(super) fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let word = word.to_lowercase();
    let names: Vec<&str> = names.into_iter().collect();
    let likeness = |name: &str| strsim::jaro_winkler(&word, &name.to_lowercase());
    let scored = names.iter().map(|name| (likeness(name), *name));
    let best = scored.max_by(|left, right| left.0.total_cmp(&right.0))?;
    let contains = |name: &&&str| word.len() >= 5 && name.to_lowercase().contains(&word);
    if best.0 >= LIKENESS { Some(best.1) } else { names.iter().find(contains).copied() }
}

/// Jaro–Winkler likeness from which a name is offered; chosen so that two swapped or three missing
/// letters of a ten-letter word pass and unrelated words do not.
const LIKENESS: f64 = 0.8;

/// `did you mean …?`, or else all possible names when they are few.
pub(super) fn way_out<'n>(word: &str, names: impl IntoIterator<Item = &'n str> + Clone) -> String {
    if let Some(name) = nearest(word, names.clone()) {
        return format!("did you mean `{name}`?");
    }
    let all: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match all.len() {
        0..=24 => format!("possible here: {}", all.join(", ")),
        many => format!("none of the {many} possible names is near"),
    }
}
