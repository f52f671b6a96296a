//! Labour markets, the foreign balance, and the numeraire.

use equilibrium::Expr;

use super::{Axes, Firms, Flows, Incomes, Investment, Prices, Unknowns, Writer};
use crate::parameters::{LabourMarket, Numeraire};

impl<'g> Writer<'g> {
    /// Wage curve: ln(real wage / reference) = ε ln(u / u₀), or one of its two limits.
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
            LabourMarket::FixedEmployment => employment - labour_force,
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
        let mut totals = vec![0.0; n.skills * n.regions];
        for (at, persons) in b.persons.iter().enumerate() {
            totals[at / n.firms() * n.regions + at % n.regions] += persons;
        }
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
    /// of prices.
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
        self.graph.equation("foreign balance", deficit * (1.0 / gdp));
        let level = self.given("numeraire");
        let numeraire = match self.choices.numeraire {
            Numeraire::ExchangeRate => unknowns.exchange_rate - level.ln(),
            Numeraire::ConsumerPrices => self.national_consumer_price(prices) - level,
        };
        self.graph.equation("numeraire", numeraire);
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
        uses: &super::Uses<'g>,
        flows: &Flows<'g>,
    ) -> (Expr<'g>, Expr<'g>) {
        let Axes { product, source, user, origin, .. } = self.axes;
        let sets = &self.benchmark.sets;
        let exporter = self.only(user, sets.user_position(accounts::User::Export), sets.user.len());
        let exports = (uses.composite * prices.user.exp() * exporter).sum(&[product, user]);
        let landed = self.flow_parts().0 * flows.delivered * prices.basic.exp() * self.imported();
        (exports, landed.sum(&[product, source, origin]))
    }
}
