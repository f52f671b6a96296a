//! Closures and shocks: what is given, what is found, and what moves.
//!
//! ```text
//! exogenous phi acap xcap ;          ! as many names as wanted
//! swap gret = xcap ;                 ! one becomes given, the other found
//! swap NatMacro("AggEmploy") = labslack ;
//! rest endogenous ;
//! shock fpexp = uniform -5 ;         ! percent
//! shock atot("I_01",DST) = 1 ;
//! ```
//! A file may be both: closure statements are skipped where shocks are read, and the reverse, as
//! are the statements of a GEMPACK command file about files and solution methods.
//! Not here: what the variables mean (`crate::variables`).

use std::collections::BTreeMap;
use std::ops::Range;

use diagnostics::{Diagnostic, Findings, Place};

use crate::database::Sets;
use crate::selection::{Selection, first_fastest, nearest};
use crate::statements::{Statement, Word, statements};
use crate::variables::{Role, Unit, Variable, variables};

/// First words of statements of command files that say nothing about closure or shocks.
const OTHER_STATEMENTS: [&str; 24] = [
    "auxiliary",
    "check-on-read",
    "iz1",
    "nz1",
    "file",
    "set",
    "updated",
    "start",
    "cpu",
    "solution",
    "log",
    "verbal",
    "method",
    "steps",
    "automatic",
    "m28",
    "lu",
    "subintervals",
    "extrapolation",
    "nud",
    "iz",
    "model",
    "display",
    "servants",
];
/// Names that a message lists at most.
const LISTED: usize = 12;

/// Which cells of which variables are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    given: BTreeMap<String, Vec<bool>>,
}

/// Changes of given cells, in percent or in their own unit, by variable.
pub type Shocks = BTreeMap<String, Vec<f64>>;

impl Closure {
    /// TERM's standard short-run closure.
    pub fn standard(sets: &Sets) -> Self {
        let given = |variable: &Variable| vec![variable.role != Role::Found; variable.size(sets)];
        Self { given: variables().iter().map(|each| (each.name.clone(), given(each))).collect() }
    }

    /// Nothing given but what is kept.
    fn empty(sets: &Sets) -> Self {
        let given = |variable: &Variable| vec![variable.role == Role::Kept; variable.size(sets)];
        Self { given: variables().iter().map(|each| (each.name.clone(), given(each))).collect() }
    }

    /// A closure whose cells of each variable are as found.
    pub(crate) fn of(cells: impl Fn(&Variable) -> Vec<bool>) -> Self {
        Self { given: variables().iter().map(|each| (each.name.clone(), cells(each))).collect() }
    }

    /// Whether each cell of a variable is given.
    ///
    /// # Panics
    /// When there is no such variable.
    pub fn given(&self, name: &str) -> &[bool] {
        &self.given[name]
    }

    /// Reads a closure; without an `exogenous` statement it starts from the standard one.
    ///
    /// # Errors
    /// E1810–E1814, E1817, all of the file.
    pub fn read(file: &str, text: &str, sets: &Sets) -> Result<Self, Findings> {
        let mut reader = Reader::new(file, text, sets);
        let list = statements(text);
        let starts = list.iter().any(|each| each.words[0].is("exogenous"));
        let mut closure = if starts { Self::empty(sets) } else { Self::standard(sets) };
        for statement in &list {
            reader.closure_statement(statement, &mut closure);
        }
        if !reader.findings.has_errors() {
            reader.square(&closure);
        }
        if reader.findings.has_errors() { Err(reader.findings) } else { Ok(closure) }
    }
}

/// Reads shocks to what `closure` gives.
///
/// # Errors
/// E1810–E1812, E1815–E1817, all of the file.
pub fn read_shocks(
    file: &str,
    text: &str,
    sets: &Sets,
    closure: &Closure,
) -> Result<Shocks, Findings> {
    let mut reader = Reader::new(file, text, sets);
    let mut shocks = Shocks::new();
    for statement in &statements(text) {
        reader.shock_statement(statement, closure, &mut shocks);
    }
    if reader.findings.has_errors() { Err(reader.findings) } else { Ok(shocks) }
}

/// Reads statements about variables, and collects findings.
pub(crate) struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    pub(crate) sets: &'a Sets,
    pub(crate) variables: Vec<Variable>,
    findings: Findings,
}

impl<'a> Reader<'a> {
    fn new(file: &'a str, text: &'a str, sets: &'a Sets) -> Self {
        Self { file, text, sets, variables: variables(), findings: Findings::default() }
    }

