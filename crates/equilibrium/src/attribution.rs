//! Why an array moved between two solutions: the terms of its own formula, with contributions that
//! add up to its change.
//!
//! The formula of an array reaches back to the nearest arrays with a name: parameters, unknowns,
//! reports, and what the model's writer noted ([`crate::Graph::note`]). With these moving on straight
//! lines from one solution to the other, z(λ), the contribution of a cell z of a term to Σ w · y is
//!
//! ```text
//! (z(1) − z(0)) · ∫₀¹ Σ w ∂y/∂z (z(λ)) dλ
//! ```
//!
//! by Gauss–Legendre nodes; what is left of the change by quadrature is given to the cells in
//! proportion. The mean slopes are weights with which a term can be followed to its own terms.
//!
//! An unknown has no formula but an equation, which holds in both solutions: the terms of the one at
//! its place among the equations then add up to nothing.
//!
//! Source: Harrison, Horridge & Pearson (2000) for the integral along a straight path.

use crate::evaluate::{Active, Evaluation};
use crate::graph::Op;
use crate::quadrature::gauss_legendre;
use crate::system::{Block, System};

/// Gauss–Legendre nodes; formulas between named arrays are smooth and short.
const NODES: usize = 5;

/// What a term is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermKind {
    /// Given from outside.
    Parameter,
    /// Found by the solver.
    Unknown,
    /// Follows from others.
    Formula,
}

/// A named array in another's formula.
#[derive(Debug, Clone)]
pub struct Term {
    /// Name and axes.
    pub block: Block,
    /// What it is.
    pub kind: TermKind,
    /// Contribution of each cell.
    pub contributions: Vec<f64>,
    /// Mean slope by each cell: weights to follow it with.
    pub weights: Vec<f64>,
}

/// The terms of an array's formula.
#[derive(Debug, Clone)]
pub struct Attribution {
    /// Change of Σ weight · cell; 0 for the equation of an unknown.
    pub total: f64,
    /// Terms that moved, in the order of the model.
    pub terms: Vec<Term>,
    /// Change that the quadrature left, before it was given to the cells.
    pub error: f64,
    /// The equation, when the array is an unknown.
    pub equation: Option<String>,
}

/// The terms of Σ `weights` · cell of a named array, between two solutions of a system.
///
/// - `weights`: one for each cell of the array, in storage order.
/// - none when there is no such name, or the weights do not fit it.
pub fn attribution(
    system: &System,
    (from, to): (&Evaluation, &Evaluation),
    name: &str,
    weights: &[f64],
) -> Option<Attribution> {
    attributed(system, (from, to), focus(system, name)?, weights)
}

/// The terms of Σ `weights` · residual of an equation, which add up to nothing.
///
/// - none when there is no such equation, or the weights do not fit it.
pub fn attribution_of_equation(
    system: &System,
    pair: (&Evaluation, &Evaluation),
    equation: &str,
    weights: &[f64],
) -> Option<Attribution> {
    let block = system.equations().iter().find(|block| block.name == equation)?;
    let equation = Some(block.name.clone());
    let focus = Focus { node: block.node, size: block.size, equation };
    attributed(system, pair, focus, weights)
}

/// The unknown that a report is, cell for cell, when it is one and not a formula.
pub fn unknown_of<'s>(system: &'s System, report: &str) -> Option<&'s Block> {
    let node = system.report(report)?.node;
    system.unknowns().iter().find(|block| block.node == node)
}

fn attributed(
    system: &System,
    (from, to): (&Evaluation, &Evaluation),
    focus: Focus,
    weights: &[f64],
) -> Option<Attribution> {
    let (from, to) = (&*from.with_reports(system), &*to.with_reports(system));
    if focus.size != weights.len() {
        return None;
    }
    let named = named(system);
    let formula = Formula::of(system, focus.node, &named);
    let ends = |cells: &[f64]| cells.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>();
    let total = ends(to.node(system, focus.node)) - ends(from.node(system, focus.node));
    let slopes = formula.mean_slopes(system, (from, to), (focus.node, weights));
    let mut terms = Vec::new();
    for (node, slopes) in formula.named.iter().zip(slopes) {
        let pairs = to.node(system, *node).iter().zip(from.node(system, *node));
        let contributions: Vec<f64> =
            pairs.zip(&slopes).map(|((to, from), slope)| (to - from) * slope).collect();
        if contributions.iter().any(|each| *each != 0.0) {
            let (block, kind) = named[*node].clone().expect("named");
            terms.push(Term { block, kind, contributions, weights: slopes });
        }
    }
    let total = if focus.equation.is_some() { 0.0 } else { total };
    let error = settle(total, &mut terms);
    Some(Attribution { total, terms, error, equation: focus.equation })
}

