//! A checked study: what a study file says once every finding is settled.
//!
//! Growth rates are per year as fractions (0.02 is 2 %). Money carries its own currency.
//! Not here: reading the file (`crate::file`), levers (`crate::lever`), running (`crate::run`).

use crate::lever::Lever;
use crate::money::Money;
use crate::parameters::Parameters;
use crate::results::{LeverInfo, ParameterNote};

/// Names of the accounts that a study may use, in the order of the accounts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// The province as a whole.
    pub home: String,
    /// All regions.
    pub regions: Vec<String>,
    /// The regions that make up the province.
    pub home_regions: Vec<String>,
    /// Labels of the industries.
    pub industries: Vec<String>,
    /// Codes of the industries, e.g. `18`; empty when the accounts have none.
    pub industry_codes: Vec<String>,
    /// Labels of the margins: trade, transport.
    pub margins: Vec<String>,
}

impl Names {
    /// Position of an industry: by label, whatever its case, or by code.
    pub fn industry(&self, name: &str) -> Option<usize> {
        let by_label = self.industries.iter().position(|each| each.eq_ignore_ascii_case(name));
        let by_code = || self.industry_codes.iter().position(|each| each == name);
        by_label.or_else(by_code).filter(|at| *at < self.industries.len())
    }

    /// Makes the regions that the accounts know among `regions` the home; nothing when it knows
    /// none. A home of one region has its name.
    pub(crate) fn set_home(&mut self, regions: &[String]) {
        let known: Vec<String> =
            self.regions.iter().filter(|name| regions.contains(name)).cloned().collect();
        if known.is_empty() {
            return;
        }
        if let [one] = known.as_slice() {
            self.home.clone_from(one);
        }
        self.home_regions = known;
    }

    /// Positions of the home regions.
    pub(crate) fn home_positions(&self) -> Vec<usize> {
        (0..self.regions.len())
            .filter(|at| self.home_regions.contains(&self.regions[*at]))
            .collect()
    }
}

/// A region of the accounts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Region {
    /// Position in [`Names::regions`].
    pub index: usize,
    /// Name.
    pub name: String,
}

/// An industry of the accounts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Industry {
    /// Position in [`Names::industries`].
    pub index: usize,
    /// Label.
    pub name: String,
}

/// A region, the whole province or the nation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    /// All home regions.
    #[default]
    Province,
    /// All regions.
    Nation,
    /// One region.
    Region(Region),
}

impl Scope {
    /// Name as series carry it.
    pub fn label<'a>(&'a self, names: &'a Names) -> &'a str {
        match self {
            Self::Province => &names.home,
            Self::Nation => "nation",
            Self::Region(region) => &region.name,
        }
    }
}

/// How a word of the study file maps to a value.
pub trait Word: Copy + Default + PartialEq + 'static {
    /// What the word is, e.g. `closure`.
    const WHAT: &'static str;
    /// All words with their value.
    const ALL: &'static [(&'static str, Self)];

    /// Value of a word.
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
    }

    /// The word of a value.
    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, value)| *value == self).map_or("", |(name, _)| name)
    }
}

/// How far the source of a number was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Status {
    /// Seen in the cited source.
    VerifiedAtSource,
    /// Seen in a document that quotes it.
    SecondarySource,
    /// Not seen: an editable default.
    FromMemory,
    /// Chosen by the author of the study.
    #[default]
    Assumption,
}

impl Word for Status {
    const WHAT: &'static str = "status";
    const ALL: &'static [(&'static str, Self)] = &[
        ("verified_at_source", Self::VerifiedAtSource),
        ("secondary_source", Self::SecondarySource),
        ("from_memory_check_before_use", Self::FromMemory),
        ("assumption", Self::Assumption),
    ];
}

impl Status {
    /// Value of a word; see [`Word::from_word`].
    pub fn from_word(word: &str) -> Option<Self> {
        <Self as Word>::from_word(word)
    }

    /// The word; see [`Word::word`].
    pub fn word(self) -> &'static str {
        <Self as Word>::word(self)
    }
}

