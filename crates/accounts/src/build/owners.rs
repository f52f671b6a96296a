//! Firms by industry, owner and region: output, purchases and components of value added.

use super::input::{COMPENSATION, Census, Input, OWNERS, PRODUCTION_TAX, SURPLUS};
use super::national::Area;
use super::{BuildError, BuildReport, balancing};
use crate::balance::{Convergence, Settings, ras};
use crate::matrix::Matrix;

/// Components of value added, then purchases.
const ITEMS: usize = 5;
const PURCHASES: usize = 4;
/// Purchases and incomes of an owner are at least this part of its output in the prior.
const SMALLEST_PRIOR: f64 = 1e-3;

/// All firms of one industry and owner in one region.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Firm {
    /// Gross output.
    pub(super) output: f64,
    /// Purchases.
    pub(super) intermediate: f64,
    /// Components of value added.
    pub(super) components: [f64; 4],
}

impl Firm {
    fn from_items(items: [f64; ITEMS]) -> Self {
        let [a, b, c, d, intermediate] = items;
        Self { output: items.iter().sum(), intermediate, components: [a, b, c, d] }
    }

    /// Value added.
    pub(super) fn value_added(&self) -> f64 {
        self.components.iter().sum()
    }

    fn scaled(&self, factor: f64) -> Self {
        Self {
            output: self.output * factor,
            intermediate: self.intermediate * factor,
            components: self.components.map(|each| each * factor),
        }
    }

    fn absorb(&mut self, other: &mut Self) {
        self.output += other.output;
        self.intermediate += other.intermediate;
        (0..4).for_each(|k| self.components[k] += other.components[k]);
        *other = Self::default();
    }
}

/// Firms by industry, owner, region.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Firms {
    cells: Vec<Firm>,
    regions: usize,
}

impl Firms {
    fn new(industries: usize, regions: usize) -> Self {
        Self { cells: vec![Firm::default(); industries * OWNERS.len() * regions], regions }
    }

    /// The firms of one industry, owner and region.
    pub(super) fn at(&self, industry: usize, owner: usize, region: usize) -> &Firm {
        &self.cells[(industry * OWNERS.len() + owner) * self.regions + region]
    }

    /// The same, to change.
    pub(super) fn at_mut(&mut self, industry: usize, owner: usize, region: usize) -> &mut Firm {
        &mut self.cells[(industry * OWNERS.len() + owner) * self.regions + region]
    }

    /// Sum over owners of a property.
    pub(super) fn total(&self, industry: usize, region: usize, what: impl Fn(&Firm) -> f64) -> f64 {
        (0..OWNERS.len()).map(|owner| what(self.at(industry, owner, region))).sum()
    }

    /// Sum over industries and owners of a property.
    pub(super) fn region_total(&self, region: usize, what: impl Fn(&Firm) -> f64) -> f64 {
        let industries = self.cells.len() / OWNERS.len() / self.regions;
        (0..industries).map(|industry| self.total(industry, region, &what)).sum()
    }
}

/// Firms of the home regions (value added by industry and region is hit) and of the rest.
pub(super) fn firms(
    input: &Input,
    home: &Area,
    rest: &Area,
    value_added: &Matrix,
    report: &mut BuildReport,
) -> Result<Firms, BuildError> {
    let (h, mut worst) = (input.home_regions(), Convergence::default());
    let mut firms = Firms::new(input.size(), h + 1);
    for i in 0..input.size() {
        let province = by_owner(input, home, i, &mut worst)?;
        let regions = over_regions(input, i, &province, value_added.row(i), &mut worst)?;
        let country = by_owner(input, rest, i, &mut worst)?;
        for o in 0..OWNERS.len() {
            *firms.at_mut(i, o, h) = country[o];
            let total = province[o].value_added();
            for r in (0..h).filter(|_| total != 0.0) {
                *firms.at_mut(i, o, r) = province[o].scaled(regions.at(o, r) / total);
            }
        }
    }
    report.balanced("Firms by owner and region, worst industry", worst);
    report_floors(input, report);
    drop_tiny_foreign(input, &mut firms, report);
    Ok(firms)
}

fn worse(one: &mut Convergence, other: Convergence) {
    one.iterations = one.iterations.max(other.iterations);
    one.largest_deviation = one.largest_deviation.max(other.largest_deviation);
}

/// Output share of foreign owners: census, or the assumption outside it.
pub(super) fn foreign_output_share(input: &Input, i: usize) -> f64 {
    input.census[i].map_or(input.by_industry.foreign_share[i], |firms| {
        firms.output[1] / (firms.output[0] + firms.output[1])
    })
}

