//! TOML itself: a tree of values, or one located finding.

use diagnostics::Diagnostic;
use toml_span::{ErrorKind, Value};

use super::code;
use super::context::Context;

/// Brackets, or dots in a line, beyond which a text is no study file; keeps the recursive TOML
/// reader within its stack.
const DEEPEST: usize = 200;

/// The tree of the text; a finding when it is not TOML.
pub(super) fn read<'a>(context: &Context<'a>) -> Option<Value<'a>> {
    if let Some(at) = too_deep(context.text) {
        let finding = Diagnostic::error(code::SYNTAX, "this is nested too deeply for a study file")
            .help("a study file has tables and lists of at most three levels");
        context.report(finding, at..at + 1, "too many brackets or dots up to here");
        return None;
    }
    match toml_span::parse(context.text) {
        Ok(root) => Some(root),
        Err(error) => {
            report(context, &error);
            None
        }
    }
}

/// Byte where brackets or dots pass [`DEEPEST`].
fn too_deep(text: &str) -> Option<usize> {
    let (mut brackets, mut dots) = (0_usize, 0_usize);
    text.bytes().position(|byte| {
        match byte {
            b'[' | b'{' => brackets += 1,
            b']' | b'}' => brackets = brackets.saturating_sub(1),
            b'.' => dots += 1,
            b'\n' => dots = 0,
            _ => {}
        }
        brackets > DEEPEST || dots > DEEPEST
    })
}

fn report(context: &Context<'_>, error: &toml_span::Error) {
    let mut finding = Diagnostic::error(code::SYNTAX, format!("this is not TOML: {error}"));
    if let Some(help) = help(&error.kind) {
        finding = finding.help(help);
    }
    let end = error.span.end.min(context.text.len());
    context.report(finding, error.span.start.min(end)..end, "here");
}

fn help(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::UnquotedString => "put text in quotes: name = \"…\"",
        ErrorKind::InvalidNumber => {
            "amounts and dates are text in quotes: \"670 million CNY\", \"2018-09\"; \
             numbers have a point, no comma"
        }
        ErrorKind::UnterminatedString => "close the text with a quote on the same line",
        ErrorKind::DuplicateKey { .. } => "keep one of the two lines",
        ErrorKind::DuplicateTable { .. } => {
            "keep one of the two tables; levers, targets and observations have double brackets"
        }
        _ => return None,
    })
}
