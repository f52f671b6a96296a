//! Everything a run yields, as plain data: what reports, tables and other programs read.
//!
//! A [`Series`] is one indicator for one place (and industry, and owner) in one scenario over the
//! years. Scenario `baseline` is always there, `policy` is all levers together. Money is real
//! (base-year prices) unless the variable's name says `nominal`.
//! Not here: how the numbers come about (`crate::run`), how they are shown (crate `report`).

use serde::{Deserialize, Serialize};

/// Version of this layout on disk; readers refuse what they do not know.
pub const FORMAT: u32 = 1;

/// The result of a study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// [`FORMAT`] of the writer.
    pub format: u32,
    /// What was run.
    pub study: StudyInfo,
    /// Where every number comes from.
    pub provenance: Provenance,
    /// Years of the path, the base year first.
    pub years: Vec<u16>,
    /// Indicators over the years.
    pub series: Vec<Series>,
    /// Macro paths of the baseline and what was found for those that are given; empty in results of
    /// older programs.
    #[serde(default)]
    pub baseline: BaselineClosure,
    /// What each lever contributes to the difference of policy from baseline.
    pub contributions: Vec<Contribution>,
    /// How the contributions were found.
    #[serde(default)]
    pub decomposition: Decomposition,
    /// The levers of the study in file order.
    pub levers: Vec<LeverInfo>,
    /// The official targets.
    pub targets: Vec<TargetResult>,
    /// Cost of the programme by budget, year by year.
    pub costs: Vec<Cost>,
    /// What the model itself implies, beside published figures; empty where nobody asked.
    #[serde(default)]
    pub implied: Vec<ImpliedFigure>,
    /// Exports and imports by partner abroad; empty where the study names none.
    #[serde(default)]
    pub partners: Vec<PartnerSeries>,
    /// What the programme and each lever bring and cost, net.
    #[serde(default)]
    pub net: Vec<NetMeasure>,
    /// Parameters used, with source and status.
    pub parameters: Vec<ParameterNote>,
    /// Built accounts against published totals.
    pub totals: Vec<TotalCheck>,
    /// Plausibility checks with their source.
    pub plausibility: Vec<Plausibility>,
    /// One record for every solve.
    pub solves: Vec<SolveRecord>,
}

/// What was run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StudyInfo {
    /// Title for a report, e.g. `Liaoning 2018 opening-up programme`.
    pub title: String,
    /// One paragraph.
    pub description: String,
    /// Base year of the accounts.
    pub base_year: u16,
    /// Year of the headline and of the targets, e.g. 2020.
    pub headline_year: u16,
    /// All regions of the model, in order.
    pub regions: Vec<String>,
    /// The regions that make up the province (the rest is the rest of the country).
    pub home_regions: Vec<String>,
    /// Name of the province as a whole; used as the region of series that sum the home regions.
    pub home: String,
    /// Industries in order.
    pub industries: Vec<String>,
    /// Closure of the within-year model, `short_run` or `long_run`.
    pub closure: String,
    /// Units of domestic currency per US dollar, with its date: shown wherever dollars are.
    pub exchange_rate: f64,
    /// Date or period of the exchange rate.
    pub exchange_rate_date: String,
}

/// Where the numbers come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Version of the program.
    pub version: String,
    /// SHA-256 of the study file.
    pub study_sha256: String,
    /// Every input table: name and SHA-256.
    pub inputs: Vec<(String, String)>,
    /// Solver settings in words.
    pub settings: String,
}

/// One indicator over the years in one scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// `baseline`, `policy`.
    pub scenario: String,
    /// See [`VARIABLES`].
    pub variable: String,
    /// A region, the province, or `nation`.
    pub region: String,
    /// An industry, or empty for all.
    pub industry: String,
    /// An owner, or empty for all.
    pub owner: String,
    /// Unit of the values.
    pub unit: String,
    /// One value per year of [`Results::years`].
    pub values: Vec<f64>,
}

