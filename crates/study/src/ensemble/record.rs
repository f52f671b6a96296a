//! Draws as lines of a table, written one by one as they come.
//!
//! The first line names the ensemble: format and checksums of everything its draws depend on, by name.
//! A line counts when it is whole, so a table that broke off is read up to its last whole line.
//! While an ensemble runs its lines come in any order; [`table`] puts them in theirs.
//! Not here: opening files (`cli`).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::run::draw::Indicators;

/// Format of the table.
const FORMAT: &str = "ironbelt-draws/2";

/// One draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Index, from 0.
    pub index: usize,
    /// Indicators of the targets, or why there are none.
    pub outcome: Result<Indicators, String>,
}

/// What a table of draws is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Checksums of what the draws depend on: `name=sum`, with spaces between.
    pub key: String,
    /// Names of the targets.
    pub targets: Vec<String>,
    /// Years of the path.
    pub years: Vec<u16>,
}

impl Head {
    fn numbers(&self) -> usize {
        2 * self.targets.len() * self.years.len()
    }

    /// The first two lines: format and key; names of the columns.
    pub fn lines(&self) -> String {
        let mut text = format!("# {FORMAT} {}\ndraw,status", self.key);
        for target in 1..=self.targets.len() {
            for scenario in ["baseline", "policy"] {
                for year in &self.years {
                    let _ = write!(text, ",target_{target}_{scenario}_{year}");
                }
            }
        }
        text + "\n"
    }

    /// The line of a draw, with its end.
    pub fn line(&self, record: &Record) -> String {
        let mut text = record.index.to_string();
        match &record.outcome {
            Ok(indicators) => {
                text.push_str(",solved");
                for (baseline, policy) in indicators.baseline.iter().zip(&indicators.policy) {
                    for value in baseline.iter().chain(policy) {
                        let _ = write!(text, ",{value}");
                    }
                }
            }
            Err(why) => {
                let plain = why.replace([',', '\n', '\r', '"'], " ");
                let _ = write!(text, ",failed: {plain}{}", ",".repeat(self.numbers()));
            }
        }
        text + "\n"
    }

    /// Whole lines of a table, by index, and the length in bytes of what counts. None when the
    /// table is not of this ensemble.
    pub fn read(&self, text: &str) -> Option<(BTreeMap<usize, Record>, usize)> {
        let head = self.lines();
        let Some(rest) = text.strip_prefix(&head) else {
            // A table that broke off within its head has no draws.
            return head.starts_with(text).then(|| (BTreeMap::new(), 0));
        };
        let mut records = BTreeMap::new();
        let mut length = head.len();
        for line in rest.split_inclusive('\n') {
            let Some(record) = line.strip_suffix('\n').and_then(|line| self.record(line)) else {
                break;
            };
            records.insert(record.index, record);
            length += line.len();
        }
        Some((records, length))
    }

    /// What a table of another ensemble differs in: names of the checksums of its head that are others
    /// than here; nothing where its head has none.
    pub fn differs<'k>(&'k self, text: &str) -> Vec<&'k str> {
        let first = text.lines().next().unwrap_or_default();
        let theirs: Vec<&str> = first.split(' ').filter(|part| part.contains('=')).collect();
        let ours = self.key.split(' ').filter(|part| !theirs.is_empty() && !theirs.contains(part));
        ours.filter_map(|part| Some(part.split_once('=')?.0)).collect()
    }

    fn record(&self, line: &str) -> Option<Record> {
        let mut fields = line.split(',');
        let index = fields.next()?.parse().ok()?;
        let status = fields.next()?;
        let values: Vec<&str> = fields.collect();
        if values.len() != self.numbers() {
            return None;
        }
        if let Some(why) = status.strip_prefix("failed: ") {
            return Some(Record { index, outcome: Err(why.to_owned()) });
        }
        let values: Vec<f64> =
            values.iter().map(|value| value.parse().ok()).collect::<Option<_>>()?;
        let mut parts = values.chunks(self.years.len()).map(<[f64]>::to_vec);
        let mut indicators = Indicators::default();
        while let (Some(baseline), Some(policy)) = (parts.next(), parts.next()) {
            indicators.baseline.push(baseline);
            indicators.policy.push(policy);
        }
        (status == "solved").then_some(Record { index, outcome: Ok(indicators) })
    }

    /// The finished table: every draw once, in order.
    pub fn table<'r>(&self, records: impl IntoIterator<Item = &'r Record>) -> String {
        let lines = records.into_iter().map(|record| self.line(record));
        std::iter::once(self.lines()).chain(lines).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Head {
        Head { key: "k".to_owned(), targets: vec!["a".to_owned()], years: vec![2017, 2018] }
    }

    fn solved(index: usize, value: f64) -> Record {
        let indicators =
            Indicators { baseline: vec![vec![1.0, value]], policy: vec![vec![0.1 + 0.2, -value]] };
        Record { index, outcome: Ok(indicators) }
    }

    #[test]
    fn lines_read_back_to_the_last_digit_in_any_order() {
        let failed = Record { index: 1, outcome: Err("year 2018 did not solve".to_owned()) };
        let records = [solved(2, 1.0 / 3.0), failed, solved(0, f64::MIN_POSITIVE)];
        let (read, length) = head().read(&head().table(&records)).expect("its own table");
        assert_eq!(length, head().table(&records).len());
        assert_eq!(read.len(), 3);
        for record in &records {
            assert_eq!(read[&record.index], *record);
        }
    }

    #[test]
    fn a_table_that_broke_off_counts_up_to_its_last_whole_line() {
        let text = head().table(&[solved(0, 1.0), solved(1, 2.0)]);
        let whole = head().table(&[solved(0, 1.0)]).len();
        for cut in 0..text.len() {
            let (read, length) = head().read(&text[..cut]).expect("its own table");
            let wanted = if cut >= whole {
                (1, whole)
            } else {
                (0, if cut < head().lines().len() { 0 } else { head().lines().len() })
            };
            assert_eq!((read.len(), length), wanted, "cut at {cut}");
        }
    }

    #[test]
    fn a_table_of_another_ensemble_is_refused() {
        let of = |key: &str| Head { key: key.to_owned(), ..head() };
        let (own, other) = (of("study=1 data=2 program=3"), of("study=1 data=4 program=5"));
        assert_eq!(own.read(&other.lines()), None);
        assert_eq!(own.differs(&other.lines()), ["data", "program"]);
        assert_eq!(own.differs("draw,status\n"), Vec::<&str>::new());
    }
}
