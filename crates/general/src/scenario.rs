//! A model at one scenario: numbers for every parameter, bounds, starts, the numeraire.
//!
//! Not here: solving (`crate::solve`).

use equilibrium::Complementarity;

use crate::blocks::{Blocks, Derivatives, Flow};
use crate::certificate::distance;
use crate::model::{Class, Model, Scenario, Value};
use crate::resolve::{evaluate, parameter_values};

/// Starts below this share of the largest of their class say nothing of a variable's size.
const SMALLEST: f64 = 1e-8;

/// Share of the violations at another price level at which a start is kept at its own.
const MUCH_NEARER: f64 = 0.1;

/// A model at one scenario, ready to solve.
pub struct Instance<'m> {
    /// The model.
    pub model: &'m Model,
    /// The scenario.
    pub scenario: &'m Scenario,
    /// Values of all parameters.
    pub parameters: Vec<f64>,
    /// The conditions.
    pub blocks: Blocks<f64>,
    /// Lower bound of each variable.
    pub lower: Vec<f64>,
    /// Upper bound of each variable.
    pub upper: Vec<f64>,
    /// Whether the scenario fixes a variable, which drops its condition.
    pub fixed: Vec<bool>,
    /// Where the solve starts.
    pub start: Vec<f64>,
    /// The consumer whose income is held because nothing was fixed.
    pub numeraire: Option<usize>,
    positive: Vec<bool>,
    derivatives: Derivatives,
}

impl<'m> Instance<'m> {
    /// The model at a scenario.
    pub fn new(model: &'m Model, scenario: &'m Scenario) -> Self {
        Self::part_way(model, scenario, 1.0)
    }

    /// The model with a fraction of what the scenario changes: parameters that it sets and values
    /// that it fixes lie between those of the file (0) and those of the scenario (1).
    pub fn part_way(model: &'m Model, scenario: &'m Scenario, fraction: f64) -> Self {
        let parameters = part_of(model, scenario, fraction);
        let blocks = Blocks::new(model, &parameters, &|_, quantity| quantity);
        let number = |value: &Value| evaluate(value, &parameters);
        let bound = |value: &Option<Value>, none: f64| value.as_ref().map_or(none, number);
        let variables = &model.variables;
        let mut lower: Vec<f64> =
            variables.iter().map(|each| bound(&each.lower, f64::NEG_INFINITY)).collect();
        let mut upper: Vec<f64> =
            variables.iter().map(|each| bound(&each.upper, f64::INFINITY)).collect();
        for (at, pair) in &scenario.bounds {
            lower[*at] = bound(&pair[0], f64::NEG_INFINITY);
            upper[*at] = bound(&pair[1], f64::INFINITY);
        }
        let mut fixed = vec![false; variables.len()];
        for (at, value) in &scenario.fix {
            fixed[*at] = true;
            lower[*at] = number(value);
            upper[*at] = lower[*at];
        }
        let start = starts(model, scenario, &blocks, &parameters);
        if fraction < 1.0 {
            let own = starts(model, &without_fix(scenario), &blocks, &parameters);
            for (at, _) in &scenario.fix {
                lower[*at] = own[*at] + fraction * (lower[*at] - own[*at]);
                upper[*at] = lower[*at];
            }
        }
        let mut positive = blocks.positive.clone();
        for (positive, lower) in positive.iter_mut().zip(&lower) {
            *positive &= *lower <= 0.0;
        }
        let derivatives = blocks.derivatives();
        let numeraire = None;
        let mut instance = Self {
            model,
            scenario,
            parameters,
            blocks,
            lower,
            upper,
            fixed,
            start,
            numeraire,
            positive,
            derivatives,
        };
        instance.hold_an_income();
        instance
    }

    /// With nothing fixed prices have no anchor: the largest income is held at its start, as GAMS
    /// and MPSGE do.
    fn hold_an_income(&mut self) {
        let tied = |at: usize| self.lower[at] >= self.upper[at];
        if (0..self.fixed.len()).any(|at| self.fixed[at] || tied(at)) {
            return;
        }
        let consumers = self.of(Class::Consumer);
        let largest = consumers.max_by(|a, b| self.start[*a].total_cmp(&self.start[*b]));
        if let Some(at) = largest {
            (self.lower[at], self.upper[at]) = (self.start[at], self.start[at]);
            self.numeraire = Some(at);
        }
    }

