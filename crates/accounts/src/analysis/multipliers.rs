//! Output, value added, income and employment multipliers, type I and type II.
//!
//! | here         | formula                              | meaning, per unit of final demand for j      |
//! |--------------|--------------------------------------|----------------------------------------------|
//! | `direct`     | s                                    | in industry j itself, per unit of output     |
//! | `type_one`   | s' L                                 | along the whole chain of supply              |
//! | `type_two`   | s' L + (s' L C)(I − K)⁻¹ (H L)       | and by households that spend what they earn  |
//!
//! H (R × n) is income per unit of output, C (n × R) what households buy per unit of income, and
//! K = `H_own` + H L C what a unit of income earns again. This is the inverse of the system
//! augmented by households (Miller & Blair, 2009, ch. 2 and 6), written with its Schur complement,
//! so the augmented matrix is never formed. Ratios (`type I multiplier` of statistical offices) are
//! total over direct.
//! Not here: solving (`super::leontief`), events (`super::impact`).

use super::dense::Dense;
use super::error::AnalysisError;
use super::leontief::{Leontief, shape};
use super::regions::Regions;
use crate::input_output::InputOutputTable;
use crate::matrix::Matrix;

/// What is counted: an amount per unit of output of each industry.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// Name for tables.
    pub name: String,
    /// Unit of the amount per unit of money.
    pub unit: String,
    /// Amount per unit of output, n.
    pub per_output: Vec<f64>,
}

impl Indicator {
    /// Gross output itself.
    pub fn output(table: &InputOutputTable) -> Self {
        let per_output = vec![1.0; table.industries.len()];
        Self { name: "output".to_owned(), unit: table.unit.clone(), per_output }
    }

    /// Amounts by industry, per unit of output.
    ///
    /// # Errors
    /// [`AnalysisError::Shape`].
    pub fn of(
        system: &Leontief<'_>,
        name: &str,
        unit: &str,
        amounts: &[f64],
    ) -> Result<Self, AnalysisError> {
        let per_output = system.per_output(amounts)?;
        Ok(Self { name: name.to_owned(), unit: unit.to_owned(), per_output })
    }
}

/// Multipliers of one indicator, one number an industry.
#[derive(Debug, Clone, PartialEq)]
pub struct Multipliers {
    /// What is counted.
    pub name: String,
    /// Unit of the amount per unit of money.
    pub unit: String,
    /// Per unit of own output.
    pub direct: Vec<f64>,
    /// Direct and indirect, per unit of final demand.
    pub type_one: Vec<f64>,
    /// Direct, indirect and induced, per unit of final demand; absent without households.
    pub type_two: Option<Vec<f64>>,
}

impl Multipliers {
    /// Type I over direct; not a number where nothing is direct.
    pub fn ratio_one(&self) -> Vec<f64> {
        ratio(&self.type_one, &self.direct)
    }

    /// Type II over direct; not a number where nothing is direct.
    pub fn ratio_two(&self) -> Option<Vec<f64>> {
        self.type_two.as_ref().map(|total| ratio(total, &self.direct))
    }
}

fn ratio(total: &[f64], direct: &[f64]) -> Vec<f64> {
    let of = |(total, direct): (&f64, &f64)| if *direct == 0.0 { f64::NAN } else { total / direct };
    total.iter().zip(direct).map(of).collect()
}

/// Households as an industry that sells labour and buys what it consumes.
#[derive(Debug, Clone, PartialEq)]
pub struct Closure {
    /// H: income of the households of a region per unit of output, R × n.
    pub income: Matrix,
    /// Cᵀ: what they buy from each industry per unit of income, R × n.
    pub spending: Matrix,
    /// What households of one region (row) earn from those of another (column) per unit of the
    /// latter's income, R × R; zero in most tables.
    pub own: Matrix,
}

/// How much of its income a household spends on products of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spending {
    /// Consumption over the income counted, as in the table (Miller & Blair, ch. 2).
    AsInTable,
    /// That share of each unit of income, on all products and imports in the proportions of the
    /// consumption that the table shows.
    Propensity(f64),
}

impl Closure {
    /// The households of each region, from rows of value added and columns of final demand.
    ///
    /// - `income`: rows of value added that are household income.
    /// - `categories`: columns of final demand that are household consumption.
    /// - `elsewhere`: consumption of each column that is not bought from the table's industries
    ///   (imports, taxes), f; empty when there is none.
    ///
    /// # Errors
    /// [`AnalysisError::Shape`], or [`AnalysisError::Missing`] when there is no income or column.
    pub fn of(
        table: &InputOutputTable,
        income: &[usize],
        categories: &[usize],
        elsewhere: &[f64],
        rule: Spending,
    ) -> Result<Self, AnalysisError> {
        if income.is_empty() || categories.is_empty() {
            return Err(AnalysisError::Missing("household income or consumption"));
        }
        let (regions, n) = (Regions::of(table), table.industries.len());
        let (mut earned, mut spent) =
            (Matrix::zeros(regions.len(), n), Matrix::zeros(regions.len(), n));
        let mut outside = vec![0.0; regions.len()];
        for (j, region) in regions.of_industry.iter().enumerate() {
            *earned.at_mut(*region, j) =
                income.iter().map(|row| table.value_added.at(*row, j)).sum();
        }
        for category in categories {
            let Some(region) = regions.of_category[*category] else { continue };
            outside[region] += elsewhere.get(*category).copied().unwrap_or(0.0);
            for i in 0..n {
                *spent.at_mut(region, i) += table.final_demand.at(i, *category);
            }
        }
        for (r, outside) in outside.iter().enumerate() {
            let consumption = spent.row_sum(r) + outside;
            let factor = match rule {
                Spending::AsInTable => reciprocal(earned.row_sum(r)),
                Spending::Propensity(share) => share * reciprocal(consumption),
            };
            spent.row_mut(r).iter_mut().for_each(|cell| *cell *= factor);
            let per = earned.row_mut(r).iter_mut().zip(&table.output);
            per.for_each(|(cell, x)| *cell *= reciprocal(*x));
        }
        let own = Matrix::zeros(regions.len(), regions.len());
        Ok(Self { income: earned, spending: spent, own })
    }