    pub(crate) fn wrong(
        &mut self,
        code: &'static str,
        message: String,
        span: Range<usize>,
        label: &str,
        help: String,
    ) {
        let place = Place::in_text(self.file, self.text, span);
        self.findings.push(Diagnostic::error(code, message).at(place, label).help(help));
    }

    fn closure_statement(&mut self, statement: &Statement, closure: &mut Closure) {
        let (first, words) = (&statement.words[0], &statement.words[1..]);
        self.ended(statement);
        if first.is("exogenous") {
            for selection in self.selections(words) {
                self.mark(&selection, closure);
            }
        } else if first.is("swap") {
            self.swap(statement, closure);
        } else if !(first.is("rest") || first.is("shock") || first.is("endogenous")) {
            self.other(first);
        }
    }

    fn ended(&mut self, statement: &Statement) {
        if !statement.ended {
            let message = "a statement without an end".to_owned();
            self.wrong(
                "E1817",
                message,
                statement.span(),
                "no `;` follows",
                "write `;` after it".to_owned(),
            );
        }
    }

    fn other(&mut self, first: &Word) {
        if OTHER_STATEMENTS.iter().any(|known| first.is(known)) {
            return;
        }
        let known = ["exogenous", "swap", "rest", "shock"];
        let help = nearest(&first.text, known.into_iter()).map_or_else(
            || "statements are exogenous, swap, rest endogenous and shock".to_owned(),
            |name| format!("did you mean `{name}`?"),
        );
        let message = format!("unknown statement `{}`", first.text);
        self.wrong("E1810", message, first.span.clone(), "not a statement", help);
    }

    fn mark(&mut self, selection: &Selection, closure: &mut Closure) {
        let name = &self.variables[selection.variable].name;
        let given = closure.given.get_mut(name).expect("every variable is in a closure");
        selection.cells.iter().for_each(|cell| given[*cell] = true);
    }

    fn swap(&mut self, statement: &Statement, closure: &mut Closure) {
        let words = &statement.words[1..];
        let Some(at) = words.iter().position(|word| word.text == "=") else {
            let help = "write `swap a = b ;`".to_owned();
            return self.wrong(
                "E1817",
                "a swap without `=`".to_owned(),
                statement.span(),
                "two variables are exchanged",
                help,
            );
        };
        let (left, right) = (self.selections(&words[..at]), self.selections(&words[at + 1..]));
        let ([left], [right]) = (left.as_slice(), right.as_slice()) else {
            if !self.findings.has_errors() {
                let help = "write `swap a = b ;`".to_owned();
                self.wrong(
                    "E1817",
                    "a swap is between two variables".to_owned(),
                    statement.span(),
                    "not two variables",
                    help,
                );
            }
            return;
        };
        let state = |closure: &Closure, selection: &Selection| {
            let given = &closure.given[&self.variables[selection.variable].name];
            let count = selection.cells.iter().filter(|cell| given[**cell]).count();
            (count == 0, count == selection.cells.len())
        };
        let names = [left, right].map(|each| self.variables[each.variable].name.clone());
        let (found, given) = match (state(closure, left), state(closure, right)) {
            ((true, _), (_, true)) => (left, right),
            ((_, true), (true, _)) => (right, left),
            _ => {
                let message = format!("`{}` and `{}` cannot be swapped", names[0], names[1]);
                let help = "one must be exogenous and the other endogenous where the swap stands"
                    .to_owned();
                return self.wrong(
                    "E1813",
                    message,
                    statement.span(),
                    "both are exogenous, or both endogenous",
                    help,
                );
            }
        };
        if found.cells.len() != given.cells.len() {
            let message = format!(
                "`{}` has {} cells and `{}` has {}",
                names[0],
                left.cells.len(),
                names[1],
                right.cells.len()
            );
            let help = "swap variables over the same sets, or name elements".to_owned();
            return self.wrong("E1813", message, statement.span(), "sizes differ", help);
        }
        let kept = self.variables[given.variable].role == Role::Kept;
        if kept {
            let message = format!("`{}` is always exogenous", self.variables[given.variable].name);
            let help = "it is one of the variables that TERM omits".to_owned();
            return self.wrong("E1813", message, statement.span(), "cannot be freed", help);
        }
        for (selection, value) in [(found, true), (given, false)] {
            let name = &self.variables[selection.variable].name;
            let cells = closure.given.get_mut(name).expect("every variable is in a closure");
            selection.cells.iter().for_each(|cell| cells[*cell] = value);
        }
    }

