//! Statements of closure and shock files: words up to `;`, comments from `!` to the end of the line.
//!
//! The form is that of GEMPACK command files, so that a .cmf can be given as it is.

use std::ops::Range;

/// A piece of text and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
}

impl Word {
    pub(crate) fn is(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word)
    }
}

/// Words of one statement, without its `;`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Statement {
    pub(crate) words: Vec<Word>,
    /// Whether a `;` ends it.
    pub(crate) ended: bool,
}

impl Statement {
    /// From its first to its last word.
    pub(crate) fn span(&self) -> Range<usize> {
        let start = self.words.first().map_or(0, |word| word.span.start);
        start..self.words.last().map_or(start, |word| word.span.end)
    }
}

/// All statements of a text. `(`, `)`, `,` and `=` are words of their own; quotes hold a word
/// together.
pub(crate) fn statements(text: &str) -> Vec<Statement> {
    let mut all = Vec::new();
    let mut current = Statement::default();
    let mut rest = text.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        match first {
            '!' => while rest.next_if(|(_, next)| *next != '\n').is_some() {},
            ';' => {
                current.ended = true;
                if !current.words.is_empty() {
                    all.push(std::mem::take(&mut current));
                }
                current = Statement::default();
            }
            '(' | ')' | ',' | '=' => current.words.push(word(text, start..start + 1)),
            '"' | '\'' => {
                while rest.next_if(|(_, next)| *next != first && *next != '\n').is_some() {}
                rest.next_if(|(_, next)| *next == first);
                let end = rest.peek().map_or(text.len(), |(at, _)| *at);
                current.words.push(word(text, start..end));
            }
            _ if first.is_whitespace() => {}
            _ => {
                let plain = |next: char| !next.is_whitespace() && !"!;(),=\"'".contains(next);
                while rest.next_if(|(_, next)| plain(*next)).is_some() {}
                let end = rest.peek().map_or(text.len(), |(at, _)| *at);
                current.words.push(word(text, start..end));
            }
        }
    }
    if !current.words.is_empty() {
        all.push(current);
    }
    all
}

fn word(text: &str, span: Range<usize>) -> Word {
    Word { text: text[span.clone()].trim_matches(['"', '\'']).to_owned(), span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_quotes_comments_and_ends() {
        let found = statements("! a ; b\nswap NatMacro(\"Real Inv\") = invslack ; ! c !\nrest x");
        let texts = |at: usize| -> Vec<&str> {
            found[at].words.iter().map(|word| word.text.as_str()).collect()
        };
        assert_eq!(texts(0), ["swap", "NatMacro", "(", "Real Inv", ")", "=", "invslack"]);
        assert_eq!(texts(1), ["rest", "x"]);
        assert_eq!((found[0].ended, found[1].ended), (true, false));
    }
}
