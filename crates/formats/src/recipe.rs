//! A recipe for regionalising: which tables, which method; TOML with places in every finding.
//!
//! | table      | keys |
//! |------------|------|
//! | (top)      | `format` = 1, `year`, `money` |
//! | `national` | `industries`, `products`, `uses`, `supply`, `taxes`, `margin_flows`, `production`, `consumption_split`, `margins`; or `table` with `from`, `sheet`, `imports`, `names`; or `har`; `balance` |
//! | `regions`  | `output`, `value_added`, `final_use`, `persons`, `gross_product`, `entry`, and `capitals` or `distances`; or `har`, `supplement` |
//! | `region`   | instead of `regions`: `name`, `output`, `value_added`, `final_use`, `outflow`, `inflow` |
//! | `trade`    | `method`, `delta`, `decay_goods`, `decay_services`, `inventories`, `flows`, `groups`, `flows_of` |
//!
//! Paths are relative to the recipe. Layouts of the tables: docs/regionalise.md.
//! Not here: the method itself (`accounts::regionalise`).

mod known;
mod national;
mod printed;
mod tables;
pub mod term;
#[cfg(test)]
mod tests;

use std::ops::Range;

use accounts::regionalise::location_quotient::{DEFAULT_DELTA, Quotient};
use accounts::regionalise::single::{Known, Nation};
use accounts::regionalise::{Choices, Inventories, Method, National, Regions};
use diagnostics::{Diagnostic, Findings, Place};
use toml_span::Value;
use toml_span::value::ValueInner;

use crate::sheet::nearest;

/// Brackets inside each other beyond which a text is no recipe.
const DEEPEST: usize = 8;
/// All keys, with their tables.
const KEYS: [&str; 44] = [
    "format",
    "year",
    "money",
    "national.industries",
    "national.products",
    "national.uses",
    "national.supply",
    "national.taxes",
    "national.margin_flows",
    "national.production",
    "national.consumption_split",
    "national.margins",
    "national.table",
    "national.from",
    "national.sheet",
    "national.imports",
    "national.imports_sheet",
    "national.names",
    "national.har",
    "national.balance",
    "regions.output",
    "regions.value_added",
    "regions.final_use",
    "regions.persons",
    "regions.gross_product",
    "regions.entry",
    "regions.capitals",
    "regions.distances",
    "regions.har",
    "regions.supplement",
    "region.name",
    "region.output",
    "region.value_added",
    "region.final_use",
    "region.outflow",
    "region.inflow",
    "trade.method",
    "trade.delta",
    "trade.decay_goods",
    "trade.decay_services",
    "trade.inventories",
    "trade.flows",
    "trade.groups",
    "trade.flows_of",
];
/// Keys that need another one.
const WITHOUT: [(&str, &[&str]); 3] = [
    (
        "national.table",
        &[
            "national.from",
            "national.sheet",
            "national.imports",
            "national.imports_sheet",
            "national.names",
        ],
    ),
    ("national.har", &["regions.har", "regions.supplement"]),
    ("trade.flows", &["trade.groups", "trade.flows_of"]),
];
/// Keys that another one takes the place of.
const BESIDE: [(&str, &[&str]); 3] = [
    (
        "national.table",
        &[
            "national.products",
            "national.uses",
            "national.supply",
            "national.taxes",
            "national.margin_flows",
            "national.production",
            "national.har",
        ],
    ),
    (
        "national.har",
        &[
            "national.industries",
            "national.products",
            "national.uses",
            "national.supply",
            "national.taxes",
            "national.margin_flows",
            "national.production",
            "national.consumption_split",
            "national.margins",
            "regions.output",
            "regions.value_added",
            "regions.final_use",
            "regions.persons",
            "regions.entry",
            "regions.capitals",
            "regions.distances",
            "trade.decay_goods",
            "trade.decay_services",
        ],
    ),
    (
        "region.",
        &[
            "national.products",
            "regions.output",
            "regions.value_added",
            "regions.final_use",
            "regions.persons",
            "regions.gross_product",
            "regions.entry",
            "regions.capitals",
            "regions.distances",
            "trade.flows",
            "trade.groups",
            "trade.flows_of",
            "trade.inventories",
        ],
    ),
];
/// Difference of what an industry makes and pays, relative to the larger, that is no rounding.
const OFF: f64 = 1e-6;
/// Names of the methods.
const METHODS: [&str; 8] =
    ["self_sufficiency", "gravity", "lq", "slq", "cilq", "flq", "aflq", "charm"];
