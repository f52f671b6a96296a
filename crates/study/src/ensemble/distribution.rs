//! Distributions by their quantile functions: a number of the unit interval in, a value out.
//!
//! Everything random in an ensemble is a quantile function of a coordinate of a point in the unit
//! cube, so that the same model serves random, stratified and low-discrepancy points.
//! Not here: the points (`super::points`), which variable has which distribution (`super::drivers`).

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use statrs::distribution::{Beta, ContinuousCDF, Normal, StudentsT};

/// Coordinates are kept this far from 0 and 1, where quantiles of unbounded distributions are not
/// finite. Far below the probability that any ensemble of feasible size resolves.
const EDGE: f64 = 1e-9;

fn inside(u: f64) -> f64 {
    u.clamp(EDGE, 1.0 - EDGE)
}

/// Quantile of the triangular distribution from `low` to `high` with its mode at `mode`.
///
/// - needs `low ≤ mode ≤ high`; a mode outside counts as the nearer end.
pub fn triangular(u: f64, low: f64, mode: f64, high: f64) -> f64 {
    let width = high - low;
    if width <= 0.0 {
        return mode;
    }
    let rise = (mode.clamp(low, high) - low) / width;
    if u < rise {
        low + width * (u * rise).sqrt()
    } else {
        high - width * ((1.0 - u) * (1.0 - rise)).sqrt()
    }
}

/// Quantile of the standard normal distribution.
pub fn normal(u: f64) -> f64 {
    Normal::standard().inverse_cdf(inside(u))
}

/// Distribution function of the standard normal distribution.
pub fn normal_below(z: f64) -> f64 {
    Normal::standard().cdf(z)
}

/// Quantile of Student's t with `degrees` of freedom, scale 1.
pub fn student(u: f64, degrees: f64) -> f64 {
    let unit = StudentsT::new(0.0, 1.0, degrees.max(1.0)).expect("positive degrees of freedom");
    // The lower half is computed and mirrored: the upper tail keeps its digits.
    let u = inside(u);
    let lower = unit.inverse_cdf(u.min(1.0 - u));
    if u < 0.5 { lower } else { -lower }
}

/// Distribution function of Student's t with `degrees` of freedom, scale 1.
pub fn student_below(t: f64, degrees: f64) -> f64 {
    StudentsT::new(0.0, 1.0, degrees.max(1.0)).expect("positive degrees of freedom").cdf(t)
}

/// Halvings of the unit interval in which a quantile of the beta distribution is found.
const HALVINGS: usize = 60;

/// Quantile of the beta distribution with `a` and `b`; with one of them 0 all mass is at an end.
///
/// By bisection of the distribution function: it ends for any shapes, which faster iterations do not
/// when a shape is large and the other below one.
pub fn beta(u: f64, a: f64, b: f64) -> f64 {
    if a <= 0.0 || b <= 0.0 {
        return if a > 0.0 { 1.0 } else { 0.0 };
    }
    let of = Beta::new(a, b).expect("positive shapes");
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if of.cdf(middle) < inside(u) { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// Sums that a table of [`HeavySum`] has.
const SUMS: usize = 4096;
/// Seed of that table; any.
const SEED: u64 = 20;

/// Sum of independent sizes with a Pareto tail, relative to its mean.
///
/// It has no quantile function in closed form: quantiles are those of a table of simulated sums, the
/// same one each time.
#[derive(Debug, Clone, PartialEq)]
pub struct HeavySum {
    sorted: Vec<f64>,
}

impl HeavySum {
    /// Of `count` sizes whose distribution function is 1 − (m / x)^`tail`, `tail` above 1.
    pub fn new(count: u16, tail: f64) -> Self {
        let mut generator = ChaCha12Rng::seed_from_u64(SEED);
        let mean = f64::from(count) * tail / (tail - 1.0);
        let size = |u: f64| (1.0 - u).powf(-1.0 / tail);
        let mut sorted: Vec<f64> = (0..SUMS)
            .map(|_| (0..count).map(|_| size(generator.random())).sum::<f64>() / mean)
            .collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Self { sorted }
    }

    /// Quantile, linear between simulated sums.
    pub fn quantile(&self, u: f64) -> f64 {
        super::forecast::quantile(&self.sorted, inside(u))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    // One size: x = (1 − u)^(−1/a), relative to a / (a − 1).
    #[case(1, 2.0, 0.75, 1.0)]
    #[case(1, 3.0, 0.875, 4.0 / 3.0)]
    // Of many sizes with a thin tail the median is near the mean.
    #[case(400, 50.0, 0.5, 1.0)]
    fn heavy_sums_have_the_quantiles_of_closed_forms(
        #[case] count: u16,
        #[case] tail: f64,
        #[case] u: f64,
        #[case] known: f64,
    ) {
        let found = HeavySum::new(count, tail).quantile(u);
        // 4,096 sums place a quantile to about u ± 0.007.
        assert!((found / known - 1.0).abs() < 0.06, "{found} {known}");
    }

    #[rstest]
    // Triangular on 0, 1, 4: F(1) = 1/4, F(2) = 1 − 4/12, by hand.
    #[case(triangular(0.25, 0.0, 1.0, 4.0), 1.0)]
    #[case(triangular(1.0 - 4.0 / 12.0, 0.0, 1.0, 4.0), 2.0)]
    #[case(triangular(0.5, 2.0, 2.0, 2.0), 2.0)]
    // Student's t: 1 degree is Cauchy, tan(π (u − ½)); 2 degrees is (2u − 1) / √(2 u (1 − u)).
    #[case(student(0.75, 1.0), 1.0)]
    #[case(student(0.9, 2.0), 0.8 / (0.18f64).sqrt())]
    // Printed tables: t(0.975; 4) = 2.776445, z(0.975) = 1.959964.
    #[case(student(0.975, 4.0), 2.776_445)]
    #[case(normal(0.975), 1.959_964)]
    #[case(normal_below(1.959_964), 0.975)]
    // Beta(1, 1) is uniform; Beta(2, 1) has F = x².
    #[case(beta(0.3, 1.0, 1.0), 0.3)]
    #[case(beta(0.49, 2.0, 1.0), 0.7)]
    // Beta(n, 1) has F = xⁿ; with Beta(½, ½), the arcsine law, F(x) = 2 asin(√x) / π.
    #[case(beta(0.5, 10_000.0, 1.0), 0.5f64.powf(1.0 / 10_000.0))]
    #[case(beta(1.0 / 3.0, 0.5, 0.5), 0.25)]
    #[case(beta(0.5, 3.0, 0.0), 1.0)]
    #[case(beta(0.5, 0.0, 3.0), 0.0)]
    fn quantiles_are_those_of_closed_forms_and_tables(#[case] found: f64, #[case] known: f64) {
        assert!((found - known).abs() < 1e-6, "{found} {known}");
    }
}
