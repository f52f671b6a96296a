//! Which part of trade and transport services are margins on goods.
//!
//! One rate per good and margin, common to all users, as large as every user's own purchases of
//! the service allow, times an assumed share. Purchases of the service fall by the margins, so that
//! the totals of users do not change. Inventories carry margins as well; there the direct use of
//! the service may turn negative, as inventories may.

use super::BuildReport;
use super::input::Input;
use super::national::final_user;
use super::uses::RegionUses;
use crate::matrix::Matrix;
use crate::regional::User;

const ROUNDS: usize = 500;

/// Margin rates per basic value: I × 2; zero for services.
pub(super) fn rates(input: &Input, uses: &mut [RegionUses], report: &mut BuildReport) -> Matrix {
    let share = input.assumptions.margin_share;
    let columns = user_columns(input, uses);
    let largest: Vec<Vec<f64>> = (0..2).map(|m| largest_rates(input, &columns, m)).collect();
    let rates = Matrix::from_fn(input.size(), 2, |c, m| share * largest[m][c]);
    for (m, product) in input.margins.iter().enumerate() {
        let before: f64 = uses.iter().map(|region| region.domestic.row_sum(*product)).sum();
        for region in &mut *uses {
            take_margins(region, &rates, m, *product);
        }
        let after: f64 = uses.iter().map(|region| region.domestic.row_sum(*product)).sum();
        let item =
            format!("Part of `{}` that is margins on goods", input.industries[*product].label);
        report.adjust(
            item,
            1.0 - after / before,
            "ratio",
            "largest feasible rates common to users × assumed share",
        );
    }
    rates
}

/// Goods bought and purchases of the two services, for one user in one region.
struct Column {
    goods: Vec<f64>,
    services: [f64; 2],
}

fn user_columns(input: &Input, uses: &[RegionUses]) -> Vec<Column> {
    let inventory = final_user(input.size(), User::Inventory);
    let column = |region: &RegionUses, u: usize| Column {
        goods: (0..input.size())
            .map(|c| {
                if input.industries[c].goods {
                    region.domestic.at(c, u) + region.imported.at(c, u)
                } else {
                    0.0
                }
            })
            .collect(),
        services: input.margins.map(|product| region.domestic.at(product, u)),
    };
    uses.iter().flat_map(|region| (0..inventory).map(move |u| column(region, u))).collect()
}

/// The users' average rates, lowered good by good until no user exceeds its purchases.
fn largest_rates(input: &Input, columns: &[Column], m: usize) -> Vec<f64> {
    let mut rates: Vec<f64> = (0..input.size()).map(|c| average_rate(columns, c, m)).collect();
    for _ in 0..ROUNDS {
        let mut feasible = true;
        for column in columns {
            let needed: f64 =
                rates.iter().zip(&column.goods).map(|(rate, goods)| rate * goods).sum();
            let excess = needed / column.services[m];
            if needed > 0.0 && excess > 1.0 + 1e-9 {
                feasible = false;
                for (rate, goods) in rates.iter_mut().zip(&column.goods) {
                    *rate *= excess.powf(-(*rate * goods / needed).sqrt());
                }
            }
        }
        if feasible {
            break;
        }
    }
    rates
}

/// Average over users, weighted by their use of the good, of service per goods bought.
fn average_rate(columns: &[Column], c: usize, m: usize) -> f64 {
    let (mut weight, mut sum) = (0.0, 0.0);
    for column in columns.iter().filter(|column| column.goods[c] > 0.0) {
        weight += column.goods[c];
        sum += column.goods[c] * column.services[m] / column.goods.iter().sum::<f64>();
    }
    if weight > 0.0 { sum / weight } else { 0.0 }
}

fn take_margins(region: &mut RegionUses, rates: &Matrix, m: usize, product: usize) {
    for u in 0..region.domestic.columns() {
        let margins: f64 = (0..rates.rows())
            .map(|c| rates.at(c, m) * (region.domestic.at(c, u) + region.imported.at(c, u)))
            .sum();
        *region.domestic.at_mut(product, u) -= margins;
    }
}
