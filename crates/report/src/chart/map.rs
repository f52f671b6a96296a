//! Schematic map of the four areas of Liaoning, coloured by a change in percent.
//!
//! Outlines are simplified by hand and show position, not borders. The map is drawn if every home
//! region is one of `AREAS`, otherwise there is none: the bars say the same.
//! Not here: the scale of colours (`html/style.css`, classes `gain-1` to `loss-5`).

use maud::{Markup, html};

use super::{Meaning, drawing, pixel};
use crate::number::{self, typographic};

const WIDTH: f64 = 470.0;
const HEIGHT: f64 = 430.0;
/// Pixels for one degree of latitude, and of longitude at 41 degrees north.
const DEGREE: (f64, f64) = (82.0, 62.0);
/// Longitude of the left and latitude of the upper edge.
const CORNER: (f64, f64) = (118.6, 43.6);
/// Steps of the colour scale on either side of zero.
const STEPS: f64 = 5.0;

/// An area: beginning of its name, outline and place of its label in degrees.
struct Area {
    name: &'static str,
    outline: &'static [(f64, f64)],
    label: (f64, f64),
}

/// Drawn in this order: the rest is the whole province, the others lie on top of it.
const AREAS: [Area; 4] = [
    Area {
        name: "rest",
        outline: &[
            (119.85, 40.0),
            (119.6, 40.4),
            (118.95, 40.75),
            (119.3, 41.3),
            (119.45, 41.65),
            (119.3, 42.1),
            (119.9, 42.3),
            (120.5, 42.1),
            (121.0, 42.25),
            (121.6, 42.5),
            (122.3, 42.7),
            (122.9, 42.75),
            (123.2, 43.0),
            (123.7, 43.4),
            (124.2, 43.2),
            (124.85, 43.1),
            (125.35, 42.6),
            (125.1, 42.2),
            (125.6, 41.9),
            (125.6, 41.5),
            (125.75, 41.2),
            (125.2, 40.9),
            (124.6, 40.4),
            (124.3, 40.0),
            (123.9, 39.8),
            (123.4, 39.73),
            (122.5, 39.35),
            (121.9, 39.95),
            (122.05, 40.35),
            (122.15, 40.65),
            (121.9, 40.85),
            (121.2, 40.9),
            (120.9, 40.65),
            (120.4, 40.2),
        ],
        label: (120.75, 41.55),
    },
    Area {
        name: "shenyang",
        outline: &[
            (122.55, 41.3),
            (123.1, 41.25),
            (123.55, 41.5),
            (123.9, 41.75),
            (123.7, 42.1),
            (123.85, 42.4),
            (123.45, 42.95),
            (122.9, 42.75),
            (122.85, 42.3),
            (122.5, 41.9),
        ],
        label: (123.17, 41.82),
    },
    Area {
        name: "yingkou",
        outline: &[
            (121.9, 39.95),
            (122.3, 40.15),
            (122.85, 40.13),
            (122.8, 40.5),
            (122.4, 40.75),
            (122.15, 40.65),
            (122.05, 40.35),
        ],
        label: (121.3, 40.4),
    },
    Area {
        name: "dalian",
        outline: &[
            (121.9, 39.95),
            (121.4, 39.55),
            (121.65, 39.25),
            (121.3, 39.0),
            (121.2, 38.75),
            (121.7, 38.9),
            (122.05, 39.08),
            (122.5, 39.35),
            (123.1, 39.6),
            (123.4, 39.73),
            (123.1, 39.95),
            (122.85, 40.13),
            (122.3, 40.15),
        ],
        label: (122.22, 39.77),
    },
];

/// An area of the map for others who draw: pixels of a drawing [`WIDTH`] by [`HEIGHT`].
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Outline {
    /// Beginning of the region's name, in small letters.
    pub name: &'static str,
    /// Points of the outline as SVG writes them.
    pub points: String,
    /// Place of the label.
    pub label: (f64, f64),
}

/// The areas of the map in the order in which they are drawn, the lowest first.
pub fn outlines() -> Vec<Outline> {
    let outline = |area: &Area| Outline {
        name: area.name,
        points: points(area.outline),
        label: position(area.label),
    };
    AREAS.iter().map(outline).collect()
}

/// The drawing, if every place has an area: names with their change in percent.
pub(crate) fn draw(meaning: &Meaning, places: &[(&str, Option<f64>)]) -> Option<Markup> {
    let drawn: Option<Vec<_>> = AREAS
        .iter()
        .map(|area| Some((area, places.iter().find(|each| is(area, each.0))?)))
        .collect();
    let drawn = drawn.filter(|drawn| drawn.len() == places.len())?;
    let largest = places.iter().filter_map(|each| each.1).fold(0.0, |a: f64, b| a.max(b.abs()));
    let content = html! {
        @for (area, (_, value)) in &drawn {
            polygon class={ "area " (colour(*value, largest)) } points=(points(area.outline)) {}
        }
        @for (area, (name, value)) in &drawn { (label(area, name, *value)) }
        text.sea x="70" y="350" { "Bohai Sea" }
        text.sea x="322" y="385" { "Yellow Sea" }
    };
    Some(drawing(meaning, (WIDTH, HEIGHT), content))
}

fn is(area: &Area, name: &str) -> bool {
    name.to_lowercase().starts_with(area.name)
}

/// `gain-1` to `gain-5`, `loss-1` to `loss-5` or `none`.
fn colour(value: Option<f64>, largest: f64) -> String {
    let Some(value) = value.filter(|value| *value != 0.0 && value.is_finite()) else {
        return "none".to_owned();
    };
    let step = (value.abs() / largest * STEPS).ceil().clamp(1.0, STEPS);
    format!("{}-{step:.0}", super::bars::gain_or_loss(value))
}

fn points(outline: &[(f64, f64)]) -> String {
    let pairs: Vec<String> = outline
        .iter()
        .map(|each| {
            let (x, y) = position(*each);
            format!("{},{}", pixel(x), pixel(y))
        })
        .collect();
    pairs.join(" ")
}

fn position((longitude, latitude): (f64, f64)) -> (f64, f64) {
    ((longitude - CORNER.0) * DEGREE.1, (CORNER.1 - latitude) * DEGREE.0)
}

fn label(area: &Area, name: &str, value: Option<f64>) -> Markup {
    let (x, y) = position(area.label);
    html! {
        text.place.middle x=(pixel(x)) y=(pixel(y)) { (name) }
        text.place.strong.middle x=(pixel(x)) y=(pixel(y + 17.0)) {
            (typographic(&number::percent(value))) " %"
        }
    }
}
