//! Consumption-based accounts: what final demand uses up along its chains of supply.
//!
//! | account       | meaning                                                   | shape |
//! |---------------|-----------------------------------------------------------|-------|
//! | `intensities` | s' L, stressor per unit of final demand                   | k × n |
//! | `by_category` | s' L Y, with direct stressors of final demand             | k × f |
//! | `production`  | caused in a region                                        | k × R |
//! | `consumption` | caused anywhere by the final demand of a region           | k × R |
//! | `origins`     | caused in a region (row) by final demand of one (column)  | R × R |
//!
//! Not here: solving (`super::leontief`).

use super::error::AnalysisError;
use super::kernel::products;
use super::leontief::{Leontief, shape};
use super::regions::Regions;
use crate::input_output::{Extension, InputOutputTable};
use crate::matrix::Matrix;

/// Accounts of every stressor of one extension, in the unit of each stressor.
#[derive(Debug, Clone, PartialEq)]
pub struct Footprints {
    /// s' L: stressor per unit of final demand for each industry, k × n.
    pub intensities: Matrix,
    /// By column of final demand, direct stressors of final demand included, k × f.
    pub by_category: Matrix,
    /// Caused in each region, direct stressors of its final demand included, k × R.
    pub production: Matrix,
    /// Caused anywhere by the final demand of each region, k × R.
    pub consumption: Matrix,
}

/// Footprints of one extension: one solve a stressor.
///
/// # Errors
/// [`AnalysisError`] of the solve or of shapes.
///
/// # Source
/// Miller & Blair (2009), ch. 10; accounts as in Stadler (2021), pymrio.
pub fn footprints(
    system: &Leontief<'_>,
    table: &InputOutputTable,
    extension: &Extension,
) -> Result<Footprints, AnalysisError> {
    let direct = direct(system, extension)?;
    from_intensities(table, extension, system.multipliers(&direct)?)
}

/// Stressors per unit of output, k × n.
///
/// # Errors
/// [`AnalysisError::Shape`].
pub fn direct(system: &Leontief<'_>, extension: &Extension) -> Result<Matrix, AnalysisError> {
    let by_industry = &extension.by_industry;
    let mut direct = Matrix::zeros(by_industry.rows(), system.size());
    for k in 0..by_industry.rows() {
        direct.row_mut(k).copy_from_slice(&system.per_output(by_industry.row(k))?);
    }
    Ok(direct)
}

/// Footprints from intensities that are solved for already.
///
/// # Errors
/// [`AnalysisError::Shape`].
pub fn from_intensities(
    table: &InputOutputTable,
    extension: &Extension,
    intensities: Matrix,
) -> Result<Footprints, AnalysisError> {
    let (n, f) = (table.industries.len(), table.categories.len());
    shape("intensities by industry", intensities.columns(), n)?;
    shape("stressors", intensities.rows(), extension.by_industry.rows())?;
    shape("final demand by industry", table.final_demand.rows(), n)?;
    let mut by_category = products(&table.final_demand, &Matrix::zeros(0, f), &intensities).left;
    let regions = Regions::of(table);
    let mut production = Matrix::zeros(intensities.rows(), regions.len());
    for k in 0..intensities.rows() {
        production.row_mut(k).copy_from_slice(&regions.sum(extension.by_industry.row(k)));
    }
    if let Some(own) = &extension.by_final_demand {
        shape("direct stressors by category", own.columns(), f)?;
        shape("direct stressors", own.rows(), intensities.rows())?;
        by_category = by_category.zip(own, |caused, direct| caused + direct);
        add_by_region(&mut production, own, &regions);
    }
    let mut consumption = Matrix::zeros(intensities.rows(), regions.len());
    add_by_region(&mut consumption, &by_category, &regions);
    Ok(Footprints { intensities, by_category, production, consumption })
}

fn add_by_region(sums: &mut Matrix, by_category: &Matrix, regions: &Regions) {
    for k in 0..by_category.rows() {
        for (value, region) in by_category.row(k).iter().zip(&regions.of_category) {
            if let Some(region) = region {
                *sums.at_mut(k, *region) += value;
            }
        }
    }
}

/// Where the stressors are caused that the final demand of each region asks for: origin × region
/// of final demand, one matrix a stressor; one solve a region.
///
/// Off the diagonal, a row is what a region causes for others (its exports of the stressor), a
/// column what others cause for it (its imports). Direct stressors of final demand are not in it.
///
/// # Errors
/// [`AnalysisError`] of the solve or of shapes.
pub fn origins(
    system: &Leontief<'_>,
    table: &InputOutputTable,
    extension: &Extension,
) -> Result<Vec<Matrix>, AnalysisError> {
    let (direct, regions) = (direct(system, extension)?, Regions::of(table));
    let outputs = system.outputs(&regions.final_demand(table))?;
    let of_stressor = |k: usize| {
        let mut caused = Matrix::zeros(regions.len(), regions.len());
        for destination in 0..regions.len() {
            let used: Vec<f64> =
                direct.row(k).iter().zip(outputs.row(destination)).map(|(s, x)| s * x).collect();
            for (origin, sum) in regions.sum(&used).into_iter().enumerate() {
                *caused.at_mut(origin, destination) = sum;
            }
        }
        caused
    };
    Ok((0..direct.rows()).map(of_stressor).collect())
}
