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
    /// Exchange rate.
    pub exchange_rate: ExchangeRate,
    /// Growth without the programme.
    pub baseline: Baseline,
    /// Observed figures.
    pub observations: Vec<Observation>,
    /// Official targets.
    pub targets: Vec<Target>,
    /// Levers in file order.
    pub levers: Vec<Lever>,
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