/// Macro paths of the baseline, and the shifters found for those that are given.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct BaselineClosure {
    /// Macro variables of the province and of the other regions.
    pub paths: Vec<BaselinePath>,
    /// What was found for given paths.
    pub shifters: Vec<BaselineShifter>,
}

/// A macro variable on the baseline.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct BaselinePath {
    /// `gdp`, `employment`, `exports`, `investment`, `fdi`.
    pub variable: String,
    /// The province, or the other regions.
    pub region: String,
    /// Unit of the values, at base-year prices.
    pub unit: String,
    /// What was found so that the path is hit; empty where the variable follows from the drivers.
    pub shifter: String,
    /// Given value by year; empty where it is not given.
    pub given: Vec<f64>,
    /// Value by year in the solved baseline.
    pub reached: Vec<f64>,
    /// Largest relative deviation of what is reached from what is given.
    pub deviation: f64,
    /// Source of the given path; empty where it is a driver's.
    pub source: String,
    /// Status of the source.
    pub status: String,
}

/// What was found for a given path.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct BaselineShifter {
    /// Name.
    pub name: String,
    /// The province, or the other regions.
    pub region: String,
    /// What the values are.
    pub meaning: String,
    /// One value per year.
    pub values: Vec<f64>,
}

/// Variables that appear in series: name, unit, meaning.
pub const VARIABLES: &[(&str, &str, &str)] = &[
    ("gdp", "100 million CNY", "gross regional product at base-year prices"),
    ("gdp_nominal", "100 million CNY", "gross regional product at current model prices"),
    ("employment", "persons", "persons employed"),
    ("real_wage", "index, base year = 1", "average wage over the consumer price index"),
    ("consumption", "100 million CNY", "household consumption at base-year prices"),
    ("investment", "100 million CNY", "gross fixed capital formation at base-year prices"),
    ("exports", "100 million CNY", "exports to abroad at base-year prices"),
    ("imports", "100 million CNY", "imports from abroad at base-year prices"),
    ("trade", "million USD", "exports plus imports at current prices"),
    ("fdi", "million USD", "foreign direct investment actually used"),
    ("domestic_funds", "million USD", "funds from investors in other provinces, in place"),
    ("budget_revenue", "100 million CNY", "tax revenue raised in the region, all budgets"),
    (
        "budget_balance",
        "100 million CNY",
        "tax revenue less government consumption and lever costs, before what households pay for \
         levers or get back",
    ),
    (
        "equivalent_variation",
        "100 million CNY",
        "households' gain against the baseline at baseline prices",
    ),
    ("consumer_prices", "index, base year = 1", "consumer price index"),
    ("labour_force", "persons", "labour force"),
    ("net_migration", "persons", "labour force drawn into the place by the programme so far"),
    (
        "foreign_capital",
        "100 million CNY",
        "capital of foreign firms at the start of the year at base-year prices",
    ),
    (
        "government_debt",
        "100 million CNY",
        "debt of the governments of the place at the end of the year at base-year consumer prices",
    ),
    (
        "research_stock",
        "index, without the programme = 1",
        "R&D stock that raises productivity, mean over industries by value added",
    ),
    ("government", "100 million CNY", "government consumption at base-year prices"),
    (
        "investment_domestic",
        "100 million CNY",
        "investment of domestic firms at base-year prices, without projects and programmes",
    ),
    (
        "investment_foreign",
        "100 million CNY",
        "investment of foreign firms at base-year prices, without projects and programmes",
    ),
    (
        "programme_cost",
        "100 million CNY",
        "what the levers cost the budgets of the place: spending, and revenue forgone by changed \
         tax rates at the baseline's tax base",
    ),
    (
        "returned_to_households",
        "100 million CNY",
        "changed tax revenue that households of the place get back, less what they pay for levers",
    ),
    ("project_spending", "100 million CNY", "expected spending of investment projects"),
    ("project_anyway", "100 million CNY", "part of it that would come without the programme"),
    ("project_displacing", "100 million CNY", "part of it that displaces other investment"),
    ("output", "100 million CNY", "gross output by industry at base-year prices; also by owner"),
    ("value_added", "100 million CNY", "value added by industry at base-year prices"),
    ("industry_employment", "persons", "persons employed by industry"),
    ("capital", "100 million CNY", "capital stock by industry at base-year prices; also by owner"),
    (
        "industry_investment",
        "100 million CNY",
        "investment of the industry's firms at base-year prices; also by owner",
    ),
];

