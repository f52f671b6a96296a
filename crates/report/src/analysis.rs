//! Analyses of input-output tables by name, as tables of columns.
//!
//! Not here: what is computed (`accounts::analysis`).

use accounts::analysis::decomposition::{Date, decompose};
use accounts::analysis::extraction::{Extracted, extract};
use accounts::analysis::footprints::{footprints, origins};
use accounts::analysis::linkages::{Forward, Kind, linkages};
use accounts::analysis::multipliers::{Indicator, Multipliers, multipliers};
use accounts::analysis::roles::Roles;
use accounts::analysis::shift_share::shift_share;
use accounts::analysis::trade::value_added_in_trade;
use accounts::analysis::{
    AnalysisError, Leontief, Regions, ghosh, influence, leontief_inverse, location,
};
use accounts::{InputOutputTable, Matrix};

use crate::sheet::{Line, Sheet, column};

/// Analyses by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Output, value added, income and employment multipliers, type I and II.
    Multipliers,
    /// Backward and forward linkages, key sectors.
    Linkages,
    /// Loss of output without an industry, and without a region.
    Extraction,
    /// Coefficients whose change moves the economy most.
    Influence,
    /// Jobs, imports, emissions and all else beside the money, by region that causes and that uses.
    Footprints,
    /// Value added in the exports of each region.
    Trade,
    /// Location quotients of jobs, or of output where the table has no jobs.
    Location,
    /// Relatedness density of jobs.
    Relatedness,
    /// Complexity of regions and industries.
    Complexity,
    /// Technical coefficients, all cells.
    Coefficients,
    /// The Leontief inverse, all cells.
    Leontief,
    /// The Ghosh inverse, all cells.
    Ghosh,
    /// Why jobs changed up to a later table: intensity, technology, mix and level of demand.
    Decomposition,
    /// Why jobs of regions changed up to a later table: nation, industry mix, regional shift.
    ShiftShare,
}

impl What {
    /// Every analysis with its name and what it tells.
    pub const ALL: [(Self, &str, &str); 14] = [
        (
            Self::Multipliers,
            "multipliers",
            "Output, value added, income and employment multipliers, type I and II",
        ),
        (Self::Linkages, "linkages", "Backward and forward linkages, key sectors"),
        (
            Self::Extraction,
            "extraction",
            "Loss of output without an industry, and without a region",
        ),
        (Self::Influence, "influence", "Coefficients whose change moves the economy most"),
        (
            Self::Footprints,
            "footprints",
            "Jobs, imports, emissions and all else beside the money, by region that causes and that uses",
        ),
        (Self::Trade, "trade", "Value added in the exports of each region"),
        (
            Self::Location,
            "location",
            "Location quotients of jobs, or of output where the table has no jobs",
        ),
        (Self::Relatedness, "relatedness", "Relatedness density of jobs"),
        (Self::Complexity, "complexity", "Complexity of regions and industries"),
        (Self::Coefficients, "coefficients", "Technical coefficients, all cells"),
        (Self::Leontief, "leontief", "Leontief inverse, all cells"),
        (Self::Ghosh, "ghosh", "Ghosh inverse, all cells"),
        (
            Self::Decomposition,
            "decomposition",
            "Why jobs changed up to a later table: intensity, technology, mix and level of demand",
        ),
        (
            Self::ShiftShare,
            "shift-share",
            "Why jobs of regions changed up to a later table: nation, industry mix, regional shift",
        ),
    ];

    /// The analysis of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == name).map(|(what, ..)| *what)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(what, ..)| *what == self).map_or("", |(_, name, _)| name)
    }

    /// Whether it compares a table with a later one.
    pub fn compares(self) -> bool {
        matches!(self, Self::Decomposition | Self::ShiftShare)
    }
}

/// A table and what its rows and columns are.
#[derive(Debug, Clone)]
pub struct Subject<'t> {
    /// The table.
    pub table: &'t InputOutputTable,
    /// What its rows and columns are.
    pub roles: Roles,
}

