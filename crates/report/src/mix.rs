//! Mixes of levers told: which levers how strongly, what it costs, what is out of reach.
//!
//! Not here: finding them (`study::mix`).

use std::fmt::Write as _;

use maud::html;
use serde::{Deserialize, Serialize};
use study::mix::chance::LikelyMix;
use study::mix::{Aim, Ending, FrontierPoint, Mix, MixedAim};

use crate::chart::Meaning;
use crate::chart::frontier::{self, Frontier};
use crate::html::parts::{figure, section, shown};
use crate::html::{LIGHT_AND_DARK, whole};
use crate::number::{plain, signed, typographic};
use crate::table::{Mark, Table, figures, words};
use crate::text::grid::{block, wrapped};

/// What `ironbelt mix` found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// Title of the study.
    pub study: String,
    /// The mix on the central path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mix: Option<Mix>,
    /// The mix with a required probability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likely: Option<LikelyMix>,
    /// Least cost of levels of each target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frontiers: Vec<(Aim, Vec<FrontierPoint>)>,
}

impl Told {
    fn mix(&self) -> Option<&Mix> {
        self.mix.as_ref().or(self.likely.as_ref().map(|likely| &likely.mix))
    }
}

/// 100 million yuan in a million.
const MILLIONS: f64 = 100.0;

/// The mix for a terminal, ending with a newline.
pub fn text(told: &Told) -> String {
    let title = format!("{}: the cheapest mix of levers", told.study);
    let line = "=".repeat(title.chars().count().min(crate::text::WIDTH));
    let mut parts = vec![format!("{title}\n{line}\n{}", wrapped(&answer(told), ""))];
    parts.extend(told.mix().into_iter().flat_map(tables).map(|table| block(&table)));
    parts.extend(told.likely.as_ref().map(|likely| block(&odds(likely))));
    parts.extend(told.frontiers.iter().map(|(aim, points)| block(&frontier_table(aim, points))));
    parts.extend(told.mix().map(|mix| wrapped(&evidence(mix), "")));
    parts.join("\n")
}

/// The same as one page.
pub fn page(told: &Told) -> String {
    let body = html! {
        header {
            h1 { (told.study) ": the cheapest mix of levers" }
            p.answer { (typographic(&answer(told))) }
        }
        main {
            @if let Some(mix) = told.mix() {
                (section("mix", "The mix", "", html! {
                    @for table in tables(mix) { (shown(&table)) }
                    @if let Some(likely) = &told.likely { (shown(&odds(likely))) }
                    p.source { (typographic(&evidence(mix))) }
                }))
            }
            @if !told.frontiers.is_empty() {
                (section("frontier", "Cost against target", FRONTIER, html! {
                    div.grid {
                        @for (at, (aim, points)) in told.frontiers.iter().enumerate() {
                            (figure(&heading(aim), frontier::draw(&drawn(at, aim, points)),
                                shown(&frontier_table(aim, points))))
                        }
                    }
                }))
            }
        }
    };
    whole(&format!("{}: the cheapest mix", told.study), LIGHT_AND_DARK, "", &body)
}

const FRONTIER: &str = "The least cost at which the central path reaches each level, from the lowest \
                        intensities to the most that the bounds allow. Beyond the end of the line no \
                        mix within the bounds reaches the level.";

fn heading(aim: &Aim) -> String {
    format!("{}, {}", aim.name, aim.year)
}

fn drawn<'a>(at: usize, aim: &'a Aim, points: &'a [FrontierPoint]) -> Frontier<'a> {
    let meaning = Meaning {
        id: format!("frontier-{at}"),
        title: format!("{}: least cost of each level", heading(aim)),
        description: "A line from the lowest to the highest level; the table has the numbers."
            .to_owned(),
    };
    Frontier { meaning, unit: &aim.unit, target: wanted(aim), points }
}

/// The level wanted, where one is.
fn wanted(aim: &Aim) -> Option<f64> {
    Some(aim.wanted).filter(|wanted| *wanted > 0.0)
}

fn level(aim: &Aim, value: f64) -> String {
    format!("{} {}", plain(Some(value), decimals(value)), aim.unit)
}

/// Decimals that show five digits of a level.
fn decimals(level: f64) -> usize {
    if level.abs() >= 10_000.0 {
        0
    } else if level.abs() >= 100.0 {
        1
    } else {
        4
    }
}

fn money(hundred_millions: f64) -> String {
    plain(Some(MILLIONS * hundred_millions), 0)
}

