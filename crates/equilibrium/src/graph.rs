//! Writing a model: labelled axes, sources, and operators on expressions.
//!
//! Axes are declared in storage order: every array is row-major over its axes in the order of
//! declaration, the last one contiguous. Two arrays combine by axis, not by position: missing axes
//! broadcast. A set that plays two roles (regions as origin and as destination) has two axes, and
//! [`Expr::rename`] moves an array from one role to the other.
//! Not here: derivatives (`crate::evaluate`), names and storage (`crate::system`).

use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::system::System;

/// One labelled dimension of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Axis(pub(crate) usize);

/// Fixed numbers in the width in which they are kept.
#[derive(Debug, Clone)]
pub(crate) enum Values {
    Wide(Vec<f64>),
    /// Half the width; every number was representable in it.
    Narrow(Vec<f32>),
}

impl Values {
    /// The numbers, where they are not narrow: only products read narrow ones.
    pub(crate) fn wide(&self) -> &[f64] {
        match self {
            Self::Wide(values) => values,
            Self::Narrow(_) => unreachable!("narrow numbers are operands of products"),
        }
    }

    /// The numbers at full width.
    pub(crate) fn to_wide(&self) -> Vec<f64> {
        match self {
            Self::Wide(values) => values.clone(),
            Self::Narrow(values) => values.iter().map(|x| f64::from(*x)).collect(),
        }
    }

    /// The numbers at half the width, when that changes none of them.
    pub(crate) fn narrow(&self) -> Option<Self> {
        let Self::Wide(values) = self else { return None };
        let exact = |x: &f64| f64::from(*x as f32).to_bits() == x.to_bits();
        let all = values.iter().all(exact);
        all.then(|| Self::Narrow(values.iter().map(|x| *x as f32).collect()))
    }
}

/// What a node computes from earlier nodes.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    /// Fixed numbers, kept in the system.
    Data(Values),
    /// Numbers that may change between solves, with their first values.
    Parameter { name: String, start: Vec<f64> },
    /// Numbers that the solver finds, with their first values.
    Unknown { name: String, start: Vec<f64> },
    /// `scale · a + shift`.
    Affine { a: usize, scale: f64, shift: f64 },
    /// `e^a`.
    Exp(usize),
    /// Natural logarithm.
    Ln(usize),
    /// `1 / a`.
    Reciprocal(usize),
    /// `a + sign · b`, broadcasting.
    Add { a: usize, b: usize, sign: f64 },
    /// `Σ a · b` over the axes that the node does not have, broadcasting.
    Product { a: usize, b: usize },
    /// `out[.., j, ..] = a[.., positions[j], ..]`, from one axis to another.
    Gather { a: usize, from: Axis, to: Axis, positions: Vec<usize> },
    /// `out[.., positions[j], ..] += a[.., j, ..]`, from one axis to another.
    Scatter { a: usize, from: Axis, to: Axis, positions: Vec<usize> },
    /// Log price of a CES composite over one axis: `ln(1 + Σ θ (e^{k x} − 1)) / k`.
    LogCes { log_price: usize, share: usize, exponent: usize, over: Axis },
}

impl Op {
    /// The nodes that this one reads.
    pub(crate) fn inputs(&self) -> Vec<usize> {
        match self {
            Self::Data(_) | Self::Parameter { .. } | Self::Unknown { .. } => vec![],
            Self::Affine { a, .. }
            | Self::Exp(a)
            | Self::Ln(a)
            | Self::Reciprocal(a)
            | Self::Gather { a, .. }
            | Self::Scatter { a, .. } => vec![*a],
            Self::Add { a, b, .. } | Self::Product { a, b } => vec![*a, *b],
            Self::LogCes { log_price, share, exponent, .. } => vec![*log_price, *share, *exponent],
        }
    }
}

/// One array of a graph.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) op: Op,
    /// Axes in storage order.
    pub(crate) axes: Vec<Axis>,
    pub(crate) size: usize,
}

/// An axis as declared.
#[derive(Debug, Clone)]
pub(crate) struct AxisInfo {
    pub(crate) name: String,
    pub(crate) labels: Vec<String>,
}

/// A model in the making.
#[derive(Debug, Default)]
pub struct Graph {
    pub(crate) inner: RefCell<Inner>,
}

#[derive(Debug, Default)]
pub(crate) struct Inner {
    pub(crate) axes: Vec<AxisInfo>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) equations: Vec<(String, usize)>,
    pub(crate) reports: Vec<(String, usize)>,
}

impl Inner {
    pub(crate) fn length(&self, axis: Axis) -> usize {
        self.axes[axis.0].labels.len()
    }

    fn push(&mut self, op: Op, mut axes: Vec<Axis>) -> usize {
        axes.sort_unstable();
        let size = axes.iter().map(|axis| self.length(*axis)).product();
        self.nodes.push(Node { op, axes, size });
        self.nodes.len() - 1
    }
}

/// An array expression of a [`Graph`].
#[derive(Debug, Clone, Copy)]
pub struct Expr<'g> {
    graph: &'g Graph,
    pub(crate) id: usize,
}

