//! Outcomes, gradients and checks as JSON, for programs.

use equilibrium::Status;
use serde_json::{Map, Value, json};

use crate::check::{Check, Residual};
use crate::gradient::Gradient;
use crate::model::Model;
use crate::scenario::Instance;
use crate::solve::Outcome;

/// Numbers by the name of their variable.
fn by_name(model: &Model, values: impl Iterator<Item = (usize, f64)>) -> Value {
    Value::Object(
        values.map(|(at, value)| (model.variables[at].name.clone(), json!(value))).collect(),
    )
}

/// An outcome; without a solution it has a diagnosis in the place of numbers.
pub fn outcome_json(model: &Model, outcome: &Outcome) -> Value {
    let work = outcome.work;
    let mut told = json!({
        "name": outcome.scenario,
        "status": status_name(&outcome.status),
        "values": {},
        "reports": {},
        "slack": {},
        "work": {
            "newton_steps": work.newton_steps,
            "residual_evaluations": work.residuals,
            "factorisations": work.factorisations,
            "shock_steps": work.shock_steps,
        },
    });
    if let Some(at) = outcome.numeraire {
        told["numeraire"] = json!(model.variables[at].name);
    }
    if let Some(off) = &outcome.off_at_start {
        told["off_at_start"] =
            json!({ "condition": model.condition(off.at), "relative": off.relative });
    }
    let Some(solution) = outcome.solution() else {
        let last = outcome.last_point().iter().copied().enumerate();
        told["diagnosis"] = json!({
            "worst_condition": outcome.worst,
            "residual": outcome.residual,
            "message": outcome.status.to_string(),
            "last_point": by_name(model, last),
        });
        if let Some(at) = outcome.worthless {
            told["diagnosis"]["worthless"] = json!(model.variables[at].name);
        }
        if let Status::Infeasible { fraction, equation } = &outcome.status {
            told["diagnosis"]["fraction"] = json!(fraction);
            told["diagnosis"]["worst_condition"] = json!(equation);
        }
        return told;
    };
    let c = &solution.certificate;
    told["values"] = by_name(model, solution.values.iter().copied().enumerate());
    told["reports"] = json!(solution.reports);
    told["slack"] = by_name(model, solution.slack.iter().copied());
    let names = solution.undetermined.iter().map(|at| model.variables[*at].name.as_str());
    told["undetermined"] = json!(names.collect::<Vec<_>>());
    told["certificate"] = json!({
        "zero_profit": c.zero_profit,
        "market_clearance": c.market_clearance,
        "income_balance": c.income_balance,
        "constraints": c.constraints,
        "walras": c.walras,
    });
    told
}

/// A status in one stable word or two; details are beside it.
pub fn status_name(status: &Status) -> &'static str {
    match status {
        Status::Solved => "solved",
        Status::MaxIterations => "iteration limit",
        Status::Stalled => "stalled",
        Status::Singular { .. } => "singular",
        Status::Ray => "price ray",
        Status::Infeasible { .. } => "infeasible",
        Status::Interrupted => "effort limit",
    }
}

/// A gradient in the order of the file.
pub fn gradient_json(name: &str, gradient: &Gradient) -> Value {
    let parameters: Map<String, Value> =
        gradient.parameters.iter().map(|(name, slope)| (name.clone(), json!(slope))).collect();
    let endowment = |(consumer, commodity, slope): &(String, String, f64)| json!({ "consumer": consumer, "commodity": commodity, "derivative": slope });
    let endowments: Vec<Value> = gradient.endowments.iter().map(endowment).collect();
    json!({
        "indicator": name, "value": gradient.value, "parameters": parameters,
        "endowments": endowments,
    })
}

/// A check of a start.
pub fn check_json(instance: &Instance, check: &Check) -> Value {
    let residual = |each: &Residual| {
        json!({
            "condition": instance.model.condition(each.at),
            "value": each.value, "relative": each.relative,
        })
    };
    let off = |(at, deviation): &(usize, f64)| json!({ "condition": instance.model.condition(*at), "deviation": deviation });
    json!({
        "scenario": instance.scenario.name,
        "replicates": check.replicates(),
        "residuals": check.residuals.iter().map(residual).collect::<Vec<_>>(),
        "flows": {
            "rows": check.flows.rows, "columns": check.flows.columns, "values": check.flows.values,
        },
        "walras": check.walras,
        "not_homogeneous": check.not_homogeneous.iter().map(off).collect::<Vec<_>>(),
    })
}
