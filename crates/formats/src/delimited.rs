//! Large tables of numbers in delimited text, read as a stream into one matrix.
//!
//! A table has header rows, label columns and cells. The text is read in blocks of whole lines; the
//! lines of a block are parsed in parallel, each straight into its row of the matrix, so that memory
//! is the matrix and one block.
//! Not here: which tables a database has (`crate::exiobase`, `crate::oecd`, …); tables of figures
//! with named columns (`crate::sheet`).

mod block;
mod field;

#[cfg(test)]
mod tests;

use std::io::Read;

use accounts::Matrix;
use diagnostics::{Diagnostic, Findings, Place};
use rayon::prelude::*;

use block::Blocks;
use field::{Problem, label, numbers};

/// Cells of one table at most: 16 GiB.
pub const LARGEST_TABLE: usize = 1 << 31;
/// Findings named one by one before the rest is counted.
const NAMED: usize = 10;
/// Lines that may stand above the cells.
const LONGEST_HEADER: usize = 12;

/// How a table is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Byte between fields.
    pub delimiter: u8,
    /// Header rows and label columns.
    pub labels: Labels,
}

/// Where the labels of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Labels {
    /// Nowhere: numbers only.
    None,
    /// Rows of labels above the cells and columns of labels before them. As many label columns as
    /// the first field and the empty ones after it; header rows end where the cells begin.
    Around,
    /// The same with known numbers of header rows and label columns.
    Fixed {
        /// Rows above the cells.
        header: usize,
        /// Columns before the cells.
        before: usize,
    },
}

/// A table as read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grid {
    /// Header rows with a label for each column of cells.
    pub header: Vec<Vec<String>>,
    /// Labels of each row of cells.
    pub labels: Vec<Vec<String>>,
    /// Line of the file of each row of cells, from 1.
    pub lines: Vec<usize>,
    /// The cells.
    pub cells: Matrix,
    /// Empty fields that were read as 0.
    pub blanks: usize,
}

impl Grid {
    /// Place of the label of a row, in a file of that name.
    pub fn place_of_row(&self, file: &str, row: usize) -> Place {
        Place::cell(file, self.lines.get(row).copied().unwrap_or(1), 1)
    }

    /// Place of the label of a column.
    pub fn place_of_column(&self, file: &str, column: usize) -> Place {
        let before = self.labels.first().map_or(0, Vec::len);
        Place::cell(file, 1, before + column + 1)
    }

    /// One label column.
    pub fn label_column(&self, at: usize) -> impl Iterator<Item = &str> {
        self.labels.iter().map(move |labels| labels.get(at).map_or("", String::as_str))
    }
}

/// Reads a table; `file` is its name in findings.
///
/// Findings: E1300 the file cannot be read to its end; E1304 too large; E1306 no cells; E1307 a
/// field is not a finite number; E1308 a row has another number of fields. Without errors the table
/// is returned.
pub fn read(
    file: &str,
    input: &mut dyn Read,
    layout: Layout,
    findings: &mut Findings,
) -> Option<Grid> {
    let mut table = Table { file, layout, ..Table::default() };
    let mut blocks = Blocks::new(input);
    loop {
        match blocks.next_block() {
            Ok(None) => break,
            Ok(Some(lines)) => {
                if let Err(finding) = table.take(&lines) {
                    findings.push(*finding);
                    return None;
                }
            }
            Err(problem) => {
                let finding = Diagnostic::error(problem.code, format!("`{file}` {}", problem.what));
                let place = Place::cell(file, problem.line, 1);
                findings.push(finding.at(place, "reading stopped here").help(problem.help));
                return None;
            }
        }
    }
    table.finish(findings)
}

/// The fields of a line, without line end and quotes.
pub(crate) fn fields(line: &[u8], delimiter: u8) -> Vec<String> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    field::split(line, delimiter).map(label).collect()
}

/// One line: its number in the file, its bytes without line end.
type Line<'a> = (usize, &'a [u8]);

#[derive(Default)]
struct Table<'f> {
    file: &'f str,
    layout: Layout,
    /// Header rows as met, with all their fields.
    head: Vec<Vec<String>>,
    /// Columns before the cells and of cells, once known.
    shape: Option<(usize, usize)>,
    labels: Vec<Vec<String>>,
    lines: Vec<usize>,
    cells: Vec<f64>,
    blanks: usize,
    problems: Vec<(usize, Problem)>,
    more_problems: usize,
}

impl Default for Layout {
    fn default() -> Self {
        Self { delimiter: b'\t', labels: Labels::Around }
    }
}

/// What came out of one line.
struct Parsed {
    labels: Vec<String>,
    blanks: usize,
    problem: Option<Problem>,
}

