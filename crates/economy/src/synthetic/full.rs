//! A synthetic economy of TERM's shape: margins on every route, made by regions at both ends, and
//! domestic and foreign firms in every industry.
//!
//! | symbol      | meaning                                                 | shape                        |
//! |-------------|---------------------------------------------------------|------------------------------|
//! | `price`     | unknown: log price of a firm's output                   | product × owner × region     |
//! | `wage`      | unknown: log wage                                       | region                       |
//! | `routes`    | origins' weights and margins' parts of every flow       | see `equilibrium::RouteShares` |
//! | `ends`      | parts of a margin made at its origin and destination    | margin × end × origin × destination |
//! | `owner`     | firms' shares of an industry's output                   | product × owner × region     |
//!
//! Firms of an industry share its technology, have capital of their own, and make varieties. A flow
//! takes margins in fixed proportion; the last products are the margins. Otherwise as the economy
//! without margins and owners (`super`). Firms' equations and unknowns are twice as many.
//!
//! The certificate is Walras' law: income and imports equal consumption and exports, which is no
//! equation of the system.
//! Not here: taxes, investment, government, years (`crate::model`).

use equilibrium::{Axis, Evaluation, Expr, Graph, RouteShares, Settings, Solve, System, solve};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use rand_distr::{Distribution, Normal};

use super::{
    EXPORTS, IMPORT_SHARE, IMPORTS, REGIONS, VALUE_ADDED, add, export_demand, final_demand,
    technology, to_single,
};

/// Elasticity of substitution between firms of an industry.
const OWNERS: f64 = 4.0;
/// Elasticity of substitution between makers of a margin.
const MAKERS: f64 = 0.2;
/// Share of products, from the first on, that are goods: they carry margins.
const GOODS: f64 = 0.6;
/// Rounds towards the output that meets demand; exports take what is left.
const ROUNDS: usize = 15;
/// Domestic, foreign.
const OWNER_LABELS: [&str; 2] = ["domestic", "foreign"];
/// Fall of output that foreign firms of the first region need per unit delivered.
const OPENING: f64 = 0.05;

/// A synthetic economy's benchmark, prices all 1.
#[derive(Debug)]
pub struct Full {
    products: usize,
    regions: usize,
    /// Positions of margins among products.
    margins: Vec<usize>,
    coefficients: Vec<f64>,
    routes: RouteShares,
    /// Part of a margin made at the origin of its route.
    at_origin: Vec<f64>,
    exports: Vec<f64>,
    consumption: Vec<f64>,
    /// Of firms: product × owner × region.
    output: Vec<f64>,
    owner: Vec<f64>,
    labour: Vec<f64>,
    capital: Vec<f64>,
}

impl Full {
    /// A random economy; the same seed gives the same economy.
    pub fn new(products: usize, regions: usize, seed: u64) -> Self {
        let mut random = ChaCha12Rng::seed_from_u64(seed);
        let coefficients = to_single(technology(&mut random, products, regions));
        let scale = Normal::new(0.0, 1.0).expect("a finite deviation");
        let mut log_normal = |n: usize| -> Vec<f64> {
            (0..n).map(|_| f64::exp(scale.sample(&mut random))).collect()
        };
        let size = log_normal(regions);
        let location = log_normal(products * regions);
        let margins: Vec<usize> =
            (products.saturating_sub(2).max(products.min(2) / 2)..products).collect();
        let routes = routes(&mut random, &location, &size, [products, margins.len(), regions]);
        let consumption = final_demand(&mut random, &size, products, regions);
        let exports = export_demand(&consumption, &location, &size, products, regions);
        let ends = margins.len() * regions * regions;
        let at_origin = (0..ends).map(|_| random.random_range(0.3..0.7)).collect();
        let mut economy = Self {
            products,
            regions,
            margins,
            coefficients,
            routes,
            at_origin,
            exports,
            consumption,
            output: vec![],
            owner: vec![],
            labour: vec![],
            capital: vec![],
        };
        let output = economy.benchmark_output();
        economy.firms(&mut random, &output);
        economy
    }

    /// Output near what meets demand; exports are set to what it leaves.
    fn benchmark_output(&mut self) -> Vec<f64> {
        let mut output = self.consumption.clone();
        for _ in 0..ROUNDS {
            output = self.demand_at_unit_prices(&output);
        }
        let demand = self.demand_at_unit_prices(&output);
        for ((exports, output), demand) in self.exports.iter_mut().zip(&output).zip(&demand) {
            *exports += output - demand;
        }
        output
    }

