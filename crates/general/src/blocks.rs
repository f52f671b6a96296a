//! The conditions of a model at one scenario's parameters: F of every variable.
//!
//! | symbol | here        | meaning                                                      |
//! |--------|-------------|--------------------------------------------------------------|
//! | θ      | `share`     | benchmark value share of a child in its nest                 |
//! | σ, η   | `elasticity`| substitution (inputs, preferences), transformation (outputs) |
//! | c, r   | level       | price index of a leaf or nest, 1 in the reference            |
//! | a, b   | netput      | input and output per unit of activity                        |
//!
//! Calibrated share form: `c_n` = (Σ θ `c_k^(1−σ))^(1/(1−σ)`) for inputs, `r_n` = (Σ θ `r_k^(1+η))^(1/(1+η)`)
//! for outputs; a = q Π (`c_n/c_k)^σ`, b = q Π (`r_k/r_n)^η` over the nests above a leaf (Shephard's and
//! Hotelling's lemma; Rutherford 1998, "CES Preferences and Technology"). A model is a list of
//! blocks; each reads a few variables and adds to a few conditions, so a Jacobian is made block by
//! block with [`Dual`] numbers from the same code that gives values.
//! Not here: bounds and starts (`crate::scenario`), the same conditions in other code
//! (`crate::certificate`).

use equilibrium::number::{Dual, Number};

use crate::expression::Expression;
use crate::model::{Branch, Class, Demand, Model, Nest, Production, Symbol, Value};
use crate::resolve::evaluate;

/// Exponents below this go through logarithms, where powers would lose digits.
const SMALL_EXPONENT: f64 = 0.1;
/// Exponents from this on are taken of levels relative to one of them, whose powers overflow.
const LARGE_EXPONENT: f64 = 20.0;
/// Exponents below this are taken as the Cobb-Douglas limit with its first correction.
const TINY_EXPONENT: f64 = 1e-8;
/// Directions taken at once.
pub(crate) const LANES: usize = 8;

/// Which side of a technology a nest is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Inputs and preferences: substitution, taxes on top of the price.
    Input,
    /// Outputs: transformation, taxes out of the price.
    Output,
}

/// An expression with its parameters folded in; a symbol is a position among a block's inputs.
#[derive(Debug, Clone)]
enum Local<T> {
    Constant(T),
    Formula(Expression<Reference<T>>),
}

#[derive(Debug, Clone, Copy)]
enum Reference<T> {
    Constant(T),
    Input(usize),
}

impl<T: Number> Local<T> {
    fn at(&self, x: &[T]) -> T {
        match self {
            Self::Constant(value) => *value,
            Self::Formula(expression) => expression.evaluate(&|reference| match reference {
                Reference::Constant(value) => *value,
                Reference::Input(at) => x[*at],
            }),
        }
    }
}

#[derive(Debug, Clone)]
struct Tax<T> {
    row: usize,
    rate: Local<T>,
}

#[derive(Debug, Clone)]
enum Kind<T> {
    Nest { elasticity: T, children: Vec<usize> },
    Leaf { input: usize, row: usize, quantity: T, price: T, taxes: Vec<Tax<T>> },
}

#[derive(Debug, Clone)]
struct Node<T> {
    parent: usize,
    share: T,
    kind: Kind<T>,
}

/// A nest and all below it, parents before children.
#[derive(Debug, Clone)]
struct Nests<T> {
    side: Side,
    value: T,
    nodes: Vec<Node<T>>,
}

