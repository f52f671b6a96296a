//! What the chain needs: the national table and the shares of the regions.

use super::RegionaliseError;
use super::trade::FIT;
use crate::balance::ras;
use crate::matrix::Matrix;
use crate::regional::User;

/// Relative difference of what the nation makes and uses of a product that inventories take up.
const ROUNDING_OF_A_TABLE: f64 = 1e-6;
/// Deviation of a sum of shares from 1 that is scaled away.
const ROUNDING_OF_SHARES: f64 = 1e-4;

/// A national table; uses are product × user (industries, then [`User::ALL`]) for domestic and
/// imported products; money per year.
#[derive(Debug, Clone, PartialEq)]
pub struct National {
    /// Products, C.
    pub products: Vec<String>,
    /// Industries, I.
    pub industries: Vec<String>,
    /// Products that are margins.
    pub margins: Vec<usize>,
    /// Unit of money.
    pub money: String,
    /// Year.
    pub base_year: u16,
    /// Uses at basic prices, C × (I + 5).
    pub basic: [Matrix; 2],
    /// Taxes on them.
    pub tax: [Matrix; 2],
    /// Margins on them, by margin.
    pub margin: Vec<[Matrix; 2]>,
    /// Product made by industry, C × I.
    pub make: Matrix,
    /// Compensation of employees, I.
    pub labour: Vec<f64>,
    /// Consumption of fixed capital, I.
    pub depreciation: Vec<f64>,
    /// Net operating surplus, I.
    pub surplus: Vec<f64>,
    /// Net taxes on production, I.
    pub production_tax: Vec<f64>,
}

/// Shares of the regions in final uses, each C × R; inventories go by the region's other uses.
#[derive(Debug, Clone, PartialEq)]
pub struct FinalShares {
    /// Household consumption.
    pub household: Matrix,
    /// Government consumption.
    pub government: Matrix,
    /// Gross fixed capital formation.
    pub investment: Matrix,
    /// Exports.
    pub export: Matrix,
}

/// Where imports enter.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Entry {
    /// Where they are used.
    #[default]
    Used,
    /// Shares of ports in the imports of the nation, C × R; a row of zeros where they are not known:
    /// as much lands in a region as it uses. Gravity says who takes them from there.
    Ports(Matrix),
    /// Shares of ports in what each region uses, by product, port × region.
    Routes(Vec<Matrix>),
}

/// What of a group's flows is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Observed {
    /// Where all uses come from.
    #[default]
    AllUses,
    /// Where intermediate use comes from; final use is left to the prior of trade.
    IntermediateUse,
}

/// Flows between regions that are known for groups of products.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownFlows {
    /// Names of the groups, G.
    pub names: Vec<String>,
    /// Group of every product, C.
    pub group: Vec<Option<usize>>,
    /// Flows by group, origin × destination; only shares of origins in each destination count, and
    /// a destination without any is left to the prior of trade.
    pub flows: Vec<Matrix>,
    /// What they are flows of.
    pub of: Observed,
}

/// How products travel, and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Transport {
    /// Distances, R × R, positive also within a region.
    pub distance: Matrix,
    /// Exponent of distance of domestic and imported products, C × 2.
    pub decay: Matrix,
    /// Products that hardly leave their region.
    pub local: Vec<bool>,
    /// Rise of a margin's rate with distance, by margin (0: none, 0.5: square root).
    pub margin_exponent: Vec<f64>,
    /// Weight of a destination among the suppliers of a margin on what arrives there, by margin; at
    /// least 1 (retail trade: more).
    pub margin_local_weight: Vec<f64>,
    /// Where imports enter.
    pub entry: Entry,
    /// Known flows of groups of products.
    pub known: Option<KnownFlows>,
}

