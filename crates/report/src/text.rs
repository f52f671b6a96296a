//! The summary a run prints: plain text, aligned columns, at most [`WIDTH`] columns wide.
//!
//! The answer comes first, then the tables behind it, then how far it can be trusted.
//! Not here: the tables' contents (`tables`), progress and errors of a run (crate `cli`).

use study::results::{ImpliedFigure, ParameterNote, Results};

use crate::facts::Facts;
use crate::findings;
use crate::number::{self, count};
use crate::tables;

pub(crate) mod grid;

use grid::{block, one_line};

/// Widest line of the summary.
pub const WIDTH: usize = 100;

/// Tables before those of net effects.
const BEFORE_NET: usize = 5;

/// The summary of a run, ending with a newline.
pub fn summary(results: &Results) -> String {
    let facts = Facts::new(results);
    let mut blocks = vec![
        heading(&facts),
        format!(
            "{}{}",
            grid::wrapped(&one_line(&findings::answer(&facts)), ""),
            remembered(&facts)
        ),
    ];
    let tables = [
        tables::headline(&facts),
        tables::areas(&facts),
        tables::years(&facts),
        tables::targets(&facts),
        tables::contributions(&facts),
        tables::costs(&facts),
        tables::industries(&facts, tables::FEW_INDUSTRIES),
    ];
    let net =
        [tables::net_effects(&facts), tables::value_for_money(&facts), tables::projects(&facts)];
    let net = net.iter().filter(|table| !table.rows.is_empty());
    let (first, last) = tables.split_at(BEFORE_NET);
    blocks.extend(first.iter().chain(net).chain(last).map(block));
    let method = one_line(&results.decomposition.statement);
    if !method.is_empty() {
        blocks.push(grid::wrapped(&format!("Contributions by {method}."), ""));
    }
    let implied = tables::implied(&facts);
    blocks.extend((!implied.rows.is_empty()).then(|| block(&implied)));
    blocks.push(trust(&facts));
    blocks.join("\n")
}

/// Published figures beside those that the model implies, with sources and how they are measured.
pub fn implied(figures: &[ImpliedFigure]) -> String {
    let notes = figures.iter().map(|each| {
        let line = format!("{}: {}. Source: {}.", each.what, each.method, each.source);
        grid::wrapped(&one_line(&line), "  ")
    });
    format!(
        "{}\nHow each is measured\n{}",
        block(&tables::implied_of(figures)),
        notes.collect::<String>()
    )
}

/// Title and what it is about.
fn heading(facts: &Facts) -> String {
    let study = &facts.results.study;
    let title = one_line(&study.title);
    let about = one_line(&findings::setting(facts));
    format!(
        "{title}\n{}\n{}",
        "=".repeat(grid::width(&title).min(WIDTH)),
        grid::wrapped(&about, "")
    )
}

/// The sentences to remember, one under the other.
fn remembered(facts: &Facts) -> String {
    findings::findings(facts).iter().map(|each| grid::wrapped(&one_line(each), "  ")).collect()
}

/// Solves, checks and parameters: how far the numbers can be trusted.
fn trust(facts: &Facts) -> String {
    let lines = trust_lines(facts);
    let wrapped = lines.iter().map(|line| grid::wrapped(line, "  "));
    format!("How far to trust this\n{}", wrapped.collect::<String>())
}

/// The same as sentences.
pub(crate) fn trust_lines(facts: &Facts) -> Vec<String> {
    vec![solves(facts), checks(facts), parameters(facts)]
}

/// All solved, or how many not; the largest deviation.
pub(crate) fn solves(facts: &Facts) -> String {
    let (solved, all) = facts.solved();
    let worst = number::scientific(facts.worst_certificate());
    let lead = match all - solved {
        0 if all == 0 => return "Solves: none recorded.".to_owned(),
        0 => format!("all {} solved", count(all)),
        failed => format!("{} of {} NOT SOLVED", count(failed), count(all)),
    };
    format!("Solves: {lead}; largest recomputed deviation {worst} of total output.")
}

/// How many plausibility checks hold.
fn checks(facts: &Facts) -> String {
    let checks = &facts.results.plausibility;
    let broken: Vec<&str> =
        checks.iter().filter(|each| !each.holds).map(|each| each.expectation.as_str()).collect();
    match broken.as_slice() {
        _ if checks.is_empty() => "Plausibility checks: none.".to_owned(),
        [] => format!("Plausibility checks: all {} hold.", count(checks.len())),
        broken => format!(
            "Plausibility checks: {} of {} DO NOT HOLD: {}.",
            count(broken.len()),
            count(checks.len()),
            one_line(&broken.join("; ")),
        ),
    }
}

/// How many parameters are not verified.
fn parameters(facts: &Facts) -> String {
    let all = &facts.results.parameters;
    let unverified = all.iter().filter(|each| is_unverified(each)).count();
    let assumed = all.iter().filter(|each| each.status == "assumption").count();
    let hint = if unverified + assumed > 0 { "; the report lists and marks them" } else { "" };
    format!(
        "Parameters: {} used, {} unverified, {} by assumption{hint}.",
        count(all.len()),
        count(unverified),
        count(assumed),
    )
}

/// Whether nobody has checked the parameter at a source, which an assumption does not claim.
pub(crate) fn is_unverified(parameter: &ParameterNote) -> bool {
    !matches!(parameter.status.as_str(), "verified_at_source" | "secondary_source" | "assumption")
}
