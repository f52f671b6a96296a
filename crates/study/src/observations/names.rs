//! What statistical offices call things: `data/observation_names.csv`, and how they write figures.
//!
//! | kind        | name it stands for                                             |
//! |-------------|----------------------------------------------------------------|
//! | `column`    | a column of a table of observations                            |
//! | `measure`   | `level` or `growth_percent`                                    |
//! | `indicator` | a variable of the results; only those with the same meaning     |
//! | `region`    | a region of the Liaoning accounts, `home` or `nation`           |
//!
//! A unit or a per cent sign in brackets behind a name is not part of it.
//! Not here: what the figures are for (`super`).

use formats::text::is_grouped;
use std::sync::OnceLock;

/// The table.
const TABLE: &str = include_str!("../../../../data/observation_names.csv");

fn rows() -> &'static [[String; 3]] {
    static ROWS: OnceLock<Vec<[String; 3]>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
        let rows = reader.records().map(|row| row.expect("the shipped table is correct"));
        rows.map(|row| [0, 1, 2].map(|at| row[at].to_owned())).collect()
    })
}

/// The name that something written stands for: itself, or what an office's word means.
pub(super) fn known<'w>(kind: &str, written: &'w str) -> &'w str {
    let (plain, _) = split(written);
    let found = rows().iter().find(|[of, _, alias]| of == kind && alias == plain);
    found.map_or(written, |[_, name, _]| name.as_str())
}

/// A name and what stands in brackets behind it: `实际使用外资（亿美元）`.
pub(super) fn split(written: &str) -> (&str, Option<&str>) {
    let text = written.trim().trim_end_matches(['%', '％']).trim_end();
    let closed = text.strip_suffix(')').or_else(|| text.strip_suffix('）'));
    let parts = closed.and_then(|text| text.rsplit_once(['(', '（']));
    match parts {
        Some((name, inside)) => (name.trim(), Some(inside.trim())),
        None => (text, None),
    }
}

/// A figure as offices write it, as a plain number: without commas between thousands, per cent signs,
/// and blanks; nothing for a dash.
pub(super) fn figure(text: &str) -> String {
    let dropped =
        |letter: &char| !matches!(letter, ',' | '，' | '%' | '％' | ' ' | '\u{a0}' | '\u{3000}');
    let digits = text.trim().trim_end_matches(['%', '％', ' ']).replace('，', ",");
    if digits.contains(',') && !is_grouped(&digits) {
        return digits;
    }
    let text: String = text.chars().filter(dropped).collect();
    let dash = !text.is_empty()
        && text.chars().all(|letter| matches!(letter, '-' | '—' | '–' | '…' | '/'));
    if dash { String::new() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::VARIABLES;

    #[test]
    fn every_alias_stands_for_something_that_is_there_and_for_one_thing() {
        for [kind, name, alias] in rows() {
            if kind == "indicator" {
                assert!(VARIABLES.iter().any(|(known, ..)| known == name), "{name}");
            }
            let same = rows().iter().filter(|[of, _, other]| of == kind && other == alias);
            assert_eq!(same.count(), 1, "{kind} {alias}");
        }
    }

    #[test]
    fn figures_and_names_are_read_as_offices_write_them() {
        assert_eq!(figure(" 2,614.5 "), "2614.5");
        assert_eq!(figure("14.1％"), "14.1");
        assert_eq!(figure("36,6"), "36,6");
        assert_eq!((figure("—"), figure("-3.2")), (String::new(), "-3.2".to_owned()));
        assert_eq!(split("实际使用外资（亿美元）"), ("实际使用外资", Some("亿美元")));
        assert_eq!(known("column", "同比增长(%)"), "growth_percent");
        assert_eq!(known("indicator", "实际使用外资（亿美元）"), "fdi");
        assert_eq!(known("indicator", "gdp"), "gdp");
    }
}
