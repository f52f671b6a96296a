//! Drawings in SVG, coloured by the style sheet of the page so that they follow light and dark.
//!
//! | module  | drawing                                                             |
//! |---------|---------------------------------------------------------------------|
//! | `lines` | two paths over the years, and their difference in percent           |
//! | `bars`  | horizontal bars from zero, stacked, or one after the other to a sum |
//! | `frontier` | least cost against level                                           |
//! | `fan`   | quantiles over the years, with target and observations              |
//! | `map`   | schematic map of the four areas of Liaoning                         |
//!
//! Not here: colours and fonts (`html/style.css`), the tables beside the drawings (`tables`).

use maud::{Markup, Render, html};

pub(crate) mod bars;
pub(crate) mod fan;
pub(crate) mod frontier;
pub(crate) mod lines;
pub(crate) mod map;

/// What a drawing shows, for those who hear it.
#[derive(Debug, Clone)]
pub(crate) struct Meaning {
    /// Unique on the page.
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) description: String,
}

/// An `svg` element of a size, with its meaning.
fn drawing(meaning: &Meaning, (width, height): (f64, f64), content: impl Render) -> Markup {
    let [title, description] = ["title", "desc"].map(|part| format!("{}-{part}", meaning.id));
    html! {
        svg role="img" viewBox={ "0 0 " (pixel(width)) " " (pixel(height)) }
            aria-labelledby={ (title) " " (description) } {
            title id=(title) { (meaning.title) }
            desc id=(description) { (meaning.description) }
            (content)
        }
    }
}

/// A drawing as a file of its own: with its title above, and the page's colours on white.
pub(crate) fn standalone(title: &str, svg: &str) -> String {
    standalone_escaped(&html! { (title) }.into_string(), svg)
}

fn standalone_escaped(title: &str, svg: &str) -> String {
    const ABOVE: f64 = 34.0;
    const BESIDE: f64 = 8.0;
    let size = svg.split("viewBox=\"").nth(1).and_then(|rest| rest.split('"').next());
    let sizes: Vec<f64> = size
        .map(|size| size.split(' ').filter_map(|each| each.parse().ok()).collect())
        .unwrap_or_default();
    let (width, height) = match sizes[..] {
        [_, _, width, height] => (width, height),
        _ => (540.0, 400.0),
    };
    let style = style();
    let title = format!("<text class=\"strong\" x=\"8\" y=\"22\">{title}</text>");
    let inner = svg.replacen(
        "<svg ",
        &format!("<svg x=\"{BESIDE}\" y=\"{ABOVE}\" width=\"{width}\" height=\"{height}\" "),
        1,
    );
    let (width, height) = (width + 2.0 * BESIDE, height + ABOVE);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\"><style>{style}</style>\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>{title}{inner}</svg>\n"
    )
}

/// Every drawing of a page of this crate as a file of its own: name and SVG, in the order of the page.
pub fn drawings(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in page.split("<svg role=\"img\"").skip(1) {
        let Some((inside, _)) = part.split_once("</svg>") else { continue };
        let between = |from: &str, to: &str| {
            inside.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map(|(text, _)| text)
        };
        let title = between("<title", "</title>").and_then(|text| text.split_once('>'));
        let name = between("aria-labelledby=\"", "-title");
        if let (Some((_, title)), Some(name)) = (title, name) {
            let svg = format!("<svg role=\"img\"{inside}</svg>");
            found.push((name.to_owned(), standalone_escaped(title, &svg)));
        }
    }
    found
}

/// Rules of the page's style sheet that are about drawings, with the colours of light screens.
fn style() -> String {
    let sheet = crate::html::STYLE;
    let inside = |text: &'static str| text.split_once('}').map_or(text, |(inside, _)| inside);
    let root = sheet.split_once(":root {").map_or("", |(_, rest)| inside(rest));
    let colours: Vec<(&str, &str)> =
        root.split(';').filter_map(|each| each.trim().split_once(": ")).collect();
    let is_drawn = |line: &&str| ["svg ", ".gain-", ".loss-"].iter().any(|at| line.starts_with(at));
    let screen = sheet.split_once("@media print").map_or(sheet, |(screen, _)| screen);
    let rules = screen.lines().filter(is_drawn).map(|line| line.replace("svg ", ""));
    let mut style =
        format!("text{{font-family:\"Noto Sans\",sans-serif}}{}", rules.collect::<String>());
    for (name, colour) in colours {
        style = style.replace(&format!("var({name})"), colour);
    }
    style
}

/// A coordinate with one decimal, never `-0.0` or `NaN`.
fn pixel(value: f64) -> String {
    if value.is_finite() {
        format!("{:.1}", value + 0.0).replace("-0.0", "0.0")
    } else {
        "0".to_owned()
    }
}

/// A linear scale from numbers to pixels.
#[derive(Debug, Clone, Copy)]
struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// Maps the span of `values` to `from..to`; a span of nothing becomes one around it.
    fn over(values: impl IntoIterator<Item = f64>, from: f64, to: f64) -> Self {
        let finite = values.into_iter().filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        match (low, high) {
            (low, high) if low > high => Self { low: 0.0, high: 1.0, from, to },
            (low, high) if high - low < 1e-9 * high.abs().max(1e-3) => {
                let around = low.abs().max(1.0) * 0.1;
                Self { low: low - around, high: high + around, from, to }
            }
            (low, high) => Self { low, high, from, to },
        }
    }

    fn at(self, value: f64) -> f64 {
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// About `count` round numbers within the scale, and the decimals they need.
    fn ticks(self, count: usize) -> (Vec<f64>, usize) {
        let step = round_step((self.high - self.low) / count as f64);
        let slack = 1e-9 * (self.high - self.low);
        let first = ((self.low - slack) / step).ceil() as i64;
        let last = ((self.high + slack) / step).floor() as i64;
        let decimals = (-step.log10().floor()).clamp(0.0, 6.0) as usize;
        ((first..=last).map(|index| index as f64 * step).collect(), decimals)
    }
}

/// The next of 1, 2, 5 times a power of ten.
fn round_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= rough * 0.999);
    factor.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn ticks_are_round_and_inside() {
        let (ticks, decimals) = Scale::over([-0.13, 0.61], 0.0, 100.0).ticks(4);
        assert_eq!((ticks, decimals), (vec![0.0, 0.2, 0.4, 3.0 * 0.2], 1));
    }

    #[test]
    fn a_constant_or_empty_span_still_has_a_scale() {
        assert!(Scale::over([5.0, 5.0], 0.0, 100.0).at(5.0).is_finite());
        assert!(Scale::over([], 0.0, 100.0).at(0.5).is_finite());
    }
}
