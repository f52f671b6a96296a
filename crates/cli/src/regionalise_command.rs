//! `ironbelt accounts regionalise` and `ironbelt accounts aggregate`.

use std::path::{Path, PathBuf};

use accounts::aggregate::{Concordance, Direction, Link, input_output, regional};
use accounts::identity::{Identity, gross_domestic_product, identities};
use accounts::regionalise::comparison::{
    Compared, Deviation, compare, deviation, official_inputs, own_inputs,
};
use accounts::regionalise::single::{Estimate, Known, Nation, estimate};
use accounts::regionalise::{GroupFit, RegionaliseError, with_fits};
use accounts::{Matrix, RegionalAccounts};
use clap::{Args, ValueEnum};
use diagnostics::Findings;
use formats::recipe::{One, Wanted};
use formats::term_database::{self, TableDistance};
use formats::text::decoded;
use formats::{Files, table_folder};
use report::sheet::{Line, Sheet, column};

use crate::render::{Style, render, warn};
use crate::tables::{self, Layout, wrong};
use crate::{INPUT, NOT_REPLICATED, Stop, files};

/// What to regionalise.
#[derive(Args)]
pub(crate) struct Regionalise {
    /// Recipe (TOML); docs/regionalise.md describes it.
    recipe: PathBuf,
    /// Folder for the tables.
    #[arg(long, default_value = "regions")]
    out: PathBuf,
    /// Compare with what is official: a TERM database (header arrays), or the table of one region.
    #[arg(long, value_name = "OFFICIAL")]
    compare: Option<PathBuf>,
    /// Whose table it is, in a recipe of many regions.
    #[arg(long, value_name = "REGION", requires = "compare")]
    compare_region: Option<String>,
    /// Format of the official table of one region, as of `accounts import`; `sheet` without one.
    #[arg(long, value_parser = tables::layouts(), value_name = "FORMAT")]
    compare_from: Option<Layout>,
    /// Sheet of its workbook; without one, the first.
    #[arg(long, value_name = "SHEET")]
    compare_sheet: Option<String>,
    /// What its flows are.
    #[arg(long, value_enum, default_value_t = Flows::Regional)]
    flows: Flows,
}

/// What to aggregate.
#[derive(Args)]
pub(crate) struct Aggregate {
    /// Folder of regional accounts or of an input-output table.
    folder: PathBuf,
    /// Concordance: csv with axis, fine, coarse, weight.
    concordance: PathBuf,
    /// Go from coarse to fine, by the weights.
    #[arg(long)]
    disaggregate: bool,
    /// Folder for the tables.
    #[arg(long)]
    out: PathBuf,
}

/// What the flows of an official table of one region are.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Flows {
    /// Inputs from the region.
    Regional,
    /// Inputs from anywhere (competitive imports); what is bought at home follows from outflow and
    /// inflow, those of the recipe or the columns of the table.
    Anywhere,
}

pub(crate) fn run(what: &Regionalise) -> Result<(), Stop> {
    let text = files::read(&what.recipe)?;
    let name = what.recipe.display().to_string();
    let folder = what.recipe.parent().unwrap_or(Path::new(""));
    let load = |path: &str| std::fs::read(folder.join(path)).map_err(|error| error.to_string());
    let shown = |findings: &Findings| {
        let source = |file: &str| {
            let of_table = || Some(decoded(&load(file).ok()?).into_owned());
            if file == name { Some(text.clone()) } else { of_table() }
        };
        render(findings, source, Style::Plain)
    };
    let recipe = formats::recipe::read(&name, &text, &load)
        .map_err(|findings| Stop::new(INPUT, shown(&findings)))?;
    warn(&shown(&recipe.warnings));
    match recipe.wanted {
        Wanted::Regions(parts) => {
            let decay = parts.1.transport.decay.column(0);
            let nation = what.compare_region.is_some().then(|| Nation::of(&parts.0, decay));
            let place = |name: &str| {
                let regions = &parts.1.names;
                if regions.iter().any(|region| region == name) {
                    return Ok(());
                }
                let message = format!("error[E1709]: the recipe has no region `{name}`");
                let help = format!("the regions are {}", regions.join(", "));
                Err(Stop::new(INPUT, format!("{message}\n  = help: {help}")))
            };
            what.compare_region.as_deref().map_or(Ok(()), place)?;
            let nation = nation.transpose().map_err(|error| refused(&error))?;
            let regions = parts.1.names.clone();
            let (accounts, fits) =
                with_fits(parts.0, parts.1, recipe.choices).map_err(|e| refused(&e))?;
            hold(&accounts)?;
            write(&what.out, &accounts)?;
            tell_fits(&fits, &regions, &accounts);
            if let Some(published) = &recipe.gross_product {
                print!("\n{}", gross_product(&accounts, published).text(usize::MAX));
            }
            match (what.compare.as_deref(), what.compare_region.as_deref(), nation) {
                (Some(path), Some(name), Some(nation)) => {
                    compare_among(what, &accounts, &nation, name, path)
                }
                (Some(path), ..) => compare_database(&accounts, path),
                _ => Ok(()),
            }
        }
        Wanted::Region(_) if what.compare_region.is_some() => {
            let message = "error[E1709]: --compare-region is for recipes of many regions";
            Err(Stop::new(INPUT, format!("{message}\n  = help: leave it out")))
        }
        Wanted::Region(one) => {
            let found = estimate(&one.nation, &one.known, recipe.choices.method);
            let found = found.map_err(|error| refused(&error))?;
            write_region(what, &one, &found)?;
            what.compare.as_deref().map_or(Ok(()), |path| compare_one(what, &one, path))
        }
    }
}

