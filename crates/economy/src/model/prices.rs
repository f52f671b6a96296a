//! Prices, from firms to users: varieties, margins, delivered prices, sourcing, taxes.

use accounts::User;
use equilibrium::Expr;

use super::{Axes, Prices, Unknowns, Writer};

impl<'g> Writer<'g> {
    pub(super) fn prices(&self, unknowns: &Unknowns<'g>) -> Prices<'g> {
        let Axes { product, source, industry, owner, origin, region, user, .. } = self.axes;
        let b = self.benchmark;
        let base_rent: Vec<f64> = b.rent_rate.iter().map(|rate| rate.ln_1p()).collect();
        let wedge = (self.given("rent") + 1.0).ln() - self.data(&self.firm(), &base_rent)
            + self.given("resource_cost").ln();
        let variety = unknowns.price + wedge;
        let owners = self.data(&self.firm(), &b.owner_share);
        let domestic = variety
            .log_ces(owners, self.scalar(1.0 - self.parameters.owners), owner)
            .rename(industry, product)
            .rename(region, origin);
        let landed = self.given("import_price").ln() + unknowns.exchange_rate;
        let basic = domestic * self.domestic() + landed * self.imported();
        let margin = self.margin_price(domestic);
        let delivered = self.delivered_price(basic, margin);
        let flow_share = self.data(&[product, source, origin, region], &b.flow_share);
        let sourced =
            delivered.log_ces(flow_share, self.scalar(1.0 - self.parameters.regions), origin);
        let by_source = sourced + self.tax_wedge();
        let user_share = self.data(&[product, source, user, region], &b.user_share);
        let user =
            by_source.log_ces(user_share, self.data(&[user], &self.import_exponents()), source);
        Prices {
            investment: self.bundle_price(user, User::Investment, &b.investment_share),
            consumer: self.bundle_price(user, User::Household, &b.household_share),
            variety,
            domestic,
            basic,
            margin,
            delivered,
            sourced,
            by_source,
            user,
        }
    }

    fn margin_price(&self, domestic: Expr<'g>) -> Expr<'g> {
        let Axes { product, margin, origin, region, producer, .. } = self.axes;
        let b = self.benchmark;
        let at_producer =
            domestic.gather(product, margin, &b.sets.margin_products()).rename(origin, producer);
        let share = self.data(&[margin, origin, region, producer], &self.benchmark.margin_share);
        at_producer.log_ces(share, self.scalar(1.0 - self.parameters.margins), producer)
    }

    /// Basic price and margins in fixed physical proportion.
    fn delivered_price(&self, basic: Expr<'g>, margin_price: Expr<'g>) -> Expr<'g> {
        let (basic_part, margin_part) = self.flow_parts();
        (basic.exp() * basic_part + margin_part.contract(margin_price.exp(), &[self.axes.margin]))
            .ln()
    }

    pub(super) fn flow_parts(&self) -> (Expr<'g>, Expr<'g>) {
        let Axes { product, source, margin, origin, region, .. } = self.axes;
        let basic = self.data(&[product, source, origin, region], &self.benchmark.basic_part);
        let margins =
            self.data(&[product, source, margin, origin, region], &self.benchmark.margin_part);
        (basic, margins)
    }

    fn tax_wedge(&self) -> Expr<'g> {
        let Axes { product, source, user, region, .. } = self.axes;
        let axes = [product, source, user, region];
        let base: Vec<f64> = self.benchmark.tax_rate.iter().map(|rate| rate.ln_1p()).collect();
        (self.given("product_tax") + 1.0).ln() - self.data(&axes, &base)
    }

    /// 1 − σ by user: government, exports and inventories do not substitute.
    pub(super) fn import_exponents(&self) -> Vec<f64> {
        let sets = &self.benchmark.sets;
        let fixed =
            [User::Government, User::Export, User::Inventory].map(|user| sets.user_position(user));
        let exponent =
            |u: usize| if fixed.contains(&u) { 1.0 } else { 1.0 - self.parameters.imports };
        (0..sets.user.len()).map(exponent).collect()
    }

    /// Price of a user's benchmark bundle (Laspeyres), in logarithms.
    fn bundle_price(&self, user_price: Expr<'g>, user: User, share: &[f64]) -> Expr<'g> {
        let price = self.price_of(user_price, user);
        price.exp().contract(self.data(&self.cell(), share), &[self.axes.product]).ln()
    }

    /// Prices that one final user pays (c, d), in logarithms.
    pub(super) fn price_of(&self, user_price: Expr<'g>, user: User) -> Expr<'g> {
        let position = self.benchmark.sets.user_position(user);
        let one = self.only(self.axes.user, position, self.benchmark.sets.user.len());
        user_price.contract(one, &[self.axes.user])
    }
}
