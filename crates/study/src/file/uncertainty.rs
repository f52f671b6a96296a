//! `[uncertainty]`: figures of `data/uncertainty.csv` that a study sets itself.

use super::code;
use super::context::way_out;
use super::field::Field;
use super::head::source;
use super::section::Section;
use crate::ensemble::uncertainty::{Kind, Row, Uncertainty};
use crate::spec::{Source, Status, UncertaintyRow};

/// `name = number` for numbers of the method, or `name = { low, value, high, source, status }`.
pub(super) fn read(root: &Section<'_>) -> Vec<UncertaintyRow> {
    let found = root.find("uncertainty");
    let section = found.and_then(|field| Section::of(&field, "[uncertainty]".to_owned()));
    let shipped = Uncertainty::default();
    section.iter().flat_map(Section::fields).filter_map(|field| row(&field, &shipped)).collect()
}

fn row(field: &Field<'_>, shipped: &Uncertainty) -> Option<UncertaintyRow> {
    let Some(known) = shipped.find(&field.key) else {
        let message = format!("no distribution or number of the method is named `{}`", field.key);
        let help = way_out(&field.key, shipped.names().collect::<Vec<_>>());
        field.error(code::UNKNOWN_PARAMETER, message, "changes nothing", &help);
        return None;
    };
    if field.value.as_table().is_none() {
        if known.kind != Kind::Scalar {
            field.wrong_type("a table { low, high, source, status }");
            return None;
        }
        let value = field.number(known.low..=known.high)?;
        let text = "set in the study file".to_owned();
        let source = Source { text, status: Status::Assumption };
        let range = (known.low, value, known.high);
        return Some(UncertaintyRow { name: field.key.clone(), range, source });
    }
    let section = Section::of(field, format!("uncertainty `{}`", field.key))?;
    let range = match known.kind {
        Kind::Scalar => (
            known.low,
            section.need("value", |field| field.number(known.low..=known.high)),
            known.high,
        ),
        Kind::Parameter | Kind::Growth => ends(&section, known)?,
    };
    let source = source(&section);
    section.finish();
    Some(UncertaintyRow { name: field.key.clone(), range, source })
}

/// `low`, `high` and, where growth has one, the mode `value`.
fn ends(section: &Section<'_>, known: &Row) -> Option<(f64, f64, f64)> {
    let limits = match known.kind {
        Kind::Parameter => {
            let parameters = section.context.parameters.borrow();
            parameters.find(&known.name).map_or((known.low, known.high), |each| each.range)
        }
        _ => (-0.5, 0.5),
    };
    let number = |key| section.need(key, |field: &Field<'_>| field.number(limits.0..=limits.1));
    let (low, high) = (number("low"), number("high"));
    let value = match known.kind {
        Kind::Growth => section.want("value", known.value, |field| field.number(low..=high)),
        _ => known.value,
    };
    if low <= high && (known.kind == Kind::Parameter || (low..=high).contains(&value)) {
        return Some((low, value, high));
    }
    if let Some(field) = section.find("low") {
        let message = format!("{low} to {high} with the mode {value} is no triangle");
        field.error(code::OUT_OF_RANGE, message, "out of order", "write low ≤ value ≤ high");
    }
    None
}
