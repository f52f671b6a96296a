//! Least cost against level, with the target as a vertical line.
//!
//! Not here: which frontiers are drawn (`mix`).

use maud::{Markup, html};
use study::mix::FrontierPoint;

use super::{Meaning, Scale, drawing, pixel};
use crate::number::{self, typographic};

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 72.0;
const RIGHT: f64 = 540.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 262.0;
/// Million CNY in a hundred million.
const MILLIONS: f64 = 100.0;

/// What is drawn.
pub(crate) struct Frontier<'a> {
    pub(crate) meaning: Meaning,
    /// Unit of the level.
    pub(crate) unit: &'a str,
    /// Level wanted, where one is.
    pub(crate) target: Option<f64>,
    pub(crate) points: &'a [FrontierPoint],
}

/// The drawing.
pub(crate) fn draw(chart: &Frontier) -> Markup {
    let levels = || chart.points.iter().map(|point| point.level);
    let highest = levels().fold(f64::NEG_INFINITY, f64::max);
    // A target far beyond the end of the line would flatten the line: it is then said in words.
    let lowest = levels().fold(f64::INFINITY, f64::min);
    let near = chart.target.filter(|target| target - highest < 2.0 * (highest - lowest));
    let across = Scale::over(levels().chain(near), LEFT, RIGHT);
    let up = Scale::over(
        chart.points.iter().map(|point| MILLIONS * point.cost).chain([0.0]),
        BOTTOM,
        TOP,
    );
    let place = |point: &FrontierPoint| {
        (pixel(across.at(point.level)), pixel(up.at(MILLIONS * point.cost)))
    };
    let line: Vec<String> = chart
        .points
        .iter()
        .enumerate()
        .map(|(at, point)| {
            let (x, y) = place(point);
            format!("{}{x} {y}", if at == 0 { 'M' } else { 'L' })
        })
        .collect();
    let content = html! {
        text.axis x="0" y="14" { "Least cost, million CNY" }
        (grid(across, up))
        path.policy d=(line.concat()) {}
        @for point in chart.points {
            @let (x, y) = place(point);
            circle.policy cx=(x) cy=(y) r="3.5" {}
        }
        (target(chart, across, near))
        text.axis.middle x=(pixel(f64::midpoint(LEFT, RIGHT))) y=(pixel(HEIGHT - 10.0)) { (chart.unit) }
    };
    drawing(&chart.meaning, (WIDTH, HEIGHT), content)
}

fn grid(across: Scale, up: Scale) -> Markup {
    let ((ticks, decimals), (levels, digits)) = (up.ticks(4), across.ticks(5));
    html! {
        @for tick in ticks {
            line.grid x1=(pixel(LEFT)) x2=(pixel(RIGHT)) y1=(pixel(up.at(tick))) y2=(pixel(up.at(tick))) {}
            text.tick.end x=(pixel(LEFT - 8.0)) y=(pixel(up.at(tick) + 4.0)) {
                (typographic(&number::plain(Some(tick), decimals)))
            }
        }
        @for tick in levels {
            line.grid x1=(pixel(across.at(tick))) x2=(pixel(across.at(tick))) y1=(pixel(BOTTOM)) y2=(pixel(BOTTOM + 5.0)) {}
            text.tick.middle x=(pixel(across.at(tick))) y=(pixel(BOTTOM + 20.0)) {
                (typographic(&number::plain(Some(tick), digits)))
            }
        }
    }
}

fn target(chart: &Frontier, across: Scale, near: Option<f64>) -> Markup {
    let word = |target| typographic(&format!("Target {}", number::plain(Some(target), 0)));
    html! {
        @if let Some(target) = near {
            @let x = across.at(target);
            line.target x1=(pixel(x)) x2=(pixel(x)) y1=(pixel(TOP - 8.0)) y2=(pixel(BOTTOM)) {}
            text.value.middle x=(pixel(x.clamp(LEFT + 44.0, RIGHT - 44.0))) y=(pixel(TOP - 14.0)) { (word(target)) }
        } @else if let Some(target) = chart.target {
            text.value.end x=(pixel(RIGHT)) y=(pixel(TOP - 14.0)) { (word(target)) ", far to the right" }
        }
    }
}
