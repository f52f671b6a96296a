//! The algebra of a block with its numbers: what MPSGE writes behind the scenes, in the open.
//!
//! Not here: the algebra that is solved (`crate::blocks`); this reads the model and a point.

use std::fmt::Write as _;

use crate::blocks::{Flow, Side};
use crate::layout::figure;
use crate::model::{Branch, Class, Leaf, Nest, Symbol, Value};
use crate::scenario::Instance;

/// Differences below this are rounding.
const ROUNDING: f64 = 1e-10;

/// The condition of one variable at a point, term by term.
pub fn explain(instance: &Instance, at: usize, point: &[f64]) -> String {
    let writer = Writer { instance, point, lines: vec![] };
    writer.explain(at)
}

struct Writer<'a> {
    instance: &'a Instance<'a>,
    point: &'a [f64],
    lines: Vec<String>,
}

/// Price indices and unit values below one nest.
struct Part {
    text: String,
    index: f64,
    worth: f64,
}

impl Writer<'_> {
    fn explain(mut self, at: usize) -> String {
        let model = self.instance.model;
        let variable = &model.variables[at];
        let value = self.point[at];
        let conditions = self.instance.blocks.conditions(self.point);
        self.line(0, format!("{} = {}", variable.name, figure(value)));
        match variable.class {
            Class::Sector => self.sector(at),
            Class::Commodity => self.market(at),
            Class::Consumer => self.income(at),
            Class::Auxiliary => self.constraint(at),
        }
        let f = conditions[at];
        let verdict = self.verdict(at, f);
        self.line(0, format!("F = {}: {verdict}", balance(f)));
        self.lines.join("\n") + "\n"
    }

    fn line(&mut self, depth: usize, text: impl AsRef<str>) {
        self.lines.push(format!("{}{}", "  ".repeat(depth), text.as_ref()));
    }

    fn verdict(&self, at: usize, f: f64) -> String {
        let (z, lower, upper) = (self.point[at], self.instance.lower[at], self.instance.upper[at]);
        let class = self.instance.model.variables[at].class;
        if lower >= upper {
            return "held by the scenario, its condition is dropped".to_owned();
        }
        let slack = f.abs() > crate::solve::SLACK;
        match (z <= lower, z >= upper) {
            (true, _) if slack && f > 0.0 => match class {
                Class::Sector if lower == 0.0 => "it would make a loss, so it is idle".to_owned(),
                Class::Commodity if lower == 0.0 => {
                    "supply exceeds demand, so it is free".to_owned()
                }
                _ => format!("at its lower bound {}, the condition is slack", figure(lower)),
            },
            (_, true) if slack && f < 0.0 => {
                format!("at its upper bound {}, the condition is slack", figure(upper))
            }
            _ if !slack => "it holds".to_owned(),
            _ => "it does not hold here".to_owned(),
        }
    }

    fn number(&self, value: &Value) -> f64 {
        value.evaluate(&|symbol| match symbol {
            Symbol::Parameter(at) => self.instance.parameters[*at],
            Symbol::Variable(at) => self.point[*at],
        })
    }

    fn name(&self, at: usize) -> &str {
        &self.instance.model.variables[at].name
    }

    /// An expression with its value, or just its number.
    fn written(&self, value: &Value) -> String {
        if let Value::Number(number) = value {
            return figure(*number);
        }
        let text = value.write(&|symbol| self.instance.model.symbol_name(symbol));
        format!("{text} [{}]", figure(self.number(value)))
    }

    fn sector(&mut self, at: usize) {
        let model = self.instance.model;
        let Some(production) = model.production.iter().find(|each| each.sector == at) else {
            return;
        };
        let cost = self.side(&production.input, Side::Input);
        let revenue = self.side(&production.output, Side::Output);
        match (cost, revenue) {
            (Some(cost), Some(revenue)) => self.line(
                0,
                format!(
                    "unit cost − unit revenue = {} − {} = {}",
                    figure(cost),
                    figure(revenue),
                    balance(cost - revenue)
                ),
            ),
            _ => self.line(0, "it has no inputs or no outputs: the loss counts as 1"),
        }
    }

    /// Writes one side of a technology; its unit cost or revenue.
    fn side(&mut self, nest: &Nest, side: Side) -> Option<f64> {
        let what = if side == Side::Input { "unit cost" } else { "unit revenue" };
        let start = self.lines.len();
        let root = self.nest(nest, side, 1, what)?;
        let total = root.worth * root.index;
        let header = format!(
            "{what} = benchmark value × index = {} × {} = {}",
            figure(root.worth),
            figure(root.index),
            figure(total)
        );
        self.lines.insert(start, header);
        Some(total)
    }

    fn nest(&mut self, nest: &Nest, side: Side, depth: usize, name: &str) -> Option<Part> {
        let place = self.lines.len();
        let elasticity = self.number(&nest.elasticity);
        let mut parts = vec![];
        for (position, child) in nest.children.iter().enumerate() {
            let part = match child {
                Branch::Leaf(leaf) => self.leaf(leaf, side, depth + 1),
                Branch::Nest(inner) => {
                    let name =
                        inner.name.clone().unwrap_or_else(|| format!("nest {}", position + 1));
                    self.nest(inner, side, depth + 1, &name)
                }
            };
            parts.extend(part);
        }
        if parts.is_empty() {
            return None;
        }
        let worth: f64 = parts.iter().map(|part| part.worth).sum();
        let terms: Vec<(f64, f64, String)> =
            parts.iter().map(|part| (part.worth / worth, part.index, part.text.clone())).collect();
        let (formula, index) = composite(&terms, elasticity, side);
        let symbol = if side == Side::Input { "σ" } else { "η" };
        let text =
            format!("{name} ({symbol} = {}): {formula} = {}", figure(elasticity), figure(index));
        self.lines.insert(place, format!("{}{text}", "  ".repeat(depth)));
        Some(Part { text: name.to_owned(), index, worth })
    }

    fn leaf(&mut self, leaf: &Leaf, side: Side, depth: usize) -> Option<Part> {
        let (quantity, reference) = (self.number(&leaf.quantity), self.number(&leaf.price));
        if quantity == 0.0 {
            return None;
        }
        let price = self.point[leaf.commodity];
        let rate: f64 = leaf.taxes.iter().map(|tax| self.number(&tax.rate)).sum();
        let sign = if side == Side::Input { 1.0 } else { -1.0 };
        let index = price * (1.0 + sign * rate) / reference;
        let name = self.name(leaf.commodity).to_owned();
        let mut formula = format!("{name} {}", figure(price));
        for tax in &leaf.taxes {
            let word = if side == Side::Input { "plus" } else { "less" };
            let _ = write!(
                formula,
                ", {word} tax {} to {}",
                self.written(&tax.rate),
                self.name(tax.agent)
            );
        }
        let _ = write!(formula, ", reference price {}", figure(reference));
        let quantity_text = self.written(&leaf.quantity);
        self.line(
            depth,
            format!(
                "{name}: index {} ({formula}); reference quantity {quantity_text}",
                figure(index)
            ),
        );
        Some(Part { text: name, index, worth: quantity * reference })
    }

    fn market(&mut self, at: usize) {
        let mut total = 0.0;
        let mut terms = vec![];
        for block in &self.instance.blocks.list {
            let own = block.inputs[0];
            let class = self.instance.model.variables[own].class;
            if class == Class::Auxiliary || !block.rows.contains(&at) {
                continue;
            }
            let level = self.point[own];
            let mut told = 0.0;
            let out = block.at(self.point, |flow| match flow {
                Flow::Netput(commodity, side, amount) if commodity == at => {
                    let sign = if side == Side::Output { 1.0 } else { -1.0 };
                    let text = format!(
                        "{} {}: {} per unit × level {}",
                        self.name(own),
                        side_name(side),
                        figure(amount),
                        figure(level)
                    );
                    terms.push((sign * amount * level, text));
                }
                Flow::Demand(commodity, amount) if commodity == at => {
                    told -= amount;
                    terms.push((-amount, format!("{} final demand", self.name(own))));
                }
                _ => {}
            });
            let row = block.rows.iter().position(|row| *row == at).unwrap_or(0);
            if class == Class::Consumer && (out[row] - told).abs() > 0.0 {
                terms.push((out[row] - told, format!("{} endowment", self.name(own))));
            }
        }
        for (amount, text) in terms {
            total += amount;
            self.line(1, format!("{:>14}  {text}", figure(amount)));
        }
        self.line(0, format!("supply − demand = {}", balance(total)));
    }

    fn income(&mut self, at: usize) {
        let model = self.instance.model;
        let Some(demand) = model.demands.iter().find(|each| each.consumer == at) else { return };
        let mut earned = 0.0;
        for (commodity, quantity) in &demand.endowments {
            let amount = self.number(quantity) * self.point[*commodity];
            earned += amount;
            let text = format!(
                "{:>14}  endowment {} × {} {}",
                figure(amount),
                self.written(quantity),
                self.name(*commodity),
                figure(self.point[*commodity])
            );
            self.line(1, text);
        }
        for (sector, commodity, side, amount, rate) in self.taxes(at) {
            earned += amount;
            let text = format!(
                "{:>14}  tax {rate} on {} {} of {}",
                figure(amount),
                self.name(commodity),
                side_name(side),
                self.name(sector)
            );
            self.line(1, text);
        }
        self.line(
            0,
            format!("income − earnings = {} − {}", figure(self.point[at]), figure(earned)),
        );
        if let Some(nest) = &demand.preferences {
            let start = self.lines.len();
            if let Some(root) = self.nest(nest, Side::Input, 1, "expenditure index") {
                let welfare = self.point[at] / (root.worth * root.index);
                let text = format!(
                    "welfare = income / (benchmark value × index) = {} / ({} × {}) = {}",
                    figure(self.point[at]),
                    figure(root.worth),
                    figure(root.index),
                    figure(welfare)
                );
                self.lines.insert(start, text);
            }
        }
    }

    /// Revenue of a consumer: sector, commodity, side, amount, rate as written.
    fn taxes(&self, agent: usize) -> Vec<(usize, usize, Side, f64, String)> {
        let mut found = vec![];
        for production in &self.instance.model.production {
            let sector = production.sector;
            let block = self.instance.blocks.list.iter().find(|each| each.inputs[0] == sector);
            let Some(block) = block else { continue };
            let mut netputs = vec![];
            block.at(self.point, |flow| {
                if let Flow::Netput(commodity, side, amount) = flow {
                    netputs.push((commodity, side, amount));
                }
            });
            let mut next = 0;
            for (nest, side) in
                [(&production.input, Side::Input), (&production.output, Side::Output)]
            {
                let mut leaves = vec![];
                collect(nest, &mut leaves);
                // Both lists run over the leaves in the order of the file, inputs first.
                for leaf in leaves.into_iter().filter(|leaf| self.number(&leaf.quantity) != 0.0) {
                    let Some((commodity, _, netput)) = netputs.get(next) else { continue };
                    next += 1;
                    for tax in leaf.taxes.iter().filter(|tax| tax.agent == agent) {
                        let rate = self.number(&tax.rate);
                        let amount = rate * self.point[*commodity] * netput * self.point[sector];
                        found.push((sector, *commodity, side, amount, self.written(&tax.rate)));
                    }
                }
            }
        }
        found
    }

    fn constraint(&mut self, at: usize) {
        let model = self.instance.model;
        let first = model.first(Class::Auxiliary);
        let Some(expression) = model.constraints.get(at - first) else { return };
        let text = expression.write(&|symbol| model.symbol_name(symbol));
        self.line(0, format!("constraint: {text}"));
        let numbers = expression.write(&|symbol| {
            figure(match symbol {
                Symbol::Parameter(at) => self.instance.parameters[*at],
                Symbol::Variable(at) => self.point[*at],
            })
        });
        self.line(0, format!("          = {numbers} = {}", figure(self.number(expression))));
    }
}

