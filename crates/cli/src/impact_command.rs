//! `ironbelt impact`: an event in, the one-page impact table out.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use diagnostics::Findings;
use report::impact_sheet;
use report::sheet::{Column, Line, Sheet, column, figure};
use study::event::{Amounts, Assessment, Event, Part, Phase, assess};
use study::inputs::LIAONING;

use crate::render::{Style, render};
use crate::tables::{Loaded, TableOptions};
use crate::{Format, INPUT, Stop, files};

/// How findings name an event that stands on the command line.
const COMMAND_LINE: &str = "command line";

/// Unit of amounts in the money of the table.
const OF_TABLE: &str = "table";

/// Industries shown.
const FEW_INDUSTRIES: usize = 10;

/// What a plant brings when it is built or when it works.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Event file; without one, the event is given by the flags.
    event: Option<PathBuf>,
    /// Outlay (construction) or output of a year (operation); in the unit of the table when it is in
    /// other money than CNY.
    #[arg(long, conflicts_with = "event", required_unless_present = "event")]
    amount: Option<String>,
    /// Unit of the amount, e.g. `million CNY`, or `table` for that of the table; without one, CNY for
    /// tables in CNY and the unit of the table for others.
    #[arg(long, conflicts_with = "event")]
    unit: Option<String>,
    /// Industry of the plant: label, part of one label, or code.
    #[arg(long, conflicts_with = "event", required_unless_present = "event")]
    industry: Option<String>,
    /// Region of the plant; not needed where the table has one region.
    #[arg(long, conflicts_with = "event")]
    region: Option<String>,
    /// Share of first purchases in that region, 0 to 1; without it, as in the table.
    #[arg(long, conflicts_with = "event")]
    local_share: Option<f64>,
    /// What the amount is.
    #[arg(long, value_enum, default_value_t = When::Construction, conflicts_with = "event")]
    phase: When,
    /// Years of construction.
    #[arg(long, conflicts_with = "event")]
    years: Option<f64>,
    /// Share of the gross impact that takes the place of other activity, 0 to 1; 0 without it.
    #[arg(long, conflicts_with = "event")]
    displacement: Option<f64>,
    /// Consumption of households per unit of compensation, 0 to 1; without it, as in the table.
    #[arg(long, conflicts_with = "event")]
    propensity: Option<f64>,
    /// Accounts or table: a folder of tables, or, with --from, anything that `accounts import` reads;
    /// without one, the accounts of Liaoning 2017.
    #[arg(long, conflicts_with = "event")]
    accounts: Option<String>,
    #[command(flatten)]
    options: TableOptions,
    /// The impact sheet of one page: Word by the ending .docx, else a page that prints.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What an amount is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    /// Money spent to build the plant.
    Construction,
    /// What the plant makes in a year.
    Operation,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let beside = match &arguments.event {
        Some(path) => path.parent().unwrap_or_else(|| Path::new(".")).to_owned(),
        None => PathBuf::from("."),
    };
    let given = match &arguments.event {
        Some(path) => Some((path.display().to_string(), files::read(path)?)),
        None => None,
    };
    let named = given.as_ref().and_then(|(_, text)| study::file::accounts_of(text));
    let accounts = named.or_else(|| arguments.accounts.clone());
    let accounts = accounts.unwrap_or_else(|| LIAONING.to_owned());
    let loaded = arguments.options.read(&accounts, &beside)?;
    let (name, text) =
        given.unwrap_or_else(|| (COMMAND_LINE.to_owned(), written(arguments, &loaded)));
    let show = |findings: &Findings| {
        render(findings, |file| (file == name).then(|| text.clone()), Style::Plain)
    };
    let (event, findings) = study::file::parse_event(&name, &text, &loaded.names);
    let Some(event) = event else { return Err(Stop::new(INPUT, show(&findings))) };
    if !findings.is_empty() {
        eprintln!("{}", show(&findings));
    }
    let roles = arguments.options.roles(&loaded.table)?;
    let found =
        assess(&event, &loaded.table, roles).map_err(|found| Stop::new(INPUT, show(&found)))?;
    if let Some(path) = &arguments.out {
        let sheet = impact_sheet::impact_sheet(&event, &found, loaded.year);
        files::write_document(path, &sheet)?;
    }
    match arguments.format {
        Format::Json => println!("{}", json(&found)?),
        Format::Text => print!("{}", page(&event, &found, loaded.year)),
    }
    Ok(())
}

fn json(found: &Assessment) -> Result<String, Stop> {
    serde_json::to_string_pretty(found).map_err(|error| Stop::new(1, format!("error: {error}")))
}

