//! `ironbelt calibrate`.

use std::path::PathBuf;

use clap::Args;
use study::calibrate::{COLUMNS, Incomes, calibrate};

use crate::render::render;
use crate::run_command::{prepare, style};
use crate::{Format, INPUT, Stop, files};

/// Options of `ironbelt calibrate`.
#[derive(Args)]
pub(crate) struct Options {
    /// Study file; without one, the Liaoning study that ships with the program.
    study: Option<PathBuf>,
    /// Table of incomes and capital by year; without one, that of Liaoning for its accounts.
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Updates numbers from history and prints the fit before and after.
pub(crate) fn run(options: &Options) -> Result<(), Stop> {
    let ready = prepare(options.study.as_deref())?;
    let incomes = match &options.history {
        None => Incomes::shipped(&ready.study),
        Some(path) => {
            let text = files::read(path)?;
            let name = path.display().to_string();
            let read = Incomes::parse(&name, &text);
            Some(read.map_err(|findings| {
                let shown = |file: &str| (file == name).then(|| text.clone());
                Stop::new(INPUT, render(&findings, shown, style()))
            })?)
        }
    };
    let told = calibrate(&ready.study, &ready.inputs, incomes.as_ref());
    if told.inflows.is_empty() && told.elasticities.is_empty() {
        let message = format!(
            "error[E1914]: there is no history to calibrate from\n  = help: give whole years of `fdi` or `domestic_funds` as observations (more than eight years of growth), or --history with the columns {}",
            COLUMNS.join(", ")
        );
        return Err(Stop::new(INPUT, message));
    }
    match options.format {
        Format::Json => {
            println!("{}", serde_json::to_string_pretty(&told).expect("plain data serialises"));
        }
        Format::Text => println!("{}", report::calibrate::text(&told)),
    }
    Ok(())
}
