//! Observations and targets.

use diagnostics::Diagnostic;

use super::code;
use super::field::Field;
use super::head::source;
use super::section::Section;
use crate::results::VARIABLES;
use crate::spec::{Observation, Period, Quantity, Scope, Target};

/// `[[observation]]`; what was published after `as_of` is left out.
pub(super) fn observations(root: &Section<'_>, as_of: &str) -> Vec<Observation> {
    let sections = root.tables("observation", "[[observation]]");
    sections
        .iter()
        .map(observation)
        .zip(&sections)
        .filter(|each| is_known(each, as_of))
        .map(|each| each.0)
        .collect()
}

/// Whether an observation was published by `as_of`, with a warning where it was not.
fn is_known((found, section): &(Observation, &Section<'_>), as_of: &str) -> bool {
    let later = is_later(&found.vintage, as_of);
    if let Some(field) = section.find("vintage").filter(|_| later) {
        let message = format!("published on {}, after {as_of}", found.vintage);
        let finding = Diagnostic::warning(crate::observations::LATER, message)
            .help("it is left out; set `as_of` later to use it");
        field.context.report(finding, field.span(), "not known then");
    }
    !later
}

/// Whether a date is after another, as far as both say; what has no date is not.
pub(crate) fn is_later(vintage: &str, as_of: &str) -> bool {
    // A month counts as its first day, a day of `as_of`'s month as known.
    let length = as_of.len().min(vintage.len());
    length > 0 && vintage[..length] > as_of[..length]
}

fn observation(section: &Section<'_>) -> Observation {
    let indicator = section.need("indicator", Field::indicator);
    let value = section.find("value").and_then(|field| quantity(&field, &indicator));
    let growth = section.find("growth").and_then(|field| field.number(-1.0..=10.0));
    if section.find("value").is_none() && section.find("growth").is_none() {
        section.need("value", |_| Some(()));
    }
    let found = Observation {
        value,
        growth,
        scope: section.want("region", Scope::Province, Field::scope),
        period: section.need("period", period),
        vintage: section.want("vintage", String::new(), date),
        definition: section.want("definition", String::new(), Field::text),
        source: source(section),
        indicator,
    };
    section.finish();
    found
}

/// `[[target]]`.
pub(super) fn targets(root: &Section<'_>) -> Vec<Target> {
    root.tables("target", "[[target]]").iter().map(target).collect()
}

fn target(section: &Section<'_>) -> Target {
    let indicator = section.need("indicator", Field::indicator);
    let found = Target {
        name: section.need("name", Field::text),
        scope: section.want("region", Scope::Province, Field::scope),
        year: section.need("year", Field::year),
        value: section.need("value", |field| quantity(field, &indicator)),
        source: source(section),
        indicator,
    };
    section.finish();
    found
}

/// Money where the indicator is money, else a number in the indicator's unit.
fn quantity(field: &Field<'_>, indicator: &str) -> Option<Quantity> {
    let variable = VARIABLES.iter().find(|(name, ..)| *name == indicator);
    let (_, unit, _) = variable?;
    if unit.contains("CNY") || unit.contains("USD") {
        field.money().map(Quantity::Money)
    } else {
        field.finite().map(Quantity::Number)
    }
}

/// `2017`, `2018H1` or `2018-01..08`, as text.
fn period(field: &Field<'_>) -> Option<Period> {
    let text = match field.value.as_integer() {
        Some(year) => year.to_string(),
        None => field.text()?,
    };
    let found = parse_period(&text);
    if found.is_none() {
        let message = format!("`{text}` is not a period");
        let help = "write \"2017\", \"2018H1\" or \"2018-01..08\"";
        field.error(code::BAD_PERIOD, message, "neither a year nor months of one", help);
    }
    found
}

/// `2018`, `2018-09` or `2018-09-28`, as text, so that dates are in order as texts are.
pub(super) fn date(field: &Field<'_>) -> Option<String> {
    let text = field.text()?;
    if is_date(&text) {
        return Some(text);
    }
    let message = format!("`{text}` is not a date");
    let help = "write \"2018-09-28\" or \"2018-09\"";
    field.error(code::BAD_PERIOD, message, "not year, month and day", help);
    None
}

/// Whether a text is a year, a month or a day with hyphens.
pub(crate) fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let digits = |part: Option<&str>, length: usize| {
        part.is_none_or(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let year = parts.next();
    digits(year, 4) && digits(parts.next(), 2) && digits(parts.next(), 2) && parts.next().is_none()
}

/// `2018`, `2018H1`, `2018-01..08`; `2018M1-8`, `2018年1-8月`, `2018年`, `2018年上半年`; `2018-08` and
/// `2018年8月` are single months.
pub(crate) fn parse_period(text: &str) -> Option<Period> {
    let (year, rest) = text.split_at_checked(4)?;
    let year = year.parse().ok().filter(|year| (1978..=2100).contains(year))?;
    let months = match rest {
        "" | "年" => (1, 12),
        "H1" | "年上半年" => (1, 6),
        "H2" => (7, 12),
        _ => match (rest.strip_prefix('M'), rest.strip_prefix('年')) {
            (Some(span), _) => months(&span.replacen('-', "..", 1))?,
            (_, Some(span)) => months(&span.strip_suffix('月')?.replacen('-', "..", 1))?,
            _ => months(rest.strip_prefix('-')?)?,
        },
    };
    Some(Period { year, months })
}

/// `09` or `01..08`.
fn months(text: &str) -> Option<(u8, u8)> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let months = (first.parse().ok()?, last.parse().ok()?);
    let ordered = 1 <= months.0 && months.0 <= months.1 && months.1 <= 12;
    ordered.then_some(months)
}
