//! Writing a model: labelled axes, sources, and operators on expressions.
//!
//! Axes are declared in storage order: every array is row-major over its axes in the order of
//! declaration, the last one contiguous. Two arrays combine by axis, not by position: missing axes
//! broadcast. A set that plays two roles (regions as origin and as destination) has two axes, and
//! [`Expr::rename`] moves an array from one role to the other.
//! Not here: derivatives (`crate::evaluate`), names and storage (`crate::system`).

use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};
use std::sync::Arc;

use crate::routes::{Prices, Table};
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
    /// Log price of what is delivered, composite over origins (`crate::routes`).
    Sourced { basic: usize, margin: usize, table: Arc<Table> },
    /// What is bought on all routes at a pull: products by origin, then margins by route.
    Bought { basic: usize, margin: usize, pull: usize, table: Arc<Table> },
    /// Cells of `a` from `start` on, under other axes.
    Part { a: usize, start: usize },
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
            | Self::Scatter { a, .. }
            | Self::Part { a, .. } => vec![*a],
            Self::Add { a, b, .. } | Self::Product { a, b } => vec![*a, *b],
            Self::LogCes { log_price, share, exponent, .. } => vec![*log_price, *share, *exponent],
            Self::Sourced { basic, margin, .. } => vec![*basic, *margin],
            Self::Bought { basic, margin, pull, .. } => vec![*basic, *margin, *pull],
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
    pub(crate) notes: Vec<(String, usize)>,
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

/// Fixed shares of goods on routes, which any number of graphs may use.
#[derive(Debug, Clone)]
pub struct RouteShares(Arc<Table>);

impl RouteShares {
    /// - `sizes`: products, margins, regions.
    /// - `sigma`: elasticity of substitution between origins, by product; not 1.
    /// - `share`: weight of an origin in its composite, origin × product × destination.
    /// - `margin`: part of a flow's delivered value that is a margin, origin × product × margin ×
    ///   destination; together less than 1.
    ///
    /// # Panics
    /// When an array does not fit the sizes, an elasticity is 1, or margins are none or more than 4.
    pub fn new(sizes: [usize; 3], sigma: &[f64], share: Vec<f32>, margin: Vec<f32>) -> Self {
        Self(Arc::new(Table::new(sizes, sigma, share, margin)))
    }

    /// Sum of origins' weights at unit prices, product × destination.
    pub fn total(&self) -> &[f64] {
        self.0.total()
    }

    /// Bytes of the shares. A product with the Jacobian reads them twice: for composites, and for
    /// what is bought.
    pub fn bytes(&self) -> usize {
        self.0.bytes()
    }

    /// What is bought at unit prices and a pull (product × destination): products by origin, and
    /// margins by route.
    pub fn bought_at_unit_prices(&self, pull: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (basic, margin) = (vec![1.0; self.0.sent()], vec![1.0; self.0.carried()]);
        let mut all = self.0.outward(Prices { basic: &basic, margin: &margin }, pull, None);
        let carried = all.split_off(self.0.sent());
        (all, carried)
    }
}

/// Goods delivered on all routes between regions, of a [`Graph`]: delivered at basic price plus
/// margins in fixed proportion, composite over origins with constant elasticity.
#[derive(Debug)]
pub struct Routes<'g> {
    graph: &'g Graph,
    axes: [Axis; 4],
    /// What is bought, as one list.
    list: Axis,
    table: Arc<Table>,
}

impl<'g> Routes<'g> {
    /// Log price of composites over origins (product × destination), 0 at unit prices.
    ///
    /// - `basic`: product × origin; `margin`: margin × origin × destination; 1 at the benchmark.
    ///
    /// # Panics
    /// When prices have other axes.
    #[must_use]
    pub fn sourced(&self, basic: Expr<'g>, margin: Expr<'g>) -> Expr<'g> {
        self.check(basic, margin);
        let [product, _, _, destination] = self.axes;
        let op = Op::Sourced { basic: basic.id, margin: margin.id, table: Arc::clone(&self.table) };
        self.graph.node(op, vec![product, destination])
    }

    /// Quantities of products by origin and of margins by route, at `pull` (product × destination):
    /// z with flow = z · weight · delivered price^(−σ). For a quantity Q of the composite at price
    /// S relative to the benchmark, z = Q S^σ / total.
    ///
    /// # Panics
    /// When prices or pull have other axes.
    #[must_use]
    pub fn bought(
        &self,
        basic: Expr<'g>,
        margin: Expr<'g>,
        pull: Expr<'g>,
    ) -> (Expr<'g>, Expr<'g>) {
        self.check(basic, margin);
        let [product, of_margins, origin, destination] = self.axes;
        assert_eq!(pull.axes(), [product, destination], "axes of a pull");
        let op = Op::Bought {
            basic: basic.id,
            margin: margin.id,
            pull: pull.id,
            table: Arc::clone(&self.table),
        };
        let all = self.graph.node(op, vec![self.list]);
        let part =
            |start: usize, axes: Vec<Axis>| self.graph.node(Op::Part { a: all.id, start }, axes);
        let sent = part(0, vec![product, origin]);
        (sent, part(self.table.sent(), vec![of_margins, origin, destination]))
    }

    fn check(&self, basic: Expr<'g>, margin: Expr<'g>) {
        let [product, of_margins, origin, destination] = self.axes;
        assert_eq!(basic.axes(), [product, origin], "axes of basic prices");
        assert_eq!(margin.axes(), [of_margins, origin, destination], "axes of prices of margins");
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

    /// Goods delivered on all routes with these shares, over products, margins, origins and
    /// destinations.
    ///
    /// # Panics
    /// When axes are not in storage order or not of the shares' sizes.
    pub fn routes(&self, axes: [Axis; 4], shares: &RouteShares) -> Routes<'_> {
        let table = Arc::clone(&shares.0);
        let [products, margins, regions] = table.sizes();
        let lengths = axes.map(|axis| self.inner.borrow().length(axis));
        assert!(axes.is_sorted(), "axes in storage order");
        assert_eq!(lengths, [products, margins, regions, regions], "axes of the shares' sizes");
        let labels = vec![String::new(); table.sent() + table.carried()];
        Routes { graph: self, axes, list: self.axis("bought", &labels), table }
    }

    /// Requires `residual = 0`. Residuals should be relative, so that one tolerance serves all.
    pub fn equation(&self, name: &str, residual: Expr<'_>) {
        self.inner.borrow_mut().equations.push((name.to_owned(), residual.id));
    }

    /// Makes an expression readable by name after a solve.
    pub fn report(&self, name: &str, value: Expr<'_>) {
        self.inner.borrow_mut().reports.push((name.to_owned(), value.id));
    }

    /// Gives an expression a name under which formulas made of it tell it
    /// ([`crate::attribution()`]); costs nothing in a solve.
    pub fn note(&self, name: &str, value: Expr<'_>) {
        self.inner.borrow_mut().notes.push((name.to_owned(), value.id));
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
    /// Number of cells.
    pub fn cells(self) -> usize {
        self.graph.inner.borrow().nodes[self.id].size
    }

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
