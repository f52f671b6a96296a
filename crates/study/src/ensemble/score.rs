//! Scores of a forecast against what came out: Brier, pinball, CRPS. All are losses: 0 is best.
//!
//! | score   | of                         | formula                                              |
//! |---------|----------------------------|------------------------------------------------------|
//! | Brier   | probability p, outcome o   | (p − o)² (Brier 1950)                                |
//! | pinball | quantile q at level τ      | (y − q) τ where y ≥ q, else (q − y) (1 − τ)          |
//! | CRPS    | sample x₁ … xₙ             | mean |x − y| − ½ mean |x − x′| (Gneiting & Raftery 2007) |

use diagnostics::{Diagnostic, Findings};
use formats::sheet::Sheet;
use serde::Serialize;

use super::forecast::{Forecast, TargetForecast};

/// Squared distance of a probability from what came out.
pub fn brier(probability: f64, reached: bool) -> f64 {
    (probability - f64::from(u8::from(reached))).powi(2)
}

/// Loss of the quantile `quantile` at `level` where `outcome` came out.
pub fn pinball(level: f64, quantile: f64, outcome: f64) -> f64 {
    let over = outcome - quantile;
    if over >= 0.0 { over * level } else { -over * (1.0 - level) }
}

/// Continuous ranked probability score of a sample; the sample need not be in order.
pub fn crps(sample: &[f64], outcome: f64) -> f64 {
    let n = sample.len() as f64;
    let mut sorted = sample.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let distance = sorted.iter().map(|x| (x - outcome).abs()).sum::<f64>() / n;
    // Σᵢⱼ |xᵢ − xⱼ| = 2 Σ (2 i − n + 1) xᵢ for x in order, i from 0.
    let spread: f64 =
        sorted.iter().enumerate().map(|(at, x)| (2.0 * at as f64 - n + 1.0) * x).sum();
    distance - spread / (n * n)
}

/// Scores of one target in one year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// Target.
    pub target: String,
    /// Year.
    pub year: u16,
    /// What came out.
    pub outturn: f64,
    /// Unit of it.
    pub unit: String,
    /// Median of the forecast.
    pub median: f64,
    /// Share of the forecast below the outturn: near 0 or 1 it was a surprise.
    pub rank: Option<f64>,
    /// Brier score of reaching the target; only in its year.
    pub brier: Option<f64>,
    /// Mean pinball loss over the quantiles of the forecast.
    pub pinball: f64,
    /// CRPS, where the forecast holds its sample.
    pub crps: Option<f64>,
}

/// A row of outturns that has no forecast.
pub const NO_FORECAST: &str = "W1903";

/// Scores every row of a table of outturns (`target`, `year`, `value`) that the forecast covers.
///
/// - `target`: name of a target, or its indicator.
pub fn scores(told: &Forecast, file: &str, text: &str) -> (Vec<Score>, Findings) {
    let mut findings = Findings::default();
    let mut list = Vec::new();
    let mut seen = std::collections::BTreeMap::new();
    let sheet = Sheet::parse(file, text, &["target", "year", "value"], &mut findings);
    for (sheet, row) in
        sheet.iter().flat_map(|sheet| sheet.rows.iter().map(move |row| (sheet, row)))
    {
        let name = sheet.text(row, "target");
        let year = sheet.text(row, "year");
        let Some(value) = sheet.number(row, "value", &mut findings) else { continue };
        let of = told.targets.iter().find(|each| each.name == name || each.indicator == name);
        if let Some(first) =
            of.and_then(|target| seen.insert((target.name.clone(), year.to_owned()), row.line))
        {
            let message = format!("`{file}` says twice what came out of `{name}` in {year}");
            let place = sheet.place(row, "target");
            let finding = Diagnostic::error("E1107", message);
            findings.push(
                finding
                    .at(place, format!("first in line {first}"))
                    .help("remove one of the two rows"),
            );
            continue;
        }
        if let Some(score) = of.and_then(|target| one(target, year, value)) {
            list.push(score);
        } else {
            let message = format!("the forecast says nothing of `{name}` in {year}");
            let help = "name a target or its indicator, and a year of the forecast";
            let finding = Diagnostic::warning(NO_FORECAST, message);
            findings.push(finding.at(sheet.place(row, "target"), "not scored").help(help));
        }
    }
    (list, findings)
}

fn one(target: &TargetForecast, year: &str, outturn: f64) -> Option<Score> {
    let quantiles = target.quantiles.get(year)?;
    let levels = quantiles.iter().filter_map(|(level, q)| Some((level.parse::<f64>().ok()?, *q)));
    let losses: Vec<f64> = levels.map(|(level, q)| pinball(level, q, outturn)).collect();
    let sample = target.sample.get(year).filter(|sample| !sample.is_empty());
    let below = |sample: &Vec<f64>| {
        sample.iter().filter(|x| **x < outturn).count() as f64 / sample.len() as f64
    };
    let reached = outturn >= target.value;
    Some(Score {
        target: target.name.clone(),
        year: year.parse().ok()?,
        outturn,
        unit: target.unit.clone(),
        median: *quantiles.get("0.5")?,
        rank: sample.map(below),
        brier: (year == target.year.to_string()).then(|| brier(target.probability, reached)),
        pinball: losses.iter().sum::<f64>() / losses.len() as f64,
        crps: sample.map(|sample| crps(sample, outturn)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(brier(0.2, false), 0.04)]
    #[case(brier(0.2, true), 0.64)]
    #[case(pinball(0.9, 10.0, 12.0), 1.8)]
    #[case(pinball(0.9, 10.0, 7.0), 0.3)]
    // One point: the distance. Two points 0 and 1 and outcome 0: ½ − ½ · ½.
    #[case(crps(&[3.0], 5.0), 2.0)]
    #[case(crps(&[1.0, 0.0], 0.0), 0.25)]
    // 0, 1, 3 and 2: (2 + 1 + 1) / 3 − ½ · 2 (1 + 3 + 2) / 9 = 2 / 3.
    #[case(crps(&[0.0, 1.0, 3.0], 2.0), 2.0 / 3.0)]
    fn scores_are_those_computed_by_hand(#[case] found: f64, #[case] known: f64) {
        assert!((found - known).abs() < 1e-12, "{found} {known}");
    }
}
