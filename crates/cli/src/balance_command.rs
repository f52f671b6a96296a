//! `ironbelt accounts balance`: a labelled table fitted to totals, or to receipts = outlays.
//!
//! Not here: the methods (`accounts::balance`), reading tables (`formats::labelled`).

use std::path::{Path, PathBuf};

use accounts::balance::{
    BalanceError, Blocks, Change, Convergence, Distance, EntropyProblem, Estimate, KnownTotals,
    LeastSquaresProblem, MeasuredCell, Settings, changed_signs, cross_entropy, distance,
    fit_accounts, fit_with_blocks, gaps, largest_changes, least_squares, least_squares_of_totals,
    ras,
};
use accounts::input_output::Label;
use accounts::{InputOutputTable, Matrix};
use clap::{Args, ValueEnum};
use diagnostics::{Diagnostic, Findings};
use formats::labelled::{self, LabelledTable, Totals};
use serde_json::json;

use crate::render::{Style, render};
use crate::tables::{self, wrong};
use crate::{Format, INPUT, NOT_SOLVED, Stop, files};

/// Deviation of a total, relative to the largest total, at which a table is balanced.
const SETTINGS: Settings = Settings { tolerance: 1e-13, max_iterations: 100_000 };
/// Accounts and cells that are listed.
const LISTED: usize = 10;

/// What to balance, and how.
#[derive(Args)]
pub(crate) struct Balance {
    /// Table: csv with labels of columns in the first line, labels of rows in the first field (or in
    /// the second, after a description); a workbook with a social accounting matrix; or a folder of an
    /// input-output table.
    table: PathBuf,
    /// How cells give way.
    #[arg(long, value_enum)]
    method: Method,
    /// Totals to meet: columns `label`, `total`, and `side` (`row` or `column`) where they differ.
    /// Without totals, every account receives what it pays.
    #[arg(long)]
    totals: Option<PathBuf>,
    /// Totals of blocks of cells, for ras and gras: columns `row`, `column` (groups), `total`; needs
    /// --totals and --groups.
    #[arg(long, requires = "groups", requires = "totals")]
    blocks: Option<PathBuf>,
    /// Groups of lines for --blocks: columns `side` (`row` or `column`), `label`, `group`.
    #[arg(long, requires = "blocks")]
    groups: Option<PathBuf>,
    /// Standard errors of cells, for least-squares: columns `row`, `column`, `error`; 0 is known
    /// exactly, empty is unknown. Cells without one have their size as variance.
    #[arg(long)]
    errors: Option<PathBuf>,
    /// Standard error of unknown totals, relative to the mean of receipts and outlays
    /// (cross-entropy).
    #[arg(long, default_value_t = 0.05)]
    standard_error: f64,
    /// File for the balanced table.
    #[arg(long)]
    out: Option<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Method {
    /// Multipliers of rows and columns; with negative cells the same as gras.
    Ras,
    /// Multipliers of rows and columns that divide negative cells.
    Gras,
    /// Coefficients of least cross-entropy (Robinson, Cattaneo & El-Said).
    CrossEntropy,
    /// Weighted least squares, the size of each cell as its variance (Stone).
    LeastSquares,
}

impl Method {
    /// What it is called on that table: RAS with negative cells is GRAS.
    fn name(self, cells: &Matrix) -> &'static str {
        match self {
            Self::Ras if cells.values().iter().all(|cell| *cell >= 0.0) => "RAS",
            Self::Ras => "GRAS (RAS with negative cells)",
            Self::Gras => "GRAS",
            Self::CrossEntropy => "cross-entropy",
            Self::LeastSquares => "least squares",
        }
    }
}

/// What balancing gave.
struct Balanced {
    cells: Matrix,
    how: Convergence,
    distance: Distance,
    changes: Vec<Change>,
    changed_signs: Vec<Change>,
}

pub(crate) fn run(balance: &Balance) -> Result<(), Stop> {
    if tables::is_table_folder(&balance.table) {
        return balance_folder(balance);
    }
    let table = read_table(&balance.table)?;
    let totals = match &balance.totals {
        Some(path) => {
            Some(read(path, |file, text| formats::labelled::read_totals(file, text, &table))?)
        }
        None => None,
    };
    let what = check(balance, &table, totals.as_ref()).map_err(|finding| stop(INPUT, *finding))?;
    if balance.format == Format::Text {
        print!("{}", before(&table));
    }
    let besides = Besides::of(balance, &table)?;
    let (cells, how) =
        fit(balance, &table.cells, &what, &besides).map_err(|error| failed(&error, &table))?;
    let balanced = Balanced::of(&table.cells, cells, how);
    match balance.format {
        Format::Text => print!("{}", after(balance.method, &table, &balanced)),
        Format::Json => println!("{}", as_json(balance.method, &table, &balanced)),
    }
    write(balance.out.as_deref(), &table, &balanced.cells, balance.format)
}

