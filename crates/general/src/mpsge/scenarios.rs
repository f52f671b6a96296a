//! Runs the assignments in the order of the file; every `SOLVE` of the model makes a scenario.
//!
//! State is kept as GAMS keeps it: scalars, and level, lower and upper bound of each variable. A
//! scenario holds what differs from the state at the first `SOLVE`, which is the model's own.
//! Scalars reach a model where the file includes its `.GEN`, so values from there count.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use diagnostics::Diagnostic;

use crate::draft::{Bound, Scenario, Value, Variable, number};
use crate::expression::Expression;
use crate::tree::Spanned;

use super::program::{Kind, Statement};
use super::{
    HARMLESS, Known, LATE, LOOPED, NO_VALUE, PASSED_OVER, PLACEHOLDER, Reader, TAKEN, TOO_MANY,
};

/// Most scenarios of a file.
const MOST_SCENARIOS: usize = 1_000;
/// Most changes of all scenarios together.
const MOST_CHANGES: usize = 1_000_000;

/// Why a value is not known, and what to do.
pub(super) const NOT_KNOWN: &str = "depends on a solution, or on what is passed over";
pub(super) const WRITE_IT: &str = "scenarios do not know each other's solutions; write the number";

/// A number with the place that gave it.
pub(super) type Given = (f64, Range<usize>);

/// What a program has said of a variable.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct State {
    pub(super) level: Option<Given>,
    pub(super) lower: Option<Given>,
    pub(super) upper: Option<Given>,
}

impl State {
    /// The value at which both bounds hold the variable.
    #[expect(clippy::float_cmp, reason = "fixed is one number twice, not two that are close")]
    fn fixed(&self) -> Option<Given> {
        let (lower, upper) = (self.lower.clone()?, self.upper.clone()?);
        (lower.0 == upper.0).then_some(upper)
    }

    fn pair(&self) -> [Bound; 2] {
        let bound = |given: &Option<Given>, none: Bound| match given {
            Some((value, _)) if value.is_infinite() => Bound::Infinite,
            Some(given) => Bound::At(value(given)),
            None => none,
        };
        [bound(&self.lower, Bound::At(number(0.0))), bound(&self.upper, Bound::Infinite)]
    }
}

fn value((number, span): &Given) -> Value {
    Spanned { value: Expression::Number(*number), span: span.clone() }
}

/// When the program handed its scalars to the model.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) enum Included {
    #[default]
    Never,
    BeforeTheLastSolve,
    SinceTheLastSolve,
}

/// A program while it runs.
#[derive(Default)]
pub(super) struct Run {
    pub(super) states: BTreeMap<String, State>,
    /// States at the first solve.
    pub(super) first: Option<BTreeMap<String, State>>,
    /// Scalars as they were at the first solve, by position.
    pub(super) own: Vec<Known>,
    /// Scalars assigned since the first solve.
    pub(super) touched: BTreeSet<usize>,
    /// Scalars assigned since the last `$INCLUDE` of the model, with their values there.
    pub(super) late: BTreeMap<usize, Known>,
    pub(super) included: Included,
    /// `ITERLIM` of the model is 0.
    pub(super) no_iterations: bool,
    /// Scalars of which it was told that they are not known.
    pub(super) told: BTreeSet<usize>,
    pub(super) changes: usize,
    pub(super) solves: usize,
    /// Lines of what was passed over, by what it is.
    pub(super) passed: BTreeMap<&'static str, Vec<Range<usize>>>,
    /// Whether the file declares variables of its own.
    pub(super) algebra: bool,
}

impl Run {
    pub(super) fn pass(&mut self, what: &'static str, span: &Range<usize>) {
        self.passed.entry(what).or_default().push(span.start..span.start + 1);
    }
}

