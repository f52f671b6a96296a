//! Systems that fall into regions: the two-level preconditioner, and first-order responses.

use equilibrium::{Evaluation, Graph, Memory, Settings, Status, System, response, solve};

const REGIONS: usize = 12;
const GOODS: usize = 3;

/// Goods in regions that trade with all others, wages by region, and one national slack.
fn economy() -> System {
    let labels = |n: usize| (0..n).map(|at| at.to_string()).collect::<Vec<_>>();
    let graph = Graph::new();
    let good = graph.axis("good", &labels(GOODS));
    let region = graph.axis("region", &labels(REGIONS));
    let origin = graph.axis("origin", &labels(REGIONS));
    let price = graph.unknown("price", &[good, region], &[0.0; GOODS * REGIONS]);
    let wage = graph.unknown("wage", &[region], &[0.0; REGIONS]);
    let slack = graph.unknown("slack", &[], &[0.0]);
    let cost = graph.parameter("cost", &[good, region], &[0.0; GOODS * REGIONS]);
    let labour = graph.parameter("labour", &[], &[0.0]);
    let share: Vec<f64> = (0..GOODS * REGIONS * REGIONS)
        .map(|at| {
            let (r, o) = (at / REGIONS % REGIONS, at % REGIONS);
            let home = if r == o { 0.5 } else { 0.0 };
            home + 0.5 / REGIONS as f64
        })
        .collect();
    let share = graph.data(&[good, region, origin], &share);
    let bought = price.rename(region, origin).log_ces(share, graph.scalar(-2.0), origin);
    graph.equation("price", price - wage * 0.6 - bought * 0.4 - cost);
    let basket = graph.data(&[good], &[0.2, 0.3, 0.5]);
    let real = wage - bought.contract(basket, &[good]);
    graph.equation("wage", real * 2.0 - wage - slack);
    let mean = graph.data(&[region], &[1.0 / REGIONS as f64; REGIONS]);
    graph.equation("labour", wage.exp().contract(mean, &[region]) - labour - 1.0);
    graph.report("real wage", real);
    graph.compile()
}

fn settings(axis: Option<&str>) -> Settings {
    Settings {
        region_axis: axis.map(str::to_owned),
        dense_limit: if axis.is_some() { 0 } else { 3000 },
        tolerance: 1e-12,
        ..Settings::default()
    }
}

fn cost() -> Vec<f64> {
    (0..GOODS * REGIONS).map(|at| 0.02 * (at % 5) as f64).collect()
}

fn solved(axis: Option<&str>) -> (Vec<f64>, usize) {
    let system = economy();
    let mut evaluation = Evaluation::new(&system);
    evaluation.set_parameter(&system, "cost", &cost());
    evaluation.refresh(&system);
    let mut factor = Memory::default();
    let end = solve(&system, &mut evaluation, &system.start(), &mut factor, &settings(axis));
    assert_eq!(end.status, Status::Solved);
    let iterations = end.work.linear_iterations;
    (end.equilibrium().expect("solved"), iterations)
}

#[test]
fn two_levels_reach_the_solution_of_the_dense_factor() {
    let (dense, _) = solved(None);
    let (levels, iterations) = solved(Some("region"));
    for (a, b) in dense.iter().zip(&levels) {
        assert!((a - b).abs() < 1e-10, "{a} against {b}");
    }
    assert!(iterations <= 40, "{iterations} iterations");
}

#[test]
fn an_axis_that_no_unknown_has_falls_back_to_the_other_kinds() {
    let (dense, _) = solved(None);
    let (other, _) = solved(Some("province"));
    for (a, b) in dense.iter().zip(&other) {
        assert!((a - b).abs() < 1e-10, "{a} against {b}");
    }
}

#[test]
fn responses_are_the_slope_of_whole_solves() {
    let system = economy();
    let at = |labour: f64| {
        let mut evaluation = Evaluation::new(&system);
        evaluation.set_parameter(&system, "labour", &[labour]);
        evaluation.refresh(&system);
        let end = solve(
            &system,
            &mut evaluation,
            &system.start(),
            &mut Memory::default(),
            &settings(None),
        );
        end.equilibrium().expect("solved");
        evaluation.report(&system, "real wage").to_vec()
    };
    let step = 1e-4;
    let slope: Vec<f64> =
        at(step).iter().zip(&at(-step)).map(|(a, b)| (a - b) / (2.0 * step)).collect();
    for axis in [None, Some("region")] {
        let mut evaluation = Evaluation::new(&system);
        let mut residual = vec![0.0; system.size()];
        evaluation.residual(&system, &system.start(), &mut residual);
        let direction = [("labour".to_owned(), vec![1.0])];
        let found = response(&system, &mut evaluation, &direction, &mut None, &settings(axis));
        let found = found.expect("a regular system");
        for (a, b) in found.reports["real wage"].iter().zip(&slope) {
            assert!((a - b).abs() < 1e-6, "{a} against {b}");
        }
    }
}
