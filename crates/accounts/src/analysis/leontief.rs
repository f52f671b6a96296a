//! The Leontief system: (I − A) x = f and (I − A)ᵀ m = s for many f and s, without ever forming
//! A, its copy or an inverse.
//!
//! Coefficients are taken on the fly, `A v = Z (v / x)` and `Aᵀ v = (Zᵀ v) / x`, so the flows are
//! read as they are. All systems advance together by GMRES, one pass over Z a step, preconditioned
//! by the LU of the blocks of I − A along the diagonal (the regions). A table of one region of
//! ordinary size is one block: it is factored once and solved directly.
//! Not here: passes over Z (`super::kernel`), what is solved for (the modules beside).

use std::ops::Range;

use faer::linalg::solvers::{PartialPivLu, Solve as _};
use faer::{Mat, MatMut};
use rayon::prelude::*;

use super::error::AnalysisError;
use super::kernel::{add, dot, products};
use super::krylov::Krylov;
use crate::input_output::{InputOutputTable, Label};
use crate::matrix::Matrix;

/// How exactly a system is solved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Largest ‖b − (I − A) x‖ relative to ‖b‖ (Euclidean) of an accepted solution.
    pub tolerance: f64,
    /// Passes over the flows after which a solve is given up.
    pub most_passes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { tolerance: 1e-11, most_passes: 200 }
    }
}

/// Steps of GMRES before it starts again from the residual.
const RESTART: usize = 40;

/// Largest block that is factored: 512³ operations are less than a pass over a large table.
const LARGEST_BLOCK: usize = 512;

/// Small neighbouring regions share a block up to this size.
const SHARED_BLOCK: usize = 128;

/// Pivot relative to the largest below which a block counts as singular.
const SINGULAR_PIVOT: f64 = 1e-14;

/// The system of one table, ready to be solved.
pub struct Leontief<'a> {
    flows: &'a Matrix,
    /// 1 / x, or 0 where an industry has no output.
    per_output: Vec<f64>,
    idle: Vec<usize>,
    blocks: Vec<Block>,
    settings: Settings,
}

struct Block {
    range: Range<usize>,
    lu: PartialPivLu<f64>,
}

/// Solutions and how exact they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Solutions {
    /// x of (I − A) x = f, one a row, p × n, in the unit of f.
    pub outputs: Matrix,
    /// m of (I − A)ᵀ m = s, one a row, q × n, in the unit of s.
    pub multipliers: Matrix,
    /// Largest residual relative to its right-hand side, recomputed from the solutions.
    pub residual: f64,
    /// Passes over the flows that it took.
    pub passes: usize,
}

impl<'a> Leontief<'a> {
    /// The system of a table; blocks along the diagonal are factored here.
    ///
    /// # Errors
    /// [`AnalysisError::Shape`], [`AnalysisError::NotFinite`], or [`AnalysisError::Singular`] when a
    /// block of I − A has no inverse.
    pub fn new(table: &'a InputOutputTable) -> Result<Self, AnalysisError> {
        Self::with(table, Settings::default())
    }

    /// The same with other settings.
    ///
    /// # Errors
    /// As [`Leontief::new`].
    pub fn with(table: &'a InputOutputTable, settings: Settings) -> Result<Self, AnalysisError> {
        Self::of(&table.flows, &table.output, diagonal_blocks(&table.industries), settings)
    }

    fn of(
        flows: &'a Matrix,
        output: &[f64],
        ranges: Vec<Range<usize>>,
        settings: Settings,
    ) -> Result<Self, AnalysisError> {
        let n = output.len();
        for found in [flows.rows(), flows.columns(), ranges.last().map_or(0, |last| last.end)] {
            shape("rows and columns of flows", found, n)?;
        }
        if !output.iter().all(|x| x.is_finite()) {
            return Err(AnalysisError::NotFinite);
        }
        let per_output: Vec<f64> =
            output.iter().map(|x| if *x == 0.0 { 0.0 } else { 1.0 / x }).collect();
        let idle = (0..n).filter(|at| output[*at] == 0.0).collect();
        let blocks = ranges.into_par_iter().map(|range| Block::of(flows, &per_output, range));
        let blocks = blocks.collect::<Result<_, _>>()?;
        Ok(Self { flows, per_output, idle, blocks, settings })
    }

