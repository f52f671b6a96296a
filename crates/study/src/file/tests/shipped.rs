//! The shipped study, what follows from it, and texts that are no study.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::{SMALL, names, parse, study};
use crate::lever::{Budget, Lever};
use crate::spec::{Observation, Quantity, Scope};

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
    assert_snapshot!(lines.join("\n"), @r#"
    investment project: 670 million CNY is invested in Manufacture of electrical machinery and equipment in Shenyang over 2018–2020, 50 % foreign-owned, and works from 2020 (probability 100 %; 100 % would not come without the programme, 0 % of that displaces other investment).
    market access: From 2018 the barrier to foreign firms in 16 industries in 4 regions goes from 0.0769 % on average (0 %–1 %) to 0.0638 % on average (0 %–1 %) of their sales (negative lists of 2017 and 2018); 51.3 % of it is rent of licence holders.
    market access: From 2018 the barrier to foreign firms in Manufacture of transport equipment in 4 regions goes from 4.3 % to 4.08 % of their sales, from 2020 3.9 %, from 2022 0 % (negative lists of 2017 and 2018); 53.3 % of it is rent of licence holders.
    market access: From 2018 the barrier to foreign firms in Information transmission, software and information technology services in 4 regions goes from 2.25 % to 1.8 % of their sales; 50 % of it is rent of licence holders.
    market access: From 2018 the barrier to foreign firms in Health care and social work in 4 regions goes from 15 % to 12 % of their sales; 30 % of it is rent of licence holders.
    market access: From 2018 the barrier to foreign firms in Education in 4 regions goes from 15 % to 13 % of their sales; 30 % of it is rent of licence holders.
    free-trade zone: From 2018 to 2025 the area in Shenyang saves 1 day, worth 0.8 % of the value each, on 5 % of the region's trade in goods, taxes profits at 25 % (3 % of the output of 6 industries); it costs 50 million CNY a year.
    free-trade zone: From 2018 to 2025 the area in Dalian saves 1 day, worth 0.8 % of the value each, on 10 % of the region's trade in goods, taxes profits at 25 % (5 % of the output of 6 industries); it costs 50 million CNY a year.
    free-trade zone: From 2018 to 2025 the area in Yingkou saves 1 day, worth 0.8 % of the value each, on 10 % of the region's trade in goods, taxes profits at 25 % (5 % of the output of 6 industries); it costs 50 million CNY a year.
    R&D grants: In 2018–2022 20 centres a year in 4 regions get 1.25 million CNY each (500 thousand CNY to 2 million CNY); a yuan of grant makes 1 of R&D.
    talent: In 2018–2022 2000 skilled persons a year join the labour force of Shenyang at 20 thousand CNY each, from other regions.
    talent: In 2018–2022 2000 skilled persons a year join the labour force of Dalian at 20 thousand CNY each, from other regions.
    technology: From 2018 to 2025 adoption of the internet in 10 industries in 4 regions rises to 20 %, with a neutral productivity gain of 2 % for an adopter; it costs 100 million CNY a year.
    technology: From 2018 to 2025 adoption of robots in 8 industries in 4 regions rises to 20 %, with a labour productivity gain of 5.4 % for an adopter; it costs 150 million CNY a year.
    technology: From 2018 to 2025 adoption of virtual reality in 4 industries in 4 regions rises to 10 %, with a labour productivity gain of 2 % for an adopter; it costs 50 million CNY a year.
    trade destination: From 2018 demand of Belt and Road for 17 industries of 4 regions grows 1 % a year faster than that of others (base-year share 30 %), and trade with it gets cheaper by 0.5 % (exports) and 0.5 % (imports) until 2022; it costs 50 million CNY a year.
    "#);
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
    let whole = eight_months.and_then(Observation::annualised);
    assert!(matches!(whole, Some(Quantity::Money(money)) if (money.amount() - 5.49e9).abs() < 1.0));
}

#[test]
fn growth_paths_give_each_year_its_rate() {
    let path = study(SMALL).baseline.productivity;
    let rates = [path.home(2017), path.home(2020), path.rest(2018), path.rest(2019)];
    assert!(
        rates.iter().zip([0.0, 0.04, 0.06, 0.05]).all(|(found, rate)| (found - rate).abs() < 1e-12)
    );
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

#[test]
fn the_accounts_are_known_before_the_names_are() {
    assert_eq!(crate::file::accounts_of(LIAONING), Some("liaoning-2017".to_owned()));
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
