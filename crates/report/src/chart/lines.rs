//! Two paths over the years above, their difference in percent below.
//!
//! The difference has a panel of its own because it is small against the level.
//! Not here: which indicators are drawn (`html::paths`).

use maud::{Markup, html};

use super::{Meaning, Scale, drawing, pixel};
use crate::facts::Change;
use crate::number::{self, typographic};

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 544.0;
/// Top and bottom of the panel of levels.
const LEVELS: (f64, f64) = (34.0, 188.0);
/// Top and bottom of the panel of differences.
const DIFFERENCES: (f64, f64) = (226.0, 310.0);

/// What is drawn.
pub(crate) struct Paths<'a> {
    pub(crate) meaning: Meaning,
    pub(crate) unit: &'a str,
    pub(crate) years: &'a [u16],
    /// Year that is marked.
    pub(crate) marked: u16,
    pub(crate) changes: &'a [Change],
}

/// The drawing.
pub(crate) fn draw(paths: &Paths) -> Markup {
    let across = Scale::over(paths.years.iter().map(|year| f64::from(*year)), LEFT, RIGHT);
    let content = html! {
        (marked_year(paths, across))
        (levels(paths, across))
        (differences(paths, across))
        (years(paths, across))
    };
    drawing(&paths.meaning, (WIDTH, HEIGHT), content)
}

fn levels(paths: &Paths, across: Scale) -> Markup {
    let both = paths.changes.iter().flat_map(|each| [each.baseline, each.policy]).flatten();
    let up = Scale::over(both, LEVELS.1, LEVELS.0);
    let baseline: Vec<_> = paths.changes.iter().map(|each| each.baseline).collect();
    let policy: Vec<_> = paths.changes.iter().map(|each| each.policy).collect();
    html! {
        text.axis x="0" y="14" { (paths.unit) }
        g.key transform="translate(340 10)" {
            line.baseline x1="0" x2="26" y1="0" y2="0" {}
            text x="32" y="4" { "Baseline" }
            line.policy x1="104" x2="130" y1="0" y2="0" {}
            text x="136" y="4" { "Policy" }
        }
        (grid(up, 4))
        path.baseline d=(line(&baseline, paths.years, across, up)) {}
        path.policy d=(line(&policy, paths.years, across, up)) {}
    }
}

fn differences(paths: &Paths, across: Scale) -> Markup {
    let percent: Vec<_> = paths.changes.iter().map(|each| each.percent()).collect();
    let up =
        Scale::over(percent.iter().copied().flatten().chain([0.0]), DIFFERENCES.1, DIFFERENCES.0);
    html! {
        text.axis x="0" y=(pixel(DIFFERENCES.0 - 14.0)) { "Policy against baseline, %" }
        (grid(up, 3))
        path.difference-area d=(area(&percent, paths.years, across, up)) {}
        path.policy d=(line(&percent, paths.years, across, up)) {}
        line.zero x1=(pixel(LEFT)) x2=(pixel(RIGHT)) y1=(pixel(up.at(0.0))) y2=(pixel(up.at(0.0))) {}
        (marked_difference(paths, &percent, across, up))
    }
}

/// Horizontal lines with their numbers.
fn grid(up: Scale, count: usize) -> Markup {
    let (ticks, decimals) = up.ticks(count);
    html! {
        @for tick in ticks {
            line.grid x1=(pixel(LEFT)) x2=(pixel(RIGHT)) y1=(pixel(up.at(tick))) y2=(pixel(up.at(tick))) {}
            text.tick.end x=(pixel(LEFT - 8.0)) y=(pixel(up.at(tick) + 4.0)) {
                (typographic(&number::plain(Some(tick), decimals)))
            }
        }
    }
}

/// The marked year through both panels.
fn marked_year(paths: &Paths, across: Scale) -> Markup {
    let x = pixel(across.at(f64::from(paths.marked)));
    html! {
        @if paths.years.contains(&paths.marked) {
            line.marked x1=(x) x2=(x) y1=(pixel(LEVELS.0)) y2=(pixel(DIFFERENCES.1)) {}
        }
    }
}

/// Dot and number of the marked year.
fn marked_difference(paths: &Paths, percent: &[Option<f64>], across: Scale, up: Scale) -> Markup {
    let at = paths.years.iter().position(|year| *year == paths.marked);
    let Some(value) = at.and_then(|at| percent.get(at).copied().flatten()) else {
        return html! {};
    };
    let (x, y) = (across.at(f64::from(paths.marked)), up.at(value));
    html! {
        circle.policy cx=(pixel(x)) cy=(pixel(y)) r="4" {}
        text.value.end x=(pixel(x - 8.0)) y=(pixel(y - 6.0)) {
            (typographic(&number::percent(Some(value)))) " %"
        }
    }
}

fn years(paths: &Paths, across: Scale) -> Markup {
    let step = paths.years.len().div_ceil(10).max(1);
    html! {
        @for year in paths.years.iter().step_by(step) {
            text.tick.middle.strong[*year == paths.marked]
                x=(pixel(across.at(f64::from(*year)))) y=(pixel(HEIGHT - 8.0)) { (year) }
        }
    }
}

/// A line that is interrupted where there is no value.
fn line(values: &[Option<f64>], years: &[u16], across: Scale, up: Scale) -> String {
    let mut pieces = Vec::new();
    let mut pen = 'M';
    for (value, year) in values.iter().zip(years) {
        let Some(value) = value else {
            pen = 'M';
            continue;
        };
        let (x, y) = (pixel(across.at(f64::from(*year))), pixel(up.at(*value)));
        pieces.push(format!("{pen}{x} {y}"));
        pen = 'L';
    }
    pieces.concat()
}

/// The surface between the line and zero; none if a value is missing.
fn area(values: &[Option<f64>], years: &[u16], across: Scale, up: Scale) -> String {
    let (Some(first), Some(last)) = (years.first(), years.last()) else {
        return String::new();
    };
    if values.iter().any(Option::is_none) {
        return String::new();
    }
    let zero = pixel(up.at(0.0));
    let [first, last] = [first, last].map(|year| pixel(across.at(f64::from(*year))));
    format!("{}L{last} {zero}L{first} {zero}Z", line(values, years, across, up))
}