/// Exponents of distance of goods and of services, unless others are given: services stay nearer.
const DECAY: [f64; 2] = [1.0, 2.0];

/// What a recipe leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// What it makes.
    pub wanted: Wanted,
    /// Prior of trade, fit, inventories.
    pub choices: Choices,
    /// Published gross product by region, in the order of the regions, to compare with what is built;
    /// none where a region has none.
    pub gross_product: Option<Vec<Option<f64>>>,
    /// What is odd in its tables, and no error.
    pub warnings: Findings,
}

/// What a recipe makes.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// Accounts of all regions.
    Regions(Box<(National, Regions)>),
    /// The table of one region.
    Region(Box<One>),
}

/// One region and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct One {
    /// Name.
    pub name: String,
    /// Unit of money.
    pub money: String,
    /// Year.
    pub year: u16,
    /// The nation.
    pub nation: Nation,
    /// What is known.
    pub known: Known,
}

/// Reads a recipe and its tables.
///
/// - `load`: the bytes of a file named in the recipe, or why there are none.
///
/// # Errors
/// All findings: E1700 to E1719 in the recipe, E11xx in its tables, E13xx in files of other programs.
pub fn read(
    file: &str,
    text: &str,
    load: &dyn Fn(&str) -> Result<Vec<u8>, String>,
) -> Result<Recipe, Findings> {
    let mut reader = Reader { file, text, load, entries: vec![], findings: Findings::default() };
    let recipe = reader.recipe();
    match recipe {
        Some(recipe) if !reader.findings.has_errors() => {
            Ok(Recipe { warnings: reader.findings, ..recipe })
        }
        _ => Err(reader.findings),
    }
}

/// What stands behind a key.
#[derive(Debug, Clone, PartialEq)]
enum Given {
    Text(String),
    Number(f64),
    List(Vec<String>),
    Other,
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    load: &'a dyn Fn(&str) -> Result<Vec<u8>, String>,
    /// Key with its table (`trade.method`), what is given, where.
    entries: Vec<(String, Given, Range<usize>)>,
    findings: Findings,
}

