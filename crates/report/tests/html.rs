//! The page: sections, tables, drawings, escaping, and that it stands alone.

mod fixture;

use report::html::page;
use rstest::rstest;
use study::results::Results;

const SECTIONS: [&str; 13] = [
    "headline",
    "targets",
    "areas",
    "contributions",
    "industries",
    "paths",
    "costs",
    "levers",
    "plausibility",
    "parameters",
    "accounts",
    "solves",
    "provenance",
];

#[test]
fn every_section_is_there_with_its_heading() {
    let html = page(&fixture::results());
    for id in SECTIONS {
        let opening = format!(
            "<section id=\"{id}\" aria-labelledby=\"{id}-heading\"><h2 id=\"{id}-heading\">"
        );
        assert!(html.contains(&opening), "{id}");
    }
    assert_eq!(html.matches("<section ").count(), SECTIONS.len());
}

#[test]
fn every_drawing_has_a_title_and_a_description() {
    let html = page(&fixture::results());
    let drawings = html.matches("<svg role=\"img\"").count();
    assert_eq!(
        drawings, 12,
        "two targets, map, two of areas, two of levers, industries, four paths"
    );
    assert_eq!(html.matches("<desc id=").count(), drawings);
    assert_eq!(html.matches("<title id=").count(), drawings);
}

#[test]
fn identifiers_are_unique() {
    let html = page(&fixture::results());
    let mut ids: Vec<&str> =
        html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn every_row_has_a_cell_for_every_column() {
    let html = page(&fixture::results());
    let tables: Vec<&str> =
        html.split("<table>").skip(1).filter_map(|rest| rest.split("</table>").next()).collect();
    assert!(tables.len() >= 15, "{}", tables.len());
    for table in tables {
        let (head, body) = table.split_once("<tbody>").expect("a table has a body");
        let columns = cells(head);
        for row in body.split("<tr").skip(1) {
            assert_eq!(cells(row), columns, "{row}");
        }
        assert!(head.contains("<caption>"), "{head}");
    }
}

fn cells(row: &str) -> usize {
    row.matches("</th>").count() + row.matches("</td>").count()
}

#[test]
fn the_page_stands_alone() {
    let html = page(&fixture::results());
    for foreign in ["http:", "https:", "src=", "url(", "@import", "<script", "<link"] {
        assert!(!html.contains(foreign), "{foreign}");
    }
}

#[test]
fn words_of_the_study_are_escaped() {
    let mut results = fixture::results();
    let evil = "<script>alert(\"x\")</script>";
    results.study.title = evil.to_owned();
    results.study.home_regions[0] = evil.to_owned();
    results.levers[0].summary = evil.to_owned();
    results.contributions[0].lever = evil.to_owned();
    results.parameters[0].source = evil.to_owned();
    let html = page(&results);
    assert!(!html.contains("<script"));
    assert!(html.matches("&lt;script&gt;").count() >= 5);
}

#[test]
fn unverified_parameters_are_marked() {
    let html = page(&fixture::results());
    assert_eq!(html.matches("⚠ from memory, check before use").count(), 2);
    assert!(html.contains("2 of 6 parameters unverified"));
}

#[test]
fn the_page_and_the_summary_give_the_same_answer() {
    let results = fixture::results();
    let answer = "raises the GDP of Liaoning by 9.17 billion yuan (+0.33 %)";
    assert!(page(&results).contains(answer));
    assert!(report::text::summary(&results).contains(answer));
}

#[test]
fn areas_that_are_not_on_the_map_get_bars_only() {
    let mut results = fixture::results();
    results.study.home_regions[0] = "Fushun".to_owned();
    let html = page(&results);
    assert!(!html.contains("id=\"map-title\""));
    assert!(html.contains("id=\"areas-gdp-title\""));
}

#[test]
fn the_same_results_give_the_same_bytes() {
    assert_eq!(page(&fixture::results()), page(&fixture::results()));
}

#[rstest]
#[case::not_numbers(fixture::poisoned(f64::NAN))]
#[case::infinite(fixture::poisoned(f64::NEG_INFINITY))]
#[case::nothing(fixture::emptied())]
#[case::headline_beyond_the_path(fixture::headline_in(2050))]
#[case::tiny(fixture::scaled(1e-12))]
#[case::huge(fixture::scaled(1e12))]
fn poor_results_never_show_as_numbers(#[case] results: Results) {
    let html = page(&results);
    fixture::assert_no_number_words(&html);
    assert!(!html.contains(">−0.0<") && !html.contains("-0.0"), "negative zero");
    assert_eq!(html.matches("<section ").count(), SECTIONS.len());
}
