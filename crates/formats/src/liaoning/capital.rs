//! Capital stock by perpetual inventory, foreign investment, research spending, notes on sources.

use accounts::{RegionalAccounts, Table};
use diagnostics::Findings;

use super::bounds::scalars;
use super::read::{names, sheet};
use crate::Files;
use crate::sheet::{Coverage, Key, distinct};

/// Capital stock of the province at the end of the base year, by perpetual inventory.
#[derive(Debug, Clone, PartialEq)]
pub struct CapitalStock {
    /// Stock at base-year prices, 100 million CNY, at [`CapitalStock::rate`].
    pub stock: f64,
    /// Depreciation rate of the main variant, per year.
    pub rate: f64,
    /// Stock at the low rate, 100 million CNY.
    pub stock_at_low_rate: f64,
    /// The low rate, per year.
    pub low_rate: f64,
    /// Investment at base-year prices by year, 100 million CNY.
    pub investment: Vec<f64>,
    /// Growth of investment before the first year, per year.
    pub initial_growth: f64,
}

impl CapitalStock {
    /// The stock at the end of the base year at another depreciation rate, 100 million CNY.
    pub fn at_rate(&self, rate: f64) -> f64 {
        inventory(&self.investment, self.initial_growth, rate)
    }

    /// Capital by industry, owner and region: depreciation over one rate, such that the home
    /// regions (all but the last) together hold [`CapitalStock::stock`].
    ///
    /// - returns the table and the rate it implies, per year. The rate of the accounts is lower
    ///   than that of the perpetual inventory: published depreciation is at historic cost.
    pub fn by_firm(&self, accounts: &RegionalAccounts) -> (Table, f64) {
        let last = accounts.sets.region.len().saturating_sub(1);
        let by_region = accounts.depreciation.sum_to(&["region"]);
        let home: f64 = by_region.values()[..last].iter().sum();
        let rate = home / self.stock;
        let axes: Vec<_> = accounts.depreciation.axes().iter().collect();
        let unit = accounts.depreciation.unit.clone();
        let table =
            Table::from_fn("capital", unit, &axes, |at| accounts.depreciation.at(at) / rate);
        (table, rate)
    }
}

/// A figure or an assumption with its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureNote {
    /// Name of the assumption or of the table.
    pub name: String,
    /// Value, or the title of the table.
    pub value: String,
    /// Unit.
    pub unit: String,
    /// Publisher or reason.
    pub source: String,
    /// `verified_at_source`, `secondary_source`, `from_memory_check_before_use`, `assumption`.
    pub status: String,
}

/// Figures that a model needs besides the accounts.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Capital stock of the province.
    pub capital: CapitalStock,
    /// Foreign direct investment actually used in the base year by region, million USD; the last
    /// is the rest of the country.
    pub foreign_direct_investment: Vec<f64>,
    /// Foreign direct investment actually used in the province by year, million USD.
    pub foreign_direct_investment_history: Vec<(u16, f64)>,
    /// Research and development spending of the province in the base year, 100 million CNY.
    pub research_spending: f64,
    /// Every table and every single assumption with its source and status.
    pub notes: Vec<FigureNote>,
}

const BASE_YEAR: &str = "2017";

pub(super) fn figures(files: &Files) -> Result<Figures, Findings> {
    let mut findings = Findings::default();
    let capital = capital(files, &mut findings);
    let foreign = foreign_direct_investment(files, &mut findings);
    let history = foreign_direct_investment_history(files, &mut findings);
    let research = research(files, &mut findings);
    let notes = notes(files, &mut findings);
    match (capital, foreign, research) {
        (Some(capital), Some(foreign_direct_investment), Some(research_spending))
            if !findings.has_errors() =>
        {
            Ok(Figures {
                capital,
                foreign_direct_investment,
                foreign_direct_investment_history: history,
                research_spending,
                notes,
            })
        }
        _ => Err(findings),
    }
}

