//! Small models whose solution is known in closed form or in print.

use serde_json::{Value, json};

/// A nest of commodities with their reference quantities.
fn nest(elasticity: f64, leaves: &[(&str, f64)]) -> Value {
    let leaf =
        |(commodity, quantity): &(&str, f64)| json!({"commodity": commodity, "quantity": quantity});
    json!({"elasticity": elasticity, "children": leaves.iter().map(leaf).collect::<Vec<_>>()})
}

/// A sector with one output.
fn sector(name: &str, output: (&str, f64), elasticity: f64, inputs: &[(&str, f64)]) -> Value {
    json!({"sector": name, "output": nest(0.0, &[output]), "input": nest(elasticity, inputs)})
}

/// A consumer with Cobb-Douglas preferences; endowments are numbers or expressions.
fn consumer(name: &str, buys: &[(&str, f64)], owns: &[(&str, Value)]) -> Value {
    let endowment = |(commodity, quantity): &(&str, Value)| json!({"commodity": commodity, "quantity": quantity});
    json!({"consumer": name, "preferences": nest(1.0, buys),
        "endowments": owns.iter().map(endowment).collect::<Vec<_>>()})
}

/// A model without auxiliaries and parameters, its variables as the blocks name them.
fn model(name: &str, production: &[Value], demands: &[Value], commodities: &[&str]) -> Value {
    let names = |blocks: &[Value], key: &str| -> Vec<Value> {
        blocks.iter().map(|block| block[key].clone()).collect()
    };
    json!({"format": "ge-case/1", "name": name, "sectors": names(production, "sector"),
        "commodities": commodities, "consumers": names(demands, "consumer"),
        "production": production, "demands": demands})
}

/// A model with its scenarios.
fn with_scenarios(mut model: Value, scenarios: Value) -> Value {
    model["scenarios"] = scenarios;
    model
}

/// Two goods, two factors, Cobb-Douglas: the first model of the MPSGE literature.
pub fn two_by_two() -> Value {
    let production = [
        sector("X", ("PX", 100.0), 1.0, &[("PL", 50.0), ("PK", 50.0)]),
        sector("Y", ("PY", 50.0), 1.0, &[("PL", 20.0), ("PK", 30.0)]),
        sector("U", ("PU", 150.0), 1.0, &[("PX", 100.0), ("PY", 50.0)]),
    ];
    let owns = [("PL", json!("labour")), ("PK", json!(80))];
    let demands = [consumer("RA", &[("PU", 150.0)], &owns)];
    let mut model = model("two by two", &production, &demands, &["PX", "PY", "PU", "PL", "PK"]);
    model["parameters"] = json!({"labour": 70});
    with_scenarios(
        model,
        json!([{"name": "benchmark", "fix": {"PX": 1}, "benchmark": true},
            {"name": "labour 77", "set": {"labour": 77}, "fix": {"PX": 1}},
            {"name": "no numeraire", "set": {"labour": 77}}]),
    )
}

/// The same with leaves of quantity 0 in a nest, alone in a nest, and a sector without inputs.
pub fn zero_leaves() -> Value {
    let mut model = two_by_two();
    let nothing = json!({"commodity": "PY", "quantity": "labour - labour"});
    let production = model["production"].as_array_mut().expect("a list");
    let inputs = production[0]["input"]["children"].as_array_mut().expect("a list");
    inputs.push(nothing.clone());
    inputs.push(json!({"elasticity": 3, "children": [nothing]}));
    production.push(sector("Z", ("PY", 1.0), 1.0, &[("PL", 0.0)]));
    model["sectors"] = json!(["X", "Y", "U", {"name": "Z", "start": 0}]);
    model
}

/// Two traders: px/py = 4/3 clears the market of y, 0.75 × 10 px + 0.5 × 20 py = 20 py.
pub fn exchange() -> Value {
    let demands = [
        consumer("A", &[("PX", 0.25), ("PY", 0.75)], &[("PX", json!(10))]),
        consumer("B", &[("PX", 0.5), ("PY", 0.5)], &[("PY", json!(20))]),
    ];
    let model = model("exchange", &[], &demands, &["PX", "PY"]);
    with_scenarios(model, json!([{"name": "trade", "fix": {"PY": 1}}]))
}