impl Table<'_> {
    fn take(&mut self, lines: &[Line<'_>]) -> Result<(), Box<Diagnostic>> {
        let mut start = 0;
        while self.shape.is_none() && start < lines.len() {
            if self.head_row(lines[start])? {
                break;
            }
            start += 1;
        }
        let Some((before, columns)) = self.shape else { return Ok(()) };
        let lines = &lines[start..];
        let first = self.cells.len();
        self.grow(first + lines.len() * columns)?;
        let delimiter = self.layout.delimiter;
        let rows = self.cells[first..].par_chunks_mut(columns).zip(lines.par_iter());
        let parsed: Vec<Parsed> =
            rows.map(|(cells, (_, line))| row(line, delimiter, before, cells)).collect();
        for (parsed, (number, _)) in parsed.into_iter().zip(lines) {
            self.labels.push(parsed.labels);
            self.lines.push(*number);
            self.blanks += parsed.blanks;
            match parsed.problem {
                Some(problem) if self.problems.len() < NAMED => {
                    self.problems.push((*number, problem));
                }
                Some(_) => self.more_problems += 1,
                None => {}
            }
        }
        Ok(())
    }

    /// Takes a line as header row, unless cells begin in it.
    fn head_row(&mut self, (number, line): Line<'_>) -> Result<bool, Box<Diagnostic>> {
        let delimiter = self.layout.delimiter;
        let fields: Vec<String> = field::split(line, delimiter).map(label).collect();
        if self.layout.labels == Labels::None {
            let trailing = usize::from(fields.last().is_some_and(String::is_empty));
            self.shape = Some((0, fields.len() - trailing));
        } else if let Labels::Fixed { header, before } = self.layout.labels {
            if self.head.len() == header {
                self.shape = Some((before, fields.len().saturating_sub(before)));
            }
        } else if let Some(first) = self.head.first() {
            let before = 1 + first.iter().skip(1).take_while(|field| field.is_empty()).count();
            let is_number = |field: &String| field.parse::<f64>().is_ok_and(f64::is_finite);
            // The second row is a header row as well unless the first labels all there is.
            if fields.get(before).is_some_and(is_number) {
                let trailing = usize::from(first.last().is_some_and(String::is_empty));
                self.shape = Some((before, first.len().saturating_sub(before + trailing)));
            }
        }
        match self.shape {
            Some((_, 0)) => Err(self.no_cells(number, "the row has no cells")),
            Some(_) => Ok(true),
            None if self.head.len() >= LONGEST_HEADER => {
                Err(self.no_cells(number, "no number in the first column of cells so far"))
            }
            None => {
                self.head.push(fields);
                Ok(false)
            }
        }
    }

    fn no_cells(&self, line: usize, label: &str) -> Box<Diagnostic> {
        let finding = Diagnostic::error("E1306", format!("`{}` has no cells", self.file));
        let help = "labels stand above and before the cells, numbers have a decimal point";
        Box::new(finding.at(Place::cell(self.file, line, 1), label).help(help))
    }

    fn grow(&mut self, size: usize) -> Result<(), Box<Diagnostic>> {
        let columns = self.shape.map_or(0, |(_, columns)| columns);
        if self.cells.is_empty() && columns.saturating_mul(columns) <= LARGEST_TABLE {
            // Most large tables are square; pages that are not written to are not taken.
            let _grows_later = self.cells.try_reserve_exact(columns * columns);
        }
        let fits = size <= LARGEST_TABLE
            && self.cells.try_reserve(size.saturating_sub(self.cells.len())).is_ok();
        if !fits {
            let message = format!("`{}` has {size} cells or more", self.file);
            let finding = Diagnostic::error("E1304", message);
            let help = format!("at most {LARGEST_TABLE} cells, or what memory holds, are read");
            return Err(Box::new(finding.help(help)));
        }
        self.cells.resize(size, 0.0);
        Ok(())
    }

    fn finish(mut self, findings: &mut Findings) -> Option<Grid> {
        let Some((before, columns)) = self.shape else {
            findings.push(*self.no_cells(self.head.len() + 1, "the file ends here"));
            return None;
        };
        for (line, problem) in &self.problems {
            findings.push(problem.finding(self.file, *line));
        }
        if self.more_problems > 0 {
            let message =
                format!("`{}` has {} more rows with errors", self.file, self.more_problems);
            findings.push(Diagnostic::error("E1308", message));
        }
        if !self.problems.is_empty() {
            return None;
        }
        let mut header = Vec::new();
        for row in &self.head {
            let labels: Vec<String> = row.iter().skip(before).cloned().collect();
            if labels.iter().all(String::is_empty) {
                continue; // names of the label columns
            }
            header.push(labels);
        }
        for row in &mut header {
            row.resize(columns, String::new());
        }
        self.cells.shrink_to_fit();
        let cells = Matrix::from_values(self.labels.len(), columns, self.cells);
        Some(Grid { header, labels: self.labels, lines: self.lines, cells, blanks: self.blanks })
    }
}

fn row(line: &[u8], delimiter: u8, before: usize, cells: &mut [f64]) -> Parsed {
    let mut rest = Some(line);
    let mut labels = Vec::with_capacity(before);
    for _ in 0..before {
        let Some(text) = rest else { break };
        let (first, next) = field::first(text, delimiter);
        labels.push(label(first));
        rest = next;
    }
    let (blanks, problem) = match numbers(rest, delimiter, cells) {
        Ok(blanks) => (blanks, None),
        Err(mut problem) => {
            problem.column += before;
            (0, Some(problem))
        }
    };
    Parsed { labels, blanks, problem }
}