impl Reader<'_> {
    fn recipe(&mut self) -> Option<Recipe> {
        self.parse()?;
        self.check_keys();
        self.check_together();
        self.number("format", None, (1.0, 1.0))?;
        let year = self.number("year", None, (1.0, 9999.0));
        let money = self.string("money");
        let choices = self.choices();
        let given = ["trade.decay_goods", "trade.decay_services"];
        let [goods, services] = [0, 1].map(|k| self.number(given[k], Some(DECAY[k]), (0.0, 10.0)));
        let decay = [goods?, services?];
        let fit = self.word("national.balance", &[("gras", true), ("strict", false)], false)?;
        let wanted = if self.find("national.har").is_some() {
            let (mut national, mut regions) = self.header_arrays()?;
            regions.transport.known = self.known_flows(&national.products, &regions.names)?;
            (national.base_year, national.money) = (year? as u16, money?);
            let national = self.balanced(national, fit)?;
            Wanted::Regions(Box::new((national, regions)))
        } else {
            let printed = self.find("national.table").is_some();
            let (national, goods) = if printed { self.printed()? } else { self.national()? };
            let national = National { base_year: year? as u16, money: money?, ..national };
            let national = self.balanced(national, fit)?;
            if self.entries.iter().any(|(key, ..)| key.starts_with("region.")) {
                Wanted::Region(Box::new(self.one(&national, &goods, decay)?))
            } else {
                let regions = self.regions(&national, &goods, decay)?;
                Wanted::Regions(Box::new((national, regions)))
            }
        };
        let gross_product = match &wanted {
            Wanted::Regions(parts) => self.gross_product(&parts.1.names)?,
            Wanted::Region(_) => None,
        };
        let warnings = Findings::default();
        Some(Recipe { wanted, choices: choices?, gross_product, warnings })
    }

    /// The national table, fitted by GRAS if the recipe says so.
    fn balanced(&mut self, national: National, fit: bool) -> Option<National> {
        if self.findings.has_errors() {
            return Some(national);
        }
        if !fit {
            self.costs_are_output(&national);
            return Some(national);
        }
        match national.fitted() {
            Ok(fitted) => Some(fitted),
            Err(error) => {
                let at = self.find("national.balance").map_or(0..0, |(_, at)| at);
                let message = format!("the national table cannot be balanced: {error}");
                self.error("E1708", message, at, "correct the totals that conflict");
                None
            }
        }
    }

    /// Without a fit, what an industry pays is what it makes; header arrays have their own rounding.
    fn costs_are_output(&mut self, national: &National) {
        if self.find("national.har").is_some() {
            return;
        }
        for (i, cost) in national.costs().iter().enumerate() {
            let made = national.make.column_sum(i);
            if (cost - made).abs() > OFF * made.abs().max(cost.abs()) {
                let label = &national.industries[i];
                let message = format!(
                    "`{label}` makes {made} and pays {cost} for purchases, taxes, margins and value added"
                );
                let at = self.entries.iter().find(|(key, ..)| key.starts_with("national."));
                let at = at.map_or(0..0, |(_, _, at)| at.clone());
                let help = "correct the table, or say `balance = \"gras\"` under `[national]`";
                self.error("E1708", message, at, help);
            }
        }
    }

    fn error(&mut self, code: &'static str, message: String, at: Range<usize>, help: &str) {
        let place = Place::in_text(self.file, self.text, at);
        self.findings.push(Diagnostic::error(code, message).at(place, "here").help(help));
    }

    fn parse(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        let deep = self.text.bytes().position(|byte| {
            match byte {
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth > DEEPEST
        });
        if let Some(at) = deep {
            let message = "this is nested too deeply for a recipe".to_owned();
            self.error("E1700", message, at..at + 1, "a recipe has tables of one level");
            return None;
        }
        match toml_span::parse(self.text) {
            Ok(root) => {
                self.entries = entries(&root, "");
                Some(())
            }
            Err(error) => {
                let end = error.span.end.min(self.text.len());
                let at = error.span.start.min(end)..end;
                let help = "texts stand in quotes; every table and key is given once";
                self.error("E1700", format!("this is not TOML: {error}"), at, help);
                None
            }
        }
    }

    fn check_keys(&mut self) {
        for (key, _, at) in self.entries.clone() {
            if KEYS.contains(&key.as_str()) {
                continue;
            }
            let help = nearest(&key, KEYS.iter().copied()).map_or_else(
                || format!("the keys are {}", KEYS.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            self.error("E1701", format!("unknown key `{key}`"), at, &help);
        }
    }

    /// Keys that have no effect beside, or without, others.
    fn check_together(&mut self) {
        let is =
            |name: &str, key: &str| name == key || (key.ends_with('.') && name.starts_with(key));
        let given = |key: &str| self.entries.iter().any(|(name, ..)| is(name, key));
        let mut messages = vec![];
        let rules = WITHOUT.iter().map(|rule| (rule, false));
        for ((when, keys), beside) in rules.chain(BESIDE.iter().map(|rule| (rule, true))) {
            if given(when) == beside {
                let word = if beside { "beside" } else { "without" };
                let when = when.trim_end_matches('.');
                messages.extend(
                    keys.iter().map(|key| (*key, format!("`{key}` has no effect {word} `{when}`"))),
                );
            }
        }
        for (key, message) in messages {
            if let Some((_, at)) = self.find(key) {
                self.error("E1719", message, at, "leave one of the two out; docs/regionalise.md");
            }
        }
    }

    fn find(&self, key: &str) -> Option<(Given, Range<usize>)> {
        let found = self.entries.iter().find(|(name, ..)| name == key);
        found.map(|(_, given, at)| (given.clone(), at.clone()))
    }

    fn missing(&mut self, key: &str) {
        let help = format!("add `{key}`; docs/regionalise.md shows a recipe");
        self.error("E1702", format!("`{key}` is missing"), 0..0, &help);
    }

    fn string(&mut self, key: &str) -> Option<String> {
        match self.find(key) {
            Some((Given::Text(text), _)) => Some(text),
            Some((_, at)) => {
                let message = format!("`{key}` must be a text");
                self.error("E1703", message, at, "put it in quotes");
                None
            }
            None => {
                self.missing(key);
                None
            }
        }
    }

    fn number(&mut self, key: &str, default: Option<f64>, range: (f64, f64)) -> Option<f64> {
        match self.find(key) {
            Some((Given::Number(value), _)) if value >= range.0 && value <= range.1 => Some(value),
            Some((_, at)) => {
                let message = format!("`{key}` must be a number from {} to {}", range.0, range.1);
                self.error("E1703", message, at, "write it without quotes");
                None
            }
            None => {
                if default.is_none() {
                    self.missing(key);
                }
                default
            }
        }
    }

    fn choices(&mut self) -> Option<Choices> {
        let method = self.method();
        // The data programs of TERM leave inventories with producers.
        let usual = if self.find("national.har").is_some() {
            Inventories::Producers
        } else {
            Inventories::Users
        };
        let inventories = self.word(
            "trade.inventories",
            &[("users", Inventories::Users), ("producers", Inventories::Producers)],
            usual,
        );
        Some(Choices { method: method?, inventories: inventories? })
    }

    /// One of a few words.
    fn word<T: Copy>(&mut self, key: &str, words: &[(&str, T)], default: T) -> Option<T> {
        let Some((given, at)) = self.find(key) else { return Some(default) };
        let named = |(word, _): &&(&str, T)| matches!(&given, Given::Text(text) if text == word);
        let found = words.iter().find(named).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let message = format!("`{key}` must be one of {}", names.join(", "));
            self.error("E1703", message, at, "write one of them in quotes");
        }
        found
    }

    fn method(&mut self) -> Option<Method> {
        let delta = self.number("trade.delta", Some(DEFAULT_DELTA), (0.0, 1.0))?;
        if self.find("trade.method").is_none() {
            // The data programs of TERM let the fit move what regions buy at home; one region alone has
            // no fit of trade.
            let one = self.entries.iter().any(|(key, ..)| key.starts_with("region."));
            let gravity = one || self.find("national.har").is_some();
            return Some(if gravity { Method::Gravity } else { Method::default() });
        }
        let name = self.string("trade.method")?;
        Some(match name.as_str() {
            "self_sufficiency" => Method::SelfSufficiency,
            "gravity" => Method::Gravity,
            "charm" => Method::CrossHauling,
            "lq" | "slq" => Method::Quotient(Quotient::Simple),
            "cilq" => Method::Quotient(Quotient::CrossIndustry),
            "flq" => Method::Quotient(Quotient::Flegg { delta }),
            "aflq" => Method::Quotient(Quotient::AugmentedFlegg { delta }),
            _ => {
                let (_, at) = self.find("trade.method")?;
                let help = format!("the methods are {}", METHODS.join(", "));
                self.error("E1704", format!("unknown method `{name}`"), at, &help);
                return None;
            }
        })
    }
}

/// All keys with their tables.
fn entries(table: &Value<'_>, before: &str) -> Vec<(String, Given, Range<usize>)> {
    let mut found = vec![];
    for (key, value) in table.as_table().into_iter().flatten() {
        let name = format!("{before}{}", key.name);
        let at = value.span.start..value.span.end;
        let given = match value.as_ref() {
            ValueInner::String(text) => Given::Text(text.to_string()),
            ValueInner::Integer(number) => Given::Number(*number as f64),
            ValueInner::Float(number) => Given::Number(*number),
            ValueInner::Array(list) => Given::List(
                list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
            ),
            ValueInner::Table(_) if before.is_empty() => {
                found.extend(entries(value, &format!("{name}.")));
                continue;
            }
            _ => Given::Other,
        };
        found.push((name, given, at));
    }
    found
}
