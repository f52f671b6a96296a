//! The impact of an event on one page: what it brings net, by stage, by region, by industry.
//!
//! Job-years of construction and permanent jobs stand in figures of their own and are never added.
//! Not here: how the impact is computed (`study::event`), how documents look (`crate::document`).

use study::event::{Amounts, Assessment, Event, Part as Share, Phase};

use crate::chart::bars::{self, Bars, gain_or_loss, simple};
use crate::chart::{self, Meaning};
use crate::document::{Card, Document, Part};
use crate::number::{decimals, plain, signed};
use crate::table::{Mark, Table, figures, words};
use crate::unit;

/// Regions drawn.
const REGIONS: usize = 6;
/// Industries drawn.
const INDUSTRIES: usize = 8;
/// Figures of jobs have this many decimals; people are whole.
const WHOLE: usize = 0;

/// The sheet.
///
/// - `year`: year of the accounts, where it is known.
pub fn impact_sheet(event: &Event, found: &Assessment, year: Option<u16>) -> Document {
    let place = format!("{} in {}", found.industry, found.region);
    let title = if found.title.is_empty() { place.clone() } else { found.title.clone() };
    let prices = year.map(|year| format!(", prices and coefficients of {year}"));
    let mut parts: Vec<Part> = vec![
        Part::Answer(answer(found)),
        Part::Cards(found.phases.iter().flat_map(|phase| cards(found, phase)).collect()),
    ];
    for phase in &found.phases {
        parts.push(Part::Heading(lead(found, phase)));
        parts.push(Part::Text(sourcing(event, found, phase)));
        parts.push(Part::Table(stages(found, phase)));
        if phase.regions.len() > 1 {
            parts.push(Part::Table(places(found, phase)));
        }
        parts.push(Part::Drawings(drawings(found, phase)));
    }
    parts.push(Part::Heading("Assumptions".to_owned()));
    parts.extend(assumptions(found).into_iter().map(Part::Note));
    Document {
        title,
        setting: format!(
            "Impact of {place} · accounts {}{}",
            found.accounts,
            prices.unwrap_or_default()
        ),
        foot: format!(
            "Ironbelt {} · an input-output impact: first-round prices and capacity do not move",
            env!("CARGO_PKG_VERSION")
        ),
        parts,
    }
}

/// What the impact rests on, a sentence each.
pub fn assumptions(found: &Assessment) -> Vec<String> {
    let mut out = vec![match found.propensity {
        Some(spent) => {
            let spent = plain(Some(spent), 2);
            format!("Households spend {spent} of each unit of income they earn (induced).")
        }
        None => "Nothing is induced: no names in the table tell household income and consumption \
                 (--income, --households)."
            .to_owned(),
    }];
    let displaced = plain(Some(100.0 * found.displacement), 1);
    out.push(format!(
        "{displaced} % of the gross impact takes the place of other activity (displaced), in all \
         regions alike."
    ));
    out.push(
        "Prices and capacity do not move; buyers and sellers are the average of their industry."
            .to_owned(),
    );
    if found.phases.len() > 1 {
        out.push(
            "Job-years end with construction, permanent jobs last as long as the plant works: \
             they are not added."
                .to_owned(),
        );
    }
    out
}

/// First line on a phase: what is spent or made.
pub fn lead(found: &Assessment, phase: &Phase) -> String {
    let amount = plain(Some(phase.amount), 1);
    let unit = &found.unit;
    match phase.phase {
        "construction" if phase.years > 1.0 => {
            format!("Construction: {amount} {unit} over {} years", phase.years)
        }
        "construction" => format!("Construction: {amount} {unit}"),
        _ => format!("Operation: output of {amount} {unit} a year"),
    }
}

/// Where a phase buys first, and who says so.
pub fn sourcing(event: &Event, found: &Assessment, phase: &Phase) -> String {
    let given = match phase.phase {
        "construction" => event.construction.as_ref().and_then(|outlay| outlay.local_share),
        _ => event.operation.as_ref().and_then(|output| output.local_share),
    };
    let source = if given.is_some() { "given" } else { "as in the table" };
    format!(
        "{} % of first purchases in {} ({source}); {} {} outside the table",
        plain(Some(100.0 * phase.local_share), 1),
        found.region,
        plain(Some(phase.outside), 1),
        found.unit
    )
}

