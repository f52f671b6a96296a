//! Tables on sheets of a workbook: the China MRIO of CEADs, and tables of one region per sheet.
//!
//! The sheet `English_Version` of CEADs has 31 provinces × 42 industries (rows 5–1306, columns
//! 4–1305), final demand by province, exports, other items and output to the right, imports and
//! value added below. Nothing of this is taken for granted: the block is found by its labels.

#[cfg(test)]
mod tests;

use diagnostics::Findings;

use crate::import::{Imported, Reader};
use crate::sheet_table;
use crate::source::{Source, has_extension, last_part};
use crate::workbook::{self, Cells};

/// Sheet of the China MRIO.
pub const SHEET: &str = "English_Version";

/// Reads the China MRIO workbook of CEADs.
///
/// # Errors
/// All findings: E1300, E1304, E1307, E1309, E1310, E1312.
pub fn read(source: &Source) -> Result<Imported, Findings> {
    read_sheet(source, "CEADs China MRIO", Some(SHEET))
}

/// Reads the table on one sheet of a workbook, the first one without a name, or that of a csv file. `format` is what the
/// report calls it.
///
/// # Errors
/// All findings: E1300, E1304, E1307, E1309, E1310, E1312.
pub fn read_sheet(
    source: &Source,
    format: &str,
    sheet: Option<&str>,
) -> Result<Imported, Findings> {
    let mut reader = Reader::new(source, format);
    let is_table = |name: &str| {
        ["xlsx", "xlsb", "xls", "ods", "csv"].iter().any(|end| has_extension(name, end))
    };
    let table = reader.required("`*.xlsx` or `*.csv`", is_table).and_then(|file| {
        if has_extension(file, "csv") {
            let lines = reader.sheet_lines(file)?;
            let cells = Cells::from_texts(last_part(file), lines);
            return sheet_table::read(&mut reader, &cells);
        }
        let bytes = reader.bytes(file)?;
        let wanted = |name: &str| sheet.is_none_or(|sheet| name.eq_ignore_ascii_case(sheet));
        let sheets = workbook::read(file, &bytes, wanted, &mut reader.findings)?;
        for other in &sheets[1..] {
            reader.report.dropped(format!("sheet `{}`", other.sheet));
        }
        sheet_table::read(&mut reader, &sheets[0])
    });
    reader.report_unused();
    reader.finish(table)
}