/// Price index of a composite from those of its parts.
fn composite<T: Number>(exponent: T, parts: impl Iterator<Item = (T, T)> + Clone) -> T {
    let k = exponent.value();
    let linear = (k - 1.0).abs() < f64::EPSILON && exponent.is_constant();
    let zero = T::constant(0.0);
    if linear {
        return parts.fold(zero, |sum, (share, level)| sum + share * level);
    }
    let all_positive = || parts.clone().all(|(_, level)| level.value() > 0.0);
    if k.abs() >= LARGE_EXPONENT && all_positive() {
        // Powers relative to the level that counts most stay within what a number can hold.
        let values = parts.clone().map(|(_, level)| level.value());
        let most =
            if k > 0.0 { values.fold(0.0, f64::max) } else { values.fold(f64::INFINITY, f64::min) };
        let most = T::constant(most);
        let relative =
            parts.fold(zero, |sum, (share, level)| sum + share * (level / most).power(exponent));
        return most * relative.power(T::constant(1.0) / exponent);
    }
    if k.abs() >= SMALL_EXPONENT {
        let powers = parts.fold(zero, |sum, (share, level)| sum + share * level.power(exponent));
        return powers.power(T::constant(1.0) / exponent);
    }
    let logs = parts.map(|(share, level)| (share, level.ln()));
    if k.abs() < TINY_EXPONENT {
        let mean = logs.clone().fold(zero, |sum, (share, log)| sum + share * log);
        let square = logs.fold(zero, |sum, (share, log)| sum + share * log * log);
        let correction = T::constant(0.5) * exponent * (square - mean * mean);
        return if exponent.is_constant() && k == 0.0 {
            mean.exp()
        } else {
            (mean + correction).exp()
        };
    }
    let sum = logs.fold(zero, |sum, (share, log)| sum + share * (exponent * log).exp_m1());
    (sum.ln_1p() / exponent).exp()
}

impl<T: Number> Nests<T> {
    /// Price index of every node.
    fn levels(&self, x: &[T], levels: &mut Vec<T>) {
        let one = T::constant(1.0);
        levels.clear();
        levels.resize(self.nodes.len(), one);
        for (at, node) in self.nodes.iter().enumerate().rev() {
            levels[at] = match &node.kind {
                Kind::Leaf { input, price, taxes, .. } => {
                    let level = x[*input] / *price;
                    if taxes.is_empty() { level } else { level * self.wedge(taxes, x) }
                }
                Kind::Nest { children, .. } if children.len() == 1 => levels[children[0]],
                Kind::Nest { elasticity, children } => {
                    let exponent = match self.side {
                        Side::Input => one - *elasticity,
                        Side::Output => one + *elasticity,
                    };
                    let parts =
                        children.iter().map(|child| (self.nodes[*child].share, levels[*child]));
                    composite(exponent, parts)
                }
            };
        }
    }

    /// 1 + t for inputs, 1 − t for outputs.
    fn wedge(&self, taxes: &[Tax<T>], x: &[T]) -> T {
        let rate = taxes.iter().fold(T::constant(0.0), |sum, tax| sum + tax.rate.at(x));
        match self.side {
            Side::Input => T::constant(1.0) + rate,
            Side::Output => T::constant(1.0) - rate,
        }
    }

    /// Calls `leaf` with every leaf's position, input, row and netput per unit.
    fn netputs(
        &self,
        levels: &[T],
        factors: &mut Vec<T>,
        mut leaf: impl FnMut(usize, usize, usize, T),
    ) {
        factors.clear();
        factors.resize(self.nodes.len(), T::constant(1.0));
        for (at, node) in self.nodes.iter().enumerate() {
            if at > 0
                && let Kind::Nest { elasticity, children } = &self.nodes[node.parent].kind
            {
                let above = factors[node.parent];
                let fixed = elasticity.value() == 0.0 && elasticity.is_constant();
                factors[at] = if fixed || children.len() == 1 {
                    above
                } else {
                    let ratio = match self.side {
                        Side::Input => levels[node.parent] / levels[at],
                        Side::Output => levels[at] / levels[node.parent],
                    };
                    above * ratio.power(*elasticity)
                };
            }
            if let Kind::Leaf { input, row, quantity, .. } = &node.kind {
                leaf(at, *input, *row, *quantity * factors[at]);
            }
        }
    }

