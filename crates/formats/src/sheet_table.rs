//! An input-output table on one sheet: a square block with labels around it, final demand to its
//! right, primary inputs below, totals in between.
//!
//! The block is found by its labels, totals by their arithmetic: a column that equals the sum of the
//! block, the sum of what was kept since the last total, or the sum of everything so far (the last
//! such is output). Rows likewise.
//! Not here: labels with a meaning of their own, as in WIOD (`crate::wiod`).

#[cfg(test)]
mod tests;

use accounts::Matrix;
use accounts::input_output::{InputOutputTable, Label, Row};

use crate::import::{Reader, block};
use crate::square::{self, Square};
use crate::workbook::Cells;

/// Difference, relative to the largest cell of a line, at which two lines are the same: sheets hold
/// single-precision numbers.
const SAME: f64 = 1e-5;

/// What a line beside the block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Final demand or a primary input.
    Kept,
    /// A total within.
    Subtotal,
    /// Sum of everything before it: output, if none follows.
    Total,
}

/// Lines to the right of the block, or below it.
struct Side {
    labels: Vec<Label>,
    /// Cells of each line, n.
    lines: Vec<Vec<f64>>,
    kinds: Vec<Kind>,
}

impl Side {
    fn new(intermediate: &[f64], labels: Vec<Label>, lines: Vec<Vec<f64>>) -> Self {
        let kinds = kinds(intermediate, &lines, |at| &labels[at].name);
        Self { labels, lines, kinds }
    }

    /// The last line that is the sum of everything before it.
    fn total(&self) -> Option<&[f64]> {
        let at = self.kinds.iter().rposition(|kind| *kind == Kind::Total)?;
        Some(&self.lines[at])
    }

    /// Final demand or primary inputs.
    fn kept(&self) -> Vec<usize> {
        (0..self.kinds.len()).filter(|at| self.kinds[*at] == Kind::Kept).collect()
    }

    fn names_of_totals(&self) -> Vec<&str> {
        let kinds = self.labels.iter().zip(&self.kinds).filter(|(_, kind)| **kind != Kind::Kept);
        kinds.map(|(label, _)| label.name.as_str()).collect()
    }
}

/// Reads the table on a sheet.
pub(crate) fn read(reader: &mut Reader<'_>, cells: &Cells) -> Option<InputOutputTable> {
    let Some(square) = square::find(cells) else {
        let message = format!("`{}` has no square block with labels", cells.file);
        let label = "labels of rows and columns must be equal and in one order";
        reader.error_at("E1312", message, cells.place(0, 0), label);
        return None;
    };
    let levels = Levels::of(cells, &square);
    let industries = levels.industries(cells, &square);
    reader.distinct_labels(&cells.file, "industries", &industries);
    let (rows, columns) = square.lines();
    let flows = block(reader, cells, &rows, &columns);
    let right = right(reader, cells, &square, &levels, &flows);
    let below = below(reader, cells, &square, &levels, &flows);
    let unit = unit(cells, &square);
    tell(reader, &right, &below, &unit);
    let (demand, inputs) = (right.kept(), below.kept());
    let final_demand =
        Matrix::from_fn(square.size, demand.len(), |row, at| right.lines[demand[at]][row]);
    let value_added =
        Matrix::from_fn(inputs.len(), square.size, |at, column| below.lines[inputs[at]][column]);
    let sold = || flows.row_sums().into_iter().zip(final_demand.row_sums()).map(|(a, b)| a + b);
    let output = match right.total().or_else(|| below.total()) {
        Some(published) => published.to_vec(),
        None => sold().collect(),
    };
    let input = |at: &usize| Row { name: below.labels[*at].name.clone(), unit: unit.clone() };
    Some(InputOutputTable {
        name: cells.file.clone(),
        industries,
        categories: demand.iter().map(|at| right.labels[*at].clone()).collect(),
        primary_inputs: inputs.iter().map(input).collect(),
        flows,
        final_demand,
        value_added,
        output,
        extensions: vec![],
        unit,
    })
}

/// Columns with numbers to the right of the block.
fn right(
    reader: &mut Reader<'_>,
    cells: &Cells,
    square: &Square,
    levels: &Levels,
    flows: &Matrix,
) -> Side {
    let rows = square.lines().0;
    let columns: Vec<usize> = (square.left + square.size..cells.columns())
        .filter(|column| has_numbers(cells, &rows, &[*column]))
        .collect();
    let demand = block(reader, cells, &rows, &columns);
    let labels = columns.iter().map(|column| levels.of_column(cells, square, *column)).collect();
    let lines = (0..columns.len()).map(|at| demand.column(at)).collect();
    Side::new(&flows.row_sums(), labels, lines)
}

/// Rows with numbers below the block.
fn below(
    reader: &mut Reader<'_>,
    cells: &Cells,
    square: &Square,
    levels: &Levels,
    flows: &Matrix,
) -> Side {
    let columns = square.lines().1;
    let rows: Vec<usize> = (square.top + square.size..cells.rows())
        .filter(|row| has_numbers(cells, &[*row], &columns))
        .collect();
    let inputs = block(reader, cells, &rows, &columns);
    let label =
        |row: &usize| Label { region: String::new(), name: levels.of_row(cells, square, *row) };
    let labels = rows.iter().map(label).collect();
    let lines = (0..rows.len()).map(|at| inputs.row(at).to_vec()).collect();
    Side::new(&flows.column_sums(), labels, lines)
}

