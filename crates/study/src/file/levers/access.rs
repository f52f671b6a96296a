//! `[[lever.market_access]]`: barriers as written, or from two editions of a negative list.

use std::collections::HashMap;

use diagnostics::Diagnostic;

use super::super::code;
use super::super::context::Context;
use super::super::field::Field;
use super::super::section::Section;
use super::{budget, header, home, not_before, parameter, to_year};
use crate::lever::{Barrier, Lever, MarketAccess, OpeningStage};
use crate::money::Money;

/// Highest ad valorem equivalent that is believed.
const HIGHEST: f64 = 2.0;

pub(super) fn market_access(section: &Section<'_>) -> Lever {
    let industries = section.need("industries", Field::industries);
    let from_year = section.need("from_year", Field::year);
    let editions = section.find("barrier_from").and_then(|field| editions(&field));
    // Barriers from a list are filled in when its rules are read.
    let written = match &editions {
        Some(_) => Written::default(),
        None => written(section, from_year),
    };
    let all = |barrier: Barrier| vec![barrier; industries.len()];
    let stage = |(from_year, barrier)| OpeningStage { from_year, barriers: all(barrier) };
    let lever = MarketAccess {
        before: all(written.before),
        after: all(written.after),
        stages: written.stages.into_iter().map(stage).collect(),
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

/// Barriers as the study states them, on all sales of an industry's foreign firms.
#[derive(Default)]
struct Written {
    before: Barrier,
    after: Barrier,
    stages: Vec<(u16, Barrier)>,
}

/// `barrier_before`, `barrier_after`, `stages`, `rent_share`; `rent_share_after` where the split
/// changes; `covers_foreign`: the part of foreign firms' sales that the heights are about.
fn written(section: &Section<'_>, from_year: u16) -> Written {
    let before = section.need("barrier_before", height);
    let after = section.need("barrier_after", height);
    let covers = section.want("covers_foreign", 1.0, Field::share);
    let steps = section.want("stages", vec![], |field| steps(field, from_year));
    let usual = parameter(section, "rent_share");
    let rent_share = section.want("rent_share", usual, Field::share);
    let rent_share_after = section.want("rent_share_after", rent_share, Field::share);
    warn_unless_lower(section, before, after);
    let later = |height: f64| Barrier::split(covers * height, rent_share_after);
    Written {
        before: Barrier::split(covers * before, rent_share),
        after: later(after),
        stages: steps.into_iter().map(|(year, height)| (year, later(height))).collect(),
    }
}

fn height(field: &Field<'_>) -> Option<f64> {
    field.number(0.0..=HIGHEST)
}

/// `[{ from_year = 2020, barrier = 0.08 }, …]`, each later than the one before.
fn steps(field: &Field<'_>, from_year: u16) -> Option<Vec<(u16, f64)>> {
    let mut before = from_year;
    let mut list = Vec::new();
    for item in field.list("steps: { from_year = 2020, barrier = 0.08 }")? {
        let section = Section::of(&item, "`stages`".to_owned())?;
        let year =
            section.need("from_year", |field| not_before(field, before + 1, "a stage begins"));
        list.push((year, section.need("barrier", height)));
        section.finish();
        before = year.max(before);
    }
    Some(list)
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
