//! Readers and writers of the tables users hold.
//!
//! Everything works on text, bytes or a [`source::Source`], which opens folders and zip files.
//! Own formats:
//! - [`sheet`]: one table of figures, with findings that point at the cell.
//! - [`liaoning`]: the figures of Liaoning 2017 that ship with the program, and the accounts built
//!   from them.
//! - [`labelled`]: one table with labels on rows and columns, such as a social accounting matrix.
//! - [`folder`]: complete accounts as a folder of tables, written and read back exactly.
//! - [`table_folder`]: input-output tables as a folder, likewise.
//!
//! Formats of other programs (docs/formats.md):
//! - [`har`]: GEMPACK header array files, read and written.
//! - [`exiobase`], [`oecd`], [`eora`], [`gloria`], [`wiod`], [`ceads`]: input-output tables.
//! - [`sam`], [`sdmx`]: social accounting matrices, observations of national accounts.
//!
//! [`catalogue`] names them all.
//!
//! Under them: [`delimited`] (large tables of text as a stream), [`workbook`] (sheets), [`import`]
//! (what readers share), [`report`] (what a reader saw, in which units, and what it left out).

pub mod catalogue;
pub mod ceads;
pub mod delimited;
pub mod eora;
pub mod exiobase;
#[cfg(test)]
mod fixture;
pub mod folder;
pub mod gloria;
pub mod har;
pub mod import;
pub mod labelled;
pub mod liaoning;
pub mod oecd;
pub mod recipe;
pub mod report;
pub mod sam;
pub mod sdmx;
pub mod sheet;
mod sheet_table;
pub mod source;
mod square;
pub mod table_folder;
pub mod term_database;
pub mod text;
pub mod wiod;
pub mod workbook;

use std::collections::BTreeMap;

use diagnostics::Place;

/// Name → text of the files of a folder.
pub type Files = BTreeMap<String, String>;

/// Place of a byte in a binary file: line 1, the byte (from 1) as column.
pub(crate) fn bytes_place(file: &str, offset: usize) -> Place {
    Place::cell(file, 1, offset + 1)
}
