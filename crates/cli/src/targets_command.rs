//! `ironbelt targets` and `ironbelt score`.
//!
//! Draws go to `draws.csv` one line at a time, each in a single write at the end of the file, so
//! that a run that is killed leaves whole lines and at most one broken one, which the next run cuts
//! off. The finished table, in order, replaces it under its name.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clap::{Args, ValueEnum};
use study::ensemble::forecast::{Forecast, forecast};
use study::ensemble::points::Method;
use study::ensemble::record::Record;
use study::ensemble::standing::Standing;
use study::ensemble::{Ensemble, Settings};

use crate::run_command::{prepare, progress_bar, stopped};
use crate::{Format, INPUT, NOT_SOLVED, Stop, files};

/// Options of `ironbelt targets`.
#[derive(Args)]
pub(crate) struct Options {
    /// Study file; without one, the Liaoning study that ships with the program.
    study: Option<PathBuf>,
    /// Draws, each a full path with and without the programme.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    draws: u32,
    /// Seed: the same seed gives the same draws.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How draws are chosen.
    #[arg(long, value_enum, default_value_t = Choice::MonteCarlo)]
    method: Choice,
    /// Tell which uncertainty matters: Sobol indices, from a design of draws of its own.
    #[arg(long, conflicts_with = "method")]
    sobol: bool,
    /// Folder for draws, forecast and page; a run that was stopped is continued there.
    #[arg(long, default_value = "results/targets")]
    out: PathBuf,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Names of methods on the command line.
#[derive(Clone, Copy, ValueEnum)]
enum Choice {
    /// Independent draws.
    MonteCarlo,
    /// Stratified in every variable.
    LatinHypercube,
    /// Low discrepancy (scrambled Sobol).
    Sobol,
    /// Stroud's formula of degree 3: means and spreads from few draws.
    Quadrature,
}

impl From<Choice> for Method {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::MonteCarlo => Self::MonteCarlo,
            Choice::LatinHypercube => Self::LatinHypercube,
            Choice::Sobol => Self::Sobol,
            Choice::Quadrature => Self::Quadrature,
        }
    }
}

/// Runs or continues an ensemble and tells how likely the targets are.
pub(crate) fn run(options: &Options) -> Result<(), Stop> {
    let ready = prepare(options.study.as_deref())?;
    if ready.study.targets.is_empty() {
        let message = "error[E1903]: the study has no targets\n  = help: add [[target]] blocks; docs/study-file.md shows one";
        return Err(Stop::new(INPUT, message));
    }
    let settings = Settings {
        method: if options.sobol { Method::Saltelli } else { options.method.into() },
        seed: options.seed,
        draws: options.draws as usize,
    };
    let texts: Vec<&str> = ready.texts.iter().map(String::as_str).collect();
    let standing = Standing::of(&ready.study, &ready.inputs).map_err(|error| stopped(&error))?;
    let ensemble = Ensemble::new(&ready.study, &texts, &ready.inputs, settings, &standing);
    let names = names(options.sobol);
    let records = draws(&ensemble, &options.out, names.draws)?;
    let on_nowcast = ensemble.drivers.central();
    let central = study::run::run(&on_nowcast, texts[0], &ready.inputs, &|_, _| ());
    let central = central.map_err(|error| stopped(&error))?;
    let told = forecast(&ensemble, &ready.study, &records, Some(&central));
    write_forecast(&told, &options.out, names)?;
    match options.format {
        Format::Json => println!("{}", json(&without_samples(told))?),
        Format::Text => {
            println!("{}", report::targets::text(&told));
            println!("Page      {}", options.out.join(names.page).display());
            println!("Draws     {}", options.out.join(names.draws).display());
            println!("Forecast  {}", options.out.join(names.forecast).display());
        }
    }
    Ok(())
}

/// Names of the files of a forecast.
#[derive(Clone, Copy)]
struct FileNames {
    /// Table of draws.
    draws: &'static str,
    /// Forecast with the sample of every year.
    forecast: &'static str,
    page: &'static str,
}

/// Draws for Sobol indices lie beside those of the forecast, under names of their own.
fn names(sobol: bool) -> FileNames {
    if sobol {
        FileNames { draws: "sobol_draws.csv", forecast: "sobol.json", page: "sobol.html" }
    } else {
        FileNames { draws: "draws.csv", forecast: "forecast.json", page: "targets.html" }
    }
}

fn without_samples(mut told: Forecast) -> Forecast {
    told.targets.iter_mut().for_each(|target| target.sample.clear());
    told
}

fn json(told: &Forecast) -> Result<String, Stop> {
    serde_json::to_string_pretty(told).map_err(|error| Stop::new(1, format!("error: {error}")))
}

fn write_forecast(told: &Forecast, out: &Path, names: FileNames) -> Result<(), Stop> {
    let written = BTreeMap::from([
        (names.forecast.to_owned(), json(told)? + "\n"),
        (names.page.to_owned(), report::targets::page(told)),
    ]);
    files::write(out, &written)
}

