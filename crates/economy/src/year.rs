//! One year of the regional model: exogenous variables in, a solution with status and certificate
//! out.

use std::collections::BTreeMap;
use std::sync::Arc;

use accounts::RegionalAccounts;
use equilibrium::{
    Attribution, Evaluation, Factor, Gradient, Memory, Response, Sensitivity, Settings, Solve,
    Status, System, Work, attribution, first_order, gradient, respond, sensitivity, solve_shock,
};

use crate::benchmark::{BaseYear, Benchmark, CalibrationError};
use crate::certificate::Certificate;
use crate::exogenous::Exogenous;
use crate::model::{self, Choices, OnPath, REGION_AXIS};
use crate::parameters::{Parameters, Revenue};

/// A calibrated model, shared read-only by any number of solvers.
#[derive(Debug)]
pub struct RegionalModel {
    /// Coefficients.
    pub benchmark: Benchmark,
    /// Elasticities and rates.
    pub parameters: Parameters,
    /// Closure, labour market, numeraire.
    pub choices: Choices,
    /// The benchmark year's exogenous variables.
    pub start: Exogenous,
    pub(crate) system: System,
}

/// Unknowns from which on regions are solved apart and together (`equilibrium`'s two levels) to
/// precondition, and not all at once: below, one dense factor takes less time.
const BY_REGIONS: usize = 1500;

/// Reports that a solution keeps: all of them. Plain numbers, or numbers that carry derivatives.
#[derive(Debug, Clone)]
pub struct Solution<T = f64> {
    /// What the solve cost.
    pub work: Work,
    /// Largest deviations, recomputed by other code.
    pub certificate: Certificate,
    values: BTreeMap<String, Vec<T>>,
}

impl<T> Default for Solution<T> {
    /// Nothing.
    fn default() -> Self {
        let (work, certificate) = (Work::default(), Certificate::default());
        Self { work, certificate, values: BTreeMap::new() }
    }
}

impl<T> Solution<T> {
    /// A report of `crate::model`, row-major.
    ///
    /// # Panics
    /// When there is no such report.
    pub fn get(&self, name: &str) -> &[T] {
        self.values.get(name).unwrap_or_else(|| panic!("no report `{name}`"))
    }

    /// All names and reports.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[T])> {
        self.values.iter().map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    /// The same reports with other numbers: `report` gets each name with its values.
    pub fn map<U>(&self, mut report: impl FnMut(&str, &[T]) -> Vec<U>) -> Solution<U> {
        let named = self.values.iter();
        let values = named.map(|(name, values)| (name.clone(), report(name, values))).collect();
        Solution { work: self.work, certificate: self.certificate, values }
    }
}

/// A solve that did not end well: status and cost, no numbers.
#[derive(Debug, Clone)]
pub struct Failure {
    /// How it ended.
    pub status: Status,
    /// Equation with the largest residual, and that residual.
    pub worst: (String, f64),
    /// What it cost.
    pub work: Work,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}; largest residual {:.1e} in {}", self.status, self.worst.1, self.worst.0)
    }
}

impl std::error::Error for Failure {}

impl RegionalModel {
    /// Calibrates the model to `accounts`.
    ///
    /// # Errors
    /// [`CalibrationError`] when the accounts are not of this model's kind.
    pub fn new(
        accounts: &RegionalAccounts,
        parameters: Parameters,
        base_year: &BaseYear,
        choices: Choices,
    ) -> Result<Self, CalibrationError> {
        Self::on_paths(accounts, parameters, base_year, choices, &[])
    }

    /// Calibrates the model to `accounts`, with variables on given paths.
    ///
    /// # Errors
    /// As [`RegionalModel::new`].
    pub fn on_paths(
        accounts: &RegionalAccounts,
        parameters: Parameters,
        base_year: &BaseYear,
        choices: Choices,
        paths: &[OnPath],
    ) -> Result<Self, CalibrationError> {
        let benchmark = Benchmark::new(accounts, &parameters, base_year)?;
        let start = Exogenous::benchmark(&benchmark, &parameters, &base_year.fdi);
        let system = model::system(&benchmark, &parameters, choices, &start, paths);
        let mut model = Self { benchmark, parameters, choices, start, system };
        if choices.revenue == Revenue::Returned {
            let (_, base) = model.at(&model.system.start(), &model.start);
            model.start.get_mut("budget_reference").copy_from_slice(base.get("budget_balance"));
        }
        Ok(model)
    }

