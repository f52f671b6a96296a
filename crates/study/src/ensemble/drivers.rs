//! From a point of the unit cube to the numbers of one draw: a study with other parameters, growth
//! paths, observations and projects.
//!
//! Yearly log growth of an inflow (foreign direct investment, domestic funds) after its nowcast is the
//! study's and what `super::process` adds. Breaks come to both inflows at once, and their shocks T are
//! correlated. A project is built or not: a common factor and one of its own against the conversion of
//! its stage, which is drawn too (beta, from counted projects).
//! Not here: solving (`crate::run::draw`), summaries (`super::forecast`).

use std::collections::BTreeMap;

use super::distribution::{HeavySum, beta, normal, normal_below, triangular};
use super::history::{Assumed, Volatility};
use super::nowcast::Nowcast;
use super::process::{JEFFREYS, Process};
use super::standing::{Lift, Standing};
use super::uncertainty::{Kind, Row, Uncertainty};
use crate::inputs::Inputs;
use crate::lever::{Lever, Stage};
use crate::spec::{GrowthPath, Observation, Period, Quantity, Scope, Study, Word};

/// The inflows whose growth is drawn year by year.
pub const INFLOWS: [&str; 2] = ["fdi", "domestic_funds"];

/// What is known of one inflow before any draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Inflow {
    /// `fdi` or `domestic_funds`.
    pub indicator: &'static str,
    /// Nowcast of the running year.
    pub nowcast: Option<Nowcast>,
    /// From its own history, or that of foreign direct investment where it has none.
    pub process: Process,
    /// Whole years of its own history, million USD.
    pub levels: Vec<(u16, f64)>,
    /// What the programme as written does to the running year.
    lift: Lift,
    /// Base-year level that results tell, where it does not follow from the nowcast.
    base: Option<f64>,
}

/// Makes draws.
#[derive(Debug)]
pub struct Drivers<'a> {
    study: &'a Study,
    uncertainty: Uncertainty,
    /// What is known of the inflows.
    pub inflows: Vec<Inflow>,
    names: BTreeMap<String, usize>,
    /// Sizes of a year's unnamed projects, where the study has some.
    unnamed: Option<HeavySum>,
}

/// Coordinates of a draw by name.
struct Point<'p> {
    names: &'p BTreeMap<String, usize>,
    values: &'p [f64],
}

impl Point<'_> {
    fn at(&self, name: &str) -> f64 {
        self.names.get(name).map_or(0.5, |at| self.values[*at])
    }
}

