//! A database moved along: every value changed by its own report.

use std::collections::BTreeMap;

use crate::database::Database;

/// How a value moves with the sum of its price and quantity changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// V (1 + p + x): changes to first order, as in a linearised step.
    Additive,
    /// V e^{p + x}: logarithms of ratios.
    Exact,
}

/// The database after the changes named `value NAME`.
pub(crate) fn updated(
    database: &Database,
    rule: Rule,
    changes: &BTreeMap<String, Vec<f64>>,
) -> Database {
    let factor = |change: f64| match rule {
        Rule::Additive => 1.0 + change,
        Rule::Exact => change.exp(),
    };
    let moved = |values: &[f64], name: &str| -> Vec<f64> {
        let changes = &changes[&format!("value {name}")];
        let pairs = values.iter().zip(changes);
        // What is not there does not move, whatever its price does.
        pairs.map(|(v, change)| if *v == 0.0 { 0.0 } else { v * factor(*change) }).collect()
    };
    let purchases: Vec<f64> =
        database.use_.iter().zip(&database.tax).map(|(use_, tax)| use_ + tax).collect();
    let use_ = moved(&database.use_, "use");
    let paid = moved(&purchases, "purchase");
    let cost = crate::certificate::costs(database);
    let output: Vec<f64> =
        cost.iter().zip(&database.production_tax).map(|(cost, tax)| cost + tax).collect();
    let sold = moved(&output, "output");
    let spent = moved(&cost, "cost");
    let less = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect();
    Database {
        tax: less(&paid, &use_),
        use_,
        make: moved(&database.make, "make"),
        trade: moved(&database.trade, "trade"),
        trade_margin: moved(&database.trade_margin, "trade margin"),
        margin_supply: moved(&database.margin_supply, "margin supply"),
        investment: moved(&database.investment, "investment"),
        stocks: moved(&database.stocks, "stocks"),
        labour: moved(&database.labour, "labour"),
        capital: moved(&database.capital, "capital"),
        land: moved(&database.land, "land"),
        production_tax: less(&sold, &spent),
        frisch: moved(&database.frisch, "frisch"),
        expenditure_elasticity: moved(&database.expenditure_elasticity, "elasticity"),
        ..database.clone()
    }
}
