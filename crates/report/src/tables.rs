//! The tables that the summary and the page share, so that they cannot disagree.
//!
//! Not here: tables only the page shows (`html::evidence`), sentences (`text`, `html::overview`).

use study::results::TargetResult;

use crate::facts::{
    BUDGET, Breakdown, Change, EXPORTS, FDI, FDI_SMALL, Facts, GDP, INDUSTRY_JOBS, Indicator, JOBS,
    Key, OUTPUT, Place, TRADE,
};
use crate::number::{self, MISSING, decimals, percent, plain, signed};
use crate::table::{Mark, Table, figures, words};
use crate::unit;

mod costs;
mod implied;
mod net;
mod stocks;

pub(crate) use costs::{costs, costs_by_lever, total_cost};
pub(crate) use implied::{implied, of as implied_of};
pub(crate) use net::{net_effects, projects, value_for_money};
pub(crate) use stocks::{baseline_paths, shifters, stocks};

/// How many industries that gain, and how many that lose, the summary names.
pub(crate) const FEW_INDUSTRIES: usize = 5;

/// `rd_centres` as a reader says it: `Rd centres`.
pub(crate) fn spoken(name: &str) -> String {
    if let "gdp" | "fdi" = name {
        return name.to_uppercase();
    }
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// Baseline, policy and change of the headline indicators of the province.
pub(crate) fn headline(facts: &Facts) -> Table {
    let study = &facts.results.study;
    let caption = format!("{} in {}", study.home, study.headline_year);
    let mut columns = vec![words("Indicator"), words("Unit")];
    columns.extend(["Baseline", "Policy", "Change"].map(|name| figures(name, "")));
    columns.push(figures("Change", "%"));
    let indicators = [GDP, JOBS, FDI, TRADE, EXPORTS, BUDGET];
    let mut table = Table::new(caption, columns)
        .with(indicators.map(|indicator| headline_row(facts, indicator)));
    table.push(Mark::Ordinary, household_row(facts));
    table
}

fn headline_row(facts: &Facts, indicator: Indicator) -> Vec<String> {
    let change = facts.headline(Key::all(indicator, &facts.province));
    let digits = decimals([change.absolute().or(change.policy)]);
    vec![
        indicator.label.to_owned(),
        indicator.unit.to_owned(),
        plain(change.baseline, digits),
        plain(change.policy, digits),
        signed(change.absolute(), digits),
        percent_unless_balance(indicator, change),
    ]
}

/// A balance may be near zero, so a percentage of it says nothing.
fn percent_unless_balance(indicator: Indicator, change: Change) -> String {
    if indicator.variable == BUDGET.variable { String::new() } else { percent(change.percent()) }
}

fn household_row(facts: &Facts) -> Vec<String> {
    let gain = facts.household_gain();
    vec![
        "Household gain (equivalent variation)".to_owned(),
        "bn CNY".to_owned(),
        String::new(),
        String::new(),
        signed(gain, decimals([gain])),
        percent(facts.household_gain_percent()),
    ]
}

/// Policy less baseline by area in the headline year.
pub(crate) fn areas(facts: &Facts) -> Table {
    let caption =
        format!("By area: change against baseline in {}", facts.results.study.headline_year);
    let columns = [GDP, JOBS, FDI_SMALL, EXPORTS, BUDGET];
    let mut table = Table::new(caption, vec![words("Area")]);
    table.columns.extend(columns.map(|each| figures(short(each), each.unit)));
    table.columns.insert(2, figures("GDP", "%"));
    let digits = columns.map(|each| digits_over_areas(facts, each));
    for place in facts.areas() {
        let mark = if place.name == facts.province.name { Mark::Total } else { Mark::Ordinary };
        let mut cells = vec![place.name.to_owned()];
        cells.extend(columns.iter().zip(digits).map(|(indicator, digits)| {
            signed(facts.headline(Key::all(*indicator, place)).absolute(), digits)
        }));
        cells.insert(2, percent(facts.headline(Key::all(GDP, place)).percent()));
        table.push(mark, cells);
    }
    table
}

/// Digits follow the home regions, so that the rest of the country does not blur them.
fn digits_over_areas(facts: &Facts, indicator: Indicator) -> usize {
    let home = facts.home.iter().chain([&facts.province]);
    decimals(home.map(|place| facts.headline(Key::all(indicator, place)).absolute()))
}

fn short(indicator: Indicator) -> &'static str {
    match indicator.variable {
        "fdi" => "FDI",
        "trade" => "Trade",
        "budget_balance" => "Budget",
        _ => indicator.label,
    }
}

