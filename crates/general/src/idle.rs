//! Prices of what nobody trades.
//!
//! In a market without any flow every price between what users would pay and what producers would
//! ask is an equilibrium. Such a price is set to the lowest unit cost of those who could produce it:
//! the price at which the first of them would begin; one that nobody could produce stays where it
//! is. It is told as undetermined.

use crate::blocks::{Flow, Side};
use crate::model::Class;
use crate::scenario::Instance;

/// Flows below this share of the largest of the model count as none.
const NO_FLOW: f64 = 1e-12;
/// Times a supply price may pass on through idle sectors that buy from idle sectors.
const ROUNDS: usize = 50;
/// Change of a price, relative, that ends the rounds.
const SETTLED: f64 = 1e-14;

/// Sets the prices of untraded commodities in `point`; their positions.
pub(crate) fn supply_prices(instance: &Instance, point: &mut [f64]) -> Vec<usize> {
    let (untraded, producers) = untraded(instance, point);
    for _ in 0..ROUNDS {
        let mut moved = false;
        for at in &untraded {
            if let Some(price) = supply_price(instance, point, *at, &producers[*at]) {
                moved |= (price - point[*at]).abs() > SETTLED * price.abs();
                point[*at] = price;
            }
        }
        if !moved {
            break;
        }
    }
    untraded
}

/// Commodities without flows, and for all the blocks of their producers.
fn untraded(instance: &Instance, point: &[f64]) -> (Vec<usize>, Vec<Vec<usize>>) {
    let n = point.len();
    let mut flow = vec![0.0f64; n];
    let mut producers = vec![vec![]; n];
    for (position, block) in instance.blocks.list.iter().enumerate() {
        let own = block.inputs[0];
        let out = block.at(point, |told| match told {
            Flow::Netput(commodity, side, quantity) => {
                flow[commodity] += (quantity * point[own]).abs();
                if side == Side::Output {
                    producers[commodity].push(position);
                }
            }
            Flow::Demand(commodity, quantity) => flow[commodity] += quantity.abs(),
            Flow::Welfare(_) => {}
        });
        // Endowments are flows too: what a consumer adds to a market beyond demand.
        if instance.model.variables[own].class == Class::Consumer {
            for (row, amount) in block.rows.iter().zip(&out).skip(1) {
                flow[*row] += amount.abs();
            }
        }
    }
    let largest = instance.of(Class::Commodity).map(|at| flow[at]).fold(0.0, f64::max);
    let idle = |at: &usize| flow[*at] <= NO_FLOW * largest && !instance.dropped(*at);
    (instance.of(Class::Commodity).filter(idle).collect(), producers)
}

/// The price at which the first producer would break even, others as they are; none when no finite
/// price does it.
fn supply_price(instance: &Instance, point: &[f64], at: usize, producers: &[usize]) -> Option<f64> {
    if producers.is_empty() {
        return None;
    }
    let mut moved = point.to_vec();
    let mut loss = |price: f64| {
        moved[at] = price;
        let of = |position: &usize| instance.blocks.list[*position].at(&moved, |_| {})[0];
        producers.iter().map(of).fold(f64::INFINITY, f64::min)
    };
    let mut low = 0.0;
    let mut high = point[at].abs().max(f64::MIN_POSITIVE.sqrt());
    let mut rises = 0;
    while loss(high) > 0.0 {
        low = high;
        high *= 4.0;
        rises += 1;
        if rises > 300 {
            return None;
        }
    }
    if loss(low) <= 0.0 {
        return None;
    }
    root(loss, low, high).map(|price| price.min(instance.upper[at]).max(instance.lower[at]))
}

/// Where a falling function crosses zero, by false position with halving (Illinois).
fn root(mut f: impl FnMut(f64) -> f64, mut low: f64, mut high: f64) -> Option<f64> {
    let (mut at_low, mut at_high) = (f(low), f(high));
    for _ in 0..300 {
        if at_high == 0.0 || high - low <= 1e-16 * high {
            return Some(high);
        }
        let middle = (low * at_high - high * at_low) / (at_high - at_low);
        let value = f(middle);
        if !value.is_finite() {
            return None;
        }
        if value > 0.0 {
            (low, at_low, at_high) = (middle, value, at_high * 0.5);
        } else {
            (high, at_high, at_low) = (middle, value, at_low * 0.5);
        }
    }
    Some(high)
}