/// Closure of the model within a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Closure {
    /// Capital is fixed within the year and accumulates between years.
    #[default]
    ShortRun,
    /// Capital moves until rates of return are equal.
    LongRun,
}

impl Word for Closure {
    const WHAT: &'static str = "closure";
    const ALL: &'static [(&'static str, Self)] =
        &[("short_run", Self::ShortRun), ("long_run", Self::LongRun)];
}

/// The price that is held at one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Numeraire {
    /// Domestic currency per unit of foreign currency.
    #[default]
    ExchangeRate,
    /// National consumer price index.
    ConsumerPrices,
}

impl Word for Numeraire {
    const WHAT: &'static str = "numeraire";
    const ALL: &'static [(&'static str, Self)] =
        &[("exchange_rate", Self::ExchangeRate), ("consumer_prices", Self::ConsumerPrices)];
}

/// How labour markets clear away from the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LabourMarket {
    /// Real wages move away from the baseline year by year as employment does.
    #[default]
    PartialAdjustment,
    /// Wage curve in the unemployment rate.
    WageCurve,
    /// Employment follows the labour force.
    FixedEmployment,
    /// Real wages stay at the baseline's.
    FixedRealWage,
}

impl Word for LabourMarket {
    const WHAT: &'static str = "labour market";
    const ALL: &'static [(&'static str, Self)] = &[
        ("partial_adjustment", Self::PartialAdjustment),
        ("wage_curve", Self::WageCurve),
        ("fixed_employment", Self::FixedEmployment),
        ("fixed_real_wage", Self::FixedRealWage),
    ];
}

/// What makes saving equal to investment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MacroBalance {
    /// Household spending adjusts.
    #[default]
    Consumption,
    /// Firms' investment adjusts.
    Investment,
}

impl Word for MacroBalance {
    const WHAT: &'static str = "macro balance";
    const ALL: &'static [(&'static str, Self)] =
        &[("consumption", Self::Consumption), ("investment", Self::Investment)];
}

/// How governments pay for levers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Financing {
    /// Households pay at once.
    #[default]
    Levy,
    /// Governments borrow, and households pay interest on what the programme adds to debt.
    Debt,
}

impl Word for Financing {
    const WHAT: &'static str = "financing";
    const ALL: &'static [(&'static str, Self)] = &[("levy", Self::Levy), ("debt", Self::Debt)];
}

/// Where changed tax revenue goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Revenue {
    /// To the households of the region in which it is raised, whose budget closes.
    #[default]
    Returned,
    /// Governments keep it.
    Kept,
}

impl Word for Revenue {
    const WHAT: &'static str = "use of revenue";
    const ALL: &'static [(&'static str, Self)] =
        &[("returned", Self::Returned), ("kept", Self::Kept)];
}

/// Whether people move between regions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Migration {
    /// To where real wages rise against the baseline.
    #[default]
    ByRealWage,
    /// Not because of the programme.
    None,
}

impl Word for Migration {
    const WHAT: &'static str = "migration";
    const ALL: &'static [(&'static str, Self)] =
        &[("by_real_wage", Self::ByRealWage), ("none", Self::None)];
}

/// How years of the policy hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dynamics {
    /// How labour markets clear; none for what goes with the closure.
    pub labour_market: Option<LabourMarket>,
    /// What makes saving equal to investment.
    pub balance: MacroBalance,
    /// How governments pay for levers.
    pub financing: Financing,
    /// Where changed tax revenue goes.
    pub revenue: Revenue,
    /// Whether people move.
    pub migration: Migration,
}

/// Years of a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Years {
    /// Year of the accounts.
    pub base: u16,
    /// First year that is solved.
    pub first: u16,
    /// Last year that is solved.
    pub last: u16,
    /// Year of the headline.
    pub headline: u16,
}

impl Years {
    /// Base year and every year of the path.
    pub fn all(self) -> Vec<u16> {
        (self.base..=self.last).collect()
    }

    /// Number of years that are solved.
    pub fn solved(self) -> usize {
        usize::from((self.last + 1).saturating_sub(self.first))
    }
}

