//! Random economies as files in `ge-case/1`: balanced at their benchmark, then shocked.
//!
//! All market prices and activities are 1 at the benchmark. Sectors, their nests and their taxes are
//! drawn first; what markets then lack is endowed, what they have too much is demanded, and swaps of
//! equal value between consumers make these different from each other.
//! Not here: solving them.

use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

/// An economy as text; the first scenario is its benchmark, the second one is shocked.
pub fn economy(seed: u64) -> String {
    let mut draw = Draw(ChaCha8Rng::seed_from_u64(seed));
    let mut economy = Economy::new(&mut draw);
    for sector in 0..economy.sectors {
        economy.produce(sector, &mut draw);
    }
    economy.idle_technology(&mut draw);
    economy.consume(&mut draw);
    economy.policy(&mut draw);
    economy.file(seed, &mut draw).to_string()
}

struct Draw(ChaCha8Rng);

impl Draw {
    fn whole(&mut self, least: usize, most: usize) -> usize {
        self.0.random_range(least..=most)
    }
    fn between(&mut self, least: f64, most: f64) -> f64 {
        // Few digits keep the files readable.
        (self.0.random_range(least..most) * 1e4).round() / 1e4
    }
    fn chance(&mut self, probability: f64) -> bool {
        self.0.random_bool(probability)
    }
    fn elasticity(&mut self) -> f64 {
        match self.whole(0, 5) {
            0 => 0.0,
            1 => 1.0,
            2 | 3 => self.between(0.1, 1.5),
            _ => self.between(0.1, 5.0),
        }
    }
    /// Some of `all`, at least one.
    fn some(&mut self, all: &[usize], probability: f64) -> Vec<usize> {
        let mut chosen: Vec<usize> =
            all.iter().copied().filter(|_| self.chance(probability)).collect();
        if chosen.is_empty() {
            chosen.push(all[self.whole(0, all.len() - 1)]);
        }
        chosen
    }
}

struct Economy {
    sectors: usize,
    goods: usize,
    /// The first goods are factors: endowed, not produced.
    factors: usize,
    consumers: usize,
    /// Value of what producers yield less what they use, by good.
    net: Vec<f64>,
    /// Tax revenue of each consumer.
    revenue: Vec<f64>,
    parameters: Vec<(String, f64)>,
    /// What the second scenario sets.
    shock: Vec<(String, f64)>,
    names: Vec<Value>,
    production: Vec<Value>,
    demands: Vec<Value>,
    auxiliaries: Vec<Value>,
    constraints: Vec<Value>,
    /// Factor whose endowment shrinks with unemployment.
    unemployed: bool,
    /// Whether a tax on the output of the first sector is endogenous.
    endogenous: bool,
}

impl Economy {
    fn new(draw: &mut Draw) -> Self {
        let goods = draw.whole(3, 10);
        let consumers = draw.whole(1, 4);
        Self {
            sectors: draw.whole(2, 8),
            goods,
            factors: draw.whole(1, (goods - 1).min(3)),
            consumers,
            net: vec![0.0; goods],
            revenue: vec![0.0; consumers],
            parameters: vec![],
            shock: vec![],
            names: vec![],
            production: vec![],
            demands: vec![],
            auxiliaries: vec![],
            constraints: vec![],
            unemployed: draw.chance(0.2),
            endogenous: draw.chance(0.2),
        }
    }

    /// A parameter that the second scenario may move to `shocked`.
    fn parameter(&mut self, name: String, value: f64, shocked: Option<f64>) -> String {
        if let Some(shocked) = shocked {
            self.shock.push((name.clone(), shocked));
        }
        self.parameters.push((name.clone(), value));
        name
    }

    /// A tax on a leaf: its rate and how the file writes it.
    fn tax(&mut self, leaf: &str, draw: &mut Draw) -> Option<(f64, usize, Value)> {
        if !draw.chance(0.25) {
            return None;
        }
        let rate = draw.between(-0.2, 0.4);
        let shocked = draw.chance(0.3).then(|| draw.between(-0.3, 0.8));
        let agent = draw.whole(0, self.consumers - 1);
        let name = self.parameter(format!("t_{leaf}"), rate, shocked);
        Some((rate, agent, json!([{"agent": format!("H{agent}"), "rate": name}])))
    }

    /// Groups leaves in nests two deep.
    fn nested(leaves: Vec<Value>, draw: &mut Draw) -> Value {
        let mut children = vec![];
        let mut inner = vec![];
        for leaf in leaves {
            if draw.chance(0.4) { inner.push(leaf) } else { children.push(leaf) }
        }
        if !inner.is_empty() {
            children.push(json!({"elasticity": draw.elasticity(), "children": inner}));
        }
        json!({"elasticity": draw.elasticity(), "children": children})
    }

