//! What an event brings: a plant that is built, or one that works.
//!
//! | stage    | construction                      | operation                              |
//! |----------|-----------------------------------|----------------------------------------|
//! | direct   | what the outlay buys              | the plant's own output                 |
//! | indirect | what its suppliers buy, and so on | the plant's purchases, and so on       |
//! | induced  | what households buy of the income of both, and so on (type II)           ||
//! | jobs     | [`JobYears`]                      | [`PermanentJobs`]                      |
//!
//! Gross is the sum of the stages; displaced is the share of it that takes the place of activity
//! that was there before; net is what remains. All amounts are in the money and prices of the table.
//! Limits of the method: prices and capacity do not move, coefficients are averages of the table's
//! year. Not here: multipliers of all industries (`super::multipliers`), reading events (`study`).

use super::error::AnalysisError;
use super::jobs::{JobYears, Jobs, PermanentJobs};
use super::leontief::Leontief;
use super::multipliers::Closure;
use super::regions::Regions;
use super::roles::Roles;
use crate::input_output::InputOutputTable;
use crate::matrix::Matrix;

/// A table with all that an impact needs, each n unless said.
pub struct ImpactModel<'a> {
    table: &'a InputOutputTable,
    system: Leontief<'a>,
    regions: Regions,
    value_added: Vec<f64>,
    /// Not a number where the table does not tell.
    income: Vec<f64>,
    /// Not a number where the table does not tell.
    jobs: Vec<f64>,
    /// Imports per unit of output.
    imports: Vec<f64>,
    roles: Roles,
    /// Imports and taxes on products of each column of final demand, 2 × f.
    outside: Matrix,
    households: Option<Households>,
}

/// Households that spend what they earn.
struct Households {
    closure: Closure,
    /// H L, R × n.
    earned: Matrix,
    propensity: f64,
}

/// Where an outlay or a plant buys.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sourcing {
    /// As the table shows for that buyer.
    AsInTable,
    /// This share in the region of the event, the rest elsewhere in the table's proportions.
    Local(f64),
}

/// Money spent to build something.
#[derive(Debug, Clone, PartialEq)]
pub struct Construction {
    /// Region of the site.
    pub region: usize,
    /// Outlay in the table's money, all years together.
    pub outlay: f64,
    /// Share of the outlay by industry name (position among the names); empty for the composition
    /// of the region's investment in the table.
    pub composition: Vec<(String, f64)>,
    /// Where it is spent.
    pub sourcing: Sourcing,
}

/// A plant that works for a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// Position of its industry and region in the table.
    pub industry: usize,
    /// Output of a year in the table's money.
    pub output: f64,
    /// Where it buys.
    pub sourcing: Sourcing,
}

/// One stage of an impact by industry and region, each n.
#[derive(Debug, Clone, PartialEq)]
pub struct Effects<J> {
    /// Gross output.
    pub output: Vec<f64>,
    /// Value added at basic prices.
    pub value_added: Vec<f64>,
    /// Compensation of employees.
    pub income: Vec<f64>,
    /// Jobs.
    pub jobs: Vec<J>,
}

/// Sums of [`Effects`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Totals<J> {
    /// Gross output.
    pub output: f64,
    /// Value added at basic prices.
    pub value_added: f64,
    /// Compensation of employees.
    pub income: f64,
    /// Jobs.
    pub jobs: J,
}

/// The impact of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Impact<J> {
    /// The first stage.
    pub direct: Effects<J>,
    /// Along the chain of supply.
    pub indirect: Effects<J>,
    /// By households.
    pub induced: Effects<J>,
    /// First purchases outside the table: imports, and taxes of an outlay.
    pub outside: f64,
    /// First purchases in the region of the event, as a share of all first purchases.
    pub local_share: f64,
    /// Share of the gross impact that displaces other activity.
    pub displacement: f64,
}

impl<J: Jobs> Effects<J> {
    /// Sums over the industries that `keep` accepts.
    pub fn total(&self, keep: impl Fn(usize) -> bool) -> Totals<J> {
        let sum = |values: &[f64]| {
            values.iter().enumerate().filter(|(at, _)| keep(*at)).map(|(_, value)| value).sum()
        };
        let jobs = self.jobs.iter().enumerate().filter(|(at, _)| keep(*at)).map(|(_, jobs)| *jobs);
        Totals {
            output: sum(&self.output),
            value_added: sum(&self.value_added),
            income: sum(&self.income),
            jobs: jobs.sum(),
        }
    }

