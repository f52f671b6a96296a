//! Draws summed up: how likely each target is, where the indicator will be, what is missing.
//!
//! | figure              | formula                                                              |
//! |---------------------|----------------------------------------------------------------------|
//! | `probability`       | share of solved draws whose policy path is at or above the target    |
//! | `probability_error` | standard deviation of that share's posterior (Jeffreys' prior); stratified and low-discrepancy points do better, so it is then an upper figure |
//! | quantiles           | of the policy path, interpolated between order statistics            |
//!
//! Of a quadrature, which has moments but no tails, probability and quantiles are those of the log-normal
//! distribution with the mean and standard deviation of its logarithms; of the normal one where a level
//! is not positive.
//! Not here: the draws (`super`), text for people (`cli`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Ensemble;
use super::card::{Card, Split, cards, splits};
use super::distribution::{normal, normal_below};
use super::indices::{TargetIndices, indices};
use super::points::Method;
use super::record::Record;
use crate::results::{ParameterNote, Results, TargetResult};
use crate::run::draw::unit_of;
use crate::spec::{Study, Target, Word};

/// Levels of the quantiles.
pub const LEVELS: [(&str, f64); 5] =
    [("0.05", 0.05), ("0.25", 0.25), ("0.5", 0.5), ("0.75", 0.75), ("0.95", 0.95)];

/// Failed draws that are listed one by one.
const LISTED: usize = 20;

/// What an ensemble says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// Title of the study.
    pub study: String,
    /// How points were chosen.
    pub method: String,
    /// Seed.
    pub seed: u64,
    /// Draws made.
    pub draws: usize,
    /// Of them, without a solution. They are in no figure below.
    pub failed: usize,
    /// The first of them: index and why.
    #[serde(default)]
    pub failures: Vec<(usize, String)>,
    /// The targets.
    pub targets: Vec<TargetForecast>,
    /// The running year of each inflow.
    #[serde(default)]
    pub nowcasts: Vec<NowcastNote>,
    /// How the running year stands against the targets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scorecards: Vec<Card>,
    /// Which uncertainty matters; only of a design of Saltelli.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sobol: Vec<TargetIndices>,
    /// Every distribution with source and status.
    #[serde(default)]
    pub assumptions: Vec<ParameterNote>,
}

/// One target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetForecast {
    /// Name.
    pub name: String,
    /// Variable.
    pub indicator: String,
    /// Where.
    #[serde(default)]
    pub region: String,
    /// Unit of all levels.
    pub unit: String,
    /// Year of the target.
    pub year: u16,
    /// The target.
    pub value: f64,
    /// That the indicator is at or above it in that year.
    pub probability: f64,
    /// Its Monte Carlo error; none where it is that of a distribution fitted to moments.
    pub probability_error: Option<f64>,
    /// The same without the programme.
    #[serde(default)]
    pub baseline_probability: f64,
    /// Quantiles by year and level.
    pub quantiles: BTreeMap<String, BTreeMap<String, f64>>,
    /// Mean in the target's year.
    #[serde(default)]
    pub mean: f64,
    /// Standard deviation in the target's year.
    #[serde(default)]
    pub standard_deviation: f64,
    /// From here to the target.
    #[serde(default)]
    pub gap: Option<Gap>,
    /// What would have to be true.
    #[serde(default)]
    pub needed: Option<Needed>,
    /// Whole years observed: in the study, or in the published history behind the draws.
    #[serde(default)]
    pub observed: Vec<(u16, f64)>,
    /// The target by city and by industry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub splits: Vec<Split>,
    /// Policy paths of all solved draws by year, in order of size; empty where left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sample: BTreeMap<String, Vec<f64>>,
}

/// The central path's way to the target's level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// Without the programme.
    pub baseline: f64,
    /// Each lever alone.
    pub levers: Vec<(String, f64)>,
    /// Together beyond the sum.
    pub interaction: f64,
    /// With the programme.
    pub policy: f64,
    /// From there to the target; negative where it is passed.
    pub missing: f64,
    /// Growth a year from the last observation, per cent.
    pub required_growth: f64,
    /// The last observation: year and level.
    pub last_observation: (u16, f64),
}

/// The growth that leads from the running year to the target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Needed {
    /// Year it starts from.
    pub from: u16,
    /// Median of the draws there.
    pub level: f64,
    /// Growth in every year after it, per cent.
    pub growth: f64,
    /// Spans of that length in history, and those that grew as much; none without history.
    pub history: Option<(usize, usize)>,
}

/// The running year from its first months.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NowcastNote {
    /// Variable.
    pub indicator: String,
    /// The year.
    pub year: u16,
    /// Last month observed.
    pub month: u8,
    /// Level of those months, million USD.
    pub part: f64,
    /// The year at the usual share of later months, million USD.
    pub central: f64,
    /// Log points by which yearly growth has varied (scale of Student's t).
    pub scale: f64,
    /// Years of growth that the scale was taken from; 0 is an assumption.
    pub years: usize,
    /// Breaks of regime among them, log points.
    pub breaks: Vec<f64>,
}

