//! How the process of inflows (`super::process`) would have done on a history.
//!
//! From every year with enough growth before it the process is fitted to what was known then, and the
//! log growth of the next one, two and three years is simulated around the median growth known then.
//!
//! | figure    | meaning                                                             |
//! |-----------|---------------------------------------------------------------------|
//! | `within`  | share of outturns within the middle 50 % and 90 % of the simulation |
//! | `crps`    | mean CRPS of log growth (`super::score`); 0 is best                 |
//!
//! Spans overlap, so the outturns are fewer than they look.
//! Not here: choosing numbers by it (`crate::calibrate`).

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use serde::{Deserialize, Serialize};

use super::forecast::quantile;
use super::history::{Assumed, LEAST, Volatility};
use super::process::Process;
use super::score::crps;
use super::uncertainty::Uncertainty;

/// Years ahead that are scored.
pub const AHEAD: usize = 3;
/// Simulated paths from each year.
const PATHS: usize = 4000;
/// Values of Student's t, and regimes, that paths take theirs from: equal parts of their quantiles.
const SHOCKS: usize = 1024;
const REGIMES: usize = 64;
/// An odd number: multiples of it take the directions of regimes out of their order.
const STRIDE: usize = 27;
/// Seed of the simulation; any.
const SEED: u64 = 21;

/// How well spans of some years were foreseen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Horizon {
    /// Years ahead.
    pub years: usize,
    /// Spans.
    pub cases: usize,
    /// Share of outturns in the middle half.
    pub within_50: f64,
    /// Share of outturns in the middle 90 %.
    pub within_90: f64,
    /// Mean CRPS, log points.
    pub crps: f64,
}

/// What the process is fitted to from each year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Nothing: the numbers of the table.
    Assumed,
    /// The history up to that year.
    History,
}

/// Scores the process on a series of years and positive levels, without gaps.
pub fn backtest(levels: &[(u16, f64)], uncertainty: &Uncertainty, fit: Fit) -> Vec<Horizon> {
    let assumed = Assumed::of(uncertainty);
    let growth = Volatility::of(levels, assumed).growth;
    // Shocks have the same shape in every fit.
    let shocks = Process::new(Volatility::of(&[], assumed), uncertainty).shocks(SHOCKS);
    let mut sums = [(0usize, 0.0, 0.0, 0.0); AHEAD];
    for known in LEAST..growth.len() {
        let past = Volatility::of(&levels[..=known], assumed);
        let fitted = match fit {
            Fit::History => past.clone(),
            Fit::Assumed => Volatility::of(&[], assumed),
        };
        let process = Process::new(fitted, uncertainty);
        let last = (fit == Fit::History).then(|| growth[known - 1].1 - past.middle);
        let mut paths = simulated(&process, &shocks, (last, past.middle), known as u64);
        for (ahead, (sum, path)) in sums.iter_mut().zip(&mut paths).enumerate() {
            let Some(span) = growth.get(known..=known + ahead) else { continue };
            let outturn: f64 = span.iter().map(|(_, g)| g).sum();
            path.sort_unstable_by(f64::total_cmp);
            let within = |share: f64| {
                let aside = 0.5 * (1.0 - share);
                let range = quantile(path, aside)..=quantile(path, 1.0 - aside);
                f64::from(u8::from(range.contains(&outturn)))
            };
            sum.0 += 1;
            sum.1 += within(0.5);
            sum.2 += within(0.9);
            sum.3 += crps(path, outturn);
        }
    }
    let told = |(ahead, (cases, half, most, crps)): (usize, (usize, f64, f64, f64))| Horizon {
        years: ahead + 1,
        cases,
        within_50: half / cases as f64,
        within_90: most / cases as f64,
        crps: crps / cases as f64,
    };
    sums.into_iter().enumerate().filter(|(_, sum)| sum.0 > 0).map(told).collect()
}

/// Log growth of one, two and three years on simulated paths.
fn simulated(
    process: &Process,
    shocks: &[f64],
    (last, middle): (Option<f64>, f64),
    stream: u64,
) -> Vec<Vec<f64>> {
    let part = |at: usize| (at as f64 + 0.5) / REGIMES as f64;
    let regimes: Vec<_> =
        (0..REGIMES).map(|at| process.regime(part(at), part(STRIDE * at % REGIMES))).collect();
    let mut generator = ChaCha12Rng::seed_from_u64(SEED);
    generator.set_stream(stream);
    let mut paths = vec![Vec::with_capacity(PATHS); AHEAD];
    for draw in 0..PATHS {
        let mut u = || generator.random::<f64>();
        let regime = regimes[draw % REGIMES];
        let (drift, scale) = (process.drift(u()), process.scale(u()));
        let (mut sum, mut deviation) = (0.0, last);
        for path in &mut paths {
            let calm = deviation.map_or(1.0, |last| process.agitation(last));
            let shock = shocks[(u() * SHOCKS as f64) as usize];
            let moved = scale * calm * shock + process.break_of(regime, 1.0, u(), u());
            deviation = Some(moved);
            sum += middle + drift + moved;
            path.push(sum);
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::Inputs;

    #[test]
    fn the_process_covers_what_it_should_where_growth_is_as_it_says() {
        // Growth drawn from the process itself, without breaks: Student's t of scale 0.2.
        let mut generator = ChaCha12Rng::seed_from_u64(5);
        let mut uncertainty = Uncertainty::default();
        let status = crate::spec::Status::Assumption;
        uncertainty.set("clustering", 0.0, 0.0, 0.0, "test", status);
        let process = Process::new(Volatility::of(&[], Assumed::of(&uncertainty)), &uncertainty);
        let mut level = 1000.0f64;
        let levels: Vec<(u16, f64)> = (0..200u16)
            .map(|at| {
                level *= (0.05 + 0.2 * process.shock(generator.random())).exp();
                (1600 + at, level)
            })
            .collect();
        let told = backtest(&levels, &uncertainty, Fit::History);
        assert_eq!(told.iter().map(|each| each.years).collect::<Vec<_>>(), [1, 2, 3]);
        // 191 spans: standard errors of 0.036 and 0.022; the error of the scale adds a little width.
        assert!((told[0].within_50 - 0.5).abs() < 0.1, "{told:?}");
        assert!((told[0].within_90 - 0.9).abs() < 0.06, "{told:?}");
    }

    #[test]
    fn fitting_to_the_published_history_foresees_it_better_than_the_assumed_numbers() {
        let inputs = Inputs::liaoning().expect("the shipped accounts are correct");
        let (levels, table) = (&inputs.foreign_direct_investment_history, Uncertainty::default());
        let [before, after] = [Fit::Assumed, Fit::History].map(|fit| backtest(levels, &table, fit));
        assert_eq!(after.iter().map(|each| each.cases).collect::<Vec<_>>(), [13, 12, 11]);
        assert!(after[0].crps < before[0].crps, "{before:?} {after:?}");
        assert!(after[0].within_90 >= 0.8, "{after:?}");
    }
}
