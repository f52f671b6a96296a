//! Accounting identities of a database, added up from its flows: of the file before a run, and of
//! the updated flows after it. Nothing here uses the equations of the model.
//!
//! | identity                | left                          | right                              |
//! |-------------------------|-------------------------------|------------------------------------|
//! | cost and revenue (i, d) | factors, inputs, taxes        | products made and stocks           |
//! | markets (c, r)          | products made                 | sales to all regions, as margin    |
//! | delivery (c, s, d)      | use                           | trade and margins by origin        |
//! | margins (m, r, d)       | margins on flows              | margins supplied                   |
//! | investment (c, d)       | by investing industry         | purchases of the user investment   |
//! | gross product (d)       | incomes and taxes             | expenditure                        |

use crate::database::Database;

/// One identity, cell by cell.
#[derive(Debug, Clone)]
pub struct Identity {
    /// What should be equal.
    pub name: &'static str,
    left: Vec<f64>,
    right: Vec<f64>,
}

/// The worst cell of an identity.
#[derive(Debug, Clone, Copy)]
pub struct Worst {
    /// Position of the cell, in the order of its sets.
    pub cell: usize,
    /// Left side.
    pub left: f64,
    /// Right side.
    pub right: f64,
    /// Gap over the larger side.
    pub relative: f64,
}

impl Identity {
    /// The cell with the largest relative gap among those whose gap is larger than `rounding`.
    pub fn worst(&self, rounding: f64) -> Option<Worst> {
        let cells = self.left.iter().zip(&self.right).enumerate();
        let gap = |(cell, (left, right)): (usize, (&f64, &f64))| {
            let relative = (left - right).abs() / left.abs().max(right.abs());
            Worst { cell, left: *left, right: *right, relative }
        };
        let large = cells.filter(|(_, (left, right))| (*left - *right).abs() > rounding);
        large.map(gap).max_by(|a, b| a.relative.total_cmp(&b.relative))
    }

    /// Largest change of the gap from `before`, over the larger side after, beyond the gap that the
    /// cell has there: single precision of the file, whose terms do not move alike.
    fn drift(&self, before: &Self) -> f64 {
        let now = self.left.iter().zip(&self.right);
        let then = before.left.iter().zip(&before.right);
        let drift = |((left, right), (left0, right0)): ((&f64, &f64), (&f64, &f64))| {
            // The gap that the file itself has grows with the flows of its cell.
            let larger = left.abs().max(right.abs());
            let larger0 = left0.abs().max(right0.abs());
            if larger0 == 0.0 || larger == 0.0 {
                return 0.0;
            }
            let gap0 = (left0 - right0) / larger0;
            let beyond = ((left - right) / larger - gap0).abs() - gap0.abs();
            // A gap that is not a number stays one.
            if beyond < 0.0 { 0.0 } else { beyond }
        };
        largest(now.zip(then).map(drift))
    }
}

/// How far each identity moved from the file to the solution, relative to its larger side and beyond
/// the file's own gap.
pub fn drifts(before: &Database, after: &Database) -> Vec<(&'static str, f64)> {
    let pairs = identities(after).into_iter().zip(identities(before));
    pairs.map(|(after, before)| (after.name, after.drift(&before))).collect()
}

/// All identities of a database.
pub fn identities(database: &Database) -> Vec<Identity> {
    let sums = Sums::new(database);
    vec![
        sums.cost_and_revenue(),
        sums.markets(),
        sums.delivery(),
        sums.margins(),
        sums.investment(),
        sums.gross_product(),
    ]
}

struct Sums<'a> {
    database: &'a Database,
    c: usize,
    i: usize,
    o: usize,
    m: usize,
    d: usize,
    u: usize,
}

impl<'a> Sums<'a> {
    fn new(database: &'a Database) -> Self {
        let sets = &database.sets;
        Self {
            database,
            c: sets.products.len(),
            i: sets.industries.len(),
            o: sets.occupations.len(),
            m: sets.margins.len(),
            d: sets.regions.len(),
            u: sets.users(),
        }
    }

    fn purchase(&self, c: usize, s: usize, u: usize, d: usize) -> f64 {
        let at = ((c * 2 + s) * self.u + u) * self.d + d;
        self.database.use_[at] + self.database.tax[at]
    }

    fn purchases(&self, u: usize, d: usize) -> f64 {
        (0..self.c).map(|c| self.purchase(c, 0, u, d) + self.purchase(c, 1, u, d)).sum()
    }

    fn trade(&self, c: usize, s: usize, r: usize, d: usize) -> f64 {
        self.database.trade[((c * 2 + s) * self.d + r) * self.d + d]
    }

    fn trade_margin(&self, c: usize, s: usize, m: usize, r: usize, d: usize) -> f64 {
        self.database.trade_margin[(((c * 2 + s) * self.m + m) * self.d + r) * self.d + d]
    }

    fn supply(&self, m: usize, r: usize, d: usize, p: usize) -> f64 {
        self.database.margin_supply[((m * self.d + r) * self.d + d) * self.d + p]
    }

    fn make(&self, c: usize, i: usize, d: usize) -> f64 {
        self.database.make[(c * self.i + i) * self.d + d]
    }

    fn factors(&self, i: usize, d: usize) -> f64 {
        let wages: f64 =
            (0..self.o).map(|o| self.database.labour[(i * self.o + o) * self.d + d]).sum();
        let at = i * self.d + d;
        wages + self.database.capital[at] + self.database.land[at]
    }