/// Sums up the draws of an ensemble.
///
/// - `central`: the study's own results, for the gap.
pub fn forecast(
    ensemble: &Ensemble<'_>,
    study: &Study,
    records: &BTreeMap<usize, Record>,
    central: Option<&Results>,
) -> Forecast {
    let made = records.values().filter(|record| record.index < ensemble.settings.draws);
    let failures: Vec<(usize, String)> = made
        .clone()
        .filter_map(|record| Some((record.index, record.outcome.as_ref().err()?.clone())))
        .collect();
    let of = |(at, target): (usize, &Target)| one(ensemble, target, at, study, records, central);
    Forecast {
        study: study.title.clone(),
        method: ensemble.settings.method.word().to_owned(),
        seed: ensemble.settings.seed,
        draws: made.count(),
        failed: failures.len(),
        failures: failures.into_iter().take(LISTED).collect(),
        targets: study.targets.iter().enumerate().map(of).collect(),
        scorecards: cards(study, &ensemble.inputs.names, &ensemble.drivers),
        sobol: match ensemble.settings.method {
            Method::Saltelli => indices(ensemble, study, records),
            _ => vec![],
        },
        nowcasts: ensemble.drivers.inflows.iter().filter_map(nowcast_note).collect(),
        assumptions: ensemble.drivers.uncertainty().notes(),
    }
}

fn nowcast_note(inflow: &super::drivers::Inflow) -> Option<NowcastNote> {
    let nowcast = inflow.nowcast.as_ref()?;
    Some(NowcastNote {
        indicator: inflow.indicator.to_owned(),
        year: nowcast.year,
        month: nowcast.month,
        part: nowcast.part,
        central: nowcast.year_with(0.0),
        scale: inflow.process.volatility.scale,
        years: inflow.process.volatility.years,
        breaks: inflow.process.volatility.breaks.clone(),
    })
}

fn one(
    ensemble: &Ensemble<'_>,
    target: &Target,
    at: usize,
    study: &Study,
    records: &BTreeMap<usize, Record>,
    central: Option<&Results>,
) -> TargetForecast {
    let solved: Vec<_> = records
        .range(..ensemble.settings.draws)
        .filter_map(|(_, record)| record.outcome.as_ref().ok())
        .collect();
    let position = usize::from(target.year.saturating_sub(study.years.base));
    let column = |year: usize, baseline: bool| {
        let of = |each: &&crate::run::draw::Indicators| {
            let paths = if baseline { &each.baseline } else { &each.policy };
            paths[at].get(year).copied().unwrap_or(f64::NAN)
        };
        let mut values: Vec<f64> = solved.iter().map(of).collect();
        values.sort_unstable_by(f64::total_cmp);
        values
    };
    let unit = unit_of(target);
    let value = target.value.in_unit(unit, study.exchange_rate.cny_per_usd);
    let moments = ensemble.settings.method == Method::Quadrature;
    let at_year = column(position, false);
    // Of Saltelli's design only A and B are drawn apart.
    let independent = match ensemble.settings.method {
        Method::Saltelli => 2.0 / (ensemble.drivers.groups().0.len() as f64 + 2.0),
        _ => 1.0,
    };
    let (mean, deviation) = moments_of(&at_year);
    let columns: Vec<(String, Vec<f64>)> = study
        .years
        .all()
        .into_iter()
        .enumerate()
        .map(|(at, year)| (year.to_string(), column(at, false)))
        .collect();
    let result = central.and_then(|results| {
        results.targets.iter().find(|each| each.name == target.name && each.year == target.year)
    });
    TargetForecast {
        name: target.name.clone(),
        indicator: target.indicator.clone(),
        region: result.map(|each| each.region.clone()).unwrap_or_default(),
        unit: unit.to_owned(),
        year: target.year,
        value,
        probability: probability(&at_year, value, moments),
        probability_error: (!moments).then(|| error(&at_year, value, independent)),
        baseline_probability: probability(&column(position, true), value, moments),
        quantiles: columns.iter().map(|(year, x)| (year.clone(), quantiles(x, moments))).collect(),
        mean,
        standard_deviation: deviation,
        gap: central.zip(result).and_then(|(results, result)| gap(results, result)),
        needed: needed(ensemble, target, value, study, &columns),
        observed: ensemble.drivers.observed(&target.indicator, &target.scope),
        splits: central.map(|results| splits(results, target, value)).unwrap_or_default(),
        sample: columns.into_iter().collect(),
    }
}

/// Mean and standard deviation.
pub(super) fn moments_of(sample: &[f64]) -> (f64, f64) {
    let n = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / n;
    let variance = sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    (mean, variance.sqrt())
}

/// The distribution that a quadrature's points stand for.
struct Shape {
    logarithmic: bool,
    mean: f64,
    deviation: f64,
}

