//! `ironbelt mix`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use report::mix::Told;
use study::beside::Ready;
use study::ensemble::Settings;
use study::ensemble::points::Method;
use study::mix::chance::likely;
use study::mix::{Aim, Chooser, Terms, aims, choose};
use study::money::{Currency, Money, parse_amount};
use study::run::outcome::Outcome;
use study::spec::Study;

use crate::run_command::{counter, prepare, progress_bar, stopped};
use crate::sensitivity_command::unknown;
use crate::{Format, INPUT, Stop, files};

/// Options of `ironbelt mix`.
#[derive(Args)]
pub(crate) struct Options {
    /// Study file; without one, the Liaoning study that ships with the program.
    study: Option<PathBuf>,
    /// Reach another level of a target: its name, `=`, a number in its unit. Targets that are not
    /// named are then left out. May be given several times.
    #[arg(long = "reach", value_name = "TARGET=LEVEL")]
    reach: Vec<String>,
    /// The most of a target (its name) or of any variable of the results (e.g. gdp) within bounds and
    /// budget, in place of the cheapest mix.
    #[arg(long, value_name = "INDICATOR", conflicts_with_all = ["reach", "probability"])]
    most: Option<String>,
    /// Place of a variable that is no target; the province without it.
    #[arg(long, requires = "most")]
    region: Option<String>,
    /// Year of a variable that is no target; the headline year of the study without it.
    #[arg(long, requires = "most")]
    year: Option<u16>,
    /// Most that the levers may cost, e.g. "2 billion CNY".
    #[arg(long)]
    budget: Option<String>,
    /// Probability with which each target is to be reached.
    #[arg(long, value_name = "0..1")]
    probability: Option<f64>,
    /// Draws of each ensemble, with --probability.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(10..=100_000))]
    draws: u32,
    /// Seed of the draws.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Points of the frontier of cost against each target that is sought; 0 leaves it out.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(0..=100))]
    frontier: u32,
    /// Folder for `mix.json` and `mix.html`.
    #[arg(long, default_value = "results/mix")]
    out: PathBuf,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Finds a mix and tells it.
pub(crate) fn run(options: &Options) -> Result<(), Stop> {
    let ready = prepare(options.study.as_deref())?;
    if ready.study.targets.is_empty() && options.most.is_none() {
        let message = "error[E1903]: the study has no targets\n  = help: add [[target]] blocks (docs/study-file.md shows one), or ask for the most of a variable: --most gdp";
        return Err(Stop::new(INPUT, message));
    }
    let rate = ready.study.exchange_rate.cny_per_usd;
    let wanted = wanted(options, &ready)?;
    let terms = Terms {
        budget: options.budget.as_deref().map(|text| budget(text, rate)).transpose()?,
        last: wanted.iter().map(|aim| aim.year).max(),
    };
    if let Some(p) = options.probability
        && !(p > 0.0 && p < 1.0)
    {
        return Err(Stop::new(
            INPUT,
            format!(
                "error[E1910]: {p} is no probability\n  = help: write a number between 0 and 1"
            ),
        ));
    }
    let counter = counter("paths solved");
    let tick = || counter.inc(1);
    let told = choose(&ready.study, &ready.inputs, terms, &tick, |chooser| {
        if chooser.plan().levers.is_empty() {
            return Err(no_plan());
        }
        find(options, &ready.study, &wanted, chooser)
    });
    counter.finish_and_clear();
    let told = told.map_err(|error| stopped(&error))??;
    let json = serde_json::to_string_pretty(&told);
    let json = json.map_err(|error| Stop::new(1, format!("error: {error}")))?;
    let written = BTreeMap::from([
        ("mix.json".to_owned(), format!("{json}\n")),
        ("mix.html".to_owned(), report::mix::page(&told)),
    ]);
    files::write(&options.out, &written)?;
    match options.format {
        Format::Json => println!("{json}"),
        Format::Text => {
            println!("{}", report::mix::text(&told));
            println!("Page      {}", options.out.join("mix.html").display());
            println!("Numbers   {}", options.out.join("mix.json").display());
        }
    }
    Ok(())
}

fn no_plan() -> Stop {
    let message = "error[E1911]: the study says no levers to choose from\n  = help: add [mix] with [[mix.lever]] blocks; docs/mix.md shows them";
    Stop::new(INPUT, message)
}

fn find(
    options: &Options,
    study: &Study,
    wanted: &[Aim],
    chooser: &Chooser<'_>,
) -> Result<Told, Stop> {
    let failed = |error| stopped(&error);
    let mut told = Told { study: study.title.clone(), ..Told::default() };
    if options.most.is_some() {
        told.mix = Some(chooser.most(wanted).map_err(failed)?);
    } else if let Some(required) = options.probability {
        let settings = Settings {
            method: Method::MonteCarlo,
            seed: options.seed,
            draws: options.draws as usize,
        };
        let bar = progress_bar("draws");
        let tick = || bar.inc(1);
        let found = likely(chooser, wanted, required, settings, &tick).map_err(failed)?;
        bar.finish_and_clear();
        told.likely = Some(found);
    } else {
        told.mix = Some(chooser.cheapest(wanted).map_err(failed)?);
    }
    if options.frontier > 1 {
        for aim in wanted {
            let points = chooser.frontier(aim, options.frontier as usize).map_err(failed)?;
            told.frontiers.push((aim.clone(), points));
        }
    }
    Ok(told)
}

/// The aims asked for, or all targets of the study.
fn wanted(options: &Options, ready: &Ready) -> Result<Vec<Aim>, Stop> {
    let targets = aims(&ready.study, &ready.inputs);
    if let Some(name) = &options.most {
        return Ok(vec![most(name, options, ready, &targets)?]);
    }
    if options.reach.is_empty() {
        return Ok(targets);
    }
    let one = |text: &String| {
        let parts = text.rsplit_once('=').and_then(|(name, level)| {
            Some((name.trim(), level.trim().parse::<f64>().ok().filter(|x| *x > 0.0)?))
        });
        let Some((name, wanted)) = parts else {
            let message = format!(
                "error[E1912]: `{text}` is not a target and a level\n  = help: write --reach \"NAME=NUMBER\", the number in the unit of the target"
            );
            return Err(Stop::new(INPUT, message));
        };
        let Some(found) = named(&targets, name) else {
            let names: Vec<String> = targets.iter().map(|aim| format!("`{}`", aim.name)).collect();
            let message = format!(
                "error[E1912]: the study has no target `{name}`\n  = help: its targets are {}",
                names.join(", ")
            );
            return Err(Stop::new(INPUT, message));
        };
        Ok(Aim { wanted, ..found.clone() })
    };
    options.reach.iter().map(one).collect()
}

fn named<'t>(targets: &'t [Aim], name: &str) -> Option<&'t Aim> {
    targets.iter().find(|aim| aim.name == name || aim.indicator == name)
}