    /// Number of industries.
    pub fn size(&self) -> usize {
        self.per_output.len()
    }

    /// Industries without output; their coefficients are taken as zero.
    pub fn idle(&self) -> &[usize] {
        &self.idle
    }

    /// `a_ij` = `z_ij` / `x_j`: purchases of j from i per unit of output of j.
    pub fn coefficient(&self, i: usize, j: usize) -> f64 {
        self.flows.at(i, j) * self.per_output[j]
    }

    /// **A**, n × n, in memory of its own.
    pub fn coefficients(&self) -> Matrix {
        Matrix::from_fn(self.size(), self.size(), |i, j| self.coefficient(i, j))
    }

    /// Values per unit of output: `value_j / x_j`, zero where an industry has no output.
    ///
    /// # Errors
    /// [`AnalysisError::Shape`].
    pub fn per_output(&self, values: &[f64]) -> Result<Vec<f64>, AnalysisError> {
        shape("values by industry", values.len(), self.size())?;
        Ok(values.iter().zip(&self.per_output).map(|(value, per)| value * per).collect())
    }

    /// Gross output that meets each final demand: solves (I − A) x = f.
    ///
    /// - `demand`: p × n, one final demand a row; may be negative.
    ///
    /// # Errors
    /// As [`Leontief::solve`].
    pub fn outputs(&self, demand: &Matrix) -> Result<Matrix, AnalysisError> {
        Ok(self.solve(demand, &Matrix::zeros(0, self.size()))?.outputs)
    }

    /// What a unit of final demand for each industry takes along the whole chain of supply: solves
    /// (I − A)ᵀ m = s, that is m' = s' L.
    ///
    /// - `direct`: q × n, one direct coefficient (per unit of output) a row.
    ///
    /// # Errors
    /// As [`Leontief::solve`].
    pub fn multipliers(&self, direct: &Matrix) -> Result<Matrix, AnalysisError> {
        Ok(self.solve(&Matrix::zeros(0, self.size()), direct)?.multipliers)
    }

    /// Both kinds of systems at once, which costs little more than the dearer one alone.
    ///
    /// # Errors
    /// [`AnalysisError::NotConverged`] with the residual reached, [`AnalysisError::NotFinite`], or
    /// [`AnalysisError::Shape`].
    ///
    /// # Source
    /// Miller & Blair (2009), ch. 2 and 6; GMRES: Saad & Schultz (1986), here from the right.
    pub fn solve(&self, demand: &Matrix, direct: &Matrix) -> Result<Solutions, AnalysisError> {
        shape("final demand", demand.columns(), self.size())?;
        shape("direct coefficients", direct.columns(), self.size())?;
        let wanted = Sides { right: demand.clone(), left: direct.clone() };
        let mut found = Sides {
            right: Matrix::zeros(demand.rows(), self.size()),
            left: Matrix::zeros(direct.rows(), self.size()),
        };
        let (mut passes, mut rest) = (0, wanted.clone());
        loop {
            passes += self.improve(&wanted, &rest, &mut found)?;
            rest = self.residual(&wanted, &found);
            passes += 1;
            let residual = largest_ratio(&rest, &wanted);
            if residual <= self.settings.tolerance {
                let (outputs, multipliers) = (found.right, found.left);
                return Ok(Solutions { outputs, multipliers, residual, passes });
            }
            if passes >= self.settings.most_passes || !residual.is_finite() {
                return Err(self.failure(residual, passes));
            }
        }
    }