    fn taxes(&self, at: usize) -> &[Tax<T>] {
        match &self.nodes[at].kind {
            Kind::Leaf { taxes, .. } => taxes,
            Kind::Nest { .. } => &[],
        }
    }
}

/// Room for the nodes of one nest.
#[derive(Debug)]
struct Scratch<T> {
    levels: Vec<T>,
    factors: Vec<T>,
}

impl<T> Default for Scratch<T> {
    fn default() -> Self {
        Self { levels: vec![], factors: vec![] }
    }
}

/// A part of the model that reads `inputs` and adds to the conditions `rows`; both are positions
/// among the model's variables.
#[derive(Debug, Clone)]
pub struct Block<T> {
    /// Variables that it reads; the first is the block's own.
    pub inputs: Vec<usize>,
    /// Conditions that it adds to; the first is the block's own.
    pub rows: Vec<usize>,
    body: Body<T>,
}

#[derive(Debug, Clone)]
enum Body<T> {
    /// A sector with both sides, or none when it has no inputs or no outputs.
    Production(Option<[Nests<T>; 2]>),
    Demand {
        preferences: Option<Nests<T>>,
        endowments: Vec<(usize, usize, Local<T>)>,
    },
    Constraint(Local<T>),
}

/// What a block tells of its flows.
#[derive(Debug, Clone, Copy)]
pub enum Flow<T> {
    /// Commodity, side, netput per unit of activity.
    Netput(usize, Side, T),
    /// Commodity, final demand.
    Demand(usize, T),
    /// Income deflated by the expenditure index.
    Welfare(T),
}

impl<T: Number> Block<T> {
    /// What it adds to its rows at a point of the whole model; tells the flows.
    pub fn at(&self, point: &[T], tell: impl FnMut(Flow<T>)) -> Vec<T> {
        let x: Vec<T> = self.inputs.iter().map(|at| point[*at]).collect();
        let mut out = vec![T::constant(0.0); self.rows.len()];
        self.add(&x, &mut out, &mut Scratch::default(), tell);
        out
    }

    /// Adds to `out` (one for each of `rows`) from `x` (one for each of `inputs`), and tells the
    /// flows; the room is used again.
    fn add(&self, x: &[T], out: &mut [T], scratch: &mut Scratch<T>, mut tell: impl FnMut(Flow<T>)) {
        let Scratch { levels, factors } = scratch;
        match &self.body {
            Body::Production(None) => out[0] += T::constant(1.0),
            Body::Production(Some([input, output])) => {
                let level = x[0];
                for (nests, sign) in [(input, 1.0), (output, -1.0)] {
                    nests.levels(x, levels);
                    let sign = T::constant(sign);
                    out[0] += sign * nests.value * levels[0];
                    nests.netputs(levels, factors, |leaf, price, row, netput| {
                        out[row] = out[row] - sign * netput * level;
                        for tax in nests.taxes(leaf) {
                            out[tax.row] =
                                out[tax.row] - tax.rate.at(x) * x[price] * netput * level;
                        }
                        tell(Flow::Netput(self.inputs[price], nests.side, netput));
                    });
                }
            }
            Body::Demand { preferences, endowments } => {
                let income = x[0];
                out[0] += income;
                for (price, row, quantity) in endowments {
                    let quantity = quantity.at(x);
                    out[*row] += quantity;
                    out[0] = out[0] - quantity * x[*price];
                }
                let Some(nests) = preferences else { return };
                nests.levels(x, levels);
                let real = income / (nests.value * levels[0]);
                nests.netputs(levels, factors, |_, price, row, netput| {
                    let demand = real * netput;
                    out[row] = out[row] - demand;
                    tell(Flow::Demand(self.inputs[price], demand));
                });
                tell(Flow::Welfare(real));
            }
            Body::Constraint(expression) => out[0] += expression.at(x),
        }
    }
}

