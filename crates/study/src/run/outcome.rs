//! One number of a study: an indicator of a place, or of an industry there, in a year.

use equilibrium::number::Number;

use super::context::Context;
use super::indicators::{IndustryRow, NATION, Place, Told, regional_variables, unit};
use crate::inputs::Inputs;
use crate::results::VARIABLES;
use crate::spec::{Scope, Study};

/// One number of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Variable, see [`VARIABLES`].
    pub indicator: String,
    /// Name of a region, of the province, or `nation`.
    pub region: String,
    /// Industry; none for all.
    pub industry: Option<String>,
    /// Year.
    pub year: u16,
}

/// A name that the study does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What it should have named, e.g. `region`.
    pub what: &'static str,
    /// As given.
    pub name: String,
    /// What there is.
    pub known: Vec<String>,
}

/// Likeness from which a name is offered instead of the whole list.
const ALIKE: f64 = 0.7;

impl Unknown {
    /// A way out: the nearest name, or all there are.
    pub fn help(&self) -> String {
        let like =
            |known: &str| strsim::jaro_winkler(&self.name.to_lowercase(), &known.to_lowercase());
        let near = self.known.iter().max_by(|a, b| like(a).total_cmp(&like(b)));
        match near {
            Some(near) if like(near) > ALIKE => format!("did you mean `{near}`?"),
            _ => format!("one of: {}", self.known.join(", ")),
        }
    }
}

impl std::fmt::Display for Unknown {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "unknown {} `{}`", self.what, self.name)
    }
}

impl std::error::Error for Unknown {}

impl Outcome {
    /// An indicator of a scope in a year.
    pub fn of(indicator: &str, scope: &Scope, year: u16, inputs: &Inputs) -> Self {
        Self {
            indicator: indicator.to_owned(),
            region: scope.label(&inputs.names).to_owned(),
            industry: None,
            year,
        }
    }

    /// Unit of the number.
    pub fn unit(&self) -> &'static str {
        unit(&self.indicator)
    }

    /// Whether the study has such a number.
    ///
    /// # Errors
    /// Every name that it does not have.
    pub fn check(&self, study: &Study, inputs: &Inputs) -> Result<(), Vec<Unknown>> {
        let names = &inputs.names;
        let mut wrong = Vec::new();
        let mut expect = |what, name: &str, known: Vec<String>| {
            if !known.iter().any(|each| each == name) {
                wrong.push(Unknown { what, name: name.to_owned(), known });
            }
        };
        let kind =
            |(name, _, _): &&(&str, &str, &str)| is_by_industry(name) == self.industry.is_some();
        let variables = VARIABLES.iter().filter(kind).map(|(name, _, _)| (*name).to_owned());
        let what = match (&self.industry, is_by_industry(&self.indicator)) {
            (None, true) if VARIABLES.iter().any(|(name, ..)| *name == self.indicator) => {
                "indicator of no single industry"
            }
            (Some(_), false) if VARIABLES.iter().any(|(name, ..)| *name == self.indicator) => {
                "indicator of industries"
            }
            _ => "indicator",
        };
        expect(what, &self.indicator, variables.collect());
        let places = if self.indicator == "domestic_funds" {
            vec![names.home.clone()]
        } else {
            let more = [names.home.clone(), NATION.to_owned()];
            names.regions.iter().cloned().chain(more).collect()
        };
        expect("region", &self.region, places);
        if let Some(industry) = self.industry.as_ref().filter(|name| names.industry(name).is_none())
        {
            expect("industry", industry, names.industries.clone());
        }
        let years = study.years.all().iter().map(u16::to_string).collect();
        expect("year", &self.year.to_string(), years);
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

/// Whether a variable is told by industry.
pub fn is_by_industry(variable: &str) -> bool {
    let first = VARIABLES.iter().position(|(name, _, _)| *name == "output");
    VARIABLES.iter().position(|(name, _, _)| *name == variable) >= first
}

/// An outcome with its names looked up.
pub(crate) struct Found {
    variable: String,
    place: Place,
    row: Option<IndustryRow>,
    /// Position of its year on the path.
    pub(crate) at: usize,
}

impl Context<'_> {
    /// Looks an outcome up.
    pub(crate) fn find(&self, outcome: &Outcome) -> Result<Found, Vec<Unknown>> {
        outcome.check(self.study, self.inputs)?;
        let place = self.places().into_iter().find(|place| place.name == outcome.region);
        let place = place.expect("checked above");
        if outcome.industry.is_none() && !self.has(&outcome.indicator, &place) {
            let known = regional_variables().filter(|variable| self.has(variable, &place));
            let known = known.map(str::to_owned).collect();
            let what = "indicator of this place without an observation";
            return Err(vec![Unknown { what, name: outcome.indicator.clone(), known }]);
        }
        let industry = outcome.industry.as_ref().and_then(|name| self.inputs.names.industry(name));
        let fits = |row: &IndustryRow| {
            Some(row.industry) == industry
                && row.owner.is_none()
                && row.variable == outcome.indicator
                && row.place == outcome.region
        };
        Ok(Found {
            variable: outcome.indicator.clone(),
            place,
            row: self.industry_rows().into_iter().find(fits),
            at: usize::from(outcome.year - self.study.years.base),
        })
    }

    /// An outcome on a path.
    pub(crate) fn value_of<T: Number>(&self, found: &Found, told: Told<'_, T>) -> T {
        match &found.row {
            Some(row) => self.of_row(row, &told.years[found.at].solution),
            None => self.in_year(&found.variable, &found.place, told, found.at),
        }
    }
}
