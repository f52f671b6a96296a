//! Equations of TERM in levels, exactly nonlinear, as ratios to a database.
//!
//! Every price and quantity is the logarithm of its ratio to the database, so that zero everywhere
//! is the database itself, and the first derivative there is TERM's percentage-change form. What is
//! not an unknown is a closed function of these:
//!
//! | unknown    | axes  | equation                                                            |
//! |------------|-------|---------------------------------------------------------------------|
//! | `pdom`     | c × d | price of industry output = composite of what its products fetch     |
//! | `activity` | i × d | products made = demanded                                            |
//! | `wage`     | d     | wage = consumer price × shifters                                    |
//! | `spending` | d     | nominal household spending = consumer price × real                  |
//!
//! A closure frees given variables, which become unknowns, and fixes results, which become equations.
//! Capital and its return, investment and its rule are exchanged in place, cell by cell.
//! Divisia indices are Törnqvist indices between the database and the point: second order in the
//! step, so `crate::run` chains and extrapolates.
//!
//! Source: Horridge, Madden & Wittwer (2005); docs/term.md.

mod demand;
mod factors;
mod flow;
mod macros;
mod prices;
mod reports;
mod trade;

use std::collections::BTreeMap;

use equilibrium::{Axis, Expr, Graph, System};

use crate::closure::{Closure, EXCHANGES};
use crate::database::Database;
use crate::variables::{FINAL_USERS, Index, Role, Variable, variables};
use flow::Flow;

/// Elasticity of substitution between industries that make the same product.
const SIGMA_MAKE: f64 = 20.0;
/// Weight of the rate of return in the rule of investment, and its power.
const INVESTMENT_RESPONSE: (f64, f64) = (0.33, 2.0);
/// Share of factors in fixed supply above which output itself is fixed.
const BOUND: f64 = 1.0 - 1e-9;
/// Name of the axis of regions, by which the system falls into blocks.
pub(crate) const REGION_AXIS: &str = "DST";

/// The model around a database.
pub(crate) fn system(database: &Database, closure: &Closure) -> System {
    let graph = Graph::new();
    Writer::new(&graph, database, closure).write();
    graph.compile()
}

/// Axes in storage order.
#[derive(Clone, Copy)]
struct Axes {
    product: Axis,
    source: Axis,
    margin: Axis,
    industry: Axis,
    factor: Axis,
    occupation: Axis,
    /// Industries, households, investment: those that choose between sources.
    buyer: Axis,
    user: Axis,
    origin: Axis,
    region: Axis,
    producer: Axis,
}

#[derive(Clone, Copy)]
struct Sizes {
    products: usize,
    industries: usize,
    occupations: usize,
    margins: usize,
    regions: usize,
}

struct Writer<'g> {
    graph: &'g Graph,
    database: &'g Database,
    closure: &'g Closure,
    axes: Axes,
    n: Sizes,
    given: BTreeMap<String, Expr<'g>>,
    /// Cells whose return to capital is given and whose capital is found: 1, else 0.
    by_return: Flow,
    /// Cells whose investment per capital is given and whose shift of the rule is found: 1, else 0.
    by_growth: Flow,
}

/// Results by variable name.
type Found<'g> = BTreeMap<String, Expr<'g>>;

impl<'g> Writer<'g> {
    fn new(graph: &'g Graph, database: &'g Database, closure: &'g Closure) -> Self {
        let sets = &database.sets;
        let n = Sizes {
            products: sets.products.len(),
            industries: sets.industries.len(),
            occupations: sets.occupations.len(),
            margins: sets.margins.len(),
            regions: sets.regions.len(),
        };
        let axis = |index: Index| graph.axis(index.name(), &index.elements(sets));
        let owned =
            |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let buyers: Vec<String> =
            sets.industries.iter().cloned().chain(owned(&FINAL_USERS[..2])).collect();
        let axes = Axes {
            product: axis(Index::Product),
            source: axis(Index::Source),
            margin: axis(Index::Margin),
            industry: axis(Index::Industry),
            factor: graph.axis("factor", &owned(&["labour", "capital", "land"])),
            occupation: axis(Index::Occupation),
            buyer: graph.axis("buyer", &buyers),
            user: axis(Index::User),
            origin: axis(Index::Origin),
            region: axis(Index::Region),
            producer: graph.axis("producer", &sets.regions),
        };
        let cell = [(axes.industry, n.industries), (axes.region, n.regions)];
        let [by_return, by_growth] = EXCHANGES.map(|exchange| {
            let cells = closure.exchanged(exchange);
            Flow::new(&cell, cells.into_iter().map(|each| f64::from(u8::from(each))).collect())
        });
        let given = BTreeMap::new();
        let mut writer = Self { graph, database, closure, axes, n, given, by_return, by_growth };
        writer.declare();
        writer
    }

