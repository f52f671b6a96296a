//! How likely targets are, told for the terminal: probability, quantiles by year, the way to the
//! target, what would have to be true, how far the numbers can be trusted.

mod page;

use std::fmt::Write as _;

use study::ensemble::card::Card;
use study::ensemble::forecast::{Forecast, LEVELS, TargetForecast};
use study::ensemble::indices::TargetIndices;
use study::ensemble::score::Score;

pub use page::page;

use crate::number::{count, plain, signed};
use crate::table::{Mark, Table, figures, words};
use crate::text::grid::{block, wrapped};
use crate::unit;

/// Years shown beyond that of the target would say what nobody asked.
const EARLIER_YEARS: u16 = 3;

/// The report of an ensemble, ending with a newline.
pub fn text(told: &Forecast) -> String {
    let mut parts = vec![heading(told), block(&overview(told))];
    for target in &told.targets {
        parts.push(block(&quantiles(target)));
        parts.extend(target.gap.as_ref().map(|_| block(&way(target))));
        parts.push(wrapped(&needed(target), ""));
    }
    if !told.scorecards.is_empty() {
        parts.push(block(&cards(told)));
    }
    parts.extend(told.targets.iter().flat_map(splits).map(|table| block(&short(table))));
    parts.extend(told.sobol.iter().map(|of| block(&indices(of))));
    let lines = trust(told).iter().map(|line| wrapped(line, "  ")).collect::<String>();
    parts.push(format!("How far to trust this\n{lines}"));
    parts.join("\n")
}

/// Rows of a split that a terminal shows.
const SHOWN: usize = 8;

/// The first rows of a table, and how many there are.
fn short(mut table: Table) -> Table {
    if table.rows.len() > SHOWN {
        let _ = write!(table.caption, " (the first {SHOWN} of {})", table.rows.len());
        table.rows.truncate(SHOWN);
    }
    table
}

/// The answer in a sentence.
fn answer(told: &Forecast) -> String {
    let percent = |share: f64| plain(Some(100.0 * share), 0);
    let one = |target: &TargetForecast| {
        let unit = unit::readable(&target.unit);
        let value = unit::convert(target.value, &target.unit, unit).unwrap_or(target.value);
        let error = match target.probability_error {
            Some(error) => format!("Monte Carlo error ± {} points", plain(Some(100.0 * error), 1)),
            None => "from moments: too thin in the tails".to_owned(),
        };
        format!(
            "{} of {} {} in {} is reached with a probability of {} % and missed with {} % ({error})",
            target.name,
            plain(Some(value), decimals(value)),
            unit::in_words(unit),
            target.year,
            percent(target.probability),
            percent(1.0 - target.probability),
        )
    };
    told.targets.iter().map(one).collect::<Vec<_>>().join(". ") + "."
}

fn heading(told: &Forecast) -> String {
    let title = format!("{}: will the targets be met?", told.study);
    let line = "=".repeat(title.chars().count().min(crate::text::WIDTH));
    format!("{title}\n{line}\n{}\n{}", wrapped(&answer(told), ""), wrapped(&draws(told), ""))
}

fn draws(told: &Forecast) -> String {
    format!(
        "{} draws of the whole path ({}, seed {}), {} without a solution.",
        count(told.draws),
        told.method,
        told.seed,
        count(told.failed)
    )
}

/// Scorecards as commerce departments keep them.
fn cards(told: &Forecast) -> Table {
    let columns = vec![
        words("Target"),
        words("Place"),
        words("Unit"),
        words("Months"),
        figures("Plan", "year"),
        figures("Done", ""),
        figures("On last year", "%"),
        figures("Completed", "%"),
        figures("Time passed", "%"),
        figures("Usual", "%"),
        figures("Rank", ""),
    ];
    let row = |card: &Card| {
        let digits = decimals(card.plan);
        let year = format!("{}, 1 to {}", card.year, card.month);
        vec![
            card.target.clone(),
            card.region.clone(),
            card.unit.clone(),
            year,
            plain(Some(card.plan), digits),
            plain(Some(card.done), digits),
            signed(card.growth, 1),
            plain(Some(card.completed), 1),
            plain(Some(card.time_passed), 1),
            plain(card.usual, 1),
            card.rank.map_or_else(String::new, |rank| rank.to_string()),
        ]
    };
    Table::new("The running year against its plan", columns).with(told.scorecards.iter().map(row))
}

