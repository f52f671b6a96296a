//! What destinations of trade, taxes and public works do to a year.

use accounts::User;
use economy::exogenous::Exogenous;

use super::Purchase;
use crate::lever::{Infrastructure, Tax, TaxKind, TradeDestination};
use crate::run::context::Context;

impl Context<'_> {
    /// Demand of a partner with its own price: exports are X̄ p^−η (1 − s + s · demand), and demand
    /// of several partners adds. Imports get cheaper by the partner's share in them.
    pub(super) fn destination(
        &self,
        lever: &TradeDestination,
        year: u16,
        cost: f64,
        exogenous: &mut Exogenous,
    ) {
        let more = lever.export_share * (lever.demand(year, self.model.parameters.exports) - 1.0);
        let saved = lever.import_share * lever.import_cost_reduction * lever.reached(year);
        for product in &lever.industries {
            for region in &lever.regions {
                let cell = self.n.cell(product.index, region.index);
                exogenous.get_mut("partner_demand")[cell] += more;
                exogenous.get_mut("import_price")[cell] *= 1.0 - saved;
            }
        }
        self.govern(exogenous, &lever.regions, cost);
    }

    /// Adds to rates of tax.
    pub(super) fn tax(&self, lever: &Tax, year: u16, exogenous: &mut Exogenous) {
        let change = lever.change(year);
        let on_firms = match lever.kind {
            TaxKind::Production | TaxKind::Subsidy => "production_tax",
            TaxKind::Corporate => "corporate_tax",
            TaxKind::Product | TaxKind::Tariff => {
                return self.product_tax(lever, change, exogenous);
            }
        };
        for industry in &lever.industries {
            for region in &lever.regions {
                for owner in 0..self.n.owners {
                    let firm = self.n.firm(industry.index, owner, region.index);
                    exogenous.get_mut(on_firms)[firm] += change;
                }
            }
        }
    }

    /// On the delivered value of what users other than buyers abroad purchase.
    fn product_tax(&self, lever: &Tax, change: f64, exogenous: &mut Exogenous) {
        let abroad = self.inputs.accounts.sets.user_position(User::Export);
        let sources = if lever.kind == TaxKind::Tariff { 1..2 } else { 0..2 };
        for product in &lever.industries {
            for region in &lever.regions {
                for source in sources.clone() {
                    for user in (0..self.n.users).filter(|user| *user != abroad) {
                        let row = (product.index * 2 + source) * self.n.users + user;
                        let at = row * self.n.regions + region.index;
                        exogenous.get_mut("product_tax")[at] += change;
                    }
                }
            }
        }
    }

    /// Building is bought as investment, upkeep by governments; then flows with one end in the
    /// regions need less margin.
    pub(super) fn infrastructure(
        &self,
        lever: &Infrastructure,
        year: u16,
        exogenous: &mut Exogenous,
    ) {
        let building = lever.building(year).hundred_million_cny();
        self.spread(exogenous, Purchase::Investment, &lever.regions, building);
        self.govern(exogenous, &lever.regions, lever.upkeep(year).hundred_million_cny());
        if year < lever.operation_year {
            return;
        }
        let n = self.n.regions;
        let gains = |region: usize| lever.regions.iter().any(|each| each.index == region);
        let need = exogenous.get_mut("margin_need");
        for margin in &lever.margins {
            for (flow, value) in need[margin * n * n..(margin + 1) * n * n].iter_mut().enumerate() {
                if gains(flow / n) || gains(flow % n) {
                    *value *= 1.0 - lever.margin_saving;
                }
            }
        }
    }
}