impl<'a> Drivers<'a> {
    /// Of a study and the history beside its accounts.
    ///
    /// - `standing`: what the months of the running year hold of the programme.
    pub fn new(
        study: &'a Study,
        inputs: &Inputs,
        uncertainty: Uncertainty,
        standing: &Standing,
    ) -> Self {
        let assumed = Assumed::of(&uncertainty);
        let published = &inputs.foreign_direct_investment_history;
        let of = |indicator: &'static str| {
            let observed = observed_years(study, indicator, &Scope::Province);
            // The longer series counts; one is not spliced to another of other coverage.
            let levels = if observed.len() > published.len() { &observed } else { published };
            let nowcast = Nowcast::of(study, indicator, "million USD");
            // The published history is of direct investment; it stands in for the volatility of others.
            let own = if indicator == INFLOWS[0] { levels.clone() } else { observed.clone() };
            let process = Process::new(Volatility::of(levels, assumed), &uncertainty);
            let base = base_level(study, inputs, indicator, &observed);
            let lift = standing.lift(indicator);
            Inflow { indicator, nowcast, process, levels: own, lift, base }
        };
        let inflows = INFLOWS.map(of).to_vec();
        let unnamed =
            study.pipeline.unnamed.as_ref().map(|each| HeavySum::new(each.projects, each.tail));
        let mut drivers = Self { study, uncertainty, inflows, names: BTreeMap::new(), unnamed };
        drivers.names = drivers.coordinates().into_iter().zip(0..).collect();
        drivers
    }

    /// Whole years of an indicator: those of the published history of an inflow where it is longer
    /// than the study's own, else the study's.
    pub fn observed(&self, indicator: &str, scope: &Scope) -> Vec<(u16, f64)> {
        let own = observed_years(self.study, indicator, scope);
        let inflow = self.inflows.iter().find(|each| each.indicator == indicator);
        match inflow.filter(|_| *scope == Scope::Province) {
            Some(inflow) if inflow.levels.len() > own.len() => inflow.levels.clone(),
            _ => own,
        }
    }

    /// Number of coordinates of a point.
    pub fn size(&self) -> usize {
        self.names.len()
    }

    /// The table the draws are made with.
    pub fn uncertainty(&self) -> &Uncertainty {
        &self.uncertainty
    }

    fn coordinates(&self) -> Vec<String> {
        let mut names = Vec::new();
        for kind in [Kind::Parameter, Kind::Growth] {
            names.extend(self.uncertainty.of(kind).map(|row| row.name.clone()));
        }
        names.extend(["break probability", "break direction"].map(str::to_owned));
        for inflow in INFLOWS {
            names.extend(
                ["drift", "scale", "seasonal share"].map(|what| format!("{inflow} {what}")),
            );
        }
        for year in self.study.years.first..=self.study.years.last {
            names.extend(["break", "break size"].map(|what| format!("{what} {year}")));
            names.extend(INFLOWS.map(|inflow| format!("{inflow} {year}")));
        }
        names.extend(Stage::ALL.iter().map(|(stage, _)| format!("conversion {stage}")));
        names.push("projects".to_owned());
        let projects =
            self.study.levers.iter().filter(|l| matches!(l, Lever::InvestmentProject(_)));
        names.extend(projects.map(|lever| self.project_coordinate(lever.name())));
        names
    }

    /// Groups of coordinates for Sobol indices: their names, and the group of each coordinate.
    pub fn groups(&self) -> (Vec<String>, Vec<usize>) {
        let mut names: Vec<String> = Vec::new();
        let group = |coordinate: &String| {
            let name = self.group(coordinate);
            names.iter().position(|each| *each == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            })
        };
        let of = self.coordinates().iter().map(group).collect();
        (names, of)
    }

    fn group(&self, coordinate: &str) -> String {
        let row = [Kind::Parameter, Kind::Growth]
            .into_iter()
            .flat_map(|kind| self.uncertainty.of(kind))
            .find(|row| row.name == coordinate);
        if let Some(row) = row {
            return parameter_group(row).to_owned();
        }
        if coordinate.starts_with("break") {
            return "breaks of regime".to_owned();
        }
        for inflow in INFLOWS {
            if let Some(rest) = coordinate.strip_prefix(inflow) {
                let what = if rest.ends_with("drift") || rest.ends_with("scale") {
                    "drift and scale"
                } else if rest.ends_with("share") {
                    "share of later months"
                } else {
                    "yearly shocks"
                };
                return format!("{inflow}: {what}");
            }
        }
        if coordinate.starts_with("unnamed") { "unnamed projects" } else { "named projects" }
            .to_owned()
    }

    /// The study of a draw.
    pub fn draw(&self, values: &[f64]) -> Study {
        let point = Point { names: &self.names, values };
        let mut study = self.study.clone();
        self.parameters(&point, &mut study);
        self.growth(&point, &mut study);
        let breaks = self.breaks(&point);
        for inflow in &self.inflows {
            self.inflow(inflow, &point, &breaks, &mut study);
        }
        self.projects(&point, &mut study);
        study
    }

    fn parameters(&self, point: &Point<'_>, study: &mut Study) {
        for row in self.uncertainty.of(Kind::Parameter) {
            let Some(central) = self.study.parameters.find(&row.name).cloned() else { continue };
            let (low, high) = (row.low.min(central.value), row.high.max(central.value));
            let value = triangular(point.at(&row.name), low, central.value, high);
            set_parameter(study, &row.name, value);
        }
    }

    fn growth(&self, point: &Point<'_>, study: &mut Study) {
        for row in self.uncertainty.of(Kind::Growth) {
            let added = triangular(point.at(&row.name), row.low, row.value, row.high);
            add_growth(study, &row.name, added);
        }
    }

    /// Breaks of regime by year, log points.
    fn breaks(&self, point: &Point<'_>) -> BTreeMap<u16, f64> {
        let process = &self.inflows[0].process;
        let regime = process.regime(point.at("break probability"), point.at("break direction"));
        let running = self.inflows[0].nowcast.as_ref();
        let of = |year: u16| {
            // Of a year that is partly over, only the months that are left can break.
            let left =
                running.filter(|nowcast| nowcast.year == year).map_or(12, |now| 12 - now.month);
            let [u, size] = ["break", "break size"].map(|what| point.at(&format!("{what} {year}")));
            process.break_of(regime, f64::from(left) / 12.0, u, size)
        };
        (self.study.years.first..=self.study.years.last).map(|year| (year, of(year))).collect()
    }

    /// Growth path of an inflow, and the level that the nowcast gives the base year.
    fn inflow(
        &self,
        inflow: &Inflow,
        point: &Point<'_>,
        breaks: &BTreeMap<u16, f64>,
        study: &mut Study,
    ) {
        let (process, name) = (&inflow.process, inflow.indicator);
        let [drift, scale, seasonal] =
            ["drift", "scale", "seasonal share"].map(|what| point.at(&format!("{name} {what}")));
        let (drift, scale) = (process.drift(drift), process.scale(scale));
        let seasonal = self.uncertainty.scalar("seasonal_share_spread") * normal(seasonal);
        let running = inflow
            .nowcast
            .as_ref()
            .filter(|nowcast| inflow.base.is_some() || nowcast.before_with(seasonal).is_some());
        let mut standing = None;
        let mut deviation = process.volatility.deviation_before(study.years.first);
        let path = path_mut(study, name);
        for (at, rate) in path.home.iter_mut().enumerate() {
            let year = path.first + at as u16;
            let calm = deviation.map_or(1.0, |last| process.agitation(last));
            let shock = scale * calm * process.shock(self.correlated(name, year, point));
            let broken = breaks.get(&year).copied().unwrap_or(0.0);
            if let Some(nowcast) = running.filter(|nowcast| nowcast.year == year) {
                // The shock falls on the months that are left; where their share in past years is
                // known, it is as large as that has varied. So does a break.
                let usual = scale * calm * nowcast.concentration();
                let spread = nowcast
                    .spread
                    .map_or(usual, |sd| sd * (1.0 + 1.0 / nowcast.ratios as f64).sqrt());
                let later = shock / (scale * calm) * spread + broken;
                let level = nowcast.year_with(later);
                deviation = nowcast
                    .before_with(seasonal)
                    .map(|before| (level / before).ln() - process.volatility.middle);
                standing = Some((nowcast, level));
                continue;
            }
            *rate = (1.0 + *rate) * (drift + shock + broken).exp() - 1.0;
            deviation = Some(shock + broken);
        }
        if let Some((nowcast, level)) = standing {
            stand(inflow, nowcast, level, seasonal, study);
        }
    }

    /// The study whose central path has every running year at its nowcast.
    pub fn central(&self) -> Study {
        let mut study = self.study.clone();
        for inflow in &self.inflows {
            let Some(nowcast) = &inflow.nowcast else { continue };
            stand(inflow, nowcast, nowcast.year_with(0.0), 0.0, &mut study);
        }
        study
    }

    /// Uniform coordinate of an inflow's shock, correlated with that of the first inflow.
    fn correlated(&self, indicator: &str, year: u16, point: &Point<'_>) -> f64 {
        let score = |inflow: &str| normal(point.at(&format!("{inflow} {year}")));
        if indicator == INFLOWS[0] {
            return normal_below(score(indicator));
        }
        let rho = self.uncertainty.scalar("inflow_correlation");
        normal_below(rho * score(INFLOWS[0]) + (1.0 - rho * rho).sqrt() * score(indicator))
    }

    /// The sizes that a lever's amount is drawn from, where it stands for unnamed projects.
    fn unnamed_of(&self, lever: &str) -> Option<&HeavySum> {
        let unnamed = self.study.pipeline.unnamed.as_ref()?;
        self.unnamed.as_ref().filter(|_| unnamed.levers.iter().any(|name| name == lever))
    }

    fn project_coordinate(&self, lever: &str) -> String {
        let kind = if self.unnamed_of(lever).is_some() { "unnamed" } else { "project" };
        format!("{kind} {lever}")
    }

    /// Each named project is built or not; the unnamed ones of a year are larger or smaller.
    fn projects(&self, point: &Point<'_>, study: &mut Study) {
        let rho = self.uncertainty.scalar("project_correlation");
        let common = normal(point.at("projects"));
        for lever in &mut study.levers {
            let Lever::InvestmentProject(project) = lever else { continue };
            if let Some(sizes) = self.unnamed_of(&project.header.name) {
                let u = point.at(&self.project_coordinate(&project.header.name));
                project.amount = project.amount.times(sizes.quantile(u));
                continue;
            }
            let share = self.conversion(project.stage, point) * project.probability;
            let own = normal(point.at(&format!("project {}", project.header.name)));
            let fate = normal_below(rho.sqrt() * common + (1.0 - rho).sqrt() * own);
            project.probability = f64::from(u8::from(fate < share));
            project.conversion = 1.0;
        }
    }

    /// Share of projects of a stage that are built: beta of the counts.
    fn conversion(&self, stage: Stage, point: &Point<'_>) -> f64 {
        let counted = self.study.pipeline.counts.iter().find(|count| count.stage == stage);
        let (built, not) = if let Some(count) = counted {
            (count.built + JEFFREYS, count.of - count.built + JEFFREYS)
        } else {
            let share = self.uncertainty.scalar(&format!("conversion_{}", stage.word()));
            let weight = self.uncertainty.scalar("conversion_weight");
            (share * weight, (1.0 - share) * weight)
        };
        beta(point.at(&format!("conversion {}", stage.word())), built, not)
    }
}

