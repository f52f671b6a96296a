//! `[[lever.market_access]]`: barriers as written, or from two editions of a negative list.

use std::collections::HashMap;

use diagnostics::Diagnostic;

use super::super::code;
use super::super::context::Context;
use super::super::field::Field;
use super::super::section::Section;
use super::{budget, header, home, parameter, to_year};
use crate::lever::{Barrier, Lever, MarketAccess};
use crate::money::Money;

/// Highest ad valorem equivalent that is believed.
const HIGHEST: f64 = 10.0;

pub(super) fn market_access(section: &Section<'_>) -> Lever {
    let industries = section.need("industries", Field::industries);
    let from_year = section.need("from_year", Field::year);
    let editions = section.find("barrier_from").and_then(|field| editions(&field));
    // Barriers from a list are filled in when its rules are read.
    let (before, after) = match &editions {
        Some(_) => (Barrier::default(), Barrier::default()),
        None => written(section),
    };
    let lever = MarketAccess {
        before: vec![before; industries.len()],
        after: vec![after; industries.len()],
        industries,
        editions,
        regions: section.want("regions", home(section), Field::regions),
        from_year,
        to_year: to_year(section, from_year),
        cost_per_year: section.want("cost_per_year", Money::default(), Field::money),
        budget: budget(section),
        header: header(section),
    };
    Lever::MarketAccess(lever)
}

/// `barrier_before`, `barrier_after`, `rent_share`; `rent_share_after` where the split changes.
fn written(section: &Section<'_>) -> (Barrier, Barrier) {
    let height = |field: &Field<'_>| field.number(0.0..=HIGHEST);
    let before = section.need("barrier_before", height);
    let after = section.need("barrier_after", height);
    let usual = parameter(section, "rent_share");
    let rent_share = section.want("rent_share", usual, Field::share);
    let rent_share_after = section.want("rent_share_after", rent_share, Field::share);
    warn_unless_lower(section, before, after);
    (Barrier::split(before, rent_share), Barrier::split(after, rent_share_after))
}

fn warn_unless_lower(section: &Section<'_>, before: f64, after: f64) {
    if let Some(field) = section.find("barrier_after").filter(|_| after >= before) {
        let message = format!("the barrier goes from {before} to {after}: no opening");
        let finding = Diagnostic::warning(code::BARRIER_NOT_LOWER, message)
            .help("exchange barrier_before and barrier_after if this is an opening");
        section.context.report(finding, field.span(), "not lower than before");
    }
}

/// `["2017", "2018"]`: editions of the negative list before and after.
fn editions(field: &Field<'_>) -> Option<(String, String)> {
    let names = field.list("two editions of the negative list: [\"2017\", \"2018\"]")?;
    let [before, after] = names.as_slice() else {
        field.wrong_length(names.len(), "two editions, before and after");
        return None;
    };
    Some((before.text()?, after.text()?))
}

/// An industry and region has one barrier, so one market access lever.
pub(super) fn check_opened_once(context: &Context<'_>, levers: &[Lever]) {
    let mut opened: HashMap<(usize, usize), &str> = HashMap::new();
    for lever in levers {
        let Lever::MarketAccess(access) = lever else { continue };
        let pairs = access
            .regions
            .iter()
            .flat_map(|region| access.industries.iter().map(move |industry| (region, industry)));
        let mut clashes = pairs.filter_map(|(region, industry)| {
            let earlier = opened.insert((region.index, industry.index), &access.header.name)?;
            Some((earlier, region, industry))
        });
        let first = clashes.next();
        let others = clashes.count();
        let Some((earlier, region, industry)) = first else { continue };
        let more = if others > 0 { format!(" (and {others} more)") } else { String::new() };
        let message = format!(
            "`{}` in {}{more} is opened by `{}` and by `{earlier}`",
            industry.name, region.name, access.header.name
        );
        let finding = Diagnostic::error(code::OPENED_TWICE, message)
            .help("name every industry and region in one market access lever only");
        let span = context.first_line(access.header.span.clone());
        context.report(finding, span, "opened again here");
    }
}
