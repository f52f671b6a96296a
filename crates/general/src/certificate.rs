//! The conditions recomputed by other code: plainly, from the formulas of the format, no shares
//! kept, no derivatives.
//!
//! A solution is certified by this; a mistake in `crate::blocks` shows as a difference.

use crate::expression::Operator;
use crate::model::{Branch, Class, Demand, Leaf, Nest, Symbol, Value};
use crate::scenario::Instance;

/// Flows below this share of the largest of their kind are measured against that share: in a market
/// where next to nothing is traded, rounding is not a violation. So are costs of sectors that turn
/// over less than this share of the largest income: all they buy and sell is free.
const SMALL: f64 = 1e-6;

/// Largest violation of a solution: beyond it nothing counts as solved.
pub const CERTIFIED: f64 = 1e-6;

/// Largest violations at a point, each relative to what changes hands in its condition.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Certificate {
    /// Loss of an active sector or profit of any, over its unit cost.
    pub zero_profit: f64,
    /// Excess demand, or excess supply at a price above its bound, over supply.
    pub market_clearance: f64,
    /// Income less earnings, over the larger.
    pub income_balance: f64,
    /// Constraints of auxiliaries, over their largest terms or 1, whichever is larger.
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
    let mut terms = vec![0.0; model.constraints.len()];
    for (at, constraint) in model.constraints.iter().enumerate() {
        let value = sums.value(constraint);
        sums.add(first + at, value);
        terms[at] = sums.terms(constraint);
    }
    let pairs = || sums.plus.iter().zip(&sums.minus);
    let mut sizes: Vec<f64> = pairs().map(|(plus, minus)| f64::max(*plus, *minus)).collect();
    sizes[first..].copy_from_slice(&terms);
    Plain { conditions: pairs().map(|(plus, minus)| plus - minus).collect(), sizes }
}

/// How far a condition and its variable are from what complementarity asks.
struct Deviation {
    class: Class,
    /// F over what it balances.
    condition: f64,
    /// What is left of F where the variable may not rest on its bound, relative.
    violation: f64,
    /// The variable over the usual size of its class.
    size: f64,
    /// Whether the condition is dropped, because the variable is held.
    dropped: bool,
}

/// Deviations of all conditions at a point.
fn deviations(instance: &Instance, point: &[f64]) -> Vec<Deviation> {
    let Plain { conditions, sizes } = plain(instance, point);
    let class_of = |at: usize| instance.model.variables[at].class;
    let mut largest = [0.0f64; 4];
    for (at, size) in sizes.iter().enumerate() {
        let class = class_of(at) as usize;
        largest[class] = largest[class].max(*size);
    }
    let classes = [Class::Sector, Class::Commodity, Class::Consumer, Class::Auxiliary];
    let usual = classes.map(|class| match class {
        Class::Auxiliary => 1.0,
        class => median((0..point.len()).filter(|at| class_of(*at) == class).map(|at| point[at])),
    });
    // Per unit of activity, what the largest income would pay for; nothing for other conditions.
    let income = largest[Class::Consumer as usize];
    let turnover = |class: Class, level: f64| match class {
        Class::Sector => income / level.abs().max(usual[Class::Sector as usize]),
        _ => 0.0,
    };
    let each = |at: usize| {
        let class = class_of(at);
        let least = match class {
            Class::Auxiliary => 1.0,
            class => SMALL * largest[class as usize].max(turnover(class, point[at])),
        };
        let condition = conditions[at] / sizes[at].max(least).max(f64::MIN_POSITIVE);
        let unit = f64::max(point[at].abs(), usual[class as usize]);
        let violation = condition
            .max((point[at] - instance.upper[at]) / unit)
            .min((point[at] - instance.lower[at]) / unit);
        // A NaN counts as the worst there is.
        let violation = if violation.is_nan() { f64::INFINITY } else { violation.abs() };
        let size = point[at].abs() / usual[class as usize];
        Deviation { class, condition, violation, size, dropped: instance.dropped(at) }
    };
    (0..point.len()).map(each).collect()
}

/// Median of the sizes that are not zero; 1 where all are.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sizes: Vec<f64> = values.map(f64::abs).filter(|size| *size > 0.0).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(1.0)
}

/// The certificate of a point.
pub fn certificate(instance: &Instance, point: &[f64]) -> Certificate {
    let mut certificate = Certificate::default();
    for Deviation { class, condition, violation, dropped, .. } in deviations(instance, point) {
        if dropped {
            if matches!(class, Class::Commodity | Class::Consumer) {
                certificate.walras = certificate.walras.max(condition.abs());
            }
            continue;
        }
        let worst = match class {
            Class::Sector => &mut certificate.zero_profit,
            Class::Commodity => &mut certificate.market_clearance,
            Class::Consumer => &mut certificate.income_balance,
            Class::Auxiliary => &mut certificate.constraints,
        };
        *worst = worst.max(violation);
    }
    certificate
}

/// How far a point is from a solution: the sum of all violations.
pub(crate) fn distance(instance: &Instance, point: &[f64]) -> f64 {
    deviations(instance, point).iter().filter(|each| !each.dropped).map(|each| each.violation).sum()
}

/// The worst violation beyond what certifies, by the position of its variable. The market or income
/// that is held counts too (Walras' law), unless value leaves the circle of receipts and outlays
/// elsewhere: at a bound that is not zero, at something else that is held, with an income that falls
/// short, with a consumer who does not spend.
pub(crate) fn uncertified(instance: &Instance, point: &[f64]) -> Option<(usize, f64)> {
    let all = deviations(instance, point);
    let leaks = |each: &&Deviation| {
        let counts = match each.class {
            Class::Auxiliary => false,
            Class::Consumer => true,
            Class::Sector | Class::Commodity => each.size > CERTIFIED,
        };
        counts && each.condition.abs() > CERTIFIED
    };
    let first = instance.model.first(Class::Consumer);
    let hoards =
        |(at, demand): (usize, &Demand)| demand.preferences.is_none() && point[first + at] != 0.0;
    let circle_is_closed = all.iter().filter(leaks).count() <= 1
        && !instance.model.demands.iter().enumerate().any(hoards);
    let measure = |each: &Deviation| match (each.dropped, each.class) {
        (false, _) => each.violation,
        (true, Class::Commodity | Class::Consumer) if circle_is_closed => each.condition.abs(),
        (true, _) => 0.0,
    };
    let worst = all.iter().map(measure).enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    (worst.1 > CERTIFIED).then_some(worst)
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

    /// Size of the terms that an expression sums, each without its sign.
    fn terms(&self, value: &Value) -> f64 {
        match value {
            Value::Negative(of) => self.terms(of),
            Value::Binary(Operator::Add | Operator::Subtract, a, b) => {
                self.terms(a) + self.terms(b)
            }
            Value::Binary(Operator::Multiply, a, b) => self.terms(a) * self.terms(b),
            _ => self.value(value).abs(),
        }
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
