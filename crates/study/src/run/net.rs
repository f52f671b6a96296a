//! Net, not gross: what the programme and each lever bring and cost, in the headline year and over
//! all years.
//!
//! Differences are those of the contributions, so levers and interaction add up to the programme.
//! Ratios are those of sums: what is paid over what comes of it.

use crate::results::{NetMeasure, Results};

/// Name of all levers together.
pub const PROGRAMME: &str = "programme";

/// Measures: name, variable whose change it is (ratios have none), unit, meaning.
pub const NET_MEASURES: &[(&str, Option<&str>, &str, &str)] = &[
    ("project spending", Some("project_spending"), "100 million CNY", "expected, gross"),
    (
        "coming anyway",
        Some("project_anyway"),
        "100 million CNY",
        "part of it, without the programme",
    ),
    ("displacing", Some("project_displacing"), "100 million CNY", "part of it, instead of other"),
    ("value added", Some("gdp"), "100 million CNY", "gross product"),
    ("jobs", Some("employment"), "persons", "job-years over all years"),
    (
        "domestic investment",
        Some("investment_domestic"),
        "100 million CNY",
        "negative is crowded out",
    ),
    ("foreign investment", Some("investment_foreign"), "100 million CNY", "of foreign firms"),
    ("exports", Some("exports"), "100 million CNY", "to abroad"),
    ("imports", Some("imports"), "100 million CNY", "from abroad"),
    ("equivalent variation", Some("equivalent_variation"), "100 million CNY", "households' gain"),
    (
        "public cost",
        Some("programme_cost"),
        "100 million CNY",
        "paid by budgets of the place, revenue forgone by lower tax rates included",
    ),
    ("tax revenue", Some("budget_revenue"), "100 million CNY", "raised in the place, all budgets"),
    (
        "import leakage",
        None,
        "share",
        "imports over consumption, investment, government and exports",
    ),
    ("cost per job", None, "CNY a job-year", "public cost of the place over its jobs"),
    ("value added per yuan", None, "CNY per CNY", "value added of the place over that cost"),
    (
        "cost less revenue per job",
        None,
        "CNY a job-year",
        "what budgets of the place are worse off by, over its jobs",
    ),
];

/// Jobs below which a cost per job says nothing.
const FEW_JOBS: f64 = 1.0;

/// Cost, in 100 million yuan, below which there is nothing to divide by.
const SMALL_COST: f64 = 1e-6;

/// Part of a level below which a difference is noise of the solver, and counts as none.
pub const NOISE: f64 = 1e-8;

/// Why a ratio has no value.
const NO_COST: &str = "no cost";
const NO_JOBS: &str = "no jobs";
const NO_DEMAND: &str = "no demand";
const NO_DATA: &str = "no data";

/// A measure: headline year, all years; or why it has no value.
type Pair = [Result<f64, &'static str>; 2];

/// Change of a variable by a lever in a place.
struct Changes<'a> {
    results: &'a Results,
    lever: &'a str,
    headline: usize,
}

impl Changes<'_> {
    /// In the headline year and over all years; nothing where it is less than noise.
    fn of(&self, variable: &str, region: &str) -> [f64; 2] {
        let told = |values: &[f64]| [values[self.headline], values.iter().sum()];
        let series = |scenario| self.results.series_of(scenario, variable, region);
        let Some(baseline) = series("baseline") else { return [f64::NAN; 2] };
        let changes = if self.lever == PROGRAMME {
            let Some(policy) = series("policy") else { return [f64::NAN; 2] };
            let pairs = policy.values.iter().zip(&baseline.values);
            told(&pairs.map(|(x, y)| x - y).collect::<Vec<_>>())
        } else {
            let found = self.results.contributions.iter().find(|each| {
                each.lever == self.lever && each.variable == variable && each.region == region
            });
            found.map_or([f64::NAN; 2], |each| told(&each.values))
        };
        let level = told(&baseline.values.iter().map(|x| x.abs()).collect::<Vec<_>>());
        std::array::from_fn(
            |at| {
                if changes[at].abs() < NOISE * level[at] { 0.0 } else { changes[at] }
            },
        )
    }

    fn sum(&self, variables: &[&str], region: &str) -> [f64; 2] {
        let all = variables.iter().map(|variable| self.of(variable, region));
        all.fold([0.0; 2], |sum, each| [sum[0] + each[0], sum[1] + each[1]])
    }

    /// A ratio of changes: cost and effect of the same place.
    fn ratio(&self, measure: &str, region: &str) -> Pair {
        let cost = self.of("programme_cost", region);
        let jobs = self.of("employment", region);
        let some = |at: usize| if cost[at] > SMALL_COST { Ok(cost[at]) } else { Err(NO_COST) };
        let per_job = |cost: f64, at: usize| {
            if jobs[at] >= FEW_JOBS { Ok(cost * 1e8 / jobs[at]) } else { Err(NO_JOBS) }
        };
        let of = |at: usize| match measure {
            "import leakage" => {
                let spent =
                    self.sum(&["consumption", "investment", "government", "exports"], region);
                let imports = self.of("imports", region);
                if spent[at] > SMALL_COST { Ok(imports[at] / spent[at]) } else { Err(NO_DEMAND) }
            }
            "cost per job" => some(at).and_then(|cost| per_job(cost, at)),
            "value added per yuan" => some(at).map(|cost| self.of("gdp", region)[at] / cost),
            _ => per_job(-self.of("budget_balance", region)[at], at),
        };
        [of(0), of(1)]
    }
}

/// Net measures of the programme, every lever and the interaction, in the province and the nation.
pub(crate) fn net(results: &Results) -> Vec<NetMeasure> {
    let study = &results.study;
    let headline = results.years.iter().position(|year| *year == study.headline_year);
    let mut levers: Vec<&str> = vec![PROGRAMME];
    for each in &results.contributions {
        if !levers.contains(&each.lever.as_str()) {
            levers.push(&each.lever);
        }
    }
    let mut list = Vec::new();
    for lever in levers {
        let changes = Changes { results, lever, headline: headline.unwrap_or_default() };
        for region in [study.home.as_str(), super::NATION] {
            for (measure, variable, unit, _) in NET_MEASURES {
                let finite = |x: f64| if x.is_finite() { Ok(x) } else { Err(NO_DATA) };
                let pair = match variable {
                    Some(variable) => changes.of(variable, region).map(Ok),
                    None => changes.ratio(measure, region),
                };
                let [headline, all_years] = pair.map(|value| value.and_then(finite));
                list.push(NetMeasure {
                    lever: lever.to_owned(),
                    region: region.to_owned(),
                    measure: (*measure).to_owned(),
                    unit: (*unit).to_owned(),
                    headline: headline.ok(),
                    all_years: all_years.ok(),
                    undefined: all_years.err().unwrap_or_default().to_owned(),
                    adds: variable.is_some(),
                });
            }
        }
    }
    list
}
