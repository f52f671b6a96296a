//! `ironbelt analyse`: what an input-output table says of its industries and regions.
//!
//! Not here: the tables it prints (`report::analysis`).

use std::path::{Path, PathBuf};

use accounts::InputOutputTable;
use accounts::analysis::{AnalysisError, Leontief};
use clap::Args;
use clap::builder::TypedValueParser;
use report::analysis::{Subject, What, compared, of_one};
use report::sheet::Sheet;
use study::inputs::LIAONING;

use crate::tables::{TableOptions, by_name};
use crate::{Format, INPUT, Stop, files};

/// What an input-output table says of its industries and regions.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Table: a folder of regional accounts, a folder that `accounts import` wrote, or, with --from,
    /// anything that it reads; without one, the accounts of Liaoning 2017.
    #[arg(default_value = LIAONING)]
    table: String,
    #[command(flatten)]
    options: TableOptions,
    /// What to compute.
    #[arg(long, value_parser = analyses(), default_value = "multipliers")]
    what: What,
    /// Later table, for `decomposition` and `shift-share`.
    #[arg(long, value_name = "TABLE")]
    against: Option<String>,
    /// Rows to print as text.
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true)]
    top: usize,
    /// Folder for the tables as csv, with every digit; nothing but their names is printed then.
    #[arg(long)]
    out: Option<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

fn analyses() -> impl TypedValueParser<Value = What> {
    by_name(What::ALL.map(|(_, name, about)| (name, about)), What::named)
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let options = &arguments.options;
    let table = read(arguments, &arguments.table)?;
    let failed = |error: AnalysisError| {
        let help = "see `ironbelt accounts check`; industries are numbered as in the table";
        let message = format!("error[E1506]: this table cannot be analysed: {error}");
        Stop::new(INPUT, format!("{message}\n  = help: {help}"))
    };
    let subject = Subject { table: &table, roles: options.roles(&table)? };
    let found = if let Some(other) = later(arguments)? {
        let later = Subject { table: &other, roles: options.roles(&other)? };
        compared(arguments.what, &subject, &later)
    } else {
        let system = Leontief::new(&table).map_err(failed)?;
        of_one(arguments.what, &system, &subject)
    };
    let found = found.map_err(failed)?;
    for warning in &found.warnings {
        say!("{warning}\n");
    }
    if let Some(out) = &arguments.out {
        write(arguments.what, out, &found.sheets)
    } else {
        show(arguments, &table, &found.sheets);
        Ok(())
    }
}

/// Writes every table as csv: `trade.csv`, `trade_2.csv`, …
fn write(what: What, out: &Path, sheets: &[Sheet]) -> Result<(), Stop> {
    let name = |at: usize| match at {
        0 => format!("{}.csv", what.name()),
        _ => format!("{}_{}.csv", what.name(), at + 1),
    };
    let named = sheets.iter().enumerate();
    let files: formats::Files = named.clone().map(|(at, sheet)| (name(at), sheet.csv())).collect();
    files::write(out, &files)?;
    for (at, sheet) in named {
        println!("{}: {}", out.join(name(at)).display(), sheet.title);
    }
    Ok(())
}

fn read(arguments: &Arguments, name: &str) -> Result<InputOutputTable, Stop> {
    Ok(arguments.options.read(name, Path::new("."))?.table)
}

/// The later table, where the analysis needs one.
fn later(arguments: &Arguments) -> Result<Option<InputOutputTable>, Stop> {
    match (&arguments.against, arguments.what.compares()) {
        (Some(name), true) => read(arguments, name).map(Some),
        (None, false) => Ok(None),
        (None, true) => Err(Stop::new(
            INPUT,
            "error[E1507]: this analysis compares two tables\n  = help: name the later one with --against TABLE",
        )),
        (Some(_), false) => Err(Stop::new(
            INPUT,
            "error[E1507]: this analysis is of one table\n  = help: leave out --against",
        )),
    }
}

fn show(arguments: &Arguments, table: &InputOutputTable, sheets: &[Sheet]) {
    match arguments.format {
        Format::Json => {
            let tables: Vec<serde_json::Value> = sheets.iter().map(Sheet::json).collect();
            let all = serde_json::json!({
                "format": 1,
                "table": arguments.table,
                "unit": table.unit,
                "what": arguments.what.name(),
                "tables": tables,
            });
            println!("{all:#}");
        }
        Format::Text => {
            let name = if table.name.is_empty() { &arguments.table } else { &table.name };
            println!("{name}; unit of money: {}\n", table.unit);
            let texts: Vec<String> = sheets.iter().map(|each| each.text(arguments.top)).collect();
            print!("{}", texts.join("\n"));
        }
    }
}
