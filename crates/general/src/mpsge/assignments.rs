//! Assignments: what they are to, their numbers, and what they do to scalars and variables.
//!
//! Not here: what a `SOLVE` makes of the state (`super::scenarios`).

use std::ops::Range;

use diagnostics::Diagnostic;

use super::scenarios::{Included, NOT_KNOWN, Run, WRITE_IT};
use super::{Known, NO_VALUE, NOT_OURS, NoValue, PLACEHOLDER, Reader, STATEMENT};

/// What an assignment is to.
struct Target {
    name: Range<usize>,
    /// After a point, in lower case.
    attribute: Option<String>,
    indexed: bool,
    conditional: Option<usize>,
    /// The expression.
    value: Range<usize>,
}

impl Reader<'_> {
    /// What a statement assigns, when it is an assignment.
    fn target(&self, span: &Range<usize>) -> Option<Target> {
        let end = self.name_end(span.start, span.end);
        if end == span.start {
            return None;
        }
        let mut at = self.skip_space(end, span.end);
        let mut target = Target {
            name: span.start..end,
            attribute: None,
            indexed: false,
            conditional: None,
            value: end..end,
        };
        loop {
            match self.byte(at, span.end)? {
                b'.' if self.byte(at + 1, span.end) == Some(b'.') => return None,
                b'.' => {
                    let stop = self.name_end(at + 1, span.end);
                    target.attribute = Some(self.plain(at + 1..stop).to_lowercase());
                    at = stop;
                }
                b'(' => {
                    target.indexed = true;
                    at = self.closing(at, span.end)?;
                }
                b'$' => {
                    target.conditional = Some(at);
                    let open = self.skip_space(at + 1, span.end);
                    at = self.closing(open, span.end)?;
                }
                b'=' => {
                    target.value = at + 1..span.end;
                    return Some(target);
                }
                _ => return None,
            }
            at = self.skip_space(at, span.end);
        }
    }

    /// After the parenthesis that closes the one at a place, or after the name there.
    fn closing(&self, at: usize, end: usize) -> Option<usize> {
        if self.byte(at, end)? != b'(' {
            let stop = self.name_end(at, end);
            return (stop > at).then_some(stop);
        }
        let mut depth = 0usize;
        for (length, byte) in self.plain(at..end).bytes().enumerate() {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(at + length + 1);
            }
        }
        None
    }

    pub(super) fn assignment(&mut self, span: Range<usize>, run: &mut Run) {
        let Some(target) = self.target(&span) else {
            let text = self.plain(span.clone());
            let name = self.name_end(span.start, span.end);
            let equation = self.plain(name..span.end).trim_start().starts_with("..")
                || text.contains("..") && text.contains('=');
            if equation {
                return run.pass("models in algebra", &span);
            }
            let message = "this statement is not understood".to_owned();
            let line = span.start..span.start + text.lines().next().map_or(0, str::len);
            return self.error(STATEMENT, message, &line, "not read", None);
        };
        let name = self.plain(target.name.clone()).to_lowercase();
        if target.attribute.is_some() {
            return self.assign_attribute(&name, &target, run);
        }
        if target.indexed {
            return run.pass("assignments to parameters over sets", &target.name);
        }
        let Some(at) = self.names.get(&name).copied() else {
            if self.indexed.contains_key(&name) {
                return run.pass("assignments to parameters over sets", &target.name);
            }
            let message = format!("unknown scalar `{}`", self.plain(target.name.clone()));
            let help = self.similar(&name).map(|near| format!("did you mean `{near}`?"));
            let label = "no SCALAR or PARAMETER declares it";
            return self.error(NO_VALUE, message, &target.name, label, help.as_deref());
        };
        self.assign(at, &target, run);
    }

    fn assign(&mut self, at: usize, target: &Target, run: &mut Run) {
        if !self.used.contains(&at) && (target.conditional.is_some() || !self.is_plain(target)) {
            // Only reports depend on it: nothing is lost.
            run.pass("assignments that no block of the model uses", &target.name);
            self.scalars[at].known = Known::Solution(target.name.clone());
            return;
        }
        if let Some(place) = target.conditional {
            self.conditional(&(place..place + 1));
            return;
        }
        let known = match self.evaluate(target.value.clone(), "the value") {
            Ok(value) => Known::Number(value, target.name.clone()),
            Err(NoValue::Solution) => Known::Solution(target.name.clone()),
            Err(NoValue::Told) => Known::Number(PLACEHOLDER, target.name.clone()),
        };
        let before = std::mem::replace(&mut self.scalars[at].known, known);
        if run.included != Included::Never {
            run.late.entry(at).or_insert(before);
        }
        if run.first.is_some() {
            run.touched.insert(at);
        }
    }

    /// Whether a value is one that this reader can evaluate.
    fn is_plain(&self, target: &Target) -> bool {
        let text = self.plain(self.trimmed(target.value.clone()));
        let parsed = crate::expression::parse(text);
        let known = |name: &str| {
            matches!(name, "inf" | "eps" | "pi")
                || self
                    .names
                    .get(name)
                    .is_some_and(|at| matches!(self.scalars[*at].known, Known::Number(..)))
        };
        parsed.is_ok_and(|expression| {
            let mut all = true;
            expression.visit(&mut |name| all &= known(&name.name.to_lowercase()));
            all
        })
    }

    /// The number of an expression of scalars, now.
    fn evaluate(&mut self, span: Range<usize>, what: &str) -> Result<f64, NoValue> {
        let expression = self.try_expression(span, what)?;
        let (mut unknown, mut of_solution) = (vec![], false);
        expression.value.visit(&mut |name| {
            let at = self.names.get(&name.name.to_lowercase());
            match at.map(|at| &self.scalars[*at].known) {
                Some(Known::Number(..)) => {}
                Some(Known::Solution(_)) => of_solution = true,
                Some(Known::No) => unknown.push((name.clone(), "no value was given to it yet")),
                None => unknown.push((name.clone(), "no SCALAR or PARAMETER declares it")),
            }
        });
        if let Some((name, label)) = unknown.into_iter().next() {
            let message = format!("`{}` has no value here", name.name);
            self.error(NO_VALUE, message, &name.span, label, None);
            return Err(NoValue::Told);
        }
        if of_solution {
            return Err(NoValue::Solution);
        }
        let number = expression.value.evaluate(&|name| match self
            .names
            .get(&name.name.to_lowercase())
            .map(|at| &self.scalars[*at].known)
        {
            Some(Known::Number(value, _)) => *value,
            _ => f64::NAN,
        });
        Ok(number)
    }

    fn assign_attribute(&mut self, name: &str, target: &Target, run: &mut Run) {
        let attribute = target.attribute.clone().unwrap_or_default();
        if name == self.model {
            if attribute == "iterlim" {
                let limit = self.evaluate(target.value.clone(), "a limit");
                run.no_iterations = limit.is_ok_and(|limit| limit == 0.0);
            }
            return;
        }
        let Some(spelled) = self.variables.get(name).cloned() else {
            return self.not_ours(name, target, run);
        };
        if !matches!(attribute.as_str(), "l" | "fx" | "lo" | "up") {
            return run.pass("marginals and scales of variables", &target.name);
        }
        if target.indexed {
            return self.indexed_here(&target.name, &format!("`{spelled}`"));
        }
        if let Some(place) = target.conditional {
            return self.conditional(&(place..place + 1));
        }
        let what = format!("`{spelled}.{}`", attribute.to_uppercase());
        let given = match self.evaluate(target.value.clone(), &what) {
            Ok(value) if value.is_nan() => {
                let message = format!("{what} is no number");
                return self.error(NO_VALUE, message, &target.name, "here", None);
            }
            Ok(value) => (value, target.name.clone()),
            Err(NoValue::Told) => return,
            Err(NoValue::Solution) => return self.of_solution(&attribute, &what, target),
        };
        let consumer = self.draft.consumers.iter().any(|each| each.name.value == spelled);
        let state = run.states.entry(spelled).or_default();
        match attribute.as_str() {
            "l" => state.level = Some(given),
            "lo" => state.lower = Some(given),
            "up" => state.upper = Some(given),
            _ => {
                (state.lower, state.upper) = (Some(given.clone()), Some(given.clone()));
                // An income that is let go starts at what its endowments earn.
                if !consumer {
                    state.level = Some(given);
                }
            }
        }
    }

    fn of_solution(&mut self, attribute: &str, what: &str, target: &Target) {
        if attribute == "l" {
            let message = format!("{what} is passed over: it is not known");
            let label = "the scenario starts where the file started before";
            return self.warning(NOT_OURS, message, &target.name, label);
        }
        let message = format!("{what} is not known");
        self.error(NO_VALUE, message, &target.name, NOT_KNOWN, Some(WRITE_IT));
    }

    fn not_ours(&mut self, name: &str, target: &Target, run: &mut Run) {
        if run.algebra || self.reported.contains(name) || self.indexed.contains_key(name) {
            return run.pass("levels of variables outside the model", &target.name);
        }
        let shown = self.plain(target.name.clone()).to_owned();
        let message = format!("`{shown}` is no variable of the model: this is passed over");
        let help = self.similar(name).map(|near| format!("did you mean `{near}`?"));
        let found = Diagnostic::warning(NOT_OURS, message);
        self.push(found, &target.name, "not declared in `$MODEL:`", help.as_deref());
    }
}
