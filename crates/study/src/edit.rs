//! One field of a lever changed in the text of a study; everything else stays, comments included.
//!
//! A block runs from its line `[[lever.KIND]]` to the next header, less the comments and blank
//! lines that belong to what follows. Values are written as TOML literals, and one that is not a
//! single literal is refused. A new lever begins as the example of its kind in `docs/study-file.md`.
//! Whether a value makes sense is for `study::file` to say.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml_span::Value;
use toml_span::value::Table;

/// The description of study files, with an example of every kind of lever.
const EXAMPLES: &str = include_str!("../../../docs/study-file.md");

/// Longest literal that is taken, in bytes.
const LONGEST_LITERAL: usize = 4000;
/// Brackets in a literal; keeps the recursive TOML reader within its stack.
const MOST_BRACKETS: usize = 40;

/// A lever as it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Block {
    /// Kind as in the header, e.g. `talent`.
    pub kind: String,
    /// Name, when it has one.
    pub name: String,
    /// Line of the header, from 1.
    pub line: usize,
    /// Byte range in the text.
    pub span: Range<usize>,
    /// Its fields in order of writing.
    pub fields: Vec<Field>,
}

/// A field of a lever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Key.
    pub key: String,
    /// Value as written.
    pub literal: String,
    /// Byte range of the value.
    pub span: Range<usize>,
}

/// A change of the levers of a study.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// Gives a field a value, whether it was there or not.
    Set {
        /// Position among the levers of the text.
        lever: usize,
        /// Field.
        key: String,
        /// Value as a TOML literal.
        literal: String,
    },
    /// Takes a field out, so that its default holds.
    Unset {
        /// Position among the levers of the text.
        lever: usize,
        /// Field.
        key: String,
    },
    /// Takes a lever out.
    Remove {
        /// Position among the levers of the text.
        lever: usize,
    },
    /// Writes a lever again below itself, under another name.
    Copy {
        /// Position among the levers of the text.
        lever: usize,
        /// Name of the copy.
        name: String,
    },
    /// Writes a lever of a kind below all others, as in the example of the kind.
    Add {
        /// Kind, one of [`kinds`].
        kind: String,
        /// Name.
        name: String,
    },
    /// Gives a parameter a value.
    Parameter {
        /// Name.
        name: String,
        /// Value as a TOML literal.
        literal: String,
    },
}

/// The levers of a text; none when it is not TOML, or written so that blocks cannot be told apart.
pub fn blocks(text: &str) -> Vec<Block> {
    let Ok(root) = toml_span::parse(text) else { return vec![] };
    let headers = headers(text);
    let mut seen: Vec<&str> = Vec::new();
    let mut list = Vec::new();
    for (kind, line, span) in &headers {
        let nth = seen.iter().filter(|each| *each == kind).count();
        seen.push(kind);
        let table = root
            .as_table()
            .and_then(|table| table.get("lever")?.as_table()?.get(*kind)?.as_array()?.get(nth));
        let Some(table) = table.and_then(Value::as_table) else { return vec![] };
        let name = table.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let fields = fields(text, table, span);
        list.push(Block {
            kind: (*kind).to_owned(),
            name,
            line: *line,
            span: span.clone(),
            fields,
        });
    }
    list
}

/// Headers of levers: kind, line, and the byte range of the block.
fn headers(text: &str) -> Vec<(&str, usize, Range<usize>)> {
    let mut found: Vec<(&str, usize, Range<usize>)> = Vec::new();
    let (mut at, mut open) = (0, false);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if is_header(line) {
            if let Some(last) = found.last_mut().filter(|_| open) {
                last.2.end = at;
            }
            let kind = line.trim().strip_prefix("[[lever.").and_then(|rest| rest.split(']').next());
            open = kind.is_some();
            if let Some(kind) = kind {
                found.push((kind.trim(), number + 1, at..text.len()));
            }
        }
        at += line.len();
    }
    for (_, _, span) in &mut found {
        span.end = span.start + written(&text[span.clone()]);
    }
    found
}

