//! A compiled model: ordered nodes, where their numbers are stored, and names of what a user sets
//! and reads.
//!
//! Nodes are in an order in which each reads only earlier ones. Numbers of all nodes but fixed data
//! lie in one arena of an `Evaluation`, at increasing offsets, so that a node's inputs and output
//! can be borrowed apart.
//! Not here: doing anything with the numbers (`crate::evaluate`).

use std::collections::BTreeMap;

use crate::graph::{Axis, AxisInfo, Inner, Node, Op};
use crate::kernel::Loop;
use crate::spare::Spare;

/// Smallest array that is worth keeping in half the width.
const NARROW_CELLS: usize = 1 << 12;

/// A named part of the vector of unknowns or equations, or a named parameter or report.
#[derive(Debug, Clone)]
pub struct Block {
    /// Name as given when the model was written.
    pub name: String,
    /// Labels of each axis, in storage order.
    pub axes: Vec<(String, Vec<String>)>,
    /// Number of cells.
    pub size: usize,
    /// First cell in the vector of unknowns or equations (0 for parameters and reports).
    pub start: usize,
    pub(crate) node: usize,
}

impl Block {
    /// Labels of a cell, joined for messages: `price[Mining, Dalian]`.
    pub fn label(&self, cell: usize) -> String {
        let mut rest = cell;
        let mut labels = Vec::new();
        for (_, names) in self.axes.iter().rev() {
            labels.push(names[rest % names.len()].as_str());
            rest /= names.len();
        }
        labels.reverse();
        if labels.is_empty() {
            self.name.clone()
        } else {
            format!("{}[{}]", self.name, labels.join(", "))
        }
    }
}

/// How a node runs over its operands.
#[derive(Debug, Clone)]
pub(crate) enum Plan {
    /// Sources, and operations cell by cell.
    Cells,
    /// `out += a`, `out += b`, and back.
    Add(Box<AddPlan>),
    /// `out += a·b`, `a += out·b`, `b += out·a`.
    Product(Box<ProductPlan>),
    /// Copies of pieces: (offset in the selected array, offset in the whole array).
    Move(Box<MovePlan>),
    /// CES composite over an index space of its own, with weights kept at `weights`.
    Ces(Box<CesPlan>),
}

/// Loops of a sum, forward and back.
#[derive(Debug, Clone)]
pub(crate) struct AddPlan {
    pub(crate) from_a: Loop,
    pub(crate) from_b: Loop,
    pub(crate) to_a: Loop,
    pub(crate) to_b: Loop,
}

/// Loops of a product, forward and back.
#[derive(Debug, Clone)]
pub(crate) struct ProductPlan {
    pub(crate) forward: Loop,
    pub(crate) to_a: Loop,
    pub(crate) to_b: Loop,
}

/// Pieces of a selection and the loop over one piece, forward and back.
#[derive(Debug, Clone)]
pub(crate) struct MovePlan {
    pub(crate) pieces: Vec<(usize, usize)>,
    pub(crate) forward: Loop,
    pub(crate) back: Loop,
}

/// Loops of a CES composite; `space` is the index space of result axes and summed axis.
#[derive(Debug, Clone)]
pub(crate) struct CesPlan {
    pub(crate) space: usize,
    /// Offset of the weights in the evaluation's weight arena.
    pub(crate) weights: usize,
    pub(crate) space_price_exponent: Loop,
    pub(crate) out_share_space: Loop,
    pub(crate) space_share_out: Loop,
    pub(crate) out_exponent: Loop,
    pub(crate) out_space_price: Loop,
    pub(crate) price_space_out: Loop,
    pub(crate) share_space_out: Loop,
    pub(crate) space_exponent_out: Loop,
    pub(crate) exponent_out_out: Loop,
}

/// A compiled model; shared read-only by any number of evaluations.
#[derive(Debug)]
pub struct System {
    pub(crate) axes: Vec<AxisInfo>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) plans: Vec<Plan>,
    /// Arena offset of each node (0 for data, which is not in the arena).
    pub(crate) offset: Vec<usize>,
    /// Arrays that hold all nodes' numbers end to end.
    pub(crate) spare: Spare,
    pub(crate) weights: usize,
    pub(crate) on_unknowns: Vec<bool>,
    pub(crate) on_sources: Vec<bool>,
    /// Nodes that do not depend on unknowns, needed by anything.
    pub(crate) fixed: Vec<usize>,
    /// Nodes that depend on unknowns, needed by equations.
    pub(crate) core: Vec<usize>,
    /// Nodes that depend on unknowns, needed by reports only.
    pub(crate) report_only: Vec<usize>,
    pub(crate) unknowns: Vec<Block>,
    pub(crate) equations: Vec<Block>,
    pub(crate) parameters: BTreeMap<String, Block>,
    pub(crate) reports: BTreeMap<String, Block>,
    /// Named expressions that equations or reports need.
    pub(crate) notes: Vec<Block>,
}

