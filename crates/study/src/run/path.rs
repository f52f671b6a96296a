//! Years one after the other: stocks between them, each year solved from what is near it.

use economy::dynamics::Stocks;
use economy::exogenous::Exogenous;
use economy::parameters::Revenue;
use economy::year::{Solution, Solver, Start};
use equilibrium::Settings;
use equilibrium::number::Number;

use super::RunError;
use super::context::Context;
use super::indicators::Told;
use crate::lever::Lever;

/// One solved year; plain numbers, or numbers that carry derivatives.
pub(crate) struct Year<T = f64> {
    pub(crate) exogenous: Exogenous<T>,
    pub(crate) solution: Solution<T>,
    /// Persons of the labour force that the programme has drawn into each region so far.
    pub(crate) moved: Vec<T>,
    /// Debt of the governments of each region at the end of the year, base-year consumer prices.
    pub(crate) debt: Vec<T>,
}

impl<T> Year<T> {
    /// A year of a path that nobody looks at.
    pub(crate) fn empty() -> Self {
        let (exogenous, solution) = (Exogenous::default(), Solution::default());
        Self { exogenous, solution, moved: vec![], debt: vec![] }
    }
}

impl<T: Copy> Year<T> {
    /// The same year with other numbers, cell by cell.
    pub(crate) fn map<U>(&self, mut cell: impl FnMut(T) -> U) -> Year<U> {
        Year {
            exogenous: self.exogenous.map(|value| cell(*value)),
            solution: self.solution.map(|_, values| values.iter().map(|x| cell(*x)).collect()),
            moved: self.moved.iter().map(|value| cell(*value)).collect(),
            debt: self.debt.iter().map(|value| cell(*value)).collect(),
        }
    }
}

/// What a path carries from year to year.
#[derive(Clone)]
pub(crate) struct State<T = f64> {
    pub(crate) stocks: Stocks<T>,
    /// Debt of the governments of each region at the start of the year.
    pub(crate) debt: Vec<T>,
}

impl<T: Copy> State<T> {
    /// The same stocks with other numbers, cell by cell.
    pub(crate) fn map<U>(&self, mut cell: impl FnMut(T) -> U) -> State<U> {
        let stocks = self.stocks.map(&mut cell);
        State { stocks, debt: self.debt.iter().map(|value| cell(*value)).collect() }
    }

    /// All cells in one order.
    pub(crate) fn cells(&self) -> Vec<T> {
        let mut cells = Vec::new();
        self.map(|value| cells.push(value));
        cells
    }
}

/// The path without the programme, with a solver left at each year for the scenarios to start from.
#[derive(Default)]
pub(crate) struct Baseline<'m> {
    pub(crate) years: Vec<Year>,
    pub(crate) solvers: Vec<Solver<'m>>,
    /// Of the model on given paths, where there is one, and what it found.
    pub(crate) on_paths: Vec<Solver<'m>>,
    pub(crate) given: Vec<Solution>,
    /// Stocks at the start of each year.
    pub(crate) states: Vec<State>,
}

/// Largest deviation of a solution from its own accounts, relative to total output.
const CERTIFIED: f64 = 1e-7;

