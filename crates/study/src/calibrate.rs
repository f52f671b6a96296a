//! Numbers of a study updated from history, with the fit before and after.
//!
//! | number              | from                              | how                                         |
//! |---------------------|-----------------------------------|---------------------------------------------|
//! | process of inflows  | yearly levels                      | robust scale, counted breaks (`crate::ensemble::history`); clustering by the least CRPS of a backtest |
//! | `sigma_value_added` | labour and capital income, capital | below                                       |
//!
//! With capital K (at current prices), income Y = labour + capital income and capital's share s, the
//! condition of cost minimisation of a CES function is ln s = c + (σ − 1) / σ · ln (K / Y). c may hold any
//! labour-saving change. From one observed year to the next:
//!
//! > Δ ln s = (σ − 1) / σ · Δ ln (K / Y) + e
//!
//! with normal errors of unknown spread (Jeffreys' prior), so the likelihood of σ is SSE(σ)^(−n/2). It
//! meets the triangle of `data/uncertainty.csv` as a prior; the posterior is summed on a grid. Only
//! years up to the study's base year count.
//! Not here: what the numbers do (`crate::ensemble`), text for people (crate `report`).

use diagnostics::{Diagnostic, Findings};
use formats::sheet::Sheet;
use serde::Serialize;

use crate::ensemble::backtest::{Fit, Horizon, backtest};
use crate::ensemble::drivers::Drivers;
use crate::ensemble::standing::Standing;
use crate::ensemble::uncertainty::Uncertainty;
use crate::inputs::{Inputs, LIAONING};
use crate::spec::{Status, Study};

/// Incomes of Liaoning that ship with the program: name and text.
pub const SHIPPED: (&str, &str) = (
    "data/history/liaoning_income_1997_2017.csv",
    include_str!("../../../data/history/liaoning_income_1997_2017.csv"),
);

/// Columns of a table of incomes.
pub const COLUMNS: [&str; 4] = ["year", "labour_income", "capital_income", "capital"];

/// A table of incomes that cannot be used.
pub const BAD_HISTORY: &str = "E1913";

/// Values of clustering that are tried.
const CLUSTERING: [f64; 7] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7];
/// Points of the grid of an elasticity.
const GRID: usize = 2001;
/// Changes from one observed year to the next that are needed at least.
const LEAST: usize = 3;

/// What a calibration says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// Title of the study.
    pub study: String,
    /// Processes of inflows with a history of their own.
    pub inflows: Vec<InflowFit>,
    /// Elasticities.
    pub elasticities: Vec<ElasticityFit>,
}

/// The process of an inflow.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InflowFit {
    /// Variable.
    pub indicator: String,
    /// First and last year of its levels.
    pub years: (u16, u16),
    /// Robust standard deviation of yearly log growth; that of the table, and that of history.
    pub scale: (f64, f64),
    /// Deviations that count as breaks, log points.
    pub breaks: Vec<f64>,
    /// Clustering of the table, and that with the least CRPS one year ahead.
    pub clustering: (f64, f64),
    /// Backtest with the numbers of the table alone.
    pub before: Vec<Horizon>,
    /// Backtest of the process fitted to history, with the clustering found.
    pub after: Vec<Horizon>,
}

/// An elasticity.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ElasticityFit {
    /// Parameter.
    pub name: String,
    /// Years observed.
    pub years: Vec<u16>,
    /// Low, mode and high of the prior.
    pub prior: (f64, f64, f64),
    /// 5 %, mean and 95 % of the posterior.
    pub posterior: (f64, f64, f64),
    /// What is explained.
    pub explains: String,
    /// Root mean square error of it with the study's value.
    pub before: f64,
    /// The same with the posterior mean.
    pub after: f64,
    /// Source of the history.
    pub source: String,
}

/// Incomes and capital by year.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Incomes {
    rows: Vec<(u16, f64, f64, f64)>,
    source: String,
}

impl Incomes {
    /// Those that ship with the program, for the accounts they are of.
    pub fn shipped(study: &Study) -> Option<Self> {
        let read = || Self::parse(SHIPPED.0, SHIPPED.1).ok();
        (study.accounts == LIAONING).then(read).flatten()
    }