/// The regions.
#[derive(Debug, Clone, PartialEq)]
pub struct Regions {
    /// Names, R.
    pub names: Vec<String>,
    /// Shares in the purchases of every industry, I × R.
    pub industry: Matrix,
    /// Shares in compensation of employees, I × R.
    pub labour: Matrix,
    /// Shares in depreciation, surplus and production tax, I × R.
    pub capital: Matrix,
    /// Shares in final uses.
    pub final_use: FinalShares,
    /// Persons employed, I × R; zero in the accounts when they are not known.
    pub persons: Option<Matrix>,
    /// Distances and margins.
    pub transport: Transport,
}

impl National {
    /// Number of users.
    pub fn users(&self) -> usize {
        self.industries.len() + User::ALL.len()
    }

    /// Position of a final user.
    pub fn user(&self, user: User) -> usize {
        self.industries.len() + user.position()
    }

    /// The table with costs equal to output and uses equal to supply to the last digit.
    ///
    /// Output follows from costs, the make table is scaled to it, and the rounding that is left in a
    /// product goes to its inventories.
    ///
    /// # Errors
    /// [`RegionaliseError`]: shapes, numbers that are not finite, a product off by more than 1e-6.
    pub fn balanced(mut self) -> Result<Self, RegionaliseError> {
        self.check_shapes()?;
        let costs = self.costs();
        for (i, cost) in costs.iter().enumerate() {
            let made = self.make.column_sum(i);
            if made <= 0.0 && *cost != 0.0 {
                let what = format!("what `{}` makes, whose costs are {cost},", self.industries[i]);
                return Err(RegionaliseError::Value { what, value: made });
            }
            let factor = if made > 0.0 { cost / made } else { 1.0 };
            (0..self.products.len()).for_each(|c| *self.make.at_mut(c, i) *= factor);
        }
        let inventory = self.user(User::Inventory);
        for c in 0..self.products.len() {
            let supply = self.make.row_sum(c);
            let demand = self.basic[0].row_sum(c) + self.margin_use(c);
            if (supply - demand).abs() > ROUNDING_OF_A_TABLE * supply.max(demand) {
                let product = self.products[c].clone();
                return Err(RegionaliseError::Unbalanced { product, supply, demand });
            }
            *self.basic[0].at_mut(c, inventory) += supply - demand;
        }
        Ok(self)
    }

    /// The table with uses fitted by GRAS, so that it balances.
    ///
    /// Held are the make table, value added, taxes, margins, and imports of every product. Purchases
    /// of industries are what these leave of output; the gap that is left is shared out to final
    /// users by size. Negative cells (inventories) stay negative.
    ///
    /// # Errors
    /// [`RegionaliseError`]: shapes, numbers that are not finite, totals that cannot be met.
    pub fn fitted(mut self) -> Result<Self, RegionaliseError> {
        self.check_shapes()?;
        let (c_n, i_n, users) = (self.products.len(), self.industries.len(), self.users());
        let [domestic, imported] = &self.basic;
        let all = Matrix::from_fn(2 * c_n, users, |line, u| {
            if line < c_n { domestic.at(line, u) } else { imported.at(line - c_n, u) }
        });
        let supply = |c: usize| self.make.row_sum(c) - self.margin_use(c);
        let rows: Vec<f64> = (0..c_n).map(supply).chain(imported.row_sums()).collect();
        let costs = self.costs();
        let left = |i: usize| all.column_sum(i) + self.make.column_sum(i) - costs[i];
        let mut columns: Vec<f64> = (0..i_n).map(left).collect();
        let finals: Vec<f64> = (i_n..users).map(|u| all.column_sum(u)).collect();
        let size: f64 = finals.iter().map(|total| total.abs()).sum();
        let gap = rows.iter().sum::<f64>() - columns.iter().chain(&finals).sum::<f64>();
        let share = if size > 0.0 { gap / size } else { 0.0 };
        columns.extend(finals.iter().map(|total| total + share * total.abs()));
        let (fitted, _) = ras(&all, &rows, &columns, &FIT).map_err(|error| {
            let (mut rows, mut columns) = (self.products.clone(), self.industries.clone());
            rows.extend(self.products.iter().map(|product| format!("imported {product}")));
            columns.extend(User::ALL.map(|user| user.name().to_owned()));
            let what = "uses of the national table".to_owned();
            RegionaliseError::balance(what, &error, &rows, &columns)
        })?;
        self.basic =
            [0, c_n].map(|from| Matrix::from_fn(c_n, users, |c, u| fitted.at(from + c, u)));
        Ok(self)
    }