fn capital(files: &Files, findings: &mut Findings) -> Option<CapitalStock> {
    let table = sheet(
        files,
        "fixed_capital_1952_2017.csv",
        &["year", "investment", "price_index"],
        findings,
    );
    let rates = scalars(
        files,
        &["depreciation_rate", "depreciation_rate_low", "initial_investment_growth"],
        findings,
    );
    let (table, rates) = (table?, rates?);
    let mut series = Vec::new();
    for row in &table.rows {
        let investment = table.number(row, "investment", findings);
        let price = table.number(row, "price_index", findings);
        series.extend(investment.zip(price));
    }
    let base_price = series.last()?.1;
    let real: Vec<f64> =
        series.iter().map(|(investment, price)| investment * base_price / price).collect();
    Some(CapitalStock {
        stock: inventory(&real, rates[2], rates[0]),
        rate: rates[0],
        stock_at_low_rate: inventory(&real, rates[2], rates[1]),
        low_rate: rates[1],
        initial_growth: rates[2],
        investment: real,
    })
}

/// Perpetual inventory: a steady state in the first year, then what is left and what is added.
fn inventory(investment: &[f64], growth: f64, rate: f64) -> f64 {
    let start = investment[0] / (rate + growth);
    investment[1..].iter().fold(start, |stock, added| stock * (1.0 - rate) + added)
}

fn foreign_direct_investment(files: &Files, findings: &mut Findings) -> Option<Vec<f64>> {
    let national = scalars(files, &["fdi_national_2017"], findings);
    let regions = sheet(files, "regions.csv", &["region"], findings);
    let table = sheet(files, "city_fdi_1996_2017.csv", &["region", "year", "value"], findings);
    let (national, regions, table) = (national?[0], distinct(&regions?, "region"), table?);
    let mut by_region = vec![0.0; regions.len()];
    for row in table.rows.iter().filter(|row| table.text(row, "year") == BASE_YEAR) {
        let region = table.name(row, Key { column: "region", names: &regions }, findings);
        let value = table.number(row, "value", findings);
        if let Some((region, value)) = region.zip(value) {
            by_region[region] += value;
        }
    }
    let home: f64 = by_region.iter().sum();
    *by_region.last_mut()? = national - home;
    Some(by_region)
}

/// The cities together, year by year.
fn foreign_direct_investment_history(files: &Files, findings: &mut Findings) -> Vec<(u16, f64)> {
    let table = sheet(files, "city_fdi_1996_2017.csv", &["year", "value"], findings);
    let mut by_year = std::collections::BTreeMap::new();
    for row in table.iter().flat_map(|table| &table.rows) {
        let Some(table) = &table else { continue };
        let year = table.number(row, "year", findings);
        let value = table.number(row, "value", findings);
        if let Some((year, value)) = year.zip(value) {
            *by_year.entry(year as u16).or_insert(0.0) += value;
        }
    }
    by_year.into_iter().collect()
}

fn research(files: &Files, findings: &mut Findings) -> Option<f64> {
    let mut table = sheet(files, "research_2011_2017.csv", &["year", "value"], findings)?;
    let texts = table.clone();
    table.rows.retain(|row| texts.text(row, "year") == BASE_YEAR);
    let years = names(&[BASE_YEAR]);
    let values = table.values(
        &[Key { column: "year", names: &years }],
        "value",
        Coverage::Complete,
        findings,
    );
    values.first().copied()
}

fn notes(files: &Files, findings: &mut Findings) -> Vec<FigureNote> {
    let mut notes: Vec<FigureNote> =
        files.keys().filter_map(|name| table_note(files, name, findings)).collect();
    let columns = ["name", "value", "unit", "source", "status"];
    let Some(table) = sheet(files, "assumptions.csv", &columns, findings) else { return notes };
    for row in &table.rows {
        let [name, value, unit, source, status] =
            columns.map(|column| table.text(row, column).to_owned());
        notes.push(FigureNote { name, value, unit, source, status });
    }
    notes
}

fn table_note(files: &Files, name: &str, findings: &mut Findings) -> Option<FigureNote> {
    let table = sheet(files, name, &[], findings)?;
    let said = |key: &str| table.about.get(key).cloned().unwrap_or_default();
    let [value, unit, source, status] = ["title", "unit", "publisher", "status"].map(said);
    Some(FigureNote { name: name.to_owned(), value, unit, source, status })
}
