//! The models that ship in `models/`, against published and hand-made numbers.

#![expect(clippy::unreadable_literal, reason = "as printed")]

use general::{ComplementaritySettings, Instance, Model, Outcome, Syntax, check, read, solve};

const TWO_BY_TWO: &str = include_str!("../../../models/two_by_two.toml");
const RUST_BELT: &str = include_str!("../../../models/rust_belt.toml");

fn model(text: &str) -> Model {
    let (model, findings) = read("model.toml", text, Syntax::Toml);
    assert!(findings.is_empty(), "{findings:?}");
    model.expect("a model without findings")
}

fn scenario(model: &Model, name: &str) -> Outcome {
    let found = model.scenarios.iter().find(|each| each.name == name).expect(name);
    let outcome = solve(model, found, &ComplementaritySettings::default());
    let solution = outcome.solution().unwrap_or_else(|| panic!("{name}: {}", outcome.status));
    let c = solution.certificate;
    let violations = [c.zero_profit, c.market_clearance, c.income_balance, c.constraints, c.walras];
    assert!(violations.iter().all(|each| *each < 1e-10), "{name}: {c:?}");
    outcome
}

fn value(model: &Model, outcome: &Outcome, name: &str) -> f64 {
    let at = model.variable(name).expect(name);
    outcome.solution().expect("solved").values[at]
}

/// Source: the column printed for MPSGE's two-by-two model in GAMS (`MPSGE.jl`,
/// `test/test_twobytwo_functional.jl`); X, PK and PL are √1.1 and 1/√1.1.
#[rstest::rstest]
#[case("X", 1.0488088)]
#[case("PK", 1.0488088)]
#[case("PL", 0.9534626)]
#[case("PY", 1.0095766)]
#[case("PU", 1.0031821)]
#[case("U", 1.0454821)]
#[case("Y", 1.0388601)]
#[case("RA", 157.3213272)]
fn two_by_two_reproduces_the_published_column(#[case] name: &str, #[case] printed: f64) {
    let model = model(TWO_BY_TWO);
    let outcome = scenario(&model, "more labour");
    assert!((value(&model, &outcome, name) - printed).abs() <= 0.5e-7 * printed.max(1.0));
}

#[test]
fn limited_entry_has_a_price_and_open_entry_none() {
    let model = model(RUST_BELT);
    let at = |outcome: &Outcome, name: &str| value(&model, outcome, name);
    let slack = |outcome: &Outcome, name: &str| {
        let at = model.variable(name).expect(name);
        let slack = &outcome.solution().expect("solved").slack;
        slack.iter().find(|(each, _)| *each == at).map_or(0.0, |(_, f)| *f)
    };
    let open = scenario(&model, "schools");
    assert!(at(&open, "OLD") == 0.0 && slack(&open, "OLD") > 0.0, "the old technology closes");
    assert!(at(&open, "RENT") == 0.0 && slack(&open, "NEW").abs() < 1e-9);
    let limited = scenario(&model, "schools, entry limited");
    // At prices of 1 a new plant costs 18/1.5 + 36 + 10 = 58 and sells 60.
    assert!((at(&limited, "RENT") - 2.0 / 60.0).abs() < 1e-9, "price of a licence");
    assert!((at(&limited, "NEW") - 0.3).abs() < 1e-12 && at(&limited, "OLD") > 0.0);
    let lower = scenario(&model, "schools, lower floor");
    assert!(at(&lower, "UNEMPLOYED") == 0.0 && at(&lower, "LABOUR") > 0.8);
}

#[test]
fn starts_of_the_shipped_models_replicate() {
    for text in [TWO_BY_TWO, RUST_BELT] {
        let model = model(text);
        for scenario in model.scenarios.iter().filter(|each| each.benchmark) {
            let found = check(&Instance::new(&model, scenario));
            assert!(found.replicates() && found.walras.abs() < 1e-12, "{}", model.name);
            assert!(found.not_homogeneous.is_empty(), "{:?}", found.not_homogeneous);
        }
    }
}

#[test]
fn the_algebra_of_a_block_is_written_with_its_numbers() {
    let model = model(TWO_BY_TWO);
    let outcome = scenario(&model, "output tax, sigma one half");
    let chosen = model.scenarios.iter().find(|each| each.name == outcome.scenario);
    let instance = Instance::new(&model, chosen.expect("chosen"));
    let values = &outcome.solution().expect("solved").values;
    let written = ["X", "PL", "RA"]
        .map(|name| general::explain(&instance, model.variable(name).expect(name), values))
        .join("\n");
    insta::assert_snapshot!(written);
}
