//! Value added in the exports of every region: nine terms of Koopman, Wang & Wei, and the measures
//! of Borin & Mancini.
//!
//! B is the Leontief inverse of all regions, `L_ss` that of region s alone, `v_s` its value added
//! per unit of output (output less purchases from the table's industries), `A_sr` the purchases of
//! r from s, `E_s` the exports of s, `Y_sr` the final demand of r for products of s.
//! Only the R rows `v_s' B` are solved for; B itself is never formed. Final demand of columns that
//! belong to no region counts as absorbed abroad.
//! Not here: footprints of other stressors (`super::footprints`).

use super::dense::Dense;
use super::error::AnalysisError;
use super::kernel::products;
use super::krylov::Krylov;
use super::leontief::Leontief;
use super::regions::Regions;
use crate::input_output::InputOutputTable;
use crate::matrix::Matrix;

/// Gross exports of one region in nine terms that sum to them, in the table's money.
///
/// # Source
/// Koopman, Wang & Wei (2014), equation 36 in the order of their terms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NineTerms {
    /// 1: own value added in final exports, absorbed by the direct importer.
    pub final_exports: f64,
    /// 2: in intermediates that the importer absorbs.
    pub intermediates_absorbed: f64,
    /// 3: in intermediates that go on to third regions.
    pub to_third: f64,
    /// 4: returned in final imports.
    pub returned_final: f64,
    /// 5: returned in intermediate imports, absorbed at home.
    pub returned_intermediate: f64,
    /// 6: double counting of intermediates made at home.
    pub domestic_double: f64,
    /// 7: foreign value added in final exports.
    pub foreign_final: f64,
    /// 8: foreign value added in intermediate exports.
    pub foreign_intermediate: f64,
    /// 9: double counting of intermediates made abroad.
    pub foreign_double: f64,
}

impl NineTerms {
    /// All terms in order.
    pub fn all(&self) -> [f64; 9] {
        [
            self.final_exports,
            self.intermediates_absorbed,
            self.to_third,
            self.returned_final,
            self.returned_intermediate,
            self.domestic_double,
            self.foreign_final,
            self.foreign_intermediate,
            self.foreign_double,
        ]
    }
}

/// Gross exports of one region by what each unit of value added is counted as; the first five sum
/// to exports.
///
/// # Source
/// Borin & Mancini (2019), with the exporting country as perimeter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contents {
    /// Own value added absorbed abroad (`VAX`).
    pub absorbed_abroad: f64,
    /// Own value added that returns and is absorbed at home (reflection).
    pub reflected: f64,
    /// Own value added counted again when it crosses the border a second time.
    pub domestic_double: f64,
    /// Foreign value added, counted once.
    pub foreign: f64,
    /// Foreign value added counted again.
    pub foreign_double: f64,
    /// Gross exports.
    pub exports: f64,
}

impl Contents {
    /// Own value added in exports: what region's product they are (`DVA`).
    pub fn domestic(&self) -> f64 {
        self.absorbed_abroad + self.reflected
    }

    /// Share of exports that crosses more than one border (`GVC` participation): all but own value
    /// added that the importer absorbs at once; here from the nine terms' first two.
    pub fn participation(&self, terms: &NineTerms) -> f64 {
        1.0 - (terms.final_exports + terms.intermediates_absorbed) / self.exports
    }
}

/// Decompositions of the exports of every region.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueAddedInTrade {
    /// Names of the regions, R.
    pub regions: Vec<String>,
    /// Koopman, Wang & Wei, R.
    pub nine_terms: Vec<NineTerms>,
    /// Borin & Mancini, R.
    pub contents: Vec<Contents>,
    /// Value added of each region (row) in the exports of each (column), double counting included,
    /// R × R; columns sum to exports.
    pub origins: Matrix,
}

/// Tolerance of the small systems of [`foreign_weights`], relative to exports.
const TOLERANCE: f64 = 1e-11;

/// Iterations after which such a system is given up.
const MOST_STEPS: usize = 60;

/// Decomposes the exports of every region: one solve a region for the nine terms, a few more for
/// the measures of Borin & Mancini.
///
/// # Errors
/// [`AnalysisError`] of the solves.
pub fn value_added_in_trade(
    system: &Leontief<'_>,
    table: &InputOutputTable,
) -> Result<ValueAddedInTrade, AnalysisError> {
    let world = World::new(system, table)?;
    let weights = foreign_weights(system, &world)?;
    let regions = 0..world.regions.len();
    let nine_terms: Vec<NineTerms> = regions.clone().map(|s| world.nine_terms(s)).collect();
    let contents = regions.clone().zip(&nine_terms);
    let contents = contents.map(|(s, terms)| world.contents(s, terms, weights.row(s))).collect();
    let origins = Matrix::from_fn(regions.len(), regions.len(), |t, s| {
        world.within(s, world.chains.row(t), &world.exports)
    });
    Ok(ValueAddedInTrade { regions: world.regions.names.clone(), nine_terms, contents, origins })
}

