//! A sheet that is filled from top to bottom: title, lead, header, rows.

use std::ops::RangeBounds;

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Formula, Worksheet, XlsxError};

/// Characters across a printed page.
const PAGE: u16 = 130;

/// Height of a line, in points.
const LINE: f64 = 15.0;

/// Words after the first column keep off the figures before them.
fn apart(format: Format, at: u16) -> Format {
    if at > 0 { format.set_indent(1) } else { format }
}

/// A cell.
pub(super) enum Cell {
    /// Words.
    Text(String),
    /// A number, shown with so many decimals and thousands separated.
    Number(f64, usize),
    /// A number of percent, with its sign.
    Percent(f64),
    /// A year, without separators.
    Year(u16),
    /// Of this column: the cell so many rows above less the one so many rows above.
    LessAbove(u32, u32, f64, usize),
    /// Of this column, in percent: the cell so many rows above over the one so many rows above, less one.
    GrowthAbove(u32, u32, f64),
    /// This cell less that one, both in this row by column, with decimals; the value for readers
    /// that do not compute.
    Less(u16, u16, f64, usize),
    /// In percent: this cell over that one, less one.
    Growth(u16, u16, f64),
    /// Sum of the rows from the first one given up to the one above, with decimals and value.
    Sum(u32, f64, usize),
}

/// A text cell.
pub(super) fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

/// The sheet and the next free row.
pub(super) struct Sheet<'a> {
    worksheet: &'a mut Worksheet,
    widths: Vec<u16>,
    pub(super) row: u32,
}

fn digits(decimals: usize) -> String {
    if decimals == 0 { "#,##0".to_owned() } else { format!("#,##0.{}", "0".repeat(decimals)) }
}

/// Excel takes one letter per column up to `Z`; no sheet here is wider.
fn column(at: u16) -> char {
    char::from(b'A' + at.min(25) as u8)
}

impl<'a> Sheet<'a> {
    /// A sheet with name, column widths, title and lead.
    pub(super) fn new(
        sheet: &'a mut Worksheet,
        name: &str,
        widths: &[u16],
        title: &str,
        lead: &[&str],
    ) -> Result<Self, XlsxError> {
        sheet.set_name(name)?.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        for (at, width) in (0..).zip(widths) {
            sheet.set_column_width(at, *width)?;
        }
        let heading = Format::new().set_bold().set_font_size(14);
        sheet.write_string_with_format(0, 0, title, &heading)?;
        let soft = Format::new()
            .set_font_color(Color::RGB(0x0059_636D))
            .set_text_wrap()
            .set_align(FormatAlign::Top);
        // A lead runs over columns of at most a page, and wraps there.
        let ends = widths.iter().scan(0, |sum, width| {
            *sum += width;
            Some(*sum)
        });
        let last = ends.take_while(|end| *end <= PAGE).count().max(2) as u16 - 1;
        let across: u16 = widths.iter().take(usize::from(last) + 1).sum();
        for (row, line) in (1..).zip(lead) {
            sheet.merge_range(row, 0, row, last, line, &soft)?;
            let lines = line.chars().count().div_ceil(usize::from(across)).max(1);
            sheet.set_row_height(row, LINE * lines as f64)?;
        }
        Ok(Self { worksheet: sheet, widths: widths.to_vec(), row: lead.len() as u32 + 2 })
    }

    /// The header of a table; the columns in `figures` hold numbers and are headed from the right.
    pub(super) fn header(
        &mut self,
        names: &[&str],
        figures: impl RangeBounds<u16>,
    ) -> Result<(), XlsxError> {
        let format = Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Bottom)
            .set_border_bottom(FormatBorder::Thin)
            .set_background_color(Color::RGB(0x00F1_F2F1));
        for (at, name) in (0..).zip(names) {
            let format = format.clone();
            let right = figures.contains(&at);
            let format =
                if right { format.set_align(FormatAlign::Right) } else { apart(format, at) };
            self.worksheet.write_string_with_format(self.row, at, *name, &format)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Keeps everything above the next row on screen and on every printed page.
    pub(super) fn freeze(&mut self) -> Result<(), XlsxError> {
        self.worksheet.set_freeze_panes(self.row, 1)?;
        self.worksheet.set_repeat_rows(self.row - 1, self.row - 1)?;
        Ok(())
    }

    /// Filters over the rows from `first` up to the one above, in so many columns.
    pub(super) fn filter(&mut self, first: u32, columns: u16) -> Result<(), XlsxError> {
        if self.row > first {
            self.worksheet.autofilter(first - 1, 0, self.row - 1, columns - 1)?;
        }
        Ok(())
    }

    /// A row.
    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        for (at, cell) in (0..).zip(cells) {
            self.cell(at, cell, &Format::new())?;
        }
        let lines = cells.iter().zip(&self.widths).map(|(cell, width)| match cell {
            Cell::Text(text) => text.chars().count().div_ceil(usize::from((*width).max(4) - 2)),
            _ => 1,
        });
        // Not every program fits rows to wrapped text by itself.
        let lines = lines.max().unwrap_or(1);
        if lines > 1 {
            self.worksheet.set_row_height(self.row, LINE * lines as f64)?;
        }
        self.row += 1;
        Ok(())
    }

