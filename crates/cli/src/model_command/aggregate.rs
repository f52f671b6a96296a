//! `ironbelt model aggregate`: a TERM database with fewer products, industries, occupations, regions.

use std::path::PathBuf;

use clap::Args;
use formats::har::{self, Dimension, HarFile, Header};
use term::{Database, Index};

use super::{database, read_text, wrong};
use crate::{Stop, files};

/// What to aggregate.
#[derive(Args)]
pub(crate) struct Aggregate {
    /// Database: a GEMPACK header array file.
    #[arg(long)]
    database: PathBuf,
    /// Concordance: csv with `set,from,to`; sets are COM, IND, OCC, REGD.
    #[arg(long)]
    concordance: PathBuf,
    /// Header array file to write.
    #[arg(long)]
    out: PathBuf,
}

/// Writes the coarser database.
pub(super) fn run(asked: &Aggregate) -> Result<(), Stop> {
    let (_, fine) = database(&asked.database)?;
    let text = read_text(&asked.concordance)?;
    let coarse = term::aggregated(&fine, &text.name, &text.content)
        .map_err(|findings| wrong(&findings, &[&text]))?;
    let bytes = har::write(&file(&coarse)).map_err(|findings| wrong(&findings, &[]))?;
    files::write_bytes(&asked.out, &bytes)?;
    let sets = &coarse.sets;
    println!(
        "{} products, {} industries, {} occupations, {} regions written to {}",
        sets.products.len(),
        sets.industries.len(),
        sets.occupations.len(),
        sets.regions.len(),
        asked.out.display()
    );
    Ok(())
}

/// A database as a header array file: sets, then arrays with their sets.
fn file(database: &Database) -> HarFile {
    let sets = &database.sets;
    let lists = [
        ("COM", "Products", &sets.products),
        ("MAR", "Margins", &sets.margins),
        ("IND", "Industries", &sets.industries),
        ("OCC", "Occupations", &sets.occupations),
        ("REGD", "Regions", &sets.regions),
    ];
    let texts = lists.map(|(name, long_name, list)| Header::of_texts(name, long_name, list));
    let arrays = database.headers().into_iter().map(|(name, (indices, cells))| {
        let dimension = |index: &Index| Dimension::set(index.name(), &index.elements(sets));
        let over = indices.iter().map(dimension).collect();
        Header::of_reals(name, &long_name(indices), over, cells)
    });
    HarFile::of(texts.into_iter().chain(arrays).collect())
}

fn long_name(indices: &[Index]) -> String {
    let names: Vec<&str> = indices.iter().map(|index| index.name()).collect();
    format!("over {}", names.join(" x "))
}