/// Two technologies for one good; the second takes 7 hours where the first takes 5, or 3.
pub fn idle_technology() -> Value {
    let mut second = sector("X2", ("PX", 10.0), 0.0, &[("PL", 7.0)]);
    second["input"]["children"][0]["quantity"] = json!("hours");
    let production = [sector("X1", ("PX", 10.0), 0.0, &[("PL", 5.0)]), second];
    let demands = [consumer("RA", &[("PX", 10.0)], &[("PL", json!(10))])];
    let mut model = model("idle technology", &production, &demands, &["PX", "PL"]);
    model["parameters"] = json!({"hours": 7});
    model["sectors"] = json!(["X1", {"name": "X2", "start": 0}]);
    with_scenarios(
        model,
        json!([{"name": "dear", "fix": {"PL": 1}, "start": {"X1": 2, "PX": 0.5}, "benchmark": true},
            {"name": "cheap", "set": {"hours": 4}, "fix": {"PL": 1}}]),
    )
}

/// A wage of at least `floor` goods. With Cobb-Douglas halves the share 1 − 1/floor² has no work
/// and output is 1/floor.
pub fn wage_floor() -> Value {
    let production = [sector("Y", ("PY", 200.0), 1.0, &[("PL", 100.0), ("PK", 100.0)])];
    let owns = [("PL", json!("100 - 100*U")), ("PK", json!(100))];
    let demands = [consumer("RA", &[("PY", 200.0)], &owns)];
    let mut model = model("wage floor", &production, &demands, &["PY", "PL", "PK"]);
    model["parameters"] = json!({"floor": 0.9});
    model["auxiliaries"] = json!(["U"]);
    model["constraints"] = json!([{"auxiliary": "U", "expression": "PL - floor*PY"}]);
    with_scenarios(
        model,
        json!([{"name": "slack", "fix": {"PY": 1}, "benchmark": true},
            {"name": "binding", "set": {"floor": 1.25}, "fix": {"PY": 1}}]),
    )
}

/// Half of all income goes for X, of which at most 6 may be made. Without a licence the rent is
/// nobody's: it stays in the profit of X and the labour market does not clear.
pub fn quota() -> Value {
    let production = [
        sector("X", ("PX", 1.0), 0.0, &[("PL", 1.0)]),
        sector("Y", ("PY", 1.0), 0.0, &[("PL", 1.0)]),
    ];
    let demands = [consumer("RA", &[("PX", 1.0), ("PY", 1.0)], &[("PL", json!(20))])];
    let model = model("quota", &production, &demands, &["PX", "PY", "PL"]);
    with_scenarios(
        model,
        json!([{"name": "at most 6", "fix": {"PL": 1}, "bounds": {"X": [0, 6]}},
            {"name": "at most 12", "fix": {"PL": 1}, "bounds": {"X": [0, 12]}}]),
    )
}

/// The same with licences that the consumer owns: 6 (1 + PQ) = (20 + 6 PQ)/2. With 12 of them a
/// licence is a free good.
pub fn licences() -> Value {
    let production = [
        sector("X", ("PX", 1.0), 0.0, &[("PL", 1.0), ("PQ", 1.0)]),
        sector("Y", ("PY", 1.0), 0.0, &[("PL", 1.0)]),
    ];
    let owns = [("PL", json!(20)), ("PQ", json!("licences"))];
    let demands = [consumer("RA", &[("PX", 1.0), ("PY", 1.0)], &owns)];
    let mut model = model("licences", &production, &demands, &["PX", "PY", "PL", "PQ"]);
    model["parameters"] = json!({"licences": 12});
    model["commodities"] = json!(["PX", "PY", "PL", {"name": "PQ", "start": 0}]);
    with_scenarios(
        model,
        json!([{"name": "slack", "fix": {"PL": 1}, "benchmark": true,
                "start": {"X": 10, "Y": 10}},
            {"name": "scarce", "set": {"licences": 6}, "fix": {"PL": 1}}]),
    )
}