    /// What all users need of product `c` as a margin.
    pub fn margin_use(&self, c: usize) -> f64 {
        let of = |m: usize| self.margin[m].iter().map(Matrix::total).sum::<f64>();
        (0..self.margins.len()).filter(|m| self.margins[*m] == c).map(of).sum()
    }

    /// Purchases with taxes and margins, and value added, by industry.
    pub fn costs(&self) -> Vec<f64> {
        let purchases = |i: usize| -> f64 {
            let tables = self.basic.iter().chain(&self.tax).chain(self.margin.iter().flatten());
            tables.map(|table| table.column_sum(i)).sum()
        };
        let paid = |i: usize| {
            self.labour[i] + self.depreciation[i] + self.surplus[i] + self.production_tax[i]
        };
        (0..self.industries.len()).map(|i| purchases(i) + paid(i)).collect()
    }

    fn check_shapes(&self) -> Result<(), RegionaliseError> {
        let (c, i) = (self.products.len(), self.industries.len());
        let uses = self.basic.iter().chain(&self.tax).chain(self.margin.iter().flatten());
        let right = uses.clone().all(|table| (table.rows(), table.columns()) == (c, self.users()))
            && (self.make.rows(), self.make.columns()) == (c, i)
            && self.margin.len() == self.margins.len()
            && self.margins.iter().all(|margin| *margin < c)
            && [&self.labour, &self.depreciation, &self.surplus, &self.production_tax]
                .iter()
                .all(|row| row.len() == i);
        if !right {
            return Err(RegionaliseError::Shape { what: "the national table".to_owned() });
        }
        let cells = uses.flat_map(|table| table.values().iter()).chain(self.make.values());
        match cells.copied().find(|value| !value.is_finite()) {
            Some(value) => {
                let what = "a cell of the national table".to_owned();
                Err(RegionaliseError::Value { what, value })
            }
            None => Ok(()),
        }
    }
}

impl Regions {
    /// The shares with sums of exactly one and everything in the shape of `national`.
    ///
    /// # Errors
    /// [`RegionaliseError`]: shapes, negative numbers, sums off by more than 1e-4.
    pub fn checked(mut self, national: &National) -> Result<Self, RegionaliseError> {
        let r = self.names.len();
        let industries = &national.industries;
        let by_industry = [
            ("output", &mut self.industry),
            ("compensation", &mut self.labour),
            ("capital income", &mut self.capital),
        ];
        for (what, shares) in by_industry {
            normalise(what, shares, industries, r)?;
        }
        let by_product = [
            ("household consumption", &mut self.final_use.household),
            ("government consumption", &mut self.final_use.government),
            ("investment", &mut self.final_use.investment),
            ("exports", &mut self.final_use.export),
        ];
        for (what, shares) in by_product {
            normalise(what, shares, &national.products, r)?;
        }
        if let Some(persons) = &self.persons {
            if (persons.rows(), persons.columns()) != (industries.len(), r) {
                return Err(RegionaliseError::Shape { what: "persons".to_owned() });
            }
            let bad = |value: &&f64| !(value.is_finite() && **value >= 0.0);
            if let Some(value) = persons.values().iter().find(bad) {
                let what = "persons in an industry".to_owned();
                return Err(RegionaliseError::Value { what, value: *value });
            }
        }
        let margins = national.margins.len();
        self.transport = self.transport.checked(&national.products, margins, &self.names)?;
        Ok(self)
    }
}

