//! `ironbelt solve`: a general equilibrium model of the user's own.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use clap::Args;
use diagnostics::Findings;
use general::{ComplementaritySettings, Indicator, Instance, Model, Outcome, Scenario, Syntax};
use serde_json::{Map, Value, json};

use crate::render::{Style, render};
use crate::{Format, INPUT, NOT_REPLICATED, NOT_SOLVED, Stop, files};

/// What to solve and what to tell.
#[derive(Args)]
pub(crate) struct Options {
    /// Model by its ending: ge-case/1 as .json or .toml, MPSGE text in a GAMS file as .gms.
    model: PathBuf,
    /// Only the scenario of this name; may be given several times.
    #[arg(long)]
    scenario: Vec<String>,
    /// Check the start instead of solving: residuals, flow table, Walras' law, homogeneity.
    #[arg(long)]
    check: bool,
    /// Derivatives of an indicator by every parameter and endowment: a variable, an expression, or
    /// `welfare(h)`, `dem(h,i)`, `in(S,i)`, `out(S,i)`.
    #[arg(long, value_name = "INDICATOR")]
    gradient: Option<String>,
    /// Write a condition term by term, with its numbers: a variable, `market of PL`, or `all`; may
    /// be given several times.
    #[arg(long, value_name = "CONDITION")]
    explain: Vec<String>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print the seconds of each solve on standard error.
    #[arg(long)]
    timing: bool,
    /// Most seconds for a scenario; one that takes longer ends with the status `effort limit`.
    #[arg(long, value_parser = seconds)]
    seconds: Option<Duration>,
}

pub(crate) fn run(options: &Options) -> Result<(), Stop> {
    let model = load(&options.model)?;
    let scenarios = chosen(&model, &options.scenario)?;
    if options.check {
        return check(&model, &scenarios, options.format);
    }
    let asked = Asked::new(&model, options)?;
    let mut told = Told::default();
    for scenario in scenarios {
        let begin = Instant::now();
        let outcome = solve(&model, scenario, options.seconds);
        let seconds = begin.elapsed().as_secs_f64();
        if options.timing {
            say!("{}: solve_seconds {seconds:.6}", scenario.name);
        }
        let ended = told.scenario(&model, scenario, &outcome, &asked);
        if options.format == Format::Text {
            print!("{}", std::mem::take(&mut told.text));
        }
        ended?;
    }
    if options.format == Format::Json {
        println!("{}", json!({ "model": model.name, "scenarios": told.json }));
    }
    if told.failed.is_empty() {
        return Ok(());
    }
    Err(Stop::new(NOT_SOLVED, format!("error: not solved: {}", told.failed.join("; "))))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.parse::<f64>().map_err(|_| "this is no number".to_owned())?;
    let fits = Duration::try_from_secs_f64(number).ok().filter(|limit| !limit.is_zero());
    fits.ok_or_else(|| "a number of seconds above zero is wanted".to_owned())
}

fn solve(model: &Model, scenario: &Scenario, limit: Option<Duration>) -> Outcome {
    let mut settings = ComplementaritySettings::default();
    // Dropped at the end of the solve, which ends the watch.
    let _watch = limit.map(|limit| {
        let (watch, interrupt) = watch(limit);
        settings.interrupt = Some(interrupt);
        watch
    });
    general::solve(model, scenario, &settings)
}

/// A flag that turns true after some time, unless the sender is dropped before.
fn watch(limit: Duration) -> (Sender<()>, Arc<AtomicBool>) {
    let (sender, receiver) = channel();
    let flag = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&flag);
    std::thread::spawn(move || {
        if receiver.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            raised.store(true, Ordering::Relaxed);
        }
    });
    (sender, flag)
}

fn load(path: &Path) -> Result<Model, Stop> {
    let text = text_of(path)?;
    let file = path.display().to_string();
    let ending =
        path.extension().map_or_else(String::new, |each| each.to_string_lossy().to_lowercase());
    let (model, findings) = match ending.as_str() {
        "toml" => general::read(&file, &text, Syntax::Toml),
        "gms" | "mps" | "mpsge" => general::read_mpsge(&file, &text),
        _ => general::read(&file, &text, Syntax::Json),
    };
    let said = |findings: &Findings| render(findings, |_| Some(text.clone()), Style::Plain);
    let Some(model) = model else { return Err(Stop::new(INPUT, said(&findings))) };
    if !findings.is_empty() {
        say!("{}", said(&findings).trim_end());
    }
    Ok(model)
}

/// The text of a model file, without the mark that some programs begin it with. Files of GAMS that
/// are not UTF-8 are taken as Latin-1: beyond ASCII there are only comments and names in quotes.
fn text_of(path: &Path) -> Result<String, Stop> {
    let gams = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gms"));
    let text = match std::fs::read(path) {
        Ok(bytes) if gams && std::str::from_utf8(&bytes).is_err() => {
            bytes.into_iter().map(char::from).collect()
        }
        _ => files::read(path)?,
    };
    match text.strip_prefix(general::BYTE_ORDER_MARK) {
        Some(rest) => Ok(rest.to_owned()),
        None => Ok(text),
    }
}