    fn demand_at_unit_prices(&self, output: &[f64]) -> Vec<f64> {
        let (n, r) = (self.products, self.regions);
        let mut used = self.consumption.clone();
        for (input, row) in self.coefficients.chunks_exact(n * r).enumerate() {
            let used = &mut used[input * r..(input + 1) * r];
            for (at, (a, x)) in row.iter().zip(output).enumerate() {
                used[at % r] += a * x;
            }
        }
        let home =
            used.iter().zip(self.routes.total()).map(|(x, total)| (1.0 - IMPORT_SHARE) * x / total);
        let (mut demand, carried) = self.routes.bought_at_unit_prices(&home.collect::<Vec<_>>());
        add(&mut demand, &self.exports);
        for (m, product) in self.margins.iter().enumerate() {
            for (o, d) in (0..r * r).map(|at| (at / r, at % r)) {
                let at = (m * r + o) * r + d;
                demand[product * r + o] += carried[at] * self.at_origin[at];
                demand[product * r + d] += carried[at] * (1.0 - self.at_origin[at]);
            }
        }
        demand
    }

    fn firms(&mut self, random: &mut ChaCha12Rng, output: &[f64]) {
        let (n, r) = (self.products, self.regions);
        let value_added = self.value_added_share();
        let foreign: Vec<f64> = (0..n * r).map(|_| random.random_range(0.05..0.35)).collect();
        for (i, owner) in (0..n).flat_map(|i| (0..2).map(move |owner| (i, owner))) {
            for cell in i * r..(i + 1) * r {
                let share = if owner == 1 { foreign[cell] } else { 1.0 - foreign[cell] };
                let labour = random.random_range(0.35..0.7);
                let income = value_added[cell] * output[cell] * share;
                self.owner.push(share);
                self.output.push(output[cell] * share);
                self.labour.push(income * labour);
                self.capital.push(income * (1.0 - labour));
            }
        }
    }

    /// Value added per unit of output, product × region.
    fn value_added_share(&self) -> Vec<f64> {
        let cells = self.products * self.regions;
        let mut share = vec![1.0; cells];
        for row in self.coefficients.chunks_exact(cells) {
            share.iter_mut().zip(row).for_each(|(share, a)| *share -= a);
        }
        share
    }

    /// The model in `2 n r + r` unknowns. Parameters by firm, 1 at the benchmark: `productivity`,
    /// output per bundle of inputs, and `resources`, output needed per unit delivered. Reports
    /// `income`, `consumption`, `imports`, `exports`: national values.
    pub fn system(&self) -> System {
        let graph = Graph::new();
        let labels = |prefix: &str, count: usize| {
            (0..count).map(|at| format!("{prefix}{at}")).collect::<Vec<_>>()
        };
        let (products, regions) = (labels("p", self.products), labels("r", self.regions));
        let axes = Axes {
            product: graph.axis("product", &products),
            industry: graph.axis("industry", &products),
            owner: graph.axis("owner", &OWNER_LABELS.map(str::to_owned)),
            margin: graph.axis("margin", &labels("m", self.margins.len())),
            end: graph.axis("end", &["origin", "destination"].map(str::to_owned)),
            origin: graph.axis("origin", &regions),
            region: graph.axis("destination", &regions),
        };
        self.write(&graph, &axes);
        graph.compile()
    }

    fn write(&self, graph: &Graph, axes: &Axes) {
        let firm = [axes.product, axes.owner, axes.region];
        let log_price = graph.unknown("price", &firm, &vec![0.0; self.output.len()]);
        let log_wage = graph.unknown("wage", &[axes.region], &vec![0.0; self.regions]);
        let of_firms = |name: &str| graph.parameter(name, &firm, &vec![1.0; self.output.len()]);
        let (productivity, resources) = (of_firms("productivity"), of_firms("resources"));
        let writer = Writer { economy: self, graph, axes: *axes };
        let variety = log_price + resources.ln();
        let basic =
            variety.log_ces(graph.data(&firm, &self.owner), graph.scalar(1.0 - OWNERS), axes.owner);
        let delivery = writer.delivery(basic);
        let composite = delivery.composite.exp();
        let firms = writer.firms(log_price, log_wage, productivity, composite);
        let used = writer.used(&firms, composite);
        let demand = writer.demand(basic, &delivery, used);
        let wanted = demand
            * graph.data(&firm, &self.owner)
            * resources
            * ((basic - variety) * OWNERS).exp();
        let relative: Vec<f64> = self.output.iter().map(|x| 1.0 / x).collect();
        graph.equation("market", (firms.supply - wanted) * graph.data(&firm, &relative));
        let employed = firms.labour.sum(&[axes.product, axes.owner]);
        let people: Vec<f64> = self.by_region(&self.labour).iter().map(|x| 1.0 / x).collect();
        graph.equation("labour market", employed * graph.data(&[axes.region], &people) - 1.0);
    }

