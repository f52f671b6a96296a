//! A study as text with what stands beside it: checked, and told as data.
//!
//! Findings are the command line's, as JSON with line, column and byte range, so that the page can
//! show each one where it belongs. Accounts are those that ship with the program: a path is
//! refused, since a page must not make the server read files.
//! Not here: the rules of study files (`study::file`).

use std::sync::Arc;

use diagnostics::{Diagnostic, Findings, Severity};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use study::edit::{self, Block};
use study::folder::Memory;
use study::inputs::{Inputs, LIAONING};
use study::spec::{Study, Word};

use crate::state::Workspace;
use crate::store::Companions;

/// How findings name the text.
pub(crate) const NAME: &str = "study.toml";

/// A text as the page sends it.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StudyText {
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) companions: Companions,
}

/// A text with all findings; the study is there when none is an error.
pub(crate) struct Checked {
    pub(crate) study: Option<Study>,
    pub(crate) inputs: Arc<Inputs>,
    pub(crate) findings: Findings,
    pub(crate) blocks: Vec<Block>,
}

/// Reads a text with its accounts.
pub(crate) fn check(workspace: &Workspace, given: &StudyText) -> Result<Checked, Findings> {
    let inputs = workspace.inputs()?;
    let accounts = study::file::accounts_of(&given.text);
    let texts = given.companions.iter();
    let folder = Memory(texts.map(|(name, text)| (name.clone(), text.clone().into())).collect());
    let read = study::beside::read(NAME, &given.text, &inputs.names, &folder);
    let mut findings = read.findings;
    if let Some(name) = accounts.as_deref().filter(|name| *name != LIAONING) {
        findings.push(
            Diagnostic::error("E2009", format!("the workspace cannot read the accounts `{name}`"))
                .help(format!(
                    "set accounts = \"{LIAONING}\", or run this study with `ironbelt run`"
                )),
        );
    }
    let blocks = if accounts.is_some() { edit::blocks(&given.text) } else { vec![] };
    let study = read.study.filter(|_| !findings.has_errors());
    Ok(Checked { study, inputs, findings, blocks })
}

/// Findings as JSON: code, severity, message, label, help, place.
pub fn findings_json(findings: &Findings) -> Value {
    findings.iter().map(finding_json).collect()
}

fn finding_json(finding: &Diagnostic) -> Value {
    let place = finding.place.as_ref().map(|place| {
        json!({
            "file": place.file, "line": place.line, "column": place.column,
            "start": place.span.as_ref().map(|span| span.start),
            "end": place.span.as_ref().map(|span| span.end),
        })
    });
    json!({
        "code": finding.code,
        "severity": match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": finding.message,
        "label": finding.label,
        "help": finding.help,
        "place": place,
    })
}

impl Checked {
    /// What the page shows: findings, levers as cards, and the head of the study.
    pub(crate) fn json(&self) -> Value {
        json!({
            "ok": !self.findings.has_errors(),
            "findings": findings_json(&self.findings),
            "levers": self.blocks,
            "kinds": edit::kinds(),
            "study": self.study.as_ref().map(head),
        })
    }
}

fn head(study: &Study) -> Value {
    let infos = study.lever_infos();
    json!({
        "title": study.title,
        "description": study.description,
        "years": study.years.all(),
        "headline_year": study.years.headline,
        "closure": study.closure.word(),
        "levers": infos.iter().map(|info| json!({
            "name": info.name, "kind": info.kind, "summary": info.summary, "source": info.source,
        })).collect::<Vec<_>>(),
        "targets": study.targets.iter().map(|target| &target.name).collect::<Vec<_>>(),
        "parameters": study.parameter_notes(),
    })
}
