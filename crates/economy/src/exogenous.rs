//! What is given from outside in a year: policy, stocks, drivers.
//!
//! | name                  | shape   | unit and benchmark value                                  |
//! |-----------------------|---------|-----------------------------------------------------------|
//! | `capital`             | i o d   | stock relative to the base year; 1 (short run)            |
//! | `required_return`     | i o d   | rental over investment price relative to the base year; 1 (long run) |
//! | `return_reference`    | i o d   | after-tax return at which the offered investment comes; 1 |
//! | `labour_force`        | l d     | relative to the base year; 1                              |
//! | `reference_wage`      | l d     | real wage at base-year unemployment, relative; 1          |
//! | `labour_productivity` | i o d   | effective labour per person, relative; 1                  |
//! | `productivity`        | i o d   | output per bundle of labour and capital, relative; 1      |
//! | `rent`                | i o d   | licence rent as a rate on producers' receipts             |
//! | `resource_cost`       | i o d   | output needed per unit delivered, relative; 1             |
//! | `production_tax`      | i o d   | rate on producers' receipts                               |
//! | `corporate_tax`       | i o d   | rate on capital income less depreciation                  |
//! | `product_tax`         | c s u d | rate on delivered value                                   |
//! | `import_price`        | c r     | landed price in foreign currency by port, relative; 1     |
//! | `export_cost`         | c d     | foreign buyers' price over the price at the border, relative; 1 |
//! | `export_demand`       | c d     | foreign demand at given price, relative; 1                |
//! | `government`          | d       | real government consumption, relative; 1                  |
//! | `subsistence`         | d       | committed household consumption, relative; 1              |
//! | `transfer`            | d       | from governments to households less levies, base prices; 0 |
//! | `extra_government`    | c d     | government purchases for programmes, base prices; 0       |
//! | `extra_demand`        | c d     | investment of projects and programmes, base prices; 0     |
//! | `extra_imports`       | c d     | imported equipment of projects, base prices; 0            |
//! | `fdi`                 | i d     | foreign direct investment offered, base prices            |
//! | `foreign_saving`      | –       | inflow from abroad, base prices in foreign currency       |
//! | `numeraire`           | –       | level of the numeraire; 1                                 |

use std::collections::BTreeMap;

use crate::benchmark::Benchmark;

/// Values of the module header's table by name, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct Exogenous {
    values: BTreeMap<&'static str, Vec<f64>>,
}

impl Exogenous {
    /// The benchmark year.
    ///
    /// - `fdi`: foreign direct investment in the base year by industry and region, money.
    pub fn benchmark(benchmark: &Benchmark, corporate_tax: f64, fdi: &[f64]) -> Self {
        let n = benchmark.sizes();
        let ones = |count: usize| vec![1.0; count];
        let cells = n.products * n.regions;
        let values = BTreeMap::from([
            ("capital", ones(n.firms())),
            ("required_return", ones(n.firms())),
            ("return_reference", ones(n.firms())),
            ("labour_force", ones(n.skills * n.regions)),
            ("reference_wage", ones(n.skills * n.regions)),
            ("labour_productivity", ones(n.firms())),
            ("productivity", ones(n.firms())),
            ("rent", benchmark.rent_rate.clone()),
            ("resource_cost", ones(n.firms())),
            ("production_tax", benchmark.production_tax_share.clone()),
            ("corporate_tax", vec![corporate_tax; n.firms()]),
            ("product_tax", benchmark.tax_rate.clone()),
            ("import_price", ones(cells)),
            ("export_cost", ones(cells)),
            ("export_demand", ones(cells)),
            ("government", ones(n.regions)),
            ("subsistence", ones(n.regions)),
            ("transfer", vec![0.0; n.regions]),
            ("extra_government", vec![0.0; cells]),
            ("extra_demand", vec![0.0; cells]),
            ("extra_imports", vec![0.0; cells]),
            ("fdi", fdi.to_vec()),
            ("foreign_saving", vec![benchmark.foreign_saving]),
            ("numeraire", ones(1)),
        ]);
        Self { values }
    }

    /// Values of one name.
    ///
    /// # Panics
    /// When the name is not in the module header's table.
    pub fn get(&self, name: &str) -> &[f64] {
        self.values.get(name).unwrap_or_else(|| panic!("no exogenous variable `{name}`"))
    }

    /// Values of one name, to change.
    ///
    /// # Panics
    /// As [`Exogenous::get`].
    pub fn get_mut(&mut self, name: &str) -> &mut [f64] {
        self.values.get_mut(name).unwrap_or_else(|| panic!("no exogenous variable `{name}`"))
    }

    /// All names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &[f64])> {
        self.values.iter().map(|(name, values)| (*name, values.as_slice()))
    }
}
