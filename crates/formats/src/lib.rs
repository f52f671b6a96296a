//! Readers and writers of the tables users hold.
//!
//! Everything works on text in memory; opening files is the front end's work.
//! - [`sheet`]: one table of figures, with findings that point at the cell.
//! - [`liaoning`]: the figures of Liaoning 2017 that ship with the program, and the accounts built
//!   from them.
//! - [`folder`]: complete accounts as a folder of tables, written and read back exactly.

pub mod folder;
pub mod liaoning;
pub mod sheet;

use std::collections::BTreeMap;

/// Name → text of the files of a folder.
pub type Files = BTreeMap<String, String>;
