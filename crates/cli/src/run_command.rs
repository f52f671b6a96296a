//! `ironbelt run` and `ironbelt check`.

use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use diagnostics::Findings;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use study::inputs::{Inputs, LIAONING};
use study::run::RunError;
use study::spec::Study;

use crate::render::{Style, render};
use crate::{Format, INPUT, NOT_REPLICATED, NOT_SOLVED, Stop, files};

/// A study file that was read and is without errors.
struct Ready {
    study: Study,
    text: String,
    inputs: Inputs,
}

/// Runs a study and writes its results.
pub(crate) fn run(path: Option<&Path>, out: &Path, format: Format) -> Result<(), Stop> {
    let ready = prepare(path)?;
    let bar = progress_bar();
    let tick = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    };
    let results = study::run::run(&ready.study, &ready.text, &ready.inputs, &tick)
        .map_err(|error| stopped(&error));
    bar.finish_and_clear();
    let results = results?;
    let mut written = study::store::write(&results);
    let json = written["results.json"].clone();
    written.insert("report.html".to_owned(), report::html::page(&results));
    files::write(out, &written)?;
    match format {
        Format::Json => println!("{json}"),
        Format::Text => {
            println!("{}", report::text::summary(&results));
            println!("Report   {}", out.join("report.html").display());
            println!(
                "Results  {} and {} tables beside it",
                out.join("results.json").display(),
                written.len() - 2
            );
        }
    }
    Ok(())
}

/// Checks a study file.
pub(crate) fn check(path: Option<&Path>) -> Result<(), Stop> {
    let ready = prepare(path)?;
    let (study, years) = (&ready.study, ready.study.years);
    println!("{}: no errors", study.title);
    println!(
        "{} levers, {} targets, {} to {}",
        study.levers.len(),
        study.targets.len(),
        years.base,
        years.last
    );
    Ok(())
}

/// Checks every law of the model on a study.
pub(crate) fn doctor(path: Option<&Path>) -> Result<(), Stop> {
    let ready = prepare(path)?;
    let instance = study::run::instance(&ready.study, &ready.inputs);
    let laws = study::economy::laws::laws(&instance);
    let laws = laws.map_err(|error| Stop::new(NOT_SOLVED, format!("error: {error}")))?;
    println!("{:<62}{:>12}{:>10}", "Law", "deviation", "limit");
    for law in &laws {
        let said = if law.holds() { "holds" } else { "BROKEN" };
        println!("{:<62}{:>12.1e}{:>10.0e}  {said}", law.name, law.deviation, law.tolerance);
    }
    let broken = laws.iter().filter(|law| !law.holds()).count();
    if broken == 0 {
        Ok(())
    } else {
        Err(Stop::new(NOT_REPLICATED, format!("error: {broken} laws are broken")))
    }
}

/// Reads the study and its accounts; findings go to standard error.
fn prepare(path: Option<&Path>) -> Result<Ready, Stop> {
    let name =
        path.map_or_else(|| study::LIAONING_NAME.to_owned(), |path| path.display().to_string());
    let text = path.map_or_else(|| Ok(study::LIAONING.to_owned()), files::read)?;
    let accounts = study::file::accounts_of(&text).unwrap_or_else(|| LIAONING.to_owned());
    let folder = path.and_then(Path::parent).unwrap_or_else(|| Path::new("."));
    let show = |findings: &Findings| {
        render(findings, |file| (file == name).then(|| text.clone()), style())
    };
    let inputs = Inputs::load(&accounts, folder);
    let (study, mut findings) = match &inputs {
        Ok(inputs) => study::file::parse(&name, &text, &inputs.names),
        Err(_) => (None, Findings::default()),
    };
    let inputs = inputs.map_err(|of_inputs| findings.extend(of_inputs));
    match (study, inputs) {
        (Some(study), Ok(inputs)) => {
            eprint!("{}", show(&findings));
            Ok(Ready { study, text, inputs })
        }
        _ => Err(Stop::new(INPUT, show(&findings))),
    }
}

fn style() -> Style {
    if std::io::stderr().is_terminal() { Style::Coloured } else { Style::Plain }
}

fn stopped(error: &RunError) -> Stop {
    let (code, help) = match error {
        RunError::Calibration(_) => {
            (INPUT, "see the accounts' tables; `ironbelt accounts check` names cells")
        }
        RunError::Benchmark { .. } => {
            (NOT_REPLICATED, "the accounts do not balance; see `ironbelt accounts check`")
        }
        RunError::Certificate { .. } => {
            (NOT_SOLVED, "no numbers are given; please report this study")
        }
        RunError::Solve { .. } => (
            NOT_SOLVED,
            "no numbers are given; make the levers of that year smaller, or leave them out one by one",
        ),
    };
    Stop::new(code, format!("error: {error}\n  = help: {help}"))
}

/// A bar on standard error that appears after a second, on terminals only.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} years solved, {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}
