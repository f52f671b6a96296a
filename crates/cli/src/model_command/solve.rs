//! `ironbelt model run`: shocks to results.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use formats::har::{self, HarFile, Values};
use term::{Database, Method, Truncation};

use super::print::{Told, by_shock, document, table, text};
use super::{Text, closure, database, failed, read_text, shocks, wrong};
use crate::{Format, Stop, files};

/// What to run.
#[derive(Args)]
pub(crate) struct Run {
    /// Database: a GEMPACK header array file.
    #[arg(long)]
    database: PathBuf,
    /// Closure: `short-run`, `long-run`, `dynamic`, or a file; a GEMPACK command file will do.
    #[arg(long)]
    closure: PathBuf,
    /// Shock file; may be the closure file, and may be given several times.
    #[arg(long, required = true)]
    shocks: Vec<PathBuf>,
    /// `exact`, `exact:PARTS` or `euler:STEPS`; without it, what the shock files say, or `exact`.
    #[arg(long)]
    method: Option<Chosen>,
    /// Also split every result over the shocked variables; the parts add up to it.
    #[arg(long)]
    contributions: bool,
    /// Write the database after the shock to this header array file.
    #[arg(long)]
    updated: Option<PathBuf>,
    /// Write `results.json` and `results.csv` into this folder.
    #[arg(long)]
    out: Option<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Most steps that a method may ask for.
const MOST_STEPS: usize = 10_000;

/// A method as the user writes it.
#[derive(Clone, Copy)]
struct Chosen(Method);

impl FromStr for Chosen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, count) = text.split_once(':').unwrap_or((text, "1"));
        let count = count.parse().ok().filter(|count| (1..=MOST_STEPS).contains(count));
        match (name, count) {
            ("exact", Some(parts)) => Ok(Self(Method::Exact { parts })),
            ("euler", Some(steps)) => Ok(Self(Method::Euler { steps })),
            _ => Err(format!("write exact, exact:N or euler:N with N from 1 to {MOST_STEPS}")),
        }
    }
}

pub(super) fn run(asked: &Run) -> Result<(), Stop> {
    let (file, database) = database(&asked.database)?;
    let (closure_text, closure) = closure(Some(&asked.closure), &database)?;
    let shock_texts =
        asked.shocks.iter().map(|path| read_text(path)).collect::<Result<Vec<_>, _>>()?;
    let shocks = shocks(&shock_texts, &database, &closure)?;
    let method = method(asked, &shock_texts, &database)?;
    let stopped = |failure: term::Failure| failed(&failure, asked.format, &[&closure_text]);
    let results = term::run(&database, &closure, &shocks, method).map_err(stopped)?;
    let parts = asked
        .contributions
        .then(|| term::contributions(&database, &closure, &shocks, method, &results))
        .transpose()
        .map_err(stopped)?;
    let truncation: Option<Result<Truncation, term::Failure>> =
        matches!(method, Method::Euler { .. })
            .then(|| term::truncation(&database, &closure, &shocks, &results));
    let told = Told { results: &results, method, truncation: truncation.as_ref() };
    if let Some(path) = &asked.updated {
        let bytes = har::write(&after(&file, &results.database))
            .map_err(|findings| wrong(&findings, &[]))?;
        files::write_bytes(path, &bytes)?;
    }
    if asked.out.is_none() && asked.format == Format::Text {
        print!("{}{}", text(&told), parts.map_or_else(String::new, by_shock));
        return Ok(());
    }
    let json = document(&told, &database, parts.as_ref());
    if let Some(folder) = &asked.out {
        write_out(folder, &json, &table(&results, &database))?;
    }
    match asked.format {
        Format::Text => print!("{}{}", text(&told), parts.map_or_else(String::new, by_shock)),
        Format::Json => std::io::stdout()
            .lock()
            .write_all(&json)
            .map_err(|error| Stop::new(1, format!("error: {error}")))?,
    }
    Ok(())
}

/// As asked, else as the last shock file says that says something.
fn method(asked: &Run, texts: &[Text], database: &Database) -> Result<Method, Stop> {
    if let Some(Chosen(method)) = asked.method {
        return Ok(method);
    }
    let mut found = Method::Exact { parts: 1 };
    for text in texts {
        let said = term::read_method(&text.name, &text.content, &database.sets)
            .map_err(|findings| wrong(&findings, &[text]))?;
        found = said.unwrap_or(found);
    }
    Ok(found)
}

fn write_out(folder: &Path, json: &[u8], table: &str) -> Result<(), Stop> {
    let failed = |error| Stop::new(1, format!("cannot write `{}`: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(failed)?;
    files::write_bytes(&folder.join("results.json"), json)?;
    files::write_bytes(&folder.join("results.csv"), table.as_bytes())
}

/// The file with the flows of another database; everything else stays.
fn after(file: &HarFile, database: &Database) -> HarFile {
    let mut file = file.clone();
    for (name, cells) in database.flows() {
        let header = file.headers.iter_mut().find(|each| each.name.eq_ignore_ascii_case(name));
        if let Some(Values::Reals(reals)) = header.map(|header| &mut header.values) {
            reals.array.set_row_major(cells);
        }
    }
    file
}
