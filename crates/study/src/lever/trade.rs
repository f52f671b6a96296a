//! Trade with one partner abroad: its demand and the cost of reaching it.

use super::{Budget, Header};
use crate::money::Money;
use crate::spec::{Industry, Region};

/// Demand and cost of trade with a partner abroad, e.g. countries of the Belt and Road.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TradeDestination {
    /// What all levers have.
    pub header: Header,
    /// Name of the partner, as results carry it.
    pub partner: String,
    /// Products.
    pub industries: Vec<Industry>,
    /// Where.
    pub regions: Vec<Region>,
    /// Partner's share of these exports in the base year.
    pub export_share: f64,
    /// Partner's share of these imports in the base year.
    pub import_share: f64,
    /// First year, and year in which costs have fallen in full.
    pub from_year: u16,
    /// See `from_year`.
    pub full_year: u16,
    /// Last year in which demand grows faster; what was gained stays.
    pub to_year: u16,
    /// Growth of the partner's demand per year beyond that of others.
    pub demand_growth: f64,
    /// Part of the price that the partner's buyers save, when complete; ad valorem.
    pub cost_reduction: f64,
    /// Part of the landed price of the partner's goods that is saved, when complete; ad valorem.
    pub import_cost_reduction: f64,
    /// Cost per year from `from_year` to `full_year`.
    pub cost_per_year: Money,
    /// Who pays.
    pub budget: Budget,
}

impl TradeDestination {
    /// Part of the cost reductions that is reached in a year; rises in equal steps.
    pub fn reached(&self, year: u16) -> f64 {
        let steps = f64::from((self.full_year + 1).saturating_sub(self.from_year).max(1));
        let passed = f64::from((year + 1).saturating_sub(self.from_year));
        (passed / steps).min(1.0)
    }

    /// The partner's demand at a given price in a year, relative to what it is without the lever.
    ///
    /// - `elasticity`: of demand from abroad with respect to its price, absolute.
    pub fn demand(&self, year: u16, elasticity: f64) -> f64 {
        let years = (year.min(self.to_year) + 1).saturating_sub(self.from_year);
        let price = 1.0 - self.reached(year) * self.cost_reduction;
        (1.0 + self.demand_growth).powi(i32::from(years)) * price.powf(-elasticity)
    }
}