/// The group of a parameter or growth path.
fn parameter_group(row: &Row) -> &'static str {
    match row.name.as_str() {
        "wage_curve" => "wage curve",
        "investment_response" | "capital_growth_above_trend" | "depreciation_rate" => {
            "investment and depreciation"
        }
        "fdi_tax_semi_elasticity" => "response of direct investment",
        "rd_elasticity" | "additionality" | "value_of_day" => "effects of levers",
        "productivity" => "growth of productivity",
        "world_demand" => "growth of world demand",
        "government_consumption" => "growth of government consumption",
        "labour_force" => "growth of the labour force",
        _ => "elasticities of demand and substitution",
    }
}

/// Adds to a growth path of the baseline in every year and region; whether there is one of the name.
pub(crate) fn add_growth(study: &mut Study, name: &str, added: f64) -> bool {
    let path = match name {
        "productivity" => &mut study.baseline.productivity,
        "world_demand" => &mut study.baseline.world_demand,
        "government_consumption" => &mut study.baseline.government_consumption,
        "labour_force" => &mut study.baseline.labour_force,
        "foreign_direct_investment" => &mut study.baseline.foreign_direct_investment,
        "domestic_funds" => &mut study.baseline.domestic_funds,
        _ => return false,
    };
    path.home.iter_mut().chain(&mut path.rest).for_each(|rate| *rate += added);
    true
}

