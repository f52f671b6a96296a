//! What is given from outside in a year: policy, stocks, drivers.
//!
//! | name                  | shape   | unit and benchmark value                                  |
//! |-----------------------|---------|-----------------------------------------------------------|
//! | `capital`             | i o d   | stock relative to the base year; 1 (short run)            |
//! | `required_return`     | i o d   | rental over investment price relative to the base year; 1 (long run) |
//! | `return_reference`    | i o d   | after-tax return at which the offered investment comes; 1 |
//! | `labour_force`        | l d     | relative to the base year; 1                              |
//! | `reference_wage`      | l d     | real wage at base-year unemployment, relative; 1          |
//! | `wage_gap`            | l d     | real wage over its reference less 1, in the year before; 0 |
//! | `employment_rate`     | l d     | employed per head of the labour force that is given (fixed employment) or goes with the reference wage (partial adjustment), relative; 1 |
//! | `labour_productivity` | i o d   | effective labour per person, relative; 1                  |
//! | `productivity`        | i o d   | output per bundle of labour and capital, relative; 1      |
//! | `research`            | i d     | R&D stock over the usual one; 1                           |
//! | `research_elasticity` | i d     | of output per bundle in the R&D stock                     |
//! | `research_spending`   | i d     | R&D of programmes over the usual stock; 0 (between years) |
//! | `research_depreciation` | i d   | of the R&D stock, per year (between years)                |
//! | `rent`                | i o d   | licence rent as a rate on producers' receipts             |
//! | `resource_cost`       | i o d   | output needed per unit delivered, relative; 1             |
//! | `production_tax`      | i o d   | rate on producers' receipts                               |
//! | `corporate_tax`       | i o d   | rate on capital income less depreciation                  |
//! | `product_tax`         | c s u d | rate on delivered value                                   |
//! | `import_price`        | c r     | landed price in foreign currency by port, relative; 1     |
//! | `export_cost`         | c d     | foreign buyers' price over the price at the border, relative; 1 |
//! | `export_demand`       | c d     | foreign demand at given price, relative; 1                |
//! | `partner_demand`      | c d     | foreign demand by measures for single partners, relative; 1 |
//! | `margin_need`         | m r d   | margin per unit of flow, relative to the base year; 1     |
//! | `government`          | d       | real government consumption, relative; 1                  |
//! | `subsistence`         | d       | committed household consumption, relative; 1              |
//! | `transfer`            | d       | from governments to households less levies, base prices; 0 |
//! | `extra_government`    | c d     | government purchases for programmes, base prices; 0       |
//! | `extra_demand`        | c d     | investment of projects and programmes, base prices; 0     |
//! | `extra_imports`       | c d     | imported equipment of projects, base prices; 0            |
//! | `extra_local`         | c d     | bought by investors from the region's own firms where it has such flows, delivered base prices; 0 |
//! | `fdi`                 | i d     | foreign direct investment offered at the reference returns, base prices |
//! | `fdi_advantage`       | i d     | what a place offers foreign investors beside its return, as a factor on it; 1 |
//! | `investment_propensity` | i o d | firms' own investment at a given return, relative; 1      |
//! | `inventory`           | d       | change of inventories, relative; 1                        |
//! | `given_gross_product` | d       | path of real gross product where it is given, relative; 1 |
//! | `given_exports`       | d       | path of real exports where it is given, relative; 1       |
//! | `given_investment`    | d       | path of real fixed investment where it is given, relative; 1 |
//! | `budget_reference`    | d       | taxes raised less usual government purchases at which nothing is returned, base prices; that of the benchmark |
//! | `foreign_saving`      | –       | inflow from abroad, base prices in foreign currency       |
//! | `numeraire`           | –       | level of the numeraire; 1                                 |

use std::collections::BTreeMap;

use crate::benchmark::Benchmark;
use crate::parameters::Parameters;