/// Refuses accounts that break an identity; of negative cells a warning is enough, TERM has them.
fn hold(accounts: &RegionalAccounts) -> Result<(), Stop> {
    let broken: Vec<Identity> =
        identities(accounts).into_iter().filter(|identity| !identity.holds()).collect();
    let negative = |identity: &&Identity| identity.name.starts_with("No negative");
    if let Some(found) = broken.iter().find(negative) {
        say!(
            "warning[W1720]: the accounts have negative cells: {found}\n  = help: `accounts check` and studies \
             refuse them; look at what the recipe gives of that cell, and at inventories\n"
        );
    }
    match broken.iter().find(|identity| !negative(identity)) {
        None => Ok(()),
        Some(found) => {
            let message = format!("error[E1710]: the accounts would not hold: {found}");
            let help = "a region that invests or uses must have output; look at the cell named";
            Err(Stop::new(NOT_REPLICATED, format!("{message}\n  = help: {help}")))
        }
    }
}

/// Part of a group's flows on one route, in %, from which a difference from what is known is warned of.
const MISSED: f64 = 1.0;

/// Says how near the flows of groups came to those that are known.
fn tell_fits(fits: &[GroupFit], regions: &[String], accounts: &RegionalAccounts) {
    let all = accounts.trade.sum_to(&["source", "origin", "destination"]);
    for fit in fits {
        let (from, to) = fit.route;
        let off = 100.0 * fit.difference / all.at(&[0, from, to]).max(f64::MIN_POSITIVE);
        if fit.difference > 0.0 && off > MISSED {
            let (name, difference) = (&fit.name, fit.difference);
            say!(
                "warning[W1718]: known flows of `{name}` are missed by up to {difference:.3} ({} to {})\n  = help: \
                 supply and demand of its products do not allow them\n",
                regions[from],
                regions[to]
            );
        } else {
            println!("  known flows of `{}` are met", fit.name);
        }
    }
}

/// Gross product by region as built and as published, and a warning where they are far apart.
fn gross_product(accounts: &RegionalAccounts, published: &[Option<f64>]) -> Sheet {
    let built = gross_domestic_product(accounts).production;
    let names = accounts.sets.region.labels.iter();
    let mut far = vec![];
    let mut lines = vec![];
    for ((name, built), published) in names.zip(built).zip(published) {
        let Some(published) = *published else { continue };
        let off = 100.0 * (built / published - 1.0);
        if off.is_nan() || off.abs() > FAR {
            far.push(format!("{name} ({off:+.1} %)"));
        }
        lines.push(Line { labels: vec![name.clone()], values: vec![built, published, off] });
    }
    if !far.is_empty() {
        say!(
            "warning[W1712]: gross product is more than {FAR} % off the published one: {}\n  = help: \
             give `regions.value_added`, or correct `regions.output`\n",
            far.join(", ")
        );
    }
    let unit = accounts.output.unit.to_string();
    Sheet {
        title: "Gross regional product against the published one".to_owned(),
        labels: vec!["Region".to_owned()],
        columns: vec![
            column("Built", &unit, 1),
            column("Published", &unit, 1),
            column("Off by", "%", 1),
        ],
        lines,
    }
}

