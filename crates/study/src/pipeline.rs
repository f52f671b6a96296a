//! A table of projects beside a study: one row a project, read as investment-project levers.
//!
//! | column           | meaning                                                  |
//! |------------------|----------------------------------------------------------|
//! | `name`           | unique                                                   |
//! | `region`, `industry` | where, and whose capital (label or code)             |
//! | `owner`          | investor in words                                        |
//! | `stage`          | `talks`, `signed`, `construction`, `operating`           |
//! | `amount`         | total spending, as in study files: `670 million CNY`     |
//! | `foreign_share`  | 0 to 1                                                   |
//! | `build_first`, `build_last`, `operation_year` | years               |
//! | `schedule`       | share of spending in each year of building, with spaces; empty: even |
//! | `import_content`, `displacement` | 0 to 1                            |
//! | `source`, `status` | as in study files                                      |
//!
//! A project reported by two cities would count twice, so one name twice is an error, and two rows
//! of one owner, industry and amount, or of nearly one name or size in two places, are a warning
//! that names both.
//! Not here: opening the file (`cli`), what a project does (`crate::run`).

use diagnostics::{Diagnostic, Findings};
use formats::sheet::{Key, Row, Sheet};

use crate::ensemble::uncertainty::Uncertainty;
use crate::lever::{Budget, Header, InvestmentProject, Lever, Stage};
use crate::money::{Currency, Money, parse_amount};
use crate::spec::Names;
use crate::spec::{Industry, Region, Source, StageCount, Status, Study, Word};

/// A value of a project that cannot be used.
pub const BAD_VALUE: &str = "E1901";
/// A project named twice.
pub const TWICE: &str = "E1902";
/// Two rows that may be one project.
pub const ALIKE: &str = "W1901";

/// Columns of the table.
pub const COLUMNS: [&str; 15] = [
    "name",
    "region",
    "industry",
    "owner",
    "stage",
    "amount",
    "foreign_share",
    "build_first",
    "build_last",
    "operation_year",
    "schedule",
    "import_content",
    "displacement",
    "source",
    "status",
];

/// Relative difference up to which two amounts count as one.
const NEAR: f64 = 0.1;
/// Likeness of two names (Jaro–Winkler) from which they may be one.
const SIMILAR: f64 = 0.93;

/// Most that shares of a schedule may miss one by.
const SUM_TOLERANCE: f64 = 1e-6;

/// Share of projects of a stage that are built, where nobody states a probability: as counted, or
/// the default of `data/uncertainty.csv`.
pub(crate) fn conversion(stage: Stage, counts: &[StageCount]) -> f64 {
    let counted = counts.iter().find(|count| count.stage == stage && count.of > 0.0);
    counted.map_or_else(
        || Uncertainty::default().scalar(&format!("conversion_{}", stage.word())),
        |count| count.built / count.of,
    )
}

/// Reads a table of projects and puts them behind the study's levers.
///
/// - `file`, `bytes`: name for findings, and content: text, or a workbook whose first sheet counts.
/// - returns all findings; with errors among them the study is left as it was.
pub fn add(study: &mut Study, file: &str, bytes: &[u8], names: &Names) -> Findings {
    let mut findings = Findings::default();
    let Some(sheet) = Sheet::read(file, bytes, &COLUMNS, &mut findings) else { return findings };
    let mut projects = Vec::new();
    for row in &sheet.rows {
        let reader = Reader { sheet: &sheet, row, study, names };
        projects.extend(reader.project(&mut findings));
    }
    twice(study, &sheet, &mut findings);
    alike(&sheet, &mut findings);
    if !findings.has_errors() {
        study.levers.extend(projects.into_iter().map(Lever::InvestmentProject));
    }
    findings
}

