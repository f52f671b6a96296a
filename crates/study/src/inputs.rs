//! What a study stands on: accounts, stocks and figures beside them, with checksums.
//!
//! `accounts = "liaoning-2017"` is built from the figures that ship with the program. A path to a
//! recipe (`….toml`, `formats::recipe`) is built by it; anything else is a folder of tables
//! (`formats::folder`). Paths are relative to the study file.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use accounts::RegionalAccounts;
use diagnostics::{Diagnostic, Findings};
use formats::Files;
use formats::liaoning::CapitalStock;
use formats::recipe::Wanted;
use sha2::{Digest, Sha256};

use crate::folder::{Disk, Folder, beside};
use crate::results::{ParameterNote, TotalCheck};
use crate::spec::{Names, Source, Status};

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
    /// Direct investment from abroad of the home regions by year, million USD; empty when unknown.
    pub foreign_direct_investment_history: Vec<(u16, f64)>,
    /// Research and development spending of the home regions, 100 million CNY, when known.
    pub research_spending: Option<f64>,
    /// Built totals against published ones.
    pub totals: Vec<TotalCheck>,
    /// Figures and assumptions of the accounts with their status.
    pub notes: Vec<ParameterNote>,
    /// SHA-256 of every table read.
    pub checksums: Vec<(String, String)>,
    /// What is odd in the tables, and no error.
    pub warnings: Findings,
}

/// SHA-256 of a text in hexadecimal.
pub fn checksum(text: &str) -> String {
    checksum_of(text.as_bytes())
}

/// SHA-256 in hexadecimal.
pub fn checksum_of(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('?');
    let digest = Sha256::digest(bytes);
    digest.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

impl Inputs {
    /// The accounts that a study names.
    ///
    /// - `folder`: where the study file is; paths are relative to it.
    ///
    /// # Errors
    /// Findings about the tables, or that there are none.
    pub fn load(accounts: &str, folder: &dyn Folder) -> Result<Self, Findings> {
        if accounts == LIAONING {
            liaoning()
        } else if Path::new(accounts).extension().is_some_and(|extension| extension == "toml") {
            from_recipe(accounts, folder)
        } else {
            from_folder(accounts, folder)
        }
    }

    /// The accounts of Liaoning 2017 that ship with the program.
    ///
    /// # Errors
    /// None, while the shipped figures are in order.
    pub fn liaoning() -> Result<Self, Findings> {
        liaoning()
    }

    /// The accounts that the study file `text` names, with its home regions.
    ///
    /// # Errors
    /// As [`Inputs::load`]; E0302 when the study gives persons and the accounts have some.
    pub fn of_study(text: &str, folder: &dyn Folder) -> Result<Self, Findings> {
        let accounts = crate::file::accounts_of(text).unwrap_or_else(|| LIAONING.to_owned());
        let mut inputs = Self::load(&accounts, folder)?;
        if accounts != LIAONING {
            inputs.names.set_home(&crate::file::home_of(text));
        }
        let given = crate::file::employment_of(text);
        if inputs.accounts.persons.values().iter().all(|persons| *persons == 0.0) {
            inputs.employ(given);
        } else if given.is_some() {
            let mut findings = Findings::default();
            let message = "the study gives persons that its accounts have already".to_owned();
            let help = "leave [employment] out; it is for accounts without persons";
            findings.push(Diagnostic::error("E0302", message).help(help));
            return Err(findings);
        }
        Ok(inputs)
    }
}

impl Inputs {
    /// Persons by wages, for accounts without any: as many as the study gives, or one for each
    /// unit of the base year's wages; a note says which.
    fn employ(&mut self, given: Option<(f64, Source)>) {
        let accounts = &mut self.accounts;
        let wages = accounts.labour.values();
        let (count, unit, source) = given.map_or_else(
            || {
                let text = "one for each unit of the base year's wages".to_owned();
                (wages.iter().sum(), "unit of wages", Source { text, status: Status::Assumption })
            },
            |(persons, source)| (persons, "persons", source),
        );
        let each = count / wages.iter().sum::<f64>();
        let persons: Vec<f64> = wages.iter().map(|wage| wage * each).collect();
        accounts.persons.values_mut().copy_from_slice(&persons);
        self.notes.push(ParameterNote {
            name: "employment of the base year, by wages".to_owned(),
            value: format!("{count:.0}"),
            unit: unit.to_owned(),
            source: source.text,
            status: source.status.word().to_owned(),
        });
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
        foreign_direct_investment_history: figures.foreign_direct_investment_history,
        research_spending: Some(figures.research_spending),
        totals: totals.collect(),
        notes: notes.collect(),
        checksums: checksums(&files),
        accounts,
        warnings: Findings::default(),
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
        margins: accounts.sets.margin.labels.to_vec(),
    }
}

fn from_folder(name: &str, folder: &dyn Folder) -> Result<Inputs, Findings> {
    let files = tables(name, folder)?;
    let accounts = formats::folder::read(&files)?;
    Ok(alone(accounts, checksums(&files)))
}

/// Accounts built by a recipe and the tables that it names.
fn from_recipe(name: &str, folder: &dyn Folder) -> Result<Inputs, Findings> {
    let failed = |code: &'static str, message: String, help: &str| {
        let mut findings = Findings::default();
        findings.push(Diagnostic::error(code, message).help(help));
        findings
    };
    let read = RefCell::new(vec![]);
    let load = |file: &str| {
        let bytes = folder.read(file)?;
        read.borrow_mut().push((file.to_owned(), checksum_of(&bytes)));
        Ok(bytes)
    };
    let text = load(name).map_err(|error: String| {
        let message = format!("cannot read the recipe `{name}`: {error}");
        failed("E0301", message, "name a recipe (docs/regionalise.md) or a folder of tables")
    })?;
    let text = String::from_utf8_lossy(&text);
    let load = |file: &str| load(&beside(name, file));
    let recipe = formats::recipe::read(name, &text, &load)?;
    let Wanted::Regions(parts) = recipe.wanted else {
        let message = format!("the recipe `{name}` makes the table of one region");
        return Err(failed("E1710", message, "a study needs accounts of all regions"));
    };
    let accounts =
        accounts::regionalise::regionalise(parts.0, parts.1, recipe.choices).map_err(|error| {
            let help = "`ironbelt accounts regionalise` builds the same accounts";
            failed("E1710", format!("{name}: {error}"), help)
        })?;
    Ok(Inputs { warnings: recipe.warnings, ..alone(accounts, read.into_inner()) })
}