/// What all regions' terms are made of; vectors over all industries hold one block a region.
struct World {
    regions: Regions,
    members: Vec<Vec<usize>>,
    /// `v_t' B`, R × n.
    chains: Matrix,
    /// Foreign chains: `Σ_t≠s v_t' B` in the block of s, n.
    foreign: Vec<f64>,
    /// `v_s' L_ss` in the block of s, n.
    local_chains: Vec<f64>,
    /// Final demand of each region, R × n.
    demand: Matrix,
    /// `Y_ss` in the block of s, n.
    home: Vec<f64>,
    /// Final exports `Σ_r≠s Y_sr` in the block of s, n.
    final_exports: Vec<f64>,
    /// `E_s` in the block of s, n.
    exports: Vec<f64>,
    /// `Σ_r≠s A_sr L_rr Y_rr` in the block of s, n.
    sent_for_home: Vec<f64>,
    /// `Σ_r≠s A_sr L_rr E_r` in the block of s, n.
    sent_for_exports: Vec<f64>,
    /// I − `A_ss`.
    locals: Vec<Matrix>,
}

impl World {
    fn new(system: &Leontief<'_>, table: &InputOutputTable) -> Result<Self, AnalysisError> {
        let (regions, n) = (Regions::of(table), system.size());
        let members: Vec<Vec<usize>> = (0..regions.len()).map(|s| regions.industries(s)).collect();
        let value_added = value_added(system, table)?;
        let own = Matrix::from_fn(regions.len(), n, |s, j| {
            if regions.of_industry[j] == s { value_added[j] } else { 0.0 }
        });
        let chains = system.multipliers(&own)?;
        let demand = regions.final_demand(table);
        let at_home = |i: usize| demand.at(regions.of_industry[i], i);
        let home: Vec<f64> = (0..n).map(at_home).collect();
        let final_exports: Vec<f64> =
            (0..n).map(|i| table.final_demand.row_sum(i) - home[i]).collect();
        let local = |s: usize| {
            let own = |a: usize, b: usize| f64::from(u8::from(a == b));
            let cell = |a, b| own(a, b) - system.coefficient(members[s][a], members[s][b]);
            Matrix::from_fn(members[s].len(), members[s].len(), cell)
        };
        let locals: Vec<Matrix> = (0..regions.len()).map(local).collect();
        // x = A x + y with the coefficients, so that a table that is out of balance is no matter.
        let output = system.outputs(&Matrix::from_fn(1, n, |_, i| home[i] + final_exports[i]))?;
        let output = output.row(0);
        let mut world = Self {
            foreign: vec![0.0; n],
            local_chains: vec![0.0; n],
            exports: vec![0.0; n],
            sent_for_home: vec![0.0; n],
            sent_for_exports: vec![0.0; n],
            regions,
            members,
            chains,
            demand,
            home,
            final_exports,
            locals,
        };
        world.fill(system, &value_added, output)?;
        Ok(world)
    }

    /// The vectors that take a system of each region alone.
    fn fill(
        &mut self,
        system: &Leontief<'_>,
        value_added: &[f64],
        output: &[f64],
    ) -> Result<(), AnalysisError> {
        let n = system.size();
        let mut local_outputs = Matrix::zeros(2, n);
        for s in 0..self.regions.len() {
            let members = &self.members[s];
            let pick = |values: &[f64]| members.iter().map(|i| values[*i]).collect::<Vec<f64>>();
            let singular =
                AnalysisError::Singular { industry: members.first().copied().unwrap_or(0) };
            let lu = Dense::of(&self.locals[s]).ok_or(singular)?;
            // (I − A_ss) x_s = Y_ss + E_s.
            let sold = times(&self.locals[s], &pick(output));
            let exports: Vec<f64> = sold.iter().zip(pick(&self.home)).map(|(x, y)| x - y).collect();
            let for_home = lu.solve(&pick(&self.home));
            let for_exports = lu.solve(&exports);
            let chain = lu.solve_transpose(&pick(value_added));
            for (at, i) in members.iter().enumerate() {
                self.exports[*i] = exports[at];
                self.local_chains[*i] = chain[at];
                *local_outputs.at_mut(0, *i) = for_home[at];
                *local_outputs.at_mut(1, *i) = for_exports[at];
                let all: f64 = (0..self.regions.len()).map(|t| self.chains.at(t, *i)).sum();
                self.foreign[*i] = all - self.chains.at(s, *i);
            }
        }
        let sent = system.purchases(&local_outputs);
        for i in 0..n {
            // What the region itself sends to itself is L_ss y − y.
            self.sent_for_home[i] = sent.at(0, i) - (local_outputs.at(0, i) - self.home[i]);
            self.sent_for_exports[i] = sent.at(1, i) - (local_outputs.at(1, i) - self.exports[i]);
        }
        Ok(())
    }

