//! The full Leontief inverse, for those who ask for it.
//!
//! Not here: solving without it (`super::leontief`), which is what every analysis of this crate does
//! that does not need all of its n² cells.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::lu::partial_pivoting::{factor, inverse};
use faer::{Mat, MatMut, Par, Spec};

use super::error::AnalysisError;
use super::leontief::shape;
use crate::input_output::InputOutputTable;
use crate::matrix::Matrix;

/// Pivot relative to the largest below which I − A counts as singular.
const SINGULAR_PIVOT: f64 = 1e-14;

/// L = (I − A)⁻¹, n × n: `l_ij` is the output of i that a unit of final demand for j takes.
///
/// Takes two matrices of memory beside the flows and three while it works.
///
/// # Errors
/// [`AnalysisError::Shape`], [`AnalysisError::NotFinite`], [`AnalysisError::Singular`].
///
/// # Source
/// Miller & Blair (2009), ch. 2. LU with partial pivoting, then the inverses of both factors.
pub fn leontief_inverse(table: &InputOutputTable) -> Result<Matrix, AnalysisError> {
    let n = table.output.len();
    shape("rows of flows", table.flows.rows(), n)?;
    shape("columns of flows", table.flows.columns(), n)?;
    let per: Vec<f64> =
        table.output.iter().map(|x| if *x == 0.0 { 0.0 } else { 1.0 / x }).collect();
    // Column by column, the transpose of I − A; its inverse then is L row by row.
    let mut lu =
        Mat::from_fn(n, n, |j, i| f64::from(u8::from(i == j)) - table.flows.at(i, j) * per[j]);
    let (mut forward, mut backward) = (vec![0_usize; n], vec![0_usize; n]);
    let scratch = factor::lu_in_place_scratch::<usize, f64>(n, n, Par::Seq, Spec::default());
    let scratch = scratch.or(inverse::inverse_scratch::<usize, f64>(n, Par::Seq));
    let mut memory = MemBuffer::new(scratch);
    let (_, order) = factor::lu_in_place(
        lu.as_mut(),
        &mut forward,
        &mut backward,
        Par::Seq,
        MemStack::new(&mut memory),
        Spec::<_, f64>::default(),
    );
    check_pivots(&lu)?;
    let mut out = Matrix::zeros(n, n);
    let target = MatMut::from_column_major_slice_mut(out.values_mut(), n, n);
    inverse::inverse(target, lu.as_ref(), lu.as_ref(), order, Par::Seq, MemStack::new(&mut memory));
    Ok(out)
}

fn check_pivots(lu: &Mat<f64>) -> Result<(), AnalysisError> {
    let pivots: Vec<f64> = (0..lu.nrows()).map(|at| lu[(at, at)].abs()).collect();
    if !pivots.iter().all(|pivot| pivot.is_finite()) {
        return Err(AnalysisError::NotFinite);
    }
    let largest = pivots.iter().copied().fold(0.0, f64::max);
    match pivots.iter().position(|pivot| *pivot <= SINGULAR_PIVOT * largest) {
        Some(industry) => Err(AnalysisError::Singular { industry }),
        None => Ok(()),
    }
}
