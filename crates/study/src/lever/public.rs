//! What governments buy, pay, tax and build.

use super::{Budget, Header};
use crate::money::Money;
use crate::spec::{Industry, Region, Word};

/// What a fiscal lever changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FiscalKind {
    /// Government consumption.
    #[default]
    GovernmentConsumption,
    /// Government investment.
    GovernmentInvestment,
    /// Transfers to households.
    HouseholdTransfer,
}

impl Word for FiscalKind {
    const WHAT: &'static str = "kind";
    const ALL: &'static [(&'static str, Self)] = &[
        ("government_consumption", Self::GovernmentConsumption),
        ("government_investment", Self::GovernmentInvestment),
        ("household_transfer", Self::HouseholdTransfer),
    ];
}

/// A change of public spending or transfers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fiscal {
    /// What all levers have.
    pub header: Header,
    /// Where.
    pub region: Region,
    /// First and last year.
    pub years: (u16, u16),
    /// Amount a year; negative is a cut.
    pub amount: Money,
    /// What changes.
    pub kind: FiscalKind,
    /// Who pays.
    pub budget: Budget,
}

/// Which rate a tax lever changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TaxKind {
    /// On receipts of firms.
    #[default]
    Production,
    /// On profits of firms.
    Corporate,
    /// On purchases of products by all users, domestic and imported.
    Product,
    /// On purchases of imported products.
    Tariff,
    /// Paid to firms per yuan of receipts; a rise is a cost.
    Subsidy,
}

impl Word for TaxKind {
    const WHAT: &'static str = "kind of tax";
    const ALL: &'static [(&'static str, Self)] = &[
        ("production_tax", Self::Production),
        ("corporate_tax", Self::Corporate),
        ("product_tax", Self::Product),
        ("tariff", Self::Tariff),
        ("production_subsidy", Self::Subsidy),
    ];
}

/// A change of a rate of tax or subsidy.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tax {
    /// What all levers have.
    pub header: Header,
    /// Which rate.
    pub kind: TaxKind,
    /// Industries, or the products they make.
    pub industries: Vec<Industry>,
    /// Where.
    pub regions: Vec<Region>,
    /// First and last year.
    pub years: (u16, u16),
    /// Added to the rate, as a fraction: -0.01 is one percentage point less.
    pub change: f64,
}

impl Tax {
    /// What is added to the rate in a year.
    pub fn change(&self, year: u16) -> f64 {
        let sign = if self.kind == TaxKind::Subsidy { -1.0 } else { 1.0 };
        if (self.years.0..=self.years.1).contains(&year) { sign * self.change } else { 0.0 }
    }
}

/// Public works that lower margins of trade and transport.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Infrastructure {
    /// What all levers have.
    pub header: Header,
    /// Where it is built; flows within, into and out of these regions gain.
    pub regions: Vec<Region>,
    /// Total spending.
    pub amount: Money,
    /// First and last year of building; spending is even.
    pub build_years: (u16, u16),
    /// First year of the gain.
    pub operation_year: u16,
    /// Margins that are saved, by position in the accounts.
    pub margins: Vec<usize>,
    /// Part of these margins that is saved on a flow with one end in the regions, as a fraction.
    pub margin_saving: f64,
    /// Upkeep per year from `operation_year` on.
    pub upkeep_per_year: Money,
    /// Who pays.
    pub budget: Budget,
}

impl Infrastructure {
    /// Spending on building in a year.
    pub fn building(&self, year: u16) -> Money {
        let (first, last) = self.build_years;
        let years = f64::from(last + 1 - first);
        self.amount.times(if (first..=last).contains(&year) { 1.0 / years } else { 0.0 })
    }

    /// Upkeep in a year.
    pub fn upkeep(&self, year: u16) -> Money {
        self.upkeep_per_year.times(f64::from(u8::from(year >= self.operation_year)))
    }
}
