//! EXIOBASE 1, 2 and 3, and tables stored in the same layout by `pymrio`.
//!
//! | version | flows or coefficients    | final demand       | primary inputs     | extensions               |
//! |---------|--------------------------|--------------------|--------------------|--------------------------|
//! | 1, 2    | `mrIot*.txt`             | `mrFinalDemand*`   | `mrFactorInputs*`  | `mr<Name>*`, `mrFD<Name>*` |
//! | 3       | `Z.txt`, or else `A.txt` | `Y.txt`            | money rows of an extension | `<name>/F.txt`, `F_hh.txt` or `F_Y.txt` |
//!
//! Tab-separated, regions and names above and before the cells; version 1 and 2 have units in the
//! last label column, version 3 in `unit.txt`. Coefficients are multiplied by output: that of
//! `x.txt`, or else the one that meets final demand.

#[cfg(test)]
mod tests;
mod write;

pub(crate) use write::Tabs;
pub use write::write;

use accounts::Matrix;
use accounts::analysis::output_of;
use accounts::input_output::{Extension, InputOutputTable, Label, Row};
use diagnostics::{Findings, Place};

use crate::delimited::{Grid, Layout};
use crate::import::{Imported, Reader, labels, primary_inputs, times_output};
use crate::source::{Source, has_extension, last_part};

/// Reads EXIOBASE 1 or 2, from a folder or a zip file.
///
/// # Errors
/// All findings in the files: E1300, E1304, E1306 – E1311, E1313.
pub fn read_1_2(source: &Source) -> Result<Imported, Findings> {
    let mut reader = Reader::new(source, "EXIOBASE 1 or 2");
    let table = version_1_2(&mut reader);
    reader.report_unused();
    reader.finish(table)
}

/// Reads EXIOBASE 3, from a folder or a zip file.
///
/// # Errors
/// All findings in the files: E1300, E1304, E1306 – E1311, E1313.
pub fn read_3(source: &Source) -> Result<Imported, Findings> {
    let mut reader = Reader::new(source, "EXIOBASE 3");
    let table = version_3(&mut reader);
    reader.report_unused();
    reader.finish(table)
}

/// Labels above the cells: region and name.
fn columns(reader: &mut Reader<'_>, file: &str, grid: &Grid) -> Option<Vec<Label>> {
    let [regions, names, ..] = grid.header.as_slice() else {
        let place = Place::cell(file, 1, 1);
        let message = format!("`{file}` has no two header rows with regions and names");
        reader.error_at("E1306", message, place, "the file starts here");
        return None;
    };
    Some(labels(regions.iter().map(String::as_str), names.iter().map(String::as_str)))
}

/// Labels before the cells: region and name.
fn rows(grid: &Grid) -> Vec<Label> {
    labels(grid.label_column(0), grid.label_column(1))
}

fn is_version_1_2(name: &str, start: &str) -> bool {
    name.starts_with(start) && has_extension(name, "txt")
}

fn version_1_2(reader: &mut Reader<'_>) -> Option<InputOutputTable> {
    let layout = Layout::default();
    let flows_file = reader.required("`mrIot*.txt`", |name| is_version_1_2(name, "mriot"));
    let demand_file =
        reader.required("`mrFinalDemand*.txt`", |name| is_version_1_2(name, "mrfinaldemand"));
    let (flows_file, demand_file) = (flows_file?, demand_file?);
    let flows = reader.grid(flows_file, layout);
    let demand = reader.grid(demand_file, layout);
    let (flows, demand) = (flows?, demand?);
    let industries = columns(reader, flows_file, &flows)?;
    let categories = columns(reader, demand_file, &demand)?;
    reader.same_labels("row", &industries, &rows(&flows), |at| flows.place_of_row(flows_file, at));
    reader
        .same_labels("row", &industries, &rows(&demand), |at| demand.place_of_row(demand_file, at));
    let unit = flows.label_column(2).next().unwrap_or("").to_owned();
    let (unit, is_coefficient) = match unit.split_once('/') {
        Some((unit, _)) => (unit.to_owned(), true),
        None => (unit, false),
    };
    if reader.findings.has_errors() {
        return None;
    }
    let labels = (industries, categories);
    let cells = (flows.cells, demand.cells, is_coefficient);
    let mut table = assembled(reader, (flows_file, unit), labels, cells, None)?;
    extensions_1_2(reader, &mut table);
    Some(with_primary_inputs(reader, table))
}

/// The table with its primary inputs taken from the extensions.
fn with_primary_inputs(reader: &mut Reader<'_>, mut table: InputOutputTable) -> InputOutputTable {
    (table.primary_inputs, table.value_added) = primary_inputs(
        &table.unit,
        &table.flows,
        &table.output,
        &mut table.extensions,
        &mut reader.report,
    );
    table
}

