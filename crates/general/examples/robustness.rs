//! How often models are solved, and what is said when they are not.
//!
//! ```text
//! robustness starts FOLDER [STARTS] [NAME]   perturbed starting points, per case
//! robustness shocks FOLDER                   shocks doubled until the economy is infeasible
//! robustness random COUNT [FIRST]            random economies
//! robustness activities COUNT [FIRST]        random economies of activities, every numeraire
//! ```
//!
//! Every table is Markdown; every run is the same. Cases are files in `ge-case/1` with `expected`.

#[path = "../tests/support/activity.rs"]
mod activity;
#[path = "../tests/support/cases.rs"]
mod cases;
#[path = "../tests/support/random.rs"]
mod random;

use std::collections::BTreeMap;

use cases::Case;
use general::{Class, ComplementaritySettings, Instance, Model, Outcome, Scenario, Status, Syntax};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Violations below this certify a solution, relative to what changes hands.
const CERTIFIED: f64 = 1e-6;
/// Doublings of a shock before it is given up to reach infeasibility.
const DOUBLINGS: i32 = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |at: usize, default: u64| -> u64 {
        words.get(at).and_then(|word| word.parse().ok()).unwrap_or(default)
    };
    match words.first().copied() {
        Some("starts") if words.len() > 1 => {
            starts(words[1], number(2, 100) as usize, words.get(3).copied().unwrap_or(""));
        }
        Some("shocks") if words.len() > 1 => {
            shocks(words[1], words.get(2).copied().unwrap_or(""));
        }
        Some("random") => random_economies(number(1, 1000), number(2, 0)),
        Some("activities") => activities(number(1, 1000), number(2, 0)),
        _ => {
            eprintln!("usage: robustness starts|shocks FOLDER, robustness random|activities COUNT")
        }
    }
}

fn solve(model: &Model, scenario: &Scenario) -> Outcome {
    general::solve(model, scenario, &ComplementaritySettings::default())
}

/// The name of a status without its particulars.
fn kind(status: &Status) -> &'static str {
    match status {
        Status::Solved => "solved",
        Status::Stalled => "stalled",
        Status::MaxIterations => "iteration limit",
        Status::Singular { .. } => "singular",
        Status::Ray => "price ray",
        Status::Infeasible { .. } => "infeasible",
        Status::Interrupted => "effort limit",
    }
}

/// Whether a solution's recomputed violations, Walras' law included, are small.
fn certified(outcome: &Outcome) -> bool {
    outcome.solution().is_some_and(|solution| {
        let found = solution.certificate;
        let all = [
            found.zero_profit,
            found.market_clearance,
            found.income_balance,
            found.constraints,
            found.walras,
        ];
        all.into_iter().all(|each| each <= CERTIFIED)
    })
}

/// Whether obligations and taxes take more than a consumer has: the income is then zero and its
/// condition slack, which is the complementarity problem's solution and breaks Walras' law.
fn cannot_pay(model: &Model, outcome: &Outcome) -> bool {
    let consumer = |at: usize| model.variables[at].class == Class::Consumer;
    outcome.solution().is_some_and(|solution| {
        solution
            .slack
            .iter()
            .any(|(at, slack)| consumer(*at) && solution.values[*at] < CERTIFIED * slack)
    })
}

/// A scenario that starts at a point.
fn starting_at(scenario: &Scenario, point: &[f64]) -> Scenario {
    let start = point.iter().enumerate().map(|(at, value)| (at, general::number(*value)));
    Scenario { start: start.collect(), ..scenario.clone() }
}

fn starts(folder: &str, count: usize, name: &str) {
    println!("| case | variables | scenarios | solves | solved % | as expected % | otherwise |");
    println!("|---|---:|---:|---:|---:|---:|---|");
    let (mut solves, mut solved, mut same) = (0, 0, 0);
    for case in cases::folder(folder).iter().filter(|case| case.name.contains(name)) {
        let mut generator = ChaCha8Rng::seed_from_u64(1);
        let mut counts = [0; 3];
        let mut others: BTreeMap<String, usize> = BTreeMap::new();
        for (at, scenario) in case.model.scenarios.iter().enumerate() {
            let start = Instance::new(&case.model, scenario).start;
            for _ in 0..count {
                let factor = |z: &f64| z * 2f64.powf(generator.random_range(-1.0..=1.0));
                let point: Vec<f64> = start.iter().map(factor).collect();
                let found = solve(&case.model, &starting_at(scenario, &point));
                let as_expected = found
                    .solution()
                    .is_some_and(|solution| case.differs(at, &solution.values).is_none());
                counts[0] += 1;
                counts[1] += usize::from(found.status == Status::Solved);
                counts[2] += usize::from(as_expected);
                if !as_expected {
                    let what = match &found.status {
                        Status::Solved if certified(&found) => "other equilibrium",
                        Status::Solved => "solved, not certified",
                        status => kind(status),
                    };
                    *others.entry(format!("{} ({what})", scenario.name)).or_insert(0) += 1;
                }
            }
        }
        let percent = |count: usize| 100.0 * count as f64 / counts[0] as f64;
        let others: Vec<String> =
            others.iter().map(|(what, times)| format!("{times} × {what}")).collect();
        println!(
            "| {} | {} | {} | {} | {:.2} | {:.2} | {} |",
            case.name,
            case.model.variables.len(),
            case.model.scenarios.len(),
            counts[0],
            percent(counts[1]),
            percent(counts[2]),
            others.join(", ")
        );
        solves += counts[0];
        solved += counts[1];
        same += counts[2];
    }
    let percent = |count: usize| 100.0 * count as f64 / solves as f64;
    println!("| **all** | | | {solves} | {:.2} | {:.2} | |", percent(solved), percent(same));
}

