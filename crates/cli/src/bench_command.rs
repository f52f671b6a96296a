//! `ironbelt bench`: a synthetic economy of any size, solved and timed.

use std::time::Instant;

use study::economy::synthetic::Synthetic;
use study::equilibrium::Evaluation;

use crate::{Format, NOT_SOLVED, Stop};

pub(crate) fn run(products: usize, regions: usize, shock: f64, format: Format) -> Result<(), Stop> {
    let economy = Synthetic::new(products, regions, 1);
    let system = economy.system();
    let mut evaluation = Evaluation::new(&system);
    let begin = Instant::now();
    let found = economy.solve(&system, &mut evaluation, shock);
    let seconds = begin.elapsed().as_secs_f64();
    let (status, work, residual) = (found.status.to_string(), found.work, found.residual);
    let memory = peak_memory_megabytes();
    match format {
        Format::Json => println!(
            "{}",
            serde_json::json!({
                "products": products, "regions": regions, "unknowns": system.size(), "status": status,
                "solve_seconds": seconds, "newton_steps": work.newton_steps,
                "linear_iterations": work.linear_iterations, "residual": residual, "peak_memory_megabytes": memory,
            })
        ),
        Format::Text => {
            println!(
                "{products} products × {regions} regions, {} unknowns: {status}",
                system.size()
            );
            println!(
                "{seconds:.4} s, {} Newton steps, {} linear iterations, residual {residual:.1e}",
                work.newton_steps, work.linear_iterations
            );
            if let Some(memory) = memory {
                println!("peak memory {memory:.0} MB");
            }
        }
    }
    found
        .equilibrium()
        .map(|_| ())
        .map_err(|failed| Stop::new(NOT_SOLVED, format!("error: {}", failed.status)))
}

/// Peak resident memory of this process, where the system tells.
fn peak_memory_megabytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kilobytes| kilobytes / 1024.0)
}
