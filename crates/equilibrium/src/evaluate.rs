//! Values of a system at a point, and products with its Jacobian and the transpose.
//!
//! | call                | yields                                     | cost                     |
//! |---------------------|--------------------------------------------|--------------------------|
//! | `residual`          | F(x)                                       | every core node once     |
//! | `tangent`           | (∂F/∂x) v at the last residual's x         | no logarithm, no exponential |
//! | `adjoint`           | yᵀ (∂F/∂x) at the last residual's x        | as a tangent             |
//! | `report`            | a named array at the last residual's x     | report nodes once        |
//!
//! Each operation's value, tangent and adjoint stand side by side below; all models follow.
//! Not here: CES composites (`ces` below the general cases), Newton's method (`crate::newton`).

use std::borrow::Cow;

use crate::graph::{Op, Values};
use crate::kernel::{Loop, Operand, map, map_function, zip, zip_add};
use crate::routes::Prices;
use crate::spare::Numbers;
use crate::system::{CesPlan, Plan, System};

const ONE: f64 = 1.0;

/// Exponent that stands for 0 in a CES: small enough to be exact, large enough not to underflow.
const COBB_DOUGLAS: f64 = 1e-100;

/// Exponents below which the derivative by the exponent uses its limit.
const NEAR_COBB_DOUGLAS: f64 = 1e-5;

/// Numbers of a system at one point.
#[derive(Debug, Clone)]
pub struct Evaluation {
    pub(crate) values: Numbers,
    /// Value shares of CES composites at the point.
    weights: Vec<f64>,
    /// Parameters, by node, that were set since what depends on them alone was computed.
    stale: Vec<bool>,
    reports_current: bool,
}

/// Which nodes carry derivatives.
#[derive(Clone, Copy)]
pub(crate) struct Active<'a>(pub(crate) &'a [bool]);

impl System {
    fn read<'a>(&'a self, arena: &'a [f64], id: usize) -> &'a [f64] {
        match &self.nodes[id].op {
            Op::Data(values) => values.wide(),
            _ => &arena[self.offset[id]..self.offset[id] + self.nodes[id].size],
        }
    }

    /// A node's numbers in the width in which they are stored.
    fn operand<'a>(&'a self, arena: &'a [f64], id: usize) -> Operand<'a> {
        match &self.nodes[id].op {
            Op::Data(Values::Narrow(values)) => Operand::Narrow(values),
            _ => Operand::Wide(self.read(arena, id)),
        }
    }

    /// The part of an arena before a node, and the node's own part.
    fn split<'a>(&self, arena: &'a mut [f64], id: usize) -> (&'a mut [f64], &'a mut [f64]) {
        let (before, rest) = arena.split_at_mut(self.offset[id]);
        (before, &mut rest[..self.nodes[id].size])
    }

    /// Basic prices and prices of margins on routes.
    fn prices<'a>(&'a self, arena: &'a [f64], basic: usize, margin: usize) -> Prices<'a> {
        Prices { basic: self.read(arena, basic), margin: self.read(arena, margin) }
    }

    fn range(&self, id: usize) -> std::ops::Range<usize> {
        self.offset[id]..self.offset[id] + self.nodes[id].size
    }
}

impl Evaluation {
    /// Numbers at the model's own start, with its own parameters.
    pub fn new(system: &System) -> Self {
        let mut evaluation = Self {
            values: system.spare.zeros(),
            weights: vec![0.0; system.weights],
            stale: vec![true; system.nodes.len()],
            reports_current: false,
        };
        for (id, node) in system.nodes.iter().enumerate() {
            if let Op::Parameter { start, .. } | Op::Unknown { start, .. } = &node.op {
                evaluation.values[system.range(id)].copy_from_slice(start);
            }
        }
        evaluation.refresh(system);
        evaluation
    }

