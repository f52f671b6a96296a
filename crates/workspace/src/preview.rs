//! The path of a changed study, solved from the nearest solved one.
//!
//! A preview is the full nonlinear path with and without the programme, certified year by year as
//! any run; it begins at the last solved path of the same years and closure instead of at the
//! benchmark, stops at the tolerance of a draw (`study::run::draw`), and leaves out what each lever
//! adds. One preview is solved at a time; one whose asker has gone is not begun.
//! Not here: the solves (`study::run::draw`), the stream to the page (`api`).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde::Serialize;
use study::inputs::Inputs;
use study::run::draw::{Central, Indicators, unit_of};
use study::spec::{Closure, Numeraire, Quantity, Region, Scope, Study, Target, Years};

/// Indicators of the province.
const OF_PROVINCE: [&str; 10] = [
    "gdp",
    "employment",
    "fdi",
    "trade",
    "exports",
    "imports",
    "consumption",
    "investment",
    "budget_balance",
    "real_wage",
];
/// Indicators of each of its regions.
const OF_REGIONS: [&str; 3] = ["gdp", "employment", "fdi"];

/// What a solved path can be a start for.
type Key = (Years, Closure, Numeraire);

/// The last solved path.
#[derive(Debug, Default)]
pub(crate) struct Previews {
    near: Mutex<Option<(Key, Arc<Central>)>>,
    turn: Mutex<()>,
}

/// One indicator with and without the programme.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    variable: String,
    region: String,
    unit: &'static str,
    baseline: Vec<f64>,
    policy: Vec<f64>,
}

/// A preview.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Preview {
    years: Vec<u16>,
    headline_year: u16,
    rows: Vec<Row>,
    /// Whether it was begun at a path solved before.
    near: bool,
    /// Of the solve, without waiting for a turn.
    milliseconds: f64,
}

impl Previews {
    /// Solves a study's path; nothing when `gone` says so before it is begun.
    pub(crate) fn solve(
        &self,
        study: &Study,
        inputs: &Inputs,
        gone: &dyn Fn() -> bool,
        begun: &dyn Fn(bool),
    ) -> Result<Option<Preview>, String> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if gone() {
            return Ok(None);
        }
        let start = Instant::now();
        let study = Study { targets: wanted(study, inputs), ..study.clone() };
        let key = (study.years, study.closure, study.numeraire);
        let known = self.near.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let near = known.filter(|(known, _)| *known == key).map(|(_, central)| central);
        begun(near.is_some());
        let drawn = match &near {
            Some(central) => central.draw(&study, inputs),
            None => Central::solve(&study, inputs).map(|central| {
                let indicators = central.indicators.clone();
                let central = Some((key, Arc::new(central)));
                *self.near.lock().unwrap_or_else(PoisonError::into_inner) = central;
                indicators
            }),
        };
        let indicators = drawn.map_err(|error| error.to_string())?;
        let milliseconds = 1e3 * start.elapsed().as_secs_f64();
        Ok(Some(told(&study, inputs, indicators, near.is_some(), milliseconds)))
    }
}

/// The indicators that a preview tells, as targets.
fn wanted(study: &Study, inputs: &Inputs) -> Vec<Target> {
    let target = |indicator: &str, scope: Scope| Target {
        name: String::new(),
        indicator: indicator.to_owned(),
        scope,
        year: study.years.headline,
        value: Quantity::Number(0.0),
        source: study::spec::Source::default(),
    };
    let of_province = OF_PROVINCE.iter().map(|name| target(name, Scope::Province));
    let regions = inputs.names.home_regions.iter().enumerate();
    let of_regions = regions.flat_map(|(index, name)| {
        let region = Region { index, name: name.clone() };
        OF_REGIONS.map(|indicator| target(indicator, Scope::Region(region.clone())))
    });
    of_province.chain(of_regions).collect()
}

fn told(
    study: &Study,
    inputs: &Inputs,
    indicators: Indicators,
    near: bool,
    milliseconds: f64,
) -> Preview {
    let paths = indicators.baseline.into_iter().zip(indicators.policy);
    let row = |(target, (baseline, policy)): (&Target, (Vec<f64>, Vec<f64>))| Row {
        variable: target.indicator.clone(),
        region: target.scope.label(&inputs.names).to_owned(),
        unit: unit_of(target),
        baseline,
        policy,
    };
    Preview {
        years: study.years.all(),
        headline_year: study.years.headline,
        rows: study.targets.iter().zip(paths).map(row).collect(),
        near,
        milliseconds,
    }
}
