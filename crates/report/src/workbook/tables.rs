//! What is on each sheet.

use rust_xlsxwriter::{Chart, ChartFont, ChartType, Worksheet, XlsxError};
use study::results::{Results, Series, VARIABLES};

use super::sheet::{Cell, Sheet, text};

type Written = Result<(), XlsxError>;

/// Indicators of the summary with the words for them and the decimals they are shown with.
const HEADLINE: [(&str, &str, usize); 10] = [
    ("gdp", "GDP", 2),
    ("employment", "Jobs", 0),
    ("fdi", "Foreign direct investment", 1),
    ("trade", "Exports plus imports", 1),
    ("exports", "Exports", 2),
    ("imports", "Imports", 2),
    ("consumption", "Household consumption", 2),
    ("investment", "Investment", 2),
    ("budget_balance", "Budget balance", 2),
    ("equivalent_variation", "Household gain (equivalent variation)", 2),
];

/// 10,000 yuan in the unit 100 million yuan.
const TEN_THOUSAND_YUAN: f64 = 1e4;

fn decimals(unit: &str) -> usize {
    match unit {
        "persons" => 0,
        "million USD" => 1,
        "100 million CNY" => 2,
        _ => 4,
    }
}

/// What an index or a price has no sum of is still a change.
fn growth(baseline: f64, policy: f64) -> f64 {
    if baseline > 0.0 { 100.0 * (policy / baseline - 1.0) } else { f64::NAN }
}

fn at_headline(results: &Results) -> Option<usize> {
    results.years.iter().position(|year| *year == results.study.headline_year)
}

fn value(series: Option<&Series>, at: usize) -> f64 {
    series.and_then(|series| series.values.get(at)).copied().unwrap_or(f64::NAN)
}

/// Baseline, policy, change as formula, change in percent as formula; from column `first`.
fn four(first: u16, baseline: f64, policy: f64, decimals: usize) -> [Cell; 4] {
    [
        Cell::Number(baseline, decimals),
        Cell::Number(policy, decimals),
        Cell::Less(first + 1, first, policy - baseline, decimals),
        Cell::Growth(first + 1, first, growth(baseline, policy)),
    ]
}

pub(super) fn summary(sheet: &mut Worksheet, results: &Results) -> Written {
    let study = &results.study;
    let setting = format!(
        "{} in {}, policy against baseline; base year {}, closure {}",
        study.home, study.headline_year, study.base_year, study.closure
    );
    let rate = format!(
        "Dollars at {} yuan ({}). 100 million yuan = 10,000 times 10,000 yuan.",
        study.exchange_rate, study.exchange_rate_date
    );
    let lead = [study.description.as_str(), &setting, &rate];
    let mut sheet = Sheet::new(sheet, "Summary", &[40, 20, 16, 16, 14, 12], &study.title, &lead)?;
    sheet.header(&["Indicator", "Unit", "Baseline", "Policy", "Change", "Change, %"], 2..)?;
    let Some(at) = at_headline(results) else { return Ok(()) };
    for (variable, label, decimals) in HEADLINE {
        let of = |scenario: &str| results.series_of(scenario, variable, &study.home);
        let Some(policy) = of("policy") else { continue };
        let unit = policy.unit.clone();
        let (baseline, policy) = (value(of("baseline"), at), value(Some(policy), at));
        let mut cells = vec![text(label), text(unit)];
        cells.extend(four(2, baseline, policy, decimals));
        // A balance or a gain may be near zero, so a percentage of it says nothing.
        if matches!(variable, "budget_balance" | "equivalent_variation") {
            cells.truncate(5);
        }
        sheet.row(&cells)?;
    }
    sheet.gap();
    sheet.heading("GDP by area")?;
    sheet.header(&["Area", "Unit", "Baseline", "Policy", "Change", "Change, %"], 2..)?;
    for region in study.regions.iter().chain([&study.home]) {
        let of = |scenario: &str| value(results.series_of(scenario, "gdp", region), at);
        let mut cells = vec![text(region), text("100 million CNY")];
        cells.extend(four(2, of("baseline"), of("policy"), 2));
        sheet.row(&cells)?;
    }
    sheet.gap();
    trust(&mut sheet, results)
}