    /// A row that sums the ones above.
    pub(super) fn total(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        let format = Format::new().set_bold().set_border_top(FormatBorder::Thin);
        for (at, cell) in (0..).zip(cells) {
            self.cell(at, cell, &format)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Headings inside a sheet.
    pub(super) fn heading(&mut self, words: &str) -> Result<(), XlsxError> {
        let format = Format::new().set_bold();
        self.worksheet.write_string_with_format(self.row, 0, words, &format)?;
        self.row += 1;
        Ok(())
    }

    /// An empty row.
    pub(super) fn gap(&mut self) {
        self.row += 1;
    }

    fn cell(&mut self, at: u16, cell: &Cell, format: &Format) -> Result<(), XlsxError> {
        let here = self.row + 1;
        let numbers = |decimals: usize| format.clone().set_num_format(digits(decimals));
        let signed = |decimals: usize| {
            let digits = digits(decimals);
            format.clone().set_num_format(format!("+{digits};-{digits};0"))
        };
        match cell {
            Cell::Text(text) => {
                let format = format.clone().set_align(FormatAlign::Top).set_text_wrap();
                let format = apart(format, at);
                self.worksheet.write_string_with_format(self.row, at, text, &format)?;
            }
            Cell::Number(value, decimals) => self.number(at, *value, &numbers(*decimals))?,
            Cell::Percent(value) => self.number(at, *value, &signed(3))?,
            Cell::Year(year) => {
                let format = format.clone().set_num_format("0");
                self.worksheet.write_number_with_format(self.row, at, *year, &format)?;
            }
            Cell::LessAbove(one, other, value, decimals) => {
                let (at_column, one, other) = (column(at), here - one, here - other);
                let formula = format!("={at_column}{one}-{at_column}{other}");
                self.formula(at, &formula, *value, &signed(*decimals))?;
            }
            Cell::GrowthAbove(one, other, value) => {
                let (at_column, one, other) = (column(at), here - one, here - other);
                let formula = format!("=100*({at_column}{one}/{at_column}{other}-1)");
                self.formula(at, &formula, *value, &signed(3))?;
            }
            Cell::Less(one, other, value, decimals) => {
                let formula = format!("={}{here}-{}{here}", column(*one), column(*other));
                self.formula(at, &formula, *value, &signed(*decimals))?;
            }
            Cell::Growth(one, other, value) => {
                let (one, other) = (column(*one), column(*other));
                let formula = format!("=100*({one}{here}/{other}{here}-1)");
                self.formula(at, &formula, *value, &signed(3))?;
            }
            Cell::Sum(first, value, decimals) => {
                let column = column(at);
                let formula = format!("=SUM({column}{}:{column}{})", first + 1, self.row);
                self.formula(at, &formula, *value, &signed(*decimals))?;
            }
        }
        Ok(())
    }

    fn number(&mut self, at: u16, value: f64, format: &Format) -> Result<(), XlsxError> {
        if value.is_finite() {
            self.worksheet.write_number_with_format(self.row, at, value, format)?;
        }
        Ok(())
    }

    fn formula(
        &mut self,
        at: u16,
        formula: &str,
        value: f64,
        format: &Format,
    ) -> Result<(), XlsxError> {
        if value.is_finite() {
            let formula = Formula::new(formula).set_result(value.to_string());
            self.worksheet.write_formula_with_format(self.row, at, formula, format)?;
        }
        Ok(())
    }
}
