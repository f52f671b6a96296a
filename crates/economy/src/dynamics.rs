//! Between years: stocks at the start of a year, and how they become those of the next.
//!
//! | here         | shape | meaning                                                              |
//! |--------------|-------|----------------------------------------------------------------------|
//! | `capital`    | i o d | stock relative to the base year                                      |
//! | `wage_gap`   | l d   | real wage over its reference less 1, in the year before              |
//! | `attraction` | l d   | logarithm of what draws the labour force to a region, against the baseline |
//! | `research`   | i d   | R&D stock over the usual one                                         |
//!
//! Every equation between years stands here once, but that of debt. Not here: drivers, levers and
//! debt (`study::run`), equations within a year (`crate::model`).

use equilibrium::number::Number;

use crate::exogenous::Exogenous;
use crate::year::{RegionalModel, Solution};

/// See the module header; plain numbers, or numbers that carry derivatives.
#[derive(Debug, Clone, PartialEq)]
pub struct Stocks<T = f64> {
    /// Capital by firm, relative to the base year.
    pub capital: Vec<T>,
    /// Deviation of the real wage from its reference in the year before.
    pub wage_gap: Vec<T>,
    /// Logarithm of a region's pull on the labour force.
    pub attraction: Vec<T>,
    /// R&D stock by industry and region over the usual one.
    pub research: Vec<T>,
}

impl Stocks {
    /// At the start of the base year.
    pub fn of_base_year(model: &RegionalModel) -> Self {
        let n = model.benchmark.sizes();
        Self {
            capital: model.start.get("capital").to_vec(),
            wage_gap: vec![0.0; n.skills * n.regions],
            attraction: vec![0.0; n.skills * n.regions],
            research: model.start.get("research").to_vec(),
        }
    }
}

impl<T: Copy> Stocks<T> {
    /// The same stocks with other numbers, cell by cell.
    pub fn map<U>(&self, mut cell: impl FnMut(T) -> U) -> Stocks<U> {
        let mut all = |cells: &[T]| cells.iter().map(|value| cell(*value)).collect();
        Stocks {
            capital: all(&self.capital),
            wage_gap: all(&self.wage_gap),
            attraction: all(&self.attraction),
            research: all(&self.research),
        }
    }
}

impl<T: Number> Stocks<T> {
    /// Puts the stocks into a year's exogenous variables, whose labour force is the driver's.
    ///
    /// The labour force of a skill, N = N̄ e^a · Σ N̄ / Σ N̄ e^a over regions in persons, keeps its
    /// national total.
    pub fn put(&self, model: &RegionalModel, exogenous: &mut Exogenous<T>) {
        exogenous.get_mut("capital").copy_from_slice(&self.capital);
        exogenous.get_mut("wage_gap").copy_from_slice(&self.wage_gap);
        exogenous.get_mut("research").copy_from_slice(&self.research);
        if self.attraction.iter().all(|pull| pull.is_constant() && pull.value() == 0.0) {
            return;
        }
        let regions = model.benchmark.sizes().regions;
        let persons = model.benchmark.employment();
        let force = exogenous.get_mut("labour_force");
        for skill in 0..force.len() / regions {
            let cells = skill * regions..(skill + 1) * regions;
            let total = |pull: &dyn Fn(usize) -> T| {
                cells.clone().map(|at| force[at] * pull(at) * persons[at]).sum::<T>()
            };
            let pull = |at: usize| self.attraction[at].exp();
            let scale = total(&|_| T::constant(1.0)) / total(&pull);
            cells.clone().for_each(|at| force[at] = force[at] * (pull(at) * scale));
        }
    }

    /// Stocks of the next year, from the solution of this one.
    ///
    /// - `baseline`: the same year without the programme; none on the baseline itself.
    ///
    /// ```text
    /// capital      K' = (1 − δ) K + investment / base-year stock
    /// wage gap     g' = ω / w̄ − 1
    /// attraction   a' = a + speed · ( elasticity · ln(ω / ω of the baseline) − a )
    /// research     S' = (1 − δ) S + δ + spending of programmes / usual stock
    /// ```
    ///
    /// The usual research of the base year goes on and keeps the usual stock at 1.
    #[must_use]
    pub fn next(
        &self,
        model: &RegionalModel,
        exogenous: &Exogenous<T>,
        solution: &Solution<T>,
        baseline: Option<&Solution<T>>,
    ) -> Self {
        let wages = real_wages(solution);
        let reference = exogenous.get("reference_wage");
        let (elasticity, speed) = (model.parameters.migration, model.parameters.migration_speed);
        let pulls = |before: &Solution<T>| -> Vec<T> {
            let gained =
                wages.iter().zip(real_wages(before)).map(|(wage, base)| (*wage / base).ln());
            let pairs = gained.zip(&self.attraction);
            pairs.map(|(x, a)| *a + (x * elasticity - *a) * speed).collect()
        };
        Self {
            capital: self.accumulated(model, solution),
            wage_gap: match baseline {
                Some(_) => {
                    let pairs = wages.iter().zip(reference);
                    pairs.map(|(wage, base)| *wage / *base - T::constant(1.0)).collect()
                }
                None => vec![T::constant(0.0); wages.len()],
            },
            attraction: baseline.map_or_else(|| self.attraction.clone(), pulls),
            research: self.researched(exogenous),
        }
    }

    fn researched(&self, exogenous: &Exogenous<T>) -> Vec<T> {
        let spending = exogenous.get("research_spending").iter();
        let flows = spending.zip(exogenous.get("research_depreciation"));
        let stocks = self.research.iter().zip(flows);
        let one = T::constant(1.0);
        let next = |stock: T, spent: T, rate: T| one + (one - rate) * (stock - one) + spent;
        stocks.map(|(stock, (spent, rate))| next(*stock, *spent, *rate)).collect()
    }

    fn accumulated(&self, model: &RegionalModel, solution: &Solution<T>) -> Vec<T> {
        let stock = &model.benchmark.capital_stock;
        let invested = solution.get("real_investment_by_firm");
        let depreciation = &model.parameters.depreciation;
        let next = |(firm, capital): (usize, &T)| {
            if stock[firm] == 0.0 {
                return T::constant(1.0);
            }
            let kept = *capital * (1.0 - depreciation[firm % depreciation.len()]);
            kept + invested[firm] / stock[firm]
        };
        self.capital.iter().enumerate().map(next).collect()
    }
}

/// Real wages by skill and region, relative to the base year.
pub fn real_wages<T: Number>(solution: &Solution<T>) -> Vec<T> {
    let price = solution.get("consumer_price");
    let wages = solution.get("wage").iter().enumerate();
    wages.map(|(at, wage)| *wage / price[at % price.len()]).collect()
}
