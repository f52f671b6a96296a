//! Columns and lines on a terminal.
//!
//! Chinese characters count as two columns, control characters are dropped. A table that is too
//! wide gives up letters of its first column, never figures.
//! Not here: what is printed (`text`).

use super::WIDTH;
use crate::table::{Column, Mark, Row, Table};

/// Gap between columns.
const GAP: usize = 2;

/// Least width of the first column, even if the table then is too wide.
const LEAST: usize = 12;

/// A table under its caption, or that there is nothing in it.
pub(crate) fn block(table: &Table) -> String {
    let caption = one_line(&table.caption);
    if table.rows.is_empty() {
        return format!("{caption}: none\n");
    }
    let widths = widths(table);
    let ruler = "-".repeat(widths.iter().sum::<usize>() + GAP * (widths.len() - 1));
    let mut lines = vec![caption, header(table, &widths, |each| &each.name)];
    if table.columns.iter().any(|column| !column.unit.is_empty()) {
        lines.push(header(table, &widths, |each| &each.unit));
    }
    lines.push(ruler.clone());
    for row in &table.rows {
        if row.mark == Mark::Total {
            lines.push(ruler.clone());
        }
        lines.push(line(table, row, &widths));
    }
    lines.join("\n") + "\n"
}

/// Width of every column, the first as wide as the others leave room for.
fn widths(table: &Table) -> Vec<usize> {
    let widest = |(at, column): (usize, &Column)| {
        let cells = table.rows.iter().map(|row| width(&one_line(&row.cells[at])));
        cells.chain([width(&column.name), width(&column.unit)]).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = table.columns.iter().enumerate().map(widest).collect();
    let others: usize = widths.iter().skip(1).map(|each| each + GAP).sum();
    if let Some(first) = widths.first_mut() {
        *first = (*first).min(WIDTH.saturating_sub(others).max(LEAST));
    }
    widths
}

fn header(table: &Table, widths: &[usize], part: impl Fn(&Column) -> &String) -> String {
    let cells = table.columns.iter().map(|column| part(column).as_str());
    joined(table, cells, widths)
}

fn line(table: &Table, row: &Row, widths: &[usize]) -> String {
    joined(table, row.cells.iter().map(String::as_str), widths)
}

/// Cells side by side: words to the left, figures to the right.
fn joined<'a>(table: &Table, cells: impl Iterator<Item = &'a str>, widths: &[usize]) -> String {
    let columns = table.columns.iter().zip(widths);
    let padded = cells.zip(columns).map(|(text, (column, wide))| {
        let text = shortened(&one_line(text), *wide);
        let blank = " ".repeat(wide.saturating_sub(width(&text)));
        if column.is_figures { blank + &text } else { text + &blank }
    });
    let padded: Vec<String> = padded.collect();
    padded.join(&" ".repeat(GAP)).trim_end().to_owned()
}

/// `text` cut to `most` columns, with an ellipsis if something is missing.
fn shortened(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut short = String::new();
    for letter in text.chars() {
        if width(&short) + columns_of(letter) >= most {
            break;
        }
        short.push(letter);
    }
    short + "…"
}

/// `text` in lines of at most [`WIDTH`] columns, each after `indent`, ending with a newline.
pub(crate) fn wrapped(text: &str, indent: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("there is always a line");
        if last.is_empty() {
            last.push_str(word);
        } else if width(indent) + width(last) + 1 + width(word) <= WIDTH {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    let lines: Vec<String> = lines.iter().map(|line| format!("{indent}{line}")).collect();
    lines.join("\n") + "\n"
}

/// `text` without line breaks and other control characters, which a terminal would obey.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|each| if each.is_control() { ' ' } else { each }).collect()
}

/// Terminal columns `text` takes.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// Two for East Asian wide characters, else one.
fn columns_of(letter: char) -> usize {
    let wide = matches!(u32::from(letter),
        0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFF00..=0xFF60);
    if wide { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::{shortened, width, wrapped};

    #[test]
    fn chinese_characters_take_two_columns() {
        assert_eq!(width("沈阳 a"), 6);
        assert_eq!(shortened("沈阳大连", 5), "沈阳…");
    }

    #[test]
    fn long_sentences_wrap_under_their_indent() {
        let text = wrapped(&"word ".repeat(40), "  ");
        assert!(text.lines().all(|line| line.starts_with("  word") && width(line) <= 100));
    }
}