impl System {
    pub(crate) fn new(mut inner: Inner) -> Self {
        narrow_data(&mut inner);
        let offsets = lay_out(&inner.nodes);
        let mut weights = 0;
        let plans = inner.nodes.iter().map(|node| plan(&inner, node, &mut weights)).collect();
        let reads = |is: fn(&Op) -> bool| depends(&inner.nodes, is);
        let on_unknowns = reads(|op| matches!(op, Op::Unknown { .. }));
        let on_sources = reads(|op| matches!(op, Op::Unknown { .. } | Op::Parameter { .. }));
        let for_equations = needed(&inner.nodes, inner.equations.iter().map(|(_, id)| *id));
        let for_reports = needed(&inner.nodes, inner.reports.iter().map(|(_, id)| *id));
        let list = |keep: &dyn Fn(usize) -> bool| {
            (0..inner.nodes.len())
                .filter(|id| keep(*id) && !inner.nodes[*id].op.inputs().is_empty())
                .collect()
        };
        let mut system = Self {
            fixed: list(&|id| !on_unknowns[id] && (for_equations[id] || for_reports[id])),
            core: list(&|id| on_unknowns[id] && for_equations[id]),
            report_only: list(&|id| on_unknowns[id] && for_reports[id] && !for_equations[id]),
            unknowns: vec![],
            equations: vec![],
            parameters: BTreeMap::new(),
            reports: BTreeMap::new(),
            notes: vec![],
            plans,
            offset: offsets.0,
            spare: Spare::new(offsets.1),
            weights,
            on_unknowns,
            on_sources,
            axes: inner.axes,
            nodes: inner.nodes,
        };
        system.name_blocks(&inner.equations, &inner.reports);
        let used = |id: usize| for_equations[id] || for_reports[id];
        let notes = inner.notes.iter().filter(|(_, id)| used(*id));
        system.notes = notes.map(|(name, id)| system.block(name, *id, 0)).collect();
        system
    }

    fn name_blocks(&mut self, equations: &[(String, usize)], reports: &[(String, usize)]) {
        for id in 0..self.nodes.len() {
            match &self.nodes[id].op {
                Op::Unknown { name, .. } => {
                    let start = end(&self.unknowns);
                    let block = self.block(name, id, start);
                    self.unknowns.push(block);
                }
                Op::Parameter { name, .. } => {
                    let block = self.block(name, id, 0);
                    let previous = self.parameters.insert(name.clone(), block);
                    assert!(previous.is_none(), "one parameter of a name");
                }
                _ => {}
            }
        }
        for (name, id) in equations {
            let block = self.block(name, *id, end(&self.equations));
            self.equations.push(block);
        }
        for (name, id) in reports {
            let block = self.block(name, *id, 0);
            self.reports.insert(name.clone(), block);
        }
        let names = |blocks: &[Block]| {
            let sizes: Vec<String> =
                blocks.iter().map(|b| format!("{} ({})", b.name, b.size)).collect();
            sizes.join(", ")
        };
        assert_eq!(
            end(&self.unknowns),
            end(&self.equations),
            "a system is square; unknowns: {}; equations: {}",
            names(&self.unknowns),
            names(&self.equations)
        );
    }

    fn block(&self, name: &str, node: usize, start: usize) -> Block {
        let axes = self.nodes[node].axes.iter().map(|axis| {
            let info = &self.axes[axis.0];
            (info.name.clone(), info.labels.clone())
        });
        Block {
            name: name.to_owned(),
            axes: axes.collect(),
            size: self.nodes[node].size,
            start,
            node,
        }
    }

    /// Number of unknowns, which is the number of equations.
    pub fn size(&self) -> usize {
        end(&self.unknowns)
    }

    /// The blocks of the vector of unknowns.
    pub fn unknowns(&self) -> &[Block] {
        &self.unknowns
    }

    /// The blocks of the vector of equations.
    pub fn equations(&self) -> &[Block] {
        &self.equations
    }

    /// The parameters, by name.
    pub fn parameters(&self) -> impl Iterator<Item = &Block> {
        self.parameters.values()
    }

