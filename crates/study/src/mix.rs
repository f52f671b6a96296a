//! The cheapest mix of levers that reaches the targets, or the most of a target for a budget.
//!
//! | symbol | meaning                                                        | unit             |
//! |--------|----------------------------------------------------------------|------------------|
//! | x      | intensity of each lever that may be chosen; 1 is as written      |                  |
//! | c(x)   | cost: what levers cost budgets, and the plan's own cost functions, discounted | 100 million CNY |
//! | y(x)   | indicators in their target years on the policy path              | unit of the target |
//! | λ      | shadow prices: ∇c = Σ λ ∇y where intensities are free            | 100 million CNY per unit |
//!
//! Every y(x) is a full solve of the policy path on one baseline, that of the running year's nowcast
//! (`crate::ensemble::standing`), up to the last year that is asked about; its gradient is exact
//! ([`crate::run::mix`]). The optimiser is SLSQP (Kraft 1988, 1994), a sequential quadratic programme,
//! by the crate `slsqp`, from several starts, with the residual of the conditions of an optimum told.
//! What it finds is solved once more from the benchmark as a study of its own.
//! Not here: levers themselves (`crate::lever`), odds (`chance`), reading plans (`crate::file`).

pub mod chance;
mod intensity;
mod optimise;

use serde::{Deserialize, Serialize};

use crate::ensemble::drivers::Drivers;
use crate::ensemble::standing::Standing;
use crate::ensemble::uncertainty::Uncertainty;
use crate::inputs::Inputs;
use crate::lever::Lever;
use crate::money::Money;
use crate::run::RunError;
use crate::run::draw::unit_of;
use crate::run::mix::{Mix as Paths, Outcomes, Prepared};
use crate::run::outcome::Outcome;
use crate::spec::{MixPlan, Study, Target};
pub use intensity::at_intensity;
pub use optimise::OPTIMAL;
use optimise::{Goal, Optimum, Problem};

/// Relative distance below a target at which it counts as reached.
pub const REACHED: f64 = 1e-5;

/// What is wanted of one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Aim {
    /// Name of the target.
    pub name: String,
    /// Variable.
    pub indicator: String,
    /// Place.
    pub region: String,
    /// Unit.
    pub unit: String,
    /// Year.
    pub year: u16,
    /// Level wanted on the central path.
    pub wanted: f64,
}

/// How a search ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Ending {
    /// All wanted levels are reached at least cost.
    Reached,
    /// They are not within bounds and budget; the mix is the one that comes nearest to all of them.
    NotReachable {
        /// Most of each target alone: name and level.
        at_most: Vec<(String, f64)>,
    },
    /// The most of one target for the budget.
    Most,
}

/// One lever in a mix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MixedLever {
    /// Name.
    pub name: String,
    /// Intensity chosen; 1 is the lever as written.
    pub intensity: f64,
    /// Bounds.
    pub bounds: (f64, f64),
    /// Cost at that intensity, 100 million CNY, discounted.
    pub cost: f64,
    /// What one more unit of intensity adds to each aim, in its unit.
    pub gains: Vec<f64>,
    /// What one more unit of intensity costs, 100 million CNY.
    pub marginal_cost: f64,
}

/// One aim in a mix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MixedAim {
    /// What was wanted.
    #[serde(flatten)]
    pub aim: Aim,
    /// Level of the mix.
    pub reached: f64,
    /// Cost of one more unit, 100 million CNY; none where the aim does not bind or every lever is
    /// at a bound.
    pub shadow_price: Option<f64>,
}

