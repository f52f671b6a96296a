//! TERM's database of Finland 2014: its gravity rule cell by cell, and the chain from its national
//! table to its regional one by table.

use std::path::{Path, PathBuf};

use accounts::gravity::term_shares;
use accounts::regionalise::comparison::{compare, deviation};
use accounts::regionalise::single::{Known, Nation};
use accounts::regionalise::{Choices, Method, National, Regions, regionalise};
use accounts::{Matrix, RegionalAccounts};
use formats::recipe::Wanted;
use formats::term_database::{self, Elasticities};
use serde_json::Value;

/// Cases and data beside the project, when there are any.
fn shared(path: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let found = ["../shared", "../../shared"].map(|up| root.join(up).join(path));
    let found = found.into_iter().find(|path| path.exists());
    if found.is_none() {
        eprintln!("SKIPPED: {path} is not here");
    }
    found
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(list) => list.iter().flat_map(numbers).collect(),
        other => vec![other.as_f64().expect("a number")],
    }
}

#[test]
fn initial_trade_matrices_are_those_of_term_to_the_printed_digits() {
    let Some(path) = shared("cases/published/term_gravity_finland.json") else { return };
    let text = std::fs::read_to_string(path).expect("the file can be read");
    let case: Value = serde_json::from_str(&text).expect("the file is JSON");
    let of = |key: &str| numbers(&case[key]);
    let (used, demand, supply) = (of("BASIC_U"), of("ALLDEMAND"), of("ALLSUPPLY"));
    let (decay, wanted) = (of("DFAC"), of("expected_TRADE_before_RAS"));
    let n = case["regions"].as_array().expect("a list").len();
    let distance = Matrix::from_values(n, n, of("DIST_normalised"));
    let local = case["local_commodities"].as_array().expect("a list");
    let products = case["commodities"].as_array().expect("a list");
    let mut cells = 0;
    for (c, product) in products.iter().enumerate() {
        for s in 0..2 {
            let row = (2 * c + s) * n..(2 * c + s + 1) * n;
            let (supply, demand) = (&supply[row.clone()], &demand[row.clone()]);
            let near_home = s == 0 && local.contains(product);
            let shares = term_shares(supply, demand, &distance, decay[2 * c + s], near_home);
            for r in 0..n {
                for d in 0..n {
                    let found = shares.at(r, d) * used[row.clone()][d];
                    let printed = wanted[((2 * c + s) * n + r) * n + d];
                    let gap = (found - printed).abs();
                    // Printed with six decimals; inputs are single precision.
                    let limit = 1e-5 * printed.abs() + 1e-6;
                    assert!(gap <= limit, "{product} {s} {r} {d}: {found}, printed {printed}");
                    cells += 1;
                }
            }
        }
    }
    assert_eq!(cells, 21_660);
}

/// The recipe of the whole chain, its files beside it.
const RECIPE: &str = r#"
format = 1
year = 2014
money = "EUR million"
[national]
har = "national.har"
[regions]
har = "national.har"
supplement = "REGSUPP.har"
[trade]
method = "gravity"
"#;

/// National table, regions and choices of that recipe.
fn finland(folder: &Path) -> (Box<(National, Regions)>, Choices) {
    let load = |path: &str| std::fs::read(folder.join(path)).map_err(|error| error.to_string());
    let recipe = formats::recipe::read("recipe.toml", RECIPE, &load);
    let recipe = recipe.unwrap_or_else(|findings| panic!("{findings}"));
    match recipe.wanted {
        Wanted::Regions(parts) => (parts, recipe.choices),
        Wanted::Region(_) => panic!("the recipe has regions"),
    }
}

fn har(path: &Path) -> formats::har::HarFile {
    let bytes = std::fs::read(path).expect("the file can be read");
    formats::har::read("term", &bytes).expect("the file is a header array file")
}

