//! What changed tax rates cost budgets, before anything responds to them.
//!
//! ```text
//! forgone(d) = Σ over tax cells of d of ( rate before − rate with the lever ) · tax base of the baseline
//! ```
//!
//! at base-year consumer prices. It is the cost of a lever as a budget office counts it. What revenue
//! does in the end is `budget_revenue`, and in the budget balance; so this cost is never levied.

use equilibrium::number::Number;

use super::context::Context;
use super::indicators::{Place, Told};
use super::path::Year;
use crate::lever::Lever;

/// The rates of tax among the exogenous variables.
const RATES: [&str; 3] = ["production_tax", "corporate_tax", "product_tax"];

/// A change of a rate: which of [`RATES`], cell, by how much.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Change {
    rate: usize,
    cell: usize,
    by: f64,
}

/// Changes of tax rates by lever and year of the path.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct RateChanges {
    by_lever: Vec<(String, Vec<Vec<Change>>)>,
}

impl RateChanges {
    /// Of all levers of a study. Rates of the baseline are those of the base year.
    pub(crate) fn of(context: &Context<'_>) -> Self {
        let taxing = context
            .study
            .levers
            .iter()
            .filter(|lever| matches!(lever, Lever::Tax(_) | Lever::FreeTradeZone(_)));
        let years = context.study.years.all();
        let changes = |lever: &Lever, year: u16| {
            let before = &context.model.start;
            let mut after = before.clone();
            context.apply(lever, year, &mut after);
            let mut list = Vec::new();
            for (rate, name) in RATES.iter().enumerate() {
                let pairs = after.get(name).iter().zip(before.get(name)).enumerate();
                #[expect(
                    clippy::float_cmp,
                    reason = "a rate that is not touched is the same number"
                )]
                let moved = pairs.filter(|(_, (after, before))| after != before);
                list.extend(moved.map(|(cell, (after, before))| Change {
                    rate,
                    cell,
                    by: after - before,
                }));
            }
            list
        };
        let of = |lever: &Lever| {
            let by_year: Vec<_> = years.iter().map(|year| changes(lever, *year)).collect();
            (lever.name().to_owned(), by_year)
        };
        let all = taxing.map(of).filter(|(_, years)| years.iter().any(|each| !each.is_empty()));
        Self { by_lever: all.collect() }
    }

    /// Levers that change a rate, with their changes in a year.
    fn in_year(&self, at: usize) -> impl Iterator<Item = (&str, &[Change])> {
        self.by_lever.iter().map(move |(name, years)| (name.as_str(), years[at].as_slice()))
    }
}

impl Context<'_> {
    /// Revenue forgone in a place and year by the levers at work.
    pub(crate) fn forgone<T: Number>(&self, place: &Place, told: Told<'_, T>, at: usize) -> T {
        let mut sum = T::constant(0.0);
        for (name, changes) in self.rate_changes.in_year(at) {
            for (lever, strength) in told.working() {
                if lever.name() == name {
                    sum += strength * self.forgone_by(changes, place, &told.baseline[at]);
                }
            }
        }
        sum
    }

    /// Revenue forgone by each lever that changes a rate, by year.
    pub(crate) fn forgone_by_lever(
        &self,
        place: &Place,
        baseline: &[Year],
    ) -> Vec<(String, Vec<f64>)> {
        let mut list: Vec<(String, Vec<f64>)> = Vec::new();
        for (at, year) in baseline.iter().enumerate() {
            for (number, (name, changes)) in self.rate_changes.in_year(at).enumerate() {
                if at == 0 {
                    list.push((name.to_owned(), vec![0.0; baseline.len()]));
                }
                list[number].1[at] = self.forgone_by(changes, place, year);
            }
        }
        list
    }

    fn forgone_by<T: Number>(&self, changes: &[Change], place: &Place, baseline: &Year<T>) -> T {
        let regions = self.n.regions;
        let price = baseline.solution.get("consumer_price");
        let here = changes.iter().filter(|change| place.regions.contains(&(change.cell % regions)));
        here.map(|change| {
            let base = tax_base(change, baseline);
            base / price[change.cell % regions] * -change.by
        })
        .sum()
    }
}

/// What a rate is applied to, at current prices.
fn tax_base<T: Number>(change: &Change, year: &Year<T>) -> T {
    let of = |report: &str| year.solution.get(report)[change.cell];
    match RATES[change.rate] {
        "production_tax" => of("output") - of("rent"),
        "corporate_tax" => of("capital_income") - of("depreciation"),
        _ => of("use"),
    }
}
