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
    let method = facts.results.decomposition.statement.as_str();
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
            @if !method.is_empty() { p { "Contributions by " (method) "." } }
        },
    )
}

fn waterfall(facts: &Facts, indicator: Indicator) -> Markup {
    let heading = format!("{} against baseline, {}", indicator.label, indicator.unit);
    match steps_of(facts, indicator) {
        Some(drawn) => figure(&heading, drawn, html! {}),
        None => figure(&heading, html! { p.empty { (MISSING) } }, html! {}),
    }
}

/// What each lever contributes, one bar after the other.
pub(crate) fn steps_of(facts: &Facts, indicator: Indicator) -> Option<Markup> {
    let heading = format!("{} against baseline, {}", indicator.label, indicator.unit);
    let breakdown = facts.breakdown(indicator)?;
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
    Some(bars::draw(&chart))
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

/// What comes of the levers, net, and what is paid for it.
pub(super) fn net(facts: &Facts) -> Markup {
    if facts.results.net.is_empty() {
        return html! {};
    }
    let projects = tables::projects(facts);
    let lead = "Policy less baseline, so what is displaced, crowded out and imported is already \
                deducted. Levers and interaction add up to the programme; ratios do not.";
    parts::section(
        "net",
        "Net effects and value for money",
        lead,
        html! {
            (shown(&tables::net_effects(facts)))
            (shown(&tables::value_for_money(facts)))
            @if !projects.rows.is_empty() { (shown(&projects)) }
        },
    )
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
