//! Parts of a policy's effect: they add up in every row, whatever the method, and agree where they
//! must. Derivatives by levers' strengths: as finite differences.

use std::sync::OnceLock;

use study::file::parse;
use study::inputs::Inputs;
use study::results::{Results, Series};
use study::run::contributions::Method;
use study::run::mix::{Mix, Prepared};
use study::run::outcome::Outcome;
use study::run::run_with;
use study::spec::{Scope, Study};

fn inputs() -> &'static Inputs {
    static INPUTS: OnceLock<Inputs> = OnceLock::new();
    INPUTS.get_or_init(|| Inputs::liaoning().expect("the shipped figures are correct"))
}

/// The shipped study to 2020, with its first levers of each kind.
fn shipped() -> Study {
    let (study, findings) = parse(study::LIAONING_NAME, study::LIAONING, &inputs().names);
    assert!(findings.is_empty(), "{findings}");
    let mut study = study.expect("the shipped study is correct");
    study.years.last = 2020;
    study
}

/// The first lever of each of four kinds.
fn few() -> Study {
    let mut study = shipped();
    let kinds = ["investment project", "market access", "free-trade zone", "technology"];
    let first = |kind: &str| study.levers.iter().find(|lever| lever.kind() == kind).cloned();
    study.levers = kinds.map(|kind| first(kind).expect("a lever of the kind")).to_vec();
    study
}

fn run_of(study: &Study, method: Method) -> Results {
    run_with(study, study::LIAONING, inputs(), method, &|_, _| ()).expect("runs")
}

/// Largest difference of the sum of parts from policy less baseline, relative to the value's size.
fn worst_sum(results: &Results) -> f64 {
    let mut worst: f64 = 0.0;
    let mut rows = 0;
    for policy in results.series.iter().filter(|each| each.scenario == "policy") {
        if !policy.owner.is_empty() {
            continue;
        }
        let same = |each: &&Series| {
            each.scenario == "baseline"
                && (&each.variable, &each.region, &each.industry, &each.owner)
                    == (&policy.variable, &policy.region, &policy.industry, &policy.owner)
        };
        let baseline = results.series.iter().find(same).expect("a series of the baseline");
        let parts = results.contributions.iter().filter(|each| {
            (&each.variable, &each.region, &each.industry)
                == (&policy.variable, &policy.region, &policy.industry)
        });
        let parts: Vec<&Vec<f64>> = parts.map(|each| &each.values).collect();
        assert!(!parts.is_empty(), "{} {} {}", policy.variable, policy.region, policy.industry);
        rows += 1;
        for (at, value) in policy.values.iter().enumerate() {
            let total = value - baseline.values[at];
            let sum: f64 = parts.iter().map(|part| part[at]).sum();
            // Parts are differences of values: their digits end where those of the values do.
            let rounding = 1e-14 * (value.abs() + baseline.values[at].abs());
            let off = ((sum - total).abs() - rounding).max(0.0);
            if off > 0.0 {
                worst = worst.max(off / total.abs());
            }
        }
    }
    assert!(rows > 42 * 7 * 4, "{rows} rows");
    worst
}

fn of_all(results: &Results, lever: &str, variable: &str) -> f64 {
    let fits = results.contributions.iter().find(|each| {
        each.lever == lever
            && each.variable == variable
            && each.region == "Liaoning"
            && each.industry.is_empty()
    });
    *fits.expect("a contribution").values.last().expect("years")
}

#[test]
fn parts_add_up_to_policy_less_baseline_in_every_row_and_year() {
    let study = few();
    for method in [Method::PathIntegral, Method::Shapley, Method::Alone] {
        let results = run_of(&study, method);
        let worst = worst_sum(&results);
        assert!(worst < 1e-8, "{method:?}: {worst:.1e}");
        assert!(results.decomposition.error < 1e-4, "{:?}", results.decomposition);
    }
}

/// The path integral of a smooth function and Shapley's value agree but for terms of third order.
#[test]
fn the_path_integral_is_near_the_mean_over_all_orders() {
    let study = few();
    let [integral, shapley, alone] =
        [Method::PathIntegral, Method::Shapley, Method::Alone].map(|method| run_of(&study, method));
    for lever in &study.levers {
        for variable in ["gdp", "employment", "exports", "equivalent_variation"] {
            let [a, b, c] = [&integral, &shapley, &alone]
                .map(|results| of_all(results, lever.name(), variable));
            let near = 1e-3 * a.abs().max(1e-2);
            assert!((a - b).abs() < near, "{} {variable}: {a} {b}", lever.name());
            assert!((a - c).abs() < 0.2 * a.abs() + 0.05, "{} {variable}: {a} {c}", lever.name());
        }
    }
}

#[test]
fn one_lever_has_all_of_the_effect() {
    let mut study = few();
    study.levers.truncate(1);
    let results = run_of(&study, Method::PathIntegral);
    let name = study.levers[0].name();
    let value = |scenario| results.value(scenario, "gdp", "Liaoning", 2020).expect("a value");
    let total = value("policy") - value("baseline");
    assert!((of_all(&results, name, "gdp") - total).abs() < 1e-10, "{total}");
}

#[test]
fn derivatives_by_strength_are_those_of_finite_differences() {
    let study = few();
    let prepared = Prepared::new(&study, inputs()).expect("calibrates");
    let mix = Mix::new(&prepared).expect("solves");
    let outcomes =
        ["gdp", "fdi", "domestic_funds", "budget_balance", "equivalent_variation", "trade"]
            .map(|name| Outcome::of(name, &Scope::Province, 2020, inputs()));
    let outcomes = mix.find(&outcomes).expect("known names");
    let here = [1.0, 0.7, 1.2, 0.5];
    let reached = mix.at(&here, &outcomes).expect("solves");
    for lever in 0..here.len() {
        let step = 1e-2;
        let moved = |steps: f64| {
            let mut strengths = here;
            strengths[lever] += steps * step;
            mix.values(&strengths, &outcomes).expect("solves")
        };
        let [a, b, c, d] = [2.0, 1.0, -1.0, -2.0].map(moved);
        for (at, value) in reached.values.iter().enumerate() {
            let difference = (8.0 * (b[at] - c[at]) - a[at] + d[at]) / (12.0 * step);
            let exact = reached.gradients[at][lever];
            let off = (difference - exact).abs() / value.abs().max(1.0);
            assert!(off < 1e-6, "outcome {at}, lever {lever}: {exact} {difference}");
            assert!(
                (difference - exact).abs() < 1e-4 * exact.abs() + 1e-6,
                "outcome {at}, lever {lever}: {exact} {difference}"
            );
        }
    }
    let full = mix.values(&[1.0; 4], &outcomes).expect("solves");
    let results = run_of(&study, Method::Alone);
    let told = results.value("policy", "gdp", "Liaoning", 2020).expect("a value");
    assert!((full[0] - told).abs() < 1e-9 * told, "{} {told}", full[0]);
}

#[test]
fn names_that_a_study_does_not_have_are_all_told() {
    let study = few();
    let outcome = Outcome {
        indicator: "gpd".to_owned(),
        region: "Dalain".to_owned(),
        industry: None,
        year: 2030,
    };
    let wrong = outcome.check(&study, inputs()).expect_err("three mistakes");
    assert_eq!(
        wrong.iter().map(|each| each.what).collect::<Vec<_>>(),
        ["indicator", "region", "year"]
    );
}