    /// Number of unknowns.
    pub fn size(&self) -> usize {
        self.system.size()
    }

    /// The compiled equations.
    pub fn system(&self) -> &System {
        &self.system
    }

    /// Residuals and reports at a point that need not be a solution.
    ///
    /// - `point`: unknowns, in the order of the system.
    pub fn at(&self, point: &[f64], exogenous: &Exogenous) -> (Vec<f64>, Solution) {
        let mut evaluation = Evaluation::new(&self.system);
        for (name, values) in exogenous.iter() {
            evaluation.set_parameter(&self.system, name, values);
        }
        evaluation.refresh(&self.system);
        let mut residual = vec![0.0; self.size()];
        evaluation.residual(&self.system, point, &mut residual);
        let (work, certificate) = (Work::default(), Certificate::default());
        let values = reports(&self.system, &mut evaluation);
        (residual, Solution { work, certificate, values })
    }

    /// Largest residual of the benchmark, and its equation: 0 when the accounts replicate.
    pub fn replication(&self) -> (String, f64) {
        let (residual, _) = self.at(&self.system.start(), &self.start);
        let size = |x: &f64| if x.is_nan() { f64::INFINITY } else { x.abs() };
        let worst =
            (0..residual.len()).max_by(|a, b| size(&residual[*a]).total_cmp(&size(&residual[*b])));
        worst.map_or((String::new(), 0.0), |at| {
            (self.system.equation_label(at), size(&residual[at]))
        })
    }
}

/// A point and a preconditioner from which a nearby solve begins, also one of a model of the same
/// shape with other numbers.
#[derive(Debug, Clone)]
pub struct Start {
    /// Unknowns, in the order of the system.
    pub point: Vec<f64>,
    /// Preconditioner.
    pub factor: Option<Arc<Factor>>,
}

/// Solves years of one scenario, each from the one before.
#[derive(Debug)]
pub struct Solver<'m> {
    model: &'m RegionalModel,
    evaluation: Evaluation,
    point: Vec<f64>,
    memory: Memory,
    settings: Settings,
}

impl<'m> Solver<'m> {
    /// At the benchmark. Large systems are preconditioned by regions, whatever the settings.
    pub fn new(model: &'m RegionalModel, mut settings: Settings) -> Self {
        if model.size() > BY_REGIONS {
            settings.region_axis = Some(REGION_AXIS.to_owned());
        }
        let evaluation = Evaluation::new(&model.system);
        Self { model, evaluation, point: model.system.start(), memory: Memory::default(), settings }
    }

    /// Another scenario from here: same point, same preconditioner.
    #[must_use]
    pub fn branch(&self) -> Self {
        Self {
            model: self.model,
            evaluation: self.evaluation.clone(),
            point: self.point.clone(),
            memory: Memory::of(self.memory.factor.clone()),
            settings: self.settings.clone(),
        }
    }

    /// Where this solver stands.
    pub fn start(&self) -> Start {
        Start { point: self.point.clone(), factor: self.memory.factor.clone() }
    }

    /// Begins the next solve at `start` with its preconditioner. Where it is not near the solution,
    /// the solve may fail although one from the year before would not.
    ///
    /// # Panics
    /// When the start is of a system of another size.
    pub fn begin_at(&mut self, start: Start) {
        assert_eq!(start.point.len(), self.point.len(), "a start of another system");
        (self.point, self.memory.factor) = (start.point, start.factor);
    }

    /// The equilibrium under `exogenous`.
    ///
    /// # Errors
    /// [`Failure`] when the solve does not end as solved; the solver then stays where it was.
    pub fn solve(&mut self, exogenous: &Exogenous) -> Result<Solution, Failure> {
        let system = &self.model.system;
        let wanted: Vec<(String, Vec<f64>)> =
            exogenous.iter().map(|(name, values)| (name.to_owned(), values.to_vec())).collect();
        let before: Vec<(String, Vec<f64>)> = wanted
            .iter()
            .map(|(name, _)| (name.clone(), self.evaluation.parameter(system, name).to_vec()))
            .collect();
        let found = solve_shock(
            system,
            &mut self.evaluation,
            &wanted,
            &self.point,
            &mut self.memory,
            &self.settings,
        );
        let work = found.work;
        match found.equilibrium() {
            Ok(point) => {
                self.point = point;
                Ok(self.solution(work, exogenous))
            }
            Err(failed) => {
                self.evaluation_back(&before);
                Err(failure(*failed))
            }
        }
    }