    /// A x for each row x of `outputs`: what industries with these outputs buy from each, p × n.
    pub fn purchases(&self, outputs: &Matrix) -> Matrix {
        let mut scaled = outputs.clone();
        self.scale(&mut scaled);
        products(self.flows, &scaled, &Matrix::zeros(0, self.size())).right
    }

    fn failure(&self, residual: f64, passes: usize) -> AnalysisError {
        if !residual.is_finite() {
            return AnalysisError::NotFinite;
        }
        let ones = Matrix::from_fn(1, self.size(), |_, _| 1.0);
        let bought = products(self.flows, &Matrix::zeros(0, self.size()), &ones).left;
        let shares = bought.row(0).iter().zip(&self.per_output).map(|(cost, per)| cost * per);
        let heaviest = shares
            .enumerate()
            .fold((0, f64::NEG_INFINITY), |best, next| if next.1 > best.1 { next } else { best });
        AnalysisError::NotConverged { residual, passes, heaviest }
    }

    /// One cycle of GMRES on all systems that are not solved yet; returns the passes it took.
    fn improve(
        &self,
        wanted: &Sides,
        rest: &Sides,
        found: &mut Sides,
    ) -> Result<usize, AnalysisError> {
        let aim = self.settings.tolerance / 2.0;
        let start = |rest: &Matrix, wanted: &Matrix| -> Vec<Krylov> {
            let each = |k| Krylov::new(rest.row(k), aim * norm(wanted.row(k)));
            (0..rest.rows()).map(each).collect()
        };
        let mut right = start(&rest.right, &wanted.right);
        let mut left = start(&rest.left, &wanted.left);
        let mut steps = 0;
        while steps < RESTART && right.iter().chain(&left).any(|each| !each.is_done()) {
            if right.iter().chain(&left).any(|each| !each.is_finite()) {
                return Err(AnalysisError::NotFinite);
            }
            let next = Sides { right: self.directions(&right), left: self.directions(&left) };
            let moved = self.apply(&self.precondition(next));
            extend(&mut right, &moved.right);
            extend(&mut left, &moved.left);
            steps += 1;
        }
        let step = self.precondition(Sides {
            right: self.combinations(&right),
            left: self.combinations(&left),
        });
        add(found.right.values_mut(), 1.0, step.right.values());
        add(found.left.values_mut(), 1.0, step.left.values());
        Ok(steps)
    }

    fn directions(&self, all: &[Krylov]) -> Matrix {
        let open = all.iter().filter(|each| !each.is_done());
        let values: Vec<f64> = open.flat_map(|each| each.direction().iter().copied()).collect();
        Matrix::from_values(values.len() / self.size().max(1), self.size(), values)
    }

    fn combinations(&self, all: &[Krylov]) -> Matrix {
        let values = all.iter().flat_map(Krylov::combination).collect();
        Matrix::from_values(all.len(), self.size(), values)
    }

    /// (I − A) x and (I − A)ᵀ m.
    fn apply(&self, sides: &Sides) -> Sides {
        let mut scaled = sides.right.clone();
        self.scale(&mut scaled);
        let mut passed = products(self.flows, &scaled, &sides.left);
        self.scale(&mut passed.left);
        Sides {
            right: sides.right.zip(&passed.right, |x, ax| x - ax),
            left: sides.left.zip(&passed.left, |m, am| m - am),
        }
    }

    fn scale(&self, vectors: &mut Matrix) {
        for k in 0..vectors.rows() {
            vectors.row_mut(k).iter_mut().zip(&self.per_output).for_each(|(v, per)| *v *= per);
        }
    }

    fn residual(&self, wanted: &Sides, found: &Sides) -> Sides {
        let reached = self.apply(found);
        Sides {
            right: wanted.right.zip(&reached.right, |b, ax| b - ax),
            left: wanted.left.zip(&reached.left, |b, am| b - am),
        }
    }