    fn cost_and_revenue(&self) -> Identity {
        let mut identity = named("cost and revenue of industries");
        for (i, d) in pairs(self.i, self.d) {
            let at = i * self.d + d;
            let cost = self.factors(i, d) + self.purchases(i, d) + self.database.production_tax[at];
            let made: f64 = (0..self.c).map(|c| self.make(c, i, d)).sum();
            identity.push(cost, made + self.database.stocks[at]);
        }
        identity
    }

    fn markets(&self) -> Identity {
        let mut identity = named("supply of and demand for products");
        let margins = self.database.sets.margin_products();
        for (c, r) in pairs(self.c, self.d) {
            let made: f64 = (0..self.i).map(|i| self.make(c, i, r)).sum();
            let sold: f64 = (0..self.d).map(|d| self.trade(c, 0, r, d)).sum();
            let as_margin = margins.iter().position(|product| *product == c);
            let carried: f64 = as_margin.map_or(0.0, |m| {
                pairs(self.d, self.d).map(|(from, to)| self.supply(m, from, to, r)).sum()
            });
            identity.push(made, sold + carried);
        }
        identity
    }

    fn delivery(&self) -> Identity {
        let mut identity = named("use and delivery by origin");
        for (cs, d) in pairs(self.c * 2, self.d) {
            let (c, s) = (cs / 2, cs % 2);
            let used: f64 =
                (0..self.u).map(|u| self.database.use_[(cs * self.u + u) * self.d + d]).sum();
            let margins = |r: usize| (0..self.m).map(move |m| self.trade_margin(c, s, m, r, d));
            let delivered: f64 =
                (0..self.d).map(|r| self.trade(c, s, r, d) + margins(r).sum::<f64>()).sum();
            identity.push(used, delivered);
        }
        identity
    }

    fn margins(&self) -> Identity {
        let mut identity = named("margins used and supplied");
        for (m, rd) in pairs(self.m, self.d * self.d) {
            let (r, d) = (rd / self.d, rd % self.d);
            let used: f64 = pairs(self.c, 2).map(|(c, s)| self.trade_margin(c, s, m, r, d)).sum();
            let supplied: f64 = (0..self.d).map(|p| self.supply(m, r, d, p)).sum();
            identity.push(used, supplied);
        }
        identity
    }

    fn investment(&self) -> Identity {
        let mut identity = named("investment by industry and by product");
        for (c, d) in pairs(self.c, self.d) {
            let by_industry: f64 =
                (0..self.i).map(|i| self.database.investment[(c * self.i + i) * self.d + d]).sum();
            let user = self.i + 1;
            let bought = self.purchase(c, 0, user, d) + self.purchase(c, 1, user, d);
            identity.push(by_industry, bought);
        }
        identity
    }

    fn gross_product(&self) -> Identity {
        let mut identity = named("gross product from income and from expenditure");
        for d in 0..self.d {
            let at = |i: usize| i * self.d + d;
            let industries =
                (0..self.i).map(|i| self.factors(i, d) + self.database.production_tax[at(i)]);
            let taxes = (0..self.c * 2 * self.u).map(|csu| self.database.tax[csu * self.d + d]);
            let incomes = industries.sum::<f64>() + taxes.sum::<f64>();
            let finals: f64 = (self.i..self.u).map(|u| self.purchases(u, d)).sum();
            let stocks: f64 = (0..self.i).map(|i| self.database.stocks[at(i)]).sum();
            identity.push(incomes, finals + stocks + self.net_trade(d));
        }
        identity
    }

    /// Sales to other regions and as margins less purchases from them and from abroad.
    fn net_trade(&self, region: usize) -> f64 {
        let all = || 0..self.d;
        let goods: f64 = pairs(self.c, 2)
            .map(|(c, s)| {
                let sent: f64 = all().map(|d| self.trade(c, s, region, d)).sum();
                let received: f64 = all().map(|r| self.trade(c, s, r, region)).sum();
                let landed = if s == 1 { sent } else { 0.0 };
                sent - received - landed
            })
            .sum();
        let margins: f64 = pairs(self.m, self.d * self.d)
            .map(|(m, at)| {
                let (a, b) = (at / self.d, at % self.d);
                self.supply(m, a, b, region) - self.supply(m, a, region, b)
            })
            .sum();
        goods + margins
    }
}

/// Largest size among `values`; not a number when one of them is not.
pub(crate) fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    let larger = |most: f64, value: f64| {
        if value.is_nan() || value.abs() > most { value.abs() } else { most }
    };
    values.into_iter().fold(0.0, larger)
}

fn named(name: &'static str) -> Identity {
    Identity { name, left: vec![], right: vec![] }
}

impl Identity {
    fn push(&mut self, left: f64, right: f64) {
        self.left.push(left);
        self.right.push(right);
    }
}

fn pairs(a: usize, b: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..a).flat_map(move |x| (0..b).map(move |y| (x, y)))
}

/// Gross product by region, from expenditure.
pub(crate) fn gross_product(database: &Database) -> Vec<f64> {
    Sums::new(database).gross_product().right
}

/// Cost before production tax by industry and region.
pub(crate) fn costs(database: &Database) -> Vec<f64> {
    let sums = Sums::new(database);
    pairs(sums.i, sums.d).map(|(i, d)| sums.factors(i, d) + sums.purchases(i, d)).collect()
}