/// Accounts without figures beside them.
fn alone(accounts: RegionalAccounts, checksums: Vec<(String, String)>) -> Inputs {
    Inputs {
        names: names("Home regions", &accounts, vec![]),
        capital_at_end: None,
        foreign_direct_investment: vec![],
        foreign_direct_investment_history: vec![],
        research_spending: None,
        totals: vec![],
        notes: vec![],
        checksums,
        accounts,
        warnings: Findings::default(),
    }
}

/// The tables of a folder on disk as text.
///
/// # Errors
/// As [`tables`].
pub fn read_folder(folder: &Path) -> Result<Files, Findings> {
    tables(&folder.display().to_string(), &Disk(PathBuf::new()))
}

/// The tables of a folder as text.
///
/// # Errors
/// A finding when the folder cannot be read or holds no tables.
fn tables(name: &str, folder: &dyn Folder) -> Result<Files, Findings> {
    let unreadable = |error: String| {
        let mut findings = Findings::default();
        let message = format!("cannot read the accounts in `{name}`: {error}");
        let help = format!(
            "name a folder of tables written by `ironbelt accounts build`, or `accounts = \"{LIAONING}\"`"
        );
        findings.push(Diagnostic::error("E0301", message).help(help));
        findings
    };
    let mut files = BTreeMap::new();
    for file in folder.list(name).map_err(unreadable)? {
        if Path::new(&file).extension().is_some_and(|extension| extension == "csv") {
            let bytes = folder.read(&format!("{name}/{file}")).map_err(unreadable)?;
            let text = String::from_utf8(bytes).map_err(|error| unreadable(error.to_string()))?;
            files.insert(file, text);
        }
    }
    Ok(files)
}
