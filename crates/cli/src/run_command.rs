//! `ironbelt run` and `ironbelt check`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use diagnostics::Findings;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};
use study::beside::Ready;
use study::folder::Disk;
use study::results::Results;
use study::run::RunError;
use study::run::contributions::Method;

use crate::render::{Style, render, warn};
use crate::{Format, INPUT, NOT_REPLICATED, NOT_SOLVED, Stop, files};

/// How the change by the policy is split over the levers.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Contributions {
    /// Integral of each lever's derivative while all levers grow together.
    #[value(alias = "path_integral")]
    PathIntegral,
    /// What a lever adds when it joins, averaged over orders of joining.
    Shapley,
    /// Each lever alone, and what is left as interaction.
    Alone,
}

impl From<Contributions> for Method {
    fn from(choice: Contributions) -> Self {
        match choice {
            Contributions::PathIntegral => Self::PathIntegral,
            Contributions::Shapley => Self::Shapley,
            Contributions::Alone => Self::Alone,
        }
    }
}

/// Pixels of a chart's PNG for one of its drawing.
const SHARP: f32 = 2.0;

/// What is written for others, beside results and report.
#[derive(clap::Args)]
struct HandOver {
    /// Excel workbook.
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
    /// Memo of two pages: Word by the ending .docx, else a page that prints.
    #[arg(long, value_name = "FILE")]
    memo: Option<PathBuf>,
    /// `forecast.json` of `ironbelt targets`, whose odds the memo tells.
    #[arg(long, value_name = "FILE", requires = "memo")]
    forecast: Option<PathBuf>,
    /// Folder for every chart of the report, as SVG and PNG.
    #[arg(long, value_name = "FOLDER")]
    charts: Option<PathBuf>,
}

impl HandOver {
    fn write(&self, results: &Results, page: &str) -> Result<(), Stop> {
        let failed = |why: String| Stop::new(1, format!("error: {why}"));
        if let Some(path) = &self.xlsx {
            let book = report::workbook::workbook(results);
            files::write_bytes(path, &book.map_err(failed)?)?;
        }
        if let Some(path) = &self.memo {
            let forecast =
                self.forecast.as_deref().map(crate::targets_command::forecast_of).transpose()?;
            let memo = report::memo::memo(results, forecast.as_ref());
            files::write_document(path, &memo)?;
        }
        if let Some(folder) = &self.charts {
            for (name, svg) in report::drawings(page) {
                files::write_bytes(&folder.join(format!("{name}.svg")), svg.as_bytes())?;
                let png = report::picture::png(&svg, SHARP).map_err(failed)?;
                files::write_bytes(&folder.join(format!("{name}.png")), &png)?;
            }
        }
        Ok(())
    }

    /// What was written, by what it is.
    fn told(&self) -> impl Iterator<Item = String> {
        let written = [("Workbook", &self.xlsx), ("Memo", &self.memo), ("Charts", &self.charts)];
        written
            .into_iter()
            .filter_map(|(what, path)| Some(format!("{what:<9}{}", path.as_ref()?.display())))
    }
}

/// What to run, and what to write.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Study file; without one, the Liaoning study that ships with the program.
    study: Option<PathBuf>,
    /// Folder for results and report.
    #[arg(long, default_value = "results")]
    out: PathBuf,
    /// How the change by the policy is split over the levers.
    #[arg(long, value_enum, default_value_t = Contributions::PathIntegral)]
    contributions: Contributions,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also tell how long each stage took, on the error output.
    #[arg(long)]
    timings: bool,
    #[command(flatten)]
    hand_over: HandOver,
}

/// When stages ended.
struct Stages {
    began: Instant,
    ended: Mutex<Vec<(&'static str, Instant)>>,
}

impl Stages {
    fn begin() -> Self {
        Self { began: Instant::now(), ended: Mutex::default() }
    }

    fn end(&self, stage: &'static str) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.push((stage, Instant::now()));
    }

    fn told(&self) -> String {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = self.began;
        let line = |stage: &str, since: Instant, at: Instant| {
            format!("  {stage:<22}{:>7.2}", at.duration_since(since).as_secs_f64())
        };
        let mut lines = vec!["Seconds".to_owned()];
        for (stage, at) in &*ended {
            lines.push(line(stage, before, *at));
            before = *at;
        }
        lines.push(line("all", self.began, before));
        lines.join("\n")
    }
}

/// Runs a study and writes its results.
pub(crate) fn run(options: &Options) -> Result<(), Stop> {
    let stages = Stages::begin();
    let ready = prepare(options.study.as_deref())?;
    stages.end("study and accounts");
    let bar = progress_bar("years solved");
    let years = ready.study.years.all().len();
    let tick = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
        if done == years {
            stages.end("baseline");
        } else if done == 2 * years {
            stages.end("policy");
        }
    };
    let (study, text, inputs) = (&ready.study, &ready.texts[0], &ready.inputs);
    let results = study::run::run_with(study, text, inputs, options.contributions.into(), &tick)
        .map_err(|error| stopped(&error));
    bar.finish_and_clear();
    let mut results = results?;
    stages.end("contributions");
    results.implied =
        study::run::implied(&ready.study, &ready.inputs).map_err(|error| stopped(&error))?;
    stages.end("implied figures");
    let mut written = study::store::write(&results);
    let json = written["results.json"].clone();
    let page = report::html::page(&results);
    written.insert("report.html".to_owned(), page);
    files::write(&options.out, &written)?;
    options.hand_over.write(&results, &written["report.html"])?;
    stages.end("results and report");
    match options.format {
        Format::Json => println!("{json}"),
        Format::Text => {
            println!("{}", report::text::summary(&results));
            println!("Report   {}", options.out.join("report.html").display());
            options.hand_over.told().for_each(|line| println!("{line}"));
            println!(
                "Results  {} and {} tables beside it",
                options.out.join("results.json").display(),
                written.len() - 2
            );
        }
    }
    if options.timings {
        say!("{}", stages.told());
    }
    Ok(())
}