/// All blocks of a model: sectors, consumers, auxiliaries, in the order of the variables.
#[derive(Debug, Clone)]
pub struct Blocks<T> {
    /// The blocks.
    pub list: Vec<Block<T>>,
    /// Number of variables and of conditions.
    pub size: usize,
    /// Whether a price must stay above zero for the equations to have a value.
    pub positive: Vec<bool>,
}

impl<T: Number> Blocks<T> {
    /// Folds parameter values into a model. `endowment` may attach derivatives to the n-th
    /// endowment of the file.
    pub fn new(model: &Model, parameters: &[T], endowment: &impl Fn(usize, T) -> T) -> Self {
        let size = model.variables.len();
        let mut positive = vec![false; size];
        let mut blocks = vec![];
        for production in &model.production {
            blocks.push(
                Builder::new(production.sector, parameters).production(production, &mut positive),
            );
        }
        let mut first = 0;
        for demand in &model.demands {
            let seed = |at: usize, quantity: T| endowment(first + at, quantity);
            blocks.push(Builder::new(demand.consumer, parameters).demand(
                demand,
                &seed,
                &mut positive,
            ));
            first += demand.endowments.len();
        }
        let auxiliary = model.first(Class::Auxiliary);
        for (at, constraint) in model.constraints.iter().enumerate() {
            let mut builder = Builder::new(auxiliary + at, parameters);
            let expression = builder.local(constraint);
            blocks.push(builder.done(Body::Constraint(expression)));
        }
        Self { list: blocks, size, positive }
    }

    /// F at a point.
    pub fn conditions(&self, point: &[T]) -> Vec<T> {
        let mut all = vec![T::constant(0.0); self.size];
        let (mut x, mut out, mut scratch) = (vec![], vec![], Scratch::default());
        for block in &self.list {
            x.clear();
            x.extend(block.inputs.iter().map(|at| point[*at]));
            out.clear();
            out.resize(block.rows.len(), T::constant(0.0));
            block.add(&x, &mut out, &mut scratch, |_| {});
            for (row, value) in block.rows.iter().zip(&out) {
                all[*row] += *value;
            }
        }
        all
    }
}

impl Blocks<f64> {
    /// The same blocks in numbers that carry derivatives.
    fn lift(&self) -> Vec<Block<Dual<LANES>>> {
        self.list.iter().map(Block::lift).collect()
    }

    /// Prepares Jacobians.
    pub fn derivatives(&self) -> Derivatives {
        let entries = self.list.iter().flat_map(|block| {
            block.inputs.iter().flat_map(|input| block.rows.iter().map(|row| (*row, *input)))
        });
        Derivatives { entries: entries.collect(), blocks: self.lift() }
    }
}

/// ∂F of all conditions, block by block.
#[derive(Debug, Clone)]
pub struct Derivatives {
    /// Row and column of each number of [`Derivatives::values`]; a place may occur several times
    /// and its numbers add.
    pub entries: Vec<(usize, usize)>,
    blocks: Vec<Block<Dual<LANES>>>,
}

impl Derivatives {
    /// The numbers at a point, in the order of the entries.
    pub fn values(&self, point: &[f64], out: &mut [f64]) {
        let mut next = 0;
        let (mut x, mut rows, mut scratch) = (vec![], vec![], Scratch::default());
        for block in &self.blocks {
            for first in (0..block.inputs.len()).step_by(LANES) {
                x.clear();
                x.extend(block.inputs.iter().enumerate().map(|(at, variable)| {
                    let value = point[*variable];
                    if (first..first + LANES).contains(&at) {
                        Dual::variable(value, at - first)
                    } else {
                        Dual::constant(value)
                    }
                }));
                rows.clear();
                rows.resize(block.rows.len(), Dual::constant(0.0));
                block.add(&x, &mut rows, &mut scratch, |_| {});
                for lane in 0..LANES.min(block.inputs.len() - first) {
                    for row in &rows {
                        out[next] = row.slopes[lane];
                        next += 1;
                    }
                }
            }
        }
    }
}