    /// A report's block.
    pub fn report(&self, name: &str) -> Option<&Block> {
        self.reports.get(name)
    }

    /// Names of all reports.
    pub fn report_names(&self) -> impl Iterator<Item = &str> {
        self.reports.keys().map(String::as_str)
    }

    /// A parameter's block.
    pub fn parameter(&self, name: &str) -> Option<&Block> {
        self.parameters.get(name)
    }

    /// The unknowns as the model was written with them.
    pub fn start(&self) -> Vec<f64> {
        let values = self.unknowns.iter().map(|block| match &self.nodes[block.node].op {
            Op::Unknown { start, .. } => start.as_slice(),
            _ => &[],
        });
        values.flatten().copied().collect()
    }

    /// Name of the equation at a position of the vector of equations.
    pub fn equation_label(&self, position: usize) -> String {
        label_in(&self.equations, position)
    }

    /// Name of the unknown at a position of the vector of unknowns.
    pub fn unknown_label(&self, position: usize) -> String {
        label_in(&self.unknowns, position)
    }
}

fn label_in(blocks: &[Block], position: usize) -> String {
    blocks
        .iter()
        .find(|block| (block.start..block.start + block.size).contains(&position))
        .map_or_else(String::new, |block| block.label(position - block.start))
}

fn end(blocks: &[Block]) -> usize {
    blocks.last().map_or(0, |block| block.start + block.size)
}

/// Arena offset of each node, and the arena's size.
fn lay_out(nodes: &[Node]) -> (Vec<usize>, usize) {
    let mut next = 0;
    let mut place = |node: &Node| {
        let here = next;
        if !matches!(node.op, Op::Data(_)) {
            next += node.size;
        }
        here
    };
    let offsets = nodes.iter().map(&mut place).collect();
    (offsets, next)
}

/// Keeps large fixed arrays in half the width where that changes no number and only products read
/// them: such arrays are streamed from memory in every tangent.
fn narrow_data(inner: &mut Inner) {
    let mut only_in_products = vec![true; inner.nodes.len()];
    for (_, id) in inner.equations.iter().chain(&inner.reports) {
        only_in_products[*id] = false;
    }
    for node in inner.nodes.iter().filter(|node| !matches!(node.op, Op::Product { .. })) {
        for input in node.op.inputs() {
            only_in_products[input] = false;
        }
    }
    for (node, fits) in inner.nodes.iter_mut().zip(&only_in_products) {
        if let Op::Data(values) = &node.op
            && *fits
            && node.size >= NARROW_CELLS
            && let Some(narrow) = values.narrow()
        {
            node.op = Op::Data(narrow);
        }
    }
}

fn depends(nodes: &[Node], is: fn(&Op) -> bool) -> Vec<bool> {
    let mut marks: Vec<bool> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let mark = is(&node.op) || node.op.inputs().iter().any(|input| marks[*input]);
        marks.push(mark);
    }
    marks
}

fn needed(nodes: &[Node], roots: impl Iterator<Item = usize>) -> Vec<bool> {
    let mut marks = vec![false; nodes.len()];
    for root in roots {
        marks[root] = true;
    }
    for id in (0..nodes.len()).rev() {
        if marks[id] {
            for input in nodes[id].op.inputs() {
                marks[input] = true;
            }
        }
    }
    marks
}

/// Strides of an array over `axes` (in storage order) along each axis of `space`; 0 where absent.
fn strides(inner: &Inner, axes: &[Axis], space: &[Axis]) -> Vec<usize> {
    let stride = |axis: &Axis| {
        let at = axes.iter().position(|each| each == axis)?;
        Some(axes[at + 1..].iter().map(|axis| inner.length(*axis)).product())
    };
    space.iter().map(|axis| stride(axis).unwrap_or(0)).collect()
}

/// Builds loops over one index space.
struct Space<'a> {
    inner: &'a Inner,
    axes: Vec<Axis>,
}

impl<'a> Space<'a> {
    fn over(inner: &'a Inner, arrays: &[&[Axis]]) -> Self {
        let mut axes: Vec<Axis> = arrays.iter().flat_map(|axes| axes.iter().copied()).collect();
        axes.sort_unstable();
        axes.dedup();
        Self { inner, axes }
    }

    fn run(&self, out: &[Axis], a: &[Axis], b: &[Axis]) -> Loop {
        let shape: Vec<usize> = self.axes.iter().map(|axis| self.inner.length(*axis)).collect();
        let of = |axes: &[Axis]| strides(self.inner, axes, &self.axes);
        Loop::new(&shape, &of(out), &of(a), &of(b))
    }
}

