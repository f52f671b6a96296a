//! The closure of the baseline: which macro paths are given, what is found for them, and how exactly
//! they are hit.

use economy::model::{OnPath, Path, Shifter as Found};
use economy::parameters::LabourMarket;

use super::context::Context;
use super::path::Year;
use crate::results::{BaselineClosure, BaselinePath, BaselineShifter};
use crate::spec::{GivenPath, Group, MacroVariable, Shifter, Study, Word};

/// The study's given paths as the model takes them; that of employment goes by wages.
pub(crate) fn on_paths(study: &Study, home: &[usize], regions: usize) -> Vec<OnPath> {
    let on = |given: &GivenPath| {
        let path = match given.variable {
            MacroVariable::GrossProduct => Path::GrossProduct,
            MacroVariable::Exports => Path::Exports,
            MacroVariable::Investment => Path::Investment,
            MacroVariable::Employment => return None,
        };
        let shifter = match given.shifter {
            Shifter::LabourProductivity => Found::LabourProductivity,
            Shifter::Productivity => Found::Productivity,
            Shifter::ExportDemand => Found::ExportDemand,
            Shifter::InvestmentPropensity => Found::InvestmentPropensity,
            Shifter::GovernmentConsumption => Found::Government,
            Shifter::ForeignSaving => Found::ForeignSaving,
            Shifter::ReferenceWage => return None,
        };
        Some(OnPath { path, shifter, regions: regions_of(given.group, home, regions) })
    };
    study.baseline.given.iter().filter_map(on).filter(|path| !path.regions.is_empty()).collect()
}

/// Positions of the regions of a group.
pub(crate) fn regions_of(group: Group, home: &[usize], regions: usize) -> Vec<usize> {
    let is_home = group == Group::Home;
    (0..regions).filter(|region| home.contains(region) == is_home).collect()
}

/// A macro variable as the record of the baseline shows it.
struct Shown {
    name: &'static str,
    report: &'static str,
    unit: &'static str,
    variable: Option<MacroVariable>,
}

/// Macro variables of the record. Direct investment is always on its path.
const SHOWN: [Shown; 5] = [
    Shown {
        name: "gdp",
        report: "real_gdp",
        unit: "100 million CNY",
        variable: Some(MacroVariable::GrossProduct),
    },
    Shown {
        name: "employment",
        report: "persons",
        unit: "persons",
        variable: Some(MacroVariable::Employment),
    },
    Shown {
        name: "exports",
        report: "real_exports",
        unit: "100 million CNY",
        variable: Some(MacroVariable::Exports),
    },
    Shown {
        name: "investment",
        report: "real_fixed_investment",
        unit: "100 million CNY",
        variable: Some(MacroVariable::Investment),
    },
    Shown { name: "fdi", report: "fdi", unit: "100 million CNY", variable: None },
];

