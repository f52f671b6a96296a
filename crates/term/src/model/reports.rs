//! Results by name, and how each flow of the database changes.

use equilibrium::Expr;

use super::demand::Uses;
use super::factors::Factors;
use super::macros::Piece;
use super::prices::Prices;
use super::trade::Flows;
use super::{Axes, Found, Unknowns, Writer};
use crate::variables::{FINAL_USERS, Role, variables};

/// All parts of the model.
#[derive(Clone, Copy)]
pub(super) struct Parts<'g> {
    pub(super) unknowns: Unknowns<'g>,
    pub(super) prices: Prices<'g>,
    pub(super) factors: Factors<'g>,
    pub(super) uses: Uses<'g>,
    pub(super) flows: Flows<'g>,
}

impl<'g> Writer<'g> {
    /// Every result that TERM has a name for.
    pub(super) fn results(&self, parts: &Parts<'g>) -> Found<'g> {
        let Axes { buyer, user, origin, region, .. } = self.axes;
        let Parts { unknowns, prices, factors, uses, flows } = parts;
        let users = self.n.industries + FINAL_USERS.len();
        let both = |at: usize| self.only(user, self.final_user(at), users);
        let by_user = prices.buyer.scatter(buyer, user, &self.buyers());
        let kept = [self.axes.product, region];
        let of_source = |at: usize, quantity: Expr<'g>| {
            let tax = self.given("tuser").contract(both(at), &[user]);
            let bought = self.purchases().at(user, self.final_user(at));
            self.index(&[&Piece::plus(bought, prices.sourced + tax, quantity)], &kept).price
        };
        let (governed, exported) = (of_source(2, uses.government), of_source(3, uses.exports));
        let mut found: Found<'g> = [
            ("pdom", unknowns.domestic.rename(region, origin)),
            ("xcom", flows.product.rename(region, origin)),
            ("puse", prices.sourced),
            ("xtrad_r", uses.total),
            ("ppur_s", by_user + governed * both(2) + exported * both(3)),
            ("xtot", factors.output),
            ("ptot", factors.output_price),
            ("pint", prices.intermediate),
            ("pcst", factors.cost),
            ("pprim", factors.primary_price),
            ("xprim", factors.primary),
            ("plab_o", factors.wage),
            ("xlab_o", factors.labour),
            ("pcap", factors.rental),
            ("plnd", factors.land_rental),
            ("pinvitot", prices.capital_goods),
            ("xinvitot", factors.investment),
            ("gret", factors.gross_return),
            ("ggro", factors.investment_per_capital),
            ("pmake", flows.make_price),
            ("xmake", flows.make),
            ("xhou_s", uses.household),
            ("xlux", uses.luxury_quantity),
            ("xinv_s", uses.investment),
            ("xexp", uses.exports),
            ("xgov", uses.government),
            ("wlux", uses.luxury),
            ("whoutot", unknowns.spending),
            ("wlab_io", uses.wage_bill),
            ("fhou", unknowns.spending - uses.wage_bill - self.given("houslack")),
            ("phou", prices.household),
            ("pinvest", prices.investment),
            ("xint_s", factors.output + self.given("atot") + self.given("bint_scd")),
            ("xstocks", factors.output),
            ("totdem", flows.sales),
            ("pimp", self.given("pfimp") + self.given("phi")),
            ("psuppmar_p", prices.margin),
            ("xsuppmar_p", flows.margins),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        self.macros(parts, &mut found);
        found
    }

    /// Reports of all variables by name, and of flows as `value NAME`.
    pub(super) fn reports(&self, parts: &Parts<'g>, found: &Found<'g>) {
        for variable in variables() {
            let value = match variable.role {
                Role::Found => found[&variable.name],
                Role::Given | Role::Kept => self.given_or_implied(&variable.name, parts, found),
            };
            // A result that does not vary along one of its sets is one number for each cell.
            let size = variable.size(&self.database.sets);
            let each = if value.cells() == size {
                value
            } else {
                value + self.graph.data(&self.axes_of(&variable), &vec![0.0; size])
            };
            self.graph.report(&variable.name, each);
        }
        self.values(parts, found);
    }

    /// A given variable; what is exchanged in place follows from the rest.
    fn given_or_implied(&self, name: &str, parts: &Parts<'g>, found: &Found<'g>) -> Expr<'g> {
        match name {
            "xcap" => parts.factors.capital,
            "finv1" => {
                let (weight, power) = super::INVESTMENT_RESPONSE;
                let pull = found["gret"] * power - self.given("invslack");
                found["ggro"] - pull * weight
            }
            _ => self.given(name),
        }
    }

    /// Logarithm of each value of the database relative to itself.
    fn values(&self, parts: &Parts<'g>, found: &Found<'g>) {
        let Axes { buyer, user, .. } = self.axes;
        let Parts { unknowns, prices, factors, uses, flows } = parts;
        let db = self.database;
        let users = self.n.industries + FINAL_USERS.len();
        let only = |at: usize| self.only(user, self.final_user(at), users);
        let sigma = self.by_product(&db.sigma_source, |sigma| sigma);
        let chosen = (uses.buyer_log - sigma * (prices.sourced + prices.buyer_tax)
            + prices.sourced)
            .scatter(buyer, user, &self.buyers());
        let use_ = chosen
            + (uses.government + prices.sourced) * only(2)
            + (uses.exports + prices.sourced) * only(3);
        let by_occupation = {
            let sigma = self.by_industry(&db.sigma_labour, |sigma| 1.0 - sigma);
            let relative = self.given("flab") - factors.relative_wage;
            factors.labour + factors.wage + relative * sigma
        };
        let trade = flows.trade.ln();
        for (name, value) in [
            ("make", flows.make + flows.make_price),
            ("use", use_),
            ("purchase", use_ + self.given("tuser")),
            ("trade", trade + prices.basic),
            ("trade margin", trade + self.given("atradmar_cs") + prices.margin),
            ("margin supply", self.supply_by_producer(parts) + prices.margin_domestic),
            ("investment", factors.investment + prices.investment),
            ("stocks", factors.output + factors.output_price),
            ("labour", by_occupation),
            ("capital", factors.capital + factors.rental),
            ("land", self.given("xlnd") + factors.land_rental),
            ("cost", factors.output + factors.cost),
            ("output", factors.output + factors.output_price),
            ("frisch", unknowns.spending - uses.luxury),
            ("elasticity", found["xlux"] - found["xhou_s"] + unknowns.spending - uses.luxury),
        ] {
            self.graph.report(&format!("value {name}"), value);
        }
    }
}
