//! Reads models written for GAMS/MPSGE into a [`Draft`]: the scalar form, with numbers and scalars.
//!
//! | part of the file                   | read by            | becomes                            |
//! |------------------------------------|--------------------|------------------------------------|
//! | comments, `$` lines                | `text`             | blank, same places                 |
//! | `$MODEL:` … `$CONSTRAINT:`         | `block`, `nests`   | variables, blocks, constraints     |
//! | scalars, assignments, `SOLVE`      | `program`, `assignments`, `scenarios` | parameters, one scenario a `SOLVE` |
//! | sets, loops, reports, displays     | `program`          | a finding with its line            |
//!
//! GAMS runs a file from top to bottom; assignments are run here in the same order, so parameters
//! reach the model as numbers. docs/mpsge.md says what is read and what is not.
//! Not here: looking names up in the blocks (`crate::resolve`), solving.

mod assignments;
mod block;
mod nests;
mod program;
mod scenarios;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use diagnostics::{Diagnostic, Findings, Place, Severity};

use crate::case::NO_EXPRESSION;
use crate::draft::{Draft, Value, number};
use crate::expression::{Expression, Function, Name, parse};
use crate::tree::{LARGEST_FILE, Spanned};
use text::Source;

/// A file that cannot be read as a whole: too large, no model in it, a comment that does not end.
const FILE: &str = "E1620";
/// A section or a line that MPSGE does not have.
const NO_SECTION: &str = "E1621";
/// A field that is not known, or means nothing in this line.
const FIELD: &str = "E1622";
/// A nest that is not there, hangs under itself, or is of the other side.
const NEST: &str = "E1623";
/// Something that is indexed over a set.
const INDEXED: &str = "E1624";
/// A condition, `$(…)`.
const CONDITIONAL: &str = "E1625";
/// A constraint without `=G=` or `=E=`.
const CONSTRAINT: &str = "E1626";
/// A name without a value, or with none that can be known before the solve.
const NO_VALUE: &str = "E1627";
/// A statement that is not understood.
const STATEMENT: &str = "E1628";
/// More of something than is read, or something declared twice.
const TOO_MANY: &str = "E1629";
/// A `SOLVE` in a loop or under a condition.
const LOOPED: &str = "E1630";

/// Statements that do not touch the model.
const HARMLESS: &str = "W1620";
/// `$REPORT:` and its variables.
const REPORT: &str = "W1621";
/// A statement that is passed over and could matter.
const PASSED_OVER: &str = "W1622";
/// Values that changed after they were handed to the model.
const LATE: &str = "W1623";
/// A level or bound of something that the model does not have.
const NOT_OURS: &str = "W1624";
/// A value that is taken because the file gives none.
const TAKEN: &str = "W1625";

/// Stands for a value that could not be read, which is told: it fits wherever a number does.
const PLACEHOLDER: f64 = 1.0;
/// Most findings of one file.
const MOST_FINDINGS: usize = 200;

/// Most names among which a similar one is looked for.
const MOST_COMPARED: usize = 10_000;

/// What a text says, and all findings; no draft when it could not be read as a whole.
pub(crate) fn draft(file: &str, text: &str) -> (Option<Draft>, Findings) {
    if text.len() > LARGEST_FILE {
        let (size, most) = (text.len() >> 20, LARGEST_FILE >> 20);
        let message = format!("the file has {size} MB; {most} MB are read");
        let mut findings = Findings::default();
        findings.push(Diagnostic::error(FILE, message));
        return (None, findings);
    }
    let mut reader = Reader::new(file, text);
    let draft = reader.read();
    reader.findings.sort_by_place();
    (draft, reader.findings)
}

/// A scalar of the program.
#[derive(Debug, Clone)]
struct Scalar {
    name: Spanned<String>,
    known: Known,
}

/// What is known of a number while the program runs.
#[derive(Debug, Clone, PartialEq)]
enum Known {
    /// Nothing was assigned yet.
    No,
    /// A number, and where it was given.
    Number(f64, Range<usize>),
    /// It depends on a solution, there.
    Solution(Range<usize>),
}

/// Why a text is no number yet.
enum NoValue {
    /// It names levels of a solution.
    Solution,
    /// It was told in a finding.
    Told,
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    source: Source,
    findings: Findings,
    /// Start of each line.
    lines: Vec<usize>,
    draft: Draft,
    /// Name of the model, in lower case.
    model: String,
    /// Variables by their name in lower case, as declared.
    variables: BTreeMap<String, String>,
    /// Position among `scalars` by name in lower case.
    names: BTreeMap<String, usize>,
    scalars: Vec<Scalar>,
    /// Names in lower case of sets, tables and parameters over sets, and where they are declared.
    indexed: BTreeMap<String, Range<usize>>,
    /// Scalars that the model names.
    used: BTreeSet<usize>,
    /// Variables of `$REPORT:`, in lower case.
    reported: BTreeSet<String>,
    /// Whether anything in the model is indexed: then one such finding a block is enough.
    over_sets: bool,
    /// Names of the model that nothing has: more than is worth telling one by one ends the reading.
    unknown: usize,
    /// The agent of the last tax, who also gets a tax that names none.
    agent: Option<Spanned<String>>,
}

