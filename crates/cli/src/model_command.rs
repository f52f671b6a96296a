//! `ironbelt model`: TERM databases with closures and shocks of their own.
//!
//! | command     | what it does                                             | module    |
//! |-------------|----------------------------------------------------------|-----------|
//! | `run`       | shocks to results, certificate and updated database      | `solve`   |
//! | `doctor`    | all laws on a database and closure                       | `doctor`  |
//! | `why`       | the terms of a result's own equation                     | `why`     |
//! | `aggregate` | a database with fewer products, industries, regions      | `aggregate` |
//!
//! Here: what they read.

mod aggregate;
mod doctor;
mod print;
mod solve;
mod why;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use diagnostics::{Diagnostic, Findings};
use formats::har::HarFile;
use term::{Closure, Database, Failure, Numbers, Shocks, Tables};

use crate::render::{Style, render};
use crate::{Format, INPUT, NOT_SOLVED, Stop, files};

/// What to do with a model.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run a TERM database (header array file) with a closure and shocks.
    Run(solve::Run),
    /// Check every law of the model on a TERM database and closure: a certificate.
    Doctor(doctor::Doctor),
    /// Why a result moved: the terms of its own equation, followed from one to the next.
    Why(why::Explain),
    /// Add up products, industries, occupations and regions of a TERM database by a concordance.
    Aggregate(aggregate::Aggregate),
}

pub(crate) fn run(command: &Command) -> Result<(), Stop> {
    match command {
        Command::Run(asked) => solve::run(asked),
        Command::Doctor(asked) => doctor::run(asked),
        Command::Why(asked) => why::run(asked),
        Command::Aggregate(asked) => aggregate::run(asked),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A text and its name.
struct Text {
    path: PathBuf,
    name: String,
    content: String,
}

/// Reads text as UTF-8, or as Latin 1 where it is not: command files come from old programs.
fn read_text(path: &Path) -> Result<Text, Stop> {
    let bytes = read_bytes(path)?;
    let latin = |bytes: Vec<u8>| bytes.into_iter().map(char::from).collect::<String>();
    let text = String::from_utf8(bytes).unwrap_or_else(|error| latin(error.into_bytes()));
    let content = files::without_mark(text);
    Ok(Text { path: path.to_owned(), name: shown(path), content })
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, Stop> {
    std::fs::read(path).map_err(|error| {
        let mut findings = Findings::default();
        let message = format!("cannot read `{}`: {error}", shown(path));
        let finding = Diagnostic::error("E1300", message);
        findings.push(finding.help("give the path of a file that you may read"));
        wrong(&findings, &[])
    })
}

/// Findings with the lines of the texts that they are about.
fn wrong(findings: &Findings, texts: &[&Text]) -> Stop {
    let text_of =
        |name: &str| texts.iter().find(|text| text.name == name).map(|text| text.content.clone());
    Stop::new(INPUT, render(findings, text_of, Style::Plain))
}

/// A closure by the name it ships under, or a file.
fn closure(given: Option<&Path>, database: &Database) -> Result<(Text, Closure), Stop> {
    let shipped = given.map_or(Some("short-run"), Path::to_str).and_then(term::shipped_closure);
    let text = match (shipped, given) {
        (Some(text), name) => {
            let name = name.map_or("short-run".to_owned(), shown);
            Text { path: PathBuf::new(), name, content: text.to_owned() }
        }
        (None, Some(path)) => read_text(path)?,
        (None, None) => unreachable!("the short run ships"),
    };
    let closure = Closure::read(&text.name, &text.content, &database.sets)
        .map_err(|findings| wrong(&findings, &[&text]))?;
    Ok((text, closure))
}

/// Shocks of several files; files that they name are beside them.
fn shocks(texts: &[Text], database: &Database, closure: &Closure) -> Result<Shocks, Stop> {
    let sources: Vec<(&str, &str)> =
        texts.iter().map(|text| (text.name.as_str(), text.content.as_str())).collect();
    let open = |from: &str, name: &str, header: Option<&str>| {
        let beside = texts.iter().find(|text| text.name == from);
        let folder = beside.and_then(|text| text.path.parent()).unwrap_or(Path::new(""));
        numbers(&folder.join(name), header)
    };
    let found = term::read_shock_files(&sources, &database.sets, closure, &open)
        .map_err(|findings| wrong(&findings, &texts.iter().collect::<Vec<_>>()))?;
    if found.values().flatten().all(|change| *change == 0.0) {
        say!("warning[W1833]: nothing is shocked: all results are zero");
    }
    Ok(found)
}

/// Numbers of a text file, or of a header of a header array file.
fn numbers(path: &Path, header: Option<&str>) -> Result<Numbers, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("it cannot be read: {error}"))?;
    let Some(header) = header else {
        let text = String::from_utf8(bytes).map_err(|_| {
            "it is not text; of a header array file write `header \"NAME\"` too".to_owned()
        })?;
        return Numbers::read(&files::without_mark(text));
    };
    let file = formats::har::read(&shown(path), &bytes).map_err(|findings| findings.to_string())?;
    let found = file.header(header).ok_or_else(|| format!("it has no header `{header}`"))?;
    let array = found.reals().ok_or_else(|| format!("header `{header}` holds no real numbers"))?;
    let values = array.cells.iter().map(|cell| f64::from(*cell)).collect();
    Ok(Numbers { sizes: Some(array.shape.clone()), values })
}

/// A database, and the file it came in.
fn database(path: &Path) -> Result<(HarFile, Database), Stop> {
    let file = shown(path);
    let bytes = read_bytes(path)?;
    let headers = formats::har::read(&file, &bytes).map_err(|findings| wrong(&findings, &[]))?;
    let mut tables = Tables { file, ..Tables::default() };
    for header in &headers.headers {
        let name = header.name.to_uppercase();
        if let Some(texts) = header.texts() {
            tables.sets.insert(name, texts.iter().map(|text| text.trim().to_owned()).collect());
        } else if let Some(values) = header.row_major() {
            tables.arrays.insert(name, (header.shape(), values));
        }
    }
    let database = Database::new(&tables).map_err(|findings| wrong(&findings, &[]))?;
    Ok((headers, database))
}

/// A run without results: the way out as text, and a status for programs.
fn failed(failure: &Failure, format: Format, texts: &[&Text]) -> Stop {
    let stop = match failure {
        Failure::Closure(findings) => wrong(findings, texts),
        other => Stop::new(NOT_SOLVED, format!("error: {other}")),
    };
    if format == Format::Json {
        let told = serde_json::json!({
            "status": failure.status(),
            "reason": failure.to_string().trim_end(),
            "fraction_of_shock": failure.fraction(),
        });
        println!("{told}");
    }
    stop
}
