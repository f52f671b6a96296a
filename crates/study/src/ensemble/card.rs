//! What a commerce department keeps of its targets: how the running year stands against its plan, and
//! whose part a target is.
//!
//! | figure       | formula                                                                     |
//! |--------------|-----------------------------------------------------------------------------|
//! | plan         | level of a year on the path of constant growth from the last whole year to the target |
//! | completed    | level of months 1 to m over the plan of the year                             |
//! | time passed  | m / 12                                                                       |
//! | usual        | share of the year that months 1 to m had before: 1 / (1 + r), r as in `super::nowcast` |
//! | part of a target | its value times the part's share of a key on the policy path              |
//!
//! Keys: cities by the indicator itself where it is told by region, else by investment; industries
//! by capital of foreign firms for direct investment, of domestic firms otherwise.
//! Not here: odds (`super::forecast`), how cards are shown (crate `report`).

use serde::{Deserialize, Serialize};

use super::drivers::Drivers;
use super::nowcast::Nowcast;
use crate::results::Results;
use crate::run::draw::unit_of;
use crate::spec::{Names, Observation, Scope, Study, Target};

/// How one place stands in the running year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Target.
    pub target: String,
    /// Place.
    pub region: String,
    /// Unit.
    pub unit: String,
    /// The running year.
    pub year: u16,
    /// Last month of it that is observed.
    pub month: u8,
    /// Plan of the year.
    pub plan: f64,
    /// Level of the months observed.
    pub done: f64,
    /// Growth over the same months of the year before, per cent.
    pub growth: Option<f64>,
    /// Per cent of the plan.
    pub completed: f64,
    /// Per cent of the year.
    pub time_passed: f64,
    /// Per cent of a year that those months usually have; none without a whole year to compare.
    pub usual: Option<f64>,
    /// Place by completion among cards of one target, from 1; none where it is the only one.
    pub rank: Option<usize>,
}

/// A part of a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// City or industry.
    pub name: String,
    /// Share of the whole.
    pub share: f64,
    /// Share times the target, in its unit.
    pub value: f64,
}

/// A target by city or by industry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// `city` or `industry`.
    pub by: String,
    /// What the shares are of, in words.
    pub key: String,
    /// Parts, the largest first.
    pub parts: Vec<Part>,
}

/// Level and whole year before, for one indicator and place.
fn whole_year(study: &Study, of: &Target, scope: &Scope) -> Option<(u16, f64)> {
    let rate = study.exchange_rate.cny_per_usd;
    let found = study.last_whole_year(&of.indicator, scope)?;
    Some((found.period.year, found.value?.in_unit(unit_of(of), rate)))
}

/// Cards of a study's targets: the target's own place, and every region with months of the running
/// year and a whole year before.
pub fn cards(study: &Study, names: &Names, drivers: &Drivers<'_>) -> Vec<Card> {
    let mut list = Vec::new();
    for target in &study.targets {
        let nowcast = drivers.inflows.iter().find(|each| each.indicator == target.indicator);
        let usual = nowcast
            .and_then(|each| each.nowcast.as_ref())
            .filter(|each| each.ratios > 0)
            .map(|each| 100.0 / (1.0 + each.ratio));
        let regions = study.observations.iter().filter(|each| {
            each.indicator == target.indicator && matches!(each.scope, Scope::Region(_))
        });
        let mut scopes = vec![target.scope.clone()];
        for scope in regions.map(|each| &each.scope) {
            if !scopes.contains(scope) {
                scopes.push(scope.clone());
            }
        }
        let mut cards: Vec<Card> = scopes
            .iter()
            .filter_map(|scope| card(study, names, target, scope, drivers))
            .map(|card| Card { usual, ..card })
            .collect();
        rank(&mut cards);
        list.extend(cards);
    }
    list
}

/// Ranks the cities of one target; the province is not among them.
fn rank(cards: &mut [Card]) {
    let completed: Vec<f64> = cards.iter().skip(1).map(|card| card.completed).collect();
    if completed.len() > 1 {
        for card in cards.iter_mut().skip(1) {
            let better = completed.iter().filter(|each| **each > card.completed).count();
            card.rank = Some(better + 1);
        }
    }
}