impl<'a> Reader<'a> {
    fn new(file: &'a str, text: &'a str) -> Self {
        let source = text::plain(text);
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Self {
            file,
            text,
            source,
            findings: Findings::default(),
            lines,
            draft: Draft::default(),
            model: String::new(),
            variables: BTreeMap::new(),
            names: BTreeMap::new(),
            scalars: vec![],
            indexed: BTreeMap::new(),
            used: BTreeSet::new(),
            reported: BTreeSet::new(),
            over_sets: false,
            unknown: 0,
            agent: None,
        }
    }

    fn read(&mut self) -> Option<Draft> {
        if let Some(span) = self.source.unclosed.clone() {
            let message = "a text that begins here does not end".to_owned();
            self.error(FILE, message, &span, "`$OFFTEXT` or `$OFFECHO` is missing", None);
        }
        let Some(model) = self.source.models.first().cloned() else {
            let help =
                "the model stands between `$ONTEXT` and `$OFFTEXT` and begins with `$MODEL:`";
            let message = "the file has no `$MODEL:`".to_owned();
            self.findings.push(Diagnostic::error(FILE, message).help(help));
            return None;
        };
        for other in self.source.models.clone().into_iter().skip(1) {
            let message = "the file has more than one model: the first is read".to_owned();
            self.warning(PASSED_OVER, message, &(other.start..other.start + 6), "passed over");
        }
        let statements = self.statements();
        self.declarations(&statements);
        self.model_block(model);
        self.run(&statements);
        let draft = std::mem::take(&mut self.draft);
        if self.unknown > MOST_FINDINGS {
            let message = format!("the model uses {} names that nothing has", self.unknown);
            self.findings.push(Diagnostic::error(TOO_MANY, message));
            return None;
        }
        (!self.over_sets).then_some(draft)
    }

    /// The plain text of a range.
    fn plain(&self, span: Range<usize>) -> &str {
        &self.source.clean[span]
    }

    /// The range without white space around it.
    fn trimmed(&self, span: Range<usize>) -> Range<usize> {
        let text = self.plain(span.clone());
        let start = span.start + (text.len() - text.trim_start().len());
        start..(span.start + text.trim_end().len()).max(start)
    }

