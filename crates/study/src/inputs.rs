//! What a study stands on: accounts, stocks and figures beside them, with checksums.
//!
//! `accounts = "liaoning-2017"` is built from the figures that ship with the program; anything else
//! is a folder of tables (`formats::folder`) relative to the study file.

use std::collections::BTreeMap;
use std::path::Path;

use accounts::RegionalAccounts;
use diagnostics::{Diagnostic, Findings};
use formats::Files;
use formats::liaoning::CapitalStock;
use sha2::{Digest, Sha256};

use crate::results::{ParameterNote, TotalCheck};
use crate::spec::Names;

/// Name of the accounts that ship with the program.
pub const LIAONING: &str = "liaoning-2017";

/// Accounts and the figures beside them.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// The accounts.
    pub accounts: RegionalAccounts,
    /// Names that a study file may use.
    pub names: Names,
    /// Capital stock of the home regions at the end of the base year, when there is an inventory.
    pub capital_at_end: Option<CapitalStock>,
    /// Direct investment from abroad in the base year by region, million USD; empty when unknown.
    pub foreign_direct_investment: Vec<f64>,
    /// Research and development spending of the home regions, 100 million CNY, when known.
    pub research_spending: Option<f64>,
    /// Built totals against published ones.
    pub totals: Vec<TotalCheck>,
    /// Figures and assumptions of the accounts with their status.
    pub notes: Vec<ParameterNote>,
    /// SHA-256 of every table read.
    pub checksums: Vec<(String, String)>,
}

/// SHA-256 of a text in hexadecimal.
pub fn checksum(text: &str) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('?');
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

impl Inputs {
    /// The accounts that a study names.
    ///
    /// - `folder`: where the study file is; paths are relative to it.
    ///
    /// # Errors
    /// Findings about the tables, or that there are none.
    pub fn load(accounts: &str, folder: &Path) -> Result<Self, Findings> {
        if accounts == LIAONING { liaoning() } else { from_folder(&folder.join(accounts)) }
    }
}

fn checksums(files: &Files) -> Vec<(String, String)> {
    files.iter().map(|(name, text)| (name.clone(), checksum(text))).collect()
}

fn liaoning() -> Result<Inputs, Findings> {
    let files = formats::liaoning::files();
    let (accounts, report) = formats::liaoning::accounts_from(&files)?;
    let figures = formats::liaoning::figures_from(&files)?;
    let codes =
        formats::liaoning::input(&files)?.industries.iter().map(|each| each.code.clone()).collect();
    let totals = report.totals.into_iter().map(|row| TotalCheck {
        item: row.item,
        unit: row.unit,
        published: row.published,
        built: row.built,
        note: row.note,
    });
    let notes = figures.notes.into_iter().map(|note| ParameterNote {
        name: note.name,
        value: note.value,
        unit: note.unit,
        source: note.source,
        status: note.status,
    });
    Ok(Inputs {
        names: names("Liaoning", &accounts, codes),
        capital_at_end: Some(figures.capital),
        foreign_direct_investment: figures.foreign_direct_investment,
        research_spending: Some(figures.research_spending),
        totals: totals.collect(),
        notes: notes.collect(),
        checksums: checksums(&files),
        accounts,
    })
}

fn names(home: &str, accounts: &RegionalAccounts, industry_codes: Vec<String>) -> Names {
    let regions = accounts.sets.region.labels.to_vec();
    Names {
        home: home.to_owned(),
        home_regions: regions[..regions.len() - 1].to_vec(),
        regions,
        industries: accounts.sets.industry.labels.to_vec(),
        industry_codes,
    }
}

fn from_folder(folder: &Path) -> Result<Inputs, Findings> {
    let files = read_folder(folder)?;
    let accounts = formats::folder::read(&files)?;
    Ok(Inputs {
        names: names("Home regions", &accounts, vec![]),
        capital_at_end: None,
        foreign_direct_investment: vec![],
        research_spending: None,
        totals: vec![],
        notes: vec![],
        checksums: checksums(&files),
        accounts,
    })
}

/// The tables of a folder as text.
///
/// # Errors
/// A finding when the folder cannot be read or holds no tables.
pub fn read_folder(folder: &Path) -> Result<Files, Findings> {
    let mut files = BTreeMap::new();
    let unreadable = |error: &std::io::Error| {
        let mut findings = Findings::default();
        let message = format!("cannot read the accounts in `{}`: {error}", folder.display());
        let help = format!(
            "name a folder of tables written by `ironbelt accounts build`, or `accounts = \"{LIAONING}\"`"
        );
        findings.push(Diagnostic::error("E0301", message).help(help));
        findings
    };
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(&error))? {
        let path = entry.map_err(|error| unreadable(&error))?.path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.insert(name, std::fs::read_to_string(&path).map_err(|error| unreadable(&error))?);
        }
    }
    Ok(files)
}