fn output_or_finding(
    reader: &mut Reader<'_>,
    coefficients: &Matrix,
    demand: &[f64],
) -> Option<Vec<f64>> {
    let output = output_of(coefficients, demand);
    match &output {
        Some(_) => reader.report.note("output is the one that meets final demand"),
        None => reader.error(
            "E1313",
            "no output meets final demand with these coefficients".to_owned(),
            "an industry may use more than it makes; look for columns of `A` that sum to more than 1",
        ),
    }
    output
}

fn extensions_1_2(reader: &mut Reader<'_>, table: &mut InputOutputTable) {
    let source = reader.source;
    let all = source.find(|name| is_version_1_2(name, "mr"));
    let kind = |name: &str| {
        let last = last_part(name);
        let end = last.find(['_', '.']).unwrap_or(last.len());
        last.get(2..end).unwrap_or("").to_owned()
    };
    for file in &all {
        let name = kind(file);
        let lower = name.to_lowercase();
        if lower.starts_with("fd") || ["iot", "finaldemand"].contains(&lower.as_str()) {
            continue;
        }
        let of_demand = all.iter().find(|other| kind(other).to_lowercase() == format!("fd{lower}"));
        let Some(mut extension) = extension(reader, table, &name, file, of_demand.copied()) else {
            continue;
        };
        let is_coefficient = |row: &Row| row.unit.contains('/');
        if extension.rows.iter().all(is_coefficient) {
            times_output(&mut extension.by_industry, &table.output);
            for row in &mut extension.rows {
                if let Some((unit, _)) = row.unit.rsplit_once('/') {
                    row.unit = unit.to_owned();
                }
            }
            reader.report.note(format!("{name} per unit of output is multiplied by output"));
        }
        table.extensions.push(extension);
    }
}

/// An extension with units in a label column, if it has more than one.
fn extension(
    reader: &mut Reader<'_>,
    table: &InputOutputTable,
    name: &str,
    file: &str,
    of_demand: Option<&str>,
) -> Option<Extension> {
    let grid = reader.grid(file, Layout::default())?;
    let found = columns(reader, file, &grid)?;
    reader.same_labels("column", &table.industries, &found, |at| grid.place_of_column(file, at));
    let rows = stressors(reader, file, &grid);
    let mut by_final_demand = None;
    if let Some(file) = of_demand
        && let Some(grid) = reader.grid(file, Layout::default())
    {
        let found = columns(reader, file, &grid)?;
        reader
            .same_labels("column", &table.categories, &found, |at| grid.place_of_column(file, at));
        let names = |rows: &[Row]| rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>();
        if names(&stressors(reader, file, &grid)) == names(&rows) {
            by_final_demand = Some(grid.cells);
        } else {
            let message = format!("the rows of `{file}` are not those of {name}");
            reader.error("E1311", message, "both files must list the same rows in one order");
        }
    }
    Some(Extension { name: name.to_owned(), rows, by_industry: grid.cells, by_final_demand })
}

/// Name and unit of each row: name, unit; or name, compartment, unit, and more that is left out.
fn stressors(reader: &mut Reader<'_>, file: &str, grid: &Grid) -> Vec<Row> {
    let width = grid.labels.first().map_or(0, Vec::len);
    if width > 3 {
        reader.report.dropped(format!("label columns 4 to {width} of `{}`", last_part(file)));
    }
    let row = |labels: &Vec<String>| match labels.as_slice() {
        [] => Row { name: String::new(), unit: String::new() },
        [name] => Row { name: name.clone(), unit: String::new() },
        [name, unit] => Row { name: name.clone(), unit: unit.clone() },
        [name, compartment, unit, ..] => {
            Row { name: format!("{name} ({compartment})"), unit: unit.clone() }
        }
    };
    grid.labels.iter().map(row).collect()
}

/// The folder part of a name, with its `/`.
fn folder(name: &str) -> &str {
    &name[..name.len() - last_part(name).len()]
}

fn version_3(reader: &mut Reader<'_>) -> Option<InputOutputTable> {
    let layout = Layout::default();
    let flows_file = match reader.optional(|name| name == "z.txt") {
        Some(file) => Some(file),
        None => reader.required("`A.txt` or `Z.txt`", |name| name == "a.txt"),
    }?;
    let is_coefficient = last_part(flows_file).eq_ignore_ascii_case("a.txt");
    let home = folder(flows_file);
    let demand_file = reader.required("`Y.txt`", |name| name == "y.txt")?;
    let flows = reader.grid(flows_file, layout);
    let demand = reader.grid(demand_file, layout);
    let (flows, demand) = (flows?, demand?);
    let industries = columns(reader, flows_file, &flows)?;
    let categories = columns(reader, demand_file, &demand)?;
    reader.same_labels("row", &industries, &rows(&flows), |at| flows.place_of_row(flows_file, at));
    reader
        .same_labels("row", &industries, &rows(&demand), |at| demand.place_of_row(demand_file, at));
    reader.distinct_labels(flows_file, "industries", &industries);
    let unit = money_unit(reader, &format!("{home}unit.txt"));
    let output = published_output(reader, &format!("{home}x.txt"), &industries);
    if reader.findings.has_errors() {
        return None;
    }
    let name = home.trim_end_matches('/');
    let labels = (industries, categories);
    let cells = (flows.cells, demand.cells, is_coefficient);
    let mut table = assembled(reader, (name, unit), labels, cells, output)?;
    extensions_3(reader, &mut table, home);
    Some(with_primary_inputs(reader, table))
}

