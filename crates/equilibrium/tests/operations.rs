//! Laws of every operation on random graphs: values equal the naive evaluation, tangents equal
//! finite differences, adjoints are the transpose, sensitivities equal solving again.

use std::cell::Cell;

use equilibrium::{
    Axis, Evaluation, Expr, Graph, Memory, Settings, System, reference_residuals, sensitivity,
    solve,
};

/// Random numbers, the same ones each time.
struct Draw(Cell<u64>);

impl Draw {
    fn bits(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15));
        let mut x = self.0.get();
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    fn below(&self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }

    /// Uniform between −1 and 1.
    fn number(&self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    fn numbers(&self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.number()).collect()
    }
}

/// An expression with its axes.
#[derive(Clone)]
struct Array<'g>(Expr<'g>, Vec<Axis>);

/// Grows a random graph from unknowns, parameters and data.
struct Grower<'g> {
    graph: &'g Graph,
    draw: &'g Draw,
    axes: Vec<(Axis, usize)>,
    pool: Vec<Array<'g>>,
}

/// Exponents 1 − σ of composites: Cobb–Douglas, Leontief, nearly either, substitutes, complements.
const EXPONENTS: [f64; 7] = [0.0, 1.0, 1e-9, -1e-4, 0.999_999, -4.0, 0.5];

impl<'g> Grower<'g> {
    fn new(graph: &'g Graph, draw: &'g Draw) -> Self {
        let labels =
            |n: usize, of: &str| (0..n).map(|at| format!("{of}{at}")).collect::<Vec<String>>();
        let sizes = [3, 4, 3, 2, 4, 1];
        let axes = sizes
            .iter()
            .enumerate()
            .map(|(at, n)| (graph.axis(&format!("axis {at}"), &labels(*n, &format!("{at}_"))), *n));
        Self { graph, draw, axes: axes.collect(), pool: vec![] }
    }

    fn size(&self, axes: &[Axis]) -> usize {
        axes.iter().map(|axis| self.length(*axis)).product()
    }

    fn length(&self, axis: Axis) -> usize {
        self.axes.iter().find(|(each, _)| *each == axis).expect("declared").1
    }

    /// Up to two axes in any order.
    fn some_axes(&self) -> Vec<Axis> {
        let first = self.draw.below(self.axes.len());
        let second = self.draw.below(self.axes.len());
        let both = [self.axes[first].0, self.axes[second].0];
        match self.draw.below(4) {
            0 => vec![],
            1 => vec![both[0]],
            _ if first == second => vec![both[0]],
            _ => both.to_vec(),
        }
    }

