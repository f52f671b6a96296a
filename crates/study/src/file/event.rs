//! Event files: a plant that is built or works.
//!
//! Not here: what an event brings (`crate::event`).

use diagnostics::{Diagnostic, Findings};

use super::context::{Context, nearest};
use super::field::Field;
use super::section::Section;
use super::{code, head, syntax};
use crate::event::{Amount, DISPLACEMENT, Event, Outlay, Output};
use crate::money::Currency;
use crate::spec::{Industry, Names};

/// Longest construction that is taken for one, years.
const LONGEST: f64 = 50.0;

/// Reads an event file.
///
/// - `file_name`: how the findings name the file.
/// - `text`: its content.
/// - `names`: what the accounts call their regions and industries.
/// - returns the event when no finding is an error, and all findings in the order of the file.
pub fn parse_event(file_name: &str, text: &str, names: &Names) -> (Option<Event>, Findings) {
    let context = Context::new(file_name, text, names);
    let event = syntax::read(&context).map(|root| {
        let section = Section::root(&context, &root);
        let event = read(&section);
        section.finish();
        event
    });
    let mut findings = context.into_findings();
    findings.sort_by_place();
    (event.filter(|_| !findings.has_errors()), findings)
}

fn read(root: &Section<'_>) -> Event {
    head::format(root);
    let rate = root.want("cny_per_usd", 0.0, |field| field.number(0.01..=1000.0));
    root.context.cny_per_usd.set(rate);
    let event = Event {
        title: root.want("title", String::new(), Field::text),
        accounts: root.want("accounts", crate::inputs::LIAONING.to_owned(), Field::text),
        region: root.need("region", Field::region),
        industry: root.need("industry", meant_industry),
        displacement: displacement(root),
        propensity: root.want("propensity", None, |field| field.share().map(Some)),
        construction: phase(root, "construction").map(|section| outlay(&section)),
        operation: phase(root, "operation").map(|section| output(&section)),
    };
    if event.construction.is_none() && event.operation.is_none() {
        let finding =
            Diagnostic::error(code::NO_PHASE, "the event neither builds nor makes anything")
                .help("add `[construction]` or `[operation]` with an `amount`");
        let span = root.context.first_line(0..0);
        root.context.report(finding, span, "the file has no phase");
    }
    event
}

/// The share of displacement; a warning when the file has none.
fn displacement(root: &Section<'_>) -> f64 {
    let found = root.find("displacement");
    if found.is_none() {
        let message = "no displacement is given, so the net impact equals the gross one";
        let finding = Diagnostic::warning(code::NO_DISPLACEMENT, message)
            .help("add `displacement`, the share that takes the place of other activity");
        root.context.report(finding, root.context.first_line(0..0), "`displacement` is taken as 0");
    }
    found.and_then(|field| field.share()).unwrap_or(DISPLACEMENT)
}

fn phase<'a>(root: &Section<'a>, key: &'static str) -> Option<Section<'a>> {
    root.find(key).and_then(|field| Section::of(&field, format!("[{key}]")))
}

fn outlay(section: &Section<'_>) -> Outlay {
    let outlay = Outlay {
        amount: section.need("amount", amount),
        years: section.want("years", 1.0, |field| field.number(1.0..=LONGEST)),
        local_share: local_share(section),
        composition: section.want("composition", vec![], composition),
    };
    section.finish();
    outlay
}

fn output(section: &Section<'_>) -> Output {
    let output =
        Output { amount: section.need("amount", amount), local_share: local_share(section) };
    section.finish();
    output
}

fn local_share(section: &Section<'_>) -> Option<f64> {
    section.want("local_share", None, |field| field.share().map(Some))
}