    fn write(&self) {
        let unknowns = self.unknowns();
        let prices = self.prices(&unknowns);
        let factors = self.factors(&unknowns, &prices);
        let uses = self.uses(&unknowns, &prices, &factors);
        let flows = self.flows(&prices, &uses);
        let flows = self.make_markets(&unknowns, &factors, &flows);
        let parts = reports::Parts { unknowns, prices, factors, uses, flows };
        let found = self.results(&parts);
        self.close(&parts, &found);
        self.reports(&parts, &found);
    }

    fn axis_of(&self, index: Index) -> Axis {
        let a = &self.axes;
        match index {
            Index::Product => a.product,
            Index::Source => a.source,
            Index::Margin => a.margin,
            Index::Industry => a.industry,
            Index::User => a.user,
            Index::Occupation => a.occupation,
            Index::Origin => a.origin,
            Index::Region => a.region,
        }
    }

    fn axes_of(&self, variable: &Variable) -> Vec<Axis> {
        variable.indices.iter().map(|index| self.axis_of(*index)).collect()
    }

    /// Parameters for all that may be given, and unknowns for what is freed.
    fn declare(&mut self) {
        for variable in variables() {
            let size = variable.size(&self.database.sets);
            let is_given = self.closure.given(&variable.name).contains(&true);
            if variable.role == Role::Found && !is_given {
                continue;
            }
            let axes = self.axes_of(&variable);
            let zeros = vec![0.0; size];
            let parameter = self.graph.parameter(&variable.name, &axes, &zeros);
            let is_freed = variable.role == Role::Given;
            let freed = if is_freed { self.closure.open(&variable) } else { vec![] };
            let value = match freed.len() {
                0 => parameter,
                count if count == size => {
                    self.graph.unknown(&format!("free {}", variable.name), &axes, &zeros)
                }
                _ => self.partly_free(&variable, parameter, &freed),
            };
            self.given.insert(variable.name.clone(), value);
        }
    }

    fn partly_free(&self, variable: &Variable, parameter: Expr<'g>, freed: &[usize]) -> Expr<'g> {
        let axes = self.axes_of(variable);
        let size = variable.size(&self.database.sets);
        let name = format!("free {}", variable.name);
        let slots = self.slots(&name, variable, freed);
        let unknown = self.graph.unknown(&name, &[slots], &vec![0.0; freed.len()]);
        let mut kept = vec![1.0; size];
        for cell in freed {
            kept[*cell] = 0.0;
        }
        let places = self.places(&axes, size, slots, freed);
        parameter * self.graph.data(&axes, &kept) + unknown.contract(places, &[slots])
    }

    fn slots(&self, name: &str, variable: &Variable, cells: &[usize]) -> Axis {
        let sets = &self.database.sets;
        let labels: Vec<String> =
            cells.iter().map(|cell| variable.elements(sets, *cell).join(", ")).collect();
        self.graph.axis(name, &labels)
    }

    /// 1 where a cell is the one of a slot.
    fn places(&self, axes: &[Axis], size: usize, slots: Axis, cells: &[usize]) -> Expr<'g> {
        let mut places = vec![0.0; size * cells.len()];
        for (slot, cell) in cells.iter().enumerate() {
            places[cell * cells.len() + slot] = 1.0;
        }
        let axes: Vec<Axis> = axes.iter().copied().chain([slots]).collect();
        self.graph.data(&axes, &places)
    }

    /// Wages and household spending, and what the closure fixes.
    fn close(&self, parts: &reports::Parts<'g>, found: &Found<'g>) {
        let consumer = found["phoutot"];
        let wage = consumer + self.given("flab_io") + self.given("flab_iod");
        self.graph.equation("wage", parts.unknowns.wage - wage);
        let spending = consumer + self.given("xhoutot");
        self.graph.equation("household spending", parts.unknowns.spending - spending);
        for variable in variables().iter().filter(|each| each.role == Role::Found) {
            let fixed = self.closure.open(variable);
            if fixed.is_empty() {
                continue;
            }
            let gap = found[&variable.name] - self.given(&variable.name);
            let size = variable.size(&self.database.sets);
            let gap = if fixed.len() == size {
                gap
            } else {
                let axes = self.axes_of(variable);
                let slots = self.slots(&format!("fixed {}", variable.name), variable, &fixed);
                gap.contract(self.places(&axes, size, slots, &fixed), &axes)
            };
            self.graph.equation(&format!("fixed {}", variable.name), gap);
        }
    }

