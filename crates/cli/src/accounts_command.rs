//! `ironbelt accounts`: build, check; balancing and importing have files of their own.

use std::path::{Path, PathBuf};

use accounts::build::{Adjustment, TotalRow};
use accounts::identity::{
    LARGEST_ACCEPTED, LARGEST_OF_A_LINE, Sides, TableIdentity, gross_domestic_product, identities,
    input_output,
};
use accounts::{InputOutputTable, RegionalAccounts};
use clap::Subcommand;
use diagnostics::Findings;
use formats::Files;

use crate::export_command::{self, Export};
use crate::import_command::{self, Import};
use crate::regionalise_command::{self, Aggregate, Regionalise};
use crate::render::{Style, render};
use crate::{INPUT, NOT_REPLICATED, Stop, balance_command, files, tables};

/// What to do with accounts.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Build the accounts of Liaoning 2017 from published figures and write them as a folder.
    Build {
        /// Folder with figures in the layout of data/liaoning/figures; without one, those that ship
        /// with the program.
        #[arg(long)]
        figures: Option<PathBuf>,
        /// Folder for the tables.
        #[arg(long, default_value = "accounts")]
        out: PathBuf,
    },
    /// Print every identity with its largest deviation, and built totals against published ones.
    Check {
        /// Folder of regional accounts, or of an input-output table that `accounts import` wrote;
        /// without one, the accounts of Liaoning 2017.
        folder: Option<PathBuf>,
        /// Worst lines to print of each identity of an input-output table.
        #[arg(long, default_value_t = 5)]
        top: usize,
    },
    /// Balance a labelled table, such as a social accounting matrix, and print what changed.
    Balance(balance_command::Balance),
    /// Read a table in another program's format and print what is in it.
    Import(Import),
    /// Write accounts or an input-output table for another program.
    Export(Export),
    /// Build regional accounts from a national table by a recipe.
    Regionalise(Regionalise),
    /// Merge or split regions, industries and products of accounts by a concordance.
    Aggregate(Aggregate),
}

pub(crate) fn run(command: &Command) -> Result<(), Stop> {
    match command {
        Command::Balance(balance) => balance_command::run(balance),
        Command::Build { figures, out } => build(figures.as_deref(), out),
        Command::Import(import) => import_command::run(import),
        Command::Export(export) => export_command::run(export),
        Command::Regionalise(what) => regionalise_command::run(what),
        Command::Aggregate(what) => regionalise_command::aggregate(what),
        Command::Check { folder: Some(folder), top } if tables::is_table_folder(folder) => {
            check_table(&tables::table_folder(folder)?.table, *top)
        }
        Command::Check { folder: Some(folder), .. } => {
            let files = folder_files(folder)?;
            let accounts =
                formats::folder::read(&files).map_err(|findings| wrong(&findings, &files))?;
            check(&accounts)
        }
        Command::Check { folder: None, .. } => {
            let files = formats::liaoning::files();
            let (accounts, report) = formats::liaoning::accounts_from(&files)
                .map_err(|findings| wrong(&findings, &files))?;
            print!("{}", totals(&report));
            check(&accounts)
        }
    }
}

fn build(figures: Option<&Path>, out: &Path) -> Result<(), Stop> {
    let files = figures.map_or_else(|| Ok(formats::liaoning::files()), folder_files)?;
    let (accounts, report) =
        formats::liaoning::accounts_from(&files).map_err(|findings| wrong(&findings, &files))?;
    let tables = formats::folder::write(&accounts);
    files::write(out, &tables)?;
    print!("{}", totals(&report));
    println!("\n{} tables written to {}", tables.len(), out.display());
    Ok(())
}

fn folder_files(folder: &Path) -> Result<Files, Stop> {
    study::inputs::read_folder(folder).map_err(|findings| wrong(&findings, &Files::new()))
}