    fn line_of(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at)
    }

    fn place(&self, span: &Range<usize>) -> Place {
        let mut start = span.start.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = span.end.clamp(start, self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        let line = self.line_of(start);
        let column = self.text[self.lines[line - 1]..start].chars().count() + 1;
        Place { file: self.file.to_owned(), line, column, span: Some(start..end) }
    }

    fn error(
        &mut self,
        code: &'static str,
        message: String,
        span: &Range<usize>,
        label: &str,
        help: Option<&str>,
    ) {
        self.push(Diagnostic::error(code, message), span, label, help);
    }

    fn warning(&mut self, code: &'static str, message: String, span: &Range<usize>, label: &str) {
        self.push(Diagnostic::warning(code, message), span, label, None);
    }

    /// Adds a finding with its place, up to a limit; the first error is never lost.
    fn push(&mut self, found: Diagnostic, span: &Range<usize>, label: &str, help: Option<&str>) {
        let count = self.findings.iter().count();
        let first_error = found.severity == Severity::Error && !self.findings.has_errors();
        if count < MOST_FINDINGS || first_error {
            let found = found.at(self.place(span), label);
            self.findings.push(match help {
                Some(help) => found.help(help),
                None => found,
            });
        } else if count == MOST_FINDINGS {
            let message = format!("there is more: only {MOST_FINDINGS} findings are shown");
            self.findings.push(Diagnostic::warning(PASSED_OVER, message));
        }
    }

    /// A name like this one among those of the variables and scalars; none once enough was found.
    fn similar(&self, name: &str) -> Option<String> {
        let names = self.variables.len() + self.scalars.len();
        if self.findings.iter().count() >= MOST_FINDINGS || names > MOST_COMPARED {
            return None;
        }
        let among = self.variables.values().chain(self.scalars.iter().map(|each| &each.name.value));
        crate::resolve::nearest(name, among.map(String::as_str)).map(str::to_owned)
    }

    /// Says that something is indexed over a set.
    fn indexed_here(&mut self, span: &Range<usize>, what: &str) {
        let message = format!("{what} is indexed: sets are not read");
        let help = "write each member out under a name of its own: `X(j)` over j1 and j2 becomes \
                    `X_j1` and `X_j2`, each with its own block and its own numbers";
        self.error(INDEXED, message, span, "over a set", Some(help));
    }

    fn conditional(&mut self, span: &Range<usize>) {
        let message = "a condition `$(…)` is not read".to_owned();
        let help = "write the case that holds; a line with quantity 0 is dropped by itself";
        self.error(CONDITIONAL, message, span, "here", Some(help));
    }

    /// End of the name that begins at `from`; `from` when none does.
    fn name_end(&self, from: usize, end: usize) -> usize {
        let bytes = self.source.clean.as_bytes();
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        if !bytes.get(from).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_') {
            return from;
        }
        from + bytes[from..end.max(from)].iter().take_while(part).count()
    }

    /// First place from `from` that is not white space.
    fn skip_space(&self, from: usize, end: usize) -> usize {
        let bytes = self.source.clean.as_bytes();
        let end = end.min(bytes.len());
        from + bytes[from.min(end)..end].iter().take_while(|b| b.is_ascii_whitespace()).count()
    }

    fn byte(&self, at: usize, end: usize) -> Option<u8> {
        if at < end { self.source.clean.as_bytes().get(at).copied() } else { None }
    }

    /// The name as it is declared, whatever its case here.
    fn spelled(&self, name: &str) -> String {
        let folded = name.to_lowercase();
        let scalar = || self.names.get(&folded).map(|at| self.scalars[*at].name.value.clone());
        self.variables.get(&folded).cloned().or_else(scalar).unwrap_or_else(|| name.to_owned())
    }

    /// The expression of a range; findings are told, and a number stands for what is none.
    fn expression(&mut self, span: Range<usize>, what: &str) -> Value {
        match self.try_expression(span.clone(), what) {
            Ok(value) => value,
            Err(NoValue::Told) => number(PLACEHOLDER),
            Err(NoValue::Solution) => {
                let message = format!("{what} depends on a solution");
                let help = "the model may use scalars and its own variables; write the number";
                let span = self.trimmed(span);
                self.error(NO_VALUE, message, &span, "known only after a solve", Some(help));
                number(PLACEHOLDER)
            }
        }
    }

    fn try_expression(&mut self, span: Range<usize>, what: &str) -> Result<Value, NoValue> {
        let span = self.trimmed(span);
        let text = self.plain(span.clone()).replace(['[', '{'], "(").replace([']', '}'], ")");
        if let Some(at) = text.find('$') {
            self.conditional(&(span.start + at..span.start + at + 1));
            return Err(NoValue::Told);
        }
        if let Some(at) = text.find('%') {
            let message = "a compile-time value `%…%` is not read".to_owned();
            let place = span.start + at..span.start + at + 1;
            self.error(NO_EXPRESSION, message, &place, "here", Some("write the value itself"));
            return Err(NoValue::Told);
        }
        if has_attribute(&text) {
            return Err(NoValue::Solution);
        }
        match parse(&text) {
            Ok(expression) => {
                let mut spell = |name: &Name| self.symbol(name, span.start);
                Ok(Spanned { value: expression.map(&mut spell), span })
            }
            Err(fault) => {
                let place = span.start + fault.span.start..span.start + fault.span.end;
                if Self::indexed_call(&text, &fault.span) {
                    let name = text[fault.span.clone()].to_owned();
                    self.indexed_here(&place, &format!("`{name}`"));
                } else {
                    let shown: String = text.chars().take(60).collect();
                    let message = format!("{what} `{shown}` is no expression");
                    self.error(NO_EXPRESSION, message, &place, &fault.message, None);
                }
                Err(NoValue::Told)
            }
        }
    }

    /// Whether a fault is about a name before a parenthesis that is no function of GAMS.
    fn indexed_call(text: &str, fault: &Range<usize>) -> bool {
        let called = text[fault.end..].trim_start().starts_with('(');
        let name = text[fault.clone()].to_lowercase();
        let named = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
        let functions = ["sqr", "power", "log10", "log2", "sin", "cos", "round", "floor", "ceil"];
        called && named && Function::named(&name).is_none() && !functions.contains(&name.as_str())
    }

    /// A name of an expression, spelled as declared; GAMS has names for some numbers.
    fn symbol(&self, name: &Name, offset: usize) -> Expression<Name> {
        let folded = name.name.to_lowercase();
        let ours = self.variables.contains_key(&folded) || self.names.contains_key(&folded);
        match folded.as_str() {
            "inf" if !ours => Expression::Number(f64::INFINITY),
            "eps" if !ours => Expression::Number(0.0),
            "pi" if !ours => Expression::Number(std::f64::consts::PI),
            _ => {
                let span = name.span.start + offset..name.span.end + offset;
                Expression::Symbol(Name { name: self.spelled(&name.name), span })
            }
        }
    }
}

/// Whether a text holds something like `X.L`.
fn has_attribute(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let word = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let length = bytes[at..].iter().take_while(word).count();
        if length == 0 {
            at += 1;
            continue;
        }
        let named = bytes[at].is_ascii_alphabetic();
        at += length;
        if named
            && bytes.get(at) == Some(&b'.')
            && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic)
        {
            return true;
        }
    }
    false
}
