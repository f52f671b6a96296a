//! Input-output tables by name: accounts that ship with the program, folders, and every format that
//! `ironbelt accounts import` reads.

use std::path::Path;

use accounts::InputOutputTable;
use accounts::analysis::roles::{RoleNames, Roles};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use diagnostics::Findings;
use formats::catalogue;
pub(crate) use formats::catalogue::Format as Layout;
use formats::import::Imported;
use formats::source::Source;
use formats::table_folder;
use study::folder::Disk;
use study::inputs::Inputs;
use study::spec::Names;

use crate::render::{Style, render};
use crate::{INPUT, Stop};

/// How the table on the command line is to be read.
#[derive(Args)]
pub(crate) struct TableOptions {
    /// Format of the table, as of `accounts import`; without one, a folder of regional accounts or
    /// one that `accounts import` wrote.
    #[arg(long, value_parser = layouts(), value_name = "FORMAT")]
    from: Option<Layout>,
    /// Sheet of the workbook, for the format `sheet`; without one, the first.
    #[arg(long)]
    sheet: Option<String>,
    /// Primary input that is household income, by part of its name; may be repeated.
    #[arg(long, value_name = "NAME")]
    income: Vec<String>,
    /// Column of consumption by households, by part of its name; may be repeated.
    #[arg(long, value_name = "NAME")]
    households: Vec<String>,
    /// Column of investment, by part of its name; may be repeated.
    #[arg(long, value_name = "NAME")]
    investment: Vec<String>,
    /// Row of an extension that counts jobs, by part of its name; may be repeated.
    #[arg(long, value_name = "NAME")]
    jobs: Vec<String>,
}

impl TableOptions {
    /// The table of that name or path.
    pub(crate) fn read(&self, name: &str, beside: &Path) -> Result<Loaded, Stop> {
        if let Some(layout) = self.from {
            let source = source(&beside.join(name))?;
            let imported = input_output(layout, &source, self.sheet.as_deref())?;
            return Ok(Loaded::of_imported(imported));
        }
        let folder = beside.join(name);
        if is_table_folder(&folder) {
            return Ok(Loaded::of_imported(table_folder(&folder)?));
        }
        let inputs = Inputs::load(name, &Disk(beside.to_owned())).map_err(|found| {
            let hint = "\n  = help: for a table in another program's format, say which with --from";
            let stop = wrong(&found);
            Stop::new(INPUT, stop.message.trim_end().to_owned() + hint)
        })?;
        Ok(Loaded {
            table: InputOutputTable::from(&inputs.accounts),
            year: Some(inputs.accounts.base_year),
            names: inputs.names,
        })
    }

    /// Which of its rows and columns are what.
    pub(crate) fn roles(&self, table: &InputOutputTable) -> Result<Roles, Stop> {
        let names = RoleNames {
            income: self.income.clone(),
            households: self.households.clone(),
            investment: self.investment.clone(),
            jobs: self.jobs.clone(),
        };
        let roles = Roles::of(table, &names);
        let unmet = [
            ("--income", &names.income, roles.income.is_empty()),
            ("--households", &names.households, roles.households.is_empty()),
            ("--investment", &names.investment, roles.investment.is_empty()),
            ("--jobs", &names.jobs, roles.jobs.is_none()),
        ];
        match unmet.into_iter().find(|(_, given, missing)| !given.is_empty() && *missing) {
            None => Ok(roles),
            Some((flag, given, _)) => {
                let given = given.join("`, `");
                let message = format!("error[E1508]: nothing in the table fits {flag} `{given}`");
                Err(Stop::new(INPUT, message + "\n  = help: " + &offered(flag, table)))
            }
        }
    }
}

/// Names that a flag can take.
fn offered(flag: &str, table: &InputOutputTable) -> String {
    let mut names: Vec<&str> = match flag {
        "--income" => table.primary_inputs.iter().map(|row| row.name.as_str()).collect(),
        "--jobs" => table
            .extensions
            .iter()
            .flat_map(|each| each.rows.iter().map(|row| row.name.as_str()))
            .collect(),
        _ => table.categories.iter().map(|label| label.name.as_str()).collect(),
    };
    names.sort_unstable();
    names.dedup();
    names.truncate(12);
    if names.is_empty() {
        return "it has no such names at all".to_owned();
    }
    format!("the names are {}", names.join("; "))
}

/// A table, with what events call its regions and industries.
pub(crate) struct Loaded {
    pub(crate) table: InputOutputTable,
    pub(crate) names: Names,
    /// Year of regional accounts.
    pub(crate) year: Option<u16>,
}

impl Loaded {
    /// Tells where the table does not add up: what is computed from it is off by as much.
    fn of_imported(imported: Imported) -> Self {
        for identity in &imported.broken {
            say!(
                "warning[W1314]: {identity}\n  = help: see `ironbelt accounts check`; correct the table or \
                 balance it first"
            );
        }
        Self::of_table(imported.table)
    }

    fn of_table(mut table: InputOutputTable) -> Self {
        if table.regions() == [""] {
            let labels = table.industries.iter_mut().chain(&mut table.categories);
            labels.for_each(|label| "all".clone_into(&mut label.region));
        }
        let regions: Vec<String> = table.regions().into_iter().map(str::to_owned).collect();
        let mut seen = std::collections::BTreeSet::new();
        let industries = table.industries.iter().map(|label| label.name.clone());
        let industries = industries.filter(|name| seen.insert(name.clone())).collect();
        let names = Names {
            home: String::new(),
            home_regions: vec![],
            regions,
            industries,
            industry_codes: vec![],
            margins: vec![],
        };
        Self { table, names, year: None }
    }
}

/// Whether a folder holds an input-output table that `accounts import` or `regionalise` wrote.
pub(crate) fn is_table_folder(folder: &Path) -> bool {
    ["industries.csv", "primary_inputs.csv"].iter().all(|name| folder.join(name).is_file())
}

/// The table in such a folder.
pub(crate) fn table_folder(folder: &Path) -> Result<Imported, Stop> {
    table_folder::read(&source(folder)?).map_err(|found| wrong(&found))
}

pub(crate) fn source(path: &Path) -> Result<Source, Stop> {
    catalogue::open(path).map_err(|found| wrong(&found))
}

/// An input-output table in one of the formats that have one.
pub(crate) fn input_output(
    layout: Layout,
    source: &Source,
    sheet: Option<&str>,
) -> Result<Imported, Stop> {
    catalogue::input_output(layout, source, sheet).map_err(|findings| wrong(&findings))
}

/// Reads one of some names, and lists them with what they are in the help.
pub(crate) fn by_name<T: Clone + Send + Sync + 'static>(
    names: impl IntoIterator<Item = (&'static str, &'static str)>,
    find: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    let possible = names.into_iter().map(|(name, about)| PossibleValue::new(name).help(about));
    PossibleValuesParser::new(possible)
        .try_map(move |name| find(&name).ok_or("not one of the possible values"))
}

/// Formats by name.
pub(crate) fn layouts() -> impl TypedValueParser<Value = Layout> {
    by_name(Layout::ALL.map(|(_, name, about)| (name, about)), Layout::named)
}

pub(crate) fn wrong(findings: &Findings) -> Stop {
    Stop::new(INPUT, render(findings, |_| None, Style::Plain))
}
