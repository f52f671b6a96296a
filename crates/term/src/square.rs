//! Closures that are square by count and still leave no solution: what is too much, what is missing.
//!
//! | case       | how it is found                          | what is named                                   |
//! |------------|------------------------------------------|-------------------------------------------------|
//! | structure  | alternating paths of a maximum matching  | exogenous results nothing moves, and endogenous |
//! |            | (`crate::matching`)                      | variables that no equation finds                |
//! | numbers    | vectors of equations and of unknowns     | equations that say the same thing twice, and    |
//! |            | that the Jacobian takes to nothing       | variables that move without an equation         |

use diagnostics::{Diagnostic, Findings, Place};
use equilibrium::{Block, Evaluation, System, dependence};

use crate::closure::{Closure, listed};
use crate::matching::{Unmatched, unmatched};
use crate::run::Failure;
use crate::variables::{Variable, variables};

/// Part of the largest component from which one counts among those that depend on each other.
const TAKES_PART: f64 = 0.05;

/// Why the system around the database has no solution.
///
/// - `at`: an unknown without a pivot.
pub(crate) fn no_pivot(
    closure: &Closure,
    system: &System,
    evaluation: &Evaluation,
    at: usize,
) -> Failure {
    let names = Names { closure, system, variables: variables() };
    let finding = match unmatched(system, evaluation) {
        Some(found) => names.structure(&found),
        None => names.numbers(dependence(system, evaluation), at),
    };
    let mut findings = Findings::default();
    findings.push(finding);
    Failure::Closure(findings)
}

/// The same where a solver failed without a shock or at the start of one; none when the system around
/// the database is sound.
pub(crate) fn unsound(
    closure: &Closure,
    system: &System,
    evaluation: &Evaluation,
) -> Option<Failure> {
    let names = Names { closure, system, variables: variables() };
    let finding = match unmatched(system, evaluation) {
        Some(found) => names.structure(&found),
        None => names.numbers(Some(dependence(system, evaluation)?), 0),
    };
    let mut findings = Findings::default();
    findings.push(finding);
    Some(Failure::Closure(findings))
}

struct Names<'a> {
    closure: &'a Closure,
    system: &'a System,
    variables: Vec<Variable>,
}

/// Names of one side, with the statement that decides about the first of them.
struct Named<'a> {
    /// What the closure decides.
    decided: Vec<String>,
    /// The model's own.
    own: Vec<String>,
    place: Option<&'a Place>,
}

impl<'a> Names<'a> {
    fn structure(&self, found: &Unmatched) -> Diagnostic {
        let equations = self.named(&found.equations, self.system.equations(), "fixed ");
        let unknowns = self.named(&found.unknowns, self.system.unknowns(), "free ");
        let message = format!(
            "the closure gives {} too many results: nothing endogenous can move what is exogenous, \
             and as many endogenous variables have no equation",
            found.missing
        );
        let help = format!(
            "make endogenous one of: {}; make exogenous one of: {}",
            equations.told(),
            unknowns.told()
        );
        Self::finding(message, help, &equations, &unknowns)
    }

    fn numbers(&self, found: Option<(Vec<f64>, Vec<f64>)>, at: usize) -> Diagnostic {
        let Some((left, right)) = found else {
            let unknown = self.system.unknown_label(at);
            let message = format!("the closure leaves nothing to find {unknown}");
            let help = "two of the exogenous variables say the same thing";
            return Diagnostic::error("E1819", message).help(help);
        };
        let equations = self.named(&taking_part(&left), self.system.equations(), "fixed ");
        let unknowns = self.named(&taking_part(&right), self.system.unknowns(), "free ");
        let message =
            "the closure gives one thing twice: what is exogenous depends on itself, and \
                       something endogenous moves freely"
                .to_owned();
        let help = format!(
            "these say the same thing: {}; make one of them endogenous; these move freely: {}; make \
             one of them exogenous",
            equations.told(),
            unknowns.told()
        );
        Self::finding(message, help, &equations, &unknowns)
    }

    fn finding(
        message: String,
        help: String,
        equations: &Named<'_>,
        unknowns: &Named<'_>,
    ) -> Diagnostic {
        let finding = Diagnostic::error("E1819", message).help(help);
        match equations.place.or(unknowns.place) {
            Some(place) => finding.at(place.clone(), "this statement takes part"),
            None => finding,
        }
    }

    /// - `mark`: what blocks that the closure decides begin with.
    fn named(&self, positions: &[usize], blocks: &[Block], mark: &str) -> Named<'a> {
        let mut named = Named { decided: vec![], own: vec![], place: None };
        for at in positions {
            let block =
                blocks.iter().find(|block| (block.start..block.start + block.size).contains(at));
            let block = block.expect("a position of the system");
            let cell = at - block.start;
            let decided = block.name.strip_prefix(mark);
            let variable =
                decided.and_then(|name| self.variables.iter().find(|each| each.name == name));
            let Some(variable) = variable else {
                named.own.push(block.label(cell));
                continue;
            };
            // Blocks of some cells only hold them in order.
            let cell = self.closure.open(variable)[cell];
            let elements = block.label(at - block.start);
            named.decided.push(elements[mark.len()..].to_owned());
            named.place = named.place.or_else(|| self.closure.place(&variable.name, cell));
        }
        named
    }
}

impl Named<'_> {
    fn told(&self) -> String {
        let own = if self.decided.is_empty() { self.own.as_slice() } else { &[] };
        let all: Vec<String> = self.decided.iter().chain(own).cloned().collect();
        listed(&all)
    }
}

/// Positions of the components that matter.
fn taking_part(vector: &[f64]) -> Vec<usize> {
    let most = vector.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    (0..vector.len()).filter(|at| vector[*at].abs() >= TAKES_PART * most).collect()
}
