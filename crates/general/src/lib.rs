//! General equilibrium models of one's own: nested CES blocks from a file, solved.

mod blocks;
mod case;
mod certificate;
mod check;
mod draft;
mod explain;
mod expression;
mod gradient;
mod idle;
mod json;
mod layout;
mod model;
mod mpsge;
mod resolve;
mod scenario;
mod solve;
mod tell;
mod tree;

use diagnostics::Findings;

pub use certificate::{Certificate, certificate};
pub use check::{Check, FlowTable, Residual, check, check_text};
pub use equilibrium::{ComplementaritySettings, Status, Work};
pub use explain::explain;
pub use gradient::{Gradient, Indicator, gradient};
pub use json::{check_json, gradient_json, outcome_json, status_name};
pub use model::{Class, Model, Scenario};
use resolve::Whole;
pub use scenario::Instance;
pub use solve::{Outcome, Solution, solve};
pub use tell::{gradient_text, outcome_text};
pub use tree::Syntax;

/// What some programs write before a text in UTF-8; places are counted after it.
pub const BYTE_ORDER_MARK: char = '\u{feff}';

/// Reads a model in the format `ge-case/1`.
///
/// The findings hold warnings too; there is no model when one of them is an error.
pub fn read(file: &str, text: &str, syntax: Syntax) -> (Option<Model>, Findings) {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    resolved(file, text, case::draft(file, text, syntax))
}

/// Reads a model written for GAMS/MPSGE, in the scalar form; docs/mpsge.md says what is read.
///
/// The findings hold warnings too; there is no model when one of them is an error.
pub fn read_mpsge(file: &str, text: &str) -> (Option<Model>, Findings) {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    resolved(file, text, mpsge::draft(file, text))
}

/// Looks the names of a draft up; its findings, then those of the names.
fn resolved(
    file: &str,
    text: &str,
    (draft, mut findings): (Option<draft::Draft>, Findings),
) -> (Option<Model>, Findings) {
    let Some(draft) = draft else { return (None, findings) };
    let whole = if findings.has_errors() { Whole::No } else { Whole::Yes };
    let (model, found) = resolve::resolve(file, text, &draft, whole);
    findings.extend(found);
    (model.filter(|_| whole == Whole::Yes), findings)
}

/// A value that is a number.
pub fn number(value: f64) -> model::Value {
    model::Value::Number(value)
}