#[test]
fn the_chain_gives_terms_regional_database_in_every_table() {
    let Some(folder) = shared("data/term_finland") else { return };
    let (parts, choices) = finland(&folder);
    let accounts = regionalise(parts.0, parts.1, choices).expect("the national table balances");
    for identity in accounts::identity::identities(&accounts) {
        assert!(identity.holds() || identity.name.starts_with("No negative"), "{identity}");
    }
    let term = har(&folder.join("premod.HAR"));
    let found = term_database::compare(&accounts, "premod.HAR", &term);
    for table in found.unwrap_or_else(|findings| panic!("{findings}")) {
        let (error, within) = (100.0 * table.error, 100.0 * table.within);
        println!("{:<24} weighted error {error:8.5} %  within 1 %: {within:7.3} %", table.name);
        // TERM ends its own fit of trade when nothing changes by more than a tenth of a per mille.
        assert!(table.error <= 2e-4, "{}: {}", table.name, table.error);
    }
    // The database made of the accounts is the same again, but for single precision.
    let elasticities = Elasticities {
        occupations: 1.5,
        primary_factors: 0.5,
        transformation: 2.0,
        sources: 1.25,
        origins: 5.0,
        exports: 4.0,
        margins: 0.2,
        frisch: -1.5,
    };
    let own = term_database::of_accounts(&accounts, &elasticities);
    let own = own.unwrap_or_else(|findings| panic!("{findings}"));
    let found = term_database::compare(&accounts, "own.har", &own);
    for table in found.unwrap_or_else(|findings| panic!("{findings}")) {
        assert!(table.error <= 1e-7, "{}: {}", table.name, table.error);
    }
    for header in ["MAKE", "STOK", "TRAD", "BSMR"] {
        let pairs = of(&own, header).into_iter().zip(of(&term, header));
        let (gap, size) = pairs
            .fold((0.0, 0.0), |(gap, size), (a, b)| (gap + f64::abs(a - b), size + f64::abs(b)));
        // Inventories of a product fall to industries by what they make of it in the region.
        let limit = if header == "STOK" { 0.01 } else { 2e-4 };
        assert!(gap <= limit * size, "{header}: {gap} of {size}");
    }
}
const C: usize = 30;
const R: usize = 19;

fn of(file: &formats::har::HarFile, header: &str) -> Vec<f64> {
    file.header(header).and_then(formats::har::Header::row_major).expect("the header is there")
}

/// The nation with margins on the products that carry them, as `BSMR` has them.
fn delivered(national: &National, decay: Vec<f64>) -> Nation {
    let mut table = national.clone();
    for (s, basic) in table.basic.iter_mut().enumerate() {
        for margin in &national.margin {
            *basic = basic.zip(&margin[s], |a, b| a + b);
        }
    }
    table.margin.clear();
    table.margins.clear();
    table.industries = table.products.clone();
    Nation::of(&table, decay).expect("one list")
}

/// One region of TERM: what is known of it, and its flows between its own industries.
fn region(term: &formats::har::HarFile, d: usize) -> (Known, Matrix) {
    let (used, trade) = (of(term, "BSMR"), of(term, "TRAD"));
    let (make, stocks) = (of(term, "MAKE"), of(term, "STOK"));
    let made =
        |i: usize| (0..C).map(|c| make[(c * C + i) * R + d]).sum::<f64>() + stocks[i * R + d];
    let output: Vec<f64> = (0..C).map(made).collect();
    let own = |c: usize| {
        let route = |r: usize| trade[(2 * c * R + r) * R + d];
        let all: f64 = (0..R).map(route).sum();
        if all > 0.0 { route(d) / all } else { 0.0 }
    };
    let flow = |c: usize, s: usize, u: usize| used[((2 * c + s) * 34 + u) * R + d];
    let bought = |i: usize| (0..C).map(|c| flow(c, 0, i) + flow(c, 1, i)).sum::<f64>();
    let finals = |c: usize| (30..33).map(|u| flow(c, 0, u) + flow(c, 1, u)).sum::<f64>();
    let known = Known {
        value_added: Some((0..C).map(|i| output[i] - bought(i)).collect()),
        final_use: Some((0..C).map(finals).collect()),
        output,
        ..Known::default()
    };
    (known, Matrix::from_fn(C, C, |c, i| flow(c, 0, i) * own(c)))
}

