use proptest::prelude::*;

use super::*;
use crate::fixture::{self, InMemory, damage};

const MOCK: &str = "formats/pymrio_format_mocks/gloria_mock";

fn read_files(files: InMemory) -> Result<Imported, Findings> {
    read(&Source::memory(files).expect("whole zip files"))
}

#[test]
fn the_mock_is_read_as_a_supply_and_use_table() {
    let Some(files) = fixture::folder(MOCK) else { return };
    let imported = read_files(files).unwrap_or_else(|findings| panic!("{findings}"));
    let table = imported.table;
    // Cells of the csv files, by hand.
    assert_eq!(table.industries[0].name, "Forestry and logging (industry)");
    assert_eq!(table.industries[9].name, "Forestry and logging (product)");
    assert_eq!(table.industries[17].region, "AZE");
    assert_eq!(table.flows.row(0)[3..=3], [5_295_100.0]);
    assert_eq!(table.flows.row(3)[0..=0], [1_386_400.0]);
    assert_eq!(table.final_demand.row(3)[0..=0], [100_000.0]);
    assert_eq!(table.categories[1].name, "Non-profit institutions serving households P.3n");
    assert_eq!(table.value_added.row(1)[8..=8], [3_514.1]);
    assert_eq!(table.primary_inputs[1].name, "Taxes on production D.29");
    assert_eq!(table.extensions[0].rows[0].name, "Emissions (EDGAR): c2f6_1A5_EDGAR_consistent");
    assert_eq!(table.extensions[0].rows[0].unit, "kilotonnes");
    assert_eq!(imported.report.counted("regions"), Some(3));
    assert_eq!(imported.report.dropped.len(), 2, "{:?}", imported.report.dropped);
}

/// Two regions, one sector, one kind of value added and of final demand, one satellite.
fn small() -> InMemory {
    let lists = [
        ("Regions", fixture::rows(&["Lfd_Nr,Region_acronyms", "1,AAA", "2,BBB"])),
        ("Sectors", fixture::rows(&["Lfd_Nr,Sector_names", "1,Food"])),
        (
            "Value added and final demand",
            fixture::rows(&["Lfd_Nr,Value_added_names,Final_demand_names", "1,Wages,All"]),
        ),
        (
            "Satellites",
            fixture::rows(&["Lfd_Nr,Sat_head_indicator,Sat_indicator,Sat_unit", "1,Air,CO2,kt"]),
        ),
    ];
    let sheets: Vec<(&str, &[Vec<String>])> =
        lists.iter().map(|(name, rows)| (*name, rows.as_slice())).collect();
    let mut files = fixture::texts(&[
        ("a/x_T-Results_2022_059_Markup001(full).csv", "0,1,0,0\n2,0,3,0\n0,0,0,4\n0,0,5,0\n"),
        ("a/x_T-Results_2022_059_Markup002(full).csv", "9,9,9,9\n9,9,9,9\n9,9,9,9\n9,9,9,9\n"),
        ("a/x_Y-Results_2022_059_Markup001(full).csv", "0,0\n6,7\n0,0\n8,-9\n"),
        ("a/x_V-Results_2022_059_Markup001(full).csv", "1,0,2,0\n0,0,3,0\n"),
        ("b/x_TQ-Results_2022_059_Markup001(full).csv", "1,0,1,0\n"),
        ("b/x_YQ-Results_2022_059_Markup001(full).csv", "2,3\n"),
    ]);
    files.push(("GLORIA_ReadMe_059.xlsx".to_owned(), fixture::xlsx(&sheets)));
    files
}

#[test]
fn value_added_is_added_over_regions_and_markups_are_told_apart() {
    let imported = read_files(small()).unwrap_or_else(|findings| panic!("{findings}"));
    let table = imported.table;
    assert_eq!(table.flows.row(1), [2.0, 0.0, 3.0, 0.0]);
    assert_eq!(table.output, [1.0, 18.0, 4.0, 4.0]);
    assert_eq!(table.value_added.row(0), [1.0, 0.0, 5.0, 0.0]);
    assert_eq!(table.extensions[0].by_industry.row(0), [1.0, 0.0, 1.0, 0.0]);
    assert!(imported.report.dropped[0].contains("1 cells"), "{:?}", imported.report.dropped);
}

#[test]
fn without_its_workbook_there_are_no_labels() {
    let Some(mut files) = fixture::folder(MOCK) else { return };
    files.retain(|(name, _)| !name.contains("ReadMe"));
    let text = read_files(files).expect_err("bad").to_string();
    assert!(text.contains("E1310") && text.contains("GLORIA_ReadMe_*.xlsx"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn damaged_files_never_panic(damage in damage()) {
        let _either = read_files(damage.done_to(&small()));
        let Some(files) = fixture::folder(MOCK) else { return Ok(()) };
        let _either = read_files(damage.done_to(&files));
    }
}
