//! What the numbers rest on: checks, parameters, accounts, solves, provenance.

use maud::{Markup, html};
use study::results::{ParameterNote, SolveRecord};

use super::parts::{section, shown};
use crate::facts::Facts;
use crate::number::{count, decimals, plain, scientific, signed};
use crate::table::{Mark, Table, figures, words};
use crate::tables;
use crate::text;

/// Checks of sign and size.
pub(super) fn plausibility(facts: &Facts) -> Markup {
    let columns = ["Expectation", "Found", "Holds", "Source"].map(words).to_vec();
    let mut table = Table::new("Plausibility checks", columns);
    for check in &facts.results.plausibility {
        let (mark, holds) =
            if check.holds { (Mark::Ordinary, "✓ yes") } else { (Mark::Warning, "✗ no") };
        let cells = [&check.expectation, &check.found, holds, &check.source];
        table.push(mark, cells.map(str::to_owned).to_vec());
    }
    section("plausibility", "Is it plausible?", "", shown(&table))
}

/// Published figures beside those of the runs.
pub(super) fn implied(facts: &Facts) -> Markup {
    if facts.results.implied.is_empty() {
        return html! {};
    }
    let table = tables::implied(facts);
    let columns = ["Figure", "How it is measured", "Source"].map(words).to_vec();
    let notes = facts
        .results
        .implied
        .iter()
        .map(|each| vec![each.what.clone(), each.method.clone(), each.source.clone()]);
    let notes = Table::new("How each is measured", columns).with(notes);
    let lead = "Measured on runs of the model on these accounts, not read from parameters.";
    section(
        "implied",
        "Does the model behave as the literature says?",
        lead,
        html! {
            (shown(&table))
            (shown(&notes))
        },
    )
}

/// Parameters with source and status, unverified ones marked.
pub(super) fn parameters(facts: &Facts) -> Markup {
    let columns = ["Parameter", "Value", "Unit", "Status", "Source"].map(words).to_vec();
    let mut table = Table::new("Parameters of the run", columns);
    for each in &facts.results.parameters {
        let mark = if text::is_unverified(each) { Mark::Warning } else { Mark::Ordinary };
        let cells = [&each.name, &each.value, &each.unit, &status(each), &each.source];
        table.push(mark, cells.map(ToOwned::to_owned).to_vec());
    }
    let lead = "Marked rows rest on memory: look them up before you rely on them.";
    section("parameters", "Parameters", lead, shown(&table))
}

/// The status in words, with a sign that does not rely on colour.
fn status(parameter: &ParameterNote) -> String {
    let words = match parameter.status.as_str() {
        "from_memory_check_before_use" => "from memory, check before use".to_owned(),
        status => status.replace('_', " "),
    };
    if text::is_unverified(parameter) { format!("⚠ {words}") } else { words }
}

/// Published totals against built ones.
pub(super) fn accounts(facts: &Facts) -> Markup {
    let mut table = Table::new("Published and built totals", vec![words("Total"), words("Unit")]);
    table.columns.extend(["Published", "Built"].map(|name| figures(name, "")));
    table.columns.push(figures("Deviation", "%"));
    table.columns.push(words("Note"));
    let rows = facts.results.totals.iter().map(|total| {
        let digits = decimals([Some(total.published)]).max(1);
        let deviation = 100.0 * (total.built - total.published) / total.published;
        vec![
            total.item.clone(),
            total.unit.clone(),
            plain(Some(total.published), digits),
            plain(Some(total.built), digits),
            signed(Some(deviation), 2),
            total.note.clone(),
        ]
    });
    section("accounts", "Accounts against published totals", "", shown(&table.with(rows)))
}

/// Solves with their certificates.
pub(super) fn solves(facts: &Facts) -> Markup {
    let mut table = Table::new("Solves", vec![words("Scenario"), words("Year"), words("Status")]);
    let certificate = ["Zero profit", "Market clearance", "Income balance", "Walras"];
    table.columns.extend(certificate.map(|name| figures(name, "")));
    table.columns.extend(["Newton steps", "Linear iterations"].map(|name| figures(name, "")));
    for solve in &facts.results.solves {
        let solved = solve.status.eq_ignore_ascii_case("solved");
        table.push(if solved { Mark::Ordinary } else { Mark::Warning }, solve_row(solve));
    }
    let lead =
        "Deviations are recomputed by other code from the solution, relative to total output.";
    section(
        "solves",
        "Solves and certificates",
        lead,
        html! {
            p { strong { (text::solves(facts)) } }
            details { summary { "Every solve" } (shown(&table)) }
        },
    )
}

fn solve_row(solve: &SolveRecord) -> Vec<String> {
    let each = solve.certificate;
    let deviations = [each.zero_profit, each.market_clearance, each.income_balance, each.walras];
    let mut cells = vec![solve.scenario.clone(), solve.year.to_string(), solve.status.clone()];
    cells.extend(deviations.map(|value| scientific(Some(value))));
    cells.extend([solve.newton_steps, solve.linear_iterations].map(count));
    cells
}

/// Version, settings and checksums.
pub(super) fn provenance(facts: &Facts) -> Markup {
    let from = &facts.results.provenance;
    let mut rows = vec![
        vec!["Ironbelt version".to_owned(), from.version.clone()],
        vec!["Settings".to_owned(), from.settings.clone()],
        vec!["Study file, SHA-256".to_owned(), from.study_sha256.clone()],
    ];
    rows.extend(
        from.inputs.iter().map(|(name, hash)| vec![format!("{name}, SHA-256"), hash.clone()]),
    );
    let table = Table::new("What was run", vec![words("Item"), words("Value")]).with(rows);
    section("provenance", "Provenance", "", html! { div.hashes { (shown(&table)) } })
}