fn chosen<'m>(model: &'m Model, names: &[String]) -> Result<Vec<&'m Scenario>, Stop> {
    if names.is_empty() {
        return Ok(model.scenarios.iter().collect());
    }
    let find = |name: &String| {
        model.scenarios.iter().find(|each| each.name == *name).ok_or_else(|| {
            let known: Vec<&str> = model.scenarios.iter().map(|each| each.name.as_str()).collect();
            Stop::new(
                INPUT,
                format!(
                    "error[E1615]: no scenario `{name}`\n  = help: the model has: {}",
                    known.join(", ")
                ),
            )
        })
    };
    names.iter().map(find).collect()
}

/// What is wanted beside the solution.
struct Asked {
    gradient: Option<(String, Indicator)>,
    explain: Vec<usize>,
}

impl Asked {
    fn new(model: &Model, options: &Options) -> Result<Self, Stop> {
        let gradient = match &options.gradient {
            None => None,
            Some(text) => {
                let indicator = Indicator::read(model, text).map_err(|findings| {
                    Stop::new(INPUT, render(&findings, |_| Some(text.clone()), Style::Plain))
                })?;
                Some((text.clone(), indicator))
            }
        };
        let mut explain = vec![];
        for name in &options.explain {
            explain.extend(explained(model, name)?);
        }
        Ok(Self { gradient, explain })
    }
}

/// The variables that a name stands for: a variable, a condition such as `market of PL`, or `all`.
fn explained(model: &Model, name: &str) -> Result<Vec<usize>, Stop> {
    let count = model.variables.len();
    if name == "all" {
        return Ok((0..count).collect());
    }
    let fits = |at: &usize| model.variables[*at].name == name || model.condition(*at) == name;
    let help = "give a variable, a condition such as `market of PL`, or `all`";
    let unknown = || format!("error[E1606]: unknown name `{name}`\n  = help: {help}");
    (0..count).find(fits).map(|at| vec![at]).ok_or_else(|| Stop::new(INPUT, unknown()))
}

/// What has been told so far, in both forms.
#[derive(Default)]
struct Told {
    text: String,
    json: Vec<Value>,
    failed: Vec<String>,
}

impl Told {
    fn scenario(
        &mut self,
        model: &Model,
        scenario: &Scenario,
        outcome: &Outcome,
        asked: &Asked,
    ) -> Result<(), Stop> {
        self.text.push_str(&general::outcome_text(model, outcome));
        let mut told = general::outcome_json(model, outcome);
        if outcome.solution().is_none() {
            self.failed.push(format!("{} ({})", scenario.name, outcome.status));
        } else {
            self.beside(model, scenario, outcome, asked, &mut told)?;
        }
        self.text.push('\n');
        self.json.push(told);
        Ok(())
    }

    /// Gradient and explanations at a solution.
    fn beside(
        &mut self,
        model: &Model,
        scenario: &Scenario,
        outcome: &Outcome,
        asked: &Asked,
        told: &mut Value,
    ) -> Result<(), Stop> {
        let Some(solution) = outcome.solution() else { return Ok(()) };
        if asked.gradient.is_none() && asked.explain.is_empty() {
            return Ok(());
        }
        let instance = Instance::new(model, scenario);
        if let Some((name, indicator)) = &asked.gradient {
            let found = general::gradient(&instance, solution, indicator).map_err(|at| {
                let message = format!(
                    "error: no gradient in scenario {}: the solution is not unique (singular at the {at})",
                    scenario.name
                );
                Stop::new(NOT_SOLVED, message)
            })?;
            self.text.push_str(&general::gradient_text(name, &found));
            told["gradient"] = general::gradient_json(name, &found);
        }
        let mut explained = Map::new();
        for at in &asked.explain {
            let text = general::explain(&instance, *at, &solution.values);
            let _ = write!(self.text, "\n  {}", model.condition(*at));
            let _ = writeln!(self.text, "\n{}", indented(&text).trim_end());
            explained.insert(model.variables[*at].name.clone(), json!(text));
        }
        if !explained.is_empty() {
            told["explain"] = Value::Object(explained);
        }
        Ok(())
    }
}

fn indented(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("    {line}")).collect();
    lines.join("\n")
}

/// Checks the start of every scenario that says it is a benchmark, or of all that are chosen when
/// none does.
fn check(model: &Model, scenarios: &[&Scenario], format: Format) -> Result<(), Stop> {
    let benchmarks: Vec<&Scenario> =
        scenarios.iter().copied().filter(|each| each.benchmark).collect();
    let claimed = !benchmarks.is_empty();
    let checked = if claimed { benchmarks } else { scenarios.to_vec() };
    let mut failed = vec![];
    let mut told = vec![];
    for scenario in checked {
        let instance = Instance::new(model, scenario);
        let check = general::check(&instance);
        if scenario.benchmark && !check.replicates() {
            failed.push(scenario.name.clone());
        }
        match format {
            Format::Text => {
                println!("Scenario {}", scenario.name);
                println!("{}", general::check_text(&instance, &check));
            }
            Format::Json => told.push(general::check_json(&instance, &check)),
        }
    }
    if format == Format::Json {
        println!("{}", json!({ "model": model.name, "checks": told }));
    }
    if failed.is_empty() {
        return Ok(());
    }
    let names = failed.join(", ");
    Err(Stop::new(
        NOT_REPLICATED,
        format!("error: the start does not solve the benchmark: {names}"),
    ))
}