/// The same of accounts: delivered values × the region's share among the origins of the product.
fn own_inputs(accounts: &RegionalAccounts, region: usize) -> Matrix {
    let own = |c: usize| {
        let from = |origin: usize| accounts.trade.at(&[c, 0, origin, region]);
        let all: f64 = (0..R).map(from).sum();
        if all > 0.0 { from(region) / all } else { 0.0 }
    };
    Matrix::from_fn(C, C, |c, i| accounts.use_.at(&[c, 0, i, region]) * own(c))
}

#[test]
fn the_default_is_nearer_to_terms_regions_than_location_quotients() {
    let Some(folder) = shared("data/term_finland") else { return };
    let (parts, _) = finland(&folder);
    let decay = parts.1.transport.decay.column(0);
    let nation = delivered(&parts.0, decay);
    let term = har(&folder.join("premod.HAR"));
    // Means over regions, by what is known and method.
    let mut means: Vec<(String, [f64; 4])> = vec![];
    for d in 0..R {
        let (known, official) = region(&term, d);
        let lines = compare(&nation, &known, &official).expect("every method gives a table");
        for (at, line) in lines.iter().enumerate() {
            let name = format!("{:<20} {:<22}", line.knowledge.name(), line.method);
            let found = line.deviation;
            let values = [found.flows, found.coefficients, found.multipliers, found.indirect];
            if means.len() == at {
                means.push((name, [0.0; 4]));
            }
            means[at].1.iter_mut().zip(values).for_each(|(sum, value)| *sum += value / R as f64);
        }
    }
    println!("Finland, 19 regions: flows, coefficients, multipliers, multipliers less 1 (%)");
    for (name, values) in &means {
        let shown = values.map(|value| format!("{:7.2}", 100.0 * value));
        println!("{name}{}", shown.join(""));
    }
    let found = |knowledge: &str, method: &str| {
        let fits = |name: &str| name.starts_with(knowledge) && name.contains(method);
        means.iter().find(|(name, _)| fits(name)).expect("it was tried").1
    };
    for knowledge in ["output", "and value added", "and final use"] {
        for other in ["national", "SLQ", "CILQ", "FLQ 0.1", "FLQ 0.2", "FLQ 0.3", "CHARM"] {
            let (ours, theirs) = (found(knowledge, "gravity"), found(knowledge, other));
            for k in 0..4 {
                assert!(ours[k] < theirs[k], "{knowledge}, {other}: {ours:?} {theirs:?}");
            }
        }
    }
}

#[test]
fn the_chain_that_holds_own_shares_is_nearer_to_terms_regions_than_location_quotients() {
    let Some(folder) = shared("data/term_finland") else { return };
    let (parts, choices) = finland(&folder);
    let nation = delivered(&parts.0, parts.1.transport.decay.column(0));
    let term = har(&folder.join("premod.HAR"));
    let choices = Choices { method: Method::SelfSufficiency, ..choices };
    let accounts = regionalise(parts.0, parts.1, choices).expect("the national table balances");
    for identity in accounts::identity::identities(&accounts) {
        assert!(identity.holds() || identity.name.starts_with("No negative"), "{identity}");
    }
    let mut sums = [[0.0; 4]; 3];
    for d in 0..R {
        let (known, official) = region(&term, d);
        let known = Known { output: known.output, ..Known::default() };
        let lines = compare(&nation, &known, &official).expect("every method gives a table");
        let of = |name: &str| lines.iter().find(|line| line.method == name).expect("it was tried");
        let chain = deviation(&own_inputs(&accounts, d), &official, &known.output);
        let found =
            [chain.expect("it has multipliers"), of("SLQ").deviation, of("FLQ 0.1").deviation];
        for (sum, each) in sums.iter_mut().zip(found) {
            let values = [each.flows, each.coefficients, each.multipliers, each.indirect];
            sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value / R as f64);
        }
    }
    for (name, values) in ["chain, self-sufficiency", "SLQ", "FLQ 0.1"].iter().zip(&sums) {
        let shown = values.map(|value| format!("{:7.2}", 100.0 * value));
        println!("Finland, 19 regions, {name:<24}{}", shown.join(""));
    }
    for other in &sums[1..] {
        assert!((0..4).all(|k| sums[0][k] < other[k]), "{:?} {other:?}", sums[0]);
    }
}
