//! Looks every name of a [`Draft`] up, checks the blocks, and makes the [`Model`].
//!
//! Values that do not depend on variables are evaluated for every scenario, so that a quantity that
//! turns negative in the third scenario is an error of the file, with its place.
//! Not here: reading (`crate::case`, `crate::mpsge`).

use std::collections::BTreeMap;
use std::ops::Range;

use diagnostics::{Diagnostic, Findings, Place};
use equilibrium::number::Number;

use crate::draft::{self, Bound, Draft};
use crate::expression::{Expression, Name};
use crate::model::{
    Branch, Class, Demand, Leaf, Model, Nest, Parameter, Production, Scenario, Symbol, Tax, Value,
    Variable,
};
use crate::tree::Spanned;

/// A name that nothing has.
const UNKNOWN_NAME: &str = "E1606";
/// A name that two things have.
const TWICE: &str = "E1607";
/// A name that cannot be one.
const NO_NAME: &str = "E1608";
/// A name that may not be used here.
const NOT_HERE: &str = "E1609";
/// A variable without its block, or a block given twice.
const BLOCKS: &str = "E1610";
/// The file's own count of variables is another.
const COUNT: &str = "E1611";
/// A number out of its range.
const RANGE: &str = "E1612";
/// More of something than is read.
const TOO_LARGE: &str = "E1613";
/// A price or an income that is held at a number which cannot be one.
const HELD: &str = "E1616";
/// A lower bound above the upper one.
const CROSSED: &str = "E1617";

/// Most variables of a model.
const MOST_VARIABLES: usize = 100_000;

/// Most findings of a file that are told: to place a finding, the text before it is walked through.
pub(crate) const MOST_FINDINGS: usize = 1_000;

/// Whether the draft holds all that the file says: what could not be read is told already, and
/// nothing is told of what is missing for that reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whole {
    Yes,
    No,
}

/// The model of a draft, when it has no errors.
pub(crate) fn resolve(
    file: &str,
    text: &str,
    draft: &Draft,
    whole: Whole,
) -> (Option<Model>, Findings) {
    let mut resolver = Resolver {
        file,
        text,
        names: BTreeMap::new(),
        classes: vec![],
        places: vec![],
        poisoned: whole == Whole::No,
        whole,
        findings: Findings::default(),
    };
    let model = resolver.model(draft);
    let findings = resolver.findings;
    (if findings.has_errors() { None } else { Some(model) }, findings)
}

/// The most similar of some names, when one is similar enough.
pub(crate) fn nearest<'n>(name: &str, among: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let scored =
        among.map(|each| (strsim::jaro_winkler(&name.to_lowercase(), &each.to_lowercase()), each));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 > 0.75).then_some(best.1)
}

/// What an expression may use.
#[derive(Clone, Copy, PartialEq)]
enum Scope {
    /// Parameters before this one.
    Before(usize),
    /// Parameters.
    Parameters,
    /// Parameters and variables.
    All,
}

/// What a value must be, where it is a number.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    Any,
    NotNegative,
    Positive,
}

/// Whether a value can be what it is for.
#[derive(Clone, Copy, PartialEq)]
enum Fits {
    Yes,
    No,
}

struct Resolver<'a> {
    file: &'a str,
    text: &'a str,
    names: BTreeMap<String, Symbol>,
    classes: Vec<Class>,
    /// Where each variable is declared.
    places: Vec<Range<usize>>,
    /// Whether a value may be no number because of a fault that is told already.
    poisoned: bool,
    whole: Whole,
    findings: Findings,
}

