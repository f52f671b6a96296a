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
    ("public cost", Some("programme_cost"), "100 million CNY", "paid by budgets of the place"),
    ("tax revenue", Some("budget_revenue"), "100 million CNY", "raised in the place, all budgets"),
    (
        "import leakage",
        None,
        "share",
        "imports over consumption, investment, government and exports",
    ),
    ("cost per job", None, "CNY a job-year", "public cost of all budgets over jobs of the place"),
    ("value added per yuan", None, "CNY per CNY", "value added of the place over that cost"),
    (
        "cost less revenue per job",
        None,
        "CNY a job-year",
        "public cost less tax revenue of the nation",
    ),
];

/// Jobs below which a cost per job says nothing.
const FEW_JOBS: f64 = 1.0;

/// Cost, in 100 million yuan, below which there is nothing to divide by.
const SMALL_COST: f64 = 1e-6;

/// Change of a variable by a lever in a place: headline year, all years.
struct Changes<'a> {
    results: &'a Results,
    lever: &'a str,
    headline: usize,
}

impl Changes<'_> {
    fn of(&self, variable: &str, region: &str) -> [f64; 2] {
        let told = |values: &[f64]| [values[self.headline], values.iter().sum()];
        if self.lever == PROGRAMME {
            let series = |scenario| self.results.series_of(scenario, variable, region);
            let (Some(policy), Some(baseline)) = (series("policy"), series("baseline")) else {
                return [f64::NAN; 2];
            };
            let less: Vec<f64> =
                policy.values.iter().zip(&baseline.values).map(|(x, y)| x - y).collect();
            return told(&less);
        }
        let found = self.results.contributions.iter().find(|each| {
            each.lever == self.lever && each.variable == variable && each.region == region
        });
        found.map_or([f64::NAN; 2], |each| told(&each.values))
    }

    fn sum(&self, variables: &[&str], region: &str) -> [f64; 2] {
        let all = variables.iter().map(|variable| self.of(variable, region));
        all.fold([0.0; 2], |sum, each| [sum[0] + each[0], sum[1] + each[1]])
    }

    /// A ratio of changes in the headline year and over all years.
    fn ratio(&self, measure: &str, region: &str) -> [Option<f64>; 2] {
        let cost = self.of("programme_cost", super::NATION);
        let jobs = self.of("employment", region);
        let pair = |f: &dyn Fn(usize) -> Option<f64>| [f(0), f(1)];
        let per_job = |cost: f64, jobs: f64| (jobs >= FEW_JOBS).then(|| cost * 1e8 / jobs);
        match measure {
            "import leakage" => {
                let spent =
                    self.sum(&["consumption", "investment", "government", "exports"], region);
                let imports = self.of("imports", region);
                pair(&|at| (spent[at] > SMALL_COST).then(|| imports[at] / spent[at]))
            }
            "cost per job" => {
                pair(&|at| (cost[at] > SMALL_COST).then(|| per_job(cost[at], jobs[at]))?)
            }
            "value added per yuan" => {
                let added = self.of("gdp", region);
                pair(&|at| (cost[at] > SMALL_COST).then(|| added[at] / cost[at]))
            }
            _ => {
                let revenue = self.of("budget_revenue", super::NATION);
                pair(&|at| per_job(cost[at] - revenue[at], jobs[at]))
            }
        }
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
                let [headline, all_years] = match variable {
                    Some(variable) => changes.of(variable, region).map(Some),
                    None => changes.ratio(measure, region),
                };
                list.push(NetMeasure {
                    lever: lever.to_owned(),
                    region: region.to_owned(),
                    measure: (*measure).to_owned(),
                    unit: (*unit).to_owned(),
                    headline: headline.filter(|value| value.is_finite()),
                    all_years: all_years.filter(|value| value.is_finite()),
                    adds: variable.is_some(),
                });
            }
        }
    }
    list
}
