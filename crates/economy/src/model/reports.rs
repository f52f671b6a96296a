//! What can be read after a solve; each report's unit is the accounts' money unless said otherwise.
//!
//! | report                | shape     | meaning                                                |
//! |-----------------------|-----------|--------------------------------------------------------|
//! | `use` … `production_tax` | as in the accounts | flows at current prices                    |
//! | `real_…`              | i o d or d| quantities at benchmark prices                         |
//! | `persons`             | l i o d   | persons employed                                       |
//! | `capital`             | i o d     | stock relative to the base year                        |
//! | `budget_balance`, `returned_revenue` | d | taxes less usual purchases, and what of a change households get; benchmark consumer prices |
//! | `wage`, `consumer_price`, `investment_price`, `household_price` | l d, d, d, c d | relative to the benchmark |

use accounts::User;
use equilibrium::Expr;

use super::{Axes, Firms, Flows, Incomes, Investment, Prices, Unknowns, Uses, Writer};

/// Everything that the equations define.
pub(super) struct Parts<'g> {
    pub(super) unknowns: Unknowns<'g>,
    pub(super) prices: Prices<'g>,
    pub(super) firms: Firms<'g>,
    pub(super) investment: Investment<'g>,
    pub(super) incomes: Incomes<'g>,
    pub(super) uses: Uses<'g>,
    pub(super) flows: Flows<'g>,
    pub(super) trade: (Expr<'g>, Expr<'g>),
}

impl<'g> Writer<'g> {
    pub(super) fn reports(&self, parts: &Parts<'g>) {
        self.report_flows(parts);
        self.report_firms(parts);
        self.report_regions(parts);
        self.report_real(parts);
    }

    fn report_flows(&self, parts: &Parts<'g>) {
        let Parts { prices, uses, flows, .. } = parts;
        let delivered = self.delivered_value(prices, uses);
        self.graph.report("use", delivered);
        self.graph.report("tax", delivered * self.given("product_tax"));
        let (basic_part, margin_part) = self.flow_parts();
        let carried = flows.delivered + uses.local * self.diagonal() * self.domestic();
        self.graph.report("trade", basic_part * carried * prices.basic.exp());
        self.graph.report("margin", margin_part * carried * prices.margin_per_flow.exp());
        self.graph.report(
            "margin_supply",
            flows.margin_supply * self.margin_producer_price(prices).exp(),
        );
    }

    /// Purchases by source at delivered prices (c, s, u, d), before tax.
    pub(super) fn delivered_value(&self, prices: &Prices<'g>, uses: &Uses<'g>) -> Expr<'g> {
        let Axes { source, user, .. } = self.axes;
        let sets = &self.benchmark.sets;
        let investor = self.only(user, sets.user_position(User::Investment), sets.user.len());
        let own_less_common =
            (prices.own - (prices.sourced * self.domestic()).sum(&[source])).exp() - 1.0;
        (uses.by_source + uses.local * own_less_common * self.domestic() * investor)
            * prices.sourced.exp()
    }

    fn report_firms(&self, parts: &Parts<'g>) {
        let Parts { unknowns, prices, firms, incomes, investment, .. } = parts;
        let b = self.benchmark;
        let Axes { skill, .. } = self.axes;
        let [i, o, d] = self.firm();
        self.graph.report("output", unknowns.price.exp() * firms.output + incomes.rent);
        self.graph.report("intermediate", self.materials(firms) * firms.materials_price);
        self.graph.report("labour", self.wage_bill(unknowns, firms));
        self.graph.report(
            "capital_income",
            self.data(&[i, o, d], &b.capital_income) * firms.capital * firms.rental.exp(),
        );
        self.graph.report(
            "depreciation",
            self.data(&[i, o, d], &b.depreciation) * firms.capital * prices.investment.exp(),
        );
        self.graph.report("rent", incomes.rent);
        self.graph.report("production_tax", incomes.production_tax);
        self.graph.report("investment", investment.by_firm * prices.investment.exp());
        self.graph.report("persons", self.data(&[skill, i, o, d], &b.persons) * firms.employment);
        self.graph.report("capital", firms.capital);
    }

    fn report_regions(&self, parts: &Parts<'g>) {
        let Parts { unknowns, prices, incomes, investment, uses, trade, .. } = parts;
        self.graph.report("household_income", incomes.household);
        self.graph.report("household_spending", incomes.spending);
        self.graph.report("foreign_income", incomes.foreign);
        self.graph.report("corporate_tax", incomes.corporate_tax);
        self.graph.report("budget_balance", self.budget_balance(prices, incomes, uses));
        self.graph.report("returned_revenue", unknowns.returned);
        self.graph.report("exports", trade.0);
        self.graph.report("imports", trade.1);
        self.graph.report("foreign_saving_used", self.foreign_saving(unknowns, prices, investment));
        self.graph.report("wage", unknowns.wage.exp());
        self.graph.report("consumer_price", prices.consumer.exp());
        self.graph.report("investment_price", prices.investment.exp());
        self.graph.report("household_price", self.of_user(prices.user, User::Household).exp());
        self.graph.report("exchange_rate", unknowns.exchange_rate.exp());
        self.graph.report("consumption_slack", unknowns.slack.exp());
    }

    fn report_real(&self, parts: &Parts<'g>) {
        let Parts { firms, investment, uses, flows, .. } = parts;
        let Axes { product, source, origin, .. } = self.axes;
        let output = self.real_output(firms);
        self.graph.report("real_output", output);
        self.graph.report("real_value_added", output - self.materials(firms));
        self.graph.report("real_gdp", self.real_gross_product(firms, uses));
        self.graph.report("real_investment_by_firm", investment.by_firm);
        self.graph.report("fdi", investment.fdi);
        self.graph.report("after_tax_return", investment.after_tax_return.exp());
        for (name, wanted) in [
            ("real_consumption", User::Household),
            ("real_government", User::Government),
            ("real_exports", User::Export),
            ("real_fixed_investment", User::Investment),
        ] {
            self.graph.report(name, self.bought(uses, wanted));
        }
        let landed = self.flow_parts().0 * flows.delivered * self.imported();
        self.graph.report("real_imports", landed.sum(&[product, source, origin]));
    }
}