impl Graph {
    /// An empty model.
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares an axis; the order of declaration is the storage order.
    pub fn axis(&self, name: &str, labels: &[String]) -> Axis {
        let mut inner = self.inner.borrow_mut();
        inner.axes.push(AxisInfo { name: name.to_owned(), labels: labels.to_vec() });
        Axis(inner.axes.len() - 1)
    }

    /// Fixed numbers over `axes`, row-major in the order given.
    ///
    /// # Panics
    /// When the count of values is not the product of the axes' lengths.
    pub fn data(&self, axes: &[Axis], values: &[f64]) -> Expr<'_> {
        self.source(axes, values, |values| Op::Data(Values::Wide(values)))
    }

    /// Numbers that may change between solves; `start` as in [`Graph::data`].
    pub fn parameter(&self, name: &str, axes: &[Axis], start: &[f64]) -> Expr<'_> {
        self.source(axes, start, |start| Op::Parameter { name: name.to_owned(), start })
    }

    /// Numbers for the solver to find, from `start`.
    pub fn unknown(&self, name: &str, axes: &[Axis], start: &[f64]) -> Expr<'_> {
        self.source(axes, start, |start| Op::Unknown { name: name.to_owned(), start })
    }

    /// One number.
    pub fn scalar(&self, value: f64) -> Expr<'_> {
        self.data(&[], &[value])
    }

    /// Requires `residual = 0`. Residuals should be relative, so that one tolerance serves all.
    pub fn equation(&self, name: &str, residual: Expr<'_>) {
        self.inner.borrow_mut().equations.push((name.to_owned(), residual.id));
    }

    /// Makes an expression readable by name after a solve.
    pub fn report(&self, name: &str, value: Expr<'_>) {
        self.inner.borrow_mut().reports.push((name.to_owned(), value.id));
    }

    /// The finished system.
    ///
    /// # Panics
    /// When unknowns and equations differ in number: the names of both are in the message.
    pub fn compile(self) -> System {
        System::new(self.inner.into_inner())
    }

    fn source(&self, axes: &[Axis], values: &[f64], op: impl FnOnce(Vec<f64>) -> Op) -> Expr<'_> {
        let mut inner = self.inner.borrow_mut();
        let shape: Vec<usize> = axes.iter().map(|axis| inner.length(*axis)).collect();
        let size: usize = shape.iter().product();
        assert_eq!(values.len(), size, "an array over these axes has {size} values");
        let stored = to_storage_order(axes, &shape, values);
        let id = inner.push(op(stored), axes.to_vec());
        Expr { graph: self, id }
    }

    fn node(&self, op: Op, axes: Vec<Axis>) -> Expr<'_> {
        Expr { graph: self, id: self.inner.borrow_mut().push(op, axes) }
    }

    fn axes_of(&self, id: usize) -> Vec<Axis> {
        self.inner.borrow().nodes[id].axes.clone()
    }
}

/// Values given row-major over `axes`, row-major over the sorted axes.
fn to_storage_order(axes: &[Axis], shape: &[usize], values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..axes.len()).collect();
    order.sort_unstable_by_key(|at| axes[*at]);
    if order.is_sorted() {
        return values.to_vec();
    }
    let mut strides = vec![1; axes.len()];
    for at in (1..axes.len()).rev() {
        strides[at - 1] = strides[at] * shape[at];
    }
    let mut stored = Vec::with_capacity(values.len());
    let mut index = vec![0; axes.len()];
    for _ in 0..values.len() {
        stored
            .push(values[index.iter().zip(&strides).map(|(i, stride)| i * stride).sum::<usize>()]);
        for at in order.iter().rev() {
            index[*at] += 1;
            if index[*at] < shape[*at] {
                break;
            }
            index[*at] = 0;
        }
    }
    stored
}

fn union(a: &[Axis], b: &[Axis]) -> Vec<Axis> {
    let mut all = a.to_vec();
    all.extend(b.iter().filter(|axis| !a.contains(axis)));
    all
}

