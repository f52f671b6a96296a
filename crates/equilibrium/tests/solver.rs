//! How solves end, and what they cost, on systems whose solutions are known in closed form.

use equilibrium::{
    Evaluation, Expr, Graph, Memory, Settings, Solve, Status, System, Work, reference_residuals,
    solve, solve_shock,
};

fn labels(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn solve_with(system: &System, settings: &Settings) -> Solve {
    let mut evaluation = Evaluation::new(system);
    solve(system, &mut evaluation, &system.start(), &mut Memory::default(), settings)
}

/// One unknown `x` from `start`, one equation `line`.
fn scalar(start: f64, residual: impl for<'g> FnOnce(&'g Graph, Expr<'g>) -> Expr<'g>) -> System {
    let graph = Graph::new();
    let x = graph.unknown("x", &[], &[start]);
    let line = residual(&graph, x);
    graph.equation("line", line);
    graph.compile()
}

/// x² = `square`, from 1 at the square 1.
fn parabola() -> System {
    scalar(1.0, |graph, x| x * x - graph.parameter("square", &[], &[1.0]))
}

/// Two goods, two factors, one household: MPSGE's two-by-two economy, all Cobb–Douglas, in logs,
/// with the price of X as numeraire and its market left to Walras.
///
/// Source: `MPSGE.jl`, `test/test_twobytwo_functional.jl`.
fn two_by_two() -> System {
    let graph = Graph::new();
    let sector = graph.axis("sector", &labels(&["X", "Y"]));
    let priced = graph.axis("priced", &labels(&["Y"]));
    let factor = graph.axis("factor", &labels(&["L", "K"]));
    let activity = graph.unknown("activity", &[sector], &[0.0, 0.0]);
    let log_y = graph.unknown("price", &[priced], &[0.0]);
    let factor_price = graph.unknown("factor price", &[factor], &[0.0, 0.0]);
    let welfare = graph.unknown("welfare", &[], &[0.0]);
    let welfare_price = graph.unknown("welfare price", &[], &[0.0]);
    let income = graph.unknown("income", &[], &[0.0]);
    let endowment = graph.parameter("endowment", &[factor], &[70.0, 80.0]);

    let price = log_y.scatter(priced, sector, &[1]);
    let factor_share = graph.data(&[sector, factor], &[0.5, 0.5, 0.4, 0.6]);
    let good_share = graph.data(&[sector], &[2.0 / 3.0, 1.0 / 3.0]);
    let cobb_douglas = graph.scalar(0.0);
    let value = (price + activity).exp() * graph.data(&[sector], &[100.0, 50.0]);
    graph.equation("profit", factor_price.log_ces(factor_share, cobb_douglas, factor) - price);
    graph.equation(
        "welfare profit",
        price.log_ces(good_share, cobb_douglas, sector) - welfare_price,
    );
    let spent = (welfare + welfare_price).exp() * 50.0;
    let sold = value.gather(sector, priced, &[1]);
    graph.equation("market", sold / spent - 1.0);
    graph.equation("welfare market", welfare + welfare_price - income);
    let earned = factor_price.exp() * endowment;
    graph.equation("factor market", value.contract(factor_share, &[sector]) / earned - 1.0);
    graph.equation("income", income.exp() * 150.0 / earned.sum(&[factor]) - 1.0);
    graph.compile()
}

#[test]
#[expect(clippy::unreadable_literal, reason = "as printed")]
fn two_by_two_reproduces_the_published_column() {
    let system = two_by_two();
    let mut evaluation = Evaluation::new(&system);
    let wanted = [("endowment".to_owned(), vec![77.0, 80.0])];
    let settings = Settings::default();
    let found = solve_shock(
        &system,
        &mut evaluation,
        &wanted,
        &system.start(),
        &mut Memory::default(),
        &settings,
    );
    let work = Work {
        newton_steps: 4,
        linear_iterations: 7,
        residuals: 5,
        factorisations: 1,
        shock_steps: 1,
    };
    assert_eq!(found.work, work);
    assert!(reference_residuals(&system, &evaluation).iter().all(|x| x.abs() < 1e-10));
    let point = found.equilibrium().expect("the published equilibrium");
    let root = f64::sqrt(1.1);
    //             X      Y           PY          PL         PK    U           PU          RA / 150
    let printed =
        [root, 1.0388601, 1.0095766, 1.0 / root, root, 1.0454821, 1.0031821, 157.3213272 / 150.0];
    for ((log, printed), at) in point.iter().zip(printed).zip(0..) {
        let unit = 0.5e-7;
        assert!((log.exp() - printed).abs() <= unit, "{}: {}", system.unknown_label(at), log.exp());
    }
}

#[test]
fn the_benchmark_replicates_without_a_step() {
    let found = solve_with(&two_by_two(), &Settings::default());
    assert_eq!(found.status, Status::Solved);
    assert_eq!(found.work, Work { residuals: 1, shock_steps: 1, ..Work::default() });
}

#[test]
fn the_limit_of_steps_is_a_status() {
    let system = scalar(0.0, |_, x| x.exp() - 5.0);
    let found = solve_with(&system, &Settings { max_steps: 2, ..Settings::default() });
    assert_eq!(found.status, Status::MaxIterations);
    assert_eq!(found.work.newton_steps, 2);
    assert!(found.equilibrium().is_err(), "no numbers from a failed solve");
}

#[test]
fn no_way_down_is_a_status() {
    // x² + 1 has a least value; Newton's direction stops reducing it.
    let system = scalar(0.5, |_, x| x * x + 1.0);
    let found = solve_with(&system, &Settings::default());
    assert_eq!(found.status, Status::Stalled);
    assert_eq!(found.worst, "line");
    assert!(found.equilibrium().is_err(), "no numbers from a failed solve");
}

#[test]
fn a_singular_system_names_the_unknown() {
    let graph = Graph::new();
    let good = graph.axis("good", &labels(&["bread", "wine"]));
    let price = graph.unknown("price", &[good], &[0.0, 0.0]);
    // Only the sum of the two prices is determined.
    let all = price.sum(&[good]) + graph.data(&[good], &[-1.0, -1.0]);
    graph.equation("market", all);
    let found = solve_with(&graph.compile(), &Settings::default());
    assert_eq!(found.status, Status::Singular { unknown: "price[wine]".to_owned() });
    assert!(found.equilibrium().is_err(), "no numbers from a failed solve");
}

#[test]
fn an_unknown_that_no_equation_reads_is_named() {
    let graph = Graph::new();
    let x = graph.unknown("x", &[], &[0.3]);
    graph.unknown("idle", &[], &[0.0]);
    graph.equation("first", x - 1.0);
    graph.equation("second", x * 2.0 - 2.0);
    let found = solve_with(&graph.compile(), &Settings::default());
    assert_eq!(found.status, Status::Singular { unknown: "idle".to_owned() });
}

#[test]
fn an_impossible_shock_says_how_far_it_goes() {
    let system = parabola();
    let mut evaluation = Evaluation::new(&system);
    let wanted = [("square".to_owned(), vec![-1.0])];
    let settings = Settings::default();
    let found = solve_shock(
        &system,
        &mut evaluation,
        &wanted,
        &system.start(),
        &mut Memory::default(),
        &settings,
    );
    let Status::Infeasible { fraction, equation } = &found.status else {
        panic!("x² = −1 has no solution: {}", found.status)
    };
    // Squares down to 0 have a root: half the way from 1 to −1.
    assert!((0.5 - settings.smallest_shock..=0.5).contains(fraction), "{fraction}");
    assert_eq!(equation, "line");
    assert!(found.equilibrium().is_err(), "no numbers from a failed solve");
}

#[test]
fn a_shock_too_large_for_one_solve_is_taken_in_steps() {
    // From 1 to 400 Newton's method on the logarithm takes 8 steps, more than are allowed here.
    let system = scalar(1.0, |graph, x| x.ln() - graph.parameter("level", &[], &[1.0]).ln());
    let mut evaluation = Evaluation::new(&system);
    let wanted = [("level".to_owned(), vec![400.0])];
    let settings = Settings { max_steps: 6, ..Settings::default() };
    let found = solve_shock(
        &system,
        &mut evaluation,
        &wanted,
        &system.start(),
        &mut Memory::default(),
        &settings,
    );
    assert!(found.work.shock_steps > 1);
    assert!((found.equilibrium().expect("x = 400")[0] - 400.0).abs() < 1e-6);
}

#[test]
fn large_systems_solve_without_a_matrix() {
    let system = two_by_two();
    let mut evaluation = Evaluation::new(&system);
    evaluation.set_parameter(&system, "endowment", &[77.0, 80.0]);
    evaluation.refresh(&system);
    let settings = Settings { dense_limit: 0, ..Settings::default() };
    let found = solve(&system, &mut evaluation, &system.start(), &mut Memory::default(), &settings);
    assert_eq!(found.work.factorisations, 0);
    let point = found.equilibrium().expect("the published equilibrium");
    assert!((point[0] - 0.5 * 1.1f64.ln()).abs() < 1e-9);
}
