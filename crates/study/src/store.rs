//! Results as files: one JSON with everything, and a tidy table for each list.
//!
//! | file                | one row per                                              |
//! |---------------------|----------------------------------------------------------|
//! | `results.json`      | everything, [`crate::results::FORMAT`] first             |
//! | `series.csv`        | scenario, variable, region, industry, owner, year        |
//! | `contributions.csv` | variable, region, industry, lever, year                  |
//! | `targets.csv`       | target                                                   |
//! | `costs.csv`         | lever, budget, year                                      |
//! | `net.csv`           | lever, region, measure                                   |
//! | `implied.csv`       | published figure                                         |
//! | `partners.csv`      | scenario, flow, partner, region, year                    |
//! | `levers.csv`        | lever                                                    |
//! | `parameters.csv`    | parameter or assumption                                  |
//! | `totals.csv`        | published total of the accounts                          |
//! | `plausibility.csv`  | check                                                    |
//! | `solves.csv`        | scenario, year                                           |
//!
//! Not here: opening files.

use std::collections::BTreeMap;

use diagnostics::{Diagnostic, Findings, Place};

use crate::results::{FORMAT, Results};

/// The files of some results, by name.
///
/// # Panics
/// When results cannot be serialised, which no value of the type can cause.
pub fn write(results: &Results) -> BTreeMap<String, String> {
    let json = serde_json::to_string(results).expect("plain data serialises");
    let tables = [
        ("series.csv", series(results)),
        ("contributions.csv", contributions(results)),
        ("targets.csv", targets(results)),
        ("costs.csv", costs(results)),
        ("net.csv", net(results)),
        ("implied.csv", implied(results)),
        ("partners.csv", partners(results)),
        ("levers.csv", levers(results)),
        ("parameters.csv", parameters(results)),
        ("totals.csv", totals(results)),
        ("plausibility.csv", plausibility(results)),
        ("solves.csv", solves(results)),
    ];
    let named = tables.into_iter().map(|(name, rows)| (name.to_owned(), text(&rows)));
    named.chain([("results.json".to_owned(), json)]).collect()
}

/// Results from the text of `results.json`.
///
/// # Errors
/// A finding with the line and column when the text is not results of a known format.
pub fn read(file: &str, text: &str) -> Result<Results, Findings> {
    let refuse = |message: String, line: usize, column: usize| {
        let mut findings = Findings::default();
        let place = Place::cell(file, line, column);
        let help = "results are written by `ironbelt run`; run the study again";
        findings.push(Diagnostic::error("E0310", message).at(place, "here").help(help));
        findings
    };
    let results: Results = serde_json::from_str(text).map_err(|error| {
        refuse(format!("not readable as results: {error}"), error.line(), error.column())
    })?;
    if results.format == FORMAT {
        Ok(results)
    } else {
        Err(refuse(
            format!("results of format {}, this program knows {FORMAT}", results.format),
            1,
            1,
        ))
    }
}

/// Rows of a table, the header first.
type Rows = Vec<Vec<String>>;

fn text(rows: &Rows) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).expect("memory takes every record of equal length");
    }
    String::from_utf8(writer.into_inner().expect("memory flushes")).expect("cells are text")
}

fn header(names: &[&str]) -> Rows {
    vec![names.iter().map(|name| (*name).to_owned()).collect()]
}

/// One row per year: the leading cells, the year, the value.
fn by_year(rows: &mut Rows, years: &[u16], leading: &[&str], values: &[f64]) {
    for (year, value) in years.iter().zip(values) {
        let cells = leading.iter().map(|cell| (*cell).to_owned());
        rows.push(cells.chain([year.to_string(), value.to_string()]).collect());
    }
}

fn series(results: &Results) -> Rows {
    let mut rows =
        header(&["scenario", "variable", "region", "industry", "owner", "unit", "year", "value"]);
    for each in &results.series {
        let leading =
            [&each.scenario, &each.variable, &each.region, &each.industry, &each.owner, &each.unit];
        by_year(&mut rows, &results.years, &leading.map(String::as_str), &each.values);
    }
    rows
}

fn contributions(results: &Results) -> Rows {
    let mut rows = header(&["variable", "region", "industry", "lever", "unit", "year", "value"]);
    for each in &results.contributions {
        let leading = [&each.variable, &each.region, &each.industry, &each.lever, &each.unit];
        by_year(&mut rows, &results.years, &leading.map(String::as_str), &each.values);
    }
    rows
}

