//! Flows between regions, margins and their producers, and market clearance.

use equilibrium::Expr;

use super::{Axes, Firms, Flows, Prices, Unknowns, Uses, Writer};

impl<'g> Writer<'g> {
    pub(super) fn flows(&self, prices: &Prices<'g>, uses: &Uses<'g>) -> Flows<'g> {
        let Axes { product, source, margin, origin, region, producer, .. } = self.axes;
        let (b, p) = (self.benchmark, self.parameters);
        let share = self.data(&[product, source, origin, region], &b.flow_share);
        let delivered = share
            * (prices.delivered * -p.regions).exp()
            * (uses.sourced * (prices.sourced * p.regions).exp());
        let (basic_part, margin_part) = self.flow_parts();
        let (own_basic, own_margin) = self.own_parts();
        let carried_at_home = own_margin.contract(uses.local, &[product]) * self.diagonal();
        let carried = (margin_part.contract(delivered, &[product, source]) + carried_at_home)
            * self.given("margin_need");
        let at_producer = self.margin_producer_price(prices);
        let margin_share = self.data(&[margin, origin, region, producer], &b.margin_share);
        let pull = carried * (prices.margin * p.margins).exp();
        let cheapness = (at_producer * -p.margins).exp();
        let sold = delivered.contract(basic_part * self.domestic(), &[source, region])
            + (own_basic * uses.local).rename(region, origin);
        let supplied = (margin_share.contract(pull, &[origin, region]) * cheapness)
            .rename(producer, origin)
            .scatter(margin, product, &b.sets.margin_products());
        let inverse: Vec<f64> =
            b.supply.iter().map(|supply| if *supply > 0.0 { 1.0 / supply } else { 0.0 }).collect();
        // A product that a region does not make has demand 1 there, and no equation uses it.
        let absent: Vec<f64> =
            b.supply.iter().map(|supply| f64::from(u8::from(*supply <= 0.0))).collect();
        let by_origin = [product, origin];
        let demand =
            (sold + supplied) * self.data(&by_origin, &inverse) + self.data(&by_origin, &absent);
        Flows { delivered, margin_supply: margin_share * pull * cheapness, demand }
    }

    /// Logarithm of the price of each margin where it is produced (m, p).
    pub(super) fn margin_producer_price(&self, prices: &Prices<'g>) -> Expr<'g> {
        let Axes { product, margin, origin, producer, .. } = self.axes;
        prices
            .domestic
            .gather(product, margin, &self.benchmark.sets.margin_products())
            .rename(origin, producer)
    }

    /// Each firm sells what buyers of its variety demand; a firm without output stays as it is.
    pub(super) fn clear_markets(
        &self,
        unknowns: &Unknowns<'g>,
        prices: &Prices<'g>,
        firms: &Firms<'g>,
        flows: &Flows<'g>,
    ) {
        let Axes { product, industry, origin, region, .. } = self.axes;
        let to_firm =
            |by_product: Expr<'g>| by_product.rename(product, industry).rename(origin, region);
        let supply = firms.activity + firms.productivity - self.given("resource_cost").ln();
        let substitution = (to_firm(prices.domestic) - prices.variety) * self.parameters.owners;
        let excess = supply - to_firm(flows.demand.ln()) - substitution;
        let active = self.data(&self.firm(), &self.benchmark.active);
        let idle = (-active + 1.0) * unknowns.rental_or_activity;
        self.graph.equation("market clearance", active * excess + idle);
    }
}