    /// Sets a parameter; call [`Evaluation::refresh`] after the last one.
    ///
    /// # Panics
    /// When there is no such parameter or the count of values differs: the caller writes the model.
    pub fn set_parameter(&mut self, system: &System, name: &str, values: &[f64]) {
        let block = system.parameter(name).unwrap_or_else(|| panic!("no parameter `{name}`"));
        let present = &mut self.values[system.range(block.node)];
        assert_eq!(present.len(), values.len(), "values of `{name}`");
        let same = present.iter().zip(values).all(|(a, b)| a.to_bits() == b.to_bits());
        if !same {
            present.copy_from_slice(values);
            self.stale[block.node] = true;
        }
    }

    /// A parameter's values.
    ///
    /// # Panics
    /// When there is no such parameter.
    pub fn parameter(&self, system: &System, name: &str) -> &[f64] {
        let block = system.parameter(name).unwrap_or_else(|| panic!("no parameter `{name}`"));
        &self.values[system.range(block.node)]
    }

    /// Recomputes what depends on parameters alone, as far as they have changed.
    pub fn refresh(&mut self, system: &System) {
        for id in &system.fixed {
            if system.nodes[*id].op.inputs().iter().any(|input| self.stale[*input]) {
                self.value(system, *id);
                self.stale[*id] = true;
            }
        }
        self.stale.fill(false);
        self.reports_current = false;
    }

    /// F(x); also moves this evaluation to x.
    pub fn residual(&mut self, system: &System, x: &[f64], out: &mut [f64]) {
        for block in &system.unknowns {
            self.values[system.range(block.node)]
                .copy_from_slice(&x[block.start..block.start + block.size]);
        }
        for id in &system.core {
            self.value(system, *id);
        }
        for block in &system.equations {
            let values = system.read(&self.values, block.node);
            out[block.start..block.start + block.size].copy_from_slice(values);
        }
        self.reports_current = false;
    }

    /// A report at the point of the last residual.
    ///
    /// # Panics
    /// When there is no such report.
    pub fn report<'a>(&'a mut self, system: &'a System, name: &str) -> &'a [f64] {
        let block = system.report(name).unwrap_or_else(|| panic!("no report `{name}`"));
        self.refresh_reports(system);
        system.read(&self.values, block.node)
    }

    pub(crate) fn refresh_reports(&mut self, system: &System) {
        if !self.reports_current {
            for id in &system.report_only {
                self.value(system, *id);
            }
            self.reports_current = true;
        }
    }