/// The answer in a few sentences.
fn answer(told: &Told) -> String {
    let Some(mix) = told.mix() else { return "There is no mix.".to_owned() };
    let wanted = |aim: &MixedAim| {
        format!("{} of {} in {}", aim.aim.name, level(&aim.aim, aim.aim.wanted), aim.aim.year)
    };
    let all: Vec<String> = mix.aims.iter().map(wanted).collect();
    let mut said = match &mix.ending {
        Ending::Reached => {
            let within = match mix.budget {
                Some(budget) => format!(", within a budget of {} million CNY", money(budget)),
                None => String::new(),
            };
            let verb = if all.len() > 1 { "cost" } else { "costs" };
            format!(
                "{} {verb} {} million CNY at least{within}.",
                all.join(" and "),
                money(mix.cost)
            )
        }
        Ending::NotReachable { at_most } => {
            let most: Vec<String> = at_most
                .iter()
                .zip(&mix.aims)
                .map(|((name, most), aim)| format!("{name} at most {}", level(&aim.aim, *most)))
                .collect();
            let within = if mix.budget.is_some() { "bounds and budget" } else { "the bounds" };
            let each = if mix.aims.len() > 1 { ", each alone" } else { "" };
            format!(
                "{} {} not reachable within {within}: {}{each}. The mix below comes nearest.",
                all.join(" and "),
                if all.len() > 1 { "are" } else { "is" },
                most.join("; ")
            )
        }
        Ending::Most => {
            let aim = &mix.aims[0];
            let within = match mix.budget {
                Some(budget) => format!("the bounds and a budget of {} million CNY", money(budget)),
                None => "the bounds".to_owned(),
            };
            let more = mix.budget_price.map_or_else(String::new, |price| {
                let more = plain(Some(price / MILLIONS), 4);
                format!(" One more million CNY of budget would add {more} {}.", aim.aim.unit)
            });
            format!(
                "The most of {} in {} in {} within {within} is {}, for {} million CNY.{more}",
                aim.aim.name,
                aim.aim.region,
                aim.aim.year,
                level(&aim.aim, aim.reached),
                money(mix.cost)
            )
        }
    };
    if let Some(likely) = &told.likely {
        let odds: Vec<String> = likely
            .odds
            .iter()
            .map(|each| {
                format!("{} with {} %", each.name, plain(Some(100.0 * each.probability), 1))
            })
            .collect();
        let _ = write!(
            said,
            " Asked for was a probability of {} % of each target itself; the mix reaches {}.",
            plain(Some(100.0 * likely.required), 0),
            odds.join(", ")
        );
    }
    said
}

fn tables(mix: &Mix) -> Vec<Table> {
    vec![aims(mix), levers(mix)]
}

fn aims(mix: &Mix) -> Table {
    let columns = vec![
        words("Target"),
        words("Unit"),
        figures("Year", ""),
        figures("Wanted", ""),
        figures("Reached", ""),
        figures("Missing", ""),
        figures("Price of one more", "m CNY"),
    ];
    let row = |each: &MixedAim| {
        let digits = decimals(each.reached);
        let wanted = wanted(&each.aim);
        let missing = wanted.map(|wanted| {
            let missing = (wanted - each.reached).max(0.0);
            if missing < study::mix::REACHED * wanted { 0.0 } else { missing }
        });
        vec![
            each.aim.name.clone(),
            each.aim.unit.clone(),
            each.aim.year.to_string(),
            plain(wanted, digits),
            plain(Some(each.reached), digits),
            plain(missing, digits),
            plain(each.shadow_price.map(|price| MILLIONS * price), 2),
        ]
    };
    Table::new("Targets on the central path", columns).with(mix.aims.iter().map(row))
}

fn levers(mix: &Mix) -> Table {
    let mut columns = vec![
        words("Lever"),
        figures("Intensity", ""),
        figures("from", ""),
        figures("to", ""),
        figures("Cost", "m CNY"),
    ];
    columns.extend(
        mix.aims.iter().map(|each| figures(&format!("+1: {}", each.aim.indicator), &each.aim.unit)),
    );
    columns.push(figures("+1: cost", "m CNY"));
    let mut table = Table::new(
        "Levers: 1 is the lever as written, 0 is without it; +1 is one more unit of intensity",
        columns,
    );
    for lever in &mix.levers {
        let mut cells = vec![
            lever.name.clone(),
            plain(Some(lever.intensity), 2),
            plain(Some(lever.bounds.0), 1),
            plain(Some(lever.bounds.1), 1),
            money(lever.cost),
        ];
        cells.extend(lever.gains.iter().map(|gain| signed(Some(*gain), 1)));
        cells.push(money(lever.marginal_cost));
        table.push(Mark::Ordinary, cells);
    }
    let mut total = vec!["All".to_owned(), String::new(), String::new(), String::new()];
    total.push(money(mix.cost));
    total.resize(mix.aims.len() + 6, String::new());
    table.push(Mark::Total, total);
    table
}

fn odds(likely: &LikelyMix) -> Table {
    let columns = vec![
        words("Target"),
        figures("Target", ""),
        figures("Probability", "%"),
        figures(&format!("{} % of draws reach", plain(Some(100.0 * likely.required), 0)), ""),
    ];
    let row = |each: &study::mix::chance::Odds| {
        vec![
            each.name.clone(),
            plain(Some(each.target), decimals(each.target)),
            plain(Some(100.0 * each.probability), 1),
            plain(Some(each.quantile), decimals(each.target)),
        ]
    };
    let (draws, failed) = likely.draws;
    let caption = format!(
        "Odds of the mix, {draws} draws ({failed} without a solution), {} rounds",
        likely.rounds
    );
    Table::new(caption, columns).with(likely.odds.iter().map(row))
}

fn frontier_table(aim: &Aim, points: &[FrontierPoint]) -> Table {
    let columns = vec![figures("Level", &aim.unit), figures("Least cost", "m CNY")];
    let row = |point: &FrontierPoint| {
        vec![plain(Some(point.level), decimals(point.level)), money(point.cost)]
    };
    Table::new(format!("{}: least cost of each level", heading(aim)), columns)
        .with(points.iter().map(row))
}

fn evidence(mix: &Mix) -> String {
    let optimum = if mix.optimality <= study::mix::OPTIMAL {
        format!("The conditions of an optimum hold to {:.0e}", mix.optimality)
    } else {
        format!(
            "The conditions of an optimum are off by {:.0e} of the largest slope: a better mix may be near",
            mix.optimality
        )
    };
    format!(
        "{} paths solved. {optimum}. The mix, solved again from the benchmark as a study of its own, differs by {:.0e} at most. Costs are those stated in the study, later ones discounted as its `[mix]` says (4 % a year if it does not); effects hold on the central path.",
        mix.paths, mix.confirmed
    )
}
