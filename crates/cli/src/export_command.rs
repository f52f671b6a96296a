//! `ironbelt accounts export`: accounts and input-output tables for other programs.

use std::path::{Path, PathBuf};

use accounts::{InputOutputTable, RegionalAccounts};
use clap::{Args, ValueEnum};
use formats::har::{self, HarFile};
use formats::term_database::{self, Elasticities};
use study::folder::Disk;
use study::inputs::Inputs;
use study::parameters::Parameters;

use crate::tables::{self, wrong};
use crate::{INPUT, Stop, USAGE, files};

/// What to export.
#[derive(Args)]
pub(crate) struct Export {
    /// Accounts that ship (`liaoning-2017`), a recipe, a folder of regional accounts, or one of an
    /// input-output table.
    accounts: String,
    /// File or folder to write.
    out: PathBuf,
    /// What to write; without it, header arrays in a `.har` file and a workbook in an `.xlsx` file.
    #[arg(long = "as", value_enum, value_name = "KIND")]
    kind: Option<Kind>,
}

/// What is written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Header arrays with every table (GEMPACK, `ViewHAR`, harpy).
    Har,
    /// A TERM database with the flows of regional accounts (`ironbelt model run`, GEMPACK).
    Term,
    /// The folder that `pymrio.load_all` reads.
    Pymrio,
    /// A workbook with the input-output table on a sheet.
    Workbook,
}

/// What is exported.
enum Content {
    Accounts(Box<RegionalAccounts>),
    Table(Box<InputOutputTable>),
}

pub(crate) fn run(what: &Export) -> Result<(), Stop> {
    let kind = kind(what)?;
    let out = what.out.display();
    let content = content(&what.accounts)?;
    let table = || match &content {
        Content::Accounts(accounts) => InputOutputTable::from(&**accounts),
        Content::Table(table) => (**table).clone(),
    };
    let summary = match (kind, &content) {
        (Kind::Har, Content::Accounts(accounts)) => {
            header_arrays(&har::tables::of_accounts(accounts), &what.out)?
        }
        (Kind::Har, Content::Table(table)) => {
            header_arrays(&har::tables::of_input_output(table), &what.out)?
        }
        (Kind::Term, Content::Accounts(accounts)) => {
            let parameters = Parameters::default();
            let file = term_database::of_accounts(accounts, &elasticities(&parameters));
            let summary = header_arrays(&file.map_err(|found| wrong(&found))?, &what.out)?;
            println!("{}", sources(&parameters));
            summary
        }
        (Kind::Term, Content::Table(_)) => {
            let message = "error[E1714]: an input-output table does not make a TERM database";
            let help = "it needs regional accounts: `ironbelt accounts regionalise` makes them";
            return Err(Stop::new(INPUT, format!("{message}\n  = help: {help}")));
        }
        (Kind::Pymrio, _) => {
            let table = table();
            let parts = formats::exiobase::write(&table);
            files::write_parts(&what.out, &parts)?;
            format!("{} files", parts.len())
        }
        (Kind::Workbook, _) => {
            let book = report::table_book::table_book(&table())
                .map_err(|why| Stop::new(INPUT, format!("error[E1714]: {why}")))?;
            files::write_bytes(&what.out, &book)?;
            "flows, final demand, primary inputs and output".to_owned()
        }
    };
    println!("{summary} written to {out}");
    Ok(())
}

fn kind(what: &Export) -> Result<Kind, Stop> {
    let ending = what.out.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    match (what.kind, ending.as_deref().and_then(|ending| ending.to_str())) {
        (Some(kind), _) => Ok(kind),
        (None, Some("har")) => Ok(Kind::Har),
        (None, Some("xlsx")) => Ok(Kind::Workbook),
        _ => {
            let message = format!("error[E1714]: what is `{}` to hold?", what.out.display());
            let help =
                "name a file that ends in .har or .xlsx, or say --as har, term, pymrio, workbook";
            Err(Stop::new(USAGE, format!("{message}\n  = help: {help}")))
        }
    }
}

fn content(name: &str) -> Result<Content, Stop> {
    let folder = Path::new(name);
    if tables::is_table_folder(folder) {
        return Ok(Content::Table(Box::new(tables::table_folder(folder)?.table)));
    }
    let inputs = Inputs::load(name, &Disk(PathBuf::new())).map_err(|found| wrong(&found))?;
    Ok(Content::Accounts(Box::new(inputs.accounts)))
}

fn header_arrays(file: &HarFile, out: &Path) -> Result<String, Stop> {
    let bytes = har::write(file).map_err(|findings| wrong(&findings))?;
    files::write_bytes(out, &bytes)?;
    Ok(format!("{} headers", file.headers.len()))
}

/// Transformation between the products of an industry, which no study needs.
const TRANSFORMATION: f64 = 2.0;

/// Elasticities of a TERM database, from the parameters that ship.
fn elasticities(parameters: &Parameters) -> Elasticities {
    let of = |name: &str| parameters.get(name);
    Elasticities {
        occupations: of("sigma_skill"),
        primary_factors: of("sigma_value_added"),
        sources: of("sigma_armington"),
        origins: of("sigma_regions"),
        exports: of("export_elasticity"),
        margins: of("sigma_margin"),
        transformation: TRANSFORMATION,
        frisch: of("frisch"),
    }
}

/// Where they are from.
fn sources(parameters: &Parameters) -> String {
    let names = [
        ("SLAB", "sigma_skill"),
        ("P028", "sigma_value_added"),
        ("P015", "sigma_armington"),
        ("SGDD", "sigma_regions"),
        ("P018", "export_elasticity"),
        ("SMAR", "sigma_margin"),
        ("P021", "frisch"),
    ];
    let line = |(headers, name): (&str, &str)| {
        parameters.find(name).map(|each| {
            let status = each.status.word().replace('_', " ");
            format!("  {headers:<10}{:>6}  {} ({status})", each.value, each.source)
        })
    };
    let lines: Vec<String> = names.into_iter().filter_map(line).collect();
    format!(
        "Elasticities, the same everywhere; XPEL is 1:\n{}\n  SCET      {TRANSFORMATION:>6}  TERM database for \
         Finland, most industries (verified at source)",
        lines.join("\n")
    )
}
