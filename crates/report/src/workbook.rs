//! The results as an Excel workbook: numbers as numbers, changes as formulas, sources beside them.
//!
//! | sheet         | one row per                                                          |
//! |---------------|----------------------------------------------------------------------|
//! | Summary       | headline indicator of the province: baseline, policy, change; charts |
//! | Paths         | indicator, place, and line (baseline, policy, change); years across  |
//! | Industries    | industry of the province: output, value added, persons               |
//! | Contributions | lever (and interaction), with their sum                              |
//! | Targets       | official target                                                      |
//! | Costs         | lever and budget, in 10,000 yuan                                     |
//! | Levers        | lever, with its source                                               |
//! | Parameters    | parameter or assumption, with source and status                      |
//! | Accounts      | published total against the built one                                |
//! | Notes         | checks, solves, checksums, and how to read the rest                  |
//!
//! Money is in 100 million yuan unless the unit beside it says otherwise; 1 of it is 10,000 times
//! 10,000 yuan. Values are those of the results, unrounded; cells only show fewer digits. A value
//! that is not a number is an empty cell. The same results give the same bytes.
//! Not here: drawings of the page (`html`), tables for programs (`study::store`).

mod sheet;
mod tables;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use study::results::Results;

/// The workbook as the bytes of an `.xlsx` file.
///
/// # Errors
/// In words, when a text or table is larger than Excel holds.
pub fn workbook(results: &Results) -> Result<Vec<u8>, String> {
    write(results).map_err(|error| format!("the workbook cannot be written: {error}"))
}

fn write(results: &Results) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed date, so that the same results give the same bytes.
    let date = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let properties = DocProperties::new()
        .set_title(&results.study.title)
        .set_comment(format!("ironbelt {}", results.provenance.version))
        .set_creation_datetime(&date);
    book.set_properties(&properties);
    tables::summary(book.add_worksheet(), results)?;
    let of_gdp = tables::paths(book.add_worksheet(), results)?;
    tables::industries(book.add_worksheet(), results)?;
    let levers = tables::contributions(book.add_worksheet(), results)?;
    tables::targets(book.add_worksheet(), results)?;
    tables::costs(book.add_worksheet(), results)?;
    tables::levers(book.add_worksheet(), results)?;
    tables::parameters(book.add_worksheet(), results)?;
    tables::accounts(book.add_worksheet(), results)?;
    tables::notes(book.add_worksheet(), results)?;
    tables::charts(book.worksheet_from_name("Summary")?, results, of_gdp, levers)?;
    book.save_to_buffer()
}