/// A target by city and by industry.
fn splits(target: &TargetForecast) -> Vec<Table> {
    let table = |split: &study::ensemble::card::Split| {
        let columns = vec![
            words(if split.by == "city" { "City" } else { "Industry" }),
            figures("Share", "%"),
            figures("Part", &target.unit),
        ];
        let caption = format!("{} {} by {}: {}", target.name, target.year, split.by, split.key);
        let row = |part: &study::ensemble::card::Part| {
            vec![
                part.name.clone(),
                plain(Some(100.0 * part.share), 1),
                plain(Some(part.value), decimals(target.value)),
            ]
        };
        Table::new(caption, columns).with(split.parts.iter().map(row))
    };
    target.splits.iter().map(table).collect()
}

/// Sobol indices of one target.
fn indices(of: &TargetIndices) -> Table {
    let columns = vec![
        words("Uncertain"),
        figures("Alone", "%"),
        figures("± error", "%"),
        figures("In all", "%"),
        figures("± error", "%"),
    ];
    let percent = |value: f64| plain(Some(100.0 * value), 1);
    let row = |group: &study::ensemble::indices::GroupIndex| {
        vec![
            group.group.clone(),
            percent(group.first_order.value),
            percent(group.first_order.error),
            percent(group.total.value),
            percent(group.total.error),
        ]
    };
    let caption = format!(
        "{} in {}: shares of the variance of its logarithm ({} points, standard deviation {:.2})",
        of.target, of.year, of.points, of.spread
    );
    Table::new(caption, columns).with(of.groups.iter().map(row))
}

/// Decimals that show four digits of a level.
fn decimals(level: f64) -> usize {
    if level.abs() >= 1000.0 {
        0
    } else if level.abs() >= 10.0 {
        1
    } else {
        3
    }
}

fn overview(told: &Forecast) -> Table {
    let columns = vec![
        words("Target"),
        words("Unit"),
        figures("Year", ""),
        figures("Target", ""),
        figures("Median", ""),
        figures("Reached with", "%"),
        figures("Missed with", "%"),
        figures("± error", "points"),
        figures("Without programme", "%"),
    ];
    let row = |target: &TargetForecast| {
        let median = target.quantiles.get(&target.year.to_string()).and_then(|q| q.get("0.5"));
        vec![
            target.name.clone(),
            target.unit.clone(),
            target.year.to_string(),
            plain(Some(target.value), decimals(target.value)),
            plain(median.copied(), decimals(target.value)),
            plain(Some(100.0 * target.probability), 1),
            plain(Some(100.0 * (1.0 - target.probability)), 1),
            plain(target.probability_error.map(|error| 100.0 * error), 1),
            plain(Some(100.0 * target.baseline_probability), 1),
        ]
    };
    Table::new("Probability of the targets, with and without the programme", columns)
        .with(told.targets.iter().map(row))
}

fn quantiles(target: &TargetForecast) -> Table {
    let mut columns = vec![words("Year")];
    columns.extend(LEVELS.iter().map(|(_, level)| figures(&format!("{:.0} %", 100.0 * level), "")));
    let last = target.year.to_string();
    let first = target.year.saturating_sub(EARLIER_YEARS).to_string();
    let years = target.quantiles.iter().filter(|(year, _)| **year >= first && **year <= last);
    let row = |(year, levels): (&String, &std::collections::BTreeMap<String, f64>)| {
        let values = LEVELS.iter().map(|(name, _)| levels.get(*name).copied());
        let cells = values.map(|value| plain(value, decimals(target.value)));
        std::iter::once(year.clone()).chain(cells).collect()
    };
    Table::new(format!("{}: quantiles, {}", target.name, target.unit), columns).with(years.map(row))
}

