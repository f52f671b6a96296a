//! Text to accounts.

use accounts::identity::{LARGEST_ACCEPTED, identities};
use accounts::{RegionalAccounts, Sets, Table};
use diagnostics::{Diagnostic, Findings, Place};

use super::{FORMAT, STORED_AXES};
use crate::Files;
use crate::sheet::{Coverage, Key, Sheet, nearest};

/// Accounts from the files of a folder; identities that do not hold are findings.
///
/// # Errors
/// All findings in all files.
pub fn read(files: &Files) -> Result<RegionalAccounts, Findings> {
    let mut findings = Findings::default();
    let manifest = Manifest::read(files, &mut findings);
    let sets = read_sets(files, &mut findings);
    if let (Some(manifest), Some(sets), false) = (manifest, sets, findings.has_errors()) {
        let mut accounts =
            RegionalAccounts::zeros(sets, manifest.base_year, manifest.money.clone());
        for table in accounts.tables_mut() {
            read_table(files, &manifest, table, &mut findings);
        }
        if !findings.has_errors() {
            check_identities(&accounts, &mut findings);
        }
        if !findings.has_errors() {
            return Ok(accounts);
        }
    }
    Err(findings)
}

/// Text of a file.
fn open<'a>(files: &'a Files, name: &str, findings: &mut Findings) -> Option<&'a str> {
    let text = files.get(name);
    if text.is_none() {
        let finding = Diagnostic::error("E1101", format!("the file `{name}` is missing"));
        findings
            .push(finding.help("accounts are a folder with one file per table; write it again"));
    }
    text.map(String::as_str)
}

struct Manifest {
    sheet: Sheet,
    base_year: u16,
    money: String,
}

impl Manifest {
    fn read(files: &Files, findings: &mut Findings) -> Option<Self> {
        let text = open(files, "manifest.csv", findings)?;
        let sheet = Sheet::parse("manifest.csv", text, &["key", "value"], findings)?;
        let mut manifest = Self { sheet, base_year: 0, money: String::new() };
        manifest.check_format(findings)?;
        let base_year = manifest.number("base_year", findings);
        manifest.money = manifest.entry("money", findings)?.to_owned();
        manifest.base_year = u16::try_from(base_year?).ok()?;
        Some(manifest)
    }

    fn entry(&self, key: &str, findings: &mut Findings) -> Option<&str> {
        let row = self.sheet.rows.iter().find(|row| self.sheet.text(row, "key") == key);
        if row.is_none() {
            let message = format!("`manifest.csv` has no entry `{key}`");
            let place = Place::cell("manifest.csv", self.sheet.rows.len() + 1, 1);
            let finding = Diagnostic::error("E1108", message).at(place, "the entries end here");
            findings.push(finding.help(format!("add a row `{key},…`")));
        }
        row.map(|row| self.sheet.text(row, "value"))
    }

    fn number(&self, key: &str, findings: &mut Findings) -> Option<usize> {
        let text = self.entry(key, findings)?;
        let value = text.parse().ok();
        if value.is_none() {
            let message = format!("`{text}` for `{key}` in `manifest.csv` is not a whole number");
            let row = self.sheet.rows.iter().find(|row| self.sheet.text(row, "key") == key)?;
            let place = self.sheet.place(row, "value");
            findings.push(Diagnostic::error("E1105", message).at(place, "not a whole number"));
        }
        value
    }

    fn check_format(&self, findings: &mut Findings) -> Option<()> {
        let format = self.number("format", findings)?;
        if format == FORMAT as usize {
            return Some(());
        }
        let message = format!("accounts of format {format}; this program reads format {FORMAT}");
        let finding = Diagnostic::error("E1201", message);
        findings.push(finding.help("use the version of the program that wrote the folder"));
        None
    }
}

fn read_sets(files: &Files, findings: &mut Findings) -> Option<Sets> {
    let text = open(files, "sets.csv", findings)?;
    let sheet = Sheet::parse("sets.csv", text, &["axis", "label"], findings)?;
    let axes: Vec<String> = STORED_AXES.iter().map(|axis| (*axis).to_owned()).collect();
    let mut lists: [Vec<String>; 6] = Default::default();
    for row in &sheet.rows {
        let Some(axis) = sheet.name(row, Key { column: "axis", names: &axes }, findings) else {
            continue;
        };
        let label = sheet.text(row, "label").to_owned();
        if lists[axis].contains(&label) {
            let message = format!("`sets.csv` lists {} `{label}` twice", axes[axis]);
            let finding = Diagnostic::error("E1107", message);
            findings.push(finding.at(sheet.place(row, "label"), "second time").help("remove it"));
        }
        lists[axis].push(label);
    }
    check_lists(&axes, &lists, findings)?;
    let [regions, products, industries, owners, skills, margins] = &lists;
    Some(Sets::new(regions, products, industries, owners, skills, margins))
}

fn check_lists(axes: &[String], lists: &[Vec<String>; 6], findings: &mut Findings) -> Option<()> {
    let mut sound = true;
    for (axis, list) in
        axes.iter().zip(lists).filter(|(axis, list)| list.is_empty() && *axis != "margin")
    {
        let finding = Diagnostic::error("E1108", format!("`sets.csv` lists no {axis}"));
        findings.push(finding.help(format!("add rows `{axis},…`")));
        sound &= !list.is_empty();
    }
    let [_, products, _, _, _, margins] = lists;
    for margin in margins.iter().filter(|margin| !products.contains(margin)) {
        let finding = Diagnostic::error("E1104", format!("margin `{margin}` is not a product"));
        findings.push(match nearest(margin, products.iter().map(String::as_str)) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("a margin is one of the products"),
        });
        sound = false;
    }
    sound.then_some(())
}

fn read_table(files: &Files, manifest: &Manifest, table: &mut Table, findings: &mut Findings) {
    let name = format!("{}.csv", table.name);
    let Some(text) = open(files, &name, findings) else { return };
    let axes = table.axes().to_vec();
    let columns: Vec<&str> = axes.iter().map(|axis| axis.name).chain(["value"]).collect();
    let Some(sheet) = Sheet::parse_or_empty(&name, text, &columns, findings) else { return };
    if let Some(rows) = manifest.number(&format!("rows_{}", table.name), findings) {
        check_rows(&sheet, rows, findings);
    }
    let keys: Vec<Key<'_>> =
        axes.iter().map(|axis| Key { column: axis.name, names: &axis.labels }).collect();
    let values = sheet.values(&keys, "value", Coverage::Sparse, findings);
    for (cell, value) in table.values_mut().iter_mut().zip(values) {
        *cell = if value.is_nan() { 0.0 } else { value };
    }
}

fn check_rows(sheet: &Sheet, rows: usize, findings: &mut Findings) {
    let found = sheet.rows.len();
    if found == rows {
        return;
    }
    let message = format!("`{}` has {found} rows, `manifest.csv` says {rows}", sheet.file);
    let line = sheet.rows.last().map_or(1, |row| row.line);
    let finding = Diagnostic::error("E1202", message);
    let help = "the file was cut off or edited; after an edit, change the number in the manifest";
    findings.push(finding.at(Place::cell(&sheet.file, line, 1), "the last row").help(help));
}

fn check_identities(accounts: &RegionalAccounts, findings: &mut Findings) {
    for identity in identities(accounts).iter().filter(|identity| !identity.holds()) {
        let message = format!("the accounts break an identity: {identity}");
        let finding = Diagnostic::error("E1203", message);
        let help = format!("at most {LARGEST_ACCEPTED:e} is accepted; look at the cell named");
        findings.push(finding.help(help));
    }
}