fn targets(results: &Results) -> Rows {
    let mut rows = header(&[
        "name",
        "indicator",
        "region",
        "unit",
        "year",
        "value",
        "baseline",
        "policy",
        "gap",
        "required_growth_percent",
        "last_year",
        "last_value",
        "source",
    ]);
    for each in &results.targets {
        let numbers = [each.value, each.baseline, each.policy, each.gap, each.required_growth]
            .map(|x| x.to_string());
        let mut row: Vec<String> =
            [&each.name, &each.indicator, &each.region, &each.unit].map(Clone::clone).into();
        row.push(each.year.to_string());
        row.extend(numbers);
        row.extend([
            each.last_observation.0.to_string(),
            each.last_observation.1.to_string(),
            each.source.clone(),
        ]);
        rows.push(row);
    }
    rows
}

fn costs(results: &Results) -> Rows {
    let mut rows = header(&["lever", "budget", "unit", "year", "value"]);
    for each in &results.costs {
        by_year(&mut rows, &results.years, &[&each.lever, &each.budget, &each.unit], &each.values);
    }
    rows
}

fn net(results: &Results) -> Rows {
    let mut rows =
        header(&["lever", "region", "measure", "unit", "headline_year", "all_years", "adds_up"]);
    let number = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    rows.extend(results.net.iter().map(|each| {
        vec![
            each.lever.clone(),
            each.region.clone(),
            each.measure.clone(),
            each.unit.clone(),
            number(each.headline),
            number(each.all_years),
            each.adds.to_string(),
        ]
    }));
    rows
}

fn implied(results: &Results) -> Rows {
    let mut rows = header(&[
        "what",
        "unit",
        "published",
        "implied",
        "lowest",
        "highest",
        "fits",
        "source",
        "method",
    ]);
    rows.extend(results.implied.iter().map(|each| {
        let numbers = [each.implied, each.limits.0, each.limits.1].map(|x| x.to_string());
        let mut row = vec![each.what.clone(), each.unit.clone(), each.published.clone()];
        row.extend(numbers);
        row.extend([each.fits.to_string(), each.source.clone(), each.method.clone()]);
        row
    }));
    rows
}

fn partners(results: &Results) -> Rows {
    let mut rows = header(&["scenario", "flow", "partner", "region", "unit", "year", "value"]);
    for each in &results.partners {
        let leading = [&each.scenario, &each.flow, &each.partner, &each.region, &each.unit];
        by_year(&mut rows, &results.years, &leading.map(String::as_str), &each.values);
    }
    rows
}

fn levers(results: &Results) -> Rows {
    let mut rows = header(&["name", "kind", "summary", "source"]);
    rows.extend(results.levers.iter().map(|each| {
        vec![each.name.clone(), each.kind.clone(), each.summary.clone(), each.source.clone()]
    }));
    rows
}

fn parameters(results: &Results) -> Rows {
    let mut rows = header(&["name", "value", "unit", "source", "status"]);
    let row = |each: &crate::results::ParameterNote| {
        [&each.name, &each.value, &each.unit, &each.source, &each.status].map(Clone::clone).into()
    };
    rows.extend(results.parameters.iter().map(row));
    rows
}

fn totals(results: &Results) -> Rows {
    let mut rows = header(&["item", "unit", "published", "built", "note"]);
    let row = |each: &crate::results::TotalCheck| {
        vec![
            each.item.clone(),
            each.unit.clone(),
            each.published.to_string(),
            each.built.to_string(),
            each.note.clone(),
        ]
    };
    rows.extend(results.totals.iter().map(row));
    rows
}

fn plausibility(results: &Results) -> Rows {
    let mut rows = header(&["expectation", "found", "holds", "source"]);
    let row = |each: &crate::results::Plausibility| {
        vec![
            each.expectation.clone(),
            each.found.clone(),
            each.holds.to_string(),
            each.source.clone(),
        ]
    };
    rows.extend(results.plausibility.iter().map(row));
    rows
}

fn solves(results: &Results) -> Rows {
    let mut rows = header(&[
        "scenario",
        "year",
        "status",
        "zero_profit",
        "market_clearance",
        "income_balance",
        "walras",
        "newton_steps",
        "linear_iterations",
    ]);
    let row = |each: &crate::results::SolveRecord| {
        let c = each.certificate;
        let deviations = [c.zero_profit, c.market_clearance, c.income_balance, c.walras]
            .map(|x| format!("{x:e}"));
        let mut row = vec![each.scenario.clone(), each.year.to_string(), each.status.clone()];
        row.extend(deviations);
        row.extend([each.newton_steps.to_string(), each.linear_iterations.to_string()]);
        row
    };
    rows.extend(results.solves.iter().map(row));
    rows
}
