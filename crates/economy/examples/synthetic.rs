//! Solves a synthetic economy and prints the seconds: `synthetic PRODUCTS REGIONS [SHOCK]`; also how
//! long one tangent product takes, best of a few.
use economy::synthetic::Synthetic;
use equilibrium::{Evaluation, System};
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
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{} residual {:.1e} {:?} tangent {:.3} ms seconds {seconds:.4}",
        found.status,
        found.residual,
        found.work,
        tangent_milliseconds(&system, &evaluation),
    );
}

/// Milliseconds of one tangent product at the evaluation's point.
fn tangent_milliseconds(system: &System, evaluation: &Evaluation) -> f64 {
    let (v, mut out) = (vec![1.0; system.size()], vec![0.0; system.size()]);
    let mut arena = Vec::new();
    let mut once = || {
        let begin = Instant::now();
        evaluation.tangent(system, &mut arena, &v, &mut out);
        begin.elapsed().as_secs_f64()
    };
    1e3 * (0..10).map(|_| once()).fold(f64::INFINITY, f64::min)
}
