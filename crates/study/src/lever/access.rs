//! Industries opened to foreign firms: barriers, rent and real cost apart.

use super::{Budget, Header};
use crate::money::Money;
use crate::spec::{Industry, Region};

/// A barrier as an ad valorem equivalent on foreign firms' sales, in its two parts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Barrier {
    /// What holders of licences earn.
    pub rent: f64,
    /// What is used up.
    pub resource_cost: f64,
}

impl Barrier {
    /// A barrier of which a share is rent.
    pub fn split(height: f64, rent_share: f64) -> Self {
        Self { rent: height * rent_share, resource_cost: height * (1.0 - rent_share) }
    }

    /// Both parts together.
    pub fn height(self) -> f64 {
        self.rent + self.resource_cost
    }

    /// Part that is rent; 0 of no barrier.
    pub fn rent_share(self) -> f64 {
        if self.height() > 0.0 { self.rent / self.height() } else { 0.0 }
    }
}

/// A later step of an opening.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OpeningStage {
    /// First year in which it holds.
    pub from_year: u16,
    /// Barrier of each industry from then on.
    pub barriers: Vec<Barrier>,
}

/// Industries opened to foreign firms.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MarketAccess {
    /// What all levers have.
    pub header: Header,
    /// Opened industries.
    pub industries: Vec<Industry>,
    /// Where.
    pub regions: Vec<Region>,
    /// First year of the lower barrier.
    pub from_year: u16,
    /// Last year of it.
    pub to_year: u16,
    /// Barrier of each industry before.
    pub before: Vec<Barrier>,
    /// The same from `from_year` on, until the first stage or `to_year`.
    pub after: Vec<Barrier>,
    /// Later steps in the order of their years.
    pub stages: Vec<OpeningStage>,
    /// Editions of a negative list that the barriers are read from, before and after.
    pub editions: Option<(String, String)>,
    /// Cost per year from `from_year` to `to_year`.
    pub cost_per_year: Money,
    /// Who pays it.
    pub budget: Budget,
}

impl MarketAccess {
    /// Whether the new barriers hold in a year.
    pub fn holds(&self, year: u16) -> bool {
        (self.from_year..=self.to_year).contains(&year)
    }

    /// Barriers in a year, one for each industry.
    pub fn barriers(&self, year: u16) -> &[Barrier] {
        if !self.holds(year) {
            return &self.before;
        }
        let stage = self.stages.iter().rev().find(|stage| stage.from_year <= year);
        stage.map_or(&self.after, |stage| &stage.barriers)
    }
}