    /// This evaluation with every report computed, copied where they were not.
    pub(crate) fn with_reports(&self, system: &System) -> Cow<'_, Self> {
        if self.reports_current {
            return Cow::Borrowed(self);
        }
        let mut copy = self.clone();
        copy.refresh_reports(system);
        Cow::Owned(copy)
    }

    /// (∂F/∂x) v at the point of the last residual.
    pub fn tangent(&self, system: &System, v: &[f64], out: &mut [f64]) {
        let mut arena = system.spare.take();
        for block in &system.unknowns {
            arena[system.range(block.node)]
                .copy_from_slice(&v[block.start..block.start + block.size]);
        }
        self.forward(system, &system.core, Active(&system.on_unknowns), &mut arena);
        collect_equations(system, &arena, &system.on_unknowns, out);
    }

    /// yᵀ (∂F/∂x) at the point of the last residual.
    pub fn adjoint(&self, system: &System, y: &[f64], out: &mut [f64]) {
        let mut arena = system.spare.zeros();
        seed_equations(system, &mut arena, &system.on_unknowns, y);
        self.backward(system, &[&system.core], Active(&system.on_unknowns), &mut arena);
        for block in &system.unknowns {
            out[block.start..block.start + block.size]
                .copy_from_slice(&arena[system.range(block.node)]);
        }
    }

    /// Tangents of `list`, given tangents of the sources in `arena`.
    pub(crate) fn forward(
        &self,
        system: &System,
        list: &[usize],
        active: Active<'_>,
        arena: &mut [f64],
    ) {
        for id in list {
            if active.0[*id] {
                self.tangent_of(system, *id, active, arena);
            }
        }
    }

    /// Adjoints of everything that `lists` read, given adjoints of the results in `arena`.
    pub(crate) fn backward(
        &self,
        system: &System,
        lists: &[&[usize]],
        active: Active<'_>,
        arena: &mut [f64],
    ) {
        for id in lists.iter().rev().flat_map(|list| list.iter().rev()) {
            if active.0[*id] {
                self.adjoint_of(system, *id, active, arena);
            }
        }
    }

    /// Computes one node from its inputs.
    pub(crate) fn value(&mut self, system: &System, id: usize) {
        let (before, out) = system.split(&mut self.values, id);
        let before = &*before;
        match (&system.nodes[id].op, &system.plans[id]) {
            (Op::Affine { a, scale, shift }, _) => {
                map(out, system.read(before, *a), |x| scale * x + shift);
            }
            (Op::Exp(a), _) => map_function(out, system.read(before, *a), f64::exp),
            (Op::Ln(a), _) => map_function(out, system.read(before, *a), f64::ln),
            (Op::Reciprocal(a), _) => map(out, system.read(before, *a), f64::recip),
            (Op::Add { a, b, sign }, Plan::Add(plan)) => {
                plan.from_a.multiply(out, system.read(before, *a), &ONE);
                plan.from_b.multiply_add(out, system.read(before, *b), sign);
            }
            (Op::Product { a, b }, Plan::Product(plan)) => {
                plan.forward.multiply(out, system.operand(before, *a), system.operand(before, *b));
            }
            (Op::Gather { a, .. }, Plan::Move(plan)) => {
                out.fill(0.0);
                gather(&plan.pieces, &plan.forward, out, system.read(before, *a));
            }
            (Op::Scatter { a, .. }, Plan::Move(plan)) => {
                out.fill(0.0);
                scatter(&plan.pieces, &plan.back, out, system.read(before, *a));
            }
            (Op::LogCes { log_price, share, exponent, .. }, Plan::Ces(plan)) => {
                let weights = &mut self.weights[plan.weights..plan.weights + plan.space];
                let read = |id: usize| system.read(before, id);
                ces_value(plan, out, weights, [read(*log_price), read(*share), read(*exponent)]);
            }
            (Op::Sourced { basic, margin, table }, _) => {
                table.composite(system.prices(before, *basic, *margin), out);
            }
            (Op::Bought { basic, margin, pull, table }, _) => {
                let prices = system.prices(before, *basic, *margin);
                out.copy_from_slice(&table.outward(prices, system.read(before, *pull), None));
            }
            (Op::Part { a, start }, _) => {
                out.copy_from_slice(&system.read(before, *a)[*start..][..out.len()]);
            }
            _ => {}
        }
    }

    /// Computes one node's tangent from its inputs' tangents.
    fn tangent_of(&self, system: &System, id: usize, active: Active<'_>, arena: &mut [f64]) {
        let (before, out) = system.split(arena, id);
        let before = &*before;
        let value = |id: usize| system.read(&self.values, id);
        let factor = |id: usize| system.operand(&self.values, id);
        let moving = |id: usize| active.0[id].then(|| system.read(before, id));
        match (&system.nodes[id].op, &system.plans[id]) {
            (Op::Affine { a, scale, .. }, _) => map(out, system.read(before, *a), |x| scale * x),
            (Op::Exp(a), _) => zip(out, system.read(before, *a), value(id), |t, y| t * y),
            (Op::Ln(a), _) => zip(out, system.read(before, *a), value(*a), |t, x| t / x),
            (Op::Reciprocal(a), _) => {
                zip(out, system.read(before, *a), value(id), |t, y| -t * y * y);
            }
            (Op::Add { a, b, sign }, Plan::Add(plan)) => {
                match moving(*a) {
                    Some(t) => plan.from_a.multiply(out, t, &ONE),
                    None => out.fill(0.0),
                }
                if let Some(t) = moving(*b) {
                    plan.from_b.multiply_add(out, t, sign);
                }
            }
            (Op::Product { a, b }, Plan::Product(plan)) => {
                match moving(*a) {
                    Some(t) => plan.forward.multiply(out, t, factor(*b)),
                    None => out.fill(0.0),
                }
                if let Some(t) = moving(*b) {
                    plan.forward.multiply_add(out, factor(*a), t);
                }
            }
            (Op::Gather { a, .. }, Plan::Move(plan)) => {
                out.fill(0.0);
                gather(&plan.pieces, &plan.forward, out, system.read(before, *a));
            }
            (Op::Scatter { a, .. }, Plan::Move(plan)) => {
                out.fill(0.0);
                scatter(&plan.pieces, &plan.back, out, system.read(before, *a));
            }
            (Op::LogCes { log_price, share, exponent, .. }, Plan::Ces(plan)) => {
                out.fill(0.0);
                let ces = self.ces_at(plan, value(id), [*log_price, *share, *exponent].map(value));
                if let Some(t) = moving(*log_price) {
                    plan.out_space_price.multiply_add(out, ces.weights, t);
                }
                if let Some(t) = moving(*share) {
                    plan.out_share_space.multiply_add(out, t, &ces.by_share());
                }
                if let Some(t) = moving(*exponent) {
                    let slope = ces.by_exponent();
                    plan.out_exponent.cells_do(|o, k, _| out[o] += slope[o] * t[k]);
                }
            }
            (Op::Sourced { basic, margin, table }, _) => {
                let still = [*basic, *margin].map(|id| vec![0.0; system.nodes[id].size]);
                let direction = Prices {
                    basic: moving(*basic).unwrap_or(&still[0]),
                    margin: moving(*margin).unwrap_or(&still[1]),
                };
                let prices = system.prices(&self.values, *basic, *margin);
                table.composite_tangent(prices, direction, value(id), out);
            }
            (Op::Bought { basic, margin, pull, table }, _) => {
                let still = [*basic, *margin, *pull].map(|id| vec![0.0; system.nodes[id].size]);
                let direction = Prices {
                    basic: moving(*basic).unwrap_or(&still[0]),
                    margin: moving(*margin).unwrap_or(&still[1]),
                };
                let pulled = moving(*pull).unwrap_or(&still[2]);
                let prices = system.prices(&self.values, *basic, *margin);
                let moved = table.outward(prices, value(*pull), Some((pulled, direction)));
                out.copy_from_slice(&moved);
            }
            (Op::Part { a, start }, _) => {
                out.copy_from_slice(&system.read(before, *a)[*start..][..out.len()]);
            }
            _ => {}
        }
    }

    /// Adds one node's adjoint to its inputs' adjoints.
    fn adjoint_of(&self, system: &System, id: usize, active: Active<'_>, arena: &mut [f64]) {
        let (before, out) = system.split(arena, id);
        let out = &*out;
        let value = |id: usize| system.read(&self.values, id);
        let factor = |id: usize| system.operand(&self.values, id);
        let at = |id: usize| active.0[id].then(|| system.range(id));
        match (&system.nodes[id].op, &system.plans[id]) {
            (Op::Affine { a, scale, .. }, _) => {
                zip_add(&mut before[system.range(*a)], out, out, |y, _| scale * y);
            }
            (Op::Exp(a), _) => zip_add(&mut before[system.range(*a)], out, value(id), |y, v| y * v),
            (Op::Ln(a), _) => zip_add(&mut before[system.range(*a)], out, value(*a), |y, x| y / x),
            (Op::Reciprocal(a), _) => {
                zip_add(&mut before[system.range(*a)], out, value(id), |y, v| -y * v * v);
            }
            (Op::Add { a, b, sign }, Plan::Add(plan)) => {
                if let Some(range) = at(*a) {
                    plan.to_a.multiply_add(&mut before[range], out, &ONE);
                }
                if let Some(range) = at(*b) {
                    plan.to_b.multiply_add(&mut before[range], out, sign);
                }
            }
            (Op::Product { a, b }, Plan::Product(plan)) => {
                if let Some(range) = at(*a) {
                    plan.to_a.multiply_add(&mut before[range], out, factor(*b));
                }
                if let Some(range) = at(*b) {
                    plan.to_b.multiply_add(&mut before[range], out, factor(*a));
                }
            }
            (Op::Gather { a, .. }, Plan::Move(plan)) => {
                scatter(&plan.pieces, &plan.back, &mut before[system.range(*a)], out);
            }
            (Op::Scatter { a, .. }, Plan::Move(plan)) => {
                gather(&plan.pieces, &plan.forward, &mut before[system.range(*a)], out);
            }
            (Op::LogCes { log_price, share, exponent, .. }, Plan::Ces(plan)) => {
                let ces = self.ces_at(plan, value(id), [*log_price, *share, *exponent].map(value));
                if let Some(range) = at(*log_price) {
                    plan.price_space_out.multiply_add(&mut before[range], ces.weights, out);
                }
                if let Some(range) = at(*share) {
                    plan.share_space_out.multiply_add(&mut before[range], &ces.by_share(), out);
                }
                if let Some(range) = at(*exponent) {
                    plan.exponent_out_out.multiply_add(&mut before[range], &ces.by_exponent(), out);
                }
            }
            (Op::Sourced { basic, margin, table }, _) => {
                let prices = system.prices(&self.values, *basic, *margin);
                let all = table.composite_adjoint(prices, value(id), out);
                let (sent, carried) = all.split_at(table.sent());
                for (input, part) in [(*basic, sent), (*margin, carried)] {
                    if let Some(range) = at(input) {
                        zip_add(&mut before[range], part, part, |x, _| x);
                    }
                }
            }
            (Op::Bought { basic, margin, pull, table }, _) => {
                let prices = system.prices(&self.values, *basic, *margin);
                let (sent, carried) = out.split_at(table.sent());
                let weights = Prices { basic: sent, margin: carried };
                if let Some(range) = at(*pull) {
                    let mut sums = vec![0.0; range.len()];
                    table.inward(prices, weights, &mut sums);
                    zip_add(&mut before[range], &sums, &sums, |x, _| x);
                }
                let still = vec![0.0; system.nodes[*pull].size];
                let all = table.outward(prices, value(*pull), Some((&still, weights)));
                let (sent, carried) = all.split_at(table.sent());
                for (input, part) in [(*basic, sent), (*margin, carried)] {
                    if let Some(range) = at(input) {
                        zip_add(&mut before[range], part, part, |x, _| x);
                    }
                }
            }
            (Op::Part { a, start }, _) => {
                let range = system.range(*a);
                let first = range.start + *start;
                zip_add(&mut before[first..first + out.len()], out, out, |y, _| y);
            }
            _ => {}
        }
    }

    fn ces_at<'a>(
        &'a self,
        plan: &'a CesPlan,
        log_cost: &'a [f64],
        [price, share, exponent]: [&'a [f64]; 3],
    ) -> CesPoint<'a> {
        let weights = &self.weights[plan.weights..plan.weights + plan.space];
        CesPoint { plan, weights, log_cost, price, share, exponent }
    }
}

