//! A study many times with other numbers: how likely its targets are.
//!
//! | stage     | module        | from → to                                                      |
//! |-----------|---------------|----------------------------------------------------------------|
//! | point     | `points`      | index and seed → a point of the unit cube                      |
//! | numbers   | `drivers`     | point → a study with other parameters, growth, projects        |
//! | path      | `crate::run::draw` | study → indicators of baseline and policy, by year        |
//! | store     | `record`      | one line a draw, as it comes                                   |
//! | summary   | `forecast`    | draws → probabilities and quantiles                            |
//! | standing  | `card`        | observations and targets → scorecards, parts of a target      |
//! | cause     | `indices`     | draws of a design → Sobol indices                              |
//! | outturn   | `score`       | forecast and what came out → losses                            |
//!
//! What is uncertain, and how much: `uncertainty` (the shipped table), `history` (yearly growth of
//! the past), `process` (of the years ahead), `backtest` (how it would have done), `nowcast` (a year from its first months), `standing` (what they hold of the programme), `distribution` (quantile functions).
//! Draw k depends on study, seed, method and k: not on threads, nor on draws made before. (Of a
//! Latin hypercube it also depends on the number of draws.) A draw that does not solve is a record
//! too. Method and every distribution: docs/targets.md.

pub mod backtest;
pub mod card;
pub mod distribution;
pub mod drivers;
pub mod forecast;
pub mod history;
pub mod indices;
pub mod nowcast;
pub mod points;
pub mod process;
pub mod record;
pub mod score;
pub mod standing;
pub mod uncertainty;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::inputs::{Inputs, checksum};
use crate::run::RunError;
use crate::run::draw::Central;
use crate::spec::{Study, Word};
use drivers::Drivers;
use points::{Method, Points};
use record::{Head, Record};
use standing::Standing;
use uncertainty::Uncertainty;

/// How an ensemble is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How points fill the cube.
    pub method: Method,
    /// Seed.
    pub seed: u64,
    /// Draws wanted. Quadrature takes as many whole rotations as hold them.
    pub draws: usize,
}

/// An ensemble ready to run.
#[derive(Debug)]
pub struct Ensemble<'a> {
    inputs: &'a Inputs,
    /// From points to studies.
    pub drivers: Drivers<'a>,
    points: Points,
    /// Settings, with the number of draws that are made.
    pub settings: Settings,
    /// What its table of draws is called.
    pub head: Head,
}

impl<'a> Ensemble<'a> {
    /// - `texts`: the study file and all that is read beside it, for the checksum.
    /// - `standing`: of the study as written, also where `study` has other levers.
    pub fn new(
        study: &'a Study,
        texts: &[&str],
        inputs: &'a Inputs,
        settings: Settings,
        standing: &Standing,
    ) -> Self {
        let drivers = Drivers::new(study, inputs, Uncertainty::of_study(study), standing);
        let draws = match settings.method {
            Method::Quadrature => settings.draws.max(1).next_multiple_of(2 * drivers.size()),
            // Whole points, and no more of them than a Sobol sequence has.
            Method::Saltelli => {
                let size = drivers.groups().0.len() + 2;
                (settings.draws / size).clamp(1, points::MOST_SOBOL) * size
            }
            Method::Sobol => settings.draws.min(points::MOST_SOBOL),
            _ => settings.draws,
        };
        let settings = Settings { draws, ..settings };
        let points = match settings.method {
            Method::Saltelli => Points::saltelli(settings.seed, draws, drivers.groups().1),
            method => Points::new(method, settings.seed, draws, drivers.size()),
        };
        let head = Head {
            key: key(texts, inputs, settings),
            targets: study.targets.iter().map(|target| target.name.clone()).collect(),
            years: study.years.all(),
        };
        Self { inputs, drivers, points, settings, head }
    }

    /// Makes the draws that are not in `known` and gives each to `keep` as it ends, in any order.
    /// When `keep` is false no further draw is begun.
    ///
    /// # Errors
    /// [`RunError`] when the central path does not solve. A draw that does not is a record.
    pub fn run(
        &self,
        known: &BTreeMap<usize, Record>,
        keep: &(dyn Fn(&Record) -> bool + Sync),
    ) -> Result<(), RunError> {
        let left: Vec<usize> =
            (0..self.settings.draws).filter(|index| !known.contains_key(index)).collect();
        if left.is_empty() {
            return Ok(());
        }
        let central = self.central()?;
        // An error only ends the loop: what it means is known to who gave `keep`.
        let _ = left.par_iter().with_max_len(1).try_for_each(|index| {
            if keep(&self.record(&central, *index)) { Ok(()) } else { Err(()) }
        });
        Ok(())
    }

    /// The central path that draws begin from, with running years at their nowcast.
    ///
    /// # Errors
    /// [`RunError`] when it does not solve.
    pub fn central(&self) -> Result<Central, RunError> {
        Central::solve(&self.drivers.central(), self.inputs)
    }

    /// The point of a draw: see [`Points::point`].
    pub fn point(&self, index: usize) -> Vec<f64> {
        self.points.point(index)
    }

    /// One draw, begun from the solved central path of the ensemble's study.
    pub fn record(&self, central: &Central, index: usize) -> Record {
        let study = self.drivers.draw(&self.point(index));
        let drawn = central.draw(&study, self.inputs);
        let outcome = drawn.map_err(|error| error.to_string()).and_then(|indicators| {
            let values = indicators.baseline.iter().chain(&indicators.policy).flatten();
            let finite = values.copied().all(f64::is_finite);
            if finite { Ok(indicators) } else { Err("an indicator is not a number".to_owned()) }
        });
        Record { index, outcome }
    }
}

/// Digits of a checksum that a key shows.
const SHOWN: usize = 16;

/// Checksums of everything a draw depends on, each with its name: the study, the data beside it, this
/// program (its sources and shipped data), and how draws are made.
fn key(texts: &[&str], inputs: &Inputs, settings: Settings) -> String {
    let (study, beside) = texts.split_first().unwrap_or((&"", &[]));
    let mut data: Vec<String> = beside.iter().map(|text| checksum(text)).collect();
    data.extend(inputs.checksums.iter().map(|(name, sum)| format!("{name} {sum}")));
    let mut design = format!("{} {}", settings.method.word(), settings.seed);
    if settings.method == Method::LatinHypercube {
        design = format!("{design} {}", settings.draws);
    }
    let parts = [
        ("study", checksum(study)),
        ("data", checksum(&data.join("\n"))),
        ("program", env!("IRONBELT_FINGERPRINT").to_owned()),
        ("design", checksum(&design)),
    ];
    parts.map(|(name, sum)| format!("{name}={}", &sum[..SHOWN])).join(" ")
}