    fn plus(&self, other: &Self) -> Self {
        let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a + b).collect();
        Self {
            output: sum(&self.output, &other.output),
            value_added: sum(&self.value_added, &other.value_added),
            income: sum(&self.income, &other.income),
            jobs: self.jobs.iter().zip(&other.jobs).map(|(a, b)| *a + *b).collect(),
        }
    }

    fn times(&self, share: f64) -> Self {
        let part = |values: &[f64]| values.iter().map(|value| share * value).collect();
        Self {
            output: part(&self.output),
            value_added: part(&self.value_added),
            income: part(&self.income),
            jobs: self.jobs.iter().map(|jobs| jobs.times(share)).collect(),
        }
    }
}

impl<J: Jobs> Impact<J> {
    /// All stages together.
    pub fn gross(&self) -> Effects<J> {
        self.direct.plus(&self.indirect).plus(&self.induced)
    }

    /// Activity that the event takes the place of.
    pub fn displaced(&self) -> Effects<J> {
        self.gross().times(self.displacement)
    }

    /// What is left of the gross impact.
    pub fn net(&self) -> Effects<J> {
        self.gross().times(1.0 - self.displacement)
    }
}

/// First purchases of an event from each industry, n, and outside the table.
struct Purchases {
    bought: Vec<f64>,
    outside: f64,
    local_share: f64,
}

impl<'a> ImpactModel<'a> {
    /// Prepares a table.
    ///
    /// Without household income or consumption there is no induced stage; income and jobs that the
    /// table does not tell are not numbers.
    ///
    /// - `propensity`: consumption of households per unit of compensation; without one, the ratio
    ///   of both in the table, at most 1.
    ///
    /// # Errors
    /// Those of the solve.
    pub fn new(
        table: &'a InputOutputTable,
        roles: Roles,
        propensity: Option<f64>,
    ) -> Result<Self, AnalysisError> {
        let system = Leontief::new(table)?;
        let unknown = || vec![f64::NAN; system.size()];
        let per_output = |amounts: Option<Vec<f64>>| match amounts {
            Some(amounts) => system.per_output(&amounts),
            None => Ok(unknown()),
        };
        let households = if roles.income.is_empty() || roles.households.is_empty() {
            None
        } else {
            let (closure, propensity) = roles.households(table, propensity)?;
            let earned = system.multipliers(&closure.income)?;
            Some(Households { closure, earned, propensity })
        };
        Ok(Self {
            value_added: system.per_output(&roles.value_added(table))?,
            income: per_output(roles.income(table))?,
            jobs: per_output(roles.jobs(table))?,
            imports: system.per_output(&roles.imports(table))?,
            outside: Roles::outside(table),
            regions: Regions::of(table),
            roles,
            table,
            system,
            households,
        })
    }

    /// The table.
    pub fn table(&self) -> &InputOutputTable {
        self.table
    }

    /// Its regions.
    pub fn regions(&self) -> &Regions {
        &self.regions
    }

    /// Consumption of households per unit of compensation; none without households.
    pub fn propensity(&self) -> Option<f64> {
        self.households.as_ref().map(|each| each.propensity)
    }

    /// Impact of building.
    ///
    /// # Errors
    /// [`AnalysisError::Missing`] when the table has no investment or seller to spread the outlay
    /// over, or those of the solve.
    pub fn construction(
        &self,
        event: &Construction,
        displacement: f64,
    ) -> Result<Impact<JobYears>, AnalysisError> {
        let purchases = self.outlay(event)?;
        let all = self.system.outputs(&row(&purchases.bought))?;
        let indirect: Vec<f64> =
            all.row(0).iter().zip(&purchases.bought).map(|(x, f)| x - f).collect();
        let direct = purchases.bought.clone();
        self.staged(direct, indirect, &purchases, displacement)
    }

    /// Impact of a year of operation.
    ///
    /// # Errors
    /// [`AnalysisError::Missing`] when the industry has no output in that region or no local seller,
    /// or those of the solve.
    pub fn operation(
        &self,
        event: &Operation,
        displacement: f64,
    ) -> Result<Impact<PermanentJobs>, AnalysisError> {
        let j = event.industry;
        if self.table.output[j] == 0.0 {
            return Err(AnalysisError::Missing("output of that industry in that region"));
        }
        let column: Vec<f64> =
            (0..self.system.size()).map(|i| self.system.coefficient(i, j) * event.output).collect();
        let imports = self.imports[j] * event.output;
        let region = self.regions.of_industry[j];
        let purchases = self.sourced(column, imports, 0.0, region, event.sourcing)?;
        let indirect = self.system.outputs(&row(&purchases.bought))?.row(0).to_vec();
        let mut direct = vec![0.0; self.system.size()];
        direct[j] = event.output;
        self.staged(direct, indirect, &purchases, displacement)
    }