    fn pick(&self) -> Array<'g> {
        self.pool[self.draw.below(self.pool.len())].clone()
    }

    /// Keeps an expression, brought to a moderate size.
    fn keep(&mut self, array: Array<'g>) {
        self.pool.push(Array(array.0.affine(0.5, 0.1), array.1));
    }

    fn grow(&mut self) {
        let a = self.pick();
        let grown = match self.draw.below(9) {
            0 => Array((a.0 * 0.3).exp(), a.1),
            1 => Array((a.0 * 0.3).exp().ln() * 2.0, a.1),
            2 => Array((a.0 * 0.3).exp().reciprocal(), a.1),
            3 => self.sum(&a, 1.0),
            4 => self.sum(&a, -1.0),
            5 => self.product(&a),
            6 => self.moved(a, true),
            7 => self.moved(a, false),
            _ => self.composite(a),
        };
        self.keep(grown);
    }

    fn sum(&self, a: &Array<'g>, sign: f64) -> Array<'g> {
        let b = self.pick();
        let axes = union(&a.1, &b.1);
        Array(if sign > 0.0 { a.0 + b.0 } else { a.0 - b.0 }, axes)
    }

    fn product(&self, a: &Array<'g>) -> Array<'g> {
        let b = self.pick();
        let (summed, kept): (Vec<Axis>, Vec<Axis>) =
            union(&a.1, &b.1).into_iter().partition(|_| self.draw.below(2) == 0);
        let terms = self.size(&summed) as f64;
        Array(a.0.contract(b.0, &summed) * (1.0 / terms), kept)
    }

    /// A selection along an axis, or its inverse: subsets, permutations and repeats.
    fn moved(&self, a: Array<'g>, gather: bool) -> Array<'g> {
        let Some(from) = a.1.first().copied() else { return a };
        let free: Vec<Axis> =
            self.axes.iter().map(|(axis, _)| *axis).filter(|axis| !a.1.contains(axis)).collect();
        let to = free[self.draw.below(free.len())];
        let (count, limit) = if gather { (to, from) } else { (from, to) };
        let positions: Vec<usize> =
            (0..self.length(count)).map(|_| self.draw.below(self.length(limit))).collect();
        let moved = if gather {
            a.0.gather(from, to, &positions)
        } else {
            a.0.scatter(from, to, &positions)
        };
        let mut axes: Vec<Axis> = a.1.into_iter().filter(|axis| *axis != from).collect();
        axes.push(to);
        Array(moved, axes)
    }

    /// A composite over one axis; shares are data with zeros, or move with the unknowns.
    fn composite(&self, a: Array<'g>) -> Array<'g> {
        let Some(over) = a.1.first().copied() else { return a };
        let n = self.length(over) as f64;
        let share = if self.draw.below(2) == 0 {
            let zeros = (0..self.length(over)).map(|at| if at == 1 { 0.0 } else { 1.0 / n });
            self.graph.data(&[over], &zeros.collect::<Vec<_>>())
        } else {
            (a.0 * 0.2).exp() * (0.5 / n)
        };
        let result: Vec<Axis> = a.1.into_iter().filter(|axis| *axis != over).collect();
        let exponents: Vec<f64> =
            (0..self.size(&result)).map(|_| EXPONENTS[self.draw.below(EXPONENTS.len())]).collect();
        let name = format!("exponent {}", self.pool.len());
        let exponent = self.graph.parameter(&name, &result, &exponents);
        Array((a.0 * 0.3).log_ces(share, exponent, over), result)
    }

    /// The array summed and broadcast to `axes`.
    fn onto(&self, array: &Array<'g>, axes: &[Axis]) -> Expr<'g> {
        let summed: Vec<Axis> =
            array.1.iter().copied().filter(|axis| !axes.contains(axis)).collect();
        let terms = self.size(&summed) as f64;
        array.0.sum(&summed) * (1.0 / terms)
    }
}

fn union(a: &[Axis], b: &[Axis]) -> Vec<Axis> {
    let mut all = a.to_vec();
    all.extend(b.iter().filter(|axis| !a.contains(axis)));
    all
}

/// Unknowns near a function of themselves and of parameters; report `report`.
fn random_system(seed: u64) -> System {
    let draw = Draw(Cell::new(seed));
    let graph = Graph::new();
    let mut grower = Grower::new(&graph, &draw);
    let mut unknowns = Vec::new();
    for at in 0..3 {
        let axes = grower.some_axes();
        let start = draw.numbers(grower.size(&axes));
        let unknown = Array(graph.unknown(&format!("unknown {at}"), &axes, &start), axes);
        grower.pool.push(unknown.clone());
        unknowns.push((unknown, start));
        let axes = grower.some_axes();
        let start = draw.numbers(grower.size(&axes));
        grower.pool.push(Array(graph.parameter(&format!("parameter {at}"), &axes, &start), axes));
        let axes = grower.some_axes();
        let values = draw.numbers(grower.size(&axes));
        grower.pool.push(Array(graph.data(&axes, &values), axes));
    }
    (0..25).for_each(|_| grower.grow());
    for (at, (Array(unknown, axes), start)) in unknowns.into_iter().enumerate() {
        let tail = grower.pool[grower.pool.len() - 1 - at].clone();
        let pull = grower.onto(&tail, &axes) + grower.onto(&grower.pick(), &axes);
        let anchor = graph.data(&axes, &start);
        graph.equation(&format!("equation {at}"), unknown - anchor - pull * 0.05);
    }
    let last = grower.pool[grower.pool.len() - 4].clone();
    graph.report("report", grower.onto(&last, &[]));
    drop(grower);
    graph.compile()
}

fn residual_at(system: &System, evaluation: &mut Evaluation, x: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; system.size()];
    evaluation.residual(system, x, &mut out);
    out
}

fn assert_close(fast: &[f64], other: &[f64], tolerance: f64, what: &str) {
    for (at, (x, y)) in fast.iter().zip(other).enumerate() {
        assert!((x - y).abs() <= tolerance * (1.0 + y.abs()), "{what} {at}: {x} and {y}");
    }
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

fn moved(x: &[f64], v: &[f64], step: f64) -> Vec<f64> {
    x.iter().zip(v).map(|(x, v)| x + step * v).collect()
}

#[test]
fn values_equal_the_naive_evaluation() {
    for seed in 0..300 {
        let system = random_system(seed);
        let mut evaluation = Evaluation::new(&system);
        let fast = residual_at(&system, &mut evaluation, &system.start());
        let naive = reference_residuals(&system, &evaluation);
        assert_close(&fast, &naive, 1e-13, &format!("graph {seed}, equation"));
    }
}

#[test]
fn tangents_equal_finite_differences() {
    for seed in 0..300 {
        let system = random_system(seed);
        let mut evaluation = Evaluation::new(&system);
        let (x, n) = (system.start(), system.size());
        let v = Draw(Cell::new(seed + 1000)).numbers(n);
        let above = residual_at(&system, &mut evaluation, &moved(&x, &v, 1e-5));
        let below = residual_at(&system, &mut evaluation, &moved(&x, &v, -1e-5));
        let difference: Vec<f64> =
            above.iter().zip(&below).map(|(above, below)| (above - below) / 2e-5).collect();
        residual_at(&system, &mut evaluation, &x);
        let mut tangent = vec![0.0; n];
        evaluation.tangent(&system, &v, &mut tangent);
        assert_close(&tangent, &difference, 1e-8, &format!("graph {seed}, equation"));
    }
}

#[test]
fn adjoints_are_the_transpose_of_tangents() {
    for seed in 0..300 {
        let system = random_system(seed);
        let mut evaluation = Evaluation::new(&system);
        let n = system.size();
        residual_at(&system, &mut evaluation, &system.start());
        let draw = Draw(Cell::new(seed + 2000));
        let (v, y) = (draw.numbers(n), draw.numbers(n));
        let (mut tangent, mut adjoint) = (vec![0.0; n], vec![0.0; n]);
        evaluation.tangent(&system, &v, &mut tangent);
        evaluation.adjoint(&system, &y, &mut adjoint);
        let (left, right) = (dot(&y, &tangent), dot(&v, &adjoint));
        assert!((left - right).abs() <= 1e-12 * (1.0 + left.abs()), "{seed}: {left} {right}");
    }
}

/// The report where the system is solved with one parameter's cell moved.
fn solved_report(system: &System, name: &str, cell: usize, step: f64) -> f64 {
    let mut evaluation = Evaluation::new(system);
    let mut values = evaluation.parameter(system, name).to_vec();
    values[cell] += step;
    evaluation.set_parameter(system, name, &values);
    evaluation.refresh(system);
    let settings = Settings { tolerance: 1e-13, ..Settings::default() };
    let found = solve(system, &mut evaluation, &system.start(), &mut Memory::default(), &settings);
    found.equilibrium().expect("an unknown near its anchor");
    evaluation.report(system, "report")[0]
}

#[test]
fn sensitivities_equal_solving_again() {
    for dense_limit in [3000, 0] {
        let settings = Settings { tolerance: 1e-13, dense_limit, ..Settings::default() };
        for seed in 0..40 {
            let system = random_system(seed);
            let mut evaluation = Evaluation::new(&system);
            let found =
                solve(&system, &mut evaluation, &system.start(), &mut Memory::default(), &settings);
            found.equilibrium().expect("an unknown near its anchor");
            let exact = sensitivity(&system, &evaluation, "report", &[1.0], &settings)
                .expect("no singular Jacobian");
            for (name, by_cell) in &exact.by_parameter {
                for (cell, derivative) in by_cell.iter().enumerate() {
                    let above = solved_report(&system, name, cell, 1e-4);
                    let below = solved_report(&system, name, cell, -1e-4);
                    let difference = (above - below) / 2e-4;
                    assert!(
                        (derivative - difference).abs() < 1e-7 * (1.0 + difference.abs()),
                        "graph {seed}, {name} {cell}: {derivative} and {difference}"
                    );
                }
            }
        }
    }
}

/// Log cost of one composite with a common exponent.
fn log_cost(prices: &[f64], shares: &[f64], exponent: f64) -> f64 {
    let graph = Graph::new();
    let labels: Vec<String> = (0..prices.len()).map(|at| at.to_string()).collect();
    let input = graph.axis("input", &labels);
    let cost = graph.data(&[input], prices).log_ces(
        graph.data(&[input], shares),
        graph.scalar(exponent),
        input,
    );
    graph.report("cost", cost);
    let system = graph.compile();
    Evaluation::new(&system).report(&system, "cost")[0]
}

#[test]
fn composites_reach_cobb_douglas_without_loss() {
    let (x, theta): ([f64; 4], [f64; 4]) = ([0.3, -0.7, 1.1, 0.05], [0.4, 0.3, 0.0, 0.3]);
    let moment = |power: i32| -> f64 { x.iter().zip(theta).map(|(x, t)| t * x.powi(power)).sum() };
    let (m1, m2, m3) = (moment(1), moment(2), moment(3));
    let variance = m2 - m1 * m1;
    let third = m3 - 3.0 * m1 * m2 + 2.0 * m1.powi(3);
    for k in [0.0, 1e-300, 1e-15, -1e-12, 1e-9, -1e-7, 1e-6, -1e-5] {
        // The expansion of the log of a mean of powers by cumulants.
        let exact = m1 + k * variance / 2.0 + k * k * third / 6.0;
        let found = log_cost(&x, &theta, k);
        assert!((found - exact).abs() < 1e-13, "k = {k}: {found} and {exact}");
    }
}

#[test]
fn composites_reach_leontief_and_empty_ones_cost_nothing() {
    let (x, theta): ([f64; 3], [f64; 3]) = ([0.3, -0.7, 2.5], [0.5, 0.3, 0.2]);
    let leontief = x.iter().zip(theta).map(|(x, t)| t * x.exp()).sum::<f64>().ln();
    assert!((log_cost(&x, &theta, 1.0) - leontief).abs() < 1e-13);
    for k in EXPONENTS {
        assert!(log_cost(&x, &[0.0; 3], k).abs() < 1e-13, "k = {k}");
        let one = log_cost(&x, &[0.0, 1.0, 0.0], k);
        assert!((one + 0.7).abs() < 1e-13, "k = {k}: one input costs its price, not {one}");
    }
}

/// A contraction large enough for narrow storage and several threads, from a fixed point iteration.
fn large_system(narrow: bool) -> System {
    let graph = Graph::new();
    let draw = Draw(Cell::new(7));
    let labels = |n: usize| (0..n).map(|at| at.to_string()).collect::<Vec<_>>();
    let (products, regions) = (10, 130);
    let product = graph.axis("product", &labels(products));
    let origin = graph.axis("origin", &labels(regions));
    let destination = graph.axis("destination", &labels(regions));
    let weights: Vec<f64> = (0..products * regions * regions)
        .map(|_| {
            let x = (draw.number() + 1.0) / regions as f64;
            if narrow { f64::from(x as f32) } else { x }
        })
        .collect();
    let weights = graph.data(&[product, origin, destination], &weights);
    let x = graph.unknown("x", &[product, destination], &vec![0.1; products * regions]);
    let bought = weights.contract(x.exp().rename(destination, origin), &[origin]);
    let sold = weights.contract(bought.ln(), &[destination]).rename(origin, destination);
    let level = graph.parameter("level", &[], &[0.3]);
    graph.equation("level", x + sold * 0.2 + bought * 0.1 - level);
    graph.compile()
}

#[test]
fn narrow_storage_changes_nothing_but_the_rounding_of_the_data() {
    for narrow in [false, true] {
        let system = large_system(narrow);
        let mut evaluation = Evaluation::new(&system);
        let n = system.size();
        let fast = residual_at(&system, &mut evaluation, &system.start());
        assert_close(&fast, &reference_residuals(&system, &evaluation), 1e-13, "equation");
        let draw = Draw(Cell::new(11));
        let (v, y) = (draw.numbers(n), draw.numbers(n));
        let (mut tangent, mut adjoint) = (vec![0.0; n], vec![0.0; n]);
        evaluation.tangent(&system, &v, &mut tangent);
        evaluation.adjoint(&system, &y, &mut adjoint);
        assert!((dot(&y, &tangent) - dot(&v, &adjoint)).abs() < 1e-11);
    }
}

#[test]
fn a_solve_gives_the_same_bytes_with_any_number_of_threads() {
    let system = large_system(true);
    let settings = Settings { dense_limit: 0, ..Settings::default() };
    let run = |threads: usize| -> Vec<u64> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let mut evaluation = Evaluation::new(&system);
            let found =
                solve(&system, &mut evaluation, &system.start(), &mut Memory::default(), &settings);
            let point = found.equilibrium().expect("a solution");
            point.iter().map(|x| x.to_bits()).collect()
        })
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(3));
}
