//! One year of the regional model: exogenous variables in, a solution with status and certificate
//! out.

use std::collections::BTreeMap;
use std::sync::Arc;

use accounts::RegionalAccounts;
use equilibrium::{
    Evaluation, Factor, Sensitivity, Settings, Solve, Status, System, Work, sensitivity,
    solve_shock,
};

use crate::benchmark::{BaseYear, Benchmark, CalibrationError};
use crate::certificate::Certificate;
use crate::exogenous::Exogenous;
use crate::model::{self, Choices};
use crate::parameters::Parameters;

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

/// Reports that a solution keeps: all of them.
#[derive(Debug, Clone)]
pub struct Solution {
    /// What the solve cost.
    pub work: Work,
    /// Largest deviations, recomputed by other code.
    pub certificate: Certificate,
    values: BTreeMap<String, Vec<f64>>,
}

impl Solution {
    /// A report of `crate::model`, row-major.
    ///
    /// # Panics
    /// When there is no such report.
    pub fn get(&self, name: &str) -> &[f64] {
        self.values.get(name).unwrap_or_else(|| panic!("no report `{name}`"))
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
        let benchmark = Benchmark::new(accounts, &parameters, base_year)?;
        let start = Exogenous::benchmark(&benchmark, parameters.corporate_tax, &base_year.fdi);
        let system = model::system(&benchmark, &parameters, choices, &start);
        Ok(Self { benchmark, parameters, choices, start, system })
    }

    /// Number of unknowns.
    pub fn size(&self) -> usize {
        self.system.size()
    }

    /// The compiled equations.
    pub fn system(&self) -> &System {
        &self.system
    }

    /// Largest residual of the benchmark, and its equation: 0 when the accounts replicate.
    pub fn replication(&self) -> (String, f64) {
        let mut evaluation = Evaluation::new(&self.system);
        let mut residual = vec![0.0; self.size()];
        evaluation.residual(&self.system, &self.system.start(), &mut residual);
        let size = |x: &f64| if x.is_nan() { f64::INFINITY } else { x.abs() };
        let worst =
            (0..residual.len()).max_by(|a, b| size(&residual[*a]).total_cmp(&size(&residual[*b])));
        worst.map_or((String::new(), 0.0), |at| {
            (self.system.equation_label(at), size(&residual[at]))
        })
    }
}

/// Solves years of one scenario, each from the one before.
#[derive(Debug)]
pub struct Solver<'m> {
    model: &'m RegionalModel,
    evaluation: Evaluation,
    point: Vec<f64>,
    factor: Option<Arc<Factor>>,
    settings: Settings,
}

impl<'m> Solver<'m> {
    /// At the benchmark.
    pub fn new(model: &'m RegionalModel, settings: Settings) -> Self {
        let evaluation = Evaluation::new(&model.system);
        Self { model, evaluation, point: model.system.start(), factor: None, settings }
    }

    /// Another scenario from here: same point, same preconditioner.
    #[must_use]
    pub fn branch(&self) -> Self {
        Self {
            model: self.model,
            evaluation: self.evaluation.clone(),
            point: self.point.clone(),
            factor: self.factor.clone(),
            settings: self.settings.clone(),
        }
    }

    /// The equilibrium under `exogenous`.
    ///
    /// # Errors
    /// [`Failure`] when the solve does not end as solved; the solver then stays where it was.
    pub fn solve(&mut self, exogenous: &Exogenous) -> Result<Solution, Failure> {
        let system = &self.model.system;
        let wanted: Vec<(String, Vec<f64>)> =
            exogenous.iter().map(|(name, values)| (name.to_owned(), values.to_vec())).collect();
        let before = self.evaluation.clone();
        let found = solve_shock(
            system,
            &mut self.evaluation,
            &wanted,
            &self.point,
            &mut self.factor,
            &self.settings,
        );
        let work = found.work;
        match found.equilibrium() {
            Ok(point) => {
                self.point = point;
                Ok(self.solution(work, exogenous))
            }
            Err(failed) => {
                self.evaluation = before;
                Err(failure(*failed))
            }
        }
    }

    fn solution(&mut self, work: Work, exogenous: &Exogenous) -> Solution {
        let system = &self.model.system;
        let names: Vec<String> = system.report_names().map(str::to_owned).collect();
        let mut values = BTreeMap::new();
        for name in names {
            let report = self.evaluation.report(system, &name).to_vec();
            values.insert(name, report);
        }
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

fn failure(failed: Solve) -> Failure {
    Failure {
        worst: (failed.worst.clone(), failed.residual),
        work: failed.work,
        status: failed.status,
    }
}