/// A source and how far it was checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// Source in words.
    pub text: String,
    /// Status.
    pub status: Status,
}

/// Yuan per US dollar.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExchangeRate {
    /// Yuan per US dollar.
    pub cny_per_usd: f64,
    /// Date or period.
    pub date: String,
    /// Source.
    pub source: Source,
}

/// Growth rates for every year of a path, for the province and for the rest of the country.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GrowthPath {
    /// Year of the first rate.
    pub first: u16,
    /// One rate a year for the home regions.
    pub home: Vec<f64>,
    /// One rate a year for all other regions.
    pub rest: Vec<f64>,
    /// Source.
    pub source: Source,
}

impl GrowthPath {
    /// Growth of the home regions from the year before into `year`; zero outside the path.
    pub fn home(&self, year: u16) -> f64 {
        rate(&self.home, self.first, year)
    }

    /// Growth of the other regions from the year before into `year`; zero outside the path.
    pub fn rest(&self, year: u16) -> f64 {
        rate(&self.rest, self.first, year)
    }
}

fn rate(rates: &[f64], first: u16, year: u16) -> f64 {
    let at = year.checked_sub(first).map(usize::from);
    at.and_then(|at| rates.get(at)).copied().unwrap_or(0.0)
}

/// What goes on without the programme.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Baseline {
    /// Labour force.
    pub labour_force: GrowthPath,
    /// Labour-augmenting productivity.
    pub productivity: GrowthPath,
    /// World demand at given prices.
    pub world_demand: GrowthPath,
    /// Real government consumption.
    pub government_consumption: GrowthPath,
    /// Foreign direct investment actually used.
    pub foreign_direct_investment: GrowthPath,
    /// Funds from investors in other provinces, in place.
    pub domestic_funds: GrowthPath,
    /// Labour force of skilled people, where it differs from that of all.
    pub skilled_labour_force: Option<GrowthPath>,
    /// Change of inventories; none for that of the base year.
    pub inventories: Option<GrowthPath>,
    /// Inflow of foreign saving; none for productivity of the rest. The rates of the rest count.
    pub foreign_saving: Option<GrowthPath>,
    /// Macro paths that are hit exactly.
    pub given: Vec<GivenPath>,
}

/// A macro variable that a study gives a path for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacroVariable {
    /// Real gross product.
    GrossProduct,
    /// Persons employed.
    Employment,
    /// Real exports to abroad.
    Exports,
    /// Real gross fixed capital formation.
    Investment,
}

impl MacroVariable {
    /// Key in `[baseline]`, and variable of the results.
    pub const ALL: [(&'static str, Self); 4] = [
        ("gdp", Self::GrossProduct),
        ("employment", Self::Employment),
        ("exports", Self::Exports),
        ("investment", Self::Investment),
    ];

    /// Variable of the results.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, each)| *each == self).map_or("", |(name, _)| name)
    }
}

/// What is found so that a given path is hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shifter {
    /// Labour-augmenting productivity of all firms.
    #[default]
    LabourProductivity,
    /// Productivity of labour and capital of all firms.
    Productivity,
    /// Demand from abroad at given prices.
    ExportDemand,
    /// Firms' investment at given returns.
    InvestmentPropensity,
    /// Real government consumption.
    GovernmentConsumption,
    /// Reference of real wages.
    ReferenceWage,
    /// Inflow of foreign saving, of the whole country.
    ForeignSaving,
}

impl Word for Shifter {
    const WHAT: &'static str = "shifter";
    const ALL: &'static [(&'static str, Self)] = &[
        ("labour_productivity", Self::LabourProductivity),
        ("productivity", Self::Productivity),
        ("export_demand", Self::ExportDemand),
        ("investment_propensity", Self::InvestmentPropensity),
        ("government_consumption", Self::GovernmentConsumption),
        ("reference_wage", Self::ReferenceWage),
        ("foreign_saving", Self::ForeignSaving),
    ];
}

/// A group of regions that a baseline path is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// The province.
    Home,
    /// All other regions.
    Rest,
}

