//! The path of a changed study, solved from the nearest solved one.
//!
//! A preview is the full nonlinear path with and without the programme, certified year by year as
//! any run; it begins at the last solved path of the same years and closure instead of at the
//! benchmark, stops at the tolerance of a draw (`study::run::draw`), and leaves out what each lever
//! adds. Before it comes its first-order estimate from that path. One thread solves previews, one
//! after the other, so that no request waits for it. Of one
//! window the newest counts: an older one that waits is dropped, and one at work ends at its next
//! Newton step, as it does when its asker has gone.
//! Not here: the solves (`study::run::draw`), the stream to the page (`api`).

use std::cell::Cell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Value, json};
use study::equilibrium::watched;
use study::inputs::Inputs;
use study::run::draw::{Central, Indicators, unit_of};
use study::spec::{Closure, Numeraire, Quantity, Region, Scope, Study, Target, Years};
use tokio::sync::mpsc;

use crate::state::Workspace;

/// Previews that may wait, each of another window.
const LONGEST_QUEUE: usize = 16;
/// Pause between two reports of progress.
const REPORTS: Duration = Duration::from_millis(100);

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

/// Who asks: the name of a person, and of one of their windows.
pub(crate) type Asker = (String, String);

/// A preview that is asked for. Its events are `begun`, `estimated` where it begins at a solved path,
/// `progress`, then `solved` or `failed`; the stream of one that is given up ends without.
#[derive(Debug)]
pub(crate) struct Asked {
    asker: Asker,
    study: Study,
    inputs: Arc<Inputs>,
    events: mpsc::Sender<(&'static str, Value)>,
    stop: AtomicBool,
}

/// The previews that wait or are at work, and the last solved path.
#[derive(Debug, Default)]
pub(crate) struct Previews {
    near: Mutex<Option<(Key, Arc<Central>)>>,
    queue: Mutex<Waiting>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    waiting: VecDeque<Arc<Asked>>,
    at_work: Option<Arc<Asked>>,
}

/// Payload of the unwinding that gives a preview up.
struct GivenUp;

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

impl Asked {
    pub(crate) fn new(
        asker: Asker,
        study: Study,
        inputs: Arc<Inputs>,
        events: mpsc::Sender<(&'static str, Value)>,
    ) -> Self {
        Self { asker, study, inputs, events, stop: AtomicBool::new(false) }
    }

    fn is_given_up(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.events.is_closed()
    }
}

impl Previews {
    fn queue(&self) -> MutexGuard<'_, Waiting> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a preview in the place of older ones of its window; whether there was room.
    pub(crate) fn ask(&self, asked: Asked) -> bool {
        let mut queue = self.queue();
        queue.waiting.retain(|each| each.asker != asked.asker && !each.is_given_up());
        if let Some(older) = queue.at_work.as_ref().filter(|older| older.asker == asked.asker) {
            older.stop.store(true, Ordering::Relaxed);
        }
        let room = queue.waiting.len() < LONGEST_QUEUE;
        if room {
            queue.waiting.push_back(Arc::new(asked));
            self.wake.notify_one();
        }
        room
    }

    /// The next preview, waiting for one; none for a while gives nothing.
    fn next(&self) -> Option<Arc<Asked>> {
        let patience = Duration::from_secs(1);
        let empty = |queue: &mut Waiting| queue.waiting.is_empty();
        let waited = self.wake.wait_timeout_while(self.queue(), patience, empty);
        let mut queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        let next = queue.waiting.pop_front();
        queue.at_work.clone_from(&next);
        next
    }

    /// Solves a study's path.
    fn solve(
        &self,
        study: &Study,
        inputs: &Inputs,
        tell: &dyn Fn(&'static str, Value),
    ) -> Result<Preview, String> {
        let start = Instant::now();
        let study = Study { targets: wanted(study, inputs), ..study.clone() };
        let key = (study.years, study.closure, study.numeraire);
        let known = self.near.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let near = known.filter(|(known, _)| *known == key).map(|(_, central)| central);
        tell("begun", json!({ "near": near.is_some() }));
        let preview = |indicators: Indicators| {
            let milliseconds = 1e3 * start.elapsed().as_secs_f64();
            told(&study, inputs, indicators, near.is_some(), milliseconds)
        };
        // Where it cannot be estimated it may still be solved.
        if let Some(Ok(estimate)) = near.as_ref().map(|central| central.estimate(&study, inputs)) {
            tell("estimated", json!(preview(estimate)));
        }
        let drawn = match &near {
            Some(central) => central.draw(&study, inputs),
            None => Central::solve(&study, inputs).map(|central| {
                let indicators = central.indicators.clone();
                let central = Some((key, Arc::new(central)));
                *self.near.lock().unwrap_or_else(PoisonError::into_inner) = central;
                indicators
            }),
        };
        drawn.map(preview).map_err(|error| error.to_string())
    }

    fn work_off(&self, asked: &Arc<Asked>) {
        if asked.is_given_up() {
            return;
        }
        let tell = |name, event| {
            let _ = asked.events.blocking_send((name, event));
        };
        let watch = watch(asked.clone());
        let solve = || watched(watch, || self.solve(&asked.study, &asked.inputs, &tell));
        let ended = match catch_unwind(AssertUnwindSafe(solve)) {
            Ok(ended) => ended,
            Err(payload) if payload.is::<GivenUp>() => return,
            Err(_) => Err("a fault of the program; please report it".to_owned()),
        };
        let _ = match ended {
            Ok(preview) => asked.events.blocking_send(("solved", json!(preview))),
            Err(message) => asked.events.blocking_send(("failed", json!({ "message": message }))),
        };
    }
}

/// What is done before each Newton step: the preview ends when it is given up, and now and then
/// tells how many steps were taken.
fn watch(asked: Arc<Asked>) -> impl Fn() + 'static {
    let steps = Cell::new(0_usize);
    let told = Cell::new(Instant::now());
    move || {
        if asked.is_given_up() {
            resume_unwind(Box::new(GivenUp));
        }
        steps.set(steps.get() + 1);
        if told.get().elapsed() >= REPORTS {
            told.set(Instant::now());
            // A reader that is slow misses some.
            let _ = asked.events.try_send(("progress", json!({ "steps": steps.get() })));
        }
    }
}

/// Starts the thread that solves previews; it ends with the workspace.
pub(crate) fn start(workspace: &Arc<Workspace>) -> std::io::Result<()> {
    let workspace = Arc::downgrade(workspace);
    let work = move || {
        while let Some(workspace) = Weak::upgrade(&workspace) {
            if let Some(asked) = workspace.previews.next() {
                workspace.previews.work_off(&asked);
                workspace.previews.queue().at_work = None;
            }
        }
    };
    std::thread::Builder::new().name("previews".to_owned()).spawn(work).map(|_| ())
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