/// A target by its name, or any variable.
fn most(name: &str, options: &Options, ready: &Ready, targets: &[Aim]) -> Result<Aim, Stop> {
    if options.region.is_none()
        && options.year.is_none()
        && let Some(target) = named(targets, name)
    {
        return Ok(target.clone());
    }
    let outcome = Outcome {
        indicator: name.to_owned(),
        region: options.region.clone().unwrap_or_else(|| ready.inputs.names.home.clone()),
        industry: None,
        year: options.year.unwrap_or(ready.study.years.headline),
    };
    outcome.check(&ready.study, &ready.inputs).map_err(|wrong| unknown(&wrong))?;
    Ok(Aim::of(&outcome))
}

fn budget(text: &str, cny_per_usd: f64) -> Result<Money, Stop> {
    match parse_amount(text) {
        Ok((amount, Currency::Cny)) if amount >= 0.0 => Ok(Money::from_cny(amount)),
        Ok((amount, Currency::Usd)) if amount >= 0.0 => Ok(Money::from_usd(amount, cny_per_usd)),
        _ => {
            let message = format!(
                "error[E1910]: `{text}` is not an amount of money\n  = help: write e.g. --budget \"2 billion CNY\""
            );
            Err(Stop::new(INPUT, message))
        }
    }
}
