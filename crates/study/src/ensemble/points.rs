//! Points in the unit cube, each found from its index alone.
//!
//! | method     | points                                                                         |
//! |------------|--------------------------------------------------------------------------------|
//! | Monte Carlo | independent uniform: stream `index` of `ChaCha12` at the seed                   |
//! | Latin hypercube | one point in each of `draws` slices of every coordinate (McKay, Beckman & Conover 1979) |
//! | Sobol      | Owen-scrambled Sobol sequence (crate `sobol_burley`)                            |
//! | Saltelli   | A, B and A with one group of coordinates from B, for Sobol indices; A and B from one Sobol sequence |
//! | quadrature | formula of degree 3 with 2 n points of equal weight (Stroud 1957) for independent normal scores z, u = Φ(z); coordinates shuffled anew for each rotation |
//!
//! Quadrature is exact for polynomials of degree 3 in the scores: so it is for the mean and the variance
//! of the logarithm of anything that is log-normal in them, which most inflows nearly are. In the unit
//! cube itself its points would stay between 0.09 and 0.91, and heavy tails would be missed.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;

use super::distribution::normal_below;
use crate::spec::Word;

/// Draws that a Sobol sequence has at most.
pub const MOST_SOBOL: usize = 1 << 16;
/// Coordinates of one Sobol sequence; further ones are of another scramble.
const SOBOL_COORDINATES: usize = 256;

/// How points fill the cube.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// Independent.
    #[default]
    MonteCarlo,
    /// Stratified in every coordinate.
    LatinHypercube,
    /// Low discrepancy.
    Sobol,
    /// Stroud's formula for normal scores.
    Quadrature,
    /// Design for Sobol indices.
    Saltelli,
}

impl Word for Method {
    const WHAT: &'static str = "method";
    const ALL: &'static [(&'static str, Self)] = &[
        ("monte-carlo", Self::MonteCarlo),
        ("latin-hypercube", Self::LatinHypercube),
        ("sobol", Self::Sobol),
        ("quadrature", Self::Quadrature),
        ("saltelli", Self::Saltelli),
    ];
}

/// All points of an ensemble.
#[derive(Debug)]
pub struct Points {
    method: Method,
    seed: u64,
    coordinates: usize,
    /// Slice of each draw, by coordinate (Latin hypercube).
    slices: Vec<Vec<u32>>,
    /// Group of each coordinate (Saltelli).
    groups: Vec<usize>,
    draws: usize,
}

impl Points {
    /// `draws` points of `coordinates` numbers.
    pub fn new(method: Method, seed: u64, draws: usize, coordinates: usize) -> Self {
        let slices = match method {
            Method::LatinHypercube => (0..coordinates).map(|at| slices(seed, at, draws)).collect(),
            _ => Vec::new(),
        };
        Self { method, seed, coordinates, slices, groups: vec![], draws }
    }

    /// Saltelli's design for groups of coordinates, numbered from 0: point k (g + 2) is the k-th of
    /// A, the next one that of B, the others A with one group from B.
    pub fn saltelli(seed: u64, draws: usize, groups: Vec<usize>) -> Self {
        let coordinates = groups.len();
        Self { groups, ..Self::new(Method::Saltelli, seed, draws, coordinates) }
    }

    /// The point of draw `index`.
    pub fn point(&self, index: usize) -> Vec<f64> {
        match self.method {
            Method::MonteCarlo => self.random(index),
            Method::LatinHypercube => {
                let within = self.random(index);
                let slice = |at: usize| f64::from(self.slices[at][index]);
                let place = |(at, u): (usize, &f64)| (slice(at) + u) / self.draws as f64;
                within.iter().enumerate().map(place).collect()
            }
            Method::Sobol => (0..self.coordinates).map(|at| self.sobol(index, at)).collect(),
            Method::Quadrature => self.stroud(index),
            Method::Saltelli => self.exchanged(index),
        }
    }

    fn random(&self, index: usize) -> Vec<f64> {
        let mut generator = ChaCha12Rng::seed_from_u64(self.seed);
        generator.set_stream(index as u64);
        (0..self.coordinates).map(|_| generator.random()).collect()
    }

    fn sobol(&self, index: usize, coordinate: usize) -> f64 {
        let scramble = coordinate / SOBOL_COORDINATES;
        let seed = (self.seed as u32).wrapping_mul(0x9E37_79B9).wrapping_add(scramble as u32);
        let dimension = (coordinate % SOBOL_COORDINATES) as u32;
        f64::from(sobol_burley::sample(index as u32, dimension, seed))
    }