/// Equations' tangents out of the arena; equations without unknowns have none.
fn collect_equations(system: &System, arena: &[f64], active: &[bool], out: &mut [f64]) {
    for block in &system.equations {
        let part = &mut out[block.start..block.start + block.size];
        if active[block.node] {
            part.copy_from_slice(&arena[system.range(block.node)]);
        } else {
            part.fill(0.0);
        }
    }
}

/// Adds weights on equations to the arena of adjoints.
pub(crate) fn seed_equations(system: &System, arena: &mut [f64], active: &[bool], y: &[f64]) {
    for block in system.equations.iter().filter(|block| active[block.node]) {
        let part = &mut arena[system.range(block.node)];
        for (out, y) in part.iter_mut().zip(&y[block.start..block.start + block.size]) {
            *out += y;
        }
    }
}

impl System {
    /// Where a node's numbers are in an arena.
    pub(crate) fn arena_range(&self, node: usize) -> std::ops::Range<usize> {
        self.range(node)
    }
}

/// A CES composite at a point, for derivatives by shares and exponent.
struct CesPoint<'a> {
    plan: &'a CesPlan,
    weights: &'a [f64],
    log_cost: &'a [f64],
    price: &'a [f64],
    share: &'a [f64],
    exponent: &'a [f64],
}

