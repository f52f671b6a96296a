//! What the programme costs: by year and budget, and by lever and budget.
//!
//! Not here: what the budgets are left with (`facts::BUDGET`).

use study::results::Cost;

use super::spoken;
use crate::facts::Facts;
use crate::number::{decimals, plain};
use crate::table::{Mark, Table, figures, words};
use crate::unit;

/// Unit of every cost.
const UNIT: &str = "bn CNY";

/// Cost of the programme by year and budget.
pub(crate) fn costs(facts: &Facts) -> Table {
    let years = facts.results.years.iter().enumerate();
    let rows = years.map(|(at, year)| {
        let sum = move |costs: &[&Cost]| costs.iter().map(|cost| value(cost, at)).sum();
        (year.to_string(), by_budget(facts, |_| true, sum))
    });
    let rows: Vec<_> = rows.collect();
    let all = by_budget(facts, |_| true, over_years);
    table(facts, "Cost of the programme by year and budget", "Year", rows, ("All years", all))
}

/// Cost over all years by lever and budget.
pub(crate) fn costs_by_lever(facts: &Facts) -> Table {
    let levers = first_occurrences(facts, |cost| &cost.lever);
    let row =
        |lever: &&str| (spoken(lever), by_budget(facts, |cost| cost.lever == *lever, over_years));
    let rows: Vec<_> = levers.iter().map(row).collect();
    let all = by_budget(facts, |_| true, over_years);
    table(facts, "Cost over all years by lever and budget", "Lever", rows, ("All levers", all))
}

/// Cost to all budgets over all years, if there is any.
pub(crate) fn total_cost(facts: &Facts) -> Option<f64> {
    let costs: Vec<&Cost> = facts.results.costs.iter().collect();
    over_years(&costs).filter(|_| !costs.is_empty())
}

/// A row: its name, and a sum for each budget and for all of them.
type Sums = (String, Vec<Option<f64>>);

fn table(
    facts: &Facts,
    caption: &str,
    first: &str,
    rows: Vec<Sums>,
    (all, sums): (&str, Vec<Option<f64>>),
) -> Table {
    let mut table = Table::new(caption, vec![words(first)]);
    if facts.results.costs.is_empty() {
        return table;
    }
    let budgets = first_occurrences(facts, |cost| &cost.budget);
    table.columns.extend(budgets.iter().map(|name| figures(&spoken(name), UNIT)));
    table.columns.push(figures("All budgets", UNIT));
    let digits = decimals(sums.iter().copied()).max(2);
    let text = |sums: Vec<Option<f64>>| sums.into_iter().map(move |sum| amount(sum, digits));
    for (name, sums) in rows {
        table.push(Mark::Ordinary, [name].into_iter().chain(text(sums)).collect());
    }
    table.push(Mark::Total, [all.to_owned()].into_iter().chain(text(sums)).collect());
    table
}

/// A cost; a dash where nothing is paid.
fn amount(value: Option<f64>, digits: usize) -> String {
    if value == Some(0.0) { "–".to_owned() } else { plain(value, digits) }
}

/// `sum` over the wanted costs of each budget, then over those of all budgets.
fn by_budget<'a>(
    facts: &Facts<'a>,
    wanted: impl Fn(&Cost) -> bool,
    sum: impl Fn(&[&'a Cost]) -> Option<f64>,
) -> Vec<Option<f64>> {
    let of = |budget: Option<&str>| {
        let costs = facts.results.costs.iter().filter(|cost| wanted(cost));
        let costs = costs.filter(|cost| budget.is_none_or(|name| name == cost.budget));
        sum(&costs.collect::<Vec<_>>())
    };
    let budgets = first_occurrences(facts, |cost| &cost.budget);
    budgets.into_iter().map(Some).chain([None]).map(of).collect()
}

fn over_years(costs: &[&Cost]) -> Option<f64> {
    let values =
        |cost: &&Cost| (0..cost.values.len()).map(|at| value(cost, at)).sum::<Option<f64>>();
    costs.iter().map(values).sum()
}

/// One cost in year number `at`.
fn value(cost: &Cost, at: usize) -> Option<f64> {
    let value = cost.values.get(at).filter(|value| value.is_finite())?;
    unit::convert(*value, &cost.unit, UNIT)
}

/// Names in order of appearance.
fn first_occurrences<'a>(facts: &Facts<'a>, name: impl Fn(&'a Cost) -> &'a str) -> Vec<&'a str> {
    let mut names = Vec::new();
    for name in facts.results.costs.iter().map(name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