/// Letters and digits of a name, in lower case: what makes a project the same.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn twice(study: &Study, sheet: &Sheet, findings: &mut Findings) {
    let mut seen: Vec<(String, String)> =
        study.levers.iter().map(|l| (plain(l.name()), "the study file".to_owned())).collect();
    for row in &sheet.rows {
        let name = sheet.text(row, "name");
        if let Some((_, first)) = seen.iter().find(|(seen, _)| *seen == plain(name)) {
            let message = format!("project `{name}` is also in {first}: it would count twice");
            let finding = Diagnostic::error(TWICE, message)
                .at(sheet.place(row, "name"), "the second of that name")
                .help(
                    "keep it once; where two regions share it, split its amount and name the parts",
                );
            findings.push(finding);
        }
        seen.push((plain(name), format!("line {}", row.line)));
    }
}

/// Rows that may be one project reported twice.
fn alike(sheet: &Sheet, findings: &mut Findings) {
    for (at, row) in sheet.rows.iter().enumerate() {
        let earlier =
            sheet.rows[..at].iter().find_map(|other| Some((other, likeness(sheet, row, other)?)));
        let Some((other, why)) = earlier else { continue };
        let of =
            |row: &Row| format!("`{}` ({})", sheet.text(row, "name"), sheet.text(row, "region"));
        let message = format!("{} and {} {why}: they may be one project", of(row), of(other));
        let label = format!("and {}", sheet.place(other, "name"));
        let finding = Diagnostic::warning(ALIKE, message).at(sheet.place(row, "name"), label);
        findings.push(finding.help("if two cities report one project, keep one of the rows"));
    }
}

/// Why two rows may be one project, if they may.
fn likeness(sheet: &Sheet, row: &Row, other: &Row) -> Option<&'static str> {
    let text = |row, column| plain(sheet.text(row, column));
    let same = |column| text(row, column) == text(other, column);
    let (name, earlier) = (text(row, "name"), text(other, "name"));
    if name == earlier {
        return None; // That is an error already.
    }
    if same("owner") && same("industry") && same("amount") {
        return Some("have owner, industry and amount in common");
    }
    let elsewhere = !same("region");
    let size = |row| parse_amount(sheet.text(row, "amount")).ok();
    let near = match (size(row), size(other)) {
        (Some((a, one)), Some((b, two))) => {
            one == two && (a - b).abs() <= NEAR * a.abs().max(b.abs())
        }
        _ => false,
    };
    if elsewhere && near && same("owner") {
        return Some("are of one owner and nearly of one size in two places");
    }
    let alike = strsim::jaro_winkler(&name, &earlier) >= SIMILAR;
    (elsewhere && alike && same("industry"))
        .then_some("have nearly one name and one industry in two places")
}

struct Reader<'r> {
    sheet: &'r Sheet,
    row: &'r Row,
    study: &'r Study,
    names: &'r Names,
}

