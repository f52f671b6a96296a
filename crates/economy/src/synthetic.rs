//! A synthetic bottom-up regional economy of any size, to measure the engine with.
//!
//! One industry per product with its own capital, one labour market per region, CES value added,
//! trade between regions by CES over origins, imports by Armington, export demand, household income
//! spent in fixed value shares. Unknowns are log basic prices (product × region) and log wages
//! (region); trade flows are substituted out.
//!
//! | symbol         | meaning                                  | shape                          |
//! |----------------|------------------------------------------|--------------------------------|
//! | `coefficients` | inputs per output                        | product × industry × region    |
//! | `sourcing`     | weights of origins; shares are weights over `sourcing_total` | product × origin × destination |
//! | `price`        | basic prices, benchmark 1                | product × region               |
//! | `wage`         | wages, benchmark 1                       | region                         |
//!
//! Margins and owners are in [`Full`], the same economy with them.
//! Not here: taxes, dynamics (`crate::model`).

mod full;

pub use full::Full;

use equilibrium::{Axis, Evaluation, Expr, Graph, Memory, Settings, Solve, System, solve};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use rand_distr::{Distribution, Gamma, Normal};

/// Elasticity of substitution in value added.
const VALUE_ADDED: f64 = 0.5;
/// Elasticity of substitution between origins.
const REGIONS: f64 = 5.0;
/// Elasticity of substitution between domestic and imported.
const IMPORTS: f64 = 2.0;
/// Elasticity of export demand.
const EXPORTS: f64 = 5.0;
/// Share of imports in each composite at the benchmark.
const IMPORT_SHARE: f64 = 0.12;

/// A synthetic economy's benchmark, prices all 1.
#[derive(Debug)]
pub struct Synthetic {
    products: usize,
    regions: usize,
    coefficients: Vec<f64>,
    sourcing: Vec<f64>,
    sourcing_total: Vec<f64>,
    exports: Vec<f64>,
    consumption: Vec<f64>,
    output: Vec<f64>,
    labour: Vec<f64>,
    capital: Vec<f64>,
}

