//! One table of figures: comment lines `# key: value`, a header, rows.
//!
//! Reading never stops at the first problem: every finding names file, line and column (the number
//! of the field), the cause and the way out.
//! Not here: which tables there are and what they mean (`crate::liaoning`, `crate::folder`).

use std::collections::{BTreeMap, BTreeSet};

use diagnostics::{Diagnostic, Findings, Place};

use crate::text::{decoded, delimiter};
use crate::workbook::{self, Cells};

/// Similarity (Jaro–Winkler, 0–1) above which a name is offered as meant.
const SIMILAR: f64 = 0.75;
/// Missing rows named one by one before the rest is counted.
const NAMED_MISSING_ROWS: usize = 5;

/// One row: its line in the file and its fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Line, from 1.
    pub line: usize,
    fields: Vec<String>,
    /// Columns whose number is shown as per cent.
    percent: Vec<usize>,
}

/// A parsed table.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Name of the file.
    pub file: String,
    /// The comment lines `# key: value`.
    pub about: BTreeMap<String, String>,
    columns: Vec<String>,
    /// Line of the header, from 1.
    header: usize,
    /// The rows in order.
    pub rows: Vec<Row>,
}

/// A column that holds names of a list.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    /// Header of the column.
    pub column: &'a str,
    /// The names allowed, in order.
    pub names: &'a [String],
}

/// Whether all combinations of the keys must have a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// A missing row is an error.
    Complete,
    /// A missing row stands for the value given.
    Sparse,
}

impl Sheet {
    /// Parses a table that must have `columns` and at least one row.
    pub fn parse(
        file: &str,
        text: &str,
        columns: &[&str],
        findings: &mut Findings,
    ) -> Option<Self> {
        let sheet = Self::parse_or_empty(file, text, columns, findings)?;
        if sheet.rows.is_empty() {
            let place = Place::cell(file, sheet.header, 1);
            let message = format!("table `{file}` has a header but no rows");
            let help = "restore the rows, or take the table that ships with the program";
            findings
                .push(Diagnostic::error("E1102", message).at(place, "nothing follows").help(help));
            return None;
        }
        Some(sheet)
    }

    /// Parses a table that must have `columns` and at least one row: text, or the first sheet of a
    /// workbook, whose header is the first row that holds the first of `columns`.
    pub fn read(
        file: &str,
        bytes: &[u8],
        columns: &[&str],
        findings: &mut Findings,
    ) -> Option<Self> {
        if !is_workbook(bytes) {
            return Self::parse(file, &decoded(bytes), columns, findings);
        }
        let cells = workbook::read(file, bytes, |_| true, findings)?.into_iter().next()?;
        Self::of_cells(&cells, columns, findings)
    }

    /// A sheet of a workbook as a table, under the header that holds the first of `columns`.
    pub fn of_cells(cells: &Cells, columns: &[&str], findings: &mut Findings) -> Option<Self> {
        let wanted = columns.first().copied().unwrap_or("");
        Self::under(cells, |word| word == wanted).with_columns(columns, findings)
    }

    /// A sheet of a workbook as a table, under the first row with a word that only a header has; under
    /// its first row where there is none.
    pub fn under(cells: &Cells, is_of_header: impl Fn(&str) -> bool) -> Self {
        let is_header = |row: &usize| {
            (0..cells.columns()).any(|column| is_of_header(cells.words(*row, column)))
        };
        let header = (0..cells.rows()).find(is_header).unwrap_or(0);
        let texts = |row: usize| (0..cells.columns()).map(move |column| cells.text(row, column));
        let rows = (header + 1..cells.rows())
            .map(|row| Row {
                line: row + 1,
                fields: texts(row).collect(),
                percent: (0..cells.columns()).filter(|at| cells.is_percent(row, *at)).collect(),
            })
            .filter(|row| row.fields.iter().any(|field| !field.is_empty()));
        Self {
            file: cells.file.clone(),
            about: BTreeMap::new(),
            columns: texts(header).collect(),
            header: header + 1,
            rows: rows.collect(),
        }
    }

    /// Gives the columns other names, in their order.
    pub fn rename(&mut self, columns: Vec<String>) {
        self.columns = columns;
    }

    /// Parses a table that must have `columns` and may have no rows.
    pub fn parse_or_empty(
        file: &str,
        text: &str,
        columns: &[&str],
        findings: &mut Findings,
    ) -> Option<Self> {
        // Line ends of Windows would put findings a line too early.
        let text = text.replace("\r\n", "\n");
        Self::parse_any(file, &text, findings)?.with_columns(columns, findings)
    }

