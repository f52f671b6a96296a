use proptest::prelude::*;

use super::*;
use crate::fixture::{self, InMemory, close, damage, texts};

const MOCKS: &str = "formats/pymrio_format_mocks";

/// Totals that `pymrio` 0.7.0 gives for its own mock files.
struct Totals {
    flows: f64,
    demand: f64,
    output: f64,
    value_added: Option<f64>,
    emissions: f64,
    emissions_of_demand: f64,
}

impl Totals {
    fn check(&self, table: &InputOutputTable) {
        close(table.flows.total(), self.flows, "flows");
        close(table.final_demand.total(), self.demand, "final demand");
        close(table.output.iter().sum(), self.output, "output");
        if let Some(value_added) = self.value_added {
            close(table.value_added.total(), value_added, "value added");
        }
        let mut emissions = table.extensions.iter().filter_map(|extension| {
            let found =
                extension.rows.iter().position(|row| row.name.starts_with("emission_type1"));
            found.map(|_| extension)
        });
        let emissions = emissions.next().expect("emissions");
        close(emissions.by_industry.total(), self.emissions, "emissions");
        let of_demand = emissions.by_final_demand.as_ref().expect("emissions of final demand");
        close(of_demand.total(), self.emissions_of_demand, "emissions of final demand");
    }
}

const OLD: Totals = Totals {
    flows: 38_872_616.883_921_24,
    demand: 3_285_132_732.421_107_3,
    output: 3_324_005_349.305_029,
    value_added: Some(39_141_414.264_999_196),
    emissions: 1_471_309_270.159_349,
    emissions_of_demand: 8.266_120_801_036,
};
const NEW: Totals = Totals {
    value_added: None,
    emissions: 1_471_309_270.159,
    emissions_of_demand: 2_008_639_921.0,
    ..OLD
};

fn read(
    files: InMemory,
    reader: fn(&Source) -> Result<Imported, Findings>,
) -> Result<Imported, Findings> {
    reader(&Source::memory(files).expect("whole zip files"))
}

#[test]
fn the_mocks_have_the_totals_another_program_reads() {
    type Read = fn(&Source) -> Result<Imported, Findings>;
    let cases: [(&str, Read, &Totals, &str); 3] = [
        ("exio1_mock", read_1_2, &OLD, "M.EUR"),
        ("exio2_mock", read_1_2, &OLD, "M.EUR"),
        ("exio3_mock", read_3, &NEW, "Mill USD"),
    ];
    for (name, reader, totals, unit) in cases {
        let Some(files) = fixture::folder(&format!("{MOCKS}/{name}")) else { continue };
        let imported = read(files, reader).unwrap_or_else(|findings| panic!("{name}: {findings}"));
        totals.check(&imported.table);
        assert_eq!(imported.table.unit, unit, "{name}");
        assert_eq!(imported.report.counted("regions"), Some(6), "{name}");
        assert_eq!(imported.report.counted("industries of all regions"), Some(48), "{name}");
        assert_eq!(imported.report.counted("categories of final demand"), Some(42), "{name}");
    }
}

#[test]
fn a_zip_file_reads_as_the_folder_it_holds() {
    let Some(zip) =
        fixture::bytes(&format!("{MOCKS}/exio2_mock/mrIOT_PxP_ita_coefficient_version2.2.2.zip"))
    else {
        return;
    };
    let source = Source::memory([("a.zip", zip)]).expect("a whole zip file");
    let imported = read_1_2(&source).expect("sound files");
    let names: Vec<&str> = imported.table.extensions.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(names, ["Emissions", "Materials", "Resources"]);
    assert_eq!(imported.table.extensions[1].rows[0].unit, "Mm3");
    assert!(imported.report.dropped.iter().any(|what| what.contains("characterisation")));
}

/// Two regions, two industries. By hand: output (I − A)⁻¹ y with A = 0.5 on the diagonal is 2 y.
fn small(kind: &str) -> InMemory {
    let flows = "region\t\tA\tA\tB\tB\nsector\t\tx\ty\tx\ty\nregion\tsector\t\t\t\t\nA\tx\t0.5\t0\t0\t0\nA\ty\t0\t0.5\t0\t0\nB\tx\t0\t0\t0.5\t0\nB\ty\t0\t0\t0\t0.5\n";
    let demand = "region\t\tA\tB\ncategory\t\tall\tall\nregion\tsector\t\t\nA\tx\t1\t1\nA\ty\t2\t0\nB\tx\t0\t3\nB\ty\t-1\t1\n";
    let stressors = "region\tA\tA\tB\tB\nsector\tx\ty\tx\ty\nstressor\t\t\t\t\nProfit\t1\t1\t1\t0\nCO2\t5\t6\t7\t8\n";
    let of_demand = "region\tA\tB\ncategory\tall\tall\nstressor\t\t\nProfit\t0\t0\nCO2\t9\t10\n";
    texts(&[
        (&format!("{kind}.txt"), flows),
        ("Y.txt", demand),
        ("unit.txt", "region\tsector\tunit\nA\tx\tM.EUR\nA\ty\tM.EUR\nB\tx\tM.EUR\nB\ty\tM.EUR\n"),
        ("satellite/F.txt", stressors),
        ("satellite/F_Y.txt", of_demand),
        ("satellite/unit.txt", "stressor\tunit\nProfit\tM.EUR\nCO2\tkg\n"),
    ])
}