/// At most `cap` of X at its cost; a tax paid back to the buyers rations it: (1 + R) cap = 2 − cap.
pub fn rationing() -> Value {
    let mut welfare = sector("W", ("PW", 20.0), 1.0, &[("PX", 10.0), ("PY", 10.0)]);
    welfare["input"]["children"][0]["taxes"] = json!([{"agent": "RA", "rate": "R"}]);
    let production = [
        sector("X", ("PX", 10.0), 0.0, &[("PL", 10.0)]),
        sector("Y", ("PY", 10.0), 0.0, &[("PL", 10.0)]),
        welfare,
    ];
    let demands = [consumer("RA", &[("PW", 20.0)], &[("PL", json!(20))])];
    let mut model = model("rationing", &production, &demands, &["PX", "PY", "PW", "PL"]);
    model["parameters"] = json!({"cap": 2});
    model["auxiliaries"] = json!(["R"]);
    model["constraints"] = json!([{"auxiliary": "R", "expression": "cap - X"}]);
    with_scenarios(
        model,
        json!([{"name": "slack", "fix": {"PL": 1}, "benchmark": true},
            {"name": "rationed", "set": {"cap": 0.5}, "fix": {"PL": 1}}]),
    )
}

/// One worker to a machine. Whose factor is abundant has no income.
pub fn free_good() -> Value {
    let production = [sector("Y", ("PY", 1.0), 0.0, &[("PL", 1.0), ("PK", 1.0)])];
    let demands = [
        consumer("WORKER", &[("PY", 1.0)], &[("PL", json!(10))]),
        consumer("OWNER", &[("PY", 1.0)], &[("PK", json!("machines"))]),
    ];
    let mut model = model("free good", &production, &demands, &["PY", "PL", "PK"]);
    model["parameters"] = json!({"machines": 20});
    model["commodities"] = json!(["PY", "PL", {"name": "PK", "start": 0}]);
    with_scenarios(
        model,
        json!([{"name": "machines stand idle", "fix": {"PY": 1}, "start": {"Y": 10},
                "benchmark": true},
            {"name": "few machines", "set": {"machines": 5}, "fix": {"PY": 1}}]),
    )
}

/// One gives 2 goods of the income of 10 to another.
pub fn transfer() -> Value {
    let production = [sector("Y", ("PY", 1.0), 0.0, &[("PL", 1.0)])];
    let demands = [
        consumer("GIVER", &[("PY", 1.0)], &[("PL", json!(10)), ("PY", json!(-2))]),
        consumer("TAKER", &[("PY", 1.0)], &[("PY", json!(2))]),
    ];
    let model = model("transfer", &production, &demands, &["PY", "PL"]);
    with_scenarios(model, json!([{"name": "given", "fix": {"PL": 1}}]))
}

/// A tax on work that must pay for `need` goods: 10 t = need (1 + t), so t = need/(10 − need), and
/// no tax pays for 10.
pub fn equal_yield() -> Value {
    let mut work = sector("Y", ("PY", 1.0), 0.0, &[("PL", 1.0)]);
    work["input"]["children"][0]["taxes"] = json!([{"agent": "STATE", "rate": "TAU"}]);
    let demands = [
        consumer("RA", &[("PY", 1.0)], &[("PL", json!(10))]),
        consumer("STATE", &[("PY", 1.0)], &[]),
    ];
    let mut model = model("equal yield", &[work], &demands, &["PY", "PL"]);
    model["parameters"] = json!({"need": 2});
    model["auxiliaries"] = json!(["TAU"]);
    model["constraints"] = json!([{"auxiliary": "TAU", "expression": "STATE - need*PY"}]);
    with_scenarios(
        model,
        json!([{"name": "need 2", "fix": {"PL": 1}},
            {"name": "need 5", "set": {"need": 5}, "fix": {"PL": 1}},
            {"name": "need 12", "set": {"need": 12}, "fix": {"PL": 1}}]),
    )
}