/// A mix of levers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mix {
    /// How the search ended.
    #[serde(flatten)]
    pub ending: Ending,
    /// Levers that may be chosen.
    pub levers: Vec<MixedLever>,
    /// What was wanted.
    pub aims: Vec<MixedAim>,
    /// Cost, 100 million CNY, discounted.
    pub cost: f64,
    /// Most it may cost.
    pub budget: Option<f64>,
    /// What one more unit of the budget is worth where it binds: units of the aim where the most of it
    /// is sought, else 100 million CNY of cost.
    pub budget_price: Option<f64>,
    /// Paths solved on the way.
    pub paths: usize,
    /// Residual of the conditions of an optimum, relative to the largest slope of the goal.
    pub optimality: f64,
    /// Largest relative difference of `reached` from a solve of the whole study from its benchmark.
    pub confirmed: f64,
}

/// A point of the frontier of cost against one target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FrontierPoint {
    /// Level of the target, in its unit.
    pub level: f64,
    /// Least cost, 100 million CNY.
    pub cost: f64,
}

/// Chooses mixes for one study; made by [`choose`].
pub struct Chooser<'a> {
    /// As written.
    written: &'a Study,
    /// On the nowcast of the running year, all years.
    study: &'a Study,
    inputs: &'a Inputs,
    plan: MixPlan,
    standing: &'a Standing,
    mix: &'a Paths<'a>,
    /// Last year that is solved.
    last: u16,
    tick: &'a (dyn Fn() + Sync),
}

/// What is asked beside the study's own plan.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Terms {
    /// Most that levers may cost, in the place of the plan's.
    pub budget: Option<Money>,
    /// Last year of an aim, where it is later than all targets.
    pub last: Option<u16>,
}

