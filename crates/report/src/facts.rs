//! Look-ups in the results: an indicator for a place, in a unit people speak in.
//!
//! A place is a region or a group of them; where the results hold no series for the group, its
//! members are added up. A value that is missing or not finite is `None` from here on.
//! Not here: how values are written (`number`), what tables they form (`tables`).

use study::results::{Contribution, Results, Series};

use crate::unit;

/// A variable with the words and the unit it is shown in. All of these add up over regions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Indicator {
    pub(crate) variable: &'static str,
    pub(crate) label: &'static str,
    pub(crate) unit: &'static str,
}

const fn indicator(variable: &'static str, label: &'static str, unit: &'static str) -> Indicator {
    Indicator { variable, label, unit }
}

pub(crate) const GDP: Indicator = indicator("gdp", "GDP", "bn CNY");
pub(crate) const JOBS: Indicator = indicator("employment", "Jobs", "thousand");
pub(crate) const FDI: Indicator = indicator("fdi", "Foreign direct investment", "bn USD");
pub(crate) const FDI_SMALL: Indicator = indicator("fdi", "FDI", "m USD");
pub(crate) const TRADE: Indicator = indicator("trade", "Exports plus imports", "bn USD");
pub(crate) const EXPORTS: Indicator = indicator("exports", "Exports", "bn CNY");
pub(crate) const BUDGET: Indicator = indicator("budget_balance", "Budget balance", "bn CNY");
pub(crate) const CONSUMPTION: Indicator = indicator("consumption", "Consumption", "bn CNY");
pub(crate) const HOUSEHOLDS: Indicator =
    indicator("equivalent_variation", "Household gain", "bn CNY");
pub(crate) const FOREIGN_CAPITAL: Indicator =
    indicator("foreign_capital", "Capital of foreign firms", "bn CNY");
pub(crate) const DEBT: Indicator = indicator("government_debt", "Government debt", "bn CNY");
pub(crate) const MIGRATION: Indicator =
    indicator("net_migration", "People drawn in by wages", "thousand");
pub(crate) const OUTPUT: Indicator = indicator("output", "Output", "bn CNY");
pub(crate) const INDUSTRY_JOBS: Indicator = indicator("industry_employment", "Jobs", "thousand");

/// A region, or a group of regions under one name.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    pub(crate) name: &'a str,
    pub(crate) members: Vec<&'a str>,
}

/// What is looked up: an indicator of a place, of an industry and owner (empty = all).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key<'a> {
    pub(crate) indicator: Indicator,
    pub(crate) place: &'a Place<'a>,
    pub(crate) industry: &'a str,
    pub(crate) owner: &'a str,
}

impl<'a> Key<'a> {
    /// All industries and owners of a place.
    pub(crate) fn all(indicator: Indicator, place: &'a Place<'a>) -> Self {
        Self { indicator, place, industry: "", owner: "" }
    }
}

/// One value in both scenarios.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Change {
    pub(crate) baseline: Option<f64>,
    pub(crate) policy: Option<f64>,
}

impl Change {
    /// Policy less baseline; nothing where it is noise of the solver.
    pub(crate) fn absolute(self) -> Option<f64> {
        let (policy, baseline) = (self.policy?, self.baseline?);
        let moved = policy - baseline;
        Some(if moved.abs() < study::run::NOISE * baseline.abs() { 0.0 } else { moved })
    }

    /// Policy less baseline in percent of the baseline, where the baseline is positive.
    pub(crate) fn percent(self) -> Option<f64> {
        let baseline = self.baseline.filter(|value| *value > 0.0)?;
        Some(100.0 * self.absolute()? / baseline)
    }
}

/// Contributions of the levers to one total.
#[derive(Debug, Clone)]
pub(crate) struct Breakdown {
    /// Lever and contribution, the interaction last.
    pub(crate) parts: Vec<(String, f64)>,
    /// Policy less baseline.
    pub(crate) total: f64,
}

/// Part of the total that contributions may leave open before it is shown as a row of its own.
const OPEN_SHARE: f64 = 1e-6;

/// The results with the places a report speaks about.
pub(crate) struct Facts<'a> {
    pub(crate) results: &'a Results,
    pub(crate) province: Place<'a>,
    pub(crate) home: Vec<Place<'a>>,
    pub(crate) elsewhere: Option<Place<'a>>,
    headline: Option<usize>,
}

impl<'a> Facts<'a> {
    pub(crate) fn new(results: &'a Results) -> Self {
        let study = &results.study;
        let home: Vec<&str> = study.home_regions.iter().map(String::as_str).collect();
        let others = study.regions.iter().map(String::as_str).filter(|name| !home.contains(name));
        Self {
            results,
            province: Place { name: &study.home, members: home.clone() },
            home: home.iter().map(|name| Place { name, members: vec![*name] }).collect(),
            elsewhere: elsewhere(others.collect()),
            headline: results.years.iter().position(|year| *year == study.headline_year),
        }
    }

