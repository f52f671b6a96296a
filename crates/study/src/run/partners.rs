//! Exports and imports by partner abroad, as far as the study names partners.
//!
//! A partner's part of the exports of a product and region is `s·demand / (1 + Σ s (demand − 1))`
//! over the partners of the levers at work, `s` its base-year share. Its part of the imports is its
//! share at the price it sells for. What no partner takes is `other countries`.

use accounts::User;

use super::context::Context;
use super::indicators::{Place, Told};
use crate::lever::{Lever, TradeDestination};
use crate::results::PartnerSeries;

/// Name of all countries that the study does not name.
const OTHERS: &str = "other countries";

impl Context<'_> {
    /// Trade by partner on the path of one scenario, in every place; empty without partners.
    pub(crate) fn partner_series(&self, scenario: &str, told: Told<'_>) -> Vec<PartnerSeries> {
        let named: Vec<&TradeDestination> = self.study.levers.iter().filter_map(partner).collect();
        let mut names: Vec<&str> = Vec::new();
        for lever in &named {
            if !names.contains(&lever.partner.as_str()) {
                names.push(&lever.partner);
            }
        }
        if names.is_empty() {
            return vec![];
        }
        names.push(OTHERS);
        let mut list = Vec::new();
        for flow in ["exports", "imports"] {
            for place in self.places() {
                let years: Vec<Vec<f64>> = (0..told.years.len())
                    .map(|at| self.by_partner(flow, &place, told, at, &named, &names))
                    .collect();
                for (which, name) in names.iter().enumerate() {
                    list.push(PartnerSeries {
                        scenario: scenario.to_owned(),
                        flow: flow.to_owned(),
                        partner: (*name).to_owned(),
                        region: place.name.clone(),
                        unit: "million USD".to_owned(),
                        values: years.iter().map(|year| year[which]).collect(),
                    });
                }
            }
        }
        list
    }

    fn by_partner(
        &self,
        flow: &str,
        place: &Place,
        told: Told<'_>,
        at: usize,
        named: &[&TradeDestination],
        names: &[&str],
    ) -> Vec<f64> {
        let year = self.study.years.all()[at];
        let works = |lever: &TradeDestination| {
            told.levers.iter().any(|each| each.name() == lever.header.name)
        };
        let elasticity = self.model.parameters.exports;
        let usd = self.usd() / told.years[at].solution.get("exchange_rate")[0];
        let mut sums = vec![0.0; names.len()];
        for region in &place.regions {
            for product in 0..self.n.products {
                let value = if flow == "exports" {
                    usd * self.exported(told, at, product, *region)
                } else {
                    usd * self.imported(told, at, product, *region)
                };
                // Weight of each partner, and of the others, before and with the levers at work.
                let (mut others, mut all) = (1.0, 1.0);
                let mut weights = Vec::new();
                for lever in named.iter().filter(|lever| sells(lever, product, *region)) {
                    let (share, change) = if flow == "exports" {
                        (lever.export_share, lever.demand(year, elasticity))
                    } else {
                        let saved = lever.import_cost_reduction * lever.reached(year);
                        (lever.import_share, 1.0 - saved)
                    };
                    let change = if works(lever) { change } else { 1.0 };
                    others -= share;
                    all += share * (change - 1.0);
                    weights.push((lever, share * change));
                }
                for (lever, weight) in weights {
                    let which = names.iter().position(|name| *name == lever.partner);
                    sums[which.unwrap_or_default()] += value * weight / all;
                }
                sums[names.len() - 1] += value * others / all;
            }
        }
        sums
    }

    /// Exports of a product at purchasers' prices.
    fn exported(&self, told: Told<'_>, at: usize, product: usize, region: usize) -> f64 {
        let solution = &told.years[at].solution;
        let user = self.inputs.accounts.sets.user_position(User::Export);
        let cell = |source: usize| {
            ((product * 2 + source) * self.n.users + user) * self.n.regions + region
        };
        let paid = |cell: usize| solution.get("use")[cell] + solution.get("tax")[cell];
        paid(cell(0)) + paid(cell(1))
    }

    /// Imports of a product at landed prices, by region of use.
    fn imported(&self, told: Told<'_>, at: usize, product: usize, region: usize) -> f64 {
        let flows = told.years[at].solution.get("trade");
        let n = self.n.regions;
        let first = (product * 2 + 1) * n * n + region;
        flows[first..].iter().step_by(n).take(n).sum()
    }
}

fn partner(lever: &Lever) -> Option<&TradeDestination> {
    match lever {
        Lever::TradeDestination(lever) => Some(lever),
        _ => None,
    }
}

fn sells(lever: &TradeDestination, product: usize, region: usize) -> bool {
    lever.industries.iter().any(|each| each.index == product)
        && lever.regions.iter().any(|each| each.index == region)
}
