//! `ironbelt baseline`: macro paths without the programme, and what was found so that given ones are
//! hit.

use std::path::Path;

use report::sheet::figure;
use study::results::{BaselineClosure, BaselinePath};

use crate::run_command::{prepare, stopped};
use crate::{Format, Stop};

/// Solves the baseline of a study and prints it.
pub(crate) fn run(path: Option<&Path>, format: Format) -> Result<(), Stop> {
    let ready = prepare(path)?;
    let closure = study::run::baseline(&ready.study, &ready.inputs).map_err(|e| stopped(&e))?;
    match format {
        Format::Json => {
            let text = serde_json::json!({
                "years": ready.study.years.all(),
                "paths": closure.paths,
                "shifters": closure.shifters,
            });
            println!("{text}");
        }
        Format::Text => print!("{}", told(&ready.study.title, &ready.study.years.all(), &closure)),
    }
    Ok(())
}

fn told(title: &str, years: &[u16], closure: &BaselineClosure) -> String {
    let mut lines = vec![format!("{title}: without the programme")];
    let mut regions: Vec<&str> = Vec::new();
    for path in &closure.paths {
        if !regions.contains(&path.region.as_str()) {
            regions.push(&path.region);
        }
    }
    for region in regions {
        let paths = || closure.paths.iter().filter(|path| path.region == region);
        let shifters = closure.shifters.iter().filter(|shifter| shifter.region == region);
        lines.extend([String::new(), format!("{region}: growth, % a year"), header(years)]);
        lines.extend(paths().map(|path| row(&path.variable, &growth(&path.reached), 2)));
        lines.extend([String::new(), format!("{region}: paths"), path_line(PATHS)]);
        lines.extend(paths().map(closing));
        lines.extend([String::new(), format!("{region}: shifters"), header(years)]);
        lines.extend(shifters.map(|shifter| {
            let values: Vec<Option<f64>> = shifter.values.iter().copied().map(Some).collect();
            let large = shifter.values.iter().any(|value| value.abs() >= LARGE);
            row(&shifter.name, &values, if large { 0 } else { 4 })
        }));
    }
    lines.push(String::new());
    lines.extend(notes(closure));
    lines.push(String::new());
    lines.join("\n")
}

/// From where on a shifter is money rather than a factor, and shown without decimals.
const LARGE: f64 = 100.0;

/// Headings of the table of paths.
const PATHS: [&str; 4] = ["", "Path", "Shifter", "Missed by at most"];

fn path_line([variable, path, shifter, missed]: [&str; 4]) -> String {
    format!("{variable:<22}{path:<24}{shifter:<24}{missed:>18}")
}

/// How a path came about.
fn closing(path: &BaselinePath) -> String {
    if path.given.is_empty() {
        return path_line([&path.variable, "follows the drivers", "–", "–"]);
    }
    path_line([&path.variable, "given", &path.shifter, &format!("{:.0e}", path.deviation)])
}

/// What the shifters' values are, each said once.
fn notes(closure: &BaselineClosure) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for shifter in &closure.shifters {
        let note = format!("{}: {}", shifter.name, shifter.meaning);
        if !said.contains(&note) {
            said.push(note);
        }
    }
    said
}

fn header(years: &[u16]) -> String {
    line("", years.iter().map(u16::to_string))
}

fn row(name: &str, values: &[Option<f64>], digits: usize) -> String {
    let cell = |value: &Option<f64>| match value {
        Some(value) => figure(*value, digits),
        None => "–".to_owned(),
    };
    line(name, values.iter().map(cell))
}

fn line(name: &str, cells: impl Iterator<Item = String>) -> String {
    cells.fold(format!("{name:<22}"), |line, cell| format!("{line} {cell:>8}"))
}

/// Growth over the year before in per cent; none in the base year.
fn growth(values: &[f64]) -> Vec<Option<f64>> {
    let grown = values.windows(2).map(|pair| Some(100.0 * (pair[1] / pair[0] - 1.0)));
    std::iter::once(None).chain(grown).collect()
}