/// What one lever contributes to policy less baseline; the contributions of one variable, region
/// and year add up to the total difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// Variable, as in [`Series`].
    pub variable: String,
    /// Region, as in [`Series`].
    pub region: String,
    /// Industry, as in [`Series`]; empty for all.
    #[serde(default)]
    pub industry: String,
    /// Name of the lever; or `interaction` of levers run alone, or `remainder` of a quadrature that
    /// did not end within its limit.
    pub lever: String,
    /// Unit of the values.
    pub unit: String,
    /// One value per year.
    pub values: Vec<f64>,
}

impl Contribution {
    /// What it is a part of, in words.
    pub fn place(&self) -> String {
        let industry = match self.industry.as_str() {
            "" => String::new(),
            industry => format!(" of {industry}"),
        };
        format!("{}{industry}, {}", self.variable.replace('_', " "), self.region)
    }
}

/// How contributions were found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Decomposition {
    /// `path_integral`, `shapley` or `alone`; empty in results of older programs, which ran levers
    /// alone.
    pub method: String,
    /// Nodes of the quadrature; 0 where there is none.
    pub nodes: usize,
    /// Largest quadrature error, relative to the sum of the parts' sizes.
    pub error: f64,
    /// Largest error that is given to the parts instead of shown as one.
    pub limit: f64,
    /// The method in words.
    pub statement: String,
}

impl Decomposition {
    /// Of a method, before anything is found.
    pub fn none(method: &str) -> Self {
        Self { method: method.to_owned(), ..Self::default() }
    }
}

/// A lever as the reader should see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeverInfo {
    /// Name in the study file.
    pub name: String,
    /// Kind, e.g. `investment project`.
    pub kind: String,
    /// What it does, in one sentence with its numbers.
    pub summary: String,
    /// Source as given in the study file.
    pub source: String,
}

/// A target against what the paths reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetResult {
    /// Name, e.g. `Foreign direct investment`.
    pub name: String,
    /// Variable.
    pub indicator: String,
    /// Region.
    pub region: String,
    /// Unit.
    pub unit: String,
    /// Year.
    pub year: u16,
    /// Target value.
    pub value: f64,
    /// Reached in the baseline.
    pub baseline: f64,
    /// Reached under the policy.
    pub policy: f64,
    /// Target less policy; positive is missing.
    pub gap: f64,
    /// Growth per year from the last observation that the target needs, in percent.
    pub required_growth: f64,
    /// Last observation: year and value.
    pub last_observation: (u16, f64),
    /// Months that it is of; where fewer than 12, the value is scaled to a year.
    pub last_months: u8,
    /// Source of the target.
    pub source: String,
}

/// Cost of a lever to a budget.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Lever.
    pub lever: String,
    /// Region whose government pays, or `central`.
    pub budget: String,
    /// Unit, e.g. `100 million CNY`.
    pub unit: String,
    /// One value per year.
    pub values: Vec<f64>,
}

/// A figure that the model implies, measured on runs, beside a published one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImpliedFigure {
    /// What it is.
    pub what: String,
    /// Unit.
    pub unit: String,
    /// Published, in words.
    pub published: String,
    /// What the model implies.
    pub implied: f64,
    /// Limits within which it fits.
    pub limits: (f64, f64),
    /// Whether it fits.
    pub fits: bool,
    /// Source of the published figure.
    pub source: String,
    /// How it is measured.
    pub method: String,
}