/// How far the numbers carry: what a reader must see before using one.
fn trust(sheet: &mut Sheet<'_>, results: &Results) -> Written {
    let failing = results.plausibility.iter().filter(|check| !check.holds).count();
    let of = |status: &str| results.parameters.iter().filter(|each| each.status == status).count();
    sheet.heading("How far to trust this")?;
    let rows = [
        ("Years solved", results.solves.len()),
        ("Plausibility checks", results.plausibility.len()),
        ("of them failing", failing),
        ("Parameters and assumptions", results.parameters.len()),
        ("of them from memory, not verified", of("from_memory_check_before_use")),
        ("of them assumptions", of("assumption")),
    ];
    for (name, count) in rows {
        sheet.row(&[text(name), text(""), Cell::Number(count as f64, 0)])?;
    }
    Ok(())
}

/// What a variable is called in the workbook: its meaning, with a capital.
fn label(variable: &str) -> String {
    let known = VARIABLES.iter().find(|(name, _, _)| *name == variable);
    let meaning = known.map_or(variable, |(_, _, meaning)| meaning);
    let mut letters = meaning.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Every indicator, place and year; answers with the row of the change of GDP of the province in
/// percent, for a chart.
pub(super) fn paths(sheet: &mut Worksheet, results: &Results) -> Result<Option<u32>, XlsxError> {
    let lead = ["Every indicator of every place, years across: baseline, policy, and what the \
                 programme changes."];
    let mut widths = vec![44, 16, 18, 10];
    widths.extend(results.years.iter().map(|_| 12));
    widths.push(20);
    let mut sheet = Sheet::new(sheet, "Paths", &widths, "Policy against baseline", &lead)?;
    let mut names = ["Indicator", "Place", "Unit", "Line"].map(str::to_owned).to_vec();
    names.extend(results.years.iter().map(u16::to_string));
    names.push("Name in the results".to_owned());
    let columns = names.len() as u16;
    sheet.header(&names.iter().map(String::as_str).collect::<Vec<_>>(), 4..columns - 1)?;
    sheet.freeze()?;
    let (first, mut of_gdp) = (sheet.row, None);
    let baseline = |each: &&Series| {
        each.scenario == "baseline" && each.industry.is_empty() && each.owner.is_empty()
    };
    for series in results.series.iter().filter(baseline) {
        let policy = results.series_of("policy", &series.variable, &series.region);
        let digits = decimals(&series.unit);
        let pair = |at: usize| (value(Some(series), at), value(policy, at));
        let lines: [(&str, &dyn Fn(usize) -> Cell); 4] = [
            ("baseline", &|at| Cell::Number(pair(at).0, digits)),
            ("policy", &|at| Cell::Number(pair(at).1, digits)),
            ("change", &|at| Cell::LessAbove(1, 2, pair(at).1 - pair(at).0, digits)),
            ("change, %", &|at| Cell::GrowthAbove(2, 3, growth(pair(at).0, pair(at).1))),
        ];
        for (line, cell) in lines {
            let mut cells =
                vec![text(label(&series.variable)), text(&series.region), text(&series.unit)];
            cells.push(text(line));
            cells.extend((0..results.years.len()).map(cell));
            cells.push(text(&series.variable));
            if line == "change, %"
                && series.variable == "gdp"
                && series.region == results.study.home
            {
                of_gdp = Some(sheet.row);
            }
            sheet.row(&cells)?;
        }
    }
    sheet.filter(first, columns)?;
    Ok(of_gdp)
}

/// Two charts on the summary: what GDP gains by year, and what each lever adds to it.
///
/// - `of_gdp`: row of the sheet of paths with the change of GDP in percent.
/// - `levers`: first and last row of the sheet of contributions.
pub(super) fn charts(
    sheet: &mut Worksheet,
    results: &Results,
    of_gdp: Option<u32>,
    levers: Option<(u32, u32)>,
) -> Written {
    let study = &results.study;
    if let Some(row) = of_gdp {
        let last = 3 + results.years.len() as u16;
        let mut chart = Chart::new(ChartType::Column);
        chart
            .add_series()
            .set_categories(("Paths", HEADER_OF_PATHS, 4, HEADER_OF_PATHS, last))
            .set_values(("Paths", row, 4, row, last))
            .set_gap(60);
        chart.title().set_name(&format!("GDP of {}: programme against baseline, %", study.home));
        beside(sheet, chart, 0)?;
    }
    if let Some((first, last)) = levers {
        let mut chart = Chart::new(ChartType::Bar);
        chart
            .add_series()
            .set_categories(("Contributions", first, 0, last, 0))
            .set_values(("Contributions", first, 1, last, 1))
            .set_gap(40);
        let year = study.headline_year;
        chart.title().set_name(&format!("GDP in {year} by lever, 100 million CNY"));
        chart.y_axis().set_reverse();
        chart.x_axis().set_font(ChartFont::new().set_size(8));
        beside(sheet, chart, 18)?;
    }
    Ok(())
}

/// Row of the header of the sheet of paths.
const HEADER_OF_PATHS: u32 = 3;

/// Right of the tables of the summary.
fn beside(sheet: &mut Worksheet, mut chart: Chart, row: u32) -> Written {
    chart.legend().set_hidden();
    chart.title().set_font(ChartFont::new().set_size(11).set_bold());
    chart.set_width(620).set_height(340);
    sheet.insert_chart(row, 7, &chart)?;
    Ok(())
}

pub(super) fn industries(sheet: &mut Worksheet, results: &Results) -> Written {
    let study = &results.study;
    let title = format!("Industries of {} in {}", study.home, study.headline_year);
    let lead = ["Output and value added in 100 million yuan at base-year prices."];
    let widths = [46, 14, 14, 12, 10, 14, 14, 12, 10, 12, 12, 10, 10];
    let mut sheet = Sheet::new(sheet, "Industries", &widths, &title, &lead)?;
    let mut names = vec!["Industry".to_owned()];
    for what in ["Output", "Value added", "Persons"] {
        names.extend(["baseline", "policy", "change", "%"].map(|part| format!("{what}, {part}")));
    }
    sheet.header(&names.iter().map(String::as_str).collect::<Vec<_>>(), 1..)?;
    sheet.freeze()?;
    let Some(at) = at_headline(results) else { return Ok(()) };
    for industry in &study.industries {
        let mut cells = vec![text(industry)];
        let variables = [("output", 2), ("value_added", 2), ("industry_employment", 0)];
        for (column, (variable, decimals)) in (1..).step_by(4).zip(variables) {
            let of = |scenario: &str| of_province(results, scenario, variable, industry, at);
            cells.extend(four(column, of("baseline"), of("policy"), decimals));
        }
        sheet.row(&cells)?;
    }
    Ok(())
}

/// The province's own series, or the sum of its regions.
fn of_province(
    results: &Results,
    scenario: &str,
    variable: &str,
    industry: &str,
    at: usize,
) -> f64 {
    let find = |region: &str| results.series_by(scenario, variable, region, industry, "");
    let regions = &results.study.home_regions;
    match find(&results.study.home) {
        Some(series) => value(Some(series), at),
        None => regions.iter().map(|region| value(find(region), at)).sum(),
    }
}

/// What each lever adds; answers with the first and last row of levers, for a chart.
pub(super) fn contributions(
    sheet: &mut Worksheet,
    results: &Results,
) -> Result<Option<(u32, u32)>, XlsxError> {
    let study = &results.study;
    let title = format!("What each lever adds: {} in {}", study.home, study.headline_year);
    let statement = results.decomposition.statement.as_str();
    let alone = "Each lever run alone, less baseline; interaction is what they do together beyond.";
    let lead = [
        if statement.is_empty() { alone } else { statement },
        "The parts add up to policy less baseline.",
    ];
    let mut sheet =
        Sheet::new(sheet, "Contributions", &[40, 16, 12, 16, 14, 16, 16], &title, &lead)?;
    let variables = ["gdp", "employment", "fdi", "exports", "consumption", "budget_balance"];
    let parts = |variable: &str| {
        let wanted = |each: &&_| part_of(each, variable, &study.home);
        results.contributions.iter().filter(wanted).collect::<Vec<_>>()
    };
    let columns = variables.map(parts);
    let mut names = vec!["Lever".to_owned()];
    names.extend(variables.iter().zip(&columns).map(|(variable, parts)| {
        let unit = parts.first().map_or("", |part| part.unit.as_str());
        let known = HEADLINE.iter().find(|(name, _, _)| name == variable);
        format!("{}, {unit}", known.map_or(*variable, |(_, label, _)| label))
    }));
    sheet.header(&names.iter().map(String::as_str).collect::<Vec<_>>(), 1..)?;
    let Some(at) = at_headline(results) else { return Ok(None) };
    let digits = columns.each_ref().map(|parts| {
        // A lever's part is far smaller than the whole it is a part of.
        parts.first().map_or(4, |part| decimals(&part.unit) + usize::from(part.unit != "persons"))
    });
    let first = sheet.row;
    for (row, part) in columns[0].iter().enumerate() {
        let mut cells = vec![text(&part.lever)];
        cells.extend(columns.iter().zip(digits).map(|(parts, digits)| {
            let value = parts.get(row).and_then(|part| part.values.get(at)).copied();
            Cell::Number(value.unwrap_or(f64::NAN), digits)
        }));
        sheet.row(&cells)?;
    }
    let mut cells = vec![text("All levers together")];
    cells.extend(columns.iter().zip(digits).map(|(parts, digits)| {
        let sum = parts.iter().filter_map(|part| part.values.get(at)).sum();
        Cell::Sum(first, sum, digits)
    }));
    let rows = (sheet.row > first).then(|| (first, sheet.row - 1));
    sheet.total(&cells)?;
    Ok(rows)
}

fn part_of(part: &study::results::Contribution, variable: &str, region: &str) -> bool {
    part.variable == variable && part.region == region && part.industry.is_empty()
}

pub(super) fn targets(sheet: &mut Worksheet, results: &Results) -> Written {
    let lead =
        ["Missing is the target less policy; negative is passed. Growth a year from the last \
                 observation, in percent."];
    let widths = [34, 12, 16, 8, 14, 14, 14, 14, 12, 12, 14, 60];
    let mut sheet = Sheet::new(sheet, "Targets", &widths, "Official targets", &lead)?;
    let names = [
        "Target",
        "Place",
        "Unit",
        "Year",
        "Target",
        "Baseline",
        "Policy",
        "Missing",
        "Needed, % a year",
        "Last observed",
        "Last value",
        "Source",
    ];
    sheet.header(&names, 3..11)?;
    for each in &results.targets {
        let decimals = decimals(&each.unit);
        sheet.row(&[
            text(&each.name),
            text(&each.region),
            text(&each.unit),
            Cell::Year(each.year),
            Cell::Number(each.value, decimals),
            Cell::Number(each.baseline, decimals),
            Cell::Number(each.policy, decimals),
            Cell::Less(4, 6, each.gap, decimals),
            Cell::Percent(each.required_growth),
            Cell::Year(each.last_observation.0),
            Cell::Number(each.last_observation.1, decimals),
            text(&each.source),
        ])?;
    }
    Ok(())
}

pub(super) fn costs(sheet: &mut Worksheet, results: &Results) -> Written {
    let lead = ["In 10,000 yuan, by who pays."];
    let mut widths = vec![40, 16];
    widths.extend(results.years.iter().map(|_| 12));
    let mut sheet = Sheet::new(sheet, "Costs", &widths, "Cost of the programme", &lead)?;
    let mut names = vec!["Lever".to_owned(), "Budget".to_owned()];
    names.extend(results.years.iter().map(u16::to_string));
    sheet.header(&names.iter().map(String::as_str).collect::<Vec<_>>(), 2..)?;
    let first = sheet.row;
    let mut sums = vec![0.0; results.years.len()];
    for cost in &results.costs {
        let values: Vec<f64> = cost.values.iter().map(|value| value * TEN_THOUSAND_YUAN).collect();
        sums.iter_mut().zip(&values).for_each(|(sum, value)| *sum += value);
        let mut cells = vec![text(&cost.lever), text(&cost.budget)];
        cells.extend(values.into_iter().map(|value| Cell::Number(value, 0)));
        sheet.row(&cells)?;
    }
    let mut cells = vec![text("All"), text("")];
    cells.extend(sums.into_iter().map(|sum| Cell::Sum(first, sum, 0)));
    sheet.total(&cells)
}

pub(super) fn levers(sheet: &mut Worksheet, results: &Results) -> Written {
    let mut sheet = Sheet::new(sheet, "Levers", &[40, 20, 90, 60], "What the programme does", &[])?;
    sheet.header(&["Lever", "Kind", "What it does", "Source"], 4..)?;
    for each in &results.levers {
        let cells = [&each.name, &each.kind, &each.summary, &each.source].map(text);
        sheet.row(&cells)?;
    }
    Ok(())
}

pub(super) fn parameters(sheet: &mut Worksheet, results: &Results) -> Written {
    let lead = ["Who relies on a result checks first what is from memory or assumed."];
    let widths = [44, 18, 24, 30, 70];
    let mut sheet = Sheet::new(sheet, "Parameters", &widths, "Parameters and assumptions", &lead)?;
    sheet.header(&["Name", "Value", "Unit", "Status", "Source"], 1..2)?;
    sheet.freeze()?;
    let first = sheet.row;
    for each in &results.parameters {
        let value = match each.value.parse::<f64>() {
            Ok(value) => Cell::Number(value, 4),
            Err(_) => text(&each.value),
        };
        let status = each.status.replace('_', " ");
        let cells = [text(&each.name), value, text(&each.unit), text(status), text(&each.source)];
        sheet.row(&cells)?;
    }
    sheet.filter(first, 5)
}

pub(super) fn accounts(sheet: &mut Worksheet, results: &Results) -> Written {
    let title = "The accounts against published totals";
    let mut sheet = Sheet::new(sheet, "Accounts", &[60, 20, 16, 16, 12, 70], title, &[])?;
    sheet.header(
        &["Total", "Unit", "Published", "Built", "Off by, %", "Publisher and remark"],
        2..5,
    )?;
    sheet.freeze()?;
    for each in &results.totals {
        sheet.row(&[
            text(&each.item),
            text(&each.unit),
            Cell::Number(each.published, 3),
            Cell::Number(each.built, 3),
            Cell::Growth(3, 2, growth(each.published, each.built)),
            text(&each.note),
        ])?;
    }
    Ok(())
}

pub(super) fn notes(sheet: &mut Worksheet, results: &Results) -> Written {
    let lead = ["A baseline is not a forecast. A contribution is not what would be lost if \
                 the lever were dropped."];
    let title = "Checks, solves and sources of data";
    let mut sheet = Sheet::new(sheet, "Notes", &[60, 60, 12, 60], title, &lead)?;
    sheet.header(&["Expected", "Found", "Holds", "Source"], 4..)?;
    for each in &results.plausibility {
        let holds = if each.holds { "yes" } else { "NO" };
        sheet.row(&[
            text(&each.expectation),
            text(&each.found),
            text(holds),
            text(&each.source),
        ])?;
    }
    sheet.gap();
    let worst = |of: fn(&study::results::Certificate) -> f64| {
        results.solves.iter().map(|solve| of(&solve.certificate).abs()).fold(0.0, f64::max)
    };
    sheet.header(&["Largest deviation of any solve, relative to output", "Value"], 2..)?;
    let deviations = [
        ("Industry cost = industry output", worst(|each| each.zero_profit)),
        ("Supply = demand", worst(|each| each.market_clearance)),
        ("Income = outlay", worst(|each| each.income_balance)),
        ("Saving = investment", worst(|each| each.walras)),
    ];
    for (name, value) in deviations {
        sheet.row(&[text(name), text(format!("{value:.1e}"))])?;
    }
    sheet.gap();
    let provenance = &results.provenance;
    sheet.header(&["Provenance", "SHA-256"], 2..)?;
    sheet.row(&[text(format!("ironbelt {}", provenance.version)), text(&provenance.settings)])?;
    sheet.row(&[text("Study file"), text(&provenance.study_sha256)])?;
    for (name, checksum) in &provenance.inputs {
        sheet.row(&[text(name), text(checksum)])?;
    }
    Ok(())
}
