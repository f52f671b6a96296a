//! How uncertain what is: the table `data/uncertainty.csv`.
//!
//! | kind        | distribution                                                                  |
//! |-------------|-------------------------------------------------------------------------------|
//! | `parameter` | triangular from `low` to `high`, mode at the study's value; a study's value outside moves the end to it |
//! | `growth`    | triangular, added to a growth path of the baseline in every year and region   |
//! | `scalar`    | a number of the method; `low` and `high` are what it may be                   |
//!
//! Not here: what a draw does with them (`super::drivers`).

use crate::results::ParameterNote;
use crate::spec::{Status, Study};

/// The table as text.
pub const TABLE: &str = include_str!("../../../../data/uncertainty.csv");

/// Kinds of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A behavioural parameter.
    Parameter,
    /// An addition to a growth path.
    Growth,
    /// A number of the method.
    Scalar,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Name of the parameter, growth path or number.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// Lowest.
    pub low: f64,
    /// Mode, or the number itself.
    pub value: f64,
    /// Highest.
    pub high: f64,
    /// As reports show it.
    pub note: ParameterNote,
}

/// All rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncertainty {
    rows: Vec<Row>,
}

impl Default for Uncertainty {
    /// The shipped table, which a test reads in full.
    fn default() -> Self {
        let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
        let rows = reader.records().map(|row| row.expect("the shipped table is correct"));
        Self { rows: rows.map(|row| from_row(&row)).collect() }
    }
}

fn from_row(row: &csv::StringRecord) -> Row {
    let number = |at: usize| row[at].parse::<f64>().expect("a number in the shipped table");
    let kind = match &row[1] {
        "parameter" => Kind::Parameter,
        "growth" => Kind::Growth,
        _ => Kind::Scalar,
    };
    let value = match kind {
        Kind::Scalar => row[3].to_owned(),
        _ => format!("{} to {}", &row[2], &row[4]),
    };
    let note = ParameterNote {
        name: row[0].to_owned(),
        value,
        unit: row[5].to_owned(),
        source: row[6].to_owned(),
        status: row[7].to_owned(),
    };
    Row { name: row[0].to_owned(), kind, low: number(2), value: number(3), high: number(4), note }
}

impl Uncertainty {
    /// Rows of a kind, in order.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.kind == kind)
    }

    /// A number of the method.
    ///
    /// # Panics
    /// When the table has no such number, which is a mistake in the program, not in a study.
    pub fn scalar(&self, name: &str) -> f64 {
        let row = self.rows.iter().find(|row| row.name == name && row.kind == Kind::Scalar);
        row.unwrap_or_else(|| panic!("no number `{name}`")).value
    }

    /// A row by name.
    pub fn find(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name)
    }

    /// Names of all rows.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|row| row.name.as_str())
    }

    /// The shipped table with a study's own figures in place.
    pub fn of_study(study: &Study) -> Self {
        let mut table = Self::default();
        for row in &study.uncertainty {
            let (low, value, high) = row.range;
            table.set(&row.name, low, value, high, &row.source.text, row.source.status);
        }
        table
    }

    /// All rows as reports show them.
    pub fn notes(&self) -> Vec<ParameterNote> {
        self.rows.iter().map(|row| row.note.clone()).collect()
    }

    /// Puts another value in the place of a number or of both ends of a distribution; unknown
    /// names change nothing.
    pub fn set(
        &mut self,
        name: &str,
        low: f64,
        value: f64,
        high: f64,
        source: &str,
        status: Status,
    ) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.name == name) {
            (row.low, row.value, row.high) = (low, value, high);
            row.note.value = match row.kind {
                Kind::Scalar => value.to_string(),
                _ => format!("{low} to {high}"),
            };
            source.clone_into(&mut row.note.source);
            status.word().clone_into(&mut row.note.status);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Parameters;

    #[test]
    fn the_shipped_table_is_ordered_and_names_what_exists() {
        let (table, parameters) = (Uncertainty::default(), Parameters::default());
        for row in &table.rows {
            assert!(row.low <= row.value && row.value <= row.high, "{}", row.name);
            assert!(Status::from_word(&row.note.status).is_some(), "{}", row.name);
            if row.kind == Kind::Parameter {
                let known = parameters.find(&row.name).expect("a parameter of the model");
                assert!(known.range.0 <= row.low && row.high <= known.range.1, "{}", row.name);
                assert!((known.value - row.value).abs() < 1e-12, "{}", row.name);
            }
        }
    }
}
