//! `ironbelt bench`: a synthetic economy of any size, solved and timed.
//!
//! Memory's own speed is measured in the same process, after the solve: the triad `a = b + s c` of
//! STREAM (`McCalpin` 1995), so that what a tangent product reads can be held against it.

use std::time::Instant;

use rayon::prelude::*;
use serde::Serialize;
use study::economy::synthetic::{Full, Synthetic};
use study::equilibrium::{Evaluation, Solve, System};

use crate::{Format, NOT_SOLVED, Stop, USAGE};

/// Most trade flows and input coefficients together, so that a slip of the keyboard does not take all
/// memory. At 162 × 365 the peak is about 20 bytes each; this many would take 20 GB.
const LARGEST: usize = 1_000_000_000;
/// Seed of the economy: the same numbers in every run.
const SEED: u64 = 1;
/// Tangent products that are timed, to take the fastest.
const TANGENTS: usize = 10;

/// Numbers in each array of the triad, so that no cache holds them.
const TRIAD: usize = 1 << 23;
/// Times that the triad is run, to take the fastest.
const TRIADS: usize = 5;

/// What to solve.
#[derive(clap::Args)]
pub(crate) struct Bench {
    /// Products, one industry each.
    #[arg(long, default_value_t = 42, value_name = "N")]
    products: usize,
    /// Regions.
    #[arg(long, default_value_t = 31, value_name = "N")]
    regions: usize,
    /// Rise of productivity in one product everywhere and in one region.
    #[arg(long, default_value_t = 0.2, value_name = "X")]
    shock: f64,
    /// Leave out margins and owners: the economy of the numpy program it is compared with.
    #[arg(long)]
    plain: bool,
    /// What to print on standard output.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// An economy of either kind.
enum Economy {
    Plain(Box<Synthetic>),
    Full(Box<Full>),
}

impl Economy {
    fn new(asked: &Bench) -> Self {
        let Bench { products, regions, .. } = *asked;
        if asked.plain {
            Self::Plain(Box::new(Synthetic::new(products, regions, SEED)))
        } else {
            Self::Full(Box::new(Full::new(products, regions, SEED)))
        }
    }

    fn system(&self) -> System {
        match self {
            Self::Plain(economy) => economy.system(),
            Self::Full(economy) => economy.system(),
        }
    }

    fn solve(&self, system: &System, evaluation: &mut Evaluation, shock: f64) -> Solve {
        match self {
            Self::Plain(economy) => economy.solve(system, evaluation, shock),
            Self::Full(economy) => economy.solve(system, evaluation, shock),
        }
    }

    /// Walras' law, where the economy tells it.
    fn walras(&self, system: &System, evaluation: &mut Evaluation) -> Option<f64> {
        match self {
            Self::Plain(_) => None,
            Self::Full(_) => Some(Full::walras(system, evaluation).abs()),
        }
    }

