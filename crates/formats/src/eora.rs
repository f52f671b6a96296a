//! Eora26: tables without labels, and lists of labels beside them.
//!
//! | file                            | holds                                                 |
//! |---------------------------------|-------------------------------------------------------|
//! | `*_T.txt`, `labels_T.txt`       | flows; country, code, kind, industry                  |
//! | `*_FD.txt`, `labels_FD.txt`     | final demand; country, code, kind, category           |
//! | `*_VA.txt`, `labels_VA.txt`     | primary inputs; kind, name                            |
//! | `*_Q.txt`, `*_QY.txt`, `labels_Q.txt` | satellite accounts; group with unit in brackets, name |
//!
//! Tab-separated. The lists may be in a zip file of their own. Of several valuations, basic prices
//! (`_bp_`) are read.

#[cfg(test)]
mod tests;

use accounts::Matrix;
use accounts::input_output::{Extension, InputOutputTable, Label, Row};
use diagnostics::Findings;

use crate::delimited::{Labels, Layout};
use crate::import::{Imported, Reader};
use crate::source::{Source, last_part};

/// Unit of money, by Eora's documentation; the files do not say it.
const UNIT: &str = "thousand USD";

/// Reads Eora26, from a folder or a zip file.
///
/// # Errors
/// All findings in the files: E1300, E1304, E1306 – E1311.
pub fn read(source: &Source) -> Result<Imported, Findings> {
    let mut reader = Reader::new(source, "Eora26");
    let table = table(&mut reader);
    reader.report_unused();
    reader.finish(table)
}

fn table(reader: &mut Reader<'_>) -> Option<InputOutputTable> {
    let industries = labels(reader, "T");
    let categories = labels(reader, "FD");
    let primary = labels(reader, "VA");
    let flows_file = cells_file(reader, "T")?;
    let flows = cells(reader, "T");
    let final_demand = cells(reader, "FD");
    let value_added = cells(reader, "VA");
    let satellites = satellites(reader);
    let (industries, categories, primary) = (industries?, categories?, primary?);
    let (flows, final_demand, value_added) = (flows?, final_demand?, value_added?);
    reader.report.note(format!("{UNIT} by Eora's documentation; the files have no unit"));
    reader.report.note("output is the sum of what each industry sells");
    let output: Vec<f64> =
        flows.row_sums().iter().zip(final_demand.row_sums()).map(|(a, b)| a + b).collect();
    Some(InputOutputTable {
        name: last_part(flows_file).to_owned(),
        unit: UNIT.to_owned(),
        industries: industries.iter().map(|line| label(line)).collect(),
        categories: categories.iter().map(|line| label(line)).collect(),
        primary_inputs: primary.iter().map(|line| money_row(line)).collect(),
        flows,
        final_demand,
        value_added,
        output,
        extensions: satellites.into_iter().collect(),
    })
}

/// The file of cells of that kind: basic prices before others.
fn cells_file<'s>(reader: &mut Reader<'s>, kind: &str) -> Option<&'s str> {
    let end = format!("_{}.txt", kind.to_lowercase());
    let is_cells = |name: &str| name.ends_with(&end) && !name.starts_with("labels");
    let basic = reader.optional(|name| is_cells(name) && name.contains("_bp_"));
    match basic {
        Some(file) => Some(file),
        None => reader.required(&format!("`*_{kind}.txt`"), is_cells),
    }
}

fn cells(reader: &mut Reader<'_>, kind: &str) -> Option<Matrix> {
    let file = cells_file(reader, kind)?;
    let layout = Layout { delimiter: b'\t', labels: Labels::None };
    Some(reader.grid(file, layout)?.cells)
}

fn labels(reader: &mut Reader<'_>, kind: &str) -> Option<Vec<Vec<String>>> {
    let name = format!("labels_{}.txt", kind.to_lowercase());
    let file = reader.required(&format!("`labels_{kind}.txt`"), |other| other == name)?;
    reader.texts(file, b'\t')
}

fn field(line: &[String], at: usize) -> &str {
    line.get(at).map_or("", String::as_str)
}

fn label(line: &[String]) -> Label {
    Label { region: field(line, 1).to_owned(), name: field(line, 3).to_owned() }
}

fn money_row(line: &[String]) -> Row {
    let name = if field(line, 1).is_empty() { field(line, 0) } else { field(line, 1) };
    Row { name: name.to_owned(), unit: UNIT.to_owned() }
}

fn satellites(reader: &mut Reader<'_>) -> Option<Extension> {
    reader.optional(|name| name == "labels_q.txt")?;
    let lines = labels(reader, "Q")?;
    let by_industry = cells(reader, "Q")?;
    let by_final_demand = cells(reader, "QY");
    let row = |line: &Vec<String>| {
        let group = field(line, 0);
        let unit = group.rsplit_once('(').and_then(|(_, unit)| unit.strip_suffix(')'));
        let bare =
            group.rsplit_once('(').filter(|_| unit.is_some()).map_or(group, |(bare, _)| bare);
        let name = format!("{}: {}", bare.trim(), field(line, 1));
        Row { name, unit: unit.unwrap_or("").to_owned() }
    };
    let rows = lines.iter().map(row).collect();
    Some(Extension { name: "Q".to_owned(), rows, by_industry, by_final_demand })
}