    /// What an outlay buys.
    fn outlay(&self, event: &Construction) -> Result<Purchases, AnalysisError> {
        let column = self
            .regions
            .categories(event.region)
            .into_iter()
            .find(|at| self.roles.investment.contains(at))
            .ok_or(AnalysisError::Missing("investment of that region"))?;
        let mut bought = self.table.final_demand.column(column);
        for value in &mut bought {
            *value = value.max(0.0);
        }
        let (mut imports, mut taxes) = (self.outside.at(0, column), self.outside.at(1, column));
        if !event.composition.is_empty() {
            let (ratio, tax) = (imports / bought.iter().sum::<f64>(), 0.0);
            bought = self.composed(&bought, &event.composition)?;
            (imports, taxes) = (ratio * bought.iter().sum::<f64>(), tax);
        }
        let total = bought.iter().sum::<f64>() + imports + taxes;
        if total <= 0.0 {
            return Err(AnalysisError::Missing("investment of that region"));
        }
        let scale = event.outlay / total;
        for value in &mut bought {
            *value *= scale;
        }
        self.sourced(bought, imports * scale, taxes * scale, event.region, event.sourcing)
    }

    /// Another composition by industry, each industry from the regions that the table shows.
    fn composed(
        &self,
        pattern: &[f64],
        composition: &[(String, f64)],
    ) -> Result<Vec<f64>, AnalysisError> {
        let mut bought = vec![0.0; pattern.len()];
        for (name, share) in composition {
            let sellers: Vec<usize> =
                (0..pattern.len()).filter(|at| self.table.industries[*at].name == *name).collect();
            let mut weights: Vec<f64> = sellers.iter().map(|at| pattern[*at]).collect();
            if weights.iter().sum::<f64>() == 0.0 {
                weights = sellers.iter().map(|at| self.table.output[*at]).collect();
            }
            let sum: f64 = weights.iter().sum();
            if sum == 0.0 {
                return Err(AnalysisError::Missing("seller of a part of the composition"));
            }
            sellers
                .iter()
                .zip(weights)
                .for_each(|(at, weight)| bought[*at] += share * weight / sum);
        }
        Ok(bought)
    }

    /// Purchases with the share that the event has in its own region.
    fn sourced(
        &self,
        mut bought: Vec<f64>,
        imports: f64,
        taxes: f64,
        region: usize,
        sourcing: Sourcing,
    ) -> Result<Purchases, AnalysisError> {
        let local = self.regions.sum(&bought)[region];
        let total = bought.iter().sum::<f64>() + imports;
        let Sourcing::Local(share) = sourcing else {
            let local_share = if total == 0.0 { 0.0 } else { local / total };
            return Ok(Purchases { bought, outside: imports + taxes, local_share });
        };
        let elsewhere = total - local;
        if (share > 0.0 && local <= 0.0) || (share < 1.0 && elsewhere <= 0.0) {
            return Err(AnalysisError::Missing("seller on one side of the local share"));
        }
        let inside = if local > 0.0 { share * total / local } else { 0.0 };
        let beyond = if elsewhere > 0.0 { (1.0 - share) * total / elsewhere } else { 0.0 };
        for (value, at) in bought.iter_mut().zip(&self.regions.of_industry) {
            *value *= if *at == region { inside } else { beyond };
        }
        Ok(Purchases { bought, outside: imports * beyond + taxes, local_share: share })
    }

    /// Adds the households' stage and counts everything.
    fn staged<J: Jobs>(
        &self,
        direct: Vec<f64>,
        indirect: Vec<f64>,
        purchases: &Purchases,
        displacement: f64,
    ) -> Result<Impact<J>, AnalysisError> {
        let induced = match &self.households {
            None => vec![0.0; self.system.size()],
            Some(households) => {
                let paid = direct.iter().zip(&indirect).zip(&self.income);
                let paid: Vec<f64> = paid.map(|((a, b), h)| a * h + b * h).collect();
                let first = self.regions.sum(&paid);
                let income = households.closure.all_rounds(&households.earned, &first)?;
                let bought = households.closure.bought(&income);
                self.system.outputs(&row(&bought))?.row(0).to_vec()
            }
        };
        Ok(Impact {
            direct: self.counted(direct),
            indirect: self.counted(indirect),
            induced: self.counted(induced),
            outside: purchases.outside,
            local_share: purchases.local_share,
            displacement,
        })
    }

    fn counted<J: Jobs>(&self, output: Vec<f64>) -> Effects<J> {
        let per = |each: &[f64]| output.iter().zip(each).map(|(x, per)| x * per).collect();
        Effects {
            value_added: per(&self.value_added),
            income: per(&self.income),
            jobs: output.iter().zip(&self.jobs).map(|(x, per)| J::new(x * per)).collect(),
            output,
        }
    }
}

fn row(values: &[f64]) -> Matrix {
    Matrix::from_values(1, values.len(), values.to_vec())
}
