//! The benchmark under the lamp: which conditions do not hold at the start, who pays whom what, and
//! two laws every model should obey there.
//!
//! Not here: solving. A model whose benchmark does not replicate is mis-specified before any shock.

use std::fmt::Write as _;

use crate::blocks::Flow;
use crate::certificate::plain;
use crate::layout::{columns, figure};
use crate::model::Class;
use crate::scenario::Instance;

/// Factor by which prices and incomes are scaled to test homogeneity.
const FACTOR: f64 = 7.0;
/// Residuals below this share of what is balanced count as replicated.
pub const REPLICATES: f64 = 1e-9;
/// Residuals that are printed.
const SHOWN: usize = 10;

/// A condition at the start.
#[derive(Debug, Clone, PartialEq)]
pub struct Residual {
    /// Position of its variable.
    pub at: usize,
    /// F.
    pub value: f64,
    /// |F| over what the condition balances, after what complementarity allows.
    pub relative: f64,
}

/// What one block pays (negative) and receives (positive) in the market of each commodity.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowTable {
    /// Commodities, then one row for taxes and incomes.
    pub rows: Vec<String>,
    /// Sectors and consumers.
    pub columns: Vec<String>,
    /// Values at the prices of the start, row by row.
    pub values: Vec<Vec<f64>>,
}

/// A model checked at the start of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Conditions, largest relative residual first.
    pub residuals: Vec<Residual>,
    /// Who pays whom.
    pub flows: FlowTable,
    /// Σ over all conditions of value times F, over turnover: zero whatever the point (Walras).
    pub walras: f64,
    /// Conditions that change otherwise than they should when all prices and incomes are
    /// multiplied by one factor, with the relative deviation.
    pub not_homogeneous: Vec<(usize, f64)>,
}

impl Check {
    /// Whether the start solves the model.
    pub fn replicates(&self) -> bool {
        self.residuals.iter().all(|each| each.relative <= REPLICATES)
    }
}

/// The condition that is farthest from holding at the start; none when the start solves the model.
pub(crate) fn off_at_start(instance: &Instance) -> Option<Residual> {
    let conditions = instance.blocks.conditions(&instance.start);
    let start = Start { conditions, sizes: plain(instance, &instance.start).sizes };
    residuals(instance, &start).into_iter().next().filter(|worst| worst.relative > REPLICATES)
}

/// Checks a model at the start of a scenario.
pub fn check(instance: &Instance) -> Check {
    let conditions = instance.blocks.conditions(&instance.start);
    let start = Start { conditions, sizes: plain(instance, &instance.start).sizes };
    Check {
        residuals: residuals(instance, &start),
        flows: flow_table(instance, &instance.start),
        walras: walras(instance, &start),
        not_homogeneous: not_homogeneous(instance, &start),
    }
}

/// The conditions at the start, and the size of what each balances.
struct Start {
    conditions: Vec<f64>,
    sizes: Vec<f64>,
}

fn residuals(instance: &Instance, Start { conditions, sizes }: &Start) -> Vec<Residual> {
    let point = &instance.start;
    let each = |at: usize| {
        let size = if sizes[at] > 0.0 { sizes[at] } else { 1.0 };
        let value = conditions[at];
        let allowed = instance.dropped(at)
            || point[at] <= instance.lower[at] && value >= 0.0
            || point[at] >= instance.upper[at] && value <= 0.0;
        let relative = if allowed { 0.0 } else { (value / size).abs() };
        let relative = if relative.is_nan() { f64::INFINITY } else { relative };
        Residual { at, value, relative }
    };
    let mut residuals: Vec<Residual> = (0..point.len()).map(each).collect();
    residuals.sort_by(|a, b| b.relative.total_cmp(&a.relative));
    residuals
}

fn flow_table(instance: &Instance, point: &[f64]) -> FlowTable {
    let commodities: Vec<usize> = instance.of(Class::Commodity).collect();
    let first = commodities.first().copied().unwrap_or(0);
    let mut columns = vec![];
    let mut values = vec![vec![]; commodities.len() + 1];
    for block in &instance.blocks.list {
        let own = block.inputs[0];
        if instance.model.variables[own].class == Class::Auxiliary {
            continue;
        }
        columns.push(instance.model.variables[own].name.clone());
        let column = columns.len() - 1;
        for row in &mut values {
            row.push(0.0);
        }
        let out = block.at(point, |_| {});
        for (row, amount) in block.rows.iter().zip(&out) {
            if instance.model.variables[*row].class == Class::Commodity {
                values[*row - first][column] += amount * point[*row];
            }
        }
        let balance: f64 = values[..commodities.len()].iter().map(|row| row[column]).sum();
        values[commodities.len()][column] = -balance;
    }
    let name = |at: &usize| instance.model.variables[*at].name.clone();
    let mut rows: Vec<String> = commodities.iter().map(name).collect();
    rows.push("taxes, profits".to_owned());
    FlowTable { rows, columns, values }
}