fn shocks(folder: &str, name: &str) {
    println!("| case | scenario | solved up to | then |");
    println!("|---|---|---:|---|");
    let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases::folder(folder).iter().filter(|case| case.name.contains(name)) {
        for (at, scenario) in case.model.scenarios.iter().enumerate() {
            if case.moves(at).is_empty() {
                continue;
            }
            let (most, end, told) = doubled(case, at);
            println!("| {} | {} | {most} | {told} |", case.name, scenario.name);
            *ends.entry(end).or_insert(0) += 1;
        }
    }
    println!("\n| end | scenarios |\n|---|---:|");
    for (end, count) in ends {
        println!("| {end} | {count} |");
    }
}

/// Doubles a scenario's shock: the last multiple that is solved, the kind of end, and what is told.
fn doubled(case: &Case, at: usize) -> (String, &'static str, String) {
    let mut reached = "none".to_owned();
    for doubling in 0..=DOUBLINGS {
        let multiple = 2f64.powi(doubling);
        let text = case.shocked(at, multiple);
        let (model, findings) = general::read(&case.name, &text, Syntax::Json);
        let Some(model) = model else {
            let error = findings.iter().find(|each| each.code.starts_with('E'));
            let told = error.map_or_else(String::new, |each| each.message.clone());
            return (reached, "no economy: refused by the reader", format!("{multiple}×: {told}"));
        };
        let found = solve(&model, &model.scenarios[0]);
        if found.status != Status::Solved {
            return (reached, kind(&found.status), format!("{multiple}×: {}", found.status));
        }
        if !certified(&found) {
            return (reached, "solved, not certified", format!("{multiple}×: not certified"));
        }
        reached = format!("{multiple}×");
    }
    (reached, "solved to the end", "solved to the end".to_owned())
}

fn random_economies(count: u64, first: u64) {
    let mut ends: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for seed in first..first + count {
        let text = random::economy(seed);
        let (model, findings) = general::read("random", &text, Syntax::Json);
        let Some(model) = model else {
            println!("economy {seed} cannot be read: {findings}");
            continue;
        };
        for scenario in &model.scenarios {
            let found = solve(&model, scenario);
            let end = match &found.status {
                Status::Solved if cannot_pay(&model, &found) => "solved, an income falls short",
                Status::Solved if !certified(&found) => "solved, not certified",
                status => kind(status),
            };
            if end != "solved" {
                eprintln!(
                    "economy {seed}, {}: {end}: {} {}, residual {:.1e}, {:?}",
                    scenario.name,
                    found.status,
                    found.worst,
                    found.residual,
                    found.solution().map(|solution| solution.certificate)
                );
            }
            let name = if scenario.benchmark { "benchmark" } else { "shock" };
            *ends.entry((name, end)).or_insert(0) += 1;
        }
    }
    println!("| scenario | status | economies |\n|---|---|---:|");
    for ((scenario, end), count) in ends {
        println!("| {scenario} | {end} | {count} |");
    }
}

/// Economies of activities with each of their prices and incomes held in turn.
fn activities(count: u64, first: u64) {
    let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in first..first + count {
        let mut at = 0;
        loop {
            let json = activity::economy(seed, |held| held.get(at).cloned());
            let fix = &json["scenarios"][0]["fix"];
            let more = fix.as_object().is_some_and(|fix| !fix.is_empty());
            let (model, findings) = general::read("activities", &json.to_string(), Syntax::Json);
            let Some(model) = model else {
                println!("economy {seed} cannot be read: {findings}");
                break;
            };
            let found = solve(&model, &model.scenarios[0]);
            let end = match (&found.status, found.worthless) {
                (Status::Solved, _) if cannot_pay(&model, &found) => {
                    "solved, an income falls short"
                }
                (Status::Solved, _) if !certified(&found) => "solved, not certified",
                (Status::Ray, Some(_)) => "what is held is worth nothing",
                (status, _) => kind(status),
            };
            if !matches!(&found.status, Status::Solved) && found.worthless.is_none() {
                eprintln!(
                    "economy {seed}, {}: {end}: {} {}, residual {:.1e}",
                    fix, found.status, found.worst, found.residual
                );
            }
            *ends.entry(end).or_insert(0) += 1;
            if !more {
                break;
            }
            at += 1;
        }
    }
    println!("| status | solves |\n|---|---:|");
    for (end, count) in ends {
        println!("| {end} | {count} |");
    }
}
