//! Equations of the regional model within a year, in levels and exactly nonlinear.
//!
//! Every equation of docs/model.md within a year stands here once; derivatives follow from the
//! graph. Prices are relative to the benchmark (1) and appear as logarithms; quantities are in
//! benchmark values. Axes as in `crate::benchmark`.
//!
//! | block        | equations                                                                    |
//! |--------------|------------------------------------------------------------------------------|
//! | prices       | varieties, margins, delivered prices, sourcing, domestic and imported         |
//! | production   | Leontief of materials and value added; CES of labour and capital; skills      |
//! | demand       | linear expenditure system, government, investment, exports, inventories       |
//! | trade        | sourcing by region, margins and their producers, market clearance by firm     |
//! | labour       | wage curve, partial adjustment, fixed employment, or fixed real wage          |
//! | investment   | inverse-logistic supply by return; pool of foreign direct investment          |
//! | closure      | foreign balance; numeraire; budgets of regions                                |
//! | shifters     | paths that are given, and the shifters that are found for them                |
//!
//! Unknowns are what cannot be substituted out: the price and the rental (short run) or activity
//! (long run) of each firm, wages, a national slack of consumption, the exchange rate, and what budgets
//! return to households. The
//! balance of saving and investment is left out (Walras) and checked by `crate::certificate`.
//!
//! Sources: Horridge, Madden & Wittwer (2005) for the bottom-up structure; Dixon & Rimmer (2002)
//! for the investment function and partial adjustment of wages; Blanchflower & Oswald for the wage
//! curve.

mod closing;
mod demand;
mod prices;
mod production;
mod reports;
mod shifters;
mod trade;

use std::collections::BTreeMap;

use accounts::User;
use equilibrium::{Axis, Expr, Graph, System};

use crate::benchmark::Benchmark;
use crate::exogenous::Exogenous;
use crate::parameters::{
    Closure, DirectInvestment, LabourMarket, MacroBalance, Numeraire, Parameters, Revenue,
};

pub use shifters::{OnPath, Path, Shifter};

/// Name of the axis of regions, along which large systems fall into blocks.
pub(crate) const REGION_AXIS: &str = "region";

/// Choices about what is given and what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choices {
    /// Capital or its return.
    pub closure: Closure,
    /// How labour markets clear.
    pub labour_market: LabourMarket,
    /// How direct investment from abroad is found.
    pub direct_investment: DirectInvestment,
    /// What makes saving equal to investment.
    pub balance: MacroBalance,
    /// Where a change of tax revenue goes.
    pub revenue: Revenue,
    /// What prices are measured in.
    pub numeraire: Numeraire,
}

/// The model as a system: its parameters are the names of [`Exogenous`], its reports those of
/// `model::reports`.
///
/// - `paths`: variables on given paths, each with the shifter that is found for it. Their unknowns
///   come after all others.
pub fn system(
    benchmark: &Benchmark,
    parameters: &Parameters,
    choices: Choices,
    start: &Exogenous,
    paths: &[OnPath],
) -> System {
    let graph = Graph::new();
    let writer = Writer::new(&graph, benchmark, parameters, choices, start);
    writer.write(paths);
    graph.compile()
}

/// Axes in storage order.
#[derive(Clone, Copy)]
struct Axes {
    product: Axis,
    source: Axis,
    margin: Axis,
    factor: Axis,
    skill: Axis,
    industry: Axis,
    user: Axis,
    final_user: Axis,
    one_user: Axis,
    owner: Axis,
    origin: Axis,
    region: Axis,
    producer: Axis,
}

struct Writer<'g> {
    graph: &'g Graph,
    benchmark: &'g Benchmark,
    parameters: &'g Parameters,
    choices: Choices,
    axes: Axes,
    given: BTreeMap<&'static str, Expr<'g>>,
    /// What shifters change given variables by, where they are found.
    shifts: BTreeMap<Shifter, Expr<'g>>,
    /// Direct investment from abroad in the benchmark, by industry and region.
    benchmark_fdi: Vec<f64>,
}

/// What the solver finds.
struct Unknowns<'g> {
    price: Expr<'g>,
    rental_or_activity: Expr<'g>,
    wage: Expr<'g>,
    slack: Expr<'g>,
    exchange_rate: Expr<'g>,
    /// Returned to the households of a region, at benchmark consumer prices; 0 where it is kept.
    returned: Expr<'g>,
}

/// Logarithms of prices.
struct Prices<'g> {
    /// Buyers' price of a firm's output (i, o, d).
    variety: Expr<'g>,
    /// Basic price by product and origin.
    domestic: Expr<'g>,
    /// Basic or landed price (c, s, r).
    basic: Expr<'g>,
    /// Price of margins (m, r, d), and of the margin that a flow of the base year needs.
    margin: Expr<'g>,
    margin_per_flow: Expr<'g>,
    /// Delivered price of a flow (c, s, r, d).
    delivered: Expr<'g>,
    /// Delivered price of what a region buys from itself (c, d).
    own: Expr<'g>,
    /// Delivered price of the composite over origins (c, s, d).
    sourced: Expr<'g>,
    /// Purchasers' price by source (c, s, u, d).
    by_source: Expr<'g>,
    /// Purchasers' price of the composite (c, u, d).
    user: Expr<'g>,
    /// Investment goods (d), consumption (d).
    investment: Expr<'g>,
    consumer: Expr<'g>,
}

