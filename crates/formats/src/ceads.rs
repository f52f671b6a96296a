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

/// Code of the finding that a sheet holds no table.
const NO_TABLE: &str = "E1312";

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
    let table = table_file(&mut reader).and_then(|file| {
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

fn table_file<'s>(reader: &mut Reader<'s>) -> Option<&'s str> {
    let ends = ["xlsx", "xlsb", "xls", "ods", "csv"];
    let is_table = |name: &str| ends.iter().any(|end| has_extension(name, end));
    reader.required("`*.xlsx` or `*.csv`", is_table)
}

/// Tables on the sheets of a workbook, and the sheets that hold none.
#[derive(Debug)]
pub struct EverySheet {
    /// Sheet and its table.
    pub tables: Vec<(String, Imported)>,
    /// Names of the others.
    pub without: Vec<String>,
}

/// Reads every sheet of a workbook, or the one table of a csv file.
///
/// # Errors
/// As [`read_sheet`], of all sheets; E1312 where no sheet holds a table.
pub fn read_every_sheet(source: &Source, format: &str) -> Result<EverySheet, Findings> {
    let mut reader = Reader::new(source, format);
    let names = table_file(&mut reader).and_then(|file| {
        if has_extension(file, "csv") {
            return Some(vec![last_part(file).to_owned()]);
        }
        let bytes = reader.bytes(file)?;
        workbook::sheet_names(file, &bytes, &mut reader.findings)
    });
    let Some(names) = names else { return Err(reader.findings) };
    let mut found = EverySheet { tables: vec![], without: vec![] };
    let (mut wrong, mut empty) = (Findings::default(), Findings::default());
    for sheet in names {
        let of_csv = has_extension(&sheet, "csv");
        match read_sheet(source, format, (!of_csv).then_some(sheet.as_str())) {
            Ok(imported) => found.tables.push((sheet, imported)),
            Err(findings) => {
                let no_table = findings.iter().all(|each| each.code == NO_TABLE);
                let into = if no_table { &mut empty } else { &mut wrong };
                findings.iter().for_each(|finding| into.push(finding.clone()));
                if no_table {
                    found.without.push(sheet);
                }
            }
        }
    }
    if wrong.has_errors() {
        return Err(wrong);
    }
    if found.tables.is_empty() { Err(empty) } else { Ok(found) }
}
