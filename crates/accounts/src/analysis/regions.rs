//! Which industry and which column of final demand belongs to which region.
//!
//! Not here: tables with axes (`crate::table`).

use crate::input_output::InputOutputTable;
use crate::matrix::Matrix;

/// Positions of regions, in order of first appearance among the industries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regions {
    /// Names, R.
    pub names: Vec<String>,
    /// Region of each industry, n.
    pub of_industry: Vec<usize>,
    /// Region of each column of final demand, f; none where no industry is in it (exports to a
    /// world outside the table, say).
    pub of_category: Vec<Option<usize>>,
}

impl Regions {
    /// The regions of a table.
    pub fn of(table: &InputOutputTable) -> Self {
        let names: Vec<String> = table.regions().into_iter().map(str::to_owned).collect();
        let position = |region: &str| names.iter().position(|name| name == region);
        let mut last = (String::new(), None);
        let mut known = |region: &str| {
            if last.1.is_none() || last.0 != region {
                last = (region.to_owned(), position(region));
            }
            last.1
        };
        let of_industry =
            table.industries.iter().map(|each| known(&each.region).unwrap_or(0)).collect();
        let of_category = table.categories.iter().map(|each| known(&each.region)).collect();
        Self { names, of_industry, of_category }
    }

    /// Number of regions.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no region.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Industries of a region.
    pub fn industries(&self, region: usize) -> Vec<usize> {
        (0..self.of_industry.len()).filter(|at| self.of_industry[*at] == region).collect()
    }

    /// Columns of final demand of a region.
    pub fn categories(&self, region: usize) -> Vec<usize> {
        (0..self.of_category.len()).filter(|at| self.of_category[*at] == Some(region)).collect()
    }

    /// Sums by region of values by industry.
    pub fn sum(&self, values: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.len()];
        values.iter().zip(&self.of_industry).for_each(|(value, at)| sums[*at] += value);
        sums
    }

    /// Final demand of each region by its columns together, R × n (one region a row).
    pub fn final_demand(&self, table: &InputOutputTable) -> Matrix {
        let mut sums = Matrix::zeros(self.len(), table.industries.len());
        for i in 0..table.industries.len() {
            for (value, region) in table.final_demand.row(i).iter().zip(&self.of_category) {
                if let Some(region) = region {
                    *sums.at_mut(*region, i) += value;
                }
            }
        }
        sums
    }
}
