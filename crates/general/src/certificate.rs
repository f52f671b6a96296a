//! The conditions recomputed by other code: plainly, from the formulas of the format, no shares
//! kept, no derivatives.
//!
//! A solution is certified by this; a mistake in `crate::blocks` shows as a difference.

use crate::model::{Branch, Class, Leaf, Nest, Symbol, Value};
use crate::scenario::Instance;

/// Flows below this share of the largest of their kind are measured against that share: in a market
/// where next to nothing is traded, rounding is not a violation. So are costs of sectors that turn
/// over less than this share of the largest income: all they buy and sell is free.
const SMALL: f64 = 1e-6;

/// Largest violations at a point, each relative to what changes hands in its condition.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Certificate {
    /// Loss of an active sector or profit of any, over its unit cost.
    pub zero_profit: f64,
    /// Excess demand, or excess supply at a price above its bound, over supply.
    pub market_clearance: f64,
    /// Income less earnings, over the larger.
    pub income_balance: f64,
    /// Constraints of auxiliaries, as they stand.
    pub constraints: f64,
    /// Excess of the markets and incomes whose price or income is held: Walras' law.
    pub walras: f64,
}

/// F and the size of what it balances, for every variable.
pub(crate) struct Plain {
    pub(crate) conditions: Vec<f64>,
    pub(crate) sizes: Vec<f64>,
}

/// Recomputes the conditions at a point.
pub(crate) fn plain(instance: &Instance, point: &[f64]) -> Plain {
    let n = point.len();
    let mut sums = Sums { instance, point, plus: vec![0.0; n], minus: vec![0.0; n] };
    let model = instance.model;
    for production in &model.production {
        sums.production(production.sector, &production.input, &production.output);
    }
    for demand in &model.demands {
        sums.demand(demand.consumer, demand.preferences.as_ref(), &demand.endowments);
    }
    let first = model.first(Class::Auxiliary);
    for (at, constraint) in model.constraints.iter().enumerate() {
        let value = sums.value(constraint);
        sums.add(first + at, value);
    }
    let pairs = || sums.plus.iter().zip(&sums.minus);
    let size = |(plus, minus): (&f64, &f64)| f64::max(*plus, *minus);
    Plain {
        conditions: pairs().map(|(plus, minus)| plus - minus).collect(),
        sizes: pairs().map(size).collect(),
    }
}

/// The certificate of a point.
pub fn certificate(instance: &Instance, point: &[f64]) -> Certificate {
    let Plain { conditions, sizes } = plain(instance, point);
    let mut largest = [0.0f64; 4];
    for (at, size) in sizes.iter().enumerate() {
        let class = instance.model.variables[at].class as usize;
        largest[class] = largest[class].max(*size);
    }
    // Per unit of activity, what the largest income would pay for; nothing for other conditions.
    let income = largest[Class::Consumer as usize];
    let turnover = |class: Class, level: f64| match class {
        Class::Sector => income / level.abs().max(1.0),
        _ => 0.0,
    };
    let mut certificate = Certificate::default();
    for at in 0..point.len() {
        let class = instance.model.variables[at].class;
        let least = SMALL * largest[class as usize].max(turnover(class, point[at]));
        let size = if class == Class::Auxiliary { 1.0 } else { sizes[at].max(least) };
        let condition = conditions[at] / size;
        if instance.dropped(at) {
            if matches!(class, Class::Commodity | Class::Consumer) {
                certificate.walras = certificate.walras.max(condition.abs());
            }
            continue;
        }
        let unit = f64::max(point[at].abs(), 1.0);
        let violation = condition
            .max((point[at] - instance.upper[at]) / unit)
            .min((point[at] - instance.lower[at]) / unit);
        let worst = match class {
            Class::Sector => &mut certificate.zero_profit,
            Class::Commodity => &mut certificate.market_clearance,
            Class::Consumer => &mut certificate.income_balance,
            Class::Auxiliary => &mut certificate.constraints,
        };
        // A NaN counts as the worst there is.
        *worst = if violation.is_nan() { f64::INFINITY } else { worst.max(violation.abs()) };
    }
    certificate
}

/// Sums of what comes in and what goes out of every condition.
struct Sums<'a> {
    instance: &'a Instance<'a>,
    point: &'a [f64],
    plus: Vec<f64>,
    minus: Vec<f64>,
}

/// A leaf with the power of price ratios above it.
struct Flow<'m> {
    leaf: &'m Leaf,
    quantity: f64,
}

impl<'a> Sums<'a> {
    fn add(&mut self, at: usize, amount: f64) {
        if amount >= 0.0 {
            self.plus[at] += amount;
        } else {
            self.minus[at] -= amount;
        }
    }

    fn value(&self, value: &Value) -> f64 {
        value.evaluate(&|symbol| match symbol {
            Symbol::Parameter(at) => self.instance.parameters[*at],
            Symbol::Variable(at) => self.point[*at],
        })
    }

