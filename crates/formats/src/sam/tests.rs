use proptest::prelude::*;

use super::*;
use crate::fixture::{self, InMemory, damage, texts};

fn read_files(files: InMemory) -> Result<Imported<SocialAccountingMatrix>, Findings> {
    read(&Source::memory(files).expect("no zip files"))
}

/// Printed in the file: 108 accounts and a row and column of totals.
#[test]
fn the_matrix_of_kenya_is_read_whole() {
    let name = "formats/kenya_sam/002_IFPRI_SAM_KEN_2019_SAM.csv";
    let Some(bytes) = fixture::bytes(name) else { return };
    let imported = read_files(vec![("IFPRI_SAM_KEN_2019_SAM.csv".to_owned(), bytes)])
        .unwrap_or_else(|findings| panic!("{findings}"));
    let matrix = imported.table;
    assert_eq!(matrix.accounts.len(), 108);
    assert_eq!(matrix.name, "2019 Social Accounting Matrix for Kenya");
    assert_eq!(matrix.accounts[0].code, "amaiz");
    assert_eq!(matrix.accounts[0].name, "Activities - Maize");
    assert_eq!(matrix.accounts[107].code, "row");
    let (maize, product) = (matrix.position("amaiz"), matrix.position("cmaiz"));
    let (row, column) = (maize.expect("maize"), product.expect("maize"));
    assert_eq!(matrix.cells.row(row)[column..=column], [632.0]);
    assert!((matrix.cells.total() - 65_675.0).abs() < 1e-9);
    let written = texts(&[("sam.csv", &write(&matrix))]);
    assert_eq!(read_files(written).expect("what was written").table, matrix);
    // Printed totals are rounded by themselves: off by at most 4, receipts and outlays by at most 5.
    let most = matrix.imbalances().iter().fold(0.0_f64, |most, off| most.max(off.abs()));
    assert!(most <= 5.0, "{most}");
    insta::assert_snapshot!(imported.report, @r#"
    social accounting matrix
      accounts                                 108
      cells that are not zero                 1347
      left out: the row and the column of totals
      note: 103 of 216 printed totals differ from the sums, by up to 5
      note: the file does not say its unit
      note: receipts less outlays are at most 5 (Activities - Health and social work, which receives 270)
    "#);
}

const SMALL: &str = "A small matrix (million EUR),,act,fac,hou,Total\nActivity,act,,,\"1,200.5\",1200.5\nFactor,fac,1200.5,,,1200.5\nHousehold,hou,,1200.5,,1200.5\nTotal,total,1200.5,1200.5,1200.5,\n";

#[test]
fn commas_between_thousands_are_read_and_totals_left_out() {
    let imported = read_files(texts(&[("sam.csv", SMALL)])).expect("a sound matrix");
    let matrix = imported.table;
    let codes: Vec<&str> = matrix.accounts.iter().map(|account| account.code.as_str()).collect();
    assert_eq!(codes, ["act", "fac", "hou"]);
    assert_eq!(matrix.cells.row(0), [0.0, 0.0, 1200.5]);
    assert_eq!(matrix.imbalances(), [0.0; 3]);
    assert_eq!(matrix.unit, "million EUR");
}

#[test]
fn a_text_among_the_cells_is_found() {
    let text = SMALL.replace("fac,1200.5", "fac,12OO.5");
    insta::assert_snapshot!(read_files(texts(&[("sam.csv", &text)])).expect_err("bad"), @r#"
    error[E1307]: `12OO.5` in `sam.csv` is not a number
     --> sam.csv:3:3: not a number
    "#);
    let text = "a,b\nc,d\n";
    insta::assert_snapshot!(read_files(texts(&[("sam.csv", text)])).expect_err("bad"), @r#"
    error[E1312]: `sam.csv` has no square block with labels
      = help: rows and columns must list the same accounts in one order
    "#);
}

#[test]
fn an_account_of_one_side_only_is_an_error() {
    let text = SMALL.replace("Household,hou", "Household,hos");
    insta::assert_snapshot!(read_files(texts(&[("sam.csv", &text)])).expect_err("bad"), @r#"
    error[E1311]: `sam.csv` has a column `hou` and no such row
     --> sam.csv:1:5: not an account of both sides
      = help: every account has a row and a column; a line of sums is named `total`
    error[E1311]: `sam.csv` has a row `Household` and no such column
     --> sam.csv:4:2: not an account of both sides
      = help: every account has a row and a column; a line of sums is named `total`
    "#);
}

proptest! {
    #[test]
    fn damaged_files_never_panic(damage in damage()) {
        let _either = read_files(damage.done_to(&texts(&[("sam.csv", SMALL)])));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_damaged_fixture_never_panics(damage in damage()) {
        let name = "formats/kenya_sam/002_IFPRI_SAM_KEN_2019_SAM.csv";
        let Some(bytes) = fixture::bytes(name) else { return Ok(()) };
        let _either = read_files(damage.done_to(&vec![("sam.csv".to_owned(), bytes)]));
    }
}