/// Firms' costs and factor demands.
struct Firms<'g> {
    materials_price: Expr<'g>,
    rental: Expr<'g>,
    /// Logarithm of the bundle of labour and capital, relative to the benchmark.
    activity: Expr<'g>,
    /// Logarithm of output per unit of the bundle.
    productivity: Expr<'g>,
    /// Output at producers' receipts in benchmark prices (i, o, d).
    output: Expr<'g>,
    capital: Expr<'g>,
    /// Employment by skill relative to the benchmark (l, i, o, d).
    employment: Expr<'g>,
}

/// Money flows of institutions by region.
struct Incomes<'g> {
    household: Expr<'g>,
    spending: Expr<'g>,
    rent: Expr<'g>,
    foreign: Expr<'g>,
    corporate_tax: Expr<'g>,
    production_tax: Expr<'g>,
}

/// Investment in benchmark prices.
struct Investment<'g> {
    /// Logarithm of rental over investment price after corporate tax, relative to the benchmark.
    after_tax_return: Expr<'g>,
    by_firm: Expr<'g>,
    fdi: Expr<'g>,
    total: Expr<'g>,
}

/// Quantities bought, in benchmark values.
struct Uses<'g> {
    /// Composite by product, user, region at purchasers' values.
    composite: Expr<'g>,
    /// By source at delivered values (c, s, u, d).
    by_source: Expr<'g>,
    /// What all users buy from all regions in common (c, s, d).
    sourced: Expr<'g>,
    /// What investors buy from firms of their own region, beyond that (c, d).
    local: Expr<'g>,
}

/// Flows between regions, in benchmark values.
struct Flows<'g> {
    /// By common sourcing (c, s, r, d).
    delivered: Expr<'g>,
    margin_supply: Expr<'g>,
    /// Demand for each product at its region of origin, relative to supply.
    demand: Expr<'g>,
}

impl<'g> Writer<'g> {
    fn new(
        graph: &'g Graph,
        benchmark: &'g Benchmark,
        parameters: &'g Parameters,
        choices: Choices,
        start: &Exogenous,
    ) -> Self {
        let sets = &benchmark.sets;
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let axes = Axes {
            product: graph.axis("product", &sets.product.labels),
            source: graph.axis("source", &sets.source.labels),
            margin: graph.axis("margin", &sets.margin.labels),
            factor: graph.axis("factor", &names(&["labour", "capital"])),
            skill: graph.axis("skill", &sets.skill.labels),
            industry: graph.axis("industry", &sets.industry.labels),
            user: graph.axis("user", &sets.user.labels),
            final_user: graph.axis("final user", &names(&User::ALL.map(User::name))),
            one_user: graph.axis("one user", &names(&["chosen"])),
            owner: graph.axis("owner", &sets.owner.labels),
            origin: graph.axis("origin", &sets.region.labels),
            region: graph.axis(REGION_AXIS, &sets.region.labels),
            producer: graph.axis("producer", &sets.region.labels),
        };
        Self {
            graph,
            benchmark,
            parameters,
            choices,
            axes,
            given: given(graph, &axes, start),
            shifts: BTreeMap::new(),
            benchmark_fdi: start.get("fdi").to_vec(),
        }
    }

    fn write(mut self, paths: &[OnPath]) {
        let unknowns = self.unknowns();
        self.shifts = self.free_shifters(paths);
        let prices = self.prices(&unknowns);
        let firms = self.firms(&unknowns, &prices);
        let investment = self.investment(&unknowns, &prices, &firms);
        let incomes = self.incomes(&unknowns, &prices, &firms);
        let uses = self.uses(&unknowns, &prices, &firms, &incomes, &investment);
        let flows = self.flows(&prices, &uses);
        self.clear_markets(&unknowns, &prices, &firms, &flows);
        self.labour_market(&unknowns, &prices, &firms);
        let trade = self.foreign_trade(&prices, &uses, &flows);
        self.close(&unknowns, &prices, &incomes, &investment, trade);
        self.close_budgets(&unknowns, &prices, &incomes, &uses);
        self.keep_to_paths(paths, &firms, &uses);
        let parts =
            reports::Parts { unknowns, prices, firms, investment, incomes, uses, flows, trade };
        self.notes(&parts);
        self.reports(&parts);
    }

