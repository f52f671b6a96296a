//! Prices, from firms to users: varieties, margins, delivered prices, sourcing, taxes.

use accounts::User;
use equilibrium::Expr;

use super::{Axes, Prices, Unknowns, Writer};

/// Logarithm of the price of a user's composite (c, u, d), and value shares in it (c, s, u, d).
struct TaxedSourcing<'g> {
    price: Expr<'g>,
    share: Expr<'g>,
}

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
        let margin_per_flow = margin + self.given("margin_need").ln();
        let delivered = self.delivered_price(basic, margin_per_flow);
        let flow_share = self.data(&[product, source, origin, region], &b.flow_share);
        let sourced =
            delivered.log_ces(flow_share, self.scalar(1.0 - self.parameters.regions), origin);
        let TaxedSourcing { price, share } = self.taxed_sourcing();
        let exponents = self.data(&[user], &self.import_exponents());
        let user = sourced.log_ces(share, exponents, source) + price;
        Prices {
            investment: self.bundle_price(user, User::Investment, &b.investment_share),
            consumer: self.bundle_price(user, User::Household, &b.household_share),
            variety,
            domestic,
            basic,
            margin,
            margin_per_flow,
            delivered,
            own: self.own_price(domestic, margin_per_flow),
            sourced,
            by_source: sourced + self.tax_wedge(),
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

    /// Delivered price of what a region buys from itself (c, d), in logarithms; where it buys
    /// nothing from itself, 0.
    fn own_price(&self, domestic: Expr<'g>, margin_price: Expr<'g>) -> Expr<'g> {
        let Axes { margin, origin, region, .. } = self.axes;
        let (basic_part, margin_part) = self.own_parts();
        let at_home = (margin_price.exp() * self.diagonal()).sum(&[origin]);
        let absent: Vec<f64> = self.own_flows().into_iter().map(|own| f64::from(1 - own)).collect();
        (basic_part * domestic.rename(origin, region).exp()
            + margin_part.contract(at_home, &[margin])
            + self.data(&self.cell(), &absent))
        .ln()
    }

    /// Parts of basic value (c, d) and of each margin (c, m, d) in what a region buys from itself.
    pub(super) fn own_parts(&self) -> (Expr<'g>, Expr<'g>) {
        let Axes { product, margin, region, .. } = self.axes;
        let b = self.benchmark;
        let n = b.sizes();
        let flows = self.own_flows();
        let own = |c: usize, d: usize| f64::from(flows[c * n.regions + d]);
        let mut basic = Vec::new();
        let mut margins = Vec::new();
        for c in 0..n.products {
            let block = |d: usize| d * n.regions + d;
            basic.extend(
                (0..n.regions)
                    .map(|d| own(c, d) * b.basic_part[c * 2 * n.regions * n.regions + block(d)]),
            );
            for m in 0..n.margins {
                let first = (c * 2 * n.margins + m) * n.regions * n.regions;
                margins.extend((0..n.regions).map(|d| own(c, d) * b.margin_part[first + block(d)]));
            }
        }
        (self.data(&[product, region], &basic), self.data(&[product, margin, region], &margins))
    }

    /// 1 where a region buys a product of its own (c, d).
    pub(super) fn own_flows(&self) -> Vec<u8> {
        let n = self.benchmark.sizes();
        let at = |c: usize, d: usize| (c * 2 * n.regions + d) * n.regions + d;
        let share = &self.benchmark.flow_share;
        let cells = (0..n.products).flat_map(|c| (0..n.regions).map(move |d| (c, d)));
        cells.map(|(c, d)| u8::from(share[at(c, d)] > 0.0)).collect()
    }

    /// 1 where origin and destination are one region.
    pub(super) fn diagonal(&self) -> Expr<'g> {
        let Axes { origin, region, .. } = self.axes;
        let regions = self.benchmark.sizes().regions;
        let same = |at: usize| f64::from(u8::from(at / regions == at % regions));
        let cells: Vec<f64> = (0..regions * regions).map(same).collect();
        self.data(&[origin, region], &cells)
    }

    /// The choice between sources at given taxes, with prices before tax at the benchmark. A composite
    /// over taxed prices is the one over prices before tax with these shares, times this price: so
    /// no array over products, sources, users and regions depends on unknowns.
    fn taxed_sourcing(&self) -> TaxedSourcing<'g> {
        let Axes { product, source, user, region, .. } = self.axes;
        let share = self.data(&[product, source, user, region], &self.benchmark.user_share);
        let exponents = self.data(&[user], &self.import_exponents());
        let wedge = self.tax_wedge();
        let price = wedge.log_ces(share, exponents, source);
        TaxedSourcing { price, share: share * ((wedge - price) * exponents).exp() }
    }

    pub(super) fn tax_wedge(&self) -> Expr<'g> {
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
        let price = self.of_user(user_price, user);
        price.exp().contract(self.data(&self.cell(), share), &[self.axes.product]).ln()
    }

    /// What belongs to one final user of an array by user.
    pub(super) fn of_user(&self, by_user: Expr<'g>, user: User) -> Expr<'g> {
        let Axes { user: users, one_user, .. } = self.axes;
        let position = self.benchmark.sets.user_position(user);
        by_user.gather(users, one_user, &[position]).sum(&[one_user])
    }
}
