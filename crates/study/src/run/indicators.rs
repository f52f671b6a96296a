//! Solutions told as indicators, region by region and industry by industry.
//!
//! The variables are those of [`crate::results::VARIABLES`]. A place is a set of regions: one of
//! them, the province, or the nation.

use accounts::User;
use economy::welfare::equivalent_variation;
use economy::year::Solution;

use super::context::Context;
use super::path::Year;
use crate::lever::{Budget, Lever};
use crate::results::{Series, VARIABLES};

/// Name of the place that is all regions.
pub(crate) const NATION: &str = "nation";

/// A place and its regions.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) regions: Vec<usize>,
}

/// One path to be told: its years, and the baseline's.
#[derive(Clone, Copy)]
pub(crate) struct Told<'a> {
    pub(crate) years: &'a [Year],
    pub(crate) baseline: &'a [Year],
    /// Levers at work.
    pub(crate) levers: &'a [&'a Lever],
}

/// Unit of a variable.
pub(crate) fn unit(variable: &str) -> &'static str {
    VARIABLES.iter().find(|(name, _, _)| *name == variable).map_or("", |(_, unit, _)| unit)
}

/// Variables by place; the others are by industry.
pub(crate) fn regional_variables() -> impl Iterator<Item = &'static str> {
    VARIABLES.iter().map(|(name, _, _)| *name).take_while(|name| *name != "output")
}

