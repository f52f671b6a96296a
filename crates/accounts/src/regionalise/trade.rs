//! Flows of one product between regions: the prior of the method, fitted to supply and demand.

use super::flows::Market;
use super::location_quotient::{Trade, charm, factors, final_factors};
use super::{Method, RegionaliseError, Transport};
use crate::balance::{BalanceError, Settings, ras};
use crate::gravity::{self_sufficiency, sourcing_shares, term_shares};
use crate::matrix::Matrix;
use crate::regional::User;

/// Deviation of a fitted total, relative to the largest.
pub(super) const FIT: Settings = Settings { tolerance: 1e-13, max_iterations: 20_000 };
/// Deviation that is accepted where rounds do not come nearer, relative to the largest total.
const NEAR_ENOUGH: f64 = 1e-9;
/// Trade of a region that counts as none, relative to the largest.
const NOTHING: f64 = 1e-13;
/// Least own share and least share from elsewhere, so that a prior can reach every total.
const OPEN: f64 = 1e-4;
/// Part of trade between regions that is not with the largest trader, at least: else one region would
/// be all others' only partner, and a fit that holds own shares could not converge.
const OTHERS: f64 = 0.02;

/// Own shares of every product and region, C × R, as the users there weigh them.
///
/// - `margins`: use of domestic products as margins, C × R.
/// - quotients take products and industries as one list where there are as many of both; else the
///   shares are those of products' output throughout.
pub(super) fn own_shares(market: &Market<'_>, margins: &Matrix) -> Option<Matrix> {
    let uses = &market.uses[0];
    let (c_n, r_n) = (market.products.len(), uses.len());
    let mut own = Matrix::zeros(c_n, r_n);
    match market.method {
        Method::Gravity => return None,
        Method::CrossHauling | Method::SelfSufficiency => {
            for c in 0..c_n {
                let nation = foreign_trade(market, c);
                let decay = market.transport.decay.at(c, 0);
                for (r, used) in uses.iter().enumerate() {
                    let demand = used.row_sum(c) + margins.at(c, r);
                    let supply = market.made.at(c, r);
                    *own.at_mut(c, r) = if market.method == Method::CrossHauling {
                        1.0 - share(charm(&nation, supply, demand.max(0.0)).imports, demand)
                    } else {
                        self_sufficiency(&nation, supply, demand, decay)
                    };
                }
            }
        }
        Method::Quotient(quotient) => {
            let square = c_n == market.output.rows();
            let size = if square { &market.output } else { &market.made };
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
                    let users = 0..used.columns();
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
fn foreign_trade(market: &Market<'_>, c: usize) -> Trade {
    let export = market.output.rows() + User::Export.position();
    let sum = |s: usize| market.uses[s].iter().map(|used| used.row_sum(c)).sum::<f64>();
    let exports = market.uses[0].iter().map(|used| used.at(c, export)).sum();
    let (domestic, imports) = (sum(0), sum(1));
    Trade { output: market.made.row_sum(c), demand: domestic - exports + imports, exports, imports }
}

/// Shares of origins before the fit, origin × destination.
pub(super) fn prior(
    transport: &Transport,
    own: Option<&Matrix>,
    (c, s): (usize, usize),
    supply: &[f64],
    demand: &[f64],
) -> Matrix {
    let decay = transport.decay.at(c, s);
    match own {
        Some(own) if s == 0 => sourcing_shares(supply, own.row(c), &transport.distance, decay),
        _ => {
            let local = s == 0 && transport.local[c];
            term_shares(supply, demand, &transport.distance, decay, local)
        }
    }
}

/// Flows with exactly this supply and demand, origin × destination; `own`: shares at home to hold.
///
/// - `named`: what it is, and the regions, for findings.
pub(super) fn fitted(
    shares: &Matrix,
    (supply, demand): (&[f64], &[f64]),
    own: Option<&[f64]>,
    named: (&str, &[String]),
) -> Result<Matrix, RegionaliseError> {
    let by_destination = Matrix::from_fn(demand.len(), supply.len(), |d, r| shares.at(r, d));
    let flows = fit(&by_destination, (supply, demand), own, named)?;
    Ok(Matrix::from_fn(supply.len(), demand.len(), |r, d| flows.at(d, r)))
}

/// What regions buy at home, R: `own` shares of their `demand`, as far as both totals allow.
///
/// A region keeps more when others could not take what it does not keep, or could not send what it
/// lacks: sold and bought by one region, S + D, cannot exceed all trade, T. At most one region exceeds it.
fn at_home(own: &[f64], demand: &[f64], supply: &[f64]) -> Vec<f64> {
    let keep = |r: usize| (own[r] * demand[r]).min(demand[r]).min(supply[r]).max(0.0);
    let mut kept: Vec<f64> = (0..own.len()).map(keep).collect();
    let trade = supply.iter().sum::<f64>() - kept.iter().sum::<f64>();
    // What all but the two largest traders could trade.
    let mut sizes: Vec<f64> =
        (0..own.len()).map(|r| supply[r] + demand[r] - 2.0 * kept[r]).collect();
    sizes.sort_unstable_by(|a, b| b.total_cmp(a));
    let small: f64 = sizes.iter().skip(2).sum();
    let few = small < OTHERS * trade;
    let others = if few && trade > 0.0 { 0.25 * small / trade } else { OTHERS };
    for r in 0..own.len() {
        let (sold, bought) = (supply[r] - kept[r], demand[r] - kept[r]);
        let over = (sold + bought - (1.0 - others) * trade) / (1.0 + others);
        kept[r] += over.min(sold).min(bought).max(0.0);
    }
    kept
}

/// Lines of demand × regions of supply, with exactly these totals.
///
/// - `shares`: of each region in each line; every region that supplies anything gets at least a tiny
///   share, so that any totals can be met.
/// - `own`: shares of a region in its own line, the first R lines being the regions': held as far as the
///   totals allow.
pub(super) fn fit(
    shares: &Matrix,
    (supply, demand): (&[f64], &[f64]),
    own: Option<&[f64]>,
    (what, regions): (&str, &[String]),
) -> Result<Matrix, RegionaliseError> {
    let largest = supply.iter().chain(demand).fold(0.0, |most: f64, each| most.max(each.abs()));
    for (side, values) in [("supply", supply), ("demand", demand)] {
        let negative = |value: &&f64| **value < -1e-12 * largest;
        if let Some(at) = values.iter().position(|value| negative(&value)) {
            let what = format!("{side} in {what} of {}", line_of(regions, at));
            return Err(RegionaliseError::Value { what, value: values[at] });
        }
    }
    let failed = |error: &BalanceError| {
        let lines: Vec<String> = (0..demand.len()).map(|at| line_of(regions, at)).collect();
        RegionaliseError::balance(what.to_owned(), error, &lines, regions)
    };
    let kept = own.map_or(vec![0.0; supply.len()], |own| at_home(own, demand, supply));
    let rest = |totals: &[f64]| -> Vec<f64> {
        let left = |(line, all): (usize, &f64)| match kept.get(line) {
            Some(kept) if own.is_some() => (all - kept).max(0.0),
            _ => *all,
        };
        totals.iter().enumerate().map(left).collect()
    };
    let (bought, sold) = (rest(demand), rest(supply));
    if own.is_some() && demand.len() == supply.len() {
        let trades = |r: &usize| bought[*r] + sold[*r] > NOTHING * largest;
        let active: Vec<usize> = (0..supply.len()).filter(trades).collect();
        if active.len() <= 2 {
            // What one of two regions lacks, the other sells: nothing is left to fit.
            return Ok(Matrix::from_fn(demand.len(), supply.len(), |line, r| {
                let pair = active.contains(&line) && active.contains(&r);
                match line == r {
                    true => kept[r],
                    false if pair => bought[line],
                    false => 0.0,
                }
            }));
        }
    }
    let open = |held: bool, bought: &[f64], sold: &[f64]| {
        Matrix::from_fn(demand.len(), supply.len(), |line, r| {
            let share = if held && line == r { 0.0 } else { shares.at(line, r) };
            if sold[r] > 0.0 { share.max(OPEN * OPEN) * bought[line] } else { 0.0 }
        })
    };
    let prior = open(own.is_some(), &bought, &sold);
    if largest == 0.0 {
        return Ok(prior);
    }
    let mut flows = match to_totals(&prior, &bought, &sold) {
        Ok(flows) => flows,
        // Shares at home that the totals do not allow are moved by the fit.
        Err(_) if own.is_some() => {
            return to_totals(&open(false, demand, supply), demand, supply)
                .map_err(|error| failed(&error));
        }
        Err(error) => return Err(failed(&error)),
    };
    for (r, kept) in kept.iter().enumerate() {
        *flows.at_mut(r, r) += kept;
    }
    Ok(flows)
}

/// RAS to the last digit, or as near as it comes: some totals leave the last digits to rounding.
fn to_totals(prior: &Matrix, rows: &[f64], columns: &[f64]) -> Result<Matrix, BalanceError> {
    match ras(prior, rows, columns, &FIT) {
        Err(BalanceError::NotConverged(how)) if how.largest_deviation < NEAR_ENOUGH => {
            let near = Settings { tolerance: NEAR_ENOUGH, ..FIT };
            ras(prior, rows, columns, &near).map(|(flows, _)| flows)
        }
        found => found.map(|(flows, _)| flows),
    }
}

/// A destination, or a route after the destinations.
fn line_of(regions: &[String], at: usize) -> String {
    let n = regions.len();
    match at.checked_sub(n) {
        None => regions[at].clone(),
        Some(route) if n > 0 => format!("{} to {}", regions[route / n % n], regions[route % n]),
        Some(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_keeps_its_own_share_unless_others_cannot_trade_so_much() {
        // Nobody is large: 0.8 of the smaller of both stays.
        let kept = at_home(&[0.8, 0.8, 0.8], &[10.0, 10.0, 10.0], &[9.0, 11.0, 10.0]);
        assert_eq!(kept, [8.0, 8.0, 8.0]);
        // The first has 20 to sell and 20 to buy, the others 4 each: 12 of its own more would do.
        let kept = at_home(&[0.8; 3], &[100.0, 20.0, 20.0], &[100.0, 20.0, 20.0]);
        assert!((kept[0] - 92.0).abs() < 1.0, "{kept:?}");
        assert_eq!(kept[1..], [16.0, 16.0]);
        // Two regions: what one lacks is what the other has too much of.
        assert_eq!(at_home(&[0.5; 2], &[10.0, 20.0], &[15.0, 15.0]), [5.0, 10.0]);
        assert_eq!(at_home(&[0.3], &[10.0], &[10.0]), [10.0]);
    }

    #[test]
    fn two_regions_trade_what_they_do_not_keep() {
        let shares = Matrix::from_fn(2, 2, |_, _| 0.5);
        let (supply, demand) = ([70.0 / 3.0, 50.0], [30.0, 70.0 / 3.0 + 20.0]);
        let flows =
            fitted(&shares, (&supply, &demand), Some(&[0.6, 0.9]), ("it", &[])).expect("it can be");
        for r in 0..2 {
            assert!((flows.row_sum(r) - supply[r]).abs() < 1e-12, "{flows:?}");
            assert!((flows.column_sum(r) - demand[r]).abs() < 1e-12, "{flows:?}");
        }
        assert!(flows.values().iter().all(|flow| *flow >= 0.0));
    }

    #[test]
    fn the_fit_holds_own_shares_and_meets_every_total() {
        let own = [0.5, 0.5, 0.6];
        let (supply, demand) = ([8.0, 12.0, 10.0], [11.0, 9.0, 10.0]);
        let shares =
            Matrix::from_fn(3, 3, |r, d| if r == d { own[d] } else { 0.5 * (1.0 - own[d]) });
        let flows =
            fitted(&shares, (&supply, &demand), Some(&own), ("a product", &[])).expect("it can be");
        for r in 0..3 {
            assert!((flows.row_sum(r) - supply[r]).abs() < 1e-9);
            assert!((flows.column_sum(r) - demand[r]).abs() < 1e-9);
            let wanted = (own[r] * demand[r]).min(supply[r]);
            assert!((flows.at(r, r) - wanted).abs() < 1e-6, "{r}: {flows:?}");
        }
    }
}
