//! Exogenous variables of a year without the programme: drivers, given paths, references.

use economy::dynamics::real_wages;
use economy::exogenous::Exogenous;
use economy::parameters::LabourMarket;
use economy::year::Solution;
use equilibrium::number::Number;

use super::closure::regions_of;
use super::context::Context;
use crate::spec::{GivenPath, GrowthPath, MacroVariable};

impl Context<'_> {
    /// Drivers of a year from the study's growth paths; capital is set by the path itself.
    pub(crate) fn baseline(&self, year: u16) -> Exogenous {
        let baseline = &self.study.baseline;
        let mut exogenous = self.model.start.clone();
        let regions = self.n.regions;
        self.scale(&mut exogenous, "labour_force", regions, &baseline.labour_force, year);
        self.scale(&mut exogenous, "subsistence", regions, &baseline.labour_force, year);
        self.scale(&mut exogenous, "labour_productivity", regions, &baseline.productivity, year);
        self.scale(&mut exogenous, "export_demand", regions, &baseline.world_demand, year);
        self.scale(&mut exogenous, "government", regions, &baseline.government_consumption, year);
        self.scale(&mut exogenous, "fdi", regions, &baseline.foreign_direct_investment, year);
        if let Some(path) = &baseline.inventories {
            self.scale(&mut exogenous, "inventory", regions, path, year);
        }
        if let Some(path) = &baseline.skilled_labour_force {
            self.skilled(&mut exogenous, path, year);
        }
        // Foreign saving grows with the national economy.
        let saving = baseline.foreign_saving.as_ref().unwrap_or(&baseline.productivity);
        exogenous.get_mut("foreign_saving")[0] *= self.level(saving, self.elsewhere(), year);
        for given in &baseline.given {
            self.give(&mut exogenous, given, year);
        }
        exogenous
    }

    /// The labour force of skilled people on its own path.
    fn skilled(&self, exogenous: &mut Exogenous, path: &GrowthPath, year: u16) {
        let Some(skill) = self.inputs.accounts.sets.skill.position("skilled") else { return };
        for region in 0..self.n.regions {
            let at = skill * self.n.regions + region;
            exogenous.get_mut("labour_force")[at] = self.level(path, region, year);
        }
    }

    /// Levels of a given macro path. Employment grows alike in all regions of the group and skills as
    /// their labour forces do.
    fn give(&self, exogenous: &mut Exogenous, given: &GivenPath, year: u16) {
        let level = self.given_level(given, year);
        let name = match given.variable {
            MacroVariable::GrossProduct => "given_gross_product",
            MacroVariable::Exports => "given_exports",
            MacroVariable::Investment => "given_investment",
            MacroVariable::Employment => "employment_rate",
        };
        let persons = self.model.benchmark.employment();
        let r = self.n.regions;
        for region in regions_of(given.group, &self.home, r) {
            if given.variable != MacroVariable::Employment {
                exogenous.get_mut(name)[region] = level;
                continue;
            }
            let cells = (0..self.n.skills).map(|skill| skill * r + region);
            let force = exogenous.get("labour_force");
            let before: f64 = cells.clone().map(|at| persons[at]).sum();
            let after: f64 = cells.clone().map(|at| persons[at] * force[at]).sum();
            for at in cells {
                exogenous.get_mut(name)[at] = level * before / after;
            }
        }
    }

    /// Balances of budgets, wages, returns and shifters at which the given paths come about: with them, the behavioural
    /// model has the same solution.
    pub(crate) fn read_references<T: Number>(
        &self,
        given: &Solution<T>,
        exogenous: &mut Exogenous<T>,
    ) {
        exogenous.get_mut("budget_reference").copy_from_slice(given.get("budget_balance"));
        if !self.on_given_paths {
            return;
        }
        let wages = real_wages(given);
        let rates = exogenous.get("employment_rate").to_vec();
        for (at, value) in exogenous.get_mut("reference_wage").iter_mut().enumerate() {
            *value = wages[at] / self.wage_curve(rates[at]);
        }
        exogenous.get_mut("return_reference").copy_from_slice(given.get("after_tax_return"));
        for path in &self.paths {
            let found = given.get(&path.found())[0];
            let values = exogenous.get_mut(path.shifter.variable());
            if path.shifter.is_added() {
                values[0] += found;
                continue;
            }
            let values = values.iter_mut().enumerate();
            let among = |at: usize| path.regions.contains(&(at % self.n.regions));
            values.filter(|(at, _)| among(*at)).for_each(|(_, value)| *value = *value * found);
        }
    }

    /// Real wage over its reference at an employment rate relative to the base year, on the wage
    /// curve; other labour markets have the rate itself as reference.
    fn wage_curve<T: Number>(&self, rate: T) -> T {
        let p = &self.model.parameters;
        if self.model.choices.labour_market != LabourMarket::WageCurve {
            return T::constant(1.0);
        }
        let unemployment = T::constant(1.0) - rate * (1.0 - p.unemployment);
        (unemployment / p.unemployment).power(T::constant(p.wage_curve))
    }

    /// Multiplies every cell of a variable by the growth of its region since the base year.
    fn scale(
        &self,
        exogenous: &mut Exogenous,
        name: &str,
        regions: usize,
        path: &GrowthPath,
        year: u16,
    ) {
        let levels: Vec<f64> = (0..regions).map(|region| self.level(path, region, year)).collect();
        for (at, value) in exogenous.get_mut(name).iter_mut().enumerate() {
            *value *= levels[at % regions];
        }
    }

    /// Level of a growth path relative to the base year.
    pub(crate) fn level(&self, path: &GrowthPath, region: usize, year: u16) -> f64 {
        let home = self.home.contains(&region);
        let growth = |year: u16| if home { path.home(year) } else { path.rest(year) };
        (self.study.years.base + 1..=year).map(|year| 1.0 + growth(year)).product()
    }
}
