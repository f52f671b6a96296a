//! Why a table cannot be balanced, with the lines that conflict.

use std::fmt;

use super::Convergence;

/// Rows or columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Rows.
    Rows,
    /// Columns.
    Columns,
}

/// Why a prior cannot be balanced.
#[derive(Debug, Clone, PartialEq)]
pub enum BalanceError {
    /// The totals do not have the shape of the prior.
    ShapeMismatch,
    /// A total or a cell is NaN or infinite.
    NotFinite,
    /// Row totals and column totals do not have the same sum.
    TotalsDiffer {
        /// Sum of the row totals.
        rows: f64,
        /// Sum of the column totals.
        columns: f64,
    },
    /// Lines that want more than the only lines they have cells in can take.
    ///
    /// A negative cell counts the other way round: by it, a column gives to a row.
    Conflict {
        /// The lines that want too much.
        short: Side,
        /// The rows.
        rows: Vec<usize>,
        /// Sum of their totals.
        rows_total: f64,
        /// The columns.
        columns: Vec<usize>,
        /// Sum of their totals.
        columns_total: f64,
    },
    /// A block of cells cannot have its total: it is empty, or contradicts the totals of its lines.
    BlockConflict {
        /// Group of rows, or all groups.
        row_group: Option<usize>,
        /// Group of columns, or all groups.
        column_group: Option<usize>,
        /// Sum of the totals of the blocks.
        wanted: f64,
        /// What the cells, or the totals of their lines, allow.
        possible: f64,
    },
    /// Cells (row, column) that no circular flow passes through: receipts = outlays forces them to 0.
    OneWay(Vec<(usize, usize)>),
    /// Cells (row, column) for which these totals leave nothing.
    ForcedToZero(Vec<(usize, usize)>),
    /// The iteration limit was reached, or no step made progress.
    NotConverged(Convergence),
}

impl BalanceError {
    /// The cause in a sentence, with the lines by name; a line without a name goes by its number.
    pub fn explain(&self, rows: &[String], columns: &[String]) -> String {
        match self {
            Self::ShapeMismatch => "the totals do not have the shape of the table".to_owned(),
            Self::NotFinite => "a cell or a total is not a finite number".to_owned(),
            Self::TotalsDiffer { rows, columns } => {
                format!("row totals sum to {rows}, column totals to {columns}")
            }
            Self::Conflict { short, rows: r, rows_total, columns: c, columns_total } => {
                let r = Lines { kind: "row", at: r, names: rows, total: *rows_total };
                let c = Lines { kind: "column", at: c, names: columns, total: *columns_total };
                match short {
                    Side::Rows => shortage(&r, &c, "take"),
                    Side::Columns => shortage(&c, &r, "give"),
                }
            }
            Self::BlockConflict { row_group, column_group, wanted, possible } => format!(
                "{} must sum to {wanted}, but its cells or the totals of its lines allow {possible}",
                block(*row_group, *column_group)
            ),
            Self::OneWay(cells) => format!(
                "money that enters through {} never returns to where it came from",
                list(cells, rows, columns)
            ),
            Self::ForcedToZero(cells) => format!(
                "these totals can only be met if nothing is left in {}",
                list(cells, rows, columns)
            ),
            Self::NotConverged(how) => format!(
                "not balanced after {} rounds, largest deviation {:.1e} of the largest total",
                how.iterations, how.largest_deviation
            ),
        }
    }
}

impl fmt::Display for BalanceError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.explain(&[], &[]))
    }
}

impl std::error::Error for BalanceError {}

/// Lines and cells named one by one before the rest is counted.
const NAMED: usize = 6;

fn name(kind: &str, at: usize, names: &[String]) -> String {
    names.get(at).map_or_else(|| format!("{kind} {}", at + 1), |name| format!("`{name}`"))
}

/// Lines of one side, and the sum of their totals.
struct Lines<'a> {
    kind: &'a str,
    at: &'a [usize],
    names: &'a [String],
    total: f64,
}

impl fmt::Display for Lines<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind;
        if self.at.is_empty() {
            return write!(out, "no {kind}");
        }
        let named = self.at.iter().take(NAMED).map(|at| name(kind, *at, self.names));
        let named = named.collect::<Vec<_>>().join(", ");
        match self.at.len() {
            1 => write!(out, "{kind} {named}"),
            2..=NAMED => write!(out, "{kind}s {named}"),
            more => write!(out, "{kind}s {named} and {} more", more - NAMED),
        }
    }
}

fn shortage(short: &Lines, other: &Lines, verb: &str) -> String {
    let (wanted, possible) = (short.total, other.total);
    match other.at.len() {
        0 => format!("{short} must sum to {wanted}, but can meet {other}"),
        1 => format!(
            "{short} must sum to {wanted}, but can only meet {other}, which {verb}s {possible}"
        ),
        _ => format!(
            "{short} must sum to {wanted}, but can only meet {other}, which {verb} {possible}"
        ),
    }
}

fn block(row_group: Option<usize>, column_group: Option<usize>) -> String {
    match (row_group, column_group) {
        (Some(row), Some(column)) => format!("block ({}, {})", row + 1, column + 1),
        (Some(row), None) => format!("the blocks of row group {}", row + 1),
        (None, Some(column)) => format!("the blocks of column group {}", column + 1),
        (None, None) => "a block".to_owned(),
    }
}

fn list(cells: &[(usize, usize)], rows: &[String], columns: &[String]) -> String {
    let named = cells.iter().take(NAMED).map(|(row, column)| {
        format!("({}, {})", name("row", *row, rows), name("column", *column, columns))
    });
    let named = named.collect::<Vec<_>>().join(", ");
    match cells.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
