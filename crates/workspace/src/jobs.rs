//! Runs in a queue: one at a time on a thread of its own, with progress and cancel.
//!
//! A run that is cancelled ends at its next Newton step, solved year or draw, whichever is first: what
//! is called there unwinds with [`Stopped`], which is caught here and is no panic (no hook is
//! called). Runs have threads of their own (`rayon`), so that a preview does not wait for theirs.
//! Not here: what a run is (`study::run`, `study::ensemble`), what is kept of it (`store`).

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use study::ensemble::forecast::forecast;
use study::ensemble::points::Method;
use study::ensemble::record::Record;
use study::ensemble::standing::Standing;
use study::ensemble::{Ensemble, Settings};
use study::equilibrium::watched;
use study::mix::{Terms, aims, choose};
use tokio::sync::watch;

use crate::error::Refusal;
use crate::state::Workspace;
use crate::store::RunState;
use crate::study_text::{self, Checked, StudyText};

/// Runs that may wait.
const LONGEST_QUEUE: usize = 16;
/// Draws of one ensemble.
const MOST_DRAWS: usize = 5000;

/// What is asked for.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Baseline, policy and contributions of the levers.
    Study,
    /// Odds of the targets from an ensemble.
    Targets {
        /// Number of draws.
        draws: usize,
        /// Seed.
        #[serde(default = "one")]
        seed: u64,
    },
    /// The cheapest mix of levers that reaches the targets, or what comes nearest.
    Mix,
}

fn one() -> u64 {
    1
}

/// How far a run is: what its stream of events tells.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Progress {
    pub(crate) state: RunState,
    /// Solved years, or draws.
    pub(crate) done: usize,
    /// Of so many; 0 when not known yet.
    pub(crate) all: usize,
    pub(crate) message: String,
}

/// A run that has not ended.
#[derive(Debug)]
struct Job {
    id: i64,
    given: StudyText,
    kind: Kind,
    stop: AtomicBool,
    progress: watch::Sender<Progress>,
}

/// Payload of the unwinding that ends a cancelled run.
struct Stopped;

/// The runs that wait or are at work.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    jobs: Mutex<Jobs>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct Jobs {
    waiting: VecDeque<Arc<Job>>,
    all: BTreeMap<i64, Arc<Job>>,
}

impl Queue {
    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Progress of a run that has not ended.
    pub(crate) fn watch(&self, id: i64) -> Option<watch::Receiver<Progress>> {
        self.jobs().all.get(&id).map(|job| job.progress.subscribe())
    }

    /// Asks a run to stop; whether there is one.
    pub(crate) fn cancel(&self, id: i64) -> bool {
        let jobs = self.jobs();
        let found = jobs.all.get(&id);
        found.inspect(|job| job.stop.store(true, Ordering::Relaxed)).is_some()
    }

    /// The next run, waiting for one; none for a while gives nothing.
    fn next(&self) -> Option<Arc<Job>> {
        let jobs = self.jobs();
        let patience = std::time::Duration::from_secs(1);
        let waited = self.wake.wait_timeout_while(jobs, patience, |jobs| jobs.waiting.is_empty());
        waited.unwrap_or_else(PoisonError::into_inner).0.waiting.pop_front()
    }
}

/// Puts a run of a version into store and queue; gives its identity.
pub(crate) fn enqueue(
    workspace: &Workspace,
    scenario: i64,
    number: i64,
    kind: Kind,
    person: &str,
) -> Result<i64, Refusal> {
    if let Kind::Targets { draws, .. } = kind
        && !(1..=MOST_DRAWS).contains(&draws)
    {
        return Err(Refusal::unreadable(&format!("an ensemble has 1 to {MOST_DRAWS} draws")));
    }
    let version = workspace.store().version(scenario, number)?;
    let given = StudyText { text: version.text, companions: version.companions };
    ready(workspace, &given)?;
    let (word, settings) = match &kind {
        Kind::Study => ("study", String::new()),
        Kind::Targets { draws, seed } => ("targets", format!("{draws} draws, seed {seed}")),
        Kind::Mix => ("mix", String::new()),
    };
    let mut jobs = workspace.queue.jobs();
    if jobs.waiting.len() >= LONGEST_QUEUE {
        let message = format!("{LONGEST_QUEUE} runs are waiting already");
        let help = "wait for one to end, or cancel one";
        return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "E2011", message, help));
    }
    let id = workspace.store().add_run(scenario, number, word, &settings, person)?;
    let start = Progress { state: RunState::Queued, done: 0, all: 0, message: String::new() };
    let progress = watch::Sender::new(start);
    let job = Arc::new(Job { id, given, kind, stop: AtomicBool::new(false), progress });
    jobs.waiting.push_back(job.clone());
    jobs.all.insert(id, job);
    workspace.queue.wake.notify_one();
    Ok(id)
}

/// A text without errors, or the refusal that lists them.
pub(crate) fn ready(workspace: &Workspace, given: &StudyText) -> Result<Checked, Refusal> {
    let checked = study_text::check(workspace, given);
    let findings = match checked {
        Ok(checked) if checked.study.is_some() => return Ok(checked),
        Ok(checked) => checked.findings,
        Err(findings) => findings,
    };
    let details = serde_json::json!({ "findings": study_text::findings_json(&findings) });
    let message = "the study has errors, and no study with errors is run";
    let help = "each finding names its place and a way out";
    Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "E2012", message, help).with(details))
}

