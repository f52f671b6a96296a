//! Processor seconds of RAS and GRAS on a synthetic table: `balance_speed ras|gras N [RUNS]`.
//!
//! The table is a formula of the cell number (`splitmix64`), so that any program can make the same
//! one; `benches/balance.py` does and compares with numpy. The prior is balanced in place.

use accounts::Matrix;
use accounts::balance::{Settings, multipliers};

/// Deviation of a total, relative to the largest total, at which both programs stop.
const TOLERANCE: f64 = 1e-8;

/// A number in [0, 1) for a cell: the mixing function of Steele, Lea & Flood (2014).
fn uniform(at: usize, seed: u64) -> f64 {
    let mut z = (at as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(seed << 32);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Regions that buy mostly at home.
const REGIONS: usize = 31;

/// Sizes over three orders of magnitude (the fourth power of a uniform number, from 0.001 to 1.001),
/// a hundredth of that between regions; in `gras`, one cell in twenty is negative.
fn prior(n: usize, gras: bool) -> Matrix {
    Matrix::from_fn(n, n, |i, j| {
        let at = i * n + j;
        let size = uniform(at, 1).powi(2).powi(2) + 0.001;
        let size = if i * REGIONS / n == j * REGIONS / n { size } else { 0.01 * size };
        if gras && uniform(at, 2) < 0.05 { -size } else { size }
    })
}

/// Row and column totals of the prior with every cell changed by up to half, sales of regions by up to as
/// much again.
fn totals(prior: &Matrix) -> (Vec<f64>, Vec<f64>) {
    let n = prior.rows();
    let (mut rows, mut columns) = (vec![0.0; n], vec![0.0; n]);
    for (i, row) in rows.iter_mut().enumerate() {
        for (j, column) in columns.iter_mut().enumerate() {
            let region = 0.5 + uniform(i * REGIONS / n, 4);
            let cell = prior.at(i, j) * (0.5 + uniform(i * n + j, 3)) * region;
            *row += cell;
            *column += cell;
        }
    }
    (rows, columns)
}

/// Processor seconds of all threads of this process so far (Linux).
fn processor_seconds() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux lists the threads");
    let seconds = |task: std::io::Result<std::fs::DirEntry>| -> Option<f64> {
        let text = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        Some(text.split(' ').next()?.parse::<f64>().ok()? * 1e-9)
    };
    tasks.filter_map(seconds).sum()
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, method, n, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: balance_speed ras|gras N [RUNS]");
        std::process::exit(2);
    };
    let n: usize = n.parse().expect("N is a number");
    let runs: usize = rest.first().map_or(1, |runs| runs.parse().expect("RUNS is a number"));
    let mut table = prior(n, method == "gras");
    let (rows, columns) = totals(&table);
    let settings = Settings { tolerance: TOLERANCE, ..Settings::default() };
    let mut seconds = Vec::new();
    for run in 1..=runs {
        // The last run takes the prior itself, so that memory is that of one table.
        let mut balanced = if run == runs { std::mem::take(&mut table) } else { table.clone() };
        let start = processor_seconds();
        let (found, how) =
            multipliers(&balanced, &rows, &columns, &settings).expect("such totals can be met");
        found.scale(&mut balanced);
        seconds.push(processor_seconds() - start);
        if run == runs {
            println!("corner {:.12e} {:.12e}", balanced.at(0, 0), balanced.at(n - 1, n - 1));
            println!("rounds {} deviation {:.1e}", how.iterations, how.largest_deviation);
        }
    }
    seconds.sort_by(f64::total_cmp);
    println!("best {:.4}", seconds[0]);
    println!("seconds {:.4}", seconds[seconds.len() / 2]);
}
