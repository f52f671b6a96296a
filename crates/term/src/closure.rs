//! Closures: what is exogenous and what is endogenous.
//!
//! ```text
//! exogenous phi acap xcap ;          ! as many names as wanted
//! swap gret = xcap ;                 ! one becomes exogenous, the other endogenous
//! swap NatMacro("AggEmploy") = labslack ;
//! rest endogenous ;
//! ```
//! A file may hold shocks as well, which are skipped here, as are the statements of a GEMPACK command
//! file about files and solution methods.
//! Not here: shocks (`crate::shocks`), what the variables mean (`crate::variables`), closures that are
//! square by count only (`crate::square`).

use std::collections::BTreeMap;
use std::ops::Range;

use diagnostics::{Diagnostic, Findings, Place};

use crate::database::Sets;
use crate::selection::{Selection, nearest};
use crate::statements::{Statement, Word, statements};
use crate::variables::{Role, Variable, variables};

/// First words of statements of command files that say nothing about closure or shocks.
const OTHER_STATEMENTS: [&str; 36] = [
    "add",
    "assertions",
    "auxiliary",
    "automatic",
    "check-on-read",
    "coefficient",
    "cpu",
    "display",
    "dws",
    "environment",
    "equations",
    "extrapolation",
    "file",
    "harwell",
    "iz",
    "iz1",
    "levels",
    "log",
    "lu",
    "m28",
    "method",
    "model",
    "nds",
    "nud",
    "nz1",
    "print",
    "range",
    "servants",
    "set",
    "solution",
    "start",
    "steps",
    "structurally",
    "subintervals",
    "updated",
    "verbal",
];
/// Statements about closure and shocks.
const STATEMENTS: [&str; 5] = ["exogenous", "endogenous", "swap", "rest", "shock"];
/// Names that a message lists at most.
pub(crate) const LISTED: usize = 12;
/// Results and given variables that the model exchanges in place, cell by cell.
pub(crate) const EXCHANGES: [(&str, &str); 2] = [("gret", "xcap"), ("ggro", "finv1")];
/// Results and what a closure usually makes endogenous for them.
const PARTNERS: [(&str, &str); 9] = [
    ("gret", "xcap"),
    ("ggro", "finv1"),
    ("flabsup", "flab_io"),
    ("fhou", "xhoutot"),
    ("natfhou", "houslack"),
    ("NatMacro(RealHou)", "houslack"),
    ("NatMacro(RealInv)", "invslack"),
    ("NatMacro(AggEmploy)", "labslack"),
    ("fgovtot2", "fgovtot"),
];
/// What is in money of the day: one cell of these must be exogenous.
const NOMINAL: [&str; 30] = [
    "phi",
    "pdom",
    "puse",
    "ppur_s",
    "ptot",
    "pint",
    "pcst",
    "pprim",
    "plab_o",
    "pcap",
    "plnd",
    "pinvitot",
    "pmake",
    "wlux",
    "whoutot",
    "phoutot",
    "phou",
    "pinvest",
    "wlab_io",
    "wcap_i",
    "avewage",
    "pgdpexp",
    "wgdpexp",
    "natptot",
    "pimp",
    "psuppmar_p",
    "GDPPI",
    "CPI",
    "ExportPI",
    "ImpsLandedPI",
];

/// Closures that ship, by name.
const SHIPPED: [(&str, &str); 3] = [
    ("short-run", include_str!("closures/short_run.cmf")),
    ("long-run", include_str!("closures/long_run.cmf")),
    ("dynamic", include_str!("closures/dynamic.cmf")),
];

/// The text of a closure that ships: `short-run`, `long-run` or `dynamic`.
pub fn shipped_closure(name: &str) -> Option<&'static str> {
    SHIPPED.into_iter().find(|(known, _)| *known == name).map(|(_, text)| text)
}

/// Which cells of which variables are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    given: BTreeMap<String, Vec<bool>>,
    /// Statements that made cells exogenous or endogenous, in their order.
    marks: Vec<Mark>,
}

/// A statement's effect on cells of one variable.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    variable: String,
    cells: Vec<usize>,
    place: Place,
}

