//! Delivered flows: the fast sums against naive ones, against the composites that the graph writes
//! with arrays of flows, and derivatives against differences.

use equilibrium::{Axis, Evaluation, Expr, Graph, RouteShares, System, reference_residuals};

const SIZES: [usize; 3] = [5, 2, 4];

/// Numbers between 0 and 1, the same ones each time.
fn number(at: usize) -> f64 {
    (((at + 1) as f64 * 12.9898).sin() * 43_758.545_3).rem_euclid(1.0)
}

fn numbers(n: usize, seed: usize) -> Vec<f64> {
    (0..n).map(|at| number(at + 1000 * seed)).collect()
}

struct Economy {
    axes: [Axis; 4],
    share: Vec<f32>,
    part: Vec<f32>,
    sigma: Vec<f64>,
}

impl Economy {
    fn new(graph: &Graph, sizes: [usize; 3]) -> Self {
        let [c, m, n] = sizes;
        let labels = |n: usize| (0..n).map(|at| at.to_string()).collect::<Vec<_>>();
        let axes = [("product", c), ("margin", m), ("origin", n), ("destination", n)]
            .map(|(name, n)| graph.axis(name, &labels(n)));
        let single = |x: f64| x as f32;
        // Whole elasticities with and without a kernel of their own, and fractions.
        let sigma = [5.0, 2.0, 0.2, 4.0, 3.5, 7.0];
        Self {
            axes,
            share: numbers(c * n * n, 1).into_iter().map(single).collect(),
            part: numbers(c * n * n * m, 2).into_iter().map(|x| single(0.2 * x)).collect(),
            sigma: (0..c).map(|at| sigma[at % sigma.len()]).collect(),
        }
    }

    fn shares(&self, sizes: [usize; 3]) -> RouteShares {
        RouteShares::new(sizes, &self.sigma, self.share.clone(), self.part.clone())
    }
}

/// Prices and a pull as unknowns; composites and what is bought in the equations, with weights.
fn system(sizes: [usize; 3]) -> System {
    let graph = Graph::new();
    let economy = Economy::new(&graph, sizes);
    let [c, m, n] = sizes;
    let [product, margin, origin, destination] = economy.axes;
    let unknown = |name: &str, axes: &[Axis], count: usize, seed: usize| {
        let start: Vec<f64> = numbers(count, seed).iter().map(|x| 0.4 * x - 0.2).collect();
        graph.unknown(name, axes, &start)
    };
    let basic = unknown("basic", &[product, origin], c * n, 3);
    let carried = unknown("margin", &[margin, origin, destination], m * n * n, 4);
    let pull = unknown("pull", &[product, destination], c * n, 5);
    let routes = graph.routes(economy.axes, &economy.shares(sizes));
    let composite = routes.sourced(basic.exp(), carried.exp());
    let (sent, used) = routes.bought(basic.exp(), carried.exp(), pull.exp());
    graph.equation("sent", sent);
    graph.equation("used", used);
    graph.equation("composite", composite * 3.0);
    graph.compile()
}

fn residual(system: &System, x: &[f64]) -> (Evaluation, Vec<f64>) {
    let mut evaluation = Evaluation::new(system);
    let mut out = vec![0.0; system.size()];
    evaluation.residual(system, x, &mut out);
    (evaluation, out)
}

fn tangent(system: &System, v: &[f64]) -> Vec<f64> {
    let (evaluation, mut out) = residual(system, &system.start());
    evaluation.tangent(system, v, &mut out);
    out
}

fn assert_close(a: &[f64], b: &[f64], tolerance: f64) {
    assert_eq!(a.len(), b.len());
    for (at, (a, b)) in a.iter().zip(b).enumerate() {
        assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{at}: {a} and {b}");
    }
}

#[test]
fn sums_over_flows_equal_the_naive_ones() {
    for sizes in [SIZES, [3, 1, 2], [11, 3, 5], [9, 4, 3]] {
        let system = system(sizes);
        let (evaluation, fast) = residual(&system, &system.start());
        assert_close(&fast, &reference_residuals(&system, &evaluation), 1e-13);
    }
}

/// The same composites written with one array of delivered prices.
#[test]
fn composites_equal_those_of_stored_flows() {
    let graph = Graph::new();
    let economy = Economy::new(&graph, SIZES);
    let [c, m, n] = SIZES;
    let [product, margin, origin, destination] = economy.axes;
    let wide = |values: &[f32]| values.iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
    let data = |axes: &[Axis], values: Vec<f64>| -> Expr<'_> { graph.data(axes, &values) };
    let basic: Vec<f64> = numbers(c * n, 6).iter().map(|x| 0.8 + x).collect();
    let price: Vec<f64> = numbers(m * n * n, 7).iter().map(|x| 0.5 + x).collect();
    let (basic, price) =
        (data(&[product, origin], basic), data(&[margin, origin, destination], price));
    let part = data(&[origin, product, margin, destination], wide(&economy.part));
    let total = economy.shares(SIZES).total().to_vec();
    let share = data(&[origin, product, destination], wide(&economy.share))
        / data(&[product, destination], total);
    let delivered = basic * (part.sum(&[margin]) * -1.0 + 1.0) + part.contract(price, &[margin]);
    let exponent =
        graph.data(&[product], &economy.sigma.iter().map(|sigma| 1.0 - sigma).collect::<Vec<_>>());
    let stored = delivered.ln().log_ces(share, exponent, origin);
    let fast = graph.routes(economy.axes, &economy.shares(SIZES)).sourced(basic, price);
    graph.report("stored", stored);
    graph.report("fast", fast);
    let system = graph.compile();
    let mut evaluation = Evaluation::new(&system);
    let stored = evaluation.report(&system, "stored").to_vec();
    assert_close(evaluation.report(&system, "fast"), &stored, 1e-13);
    assert!(stored.iter().all(|x| x.abs() > 1e-6), "prices that move something");
}

#[test]
fn tangents_equal_finite_differences() {
    let system = system(SIZES);
    let v = numbers(system.size(), 8);
    let moved = |step: f64| {
        let x: Vec<f64> = system.start().iter().zip(&v).map(|(x, v)| x + step * v).collect();
        residual(&system, &x).1
    };
    let pairs = moved(1e-5).into_iter().zip(moved(-1e-5));
    let difference: Vec<f64> = pairs.map(|(above, below)| (above - below) / 2e-5).collect();
    assert_close(&tangent(&system, &v), &difference, 1e-8);
}

#[test]
fn adjoints_are_the_transpose_of_tangents() {
    let system = system(SIZES);
    let (v, y) = (numbers(system.size(), 9), numbers(system.size(), 10));
    let (evaluation, mut adjoint) = residual(&system, &system.start());
    evaluation.adjoint(&system, &y, &mut adjoint);
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let (left, right) = (dot(&y, &tangent(&system, &v)), dot(&v, &adjoint));
    assert!((left - right).abs() < 1e-12 * left.abs(), "{left} and {right}");
}

#[test]
fn threads_give_the_same_bytes() {
    let system = system([40, 2, 40]);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let v = numbers(system.size(), 11);
        pool.install(|| (residual(&system, &system.start()).1, tangent(&system, &v)))
    };
    assert_eq!(run(1), run(2));
    assert_eq!(run(1), run(3));
}
