//! Laws of every solved model.

use equilibrium::Complementarity;
use general::{Class, ComplementaritySettings, Instance, Model, Scenario, Solution};

/// Factor by which the price level is moved.
const LEVEL: f64 = 7.0;

pub fn solved(model: &Model, scenario: &Scenario) -> Solution {
    let found = general::solve(model, scenario, &ComplementaritySettings::default());
    let place = format!("{}, {}", model.name, scenario.name);
    found
        .solution()
        .unwrap_or_else(|| panic!("{place}: {} at {}", found.status, found.worst))
        .clone()
}

/// A benchmark's start is its solution.
pub fn benchmark_replicates(model: &Model, scenario: &Scenario) {
    if !scenario.benchmark {
        return;
    }
    let instance = Instance::new(model, scenario);
    let mut residual = vec![0.0; instance.start.len()];
    instance.residual(&instance.start, &mut residual);
    let largest = instance.start.iter().fold(1.0f64, |most, each| most.max(each.abs()));
    for (at, condition) in residual.iter().enumerate() {
        // A condition may be slack where its variable rests on a bound.
        let slack = *condition > 0.0 && instance.start[at] <= instance.lower[at];
        let balanced = condition.abs() < 1e-9 * largest || slack || instance.dropped(at);
        assert!(balanced, "{}: {} is {condition}", model.name, model.condition(at));
    }
}

pub fn certificate_is_small(model: &Model, scenario: &Scenario, solution: &Solution) {
    let found = solution.certificate;
    let all = [found.zero_profit, found.market_clearance, found.income_balance, found.constraints];
    let most = all.into_iter().fold(0.0, f64::max);
    assert!(most < 1e-9, "{}, {}: {found:?}", model.name, scenario.name);
}

/// The market or income that was dropped holds too.
pub fn walras(model: &Model, scenario: &Scenario, solution: &Solution) {
    let excess = solution.certificate.walras;
    assert!(excess < 1e-8, "{}, {}: {excess}", model.name, scenario.name);
}

/// Prices and incomes at seven times the level, quantities as they were.
pub fn homogeneity(model: &Model, scenario: &Scenario, solution: &Solution) {
    let money = |at: usize| matches!(model.variables[at].class, Class::Commodity | Class::Consumer);
    if !scenario.fix.iter().any(|(at, _)| money(*at)) {
        return;
    }
    let instance = Instance::new(model, scenario);
    let fix = scenario.fix.iter().map(|(at, _)| {
        let factor = if money(*at) { LEVEL } else { 1.0 };
        (*at, general::number(factor * instance.lower[*at]))
    });
    let scaled = solved(model, &Scenario { fix: fix.collect(), ..scenario.clone() });
    for at in 0..model.variables.len() {
        if solution.undetermined.contains(&at) {
            continue;
        }
        let factor = if money(at) { LEVEL } else { 1.0 };
        let (expected, value) = (factor * solution.values[at], scaled.values[at]);
        let most = 1e-6 * expected.abs().max(1e-2);
        let name = &model.variables[at].name;
        let place = format!("{}, {}: {name}", model.name, scenario.name);
        assert!((value - expected).abs() <= most, "{place}: {value} is not {expected}");
    }
}

/// The Jacobian equals central differences at the start, at the solution, and where one variable
/// that may be zero is.
pub fn jacobian(model: &Model, scenario: &Scenario, solution: &Solution) {
    let instance = Instance::new(model, scenario);
    let n = instance.start.len();
    let mut points = vec![instance.start.clone(), solution.values.clone()];
    // Away from the kinks of corners elsewhere, with one variable at zero.
    let zero_at = |at: usize| {
        let mut point: Vec<f64> = instance.start.iter().map(|each| each.max(0.3) * 1.1).collect();
        point[at] = 0.0;
        point
    };
    let has_value = |at: &usize| {
        let mut residual = vec![0.0; n];
        instance.residual(&zero_at(*at), &mut residual);
        !instance.positive()[*at] && residual.iter().all(|each| each.is_finite())
    };
    let level = instance.of(Class::Sector).find(has_value);
    let price = instance.of(Class::Commodity).find(has_value);
    points.extend(level.into_iter().chain(price).map(zero_at));
    for point in points {
        // Where substitution meets a price of zero F has no value on the other side.
        let inside = (0..n).all(|at| !instance.positive()[at] || point[at] > 1e-6);
        if inside {
            equals_differences(&instance, &point);
        }
    }
}

fn equals_differences(instance: &Instance, point: &[f64]) {
    let n = point.len();
    let mut values = vec![0.0; instance.entries().len()];
    instance.jacobian(point, &mut values);
    let mut exact = vec![0.0; n * n];
    for ((row, column), value) in instance.entries().iter().zip(&values) {
        exact[row * n + column] += value;
    }
    let mut at = point.to_vec();
    let (mut above, mut below) = (vec![0.0; n], vec![0.0; n]);
    for column in 0..n {
        let step = 1e-5 * point[column].abs().max(1e-2);
        at[column] = point[column] + step;
        instance.residual(&at, &mut above);
        at[column] = point[column] - step;
        instance.residual(&at, &mut below);
        at[column] = point[column];
        for row in 0..n {
            let difference = (above[row] - below[row]) / (2.0 * step);
            if point[column] == 0.0 && !difference.is_finite() {
                continue; // Powers have no value below zero.
            }
            let slope = exact[row * n + column];
            let size = slope.abs().max(above[row].abs()).max(1.0);
            assert!(
                (slope - difference).abs() <= 1e-6 * size,
                "{}, {}: {} by {}: {slope} is not {difference}",
                instance.model.name,
                instance.scenario.name,
                instance.model.condition(row),
                instance.model.variables[column].name
            );
        }
    }
}
