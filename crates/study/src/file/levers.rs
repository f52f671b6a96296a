//! The levers: `[[lever.investment_project]]` and the others.
//!
//! | module   | what                                                        |
//! |----------|-------------------------------------------------------------|
//! | here     | projects, zones, research, people, technologies             |
//! | `access` | barriers, written or from a negative list                   |
//! | `works`  | partners abroad, taxes, public works, spending              |

mod access;
mod works;

use std::collections::HashMap;

use diagnostics::{Diagnostic, Place};

use super::code;
use super::context::{Context, way_out};
use super::field::Field;
use super::head::source;
use super::names::{all_industries, home_regions};
use super::section::Section;
use crate::lever::{
    Bias, Budget, DrawnFrom, FreeTradeZone, Header, InvestmentProject, Lever, RdGrants,
    RegionSplit, Skill, Stage, Talent, Technology, TechnologyKind,
};
use crate::money::Money;
use crate::pipeline::conversion;
use crate::spec::Region;

type Reader = fn(&Section<'_>) -> Lever;

/// Kinds of levers by the name of their table.
const KINDS: &[(&str, &str, Reader)] = &[
    ("investment_project", "[[lever.investment_project]]", investment_project),
    ("market_access", "[[lever.market_access]]", access::market_access),
    ("free_trade_zone", "[[lever.free_trade_zone]]", free_trade_zone),
    ("rd_grants", "[[lever.rd_grants]]", rd_grants),
    ("talent", "[[lever.talent]]", talent),
    ("technology", "[[lever.technology]]", technology),
    ("trade_destination", "[[lever.trade_destination]]", works::trade_destination),
    ("tax", "[[lever.tax]]", works::tax),
    ("infrastructure", "[[lever.infrastructure]]", works::infrastructure),
    ("fiscal", "[[lever.fiscal]]", works::fiscal),
];

/// All levers in the order of the file.
pub(super) fn read(root: &Section<'_>) -> Vec<Lever> {
    let found = root.find("lever");
    let section = found.and_then(|field| Section::of(&field, "[lever]".to_owned()));
    let Some(section) = section else {
        // Projects of a pipeline are levers, too.
        if root.find("pipeline").is_none() {
            no_levers(root.context);
        }
        return Vec::new();
    };
    let of_kind = |(key, title, read): &(&'static str, &str, Reader)| {
        section.tables(key, title).iter().map(read).collect::<Vec<_>>()
    };
    let mut levers: Vec<Lever> = KINDS.iter().flat_map(of_kind).collect();
    section.finish();
    levers.sort_by_key(|lever| lever.header().span.start);
    check_names(root.context, &levers);
    access::check_opened_once(root.context, &levers);
    works::check_shares(root.context, &levers);
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
    let stage = section.want("stage", Stage::default(), Field::word);
    let probability = section.find("probability").and_then(|field| field.share());
    let amount = section.need("amount", Field::money);
    let lever = InvestmentProject {
        stage,
        conversion: match probability {
            Some(_) => 1.0,
            None => conversion(stage, &section.context.counts.borrow()),
        },
        probability: probability.unwrap_or(1.0),
        build_years,
        schedule: schedule(section, build_years),
        region: section.need("region", Field::region),
        industry: section.need("industry", Field::industry),
        amount,
        foreign_share: section.need("foreign_share", Field::share),
        operation_year: operation_year(section, build_years.0),
        but_for: section.want("but_for", parameter(section, "but_for"), Field::share),
        displacement: section.want("displacement", 0.0, Field::share),
        import_content: section.want("import_content", 0.0, Field::share),
        local_sourcing: section.want("local_sourcing", 0.0, Field::share),
        support: section.want("support", Money::default(), |field| support(field, amount)),
        budget: budget(section),
        header: header(section),
    };
    Lever::InvestmentProject(lever)
}

/// Public money in a project, which is at most all of it.
fn support(field: &Field<'_>, amount: Money) -> Option<Money> {
    let support = field.money()?;
    if support.cny() <= amount.cny() {
        return Some(support);
    }
    let message = format!("public support of {support} is more than the whole project, {amount}");
    field.error(code::OUT_OF_RANGE, message, "too much", &format!("write at most \"{amount}\""));
    None
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

/// `to_year`: last year of a measure; without it, to the end of the study.
fn to_year(section: &Section<'_>, from_year: u16) -> u16 {
    let last = section.context.years.get().last;
    section.want("to_year", last, |field| not_before(field, from_year, "the measure ends"))
}

/// A year that is not before another.
fn not_before(field: &Field<'_>, first: u16, what: &str) -> Option<u16> {
    let year = field.year()?;
    if year >= first {
        return Some(year);
    }
    let message = format!("{what} in {year}, before it begins in {first}");
    let help = format!("write a year from {first} on");
    field.error(code::YEARS_INVERTED, message, "too early", &help);
    None
}

fn free_trade_zone(section: &Section<'_>) -> Lever {
    let day = parameter(section, "value_of_day");
    let tax = parameter(section, "corporate_income_tax");
    let from_year = section.need("from_year", Field::year);
    Lever::FreeTradeZone(FreeTradeZone {
        region: section.need("region", Field::region),
        focus_industries: section.need("focus_industries", Field::industries),
        from_year,
        to_year: to_year(section, from_year),
        days_saved: section.need("days_saved", |field| field.number(0.0..=60.0)),
        value_of_day: section.want("value_of_day", day, |field| field.number(0.0..=0.05)),
        trade_share: section.need("trade_share", Field::share),
        duty_suspension: section.want("duty_suspension", 0.0, Field::share),
        corporate_tax_rate: section.want("corporate_tax_rate", tax, Field::share),
        zone_share: section.need("zone_share", Field::share),
        investor_advantage: section.want("investor_advantage", 0.0, Field::share),
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
        research_spending: section.find("research_spending").and_then(|field| field.money()),
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
        drawn_from: section.want("drawn_from", DrawnFrom::default(), Field::word),
        cost_per_person: section.need("cost_per_person", Field::money),
        budget: budget(section),
        header: header(section),
    })
}

/// A kind of technology has a usual gain and bias; `other` has to state its gain.
fn technology(section: &Section<'_>) -> Lever {
    let from_year = section.need("from_year", Field::year);
    let kind = section.want("kind", TechnologyKind::default(), Field::word);
    let gain = |field: &Field<'_>| field.number(0.0..=1.0);
    let (productivity_gain, bias) = match kind {
        TechnologyKind::Other => (section.need("productivity_gain", gain), Bias::Neutral),
        TechnologyKind::Internet => usual(section, "internet_gain", Bias::Neutral),
        TechnologyKind::Robotics => usual(section, "robotics_gain", Bias::Labour),
        TechnologyKind::VirtualReality => usual(section, "virtual_reality_gain", Bias::Labour),
    };
    Lever::Technology(Technology {
        kind,
        from_year,
        industries: section.need("industries", Field::industries),
        regions: section.want("regions", home(section), Field::regions),
        full_year: section
            .need("full_year", |field| not_before(field, from_year, "adoption is complete")),
        full_adoption: section.need("full_adoption", Field::share),
        productivity_gain,
        bias: section.want("bias", bias, Field::word),
        cost_per_year: section.want("cost_per_year", Money::default(), Field::money),
        budget: budget(section),
        header: header(section),
    })
}

fn usual(section: &Section<'_>, name: &str, bias: Bias) -> (f64, Bias) {
    let gain = parameter(section, name);
    (section.want("productivity_gain", gain, |field| field.number(0.0..=1.0)), bias)
}