impl Synthetic {
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
        let sourcing = to_single(gravity(&mut random, &location, &size, products, regions));
        let sourcing_total = total_over_origins(&sourcing, products, regions);
        let demand = final_demand(&mut random, &size, products, regions);
        let exports = export_demand(&demand, &location, &size, products, regions);
        let mut economy = Self {
            products,
            regions,
            coefficients,
            sourcing,
            sourcing_total,
            exports,
            consumption: demand,
            output: vec![],
            labour: vec![],
            capital: vec![],
        };
        economy.output = economy.benchmark_output();
        economy.factors(&mut random);
        economy
    }

    /// Output that meets demand at unit prices, by fixed-point iteration.
    fn benchmark_output(&self) -> Vec<f64> {
        let mut output = self.consumption.clone();
        for _ in 0..1000 {
            let next = self.demand_at_unit_prices(&output);
            let change = output.iter().zip(&next).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
            let most = next.iter().copied().fold(0.0, f64::max);
            output = next;
            if change < 1e-14 * most {
                break;
            }
        }
        output
    }

    fn demand_at_unit_prices(&self, output: &[f64]) -> Vec<f64> {
        let (n, r) = (self.products, self.regions);
        let mut used = self.consumption.clone();
        for i in 0..n {
            for j in 0..n {
                let row = &self.coefficients[(i * n + j) * r..(i * n + j + 1) * r];
                for d in 0..r {
                    used[i * r + d] += row[d] * output[j * r + d];
                }
            }
        }
        for (used, total) in used.iter_mut().zip(&self.sourcing_total) {
            *used *= (1.0 - IMPORT_SHARE) / total;
        }
        let mut supply = self.exports.clone();
        for i in 0..n {
            for o in 0..r {
                let row = &self.sourcing[(i * r + o) * r..(i * r + o + 1) * r];
                let sold: f64 = (0..r).map(|d| row[d] * used[i * r + d]).sum();
                supply[i * r + o] += sold;
            }
        }
        supply
    }

    fn factors(&mut self, random: &mut ChaCha12Rng) {
        let value_added = self.value_added_share();
        for (share, output) in value_added.iter().zip(&self.output) {
            let labour = random.random_range(0.35..0.7);
            self.labour.push(share * output * labour);
            self.capital.push(share * output * (1.0 - labour));
        }
    }

    /// Value added per unit of output, product × region.
    fn value_added_share(&self) -> Vec<f64> {
        let (n, r) = (self.products, self.regions);
        let mut share = vec![1.0; n * r];
        for (cell, a) in self.coefficients.iter().enumerate() {
            share[cell % (n * r)] -= a;
        }
        share
    }

    /// The model as a system in `n · r + r` unknowns; parameter `productivity` (product × region)
    /// is output per bundle of inputs, 1 at the benchmark.
    pub fn system(&self) -> System {
        let graph = Graph::new();
        let labels = |prefix: &str, count: usize| {
            (0..count).map(|at| format!("{prefix}{at}")).collect::<Vec<_>>()
        };
        let (products, regions) = (labels("p", self.products), labels("r", self.regions));
        let axes = Axes {
            product: graph.axis("product", &products),
            industry: graph.axis("industry", &products),
            origin: graph.axis("origin", &regions),
            destination: graph.axis("destination", &regions),
        };
        self.write(&graph, &axes);
        graph.compile()
    }

    fn write(&self, graph: &Graph, axes: &Axes) {
        let Axes { product, industry, origin, destination } = *axes;
        let by_cell = [product, destination];
        let value_added = self.value_added_share();
        let wages_at_benchmark: Vec<f64> = (0..self.regions)
            .map(|d| self.labour.iter().skip(d).step_by(self.regions).sum())
            .collect();
        let labour_share: Vec<f64> =
            self.labour.iter().zip(&self.capital).map(|(l, k)| l / (l + k)).collect();
        let capital_share: Vec<f64> = labour_share.iter().map(|share| 1.0 - share).collect();
        let capital_of_value_added: Vec<f64> =
            self.capital.iter().zip(&capital_share).map(|(k, share)| k / share).collect();
        let income: Vec<f64> = (0..self.regions)
            .map(|d| {
                (0..self.products)
                    .map(|i| self.labour[i * self.regions + d] + self.capital[i * self.regions + d])
                    .sum()
            })
            .collect();
        let spending: Vec<f64> = self
            .consumption
            .iter()
            .enumerate()
            .map(|(at, c)| c / income[at % self.regions])
            .collect();
        let data = |values: &[f64]| graph.data(&by_cell, values);
        let coefficients = graph.data(&[product, industry, destination], &self.coefficients);
        let sourcing = graph.data(&[product, origin, destination], &self.sourcing);
        let productivity = graph.parameter("productivity", &by_cell, &vec![1.0; self.output.len()]);
        let log_price = graph.unknown("price", &by_cell, &vec![0.0; self.output.len()]);
        let log_wage = graph.unknown("wage", &[destination], &vec![0.0; self.regions]);

        let price = log_price.exp();
        // Sourcing is separable by origin, so no power is taken per flow.
        let power = (log_price * (1.0 - REGIONS)).exp();
        let power_at_origin = power.rename(destination, origin);
        let domestic_power = sourcing.contract(power_at_origin, &[origin])
            * data(&self.sourcing_total.iter().map(|total| 1.0 / total).collect::<Vec<_>>());
        let log_domestic = domestic_power.ln() * (1.0 / (1.0 - REGIONS));
        let with_imports =
            (log_domestic * (1.0 - IMPORTS)).exp() * (1.0 - IMPORT_SHARE) + IMPORT_SHARE;
        let log_composite = with_imports.ln() * (1.0 / (1.0 - IMPORTS));
        let composite = log_composite.exp();
        let materials = coefficients.contract(composite, &[product]).rename(industry, product);

        let value_added_price = (price * productivity - materials) / data(&value_added);
        let log_value_added_price = value_added_price.ln();
        let wage_power = (log_wage * (1.0 - VALUE_ADDED)).exp();
        let rental_power = ((log_value_added_price * (1.0 - VALUE_ADDED)).exp()
            - wage_power * data(&labour_share))
            / data(&capital_share);
        let log_rental = rental_power.ln() * (1.0 / (1.0 - VALUE_ADDED));
        let quantity = data(&capital_of_value_added)
            * ((log_rental - log_value_added_price) * VALUE_ADDED).exp();
        let labour = data(&labour_share)
            * quantity
            * ((log_value_added_price - log_wage) * VALUE_ADDED).exp();
        let activity = quantity / data(&value_added);
        let supply = activity * productivity;

        let income =
            (log_wage.exp() * labour + log_rental.exp() * data(&self.capital)).sum(&[product]);
        let consumption = data(&spending) * income / composite;
        let used =
            coefficients.contract(activity.rename(product, industry), &[industry]) + consumption;
        let home_share: Vec<f64> =
            self.sourcing_total.iter().map(|total| (1.0 - IMPORT_SHARE) / total).collect();
        // Demand for home goods and its CES over origins, in one power.
        let pull = used
            * (log_composite * IMPORTS + log_domestic * (REGIONS - IMPORTS)).exp()
            * data(&home_share);
        let sold =
            sourcing.contract(pull, &[destination]).rename(origin, destination) * (power / price);
        let exports = data(&self.exports) * (log_price * -EXPORTS).exp();
        let relative = data(&self.output.iter().map(|x| 1.0 / x).collect::<Vec<_>>());
        graph.equation("market", (supply - sold - exports) * relative);
        let endowment: Vec<f64> = wages_at_benchmark.iter().map(|x| 1.0 / x).collect();
        let employed: Expr<'_> = labour.sum(&[product]) * graph.data(&[destination], &endowment);
        graph.equation("labour market", employed - 1.0);
    }

    /// Solves this economy's `system` from the benchmark with [`Synthetic::shocked_productivity`] to
    /// residuals of 1e-9, by tangent products alone at any size. The status, the work and the
    /// largest residual are in the result; `evaluation` is left at the end point.
    pub fn solve(&self, system: &System, evaluation: &mut Evaluation, shock: f64) -> Solve {
        evaluation.set_parameter(system, "productivity", &self.shocked_productivity(shock));
        evaluation.refresh(system);
        let settings = Settings { dense_limit: 0, tolerance: 1e-9, ..Settings::default() };
        solve(system, evaluation, &system.start(), &mut Memory::default(), &settings)
    }

    /// Bytes of the fixed arrays that one tangent product reads: sourcing weights and input
    /// coefficients, in 32 bits, twice each.
    pub fn bytes_of_tangent(&self) -> usize {
        2 * (self.sourcing.len() + self.coefficients.len()) * size_of::<f32>()
    }

    /// Productivity raised by `shock` in one product everywhere and in all products of one region.
    pub fn shocked_productivity(&self, shock: f64) -> Vec<f64> {
        let cell = |at: usize| {
            let (i, d) = (at / self.regions, at % self.regions);
            let hits = i32::from(i == self.products / 3) + i32::from(d == 0);
            (1.0 + shock).powi(hits)
        };
        (0..self.products * self.regions).map(cell).collect()
    }
}