impl Resolver<'_> {
    fn error(
        &mut self,
        code: &'static str,
        message: String,
        span: &Range<usize>,
        label: impl Into<String>,
        help: Option<String>,
    ) {
        if self.findings.iter().len() >= MOST_FINDINGS {
            return;
        }
        let place = Place::in_text(self.file, self.text, span.clone());
        let finding = Diagnostic::error(code, message).at(place, label);
        self.findings.push(match help {
            Some(help) => finding.help(help),
            None => finding,
        });
    }

    fn model(&mut self, draft: &Draft) -> Model {
        let classes = [
            (Class::Sector, &draft.sectors),
            (Class::Commodity, &draft.commodities),
            (Class::Consumer, &draft.consumers),
            (Class::Auxiliary, &draft.auxiliaries),
        ];
        self.declare(draft, &classes);
        let parameters = self.parameters(draft);
        let scenarios = self.scenarios(&draft.scenarios);
        let checks = Checks::new(&parameters, &scenarios);
        self.check_sets(&checks, draft);
        self.check_scenarios(&checks, &draft.scenarios);
        let variables = self.variables(&classes, &checks);
        let model = Model {
            name: draft.name.clone(),
            description: draft.description.clone(),
            production: self.production(draft, &checks),
            demands: self.demands(draft, &checks),
            constraints: self.constraints(draft),
            parameters,
            variables,
            scenarios,
        };
        self.size(draft, model.variables.len());
        model
    }

    fn declare(&mut self, draft: &Draft, classes: &[(Class, &Vec<draft::Variable>)]) {
        let mut lower_case: BTreeMap<String, String> = BTreeMap::new();
        let variables =
            classes.iter().flat_map(|(class, list)| list.iter().map(|each| (*class, each)));
        for (position, (class, variable)) in variables.enumerate() {
            self.classes.push(class);
            self.places.push(variable.name.span.clone());
            if position == MOST_VARIABLES {
                let message = format!("a model has at most {MOST_VARIABLES} variables");
                self.error(TOO_LARGE, message, &variable.name.span, "one too many", None);
                return;
            }
            self.declare_name(&variable.name, Symbol::Variable(position));
            let folded = variable.name.value.to_lowercase();
            if let Some(other) = lower_case.insert(folded, variable.name.value.clone())
                && other != variable.name.value
            {
                let message =
                    format!("`{}` and `{other}` differ in case only", variable.name.value);
                self.error(TWICE, message, &variable.name.span, "choose another name", None);
            }
        }
        for (position, (name, _)) in draft.parameters.iter().enumerate() {
            self.declare_name(name, Symbol::Parameter(position));
        }
    }

    fn declare_name(&mut self, name: &Spanned<String>, symbol: Symbol) {
        let valid = name.value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && name.value.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
        if !valid {
            let message = format!("`{}` cannot be a name", name.value);
            let label = "letters, digits and `_`, not beginning with a digit";
            self.error(NO_NAME, message, &name.span, label, None);
        }
        if self.names.contains_key(&name.value) {
            let message = format!("the name `{}` is given twice", name.value);
            self.error(TWICE, message, &name.span, "given before", None);
            return;
        }
        self.names.insert(name.value.clone(), symbol);
    }

    fn parameters(&mut self, draft: &Draft) -> Vec<Parameter> {
        let each = |(at, (name, value)): (usize, &(Spanned<String>, draft::Value))| Parameter {
            name: name.value.clone(),
            value: self.value(value, Scope::Before(at)),
        };
        draft.parameters.iter().enumerate().map(each).collect()
    }

    /// The expression with its names looked up.
    fn value(&mut self, value: &draft::Value, scope: Scope) -> Value {
        let mut faults = vec![];
        let mut look_up = |name: &Name| {
            let found = self.names.get(&name.name).copied();
            let fault = match (found, scope) {
                (None, _) => Some(None),
                (Some(Symbol::Variable(_)), Scope::Before(_) | Scope::Parameters) => Some(Some(
                    "a variable cannot be used here: this must be known before the solve",
                )),
                (Some(Symbol::Parameter(at)), Scope::Before(here)) if at >= here => {
                    Some(Some("a parameter may use only those before it"))
                }
                _ => None,
            };
            match (fault, found) {
                (None, Some(symbol)) => Expression::Symbol(symbol),
                (fault, _) => {
                    faults.push((name.clone(), fault.flatten()));
                    Expression::Number(f64::NAN)
                }
            }
        };
        let resolved = value.value.map(&mut look_up);
        self.poisoned |= !faults.is_empty();
        for (name, fault) in faults {
            match fault {
                Some(label) => {
                    let message = format!("`{}` may not be used here", name.name);
                    self.error(NOT_HERE, message, &name.span, label, None);
                }
                None => self.unknown(&name.name, &name.span, "a parameter or variable", |_| true),
            }
        }
        resolved
    }

    fn unknown(
        &mut self,
        name: &str,
        span: &Range<usize>,
        what: &str,
        fits: impl Fn(Symbol) -> bool,
    ) {
        if self.findings.iter().len() >= MOST_FINDINGS {
            return;
        }
        let among = self.names.iter().filter(|(_, symbol)| fits(**symbol));
        let near = nearest(name, among.map(|(name, _)| name.as_str()));
        let help = near.map(|near| format!("did you mean `{near}`?"));
        let label = format!("not the name of {what}");
        self.error(UNKNOWN_NAME, format!("unknown name `{name}`"), span, label, help);
    }

    /// Position of a variable of a class.
    fn variable(&mut self, name: &Spanned<String>, class: Option<Class>) -> Option<usize> {
        let fits = |classes: &[Class], symbol| match symbol {
            Symbol::Variable(at) => class.is_none_or(|class| classes[at] == class),
            Symbol::Parameter(_) => false,
        };
        match self.names.get(&name.value) {
            Some(Symbol::Variable(at)) if fits(&self.classes, Symbol::Variable(*at)) => Some(*at),
            _ => {
                let what = class.map_or("variable", Class::name);
                let classes = self.classes.clone();
                self.unknown(&name.value, &name.span, &format!("a {what}"), |symbol| {
                    fits(&classes, symbol)
                });
                None
            }
        }
    }

    fn scenarios(&mut self, drafts: &[draft::Scenario]) -> Vec<Scenario> {
        if drafts.is_empty() {
            let name = "as given".to_owned();
            let (set, fix, bounds, start) = (vec![], vec![], vec![], vec![]);
            return vec![Scenario { name, set, fix, bounds, start, benchmark: false }];
        }
        let mut scenarios: Vec<Scenario> = Vec::new();
        for (at, draft) in drafts.iter().enumerate() {
            let scenario = self.scenario(at, draft);
            if scenarios.iter().any(|before| before.name == scenario.name) {
                let message = format!("two scenarios have the name `{}`", scenario.name);
                let named = draft.set.first().or(draft.fix.first());
                let span = named.map_or(0..0, |(name, _)| name.span.clone());
                self.error(TWICE, message, &span, "in the second of them", None);
            }
            scenarios.push(scenario);
        }
        scenarios
    }

    fn scenario(&mut self, at: usize, draft: &draft::Scenario) -> Scenario {
        let name =
            if draft.name.is_empty() { format!("scenario {}", at + 1) } else { draft.name.clone() };
        let mut set = vec![];
        for (name, value) in &draft.set {
            match self.names.get(&name.value).copied() {
                Some(Symbol::Parameter(at)) => {
                    set.push((at, self.value(value, Scope::Before(at))));
                }
                _ => self.unknown(&name.value, &name.span, "a parameter", |symbol| {
                    matches!(symbol, Symbol::Parameter(_))
                }),
            }
        }
        let fix = self.on_variables(&draft.fix);
        let start = self.on_variables(&draft.start);
        let mut bounds = vec![];
        for (name, [lower, upper]) in &draft.bounds {
            let pair = [self.bound(lower), self.bound(upper)];
            if let Some(at) = self.variable(name, None) {
                bounds.push((at, pair));
            }
        }
        Scenario { name, set, fix, bounds, start, benchmark: draft.benchmark }
    }

    fn on_variables(&mut self, pairs: &[(Spanned<String>, draft::Value)]) -> Vec<(usize, Value)> {
        let mut found = vec![];
        for (name, value) in pairs {
            let value = self.value(value, Scope::Parameters);
            if let Some(at) = self.variable(name, None) {
                found.push((at, value));
            }
        }
        found
    }

    fn bound(&mut self, bound: &Bound) -> Option<Value> {
        match bound {
            Bound::Infinite => None,
            Bound::At(value) => Some(self.value(value, Scope::Parameters)),
        }
    }

    fn variables(
        &mut self,
        classes: &[(Class, &Vec<draft::Variable>)],
        checks: &Checks,
    ) -> Vec<Variable> {
        let mut variables = vec![];
        for (class, list) in classes {
            for draft in *list {
                let start =
                    draft.start.as_ref().map(|start| self.checked(start, Wanted::Any, checks));
                let lower = match &draft.lower {
                    None => Some(Expression::Number(0.0)),
                    Some(bound) => self.bound(bound),
                };
                let upper = draft.upper.as_ref().and_then(|bound| self.bound(bound));
                self.check_bounds(draft, [&lower, &upper], checks);
                let name = draft.name.value.clone();
                variables.push(Variable { name, class: *class, start, lower, upper });
            }
        }
        variables
    }

    /// Bounds of a variable are numbers, and in their order, in every scenario.
    fn check_bounds(
        &mut self,
        draft: &draft::Variable,
        [lower, upper]: [&Option<Value>; 2],
        checks: &Checks,
    ) {
        let own = [&draft.lower, &draft.upper].map(|bound| match bound {
            Some(Bound::At(value)) => Some(value.span.clone()),
            _ => None,
        });
        let Some(span) = own.iter().flatten().next_back().cloned() else { return };
        for (scenario, parameters) in &checks.values {
            let number = |bound: &Option<Value>| bound.as_ref().map(|b| evaluate(b, parameters));
            let pair = [number(lower), number(upper)];
            if self.bounds_fit(&draft.name.value, scenario, pair, &span) == Fits::No {
                return;
            }
        }
    }

    /// Whether two bounds can be bounds; tells when not.
    fn bounds_fit(
        &mut self,
        name: &str,
        scenario: &str,
        pair: [Option<f64>; 2],
        span: &Range<usize>,
    ) -> Fits {
        if let Some(number) = pair.into_iter().flatten().find(|number| !number.is_finite()) {
            return self.finite(&format!("a bound of `{name}`"), scenario, number, span);
        }
        match pair {
            [Some(lower), Some(upper)] if lower > upper => {
                let message = format!(
                    "the lower bound of `{name}` is {lower}, above its upper bound {upper}, in \
                     scenario `{scenario}`"
                );
                let help = "exchange them; an upper bound alone needs a lower one of `null`";
                self.error(CROSSED, message, span, "no value fits", Some(help.to_owned()));
                Fits::No
            }
            _ => Fits::Yes,
        }
    }

    /// Tells of a value that is not finite, unless the reason is told.
    fn finite(&mut self, what: &str, scenario: &str, number: f64, span: &Range<usize>) -> Fits {
        if number.is_finite() {
            return Fits::Yes;
        }
        if !(number.is_nan() && self.poisoned) {
            let message = format!("{what} is {number} in scenario `{scenario}`");
            self.error(RANGE, message, span, "must be a finite number", None);
        }
        Fits::No
    }

    /// What scenarios fix, start and bound are numbers that can be one.
    fn check_scenarios(&mut self, checks: &Checks, drafts: &[draft::Scenario]) {
        for (draft, (scenario, parameters)) in drafts.iter().zip(&checks.values) {
            for (name, value) in &draft.start {
                let start = self.number(value, parameters);
                self.finite(
                    &format!("the start of `{}`", name.value),
                    scenario,
                    start,
                    &value.span,
                );
            }
            for (name, pair) in &draft.bounds {
                let pair = [&pair[0], &pair[1]].map(|bound| match bound {
                    Bound::At(value) => Some(self.number(value, parameters)),
                    Bound::Infinite => None,
                });
                self.bounds_fit(&name.value, scenario, pair, &name.span);
            }
            let held: Vec<(&Spanned<String>, f64, &Range<usize>)> = draft
                .fix
                .iter()
                .map(|(name, value)| (name, self.number(value, parameters), &value.span))
                .collect();
            self.check_held(&held, scenario);
        }
    }

    /// A value of parameters as written; no number where a name is none of theirs, which is told.
    fn number(&self, value: &draft::Value, parameters: &[f64]) -> f64 {
        value.value.evaluate(&|name: &Name| match self.names.get(&name.name) {
            Some(Symbol::Parameter(at)) => parameters.get(*at).copied().unwrap_or(f64::NAN),
            _ => f64::NAN,
        })
    }

    /// Values at which variables are held are finite; a price or an income is not negative, and the
    /// only one that is held is above zero.
    fn check_held(&mut self, held: &[(&Spanned<String>, f64, &Range<usize>)], scenario: &str) {
        let nominal = |resolver: &Self, name: &str| match resolver.names.get(name) {
            Some(Symbol::Variable(at)) => Some(resolver.classes[*at])
                .filter(|class| matches!(class, Class::Commodity | Class::Consumer)),
            _ => None,
        };
        let count = held.iter().filter(|(name, ..)| nominal(self, &name.value).is_some()).count();
        for (name, number, span) in held {
            let what = format!("the value at which `{}` is held", name.value);
            if self.finite(&what, scenario, *number, span) == Fits::No {
                continue;
            }
            let Some(class) = nominal(self, &name.value) else { continue };
            if *number > 0.0 || *number == 0.0 && count > 1 {
                continue;
            }
            let what = if class == Class::Commodity { "price" } else { "income" };
            let message =
                format!("the {what} `{}` is held at {number} in scenario `{scenario}`", name.value);
            let help = "the numeraire sets the level of all prices: hold it at 1, say".to_owned();
            self.error(HELD, message, span, "must be above zero", Some(help));
        }
    }

    /// A value of parameters that must be in a range in every scenario.
    fn checked(&mut self, draft: &draft::Value, range: Wanted, checks: &Checks) -> Value {
        let value = self.value(draft, Scope::Parameters);
        let Some((scenario, number)) = checks.outside(&value, range) else { return value };
        if number.is_nan() && self.poisoned {
            return value;
        }
        let wanted = match range {
            Wanted::Any => "a finite number",
            Wanted::NotNegative => "not negative",
            Wanted::Positive => "above zero",
        };
        let message = format!("this is {number} in scenario `{scenario}`, it must be {wanted}");
        self.error(RANGE, message, &draft.span, format!("must be {wanted}"), None);
        value
    }

    fn check_sets(&mut self, checks: &Checks, draft: &Draft) {
        for (at, (scenario, parameters)) in checks.values.iter().enumerate() {
            let bad = parameters.iter().position(|value| !value.is_finite());
            if let Some(bad) = bad
                && !(parameters[bad].is_nan() && self.poisoned)
            {
                let name = self
                    .names
                    .iter()
                    .find(|(_, symbol)| **symbol == Symbol::Parameter(bad))
                    .map_or_else(String::new, |(name, _)| name.clone());
                // Where the scenario sets something, that may be why; else the parameter itself.
                let set = draft.scenarios.get(at).and_then(|draft| draft.set.first());
                let own = draft.parameters.get(bad);
                let named = set.map(|(name, _)| name).or(own.map(|(name, _)| name));
                let span = named.map_or(0..0, |name| name.span.clone());
                let number = parameters[bad];
                let message = format!("parameter `{name}` is {number} in scenario `{scenario}`");
                self.error(RANGE, message, &span, "must be a finite number", None);
            }
        }
    }

    fn nest(&mut self, draft: &draft::Nest, checks: &Checks) -> Nest {
        Nest {
            name: draft.name.clone(),
            elasticity: self.checked(&draft.elasticity, Wanted::NotNegative, checks),
            children: draft.children.iter().filter_map(|each| self.branch(each, checks)).collect(),
        }
    }

    fn branch(&mut self, draft: &draft::Branch, checks: &Checks) -> Option<Branch> {
        match draft {
            draft::Branch::Nest(nest) => Some(Branch::Nest(self.nest(nest, checks))),
            draft::Branch::Leaf(leaf) => self.leaf(leaf, checks).map(Branch::Leaf),
        }
    }

    fn leaf(&mut self, draft: &draft::Leaf, checks: &Checks) -> Option<Leaf> {
        let quantity = self.checked(&draft.quantity, Wanted::NotNegative, checks);
        let price = self.checked(&draft.price, Wanted::Positive, checks);
        let mut taxes = vec![];
        for (agent, rate) in &draft.taxes {
            let rate = self.value(rate, Scope::All);
            if let Some(agent) = self.variable(agent, Some(Class::Consumer)) {
                taxes.push(Tax { agent, rate });
            }
        }
        let commodity = self.variable(&draft.commodity, Some(Class::Commodity))?;
        Some(Leaf { commodity, quantity, price, taxes })
    }

    /// The blocks of a class in the order of its variables; exactly one for each.
    fn in_order<T>(
        &mut self,
        blocks: Vec<(usize, Range<usize>, T)>,
        class: Class,
        what: &str,
        written: usize,
    ) -> Vec<T> {
        // A block of which the name is wrong is told already: it may be the one that is missing.
        let all_known = blocks.len() == written && self.whole == Whole::Yes;
        let positions: Vec<usize> =
            (0..self.classes.len()).filter(|at| self.classes[*at] == class).collect();
        let mut sorted: BTreeMap<usize, T> = BTreeMap::new();
        for (at, span, block) in blocks {
            if sorted.insert(at, block).is_some() {
                let message = format!("a second {what} for one {}", class.name());
                self.error(BLOCKS, message, &span, "given before", None);
            }
        }
        for at in positions {
            if all_known && !sorted.contains_key(&at) {
                if self.findings.iter().len() >= MOST_FINDINGS {
                    break;
                }
                let (name, span) = (self.name_of(at), self.places[at].clone());
                let message = format!("the {} `{name}` has no {what}", class.name());
                self.error(BLOCKS, message, &span, "declared here", None);
            }
        }
        sorted.into_values().collect()
    }

    fn name_of(&self, at: usize) -> String {
        let found = self.names.iter().find(|(_, symbol)| **symbol == Symbol::Variable(at));
        found.map_or_else(String::new, |(name, _)| name.clone())
    }

    fn production(&mut self, draft: &Draft, checks: &Checks) -> Vec<Production> {
        let mut blocks = vec![];
        for block in &draft.production {
            let output = self.nest(&block.output, checks);
            let input = self.nest(&block.input, checks);
            if let Some(sector) = self.variable(&block.sector, Some(Class::Sector)) {
                let span = block.sector.span.clone();
                blocks.push((sector, span, Production { sector, output, input }));
            }
        }
        self.in_order(blocks, Class::Sector, "production block", draft.production.len())
    }

    fn demands(&mut self, draft: &Draft, checks: &Checks) -> Vec<Demand> {
        let mut blocks = vec![];
        for block in &draft.demands {
            let preferences = block.preferences.as_ref().map(|nest| self.nest(nest, checks));
            let mut endowments = vec![];
            for (commodity, quantity) in &block.endowments {
                let quantity = self.value(quantity, Scope::All);
                if let Some(at) = self.variable(commodity, Some(Class::Commodity)) {
                    endowments.push((at, quantity));
                }
            }
            if let Some(consumer) = self.variable(&block.consumer, Some(Class::Consumer)) {
                let span = block.consumer.span.clone();
                blocks.push((consumer, span, Demand { consumer, preferences, endowments }));
            }
        }
        self.in_order(blocks, Class::Consumer, "demand block", draft.demands.len())
    }

    fn constraints(&mut self, draft: &Draft) -> Vec<Value> {
        let mut blocks = vec![];
        for (auxiliary, expression) in &draft.constraints {
            let value = self.value(expression, Scope::All);
            if let Some(at) = self.variable(auxiliary, Some(Class::Auxiliary)) {
                blocks.push((at, auxiliary.span.clone(), value));
            }
        }
        self.in_order(blocks, Class::Auxiliary, "constraint", draft.constraints.len())
    }

    fn size(&mut self, draft: &Draft, variables: usize) {
        if self.whole == Whole::No {
            return;
        }
        if variables == 0 {
            let message = "the model has no variables".to_owned();
            let help = "list sectors, commodities and consumers".to_owned();
            self.error(BLOCKS, message, &(0..0), "nothing to solve", Some(help));
        }
        if let Some(size) = &draft.size
            && (size.value - variables as f64).abs() > 0.5
        {
            let message =
                format!("the file says {} variables and declares {variables}", size.value);
            self.error(COUNT, message, &size.span, format!("{variables} are declared"), None);
        }
    }
}