/// A macro path of a group of regions, and the shifter that is found for it.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenPath {
    /// What is given.
    pub variable: MacroVariable,
    /// Where.
    pub group: Group,
    /// What is found.
    pub shifter: Shifter,
    /// Year of the first rate.
    pub first: u16,
    /// Growth a year.
    pub rates: Vec<f64>,
    /// Source.
    pub source: Source,
}

impl GivenPath {
    /// Growth from the year before into `year`; zero outside the path.
    pub fn rate(&self, year: u16) -> f64 {
        rate(&self.rates, self.first, year)
    }
}

/// A year or some months of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    /// Year.
    pub year: u16,
    /// First and last month, 1 to 12.
    pub months: (u8, u8),
}

impl Period {
    /// Whether it is a whole year.
    pub fn is_whole_year(self) -> bool {
        self.months == (1, 12)
    }
}

/// An observed figure.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Observation {
    /// Variable, see [`crate::results::VARIABLES`].
    pub indicator: String,
    /// Where.
    pub scope: Scope,
    /// When.
    pub period: Period,
    /// Level, when given.
    pub value: Option<Quantity>,
    /// Growth over the same period of the year before, when given.
    pub growth: Option<f64>,
    /// When it was published, `2018-09-28` or `2018-09`; empty where that is not said.
    pub vintage: String,
    /// What exactly is counted, in the publisher's words; figures of different definitions are not
    /// compared. Empty where that is not said.
    pub definition: String,
    /// Source.
    pub source: Source,
}

impl Observation {
    /// The level brought to a whole year by its number of months; `None` without a level.
    pub fn annualised(&self) -> Option<Quantity> {
        let months = f64::from(self.period.months.1 + 1) - f64::from(self.period.months.0);
        self.value.map(|value| value.times(12.0 / months))
    }
}

/// A figure with or without money.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quantity {
    /// Money.
    Money(Money),
    /// A number in the unit of its variable.
    Number(f64),
}

impl Default for Quantity {
    fn default() -> Self {
        Self::Number(0.0)
    }
}

impl Quantity {
    /// `factor` times the figure.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        match self {
            Self::Money(money) => Self::Money(money.times(factor)),
            Self::Number(number) => Self::Number(number * factor),
        }
    }

    /// The sum with a figure of the same kind; none of two kinds or currencies.
    pub fn plus(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => Some(Self::Number(a + b)),
            (Self::Money(a), Self::Money(b)) if a.currency() == b.currency() => {
                let factor =
                    if a.amount() == 0.0 { return Some(other) } else { b.amount() / a.amount() };
                Some(Self::Money(a.times(1.0 + factor)))
            }
            _ => None,
        }
    }

    /// The figure in the unit of a variable: `100 million CNY`, `million USD`, or as it stands.
    pub fn in_unit(self, unit: &str, cny_per_usd: f64) -> f64 {
        match self {
            Self::Money(money) if unit == "million USD" => money.million_usd(cny_per_usd),
            Self::Money(money) => money.hundred_million_cny(),
            Self::Number(number) => number,
        }
    }
}

/// An official target.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Target {
    /// Name.
    pub name: String,
    /// Variable, see [`crate::results::VARIABLES`].
    pub indicator: String,
    /// Where.
    pub scope: Scope,
    /// Year.
    pub year: u16,
    /// Value.
    pub value: Quantity,
    /// Source.
    pub source: Source,
}

/// Projects of a stage that were counted in the past.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StageCount {
    /// Stage.
    pub stage: crate::lever::Stage,
    /// How many of them were built as announced.
    pub built: f64,
    /// How many there were.
    pub of: f64,
    /// Source.
    pub source: Source,
}

/// Projects beside the study file, and what became of earlier ones.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pipeline {
    /// Table of projects, relative to the study file; its projects are among the levers.
    pub file: Option<String>,
    /// Counted history by stage.
    pub counts: Vec<StageCount>,
    /// Small projects that nobody has named yet.
    pub unnamed: Option<Unnamed>,
}

