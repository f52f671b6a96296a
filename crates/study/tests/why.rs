//! Terms of a number's own formula: they add up at every step, and lead to the levers.

use study::file::parse;
use study::inputs::Inputs;
use study::run::mix::Prepared;
use study::run::outcome::Outcome;
use study::run::why::{STOCKS, Why, WhyError, why};

fn asked(indicator: &str, industry: Option<&str>, follow: &[&str]) -> Result<Why, WhyError> {
    let inputs = Inputs::liaoning().expect("the shipped figures are correct");
    let (study, findings) = parse(study::LIAONING_NAME, study::LIAONING, &inputs.names);
    assert!(findings.is_empty(), "{findings}");
    let mut study = study.expect("the shipped study is correct");
    study.years.last = 2019;
    study.years.headline = 2019;
    study.levers.truncate(6);
    let outcome = Outcome {
        indicator: indicator.to_owned(),
        region: "Liaoning".to_owned(),
        industry: industry.map(|_| inputs.names.industries[17].clone()),
        year: 2019,
    };
    let prepared = Prepared::new(&study, &inputs).expect("calibrates");
    let follow: Vec<String> = follow.iter().map(|name| (*name).to_owned()).collect();
    why(&prepared, &outcome, &follow)
}

#[test]
fn terms_add_up_at_every_step_down_to_the_levers() {
    let told = asked("gdp", None, &["real_gdp", "activity of firms", "given: capital"])
        .expect("known terms");
    let [before, after] = told.values;
    assert!((told.steps[0].total - (after - before)).abs() < 1e-12 * after);
    assert_eq!(told.steps.len(), 4);
    for (at, step) in told.steps.iter().enumerate() {
        let sum: f64 = step.terms.iter().map(|term| term.contribution).sum();
        let size: f64 = step.terms.iter().map(|term| term.contribution.abs()).sum();
        assert!(
            (sum - step.total).abs() < 1e-9 * size.max(1e-6),
            "{}: {sum} {}",
            step.of,
            step.total
        );
        if at > 0 {
            let before = told.steps[at - 1].terms.iter().find(|term| term.name == step.of);
            let parent = before.expect("followed from there").contribution;
            assert!((step.total - parent).abs() < 1e-9 * size.max(1e-6), "{} {parent}", step.total);
        }
    }
    assert!(told.steps[3].terms.iter().any(|term| term.name == STOCKS));
}

#[test]
fn the_terms_of_the_equation_of_an_unknown_balance() {
    let told = asked("output", Some("one"), &["real_output", "activity of firms", "rental"])
        .expect("known terms");
    let last = told.steps.last().expect("steps");
    assert_eq!(last.equation.as_deref(), Some("market clearance"));
    let sum: f64 = last.terms.iter().map(|term| term.contribution).sum();
    let size: f64 = last.terms.iter().map(|term| term.contribution.abs()).sum();
    assert!(size > 0.0 && sum.abs() < 1e-9 * size, "{sum} of {size}");
}

#[test]
fn ratios_and_levers_in_a_definition_are_terms_too() {
    let told = asked("fdi", None, &[]).expect("known terms");
    let [before, after] = told.values;
    let step = &told.steps[0];
    let sum: f64 = step.terms.iter().map(|term| term.contribution).sum();
    assert!((sum - (after - before)).abs() < 1e-9 * after, "{sum} {}", after - before);
    assert!(step.terms.iter().any(|term| term.kind == "lever"), "{step:?}");
    assert!(step.terms.iter().any(|term| term.name == "fdi"), "{step:?}");
}

#[test]
fn a_term_that_is_not_there_is_refused_with_those_that_are() {
    let Err(WhyError::Unknown(wrong)) = asked("gdp", None, &["real_gpd"]) else {
        panic!("there is no such term")
    };
    assert!(wrong[0].help().contains("real_gdp"), "{}", wrong[0].help());
}
