//! Aggregates: Divisia indices of prices and quantities by region and for the nation.
//!
//! An index between the database and the point is Törnqvist's: changes weighted with the mean of the
//! value shares at both ends.

use equilibrium::{Axis, Expr};

use super::flow::Flow;
use super::reports::Parts;
use super::{Axes, Found, Writer};

/// Part of an aggregate: values of the database, and logarithms of price and quantity.
#[derive(Clone)]
pub(super) struct Piece<'g> {
    pub(super) sign: f64,
    pub(super) value: Flow,
    pub(super) price: Expr<'g>,
    pub(super) quantity: Expr<'g>,
}

impl<'g> Piece<'g> {
    pub(super) fn plus(value: Flow, price: Expr<'g>, quantity: Expr<'g>) -> Self {
        Self { sign: 1.0, value, price, quantity }
    }

    fn minus(value: Flow, price: Expr<'g>, quantity: Expr<'g>) -> Self {
        Self { sign: -1.0, value, price, quantity }
    }
}

/// Logarithms of an aggregate.
#[derive(Clone, Copy)]
pub(super) struct Pair<'g> {
    pub(super) price: Expr<'g>,
    pub(super) quantity: Expr<'g>,
}

/// Parts of the macro indicators, over regions.
struct Pieces<'g> {
    household: Piece<'g>,
    investment: Piece<'g>,
    government: Piece<'g>,
    exports: Piece<'g>,
    stocks: Piece<'g>,
    landed: Piece<'g>,
    used: Piece<'g>,
    capital: Piece<'g>,
    labour: Piece<'g>,
}

