//! A table of numbers with a label on each row and column, such as a social accounting matrix, and
//! totals for its lines.
//!
//! The first line has the labels of columns. Labels of rows stand in the first field, or in the
//! second when the first describes and the second is a code. A last row and a last column `total` are
//! left out. An empty field is 0.
//! Not here: matrices on sheets of workbooks (`crate::sam`, [`LabelledTable::of_matrix`]), tables in
//! rows of keys and values (`crate::sheet`), balancing (`accounts::balance`).

use std::collections::BTreeMap;

use accounts::balance::Blocks;
use accounts::{Matrix, SocialAccountingMatrix};
use diagnostics::{Diagnostic, Findings, Place};

use crate::sheet::{Row, Sheet, nearest};
use crate::text::delimiter;

/// A table with its labels and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledTable {
    /// Name of the file.
    pub file: String,
    /// Labels of rows.
    pub rows: Vec<String>,
    /// Labels of columns.
    pub columns: Vec<String>,
    /// Cells, rows × columns, in the unit of the file.
    pub cells: Matrix,
    /// Whether a last row, and a last column, of totals were left out.
    pub left_out: (bool, bool),
    /// Field, from 1, of the first cell of a row.
    first_field: usize,
    /// Line of each row in the file.
    lines: Vec<usize>,
}

impl LabelledTable {
    /// Whether rows and columns are the same accounts in the same order.
    pub fn is_square(&self) -> bool {
        self.rows == self.columns
    }

    /// A social accounting matrix by its codes; `file` is what it was read from.
    pub fn of_matrix(file: &str, matrix: SocialAccountingMatrix) -> Self {
        let codes: Vec<String> =
            matrix.accounts.iter().map(|account| account.code.clone()).collect();
        let lines = (2..codes.len() + 2).collect();
        Self {
            file: file.to_owned(),
            rows: codes.clone(),
            columns: codes,
            cells: matrix.cells,
            left_out: (false, false),
            first_field: 3,
            lines,
        }
    }

    /// A table of these cells; `file` is what it was read from, line by line under a header.
    pub fn of_cells(file: &str, rows: Vec<String>, columns: Vec<String>, cells: Matrix) -> Self {
        let lines = (2..rows.len() + 2).collect();
        let file = file.to_owned();
        Self { file, rows, columns, cells, left_out: (false, false), first_field: 2, lines }
    }

    /// Where a cell stands.
    pub fn place(&self, row: usize, column: usize) -> Place {
        Place::cell(&self.file, self.lines[row], self.first_field + column)
    }
}

/// Groups of the lines of a table, by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Groups {
    /// Group of each row.
    rows: Vec<usize>,
    /// Group of each column.
    columns: Vec<usize>,
    /// Names of the groups of rows.
    row_names: Vec<String>,
    /// Names of the groups of columns.
    column_names: Vec<String>,
}

/// A cell and its standard error; none for a cell that is not known.
pub type CellError = (usize, usize, Option<f64>);

/// Totals of lines, in the unit of the table; none where the file has none.
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    /// Totals of rows.
    pub rows: Vec<Option<f64>>,
    /// Totals of columns.
    pub columns: Vec<Option<f64>>,
}

/// Label of a line of totals.
const TOTAL: &str = "total";

/// Reads a table.
///
/// # Errors
/// All findings: a table without cells (`E1102`), lines of another length (`E1110`), labels given
/// twice (`E1107`), fields that are no finite numbers (`E1105`, `E1106`).
pub fn read(file: &str, text: &str) -> Result<LabelledTable, Findings> {
    let mut findings = Findings::default();
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter(text))
        .comment(Some(b'#'))
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records: Vec<csv::StringRecord> = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => records.push(record),
            Err(error) => {
                let line = error.position().map_or(1, |position| position.line() as usize);
                let message = format!("line {line} of `{file}` is not a row: {error}");
                let finding = Diagnostic::error("E1110", message);
                findings.push(finding.at(Place::cell(file, line, 1), "unreadable"));
            }
        }
    }
    parse(file, &records, &mut findings).ok_or(findings)
}

fn line_of(record: &csv::StringRecord) -> usize {
    record.position().map_or(1, |position| position.line() as usize)
}

