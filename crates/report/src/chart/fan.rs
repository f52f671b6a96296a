//! Quantiles over the years as a fan, with observations, the median and the target.
//!
//! Not here: which fans are drawn (`targets`).

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{Meaning, Scale, drawing, pixel};
use crate::number::{self, typographic};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 620.0;
const TOP: f64 = 52.0;
const BOTTOM: f64 = 306.0;
/// Years of observations that are drawn before the fan.
const EARLIER: u16 = 12;
/// How far above everything but the outer band the drawing goes at most.
const MOST_ABOVE: f64 = 1.5;
/// Bands: lower and upper level, class.
const BANDS: [(&str, &str, &str); 2] =
    [("0.05", "0.95", "fan-outer"), ("0.25", "0.75", "fan-inner")];

/// What is drawn, in the unit of the chart.
#[derive(Debug, Clone)]
pub(crate) struct Fan<'a> {
    pub(crate) meaning: Meaning,
    pub(crate) unit: &'a str,
    /// Year → level → value, the base year first.
    pub(crate) quantiles: BTreeMap<u16, BTreeMap<String, f64>>,
    pub(crate) observed: Vec<(u16, f64)>,
    /// Year and value.
    pub(crate) target: (u16, f64),
}

/// The drawing.
pub(crate) fn draw(fan: &Fan) -> Markup {
    let first = fan.quantiles.keys().next().copied().unwrap_or(0);
    let from = first.saturating_sub(EARLIER);
    let seen: Vec<(u16, f64)> =
        fan.observed.iter().copied().filter(|(year, _)| *year >= from).collect();
    let years = fan.quantiles.keys().chain(seen.iter().map(|(year, _)| year));
    let across = Scale::over(years.clone().map(|year| f64::from(*year)), LEFT, RIGHT);
    let (top, beyond) = top(fan, &seen);
    let levels = fan.quantiles.values().flat_map(BTreeMap::values).map(|level| level.min(top));
    let up = Scale::over(levels.chain([top, 0.0]), BOTTOM, TOP);
    let fan = &cut(fan, top);
    let content = html! {
        text.axis x="0" y="14" { (fan.unit) }
        (key())
        (grid(up))
        @for (low, high, class) in BANDS { path class=(class) d=(band(fan, low, high, across, up)) {} }
        path.policy d=(line(&middle(fan), across, up)) {}
        path.observed d=(line(&seen, across, up)) {}
        @for (year, level) in &seen {
            circle.observed cx=(pixel(across.at(f64::from(*year)))) cy=(pixel(up.at(*level))) r="2.6" {}
        }
        (target(fan, across, up))
        @if let Some((year, level)) = beyond {
            text.tick.end x=(pixel(RIGHT)) y=(pixel(TOP - 10.0)) {
                "up to " (typographic(&number::plain(Some(level), number::decimals([Some(level)])))) " in " (year)
            }
        }
        (ticks(years.copied().collect(), fan.target.0, across))
    };
    drawing(&fan.meaning, (WIDTH, HEIGHT), content)
}

/// Where the drawing ends above, and the year and level of the outer band's highest point beyond it.
///
/// The tail of late years would press everything else to the ground.
fn top(fan: &Fan, seen: &[(u16, f64)]) -> (f64, Option<(u16, f64)>) {
    let inner = of_level(fan, "0.75").into_iter().map(|(_, level)| level);
    let told = inner.chain(seen.iter().map(|(_, level)| *level)).chain([fan.target.1]);
    let most = MOST_ABOVE * told.fold(0.0, f64::max);
    let outer = of_level(fan, "0.95").into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
    match outer {
        Some(highest) if highest.1 > most => (most, Some(highest)),
        Some((_, level)) => (level.max(most / MOST_ABOVE), None),
        None => (most, None),
    }
}

/// The same fan with levels above the top put there.
fn cut<'a>(fan: &Fan<'a>, top: f64) -> Fan<'a> {
    let mut cut = fan.clone();
    for level in cut.quantiles.values_mut().flat_map(BTreeMap::values_mut) {
        *level = level.min(top);
    }
    cut
}