impl Balanced {
    fn of(prior: &Matrix, cells: Matrix, how: Convergence) -> Self {
        Self {
            distance: distance(prior, &cells),
            changes: largest_changes(prior, &cells, LISTED),
            changed_signs: changed_signs(prior, &cells),
            cells,
            how,
        }
    }
}

/// What is known beside totals.
#[derive(Default)]
struct Besides {
    blocks: Option<Blocks>,
    /// Cells with their standard errors; none for an unknown cell.
    errors: Vec<(usize, usize, Option<f64>)>,
}

impl Besides {
    fn of(balance: &Balance, table: &LabelledTable) -> Result<Self, Stop> {
        let wrong_method = |flag: &str, methods: &str| {
            let message = format!("{flag} is for {methods}");
            stop(
                INPUT,
                Diagnostic::error("E1404", message).help("choose that --method, or leave it out"),
            )
        };
        let is_scaling = matches!(balance.method, Method::Ras | Method::Gras);
        let blocks = match (&balance.groups, &balance.blocks) {
            (Some(_), Some(_)) if !is_scaling => {
                return Err(wrong_method("--blocks", "ras and gras"));
            }
            (Some(groups), Some(blocks)) => {
                let groups = read(groups, |file, text| labelled::read_groups(file, text, table))?;
                Some(read(blocks, |file, text| labelled::read_blocks(file, text, &groups))?)
            }
            _ => None,
        };
        let errors = match &balance.errors {
            Some(_) if balance.method != Method::LeastSquares => {
                return Err(wrong_method("--errors", "least-squares"));
            }
            Some(path) => read(path, |file, text| labelled::read_errors(file, text, table))?,
            None => vec![],
        };
        Ok(Self { blocks, errors })
    }

    /// The cells of a table with what is known of them.
    fn cells(&self, table: &Matrix) -> Vec<MeasuredCell> {
        let mut cells = LeastSquaresProblem::of(table).cells;
        for (row, column, error) in &self.errors {
            let value = table.at(*row, *column);
            let estimate = match error {
                None => Estimate::Unknown,
                Some(0.0) => Estimate::Known(value),
                Some(error) => Estimate::Measured { value, variance: error * error },
            };
            match cells.iter_mut().find(|cell| (cell.row, cell.column) == (*row, *column)) {
                Some(cell) => cell.estimate = estimate,
                None => cells.push(MeasuredCell { row: *row, column: *column, estimate }),
            }
        }
        cells
    }
}

/// An input-output table, fitted so that what every industry sells and pays is its output; primary
/// inputs keep their totals, and final demand by column keeps its proportions.
fn balance_folder(balance: &Balance) -> Result<(), Stop> {
    if balance.totals.is_some() || balance.errors.is_some() {
        let message = "an input-output table has its output as totals";
        let help = "leave out --totals and --errors";
        return Err(stop(INPUT, Diagnostic::error("E1404", message).help(help)));
    }
    let mut table = tables::table_folder(&balance.table)?.table;
    let labelled = as_labelled(&table, &balance.table.display().to_string());
    let n = table.output.len();
    let [inputs, demand] = [table.value_added.row_sums(), table.final_demand.column_sums()];
    let size: f64 = demand.iter().map(|total| total.abs()).sum();
    let gap = inputs.iter().sum::<f64>() - demand.iter().sum::<f64>();
    let share = if size > 0.0 { gap / size } else { 0.0 };
    let demand = demand.iter().map(|total| total + share * total.abs());
    let rows = table.output.iter().copied().chain(inputs).collect();
    let columns = table.output.iter().copied().chain(demand).collect();
    let what = What::Totals { rows, columns };
    let (cells, how) = fit(balance, &labelled.cells, &what, &Besides::default())
        .map_err(|error| failed(&error, &labelled))?;
    let balanced = Balanced::of(&labelled.cells, cells, how);
    match balance.format {
        Format::Text => print!("{}", after(balance.method, &labelled, &balanced)),
        Format::Json => println!("{}", as_json(balance.method, &labelled, &balanced)),
    }
    let Some(out) = &balance.out else { return Ok(()) };
    let part = |top: usize, left: usize, rows: usize, columns: usize| {
        Matrix::from_fn(rows, columns, |i, j| balanced.cells.at(top + i, left + j))
    };
    table.flows = part(0, 0, n, n);
    table.final_demand = part(0, n, n, table.categories.len());
    table.value_added = part(n, 0, table.primary_inputs.len(), n);
    let parts = formats::table_folder::write(&table, formats::table_folder::Cells::Csv);
    files::write_parts(out, &parts)?;
    if balance.format == Format::Text {
        println!("\nBalanced table written to {}", out.display());
    }
    Ok(())
}