fn parse(
    file: &str,
    records: &[csv::StringRecord],
    findings: &mut Findings,
) -> Option<LabelledTable> {
    let [header, lines @ ..] = records else { return empty(file, findings) };
    let first_field = first_field(header, lines);
    let mut columns = labels(header.iter().skip(first_field - 1));
    let mut rows = labels(lines.iter().filter_map(|line| line.get(first_field - 2)));
    let left_out = (leave_out(&mut rows), leave_out(&mut columns));
    if rows.is_empty() || columns.is_empty() {
        return empty(file, findings);
    }
    // Filled line by line: no more memory than the text has fields, whatever the first line says.
    let mut values = Vec::new();
    for line in lines.iter().take(rows.len()) {
        if line.len() != header.len() {
            findings.push(another_length(file, line, header.len()));
        }
        for (column, field) in line.iter().skip(first_field - 1).take(columns.len()).enumerate() {
            let place = || Place::cell(file, line_of(line), first_field + column);
            values.push(number(field, place, findings));
        }
    }
    let line_numbers: Vec<usize> = lines.iter().take(rows.len()).map(line_of).collect();
    let place = |row: usize| Place::cell(file, line_numbers[row], first_field - 1);
    twice("row", &rows, place, findings);
    twice("column", &columns, |at| Place::cell(file, line_of(header), first_field + at), findings);
    if findings.has_errors() {
        return None;
    }
    let cells = Matrix::from_fn(rows.len(), columns.len(), |i, j| values[i * columns.len() + j]);
    let file = file.to_owned();
    Some(LabelledTable { file, rows, columns, cells, left_out, first_field, lines: line_numbers })
}

/// Codes in the second field are used where a line has them instead of a number.
fn first_field(header: &csv::StringRecord, lines: &[csv::StringRecord]) -> usize {
    let is_code = |line: &csv::StringRecord| {
        line.get(1)
            .is_some_and(|field| !field.trim().is_empty() && field.trim().parse::<f64>().is_err())
    };
    let has_codes = header.len() > 2 && !lines.is_empty() && lines.iter().all(is_code);
    if has_codes { 3 } else { 2 }
}

fn labels<'a>(fields: impl Iterator<Item = &'a str>) -> Vec<String> {
    fields.map(|field| field.trim().to_owned()).collect()
}

fn leave_out(labels: &mut Vec<String>) -> bool {
    let is_total = labels.last().is_some_and(|label| label.eq_ignore_ascii_case(TOTAL));
    if is_total {
        labels.pop();
    }
    is_total
}

fn number(field: &str, place: impl Fn() -> Place, findings: &mut Findings) -> f64 {
    let field = field.trim();
    let (code, problem) = match field.parse::<f64>() {
        Ok(value) if value.is_finite() => return value,
        Ok(_) => ("E1106", "not a finite number"),
        Err(_) if field.is_empty() => return 0.0,
        Err(_) => ("E1105", "not a number"),
    };
    let finding = Diagnostic::error(code, format!("`{field}` is {problem}")).at(place(), problem);
    findings.push(finding.help("write a number with a decimal point and no thousands separators"));
    0.0
}

fn empty(file: &str, findings: &mut Findings) -> Option<LabelledTable> {
    if !findings.has_errors() {
        let finding = Diagnostic::error("E1102", format!("table `{file}` has no cells"));
        let label = "a line of column labels, and lines that begin with a row label, are expected";
        findings.push(
            finding
                .at(Place::cell(file, 1, 1), label)
                .help("the file may have been cut off when it was saved"),
        );
    }
    None
}

fn another_length(file: &str, line: &csv::StringRecord, expected: usize) -> Diagnostic {
    let (at, fields) = (line_of(line), line.len());
    let message =
        format!("line {at} of `{file}` has {fields} fields, the first line has {expected}");
    Diagnostic::error("E1110", message)
        .at(Place::cell(file, at, fields), "the row ends here")
        .help("quote a field that holds a comma; a short last line means that the file was cut off")
}

fn twice(kind: &str, labels: &[String], place: impl Fn(usize) -> Place, findings: &mut Findings) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, label) in labels.iter().enumerate() {
        if let Some(before) = first.get(label.as_str()) {
            let message = format!("{kind} `{label}` is given twice");
            let finding = Diagnostic::error("E1107", message);
            let label = format!("first given as {kind} {}", before + 1);
            findings.push(finding.at(place(at), label).help("rename or remove one of the two"));
        } else {
            first.insert(label, at);
        }
    }
}