/// The same with a state that owes labour as well, which the tax has to pay for: with no tax yet, its
/// income is negative.
pub fn indebted() -> Value {
    let mut model = equal_yield();
    model["parameters"]["owed"] = json!(1);
    for (at, sign) in [(0, ""), (1, "-")] {
        let endowments = model["demands"][at]["endowments"].as_array_mut().expect("a list");
        endowments.push(json!({"commodity": "PL", "quantity": format!("{sign}owed")}));
    }
    model["scenarios"] = json!([{"name": "owes 1", "fix": {"PL": 1}},
        {"name": "owes next to nothing", "set": {"owed": 0.0001}, "fix": {"PL": 1}}]);
    model
}

/// A good of two imports, of which the second costs `other`; labour is what imports are paid with.
pub fn substitutes(other: f64, elasticity: f64) -> Value {
    let production = [
        sector("M1", ("P1", 1.0), 0.0, &[("PL", 1.0)]),
        sector("M2", ("P2", 1.0), 0.0, &[("PL", other)]),
        sector("Y", ("PY", 2.0), elasticity, &[("P1", 1.0), ("P2", 1.0)]),
    ];
    let demands = [consumer("RA", &[("PY", 1.0)], &[("PL", json!(10))])];
    let model = model("substitutes", &production, &demands, &["P1", "P2", "PY", "PL"]);
    with_scenarios(model, json!([{"name": "imports", "fix": {"PL": 1}}]))
}

/// The price that is held belongs to a free good: no other price is high enough.
pub fn worthless_numeraire() -> Value {
    let mut model = free_good();
    model["scenarios"] = json!([{"name": "held at 1", "fix": {"PK": 1}}]);
    model
}

/// A model with one auxiliary and its constraint beside one that does not matter.
pub fn beside(expression: &str, start: f64) -> Value {
    let mut model = exchange();
    model["auxiliaries"] = json!([{"name": "Z", "start": start, "lower": null}]);
    model["constraints"] = json!([{"auxiliary": "Z", "expression": expression}]);
    model
}

/// Four goods, four consumers with Cobb-Douglas shares, two activities: three equilibria. With prices
/// that sum to 4 they are (1, 1, 1, 1), (0.6377, 1, 0.1546, 2.2077) and (1.1005, 1, 1.2346, 0.6649).
///
/// Source: T. Kehoe's example, as it is in the literature on multiplicity of equilibria; at prices
/// of 1 the activities are 52 and 69, by hand.
pub fn kehoe(starts: &[[f64; 4]], activity: f64) -> Value {
    let production = [
        sector("Y1", ("P1", 6.0), 0.0, &[("P2", 1.0), ("P3", 4.0), ("P4", 1.0)]),
        sector("Y2", ("P2", 3.0), 0.0, &[("P1", 1.0), ("P3", 1.0), ("P4", 1.0)]),
    ];
    let shares = [
        [0.52, 0.40, 0.04, 0.04],
        [0.86, 0.10, 0.02, 0.02],
        [0.50, 0.20, 0.2975, 0.0025],
        [0.06, 0.25, 0.0025, 0.6875],
    ];
    let goods = ["P1", "P2", "P3", "P4"];
    let owns = [50, 50, 400, 400];
    let demands: Vec<Value> = (0..4)
        .map(|at| {
            let buys: Vec<(&str, f64)> = goods.into_iter().zip(shares[at]).collect();
            consumer(&format!("H{}", at + 1), &buys, &[(goods[at], json!(owns[at]))])
        })
        .collect();
    let model = model("kehoe", &production, &demands, &goods);
    let scenario = |prices: &[f64; 4]| {
        let mut start: serde_json::Map<String, Value> = goods
            .iter()
            .zip(prices)
            .map(|(good, price)| ((*good).to_owned(), json!(price)))
            .collect();
        start.insert("Y1".to_owned(), json!(activity));
        start.insert("Y2".to_owned(), json!(activity));
        json!({"name": format!("from {prices:?}"), "fix": {"P2": 1}, "start": start})
    };
    with_scenarios(model, starts.iter().map(scenario).collect())
}
