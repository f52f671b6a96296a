//! Title, the answer in a sentence, headline cards and the official targets.

use maud::{Markup, html};
use study::results::TargetResult;

use super::parts::{figure, numbers, section, shown};
use crate::chart::Meaning;
use crate::chart::bars::{self, Bar, Bars, Line};
use crate::facts::{BUDGET, FDI, Facts, GDP, Indicator, JOBS, Key, TRADE};
use crate::number::{decimals, percent, plain, signed, typographic};
use crate::{findings, tables, text, unit};

/// Title, description, answer and what to keep in mind.
pub(super) fn header(facts: &Facts) -> Markup {
    let study = &facts.results.study;
    html! {
        header {
            h1 { (study.title) }
            p.answer { (findings::answer(facts)) }
            ul.findings { @for each in findings::findings(facts) { li { (finding(&each)) } } }
            p { (study.description) }
            p.setting { (findings::setting(facts)) }
            (caution(facts))
        }
    }
}

/// A finding with its subject set off.
fn finding(sentence: &str) -> Markup {
    let (subject, rest) = sentence.split_once(": ").unwrap_or(("", sentence));
    html! { strong { (subject) } " " (typographic(rest)) }
}

/// Links to what a reader should know before believing the numbers.
fn caution(facts: &Facts) -> Markup {
    let results = facts.results;
    let unverified = results.parameters.iter().filter(|each| text::is_unverified(each)).count();
    let assumed = results.parameters.iter().filter(|each| each.status == "assumption").count();
    let misfits = results.implied.iter().filter(|each| !each.fits).count();
    let broken = results.plausibility.iter().filter(|each| !each.holds).count();
    let checks = results.plausibility.len();
    let (solved, all) = facts.solved();
    html! {
        ul.caution {
            li.good[solved == all].bad[solved != all] {
                a href="#solves" { (solved) " of " (all) " years solved" }
            }
            li.good[broken == 0].bad[broken > 0] {
                a href="#plausibility" { (checks - broken) " of " (checks) " plausibility checks hold" }
            }
            li.good[unverified == 0].bad[unverified > 0] {
                a href="#parameters" {
                    (unverified) " of " (results.parameters.len()) " parameters unverified, " (assumed) " assumed"
                }
            }
            @if !results.implied.is_empty() {
                li.good[misfits == 0].bad[misfits > 0] {
                    a href="#implied" {
                        (results.implied.len() - misfits) " of " (results.implied.len()) " implied figures fit published ones"
                    }
                }
            }
        }
    }
}

/// One card per headline indicator, and their table.
pub(super) fn headline(facts: &Facts) -> Markup {
    let study = &facts.results.study;
    let heading = format!("{} in {}: policy against baseline", study.home, study.headline_year);
    section(
        "headline",
        &heading,
        "",
        html! {
            div.cards {
                @for indicator in [GDP, JOBS, FDI, TRADE, BUDGET] { (card(facts, indicator)) }
                (household_card(facts))
            }
            (numbers(&tables::headline(facts)))
        },
    )
}

fn card(facts: &Facts, indicator: Indicator) -> Markup {
    let change = facts.headline(Key::all(indicator, &facts.province));
    let by = change.absolute();
    let share = (indicator.variable != BUDGET.variable).then(|| percent(change.percent()));
    let digits = decimals([change.policy]).max(1);
    let levels =
        format!("{} instead of {}", plain(change.policy, digits), plain(change.baseline, digits));
    card_of(indicator.label, (by, indicator.unit), share, &levels)
}

fn household_card(facts: &Facts) -> Markup {
    let share = percent(facts.household_gain_percent());
    let gain = (facts.household_gain(), "bn CNY");
    card_of("Households’ gain", gain, Some(share), "of their consumption; equivalent variation")
}

fn card_of(
    label: &str,
    (by, unit): (Option<f64>, &str),
    share: Option<String>,
    below: &str,
) -> Markup {
    html! {
        div.card {
            h3 { (label) }
            p.change class=[by.map(bars::gain_or_loss)] {
                (typographic(&signed(by, decimals([by])))) " " small { (unit::in_words(unit)) }
            }
            p.levels {
                @if let Some(share) = share { strong { (typographic(&share)) " %" } " · " }
                (typographic(below))
            }
        }
    }
}

/// A gauge for each official target, and their table.
pub(super) fn targets(facts: &Facts) -> Markup {
    let targets = &facts.results.targets;
    section(
        "targets",
        "Official targets",
        "",
        html! {
            div.grid {
                @for (at, target) in targets.iter().enumerate() { (gauge(at, target)) }
            }
            (shown(&tables::targets(facts)))
        },
    )
}

fn gauge(at: usize, target: &TargetResult) -> Markup {
    let unit = unit::readable(&target.unit);
    let shown =
        |value: f64| unit::convert(value, &target.unit, unit).filter(|value| value.is_finite());
    let digits = decimals([shown(target.value)]).max(1);
    let bar = |name: &str, value: f64, class| -> Bar {
        bars::simple(name, shown(value), plain(shown(value), digits), class)
    };
    let sentence = verdict(target, digits, unit);
    let (_, seen) = target.last_observation;
    let how = if tables::is_scaled(target) { "" } else { "Observed " };
    let chart = Bars {
        meaning: Meaning {
            id: format!("target-{at}"),
            title: format!("{}: target {}", target.name, target.year),
            description: sentence.clone(),
        },
        unit,
        rows: vec![
            bar(&format!("{how}{}", tables::last_year(target)), seen, "observed"),
            bar(&format!("Baseline {}", target.year), target.baseline, "baseline"),
            bar(&format!("Policy {}", target.year), target.policy, "gain"),
        ],
        line: shown(target.value)
            .map(|at| Line { at, word: format!("Target {}", plain(Some(at), digits)) }),
    };
    let heading = format!("{}, {} {}", target.name, target.region, target.year);
    figure(
        &heading,
        bars::draw(&chart),
        html! {
            p { (sentence) }
            p.source { "Source of the target: " (target.source) }
        },
    )
}

/// Whether the target is reached and what it would take.
fn verdict(target: &TargetResult, digits: usize, unit: &str) -> String {
    let gap = unit::convert(target.gap, &target.unit, unit);
    let growth = format!(
        "It needs {} % a year from {}; the policy path gives {} %.",
        plain(Some(target.required_growth), 1),
        tables::last_year(target),
        plain(tables::policy_growth(target), 1),
    );
    let lead = match gap.filter(|gap| gap.is_finite()) {
        Some(gap) if gap <= 0.0 => "The target is reached.".to_owned(),
        gap => format!("{} {unit} are missing.", plain(gap, digits)),
    };
    format!("{lead} {growth}")
}