/// Reads totals for the lines of `table`: columns `label`, `total`, and, where rows and columns have
/// different totals, `side` with `row` or `column`.
///
/// # Errors
/// All findings: missing columns (`E1103`), unknown labels or sides (`E1104`), totals given twice
/// (`E1107`), fields that are no numbers (`E1105`, `E1106`).
pub fn read_totals(file: &str, text: &str, table: &LabelledTable) -> Result<Totals, Findings> {
    let mut findings = Findings::default();
    let text = text.trim_start_matches('\u{feff}');
    let header = text.lines().find(|line| !line.starts_with('#')).unwrap_or("");
    let has_side = header.split(',').any(|name| name.trim() == "side");
    let columns: &[&str] = if has_side { &["side", "label", "total"] } else { &["label", "total"] };
    let mut totals =
        Totals { rows: vec![None; table.rows.len()], columns: vec![None; table.columns.len()] };
    if let Some(sheet) = Sheet::parse(file, text, columns, &mut findings) {
        for row in &sheet.rows {
            let side = if has_side { sheet.text(row, "side") } else { "" };
            match side {
                "" | "row" | "column" => totals.set(&sheet, row, side, table, &mut findings),
                _ => findings.push(unknown_side(side, sheet.place(row, "side"))),
            }
        }
    }
    if findings.has_errors() { Err(findings) } else { Ok(totals) }
}

/// Reads groups of the lines of `table`: columns `side` (`row` or `column`), `label`, `group`.
///
/// # Errors
/// All findings: missing columns (`E1103`), unknown labels or sides (`E1104`), a line of two groups or
/// of none (`E1107`, `E1405`).
pub fn read_groups(file: &str, text: &str, table: &LabelledTable) -> Result<Groups, Findings> {
    let mut findings = Findings::default();
    let mut sides = [(&table.rows, vec![]), (&table.columns, vec![])]
        .map(|(labels, names): (_, Vec<String>)| (labels, names, vec![None; labels.len()]));
    if let Some(sheet) = Sheet::parse(file, text, &["side", "label", "group"], &mut findings) {
        for row in &sheet.rows {
            let side = match sheet.text(row, "side") {
                "row" => 0,
                "column" => 1,
                other => {
                    findings.push(unknown_side(other, sheet.place(row, "side")));
                    continue;
                }
            };
            let (labels, names, groups) = &mut sides[side];
            let label = sheet.text(row, "label");
            let Some(at) = labels.iter().position(|each| each == label) else {
                findings.push(unknown(label, sheet.place(row, "label"), table));
                continue;
            };
            let group = sheet.text(row, "group");
            let known = names.iter().position(|name| name == group);
            let number = known.unwrap_or(names.len());
            if known.is_none() {
                names.push(group.to_owned());
            }
            if groups[at].replace(number).is_some_and(|before| before != number) {
                let message = format!("`{label}` is in two groups");
                let finding = Diagnostic::error("E1107", message);
                let finding = finding.at(sheet.place(row, "group"), "the second");
                findings.push(finding.help("blocks do not overlap: keep one"));
            }
        }
    }
    for (labels, _, groups) in &sides {
        if let Some(at) = groups.iter().position(Option::is_none).filter(|_| !findings.has_errors())
        {
            let message = format!("`{}` is in no group of `{file}`", labels[at]);
            findings.push(Diagnostic::error("E1405", message).help("give every line a group"));
        }
    }
    if findings.has_errors() {
        return Err(findings);
    }
    let [(_, row_names, rows), (_, column_names, columns)] = sides;
    let all = |groups: Vec<Option<usize>>| groups.into_iter().flatten().collect();
    Ok(Groups { rows: all(rows), columns: all(columns), row_names, column_names })
}

/// Reads totals of blocks: columns `row`, `column` (groups), `total`; blocks without one are free.
///
/// # Errors
/// All findings: missing columns (`E1103`), unknown groups (`E1104`), fields that are no numbers.
pub fn read_blocks(file: &str, text: &str, groups: &Groups) -> Result<Blocks, Findings> {
    let mut findings = Findings::default();
    let mut totals = vec![vec![None; groups.column_names.len()]; groups.row_names.len()];
    if let Some(sheet) = Sheet::parse(file, text, &["row", "column", "total"], &mut findings) {
        for row in &sheet.rows {
            let mut group = |column: &str, names: &[String]| {
                let name = sheet.text(row, column);
                let found = names.iter().position(|each| each == name);
                if found.is_none() {
                    let finding = Diagnostic::error("E1104", format!("unknown group `{name}`"));
                    let finding = finding.at(sheet.place(row, column), "no group of that side");
                    findings.push(finding.help(format!("the groups are {}", names.join(", "))));
                }
                found
            };
            let at = (group("row", &groups.row_names), group("column", &groups.column_names));
            let total = sheet.number(row, "total", &mut findings);
            if let (Some(i), Some(j)) = at {
                totals[i][j] = total;
            }
        }
    }
    if findings.has_errors() {
        return Err(findings);
    }
    let (row_group, column_group) = (groups.rows.clone(), groups.columns.clone());
    Ok(Blocks { row_group, column_group, totals })
}