/// Difference of a gross product, in %, from which it is warned of.
const FAR: f64 = 5.0;

fn refused(error: &RegionaliseError) -> Stop {
    Stop::new(INPUT, format!("error[E1710]: {error}\n  = help: {}", error.help()))
}

/// Distance of accounts to a TERM database, by table.
fn compare_database(accounts: &RegionalAccounts, path: &Path) -> Result<(), Stop> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| {
        Stop::new(INPUT, format!("error[E0300]: cannot read `{name}`: {error}"))
    })?;
    let file = formats::har::read(&name, &bytes).map_err(|found| {
        let help = "for the table of one of the regions, say whose it is with --compare-region";
        Stop::new(INPUT, format!("{}\n  = help: {help}", wrong(&found).message.trim_end()))
    })?;
    let tables = term_database::compare(accounts, &name, &file).map_err(|found| wrong(&found))?;
    let line = |table: TableDistance| Line {
        labels: vec![table.name.to_owned()],
        values: vec![100.0 * table.error, 100.0 * table.within],
    };
    let sheet = Sheet {
        title: format!("Distance to {name}"),
        labels: vec!["Table".to_owned()],
        columns: vec![column("Off by", "% of sum", 4), column("Within 1 %", "% of cells", 1)],
        lines: tables.into_iter().map(line).collect(),
    };
    print!("\n{}", sheet.text(usize::MAX));
    Ok(())
}

/// Writes the table of one region and says what was found.
fn write_region(what: &Regionalise, one: &One, found: &Estimate) -> Result<(), Stop> {
    let mut table = found.table(&one.nation, &one.known, &one.name);
    table.name = format!("{} {}", one.name, one.year);
    table.unit.clone_from(&one.money);
    for row in &mut table.primary_inputs {
        row.unit.clone_from(&one.money);
    }
    files::write_parts(&what.out, &table_folder::write(&table, table_folder::Cells::Csv))?;
    println!(
        "{}: {} industries; table written to {}",
        one.name,
        table.industries.len(),
        what.out.display()
    );
    if (found.agreement - 1.0).abs() > 1e-9 {
        println!(
            "  inputs known by product are {:.4} of those known by industry; products were scaled",
            found.agreement
        );
    }
    let labels = &one.nation.industries;
    if !found.overused.is_empty() {
        let named: Vec<&str> = found.overused.iter().map(|at| labels[*at].as_str()).collect();
        println!("  known uses leave nothing for industries of: {}", named.join(", "));
    }
    Ok(())
}

/// Distance of every method to an official table of the region.
fn compare_one(what: &Regionalise, one: &One, path: &Path) -> Result<(), Stop> {
    let official = official(what, &one.nation.industries, &one.known, path)?;
    let lines = compare(&one.nation, &one.known, &official).map_err(|error| refused(&error))?;
    print_distances(path, &lines, None);
    Ok(())
}

/// Distance of one region of many to its official table, beside methods that know its output alone.
fn compare_among(
    what: &Regionalise,
    accounts: &RegionalAccounts,
    nation: &Nation,
    name: &str,
    path: &Path,
) -> Result<(), Stop> {
    let at = accounts.sets.region.position(name).unwrap_or_default();
    let output = accounts.output.sum_to(&["industry", "region"]);
    let output = (0..nation.industries.len()).map(|i| output.at(&[i, at])).collect();
    let known = Known { output, ..Known::default() };
    let official = official(what, &nation.industries, &known, path)?;
    let lines = compare(nation, &known, &official).map_err(|error| refused(&error))?;
    let ours = deviation(&own_inputs(accounts, &[at]), &official, &known.output)
        .ok_or_else(|| Stop::new(INPUT, "error[E1710]: a table has no multipliers".to_owned()))?;
    print_distances(path, &lines, Some(&ours));
    Ok(())
}

/// Flows of an official table from the region itself, at the output that is known.
fn official(
    what: &Regionalise,
    labels: &[String],
    known: &Known,
    path: &Path,
) -> Result<Matrix, Stop> {
    let source = tables::source(path)?;
    let layout = what.compare_from.unwrap_or(Layout::Sheet);
    let table = tables::input_output(layout, &source, what.compare_sheet.as_deref())?.table;
    let found = official_inputs(&table, labels, known, what.flows == Flows::Anywhere);
    found.map_err(|why| {
        let help = "name industries alike or aggregate one of the two; for flows from anywhere give `outflow` \
                    and `inflow` in the recipe";
        Stop::new(INPUT, format!("error[E1709]: {}: {why}\n  = help: {help}", path.display()))
    })
}