    /// Reads a table with the columns [`COLUMNS`].
    ///
    /// # Errors
    /// All findings in the table.
    pub fn parse(file: &str, text: &str) -> Result<Self, Findings> {
        let mut findings = Findings::default();
        let sheet = Sheet::parse(file, text, &COLUMNS, &mut findings);
        let mut rows = Vec::new();
        for (sheet, row) in sheet.iter().flat_map(|s| s.rows.iter().map(move |row| (s, row))) {
            let [year, labour, capital_income, capital] =
                COLUMNS.map(|column| sheet.number(row, column, &mut findings));
            let values = [year, labour, capital_income, capital];
            if let [Some(year), Some(labour), Some(income), Some(capital)] = values {
                if labour > 0.0 && income > 0.0 && capital > 0.0 {
                    rows.push((year as u16, labour, income, capital));
                    continue;
                }
                let finding =
                    Diagnostic::error(BAD_HISTORY, "incomes and capital must be positive");
                let help = "leave the year out where one of them is not known";
                findings.push(finding.at(sheet.place(row, "year"), "this year").help(help));
            }
        }
        rows.sort_by_key(|row| row.0);
        if findings.has_errors() {
            return Err(findings);
        }
        let publisher = sheet.and_then(|sheet| sheet.about.get("publisher").cloned());
        Ok(Self { rows, source: publisher.unwrap_or_else(|| file.to_owned()) })
    }
}

/// Updates a study's numbers from history.
///
/// - `incomes`: history of incomes, where there is one.
pub fn calibrate(study: &Study, inputs: &Inputs, incomes: Option<&Incomes>) -> Calibration {
    let table = Uncertainty::of_study(study);
    let drivers = Drivers::new(study, inputs, table.clone(), &Standing::default());
    let fits = drivers.inflows.iter().filter_map(|inflow| {
        let known = inflow.levels.iter().filter(|(year, _)| *year <= study.years.base);
        inflow_fit(inflow.indicator, &known.copied().collect::<Vec<_>>(), &table)
    });
    Calibration {
        study: study.title.clone(),
        inflows: fits.collect(),
        elasticities: incomes
            .and_then(|incomes| value_added(study, &table, incomes))
            .into_iter()
            .collect(),
    }
}

fn inflow_fit(indicator: &str, levels: &[(u16, f64)], table: &Uncertainty) -> Option<InflowFit> {
    let volatility = crate::ensemble::history::Volatility::of(
        levels,
        crate::ensemble::history::Assumed::of(table),
    );
    if volatility.years == 0 || backtest(levels, table, Fit::History).is_empty() {
        return None;
    }
    let tried = CLUSTERING.map(|clustering| {
        let mut other = table.clone();
        other.set("clustering", clustering, clustering, clustering, "tried", Status::Assumption);
        (clustering, backtest(levels, &other, Fit::History))
    });
    let best = tried.into_iter().min_by(|a, b| a.1[0].crps.total_cmp(&b.1[0].crps))?;
    Some(InflowFit {
        indicator: indicator.to_owned(),
        years: (levels.first()?.0, levels.last()?.0),
        scale: (table.scalar("inflow_scale"), volatility.sigma),
        breaks: volatility.breaks,
        clustering: (table.scalar("clustering"), best.0),
        before: backtest(levels, table, Fit::Assumed),
        after: best.1,
    })
}

