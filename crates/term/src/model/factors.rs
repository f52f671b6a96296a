//! Primary factors and costs of industries.
//!
//! Labour, and capital whose return is given, have given prices; land, and capital that is given
//! itself, have given quantities. With S the benchmark shares, k = 1 − σ and g = (x − q)/σ the pull
//! on a factor whose quantity is q, the price of the composite x has the closed form
//! `e^{kp} = Σ_v S_v e^{k p_v} / (1 − Σ_f S_f e^{k g_f})`,
//! written here as a difference of two logarithms of composites that keep their digits near σ = 1.

use equilibrium::Expr;

use super::flow::Flow;
use super::prices::Prices;
use super::{Axes, BOUND, INVESTMENT_RESPONSE, Unknowns, Writer};

/// Logarithms of prices and quantities by industry and region.
#[derive(Clone, Copy)]
pub(super) struct Factors<'g> {
    pub(super) output: Expr<'g>,
    pub(super) output_price: Expr<'g>,
    pub(super) cost: Expr<'g>,
    pub(super) primary: Expr<'g>,
    pub(super) primary_price: Expr<'g>,
    pub(super) wage: Expr<'g>,
    /// Wage of the composite over occupations relative to the region's wage.
    pub(super) relative_wage: Expr<'g>,
    pub(super) labour: Expr<'g>,
    pub(super) capital: Expr<'g>,
    pub(super) rental: Expr<'g>,
    pub(super) land_rental: Expr<'g>,
    pub(super) investment: Expr<'g>,
    pub(super) investment_per_capital: Expr<'g>,
    pub(super) gross_return: Expr<'g>,
}

impl<'g> Writer<'g> {
    pub(super) fn labour_flow(&self) -> Flow {
        let [i, d] = self.industry_region();
        let occupations = (self.axes.occupation, self.n.occupations);
        Flow::new(&[i, occupations, d], self.database.labour.clone())
    }

    /// Wage bill by industry and region.
    pub(super) fn wages(&self) -> Flow {
        self.labour_flow().sum(&[self.axes.occupation])
    }

    pub(super) fn factors(&self, unknowns: &Unknowns<'g>, prices: &Prices<'g>) -> Factors<'g> {
        let Axes { occupation, factor, .. } = self.axes;
        let db = self.database;
        let wages = self.wages();
        let (capital, land) = (self.industry_flow(&db.capital), self.industry_flow(&db.land));
        let primary = wages.plus(&capital).plus(&land);
        let shares = [&wages, &capital, &land].map(|each| each.over(&primary, 0.0));
        let by_return = &self.by_return;
        let by_quantity = by_return.map(|cell| 1.0 - cell);
        let bound_share =
            shares[1].with(&by_quantity, |share, fixed| share * fixed).plus(&shares[2]);
        let bound = bound_share.map(|share| f64::from(u8::from(share > BOUND)));
        let free = bound_share.map(|share| if share > BOUND { 0.0 } else { 1.0 / (1.0 - share) });

        let relative_wage = self.given("flab").log_ces(
            self.data(&self.labour_flow().shares(&[occupation], 0.0)),
            self.by_industry(&db.sigma_labour, |sigma| 1.0 - sigma),
            occupation,
        );
        let wage = unknowns.wage + relative_wage;
        let return_price = prices.capital_goods
            + if self.closure.given("gret").contains(&true) {
                self.given("gret")
            } else {
                self.scalar(0.0)
            };
        let of = |at: usize| self.only(factor, at, 3);
        let stacked = |flows: [&Flow; 3]| {
            let parts = flows.map(|flow| self.data(flow));
            parts[0] * of(0) + parts[1] * of(1) + parts[2] * of(2)
        };
        let none = wages.map(|_| 0.0);
        let variable_share = stacked([
            &shares[0].with(&free, |s, f| s * f),
            &shares[1].with(by_return, |s, k| s * k).with(&free, |s, f| s * f),
            &none,
        ]);
        let fixed_share = stacked([
            &none,
            &shares[1].with(&by_quantity, |s, k| s * k).with(&free, |s, f| -s * f),
            &shares[2].with(&free, |s, f| -s * f),
        ]);
        let exponent = self.by_industry(&db.sigma_primary, |sigma| 1.0 - sigma);
        let sigma = self.by_industry(&db.sigma_primary, |sigma| sigma);
        let pull = self.by_industry(&db.sigma_primary, |sigma| 1.0 / sigma);
        let variable_price = (wage + self.given("alab_o")) * of(0)
            + (return_price + self.given("acap")) * self.data(by_return) * of(1);
        let effective =
            [self.given("xcap") - self.given("acap"), self.given("xlnd") - self.given("alnd")];

