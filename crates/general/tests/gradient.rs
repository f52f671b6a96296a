//! Gradients by one adjoint solve against finite differences of whole solves.

use general::{
    ComplementaritySettings, Indicator, Instance, Model, Outcome, Scenario, Syntax, gradient,
    number, read, solve,
};

/// Nests on both sides, taxes to a government, a wage floor, an endogenous transfer, an idle
/// technology, a derived parameter, an elasticity next to one.
const MODEL: &str = r#"{
  "format": "ge-case/1", "name": "gradient",
  "parameters": { "tax": 0.2, "sigma": 0.6, "floor": 0.9, "half": "tax/2", "eta": 2, "public": 30 },
  "sectors": ["X", "Y", "W", "G", "OLD"],
  "commodities": ["PX", "PY", "PL", "PK", "PW", "PG"],
  "consumers": ["HH", "GOV"],
  "auxiliaries": [{ "name": "U", "start": 0.05 }, { "name": "T", "start": 0, "lower": null }],
  "production": [
    { "sector": "X",
      "output": { "elasticity": "eta", "children": [
        { "commodity": "PX", "quantity": 80, "taxes": [{ "agent": "GOV", "rate": "half" }] },
        { "commodity": "PY", "quantity": 20 } ] },
      "input": { "elasticity": 0, "children": [
        { "commodity": "PY", "quantity": 10 },
        { "elasticity": "sigma", "children": [
          { "commodity": "PL", "quantity": 40, "price": 1.2, "taxes": [{ "agent": "GOV", "rate": "tax" }] },
          { "commodity": "PK", "quantity": 42 } ] } ] } },
    { "sector": "Y",
      "output": { "commodity": "PY", "quantity": 90 },
      "input": { "elasticity": 1, "children": [
        { "commodity": "PL", "quantity": 50 }, { "commodity": "PK", "quantity": 40 } ] } },
    { "sector": "W",
      "output": { "commodity": "PW", "quantity": 150 },
      "input": { "elasticity": 1.000001, "children": [
        { "commodity": "PX", "quantity": 70 }, { "commodity": "PY", "quantity": 80 } ] } },
    { "sector": "G",
      "output": { "commodity": "PG", "quantity": 30 },
      "input": { "elasticity": 0, "children": [
        { "commodity": "PX", "quantity": 10 }, { "commodity": "PY", "quantity": 20 } ] } },
    { "sector": "OLD",
      "output": { "commodity": "PY", "quantity": 10 },
      "input": { "commodity": "PK", "quantity": 20 } }
  ],
  "demands": [
    { "consumer": "HH",
      "preferences": { "elasticity": 1, "children": [{ "commodity": "PW", "quantity": 150 }] },
      "endowments": [
        { "commodity": "PL", "quantity": 100 }, { "commodity": "PL", "quantity": "-100*U" },
        { "commodity": "PK", "quantity": 82 }, { "commodity": "PW", "quantity": "-T" } ] },
    { "consumer": "GOV",
      "preferences": { "elasticity": 0, "children": [{ "commodity": "PG", "quantity": 30 }] },
      "endowments": [{ "commodity": "PW", "quantity": "T" }] }
  ],
  "constraints": [
    { "auxiliary": "U", "expression": "PL - floor*PW" },
    { "auxiliary": "T", "expression": "GOV - public*PG" }
  ],
  "scenarios": [{ "name": "only", "fix": { "PW": 1 } }]
}"#;

fn model(text: &str) -> Model {
    let (model, findings) = read("model.json", text, Syntax::Json);
    model.unwrap_or_else(|| panic!("{findings:?}"))
}

fn solved(model: &Model, scenario: &Scenario) -> Outcome {
    let outcome = solve(model, scenario, &ComplementaritySettings::default());
    assert!(outcome.solution().is_some(), "{}: {}", scenario.name, outcome.status);
    outcome
}

fn value(model: &Model, scenario: &Scenario, indicator: &Indicator) -> f64 {
    let outcome = solved(model, scenario);
    let instance = Instance::new(model, scenario);
    gradient(&instance, outcome.solution().expect("solved"), indicator).expect("regular").value
}

