//! Stocks by year, and the baseline they stand on.

use study::results::{BaselinePath, BaselineShifter};

use super::{Path, spoken};
use crate::facts::{DEBT, FOREIGN_CAPITAL, Facts, MIGRATION};
use crate::number::{MISSING, decimals, plain, scientific, signed};
use crate::table::{Mark, Table, figures, words};

/// Capital of foreign firms, government debt and migration of the province by year; no rows where the
/// results have none of them.
pub(crate) fn stocks(facts: &Facts) -> Table {
    let caption = format!("Stocks by year: {}", facts.province.name);
    let mut table = Table::new(caption, vec![words("Year")]);
    for indicator in [FOREIGN_CAPITAL, DEBT] {
        table.columns.push(figures(indicator.label, indicator.unit));
        table.columns.push(figures("change", indicator.unit));
    }
    table.columns.push(figures(MIGRATION.label, MIGRATION.unit));
    let [capital, debt, moved] =
        [FOREIGN_CAPITAL, DEBT, MIGRATION].map(|each| Path::of(facts, each));
    let known = |path: &Path| path.changes.iter().any(|change| change.policy.is_some());
    if ![&capital, &debt, &moved].into_iter().any(known) {
        return table;
    }
    for (at, year) in facts.results.years.iter().enumerate() {
        let cells = [capital.policy(at), capital.change(at), debt.policy(at), debt.change(at)];
        let row = std::iter::once(year.to_string()).chain(cells).chain([moved.change(at)]);
        table.push(Mark::Ordinary, row.collect());
    }
    table
}

/// Macro paths of the baseline: growth, and how those that are given are hit.
pub(crate) fn baseline_paths(facts: &Facts) -> Table {
    let named = ["Variable", "Place", "Came about", "Found for it"].map(words).to_vec();
    let mut table = Table::new("Macro paths without the programme", named);
    table.columns.push(figures("Growth", "% a year"));
    table.columns.push(figures("Missed by", "relative"));
    table.with(facts.results.baseline.paths.iter().map(path_row))
}

fn path_row(path: &BaselinePath) -> Vec<String> {
    let given = !path.given.is_empty();
    let missed = given.then_some(path.deviation);
    let (come, found) = match path.shifter.as_str() {
        shifter if given => ("given", spoken(shifter)),
        _ => ("follows the drivers", MISSING.to_owned()),
    };
    vec![
        spoken(&path.variable),
        path.region.clone(),
        come.to_owned(),
        found,
        signed(growth(&path.reached), 2),
        scientific(missed),
    ]
}

/// Mean growth a year in percent.
fn growth(values: &[f64]) -> Option<f64> {
    let (first, last) = (values.first()?, values.last()?);
    let years = values.len().checked_sub(1).filter(|years| *years > 0)? as f64;
    let growth = 100.0 * ((last / first).powf(1.0 / years) - 1.0);
    growth.is_finite().then_some(growth)
}

/// What was found for given paths, first and last year.
pub(crate) fn shifters(facts: &Facts) -> Table {
    let named = ["Shifter", "Place", "Unit"].map(words).to_vec();
    let mut table = Table::new("Shifters of the baseline, which the policy keeps", named);
    for year in [facts.results.years.first(), facts.results.years.last()].into_iter().flatten() {
        table.columns.push(figures(&year.to_string(), ""));
    }
    if table.columns.len() < 5 {
        return table;
    }
    table.with(facts.results.baseline.shifters.iter().map(shifter_row))
}

fn shifter_row(shifter: &BaselineShifter) -> Vec<String> {
    let ends = [shifter.values.first(), shifter.values.last()].map(Option::<&f64>::copied);
    let digits = decimals(ends).max(4);
    let digits = if ends.iter().flatten().any(|value| value.abs() >= 100.0) { 0 } else { digits };
    let mut row = vec![spoken(&shifter.name), shifter.region.clone(), shifter.meaning.clone()];
    row.extend(ends.map(|value| plain(value, digits)));
    row
}
