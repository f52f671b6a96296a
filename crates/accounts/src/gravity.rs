//! Priors of trade between regions: what a region buys at home, and where the rest comes from.
//!
//! Not here: fitting it to the totals (`crate::balance`).

use crate::matrix::Matrix;
use crate::regionalise::location_quotient::{Trade, charm};

/// What is left of a mass over a distance.
fn deterred(mass: f64, distance: f64, decay: f64) -> f64 {
    mass / distance.powf(decay)
}

/// Part of a region's use that must come from elsewhere at a distance factor of 1 (TERM).
const LEAST_FROM_ELSEWHERE: f64 = 0.2;
/// Weight of a route from a region in deficit to one in surplus (TERM).
const AGAINST_THE_STREAM: f64 = 0.1;
/// Weight of other regions for a product that hardly leaves its region (TERM).
const OUTSIDE_FOR_LOCAL: f64 = 0.01;

/// Share of a region's own supply in what it uses of a product, before any fit (TERM):
/// min(supply ÷ demand, 1) (1 − 0.2^decay).
///
/// A region without demand counts as self-sufficient.
pub fn own_share(supply: f64, demand: f64, decay: f64) -> f64 {
    sufficiency(supply, demand).min(1.0) * (1.0 - LEAST_FROM_ELSEWHERE.powf(decay))
}

/// Part of use that a region buys from elsewhere although it could make it at home, and the rest that it
/// cannot make, taken off 1: the mean of what TERM's rule ([`own_share`]) and the nation's foreign trade
/// ([`charm`]) make of cross-hauling, between 0 and 1.
///
/// - `nation`: foreign trade in the product; `supply`, `demand`: of the region; `decay`: exponent of
///   distance.
///
/// # Source
/// Both rules take cross-hauling off self-sufficiency min(supply ÷ demand, 1); that their mean is
/// nearer to official regional tables than either is measured in docs/regionalise.md.
pub fn self_sufficiency(nation: &Trade, supply: f64, demand: f64, decay: f64) -> f64 {
    let by_distance = own_share(supply, demand, decay);
    let brought_in = charm(nation, supply, demand.max(0.0)).imports;
    let by_foreign_trade = if demand > 0.0 { 1.0 - (brought_in / demand).min(1.0) } else { 1.0 };
    0.5 * (by_distance + by_foreign_trade)
}

fn sufficiency(supply: f64, demand: f64) -> f64 {
    if demand > 0.0 { supply.max(0.0) / demand } else { 1.0 }
}

/// Shares of origins in what destinations use of one product: rule of TERM, origin × destination.
///
/// The own share is min(supply ÷ demand, 1) (1 − 0.2^decay). The rest is spread over the other
/// regions by √supply ÷ distance^decay. Routes from a region in deficit to one in surplus get a
/// tenth of that, and columns are scaled to one.
///
/// - `supply`, `demand`: R, money; a region without demand counts as self-sufficient.
/// - `distance`: R × R, positive, in any unit; `local`: the product hardly leaves its region.
/// - columns sum to 1; with no other region the own share is 1.
///
/// # Source
/// Horridge, Madden & Wittwer (2005) and the data programs of TERM; reproduces the Finnish
/// database's initial trade matrices: see `formats/tests/term_finland.rs`.
pub fn term_shares(
    supply: &[f64],
    demand: &[f64],
    distance: &Matrix,
    decay: f64,
    local: bool,
) -> Matrix {
    let ratio = |r: usize| sufficiency(supply[r], demand[r]);
    let own: Vec<f64> =
        supply.iter().zip(demand).map(|(have, want)| own_share(*have, *want, decay)).collect();
    let mut shares = sourcing_shares(supply, &own, distance, decay);
    for d in 0..demand.len() {
        for r in (0..supply.len()).filter(|r| *r != d && ratio(*r) < 1.0 && ratio(d) >= 1.0) {
            *shares.at_mut(r, d) *= AGAINST_THE_STREAM;
        }
        to_one(&mut shares, d);
        if local {
            (0..supply.len()).for_each(|r| *shares.at_mut(r, d) *= OUTSIDE_FOR_LOCAL);
            *shares.at_mut(d, d) = 1.0;
            to_one(&mut shares, d);
        }
    }
    shares
}

/// Scales the shares of one destination to a sum of one; without any, it supplies itself.
fn to_one(shares: &mut Matrix, d: usize) {
    let sum = shares.column_sum(d);
    if sum > 0.0 {
        (0..shares.rows()).for_each(|r| *shares.at_mut(r, d) /= sum);
    } else {
        *shares.at_mut(d, d) = 1.0;
    }
}

/// Shares of origins: `own` at home, the rest by √supply ÷ distance^decay; origin × destination.
///
/// - `own`: R, between 0 and 1. Columns sum to 1 unless no other region supplies anything.
pub fn sourcing_shares(supply: &[f64], own: &[f64], distance: &Matrix, decay: f64) -> Matrix {
    let pull = |r: usize, d: usize| {
        if r == d { 0.0 } else { deterred(supply[r].max(0.0).sqrt(), distance.at(r, d), decay) }
    };
    let pulls = Matrix::from_fn(supply.len(), own.len(), pull);
    let sums = pulls.column_sums();
    Matrix::from_fn(supply.len(), own.len(), |r, d| match (r == d, sums[d] > 0.0) {
        (true, _) => own[d],
        (false, true) => (1.0 - own[d]) * pulls.at(r, d) / sums[d],
        (false, false) => 0.0,
    })
}
