//! Rules of a negative list: a TOML file of measures, scores and slopes.

use super::context::Context;
use super::field::Field;
use super::head::{format, source};
use super::section::Section;
use super::syntax;
use crate::negative_list::{Cap, Measure, Rules, Type};
use crate::spec::Names;
use diagnostics::Findings;

/// Highest ad valorem equivalent of a restrictiveness of 1 that is believed.
const SLOPE: std::ops::RangeInclusive<f64> = 0.0..=10.0;

/// Reads a file of rules.
///
/// - returns the rules when no finding is an error, and all findings.
pub fn parse_rules(file_name: &str, text: &str, names: &Names) -> (Option<Rules>, Findings) {
    let context = Context::new(file_name, text, names);
    let rules = syntax::read(&context).map(|root| {
        let section = Section::root(&context, &root);
        let rules = read(&section);
        section.finish();
        rules
    });
    let mut findings = context.into_findings();
    findings.sort_by_place();
    (rules.filter(|_| !findings.has_errors()), findings)
}

fn read(root: &Section<'_>) -> Rules {
    format(root);
    let mut rules = Rules {
        source: source(root),
        measures: root.tables("measure", "[[measure]]").iter().map(measure).collect(),
        ..Rules::default()
    };
    if let Some(caps) = root.table("caps", "[caps]") {
        rules.caps =
            (caps.need("below_half", Field::share), caps.need("half_or_more", Field::share));
        caps.finish();
    }
    if let Some(barrier) = root.table("barrier", "[barrier]") {
        let slope = |field: &Field<'_>| field.number(SLOPE);
        rules.slopes = (barrier.need("goods", slope), barrier.need("services", slope));
        rules.services_from = barrier.need("services_from", |field| Some(field.industry()?.index));
        rules.slope_source = source(&barrier);
        barrier.finish();
    }
    rules
}

fn measure(section: &Section<'_>) -> Measure {
    let caps = section.find("caps").and_then(|field| field.word::<Cap>());
    let phrase = |field: &Field<'_>| field.text().map(|text| text.to_lowercase());
    let found = Measure {
        name: section.need("name", Field::text),
        kind: section.need("type", Field::word::<Type>),
        phrases: section
            .need("phrases", |field| field.list("phrases")?.iter().map(phrase).collect()),
        score: if caps.is_some() { 0.0 } else { section.need("score", Field::share) },
        caps,
        rent_share: section.need("rent_share", Field::share),
    };
    section.finish();
    found
}
