//! Behavioural parameters: defaults with source and status, and what a study puts in their place.
//!
//! The defaults are the table `data/parameters.csv`. A study's `[parameters]` overrides by name.
//! Not here: reading `[parameters]` (`crate::file`), what a parameter does (`economy`).

use crate::results::ParameterNote;
use crate::spec::Status;

/// The table of defaults as text.
pub const DEFAULTS: &str = include_str!("../../../data/parameters.csv");

/// One parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Name, e.g. `sigma_regions`.
    pub name: String,
    /// Value.
    pub value: f64,
    /// Unit in words.
    pub unit: String,
    /// Lowest and highest admissible value.
    pub range: (f64, f64),
    /// Source.
    pub source: String,
    /// How far the source was checked.
    pub status: Status,
    /// What it is, in one line.
    pub meaning: String,
}

/// All parameters of a study, in the order of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    list: Vec<Parameter>,
}

impl Default for Parameters {
    /// The defaults.
    fn default() -> Self {
        let mut reader = csv::Reader::from_reader(DEFAULTS.as_bytes());
        let rows = reader.records().map(|row| row.expect("the shipped table is correct"));
        Self { list: rows.map(|row| from_row(&row)).collect() }
    }
}

/// A parameter from a row of the shipped table, which a test reads in full.
fn from_row(row: &csv::StringRecord) -> Parameter {
    let number = |at: usize| row[at].parse::<f64>().expect("a number in the shipped table");
    Parameter {
        name: row[0].to_owned(),
        value: number(1),
        unit: row[2].to_owned(),
        range: (number(3), number(4)),
        source: row[5].to_owned(),
        status: Status::from_word(&row[6]).expect("a status in the shipped table"),
        meaning: row[7].to_owned(),
    }
}

impl Parameters {
    /// Value of a parameter.
    ///
    /// # Panics
    /// When the table has no such name, which is a mistake in the program, not in a study.
    pub fn get(&self, name: &str) -> f64 {
        self.find(name).unwrap_or_else(|| panic!("no parameter `{name}`")).value
    }

    /// A parameter by name.
    pub fn find(&self, name: &str) -> Option<&Parameter> {
        self.list.iter().find(|each| each.name == name)
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|each| each.name.as_str())
    }

    /// All parameters.
    pub fn iter(&self) -> std::slice::Iter<'_, Parameter> {
        self.list.iter()
    }

    /// Puts a value with its source in the place of the default; unknown names change nothing.
    pub fn set(&mut self, name: &str, value: f64, source: String, status: Status) {
        if let Some(each) = self.list.iter_mut().find(|each| each.name == name) {
            (each.value, each.source, each.status) = (value, source, status);
        }
    }

    /// As a report shows them.
    pub fn notes(&self) -> Vec<ParameterNote> {
        self.list.iter().map(note).collect()
    }
}

impl<'a> IntoIterator for &'a Parameters {
    type Item = &'a Parameter;
    type IntoIter = std::slice::Iter<'a, Parameter>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn note(parameter: &Parameter) -> ParameterNote {
    ParameterNote {
        name: parameter.name.clone(),
        value: parameter.value.to_string(),
        unit: parameter.unit.clone(),
        source: parameter.source.clone(),
        status: parameter.status.word().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_is_within_its_own_ranges_and_names_are_unique() {
        let parameters = Parameters::default();
        for each in &parameters {
            assert!(each.range.0 <= each.value && each.value <= each.range.1, "{}", each.name);
            assert_eq!(parameters.names().filter(|name| *name == each.name).count(), 1);
            assert!(!each.source.is_empty() && !each.meaning.is_empty(), "{}", each.name);
        }
    }
}
