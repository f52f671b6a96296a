//! Satellite accounts of WIOD, joined to the table by country and code of the classification; the
//! socio-economic accounts also alone.

use std::collections::{BTreeMap, BTreeSet};

use accounts::Matrix;
use accounts::input_output::{Extension, Row};
use diagnostics::Findings;

use super::{World, is_workbook};
use crate::import::{Imported, Reader};
use crate::sdmx::{Code, Dimension, Observation, Observations};
use crate::source::{Source, last_part};
use crate::workbook::{self, Cells};

/// Where an account finds its industry.
struct Places {
    industry: BTreeMap<(String, String), usize>,
    household: BTreeMap<String, usize>,
}

/// Countries whose codes differ between the files.
fn country(code: &str) -> String {
    match code.to_uppercase().as_str() {
        "ROM" => "ROU".to_owned(),
        other => other.to_owned(),
    }
}

impl Places {
    fn of(world: &World) -> Self {
        let industries = world.table.industries.iter().zip(&world.codes).enumerate();
        let industry = industries
            .map(|(at, (label, code))| ((country(&label.region), code.clone()), at))
            .collect();
        let households = world.table.categories.iter().enumerate().filter(|(_, label)| {
            label.name.to_lowercase().starts_with("final consumption expenditure by households")
        });
        let household = households.map(|(at, label)| (country(&label.region), at)).collect();
        Self { industry, household }
    }
}

/// The sheet of the socio-economic accounts, and where things stand in it.
struct Sheet {
    data: Cells,
    /// Columns of country, variable and code.
    columns: [usize; 3],
    /// Years with their columns.
    years: Vec<(String, usize)>,
    /// Units by variable.
    units: BTreeMap<String, String>,
}

impl Sheet {
    /// From the workbook of that name.
    fn read(reader: &mut Reader<'_>, file: &str) -> Option<Self> {
        let bytes = reader.bytes(file)?;
        let mut sheets = workbook::read(file, &bytes, |_| true, &mut reader.findings)?;
        let units = units(&sheets);
        let is_data = |cells: &Cells| cells.sheet.eq_ignore_ascii_case("data");
        let Some(at) = sheets.iter().position(is_data) else {
            let message = format!("`{file}` has no sheet `DATA`");
            reader.error("E1312", message, "it must be the workbook of socio-economic accounts");
            return None;
        };
        let data = sheets.swap_remove(at);
        let column = |name: &str| {
            (0..data.columns()).find(|at| data.text(0, *at).eq_ignore_ascii_case(name))
        };
        let year = |at: usize| {
            let text = data.text(0, at);
            let text = text.trim_start_matches('_');
            let is_year = text.len() == 4 && text.chars().all(|each| each.is_ascii_digit());
            is_year.then(|| (text.to_owned(), at))
        };
        let years: Vec<(String, usize)> = (0..data.columns()).filter_map(year).collect();
        let columns = (column("Country"), column("Variable"), column("Code"));
        let (Some(country), Some(variable), Some(code)) = columns else {
            let message = format!("`{}` has no columns Country, Variable and Code", data.file);
            reader.error_at("E1312", message, data.place(0, 0), "the headers are in this row");
            return None;
        };
        Some(Self { columns: [country, variable, code], years, units, data })
    }

    /// Country, variable and code of a line.
    fn line(&self, line: usize) -> [String; 3] {
        self.columns.map(|column| self.data.text(line, column))
    }
}

/// Reads the workbook of socio-economic accounts alone: observations by country, variable, code, year.
///
/// # Errors
/// All findings: E1300, E1304, E1309, E1310, E1312.
pub fn read_accounts(source: &Source) -> Result<Imported<Observations>, Findings> {
    let mut reader = Reader::new(source, "WIOD socio-economic accounts");
    let is_accounts = |name: &str| name.contains("sea") || name.contains("socio");
    let file = match reader.optional(|name| is_accounts(name) && is_workbook(name)) {
        Some(file) => Some(file),
        None => reader.required("`*.xlsx`", is_workbook),
    };
    let table = file.and_then(|file| observations(&mut reader, file));
    reader.report_unused();
    match table {
        Some(table) if !reader.findings.has_errors() => {
            Ok(Imported { table, report: reader.report, broken: vec![] })
        }
        _ => Err(reader.findings),
    }
}