/// A plain number, which is in the unit of the table, or an amount that is known in yuan.
fn amount(field: &Field<'_>) -> Option<Amount> {
    if field.is_number() {
        return field.number(0.0..=f64::MAX).map(Amount::OfTable);
    }
    let money = field.money()?;
    if money.currency() == Currency::Usd && field.context.cny_per_usd.get() == 0.0 {
        let message = format!("`{}` is in dollars, and the file has no exchange rate", field.key);
        let help = "add `cny_per_usd` to the head of the file, or write the amount in CNY";
        field.error(code::NO_RATE, message, "in dollars", help);
        return None;
    }
    Some(Amount::Money(money))
}

/// `{ "Construction" = 0.6, … }`, in the order of the file's keys; sums to one.
fn composition(field: &Field<'_>) -> Option<Vec<(Industry, f64)>> {
    let section = Section::of(field, format!("`{}`", field.key))?;
    let fields = section.fields();
    let read = |share: &Field<'_>| {
        let industry = meant(share, &share.key);
        Some((industry?, share.share()?))
    };
    let parts: Vec<Option<(Industry, f64)>> = fields.iter().map(read).collect();
    let parts: Vec<(Industry, f64)> = parts.into_iter().collect::<Option<_>>()?;
    let shares: Vec<f64> = parts.iter().map(|(_, share)| *share).collect();
    field.sums_to_one(&shares)?;
    Some(parts)
}

fn meant_industry(field: &Field<'_>) -> Option<Industry> {
    meant(field, &field.text()?)
}

/// An industry by label, code, or a part of one label only.
fn meant(field: &Field<'_>, name: &str) -> Option<Industry> {
    let names = field.context.names;
    let of = |index: usize| Industry { index, name: names.industries[index].clone() };
    if let Some(index) = names.industry(name) {
        return Some(of(index));
    }
    let part = name.to_lowercase();
    let fits = |index: &usize| names.industries[*index].to_lowercase().contains(&part);
    let fitting: Vec<usize> = (0..names.industries.len()).filter(fits).collect();
    match fitting.as_slice() {
        [one] if part.chars().count() >= SHORTEST_PART => Some(of(*one)),
        [] | [_] => {
            unknown(field, name);
            None
        }
        several => {
            let labels = several.iter().map(|index| format!("`{}`", names.industries[*index]));
            let message = format!("`{name}` fits {} industries", several.len());
            let help = format!("write more of one: {}", labels.collect::<Vec<_>>().join(", "));
            field.error(code::SEVERAL_INDUSTRIES, message, "part of several labels", &help);
            None
        }
    }
}

/// Fewest letters of a part of a label that is taken for it.
const SHORTEST_PART: usize = 4;

fn unknown(field: &Field<'_>, name: &str) {
    let industries = &field.context.names.industries;
    let label = format!("not one of the {} industries", industries.len());
    let help = match nearest_words(name, industries) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`ironbelt analyse` lists the industries".to_owned(),
    };
    field.error(code::UNKNOWN_INDUSTRY, format!("unknown industry `{name}`"), &label, &help);
}

/// The label nearest to a name, as a whole or by its words: labels are long, names are typed short.
fn nearest_words<'n>(name: &str, labels: &'n [String]) -> Option<&'n str> {
    if let Some(near) = nearest(name, labels.iter().map(String::as_str)) {
        return Some(near);
    }
    let words = |text: &str| -> Vec<String> {
        let split = text.split(|each: char| !each.is_alphanumeric());
        split.filter(|word| word.chars().count() >= SHORTEST_PART).map(str::to_lowercase).collect()
    };
    let asked = words(name);
    let likeness = |label: &str| -> f64 {
        let known = words(label);
        let best = |word: &String| {
            known.iter().map(|other| strsim::jaro_winkler(word, other)).fold(0.0, f64::max)
        };
        asked.iter().map(best).sum::<f64>() / asked.len().max(1) as f64
    };
    let scored = labels.iter().map(|label| (likeness(label), label.as_str()));
    let best = scored.max_by(|left, right| left.0.total_cmp(&right.0))?;
    (best.0 >= WORDS_LIKENESS).then_some(best.1)
}

/// Mean likeness of words from which a label is offered: one misspelt word of two passes.
const WORDS_LIKENESS: f64 = 0.85;