/// Reads standard errors of cells: columns `row`, `column`, `error`, in the unit of the table; an empty
/// one is of a cell that is not known.
///
/// # Errors
/// All findings: missing columns (`E1103`), unknown labels (`E1104`), fields that are no numbers or
/// negative (`E1105`, `E1106`).
pub fn read_errors(
    file: &str,
    text: &str,
    table: &LabelledTable,
) -> Result<Vec<CellError>, Findings> {
    let mut findings = Findings::default();
    let mut errors = vec![];
    if let Some(sheet) = Sheet::parse(file, text, &["row", "column", "error"], &mut findings) {
        for row in &sheet.rows {
            let mut line = |column: &str, labels: &[String]| {
                let label = sheet.text(row, column);
                let found = labels.iter().position(|each| each == label);
                if found.is_none() {
                    findings.push(unknown(label, sheet.place(row, column), table));
                }
                found
            };
            let at = (line("row", &table.rows), line("column", &table.columns));
            let is_known = !sheet.text(row, "error").is_empty();
            let error = if is_known { sheet.number(row, "error", &mut findings) } else { None };
            if let Some(error) = error.filter(|error| *error < 0.0) {
                let finding = Diagnostic::error("E1106", format!("a standard error of {error}"));
                let finding = finding.at(sheet.place(row, "error"), "negative");
                findings.push(finding.help("0 is known exactly, an empty field is not known"));
            }
            if let (Some(i), Some(j)) = at {
                errors.push((i, j, error));
            }
        }
    }
    if findings.has_errors() { Err(findings) } else { Ok(errors) }
}

impl Totals {
    /// Whether rows and columns have totals of their own.
    pub fn differ_by_side(&self) -> bool {
        self.rows != self.columns
    }

    /// Sets the total of a line of the given side, or of both.
    fn set(
        &mut self,
        sheet: &Sheet,
        row: &Row,
        side: &str,
        table: &LabelledTable,
        findings: &mut Findings,
    ) {
        let value = sheet.number(row, "total", findings);
        let label = sheet.text(row, "label");
        let place = || sheet.place(row, "label");
        let lines =
            [("row", &table.rows, &mut self.rows), ("column", &table.columns, &mut self.columns)];
        let mut found = false;
        for (of, labels, into) in lines.into_iter().filter(|(of, ..)| ["", of].contains(&side)) {
            let Some(at) = labels.iter().position(|each| each == label) else { continue };
            found = true;
            if into[at].is_some() {
                let message = format!("`{}` has two totals for {of} `{label}`", sheet.file);
                let finding = Diagnostic::error("E1107", message).at(place(), "the second");
                findings.push(finding.help("remove one of the two"));
            }
            into[at] = value;
        }
        if !found {
            findings.push(unknown(label, place(), table));
        }
    }
}

fn unknown_side(side: &str, place: Place) -> Diagnostic {
    let help = "write `row` or `column`, or leave out the column `side` for totals of both";
    Diagnostic::error("E1104", format!("unknown side `{side}`"))
        .at(place, "not `row` or `column`")
        .help(help)
}

fn unknown(label: &str, place: Place, table: &LabelledTable) -> Diagnostic {
    let message = format!("`{}` has no line `{label}`", table.file);
    let finding = Diagnostic::error("E1104", message).at(place, "no label of the table");
    match nearest(label, table.rows.iter().chain(&table.columns).map(String::as_str)) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help("write the label as it stands in the table"),
    }
}