fn print_distances(path: &Path, lines: &[Compared], ours: Option<&Deviation>) {
    let line = |known: &str, method: &str, deviation: &Deviation| Line {
        labels: vec![known.to_owned(), method.to_owned()],
        values: figures(deviation),
    };
    let ours = ours.map(|deviation| line("all regions", "this recipe", deviation));
    let sheet = Sheet {
        title: format!("Distance of estimates to {}: inputs from the region", path.display()),
        labels: vec!["Known".to_owned(), "Method".to_owned()],
        columns: COLUMNS.map(|(name, unit)| column(name, unit, 2)).to_vec(),
        lines: lines
            .iter()
            .map(|each| line(each.knowledge.name(), &each.method, &each.deviation))
            .chain(ours)
            .collect(),
    };
    print!("\n{}", sheet.text(usize::MAX));
}

/// Columns of a comparison.
const COLUMNS: [(&str, &str); 5] = [
    ("Flows", "% of sum"),
    ("Coefficients", "% of sum"),
    ("Multipliers", "% on mean"),
    ("less 1", "% of sum"),
    ("bias", "100 × mean"),
];

fn figures(deviation: &Deviation) -> Vec<f64> {
    let Deviation { flows, coefficients, multipliers, indirect, bias } = *deviation;
    [flows, coefficients, multipliers, indirect, bias].map(|each| 100.0 * each).to_vec()
}

pub(crate) fn aggregate(what: &Aggregate) -> Result<(), Stop> {
    let wrong = |findings: &Findings, files: &Files| {
        Stop::new(INPUT, render(findings, |file| files.get(file).cloned(), Style::Plain))
    };
    let text = files::read(&what.concordance)?;
    let name = what.concordance.display().to_string();
    let concordance = concordance(&name, &text)
        .map_err(|findings| wrong(&findings, &Files::from([(name.clone(), text.clone())])))?;
    let way = if what.disaggregate { Direction::Disaggregate } else { Direction::Aggregate };
    let unfit = |error| Stop::new(INPUT, format!("error[E1711]: {name}: {error}"));
    if tables::is_table_folder(&what.folder) {
        let table = tables::table_folder(&what.folder)?.table;
        let changed = input_output(&table, &concordance, way).map_err(unfit)?;
        files::write_parts(&what.out, &table_folder::write(&changed, table_folder::Cells::Csv))?;
        let (regions, n) = (changed.regions().len(), changed.industries.len());
        let out = what.out.display();
        println!("{regions} regions, {n} industries of all regions; table written to {out}");
        return Ok(());
    }
    let tables = study::inputs::read_folder(&what.folder)
        .map_err(|findings| wrong(&findings, &Files::new()))?;
    let accounts = formats::folder::read(&tables).map_err(|findings| wrong(&findings, &tables))?;
    let changed = regional(&accounts, &concordance, way).map_err(unfit)?;
    write(&what.out, &changed)
}

fn concordance(name: &str, text: &str) -> Result<Concordance, Findings> {
    let mut findings = Findings::default();
    let columns = ["axis", "fine", "coarse", "weight"];
    let mut concordance = Concordance::default();
    if let Some(sheet) = formats::sheet::Sheet::parse(name, text, &columns, &mut findings) {
        for row in &sheet.rows {
            let weight = sheet.number(row, "weight", &mut findings).unwrap_or(1.0);
            let own = |column: &str| sheet.text(row, column).to_owned();
            let link = Link { fine: own("fine"), coarse: own("coarse"), weight };
            concordance.add(own("axis"), link);
        }
    }
    if findings.has_errors() { Err(findings) } else { Ok(concordance) }
}

fn write(out: &Path, accounts: &RegionalAccounts) -> Result<(), Stop> {
    let tables = formats::folder::write(accounts);
    files::write(out, &tables)?;
    let sets = &accounts.sets;
    println!(
        "{} regions, {} industries, {} products; {} tables written to {}",
        sets.region.len(),
        sets.industry.len(),
        sets.product.len(),
        tables.len(),
        out.display()
    );
    Ok(())
}