impl CesPoint<'_> {
    /// ∂ log cost / ∂ share over the index space: (e^{kx} − 1) / (k (1 + Σ)).
    fn by_share(&self) -> Vec<f64> {
        let mut slope = powers_minus_one(self.plan, self.price, self.exponent);
        self.plan.space_exponent_out.cells_do(|at, k, out| {
            let k = effective(self.exponent[k]);
            slope[at] /= k * (k * self.log_cost[out]).exp();
        });
        slope
    }

    /// ∂ log cost / ∂ exponent over the result: (Σ s x − log cost) / k, and half the variance of x
    /// at k = 0.
    fn by_exponent(&self) -> Vec<f64> {
        let mut mean = vec![0.0; self.log_cost.len()];
        let mut square = mean.clone();
        self.plan.out_space_price.cells_do(|out, at, price| {
            mean[out] += self.weights[at] * self.price[price];
            square[out] += self.weights[at] * self.price[price].powi(2);
        });
        let mut slope = mean.clone();
        self.plan.out_exponent.cells_do(|out, k, _| {
            let k = self.exponent[k];
            slope[out] = if k.abs() < NEAR_COBB_DOUGLAS {
                0.5 * (square[out] - mean[out] * mean[out])
            } else {
                (mean[out] - self.log_cost[out]) / k
            };
        });
        debug_assert_eq!(self.share.is_empty(), self.weights.is_empty());
        slope
    }
}