/// Reports totals, where output comes from, and a missing unit.
fn tell(reader: &mut Reader<'_>, right: &Side, below: &Side, unit: &str) {
    for (what, side) in [("columns", right), ("rows", below)] {
        let totals = side.names_of_totals();
        if !totals.is_empty() {
            reader.report.dropped(format!("{what} of totals: {}", totals.join("; ")));
        }
    }
    if let (Some(sales), Some(costs)) = (right.total(), below.total())
        && !same(sales, costs)
    {
        let note = "output by row and by column differ: rows may be products, columns industries";
        reader.report.note(note);
    }
    reader.report.note(match (right.total(), below.total()) {
        (None, None) => "output is the sum of what each industry sells",
        (Some(_), _) => "output is the published column",
        (None, Some(_)) => "output is the published row",
    });
    if unit.is_empty() {
        reader.report.note("the sheet does not say its unit");
    }
}

fn has_numbers(cells: &Cells, rows: &[usize], columns: &[usize]) -> bool {
    rows.iter().any(|row| columns.iter().any(|column| cells.number(*row, *column).is_some()))
}

/// Tells totals from other lines, in the order of the sheet.
fn kinds<'a>(
    intermediate: &[f64],
    lines: &[Vec<f64>],
    name: impl Fn(usize) -> &'a str,
) -> Vec<Kind> {
    let add = |sum: &mut Vec<f64>, line: &[f64]| {
        sum.iter_mut().zip(line).for_each(|(sum, value)| *sum += value);
    };
    let (mut everything, mut since) = (intermediate.to_vec(), vec![0.0; intermediate.len()]);
    let (mut any_kept, mut since_kept) = (false, 0);
    let mut kinds = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let kind = if same(line, intermediate) {
            Kind::Subtotal
        } else if any_kept && same(line, &everything) {
            Kind::Total
        } else if since_kept > 1 && same(line, &since) || says_total(name(at)) {
            Kind::Subtotal
        } else {
            Kind::Kept
        };
        kinds.push(kind);
        if kind == Kind::Kept {
            add(&mut everything, line);
            add(&mut since, line);
            (any_kept, since_kept) = (true, since_kept + 1);
        } else {
            (since, since_kept) = (vec![0.0; intermediate.len()], 0);
        }
    }
    kinds
}

fn says_total(name: &str) -> bool {
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).collect();
    let totals = ["total", "tii", "tiu", "tva", "tfu", "subtotal"];
    words.iter().any(|word| totals.contains(word)) || name.contains("合计")
}

fn same(a: &[f64], b: &[f64]) -> bool {
    let size = |values: &[f64]| values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    let limit = SAME * size(a).max(size(b));
    limit > 0.0 && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= limit)
}

/// Which header rows and label columns name regions and industries.
struct Levels {
    regions: Option<(usize, usize)>,
    names: (usize, usize),
}

impl Levels {
    fn of(cells: &Cells, square: &Square) -> Self {
        let regions = square.regions(cells);
        let other = |level: &&(usize, usize)| Some(**level) != regions;
        let names = square.names(cells, true);
        let names = names.or_else(|| square.levels.iter().find(other).copied());
        Self { regions, names: names.unwrap_or((square.top - 1, square.left - 1)) }
    }

    fn industries(&self, cells: &Cells, square: &Square) -> Vec<Label> {
        let names = square.labels(cells, self.names);
        let regions = match self.regions {
            Some(level) => square.labels(cells, level),
            None => vec![cells.sheet.clone(); square.size],
        };
        let label = |(region, name)| Label { region, name };
        regions.into_iter().zip(names).map(label).collect()
    }

    /// Label of a column beside the block: its name, or else all that stands above it.
    fn of_column(&self, cells: &Cells, square: &Square, column: usize) -> Label {
        let region = match self.regions {
            Some((row, _)) => (square.left + square.size..=column)
                .rev()
                .map(|column| cells.text(row, column))
                .find(|text| !text.is_empty())
                .unwrap_or_default(),
            None => String::new(),
        };
        let mut name = cells.text(self.names.0, column);
        if name.is_empty() {
            let others = (0..square.top).filter(|row| Some(*row) != self.regions.map(|l| l.0));
            name = joined(others.map(|row| cells.text(row, column)));
        }
        if name.is_empty() || name == region {
            return Label { region: String::new(), name: region };
        }
        Label { region, name }
    }

    /// Label of a row below the block: its name, or else all that stands before it.
    fn of_row(&self, cells: &Cells, square: &Square, row: usize) -> String {
        let name = cells.text(row, self.names.1);
        if name.is_empty() {
            return joined((0..square.left).map(|column| cells.text(row, column)));
        }
        name
    }
}

fn joined(texts: impl Iterator<Item = String>) -> String {
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The first text above or before the block that speaks of a unit of money.
pub(crate) fn unit(cells: &Cells, square: &Square) -> String {
    let above = (0..square.top).flat_map(|row| (0..square.left + 3).map(move |at| (row, at)));
    let mut texts = above.map(|(row, column)| cells.words(row, column));
    let words = ["unit", "million", "billion", "yuan", "rmb", "万元", "亿元", "单位"];
    let says = |text: &&str| {
        let text = text.to_lowercase();
        words.iter().any(|word| text.contains(word))
    };
    let text = texts.find(says).unwrap_or("");
    let inner =
        text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inner, _)| inner);
    inner.filter(says).unwrap_or(text).to_owned()
}
