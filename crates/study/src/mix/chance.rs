//! Mixes that reach their aims with a required probability.
//!
//! The level wanted on the central path is raised until the (1 − p) quantile of the draws of the mix
//! is at the target: with q that quantile, wanted ← wanted · target / q, and the mix is found again.
//! All ensembles have the same seed, so that they differ by the mix alone.
//! Not here: draws (`crate::ensemble`).

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use super::{Aim, Chooser, Ending, Mix, REACHED};
use crate::ensemble::forecast::{probability, quantile};
use crate::ensemble::record::Record;
use crate::ensemble::{Ensemble, Settings};
use crate::run::RunError;
use crate::spec::Study;

/// Rounds of mix and ensemble at most.
const ROUNDS: usize = 5;
/// Relative distance of the quantile from the target at which rounds end.
const CLOSE: f64 = 0.005;

/// How likely a mix reaches each aim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Odds {
    /// Target.
    pub name: String,
    /// The target itself.
    pub target: f64,
    /// Share of draws at or above it.
    pub probability: f64,
    /// Level that the required share of draws is at or above.
    pub quantile: f64,
}

/// A mix with its odds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LikelyMix {
    /// Probability asked for.
    pub required: f64,
    /// The mix.
    pub mix: Mix,
    /// Odds of each aim under it.
    pub odds: Vec<Odds>,
    /// Rounds of mix and ensemble.
    pub rounds: usize,
    /// Draws of each ensemble, and those without a solution in the last.
    pub draws: (usize, usize),
}

/// The cheapest mix that reaches each aim with probability `required`.
///
/// - `tick`: told of each draw.
///
/// # Errors
/// [`RunError`] when a path or an ensemble's central path does not solve.
pub fn likely(
    chooser: &Chooser<'_>,
    aims: &[Aim],
    required: f64,
    settings: Settings,
    tick: &(dyn Fn() + Sync),
) -> Result<LikelyMix, RunError> {
    let mut wanted: Vec<Aim> = aims.to_vec();
    let mut rounds = 0;
    loop {
        rounds += 1;
        let mix = chooser.cheapest(&wanted)?;
        let study = chooser.study_with(&mix);
        let (odds, failed) = odds(&study, chooser, aims, required, settings, tick)?;
        let close = odds.iter().all(|each| (each.quantile / each.target - 1.0).abs() < CLOSE);
        let short = matches!(mix.ending, Ending::NotReachable { .. });
        if close || short || rounds == ROUNDS {
            return Ok(LikelyMix { required, mix, odds, rounds, draws: (settings.draws, failed) });
        }
        for (aim, odds) in wanted.iter_mut().zip(&odds) {
            aim.wanted *= odds.target / odds.quantile.max(REACHED * odds.target);
        }
    }
}

fn odds(
    study: &Study,
    chooser: &Chooser<'_>,
    aims: &[Aim],
    required: f64,
    settings: Settings,
    tick: &(dyn Fn() + Sync),
) -> Result<(Vec<Odds>, usize), RunError> {
    let study = &super::shortened(study, chooser.last);
    let ensemble = Ensemble::new(study, &[], chooser.inputs, settings, chooser.standing);
    let records: Mutex<BTreeMap<usize, Record>> = Mutex::default();
    let keep = |record: &Record| {
        tick();
        records.lock().is_ok_and(|mut all| {
            all.insert(record.index, record.clone());
            true
        })
    };
    ensemble.run(&BTreeMap::new(), &keep)?;
    let records = records.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let solved: Vec<_> = records.values().filter_map(|each| each.outcome.as_ref().ok()).collect();
    let of = |aim: &Aim| {
        let target = study.targets.iter().position(|each| each.name == aim.name).unwrap_or(0);
        let year = usize::from(aim.year.saturating_sub(study.years.base));
        let mut sample: Vec<f64> = solved.iter().map(|each| each.policy[target][year]).collect();
        sample.sort_unstable_by(f64::total_cmp);
        Odds {
            name: aim.name.clone(),
            target: aim.wanted,
            probability: probability(&sample, aim.wanted, false),
            quantile: quantile(&sample, 1.0 - required),
        }
    };
    Ok((aims.iter().map(of).collect(), records.len() - solved.len()))
}