    fn exchanged(&self, index: usize) -> Vec<f64> {
        let size = self.groups.iter().max().map_or(0, |most| most + 1) + 2;
        let (row, which) = (index / size, index % size);
        let from_b = |group: usize| which == 1 || which == group + 2;
        let coordinate = |(at, group): (usize, &usize)| {
            self.sobol(row, if from_b(*group) { self.coordinates + at } else { at })
        };
        self.groups.iter().enumerate().map(coordinate).collect()
    }

    fn stroud(&self, index: usize) -> Vec<f64> {
        let n = self.coordinates;
        let (rotation, k) = (index / (2 * n), index % (2 * n) + 1);
        let mut order: Vec<usize> = (0..n).collect();
        let mut generator = ChaCha12Rng::seed_from_u64(self.seed);
        generator.set_stream(rotation as u64);
        order.shuffle(&mut generator);
        order.into_iter().map(|at| normal_below(stroud(k, at, n))).collect()
    }
}

/// Coordinate `at` (from 0) of point `k` (from 1) of Stroud's formula for n standard normal numbers.
fn stroud(k: usize, at: usize, n: usize) -> f64 {
    if n % 2 == 1 && at == n - 1 {
        return if k.is_multiple_of(2) { 1.0 } else { -1.0 };
    }
    let odd = (2 * (at / 2) + 1) * k;
    let angle = odd as f64 * std::f64::consts::PI / n as f64;
    let part = if at.is_multiple_of(2) { angle.cos() } else { angle.sin() };
    std::f64::consts::SQRT_2 * part
}

/// A permutation of the slices for one coordinate.
fn slices(seed: u64, coordinate: usize, draws: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..draws as u32).collect();
    let mut generator = ChaCha12Rng::seed_from_u64(seed ^ 0x4C61_7469_6E00_0000);
    generator.set_stream(coordinate as u64);
    order.shuffle(&mut generator);
    order
}

#[cfg(test)]
mod tests {
    use super::super::distribution::normal;
    use super::*;
    use rstest::rstest;

    fn mean(points: &[Vec<f64>], of: impl Fn(&[f64]) -> f64) -> f64 {
        points.iter().map(|point| of(point)).sum::<f64>() / points.len() as f64
    }

    #[rstest]
    #[case(5)]
    #[case(6)]
    fn strouds_formula_is_exact_to_degree_three(#[case] n: usize) {
        // Standard normal: E z = 0, E z² = 1, E z³ = 0, E z w = 0, and a log-normal number of spread s
        // has the mean s² of its squared logarithm.
        let points = Points::new(Method::Quadrature, 7, 4 * n, n);
        let all: Vec<_> = (0..4 * n)
            .map(|index| points.point(index).into_iter().map(normal).collect::<Vec<f64>>())
            .collect();
        for at in 0..n {
            for (power, known) in [(1, 0.0), (2, 1.0), (3, 0.0)] {
                assert!((mean(&all, |z| z[at].powi(power)) - known).abs() < 1e-9);
            }
            assert!((mean(&all, |z| (0.3 * z[at]).exp().ln().powi(2)) - 0.09).abs() < 1e-9);
        }
        assert!(mean(&all, |z| z[0] * z[n - 1]).abs() < 1e-9);
    }

    #[test]
    fn a_latin_hypercube_has_one_point_in_every_slice() {
        let points = Points::new(Method::LatinHypercube, 3, 40, 4);
        for at in 0..4 {
            let mut seen: Vec<usize> =
                (0..40).map(|index| (40.0 * points.point(index)[at]) as usize).collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..40).collect::<Vec<_>>());
        }
    }

    #[test]
    fn every_sixteen_sobol_points_fill_every_sixteenth() {
        let points = Points::new(Method::Sobol, 5, 16, 300);
        for at in [0, 1, 150, 299] {
            let mut seen: Vec<usize> =
                (0..16).map(|index| (16.0 * points.point(index)[at]) as usize).collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..16).collect::<Vec<_>>());
        }
    }

    #[test]
    fn random_points_do_not_depend_on_their_number_and_integrate() {
        let (few, many) =
            (Points::new(Method::MonteCarlo, 1, 2, 3), Points::new(Method::MonteCarlo, 1, 9999, 3));
        assert_eq!(few.point(1), many.point(1));
        assert_ne!(many.point(1), many.point(2));
        let all: Vec<_> = (0..10_000).map(|index| many.point(index)).collect();
        // Standard error of the mean: 1 / √(12 · 10,000) = 0.0029.
        assert!((mean(&all, |x| x[2]) - 0.5).abs() < 4.0 * 0.0029);
    }
}
