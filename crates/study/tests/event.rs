//! Events and the table they are assessed on.

use accounts::InputOutputTable;
use accounts::analysis::Leontief;
use accounts::analysis::roles::{RoleNames, Roles};
use accounts::identity::gross_domestic_product;
use study::event::{Amounts, Assessment, assess, yuan_per_unit};
use study::file::parse_event;
use study::inputs::Inputs;

const EVENT: &str = r#"format = 1
title = "Battery plant"
region = "Shenyang"
industry = "Electrical machinery"
displacement = 0.25

[construction]
amount = "670 million CNY"
years = 2
local_share = 0.55

[operation]
amount = "900 million CNY"
"#;

fn inputs() -> Inputs {
    Inputs::liaoning().expect("the accounts that ship with the program")
}

fn assessed(text: &str) -> Assessment {
    let inputs = inputs();
    let (event, findings) = parse_event("event.toml", text, &inputs.names);
    let event = event.unwrap_or_else(|| panic!("no errors expected:\n{findings}"));
    let table = InputOutputTable::from(&inputs.accounts);
    assess(&event, &table, roles(&table), None).expect("assessed")
}

fn roles(table: &InputOutputTable) -> Roles {
    Roles::of(table, &RoleNames::default())
}

/// The findings about the event with one part in the place of another.
fn with(part: &str, other: &str) -> String {
    assert!(EVENT.contains(part), "the event has `{part}`");
    let text = EVENT.replacen(part, other, 1);
    parse_event("event.toml", &text, &inputs().names).1.to_string()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-6)
}

fn cells(amounts: &Amounts) -> [f64; 4] {
    [amounts.output, amounts.value_added, amounts.income, amounts.jobs]
}

#[test]
fn the_table_of_regional_accounts_keeps_their_identities() {
    let inputs = inputs();
    let table = InputOutputTable::from(&inputs.accounts);
    let (uses, costs) = (table.uses(), table.costs());
    let total: f64 = table.output.iter().sum();
    for (at, output) in table.output.iter().enumerate() {
        assert!((uses[at] - output).abs() < 1e-9 * total, "sales of {:?}", table.industries[at]);
        assert!((costs[at] - output).abs() < 1e-9 * total, "costs of {:?}", table.industries[at]);
    }
    // Value added and product taxes of all users are the gross product of the accounts.
    let taxes: f64 = table.extensions[1].by_final_demand.as_ref().expect("there").row_sum(1);
    let product: f64 =
        (1..table.value_added.rows()).map(|row| table.value_added.row_sum(row)).sum();
    let income: f64 = gross_domestic_product(&inputs.accounts).income.iter().sum();
    assert!(near(product + taxes, income), "{} and {income}", product + taxes);
    assert!(near(table.extensions[0].by_industry.total(), inputs.accounts.persons.total()));
}

#[test]
fn stages_sum_to_gross_and_parts_to_all() {
    let found = assessed(EVENT);
    assert_eq!(found.phases.len(), 2);
    for phase in &found.phases {
        let stages = [&phase.direct, &phase.indirect, &phase.induced].map(cells);
        let (gross, displaced, net) =
            (cells(&phase.total.gross), cells(&phase.total.displaced), cells(&phase.total.net));
        for at in 0..4 {
            assert!(near(stages.iter().map(|stage| stage[at]).sum(), gross[at]));
            assert!(
                near(displaced[at], 0.25 * gross[at]) && near(displaced[at] + net[at], gross[at])
            );
            for parts in [&phase.regions, &phase.industries] {
                assert!(near(parts.iter().map(|part| cells(&part.gross)[at]).sum(), gross[at]));
            }
            assert!(stages.iter().all(|stage| stage[at] > 0.0));
        }
    }
    let [construction, operation] = &found.phases[..] else { panic!("two phases") };
    assert_eq!(
        (construction.kind_of_jobs, operation.kind_of_jobs),
        ("job-years", "permanent jobs")
    );
    assert!(near(construction.local_share, 0.55));
    // What is not bought from industries of the table leaves it at once.
    assert!(near(construction.direct.output + construction.outside, 670.0));
    assert!(near(operation.direct.output, 900.0));
}

#[test]
fn impacts_are_proportional_to_the_event() {
    let (once, twice) = (assessed(EVENT), assessed(&EVENT.replacen("670", "1340", 1)));
    let (once, twice) = (&once.phases[0].total.gross, &twice.phases[0].total.gross);
    assert!(cells(once).iter().zip(cells(twice)).all(|(one, two)| near(2.0 * one, two)));
}

#[test]
fn buying_all_at_home_leaves_nothing_outside_but_taxes_and_more_at_home() {
    let home = |text: &str| assessed(text).phases[1].regions[0].gross.output;
    let share = |share: &str| format!("{EVENT}local_share = {share}\n");
    assert!(home(&share("0.9")) > home(&share("0.2")));
    assert!(assessed(&share("1.0")).phases[1].outside.abs() < 1e-9);
}

