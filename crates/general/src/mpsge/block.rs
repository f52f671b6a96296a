//! The sections of a `$MODEL:` block: declarations, production, demand, constraints, reports.
//!
//! Not here: nests and the lines of a block (`super::nests`).

use std::ops::Range;

use crate::draft::{Demand, Production, Value, Variable};
use crate::expression::{Expression, Operator};
use crate::tree::Spanned;

use super::nests::Side;
use super::{CONSTRAINT, HARMLESS, NO_SECTION, REPORT, Reader, STATEMENT, TAKEN, TOO_MANY};

/// Most variables of a model.
const MOST_VARIABLES: usize = 100_000;
/// Sections that are read, for the nearest name.
const SECTIONS: [&str; 9] = [
    "model",
    "sectors",
    "commodities",
    "consumers",
    "auxiliary",
    "prod",
    "demand",
    "constraint",
    "report",
];
/// Sections that tell MPSGE how to print and check, not what the model is.
const SETTINGS: [&str; 8] =
    ["peps", "echo", "echop", "datech", "funlog", "walchk", "xpand", "eulchk"];

/// A section: its key word and what follows it.
struct Section {
    /// In lower case, without `$`.
    key: String,
    key_span: Range<usize>,
    body: Range<usize>,
}

impl Reader<'_> {
    /// Reads the model between its first line and `$OFFTEXT`.
    pub(super) fn model_block(&mut self, span: Range<usize>) {
        let sections = self.sections(span);
        for section in &sections {
            match section.key.as_str() {
                "model" => self.name_model(section),
                "sectors" | "sector" => self.declare(section, 0),
                "commodities" | "commodity" => self.declare(section, 1),
                "consumers" | "consumer" => self.declare(section, 2),
                "auxiliary" | "auxiliaries" => self.declare(section, 3),
                "report" => self.report(section),
                _ => {}
            }
        }
        for section in &sections {
            match section.key.as_str() {
                "prod" => self.production(section),
                "demand" => self.demand(section),
                "constraint" => self.constraint(section),
                "model" | "sectors" | "sector" | "commodities" | "commodity" | "consumers"
                | "consumer" | "auxiliary" | "auxiliaries" | "report" => {}
                key if SETTINGS.contains(&key) => {
                    let message = format!("`${}` is passed over", key.to_uppercase());
                    let label = "it says how MPSGE prints and checks, not what the model is";
                    self.warning(HARMLESS, message, &section.key_span.clone(), label);
                }
                key => {
                    let message = format!("MPSGE has no section `${}`", key.to_uppercase());
                    let near = crate::resolve::nearest(key, SECTIONS.into_iter());
                    let help =
                        near.map(|near| format!("did you mean `${}:`?", near.to_uppercase()));
                    let place = section.key_span.clone();
                    self.error(NO_SECTION, message, &place, "not read", help.as_deref());
                }
            }
        }
        self.note_reports(&sections);
    }

    fn sections(&self, span: Range<usize>) -> Vec<Section> {
        let mut sections: Vec<Section> = vec![];
        let mut at = span.start;
        while at < span.end {
            let length = self.plain(at..span.end).find('\n').map_or(span.end - at, |end| end + 1);
            let line = self.trimmed(at..at + length);
            if self.byte(line.start, line.end) == Some(b'$') {
                let end = self.name_end(line.start + 1, line.end);
                let colon = self.skip_space(end, line.end);
                let after = if self.byte(colon, line.end) == Some(b':') { colon + 1 } else { end };
                if let Some(last) = sections.last_mut() {
                    last.body.end = at;
                }
                let key = self.plain(line.start + 1..end).to_lowercase();
                sections.push(Section { key, key_span: line.start..end, body: after..span.end });
            }
            at += length;
        }
        sections
    }

    /// The lines of a range that say something; lines that went on are one already.
    pub(super) fn lines(&self, span: Range<usize>) -> Vec<Range<usize>> {
        let mut lines = vec![];
        let mut at = span.start;
        for line in self.plain(span).split_inclusive('\n') {
            let trimmed = self.trimmed(at..at + line.len());
            if !trimmed.is_empty() {
                lines.push(trimmed);
            }
            at += line.len();
        }
        lines
    }

    fn name_model(&mut self, section: &Section) {
        let span = self.trimmed(section.body.clone());
        let end = self.name_end(span.start, span.end);
        self.draft.name = self.plain(span.start..end).to_owned();
        self.model = self.draft.name.to_lowercase();
        if end == span.start {
            let message = "the model has no name".to_owned();
            self.error(NO_SECTION, message, &section.key_span, "a name follows `$MODEL:`", None);
        }
    }

    fn declare(&mut self, section: &Section, class: usize) {
        for line in self.lines(section.body.clone()) {
            let mut at = line.start;
            while at < line.end {
                at = match self.byte(at, line.end) {
                    Some(b',' | b';') => at + 1,
                    Some(byte) if byte.is_ascii_whitespace() => at + 1,
                    _ => self.declare_one(at, line.end, class),
                };
            }
        }
    }

    /// Declares the variable at a place; the place after it.
    fn declare_one(&mut self, at: usize, end: usize, class: usize) -> usize {
        let stop = self.name_end(at, end);
        if stop == at {
            let message = "this is no name of a variable".to_owned();
            let help = "what follows a name on its line stands behind `!`";
            self.error(NO_SECTION, message, &(at..at + 1), "here", Some(help));
            return end;
        }
        let name = self.plain(at..stop).to_owned();
        let next = self.skip_space(stop, end);
        match self.byte(next, end) {
            Some(b'(') => {
                self.indexed_here(&(at..next + 1), &format!("`{name}`"));
                self.over_sets = true;
                return end;
            }
            Some(b'$') => {
                self.conditional(&(next..next + 1));
                return end;
            }
            _ => {}
        }
        if self.names.contains_key(&name.to_lowercase()) {
            let message = format!("`{name}` is the name of a scalar too");
            let label = "GAMS does not tell upper from lower case";
            self.error(STATEMENT, message, &(at..stop), label, None);
        }
        let variable = Variable {
            name: Spanned { value: name.clone(), span: at..stop },
            start: None,
            lower: None,
            upper: None,
        };
        if self.variables.contains_key(&name.to_lowercase()) {
            let message = format!("`{name}` is declared twice");
            self.error(TOO_MANY, message, &(at..stop), "declared before", None);
            return stop;
        }
        if self.variables.len() == MOST_VARIABLES {
            let message = format!("a model has at most {MOST_VARIABLES} variables");
            self.error(TOO_MANY, message, &(at..stop), "one too many", None);
            return stop;
        }
        self.variables.insert(name.to_lowercase(), name);
        let draft = &mut self.draft;
        match class {
            0 => draft.sectors.push(variable),
            1 => draft.commodities.push(variable),
            2 => draft.consumers.push(variable),
            _ => draft.auxiliaries.push(variable),
        }
        stop
    }

    /// The name that a block is for, and the rest of its first line.
    fn block_name(&mut self, section: &Section) -> Option<(Spanned<String>, Vec<Range<usize>>)> {
        let mut lines = self.lines(section.body.clone());
        let what = section.key.to_uppercase();
        if lines.is_empty() {
            let message = format!("`${what}:` names nothing");
            self.error(NO_SECTION, message, &section.key_span, "a name follows", None);
            return None;
        }
        let head = lines[0].clone();
        let end = self.name_end(head.start, head.end);
        let next = self.skip_space(end, head.end);
        let name = self.plain(head.start..end).to_owned();
        match self.byte(next, head.end) {
            _ if end == head.start => {
                let message = format!("`${what}:` names nothing");
                self.error(NO_SECTION, message, &head, "a name was expected here", None);
                return None;
            }
            Some(b'(') => {
                self.indexed_here(&(head.start..next + 1), &format!("the block of `{name}`"));
                self.over_sets = true;
                return None;
            }
            Some(b'$') => {
                self.conditional(&(next..next + 1));
                return None;
            }
            _ => {}
        }
        lines[0] = next..head.end;
        Some((Spanned { value: self.spelled(&name), span: head.start..end }, lines))
    }

    fn production(&mut self, section: &Section) {
        let Some((sector, lines)) = self.block_name(section) else { return };
        let mut tree = self.head(lines[0].clone(), Side::Both);
        for line in &lines[1..] {
            self.flow(line.clone(), &mut tree);
        }
        let [input, output] = tree.grow();
        self.draft.production.push(Production { sector, output, input });
    }

    fn demand(&mut self, section: &Section) {
        let Some((consumer, lines)) = self.block_name(section) else { return };
        let mut tree = self.head(lines[0].clone(), Side::Demand);
        for line in &lines[1..] {
            self.flow(line.clone(), &mut tree);
        }
        if tree.goods() > 1 && !tree.has_elasticity() {
            let message = format!("demand of `{}` gives no elasticity `s:`", consumer.value);
            let label = "0 is taken, as MPSGE does: fixed proportions";
            self.warning(TAKEN, message, &consumer.span, label);
        }
        let endowments = std::mem::take(&mut tree.endowments);
        let has_goods = tree.goods() > 0;
        let [preferences, _] = tree.grow();
        let preferences = has_goods.then_some(preferences);
        self.draft.demands.push(Demand { consumer, preferences, endowments });
    }

    fn constraint(&mut self, section: &Section) {
        let Some((auxiliary, lines)) = self.block_name(section) else { return };
        let start = lines[0].start;
        let end = section.body.end;
        let text = self.plain(start..end).to_lowercase();
        let stop = text.find(';').map_or(end, |at| start + at);
        let body = self.trimmed(start..stop);
        let relations: Vec<(usize, &str)> = ["=g=", "=e=", "=l="]
            .into_iter()
            .flat_map(|sign| text[..stop - start].match_indices(sign))
            .collect();
        let [(at, sign)] = relations[..] else {
            let message = format!("the constraint of `{}` is no comparison", auxiliary.value);
            let help = "write `left =G= right` or `left =E= right`";
            let place = if body.is_empty() { auxiliary.span } else { body };
            return self.error(CONSTRAINT, message, &place, "one is wanted", Some(help));
        };
        if sign == "=l=" {
            let message = "`=L=` is not read".to_owned();
            let help = "write `right =G= left`";
            let place = start + at..start + at + 3;
            return self.error(CONSTRAINT, message, &place, "here", Some(help));
        }
        let left = self.used_expression(body.start..start + at, "the left side");
        let right = self.used_expression(start + at + 3..body.end, "the right side");
        let value = difference(left, right, body);
        self.draft.constraints.push((auxiliary, value));
        let after = self.trimmed((stop + 1).min(end)..end);
        if !after.is_empty() {
            let message = "the constraint has ended at `;`".to_owned();
            self.error(CONSTRAINT, message, &after, "not read", None);
        }
    }

    fn report(&mut self, section: &Section) {
        for line in self.lines(section.body.clone()) {
            let text = self.plain(line.clone());
            let Some((key, rest)) = text.split_once(':') else { continue };
            if !key.trim().eq_ignore_ascii_case("v") {
                continue;
            }
            let start = line.start + (text.len() - rest.len());
            let start = self.skip_space(start, line.end);
            let name = self.plain(start..self.name_end(start, line.end)).to_lowercase();
            self.reported.insert(name);
        }
    }

    fn note_reports(&mut self, sections: &[Section]) {
        let Some(first) = sections.iter().find(|section| section.key == "report") else { return };
        let count = self.reported.len();
        let message = format!("`$REPORT:` is passed over: {count} variables of it are dropped");
        let label = "inputs, outputs, demands and welfare of every block are reported anyway";
        self.warning(REPORT, message, &first.key_span, label);
    }

    /// An expression of the model: its scalars become parameters.
    pub(super) fn used_expression(&mut self, span: Range<usize>, what: &str) -> Value {
        let value = self.expression(span, what);
        let mut named = vec![];
        value.value.visit(&mut |name| named.push(name.clone()));
        for name in named {
            let folded = name.name.to_lowercase();
            if let Some(at) = self.names.get(&folded) {
                self.used.insert(*at);
                continue;
            }
            if self.variables.contains_key(&folded) {
                continue;
            }
            self.unknown += 1;
            if self.indexed.contains_key(&folded) {
                self.indexed_here(&name.span, &format!("`{}`", name.name));
            }
        }
        value
    }
}

/// `left − right` at a place; `left` alone when the other is the number 0.
fn difference(left: Value, right: Value, span: Range<usize>) -> Value {
    let value = match right.value {
        Expression::Number(0.0) => left.value,
        right => Expression::Binary(Operator::Subtract, Box::new(left.value), Box::new(right)),
    };
    Spanned { value, span }
}