    /// As many found variables are given as given ones are free.
    fn square(&mut self, closure: &Closure) {
        let count = |role: Role, given: bool| -> (usize, Vec<String>) {
            let mut names = Vec::new();
            let mut cells = 0;
            for variable in self.variables.iter().filter(|each| each.role == role) {
                let marks = &closure.given[&variable.name];
                let here = marks.iter().filter(|mark| **mark == given).count();
                if here > 0 {
                    names.push(format!("{} ({here})", variable.name));
                }
                cells += here;
            }
            (cells, names)
        };
        let ((free, freed), (fixed, targets)) =
            (count(Role::Given, false), count(Role::Found, true));
        if free == fixed {
            return;
        }
        let (word, way) = if free > fixed { ("few", "exogenous") } else { ("many", "endogenous") };
        let message = format!(
            "the closure is not square: {} exogenous cells too {word}",
            free.abs_diff(fixed)
        );
        let list = |names: &[String]| match names.len() {
            0 => "nothing".to_owned(),
            n if n > LISTED => format!("{}, …", names[..LISTED].join(", ")),
            _ => names.join(", "),
        };
        let help = format!(
            "of the standard closure these are endogenous: {}; beyond it these are exogenous: {}; \
             make more of them {way}",
            list(&freed),
            list(&targets)
        );
        self.findings.push(Diagnostic::error("E1814", message).help(help));
    }

    fn shock_statement(&mut self, statement: &Statement, closure: &Closure, shocks: &mut Shocks) {
        let (first, words) = (&statement.words[0], &statement.words[1..]);
        if !first.is("shock") {
            if !["exogenous", "swap", "rest", "endogenous"].iter().any(|known| first.is(known)) {
                self.other(first);
            }
            return;
        }
        self.ended(statement);
        let Some(at) = words.iter().position(|word| word.text == "=") else {
            let help = "write `shock name = uniform value ;`".to_owned();
            return self.wrong(
                "E1817",
                "a shock without `=`".to_owned(),
                statement.span(),
                "no value",
                help,
            );
        };
        let selections = self.selections(&words[..at]);
        let values = self.values(statement, &words[at + 1..]);
        for selection in &selections {
            self.shock(statement, selection, &values, closure, shocks);
        }
    }

    fn values(&mut self, statement: &Statement, words: &[Word]) -> Vec<f64> {
        let numbers = words.iter().filter(|word| !word.is("uniform"));
        let mut values = Vec::new();
        for word in numbers {
            match word.text.parse::<f64>() {
                Ok(value) if value.is_finite() => values.push(value),
                _ => {
                    let message = format!("`{}` is not a number", word.text);
                    let help =
                        "write `uniform` and a number, or one number for each cell".to_owned();
                    self.wrong("E1816", message, word.span.clone(), "not a number", help);
                }
            }
        }
        if values.is_empty() {
            let help = "write `shock name = uniform value ;`".to_owned();
            self.wrong(
                "E1816",
                "a shock without a value".to_owned(),
                statement.span(),
                "no value",
                help,
            );
        }
        values
    }

    fn shock(
        &mut self,
        statement: &Statement,
        selection: &Selection,
        values: &[f64],
        closure: &Closure,
        shocks: &mut Shocks,
    ) {
        let variable = self.variables[selection.variable].clone();
        let given = &closure.given[&variable.name];
        if selection.cells.iter().any(|cell| !given[*cell]) {
            let message = format!("`{}` is endogenous", variable.name);
            let help = format!("swap it in the closure: `swap {} = … ;`", variable.name);
            return self.wrong(
                "E1815",
                message,
                selection.span.clone(),
                "not given by the closure",
                help,
            );
        }
        if values.is_empty() {
            return;
        }
        if values.len() != 1 && values.len() != selection.cells.len() {
            let message = format!("{} values for {} cells", values.len(), selection.cells.len());
            let help = "write `uniform` and one number, or one number for each cell".to_owned();
            return self.wrong("E1816", message, statement.span(), "counts differ", help);
        }
        if variable.unit == Unit::Percent && values.iter().any(|value| *value <= -100.0) {
            let message = "a fall of 100 % or more".to_owned();
            let help = "shocks are changes in percent; a level stays positive".to_owned();
            return self.wrong("E1816", message, statement.span(), "not possible", help);
        }
        let cells = shocks.entry(variable.name.clone()).or_insert_with(|| vec![0.0; given.len()]);
        let order = first_fastest(&selection.cells, &variable, self.sets);
        for (at, cell) in order.iter().enumerate() {
            cells[*cell] = if values.len() == 1 { values[0] } else { values[at] };
        }
    }
}