    /// Solves with the blocks along the diagonal alone.
    fn precondition(&self, mut sides: Sides) -> Sides {
        let (n, p, q) = (self.size(), sides.right.rows(), sides.left.rows());
        // One vector a row, row by row, is one vector a column, column by column.
        let mut right = MatMut::from_column_major_slice_mut(sides.right.values_mut(), n, p);
        let mut left = MatMut::from_column_major_slice_mut(sides.left.values_mut(), n, q);
        for Block { range, lu } in &self.blocks {
            lu.solve_in_place(right.as_mut().subrows_mut(range.start, range.len()));
            lu.solve_transpose_in_place(left.as_mut().subrows_mut(range.start, range.len()));
        }
        sides
    }
}

/// Vectors of systems in I − A and in its transpose, one a row.
#[derive(Clone)]
struct Sides {
    right: Matrix,
    left: Matrix,
}

impl Block {
    fn of(flows: &Matrix, per_output: &[f64], range: Range<usize>) -> Result<Self, AnalysisError> {
        let (start, size) = (range.start, range.len());
        let cell = |i: usize, j: usize| {
            let own = f64::from(u8::from(i == j));
            own - flows.at(start + i, start + j) * per_output[start + j]
        };
        let lu = Mat::from_fn(size, size, cell).partial_piv_lu();
        let pivots: Vec<f64> = (0..size).map(|at| lu.U()[(at, at)].abs()).collect();
        let largest = pivots.iter().copied().fold(0.0, f64::max);
        match pivots.iter().position(|pivot| *pivot <= SINGULAR_PIVOT * largest) {
            _ if !pivots.iter().all(|pivot| pivot.is_finite()) => Err(AnalysisError::NotFinite),
            Some(at) => Err(AnalysisError::Singular { industry: start + at }),
            None => Ok(Self { range, lu }),
        }
    }
}

/// Ranges of industries that are solved together: regions, small neighbours joined, large ones cut.
fn diagonal_blocks(industries: &[Label]) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = vec![];
    for run in industries.chunk_by(|a, b| a.region == b.region) {
        let start = blocks.last().map_or(0, |last| last.end);
        match blocks.last_mut() {
            Some(last) if last.len() + run.len() <= SHARED_BLOCK => last.end += run.len(),
            _ => {
                let cut = |at: usize| start + at..start + (at + LARGEST_BLOCK).min(run.len());
                blocks.extend((0..run.len()).step_by(LARGEST_BLOCK).map(cut));
            }
        }
    }
    blocks
}

fn extend(all: &mut [Krylov], moved: &Matrix) {
    let open = all.iter_mut().filter(|each| !each.is_done());
    let pairs: Vec<_> = open.zip(0..moved.rows()).collect();
    pairs.into_par_iter().for_each(|(each, k)| each.extend(moved.row(k).to_vec()));
}

fn norm(x: &[f64]) -> f64 {
    dot(x, x).sqrt()
}

/// Largest ‖r‖ / ‖b‖ over all systems; a system with b = 0 counts as exact.
fn largest_ratio(rest: &Sides, wanted: &Sides) -> f64 {
    let pairs = [(&rest.right, &wanted.right), (&rest.left, &wanted.left)];
    let ratios = pairs.into_iter().flat_map(|(r, b)| {
        (0..r.rows()).map(|k| match norm(b.row(k)) {
            0.0 => norm(r.row(k)),
            size => norm(r.row(k)) / size,
        })
    });
    ratios.fold(
        0.0,
        |largest: f64, each| if each > largest || each.is_nan() { each } else { largest },
    )
}

/// An error unless a length is the one that fits.
pub(crate) fn shape(what: &'static str, found: usize, wanted: usize) -> Result<(), AnalysisError> {
    if found == wanted { Ok(()) } else { Err(AnalysisError::Shape { what, found, wanted }) }
}
