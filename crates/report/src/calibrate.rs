//! A calibration told for the terminal: fit before and after, and the lines for a study file.
//!
//! Not here: the calibration (`study::calibrate`).

use std::fmt::Write as _;

use study::calibrate::{Calibration, ElasticityFit, InflowFit};

use crate::number::plain;
use crate::table::{Table, figures, words};
use crate::text::grid::{block, wrapped};

/// The report, ending with a newline.
pub fn text(told: &Calibration) -> String {
    let title = format!("{}: numbers from history", told.study);
    let line = "=".repeat(title.chars().count().min(crate::text::WIDTH));
    let mut parts = vec![format!("{title}\n{line}\n")];
    for fit in &told.inflows {
        parts.push(wrapped(&about(fit), ""));
        parts.push(block(&horizons(fit)));
    }
    if !told.inflows.is_empty() {
        parts.push(wrapped(FEW, ""));
    }
    if !told.elasticities.is_empty() {
        parts.push(block(&elasticities(&told.elasticities)));
        for fit in &told.elasticities {
            let years: Vec<String> = fit.years.iter().map(u16::to_string).collect();
            let said = format!(
                "{}: error in the {}; years {}. Source: {}.",
                fit.name,
                fit.explains,
                years.join(", "),
                fit.source
            );
            parts.push(wrapped(&said, ""));
        }
    }
    parts.push(format!("Lines for the study file\n{}", lines(told)));
    parts.join("\n")
}

const FEW: &str = "Outturns of overlapping spans are fewer than they look: with a dozen of them, a share of \
                   90 % may as well be 75 or 100. The columns within should be near 50 and 90.";

fn about(fit: &InflowFit) -> String {
    let breaks: Vec<String> = fit.breaks.iter().map(|size| plain(Some(*size), 2)).collect();
    let breaks = if breaks.is_empty() {
        "no break of regime".to_owned()
    } else {
        format!("breaks of regime: {} log points", breaks.join(", "))
    };
    format!(
        "{} {} to {}: spread of yearly growth {} log points (assumed without history: {}); {breaks}; clustering {} (in use: {}).",
        fit.indicator,
        fit.years.0,
        fit.years.1,
        plain(Some(fit.scale.1), 3),
        plain(Some(fit.scale.0), 3),
        plain(Some(fit.clustering.1), 1),
        plain(Some(fit.clustering.0), 1)
    )
}

fn horizons(fit: &InflowFit) -> Table {
    let columns = vec![
        figures("Years ahead", ""),
        figures("Spans", ""),
        figures("Within 50 %: before", "%"),
        figures("after", "%"),
        figures("Within 90 %: before", "%"),
        figures("after", "%"),
        figures("CRPS: before", ""),
        figures("after", ""),
    ];
    let percent = |share: f64| plain(Some(100.0 * share), 0);
    let rows = fit.before.iter().zip(&fit.after).map(|(before, after)| {
        vec![
            after.years.to_string(),
            after.cases.to_string(),
            percent(before.within_50),
            percent(after.within_50),
            percent(before.within_90),
            percent(after.within_90),
            plain(Some(before.crps), 3),
            plain(Some(after.crps), 3),
        ]
    });
    let caption =
        format!("{}: backtest, assumed numbers (before) and fitted (after)", fit.indicator);
    Table::new(caption, columns).with(rows)
}

fn elasticities(fits: &[ElasticityFit]) -> Table {
    let columns = vec![
        words("Elasticity"),
        figures("Before", ""),
        figures("from", ""),
        figures("to", ""),
        figures("After", ""),
        figures("5 %", ""),
        figures("95 %", ""),
        figures("Error before", ""),
        figures("after", ""),
    ];
    let row = |fit: &ElasticityFit| {
        let (low, mode, high) = fit.prior;
        let (least, mean, most) = fit.posterior;
        let mut cells = vec![fit.name.clone()];
        cells.extend([mode, low, high, mean, least, most].map(|value| plain(Some(value), 2)));
        cells.extend([fit.before, fit.after].map(|value| plain(Some(value), 4)));
        cells
    };
    Table::new("Elasticities: prior and posterior", columns).with(fits.iter().map(row))
}

/// What a study would say to use the numbers found.
fn lines(told: &Calibration) -> String {
    let mut text = String::new();
    let source = "source = \"ironbelt calibrate\", status = \"assumption\"";
    if !told.elasticities.is_empty() {
        text.push_str("  [parameters]\n");
        for fit in &told.elasticities {
            let mean = fit.posterior.1;
            let _ = writeln!(text, "  {} = {{ value = {mean:.3}, {source} }}", fit.name);
        }
    }
    text.push_str("  [uncertainty]\n");
    for fit in &told.elasticities {
        let (low, _, high) = fit.posterior;
        let _ = writeln!(text, "  {} = {{ low = {low:.3}, high = {high:.3}, {source} }}", fit.name);
    }
    if let Some(fit) = told.inflows.first() {
        let _ = writeln!(text, "  clustering = {{ value = {}, {source} }}", fit.clustering.1);
    }
    text
}