/// Industries and primary inputs by industries and final demand.
fn as_labelled(table: &InputOutputTable, file: &str) -> LabelledTable {
    let n = table.output.len();
    let named = |label: &Label| format!("{} {}", label.region, label.name).trim().to_owned();
    let industries = || table.industries.iter().map(named);
    let rows: Vec<String> =
        industries().chain(table.primary_inputs.iter().map(|row| row.name.clone())).collect();
    let columns: Vec<String> = industries().chain(table.categories.iter().map(named)).collect();
    let cells = Matrix::from_fn(rows.len(), columns.len(), |i, j| match (i < n, j < n) {
        (true, true) => table.flows.at(i, j),
        (true, false) => table.final_demand.at(i, j - n),
        (false, true) => table.value_added.at(i - n, j),
        (false, false) => 0.0,
    });
    LabelledTable::of_cells(file, rows, columns, cells)
}

/// A labelled csv, or a social accounting matrix on a sheet of a workbook.
fn read_table(path: &Path) -> Result<LabelledTable, Stop> {
    let is_workbook = path.extension().is_some_and(|end| {
        ["xlsx", "xlsb", "xls", "ods"].iter().any(|known| end.eq_ignore_ascii_case(known))
    });
    if !is_workbook {
        return read(path, formats::labelled::read);
    }
    let imported = formats::sam::read(&tables::source(path)?).map_err(|found| wrong(&found))?;
    Ok(LabelledTable::of_matrix(&path.display().to_string(), imported.table))
}

fn read<T>(path: &Path, parse: impl Fn(&str, &str) -> Result<T, Findings>) -> Result<T, Stop> {
    let text = files::read(path)?;
    let name = path.display().to_string();
    parse(&name, &text)
        .map_err(|findings| Stop::new(INPUT, render(&findings, |_| None, Style::Plain)))
}

fn write(
    out: Option<&Path>,
    table: &LabelledTable,
    cells: &Matrix,
    format: Format,
) -> Result<(), Stop> {
    let Some(out) = out else { return Ok(()) };
    let Some(name) = out.file_name().map(|name| name.to_string_lossy().into_owned()) else {
        return Err(Stop::new(INPUT, format!("error: `{}` names no file", out.display())));
    };
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let text = formats::labelled::write(table, cells);
    files::write(folder.unwrap_or(Path::new(".")), &[(name, text)].into())?;
    if format == Format::Text {
        println!("\nBalanced table written to {}", out.display());
    }
    Ok(())
}

fn stop(code: u8, finding: Diagnostic) -> Stop {
    let mut findings = Findings::default();
    findings.push(finding);
    Stop::new(code, render(&findings, |_| None, Style::Plain))
}

/// What must hold, after all that can be seen beforehand.
enum What {
    /// Totals of rows and columns.
    Totals { rows: Vec<f64>, columns: Vec<f64> },
    /// Receipts = outlays, with the total of some accounts.
    Accounts(Vec<Option<f64>>),
}

fn check(
    balance: &Balance,
    table: &LabelledTable,
    totals: Option<&Totals>,
) -> Result<What, Box<Diagnostic>> {
    if !(balance.standard_error > 0.0 && balance.standard_error.is_finite()) {
        let message = format!("the standard error {} is no positive share", balance.standard_error);
        let finding = Diagnostic::error("E1403", message).help("0.05 stands for 5 %");
        return Err(Box::new(finding));
    }
    let is_least_squares = balance.method == Method::LeastSquares;
    let both_sides = totals.is_some_and(Totals::differ_by_side);
    let needs_accounts = totals.is_none() || (is_least_squares && !both_sides);
    if needs_accounts && !table.is_square() {
        return Err(Box::new(not_accounts(balance.method, table, totals.is_some())));
    }
    let Some(totals) = totals else { return Ok(What::Accounts(vec![None; table.rows.len()])) };
    if is_least_squares && !both_sides {
        return Ok(What::Accounts(totals.rows.clone()));
    }
    let known = |kind: &str, labels: &[String], totals: &[Option<f64>]| {
        let missing = labels.iter().zip(totals).find(|(_, total)| total.is_none());
        match missing {
            Some((label, _)) => Err(Box::new(no_total(kind, label))),
            None => Ok(totals.iter().flatten().copied().collect::<Vec<f64>>()),
        }
    };
    let rows = known("row", &table.rows, &totals.rows)?;
    let columns = known("column", &table.columns, &totals.columns)?;
    Ok(What::Totals { rows, columns })
}

