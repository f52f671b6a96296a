//! `ironbelt negative-list`: a negative list scored by rules.

use std::path::{Path, PathBuf};

use diagnostics::Findings;
use study::file::parse_rules;
use study::folder::Disk;
use study::inputs::Inputs;
use study::negative_list::{self, Entry, LIST, LIST_NAME, RULES, RULES_NAME, Rules, Score};
use study::spec::Names;

use crate::render::{render, warn};
use crate::run_command::style;
use crate::{INPUT, Stop, files};

/// What to score.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// File of rules (TOML); without one, those that ship with the program.
    rules: Option<PathBuf>,
    /// File of entries (CSV); without one, the list of China that ships with the program.
    list: Option<PathBuf>,
    /// Folder of accounts whose industries the list names; without one, those of Liaoning.
    #[arg(long)]
    accounts: Option<PathBuf>,
    /// Also show, entry by entry, which measures were recognised.
    #[arg(long)]
    entries: bool,
}

/// Prints restrictiveness and barriers by industry and edition.
pub(crate) fn run(options: &Options) -> Result<(), Stop> {
    let (rules_name, rules_text) = text(options.rules.as_deref(), RULES_NAME, RULES)?;
    let (list_name, list_text) = text(options.list.as_deref(), LIST_NAME, LIST)?;
    let show = |findings: &Findings| {
        let of = |file: &str| {
            let both = [(&rules_name, &rules_text), (&list_name, &list_text)];
            both.into_iter().find(|(name, _)| *name == file).map(|(_, text)| text.clone())
        };
        render(findings, of, style())
    };
    let accounts = match &options.accounts {
        Some(folder) => Inputs::load(&folder.display().to_string(), &Disk(PathBuf::new())),
        None => Inputs::liaoning(),
    };
    let names = accounts.map_err(|findings| Stop::new(INPUT, show(&findings)))?.names;
    let (rules, mut findings) = parse_rules(&rules_name, &rules_text, &names);
    let Some(rules) = rules else { return Err(Stop::new(INPUT, show(&findings))) };
    let (entries, of_list) = negative_list::read_list(&list_name, &list_text, &rules, &names);
    findings.extend(of_list);
    if findings.has_errors() {
        return Err(Stop::new(INPUT, show(&findings)));
    }
    warn(&show(&findings));
    if options.entries {
        by_entry(&rules, &entries);
    }
    by_industry(&rules, &entries, &names);
    Ok(())
}

fn text(path: Option<&Path>, name: &str, shipped: &str) -> Result<(String, String), Stop> {
    match path {
        Some(path) => Ok((path.display().to_string(), files::read(path)?)),
        None => Ok((name.to_owned(), shipped.to_owned())),
    }
}

fn by_entry(rules: &Rules, entries: &[Entry]) {
    println!(
        "{:<8}{:<40}{:>7}{:>9}{:>7}{:>7}  Measures",
        "Edition", "Entry", "Covers", "foreign", "until", "Score"
    );
    for entry in entries {
        let found = rules.measures_in(&entry.text);
        let score = found.iter().map(|each| each.score).sum::<f64>().min(1.0);
        let measures: Vec<String> =
            found.iter().map(|each| format!("{} {}", each.measure, each.score)).collect();
        println!(
            "{:<8}{:<40}{:>7.2}{:>9.2}{:>7}{score:>7.3}  {}",
            entry.edition,
            entry.name,
            entry.covers,
            entry.covers_foreign,
            entry.until.map_or_else(String::new, |year| year.to_string()),
            measures.join(", ")
        );
    }
    println!();
}

fn by_industry(rules: &Rules, entries: &[Entry], names: &Names) {
    let editions = negative_list::editions(entries);
    let scores: Vec<Vec<Score>> = editions
        .iter()
        .map(|edition| rules.score(entries, edition, None, names.industries.len()))
        .collect();
    println!(
        "Restrictiveness (0 open, 1 closed); barrier in % of foreign firms' sales, of it rent"
    );
    print!("{:<44}", "Industry");
    for edition in &editions {
        print!("{edition:>10}{:>9}{:>7}", "barrier", "rent");
    }
    println!();
    let mut open = 0;
    for (at, label) in names.industries.iter().enumerate() {
        if scores.iter().all(|edition| edition[at].restrictiveness == 0.0) {
            open += 1;
            continue;
        }
        let short: String = label.chars().take(42).collect();
        print!("{short:<44}");
        for score in scores.iter().map(|edition| edition[at]) {
            print!(
                "{:>10.3}{:>9.2}{:>7.2}",
                score.restrictiveness,
                100.0 * score.barrier.height(),
                100.0 * score.barrier.rent
            );
        }
        println!();
    }
    println!("{open} other industries are not on the list: open.");
    let mean = |scores: &Vec<Score>| {
        scores.iter().map(|score| score.restrictiveness).sum::<f64>() / scores.len() as f64
    };
    let means: Vec<String> = editions
        .iter()
        .zip(&scores)
        .map(|(edition, scores)| format!("{edition} {:.3}", mean(scores)))
        .collect();
    println!("Simple mean over all industries: {}.", means.join(", "));
}
