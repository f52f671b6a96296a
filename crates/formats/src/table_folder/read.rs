//! Files to table.

use std::collections::BTreeMap;

use accounts::Matrix;
use accounts::input_output::{Extension, InputOutputTable, Label, Row};
use diagnostics::{Findings, Place};

use super::{Cells, FORMAT, parquet};
use crate::delimited::{Labels, Layout};
use crate::import::{Imported, Reader};
use crate::source::Source;

/// Reads a folder written by [`super::write()`].
///
/// # Errors
/// All findings: E1201 another format; E1202 a table of another size than the manifest says; E1300,
/// E1304, E1307, E1308, E1310, E1311.
pub fn read(source: &Source) -> Result<Imported, Findings> {
    let mut reader = Reader::new(source, "folder of an input-output table");
    let table = table(&mut reader);
    reader.report_unused();
    reader.finish(table)
}

type Entries = BTreeMap<String, String>;

fn table(reader: &mut Reader<'_>) -> Option<InputOutputTable> {
    let file = reader.required("`manifest.csv`", |name| name == "manifest.csv")?;
    let entries: Entries = reader
        .texts(file, b',')?
        .into_iter()
        .filter_map(|line| Some((line.first()?.clone(), line.get(1).cloned()?)))
        .collect();
    if number(reader, &entries, "format")? != FORMAT {
        let message =
            format!("a table of format {}; this program reads format {FORMAT}", entries["format"]);
        reader.error("E1201", message, "use the version of the program that wrote the folder");
        return None;
    }
    let industries = pairs(reader, &entries, "industries", "industries")?;
    let categories = pairs(reader, &entries, "categories", "categories")?;
    let primary = pairs(reader, &entries, "primary_inputs", "primary_inputs")?;
    let (n, f, v) = (industries.len(), categories.len(), primary.len());
    let flows = cells(reader, &entries, "flows", (n, n));
    let final_demand = cells(reader, &entries, "final_demand", (n, f));
    let value_added = cells(reader, &entries, "value_added", (v, n));
    let output = output(reader, n);
    let mut extensions = Vec::new();
    for at in 1..=number(reader, &entries, "extensions")? {
        extensions.push(extension(reader, &entries, at, (n, f))?);
    }
    let label = |[region, name]: [String; 2]| Label { region, name };
    Some(InputOutputTable {
        name: entries.get("name").cloned().unwrap_or_default(),
        unit: entries.get("unit").cloned().unwrap_or_default(),
        industries: industries.into_iter().map(label).collect(),
        categories: categories.into_iter().map(label).collect(),
        primary_inputs: primary.into_iter().map(|[name, unit]| Row { name, unit }).collect(),
        flows: flows?,
        final_demand: final_demand?,
        value_added: value_added?,
        output: output?,
        extensions,
    })
}

fn number(reader: &mut Reader<'_>, entries: &Entries, key: &str) -> Option<usize> {
    let value = entries.get(key).and_then(|text| text.parse().ok());
    if value.is_none() {
        let message = format!("`manifest.csv` has no whole number for `{key}`");
        let place = Place::cell("manifest.csv", 1, 1);
        reader.error_at("E1202", message, place, "one entry per line: key,value");
    }
    value
}

/// The two columns of a list, which must be as long as the manifest says.
fn pairs(
    reader: &mut Reader<'_>,
    entries: &Entries,
    name: &str,
    key: &str,
) -> Option<Vec<[String; 2]>> {
    let expected = number(reader, entries, key)?;
    let name = format!("{name}.csv");
    let file = reader.required(&format!("`{name}`"), |other| other == name)?;
    let lines = reader.texts(file, b',')?;
    let field = |line: &[String], at: usize| line.get(at).cloned().unwrap_or_default();
    let pairs: Vec<[String; 2]> =
        lines.iter().skip(1).map(|line| [field(line, 0), field(line, 1)]).collect();
    if pairs.len() != expected {
        let message = format!("`{name}` has {} rows, `manifest.csv` says {expected}", pairs.len());
        let place = Place::cell(&name, lines.len(), 1);
        reader.error_at("E1202", message, place, "the last row");
        return None;
    }
    Some(pairs)
}

/// Reads the cells of a matrix, in the form that the manifest says.
fn cells(
    reader: &mut Reader<'_>,
    entries: &Entries,
    name: &str,
    shape: (usize, usize),
) -> Option<Matrix> {
    if shape.0 == 0 || shape.1 == 0 {
        return Some(Matrix::zeros(shape.0, shape.1));
    }
    let is_parquet = entries.get("cells").is_some_and(|cells| cells == Cells::Parquet.name());
    let form = if is_parquet { Cells::Parquet } else { Cells::Csv };
    let name = format!("{name}.{}", form.name());
    let file = reader.required(&format!("`{name}`"), |other| other == name)?;
    if is_parquet {
        let bytes = reader.bytes(file)?;
        let cells = parquet::read(file, bytes, shape);
        return cells.map_err(|finding| reader.findings.push(*finding)).ok();
    }
    let layout = Layout { delimiter: b',', labels: Labels::Fixed { header: 2, before: 2 } };
    let cells = reader.grid(file, layout)?.cells;
    if (cells.rows(), cells.columns()) == shape {
        return Some(cells);
    }
    let (rows, columns) = (cells.rows(), cells.columns());
    let message = format!(
        "`{name}` has {rows} × {columns} cells, `manifest.csv` says {} × {}",
        shape.0, shape.1
    );
    reader.error_at("E1202", message, Place::cell(&name, rows + 2, 1), "the last row");
    None
}

fn output(reader: &mut Reader<'_>, n: usize) -> Option<Vec<f64>> {
    let file = reader.required("`output.csv`", |name| name == "output.csv")?;
    let lines = reader.texts(file, b',')?;
    let mut output = Vec::with_capacity(n);
    for (at, line) in lines.iter().enumerate().skip(1) {
        let value = line.get(2).and_then(|text| text.parse::<f64>().ok());
        if let Some(value) = value.filter(|value| value.is_finite()) {
            output.push(value);
            continue;
        }
        let message = format!("line {} of `output.csv` has no output", at + 1);
        let place = Place::cell(file, at + 1, 3);
        reader.error_at("E1307", message, place, "not a finite number");
    }
    Some(output)
}

fn extension(
    reader: &mut Reader<'_>,
    entries: &Entries,
    at: usize,
    (n, f): (usize, usize),
) -> Option<Extension> {
    let key = |what: &str| format!("extension_{at}_{what}");
    let rows = number(reader, entries, &key("rows"))?;
    let has_demand = number(reader, entries, &key("final_demand"))? == 1;
    let by_industry = cells(reader, entries, &key("by_industry"), (rows, n))?;
    let by_final_demand = if has_demand {
        Some(cells(reader, entries, &key("by_final_demand"), (rows, f))?)
    } else {
        None
    };
    let rows = pairs(reader, entries, &key("rows"), &key("rows"))?;
    let rows = rows.into_iter().map(|[name, unit]| Row { name, unit }).collect();
    let name = entries.get(&key("name")).cloned().unwrap_or_default();
    Some(Extension { name, rows, by_industry, by_final_demand })
}