impl Expr<'_> {
    fn axes(self) -> Vec<Axis> {
        self.graph.axes_of(self.id)
    }

    fn unary(self, op: Op) -> Self {
        self.graph.node(op, self.axes())
    }

    /// `scale · self + shift`.
    #[must_use]
    pub fn affine(self, scale: f64, shift: f64) -> Self {
        self.unary(Op::Affine { a: self.id, scale, shift })
    }

    /// `e^self`, cell by cell.
    #[must_use]
    pub fn exp(self) -> Self {
        self.unary(Op::Exp(self.id))
    }

    /// Natural logarithm, cell by cell.
    #[must_use]
    pub fn ln(self) -> Self {
        self.unary(Op::Ln(self.id))
    }

    /// `1 / self`, cell by cell.
    #[must_use]
    pub fn reciprocal(self) -> Self {
        self.unary(Op::Reciprocal(self.id))
    }

    /// `self^exponent` for positive `self`.
    #[must_use]
    pub fn pow(self, exponent: Self) -> Self {
        (self.ln() * exponent).exp()
    }

    /// Sum over `axes`.
    #[must_use]
    pub fn sum(self, axes: &[Axis]) -> Self {
        self.contract(self.graph.scalar(1.0), axes)
    }

    /// `Σ self · other` over `axes`.
    ///
    /// # Panics
    /// When neither has one of the axes.
    #[must_use]
    pub fn contract(self, other: Self, axes: &[Axis]) -> Self {
        let mut kept = union(&self.axes(), &other.axes());
        assert!(axes.iter().all(|axis| kept.contains(axis)), "a summed axis belongs to an operand");
        kept.retain(|axis| !axes.contains(axis));
        self.graph.node(Op::Product { a: self.id, b: other.id }, kept)
    }

    /// The same array with axis `from` played by `to` (of the same length).
    #[must_use]
    pub fn rename(self, from: Axis, to: Axis) -> Self {
        let length = self.graph.inner.borrow().length(from);
        assert_eq!(length, self.graph.inner.borrow().length(to), "axes of one set");
        self.gather(from, to, &(0..length).collect::<Vec<_>>())
    }

    /// `out[.., j, ..] = self[.., positions[j], ..]`: a selection along one axis.
    ///
    /// # Panics
    /// When the array has no axis `from`, or already has `to`, or positions do not fit.
    #[must_use]
    pub fn gather(self, from: Axis, to: Axis, positions: &[usize]) -> Self {
        let axes = self.moved(from, to);
        let inner = self.graph.inner.borrow();
        assert_eq!(positions.len(), inner.length(to), "one position for each label");
        assert!(positions.iter().all(|at| *at < inner.length(from)), "positions on the axis");
        drop(inner);
        self.graph.node(Op::Gather { a: self.id, from, to, positions: positions.to_vec() }, axes)
    }

    /// `out[.., positions[j], ..] += self[.., j, ..]`: the inverse of a selection, zeros elsewhere.
    ///
    /// # Panics
    /// As [`Expr::gather`].
    #[must_use]
    pub fn scatter(self, from: Axis, to: Axis, positions: &[usize]) -> Self {
        let axes = self.moved(from, to);
        let inner = self.graph.inner.borrow();
        assert_eq!(positions.len(), inner.length(from), "one position for each label");
        assert!(positions.iter().all(|at| *at < inner.length(to)), "positions on the axis");
        drop(inner);
        self.graph.node(Op::Scatter { a: self.id, from, to, positions: positions.to_vec() }, axes)
    }

    fn moved(self, from: Axis, to: Axis) -> Vec<Axis> {
        let mut axes = self.axes();
        assert!(axes.contains(&from), "the array has the axis it is moved from");
        assert!(!axes.contains(&to), "the array does not have the axis it is moved to");
        axes.retain(|axis| *axis != from);
        axes.push(to);
        axes
    }

    /// Log price of a CES composite over axis `over`, from log prices relative to the benchmark.
    ///
    /// ln(1 + Σ θ (e^{k x} − 1)) / k with x = `self`, θ = `share` (benchmark value shares, summing
    /// to 1 or, for an empty composite, to 0) and k = `exponent` = 1 − σ. k = 0 is Cobb-Douglas and
    /// k = 1 is Leontief, reached without loss of accuracy. The exponent must not have the axis
    /// `over`.
    ///
    /// # Panics
    /// When neither prices nor shares have the axis, or the exponent has it.
    #[must_use]
    pub fn log_ces(self, share: Self, exponent: Self, over: Axis) -> Self {
        assert!(!exponent.axes().contains(&over), "one elasticity for a composite");
        let mut axes = union(&union(&self.axes(), &share.axes()), &exponent.axes());
        assert!(axes.contains(&over), "the composite is over an axis of prices or shares");
        axes.retain(|axis| *axis != over);
        let op = Op::LogCes { log_price: self.id, share: share.id, exponent: exponent.id, over };
        self.graph.node(op, axes)
    }

    fn add_signed(self, other: Self, sign: f64) -> Self {
        let axes = union(&self.axes(), &other.axes());
        self.graph.node(Op::Add { a: self.id, b: other.id, sign }, axes)
    }
}

impl Add for Expr<'_> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.add_signed(other, 1.0)
    }
}

impl Sub for Expr<'_> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.add_signed(other, -1.0)
    }
}

impl Mul for Expr<'_> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        self.contract(other, &[])
    }
}

impl Div for Expr<'_> {
    type Output = Self;
    #[expect(
        clippy::suspicious_arithmetic_impl,
        reason = "a quotient is a product with the reciprocal"
    )]
    fn div(self, other: Self) -> Self {
        self * other.reciprocal()
    }
}

impl Neg for Expr<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.affine(-1.0, 0.0)
    }
}

impl Add<f64> for Expr<'_> {
    type Output = Self;
    fn add(self, other: f64) -> Self {
        self.affine(1.0, other)
    }
}

impl Sub<f64> for Expr<'_> {
    type Output = Self;
    fn sub(self, other: f64) -> Self {
        self.affine(1.0, -other)
    }
}

impl Mul<f64> for Expr<'_> {
    type Output = Self;
    fn mul(self, other: f64) -> Self {
        self.affine(other, 0.0)
    }
}
