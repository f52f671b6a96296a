//! Everything that is told of a path, as one list: indicators by place, then series by industry.

use equilibrium::number::Number;

use super::context::Context;
use super::indicators::{IndustryRow, Place, Told, regional_variables, unit};
use crate::results::Contribution;

/// What is told, in order.
pub(crate) struct Rows {
    regional: Vec<(&'static str, Place)>,
    industry: Vec<IndustryRow>,
}

impl Rows {
    pub(crate) fn new(context: &Context<'_>) -> Self {
        let mut regional = Vec::new();
        for place in context.places() {
            let has = |variable: &&'static str| context.has(variable, &place);
            regional
                .extend(regional_variables().filter(has).map(|variable| (variable, place.clone())));
        }
        Self { regional, industry: context.industry_rows() }
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.regional.len() + self.industry.len()
    }

    /// All values of a path: row by row, the years of a row together.
    pub(crate) fn values<T: Number>(&self, context: &Context<'_>, told: Told<'_, T>) -> Vec<T> {
        let years = 0..told.years.len();
        let mut values = Vec::with_capacity(self.len() * years.len());
        for (variable, place) in &self.regional {
            values.extend(years.clone().map(|at| context.in_year(variable, place, told, at)));
        }
        for row in &self.industry {
            let solutions = told.years.iter().map(|year| &year.solution);
            values.extend(solutions.map(|solution| context.of_row(row, solution)));
        }
        values
    }

    /// Variable of a row.
    pub(crate) fn variable(&self, row: usize) -> &'static str {
        let industry = || self.industry[row - self.regional.len()].variable;
        self.regional.get(row).map_or_else(industry, |(variable, _)| variable)
    }

    /// Whether a row is kept in results: those by owner are not.
    pub(crate) fn is_kept(&self, row: usize) -> bool {
        let by_industry = row.checked_sub(self.regional.len());
        by_industry.is_none_or(|at| self.industry[at].owner.is_none())
    }

    /// The part of a lever in a row.
    pub(crate) fn contribution(
        &self,
        context: &Context<'_>,
        row: usize,
        lever: &str,
        values: &[f64],
    ) -> Contribution {
        let (variable, region, industry) = if let Some((variable, place)) = self.regional.get(row) {
            (*variable, &place.name, String::new())
        } else {
            let of = &self.industry[row - self.regional.len()];
            (of.variable, &of.place, context.inputs.names.industries[of.industry].clone())
        };
        Contribution {
            variable: variable.to_owned(),
            region: region.clone(),
            industry,
            lever: lever.to_owned(),
            unit: unit(variable).to_owned(),
            values: values.to_vec(),
        }
    }

    /// Rows of a variable by industry in a place, for one owner or all of them.
    pub(crate) fn by_industry<'r>(
        &'r self,
        variable: &'r str,
        place: &'r str,
        owner: Option<usize>,
    ) -> impl Iterator<Item = (usize, usize)> + 'r {
        let fits = move |(_, row): &(usize, &IndustryRow)| {
            row.variable == variable && row.place == place && row.owner == owner
        };
        let rows = self.industry.iter().enumerate().filter(fits);
        rows.map(move |(at, row)| (self.regional.len() + at, row.industry))
    }
}