impl Block<f64> {
    fn lift<T: Number>(&self) -> Block<T> {
        let body = match &self.body {
            Body::Production(sides) => Body::Production(
                sides.as_ref().map(|[input, output]| [input.lift(), output.lift()]),
            ),
            Body::Demand { preferences, endowments } => Body::Demand {
                preferences: preferences.as_ref().map(Nests::lift),
                endowments: endowments.iter().map(|(a, b, q)| (*a, *b, q.lift())).collect(),
            },
            Body::Constraint(expression) => Body::Constraint(expression.lift()),
        };
        Block { inputs: self.inputs.clone(), rows: self.rows.clone(), body }
    }
}

impl Local<f64> {
    fn lift<T: Number>(&self) -> Local<T> {
        match self {
            Self::Constant(value) => Local::Constant(T::constant(*value)),
            Self::Formula(expression) => Local::Formula(expression.map(&mut |reference| {
                Expression::Symbol(match reference {
                    Reference::Constant(value) => Reference::Constant(T::constant(*value)),
                    Reference::Input(at) => Reference::Input(*at),
                })
            })),
        }
    }
}

impl Nests<f64> {
    fn lift<T: Number>(&self) -> Nests<T> {
        let constant = T::constant;
        let node = |node: &Node<f64>| Node {
            parent: node.parent,
            share: constant(node.share),
            kind: match &node.kind {
                Kind::Nest { elasticity, children } => {
                    Kind::Nest { elasticity: constant(*elasticity), children: children.clone() }
                }
                Kind::Leaf { input, row, quantity, price, taxes } => Kind::Leaf {
                    input: *input,
                    row: *row,
                    quantity: constant(*quantity),
                    price: constant(*price),
                    taxes: taxes
                        .iter()
                        .map(|tax| Tax { row: tax.row, rate: tax.rate.lift() })
                        .collect(),
                },
            },
        };
        Nests {
            side: self.side,
            value: constant(self.value),
            nodes: self.nodes.iter().map(node).collect(),
        }
    }
}

/// Collects what a block reads and writes while its nests are folded.
struct Builder<'p, T> {
    parameters: &'p [T],
    inputs: Vec<usize>,
    rows: Vec<usize>,
}

