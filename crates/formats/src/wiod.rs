//! WIOD (releases 2013 and 2016): the world input-output workbook, and its satellite accounts.
//!
//! | file                        | holds                                                       |
//! |-----------------------------|-------------------------------------------------------------|
//! | `*wiot*.xlsx`, `.xlsb`      | four label columns (code, name, country, number), the same above |
//! | `*SEA*.xlsx`                | socio-economic accounts: country, variable, code, years     |
//! | `<country>_<kind>_*.xls`    | a satellite account (AIR, LAN, …) of one country, a sheet per year |
//!
//! Satellite accounts are taken for the year of the table and joined by country and code.

mod accounts;
#[cfg(test)]
mod tests;

pub use accounts::read_accounts;

use ::accounts::input_output::{InputOutputTable, Label, Row};
use diagnostics::Findings;

use crate::import::{Imported, Reader, block};
use crate::source::{Source, has_extension, last_part};
use crate::square::{self, Square};
use crate::workbook::{self, Cells};

/// Reads WIOD, from a folder, a zip file or one workbook.
///
/// # Errors
/// All findings in the files: E1300, E1304, E1307, E1309 – E1312.
pub fn read(source: &Source) -> Result<Imported, Findings> {
    let mut reader = Reader::new(source, "WIOD");
    let table = table(&mut reader);
    reader.report_unused();
    reader.finish(table)
}

fn is_workbook(name: &str) -> bool {
    ["xlsx", "xls", "xlsb"].iter().any(|extension| has_extension(name, extension))
}

/// Four digits of a text that are a year.
fn year_of(text: &str) -> Option<String> {
    let digits: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).collect();
    let year = digits.into_iter().find(|part| {
        part.len() == 4 && part.parse::<u16>().is_ok_and(|year| (1950..2100).contains(&year))
    });
    year.map(str::to_owned)
}

/// The table with the codes that satellite accounts use.
struct World {
    table: InputOutputTable,
    codes: Vec<String>,
    year: String,
}

fn table(reader: &mut Reader<'_>) -> Option<InputOutputTable> {
    let is_table = |name: &str| name.contains("wiot") && is_workbook(name);
    let file = reader.required("`*wiot*.xlsx`", is_table)?;
    let tables = reader.source.find(is_table).len();
    if tables > 1 {
        let help = "name one of them as the path, or put it into a folder of its own";
        reader.error("E1310", format!("WIOD: there are {tables} tables"), help);
        return None;
    }
    let bytes = reader.bytes(file)?;
    let wanted = |name: &str| year_of(name).is_some();
    let sheets = workbook::read(file, &bytes, wanted, &mut reader.findings)?;
    let cells = sheets.first()?;
    let mut world = world(reader, file, cells)?;
    accounts::socio_economic(reader, &mut world);
    accounts::by_country(reader, &mut world);
    Some(world.table)
}

/// Cells outside the block that are a total or come after it.
fn is_total(label: &str) -> bool {
    let label = label.to_lowercase();
    label.starts_with("total") || label == "gross output"
}

fn is_output(label: &str) -> bool {
    label.to_lowercase().starts_with("output at basic prices")
}

/// The block with the levels of its labels.
struct Found {
    square: Square,
    regions: (usize, usize),
    names: (usize, usize),
}

fn find(reader: &mut Reader<'_>, cells: &Cells) -> Option<Found> {
    let found = square::find(cells).and_then(|square| {
        let (regions, names) = (square.regions(cells)?, square.names(cells, true)?);
        Some(Found { square, regions, names })
    });
    if found.is_none() {
        let message = format!("`{}` has no block of countries and industries", cells.file);
        let label = "labels of rows and columns must be equal";
        reader.error_at("E1312", message, cells.place(0, 0), label);
    }
    found
}

impl Found {
    fn label_of_column(&self, cells: &Cells, column: usize) -> Label {
        Label { region: cells.text(self.regions.0, column), name: cells.text(self.names.0, column) }
    }

    /// Columns of final demand: those with a country, totals aside.
    fn demand(&self, cells: &Cells) -> Vec<usize> {
        let is_demand = |column: &usize| {
            let label = self.label_of_column(cells, *column);
            !label.region.is_empty() && label.region != "TOT" && !is_total(&label.name)
        };
        (self.square.left + self.square.size..cells.columns()).filter(is_demand).collect()
    }

    /// Rows of primary inputs, and the row of output if there is one.
    fn below(&self, cells: &Cells) -> (Vec<usize>, Option<usize>) {
        let name = |row: &usize| cells.text(*row, self.names.1);
        let below: Vec<usize> = (self.square.top + self.square.size..cells.rows())
            .filter(|row| !name(row).is_empty())
            .collect();
        let out = below.iter().find(|row| is_output(&name(row))).copied();
        let is_input = |row: &usize| Some(*row) != out && !is_total(&name(row));
        (below.into_iter().filter(is_input).collect(), out)
    }
}

fn world(reader: &mut Reader<'_>, file: &str, cells: &Cells) -> Option<World> {
    let found = find(reader, cells)?;
    let (square, names) = (&found.square, found.names);
    let demand = found.demand(cells);
    let (primary, out) = found.below(cells);
    let Some(out) = out else {
        let message = format!("`{}` has no row of output at basic prices", cells.file);
        let place = cells.place(cells.rows().saturating_sub(1), names.1);
        reader.error_at("E1312", message, place, "the last row; the sheet may be cut off");
        return None;
    };
    let labels = |level| square.labels(cells, level);
    let (regions, industries) = (labels(found.regions), labels(names));
    let industries = crate::import::labels(texts(&regions), texts(&industries));
    reader.distinct_labels(file, "industries", &industries);
    // The code of the classification stands in the first label column.
    let code = square.levels.iter().map(|level| level.1).min()?;
    let (rows, columns) = square.lines();
    let on_demand = block(reader, cells, &primary, &demand).total();
    if on_demand != 0.0 {
        reader.report.dropped(format!("primary inputs of final demand, {on_demand} in all"));
    }
    reader.report.note("output is the published row");
    let unit = unit_above(cells, square);
    let row = |row: &usize| Row { name: cells.text(*row, names.1), unit: unit.clone() };
    let table = InputOutputTable {
        name: last_part(file).to_owned(),
        industries,
        categories: demand.iter().map(|column| found.label_of_column(cells, *column)).collect(),
        primary_inputs: primary.iter().map(row).collect(),
        flows: block(reader, cells, &rows, &columns),
        final_demand: block(reader, cells, &rows, &demand),
        value_added: block(reader, cells, &primary, &columns),
        output: block(reader, cells, &[out], &columns).row(0).to_vec(),
        extensions: vec![],
        unit,
    };
    let (codes, year) = (labels((0, code)), year_of(&cells.sheet).unwrap_or_default());
    Some(World { table, codes, year })
}

fn texts(texts: &[String]) -> impl Iterator<Item = &str> {
    texts.iter().map(String::as_str)
}

/// The text above the block that speaks of money: `(millions of US$)`.
fn unit_above(cells: &Cells, square: &Square) -> String {
    let above = (0..square.top).flat_map(|row| (0..square.left).map(move |column| (row, column)));
    let mut texts = above.map(|(row, column)| cells.words(row, column));
    let unit = texts.find(|text| text.to_lowercase().contains("million"));
    unit.unwrap_or("").trim_matches(['(', ')']).to_owned()
}