    /// Prices and incomes that are held, by the scenario or because nothing else is.
    pub(crate) fn held(&self) -> Vec<usize> {
        let given = |at: &usize| self.fixed[*at] || self.numeraire == Some(*at);
        (0..self.fixed.len()).filter(|at| self.nominal(*at)).filter(given).collect()
    }

    /// Whether a variable is a price or an income.
    pub(crate) fn nominal(&self, at: usize) -> bool {
        matches!(self.model.variables[at].class, Class::Commodity | Class::Consumer)
    }

    /// Puts the start at the price level of what is held, unless the start is much nearer to a
    /// solution as it is: starts are mostly given, or taken, for a numeraire of one.
    pub(crate) fn level(&mut self) {
        let own = starts(self.model, &without_fix(self.scenario), &self.blocks, &self.parameters);
        let mut ratios: Vec<f64> =
            self.held().into_iter().map(|at| self.lower[at] / own[at]).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        let Some(ratio) = ratios.get(ratios.len() / 2).copied() else { return };
        if (ratio - 1.0).abs() < f64::EPSILON || !ratio.is_finite() || ratio <= 0.0 {
            return;
        }
        let held = self.held();
        let moved = |(at, z): (usize, &f64)| {
            if self.nominal(at) && !held.contains(&at) { ratio * own[at] } else { *z }
        };
        let levelled: Vec<f64> = self.start.iter().enumerate().map(moved).collect();
        if distance(self, &self.start) > MUCH_NEARER * distance(self, &levelled) {
            self.start = levelled;
        }
    }

    /// Size of each variable: its start, or the usual size of its class.
    pub(crate) fn sizes(&self) -> Vec<f64> {
        usual_sizes(self.model, &self.start)
    }

    /// Positions of the variables of a class.
    pub fn of(&self, class: Class) -> impl Iterator<Item = usize> {
        (0..self.model.variables.len()).filter(move |at| self.model.variables[*at].class == class)
    }

    /// The expression of a variable's lower or upper bound in this scenario, where it has one.
    pub(crate) fn bound_value(&self, at: usize, lower: bool) -> Option<&Value> {
        let of_scenario = |list: &'m [(usize, Value)]| {
            list.iter().rev().find(|(each, _)| *each == at).map(|(_, value)| value)
        };
        if let Some(value) = of_scenario(&self.scenario.fix) {
            return Some(value);
        }
        let side = usize::from(!lower);
        let own = &self.model.variables[at];
        match self.scenario.bounds.iter().rev().find(|(each, _)| *each == at) {
            Some((_, pair)) => pair[side].as_ref(),
            None if lower => own.lower.as_ref(),
            None => own.upper.as_ref(),
        }
    }

    /// Whether a condition is dropped because its variable cannot move.
    pub fn dropped(&self, at: usize) -> bool {
        self.lower[at] >= self.upper[at]
    }
}

/// The scenario as if it fixed nothing.
fn without_fix(scenario: &Scenario) -> Scenario {
    Scenario { fix: vec![], ..scenario.clone() }
}

/// Parameters with those that the scenario sets moved a fraction of the way; derived ones follow.
fn part_of(model: &Model, scenario: &Scenario, fraction: f64) -> Vec<f64> {
    let values =
        |set: &[(usize, Value)]| parameter_values(&model.parameters, set, &|_, value: f64| value);
    let whole = values(&scenario.set);
    if fraction >= 1.0 {
        return whole;
    }
    let own = values(&[]);
    let between = |at: usize| Value::Number(own[at] + fraction * (whole[at] - own[at]));
    let part: Vec<(usize, Value)> =
        scenario.set.iter().map(|(at, _)| (*at, between(*at))).collect();
    values(&part)
}

