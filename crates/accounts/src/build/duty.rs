//! Customs duties, which the national table hides in the taxes of trade, made a tax on imports.
//!
//! Every user pays one ad valorem rate on imported goods and as much less for trade services; the
//! trade industry of the region has as much less output and production tax. Totals of users and of
//! gross regional product do not change.

use super::BuildReport;
use super::input::{Input, OWNERS, PRODUCTION_TAX};
use super::national::final_user;
use super::owners::Firms;
use super::uses::RegionUses;
use crate::regional::User;

/// Duties replace at most this part of a user's purchases of trade services.
const LARGEST_PART_OF_TRADE: f64 = 0.5;

pub(super) fn make_duties_explicit(
    input: &Input,
    uses: &mut [RegionUses],
    firms: &mut Firms,
    report: &mut BuildReport,
) {
    let base: f64 = uses.iter().map(|region| dutiable(input, region)).sum();
    let rate = input.assumptions.customs_duty / base;
    let trade = input.margins[0];
    let mut collected = 0.0;
    for (r, region) in uses.iter_mut().enumerate() {
        let duty: f64 = dutiable_users(input).map(|u| charge(input, region, u, rate)).sum();
        take_from_trade(firms, trade, r, duty);
        let item =
            format!("Duties taken out of the output and taxes of trade, {}", input.regions[r]);
        let note = "published output and value added of trade = built + this";
        report.adjust(item, duty, &input.money, note);
        collected += duty;
    }
    let item = "Ad valorem rate of duty on imported goods";
    report.adjust(item, rate, "ratio", "one rate for all goods and users");
    let missing = input.assumptions.customs_duty - collected;
    let note = "users who buy too few trade services pay at most half of them";
    report.adjust("Duties not placed", missing, &input.money, note);
}

/// Lowers output and production tax of the trade firms of a region.
fn take_from_trade(firms: &mut Firms, trade: usize, region: usize, duty: f64) {
    let output = firms.total(trade, region, |firm| firm.output);
    for o in (0..OWNERS.len()).filter(|_| output > 0.0) {
        let firm = firms.at_mut(trade, o, region);
        let part = duty * firm.output / output;
        firm.output -= part;
        firm.components[PRODUCTION_TAX] -= part;
    }
}

fn dutiable_users(input: &Input) -> impl Iterator<Item = usize> + use<> {
    0..final_user(input.size(), User::Export)
}

fn dutiable(input: &Input, region: &RegionUses) -> f64 {
    let of = |u: usize| goods(input).map(|c| region.imported.at(c, u)).sum::<f64>();
    dutiable_users(input).map(of).sum()
}

fn goods(input: &Input) -> impl Iterator<Item = usize> + '_ {
    (0..input.size()).filter(|c| input.industries[*c].goods)
}

/// Charges one user; returns the duty.
fn charge(input: &Input, region: &mut RegionUses, user: usize, rate: f64) -> f64 {
    let trade = input.margins[0];
    let base: f64 = goods(input).map(|c| region.imported.at(c, user)).sum();
    let bound = LARGEST_PART_OF_TRADE * region.domestic.at(trade, user);
    if base <= 0.0 || bound <= 0.0 {
        return 0.0;
    }
    let rate = rate.min(bound / base);
    for c in goods(input) {
        *region.duty.at_mut(c, user) = rate * region.imported.at(c, user);
    }
    *region.domestic.at_mut(trade, user) -= rate * base;
    rate * base
}
