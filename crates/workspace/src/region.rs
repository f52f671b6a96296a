//! The accounts as the views Region and Data show them: sums of tables, nothing estimated.
//!
//! | field      | what                                                                    |
//! |------------|-------------------------------------------------------------------------|
//! | `industries` | output, value added, persons by region; output by owner                |
//! | `quotient` | location quotient: share in the region's output over share in all output |
//! | `trade`    | basic value of products by origin and destination; abroad is a place    |
//! | `uses`     | what regions supply and what becomes of it                              |
//!
//! Money is in the unit of the accounts.
//! Not here: building and judging the accounts (`accounts`).

use accounts::identity::{gross_domestic_product, identities};
use accounts::{RegionalAccounts, User};
use serde_json::{Value, json};
use study::inputs::Inputs;

/// Name of what is not in the country.
const ABROAD: &str = "abroad";

/// Everything the two views need.
pub(crate) fn accounts_json(inputs: &Inputs) -> Value {
    let accounts = &inputs.accounts;
    let names = &inputs.names;
    json!({
        "home": names.home,
        "home_regions": names.home_regions,
        "regions": names.regions,
        "owners": accounts.sets.owner.labels.to_vec(),
        "base_year": accounts.base_year,
        "unit": accounts.output.unit,
        "outlines": report::outlines(),
        "industries": industries(inputs),
        "gross_product": gross_product(accounts),
        "trade": trade(accounts),
        "uses": uses(accounts),
        "identities": identities(accounts).iter().map(|each| json!({
            "name": each.name, "deviation": each.deviation, "at": each.at, "holds": each.holds(),
        })).collect::<Vec<_>>(),
        "totals": inputs.totals,
        "notes": inputs.notes,
        "checksums": inputs.checksums,
    })
}

/// Rows of a matrix stored row after row.
fn rows(values: &[f64], width: usize) -> Vec<Vec<f64>> {
    values.chunks(width).map(<[f64]>::to_vec).collect()
}

fn industries(inputs: &Inputs) -> Vec<Value> {
    let accounts = &inputs.accounts;
    let n = accounts.sets.region.len();
    let output = accounts.output.sum_to(&["industry", "region"]);
    let by_owner = accounts.output.sum_to(&["industry", "owner", "region"]);
    let intermediate = accounts.intermediate.sum_to(&["industry", "region"]);
    let persons = accounts.persons.sum_to(&["industry", "region"]);
    let total = accounts.output.sum_to(&["region"]);
    let all = total.total();
    let owners = accounts.sets.owner.len();
    accounts
        .sets
        .industry
        .labels
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let own = |values: &[f64]| values[at * n..(at + 1) * n].to_vec();
            let output = own(output.values());
            let of_all = output.iter().sum::<f64>() / all;
            let spent = own(intermediate.values());
            let added: Vec<f64> = output.iter().zip(spent).map(|(x, y)| x - y).collect();
            let quotient: Vec<f64> =
                output.iter().zip(total.values()).map(|(x, all)| x / all / of_all).collect();
            let firms = &by_owner.values()[at * owners * n..(at + 1) * owners * n];
            json!({
                "name": name,
                "code": inputs.names.industry_codes.get(at),
                "output": output,
                "value_added": added,
                "persons": own(persons.values()),
                "quotient": quotient,
                "by_owner": rows(firms, n),
            })
        })
        .collect()
}

fn gross_product(accounts: &RegionalAccounts) -> Value {
    let sides = gross_domestic_product(accounts);
    json!({
        "income": sides.income, "expenditure": sides.expenditure,
        "production": sides.production, "net_outflow": sides.net_outflow,
    })
}

/// Flows of products between places: from, to, value; within a region too.
fn trade(accounts: &RegionalAccounts) -> Vec<Value> {
    let regions = &accounts.sets.region.labels;
    let n = regions.len();
    let flows = accounts.trade.sum_to(&["source", "origin", "destination"]);
    let exports = by_user(accounts, User::Export);
    let mut list = Vec::new();
    let mut flow = |from: &str, to: &str, value: f64| {
        if value > 0.0 {
            list.push(json!({ "from": from, "to": to, "value": value }));
        }
    };
    for (from, origin) in regions.iter().enumerate() {
        for (to, destination) in regions.iter().enumerate() {
            flow(origin, destination, flows.at(&[0, from, to]));
        }
    }
    for (at, region) in regions.iter().enumerate() {
        flow(ABROAD, region, (0..n).map(|port| flows.at(&[1, port, at])).sum());
        flow(region, ABROAD, exports[at]);
    }
    list
}

/// Delivered value of what a user buys in each region.
fn by_user(accounts: &RegionalAccounts, user: User) -> Vec<f64> {
    let used = accounts.use_.sum_to(&["user", "destination"]);
    let row = accounts.sets.user_position(user);
    (0..accounts.sets.region.len()).map(|at| used.at(&[row, at])).collect()
}

/// What each region uses products for: intermediate use, then the final users.
fn uses(accounts: &RegionalAccounts) -> Vec<Value> {
    let used = accounts.use_.sum_to(&["user", "destination"]);
    let industries = accounts.sets.industry.len();
    let regions = 0..accounts.sets.region.len();
    let between: Vec<f64> = regions
        .map(|region| (0..industries).map(|industry| used.at(&[industry, region])).sum())
        .collect();
    let finals =
        User::ALL.map(|user| json!({ "name": user.name(), "values": by_user(accounts, user) }));
    std::iter::once(json!({ "name": "intermediate", "values": between })).chain(finals).collect()
}
