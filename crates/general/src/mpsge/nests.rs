//! Nests and the lines of a block: `s:1 va(s):0.5`, `I:PL Q:20 P:2 A:RA T:TL N:TAU M:0.5 va:`.
//!
//! | field | in      | meaning                                                        |
//! |-------|---------|----------------------------------------------------------------|
//! | `Q:`  | all     | reference quantity, 1 when absent                              |
//! | `P:`  | O, I, D | reference price, 1 when absent                                 |
//! | `A:`  | O, I    | agent of the taxes that follow                                 |
//! | `T:`  | O, I    | rate                                                           |
//! | `N:`  | O, I    | auxiliary that is a rate, times `M:` (1 when absent)           |
//! | `R:`  | E       | auxiliary that multiplies the quantity                         |
//! | `va:` | O, I, D | nest of the good; without it the top nest of its side          |

use std::ops::Range;

use crate::draft::{Branch, Leaf, Nest, Value, number};
use crate::expression::{Expression, Name, Operator};
use crate::tree::Spanned;

use super::{FIELD, INDEXED, MOST_FINDINGS, NEST, NO_SECTION, PLACEHOLDER, Reader, TOO_MANY};

/// Deepest nests.
const DEEPEST: usize = 50;
/// Most nests of a block.
const MOST_NESTS: usize = 1_000;

/// `key:value`, with what stands in parentheses after the key.
struct Field {
    key: Range<usize>,
    parent: Option<Range<usize>>,
    value: Range<usize>,
}

/// Which tops a block has.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Side {
    /// Inputs and outputs.
    Both,
    /// Demands alone.
    Demand,
}

/// A nest as declared.
struct Declared {
    /// In lower case.
    name: String,
    span: Range<usize>,
    /// Name of the nest above, in lower case.
    parent: Option<(String, Range<usize>)>,
    elasticity: Option<Value>,
    /// Position of the nest above.
    above: usize,
}

/// A block as it is read: nests, what is in them, endowments.
pub(super) struct Tree {
    side: Side,
    /// The top of inputs, then that of outputs, then the others.
    nests: Vec<Declared>,
    leaves: Vec<(usize, Leaf)>,
    pub(super) endowments: Vec<(Spanned<String>, Value)>,
}

impl Tree {
    /// Number of goods in the nests.
    pub(super) fn goods(&self) -> usize {
        self.leaves.len()
    }

    /// Whether the top elasticity is given.
    pub(super) fn has_elasticity(&self) -> bool {
        self.nests[0].elasticity.is_some()
    }

    fn position(&self, name: &str) -> Option<usize> {
        let tops = if self.side == Side::Demand { 1..2 } else { 0..0 };
        (0..self.nests.len()).find(|at| !tops.contains(at) && self.nests[*at].name == name)
    }

    /// The nests of inputs (or demands) and of outputs; empty ones are left out.
    pub(super) fn grow(self) -> [Nest; 2] {
        let count = self.nests.len();
        let mut inside: Vec<Vec<usize>> = vec![vec![]; count];
        for at in 2..count {
            inside[self.nests[at].above].push(at);
        }
        let mut leaves: Vec<Vec<Leaf>> = (0..count).map(|_| vec![]).collect();
        for (nest, leaf) in self.leaves {
            leaves[nest].push(leaf);
        }
        let mut grower = Grower { nests: self.nests, inside, leaves };
        [grower.nest(0), grower.nest(1)]
    }

    /// The top above a nest.
    fn top(&self, mut at: usize) -> usize {
        while at > 1 {
            at = self.nests[at].above;
        }
        at
    }
}

/// What a line of a block is.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Output,
    Input,
    Demand,
    Endowment,
}

/// A line as it is read.
struct Line {
    kind: Kind,
    commodity: Spanned<String>,
    quantity: Option<Value>,
    price: Option<Value>,
    taxes: Vec<(Spanned<String>, Value)>,
    agent: Option<Spanned<String>>,
    /// Whether the last tax is an auxiliary without multiplier yet.
    multiplies: bool,
    ration: Option<Value>,
    nest: Option<Range<usize>>,
}

