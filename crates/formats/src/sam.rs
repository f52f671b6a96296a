//! Social accounting matrices in csv or on a sheet of a workbook.
//!
//! The block is found by its labels, which are equal for rows and columns; a last account that holds
//! totals is left out, and compared with the sums.

#[cfg(test)]
mod tests;

use accounts::Matrix;
use accounts::SocialAccountingMatrix;
use accounts::social_accounting::Account;
use diagnostics::{Diagnostic, Findings};

use crate::import::{Imported, Reader, block};
use crate::sheet_table::{uninterrupted, unit};
use crate::source::{Source, has_extension, last_part};
use crate::square::{self, Square, says_total};
use crate::workbook::{self, Cells};

/// Reads a social accounting matrix from one csv file or workbook (its first sheet with a block).
///
/// # Errors
/// All findings: E1300, E1304, E1307, E1309 – E1312.
pub fn read(source: &Source) -> Result<Imported<SocialAccountingMatrix>, Findings> {
    let mut reader = Reader::new(source, "social accounting matrix");
    let matrix = sheets(&mut reader).and_then(|sheets| matrix(&mut reader, &sheets));
    reader.report_unused();
    match matrix {
        Some(table) if !reader.findings.has_errors() => {
            Ok(Imported { table, report: reader.report, broken: vec![] })
        }
        _ => Err(reader.findings),
    }
}

/// The matrix as csv that [`read`] reads back: names, codes, cells; cells of zero are left empty.
pub fn write(matrix: &SocialAccountingMatrix) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let codes = matrix.accounts.iter().map(|account| account.code.clone());
    let title = if matrix.unit.is_empty() || matrix.name.contains(&matrix.unit) {
        matrix.name.clone()
    } else {
        format!("{} ({})", matrix.name, matrix.unit)
    };
    let head: Vec<String> = [title, "Code".to_owned()].into_iter().chain(codes).collect();
    writer.write_record(&head).expect("memory takes every record of one length");
    for (at, account) in matrix.accounts.iter().enumerate() {
        let cells = matrix.cells.row(at).iter();
        let cells = cells.map(|cell| if *cell == 0.0 { String::new() } else { cell.to_string() });
        let labels = [account.name.clone(), account.code.clone()];
        let line: Vec<String> = labels.into_iter().chain(cells).collect();
        writer.write_record(&line).expect("memory takes every record of one length");
    }
    let bytes = writer.into_inner().expect("memory can be flushed");
    String::from_utf8(bytes).expect("the fields are UTF-8")
}

fn sheets(reader: &mut Reader<'_>) -> Option<Vec<Cells>> {
    let is_text = |name: &str| has_extension(name, "csv");
    let is_workbook =
        |name: &str| ["xlsx", "xlsb", "xls", "ods"].iter().any(|end| has_extension(name, end));
    let named = |name: &str| name.contains("sam") && (is_text(name) || is_workbook(name));
    let file = match reader.optional(named) {
        Some(file) => file,
        None => {
            reader.required("`*.csv` or `*.xlsx`", |name| is_text(name) || is_workbook(name))?
        }
    };
    if is_text(file) {
        let lines = reader.sheet_lines(file)?;
        return Some(vec![Cells::from_texts(last_part(file), lines)]);
    }
    let bytes = reader.bytes(file)?;
    workbook::read(file, &bytes, |_| true, &mut reader.findings)
}

fn matrix(reader: &mut Reader<'_>, sheets: &[Cells]) -> Option<SocialAccountingMatrix> {
    let found = sheets.iter().find_map(|cells| Some((cells, square::find(cells)?)));
    let Some((cells, square)) = found else {
        let file = sheets.first().map_or("the workbook", |cells| cells.file.as_str());
        let message = format!("`{file}` has no square block with labels");
        let help = "rows and columns must list the same accounts in one order";
        reader.error("E1312", message, help);
        return None;
    };
    uninterrupted(reader, cells, &square)?;
    let mut accounts = names(cells, &square);
    let (rows, columns) = square.lines();
    let mut all = block(reader, cells, &rows, &columns);
    let n = accounts.len();
    if accounts.last().is_some_and(is_total) {
        accounts.pop();
        compare_totals(reader, &all, n - 1);
        all = Matrix::from_fn(n - 1, n - 1, |row, column| all.at(row, column));
    }
    beyond(reader, cells, &square);
    check_codes(reader, cells, &accounts);
    let unit = unit(cells, &square);
    if unit.is_empty() {
        reader.report.note("the file does not say its unit");
    } else {
        reader.report.unit(unit.clone());
    }
    let matrix = SocialAccountingMatrix { name: cells.text(0, 0), unit, accounts, cells: all };
    reader.report.count("accounts", matrix.accounts.len());
    let filled = matrix.cells.values().iter().filter(|value| **value != 0.0).count();
    reader.report.count("cells that are not zero", filled);
    let imbalances = matrix.imbalances();
    let worst = (0..imbalances.len())
        .max_by(|a, b| imbalances[*a].abs().total_cmp(&imbalances[*b].abs()))
        .filter(|at| imbalances[*at] != 0.0);
    reader.report.note(match worst {
        None => "receipts equal outlays for every account".to_owned(),
        Some(at) => {
            let account = &matrix.accounts[at].name;
            let (by, receipts) = (imbalances[at], matrix.receipts()[at]);
            format!("receipts less outlays are at most {by} ({account}, which receives {receipts})")
        }
    });
    Some(matrix)
}

