//! Prices from producers to users: basic, margins, delivered, sourced, purchasers'.

use equilibrium::Expr;

use super::{Axes, Unknowns, Writer};

/// Logarithms of prices.
#[derive(Clone, Copy)]
pub(super) struct Prices<'g> {
    /// Basic price (c, s, r).
    pub(super) basic: Expr<'g>,
    /// Domestic price of margins where they are produced (m, p).
    pub(super) margin_domestic: Expr<'g>,
    /// Margins on flows, composite over producers (m, r, d).
    pub(super) margin: Expr<'g>,
    /// Delivered (c, s, r, d).
    pub(super) delivered: Expr<'g>,
    /// Composite over origins (c, s, d).
    pub(super) sourced: Expr<'g>,
    /// Power of the tax of those who choose sources (c, s, b, d).
    pub(super) buyer_tax: Expr<'g>,
    /// Composite over sources (c, b, d).
    pub(super) buyer: Expr<'g>,
    /// Of households and of investment (c, d).
    pub(super) household: Expr<'g>,
    pub(super) investment: Expr<'g>,
    /// Intermediate inputs and investment by industry (i, d).
    pub(super) intermediate: Expr<'g>,
    pub(super) capital_goods: Expr<'g>,
}

impl<'g> Writer<'g> {
    pub(super) fn prices(&self, unknowns: &Unknowns<'g>) -> Prices<'g> {
        let Axes { product, source, industry, buyer, user, origin, region, .. } = self.axes;
        let db = self.database;
        let domestic = unknowns.domestic.rename(region, origin);
        let landed = self.given("pfimp") + self.given("phi");
        let basic = domestic * self.source(0) + landed * self.source(1);
        let (margin_domestic, margin) = self.margin_prices(unknowns);
        let delivered = self.delivered_price(basic, margin);
        let trade = self.trade_flow();
        let delivered_value = trade.plus(&self.trade_margin_flow().sum(&[self.axes.margin]));
        let sourced = delivered.log_ces(
            self.data(&delivered_value.shares(&[origin], 0.0)),
            self.by_product(&db.sigma_region, |sigma| 1.0 - sigma),
            origin,
        );
        let purchases = self.purchases().pick(user, buyer, &self.buyers());
        let buyer_tax = self.given("tuser").gather(user, buyer, &self.buyers());
        let buyer_price = (sourced + buyer_tax).log_ces(
            self.data(&purchases.shares(&[source], 0.5)),
            self.by_product(&db.sigma_source, |sigma| 1.0 - sigma),
            source,
        );
        let of_buyer = |which: usize| {
            let count = self.n.industries + 2;
            buyer_price.contract(self.only(buyer, self.n.industries + which, count), &[buyer])
        };
        let industries: Vec<usize> = (0..self.n.industries).collect();
        let inputs = purchases.sum(&[source]).pick(buyer, industry, &industries);
        let capital_goods = self.make_flow(&db.investment).shares(&[product], 0.0);
        let leontief = self.scalar(1.0);
        let intermediate = self.given("bint_scd")
            + buyer_price.gather(buyer, industry, &industries).log_ces(
                self.data(&inputs.shares(&[product], 0.0)),
                leontief,
                product,
            );
        Prices {
            basic,
            margin_domestic,
            margin,
            delivered,
            sourced,
            buyer_tax,
            buyer: buyer_price,
            household: of_buyer(0),
            investment: of_buyer(1),
            intermediate,
            capital_goods: of_buyer(1).log_ces(self.data(&capital_goods), leontief, product),
        }
    }

    fn margin_prices(&self, unknowns: &Unknowns<'g>) -> (Expr<'g>, Expr<'g>) {
        let Axes { product, margin, region, producer, .. } = self.axes;
        let positions = self.database.sets.margin_products();
        let domestic =
            unknowns.domestic.gather(product, margin, &positions).rename(region, producer);
        let share = self.margin_supply_flow().shares(&[producer], 0.0);
        let exponent = self.by_margin(&self.database.sigma_margin, |sigma| 1.0 - sigma);
        (domestic, domestic.log_ces(self.data(&share), exponent, producer))
    }

    /// Basic price and margins in fixed proportion; margins move with their technical change.
    fn delivered_price(&self, basic: Expr<'g>, margin_price: Expr<'g>) -> Expr<'g> {
        let margin = self.axes.margin;
        let (trade, margins) = (self.trade_flow(), self.trade_margin_flow());
        let value = trade.plus(&margins.sum(&[margin]));
        // A flow that does not exist has its basic price.
        let basic_share = trade.over(&value, 1.0);
        let shares =
            self.data(&margins) * self.data(&value.map(|v| if v == 0.0 { 0.0 } else { 1.0 / v }));
        let margin_cost = (margin_price + self.given("atradmar_cs")).exp();
        (basic.exp() * self.data(&basic_share) + shares.contract(margin_cost, &[margin])).ln()
    }
}
