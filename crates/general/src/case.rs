//! Reads the model format `ge-case/1` from a tree of values into a [`Draft`].
//!
//! The same structure may be written in JSON or in TOML. All findings of a file are collected.
//! Not here: looking names up (`crate::resolve`).

use std::ops::Range;

use diagnostics::{Diagnostic, Findings, Place};

use crate::draft::{
    Bound, Branch, Demand, Draft, Leaf, Nest, Production, Scenario, Value, Variable, number,
};
use crate::expression::{Expression, Name, parse};
use crate::resolve::MOST_FINDINGS;
use crate::tree::{Kind, Node, Spanned, Syntax, read};

/// The value of `format` that is read.
pub const FORMAT: &str = "ge-case/1";

/// A value of the wrong kind.
const WRONG_KIND: &str = "E1602";
/// A key that must be there.
const MISSING: &str = "E1603";
/// A format that is not read.
const UNKNOWN_FORMAT: &str = "E1604";
/// A text that is no expression.
pub(crate) const NO_EXPRESSION: &str = "E1605";
/// A key that means nothing here.
const UNKNOWN_KEY: &str = "W1601";

/// Keys that may stand anywhere and are for people.
const FOR_PEOPLE: &[&str] = &["description", "note", "notes", "source"];
/// Keys of the file; those after `size` are read by people and by tests.
const KEYS: &[&str] = &[
    "format",
    "name",
    "parameters",
    "sectors",
    "commodities",
    "consumers",
    "auxiliaries",
    "production",
    "demands",
    "constraints",
    "scenarios",
    "size",
    "features",
];
/// Keys of a scenario; those after `benchmark` are read by people and by tests.
const SCENARIO_KEYS: &[&str] = &[
    "name",
    "set",
    "fix",
    "bounds",
    "start",
    "benchmark",
    "expected",
    "expected_reports",
    "expected_slack",
    "nonunique",
    "other_equilibria",
    "tolerance",
    "published",
    "verified",
];

/// What a text says, and all findings.
pub(crate) fn draft(file: &str, text: &str, syntax: Syntax) -> (Option<Draft>, Findings) {
    let mut reader = Reader { file, text, findings: Findings::default() };
    let root = match read(file, text, syntax) {
        Ok(root) => root,
        Err(finding) => {
            reader.findings.push(*finding);
            return (None, reader.findings);
        }
    };
    let draft = reader.model(&root);
    (draft, reader.findings)
}

type Entries = [(Spanned<String>, Node)];

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    findings: Findings,
}

