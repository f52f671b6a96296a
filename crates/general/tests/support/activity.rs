//! Random economies of activities: fixed coefficients, several techniques for a good of which most
//! stand idle, factors that may be free, quotas, wage floors, consumers whose income may be zero.
//!
//! Nothing is balanced and nothing starts near a solution: starts are those of the format.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

struct Draw(ChaCha8Rng);

impl Draw {
    fn chance(&mut self, probability: f64) -> bool {
        self.0.random_bool(probability)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        // Few digits, so that a file can be read by people.
        (self.0.random_range(low..high) * 100.0).round() / 100.0
    }

    fn whole(&mut self, low: usize, high: usize) -> usize {
        self.0.random_range(low..=high)
    }

    fn elasticity(&mut self, fixed: f64) -> f64 {
        if self.chance(fixed) { 0.0 } else { [0.5, 1.0, 2.0][self.whole(0, 2)] }
    }
}

/// The economy of a seed in `ge-case/1`; `numeraire` names the price or income that is held at 1.
pub fn economy(seed: u64, numeraire: impl Fn(&[String]) -> Option<String>) -> Value {
    let draw = &mut Draw(ChaCha8Rng::seed_from_u64(seed));
    let factors: Vec<String> = (0..draw.whole(2, 4)).map(|at| format!("F{at}")).collect();
    let goods: Vec<String> = (0..draw.whole(2, 6)).map(|at| format!("G{at}")).collect();
    let consumers: Vec<String> = (0..draw.whole(1, 3)).map(|at| format!("H{at}")).collect();
    let mut sectors = vec![];
    let mut production = vec![];
    let mut auxiliaries = vec![];
    let mut constraints = vec![];
    for (at, good) in goods.iter().enumerate() {
        for technique in 0..draw.whole(1, 3) {
            let name = format!("S{at}_{technique}");
            let mut output = json!([{"commodity": good, "quantity": 1}]);
            if draw.chance(0.15) {
                // A tax on the output keeps the technique within a quota.
                let tax = format!("TAX_{name}");
                output[0]["taxes"] = json!([{"agent": "H0", "rate": tax}]);
                let quota = draw.between(0.2, 3.0);
                constraints
                    .push(json!({"auxiliary": tax, "expression": format!("{quota} - {name}")}));
                auxiliaries.push(json!({"name": tax, "upper": 0.99}));
            }
            production.push(json!({"sector": name,
                "output": {"elasticity": 0, "children": output},
                "input": {"elasticity": draw.elasticity(0.7),
                    "children": inputs(&factors, &goods, at, draw)}}));
            sectors.push(name);
        }
    }
    let floor = draw.chance(0.3).then(|| (draw.between(0.05, 1.0), draw.whole(0, goods.len() - 1)));
    if let Some((floor, good)) = floor {
        auxiliaries.push(json!({"name": "U", "upper": 0.99}));
        constraints
            .push(json!({"auxiliary": "U", "expression": format!("F0 - {floor}*{}", goods[good])}));
    }
    let mut demands = vec![];
    for (at, consumer) in consumers.iter().enumerate() {
        let mut buys = vec![];
        let mut owns = vec![];
        for good in &goods {
            if draw.chance(0.8) || good == &goods[0] {
                buys.push(json!({"commodity": good, "quantity": draw.between(0.1, 1.0)}));
            }
        }
        for (factor, name) in factors.iter().enumerate() {
            // The first owns some of all, others what they happen to.
            if at == 0 || draw.chance(0.4) {
                let quantity = draw.between(0.5, 10.0);
                let all = floor.is_none() || factor != 0;
                let quantity =
                    if all { json!(quantity) } else { json!(format!("{quantity}*(1 - U)")) };
                owns.push(json!({"commodity": name, "quantity": quantity}));
            }
        }
        demands.push(json!({"consumer": consumer, "endowments": owns,
            "preferences": {"elasticity": draw.elasticity(0.2).max(0.5), "children": buys}}));
    }
    let held: Vec<String> = [factors.clone(), goods.clone(), consumers.clone()].concat();
    let commodities = [factors, goods].concat();
    let fix = numeraire(&held).map_or_else(|| json!({}), |name| json!({name: 1}));
    json!({"format": "ge-case/1", "name": format!("activities {seed}"), "sectors": sectors,
        "commodities": commodities, "consumers": consumers,
        "auxiliaries": auxiliaries, "production": production, "demands": demands,
        "constraints": constraints, "scenarios": [{"name": "as drawn", "fix": fix}]})
}

/// Factors and a little of other goods.
fn inputs(factors: &[String], goods: &[String], own: usize, draw: &mut Draw) -> Vec<Value> {
    let mut inputs = vec![];
    let surely = draw.whole(0, factors.len() - 1);
    for (at, factor) in factors.iter().enumerate() {
        if at == surely || draw.chance(0.5) {
            inputs.push(json!({"commodity": factor, "quantity": draw.between(0.1, 2.0)}));
        }
    }
    for (at, good) in goods.iter().enumerate() {
        if at != own && draw.chance(0.25) {
            let most = 0.6 / goods.len() as f64;
            inputs.push(json!({"commodity": good, "quantity": draw.between(0.01, most)}));
        }
    }
    inputs
}