/// The province year by year.
pub(crate) fn years(facts: &Facts) -> Table {
    let caption = format!("By year: {}, policy and change against baseline", facts.province.name);
    let mut table = Table::new(
        caption,
        vec![
            words("Year"),
            figures("GDP base", "bn CNY"),
            figures("GDP policy", "bn CNY"),
            figures("change", "bn CNY"),
            figures("change", "%"),
            figures("Jobs", "change, th."),
            figures("FDI", "bn USD"),
            figures("change", "bn USD"),
            figures("Trade", "bn USD"),
            figures("change", "bn USD"),
        ],
    );
    let [gdp, jobs, fdi, trade] = [GDP, JOBS, FDI, TRADE].map(|each| Path::of(facts, each));
    for (at, year) in facts.results.years.iter().enumerate() {
        table.push(
            Mark::Ordinary,
            vec![
                year.to_string(),
                plain(gdp.changes[at].baseline, gdp.digits),
                gdp.policy(at),
                gdp.change(at),
                percent_with(gdp.changes[at].percent()),
                jobs.change(at),
                fdi.policy(at),
                fdi.change(at),
                trade.policy(at),
                trade.change(at),
            ],
        );
    }
    table
}

/// A percentage in a column where the digits must line up.
fn percent_with(value: Option<f64>) -> String {
    signed(value, 2)
}

/// An indicator of the province over the years, with one number of digits.
struct Path {
    changes: Vec<Change>,
    digits: usize,
}

impl Path {
    fn of(facts: &Facts, indicator: Indicator) -> Self {
        let changes = facts.path(Key::all(indicator, &facts.province));
        let digits = decimals(changes.iter().map(|each| each.absolute()));
        Self { changes, digits }
    }

    fn policy(&self, at: usize) -> String {
        plain(self.changes[at].policy, self.digits)
    }

    fn change(&self, at: usize) -> String {
        signed(self.changes[at].absolute(), self.digits)
    }
}

/// One indicator of one place year by year, as behind a chart.
pub(crate) fn path(facts: &Facts, indicator: Indicator, place: &Place) -> Table {
    let changes = facts.path(Key::all(indicator, place));
    let digits = decimals(changes.iter().map(|each| each.absolute()));
    let unit = indicator.unit;
    let caption = format!("{}, {}", indicator.label, place.name);
    let mut table = Table::new(caption, vec![words("Year")]);
    table.columns.extend(["Baseline", "Policy", "Change"].map(|name| figures(name, unit)));
    table.columns.push(figures("Change", "%"));
    let years = facts.results.years.iter().zip(changes);
    table.with(years.map(|(year, change)| {
        vec![
            year.to_string(),
            plain(change.baseline, digits),
            plain(change.policy, digits),
            signed(change.absolute(), digits),
            percent_with(change.percent()),
        ]
    }))
}

/// The official targets against what the paths reach.
pub(crate) fn targets(facts: &Facts) -> Table {
    let words = vec![words("Target"), words("Year"), words("Unit")];
    let scaled = facts.results.targets.iter().any(is_scaled);
    let note = format!("Official targets ({SCALED}: some months of the year, scaled to 12)");
    let mut table = Table::new(if scaled { &note } else { "Official targets" }, words);
    table.columns.extend([
        figures("Last", "known"),
        figures("Target", ""),
        figures("Base", ""),
        figures("Policy", ""),
        figures("Missing", ""),
        figures("Needed", "% a year"),
        figures("On path", "% a year"),
    ]);
    table.with(facts.results.targets.iter().map(target_row))
}

fn target_row(target: &TargetResult) -> Vec<String> {
    let unit = unit::readable(&target.unit);
    let shown = |value: f64| unit::convert(value, &target.unit, unit);
    let digits = decimals([shown(target.value)]).max(1);
    let (_, observed) = target.last_observation;
    let about = if is_scaled(target) { SCALED } else { "" };
    vec![
        target.name.clone(),
        target.year.to_string(),
        unit.to_owned(),
        format!("{about}{}", plain(shown(observed), digits)),
        plain(shown(target.value), digits),
        plain(shown(target.baseline), digits),
        plain(shown(target.policy), digits),
        missing(shown(target.gap), digits),
        signed(Some(target.required_growth), 1),
        signed(policy_growth(target), 1),
    ]
}

/// Mark of a level that is that of some months, scaled to a year.
const SCALED: &str = "~";

/// Whether the last known level is that of some months, scaled to a year.
pub(crate) fn is_scaled(target: &TargetResult) -> bool {
    target.last_months < 12 && target.last_observation.1.is_finite()
}

/// The year of the last known level, and the months that it is scaled from.
pub(crate) fn last_year(target: &TargetResult) -> String {
    let (year, _) = target.last_observation;
    if is_scaled(target) {
        format!("{year} by {} months", target.last_months)
    } else {
        year.to_string()
    }
}

