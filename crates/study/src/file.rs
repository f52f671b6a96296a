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
//! | `baseline` | growth without the programme, given paths and their shifters |
//! | `macros`  | observations, targets                                       |
//! | `levers`  | the levers                                                  |
//! | `mix`     | intensities and costs that a cheapest mix is chosen from     |
//! | `event`   | event files, which use the same parts                       |
//! | `pipeline` | table of projects, counts of earlier ones, unnamed ones    |
//! | `uncertainty` | figures of data/uncertainty.csv set by the study        |
//! | `rules`   | rules that score a negative list                            |
//!
//! Not here: running a study (`crate::run`), reading the accounts (`accounts`).

mod baseline;
pub mod code;
mod context;
mod event;
mod field;
mod head;
mod levers;
pub(crate) mod macros;
mod mix;
mod names;
mod pipeline;
mod rules;
mod section;
mod syntax;
#[cfg(test)]
mod tests;
mod uncertainty;

use diagnostics::Findings;

pub use event::parse_event;
pub use rules::parse_rules;

use crate::negative_list;
use crate::spec::{Names, NegativeList, Source, Study};
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
    let mut study = study.filter(|_| !findings.has_errors());
    if let Some(study) = study.as_mut().filter(|study| has_shipped_list(study)) {
        let file = |name, text| negative_list::File { name, text };
        let shipped = [
            file(negative_list::RULES_NAME, negative_list::RULES),
            file(negative_list::LIST_NAME, negative_list::LIST),
        ];
        findings.extend(negative_list::read(study, file(file_name, text), shipped, names));
    }
    (study.filter(|_| !findings.has_errors()), findings)
}

/// Whether a study reads barriers from the list that ships with the program.
fn has_shipped_list(study: &Study) -> bool {
    let NegativeList { rules, list, .. } = &study.negative_list;
    rules.is_none() && list.is_none() && negative_list::is_asked(study)
}

/// `[negative_list]`, which may be missing: files of rules and of entries.
fn negative_list_files(root: &Section<'_>) -> NegativeList {
    let found = root.find("negative_list");
    let section = found.and_then(|field| Section::of(&field, "[negative_list]".to_owned()));
    let Some(section) = section else { return NegativeList::default() };
    let file = |key| section.find(key).and_then(|field| field.text());
    let files =
        NegativeList { rules: file("rules"), list: file("list"), ..NegativeList::default() };
    section.finish();
    files
}

/// The accounts that a study file names, before the accounts are read: `accounts = "…"`.
pub fn accounts_of(text: &str) -> Option<String> {
    let names = Names::default();
    let context = Context::new("", text, &names);
    let root = syntax::read(&context)?;
    root.as_table()?.get("accounts")?.as_str().map(str::to_owned)
}

/// The home regions that a study file names, before the accounts are read: `home = ["…"]`.
pub fn home_of(text: &str) -> Vec<String> {
    let names = Names::default();
    let context = Context::new("", text, &names);
    let Some(root) = syntax::read(&context) else { return vec![] };
    let Some(home) = root.as_table().and_then(|root| root.get("home")) else { return vec![] };
    let list = home.as_array().map_or_else(|| vec![home], |list| list.iter().collect());
    list.into_iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// Persons employed that a study file gives for accounts without any: number, source, status.
pub(crate) fn employment_of(text: &str) -> Option<(f64, Source)> {
    let names = Names::default();
    let context = Context::new("", text, &names);
    let root = syntax::read(&context)?;
    head::employment(&Section::root(&context, &root))
}

fn read(root: &Section<'_>) -> Study {
    head::format(root);
    head::home(root);
    head::employment(root);
    let years = head::years(root);
    let exchange_rate = head::exchange_rate(root);
    let parameters = head::parameters(root);
    let mut unnamed = Vec::new();
    let pipeline = pipeline::read(root, &mut unnamed);
    root.context.counts.borrow_mut().clone_from(&pipeline.counts);
    let mut levers = levers::read(root);
    levers.append(&mut unnamed);
    let as_of = root.want("as_of", String::new(), macros::date);
    Study {
        title: root.need("title", field::Field::text),
        description: root.want("description", String::new(), field::Field::text),
        accounts: root.need("accounts", field::Field::text),
        closure: root.want("closure", crate::spec::Closure::default(), field::Field::word),
        numeraire: root.want("numeraire", crate::spec::Numeraire::default(), field::Field::word),
        dynamics: head::dynamics(root),
        baseline: baseline::read(root),
        observations: macros::observations(root, &as_of),
        observation_files: root.want("observation_files", vec![], |field| {
            field.list("file names")?.iter().map(field::Field::text).collect()
        }),
        as_of,
        targets: macros::targets(root),
        mix: mix::read(root, &levers),
        levers,
        pipeline,
        uncertainty: uncertainty::read(root),
        negative_list: negative_list_files(root),
        years,
        exchange_rate,
        parameters,
    }
}