/// Values of the module header's table by name, row-major; plain numbers, or numbers that carry
/// derivatives.
#[derive(Debug, Clone, PartialEq)]
pub struct Exogenous<T = f64> {
    values: BTreeMap<&'static str, Vec<T>>,
}

impl Exogenous {
    /// The benchmark year; `budget_reference` is not known here and stays 0.
    ///
    /// - `fdi`: foreign direct investment in the base year by industry and region, money.
    pub fn benchmark(benchmark: &Benchmark, parameters: &Parameters, fdi: &[f64]) -> Self {
        let n = benchmark.sizes();
        let (here, corporate_tax) = (n.industries * n.regions, parameters.corporate_tax);
        let ones = |count: usize| vec![1.0; count];
        let cells = n.products * n.regions;
        let values = BTreeMap::from([
            ("capital", ones(n.firms())),
            ("required_return", ones(n.firms())),
            ("return_reference", ones(n.firms())),
            ("labour_force", ones(n.skills * n.regions)),
            ("reference_wage", ones(n.skills * n.regions)),
            ("wage_gap", vec![0.0; n.skills * n.regions]),
            ("employment_rate", ones(n.skills * n.regions)),
            ("labour_productivity", ones(n.firms())),
            ("productivity", ones(n.firms())),
            ("research", ones(here)),
            ("research_elasticity", vec![parameters.research_elasticity; here]),
            ("research_spending", vec![0.0; here]),
            ("research_depreciation", vec![parameters.research_depreciation; here]),
            ("rent", benchmark.rent_rate.clone()),
            ("resource_cost", ones(n.firms())),
            ("production_tax", benchmark.production_tax_share.clone()),
            ("corporate_tax", vec![corporate_tax; n.firms()]),
            ("product_tax", benchmark.tax_rate.clone()),
            ("import_price", ones(cells)),
            ("export_cost", ones(cells)),
            ("export_demand", ones(cells)),
            ("partner_demand", ones(cells)),
            ("margin_need", ones(n.margins * n.regions * n.regions)),
            ("government", ones(n.regions)),
            ("subsistence", ones(n.regions)),
            ("transfer", vec![0.0; n.regions]),
            ("extra_government", vec![0.0; cells]),
            ("extra_demand", vec![0.0; cells]),
            ("extra_imports", vec![0.0; cells]),
            ("extra_local", vec![0.0; cells]),
            ("fdi", fdi.to_vec()),
            ("fdi_advantage", ones(here)),
            ("investment_propensity", ones(n.firms())),
            ("inventory", ones(n.regions)),
            ("given_gross_product", ones(n.regions)),
            ("given_exports", ones(n.regions)),
            ("given_investment", ones(n.regions)),
            ("budget_reference", vec![0.0; n.regions]),
            ("foreign_saving", vec![benchmark.foreign_saving]),
            ("numeraire", ones(1)),
        ]);
        Self { values }
    }
}

impl<T> Default for Exogenous<T> {
    /// Nothing.
    fn default() -> Self {
        Self { values: BTreeMap::new() }
    }
}

impl<T> Exogenous<T> {
    /// Values of one name.
    ///
    /// # Panics
    /// When the name is not in the module header's table.
    pub fn get(&self, name: &str) -> &[T] {
        self.values.get(name).unwrap_or_else(|| panic!("no exogenous variable `{name}`"))
    }

    /// Values of one name, to change.
    ///
    /// # Panics
    /// As [`Exogenous::get`].
    pub fn get_mut(&mut self, name: &str) -> &mut [T] {
        self.values.get_mut(name).unwrap_or_else(|| panic!("no exogenous variable `{name}`"))
    }

    /// All names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &[T])> {
        self.values.iter().map(|(name, values)| (*name, values.as_slice()))
    }

    /// The same names with other numbers, cell by cell.
    pub fn map<U>(&self, mut cell: impl FnMut(&T) -> U) -> Exogenous<U> {
        let named = self.values.iter();
        let values = named.map(|(name, values)| (*name, values.iter().map(&mut cell).collect()));
        Exogenous { values: values.collect() }
    }
}