    /// What the equilibrium under `exogenous` is near to: one Newton step from where this solver
    /// stands, which is the first-order response of everything to what has changed. It solves no
    /// equation and has no certificate; the solver then stands there.
    ///
    /// # Errors
    /// [`Failure`] when there is no such step.
    pub fn estimate(&mut self, exogenous: &Exogenous) -> Result<Solution, Failure> {
        let system = &self.model.system;
        for (name, values) in exogenous.iter() {
            self.evaluation.set_parameter(system, name, values);
        }
        self.evaluation.refresh(system);
        let (memory, settings) = (&mut self.memory, &self.settings);
        let found = first_order(system, &mut self.evaluation, &self.point, memory, settings);
        let (point, work) = found.map_err(|failed| failure(*failed))?;
        self.point = point;
        let values = reports(system, &mut self.evaluation);
        Ok(Solution { work, certificate: Certificate::default(), values })
    }

    /// Moves the evaluation back to the last solution and the parameters it was found with.
    fn evaluation_back(&mut self, before: &[(String, Vec<f64>)]) {
        let system = &self.model.system;
        for (name, values) in before {
            self.evaluation.set_parameter(system, name, values);
        }
        self.evaluation.refresh(system);
        self.evaluation.residual(system, &self.point, &mut vec![0.0; system.size()]);
    }

    fn solution(&mut self, work: Work, exogenous: &Exogenous) -> Solution {
        let values = reports(&self.model.system, &mut self.evaluation);
        let mut solution = Solution { work, certificate: Certificate::default(), values };
        solution.certificate = Certificate::of(self.model, &solution, exogenous);
        solution
    }

    /// Exact derivatives of Σ `weights` · report by every exogenous variable, at the last solution.
    ///
    /// # Errors
    /// The label of an unknown without a pivot, when the Jacobian is singular there.
    pub fn sensitivity(&self, report: &str, weights: &[f64]) -> Result<Sensitivity, String> {
        sensitivity(&self.model.system, &self.evaluation, report, weights, &self.settings)
    }

    /// Changes of unknowns and reports, to first order, when exogenous variables move by
    /// `directions` (name, change of each cell) from the last solution; to `tolerance`, the relative
    /// residual of the linear system.
    ///
    /// # Errors
    /// What stands in the way; see [`equilibrium::respond`].
    pub fn response(
        &self,
        directions: &[(String, Vec<f64>)],
        tolerance: f64,
    ) -> Result<Response, String> {
        let (mut factor, how) = (self.memory.factor.clone(), (tolerance, &self.settings));
        respond(&self.model.system, &self.evaluation, directions, &mut factor, how)
    }

    /// Exact derivatives of Σ weight · cell over cells of reports (`seeds`: name, weights) by every
    /// exogenous variable, at the last solution, and the equations' multipliers.
    ///
    /// # Errors
    /// The label of an unknown without a pivot, when the Jacobian is singular there.
    pub fn gradient(&self, seeds: &[(&str, &[f64])]) -> Result<Gradient, String> {
        let mut factor = self.memory.factor.clone();
        gradient(&self.model.system, &self.evaluation, seeds, &mut factor, &self.settings)
    }

    /// Terms of Σ weight · cell of a named array between another solver's last solution and this one's;
    /// none when there is no such name. See [`equilibrium::attribution()`].
    pub fn attribution(&self, from: &Self, name: &str, weights: &[f64]) -> Option<Attribution> {
        let ends = (&from.evaluation, &self.evaluation);
        attribution(&self.model.system, ends, name, weights)
    }

    /// The unknowns at the last solution, in the order of the system.
    pub fn point(&self) -> &[f64] {
        &self.point
    }

    /// The same equations at the last solution by naive other code: the largest residual.
    pub fn reference_residual(&self) -> f64 {
        let residuals = equilibrium::reference_residuals(&self.model.system, &self.evaluation);
        residuals
            .iter()
            .fold(0.0, |most: f64, x| if x.is_nan() { f64::INFINITY } else { most.max(x.abs()) })
    }
}

fn reports(system: &System, evaluation: &mut Evaluation) -> BTreeMap<String, Vec<f64>> {
    let names = system.report_names().map(str::to_owned);
    names.map(|name| (name.clone(), evaluation.report(system, &name).to_vec())).collect()
}

fn failure(failed: Solve) -> Failure {
    Failure {
        worst: (failed.worst.clone(), failed.residual),
        work: failed.work,
        status: failed.status,
    }
}
