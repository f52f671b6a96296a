//! Solutions told as indicators, region by region and industry by industry.
//!
//! The variables are those of [`crate::results::VARIABLES`]. A place is a set of regions: one of
//! them, the province, or the nation.

use economy::welfare::equivalent_variation;
use economy::year::Solution;
use equilibrium::number::Number;

use super::context::Context;
use super::path::Year;
use crate::lever::{Budget, InvestmentProject, Lever};
use crate::money::Money;
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
pub(crate) struct Told<'a, T = f64> {
    pub(crate) years: &'a [Year<T>],
    pub(crate) baseline: &'a [Year<T>],
    /// Levers at work.
    pub(crate) levers: &'a [&'a Lever],
    /// Strength of each lever; 1 for those beyond the end of the list.
    pub(crate) strengths: &'a [T],
}

impl<'a, T: Number> Told<'a, T> {
    /// Levers with their strength.
    pub(crate) fn working(self) -> impl Iterator<Item = (&'a Lever, T)> {
        let strengths = self.strengths.iter().copied();
        let all = strengths.chain(std::iter::repeat(T::constant(1.0)));
        self.levers.iter().copied().zip(all)
    }
}

/// One series by industry: which cells of which report it adds up.
pub(crate) struct IndustryRow {
    pub(crate) variable: &'static str,
    pub(crate) place: String,
    pub(crate) industry: usize,
    /// All owners where none is named.
    pub(crate) owner: Option<usize>,
    report: &'static str,
    firms: Vec<usize>,
}

/// Unit of a variable.
pub fn unit(variable: &str) -> &'static str {
    VARIABLES.iter().find(|(name, _, _)| *name == variable).map_or("", |(_, unit, _)| unit)
}

/// Variables by place; the others are by industry.
pub(crate) fn regional_variables() -> impl Iterator<Item = &'static str> {
    VARIABLES.iter().map(|(name, _, _)| *name).take_while(|name| *name != "output")
}

