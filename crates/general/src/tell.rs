//! Outcomes as text for a terminal.

use std::fmt::Write as _;

use crate::gradient::Gradient;
use crate::layout::{aligned, columns, figure};
use crate::model::{Class, Model};
use crate::solve::Outcome;

/// Violations and derivatives below this, relative, are rounding.
const ROUNDING: f64 = 1e-12;

/// Imbalance of what is held from which it is told.
const LEAK: f64 = 1e-6;

/// What a scenario came to: status, every variable, idle and free things, certificate, work.
pub fn outcome_text(model: &Model, outcome: &Outcome) -> String {
    let work = &outcome.work;
    let steps = if work.newton_steps == 1 { "step" } else { "steps" };
    let mut text = format!(
        "Scenario {}: {} ({} Newton {steps}, {} evaluations)\n",
        outcome.scenario, outcome.status, work.newton_steps, work.residuals
    );
    if let Some(at) = outcome.numeraire {
        let _ = writeln!(
            text,
            "  nothing is fixed: income {} is held at its start",
            model.variables[at].name
        );
    }
    if let Some(off) = &outcome.off_at_start {
        let _ = writeln!(
            text,
            "  note: the start does not solve this benchmark; the {} is off by {:.1e} of what it \
             balances (--check shows all)",
            model.condition(off.at),
            off.relative
        );
    }
    let Some(solution) = outcome.solution() else {
        if let Some(at) = outcome.worthless {
            let _ = writeln!(
                text,
                "  no numbers: {}, which is held, is worth nothing in equilibrium; fix another price or an income",
                model.variables[at].name
            );
            return text;
        }
        let _ = writeln!(
            text,
            "  no numbers; the largest residual is {:.1e}, in the {}",
            outcome.residual, outcome.worst
        );
        return text;
    };
    let mut lines = vec![];
    for (at, variable) in model.variables.iter().enumerate() {
        let slack = solution.slack.iter().find(|(each, _)| *each == at);
        let mut note = slack.map_or_else(String::new, |(_, f)| slack_note(variable.class, *f));
        if solution.undetermined.contains(&at) {
            "nobody trades it: other prices would do as well".clone_into(&mut note);
        }
        lines.push((variable, aligned(solution.values[at]), note));
    }
    let mut class = None;
    let mut block: Vec<Vec<String>> = vec![];
    for (variable, value, note) in lines {
        if class != Some(variable.class) {
            text.push_str(&columns_with_notes(&block));
            block.clear();
            class = Some(variable.class);
            text.push_str(heading(variable.class));
        }
        block.push(vec![format!("    {}", variable.name), value, note]);
    }
    text.push_str(&columns_with_notes(&block));
    let c = &solution.certificate;
    let parts = [
        ("zero profit", c.zero_profit),
        ("market clearance", c.market_clearance),
        ("income balance", c.income_balance),
        ("constraints", c.constraints),
        ("Walras", c.walras),
    ];
    let parts = parts.map(|(name, violation)| format!("{name} {}", rounding(violation)));
    let _ = writeln!(text, "  certificate: {}", parts.join(", "));
    if c.walras > LEAK {
        text.push_str(
            "  note: the market or income that is held does not balance: a bound, a limit or an income of \
             zero takes value out of the circle\n",
        );
    }
    text
}

/// A violation, unless it is rounding and nothing else.
fn rounding(violation: f64) -> String {
    if violation <= ROUNDING { format!("< {ROUNDING:.0e}") } else { format!("{violation:.1e}") }
}

fn heading(class: Class) -> &'static str {
    match class {
        Class::Sector => "  activity levels\n",
        Class::Commodity => "  prices\n",
        Class::Consumer => "  incomes\n",
        Class::Auxiliary => "  auxiliaries\n",
    }
}

fn slack_note(class: Class, f: f64) -> String {
    let amount = figure(f.abs());
    match class {
        Class::Sector if f > 0.0 => format!("idle: loss {amount} per unit"),
        Class::Sector => format!("at its limit: profit {amount} per unit, which nobody receives"),
        Class::Commodity if f > 0.0 => format!("excess supply {amount}"),
        Class::Commodity => format!("excess demand {amount}"),
        Class::Consumer => format!("held: {} earned beside it", figure(-f)),
        Class::Auxiliary => format!("slack {}", figure(f)),
    }
}

/// Names and numbers in columns, notes behind them.
fn columns_with_notes(lines: &[Vec<String>]) -> String {
    let numbers: Vec<Vec<String>> = lines.iter().map(|line| line[..2].to_vec()).collect();
    let mut text = String::new();
    for (line, note) in columns(&numbers).lines().zip(lines.iter().map(|line| &line[2])) {
        text.push_str(line);
        if !note.is_empty() {
            text.push_str("   ");
            text.push_str(note);
        }
        text.push('\n');
    }
    text
}

/// A gradient as a table, in the order of the file.
pub fn gradient_text(indicator: &str, gradient: &Gradient) -> String {
    let mut text = format!("  d({indicator})/d(·), {indicator} = {}\n", figure(gradient.value));
    let slopes = gradient.parameters.iter().map(|(_, slope)| slope);
    let slopes = slopes.chain(gradient.endowments.iter().map(|(_, _, slope)| slope));
    let largest = slopes.fold(0.0f64, |most, slope| most.max(slope.abs()));
    let shown = |slope: f64| aligned(if slope.abs() <= ROUNDING * largest { 0.0 } else { slope });
    let mut lines: Vec<Vec<String>> = gradient
        .parameters
        .iter()
        .map(|(name, slope)| vec![format!("    parameter {name}"), shown(*slope)])
        .collect();
    lines.extend(gradient.endowments.iter().map(|(consumer, commodity, slope)| {
        vec![format!("    endowment {commodity} of {consumer}"), shown(*slope)]
    }));
    text.push_str(&columns(&lines));
    text
}
