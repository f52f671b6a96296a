//! What the readers of input-output tables share: opening files, comparing labels, finishing.
//!
//! Not here: how each database lays out its files.

use std::collections::BTreeMap;

use accounts::InputOutputTable;
use accounts::Matrix;
use accounts::identity::{TableIdentity, input_output};
use accounts::input_output::{Extension, Label, Row};
use diagnostics::{Diagnostic, Findings, Place};
use rayon::prelude::*;

use crate::delimited::{self, Grid, Layout};
use crate::report::Report;
use crate::sheet::nearest;
use crate::source::{Source, last_part};
use crate::text::{decoded, delimiter};
use crate::workbook::{Cell, Cells};

/// A table and what its reader saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported<T = InputOutputTable> {
    /// The table.
    pub table: T,
    /// Counts, units, what was left out.
    pub report: Report,
    /// Identities of an input-output table that do not hold.
    pub broken: Vec<TableIdentity>,
}

/// Reads the files of one database and collects findings.
pub(crate) struct Reader<'s> {
    pub(crate) source: &'s Source,
    pub(crate) findings: Findings,
    pub(crate) report: Report,
    used: Vec<String>,
}

impl<'s> Reader<'s> {
    pub(crate) fn new(source: &'s Source, format: &str) -> Self {
        let (findings, used) = (Findings::default(), Vec::new());
        Self { source, findings, report: Report::new(format), used }
    }

    pub(crate) fn error(&mut self, code: &'static str, message: String, help: &str) {
        self.findings.push(Diagnostic::error(code, message).help(help));
    }

    pub(crate) fn error_at(
        &mut self,
        code: &'static str,
        message: String,
        place: Place,
        label: &str,
    ) {
        self.findings.push(Diagnostic::error(code, message).at(place, label));
    }

