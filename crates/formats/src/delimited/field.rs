//! Fields of a line: labels and numbers.

use diagnostics::{Diagnostic, Place};

/// What is wrong with a row of cells.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// Field, from 1.
    pub(super) column: usize,
    kind: Kind,
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    NotANumber(String),
    NotFinite(String),
    Missing { expected: usize, found: usize },
    TooMany { expected: usize },
}

impl Problem {
    pub(super) fn finding(&self, file: &str, line: usize) -> Diagnostic {
        let place = Place::cell(file, line, self.column);
        let number = "write a number with a decimal point and no thousands separators";
        let cut = "a short row, above all the last one, means that the file was cut off";
        let (code, message, label, help) = match &self.kind {
            Kind::NotANumber(text) => {
                ("E1307", format!("`{text}` in `{file}` is not a number"), "not a number", number)
            }
            Kind::NotFinite(text) => {
                let message = format!("`{text}` in `{file}` is not a finite number");
                ("E1307", message, "not a finite number", number)
            }
            Kind::Missing { expected, found } => {
                let message =
                    format!("line {line} of `{file}` has {found} cells, the header {expected}");
                ("E1308", message, "the row ends here", cut)
            }
            Kind::TooMany { expected } => {
                let message = format!(
                    "line {line} of `{file}` has more than the {expected} cells of the header"
                );
                ("E1308", message, "the first cell too many", cut)
            }
        };
        Diagnostic::error(code, message).at(place, label).help(help)
    }
}

/// Longest piece of a bad field that is shown.
const SHOWN: usize = 40;

fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(&text[..text.len().min(SHOWN)]).escape_debug().to_string()
}

/// The first field of a line and what follows its delimiter.
pub(super) fn first(line: &[u8], delimiter: u8) -> (&[u8], Option<&[u8]>) {
    let mut quoted = false;
    let end = line.iter().position(|byte| {
        quoted ^= *byte == b'"';
        *byte == delimiter && !quoted
    });
    match end {
        Some(at) => (&line[..at], Some(&line[at + 1..])),
        None => (line, None),
    }
}

/// All fields of a line.
pub(super) fn split(line: &[u8], delimiter: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let (field, next) = first(rest?, delimiter);
        rest = next;
        Some(field)
    })
}

/// Text of a label: without blanks around it, without quotes, of UTF-8 or else Latin 1.
pub(super) fn label(field: &[u8]) -> String {
    let field = field.trim_ascii();
    let text = match std::str::from_utf8(field) {
        Ok(text) => text.to_owned(),
        Err(_) => field.iter().map(|byte| char::from(*byte)).collect(),
    };
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\"").trim().to_owned(),
        None => text,
    }
}

/// Parses the cells of a line; gives the number of empty fields, which are 0.
pub(super) fn numbers(
    rest: Option<&[u8]>,
    delimiter: u8,
    cells: &mut [f64],
) -> Result<usize, Problem> {
    let expected = cells.len();
    let (mut rest, mut blanks) = (rest, 0);
    for (at, cell) in cells.iter_mut().enumerate() {
        let Some(text) = rest else {
            let kind = Kind::Missing { expected, found: at };
            return Err(Problem { column: at, kind });
        };
        if let Ok((value, length)) = fast_float2::parse_partial::<f64, _>(text)
            && (length == text.len() || text[length] == delimiter)
            && value.is_finite()
        {
            *cell = value;
            rest = text.get(length + 1..).filter(|_| length < text.len());
            continue;
        }
        let (field, next) = first(text, delimiter);
        *cell = number(field).map_err(|kind| Problem { column: at + 1, kind })?;
        blanks += usize::from(field.trim_ascii().is_empty());
        rest = next;
    }
    // A delimiter at the end of a line is no cell.
    match rest {
        Some(text) if !text.trim_ascii().is_empty() => {
            Err(Problem { column: expected + 1, kind: Kind::TooMany { expected } })
        }
        _ => Ok(blanks),
    }
}

/// A field that is not plainly a number: blanks or quotes around it, or nothing at all.
fn number(field: &[u8]) -> Result<f64, Kind> {
    let text = field.trim_ascii();
    let text = text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(text);
    let text = text.trim_ascii();
    if text.is_empty() {
        return Ok(0.0);
    }
    match fast_float2::parse::<f64, _>(text) {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => Err(Kind::NotFinite(shown(text))),
        Err(_) => Err(Kind::NotANumber(shown(text))),
    }
}
