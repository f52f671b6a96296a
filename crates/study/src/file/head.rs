//! The head of a study: format, years, exchange rate, parameters, and sources anywhere.

use diagnostics::Diagnostic;

use super::code;
use super::context::way_out;
use super::field::Field;
use super::section::Section;
use crate::parameters::Parameters;
use crate::spec::{
    Dynamics, ExchangeRate, Financing, MacroBalance, Migration, Revenue, Source, Status, Years,
};

/// Years that a study may have at all.
const CALENDAR: std::ops::RangeInclusive<u16> = 1978..=2100;

/// Most persons that a study may give.
const MOST_PERSONS: f64 = 1e10;

/// Checks `format = 1`.
pub(super) fn format(root: &Section<'_>) {
    let version = |field: &Field<'_>| field.value.as_integer();
    let Some(field) = root.find("format") else {
        let finding = Diagnostic::error(code::FORMAT, "`format` is missing")
            .help("begin the file with `format = 1`");
        return root.context.report(finding, 0..0, "the file begins here");
    };
    if version(&field) != Some(super::FORMAT) {
        let message = format!("this program reads format 1, not `{}`", field.written());
        field.error(code::FORMAT, message, "another format", "write `format = 1`");
    }
}

/// `home`: regions of accounts that have no home of their own.
pub(super) fn home(root: &Section<'_>) {
    let Some(field) = root.find("home") else { return };
    let Some(regions) = field.regions() else { return };
    let names = root.context.names;
    let is_home = |name: &String| regions.iter().any(|region| region.name == *name);
    if regions.len() != names.home_regions.len() || !names.home_regions.iter().all(is_home) {
        let message = "these accounts have a home of their own".to_owned();
        let help = format!("leave `home` out: it is {}", names.home);
        field.error(code::UNKNOWN_REGION, message, "not the home of the accounts", &help);
    }
}

/// `[employment]`: persons employed in all regions, for accounts that have none.
pub(super) fn employment(root: &Section<'_>) -> Option<(f64, Source)> {
    let field = root.find("employment")?;
    let section = Section::of(&field, "[employment]".to_owned())?;
    let persons = section.need("persons", |field| field.number(1.0..=MOST_PERSONS));
    let source = source(&section);
    section.finish();
    (persons > 0.0).then_some((persons, source))
}

/// `[years]`.
pub(super) fn years(root: &Section<'_>) -> Years {
    let fallback = Years { base: *CALENDAR.start(), first: 0, last: *CALENDAR.end(), headline: 0 };
    root.context.years.set(fallback);
    let Some(section) = root.table("years", "[years]") else { return fallback };
    let year = |key| section.need(key, |field| field.year_in(CALENDAR));
    let (base, first, last) = (year("base"), year("first"), year("last"));
    let headline = section.want("headline", last, |field| field.year_in(CALENDAR));
    section.finish();
    let years = Years { base, first, last, headline };
    if [base, first, last, headline].contains(&0) || !in_order(&section, years) {
        return fallback;
    }
    root.context.years.set(years);
    years
}

/// base < first ≤ headline ≤ last, and no gap after the base year.
fn in_order(section: &Section<'_>, years: Years) -> bool {
    let wrong = if years.first != years.base + 1 {
        format!(
            "the first year is {}, not the year after the base year {}",
            years.first, years.base
        )
    } else if years.last < years.first {
        format!("the last year {} is before the first year {}", years.last, years.first)
    } else if !(years.base..=years.last).contains(&years.headline) {
        format!("the headline year {} is not from {} to {}", years.headline, years.base, years.last)
    } else {
        return true;
    };
    let finding = Diagnostic::error(code::YEARS_INVERTED, wrong)
        .help("write base, first = base + 1, headline and last in this order");
    let span = section.context.first_line(section.span.clone());
    section.context.report(finding, span, "these years");
    false
}

/// `[dynamics]`, which may be missing.
pub(super) fn dynamics(root: &Section<'_>) -> Dynamics {
    let found = root.find("dynamics");
    let section = found.and_then(|field| Section::of(&field, "[dynamics]".to_owned()));
    let Some(section) = section else { return Dynamics::default() };
    let dynamics = Dynamics {
        labour_market: section.want("labour_market", None, |field| field.word().map(Some)),
        balance: section.want("macro_balance", MacroBalance::default(), Field::word),
        financing: section.want("financing", Financing::default(), Field::word),
        revenue: section.want("revenue", Revenue::default(), Field::word),
        migration: section.want("migration", Migration::default(), Field::word),
    };
    section.finish();
    dynamics
}

/// `[exchange_rate]`: results in dollars need it, whether or not the file has any.
pub(super) fn exchange_rate(root: &Section<'_>) -> ExchangeRate {
    let Some(field) = root.find("exchange_rate") else {
        let finding = Diagnostic::error(code::NO_EXCHANGE_RATE, "the study has no exchange rate")
            .help("add [exchange_rate] with cny_per_usd, date, source and status");
        root.context.report(finding, 0..0, "amounts and results in dollars need one");
        return ExchangeRate::default();
    };
    let section = Section::of(&field, "[exchange_rate]".to_owned());
    let Some(section) = section else { return ExchangeRate::default() };
    let cny_per_usd = section.need("cny_per_usd", |field| field.number(0.1..=1000.0));
    root.context.cny_per_usd.set(cny_per_usd);
    let date = section.need("date", Field::text);
    let source = source(&section);
    section.finish();
    ExchangeRate { cny_per_usd, date, source }
}

/// `source` and `status` of a table.
pub(super) fn source(section: &Section<'_>) -> Source {
    Source {
        text: section.need("source", Field::text),
        status: section.need("status", Field::word),
    }
}

/// `[parameters]`: `name = number`, or `name = { value, source, status }`.
pub(super) fn parameters(root: &Section<'_>) -> Parameters {
    let found = root.find("parameters");
    let section = found.and_then(|field| Section::of(&field, "[parameters]".to_owned()));
    let mut parameters = Parameters::default();
    for field in section.iter().flat_map(Section::fields) {
        set_parameter(&mut parameters, &field);
    }
    *root.context.parameters.borrow_mut() = parameters.clone();
    parameters
}

fn set_parameter(parameters: &mut Parameters, field: &Field<'_>) {
    let Some((lowest, highest)) = parameters.find(&field.key).map(|each| each.range) else {
        let message = format!("unknown parameter `{}`", field.key);
        let help = way_out(&field.key, parameters.names().collect::<Vec<_>>());
        return field.error(code::UNKNOWN_PARAMETER, message, "changes nothing", &help);
    };
    let range = lowest..=highest;
    let (value, source) = if field.value.as_table().is_some() {
        let title = format!("parameter `{}`", field.key);
        let Some(section) = Section::of(field, title) else { return };
        let value = section.need("value", |value| value.number(range));
        let source = source(&section);
        section.finish();
        (value, source)
    } else {
        let text = "set in the study file".to_owned();
        let source = Source { text, status: Status::Assumption };
        (field.number(range).unwrap_or_default(), source)
    };
    parameters.set(&field.key, value, source.text, source.status);
}
