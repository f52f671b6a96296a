//! The figures of Liaoning 2017 that ship with the program, and the accounts built from them.
//!
//! Sources are in `data/liaoning/SOURCES.md` and in the head of every table. The same tables can be
//! read from another folder: see [`accounts_from`].
//! Not here: how accounts are built (`accounts::build`).

mod bounds;
mod capital;
mod read;
mod read_cities;
#[cfg(test)]
mod tests;

use accounts::RegionalAccounts;
use accounts::build::{BuildReport, build};
use diagnostics::{Diagnostic, Findings};

pub use capital::{CapitalStock, FigureNote, Figures};
pub use read::input;

use crate::Files;

macro_rules! figures {
    ($($name:literal),* $(,)?) => {
        /// The tables that ship with the program: name and text.
        pub const FILES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../../data/liaoning/figures/", $name)))),*];
    };
}

figures![
    "assumptions.csv",
    "assumptions_industries.csv",
    "cities_2017.csv",
    "city_fdi_1996_2017.csv",
    "city_flows_2017.csv",
    "consumption_2007.csv",
    "distances.csv",
    "fixed_capital_1952_2017.csv",
    "foreign_location_prior.csv",
    "industries.csv",
    "location_prior.csv",
    "macro_2017.csv",
    "national_production_2017.csv",
    "national_uses_2017.csv",
    "output_2017.csv",
    "ownership_2017.csv",
    "regions.csv",
    "research_2011_2017.csv",
];

/// The tables that ship with the program, to change.
pub fn files() -> Files {
    FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// Accounts built from the tables that ship with the program.
///
/// # Errors
/// All findings in the tables.
pub fn accounts() -> Result<(RegionalAccounts, BuildReport), Findings> {
    accounts_from(&files())
}

/// Accounts built from the tables of a folder with the names of [`FILES`].
///
/// # Errors
/// All findings in the tables, or why figures that can be read do not fit together.
pub fn accounts_from(files: &Files) -> Result<(RegionalAccounts, BuildReport), Findings> {
    let input = input(files)?;
    build(&input).map_err(|error| {
        let mut findings = Findings::default();
        let finding =
            Diagnostic::error("E1120", format!("the figures do not fit together: {error}"));
        findings.push(
            finding.help("look at the figures named; totals or priors contradict each other"),
        );
        findings
    })
}

/// Capital stock, foreign investment, research spending and all notes on sources, from the tables
/// that ship with the program.
///
/// # Errors
/// All findings in the tables.
pub fn figures() -> Result<Figures, Findings> {
    capital::figures(&files())
}

/// The same from the tables of a folder.
///
/// # Errors
/// All findings in the tables.
pub fn figures_from(files: &Files) -> Result<Figures, Findings> {
    capital::figures(files)
}