/// The industry of an area by owner: census structure fitted to the area's accounts.
fn by_owner(
    input: &Input,
    area: &Area,
    i: usize,
    worst: &mut Convergence,
) -> Result<[Firm; 2], BuildError> {
    let (output, foreign) = (area.output[i], foreign_output_share(input, i));
    if output == 0.0 {
        return Ok(Default::default());
    }
    let purchases = output - area.components.row_sum(i);
    let rows: [f64; ITEMS] =
        std::array::from_fn(|k| if k == PURCHASES { purchases } else { area.components.at(i, k) });
    let columns = [output * (1.0 - foreign), output * foreign];
    let floor = input.assumptions.surplus_floor;
    let prior = Matrix::from_fn(ITEMS, 2, |k, o| {
        let even = rows[k] * columns[o] / output;
        input.census[i]
            .filter(|firms| rows[k] > 0.0 && usable(firms, k))
            .map_or(even, |firms| census_cell(&firms, k, o, floor))
    });
    let what = || format!("`{}` by owner", input.industries[i].label);
    let (fitted, how) =
        ras(&prior, &rows, &columns, &Settings::default()).map_err(balancing(what()))?;
    worse(worst, how);
    Ok([0, 1].map(|o| Firm::from_items(std::array::from_fn(|k| fitted.at(k, o)))))
}

/// Whether the census can split an item: taxes that are negative for an owner cannot.
fn usable(firms: &Census, item: usize) -> bool {
    item != PRODUCTION_TAX
        || (0..OWNERS.len()).all(|o| firms.output[o] == 0.0 || firms.components[item][o] > 0.0)
}

/// A cell of the census with its floor, so that no owner starts from a loss.
fn census_cell(firms: &Census, item: usize, owner: usize, surplus_floor: f64) -> f64 {
    let floor = if item == SURPLUS { surplus_floor } else { SMALLEST_PRIOR } * firms.output[owner];
    let value =
        if item == PURCHASES { firms.intermediate[owner] } else { firms.components[item][owner] };
    value.max(floor)
}

fn report_floors(input: &Input, report: &mut BuildReport) {
    for (i, industry) in input.industries.iter().enumerate() {
        let Some(firms) = input.census[i] else { continue };
        for (o, owner) in OWNERS.iter().enumerate() {
            let surplus = firms.components[SURPLUS][o] / firms.output[o].max(f64::MIN_POSITIVE);
            if firms.output[o] > 0.0 && surplus < input.assumptions.surplus_floor {
                let item = format!(
                    "Census surplus of {owner} firms in `{}` raised to its floor",
                    industry.label
                );
                report.adjust(
                    item,
                    surplus,
                    "share of output",
                    "a loss cannot be the income of capital in a base year",
                );
            }
        }
    }
}

/// Value added of the owners over the home regions: 2 × H.
fn over_regions(
    input: &Input,
    i: usize,
    province: &[Firm; 2],
    value_added: &[f64],
    worst: &mut Convergence,
) -> Result<Matrix, BuildError> {
    let weights =
        input.cities.foreign_location_prior[i].as_ref().unwrap_or(&input.cities.foreign_intensity);
    let prior = Matrix::from_fn(2, value_added.len(), |o, r| {
        value_added[r] * if o == 1 { weights[r] } else { 1.0 }
    });
    let rows = [province[0].value_added(), province[1].value_added()];
    let what = || format!("`{}` by owner and region", input.industries[i].label);
    let (fitted, how) =
        ras(&prior, &rows, value_added, &Settings::default()).map_err(balancing(what()))?;
    worse(worst, how);
    Ok(fitted)
}

fn drop_tiny_foreign(input: &Input, firms: &mut Firms, report: &mut BuildReport) {
    for (i, industry) in input.industries.iter().enumerate() {
        for (r, region) in input.regions.iter().enumerate() {
            let output = firms.at(i, 1, r).output;
            if output > 0.0 && output < input.assumptions.smallest_foreign_output {
                let mut foreign = *firms.at(i, 1, r);
                firms.at_mut(i, 0, r).absorb(&mut foreign);
                *firms.at_mut(i, 1, r) = foreign;
                let item =
                    format!("Foreign firms in `{}`, {region}, counted as domestic", industry.label);
                report.adjust(item, output, &input.money, "below the smallest foreign output");
            }
        }
    }
}

/// Compensation and depreciation, as needed elsewhere.
pub(super) fn compensation(firm: &Firm) -> f64 {
    firm.components[COMPENSATION]
}
