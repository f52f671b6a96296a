//! The complete accounts of a system of regions in one base year.
//!
//! | table            | axes                                             | meaning                                      |
//! |------------------|--------------------------------------------------|----------------------------------------------|
//! | `use_`           | product, source, user, destination               | delivered value (basic + margins), before user taxes |
//! | `tax`            | product, source, user, destination               | product taxes less subsidies on that use     |
//! | `trade`          | product, source, origin, destination             | basic value by origin (imports: port of entry) |
//! | `margin`         | product, source, margin, origin, destination     | margin that carries that flow                |
//! | `margin_supply`  | margin, origin, destination, producer            | who produces the margins used on origin → destination |
//! | `make`           | product, industry, region                        | basic value of product made by industry      |
//! | `output`         | industry, owner, region                          | basic value of output                        |
//! | `intermediate`   | industry, owner, region                          | purchases at user prices (taxes included)    |
//! | `labour`         | skill, industry, owner, region                   | compensation of employees                    |
//! | `depreciation`   | industry, owner, region                          | consumption of fixed capital                 |
//! | `surplus`        | industry, owner, region                          | net operating surplus (capital and land)     |
//! | `production_tax` | industry, owner, region                          | net taxes on production                      |
//! | `investment`     | industry, owner, region                          | gross fixed capital formation by investor    |
//! | `persons`        | skill, industry, owner, region                   | persons employed                             |
//!
//! Everything but `persons` is money per year in one currency unit. The users are the industries in
//! order, then household, government, investment, export, inventory (see [`User`]).
//! Not here: how the tables are built (`crate::build`) and checked (`crate::identity`).

use std::borrow::Cow;

use crate::table::{Axis, Table};

/// Names of the two sources of a product.
pub const SOURCES: [&str; 2] = ["domestic", "imported"];

/// Final users, after the industries, in the order of the `user` axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum User {
    /// Household consumption.
    Household,
    /// Government consumption.
    Government,
    /// Gross fixed capital formation.
    Investment,
    /// Exports to abroad, at the region they leave from.
    Export,
    /// Change in inventories; may be negative.
    Inventory,
}

impl User {
    /// All final users in order.
    pub const ALL: [Self; 5] =
        [Self::Household, Self::Government, Self::Investment, Self::Export, Self::Inventory];

    /// Position among the final users.
    pub fn position(self) -> usize {
        self as usize
    }

    /// Name on the `user` axis.
    pub fn name(self) -> &'static str {
        match self {
            Self::Household => "household",
            Self::Government => "government",
            Self::Investment => "investment",
            Self::Export => "export",
            Self::Inventory => "inventory",
        }
    }
}

/// The axes of a system of regional accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sets {
    /// Regions, under the name `region`.
    pub region: Axis,
    /// Products.
    pub product: Axis,
    /// Industries.
    pub industry: Axis,
    /// Owners of firms: `domestic`, `foreign`.
    pub owner: Axis,
    /// Labour skills.
    pub skill: Axis,
    /// Margin products; each label is also a product.
    pub margin: Axis,
    /// `domestic`, `imported`.
    pub source: Axis,
    /// The industries, then the final users.
    pub user: Axis,
    /// The regions as `origin`.
    pub origin: Axis,
    /// The regions as `destination`.
    pub destination: Axis,
    /// The regions as `producer` (of margins).
    pub producer: Axis,
}

impl Sets {
    /// The axes that follow from the primary lists.
    ///
    /// # Panics
    /// When a margin is not a product.
    pub fn new(
        regions: &[String],
        products: &[String],
        industries: &[String],
        owners: &[String],
        skills: &[String],
        margins: &[String],
    ) -> Self {
        assert!(margins.iter().all(|margin| products.contains(margin)), "a margin is a product");
        let region = Axis::new("region", regions);
        let users = industries.iter().cloned().chain(User::ALL.map(|user| user.name().to_owned()));
        Self {
            origin: region.renamed("origin"),
            destination: region.renamed("destination"),
            producer: region.renamed("producer"),
            region,
            product: Axis::new("product", products),
            industry: Axis::new("industry", industries),
            owner: Axis::new("owner", owners),
            skill: Axis::new("skill", skills),
            margin: Axis::new("margin", margins),
            source: Axis::new("source", SOURCES),
            user: Axis::new("user", users),
        }
    }

