//! A lever used more or less strongly than it is written.

use crate::lever::Lever;

/// The lever at an intensity: 1 is as written, 0 is without effect, between and beyond in proportion
/// to what the lever gives: amount, fall of the barrier, days and shares of a zone, grants, persons,
/// adoption, spending. A zone's tax rate moves from the statutory one by its share of output.
pub fn at_intensity(lever: &Lever, x: f64) -> Lever {
    let mut lever = lever.clone();
    match &mut lever {
        Lever::InvestmentProject(project) => {
            project.amount = project.amount.times(x);
            project.support = project.support.times(x);
        }
        Lever::MarketAccess(access) => {
            let stages = access.stages.iter_mut().map(|stage| &mut stage.barriers);
            for barriers in stages.chain([&mut access.after]) {
                for (before, after) in access.before.iter().zip(barriers) {
                    after.rent = before.rent + x * (after.rent - before.rent);
                    after.resource_cost =
                        before.resource_cost + x * (after.resource_cost - before.resource_cost);
                }
            }
            access.cost_per_year = access.cost_per_year.times(x);
        }
        Lever::FreeTradeZone(zone) => {
            zone.trade_share *= x;
            zone.zone_share *= x;
            zone.cost_per_year = zone.cost_per_year.times(x);
        }
        Lever::RdGrants(grants) => grants.centres_per_year *= x,
        Lever::Talent(talent) => talent.persons_per_year *= x,
        Lever::Technology(technology) => {
            technology.full_adoption *= x;
            technology.cost_per_year = technology.cost_per_year.times(x);
        }
        Lever::TradeDestination(trade) => {
            trade.demand_growth *= x;
            trade.cost_reduction *= x;
            trade.import_cost_reduction *= x;
            trade.cost_per_year = trade.cost_per_year.times(x);
        }
        Lever::Tax(tax) => tax.change *= x,
        Lever::Infrastructure(works) => {
            works.amount = works.amount.times(x);
            works.margin_saving *= x;
            works.upkeep_per_year = works.upkeep_per_year.times(x);
        }
        Lever::Fiscal(fiscal) => fiscal.amount = fiscal.amount.times(x),
    }
    lever
}