fn wrong(findings: &Findings, files: &Files) -> Stop {
    Stop::new(INPUT, render(findings, |file| files.get(file).cloned(), Style::Plain))
}

/// Built totals against published ones, and what the build changed.
fn totals(report: &accounts::build::BuildReport) -> String {
    let header = format!(
        "{:<58}{:>14}{:>14}{:>10}  unit",
        "Published against built", "published", "built", "off by"
    );
    let total = |row: &TotalRow| {
        let ratio = if row.published == 0.0 { row.built } else { row.built / row.published - 1.0 };
        let off = 100.0 * ratio;
        let off = if off.abs() < 5e-5 { "0".to_owned() } else { format!("{off:+.2} %") };
        let (item, published, built, unit) = (&row.item, row.published, row.built, &row.unit);
        format!("{item:<58}{published:>14.3}{built:>14.3}{off:>10}  {unit}")
    };
    let adjustment = |row: &Adjustment| {
        format!("{:<58}{:>14.4}  {}  {}", row.item, row.value, row.unit, row.note)
    };
    let mut lines = vec![header];
    lines.extend(report.totals.iter().map(total));
    lines.push("\nAdjustments that the build makes".to_owned());
    lines.extend(report.adjustments.iter().map(adjustment));
    lines.join("\n") + "\n"
}

/// The identities of an input-output table, each with its worst lines.
fn check_table(table: &InputOutputTable, top: usize) -> Result<(), Stop> {
    println!("{}; unit of money: {}", table.name, table.unit);
    let found = input_output(table);
    for identity in &found {
        println!("\n{}", identity.name);
        println!("{:>16}{:>16}{:>16}{:>10}", "left", "right", "difference", "off by");
        for line in identity.lines.iter().take(top) {
            let Sides { at, left, right } = line;
            let (gap, off) = (line.gap(), 100.0 * line.off());
            println!("{left:>16.4}{right:>16.4}{gap:>16.4}{off:>8.3} %  {at}");
        }
    }
    let broken: Vec<&TableIdentity> = found.iter().filter(|each| !each.holds()).collect();
    let limit = 100.0 * LARGEST_OF_A_LINE;
    if broken.is_empty() {
        println!("\nNo line of any identity is off by more than {limit} %.");
        return Ok(());
    }
    let lines: Vec<String> =
        broken.iter().map(|each| format!("  {} lines: {}", each.broken, each.name)).collect();
    let message = format!(
        "error[E1314]: lines of the table are off by more than {limit} %\n{}\n  = help: {}",
        lines.join("\n"),
        "compare the lines with the source; where rows are products and columns industries, costs \
         are not output line by line"
    );
    Err(Stop::new(NOT_REPLICATED, message))
}

fn check(accounts: &RegionalAccounts) -> Result<(), Stop> {
    println!("\n{:>9}  {:<98}worst cell", "Deviation", "Identity");
    let found = identities(accounts);
    for identity in &found {
        println!("{:>9.1e}  {:<98}{}", identity.deviation, identity.name, identity.at);
    }
    let product = gross_domestic_product(accounts);
    println!(
        "\n{:<24}{:>14}{:>14}{:>14}",
        "Gross regional product", "income", "expenditure", "production"
    );
    for (at, region) in accounts.sets.region.labels.iter().enumerate() {
        let sides =
            [&product.income, &product.expenditure, &product.production].map(|side| side[at]);
        println!("{region:<24}{:>14.2}{:>14.2}{:>14.2}", sides[0], sides[1], sides[2]);
    }
    if found.iter().all(accounts::identity::Identity::holds) {
        println!("\nAll identities hold to {LARGEST_ACCEPTED:.0e} of total output.");
        return Ok(());
    }
    let broken = found.iter().filter(|identity| !identity.holds()).count();
    Err(Stop::new(
        NOT_REPLICATED,
        format!(
            "error: {broken} identities are off by more than {LARGEST_ACCEPTED:.0e} of total output"
        ),
    ))
}
