//! Trade between regions, margins and who supplies them, and the markets of products.

use equilibrium::Expr;

use super::demand::Uses;
use super::factors::Factors;
use super::flow::Flow;
use super::prices::Prices;
use super::{Axes, SIGMA_MAKE, Unknowns, Writer};

#[derive(Clone, Copy)]
pub(super) struct Flows<'g> {
    /// Ratio of each flow (c, s, r, d).
    pub(super) trade: Expr<'g>,
    /// Logarithm of sales by origin (c, s, r).
    pub(super) sales: Expr<'g>,
    /// Logarithm of margins on r→d, and of those each region supplies (m, p).
    pub(super) margins: Expr<'g>,
    pub(super) supplied: Expr<'g>,
    /// Logarithm of supply of each product by region (c, d).
    pub(super) product: Expr<'g>,
    /// Logarithms of price and quantity of a product of an industry (c, i, d).
    pub(super) make_price: Expr<'g>,
    pub(super) make: Expr<'g>,
}

impl<'g> Writer<'g> {
    /// Everything but `make_price` and `make`, which need costs.
    pub(super) fn flows(&self, prices: &Prices<'g>, uses: &Uses<'g>) -> TradeFlows<'g> {
        let Axes { product, source, margin, origin, region, producer, .. } = self.axes;
        let db = self.database;
        let sigma = self.by_product(&db.sigma_region, |sigma| sigma);
        let minus = self.by_product(&db.sigma_region, |sigma| -sigma);
        let drawn = (uses.total + prices.sourced * sigma).exp();
        let trade = drawn * (prices.delivered * minus).exp();
        let base = self.trade_flow();
        let sent = trade.contract(self.data(&base), &[region]);
        let sent_base = base.sum(&[region]);
        let inverse = |flow: &Flow| flow.map(|value| if value == 0.0 { 0.0 } else { 1.0 / value });
        let sales = self.log_ratio(sent * self.data(&inverse(&sent_base)), &sent_base);

        let margin_base = self.trade_margin_flow();
        let margin_total = margin_base.sum(&[product, source]);
        let carried = trade.contract(self.data(&margin_base), &[product, source]);
        let margins = self.log_ratio(carried * self.data(&inverse(&margin_total)), &margin_total)
            + self.given("atradmar_cs");
        let supply = self.margin_supply_flow();
        let sigma = self.by_margin(&db.sigma_margin, |sigma| sigma);
        let minus = self.by_margin(&db.sigma_margin, |sigma| -sigma);
        let asked = (margins + prices.margin * sigma).exp();
        let offered = (prices.margin_domestic * minus).exp();
        let supplied = self.data(&supply).contract(asked, &[origin, region]) * offered;
        let supply_total = supply.sum(&[origin, region]);
        let positions = db.sets.margin_products();
        let as_product = supplied.rename(producer, origin).scatter(margin, product, &positions);
        let mut total = sent_base.at(source, 0);
        let d = self.n.regions;
        for (m, product) in positions.iter().enumerate() {
            for r in 0..d {
                total.cells[product * d + r] += supply_total.cells[m * d + r];
            }
        }
        let demanded = sent.contract(self.source(0), &[source]) + as_product;
        let product_log = self.log_ratio(demanded * self.data(&inverse(&total)), &total);
        TradeFlows {
            trade,
            sales,
            margins,
            supplied: self.log_ratio(supplied * self.data(&inverse(&supply_total)), &supply_total),
            product: product_log.rename(origin, region),
        }
    }

    /// Products of an industry by transformation, industries of a product by substitution; prices
    /// and quantities of the products of each industry in closed form.
    pub(super) fn make_markets(
        &self,
        unknowns: &Unknowns<'g>,
        factors: &Factors<'g>,
        flows: &TradeFlows<'g>,
    ) -> Flows<'g> {
        let Axes { product, industry, .. } = self.axes;
        let db = self.database;
        let k = 1.0 / SIGMA_MAKE;
        let tau = self.by_industry(&db.sigma_output, |tau| tau);
        let weight = self.by_industry(&db.sigma_output, |tau| 1.0 / (1.0 + k * tau));
        let wanted = unknowns.domestic + flows.product * k;
        let offered = (factors.output_price * tau - factors.output) * k;
        let make_price = (wanted + offered) * weight;
        let make = factors.output + (make_price - factors.output_price) * tau;
        let value = self.make_flow(&db.make);
        let of_industry = 1.0 / self.n.products as f64;
        let of_product = 1.0 / self.n.industries as f64;
        let fetched = make_price.log_ces(
            self.data(&value.shares(&[product], of_industry)),
            self.by_industry(&db.sigma_output, |tau| 1.0 + tau),
            product,
        );
        self.graph.equation("price of output", factors.output_price - fetched);
        let made = make.log_ces(
            self.data(&value.shares(&[industry], of_product)),
            self.scalar(1.0 - k),
            industry,
        );
        self.graph.equation("market of products", flows.product - made);
        let TradeFlows { trade, sales, margins, supplied, product } = *flows;
        Flows { trade, sales, margins, supplied, product, make_price, make }
    }
}

/// [`Flows`] without the products of industries.
#[derive(Clone, Copy)]
pub(super) struct TradeFlows<'g> {
    pub(super) trade: Expr<'g>,
    pub(super) sales: Expr<'g>,
    pub(super) margins: Expr<'g>,
    pub(super) supplied: Expr<'g>,
    pub(super) product: Expr<'g>,
}
