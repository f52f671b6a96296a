//! The summary: what it says, that it fits a terminal, and that it survives poor results.

mod fixture;

use report::text::{WIDTH, summary};
use rstest::rstest;
use study::results::Results;

#[test]
fn the_summary_of_the_fixture() {
    insta::assert_snapshot!(summary(&fixture::results()));
}

#[test]
fn lines_fit_the_terminal() {
    let text = summary(&fixture::results());
    let longest = text.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(WIDTH), "{longest:?} columns:\n{text}");
}

#[test]
fn printed_contributions_add_up_to_the_printed_total() {
    let text = summary(&fixture::results());
    let rows = text.lines().skip_while(|line| !line.starts_with("What the levers contribute"));
    let rows: Vec<&str> = rows.skip(4).take_while(|line| !line.is_empty()).collect();
    let (total, parts) = rows.split_last().expect("there are contributions");
    assert_eq!(parts.len(), 9, "seven levers, the interaction and a rule: {parts:?}");
    for column in [1, 0] {
        let sum: f64 = parts.iter().filter_map(|row| figure_from_the_right(row, column)).sum();
        let total = figure_from_the_right(total, column).expect("the total is a number");
        assert!((sum - total).abs() < 1e-9, "{sum} against {total}");
    }
}

fn figure_from_the_right(row: &str, column: usize) -> Option<f64> {
    row.split_whitespace().rev().nth(column)?.parse().ok()
}

#[test]
fn what_is_not_explained_is_a_row_of_its_own() {
    let mut results = fixture::results();
    results.contributions.retain(|each| each.lever != "hengli_petrochemical");
    assert!(summary(&results).contains("Not explained"));
}

#[test]
fn members_are_added_up_where_the_province_has_no_series() {
    let mut results = fixture::results();
    results.series.retain(|each| each.variable != "gdp" || each.region != fixture::PROVINCE);
    assert_eq!(summary(&results), summary(&fixture::results()));
}

#[test]
fn failures_are_said_aloud() {
    let mut results = fixture::results();
    results.solves[3].status = "iteration limit".to_owned();
    let text = summary(&results);
    assert!(text.contains("1 of 18 NOT SOLVED"), "{text}");
    assert!(text.contains("1 of 3 DO NOT HOLD"), "{text}");
}

#[test]
fn a_title_cannot_command_the_terminal() {
    let mut results = fixture::results();
    results.study.title = "red \u{1b}[31m\nalert".to_owned();
    assert!(!summary(&results).contains('\u{1b}'));
}

#[rstest]
#[case::not_numbers(fixture::poisoned(f64::NAN))]
#[case::infinite(fixture::poisoned(f64::INFINITY))]
#[case::nothing(fixture::emptied())]
#[case::headline_beyond_the_path(fixture::headline_in(2050))]
fn poor_results_are_shown_as_missing(#[case] results: Results) {
    let text = summary(&results);
    assert!(text.contains("n/a"), "{text}");
    fixture::assert_no_number_words(&text);
}

#[test]
fn tiny_losses_are_zero_without_a_sign() {
    let text = summary(&fixture::scaled(1e-12));
    assert!(
        !text.contains("-0.0 ") && !text.contains("-0.00 ") && !text.contains("+0.0 "),
        "{text}"
    );
}