fn effective(exponent: f64) -> f64 {
    if exponent == 0.0 { COBB_DOUGLAS } else { exponent }
}

/// e^{k x} − 1 over the index space.
fn powers_minus_one(plan: &CesPlan, price: &[f64], exponent: &[f64]) -> Vec<f64> {
    let mut powers = vec![0.0; plan.space];
    plan.space_price_exponent
        .cells_do(|at, x, k| powers[at] = (price[x] * effective(exponent[k])).exp_m1());
    powers
}

/// Log cost into `out` and value shares into `weights`.
fn ces_value(
    plan: &CesPlan,
    out: &mut [f64],
    weights: &mut [f64],
    [price, share, exponent]: [&[f64]; 3],
) {
    plan.space_price_exponent
        .cells_do(|at, x, k| weights[at] = (price[x] * effective(exponent[k])).exp_m1());
    out.fill(0.0);
    plan.out_share_space.multiply_add(out, share, &*weights);
    plan.space_share_out.cells_do(|at, theta, sum| {
        weights[at] = share[theta] * (weights[at] + 1.0) / (1.0 + out[sum]);
    });
    plan.out_exponent.cells_do(|at, k, _| out[at] = out[at].ln_1p() / effective(exponent[k]));
}

/// Adds the pieces of the whole to the selection.
fn gather(pieces: &[(usize, usize)], run: &Loop, selection: &mut [f64], whole: &[f64]) {
    for (selected, position) in pieces {
        run.multiply_add(&mut selection[*selected..], &whole[*position..], &ONE);
    }
}

/// Adds the selection to the pieces of the whole.
fn scatter(pieces: &[(usize, usize)], run: &Loop, whole: &mut [f64], selection: &[f64]) {
    for (selected, position) in pieces {
        run.multiply_add(&mut whole[*position..], &selection[*selected..], &ONE);
    }
}