impl Context<'_> {
    /// Every region, the province, the nation.
    pub(crate) fn places(&self) -> Vec<Place> {
        let names = &self.inputs.names;
        let single = names
            .regions
            .iter()
            .enumerate()
            .map(|(at, name)| Place { name: name.clone(), regions: vec![at] });
        let home = Place { name: names.home.clone(), regions: self.home.clone() };
        let nation = Place { name: NATION.to_owned(), regions: (0..names.regions.len()).collect() };
        single.chain([home, nation]).collect()
    }

    /// A variable of a place over the years of a path; none where it has no meaning.
    pub(crate) fn indicator(
        &self,
        variable: &str,
        place: &Place,
        told: Told<'_>,
    ) -> Option<Vec<f64>> {
        if variable == "domestic_funds" && place.name != self.inputs.names.home {
            return None;
        }
        Some((0..told.years.len()).map(|at| self.in_year(variable, place, told, at)).collect())
    }

    fn in_year(&self, variable: &str, place: &Place, told: Told<'_>, at: usize) -> f64 {
        let solution = &told.years[at].solution;
        let sum = |name: &str| self.sum(solution, name, place);
        match variable {
            "gdp" => sum("real_gdp"),
            "gdp_nominal" => {
                let tax = self.sum(solution, "tax", place);
                ["labour", "capital_income", "rent", "production_tax"]
                    .iter()
                    .map(|name| sum(name))
                    .sum::<f64>()
                    + tax
            }
            "employment" => sum("persons"),
            "real_wage" => {
                self.real_wage(solution, place) / self.real_wage(&told.baseline[0].solution, place)
            }
            "consumption" => sum("real_consumption"),
            "investment" => sum("real_fixed_investment"),
            "exports" => sum("real_exports"),
            "imports" => sum("real_imports"),
            "trade" => {
                (sum("exports") + sum("imports")) / solution.get("exchange_rate")[0] * self.usd()
            }
            "fdi" => self.fdi(place, told, at),
            "domestic_funds" => self.domestic_funds(place, told, at),
            "budget_revenue" => {
                self.revenue(solution, place) / self.consumer_prices(solution, place)
            }
            "budget_balance" => self.budget_balance(place, told, at),
            "equivalent_variation" => {
                let baseline = &told.baseline[at];
                let by_region = equivalent_variation(
                    &self.model,
                    &baseline.exogenous,
                    &baseline.solution,
                    solution,
                );
                let price = baseline.solution.get("consumer_price");
                place.regions.iter().map(|region| by_region[*region] / price[*region]).sum()
            }
            "consumer_prices" => self.consumer_prices(solution, place),
            _ => f64::NAN,
        }
    }

    /// A report summed over everything but the place; its last axis is the region.
    fn sum(&self, solution: &Solution, name: &str, place: &Place) -> f64 {
        let values = solution.get(name);
        let r = self.n.regions;
        place.regions.iter().map(|region| values.iter().skip(*region).step_by(r).sum::<f64>()).sum()
    }

    fn consumer_prices(&self, solution: &Solution, place: &Place) -> f64 {
        let weights = &self.model.benchmark.expenditure;
        let total: f64 = place.regions.iter().map(|region| weights[*region]).sum();
        let prices = solution.get("consumer_price");
        place.regions.iter().map(|region| weights[*region] / total * prices[*region]).sum()
    }

    fn real_wage(&self, solution: &Solution, place: &Place) -> f64 {
        let wage = self.sum(solution, "labour", place) / self.sum(solution, "persons", place);
        wage / self.consumer_prices(solution, place)
    }

    /// Direct investment used: the study's path, times what the model says a scenario does to it,
    /// and the foreign part of projects.
    fn fdi(&self, place: &Place, told: Told<'_>, at: usize) -> f64 {
        let year = self.study.years.base + u16::try_from(at).unwrap_or(0);
        let path = &self.study.baseline.foreign_direct_investment;
        let by_region = |region: &usize| {
            let one = Place { name: String::new(), regions: vec![*region] };
            let of = |year: &Year| self.sum(&year.solution, "fdi", &one);
            let used = self.inputs.foreign_direct_investment.get(*region).copied().unwrap_or(0.0);
            let moved = of(&told.years[at]) / of(&told.baseline[at]);
            used * self.level(path, *region, year) * if moved.is_finite() { moved } else { 1.0 }
        };
        place.regions.iter().map(by_region).sum::<f64>()
            + self.project_money(place, told, year, |foreign| foreign)
    }

    /// Funds from other provinces: the study's path, times what a scenario does to domestic firms'
    /// investment, and the domestic part of projects.
    fn domestic_funds(&self, place: &Place, told: Told<'_>, at: usize) -> f64 {
        let year = self.study.years.base + u16::try_from(at).unwrap_or(0);
        let level = self.level(&self.study.baseline.domestic_funds, self.home[0], year);
        let of = |year: &Year| {
            let table = self
                .by_firm(year.solution.get("real_investment_by_firm"))
                .sum_to(&["owner", "region"]);
            place.regions.iter().map(|region| table.at(&[0, *region])).sum::<f64>()
        };
        let moved = of(&told.years[at]) / of(&told.baseline[at]);
        self.base_level("domestic_funds") * level * moved
            + self.project_money(place, told, year, |foreign| 1.0 - foreign)
    }

    /// New project spending in a place and year, million USD, times a function of the foreign share.
    fn project_money(
        &self,
        place: &Place,
        told: Told<'_>,
        year: u16,
        part: impl Fn(f64) -> f64,
    ) -> f64 {
        let spending = |lever: &&Lever| match lever {
            Lever::InvestmentProject(project) if place.regions.contains(&project.region.index) => {
                let money = project
                    .expected_new_spending(year)
                    .million_usd(self.study.exchange_rate.cny_per_usd);
                money * part(project.foreign_share)
            }
            _ => 0.0,
        };
        told.levers.iter().map(spending).sum()
    }

    /// Base-year level of an indicator from the observations: of that year, or of the year after
    /// and its growth.
    fn base_level(&self, indicator: &str) -> f64 {
        let fits = self.study.observations.iter().filter(|each| each.indicator == indicator);
        let level = |each: &crate::spec::Observation| {
            let value =
                each.annualised()?.in_unit(unit(indicator), self.study.exchange_rate.cny_per_usd);
            let years = each.period.year.checked_sub(self.study.years.base)?;
            match years {
                0 => Some(value),
                1 => each.growth.map(|growth| value / (1.0 + growth)),
                _ => None,
            }
        };
        // The observation of the longest period counts.
        let months = |each: &&crate::spec::Observation| each.period.months.1 - each.period.months.0;
        fits.filter(|each| level(each).is_some())
            .max_by_key(months)
            .and_then(level)
            .unwrap_or(f64::NAN)
    }

    fn revenue(&self, solution: &Solution, place: &Place) -> f64 {
        ["production_tax", "tax", "corporate_tax"]
            .iter()
            .map(|name| self.sum(solution, name, place))
            .sum()
    }

    /// Taxes raised in the place less usual government purchases and the levers' cost to it, at
    /// consumer prices of the base year.
    fn budget_balance(&self, place: &Place, told: Told<'_>, at: usize) -> f64 {
        let year = &told.years[at];
        let price = |region: usize| self.government_price(&year.solution, region);
        let usual = |region: &usize| {
            let benchmark: f64 = (0..self.n.products)
                .map(|c| {
                    self.model.benchmark.final_use
                        [(c * User::ALL.len() + 1) * self.n.regions + region]
                })
                .sum();
            benchmark * year.exogenous.get("government")[*region] * price(*region)
        };
        let spent: f64 = place.regions.iter().map(usual).sum();
        let base = self.study.years.base + u16::try_from(at).unwrap_or(0);
        let balance = self.revenue(&year.solution, place) - spent;
        balance / self.consumer_prices(&year.solution, place)
            - self.cost_to(place, told.levers, base)
    }

    /// Price of government purchases in a region.
    fn government_price(&self, solution: &Solution, region: usize) -> f64 {
        let user = self.inputs.accounts.sets.user_position(User::Government);
        let stride = self.n.users * self.n.regions;
        let at = |values: &[f64]| -> f64 {
            values.iter().skip(user * self.n.regions + region).step_by(stride).sum()
        };
        (at(solution.get("use")) + at(solution.get("tax")))
            / solution.get("real_government")[region]
    }

    /// What levers cost the budgets of a place; a budget of several regions counts by their size.
    fn cost_to(&self, place: &Place, levers: &[&Lever], year: u16) -> f64 {
        let share = |budget: &Budget| -> f64 {
            place.regions.iter().map(|region| self.budget_share(budget, *region)).sum()
        };
        let costs = levers.iter().flat_map(|lever| lever.cost(year));
        costs.map(|(budget, money)| money.hundred_million_cny() * share(&budget)).sum()
    }

    /// Series by industry (and owner) of one path.
    pub(crate) fn industry_series(&self, scenario: &str, years: &[Year]) -> Vec<Series> {
        let mut list = Vec::new();
        for place in self.places() {
            for (industry, label) in self.inputs.names.industries.iter().enumerate() {
                let series = |variable: &str, owner: Option<usize>, report: &str| {
                    let owners: Vec<usize> =
                        owner.map_or_else(|| (0..self.n.owners).collect(), |owner| vec![owner]);
                    let firms: Vec<usize> = owners
                        .iter()
                        .flat_map(|o| place.regions.iter().map(|d| self.n.firm(industry, *o, *d)))
                        .collect();
                    let value = |year: &Year| {
                        firms.iter().map(|firm| self.of_firm(year, report, *firm)).sum()
                    };
                    Series {
                        scenario: scenario.to_owned(),
                        variable: variable.to_owned(),
                        region: place.name.clone(),
                        industry: label.clone(),
                        owner: owner.map_or_else(String::new, |owner| {
                            self.inputs.accounts.sets.owner.labels[owner].clone()
                        }),
                        unit: unit(variable).to_owned(),
                        values: years.iter().map(value).collect(),
                    }
                };
                list.push(series("output", None, "real_output"));
                list.push(series("value_added", None, "real_value_added"));
                list.push(series("industry_employment", None, "persons"));
                list.push(series("capital", None, "capital"));
                for owner in 0..self.n.owners {
                    list.push(series("output", Some(owner), "real_output"));
                    list.push(series("capital", Some(owner), "capital"));
                }
            }
        }
        list
    }

    /// A firm's cell of a report; capital in money, persons over skills.
    fn of_firm(&self, year: &Year, report: &str, firm: usize) -> f64 {
        let values = year.solution.get(report);
        match report {
            "capital" => values[firm] * self.model.benchmark.capital_stock[firm],
            "persons" => values.iter().skip(firm).step_by(self.n.firms()).sum(),
            _ => values[firm],
        }
    }
}