    /// The one file whose last part, in lower case, is accepted; the shortest name of several.
    pub(crate) fn optional(&self, accept: impl Fn(&str) -> bool) -> Option<&'s str> {
        self.source.find(accept).into_iter().min_by_key(|name| (name.matches('/').count(), *name))
    }

    /// The same; its absence is a finding. `what` names it: "`A.txt` or `Z.txt`".
    pub(crate) fn required(
        &mut self,
        what: &str,
        accept: impl Fn(&str) -> bool,
    ) -> Option<&'s str> {
        let found = self.optional(accept);
        if found.is_none() {
            let mut names: Vec<&str> = self.source.names().take(8).collect();
            if self.source.names().nth(8).is_some() {
                names.push("…");
            }
            let help = if names.is_empty() {
                "there are no files at all".to_owned()
            } else {
                format!("the files are {}", names.join(", "))
            };
            let format = &self.report.format;
            let message = format!("{format}: there is no file {what}");
            self.error("E1310", message, &help);
        }
        found
    }

    /// Reads a table of numbers.
    pub(crate) fn grid(&mut self, name: &str, layout: Layout) -> Option<Grid> {
        self.used.push(name.to_owned());
        let findings = &mut self.findings;
        let read = self.source.read(name, |input| delimited::read(name, input, layout, findings));
        match read {
            Ok(Some(grid)) => {
                if grid.blanks > 0 {
                    let (blanks, last) = (grid.blanks, last_part(name));
                    self.report.note(format!("{blanks} empty cells of `{last}` are read as 0"));
                }
                Some(grid)
            }
            Ok(None) => None,
            Err(error) => self.unreadable(name, &error),
        }
    }

    /// Reads a whole file.
    pub(crate) fn bytes(&mut self, name: &str) -> Option<Vec<u8>> {
        self.used.push(name.to_owned());
        match self.source.bytes(name) {
            Ok(bytes) => Some(bytes),
            Err(error) => self.unreadable(name, &error),
        }
    }

    fn unreadable<T>(&mut self, name: &str, error: &std::io::Error) -> Option<T> {
        let message = format!("`{name}` cannot be read: {error}");
        self.error("E1300", message, "the file is cut off, damaged or not yours to read");
        None
    }

    /// Lines of fields of a small text.
    pub(crate) fn texts(&mut self, name: &str, delimiter: u8) -> Option<Vec<Vec<String>>> {
        let bytes = self.bytes(name)?;
        let text = decoded(&bytes);
        Some(lines(&text, delimiter))
    }

    /// Lines of fields of a sheet that was saved as text; what stands between fields is found. A line
    /// with more fields than most, or cut off at the end, is a finding.
    pub(crate) fn sheet_lines(&mut self, name: &str) -> Option<Vec<Vec<String>>> {
        let bytes = self.bytes(name)?;
        let text = decoded(&bytes);
        let lines = lines(&text, delimiter(&text));
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for line in &lines {
            *counts.entry(line.len()).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(length, count)| (*count, *length));
        let usual = most.map_or(0, |(length, _)| length);
        let used = |line: &[String]| {
            line.iter().rposition(|field| !field.is_empty()).map_or(0, |at| at + 1)
        };
        // Where rows end at their last number anyway, a short one says nothing.
        let is_short = |line: &[String]| used(line) > 1 && line.len() < usual;
        let short = lines.iter().filter(|line| is_short(line)).count();
        for (at, line) in lines.iter().enumerate() {
            let last = used(line);
            let cut_off = at + 1 == lines.len() && short == 1 && is_short(line);
            if last <= usual && !cut_off {
                continue;
            }
            let file = last_part(name);
            let message =
                format!("line {} of `{file}` has {last} fields, most lines {usual}", at + 1);
            let place = Place::cell(file, at + 1, last.min(usual + 1));
            let help = if cut_off {
                "a short last line means that the file was cut off"
            } else {
                "put a number with a comma in it into quotes"
            };
            self.findings.push(
                Diagnostic::error("E1308", message)
                    .at(place, "here the line is another")
                    .help(help),
            );
        }
        (!self.findings.has_errors()).then_some(lines)
    }

    /// Says that two lists of labels must be equal; `place` gives where the label of a position is.
    pub(crate) fn same_labels(
        &mut self,
        what: &str,
        expected: &[Label],
        found: &[Label],
        place: impl Fn(usize) -> Place,
    ) {
        if expected.len() != found.len() {
            let (a, b, place) = (found.len(), expected.len(), place(0));
            let message = format!("`{}` has {a} {what}s, {b} are expected", place.file);
            let help = "the files must be of one version of the database";
            let label = format!("the first {what}");
            self.findings.push(Diagnostic::error("E1311", message).at(place, label).help(help));
            return;
        }
        let Some(at) = (0..found.len()).find(|at| found[*at] != expected[*at]) else { return };
        let shown = |label: &Label| format!("{} / {}", label.region, label.name);
        let place = place(at);
        let (file, is, number) = (&place.file, shown(&found[at]), at + 1);
        let message =
            format!("{what} {number} of `{file}` is `{is}`, not `{}`", shown(&expected[at]));
        let names: Vec<String> = expected.iter().map(shown).collect();
        let help = match nearest(&is, names.iter().map(String::as_str)) {
            Some(near) => format!("labels must be equal and in one order; `{near}` is the nearest"),
            None => "labels must be equal and in one order in all files".to_owned(),
        };
        let label = "not the label of the other file";
        self.findings.push(Diagnostic::error("E1311", message).at(place, label).help(help));
    }

    /// Says that labels must be different.
    pub(crate) fn distinct_labels(&mut self, file: &str, what: &str, labels: &[Label]) {
        let mut sorted: Vec<&Label> = labels.iter().collect();
        sorted.sort();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            let message =
                format!("`{file}` has two {what} `{} / {}`", pair[0].region, pair[0].name);
            self.error("E1309", message, "each may be there once");
        }
    }

    /// Files that no reader touched, as left out.
    pub(crate) fn report_unused(&mut self) {
        let unused: Vec<&str> =
            self.source.names().filter(|name| !self.used.iter().any(|used| used == name)).collect();
        for name in unused.iter().take(20) {
            self.report.dropped(format!("file `{name}`"));
        }
        if unused.len() > 20 {
            self.report.dropped(format!("{} more files", unused.len() - 20));
        }
    }

    /// The table with its counts, or all findings.
    pub(crate) fn finish(mut self, table: Option<InputOutputTable>) -> Result<Imported, Findings> {
        if let Some(table) = &table {
            self.check_shapes(table);
        }
        match table {
            Some(table) if !self.findings.has_errors() => {
                let broken = input_output(&table).into_iter().filter(|each| !each.holds());
                let broken: Vec<TableIdentity> = broken.collect();
                self.count(&table, &broken);
                Ok(Imported { table, report: self.report, broken })
            }
            _ => Err(self.findings),
        }
    }

    fn check_shapes(&mut self, table: &InputOutputTable) {
        let (n, f) = (table.industries.len(), table.categories.len());
        let v = table.primary_inputs.len();
        let shape = |matrix: &Matrix| (matrix.rows(), matrix.columns());
        let mut shapes = vec![
            ("flows", shape(&table.flows), (n, n)),
            ("final demand", shape(&table.final_demand), (n, f)),
            ("value added", shape(&table.value_added), (v, n)),
            ("output", (table.output.len(), 1), (n, 1)),
        ];
        for extension in &table.extensions {
            let k = extension.rows.len();
            shapes.push((&extension.name, shape(&extension.by_industry), (k, n)));
            if let Some(of_demand) = &extension.by_final_demand {
                shapes.push((&extension.name, shape(of_demand), (k, f)));
            }
        }
        for (what, found, expected) in shapes {
            if found != expected {
                let message = format!(
                    "{what} has {} × {} cells, {} × {} are expected",
                    found.0, found.1, expected.0, expected.1
                );
                self.error("E1311", message, "the files must be of one version of the database");
            }
        }
    }

    fn count(&mut self, table: &InputOutputTable, broken: &[TableIdentity]) {
        let report = &mut self.report;
        let regions = table.regions().len();
        report.count("regions", regions);
        report.count("industries of all regions", table.industries.len());
        report.count("categories of final demand", table.categories.len());
        report.count("primary inputs", table.primary_inputs.len());
        for extension in &table.extensions {
            report.count(format!("rows of {}", extension.name), extension.rows.len());
        }
        report.unit(table.unit.clone());
        for row in table.extensions.iter().flat_map(|extension| &extension.rows) {
            report.unit(row.unit.clone());
        }
        for identity in broken {
            report.note(identity.to_string());
        }
        let idle = table.output.iter().filter(|output| **output == 0.0).count();
        if idle > 0 {
            report.note(format!("{idle} industries have no output"));
        }
    }
}

