//! What the levers contribute, what they cost, what they are and where they come from.

use maud::{Markup, html};

use super::parts::{self, figure, numbers, shown};
use crate::chart::Meaning;
use crate::chart::bars::{self, Bar, Bars, Segment};
use crate::facts::{Breakdown, Facts, GDP, Indicator, JOBS};
use crate::number::{MISSING, decimals, signed};
use crate::table::{Table, words};
use crate::tables::{self, spoken};

/// Steps from nothing to the total, for GDP and for jobs.
pub(super) fn contributions(facts: &Facts) -> Markup {
    let study = &facts.results.study;
    let heading = format!("What the levers contribute in {}", study.headline_year);
    let lead = "Each bar starts where the one above ends; the last is the whole programme.";
    parts::section(
        "contributions",
        &heading,
        lead,
        html! {
            div.grid {
                @for indicator in [GDP, JOBS] { (waterfall(facts, indicator)) }
            }
            (numbers(&tables::contributions(facts)))
        },
    )
}

fn waterfall(facts: &Facts, indicator: Indicator) -> Markup {
    let heading = format!("{} against baseline, {}", indicator.label, indicator.unit);
    let Some(breakdown) = facts.breakdown(indicator) else {
        return figure(&heading, html! { p.empty { (MISSING) } }, html! {});
    };
    let chart = Bars {
        meaning: Meaning {
            id: format!("contributions-{}", indicator.variable),
            title: format!("{heading}, by lever"),
            description: "Steps that add up to the total; the table has the numbers.".to_owned(),
        },
        unit: indicator.unit,
        rows: steps(&breakdown),
        line: None,
    };
    figure(&heading, bars::draw(&chart), html! {})
}

/// One bar after the other, then the total from zero; numbers as in the table.
fn steps(breakdown: &Breakdown) -> Vec<Bar> {
    let mut reached = 0.0;
    let mut bars = Vec::new();
    for ((name, value), text) in breakdown.parts.iter().zip(tables::printed_values(breakdown)) {
        let segment =
            Segment { from: reached, to: reached + value, class: bars::gain_or_loss(*value) };
        reached += value;
        bars.push(Bar {
            name: spoken(name),
            segments: vec![segment],
            value: text,
            is_total: false,
        });
    }
    bars.push(Bar {
        name: tables::ALL_LEVERS.to_owned(),
        segments: vec![Segment { from: 0.0, to: breakdown.total, class: "sum" }],
        value: signed(Some(breakdown.total), decimals([Some(breakdown.total)])),
        is_total: true,
    });
    bars
}

/// Cost by year and budget.
pub(super) fn costs(facts: &Facts) -> Markup {
    parts::section(
        "costs",
        "What the programme costs",
        "",
        html! {
            (shown(&tables::costs(facts)))
            (shown(&tables::costs_by_lever(facts)))
        },
    )
}

/// The levers with their sources.
pub(super) fn list(facts: &Facts) -> Markup {
    let columns = ["Lever", "Kind", "What it does", "Source"].map(words).to_vec();
    let rows = facts.results.levers.iter().map(|lever| {
        vec![spoken(&lever.name), lever.kind.clone(), lever.summary.clone(), lever.source.clone()]
    });
    parts::section(
        "levers",
        "The levers",
        "",
        shown(&Table::new("Levers of the study", columns).with(rows)),
    )
}