/// A figure the table may not tell.
fn told(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

fn answer(found: &Assessment) -> String {
    let sentence = |phase: &Phase| {
        let net = phase.total.net;
        let added = plain(told(net.value_added), decimals([told(net.value_added)]));
        let jobs = plain(told(net.jobs), WHOLE);
        let what =
            if phase.phase == "construction" { "Building it" } else { "A year of operation" };
        format!(
            "{what} brings {added} {} of value added and {jobs} {}, net of what it displaces.",
            found.unit, phase.kind_of_jobs
        )
    };
    found.phases.iter().map(sentence).collect::<Vec<_>>().join(" ")
}

fn cards(found: &Assessment, phase: &Phase) -> Vec<Card> {
    let (net, gross) = (phase.total.net, phase.total.gross);
    let one = |label: &str, unit: &str, net: f64, gross: f64, digits: usize| Card {
        label: format!("{label}, {}", phase.phase),
        figure: format!("{} {unit}", signed(told(net), digits)),
        below: format!("net; gross {}", plain(told(gross), digits)),
    };
    let money = unit::in_words(&found.unit);
    let digits = decimals([told(net.output), told(net.value_added)]).max(1);
    vec![
        one("Output", money, net.output, gross.output, digits),
        one("Value added", money, net.value_added, gross.value_added, digits),
        one("Jobs", phase.kind_of_jobs, net.jobs, gross.jobs, WHOLE),
    ]
}

fn stages(found: &Assessment, phase: &Phase) -> Table {
    let total = &phase.total;
    let displaced = format!("Displaced ({} %)", plain(Some(100.0 * found.displacement), 1));
    let rows: [(&str, Amounts, Mark); 6] = [
        ("Direct", phase.direct, Mark::Ordinary),
        ("Indirect (suppliers)", phase.indirect, Mark::Ordinary),
        ("Induced (households)", phase.induced, Mark::Ordinary),
        ("Gross", total.gross, Mark::Total),
        (&displaced, total.displaced, Mark::Ordinary),
        ("Net", total.net, Mark::Total),
    ];
    let unit = unit::in_words(&found.unit);
    let mut table = Table::new(
        "All regions, by stage",
        vec![
            words("Stage"),
            figures("Output", unit),
            figures("Value added", unit),
            figures("Income", unit),
            figures("Jobs", phase.kind_of_jobs),
        ],
    );
    for (name, each, mark) in rows {
        table.push(mark, amounts(name, each));
    }
    table
}

/// Where it falls: the plant's region, its group, all regions.
fn places(found: &Assessment, phase: &Phase) -> Table {
    let unit = unit::in_words(&found.unit);
    let mut table = Table::new(
        "Net, by place",
        vec![
            words("Place"),
            figures("Output", unit),
            figures("Value added", unit),
            figures("Income", unit),
            figures("Jobs", phase.kind_of_jobs),
        ],
    );
    let places = std::iter::once(&phase.here.total)
        .chain(phase.group.iter().map(|group| &group.total))
        .map(|part| (part.name.as_str(), part.net));
    for (name, net) in places.chain([("All regions", phase.total.net)]) {
        table.push(Mark::Ordinary, amounts(name, net));
    }
    table
}

/// Cells of a row: name, money, jobs.
fn amounts(name: &str, of: Amounts) -> Vec<String> {
    let money = |value: f64| plain(told(value), 1);
    let jobs = plain(told(of.jobs), WHOLE);
    vec![name.to_owned(), money(of.output), money(of.value_added), money(of.income), jobs]
}

fn drawings(found: &Assessment, phase: &Phase) -> Vec<String> {
    [("region", &phase.regions, REGIONS), ("industry", &phase.industries, INDUSTRIES)]
        .into_iter()
        .filter(|(_, parts, _)| parts.len() > 1)
        .map(|(by, parts, most)| {
            let title = format!("Net value added of {} by {by}, {}", phase.phase, found.unit);
            let drawn = bars::draw(&Bars {
                meaning: Meaning {
                    id: format!("impact-{}-{by}", phase.phase),
                    title: title.clone(),
                    description: format!("The {most} largest; the others together below."),
                },
                unit: unit::in_words(&found.unit),
                rows: largest(parts, most),
                line: None,
            });
            chart::standalone(&title, &drawn.into_string())
        })
        .collect()
}

/// The largest by net value added, and all others together.
fn largest(parts: &[Share], most: usize) -> Vec<bars::Bar> {
    let mut sorted: Vec<(&str, f64)> = parts
        .iter()
        .filter(|part| part.net.value_added.is_finite())
        .map(|part| (part.name.as_str(), part.net.value_added))
        .collect();
    sorted.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let others: f64 = sorted.iter().skip(most).map(|(_, value)| value).sum();
    let rest = (sorted.len() > most).then_some(("All others", others));
    let digits = decimals(sorted.iter().take(1).map(|(_, value)| Some(*value))).max(1);
    sorted
        .into_iter()
        .take(most)
        .chain(rest)
        .map(|(name, value)| {
            simple(name, Some(value), signed(Some(value), digits), gain_or_loss(value))
        })
        .collect()
}
