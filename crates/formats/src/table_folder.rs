//! Input-output tables as a folder of csv files, written and read back exactly.
//!
//! | file                                | holds                                                 |
//! |-------------------------------------|-------------------------------------------------------|
//! | `manifest.csv`                      | key, value: format, name, unit, sizes, names of extensions |
//! | `industries.csv`, `categories.csv`  | region, name                                          |
//! | `primary_inputs.csv`                | name, unit                                            |
//! | `flows.csv`, `final_demand.csv`     | two header rows and two label columns, then cells     |
//! | `value_added.csv`                   | two header rows, name and unit, then cells            |
//! | `output.csv`                        | region, name, output                                  |
//! | `extension_1_rows.csv`              | name, unit                                            |
//! | `extension_1_by_industry.csv`, …    | as value added; `_by_final_demand` where there is one |
//!
//! With [`Cells::Parquet`] the files with cells are Parquet instead (`flows.parquet`, …): `row` and
//! `column`, positions from 0 in the lists of labels, and `value`, cells of zero left out.
//!
//! Numbers are written in the fewest digits that read back as the same number. A table without rows
//! or columns has no file.
//! Not here: regional accounts (`crate::folder`).

mod parquet;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::read;
pub use write::{Part, write};

/// Version of the layout; readers refuse what they do not know.
pub const FORMAT: usize = 1;

/// How the files with cells are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cells {
    /// Text with labels around the cells.
    Csv,
    /// Parquet, compressed with Snappy.
    Parquet,
}

impl Cells {
    fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}
