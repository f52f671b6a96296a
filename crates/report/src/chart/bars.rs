//! Horizontal bars: from zero, stacked by part, or one after the other to a sum.
//!
//! Not here: what the bars stand for (`html`).

use maud::{Markup, html};

use super::{Meaning, Scale, drawing, pixel};
use crate::number::{self, typographic};

const WIDTH: f64 = 540.0;
/// Right edge of the names, left and right edge of the bars.
const NAMES: f64 = 190.0;
const BARS: (f64, f64) = (202.0, 534.0);
/// Room for the number at the end of a bar.
const VALUE: f64 = 58.0;
const ROW: f64 = 28.0;
const TOP: f64 = 10.0;
/// Letters of a name that fit beside the bars.
const LETTERS: usize = 26;

/// A stretch of a bar, with its class in the style sheet.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) class: &'static str,
}

/// A row: name, stretches, and the number written at the end.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) segments: Vec<Segment>,
    pub(crate) value: String,
    pub(crate) is_total: bool,
}

/// A vertical line through all rows, with a word at its top.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) at: f64,
    pub(crate) word: String,
}

/// What is drawn.
pub(crate) struct Bars<'a> {
    pub(crate) meaning: Meaning,
    pub(crate) unit: &'a str,
    pub(crate) rows: Vec<Bar>,
    pub(crate) line: Option<Line>,
}

/// Class of a gain or of a loss.
pub(crate) fn gain_or_loss(value: f64) -> &'static str {
    if value < 0.0 { "loss" } else { "gain" }
}

/// A bar from zero; without a value there is only the word for it.
pub(crate) fn simple(name: &str, value: Option<f64>, text: String, class: &'static str) -> Bar {
    let segments = value.map(|to| Segment { from: 0.0, to, class }).into_iter().collect();
    Bar { name: name.to_owned(), segments, value: text, is_total: false }
}

/// Parts side by side, gains to the right of zero and losses to the left.
pub(crate) fn stacked(name: &str, parts: &[(f64, &'static str)], text: String) -> Bar {
    let (mut right, mut left) = (0.0, 0.0);
    let mut segments = Vec::new();
    for (value, class) in parts {
        let end = if *value < 0.0 { &mut left } else { &mut right };
        segments.push(Segment { from: *end, to: *end + value, class });
        *end += value;
    }
    Bar { name: name.to_owned(), segments, value: text, is_total: false }
}

/// The drawing.
pub(crate) fn draw(chart: &Bars) -> Markup {
    let top = if chart.line.is_some() { TOP + 18.0 } else { TOP };
    let bottom = top + ROW * chart.rows.len() as f64;
    let ends =
        chart.rows.iter().flat_map(|bar| &bar.segments).flat_map(|each| [each.from, each.to]);
    let ends = ends.chain(chart.line.iter().map(|line| line.at)).chain([0.0]);
    let across = with_room_for_values(Scale::over(ends, BARS.0, BARS.1));
    let content = html! {
        (grid(across, chart.unit, top, bottom))
        @for (row, bar) in chart.rows.iter().enumerate() {
            (one(bar, across, top + ROW * row as f64))
        }
        (vertical("zero", across.at(0.0), top, bottom))
        @if let Some(line) = &chart.line {
            (vertical("target", across.at(line.at), top - 4.0, bottom))
            text.value.middle x=(pixel(across.at(line.at).min(BARS.1 - 40.0))) y=(pixel(top - 10.0)) { (line.word) }
        }
    };
    drawing(&chart.meaning, (WIDTH, bottom + 40.0), content)
}

/// Leaves room for a number beyond the longest bar on the sides that have bars.
fn with_room_for_values(scale: Scale) -> Scale {
    let from = if scale.low < 0.0 { scale.from + VALUE } else { scale.from };
    let to = if scale.high > 0.0 { scale.to - VALUE } else { scale.to };
    Scale { from, to, ..scale }
}

fn grid(across: Scale, unit: &str, top: f64, bottom: f64) -> Markup {
    let (ticks, decimals) = across.ticks(5);
    html! {
        @for tick in ticks {
            (vertical("grid", across.at(tick), top, bottom))
            text.tick.middle x=(pixel(across.at(tick))) y=(pixel(bottom + 16.0)) {
                (typographic(&number::plain(Some(tick), decimals)))
            }
        }
        text.axis.middle x=(pixel(f64::midpoint(BARS.0, BARS.1))) y=(pixel(bottom + 34.0)) { (unit) }
    }
}

fn one(bar: &Bar, across: Scale, top: f64) -> Markup {
    let ends = || bar.segments.iter().flat_map(|each| [each.from, each.to]);
    let (low, high) =
        (ends().fold(f64::INFINITY, f64::min), ends().fold(f64::NEG_INFINITY, f64::max));
    let is_loss = bar.value.starts_with('-');
    let (low, high) = if low > high { (0.0, 0.0) } else { (low, high) };
    let x = if is_loss { across.at(low) - 6.0 } else { across.at(high) + 6.0 };
    let middle = top + ROW / 2.0 + 4.0;
    html! {
        (name(bar, top))
        @for each in &bar.segments { (segment(each, across, top + 5.0)) }
        text.value.end[is_loss].strong[bar.is_total] x=(pixel(x)) y=(pixel(middle)) {
            (typographic(&bar.value))
        }
    }
}

fn segment(each: &Segment, across: Scale, top: f64) -> Markup {
    let (from, to) = (across.at(each.from.min(each.to)), across.at(each.from.max(each.to)));
    html! {
        rect class=(each.class) x=(pixel(from)) y=(pixel(top)) width=(pixel(to - from)) height=(pixel(ROW - 10.0)) {}
    }
}

fn vertical(class: &str, x: f64, top: f64, bottom: f64) -> Markup {
    html! { line class=(class) x1=(pixel(x)) x2=(pixel(x)) y1=(pixel(top)) y2=(pixel(bottom)) {} }
}

/// A name in one line, or in two where it is long, right-aligned beside its bar.
fn name(bar: &Bar, top: f64) -> Markup {
    let lines = lines_of(&bar.name);
    let first = top + ROW / 2.0 + 4.0 - 6.5 * (lines.len() as f64 - 1.0);
    html! {
        @for (at, line) in lines.iter().enumerate() {
            text.name.end.strong[bar.is_total].small[lines.len() > 1]
                x=(pixel(NAMES)) y=(pixel(first + 12.5 * at as f64)) { (line) }
        }
    }
}

/// At most two lines; the table beside the drawing has longer names in full.
fn lines_of(name: &str) -> Vec<String> {
    if name.chars().count() <= LETTERS {
        return vec![name.to_owned()];
    }
    let (mut first, mut second) = (String::new(), String::new());
    for word in name.split_whitespace() {
        let fits = second.is_empty() && first.chars().count() + word.chars().count() < LETTERS;
        let line = if fits || first.is_empty() { &mut first } else { &mut second };
        *line += if line.is_empty() { "" } else { " " };
        *line += word;
    }
    [first, second].into_iter().filter(|line| !line.is_empty()).map(|line| short(&line)).collect()
}

/// A line cut to what fits.
fn short(name: &str) -> String {
    if name.chars().count() <= LETTERS {
        return name.to_owned();
    }
    name.chars().take(LETTERS - 1).collect::<String>().trim_end().to_owned() + "…"
}