impl Transport {
    /// The same with shares of ports that sum to exactly one, and everything in the shape of the lists.
    ///
    /// # Errors
    /// [`RegionaliseError`]: shapes, distances that are not positive, negative shares or flows.
    pub fn checked(
        mut self,
        products: &[String],
        margins: usize,
        regions: &[String],
    ) -> Result<Self, RegionaliseError> {
        let (c, r) = (products.len(), regions.len());
        let square = |table: &Matrix| (table.rows(), table.columns()) == (r, r);
        let right = square(&self.distance)
            && (self.decay.rows(), self.decay.columns()) == (c, 2)
            && self.local.len() == c
            && self.margin_exponent.len() == margins
            && self.margin_local_weight.len() == margins
            && self.margin_local_weight.iter().all(|weight| *weight >= 0.0);
        if !right {
            return Err(RegionaliseError::Shape { what: "distances or margins".to_owned() });
        }
        if let Some(km) = self.distance.values().iter().find(|km| !(km.is_finite() && **km > 0.0)) {
            return Err(RegionaliseError::Value { what: "a distance".to_owned(), value: *km });
        }
        match &mut self.entry {
            Entry::Used => {}
            Entry::Ports(ports) => {
                let known: Vec<bool> = ports.row_sums().iter().map(|sum| *sum != 0.0).collect();
                normalise("ports", ports, products, r)?;
                for (at, _) in known.iter().enumerate().filter(|(_, known)| !**known) {
                    ports.row_mut(at).fill(0.0);
                }
            }
            Entry::Routes(shares) => {
                if shares.len() != c || !shares.iter().all(square) {
                    return Err(RegionaliseError::Shape { what: "shares of ports".to_owned() });
                }
                for (product, shares) in products.iter().zip(shares) {
                    let what = format!("ports for `{product}`");
                    let mut by_region = shares.transposed();
                    normalise(&what, &mut by_region, regions, r)?;
                    *shares = by_region.transposed();
                }
            }
        }
        let Some(known) = &self.known else { return Ok(self) };
        let groups = known.names.len();
        if known.group.len() != c
            || known.flows.len() != groups
            || !known.flows.iter().all(square)
            || known.group.iter().flatten().any(|group| *group >= groups)
        {
            return Err(RegionaliseError::Shape { what: "known flows".to_owned() });
        }
        let mut cells = known.flows.iter().flat_map(Matrix::values);
        match cells.find(|value| !(value.is_finite() && **value >= 0.0)) {
            Some(value) => {
                Err(RegionaliseError::Value { what: "a known flow".to_owned(), value: *value })
            }
            None => Ok(self),
        }
    }
}

/// Rows with sums of exactly one; a row of zeros (nothing of it anywhere) becomes equal shares.
fn normalise(
    what: &str,
    shares: &mut Matrix,
    rows: &[String],
    regions: usize,
) -> Result<(), RegionaliseError> {
    if (shares.rows(), shares.columns()) != (rows.len(), regions) {
        return Err(RegionaliseError::Shape { what: format!("shares in {what}") });
    }
    if let Some(value) = shares.values().iter().find(|v| !(v.is_finite() && **v >= 0.0)) {
        return Err(RegionaliseError::Value { what: format!("a share in {what}"), value: *value });
    }
    for (k, row) in rows.iter().enumerate() {
        let sum = shares.row_sum(k);
        if sum != 0.0 && (sum - 1.0).abs() > ROUNDING_OF_SHARES {
            let what = format!("regions in {what} of `{row}`");
            return Err(RegionaliseError::Shares { what, sum });
        }
        for r in 0..regions {
            let cell = shares.at_mut(k, r);
            *cell = if sum == 0.0 { 1.0 / regions as f64 } else { *cell / sum };
        }
    }
    Ok(())
}
