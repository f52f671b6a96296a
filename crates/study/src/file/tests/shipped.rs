//! The shipped study, what follows from it, and texts that are no study.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::{SMALL, names, parse, study};
use crate::lever::{Budget, Lever};
use crate::spec::{Quantity, Scope};

const LIAONING: &str = include_str!("../../../../../studies/liaoning/study.toml");

#[test]
fn the_shipped_study_has_no_findings() {
    let (study, findings) = parse("study.toml", LIAONING, &names());
    assert_eq!(findings.to_string(), "");
    assert!(study.is_some());
}

#[test]
fn every_lever_of_the_shipped_study_says_what_it_does() {
    let study = study(LIAONING);
    let lines: Vec<String> =
        study.levers.iter().map(|lever| format!("{}: {}", lever.kind(), lever.summary())).collect();
    assert_snapshot!(lines.join("\n"), @"");
}

#[test]
fn costs_follow_from_the_file() {
    let study = study(LIAONING);
    let grants = study.levers.iter().find(|lever| lever.name() == "Grants for R&D centres");
    let grants = grants.expect("the lever is in the shipped study");
    let cost = grants.cost(2020);
    assert_eq!(cost[0].0, Budget::Province);
    assert!((cost[0].1.cny() - 25e6).abs() < 1e-3);
    assert!(grants.cost(2023).is_empty());
}

#[test]
fn a_plant_is_spent_over_its_building_years() {
    let study = study(SMALL);
    let Lever::InvestmentProject(plant) = &study.levers[0] else { panic!("a plant") };
    let spent: f64 = (2017..=2021).map(|year| plant.spending(year).cny()).sum();
    assert!((spent - 670e6).abs() < 1e-3);
    assert_eq!(plant.industry.name, "Manufacture of electrical machinery and equipment");
}

#[test]
fn the_target_is_in_dollars_and_the_last_whole_year_is_found() {
    let study = study(LIAONING);
    let value = study.targets[0].value.in_unit("million USD", 6.8437);
    assert!((value - 10_000.0).abs() < 1e-6);
    let last = study.last_whole_year("fdi", &Scope::Province).expect("2017 was observed");
    assert_eq!(last.period.year, 2017);
    let eight_months = study.observations.iter().find(|each| each.period.months == (1, 8));
    let whole = eight_months.and_then(|each| each.annualised());
    assert!(matches!(whole, Some(Quantity::Money(money)) if (money.amount() - 5.49e9).abs() < 1.0));
}

#[test]
fn growth_paths_give_each_year_its_rate() {
    let path = study(SMALL).baseline.productivity;
    let rates = [path.home(2017), path.home(2020), path.rest(2018), path.rest(2019)];
    assert!(rates.iter().zip([0.0, 0.04, 0.06, 0.05]).all(|(found, rate)| (found - rate).abs() < 1e-12));
}

#[test]
fn parameters_of_the_study_replace_the_defaults() {
    let text = format!("{SMALL}\n[parameters]\nsigma_regions = 4\n");
    let study = study(&text);
    assert!((study.parameters.get("sigma_regions") - 4.0).abs() < 1e-12);
    let note = study.parameter_notes().into_iter().find(|note| note.name == "sigma_regions");
    assert_eq!(note.map(|note| note.status), Some("assumption".to_owned()));
}

#[test]
fn what_is_nested_beyond_reason_is_refused() {
    for text in ["a = ".to_owned() + &"[".repeat(100_000), "a.".repeat(100_000) + "b = 1"] {
        assert!(parse("study.toml", &text, &names()).1.has_errors());
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(?s).{0,200}") {
        let _ = parse("study.toml", &text, &names());
    }

    #[test]
    fn the_shipped_study_spoiled_at_any_place_is_read_or_refused(
        at in 0..LIAONING.len(), length in 0..40usize, put in "[\\[\\]{}=\"0-9a-z.\n-]{0,6}",
    ) {
        let bytes = LIAONING.as_bytes();
        let end = (at + length).min(bytes.len());
        let text = [&bytes[..at], put.as_bytes(), &bytes[end..]].concat();
        let text = String::from_utf8_lossy(&text);
        let (study, findings) = parse("study.toml", &text, &names());
        prop_assert_eq!(study.is_none(), findings.has_errors());
    }
}
