//! Uses of products by every user in every region, at producer prices.
//!
//! Industries of the home regions buy with the structure of the province; final uses are split by
//! value added, except exports: goods and their margins leave through the ports, services where
//! they are made.

use super::input::Input;
use super::national::{Area, final_user};
use super::owners::Firms;
use crate::matrix::Matrix;
use crate::regional::User;

/// Uses of one region: I × users each.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RegionUses {
    /// Domestic products; from the margin step on at basic prices, less what became margins.
    pub(super) domestic: Matrix,
    /// Imported products.
    pub(super) imported: Matrix,
    /// Duties paid on imported products.
    pub(super) duty: Matrix,
}

/// Uses of all regions, in order.
pub(super) fn uses(input: &Input, home: &Area, rest: &Area, firms: &Firms) -> Vec<RegionUses> {
    let h = input.home_regions();
    let mut out: Vec<RegionUses> = (0..h).map(|r| home_region(input, home, firms, r)).collect();
    out.push(RegionUses {
        domestic: rest.domestic.clone(),
        imported: rest.imported.clone(),
        duty: Matrix::zeros(input.size(), rest.domestic.columns()),
    });
    out
}

fn home_region(input: &Input, home: &Area, firms: &Firms, region: usize) -> RegionUses {
    let (n, h) = (input.size(), input.home_regions());
    let value_added = |r: usize| firms.region_total(r, super::owners::Firm::value_added);
    let size = value_added(region) / (0..h).map(value_added).sum::<f64>();
    let export = final_user(n, User::Export);
    let export_share = |c: usize| {
        if input.industries[c].goods || input.margins.contains(&c) {
            input.cities.export_port_share[region]
        } else {
            share_of(firms.total(c, region, |firm| firm.output), home.output[c])
        }
    };
    let purchases: Vec<f64> = (0..n)
        .map(|i| share_of(firms.total(i, region, |firm| firm.intermediate), home.purchases(i)))
        .collect();
    let share = |c: usize, u: usize| match u {
        _ if u == export => export_share(c),
        _ if u < n => purchases[u],
        _ => size,
    };
    let part =
        |table: &Matrix| Matrix::from_fn(n, table.columns(), |c, u| table.at(c, u) * share(c, u));
    RegionUses {
        domestic: part(&home.domestic),
        imported: part(&home.imported),
        duty: Matrix::zeros(n, home.domestic.columns()),
    }
}

/// A part of a whole; nothing of nothing is nothing.
fn share_of(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}