impl Context<'_> {
    /// Level of a given path relative to the base year.
    pub(crate) fn given_level(&self, given: &GivenPath, year: u16) -> f64 {
        (self.study.years.base + 1..=year).map(|year| 1.0 + given.rate(year)).product()
    }

    /// Macro paths and shifters of the solved baseline.
    pub(crate) fn closure(&self, years: &[Year]) -> BaselineClosure {
        let mut closure = BaselineClosure::default();
        for group in [Group::Home, Group::Rest] {
            let regions = regions_of(group, &self.home, self.n.regions);
            if regions.is_empty() {
                continue;
            }
            let paths = SHOWN.iter().map(|shown| self.baseline_path(shown, group, &regions, years));
            closure.paths.extend(paths);
            closure.shifters.extend(self.shifters(group, &regions, years));
        }
        closure
    }

    /// The province by its name, the other regions by theirs or as the rest.
    fn group_name(&self, group: Group, regions: &[usize]) -> String {
        match (group, regions) {
            (Group::Home, _) => self.inputs.names.home.clone(),
            (Group::Rest, [one]) => self.inputs.names.regions[*one].clone(),
            (Group::Rest, _) => "rest of the country".to_owned(),
        }
    }

    fn baseline_path(
        &self,
        shown: &Shown,
        group: Group,
        regions: &[usize],
        years: &[Year],
    ) -> BaselinePath {
        let r = self.n.regions;
        let over = |year: &Year| -> f64 {
            let values = year.solution.get(shown.report);
            regions.iter().map(|d| values.iter().skip(*d).step_by(r).sum::<f64>()).sum()
        };
        let reached: Vec<f64> = years.iter().map(over).collect();
        let study = self.study;
        let on =
            |given: &&GivenPath| Some(given.variable) == shown.variable && given.group == group;
        let given = study.baseline.given.iter().find(on);
        let levels: Option<Vec<f64>> = match (given, shown.name) {
            (Some(given), _) => {
                Some(study.years.all().into_iter().map(|y| self.given_level(given, y)).collect())
            }
            (None, "employment") => self.usual_employment(regions, years),
            (None, "fdi") => self.offered(regions, years),
            _ => None,
        };
        let wanted = |level: &f64| level * reached[0];
        let given_levels: Vec<f64> = levels.iter().flatten().map(wanted).collect();
        let off =
            given_levels.iter().zip(&reached).map(|(given, found)| (found / given - 1.0).abs());
        let shifter = match (given, shown.name) {
            (Some(given), _) => given.shifter.word(),
            (None, "employment") if levels.is_some() => {
                if self.on_given_paths {
                    Shifter::ReferenceWage.word()
                } else {
                    "real_wage"
                }
            }
            (None, "fdi") if levels.is_some() => "reference_return",
            _ => "",
        };
        BaselinePath {
            variable: shown.name.to_owned(),
            region: self.group_name(group, regions),
            unit: shown.unit.to_owned(),
            shifter: shifter.to_owned(),
            deviation: off.fold(0.0, f64::max),
            given: given_levels,
            reached,
            source: given.map_or_else(String::new, |given| given.source.text.clone()),
            status: given.map_or_else(String::new, |given| given.source.status.word().to_owned()),
        }
    }

    /// Employment as the labour force grows, where no other path is given; none where wages are free
    /// to move it.
    fn usual_employment(&self, regions: &[usize], years: &[Year]) -> Option<Vec<f64>> {
        let fixed = self.model.choices.labour_market == LabourMarket::FixedEmployment;
        if !self.on_given_paths && !fixed {
            return None;
        }
        let persons = self.model.benchmark.employment();
        let all = |force: &dyn Fn(usize) -> f64| -> f64 {
            let cells = (0..persons.len()).filter(|at| regions.contains(&(at % self.n.regions)));
            cells.map(|at| persons[at] * force(at)).sum()
        };
        let base = all(&|_| 1.0);
        let level = |year: &Year| all(&|at| year.exogenous.get("labour_force")[at]) / base;
        Some(years.iter().map(level).collect())
    }

    /// Direct investment as offered; none where there is no offer, or it is not held to it.
    fn offered(&self, regions: &[usize], years: &[Year]) -> Option<Vec<f64>> {
        if !self.on_given_paths {
            return None;
        }
        let over = |year: &Year| -> f64 {
            let offered = year.exogenous.get("fdi").iter().enumerate();
            offered.filter(|(at, _)| regions.contains(&(at % self.n.regions))).map(|(_, x)| x).sum()
        };
        let base = years.first().map(over).filter(|base| *base > 0.0)?;
        Some(years.iter().map(|year| over(year) / base).collect())
    }

    /// What was found for the given paths of a group, year by year.
    fn shifters(&self, group: Group, regions: &[usize], years: &[Year]) -> Vec<BaselineShifter> {
        let region = self.group_name(group, regions);
        let mut list: Vec<BaselineShifter> = Vec::new();
        for path in self.paths.iter().filter(|path| path.regions == *regions) {
            let name = path.shifter.variable();
            let cell = if path.shifter.is_added() { 0 } else { regions[0] };
            let found = |(year, solved): (u16, &Year)| {
                let (driver, level) = (self.baseline(year), solved.exogenous.get(name)[cell]);
                let driver = driver.get(name)[cell];
                if path.shifter.is_added() { level - driver } else { level / driver }
            };
            let meaning = if path.shifter.is_added() {
                "added to the driver of the study, 100 million CNY"
            } else {
                "factor on the driver of the study"
            };
            let all = self.study.years.all().into_iter().zip(years);
            list.push(BaselineShifter {
                name: name.to_owned(),
                region: region.clone(),
                meaning: meaning.to_owned(),
                values: all.map(found).collect(),
            });
        }
        if self.on_given_paths {
            list.push(self.mean_reference("reference_wage", &region, regions, years));
            list.push(self.mean_reference("reference_return", &region, regions, years));
        }
        list
    }

    /// Mean of references over a group: wages by persons, returns by direct investment.
    fn mean_reference(
        &self,
        name: &str,
        region: &str,
        regions: &[usize],
        years: &[Year],
    ) -> BaselineShifter {
        let r = self.n.regions;
        let persons = self.model.benchmark.employment();
        let wage = |year: &Year| {
            let values = year.exogenous.get("reference_wage").iter().zip(&persons).enumerate();
            values
                .filter(|(at, _)| regions.contains(&(at % r)))
                .map(|(_, (x, w))| (x * w, *w))
                .collect()
        };
        let returns = |year: &Year| {
            // Without a second owner there are no foreign firms, and no offers to weight with.
            if self.n.owners < 2 {
                return vec![];
            }
            let values = year.exogenous.get("return_reference");
            let offers = year.exogenous.get("fdi").iter().enumerate();
            let ours = offers.filter(|(at, _)| regions.contains(&(at % r)));
            ours.map(|(at, w)| (values[self.n.firm(at / r, 1, at % r)] * w, *w)).collect()
        };
        let mean = |pairs: Vec<(f64, f64)>| {
            let weight: f64 = pairs.iter().map(|(_, w)| w).sum();
            if weight > 0.0 { pairs.iter().map(|(x, _)| x).sum::<f64>() / weight } else { 1.0 }
        };
        let (meaning, values) = if name == "reference_wage" {
            (
                "real wage at usual employment, base year = 1",
                years.iter().map(|y| mean(wage(y))).collect(),
            )
        } else {
            (
                "after-tax return at which the offer comes, base year = 1",
                years.iter().map(|y| mean(returns(y))).collect(),
            )
        };
        BaselineShifter {
            name: name.to_owned(),
            region: region.to_owned(),
            meaning: meaning.to_owned(),
            values,
        }
    }
}
