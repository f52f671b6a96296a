//! How much a yearly flow has moved in the past: scale of its log growth, and breaks of regime.
//!
//! | symbol | meaning                                             |
//! |--------|-----------------------------------------------------|
//! | g      | log growth from one year to the next                |
//! | m      | median of g                                         |
//! | MAD    | median of the absolute deviations from m            |
//! | break  | a year with |g − m| > threshold · MAD / 0.6745      |
//!
//! The scale is robust, so that a year like 2015, when the reported investment of Liaoning fell by
//! four fifths, counts as what it is, a break, and does not also widen every other year.
//! Not here: what is drawn from it (`super::drivers`).

use super::distribution::student;
use super::uncertainty::Uncertainty;

/// MAD of the standard normal distribution.
const NORMAL_MAD: f64 = 0.674_489_750_196_081_7;
/// Years of growth from which a history counts.
pub(super) const LEAST: usize = 8;

/// What a history says of yearly growth.
#[derive(Debug, Clone, PartialEq)]
pub struct Volatility {
    /// Scale of Student's t that has the history's MAD, log points.
    pub scale: f64,
    /// Robust standard deviation of log growth, log points.
    pub sigma: f64,
    /// Median of log growth; 0 without history.
    pub middle: f64,
    /// Standard error of the mean of log growth, log points.
    pub drift: f64,
    /// Years of growth.
    pub years: usize,
    /// Deviations from the median in years that count as breaks.
    pub breaks: Vec<f64>,
    /// Log growth by year.
    pub growth: Vec<(u16, f64)>,
}

/// Numbers that the history does not give.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assumed {
    /// Degrees of freedom of Student's t.
    pub degrees: f64,
    /// Robust standard deviations from which a year is a break.
    pub threshold: f64,
    /// Standard deviation where there is no history.
    pub scale: f64,
}

impl Assumed {
    /// The numbers of the table.
    pub fn of(uncertainty: &Uncertainty) -> Self {
        Self {
            degrees: uncertainty.scalar("tail_degrees"),
            threshold: uncertainty.scalar("break_threshold"),
            scale: uncertainty.scalar("inflow_scale"),
        }
    }
}

impl Volatility {
    /// Of a series of years and positive levels, in order; gaps are passed over.
    pub fn of(levels: &[(u16, f64)], assumed: Assumed) -> Self {
        let pairs = levels
            .windows(2)
            .filter(|pair| pair[1].0 == pair[0].0 + 1 && pair[0].1 > 0.0 && pair[1].1 > 0.0);
        let growth: Vec<(u16, f64)> =
            pairs.map(|pair| (pair[1].0, (pair[1].1 / pair[0].1).ln())).collect();
        let student_mad = student(0.75, assumed.degrees);
        if growth.len() < LEAST {
            let scale = assumed.scale * NORMAL_MAD / student_mad;
            let drift = assumed.scale / (LEAST as f64).sqrt();
            let (sigma, middle) = (assumed.scale, 0.0);
            return Self { scale, sigma, middle, drift, years: 0, breaks: vec![], growth };
        }
        let values: Vec<f64> = growth.iter().map(|(_, g)| *g).collect();
        let middle = median(&values);
        let deviations: Vec<f64> = values.iter().map(|g| g - middle).collect();
        let mad = median(&deviations.iter().map(|d| d.abs()).collect::<Vec<_>>());
        let sigma = mad / NORMAL_MAD;
        let breaks =
            deviations.iter().copied().filter(|d| d.abs() > assumed.threshold * sigma).collect();
        let drift = sigma / (growth.len() as f64).sqrt();
        let (scale, years) = (mad / student_mad, growth.len());
        Self { scale, sigma, middle, drift, years, breaks, growth }
    }

    /// Largest deviation upwards from the median, log points.
    pub fn largest_rise(&self) -> f64 {
        self.growth.iter().map(|(_, g)| g - self.middle).fold(0.0, f64::max)
    }

    /// Deviation of the last year before `year`; none where history does not reach it.
    pub fn deviation_before(&self, year: u16) -> Option<f64> {
        let last = self.growth.last().filter(|(last, _)| last + 1 == year)?;
        (self.years > 0).then_some(last.1 - self.middle)
    }

    /// Part of all spans of `years` years in which the flow grew by `factor` or more: spans, and how
    /// many of them. None when history is shorter.
    pub fn spans_with(&self, years: usize, factor: f64) -> Option<(usize, usize)> {
        if years == 0 || self.growth.len() < years {
            return None;
        }
        let spans = self.growth.windows(years);
        let all = spans.len();
        let grown = spans.filter(|span| span.iter().map(|(_, g)| g).sum::<f64>() >= factor.ln());
        Some((all, grown.count()))
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len();
    0.5 * (sorted[(n - 1) / 2] + sorted[n / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASSUMED: Assumed = Assumed { degrees: 1.0, threshold: 3.0, scale: 0.25 };

    fn levels(growth: &[f64]) -> Vec<(u16, f64)> {
        let mut level: f64 = 1.0;
        let grown = growth.iter().enumerate().map(|(at, g)| {
            level *= g.exp();
            (2001 + at as u16, level)
        });
        std::iter::once((2000, 1.0)).chain(grown).collect()
    }

    #[test]
    fn scale_and_breaks_are_those_computed_by_hand() {
        // Median 0.1; absolute deviations 0 0.1 0.1 0.1 0.1 0.2 0.2 0 1.1: MAD 0.1. With one degree
        // the quartile of t is 1. 3 · 0.1 / 0.6745 = 0.44: one break, −1.1.
        let of = Volatility::of(&levels(&[0.1, 0.2, 0.0, 0.2, 0.0, 0.3, -0.1, 0.1, -1.0]), ASSUMED);
        assert!((of.scale - 0.1).abs() < 1e-9);
        assert_eq!((of.years, of.breaks.len()), (9, 1));
        assert!((of.breaks[0] + 1.1).abs() < 1e-9);
        assert!((of.drift - 0.1 / NORMAL_MAD / 3.0).abs() < 1e-9);
        // Spans of two years that doubled: none; that did not fall: all but the last.
        assert_eq!(of.spans_with(2, 2.0), Some((8, 0)));
        assert_eq!(of.spans_with(2, 0.999), Some((8, 7)));
    }

    #[test]
    fn without_history_the_assumed_scale_stands() {
        let of = Volatility::of(&levels(&[0.1, 0.2]), ASSUMED);
        assert!((of.scale - 0.25 * NORMAL_MAD).abs() < 1e-9);
        assert_eq!((of.years, of.spans_with(3, 1.0)), (0, None));
    }
}
