//! Measures how fast this machine reads memory: `stream [MEGABYTES]`, one thread and all.
use rayon::prelude::*;
use std::time::Instant;

/// Numbers summed apart, so that the sum does not wait for its own last addition.
const LANES: usize = 32;

fn sum(part: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    for chunk in part.chunks_exact(LANES) {
        for (sum, x) in sums.iter_mut().zip(chunk) {
            *sum += x;
        }
    }
    sums.iter().sum()
}

fn main() {
    let megabytes = std::env::args().nth(1).map_or(800, |each| each.parse().expect("a number"));
    let values = vec![1.0; megabytes * 1_000_000 / 8];
    let best = |run: &dyn Fn() -> f64| {
        let times = (0..7).map(|_| {
            let begin = Instant::now();
            assert!(run() > 0.0);
            begin.elapsed().as_secs_f64()
        });
        megabytes as f64 / 1e3 / times.fold(f64::INFINITY, f64::min)
    };
    let threads = rayon::current_num_threads();
    let part = values.len().div_ceil(4 * threads);
    println!("1 thread: {:.1} GB/s", best(&|| sum(&values)));
    let all = best(&|| values.par_chunks(part).map(sum).sum());
    println!("{threads} threads: {all:.1} GB/s");
}
