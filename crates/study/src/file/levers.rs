//! The levers: `[[lever.investment_project]]` and the others.

use std::collections::HashMap;

use diagnostics::{Diagnostic, Place};

use super::code;
use super::context::{Context, way_out};
use super::field::Field;
use super::head::source;
use super::names::{all_industries, home_regions};
use super::section::Section;
use crate::lever::{
    Bias, Budget, Fiscal, FreeTradeZone, Header, InvestmentProject, Lever, MarketAccess, RdGrants,
    RegionSplit, Skill, Stage, Talent, Technology,
};
use crate::money::Money;
use crate::spec::Region;

type Reader = fn(&Section<'_>) -> Lever;

/// Kinds of levers by the name of their table.
const KINDS: &[(&str, &str, Reader)] = &[
    ("investment_project", "[[lever.investment_project]]", investment_project),
    ("market_access", "[[lever.market_access]]", market_access),
    ("free_trade_zone", "[[lever.free_trade_zone]]", free_trade_zone),
    ("rd_grants", "[[lever.rd_grants]]", rd_grants),
    ("talent", "[[lever.talent]]", talent),
    ("technology", "[[lever.technology]]", technology),
    ("fiscal", "[[lever.fiscal]]", fiscal),
];

/// All levers in the order of the file.
pub(super) fn read(root: &Section<'_>) -> Vec<Lever> {
    let found = root.find("lever");
    let section = found.and_then(|field| Section::of(&field, "[lever]".to_owned()));
    let Some(section) = section else {
        no_levers(root.context);
        return Vec::new();
    };
    let of_kind = |(key, title, read): &(&'static str, &str, Reader)| {
        section.tables(key, title).iter().map(read).collect::<Vec<_>>()
    };
    let mut levers: Vec<Lever> = KINDS.iter().flat_map(of_kind).collect();
    section.finish();
    levers.sort_by_key(|lever| lever.header().span.start);
    check_names(root.context, &levers);
    check_opened_once(root.context, &levers);
    levers
}

fn no_levers(context: &Context<'_>) {
    let finding = Diagnostic::warning(code::NO_LEVERS, "the study has no levers")
        .help("add levers, e.g. [[lever.investment_project]]; policy and baseline are equal now");
    context.report(finding, 0..0, "no `[[lever.…]]` in this file");
}

/// Names of levers are unique: contributions are told apart by them.
fn check_names(context: &Context<'_>, levers: &[Lever]) {
    let mut seen = HashMap::new();
    for lever in levers.iter().filter(|lever| !lever.name().is_empty()) {
        let span = lever.header().span.clone();
        let place = Place::in_text(context.file, context.text, span.clone());
        if let Some(line) = seen.insert(lever.name(), place.line) {
            let message =
                format!("two levers are called `{}`; the first is in line {line}", lever.name());
            let finding = Diagnostic::error(code::DUPLICATE_NAME, message)
                .help("give each lever its own name");
            context.report(finding, context.first_line(span), "the second of that name");
        }
    }
}

/// An industry and region has one barrier, so one market access lever.
fn check_opened_once(context: &Context<'_>, levers: &[Lever]) {
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

/// `name`, `source`, `status`, `assumed`; asked last, so that all other keys are known.
fn header(section: &Section<'_>) -> Header {
    let name = section.need("name", Field::text);
    let source = source(section);
    let fields = section.find("assumed").and_then(|field| field.list("keys of this lever"));
    let assumed = fields.iter().flatten().filter_map(|field| assumed(section, field)).collect();
    section.finish();
    Header { name, source, assumed, span: section.span.clone() }
}

fn assumed(section: &Section<'_>, field: &Field<'_>) -> Option<(String, String)> {
    let key = field.text()?;
    let known = section.known();
    if let Some(known) = known.iter().find(|each| **each == key) {
        let written = section.find(known).map_or("default", |value| value.written());
        return Some((key, written.trim_matches('"').to_owned()));
    }
    let message = format!("`assumed` names `{key}`, which {} does not have", section.title);
    let help = way_out(&key, known);
    field.error(code::UNKNOWN_KEY, message, "no key of this lever", &help);
    None
}

fn budget(section: &Section<'_>) -> Budget {
    section.want("budget", Budget::default(), Field::budget)
}

fn parameter(section: &Section<'_>, name: &str) -> f64 {
    section.context.parameters.borrow().get(name)
}

fn home(section: &Section<'_>) -> Vec<Region> {
    home_regions(section.context.names)
}

fn investment_project(section: &Section<'_>) -> Lever {
    let build_years = section.need("build_years", Field::years);
    let lever = InvestmentProject {
        build_years,
        schedule: schedule(section, build_years),
        region: section.need("region", Field::region),
        industry: section.need("industry", Field::industry),
        amount: section.need("amount", Field::money),
        foreign_share: section.need("foreign_share", Field::share),
        operation_year: operation_year(section, build_years.0),
        probability: section.want("probability", 1.0, Field::share),
        import_content: section.want("import_content", 0.0, Field::share),
        displacement: section.want("displacement", 0.0, Field::share),
        stage: section.want("stage", Stage::default(), Field::word),
        header: header(section),
    };
    Lever::InvestmentProject(lever)
}

/// Shares of the building years: stated, or even.
fn schedule(section: &Section<'_>, (first, last): (u16, u16)) -> Vec<f64> {
    let years = usize::from(last - first) + 1;
    let even = vec![1.0 / years as f64; years];
    section.want("schedule", even, |field| {
        let shares: Vec<_> = field.list("shares")?.iter().map(Field::share).collect();
        let shares: Vec<f64> = shares.into_iter().collect::<Option<_>>()?;
        if shares.len() != years && first > 0 {
            field.wrong_length(shares.len(), &format!("{years} shares, for {first} to {last}"));
            return None;
        }
        field.sums_to_one(&shares)?;
        Some(shares)
    })
}

fn operation_year(section: &Section<'_>, build_from: u16) -> u16 {
    section.need("operation_year", |field| {
        let year = field.year()?;
        if year >= build_from {
            return Some(year);
        }
        let message =
            format!("the plant works from {year}, before building begins in {build_from}");
        let help = format!("write a year from {build_from} on");
        field.error(code::YEARS_INVERTED, message, "too early", &help);
        None
    })
}

fn market_access(section: &Section<'_>) -> Lever {
    let lever = MarketAccess {
        industries: section.need("industries", Field::industries),
        regions: section.want("regions", home(section), Field::regions),
        from_year: section.need("from_year", Field::year),
        barrier_before: section.need("barrier_before", |field| field.number(0.0..=10.0)),
        barrier_after: section.need("barrier_after", |field| field.number(0.0..=10.0)),
        rent_share: section.need("rent_share", Field::share),
        header: header(section),
    };
    warn_unless_lower(section, &lever);
    Lever::MarketAccess(lever)
}

fn warn_unless_lower(section: &Section<'_>, lever: &MarketAccess) {
    let (before, after) = (lever.barrier_before, lever.barrier_after);
    if let Some(field) = section.find("barrier_after").filter(|_| after >= before) {
        let message = format!("the barrier goes from {before} to {after}: no opening");
        let finding = Diagnostic::warning(code::BARRIER_NOT_LOWER, message)
            .help("exchange barrier_before and barrier_after if this is an opening");
        section.context.report(finding, field.span(), "not lower than before");
    }
}

fn free_trade_zone(section: &Section<'_>) -> Lever {
    let day = parameter(section, "value_of_day");
    let tax = parameter(section, "corporate_income_tax");
    Lever::FreeTradeZone(FreeTradeZone {
        region: section.need("region", Field::region),
        focus_industries: section.need("focus_industries", Field::industries),
        from_year: section.need("from_year", Field::year),
        days_saved: section.need("days_saved", |field| field.number(0.0..=60.0)),
        value_of_day: section.want("value_of_day", day, |field| field.number(0.0..=0.05)),
        trade_share: section.need("trade_share", Field::share),
        duty_suspension: section.want("duty_suspension", 0.0, Field::share),
        corporate_tax_rate: section.want("corporate_tax_rate", tax, Field::share),
        zone_share: section.need("zone_share", Field::share),
        cost_per_year: section.want("cost_per_year", Money::default(), Field::money),
        budget: budget(section),
        header: header(section),
    })
}

fn rd_grants(section: &Section<'_>) -> Lever {
    let elasticity = parameter(section, "rd_elasticity");
    let depreciation = parameter(section, "rd_depreciation");
    let additionality = parameter(section, "additionality");
    let regions = section.want("regions", home(section), Field::regions);
    let (grant, grant_range) = section.need("grant", grant);
    Lever::RdGrants(RdGrants {
        split: split(section, &regions),
        regions,
        industries: section.want(
            "industries",
            all_industries(section.context.names),
            Field::industries,
        ),
        years: section.need("years", Field::years),
        centres_per_year: section.need("centres_per_year", Field::count),
        grant,
        grant_range,
        additionality: section
            .want("additionality", additionality, |field| field.number(0.0..=3.0)),
        elasticity: section.want("elasticity", elasticity, |field| field.number(0.0..=1.0)),
        depreciation: section.want("depreciation", depreciation, Field::share),
        budget: budget(section),
        header: header(section),
    })
}

/// `split`: one share for each region of the lever.
fn split(section: &Section<'_>, regions: &[Region]) -> RegionSplit {
    section.want("split", RegionSplit::BySize, |field| {
        let shares: Vec<_> = field.list("shares")?.iter().map(Field::share).collect();
        let shares: Vec<f64> = shares.into_iter().collect::<Option<_>>()?;
        if shares.len() != regions.len() {
            let wanted = format!("{} shares, one for each region", regions.len());
            field.wrong_length(shares.len(), &wanted);
            return None;
        }
        field.sums_to_one(&shares)?;
        Some(RegionSplit::Shares(shares))
    })
}

/// One amount, or `{ low, high, used }`.
fn grant(field: &Field<'_>) -> Option<(Money, (Money, Money))> {
    if field.value.as_table().is_none() {
        return field.money().map(|money| (money, (money, money)));
    }
    let section = Section::of(field, "`grant`".to_owned())?;
    let low = section.need("low", Field::money);
    let high = section.need("high", Field::money);
    let used = section.need("used", Field::money);
    section.finish();
    if used.cny() < low.cny() || used.cny() > high.cny() {
        let message = format!("the grant used, {used}, is not from {low} to {high}");
        let help = format!("write an amount from {low} to {high}");
        field.error(code::OUT_OF_RANGE, message, "these amounts", &help);
    }
    Some((used, (low, high)))
}

fn talent(section: &Section<'_>) -> Lever {
    Lever::Talent(Talent {
        region: section.need("region", Field::region),
        persons_per_year: section.need("persons_per_year", Field::count),
        years: section.need("years", Field::years),
        skill: section.want("skill", Skill::default(), Field::word),
        cost_per_person: section.need("cost_per_person", Field::money),
        budget: budget(section),
        header: header(section),
    })
}

fn technology(section: &Section<'_>) -> Lever {
    let from_year = section.need("from_year", Field::year);
    Lever::Technology(Technology {
        from_year,
        industries: section.need("industries", Field::industries),
        regions: section.want("regions", home(section), Field::regions),
        full_year: full_year(section, from_year),
        full_adoption: section.need("full_adoption", Field::share),
        productivity_gain: section.need("productivity_gain", |field| field.number(0.0..=1.0)),
        bias: section.want("bias", Bias::default(), Field::word),
        cost_per_year: section.want("cost_per_year", Money::default(), Field::money),
        budget: budget(section),
        header: header(section),
    })
}

fn full_year(section: &Section<'_>, from_year: u16) -> u16 {
    section.need("full_year", |field| {
        let year = field.year()?;
        if year >= from_year {
            return Some(year);
        }
        let message = format!("adoption is complete in {year}, before it begins in {from_year}");
        let help = format!("write a year from {from_year} on");
        field.error(code::YEARS_INVERTED, message, "too early", &help);
        None
    })
}

fn fiscal(section: &Section<'_>) -> Lever {
    Lever::Fiscal(Fiscal {
        region: section.need("region", Field::region),
        years: section.need("years", Field::years),
        amount: section.need("amount", Field::signed_money),
        kind: section.need("kind", Field::word),
        budget: budget(section),
        header: header(section),
    })
}
