//! A year from its first months.
//!
//! | symbol | meaning                                                               |
//! |--------|-----------------------------------------------------------------------|
//! | p, p′  | months 1 to m of this year, and of the year before: p′ = p / (1 + growth) |
//! | y′     | the whole year before, where it is observed                           |
//! | r      | later months over earlier ones: (y′ − p′) / p′; (12 − m) / m where y′ is unknown |
//! | y      | this year: p (1 + r)                                                  |
//!
//! With two or more years of r, their mean logarithm counts, and their spread is that of the
//! nowcast. With fewer, the later months move as a yearly flow does, over a shorter time: a sum of
//! independent months has a growth whose variance over 12 − m months is 12 / (12 − m) times that
//! over a year.
//! Not here: the draw itself (`super::drivers`).

use crate::spec::{Observation, Scope, Study};

/// What the first months of a year say of it, in the unit of the indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Nowcast {
    /// The year.
    pub year: u16,
    /// Last month observed.
    pub month: u8,
    /// p.
    pub part: f64,
    /// p′, where growth over the same months is observed.
    pub part_before: Option<f64>,
    /// y′, where observed.
    pub before: Option<f64>,
    /// r.
    pub ratio: f64,
    /// Years of r.
    pub ratios: usize,
    /// Standard deviation of ln r over years, with two or more of them.
    pub spread: Option<f64>,
}

impl Nowcast {
    /// The last cumulative observation of a part of a year after the base year; none without one.
    pub fn of(study: &Study, indicator: &str, unit: &str) -> Option<Self> {
        let rate = study.exchange_rate.cny_per_usd;
        let level = |each: &Observation| each.value.map(|value| value.in_unit(unit, rate));
        let home: Vec<&Observation> = study
            .observations
            .iter()
            .filter(|each| each.indicator == indicator && each.scope == Scope::Province)
            .collect();
        let whole = |year: u16| {
            let found =
                home.iter().find(|each| each.period.year == year && each.period.is_whole_year());
            found.and_then(|each| level(each))
        };
        let cumulative = |each: &&&Observation| {
            each.period.months.0 == 1 && each.period.months.1 < 12 && each.value.is_some()
        };
        let last = home
            .iter()
            .filter(cumulative)
            .filter(|each| each.period.year > study.years.base && whole(each.period.year).is_none())
            .max_by_key(|each| (each.period.year, each.period.months.1))?;
        // Another definition is another figure.
        let definition = last.definition.as_str();
        let home: Vec<&Observation> =
            home.iter().copied().filter(|each| each.definition == definition).collect();
        let whole = |year: u16| {
            let found =
                home.iter().find(|each| each.period.year == year && each.period.is_whole_year());
            found.and_then(|each| level(each))
        };
        let (year, month, part) = (last.period.year, last.period.months.1, level(last)?);
        let part_of = |of: u16| {
            let same = |each: &&&Observation| each.period.months == (1, month);
            let at = |year: u16| home.iter().filter(same).find(|each| each.period.year == year);
            let later = at(of + 1).and_then(|each| Some(level(each)? / (1.0 + each.growth?)));
            at(of).and_then(|each| level(each)).or(later)
        };
        let ratio = |of: u16| {
            let (whole, part) = (whole(of)?, part_of(of)?);
            (whole > part && part > 0.0).then(|| ((whole - part) / part).ln())
        };
        let known: Vec<f64> = (1978..year).filter_map(ratio).collect();
        let even = f64::from(12 - month) / f64::from(month);
        let n = known.len() as f64;
        let mean = known.iter().sum::<f64>() / n;
        let variance = known.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
        Some(Self {
            year,
            month,
            part,
            part_before: part_of(year - 1),
            before: whole(year - 1),
            ratio: if known.is_empty() { even } else { mean.exp() },
            ratios: known.len(),
            spread: (known.len() > 1).then(|| variance.sqrt()),
        })
    }