impl Reader<'_> {
    /// The fields of a line, and what stands before the first.
    fn fields(&self, line: Range<usize>) -> (Range<usize>, Vec<Field>) {
        let mut fields: Vec<Field> = vec![];
        let (mut at, mut depth) = (line.start, 0usize);
        let mut before = line.clone();
        let bytes = self.source.clean.as_bytes();
        while at < line.end {
            let begins = at == line.start || bytes[at - 1].is_ascii_whitespace();
            if begins
                && depth == 0
                && let Some(field) = self.field_at(at, line.end)
            {
                match fields.last_mut() {
                    Some(last) => last.value.end = at,
                    None => before.end = at,
                }
                at = field.value.start;
                fields.push(field);
                continue;
            }
            match bytes[at] {
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            at += 1;
        }
        for field in &mut fields {
            field.value = self.trimmed(field.value.clone());
        }
        (self.trimmed(before), fields)
    }

    /// The field whose key begins at a place; its value goes to the end.
    fn field_at(&self, at: usize, end: usize) -> Option<Field> {
        let mut stop = self.name_end(at, end);
        while stop > at && self.byte(stop, end) == Some(b'.') {
            let next = self.name_end(stop + 1, end);
            if next == stop + 1 {
                return None;
            }
            stop = next;
        }
        let mut parent = None;
        let mut after = self.skip_space(stop, end);
        if stop > at && self.byte(stop, end) == Some(b'(') {
            let close = stop + self.plain(stop..end).find(')')?;
            parent = Some(self.trimmed(stop + 1..close));
            after = self.skip_space(close + 1, end);
        }
        let is_field = stop > at && self.byte(after, end) == Some(b':');
        is_field.then(|| Field { key: at..stop, parent, value: after + 1..end })
    }

    fn folded(&self, span: Range<usize>) -> String {
        self.plain(span).to_lowercase()
    }

    /// The nests of the first line of a block.
    pub(super) fn head(&mut self, line: Range<usize>, side: Side) -> Tree {
        let top = |name: &str| Declared {
            name: name.to_owned(),
            span: line.start..line.start,
            parent: None,
            elasticity: None,
            above: 0,
        };
        let nests = vec![top("s"), top("t")];
        let mut tree = Tree { side, nests, leaves: vec![], endowments: vec![] };
        let (before, fields) = self.fields(line);
        if !before.is_empty() {
            let message = "only nests with their elasticities stand here".to_owned();
            self.error(NO_SECTION, message, &before, "not read", Some("as in `s:1 va:0.5`"));
        }
        for field in fields {
            self.declare_nest(&field, &mut tree);
        }
        self.hang(&mut tree);
        tree
    }

    fn declare_nest(&mut self, field: &Field, tree: &mut Tree) {
        let name = self.folded(field.key.clone());
        if tree.nests.len() > MOST_NESTS {
            let message = format!("a block has at most {MOST_NESTS} nests");
            return self.error(TOO_MANY, message, &field.key, "one too many", None);
        }
        if name == "t" && tree.side == Side::Demand {
            let message = "demand has no nest of outputs `t:`".to_owned();
            return self.error(NEST, message, &field.key, "not here", None);
        }
        let elasticity = Some(if field.value.is_empty() {
            let message = format!("the nest `{name}` has no elasticity");
            self.error(NEST, message, &field.key, "a number follows", None);
            number(PLACEHOLDER)
        } else {
            self.used_expression(field.value.clone(), "an elasticity")
        });
        let parent = field.parent.clone().map(|span| (self.folded(span.clone()), span));
        match tree.position(&name) {
            Some(at) if tree.nests[at].elasticity.is_some() => {
                let message = format!("the nest `{name}` is given twice");
                self.error(NEST, message, &field.key, "given before", None);
            }
            Some(at) => {
                if let Some((_, span)) = parent {
                    let message = format!("`{name}` is the top: no nest is above it");
                    self.error(NEST, message, &span, "not here", None);
                }
                tree.nests[at].elasticity = elasticity;
            }
            None => {
                let span = field.key.clone();
                tree.nests.push(Declared { name, span, parent, elasticity, above: 0 });
            }
        }
    }

    /// Looks up the nest above each nest; those that hang under themselves are told.
    fn hang(&mut self, tree: &mut Tree) {
        for at in 2..tree.nests.len() {
            let Some((name, span)) = tree.nests[at].parent.clone() else { continue };
            if let Some(above) = tree.position(&name) {
                tree.nests[at].above = above;
            } else {
                self.no_nest(&name, &span, tree);
            }
        }
        for at in 2..tree.nests.len() {
            let (mut above, mut depth) = (at, 0);
            while above > 1 && depth <= DEEPEST {
                above = tree.nests[above].above;
                depth += 1;
            }
            if depth > DEEPEST {
                let span = tree.nests[at].span.clone();
                let message = format!(
                    "the nest `{}` hangs under itself, or deeper than {DEEPEST}",
                    tree.nests[at].name
                );
                self.error(NEST, message, &span, "here", None);
                tree.nests[at].above = 0;
            }
        }
    }

    fn no_nest(&mut self, name: &str, span: &Range<usize>, tree: &Tree) {
        let message = format!("the block has no nest `{name}`");
        let full = self.findings.iter().count() >= MOST_FINDINGS;
        let names = tree.nests.iter().map(|nest| nest.name.as_str());
        let near = if full { None } else { crate::resolve::nearest(name, names) };
        let help = near.map_or_else(
            || format!("its first line declares it: `{name}:0.5`"),
            |near| format!("did you mean `{near}`?"),
        );
        self.error(NEST, message, span, "not declared in the first line", Some(&help));
    }

    /// A line `O:`, `I:`, `D:` or `E:`.
    pub(super) fn flow(&mut self, line: Range<usize>, tree: &mut Tree) {
        let (before, fields) = self.fields(line.clone());
        let kinds: &[(&str, Kind)] = match tree.side {
            Side::Both => &[("o", Kind::Output), ("i", Kind::Input)],
            Side::Demand => &[("d", Kind::Demand), ("e", Kind::Endowment)],
        };
        let first = fields.first().map(|field| self.folded(field.key.clone()));
        let kind = first.and_then(|key| kinds.iter().find(|(each, _)| *each == key));
        let (Some((_, kind)), true) = (kind, before.is_empty()) else {
            let wanted = if tree.side == Side::Both { "`O:` or `I:`" } else { "`D:` or `E:`" };
            let message = format!("a line of this block begins with {wanted}");
            return self.error(NO_SECTION, message, &line, "not read", None);
        };
        let Some(commodity) = self.commodity(fields[0].value.clone()) else { return };
        let mut read = Line {
            kind: *kind,
            commodity,
            quantity: None,
            price: None,
            taxes: vec![],
            agent: None,
            multiplies: false,
            ration: None,
            nest: None,
        };
        for field in &fields[1..] {
            self.field(field, &mut read);
        }
        self.place_line(read, tree);
    }

    fn commodity(&mut self, span: Range<usize>) -> Option<Spanned<String>> {
        let end = self.name_end(span.start, span.end);
        let next = self.skip_space(end, span.end);
        let name = self.plain(span.start..end).to_owned();
        match self.byte(next, span.end) {
            None if end > span.start => {
                self.unknown += usize::from(!self.variables.contains_key(&name.to_lowercase()));
                return Some(Spanned { value: self.spelled(&name), span: span.start..end });
            }
            Some(b'(' | b'#') if end > span.start => {
                if !self.over_sets {
                    self.indexed_here(&span, &format!("`{name}`"));
                }
            }
            Some(b'$') => self.conditional(&(next..next + 1)),
            _ => {
                let message = "a commodity was expected here".to_owned();
                self.error(FIELD, message, &span, "no name", None);
            }
        }
        None
    }

    fn field(&mut self, field: &Field, line: &mut Line) {
        let key = self.folded(field.key.clone());
        let taxed = matches!(line.kind, Kind::Output | Kind::Input);
        if field.value.is_empty() {
            if line.nest.is_some() || line.kind == Kind::Endowment {
                let message = format!("`{key}:` has no value");
                return self.error(FIELD, message, &field.key, "here", None);
            }
            line.nest = Some(field.key.clone());
            return;
        }
        let value = field.value.clone();
        let twice = match key.as_str() {
            "q" => self.once(&mut line.quantity, value, "a quantity"),
            "p" if line.kind != Kind::Endowment => self.once(&mut line.price, value, "a price"),
            "a" if taxed => {
                line.agent = self.commodity(value);
                self.agent.clone_from(&line.agent);
                false
            }
            "t" | "n" if taxed => self.tax(line, value, &field.key),
            "m" if taxed && line.multiplies => {
                let factor = self.used_expression(value, "a multiplier");
                multiply_last(line, factor);
                false
            }
            "r" if line.kind == Kind::Endowment => self.once(&mut line.ration, value, "a ration"),
            _ => return self.no_field(&key, field),
        };
        if twice {
            self.error(FIELD, format!("`{key}:` is given twice"), &field.key, "here", None);
        }
    }

    /// Reads a value into its place; whether one was there.
    fn once(&mut self, into: &mut Option<Value>, span: Range<usize>, what: &str) -> bool {
        let value = self.used_expression(span, what);
        into.replace(value).is_some()
    }

    fn no_field(&mut self, key: &str, field: &Field) {
        let shown = key.to_uppercase();
        let (message, help) = match key {
            "a" | "t" | "n" => (
                format!("`{shown}:` does not stand in a line of demand"),
                Some("tax the sector that makes what is demanded"),
            ),
            "m" => ("`M:` multiplies the rate of an `N:` before it".to_owned(), None),
            "r" => ("`R:` stands in a line `E:`".to_owned(), None),
            "q" | "p" => (format!("`{shown}:` does not stand here"), None),
            _ => (
                format!("a line has no field `{key}:` with a value"),
                Some("fields are Q:, P:, A:, T:, N:, M:, R:; a nest has no value here"),
            ),
        };
        self.error(FIELD, message, &field.key, "not read", help);
    }

    /// Adds a rate to the taxes of a line; its agent is the one named last.
    fn tax(&mut self, line: &mut Line, value: Range<usize>, key: &Range<usize>) -> bool {
        let endogenous = self.folded(key.clone()) == "n";
        let rate = self.used_expression(value, "a rate");
        line.multiplies = endogenous;
        let Some(agent) = line.agent.clone().or_else(|| self.agent.clone()) else {
            let message = "this tax has no agent".to_owned();
            let help = "`A:` with a consumer stands before it";
            self.error(FIELD, message, key, "who gets the revenue?", Some(help));
            return false;
        };
        line.taxes.push((agent, rate));
        false
    }

    fn place_line(&mut self, line: Line, tree: &mut Tree) {
        let quantity = line.quantity.unwrap_or(number(1.0));
        if line.kind == Kind::Endowment {
            let quantity = match line.ration {
                Some(ration) => product(quantity, ration),
                None => quantity,
            };
            tree.endowments.push((line.commodity, quantity));
            return;
        }
        let usual = usize::from(line.kind == Kind::Output);
        let nest = match &line.nest {
            None => Some(usual),
            Some(span) => self.nest_of_line(span.clone(), usual, tree),
        };
        let Some(nest) = nest else { return };
        let price = line.price.unwrap_or(number(1.0));
        let leaf = Leaf { commodity: line.commodity, quantity, price, taxes: line.taxes };
        tree.leaves.push((nest, leaf));
    }

    /// The nest that a line names, when it is on the side of the line.
    fn nest_of_line(&mut self, span: Range<usize>, side: usize, tree: &Tree) -> Option<usize> {
        let name = self.folded(span.clone());
        let Some(at) = tree.position(&name) else {
            if self.indexed.contains_key(&name) {
                let message = format!("the nest `{name}` is indexed: sets are not read");
                self.error(INDEXED, message, &span, "over a set", None);
            } else {
                self.no_nest(&name, &span, tree);
            }
            return None;
        };
        if tree.top(at) == side {
            return Some(at);
        }
        let (is, help) = if side == 1 {
            ("inputs", format!("`{name}(t):` in the first line makes it a nest of outputs"))
        } else {
            ("outputs", format!("`{name}(s):` in the first line makes it a nest of inputs"))
        };
        self.error(NEST, format!("`{name}` is a nest of {is}"), &span, "here", Some(&help));
        None
    }
}

