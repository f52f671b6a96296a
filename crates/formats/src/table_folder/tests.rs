use proptest::prelude::*;

use accounts::Matrix;
use accounts::input_output::{Extension, InputOutputTable, Label, Row};
use diagnostics::Findings;

use super::*;
use crate::fixture::{InMemory, damage};
use crate::source::Source;

fn files(table: &InputOutputTable, cells: Cells) -> InMemory {
    let bytes = |part: &Part<'_>| {
        let mut bytes = Vec::new();
        part.write_to(&mut bytes).expect("memory takes it");
        (part.name.clone(), bytes)
    };
    write(table, cells).iter().map(bytes).collect()
}

fn read_files(files: InMemory) -> Result<InputOutputTable, Findings> {
    Ok(read(&Source::memory(files).expect("no zip files"))?.table)
}

fn table(n: usize, f: usize, v: usize, k: usize, numbers: &[f64]) -> InputOutputTable {
    let mut numbers = numbers.iter().copied().cycle();
    let mut matrix =
        |rows, columns| Matrix::from_fn(rows, columns, |_, _| numbers.next().unwrap_or(0.0));
    let label = |at: usize| Label { region: format!("R{}", at / 2), name: format!("0{at}, \"x\"") };
    let row = |at: usize| Row { name: format!("row {at}"), unit: "百万元".to_owned() };
    InputOutputTable {
        name: "A, B".to_owned(),
        unit: "million CNY".to_owned(),
        industries: (0..n).map(label).collect(),
        categories: (0..f).map(label).collect(),
        primary_inputs: (0..v).map(row).collect(),
        flows: matrix(n, n),
        final_demand: matrix(n, f),
        value_added: matrix(v, n),
        output: matrix(1, n).row(0).to_vec(),
        extensions: (0..k)
            .map(|at| Extension {
                name: format!("extension {at}"),
                rows: (0..at).map(row).collect(),
                by_industry: matrix(at, n),
                by_final_demand: (at % 2 == 1).then(|| matrix(at, f)),
            })
            .collect(),
    }
}

fn any_table() -> impl Strategy<Value = InputOutputTable> {
    let numbers = prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO, 1..40);
    (1..4_usize, 0..3_usize, 0..3_usize, 0..4_usize, numbers)
        .prop_map(|(n, f, v, k, numbers)| table(n, f, v, k, &numbers))
}

proptest! {
    #[test]
    fn tables_are_read_back_exactly(table in any_table(), parquet: bool) {
        let cells = if parquet { Cells::Parquet } else { Cells::Csv };
        let read = read_files(files(&table, cells));
        prop_assert_eq!(read.unwrap_or_else(|findings| panic!("{findings}")), table);
    }

    #[test]
    fn damaged_folders_never_panic(damage in damage(), parquet: bool) {
        let cells = if parquet { Cells::Parquet } else { Cells::Csv };
        let files = files(&table(3, 2, 1, 2, &[1.0, 2.5]), cells);
        let _either = read_files(damage.done_to(&files));
    }
}

#[test]
fn a_later_format_and_a_table_cut_off_are_refused() {
    let sound = files(&table(2, 1, 1, 0, &[1.0, 2.5]), Cells::Csv);
    let mut later = sound.clone();
    later[0].1 = String::from_utf8(later[0].1.clone())
        .expect("a text")
        .replace("\"format\",\"1\"", "\"format\",\"7\"")
        .into_bytes();
    insta::assert_snapshot!(read_files(later).expect_err("bad"), @r#"
    error[E1201]: a table of format 7; this program reads format 1
      = help: use the version of the program that wrote the folder
    "#);
    let mut short = sound;
    let flows = short.iter_mut().find(|(name, _)| name == "flows.csv").expect("the flows");
    flows.1.truncate(flows.1.len() - 12);
    insta::assert_snapshot!(read_files(short).expect_err("bad"), @r#"
    error[E1308]: line 4 of `flows.csv` has 0 cells, the header 2
     --> flows.csv:4:2: the row ends here
      = help: a short row, above all the last one, means that the file was cut off
    "#);
}
