//! Years one after the other: capital accumulates, each year is solved from what is near it.

use accounts::Table;
use economy::exogenous::Exogenous;
use economy::year::{Solution, Solver};
use equilibrium::Settings;

use super::RunError;
use super::context::Context;
use crate::lever::Lever;

/// One solved year.
pub(crate) struct Year {
    pub(crate) exogenous: Exogenous,
    pub(crate) solution: Solution,
}

/// The path without the programme, with a solver left at each year for the scenarios to start from.
pub(crate) struct Baseline<'m> {
    pub(crate) years: Vec<Year>,
    solvers: Vec<Solver<'m>>,
}

/// Largest deviation of a solution from its own accounts, relative to total output.
const CERTIFIED: f64 = 1e-7;

/// Refuses a solution whose flows do not add up.
fn certify(scenario: &str, year: u16, solution: &Solution) -> Result<(), RunError> {
    let deviation = solution.certificate.worst();
    if deviation <= CERTIFIED {
        return Ok(());
    }
    Err(RunError::Certificate { scenario: scenario.to_owned(), year, deviation })
}

impl Context<'_> {
    /// Solves the path without the programme.
    pub(crate) fn solve_baseline(
        &self,
        tick: &(dyn Fn() + Sync),
    ) -> Result<Baseline<'_>, RunError> {
        let mut solver = Solver::new(&self.model, Settings::default());
        let mut on_paths =
            self.reference.as_ref().map(|model| Solver::new(model, Settings::default()));
        let mut baseline = Baseline { years: vec![], solvers: vec![] };
        let mut capital = self.model.start.get("capital").to_vec();
        for year in self.study.years.all() {
            let mut exogenous = self.baseline(year);
            exogenous.get_mut("capital").copy_from_slice(&capital);
            let failed = |failure| RunError::solve("baseline", year, failure);
            if let Some(on_paths) = &mut on_paths {
                let given = on_paths.solve(&exogenous).map_err(failed)?;
                self.read_references(&given, &mut exogenous);
            }
            let solution = solver.solve(&exogenous).map_err(failed)?;
            certify("baseline", year, &solution)?;
            capital = self.accumulate(&solution, &capital);
            baseline.solvers.push(solver.branch());
            baseline.years.push(Year { exogenous, solution });
            tick();
        }
        Ok(baseline)
    }

    /// Wages and returns at which the given paths of employment and direct investment come about:
    /// with them as references, the behavioural model has the same solution.
    fn read_references(&self, given: &Solution, exogenous: &mut Exogenous) {
        let (wage, price) = (given.get("wage"), given.get("consumer_price"));
        let references = exogenous.get_mut("reference_wage").iter_mut().enumerate();
        references.for_each(|(at, value)| *value = wage[at] / price[at % self.n.regions]);
        exogenous.get_mut("return_reference").copy_from_slice(given.get("after_tax_return"));
    }

    /// Solves the path with some levers.
    pub(crate) fn solve_scenario(
        &self,
        name: &str,
        levers: &[&Lever],
        baseline: &Baseline<'_>,
        tick: &(dyn Fn() + Sync),
    ) -> Result<Vec<Year>, RunError> {
        let mut years = Vec::new();
        let mut capital = self.model.start.get("capital").to_vec();
        for (at, year) in self.study.years.all().into_iter().enumerate() {
            let mut exogenous = baseline.years[at].exogenous.clone();
            self.start_projects(levers, year, &mut capital);
            exogenous.get_mut("capital").copy_from_slice(&capital);
            for lever in levers {
                self.apply(lever, year, &mut exogenous);
            }
            let mut solver = baseline.solvers[at].branch();
            let solution =
                solver.solve(&exogenous).map_err(|failure| RunError::solve(name, year, failure))?;
            certify(name, year, &solution)?;
            capital = self.accumulate(&solution, &capital);
            years.push(Year { exogenous, solution });
            tick();
        }
        Ok(years)
    }

    /// Capital of next year: what is left of this year's and what was invested, relative to the
    /// base year.
    fn accumulate(&self, solution: &Solution, capital: &[f64]) -> Vec<f64> {
        let stock = &self.model.benchmark.capital_stock;
        let invested = solution.get("real_investment_by_firm");
        let depreciation = &self.model.parameters.depreciation;
        let next = |firm: usize| {
            if stock[firm] == 0.0 {
                return 1.0;
            }
            let kept = capital[firm] * (1.0 - depreciation[firm % self.n.regions]);
            kept + invested[firm] / stock[firm]
        };
        (0..capital.len()).map(next).collect()
    }

    /// Adds the capital of projects that start to work.
    fn start_projects(&self, levers: &[&Lever], year: u16, capital: &mut [f64]) {
        for lever in levers {
            let Lever::InvestmentProject(project) = lever else { continue };
            for (firm, amount) in self.started(project, year) {
                capital[firm] += amount / self.model.benchmark.capital_stock[firm];
            }
        }
    }

    /// A report as a table by industry, owner and region.
    pub(crate) fn by_firm(&self, values: &[f64]) -> Table {
        let mut table = self.inputs.accounts.output.clone();
        table.values_mut().copy_from_slice(values);
        table
    }
}