/// The event file that says what the flags say.
fn written(arguments: &Arguments, loaded: &Loaded) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut out = String::from("format = 1\n");
    let only = match &loaded.names.regions[..] {
        [one] => Some(one.clone()),
        _ => None,
    };
    let region = arguments.region.clone().or(only);
    let texts =
        [("accounts", &arguments.accounts), ("region", &region), ("industry", &arguments.industry)];
    for (key, value) in texts {
        if let Some(value) = value {
            let _ = writeln!(out, "{key} = {}", quoted(value));
        }
    }
    let numbers = [("displacement", arguments.displacement), ("propensity", arguments.propensity)];
    for (key, value) in numbers {
        if let Some(value) = value {
            let _ = writeln!(out, "{key} = {value:?}");
        }
    }
    let amount = arguments.amount.as_deref().unwrap_or("");
    let has_unit = amount.chars().any(char::is_alphabetic);
    let in_yuan = study::event::yuan_per_unit(&loaded.table.unit).is_ok();
    let unit = arguments.unit.as_deref().unwrap_or(if in_yuan { "CNY" } else { OF_TABLE });
    let of_table = unit == OF_TABLE || (!in_yuan && unit == loaded.table.unit);
    let amount = match (has_unit, of_table) {
        (true, _) => quoted(amount),
        (false, true) => amount.to_owned(),
        (false, false) => quoted(&format!("{amount} {unit}")),
    };
    let phase = if arguments.phase == When::Construction { "construction" } else { "operation" };
    let _ = writeln!(out, "[{phase}]\namount = {amount}");
    for (key, value) in [("years", arguments.years), ("local_share", arguments.local_share)] {
        if let Some(value) = value {
            let _ = writeln!(out, "{key} = {value:?}");
        }
    }
    out
}

/// The page.
fn page(event: &Event, found: &Assessment, year: Option<u16>) -> String {
    let title = if found.title.is_empty() { String::new() } else { format!("{}: ", found.title) };
    let mut out = vec![
        format!("{title}{} in {}", found.industry, found.region),
        match year {
            Some(year) => format!(
                "Accounts {}, prices and coefficients of {year}; {}\n",
                found.accounts, found.unit
            ),
            None => {
                format!("Table {}, its prices and coefficients; {}\n", found.accounts, found.unit)
            }
        },
    ];
    out.extend(found.phases.iter().flat_map(|phase| told(event, found, phase)));
    out.push("Assumptions".to_owned());
    out.extend(impact_sheet::assumptions(found).into_iter().map(|each| format!("  {each}")));
    out.join("\n") + "\n"
}

/// Sentence and tables of one phase.
fn told(event: &Event, found: &Assessment, phase: &Phase) -> Vec<String> {
    let years = phase.years;
    let mut out = vec![
        impact_sheet::lead(found, phase),
        impact_sheet::sourcing(event, found, phase),
        stages(phase, found.displacement).text(usize::MAX),
    ];
    if years > 1.0 {
        let each_year = figure(phase.total.net.jobs / years, 1);
        out.push(format!("Net, that is {each_year} jobs in an average year of construction.\n"));
    }
    out.push(parts("By region", "Region", phase, &phase.regions).text(usize::MAX));
    let mut industries = phase.industries.clone();
    industries.sort_by(|a, b| b.gross.output.total_cmp(&a.gross.output));
    let all = industries.len();
    industries.truncate(FEW_INDUSTRIES);
    let title = format!("Industries with the largest gross output ({} of {all})", industries.len());
    out.push(parts(&title, "Industry", phase, &industries).text(usize::MAX));
    out
}

fn stages(phase: &Phase, displacement: f64) -> Sheet {
    let total = &phase.total;
    let displaced = format!("Displaced ({} %)", figure(100.0 * displacement, 1));
    let rows = [
        ("Direct", phase.direct),
        ("Indirect", phase.indirect),
        ("Induced", phase.induced),
        ("Gross", total.gross),
        (displaced.as_str(), total.displaced),
        ("Net", total.net),
    ];
    let line = |(name, amounts): (&str, Amounts)| Line {
        labels: vec![name.to_owned()],
        values: vec![amounts.output, amounts.value_added, amounts.income, amounts.jobs],
    };
    Sheet {
        title: "All regions".to_owned(),
        labels: vec!["Stage".to_owned()],
        columns: vec![
            column("Output", "", 1),
            column("Value added", "", 1),
            column("Income", "", 1),
            column(phase.kind_of_jobs, "", 1),
        ],
        lines: rows.into_iter().map(line).collect(),
    }
}

fn parts(title: &str, label: &str, phase: &Phase, parts: &[Part]) -> Sheet {
    let jobs = |word: &str| -> Column { column(&format!("{word} {}", phase.kind_of_jobs), "", 1) };
    let line = |part: &Part| Line {
        labels: vec![part.name.clone()],
        values: vec![
            part.gross.output,
            part.gross.value_added,
            part.gross.jobs,
            part.net.output,
            part.net.value_added,
            part.net.jobs,
        ],
    };
    Sheet {
        title: title.to_owned(),
        labels: vec![label.to_owned()],
        columns: vec![
            column("Gross output", "", 1),
            column("value added", "", 1),
            column(phase.kind_of_jobs, "", 1),
            column("Net output", "", 1),
            column("value added", "", 1),
            jobs("net"),
        ],
        lines: parts.iter().map(line).collect(),
    }
}
