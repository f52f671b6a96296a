//! An input-output table as a workbook of one sheet, in the layout of printed tables: flows, final
//! demand and output across, primary inputs and output below.
//!
//! `ironbelt accounts import sheet` reads the table of one region back. Numbers are unrounded.

use accounts::input_output::{InputOutputTable, Label};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

/// Columns that a sheet has at most, with two of labels and one of output.
const LARGEST: usize = 16_384 - 3;

/// The workbook as the bytes of an `.xlsx` file.
///
/// # Errors
/// In words, when the table has more columns than a sheet.
pub fn table_book(table: &InputOutputTable) -> Result<Vec<u8>, String> {
    let columns = table.industries.len() + table.categories.len();
    if columns > LARGEST {
        return Err(format!("the table has {columns} columns; a sheet holds {LARGEST}"));
    }
    write(table).map_err(|error| format!("the workbook cannot be written: {error}"))
}

fn write(table: &InputOutputTable) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed date, so that the same table gives the same bytes.
    let date = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(&table.name).set_creation_datetime(&date));
    let (heading, bold) = (Format::new().set_bold().set_font_size(14), Format::new().set_bold());
    let sheet = book.add_worksheet();
    let (n, f) = (table.industries.len(), table.categories.len());
    let several = table.regions().len() > 1;
    let first = if several { 2_u16 } else { 1 };
    sheet.write_string_with_format(0, 0, &table.name, &heading)?;
    sheet.write_string(1, 0, format!("Unit: {}", table.unit))?;
    let mut row = 3_u32;
    let across: Vec<&Label> = table.industries.iter().chain(&table.categories).collect();
    if several {
        for (at, label) in (first..).zip(&across) {
            sheet.write_string_with_format(row, at, &label.region, &bold)?;
        }
        row += 1;
    }
    for (at, label) in (first..).zip(&across) {
        sheet.write_string_with_format(row, at, &label.name, &bold)?;
    }
    let last = first + (n + f) as u16;
    sheet.write_string_with_format(row, last, "Output", &bold)?;
    sheet.set_freeze_panes(row + 1, first)?;
    for (i, label) in table.industries.iter().enumerate() {
        row += 1;
        if several {
            sheet.write_string(row, 0, &label.region)?;
        }
        sheet.write_string(row, first - 1, &label.name)?;
        let cells = table.flows.row(i).iter().chain(table.final_demand.row(i));
        for (at, cell) in (first..).zip(cells) {
            sheet.write_number(row, at, *cell)?;
        }
        sheet.write_number(row, last, table.output[i])?;
    }
    let below = table
        .primary_inputs
        .iter()
        .enumerate()
        .map(|(v, input)| (input.name.as_str(), table.value_added.row(v)));
    for (name, cells) in below.chain([("Output", &table.output[..])]) {
        row += 1;
        sheet.write_string(row, first - 1, name)?;
        for (at, cell) in (first..).zip(cells) {
            sheet.write_number(row, at, *cell)?;
        }
    }
    sheet.set_column_width(0, 28)?;
    book.save_to_buffer()
}