fn starts(
    model: &Model,
    scenario: &Scenario,
    blocks: &Blocks<f64>,
    parameters: &[f64],
) -> Vec<f64> {
    let number = |value: &Value| evaluate(value, parameters);
    let default = |class: Class| if class == Class::Auxiliary { 0.0 } else { 1.0 };
    let mut start: Vec<f64> = model
        .variables
        .iter()
        .map(|each| each.start.as_ref().map_or(default(each.class), number))
        .collect();
    let given: Vec<(usize, f64)> = scenario
        .start
        .iter()
        .chain(&scenario.fix)
        .map(|(at, value)| (*at, number(value)))
        .collect();
    for (at, value) in &given {
        start[*at] = *value;
    }
    // Incomes start at what the other starting values earn. F of a consumer is income − earnings.
    let consumers = |at: &usize| model.variables[*at].class == Class::Consumer;
    let free = |at: &usize| {
        model.variables[*at].start.is_none() && !given.iter().any(|(given, _)| given == at)
    };
    let open: Vec<usize> = (0..start.len()).filter(consumers).filter(free).collect();
    for at in &open {
        start[*at] = 1.0;
    }
    let conditions = blocks.conditions(&start);
    for at in open {
        let income = start[at] - conditions[at];
        start[at] = if !income.is_finite() {
            1.0
        } else if income < 0.0 {
            // Obligations that no tax pays for yet: what the consumer spends in the reference.
            reference_income(blocks, &start, at).unwrap_or(-income)
        } else {
            income
        };
    }
    start
}

/// What a consumer's reference bundle costs at the prices of a point; none without preferences.
pub(crate) fn reference_income(blocks: &Blocks<f64>, point: &[f64], at: usize) -> Option<f64> {
    let mut point = point.to_vec();
    point[at] = 1.0;
    let block = blocks.list.iter().find(|block| block.inputs[0] == at)?;
    let mut real = None;
    block.at(&point, |told| {
        if let Flow::Welfare(amount) = told {
            real = Some(amount);
        }
    });
    real.map(f64::recip).filter(|cost| cost.is_finite() && *cost > 0.0)
}

/// Size of each variable: its start, or where that is next to nothing the median size of its class.
fn usual_sizes(model: &Model, start: &[f64]) -> Vec<f64> {
    let class_of = |at: usize| model.variables[at].class;
    let of_class = |class: Class| {
        let of_class = (0..start.len()).filter(|at| class_of(*at) == class);
        let mut sizes: Vec<f64> = of_class.map(|at| start[at].abs()).collect();
        sizes.sort_unstable_by(f64::total_cmp);
        let least = SMALLEST * sizes.last().copied().unwrap_or(0.0);
        sizes.retain(|size| *size > least);
        (least, sizes.get(sizes.len() / 2).copied().unwrap_or(1.0))
    };
    let classes = [Class::Sector, Class::Commodity, Class::Consumer, Class::Auxiliary];
    let usual = classes.map(|class| match class {
        // Auxiliaries are in units of their own: rates, quantities, prices.
        Class::Auxiliary => (SMALLEST, 1.0),
        class => of_class(class),
    });
    let size = |at: usize| {
        let (least, usual) = usual[class_of(at) as usize];
        let own = start[at].abs();
        if own > least { own } else { usual }
    };
    (0..start.len()).map(size).collect()
}

impl Complementarity for Instance<'_> {
    fn lower(&self) -> &[f64] {
        &self.lower
    }

    fn upper(&self) -> &[f64] {
        &self.upper
    }

    fn positive(&self) -> &[bool] {
        &self.positive
    }

    fn scale(&self) -> Vec<f64> {
        self.sizes()
    }

    fn residual(&self, point: &[f64], out: &mut [f64]) {
        out.copy_from_slice(&self.blocks.conditions(point));
    }

    fn entries(&self) -> &[(usize, usize)] {
        &self.derivatives.entries
    }

    fn jacobian(&self, point: &[f64], out: &mut [f64]) {
        self.derivatives.values(point, out);
    }

    fn label(&self, position: usize) -> String {
        self.model.condition(position)
    }
}