    /// This year with the later months `shock` log points off.
    pub fn year_with(&self, shock: f64) -> f64 {
        self.part * (1.0 + self.ratio * shock.exp())
    }

    /// The year before: observed, or from its own months with their share `seasonal` log points off.
    pub fn before_with(&self, seasonal: f64) -> Option<f64> {
        let estimated = || Some(self.part_before? * (1.0 + self.ratio * seasonal.exp()));
        self.before.or_else(estimated)
    }

    /// √(12 / (12 − m)): by what the growth of the later months varies more than that of a year.
    pub fn concentration(&self) -> f64 {
        (12.0 / f64::from(12 - self.month)).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Period, Quantity, Years};

    fn observed(year: u16, months: (u8, u8), value: f64, growth: Option<f64>) -> Observation {
        Observation {
            indicator: "fdi".to_owned(),
            period: Period { year, months },
            value: Some(Quantity::Number(value)),
            growth,
            ..Observation::default()
        }
    }

    fn study(observations: Vec<Observation>) -> Study {
        let years = Years { base: 2017, first: 2018, last: 2020, headline: 2020 };
        Study { years, observations, ..Study::default() }
    }

    fn near(found: f64, known: f64) -> bool {
        (found - known).abs() < 1e-9 * known.abs()
    }

    #[test]
    fn eight_months_and_the_year_before_give_the_year() {
        // 3,660 after +15 %: 3,182.6 the year before, of 5,300: r = 0.665301, y = 3,660 · 1.665301.
        let of = study(vec![
            observed(2017, (1, 12), 5300.0, None),
            observed(2018, (1, 6), 3210.0, Some(0.141)),
            observed(2018, (1, 8), 3660.0, Some(0.15)),
        ]);
        let now = Nowcast::of(&of, "fdi", "").expect("there are months");
        assert_eq!((now.year, now.month, now.ratios, now.spread), (2018, 8, 1, None));
        assert!(near(now.year_with(0.0), 1.15 * 5300.0));
        assert!(near(now.year_with(2f64.ln()), 3660.0 + 2.0 * (1.15 * 5300.0 - 3660.0)));
        assert_eq!(now.before_with(0.7), Some(5300.0));
        assert!(near(now.concentration(), 3f64.sqrt()));
    }

    #[test]
    fn without_a_whole_year_months_count_alike() {
        let of = study(vec![observed(2018, (1, 8), 80.0, Some(0.25))]);
        let now = Nowcast::of(&of, "fdi", "").expect("there are months");
        assert!(near(now.year_with(0.0), 120.0));
        assert!(near(now.before_with(0.0).expect("growth is there"), 96.0));
        assert!(near(now.before_with(2f64.ln()).expect("growth is there"), 128.0));
    }

    #[test]
    fn the_spread_of_seasonal_shares_is_that_of_their_years() {
        // r = 1 in 2016 and e² in 2017: mean logarithm 1, standard deviation √2.
        let of = study(vec![
            observed(2016, (1, 12), 20.0, None),
            observed(2016, (1, 6), 10.0, None),
            observed(2017, (1, 12), 10.0 + 10.0 * 2f64.exp(), None),
            observed(2017, (1, 6), 10.0, None),
            observed(2018, (1, 6), 30.0, None),
        ]);
        let now = Nowcast::of(&of, "fdi", "").expect("there are months");
        assert!(near(now.ratio, 1f64.exp()) && now.ratios == 2);
        assert!(near(now.spread.expect("two years"), 2f64.sqrt()));
    }

    #[test]
    fn a_year_that_is_known_or_single_months_are_no_nowcast() {
        let known = study(vec![
            observed(2018, (1, 12), 100.0, None),
            observed(2018, (1, 6), 40.0, Some(0.1)),
        ]);
        assert_eq!(Nowcast::of(&known, "fdi", ""), None);
        assert_eq!(Nowcast::of(&study(vec![observed(2018, (3, 6), 40.0, None)]), "fdi", ""), None);
    }
}