    /// Product of two vectors over the block of a region.
    fn within(&self, s: usize, x: &[f64], y: &[f64]) -> f64 {
        self.members[s].iter().map(|i| x[*i] * y[*i]).sum()
    }

    /// Product over the blocks of all other regions.
    fn abroad(&self, s: usize, x: &[f64], y: impl Fn(usize) -> f64) -> f64 {
        let others = (0..x.len()).filter(|i| self.regions.of_industry[*i] != s);
        others.map(|i| x[i] * y(i)).sum()
    }

    fn nine_terms(&self, s: usize) -> NineTerms {
        let chain = self.chains.row(s);
        let returned = |y: &[f64]| self.within(s, chain, y) - self.within(s, &self.local_chains, y);
        let to_s = |i: usize| self.demand.at(s, i);
        NineTerms {
            final_exports: self.within(s, chain, &self.final_exports),
            intermediates_absorbed: self.abroad(s, chain, |i| self.home[i]),
            to_third: self.abroad(s, chain, |i| self.final_exports[i] - to_s(i)),
            returned_final: self.abroad(s, chain, to_s),
            returned_intermediate: returned(&self.home),
            domestic_double: returned(&self.exports),
            foreign_final: self.within(s, &self.foreign, &self.final_exports),
            foreign_intermediate: self.within(s, &self.foreign, &self.sent_for_home),
            foreign_double: self.within(s, &self.foreign, &self.sent_for_exports),
        }
    }

    /// `weights`: w of `(I − A_ss) B_ss w = E_s`, n.
    fn contents(&self, s: usize, terms: &NineTerms, weights: &[f64]) -> Contents {
        let absorbed_abroad = terms.final_exports + terms.intermediates_absorbed + terms.to_third;
        let domestic = self.within(s, &self.local_chains, &self.exports);
        let all_foreign = self.within(s, &self.foreign, &self.exports);
        let foreign = self.within(s, &self.foreign, weights);
        Contents {
            absorbed_abroad,
            reflected: domestic - absorbed_abroad,
            domestic_double: terms.domestic_double,
            foreign,
            foreign_double: all_foreign - foreign,
            exports: self.members[s].iter().map(|i| self.exports[*i]).sum(),
        }
    }
}

/// Output less purchases from the table's industries, per unit of output, n.
fn value_added(system: &Leontief<'_>, table: &InputOutputTable) -> Result<Vec<f64>, AnalysisError> {
    let bought = table.flows.column_sums();
    let left: Vec<f64> = table.output.iter().zip(bought).map(|(x, cost)| x - cost).collect();
    system.per_output(&left)
}

fn times(matrix: &Matrix, x: &[f64]) -> Vec<f64> {
    let x = Matrix::from_values(1, x.len(), x.to_vec());
    products(matrix, &x, &Matrix::zeros(0, matrix.rows())).right.row(0).to_vec()
}

/// Exports that a region would need so that its chains without exporting twice meet `E_s`: w of
/// `(I − A_ss) B_ss w = E_s`, R × n, each row in the block of its region.
///
/// The inverse of the system in which s sends no intermediates abroad is `B_ts w` in the column of
/// s, so foreign value added without double counting is `Σ_t≠s v_t' B_ts w`.
fn foreign_weights(system: &Leontief<'_>, world: &World) -> Result<Matrix, AnalysisError> {
    let (count, n) = (world.regions.len(), system.size());
    let start = |s: usize| {
        let mut exports = vec![0.0; n];
        world.members[s].iter().for_each(|i| exports[*i] = world.exports[*i]);
        let size = exports.iter().map(|e| e * e).sum::<f64>().sqrt();
        Krylov::new(&exports, TOLERANCE * size)
    };
    let mut all: Vec<Krylov> = (0..count).map(start).collect();
    for _ in 0..MOST_STEPS {
        let open: Vec<usize> = (0..count).filter(|s| !all[*s].is_done()).collect();
        if open.is_empty() {
            let values = all.iter().flat_map(Krylov::combination).collect();
            return Ok(Matrix::from_values(count, n, values));
        }
        let directions = open.iter().flat_map(|s| all[*s].direction().to_vec()).collect();
        let moved = system.outputs(&Matrix::from_values(open.len(), n, directions))?;
        for (k, s) in open.iter().enumerate() {
            let here: Vec<f64> = world.members[*s].iter().map(|i| moved.at(k, *i)).collect();
            let mut product = vec![0.0; n];
            let rows = times(&world.locals[*s], &here);
            world.members[*s].iter().zip(rows).for_each(|(i, value)| product[*i] = value);
            all[*s].extend(product);
        }
    }
    Err(AnalysisError::NotConverged { residual: f64::NAN, passes: MOST_STEPS, heaviest: (0, 0.0) })
}