/// Says all findings of a study, or that it has no errors.
pub(crate) fn check(path: Option<&Path>, format: Format) -> Result<(), Stop> {
    let opened = Opened::of(path)?;
    if format == Format::Json {
        let ready = opened.ready.as_ref();
        let findings = ready.map_or_else(|findings| findings, |ready| &ready.warnings);
        let study = ready.ok().map(|ready| {
            let (study, years) = (&ready.study, ready.study.years);
            json!({
                "title": study.title, "levers": study.levers.len(), "targets": study.targets.len(),
                "base_year": years.base, "last_year": years.last,
            })
        });
        let ok = study.is_some();
        let findings = workspace::findings_json(findings);
        println!("{:#}", json!({"format": 1, "ok": ok, "study": study, "findings": findings}));
        return if ok { Ok(()) } else { Err(Stop::new(INPUT, String::new())) };
    }
    let ready = opened.or_stop()?;
    let (study, years) = (&ready.study, ready.study.years);
    println!("{}: no errors", study.title);
    println!(
        "{} levers, {} targets, {} to {}",
        study.levers.len(),
        study.targets.len(),
        years.base,
        years.last
    );
    Ok(())
}

/// Checks every law of the model on a study.
pub(crate) fn doctor(path: Option<&Path>, format: Format) -> Result<(), Stop> {
    let ready = prepare(path)?;
    let instance = study::run::instance(&ready.study, &ready.inputs);
    let laws = study::economy::laws::laws(&instance);
    let laws = laws.map_err(|error| Stop::new(NOT_SOLVED, format!("error: {error}")))?;
    if format == Format::Json {
        let law = |law: &study::economy::laws::Law| {
            json!({
                "name": law.name, "deviation": law.deviation, "limit": law.tolerance,
                "holds": law.holds(),
            })
        };
        let laws: Vec<Value> = laws.iter().map(law).collect();
        println!("{:#}", json!({"format": 1, "laws": laws}));
    } else {
        println!("{:<62}{:>12}{:>10}", "Law", "deviation", "limit");
        for law in &laws {
            let said = if law.holds() { "holds" } else { "BROKEN" };
            println!("{:<62}{:>12.1e}{:>10.0e}  {said}", law.name, law.deviation, law.tolerance);
        }
    }
    let broken = laws.iter().filter(|law| !law.holds()).count();
    if broken == 0 {
        Ok(())
    } else {
        Err(Stop::new(NOT_REPLICATED, format!("error: {broken} laws are broken")))
    }
}

/// A study as it was opened.
struct Opened {
    name: String,
    text: String,
    ready: Result<Ready, Findings>,
}

impl Opened {
    fn of(path: Option<&Path>) -> Result<Self, Stop> {
        let name =
            path.map_or_else(|| study::LIAONING_NAME.to_owned(), |path| path.display().to_string());
        let text = path.map_or_else(|| Ok(study::LIAONING.to_owned()), files::read)?;
        let folder = path.and_then(Path::parent).unwrap_or_else(|| Path::new("."));
        let ready = study::beside::open(&name, &text, &Disk(folder.to_owned()));
        Ok(Self { name, text, ready })
    }

    /// The study; findings go to standard error.
    fn or_stop(self) -> Result<Ready, Stop> {
        let Self { name, text, ready } = self;
        let show = |findings: &Findings| {
            render(findings, |file| (file == name).then(|| text.clone()), style())
        };
        let ready = ready.map_err(|findings| Stop::new(INPUT, show(&findings)))?;
        warn(&show(&ready.warnings));
        Ok(ready)
    }
}

/// Reads the study, its accounts and what lies beside it; findings go to standard error.
pub(crate) fn prepare(path: Option<&Path>) -> Result<Ready, Stop> {
    Opened::of(path)?.or_stop()
}

pub(crate) fn style() -> Style {
    if std::io::stderr().is_terminal() { Style::Coloured } else { Style::Plain }
}

pub(crate) fn stopped(error: &RunError) -> Stop {
    let (code, help) = match error {
        RunError::Calibration(_) => {
            (INPUT, "see the accounts' tables; `ironbelt accounts check` names cells")
        }
        RunError::Benchmark { .. } => {
            (NOT_REPLICATED, "the accounts do not balance; see `ironbelt accounts check`")
        }
        RunError::Certificate { .. } | RunError::Derivative { .. } => {
            (NOT_SOLVED, "no numbers are given; please report this study")
        }
        RunError::Solve { scenario, .. } if scenario == "baseline" => (
            NOT_SOLVED,
            "no numbers are given; drivers and given paths of that year may not go together: leave given paths out one by one",
        ),
        RunError::Solve { .. } => (
            NOT_SOLVED,
            "no numbers are given; make the levers of that year smaller, or leave them out one by one",
        ),
    };
    Stop::new(code, format!("error: {error}\n  = help: {help}"))
}

/// A bar on standard error that appears after a second, on terminals only.
pub(crate) fn progress_bar(what: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    let template = format!("{{bar:40}} {{pos}}/{{len}} {what}, {{eta}} left");
    let style = ProgressStyle::with_template(&template);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

/// A count on standard error of what has no known end, on terminals only.
pub(crate) fn counter(what: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template(&format!("{{spinner}} {{pos}} {what}, {{elapsed}}"));
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}