#[test]
fn a_composition_takes_the_place_of_that_of_investment() {
    let composition = "local_share = 0.55\ncomposition = { \"Construction\" = 1.0 }";
    let found = assessed(&EVENT.replacen("local_share = 0.55", composition, 1));
    let inputs = inputs();
    let table = InputOutputTable::from(&inputs.accounts);
    let system = Leontief::new(&table).expect("productive");
    assert_eq!(system.size(), table.output.len());
    let phase = &found.phases[0];
    let construction = phase.industries.iter().find(|part| part.name == "Construction");
    // All direct output is construction.
    assert!(construction.expect("there").gross.output > 0.999 * phase.direct.output);
}

#[test]
fn unclear_events_are_answered_with_place_and_way_out() {
    let cases = [
        (
            "industry = \"Electrical machinery\"",
            "industry = \"machinery\"",
            "E1503",
            "write more of one",
        ),
        (
            "Electrical machinery",
            "electrcal machinry",
            "E0205",
            "did you mean `Electrical machinery`?",
        ),
        ("Shenyang", "Shengyang", "E0206", "did you mean `Shenyang`?"),
        ("670 million CNY", "97 million USD", "E1502", "add `cny_per_usd`"),
        ("displacement = 0.25\n", "", "W1501", "takes the place of other activity"),
        ("local_share = 0.55", "local_share = 55", "E0215", "55 % is 0.55"),
        ("years = 2", "yeers = 2", "E0202", "`years`"),
        (
            "local_share = 0.55",
            "composition = { \"Construction\" = 0.7 }",
            "E0216",
            "0.3 is missing",
        ),
    ];
    for (part, other, code, help) in cases {
        let found = with(part, other);
        assert!(found.contains(code) && found.contains(help), "{other}:\n{found}");
        assert!(found.contains("--> event.toml:"), "{found}");
    }
    let head = EVENT.split("\n[construction]").next().expect("a head");
    let found = parse_event("event.toml", head, &inputs().names).1.to_string();
    assert!(found.contains("E1501"), "{found}");
    // Dollars are fine with a rate.
    let dollars = EVENT.replacen("670 million CNY", "97 million USD", 1);
    let (event, findings) =
        parse_event("event.toml", &format!("cny_per_usd = 6.8\n{dollars}"), &inputs().names);
    assert!(event.is_some(), "{findings}");
}

#[test]
fn tables_that_do_not_fit_are_refused() {
    assert!(near(yuan_per_unit("100 million CNY").expect("yuan"), 1e8));
    assert!(near(yuan_per_unit("million CNY").expect("yuan"), 1e6));
    assert_eq!(yuan_per_unit("M.EUR").expect_err("euro").iter().next().expect("one").code, "E1504");
    let inputs = inputs();
    let event = parse_event("event.toml", EVENT, &inputs.names).0.expect("an event");
    let mut table = InputOutputTable::from(&inputs.accounts);
    table.categories.iter_mut().for_each(|label| label.name = "demand".to_owned());
    assert_eq!(
        assess(&event, &table, roles(&table), None)
            .expect_err("no investment")
            .iter()
            .next()
            .expect("one")
            .code,
        "E1505"
    );
}

#[test]
fn a_table_in_other_money_takes_plain_numbers() {
    let inputs = inputs();
    let yuan = InputOutputTable::from(&inputs.accounts);
    let mut euro = yuan.clone();
    euro.unit = "M.EUR".to_owned();
    let event = |amount: &str| {
        let text =
            EVENT.replace(r#""670 million CNY""#, amount).replace(r#""900 million CNY""#, amount);
        parse_event("event.toml", &text, &inputs.names).0.expect("an event")
    };
    let refused =
        assess(&event(r#""6.7 million CNY""#), &euro, roles(&euro), None).expect_err("yuan");
    assert_eq!(refused.iter().next().expect("one").code, "E1504");
    let found = assess(&event("6.7"), &euro, roles(&euro), None).expect("a number has no money");
    let same = assess(&event("6.7"), &yuan, roles(&yuan), None).expect("assessed");
    assert_eq!((found.unit.as_str(), same.unit.as_str()), ("M.EUR", "million CNY"));
    for (a, b) in found.phases.iter().zip(&same.phases) {
        // The accounts are in 100 million yuan.
        assert!(near(a.total.net.output * 100.0, b.total.net.output));
        assert!(near(a.total.net.jobs, b.total.net.jobs));
    }
    // Without compensation or households nothing is induced, and income is not known.
    let mut bare = euro.clone();
    bare.primary_inputs.iter_mut().for_each(|row| row.name = "value added".to_owned());
    let found =
        assess(&event("6.7"), &bare, roles(&bare), None).expect("type I needs no households");
    assert_eq!((found.propensity, found.phases[0].induced.output), (None, 0.0));
    assert!(found.phases[0].direct.income.is_nan());
}

#[test]
fn the_example_of_the_document_has_no_findings() {
    let document = include_str!("../../../docs/analysis.md");
    let block = document.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    let (event, findings) = parse_event("analysis.md", block.expect("an example"), &inputs().names);
    assert_eq!(findings.to_string(), "");
    assert!(event.is_some());
}