/// What is missing, or that nothing is.
pub(crate) fn missing(gap: Option<f64>, digits: usize) -> String {
    match gap {
        Some(gap) if gap <= 0.0 => "reached".to_owned(),
        gap => plain(gap, digits),
    }
}

/// Growth per year from the last observation to the policy path, in percent.
pub(crate) fn policy_growth(target: &TargetResult) -> Option<f64> {
    let (year, value) = target.last_observation;
    let years = f64::from(target.year.checked_sub(year).filter(|years| *years > 0)?);
    let growth = 100.0 * ((target.policy / value).powf(1.0 / years) - 1.0);
    growth.is_finite().then_some(growth)
}

/// What each lever contributes to GDP and jobs of the province; the parts add up as printed.
pub(crate) fn contributions(facts: &Facts) -> Table {
    let study = &facts.results.study;
    let caption = format!("What the levers contribute: {} in {}", study.home, study.headline_year);
    let indicators = [GDP, JOBS];
    let mut table = Table::new(caption, vec![words("Lever")]);
    table.columns.extend(indicators.map(|each| figures(each.label, each.unit)));
    let parts = indicators.map(|each| facts.breakdown(each).map(|parts| printed(&parts)));
    for name in part_names(&parts) {
        let mut cells = vec![spoken(name)];
        cells.extend(parts.each_ref().map(|each| cell_of(each.as_ref(), name)));
        let mark = if name == ALL_LEVERS { Mark::Total } else { Mark::Ordinary };
        table.push(mark, cells);
    }
    table
}

/// Name of the last row of the contributions.
pub(crate) const ALL_LEVERS: &str = "All levers together";

/// Contributions with their total, as text.
type Printed = Vec<(String, String)>;

fn printed(breakdown: &Breakdown) -> Printed {
    let names = breakdown.parts.iter().map(|(name, _)| name.clone());
    names.chain([ALL_LEVERS.to_owned()]).zip(printed_values(breakdown)).collect()
}

/// The contributions and then the total as text, rounded so that they add up.
pub(crate) fn printed_values(breakdown: &Breakdown) -> Vec<String> {
    let values: Vec<f64> = breakdown.parts.iter().map(|(_, value)| *value).collect();
    let digits = decimals([Some(breakdown.total)]);
    let rounded = number::rounded_to_add_up(&values, digits);
    let all = rounded.into_iter().chain([breakdown.total]);
    all.map(|each| signed(Some(each), digits)).collect()
}

/// Names of all parts of all indicators, the total last.
fn part_names(parts: &[Option<Printed>]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in parts.iter().flatten().flatten() {
        if name != ALL_LEVERS && !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    if !names.is_empty() {
        names.push(ALL_LEVERS);
    }
    names
}

fn cell_of(parts: Option<&Printed>, name: &str) -> String {
    let found = parts.and_then(|parts| parts.iter().find(|(each, _)| each == name));
    found.map_or(MISSING.to_owned(), |(_, value)| value.clone())
}

/// The industries of the province that gain and lose most output in the headline year.
pub(crate) fn industries(facts: &Facts, most: usize) -> Table {
    let caption = format!(
        "Industries that gain and lose most: {} in {}",
        facts.province.name, facts.results.study.headline_year
    );
    let leading = facts.leading_industries(most);
    let owners = facts.owners();
    let mut table = Table::new(
        caption,
        vec![
            words("Industry"),
            figures("Output", "bn CNY"),
            figures("Output", "%"),
            figures("Jobs", "thousand"),
        ],
    );
    table
        .columns
        .extend(owners.iter().map(|owner| figures(&format!("{} firms", spoken(owner)), "bn CNY")));
    let digits = decimals(leading.iter().map(|(_, change)| Some(*change)));
    let jobs_digits =
        decimals(leading.iter().map(|(name, _)| {
            facts.headline(industry_key(facts, INDUSTRY_JOBS, name, "")).absolute()
        }));
    table.with(leading.iter().map(|(name, change)| {
        let jobs = facts.headline(industry_key(facts, INDUSTRY_JOBS, name, ""));
        let mut cells = vec![
            (*name).to_owned(),
            signed(Some(*change), digits),
            percent_with(facts.headline(industry_key(facts, OUTPUT, name, "")).percent()),
            signed(jobs.absolute(), jobs_digits),
        ];
        let of_owner = |owner: &&str| facts.headline(industry_key(facts, OUTPUT, name, owner));
        cells.extend(owners.iter().map(|owner| signed(of_owner(owner).absolute(), digits)));
        cells
    }))
}

/// An industry of the province.
pub(crate) fn industry_key<'a>(
    facts: &'a Facts<'a>,
    indicator: Indicator,
    industry: &'a str,
    owner: &'a str,
) -> Key<'a> {
    Key { indicator, place: &facts.province, industry, owner }
}