    /// Home regions, the province, the rest of the country.
    pub(crate) fn areas(&self) -> impl Iterator<Item = &Place<'a>> {
        self.home.iter().chain([&self.province]).chain(&self.elsewhere)
    }

    /// Level of one scenario in year number `at`; members are added up only where the place has
    /// no series of its own.
    pub(crate) fn level(&self, scenario: &str, key: Key, at: usize) -> Option<f64> {
        let find = |region: &str| {
            let Key { indicator, industry, owner, .. } = key;
            self.results.series_by(scenario, indicator.variable, region, industry, owner)
        };
        let level = |found: &Series| {
            let value = found.values.get(at).filter(|value| value.is_finite())?;
            unit::convert(*value, &found.unit, key.indicator.unit)
        };
        if let Some(found) = find(key.place.name) {
            return level(found);
        }
        let members = &key.place.members;
        let levels = members.iter().map(|region| find(region).and_then(level));
        levels.sum::<Option<f64>>().filter(|_| !members.is_empty())
    }

    /// Both scenarios in year number `at`.
    pub(crate) fn change(&self, key: Key, at: usize) -> Change {
        Change { baseline: self.level("baseline", key, at), policy: self.level("policy", key, at) }
    }

    /// Both scenarios in the headline year.
    pub(crate) fn headline(&self, key: Key) -> Change {
        self.headline.map_or(Change { baseline: None, policy: None }, |at| self.change(key, at))
    }

    /// Both scenarios in every year.
    pub(crate) fn path(&self, key: Key) -> Vec<Change> {
        (0..self.results.years.len()).map(|at| self.change(key, at)).collect()
    }

    /// Gain of the province's households in the headline year; the baseline's is zero.
    pub(crate) fn household_gain(&self) -> Option<f64> {
        let gain = self.headline(Key::all(HOUSEHOLDS, &self.province));
        Some(gain.policy? - gain.baseline.unwrap_or(0.0))
    }

    /// Household gain in percent of baseline consumption.
    pub(crate) fn household_gain_percent(&self) -> Option<f64> {
        let consumption = self.headline(Key::all(CONSUMPTION, &self.province)).baseline?;
        (consumption > 0.0).then_some(100.0 * self.household_gain()? / consumption)
    }

    /// What each lever contributes to the province's change in the headline year.
    pub(crate) fn breakdown(&self, indicator: Indicator) -> Option<Breakdown> {
        let parts = self.contributions(indicator)?;
        let mut parts = Some(parts).filter(|parts| !parts.is_empty())?;
        let sum: f64 = parts.iter().map(|(_, value)| value).sum();
        let total = self.headline(Key::all(indicator, &self.province)).absolute().unwrap_or(sum);
        if (total - sum).abs() > OPEN_SHARE * total.abs() {
            parts.push(("not explained".to_owned(), total - sum));
        }
        Some(Breakdown { parts, total })
    }

    /// Contributions in lever order; `None` if one of them has no usable value.
    fn contributions(&self, indicator: Indicator) -> Option<Vec<(String, f64)>> {
        let wanted = |each: &&Contribution| {
            each.variable == indicator.variable && each.region == self.province.name
        };
        let mut found: Vec<&Contribution> =
            self.results.contributions.iter().filter(wanted).collect();
        let order = |name: &str| self.results.levers.iter().position(|lever| lever.name == name);
        found.sort_by_key(|each| order(&each.lever).unwrap_or(usize::MAX));
        found.into_iter().map(|each| self.contribution(each, indicator)).collect()
    }

    fn contribution(&self, from: &Contribution, indicator: Indicator) -> Option<(String, f64)> {
        let value = from.values.get(self.headline?).filter(|value| value.is_finite())?;
        Some((from.lever.clone(), unit::convert(*value, &from.unit, indicator.unit)?))
    }

    /// Owners that occur in the series of output, in order of appearance.
    pub(crate) fn owners(&self) -> Vec<&'a str> {
        let mut owners: Vec<&str> = Vec::new();
        let of_output = self.results.series.iter().filter(|each| each.variable == OUTPUT.variable);
        for owner in of_output.map(|each| each.owner.as_str()).filter(|owner| !owner.is_empty()) {
            if !owners.contains(&owner) {
                owners.push(owner);
            }
        }
        owners
    }

    /// Industries by change of output in the headline year, the largest gain first.
    pub(crate) fn industries(&self) -> Vec<(&'a str, f64)> {
        let change = |industry: &'a str| {
            let key = Key { indicator: OUTPUT, place: &self.province, industry, owner: "" };
            self.headline(key).absolute().map(|change| (industry, change))
        };
        let names = self.results.study.industries.iter().map(String::as_str);
        let mut found: Vec<(&str, f64)> = names.filter_map(change).collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        found
    }

    /// The `most` largest gains, then the `most` largest losses (least first).
    pub(crate) fn leading_industries(&self, most: usize) -> Vec<(&'a str, f64)> {
        let all = self.industries();
        let gains = all.iter().filter(|(_, change)| *change > 0.0).take(most);
        let losses: Vec<_> =
            all.iter().rev().filter(|(_, change)| *change < 0.0).take(most).collect();
        gains.chain(losses.into_iter().rev()).copied().collect()
    }

    /// Largest deviation of any solve; `None` if there is none or one is not a number.
    pub(crate) fn worst_certificate(&self) -> Option<f64> {
        let of = |found: &study::results::SolveRecord| {
            let each = found.certificate;
            [each.zero_profit, each.market_clearance, each.income_balance, each.walras]
        };
        let all: Vec<f64> = self.results.solves.iter().flat_map(of).map(f64::abs).collect();
        all.iter().all(|value| value.is_finite()).then(|| all.iter().copied().reduce(f64::max))?
    }

    /// How many solves there are and how many of them are solved.
    pub(crate) fn solved(&self) -> (usize, usize) {
        let solves = &self.results.solves;
        (
            solves.iter().filter(|each| each.status.eq_ignore_ascii_case("solved")).count(),
            solves.len(),
        )
    }
}

/// The regions outside the province as one place.
fn elsewhere(members: Vec<&str>) -> Option<Place<'_>> {
    let name = match members.as_slice() {
        [] => return None,
        [only] => *only,
        _ => "Rest of the country",
    };
    Some(Place { name, members })
}
