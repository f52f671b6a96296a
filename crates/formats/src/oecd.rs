//! The inter-country input-output tables of the OECD (ICIO), editions 2016 to 2023: one csv file,
//! plain or zipped.
//!
//! One header row and one label column, `AUS_01T03` or `HFCE_AUS`. The industries are the first
//! columns, as far as they carry the labels of the rows; then final demand and, in some editions, a
//! total. Below the industries stand primary inputs and output.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use accounts::input_output::{InputOutputTable, Label, Row};
use diagnostics::{Diagnostic, Findings, Place};

use crate::delimited::{Grid, Labels, Layout};
use crate::import::{Imported, Reader};
use crate::source::{Source, has_extension, last_part};

/// Unit of every edition, by its documentation; the files do not say it.
const UNIT: &str = "million USD";

/// Reads one ICIO table.
///
/// # Errors
/// All findings in the file: E1300, E1304, E1306 – E1312; E1311 where labels of rows and columns part.
pub fn read(source: &Source) -> Result<Imported, Findings> {
    let mut reader = Reader::new(source, "OECD ICIO");
    let table = table(&mut reader);
    reader.report_unused();
    reader.finish(table)
}

fn table(reader: &mut Reader<'_>) -> Option<InputOutputTable> {
    let is_table = |name: &str| has_extension(name, "csv");
    let file = reader.required("`*.csv`", is_table)?;
    let others = reader.source.find(is_table).len() - 1;
    if others > 0 {
        let help = "name the one to read, or put it into a folder of its own";
        reader.error("E1310", format!("OECD ICIO: there are {} tables", others + 1), help);
        return None;
    }
    let layout = Layout { delimiter: b',', labels: Labels::Around };
    let grid = reader.grid(file, layout)?;
    let columns = grid.header.first().cloned().unwrap_or_default();
    let rows: Vec<String> = grid.label_column(0).map(str::to_owned).collect();
    let n = columns.iter().zip(&rows).take_while(|(column, row)| column == row).count();
    if n > 0 {
        one_list(reader, file, &grid, (&columns[..], &rows[..]), n)?;
    }
    if n == 0 || columns[..n].iter().any(|label| !label.contains('_')) {
        let message = format!("`{file}` is not a table of industries by industries");
        let place = grid.place_of_row(file, 0);
        reader.error_at("E1312", message, place, "not the label of the first column");
        return None;
    }
    let industries: Vec<Label> = columns[..n].iter().map(|label| industry(label)).collect();
    reader.distinct_labels(file, "industries", &industries);
    let regions: Vec<&str> = industries.iter().map(|label| label.region.as_str()).collect();
    let is_total = |label: &str| ["TOTAL", "OUT", "OUTPUT", "X"].contains(&label);
    let demand: Vec<usize> = (n..columns.len()).filter(|at| !is_total(&columns[*at])).collect();
    let categories = demand.iter().map(|at| category(&columns[*at], &regions)).collect();
    let primary: Vec<usize> = (n..rows.len()).filter(|at| !is_total(&rows[*at])).collect();
    let Some(out) = (n..rows.len()).find(|at| is_total(&rows[*at])) else {
        let message = format!("`{file}` has no row OUT or OUTPUT");
        let place = Place::cell(file, grid.lines.last().copied().unwrap_or(1), 1);
        reader.error_at("E1312", message, place, "the last row; the file may be cut off");
        return None;
    };
    notes(reader, &grid, &primary, &demand, n);
    let row = |at: &usize| Row { name: rows[*at].clone(), unit: UNIT.to_owned() };
    let everyone: Vec<usize> = (0..n).collect();
    let part = |rows: &[usize], columns: &[usize]| {
        accounts::Matrix::from_fn(rows.len(), columns.len(), |row, column| {
            grid.cells.at(rows[row], columns[column])
        })
    };
    Some(InputOutputTable {
        name: last_part(file).to_owned(),
        unit: UNIT.to_owned(),
        categories,
        primary_inputs: primary.iter().map(row).collect(),
        flows: part(&everyone, &everyone),
        final_demand: part(&everyone, &demand),
        value_added: part(&primary, &everyone),
        output: grid.cells.row(out)[..n].to_vec(),
        extensions: vec![],
        industries,
    })
}

