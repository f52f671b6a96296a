//! The statements around a model: cut apart at `;`, declarations read.
//!
//! Not here: running them (`super::scenarios`).

use std::ops::Range;

use super::{Known, PLACEHOLDER, Reader, STATEMENT, Scalar};
use crate::tree::Spanned;

/// Words that begin a declaration or a statement without effect: a line with one begins a new
/// statement even where `;` is missing.
const KEYWORDS: [&str; 42] = [
    "set",
    "sets",
    "alias",
    "table",
    "acronym",
    "acronyms",
    "scalar",
    "scalars",
    "parameter",
    "parameters",
    "variable",
    "variables",
    "positive",
    "nonnegative",
    "negative",
    "free",
    "binary",
    "integer",
    "equation",
    "equations",
    "model",
    "models",
    "option",
    "options",
    "display",
    "solve",
    "loop",
    "for",
    "while",
    "repeat",
    "if",
    "put",
    "putclose",
    "file",
    "files",
    "abort",
    "execute",
    "execute_unload",
    "execute_load",
    "execute_loadpoint",
    "execseed",
    "singleton",
];

/// What a statement does, by its first word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Scalars and parameters.
    Numbers,
    /// Sets, aliases, tables.
    Sets,
    /// Variables, equations and models written as algebra.
    Algebra,
    /// Prints, options, files.
    Harmless,
    /// Loops and conditions.
    Control,
    Solve,
    /// An assignment, or nothing known.
    Other,
    /// A `$` line, by its position.
    Directive(usize),
}

/// A statement with its bytes in the file.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
    /// End of its first word.
    pub(super) word: usize,
}

fn kind_of(word: &str) -> Kind {
    match word {
        "scalar" | "scalars" | "parameter" | "parameters" => Kind::Numbers,
        "set" | "sets" | "alias" | "table" | "acronym" | "acronyms" | "singleton" => Kind::Sets,
        "variable" | "variables" | "positive" | "nonnegative" | "negative" | "free" | "binary"
        | "integer" | "equation" | "equations" | "model" | "models" => Kind::Algebra,
        "loop" | "for" | "while" | "repeat" | "if" => Kind::Control,
        "solve" => Kind::Solve,
        _ if KEYWORDS.contains(&word) || word.starts_with("put") => Kind::Harmless,
        _ => Kind::Other,
    }
}