/// The parameters' values in each scenario.
struct Checks {
    values: Vec<(String, Vec<f64>)>,
}

impl Checks {
    fn new(parameters: &[Parameter], scenarios: &[Scenario]) -> Self {
        let each = |scenario: &Scenario| {
            (scenario.name.clone(), parameter_values(parameters, &scenario.set, &|_, value| value))
        };
        Self { values: scenarios.iter().map(each).collect() }
    }

    /// The first scenario in which a value is outside a range, and the value there.
    fn outside(&self, value: &Value, range: Wanted) -> Option<(&str, f64)> {
        self.values.iter().find_map(|(scenario, parameters)| {
            let number = evaluate(value, parameters);
            let fits = number.is_finite()
                && match range {
                    Wanted::Any => true,
                    Wanted::NotNegative => number >= 0.0,
                    Wanted::Positive => number > 0.0,
                };
            (!fits).then_some((scenario.as_str(), number))
        })
    }
}

/// Values of all parameters with some set to other values; `seed` may attach derivatives.
pub(crate) fn parameter_values<T: Number>(
    parameters: &[Parameter],
    set: &[(usize, Value)],
    seed: &impl Fn(usize, T) -> T,
) -> Vec<T> {
    let mut values: Vec<T> = Vec::with_capacity(parameters.len());
    for (at, parameter) in parameters.iter().enumerate() {
        let given = set.iter().rev().find(|(each, _)| *each == at).map(|(_, value)| value);
        let value = evaluate(given.unwrap_or(&parameter.value), &values);
        values.push(seed(at, value));
    }
    values
}

/// A value of parameters alone.
pub(crate) fn evaluate<T: Number>(value: &Value, parameters: &[T]) -> T {
    value.evaluate(&|symbol| match symbol {
        Symbol::Parameter(at) => parameters.get(*at).copied().unwrap_or(T::constant(f64::NAN)),
        Symbol::Variable(_) => T::constant(f64::NAN),
    })
}
