//! An input-output table on one sheet: a square block with labels around it, final demand to its
//! right, primary inputs below, totals in between.
//!
//! The block is found by its labels, totals by their arithmetic: a column that equals the sum of the
//! block, the sum of what was kept since the last total, or the sum of everything so far (the last
//! such is output). Rows likewise. Labels in English and Chinese help: a column that is named as output
//! is output, and columns of imports and of inflow from other regions are subtracted when output says so
//! (the layout of China's national and provincial tables).
//! Not here: labels with a meaning of their own, as in WIOD (`crate::wiod`).

#[cfg(test)]
mod tests;

use accounts::Matrix;
use accounts::input_output::{InputOutputTable, Label, Row};
use accounts::names;

use crate::import::{Reader, block};
use crate::square::{self, Square, says_total};
use crate::workbook::Cells;

/// Difference, relative to the largest cell of a line, at which two lines are the same: sheets hold
/// single-precision numbers.
const SAME: f64 = 1e-5;

/// Likeness of two labels, of 1, from which one is taken for the other misspelt.
const NEARLY: f64 = 0.93;

/// What a line beside the block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Final demand or a primary input.
    Kept,
    /// A total within.
    Subtotal,
    /// Sum of everything before it, or named as output: output, if none follows.
    Total,
}

/// What the texts at a line say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// Nothing that is known.
    Nothing,
    /// Output.
    Output,
    /// Imports, or inflow from other regions.
    Inflow,
    /// Some total.
    Total,
}

/// What a text says of its line; a number and a colon before it are a code.
fn said(text: &str) -> Said {
    let inflow = names::says_inflow(text);
    let text = names::plain(text);
    let outputs =
        ["go", "ti", "output", "gross output", "total output", "total input", "total inputs"];
    let holds = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if outputs.contains(&text.as_str())
        || holds(&["总产出", "总投入", "gross output", "total output"])
    {
        return Said::Output;
    }
    if inflow {
        return Said::Inflow;
    }
    if says_total(&text) { Said::Total } else { Said::Nothing }
}

/// Lines to the right of the block, or below it.
struct Side {
    labels: Vec<Label>,
    /// Cells of each line, n; lines that the sheet subtracts are negative.
    lines: Vec<Vec<f64>>,
    kinds: Vec<Kind>,
    /// Lines whose sign was turned.
    turned: Vec<usize>,
}

impl Side {
    fn new(intermediate: &[f64], labels: Vec<Label>, lines: Vec<Vec<f64>>, said: &[Said]) -> Self {
        let kinds = kinds(intermediate, &lines, said);
        Self { labels, lines, kinds, turned: vec![] }
    }

    /// Columns to the right, of which imports and inflow are subtracted where that is nearer to output
    /// (by the sum of all differences) than adding them.
    fn signed(
        intermediate: &[f64],
        labels: Vec<Label>,
        lines: Vec<Vec<f64>>,
        said: &[Said],
    ) -> Self {
        let is_inflow =
            |at: &usize| said[*at] == Said::Inflow && lines[*at].iter().sum::<f64>() > 0.0;
        let turned: Vec<usize> = (0..lines.len()).filter(is_inflow).collect();
        let mut negative = lines.clone();
        for at in &turned {
            negative[*at].iter_mut().for_each(|cell| *cell = 0.0 - *cell);
        }
        let added = Self::new(intermediate, labels, lines, said);
        if turned.is_empty() {
            return added;
        }
        let subtracted = Self::new(intermediate, added.labels.clone(), negative, said);
        if added.off(intermediate) < subtracted.off(intermediate) {
            return added;
        }
        Self { turned, ..subtracted }
    }

