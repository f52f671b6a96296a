//! Margins on routes, and which regions supply them.
//!
//! A destination pays a margin on what arrives there in proportion to how far it travelled, and the
//! regions that sell it the margin product on the market supply its margins too. Both follow the
//! data programs of TERM (Horridge, Madden & Wittwer 2005).

use super::flows::Market;
use super::trade::fit;
use super::{RegionaliseError, Transport};
use crate::matrix::Matrix;

/// Margin `m` on flows of a product: what each destination pays, spread by flow × distance^exponent.
///
/// - `flows`: origin × destination; `paid`: margin on all that arrives, by destination.
pub(super) fn on_routes(transport: &Transport, m: usize, flows: &Matrix, paid: &[f64]) -> Matrix {
    let exponent = transport.margin_exponent[m];
    let n = paid.len();
    let haul =
        |r: usize, d: usize| flows.at(r, d).max(0.0) * transport.distance.at(r, d).powf(exponent);
    let hauls: Vec<f64> = (0..n).map(|d| (0..n).map(|r| haul(r, d)).sum()).collect();
    Matrix::from_fn(n, n, |r, d| {
        if hauls[d] > 0.0 {
            haul(r, d) * paid[d] / hauls[d]
        } else if r == d {
            paid[d]
        } else {
            0.0
        }
    })
}

/// A margin product: its trade (origin × destination), and its supply as a margin by route (origin ×
/// destination, row-major) × producer.
pub(super) struct Supplied {
    pub trade: Matrix,
    pub margins: Matrix,
}

/// Everything that is sold of a margin product, fitted to what is made of it.
///
/// Margins on a route come from the regions that supply its destination and its origin, half and
/// half, the destination itself weighing more by `margin_local_weight`.
///
/// - `shares`: of origins in the market of each destination; `demand`: on the market by destination;
///   `route`: margin on each route; `own`: shares at home on the market to hold.
pub(super) fn supplied(
    market: &Market<'_>,
    m: usize,
    shares: &Matrix,
    demand: &[f64],
    (route, own): (&Matrix, Option<&[f64]>),
) -> Result<Supplied, RegionaliseError> {
    let (c, regions) = (market.margins[m], market.regions);
    let made = market.made.row(c);
    let (n, local) = (made.len(), market.transport.margin_local_weight[m]);
    let part = |r: usize, d: usize, p: usize| {
        let weight = if p == d { local } else { 1.0 };
        0.5 * weight * (shares.at(p, d) + shares.at(p, r))
    };
    let parts = Matrix::from_fn(n * n, n, |at, p| part(at / n, at % n, p));
    let wanted: Vec<f64> = demand.iter().chain(route.values()).copied().collect();
    let prior = Matrix::from_fn(n + n * n, n, |line, p| match line.checked_sub(n) {
        None => shares.at(p, line),
        Some(at) => parts.at(at, p) / parts.row_sum(at).max(f64::MIN_POSITIVE),
    });
    let what = format!("sales of `{}`", market.products[c]);
    let lines = fit(&prior, (made, &wanted), own, (&what, regions))?;
    let margins = lines.values()[n * n..].to_vec();
    Ok(Supplied {
        trade: Matrix::from_fn(n, n, |r, d| lines.at(d, r)),
        margins: Matrix::from_values(n * n, n, margins),
    })
}