/// What an analysis tells.
#[derive(Debug, Clone, Default)]
pub struct Analysed {
    /// Tables.
    pub sheets: Vec<Sheet>,
    /// What had to be left out, each with a code.
    pub warnings: Vec<String>,
}

/// What is counted by industry: jobs, or output where the table has no jobs.
struct Activity {
    name: &'static str,
    unit: String,
    by_industry: Vec<f64>,
}

impl Subject<'_> {
    fn activity(&self) -> Activity {
        let unit = self.roles.unit_of_jobs(self.table);
        match (self.roles.jobs(self.table), unit) {
            (Some(by_industry), Some(unit)) => {
                Activity { name: "jobs", unit: unit.to_owned(), by_industry }
            }
            _ => Activity {
                name: "output",
                unit: self.table.unit.clone(),
                by_industry: self.table.output.clone(),
            },
        }
    }
}

type Sheets = Result<Vec<Sheet>, AnalysisError>;

/// An analysis of one table.
///
/// # Errors
/// As the analysis. One that compares two tables has no sheets here.
pub fn of_one(
    what: What,
    system: &Leontief<'_>,
    subject: &Subject<'_>,
) -> Result<Analysed, AnalysisError> {
    let mut warnings: Vec<String> = idle(system, subject.table).into_iter().collect();
    if what == What::Multipliers {
        warnings.extend(unknown(&subject.roles));
    }
    let sheets = sheets(what, system, subject, &mut warnings)?;
    Ok(Analysed { sheets, warnings })
}

fn sheets(
    what: What,
    system: &Leontief<'_>,
    subject: &Subject<'_>,
    warnings: &mut Vec<String>,
) -> Sheets {
    let table = subject.table;
    match what {
        What::Multipliers => multiplier_sheets(system, subject, warnings),
        What::Linkages => linkage_sheets(system, table),
        What::Extraction => extraction_sheets(system, table),
        What::Influence => influence_sheets(table),
        What::Footprints => footprint_sheets(system, table, warnings),
        What::Coefficients => {
            let title = "Technical coefficients: inputs from the row per output of the column";
            Ok(vec![matrix_sheet(table, title, &system.coefficients())])
        }
        What::Leontief => {
            let title = "Leontief inverse: output of the row per final demand for the column";
            Ok(vec![matrix_sheet(table, title, &leontief_inverse(table)?)])
        }
        What::Ghosh => {
            let title = "Ghosh inverse: output of the column per primary input of the row";
            Ok(vec![matrix_sheet(table, title, &ghosh::ghosh_inverse(table)?)])
        }
        What::Trade => trade_sheets(system, table),
        What::Location => {
            let quotients = location::location_quotients(&by_region(subject));
            let title = format!("Location quotients of {}", subject.activity().name);
            Ok(vec![by_region_and_industry(table, &title, &quotients)])
        }
        What::Relatedness => {
            let density = location::relatedness(&location::specialisation(&by_region(subject)));
            let title = format!("Relatedness density of {}", subject.activity().name);
            Ok(vec![by_region_and_industry(table, &title, &density)])
        }
        What::Complexity => complexity_sheets(subject),
        What::Decomposition | What::ShiftShare => Ok(vec![]),
    }
}

/// What changed from one table to a later one.
///
/// # Errors
/// As the analysis.
pub fn compared(
    what: What,
    before: &Subject<'_>,
    after: &Subject<'_>,
) -> Result<Analysed, AnalysisError> {
    let sheets = match what {
        What::Decomposition => decomposition_sheets(before, after),
        _ => shift_share_sheets(before, after),
    };
    Ok(Analysed { sheets: sheets?, warnings: vec![] })
}

/// Labels of every industry.
fn labels(table: &InputOutputTable) -> Vec<Vec<String>> {
    table.industries.iter().map(|each| vec![each.region.clone(), each.name.clone()]).collect()
}

