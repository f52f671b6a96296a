//! Study files: TOML in, a checked [`Study`] and all findings out.
//!
//! One run shows every finding of a file. The study is there only when none of them is an error.
//! The layout of the file is described in docs/study-file.md, the codes in docs/diagnostics.md.
//!
//! | module    | what                                                        |
//! |-----------|-------------------------------------------------------------|
//! | `syntax`  | TOML itself                                                 |
//! | `section` | a table of the file: required, optional and unknown keys    |
//! | `field`   | a value of the file: numbers, shares, years, money, words   |
//! | `names`   | regions, industries, indicators                             |
//! | `head`    | title, years, exchange rate, parameters                     |
//! | `macros`  | baseline, observations, targets                             |
//! | `levers`  | the levers                                                  |
//!
//! Not here: running a study (`crate::run`), reading the accounts (`accounts`).

pub mod code;
mod context;
mod field;
mod head;
mod levers;
mod macros;
mod names;
mod section;
mod syntax;
#[cfg(test)]
mod tests;

use diagnostics::Findings;

use crate::spec::{Names, Study};
use context::Context;
use section::Section;

/// Version of the layout that this program reads.
pub const FORMAT: i64 = 1;

/// Reads a study file.
///
/// - `file_name`: how the findings name the file.
/// - `text`: its content.
/// - `names`: what the accounts call their regions and industries.
/// - returns the study when no finding is an error, and all findings in the order of the file.
pub fn parse(file_name: &str, text: &str, names: &Names) -> (Option<Study>, Findings) {
    let context = Context::new(file_name, text, names);
    let study = syntax::read(&context).map(|root| {
        let section = Section::root(&context, &root);
        let study = read(&section);
        section.finish();
        study
    });
    let mut findings = context.into_findings();
    findings.sort_by_place();
    (study.filter(|_| !findings.has_errors()), findings)
}

/// The accounts that a study file names, before the accounts are read: `accounts = "…"`.
pub fn accounts_of(text: &str) -> Option<String> {
    let names = Names::default();
    let context = Context::new("", text, &names);
    let root = syntax::read(&context)?;
    root.as_table()?.get("accounts")?.as_str().map(str::to_owned)
}

fn read(root: &Section<'_>) -> Study {
    head::format(root);
    let years = head::years(root);
    let exchange_rate = head::exchange_rate(root);
    let parameters = head::parameters(root);
    Study {
        title: root.need("title", field::Field::text),
        description: root.want("description", String::new(), field::Field::text),
        accounts: root.need("accounts", field::Field::text),
        closure: root.want("closure", crate::spec::Closure::default(), field::Field::word),
        numeraire: root.want("numeraire", crate::spec::Numeraire::default(), field::Field::word),
        baseline: macros::baseline(root),
        observations: macros::observations(root),
        targets: macros::targets(root),
        levers: levers::read(root),
        years,
        exchange_rate,
        parameters,
    }
}