#[derive(Clone, Copy)]
struct Axes {
    product: Axis,
    industry: Axis,
    origin: Axis,
    destination: Axis,
}

/// Rounded to 32 bits, which large arrays are then kept in.
fn to_single(mut values: Vec<f64>) -> Vec<f64> {
    for x in &mut values {
        *x = f64::from(*x as f32);
    }
    values
}

/// Sum over origins of sourcing weights, product × destination.
fn total_over_origins(sourcing: &[f64], n: usize, r: usize) -> Vec<f64> {
    let mut total = vec![0.0; n * r];
    for (row, weights) in sourcing.chunks_exact(r).enumerate() {
        let product = row / r;
        add(&mut total[product * r..(product + 1) * r], weights);
    }
    total
}

fn add(total: &mut [f64], values: &[f64]) {
    total.iter_mut().zip(values).for_each(|(total, x)| *total += x);
}

/// Input coefficients with column sums of at most 0.8.
fn technology(random: &mut ChaCha12Rng, n: usize, r: usize) -> Vec<f64> {
    let gamma = Gamma::new(0.15, 1.0).expect("a positive shape");
    let mut national = vec![0.0; n * n];
    for j in 0..n {
        let draws: Vec<f64> = (0..n).map(|_| gamma.sample(random) + 1e-12).collect();
        let total: f64 = draws.iter().sum();
        let materials = random.random_range(0.4..0.75);
        for i in 0..n {
            national[i * n + j] = draws[i] / total * materials;
        }
    }
    let mut regional: Vec<f64> =
        (0..n * n * r).map(|at| national[at / r] * random.random_range(0.8..1.2)).collect();
    let mut sums = vec![0.0; n * r];
    for (at, a) in regional.iter().enumerate() {
        sums[at % (n * r)] += a;
    }
    for (at, a) in regional.iter_mut().enumerate() {
        let sum: f64 = sums[at % (n * r)];
        *a *= sum.min(0.8) / sum;
    }
    regional
}