#[test]
fn coefficients_become_flows_and_money_rows_primary_inputs() {
    let imported = read(small("A"), read_3).unwrap_or_else(|findings| panic!("{findings}"));
    let table = imported.table;
    for (found, expected) in table.output.iter().zip([4.0, 4.0, 6.0, 0.0]) {
        assert!((found - expected).abs() < 1e-12, "{found} against {expected}");
    }
    assert!((table.flows.at(2, 2) - 3.0).abs() < 1e-12);
    assert_eq!(table.primary_inputs[0].name, "Profit");
    assert_eq!(table.value_added.row(0), [1.0, 1.0, 1.0, 0.0]);
    assert_eq!(table.extensions[0].rows.len(), 1);
    assert_eq!(table.extensions[0].by_industry.row(0), [5.0, 6.0, 7.0, 8.0]);
    let report = imported.report.to_string();
    insta::assert_snapshot!(report, @r#"
    EXIOBASE 3
      regions                                    2
      industries of all regions                  4
      categories of final demand                 2
      primary inputs                             1
      rows of satellite                          1
      unit: M.EUR
      unit: kg
      note: output is the one that meets final demand
      note: 1 rows of satellite in M.EUR are taken as primary inputs
      note: Purchases from industries and primary inputs = output: off by more than 1 % in 3 lines, most in `B / x`: 3.9999999999999787 and 5.999999999999957 (33.3 %)
      note: Final demand = primary inputs: off by more than 1 % in 1 lines, most in `all industries`: 7 and 3 (57.1 %)
      note: 1 industries have no output
    "#);
}

#[test]
fn flows_are_taken_as_they_are() {
    let table = read(small("Z"), read_3).unwrap_or_else(|findings| panic!("{findings}")).table;
    assert_eq!(table.output, [2.5, 2.5, 3.5, 0.5]);
}

fn edited(file: &str, from: &str, to: &str) -> String {
    let mut files = small("A");
    let bytes = &mut files.iter_mut().find(|(name, _)| name == file).expect("the file").1;
    let text = String::from_utf8(bytes.clone()).expect("a text");
    let changed = text.replacen(from, to, 1);
    assert_ne!(text, changed, "the edit must hit");
    *bytes = changed.into_bytes();
    read(files, read_3).expect_err("the files are bad").to_string()
}

#[test]
fn files_that_do_not_fit_together_are_explained() {
    insta::assert_snapshot!(edited("Y.txt", "B\ty\t", "B\tz\t"), @r#"
    error[E1311]: row 4 of `Y.txt` is `B / z`, not `B / y`
     --> Y.txt:7:1: not the label of the other file
      = help: labels must be equal and in one order; `B / y` is the nearest
    "#);
    insta::assert_snapshot!(edited("satellite/unit.txt", "CO2\tkg\n", ""), @r#"
    error[E1311]: `satellite/unit.txt` has no unit for `CO2`
      = help: every row of the extension has a line in it
    "#);
    insta::assert_snapshot!(edited("A.txt", "A\tx\t0.5", "A\tx\t1.5"), @r#"
    error[E1313]: no output meets final demand with these coefficients
      = help: an industry may use more than it makes; look for columns of `A` that sum to more than 1
    "#);
    let files = small("A").into_iter().filter(|(name, _)| name != "Y.txt").collect();
    insta::assert_snapshot!(read(files, read_3).expect_err("bad"), @r#"
    error[E1310]: EXIOBASE 3: there is no file `Y.txt`
      = help: the files are A.txt, satellite/F.txt, satellite/F_Y.txt, satellite/unit.txt, unit.txt
    "#);
}

proptest! {
    #[test]
    fn damaged_files_never_panic(damage in damage(), kind in "[AZ]") {
        let files = damage.done_to(&small(&kind));
        let _either = read(files, read_3);
    }

    #[test]
    fn damaged_mocks_never_panic(damage in damage()) {
        for (name, reader) in [("exio1_mock", read_1_2 as fn(&Source) -> _), ("exio3_mock", read_3)] {
            let Some(files) = fixture::folder(&format!("{MOCKS}/{name}")) else { return Ok(()) };
            let _either = read(damage.done_to(&files), reader);
        }
    }
}

#[test]
fn damaged_zip_files_never_panic() {
    let Some(files) = fixture::folder(&format!("{MOCKS}/exio2_mock")) else { return };
    let (name, bytes) = &files[0];
    for at in (0..bytes.len()).step_by(bytes.len() / 61 + 1) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        for bytes in [damaged, bytes[..at].to_vec()] {
            if let Ok(source) = Source::memory([(name.clone(), bytes)]) {
                let _either = read_1_2(&source);
            }
        }
    }
}

#[test]
fn a_table_written_for_pymrio_is_read_back_equal() {
    let (accounts, _) = crate::liaoning::accounts().expect("the figures ship");
    let table = InputOutputTable::from(&accounts);
    let mut files: InMemory = vec![];
    for part in write(&table) {
        let mut bytes = vec![];
        part.write_to(&mut bytes).expect("memory takes it");
        files.push((part.name.clone(), bytes));
    }
    let parameters = files.iter().find(|(name, _)| name == "jobs/file_parameters.json");
    let parameters = String::from_utf8(parameters.expect("it is there").1.clone()).expect("text");
    assert!(parameters.contains("\"systemtype\": \"Extension\""), "{parameters}");
    let found = read(files, read_3).unwrap_or_else(|wrong| panic!("{wrong}")).table;
    assert_eq!((found.flows, found.final_demand), (table.flows, table.final_demand));
    assert_eq!((found.output, found.industries), (table.output, table.industries));
    assert_eq!((found.value_added, found.unit), (table.value_added, table.unit));
    let inputs = |rows: &[Row]| rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>();
    assert_eq!(inputs(&found.primary_inputs), inputs(&table.primary_inputs));
    let jobs = found.extensions.iter().find(|each| each.name == "jobs").expect("jobs");
    assert_eq!(jobs.by_industry, table.extensions[0].by_industry);
}
