//! Shapley's value: what a lever adds when it joins others, averaged over orders of joining.
//!
//! With few levers every set of them is run, and all orders count. With many, orders are drawn: each
//! order's parts add up by themselves. Every drawn order comes with its reverse.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha12Rng;
use rayon::prelude::*;

use super::super::RunError;
use super::super::context::Context;
use super::super::path::Year;
use super::{Ends, Method, Split, Values};
use crate::lever::Lever;
use crate::results::Decomposition;
use crate::spec::Word as _;

/// Most levers of which every set is run.
const MOST_LEVERS: usize = 8;

/// Orders that are drawn beyond that, reverses included.
const ORDERS: usize = 12;

/// Seed of the drawn orders.
const SEED: u64 = 2018;

/// Paths that are solved beside those of no lever and of all.
pub(super) fn paths(levers: usize) -> usize {
    if levers <= MOST_LEVERS { (1 << levers) - 2 } else { ORDERS * (levers - 1) }
}

impl Context<'_> {
    pub(super) fn shapley(
        &self,
        ends: &Ends<'_, '_>,
        before: &[f64],
        tick: &(dyn Fn() + Sync),
    ) -> Result<Split, RunError> {
        let count = self.study.levers.len();
        let (parts, how) = if count <= MOST_LEVERS {
            let how = format!("all {} sets of levers are run", 1_u32 << count);
            (self.of_all_sets(ends, before, tick)?, how)
        } else {
            let how = format!(
                "{ORDERS} orders are drawn (seed {SEED}), because {count} levers have too many"
            );
            (self.of_drawn_orders(ends, before, tick)?, how)
        };
        let names = self.study.levers.iter().map(|lever| lever.name().to_owned());
        let note = Decomposition {
            statement: format!(
                "the Shapley value: what a lever adds when it joins, averaged over orders of joining; {how}"
            ),
            ..Decomposition::none(Method::Shapley.word())
        };
        Ok((names.zip(parts).collect(), note, vec![]))
    }

    /// Rows of the path with the levers of a set.
    fn with(
        &self,
        in_set: impl Fn(usize) -> bool,
        ends: &Ends<'_, '_>,
        tick: &(dyn Fn() + Sync),
    ) -> Result<Values, RunError> {
        let numbered = self.study.levers.iter().enumerate();
        let levers: Vec<&Lever> =
            numbered.filter(|(lever, _)| in_set(*lever)).map(|(_, lever)| lever).collect();
        let years: Vec<Year> =
            self.solve_scenario("set of levers", &levers, ends.baseline, tick)?;
        Ok(self.rows_of(ends.rows, ends.baseline, &years, &levers))
    }

    fn of_all_sets(
        &self,
        ends: &Ends<'_, '_>,
        before: &[f64],
        tick: &(dyn Fn() + Sync),
    ) -> Result<Vec<Values>, RunError> {
        let count = self.study.levers.len();
        let all = (1_u32 << count) - 1;
        let run = |set: u32| match set {
            0 => Ok(before.to_vec()),
            set if set == all => Ok(sum(before, &ends.total)),
            set => self.with(|lever| set >> lever & 1 == 1, ends, tick),
        };
        let values: Vec<Values> = (0..=all).into_par_iter().map(run).collect::<Result<_, _>>()?;
        let part = |lever: usize| {
            let mut part = vec![0.0; before.len()];
            for set in (0..=all).filter(|set| set >> lever & 1 == 0) {
                let with = &values[(set | 1 << lever) as usize];
                let weight = weight(set.count_ones(), count as u32);
                add_step(&mut part, weight, with, &values[set as usize]);
            }
            part
        };
        Ok((0..count).map(part).collect())
    }

    fn of_drawn_orders(
        &self,
        ends: &Ends<'_, '_>,
        before: &[f64],
        tick: &(dyn Fn() + Sync),
    ) -> Result<Vec<Values>, RunError> {
        let orders = orders(self.study.levers.len());
        let of = |order: &Vec<usize>| -> Result<Vec<Values>, RunError> {
            let mut parts = vec![vec![0.0; before.len()]; order.len()];
            let mut reached = before.to_vec();
            for (at, lever) in order.iter().enumerate() {
                let joined = &order[..=at];
                let next = if joined.len() == order.len() {
                    sum(before, &ends.total)
                } else {
                    self.with(|lever| joined.contains(&lever), ends, tick)?
                };
                add_step(&mut parts[*lever], 1.0, &next, &reached);
                reached = next;
            }
            Ok(parts)
        };
        let all: Vec<Vec<Values>> = orders.par_iter().map(of).collect::<Result<_, _>>()?;
        let none = vec![0.0; before.len()];
        let mean = |lever: usize| {
            let mut part = vec![0.0; before.len()];
            for parts in &all {
                add_step(&mut part, 1.0 / ORDERS as f64, &parts[lever], &none);
            }
            part
        };
        Ok((0..self.study.levers.len()).map(mean).collect())
    }
}

fn sum(a: &[f64], b: &[f64]) -> Values {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

fn add_step(part: &mut [f64], weight: f64, with: &[f64], without: &[f64]) {
    for ((part, with), without) in part.iter_mut().zip(with).zip(without) {
        *part += weight * (with - without);
    }
}

/// Share of the orders of `count` levers in which one joins right after a set of `before` others:
/// before! (count − before − 1)! / count!.
fn weight(before: u32, count: u32) -> f64 {
    let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
    factorial(before) * factorial(count - before - 1) / factorial(count)
}

/// Drawn orders, each followed by its reverse.
fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut random = ChaCha12Rng::seed_from_u64(SEED);
    let mut list = Vec::new();
    for _ in 0..ORDERS / 2 {
        let mut order: Vec<usize> = (0..count).collect();
        order.shuffle(&mut random);
        let reverse = order.iter().rev().copied().collect();
        list.push(order);
        list.push(reverse);
    }
    list
}