    fn produce(&mut self, sector: usize, draw: &mut Draw) {
        let factors: Vec<usize> = (0..self.factors).collect();
        let produced: Vec<usize> = (self.factors..self.goods).collect();
        let mut used = draw.some(&factors, 0.6);
        for good in &produced {
            if draw.chance(0.25) {
                used.push(*good);
            }
        }
        // Every produced good has a sector while there are enough of them.
        let mut yielded = vec![produced[sector % produced.len()]];
        if draw.chance(0.2) {
            yielded = draw.some(&produced, 0.3);
        }
        used.retain(|good| !yielded.contains(good));
        let (mut inputs, mut cost) = (vec![], 0.0);
        for good in used {
            let quantity = draw.between(0.5, 20.0);
            let tax = self.tax(&format!("{sector}_{good}"), draw);
            let rate = tax.as_ref().map_or(0.0, |(rate, _, _)| *rate);
            cost += quantity * (1.0 + rate);
            self.net[good] -= quantity;
            let mut leaf = json!({"commodity": format!("P{good}"), "quantity": quantity,
                "price": 1.0 + rate});
            if let Some((_, agent, taxes)) = tax {
                self.revenue[agent] += rate * quantity;
                leaf["taxes"] = taxes;
            }
            inputs.push(leaf);
        }
        let mut outputs = vec![];
        let share = cost / yielded.len() as f64;
        for (at, good) in yielded.into_iter().enumerate() {
            let endogenous = self.endogenous && sector == 0 && at == 0;
            let name = format!("o{sector}_{good}");
            let tax = if endogenous { None } else { self.tax(&name, draw) };
            let rate = tax.as_ref().map_or(0.0, |(rate, _, _)| *rate);
            let quantity = share / (1.0 - rate);
            self.net[good] += quantity;
            let mut leaf = json!({"commodity": format!("P{good}"), "quantity": quantity,
                "price": 1.0 - rate});
            if let Some((_, agent, taxes)) = tax {
                self.revenue[agent] += rate * quantity;
                leaf["taxes"] = taxes;
            }
            if endogenous {
                let agent = format!("H{}", self.consumers - 1);
                leaf["taxes"] = json!([{"agent": agent, "rate": "TAU"}]);
            }
            outputs.push(leaf);
        }
        self.names.push(json!(format!("S{sector}")));
        self.production.push(json!({"sector": format!("S{sector}"),
            "output": Self::nested(outputs, draw), "input": Self::nested(inputs, draw)}));
    }

    /// A second way to make a good, dearer at the benchmark and perhaps not after the shock.
    fn idle_technology(&mut self, draw: &mut Draw) {
        if !draw.chance(0.4) {
            return;
        }
        let good = draw.whole(self.factors, self.goods - 1);
        let factor = draw.whole(0, self.factors - 1);
        let dear = draw.between(1.05, 1.5);
        let cheaper = draw.chance(0.5).then(|| draw.between(0.6, 1.0));
        let need = self.parameter("need".to_owned(), dear, cheaper);
        self.names.push(json!({"name": "IDLE", "start": 0}));
        self.production.push(json!({"sector": "IDLE",
            "output": {"elasticity": 0, "children": [
                {"commodity": format!("P{good}"), "quantity": 1}]},
            "input": {"elasticity": draw.elasticity(), "children": [
                {"commodity": format!("P{factor}"), "quantity": need}]}}));
    }