/// A table as text that [`read`] reads back exactly, with the labels of `like`.
pub fn write(like: &LabelledTable, cells: &Matrix) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = std::iter::once("label").chain(like.columns.iter().map(String::as_str));
    writer.write_record(header).expect("memory takes every record");
    for (at, label) in like.rows.iter().enumerate() {
        let cells = cells
            .row(at)
            .iter()
            .map(|cell| if *cell == 0.0 { String::new() } else { cell.to_string() });
        let record = std::iter::once(label.clone()).chain(cells);
        writer.write_record(record).expect("records have one length");
    }
    let bytes = writer.into_inner().expect("memory takes every record");
    String::from_utf8(bytes).expect("labels and numbers are text")
}

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;
    use proptest::prelude::*;

    const TABLE: &str = "\u{feff}Kenya,Code,farms,homes,Total\nFarms,farms,,12.5,12.5\n\
                         \"Homes, all\",homes,12,,12\nTotal,total,12,12.5,\n";

    #[test]
    fn codes_are_labels_and_totals_are_left_out() {
        let table = read("sam.csv", TABLE).expect("a table");
        assert_eq!(table.rows, ["farms", "homes"]);
        assert!(table.is_square());
        assert_eq!(table.left_out, (true, true));
        assert_eq!(table.cells, Matrix::from_fn(2, 2, |i, j| [[0.0, 12.5], [12.0, 0.0]][i][j]));
        assert_eq!(table.place(0, 1), Place::cell("sam.csv", 2, 4));
        let again = read("again.csv", &write(&table, &table.cells)).expect("what was written");
        assert_eq!((again.cells, again.rows), (table.cells, table.rows));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_stops_the_reader(text in "[ab,\"\n0-9.;#e-]{0,80}") {
            match read("t.csv", &text) {
                Ok(table) => prop_assert_eq!(table.cells.rows(), table.rows.len()),
                Err(findings) => prop_assert!(findings.has_errors()),
            }
        }

        #[test]
        fn what_is_written_is_read_back_exactly(
            cells in prop::collection::vec(prop_oneof![Just(0.0), any::<f64>()], 6),
        ) {
            prop_assume!(cells.iter().all(|cell| cell.is_finite()));
            let like = read("t.csv", "x,a,b\np,,\n\"q, r\",,\ns,,\n").expect("a table");
            let table = Matrix::from_fn(3, 2, |i, j| cells[2 * i + j]);
            let again = read("t.csv", &write(&like, &table)).expect("what was written");
            prop_assert_eq!(again.cells, table);
            prop_assert_eq!(again.rows, like.rows);
        }
    }

    #[test]
    fn every_fault_is_found_in_one_reading() {
        let text = "a,x,y,x\nr,1,2,3\nr,1,n/a,inf\nq,1\n";
        assert_snapshot!(read("t.csv", text).expect_err("faults").to_string(), @r#"
        error[E1105]: `n/a` is not a number
         --> t.csv:3:3: not a number
          = help: write a number with a decimal point and no thousands separators
        error[E1106]: `inf` is not a finite number
         --> t.csv:3:4: not a finite number
          = help: write a number with a decimal point and no thousands separators
        error[E1110]: line 4 of `t.csv` has 2 fields, the first line has 4
         --> t.csv:4:2: the row ends here
          = help: quote a field that holds a comma; a short last line means that the file was cut off
        error[E1107]: row `r` is given twice
         --> t.csv:3:1: first given as row 1
          = help: rename or remove one of the two
        error[E1107]: column `x` is given twice
         --> t.csv:1:4: first given as column 1
          = help: rename or remove one of the two
        "#);
        assert_snapshot!(read("t.csv", "").expect_err("nothing").to_string(), @r#"
        error[E1102]: table `t.csv` has no cells
         --> t.csv:1:1: a line of column labels, and lines that begin with a row label, are expected
          = help: the file may have been cut off when it was saved
        "#);
    }

    #[test]
    fn totals_are_for_one_side_or_both() {
        let table = read("sam.csv", TABLE).expect("a table");
        let both = read_totals("t.csv", "label,total\nhomes,3\n", &table).expect("totals");
        assert_eq!((&both.rows, &both.columns), (&vec![None, Some(3.0)], &vec![None, Some(3.0)]));
        let text = "side,label,total\nrow,farms,3\ncolumn,farms,4\n";
        let sides = read_totals("t.csv", text, &table).expect("totals");
        assert_eq!((sides.rows[0], sides.columns[0]), (Some(3.0), Some(4.0)));
        let text = "side,label,total\nrow,famrs,3\nline,homes,1\nrow,homes,1\nrow,homes,x\n";
        assert_snapshot!(read_totals("t.csv", text, &table).expect_err("faults").to_string(), @r#"
        error[E1104]: `sam.csv` has no line `famrs`
         --> t.csv:2:2: no label of the table
          = help: did you mean `farms`?
        error[E1104]: unknown side `line`
         --> t.csv:3:1: not `row` or `column`
          = help: write `row` or `column`, or leave out the column `side` for totals of both
        error[E1105]: `x` in column `total` of `t.csv` is not a number
         --> t.csv:5:3: not a number
          = help: write a number with a decimal point and no thousands separators
        error[E1107]: `t.csv` has two totals for row `homes`
         --> t.csv:5:2: the second
          = help: remove one of the two
        "#);
    }
}
