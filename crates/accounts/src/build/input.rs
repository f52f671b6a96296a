//! What the build needs: published figures and assumptions, typed, without files.
//!
//! | symbol | meaning                                      |
//! |--------|----------------------------------------------|
//! | I      | industries, also products                    |
//! | R      | regions; the last is the rest of the country |
//! | H      | home regions, R − 1                          |
//!
//! Money is in [`Input::money`] unless said otherwise.
//! Not here: reading the figures from tables (crate `formats`).

use crate::matrix::Matrix;

/// Components of value added, in the order of every table of components.
pub const COMPONENTS: [&str; 4] = ["compensation", "production_tax", "depreciation", "surplus"];
/// Position of compensation of employees in [`COMPONENTS`].
pub const COMPENSATION: usize = 0;
/// Position of net taxes on production in [`COMPONENTS`].
pub const PRODUCTION_TAX: usize = 1;
/// Position of depreciation in [`COMPONENTS`].
pub const DEPRECIATION: usize = 2;
/// Position of net operating surplus in [`COMPONENTS`].
pub const SURPLUS: usize = 3;
/// Broad sectors.
pub const SECTORS: [&str; 3] = ["primary", "secondary", "tertiary"];
/// Owners of firms.
pub const OWNERS: [&str; 2] = ["domestic", "foreign"];
/// Skills of labour.
pub const SKILLS: [&str; 2] = ["unskilled", "skilled"];
/// Final columns of the national table, after the industries.
pub const NATIONAL_FINAL_USERS: [&str; 4] = ["consumption", "investment", "inventory", "export"];

/// One industry and its product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Industry {
    /// Code of the statistical office.
    pub code: String,
    /// Short label.
    pub label: String,
    /// Position in [`SECTORS`].
    pub sector: usize,
    /// Position in [`Input::groups`].
    pub group: usize,
    /// Whether the product is a good (carries margins and duties).
    pub goods: bool,
}

/// The national table at producer prices.
#[derive(Debug, Clone, PartialEq)]
pub struct National {
    /// Uses of domestic products: I × (I + 4), users as industries then [`NATIONAL_FINAL_USERS`].
    pub domestic: Matrix,
    /// Uses of imported products: the same shape.
    pub imported: Matrix,
    /// Components of value added: I × 4.
    pub components: Matrix,
    /// Household over government consumption of the nation, both of the macro accounts.
    pub consumption: [f64; 2],
}

/// Totals of the home province.
#[derive(Debug, Clone, PartialEq)]
pub struct Province {
    /// Gross output by industry: I.
    pub output: Vec<f64>,
    /// Value added by group.
    pub group_value_added: Vec<f64>,
    /// Totals of [`COMPONENTS`].
    pub components: [f64; 4],
    /// Household consumption.
    pub household: f64,
    /// Government consumption.
    pub government: f64,
    /// Gross fixed capital formation.
    pub investment: f64,
    /// Change in inventories.
    pub inventory: f64,
    /// Exports.
    pub export: f64,
    /// Imports by destination.
    pub import: f64,
    /// Net outflow to other provinces.
    pub net_outflow: f64,
    /// Imports through the ports of the province over imports used in it.
    pub port_import_ratio: f64,
}

/// Firms of one industry by owner, in any unit: only shares are used. Index: owner.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Census {
    /// Gross output.
    pub output: [f64; 2],
    /// Intermediate consumption.
    pub intermediate: [f64; 2],
    /// The four components of value added.
    pub components: [[f64; 2]; 4],
    /// Exports, both owners.
    pub export: f64,
    /// Compensation per person, 10,000 CNY a year.
    pub compensation_per_person: f64,
}

/// What is known of the home regions.
#[derive(Debug, Clone, PartialEq)]
pub struct Cities {
    /// Value added by sector: 3 × H.
    pub value_added: Matrix,
    /// Intermediate flows by sector of origin: three matrices R × R.
    pub flows: Vec<Matrix>,
    /// Distance in km: R × R.
    pub distance: Matrix,
    /// Share of a region in the province's exports of goods: H.
    pub export_port_share: Vec<f64>,
    /// Share of a region in the imports of goods through the province: H.
    pub import_port_share: Vec<f64>,
    /// Foreign capital at work over value added, up to scale: H.
    pub foreign_intensity: Vec<f64>,
    /// Weight on top of the sector's share: I × H.
    pub location_prior: Matrix,
    /// Weight of foreign firms over domestic ones where given, instead of `foreign_intensity`: I.
    pub foreign_location_prior: Vec<Option<Vec<f64>>>,
}

/// Assumptions by industry: I each.
#[derive(Debug, Clone, PartialEq)]
pub struct IndustryAssumptions {
    /// Output share of foreign owners outside the census.
    pub foreign_share: Vec<f64>,
    /// Share of skilled persons.
    pub skilled_share: Vec<f64>,
    /// Wage of skilled over unskilled.
    pub skill_premium: Vec<f64>,
    /// Compensation per person, 10,000 CNY a year, outside the census.
    pub average_compensation: Vec<f64>,
}

/// Persons employed, in persons.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Employment {
    /// All industries.
    pub total: f64,
    /// Agriculture (the primary sector).
    pub primary: f64,
}

/// Single assumptions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assumptions {
    /// Customs duties of the nation.
    pub customs_duty: f64,
    /// Exponent of distance for goods.
    pub distance_decay_goods: f64,
    /// Exponent of distance for services.
    pub distance_decay_services: f64,
    /// Exponent of distance in transport margins.
    pub transport_margin_distance_exponent: f64,
    /// Part of the largest feasible margin rates that is used.
    pub margin_share: f64,
    /// Part of imported goods used at home that enters at home.
    pub own_port_share: f64,
    /// Output below which foreign firms are counted as domestic.
    pub smallest_foreign_output: f64,
    /// Smallest surplus of an owner, as share of output, in the prior.
    pub surplus_floor: f64,
    /// Largest value added per output.
    pub largest_value_added_ratio: f64,
    /// Persons at home and in the nation.
    pub employment: [Employment; 2],
}

/// Everything.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Year of the accounts.
    pub base_year: u16,
    /// Currency unit.
    pub money: String,
    /// Name of the province.
    pub home: String,
    /// Names of the regions: R.
    pub regions: Vec<String>,
    /// Groups of the province's production account.
    pub groups: Vec<String>,
    /// The industries.
    pub industries: Vec<Industry>,
    /// Positions of the trade and the transport product.
    pub margins: [usize; 2],
    /// The national table.
    pub national: National,
    /// Share of government in the consumption of a product, as prior: I.
    pub government_share: Vec<f64>,
    /// Totals of the province.
    pub province: Province,
    /// Firms by owner, where the census covers the industry: I.
    pub census: Vec<Option<Census>>,
    /// The home regions.
    pub cities: Cities,
    /// Assumptions by industry.
    pub by_industry: IndustryAssumptions,
    /// Single assumptions.
    pub assumptions: Assumptions,
}

impl Input {
    /// Number of home regions.
    pub fn home_regions(&self) -> usize {
        self.regions.len() - 1
    }

    /// Number of industries.
    pub fn size(&self) -> usize {
        self.industries.len()
    }
}