/// Gives a parameter another value, also in levers that have theirs from it.
pub(crate) fn set_parameter(study: &mut Study, name: &str, value: f64) {
    let Some(central) = study.parameters.find(name).cloned() else { return };
    study.parameters.set(name, value, central.source, central.status);
    for lever in &mut study.levers {
        follow(lever, name, central.value, value);
    }
}

/// Fields of levers that were read from a parameter follow it.
fn follow(lever: &mut Lever, name: &str, central: f64, value: f64) {
    let field = match (lever, name) {
        (Lever::RdGrants(lever), "rd_elasticity") => &mut lever.elasticity,
        (Lever::RdGrants(lever), "additionality") => &mut lever.additionality,
        (Lever::FreeTradeZone(lever), "value_of_day") => &mut lever.value_of_day,
        _ => return,
    };
    if field.to_bits() == central.to_bits() {
        *field = value;
    }
}

fn path_mut<'s>(study: &'s mut Study, indicator: &str) -> &'s mut GrowthPath {
    if indicator == "fdi" {
        &mut study.baseline.foreign_direct_investment
    } else {
        &mut study.baseline.domestic_funds
    }
}

/// Puts a level of the running year, programme included, into the growth path of an inflow.
///
/// - `seasonal`: log points by which later months of the year before are off, where it is estimated.
fn stand(inflow: &Inflow, nowcast: &Nowcast, level: f64, seasonal: f64, study: &mut Study) {
    let Some(at) = nowcast.year.checked_sub(study.years.first).map(usize::from) else { return };
    let before = (at == 0).then(|| nowcast.before_with(seasonal)).flatten();
    let Some(base) = inflow.base.or(before) else { return };
    let path = path_mut(study, inflow.indicator);
    let Some((now, earlier)) = path.home.get_mut(..=at).and_then(<[f64]>::split_last_mut) else {
        return;
    };
    let reached: f64 = base * earlier.iter().map(|rate| 1.0 + rate).product::<f64>();
    *now = inflow.lift.without(level) / reached - 1.0;
    if let Some(before) = before.filter(|_| inflow.base.is_none()) {
        observe_base(study, inflow.indicator, before);
    }
}

