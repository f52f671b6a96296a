//! Growth without the programme: drivers, macro paths that are given, and their shifters.
//!
//! Each given path needs one shifter that is found for it, and each freed shifter a path: the
//! closure of the baseline must be square in every group of regions.

use diagnostics::Diagnostic;

use super::code;
use super::field::Field;
use super::head::source;
use super::section::Section;
use crate::spec::{Baseline, GivenPath, Group, GrowthPath, MacroVariable, Shifter, Source, Word};

/// Growth rates a year that are believed: −50 % to +100 %.
const GROWTH: std::ops::RangeInclusive<f64> = -0.5..=1.0;

/// Shifters that go with paths where `free` names none, in the order of [`MacroVariable::ALL`].
const USUAL: [(MacroVariable, Shifter); 4] = [
    (MacroVariable::GrossProduct, Shifter::LabourProductivity),
    (MacroVariable::Employment, Shifter::ReferenceWage),
    (MacroVariable::Exports, Shifter::ExportDemand),
    (MacroVariable::Investment, Shifter::InvestmentPropensity),
];

/// `[baseline]`.
pub(super) fn read(root: &Section<'_>) -> Baseline {
    let Some(section) = root.table("baseline", "[baseline]") else { return Baseline::default() };
    let need = |key| {
        let table = section.table(key, &format!("[baseline.{key}]"));
        table.map(|table| growth_path(&table)).unwrap_or_default()
    };
    let want = |key| {
        let found = section.find(key)?;
        Section::of(&found, format!("[baseline.{key}]")).map(|table| growth_path(&table))
    };
    let mut baseline = Baseline {
        labour_force: need("labour_force"),
        productivity: need("productivity"),
        world_demand: need("world_demand"),
        government_consumption: need("government_consumption"),
        foreign_direct_investment: need("foreign_direct_investment"),
        domestic_funds: need("domestic_funds"),
        skilled_labour_force: want("skilled_labour_force"),
        inventories: want("inventories"),
        foreign_saving: want("foreign_saving"),
        given: MacroVariable::ALL
            .into_iter()
            .flat_map(|(key, variable)| given(&section, key, variable))
            .collect(),
    };
    balance_trade(&mut baseline.given);
    close(&section, &mut baseline.given);
    jobs_within_the_labour_force(&section, &baseline);
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

/// A macro path: `growth` for all regions, or `home` or `rest` or both.
fn given(section: &Section<'_>, key: &'static str, variable: MacroVariable) -> Vec<GivenPath> {
    let found = section.find(key);
    let table = found.and_then(|field| Section::of(&field, format!("[baseline.{key}]")));
    let Some(table) = table else { return vec![] };
    let both = table.find("growth").and_then(|field| growth(&field));
    let [home, rest] =
        ["home", "rest"].map(|key| table.want(key, both.clone(), |field| growth(field).map(Some)));
    if home.is_none() && rest.is_none() && table.find("growth").is_none() {
        table.need("growth", |_| Some(()));
    }
    let (source, first) = (source(&table), table.context.years.get().first);
    table.finish();
    let of = |group, rates: Option<Vec<f64>>| {
        let shifter = USUAL.iter().find(|(each, _)| *each == variable).map(|(_, shifter)| *shifter);
        let (shifter, source): (_, Source) = (shifter.unwrap_or_default(), source.clone());
        rates.map(|rates| GivenPath { variable, group, shifter, first, rates, source })
    };
    [of(Group::Home, home), of(Group::Rest, rest)].into_iter().flatten().collect()
}

/// Exports of all regions given by demand would leave imports alone to clear the foreign balance,
/// which they cannot where they respond little to prices: those of the rest go by foreign saving.
fn balance_trade(given: &mut [GivenPath]) {
    let is_exports = |path: &&mut GivenPath| path.variable == MacroVariable::Exports;
    let mut exports: Vec<&mut GivenPath> = given.iter_mut().filter(is_exports).collect();
    if let [_, rest] = exports.as_mut_slice() {
        rest.shifter = Shifter::ForeignSaving;
    }
}

/// Gives each path its shifter out of `free`; refuses a closure that is not square.
fn close(section: &Section<'_>, given: &mut [GivenPath]) {
    let Some(field) = section.find("free") else { return };
    let Some(items) = field.list("shifters") else { return };
    let free: Vec<Option<Shifter>> = items.iter().map(Field::word).collect();
    let Some(free) = free.into_iter().collect::<Option<Vec<Shifter>>>() else { return };
    let mut used: Vec<Shifter> = Vec::new();
    let mut without: Vec<String> = Vec::new();
    for group in [Group::Home, Group::Rest] {
        let (found, left) = pair(given, group, &free);
        used.extend(found);
        without.extend(left);
    }
    without.sort();
    without.dedup();
    let idle = free.iter().filter(|shifter| !used.contains(shifter)).map(|shifter| shifter.word());
    let idle: Vec<&str> = idle.collect();
    if without.is_empty() && idle.is_empty() {
        return;
    }
    let quoted = |names: &[&str]| {
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    let mut said = Vec::new();
    let mut help = Vec::new();
    if !without.is_empty() {
        let names: Vec<&str> = without.iter().map(String::as_str).collect();
        said.push(format!("no shifter is free for {}", quoted(&names)));
        help.push("free one more shifter for each, or leave the path out".to_owned());
    }
    if !idle.is_empty() {
        said.push(format!("no path is given for {}", quoted(&idle)));
        help.push(format!("give a path for each, or take {} out of `free`", quoted(&idle)));
    }
    let message = format!("the closure of the baseline is not square: {}", said.join("; "));
    field.error(
        code::NOT_SQUARE,
        message,
        "as many shifters as paths, in every group",
        &help.join("; "),
    );
}

/// Pairs the paths of a group with free shifters, the usual ones first; the shifters used, and the
/// paths left without one.
fn pair(given: &mut [GivenPath], group: Group, free: &[Shifter]) -> (Vec<Shifter>, Vec<String>) {
    let mut paths: Vec<&mut GivenPath> =
        given.iter_mut().filter(|path| path.group == group).collect();
    let mut used: Vec<Shifter> =
        paths.iter().map(|path| path.shifter).filter(|usual| free.contains(usual)).collect();
    let mut without = Vec::new();
    for path in paths.iter_mut().filter(|path| !free.contains(&path.shifter)) {
        // Employment goes by wages alone, and they by nothing else; foreign saving is national.
        let open = |shifter: &&Shifter| {
            !used.contains(shifter)
                && ![Shifter::ReferenceWage, Shifter::ForeignSaving].contains(*shifter)
                && path.variable != MacroVariable::Employment
        };
        match free.iter().find(open).copied() {
            Some(shifter) => {
                path.shifter = shifter;
                used.push(shifter);
            }
            None => without.push(path.variable.name().to_owned()),
        }
    }
    (used, without)
}

/// Refuses employment above the labour force.
fn jobs_within_the_labour_force(section: &Section<'_>, baseline: &Baseline) {
    let years = section.context.years.get();
    let usual = 1.0 - section.context.parameters.borrow().get("unemployment_rate");
    let over = |path: &GivenPath| {
        let force = |year| match path.group {
            Group::Home => baseline.labour_force.home(year),
            Group::Rest => baseline.labour_force.rest(year),
        };
        let mut share = usual;
        (years.first..).take(path.rates.len()).find(|year| {
            share *= (1.0 + path.rate(*year)) / (1.0 + force(*year));
            share >= 1.0
        })
    };
    let jobs = baseline.given.iter().filter(|path| path.variable == MacroVariable::Employment);
    let (Some(year), Some(field)) = (jobs.filter_map(over).min(), section.find("employment"))
    else {
        return;
    };
    let message = format!("employment is above the labour force in {year}");
    let help = "let `labour_force` grow with it, or employment less";
    let finding = Diagnostic::error(code::JOBS_ABOVE_LABOUR_FORCE, message).help(help);
    let span = section.context.first_line(field.span());
    section.context.report(finding, span, "this path");
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