/// A table of flows or coefficients, final demand, and output where it is published; without it, what
/// is sold, or what meets final demand.
fn assembled(
    reader: &mut Reader<'_>,
    (name, unit): (&str, String),
    (industries, categories): (Vec<Label>, Vec<Label>),
    (mut flows, final_demand, is_coefficient): (Matrix, Matrix, bool),
    published: Option<Vec<f64>>,
) -> Option<InputOutputTable> {
    let demanded = final_demand.row_sums();
    let output = match published {
        Some(output) => output,
        None if is_coefficient => output_or_finding(reader, &flows, &demanded)?,
        None => flows.row_sums().iter().zip(demanded).map(|(a, b)| a + b).collect(),
    };
    if is_coefficient {
        times_output(&mut flows, &output);
    }
    Some(InputOutputTable {
        name: name.to_owned(),
        unit,
        industries,
        categories,
        primary_inputs: vec![],
        flows,
        final_demand,
        value_added: Matrix::zeros(0, output.len()),
        output,
        extensions: vec![],
    })
}

fn money_unit(reader: &mut Reader<'_>, file: &str) -> String {
    if !reader.source.names().any(|name| name == file) {
        reader.report.note("there is no `unit.txt`; EXIOBASE is in million EUR (M.EUR)");
        return "M.EUR".to_owned();
    }
    let Some(lines) = reader.texts(file, b'\t') else { return String::new() };
    let mut units: Vec<&str> =
        lines.iter().skip(1).filter_map(|line| line.last().map(String::as_str)).collect();
    units.dedup();
    if units.len() > 1 {
        reader.report.note(format!("units differ by industry: {}", units.join(", ")));
    }
    units.first().map_or_else(String::new, |unit| (*unit).to_owned())
}

fn published_output(reader: &mut Reader<'_>, file: &str, industries: &[Label]) -> Option<Vec<f64>> {
    if !reader.source.names().any(|name| name == file) {
        return None;
    }
    let lines = reader.texts(file, b'\t')?;
    let lines = lines.get(1..).unwrap_or_default();
    let column = |at: usize| lines.iter().map(move |line| line.get(at).map_or("", String::as_str));
    let found = labels(column(0), column(1));
    reader.same_labels("row", industries, &found, |at| Place::cell(file, at + 2, 1));
    let mut output = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        match line.get(2).map(|text| text.parse::<f64>()) {
            Some(Ok(value)) if value.is_finite() => output.push(value),
            _ => {
                let message = format!("line {} of `{file}` has no output", at + 2);
                let place = Place::cell(file, at + 2, 3);
                reader.error_at("E1307", message, place, "not a finite number");
            }
        }
    }
    Some(output)
}

fn extensions_3(reader: &mut Reader<'_>, table: &mut InputOutputTable, home: &str) {
    let source = reader.source;
    for file in source.find(|name| name == "f.txt") {
        let place = folder(file);
        if place == home || !place.starts_with(home) {
            continue;
        }
        let name = place[home.len()..].trim_end_matches('/').to_owned();
        let of_demand = source.names().find(|other| {
            folder(other) == place
                && ["f_hh.txt", "f_y.txt"].contains(&last_part(other).to_lowercase().as_str())
        });
        let Some(mut extension) = extension(reader, table, &name, file, of_demand) else {
            continue;
        };
        let units = format!("{place}unit.txt");
        if source.names().any(|name| name == units) {
            row_units(reader, &units, &mut extension.rows);
        }
        table.extensions.push(extension);
    }
}

/// Units of rows from a table of labels and units.
fn row_units(reader: &mut Reader<'_>, file: &str, rows: &mut [Row]) {
    let Some(lines) = reader.texts(file, b'\t') else { return };
    let units: std::collections::BTreeMap<&str, &str> = lines
        .iter()
        .skip(1)
        .filter_map(|line| Some((line.first()?.as_str(), line.last()?.as_str())))
        .collect();
    for row in rows {
        if let Some(unit) = units.get(row.name.as_str()) {
            (*unit).clone_into(&mut row.unit);
        } else {
            let message = format!("`{file}` has no unit for `{}`", row.name);
            reader.error("E1311", message, "every row of the extension has a line in it");
        }
    }
}
