//! What a reader should remember: the answer and a few sentences that follow from the tables.
//!
//! A sentence whose numbers are missing is left out.
//! Not here: the numbers themselves (`facts`, `tables`).

use crate::facts::{Change, Facts, GDP, JOBS, Key};
use crate::number::{self, MISSING, count, decimals, percent, plain, signed};
use crate::tables::{self, spoken};

/// Years, closure, prices and exchange rate in one line.
pub(crate) fn setting(facts: &Facts) -> String {
    let study = &facts.results.study;
    format!(
        "Policy against baseline in {}; prices of {}; {} closure; 1 USD = {} CNY ({}).",
        study.headline_year,
        study.base_year,
        study.closure.replace('_', "-"),
        plain(Some(study.exchange_rate), 2),
        study.exchange_rate_date,
    )
}

/// The answer in one sentence.
pub(crate) fn answer(facts: &Facts) -> String {
    let study = &facts.results.study;
    let gdp = facts.headline(Key::all(GDP, &facts.province));
    let jobs = facts.headline(Key::all(JOBS, &facts.province));
    let Some(by) = gdp.absolute() else {
        return format!("GDP of {} in {}: {MISSING}.", study.home, study.headline_year);
    };
    format!(
        "In {} the programme {} the GDP of {} by {} billion yuan ({} %){}.",
        study.headline_year,
        if by < 0.0 { "lowers" } else { "raises" },
        study.home,
        plain(Some(by.abs()), decimals([Some(by)])),
        percent(gdp.percent()),
        and_jobs(jobs),
    )
}

/// ` and brings 12,500 jobs (+0.06 %)`, to three digits.
fn and_jobs(jobs: Change) -> String {
    let Some(thousand) = jobs.absolute() else {
        return String::new();
    };
    let persons = number::rounded(thousand.abs(), decimals([Some(thousand)])) * 1e3;
    let verb = if thousand < 0.0 { "costs" } else { "brings" };
    format!(" and {verb} {} jobs ({} %)", plain(Some(persons), 0), percent(jobs.percent()))
}

/// Targets, levers, areas, industries and cost, one sentence each.
pub(crate) fn findings(facts: &Facts) -> Vec<String> {
    let all = [targets(facts), levers(facts), areas(facts), industries(facts), cost(facts)];
    all.into_iter().flatten().collect()
}

fn targets(facts: &Facts) -> Option<String> {
    let targets = &facts.results.targets;
    let missed: Vec<&str> = targets
        .iter()
        .filter(|target| target.gap > 0.0)
        .map(|target| target.name.as_str())
        .collect();
    match missed.len() {
        _ if targets.is_empty() || targets.iter().any(|each| each.gap.is_nan()) => None,
        0 => Some(format!("Targets: all {} are reached.", count(targets.len()))),
        missing => Some(format!(
            "Targets: {} of {} {} missed: {}.",
            count(missing),
            count(targets.len()),
            if missing == 1 { "is" } else { "are" },
            missed.join(", ")
        )),
    }
}

/// The two levers that move GDP most, whichever way.
fn levers(facts: &Facts) -> Option<String> {
    let mut parts = facts.breakdown(GDP)?.parts;
    parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let most: Vec<(&str, f64)> =
        parts.iter().take(2).map(|(name, value)| (name.as_str(), *value)).collect();
    Some(format!("Levers: the largest contributions to GDP are {}.", listed(&most)))
}

fn areas(facts: &Facts) -> Option<String> {
    let change = |place| facts.headline(Key::all(GDP, place)).absolute();
    let changes = facts.home.iter().map(|place| Some((place.name, change(place)?)));
    let mut changes: Vec<(&str, f64)> = changes.collect::<Option<_>>()?;
    changes.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (first, last) = (*changes.first()?, *changes.last()?);
    (changes.len() > 1).then(|| {
        format!("Areas: GDP gains most in {}, least in {}.", listed(&[first]), listed(&[last]))
    })
}

fn industries(facts: &Facts) -> Option<String> {
    let all = facts.industries();
    let gains: Vec<_> = all.iter().filter(|each| each.1 > 0.0).take(2).copied().collect();
    let losses: Vec<_> = all.iter().rev().filter(|each| each.1 < 0.0).take(1).copied().collect();
    match (gains.as_slice(), losses.as_slice()) {
        ([], []) => None,
        (gains, []) => Some(format!("Industries: output rises most in {}.", listed(gains))),
        ([], losses) => Some(format!("Industries: output falls most in {}.", listed(losses))),
        (gains, losses) => Some(format!(
            "Industries: output rises most in {}, and falls most in {}.",
            listed(gains),
            listed(losses)
        )),
    }
}

/// `Dalian (+5.91 bn CNY) and Shenyang (+3.11 bn CNY)`.
fn listed(changes: &[(&str, f64)]) -> String {
    let digits = decimals(changes.iter().map(|each| Some(each.1)));
    let one = |(name, by): &(&str, f64)| {
        format!("{} ({} {})", spoken(name), signed(Some(*by), digits), GDP.unit)
    };
    changes.iter().map(one).collect::<Vec<_>>().join(" and ")
}

fn cost(facts: &Facts) -> Option<String> {
    let cost = tables::total_cost(facts)?;
    let years = &facts.results.years;
    Some(format!(
        "Cost: {} {} to all budgets over {}–{}.",
        plain(Some(cost), decimals([Some(cost)])),
        GDP.unit,
        years.first()?,
        years.last()?,
    ))
}
