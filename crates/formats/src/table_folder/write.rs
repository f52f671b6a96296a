//! Table to files.

use std::io::{self, Write};

use accounts::Matrix;
use accounts::input_output::{InputOutputTable, Label, Row};

use super::{Cells, FORMAT, parquet};
use crate::exiobase::Tabs;

/// One file to write.
#[derive(Debug)]
pub struct Part<'t> {
    /// Name in the folder.
    pub name: String,
    body: Body<'t>,
}

#[derive(Debug)]
enum Body<'t> {
    Lines(Vec<Vec<String>>),
    Csv(Block<'t>),
    Parquet(&'t Matrix),
    Text(String),
    Tabs(Tabs<'t>),
}

/// A matrix with its labels.
#[derive(Debug)]
struct Block<'t> {
    /// Names of the label columns.
    corner: [&'t str; 2],
    /// Labels of the rows.
    before: Vec<[&'t str; 2]>,
    /// Labels of the columns.
    header: &'t [Label],
    cells: &'t Matrix,
}

/// The files of a folder that holds the table.
pub fn write(table: &InputOutputTable, cells: Cells) -> Vec<Part<'_>> {
    let mut parts = vec![
        lines("manifest.csv", manifest(table, cells)),
        lines("industries.csv", label_lines(&table.industries)),
        lines("categories.csv", label_lines(&table.categories)),
        lines("primary_inputs.csv", row_lines(&table.primary_inputs)),
        lines("output.csv", output_lines(table)),
    ];
    for (at, extension) in table.extensions.iter().enumerate() {
        parts.push(lines(&format!("extension_{}_rows.csv", at + 1), row_lines(&extension.rows)));
    }
    let filled = blocks(table)
        .into_iter()
        .filter(|(_, block)| !block.before.is_empty() && !block.header.is_empty());
    parts.extend(filled.map(|(name, block)| {
        let name = format!("{name}.{}", cells.name());
        let body = match cells {
            Cells::Csv => Body::Csv(block),
            Cells::Parquet => Body::Parquet(block.cells),
        };
        Part { name, body }
    }));
    parts
}

/// Every matrix of the table with the name of its file.
fn blocks(table: &InputOutputTable) -> Vec<(String, Block<'_>)> {
    let sellers =
        || table.industries.iter().map(|l| [l.region.as_str(), l.name.as_str()]).collect();
    let of_labels =
        |header, cells| Block { corner: ["region", "name"], before: sellers(), header, cells };
    let of_rows = |before, header, cells| Block { corner: ["name", "unit"], before, header, cells };
    let (industries, categories) = (table.industries.as_slice(), table.categories.as_slice());
    let primary = named(&table.primary_inputs);
    let mut blocks = vec![
        ("flows".to_owned(), of_labels(industries, &table.flows)),
        ("final_demand".to_owned(), of_labels(categories, &table.final_demand)),
        ("value_added".to_owned(), of_rows(primary, industries, &table.value_added)),
    ];
    for (at, extension) in table.extensions.iter().enumerate() {
        let name = |what: &str| format!("extension_{}_by_{what}", at + 1);
        let block = of_rows(named(&extension.rows), industries, &extension.by_industry);
        blocks.push((name("industry"), block));
        if let Some(of_demand) = &extension.by_final_demand {
            let block = of_rows(named(&extension.rows), categories, of_demand);
            blocks.push((name("final_demand"), block));
        }
    }
    blocks
}

fn named(rows: &[Row]) -> Vec<[&str; 2]> {
    rows.iter().map(|row| [row.name.as_str(), row.unit.as_str()]).collect()
}

fn label_lines(labels: &[Label]) -> Vec<Vec<String>> {
    let head = vec!["region".to_owned(), "name".to_owned()];
    let rows = labels.iter().map(|label| vec![label.region.clone(), label.name.clone()]);
    std::iter::once(head).chain(rows).collect()
}

fn output_lines(table: &InputOutputTable) -> Vec<Vec<String>> {
    let head = ["region", "name", "output"].map(str::to_owned).to_vec();
    let line = |(label, output): (&Label, &f64)| {
        vec![label.region.clone(), label.name.clone(), output.to_string()]
    };
    std::iter::once(head).chain(table.industries.iter().zip(&table.output).map(line)).collect()
}

fn lines(name: &str, lines: Vec<Vec<String>>) -> Part<'static> {
    Part { name: name.to_owned(), body: Body::Lines(lines) }
}

fn row_lines(rows: &[Row]) -> Vec<Vec<String>> {
    let head = vec!["name".to_owned(), "unit".to_owned()];
    let rows = rows.iter().map(|row| vec![row.name.clone(), row.unit.clone()]);
    std::iter::once(head).chain(rows).collect()
}

fn manifest(table: &InputOutputTable, cells: Cells) -> Vec<Vec<String>> {
    let entry = |key: &str, value: String| vec![key.to_owned(), value];
    let mut lines = vec![
        entry("key", "value".to_owned()),
        entry("format", FORMAT.to_string()),
        entry("kind", "input-output table".to_owned()),
        entry("cells", cells.name().to_owned()),
        entry("name", table.name.clone()),
        entry("unit", table.unit.clone()),
        entry("industries", table.industries.len().to_string()),
        entry("categories", table.categories.len().to_string()),
        entry("primary_inputs", table.primary_inputs.len().to_string()),
        entry("extensions", table.extensions.len().to_string()),
    ];
    for (at, extension) in table.extensions.iter().enumerate() {
        let key = |what: &str| format!("extension_{}_{what}", at + 1);
        lines.push(entry(&key("name"), extension.name.clone()));
        lines.push(entry(&key("rows"), extension.rows.len().to_string()));
        let of_demand = usize::from(extension.by_final_demand.is_some());
        lines.push(entry(&key("final_demand"), of_demand.to_string()));
    }
    lines
}

impl<'t> Part<'t> {
    /// A file with this text.
    pub(crate) fn text(name: &str, text: String) -> Self {
        Self { name: name.to_owned(), body: Body::Text(text) }
    }

    /// A file of cells between tabs.
    pub(crate) fn tabs(name: &str, tabs: Tabs<'t>) -> Self {
        Self { name: name.to_owned(), body: Body::Tabs(tabs) }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write_to(&self, out: &mut (dyn Write + Send)) -> io::Result<()> {
        match &self.body {
            Body::Lines(lines) => {
                lines.iter().try_for_each(|line| write_line(out, line.iter().map(String::as_str)))
            }
            Body::Csv(block) => block.write_to(out),
            Body::Parquet(cells) => parquet::write(cells, out),
            Body::Text(text) => out.write_all(text.as_bytes()),
            Body::Tabs(tabs) => tabs.write_to(out),
        }
    }
}

impl Block<'_> {
    fn write_to(&self, out: &mut (dyn Write + Send)) -> io::Result<()> {
        let [region, name] = self.corner;
        let regions = self.header.iter().map(|label| label.region.as_str());
        write_line(out, [region, ""].into_iter().chain(regions))?;
        let names = self.header.iter().map(|label| label.name.as_str());
        write_line(out, [name, ""].into_iter().chain(names))?;
        for (row, labels) in self.before.iter().enumerate() {
            write!(out, "{},{}", quoted(labels[0]), quoted(labels[1]))?;
            for cell in self.cells.row(row) {
                write!(out, ",{cell}")?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

fn write_line<'a>(
    out: &mut (dyn Write + Send),
    fields: impl Iterator<Item = &'a str>,
) -> io::Result<()> {
    for (at, field) in fields.enumerate() {
        let comma = if at == 0 { "" } else { "," };
        write!(out, "{comma}{}", quoted(field))?;
    }
    writeln!(out)
}

/// A label in quotes, whatever is in it; a line break becomes a blank.
fn quoted(field: &str) -> String {
    format!("\"{}\"", field.replace(['\n', '\r'], " ").replace('"', "\"\""))
}
