//! Each lever in one sentence with its numbers, for reports.

use super::{
    DrawnFrom, Fiscal, FreeTradeZone, Infrastructure, InvestmentProject, Lever, MarketAccess,
    RdGrants, Talent, Tax, Technology, TechnologyKind, TradeDestination,
};
use crate::money::Money;
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
            Self::TradeDestination(lever) => trade_destination(lever),
            Self::Tax(lever) => tax(lever),
            Self::Infrastructure(lever) => infrastructure(lever),
            Self::Fiscal(lever) => fiscal(lever),
        }
    }
}

fn investment_project(lever: &InvestmentProject) -> String {
    let support = match lever.support.amount() {
        0.0 => String::new(),
        _ => format!("; {} is public money", lever.support),
    };
    format!(
        "{} is invested in {} in {} over {}, {} foreign-owned, and works from {} \
         (probability {}; {} would not come without the programme, {} of that displaces other \
         investment{support}).",
        lever.amount,
        lever.industry.name,
        lever.region.name,
        span(lever.build_years),
        percent(lever.foreign_share),
        lever.operation_year,
        percent(lever.conversion * lever.probability),
        percent(lever.but_for),
        percent(lever.displacement),
    )
}

fn market_access(lever: &MarketAccess) -> String {
    let heights = |barriers: &[super::Barrier]| {
        let all = || barriers.iter().map(|each| each.height());
        let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max));
        if high - low < 1e-9 {
            percent(high)
        } else {
            let mean = all().sum::<f64>() / barriers.len() as f64;
            format!("{} on average ({}–{})", percent(mean), percent(low), percent(high))
        }
    };
    let later = |stage: &super::OpeningStage| {
        format!(", from {} {}", stage.from_year, heights(&stage.barriers))
    };
    let total = |part: fn(&super::Barrier) -> f64| lever.before.iter().map(part).sum::<f64>();
    let editions = lever.editions.as_ref().map_or(String::new(), |(before, after)| {
        format!(" (negative lists of {before} and {after})")
    });
    format!(
        "From {} the barrier to foreign firms in {} in {} goes from {} to {} of their \
         sales{}{editions}; {} of it is rent of licence holders{}.",
        lever.from_year,
        industries(&lever.industries),
        regions(&lever.regions),
        heights(&lever.before),
        heights(&lever.after),
        lever.stages.iter().map(later).collect::<String>(),
        percent(total(|each| each.rent) / total(|each| each.height()).max(f64::MIN_POSITIVE)),
        yearly_cost(&lever.cost_per_year),
    )
}

/// `; it costs … a year`, if it costs anything.
fn yearly_cost(cost: &Money) -> String {
    if cost.amount() == 0.0 { String::new() } else { format!("; it costs {cost} a year") }
}

/// Zones say what they do and leave out what they do not.
fn free_trade_zone(lever: &FreeTradeZone) -> String {
    let mut parts = vec![format!(
        "saves {}, worth {} of the value each, on {} of the region's trade in goods",
        days(lever.days_saved),
        percent(lever.value_of_day),
        percent(lever.trade_share),
    )];
    if lever.duty_suspension > 0.0 {
        parts.push(format!("suspends {} of duty on it", percent(lever.duty_suspension)));
    }
    let focus = format!(
        "{} of the output of {}",
        percent(lever.zone_share),
        industries(&lever.focus_industries)
    );
    parts.push(format!("taxes profits at {} ({focus})", percent(lever.corporate_tax_rate)));
    if lever.investor_advantage > 0.0 {
        let part = percent(lever.investor_advantage);
        parts.push(format!("is worth {part} of the return to foreign investors there"));
    }
    format!(
        "From {} to {} the area in {} {}{}.",
        lever.from_year,
        lever.to_year,
        lever.region.name,
        parts.join(", "),
        yearly_cost(&lever.cost_per_year),
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
    let origin = match lever.drawn_from {
        DrawnFrom::Outside => "",
        DrawnFrom::Regions => ", from other regions",
        DrawnFrom::Training => ", trained among those of the other skill",
    };
    format!(
        "In {} {} {} persons a year join the labour force of {} at {} each{origin}.",
        span(lever.years),
        lever.persons_per_year,
        lever.skill.word(),
        lever.region.name,
        lever.cost_per_person,
    )
}

fn technology(lever: &Technology) -> String {
    let what = match lever.kind {
        TechnologyKind::Other => "adoption",
        TechnologyKind::Internet => "adoption of the internet",
        TechnologyKind::Robotics => "adoption of robots",
        TechnologyKind::VirtualReality => "adoption of virtual reality",
    };
    format!(
        "From {} to {} {what} in {} in {} rises to {}, with a {} productivity gain of {} for an \
         adopter{}.",
        lever.from_year,
        lever.full_year,
        industries(&lever.industries),
        regions(&lever.regions),
        percent(lever.full_adoption),
        lever.bias.word(),
        percent(lever.productivity_gain),
        yearly_cost(&lever.cost_per_year),
    )
}

fn trade_destination(lever: &TradeDestination) -> String {
    format!(
        "From {} demand of {} for {} of {} grows {} a year faster than that of others (base-year \
         share {}), and trade with it gets cheaper by {} (exports) and {} (imports) until {}{}.",
        lever.from_year,
        lever.partner,
        industries(&lever.industries),
        regions(&lever.regions),
        percent(lever.demand_growth),
        percent(lever.export_share),
        percent(lever.cost_reduction),
        percent(lever.import_cost_reduction),
        lever.full_year,
        yearly_cost(&lever.cost_per_year),
    )
}

fn tax(lever: &Tax) -> String {
    format!(
        "In {} the rate of {} in {} in {} changes by {} points.",
        span(lever.years),
        lever.kind.word().replace('_', " "),
        industries(&lever.industries),
        regions(&lever.regions),
        (lever.change * 1e4).round() / 1e2,
    )
}

fn infrastructure(lever: &Infrastructure) -> String {
    format!(
        "{} is built in {} over {}; from {} flows with one end there need {} less margin; upkeep \
         {} a year.",
        lever.amount,
        regions(&lever.regions),
        span(lever.build_years),
        lever.operation_year,
        percent(lever.margin_saving),
        lever.upkeep_per_year,
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
    let percent = 100.0 * share;
    if percent == 0.0 || !percent.is_finite() {
        return format!("{percent} %");
    }
    // Three digits; of a number of more, all before the point.
    let unit = 10f64.powi(2 - percent.abs().log10().floor() as i32).max(1.0);
    format!("{} %", (percent * unit).round() / unit)
}

fn days(count: f64) -> String {
    let count = count.to_string();
    format!("{count} day{}", if count == "1" { "" } else { "s" })
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
