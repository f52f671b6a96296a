//! Tables of aligned columns on a terminal, and the same as JSON: for analyses without a study.
//!
//! Not here: what is in them (`crate::analysis`, `cli`), tables of a study's results (`tables`).

use serde_json::{Value, json};

/// A column of figures: name, unit, decimals shown.
#[derive(Debug, Clone)]
pub struct Column {
    /// Name.
    pub name: String,
    /// Unit; may be empty.
    pub unit: String,
    /// Decimals shown.
    pub decimals: usize,
}

/// A row: labels, then one figure a column; what is not finite is shown as `n/a`.
#[derive(Debug, Clone)]
pub struct Line {
    /// Labels.
    pub labels: Vec<String>,
    /// Figures.
    pub values: Vec<f64>,
}

/// A titled table.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// What it tells.
    pub title: String,
    /// Names of the label columns.
    pub labels: Vec<String>,
    /// Columns of figures.
    pub columns: Vec<Column>,
    /// Rows.
    pub lines: Vec<Line>,
}

/// Widest label on a terminal.
const LABEL: usize = 44;

/// Narrowest column of figures.
const NARROWEST: usize = 11;

/// A column.
pub fn column(name: &str, unit: &str, decimals: usize) -> Column {
    Column { name: name.to_owned(), unit: unit.to_owned(), decimals }
}

/// `1,234.5`; `n/a` for what is not finite.
pub fn figure(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "n/a".to_owned();
    }
    let digits = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let is_zero = digits.chars().all(|each| matches!(each, '0' | '.'));
    let sign = if value < 0.0 && !is_zero { "-" } else { "" };
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{fraction}")
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LABEL {
        return text.to_owned();
    }
    text.chars().take(LABEL - 1).chain(['…']).collect()
}

impl Sheet {
    /// The first `most` lines as text, and how many there are.
    pub fn text(&self, most: usize) -> String {
        let lines = &self.lines[..most.min(self.lines.len())];
        let label_width = |at: usize| {
            let cells = lines.iter().filter_map(|line| line.labels.get(at));
            let longest =
                cells.chain(self.labels.get(at)).map(|cell| shortened(cell).chars().count());
            longest.max().unwrap_or(0) + 2
        };
        let widths: Vec<usize> = (0..self.labels.len()).map(label_width).collect();
        let width = |column: &Column| {
            let longest = column.name.chars().count().max(column.unit.chars().count());
            longest.max(NARROWEST) + 2
        };
        let labelled = |labels: &[String]| -> String {
            let cells = labels.iter().zip(&widths);
            let cells = cells.map(|(cell, width)| format!("{:<width$}", shortened(cell)));
            cells.collect::<Vec<_>>().concat()
        };
        let figures = |cells: Vec<String>| -> String {
            let cells = cells.into_iter().zip(&self.columns);
            let cells = cells.map(|(cell, column)| format!("{cell:>0$}", width(column)));
            cells.collect::<Vec<_>>().concat()
        };
        let of_columns = |cell: fn(&Column) -> &String| {
            figures(self.columns.iter().map(|column| cell(column).clone()).collect())
        };
        let mut out = vec![self.title.clone()];
        out.push(labelled(&self.labels) + &of_columns(|column| &column.name));
        if self.columns.iter().any(|each| !each.unit.is_empty()) {
            let blank = vec![String::new(); self.labels.len()];
            out.push(labelled(&blank) + &of_columns(|column| &column.unit));
        }
        for line in lines {
            let cells = self.columns.iter().zip(&line.values);
            let cells = cells.map(|(column, value)| figure(*value, column.decimals)).collect();
            out.push(labelled(&line.labels) + &figures(cells));
        }
        if lines.len() < self.lines.len() {
            let (shown, all) = (lines.len(), self.lines.len());
            out.push(format!("… {shown} of {all} rows; --top N shows more"));
        }
        out.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n") + "\n"
    }

    /// All lines as csv, every digit of the figures; columns carry their units.
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let head = self.columns.iter().map(|each| {
            if each.unit.is_empty() {
                each.name.clone()
            } else {
                format!("{} ({})", each.name, each.unit)
            }
        });
        let head: Vec<String> = self.labels.iter().cloned().chain(head).collect();
        writer.write_record(&head).expect("memory takes every record of one length");
        for line in &self.lines {
            let shown =
                |value: &f64| if value.is_finite() { value.to_string() } else { String::new() };
            let line = line.labels.iter().cloned().chain(line.values.iter().map(shown));
            let line: Vec<String> = line.collect();
            writer.write_record(&line).expect("memory takes every record of one length");
        }
        let bytes = writer.into_inner().expect("memory can be flushed");
        String::from_utf8(bytes).expect("the fields are UTF-8")
    }

    /// All lines as JSON.
    pub fn json(&self) -> Value {
        let columns: Vec<Value> = self
            .columns
            .iter()
            .map(|each| json!({ "name": each.name, "unit": each.unit }))
            .collect();
        let rows: Vec<Value> = self
            .lines
            .iter()
            .map(|line| json!({ "labels": line.labels, "values": line.values }))
            .collect();
        json!({ "title": self.title, "labels": self.labels, "columns": columns, "rows": rows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped_and_never_minus_zero() {
        assert_eq!(figure(1_234_567.891, 1), "1,234,567.9");
        assert_eq!(figure(-0.001, 1), "0.0");
        assert_eq!(figure(-1234.0, 0), "-1,234");
        assert_eq!(figure(f64::NAN, 2), "n/a");
    }
}
