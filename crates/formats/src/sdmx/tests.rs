use proptest::prelude::*;

use super::*;
use crate::fixture::{InMemory, damage, texts};

fn read_files(files: InMemory) -> Result<Imported<Observations>, Findings> {
    read(&Source::memory(files).expect("no zip files"))
}

const ONE: &str = "DATAFLOW,freq,unit,na_item,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\nESTAT:NAMA(1.0),A,CP_MEUR,B1GQ,FI,2014,206897,\nESTAT:NAMA(1.0),A,CP_MEUR,B1GQ,FI,2015,211385,\nESTAT:NAMA(1.0),A,CP_MEUR,P3,FI,2014,,c\n";
const TWO: &str = "STRUCTURE;STRUCTURE_ID;ACTION;REF_AREA: Area;UNIT_MEASURE: Unit;OBS_VALUE: Value\nDATAFLOW;OECD:NA(2.0);I;FIN: Finland;EUR: Euro;1.5e3\n";

#[test]
fn both_versions_are_read() {
    let imported = read_files(texts(&[("na.csv", ONE)])).expect("sound");
    let table = imported.table;
    assert_eq!(table.dataflow, "ESTAT:NAMA(1.0)");
    assert_eq!(table.value(&["A", "CP_MEUR", "B1GQ", "FI", "2015"]), Some(211_385.0));
    assert_eq!(table.value(&["A", "CP_MEUR", "P3", "FI", "2014"]), None);
    assert_eq!(table.observations[2].attributes, ["c"]);
    assert_eq!(imported.report.units, ["CP_MEUR"]);
    insta::assert_snapshot!(table.to_csv(), @r#"
    freq,unit,na_item,geo,TIME_PERIOD,value,OBS_FLAG
    A,CP_MEUR,B1GQ,FI,2014,206897,
    A,CP_MEUR,B1GQ,FI,2015,211385,
    A,CP_MEUR,P3,FI,2014,,c
    "#);
    let imported = read_files(texts(&[("na.csv", TWO)])).expect("sound");
    assert_eq!(imported.table.dimensions[0].codes[0].name, "Finland");
    assert_eq!(imported.table.value(&["FIN", "EUR"]), Some(1500.0));
}

#[test]
fn all_errors_are_found_in_one_run() {
    let text = ONE.replace("206897", "206 897").replace("2015", "2014").replace(",c\n", "\n");
    insta::assert_snapshot!(read_files(texts(&[("na.csv", &text)])).expect_err("bad"), @r#"
    error[E1307]: `206 897` in `na.csv` is not a number
     --> na.csv:2:7: not a number
      = help: write a number with a decimal point, or nothing where there is no value
    error[E1308]: line 4 of `na.csv` has 7 fields, the header 8
     --> na.csv:4:8: the row ends here
      = help: a short last line means that the file was cut off
    "#);
    let text = ONE.replace("2015", "2014");
    insta::assert_snapshot!(read_files(texts(&[("na.csv", &text)])).expect_err("bad"), @r#"
    error[E1309]: line 3 of `na.csv` gives an observation again
     --> na.csv:3:1: first given in line 2
    "#);
    let text = ONE.replace("OBS_VALUE", "VALUE");
    insta::assert_snapshot!(read_files(texts(&[("na.csv", &text)])).expect_err("bad"), @r#"
    error[E1312]: `na.csv` has no column `OBS_VALUE`
     --> na.csv:1:1: the columns are DATAFLOW, freq, unit, na_item, geo, TIME_PERIOD, VALUE, OBS_FLAG
    "#);
}

proptest! {
    #[test]
    fn damaged_files_never_panic(damage in damage()) {
        let _either = read_files(damage.done_to(&texts(&[("na.csv", ONE)])));
        let _either = read_files(damage.done_to(&texts(&[("na.csv", TWO)])));
    }
}