fn not_accounts(method: Method, table: &LabelledTable, has_totals: bool) -> Diagnostic {
    let why = if has_totals { method.name(&table.cells) } else { "balancing without totals" };
    let (rows, columns) = (table.rows.len(), table.columns.len());
    let message = format!(
        "{why} needs the same accounts on rows and columns; `{}` has {rows} rows and {columns} columns",
        table.file
    );
    let odd = table.rows.iter().zip(&table.columns).position(|(row, column)| row != column);
    let finding = Diagnostic::error("E1401", message);
    let finding = match odd {
        Some(at) => {
            let label =
                format!("row `{}` stands against column `{}`", table.rows[at], table.columns[at]);
            finding.at(table.place(at, at), label)
        }
        None => finding,
    };
    finding.help("order rows and columns alike, or give totals with --totals and use ras or gras")
}

fn no_total(kind: &str, label: &str) -> Diagnostic {
    Diagnostic::error("E1402", format!("{kind} `{label}` has no total"))
        .help("give every line a total; with least-squares and no `side`, some may be unknown")
}

fn fit(
    balance: &Balance,
    prior: &Matrix,
    what: &What,
    besides: &Besides,
) -> Result<(Matrix, Convergence), BalanceError> {
    match (balance.method, what) {
        (Method::Ras | Method::Gras, What::Totals { rows, columns })
            if besides.blocks.is_some() =>
        {
            let blocks = besides.blocks.as_ref().expect("there are blocks");
            fit_with_blocks(prior, rows, columns, blocks, &SETTINGS)
        }
        (Method::Ras | Method::Gras, What::Totals { rows, columns }) => {
            ras(prior, rows, columns, &SETTINGS)
        }
        (Method::Ras | Method::Gras, What::Accounts(_)) => fit_accounts(prior, &SETTINGS),
        (Method::CrossEntropy, What::Totals { rows, columns }) => {
            let totals = KnownTotals::Exactly { rows: rows.clone(), columns: columns.clone() };
            cross_entropy(prior, &EntropyProblem { totals, aggregates: vec![] }, &SETTINGS)
        }
        (Method::CrossEntropy, What::Accounts(_)) => {
            cross_entropy(prior, &EntropyProblem::of(prior, balance.standard_error), &SETTINGS)
        }
        (Method::LeastSquares, What::Accounts(totals)) => {
            let known = |total: &Option<f64>| total.map_or(Estimate::Unknown, Estimate::Known);
            let totals = totals.iter().map(known).collect();
            let problem = LeastSquaresProblem { totals, cells: besides.cells(prior) };
            least_squares(&problem, &SETTINGS)
        }
        (Method::LeastSquares, What::Totals { rows, columns }) => {
            least_squares_of_totals(&besides.cells(prior), rows, columns, &SETTINGS)
        }
    }
}