impl Reader<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        Place::in_text(self.file, self.text, span)
    }

    fn error(&mut self, code: &'static str, message: String, span: &Range<usize>, label: &str) {
        if self.findings.iter().len() >= MOST_FINDINGS {
            return;
        }
        let finding = Diagnostic::error(code, message).at(self.place(span.clone()), label);
        self.findings.push(finding);
    }

    fn wrong_kind(&mut self, node: &Node, what: &str, wanted: &str) {
        let message = format!("{what} is {wanted}");
        let label = format!("this is {}", node.value.name());
        self.error(WRONG_KIND, message, &node.span, &label);
    }

    fn table<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n Entries> {
        if let Kind::Table(entries) = &node.value {
            return Some(entries);
        }
        self.wrong_kind(node, what, "a table");
        None
    }

    fn list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        if let Kind::List(items) = &node.value {
            return items;
        }
        self.wrong_kind(node, what, "a list");
        &[]
    }

    fn text(&mut self, node: &Node, what: &str) -> Option<Spanned<String>> {
        if let Kind::Text(text) = &node.value {
            return Some(Spanned { value: text.clone(), span: node.span.clone() });
        }
        self.wrong_kind(node, what, "text");
        None
    }

    /// Warns of keys that mean nothing.
    fn known(&mut self, entries: &Entries, keys: &[&str], what: &str) {
        let known = |key: &str| keys.contains(&key) || FOR_PEOPLE.contains(&key);
        for (key, _) in entries.iter().filter(|(key, _)| !known(&key.value)) {
            if self.findings.iter().len() >= MOST_FINDINGS {
                return;
            }
            let message = format!("{what} has no key `{}`: it is passed over", key.value);
            let mut finding = Diagnostic::warning(UNKNOWN_KEY, message)
                .at(self.place(key.span.clone()), "not known here");
            if let Some(near) = crate::resolve::nearest(&key.value, keys.iter().copied()) {
                finding = finding.help(format!("did you mean `{near}`?"));
            }
            self.findings.push(finding);
        }
    }

    fn need<'n>(
        &mut self,
        entries: &'n Entries,
        key: &str,
        what: &str,
        span: &Range<usize>,
    ) -> Option<&'n Node> {
        let found = find(entries, key);
        if found.is_none() {
            let start = span.start;
            self.error(MISSING, format!("{what} has no `{key}`"), &(start..start + 1), "here");
        }
        found
    }

    /// A number or an expression.
    fn value(&mut self, node: &Node, what: &str) -> Value {
        match &node.value {
            Kind::Number(value) => {
                Spanned { value: Expression::Number(*value), span: node.span.clone() }
            }
            Kind::Text(text) => self.expression(text, node, what),
            _ => {
                self.wrong_kind(node, what, "a number or an expression in quotes");
                number(f64::NAN)
            }
        }
    }

    fn expression(&mut self, text: &str, node: &Node, what: &str) -> Value {
        let span = node.span.clone();
        // Places inside the text are exact when it has no escapes; spans of JSON hold the quotes.
        let starts = [span.start, span.start + 1];
        let exact =
            starts.into_iter().find(|at| self.text.get(*at..*at + text.len()) == Some(text));
        let inside = |range: &Range<usize>| match exact {
            Some(start) => start + range.start..start + range.end,
            None => span.clone(),
        };
        match parse(text) {
            Ok(expression) => {
                let mut place = |name: &Name| {
                    let (name, span) = (name.name.clone(), inside(&name.span));
                    Expression::Symbol(Name { name, span })
                };
                Spanned { value: expression.map(&mut place), span: span.clone() }
            }
            Err(fault) => {
                let message = format!("{what} `{text}` is no expression");
                self.error(NO_EXPRESSION, message, &inside(&fault.span), &fault.message);
                number(f64::NAN)
            }
        }
    }

    fn model(&mut self, root: &Node) -> Option<Draft> {
        let entries = self.table(root, "a model")?;
        self.known(entries, KEYS, "a model");
        self.format(entries, &root.span)?;
        let mut draft = Draft::default();
        for (key, node) in entries {
            match key.value.as_str() {
                "name" => {
                    draft.name = self.text(node, "a name").map_or_else(String::new, |t| t.value);
                }
                "description" => {
                    draft.description =
                        self.text(node, "a description").map_or_else(String::new, |t| t.value);
                }
                "parameters" => draft.parameters = self.values(node, "parameters"),
                "sectors" => draft.sectors = self.variables(node, "a sector"),
                "commodities" => draft.commodities = self.variables(node, "a commodity"),
                "consumers" => draft.consumers = self.variables(node, "a consumer"),
                "auxiliaries" => draft.auxiliaries = self.variables(node, "an auxiliary"),
                "production" => {
                    draft.production = self.each(node, "production", Self::production);
                }
                "demands" => draft.demands = self.each(node, "demands", Self::demand),
                "constraints" => {
                    draft.constraints = self.each(node, "constraints", Self::constraint);
                }
                "scenarios" => draft.scenarios = self.each(node, "scenarios", Self::scenario),
                "size" => draft.size = self.size(node),
                _ => {}
            }
        }
        Some(draft)
    }

    fn format(&mut self, entries: &Entries, span: &Range<usize>) -> Option<()> {
        let node = self.need(entries, "format", "a model", span)?;
        let format = self.text(node, "`format`")?;
        if format.value == FORMAT {
            return Some(());
        }
        let message = format!("the format `{}` is not read", format.value);
        self.error(UNKNOWN_FORMAT, message, &format.span, &format!("`{FORMAT}` is"));
        None
    }

    fn size(&mut self, node: &Node) -> Option<Spanned<f64>> {
        let entries = self.table(node, "`size`")?;
        let variables = find(entries, "variables")?;
        if let Kind::Number(value) = variables.value {
            Some(Spanned { value, span: variables.span.clone() })
        } else {
            self.wrong_kind(variables, "the number of variables", "a number");
            None
        }
    }

    fn values(&mut self, node: &Node, what: &str) -> Vec<(Spanned<String>, Value)> {
        let entries = self.table(node, &format!("`{what}`")).unwrap_or_default();
        entries.iter().map(|(key, node)| (key.clone(), self.value(node, &key.value))).collect()
    }

    fn each<T>(
        &mut self,
        node: &Node,
        what: &str,
        read: fn(&mut Self, &Node) -> Option<T>,
    ) -> Vec<T> {
        let items = self.list(node, &format!("`{what}`"));
        items.iter().filter_map(|item| read(self, item)).collect()
    }

    fn variables(&mut self, node: &Node, what: &str) -> Vec<Variable> {
        let items = self.list(node, &format!("the list of which {what} is one"));
        items.iter().filter_map(|item| self.variable(item, what)).collect()
    }

    fn variable(&mut self, node: &Node, what: &str) -> Option<Variable> {
        if let Kind::Text(name) = &node.value {
            let name = Spanned { value: name.clone(), span: node.span.clone() };
            return Some(Variable { name, start: None, lower: None, upper: None });
        }
        let Kind::Table(entries) = &node.value else {
            self.wrong_kind(node, what, "a name or a table with a name");
            return None;
        };
        self.known(entries, &["name", "start", "lower", "upper"], what);
        let name = self.need(entries, "name", what, &node.span)?;
        let name = self.text(name, "a name")?;
        let start = find(entries, "start").map(|start| self.value(start, "a start"));
        let lower = find(entries, "lower").map(|bound| self.bound(bound));
        let upper = find(entries, "upper").map(|bound| self.bound(bound));
        Some(Variable { name, start, lower, upper })
    }

    fn bound(&mut self, node: &Node) -> Bound {
        match &node.value {
            Kind::Null => Bound::Infinite,
            Kind::Text(text) if matches!(text.as_str(), "inf" | "-inf" | "+inf") => Bound::Infinite,
            Kind::Number(value) if value.is_infinite() => Bound::Infinite,
            _ => Bound::At(self.value(node, "a bound")),
        }
    }

    fn production(&mut self, node: &Node) -> Option<Production> {
        let entries = self.table(node, "a production block")?;
        self.known(entries, &["sector", "output", "input"], "a production block");
        let sector = self.need(entries, "sector", "a production block", &node.span)?;
        let sector = self.text(sector, "a sector")?;
        let what = format!("production of `{}`", sector.value);
        let output = self.need(entries, "output", &what, &node.span)?;
        let output = self.nest(output)?;
        let input = self.need(entries, "input", &what, &node.span)?;
        let input = self.nest(input)?;
        Some(Production { sector, output, input })
    }

    fn demand(&mut self, node: &Node) -> Option<Demand> {
        let what = "a demand block";
        let entries = self.table(node, what)?;
        self.known(entries, &["consumer", "preferences", "endowments"], what);
        let consumer = self.need(entries, "consumer", what, &node.span)?;
        let consumer = self.text(consumer, "a consumer")?;
        let preferences = match find(entries, "preferences") {
            None => None,
            Some(node) if node.value == Kind::Null => None,
            Some(node) => self.nest(node),
        };
        let endowments = find(entries, "endowments")
            .map_or_else(Vec::new, |node| self.each(node, "endowments", Self::endowment));
        Some(Demand { consumer, preferences, endowments })
    }

    fn endowment(&mut self, node: &Node) -> Option<(Spanned<String>, Value)> {
        self.pair(node, "an endowment", ["commodity", "quantity"])
    }

    fn constraint(&mut self, node: &Node) -> Option<(Spanned<String>, Value)> {
        self.pair(node, "a constraint", ["auxiliary", "expression"])
    }

    fn tax(&mut self, node: &Node) -> Option<(Spanned<String>, Value)> {
        self.pair(node, "a tax", ["agent", "rate"])
    }

    fn pair(
        &mut self,
        node: &Node,
        what: &str,
        [name, value]: [&str; 2],
    ) -> Option<(Spanned<String>, Value)> {
        let entries = self.table(node, what)?;
        self.known(entries, &[name, value], what);
        let at = self.need(entries, name, what, &node.span)?;
        let at = self.text(at, name)?;
        let amount = self.need(entries, value, what, &node.span)?;
        Some((at, self.value(amount, value)))
    }

    fn nest(&mut self, node: &Node) -> Option<Nest> {
        let entries = self.table(node, "a nest")?;
        if find(entries, "commodity").is_some() {
            let leaf = self.leaf(entries, node)?;
            let children = vec![Branch::Leaf(leaf)];
            return Some(Nest { name: None, elasticity: number(0.0), children });
        }
        self.known(entries, &["name", "elasticity", "children"], "a nest");
        let name = find(entries, "name").and_then(|name| self.text(name, "a name"));
        let elasticity =
            find(entries, "elasticity").map_or(number(0.0), |node| self.value(node, "elasticity"));
        let children = self.need(entries, "children", "a nest", &node.span)?;
        let children = self.each(children, "children", Self::branch);
        Some(Nest { name: name.map(|name| name.value), elasticity, children })
    }

    fn branch(&mut self, node: &Node) -> Option<Branch> {
        let entries = self.table(node, "part of a nest")?;
        if find(entries, "commodity").is_some() {
            self.leaf(entries, node).map(Branch::Leaf)
        } else {
            self.nest(node).map(Branch::Nest)
        }
    }

    fn leaf(&mut self, entries: &Entries, node: &Node) -> Option<Leaf> {
        let keys = ["commodity", "quantity", "price", "taxes", "name"];
        self.known(entries, &keys, "a commodity in a nest");
        let commodity = self.need(entries, "commodity", "a leaf", &node.span)?;
        let commodity = self.text(commodity, "a commodity")?;
        let what = format!("`{}` in a nest", commodity.value);
        let quantity = self.need(entries, "quantity", &what, &node.span)?;
        let quantity = self.value(quantity, "a quantity");
        let price = find(entries, "price").map_or(number(1.0), |node| self.value(node, "a price"));
        let taxes = find(entries, "taxes")
            .map_or_else(Vec::new, |node| self.each(node, "taxes", Self::tax));
        Some(Leaf { commodity, quantity, price, taxes })
    }

    fn scenario(&mut self, node: &Node) -> Option<Scenario> {
        let entries = self.table(node, "a scenario")?;
        self.known(entries, SCENARIO_KEYS, "a scenario");
        let mut scenario = Scenario::default();
        for (key, node) in entries {
            match key.value.as_str() {
                "name" => scenario.name = self.text(node, "a name")?.value,
                "set" => scenario.set = self.values(node, "set"),
                "fix" => scenario.fix = self.values(node, "fix"),
                "start" => scenario.start = self.values(node, "start"),
                "bounds" => scenario.bounds = self.bounds(node),
                "benchmark" => match node.value {
                    Kind::Flag(flag) => scenario.benchmark = flag,
                    _ => self.wrong_kind(node, "`benchmark`", "true or false"),
                },
                _ => {}
            }
        }
        Some(scenario)
    }

    fn bounds(&mut self, node: &Node) -> Vec<(Spanned<String>, [Bound; 2])> {
        let entries = self.table(node, "`bounds`").unwrap_or_default();
        let mut bounds = vec![];
        for (key, node) in entries {
            let items = self.list(node, "a pair of bounds");
            if let [lower, upper] = items {
                bounds.push((key.clone(), [self.bound(lower), self.bound(upper)]));
            } else {
                self.wrong_kind(node, "a pair of bounds", "a list of two, [lower, upper]");
            }
        }
        bounds
    }
}

fn find<'n>(entries: &'n Entries, key: &str) -> Option<&'n Node> {
    entries.iter().find(|(each, _)| each.value == key).map(|(_, node)| node)
}