fn observations(reader: &mut Reader<'_>, file: &str) -> Option<Observations> {
    let sheet = Sheet::read(reader, file)?;
    if sheet.years.is_empty() {
        let message = format!("`{}` has no columns of years", sheet.data.file);
        let place = sheet.data.place(0, 0);
        reader.error_at("E1312", message, place, "the headers are in this row");
        return None;
    }
    let names = ["country", "variable", "code", "year"];
    let mut dimensions =
        names.map(|name| Dimension { name: name.to_owned(), codes: vec![] }).to_vec();
    let mut seen: [BTreeMap<String, u32>; 4] = Default::default();
    let mut position = |dimension: usize, code: &str| {
        let next = dimensions[dimension].codes.len() as u32;
        *seen[dimension].entry(code.to_owned()).or_insert_with(|| {
            dimensions[dimension].codes.push(Code { code: code.to_owned(), name: String::new() });
            next
        })
    };
    let mut found = vec![];
    let mut lines: BTreeMap<[u32; 3], usize> = BTreeMap::new();
    for line in 1..sheet.data.rows() {
        let labels = sheet.line(line);
        if labels[1].is_empty() {
            continue;
        }
        let at = [0, 1, 2].map(|dimension| position(dimension, &labels[dimension]));
        if let Some(first) = lines.insert(at, line) {
            let message = format!("`{}` gives {} twice", sheet.data.file, labels.join(" / "));
            let place = sheet.data.place(line, sheet.columns[0]);
            reader.error_at("E1309", message, place, &format!("first given in row {}", first + 1));
        }
        let unit = sheet.units.get(&labels[1]).cloned().unwrap_or_default();
        for (year, column) in &sheet.years {
            let at = [&at[..], &[position(3, year)]].concat();
            let value = sheet.data.number(line, *column);
            found.push(Observation { at, value, attributes: vec![unit.clone()] });
        }
    }
    for dimension in &dimensions {
        let what = format!("codes of {}", dimension.name);
        reader.report.count(what, dimension.codes.len());
    }
    reader.report.count("observations", found.len());
    sheet
        .units
        .values()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .for_each(|unit| reader.report.unit(unit));
    let empty = found.iter().filter(|each| each.value.is_none()).count();
    if empty > 0 {
        reader.report.note(format!("{empty} observations have no value"));
    }
    Some(Observations {
        dataflow: String::new(),
        dimensions,
        attributes: vec!["unit".to_owned()],
        observations: found,
    })
}

/// The socio-economic accounts: one row per variable, in the year of the table.
pub(super) fn socio_economic(reader: &mut Reader<'_>, world: &mut World) {
    let is_accounts = |name: &str| name.contains("sea") && is_workbook(name);
    let Some(file) = reader.optional(is_accounts) else { return };
    let Some(sheet) = Sheet::read(reader, file) else { return };
    let data = &sheet.data;
    let Some((_, year_at)) = sheet.years.iter().find(|(year, _)| *year == world.year) else {
        let message = format!("`{}` has no column {}", data.file, world.year);
        reader.error_at("E1312", message, data.place(0, 0), "the headers are in this row");
        return;
    };
    let places = Places::of(world);
    let mut rows: Vec<Row> = Vec::new();
    let mut cells: Vec<(usize, usize, f64)> = Vec::new();
    let mut other = 0;
    for line in 1..data.rows() {
        let [of, variable, code] = sheet.line(line);
        if variable.is_empty() || code == "TOT" {
            continue;
        }
        let row = rows.iter().position(|row| row.name == variable).unwrap_or_else(|| {
            let unit = sheet.units.get(&variable).cloned().unwrap_or_default();
            rows.push(Row { name: variable.clone(), unit });
            rows.len() - 1
        });
        let key = (country(&of), code);
        match (places.industry.get(&key), data.number(line, *year_at)) {
            (Some(at), Some(value)) => cells.push((row, *at, value)),
            (Some(_), None) => {}
            (None, _) => other += 1,
        }
    }
    let mut by_industry = Matrix::zeros(rows.len(), world.table.industries.len());
    for (row, at, value) in cells {
        *by_industry.at_mut(row, at) = value;
    }
    if other > 0 {
        let what =
            format!("{other} lines of the socio-economic accounts for other countries or codes");
        reader.report.dropped(what);
    }
    note_absent(reader, world, "SEA", &by_industry);
    let name = "SEA".to_owned();
    world.table.extensions.push(Extension { name, rows, by_industry, by_final_demand: None });
}

/// Units by variable, from the description in the notes: what stands in brackets or after the comma.
fn units(sheets: &[Cells]) -> BTreeMap<String, String> {
    let mut units = BTreeMap::new();
    for cells in sheets.iter().filter(|cells| !cells.sheet.eq_ignore_ascii_case("data")) {
        for row in 0..cells.rows() {
            for column in 0..cells.columns() {
                let (variable, text) = (cells.words(row, column), cells.words(row, column + 1));
                let bracket = text.rsplit_once('(').map(|(_, unit)| unit.trim_end_matches(')'));
                let unit = bracket.or_else(|| text.rsplit_once(", ").map(|(_, unit)| unit));
                if let Some(unit) = unit {
                    let unit = unit.strip_prefix("in ").unwrap_or(unit);
                    units.insert(variable.to_owned(), unit.to_owned());
                }
            }
        }
    }
    units
}