    fn consume(&mut self, draw: &mut Draw) {
        let (goods, consumers) = (self.goods, self.consumers);
        let spare = 5.0;
        // Everybody demands some of every good that is left over and of what is endowed on top.
        let mut demanded: Vec<f64> =
            self.net.iter().map(|net| net.max(0.0) + draw.between(0.1, spare)).collect();
        let endowed: Vec<f64> =
            demanded.iter().zip(&self.net).map(|(demand, net)| demand - net).collect();
        let mut owns = vec![vec![0.0; goods]; consumers];
        for good in 0..goods {
            let weights: Vec<f64> =
                (0..consumers).map(|_| draw.between(0.0, 1.0).powi(2)).collect();
            let total: f64 = weights.iter().sum::<f64>().max(1e-3);
            for consumer in 0..consumers {
                owns[consumer][good] = endowed[good] * weights[consumer] / total;
            }
            let left = endowed[good] - owns.iter().map(|own| own[good]).sum::<f64>();
            owns[0][good] += left;
        }
        let mut income: Vec<f64> =
            (0..consumers).map(|h| owns[h].iter().sum::<f64>() + self.revenue[h]).collect();
        // Who would have no income is given some by the first; this may leave an obligation.
        for consumer in 1..consumers {
            let lacks = (1.0 - income[consumer]).max(0.0);
            owns[consumer][0] += lacks;
            owns[0][0] -= lacks;
            income[consumer] += lacks;
            income[0] -= lacks;
        }
        let short = (1.0 - income[0]).max(0.0);
        owns[0][0] += short;
        income[0] += short;
        demanded[0] += short;
        let total: f64 = demanded.iter().sum();
        for consumer in 0..consumers {
            let share = income[consumer] / total;
            let mut buys: Vec<f64> = demanded.iter().map(|demand| demand * share).collect();
            if consumers > 1 {
                swap(&mut buys, &mut owns, consumer, draw);
            }
            let leaves = (0..goods)
                .map(|good| json!({"commodity": format!("P{good}"), "quantity": buys[good].max(0.0)}))
                .collect();
            let endowments: Vec<Value> = (0..goods)
                .filter(|good| owns[consumer][*good] != 0.0)
                .map(|good| {
                    let quantity = self.endowment(consumer, good, owns[consumer][good], draw);
                    json!({"commodity": format!("P{good}"), "quantity": quantity})
                })
                .collect();
            self.demands.push(json!({"consumer": format!("H{consumer}"),
                "preferences": Self::nested(leaves, draw), "endowments": endowments}));
        }
    }

    /// How the file writes an endowment: a parameter, with unemployment where there is some.
    fn endowment(&mut self, consumer: usize, good: usize, owns: f64, draw: &mut Draw) -> String {
        let shocked = draw.chance(0.3).then(|| owns * draw.between(0.2, 3.0));
        let name = self.parameter(format!("w_{consumer}_{good}"), owns, shocked);
        if self.unemployed && good == 0 { format!("{name}*(1-UR)") } else { name }
    }

    fn policy(&mut self, draw: &mut Draw) {
        if self.unemployed {
            let shocked = draw.chance(0.7).then(|| draw.between(0.9, 1.3));
            let floor = self.parameter("floor".to_owned(), 0.9, shocked);
            let good = draw.whole(self.factors, self.goods - 1);
            self.auxiliaries.push(json!({"name": "UR", "start": 0, "upper": 0.999}));
            self.constraints.push(json!({"auxiliary": "UR",
                "expression": format!("P0 - {floor}*P{good}")}));
        }
        if self.endogenous {
            // The tax keeps the first sector within a quota.
            self.auxiliaries.push(json!({"name": "TAU", "start": 0, "upper": 0.95}));
            let quota = self.parameter("quota".to_owned(), 1.0, Some(draw.between(0.5, 1.1)));
            self.constraints
                .push(json!({"auxiliary": "TAU", "expression": format!("{quota} - S0")}));
        }
    }

    fn file(self, seed: u64, draw: &mut Draw) -> Value {
        let goods: Vec<String> = (0..self.goods).map(|good| format!("P{good}")).collect();
        let consumers: Vec<String> = (0..self.consumers).map(|at| format!("H{at}")).collect();
        let map = |pairs: Vec<(String, f64)>| -> Value {
            Value::Object(pairs.into_iter().map(|(name, value)| (name, json!(value))).collect())
        };
        let fix = if draw.chance(0.5) { json!({"P0": 1}) } else { json!({}) };
        json!({"format": "ge-case/1", "name": format!("economy {seed}"),
            "parameters": map(self.parameters), "sectors": self.names, "commodities": goods,
            "consumers": consumers, "auxiliaries": self.auxiliaries,
            "production": self.production, "demands": self.demands,
            "constraints": self.constraints,
            "scenarios": [{"name": "benchmark", "fix": fix, "benchmark": true},
                {"name": "shock", "fix": fix, "set": map(self.shock)}]})
    }
}

/// A consumer would rather have some of one good and less of another: what is demanded changes and,
/// so that markets stay in balance, what is owned with it.
fn swap(buys: &mut [f64], owns: &mut [Vec<f64>], consumer: usize, draw: &mut Draw) {
    let from = draw.whole(0, buys.len() - 1);
    let to = draw.whole(0, buys.len() - 1);
    let most = if draw.chance(0.1) { buys[from] } else { buys[from].min(owns[consumer][from]) };
    let amount = draw.between(0.0, 0.9) * most.max(0.0);
    if from == to {
        return;
    }
    buys[from] -= amount;
    buys[to] += amount;
    owns[consumer][from] -= amount;
    owns[consumer][to] += amount;
}