    /// The table, if it has the columns; a finding for each that it lacks.
    pub fn with_columns(self, columns: &[&str], findings: &mut Findings) -> Option<Self> {
        let is_missing = |name: &&str| !self.columns.iter().any(|each| each == name);
        let missing: Vec<&str> = columns.iter().copied().filter(is_missing).collect();
        for name in &missing {
            findings.push(self.missing_column(name));
        }
        missing.is_empty().then_some(self)
    }

    /// Names of the columns, in order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    fn parse_any(file: &str, text: &str, findings: &mut Findings) -> Option<Self> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(text))
            .comment(Some(b'#'))
            .flexible(true)
            .from_reader(text.as_bytes());
        let columns: Vec<String> = match reader.headers() {
            Ok(header) if !header.is_empty() => {
                header.iter().map(|name| name.trim().to_owned()).collect()
            }
            _ => {
                let finding = Diagnostic::error("E1102", format!("table `{file}` is empty"));
                let place = Place::cell(file, 1, 1);
                findings.push(
                    finding
                        .at(place, "a header line is expected here")
                        .help("the file may have been cut off when it was saved"),
                );
                return None;
            }
        };
        let header = 1 + text.lines().take_while(|line| line.starts_with('#')).count();
        let about = about(text);
        let mut sheet = Self { file: file.to_owned(), about, columns, header, rows: Vec::new() };
        for record in reader.records() {
            match record {
                Ok(record) => sheet.add(&record, findings),
                Err(error) => {
                    let line = error.position().map_or(1, |position| position.line() as usize);
                    let finding = Diagnostic::error(
                        "E1110",
                        format!("line {line} of `{file}` is not a row: {error}"),
                    );
                    findings.push(finding.at(Place::cell(file, line, 1), "unreadable"));
                }
            }
        }
        Some(sheet)
    }

    fn add(&mut self, record: &csv::StringRecord, findings: &mut Findings) {
        let line = record.position().map_or(1, |position| position.line() as usize);
        if record.len() == self.columns.len() {
            let fields = record.iter().map(|field| field.trim().to_owned()).collect();
            self.rows.push(Row { line, fields, percent: vec![] });
            return;
        }
        let message = format!(
            "line {line} of `{}` has {} fields, the header has {}",
            self.file,
            record.len(),
            self.columns.len()
        );
        let place = Place::cell(&self.file, line, record.len());
        let help =
            "quote a field that holds a comma; a short last line means that the file was cut off";
        findings
            .push(Diagnostic::error("E1110", message).at(place, "the row ends here").help(help));
    }

    fn missing_column(&self, name: &str) -> Diagnostic {
        let message = format!("table `{}` has no column `{name}`", self.file);
        let label = format!("the columns are {}", self.columns.join(", "));
        let finding =
            Diagnostic::error("E1103", message).at(Place::cell(&self.file, self.header, 1), label);
        match nearest(name, self.columns.iter().map(String::as_str)) {
            Some(near) => finding.help(format!("rename `{near}` to `{name}` if that is it")),
            None => finding.help(format!("add the column `{name}`")),
        }
    }

    fn column(&self, name: &str) -> usize {
        self.columns.iter().position(|each| each == name).expect("`parse` checked the columns")
    }

    /// Text of a field. `column` is one of those asked for in [`Sheet::parse`].
    pub fn text<'a>(&'a self, row: &'a Row, column: &str) -> &'a str {
        &row.fields[self.column(column)]
    }

    /// Whether a field's number is shown as per cent in a workbook: 0.141 as 14.1 %.
    pub fn is_percent(&self, row: &Row, column: &str) -> bool {
        row.percent.contains(&self.column(column))
    }

    /// Place of a field.
    pub fn place(&self, row: &Row, column: &str) -> Place {
        Place::cell(&self.file, row.line, self.column(column) + 1)
    }

    /// Number of a field; anything but a finite number is a finding.
    pub fn number(&self, row: &Row, column: &str, findings: &mut Findings) -> Option<f64> {
        let text = self.text(row, column);
        let (code, problem) = match text.parse::<f64>() {
            Ok(value) if value.is_finite() => return Some(value),
            Ok(_) => ("E1106", "not a finite number"),
            Err(_) => ("E1105", "not a number"),
        };
        let message = format!("`{text}` in column `{column}` of `{}` is {problem}", self.file);
        let finding = Diagnostic::error(code, message).at(self.place(row, column), problem);
        findings
            .push(finding.help("write a number with a decimal point and no thousands separators"));
        None
    }

    /// Position of a field among the names of its key; an unknown name is a finding.
    pub fn name(&self, row: &Row, key: Key<'_>, findings: &mut Findings) -> Option<usize> {
        let text = self.text(row, key.column);
        let found = key.names.iter().position(|name| name == text);
        if found.is_none() {
            let message =
                format!("unknown {} `{text}` in `{}`", key.column.replace('_', " "), self.file);
            let label = format!("not one of the {} names", key.names.len());
            let finding =
                Diagnostic::error("E1104", message).at(self.place(row, key.column), label);
            findings.push(match nearest(text, key.names.iter().map(String::as_str)) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help(format!("the names are {}", key.names.join(", "))),
            });
        }
        found
    }

    /// All values of a column over the keys, row-major; rows not there are NaN, and findings when
    /// the coverage is complete.
    pub fn values(
        &self,
        keys: &[Key<'_>],
        column: &str,
        coverage: Coverage,
        findings: &mut Findings,
    ) -> Vec<f64> {
        let size = keys.iter().map(|key| key.names.len()).product();
        let mut values = vec![f64::NAN; size];
        let (mut lines, mut unplaced) = (vec![0; size], 0);
        for row in &self.rows {
            let position: Vec<Option<usize>> =
                keys.iter().map(|key| self.name(row, *key, findings)).collect();
            let value = self.number(row, column, findings);
            let Some(flat) = flat_position(keys, &position) else {
                unplaced += 1;
                continue;
            };
            if lines[flat] > 0 {
                findings.push(self.duplicate(row, keys, lines[flat]));
            }
            lines[flat] = row.line;
            // A bad number is one finding already, not a missing row as well.
            values[flat] = value.unwrap_or(0.0);
        }
        // A row with a misspelt name is one finding already, not a missing row as well.
        let missing = lines.iter().filter(|line| **line == 0).count();
        if coverage == Coverage::Complete && missing > unplaced {
            self.report_missing(keys, &lines, findings);
        }
        values
    }

    fn duplicate(&self, row: &Row, keys: &[Key<'_>], first: usize) -> Diagnostic {
        let names: Vec<&str> = keys.iter().map(|key| self.text(row, key.column)).collect();
        let message = format!("`{}` has two rows for {}", self.file, names.join(" / "));
        let column = keys.first().map_or("", |key| key.column);
        let place = self.place(row, column);
        Diagnostic::error("E1107", message)
            .at(place, format!("first given in line {first}"))
            .help("remove one of the two rows")
    }

    fn report_missing(&self, keys: &[Key<'_>], lines: &[usize], findings: &mut Findings) {
        let missing: Vec<usize> = (0..lines.len()).filter(|flat| lines[*flat] == 0).collect();
        let last = self.rows.last().map_or(1, |row| row.line);
        for flat in missing.iter().take(NAMED_MISSING_ROWS) {
            let message = format!("`{}` has no row for {}", self.file, label_of(keys, *flat));
            let finding = Diagnostic::error("E1108", message)
                .at(Place::cell(&self.file, last, 1), "the table ends here");
            findings.push(finding.help("add the row; write 0 if there is nothing"));
        }
        if missing.len() > NAMED_MISSING_ROWS {
            let more = missing.len() - NAMED_MISSING_ROWS;
            let message = format!("`{}` lacks {more} more rows", self.file);
            findings.push(
                Diagnostic::error("E1108", message)
                    .at(Place::cell(&self.file, last, 1), "the table ends here"),
            );
        }
    }
}

/// Whether bytes begin as a workbook does: a zip archive, or the older compound file.
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0])
}