fn is_header(line: &str) -> bool {
    let rest = line.strip_prefix("[[").or_else(|| line.strip_prefix('['));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

/// Length of a block without the comments and blank lines at its end.
fn written(block: &str) -> usize {
    let (mut length, mut at) = (0, 0);
    for line in block.split_inclusive('\n') {
        at += line.len();
        if !line.trim().is_empty() && !line.starts_with('#') {
            length = at;
        }
    }
    length
}

fn fields(text: &str, table: &Table<'_>, block: &Range<usize>) -> Vec<Field> {
    let inside = |span: &Range<usize>| block.start <= span.start && span.end <= block.end;
    let mut fields: Vec<Field> = table
        .iter()
        .map(|(key, value)| (key, with_quotes(text, value.span.start..value.span.end)))
        .filter(|(_, span)| inside(span))
        .map(|(key, span)| Field {
            key: key.name.to_string(),
            literal: text[span.clone()].to_owned(),
            span,
        })
        .collect();
    fields.sort_by_key(|field| field.span.start);
    fields
}

/// The range of a text value with its quotes, of any other value as it is.
fn with_quotes(text: &str, mut span: Range<usize>) -> Range<usize> {
    let bytes = text.as_bytes();
    for _ in 0..3 {
        let before = span.start.checked_sub(1).map(|at| bytes[at]);
        let same = before == bytes.get(span.end).copied();
        if same && matches!(before, Some(b'"' | b'\'')) {
            span = span.start - 1..span.end + 1;
        }
    }
    span
}

/// Kinds of levers, each with its example from behind `[[lever.` on, in order of their description.
fn examples() -> impl Iterator<Item = (&'static str, &'static str)> {
    let blocks = EXAMPLES.split("```toml\n[[lever.").skip(1);
    blocks.filter_map(|rest| {
        let (example, _) = rest.split_once("\n```")?;
        let (kind, _) = example.split_once("]]")?;
        Some((kind, example))
    })
}

/// The kinds of levers that can be added.
pub fn kinds() -> Vec<&'static str> {
    examples().map(|(kind, _)| kind).collect()
}

/// The text after a change.
///
/// # Errors
/// In words, when there is no such lever or field, or the literal is none.
pub fn apply(text: &str, edit: &Edit) -> Result<String, String> {
    let blocks = blocks(text);
    let find = |lever: usize| {
        let found = blocks.get(lever);
        found.ok_or_else(|| format!("the text has no lever number {}", lever + 1))
    };
    match edit {
        Edit::Set { lever, key, literal } => {
            is_key(key)?;
            is_literal(literal)?;
            let block = find(*lever)?;
            if let Some(field) = block.fields.iter().find(|field| field.key == *key) {
                return Ok(replaced(text, field.span.clone(), literal));
            }
            let end = block.span.start + first_line(&text[block.span.clone()]);
            let gap = if text[..end].ends_with('\n') { "" } else { "\n" };
            Ok(replaced(text, end..end, &format!("{gap}{key} = {literal}\n")))
        }
        Edit::Unset { lever, key } => {
            let block = find(*lever)?;
            let field = block.fields.iter().find(|field| field.key == *key);
            let field = field.ok_or_else(|| format!("the lever has no field `{key}`"))?;
            let start = text[..field.span.start].rfind('\n').map_or(0, |at| at + 1);
            let end =
                text[field.span.end..].find('\n').map_or(text.len(), |at| field.span.end + at + 1);
            Ok(replaced(text, start..end, ""))
        }
        Edit::Remove { lever } => Ok(replaced(text, find(*lever)?.span.clone(), "")),
        Edit::Copy { lever, name } => {
            let block = find(*lever)?;
            let mut copy = text[block.span.clone()].to_owned();
            if let Some(field) = block.fields.iter().find(|field| field.key == "name") {
                let start = block.span.start;
                let own = field.span.start - start..field.span.end - start;
                copy = replaced(&copy, own, &quoted(name));
            }
            let end = block.span.end;
            Ok(replaced(text, end..end, &format!("\n{copy}")))
        }
        Edit::Add { kind, name } => {
            let (_, example) = examples()
                .find(|(known, _)| known == kind)
                .ok_or_else(|| format!("there is no kind of lever `{kind}`"))?;
            let at = blocks.last().map_or(text.len(), |last| last.span.end);
            let gap = if text[..at].ends_with('\n') { "\n" } else { "\n\n" };
            let mut lever = format!("{gap}[[lever.");
            for line in example.lines() {
                let own = line.starts_with("name = ").then(|| format!("name = {}", quoted(name)));
                lever += own.as_deref().unwrap_or(line);
                lever.push('\n');
            }
            Ok(replaced(text, at..at, &lever))
        }
        Edit::Parameter { name, literal } => {
            is_key(name)?;
            is_literal(literal)?;
            Ok(with_parameter(text, name, literal))
        }
    }
}

