use proptest::prelude::*;

use super::*;
use crate::fixture::{self, InMemory, close, damage, texts};

const MOCKS: &str = "formats/pymrio_format_mocks/oecd_mock";

fn read_files(files: InMemory) -> Result<Imported, Findings> {
    read(&Source::memory(files).expect("whole zip files"))
}

/// Totals that `pymrio` 0.7.0 gives for its own mock files (which joins the parts of countries).
#[test]
fn the_mocks_have_the_totals_another_program_reads() {
    // file, regions with industries, flows, final demand, primary inputs
    let cases = [
        ("ICIO2016_2003.csv", 6, 25_308_592.605_805_647, 10_753_340_468.0, 24_117_105.775),
        ("ICIO2018_2010.CSV", 6, 25_308_592.605_805_65, 11_436_429_103.3, 24_117_580.351_665_556),
        ("ICIO2018_2010.zip", 6, 25_308_592.605_805_65, 11_436_429_103.3, 24_117_580.351_665_556),
    ];
    for (name, regions, flows, demand, primary) in cases {
        let Some(bytes) = fixture::bytes(&format!("{MOCKS}/{name}")) else { continue };
        let files = vec![(name.to_owned(), bytes)];
        let imported = read_files(files).unwrap_or_else(|findings| panic!("{name}: {findings}"));
        let table = imported.table;
        close(table.flows.total(), flows, name);
        close(table.final_demand.total(), demand, name);
        close(table.value_added.total(), primary, name);
        assert_eq!(imported.report.counted("regions"), Some(regions), "{name}");
    }
}

const SMALL: &str = "\"\",A_1,A_2,B_1,HFCE_A,HFCE_B,DISC\nA_1,1,2,3,4,5,0\nA_2,1,1,1,1,1,0\nB_1,2,2,2,2,2,0\nVA,11,0,4,,,\nOUT,15,5,10,,,\n";

#[test]
fn a_small_table_is_read_whole() {
    let imported = read_files(texts(&[("ICIO_2000.csv", SMALL)])).expect("a sound table");
    let table = imported.table;
    let label = |region: &str, name: &str| Label { region: region.into(), name: name.into() };
    assert_eq!(table.industries, [label("A", "1"), label("A", "2"), label("B", "1")]);
    assert_eq!(table.categories, [label("A", "HFCE"), label("B", "HFCE"), label("", "DISC")]);
    assert_eq!(table.flows.row(0), [1.0, 2.0, 3.0]);
    assert_eq!(table.final_demand.row(0), [4.0, 5.0, 0.0]);
    assert_eq!(table.value_added.row(0), [11.0, 0.0, 4.0]);
    assert_eq!(table.output, [15.0, 5.0, 10.0]);
}

#[test]
fn a_table_without_its_last_row_is_cut_off() {
    let text = SMALL.replace("OUT,15,5,10,,,\n", "");
    insta::assert_snapshot!(read_files(texts(&[("i.csv", &text)])).expect_err("bad"), @r#"
    error[E1312]: `i.csv` has no row OUT or OUTPUT
     --> i.csv:5:1: the last row; the file may be cut off
    "#);
    let text = SMALL.replace("\nA_1,", "\nA_9,");
    insta::assert_snapshot!(read_files(texts(&[("i.csv", &text)])).expect_err("bad"), @r#"
    error[E1312]: `i.csv` is not a table of industries by industries
     --> i.csv:2:1: not the label of the first column
    "#);
}

#[test]
fn an_industry_that_is_lost_or_renamed_is_found_at_its_place() {
    let renamed = SMALL.replace("\nA_2,", "\nA_7,");
    insta::assert_snapshot!(read_files(texts(&[("i.csv", &renamed)])).expect_err("bad"), @r#"
    error[E1311]: labels of `i.csv` part: row 2 is `A_7`, column 2 is `A_2`
     --> i.csv:3:1: and `B_1` is still an industry
      = help: rows and columns must list the same industries in one order; restore the label that was lost or renamed
    "#);
    let last = SMALL.replace("\nB_1,", "\nB_9,");
    let findings = read_files(texts(&[("i.csv", &last)])).expect_err("bad").to_string();
    assert!(findings.contains("row 3 is `B_9`, column 3 is `B_1`"), "{findings}");
    let lost = SMALL.replace("B_1,2,2,2,2,2,0\n", "");
    let findings = read_files(texts(&[("i.csv", &lost)])).expect_err("bad").to_string();
    assert!(findings.contains("row 3 is `VA`, column 3 is `B_1`"), "{findings}");
}

proptest! {
    #[test]
    fn damaged_files_never_panic(damage in damage()) {
        let _either = read_files(damage.done_to(&texts(&[("i.csv", SMALL)])));
        let name = format!("{MOCKS}/ICIO2018_2010.CSV");
        let Some(bytes) = fixture::bytes(&name) else { return Ok(()) };
        let _either = read_files(damage.done_to(&vec![("i.csv".to_owned(), bytes)]));
    }
}
