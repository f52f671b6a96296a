//! What a number depends on, told for the terminal and drawn as a tornado.

use study::run::sensitivity::{Driver, Sensitivities};

use crate::chart::bars::{self, Bar, Bars, Segment};
use crate::chart::{Meaning, standalone};
use crate::number::{count, decimals, plain, signed};
use crate::table::{Table, figures, words};
use crate::text::grid::{block, wrapped};

/// Bars of a tornado; more are too short to see.
const MOST_BARS: usize = 20;

/// The tables for the terminal, ending with a newline.
///
/// - `most`: rows shown of each table.
pub fn text(told: &Sensitivities, most: usize) -> String {
    let title = format!("{}: what {} depends on", told.study, about(told));
    let digits = decimals([Some(told.value)]);
    let heading = format!(
        "{title}\n{}\n{}",
        "=".repeat(title.chars().count().min(crate::text::WIDTH)),
        wrapped(
            &format!(
                "{} = {} {}. Derivatives by the adjoint: {} linear solves.",
                number(told),
                plain(Some(told.value), digits),
                told.unit,
                count(told.linear_solves)
            ),
            ""
        )
    );
    let tables = [drivers(told, most), exogenous(told, most)];
    let tables = tables.iter().filter(|table| !table.rows.is_empty()).map(block);
    let parts: Vec<String> =
        std::iter::once(heading).chain(tables).chain([wrapped(NOTE, "")]).collect();
    parts.join("\n")
}

const NOTE: &str = "Changes are to first order: a derivative times the distance from the study's \
    value. Elasticity: per cent of the number per per cent of the parameter, or per per cent of a \
    lever's strength. A growth path moves in every year and region; a lever's low is the study \
    without it.";

fn drivers(told: &Sensitivities, most: usize) -> Table {
    let columns = vec![
        words("Parameter, growth path or lever"),
        figures("Value", ""),
        figures("Elasticity", ""),
        figures("Low", ""),
        figures("High", ""),
        figures("At low", &told.unit),
        figures("At high", &told.unit),
    ];
    let reach = told.drivers.first().map(Driver::reach);
    let digits = decimals([reach]);
    let row = |driver: &Driver| {
        vec![
            name(driver),
            trimmed(driver.value),
            driver.elasticity.map_or_else(String::new, |each| signed(Some(each), 4)),
            trimmed(driver.low),
            trimmed(driver.high),
            signed(Some(driver.at_low), digits),
            signed(Some(driver.at_high), digits),
        ]
    };
    let caption = format!("Change of {} over plausible ranges, the largest first", number(told));
    Table::new(caption, columns).with(told.drivers.iter().take(most).map(row))
}

fn exogenous(told: &Sensitivities, most: usize) -> Table {
    let columns = vec![
        words("Exogenous variable"),
        figures("+1 % of all", &told.unit),
        words("Cell that matters most"),
        figures("Year", ""),
        figures("Per unit", &told.unit),
    ];
    let digits = decimals(told.exogenous.first().map(|each| Some(each.one_percent)));
    let row = |each: &study::run::sensitivity::ExogenousVariable| {
        let cell = &each.cells[0];
        vec![
            each.name.replace('_', " "),
            signed(Some(each.one_percent), digits),
            cell.label.clone(),
            cell.year.to_string(),
            signed(Some(cell.derivative), decimals([Some(cell.derivative)])),
        ]
    };
    let caption = "Exogenous variables, moved in all years without and with the programme";
    Table::new(caption, columns).with(told.exogenous.iter().take(most).map(row))
}

/// The changes at both ends of each range as a drawing of its own.
pub fn tornado(told: &Sensitivities) -> String {
    let shown = told.drivers.iter().filter(|each| each.reach() > 0.0).take(MOST_BARS);
    let digits = decimals([told.drivers.first().map(Driver::reach)]);
    let bar = |driver: &Driver| {
        let [low, high] = [driver.at_low, driver.at_high].map(|to| Segment {
            from: 0.0,
            to,
            class: bars::gain_or_loss(to),
        });
        let value =
            if driver.at_low.abs() > driver.at_high.abs() { driver.at_low } else { driver.at_high };
        Bar {
            name: name(driver),
            segments: vec![low, high],
            value: signed(Some(value), digits),
            is_total: false,
        }
    };
    let title = format!("What {} depends on", about(told));
    let chart = Bars {
        meaning: Meaning {
            id: "tornado".to_owned(),
            title: title.clone(),
            description: "Change at the lowest and highest plausible value of each driver, the \
                          largest first."
                .to_owned(),
        },
        unit: &told.unit,
        rows: shown.map(bar).collect(),
        line: None,
    };
    standalone(&title, &bars::draw(&chart).into_string())
}

fn name(driver: &Driver) -> String {
    match driver.kind.as_str() {
        "growth" => format!("growth of {}", driver.name.replace('_', " ")),
        _ => driver.name.replace('_', " "),
    }
}

fn number(told: &Sensitivities) -> String {
    let of = match told.of.as_str() {
        "effect" => "the programme's effect on ",
        "baseline" => "without the programme ",
        _ => "",
    };
    let industry =
        if told.industry.is_empty() { String::new() } else { format!(" of {}", told.industry) };
    format!("{of}{}{industry}", told.indicator.replace('_', " "))
}

fn about(told: &Sensitivities) -> String {
    format!("{} of {} in {}", number(told), told.region, told.year)
}

/// A value without zeros at its end.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