    /// Position of a final user on the `user` axis.
    pub fn user_position(&self, user: User) -> usize {
        self.industry.len() + user.position()
    }

    /// Position of each margin on the `product` axis.
    pub fn margin_products(&self) -> Vec<usize> {
        let position = |label: &String| self.product.position(label).expect("checked by `new`");
        self.margin.labels.iter().map(position).collect()
    }
}

/// The tables of the module header, over one system of axes.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each table is described in the module header")]
pub struct RegionalAccounts {
    pub sets: Sets,
    pub base_year: u16,
    pub use_: Table,
    pub tax: Table,
    pub trade: Table,
    pub margin: Table,
    pub margin_supply: Table,
    pub make: Table,
    pub output: Table,
    pub intermediate: Table,
    pub labour: Table,
    pub depreciation: Table,
    pub surplus: Table,
    pub production_tax: Table,
    pub investment: Table,
    pub persons: Table,
}

impl RegionalAccounts {
    /// Accounts of zeros over `sets`.
    pub fn zeros(sets: Sets, base_year: u16, money: impl Into<Cow<'static, str>>) -> Self {
        let (s, money) = (&sets, money.into());
        let by_user = [&s.product, &s.source, &s.user, &s.destination];
        let by_firm = [&s.industry, &s.owner, &s.region];
        let by_worker = [&s.skill, &s.industry, &s.owner, &s.region];
        Self {
            use_: Table::zeros("use", money.clone(), &by_user),
            tax: Table::zeros("tax", money.clone(), &by_user),
            trade: Table::zeros(
                "trade",
                money.clone(),
                &[&s.product, &s.source, &s.origin, &s.destination],
            ),
            margin: Table::zeros(
                "margin",
                money.clone(),
                &[&s.product, &s.source, &s.margin, &s.origin, &s.destination],
            ),
            margin_supply: Table::zeros(
                "margin_supply",
                money.clone(),
                &[&s.margin, &s.origin, &s.destination, &s.producer],
            ),
            make: Table::zeros("make", money.clone(), &[&s.product, &s.industry, &s.region]),
            output: Table::zeros("output", money.clone(), &by_firm),
            intermediate: Table::zeros("intermediate", money.clone(), &by_firm),
            labour: Table::zeros("labour", money.clone(), &by_worker),
            depreciation: Table::zeros("depreciation", money.clone(), &by_firm),
            surplus: Table::zeros("surplus", money.clone(), &by_firm),
            production_tax: Table::zeros("production_tax", money.clone(), &by_firm),
            investment: Table::zeros("investment", money.clone(), &by_firm),
            persons: Table::zeros("persons", "persons", &by_worker),
            base_year,
            sets,
        }
    }

    /// All tables, in the order of the module header.
    pub fn tables(&self) -> [&Table; 14] {
        [
            &self.use_,
            &self.tax,
            &self.trade,
            &self.margin,
            &self.margin_supply,
            &self.make,
            &self.output,
            &self.intermediate,
            &self.labour,
            &self.depreciation,
            &self.surplus,
            &self.production_tax,
            &self.investment,
            &self.persons,
        ]
    }

    /// All tables to change, in the order of the module header.
    pub fn tables_mut(&mut self) -> [&mut Table; 14] {
        [
            &mut self.use_,
            &mut self.tax,
            &mut self.trade,
            &mut self.margin,
            &mut self.margin_supply,
            &mut self.make,
            &mut self.output,
            &mut self.intermediate,
            &mut self.labour,
            &mut self.depreciation,
            &mut self.surplus,
            &mut self.production_tax,
            &mut self.investment,
            &mut self.persons,
        ]
    }
}
