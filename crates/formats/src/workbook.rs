//! Sheets of a workbook (xlsx, xls, xlsb, ods) as cells, with places for findings.
//!
//! Not here: what the cells mean.

mod percent;

use std::collections::BTreeSet;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{
    Cell as Met, Data, DataRef, DataType, Reader as _, Sheets, open_workbook_auto_from_rs,
};
use diagnostics::{Diagnostic, Findings, Place};

use crate::text::is_grouped;

/// Cells of one sheet at most, empty ones between others included.
const LARGEST_SHEET: usize = 50_000_000;

/// One cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A number.
    Number(f64),
    /// A text, without blanks around it.
    Text(Box<str>),
}

/// The cells of one sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells {
    /// File and sheet, as findings name them: `a.xlsx#Sheet1`.
    pub file: String,
    /// Name of the sheet.
    pub sheet: String,
    rows: Vec<Vec<Cell>>,
    columns: usize,
    /// Cells that are shown as per cent.
    percent: BTreeSet<(usize, usize)>,
}

impl Cells {
    /// Cells of texts, a text that is a number being one: a table in text as a sheet.
    pub fn from_texts(file: &str, rows: Vec<Vec<String>>) -> Self {
        let cell = |text: String| match figure(&text) {
            Some(value) => Cell::Number(value),
            None if text.is_empty() => Cell::Empty,
            None => Cell::Text(text.into()),
        };
        let rows: Vec<Vec<Cell>> =
            rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect();
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let percent = BTreeSet::new();
        Self { file: file.to_owned(), sheet: String::new(), rows, columns, percent }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// A cell; empty outside the sheet.
    pub fn at(&self, row: usize, column: usize) -> &Cell {
        self.rows.get(row).and_then(|row| row.get(column)).unwrap_or(&Cell::Empty)
    }

    /// The number in a cell.
    pub fn number(&self, row: usize, column: usize) -> Option<f64> {
        match self.at(row, column) {
            Cell::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// The content of a cell as text; empty for an empty one.
    pub fn text(&self, row: usize, column: usize) -> String {
        match self.at(row, column) {
            Cell::Empty => String::new(),
            Cell::Number(value) => value.to_string(),
            Cell::Text(text) => text.to_string(),
        }
    }

    /// The text of a cell that holds a text.
    pub fn words(&self, row: usize, column: usize) -> &str {
        match self.at(row, column) {
            Cell::Text(text) => text,
            _ => "",
        }
    }

    /// Whether a number is shown as per cent: 0.141 as 14.1 %. Known of xlsx only.
    pub fn is_percent(&self, row: usize, column: usize) -> bool {
        self.percent.contains(&(row, column))
    }

    /// Place of a cell.
    pub fn place(&self, row: usize, column: usize) -> Place {
        Place::cell(&self.file, row + 1, column + 1)
    }

    fn put(&mut self, row: usize, column: usize, cell: Cell) {
        if self.rows.len() <= row {
            self.rows.resize(row + 1, Vec::new());
        }
        let cells = &mut self.rows[row];
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Empty);
        }
        cells[column] = cell;
        self.columns = self.columns.max(column + 1);
    }
}

/// A finite number, with or without commas between thousands.
fn figure(text: &str) -> Option<f64> {
    let value = text.parse::<f64>().ok().or_else(|| grouped(text))?;
    value.is_finite().then_some(value)
}

/// A number with commas between groups of three digits.
fn grouped(text: &str) -> Option<f64> {
    if is_grouped(text) { text.replace(',', "").parse().ok() } else { None }
}

/// Cells with a limit on how many are held.
struct Filling {
    cells: Cells,
    held: usize,
}

impl Filling {
    fn put(&mut self, row: u32, column: u32, cell: Cell) -> Result<(), String> {
        if cell == Cell::Empty {
            return Ok(());
        }
        let (row, column) = (row as usize, column as usize);
        let row_held = self.cells.rows.get(row).map_or(0, Vec::len);
        let rows_new = (row + 1).saturating_sub(self.cells.rows.len());
        self.held += rows_new + (column + 1).saturating_sub(row_held);
        if self.held > LARGEST_SHEET {
            return Err(format!("has more than {LARGEST_SHEET} cells"));
        }
        self.cells.put(row, column, cell);
        Ok(())
    }
}

fn value(data: &impl DataType) -> Cell {
    if let Some(number) = data.get_float().or_else(|| data.get_int().map(|whole| whole as f64)) {
        return if number.is_finite() { Cell::Number(number) } else { Cell::Empty };
    }
    match data.as_string() {
        Some(text) if !text.trim().is_empty() => Cell::Text(text.trim().into()),
        _ => Cell::Empty,
    }
}

/// Reads the sheets whose names are wanted; `file` is the workbook's name in findings.
///
/// Findings: E1300 the workbook is damaged or no workbook; E1304 a sheet is too large; E1312 no
/// sheet of that name.
pub fn read(
    file: &str,
    bytes: &[u8],
    wanted: impl Fn(&str) -> bool,
    findings: &mut Findings,
) -> Option<Vec<Cells>> {
    // Damaged workbooks must not end the program, whatever the library makes of them.
    told(file, caught(|| sheets(file, bytes, wanted)), findings)
}

fn told<T>(file: &str, read: Result<T, Failed>, findings: &mut Findings) -> Option<T> {
    match read {
        Ok(found) => Some(found),
        Err((code, what)) => {
            let finding = Diagnostic::error(code, format!("`{file}` {what}"));
            let help = match code {
                "E1312" => "name one of the sheets of the workbook",
                _ => "open it in a spreadsheet program and save it again as xlsx",
            };
            findings.push(finding.at(Place::cell(file, 1, 1), "this workbook").help(help));
            None
        }
    }
}

/// Names of the sheets. Findings: E1300 the workbook is damaged or no workbook.
pub fn sheet_names(file: &str, bytes: &[u8], findings: &mut Findings) -> Option<Vec<String>> {
    let names = || {
        let book = open_workbook_auto_from_rs(Cursor::new(bytes));
        let failed = |error| ("E1300", format!("cannot be read as a workbook: {error}"));
        book.map(|book| book.sheet_names()).map_err(failed)
    };
    told(file, caught(names), findings)
}

type Failed = (&'static str, String);

thread_local! {
    static TRYING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Whether this thread tries a workbook, whose panics are caught and need not be printed.
pub fn trying() -> bool {
    TRYING.get()
}

fn caught<T>(read: impl FnOnce() -> Result<T, Failed>) -> Result<T, Failed> {
    TRYING.set(true);
    let read = catch_unwind(AssertUnwindSafe(read));
    TRYING.set(false);
    read.unwrap_or_else(|_| Err(("E1300", "is damaged".to_owned())))
}

fn sheets(file: &str, bytes: &[u8], wanted: impl Fn(&str) -> bool) -> Result<Vec<Cells>, Failed> {
    let damaged =
        |error: &dyn std::fmt::Display| ("E1300", format!("cannot be read as a workbook: {error}"));
    let mut book =
        open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let names = book.sheet_names();
    let mut sheets = Vec::new();
    for sheet in names.iter().filter(|name| wanted(name)) {
        let cells = Cells {
            file: format!("{file}#{sheet}"),
            sheet: sheet.clone(),
            rows: Vec::new(),
            columns: 0,
            percent: percent::cells(bytes, sheet),
        };
        let mut filling = Filling { cells, held: 0 };
        fill(&mut book, sheet, &mut filling)?;
        sheets.push(filling.cells);
    }
    if sheets.is_empty() {
        return Err(("E1312", format!("has no such sheet; its sheets are {}", names.join(", "))));
    }
    Ok(sheets)
}

fn fill(
    book: &mut Sheets<Cursor<&[u8]>>,
    sheet: &str,
    filling: &mut Filling,
) -> Result<(), Failed> {
    let damaged = |error: &dyn std::fmt::Display| ("E1300", format!("sheet `{sheet}`: {error}"));
    let large = |what: String| ("E1304", format!("sheet `{sheet}` {what}"));
    let mut put = |met: &Met<DataRef<'_>>| {
        let (row, column) = met.get_position();
        filling.put(row, column, value(met.get_value())).map_err(large)
    };
    match book {
        Sheets::Xlsx(book) => {
            let mut cells = book.worksheet_cells_reader(sheet).map_err(|error| damaged(&error))?;
            while let Some(cell) = cells.next_cell().map_err(|error| damaged(&error))? {
                put(&cell)?;
            }
        }
        Sheets::Xlsb(book) => {
            let mut cells = book.worksheet_cells_reader(sheet).map_err(|error| damaged(&error))?;
            while let Some(cell) = cells.next_cell().map_err(|error| damaged(&error))? {
                put(&cell)?;
            }
        }
        other => {
            let range = other.worksheet_range(sheet).map_err(|error| damaged(&error))?;
            let (top, left) = range.start().unwrap_or((0, 0));
            for (row, column, data) in range.used_cells() {
                let data: &Data = data;
                let (row, column) = (top + row as u32, left + column as u32);
                filling.put(row, column, value(data)).map_err(large)?;
            }
        }
    }
    Ok(())
}
