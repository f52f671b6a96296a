//! Derivatives of an indicator by every parameter and endowment, from one adjoint solve.
//!
//! At a solution the active conditions R(z, p) = 0 define z(p): F = 0 where a variable is between
//! its bounds, z = bound where it is held or rests on one. With `Rᵀ_z` λ = ∇g the derivative of an
//! indicator g is dg/dp = ∂g/∂p − λᵀ ∂R/∂p: one linear solve for all parameters (the implicit
//! function theorem, adjoint form).
//! Not here: finite differences (the tests compare with them).

use diagnostics::{Diagnostic, Findings, Place};
use equilibrium::number::{Dual, Number};
use equilibrium::solve_transposed;

use crate::blocks::{Blocks, Flow, LANES, Side};
use crate::draft;
use crate::expression::{Expression, Name, parse};
use crate::model::{Model, Symbol, Value};
use crate::resolve::{evaluate, nearest, parameter_values};
use crate::scenario::Instance;
use crate::solve::Solution;
use crate::tree::Spanned;

/// An indicator that cannot be read.
const NO_INDICATOR: &str = "E1614";

/// What a gradient is of.
#[derive(Debug, Clone, PartialEq)]
pub enum Indicator {
    /// An expression of variables and parameters.
    Formula(Value),
    /// `in(S,i)` or `out(S,i)`: unit netput of a sector.
    Netput(usize, Side, usize),
    /// `dem(h,i)`: final demand of a consumer.
    Demand(usize, usize),
    /// `welfare(h)`: real income of a consumer.
    Welfare(usize),
}

/// A gradient: names and derivatives in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradient {
    /// The indicator's value.
    pub value: f64,
    /// By each parameter.
    pub parameters: Vec<(String, f64)>,
    /// By the quantity of each endowment: consumer, commodity, derivative.
    pub endowments: Vec<(String, String, f64)>,
}

impl Indicator {
    /// Reads an indicator: a report such as `welfare(RA)` or `dem(RA,X)`, or an expression.
    ///
    /// # Errors
    /// Findings about the text, which stands for its own file.
    pub fn read(model: &Model, text: &str) -> Result<Self, Findings> {
        if let Some(report) = report(model, text) {
            return Ok(report);
        }
        let place = |span| Place::in_text("indicator", text, span);
        let mut findings = Findings::default();
        let expression = match parse(text) {
            Ok(expression) => expression,
            Err(fault) => {
                let message = format!("`{text}` is no indicator");
                let help = "give a variable, an expression of variables, or a report: welfare(h), \
                            dem(h,i), in(S,i), out(S,i)";
                let finding = Diagnostic::error(NO_INDICATOR, message)
                    .at(place(fault.span), fault.message)
                    .help(help);
                findings.push(finding);
                return Err(findings);
            }
        };
        let value: draft::Value = Spanned { value: expression, span: 0..text.len() };
        let resolved = value.value.map(&mut |name: &Name| {
            if let Some(symbol) = symbol(model, &name.name) {
                Expression::Symbol(symbol)
            } else {
                let names = model.variables.iter().map(|each| each.name.as_str());
                let mut finding =
                    Diagnostic::error(NO_INDICATOR, format!("unknown name `{}`", name.name))
                        .at(place(name.span.clone()), "neither a variable nor a parameter");
                if let Some(near) = nearest(&name.name, names) {
                    finding = finding.help(format!("did you mean `{near}`?"));
                }
                findings.push(finding);
                Expression::Number(f64::NAN)
            }
        });
        if findings.has_errors() { Err(findings) } else { Ok(Self::Formula(resolved)) }
    }

    fn at<T: Number>(&self, blocks: &Blocks<T>, parameters: &[T], point: &[T]) -> T {
        if let Self::Formula(value) = self {
            return value.evaluate(&|symbol| match symbol {
                Symbol::Parameter(at) => parameters[*at],
                Symbol::Variable(at) => point[*at],
            });
        }
        let own = match self {
            Self::Netput(own, ..) | Self::Demand(own, _) | Self::Welfare(own) => *own,
            Self::Formula(_) => 0,
        };
        let mut total = T::constant(0.0);
        for block in blocks.list.iter().filter(|block| block.inputs[0] == own) {
            block.at(point, |told| {
                let amount = match (told, self) {
                    (Flow::Netput(at, side, amount), Self::Netput(_, wanted, commodity))
                        if side == *wanted && at == *commodity =>
                    {
                        amount
                    }
                    (Flow::Demand(at, amount), Self::Demand(_, commodity)) if at == *commodity => {
                        amount
                    }
                    (Flow::Welfare(amount), Self::Welfare(_)) => amount,
                    _ => return,
                };
                total += amount;
            });
        }
        total
    }
}

fn symbol(model: &Model, name: &str) -> Option<Symbol> {
    let parameter = model.parameters.iter().position(|each| each.name == name);
    model.variable(name).map(Symbol::Variable).or(parameter.map(Symbol::Parameter))
}

/// `kind(a)` or `kind(a,b)` with names of variables.
fn report(model: &Model, text: &str) -> Option<Indicator> {
    let (kind, rest) = text.trim().split_once('(')?;
    let inside = rest.strip_suffix(')')?;
    let names: Vec<Option<usize>> =
        inside.split(',').map(|name| model.variable(name.trim())).collect();
    match (kind.trim(), names.as_slice()) {
        ("welfare", [Some(consumer)]) => Some(Indicator::Welfare(*consumer)),
        ("dem", [Some(consumer), Some(commodity)]) => {
            Some(Indicator::Demand(*consumer, *commodity))
        }
        ("in", [Some(sector), Some(commodity)]) => {
            Some(Indicator::Netput(*sector, Side::Input, *commodity))
        }
        ("out", [Some(sector), Some(commodity)]) => {
            Some(Indicator::Netput(*sector, Side::Output, *commodity))
        }
        _ => None,
    }
}