    /// Names under which formulas tell what they are made of.
    fn notes(&self, parts: &reports::Parts<'g>) {
        let reports::Parts { prices, firms, investment, incomes, uses, flows, .. } = parts;
        let noted = [
            ("buyers' price of firms", prices.variety),
            ("basic price", prices.domestic),
            ("margin price", prices.margin),
            ("delivered price", prices.delivered),
            ("sourced price", prices.sourced),
            ("purchasers' price by source", prices.by_source),
            ("purchasers' price", prices.user),
            ("investment price", prices.investment),
            ("consumer price", prices.consumer),
            ("price of materials", firms.materials_price),
            ("activity of firms", firms.activity),
            ("output of firms", firms.output),
            ("capital in use", firms.capital),
            ("employment of firms", firms.employment),
            ("household income", incomes.household),
            ("household spending", incomes.spending),
            ("licence rents", incomes.rent),
            ("income of foreign owners", incomes.foreign),
            ("after-tax return", investment.after_tax_return),
            ("investment by firm", investment.by_firm),
            ("direct investment", investment.fdi),
            ("investment", investment.total),
            ("purchases", uses.composite),
            ("purchases by source", uses.by_source),
            ("purchases by common sourcing", uses.sourced),
            ("deliveries", flows.delivered),
            ("margin services", flows.margin_supply),
            ("demand for products", flows.demand),
        ];
        for (name, value) in noted {
            self.graph.note(name, value);
        }
    }

    fn data(&self, axes: &[Axis], values: &[f64]) -> Expr<'g> {
        self.graph.data(axes, values)
    }

    fn scalar(&self, value: f64) -> Expr<'g> {
        self.graph.scalar(value)
    }

    /// A variable that is given from outside, changed by its shifter where that is found.
    fn given(&self, name: &str) -> Expr<'g> {
        let given = self.given[name];
        match self.shifts.iter().find(|(shifter, _)| shifter.variable() == name) {
            Some((shifter, shift)) if shifter.is_added() => given + *shift,
            Some((_, shift)) => given * shift.exp(),
            None => given,
        }
    }

    /// 1 at one position of an axis, 0 elsewhere.
    fn only(&self, axis: Axis, position: usize, length: usize) -> Expr<'g> {
        let values: Vec<f64> = (0..length).map(|at| f64::from(u8::from(at == position))).collect();
        self.data(&[axis], &values)
    }

    fn domestic(&self) -> Expr<'g> {
        self.only(self.axes.source, 0, 2)
    }

    fn imported(&self) -> Expr<'g> {
        self.only(self.axes.source, 1, 2)
    }

    fn final_user(&self, user: User) -> Expr<'g> {
        let position =
            User::ALL.iter().position(|each| *each == user).expect("ALL lists every user");
        self.only(self.axes.final_user, position, User::ALL.len())
    }

    fn final_positions(&self) -> Vec<usize> {
        let industries = self.benchmark.sizes().industries;
        (industries..industries + User::ALL.len()).collect()
    }

    fn industry_positions(&self) -> Vec<usize> {
        (0..self.benchmark.sizes().industries).collect()
    }

    fn firm(&self) -> [Axis; 3] {
        [self.axes.industry, self.axes.owner, self.axes.region]
    }

    fn cell(&self) -> [Axis; 2] {
        [self.axes.product, self.axes.region]
    }

    fn unknowns(&self) -> Unknowns<'g> {
        let n = self.benchmark.sizes();
        let (zeros, none) = (vec![0.0; n.firms()], vec![0.0; n.regions]);
        let second = match self.choices.closure {
            Closure::ShortRun => "rental",
            Closure::LongRun => "activity",
        };
        Unknowns {
            price: self.graph.unknown("price", &self.firm(), &zeros),
            rental_or_activity: self.graph.unknown(second, &self.firm(), &zeros),
            wage: self.graph.unknown(
                "wage",
                &[self.axes.skill, self.axes.region],
                &vec![0.0; n.skills * n.regions],
            ),
            slack: self.graph.unknown("consumption slack", &[], &[0.0]),
            exchange_rate: self.graph.unknown("exchange rate", &[], &[0.0]),
            returned: match self.choices.revenue {
                Revenue::Returned => {
                    self.graph.unknown("returned revenue", &[self.axes.region], &none)
                }
                Revenue::Kept => self.data(&[self.axes.region], &none),
            },
        }
    }
}

/// The parameters of the system: every name of [`Exogenous`] with its axes.
fn given<'g>(graph: &'g Graph, axes: &Axes, start: &Exogenous) -> BTreeMap<&'static str, Expr<'g>> {
    let Axes { product, source, margin, skill, industry, user, owner, origin, region, .. } = *axes;
    let axes_of = |name: &str| match name {
        "labour_force" | "reference_wage" | "wage_gap" | "employment_rate" => vec![skill, region],
        "product_tax" => vec![product, source, user, region],
        "import_price" => vec![product, origin],
        "export_cost" | "export_demand" | "partner_demand" | "extra_demand"
        | "extra_government" | "extra_imports" | "extra_local" => vec![product, region],
        "margin_need" => vec![margin, origin, region],
        "government"
        | "subsistence"
        | "transfer"
        | "inventory"
        | "budget_reference"
        | "given_gross_product"
        | "given_exports"
        | "given_investment" => vec![region],
        "fdi"
        | "fdi_advantage"
        | "research"
        | "research_elasticity"
        | "research_spending"
        | "research_depreciation" => vec![industry, region],
        "foreign_saving" | "numeraire" => vec![],
        _ => vec![industry, owner, region],
    };
    start
        .iter()
        .map(|(name, values)| (name, graph.parameter(name, &axes_of(name), values)))
        .collect()
}
