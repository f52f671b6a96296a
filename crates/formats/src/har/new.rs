//! Headers made from tables, and names that GEMPACK takes.

use std::collections::BTreeSet;

use super::{
    Array, Dimension, DimensionKind, HarFile, Header, LABEL, LONG_NAME, RealForm, Reals, Storage,
    Texts, Values,
};

impl Dimension {
    /// A set with its elements.
    pub fn set(name: &str, elements: &[String]) -> Self {
        Self { set: name.to_owned(), kind: DimensionKind::Set, elements: elements.to_vec() }
    }
}

impl Header {
    /// Texts: the elements of a set, as wide as GEMPACK's or as the longest.
    pub fn of_texts(name: &str, long_name: &str, list: &[String]) -> Self {
        let width = list.iter().map(|text| text.chars().count()).fold(LABEL, usize::max);
        Self {
            name: name.to_owned(),
            long_name: cut(long_name),
            coefficient: String::new(),
            sets: vec![],
            values: Values::Texts(Texts { width, list: list.to_vec() }),
        }
    }

    /// A real array over sets, from cells with the last index fastest.
    ///
    /// # Panics
    /// When there are more or fewer cells than the sets have.
    pub fn of_reals(name: &str, long_name: &str, sets: Vec<Dimension>, cells: &[f64]) -> Self {
        let shape: Vec<usize> = sets.iter().map(|each| each.elements.len()).collect();
        let mut array = Array { cells: vec![0.0; shape.iter().product()], shape };
        array.set_row_major(cells);
        Self {
            name: name.to_owned(),
            long_name: cut(long_name),
            coefficient: name.to_owned(),
            sets,
            values: Values::Reals(Reals { form: RealForm::Labelled(Storage::Full), array }),
        }
    }
}

impl HarFile {
    /// A file of these headers.
    pub fn of(headers: Vec<Header>) -> Self {
        Self { headers, ..Self::default() }
    }
}

/// A long name in the characters of the format: units of money in words, others as `?`.
fn cut(long_name: &str) -> String {
    let units =
        [("亿元", "100 million yuan"), ("万元", "10,000 yuan"), ("元", "yuan"), ("€", "EUR")];
    let words =
        units.iter().fold(long_name.to_owned(), |text, (unit, word)| text.replace(unit, word));
    let held = |c: char| if holds(c) { c } else { '?' };
    words.chars().map(held).take(LONG_NAME).collect::<String>().trim_end().to_owned()
}

/// Whether the format can hold a character (Latin 1).
pub(super) fn holds(character: char) -> bool {
    u32::from(character) < 256
}

/// Elements of a set from labels: letters, digits and underscores, a letter first, at most 12
/// characters, no two alike whatever the case. Labels that are so already stay; one without any
/// letter or digit of ASCII becomes `prefix` and its number.
pub fn elements(prefix: &str, labels: &[String]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    labels
        .iter()
        .enumerate()
        .map(|(at, label)| {
            let name = element(prefix, at + 1, label);
            let mut free = name.clone();
            let mut again = 1;
            while !taken.insert(free.to_ascii_lowercase()) {
                again += 1;
                let tail = format!("_{again}");
                free = name.chars().take(LABEL - tail.len()).collect::<String>() + &tail;
            }
            free
        })
        .collect()
}

fn element(prefix: &str, number: usize, label: &str) -> String {
    let mut name = String::new();
    for character in label.chars() {
        if character.is_ascii_alphanumeric() {
            name.push(character);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name: String = name.chars().take(LABEL).collect();
    let name = name.trim_end_matches('_');
    let ascii = label.is_ascii() || name.chars().filter(char::is_ascii_alphabetic).count() > 1;
    if name.is_empty() || !ascii {
        return format!("{prefix}_{number}");
    }
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("{prefix}{name}").chars().take(LABEL).collect();
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_become_elements_that_differ() {
        assert_eq!(cut("Flows, 万元 and Ω"), "Flows, 10,000 yuan and ?");
        let labels =
            ["Coal", "Wholesale and retail", "Wholesale and repair", "01", "农业", "é", "COAL"];
        let found = elements("I", &labels.map(str::to_owned));
        assert_eq!(found, ["Coal", "Wholesale_an", "Wholesale__2", "I01", "I_5", "I_6", "COAL_2"]);
    }
}
