//! `ironbelt mix`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use report::mix::Told;
use study::ensemble::Settings;
use study::ensemble::points::Method;
use study::mix::chance::likely;
use study::mix::{Aim, Chooser};
use study::money::{Currency, Money, parse_amount};
use study::spec::Study;

use crate::run_command::{prepare, progress_bar, stopped};
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
    /// The most of this target within bounds and budget, in place of the cheapest mix.
    #[arg(long, value_name = "TARGET")]
    most: Option<String>,
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
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100))]
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
    let mut ready = prepare(options.study.as_deref())?;
    if ready.study.targets.is_empty() {
        let message = "error[E1903]: the study has no targets\n  = help: add [[target]] blocks; docs/study-file.md shows one";
        return Err(Stop::new(INPUT, message));
    }
    if let Some(text) = &options.budget {
        let budget = Some(budget(text, ready.study.exchange_rate.cny_per_usd)?);
        match &mut ready.study.mix {
            Some(plan) => plan.budget = budget,
            None => return Err(no_plan()),
        }
    }
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
    let study = &ready.study;
    let chooser = Chooser::new(study, &ready.inputs).map_err(|error| stopped(&error))?;
    if chooser.plan().levers.is_empty() {
        return Err(no_plan());
    }
    let told = find(options, study, &chooser)?;
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

fn find(options: &Options, study: &Study, chooser: &Chooser<'_>) -> Result<Told, Stop> {
    let failed = |error| stopped(&error);
    let mut told = Told { study: study.title.clone(), ..Told::default() };
    if let Some(name) = &options.most {
        let aims: Vec<Aim> = vec![named(chooser, name)?];
        told.mix = Some(chooser.most(&aims).map_err(failed)?);
    } else {
        let aims = aims(options, chooser)?;
        if let Some(required) = options.probability {
            let settings = Settings {
                method: Method::MonteCarlo,
                seed: options.seed,
                draws: options.draws as usize,
            };
            let bar = progress_bar("draws");
            let tick = || bar.inc(1);
            let found = likely(chooser, &aims, required, settings, &tick).map_err(failed)?;
            bar.finish_and_clear();
            told.likely = Some(found);
        } else {
            told.mix = Some(chooser.cheapest(&aims).map_err(failed)?);
        }
    }
    if options.frontier > 1 {
        let aims = match &options.most {
            Some(name) => vec![named(chooser, name)?],
            None => aims(options, chooser)?,
        };
        for aim in aims {
            let points = chooser.frontier(&aim, options.frontier as usize).map_err(failed)?;
            told.frontiers.push((aim, points));
        }
    }
    Ok(told)
}

/// The aims asked for, or all targets of the study.
fn aims(options: &Options, chooser: &Chooser<'_>) -> Result<Vec<Aim>, Stop> {
    if options.reach.is_empty() {
        return Ok(chooser.aims());
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
        Ok(Aim { wanted, ..named(chooser, name)? })
    };
    options.reach.iter().map(one).collect()
}

fn named(chooser: &Chooser<'_>, name: &str) -> Result<Aim, Stop> {
    let aims = chooser.aims();
    let names: Vec<String> = aims.iter().map(|aim| format!("`{}`", aim.name)).collect();
    let found = aims.into_iter().find(|aim| aim.name == name || aim.indicator == name);
    found.ok_or_else(|| {
        let message = format!(
            "error[E1912]: the study has no target `{name}`\n  = help: its targets are {}",
            names.join(", ")
        );
        Stop::new(INPUT, message)
    })
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
