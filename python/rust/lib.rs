//! The native module of the Python package `ironbelt`.
//!
//! | module     | Python class                                                        |
//! |------------|---------------------------------------------------------------------|
//! | `models`   | `Model`: a general equilibrium model in `ge-case/1` or MPSGE text     |
//! | `tables`   | `Table`: an input-output table, its analyses, its impacts            |
//! | `regional` | `Accounts`: regional accounts                                        |
//! | `balance`  | `balance`: RAS, cross-entropy, least squares on arrays               |
//! | `studies`  | `Study`, `Results`                                                   |
//! | `ensembles` | `Draws`: some draws of an ensemble, on any machine                  |
//! | `errors`   | findings and failed solves as exceptions of `ironbelt.errors`        |
//!
//! Long work lets other threads of Python run. Plain data goes through JSON, arrays do not: what
//! Rust keeps is lent to numpy without a copy, read-only.
//! Not here: frames, plots, other executors (the Python files in `src/ironbelt/`), anything that computes.

mod balance;
mod ensembles;
mod errors;
mod models;
mod regional;
mod studies;
mod tables;

use pyo3::prelude::*;

/// Native part of the package; use `ironbelt`.
#[pymodule]
mod _ironbelt {
    #[pymodule_export]
    use super::balance::{cross_entropy, least_squares, ras};
    #[pymodule_export]
    use super::ensembles::Draws;
    #[pymodule_export]
    use super::models::Model;
    #[pymodule_export]
    use super::regional::Accounts;
    #[pymodule_export]
    use super::studies::{Results, Study, shipped_study};
    #[pymodule_export]
    use super::tables::{Table, table_analyses, table_formats};
    #[pymodule_export]
    use super::version;
}

/// Version of the program.
#[pyfunction]
fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