/// Σ price × excess supply + Σ level × loss + Σ (income − earnings) is zero at any point, because
/// every block's receipts are its outlays. Spending of consumers is their income by construction.
fn walras(instance: &Instance, Start { conditions, sizes }: &Start) -> f64 {
    let point = &instance.start;
    let (mut sum, mut turnover) = (0.0, 0.0);
    for block in &instance.blocks.list {
        let at = block.inputs[0];
        sum += match instance.model.variables[at].class {
            Class::Sector => point[at] * conditions[at],
            Class::Consumer => {
                let mut spends = false;
                block.at(point, |flow| spends |= matches!(flow, Flow::Demand(..)));
                // One who demands nothing keeps the income: it leaves the circle.
                if spends { conditions[at] } else { conditions[at] - point[at] }
            }
            _ => 0.0,
        };
    }
    for at in instance.of(Class::Commodity) {
        sum += point[at] * conditions[at];
        turnover += (point[at] * sizes[at]).abs();
    }
    if turnover > 0.0 { sum / turnover } else { sum }
}

fn not_homogeneous(
    instance: &Instance,
    Start { conditions: before, sizes }: &Start,
) -> Vec<(usize, f64)> {
    let point = &instance.start;
    let nominal = |at: usize| {
        matches!(instance.model.variables[at].class, Class::Commodity | Class::Consumer)
    };
    let scaled: Vec<f64> =
        point.iter().enumerate().map(|(at, z)| if nominal(at) { FACTOR * z } else { *z }).collect();
    let after = instance.blocks.conditions(&scaled);
    let deviation = |at: usize| {
        let factor = match instance.model.variables[at].class {
            Class::Sector | Class::Consumer => FACTOR,
            Class::Commodity => 1.0,
            // A constraint may be in prices or in quantities: either is homogeneous.
            Class::Auxiliary => return constraint_deviation(before[at], after[at]),
        };
        let size = f64::max(sizes[at], f64::MIN_POSITIVE);
        (after[at] - factor * before[at]).abs() / (factor * size)
    };
    (0..point.len())
        .map(|at| (at, deviation(at)))
        .filter(|(_, deviation)| *deviation > REPLICATES || deviation.is_nan())
        .collect()
}

fn constraint_deviation(before: f64, after: f64) -> f64 {
    let size = f64::max(before.abs(), after.abs());
    let from = |factor: f64| (after - factor * before).abs();
    let nearest = [1.0 / FACTOR, 1.0, FACTOR, FACTOR * FACTOR].map(from);
    let nearest = nearest.into_iter().fold(f64::INFINITY, f64::min);
    if size < 1e-6 { 0.0 } else { nearest / size }
}

/// The check as text.
pub fn check_text(instance: &Instance, check: &Check) -> String {
    let mut text = String::new();
    let name = |at: usize| instance.model.condition(at);
    let worst = &check.residuals[..check.residuals.len().min(SHOWN)];
    text.push_str("Largest residuals at the start\n");
    let mut lines =
        vec![vec!["condition".to_owned(), "F".to_owned(), "of what it balances".to_owned()]];
    lines.extend(
        worst
            .iter()
            .map(|each| vec![name(each.at), figure(each.value), format!("{:.1e}", each.relative)]),
    );
    text.push_str(&columns(&lines));
    let verdict = if check.replicates() {
        "The start solves the model.".to_owned()
    } else {
        let off = check.residuals.iter().filter(|each| each.relative > REPLICATES).count();
        format!("{off} conditions do not hold at the start.")
    };
    let _ = writeln!(text, "{verdict}\n\nFlows at the start, in value: receipts +, outlays −");
    text.push_str(&flow_text(&check.flows));
    let _ = writeln!(
        text,
        "\nWalras: values of all conditions sum to {:.1e} of turnover.",
        check.walras
    );
    if check.not_homogeneous.is_empty() {
        text.push_str("Homogeneity: with all prices and incomes times 7, no quantity moves.\n");
    } else {
        text.push_str("Homogeneity: with all prices and incomes times 7, these do not follow:\n");
        for (at, deviation) in &check.not_homogeneous {
            let _ = writeln!(text, "  {} (off by {deviation:.1e})", name(*at));
        }
    }
    text
}

/// Columns of the flow table that are printed at most.
const WIDEST: usize = 12;

fn flow_text(flows: &FlowTable) -> String {
    let shown = flows.columns.len().min(WIDEST);
    let mut header = vec![String::new()];
    header.extend(flows.columns[..shown].iter().cloned());
    let rest = flows.columns.len() - shown;
    if rest > 0 {
        header.push(format!("{rest} others"));
    }
    header.push("sum".to_owned());
    let mut lines = vec![header];
    for (name, row) in flows.rows.iter().zip(&flows.values) {
        let mut line = vec![name.clone()];
        line.extend(row[..shown].iter().map(|value| cell(*value)));
        if rest > 0 {
            line.push(cell(row[shown..].iter().sum()));
        }
        line.push(cell(row.iter().sum()));
        lines.push(line);
    }
    columns(&lines)
}

fn cell(value: f64) -> String {
    if value.abs() < 1e-9 { "·".to_owned() } else { format!("{value:.4}") }
}