/// Gives what is left of the total to the cells in proportion to their size.
fn settle(total: f64, terms: &mut [Term]) -> f64 {
    let all = || terms.iter().flat_map(|term| &term.contributions);
    let left = total - all().sum::<f64>();
    let size: f64 = all().map(|each| each.abs()).sum();
    if size > 0.0 {
        for each in terms.iter_mut().flat_map(|term| &mut term.contributions) {
            *each += left * each.abs() / size;
        }
    }
    left
}

struct Focus {
    node: usize,
    size: usize,
    equation: Option<String>,
}

fn focus(system: &System, name: &str) -> Option<Focus> {
    let of = |block: &Block| Focus { node: block.node, size: block.size, equation: None };
    let noted = system.notes.iter().find(|block| block.name == name);
    if let Some(block) = system.report(name).or(noted) {
        return Some(of(block));
    }
    let at = system.unknowns().iter().position(|block| block.name == name)?;
    let equation = &system.equations()[at];
    Some(Focus { equation: Some(equation.name.clone()), ..of(equation) })
}

/// By node: its name and what it is. Parameters and unknowns before notes before reports.
fn named(system: &System) -> Vec<Option<(Block, TermKind)>> {
    let mut named = vec![None; system.nodes.len()];
    let lists = [
        (system.reports.values().cloned().collect::<Vec<_>>(), TermKind::Formula),
        (system.notes.clone(), TermKind::Formula),
        (system.unknowns.clone(), TermKind::Unknown),
        (system.parameters.values().cloned().collect(), TermKind::Parameter),
    ];
    for (blocks, kind) in lists {
        for block in blocks {
            let node = block.node;
            named[node] = Some((block, kind));
        }
    }
    named
}

/// What lies between an array and the nearest named ones.
struct Formula {
    /// Nodes to compute, in order; the array itself is the last.
    inner: Vec<usize>,
    named: Vec<usize>,
    /// Nodes that carry derivatives.
    active: Vec<bool>,
}

impl Formula {
    fn of(system: &System, focus: usize, named: &[Option<(Block, TermKind)>]) -> Self {
        let mut reached = vec![false; system.nodes.len()];
        reached[focus] = true;
        let (mut inner, mut ends) = (Vec::new(), Vec::new());
        for node in (0..=focus).rev().filter(|node| system.on_sources[*node]) {
            if !reached[node] {
                continue;
            }
            if node != focus && named[node].is_some() {
                ends.push(node);
                continue;
            }
            inner.push(node);
            for input in system.nodes[node].op.inputs() {
                reached[input] = true;
            }
        }
        inner.reverse();
        ends.reverse();
        let mut active = vec![false; system.nodes.len()];
        for node in inner.iter().chain(&ends) {
            active[*node] = true;
        }
        Self { inner, named: ends, active }
    }

    /// ∫ Σ weight ∂focus/∂cell for each named array.
    fn mean_slopes(
        &self,
        system: &System,
        (from, to): (&Evaluation, &Evaluation),
        (focus, weights): (usize, &[f64]),
    ) -> Vec<Vec<f64>> {
        let mut here = to.clone();
        let sizes = self.named.iter().map(|node| system.nodes[*node].size);
        let mut slopes: Vec<Vec<f64>> = sizes.map(|size| vec![0.0; size]).collect();
        for (at, weight) in gauss_legendre(NODES) {
            for node in &self.named {
                let ends = from.node(system, *node).iter().zip(to.node(system, *node));
                let between: Vec<f64> = ends.map(|(a, b)| a + at * (b - a)).collect();
                here.values[system.arena_range(*node)].copy_from_slice(&between);
            }
            for node in &self.inner {
                here.value(system, *node);
            }
            let mut arena = system.spare.zeros();
            arena[system.arena_range(focus)].copy_from_slice(weights);
            here.backward(system, &[&self.inner], Active(&self.active), &mut arena);
            for (node, slopes) in self.named.iter().zip(&mut slopes) {
                let found = &arena[system.arena_range(*node)];
                slopes.iter_mut().zip(found).for_each(|(sum, slope)| *sum += weight * slope);
            }
        }
        slopes
    }
}

impl Evaluation {
    fn node<'a>(&'a self, system: &'a System, node: usize) -> &'a [f64] {
        match &system.nodes[node].op {
            Op::Data(values) => values.wide(),
            _ => &self.values[system.arena_range(node)],
        }
    }
}
