//! Debt of governments: all governments of a region together, at base-year consumer prices.
//!
//! ```text
//! debt'  = (1 + interest) · debt − balance of the region + other outlays + passed on to households
//! ```
//!
//! The balance is that of `indicators`: taxes raised less usual consumption less lever costs. Other
//! outlays are what makes net borrowing of the base year the given share of gross product; they grow
//! with government consumption. Levies pay for levers (`financing = "levy"`), or for interest on what
//! the programme has added to debt (`"debt"`); changed revenue goes back to households, unless
//! `revenue = "kept"`. What is passed on is the second less the first.

use economy::exogenous::Exogenous;
use equilibrium::number::Number;

use super::context::Context;
use super::indicators::{Place, Told};
use super::path::Year;
use crate::spec::Financing;

impl Context<'_> {
    /// Debt at the start of the base year by region.
    pub(crate) fn first_debt(&self) -> Vec<f64> {
        let share = self.study.parameters.get("government_debt");
        self.model.benchmark.gdp.iter().map(|gdp| share * gdp).collect()
    }

    /// Households pay the interest on debt that the programme has added, where levers are not paid
    /// for at once.
    pub(crate) fn levy_interest<T: Number>(
        &self,
        baseline: &[Year<T>],
        at: usize,
        debt: &[T],
        exogenous: &mut Exogenous<T>,
    ) {
        for (region, levy) in self.interest_levies(baseline, at, debt).into_iter().enumerate() {
            exogenous.get_mut("transfer")[region] += -levy;
        }
    }

    /// Levies for interest by region; none where households pay for levers at once.
    fn interest_levies<T: Number>(&self, baseline: &[Year<T>], at: usize, debt: &[T]) -> Vec<T> {
        let before = at.checked_sub(1).map(|at| &baseline[at].debt);
        let Some(usual) = before.filter(|_| self.study.dynamics.financing == Financing::Debt)
        else {
            return vec![T::constant(0.0); debt.len()];
        };
        let interest = self.study.parameters.get("government_interest");
        debt.iter().zip(usual).map(|(debt, usual)| (*debt - *usual) * interest).collect()
    }

    /// Debt at the end of the last year of a path by region.
    ///
    /// - `debt`: at its start.
    /// - `with_programme`: whether the path is another than the baseline.
    pub(crate) fn next_debt<T: Number>(
        &self,
        debt: &[T],
        told: Told<'_, T>,
        with_programme: bool,
    ) -> Vec<T> {
        let at = told.years.len() - 1;
        let interest = self.study.parameters.get("government_interest");
        let levies = if with_programme {
            self.interest_levies(told.baseline, at, debt)
        } else {
            vec![T::constant(0.0); debt.len()]
        };
        let next = |(region, debt): (usize, &T)| {
            let place = Place { name: String::new(), regions: vec![region] };
            let balance = self.budget_balance(&place, told, at);
            let passed_on = self.passed_on_in(region, told, at, &levies);
            *debt * (1.0 + interest) - balance + self.other_outlays(region, told, at) + passed_on
        };
        debt.iter().enumerate().map(next).collect()
    }

    /// Changed revenue that households of a place get back, less what they pay for levers or for
    /// interest on them.
    pub(crate) fn passed_on<T: Number>(&self, place: &Place, told: Told<'_, T>, at: usize) -> T {
        let levies = match at.checked_sub(1) {
            Some(before) => self.interest_levies(told.baseline, at, &told.years[before].debt),
            None => vec![T::constant(0.0); self.n.regions],
        };
        place.regions.iter().map(|region| self.passed_on_in(*region, told, at, &levies)).sum()
    }

    /// The same of one region, with its levies for interest.
    fn passed_on_in<T: Number>(
        &self,
        region: usize,
        told: Told<'_, T>,
        at: usize,
        levies: &[T],
    ) -> T {
        let place = Place { name: String::new(), regions: vec![region] };
        let year = self.study.years.base + u16::try_from(at).unwrap_or(0);
        let paid = match self.study.dynamics.financing {
            Financing::Levy => self.cost_to(&place, told, year),
            Financing::Debt => levies[region],
        };
        told.years[at].solution.get("returned_revenue")[region] - paid
    }

    /// Outlays beside consumption and interest, less revenue beside taxes.
    fn other_outlays<T: Number>(&self, region: usize, told: Told<'_, T>, at: usize) -> T {
        let place = Place { name: String::new(), regions: vec![region] };
        let get = |name: &str| self.study.parameters.get(name);
        let gdp = self.model.benchmark.gdp[region];
        let interest = get("government_interest") * get("government_debt") * gdp;
        let start = Told { years: told.baseline, levers: &[], strengths: &[], ..told };
        let usual = self.budget_balance(&place, start, 0);
        let driver = told.baseline[at].exogenous.get("government")[region];
        (usual + T::constant(get("government_deficit") * gdp - interest)) * driver
    }
}