fn position(list: &mut Vec<usize>, item: usize) -> usize {
    list.iter().position(|each| *each == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}

impl<'p, T: Number> Builder<'p, T> {
    fn new(own: usize, parameters: &'p [T]) -> Self {
        Self { parameters, inputs: vec![own], rows: vec![own] }
    }

    fn done(self, body: Body<T>) -> Block<T> {
        Block { inputs: self.inputs, rows: self.rows, body }
    }

    fn value(&self, value: &Value) -> T {
        evaluate(value, self.parameters)
    }

    fn local(&mut self, value: &Value) -> Local<T> {
        let mut moving = false;
        value.visit(&mut |symbol| moving |= matches!(symbol, Symbol::Variable(_)));
        if !moving {
            return Local::Constant(self.value(value));
        }
        let parameters = self.parameters;
        Local::Formula(value.map(&mut |symbol| {
            Expression::Symbol(match symbol {
                Symbol::Parameter(at) => Reference::Constant(parameters[*at]),
                Symbol::Variable(at) => Reference::Input(position(&mut self.inputs, *at)),
            })
        }))
    }

    fn production(mut self, production: &Production, positive: &mut [bool]) -> Block<T> {
        let input = self.nests(&production.input, Side::Input, positive);
        let output = self.nests(&production.output, Side::Output, positive);
        let sides = match (input, output) {
            (Some(input), Some(output)) => Some([input, output]),
            _ => None,
        };
        self.done(Body::Production(sides))
    }

    fn demand(
        mut self,
        demand: &Demand,
        endowment: &impl Fn(usize, T) -> T,
        positive: &mut [bool],
    ) -> Block<T> {
        let nests = demand.preferences.as_ref();
        let preferences = nests.and_then(|nest| self.nests(nest, Side::Input, positive));
        let mut endowments = vec![];
        for (at, (commodity, quantity)) in demand.endowments.iter().enumerate() {
            let input = position(&mut self.inputs, *commodity);
            let row = position(&mut self.rows, *commodity);
            let seeded = endowment(at, T::constant(0.0));
            let quantity = match self.local(quantity) {
                Local::Constant(value) => Local::Constant(value + seeded),
                Local::Formula(formula) => Local::Formula(Expression::Binary(
                    crate::expression::Operator::Add,
                    Box::new(formula),
                    Box::new(Expression::Symbol(Reference::Constant(seeded))),
                )),
            };
            endowments.push((input, row, quantity));
        }
        self.done(Body::Demand { preferences, endowments })
    }

    fn nests(&mut self, nest: &Nest, side: Side, positive: &mut [bool]) -> Option<Nests<T>> {
        let mut nodes = vec![];
        let value = self.nest(nest, 0, &mut nodes)?;
        mark_positive(&nodes, &self.inputs, positive);
        Some(Nests { side, value, nodes })
    }

    /// Adds a nest and all below it; its benchmark value, or none when it is empty.
    fn nest(&mut self, nest: &Nest, parent: usize, nodes: &mut Vec<Node<T>>) -> Option<T> {
        let at = nodes.len();
        let elasticity = self.value(&nest.elasticity);
        let kind = Kind::Nest { elasticity, children: vec![] };
        nodes.push(Node { parent, share: T::constant(1.0), kind });
        let mut parts: Vec<(usize, T)> = vec![];
        for branch in &nest.children {
            let here = nodes.len();
            let value = match branch {
                Branch::Nest(inner) => self.nest(inner, at, nodes),
                Branch::Leaf(leaf) => self.leaf(leaf, at, nodes),
            };
            if let Some(value) = value {
                parts.push((here, value));
            }
        }
        if parts.is_empty() {
            nodes.truncate(at);
            return None;
        }
        let total = parts.iter().fold(T::constant(0.0), |sum, (_, value)| sum + *value);
        for (child, value) in &parts {
            nodes[*child].share = *value / total;
        }
        if let Kind::Nest { children, .. } = &mut nodes[at].kind {
            *children = parts.iter().map(|(child, _)| *child).collect();
        }
        Some(total)
    }

    fn leaf(
        &mut self,
        leaf: &crate::model::Leaf,
        parent: usize,
        nodes: &mut Vec<Node<T>>,
    ) -> Option<T> {
        let (quantity, price) = (self.value(&leaf.quantity), self.value(&leaf.price));
        if quantity.value() == 0.0 {
            return None;
        }
        let input = position(&mut self.inputs, leaf.commodity);
        let row = position(&mut self.rows, leaf.commodity);
        let mut taxes = vec![];
        for tax in &leaf.taxes {
            let agent = position(&mut self.rows, tax.agent);
            taxes.push(Tax { row: agent, rate: self.local(&tax.rate) });
        }
        let kind = Kind::Leaf { input, row, quantity, price, taxes };
        nodes.push(Node { parent, share: T::constant(1.0), kind });
        Some(quantity * price)
    }
}

/// Marks the prices that stand in a nest where substitution divides by them.
fn mark_positive<T: Number>(nodes: &[Node<T>], inputs: &[usize], positive: &mut [bool]) {
    let mut flexible = vec![false; nodes.len()];
    for (at, node) in nodes.iter().enumerate() {
        let own = match &node.kind {
            Kind::Nest { elasticity, children } => elasticity.value() != 0.0 && children.len() > 1,
            Kind::Leaf { .. } => false,
        };
        flexible[at] = own || at > 0 && flexible[node.parent];
        if let Kind::Leaf { input, .. } = &node.kind
            && flexible[at]
        {
            positive[inputs[*input]] = true;
        }
    }
}
