//! Production of firms and the incomes that it pays.

use equilibrium::Expr;

use super::{Axes, Firms, Incomes, Prices, Unknowns, Writer};
use crate::parameters::{Closure, MacroBalance};

impl<'g> Writer<'g> {
    pub(super) fn firms(&self, unknowns: &Unknowns<'g>, prices: &Prices<'g>) -> Firms<'g> {
        let Axes { factor, industry, user, product, region, .. } = self.axes;
        let (b, p) = (self.benchmark, self.parameters);
        let input_price = prices.user.gather(user, industry, &self.industry_positions());
        let input_share = self.data(&[product, industry, region], &b.input_share);
        let materials_price = input_price.exp().contract(input_share, &[product]);

        let (labour_price, effective_wage) = self.labour_price(unknowns);
        let rental = match self.choices.closure {
            Closure::ShortRun => unknowns.rental_or_activity,
            Closure::LongRun => self.given("required_return").ln() + prices.investment,
        };
        let factor_price =
            labour_price * self.only(factor, 0, 2) + rental * self.only(factor, 1, 2);
        let [i, o, d] = self.firm();
        let factor_share = self.data(&[factor, i, o, d], &b.factor_share);
        let bundle_price =
            factor_price.log_ces(factor_share, self.scalar(1.0 - p.value_added), factor);
        let capital_intensity = (bundle_price - rental) * p.value_added;
        let activity = match self.choices.closure {
            Closure::ShortRun => self.given("capital").ln() - capital_intensity,
            Closure::LongRun => unknowns.rental_or_activity,
        };
        let research = self.given("research").ln() * self.given("research_elasticity");
        let productivity = self.given("productivity").ln() + research;
        let effective_labour = (bundle_price - labour_price) * p.value_added
            + activity
            + (labour_price - effective_wage) * p.skills;
        self.zero_profit(unknowns, materials_price, bundle_price - productivity);
        Firms {
            materials_price,
            rental,
            activity,
            productivity,
            output: (activity + productivity).exp() * self.data(&self.firm(), &b.cost),
            capital: (activity + capital_intensity).exp(),
            employment: (effective_labour - self.given("labour_productivity").ln()).exp(),
        }
    }

    /// Logarithms of the price of the skill composite (i, o, d) and of effective wages (l, i, o, d).
    fn labour_price(&self, unknowns: &Unknowns<'g>) -> (Expr<'g>, Expr<'g>) {
        let Axes { skill, .. } = self.axes;
        let [i, o, d] = self.firm();
        let effective_wage = unknowns.wage - self.given("labour_productivity").ln();
        let share = self.data(&[skill, i, o, d], &self.benchmark.skill_share);
        let exponent = self.scalar(1.0 - self.parameters.skills);
        (effective_wage.log_ces(share, exponent, skill), effective_wage)
    }

    /// Receipts less production tax cover materials and value added.
    fn zero_profit(
        &self,
        unknowns: &Unknowns<'g>,
        materials_price: Expr<'g>,
        added_price: Expr<'g>,
    ) {
        let b = self.benchmark;
        let firm = self.firm();
        let tax = self.given("production_tax");
        let receipts = unknowns.price.exp() * (-tax + 1.0);
        let cost = materials_price * self.data(&firm, &b.materials_share)
            + added_price.exp() * self.data(&firm, &b.value_added_share);
        self.graph.equation("zero profit", receipts - cost);
    }

    pub(super) fn incomes(
        &self,
        unknowns: &Unknowns<'g>,
        prices: &Prices<'g>,
        firms: &Firms<'g>,
    ) -> Incomes<'g> {
        let Axes { industry, owner, region, .. } = self.axes;
        let (b, p) = (self.benchmark, self.parameters);
        let firm = self.firm();
        let over_firms = [industry, owner];
        let domestic = self.only(owner, 0, b.sets.owner.len());
        let foreign = -domestic + 1.0;
        let receipts = unknowns.price.exp() * firms.output;
        let rent = receipts * self.given("rent");
        let capital_income =
            self.data(&firm, &b.capital_income) * firms.capital * firms.rental.exp();
        let depreciation =
            self.data(&firm, &b.depreciation) * firms.capital * prices.investment.exp();
        let profit = capital_income - depreciation;
        let corporate_tax = profit * self.given("corporate_tax");
        let net = profit - corporate_tax;
        let labour = self.wage_bill(unknowns, firms).sum(&[self.axes.skill, industry, owner]);
        let distributed = net.contract(domestic, &over_firms) * p.distributed_profits;
        let transfers = (self.given("transfer") + unknowns.returned) * prices.consumer.exp();
        let household = labour + distributed + rent.sum(&over_firms) + transfers;
        let propensity: Vec<f64> = b.saving_rate.iter().map(|rate| 1.0 - rate).collect();
        let spending = household * self.data(&[region], &propensity);
        Incomes {
            household,
            spending: match self.choices.balance {
                MacroBalance::ConsumptionAdjusts => spending * unknowns.slack.exp(),
                MacroBalance::InvestmentAdjusts => spending,
            },
            rent,
            foreign: net.contract(foreign, &over_firms),
            corporate_tax: corporate_tax.sum(&over_firms),
            production_tax: receipts * self.given("production_tax"),
        }
    }

    pub(super) fn wage_bill(&self, unknowns: &Unknowns<'g>, firms: &Firms<'g>) -> Expr<'g> {
        let Axes { skill, industry, owner, region, .. } = self.axes;
        let base = self.data(&[skill, industry, owner, region], &self.benchmark.labour);
        base * firms.employment * unknowns.wage.exp()
    }
}
