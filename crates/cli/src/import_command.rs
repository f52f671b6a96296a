//! `ironbelt accounts import`: reads a table in another program's format, says what it saw, and
//! writes it as a folder of csv files.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use diagnostics::{Diagnostic, Findings};
use formats::import::Imported;
use formats::report::Report;
use formats::source::Source;
use formats::{ceads, table_folder};

use crate::tables::{self, Layout, wrong};
use crate::{Format, Stop, files};

/// What to import.
#[derive(Args)]
pub(crate) struct Import {
    /// Format of the file or folder.
    #[arg(value_parser = tables::layouts())]
    layout: Layout,
    /// File, folder or zip file.
    path: PathBuf,
    /// Sheet of the workbook, for the format `sheet`; without one, the first; `all` for every sheet that
    /// holds a table, each in a folder of its name.
    #[arg(long)]
    sheet: Option<String>,
    /// Folder for the tables; without one, only what was seen is printed.
    #[arg(long)]
    out: Option<PathBuf>,
    /// How to write the cells of an input-output table.
    #[arg(long, value_enum, default_value_t = Cells::Csv)]
    cells: Cells,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How cells are written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Cells {
    /// Text with labels.
    Csv,
    /// Positions and values, for other programs.
    Parquet,
}

pub(crate) fn run(import: &Import) -> Result<(), Stop> {
    let source = tables::source(&import.path)?;
    let out = import.out.as_deref();
    let (report, written) = match import.layout {
        Layout::Har => header_arrays(&source, out)?,
        Layout::Sam => {
            let imported = formats::sam::read(&source).map_err(|findings| wrong(&findings))?;
            let text = || formats::sam::write(&imported.table);
            (imported.report.clone(), write_one("sam.csv", text, out)?)
        }
        Layout::Sdmx => {
            let imported = formats::sdmx::read(&source).map_err(|findings| wrong(&findings))?;
            let text = || imported.table.to_csv();
            (imported.report.clone(), write_one("observations.csv", text, out)?)
        }
        Layout::Sea => {
            let imported =
                formats::wiod::read_accounts(&source).map_err(|findings| wrong(&findings))?;
            let text = || imported.table.to_csv();
            (imported.report.clone(), write_one("observations.csv", text, out)?)
        }
        Layout::Sheet if import.sheet.as_deref() == Some("all") => every_sheet(&source, import)?,
        layout => {
            let imported = tables::input_output(layout, &source, import.sheet.as_deref())?;
            let written = write_table(&imported, import, out)?;
            (imported.report, written)
        }
    };
    match import.format {
        Format::Text => print!("{report}"),
        Format::Json => println!("{:#}", json(&report)),
    }
    if let (Some(out), Format::Text) = (&import.out, import.format) {
        println!("\n{written} files written to {}", out.display());
    }
    Ok(())
}

fn json(report: &Report) -> serde_json::Value {
    let counts: serde_json::Map<String, serde_json::Value> =
        report.counts.iter().map(|(what, count)| (what.clone(), (*count).into())).collect();
    serde_json::json!({
        "format": report.format,
        "counts": counts,
        "units": report.units,
        "left_out": report.dropped,
        "notes": report.notes,
    })
}

fn header_arrays(source: &Source, out: Option<&Path>) -> Result<(Report, usize), Stop> {
    let name = source.names().next().unwrap_or_default().to_owned();
    let bytes = source.bytes(&name).map_err(|error| {
        let mut findings = Findings::default();
        findings.push(Diagnostic::error("E1300", format!("`{name}` cannot be read: {error}")));
        wrong(&findings)
    })?;
    let file = formats::har::read(&name, &bytes).map_err(|findings| wrong(&findings))?;
    let Some(out) = out else { return Ok((file.report(), 0)) };
    let tables = file.to_csv();
    files::write(out, &tables)?;
    Ok((file.report(), tables.len()))
}

/// Writes one text.
fn write_one(name: &str, text: impl Fn() -> String, out: Option<&Path>) -> Result<usize, Stop> {
    let Some(out) = out else { return Ok(0) };
    files::write(out, &formats::Files::from([(name.to_owned(), text())]))?;
    Ok(1)
}

/// Every sheet that holds a table; the others are told.
fn every_sheet(source: &Source, import: &Import) -> Result<(Report, usize), Stop> {
    let found =
        ceads::read_every_sheet(source, "table on a sheet").map_err(|found| wrong(&found))?;
    let mut report = Report::new("tables on sheets");
    for sheet in &found.without {
        report.dropped(format!("sheet `{sheet}`: no table on it"));
    }
    let mut written = 0;
    for (at, (sheet, imported)) in found.tables.iter().enumerate() {
        let folder = import.out.as_ref().map(|out| out.join(folder_of(at, sheet)));
        written += write_table(imported, import, folder.as_deref())?;
        report.count(format!("industries on `{sheet}`"), imported.table.industries.len());
        imported.report.units.iter().for_each(|unit| report.unit(unit));
        imported
            .report
            .dropped
            .iter()
            .for_each(|what| report.dropped(format!("`{sheet}`: {what}")));
        imported.report.notes.iter().for_each(|note| report.note(format!("`{sheet}`: {note}")));
    }
    Ok((report, written))
}

/// Name of the folder of a sheet: letters, digits, blanks, hyphens and underscores.
fn folder_of(at: usize, sheet: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || " -_".contains(c) { c } else { '_' };
    let name: String = sheet.trim().chars().map(plain).collect();
    if name.chars().any(char::is_alphanumeric) { name } else { format!("sheet {}", at + 1) }
}

/// Writes the table.
fn write_table(imported: &Imported, import: &Import, folder: Option<&Path>) -> Result<usize, Stop> {
    let Some(out) = folder else { return Ok(0) };
    let cells = match import.cells {
        Cells::Csv => table_folder::Cells::Csv,
        Cells::Parquet => table_folder::Cells::Parquet,
    };
    let parts = table_folder::write(&imported.table, cells);
    files::write_parts(out, &parts)?;
    Ok(parts.len())
}