impl Closure {
    /// TERM's standard short-run closure.
    pub fn standard(sets: &Sets) -> Self {
        let given = |variable: &Variable| vec![variable.role != Role::Found; variable.size(sets)];
        Self::of(given)
    }

    /// Nothing given but what is kept.
    fn empty(sets: &Sets) -> Self {
        Self::of(|variable| vec![variable.role == Role::Kept; variable.size(sets)])
    }

    /// A closure whose cells of each variable are as found.
    pub(crate) fn of(cells: impl Fn(&Variable) -> Vec<bool>) -> Self {
        let given = variables().iter().map(|each| (each.name.clone(), cells(each))).collect();
        Self { given, marks: vec![] }
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
    /// E1810–E1814, E1817, E1818, all of the file.
    pub fn read(file: &str, text: &str, sets: &Sets) -> Result<Self, Findings> {
        let mut reader = Reader::new(file, text, sets);
        let list = statements(text);
        let says = |first: &str, second: Option<&str>| {
            list.iter().find(|each| {
                let next = each.words.get(1);
                each.words[0].is(first)
                    && second.is_none_or(|word| next.is_some_and(|next| next.is(word)))
            })
        };
        let rest = says("rest", Some("endogenous"));
        let mut closure = if says("rest", Some("exogenous")).is_some() {
            Self::of(|variable| vec![true; variable.size(sets)])
        } else if rest.or(says("exogenous", None)).is_some() {
            Self::empty(sets)
        } else {
            Self::standard(sets)
        };
        for statement in &list {
            reader.closure_statement(statement, &mut closure);
        }
        if !reader.findings.has_errors() {
            let rest = rest.map(|statement| reader.place(statement.span()));
            reader.square(&closure, rest.as_ref());
            reader.anchored(&closure, rest.as_ref());
        }
        if reader.findings.has_errors() { Err(reader.findings) } else { Ok(closure) }
    }

    /// Cells in which `fixed` is exogenous and `freed` endogenous.
    pub(crate) fn exchanged(&self, (fixed, freed): (&str, &str)) -> Vec<bool> {
        let pairs = self.given(fixed).iter().zip(self.given(freed));
        pairs.map(|(fixed, freed)| *fixed && !*freed).collect()
    }

    /// Cells of a variable against its role, which no exchange in place takes up: exogenous ones of a
    /// result, endogenous ones of what is given.
    pub(crate) fn open(&self, variable: &Variable) -> Vec<usize> {
        let name = variable.name.as_str();
        let wanted = variable.role == Role::Found;
        let exchange = EXCHANGES.into_iter().find(|(a, b)| [*a, *b].contains(&name));
        let taken = exchange.map(|exchange| self.exchanged(exchange));
        let given = self.given(name);
        let free = |cell: &usize| taken.as_ref().is_none_or(|taken| !taken[*cell]);
        (0..given.len()).filter(|cell| given[*cell] == wanted).filter(free).collect()
    }

    /// The result that is exogenous instead of a given variable: its usual partner, or one of as many
    /// cells.
    pub(crate) fn partner(&self, freed: &str) -> Option<String> {
        let all = variables();
        let count = |name: &str| {
            let variable = all.iter().find(|variable| variable.name == name)?;
            Some(self.open(variable).len())
        };
        let cells = count(freed).filter(|cells| *cells > 0)?;
        let fits = |fixed: &str| count(fixed) == Some(cells);
        let usual = PARTNERS.iter().find(|(fixed, free)| *free == freed && fits(fixed));
        let fixed = all.iter().filter(|variable| variable.role == Role::Found);
        usual
            .map(|(fixed, _)| (*fixed).to_owned())
            .or_else(|| fixed.map(|variable| variable.name.clone()).find(|fixed| fits(fixed)))
    }

    /// The last statement that made a cell exogenous or endogenous.
    pub(crate) fn place(&self, variable: &str, cell: usize) -> Option<&Place> {
        let says = |mark: &&Mark| mark.variable == variable && mark.cells.contains(&cell);
        self.marks.iter().rev().find(says).map(|mark| &mark.place)
    }
}

/// Reads statements about variables, and collects findings.
pub(crate) struct Reader<'a> {
    pub(crate) file: &'a str,
    text: &'a str,
    pub(crate) sets: &'a Sets,
    pub(crate) variables: Vec<Variable>,
    pub(crate) findings: Findings,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str, sets: &'a Sets) -> Self {
        Self { file, text, sets, variables: variables(), findings: Findings::default() }
    }

    pub(crate) fn place(&self, span: Range<usize>) -> Place {
        Place::in_text(self.file, self.text, span)
    }

    pub(crate) fn wrong(
        &mut self,
        code: &'static str,
        message: String,
        span: Range<usize>,
        label: &str,
        help: String,
    ) {
        let place = self.place(span);
        self.findings.push(Diagnostic::error(code, message).at(place, label).help(help));
    }

    fn closure_statement(&mut self, statement: &Statement, closure: &mut Closure) {
        let (first, words) = (&statement.words[0], &statement.words[1..]);
        self.ended(statement);
        if first.is("exogenous") || first.is("endogenous") {
            for selection in self.selections(words) {
                self.mark(&selection, first.is("exogenous"), statement, closure);
            }
        } else if first.is("swap") {
            self.swap(statement, closure);
        } else if first.is("rest") {
            self.rest(statement);
        } else {
            self.other(first);
        }
    }

    fn rest(&mut self, statement: &Statement) {
        let known = ["endogenous", "exogenous"];
        let [_, word] = statement.words.as_slice() else {
            let help = "write `rest endogenous ;`".to_owned();
            let message = "`rest` of what".to_owned();
            return self.wrong("E1817", message, statement.span(), "not one word follows", help);
        };
        if !known.iter().any(|known| word.is(known)) {
            let message = format!("`rest {}` is not known", word.text);
            let help = "write `rest endogenous ;` or `rest exogenous ;`".to_owned();
            self.wrong("E1817", message, word.span.clone(), "endogenous or exogenous", help);
        }
    }

    pub(crate) fn ended(&mut self, statement: &Statement) {
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

    /// A statement that says nothing here: one of command files or about the rest, or unknown.
    pub(crate) fn other(&mut self, first: &Word) {
        if OTHER_STATEMENTS.iter().chain(&STATEMENTS).any(|known| first.is(known)) {
            return;
        }
        let help = nearest(&first.text, STATEMENTS.into_iter()).map_or_else(
            || {
                "statements are exogenous, endogenous, swap, rest endogenous and shock; those of \
                 GEMPACK about files and methods are passed over"
                    .to_owned()
            },
            |name| format!("did you mean `{name}`?"),
        );
        let message = format!("unknown statement `{}`", first.text);
        self.wrong("E1810", message, first.span.clone(), "not a statement", help);
    }

    fn mark(
        &mut self,
        selection: &Selection,
        exogenous: bool,
        statement: &Statement,
        closure: &mut Closure,
    ) {
        let variable = &self.variables[selection.variable];
        let name = variable.name.clone();
        if variable.role == Role::Kept && !exogenous {
            return self.kept(&name, selection.span.clone());
        }
        let given = closure.given.get_mut(&name).expect("every variable is in a closure");
        selection.cells.iter().for_each(|cell| given[*cell] = exogenous);
        let place = self.place(statement.span());
        closure.marks.push(Mark { variable: name, cells: selection.cells.clone(), place });
    }

    fn kept(&mut self, name: &str, span: Range<usize>) {
        let message = format!("`{name}` is always exogenous");
        let help = "it is one of the variables that TERM omits".to_owned();
        self.wrong("E1813", message, span, "cannot be made endogenous", help);
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
        let name = &self.variables[given.variable].name;
        if self.variables[given.variable].role == Role::Kept {
            return self.kept(&name.clone(), statement.span());
        }
        for (selection, exogenous) in [(found, true), (given, false)] {
            self.mark(selection, exogenous, statement, closure);
        }
    }

    /// As many results are exogenous as given variables are endogenous.
    fn square(&mut self, closure: &Closure, rest: Option<&Place>) {
        let against = |role: Role| -> Vec<(Variable, Vec<usize>)> {
            let of = self.variables.iter().filter(|each| each.role == role);
            let cells = of.map(|each| {
                let marks = closure.given(&each.name).iter().enumerate();
                let here = marks.filter(|(_, given)| **given == (role == Role::Found));
                (each.clone(), here.map(|(cell, _)| cell).collect::<Vec<_>>())
            });
            cells.filter(|(_, cells)| !cells.is_empty()).collect()
        };
        let (mut freed, mut fixed) = (against(Role::Given), against(Role::Found));
        let count = |list: &[(Variable, Vec<usize>)]| {
            list.iter().map(|(_, cells)| cells.len()).sum::<usize>()
        };
        let (free, targets) = (count(&freed), count(&fixed));
        if free == targets {
            return;
        }
        without_partners(&mut freed, &mut fixed);
        let few = free > targets;
        let message = format!(
            "the closure is not square: {} cells too {} are exogenous",
            free.abs_diff(targets),
            if few { "few" } else { "many" }
        );
        let list = |all: &[(Variable, Vec<usize>)]| listed(&names(all, self.sets));
        let help = if few {
            format!(
                "endogenous beyond the standard closure, without a partner that is exogenous for \
                 it: {}; make them exogenous",
                list(&freed)
            )
        } else {
            format!(
                "exogenous beyond the standard closure, without a partner that is endogenous for \
                 it: {}; make them endogenous",
                list(&fixed)
            )
        };
        let one = if few { &freed } else { &fixed };
        let place =
            one.iter().find_map(|(variable, cells)| closure.place(&variable.name, cells[0]));
        let place = place.or(rest).cloned();
        let finding = Diagnostic::error("E1814", message).help(help);
        self.findings.push(match place {
            Some(place) => finding.at(place, "this statement decides it"),
            None => finding,
        });
    }

    /// Something in money of the day is exogenous, so that prices have a level.
    fn anchored(&mut self, closure: &Closure, rest: Option<&Place>) {
        let nominal = |variable: &&Variable| {
            let indicator =
                variable.name.split_once('(').map(|(_, name)| name.trim_end_matches(')'));
            NOMINAL.contains(&indicator.unwrap_or(&variable.name))
        };
        let mut prices = self.variables.iter().filter(nominal);
        if prices.any(|variable| closure.given(&variable.name).contains(&true)) {
            return;
        }
        let message = "no price is exogenous: nothing sets the level of prices (no numeraire)";
        let help = "make the exchange rate `phi` exogenous, or another price or nominal value such \
                    as NatMacro(\"CPI\")";
        let finding = Diagnostic::error("E1818", message).help(help);
        let place = closure.place("phi", 0).or(rest).cloned();
        self.findings.push(match place {
            Some(place) => finding.at(place, "`phi` is endogenous by this"),
            None => finding,
        });
    }
}