fn lines(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let lines = text.as_bytes().trim_ascii_end().split(|byte| *byte == b'\n');
    lines.map(|line| delimited::fields(line, delimiter)).collect()
}

/// Labels from two header rows or label columns.
pub(crate) fn labels<'a>(
    regions: impl IntoIterator<Item = &'a str>,
    names: impl IntoIterator<Item = &'a str>,
) -> Vec<Label> {
    let label = |(region, name): (&str, &str)| Label { region: region.into(), name: name.into() };
    regions.into_iter().zip(names).map(label).collect()
}

/// Multiplies each column by the output of its industry: coefficients become flows, in place.
pub(crate) fn times_output(coefficients: &mut Matrix, output: &[f64]) {
    if output.is_empty() {
        return;
    }
    coefficients.values_mut().par_chunks_mut(output.len()).for_each(|row| {
        for (cell, output) in row.iter_mut().zip(output) {
            *cell *= output;
        }
    });
}

/// Takes the rows of an extension in the unit of money as primary inputs, or else output less
/// intermediate inputs as one row.
pub(crate) fn primary_inputs(
    unit: &str,
    flows: &Matrix,
    output: &[f64],
    extensions: &mut Vec<Extension>,
    report: &mut Report,
) -> (Vec<Row>, Matrix) {
    let n = output.len();
    let has_money = |extension: &Extension| extension.rows.iter().any(|row| row.unit == unit);
    if let Some(at) = extensions.iter().position(has_money) {
        let extension = &mut extensions[at];
        let money: Vec<usize> =
            (0..extension.rows.len()).filter(|row| extension.rows[*row].unit == unit).collect();
        let rest: Vec<usize> =
            (0..extension.rows.len()).filter(|row| !money.contains(row)).collect();
        let rows = money.iter().map(|row| extension.rows[*row].clone()).collect();
        let value_added = rows_of(&extension.by_industry, &money);
        report.note(format!(
            "{} rows of {} in {unit} are taken as primary inputs",
            money.len(),
            extension.name
        ));
        if let Some(of_demand) = &extension.by_final_demand
            && rows_of(of_demand, &money).values().iter().any(|value| *value != 0.0)
        {
            report.dropped(format!("primary inputs of final demand in {}", extension.name));
        }
        extension.by_final_demand =
            extension.by_final_demand.as_ref().map(|all| rows_of(all, &rest));
        extension.by_industry = rows_of(&extension.by_industry, &rest);
        extension.rows = rest.iter().map(|row| extension.rows[*row].clone()).collect();
        if extension.rows.is_empty() {
            extensions.remove(at);
        }
        return (rows, value_added);
    }
    let inputs = flows.column_sums();
    let values = output.iter().zip(inputs).map(|(output, inputs)| output - inputs).collect();
    report.note("value added is output less intermediate inputs; the files have none");
    let name = "Value added (output less intermediate inputs)".to_owned();
    (vec![Row { name, unit: unit.to_owned() }], Matrix::from_values(1, n, values))
}

/// Some rows of a matrix.
pub(crate) fn rows_of(matrix: &Matrix, rows: &[usize]) -> Matrix {
    let values = rows.iter().flat_map(|row| matrix.row(*row)).copied().collect();
    Matrix::from_values(rows.len(), matrix.columns(), values)
}

/// Cells of some rows and columns; empty ones are 0, texts are findings.
pub(crate) fn block(
    reader: &mut Reader<'_>,
    cells: &Cells,
    rows: &[usize],
    columns: &[usize],
) -> Matrix {
    let mut block = Matrix::zeros(rows.len(), columns.len());
    for (at, row) in rows.iter().enumerate() {
        for (to, column) in columns.iter().enumerate() {
            match cells.at(*row, *column) {
                Cell::Number(value) => *block.at_mut(at, to) = *value,
                Cell::Empty => {}
                Cell::Text(text) => {
                    let message = format!("`{text}` in `{}` is not a number", cells.file);
                    let place = cells.place(*row, *column);
                    reader.error_at("E1307", message, place, "not a number");
                }
            }
        }
    }
    block
}