    /// Sums by region of what firms have.
    fn by_region(&self, values: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.regions];
        values.chunks_exact(self.regions).for_each(|row| add(&mut sums, row));
        sums
    }

    /// Solves this economy's `system` from the benchmark to residuals of 1e-9, by tangent products
    /// alone: productivity rises by `shock` in one product everywhere and in all products of one
    /// region, where foreign firms also become 5 % cheaper to deal with.
    pub fn solve(&self, system: &System, evaluation: &mut Evaluation, shock: f64) -> Solve {
        let [productivity, resources] = self.shocks(shock);
        evaluation.set_parameter(system, "productivity", &productivity);
        evaluation.set_parameter(system, "resources", &resources);
        evaluation.refresh(system);
        let settings = Settings { dense_limit: 0, tolerance: 1e-9, ..Settings::default() };
        solve(system, evaluation, &system.start(), &mut equilibrium::Memory::default(), &settings)
    }

    fn shocks(&self, shock: f64) -> [Vec<f64>; 2] {
        let firm = |at: usize| (at / self.regions / 2, at / self.regions % 2, at % self.regions);
        let productivity = |(i, _, d): (usize, usize, usize)| {
            let hits = i32::from(i == self.products / 3) + i32::from(d == 0);
            (1.0 + shock).powi(hits)
        };
        let resources = |(_, owner, d): (usize, usize, usize)| {
            if owner == 1 && d == 0 { 1.0 - OPENING } else { 1.0 }
        };
        let all = || (0..self.output.len()).map(firm);
        [all().map(productivity).collect(), all().map(resources).collect()]
    }

    /// Walras' law at the evaluation's point: (income + imports − consumption − exports) / income.
    pub fn walras(system: &System, evaluation: &mut Evaluation) -> f64 {
        let mut value = |name: &str| evaluation.report(system, name)[0];
        let income = value("income");
        (income + value("imports") - value("consumption") - value("exports")) / income
    }

    /// Bytes of the fixed arrays that one tangent product reads: shares of routes twice, input
    /// coefficients (32 bits) twice.
    pub fn bytes_of_tangent(&self) -> usize {
        2 * (self.routes.bytes() + self.coefficients.len() * size_of::<f32>())
    }
}

#[derive(Clone, Copy)]
struct Axes {
    product: Axis,
    industry: Axis,
    owner: Axis,
    margin: Axis,
    end: Axis,
    origin: Axis,
    region: Axis,
}

struct Writer<'g> {
    economy: &'g Full,
    graph: &'g Graph,
    axes: Axes,
}

/// From basic prices to users.
struct Delivery<'g> {
    routes: equilibrium::Routes<'g>,
    /// Log prices of margins where they are made: at the origin, at the destination.
    made: [Expr<'g>; 2],
    /// Log prices of margins on routes.
    margin: Expr<'g>,
    /// Log prices of composites over origins, and with imports.
    sourced: Expr<'g>,
    composite: Expr<'g>,
}

/// What firms do, by product, owner and region.
struct Firms<'g> {
    activity: Expr<'g>,
    supply: Expr<'g>,
    labour: Expr<'g>,
    /// Of households, by region.
    income: Expr<'g>,
}