/// Trade with one partner abroad over the years in one scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartnerSeries {
    /// `baseline`, `policy`.
    pub scenario: String,
    /// `exports`, `imports`.
    pub flow: String,
    /// Partner of a trade-destination lever, or `other countries`.
    pub partner: String,
    /// A region, the province, or `nation`.
    pub region: String,
    /// Unit of the values, at current prices.
    pub unit: String,
    /// One value per year.
    pub values: Vec<f64>,
}

/// Net effect or cost of a lever, or of the whole programme, in one place: policy less baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetMeasure {
    /// Name of the lever, `interaction`, or `programme` for all levers together.
    pub lever: String,
    /// The province or `nation`.
    pub region: String,
    /// One of [`crate::run::NET_MEASURES`].
    pub measure: String,
    /// Unit of `headline`; over all years jobs are job-years.
    pub unit: String,
    /// In the headline year; none of a ratio without a meaning.
    pub headline: Option<f64>,
    /// Sum over all years, or the ratio of sums.
    pub all_years: Option<f64>,
    /// Why there is no `all_years`: the ratio does not apply; empty where there is one.
    #[serde(default)]
    pub undefined: String,
    /// Whether levers and interaction add up to the programme; ratios do not.
    pub adds: bool,
}

/// A parameter with source and status.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParameterNote {
    /// Name.
    pub name: String,
    /// Value in words or figures.
    pub value: String,
    /// Unit.
    pub unit: String,
    /// Source.
    pub source: String,
    /// `verified_at_source`, `secondary_source`, `from_memory_check_before_use`, `assumption`.
    pub status: String,
}

/// A built total against the published one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TotalCheck {
    /// What, e.g. `Gross regional product, Dalian`.
    pub item: String,
    /// Unit.
    pub unit: String,
    /// Published.
    pub published: f64,
    /// Built.
    pub built: f64,
    /// Publisher and remark.
    pub note: String,
}

/// A check of sign or size with its source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plausibility {
    /// What is expected, e.g. `a plant of 670 million CNY moves provincial GDP by less than 0.1 %`.
    pub expectation: String,
    /// What the run shows.
    pub found: String,
    /// Whether it holds.
    pub holds: bool,
    /// Source of the expectation.
    pub source: String,
}

/// How one solve went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SolveRecord {
    /// Scenario.
    pub scenario: String,
    /// Year.
    pub year: u16,
    /// Status in words; numbers are only kept from `solved`.
    pub status: String,
    /// Largest deviation, recomputed by other code from the solution, relative to total output.
    pub certificate: Certificate,
    /// Newton steps.
    pub newton_steps: usize,
    /// Iterations of the linear solver.
    pub linear_iterations: usize,
}

/// Largest deviations of a solution, relative to total output.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Certificate {
    /// Industry cost = industry output.
    pub zero_profit: f64,
    /// Supply = demand.
    pub market_clearance: f64,
    /// Income = outlay of households and governments.
    pub income_balance: f64,
    /// Saving = investment, the equation that was left out.
    pub walras: f64,
}

impl Results {
    /// The series of a variable for a region, all industries and owners.
    pub fn series_of(&self, scenario: &str, variable: &str, region: &str) -> Option<&Series> {
        self.series_by(scenario, variable, region, "", "")
    }

    /// The series of a variable for a region, an industry and an owner (empty = all).
    pub fn series_by(
        &self,
        scenario: &str,
        variable: &str,
        region: &str,
        industry: &str,
        owner: &str,
    ) -> Option<&Series> {
        self.series.iter().find(|series| {
            series.scenario == scenario
                && series.variable == variable
                && series.region == region
                && series.industry == industry
                && series.owner == owner
        })
    }

    /// Value of a series in a year.
    pub fn value(&self, scenario: &str, variable: &str, region: &str, year: u16) -> Option<f64> {
        let at = self.years.iter().position(|each| *each == year)?;
        self.series_of(scenario, variable, region).map(|series| series.values[at])
    }
}
