//! The text of a GAMS file made plain: comments blanked, `$` lines apart, `$MODEL:` blocks found.
//!
//! The plain text has the length of the original and only ASCII, so that a place in one is the same
//! place in the other.
//! Not here: what the lines mean (`super::block`, `super::program`).

use std::ops::Range;

/// A `$` line outside the model.
#[derive(Debug, Clone)]
pub(super) struct Directive {
    /// First word, in lower case, without `$`.
    pub(super) word: String,
    /// What follows it.
    pub(super) rest: Range<usize>,
    /// The line.
    pub(super) span: Range<usize>,
}

/// A file made plain.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// Same length as the file; comments and `$` lines outside the model are blank.
    pub(super) clean: String,
    pub(super) directives: Vec<Directive>,
    /// From each `$MODEL:` to its `$OFFTEXT`.
    pub(super) models: Vec<Range<usize>>,
    /// An `$ONTEXT` or `$ONECHO` without its end.
    pub(super) unclosed: Option<Range<usize>>,
}

#[derive(Debug, Clone, PartialEq)]
enum State {
    Program,
    /// Inside `$ONTEXT`, since.
    Text(Range<usize>),
    /// Inside a text that is written to a file, since; the word that ends it.
    Echo(Range<usize>, &'static str),
    /// Inside `$MODEL:`, since.
    Model(usize),
    /// After `$EXIT`.
    Ended,
}

/// Makes a text plain.
pub(super) fn plain(text: &str) -> Source {
    let bytes = text.bytes().map(|byte| if byte.is_ascii() { byte } else { b'?' }).collect();
    let mut scanner = Scanner {
        bytes,
        state: State::Program,
        constraint: false,
        content_end: 0,
        end_of_line: None,
        inline: None,
        inside: false,
        source: Source::default(),
    };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end_matches(['\n', '\r']).len();
        scanner.line(start..end);
        start += line.len();
    }
    scanner.finish()
}

/// Whether a line begins a model.
fn opens_model(line: &str) -> bool {
    let rest = line.trim_start().strip_prefix("$model");
    rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
}

struct Scanner {
    bytes: Vec<u8>,
    state: State,
    /// Whether the section of the model is a constraint, where `+` is a sign.
    constraint: bool,
    /// End of the last line of the model that says something.
    content_end: usize,
    /// What opens a comment to the end of the line.
    end_of_line: Option<String>,
    /// What opens and closes a comment inside a line.
    inline: Option<[String; 2]>,
    /// Inside a comment that was not closed in its line.
    inside: bool,
    source: Source,
}

impl Scanner {
    fn text(&self, range: Range<usize>) -> String {
        String::from_utf8_lossy(&self.bytes[range]).to_lowercase()
    }

    fn blank(&mut self, range: Range<usize>) {
        self.bytes[range].fill(b' ');
    }

    fn line(&mut self, line: Range<usize>) {
        let text = self.text(line.clone());
        match self.state.clone() {
            State::Program => self.program_line(line, &text),
            State::Text(_) => {
                if text.starts_with("$offtext") {
                    self.state = State::Program;
                } else if opens_model(&text) {
                    self.open_model(line);
                    return;
                }
                self.blank(line);
            }
            State::Echo(_, end) => {
                if text.starts_with(end) {
                    self.state = State::Program;
                }
                self.blank(line);
            }
            State::Model(since) => self.model_line(line, &text, since),
            State::Ended => self.blank(line),
        }
    }

    fn open_model(&mut self, line: Range<usize>) {
        self.state = State::Model(line.start);
        let text = self.text(line.clone());
        self.model_line(line.clone(), &text, line.start);
    }

    fn model_line(&mut self, line: Range<usize>, text: &str, since: usize) {
        let said = text.trim_start();
        let ends = ["$offtext", "$sysinclude", "$include"];
        if ends.iter().any(|end| said.starts_with(end)) {
            self.source.models.push(since..line.start);
            self.state = State::Program;
            if !said.starts_with("$offtext") {
                return self.program_line(line, text);
            }
            return self.blank(line);
        }
        if text.starts_with('*') {
            return self.blank(line);
        }
        if let Some(at) = text.find('!') {
            self.blank(line.start + at..line.end);
        }
        let said = self.text(line.clone());
        let first = said.len() - said.trim_start().len();
        match said.trim_start().as_bytes().first() {
            None => return,
            Some(b'$') => self.constraint = said.trim_start().starts_with("$constraint"),
            // A line that goes on: it joins the last one.
            Some(b'+') if !self.constraint => {
                self.blank(self.content_end..line.start + first + 1);
            }
            Some(_) => {}
        }
        self.content_end = line.start + said.trim_end().len();
    }

    fn program_line(&mut self, line: Range<usize>, text: &str) {
        if text.starts_with('*') {
            return self.blank(line);
        }
        if !self.inside && text.starts_with('$') {
            return self.directive(line, text);
        }
        if let Some([open, close]) = self.inline.clone() {
            self.inline_comments(line.clone(), &open, &close);
        }
        if let Some(mark) = &self.end_of_line
            && let Some(at) = self.text(line.clone()).find(mark.as_str())
        {
            self.blank(line.start + at..line.end);
        }
    }

    fn inline_comments(&mut self, line: Range<usize>, open: &str, close: &str) {
        let mut at = line.start;
        while at < line.end {
            let rest = self.text(at..line.end);
            let start = if self.inside { Some(0) } else { rest.find(open) };
            let Some(start) = start else { return };
            let from = if self.inside { 0 } else { start + open.len() };
            let end = rest[from..].find(close).map(|found| from + found + close.len());
            self.inside = end.is_none();
            let end = at + end.unwrap_or(rest.len());
            self.blank(at + start..end);
            at = end;
        }
    }

    fn directive(&mut self, line: Range<usize>, text: &str) {
        let part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        let word: String = text[1..].chars().take_while(part).collect();
        let rest = line.start + 1 + word.len()..line.end;
        let said = self.text(rest.clone());
        let mut marks = said.split_whitespace().map(str::to_owned);
        match word.as_str() {
            "model" => return self.open_model(line),
            "ontext" => self.state = State::Text(line.clone()),
            "onecho" | "onechov" | "onechos" => {
                self.state = State::Echo(line.clone(), "$offecho");
            }
            "onput" | "onputv" | "onputs" => self.state = State::Echo(line.clone(), "$offput"),
            "onembeddedcode" | "onembeddedcodev" | "onembeddedcodes" => {
                self.state = State::Echo(line.clone(), "$offembeddedcode");
            }
            "exit" | "stop" | "terminate" => self.state = State::Ended,
            "eolcom" => self.end_of_line = marks.next(),
            "oneolcom" => {
                self.end_of_line = self.end_of_line.take().or_else(|| Some("!!".to_owned()));
            }
            "inlinecom" => {
                self.inline = marks.next().and_then(|open| Some([open, marks.next()?]));
            }
            "oninline" => {
                let usual = || ["/*".to_owned(), "*/".to_owned()];
                self.inline = Some(self.inline.take().unwrap_or_else(usual));
            }
            _ => {
                // The line is blanked below: what it says is kept apart.
                let span = line.clone();
                self.source.directives.push(Directive { word, rest, span });
            }
        }
        self.blank(line);
    }

    fn finish(mut self) -> Source {
        match self.state {
            State::Text(since) | State::Echo(since, _) => self.source.unclosed = Some(since),
            State::Model(since) => self.source.models.push(since..self.bytes.len()),
            State::Program | State::Ended => {}
        }
        self.source.clean = String::from_utf8_lossy(&self.bytes).into_owned();
        self.source
    }
}