    /// A variable that is given from outside or freed.
    fn given(&self, name: &str) -> Expr<'g> {
        self.given[name]
    }

    fn data(&self, flow: &Flow) -> Expr<'g> {
        self.graph.data(&flow.axes, &flow.cells)
    }

    fn scalar(&self, value: f64) -> Expr<'g> {
        self.graph.scalar(value)
    }

    /// 1 at one position of an axis, 0 elsewhere.
    fn only(&self, axis: Axis, position: usize, length: usize) -> Expr<'g> {
        let values: Vec<f64> = (0..length).map(|at| f64::from(u8::from(at == position))).collect();
        self.graph.data(&[axis], &values)
    }

    fn source(&self, position: usize) -> Expr<'g> {
        self.only(self.axes.source, position, 2)
    }

    /// Logarithm of a ratio; 0 where `base` is zero, whose ratio is 0.
    fn log_ratio(&self, ratio: Expr<'g>, base: &Flow) -> Expr<'g> {
        let absent = base.absent();
        if absent.cells.iter().all(|cell| *cell == 0.0) {
            ratio.ln()
        } else {
            (ratio + self.data(&absent)).ln()
        }
    }

    /// Logarithm of Σ value · e^x over `over`, relative to Σ value; 0 where that is zero.
    fn mean(&self, log: Expr<'g>, value: &Flow, over: &[Axis]) -> Expr<'g> {
        let ratio = log.exp().contract(self.data(&value.shares(over, 0.0)), over);
        self.log_ratio(ratio, &value.sum(over))
    }

    fn industry_region(&self) -> [(Axis, usize); 2] {
        [(self.axes.industry, self.n.industries), (self.axes.region, self.n.regions)]
    }

    fn product_region(&self) -> [(Axis, usize); 2] {
        [(self.axes.product, self.n.products), (self.axes.region, self.n.regions)]
    }

    fn industry_flow(&self, cells: &[f64]) -> Flow {
        Flow::new(&self.industry_region(), cells.to_vec())
    }

    fn by_product(&self, values: &[f64], f: impl Fn(f64) -> f64) -> Expr<'g> {
        let values: Vec<f64> = values.iter().map(|value| f(*value)).collect();
        self.graph.data(&[self.axes.product], &values)
    }

    fn by_industry(&self, values: &[f64], f: impl Fn(f64) -> f64) -> Expr<'g> {
        let values: Vec<f64> = values.iter().map(|value| f(*value)).collect();
        self.graph.data(&[self.axes.industry], &values)
    }

    fn by_margin(&self, values: &[f64], f: impl Fn(f64) -> f64) -> Expr<'g> {
        let values: Vec<f64> = values.iter().map(|value| f(*value)).collect();
        self.graph.data(&[self.axes.margin], &values)
    }

    /// Delivered values of use, or taxes, over c × s × u × d.
    fn user_flow(&self, cells: &[f64]) -> Flow {
        let Axes { product, source, user, region, .. } = self.axes;
        let users = self.n.industries + FINAL_USERS.len();
        let axes =
            [(product, self.n.products), (source, 2), (user, users), (region, self.n.regions)];
        Flow::new(&axes, cells.to_vec())
    }

    /// Position of a final user (0 households, 1 investment, 2 government, 3 exports) among users.
    fn final_user(&self, which: usize) -> usize {
        self.n.industries + which
    }

    fn purchases(&self) -> Flow {
        self.user_flow(&self.database.use_).plus(&self.user_flow(&self.database.tax))
    }

    fn buyers(&self) -> Vec<usize> {
        (0..self.n.industries + 2).collect()
    }

    fn trade_flow(&self) -> Flow {
        let Axes { product, source, origin, region, .. } = self.axes;
        let d = self.n.regions;
        let axes = [(product, self.n.products), (source, 2), (origin, d), (region, d)];
        Flow::new(&axes, self.database.trade.clone())
    }

    fn trade_margin_flow(&self) -> Flow {
        let Axes { product, source, margin, origin, region, .. } = self.axes;
        let (c, m, d) = (self.n.products, self.n.margins, self.n.regions);
        let axes = [(product, c), (source, 2), (margin, m), (origin, d), (region, d)];
        Flow::new(&axes, self.database.trade_margin.clone())
    }

    fn margin_supply_flow(&self) -> Flow {
        let Axes { margin, origin, region, producer, .. } = self.axes;
        let d = self.n.regions;
        let axes = [(margin, self.n.margins), (origin, d), (region, d), (producer, d)];
        Flow::new(&axes, self.database.margin_supply.clone())
    }

    fn make_flow(&self, cells: &[f64]) -> Flow {
        let [i, d] = self.industry_region();
        Flow::new(&[(self.axes.product, self.n.products), i, d], cells.to_vec())
    }

    fn unknowns(&self) -> Unknowns<'g> {
        let Axes { product, industry, region, .. } = self.axes;
        let n = self.n;
        let zeros = |count: usize| vec![0.0; count * n.regions];
        Unknowns {
            domestic: self.graph.unknown("pdom", &[product, region], &zeros(n.products)),
            activity: self.graph.unknown("activity", &[industry, region], &zeros(n.industries)),
            wage: self.graph.unknown("wage", &[region], &zeros(1)),
            spending: self.graph.unknown("spending", &[region], &zeros(1)),
        }
    }
}

/// What the solver finds, whatever the closure.
#[derive(Clone, Copy)]
struct Unknowns<'g> {
    domestic: Expr<'g>,
    activity: Expr<'g>,
    wage: Expr<'g>,
    spending: Expr<'g>,
}
