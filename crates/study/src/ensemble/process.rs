//! How an inflow moves from year to year: shocks with heavy tails that come in clusters, and breaks.
//!
//! Yearly log growth beyond its central value is
//!
//! > drift + s f k T + b
//!
//! | symbol | meaning                                                                      |
//! |--------|------------------------------------------------------------------------------|
//! | s      | scale from history (`super::history`)                                         |
//! | f      | error of s: log-normal, one for all years; ln f has the deviation 1 / √(2 e n), e = 0.37 the efficiency of the median deviation |
//! | T      | Student's t, cut off at ± `tail_cap`                                          |
//! | k      | agitation: √(1 − α + α a²), a the deviation of the year before in robust standard deviations, at most `tail_cap`: after a large move the next one is larger, too |
//! | b      | a break of regime, or nothing: with a probability and a direction that are drawn (beta, from counted years; Jeffreys' prior), of a size around that of history; a rise is at most `break_rise_cap` times the largest rise seen |
//!
//! The process is fitted to a history and scored on it by `super::backtest`.
//! Not here: what it drives (`super::drivers`).

use super::distribution::{beta, normal, student, student_below};
use super::history::Volatility;
use super::uncertainty::Uncertainty;

/// Prior counts of Jeffreys for a share.
pub(super) const JEFFREYS: f64 = 0.5;

/// Years of growth that the assumed probability of a break is worth, where there is no history.
const ASSUMED_YEARS: f64 = 10.0;

/// Variance of a standard deviation over that of one from the median absolute deviation, for normal
/// numbers.
const EFFICIENCY: f64 = 0.37;

/// The process of one inflow.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    /// What history says.
    pub volatility: Volatility,
    degrees: f64,
    tail_cap: f64,
    clustering: f64,
    /// Usual size of a break, log points, and the spread of its logarithm.
    break_size: f64,
    break_spread: f64,
    /// Largest rise by a break, log points.
    most_rise: f64,
    /// Probability of a break in a year, where there is no history.
    break_probability: f64,
}

/// Breaks of a draw: how likely in a year, and how likely downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Regime {
    /// Probability in a whole year.
    pub probability: f64,
    /// Probability that a break is a fall.
    pub falls: f64,
}

impl Process {
    /// Of a history, with what it does not give from the table.
    pub fn new(volatility: Volatility, uncertainty: &Uncertainty) -> Self {
        let number = |name: &str| uncertainty.scalar(name);
        let breaks = &volatility.breaks;
        let break_size = match breaks.len() {
            0 => number("break_size"),
            n => breaks.iter().map(|size| size.abs()).sum::<f64>() / n as f64,
        };
        // Without history, the least that counts as a break.
        let least = number("break_threshold") * number("inflow_scale");
        let rise = if volatility.years == 0 { least } else { volatility.largest_rise() };
        Self {
            degrees: number("tail_degrees"),
            tail_cap: number("tail_cap"),
            clustering: number("clustering"),
            break_size,
            break_spread: number("break_size_spread"),
            most_rise: number("break_rise_cap") * rise,
            break_probability: number("break_probability"),
            volatility,
        }
    }

    /// Breaks of a draw.
    pub fn regime(&self, probability: f64, direction: f64) -> Regime {
        let breaks = &self.volatility.breaks;
        let (seen, years) = (breaks.len() as f64, self.volatility.years as f64);
        let down = breaks.iter().filter(|size| **size < 0.0).count() as f64;
        let (with, without) = if self.volatility.years == 0 {
            let share = self.break_probability;
            (share * ASSUMED_YEARS, (1.0 - share) * ASSUMED_YEARS)
        } else {
            (seen + JEFFREYS, years - seen + JEFFREYS)
        };
        Regime {
            probability: beta(probability, with, without),
            falls: beta(direction, down + JEFFREYS, seen - down + JEFFREYS),
        }
    }

    /// Break of a year, log points.
    ///
    /// - `part`: of the year in which it may come.
    /// - `u`, `size`: coordinates.
    pub fn break_of(&self, regime: Regime, part: f64, u: f64, size: f64) -> f64 {
        let probability = regime.probability * part;
        if u >= probability {
            return 0.0;
        }
        let size = self.break_size * (self.break_spread * normal(size)).exp();
        // Given a break, u / probability is uniform again.
        if u / probability < regime.falls { -size } else { size.min(self.most_rise) }
    }