/// Small projects that nobody has named yet: so many a year, of sizes with a heavy tail.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Unnamed {
    /// Projects a year.
    pub projects: u16,
    /// Pareto index of their sizes, above 1: the lower, the more the largest one decides.
    pub tail: f64,
    /// Names of the levers that stand for them, one a year.
    pub levers: Vec<String>,
}

/// A figure of `data/uncertainty.csv` that a study sets itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UncertaintyRow {
    /// Name of the parameter, growth path or number.
    pub name: String,
    /// Lowest, mode (or the number itself), highest.
    pub range: (f64, f64, f64),
    /// Source.
    pub source: Source,
}

/// How strongly one lever may be used, and what that costs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MixLever {
    /// Name of the lever.
    pub lever: String,
    /// Lowest and highest intensity; 1 is the lever as written, 0 is without it.
    pub intensity: (f64, f64),
    /// Cost of intensity 1 beyond what the lever itself costs budgets, in proportion to intensity.
    pub cost: Money,
    /// Cost of intensity 1 that grows with the square of intensity.
    pub rising_cost: Money,
    /// Source.
    pub source: Source,
}

/// What the cheapest mix is chosen from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MixPlan {
    /// Most that all levers may cost together.
    pub budget: Option<Money>,
    /// Rate a year at which later costs count less.
    pub discount: f64,
    /// Levers that may be chosen; the others stay as written.
    pub levers: Vec<MixLever>,
}

/// A negative list that barriers are read from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NegativeList {
    /// File of rules, relative to the study file; none are the shipped ones.
    pub rules: Option<String>,
    /// File of entries, relative to the study file; none is the shipped list.
    pub list: Option<String>,
    /// Rules and entries that barriers of the study come from.
    pub notes: Vec<ParameterNote>,
}

/// A checked study.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Study {
    /// Title.
    pub title: String,
    /// One paragraph.
    pub description: String,
    /// Name of the shipped accounts, or a path.
    pub accounts: String,
    /// Years.
    pub years: Years,
    /// Closure within a year.
    pub closure: Closure,
    /// Numeraire.
    pub numeraire: Numeraire,
    /// How years of the policy hang together.
    pub dynamics: Dynamics,
    /// Exchange rate.
    pub exchange_rate: ExchangeRate,
    /// Growth without the programme.
    pub baseline: Baseline,
    /// Observed figures.
    pub observations: Vec<Observation>,
    /// Tables of further observations, relative to the study file.
    pub observation_files: Vec<String>,
    /// Date from which on nothing counts as known; empty for none.
    pub as_of: String,
    /// Official targets.
    pub targets: Vec<Target>,
    /// Levers in file order, then the projects of the pipeline.
    pub levers: Vec<Lever>,
    /// Projects beside the study file.
    pub pipeline: Pipeline,
    /// Figures of uncertainty that the study sets itself.
    pub uncertainty: Vec<UncertaintyRow>,
    /// What the cheapest mix of levers is chosen from, where the file says.
    pub mix: Option<MixPlan>,
    /// Negative list of the market-access levers that name editions of one.
    pub negative_list: NegativeList,
    /// Parameters: defaults with the study's own values in place.
    pub parameters: Parameters,
}

impl Study {
    /// The levers as a reader sees them.
    pub fn lever_infos(&self) -> Vec<LeverInfo> {
        self.levers.iter().map(Lever::info).collect()
    }

    /// Parameters, and the fields of levers that are marked as assumed.
    pub fn parameter_notes(&self) -> Vec<ParameterNote> {
        let mut notes = self.parameters.notes();
        notes.extend(self.negative_list.notes.iter().cloned());
        notes.extend(self.levers.iter().flat_map(|lever| lever.header().assumption_notes()));
        notes
    }

    /// The last observation of a whole year with a level, for an indicator and place.
    pub fn last_whole_year(&self, indicator: &str, scope: &Scope) -> Option<&Observation> {
        let fits = |each: &&Observation| {
            each.indicator == indicator
                && each.scope == *scope
                && each.value.is_some()
                && each.period.is_whole_year()
        };
        self.observations.iter().filter(fits).max_by_key(|each| each.period.year)
    }
}
