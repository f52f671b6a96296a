//! The running year on one base.
//!
//! The first months of the running year were lived with the programme as it is written. So its
//! nowcast is a level of the policy path, and the path without the programme lies below it:
//!
//! > b = (y − p) / l
//!
//! | symbol | meaning                                                                     |
//! |--------|-----------------------------------------------------------------------------|
//! | y      | the running year by its nowcast                                             |
//! | p      | new money of the programme's projects in it, as expected                    |
//! | l      | the rest of the programme's effect: (with − p) / without, on the study's own paths |
//! | b      | the running year without the programme                                      |
//!
//! Draws, the central path that they begin from, and mixes of levers all stand on this b. Where a mix
//! or a draw has other levers, b stays: what was observed had the levers as written.
//! Not here: the nowcast itself (`super::nowcast`).

use super::drivers::INFLOWS;
use super::nowcast::Nowcast;
use crate::inputs::Inputs;
use crate::run::RunError;
use crate::run::draw::lifts;
use crate::spec::Study;

/// Least part of a nowcast that is left without the programme.
const LEAST: f64 = 0.05;

/// What a programme does to an inflow in a year: with it = without it · `ratio` + `money`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lift {
    /// l.
    pub ratio: f64,
    /// p, million USD.
    pub money: f64,
}

impl Default for Lift {
    /// No programme.
    fn default() -> Self {
        Self { ratio: 1.0, money: 0.0 }
    }
}

impl Lift {
    /// b of a level with the programme.
    pub fn without(self, level: f64) -> f64 {
        ((level - self.money) / self.ratio).max(LEAST * level)
    }
}

/// What the programme as written does to the running year of each inflow.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Standing {
    lifts: Vec<(&'static str, Lift)>,
}

impl Standing {
    /// Solves both paths of the study up to its last running year; nothing is solved where no inflow
    /// has months of one.
    ///
    /// # Errors
    /// [`RunError`] as of [`crate::run::run`].
    pub fn of(study: &Study, inputs: &Inputs) -> Result<Self, RunError> {
        let running = |inflow: &'static str| {
            let nowcast = Nowcast::of(study, inflow, crate::run::draw::unit(inflow))?;
            (nowcast.year <= study.years.last).then_some((inflow, nowcast.year))
        };
        let wanted: Vec<(&'static str, u16)> = INFLOWS.into_iter().filter_map(running).collect();
        let Some(last) = wanted.iter().map(|(_, year)| *year).max() else {
            return Ok(Self::default());
        };
        let mut short = study.clone();
        short.years.last = last;
        let lifts = lifts(&short, inputs, &wanted)?;
        Ok(Self { lifts: wanted.iter().map(|(inflow, _)| *inflow).zip(lifts).collect() })
    }

    /// Of one inflow; none without months of a running year.
    pub fn lift(&self, inflow: &str) -> Lift {
        let found = self.lifts.iter().find(|(name, _)| *name == inflow);
        found.map_or_else(Lift::default, |(_, lift)| *lift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_without_the_programme_is_the_observed_one_less_what_it_holds() {
        let lift = Lift { ratio: 1.25, money: 100.0 };
        assert!((lift.without(1100.0) - 800.0).abs() < 1e-12);
        assert!((lift.without(90.0) - 4.5).abs() < 1e-12, "never nothing");
        assert!((Lift::default().without(7.0) - 7.0).abs() < 1e-12);
    }
}