    /// Benchmark value of a branch.
    fn worth(&self, branch: &Branch) -> f64 {
        match branch {
            Branch::Leaf(leaf) => self.value(&leaf.quantity) * self.value(&leaf.price),
            Branch::Nest(nest) => nest.children.iter().map(|child| self.worth(child)).sum(),
        }
    }

    fn rate(&self, leaf: &Leaf) -> f64 {
        leaf.taxes.iter().map(|tax| self.value(&tax.rate)).sum()
    }

    /// Price index; `sign` is 1 for inputs and −1 for outputs.
    fn index(&self, branch: &Branch, sign: f64) -> f64 {
        match branch {
            Branch::Leaf(leaf) => {
                self.point[leaf.commodity] * (1.0 + sign * self.rate(leaf))
                    / self.value(&leaf.price)
            }
            Branch::Nest(nest) => self.nest_index(nest, sign),
        }
    }

    fn nest_index(&self, nest: &Nest, sign: f64) -> f64 {
        let parts: Vec<(f64, f64)> = nest
            .children
            .iter()
            .map(|child| (self.worth(child), child))
            .filter(|(worth, _)| *worth != 0.0)
            .map(|(worth, child)| (worth, self.index(child, sign)))
            .collect();
        let total: f64 = parts.iter().map(|(worth, _)| worth).sum();
        let exponent = 1.0 - sign * self.value(&nest.elasticity);
        let mean = |each: &dyn Fn(f64) -> f64| {
            parts.iter().map(|(worth, index)| worth / total * each(*index)).sum::<f64>()
        };
        match exponent {
            _ if parts.len() == 1 => parts[0].1,
            1.0 => mean(&|index| index),
            0.0 => mean(&f64::ln).exp(),
            k if k.abs() < 1e-3 => {
                // ln Σ θ e^{k x} = ln(1 + Σ θ (e^{k x} − 1)) keeps its digits for small k.
                (mean(&|index| (k * index.ln()).exp_m1()).ln_1p() / k).exp()
            }
            k => {
                // Relative to the index that counts most, no power leaves what a number can hold.
                let indices = parts.iter().map(|(_, index)| *index);
                let most = if k > 0.0 {
                    indices.fold(0.0, f64::max)
                } else {
                    indices.fold(f64::INFINITY, f64::min)
                };
                match most {
                    0.0 => 0.0,
                    most => most * mean(&|index| (index / most).powf(k)).powf(1.0 / k),
                }
            }
        }
    }

    fn flows<'m>(&self, nest: &'m Nest, sign: f64, factor: f64, out: &mut Vec<Flow<'m>>) {
        let elasticity = self.value(&nest.elasticity);
        let own = self.nest_index(nest, sign);
        for child in nest.children.iter().filter(|child| self.worth(child) != 0.0) {
            let ratio = own / self.index(child, sign);
            let single = nest.children.iter().filter(|each| self.worth(each) != 0.0).count() == 1;
            let fixed = elasticity == 0.0 || single;
            let below = if fixed { factor } else { factor * ratio.powf(sign * elasticity) };
            match child {
                Branch::Nest(inner) => self.flows(inner, sign, below, out),
                Branch::Leaf(leaf) => {
                    out.push(Flow { leaf, quantity: self.value(&leaf.quantity) * below });
                }
            }
        }
    }

    fn nest_worth(&self, nest: &Nest) -> f64 {
        nest.children.iter().map(|child| self.worth(child)).sum()
    }

    fn production(&mut self, sector: usize, input: &'a Nest, output: &'a Nest) {
        let (cost, revenue) = (self.nest_worth(input), self.nest_worth(output));
        if cost == 0.0 || revenue == 0.0 {
            self.add(sector, 1.0);
            return;
        }
        let level = self.point[sector];
        for (nest, sign, worth) in [(input, 1.0, cost), (output, -1.0, revenue)] {
            self.add(sector, sign * worth * self.nest_index(nest, sign));
            let mut flows = vec![];
            self.flows(nest, sign, 1.0, &mut flows);
            for Flow { leaf, quantity } in flows {
                self.add(leaf.commodity, -sign * quantity * level);
                for tax in &leaf.taxes {
                    let revenue =
                        self.value(&tax.rate) * self.point[leaf.commodity] * quantity * level;
                    self.add(tax.agent, -revenue);
                }
            }
        }
    }

    fn demand(
        &mut self,
        consumer: usize,
        preferences: Option<&'a Nest>,
        endowments: &[(usize, Value)],
    ) {
        let income = self.point[consumer];
        self.add(consumer, income);
        for (commodity, quantity) in endowments {
            let quantity = self.value(quantity);
            self.add(*commodity, quantity);
            self.add(consumer, -quantity * self.point[*commodity]);
        }
        let Some(nest) = preferences else { return };
        let worth = self.nest_worth(nest);
        if worth == 0.0 {
            return;
        }
        let real = income / (worth * self.nest_index(nest, 1.0));
        let mut flows = vec![];
        self.flows(nest, 1.0, real, &mut flows);
        for Flow { leaf, quantity } in flows {
            self.add(leaf.commodity, -quantity);
        }
    }
}
