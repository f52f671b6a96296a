//! What follows from a lever's own fields year by year: spending, barriers, adoption, cost.
//!
//! Not here: costs that need the economy, e.g. tax forgone in a zone (`crate::run`).

use super::{Budget, Fiscal, InvestmentProject, Lever, RdGrants, Talent, Technology};
use crate::money::Money;

/// Whether `year` is one of `years`, both ends included.
fn within(years: (u16, u16), year: u16) -> bool {
    (years.0..=years.1).contains(&year)
}

impl InvestmentProject {
    /// Spending in a year as written, without probability and displacement.
    pub fn spending(&self, year: u16) -> Money {
        let at = year.checked_sub(self.build_years.0).map(usize::from);
        self.amount.times(at.and_then(|at| self.schedule.get(at)).copied().unwrap_or(0.0))
    }

    /// Spending in a year that is expected: times the share of projects that are built.
    pub fn expected_spending(&self, year: u16) -> Money {
        self.spending(year).times(self.conversion * self.probability)
    }

    /// Expected spending that would come without the programme as well.
    pub fn coming_anyway(&self, year: u16) -> Money {
        self.expected_spending(year).times(1.0 - self.but_for)
    }

    /// Expected spending that comes because of the programme and displaces other investment.
    pub fn displacing(&self, year: u16) -> Money {
        self.expected_spending(year).times(self.but_for * self.displacement)
    }

    /// Spending in a year that is expected and new: neither coming anyway nor displacing.
    pub fn expected_new_spending(&self, year: u16) -> Money {
        self.expected_spending(year).times(self.but_for * (1.0 - self.displacement))
    }

    /// Public money in a year; it is paid when the project is built, new or not.
    pub fn support(&self, year: u16) -> Money {
        let at = year.checked_sub(self.build_years.0).map(usize::from);
        let share = at.and_then(|at| self.schedule.get(at)).copied().unwrap_or(0.0);
        self.support.times(share * self.conversion * self.probability)
    }
}

impl RdGrants {
    /// Grants of all centres in a year.
    pub fn grants(&self, year: u16) -> Money {
        let centres = if within(self.years, year) { self.centres_per_year } else { 0.0 };
        self.grant.times(centres)
    }
}

impl Talent {
    /// Persons added by the end of a year, from the first year on.
    pub fn persons(&self, year: u16) -> f64 {
        let passed = (year.min(self.years.1) + 1).saturating_sub(self.years.0);
        self.persons_per_year * f64::from(passed)
    }
}

impl Technology {
    /// Share of the industries that has adopted in a year; rises in equal steps.
    pub fn adoption(&self, year: u16) -> f64 {
        let steps = f64::from((self.full_year + 1).saturating_sub(self.from_year).max(1));
        let passed = f64::from((year + 1).saturating_sub(self.from_year));
        self.full_adoption * (passed / steps).min(1.0)
    }

    /// Productivity gain of the whole industry in a year.
    pub fn gain(&self, year: u16) -> f64 {
        self.adoption(year) * self.productivity_gain
    }
}

impl Fiscal {
    /// Change of spending in a year.
    pub fn spending(&self, year: u16) -> Money {
        self.amount.times(if within(self.years, year) { 1.0 } else { 0.0 })
    }
}

impl Lever {
    /// Cost in a year to each budget, as far as it follows from the file alone.
    pub fn cost(&self, year: u16) -> Vec<(Budget, Money)> {
        let found = match self {
            Self::Tax(_) => None,
            Self::InvestmentProject(lever) => Some((&lever.budget, lever.support(year))),
            Self::MarketAccess(lever) => {
                lever.holds(year).then_some((&lever.budget, lever.cost_per_year))
            }
            Self::FreeTradeZone(zone) => within((zone.from_year, zone.to_year), year)
                .then_some((&zone.budget, zone.cost_per_year)),
            Self::TradeDestination(lever) => within((lever.from_year, lever.full_year), year)
                .then_some((&lever.budget, lever.cost_per_year)),
            Self::Infrastructure(lever) => {
                let spent = lever.building(year).cny() + lever.upkeep(year).cny();
                Some((&lever.budget, Money::from_cny(spent)))
            }
            Self::RdGrants(lever) => Some((&lever.budget, lever.grants(year))),
            Self::Talent(lever) => within(lever.years, year)
                .then(|| (&lever.budget, lever.cost_per_person.times(lever.persons_per_year))),
            Self::Technology(lever) => within((lever.from_year, lever.full_year), year)
                .then_some((&lever.budget, lever.cost_per_year)),
            Self::Fiscal(lever) => Some((&lever.budget, lever.spending(year))),
        };
        let some_money = found.filter(|(_, money)| money.amount() != 0.0);
        some_money.map(|(budget, money)| (budget.clone(), money)).into_iter().collect()
    }
}
