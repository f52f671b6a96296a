//! `ironbelt model run`: a TERM database with a closure and shocks; `ironbelt model doctor`: the laws
//! that it obeys.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, Subcommand};
use diagnostics::{Diagnostic, Findings};
use serde_json::{Map, Value, json};
use study::inputs::checksum_of;
use term::{Closure, Contributions, Database, Method, Results, Role, Tables, Unit, Variable};

use crate::render::{Style, render};
use crate::{Format, INPUT, NOT_REPLICATED, NOT_SOLVED, Stop, files};

/// What to do with a model.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run a TERM database (header array file) with a closure and shocks.
    Run(Run),
    /// Check every law of the model on a TERM database and closure: a certificate.
    Doctor(Doctor),
}

/// What to check.
#[derive(Args)]
pub(crate) struct Doctor {
    /// Database: a GEMPACK header array file.
    #[arg(long)]
    database: PathBuf,
    /// Closure file; a GEMPACK command file will do. The standard short run without.
    #[arg(long)]
    closure: Option<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What to run.
#[derive(Args)]
pub(crate) struct Run {
    /// Database: a GEMPACK header array file.
    #[arg(long)]
    database: PathBuf,
    /// Closure file; a GEMPACK command file will do.
    #[arg(long)]
    closure: PathBuf,
    /// Shock file; may be the closure file.
    #[arg(long)]
    shocks: PathBuf,
    /// `exact`, `exact:PARTS` or `euler:STEPS`.
    #[arg(long, default_value = "exact")]
    method: Chosen,
    /// Also split every result over the shocked variables; the parts add up to it.
    #[arg(long)]
    contributions: bool,
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

pub(crate) fn run(command: &Command) -> Result<(), Stop> {
    match command {
        Command::Run(asked) => solve(asked),
        Command::Doctor(asked) => doctor(asked),
    }
}

fn solve(asked: &Run) -> Result<(), Stop> {
    let database = database(&asked.database)?;
    let closure_text = files::read(&asked.closure)?;
    let shocks_text = files::read(&asked.shocks)?;
    let (closure_name, shocks_name) = (shown(&asked.closure), shown(&asked.shocks));
    let text_of = |name: &str| {
        let closure = (name == closure_name).then(|| closure_text.clone());
        closure.or_else(|| (name == shocks_name).then(|| shocks_text.clone()))
    };
    let wrong = |findings: Findings| Stop::new(INPUT, render(&findings, text_of, Style::Plain));
    let closure = Closure::read(&closure_name, &closure_text, &database.sets).map_err(wrong)?;
    let shocks =
        term::read_shocks(&shocks_name, &shocks_text, &database.sets, &closure).map_err(wrong)?;
    let results = term::run(&database, &closure, &shocks, asked.method.0)
        .map_err(|failure| Stop::new(NOT_SOLVED, failure.to_string()))?;
    let parts = asked
        .contributions
        .then(|| term::contributions(&database, &closure, &shocks, asked.method.0, &results))
        .transpose()
        .map_err(|failure| Stop::new(NOT_SOLVED, failure.to_string()))?;
    match asked.format {
        Format::Text => print!("{}{}", text(&results), parts.map_or_else(String::new, by_shock)),
        Format::Json => {
            let written =
                std::io::stdout().lock().write_all(&document(&results, &database, parts.as_ref()));
            written.map_err(|error| Stop::new(1, format!("error: {error}")))?;
        }
    }
    Ok(())
}

/// Prints each law with its deviation and limit, and what was checked.
fn doctor(asked: &Doctor) -> Result<(), Stop> {
    let database = database(&asked.database)?;
    let closure = match &asked.closure {
        None => Closure::standard(&database.sets),
        Some(path) => {
            let (name, text) = (shown(path), files::read(path)?);
            Closure::read(&name, &text, &database.sets).map_err(|findings| {
                let source = |file: &str| (file == name).then(|| text.clone());
                Stop::new(INPUT, render(&findings, source, Style::Plain))
            })?
        }
    };
    let laws = term::laws(&database, &closure)
        .map_err(|failure| Stop::new(NOT_SOLVED, failure.to_string()))?;
    let bytes = std::fs::read(&asked.database)
        .map_err(|error| Stop::new(INPUT, format!("error: {error}")))?;
    let file = format!("{}, SHA-256 {}", shown(&asked.database), checksum_of(&bytes));
    let instance = term::describe(&database, &closure);
    match asked.format {
        Format::Text => {
            println!("{file}");
            for line in instance {
                println!("{line}");
            }
            println!("\n{:<62}{:>12}{:>10}", "Law", "deviation", "limit");
            for law in &laws {
                let said = if law.holds() { "holds" } else { "BROKEN" };
                println!("{:<62}{:>12.1e}{:>10.0e}  {said}", law.name, law.deviation, law.limit);
            }
        }
        Format::Json => {
            let rows: Vec<Value> = laws
                .iter()
                .map(|law| {
                    json!({
                        "law": law.name,
                        "deviation": law.deviation,
                        "limit": law.limit,
                        "holds": law.holds(),
                    })
                })
                .collect();
            println!("{}", json!({"database": file, "instance": instance, "laws": rows}));
        }
    }
    match laws.iter().filter(|law| !law.holds()).count() {
        0 => Ok(()),
        broken => Err(Stop::new(NOT_REPLICATED, format!("error: {broken} laws are broken"))),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn database(path: &Path) -> Result<Database, Stop> {
    let file = shown(path);
    let wrong = |findings: Findings| Stop::new(INPUT, render(&findings, |_| None, Style::Plain));
    let bytes = std::fs::read(path).map_err(|error| {
        let mut findings = Findings::default();
        let finding = Diagnostic::error("E1300", format!("cannot read `{file}`: {error}"));
        findings.push(finding.help("give the path of a file that you may read"));
        wrong(findings)
    })?;
    let headers = formats::har::read(&file, &bytes).map_err(wrong)?;
    let mut tables = Tables { file, ..Tables::default() };
    for header in &headers.headers {
        let name = header.name.to_uppercase();
        if let Some(texts) = header.texts() {
            tables.sets.insert(name, texts.iter().map(|text| text.trim().to_owned()).collect());
        } else if let Some(values) = header.row_major() {
            tables.arrays.insert(name, (header.shape(), values));
        }
    }
    Database::new(&tables).map_err(wrong)
}

/// National results, and how far to trust them.
fn text(results: &Results) -> String {
    let national = term::MACROS.iter().map(|name| {
        let value = results.changes[&format!("NatMacro({name})")][0];
        // What rounds to zero has no sign.
        let value = if value.abs() < 5e-6 { 0.0 } else { value };
        format!("  {name:<14}{value:>12.5}")
    });
    let deviation = |(name, value): &(&str, f64)| format!("  {name:<46}{value:>9.1e}");
    let homogeneity =
        results.homogeneity.map(|value| ("quantities moved by the exchange rate", value));
    let work = results.work;
    let work = format!(
        "{} unknowns, {} parts of the shock, {} Newton steps, {} linear iterations",
        work.unknowns, work.parts, work.newton_steps, work.linear_iterations
    );
    let lines: Vec<String> = std::iter::once("National results, percentage change".to_owned())
        .chain(national)
        .chain(std::iter::once("Largest deviations after the shock".to_owned()))
        .chain(results.identities.iter().map(deviation))
        .chain(homogeneity.iter().map(deviation))
        .chain(std::iter::once(work))
        .collect();
    lines.join("\n") + "\n"
}

/// National results by shocked variable.
#[expect(clippy::needless_pass_by_value, reason = "the last use of it")]
fn by_shock(parts: Contributions) -> String {
    let shocks: Vec<&String> = parts.by_shock.keys().collect();
    let mut text = "National results by shock, percentage points\n".to_owned();
    let cell = |name: &str| format!("{name:>14}");
    let heads = shocks.iter().map(|name| cell(name));
    let _ = writeln!(text, "  {:<14}{}", "", heads.chain([cell("together")]).collect::<String>());
    for name in term::MACROS {
        let of = |shock: &String| parts.by_shock[shock][&format!("NatMacro({name})")][0];
        let values: Vec<f64> = shocks.iter().map(|shock| of(shock)).collect();
        let sum = values.iter().sum::<f64>();
        let cells = values.into_iter().chain([sum]).map(|value| {
            let value = if value.abs() < 5e-6 { 0.0 } else { value };
            format!("{value:>14.5}")
        });
        let _ = writeln!(text, "  {name:<14}{}", cells.collect::<String>());
    }
    let _ = writeln!(
        text,
        "Integrated along the path of all shocks together; {:.1e} percentage points at most were left \
         and given to the shocks in proportion",
        parts.gap
    );
    text
}

/// Results as JSON, one row a line. They have up to a million rows, so that the text is written as
/// it is found and no tree of values is built.
fn document(results: &Results, database: &Database, split: Option<&Contributions>) -> Vec<u8> {
    let identities: Map<String, Value> =
        results.identities.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let certificate = json!({
        "identities": identities,
        "homogeneity": results.homogeneity,
        "extrapolated_percentage_points": results.extrapolated,
    });
    let work = json!({
        "unknowns": results.work.unknowns,
        "parts": results.work.parts,
        "newton_steps": results.work.newton_steps,
        "linear_iterations": results.work.linear_iterations,
    });
    let mut out = b"{\"status\":\"solved\",\n\"results\":{\n".to_vec();
    for (at, (name, parts)) in shown_variables(results).iter().enumerate() {
        let comma = if at > 0 { ",\n" } else { "" };
        out.extend_from_slice(format!("{comma}\"{name}\":[\n").as_bytes());
        for (variable, indicator) in parts {
            let cells = (results.changes[&variable.name].as_slice(), split);
            add_rows(&mut out, variable, *indicator, cells, database);
        }
        // Rows end with a comma and a line.
        out.truncate(out.len() - 2);
        out.extend_from_slice(b"\n]");
    }
    let gap = split.map_or_else(String::new, |parts| {
        format!("\"contributions_gap_percentage_points\":{:?},\n", parts.gap)
    });
    let end = format!("}},\n{gap}\"certificate\":{certificate},\n\"work\":{work}}}\n");
    out.extend_from_slice(end.as_bytes());
    out
}

/// Variables by name; the indicators of `NatMacro` and `MainMacro` under these names.
fn shown_variables(results: &Results) -> BTreeMap<String, Vec<(Variable, Option<&'static str>)>> {
    let mut all: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for variable in term::variables() {
        let changes = &results.changes[&variable.name];
        // Variables that no closure frees are worth a row only when they were shocked.
        if variable.role == Role::Kept && changes.iter().all(|change| *change == 0.0) {
            continue;
        }
        let (name, indicator) = match variable.name.split_once('(') {
            Some((name, indicator)) => {
                let indicator = indicator.trim_end_matches(')');
                (name, term::MACROS.iter().find(|each| **each == indicator).copied())
            }
            None => (variable.name.as_str(), None),
        };
        all.entry(name.to_owned()).or_default().push((variable, indicator));
    }
    all
}

fn add_rows(
    out: &mut Vec<u8>,
    variable: &Variable,
    indicator: Option<&str>,
    (changes, parts): (&[f64], Option<&Contributions>),
    database: &Database,
) {
    let key = |name: &str, value: &str| format!("{}:{},", json!(name), json!(value));
    let sets: Vec<Vec<String>> = variable
        .indices
        .iter()
        .map(|index| {
            let elements = index.elements(&database.sets);
            elements.iter().map(|element| key(index.name(), element)).collect()
        })
        .collect();
    let unit: &[u8] = match variable.unit {
        Unit::Percent => b"\"percent_change\":",
        Unit::Change => b"\"change\":",
    };
    let indicator = indicator.map_or_else(String::new, |name| key("MAINMACROS", name));
    for (cell, change) in changes.iter().enumerate() {
        out.push(b'{');
        out.extend_from_slice(indicator.as_bytes());
        let mut stride = changes.len();
        for elements in &sets {
            stride /= elements.len();
            out.extend_from_slice(elements[cell / stride % elements.len()].as_bytes());
        }
        out.extend_from_slice(unit);
        serde_json::to_writer(&mut *out, change).expect("memory takes any text");
        if let Some(parts) = parts {
            let of = |(shock, all): (&String, &BTreeMap<String, Vec<f64>>)| {
                format!("{}:{:?}", json!(shock), all[&variable.name][cell])
            };
            let parts: Vec<String> = parts.by_shock.iter().map(of).collect();
            let text = format!(",\"contributions\":{{{}}}", parts.join(","));
            out.extend_from_slice(text.as_bytes());
        }
        out.extend_from_slice(b"},\n");
    }
}
