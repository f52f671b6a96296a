//! `ironbelt why`: the terms of a number's own formula, followed from one to the next.

use std::fmt::Write as _;

use clap::Args;
use study::run::mix::Prepared;
use study::run::why::{Step, Why, WhyError, why};

use crate::run_command::{prepare, stopped};
use crate::sensitivity_command::{Number, unknown};
use crate::{Format, Stop};

/// Options of `ironbelt why`.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    number: Number,
    /// Explain this term of the explanation before; may be given several times.
    #[arg(long)]
    follow: Vec<String>,
    /// Terms shown of each step.
    #[arg(long, default_value_t = 15)]
    top: usize,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Explains a number of a study.
pub(crate) fn run(options: &Options) -> Result<(), Stop> {
    let ready = prepare(options.number.study.as_deref())?;
    let outcome = options.number.outcome(&ready)?;
    let prepared = Prepared::new(&ready.study, &ready.inputs).map_err(|error| stopped(&error))?;
    let told = why(&prepared, &outcome, &options.follow).map_err(|error| match error {
        WhyError::Unknown(wrong) => unknown(&wrong),
        WhyError::Run(error) => stopped(&error),
    })?;
    match options.format {
        Format::Json => {
            println!("{}", serde_json::to_string(&told).expect("plain data serialises"));
        }
        Format::Text => print!("{}", text(&told, options.top)),
    }
    Ok(())
}

fn text(told: &Why, most: usize) -> String {
    let [before, after] = told.values;
    let mut text = format!("{}\n{} ({})\n", told.study, told.number, told.unit);
    let _ = writeln!(
        text,
        "without the programme {before:.4}, with it {after:.4}: {:+.6}",
        after - before
    );
    for step in &told.steps {
        text += &one(step, most);
    }
    text += "\nContributions are in the number's unit and add up at every step. Follow a term marked > with --follow.\n";
    text
}

fn one(step: &Step, most: usize) -> String {
    let mut text = match &step.equation {
        Some(equation) => format!(
            "\n{} is found by the solver; the terms of `{equation}` at its cells add up to nothing\n",
            step.of
        ),
        None => format!("\nTerms of {}\n", step.of),
    };
    for term in step.terms.iter().take(most) {
        let mark = if term.follows { '>' } else { ' ' };
        let _ =
            writeln!(text, "{mark} {:<44}{:>+16.6}  {}", term.name, term.contribution, term.kind);
        for (label, value) in &term.cells {
            let _ = writeln!(text, "      {label:<40.40}{value:>+16.6}");
        }
    }
    let rest: f64 = step.terms.iter().skip(most).map(|term| term.contribution).sum();
    if step.terms.len() > most {
        let _ =
            writeln!(text, "  {:<44}{rest:>+16.6}", format!("{} more", step.terms.len() - most));
    }
    let sum: f64 = step.terms.iter().map(|term| term.contribution).sum();
    let _ = writeln!(text, "  {:<44}{sum:>+16.6}", "together");
    text
}