        // Where all factors are fixed, output follows from them and the unknown is their price.
        let technology = self.given("atot") + self.given("aprim");
        let (output, any_bound) =
            self.bound_output(unknowns.activity, &bound, effective, &shares, technology);
        let composite = output + technology;
        let gap = effective.map(|quantity| (composite - quantity) * pull);
        let gaps = gap[0] * of(1) + gap[1] * of(2);
        let formula = variable_price.log_ces(variable_share, exponent, factor)
            - gaps.log_ces(fixed_share, exponent, factor);
        let primary_price = if any_bound {
            formula * self.data(&bound.map(|b| 1.0 - b)) + unknowns.activity * self.data(&bound)
        } else {
            formula
        };
        let labour = composite + self.given("alab_o")
            - sigma * (wage + self.given("alab_o") - primary_price);
        let (k, q) = (self.data(by_return), self.data(&by_quantity));
        let demanded = composite + self.given("acap")
            - sigma * (return_price + self.given("acap") - primary_price);
        let capital_used = demanded * k + self.given("xcap") * q;
        let rental = return_price * k + (primary_price + gap[0] - self.given("acap")) * q;
        let land_rental = primary_price + gap[1] - self.given("alnd");
        let gross_return = rental - prices.capital_goods;
        let growth = self.growth(gross_return);
        let cost = self.cost(&primary, prices, primary_price);
        Factors {
            output,
            output_price: cost + self.tax_power(),
            cost,
            primary: composite,
            primary_price,
            wage,
            relative_wage,
            labour,
            capital: capital_used,
            rental,
            land_rental,
            investment: growth + capital_used,
            investment_per_capital: growth,
            gross_return,
        }
    }

    fn bound_output(
        &self,
        activity: Expr<'g>,
        bound: &Flow,
        effective: [Expr<'g>; 2],
        shares: &[Flow; 3],
        technology: Expr<'g>,
    ) -> (Expr<'g>, bool) {
        if bound.cells.iter().all(|cell| *cell == 0.0) {
            return (activity, false);
        }
        let factor = self.axes.factor;
        let of = |at: usize| self.only(factor, at, 3);
        let quantity = effective[0] * of(1) + effective[1] * of(2);
        let share = self.data(&shares[1]) * of(1) + self.data(&shares[2]) * of(2);
        let exponent =
            self.by_industry(&self.database.sigma_primary, |sigma| (sigma - 1.0) / sigma);
        let made = quantity.log_ces(share, exponent, factor) - technology;
        let free = self.data(&bound.map(|b| 1.0 - b));
        (activity * free + made * self.data(bound), true)
    }

    /// Investment over capital: given, or by the rule of the rate of return.
    fn growth(&self, gross_return: Expr<'g>) -> Expr<'g> {
        let (weight, power) = INVESTMENT_RESPONSE;
        let rule = self.given("finv1") + (gross_return * power - self.given("invslack")) * weight;
        let other = self.data(&self.by_growth.map(|cell| 1.0 - cell));
        if self.closure.given("ggro").contains(&true) {
            self.given("ggro") * self.data(&self.by_growth) + rule * other
        } else {
            rule
        }
    }

    /// Cost before production tax, per unit of output.
    fn cost(&self, primary: &Flow, prices: &Prices<'g>, primary_price: Expr<'g>) -> Expr<'g> {
        let inputs = self.inputs();
        let total = primary.plus(&inputs);
        let ratio = (primary_price + self.given("aprim")).exp()
            * self.data(&primary.over(&total, 0.0))
            + prices.intermediate.exp() * self.data(&inputs.over(&total, 0.0));
        self.given("atot") + self.log_ratio(ratio, &total)
    }

    /// Purchases of intermediate inputs by industry and region.
    pub(super) fn inputs(&self) -> Flow {
        let Axes { product, source, industry, user, .. } = self.axes;
        let industries: Vec<usize> = (0..self.n.industries).collect();
        self.purchases().pick(user, industry, &industries).sum(&[product, source])
    }

    /// Cost before production tax by industry and region.
    pub(super) fn cost_flow(&self) -> Flow {
        let db = self.database;
        let factors =
            self.wages().plus(&self.industry_flow(&db.capital)).plus(&self.industry_flow(&db.land));
        factors.plus(&self.inputs())
    }

    /// Logarithm of 1 + rate of production tax, relative to the database.
    fn tax_power(&self) -> Expr<'g> {
        let rate = self.industry_flow(&self.database.production_tax).over(&self.cost_flow(), 0.0);
        let power = rate.map(|rate| 1.0 / (1.0 + rate));
        (self.given("delPTXRATE") * self.data(&power) + 1.0).ln()
    }
}
