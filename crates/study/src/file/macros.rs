//! Baseline growth, observations and targets.

use super::code;
use super::field::Field;
use super::head::source;
use super::section::Section;
use crate::results::VARIABLES;
use crate::spec::{Baseline, GrowthPath, Observation, Period, Quantity, Scope, Target};

/// Growth rates a year that are believed: −50 % to +100 %.
const GROWTH: std::ops::RangeInclusive<f64> = -0.5..=1.0;

/// `[baseline.*]`.
pub(super) fn baseline(root: &Section<'_>) -> Baseline {
    let Some(section) = root.table("baseline", "[baseline]") else { return Baseline::default() };
    let path = |key| {
        let table = section.table(key, &format!("[baseline.{key}]"));
        table.map(|table| growth_path(&table)).unwrap_or_default()
    };
    let baseline = Baseline {
        labour_force: path("labour_force"),
        productivity: path("productivity"),
        world_demand: path("world_demand"),
        government_consumption: path("government_consumption"),
        foreign_direct_investment: path("foreign_direct_investment"),
        domestic_funds: path("domestic_funds"),
    };
    section.finish();
    baseline
}

/// `growth` for all regions, or `home` and `rest`.
fn growth_path(section: &Section<'_>) -> GrowthPath {
    let both = section.find("growth").map(|field| growth(&field).unwrap_or_default());
    let half = |key| match &both {
        Some(rates) => section.want(key, rates.clone(), growth),
        None => section.need(key, growth),
    };
    let (home, rest) = (half("home"), half("rest"));
    let path = GrowthPath {
        first: section.context.years.get().first,
        home,
        rest,
        source: source(section),
    };
    section.finish();
    path
}

/// One rate for all years, or a list with one rate for each.
fn growth(field: &Field<'_>) -> Option<Vec<f64>> {
    let years = field.context.years.get();
    if field.value.as_array().is_none() {
        return Some(vec![field.number(GROWTH)?; years.solved()]);
    }
    let items = field.list("growth rates")?;
    let rates: Vec<_> = items.iter().map(|item| item.number(GROWTH)).collect();
    if rates.len() != years.solved() && years.first > 0 {
        let wanted = format!("{} rates, for {} to {}", years.solved(), years.first, years.last);
        field.wrong_length(rates.len(), &wanted);
        return None;
    }
    rates.into_iter().collect()
}

/// `[[observation]]`.
pub(super) fn observations(root: &Section<'_>) -> Vec<Observation> {
    root.tables("observation", "[[observation]]").iter().map(observation).collect()
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

fn parse_period(text: &str) -> Option<Period> {
    let (year, rest) = text.split_at_checked(4)?;
    let year = year.parse().ok().filter(|year| (1978..=2100).contains(year))?;
    let months = match rest {
        "" => (1, 12),
        "H1" => (1, 6),
        "H2" => (7, 12),
        _ => months(rest.strip_prefix('-')?)?,
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
