//! Times the analyses of a generated input-output table, to be compared with other programs on the
//! same table (benches/analysis.py).
//!
//! usage: `input_output REGIONS INDUSTRIES TASK [FOLDER]`
//!
//! TASK is `all` (output multipliers, ten footprints and one impact together), `impact` (one
//! impact), `inverse`, or `write`, which stores flows, final demand, stressors and output as
//! little-endian 64-bit numbers in FOLDER.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use accounts::analysis::{Leontief, footprints, leontief_inverse};
use accounts::input_output::{Extension, Label, Row};
use accounts::{InputOutputTable, Matrix};

const STRESSORS: usize = 10;

/// Share of purchases from other regions.
const TRADED: f64 = 0.2;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [regions, industries, task, folder @ ..] = arguments.as_slice() else {
        return Err(
            "usage: input_output REGIONS INDUSTRIES all|impact|inverse|write [FOLDER]".into()
        );
    };
    let table = generated(regions.parse()?, industries.parse()?);
    let n = table.industries.len();
    if task == "write" {
        return write(&table, Path::new(folder.first().ok_or("write needs a folder")?));
    }
    let before = peak_megabytes();
    let (begin, used) = (Instant::now(), processor_seconds());
    let told = match task.as_str() {
        "all" => all(&table)?,
        "impact" => impact(&table)?,
        "inverse" => format!("inverse {:.12}", leontief_inverse(&table)?.at(0, 0)),
        other => return Err(format!("unknown task `{other}`").into()),
    };
    let (seconds, used) = (begin.elapsed().as_secs_f64(), processor_seconds() - used);
    let matrix = (n * n * 8) as f64 / 1_048_576.0;
    println!("{told}");
    println!("matrix {matrix:.0} MB, peak {before:.0} MB before, {:.0} MB after", peak_megabytes());
    println!("n {n} {task} elapsed {seconds:.4} s, processor seconds {used:.4}");
    Ok(())
}

/// Output multipliers of all industries, ten footprints of all regions and one impact.
fn all(table: &InputOutputTable) -> Result<String, Box<dyn std::error::Error>> {
    let n = table.industries.len();
    let system = Leontief::new(table)?;
    let extension = &table.extensions[0];
    let mut direct = Matrix::from_fn(1 + STRESSORS, n, |_, _| 1.0);
    for k in 0..STRESSORS {
        let per_output = system.per_output(extension.by_industry.row(k))?;
        direct.row_mut(1 + k).copy_from_slice(&per_output);
    }
    let solved = system.solve(&demand(n), &direct)?;
    let intensities = Matrix::from_fn(STRESSORS, n, |k, j| solved.multipliers.at(1 + k, j));
    let found = footprints::from_intensities(table, extension, intensities)?;
    Ok(format!(
        "passes {}, residual {:.1e}, multiplier {:.12}, footprint {:.12e}, impact {:.12}",
        solved.passes,
        solved.residual,
        solved.multipliers.at(0, 0),
        found.consumption.at(0, 0),
        solved.outputs.row_sum(0)
    ))
}

fn impact(table: &InputOutputTable) -> Result<String, Box<dyn std::error::Error>> {
    let n = table.industries.len();
    let solved = Leontief::new(table)?.solve(&demand(n), &Matrix::zeros(0, n))?;
    let (passes, residual) = (solved.passes, solved.residual);
    Ok(format!(
        "passes {passes}, residual {residual:.1e}, impact {:.12}",
        solved.outputs.row_sum(0)
    ))
}

/// One unit of demand for the fifth industry.
fn demand(n: usize) -> Matrix {
    Matrix::from_fn(1, n, |_, j| f64::from(u8::from(j == 4)))
}

/// Random numbers from the mixer of `SplitMix64`, in (0, 1).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((bits ^ (bits >> 31)) >> 12) as f64 / 4_503_599_627_370_496.0 + 1e-16
    }

    /// Skewed and positive with mean about one; a tenth are zero.
    fn skewed(&mut self) -> f64 {
        let draw = self.next();
        if draw < 0.1 { 0.0 } else { -2.0 * self.next().ln() * draw }
    }
}

/// A dense table: industries differ in size, regions buy mostly at home and more from near ones.
fn generated(regions: usize, industries: usize) -> InputOutputTable {
    let (n, mut random) = (regions * industries, Random(1));
    let size: Vec<f64> = (0..n).map(|_| (-random.next().ln()).powi(2) + 0.05).collect();
    let weight = |i: usize, j: usize| {
        let (from, to) = (i / industries, j / industries);
        let own = if i == j { 10.0 } else { 1.0 };
        match from.abs_diff(to) {
            0 => own * (1.0 - TRADED),
            apart => TRADED / regions as f64 * (2.0 / (1.0 + apart as f64 / regions as f64)),
        }
    };
    let flows = Matrix::from_fn(n, n, |i, j| {
        size[i] * size[j] * weight(i, j) * random.skewed() / industries as f64
    });
    let (sold, bought) = (flows.row_sums(), flows.column_sums());
    // Final demand of half of what is sold to industries, and enough to leave value added.
    let need = |i: usize| (bought[i] / 0.8 - sold[i]).max(0.5 * sold[i]) + 1e-6;
    let final_demand = Matrix::from_fn(n, regions, |i, r| {
        let home = if i / industries == r { 0.9 } else { 0.1 / (regions - 1).max(1) as f64 };
        need(i) * home
    });
    let output: Vec<f64> = (0..n).map(|i| sold[i] + final_demand.row_sum(i)).collect();
    let by_industry = Matrix::from_fn(STRESSORS, n, |_, j| output[j] * random.skewed());
    let value_added = Matrix::from_fn(1, n, |_, j| output[j] - bought[j]);
    let label = |at: usize, name: String| Label { region: format!("R{at:03}"), name };
    let row = |name: String| Row { name, unit: "unit".to_owned() };
    InputOutputTable {
        name: "generated".to_owned(),
        unit: "million".to_owned(),
        industries: (0..n).map(|i| label(i / industries, format!("I{}", i % industries))).collect(),
        categories: (0..regions).map(|r| label(r, "final demand".to_owned())).collect(),
        primary_inputs: vec![row("value added".to_owned())],
        flows,
        final_demand,
        value_added,
        output,
        extensions: vec![Extension {
            name: "stressors".to_owned(),
            rows: (0..STRESSORS).map(|k| row(format!("stressor {k}"))).collect(),
            by_industry,
            by_final_demand: None,
        }],
    }
}

fn write(table: &InputOutputTable, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(folder)?;
    let stressors = &table.extensions[0].by_industry;
    let parts = [
        ("flows", table.flows.values()),
        ("final_demand", table.final_demand.values()),
        ("stressors", stressors.values()),
        ("output", &table.output),
    ];
    for (name, values) in parts {
        let file = std::fs::File::create(folder.join(format!("{name}.f64")))?;
        let mut file = std::io::BufWriter::new(file);
        for value in values {
            file.write_all(&value.to_le_bytes())?;
        }
        file.flush()?;
    }
    Ok(())
}

/// Processor time of all threads of this process; zero where the system does not tell.
fn processor_seconds() -> f64 {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return 0.0 };
    let nanoseconds = threads.flatten().filter_map(|thread| {
        let told = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        told.split_whitespace().next()?.parse::<f64>().ok()
    });
    nanoseconds.sum::<f64>() / 1e9
}

/// Peak resident memory of this process; zero where the system does not tell.
fn peak_megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}
