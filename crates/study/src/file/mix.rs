//! `[mix]`: what the cheapest mix of levers is chosen from.

use diagnostics::Diagnostic;

use super::code;
use super::context::way_out;
use super::field::Field;
use super::head::source;
use super::section::Section;
use crate::lever::Lever;
use crate::money::Money;
use crate::spec::{MixLever, MixPlan};

/// Intensities that are believed.
const INTENSITY: std::ops::RangeInclusive<f64> = 0.0..=1000.0;

/// `[mix]`, which may be missing.
pub(super) fn read(root: &Section<'_>, levers: &[Lever]) -> Option<MixPlan> {
    let field = root.find("mix")?;
    let section = Section::of(&field, "[mix]".to_owned())?;
    let mut plan = MixPlan {
        budget: section.find("budget").and_then(|field| field.money()),
        discount: section.want("discount", 0.0, |field| field.number(0.0..=0.5)),
        levers: Vec::new(),
    };
    for section in section.tables("lever", "[[mix.lever]]") {
        let found = lever(&section, levers, &plan.levers);
        section.finish();
        if levers.iter().any(|lever| lever.name() == found.lever) {
            plan.levers.push(found);
        }
    }
    section.finish();
    Some(plan)
}

fn lever(section: &Section<'_>, levers: &[Lever], before: &[MixLever]) -> MixLever {
    let money = |key| section.want(key, Money::default(), Field::money);
    MixLever {
        lever: section.need("lever", |field| name(field, levers, before)),
        intensity: section.need("intensity", bounds),
        cost: money("cost"),
        rising_cost: money("rising_cost"),
        source: source(section),
    }
}

fn name(field: &Field<'_>, levers: &[Lever], before: &[MixLever]) -> Option<String> {
    let name = field.text()?;
    if before.iter().any(|each| each.lever == name) {
        let message = format!("lever `{name}` is in the mix twice");
        field.error(code::MIXED_TWICE, message, "the second one", "keep one of them");
        return None;
    }
    if levers.iter().any(|lever| lever.name() == name) {
        return Some(name);
    }
    let help = way_out(&name, levers.iter().map(Lever::name));
    let message = format!("the study has no lever `{name}`");
    // A lever that is taken out of a study for a run leaves its line here: worth a word, no more.
    let finding = Diagnostic::warning(code::NO_SUCH_LEVER, message).help(&help);
    field.context.report(finding, field.span(), "not the name of a lever: the mix goes without it");
    Some(name)
}

/// `[lowest, highest]`.
fn bounds(field: &Field<'_>) -> Option<(f64, f64)> {
    let items = field.list("two intensities: [lowest, highest]")?;
    let [low, high] = items.as_slice() else {
        field.wrong_length(items.len(), "two intensities: [lowest, highest]");
        return None;
    };
    let (low, high) = (low.number(INTENSITY), high.number(INTENSITY));
    let (low, high) = (low?, high?);
    if low > high {
        let message = format!("the lowest intensity {low} is above the highest {high}");
        field.error(code::OUT_OF_RANGE, message, "in the wrong order", "write [lowest, highest]");
        return None;
    }
    Some((low, high))
}