/// Starts the thread that works off the queue; it ends with the workspace.
pub(crate) fn start(workspace: &Arc<Workspace>) -> std::io::Result<()> {
    let workspace = Arc::downgrade(workspace);
    let threads = rayon::ThreadPoolBuilder::new().thread_name(|at| format!("run-{at}")).build();
    let threads = threads.map_err(std::io::Error::other)?;
    let work = move || {
        while let Some(workspace) = Weak::upgrade(&workspace) {
            if let Some(job) = workspace.queue.next() {
                work_off(&workspace, &job, &threads);
            }
        }
    };
    std::thread::Builder::new().name("runs".to_owned()).spawn(work).map(|_| ())
}

fn work_off(workspace: &Workspace, job: &Arc<Job>, threads: &rayon::ThreadPool) {
    let started = workspace.store().start_run(job.id);
    job.progress.send_modify(|progress| progress.state = RunState::Running);
    let ended = match started {
        Ok(()) => catch_unwind(AssertUnwindSafe(|| {
            let watching = job.clone();
            threads.install(|| watched(move || watching.go_on(), || results(workspace, job)))
        })),
        Err(error) => Ok(Err(error.to_string())),
    };
    let (state, message, results) = match ended {
        Ok(Ok(results)) => (RunState::Done, String::new(), Some(results)),
        Ok(Err(message)) => (RunState::Failed, message, None),
        Err(payload) if payload.is::<Stopped>() => (RunState::Cancelled, String::new(), None),
        Err(_) => (RunState::Failed, "a fault of the program; please report it".to_owned(), None),
    };
    let kept = workspace.store().end_run(job.id, state, &message, results.as_deref());
    let (state, message) = match kept {
        Ok(()) => (state, message),
        Err(error) => (RunState::Failed, error.to_string()),
    };
    workspace.queue.jobs().all.remove(&job.id);
    job.progress.send_modify(|progress| {
        progress.state = state;
        progress.message = message;
    });
}

impl Job {
    /// Ends the run when it was cancelled.
    fn go_on(&self) {
        if self.stop.load(Ordering::Relaxed) {
            resume_unwind(Box::new(Stopped));
        }
    }

    /// Tells the progress; ends the run when it was cancelled.
    fn tick(&self, done: usize, all: usize) {
        self.go_on();
        self.progress.send_modify(|progress| {
            progress.done = progress.done.max(done);
            progress.all = all;
        });
    }
}

/// Results as JSON, or why there are none.
fn results(workspace: &Workspace, job: &Job) -> Result<String, String> {
    let checked = ready(workspace, &job.given).map_err(|_| "the study has errors".to_owned())?;
    let study = checked.study.ok_or("the study has errors")?;
    job.tick(0, 0);
    match job.kind {
        Kind::Study => {
            let tick = |done: usize, all: usize| job.tick(done, all);
            let results = study::run::run(&study, &job.given.text, &checked.inputs, &tick);
            let results = results.map_err(|error| error.to_string())?;
            serde_json::to_string(&results).map_err(|error| error.to_string())
        }
        Kind::Mix => {
            has_targets(&study)?;
            let solved = AtomicUsize::new(0);
            let tick = || job.tick(1 + solved.fetch_add(1, Ordering::Relaxed), 0);
            let mix = choose(&study, &checked.inputs, Terms::default(), &tick, |chooser| {
                if chooser.plan().levers.is_empty() {
                    let way = "add [mix] with [[mix.lever]] blocks";
                    return Err(format!("no lever of the study costs anything: {way}"));
                }
                let aims = aims(&study, &checked.inputs);
                chooser.cheapest(&aims).map_err(|error| error.to_string())
            });
            let mix = mix.map_err(|error| error.to_string())??;
            serde_json::to_string(&mix).map_err(|error| error.to_string())
        }
        Kind::Targets { draws, seed } => {
            has_targets(&study)?;
            let settings = Settings { method: Method::MonteCarlo, seed, draws };
            let mut texts = vec![job.given.text.as_str()];
            texts.extend(job.given.companions.values().map(String::as_str));
            let standing =
                Standing::of(&study, &checked.inputs).map_err(|error| error.to_string())?;
            let ensemble = Ensemble::new(&study, &texts, &checked.inputs, settings, &standing);
            let records = draw(job, &ensemble)?;
            let on_nowcast = ensemble.drivers.central();
            let central =
                study::run::run(&on_nowcast, &job.given.text, &checked.inputs, &|_, _| {
                    job.tick(draws, draws);
                });
            let central = central.map_err(|error| error.to_string())?;
            let mut told = forecast(&ensemble, &study, &records, Some(&central));
            told.targets.iter_mut().for_each(|target| target.sample.clear());
            serde_json::to_string(&told).map_err(|error| error.to_string())
        }
    }
}

fn has_targets(study: &study::spec::Study) -> Result<(), String> {
    if study.targets.is_empty() {
        return Err("the study has no targets: add [[target]] blocks".to_owned());
    }
    Ok(())
}

fn draw(job: &Job, ensemble: &Ensemble<'_>) -> Result<BTreeMap<usize, Record>, String> {
    let records = Mutex::new(BTreeMap::new());
    let keep = |record: &Record| {
        let mut records = records.lock().unwrap_or_else(PoisonError::into_inner);
        records.insert(record.index, record.clone());
        job.progress.send_modify(|progress| {
            progress.done = records.len();
            progress.all = ensemble.settings.draws;
        });
        !job.stop.load(Ordering::Relaxed)
    };
    ensemble.run(&BTreeMap::new(), &keep).map_err(|error| error.to_string())?;
    if job.stop.load(Ordering::Relaxed) {
        resume_unwind(Box::new(Stopped));
    }
    let records = records.into_inner().unwrap_or_else(PoisonError::into_inner);
    if records.values().all(|record| record.outcome.is_err()) {
        return Err("no draw has a solution".to_owned());
    }
    Ok(records)
}
