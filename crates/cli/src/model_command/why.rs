//! `ironbelt model why`: the terms of a result's own equation, followed from one to the next.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use term::{Step, Why, WhyError, why};

use super::{closure, database, failed, read_text, shocks, wrong};
use crate::{Format, INPUT, Stop};

/// What to explain.
#[derive(Args)]
pub(crate) struct Explain {
    /// The result, one cell as a closure names it: `xtot("I_01","Uusimaa")`.
    of: String,
    /// Database: a GEMPACK header array file.
    #[arg(long)]
    database: PathBuf,
    /// Closure: `short-run`, `long-run`, `dynamic`, or a file.
    #[arg(long)]
    closure: PathBuf,
    /// Shock file; may be the closure file, and may be given several times.
    #[arg(long, required = true)]
    shocks: Vec<PathBuf>,
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

/// Explains one result.
pub(super) fn run(asked: &Explain) -> Result<(), Stop> {
    let (_, database) = database(&asked.database)?;
    let (closure_text, closure) = closure(Some(&asked.closure), &database)?;
    let texts = asked.shocks.iter().map(|path| read_text(path)).collect::<Result<Vec<_>, _>>()?;
    let shocks = shocks(&texts, &database, &closure)?;
    let told = why(&database, &closure, &shocks, &asked.of, &asked.follow);
    let told = told.map_err(|error| match error {
        WhyError::Name(findings) => wrong(&findings, &[]),
        WhyError::Term { name, known } => Stop::new(
            INPUT,
            format!(
                "error[E1823]: no term `{name}` to follow\n  = help: {}",
                if known.is_empty() {
                    "all terms of this step are exogenous".to_owned()
                } else {
                    format!("terms that can be followed: {}", known.join(", "))
                }
            ),
        ),
        WhyError::Run(failure) => failed(&failure, asked.format, &[&closure_text]),
    })?;
    match asked.format {
        Format::Json => println!("{}", document(&told)),
        Format::Text => print!("{}", text(&told, asked.top)),
    }
    Ok(())
}

fn document(told: &Why) -> Value {
    let step = |step: &Step| {
        let terms: Vec<Value> = step
            .terms
            .iter()
            .map(|term| {
                json!({
                    "name": term.name,
                    "kind": term.kind,
                    "contribution": term.contribution,
                    "cells": term.cells,
                })
            })
            .collect();
        json!({"of": step.of, "total": step.total, "equation": step.equation, "terms": terms})
    };
    let steps: Vec<Value> = told.steps.iter().map(step).collect();
    json!({"of": told.of, "change": told.change, "steps": steps})
}

fn text(told: &Why, most: usize) -> String {
    let mut text = format!("{} moved by {:+.6}\n", told.of, told.change);
    for step in &told.steps {
        text += &one(step, most);
    }
    text += "\nContributions are percentage points of the result and add up at every step. Follow a \
             term marked > with --follow.\n";
    text
}

fn one(step: &Step, most: usize) -> String {
    let mut text = match &step.equation {
        Some(equation) => format!(
            "\n{} is found by the equation `{equation}`; its terms add up to nothing\n",
            step.of
        ),
        None => format!("\nTerms of {}\n", step.of),
    };
    for term in step.terms.iter().take(most) {
        let mark = if term.kind == "exogenous" { ' ' } else { '>' };
        let (name, value) = (&term.name, term.contribution);
        let _ = writeln!(text, "{mark} {name:<44}{value:>+16.6}  {}", term.kind);
        for (label, value) in &term.cells {
            let _ = writeln!(text, "      {label:<40.40}{value:>+16.6}");
        }
    }
    if step.terms.len() > most {
        let rest: f64 = step.terms.iter().skip(most).map(|term| term.contribution).sum();
        let name = format!("{} more", step.terms.len() - most);
        let _ = writeln!(text, "  {name:<44}{rest:>+16.6}");
    }
    let sum: f64 = step.terms.iter().map(|term| term.contribution).sum();
    let _ = writeln!(text, "  {:<44}{sum:>+16.6}", "together");
    text
}
