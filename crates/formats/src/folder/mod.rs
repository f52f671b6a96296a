//! Complete accounts as a folder of tables, written and read back exactly.
//!
//! | file           | columns                        | holds                                     |
//! |----------------|--------------------------------|-------------------------------------------|
//! | `manifest.csv` | key, value                     | format, base year, money, rows per table  |
//! | `sets.csv`     | axis, label                    | labels of every axis in order             |
//! | `<table>.csv`  | one per axis, value            | cells that are not zero                   |
//!
//! Tables and axes are those of `accounts::regional`. Numbers are written in the fewest digits that
//! read back as the same number. A table cut off is noticed by its number of rows.
//! Not here: opening files; building accounts (`accounts::build`).

mod read;
mod write;

pub use read::read;
pub use write::write;

/// Version of the layout; readers refuse what they do not know.
pub const FORMAT: u32 = 1;

/// Axes that are stored; the others follow from them.
const STORED_AXES: [&str; 6] = ["region", "product", "industry", "owner", "skill", "margin"];

#[cfg(test)]
mod tests;
