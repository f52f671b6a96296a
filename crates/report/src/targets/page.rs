//! A forecast as one page: odds, fans, the way to each target, parts, scorecards, causes.

use std::collections::BTreeMap;

use maud::{Markup, html};
use study::ensemble::forecast::{Forecast, Gap, TargetForecast};
use study::ensemble::indices::TargetIndices;

use super::{answer, cards, indices, needed, overview, quantiles, splits, trust, way};
use crate::chart::Meaning;
use crate::chart::bars::{self, Bar, Bars, Line, Segment};
use crate::chart::fan::{self, Fan};
use crate::html::parts::{figure, numbers, section, shown};
use crate::html::{LIGHT_AND_DARK, whole};
use crate::number::{decimals, plain, signed, typographic};
use crate::unit;

/// Groups drawn as bars; the table has all.
const DRAWN: usize = 8;

/// The page of a forecast.
pub fn page(told: &Forecast) -> String {
    let all = html! {
        header {
            h1 { (told.study) ": will the targets be met?" }
            p.answer { (typographic(&answer(told))) }
            p.setting { (super::draws(told)) }
        }
        main { (body(told)) }
    };
    whole(&format!("{}: targets", told.study), LIGHT_AND_DARK, "", &all)
}

fn body(told: &Forecast) -> Markup {
    html! {
        (section("odds", "Probability of the targets", "", shown(&overview(told))))
        (section("fans", "Where the indicators may go", FANS, html! {
            @for (at, target) in told.targets.iter().enumerate() { (fan_of(at, target)) }
        }))
        (section("ways", "The way to each target", WAYS, html! {
            div.grid {
                @for (at, target) in told.targets.iter().enumerate() {
                    @if let Some(gap) = &target.gap { (way_of(at, target, gap)) }
                }
            }
        }))
        @if !told.scorecards.is_empty() {
            (section("cards", "How the running year stands", CARDS, shown(&cards(told))))
        }
        @if told.targets.iter().any(|target| !target.splits.is_empty()) {
            (section("parts", "Whose part a target is", PARTS, html! {
                @for target in &told.targets {
                    @for table in splits(target) { (numbers(&table)) }
                }
            }))
        }
        @if !told.sobol.is_empty() {
            (section("causes", "Which uncertainty matters", CAUSES, html! {
                div.grid {
                    @for (at, of) in told.sobol.iter().enumerate() { (cause(at, of)) }
                }
            }))
        }
        (section("trust", "How far to trust this", "", html! {
            @for line in trust(told) { p { (typographic(&line)) } }
        }))
    }
}

const FANS: &str = "The line before the fan is what was observed. Half of the draws stay within the \
                    darker band in each year, nine in ten within the lighter one.";
const WAYS: &str = "On the central path, in the target’s year: without the programme, what each lever \
                    adds, and what is missing. Levers that add less than a thousandth of the target are drawn together.";
const CARDS: &str = "The plan of the running year lies on the path of constant growth from the last \
                     whole year to the target. Usual is the share of a year that the same months had before.";
const PARTS: &str = "Shares of a key on the central policy path: a proposal for planning, not a forecast \
                     of each part.";
const CAUSES: &str = "Shares of the variance of the indicator’s logarithm in the target’s year (Sobol \
                      indices). Alone: what the group does by itself. In all: what would go if the group \
                      were known.";