fn with_parameter(text: &str, name: &str, literal: &str) -> String {
    let root = toml_span::parse(text).ok();
    let table = root.as_ref().and_then(|root| root.as_table()?.get("parameters"));
    if let Some(value) = table.and_then(|table| table.as_table()?.get(name)) {
        return replaced(text, with_quotes(text, value.span.start..value.span.end), literal);
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        if line.trim_end() == "[parameters]" {
            let gap = if line.ends_with('\n') { "" } else { "\n" };
            return replaced(text, at..at, &format!("{gap}{name} = {literal}\n"));
        }
    }
    format!("{}\n\n[parameters]\n{name} = {literal}\n", text.trim_end())
}

fn first_line(block: &str) -> usize {
    block.find('\n').map_or(block.len(), |at| at + 1)
}

fn replaced(text: &str, span: Range<usize>, with: &str) -> String {
    [&text[..span.start], with, &text[span.end..]].concat()
}

/// A text as a TOML literal.
fn quoted(text: &str) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => literal.extend(['\\', c]),
            c if c.is_control() => literal.push(' '),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

fn is_key(key: &str) -> Result<(), String> {
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.len() <= 100 && key.chars().all(letters) {
        Ok(())
    } else {
        Err(format!("`{key}` cannot be the name of a field"))
    }
}

