//! Which uncertainty matters: Sobol indices of an indicator from a design of Saltelli.
//!
//! | symbol | meaning                                                                     |
//! |--------|-----------------------------------------------------------------------------|
//! | A, B   | two independent sets of n points                                            |
//! | `AB_i` | A with the coordinates of group i from B                                    |
//! | f      | logarithm of the indicator in the target's year, less its mean              |
//! | V      | variance of f over A and B                                                  |
//! | S      | first-order index: mean of f(B) (f(`AB_i`) − f(A)) / V (Saltelli and others 2010) |
//! | T      | total index: mean of (f(A) − f(`AB_i`))² / 2 V (Jansen 1999)                |
//!
//! The logarithm is taken because levels of inflows have tails in which few draws would decide. The
//! error is the standard deviation over resamples of the n points.
//! Not here: the points (`super::points`), which coordinate is in which group (`super::drivers`).

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use serde::{Deserialize, Serialize};

use super::Ensemble;
use super::record::Record;
use crate::spec::Study;

/// Resamples from which errors are taken.
const RESAMPLES: usize = 400;
/// Seed of the resamples; any.
const RESAMPLING: u64 = 1;
/// Points below which no index is told.
const LEAST: usize = 8;

/// One index with its error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// Estimate; by its error it may be below 0 or above 1.
    pub value: f64,
    /// Standard deviation over resamples.
    pub error: f64,
}

/// What one group of uncertain numbers does to an indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupIndex {
    /// Group.
    pub group: String,
    /// Share of the variance that this group alone makes.
    pub first_order: Index,
    /// Share that goes when this group is known, with all it does together with others.
    pub total: Index,
}

/// Indices of one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetIndices {
    /// Target.
    pub target: String,
    /// Its variable.
    pub indicator: String,
    /// Its year.
    pub year: u16,
    /// Points n that count: those all of whose draws solved.
    pub points: usize,
    /// Standard deviation of the indicator's logarithm.
    pub spread: f64,
    /// Groups, the largest total first.
    pub groups: Vec<GroupIndex>,
}

/// Indices of every target of a study; empty where too few points solved.
pub fn indices(
    ensemble: &Ensemble<'_>,
    study: &Study,
    records: &BTreeMap<usize, Record>,
) -> Vec<TargetIndices> {
    let groups = ensemble.drivers.groups().0;
    let of = |(at, target): (usize, &crate::spec::Target)| {
        let year = usize::from(target.year.checked_sub(study.years.base)?);
        let value = |index: usize| {
            let solved = records.get(&index)?.outcome.as_ref().ok()?;
            let level = *solved.policy.get(at)?.get(year)?;
            (level > 0.0).then(|| level.ln())
        };
        let size = groups.len() + 2;
        let rows: Vec<Vec<f64>> = (0..ensemble.settings.draws / size)
            .filter_map(|row| (0..size).map(|j| value(row * size + j)).collect())
            .collect();
        let found = of_rows(&rows, &groups)?;
        Some(TargetIndices {
            target: target.name.clone(),
            indicator: target.indicator.clone(),
            year: target.year,
            points: rows.len(),
            spread: found.0,
            groups: found.1,
        })
    };
    study.targets.iter().enumerate().filter_map(of).collect()
}

/// Standard deviation and indices of rows `f(A), f(B), f(AB_1), …`.
fn of_rows(rows: &[Vec<f64>], groups: &[String]) -> Option<(f64, Vec<GroupIndex>)> {
    if rows.len() < LEAST {
        return None;
    }
    let all: Vec<usize> = (0..rows.len()).collect();
    let (spread, central) = estimates(rows, &all, groups.len());
    let mut generator = ChaCha12Rng::seed_from_u64(RESAMPLING);
    let resampled: Vec<Vec<(f64, f64)>> = (0..RESAMPLES)
        .map(|_| {
            let picked: Vec<usize> =
                all.iter().map(|_| generator.random_range(0..rows.len())).collect();
            estimates(rows, &picked, groups.len()).1
        })
        .collect();
    let index =
        |value: f64, again: Vec<f64>| Index { value, error: super::forecast::moments_of(&again).1 };
    let mut list: Vec<GroupIndex> = groups
        .iter()
        .enumerate()
        .map(|(at, group)| GroupIndex {
            group: group.clone(),
            first_order: index(central[at].0, resampled.iter().map(|each| each[at].0).collect()),
            total: index(central[at].1, resampled.iter().map(|each| each[at].1).collect()),
        })
        .collect();
    list.sort_by(|a, b| b.total.value.total_cmp(&a.total.value));
    Some((spread, list))
}

/// Standard deviation of f, and (S, T) by group, of some of the rows.
fn estimates(rows: &[Vec<f64>], picked: &[usize], groups: usize) -> (f64, Vec<(f64, f64)>) {
    let n = picked.len() as f64;
    let base = || picked.iter().flat_map(|row| rows[*row][..2].iter().copied());
    let mean = base().sum::<f64>() / (2.0 * n);
    let variance = base().map(|f| (f - mean).powi(2)).sum::<f64>() / (2.0 * n);
    let of = |group: usize| {
        let (mut first, mut total) = (0.0, 0.0);
        for row in picked {
            let (a, b, ab) = (rows[*row][0], rows[*row][1], rows[*row][group + 2]);
            first += (b - mean) * (ab - a);
            total += (a - ab).powi(2);
        }
        (first / n / variance, total / n / 2.0 / variance)
    };
    (variance.sqrt(), (0..groups).map(of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ensemble::points::Points;
    use std::f64::consts::PI;

    /// Ishigami's function on [−π, π]³ with a = 7, b = 0.1, whose indices are known in closed form.
    fn ishigami(u: &[f64]) -> f64 {
        let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
        x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
    }

    #[test]
    fn indices_of_ishigamis_function_are_the_known_ones() {
        let n = 4096;
        let points = Points::saltelli(3, 5 * n, vec![0, 1, 2]);
        let rows: Vec<Vec<f64>> = (0..n)
            .map(|row| (0..5).map(|j| ishigami(&points.point(row * 5 + j))).collect())
            .collect();
        let names = ["x1", "x2", "x3"].map(str::to_owned);
        let (spread, found) = of_rows(&rows, &names).expect("enough rows");
        // V = a²/8 + b π⁴/5 + b² π⁸/18 + 1/2; V1 = (1 + b π⁴/5)²/2; V2 = a²/8; V13 = 8 b² π⁸/225.
        let (a, b) = (7.0f64, 0.1f64);
        let v = a * a / 8.0 + b * PI.powi(4) / 5.0 + b * b * PI.powi(8) / 18.0 + 0.5;
        let v1 = 0.5 * (1.0 + b * PI.powi(4) / 5.0).powi(2);
        let v13 = 8.0 * b * b * PI.powi(8) / 225.0;
        assert!((spread - v.sqrt()).abs() < 0.02 * v.sqrt());
        let known = [
            ("x1", v1 / v, (v1 + v13) / v),
            ("x2", a * a / 8.0 / v, a * a / 8.0 / v),
            ("x3", 0.0, v13 / v),
        ];
        for (name, first, total) in known {
            let group = found.iter().find(|each| each.group == name).expect("each group is told");
            for (index, known) in [(group.first_order, first), (group.total, total)] {
                let off = (index.value - known).abs();
                assert!(off < 4.0 * index.error && index.error < 0.05, "{name} {index:?} {known}");
            }
        }
    }

    #[test]
    fn too_few_points_have_no_indices() {
        assert_eq!(of_rows(&vec![vec![0.0; 3]; LEAST - 1], &["x".to_owned()]), None);
    }
}