impl<'g> Writer<'g> {
    /// Index of the pieces, over all axes but `kept`.
    pub(super) fn index(&self, pieces: &[&Piece<'g>], kept: &[Axis]) -> Pair<'g> {
        let over = |piece: &Piece<'g>| -> Vec<Axis> {
            piece.value.axes.iter().copied().filter(|axis| !kept.contains(axis)).collect()
        };
        let base = pieces
            .iter()
            .map(|piece| piece.value.sum(&over(piece)).map(|value| piece.sign * value))
            .reduce(|a, b| a.plus(&b))
            .expect("an aggregate has parts");
        let values: Vec<Expr<'g>> = pieces
            .iter()
            .map(|piece| {
                (piece.price + piece.quantity).exp()
                    * self.data(&piece.value.map(|v| piece.sign * v))
            })
            .collect();
        let sum = |terms: Vec<Expr<'g>>| terms.into_iter().reduce(|a, b| a + b).expect("parts");
        let totals =
            pieces.iter().zip(&values).map(|(piece, value)| value.sum(&over(piece))).collect();
        let after = (sum(totals) + self.data(&base.absent())).reciprocal();
        let before = self.data(&base.map(|value| if value == 0.0 { 0.0 } else { 1.0 / value }));
        let mean = |of: &dyn Fn(&Piece<'g>) -> Expr<'g>| {
            let first = pieces.iter().map(|piece| {
                self.data(&piece.value.map(|v| piece.sign * v)).contract(of(piece), &over(piece))
            });
            let second = pieces
                .iter()
                .zip(&values)
                .map(|(piece, value)| value.contract(of(piece), &over(piece)));
            (sum(first.collect()) * before + sum(second.collect()) * after) * 0.5
        };
        Pair { price: mean(&|piece| piece.price), quantity: mean(&|piece| piece.quantity) }
    }

    fn pieces(&self, parts: &Parts<'g>) -> Pieces<'g> {
        let Axes { source, origin, region, user, .. } = self.axes;
        let db = self.database;
        let (prices, uses, factors) = (&parts.prices, &parts.uses, &parts.factors);
        let bought = |which: usize| self.purchases().at(user, self.final_user(which));
        let tax = |which: usize| {
            let users = self.n.industries + 4;
            let at = self.only(user, self.final_user(which), users);
            self.given("tuser").contract(at, &[user])
        };
        let imports = self.trade_flow().at(source, 1);
        let landed_price = self.given("pfimp") + self.given("phi");
        let landed = imports.sum(&[region]).renamed(origin, region);
        let imported = |by_source: Expr<'g>| by_source.contract(self.source(1), &[source]);
        // Flows do not move where they do not exist.
        let used = imported(parts.flows.trade).ln();
        Pieces {
            household: Piece::plus(self.final_purchases(0), prices.household, uses.household),
            investment: Piece::plus(self.final_purchases(1), prices.investment, uses.investment),
            government: Piece::plus(bought(2), prices.sourced + tax(2), uses.government),
            exports: Piece::plus(bought(3), prices.sourced + tax(3), uses.exports),
            stocks: Piece::plus(
                self.industry_flow(&db.stocks),
                factors.output_price,
                factors.output,
            ),
            landed: Piece::minus(
                landed,
                landed_price.rename(origin, region),
                imported(parts.flows.sales).rename(origin, region),
            ),
            used: Piece::plus(imports, landed_price, used),
            capital: Piece::plus(self.industry_flow(&db.capital), factors.rental, factors.capital),
            labour: Piece::plus(self.wages(), factors.wage, factors.labour),
        }
    }

    /// Trade of a region with the others, and margins it supplies and uses.
    fn between_regions(&self, parts: &Parts<'g>) -> Vec<Piece<'g>> {
        let Axes { origin, region, producer, .. } = self.axes;
        let (prices, flows) = (&parts.prices, &parts.flows);
        let trade = self.trade_flow();
        let supply = self.margin_supply_flow();
        let sent = trade.sum(&[region]).renamed(origin, region);
        let carried = supply.sum(&[origin, region]).renamed(producer, region);
        vec![
            Piece::plus(
                sent,
                prices.basic.rename(origin, region),
                flows.sales.rename(origin, region),
            ),
            Piece::minus(trade, prices.basic, flows.trade.ln()),
            Piece::plus(
                carried,
                prices.margin_domestic.rename(producer, region),
                flows.supplied.rename(producer, region),
            ),
            Piece::minus(supply, prices.margin_domestic, self.supply_by_producer(parts)),
        ]
    }

    /// Margins supplied by producer (m, r, d, p).
    pub(super) fn supply_by_producer(&self, parts: &Parts<'g>) -> Expr<'g> {
        let sigma = self.by_margin(&self.database.sigma_margin, |sigma| sigma);
        parts.flows.margins + (parts.prices.margin - parts.prices.margin_domestic) * sigma
    }

    /// Macro indicators, regional and national, and what follows from them.
    pub(super) fn macros(&self, parts: &Parts<'g>, found: &mut Found<'g>) {
        let region = self.axes.region;
        let p = self.pieces(parts);
        let consumer = self.index(&[&p.household], &[region]);
        // Nominal spending is exact; its real part follows from the price.
        let real = parts.unknowns.spending - consumer.price;
        let trade = self.between_regions(parts);
        let home = [&p.household, &p.investment, &p.government, &p.exports, &p.stocks, &p.landed];
        let regional: Vec<&Piece<'g>> = home.iter().copied().chain(&trade).collect();
        let gross = self.index(&regional, &[region]);
        let national = self.index(&home, &[]);
        let average_wage = self.average_wage(parts);
        let employment = parts.uses.wage_bill - average_wage;
        let real_wage = average_wage - consumer.price;
        let one = |piece: &Piece<'g>, kept: &[Axis]| self.index(&[piece], kept);
        let wages = Piece::plus(self.wages().sum(&[self.axes.industry]), average_wage, employment);
        let of_wages = |quantity: Expr<'g>| Piece {
            quantity,
            price: parts.uses.wage_bill - quantity,
            ..wages.clone()
        };
        let population = Flow::new(&[(region, self.n.regions)], self.database.population.clone());
        let people = Piece::plus(population, self.scalar(0.0), self.given("nhou"));
        let households =
            Piece::plus(self.final_purchases(0).sum(&[self.axes.product]), consumer.price, real);
        let household = one(&households, &[]);
        let pairs = |kept: &[Axis]| {
            [
                one(&p.investment, kept),
                one(&p.government, kept),
                one(&p.exports, kept),
                one(&p.used, kept),
                one(&p.landed, kept),
                one(&p.capital, kept),
            ]
        };
        let [invest, govern, export, used, landed, capital] = pairs(&[region]);
        let local = [
            real,
            invest.quantity,
            govern.quantity,
            export.quantity,
            used.quantity,
            landed.quantity,
            gross.quantity,
            employment,
            real_wage,
            capital.quantity,
            gross.price,
            consumer.price,
            export.price,
            landed.price,
            self.given("nhou"),
        ];
        found.insert("xcap_i".to_owned(), capital.quantity);
        found.insert("wcap_i".to_owned(), capital.quantity + capital.price);
        found.insert("ximpused".to_owned(), used.quantity);
        found.insert("ximplanded".to_owned(), landed.quantity.rename(region, self.axes.origin));
        let [invest, govern, export, used, landed, capital] = pairs(&[]);
        let nation = [
            household.quantity,
            invest.quantity,
            govern.quantity,
            export.quantity,
            used.quantity,
            landed.quantity,
            national.quantity,
            one(&wages, &[]).quantity,
            one(&of_wages(real_wage), &[]).quantity,
            capital.quantity,
            national.price,
            household.price,
            export.price,
            landed.price,
            one(&people, &[]).quantity,
        ];
        let ratio = nation[0] - nation[6];
        for (name, (local, nation)) in
            crate::variables::MACROS.iter().zip(local.into_iter().zip(nation))
        {
            // Regional indicators have regions even where a closure leaves them one number.
            let local = local + self.graph.data(&[region], &vec![0.0; self.n.regions]);
            found.insert(format!("MainMacro({name})"), local);
            found.insert(format!("NatMacro({name})"), nation);
        }
        for (name, value) in [
            ("phoutot", consumer.price),
            ("xgdpexp", gross.quantity),
            ("pgdpexp", gross.price),
            ("wgdpexp", gross.quantity + gross.price),
            ("avewage", average_wage),
            ("averealwage", real_wage),
            ("xlab_io", employment),
            ("flabsup", employment - real_wage - self.given("labslack")),
            ("fgovtot2", self.given("fgovtot") - real),
            ("natfhou", ratio),
        ] {
            found.insert(name.to_owned(), value);
        }
        self.by_industry_of_nation(parts, &p, found);
    }

    fn average_wage(&self, parts: &Parts<'g>) -> Expr<'g> {
        let pieces = self.pieces(parts);
        let relative = Piece {
            price: parts.factors.relative_wage,
            quantity: parts.factors.wage - parts.factors.relative_wage + parts.factors.labour,
            ..pieces.labour
        };
        parts.unknowns.wage + self.index(&[&relative], &[self.axes.region]).price
    }

    fn by_industry_of_nation(&self, parts: &Parts<'g>, p: &Pieces<'g>, found: &mut Found<'g>) {
        let industry = [self.axes.industry];
        let factors = &parts.factors;
        let db = self.database;
        let primary =
            self.wages().plus(&self.industry_flow(&db.capital)).plus(&self.industry_flow(&db.land));
        let value = factors.primary_price + factors.primary;
        let output = Piece::plus(primary, value - factors.output, factors.output);
        let total = self.cost_flow().plus(&self.industry_flow(&db.production_tax));
        let sold = Piece::plus(total, factors.output_price, factors.output);
        let labour = self.index(&[&p.labour], &industry).quantity;
        found.insert("natxtot".to_owned(), self.index(&[&output], &industry).quantity);
        found.insert("natptot".to_owned(), self.index(&[&sold], &industry).price);
        found.insert("natemploy".to_owned(), labour);
    }
}