/// Codes are the shortest labels that rows and columns share; names the longest text of a row.
fn names(cells: &Cells, square: &Square) -> Vec<Account> {
    let level = square.names(cells, false).or_else(|| square.levels.first().copied());
    let level = level.unwrap_or((square.top - 1, square.left - 1));
    let codes = square.labels(cells, level);
    let account = |(at, code): (usize, String)| {
        let texts = (0..square.left).map(|column| cells.text(square.top + at, column));
        let name = texts.max_by_key(|text| text.chars().count()).filter(|text| !text.is_empty());
        Account { name: name.unwrap_or_else(|| code.clone()), code }
    };
    codes.into_iter().enumerate().map(account).collect()
}

/// Lines with numbers after the block: left out when they are totals or have no label, or else an
/// account that only rows or only columns have.
fn beyond(reader: &mut Reader<'_>, cells: &Cells, square: &Square) {
    let (rows, columns) = square.lines();
    let lines = [
        ("column", square.left + square.size..cells.columns()),
        ("row", square.top + square.size..cells.rows()),
    ];
    for (kind, range) in lines {
        for at in range {
            let is_row = kind == "row";
            let has_numbers = if is_row {
                columns.iter().any(|column| cells.number(at, *column).is_some())
            } else {
                rows.iter().any(|row| cells.number(*row, at).is_some())
            };
            if !has_numbers {
                continue;
            }
            let texts: Vec<String> = if is_row {
                (0..square.left).map(|column| cells.text(at, column)).collect()
            } else {
                (0..square.top).map(|row| cells.text(row, at)).collect()
            };
            let label = texts.iter().find(|text| !text.is_empty()).cloned().unwrap_or_default();
            if label.is_empty() || texts.iter().any(|text| says_total(text)) {
                let number = at + 1;
                reader.report.dropped(format!("{kind} {number} `{label}`, which is no account"));
                continue;
            }
            let place = if is_row {
                cells.place(at, square.left - 1)
            } else {
                cells.place(square.top - 1, at)
            };
            let other = if is_row { "column" } else { "row" };
            let message = format!("`{}` has a {kind} `{label}` and no such {other}", cells.file);
            let help = "every account has a row and a column; a line of sums is named `total`";
            let finding = Diagnostic::error("E1311", message);
            reader.findings.push(finding.at(place, "not an account of both sides").help(help));
        }
    }
}

fn is_total(account: &Account) -> bool {
    ["total", "sum"].contains(&account.code.to_lowercase().as_str())
        || account.name.to_lowercase() == "total"
}

/// Notes by how much printed totals differ from the sums of the cells.
fn compare_totals(reader: &mut Reader<'_>, all: &Matrix, n: usize) {
    reader.report.dropped("the row and the column of totals");
    let row_sum = |row: usize| all.row(row)[..n].iter().sum::<f64>();
    let column_sum = |column: usize| (0..n).map(|row| all.at(row, column)).sum::<f64>();
    let off: Vec<f64> = (0..n)
        .flat_map(|at| [all.at(at, n) - row_sum(at), all.at(n, at) - column_sum(at)])
        .map(f64::abs)
        .filter(|off| *off > 0.0)
        .collect();
    if !off.is_empty() {
        let most = off.iter().fold(0.0_f64, |most, off| most.max(*off));
        let (count, of) = (off.len(), 2 * n);
        reader
            .report
            .note(format!("{count} of {of} printed totals differ from the sums, by up to {most}"));
    }
}

fn check_codes(reader: &mut Reader<'_>, cells: &Cells, accounts: &[Account]) {
    let mut codes: Vec<&str> = accounts.iter().map(|account| account.code.as_str()).collect();
    codes.sort_unstable();
    if let Some([code, ..]) = codes.windows(2).find(|pair| pair[0] == pair[1]) {
        let message = format!("`{}` has two accounts `{code}`", cells.file);
        reader.error("E1309", message, "each may be there once");
    }
}