/// Central difference of whole solves with a parameter moved.
fn difference(model: &Model, scenario: &Scenario, indicator: &Indicator, at: usize) -> f64 {
    let here = Instance::new(model, scenario).parameters[at];
    let step = 1e-5 * here.abs().max(0.1);
    let moved = |by: f64| {
        let mut moved = scenario.clone();
        moved.set.retain(|(each, _)| *each != at);
        moved.set.push((at, number(here + by)));
        value(model, &moved, indicator)
    };
    (moved(step) - moved(-step)) / (2.0 * step)
}

#[rstest::rstest]
#[case("welfare(HH)")]
#[case("X")]
#[case("PK/PL*log(1 + T^2)")]
#[case("dem(GOV,PG)")]
#[case("in(X,PL)")]
#[case("out(X,PY)")]
fn gradients_equal_finite_differences(#[case] indicator: &str) {
    let model = model(MODEL);
    let scenario = &model.scenarios[0];
    let outcome = solved(&model, scenario);
    let solution = outcome.solution().expect("solved");
    let old = model.variable("OLD").expect("declared");
    assert!(solution.values[old].abs() < 1e-12, "the old technology is idle");
    let indicator = Indicator::read(&model, indicator).expect("an indicator");
    let instance = Instance::new(&model, scenario);
    let found = gradient(&instance, solution, &indicator).expect("regular");
    for (at, (name, slope)) in found.parameters.iter().enumerate() {
        let estimate = difference(&model, scenario, &indicator, at);
        assert!(
            (slope - estimate).abs() < 2e-6 * slope.abs().max(1.0),
            "{name}: {slope} by the adjoint, {estimate} by differences"
        );
    }
}

#[test]
fn the_gradient_by_an_endowment_is_that_of_its_quantity() {
    let with = |labour: f64| {
        let quantity = format!(r#""PL", "quantity": {labour} }}"#);
        model(&MODEL.replace(r#""PL", "quantity": 100 }"#, &quantity))
    };
    let read = |model: &Model| Indicator::read(model, "welfare(HH)").expect("a report");
    let here = with(100.0);
    let outcome = solved(&here, &here.scenarios[0]);
    let instance = Instance::new(&here, &here.scenarios[0]);
    let solution = outcome.solution().expect("solved");
    let found = gradient(&instance, solution, &read(&here)).expect("regular");
    let (consumer, commodity, slope) = &found.endowments[0];
    assert_eq!((consumer.as_str(), commodity.as_str()), ("HH", "PL"));
    // Labour is owned in two parts: one derivative stands for both.
    let labour = found.endowments.iter().filter(|each| each.0 == "HH" && each.1 == "PL");
    assert_eq!((labour.count(), found.endowments.len()), (1, 4));
    let at = |labour: f64| {
        let model = with(labour);
        value(&model, &model.scenarios[0], &read(&model))
    };
    let estimate = (at(100.01) - at(99.99)) / 0.02;
    assert!((slope - estimate).abs() < 1e-6 * estimate.abs(), "{slope} {estimate}");
}

#[test]
fn a_solution_that_is_not_unique_has_no_gradient() {
    // Two technologies that are the same: only the sum of their levels is determined.
    let text = r#"{
      "format": "ge-case/1", "name": "twins", "parameters": { "labour": 10 },
      "sectors": ["A", "B"], "commodities": ["P", "PL"], "consumers": ["H"],
      "production": [
        { "sector": "A", "output": { "commodity": "P", "quantity": 1 }, "input": { "commodity": "PL", "quantity": 1 } },
        { "sector": "B", "output": { "commodity": "P", "quantity": 1 }, "input": { "commodity": "PL", "quantity": 1 } }],
      "demands": [{ "consumer": "H", "preferences": { "commodity": "P", "quantity": 10 },
                    "endowments": [{ "commodity": "PL", "quantity": "labour" }] }],
      "scenarios": [{ "name": "only", "fix": { "PL": 1 }, "start": { "A": 5, "B": 5 } }]
    }"#;
    let model = model(text);
    let outcome = solved(&model, &model.scenarios[0]);
    let instance = Instance::new(&model, &model.scenarios[0]);
    let indicator = Indicator::read(&model, "A").expect("a variable");
    assert!(gradient(&instance, outcome.solution().expect("solved"), &indicator).is_err());
}

#[test]
fn an_unknown_name_in_an_indicator_is_found() {
    let model = model(MODEL);
    let findings = Indicator::read(&model, "PX + PZ").expect_err("PZ is no name");
    let finding = findings.iter().next().expect("a finding");
    assert_eq!((finding.code, finding.message.as_str()), ("E1614", "unknown name `PZ`"));
}