impl<'g> Writer<'g> {
    fn cells(&self, values: &[f64]) -> Expr<'g> {
        self.graph.data(&[self.axes.product, self.axes.region], values)
    }

    fn end(&self, at: usize) -> Expr<'g> {
        let mut only = [0.0; 2];
        only[at] = 1.0;
        self.graph.data(&[self.axes.end], &only)
    }

    /// Parts of margins made at one end of their routes.
    fn made_at(&self, end: usize) -> Vec<f64> {
        let at_origin = &self.economy.at_origin;
        at_origin.iter().map(|part| if end == 0 { *part } else { 1.0 - part }).collect()
    }

    fn delivery(&self, basic: Expr<'g>) -> Delivery<'g> {
        let Axes { product, margin, end, origin, region, .. } = self.axes;
        let at_destination = basic.gather(product, margin, &self.economy.margins);
        let made = [at_destination.rename(region, origin), at_destination];
        let routed = [margin, origin, region];
        let parts = [0, 1].map(|at| self.graph.data(&routed, &self.made_at(at)) * self.end(at));
        let price = (made[0] * self.end(0) + made[1] * self.end(1)).log_ces(
            parts[0] + parts[1],
            self.graph.scalar(1.0 - MAKERS),
            end,
        );
        let routes = self.graph.routes([product, margin, origin, region], &self.economy.routes);
        let sourced = routes.sourced(basic.rename(region, origin).exp(), price.exp());
        let home = (sourced * (1.0 - IMPORTS)).exp() * (1.0 - IMPORT_SHARE);
        let composite = (home + IMPORT_SHARE).ln() * (1.0 / (1.0 - IMPORTS));
        Delivery { routes, made, margin: price, sourced, composite }
    }

    fn coefficients(&self) -> Expr<'g> {
        let Axes { product, industry, region, .. } = self.axes;
        self.graph.data(&[product, industry, region], &self.economy.coefficients)
    }

    fn firms(
        &self,
        log_price: Expr<'g>,
        log_wage: Expr<'g>,
        productivity: Expr<'g>,
        composite: Expr<'g>,
    ) -> Firms<'g> {
        let Axes { product, industry, owner, region, .. } = self.axes;
        let economy = self.economy;
        let firm = |values: Vec<f64>| self.graph.data(&[product, owner, region], &values);
        let both = || economy.labour.iter().zip(&economy.capital);
        let labour_share = firm(both().map(|(l, k)| l / (l + k)).collect());
        let capital_share = firm(both().map(|(l, k)| k / (l + k)).collect());
        let income = firm(both().map(|(l, k)| l + k).collect());
        let share = self.cells(&economy.value_added_share());
        let materials =
            self.coefficients().contract(composite, &[product]).rename(industry, product);
        let value_added = ((log_price.exp() * productivity - materials) / share).ln();
        let wage_power = (log_wage * (1.0 - VALUE_ADDED)).exp();
        let rental_power =
            ((value_added * (1.0 - VALUE_ADDED)).exp() - wage_power * labour_share) / capital_share;
        let rental = rental_power.ln() * (1.0 / (1.0 - VALUE_ADDED));
        // Capital is given, so that value added follows from its rental.
        let quantity = income * ((rental - value_added) * VALUE_ADDED).exp();
        let labour = labour_share * quantity * ((value_added - log_wage) * VALUE_ADDED).exp();
        let activity = quantity / share;
        let paid = log_wage.exp() * labour + rental.exp() * firm(economy.capital.clone());
        let income = paid.sum(&[product, owner]);
        Firms { activity, supply: activity * productivity, labour, income }
    }

    /// Composites used by industries and households.
    fn used(&self, firms: &Firms<'g>, composite: Expr<'g>) -> Expr<'g> {
        let Axes { product, industry, owner, region, .. } = self.axes;
        let economy = self.economy;
        let (labour, capital) =
            (economy.by_region(&economy.labour), economy.by_region(&economy.capital));
        let shares: Vec<f64> = economy
            .consumption
            .iter()
            .enumerate()
            .map(|(at, x)| x / (labour[at % economy.regions] + capital[at % economy.regions]))
            .collect();
        let spent = self.cells(&shares) * firms.income;
        self.graph.report("income", firms.income.sum(&[region]));
        self.graph.report("consumption", spent.sum(&[product, region]));
        let activity = firms.activity.sum(&[owner]).rename(product, industry);
        self.coefficients().contract(activity, &[industry]) + spent / composite
    }

    /// Demand for products by region of origin: sales on all routes, as margins, and abroad.
    fn demand(&self, basic: Expr<'g>, delivery: &Delivery<'g>, used: Expr<'g>) -> Expr<'g> {
        let Axes { product, margin, origin, region, .. } = self.axes;
        let economy = self.economy;
        let Delivery { routes, made, margin: price, sourced, composite } = delivery;
        let home: Vec<f64> =
            economy.routes.total().iter().map(|total| (1.0 - IMPORT_SHARE) / total).collect();
        // Demand for home goods and its substitution between origins, in one power.
        let pull = used
            * (*composite * IMPORTS + *sourced * (REGIONS - IMPORTS)).exp()
            * self.cells(&home);
        let imported = used * (*composite * IMPORTS).exp() * IMPORT_SHARE;
        let prices = (basic.rename(region, origin).exp(), price.exp());
        let (sent, carried) = routes.bought(prices.0, prices.1, pull);
        let routed = [margin, origin, region];
        let asked = carried * (*price * MAKERS).exp();
        let at = |end: usize, over: Axis| {
            let part = self.graph.data(&routed, &self.made_at(end));
            asked.contract(part, &[over]) * (made[end] * -MAKERS).exp()
        };
        let supplied = at(0, region).rename(origin, region) + at(1, origin);
        let exports = self.cells(&economy.exports) * (basic * -EXPORTS).exp();
        self.graph.report("imports", imported.sum(&[product, region]));
        self.graph.report("exports", (exports * basic.exp()).sum(&[product, region]));
        sent.rename(origin, region) + supplied.scatter(margin, product, &economy.margins) + exports
    }
}

