//! What users buy: industries, households (linear expenditure system), investors, government,
//! exports; by source and in total.

use equilibrium::Expr;

use super::factors::Factors;
use super::flow::Flow;
use super::prices::Prices;
use super::{Axes, Unknowns, Writer};
use crate::variables::FINAL_USERS;

/// Logarithms of quantities.
#[derive(Clone, Copy)]
pub(super) struct Uses<'g> {
    /// Luxury spending of households, nominal (d), and by product in quantity (c, d).
    pub(super) luxury: Expr<'g>,
    pub(super) luxury_quantity: Expr<'g>,
    /// Household and investment composites (c, d).
    pub(super) household: Expr<'g>,
    pub(super) investment: Expr<'g>,
    /// Composite of those who choose sources (c, b, d), with the part of its price that all their
    /// sources share.
    pub(super) buyer_log: Expr<'g>,
    /// Government and exports (c, s, d).
    pub(super) government: Expr<'g>,
    pub(super) exports: Expr<'g>,
    /// All users (c, s, d).
    pub(super) total: Expr<'g>,
    /// Wage bill (d).
    pub(super) wage_bill: Expr<'g>,
}

impl<'g> Writer<'g> {
    /// Purchases of one final user by product and region.
    pub(super) fn final_purchases(&self, which: usize) -> Flow {
        let Axes { source, user, .. } = self.axes;
        self.purchases().at(user, self.final_user(which)).sum(&[source])
    }

    pub(super) fn uses(
        &self,
        unknowns: &Unknowns<'g>,
        prices: &Prices<'g>,
        factors: &Factors<'g>,
    ) -> Uses<'g> {
        let Axes { industry, buyer, user, .. } = self.axes;
        let db = self.database;
        let (luxury, luxury_quantity, household) = self.households(unknowns, prices);
        let investment =
            self.mean(factors.investment, &self.make_flow(&db.investment), &[industry]);

        // Sources share e^{x + σ p}; each source's own factor is e^{−σ (p_s + t)}.
        let inputs = factors.output + self.given("atot") + self.given("bint_scd");
        let industries: Vec<usize> = (0..self.n.industries).collect();
        let count = self.n.industries + 2;
        let of = |which: usize| self.only(buyer, self.n.industries + which, count);
        let composite =
            inputs.scatter(industry, buyer, &industries) + household * of(0) + investment * of(1);
        let sigma = self.by_product(&db.sigma_source, |sigma| sigma);
        let buyer_log = composite + sigma * prices.buyer;
        let shared = buyer_log.exp();
        let by_tax = (prices.buyer_tax * self.by_product(&db.sigma_source, |sigma| -sigma)).exp();
        let delivered = self.user_flow(&db.use_);
        let used = self.data(&delivered.pick(user, buyer, &self.buyers())) * by_tax;
        let by_source = (prices.sourced * self.by_product(&db.sigma_source, |sigma| -sigma)).exp();
        let chosen = used.contract(shared, &[buyer]) * by_source;

        let government = self.given("fgovtot") + self.given("fgov") + self.given("fgov_s");
        let exports = self.exports(prices);
        let of_user = |which: usize| self.data(&delivered.at(user, self.final_user(which)));
        let total = chosen + of_user(2) * government.exp() + of_user(3) * exports.exp();
        let base = delivered.sum(&[user]);
        let inverse = base.map(|value| if value == 0.0 { 0.0 } else { 1.0 / value });
        let wage_bill = self.mean(factors.wage + factors.labour, &self.wages(), &[industry]);
        Uses {
            luxury,
            luxury_quantity,
            household,
            investment,
            buyer_log,
            government,
            exports,
            total: self.log_ratio(total * self.data(&inverse), &base),
            wage_bill,
        }
    }

    /// Committed quantities per household, and luxury spending in fixed shares of what is left.
    fn households(
        &self,
        unknowns: &Unknowns<'g>,
        prices: &Prices<'g>,
    ) -> (Expr<'g>, Expr<'g>, Expr<'g>) {
        let product = self.axes.product;
        let db = self.database;
        let bought = self.final_purchases(0);
        let d = self.n.regions;
        let luxury_part: Vec<f64> = db
            .expenditure_elasticity
            .iter()
            .enumerate()
            .map(|(at, elasticity)| -elasticity / db.frisch[at % d])
            .collect();
        let part = Flow::new(&self.product_region(), luxury_part);
        let luxury = bought.with(&part, |value, part| value * part);
        let committed = bought.with(&part, |value, part| value * (1.0 - part));
        let all_luxury = luxury.sum(&[product]);
        let inverse = all_luxury.map(|value| if value == 0.0 { 0.0 } else { 1.0 / value });
        let price = prices.household.exp();
        let households = self.given("nhou").exp();
        let needed = self.data(&committed).contract(price, &[product]) * households;
        let left = unknowns.spending.exp() * self.data(&bought.sum(&[product])) - needed;
        let luxury_log = self.log_ratio(left * self.data(&inverse), &all_luxury);
        let quantity = luxury_log - prices.household;
        let household = (households * self.data(&part.map(|part| 1.0 - part))
            + quantity.exp() * self.data(&part))
        .ln();
        (luxury_log, quantity, household)
    }

    /// Foreign demand of constant elasticity; each product, source and port for itself.
    fn exports(&self, prices: &Prices<'g>) -> Expr<'g> {
        let users = self.n.industries + FINAL_USERS.len();
        let user = self.axes.user;
        let exporter = self.only(user, self.final_user(3), users);
        let tax = self.given("tuser").contract(exporter, &[user]);
        let price = prices.sourced + tax - self.given("fpexp") - self.given("phi");
        let elasticity = self.by_product(&self.database.export_elasticity, |eta| -eta.abs());
        self.given("fqexp") + price * elasticity
    }
}