/// Solves the study's own paths, on which mixes are tried, and lets `act` choose among them. A study
/// without a plan of its own has every lever that costs something between 0 and 1.
///
/// - `tick`: told of each path solved.
///
/// # Errors
/// [`RunError`] as of [`crate::run::run`].
pub fn choose<T>(
    study: &Study,
    inputs: &Inputs,
    terms: Terms,
    tick: &(dyn Fn() + Sync),
    act: impl FnOnce(&Chooser<'_>) -> T,
) -> Result<T, RunError> {
    let standing = Standing::of(study, inputs)?;
    let drivers = Drivers::new(study, inputs, Uncertainty::of_study(study), &standing);
    let on_nowcast = drivers.central();
    let years = study.targets.iter().map(|target| target.year).chain(terms.last);
    let last = years.max().unwrap_or(study.years.headline).min(study.years.last);
    let short = shortened(&on_nowcast, last);
    let prepared = Prepared::new(&short, inputs)?;
    let paths = Paths::new(&prepared)?;
    let mut plan = study.mix.clone().unwrap_or_else(|| plan_of(study));
    plan.budget = terms.budget.or(plan.budget);
    let chooser = Chooser {
        written: study,
        study: &on_nowcast,
        inputs,
        plan,
        standing: &standing,
        mix: &paths,
        last,
        tick,
    };
    Ok(act(&chooser))
}

/// A study's targets as aims.
pub fn aims(study: &Study, inputs: &Inputs) -> Vec<Aim> {
    let rate = study.exchange_rate.cny_per_usd;
    let aim = |target: &Target| {
        let outcome = Outcome::of(&target.indicator, &target.scope, target.year, inputs);
        let wanted = target.value.in_unit(unit_of(target), rate);
        Aim { name: target.name.clone(), wanted, ..Aim::of(&outcome) }
    };
    study.targets.iter().map(aim).collect()
}

impl Aim {
    /// A number of the study that is no target, without a level.
    pub fn of(outcome: &Outcome) -> Self {
        Self {
            name: outcome.indicator.clone(),
            indicator: outcome.indicator.clone(),
            region: outcome.region.clone(),
            unit: outcome.unit().to_owned(),
            year: outcome.year,
            wanted: 0.0,
        }
    }

    /// The number that it is about.
    fn outcome(&self) -> Outcome {
        Outcome {
            indicator: self.indicator.clone(),
            region: self.region.clone(),
            industry: None,
            year: self.year,
        }
    }
}

/// A study up to a year: no later year acts on it.
fn shortened(study: &Study, last: u16) -> Study {
    let mut short = study.clone();
    short.years.last = last;
    short.years.headline = short.years.headline.min(last);
    short
}

impl Chooser<'_> {
    /// The plan in use.
    pub fn plan(&self) -> &MixPlan {
        &self.plan
    }

    /// The cheapest mix that reaches all aims, or what comes nearest to them.
    ///
    /// - `aims`: some of the study's targets, with levels wanted.
    ///
    /// # Errors
    /// [`RunError`] when a path does not solve.
    pub fn cheapest(&self, aims: &[Aim]) -> Result<Mix, RunError> {
        let problem = self.problem(aims)?;
        let starts = [problem.present(), problem.middle()];
        let found = problem.best(Goal::LeastCost, &starts)?;
        if problem.reaches(&found) {
            return self.told(&problem, &found, Ending::Reached);
        }
        // The nearest to all of them may reach what was missed from other starts.
        let nearest = problem.best(Goal::Nearest, &[problem.highest(), problem.middle()])?;
        if problem.reaches(&nearest) {
            let again = problem.best(Goal::LeastCost, std::slice::from_ref(&nearest.intensity))?;
            let best = if problem.reaches(&again) { again } else { nearest };
            return self.told(&problem, &best, Ending::Reached);
        }
        let at_most = (0..aims.len())
            .map(|at| {
                let most = problem.best(Goal::Most(at), &[problem.highest()])?;
                Ok((aims[at].name.clone(), most.levels[at]))
            })
            .collect::<Result<_, RunError>>()?;
        self.told(&problem, &nearest, Ending::NotReachable { at_most })
    }

    /// The mix with the most of the first aim within bounds and budget.
    ///
    /// # Errors
    /// [`RunError`] when a path does not solve.
    pub fn most(&self, aims: &[Aim]) -> Result<Mix, RunError> {
        let problem = self.problem(aims)?;
        let starts = [problem.highest(), problem.present()];
        let found = problem.best(Goal::Most(0), &starts)?;
        self.told(&problem, &found, Ending::Most)
    }

    /// Least cost of levels of one aim, from what the lowest intensities give to the most.
    ///
    /// # Errors
    /// [`RunError`] when a path does not solve.
    pub fn frontier(&self, aim: &Aim, points: usize) -> Result<Vec<FrontierPoint>, RunError> {
        let most = self.problem(std::slice::from_ref(aim))?;
        let highest = most.best(Goal::Most(0), &[most.highest()])?;
        let (low, high) = (most.reach(0).0, highest.levels[0]);
        let mut list = vec![FrontierPoint { level: low, cost: most.cost(&most.lowest()) }];
        let mut start = most.lowest();
        for step in 1..points {
            let share = step as f64 / (points - 1) as f64;
            let wanted = low + share * (high - low) * (1.0 - REACHED);
            let problem = self.problem(&[Aim { wanted, ..aim.clone() }])?;
            let found = problem.best(Goal::LeastCost, &[start.clone()])?;
            if problem.reaches(&found) {
                list.push(FrontierPoint { level: found.levels[0], cost: found.cost });
                start = found.intensity;
            }
        }
        Ok(list)
    }

    /// The study as written with the levers of a mix.
    pub fn study_with(&self, mix: &Mix) -> Study {
        Study { levers: self.levers_of(mix), ..self.written.clone() }
    }

    fn levers_of(&self, mix: &Mix) -> Vec<Lever> {
        let intensity: Vec<f64> = mix.levers.iter().map(|lever| lever.intensity).collect();
        self.levers(&intensity)
    }

    fn levers(&self, intensity: &[f64]) -> Vec<Lever> {
        let of = |lever: &Lever| {
            let at = self.plan.levers.iter().position(|each| each.lever == lever.name());
            at.map_or_else(|| lever.clone(), |at| at_intensity(lever, intensity[at]))
        };
        self.study.levers.iter().map(of).collect()
    }

    fn outcomes(&self, aims: &[Aim]) -> Outcomes {
        let outcomes: Vec<Outcome> = aims.iter().map(Aim::outcome).collect();
        self.mix.find(&outcomes).expect("aims are numbers of the study")
    }

    fn problem(&self, aims: &[Aim]) -> Result<Problem<'_, '_>, RunError> {
        Problem::new(self, aims.to_vec())
    }

    fn told(&self, problem: &Problem, found: &Optimum, ending: Ending) -> Result<Mix, RunError> {
        let slopes = problem.slopes(&found.intensity)?;
        let levers = self.plan.levers.iter().enumerate().map(|(at, lever)| MixedLever {
            name: lever.lever.clone(),
            intensity: found.intensity[at],
            bounds: lever.intensity,
            cost: self.cost(at, found.intensity[at]),
            gains: slopes.levels.iter().map(|gains| gains[at]).collect(),
            marginal_cost: slopes.cost[at],
        });
        let aims = problem.aims.iter().enumerate().map(|(at, aim)| MixedAim {
            aim: aim.clone(),
            reached: found.levels[at],
            shadow_price: found.conditions.prices[at],
        });
        let mut mix = Mix {
            ending,
            levers: levers.collect(),
            aims: aims.collect(),
            cost: found.cost,
            budget: self.plan.budget.map(Money::hundred_million_cny),
            budget_price: found.conditions.budget,
            paths: problem.paths(),
            optimality: found.conditions.residual,
            confirmed: 0.0,
        };
        mix.confirmed = self.confirm(&mix)?;
        Ok(mix)
    }

    /// Largest relative difference of the mix from the whole study, solved from its benchmark.
    fn confirm(&self, mix: &Mix) -> Result<f64, RunError> {
        let study = Study { levers: self.levers_of(mix), ..shortened(self.study, self.last) };
        let prepared = Prepared::new(&study, self.inputs)?;
        let paths = Paths::new(&prepared)?;
        let wanted: Vec<Outcome> = mix.aims.iter().map(|each| each.aim.outcome()).collect();
        let outcomes = paths.find(&wanted).expect("as in the search");
        let again = paths.values(&vec![1.0; study.levers.len()], &outcomes)?;
        let off = |(aim, again): (&MixedAim, &f64)| (again / aim.reached - 1.0).abs();
        Ok(mix.aims.iter().zip(&again).map(off).fold(0.0, f64::max))
    }

    /// Cost of one lever of the plan at an intensity, 100 million CNY, discounted.
    fn cost(&self, at: usize, intensity: f64) -> f64 {
        let plan = &self.plan.levers[at];
        let own = self.study.levers.iter().find(|lever| lever.name() == plan.lever);
        let years = self.study.years;
        let own = own.map_or(0.0, |lever| {
            let lever = at_intensity(lever, intensity);
            let in_year = |year: u16| {
                let money: f64 =
                    lever.cost(year).iter().map(|(_, money)| money.hundred_million_cny()).sum();
                money / (1.0 + self.plan.discount).powi(i32::from(year) - i32::from(years.first))
            };
            (years.first..=years.last).map(in_year).sum()
        });
        own + plan.cost.hundred_million_cny() * intensity
            + plan.rising_cost.hundred_million_cny() * intensity * intensity
    }
}

/// Every lever that costs something, between 0 and 1.
fn plan_of(study: &Study) -> MixPlan {
    let years = study.years;
    let costs =
        |lever: &&Lever| (years.first..=years.last).any(|year| !lever.cost(year).is_empty());
    let lever = |lever: &Lever| crate::spec::MixLever {
        lever: lever.name().to_owned(),
        intensity: (0.0, 1.0),
        ..crate::spec::MixLever::default()
    };
    MixPlan { levers: study.levers.iter().filter(costs).map(lever).collect(), ..MixPlan::default() }
}