impl Reader<'_> {
    /// The statements and `$` lines in their order.
    pub(super) fn statements(&self) -> Vec<Statement> {
        let breaks = self.breaks();
        let length = self.source.clean.len();
        let mut statements = vec![];
        let (mut at, mut next) = (0, 0);
        while at < length {
            while next < breaks.len() && breaks[next].end <= at {
                next += 1;
            }
            let stop = breaks.get(next).map_or(length, |each| each.start);
            at = self.skip_space(at, length);
            if at >= stop {
                at = at.max(breaks.get(next).map_or(length, |each| each.end));
                continue;
            }
            if self.byte(at, length) == Some(b';') {
                at += 1;
                continue;
            }
            let word = self.name_end(at, length);
            let kind = kind_of(&self.plain(at..word).to_lowercase());
            let end = match kind {
                Kind::Control => self.end_of_control(word, length),
                Kind::Other => self.end_of_statement(word.max(at + 1), stop, false),
                _ => self.end_of_statement(word, stop, true),
            };
            statements.push(Statement { kind, span: at..end, word });
            at = end.max(at + 1);
        }
        self.with_directives(statements)
    }

    /// Where a statement ends even without `;`: at a model, and where GAMS reads another file.
    fn breaks(&self) -> Vec<Range<usize>> {
        let includes = ["include", "sysinclude", "batinclude", "libinclude"];
        let directives = self.source.directives.iter();
        let directives = directives.filter(|each| includes.contains(&each.word.as_str()));
        let mut breaks: Vec<Range<usize>> = directives.map(|each| each.span.clone()).collect();
        breaks.extend(self.source.models.iter().cloned());
        breaks.sort_by_key(|each| each.start);
        breaks
    }

    /// Puts the `$` lines between the statements; those inside a loop go with it.
    fn with_directives(&self, statements: Vec<Statement>) -> Vec<Statement> {
        let mut all = Vec::with_capacity(statements.len() + self.source.directives.len());
        let mut directives = self.source.directives.iter().enumerate().peekable();
        let directive = |at: usize, span: &Range<usize>| Statement {
            kind: Kind::Directive(at),
            span: span.clone(),
            word: span.start,
        };
        for statement in statements {
            while let Some((at, each)) =
                directives.next_if(|(_, each)| each.span.start < statement.span.start)
            {
                all.push(directive(at, &each.span));
            }
            let end = statement.span.end;
            let control = statement.kind == Kind::Control;
            all.push(statement);
            while control && directives.next_if(|(_, each)| each.span.start < end).is_some() {}
        }
        all.extend(directives.map(|(at, each)| directive(at, &each.span)));
        all
    }

    /// End of a quoted text that begins at a place, when it ends on its line.
    fn quote_end(&self, at: usize, end: usize) -> Option<usize> {
        let bytes = self.source.clean.as_bytes();
        let quote = bytes[at];
        let before = at.checked_sub(1).map(|before| bytes[before]);
        if !matches!(quote, b'"' | b'\'') || before.is_some_and(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let rest = bytes[at + 1..end].iter().take_while(|byte| **byte != b'\n');
        rest.enumerate().find(|(_, byte)| **byte == quote).map(|(length, _)| at + length + 2)
    }

    fn end_of_statement(&self, from: usize, stop: usize, keywords_end: bool) -> usize {
        let bytes = self.source.clean.as_bytes();
        let mut at = from;
        while at < stop {
            match bytes[at] {
                b';' => return at,
                b'\n' if keywords_end => {
                    let word = self.skip_space(at, stop);
                    let end = self.name_end(word, stop);
                    let longest = 20;
                    if end > word
                        && end - word < longest
                        && KEYWORDS.contains(&self.plain(word..end).to_lowercase().as_str())
                    {
                        return at;
                    }
                }
                b'"' | b'\'' => {
                    at = self.quote_end(at, stop).unwrap_or(at + 1);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        stop
    }

    /// End of a loop: the `;` after its parentheses close.
    fn end_of_control(&self, from: usize, length: usize) -> usize {
        let bytes = self.source.clean.as_bytes();
        let (mut at, mut depth) = (from, 0usize);
        while at < length {
            match bytes[at] {
                b';' if depth == 0 => return at,
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                b'"' | b'\'' => {
                    at = self.quote_end(at, length).unwrap_or(at + 1);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        length
    }

    /// Reads the declarations: GAMS gives their data before it runs anything.
    pub(super) fn declarations(&mut self, statements: &[Statement]) {
        for statement in statements {
            let body = statement.word..statement.span.end;
            match statement.kind {
                Kind::Numbers => self.numbers(body),
                Kind::Sets => self.sets(body),
                _ => {}
            }
        }
    }

    /// Names of sets and tables: none of them may stand in the model.
    fn sets(&mut self, body: Range<usize>) {
        for line in self.lines(body) {
            let end = self.name_end(line.start, line.end);
            if end > line.start {
                let name = self.plain(line.start..end).to_lowercase();
                self.indexed.entry(name).or_insert(line.start..end);
            }
        }
    }

    /// `name text / number /, …`: items end at a comma, a `/` that closes, or the end of the line.
    fn numbers(&mut self, body: Range<usize>) {
        let mut at = body.start;
        while at < body.end {
            at = match self.byte(at, body.end) {
                Some(b',') => at + 1,
                Some(byte) if byte.is_ascii_whitespace() => at + 1,
                _ => self.one_number(at, body.end),
            };
        }
    }

    fn one_number(&mut self, at: usize, end: usize) -> usize {
        let stop = self.name_end(at, end);
        if stop == at {
            let message = "a name was expected in this declaration".to_owned();
            self.error(STATEMENT, message, &(at..at + 1), "no name", None);
            return self.next_line(at, end);
        }
        let over_set = self.byte(self.skip_space(stop, end), end) == Some(b'(');
        let data = self.data_start(stop, end);
        let span = at..stop;
        let name = self.plain(span.clone()).to_owned();
        let (inside, after) = match data {
            Ok(open) => {
                let close = self.plain(open + 1..end).find('/').map_or(end, |at| open + 1 + at);
                (Some(open + 1..close), (close + 1).min(end))
            }
            Err(after) => (None, after),
        };
        if over_set {
            self.indexed.entry(name.to_lowercase()).or_insert(span);
            return after;
        }
        let known = match inside {
            None => Known::No,
            Some(inside) => self.datum(inside, &name),
        };
        self.declare_scalar(Spanned { value: name, span }, known);
        after
    }

    fn declare_scalar(&mut self, name: Spanned<String>, known: Known) {
        let folded = name.value.to_lowercase();
        if let Some(at) = self.names.get(&folded) {
            if known != Known::No {
                self.scalars[*at].known = known;
            }
            return;
        }
        self.names.insert(folded, self.scalars.len());
        self.scalars.push(Scalar { name, known });
    }

    /// Where the data of an item open, or where the item ends without any.
    fn data_start(&self, from: usize, end: usize) -> Result<usize, usize> {
        let bytes = self.source.clean.as_bytes();
        let (mut at, mut depth) = (from, 0usize);
        while at < end {
            match bytes[at] {
                b'/' => return Ok(at),
                b',' if depth == 0 => return Err(at),
                b'\n' => {
                    // Data may stand on the next line.
                    let next = self.skip_space(at, end);
                    return if self.byte(next, end) == Some(b'/') { Ok(next) } else { Err(at) };
                }
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                b'"' | b'\'' => {
                    at = self.quote_end(at, end).unwrap_or(at + 1);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        Err(end)
    }

    fn next_line(&self, at: usize, end: usize) -> usize {
        self.plain(at..end).find('\n').map_or(end, |length| at + length + 1)
    }

    fn datum(&mut self, span: Range<usize>, name: &str) -> Known {
        let span = self.trimmed(span);
        let text = self.plain(span.clone());
        let (sign, digits) = match text.as_bytes().first() {
            Some(b'-') => (-1.0, text[1..].trim_start()),
            Some(b'+') => (1.0, text[1..].trim_start()),
            _ => (1.0, text),
        };
        let number = match digits.to_lowercase().as_str() {
            "" => None,
            "inf" => Some(f64::INFINITY),
            "eps" => Some(0.0),
            other if other.starts_with(|c: char| c.is_ascii_digit() || c == '.') => {
                other.replace('d', "e").parse::<f64>().ok()
            }
            _ => None,
        };
        if let Some(number) = number {
            return Known::Number(sign * number, span);
        }
        let message = format!("the data of `{name}` are no number");
        let help = "a scalar has one number between the slashes; data over sets are not read";
        self.error(STATEMENT, message, &span, "one number is read", Some(help));
        Known::Number(PLACEHOLDER, span)
    }
}
