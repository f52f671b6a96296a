//! Official targets against what the paths reach.

use super::context::Context;
use super::indicators::unit;
use crate::results::{Results, TargetResult};
use crate::spec::{Observation, Target};

impl Context<'_> {
    /// Every target whose year and place the results cover.
    pub(crate) fn targets(&self, results: &Results) -> Vec<TargetResult> {
        self.study.targets.iter().filter_map(|target| self.target(target, results)).collect()
    }

    fn target(&self, target: &Target, results: &Results) -> Option<TargetResult> {
        let region = target.scope.label(&self.inputs.names);
        let at = |scenario: &str| results.value(scenario, &target.indicator, region, target.year);
        let (baseline, policy) = (at("baseline")?, at("policy")?);
        let unit = unit(&target.indicator);
        let value = target.value.in_unit(unit, self.study.exchange_rate.cny_per_usd);
        let last =
            self.last_observation(target, unit).unwrap_or((self.study.years.base, f64::NAN, 12));
        let years = f64::from(target.year) - f64::from(last.0);
        Some(TargetResult {
            name: target.name.clone(),
            indicator: target.indicator.clone(),
            region: region.to_owned(),
            unit: unit.to_owned(),
            year: target.year,
            value,
            baseline,
            policy,
            gap: value - policy,
            required_growth: 100.0 * ((value / last.1).powf(1.0 / years) - 1.0),
            last_observation: (last.0, last.1),
            last_months: last.2,
            source: target.source.text.clone(),
        })
    }

    /// The last whole year observed, or else the last part of a year, scaled to a year.
    fn last_observation(&self, target: &Target, unit: &str) -> Option<(u16, f64, u8)> {
        let rate = self.study.exchange_rate.cny_per_usd;
        let told = |each: &Observation| {
            let (first, last) = each.period.months;
            Some((each.period.year, each.annualised()?.in_unit(unit, rate), last + 1 - first))
        };
        if let Some(whole) = self.study.last_whole_year(&target.indicator, &target.scope) {
            return told(whole);
        }
        let fits = |each: &&Observation| {
            each.indicator == target.indicator && each.scope == target.scope && each.value.is_some()
        };
        let last = self
            .study
            .observations
            .iter()
            .filter(fits)
            .max_by_key(|each| (each.period.year, each.period.months.1));
        last.and_then(told)
    }
}