    fn bytes_of_tangent(&self) -> usize {
        match self {
            Self::Plain(economy) => economy.bytes_of_tangent(),
            Self::Full(economy) => economy.bytes_of_tangent(),
        }
    }
}

/// What one solve took.
#[derive(Serialize)]
struct Measured {
    /// `margins and owners` or `plain`.
    economy: &'static str,
    products: usize,
    regions: usize,
    /// Cells of product × origin × destination.
    trade_flows: usize,
    unknowns: usize,
    threads: usize,
    status: String,
    /// Drawing the economy and compiling its model.
    build_seconds: f64,
    /// From the benchmark to the shocked equilibrium.
    solve_seconds: f64,
    /// Processor time of the solve, all threads together: on a busy machine it says more; none where
    /// the system does not tell.
    solve_processor_seconds: Option<f64>,
    /// One product with the Jacobian, fastest of a few.
    tangent_seconds: f64,
    newton_steps: usize,
    linear_iterations: usize,
    residual_evaluations: usize,
    /// Largest relative residual.
    residual: f64,
    /// Largest gap of Walras' law over income, which is no equation; none in the plain economy.
    walras: Option<f64>,
    /// Resident memory at its peak, building included; none where the system does not tell.
    peak_memory_bytes: Option<u64>,
    /// Bytes of fixed arrays that one tangent product reads.
    tangent_bytes: usize,
    /// Bytes a second that the triad moves in this process, on the same threads.
    stream_bytes_per_second: f64,
    /// Bytes a second of a tangent product over those of the triad.
    share_of_stream: f64,
}

pub(crate) fn run(asked: &Bench) -> Result<(), Stop> {
    let Bench { products, regions, shock, .. } = *asked;
    check_size(products, regions)?;
    let begin = Instant::now();
    let economy = Economy::new(asked);
    let system = economy.system();
    let build_seconds = begin.elapsed().as_secs_f64();
    let mut evaluation = Evaluation::new(&system);
    let (begin, processor) = (Instant::now(), processor_seconds());
    let found = economy.solve(&system, &mut evaluation, shock);
    let solve_seconds = begin.elapsed().as_secs_f64();
    let solve_processor_seconds =
        processor.zip(processor_seconds()).map(|(before, after)| after - before);
    let peak_memory_bytes = peak_memory_bytes();
    let walras = economy.walras(&system, &mut evaluation);
    let tangent_seconds = tangent_seconds(&system, &evaluation);
    let tangent_bytes = economy.bytes_of_tangent();
    let stream_bytes_per_second = stream_bytes_per_second();
    let measured = Measured {
        economy: if asked.plain { "plain" } else { "margins and owners" },
        products,
        regions,
        trade_flows: products * regions * regions,
        unknowns: system.size(),
        threads: rayon::current_num_threads(),
        status: found.status.to_string(),
        build_seconds,
        solve_seconds,
        solve_processor_seconds,
        tangent_seconds,
        newton_steps: found.work.newton_steps,
        linear_iterations: found.work.linear_iterations,
        residual_evaluations: found.work.residuals,
        residual: found.residual,
        walras,
        peak_memory_bytes,
        tangent_bytes,
        stream_bytes_per_second,
        share_of_stream: tangent_bytes as f64 / tangent_seconds / stream_bytes_per_second,
    };
    print(&measured, asked.format)?;
    found
        .equilibrium()
        .map(|_| ())
        .map_err(|failed| Stop::new(NOT_SOLVED, format!("error: {}", failed.status)))
}

/// Refuses sizes without a market or beyond any memory.
fn check_size(products: usize, regions: usize) -> Result<(), Stop> {
    let cells = products
        .checked_add(regions)
        .and_then(|sum| products.checked_mul(regions).and_then(|markets| markets.checked_mul(sum)));
    match cells {
        Some(1..=LARGEST) => Ok(()),
        Some(0) => Err(Stop::new(USAGE, "error: at least one product and one region are needed")),
        _ => Err(Stop::new(
            USAGE,
            format!(
                "error: {products} products × {regions} regions is too large: trade flows and input \
                 coefficients together may be {LARGEST}"
            ),
        )),
    }
}

fn print(measured: &Measured, format: Format) -> Result<(), Stop> {
    match format {
        Format::Json => {
            let text = serde_json::to_string(measured)
                .map_err(|error| Stop::new(1, format!("error: {error}")))?;
            println!("{text}");
        }
        Format::Text => print_text(measured),
    }
    Ok(())
}

fn print_text(measured: &Measured) {
    let Measured { economy, products, regions, trade_flows, unknowns, status, .. } = measured;
    println!(
        "{products} products × {regions} regions, {trade_flows} trade flows, {unknowns} unknowns \
         ({economy}): {status}"
    );
    println!(
        "{:.4} s on {} threads, {} Newton steps, {} linear iterations, residual {:.1e}",
        measured.solve_seconds,
        measured.threads,
        measured.newton_steps,
        measured.linear_iterations,
        measured.residual
    );
    println!(
        "built in {:.3} s; one tangent product {:.3} ms",
        measured.build_seconds,
        1e3 * measured.tangent_seconds
    );
    println!(
        "a tangent product reads {:.1} MB at {:.0} % of the speed of memory ({:.1} GB/s)",
        measured.tangent_bytes as f64 / 1e6,
        100.0 * measured.share_of_stream,
        measured.stream_bytes_per_second / 1e9
    );
    if let Some(walras) = measured.walras {
        println!("Walras' law, which is no equation, holds to {walras:.1e} of income");
    }
    if let Some(bytes) = measured.peak_memory_bytes {
        println!("peak memory {} MB", bytes / 1_000_000);
    }
}

/// Seconds of one tangent product at the evaluation's point.
fn tangent_seconds(system: &System, evaluation: &Evaluation) -> f64 {
    let (v, mut out) = (vec![1.0; system.size()], vec![0.0; system.size()]);
    let mut once = || {
        let begin = Instant::now();
        evaluation.tangent(system, &v, &mut out);
        begin.elapsed().as_secs_f64()
    };
    (0..TANGENTS).map(|_| once()).fold(f64::INFINITY, f64::min)
}

/// Bytes a second that `a = b + s c` moves, on all threads; fastest of a few.
fn stream_bytes_per_second() -> f64 {
    let (mut a, b, c) = (vec![0.0; TRIAD], vec![1.0; TRIAD], vec![2.0; TRIAD]);
    let part = TRIAD.div_ceil(4 * rayon::current_num_threads());
    let mut once = |scale: f64| {
        let begin = Instant::now();
        let parts = a.par_chunks_mut(part).zip(b.par_chunks(part)).zip(c.par_chunks(part));
        parts.for_each(|((a, b), c)| {
            for ((a, b), c) in a.iter_mut().zip(b).zip(c) {
                *a = b + scale * c;
            }
        });
        begin.elapsed().as_secs_f64()
    };
    let best = (0..TRIADS).map(|run| once(run as f64)).fold(f64::INFINITY, f64::min);
    (3 * TRIAD * size_of::<f64>()) as f64 / best
}

/// Processor time of this process so far, where the system tells (in ticks of a hundredth).
fn processor_seconds() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/stat").ok()?;
    // After the name, which may hold anything: user and system time are the 12th and 13th.
    let mut fields = status.rsplit(')').next()?.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / 100.0)
}

/// Peak resident memory of this process, where the system tells.
fn peak_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}
