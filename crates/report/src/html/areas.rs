//! By area: map, bars of GDP and jobs, table.

use maud::{Markup, html};

use super::parts::{self, figure, shown};
use crate::chart::bars::{self, Bar, Bars};
use crate::chart::{Meaning, map};
use crate::facts::{Facts, GDP, Indicator, JOBS, Key};
use crate::number::{decimals, percent_decimals, plain, signed};
use crate::tables;

/// Where in the province the change happens.
pub(super) fn section(facts: &Facts) -> Markup {
    let study = &facts.results.study;
    let heading = format!("By area in {}", study.headline_year);
    parts::section(
        "areas",
        &heading,
        "",
        html! {
            div.grid {
                (map_of(facts))
                div {
                    @for indicator in [GDP, JOBS] { (changes(facts, indicator)) }
                }
            }
            (shown(&tables::areas(facts)))
        },
    )
}

fn map_of(facts: &Facts) -> Markup {
    let percent = |place| facts.headline(Key::all(GDP, place)).percent();
    let places: Vec<_> = facts.home.iter().map(|place| (place.name, percent(place))).collect();
    let largest = places.iter().filter_map(|place| place.1).map(f64::abs).reduce(f64::max);
    let largest = plain(largest, percent_decimals([largest]));
    let meaning = Meaning {
        id: "map".to_owned(),
        title: format!("Map of {}: change of GDP in percent", facts.province.name),
        description: "Schematic; the table by area has the numbers.".to_owned(),
    };
    html! {
        @if let Some(drawing) = map::draw(&meaning, &places) {
            (figure("GDP against baseline, %", drawing, html! {
                p.scale aria-hidden="true" {
                    span { "−" (largest) " %" }
                    @for class in ["loss-5", "loss-3", "loss-1", "none", "gain-1", "gain-3", "gain-5"] {
                        i class=(class) {}
                    }
                    span { "+" (largest) " %" }
                }
                p.source { "Schematic: position, not borders. Colours run from loss to gain." }
            }))
        }
    }
}

/// Bars of the home regions; the rest of the country would dwarf or hide them in other units.
fn changes(facts: &Facts, indicator: Indicator) -> Markup {
    let change = |place| facts.headline(Key::all(indicator, place)).absolute();
    let digits = decimals(facts.home.iter().map(change));
    let bar = |place| -> Bar {
        let by: Option<f64> = change(place);
        let class = bars::gain_or_loss(by.unwrap_or_default());
        bars::simple(place.name, by, signed(by, digits), class)
    };
    let heading = format!("{} against baseline, {}", indicator.label, indicator.unit);
    let chart = Bars {
        meaning: Meaning {
            id: format!("areas-{}", indicator.variable),
            title: heading.clone(),
            description: "One bar for each area and for the rest of the country.".to_owned(),
        },
        unit: indicator.unit,
        rows: facts.home.iter().chain(&facts.elsewhere).map(bar).collect(),
        line: None,
    };
    figure(&heading, bars::draw(&chart), html! {})
}
