//! `ironbelt model doctor`: the laws that a database and closure obey.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use study::inputs::checksum_of;
use term::Law;

use super::{closure, database, failed, read_bytes, shown};
use crate::{Format, NOT_REPLICATED, Stop};

/// What to check.
#[derive(Args)]
pub(crate) struct Doctor {
    /// Database: a GEMPACK header array file.
    #[arg(long)]
    database: PathBuf,
    /// Closure: `short-run` (as without it), `long-run`, `dynamic`, or a file.
    #[arg(long)]
    closure: Option<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Prints each law with its deviation and limit, and what was checked.
pub(super) fn run(asked: &Doctor) -> Result<(), Stop> {
    let (_, database) = database(&asked.database)?;
    let (text, closure) = closure(asked.closure.as_deref(), &database)?;
    let laws = term::laws(&database, &closure)
        .map_err(|failure| failed(&failure, asked.format, &[&text]))?;
    let bytes = read_bytes(&asked.database)?;
    let file = format!("{}, SHA-256 {}", shown(&asked.database), checksum_of(&bytes));
    let instance = term::describe(&database, &closure);
    match asked.format {
        Format::Text => {
            println!("{file}");
            for line in instance {
                println!("{line}");
            }
            println!("\n{:<62}{:>12}{:>10}", "Law", "deviation", "limit");
            for law in &laws {
                let said = if law.holds() { "holds" } else { "BROKEN" };
                println!("{:<62}{:>12.1e}{:>10.0e}  {said}", law.name, law.deviation, law.limit);
            }
        }
        Format::Json => {
            let rows: Vec<Value> = laws.iter().map(row).collect();
            println!("{}", json!({"database": file, "instance": instance, "laws": rows}));
        }
    }
    match laws.iter().filter(|law| !law.holds()).count() {
        0 => Ok(()),
        broken => Err(Stop::new(NOT_REPLICATED, format!("error: {broken} laws are broken"))),
    }
}

fn row(law: &Law) -> Value {
    json!({
        "law": law.name,
        "deviation": law.deviation,
        "limit": law.limit,
        "holds": law.holds(),
    })
}