    /// s f of a draw, log points.
    pub fn scale(&self, u: f64) -> f64 {
        let years = self.volatility.years.max(super::history::LEAST) as f64;
        self.volatility.scale * (normal(u) / (2.0 * EFFICIENCY * years).sqrt()).exp()
    }

    /// Mean growth beyond the central one of a draw, log points a year.
    pub fn drift(&self, u: f64) -> f64 {
        self.volatility.drift * normal(u)
    }

    /// T of a coordinate.
    pub fn shock(&self, u: f64) -> f64 {
        let below = student_below(-self.tail_cap, self.degrees);
        student(below + u * (1.0 - 2.0 * below), self.degrees)
    }

    /// Half the width of the range that holds mean growth over `years` years with 90 %, log points,
    /// without breaks.
    pub fn mean_growth_range(&self, years: f64) -> f64 {
        let Volatility { sigma, drift, .. } = self.volatility;
        normal(0.95) * (drift * drift + sigma * sigma / years).sqrt()
    }

    /// T at the middles of equal parts of the unit interval.
    pub fn shocks(&self, parts: usize) -> Vec<f64> {
        (0..parts).map(|at| self.shock((at as f64 + 0.5) / parts as f64)).collect()
    }

    /// k after a year that was `deviation` log points off.
    pub fn agitation(&self, deviation: f64) -> f64 {
        let a = (deviation.abs() / self.volatility.sigma).min(self.tail_cap);
        (1.0 - self.clustering + self.clustering * a * a).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::super::history::Assumed;
    use super::*;

    fn process(growth: &[f64]) -> Process {
        let mut level: f64 = 1.0;
        let grown = growth.iter().enumerate().map(|(at, g)| {
            level *= g.exp();
            (2001 + at as u16, level)
        });
        let levels: Vec<(u16, f64)> = std::iter::once((2000, 1.0)).chain(grown).collect();
        let assumed = Assumed { degrees: 4.0, threshold: 3.0, scale: 0.25 };
        Process::new(Volatility::of(&levels, assumed), &Uncertainty::default())
    }

    #[test]
    fn rises_are_bounded_by_history_and_tails_are_cut_off() {
        // Median 0.1, largest deviation upwards 0.2, one break downwards of 1.1.
        let of = process(&[0.1, 0.2, 0.0, 0.2, 0.0, 0.3, -0.1, 0.1, -1.0]);
        let sure = Regime { probability: 1.0, falls: 0.0 };
        for size in [0.01, 0.5, 0.99, 1.0] {
            let rise = of.break_of(sure, 1.0, 0.3, size);
            assert!(rise > 0.0 && rise <= 0.2 + 1e-12, "{rise}");
        }
        let fall = of.break_of(Regime { falls: 1.0, ..sure }, 1.0, 0.3, 0.5);
        assert!((fall + 1.1).abs() < 1e-9, "falls are as in history: {fall}");
        for (u, known) in [(0.0, -4.0), (0.5, 0.0), (1.0, 4.0)] {
            assert!((of.shock(u) - known).abs() < 1e-3, "{u}: {}", of.shock(u));
        }
    }

    #[test]
    fn without_history_breaks_are_as_rare_as_assumed() {
        let of = Process::new(process(&[0.1, 0.2]).volatility, &Uncertainty::default());
        let parts = (0..1000).map(|at| of.regime((f64::from(at) + 0.5) / 1000.0, 0.5).probability);
        let mean = parts.sum::<f64>() / 1000.0;
        assert!((mean - 0.05).abs() < 0.002, "{mean}");
    }

    #[test]
    fn a_large_move_makes_the_next_one_larger() {
        let of = process(&[0.1, 0.2, 0.0, 0.2, 0.0, 0.3, -0.1, 0.1, -1.0]);
        let sigma = of.volatility.sigma;
        assert!(of.agitation(0.0) < 1.0 && (of.agitation(sigma) - 1.0).abs() < 1e-12);
        assert!(of.agitation(-3.0 * sigma) > of.agitation(2.0 * sigma));
        assert!((of.agitation(-9.0 * sigma) - of.agitation(4.0 * sigma)).abs() < 1e-12);
        assert!((of.scale(0.5) / of.volatility.scale - 1.0).abs() < 1e-12);
    }
}
