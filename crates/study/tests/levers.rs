//! Every example of docs/levers.md runs, and its lever moves what it should; scoring of texts;
//! figures that the model implies.

use std::path::Path;
use std::sync::OnceLock;

use rstest::rstest;
use study::file::{parse, parse_rules};
use study::inputs::Inputs;
use study::negative_list::{RULES, RULES_NAME};
use study::results::Results;
use study::run::run;

fn inputs() -> &'static Inputs {
    static INPUTS: OnceLock<Inputs> = OnceLock::new();
    INPUTS.get_or_init(|| Inputs::liaoning().expect("the shipped figures are correct"))
}

fn example(name: &str) -> Results {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../studies/levers/{name}.toml"));
    let text = std::fs::read_to_string(path).expect("an example");
    let (study, findings) = parse(name, &text, &inputs().names);
    assert!(findings.is_empty(), "{findings}");
    run(&study.expect("no errors"), &text, inputs(), &|_, _| ()).expect("runs")
}

/// Change of a provincial variable in the last year.
fn moved(results: &Results, lever: &str, variable: &str, region: &str) -> f64 {
    let fits = |each: &&study::results::Contribution| {
        each.lever == lever && each.variable == variable && each.region == region
    };
    let found = results.contributions.iter().find(fits).expect("a contribution");
    *found.values.last().expect("years")
}

#[rstest]
//      example               lever                        variable            region      sign
#[case("investment_project", "Battery plant", "investment", "Shenyang", 1.0)]
#[case("market_access", "Open telecommunications", "fdi", "Liaoning", 1.0)]
#[case("negative_list", "List of 2018", "fdi", "nation", 1.0)]
#[case("free_trade_zone", "Zone area Dalian", "exports", "Dalian", 1.0)]
#[case("rd_grants", "Grants for R&D centres", "gdp", "Shenyang", 1.0)]
#[case("talent", "Training in Shenyang", "gdp", "Shenyang", 1.0)]
#[case("technology", "Internet", "gdp", "Liaoning", 1.0)]
#[case("technology", "Robots", "gdp", "Liaoning", 1.0)]
#[case("trade_destination", "Belt and Road", "exports", "Liaoning", 1.0)]
#[case("tax",                "Production tax on machinery", "budget_revenue",  "Liaoning", -1.0)]
#[case("tax", "Tariff on machinery", "imports", "Liaoning", 1.0)]
#[case("infrastructure", "Railway", "gdp", "Liaoning", 1.0)]
#[case("fiscal", "Transfer to households", "consumption", "Rest of Liaoning", 1.0)]
fn an_example_runs_and_its_lever_has_the_right_sign(
    #[case] name: &str,
    #[case] lever: &str,
    #[case] variable: &str,
    #[case] region: &str,
    #[case] sign: f64,
) {
    let results = example(name);
    // A plant's investment is that of its years of building: look at the sum over years.
    let change: f64 = if variable == "investment" {
        let all = results.contributions.iter();
        all.filter(|c| c.lever == lever && c.variable == variable && c.region == region)
            .flat_map(|c| &c.values)
            .sum()
    } else {
        moved(&results, lever, variable, region)
    };
    assert!(change * sign > 1e-6, "{lever}: {variable} in {region} moves by {change}");
}

#[test]
fn net_measures_of_levers_and_interaction_add_up_to_the_programme() {
    let results = example("tax");
    for total in results.net.iter().filter(|each| each.lever == "programme" && each.adds) {
        let parts: f64 = results
            .net
            .iter()
            .filter(|each| {
                each.lever != "programme"
                    && each.measure == total.measure
                    && each.region == total.region
            })
            .filter_map(|each| each.all_years)
            .sum();
        let total_value = total.all_years.expect("a sum");
        let size = 1e-6 * total_value.abs().max(1.0);
        assert!((parts - total_value).abs() < size, "{}: {parts} {total_value}", total.measure);
    }
}

#[test]
fn a_project_is_told_from_gross_to_net() {
    let results = example("investment_project");
    let of = |measure: &str| {
        let found = results.net.iter().find(|each| {
            each.lever == "Battery plant" && each.region == "Liaoning" && each.measure == measure
        });
        found.and_then(|each| each.all_years).expect("a figure")
    };
    // 6.7 hundred million yuan, 0.9 of them built, 0.6 of those for the programme, 0.1 displacing.
    assert!((of("project spending") - 6.7 * 0.9).abs() < 1e-9);
    assert!((of("coming anyway") - 6.7 * 0.9 * 0.4).abs() < 1e-9);
    assert!((of("displacing") - 6.7 * 0.9 * 0.6 * 0.1).abs() < 1e-9);
    assert!((of("public cost") - 0.6 * 0.9).abs() < 1e-9);
}

#[test]
fn exports_by_partner_add_up_and_the_partner_gains() {
    let results = example("trade_destination");
    let value = |scenario: &str, partner: &str| {
        let found = results.partners.iter().find(|each| {
            each.scenario == scenario
                && each.flow == "exports"
                && each.partner == partner
                && each.region == "Liaoning"
        });
        *found.and_then(|each| each.values.last()).expect("a series")
    };
    assert!(value("policy", "Belt and Road") > 1.05 * value("baseline", "Belt and Road"));
    assert!(value("policy", "other countries") < value("baseline", "other countries"));
    let trade =
        |scenario: &str| results.value(scenario, "trade", "Liaoning", 2021).expect("a value");
    for scenario in ["baseline", "policy"] {
        let all: f64 = results
            .partners
            .iter()
            .filter(|each| each.scenario == scenario && each.region == "Liaoning")
            .filter_map(|each| each.values.last())
            .sum();
        assert!((all / trade(scenario) - 1.0).abs() < 1e-9, "{all} {}", trade(scenario));
    }
}

#[rstest]
#[case("Investment is prohibited", 1.0)]
#[case("Controlled by the Chinese party", 0.5)]
#[case("Limited to joint ventures", 0.25)]
#[case("Foreign share not above 49 %", 0.5)]
#[case("Foreign share not above 51 %", 0.25)]
#[case("Chinese share not below 50 %", 0.25)]
#[case("Chinese share not below 51 %", 0.5)]
#[case("Controlled by the Chinese party; by licence; legal representative", 0.65)]
#[case("Prohibited; by licence", 1.0)] // capped at 1
#[case("Free", 0.0)]
fn a_text_is_scored_by_the_grid(#[case] text: &str, #[case] score: f64) {
    let rules = parse_rules(RULES_NAME, RULES, &inputs().names).0.expect("correct rules");
    let found: f64 = rules.measures_in(text).iter().map(|each| each.score).sum();
    assert!((found.min(1.0) - score).abs() < 1e-12, "{text}: {found}");
}

#[test]
fn what_the_model_implies_has_the_published_signs() {
    let text = study::LIAONING;
    let (study, _) = parse(study::LIAONING_NAME, text, &inputs().names);
    // All its years: wages take some of them to adjust.
    let study = study.expect("the shipped study");
    let figures = study::run::implied(&study, inputs()).expect("runs");
    let of = |what: &str| {
        let found = figures.iter().find(|each| each.what.contains(what));
        found.unwrap_or_else(|| panic!("no figure {what}"))
    };
    for fits in [
        "product",
        "domestic firms in services",
        "… manufacturing",
        "Real wages",
        "A day",
        "Exports",
        "corporate tax",
        "R&D",
    ] {
        assert!(of(fits).fits, "{fits}: {}", of(fits).implied);
    }
    assert!(of("Foreign capital").implied > 0.0);
}