/// σ of labour and capital.
fn value_added(study: &Study, table: &Uncertainty, incomes: &Incomes) -> Option<ElasticityFit> {
    let name = "sigma_value_added";
    let rows: Vec<_> =
        incomes.rows.iter().filter(|row| row.0 <= study.years.base).copied().collect();
    // Logarithms of capital's share and of capital over income.
    let known: Vec<(f64, f64)> = rows
        .iter()
        .map(|(_, labour, income, capital)| {
            let all = labour + income;
            ((income / all).ln(), (capital / all).ln())
        })
        .collect();
    let changes: Vec<(f64, f64)> =
        known.windows(2).map(|pair| (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1)).collect();
    if changes.len() < LEAST {
        return None;
    }
    let squares = |sigma: f64| -> f64 {
        let slope = (sigma - 1.0) / sigma;
        changes.iter().map(|(share, ratio)| (share - slope * ratio).powi(2)).sum()
    };
    let n = changes.len() as f64;
    let row = table.find(name)?;
    let mode = study.parameters.get(name);
    let (low, high) = (row.low.min(mode), row.high.max(mode));
    let prior = |sigma: f64| {
        if sigma <= mode {
            if mode > low { (sigma - low) / (mode - low) } else { 1.0 }
        } else {
            (high - sigma) / (high - mode)
        }
    };
    let grid = (0..GRID).map(|at| low + (high - low) * at as f64 / (GRID - 1) as f64);
    let least = grid.clone().map(&squares).fold(f64::INFINITY, f64::min).max(f64::MIN_POSITIVE);
    let weighed: Vec<(f64, f64)> = grid
        .map(|sigma| (sigma, prior(sigma) * (squares(sigma).max(least) / least).powf(-0.5 * n)))
        .collect();
    let all: f64 = weighed.iter().map(|(_, weight)| weight).sum();
    let mean = weighed.iter().map(|(sigma, weight)| sigma * weight).sum::<f64>() / all;
    let at = |level: f64| {
        let mut below = 0.0;
        let found = weighed.iter().find(|(_, weight)| {
            below += weight / all;
            below >= level
        });
        found.map_or(high, |(sigma, _)| *sigma)
    };
    let error = |sigma: f64| (squares(sigma) / n).sqrt();
    Some(ElasticityFit {
        name: name.to_owned(),
        years: rows.iter().map(|row| row.0).collect(),
        prior: (low, mode, high),
        posterior: (at(0.05), mean, at(0.95)),
        explains: "logarithm of capital's share in income, from one observed year to the next"
            .to_owned(),
        before: error(mode),
        after: error(mean),
        source: incomes.source.clone(),
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn study(sigma: f64) -> Study {
        let mut study = Study::default();
        study.years.base = 2017;
        study.parameters.set("sigma_value_added", sigma, "test".to_owned(), Status::Assumption);
        study
    }

    #[test]
    fn an_elasticity_that_made_the_history_is_found_again() {
        // Incomes of σ = 0.7, whose capital doubles relative to income again and again.
        let slope = (0.7 - 1.0) / 0.7;
        let mut text = format!("{}\n", COLUMNS.join(","));
        for at in 0..6u16 {
            let ratio = 2.0 * 1.3f64.powi(i32::from(at));
            // A little noise of both signs, so that there is a spread.
            let noise = 0.01 * f64::from(i16::try_from(at % 2).expect("small"));
            let share = (0.4f64.ln() + slope * (ratio / 2.0).ln() + noise).exp();
            let _ = writeln!(text, "{},{},{share},{ratio}", 1990 + 5 * at, 1.0 - share);
        }
        let incomes = Incomes::parse("h.csv", &text).expect("correct");
        let told = value_added(&study(0.5), &Uncertainty::default(), &incomes).expect("history");
        let (low, mean, high) = told.posterior;
        assert!((mean - 0.7).abs() < 0.02 && low < 0.7 && 0.7 < high, "{told:?}");
        assert!(told.after < 0.2 * told.before && told.years.len() == 6, "{told:?}");
        // Later years than the base year do not enter.
        let mut early = study(0.5);
        early.years.base = 2000;
        assert_eq!(value_added(&early, &Uncertainty::default(), &incomes), None);
    }

    #[test]
    fn the_shipped_history_moves_the_elasticity_and_explains_more() {
        let incomes = Incomes::parse(SHIPPED.0, SHIPPED.1).expect("the shipped table is correct");
        let told = value_added(&study(0.5), &Uncertainty::default(), &incomes).expect("history");
        assert_eq!(told.years, [1997, 2002, 2007, 2012, 2017]);
        assert!(told.posterior.1 > 0.8 && told.after < 0.2 * told.before, "{told:?}");
    }

    #[test]
    fn what_is_not_positive_is_a_finding_with_its_line() {
        let text = format!("{}\n1997,1,2,3\n2002,1,0,3\n", COLUMNS.join(","));
        let findings = Incomes::parse("h.csv", &text).expect_err("no income");
        let first = findings.iter().next().expect("one");
        assert_eq!(
            (first.code, first.place.as_ref().map(|place| place.line)),
            (BAD_HISTORY, Some(3))
        );
    }
}
