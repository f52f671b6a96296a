//! Levers: what the programme changes, each with dates, a cost to a budget, and a source.
//!
//! Shares are fractions; barriers and the value of a day are ad valorem (0.05 is 5 % of the value).
//! Not here: reading them (`crate::file`), what they do to the economy (`crate::run`).

mod access;
mod cost;
mod public;
mod summary;
mod trade;

use std::ops::Range;

pub use access::{Barrier, MarketAccess, OpeningStage};
pub use public::{Fiscal, FiscalKind, Infrastructure, Tax, TaxKind};
pub use trade::TradeDestination;

use crate::money::Money;
use crate::results::{LeverInfo, ParameterNote};
use crate::spec::{Industry, Region, Source, Word};

/// What all levers have.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Header {
    /// Name, unique in the study.
    pub name: String,
    /// Source of the figures that are not assumed.
    pub source: Source,
    /// Fields that are assumptions whatever the source says: key and value as written.
    pub assumed: Vec<(String, String)>,
    /// Byte range in the study file.
    pub span: Range<usize>,
}

impl Header {
    /// The assumed fields for a list of parameters.
    pub fn assumption_notes(&self) -> Vec<ParameterNote> {
        let note = |(key, value): &(String, String)| ParameterNote {
            name: format!("{}: {key}", self.name),
            value: value.clone(),
            unit: String::new(),
            source: "assumption of the study".to_owned(),
            status: "assumption".to_owned(),
        };
        self.assumed.iter().map(note).collect()
    }
}

/// Whose budget pays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Budget {
    /// The central government.
    Central,
    /// The province, over its regions by their size.
    #[default]
    Province,
    /// The government of one region.
    Region(Region),
}

/// How far a project is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// In talks.
    #[default]
    Talks,
    /// Signed.
    Signed,
    /// Under construction.
    Construction,
    /// Operating.
    Operating,
}

impl Word for Stage {
    const WHAT: &'static str = "stage";
    const ALL: &'static [(&'static str, Self)] = &[
        ("talks", Self::Talks),
        ("signed", Self::Signed),
        ("construction", Self::Construction),
        ("operating", Self::Operating),
    ];
}

/// A plant or another single investment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InvestmentProject {
    /// What all levers have.
    pub header: Header,
    /// Where.
    pub region: Region,
    /// Which industry's capital.
    pub industry: Industry,
    /// Total spending.
    pub amount: Money,
    /// Share owned by foreign investors.
    pub foreign_share: f64,
    /// First and last year of building.
    pub build_years: (u16, u16),
    /// Share of spending in each year of building; sums to one.
    pub schedule: Vec<f64>,
    /// First year in which the capital works.
    pub operation_year: u16,
    /// Stage.
    pub stage: Stage,
    /// Share of projects of its stage that are built; 1 where the study states a probability.
    pub conversion: f64,
    /// Probability that it is built as written, beside `conversion`.
    pub probability: f64,
    /// Share that would not come without the programme.
    pub but_for: f64,
    /// Share of that which displaces other investment in the same region.
    pub displacement: f64,
    /// Share of spending that is imported equipment.
    pub import_content: f64,
    /// Share of the other spending that is bought from firms of the region itself.
    pub local_sourcing: f64,
    /// Public money in the spending, paid with it.
    pub support: Money,
    /// Who pays the support.
    pub budget: Budget,
}

/// An area of a free-trade zone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FreeTradeZone {
    /// What all levers have.
    pub header: Header,
    /// Host region.
    pub region: Region,
    /// Industries the area is for.
    pub focus_industries: Vec<Industry>,
    /// First year.
    pub from_year: u16,
    /// Last year.
    pub to_year: u16,
    /// Days saved at the border.
    pub days_saved: f64,
    /// Ad valorem worth of a day.
    pub value_of_day: f64,
    /// Share of the host's trade with abroad that passes through the area.
    pub trade_share: f64,
    /// Share of import duty on the area's trade that is suspended.
    pub duty_suspension: f64,
    /// Corporate income tax rate of firms in the area.
    pub corporate_tax_rate: f64,
    /// Share of the focus industries' output that is made in the area.
    pub zone_share: f64,
    /// What the area offers foreign investors beside its return, as a part of it.
    pub investor_advantage: f64,
    /// Running cost per year.
    pub cost_per_year: Money,
    /// Who pays it.
    pub budget: Budget,
}

/// How a provincial programme is spread over regions.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum RegionSplit {
    /// By the regions' size in the accounts.
    #[default]
    BySize,
    /// By stated shares that sum to one, in the order of the lever's regions.
    Shares(Vec<f64>),
}

/// Grants to research and development centres.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RdGrants {
    /// What all levers have.
    pub header: Header,
    /// Where.
    pub regions: Vec<Region>,
    /// How the centres spread over the regions.
    pub split: RegionSplit,
    /// Industries whose productivity the research raises.
    pub industries: Vec<Industry>,
    /// First and last year of the programme.
    pub years: (u16, u16),
    /// Centres approved a year.
    pub centres_per_year: f64,
    /// Grant per centre that the study uses.
    pub grant: Money,
    /// Lowest and highest grant of the programme.
    pub grant_range: (Money, Money),
    /// R&D spending per yuan of grant.
    pub additionality: f64,
    /// Productivity with respect to the R&D stock.
    pub elasticity: f64,
    /// Depreciation of the R&D stock per year.
    pub depreciation: f64,
    /// What all regions of the lever spend on research in a usual year; none for what the accounts say.
    pub research_spending: Option<Money>,
    /// Who pays.
    pub budget: Budget,
}

