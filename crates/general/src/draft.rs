//! A model as written: names with their places, nothing looked up yet.
//!
//! Readers of every format yield a [`Draft`]; `crate::resolve` checks it and makes the model.

use crate::expression::{Expression, Name};
use crate::tree::Spanned;

/// A number or an expression; names have their bytes in the file.
pub(crate) type Value = Spanned<Expression<Name>>;

/// A value that is always this number.
pub(crate) fn number(value: f64) -> Value {
    Spanned { value: Expression::Number(value), span: 0..0 }
}

/// A model as written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) description: String,
    /// In order; each may use those before it.
    pub(crate) parameters: Vec<(Spanned<String>, Value)>,
    pub(crate) sectors: Vec<Variable>,
    pub(crate) commodities: Vec<Variable>,
    pub(crate) consumers: Vec<Variable>,
    pub(crate) auxiliaries: Vec<Variable>,
    pub(crate) production: Vec<Production>,
    pub(crate) demands: Vec<Demand>,
    pub(crate) constraints: Vec<(Spanned<String>, Value)>,
    pub(crate) scenarios: Vec<Scenario>,
    /// Number of variables that the file says it has.
    pub(crate) size: Option<Spanned<f64>>,
}

/// A variable with what the file says of its range.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    pub(crate) name: Spanned<String>,
    pub(crate) start: Option<Value>,
    /// Absent: the default of the class.
    pub(crate) lower: Option<Bound>,
    pub(crate) upper: Option<Bound>,
}

/// A bound: infinite or a value.
#[derive(Debug, Clone)]
pub(crate) enum Bound {
    Infinite,
    At(Value),
}

/// Production of a sector.
#[derive(Debug, Clone)]
pub(crate) struct Production {
    pub(crate) sector: Spanned<String>,
    pub(crate) output: Nest,
    pub(crate) input: Nest,
}

/// Demand and endowments of a consumer.
#[derive(Debug, Clone)]
pub(crate) struct Demand {
    pub(crate) consumer: Spanned<String>,
    pub(crate) preferences: Option<Nest>,
    pub(crate) endowments: Vec<(Spanned<String>, Value)>,
}

/// A nest.
#[derive(Debug, Clone)]
pub(crate) struct Nest {
    pub(crate) name: Option<String>,
    pub(crate) elasticity: Value,
    pub(crate) children: Vec<Branch>,
}

/// What a nest is made of.
#[derive(Debug, Clone)]
pub(crate) enum Branch {
    Nest(Nest),
    Leaf(Leaf),
}

/// A commodity in a nest.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    pub(crate) commodity: Spanned<String>,
    pub(crate) quantity: Value,
    pub(crate) price: Value,
    /// Agent and rate.
    pub(crate) taxes: Vec<(Spanned<String>, Value)>,
}

/// One scenario.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) set: Vec<(Spanned<String>, Value)>,
    pub(crate) fix: Vec<(Spanned<String>, Value)>,
    pub(crate) bounds: Vec<(Spanned<String>, [Bound; 2])>,
    pub(crate) start: Vec<(Spanned<String>, Value)>,
    pub(crate) benchmark: bool,
}