/// A matrix of industries by industries.
fn matrix_sheet(table: &InputOutputTable, title: &str, cells: &Matrix) -> Sheet {
    let many = Regions::of(table).len() > 1;
    let name = |at: usize| {
        let label = &table.industries[at];
        if many { format!("{}: {}", label.region, label.name) } else { label.name.clone() }
    };
    let line = |(at, labels): (usize, Vec<String>)| Line { labels, values: cells.row(at).to_vec() };
    Sheet {
        title: title.to_owned(),
        labels: vec!["Region".to_owned(), "Industry".to_owned()],
        columns: (0..cells.columns()).map(|at| column(&name(at), "", 6)).collect(),
        lines: labels(table).into_iter().enumerate().map(line).collect(),
    }
}

/// A sheet of one row an industry.
fn by_industry(
    table: &InputOutputTable,
    title: &str,
    columns: &[(&str, &str, usize)],
    values: &[&[f64]],
) -> Sheet {
    let line = |(at, labels): (usize, Vec<String>)| Line {
        labels,
        values: values.iter().map(|column| column[at]).collect(),
    };
    Sheet {
        title: title.to_owned(),
        labels: vec!["Region".to_owned(), "Industry".to_owned()],
        columns: columns
            .iter()
            .map(|(name, unit, decimals)| column(name, unit, *decimals))
            .collect(),
        lines: labels(table).into_iter().enumerate().map(line).collect(),
    }
}

/// Says which multipliers the table does not tell, and how to help.
fn unknown(roles: &Roles) -> Option<String> {
    let parts = [
        (roles.income.is_empty(), "household income (--income)"),
        (roles.households.is_empty(), "consumption by households (--households)"),
        (roles.jobs.is_none(), "jobs (--jobs)"),
    ];
    let missing: Vec<&str> =
        parts.iter().filter(|(missing, _)| *missing).map(|(_, what)| *what).collect();
    (!missing.is_empty()).then(|| {
        format!(
            "warning[W1509]: no names in the table tell {}; multipliers that need them are left out",
            missing.join(", ")
        )
    })
}

/// Names the industries whose coefficients are taken as zero.
fn idle(system: &Leontief<'_>, table: &InputOutputTable) -> Option<String> {
    let named = system.idle().iter().map(|at| {
        let label = &table.industries[*at];
        format!("`{}` in {}", label.name, label.region)
    });
    let named: Vec<String> = named.collect();
    (!named.is_empty()).then(|| {
        format!(
            "warning[W1502]: {} industries have no output; their coefficients are taken as zero: {}",
            named.len(),
            named.join(", ")
        )
    })
}

/// Multipliers of output, value added, and of income and jobs where the table tells them; type II where
/// it tells households.
fn multiplier_sheets(
    system: &Leontief<'_>,
    subject: &Subject<'_>,
    warnings: &mut Vec<String>,
) -> Sheets {
    let (table, roles) = (subject.table, &subject.roles);
    let known = !roles.income.is_empty() && !roles.households.is_empty();
    let closure = if known { Some(roles.households(table, None)?.0) } else { None };
    let unit = format!("{}/{}", subject.activity().unit, table.unit);
    let of = |name, unit: &str, amounts: &[f64]| Indicator::of(system, name, unit, amounts);
    let mut indicators =
        vec![Indicator::output(table), of("value added", &table.unit, &roles.value_added(table))?];
    if let Some(income) = roles.income(table) {
        indicators.push(of("income", &table.unit, &income)?);
    }
    if let Some(jobs) = roles.jobs(table) {
        indicators.push(of("employment", &unit, &jobs)?);
    }
    let found = match multipliers(system, &indicators, closure.as_ref()) {
        // Type I does not depend on households.
        Err(AnalysisError::Explosive) => multipliers(system, &indicators, None)?,
        other => other?,
    };
    if closure.is_some() && found.iter().any(|each| each.type_two.is_none()) {
        warnings.push(format!("warning[W1510]: {}; type II is left out", AnalysisError::Explosive));
    }
    let sheet = |each: &Multipliers| {
        let unit = if each.name == "employment" { unit.as_str() } else { "" };
        let mut columns = vec![("Direct", unit, 4), ("Type I", unit, 4), ("Ratio I", "", 4)];
        let ratio_one = each.ratio_one();
        let mut values = vec![&each.direct[..], &each.type_one, &ratio_one];
        let ratio_two = each.ratio_two();
        if let (Some(total), Some(ratio)) = (&each.type_two, &ratio_two) {
            columns.extend([("Type II", unit, 4), ("Ratio II", "", 4)]);
            values.extend([&total[..], &ratio[..]]);
            columns.swap(2, 3);
            values.swap(2, 3);
        }
        let title = format!(
            "Multipliers of {} per unit of final demand; ratios are total over direct",
            each.name
        );
        by_industry(table, &title, &columns, &values)
    };
    Ok(found.iter().map(sheet).collect())
}

