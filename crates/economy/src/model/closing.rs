//! Labour markets, the foreign balance, the numeraire, and budgets.

use accounts::User;
use equilibrium::Expr;

use super::{Axes, Firms, Flows, Incomes, Investment, Prices, Unknowns, Uses, Writer};
use crate::parameters::{LabourMarket, Numeraire, Revenue};

impl<'g> Writer<'g> {
    /// Wage curve: ln(real wage / reference) = ε ln(u / u₀), or one of its two limits; or partial
    /// adjustment: the wage's deviation from its reference is that of the year before plus a multiple
    /// of the deviation of employment per head of the labour force (Dixon & Rimmer 2002).
    pub(super) fn labour_market(
        &self,
        unknowns: &Unknowns<'g>,
        prices: &Prices<'g>,
        firms: &Firms<'g>,
    ) {
        let p = self.parameters;
        let employment = self.employment_index(firms);
        let labour_force = self.given("labour_force");
        let real_wage = unknowns.wage - prices.consumer - self.given("reference_wage").ln();
        let residual = match self.choices.labour_market {
            LabourMarket::FixedEmployment => {
                employment - labour_force * self.given("employment_rate")
            }
            LabourMarket::PartialAdjustment => {
                let usual = labour_force * self.given("employment_rate");
                let gap = employment / usual - 1.0;
                real_wage.exp() - 1.0 - self.given("wage_gap") - gap * p.wage_adjustment
            }
            LabourMarket::FixedRealWage => real_wage,
            LabourMarket::WageCurve => {
                let unemployment = (real_wage * (1.0 / p.wage_curve)).exp() * p.unemployment;
                employment - labour_force * (-unemployment + 1.0) * (1.0 / (1.0 - p.unemployment))
            }
        };
        self.graph.equation("labour market", residual);
    }

    /// Persons employed by skill and region, relative to the benchmark.
    fn employment_index(&self, firms: &Firms<'g>) -> Expr<'g> {
        let Axes { skill, industry, owner, region, .. } = self.axes;
        let b = self.benchmark;
        let n = b.sizes();
        let totals = b.employment();
        let share: Vec<f64> = b
            .persons
            .iter()
            .enumerate()
            .map(|(at, persons)| persons / totals[at / n.firms() * n.regions + at % n.regions])
            .collect();
        firms
            .employment
            .contract(self.data(&[skill, industry, owner, region], &share), &[industry, owner])
    }

    /// Imports and income of foreign owners are paid by exports and foreign saving; and the level
    /// of prices. Without any foreign trade there is no balance to clear: the exchange rate is then
    /// the numeraire's level, which is that of consumer prices.
    pub(super) fn close(
        &self,
        unknowns: &Unknowns<'g>,
        prices: &Prices<'g>,
        incomes: &Incomes<'g>,
        investment: &Investment<'g>,
        trade: (Expr<'g>, Expr<'g>),
    ) {
        let Axes { region, .. } = self.axes;
        let (exports, imports) = trade;
        let inflow = self.foreign_saving(unknowns, prices, investment);
        let deficit = (imports - exports + incomes.foreign).sum(&[region]) - inflow;
        let gdp: f64 = self.benchmark.gdp.iter().sum();
        let level = self.given("numeraire");
        let exchange_rate = unknowns.exchange_rate - level.ln();
        let consumer_prices = self.national_consumer_price(prices) - level;
        let closed = self.benchmark.is_closed();
        let balance = if closed { exchange_rate } else { deficit * (1.0 / gdp) };
        self.graph.equation("foreign balance", balance);
        let numeraire = match self.choices.numeraire {
            Numeraire::ExchangeRate if !closed => exchange_rate,
            _ => consumer_prices,
        };
        self.graph.equation("numeraire", numeraire);
    }

    /// What the budget of a region has beyond its reference goes to its households.
    pub(super) fn close_budgets(
        &self,
        unknowns: &Unknowns<'g>,
        prices: &Prices<'g>,
        incomes: &Incomes<'g>,
        uses: &Uses<'g>,
    ) {
        if self.choices.revenue == Revenue::Kept {
            return;
        }
        let beyond = self.budget_balance(prices, incomes, uses) - self.given("budget_reference");
        let size: Vec<f64> = self.benchmark.gdp.iter().map(|gdp| 1.0 / gdp).collect();
        let residual = (beyond - unknowns.returned) * self.data(&[self.axes.region], &size);
        self.graph.equation("budget of the region", residual);
    }

    /// Taxes raised in a region less its usual government purchases, at consumer prices there.
    pub(super) fn budget_balance(
        &self,
        prices: &Prices<'g>,
        incomes: &Incomes<'g>,
        uses: &Uses<'g>,
    ) -> Expr<'g> {
        let Axes { product, source, industry, user, owner, .. } = self.axes;
        let on_products = self
            .delivered_value(prices, uses)
            .contract(self.given("product_tax"), &[product, source, user]);
        let on_firms = incomes.production_tax.sum(&[industry, owner]) + incomes.corporate_tax;
        let price = self.of_user(prices.user, User::Government).exp();
        let usual = (self.benchmark_use(User::Government) * price).sum(&[product])
            * self.given("government");
        (on_products + on_firms - usual) * (-prices.consumer).exp()
    }

    /// What was planned, and direct investment beyond the plan.
    pub(super) fn foreign_saving(
        &self,
        unknowns: &Unknowns<'g>,
        prices: &Prices<'g>,
        investment: &Investment<'g>,
    ) -> Expr<'g> {
        let Axes { industry, region, .. } = self.axes;
        let beyond = (investment.fdi - self.given("fdi")).sum(&[industry]);
        unknowns.exchange_rate.exp() * self.given("foreign_saving")
            + beyond.contract(prices.investment.exp(), &[region])
    }

    fn national_consumer_price(&self, prices: &Prices<'g>) -> Expr<'g> {
        let total: f64 = self.benchmark.expenditure.iter().sum();
        let weights: Vec<f64> =
            self.benchmark.expenditure.iter().map(|spent| spent / total).collect();
        let region = self.axes.region;
        prices.consumer.exp().contract(self.data(&[region], &weights), &[region])
    }

    /// Exports at the border (purchasers' value) and imports at landed value, by region.
    pub(super) fn foreign_trade(
        &self,
        prices: &Prices<'g>,
        uses: &Uses<'g>,
        flows: &Flows<'g>,
    ) -> (Expr<'g>, Expr<'g>) {
        let Axes { product, source, origin, .. } = self.axes;
        let price = self.of_user(prices.user, User::Export).exp();
        let exports = self.of_user(uses.composite, User::Export).contract(price, &[product]);
        let landed = (self.flow_parts().0 * self.imported()) * flows.delivered;
        (exports, landed.contract(prices.basic.exp(), &[product, source, origin]))
    }
}
