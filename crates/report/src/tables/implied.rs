//! What the model itself implies, beside what others published.

use crate::facts::Facts;
use crate::number::{decimals, plain};
use crate::table::{Mark, Table, figures, words};

/// Published figures and those of the runs; what does not fit stands out.
pub(crate) fn implied(facts: &Facts) -> Table {
    of(&facts.results.implied)
}

/// The table of some figures.
pub(crate) fn of(list: &[study::results::ImpliedFigure]) -> Table {
    let mut table =
        Table::new("What the model implies, beside published figures", vec![words("Figure")]);
    table.columns.extend([words("Published"), figures("Model", ""), words("")]);
    for each in list {
        let value = Some(each.implied).filter(|value| value.is_finite());
        let (mark, said) =
            if each.fits { (Mark::Ordinary, "fits") } else { (Mark::Warning, "DOES NOT FIT") };
        table.push(
            mark,
            vec![
                format!("{}, {}", each.what, each.unit),
                each.published.clone(),
                plain(value, decimals([value])),
                said.to_owned(),
            ],
        );
    }
    table
}
