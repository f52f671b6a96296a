//! Policy against baseline over the years: GDP, jobs, foreign investment, trade.

use maud::{Markup, html};

use super::parts::{self, figure, numbers, shown};
use crate::chart::Meaning;
use crate::chart::lines::{self, Paths};
use crate::facts::{FDI, Facts, GDP, Indicator, JOBS, Key, TRADE};
use crate::tables;

/// A figure for each indicator.
pub(super) fn section(facts: &Facts) -> Markup {
    let lead = "Above the two paths, below their difference in percent, which the eye would miss in \
                the levels. The scale of the levels does not start at zero.";
    parts::section(
        "paths",
        "Year by year",
        lead,
        html! {
            div.grid {
                @for indicator in [GDP, JOBS, FDI, TRADE] { (path(facts, indicator)) }
            }
            (numbers(&tables::years(facts)))
            @let stocks = tables::stocks(facts);
            @if !stocks.rows.is_empty() { (shown(&stocks)) }
        },
    )
}

/// The baseline: paths that are given, and what was found for them.
pub(super) fn baseline(facts: &Facts) -> Markup {
    let paths = tables::baseline_paths(facts);
    if paths.rows.is_empty() {
        return html! {};
    }
    let lead = "A path that is given is hit exactly, because a shifter is found for it. The policy \
                keeps the shifters and is free to leave the paths.";
    parts::section(
        "baseline",
        "Without the programme",
        lead,
        html! { (shown(&paths)) (numbers(&tables::shifters(facts))) },
    )
}

fn path(facts: &Facts, indicator: Indicator) -> Markup {
    let study = &facts.results.study;
    let heading = format!("{}, {}", indicator.label, study.home);
    let changes = facts.path(Key::all(indicator, &facts.province));
    if changes.iter().all(|each| each.policy.is_none() && each.baseline.is_none()) {
        return figure(&heading, html! { p.empty { "n/a" } }, html! {});
    }
    let drawing = lines::draw(&Paths {
        meaning: Meaning {
            id: format!("path-{}", indicator.variable),
            title: format!("{heading}: policy against baseline"),
            description: "Lines over the years; the table below has the numbers.".to_owned(),
        },
        unit: indicator.unit,
        years: &facts.results.years,
        marked: study.headline_year,
        changes: &changes,
    });
    figure(&heading, drawing, numbers(&tables::path(facts, indicator, &facts.province)))
}
