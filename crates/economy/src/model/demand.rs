//! What users buy: intermediate use, households, government, investment, exports, inventories.

use accounts::User;
use equilibrium::Expr;

use super::{Axes, Firms, Incomes, Investment, Prices, Unknowns, Uses, Writer};
use crate::parameters::{DirectInvestment, MacroBalance};

/// Offer that stands for none in shares of the pool, relative to the whole: keeps quotients finite
/// where an industry is offered nothing.
const NO_OFFER: f64 = 1e-9;

impl<'g> Writer<'g> {
    /// Investment by firm: inverse-logistic supply by net return, and direct investment from abroad.
    ///
    /// Growth of a stock is T + a b (e^{αx} − 1) / (b e^{αx} + a): trend T at the benchmark net
    /// return (x = 0), at most T + a, at least T − b. Source: Dixon & Rimmer (2002), in the form
    /// with its three growth rates.
    pub(super) fn investment(
        &self,
        unknowns: &Unknowns<'g>,
        prices: &Prices<'g>,
        firms: &Firms<'g>,
    ) -> Investment<'g> {
        let owner = self.axes.owner;
        let [i, o, d] = self.firm();
        let b = self.benchmark;
        let real_rental = firms.rental - prices.investment;
        let growth = self.growth_above_trend(real_rental);
        let stock = self.data(&self.firm(), &b.capital_stock) * firms.capital;
        // Benchmark investment per unit of stock is trend growth plus depreciation.
        let benchmark_rate: Vec<f64> = b
            .investment
            .iter()
            .zip(&b.capital_stock)
            .map(|(flow, stock)| if *stock > 0.0 { flow / stock } else { 0.0 })
            .collect();
        let own = stock
            * (growth + self.data(&[i, o, d], &benchmark_rate))
            * self.given("investment_propensity");
        let own = match self.choices.balance {
            MacroBalance::ConsumptionAdjusts => own,
            MacroBalance::InvestmentAdjusts => own * unknowns.slack.exp(),
        };
        let foreign = -self.only(owner, 0, b.sets.owner.len()) + 1.0;
        let after_tax_return = self.after_tax_return(real_rental);
        let fdi = match self.choices.direct_investment {
            DirectInvestment::Offered => self.given("fdi"),
            DirectInvestment::Responsive => {
                let above = after_tax_return - self.given("return_reference").ln();
                self.pool(above.contract(foreign, &[owner]) + self.given("fdi_advantage").ln())
            }
        };
        let self_financed = self.data(&[i, o, d], &self.self_financed_share());
        let by_firm = own * self_financed + fdi * foreign;
        Investment { after_tax_return, by_firm, fdi, total: by_firm.sum(&[i, owner]) }
    }

    /// Direct investment by industry and region out of the national pool: a nested logit.
    ///
    /// - `above`: logarithm x of the attraction of each cell over that at which the offer comes.
    ///
    /// | symbol    | meaning                                                              |
    /// |-----------|----------------------------------------------------------------------|
    /// | f, s      | offer of a region within its industry; of an industry in the country |
    /// | ρ, ι, η   | elasticities between regions, between industries, of the pool        |
    /// | a, A      | inclusive values: a = ln(Σ f exp(ρ x)) / ρ and A = ln(Σ s exp(ι a)) / ι |
    ///
    /// A region's part of its industry is f exp(ρ (x − a)), an industry's of the pool s exp(ι (a − A));
    /// both add to 1, and the pool is the whole offer times exp(η A). With one elasticity for all
    /// three, each cell has an offer of its own.
    fn pool(&self, above: Expr<'g>) -> Expr<'g> {
        let Axes { industry, region, .. } = self.axes;
        let p = self.parameters;
        let regions = self.benchmark.sizes().regions;
        let by_industry: Vec<f64> =
            self.benchmark_fdi.chunks(regions).map(|cells| cells.iter().sum()).collect();
        let total: f64 = by_industry.iter().sum();
        let least = NO_OFFER * if total > 0.0 { total } else { 1.0 };
        let none = |sum: f64| if sum > 0.0 { 0.0 } else { least };
        let absent: Vec<f64> = by_industry.iter().map(|sum| none(*sum)).collect();
        let offered = self.given("fdi");
        let of_industry = offered.sum(&[region]) + self.data(&[industry], &absent);
        let of_country = of_industry.sum(&[industry]);
        let attraction = above.log_ces(offered / of_industry, self.scalar(p.fdi_regions), region);
        let national =
            attraction.log_ces(of_industry / of_country, self.scalar(p.fdi_industries), industry);
        let moved = above * p.fdi_regions
            + attraction * (p.fdi_industries - p.fdi_regions)
            + national * (p.fdi_response - p.fdi_industries);
        offered * moved.exp()
    }

    /// Logarithm of rental over investment price after corporate tax, relative to the benchmark.
    fn after_tax_return(&self, real_rental: Expr<'g>) -> Expr<'g> {
        let benchmark = 1.0 - self.parameters.corporate_tax;
        let kept = (-self.given("corporate_tax") + 1.0) * (1.0 / benchmark);
        real_rental + kept.ln()
    }

    /// Growth of capital above its trend, as a function of the change in the net rate of return.
    fn growth_above_trend(&self, real_rental: Expr<'g>) -> Expr<'g> {
        let (b, p) = (self.benchmark, self.parameters);
        let firm = self.firm();
        let gross: Vec<f64> = b
            .capital_income
            .iter()
            .zip(&b.capital_stock)
            .map(|(income, stock)| if *stock > 0.0 { income / stock } else { 0.0 })
            .collect();
        let regions = b.sizes().regions;
        let base: Vec<f64> = gross
            .iter()
            .enumerate()
            .map(|(at, rate)| (1.0 - p.corporate_tax) * (rate - p.depreciation[at % regions]))
            .collect();
        let depreciation: Vec<f64> =
            (0..gross.len()).map(|at| p.depreciation[at % regions]).collect();
        let kept = -self.given("corporate_tax") + 1.0;
        let net =
            (real_rental.exp() * self.data(&firm, &gross) - self.data(&firm, &depreciation)) * kept;
        let above = net - self.data(&firm, &base);
        let (up, down) = (p.growth_above_trend, p.growth_below_trend);
        let steepness = p.investment_response * (up + down) / (up * down);
        let pull = (above * steepness).exp();
        (pull - 1.0) * (up * down) / (pull * down + up)
    }

    /// Share of benchmark investment that is not direct investment from abroad.
    fn self_financed_share(&self) -> Vec<f64> {
        let b = self.benchmark;
        let n = b.sizes();
        let share = |firm: usize| {
            let (industry, owner, region) =
                (firm / n.regions / n.owners, firm / n.regions % n.owners, firm % n.regions);
            let offered =
                if owner == 0 { 0.0 } else { self.benchmark_fdi[n.cell(industry, region)] };
            if b.investment[firm] > 0.0 { 1.0 - offered / b.investment[firm] } else { 0.0 }
        };
        (0..n.firms()).map(share).collect()
    }

    pub(super) fn uses(
        &self,
        unknowns: &Unknowns<'g>,
        prices: &Prices<'g>,
        firms: &Firms<'g>,
        incomes: &Incomes<'g>,
        investment: &Investment<'g>,
    ) -> Uses<'g> {
        let Axes { product, industry, user, final_user, region, .. } = self.axes;
        let b = self.benchmark;
        let materials = self.materials(firms).sum(&[self.axes.owner]);
        let inputs = self.data(&[product, industry, region], &b.input_share) * materials;
        let final_uses = self.households(prices, incomes) * self.final_user(User::Household)
            + (self.benchmark_use(User::Government) * self.given("government")
                + self.given("extra_government"))
                * self.final_user(User::Government)
            + (self.data(&self.cell(), &b.investment_share) * investment.total
                + self.given("extra_demand"))
                * self.final_user(User::Investment)
            + self.exports(unknowns, prices) * self.final_user(User::Export)
            + self.benchmark_use(User::Inventory)
                * self.given("inventory")
                * self.final_user(User::Inventory);
        let composite = inputs.scatter(industry, user, &self.industry_positions())
            + final_uses.scatter(final_user, user, &self.final_positions());

        let own: Vec<f64> = self.own_flows().into_iter().map(f64::from).collect();
        let local = self.given("extra_local") * self.data(&self.cell(), &own);
        let extra_imports = self.given("extra_imports") * self.imported();
        let (by_source, sourced) = self.by_source(prices, composite);
        let investor = self.only(user, b.sets.user_position(User::Investment), b.sets.user.len());
        Uses {
            composite,
            by_source: by_source + (extra_imports + local * self.domestic()) * investor,
            sourced: sourced + extra_imports,
            local,
        }
    }

    /// What users buy by source, split · composite · (price / price of the source)^σ with σ by user
    /// (c, s, u, d), and its sum over users (c, s, d).
    ///
    /// Users have one of two elasticities, so that what depends on the source's price comes out of
    /// the sum: equations are on the sum, and the whole array is for reports.
    fn by_source(&self, prices: &Prices<'g>, composite: Expr<'g>) -> (Expr<'g>, Expr<'g>) {
        let Axes { product, source, user, region, .. } = self.axes;
        let b = self.benchmark;
        let elasticity: Vec<f64> =
            self.import_exponents().iter().map(|exponent| 1.0 - exponent).collect();
        let chooses = |sigma: &f64| f64::from(u8::from(*sigma != 0.0));
        let chooses: Vec<f64> = elasticity.iter().map(chooses).collect();
        let (elasticity, chooses) = (self.data(&[user], &elasticity), self.data(&[user], &chooses));
        let split: Vec<f64> =
            b.user_share.iter().zip(&b.delivered_part).map(|(share, part)| share * part).collect();
        let split = self.data(&[product, source, user, region], &split)
            * (-self.tax_wedge() * elasticity).exp();
        let pull = composite * (prices.user * elasticity).exp();
        let by_source = split * pull * (-prices.sourced * elasticity).exp();
        let substituted = (split * chooses).contract(pull, &[user])
            * (prices.sourced * -self.parameters.imports).exp();
        let fixed = (split * (-chooses + 1.0)).contract(pull, &[user]);
        (by_source, substituted + fixed)
    }

    /// Materials of a firm at benchmark prices.
    pub(super) fn materials(&self, firms: &Firms<'g>) -> Expr<'g> {
        self.data(&self.firm(), &self.benchmark.materials)
            * (firms.activity + firms.productivity).exp()
    }

    /// Benchmark purchases of a final user by product and region.
    pub(super) fn benchmark_use(&self, user: User) -> Expr<'g> {
        let Axes { product, final_user, region, .. } = self.axes;
        self.data(&[product, final_user, region], &self.benchmark.final_use)
            .contract(self.final_user(user), &[final_user])
    }

    /// Linear expenditure system: committed quantities, and the rest of spending in fixed shares.
    fn households(&self, prices: &Prices<'g>, incomes: &Incomes<'g>) -> Expr<'g> {
        let (committed, marginal) = self.benchmark.household_coefficients(self.parameters);
        let price = self.of_user(prices.user, User::Household).exp();
        let committed = self.data(&self.cell(), &committed) * self.given("subsistence");
        let free = incomes.spending - committed.contract(price, &[self.axes.product]);
        committed + self.data(&self.cell(), &marginal) * free / price
    }

    /// Foreign demand of constant elasticity in the price that foreign buyers pay.
    fn exports(&self, unknowns: &Unknowns<'g>, prices: &Prices<'g>) -> Expr<'g> {
        let border = self.of_user(prices.user, User::Export) + self.given("export_cost").ln();
        let relative = (border - unknowns.exchange_rate) * -self.parameters.exports;
        let demand = self.given("export_demand") * self.given("partner_demand");
        self.benchmark_use(User::Export) * demand * relative.exp()
    }
}
