//! Solves a synthetic economy and prints the seconds: `synthetic PRODUCTS REGIONS [SHOCK]`.
use economy::synthetic::Synthetic;
use equilibrium::Evaluation;
use std::time::Instant;

fn main() {
    let arguments: Vec<f64> =
        std::env::args().skip(1).map(|each| each.parse().expect("a number")).collect();
    let economy = Synthetic::new(arguments[0] as usize, arguments[1] as usize, 1);
    let shock = arguments.get(2).copied().unwrap_or(0.2);
    let system = economy.system();
    let mut evaluation = Evaluation::new(&system);
    let begin = Instant::now();
    let found = economy.solve(&system, &mut evaluation, shock);
    println!(
        "{} residual {:.1e} {:?} seconds {:.4}",
        found.status,
        found.residual,
        found.work,
        begin.elapsed().as_secs_f64()
    );
}