/// All draws of the ensemble: those of the table, and the others made now.
fn draws(ensemble: &Ensemble<'_>, out: &Path, name: &str) -> Result<BTreeMap<usize, Record>, Stop> {
    let path = out.join(name);
    let failed = |error: &std::io::Error| {
        Stop::new(1, format!("cannot write `{}`: {error}", path.display()))
    };
    std::fs::create_dir_all(out).map_err(|error| failed(&error))?;
    let text = if path.exists() { files::read(&path)? } else { String::new() };
    let Some((mut records, length)) = ensemble.head.read(&text) else {
        let message = format!(
            "error[E1904]: `{}` holds draws of another ensemble: {}\n  = help: continue with what they were made with, choose another folder with --out, or remove the file",
            path.display(),
            difference(&ensemble.head.differs(&text))
        );
        return Err(Stop::new(INPUT, message));
    };
    let file = open(&path, length, ensemble).map_err(|error| failed(&error))?;
    let known = records.len();
    let bar = progress_bar("draws");
    bar.set_length(ensemble.settings.draws as u64);
    bar.set_position(known as u64);
    bar.reset_eta();
    let sink = Mutex::new((file, BTreeMap::new(), None));
    let keep = |record: &Record| {
        let Ok(mut sink) = sink.lock() else { return false };
        if let Err(error) = sink.0.write_all(ensemble.head.line(record).as_bytes()) {
            sink.2 = Some(error);
            return false;
        }
        sink.1.insert(record.index, record.clone());
        bar.inc(1);
        true
    };
    let ran = ensemble.run(&records, &keep);
    bar.finish_and_clear();
    ran.map_err(|error| stopped(&error))?;
    let (_, made, broken) = sink.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(error) = broken {
        return Err(failed(&error));
    }
    records.extend(made);
    let table = ensemble.head.table(records.values());
    if table != text {
        files::write(out, &BTreeMap::from([(name.to_owned(), table)]))?;
    }
    told_failures(ensemble, &records)?;
    Ok(records)
}

/// In words, what the draws of a table were made with otherwise.
fn difference(names: &[&str]) -> String {
    let word = |name: &&str| match *name {
        "study" => "the study file",
        "data" => "the tables that the study reads",
        "program" => "the program or its shipped data",
        "design" => "seed, method or number of draws",
        _ => "something else",
    };
    match names {
        [] => "targets, years or format are others".to_owned(),
        _ => format!("{} changed", names.iter().map(word).collect::<Vec<_>>().join(" and ")),
    }
}

/// The table, cut behind its last whole line, open for the next one.
fn open(path: &Path, length: usize, ensemble: &Ensemble<'_>) -> std::io::Result<File> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.set_len(length as u64)?;
    if length == 0 {
        file.write_all(ensemble.head.lines().as_bytes())?;
    }
    Ok(file)
}

/// Says on standard error what failed; without one solved draw there is no forecast.
fn told_failures(ensemble: &Ensemble<'_>, records: &BTreeMap<usize, Record>) -> Result<(), Stop> {
    let draws = || records.range(..ensemble.settings.draws).map(|(_, record)| record);
    let mut failures =
        draws().filter_map(|record| Some((record.index, record.outcome.as_ref().err()?)));
    let count = failures.clone().count();
    let Some((index, why)) = failures.next() else { return Ok(()) };
    let message = format!(
        "{count} of {} draws have no solution and are in no figure; the first, draw {index}: {why}",
        draws().count()
    );
    if count == draws().count() {
        return Err(Stop::new(NOT_SOLVED, format!("error[E1905]: {message}")));
    }
    say!("warning[W1902]: {message}");
    Ok(())
}

/// The forecast that a file holds.
pub(crate) fn forecast_of(path: &Path) -> Result<Forecast, Stop> {
    serde_json::from_str(&files::read(path)?).map_err(|error| {
        let message = format!("error[E1906]: `{}` is not a forecast: {error}\n  = help: give the forecast.json of `ironbelt targets`", path.display());
        Stop::new(INPUT, message)
    })
}

/// Scores a forecast against what came out.
pub(crate) fn score(path: &Path, outturns: &Path, format: Format) -> Result<(), Stop> {
    let told = forecast_of(path)?;
    let name = outturns.display().to_string();
    let table = files::read(outturns)?;
    let (scores, findings) = study::ensemble::score::scores(&told, &name, &table);
    if !findings.is_empty() {
        let shown = crate::render::render(&findings, |_| None, crate::run_command::style());
        if findings.has_errors() {
            return Err(Stop::new(INPUT, shown));
        }
        crate::render::warn(&shown);
    }
    match format {
        Format::Json => {
            let text = serde_json::to_string_pretty(&scores);
            println!("{}", text.map_err(|error| Stop::new(1, format!("error: {error}")))?);
        }
        Format::Text => println!("{}", report::targets::scores(&scores)),
    }
    Ok(())
}
