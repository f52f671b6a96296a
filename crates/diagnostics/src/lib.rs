//! One finding in a user's input: code, place, cause and way out.
//!
//! Plain data: rendering with source excerpts is the front end's work. Readers collect findings in
//! a [`Findings`] and go on, so that one run shows all of them.
//! Not here: errors of the program itself, which are each crate's own error type.

use std::fmt;
use std::ops::Range;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something the user should know; the run goes on.
    Warning,
    /// The input cannot be used.
    Error,
}

/// Where a finding is, in terms of what the user can open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// File path or name as the user gave it (or of the embedded file).
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters (or the field number of a table), from 1.
    pub column: usize,
    /// Byte range in the file's text, when the file is text and the range is known.
    pub span: Option<Range<usize>>,
}

impl Place {
    /// Place of a byte range in a text: line and column are counted from the text itself.
    pub fn in_text(file: &str, text: &str, span: Range<usize>) -> Self {
        let start = span.start.min(text.len());
        let before = &text.as_bytes()[..start];
        let line = before.split(|byte| *byte == b'\n').count();
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(&before[line_start..]).chars().count() + 1;
        Self { file: file.to_owned(), line, column, span: Some(span) }
    }

    /// Place of a cell of a table: `line` and `column` from 1.
    pub fn cell(file: &str, line: usize, column: usize) -> Self {
        Self { file: file.to_owned(), line, column, span: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code, e.g. `E0203`; listed in docs/diagnostics.md.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// One sentence that says what is wrong, with the numbers.
    pub message: String,
    /// Where, when the input has places.
    pub place: Option<Place>,
    /// What the place is or is not, e.g. "not one of the 42 industries".
    pub label: String,
    /// The way out.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error without a place yet.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message.into())
    }

    /// A warning without a place yet.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message.into())
    }

    fn new(code: &'static str, severity: Severity, message: String) -> Self {
        Self { code, severity, message, place: None, label: String::new(), help: None }
    }

    /// The same finding at `place`, with `label` said of that place.
    #[must_use]
    pub fn at(mut self, place: Place, label: impl Into<String>) -> Self {
        self.place = Some(place);
        self.label = label.into();
        self
    }

    /// The same finding with its way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(out, "{word}[{}]: {}", self.code, self.message)?;
        if let Some(place) = &self.place {
            write!(out, "\n --> {place}")?;
            if !self.label.is_empty() {
                write!(out, ": {}", self.label)?;
            }
        }
        if let Some(help) = &self.help {
            write!(out, "\n  = help: {help}")?;
        }
        Ok(())
    }
}

/// All findings of one run, in the order they were met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    list: Vec<Diagnostic>,
}

impl Findings {
    /// Adds one.
    pub fn push(&mut self, finding: Diagnostic) {
        self.list.push(finding);
    }

    /// Adds all of another run.
    pub fn extend(&mut self, other: Self) {
        self.list.extend(other.list);
    }

    /// Puts findings of one text in the order of the text; those without a place come first.
    pub fn sort_by_place(&mut self) {
        self.list.sort_by_key(|finding| finding.place.as_ref().map(|at| (at.line, at.column)));
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// The findings.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl<'a> IntoIterator for &'a Findings {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.list {
            writeln!(out, "{finding}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_not_bytes() {
        let text = "年 = 1\nregion = \"沈阳x\"\n";
        let start = text.find("沈").expect("the text holds it");
        let place = Place::in_text("study.toml", text, start..start + 7);
        assert_eq!((place.line, place.column), (2, 11));
    }
}