    /// Sum of all differences between output and what the lines that are kept add up to; infinite
    /// without output.
    fn off(&self, intermediate: &[f64]) -> f64 {
        let Some(output) = self.total() else { return f64::INFINITY };
        let kept = self.kept();
        let sum =
            |k: usize| intermediate[k] + kept.iter().map(|at| self.lines[*at][k]).sum::<f64>();
        (0..output.len()).map(|k| (output[k] - sum(k)).abs()).sum()
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
    uninterrupted(reader, cells, &square)?;
    ends_at_other_labels(reader, cells, &square)?;
    let levels = Levels::of(cells, &square);
    let industries = levels.industries(cells, &square);
    reader.distinct_labels(&cells.file, "industries", &industries);
    let (rows, columns) = square.lines();
    let flows = block(reader, cells, &rows, &columns);
    let right = right(reader, cells, &square, &levels, &flows);
    let below = below(reader, cells, &square, &levels, &flows);
    let unit = unit(cells, &square);
    tell(reader, &right, &below, &unit);
    tell_corner(reader, cells, &square);
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
    let above = |column: usize| (0..square.top).map(move |row| cells.text(row, column));
    let said: Vec<Said> = columns.iter().map(|column| all_said(above(*column))).collect();
    Side::signed(&flows.row_sums(), labels, lines, &said)
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
    let before = |row: usize| (0..square.left).map(move |column| cells.text(row, column));
    let said: Vec<Said> = rows.iter().map(|row| all_said(before(*row))).collect();
    Side::new(&flows.column_sums(), labels, lines, &said)
}

/// What the texts of one line say together; the first that says anything.
fn all_said(texts: impl Iterator<Item = String>) -> Said {
    let mut said = texts.map(|text| said(&text)).filter(|said| *said != Said::Nothing);
    let first = said.next().unwrap_or(Said::Nothing);
    if first == Said::Total {
        said.find(|other| *other == Said::Output).unwrap_or(first)
    } else {
        first
    }
}

/// A finding where a label that is lost, renamed or out of order cuts the block short.
pub(crate) fn uninterrupted(reader: &mut Reader<'_>, cells: &Cells, square: &Square) -> Option<()> {
    let Some(found) = square.interruption(cells) else { return Some(()) };
    let shown =
        |text: String| if text.is_empty() { "empty".to_owned() } else { format!("`{text}`") };
    let row = shown(square.row_label(cells, found.row));
    let column = shown(square.column_label(cells, found.column));
    let place = cells.place(found.row, square.label_column());
    let (file, r, c) = (&cells.file, found.row + 1, found.column + 1);
    let message = format!("labels of `{file}` part: row {r} is {row}, column {c} is {column}");
    let label = format!("rows and columns agree again at `{}`", found.again);
    let help = "rows and columns must list the same labels in one order; restore the one that was lost \
                or renamed";
    let finding = diagnostics::Diagnostic::error("E1311", message);
    reader.findings.push(finding.at(place, label).help(help));
    None
}

/// A finding where the row and the column after the block have nearly one label: it is misspelt, and the
/// industry would count as a primary input and a final demand.
fn ends_at_other_labels(reader: &mut Reader<'_>, cells: &Cells, square: &Square) -> Option<()> {
    let (row, column) = (square.top + square.size, square.left + square.size);
    let (below, right) = (square.row_label(cells, row), square.column_label(cells, column));
    let empty = below.is_empty() || right.is_empty() || said(&below) != Said::Nothing;
    if empty || strsim::jaro_winkler(&below, &right) < NEARLY {
        return Some(());
    }
    let (file, r, c) = (&cells.file, row + 1, column + 1);
    let message = format!(
        "the block of `{file}` ends where row {r} is `{below}` and column {c} is `{right}`"
    );
    let help =
        "if they are one industry, write them alike; if not, give them names that differ more";
    let place = cells.place(row, square.label_column());
    let finding = diagnostics::Diagnostic::error("E1311", message);
    reader.findings.push(finding.at(place, "nearly the label of the column").help(help));
    None
}

/// Reports numbers to the right of the rows below the block: primary inputs of final demand.
fn tell_corner(reader: &mut Reader<'_>, cells: &Cells, square: &Square) {
    let rows = square.top + square.size..cells.rows();
    let columns = square.left + square.size..cells.columns();
    let corner = rows.flat_map(|row| columns.clone().map(move |column| (row, column)));
    let numbers: Vec<f64> = corner
        .filter_map(|(row, column)| cells.number(row, column))
        .filter(|v| *v != 0.0)
        .collect();
    if !numbers.is_empty() {
        let (count, sum) = (numbers.len(), numbers.iter().sum::<f64>());
        let what = "numbers below the block and to its right (primary inputs of final demand)";
        let what = format!("{count} {what}, {sum} in all with their totals");
        reader.report.amiss(format!("left out: {what}"));
        reader.report.dropped(what);
    }
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
        reader.report.amiss(note);
        reader.report.note(note);
    }
    if !right.turned.is_empty() {
        let names: Vec<String> =
            right.turned.iter().map(|at| format!("`{}`", right.labels[*at].name)).collect();
        let names = names.join(", ");
        reader.report.note(format!(
            "{names}: subtracted, so negative final demand; flows are of products from anywhere"
        ));
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
fn kinds(intermediate: &[f64], lines: &[Vec<f64>], said: &[Said]) -> Vec<Kind> {
    let add = |sum: &mut Vec<f64>, line: &[f64]| {
        sum.iter_mut().zip(line).for_each(|(sum, value)| *sum += value);
    };
    let none = vec![0.0; intermediate.len()];
    let (mut everything, mut since, mut finals) =
        (intermediate.to_vec(), none.clone(), none.clone());
    // The last sum within, and what was kept since.
    let mut running: Option<Vec<f64>> = None;
    let (mut kept, mut since_kept) = (0, 0);
    let mut kinds = Vec::new();
    for (line, said) in lines.iter().zip(said) {
        let is_sum = (since_kept > 1 && same(line, &since))
            || (since_kept > 0 && running.as_ref().is_some_and(|sum| same(line, sum)))
            || (kept > 1 && same(line, &finals));
        let kind = if same(line, intermediate) {
            Kind::Subtotal
        } else if *said == Said::Output || (kept > 0 && same(line, &everything)) {
            Kind::Total
        } else if is_sum || *said == Said::Total {
            Kind::Subtotal
        } else {
            Kind::Kept
        };
        kinds.push(kind);
        if kind == Kind::Kept {
            for sum in [&mut everything, &mut finals, &mut since].into_iter().chain(&mut running) {
                add(sum, line);
            }
            (kept, since_kept) = (kept + 1, since_kept + 1);
        } else {
            running = is_sum.then(|| line.clone());
            (since, since_kept) = (none.clone(), 0);
        }
    }
    kinds
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
        let names = square.longest_names(cells, self.regions);
        let names = names.unwrap_or_else(|| square.labels(cells, self.names));
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

/// The first text above or before the block that speaks of a unit of money: `10,000 yuan` of `Unit:
/// 10,000 yuan`.
pub(crate) fn unit(cells: &Cells, square: &Square) -> String {
    let near = (0..square.top).flat_map(|row| (0..square.left + 3).map(move |at| (row, at)));
    let all = (0..square.top).flat_map(|row| (0..cells.columns()).map(move |at| (row, at)));
    let mut texts = near.chain(all).map(|(row, column)| cells.words(row, column));
    let parts = ["million", "billion", "yuan", "rmb", "万元", "亿元", "单位"];
    let says = |text: &&str| {
        let text = text.to_lowercase();
        let mut words = text.split(|each: char| !each.is_alphanumeric());
        parts.iter().any(|part| text.contains(part)) || words.any(|word| word == "unit")
    };
    let text = texts.find(says).unwrap_or("");
    let brackets = |open: char, close: char| {
        text.split_once(open).and_then(|(_, rest)| rest.split_once(close)).map(|(inner, _)| inner)
    };
    let mut inner = [('(', ')'), ('（', '）')].into_iter().filter_map(|(a, b)| brackets(a, b));
    bare_unit(inner.rfind(says).unwrap_or(text))
}

/// A unit without the word for it: `万元` of `单位：万元`.
fn bare_unit(text: &str) -> String {
    let lower = text.to_lowercase();
    let after = |word: &str| lower.find(word).map(|at| at + word.len());
    let start = ["unit", "单位"].into_iter().find_map(after);
    let Some(start) = start.filter(|at| text.is_char_boundary(*at)) else { return text.to_owned() };
    let rest = text[start..].trim_start_matches(|each: char| " s:：=".contains(each)).trim();
    if rest.is_empty() { text.to_owned() } else { rest.to_owned() }
}