/// Skill of a labour supply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Skill {
    /// Skilled.
    #[default]
    Skilled,
    /// Unskilled.
    Unskilled,
}

impl Word for Skill {
    const WHAT: &'static str = "skill";
    const ALL: &'static [(&'static str, Self)] =
        &[("skilled", Self::Skilled), ("unskilled", Self::Unskilled)];
}

/// Where people of a talent programme come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DrawnFrom {
    /// New to the country's labour force: from abroad, from school, from the inactive.
    #[default]
    Outside,
    /// From the other regions, whose labour force falls.
    Regions,
    /// Trained: the region's labour force of the other skill falls.
    Training,
}

impl Word for DrawnFrom {
    const WHAT: &'static str = "origin of people";
    const ALL: &'static [(&'static str, Self)] =
        &[("outside", Self::Outside), ("regions", Self::Regions), ("training", Self::Training)];
}

/// A programme that brings or trains people.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Talent {
    /// What all levers have.
    pub header: Header,
    /// Where.
    pub region: Region,
    /// Persons a year.
    pub persons_per_year: f64,
    /// First and last year.
    pub years: (u16, u16),
    /// Their skill.
    pub skill: Skill,
    /// Where they come from.
    pub drawn_from: DrawnFrom,
    /// Cost per person.
    pub cost_per_person: Money,
    /// Who pays.
    pub budget: Budget,
}

/// Which factor a technology saves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bias {
    /// All primary factors alike.
    #[default]
    Neutral,
    /// Labour.
    Labour,
}

impl Word for Bias {
    const WHAT: &'static str = "bias";
    const ALL: &'static [(&'static str, Self)] =
        &[("neutral", Self::Neutral), ("labour", Self::Labour)];
}

/// Kind of a technology; each has its own defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TechnologyKind {
    /// Any other: no defaults.
    #[default]
    Other,
    /// Internet in production and sales.
    Internet,
    /// Industrial robots.
    Robotics,
    /// Virtual reality in design and training.
    VirtualReality,
}

impl Word for TechnologyKind {
    const WHAT: &'static str = "kind of technology";
    const ALL: &'static [(&'static str, Self)] = &[
        ("other", Self::Other),
        ("internet", Self::Internet),
        ("robotics", Self::Robotics),
        ("virtual_reality", Self::VirtualReality),
    ];
}

/// Adoption of a technology.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Technology {
    /// What all levers have.
    pub header: Header,
    /// Kind.
    pub kind: TechnologyKind,
    /// Adopting industries.
    pub industries: Vec<Industry>,
    /// Where.
    pub regions: Vec<Region>,
    /// First year of adoption.
    pub from_year: u16,
    /// Year in which adoption is complete.
    pub full_year: u16,
    /// Share of the industries that adopts in the end.
    pub full_adoption: f64,
    /// Productivity gain of an adopter, as a fraction.
    pub productivity_gain: f64,
    /// Which factor it saves.
    pub bias: Bias,
    /// Cost per year from `from_year` to `full_year`.
    pub cost_per_year: Money,
    /// Who pays.
    pub budget: Budget,
}

/// A lever.
#[derive(Debug, Clone, PartialEq)]
pub enum Lever {
    /// A plant or another single investment.
    InvestmentProject(InvestmentProject),
    /// Industries opened to foreign firms.
    MarketAccess(MarketAccess),
    /// An area of a free-trade zone.
    FreeTradeZone(FreeTradeZone),
    /// Grants to R&D centres.
    RdGrants(RdGrants),
    /// A programme that brings or trains people.
    Talent(Talent),
    /// Adoption of a technology.
    Technology(Technology),
    /// Demand and cost of trade with a partner abroad.
    TradeDestination(TradeDestination),
    /// A tax, a tariff or a subsidy.
    Tax(Tax),
    /// Public works that lower margins of trade and transport.
    Infrastructure(Infrastructure),
    /// A change of public spending or transfers.
    Fiscal(Fiscal),
}

impl Lever {
    /// What all levers have.
    pub fn header(&self) -> &Header {
        match self {
            Self::InvestmentProject(lever) => &lever.header,
            Self::MarketAccess(lever) => &lever.header,
            Self::FreeTradeZone(lever) => &lever.header,
            Self::RdGrants(lever) => &lever.header,
            Self::Talent(lever) => &lever.header,
            Self::Technology(lever) => &lever.header,
            Self::TradeDestination(lever) => &lever.header,
            Self::Tax(lever) => &lever.header,
            Self::Infrastructure(lever) => &lever.header,
            Self::Fiscal(lever) => &lever.header,
        }
    }

    /// Name, unique in the study.
    pub fn name(&self) -> &str {
        &self.header().name
    }

    /// Kind in words.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::InvestmentProject(_) => "investment project",
            Self::MarketAccess(_) => "market access",
            Self::FreeTradeZone(_) => "free-trade zone",
            Self::RdGrants(_) => "R&D grants",
            Self::Talent(_) => "talent",
            Self::Technology(_) => "technology",
            Self::TradeDestination(_) => "trade destination",
            Self::Tax(_) => "tax",
            Self::Infrastructure(_) => "infrastructure",
            Self::Fiscal(_) => "fiscal",
        }
    }

    /// The lever as a reader sees it.
    pub fn info(&self) -> LeverInfo {
        LeverInfo {
            name: self.name().to_owned(),
            kind: self.kind().to_owned(),
            summary: self.summary(),
            source: self.header().source.text.clone(),
        }
    }
}