fn linkage_sheets(system: &Leontief<'_>, table: &InputOutputTable) -> Sheets {
    let found = linkages(system, table, Forward::Ghosh)?;
    let key: Vec<f64> =
        (0..system.size()).map(|at| f64::from(u8::from(found.kind(at) == Kind::Key))).collect();
    Ok(vec![by_industry(
        table,
        "Linkages: direct (Hirschman), total (Rasmussen; forward by Ghosh), over their mean; key = 1",
        &[
            ("Direct back", "", 4),
            ("Direct fwd", "", 4),
            ("Backward", "", 4),
            ("Forward", "", 4),
            ("Back/mean", "", 3),
            ("Fwd/mean", "", 3),
            ("Key", "", 0),
        ],
        &[
            &found.direct_backward,
            &found.direct_forward,
            &found.backward,
            &found.forward,
            &found.power,
            &found.sensitivity,
            &key,
        ],
    )])
}

fn extraction_sheets(system: &Leontief<'_>, table: &InputOutputTable) -> Sheets {
    let losses = |members: &[usize]| -> Result<Vec<f64>, AnalysisError> {
        let loss = |kind| Ok(extract(system, table, members, kind)?.loss_of_others);
        [Extracted::Purchases, Extracted::Sales].into_iter().map(loss).collect()
    };
    let sheet = |title: &str, labels: &[&str], lines: Vec<Line>| Sheet {
        title: title.to_owned(),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        columns: ["Buys nothing", "Sells nothing"]
            .map(|name| column(name, &table.unit, 3))
            .to_vec(),
        lines,
    };
    let regions = Regions::of(table);
    let of_region = |(at, name): (usize, &String)| {
        Ok(Line { labels: vec![name.clone()], values: losses(&regions.industries(at))? })
    };
    let of_industry =
        |(at, labels): (usize, Vec<String>)| Ok(Line { labels, values: losses(&[at])? });
    Ok(vec![
        sheet(
            "Output that others lose when a region buys nothing from industries, or sells nothing to them",
            &["Region"],
            regions
                .names
                .iter()
                .enumerate()
                .map(of_region)
                .collect::<Result<_, AnalysisError>>()?,
        ),
        sheet(
            "The same of an industry",
            &["Region", "Industry"],
            labels(table)
                .into_iter()
                .enumerate()
                .map(of_industry)
                .collect::<Result<_, AnalysisError>>()?,
        ),
    ])
}

/// Coefficients listed.
const FEW_COEFFICIENTS: usize = 50;

fn influence_sheets(table: &InputOutputTable) -> Sheets {
    let total = influence::influences(&leontief_inverse(table)?);
    let n = total.rows();
    let mut cells: Vec<usize> = (0..n * n).collect();
    cells.sort_by(|a, b| total.values()[*b].total_cmp(&total.values()[*a]));
    let label =
        |at: usize| format!("{}: {}", table.industries[at].region, table.industries[at].name);
    let line = |cell: &usize| {
        let (i, j) = (cell / n, cell % n);
        let output = table.output[j];
        let coefficient = if output == 0.0 { 0.0 } else { table.flows.at(i, j) / output };
        Line { labels: vec![label(i), label(j)], values: vec![coefficient, total.values()[*cell]] }
    };
    Ok(vec![Sheet {
        title: format!("The {FEW_COEFFICIENTS} coefficients with the largest total influence"),
        labels: vec!["From".to_owned(), "To".to_owned()],
        columns: vec![column("Coefficient", "", 4), column("Influence", "", 4)],
        lines: cells.iter().take(FEW_COEFFICIENTS).map(line).collect(),
    }])
}