/// The finding that explains why a table cannot be balanced, or was not.
fn failed(error: &BalanceError, table: &LabelledTable) -> Stop {
    let message = error.explain(&table.rows, &table.columns);
    let (code, exit, help) = match error {
        BalanceError::TotalsDiffer { .. } => {
            ("E1410", INPUT, "correct a total: what all rows sum to, all columns sum to")
        }
        BalanceError::Conflict { .. } => (
            "E1411",
            INPUT,
            "change one of these totals, or give one of these lines a cell that is not zero elsewhere",
        ),
        BalanceError::OneWay(_) => (
            "E1412",
            INPUT,
            "give the account that only receives an outlay (or the one that only pays a receipt), or remove the cell",
        ),
        BalanceError::ForcedToZero(_) => {
            ("E1414", INPUT, "set these cells to 0 in the table, or change a total of their lines")
        }
        BalanceError::NotConverged(_) => (
            "E1415",
            NOT_SOLVED,
            "bring totals nearer to what the table sums to, or use least-squares",
        ),
        BalanceError::BlockConflict { .. }
        | BalanceError::ShapeMismatch
        | BalanceError::NotFinite => ("E1413", INPUT, "check the table and the totals"),
    };
    let finding = Diagnostic::error(code, message).help(help);
    let finding = match error {
        BalanceError::OneWay(cells) | BalanceError::ForcedToZero(cells) => {
            let (row, column) = cells[0];
            finding.at(table.place(row, column), "the first of these cells")
        }
        _ => finding,
    };
    stop(exit, finding)
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// What was read, and the largest gaps.
fn before(table: &LabelledTable) -> String {
    let all = (0..table.rows.len()).flat_map(|row| table.cells.row(row));
    let (mut cells, mut negative) = (0, 0);
    for cell in all {
        cells += usize::from(*cell != 0.0);
        negative += usize::from(*cell < 0.0);
    }
    let size = if table.is_square() {
        plural(table.rows.len(), "account")
    } else {
        format!("{} × {}", plural(table.rows.len(), "row"), plural(table.columns.len(), "column"))
    };
    let left_out = match table.left_out {
        (true, true) => "; row and column of totals left out",
        (true, false) => "; row of totals left out",
        (false, true) => "; column of totals left out",
        (false, false) => "",
    };
    let file = &table.file;
    let cells = plural(cells, "cell");
    let mut lines =
        vec![format!("{file}: {size}, {cells} that are not zero, {negative} negative{left_out}")];
    if table.is_square() {
        let header = ["Largest gaps", "receipts", "outlays", "gap"];
        lines.push(format!(
            "\n{:<28}{:>16}{:>16}{:>16}",
            header[0], header[1], header[2], header[3]
        ));
        let all = gaps(&table.cells);
        lines.extend(all.iter().take(LISTED).filter(|gap| gap.gap() != 0.0).map(|gap| {
            let label = &table.rows[gap.account];
            format!("{label:<28}{:>16.4}{:>16.4}{:>16.4}", gap.receipts, gap.outlays, gap.gap())
        }));
    }
    lines.join("\n") + "\n"
}

fn after(method: Method, table: &LabelledTable, balanced: &Balanced) -> String {
    let Balanced { how, distance, .. } = balanced;
    let label = |change: &Change| (&table.rows[change.row], &table.columns[change.column]);
    let mut lines = vec![
        format!(
            "\nBalanced by {} in {}: largest deviation {:.1e} of the largest total",
            method.name(&table.cells),
            plural(how.iterations, "round"),
            how.largest_deviation
        ),
        format!(
            "Distance: {:.4} % of all cells, root mean square {:.4}, information gain {:.4}\n",
            distance.total_percentage_error, distance.root_mean_square, distance.information_gain
        ),
        format!("{:<48}{:>16}{:>16}{:>16}", "Cells that changed most", "before", "after", "change"),
    ];
    lines.extend(balanced.changes.iter().map(|change| {
        let ((row, column), Change { before, after, .. }) = (label(change), change);
        format!("{row:<24}{column:<24}{before:>16.4}{after:>16.4}{:>16.4}", after - before)
    }));
    if let Some(first) = balanced.changed_signs.first() {
        let ((row, column), Change { before, after, .. }) = (label(first), first);
        let cells = plural(balanced.changed_signs.len(), "cell");
        lines.push(format!(
            "\nwarning[W1401]: {cells} changed sign, first `{row}`, `{column}`: {before} to {after}"
        ));
    }
    lines.join("\n") + "\n"
}

fn as_json(method: Method, table: &LabelledTable, balanced: &Balanced) -> serde_json::Value {
    let cell = |change: &Change| {
        json!({
            "row": table.rows[change.row], "column": table.columns[change.column],
            "before": change.before, "after": change.after,
        })
    };
    let gap = |gap: &accounts::balance::Gap| {
        let account = &table.rows[gap.account];
        json!({ "account": account, "receipts": gap.receipts, "outlays": gap.outlays, "gap": gap.gap() })
    };
    let gaps: Vec<_> = if table.is_square() {
        gaps(&table.cells).iter().take(LISTED).map(gap).collect()
    } else {
        Vec::new()
    };
    let Balanced { how, distance, .. } = balanced;
    json!({
        "format": 1,
        "table": table.file,
        "rows": table.rows.len(),
        "columns": table.columns.len(),
        "method": method.name(&table.cells),
        "rounds": how.iterations,
        "largest_deviation": how.largest_deviation,
        "distance": {
            "total_percentage_error": distance.total_percentage_error,
            "root_mean_square": distance.root_mean_square,
            "information_gain": distance.information_gain,
            "cells": distance.cells,
        },
        "largest_gaps_before": gaps,
        "largest_changes": balanced.changes.iter().map(cell).collect::<Vec<_>>(),
        "changed_signs": balanced.changed_signs.iter().map(cell).collect::<Vec<_>>(),
    })
}
