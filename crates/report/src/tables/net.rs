//! Net, not gross: what the programme and each lever bring to the province and what they cost.
//!
//! Not here: how the measures come about (`study::run::NET_MEASURES`).

use study::results::NetMeasure;

use super::{ALL_LEVERS, spoken};
use crate::facts::Facts;
use crate::number::{self, decimals, plain, signed};
use crate::table::{Mark, Table, figures, words};
use crate::unit;

/// Columns of the table of effects: measure, its name here, unit.
const EFFECTS: [(&str, &str, &str); 8] = [
    ("value added", "GDP", "bn CNY"),
    ("jobs", "Job-years", "thousand"),
    ("domestic investment", "Dom. inv.", "bn CNY"),
    ("foreign investment", "For. inv.", "bn CNY"),
    ("imports", "Imports", "bn CNY"),
    ("equivalent variation", "Househ.", "bn CNY"),
    ("tax revenue", "Revenue", "bn CNY"),
    ("public cost", "Cost", "bn CNY"),
];

/// What levers bring over all years, policy less baseline; the parts add up as printed.
pub(crate) fn net_effects(facts: &Facts) -> Table {
    let caption = format!("Net effects over all years: {}", facts.province.name);
    let mut table = Table::new(caption, vec![words("Lever")]);
    if facts.results.net.is_empty() {
        return table;
    }
    table.columns.extend(EFFECTS.map(|(_, name, unit)| figures(name, unit)));
    let levers = parts(facts);
    let province = facts.province.name;
    let columns = EFFECTS.map(|(measure, _, to)| column(facts, province, &levers, measure, to));
    for (at, lever) in levers.iter().enumerate() {
        let cells = columns.iter().map(|column| column[at].clone());
        table.push(Mark::Ordinary, [spoken(lever)].into_iter().chain(cells).collect());
    }
    let totals = columns.iter().map(|column| column[levers.len()].clone());
    table.push(Mark::Total, [ALL_LEVERS.to_owned()].into_iter().chain(totals).collect());
    table
}

/// Ratios of what is paid to what comes of it, over all years: cost and effect of the province, and
/// of the nation beside them.
pub(crate) fn value_for_money(facts: &Facts) -> Table {
    let caption = format!(
        "Value for public money over all years: {} | nation (no cost, no jobs: does not apply)",
        facts.province.name
    );
    let mut table = Table::new(caption, vec![words("Lever")]);
    if facts.results.net.is_empty() {
        return table;
    }
    table.columns.extend([
        figures("Cost", "bn CNY"),
        figures("a job-year", "th. CNY"),
        figures("| nation", "th. CNY"),
        figures("GDP", "a yuan"),
        figures("| nation", "a yuan"),
        figures("Leakage", "%"),
    ]);
    let mut rows = parts(facts);
    let costs = column(facts, facts.province.name, &rows, "public cost", "bn CNY");
    rows.push(study::run::PROGRAMME);
    for (lever, cost) in rows.into_iter().zip(costs) {
        if ["interaction", "remainder"].contains(&lever) {
            continue;
        }
        let is_all = lever == study::run::PROGRAMME;
        let ratio = |region: &str, measure: &str, scale: f64, digits: usize| {
            let Some(found) = find_in(facts, region, lever, measure) else { return none() };
            let value = found.all_years.map(|value| plain(Some(value * scale), digits));
            value.unwrap_or_else(|| found.undefined.clone())
        };
        let (home, nation) = (facts.province.name, "nation");
        let name = if is_all { ALL_LEVERS.to_owned() } else { spoken(lever) };
        table.push(
            if is_all { Mark::Total } else { Mark::Ordinary },
            vec![
                name,
                cost.trim_start_matches('+').to_owned(),
                ratio(home, "cost per job", 1e-3, 1),
                ratio(nation, "cost per job", 1e-3, 1),
                ratio(home, "value added per yuan", 1.0, 2),
                ratio(nation, "value added per yuan", 1.0, 2),
                ratio(home, "import leakage", 100.0, 1),
            ],
        );
    }
    table
}

/// What stands where there is nothing.
fn none() -> String {
    "–".to_owned()
}

/// Spending of projects from gross to net, over all years.
pub(crate) fn projects(facts: &Facts) -> Table {
    let caption = "Projects from gross to net, over all years";
    let mut table = Table::new(caption, vec![words("Project")]);
    let spent = |lever: &str, measure: &str| {
        let found = find(facts, lever, measure)?;
        unit::convert(found.all_years?, &found.unit, "bn CNY")
    };
    let some = |lever: &&str| spent(lever, "project spending").is_some_and(|value| value > 0.0);
    let levers: Vec<&str> = parts(facts).into_iter().filter(some).collect();
    if levers.is_empty() {
        return table;
    }
    table.columns.extend(
        ["Expected", "Coming anyway", "Displacing", "New"].map(|name| figures(name, "bn CNY")),
    );
    table.with(levers.into_iter().map(|lever| {
        let [gross, anyway, displacing] = ["project spending", "coming anyway", "displacing"]
            .map(|measure| spent(lever, measure).unwrap_or_default());
        let all = [gross, anyway, displacing, gross - anyway - displacing];
        [spoken(lever)].into_iter().chain(all.map(|value| plain(Some(value), 3))).collect()
    }))
}

/// Levers in order, the interaction last.
fn parts<'a>(facts: &Facts<'a>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for each in facts.results.net.iter().filter(|each| each.lever != study::run::PROGRAMME) {
        if !names.contains(&each.lever.as_str()) {
            names.push(&each.lever);
        }
    }
    names
}

fn find<'a>(facts: &Facts<'a>, lever: &str, measure: &str) -> Option<&'a NetMeasure> {
    find_in(facts, facts.province.name, lever, measure)
}

fn find_in<'a>(
    facts: &Facts<'a>,
    region: &str,
    lever: &str,
    measure: &str,
) -> Option<&'a NetMeasure> {
    let fits = |each: &&NetMeasure| {
        each.lever == lever && each.region == region && each.measure == measure
    };
    facts.results.net.iter().find(fits)
}

/// One measure over the levers and then its total, rounded so that the parts add up.
fn column(facts: &Facts, region: &str, levers: &[&str], measure: &str, to: &str) -> Vec<String> {
    let value = |lever: &str| {
        let found = find_in(facts, region, lever, measure)?;
        unit::convert(found.all_years?, &found.unit, to)
    };
    let values: Vec<f64> = levers.iter().map(|lever| value(lever).unwrap_or(f64::NAN)).collect();
    let total = value(study::run::PROGRAMME);
    let digits = decimals([total]).max(2);
    let parts = number::rounded_to_add_up(&values, digits);
    let parts = parts.into_iter().zip(values);
    let parts =
        parts.map(|(value, exact)| if exact == 0.0 { none() } else { signed(Some(value), digits) });
    parts.chain([signed(total, digits)]).collect()
}