/// Takes out what is endogenous and what is exogenous instead: usual partners, then equal counts.
fn without_partners(
    freed: &mut Vec<(Variable, Vec<usize>)>,
    fixed: &mut Vec<(Variable, Vec<usize>)>,
) {
    let usual = |free: &Variable, fix: &Variable| {
        PARTNERS.contains(&(fix.name.as_str(), free.name.as_str()))
    };
    for by_name in [true, false] {
        freed.retain(|(free, cells)| {
            let partner = fixed.iter().position(|(fix, others)| {
                others.len() == cells.len() && (!by_name || usual(free, fix))
            });
            partner.map(|at| fixed.remove(at)).is_none()
        });
    }
}

/// Variables that are meant whole, and single cells of the others.
fn names(list: &[(Variable, Vec<usize>)], sets: &Sets) -> Vec<String> {
    let of = |(variable, cells): &(Variable, Vec<usize>)| -> Vec<String> {
        if cells.len() == variable.size(sets) {
            let count =
                if cells.len() > 1 { format!(" ({} cells)", cells.len()) } else { String::new() };
            return vec![variable.cell_or_name(sets) + &count];
        }
        cells.iter().map(|cell| variable.cell(sets, *cell)).collect()
    };
    list.iter().flat_map(of).collect()
}

/// At most [`LISTED`] names, and how many more.
pub(crate) fn listed(names: &[String]) -> String {
    match names.len() {
        0 => "nothing".to_owned(),
        n if n > LISTED => format!("{} and {} more", names[..LISTED].join(", "), n - LISTED),
        _ => names.join(", "),
    }
}
