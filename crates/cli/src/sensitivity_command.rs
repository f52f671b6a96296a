//! `ironbelt sensitivity`: what a number of a study depends on.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use study::beside::Ready;
use study::ensemble::uncertainty::Uncertainty;
use study::run::mix::Prepared;
use study::run::outcome::{Outcome, Unknown};
use study::run::sensitivity::{Of, Sensitivities, SensitivityError, sensitivities};
use study::spec::Study;

use crate::run_command::{prepare, stopped};
use crate::{Format, INPUT, Stop, files};

/// Which number of a study is asked about.
#[derive(Args)]
pub(crate) struct Number {
    /// Study file; without one, the Liaoning study that ships with the program.
    pub(crate) study: Option<PathBuf>,
    /// Variable of the results, e.g. gdp, employment, fdi, output.
    #[arg(long, default_value = "gdp")]
    pub(crate) indicator: String,
    /// A region, the province, or `nation`; the province without it.
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// Industry, for variables by industry.
    #[arg(long)]
    pub(crate) industry: Option<String>,
    /// Year; the headline year of the study without it.
    #[arg(long)]
    pub(crate) year: Option<u16>,
}

impl Number {
    /// The outcome, with what was left out filled in from the study.
    ///
    /// # Errors
    /// Every name that the study does not have.
    pub(crate) fn outcome(&self, ready: &Ready) -> Result<Outcome, Stop> {
        let names = &ready.inputs.names;
        let outcome = Outcome {
            indicator: self.indicator.clone(),
            region: self.region.clone().unwrap_or_else(|| names.home.clone()),
            industry: self.industry.clone(),
            year: self.year.unwrap_or(ready.study.years.headline),
        };
        outcome.check(&ready.study, &ready.inputs).map_err(|wrong| unknown(&wrong))?;
        Ok(outcome)
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Path {
    /// With the programme.
    Policy,
    /// Without it.
    Baseline,
    /// Policy less baseline.
    Effect,
}

/// Options of `ironbelt sensitivity`.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    number: Number,
    /// Whether the number is with the programme, without it, or the difference.
    #[arg(long, value_enum, default_value_t = Path::Policy)]
    of: Path,
    /// Rows shown of each table.
    #[arg(long, default_value_t = 25)]
    top: usize,
    /// Draw the changes over the ranges into this file.
    #[arg(long)]
    svg: Option<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Computes and prints sensitivities.
pub(crate) fn run(options: &Options) -> Result<(), Stop> {
    let ready = prepare(options.number.study.as_deref())?;
    let outcome = options.number.outcome(&ready)?;
    let of = match options.of {
        Path::Policy => Of::Policy,
        Path::Baseline => Of::Baseline,
        Path::Effect => Of::Effect,
    };
    let found = of_study(&ready.study, &ready, &outcome, of)?;
    if let Some(path) = &options.svg {
        files::write_bytes(path, report::sensitivity::tornado(&found).as_bytes())?;
    }
    match options.format {
        Format::Json => {
            println!("{}", serde_json::to_string(&found).expect("plain data serialises"));
        }
        Format::Text => {
            println!("{}", report::sensitivity::text(&found, options.top));
            if let Some(path) = &options.svg {
                println!("Chart    {}", path.display());
            }
        }
    }
    Ok(())
}

fn of_study(
    study: &Study,
    ready: &Ready,
    outcome: &Outcome,
    of: Of,
) -> Result<Sensitivities, Stop> {
    let prepared = Prepared::new(study, &ready.inputs).map_err(|error| stopped(&error))?;
    sensitivities(&prepared, outcome, of, &Uncertainty::of_study(study)).map_err(
        |error| match error {
            SensitivityError::Unknown(wrong) => unknown(&wrong),
            SensitivityError::Run(error) => stopped(&error),
        },
    )
}

/// Names that a study does not have, each with a way out.
pub(crate) fn unknown(wrong: &[Unknown]) -> Stop {
    let told = |each: &Unknown| format!("error[E0312]: {each}\n  = help: {}", each.help());
    Stop::new(INPUT, wrong.iter().map(told).collect::<Vec<_>>().join("\n"))
}