impl Reader<'_> {
    /// Runs the program and completes the draft.
    pub(super) fn run(&mut self, statements: &[Statement]) {
        let mut run = Run {
            algebra: statements.iter().any(|each| each.kind == Kind::Algebra),
            ..Run::default()
        };
        for statement in statements {
            let span = &statement.span;
            match statement.kind {
                Kind::Numbers | Kind::Sets => {}
                Kind::Algebra => run.pass("models in algebra", span),
                Kind::Harmless => run.pass("displays, options and files", span),
                Kind::Control => self.control(statement),
                Kind::Solve => self.solve_statement(statement, &mut run),
                Kind::Directive(at) => self.directive(at, &mut run),
                Kind::Other => self.assignment(span.clone(), &mut run),
            }
        }
        self.finish(&mut run);
    }

    fn control(&mut self, statement: &Statement) {
        if let Some(place) = self.solve_inside(statement.word..statement.span.end) {
            let line = self.line_of(statement.span.start);
            let message = format!("a `SOLVE` stands in the loop or condition of line {line}");
            let help = "write its `SOLVE`s out, one after another, each with its numbers";
            return self.error(LOOPED, message, &place, "its scenarios are not known", Some(help));
        }
        let word = self.plain(statement.span.start..statement.word).to_uppercase();
        let message = format!("`{word}` is passed over with all that stands in it");
        let help = "write its assignments and `SOLVE` statements out, one after another";
        let found = Diagnostic::warning(PASSED_OVER, message);
        let place = statement.span.start..statement.word;
        self.push(found, &place, "could matter", Some(help));
    }

    /// Where a solve of the model stands in a statement.
    fn solve_inside(&self, span: Range<usize>) -> Option<Range<usize>> {
        let mut at = span.start;
        while at < span.end {
            let end = self.name_end(at, span.end);
            if end == at {
                at += 1;
                continue;
            }
            let next = self.skip_space(end, span.end);
            let model = self.plain(next..self.name_end(next, span.end)).to_lowercase();
            if self.plain(at..end).eq_ignore_ascii_case("solve") && model == self.model {
                return Some(at..end);
            }
            at = end;
        }
        None
    }

    fn directive(&mut self, at: usize, run: &mut Run) {
        let directive = self.source.directives[at].clone();
        let said = self.text[directive.rest].trim().to_lowercase();
        let span = directive.span;
        match directive.word.as_str() {
            "include" | "batinclude" if is_generated(&said) => {
                run.late.clear();
                run.included = Included::SinceTheLastSolve;
            }
            "sysinclude" | "libinclude" if said.starts_with("mpsgeset") => {}
            "title" | "stitle" | "set" | "setglobal" | "setlocal" | "call" | "echo" | "log"
            | "eject" | "hidden" | "ondollar" | "gdxout" | "unload" => {}
            word if word.starts_with("on") || word.starts_with("off") => {}
            word => {
                let message = format!("`${}` is passed over", word.to_uppercase());
                let label = if word.ends_with("include") || word.starts_with("gdx") {
                    "other files are not read"
                } else {
                    "could matter"
                };
                self.warning(PASSED_OVER, message, &span, label);
            }
        }
    }

    fn solve_statement(&mut self, statement: &Statement, run: &mut Run) {
        let start = self.skip_space(statement.word, statement.span.end);
        let name = start..self.name_end(start, statement.span.end);
        let model = self.plain(name.clone()).to_lowercase();
        let place = statement.span.start..statement.word;
        if model != self.model {
            let message = format!("`SOLVE {}` is passed over", self.plain(name));
            return self.warning(PASSED_OVER, message, &place, "another model");
        }
        run.solves += 1;
        if run.solves > MOST_SCENARIOS || run.changes > MOST_CHANGES {
            if run.solves == MOST_SCENARIOS + 1 || run.changes != usize::MAX {
                let message = format!(
                    "a file has at most {MOST_SCENARIOS} `SOLVE`s with {MOST_CHANGES} changes"
                );
                self.error(TOO_MANY, message, &place, "one too many", None);
                run.changes = usize::MAX;
            }
            return;
        }
        self.warn_of_late(&place, run);
        self.record(&place, run);
        if run.included == Included::SinceTheLastSolve {
            run.included = Included::BeforeTheLastSolve;
        }
    }

    /// GAMS solves with what the model was given at its `$INCLUDE`.
    fn warn_of_late(&mut self, place: &Range<usize>, run: &Run) {
        let names = run.late.keys().filter(|at| self.used.contains(at));
        let names: Vec<&str> =
            names.take(5).map(|at| self.scalars[*at].name.value.as_str()).collect();
        if names.is_empty() {
            return;
        }
        let (names, model) = (names.join("`, `"), self.draft.name.clone());
        let since = run.included == Included::SinceTheLastSolve;
        let when = if since { "after" } else { "without another" };
        let message = format!("`{names}` changed {when} `$INCLUDE {model}.GEN`");
        let label = "solved with the values at the last `$INCLUDE`, as GAMS does";
        self.warning(LATE, message, place, label);
    }

    /// The value of a scalar as the model has it.
    fn known(&self, at: usize, run: &Run) -> Known {
        run.late.get(&at).cloned().unwrap_or_else(|| self.scalars[at].known.clone())
    }

    fn record(&mut self, place: &Range<usize>, run: &mut Run) {
        let count = self.draft.scenarios.len() + 1;
        let mut scenario = Scenario { name: format!("solve {count}"), ..Scenario::default() };
        if run.first.is_none() {
            run.own = (0..self.scalars.len()).map(|at| self.known(at, run)).collect();
            run.touched = run.late.keys().copied().collect();
            if run.no_iterations {
                (scenario.name, scenario.benchmark) = ("benchmark".to_owned(), true);
            }
        } else if run.no_iterations {
            let message = "`ITERLIM = 0` counts at the first `SOLVE` only".to_owned();
            self.warning(TAKEN, message, place, "this one is solved");
        }
        scenario.set = self.changed(place, run);
        for (name, state) in &run.states {
            let named = |given: &Given| Spanned { value: name.clone(), span: given.1.clone() };
            let own = run.first.as_ref().and_then(|first| first.get(name)).cloned();
            let own = if run.first.is_none() { state.clone() } else { own.unwrap_or_default() };
            let bounds = [&state.lower, &state.upper];
            if let Some(given) = state.fixed() {
                scenario.fix.push((named(&given), value(&given)));
            } else if let Some(given) = bounds.into_iter().flatten().next()
                && (own.fixed().is_some() || own.lower != state.lower || own.upper != state.upper)
            {
                scenario.bounds.push((named(given), state.pair()));
            }
            if let Some(given) = &state.level
                && own.level.as_ref().map(|own| own.0) != Some(given.0)
            {
                scenario.start.push((named(given), value(given)));
            }
        }
        run.changes += 1
            + scenario.set.len()
            + scenario.fix.len()
            + scenario.bounds.len()
            + scenario.start.len();
        if run.first.is_none() {
            run.first = Some(run.states.clone());
        }
        self.draft.scenarios.push(scenario);
    }

    /// Scalars of the model whose values are not those at the first solve.
    fn changed(&mut self, place: &Range<usize>, run: &mut Run) -> Vec<(Spanned<String>, Value)> {
        let mut set = vec![];
        let mut of_solution = vec![];
        for at in run.touched.iter().copied().filter(|at| self.used.contains(at)) {
            let name = self.scalars[at].name.value.clone();
            match (self.known(at, run), &run.own[at]) {
                (Known::Number(new, _), Known::Number(old, _))
                    if new.to_bits() == old.to_bits() => {}
                (Known::Number(new, span), _) => {
                    let given = (new, span);
                    let name = Spanned { value: name, span: given.1.clone() };
                    set.push((name, value(&given)));
                }
                (Known::Solution(span), _) => of_solution.push((at, name, span)),
                (Known::No, _) => {}
            }
        }
        for (at, name, span) in of_solution {
            if !run.told.insert(at) {
                continue;
            }
            let line = self.line_of(place.start);
            let message = format!("`{name}` is not known, and line {line} solves with it");
            self.error(NO_VALUE, message, &span, NOT_KNOWN, Some(WRITE_IT));
        }
        set
    }

    fn finish(&mut self, run: &mut Run) {
        if self.draft.scenarios.is_empty() {
            let end = self.text.len();
            run.no_iterations = false;
            run.late.clear();
            self.record(&(end..end), run);
            "as given".clone_into(&mut self.draft.scenarios[0].name);
            let message = format!("the file has no `SOLVE {}`", self.draft.name);
            let label = "one scenario is made of the state at its end";
            self.warning(TAKEN, message, &(end..end), label);
        }
        let first = run.first.take().unwrap_or_default();
        let draft = &mut self.draft;
        let lists = [
            &mut draft.sectors,
            &mut draft.commodities,
            &mut draft.consumers,
            &mut draft.auxiliaries,
        ];
        for variable in lists.into_iter().flatten() {
            if let Some(state) = first.get(&variable.name.value) {
                own_state(variable, state);
            }
        }
        self.parameters(run);
        self.note_passed(run);
    }

    /// The scalars of the model become its parameters.
    fn parameters(&mut self, run: &Run) {
        for at in self.used.clone() {
            let name = self.scalars[at].name.clone();
            let given = match &run.own[at] {
                Known::Number(number, span) => (*number, span.clone()),
                Known::Solution(span) => {
                    let message = format!("`{}` is not known at the first solve", name.value);
                    self.error(NO_VALUE, message, &span.clone(), NOT_KNOWN, Some(WRITE_IT));
                    continue;
                }
                Known::No => {
                    let never = self.scalars[at].known == Known::No;
                    if never {
                        let message = format!("`{}` gets no value anywhere", name.value);
                        let label = "the model uses it";
                        self.error(NO_VALUE, message, &name.span, label, None);
                    } else {
                        let message = format!("`{}` has no value at the first solve", name.value);
                        self.warning(TAKEN, message, &name.span, "0 is taken");
                    }
                    (if never { PLACEHOLDER } else { 0.0 }, name.span.clone())
                }
            };
            self.draft.parameters.push((name, value(&given)));
        }
    }

    /// One finding for each kind of statement that was passed over.
    fn note_passed(&mut self, run: &Run) {
        for (what, places) in &run.passed {
            let lines: BTreeSet<usize> = places.iter().map(|at| self.line_of(at.start)).collect();
            let mut shown: Vec<String> = lines.iter().take(6).map(usize::to_string).collect();
            if lines.len() > shown.len() {
                shown.push(format!("{} more", lines.len() - shown.len()));
            }
            let (word, shown) = (if lines.len() == 1 { "line" } else { "lines" }, shown.join(", "));
            let message = format!("passed over: {what} ({word} {shown})");
            self.warning(HARMLESS, message, &places[0].clone(), "the model does not depend on it");
        }
    }
}

/// Gives a variable the state at the first solve as its own; a fixed one keeps its usual bounds.
fn own_state(variable: &mut Variable, state: &State) {
    variable.start = state.level.as_ref().map(value);
    if state.fixed().is_none() {
        let [lower, upper] = state.pair();
        variable.lower = state.lower.is_some().then_some(lower);
        variable.upper = state.upper.is_some().then_some(upper);
    }
}

/// Whether a file is the one that MPSGE writes for a model.
fn is_generated(file: &str) -> bool {
    file.trim_matches(['"', '\'']).rsplit('.').next() == Some("gen")
}
