//! Variables on given paths, and the shifters that are found for them.
//!
//! A path is an equation (real value over a group of regions = its given level); its shifter is an
//! unknown, the same for all cells of the group. Pairs keep the system square.
//! Not here: which path goes with which shifter (`study`).

use std::collections::BTreeMap;

use accounts::User;
use equilibrium::Expr;

use super::{Axes, Firms, Uses, Writer};

/// A variable that can be given over a group of regions, at base-year prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Path {
    /// Gross product.
    GrossProduct,
    /// Exports to abroad.
    Exports,
    /// Gross fixed capital formation.
    Investment,
}

impl Path {
    /// Name of its level in `crate::exogenous`.
    pub fn given(self) -> &'static str {
        match self {
            Self::GrossProduct => "given_gross_product",
            Self::Exports => "given_exports",
            Self::Investment => "given_investment",
        }
    }

    /// Report that shows what is reached, by region.
    pub fn report(self) -> &'static str {
        match self {
            Self::GrossProduct => "real_gdp",
            Self::Exports => "real_exports",
            Self::Investment => "real_fixed_investment",
        }
    }
}

/// A given variable that can be found instead: all its cells of a group times one factor, or plus one
/// amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shifter {
    /// Effective labour per person.
    LabourProductivity,
    /// Output per bundle of labour and capital.
    Productivity,
    /// Foreign demand at given price.
    ExportDemand,
    /// Firms' own investment at a given return.
    InvestmentPropensity,
    /// Real government consumption.
    Government,
    /// Inflow of foreign saving, of the whole country: money is added to it.
    ForeignSaving,
}

impl Shifter {
    /// Name in `crate::exogenous` of what it multiplies; its last axis is the region.
    pub fn variable(self) -> &'static str {
        match self {
            Self::LabourProductivity => "labour_productivity",
            Self::Productivity => "productivity",
            Self::ExportDemand => "export_demand",
            Self::InvestmentPropensity => "investment_propensity",
            Self::Government => "government",
            Self::ForeignSaving => "foreign_saving",
        }
    }

    /// Whether what is found is added to its variable instead of multiplying it.
    pub fn is_added(self) -> bool {
        self == Self::ForeignSaving
    }
}

/// A variable on its path over a group of regions, by a shifter over the same regions. A group may
/// have one path by each shifter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnPath {
    /// What is given.
    pub path: Path,
    /// What is found.
    pub shifter: Shifter,
    /// Positions of the regions.
    pub regions: Vec<usize>,
}

impl OnPath {
    /// Name of the report of what is found: a factor, or an amount in the accounts' money.
    pub fn found(&self) -> String {
        format!("shift of {} from region {}", self.shifter.variable(), self.regions[0])
    }
}

impl<'g> Writer<'g> {
    /// What shifters change their variables by: logarithms of factors by region, 0 outside their
    /// groups; or an amount.
    pub(super) fn free_shifters(&self, paths: &[OnPath]) -> BTreeMap<Shifter, Expr<'g>> {
        let mut shifts: BTreeMap<Shifter, Expr<'g>> = BTreeMap::new();
        for path in paths {
            let name = path.found();
            let unknown = self.graph.unknown(&name, &[], &[0.0]);
            let shift = if path.shifter.is_added() {
                let amount = unknown * self.benchmark.gdp.iter().sum::<f64>();
                self.graph.report(&name, amount);
                amount
            } else {
                self.graph.report(&name, unknown.exp());
                self.among(&path.regions) * unknown
            };
            let added = shifts.get(&path.shifter).map_or(shift, |before| *before + shift);
            shifts.insert(path.shifter, added);
        }
        shifts
    }

    /// Each path's variable over its group, at its given level.
    pub(super) fn keep_to_paths(&self, paths: &[OnPath], firms: &Firms<'g>, uses: &Uses<'g>) {
        let region = self.axes.region;
        for path in paths {
            let (found, benchmark) = match path.path {
                Path::GrossProduct => {
                    (self.real_gross_product(firms, uses), self.benchmark.gdp.clone())
                }
                Path::Exports => self.purchases(uses, User::Export),
                Path::Investment => self.purchases(uses, User::Investment),
            };
            let given = self.data(&[region], &benchmark) * self.given(path.path.given());
            let group = self.among(&path.regions);
            let over = |values: Expr<'g>| values.contract(group, &[region]).ln();
            self.graph.equation(path.path.given(), over(found) - over(given));
        }
    }

    fn purchases(&self, uses: &Uses<'g>, user: User) -> (Expr<'g>, Vec<f64>) {
        (self.bought(uses, user), self.benchmark.purchases_by_region(user))
    }

    /// 1 for the regions of a group, 0 for the others.
    fn among(&self, regions: &[usize]) -> Expr<'g> {
        let count = self.benchmark.sizes().regions;
        let values: Vec<f64> =
            (0..count).map(|region| f64::from(u8::from(regions.contains(&region)))).collect();
        self.data(&[self.axes.region], &values)
    }

    /// Output less materials at benchmark prices, and product taxes at benchmark rates (d).
    pub(super) fn real_gross_product(&self, firms: &Firms<'g>, uses: &Uses<'g>) -> Expr<'g> {
        let Axes { product, source, industry, user, owner, .. } = self.axes;
        let value_added = self.real_output(firms) - self.materials(firms);
        let product_tax = uses.by_source.contract(self.benchmark_tax(), &[product, source, user]);
        value_added.sum(&[industry, owner]) + product_tax
    }

    /// Output at benchmark prices, less what barriers use up (i, o, d).
    pub(super) fn real_output(&self, firms: &Firms<'g>) -> Expr<'g> {
        let produced = (firms.activity + firms.productivity).exp();
        produced * self.data(&self.firm(), &self.benchmark.output) / self.given("resource_cost")
    }

    /// What a final user buys in a region, by source at benchmark purchasers' prices (d).
    pub(super) fn bought(&self, uses: &Uses<'g>, wanted: User) -> Expr<'g> {
        let Axes { product, source, .. } = self.axes;
        let at_benchmark = self.of_user(self.benchmark_tax(), wanted) + 1.0;
        self.of_user(uses.by_source, wanted).contract(at_benchmark, &[product, source])
    }

    fn benchmark_tax(&self) -> Expr<'g> {
        let Axes { product, source, user, region, .. } = self.axes;
        self.data(&[product, source, user, region], &self.benchmark.tax_rate)
    }
}