struct Grower {
    nests: Vec<Declared>,
    inside: Vec<Vec<usize>>,
    leaves: Vec<Vec<Leaf>>,
}

impl Grower {
    fn nest(&mut self, at: usize) -> Nest {
        let inner = std::mem::take(&mut self.inside[at]);
        let nests = inner.into_iter().map(|each| self.nest(each));
        let nests: Vec<Nest> = nests.filter(|nest| !nest.children.is_empty()).collect();
        let leaves = std::mem::take(&mut self.leaves[at]);
        let children = nests.into_iter().map(Branch::Nest);
        let children = children.chain(leaves.into_iter().map(Branch::Leaf)).collect();
        let declared = &mut self.nests[at];
        let elasticity = declared.elasticity.take().unwrap_or(number(0.0));
        Nest { name: Some(std::mem::take(&mut declared.name)), elasticity, children }
    }
}

/// The product of two values; the second alone when the first is the number 1.
fn product(left: Value, right: Value) -> Value {
    let span = if left.span.is_empty() {
        right.span.clone()
    } else {
        left.span.start.min(right.span.start)..left.span.end.max(right.span.end)
    };
    let value = multiplied(left.value, right.value);
    Spanned { value, span }
}

fn multiplied(left: Expression<Name>, right: Expression<Name>) -> Expression<Name> {
    match left {
        Expression::Number(1.0) => right,
        left => Expression::Binary(Operator::Multiply, Box::new(left), Box::new(right)),
    }
}

/// Multiplies the rate that was read last.
fn multiply_last(line: &mut Line, factor: Value) {
    line.multiplies = false;
    if let Some((_, rate)) = line.taxes.last_mut() {
        let old = std::mem::replace(&mut rate.value, Expression::Number(0.0));
        rate.value = multiplied(factor.value, old);
        rate.span.end = rate.span.end.max(factor.span.end);
    }
}