fn fan_of(at: usize, target: &TargetForecast) -> Markup {
    let to = unit::readable(&target.unit);
    let shown_as = |value: f64| unit::convert(value, &target.unit, to).unwrap_or(f64::NAN);
    let levels = |of: &BTreeMap<String, f64>| {
        of.iter().map(|(level, value)| (level.clone(), shown_as(*value))).collect()
    };
    let years = target.quantiles.iter();
    let chart = Fan {
        meaning: Meaning {
            id: format!("fan-{at}"),
            title: format!("{}: observed, and quantiles of the draws", target.name),
            description: "A fan over the years; the table below has the numbers.".to_owned(),
        },
        unit: to,
        quantiles: years.filter_map(|(year, of)| Some((year.parse().ok()?, levels(of)))).collect(),
        observed: target.observed.iter().map(|(year, level)| (*year, shown_as(*level))).collect(),
        target: (target.year, shown_as(target.value)),
    };
    let heading = format!("{}, {}", target.name, target.region);
    figure(
        &heading,
        fan::draw(&chart),
        html! {
            p { (typographic(&needed(target))) }
            (numbers(&quantiles(target)))
        },
    )
}

/// Bars one after the other from the baseline over the levers to the target.
fn way_of(at: usize, target: &TargetForecast, gap: &Gap) -> Markup {
    let to = unit::readable(&target.unit);
    let size = |value: f64| unit::convert(value, &target.unit, to).unwrap_or(f64::NAN);
    let digits = decimals([Some(size(target.value))]).max(2);
    let mut rows = vec![bars::simple(
        "Without the programme",
        Some(size(gap.baseline)),
        plain(Some(size(gap.baseline)), digits),
        "baseline",
    )];
    let mut from = size(gap.baseline);
    let mut step = |name: &str, by: f64, class: Option<&'static str>| {
        let class = class.unwrap_or(bars::gain_or_loss(by));
        let segments = vec![Segment { from, to: from + by, class }];
        from += by;
        Bar { name: name.to_owned(), segments, value: signed(Some(by), digits), is_total: false }
    };
    let small = size(target.value).abs() / 1000.0;
    let mut rest = size(gap.interaction);
    for (lever, by) in &gap.levers {
        let by = size(*by);
        if by.abs() < small {
            rest += by;
        } else {
            rows.push(step(lever, by, None));
        }
    }
    rows.push(step("Other levers, and together", rest, None));
    if gap.missing > 0.0 {
        rows.push(step("Missing", size(gap.missing), Some("observed")));
    }
    let chart = Bars {
        meaning: Meaning {
            id: format!("way-{at}"),
            title: format!("{} in {}: from the baseline to the target", target.name, target.year),
            description: "Bars one after the other; the table below has the numbers.".to_owned(),
        },
        unit: to,
        rows,
        line: Some(Line {
            at: size(target.value),
            word: format!("Target {}", plain(Some(size(target.value)), 1)),
        }),
    };
    figure(&format!("{}, {}", target.name, target.year), bars::draw(&chart), numbers(&way(target)))
}

fn cause(at: usize, of: &TargetIndices) -> Markup {
    let bar = |group: &study::ensemble::indices::GroupIndex| {
        let (alone, all) = (group.first_order.value.max(0.0), group.total.value.max(0.0));
        let alone = alone.min(all);
        Bar {
            name: group.group.clone(),
            segments: vec![
                Segment { from: 0.0, to: 100.0 * alone, class: "owner-1" },
                Segment { from: 100.0 * alone, to: 100.0 * all, class: "owner-3" },
            ],
            value: format!(
                "{} ± {}",
                plain(Some(100.0 * all), 0),
                plain(Some(100.0 * group.total.error), 0)
            ),
            is_total: false,
        }
    };
    let chart = Bars {
        meaning: Meaning {
            id: format!("cause-{at}"),
            title: format!("{} in {}: which uncertainty matters", of.target, of.year),
            description: "Bars of total Sobol indices; the table below has the numbers.".to_owned(),
        },
        unit: "% of the variance of the logarithm",
        rows: of.groups.iter().take(DRAWN).map(bar).collect(),
        line: None,
    };
    let key = html! {
        p.key { i.owner-1 {} "alone" i.owner-3 {} "together with others" }
    };
    figure(
        &format!("{}, {}", of.target, of.year),
        html! { (key) (bars::draw(&chart)) },
        numbers(&indices(of)),
    )
}