/// From baseline over the levers to the target, on the central path.
fn way(target: &TargetForecast) -> Table {
    let columns = vec![words("On the way to the target"), figures("Level or step", "")];
    let digits = decimals(target.value);
    let mut table = Table::new(
        format!("{}: central path in {}, {}", target.name, target.year, target.unit),
        columns,
    );
    let Some(gap) = &target.gap else { return table };
    let mut push = |mark, name: &str, cell: String| table.push(mark, vec![name.to_owned(), cell]);
    push(Mark::Ordinary, "Without the programme", plain(Some(gap.baseline), digits));
    for (lever, value) in &gap.levers {
        push(Mark::Ordinary, lever, signed(Some(*value), digits));
    }
    if gap.interaction != 0.0 {
        push(Mark::Ordinary, "Together beyond the sum", signed(Some(gap.interaction), digits));
    }
    push(Mark::Total, "With the programme", plain(Some(gap.policy), digits));
    push(Mark::Warning, "Missing to the target", plain(Some(gap.missing), digits));
    table
}

/// A name within a sentence: its first letter small, unless the next one is a capital as well.
fn in_sentence(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain([second]).chain(letters).collect()
        }
        _ => name.to_owned(),
    }
}

fn needed(target: &TargetForecast) -> String {
    let mut said = String::new();
    if let Some(gap) = &target.gap {
        let (year, level) = gap.last_observation;
        let _ = write!(
            said,
            "From its level of {year} ({}) the target needs {} % a year. ",
            plain(Some(level), decimals(level)),
            signed(Some(gap.required_growth), 1)
        );
    }
    if let Some(needed) = &target.needed {
        let _ = write!(
            said,
            "For it to be met, {} must follow the median of {} ({}) with {} % in every year to {}",
            in_sentence(&target.name),
            needed.from,
            plain(Some(needed.level), decimals(needed.level)),
            signed(Some(needed.growth), 1),
            target.year
        );
        match needed.history {
            Some((all, grown)) => {
                let years = target.year - needed.from;
                let _ = write!(
                    said,
                    "; of {all} spans of {years} years in the history that stands for it, {grown} grew as much."
                );
            }
            None => said.push('.'),
        }
    }
    said
}

const ERROR: &str = "The error of a probability says how far more draws would move it (one standard \
                     deviation), not how far the assumptions behind the draws may be off.";

fn trust(told: &Forecast) -> Vec<String> {
    let mut lines = vec![ERROR.to_owned()];
    for now in &told.nowcasts {
        let breaks = match now.breaks.len() {
            1 => "1 break of regime".to_owned(),
            n => format!("{n} breaks of regime"),
        };
        let scale = if now.years == 0 {
            "with an assumed spread".to_owned()
        } else {
            format!("scale {:.2} log points a year from {} years, {breaks}", now.scale, now.years)
        };
        let said = format!(
            "{} in {}: {} million USD in {} months, {} for the year; {scale}.",
            now.indicator,
            now.year,
            plain(Some(now.part), 0),
            now.month,
            plain(Some(now.central), 0)
        );
        lines.push(said);
    }
    let assumed = told.assumptions.iter().filter(|note| note.status == "assumption").count();
    let said = format!(
        "{assumed} of {} distributions and numbers behind the draws are assumptions; forecast.json lists them with source and status.",
        told.assumptions.len()
    );
    lines.push(said);
    lines
}

/// Scores of a forecast, ending with a newline. All are losses: 0 is best.
pub fn scores(scores: &[Score]) -> String {
    let columns = vec![
        words("Target"),
        figures("Year", ""),
        figures("Outturn", ""),
        figures("Median", ""),
        figures("Rank", "%"),
        figures("Brier", ""),
        figures("Pinball", ""),
        figures("CRPS", ""),
    ];
    let row = |score: &Score| {
        let digits = decimals(score.outturn);
        vec![
            score.target.clone(),
            score.year.to_string(),
            plain(Some(score.outturn), digits),
            plain(Some(score.median), digits),
            plain(score.rank.map(|rank| 100.0 * rank), 1),
            plain(score.brier, 4),
            plain(Some(score.pinball), digits),
            plain(score.crps, digits),
        ]
    };
    block(&Table::new("Scores against outturns: 0 is best", columns).with(scores.iter().map(row)))
}