    fn check(&self, n: usize) -> Result<(), AnalysisError> {
        shape("household income by industry", self.income.columns(), n)?;
        shape("household spending by industry", self.spending.columns(), n)?;
        shape("household spending by region", self.spending.rows(), self.income.rows())?;
        shape("income of households from households", self.own.rows(), self.income.rows())
    }

    /// LU of I − K from H L; the rounds of income and spending must die out.
    fn rounds(&self, earned: &Matrix) -> Result<Rounds, AnalysisError> {
        let again = |a: usize, b: usize| {
            let bought = self.spending.row(b).iter().zip(earned.row(a));
            self.own.at(a, b) + bought.map(|(c, h)| c * h).sum::<f64>()
        };
        let size = self.income.rows();
        let matrix = Matrix::from_fn(size, size, |a, b| f64::from(u8::from(a == b)) - again(a, b));
        let lu = Dense::of(&matrix).ok_or(AnalysisError::Explosive)?;
        let rounds = Rounds(lu);
        // A nonnegative K has rounds that die out if and only if (I − K)⁻¹ is nonnegative.
        let unit = |k: usize| (0..size).map(|at| f64::from(u8::from(at == k))).collect::<Vec<_>>();
        let dies_out = (0..size).all(|k| rounds.0.solve(&unit(k)).iter().all(|cell| *cell >= 0.0));
        if dies_out { Ok(rounds) } else { Err(AnalysisError::Explosive) }
    }

    /// Income of households in all rounds from income in the first, R.
    ///
    /// - `earned`: H L, R × n.
    ///
    /// # Errors
    /// [`AnalysisError::Explosive`], [`AnalysisError::Shape`].
    pub fn all_rounds(&self, earned: &Matrix, first: &[f64]) -> Result<Vec<f64>, AnalysisError> {
        shape("income by region", first.len(), self.income.rows())?;
        Ok(self.rounds(earned)?.0.solve(first))
    }

    /// What households buy from each industry with an income by region, n.
    pub fn bought(&self, income: &[f64]) -> Vec<f64> {
        let mut sum = vec![0.0; self.spending.columns()];
        for (r, income) in income.iter().enumerate() {
            sum.iter_mut().zip(self.spending.row(r)).for_each(|(sum, c)| *sum += c * income);
        }
        sum
    }
}

struct Rounds(Dense);

fn reciprocal(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { 1.0 / value }
}

/// Multipliers of all industries for every indicator, in one solve.
///
/// - `households`: closes the model for type II.
///
/// # Errors
/// [`AnalysisError`] of the solve; [`AnalysisError::Explosive`] when households' spending does not
/// die out.
///
/// # Source
/// Miller & Blair (2009), ch. 2 and 6.
pub fn multipliers(
    system: &Leontief<'_>,
    indicators: &[Indicator],
    households: Option<&Closure>,
) -> Result<Vec<Multipliers>, AnalysisError> {
    let (n, own) = (system.size(), indicators.len());
    households.map_or(Ok(()), |closure| closure.check(n))?;
    let mut direct = Matrix::zeros(own + households.map_or(0, |each| each.income.rows()), n);
    for (k, indicator) in indicators.iter().enumerate() {
        shape("an indicator by industry", indicator.per_output.len(), n)?;
        direct.row_mut(k).copy_from_slice(&indicator.per_output);
    }
    for k in own..direct.rows() {
        let income = households.map_or(&[][..], |each| each.income.row(k - own));
        direct.row_mut(k).copy_from_slice(income);
    }
    let total = system.multipliers(&direct)?;
    let earned = Matrix::from_fn(total.rows() - own, n, |k, j| total.at(own + k, j));
    let rounds = households.map(|closure| closure.rounds(&earned)).transpose()?;
    let of = |k: usize, indicator: &Indicator| {
        let induced = |closure: &Closure, rounds: &Rounds| {
            let bought = (0..closure.spending.rows()).map(|r| {
                closure.spending.row(r).iter().zip(total.row(k)).map(|(c, m)| c * m).sum::<f64>()
            });
            let weights = rounds.0.solve_transpose(&bought.collect::<Vec<_>>());
            let sum = |j: usize| {
                total.at(k, j)
                    + weights.iter().enumerate().map(|(r, w)| w * earned.at(r, j)).sum::<f64>()
            };
            (0..n).map(sum).collect::<Vec<f64>>()
        };
        Multipliers {
            name: indicator.name.clone(),
            unit: indicator.unit.clone(),
            direct: indicator.per_output.clone(),
            type_one: total.row(k).to_vec(),
            type_two: households.zip(rounds.as_ref()).map(|(closure, each)| induced(closure, each)),
        }
    };
    Ok(indicators.iter().enumerate().map(|(k, indicator)| of(k, indicator)).collect())
}
