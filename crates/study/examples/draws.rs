//! What a draw of the Liaoning study costs: `cargo run --release -p study --example draws -- 100`.
//!
//! Draws run on as many threads as rayon has (`RAYON_NUM_THREADS`). Seconds of the processor are
//! those of the whole process from the solved central path to the last draw.

use std::collections::BTreeMap;
use std::time::Instant;

use study::ensemble::points::Method;
use study::ensemble::standing::Standing;
use study::ensemble::{Ensemble, Settings};
use study::inputs::Inputs;

/// Seconds of user and system time of this process, where the system tells them in hundredths.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = after.split_whitespace().skip(11).take(2);
    ticks.filter_map(|each| each.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn main() {
    let draws = std::env::args().nth(1).and_then(|each| each.parse().ok()).unwrap_or(50);
    let inputs = Inputs::liaoning().expect("shipped accounts");
    let (study, _) = study::file::parse(study::LIAONING_NAME, study::LIAONING, &inputs.names);
    let study = study.expect("the shipped study");
    let settings = Settings { method: Method::MonteCarlo, seed: 1, draws };
    let standing = Standing::of(&study, &inputs).expect("the study's paths solve");
    let ensemble = Ensemble::new(&study, &[study::LIAONING], &inputs, settings, &standing);
    let (began, used) = (Instant::now(), processor_seconds());
    let ran = ensemble.run(&BTreeMap::new(), &|_| true);
    ran.expect("the central path solves");
    let (wall, used) = (began.elapsed().as_secs_f64(), processor_seconds() - used);
    let each = used / draws as f64;
    println!("{draws} draws: {wall:.1} s, {used:.1} s of the processor, {each:.3} s a draw");
}
