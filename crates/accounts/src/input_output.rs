//! An input-output table of one or many regions, as published: flows, final demand, value added.
//!
//! | here           | symbol | meaning                                   | shape |
//! |----------------|--------|-------------------------------------------|-------|
//! | `flows`        | **Z**  | intermediate flows, row sells to column   | n × n |
//! | `final_demand` | **Y**  | final demand by column                    | n × f |
//! | `value_added`  | **V**  | primary inputs (and imports, where apart) | v × n |
//! | `output`       | **x**  | gross output                              | n     |
//! | `Extension`    | **F**, **`F_Y`** | stressors of industries and of final demand | k × n, k × f |
//!
//! Notation: Miller & Blair (2009), 2nd ed.; extensions as in environmentally extended tables.
//! Not here: reading files (`formats`), multipliers (`crate::analysis`), the tables of the regional
//! model (`crate::regional`).

use crate::matrix::Matrix;

/// A row or a column that belongs to a region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// Region; empty when the table has one region without a name.
    pub region: String,
    /// Industry, product or category of final demand.
    pub name: String,
}

/// A named row with its own unit: a primary input or a stressor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Name as in the source.
    pub name: String,
    /// Unit as in the source.
    pub unit: String,
}

/// Stressors beside the money: jobs, emissions, land.
#[derive(Debug, Clone, PartialEq)]
pub struct Extension {
    /// Name as in the source.
    pub name: String,
    /// Stressors, k.
    pub rows: Vec<Row>,
    /// Stressors by industry, k × n, in the unit of each row.
    pub by_industry: Matrix,
    /// Stressors of final demand itself, k × f; absent where the source has none.
    pub by_final_demand: Option<Matrix>,
}

/// An input-output table.
#[derive(Debug, Clone, PartialEq)]
pub struct InputOutputTable {
    /// Name and year, as far as the source tells.
    pub name: String,
    /// Unit of all money cells, as in the source.
    pub unit: String,
    /// Rows and columns of the flows, n.
    pub industries: Vec<Label>,
    /// Columns of final demand, f.
    pub categories: Vec<Label>,
    /// Rows of value added, v.
    pub primary_inputs: Vec<Row>,
    /// **Z**, n × n.
    pub flows: Matrix,
    /// **Y**, n × f.
    pub final_demand: Matrix,
    /// **V**, v × n.
    pub value_added: Matrix,
    /// **x**, n, as published where the source prints it, else the row sums.
    pub output: Vec<f64>,
    /// Tables beside the money.
    pub extensions: Vec<Extension>,
}

impl InputOutputTable {
    /// Regions in order of first appearance.
    pub fn regions(&self) -> Vec<&str> {
        let mut regions: Vec<&str> = vec![];
        for label in &self.industries {
            if regions.last() != Some(&label.region.as_str())
                && !regions.contains(&label.region.as_str())
            {
                regions.push(&label.region);
            }
        }
        regions
    }

    /// `Σ_j` `Z_ij` + `Σ_k` `Y_ik`: what each industry sells, n.
    pub fn uses(&self) -> Vec<f64> {
        let sold = |i: usize| self.flows.row_sum(i) + self.final_demand.row_sum(i);
        (0..self.industries.len()).map(sold).collect()
    }

    /// `Σ_i` `Z_ij` + `Σ_v` `V_vj`: what each industry pays, n.
    pub fn costs(&self) -> Vec<f64> {
        let (intermediate, primary) = (self.flows.column_sums(), self.value_added.column_sums());
        intermediate.iter().zip(primary).map(|(a, b)| a + b).collect()
    }
}
