//! Value added of every industry in every home region.

use super::input::{Input, SECTORS};
use super::national::Area;
use super::{BuildError, BuildReport, balancing};
use crate::balance::{Settings, ras};
use crate::matrix::Matrix;

/// Value added I × H: location prior fitted to the industries of the province and, sector by
/// sector, to the regions (whose published totals are scaled to the province).
pub(super) fn value_added(
    input: &Input,
    home: &Area,
    report: &mut BuildReport,
) -> Result<Matrix, BuildError> {
    let (n, h) = (input.size(), input.home_regions());
    let mut out = Matrix::zeros(n, h);
    for (sector, name) in SECTORS.iter().enumerate() {
        let members: Vec<usize> =
            (0..n).filter(|i| input.industries[*i].sector == sector).collect();
        let rows: Vec<f64> = members.iter().map(|i| home.components.row_sum(*i)).collect();
        let published = input.cities.value_added.row(sector);
        let factor = rows.iter().sum::<f64>() / published.iter().sum::<f64>();
        let columns: Vec<f64> = published.iter().map(|value| value * factor).collect();
        let prior = Matrix::from_fn(members.len(), h, |i, r| {
            rows[i] * columns[r] * input.cities.location_prior.at(members[i], r)
        });
        let what = format!("Value added of the {name} sector by industry and region");
        let (fitted, how) =
            ras(&prior, &rows, &columns, &Settings::default()).map_err(balancing(what.clone()))?;
        report.balanced(what, how);
        let item = format!("Value added of the {name} sector, province over sum of cities");
        report.adjust(
            item,
            factor,
            "ratio",
            "city figures precede the revision of the provincial accounts",
        );
        for (at, i) in members.iter().enumerate() {
            (0..h).for_each(|r| *out.at_mut(*i, r) = fitted.at(at, r));
        }
    }
    Ok(out)
}
