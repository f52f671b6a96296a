//! The cases of `../shared/cases/equilibrium`, where they are there: everything the files expect.

#[expect(dead_code, reason = "other users need the rest")]
#[path = "support/cases.rs"]
mod cases;
#[expect(dead_code, reason = "other users need the rest")]
#[path = "support/laws.rs"]
mod laws;

use cases::Case;
use general::{Class, Instance, Solution};
use serde_json::Value;

/// The folder of the cases beside the checkout; none prints a loud note.
fn all() -> Vec<Case> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../..");
    let places = ["shared", "../shared"].map(|place| format!("{beside}/{place}/cases/equilibrium"));
    let found = places.iter().map(|place| cases::folder(place)).find(|found| !found.is_empty());
    found.unwrap_or_else(|| {
        eprintln!("SKIPPED: there are no cases in ../shared/cases/equilibrium");
        vec![]
    })
}

/// Calls `test` with every scenario of every case.
fn each(test: impl Fn(&Case, usize)) {
    for case in all() {
        for at in 0..case.model.scenarios.len() {
            test(&case, at);
        }
    }
}

fn solved(case: &Case, at: usize) -> Solution {
    laws::solved(&case.model, &case.model.scenarios[at])
}

fn pairs(table: &Value) -> impl Iterator<Item = (&String, f64)> {
    let entries = table.as_object().into_iter().flatten();
    entries.filter_map(|(name, value)| value.as_f64().map(|value| (name, value)))
}

#[test]
fn variables_are_as_many_as_the_file_says() {
    for case in all() {
        let said = case.json["size"]["variables"].as_u64().expect("a size");
        assert_eq!(case.model.variables.len() as u64, said, "{}", case.name);
    }
}

#[test]
fn solutions_are_as_expected() {
    each(|case, at| {
        let values = solved(case, at).values;
        assert_eq!(case.differs(at, &values), None, "{}, scenario {at}", case.name);
    });
}

#[test]
fn reports_are_as_expected() {
    each(|case, at| {
        let reports = solved(case, at).reports;
        let scenario = case.scenario(at);
        let tolerance = |kind: &str| scenario["tolerance"][kind].as_f64().expect("a tolerance");
        for (name, expected) in pairs(&scenario["expected_reports"]) {
            let value = reports.get(name).copied().unwrap_or(0.0);
            let most = tolerance("absolute") + tolerance("relative") * expected.abs();
            let place = format!("{}, scenario {at}: {name}", case.name);
            assert!((value - expected).abs() <= most, "{place}: {value} is not {expected}");
        }
    });
}

/// Printed numbers. Printed `in` and `out` are those of GAMS: times the activity level.
#[test]
fn solutions_are_as_published() {
    each(|case, at| {
        let solution = solved(case, at);
        let published = &case.scenario(at)["published"];
        let tolerance = published["tolerance"].as_f64().unwrap_or(0.0);
        for (name, expected) in pairs(&published["values"]) {
            let values = |name: &str| case.model.variable(name).map(|at| solution.values[at]);
            let report = solution.reports.get(name).copied().unwrap_or(0.0);
            let inside = name.split_once('(').and_then(|(_, inside)| inside.split_once(','));
            let level = inside.and_then(|(sector, _)| values(sector));
            let times_level =
                if name.starts_with("dem") { report } else { report * level.unwrap_or(1.0) };
            let most = tolerance * expected.abs().max(1.0);
            let near = |value: f64| (value - expected).abs() <= most;
            let value = values(name).unwrap_or(times_level);
            let place = format!("{}, scenario {at}: {name}", case.name);
            assert!(near(value) || near(report), "{place}: {value} is not {expected}");
        }
    });
}

#[test]
fn slack_is_as_expected() {
    each(|case, at| {
        let slack = solved(case, at).slack;
        for (name, expected) in pairs(&case.scenario(at)["expected_slack"]) {
            let position = case.model.variable(name);
            let found = slack.iter().find(|(at, _)| Some(*at) == position);
            let value = found.map_or(0.0, |(_, value)| *value);
            let most = 1e-6 * expected.abs().max(1.0);
            let place = format!("{}, scenario {at}: {name}", case.name);
            assert!((value - expected).abs() <= most, "{place}: {value} is not {expected}");
        }
    });
}

#[test]
fn benchmarks_replicate() {
    each(|case, at| laws::benchmark_replicates(&case.model, &case.model.scenarios[at]));
}

/// Whether something rests on a bound other than zero: its profit or loss is nobody's, and the
/// bound does not move with the price level.
fn rests_on_a_bound(instance: &Instance, solution: &Solution) -> bool {
    let mut slack = solution.slack.iter().filter(|(at, _)| !instance.dropped(*at));
    let fixed_activity = instance.of(Class::Sector).any(|at| instance.dropped(at));
    fixed_activity || slack.any(|(at, _)| solution.values[*at] != 0.0)
}

#[test]
fn markets_that_were_dropped_clear() {
    each(|case, at| {
        let scenario = &case.model.scenarios[at];
        let solution = solved(case, at);
        if !rests_on_a_bound(&Instance::new(&case.model, scenario), &solution) {
            laws::walras(&case.model, scenario, &solution);
        }
    });
}

/// Models whose constraints compare money with numbers are not homogeneous in prices.
#[test]
fn only_relative_prices_matter() {
    each(|case, at| {
        let scenario = &case.model.scenarios[at];
        let mut solution = solved(case, at);
        // A region that trades with nobody has a price level of its own.
        let free = case.scenario(at)["nonunique"].as_array().into_iter().flatten();
        let free = free.filter_map(|name| case.model.variable(name.as_str()?));
        solution.undetermined.extend(free);
        let bounded = rests_on_a_bound(&Instance::new(&case.model, scenario), &solution);
        if case.model.constraints.is_empty() && !bounded {
            laws::homogeneity(&case.model, scenario, &solution);
        }
    });
}

#[test]
fn jacobians_equal_differences() {
    each(|case, at| {
        // Differences need functions that are not too steep for their step.
        let small = case.model.variables.len() <= 80;
        if small && at < 3 {
            laws::jacobian(&case.model, &case.model.scenarios[at], &solved(case, at));
        }
    });
}
