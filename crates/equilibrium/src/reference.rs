//! The same equations by naive other code: cell by cell, index by index, no plans and no kernels.
//!
//! Slow on purpose. It certifies a point on demand and is what tests hold the fast path against.

use std::collections::BTreeMap;

use crate::evaluate::Evaluation;
use crate::graph::{Axis, Op};
use crate::routes::{Prices, Table};
use crate::system::System;

/// F at the point that the evaluation is at, computed anew from its unknowns and parameters.
pub fn reference_residuals(system: &System, evaluation: &Evaluation) -> Vec<f64> {
    let mut naive = Naive { system, done: BTreeMap::new() };
    for (id, node) in system.nodes.iter().enumerate() {
        let source = matches!(node.op, Op::Parameter { .. } | Op::Unknown { .. });
        let values = match &node.op {
            Op::Data(values) => values.to_wide(),
            _ if source => evaluation.values[system.arena_range(id)].to_vec(),
            _ => (0..node.size).map(|cell| naive.cell(id, cell)).collect(),
        };
        naive.done.insert(id, values);
    }
    system.equations.iter().flat_map(|block| naive.done[&block.node].clone()).collect()
}

/// A position along some axes.
type Index = BTreeMap<Axis, usize>;

struct Naive<'a> {
    system: &'a System,
    done: BTreeMap<usize, Vec<f64>>,
}

impl Naive<'_> {
    fn length(&self, axis: Axis) -> usize {
        self.system.axes[axis.0].labels.len()
    }

    fn index(&self, id: usize, mut cell: usize) -> Index {
        let mut index = Index::new();
        for axis in self.system.nodes[id].axes.iter().rev() {
            index.insert(*axis, cell % self.length(*axis));
            cell /= self.length(*axis);
        }
        index
    }

    fn at(&self, id: usize, index: &Index) -> f64 {
        let axes = &self.system.nodes[id].axes;
        let cell = axes.iter().fold(0, |cell, axis| cell * self.length(*axis) + index[axis]);
        self.done[&id][cell]
    }

    fn cell(&self, id: usize, cell: usize) -> f64 {
        let index = self.index(id, cell);
        match &self.system.nodes[id].op {
            Op::Affine { a, scale, shift } => scale * self.at(*a, &index) + shift,
            Op::Exp(a) => self.at(*a, &index).exp(),
            Op::Ln(a) => self.at(*a, &index).ln(),
            Op::Reciprocal(a) => 1.0 / self.at(*a, &index),
            Op::Add { a, b, sign } => self.at(*a, &index) + sign * self.at(*b, &index),
            Op::Product { a, b } => {
                let axes = [*a, *b].map(|input| self.system.nodes[input].axes.clone()).concat();
                self.sum_over(&axes, index, |index| self.at(*a, index) * self.at(*b, index))
            }
            Op::Gather { a, from, to, positions } => {
                let mut index = index;
                let at = index[to];
                index.insert(*from, positions[at]);
                self.at(*a, &index)
            }
            Op::Scatter { a, from, to, positions } => {
                let matching =
                    positions.iter().enumerate().filter(|(_, position)| **position == index[to]);
                matching.map(|(at, _)| self.at(*a, &with(&index, *from, at))).sum()
            }
            Op::LogCes { log_price, share, exponent, over } => {
                self.log_ces([*log_price, *share, *exponent], *over, &index)
            }
            Op::Sourced { basic, margin, table } => self.sourced([*basic, *margin], table, cell),
            Op::Bought { basic, margin, pull, table } => {
                self.bought([*basic, *margin, *pull], table, cell)
            }
            Op::Part { a, start } => self.done[a][start + cell],
            Op::Data(_) | Op::Parameter { .. } | Op::Unknown { .. } => f64::NAN,
        }
    }

    fn log_ces(&self, [price, share, exponent]: [usize; 3], over: Axis, index: &Index) -> f64 {
        let k = self.at(exponent, index);
        let positions = 0..self.length(over);
        let term = |at: usize| {
            let index = with(index, over, at);
            let (theta, x) = (self.at(share, &index), self.at(price, &index));
            if k == 0.0 { theta * x } else { theta * (k * x).exp_m1() }
        };
        let sum: f64 = positions.map(term).sum();
        if k == 0.0 { sum } else { sum.ln_1p() / k }
    }

    fn sourced(&self, [basic, margin]: [usize; 2], table: &Table, cell: usize) -> f64 {
        let prices = Prices { basic: &self.done[&basic], margin: &self.done[&margin] };
        let regions = table.sizes()[2];
        let (product, destination) = (cell / regions, cell % regions);
        let flow = |origin: usize| table.naive(prices, [product, origin, destination]).value;
        let sum: f64 = (0..regions).map(flow).sum();
        (sum / table.total()[cell]).ln() / (1.0 - table.sigma(product))
    }

    fn bought(&self, [basic, margin, pull]: [usize; 3], table: &Table, cell: usize) -> f64 {
        let prices = Prices { basic: &self.done[&basic], margin: &self.done[&margin] };
        let [products, _, regions] = table.sizes();
        let pulled =
            |product: usize, destination: usize| self.done[&pull][product * regions + destination];
        if cell < table.sent() {
            let (product, origin) = (cell / regions, cell % regions);
            let bought = |destination: usize| {
                let flow = table.naive(prices, [product, origin, destination]);
                pulled(product, destination) * flow.quantity * flow.basic
            };
            return (0..regions).map(bought).sum();
        }
        let cell = cell - table.sent();
        let (route, destination) = (cell / regions, cell % regions);
        let (m, origin) = (route / regions, route % regions);
        let used = |product: usize| {
            let flow = table.naive(prices, [product, origin, destination]);
            pulled(product, destination) * flow.quantity * flow.parts[m]
        };
        (0..products).map(used).sum()
    }

    /// Sum of a term over every axis of `axes` that the index does not have.
    fn sum_over(&self, axes: &[Axis], index: Index, term: impl Fn(&Index) -> f64) -> f64 {
        let mut indices = vec![index];
        for axis in axes {
            if indices[0].contains_key(axis) {
                continue;
            }
            let every = |index: &Index| {
                (0..self.length(*axis)).map(|at| with(index, *axis, at)).collect::<Vec<_>>()
            };
            indices = indices.iter().flat_map(every).collect();
        }
        indices.iter().map(term).sum()
    }
}

fn with(index: &Index, axis: Axis, at: usize) -> Index {
    let mut index = index.clone();
    index.insert(axis, at);
    index
}