fn about(text: &str) -> BTreeMap<String, String> {
    let entry = |line: &str| {
        let (key, value) = line.strip_prefix('#')?.split_once(':')?;
        Some((key.trim().to_owned(), value.trim().to_owned()))
    };
    text.lines().take_while(|line| line.starts_with('#')).filter_map(entry).collect()
}

fn flat_position(keys: &[Key<'_>], position: &[Option<usize>]) -> Option<usize> {
    keys.iter()
        .zip(position)
        .try_fold(0, |flat, (key, at)| at.map(|at| flat * key.names.len() + at))
}

fn label_of(keys: &[Key<'_>], flat: usize) -> String {
    let mut rest = flat;
    let mut names = Vec::new();
    for key in keys.iter().rev() {
        names.push(key.names[rest % key.names.len()].as_str());
        rest /= key.names.len();
    }
    names.reverse();
    names.join(" / ")
}

/// The most similar name, if any is similar enough.
pub fn nearest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let score = |name: &str| strsim::jaro_winkler(&text.to_lowercase(), &name.to_lowercase());
    let best = names.map(|name| (score(name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(score, _)| *score >= SIMILAR).map(|(_, name)| name)
}

/// Distinct texts of a column, in order of appearance.
pub fn distinct(sheet: &Sheet, column: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let texts = sheet.rows.iter().map(|row| sheet.text(row, column));
    texts.filter(|text| seen.insert((*text).to_owned())).map(str::to_owned).collect()
}
