use proptest::prelude::*;

use super::*;
use crate::fixture::{self, InMemory, close, damage};

const MOCK: &str = "formats/pymrio_format_mocks/wiod_mock";

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
    close(table.final_demand.total(), 3_283_795_836.165_648_5, "final demand");
    close(table.value_added.total(), 2_559_123.645_59, "primary inputs");
    assert_eq!(table.unit, "millions of US$");
    assert_eq!(imported.report.counted("regions"), Some(6));
    let extension = |name: &str| {
        table.extensions.iter().find(|extension| extension.name == name).expect("an extension")
    };
    let workers = extension("SEA");
    let row = |name: &str| workers.rows.iter().position(|row| row.name == name).expect("a row");
    let four: f64 = ["EMP", "EMPE", "H_EMP", "H_EMPE"]
        .iter()
        .map(|name| workers.by_industry.row_sum(row(name)))
        .sum();
    close(four, 31_322.573_033_932_036, "employment");
    assert_eq!(workers.rows[row("EMP")].unit, "thousands");
    let air = extension("AIR");
    close(air.by_industry.total(), 149_540_168.469_022_93, "emissions");
    let of_demand = air.by_final_demand.as_ref().expect("emissions of households");
    close(of_demand.total(), 53_939_402.337_885_37, "emissions of households");
    let land = extension("LAN");
    close(land.by_industry.total(), 9_355_634.0, "land");
    assert_eq!(land.rows[0].unit, "1000 ha");
}

/// Two countries, two industries; accounts of workers; land for one country.
fn small() -> InMemory {
    let world = fixture::rows(&[
        "World table for 2009,,,,,,,,,,",
        ",,,,,,,,,,",
        ",,,,AtB,C,AtB,C,,,",
        "(millions of US$),,,,Farming,Mining,Farming,Mining,Final consumption expenditure by households,Final consumption expenditure by households,Total output",
        ",,,,AUS,AUS,ROM,ROM,AUS,ROM,",
        ",,,,c1,c2,c1,c2,c37,c37,c69",
        "AtB,Farming,AUS,c1,1,2,3,4,5,6,21",
        "C,Mining,AUS,c2,1,1,1,1,1,1,6",
        "AtB,Farming,ROM,c1,2,2,2,2,2,2,12",
        "C,Mining,ROM,c2,0,0,0,0,0,1,1",
        ",Total intermediate consumption,TOT,r60,4,5,6,7,8,9,39",
        ",taxes less subsidies on products,TOT,r99,1,0,0,0,2,0,3",
        ",Value added at basic prices,TOT,r64,16,1,6,-6,0,0,17",
        ",Output at basic prices,TOT,r69,21,6,12,1,0,0,40",
    ]);
    let workers = fixture::rows(&[
        "Country,Variable,Description,Code,_2008,_2009",
        "AUS,EMP,All,TOT,9,9",
        "AUS,EMP,Farming,AtB,1,2",
        "ROU,EMP,Mining,C,3,4",
        "USA,EMP,Mining,C,5,6",
    ]);
    let notes = fixture::rows(&["EMP,Number of persons engaged (thousands)"]);
    let land = fixture::rows(&["1000 ha,Forest,Total", "secAtB,7,8", "secTOT,7,8", "FC_HH,1,2"]);
    vec![
        ("AUS_LAN_May12.xlsx".to_owned(), fixture::xlsx(&[("2009", &land)])),
        ("SEA.xlsx".to_owned(), fixture::xlsx(&[("Notes", &notes), ("DATA", &workers)])),
        ("wiot09.xlsx".to_owned(), fixture::xlsx(&[("WIOT_2009", &world)])),
    ]
}

#[test]
fn accounts_are_joined_by_country_and_code() {
    let imported = read_files(small()).unwrap_or_else(|findings| panic!("{findings}"));
    let table = imported.table;
    assert_eq!(table.flows.row(0), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(table.output, [21.0, 6.0, 12.0, 1.0]);
    assert_eq!(table.costs(), table.output);
    let rows: Vec<&str> = table.primary_inputs.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(rows, ["taxes less subsidies on products", "Value added at basic prices"]);
    let (workers, land) = (&table.extensions[0], &table.extensions[1]);
    assert_eq!(workers.by_industry.row(0), [2.0, 0.0, 0.0, 4.0]);
    assert_eq!(workers.rows[0].unit, "thousands");
    assert_eq!(land.by_industry.row(1), [8.0, 0.0, 0.0, 0.0]);
    assert_eq!(land.by_final_demand.as_ref().expect("households").row(0), [1.0, 0.0]);
    insta::assert_snapshot!(imported.report, @r#"
    WIOD
      regions                                    2
      industries of all regions                  4
      categories of final demand                 2
      primary inputs                             2
      rows of SEA                                1
      rows of LAN                                2
      unit: millions of US$
      unit: thousands
      unit: 1000 ha
      left out: primary inputs of final demand, 2 in all
      left out: 1 lines of the socio-economic accounts for other countries or codes
      left out: 1 lines of LAN: totals, and codes that the table has not
      note: output is the published row
      note: LAN has nothing for ROM; 0 stands there
    "#);
}

#[test]
fn a_workbook_cut_off_is_damaged() {
    let Some(mut files) = fixture::folder(MOCK) else { return };
    let book = files.iter_mut().find(|(name, _)| name.starts_with("wiot")).expect("the table");
    book.1.truncate(20_000);
    let text = read_files(files).expect_err("bad").to_string();
    assert!(text.contains("E1300") && text.contains("wiot09_row_sep12.xlsx"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn damaged_files_never_panic(damage in damage()) {
        let _either = read_files(damage.done_to(&small()));
        let Some(files) = fixture::folder(MOCK) else { return Ok(()) };
        if let Ok(source) = Source::memory(damage.done_to(&files)) {
            let _either = read(&source);
        }
    }
}

#[test]
fn socio_economic_accounts_are_read_alone() {
    let is_accounts = |(name, _): &(String, Vec<u8>)| name.to_lowercase().contains("sea");
    let files: InMemory = small().into_iter().filter(is_accounts).collect();
    let source = Source::memory(files.clone()).expect("whole zip files");
    let found = read_accounts(&source).unwrap_or_else(|findings| panic!("{findings}"));
    let table = found.table;
    assert_eq!(table.value(&["ROU", "EMP", "C", "2009"]), Some(4.0));
    assert_eq!(table.value(&["AUS", "EMP", "TOT", "2008"]), Some(9.0));
    assert_eq!(table.observations.len(), 8);
    assert!(
        table.to_csv().starts_with("country,variable,code,year,value,unit\nAUS,EMP,TOT,2008,9,")
    );
    if let Some(files) = fixture::folder(MOCK) {
        let files: InMemory = files.into_iter().filter(is_accounts).collect();
        let source = Source::memory(files).expect("whole zip files");
        let mock = read_accounts(&source).unwrap_or_else(|findings| panic!("{findings}")).table;
        let four: f64 = mock
            .observations
            .iter()
            .filter(|each| {
                let code =
                    |at: usize| mock.dimensions[at].codes[each.at[at] as usize].code.as_str();
                code(3) == "2009" && code(2) != "TOT" && code(1) == "EMP" && code(0) == "AUS"
            })
            .filter_map(|each| each.value)
            .sum();
        assert!(four > 0.0, "{four}");
    }
}
