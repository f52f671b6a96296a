//! A study with the tables that lie beside its file: accounts, projects, observations, a negative list.
//!
//! The one way in for every front end; files are on disk or in memory ([`crate::folder`]).
//! Not here: rules of the study file (`crate::file`), what is in the tables (`crate::pipeline`,
//! `crate::observations`, `crate::negative_list`).

use diagnostics::{Diagnostic, Findings};

use crate::folder::{Folder, Memory, Recording};
use crate::inputs::{Inputs, checksum_of};
use crate::negative_list::{self, File};
use crate::spec::{Names, NegativeList, Study};

/// A file that cannot be read.
const UNREADABLE: &str = "E0300";

/// A study without errors, with all it was read from.
#[derive(Debug, Clone)]
pub struct Ready {
    /// The study, tables included.
    pub study: Study,
    /// Texts that results depend on: the study file, then tables of projects and observations.
    pub texts: Vec<String>,
    /// Its accounts.
    pub inputs: Inputs,
    /// Every file that was read beside the study file.
    pub files: Memory,
    /// Warnings.
    pub warnings: Findings,
}

/// What was read.
#[derive(Debug, Clone)]
pub struct Read {
    /// The study; there only when no finding is an error.
    pub study: Option<Study>,
    /// As [`Ready::texts`].
    pub texts: Vec<String>,
    /// All findings.
    pub findings: Findings,
}

/// Reads a study file with its accounts and everything beside it.
///
/// - `name`: how findings name the file.
///
/// # Errors
/// All findings, when one is an error.
pub fn open(name: &str, text: &str, folder: &dyn Folder) -> Result<Ready, Findings> {
    let folder = Recording::of(folder);
    let inputs = Inputs::of_study(text, &folder)?;
    let Read { study, texts, mut findings } = read(name, text, &inputs.names, &folder);
    let files = folder.into_memory();
    findings.extend(inputs.warnings.clone());
    if let Some(study) = &study {
        findings.extend(crate::run::feasible(study, File { name, text }, &inputs));
    }
    study
        .filter(|_| !findings.has_errors())
        .map(|study| Ready { study, texts, inputs, files, warnings: findings.clone() })
        .ok_or(findings)
}

/// Reads a study file, and what lies beside it but for the accounts.
pub fn read(name: &str, text: &str, names: &Names, folder: &dyn Folder) -> Read {
    let mut texts = vec![text.to_owned()];
    let (study, mut findings) = crate::file::parse(name, text, names);
    let Some(mut study) = study else { return Read { study, texts, findings } };
    let projects = study.pipeline.file.clone();
    for file in projects.iter().chain(&study.observation_files.clone()) {
        let bytes = match folder.read(file) {
            Ok(bytes) => bytes,
            Err(why) => {
                findings.push(unreadable(file, &why));
                continue;
            }
        };
        findings.extend(if projects.as_ref() == Some(file) {
            crate::pipeline::add(&mut study, file, &bytes, names)
        } else {
            crate::observations::add(&mut study, file, &bytes, names)
        });
        // What is no text, a workbook for one, counts by its checksum.
        let text = String::from_utf8(bytes);
        texts.push(text.unwrap_or_else(|other| checksum_of(other.as_bytes())));
    }
    findings.extend(own_negative_list(&mut study, File { name, text }, names, folder));
    let study = Some(study).filter(|_| !findings.has_errors());
    Read { study, texts, findings }
}

/// Barriers from rules or entries that lie beside the study file.
fn own_negative_list(
    study: &mut Study,
    file: File<'_>,
    names: &Names,
    folder: &dyn Folder,
) -> Findings {
    let NegativeList { rules, list, .. } = study.negative_list.clone();
    if (rules.is_none() && list.is_none()) || !negative_list::is_asked(study) {
        return Findings::default();
    }
    let mut findings = Findings::default();
    let mut content = |named: &Option<String>, shipped: (&str, &str)| {
        let Some(named) = named else { return Some((shipped.0.to_owned(), shipped.1.to_owned())) };
        let text = folder
            .read(named)
            .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "it is not text".to_owned()));
        text.map_err(|why| findings.push(unreadable(named, &why)))
            .ok()
            .map(|text| (named.clone(), text))
    };
    let rules = content(&rules, (negative_list::RULES_NAME, negative_list::RULES));
    let list = content(&list, (negative_list::LIST_NAME, negative_list::LIST));
    if let (Some(rules), Some(list)) = (rules, list) {
        let both = [&rules, &list].map(|(name, text)| File { name, text });
        findings.extend(negative_list::read(study, file, both, names));
    }
    findings
}

fn unreadable(file: &str, why: &str) -> Diagnostic {
    Diagnostic::error(UNREADABLE, format!("cannot read `{file}`: {why}"))
        .help("give the path of a file beside the study file that exists and that you may read")
}
