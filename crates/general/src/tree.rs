//! A file as a tree of values with their places, from JSON or from TOML.
//!
//! Not here: what the values mean (`crate::case`).

use std::ops::Range;

use diagnostics::{Diagnostic, Place};

/// Largest file that is read, in bytes.
pub(crate) const LARGEST_FILE: usize = 64 << 20;
/// Deepest nesting of lists and tables.
const DEEPEST: usize = 100;

/// A file that cannot be read as JSON or TOML at all.
const NOT_READABLE: &str = "E1601";

/// Something with its bytes in the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Range<usize>,
}

/// A value of the file.
pub(crate) type Node = Spanned<Kind>;

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Null,
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    /// Entries in the order of the file.
    Table(Vec<(Spanned<String>, Node)>),
}

impl Kind {
    /// What the value is, in words.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Flag(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// How the text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// JSON.
    Json,
    /// TOML with the same structure.
    Toml,
}

/// The tree of a text.
///
/// # Errors
/// Where the text stops being JSON or TOML, or a limit on size or depth.
pub(crate) fn read(file: &str, text: &str, syntax: Syntax) -> Result<Node, Box<Diagnostic>> {
    let fault = |message: String, span: Range<usize>, label: &str| {
        Box::new(
            Diagnostic::error(NOT_READABLE, message).at(Place::in_text(file, text, span), label),
        )
    };
    if text.len() > LARGEST_FILE {
        let (size, most) = (text.len() >> 20, LARGEST_FILE >> 20);
        return Err(fault(format!("the file has {size} MB; {most} MB are read"), 0..0, ""));
    }
    if let Some(at) = too_deep(text, syntax) {
        let message = format!("lists and tables are nested more than {DEEPEST} deep");
        return Err(fault(message, at..at + 1, "here"));
    }
    match syntax {
        Syntax::Json => json(text).map_err(|(message, span)| {
            fault(format!("the file is not JSON: {message}"), span, "here")
        }),
        Syntax::Toml => match toml_span::parse(text) {
            Ok(value) => Ok(from_toml(&value)),
            Err(error) => {
                let span = error.span.start..error.span.end;
                Err(fault(format!("the file is not TOML: {error}"), span, "here"))
            }
        },
    }
}

/// The byte where brackets outside quotes and comments go deeper than allowed.
fn too_deep(text: &str, syntax: Syntax) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'#' if syntax == Syntax::Toml => at = after(bytes, at, b"\n"),
            b'/' if syntax == Syntax::Json && bytes[at..].starts_with(b"//") => {
                at = after(bytes, at, b"\n");
            }
            b'/' if syntax == Syntax::Json && bytes[at..].starts_with(b"/*") => {
                at = after(bytes, at + 1, b"*/");
            }
            b'"' => at = closing_quote(bytes, at, b'"', syntax),
            b'\'' if syntax == Syntax::Toml => at = closing_quote(bytes, at, b'\'', syntax),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The last byte of the next `end` after `from`, or of the text.
fn after(bytes: &[u8], from: usize, end: &[u8]) -> usize {
    let found = bytes[from + 1..].windows(end.len()).position(|window| window == end);
    found.map_or(bytes.len(), |at| from + at + end.len())
}

/// The last byte of the quoted text that opens at `from`.
fn closing_quote(bytes: &[u8], from: usize, quote: u8, syntax: Syntax) -> usize {
    let triple = [quote; 3];
    let long = syntax == Syntax::Toml && bytes[from..].starts_with(&triple);
    let mut at = from + if long { 3 } else { 1 };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 1,
            b'\n' if !long => return at,
            _ if long && bytes[at..].starts_with(&triple) => return at + 2,
            byte if !long && byte == quote => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn json(text: &str) -> Result<Node, (String, Range<usize>)> {
    use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
    let options = ParseOptions {
        allow_comments: true,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = parse_to_ast(text, &CollectOptions::default(), &options).map_err(|error| {
        let range = error.range();
        (error.kind().to_string(), range.start..range.end)
    })?;
    match parsed.value {
        Some(value) => from_json(&value),
        None => Err(("the file is empty".to_owned(), 0..0)),
    }
}

fn from_json(value: &jsonc_parser::ast::Value) -> Result<Node, (String, Range<usize>)> {
    use jsonc_parser::ast::Value;
    use jsonc_parser::common::Ranged;
    let span = value.start()..value.end();
    let kind = match value {
        Value::NullKeyword(_) => Kind::Null,
        Value::BooleanLit(flag) => Kind::Flag(flag.value),
        Value::NumberLit(number) => match number.value.parse::<f64>() {
            Ok(value) if value.is_finite() => Kind::Number(value),
            _ => return Err((format!("`{}` is no number", number.value), span)),
        },
        Value::StringLit(text) => Kind::Text(text.value.to_string()),
        Value::Array(list) => {
            Kind::List(list.elements.iter().map(from_json).collect::<Result<_, _>>()?)
        }
        Value::Object(table) => {
            let entry = |property: &jsonc_parser::ast::ObjectProp| {
                let range = property.name.range();
                let key = property.name.as_str().to_owned();
                let key = Spanned { value: key, span: range.start..range.end };
                Ok((key, from_json(&property.value)?))
            };
            Kind::Table(table.properties.iter().map(entry).collect::<Result<_, _>>()?)
        }
    };
    Ok(Spanned { value: kind, span })
}

fn from_toml(value: &toml_span::Value) -> Node {
    use toml_span::value::ValueInner;
    let kind = match value.as_ref() {
        ValueInner::String(text) => Kind::Text(text.to_string()),
        ValueInner::Integer(number) => Kind::Number(*number as f64),
        ValueInner::Float(number) => Kind::Number(*number),
        ValueInner::Boolean(flag) => Kind::Flag(*flag),
        ValueInner::Array(list) => Kind::List(list.iter().map(from_toml).collect()),
        ValueInner::Table(table) => {
            let mut entries: Vec<_> = table
                .iter()
                .map(|(key, value)| {
                    let span = key.span.start..key.span.end;
                    (Spanned { value: key.name.to_string(), span }, from_toml(value))
                })
                .collect();
            entries.sort_by_key(|(key, _)| key.span.start);
            Kind::Table(entries)
        }
    };
    Spanned { value: kind, span: value.span.start..value.span.end }
}
