//! By industry: the largest gains and losses of output, domestic and foreign-owned firms.

use maud::{Markup, html};

use super::parts::{self, figure, numbers, shown};
use crate::chart::Meaning;
use crate::chart::bars::{self, Bar, Bars};
use crate::facts::{Change, Facts, INDUSTRY_JOBS, Key, OUTPUT};
use crate::number::{decimals, percent, plain, signed};
use crate::table::{Table, figures, words};
use crate::tables::{self, industry_key, spoken};

/// How many gains and how many losses are drawn.
const DRAWN: usize = 8;

/// Classes of the owners in the style sheet, in their order.
const OWNERS: [&str; 4] = ["owner-1", "owner-2", "owner-3", "owner-4"];

/// Which industries move.
pub(super) fn section(facts: &Facts) -> Markup {
    let study = &facts.results.study;
    let heading = format!("By industry in {}", study.headline_year);
    parts::section(
        "industries",
        &heading,
        "",
        html! {
            @if facts.industries().is_empty() { p.empty { "n/a" } } @else {
                div.grid { (drawing(facts))
                (owners(facts)) }
                (numbers(&tables::industries(facts, DRAWN)))
                details {
                    summary { "All industries" }
                    (shown(&all(facts)))
                }
            }
        },
    )
}

fn drawing(facts: &Facts) -> Markup {
    let leading = facts.leading_industries(DRAWN);
    let digits = decimals(leading.iter().map(|(_, change)| Some(*change)));
    let bar = |(name, change): &(&str, f64)| one(facts, name, *change, digits);
    let heading = format!("Output against baseline, {}", OUTPUT.unit);
    let chart = Bars {
        meaning: Meaning {
            id: "industries-output".to_owned(),
            title: format!("{heading}: largest gains and losses"),
            description: "Bars to the right are gains, to the left losses, by owner.".to_owned(),
        },
        unit: OUTPUT.unit,
        rows: leading.iter().map(bar).collect(),
        line: None,
    };
    figure(&heading, html! { (key(facts)) (bars::draw(&chart)) }, html! {})
}

/// A bar by owner, or in one piece if the results do not tell owners apart.
fn one(facts: &Facts, industry: &str, change: f64, digits: usize) -> Bar {
    let by_owner = |(owner, class)| {
        let key = Key { indicator: OUTPUT, place: &facts.province, industry, owner };
        Some((facts.headline(key).absolute()?, class))
    };
    let parts: Option<Vec<_>> = facts.owners().into_iter().zip(OWNERS).map(by_owner).collect();
    let text = signed(Some(change), digits);
    match parts.filter(|parts| !parts.is_empty()) {
        Some(parts) => bars::stacked(industry, &parts, text),
        None => bars::simple(industry, Some(change), text, bars::gain_or_loss(change)),
    }
}

/// Which colour is which owner.
fn key(facts: &Facts) -> Markup {
    html! {
        p.key {
            @for (owner, class) in facts.owners().into_iter().zip(OWNERS) {
                i class=(class) {} (spoken(owner)) " firms "
            }
        }
    }
}

/// Output of each kind of owner over all industries.
fn owners(facts: &Facts) -> Markup {
    let names = facts.owners();
    if names.is_empty() {
        return html! {};
    }
    let changes: Vec<Change> = names.iter().map(|owner| of_owner(facts, owner)).collect();
    let digits = decimals(changes.iter().map(|change| change.absolute()));
    let rows = names.iter().zip(changes).map(|(owner, change)| {
        vec![
            format!("{} firms", spoken(owner)),
            plain(change.baseline, digits),
            plain(change.policy, digits),
            signed(change.absolute(), digits),
            percent(change.percent()),
        ]
    });
    let columns = ["Baseline", "Policy", "Change"].map(|name| figures(name, OUTPUT.unit));
    let mut table = Table::new("Output by owner, all industries", vec![words("Owner")]);
    table.columns.extend(columns);
    table.columns.push(figures("Change", "%"));
    shown(&table.with(rows))
}

/// Output of one kind of owner, summed over industries.
fn of_owner(facts: &Facts, owner: &str) -> Change {
    let industries = &facts.results.study.industries;
    let changes = || {
        industries
            .iter()
            .map(|industry| facts.headline(industry_key(facts, OUTPUT, industry, owner)))
    };
    Change {
        baseline: changes().map(|change| change.baseline).sum(),
        policy: changes().map(|change| change.policy).sum(),
    }
}

/// Every industry in the order of the accounts.
fn all(facts: &Facts) -> Table {
    let change = |indicator, industry| facts.headline(industry_key(facts, indicator, industry, ""));
    let mut table = Table::new("All industries, change against baseline", vec![words("Industry")]);
    table.columns.push(figures("Output", OUTPUT.unit));
    table.columns.push(figures("Output", "%"));
    table.columns.push(figures("Jobs", INDUSTRY_JOBS.unit));
    table.with(facts.results.study.industries.iter().map(|industry| {
        let output = change(OUTPUT, industry);
        vec![
            industry.clone(),
            signed(output.absolute(), 3),
            signed(output.percent(), 2),
            signed(change(INDUSTRY_JOBS, industry).absolute(), 2),
        ]
    }))
}