impl Shape {
    fn of(sample: &[f64]) -> Self {
        let logarithmic = sample.iter().all(|x| *x > 0.0);
        let (mean, deviation) = if logarithmic {
            moments_of(&sample.iter().map(|x| x.ln()).collect::<Vec<_>>())
        } else {
            moments_of(sample)
        };
        Self { logarithmic, mean, deviation }
    }

    fn above(&self, value: f64) -> f64 {
        if self.logarithmic && value <= 0.0 {
            return 1.0;
        }
        let value = if self.logarithmic { value.ln() } else { value };
        1.0 - normal_below((value - self.mean) / self.deviation)
    }

    fn quantile(&self, level: f64) -> f64 {
        let value = self.mean + self.deviation * normal(level);
        if self.logarithmic { value.exp() } else { value }
    }
}

/// Share of a sample at or above a value; of moments, that of the distribution that has them.
pub fn probability(sample: &[f64], value: f64, moments: bool) -> f64 {
    if moments {
        let shape = Shape::of(sample);
        if shape.deviation > 0.0 {
            return shape.above(value);
        }
    }
    sample.iter().filter(|x| **x >= value).count() as f64 / sample.len() as f64
}

/// Standard deviation of the beta posterior of the share, with Jeffreys' prior.
///
/// - `independent`: part of the sample that is drawn apart from the rest.
pub fn error(sample: &[f64], value: f64, independent: f64) -> f64 {
    let met = sample.iter().filter(|x| **x >= value).count() as f64;
    let (n, k) = (independent * sample.len() as f64, independent * met);
    let (a, b) = (k + 0.5, n - k + 0.5);
    (a * b / ((a + b).powi(2) * (a + b + 1.0))).sqrt()
}

fn quantiles(sorted: &[f64], moments: bool) -> BTreeMap<String, f64> {
    let shape = moments.then(|| Shape::of(sorted));
    let of = |level: f64| {
        shape.as_ref().map_or_else(|| quantile(sorted, level), |shape| shape.quantile(level))
    };
    LEVELS.iter().map(|(name, level)| ((*name).to_owned(), of(*level))).collect()
}

/// Quantile of a sample in order, linear between order statistics; NaN of nothing.
pub fn quantile(sorted: &[f64], level: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = level * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

fn gap(results: &Results, target: &TargetResult) -> Option<Gap> {
    let at = results.years.iter().position(|year| *year == target.year)?;
    let parts = results
        .contributions
        .iter()
        .filter(|each| each.variable == target.indicator && each.region == target.region);
    let (mut levers, mut interaction) = (Vec::new(), 0.0);
    for part in parts {
        let value = part.values.get(at).copied()?;
        if part.lever == "interaction" {
            interaction = value;
        } else {
            levers.push((part.lever.clone(), value));
        }
    }
    Some(Gap {
        baseline: target.baseline,
        levers,
        interaction,
        policy: target.policy,
        missing: target.gap,
        required_growth: target.required_growth,
        last_observation: target.last_observation,
    })
}

fn needed(
    ensemble: &Ensemble<'_>,
    target: &Target,
    value: f64,
    study: &Study,
    columns: &[(String, Vec<f64>)],
) -> Option<Needed> {
    let inflow = ensemble.drivers.inflows.iter().find(|each| each.indicator == target.indicator);
    let running = inflow.and_then(|each| each.nowcast.as_ref()).map(|nowcast| nowcast.year);
    let from = running.unwrap_or(study.years.base);
    let years = target.year.checked_sub(from).filter(|years| *years > 0)?;
    let level = quantile(&columns.get(usize::from(from - study.years.base))?.1, 0.5);
    let factor = value / level;
    let history =
        inflow.and_then(|each| each.process.volatility.spans_with(usize::from(years), factor));
    let growth = 100.0 * (factor.powf(1.0 / f64::from(years)) - 1.0);
    Some(Needed { from, level, growth, history })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_errors_and_quantiles_are_those_computed_by_hand() {
        let sample = [1.0, 2.0, 3.0, 4.0];
        assert!((probability(&sample, 3.0, false) - 0.5).abs() < 1e-15);
        // Beta(2.5, 2.5): variance 6.25 / (25 · 6).
        assert!((error(&sample, 3.0, 1.0) - (6.25f64 / 150.0).sqrt()).abs() < 1e-15);
        assert!((quantile(&sample, 0.25) - 1.75).abs() < 1e-15);
        assert!((quantile(&sample, 1.0) - 4.0).abs() < 1e-15);
        // Around nothing: mean 0, variance 2.5, and the normal distribution.
        let above = probability(&[-2.0, -1.0, 1.0, 2.0], 2.5f64.sqrt(), true);
        assert!((above - 0.158_655).abs() < 1e-6);
        // Logarithms −1 and 1 (twice): log-normal with the deviation 1 around 1.
        let sample = [-1.0f64, -1.0, 1.0, 1.0].map(f64::exp);
        assert!((probability(&sample, 1f64.exp(), true) - 0.158_655).abs() < 1e-6);
        assert!((quantiles(&sample, true)["0.5"] - 1.0).abs() < 1e-9);
    }
}
