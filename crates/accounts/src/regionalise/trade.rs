//! Flows of one product between regions: the prior of the method, fitted to supply and demand.

use super::location_quotient::{Trade, charm, factors, final_factors};
use super::{Method, National, RegionaliseError, Regions};
use crate::balance::{Settings, ras};
use crate::gravity::{sourcing_shares, term_shares};
use crate::matrix::Matrix;
use crate::regional::User;

/// Deviation of a fitted total, relative to the largest.
const FIT: Settings = Settings { tolerance: 1e-13, max_iterations: 20_000 };
/// Least own share and least share from elsewhere, so that a prior can reach every total.
const OPEN: f64 = 1e-4;

/// Own shares by quotient of every product and region, C × R, as the users there weigh them.
///
/// - `uses`: domestic uses by region; `margins`: use as a margin, C × R.
/// - `output`: I × R; products and industries in one order, or the shares are those of products'
///   output (`made`, C × R) throughout.
pub(super) fn own_shares(
    national: &National,
    (uses, margins): (&[Matrix], &Matrix),
    output: &Matrix,
    made: &Matrix,
    method: Method,
) -> Option<Matrix> {
    let (c_n, r_n) = (national.products.len(), uses.len());
    let mut own = Matrix::zeros(c_n, r_n);
    match method {
        Method::Gravity => return None,
        Method::CrossHauling => {
            for c in 0..c_n {
                let nation = foreign_trade(national, made, c);
                for (r, used) in uses.iter().enumerate() {
                    let demand = used.row_sum(c) + margins.at(c, r);
                    let here = charm(&nation, made.at(c, r), demand.max(0.0));
                    *own.at_mut(c, r) = 1.0 - share(here.imports, demand);
                }
            }
        }
        Method::Quotient(quotient) => {
            let square = national.products.len() == national.industries.len();
            let size = if square { output } else { made };
            let nation = size.row_sums();
            for (r, used) in uses.iter().enumerate() {
                let region = size.column(r);
                let at_home = final_factors(&region, &nation, quotient);
                let inputs = square.then(|| factors(&region, &nation, quotient));
                for (c, home) in at_home.iter().enumerate() {
                    let factor = |u: usize| match &inputs {
                        Some(inputs) if u < c_n => inputs.at(c, u).min(1.0),
                        _ => *home,
                    };
                    let weigh = |u: usize| used.at(c, u).max(0.0);
                    let users = 0..national.users();
                    let margin = margins.at(c, r);
                    let bought: f64 = users.clone().map(|u| weigh(u) * factor(u)).sum();
                    let all: f64 = users.map(weigh).sum();
                    *own.at_mut(c, r) = share(bought + margin * home, all + margin);
                }
            }
        }
    }
    own.values_mut().iter_mut().for_each(|share| *share = share.clamp(OPEN, 1.0 - OPEN));
    Some(own)
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// The nation's foreign trade in a product.
fn foreign_trade(national: &National, made: &Matrix, c: usize) -> Trade {
    let exports = national.basic[0].at(c, national.user(User::Export));
    let (domestic, imports) = (national.basic[0].row_sum(c), national.basic[1].row_sum(c));
    Trade { output: made.row_sum(c), demand: domestic - exports + imports, exports, imports }
}

/// Shares of origins before the fit, origin × destination.
pub(super) fn prior(
    regions: &Regions,
    own: Option<&Matrix>,
    (c, s): (usize, usize),
    supply: &[f64],
    demand: &[f64],
) -> Matrix {
    let transport = &regions.transport;
    let decay = transport.decay.at(c, s);
    match own {
        Some(own) if s == 0 => sourcing_shares(supply, own.row(c), &transport.distance, decay),
        _ => {
            let local = s == 0 && transport.local[c];
            term_shares(supply, demand, &transport.distance, decay, local)
        }
    }
}

/// Flows with exactly this supply and demand, origin × destination.
pub(super) fn fitted(
    shares: &Matrix,
    supply: &[f64],
    demand: &[f64],
    what: &str,
) -> Result<Matrix, RegionaliseError> {
    let by_destination = Matrix::from_fn(demand.len(), supply.len(), |d, r| shares.at(r, d));
    let flows = fit(&by_destination, demand, supply, what)?;
    Ok(Matrix::from_fn(supply.len(), demand.len(), |r, d| flows.at(d, r)))
}

/// Lines of demand × regions of supply, with exactly these totals.
///
/// - `shares`: of each region in each line; every region that supplies anything gets at least a tiny
///   share, so that any totals can be met.
pub(super) fn fit(
    shares: &Matrix,
    demand: &[f64],
    supply: &[f64],
    what: &str,
) -> Result<Matrix, RegionaliseError> {
    let prior = Matrix::from_fn(demand.len(), supply.len(), |line, r| {
        if supply[r] > 0.0 { shares.at(line, r).max(OPEN * OPEN) * demand[line] } else { 0.0 }
    });
    let largest = supply.iter().chain(demand).fold(0.0, |most: f64, each| most.max(each.abs()));
    let negative = supply.iter().chain(demand).find(|value| **value < -1e-12 * largest);
    if let Some(value) = negative {
        let what = format!("supply or demand of {what} in a region");
        return Err(RegionaliseError::Value { what, value: *value });
    }
    if largest == 0.0 {
        return Ok(prior);
    }
    let (flows, _) = ras(&prior, demand, supply, &FIT)
        .map_err(|error| RegionaliseError::Balance { what: what.to_owned(), error })?;
    Ok(flows)
}