/// Whether amounts in that unit do not add up over industries: indices, shares, prices.
fn cannot_be_added(unit: &str) -> bool {
    let unit = unit.to_lowercase();
    let mut words = unit.split(|each: char| !each.is_alphanumeric());
    let rates =
        ["index", "indices", "percent", "percentage", "share", "ratio", "rate", "per", "price"];
    unit.contains('%')
        || unit.contains("=100")
        || unit.contains("= 100")
        || words.any(|word| rates.contains(&word))
}

fn footprint_sheets(
    system: &Leontief<'_>,
    table: &InputOutputTable,
    warnings: &mut Vec<String>,
) -> Sheets {
    let regions = Regions::of(table);
    let mut sheets = vec![];
    let mut skipped = vec![];
    for extension in &table.extensions {
        let found = footprints(system, table, extension)?;
        let from = origins(system, table, extension)?;
        for (k, row) in extension.rows.iter().enumerate() {
            if cannot_be_added(&row.unit) {
                skipped.push(format!("`{}` ({})", row.name, row.unit));
                continue;
            }
            let inside = |r: usize| from[k].at(r, r);
            let line = |(r, name): (usize, &String)| Line {
                labels: vec![name.clone()],
                values: vec![
                    found.production.at(k, r),
                    found.consumption.at(k, r),
                    from[k].column_sum(r) - inside(r),
                    from[k].row_sum(r) - inside(r),
                ],
            };
            sheets.push(Sheet {
                title: format!(
                    "{}: {}, by region that causes and region that uses",
                    extension.name, row.name
                ),
                labels: vec!["Region".to_owned()],
                columns: ["Production", "Consumption", "From others", "For others"]
                    .map(|name| column(name, &row.unit, 1))
                    .to_vec(),
                lines: regions.names.iter().enumerate().map(line).collect(),
            });
        }
    }
    if !skipped.is_empty() {
        warnings.push(format!(
            "warning[W1511]: units that do not add up over industries are left out: {}",
            skipped.join(", ")
        ));
    }
    Ok(sheets)
}

/// The terms of Koopman, Wang & Wei in their order, as columns are headed.
const NINE_TERMS: [&str; 9] = [
    "1 DV final",
    "2 DV intermediate",
    "3 DV to third",
    "4 DV back final",
    "5 DV back intermediate",
    "6 DC at home",
    "7 FV final",
    "8 FV intermediate",
    "9 DC abroad",
];

fn trade_sheets(system: &Leontief<'_>, table: &InputOutputTable) -> Sheets {
    let found = value_added_in_trade(system, table)?;
    let sheet = |title: &str, names: &[&str], values: Vec<Vec<f64>>| Sheet {
        title: title.to_owned(),
        labels: vec!["Region".to_owned()],
        columns: names.iter().map(|name| column(name, &table.unit, 2)).collect(),
        lines: found
            .regions
            .iter()
            .zip(values)
            .map(|(name, values)| Line { labels: vec![name.clone()], values })
            .collect(),
    };
    let terms = found.nine_terms.iter().map(|each| each.all().to_vec()).collect();
    let contents = found.contents.iter().map(|each| {
        vec![
            each.exports,
            each.domestic(),
            each.absorbed_abroad,
            each.reflected,
            each.domestic_double,
            each.foreign,
            each.foreign_double,
        ]
    });
    Ok(vec![
        sheet(
            "Exports to other regions and abroad by content (Borin & Mancini)",
            &[
                "Exports",
                "Domestic",
                "Absorbed",
                "Reflected",
                "Dom. double",
                "Foreign",
                "For. double",
            ],
            contents.collect(),
        ),
        sheet(
            "Exports in the nine terms of Koopman, Wang & Wei: own value added (DV), foreign (FV), double \
             counting (DC)",
            &NINE_TERMS,
            terms,
        ),
    ])
}