/// Notes regions for which an account has nothing at all.
fn note_absent(reader: &mut Reader<'_>, world: &World, name: &str, cells: &Matrix) {
    let sums: Vec<f64> = cells.column_sums();
    let industries = &world.table.industries;
    let empty = |region: &&str| {
        industries.iter().zip(&sums).all(|(label, sum)| label.region != **region || *sum == 0.0)
    };
    let absent: Vec<&str> =
        world.table.regions().into_iter().filter(|region| empty(region)).collect();
    if !absent.is_empty() {
        reader.report.note(format!("{name} has nothing for {}; 0 stands there", absent.join(", ")));
    }
}

/// Accounts with one workbook per country, `AUS_AIR_May12.xls`: one extension per kind.
pub(super) fn by_country(reader: &mut Reader<'_>, world: &mut World) {
    let is_account = |name: &str| {
        let parts: Vec<&str> = name.split('_').collect();
        parts.len() >= 3 && parts[0].len() == 3 && is_workbook(name) && !name.contains("wiot")
    };
    let mut kinds: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for file in reader.source.find(is_account) {
        if let Some(kind) = last_part(file).split('_').nth(1) {
            kinds.entry(kind.to_uppercase()).or_default().push(file);
        }
    }
    let places = Places::of(world);
    for (kind, files) in kinds {
        let mut account = Account::default();
        for file in files {
            let Some(bytes) = reader.bytes(file) else { continue };
            let wanted = |name: &str| name == world.year;
            if let Some(sheets) = workbook::read(file, &bytes, wanted, &mut reader.findings) {
                let code = last_part(file).split('_').next().unwrap_or_default();
                account.take(&sheets[0], &country(code), &places);
            }
        }
        let extension = account.extension(world, &kind);
        note_absent(reader, world, &kind, &extension.by_industry);
        if kind == "AIR" {
            reader
                .report
                .note("AIR has no units; by its documentation CO2 is in Gg, the rest in t");
        }
        if account.unplaced > 0 {
            let what = format!(
                "{} lines of {kind}: totals, and codes that the table has not",
                account.unplaced
            );
            reader.report.dropped(what);
        }
        world.table.extensions.push(extension);
    }
}

/// One kind of account over all countries.
#[derive(Default)]
struct Account {
    stressors: Vec<String>,
    unit: String,
    /// Stressor, industry, value.
    by_industry: Vec<(usize, usize, f64)>,
    /// Stressor, category, value.
    by_demand: Vec<(usize, usize, f64)>,
    unplaced: usize,
}

impl Account {
    fn take(&mut self, cells: &Cells, country: &str, places: &Places) {
        let is_code = |text: &str| text.starts_with("sec");
        let code_at = (0..cells.columns().min(4))
            .find(|at| (1..cells.rows().min(6)).any(|row| is_code(cells.words(row, *at))));
        let Some(code_at) = code_at else { return };
        if self.unit.is_empty() {
            self.unit = cells.text(0, code_at);
        }
        let mut stressors = Vec::new();
        for column in code_at + 1..cells.columns() {
            let name = cells.text(0, column);
            if name.is_empty() {
                continue;
            }
            let at = self.stressors.iter().position(|known| *known == name).unwrap_or_else(|| {
                self.stressors.push(name);
                self.stressors.len() - 1
            });
            stressors.push((column, at));
        }
        for row in 1..cells.rows() {
            let code = cells.words(row, code_at);
            let key = (country.to_owned(), code.trim_start_matches("sec").to_owned());
            let industry = places.industry.get(&key).copied();
            let household = places.household.get(country).copied().filter(|_| code == "FC_HH");
            for (column, stressor) in &stressors {
                let Some(value) = cells.number(row, *column) else { continue };
                match (industry, household) {
                    (Some(at), _) => self.by_industry.push((*stressor, at, value)),
                    (None, Some(at)) => self.by_demand.push((*stressor, at, value)),
                    (None, None) => {}
                }
            }
            self.unplaced +=
                usize::from(industry.is_none() && household.is_none() && !code.is_empty());
        }
    }

    fn extension(&self, world: &World, kind: &str) -> Extension {
        let fill = |columns: usize, cells: &[(usize, usize, f64)]| {
            let mut matrix = Matrix::zeros(self.stressors.len(), columns);
            for (row, column, value) in cells {
                *matrix.at_mut(*row, *column) = *value;
            }
            matrix
        };
        let unit = |name: &str| match (kind, name) {
            ("AIR", "CO2") => "Gg".to_owned(),
            ("AIR", _) => "t".to_owned(),
            _ => self.unit.clone(),
        };
        let rows = self.stressors.iter().map(|name| Row { name: name.clone(), unit: unit(name) });
        Extension {
            name: kind.to_owned(),
            rows: rows.collect(),
            by_industry: fill(world.table.industries.len(), &self.by_industry),
            by_final_demand: Some(fill(world.table.categories.len(), &self.by_demand)),
        }
    }
}