fn key() -> Markup {
    html! {
        g.key transform="translate(170 10)" {
            line.observed x1="0" x2="22" y1="0" y2="0" {}
            text x="28" y="4" { "Observed" }
            line.policy x1="106" x2="128" y1="0" y2="0" {}
            text x="134" y="4" { "Median" }
            rect.fan-inner x="192" y="-6" width="22" height="12" {}
            text x="220" y="4" { "half of the draws" }
            rect.fan-outer x="338" y="-6" width="22" height="12" {}
            text x="366" y="4" { "nine in ten" }
        }
    }
}

fn grid(up: Scale) -> Markup {
    let (ticks, decimals) = up.ticks(5);
    html! {
        @for tick in ticks {
            line.grid x1=(pixel(LEFT)) x2=(pixel(RIGHT)) y1=(pixel(up.at(tick))) y2=(pixel(up.at(tick))) {}
            text.tick.end x=(pixel(LEFT - 8.0)) y=(pixel(up.at(tick) + 4.0)) {
                (typographic(&number::plain(Some(tick), decimals)))
            }
        }
    }
}

fn of_level(fan: &Fan, level: &str) -> Vec<(u16, f64)> {
    let at = |(year, levels): (&u16, &BTreeMap<String, f64>)| Some((*year, *levels.get(level)?));
    fan.quantiles.iter().filter_map(at).filter(|(_, value)| value.is_finite()).collect()
}

fn middle(fan: &Fan) -> Vec<(u16, f64)> {
    of_level(fan, "0.5")
}

fn point(year: u16, value: f64, across: Scale, up: Scale) -> String {
    format!("{} {}", pixel(across.at(f64::from(year))), pixel(up.at(value)))
}

fn line(values: &[(u16, f64)], across: Scale, up: Scale) -> String {
    let mut pen = 'M';
    let mut text = String::new();
    for (year, value) in values {
        text.push(pen);
        text += &point(*year, *value, across, up);
        pen = 'L';
    }
    text
}

fn band(fan: &Fan, low: &str, high: &str, across: Scale, up: Scale) -> String {
    let (low, high) = (of_level(fan, low), of_level(fan, high));
    if low.is_empty() || high.is_empty() {
        return String::new();
    }
    let mut around = line(&high, across, up);
    for (year, value) in low.iter().rev() {
        around.push('L');
        around += &point(*year, *value, across, up);
    }
    around + "Z"
}

fn target(fan: &Fan, across: Scale, up: Scale) -> Markup {
    let (year, value) = fan.target;
    let (x, y) = (across.at(f64::from(year)), up.at(value));
    let word = format!("Target {}", number::plain(Some(value), number::decimals([Some(value)])));
    html! {
        line.target x1=(pixel(x - 10.0)) x2=(pixel(x + 10.0)) y1=(pixel(y)) y2=(pixel(y)) {}
        line.target x1=(pixel(x)) x2=(pixel(x)) y1=(pixel(y - 6.0)) y2=(pixel(y + 6.0)) {}
        text.value.end.strong x=(pixel(x - 14.0)) y=(pixel(y - 8.0)) { (typographic(&word)) }
    }
}

fn ticks(mut years: Vec<u16>, marked: u16, across: Scale) -> Markup {
    years.sort_unstable();
    years.dedup();
    let step = years.len().div_ceil(12).max(1);
    let place = years.iter().position(|year| *year == marked).unwrap_or(0) % step;
    html! {
        @for year in years.iter().skip(place).step_by(step) {
            text.tick.middle.strong[*year == marked]
                x=(pixel(across.at(f64::from(*year)))) y=(pixel(HEIGHT - 12.0)) { (year) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_goes_there_above_and_back_below() {
        let levels = |low: f64, high: f64| {
            BTreeMap::from([("0.05".to_owned(), low), ("0.95".to_owned(), high)])
        };
        let fan = Fan {
            meaning: Meaning {
                id: String::new(),
                title: String::new(),
                description: String::new(),
            },
            unit: "",
            quantiles: BTreeMap::from([(0, levels(1.0, 2.0)), (10, levels(0.0, 4.0))]),
            observed: vec![],
            target: (10, 4.0),
        };
        let (across, up) = (Scale::over([0.0, 10.0], 0.0, 10.0), Scale::over([0.0, 4.0], 0.0, 4.0));
        assert_eq!(band(&fan, "0.05", "0.95", across, up), "M0.0 2.0L10.0 4.0L10.0 0.0L0.0 1.0Z");
    }
}