/// A finding where the labels of rows and columns part although there are industries after the first
/// `n`: columns or rows of an industry that is known from another region, or labels that both have.
fn one_list(
    reader: &mut Reader<'_>,
    file: &str,
    grid: &Grid,
    (columns, rows): (&[String], &[String]),
    n: usize,
) -> Option<()> {
    let code = |label: &str| label.split_once('_').map(|(_, code)| code.to_owned());
    let codes: BTreeSet<String> = columns[..n].iter().filter_map(|label| code(label)).collect();
    let (after, below) = (&columns[n..], &rows[n..]);
    let known = |label: &&String| code(label).is_some_and(|code| codes.contains(&code));
    let below_labels: BTreeSet<&String> = below.iter().collect();
    let both = after.iter().find(|label| label.contains('_') && below_labels.contains(label));
    let odd = both.or_else(|| after.iter().find(known)).or_else(|| below.iter().find(known));
    let Some(odd) = odd else { return Some(()) };
    let shown = |labels: &[String]| labels.first().map_or("nothing", String::as_str).to_owned();
    let (column, row) = (shown(after), shown(below));
    let message =
        format!("labels of `{file}` part: row {0} is `{row}`, column {0} is `{column}`", n + 1);
    let place = grid.place_of_row(file, n.min(rows.len() - 1));
    let label = format!("and `{odd}` is still an industry");
    let help = "rows and columns must list the same industries in one order; restore the label that \
                was lost or renamed";
    let finding = Diagnostic::error("E1311", message);
    reader.findings.push(finding.at(place, label).help(help));
    None
}

fn industry(label: &str) -> Label {
    let (region, name) = label.split_once('_').unwrap_or(("", label));
    Label { region: region.to_owned(), name: name.to_owned() }
}

/// `AUS_HFCE` or `HFCE_AUS`; what names no region belongs to none.
fn category(label: &str, regions: &[&str]) -> Label {
    let (region, name) = match label.rsplit_once('_').or_else(|| label.split_once('_')) {
        Some((name, region)) if regions.contains(&region) => (region, name),
        _ => match label.split_once('_') {
            Some((region, name)) if regions.contains(&region) => (region, name),
            _ => ("", label),
        },
    };
    Label { region: region.to_owned(), name: name.to_owned() }
}

fn notes(reader: &mut Reader<'_>, grid: &Grid, primary: &[usize], demand: &[usize], n: usize) {
    reader.report.note(format!("{UNIT} by the documentation of the tables; the file has no unit"));
    reader.report.note("output is the published row");
    let on_demand: f64 = primary
        .iter()
        .flat_map(|row| demand.iter().map(|column| grid.cells.at(*row, *column)))
        .sum();
    if on_demand != 0.0 {
        let what = format!("primary inputs (taxes) of final demand, {on_demand} {UNIT} in all");
        reader.report.dropped(what);
    }
    let columns = grid.cells.columns();
    if n + demand.len() < columns {
        reader.report.dropped("the column of row totals");
    }
    let split = |label: &&str| label.len() == 3 && label.ends_with(['1', '2']);
    let header = grid.header.first().map_or(&[][..], Vec::as_slice);
    let mut parts: Vec<&str> =
        header[..n].iter().filter_map(|label| label.split_once('_')).map(|(r, _)| r).collect();
    parts.dedup();
    let parts: Vec<&str> = parts.into_iter().filter(split).collect();
    if !parts.is_empty() {
        let what = format!("{} are parts of a country and kept as regions", parts.join(", "));
        reader.report.note(what);
    }
}
