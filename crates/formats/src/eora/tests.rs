use proptest::prelude::*;

use super::*;
use crate::fixture::{self, InMemory, close, damage, texts};

const MOCK: &str = "formats/pymrio_format_mocks/eora26_mock";

fn read_files(files: InMemory) -> Result<Imported, Findings> {
    read(&Source::memory(files).expect("whole zip files"))
}

/// Totals that `pymrio` 0.7.0 gives for its own mock files.
#[test]
fn the_mock_has_the_totals_another_program_reads() {
    let Some(files) = fixture::folder(MOCK) else { return };
    let imported = read_files(files).unwrap_or_else(|findings| panic!("{findings}"));
    let table = imported.table;
    close(table.flows.total(), 38_872_616.883_925_32, "flows");
    close(table.final_demand.total(), 3_285_132_732.421_107_3, "final demand");
    close(table.output.iter().sum(), 3_324_005_349.305_032_7, "output");
    close(table.value_added.total(), 39_141_414.265, "value added");
    let satellites = &table.extensions[0];
    close(satellites.by_industry.total(), 1_471_309_270.159, "satellites");
    assert_eq!(satellites.rows[0].unit, "kg");
    assert_eq!(satellites.rows[0].name, "I-GHG-CO2 emissions: emission_type1");
    assert_eq!(imported.report.counted("regions"), Some(6));
}

fn small() -> InMemory {
    texts(&[
        ("Eora26_2015_bp_T.txt", "1\t2\n3\t4\n"),
        ("Eora26_2015_pp_T.txt", "9\t9\n9\t9\n"),
        ("Eora26_2015_bp_FD.txt", "5\t6\n7\t-8\n"),
        ("Eora26_2015_bp_VA.txt", "1\t1\n"),
        (
            "indices/labels_T.txt",
            "Aland\tALA\tIndustries\tFood\t\nBland\tBLA\tIndustries\tFood\t\n",
        ),
        (
            "indices/labels_FD.txt",
            "Aland\tALA\tFinal demand\tAll\t\nBland\tBLA\tFinal demand\tAll\t\n",
        ),
        ("indices/labels_VA.txt", "Primary Inputs\tWages\t\n"),
    ])
}

#[test]
fn basic_prices_are_taken_and_satellites_may_be_absent() {
    let table = read_files(small()).unwrap_or_else(|findings| panic!("{findings}")).table;
    assert_eq!(table.flows.row(1), [3.0, 4.0]);
    assert_eq!(table.output, [14.0, 6.0]);
    assert_eq!(table.industries[1], Label { region: "BLA".into(), name: "Food".into() });
    assert!(table.extensions.is_empty());
}

#[test]
fn lists_of_another_length_are_explained() {
    let mut files = small();
    files[4].1.extend(b"Cland\tCLA\tIndustries\tFood\n");
    insta::assert_snapshot!(read_files(files).expect_err("bad"), @r#"
    error[E1311]: flows has 2 × 2 cells, 3 × 3 are expected
      = help: the files must be of one version of the database
    error[E1311]: final demand has 2 × 2 cells, 3 × 2 are expected
      = help: the files must be of one version of the database
    error[E1311]: value added has 1 × 2 cells, 1 × 3 are expected
      = help: the files must be of one version of the database
    error[E1311]: output has 2 × 1 cells, 3 × 1 are expected
      = help: the files must be of one version of the database
    "#);
}

proptest! {
    #[test]
    fn damaged_files_never_panic(damage in damage()) {
        let _either = read_files(damage.done_to(&small()));
        let Some(files) = fixture::folder(MOCK) else { return Ok(()) };
        let _either = read_files(damage.done_to(&files));
    }
}