/// Sourcing shares by size and distance, own region six times.
fn gravity(
    random: &mut ChaCha12Rng,
    location: &[f64],
    size: &[f64],
    n: usize,
    r: usize,
) -> Vec<f64> {
    let place: Vec<(f64, f64)> = (0..r).map(|_| (random.random(), random.random())).collect();
    let distance =
        |o: usize, d: usize| (place[o].0 - place[d].0).hypot(place[o].1 - place[d].1) + 0.03;
    let resistance: Vec<f64> = (0..r * r).map(|at| distance(at / r, at % r).powf(1.5)).collect();
    let mut shares = vec![0.0; n * r * r];
    for (row, shares) in shares.chunks_exact_mut(r).enumerate() {
        let o = row % r;
        for (d, share) in shares.iter_mut().enumerate() {
            let own = if o == d { 6.0 } else { 1.0 };
            *share = own * location[row] * size[o] / resistance[o * r + d];
        }
    }
    let total = total_over_origins(&shares, n, r);
    for (row, shares) in shares.chunks_exact_mut(r).enumerate() {
        let total = &total[row / r * r..(row / r + 1) * r];
        shares.iter_mut().zip(total).for_each(|(share, total)| *share /= total);
    }
    shares
}

fn final_demand(random: &mut ChaCha12Rng, size: &[f64], n: usize, r: usize) -> Vec<f64> {
    let gamma = Gamma::new(0.5, 1.0).expect("a positive shape");
    let mut demand = vec![0.0; n * r];
    for d in 0..r {
        let draws: Vec<f64> = (0..n).map(|_| gamma.sample(random) + 1e-12).collect();
        let total: f64 = draws.iter().sum();
        (0..n).for_each(|i| demand[i * r + d] = draws[i] / total * size[d] * 100.0);
    }
    demand
}

fn export_demand(demand: &[f64], location: &[f64], size: &[f64], n: usize, r: usize) -> Vec<f64> {
    let mut exports = vec![0.0; n * r];
    for i in 0..n {
        let row = i * r..(i + 1) * r;
        let total: f64 = demand[row.clone()].iter().sum();
        let weight = |o: usize| location[i * r + o] * size[o];
        let weights: f64 = (0..r).map(weight).sum();
        for o in 0..r {
            exports[i * r + o] = total * IMPORT_SHARE * weight(o) / weights * 3.0;
        }
    }
    exports
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_benchmark_replicates() {
        let system = Synthetic::new(7, 4, 1).system();
        let mut evaluation = Evaluation::new(&system);
        let mut residual = vec![0.0; system.size()];
        evaluation.residual(&system, &system.start(), &mut residual);
        assert!(residual.iter().all(|x| x.abs() < 1e-13), "benchmark: {residual:?}");
    }

    #[test]
    fn the_dense_path_finds_the_same_equilibrium() {
        let economy = Synthetic::new(7, 4, 1);
        let system = economy.system();
        let mut evaluation = Evaluation::new(&system);
        let sparse = economy.solve(&system, &mut evaluation, 0.2);
        let settings = Settings { tolerance: 1e-9, ..Settings::default() };
        let dense =
            solve(&system, &mut evaluation, &system.start(), &mut Memory::default(), &settings);
        let (sparse, dense) = (sparse.equilibrium(), dense.equilibrium());
        let both = sparse.expect("a solution").into_iter().zip(dense.expect("a solution"));
        for (x, y) in both {
            assert!((x - y).abs() < 1e-8, "{x} and {y}");
        }
    }
}