/// Derivatives of an indicator at a solution.
///
/// # Errors
/// The name of the condition when the Jacobian is singular there: the solution is not unique, so
/// there is no derivative.
pub fn gradient(
    instance: &Instance,
    solution: &Solution,
    indicator: &Indicator,
) -> Result<Gradient, String> {
    let point = &solution.values;
    let held = held(instance, solution);
    let multipliers = multipliers(instance, indicator, point, &held)?;
    let model = instance.model;
    let count = model.parameters.len();
    let endowments: Vec<(usize, usize)> = model
        .demands
        .iter()
        .flat_map(|demand| demand.endowments.iter().map(|(at, _)| (demand.consumer, *at)))
        .collect();
    let total = count + endowments.len();
    let mut derivatives = Vec::with_capacity(total);
    for first in (0..total).step_by(LANES) {
        let lanes = directions(instance, indicator, point, &held, &multipliers, first);
        derivatives.extend_from_slice(&lanes[..LANES.min(total - first)]);
    }
    let name = |at: usize| model.variables[at].name.clone();
    let by_endowment = derivatives.split_off(count);
    // Quantities of one commodity that a consumer owns add up: one derivative stands for all.
    let first = |at: &usize| !endowments[..*at].contains(&endowments[*at]);
    Ok(Gradient {
        value: indicator.at(&instance.blocks, &instance.parameters, point),
        parameters: model
            .parameters
            .iter()
            .map(|each| each.name.clone())
            .zip(derivatives)
            .collect(),
        endowments: (0..endowments.len())
            .filter(first)
            .map(|at| (name(endowments[at].0), name(endowments[at].1), by_endowment[at]))
            .collect(),
    })
}

/// What a variable is held by, if anything.
#[derive(Clone, Copy, PartialEq)]
enum Held {
    Not,
    Lower,
    Upper,
    Undetermined,
}

fn held(instance: &Instance, solution: &Solution) -> Vec<Held> {
    let each = |(at, z): (usize, &f64)| {
        if solution.undetermined.contains(&at) {
            Held::Undetermined
        } else if *z <= instance.lower[at] {
            Held::Lower
        } else if *z >= instance.upper[at] {
            Held::Upper
        } else {
            Held::Not
        }
    };
    solution.values.iter().enumerate().map(each).collect()
}

/// λ of Rᵀ λ = ∇g.
fn multipliers(
    instance: &Instance,
    indicator: &Indicator,
    point: &[f64],
    held: &[Held],
) -> Result<Vec<f64>, String> {
    use equilibrium::Complementarity;
    let n = point.len();
    let mut entries = instance.entries().to_vec();
    let mut values = vec![0.0; entries.len()];
    instance.jacobian(point, &mut values);
    for ((row, _), value) in entries.iter().zip(&mut values) {
        if held[*row] != Held::Not {
            *value = 0.0;
        }
    }
    entries.extend((0..n).map(|at| (at, at)));
    values.extend(held.iter().map(|held| f64::from(u8::from(*held != Held::Not))));
    let slopes = slopes(instance, indicator, point);
    solve_transposed(&entries, &values, &slopes).map_err(|at| instance.model.condition(at))
}

/// ∇g by the variables.
fn slopes(instance: &Instance, indicator: &Indicator, point: &[f64]) -> Vec<f64> {
    let parameters: Vec<Dual<LANES>> =
        instance.parameters.iter().map(|value| Dual::constant(*value)).collect();
    let blocks = Blocks::new(instance.model, &parameters, &|_, quantity| quantity);
    let mut slopes = vec![];
    for first in (0..point.len()).step_by(LANES) {
        let lifted: Vec<Dual<LANES>> = point
            .iter()
            .enumerate()
            .map(|(at, value)| {
                if (first..first + LANES).contains(&at) {
                    Dual::variable(*value, at - first)
                } else {
                    Dual::constant(*value)
                }
            })
            .collect();
        let value = indicator.at(&blocks, &parameters, &lifted);
        slopes.extend_from_slice(&value.slopes[..LANES.min(point.len() - first)]);
    }
    slopes
}

/// dg in [`LANES`] directions from `first`: parameters, then endowments.
fn directions(
    instance: &Instance,
    indicator: &Indicator,
    point: &[f64],
    held: &[Held],
    multipliers: &[f64],
    first: usize,
) -> [f64; LANES] {
    let model = instance.model;
    let seed = |at: usize, value: Dual<LANES>| {
        let mut value = value;
        if (first..first + LANES).contains(&at) {
            value.slopes[at - first] += 1.0;
        }
        value
    };
    let count = model.parameters.len();
    let parameters = parameter_values(&model.parameters, &instance.scenario.set, &seed);
    let blocks = Blocks::new(model, &parameters, &|at, quantity| seed(count + at, quantity));
    let fixed: Vec<Dual<LANES>> = point.iter().map(|value| Dual::constant(*value)).collect();
    let conditions = blocks.conditions(&fixed);
    let direct = indicator.at(&blocks, &parameters, &fixed).slopes;
    let bound = |at: usize| {
        let value = instance.bound_value(at, held[at] == Held::Lower);
        value.map_or([0.0; LANES], |value| evaluate(value, &parameters).slopes)
    };
    let mut total = direct;
    for at in 0..point.len() {
        // R is F, or z − bound.
        let row = match held[at] {
            Held::Not => conditions[at].slopes,
            Held::Undetermined => continue,
            Held::Lower | Held::Upper => bound(at).map(|slope| -slope),
        };
        for (total, slope) in total.iter_mut().zip(row) {
            *total -= multipliers[at] * slope;
        }
    }
    total
}