fn plan(inner: &Inner, node: &Node, weights: &mut usize) -> Plan {
    let axes = |id: usize| inner.nodes[id].axes.as_slice();
    match &node.op {
        Op::Add { a, b, .. } => {
            let (pa, pb) = (
                Space::over(inner, &[&node.axes, axes(*a)]),
                Space::over(inner, &[&node.axes, axes(*b)]),
            );
            Plan::Add(Box::new(AddPlan {
                from_a: pa.run(&node.axes, axes(*a), &[]),
                from_b: pb.run(&node.axes, axes(*b), &[]),
                to_a: pa.run(axes(*a), &node.axes, &[]),
                to_b: pb.run(axes(*b), &node.axes, &[]),
            }))
        }
        Op::Product { a, b } => {
            let space = Space::over(inner, &[axes(*a), axes(*b)]);
            Plan::Product(Box::new(ProductPlan {
                forward: space.run(&node.axes, axes(*a), axes(*b)),
                to_a: space.run(axes(*a), &node.axes, axes(*b)),
                to_b: space.run(axes(*b), &node.axes, axes(*a)),
            }))
        }
        Op::Gather { a, from, to, positions } => {
            plan_move(inner, (&node.axes, *to), (axes(*a), *from), positions)
        }
        Op::Scatter { a, from, to, positions } => {
            plan_move(inner, (axes(*a), *from), (&node.axes, *to), positions)
        }
        Op::LogCes { log_price, share, exponent, over } => {
            let plan = plan_ces(
                inner,
                node,
                [axes(*log_price), axes(*share), axes(*exponent)],
                *over,
                *weights,
            );
            *weights += plan.space;
            Plan::Ces(Box::new(plan))
        }
        _ => Plan::Cells,
    }
}

/// A copy between a selection (over `selected.1`) and a whole array (over `whole.1`); `forward`
/// writes the selection.
fn plan_move(
    inner: &Inner,
    selected: (&[Axis], Axis),
    whole: (&[Axis], Axis),
    positions: &[usize],
) -> Plan {
    let stride_of = |(axes, axis): (&[Axis], Axis)| strides(inner, axes, &[axis])[0];
    let (step_selected, step_whole) = (stride_of(selected), stride_of(whole));
    let others: Vec<Axis> = selected.0.iter().copied().filter(|axis| *axis != selected.1).collect();
    let mut shape: Vec<usize> = others.iter().map(|axis| inner.length(*axis)).collect();
    let mut strides_selected = strides(inner, selected.0, &others);
    let mut strides_whole = strides(inner, whole.0, &others);
    let identity = positions.iter().enumerate().all(|(at, position)| at == *position);
    let pieces = if identity {
        // One loop over everything, the moved axis in its place in the selection.
        let at = selected.0.iter().position(|axis| *axis == selected.1).unwrap_or(0);
        shape.insert(at, positions.len());
        strides_selected.insert(at, step_selected);
        strides_whole.insert(at, step_whole);
        vec![(0, 0)]
    } else {
        positions
            .iter()
            .enumerate()
            .map(|(at, position)| (at * step_selected, position * step_whole))
            .collect()
    };
    let none = vec![0; shape.len()];
    Plan::Move(Box::new(MovePlan {
        pieces,
        forward: Loop::new(&shape, &strides_selected, &strides_whole, &none),
        back: Loop::new(&shape, &strides_whole, &strides_selected, &none),
    }))
}

fn plan_ces(
    inner: &Inner,
    node: &Node,
    [price, share, exponent]: [&[Axis]; 3],
    over: Axis,
    weights: usize,
) -> CesPlan {
    let out = node.axes.as_slice();
    let space = Space::over(inner, &[out, &[over]]);
    let result = Space::over(inner, &[out]);
    let full = space.axes.clone();
    CesPlan {
        space: full.iter().map(|axis| inner.length(*axis)).product(),
        weights,
        space_price_exponent: space.run(&full, price, exponent),
        out_share_space: space.run(out, share, &full),
        space_share_out: space.run(&full, share, out),
        out_exponent: result.run(out, exponent, &[]),
        out_space_price: space.run(out, &full, price),
        price_space_out: space.run(price, &full, out),
        share_space_out: space.run(share, &full, out),
        space_exponent_out: space.run(&full, exponent, out),
        exponent_out_out: result.run(exponent, out, out),
    }
}