/// Names of industries in order of first appearance, and where each label has its own.
fn industry_names(table: &InputOutputTable) -> (Vec<String>, Vec<usize>) {
    let mut names: Vec<String> = vec![];
    let mut position = |name: &String| {
        names.iter().position(|each| each == name).unwrap_or_else(|| {
            names.push(name.clone());
            names.len() - 1
        })
    };
    let positions = table.industries.iter().map(|label| position(&label.name)).collect();
    (names, positions)
}

/// Activity, regions × industry names.
fn by_region(subject: &Subject<'_>) -> Matrix {
    let counted = subject.activity().by_industry;
    let (names, positions) = industry_names(subject.table);
    let regions = Regions::of(subject.table);
    let mut sums = Matrix::zeros(regions.len(), names.len());
    for (at, amount) in counted.iter().enumerate() {
        *sums.at_mut(regions.of_industry[at], positions[at]) += amount;
    }
    sums
}

fn by_region_and_industry(table: &InputOutputTable, title: &str, values: &Matrix) -> Sheet {
    let (names, _) = industry_names(table);
    let line =
        |(k, name): (usize, &String)| Line { labels: vec![name.clone()], values: values.column(k) };
    Sheet {
        title: title.to_owned(),
        labels: vec!["Industry".to_owned()],
        columns: Regions::of(table).names.iter().map(|name| column(name, "", 3)).collect(),
        lines: names.iter().enumerate().map(line).collect(),
    }
}

fn complexity_sheets(subject: &Subject<'_>) -> Sheets {
    let table = subject.table;
    let specialised = location::specialisation(&by_region(subject));
    let found = location::complexity(&specialised);
    let found = found.ok_or(AnalysisError::Missing("three specialised regions and industries"))?;
    let sheet =
        |title: &str, label: &str, names: &[String], values: &[f64], counts: Vec<f64>| Sheet {
            title: title.to_owned(),
            labels: vec![label.to_owned()],
            columns: vec![column("Complexity", "", 3), column("Specialised", "", 0)],
            lines: names
                .iter()
                .zip(values.iter().zip(counts))
                .map(|(name, (value, count))| Line {
                    labels: vec![name.clone()],
                    values: vec![*value, count],
                })
                .collect(),
        };
    let regions = Regions::of(table).names;
    let (industries, _) = industry_names(table);
    Ok(vec![
        sheet("Complexity of regions", "Region", &regions, &found.regions, specialised.row_sums()),
        sheet(
            "Complexity of industries",
            "Industry",
            &industries,
            &found.industries,
            specialised.column_sums(),
        ),
    ])
}

fn decomposition_sheets(before: &Subject<'_>, after: &Subject<'_>) -> Sheets {
    let (counted, later) = (before.activity(), after.activity());
    let (first, last) = (Leontief::new(before.table)?, Leontief::new(after.table)?);
    let intensities =
        [first.per_output(&counted.by_industry)?, last.per_output(&later.by_industry)?];
    let demand = [before, after].map(|each| each.table.final_demand.row_sums());
    let found = decompose(
        &Date { system: &first, intensity: &intensities[0], demand: &demand[0] },
        &Date { system: &last, intensity: &intensities[1], demand: &demand[1] },
    )?;
    let columns = ["Change", "Intensity", "Technology", "Mix", "Level"];
    Ok(vec![by_industry(
        before.table,
        &format!("Change of {} by structural decomposition (average of polar forms)", counted.name),
        &columns.map(|name| (name, counted.unit.as_str(), 1)),
        &[&found.change, &found.intensity, &found.technology, &found.mix, &found.level],
    )])
}

fn shift_share_sheets(before: &Subject<'_>, after: &Subject<'_>) -> Sheets {
    let found = shift_share(&by_region(before), &by_region(after))?;
    let counted = before.activity().name;
    let sheets = [
        ("National growth", &found.national),
        ("Industry mix", &found.industry_mix),
        ("Regional shift", &found.regional_shift),
    ];
    let sheet = |(title, values): (&str, &Matrix)| {
        let title = format!("{title} of {counted} (shift-share)");
        by_region_and_industry(before.table, &title, values)
    };
    Ok(sheets.into_iter().map(sheet).collect())
}