/// A difference; what is rounding and nothing else is 0.
fn balance(value: f64) -> String {
    figure(if value.abs() < ROUNDING { 0.0 } else { value })
}

fn collect<'n>(nest: &'n Nest, out: &mut Vec<&'n Leaf>) {
    for child in &nest.children {
        match child {
            Branch::Leaf(leaf) => out.push(leaf),
            Branch::Nest(inner) => collect(inner, out),
        }
    }
}

/// The formula of a composite with its numbers, and its value.
fn composite(terms: &[(f64, f64, String)], elasticity: f64, side: Side) -> (String, f64) {
    if let [(_, index, name)] = terms {
        return (name.clone(), *index);
    }
    let exponent = if side == Side::Input { 1.0 - elasticity } else { 1.0 + elasticity };
    let mean = |each: &dyn Fn(f64) -> f64| {
        terms.iter().map(|(share, index, _)| share * each(*index)).sum::<f64>()
    };
    let join = |each: &dyn Fn(f64, f64) -> String, sign: &str| {
        terms.iter().map(|(share, index, _)| each(*share, *index)).collect::<Vec<_>>().join(sign)
    };
    let share = |share: f64| format!("{share:.4}");
    if (exponent - 1.0).abs() < f64::EPSILON {
        let text = join(&|theta, c| format!("{}·{}", share(theta), figure(c)), " + ");
        return (text, mean(&|c| c));
    }
    if exponent.abs() < 1e-9 {
        let text = join(&|theta, c| format!("{}^{}", figure(c), share(theta)), " · ");
        return (text, mean(&f64::ln).exp());
    }
    let k = figure(exponent);
    let text = join(&|theta, c| format!("{}·{}^{k}", share(theta), figure(c)), " + ");
    let value = (mean(&|c| (exponent * c.ln()).exp_m1()).ln_1p() / exponent).exp();
    (format!("({text})^(1/{k})"), value)
}

/// Names a side in words.
fn side_name(side: Side) -> &'static str {
    match side {
        Side::Input => "input",
        Side::Output => "output",
    }
}