/// Refuses a solution whose flows do not add up.
pub(crate) fn certify(scenario: &str, year: u16, solution: &Solution) -> Result<(), RunError> {
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
        let mut baseline = Baseline::default();
        let mut state = self.start();
        for year in self.study.years.all() {
            let mut exogenous = self.baseline_year(year, &state);
            baseline.states.push(state.clone());
            let failed = |failure| RunError::solve("baseline", year, failure);
            if let Some(on_paths) = &mut on_paths {
                let given = on_paths.solve(&exogenous).map_err(failed)?;
                self.read_references(&given, &mut exogenous);
                solver.begin_at(self.behavioural(&on_paths.start(), solver.start()));
                baseline.on_paths.push(on_paths.branch());
                baseline.given.push(given);
            }
            let solution = solver.solve(&exogenous).map_err(failed)?;
            certify("baseline", year, &solution)?;
            self.end_year(&mut state, &mut baseline.years, None, &[], (exogenous, solution));
            baseline.solvers.push(solver.branch());
            tick();
        }
        // A year that is solved where it begins makes no preconditioner. That of a later year serves
        // its derivatives, which would otherwise make one each time.
        let made = baseline.solvers.iter().find_map(|solver| solver.start().factor);
        for solver in &mut baseline.solvers {
            let Start { point, factor } = solver.start();
            solver.begin_at(Start { point, factor: factor.or_else(|| made.clone()) });
        }
        Ok(baseline)
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
        let mut state = self.start();
        for (at, year) in self.study.years.all().into_iter().enumerate() {
            let exogenous = self.policy_year(levers, year, &baseline.years, &mut state);
            let mut solver = baseline.solvers[at].branch();
            let solution =
                solver.solve(&exogenous).map_err(|failure| RunError::solve(name, year, failure))?;
            certify(name, year, &solution)?;
            let solved = (exogenous, solution);
            self.end_year(&mut state, &mut years, Some(&baseline.years), levers, solved);
            tick();
        }
        Ok(years)
    }

    /// Goes over a path with some levers with the unknowns of every year held: its years, and the
    /// residuals of their equations.
    pub(crate) fn policy_held(
        &self,
        levers: &[&Lever],
        baseline: &[Year],
        points: &[&[f64]],
    ) -> (Vec<Year>, Vec<Vec<f64>>) {
        let (mut years, mut residuals) = (Vec::new(), Vec::new());
        let mut state = self.start();
        for (year, point) in self.study.years.all().into_iter().zip(points) {
            let exogenous = self.policy_year(levers, year, baseline, &mut state);
            let (residual, solution) = self.model.at(point, &exogenous);
            residuals.push(residual);
            let solved = (exogenous, solution);
            self.end_year(&mut state, &mut years, Some(baseline), levers, solved);
        }
        (years, residuals)
    }

    /// Where every path begins.
    pub(crate) fn start(&self) -> State {
        State { stocks: Stocks::of_base_year(&self.model), debt: self.first_debt() }
    }

    /// What is given in a year without the programme: drivers, paths and stocks.
    pub(crate) fn baseline_year(&self, year: u16, state: &State) -> Exogenous {
        let mut exogenous = self.baseline(year);
        state.stocks.put(&self.model, &mut exogenous);
        exogenous
    }

    /// What is given in a year with some levers: drivers and shifters of the baseline, own stocks,
    /// what the levers do.
    pub(crate) fn policy_year(
        &self,
        levers: &[&Lever],
        year: u16,
        baseline: &[Year],
        state: &mut State,
    ) -> Exogenous {
        let at = usize::from(year - self.study.years.base);
        self.start_projects(levers, year, &mut state.stocks.capital);
        let mut exogenous = self.before_levers(at, baseline, state);
        for lever in levers {
            self.apply(lever, year, &mut exogenous);
        }
        exogenous
    }

    /// Drivers and shifters of the baseline, own stocks.
    pub(crate) fn before_levers<T: Number>(
        &self,
        at: usize,
        baseline: &[Year<T>],
        state: &State<T>,
    ) -> Exogenous<T> {
        let mut exogenous = baseline[at].exogenous.clone();
        state.stocks.put(&self.model, &mut exogenous);
        self.levy_interest(baseline, at, &state.debt, &mut exogenous);
        exogenous
    }

    /// Adds a solved year to a path and moves its stocks to the next.
    ///
    /// - `baseline`: the years without the programme; none on the baseline itself.
    pub(crate) fn end_year(
        &self,
        state: &mut State,
        years: &mut Vec<Year>,
        baseline: Option<&[Year]>,
        levers: &[&Lever],
        solved: (Exogenous, Solution),
    ) {
        self.end_scaled(state, years, baseline, (levers, &[]), solved);
    }

    /// [`Context::end_year`] with levers at some strengths; none means that all are at full
    /// strength.
    pub(crate) fn end_scaled<T: Number>(
        &self,
        state: &mut State<T>,
        years: &mut Vec<Year<T>>,
        baseline: Option<&[Year<T>]>,
        (levers, strengths): (&[&Lever], &[T]),
        (exogenous, solution): (Exogenous<T>, Solution<T>),
    ) {
        let at = years.len();
        let without = baseline.map(|baseline| &baseline[at]);
        let before = without.map(|year| &year.solution);
        let moved = self.moved(&state.stocks, without.map_or(&exogenous, |year| &year.exogenous));
        let stocks = state.stocks.next(&self.model, &exogenous, &solution, before);
        years.push(Year { exogenous, solution, moved, debt: vec![] });
        let told = Told { years, baseline: baseline.unwrap_or(years), levers, strengths };
        let debt = self.next_debt(&state.debt, told, baseline.is_some());
        years[at].debt.clone_from(&debt);
        *state = State { stocks, debt };
    }

    /// Persons of the labour force drawn into each region, given the year without the programme.
    fn moved<T: Number>(&self, stocks: &Stocks<T>, without: &Exogenous<T>) -> Vec<T> {
        let mut with = without.clone();
        stocks.put(&self.model, &mut with);
        let (with, without) = (with.get("labour_force"), without.get("labour_force"));
        let persons = self.model.benchmark.employment();
        let usual = 1.0 - self.model.parameters.unemployment;
        let of = |region: usize| {
            let cells = (region..with.len()).step_by(self.n.regions);
            cells.map(|at| (with[at] - without[at]) * (persons[at] / usual)).sum()
        };
        (0..self.n.regions).map(of).collect()
    }

    /// The point found on given paths as a start for the behavioural model, which has the same
    /// unknowns but the shifters, and what budgets return after them: nothing. A model without a preconditioner stays at its own start instead: it
    /// makes one on its way, which all scenarios then share.
    pub(crate) fn behavioural(&self, found: &Start, own: Start) -> Start {
        match own.factor {
            Some(_) => {
                let size = self.model.size();
                let returned = match self.model.choices.revenue {
                    Revenue::Returned => self.n.regions,
                    Revenue::Kept => 0,
                };
                let mut point = found.point[..size - returned].to_vec();
                point.resize(size, 0.0);
                Start { point, ..own }
            }
            None => own,
        }
    }

    /// Adds the capital of projects that start to work.
    pub(crate) fn start_projects(&self, levers: &[&Lever], year: u16, capital: &mut [f64]) {
        for lever in levers {
            let Lever::InvestmentProject(project) = lever else { continue };
            for (firm, amount) in self.started(project, year) {
                capital[firm] += amount / self.model.benchmark.capital_stock[firm];
            }
        }
    }
}
