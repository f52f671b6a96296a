//! Each lever in one sentence with its numbers, for reports.

use super::{
    Fiscal, FreeTradeZone, InvestmentProject, Lever, MarketAccess, RdGrants, Talent, Technology,
};
use crate::spec::{Industry, Region, Word};

impl Lever {
    /// What the lever does, in one sentence with its numbers.
    pub fn summary(&self) -> String {
        match self {
            Self::InvestmentProject(lever) => investment_project(lever),
            Self::MarketAccess(lever) => market_access(lever),
            Self::FreeTradeZone(lever) => free_trade_zone(lever),
            Self::RdGrants(lever) => rd_grants(lever),
            Self::Talent(lever) => talent(lever),
            Self::Technology(lever) => technology(lever),
            Self::Fiscal(lever) => fiscal(lever),
        }
    }
}

fn investment_project(lever: &InvestmentProject) -> String {
    format!(
        "{} is invested in {} in {} over {}, {} foreign-owned, and works from {} \
         (probability {}, {} displaces other investment).",
        lever.amount,
        lever.industry.name,
        lever.region.name,
        span(lever.build_years),
        percent(lever.foreign_share),
        lever.operation_year,
        percent(lever.probability),
        percent(lever.displacement),
    )
}

fn market_access(lever: &MarketAccess) -> String {
    format!(
        "From {} the barrier to foreign firms in {} in {} goes from {} to {} of sales, {} of it rent.",
        lever.from_year,
        industries(&lever.industries),
        regions(&lever.regions),
        percent(lever.barrier_before),
        percent(lever.barrier_after),
        percent(lever.rent_share),
    )
}

fn free_trade_zone(lever: &FreeTradeZone) -> String {
    format!(
        "From {} the area in {} saves {} day(s), worth {} of the value each, on {} of the region's \
         trade, suspends {} of duty and taxes profits at {} ({} of the output of {}); \
         it costs {} a year.",
        lever.from_year,
        lever.region.name,
        lever.days_saved,
        percent(lever.value_of_day),
        percent(lever.trade_share),
        percent(lever.duty_suspension),
        percent(lever.corporate_tax_rate),
        percent(lever.zone_share),
        industries(&lever.focus_industries),
        lever.cost_per_year,
    )
}

fn rd_grants(lever: &RdGrants) -> String {
    format!(
        "In {} {} centres a year in {} get {} each ({} to {}); a yuan of grant makes {} of R&D.",
        span(lever.years),
        lever.centres_per_year,
        regions(&lever.regions),
        lever.grant,
        lever.grant_range.0,
        lever.grant_range.1,
        lever.additionality,
    )
}

fn talent(lever: &Talent) -> String {
    format!(
        "In {} {} {} persons a year join the labour force of {} at {} each.",
        span(lever.years),
        lever.persons_per_year,
        lever.skill.word(),
        lever.region.name,
        lever.cost_per_person,
    )
}

fn technology(lever: &Technology) -> String {
    format!(
        "From {} to {} adoption in {} in {} rises to {}, with a {} productivity gain of {} for an \
         adopter; it costs {} a year.",
        lever.from_year,
        lever.full_year,
        industries(&lever.industries),
        regions(&lever.regions),
        percent(lever.full_adoption),
        lever.bias.word(),
        percent(lever.productivity_gain),
        lever.cost_per_year,
    )
}

fn fiscal(lever: &Fiscal) -> String {
    format!(
        "In {} {} in {} changes by {} a year.",
        span(lever.years),
        lever.kind.word().replace('_', " "),
        lever.region.name,
        lever.amount,
    )
}

fn percent(share: f64) -> String {
    format!("{} %", (share * 1e6).round() / 1e4)
}

fn span((first, last): (u16, u16)) -> String {
    if first == last { first.to_string() } else { format!("{first}–{last}") }
}

fn regions(list: &[Region]) -> String {
    listed(&list.iter().map(|region| region.name.as_str()).collect::<Vec<_>>(), "regions")
}

fn industries(list: &[Industry]) -> String {
    listed(&list.iter().map(|industry| industry.name.as_str()).collect::<Vec<_>>(), "industries")
}

/// Up to three names in full, more as a number.
fn listed(names: &[&str], what: &str) -> String {
    match names {
        [] => format!("no {what}"),
        [one] => (*one).to_owned(),
        [head @ .., last] if names.len() <= 3 => format!("{} and {last}", head.join(", ")),
        _ => format!("{} {what}", names.len()),
    }
}