fn is_literal(literal: &str) -> Result<(), String> {
    let brackets = literal.bytes().filter(|byte| matches!(byte, b'[' | b'{' | b'.')).count();
    let short = literal.len() <= LONGEST_LITERAL && brackets <= MOST_BRACKETS;
    let text = format!("k = {literal}\n");
    let alone = short
        && toml_span::parse(&text).is_ok_and(|root| {
            root.as_table().is_some_and(|table| {
                table.len() == 1
                    && table.get("k").is_some_and(|value| {
                        with_quotes(&text, value.span.start..value.span.end)
                            == (4..4 + literal.len())
                    })
            })
        });
    if alone {
        Ok(())
    } else {
        Err(format!("`{literal}` is no value: numbers as 0.5, text in quotes, lists as [1, 2]"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(lever: usize, key: &str, literal: &str) -> Edit {
        Edit::Set { lever, key: key.to_owned(), literal: literal.to_owned() }
    }

    /// Levers of the shipped study.
    fn levers() -> usize {
        crate::LIAONING.matches("\n[[lever.").count()
    }

    #[test]
    fn the_shipped_study_has_its_levers_with_literals_as_written() {
        let blocks = blocks(crate::LIAONING);
        assert_eq!(blocks.len(), levers());
        let grants = blocks.iter().position(|block| block.kind == "rd_grants").expect("there");
        let literal = |lever: usize, key: &str| {
            let field = blocks[lever].fields.iter().find(|field| field.key == key);
            field.map(|field| field.literal.as_str())
        };
        assert_eq!(blocks[0].name, "BMW battery plant, phase 2");
        assert_eq!(literal(0, "amount"), Some("\"670 million CNY\""));
        assert_eq!(literal(0, "build_years"), Some("[2018, 2020]"));
        assert_eq!(literal(0, "import_content"), Some("0.4"));
        assert_eq!(
            literal(grants, "grant"),
            Some(
                "{ low = \"0.5 million CNY\", high = \"2 million CNY\", used = \"1.25 million CNY\" }"
            )
        );
    }

    #[test]
    fn a_change_touches_one_value_and_its_reverse_gives_the_same_bytes() {
        let text = crate::LIAONING;
        let changed = apply(text, &set(0, "amount", "\"1 billion CNY\"")).expect("a value");
        assert_eq!(changed.len(), text.len() - "670 million".len() + "1 billion".len());
        let back = apply(&changed, &set(0, "amount", "\"670 million CNY\"")).expect("a value");
        assert_eq!(back, text);
        let more = apply(text, &set(0, "schedule", "[0.2, 0.5, 0.3]")).expect("a new field");
        let less = Edit::Unset { lever: 0, key: "schedule".to_owned() };
        assert_eq!(apply(&more, &less).expect("taken out"), text);
        let copy = Edit::Copy { lever: 3, name: "Again \"it\"".to_owned() };
        let copied = apply(text, &copy).expect("copied");
        assert_eq!(blocks(&copied).len(), levers() + 1);
        assert_eq!(blocks(&copied)[4].name, "Again \"it\"");
    }

    #[test]
    fn a_lever_of_every_kind_is_added_without_errors() {
        let inputs = crate::inputs::Inputs::liaoning().expect("accounts");
        assert_eq!(kinds().len(), 10, "{:?}", kinds());
        let mut text = crate::LIAONING.to_owned();
        for _ in 0..levers() {
            text = apply(&text, &Edit::Remove { lever: 0 }).expect("removed");
        }
        for kind in kinds() {
            let name = format!("A new {kind}");
            text = apply(&text, &Edit::Add { kind: kind.to_owned(), name }).expect("added");
        }
        let none = crate::folder::Memory::default();
        let read = crate::beside::read("study.toml", &text, &inputs.names, &none);
        assert!(!read.findings.has_errors(), "{:?}", read.findings.iter().collect::<Vec<_>>());
        let added = read.study.expect("no errors").levers.len();
        assert_eq!(added, kinds().len());
        let unknown = Edit::Add { kind: "magic".to_owned(), name: "x".to_owned() };
        assert!(apply(&text, &unknown).is_err());
    }

    #[test]
    fn a_removed_lever_leaves_the_comments_of_the_next() {
        let changed = apply(crate::LIAONING, &Edit::Remove { lever: 0 }).expect("removed");
        assert_eq!(blocks(&changed).len(), levers() - 1);
        assert!(changed.contains("# Which industries were opened is published"));
        assert!(!changed.contains("BMW battery plant, phase 2\""));
    }

    #[test]
    fn a_parameter_is_added_and_then_replaced() {
        let edit = |literal: &str| Edit::Parameter {
            name: "sigma_regions".to_owned(),
            literal: literal.to_owned(),
        };
        let once = apply(crate::LIAONING, &edit("4.0")).expect("added");
        let twice = apply(&once, &edit("5.0")).expect("replaced");
        assert!(
            once.contains("\nsigma_regions = 4.0\n") && twice.contains("\nsigma_regions = 5.0\n")
        );
        assert_eq!(once.len(), twice.len());
        let none = apply("x = 1", &edit("4.0")).expect("added");
        assert_eq!(none, "x = 1\n\n[parameters]\nsigma_regions = 4.0\n");
    }

    #[test]
    fn what_is_more_than_one_literal_is_refused() {
        let deep = "[".repeat(41);
        for literal in ["", "1\ny = 2", "1 # note", "\"open", "[[lever.x]]\n", " 1", &deep] {
            assert!(apply(crate::LIAONING, &set(0, "amount", literal)).is_err(), "{literal:?}");
        }
        assert!(apply(crate::LIAONING, &set(0, "a b", "1")).is_err());
        assert!(apply(crate::LIAONING, &set(99, "amount", "1")).is_err());
    }
}