/// Level of the base year that results tell: direct investment of the accounts, else what was observed
/// of the whole year.
fn base_level(
    study: &Study,
    inputs: &Inputs,
    indicator: &str,
    observed: &[(u16, f64)],
) -> Option<f64> {
    let home = inputs.names.home_positions();
    let used = home.iter().filter_map(|region| inputs.foreign_direct_investment.get(*region));
    let used: f64 = used.sum();
    if indicator == INFLOWS[0] {
        return (used > 0.0).then_some(used);
    }
    observed.iter().find(|(year, _)| *year == study.years.base).map(|(_, level)| *level)
}

/// The base year's level as an observation of the whole year, which counts before any other.
fn observe_base(study: &mut Study, indicator: &str, level: f64) {
    let base = study.years.base;
    let rate = study.exchange_rate.cny_per_usd;
    study.observations.retain(|each| {
        each.indicator != indicator
            || each.scope != Scope::Province
            || each.period.year != base
            || !each.period.is_whole_year()
    });
    study.observations.push(Observation {
        indicator: indicator.to_owned(),
        scope: Scope::Province,
        period: Period { year: base, months: (1, 12) },
        value: Some(Quantity::Money(crate::money::Money::from_usd(1e6 * level, rate))),
        ..Observation::default()
    });
}

/// Whole years observed, in order, million USD: those of the definition with most of them.
fn observed_years(study: &Study, indicator: &str, scope: &Scope) -> Vec<(u16, f64)> {
    let mut definitions: Vec<&str> =
        study.observations.iter().map(|each| each.definition.as_str()).collect();
    definitions.sort_unstable();
    definitions.dedup();
    let series = definitions.into_iter().map(|one| years_of(study, indicator, scope, one));
    series.fold(vec![], |best, each| if each.len() > best.len() { each } else { best })
}

fn years_of(study: &Study, indicator: &str, scope: &Scope, definition: &str) -> Vec<(u16, f64)> {
    let rate = study.exchange_rate.cny_per_usd;
    let whole = study.observations.iter().filter(|each| {
        each.indicator == indicator
            && each.period.is_whole_year()
            && each.scope == *scope
            && each.definition == definition
    });
    let mut levels: Vec<(u16, f64)> = whole
        .filter_map(|each| {
            Some((each.period.year, each.value?.in_unit(crate::run::draw::unit(indicator), rate)))
        })
        .collect();
    levels.sort_by_key(|(year, _)| *year);
    levels
}
