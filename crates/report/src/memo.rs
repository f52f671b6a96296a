//! A study on two pages: the answer, what it rests on, what is missing to the targets.
//!
//! Page one is what a decision maker reads; page two is for who is asked about it afterwards. A
//! forecast adds the odds of the targets. Not here: how documents look (`crate::document`).

use study::ensemble::forecast::Forecast;
use study::results::Results;

use crate::chart::Meaning;
use crate::chart::lines::{self, Paths};
use crate::document::{Card, Document, Part};
use crate::facts::{BUDGET, EXPORTS, FDI, Facts, GDP, Indicator, JOBS, Key, TRADE};
use crate::html::levers;
use crate::number::{count, decimals, percent, plain, signed};
use crate::table::{Table, figures};
use crate::{chart, findings, tables, text};

/// Industries on either side.
const FEW: usize = 3;
/// Assumptions that are named.
const NAMED: usize = 6;

/// The memo of a run.
///
/// - `forecast`: odds of the targets, where an ensemble was made.
pub fn memo(results: &Results, forecast: Option<&Forecast>) -> Document {
    let facts = Facts::new(results);
    let study = &results.study;
    let mut parts = vec![
        Part::Text(study.description.clone()),
        Part::Answer(findings::answer(&facts)),
        Part::Findings(findings::findings(&facts)),
        Part::Cards(
            [GDP, JOBS, FDI, TRADE, EXPORTS, BUDGET].map(|each| card(&facts, each)).to_vec(),
        ),
        Part::Drawings(vec![path(&facts, GDP), contributions(&facts)]),
        Part::Heading("Official targets".to_owned()),
        Part::Table(targets(&facts, forecast)),
    ];
    parts.extend(odds(forecast).map(Part::Note));
    parts.extend([
        Part::NewPage,
        Part::Heading("Who gains, who loses".to_owned()),
        Part::Table(tables::areas(&facts)),
        Part::Table(tables::industries(&facts, FEW)),
        Part::Heading("What it costs".to_owned()),
        Part::Table(tables::value_for_money(&facts)),
        Part::Heading("How far to trust this".to_owned()),
        Part::Findings(trust(&facts)),
        Part::Note(provenance(&facts)),
    ]);
    Document {
        title: study.title.clone(),
        setting: findings::setting(&facts),
        foot: format!(
            "Ironbelt {} · study {} · a baseline is not a forecast, and a model is not the economy",
            results.provenance.version,
            short(&results.provenance.study_sha256)
        ),
        parts,
    }
}

fn short(checksum: &str) -> &str {
    checksum.get(..12).unwrap_or(checksum)
}

fn card(facts: &Facts, indicator: Indicator) -> Card {
    let change = facts.headline(Key::all(indicator, &facts.province));
    let by = change.absolute();
    let digits = decimals([change.policy]).max(1);
    let share = if indicator.variable == BUDGET.variable {
        String::new()
    } else {
        format!("{} % · ", percent(change.percent()))
    };
    Card {
        label: indicator.label.to_owned(),
        figure: format!("{} {}", signed(by, decimals([by])), indicator.unit),
        below: format!(
            "{share}{} instead of {}",
            plain(change.policy, digits),
            plain(change.baseline, digits)
        ),
    }
}

fn path(facts: &Facts, indicator: Indicator) -> String {
    let changes = facts.path(Key::all(indicator, &facts.province));
    let title = format!("{}, {}", indicator.label, facts.province.name);
    let drawn = lines::draw(&Paths {
        meaning: Meaning {
            id: format!("memo-{}", indicator.variable),
            title: title.clone(),
            description: "With and without the programme; below, the difference in per cent."
                .to_owned(),
        },
        unit: indicator.unit,
        years: &facts.results.years,
        marked: facts.results.study.headline_year,
        changes: &changes,
    });
    chart::standalone(&title, &drawn.into_string())
}

fn contributions(facts: &Facts) -> String {
    let year = facts.results.study.headline_year;
    let title = format!("GDP in {year}: what each lever contributes, bn CNY");
    levers::steps_of(facts, GDP)
        .map(|drawn| chart::standalone(&title, &drawn.into_string()))
        .unwrap_or_default()
}

/// Targets as in every report, and their odds where they are known.
fn targets(facts: &Facts, forecast: Option<&Forecast>) -> Table {
    let mut table = Table { caption: String::new(), ..tables::targets(facts) };
    let Some(forecast) = forecast else { return table };
    table.columns.push(figures("Probability", "%"));
    for (row, target) in table.rows.iter_mut().zip(&facts.results.targets) {
        let told = forecast.targets.iter().find(|each| each.name == target.name);
        row.cells.push(told.map_or_else(
            || "n/a".to_owned(),
            |told| {
                let odds = plain(Some(100.0 * told.probability), 0);
                match told.probability_error {
                    Some(error) => format!("{odds} ± {}", plain(Some(100.0 * error), 0)),
                    None => odds,
                }
            },
        ));
    }
    table
}

fn odds(forecast: Option<&Forecast>) -> Option<String> {
    let told = forecast?;
    let failed = match told.failed {
        0 => String::new(),
        failed => format!("; {} did not solve and are in no figure", count(failed)),
    };
    Some(format!(
        "Probabilities: {} draws of the whole path with other parameters, growth, inflows and projects{failed}. \
         The error is that of the number of draws, not of the assumptions.",
        count(told.draws)
    ))
}

fn trust(facts: &Facts) -> Vec<String> {
    let mut lines = text::trust_lines(facts);
    let assumed = facts.results.parameters.iter().filter(|each| each.status == "assumption");
    let names: Vec<String> = assumed.map(|each| each.name.replace('_', " ")).take(NAMED).collect();
    if !names.is_empty() {
        lines.push(format!("Assumptions: among them {}.", names.join("; ")));
    }
    let unfit = facts.results.implied.iter().filter(|each| !each.fits);
    let unfit: Vec<&str> = unfit.map(|each| each.what.as_str()).collect();
    if !unfit.is_empty() {
        lines
            .push(format!("Does not fit: {} (published figures say otherwise).", unfit.join("; ")));
    }
    lines
}

fn provenance(facts: &Facts) -> String {
    let provenance = &facts.results.provenance;
    format!(
        "Made by Ironbelt {} from the study with checksum {} and {} tables. The same files give the same \
         numbers. Levers with sources, all parameters with status, and every identity of the accounts are in \
         the report and the workbook of the run.",
        provenance.version,
        short(&provenance.study_sha256),
        provenance.inputs.len(),
    )
}
