//! What values the tables may hold, and the single assumptions by name.

use diagnostics::{Diagnostic, Findings};

use super::read::{names, sheet};
use crate::Files;
use crate::sheet::{Coverage, Key, Row, Sheet};

/// A column with the smallest and the largest value it may hold.
pub(super) type Bound = (&'static str, f64, f64);

/// Smallest positive number that makes sense as a distance, a rate or an amount.
const POSITIVE: f64 = 1e-9;
const ANY: f64 = 1e15;

/// Non-negative amounts.
pub(super) const AMOUNT: Bound = ("value", 0.0, ANY);
/// Positive distances in km.
pub(super) const DISTANCE: Bound = ("value", POSITIVE, 1e5);
/// Shares of ports.
pub(super) const PORTS: [Bound; 2] =
    [("export_port_share", 0.0, 1.0), ("import_port_share", 0.0, 1.0)];
/// Assumptions by industry.
pub(super) const BY_INDUSTRY: [Bound; 4] = [
    ("foreign_share", 0.0, 1.0),
    ("skilled_share", 0.0, 1.0),
    ("skill_premium", POSITIVE, 100.0),
    ("average_compensation", 0.0, ANY),
];

/// All single assumptions.
const ASSUMPTIONS: [Bound; 18] = [
    ("customs_duty", 0.0, ANY),
    ("distance_decay_goods", 0.0, 10.0),
    ("distance_decay_services", 0.0, 10.0),
    ("transport_margin_distance_exponent", 0.0, 10.0),
    ("margin_share", 0.0, 0.99),
    ("own_port_share", 0.0, 1.0),
    ("fdi_depreciation", 0.0, 1.0),
    ("smallest_foreign_output", 0.0, ANY),
    ("surplus_floor", POSITIVE, 1.0),
    ("largest_value_added_ratio", POSITIVE, 0.999),
    ("depreciation_rate_low", POSITIVE, 1.0),
    ("depreciation_rate", POSITIVE, 1.0),
    ("initial_investment_growth", 0.0, 1.0),
    ("fdi_national_2017", 0.0, ANY),
    ("employment_Liaoning", POSITIVE, 1e4),
    ("employment_Liaoning_agriculture", 0.0, 1e4),
    ("employment_China", POSITIVE, 1e4),
    ("employment_China_agriculture", 0.0, 1e4),
];

/// Reports values out of their bounds; empty fields stand for "not needed here".
pub(super) fn check(sheet: &Sheet, bounds: &[Bound], findings: &mut Findings) {
    for row in &sheet.rows {
        for bound in bounds {
            check_value(sheet, row, bound.0, *bound, findings);
        }
    }
}

fn check_value(sheet: &Sheet, row: &Row, column: &str, bound: Bound, findings: &mut Findings) {
    let (name, low, high) = bound;
    // What is not a number is found where it is read.
    let Ok(value) = sheet.text(row, column).parse::<f64>() else { return };
    if value < low || value > high {
        let message = format!("{value} for `{name}` in `{}` is out of range", sheet.file);
        let label = format!("from {low:?} to {high:?} is possible");
        let finding = Diagnostic::error("E1111", message);
        findings.push(finding.at(sheet.place(row, column), label).help("check sign and unit"));
    }
}

/// Reports unknown names and values out of bounds among the single assumptions.
pub(super) fn check_assumptions(files: &Files, findings: &mut Findings) {
    let Some(table) = sheet(files, "assumptions.csv", &["name", "value"], findings) else { return };
    let known = names(&ASSUMPTIONS.map(|(name, _, _)| name));
    for row in &table.rows {
        if let Some(at) = table.name(row, Key { column: "name", names: &known }, findings) {
            check_value(&table, row, "value", ASSUMPTIONS[at], findings);
        }
    }
}

/// Single assumptions by name.
pub(super) fn scalars(files: &Files, wanted: &[&str], findings: &mut Findings) -> Option<Vec<f64>> {
    let mut table = sheet(files, "assumptions.csv", &["name", "value"], findings)?;
    let wanted = names(wanted);
    let texts = table.clone();
    table.rows.retain(|row| wanted.iter().any(|name| name == texts.text(row, "name")));
    let keys = [Key { column: "name", names: &wanted }];
    Some(table.values(&keys, "value", Coverage::Complete, findings))
}
