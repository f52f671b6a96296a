//! A preconditioner for systems of many alike regions: blocks of one region, and one coarse solve.
//!
//! | symbol | meaning                                                          | shape       |
//! |--------|------------------------------------------------------------------|-------------|
//! | J      | Jacobian at the point                                            | n × n       |
//! | P      | 1 where an unknown (column) is cell q of its region, or national | n × (q + g) |
//! | C      | Pᵀ J P, the economy with all regions moving alike                  | (q + g)²    |
//! | `B_d`  | rows of region d of JP                                           | q × q       |
//!
//! M⁻¹ v = P y + B⁻¹ (v − J P y) with y = C⁻¹ Pᵀ v. It costs q + g products with J, whatever the
//! number of regions. Equations and unknowns of a region need not be paired, only as many.

use faer::linalg::solvers::{PartialPivLu, Solve as _};
use faer::{Mat, MatMut};
use rayon::prelude::*;

use crate::evaluate::Evaluation;
use crate::linear::smallest_pivot;
use crate::system::{Block, System};

/// Both levels, factored.
#[derive(Debug)]
pub(crate) struct TwoLevel {
    rows: Partition,
    columns: Partition,
    /// J P, by column.
    product: Vec<Vec<f64>>,
    coarse: PartialPivLu<f64>,
    regions: Vec<PartialPivLu<f64>>,
}

/// Positions of a vector by region (same count in each), and those of none.
#[derive(Debug)]
struct Partition {
    regions: Vec<Vec<usize>>,
    national: Vec<usize>,
}

impl Partition {
    /// By the labels of one axis of the blocks.
    fn new(blocks: &[Block], axis: &str) -> Option<Self> {
        let is_axis = |(name, _): &(String, Vec<String>)| name == axis;
        let count = blocks.iter().flat_map(|block| &block.axes).find(|each| is_axis(each))?.1.len();
        let mut partition = Self { regions: vec![vec![]; count], national: vec![] };
        for block in blocks {
            let at = block.axes.iter().position(is_axis);
            let stride: usize = at.map_or(1, |at| {
                block.axes[at + 1..].iter().map(|(_, labels)| labels.len()).product()
            });
            for cell in 0..block.size {
                let list = match at {
                    Some(_) => &mut partition.regions[cell / stride % count],
                    None => &mut partition.national,
                };
                list.push(block.start + cell);
            }
        }
        Some(partition)
    }

    fn locals(&self) -> usize {
        self.regions[0].len()
    }

    fn coarse_size(&self) -> usize {
        self.locals() + self.national.len()
    }

    /// Pᵀ v.
    fn restrict(&self, v: &[f64]) -> Vec<f64> {
        let local = |q: usize| self.regions.iter().map(|region| v[region[q]]).sum();
        let national = self.national.iter().map(|at| v[*at]);
        (0..self.locals()).map(local).chain(national).collect()
    }

    /// P y.
    fn prolong(&self, y: &[f64], n: usize) -> Vec<f64> {
        let mut v = vec![0.0; n];
        for region in &self.regions {
            region.iter().zip(y).for_each(|(at, y)| v[*at] = *y);
        }
        self.national.iter().zip(&y[self.locals()..]).for_each(|(at, y)| v[*at] = *y);
        v
    }
}

impl TwoLevel {
    /// At the point of the evaluation's last residual; none when the system does not fall into
    /// regions along `axis`, or a block has no inverse.
    pub(crate) fn new(system: &System, evaluation: &Evaluation, axis: &str) -> Option<Self> {
        let n = system.size();
        let rows = Partition::new(system.equations(), axis)?;
        let columns = Partition::new(system.unknowns(), axis)?;
        if rows.regions.len() != columns.regions.len() || rows.locals() != columns.locals() {
            return None;
        }
        let size = columns.coarse_size();
        let column = |q: usize| {
            let mut unit = vec![0.0; size];
            unit[q] = 1.0;
            let mut out = vec![0.0; n];
            evaluation.tangent(system, &columns.prolong(&unit, n), &mut out);
            out
        };
        let product: Vec<Vec<f64>> = (0..size).into_par_iter().map(column).collect();
        let restricted: Vec<Vec<f64>> =
            product.iter().map(|column| rows.restrict(column)).collect();
        let coarse = invertible(&Mat::from_fn(size, size, |row, column| restricted[column][row]))?;
        let q = columns.locals();
        let block = |region: &Vec<usize>| {
            invertible(&Mat::from_fn(q, q, |row, column| product[column][region[row]]))
        };
        let regions = rows.regions.iter().map(block).collect::<Option<Vec<_>>>()?;
        Some(Self { rows, columns, product, coarse, regions })
    }

    /// M⁻¹ x, in place.
    pub(crate) fn solve(&self, x: &mut [f64]) {
        let n = x.len();
        let mut y = self.rows.restrict(x);
        in_place(&self.coarse, &mut y);
        let mut rest = x.to_vec();
        for (column, y) in self.product.iter().zip(&y) {
            rest.iter_mut().zip(column).for_each(|(rest, column)| *rest -= y * column);
        }
        x.copy_from_slice(&self.columns.prolong(&y, n));
        let mut local = vec![0.0; self.columns.locals()];
        let regions = self.regions.iter().zip(&self.rows.regions).zip(&self.columns.regions);
        for ((factor, rows), columns) in regions {
            local.iter_mut().zip(rows).for_each(|(local, row)| *local = rest[*row]);
            in_place(factor, &mut local);
            columns.iter().zip(&local).for_each(|(column, local)| x[*column] += local);
        }
    }
}

fn invertible(matrix: &Mat<f64>) -> Option<PartialPivLu<f64>> {
    let n = matrix.nrows();
    let lu = matrix.partial_piv_lu();
    smallest_pivot(&lu, n).is_none().then_some(lu)
}

fn in_place(factor: &PartialPivLu<f64>, x: &mut [f64]) {
    let n = x.len();
    factor.solve_in_place(MatMut::from_column_major_slice_mut(x, n, 1));
}
