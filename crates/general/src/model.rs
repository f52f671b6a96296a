//! A model ready to solve: every name looked up, every block complete.
//!
//! | class     | variable       | condition                                            |
//! |-----------|----------------|------------------------------------------------------|
//! | sector    | activity level | zero profit: unit cost − unit revenue                |
//! | commodity | price          | market clearance: supply + endowments − demand       |
//! | consumer  | income         | income balance: income − endowments' value − taxes   |
//! | auxiliary | free choice    | a constraint of the user                             |
//!
//! Not here: numbers (`crate::blocks` folds the parameters of one scenario in).

use crate::expression::Expression;

/// What an expression may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbol {
    /// Position among [`Model::parameters`].
    Parameter(usize),
    /// Position among [`Model::variables`].
    Variable(usize),
}

/// A number, or an expression of parameters and, where allowed, variables.
pub type Value = Expression<Symbol>;

/// What a variable is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Activity level of a sector.
    Sector,
    /// Price of a commodity.
    Commodity,
    /// Income of a consumer.
    Consumer,
    /// Auxiliary variable.
    Auxiliary,
}

impl Class {
    /// The class in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sector => "sector",
            Self::Commodity => "commodity",
            Self::Consumer => "consumer",
            Self::Auxiliary => "auxiliary",
        }
    }

    /// The condition that belongs to a variable of this class.
    pub fn condition(self) -> &'static str {
        match self {
            Self::Sector => "zero profit of",
            Self::Commodity => "market of",
            Self::Consumer => "income of",
            Self::Auxiliary => "constraint of",
        }
    }
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Name.
    pub name: String,
    /// Number or expression of earlier parameters.
    pub value: Value,
}

/// A variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Name.
    pub name: String,
    /// Class.
    pub class: Class,
    /// Start, where the file gives one.
    pub start: Option<Value>,
    /// Lower bound; none is −∞.
    pub lower: Option<Value>,
    /// Upper bound; none is +∞.
    pub upper: Option<Value>,
}

/// A nest of commodities and nests.
#[derive(Debug, Clone, PartialEq)]
pub struct Nest {
    /// Name, where the file gives one.
    pub name: Option<String>,
    /// Elasticity of substitution (inputs, preferences) or transformation (outputs), ≥ 0.
    pub elasticity: Value,
    /// What it is made of.
    pub children: Vec<Branch>,
}

/// Part of a nest.
#[derive(Debug, Clone, PartialEq)]
pub enum Branch {
    /// A nest.
    Nest(Nest),
    /// A commodity.
    Leaf(Leaf),
}

/// A commodity in a nest.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    /// Position of the commodity among [`Model::variables`].
    pub commodity: usize,
    /// Reference quantity.
    pub quantity: Value,
    /// Reference price: of the user for inputs, of the producer for outputs.
    pub price: Value,
    /// Taxes on it; rates add.
    pub taxes: Vec<Tax>,
}

/// A tax on a leaf.
#[derive(Debug, Clone, PartialEq)]
pub struct Tax {
    /// Position of the consumer who gets the revenue.
    pub agent: usize,
    /// Rate: of the net price for inputs, of the market price for outputs.
    pub rate: Value,
}

/// Technology of a sector.
#[derive(Debug, Clone, PartialEq)]
pub struct Production {
    /// Position of the sector among [`Model::variables`].
    pub sector: usize,
    /// What a unit of activity yields.
    pub output: Nest,
    /// What it takes.
    pub input: Nest,
}

/// Demand and endowments of a consumer.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// Position of the consumer among [`Model::variables`].
    pub consumer: usize,
    /// Final demand; none for one who demands nothing.
    pub preferences: Option<Nest>,
    /// Commodity and quantity; negative quantities are obligations.
    pub endowments: Vec<(usize, Value)>,
}

/// A scenario: an absolute set of changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Name.
    pub name: String,
    /// Parameters with other values.
    pub set: Vec<(usize, Value)>,
    /// Variables that are fixed.
    pub fix: Vec<(usize, Value)>,
    /// Bounds of this scenario; none is infinite.
    pub bounds: Vec<(usize, [Option<Value>; 2])>,
    /// Starts of this scenario.
    pub start: Vec<(usize, Value)>,
    /// Whether the start must already solve the model.
    pub benchmark: bool,
}

/// A model.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// Parameters; each may use those before it.
    pub parameters: Vec<Parameter>,
    /// Sectors, then commodities, consumers, auxiliaries, each in the order of the file.
    pub variables: Vec<Variable>,
    /// One for each sector, in their order.
    pub production: Vec<Production>,
    /// One for each consumer, in their order.
    pub demands: Vec<Demand>,
    /// Expression for each auxiliary, in their order.
    pub constraints: Vec<Value>,
    /// Scenarios; one without changes when the file has none.
    pub scenarios: Vec<Scenario>,
}

impl Model {
    /// Position of the first variable of a class.
    pub fn first(&self, class: Class) -> usize {
        self.variables.iter().take_while(|variable| variable.class < class).count()
    }

    /// Position of a variable.
    pub fn variable(&self, name: &str) -> Option<usize> {
        self.variables.iter().position(|variable| variable.name == name)
    }

    /// The condition of a variable in words: "zero profit of X".
    pub fn condition(&self, at: usize) -> String {
        let variable = &self.variables[at];
        format!("{} {}", variable.class.condition(), variable.name)
    }

    /// The name of what an expression names.
    pub fn symbol_name(&self, symbol: &Symbol) -> String {
        match symbol {
            Symbol::Parameter(at) => self.parameters[*at].name.clone(),
            Symbol::Variable(at) => self.variables[*at].name.clone(),
        }
    }
}