impl Context<'_> {
    /// Every region, the province, the nation. A province of one region stands once.
    pub(crate) fn places(&self) -> Vec<Place> {
        let names = &self.inputs.names;
        let single = names
            .regions
            .iter()
            .enumerate()
            .filter(|(_, name)| **name != names.home)
            .map(|(at, name)| Place { name: name.clone(), regions: vec![at] });
        let home = Place { name: names.home.clone(), regions: self.home.clone() };
        let nation = Place { name: NATION.to_owned(), regions: (0..names.regions.len()).collect() };
        single.chain([home, nation]).collect()
    }

    /// A variable of a place over the years of a path; none where it has no meaning.
    pub(crate) fn indicator<T: Number>(
        &self,
        variable: &str,
        place: &Place,
        told: Told<'_, T>,
    ) -> Option<Vec<T>> {
        let all = || (0..told.years.len()).map(|at| self.in_year(variable, place, told, at));
        self.has(variable, place).then(|| all().collect())
    }

    /// Whether a variable has a meaning for a place.
    pub(crate) fn has(&self, variable: &str, place: &Place) -> bool {
        match variable {
            // Its level is that of an observation.
            "domestic_funds" => {
                place.name == self.inputs.names.home && self.base_level(variable).is_finite()
            }
            // Within the nation nobody moves in or out.
            "net_migration" => place.name != NATION,
            _ => true,
        }
    }

    /// A variable of a place in one year of a path.
    pub(crate) fn in_year<T: Number>(
        &self,
        variable: &str,
        place: &Place,
        told: Told<'_, T>,
        at: usize,
    ) -> T {
        let solution = &told.years[at].solution;
        let sum = |name: &str| self.sum(solution, name, place);
        match variable {
            "gdp" => sum("real_gdp"),
            "gdp_nominal" => ["labour", "capital_income", "rent", "production_tax", "tax"]
                .iter()
                .map(|name| sum(name))
                .sum(),
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
            "labour_force" => self.labour_force(&told.years[at], place),
            "net_migration" => place.regions.iter().map(|d| told.years[at].moved[*d]).sum(),
            "foreign_capital" => self.foreign_capital(&told.years[at], place),
            "government_debt" => place.regions.iter().map(|d| told.years[at].debt[*d]).sum(),
            "research_stock" => self.research_stock(&told.years[at], place),
            "government" => sum("real_government"),
            "investment_domestic" => self.investment_of(solution, place, 0..1),
            "investment_foreign" => self.investment_of(solution, place, 1..self.n.owners),
            "programme_cost" => {
                let spent = self.cost_to(place, told, self.study.years.all()[at]);
                spent + self.forgone(place, told, at)
            }
            "returned_to_households" => self.passed_on(place, told, at),
            "project_spending" => {
                self.projects(place, told, at, InvestmentProject::expected_spending)
            }
            "project_anyway" => self.projects(place, told, at, InvestmentProject::coming_anyway),
            "project_displacing" => self.projects(place, told, at, InvestmentProject::displacing),
            _ => T::constant(f64::NAN),
        }
    }

    /// A report summed over everything but the place; its last axis is the region.
    fn sum<T: Number>(&self, solution: &Solution<T>, name: &str, place: &Place) -> T {
        let values = solution.get(name);
        let r = self.n.regions;
        let of = |region: &usize| values.iter().skip(*region).step_by(r).copied().sum::<T>();
        place.regions.iter().map(of).sum()
    }

    /// Investment of the firms of some owners.
    fn investment_of<T: Number>(
        &self,
        solution: &Solution<T>,
        place: &Place,
        owners: std::ops::Range<usize>,
    ) -> T {
        let invested = solution.get("real_investment_by_firm");
        let here = (0..self.n.firms()).filter(|firm| {
            owners.contains(&self.n.owner_of(*firm))
                && place.regions.contains(&(firm % self.n.regions))
        });
        here.map(|firm| invested[firm]).sum()
    }

    /// Projects of a place in a year of the path, told by one of their amounts.
    fn projects<T: Number>(
        &self,
        place: &Place,
        told: Told<'_, T>,
        at: usize,
        amount: fn(&InvestmentProject, u16) -> Money,
    ) -> T {
        let year = self.study.years.all()[at];
        let of = |(lever, strength): (&Lever, T)| match lever {
            Lever::InvestmentProject(project) if place.regions.contains(&project.region.index) => {
                strength * amount(project, year).hundred_million_cny()
            }
            _ => T::constant(0.0),
        };
        told.working().map(of).sum()
    }

    fn consumer_prices<T: Number>(&self, solution: &Solution<T>, place: &Place) -> T {
        let weights = &self.model.benchmark.expenditure;
        let total: f64 = place.regions.iter().map(|region| weights[*region]).sum();
        let prices = solution.get("consumer_price");
        place.regions.iter().map(|region| prices[*region] * (weights[*region] / total)).sum()
    }

    fn real_wage<T: Number>(&self, solution: &Solution<T>, place: &Place) -> T {
        let wage = self.sum(solution, "labour", place) / self.sum(solution, "persons", place);
        wage / self.consumer_prices(solution, place)
    }

    fn labour_force<T: Number>(&self, year: &Year<T>, place: &Place) -> T {
        let persons = self.model.benchmark.employment();
        let usual = 1.0 - self.model.parameters.unemployment;
        let force = year.exogenous.get("labour_force").iter().zip(persons).enumerate();
        let here = force.filter(|(at, _)| place.regions.contains(&(at % self.n.regions)));
        here.map(|(_, (ratio, persons))| *ratio * (persons / usual)).sum()
    }

    /// Capital of foreign firms at base-year prices.
    fn foreign_capital<T: Number>(&self, year: &Year<T>, place: &Place) -> T {
        let firms = (0..self.n.firms()).filter(|firm| {
            self.n.owner_of(*firm) != 0 && place.regions.contains(&(firm % self.n.regions))
        });
        firms.map(|firm| self.of_firm(&year.solution, "capital", firm)).sum()
    }

    /// R&D stock over the usual one, by value added of the base year.
    fn research_stock<T: Number>(&self, year: &Year<T>, place: &Place) -> T {
        let b = &self.model.benchmark;
        let added = |cell: usize| -> f64 {
            let (industry, region) = (cell / self.n.regions, cell % self.n.regions);
            let firms = (0..self.n.owners).map(|owner| self.n.firm(industry, owner, region));
            firms.map(|firm| b.output[firm] - b.materials[firm]).sum()
        };
        let stocks = year.exogenous.get("research").iter().enumerate();
        let here = stocks.filter(|(cell, _)| place.regions.contains(&(cell % self.n.regions)));
        let none = (T::constant(0.0), 0.0);
        let (sum, weights) = here.fold(none, |(sum, weights), (cell, stock)| {
            (sum + *stock * added(cell), weights + added(cell))
        });
        sum / weights
    }

    /// Direct investment used: the study's path, times what the model says a scenario does to it,
    /// and the foreign part of projects.
    fn fdi<T: Number>(&self, place: &Place, told: Told<'_, T>, at: usize) -> T {
        let year = self.study.years.base + u16::try_from(at).unwrap_or(0);
        let path = &self.study.baseline.foreign_direct_investment;
        let by_region = |region: &usize| {
            let one = Place { name: String::new(), regions: vec![*region] };
            let of = |year: &Year<T>| self.sum(&year.solution, "fdi", &one);
            let used = self.inputs.foreign_direct_investment.get(*region).copied().unwrap_or(0.0);
            let moved = of(&told.years[at]) / of(&told.baseline[at]);
            let moved = if moved.value().is_finite() { moved } else { T::constant(1.0) };
            moved * (used * self.level(path, *region, year))
        };
        place.regions.iter().map(by_region).sum::<T>() + self.new_money("fdi", place, told, year)
    }

    /// Funds from other provinces: the study's path, times what a scenario does to domestic firms'
    /// investment, and the domestic part of projects.
    fn domestic_funds<T: Number>(&self, place: &Place, told: Told<'_, T>, at: usize) -> T {
        let year = self.study.years.base + u16::try_from(at).unwrap_or(0);
        let level = self.level(&self.study.baseline.domestic_funds, self.home[0], year);
        let of = |year: &Year<T>| {
            let invested = year.solution.get("real_investment_by_firm");
            let by_industry = |region: usize| {
                (0..self.n.industries).map(move |i| invested[self.n.firm(i, 0, region)]).sum::<T>()
            };
            place.regions.iter().map(|region| by_industry(*region)).sum::<T>()
        };
        let moved = of(&told.years[at]) / of(&told.baseline[at]);
        moved * (self.base_level("domestic_funds") * level)
            + self.new_money("domestic_funds", place, told, year)
    }

    /// New project spending in a place and year that counts to an inflow, million USD: the foreign
    /// part of it to direct investment, the rest to domestic funds.
    pub(crate) fn new_money<T: Number>(
        &self,
        inflow: &str,
        place: &Place,
        told: Told<'_, T>,
        year: u16,
    ) -> T {
        let part = |foreign: f64| if inflow == "fdi" { foreign } else { 1.0 - foreign };
        let spending = |(lever, strength): (&Lever, T)| match lever {
            Lever::InvestmentProject(project) if place.regions.contains(&project.region.index) => {
                let money = project
                    .expected_new_spending(year)
                    .million_usd(self.study.exchange_rate.cny_per_usd);
                strength * (money * part(project.foreign_share))
            }
            _ => T::constant(0.0),
        };
        told.working().map(spending).sum()
    }

    /// Base-year level of an indicator of the province from its observations: of that year, or of the
    /// year after and its growth. Observations of other places say nothing of it.
    fn base_level(&self, indicator: &str) -> f64 {
        let fits = self.study.observations.iter().filter(|each| {
            each.indicator == indicator && each.scope == crate::spec::Scope::Province
        });
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

    fn revenue<T: Number>(&self, solution: &Solution<T>, place: &Place) -> T {
        ["production_tax", "tax", "corporate_tax"]
            .iter()
            .map(|name| self.sum(solution, name, place))
            .sum()
    }

    /// Taxes raised in the place less usual government purchases and the levers' cost to it, at
    /// consumer prices of the base year, before what households pay for levers or get back.
    pub(crate) fn budget_balance<T: Number>(
        &self,
        place: &Place,
        told: Told<'_, T>,
        at: usize,
    ) -> T {
        let year = self.study.years.base + u16::try_from(at).unwrap_or(0);
        let balance = self.sum(&told.years[at].solution, "budget_balance", place);
        balance - self.cost_to(place, told, year)
    }

    /// What levers cost the budgets of a place; a budget of several regions counts by their size.
    pub(crate) fn cost_to<T: Number>(&self, place: &Place, told: Told<'_, T>, year: u16) -> T {
        let share = |budget: &Budget| -> f64 {
            place.regions.iter().map(|region| self.budget_share(budget, *region)).sum()
        };
        let cost = |lever: &Lever| -> f64 {
            let costs = lever.cost(year).into_iter();
            costs.map(|(budget, money)| money.hundred_million_cny() * share(&budget)).sum()
        };
        told.working().map(|(lever, strength)| strength * cost(lever)).sum()
    }

    /// All series by industry (and owner), in the order in which they are told.
    pub(crate) fn industry_rows(&self) -> Vec<IndustryRow> {
        let mut list = Vec::new();
        for place in self.places() {
            for industry in 0..self.n.industries {
                let mut push = |variable, report, owner: Option<usize>| {
                    let owners = owner.map_or(0..self.n.owners, |owner| owner..owner + 1);
                    let of = |o| place.regions.iter().map(move |d| self.n.firm(industry, o, *d));
                    let firms = owners.flat_map(of).collect();
                    let place = place.name.clone();
                    list.push(IndustryRow { variable, place, industry, owner, report, firms });
                };
                push("output", "real_output", None);
                push("value_added", "real_value_added", None);
                push("industry_employment", "persons", None);
                push("capital", "capital", None);
                push("industry_investment", "real_investment_by_firm", None);
                for owner in 0..self.n.owners {
                    push("output", "real_output", Some(owner));
                    push("capital", "capital", Some(owner));
                    push("industry_investment", "real_investment_by_firm", Some(owner));
                }
            }
        }
        list
    }

    /// A series by industry in one year.
    pub(crate) fn of_row<T: Number>(&self, row: &IndustryRow, solution: &Solution<T>) -> T {
        row.firms.iter().map(|firm| self.of_firm(solution, row.report, *firm)).sum()
    }

    /// Series by industry (and owner) of one path.
    pub(crate) fn industry_series(&self, scenario: &str, years: &[Year]) -> Vec<Series> {
        let sets = &self.inputs.accounts.sets;
        let series = |row: &IndustryRow| Series {
            scenario: scenario.to_owned(),
            variable: row.variable.to_owned(),
            region: row.place.clone(),
            industry: self.inputs.names.industries[row.industry].clone(),
            owner: row.owner.map_or_else(String::new, |owner| sets.owner.labels[owner].clone()),
            unit: unit(row.variable).to_owned(),
            values: years.iter().map(|year| self.of_row(row, &year.solution)).collect(),
        };
        self.industry_rows().iter().map(series).collect()
    }

    /// A firm's cell of a report; capital in money, persons over skills.
    fn of_firm<T: Number>(&self, solution: &Solution<T>, report: &str, firm: usize) -> T {
        let values = solution.get(report);
        match report {
            "capital" => values[firm] * self.model.benchmark.capital_stock[firm],
            "persons" => values.iter().skip(firm).step_by(self.n.firms()).copied().sum(),
            _ => values[firm],
        }
    }
}