/// Weights of origins by size and distance, own region six times, and margins that rise with the
/// square root of distance on routes of goods.
fn routes(
    random: &mut ChaCha12Rng,
    location: &[f64],
    size: &[f64],
    [n, margins, r]: [usize; 3],
) -> RouteShares {
    let place: Vec<(f64, f64)> = (0..r).map(|_| (random.random(), random.random())).collect();
    let goods = (GOODS * n as f64).ceil() as usize;
    let rate: Vec<f64> = (0..n * margins)
        .map(|at| if at / margins < goods { random.random_range(0.02..0.12) } else { 0.0 })
        .collect();
    let mut share = Vec::with_capacity(n * r * r);
    let mut part = Vec::with_capacity(n * r * r * margins);
    for o in 0..r {
        let distance: Vec<f64> = (0..r)
            .map(|d| (place[o].0 - place[d].0).hypot(place[o].1 - place[d].1) + 0.03)
            .collect();
        let near: Vec<f64> = distance
            .iter()
            .enumerate()
            .map(|(d, distance)| size[o] * if o == d { 6.0 } else { 1.0 } / distance.powf(1.5))
            .collect();
        let far: Vec<f64> = distance.iter().map(|distance| 1.5 * distance.sqrt()).collect();
        for c in 0..n {
            share.extend(near.iter().map(|weight| (weight * location[c * r + o]) as f32));
            for m in 0..margins {
                let rate = rate[c * margins + m];
                let noisy = far.iter().map(|far| rate * far * random.random_range(0.8..1.2));
                part.extend(noisy.map(|part| part as f32));
            }
        }
    }
    RouteShares::new([n, margins, r], &vec![REGIONS; n], share, part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_benchmark_replicates() {
        for (products, regions) in [(7, 4), (1, 1), (2, 3)] {
            let economy = Full::new(products, regions, 1);
            let system = economy.system();
            let mut evaluation = Evaluation::new(&system);
            let mut residual = vec![0.0; system.size()];
            evaluation.residual(&system, &system.start(), &mut residual);
            assert!(residual.iter().all(|x| x.abs() < 1e-12), "benchmark: {residual:?}");
            assert!(Full::walras(&system, &mut evaluation).abs() < 1e-12);
        }
    }

    /// Equations in other code, and Walras' law, which is no equation.
    #[test]
    fn the_solution_is_one_by_other_code() {
        let economy = Full::new(7, 4, 1);
        let system = economy.system();
        let mut evaluation = Evaluation::new(&system);
        economy.solve(&system, &mut evaluation, 0.2).equilibrium().expect("a solution");
        let naive = equilibrium::reference_residuals(&system, &evaluation);
        assert!(naive.iter().all(|x| x.abs() < 1e-9), "{naive:?}");
        let walras = Full::walras(&system, &mut evaluation);
        assert!(walras.abs() < 1e-9, "{walras}");
    }

    /// Where foreign firms become cheaper to deal with, they gain on domestic ones.
    #[test]
    fn opening_moves_demand_to_foreign_firms() {
        let economy = Full::new(7, 4, 1);
        let system = economy.system();
        let mut evaluation = Evaluation::new(&system);
        let found = economy.solve(&system, &mut evaluation, 0.0).equilibrium();
        let price = found.expect("a solution");
        for product in 0..7 {
            let at = |owner: usize| price[(product * 2 + owner) * 4];
            assert!(at(1) > at(0), "product {product}: {} and {}", at(1), at(0));
        }
    }
}
