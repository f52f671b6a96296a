//! Accounts to text.

use accounts::{RegionalAccounts, Sets, Table};

use super::{FORMAT, STORED_AXES};
use crate::Files;

/// The files of a folder that holds the accounts.
pub fn write(accounts: &RegionalAccounts) -> Files {
    let mut files = Files::new();
    files.insert("manifest.csv".to_owned(), manifest(accounts));
    files.insert("sets.csv".to_owned(), sets(&accounts.sets));
    for each in accounts.tables() {
        files.insert(format!("{}.csv", each.name), table(each));
    }
    files
}

fn rows(table: &Table) -> usize {
    table.values().iter().filter(|value| **value != 0.0).count()
}

fn text(records: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records {
        writer.write_record(&record).expect("memory takes every record of one length");
    }
    let bytes = writer.into_inner().expect("memory can be flushed");
    String::from_utf8(bytes).expect("the fields are UTF-8")
}

fn manifest(accounts: &RegionalAccounts) -> String {
    let entry = |key: &str, value: String| vec![key.to_owned(), value];
    let head = vec![
        entry("key", "value".to_owned()),
        entry("format", FORMAT.to_string()),
        entry("base_year", accounts.base_year.to_string()),
        entry("money", accounts.output.unit.to_string()),
    ];
    let counts = accounts
        .tables()
        .map(|table| entry(&format!("rows_{}", table.name), rows(table).to_string()));
    text(head.into_iter().chain(counts))
}

fn sets(sets: &Sets) -> String {
    let header = std::iter::once(vec!["axis".to_owned(), "label".to_owned()]);
    let lists =
        [&sets.region, &sets.product, &sets.industry, &sets.owner, &sets.skill, &sets.margin];
    let labels = STORED_AXES.iter().zip(lists).flat_map(|(axis, list)| {
        list.labels.iter().map(|label| vec![(*axis).to_owned(), label.clone()])
    });
    text(header.chain(labels))
}

fn table(table: &Table) -> String {
    let names = table.axes().iter().map(|axis| axis.name.to_owned());
    let header = std::iter::once(names.chain(["value".to_owned()]).collect());
    let cells = table.values().iter().enumerate().filter(|(_, value)| **value != 0.0);
    text(header.chain(cells.map(|(flat, value)| {
        let position = table.position_of(flat);
        let labels = table.axes().iter().zip(&position).map(|(axis, at)| axis.labels[*at].clone());
        labels.chain([value.to_string()]).collect()
    })))
}
