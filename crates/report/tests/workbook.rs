//! The workbook, read back: numbers are those of the results, changes are formulas that agree.

mod fixture;

use std::io::Cursor;

use calamine::{Data, DataType, Range, Reader, Xlsx, open_workbook_from_rs};
use report::workbook::workbook;
use study::results::Results;

type Book = Xlsx<Cursor<Vec<u8>>>;

fn book(results: &Results) -> Book {
    let bytes = workbook(results).expect("written");
    open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook")
}

fn rows(book: &mut Book, sheet: &str) -> Range<Data> {
    book.worksheet_range(sheet).expect("the sheet")
}

/// The row of a sheet that begins with a word.
fn row<'a>(range: &'a Range<Data>, first: &str) -> &'a [Data] {
    let is = |row: &&[Data]| row[0] == Data::String(first.to_owned());
    range.rows().find(is).unwrap_or_else(|| panic!("no row `{first}`"))
}

fn number(cell: &Data) -> f64 {
    match cell {
        Data::Float(value) => *value,
        Data::Int(value) => *value as f64,
        other => panic!("{other:?} is no number"),
    }
}

fn close(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-12 * left.abs().max(right.abs())
}

#[test]
fn the_summary_has_the_numbers_of_the_results() {
    let results = fixture::results();
    let mut book = book(&results);
    let summary = rows(&mut book, "Summary");
    let year = results.study.headline_year;
    for (label, variable) in
        [("GDP", "gdp"), ("Jobs", "employment"), ("Foreign direct investment", "fdi")]
    {
        let row = row(&summary, label);
        let of = |scenario: &str| results.value(scenario, variable, fixture::PROVINCE, year);
        let (baseline, policy) = (of("baseline").expect("x"), of("policy").expect("x"));
        assert!(close(number(&row[2]), baseline), "{label}: {row:?}");
        assert!(close(number(&row[3]), policy), "{label}: {row:?}");
        assert!(close(number(&row[4]), policy - baseline), "{label}: {row:?}");
        assert!(close(number(&row[5]), 100.0 * (policy / baseline - 1.0)), "{label}: {row:?}");
    }
    let formulas = book.worksheet_formula("Summary").expect("formulas");
    let of_gdp = formulas.rows().flatten().find(|formula| !formula.is_empty());
    assert!(of_gdp.is_some_and(|formula| formula.starts_with('D')), "{of_gdp:?}");
}

#[test]
fn every_list_of_the_results_has_its_rows() {
    let results = fixture::results();
    let mut book = book(&results);
    let numbers = |range: &Range<Data>, column: usize| {
        range.rows().filter(|row| row.get(column).is_some_and(Data::is_float)).count()
    };
    let plain =
        results.series.iter().filter(|each| each.industry.is_empty() && each.owner.is_empty());
    let paths: Vec<_> = plain.filter(|each| each.scenario == "baseline").collect();
    let sheet = rows(&mut book, "Paths");
    let lines = |line: &str| {
        sheet.rows().filter(|row| row.get(3) == Some(&Data::String(line.to_owned()))).count()
    };
    assert_eq!(lines("baseline"), paths.len());
    assert_eq!(lines("change"), paths.len());
    let sheet = rows(&mut book, "Industries");
    assert_eq!(numbers(&sheet, 1), results.study.industries.len());
    let sheet = rows(&mut book, "Targets");
    assert_eq!(numbers(&sheet, 4), results.targets.len());
    let sheet = rows(&mut book, "Costs");
    assert_eq!(numbers(&sheet, 3), results.costs.len() + 1);
    for name in ["Levers", "Parameters", "Accounts", "Notes"] {
        assert!(rows(&mut book, name).height() > 2, "{name}");
    }
}

#[test]
fn paths_have_years_across_with_changes_as_formulas() {
    let results = fixture::results();
    let mut book = book(&results);
    let sheet = rows(&mut book, "Paths");
    let is_gdp = |row: &&[Data]| {
        row.last() == Some(&Data::String("gdp".to_owned()))
            && row[1] == Data::String(fixture::PROVINCE.to_owned())
    };
    let found: Vec<&[Data]> = sheet.rows().filter(is_gdp).collect();
    let [baseline, policy, change, percent] = found[..] else { panic!("{found:?}") };
    assert_eq!(baseline[0], Data::String("Gross regional product at base-year prices".to_owned()));
    for (at, year) in (4..).zip(&results.years) {
        let of = |scenario: &str| results.value(scenario, "gdp", fixture::PROVINCE, *year);
        let (one, other) = (of("baseline").expect("x"), of("policy").expect("x"));
        assert!(close(number(&baseline[at]), one) && close(number(&policy[at]), other));
        assert!(close(number(&change[at]), other - one), "{year}");
        assert!(close(number(&percent[at]), 100.0 * (other / one - 1.0)), "{year}");
    }
    let formulas = book.worksheet_formula("Paths").expect("formulas");
    let wrong = formulas.rows().flatten().filter(|each| !each.is_empty()).find(|formula| {
        let column = formula.trim_start_matches("100*(").chars().next();
        !column.is_some_and(|letter| formula.matches(letter).count() == 2)
    });
    assert_eq!(wrong, None, "a formula stays in its column");
}

#[test]
fn the_summary_has_two_charts() {
    let bytes = workbook(&fixture::results()).expect("written");
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let charts =
        archive.file_names().flatten().filter(|name| name.starts_with("xl/charts/chart")).count();
    assert_eq!(charts, 2);
}

#[test]
fn contributions_add_up_to_their_sum_and_costs_are_in_ten_thousand_yuan() {
    let results = fixture::results();
    let mut book = book(&results);
    let sheet = rows(&mut book, "Contributions");
    let total = number(&row(&sheet, "All levers together")[1]);
    let parts: f64 = sheet.rows().filter(|row| row[1].is_float()).map(|row| number(&row[1])).sum();
    assert!((parts - 2.0 * total).abs() <= 1e-9 * total.abs(), "{parts} {total}");
    let cost = &results.costs[0];
    let sheet = rows(&mut book, "Costs");
    let row = row(&sheet, &cost.lever);
    for (cell, value) in row[2..].iter().zip(&cost.values) {
        assert!(close(number(cell), 1e4 * value), "{row:?}");
    }
}

#[test]
fn the_same_results_give_the_same_bytes_and_poor_ones_a_workbook() {
    let results = fixture::results();
    assert_eq!(workbook(&results), workbook(&results));
    book(&fixture::emptied());
    for value in [f64::NAN, f64::INFINITY, 0.0] {
        book(&fixture::poisoned(value));
    }
}