fn card(
    study: &Study,
    names: &Names,
    target: &Target,
    scope: &Scope,
    drivers: &Drivers<'_>,
) -> Option<Card> {
    let (unit, rate) = (unit_of(target), study.exchange_rate.cny_per_usd);
    let running = |each: &&Observation| {
        each.indicator == target.indicator
            && each.scope == *scope
            && each.value.is_some()
            && each.period.months.0 == 1
            && each.period.months.1 < 12
            && each.period.year > study.years.base
    };
    let last = study
        .observations
        .iter()
        .filter(running)
        .max_by_key(|each| (each.period.year, each.period.months.1))?;
    let done = last.value?.in_unit(unit, rate);
    let (year, month) = (last.period.year, last.period.months.1);
    // Where no whole year is observed, the nowcast's estimate of the year before stands for it.
    let estimated = || {
        let inflow = drivers.inflows.iter().find(|each| each.indicator == target.indicator)?;
        let own = inflow.nowcast.as_ref().filter(|_| *scope == target.scope)?;
        Some((own.year - 1, Nowcast::before_with(own, 0.0)?))
    };
    let (from, level) = whole_year(study, target, scope).or_else(estimated)?;
    // A region's own target is the province's, in proportion to the last whole year.
    let goal = target.value.in_unit(unit, rate);
    let goal = if *scope == target.scope {
        goal
    } else {
        goal * level / whole_year(study, target, &target.scope)?.1
    };
    let span = f64::from(target.year.checked_sub(from).filter(|years| *years > 0)?);
    let share = f64::from(year.saturating_sub(from)) / span;
    let plan = level * (goal / level).powf(share.min(1.0));
    // A target of nothing has no plan that could be completed.
    if !(plan > 0.0 && plan.is_finite()) {
        return None;
    }
    Some(Card {
        target: target.name.clone(),
        region: scope.label(names).to_owned(),
        unit: unit.to_owned(),
        year,
        month,
        plan,
        done,
        growth: last.growth.map(|growth| 100.0 * growth),
        completed: 100.0 * done / plan,
        time_passed: 100.0 * f64::from(month) / 12.0,
        usual: None,
        rank: None,
    })
}

/// A target by city and by industry, on the policy path of the central results.
pub fn splits(results: &Results, target: &Target, value: f64) -> Vec<Split> {
    let Some(year) = results.years.iter().position(|year| *year == target.year) else {
        return vec![];
    };
    let level = |variable: &str, region: &str, industry: &str, owner: &str| {
        let series = results.series_by("policy", variable, region, industry, owner)?;
        series.values.get(year).copied().filter(|value| *value > 0.0)
    };
    let direct = target.indicator == "fdi";
    let owner = if direct { "foreign" } else { "domestic" };
    let by_region = |variable: &str| -> Vec<(String, f64)> {
        let regions = results.study.home_regions.iter();
        regions.filter_map(|name| Some((name.clone(), level(variable, name, "", "")?))).collect()
    };
    let own = by_region(&target.indicator);
    let (cities, key) = if own.is_empty() {
        (by_region("investment"), "fixed investment of the cities on the policy path".to_owned())
    } else {
        (own, "the indicator itself by city on the policy path".to_owned())
    };
    let industries = results.study.industries.iter();
    let industries: Vec<(String, f64)> = industries
        .filter_map(|name| {
            Some((name.clone(), level("capital", &results.study.home, name, owner)?))
        })
        .collect();
    let key_of = format!("capital of {owner} firms on the policy path");
    [("city", key, cities), ("industry", key_of, industries)]
        .into_iter()
        .filter(|(_, _, sizes)| !sizes.is_empty())
        .map(|(by, key, sizes)| split(by, key, &sizes, value))
        .collect()
}

fn split(by: &str, key: String, sizes: &[(String, f64)], value: f64) -> Split {
    let all: f64 = sizes.iter().map(|(_, size)| size).sum();
    let part = |(name, size): &(String, f64)| {
        let share = size / all;
        Part { name: name.clone(), share, value: share * value }
    };
    let mut parts: Vec<Part> = sizes.iter().map(part).collect();
    parts.sort_by(|a, b| b.share.total_cmp(&a.share));
    Split { by: by.to_owned(), key, parts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_in_proportion_and_add_up() {
        let sizes = [("small", 1.0), ("large", 3.0)].map(|(name, size)| (name.to_owned(), size));
        let split = split("city", "size".to_owned(), &sizes, 200.0);
        let told: Vec<(&str, f64)> =
            split.parts.iter().map(|part| (part.name.as_str(), part.value)).collect();
        assert_eq!(told, [("large", 150.0), ("small", 50.0)]);
    }

    #[test]
    fn cities_are_ranked_by_completion_without_the_province() {
        let card = |completed: f64| Card {
            target: String::new(),
            region: String::new(),
            unit: String::new(),
            year: 2018,
            month: 6,
            plan: 1.0,
            done: 0.5,
            growth: None,
            completed,
            time_passed: 50.0,
            usual: None,
            rank: None,
        };
        let mut cards = [60.0, 40.0, 70.0, 40.0].map(card);
        rank(&mut cards);
        assert_eq!(cards.map(|card| card.rank), [None, Some(2), Some(1), Some(2)]);
    }
}
