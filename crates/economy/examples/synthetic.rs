//! Solves a synthetic economy and prints the seconds: `synthetic PRODUCTS REGIONS [SHOCK]`.
use economy::synthetic::Synthetic;
use equilibrium::{Evaluation, Settings, solve};
use std::time::Instant;

fn main() {
    let arguments: Vec<f64> =
        std::env::args().skip(1).map(|each| each.parse().expect("a number")).collect();
    let economy = Synthetic::new(arguments[0] as usize, arguments[1] as usize, 1);
    let system = economy.system();
    let mut evaluation = Evaluation::new(&system);
    evaluation.set_parameter(
        &system,
        "productivity",
        &economy.shocked_productivity(arguments.get(2).copied().unwrap_or(0.2)),
    );
    evaluation.refresh(&system);
    let settings = Settings { dense_limit: 0, tolerance: 1e-9, ..Settings::default() };
    let begin = Instant::now();
    let found = solve(&system, &mut evaluation, &system.start(), &mut None, &settings);
    println!(
        "{} residual {:.1e} {:?} seconds {:.4}",
        found.status,
        found.residual,
        found.work,
        begin.elapsed().as_secs_f64()
    );
}