impl Reader<'_> {
    fn wrong(&self, column: &str, message: String, help: &str, findings: &mut Findings) {
        let place = self.sheet.place(self.row, column);
        findings.push(Diagnostic::error(BAD_VALUE, message).at(place, "cannot be used").help(help));
    }

    fn text(&self, column: &str) -> &str {
        self.sheet.text(self.row, column).trim()
    }

    fn project(&self, findings: &mut Findings) -> Option<InvestmentProject> {
        let header = self.header(findings);
        let regions = Key { column: "region", names: &self.names.regions };
        let region = self.sheet.name(self.row, regions, findings);
        let industry = self.industry(findings);
        let stage = self.word::<Stage>("stage", findings);
        let amount = self.amount(findings);
        let [foreign_share, import_content, displacement] =
            ["foreign_share", "import_content", "displacement"].map(|c| self.share(c, findings));
        let [first, last, operation_year] =
            ["build_first", "build_last", "operation_year"].map(|c| self.year(c, findings));
        let (first, last, operation_year) = (first?, last?, operation_year?);
        if last < first || operation_year < first {
            let message = format!("building {first} to {last}, operation {operation_year}");
            let help = "write build_first ≤ build_last, and operation_year from build_first on";
            self.wrong("build_last", message, help, findings);
            return None;
        }
        let schedule = self.schedule(usize::from(last - first) + 1, findings)?;
        let region = region?;
        Some(InvestmentProject {
            header: header?,
            region: Region { index: region, name: self.names.regions[region].clone() },
            industry: industry?,
            amount: amount?,
            foreign_share: foreign_share?,
            build_years: (first, last),
            schedule,
            operation_year,
            stage: stage?,
            conversion: conversion(stage?, &self.study.pipeline.counts),
            probability: 1.0,
            but_for: self.study.parameters.get("but_for"),
            displacement: displacement?,
            import_content: import_content?,
            local_sourcing: 0.0,
            support: Money::default(),
            budget: Budget::default(),
        })
    }

    fn header(&self, findings: &mut Findings) -> Option<Header> {
        let status = self.word::<Status>("status", findings);
        for column in ["name", "owner", "source"] {
            if self.text(column).is_empty() {
                self.wrong(column, format!("`{column}` is empty"), "write it", findings);
            }
        }
        let source = Source { text: self.text("source").to_owned(), status: status? };
        Some(Header { name: self.text("name").to_owned(), source, ..Header::default() })
    }

    fn industry(&self, findings: &mut Findings) -> Option<Industry> {
        let text = self.text("industry");
        let found = self.names.industry(text);
        if found.is_none() {
            let message = format!("unknown industry `{text}`");
            self.wrong("industry", message, "write a label or a code of the accounts", findings);
        }
        found.map(|index| Industry { index, name: self.names.industries[index].clone() })
    }

    fn word<W: Word>(&self, column: &str, findings: &mut Findings) -> Option<W> {
        let found = W::from_word(self.text(column));
        if found.is_none() {
            let words: Vec<&str> = W::ALL.iter().map(|(word, _)| *word).collect();
            let help = format!("write one of {}", words.join(", "));
            let message = format!("unknown {} `{}`", W::WHAT, self.text(column));
            self.wrong(column, message, &help, findings);
        }
        found
    }

    fn amount(&self, findings: &mut Findings) -> Option<Money> {
        let rate = self.study.exchange_rate.cny_per_usd;
        match parse_amount(self.text("amount")) {
            Ok((amount, Currency::Cny)) if amount >= 0.0 => Some(Money::from_cny(amount)),
            Ok((amount, Currency::Usd)) if amount >= 0.0 => Some(Money::from_usd(amount, rate)),
            _ => {
                let message = format!("`{}` is not an amount of money", self.text("amount"));
                self.wrong("amount", message, "write e.g. `670 million CNY`", findings);
                None
            }
        }
    }

    fn share(&self, column: &str, findings: &mut Findings) -> Option<f64> {
        let value = self.sheet.number(self.row, column, findings)?;
        if (0.0..=1.0).contains(&value) {
            return Some(value);
        }
        self.wrong(column, format!("{value} is no share"), "write a number from 0 to 1", findings);
        None
    }

    fn year(&self, column: &str, findings: &mut Findings) -> Option<u16> {
        let value = self.sheet.number(self.row, column, findings)?;
        let years = self.study.years;
        let range = f64::from(years.base)..=f64::from(years.last);
        if range.contains(&value) && value.fract() == 0.0 {
            return Some(value as u16);
        }
        let help = format!("write a year from {} to {}", years.base, years.last);
        self.wrong(column, format!("{value} is no year of the study"), &help, findings);
        None
    }

    fn schedule(&self, years: usize, findings: &mut Findings) -> Option<Vec<f64>> {
        let text = self.text("schedule");
        if text.is_empty() {
            return Some(vec![1.0 / years as f64; years]);
        }
        let shares: Option<Vec<f64>> =
            text.split_whitespace().map(|each| each.parse().ok()).collect();
        let shares = shares.filter(|shares| {
            let fits = shares.len() == years && shares.iter().all(|share| *share >= 0.0);
            fits && (shares.iter().sum::<f64>() - 1.0).abs() <= SUM_TOLERANCE
        });
        if shares.is_none() {
            let message = format!("`{text}` is not {years} shares that sum to one");
            self.wrong("schedule", message, "one share for each year of building", findings);
        }
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{ExchangeRate, Years};

    const ROW: &str = "Plant,Shenyang,19,BMW,signed,670 million CNY,0.5,2018,2020,2020,0.2 0.5 0.3,0.4,0,press,assumption";

    fn read(rows: &[&str]) -> (Study, Vec<(&'static str, usize, usize)>) {
        let names = Names {
            regions: vec!["Shenyang".to_owned(), "Dalian".to_owned()],
            industries: vec!["Vehicles".to_owned(), "Batteries".to_owned()],
            industry_codes: vec!["18".to_owned(), "19".to_owned()],
            ..Names::default()
        };
        let mut study = Study {
            years: Years { base: 2017, first: 2018, last: 2025, headline: 2020 },
            exchange_rate: ExchangeRate { cny_per_usd: 6.8, ..ExchangeRate::default() },
            ..Study::default()
        };
        let text = format!("{}\n{}\n", COLUMNS.join(","), rows.join("\n"));
        let findings = add(&mut study, "projects.csv", text.as_bytes(), &names);
        let place = |each: &Diagnostic| {
            let place = each.place.as_ref().expect("every finding has a place");
            (each.code, place.line, place.column)
        };
        let found = findings.iter().map(place).collect();
        (study, found)
    }

    #[test]
    fn a_row_becomes_a_project() {
        let (study, findings) = read(&[ROW]);
        assert_eq!(findings, []);
        let [Lever::InvestmentProject(project)] = &study.levers[..] else { panic!("one project") };
        assert_eq!((project.industry.index, project.stage), (1, Stage::Signed));
        assert_eq!(project.schedule, [0.2, 0.5, 0.3]);
        assert!((project.amount.cny() - 670e6).abs() < 1e-3);
    }

    #[test]
    fn one_project_of_two_cities_is_a_finding() {
        let same = ROW.replace("Plant,Shenyang", "PLANT,Dalian");
        assert_eq!(read(&[ROW, &same]).1, [(TWICE, 3, 1)]);
        let renamed = ROW.replace("Plant,Shenyang", "Battery plant,Dalian");
        let (study, findings) = read(&[ROW, &renamed]);
        assert_eq!((findings, study.levers.len()), (vec![(ALIKE, 3, 1)], 2));
        let resized = renamed.replace("670 million", "700 million").replace(",19,", ",18,");
        assert_eq!(read(&[ROW, &resized]).1, [(ALIKE, 3, 1)]);
        let spelt = ROW.replace("Plant,Shenyang", "Plant A,Dalian").replace("BMW", "Brilliance");
        let long = ROW.replace("Plant,", "Plant B,");
        assert_eq!(read(&[&long, &spelt]).1, [(ALIKE, 3, 1)]);
        // Another owner, another name, another size: another project.
        let other = spelt.replace("Plant A", "Foundry").replace("670", "90");
        assert_eq!(read(&[ROW, &other]).1, []);
    }

    #[test]
    fn every_wrong_value_is_found_at_its_cell_and_no_project_is_added() {
        let wrong = "Plant,Shenyang,77,BMW,sold,much,1.5,2018,2020,2020,0.2 0.5,0.4,0,press,sure";
        let (study, findings) = read(&[wrong]);
        let mut columns: Vec<usize> = findings.iter().map(|(_, _, column)| *column).collect();
        columns.sort_unstable();
        assert_eq!(columns, [3, 5, 6, 7, 11, 15]);
        assert!(study.levers.is_empty() && findings.iter().all(|(code, ..)| *code == BAD_VALUE));
    }
}
