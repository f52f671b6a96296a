//! Exogenous variables of a year without the programme.

use economy::exogenous::Exogenous;

use super::context::Context;
use crate::spec::GrowthPath;

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
        // Foreign saving grows with the national economy.
        let national = self.level(&baseline.productivity, regions - 1, year);
        exogenous.get_mut("foreign_saving")[0] *= national;
        exogenous
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
