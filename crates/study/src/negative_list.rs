//! A negative list scored: text rules → restrictiveness by industry → barriers.
//!
//! | here       | symbol | meaning                                                         |
//! |------------|--------|-----------------------------------------------------------------|
//! | `score`    | s(e)   | entry: Σ over types of the highest measure of that type, at most 1 |
//! | `covers`   | c(e)   | part of the industry's sales that the entry is about            |
//! | `covers_foreign` | f(e) | the same of the sales of its foreign firms                  |
//! | `until`    |        | last year of the entry by the text of its edition               |
//! | `restrictiveness` | S(i) | industry: Σ c(e) s(e), at most 1                           |
//! | `barrier`  | b(i)   | ad valorem equivalent on foreign firms' sales: slope · Σ f(e) s(e) |
//!
//! Method: OECD FDI Regulatory Restrictiveness Index (Kalinova, Palerm & Thomsen 2010): four types
//! of measures, summed within a sector and capped at 1. The grid and the slopes are an editable
//! file of rules. Not here: reading that file (`crate::file`), opening files (`cli`).

use diagnostics::{Diagnostic, Findings, Place};
use formats::sheet::Sheet;

use crate::lever::{Barrier, Lever, MarketAccess, OpeningStage};
use crate::results::ParameterNote;
use crate::spec::{Industry, Names, Source, Status, Study, Word};

/// The rules that ship with the program.
pub const RULES: &str = include_str!("../../../data/negative_list/rules.toml");
/// Name of the shipped rules in messages.
pub const RULES_NAME: &str = "data/negative_list/rules.toml";
/// The list that ships with the program: China, editions 2017 and 2018.
pub const LIST: &str = include_str!("../../../data/negative_list/china.csv");
/// Name of the shipped list in messages.
pub const LIST_NAME: &str = "data/negative_list/china.csv";

/// A cell of a list that cannot be used.
pub const BAD_CELL: &str = "E2101";
/// An edition that the list does not have.
pub const NO_EDITION: &str = "E2102";
/// An entry whose text no rule recognises.
pub const NO_RULE: &str = "W2101";
/// Two editions that do not differ for the industries of a lever.
pub const NO_CHANGE: &str = "W2102";

/// Columns of a list; [`COVERS_FOREIGN`] and [`UNTIL`] may be there as well.
pub const COLUMNS: [&str; 7] =
    ["edition", "entry", "industries", "covers", "text", "source", "status"];

/// Column of the part of foreign firms' sales; without it, or empty, that of all firms.
pub const COVERS_FOREIGN: &str = "covers_foreign";

/// Column of the last year in which an entry holds; without it, or empty, it stays.
pub const UNTIL: &str = "until";

/// Type of a measure: types add, measures of one type do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Type {
    /// Limits of foreign equity.
    #[default]
    Equity,
    /// Screening and approval.
    Screening,
    /// Key personnel.
    Personnel,
    /// Other restrictions on operation.
    Operation,
}

impl Word for Type {
    const WHAT: &'static str = "type of measure";
    const ALL: &'static [(&'static str, Self)] = &[
        ("equity", Self::Equity),
        ("screening", Self::Screening),
        ("personnel", Self::Personnel),
        ("operation", Self::Operation),
    ];
}

/// Whose share the percentage of a cap is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cap {
    /// At most this foreign share.
    #[default]
    Foreign,
    /// At least this Chinese share.
    Chinese,
}

impl Word for Cap {
    const WHAT: &'static str = "cap";
    const ALL: &'static [(&'static str, Self)] =
        &[("foreign", Self::Foreign), ("chinese", Self::Chinese)];
}

/// A measure and the phrases it is recognised by.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measure {
    /// Name.
    pub name: String,
    /// Type.
    pub kind: Type,
    /// Phrases, in lower case.
    pub phrases: Vec<String>,
    /// Score; of a cap it depends on the percentage.
    pub score: f64,
    /// Whose share a percentage caps.
    pub caps: Option<Cap>,
    /// Part of the barrier that is rent.
    pub rent_share: f64,
}

/// A file of rules.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rules {
    /// Score of a foreign share capped below a half, and at a half or more.
    pub caps: (f64, f64),
    /// Measures.
    pub measures: Vec<Measure>,
    /// Ad valorem equivalent of a restrictiveness of 1: goods, services.
    pub slopes: (f64, f64),
    /// Position of the first service among the industries.
    pub services_from: usize,
    /// Source of the scores.
    pub source: Source,
    /// Source of the slopes.
    pub slope_source: Source,
}

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// Edition.
    pub edition: String,
    /// Name.
    pub name: String,
    /// Industries it is about.
    pub industries: Vec<Industry>,
    /// Part of their sales.
    pub covers: f64,
    /// Part of the sales of their foreign firms.
    pub covers_foreign: f64,
    /// Last year in which it holds by the text of its edition; none for as long as the edition.
    pub until: Option<u16>,
    /// What it says.
    pub text: String,
    /// Source.
    pub source: Source,
}

/// A measure found in an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Name of the measure.
    pub measure: String,
    /// Its type.
    pub kind: Type,
    /// Its score.
    pub score: f64,
    /// Part that is rent.
    pub rent_share: f64,
}

/// Restrictiveness of an industry, and the barrier it means.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Score {
    /// 0 (open) to 1 (closed).
    pub restrictiveness: f64,
    /// Ad valorem equivalent in its two parts.
    pub barrier: Barrier,
}

impl Rules {
    /// Measures that the text of an entry contains, the highest of each type.
    pub fn measures_in(&self, text: &str) -> Vec<Found> {
        let text = text.to_lowercase();
        let mut found: Vec<Found> = Vec::new();
        for measure in &self.measures {
            let Some(score) = self.score_in(measure, &text) else { continue };
            let this = Found {
                measure: measure.name.clone(),
                kind: measure.kind,
                score,
                rent_share: measure.rent_share,
            };
            match found.iter_mut().find(|each| each.kind == measure.kind) {
                Some(other) if other.score < score => *other = this,
                Some(_) => {}
                None => found.push(this),
            }
        }
        found
    }

    fn score_in(&self, measure: &Measure, text: &str) -> Option<f64> {
        let after =
            |phrase: &String| text.find(phrase.as_str()).map(|at| &text[at + phrase.len()..]);
        let rest = measure.phrases.iter().find_map(after)?;
        let Some(cap) = measure.caps else { return Some(measure.score) };
        let percent = first_percentage(rest)?;
        let foreign = if cap == Cap::Foreign { percent } else { 100.0 - percent };
        Some(if foreign < 50.0 { self.caps.0 } else { self.caps.1 })
    }

    /// Ad valorem equivalent of a restrictiveness of 1 in an industry.
    pub fn slope(&self, industry: usize) -> f64 {
        if industry < self.services_from { self.slopes.0 } else { self.slopes.1 }
    }

    /// Scores of all industries in one edition, by the entries that hold in a year.
    ///
    /// - `year`: none for all entries of the edition.
    pub fn score(
        &self,
        entries: &[Entry],
        edition: &str,
        year: Option<u16>,
        industries: usize,
    ) -> Vec<Score> {
        let mut sums = vec![[0.0; 3]; industries];
        let holds = |entry: &&Entry| {
            entry.edition == edition
                && year.is_none_or(|year| entry.until.is_none_or(|last| year <= last))
        };
        for entry in entries.iter().filter(holds) {
            let found = self.measures_in(&entry.text);
            let total: f64 = found.iter().map(|each| each.score).sum();
            let rent: f64 = found.iter().map(|each| each.score * each.rent_share).sum();
            let kept = total.min(1.0) / total.max(f64::MIN_POSITIVE);
            for industry in &entry.industries {
                let sum = &mut sums[industry.index];
                sum[0] += entry.covers * total * kept;
                sum[1] += entry.covers_foreign * total * kept;
                sum[2] += entry.covers_foreign * rent * kept;
            }
        }
        let score = |(industry, [all, foreign, rent]): (usize, [f64; 3])| {
            let height = self.slope(industry) * f64::min(foreign, 1.0);
            let rent_share = if foreign > 0.0 { rent / foreign } else { 0.0 };
            let barrier = Barrier::split(height, rent_share);
            Score { restrictiveness: f64::min(all, 1.0), barrier }
        };
        sums.into_iter().enumerate().map(score).collect()
    }

    /// Rules as parameters of a study.
    pub fn notes(&self) -> Vec<ParameterNote> {
        let note = |name: &str, value: f64, unit: &str, source: &Source| ParameterNote {
            name: format!("negative list: {name}"),
            value: value.to_string(),
            unit: unit.to_owned(),
            source: source.text.clone(),
            status: source.status.word().to_owned(),
        };
        let ave = "ad valorem of restrictiveness 1";
        let slopes = [("goods", self.slopes.0), ("services", self.slopes.1)];
        let slopes = slopes.map(|(name, value)| note(name, value, ave, &self.slope_source));
        let caps = [("cap below 50 %", self.caps.0), ("cap from 50 %", self.caps.1)];
        let caps = caps.map(|(name, value)| note(name, value, "score", &self.source));
        let measures = self.measures.iter().filter(|each| each.caps.is_none());
        let measures = measures.map(|each| note(&each.name, each.score, "score", &self.source));
        slopes.into_iter().chain(caps).chain(measures).collect()
    }
}

/// `… 50 % …` → 50.
fn first_percentage(text: &str) -> Option<f64> {
    let before = text[..text.find('%')?].trim_end();
    let digits = before.rfind(|each: char| !each.is_ascii_digit() && each != '.');
    before[digits.map_or(0, |at| at + 1)..].parse().ok()
}

/// Reads a list.
///
/// - returns what could be read, and all findings: bad cells, entries that no rule recognises.
pub fn read_list(file: &str, text: &str, rules: &Rules, names: &Names) -> (Vec<Entry>, Findings) {
    let mut findings = Findings::default();
    let mut entries = Vec::new();
    let Some(sheet) = Sheet::parse(file, text, &COLUMNS, &mut findings) else {
        return (entries, findings);
    };
    for row in &sheet.rows {
        let cell = |column: &str| sheet.text(row, column).trim();
        let has = |column: &str| sheet.columns().iter().any(|each| each == column);
        let optional = |column: &str| if has(column) { cell(column) } else { "" };
        let mut wrong = |column: &str, message: String, help: &str| {
            let place = sheet.place(row, column);
            findings
                .push(Diagnostic::error(BAD_CELL, message).at(place, "cannot be used").help(help));
        };
        let industries: Option<Vec<Industry>> = industries(cell("industries"), names);
        if industries.is_none() {
            let message = format!("`{}` is not a list of industry codes", cell("industries"));
            wrong("industries", message, "write codes with spaces between, or ranges: 06..17 19");
        }
        let share = |text: &str| text.parse::<f64>().ok().filter(|part| (0.0..=1.0).contains(part));
        let covers = share(cell("covers"));
        if covers.is_none() {
            let message = format!("`{}` is no share", cell("covers"));
            wrong("covers", message, "write the part of the industry's sales, 0 to 1");
        }
        let covers_foreign = match optional(COVERS_FOREIGN) {
            "" => covers,
            text => share(text),
        };
        if covers.is_some() && covers_foreign.is_none() {
            let message = format!("`{}` is no share", cell(COVERS_FOREIGN));
            let help = "write the part of foreign firms' sales, 0 to 1, or leave the field empty";
            wrong(COVERS_FOREIGN, message, help);
        }
        let until = match optional(UNTIL) {
            "" => Some(None),
            text => text.parse::<u16>().ok().filter(|year| YEARS.contains(year)).map(Some),
        };
        if until.is_none() {
            let message = format!("`{}` is no year", cell(UNTIL));
            wrong(UNTIL, message, "write the last year in which the entry holds, or nothing");
        }
        let status = Status::from_word(cell("status"));
        if status.is_none() {
            let message = format!("unknown status `{}`", cell("status"));
            wrong("status", message, "write one of the words of docs/study-file.md");
        }
        if rules.measures_in(cell("text")).is_empty() {
            let message = format!("no rule recognises entry `{}`", cell("entry"));
            let finding = Diagnostic::warning(NO_RULE, message)
                .at(sheet.place(row, "text"), "counts as open")
                .help("add a phrase to a measure of the rules, or reword the entry");
            findings.push(finding);
        }
        let (Some(industries), Some(covers), Some(covers_foreign), Some(until), Some(status)) =
            (industries, covers, covers_foreign, until, status)
        else {
            continue;
        };
        entries.push(Entry {
            edition: cell("edition").to_owned(),
            name: cell("entry").to_owned(),
            industries,
            covers,
            covers_foreign,
            until,
            text: cell("text").to_owned(),
            source: Source { text: cell("source").to_owned(), status },
        });
    }
    (entries, findings)
}

/// Years that an entry may end in.
const YEARS: std::ops::RangeInclusive<u16> = 1978..=2100;

/// `06..17 19`: codes and ranges of codes.
fn industries(text: &str, names: &Names) -> Option<Vec<Industry>> {
    let at = |code: &str| names.industry_codes.iter().position(|each| each == code);
    let mut list = Vec::new();
    for word in text.split_whitespace() {
        let (first, last) = word.split_once("..").unwrap_or((word, word));
        for index in at(first)?..=at(last)? {
            list.push(Industry { index, name: names.industries[index].clone() });
        }
    }
    (!list.is_empty()).then_some(list)
}

/// Editions of a list, in order of appearance.
pub fn editions(entries: &[Entry]) -> Vec<&str> {
    let mut list: Vec<&str> = Vec::new();
    for entry in entries {
        if !list.contains(&entry.edition.as_str()) {
            list.push(&entry.edition);
        }
    }
    list
}

/// Whether a study reads barriers from a negative list.
pub fn is_asked(study: &Study) -> bool {
    let asks =
        |lever: &Lever| matches!(lever, Lever::MarketAccess(access) if access.editions.is_some());
    study.levers.iter().any(asks)
}

/// A file by name, for findings, and its text.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// Name.
    pub name: &'a str,
    /// Text.
    pub text: &'a str,
}

/// Fills the barriers of a study's market-access levers that are read from a negative list.
///
/// - `study_file`: for findings; `rules_and_list`: the two files to read.
/// - returns all findings; with errors among them some barriers are left at zero.
pub fn read(
    study: &mut Study,
    study_file: File<'_>,
    [rules, list]: [File<'_>; 2],
    names: &Names,
) -> Findings {
    let (rules, mut findings) = crate::file::parse_rules(rules.name, rules.text, names);
    let Some(rules) = rules else { return findings };
    let (entries, of_list) = read_list(list.name, list.text, &rules, names);
    findings.extend(of_list);
    for lever in &mut study.levers {
        let Lever::MarketAccess(access) = lever else { continue };
        if access.editions.is_some() {
            findings.extend(fill(access, study_file, &rules, &entries, names));
        }
    }
    study.negative_list.notes = notes(study, &rules, &entries);
    findings
}

/// Rules, and the entries about industries that some lever opens by them.
fn notes(study: &Study, rules: &Rules, entries: &[Entry]) -> Vec<ParameterNote> {
    let mut list = rules.notes();
    for entry in entries {
        let used = study.levers.iter().any(|lever| {
            let Lever::MarketAccess(access) = lever else { return false };
            let named = access
                .editions
                .as_ref()
                .is_some_and(|(before, after)| [before, after].contains(&&entry.edition));
            named && entry.industries.iter().any(|each| access.industries.contains(each))
        });
        if used {
            list.push(ParameterNote {
                name: format!("negative list of {}: {}, part covered", entry.edition, entry.name),
                value: entry.covers_foreign.to_string(),
                unit: "share of foreign firms' sales".to_owned(),
                source: format!(
                    "chosen here; text of the entry: {} ({})",
                    entry.source.text,
                    entry.source.status.word()
                ),
                status: Status::Assumption.word().to_owned(),
            });
        }
    }
    list
}

fn fill(
    access: &mut MarketAccess,
    file: File<'_>,
    rules: &Rules,
    entries: &[Entry],
    names: &Names,
) -> Findings {
    let mut findings = Findings::default();
    let Some((before, after)) = access.editions.clone() else { return findings };
    let known = editions(entries);
    let start = access.header.span.start;
    let end = file.text[start..].find('\n').map_or(file.text.len(), |line| start + line);
    let place = || Place::in_text(file.name, file.text, start..end);
    if let Some(edition) = [&before, &after].into_iter().find(|x| !known.contains(&x.as_str())) {
        let message = format!("the negative list has no edition `{edition}`");
        let help = format!("write two of {}", known.join(", "));
        let finding =
            Diagnostic::error(NO_EDITION, message).at(place(), "in this lever").help(help);
        findings.push(finding);
        return findings;
    }
    let barriers = |edition: &str, year: Option<u16>| {
        let all = rules.score(entries, edition, year, names.industries.len());
        access.industries.iter().map(|each| all[each.index].barrier).collect::<Vec<_>>()
    };
    let (old, new) = (barriers(&before, None), barriers(&after, Some(access.from_year)));
    // An entry that ends makes a stage, where it lowers a barrier of the lever.
    let mut stages: Vec<OpeningStage> = Vec::new();
    for year in access.from_year + 1..=access.to_year {
        let barriers = barriers(&after, Some(year));
        if stages.last().map_or(&new, |stage| &stage.barriers) != &barriers {
            stages.push(OpeningStage { from_year: year, barriers });
        }
    }
    if old == new && stages.is_empty() {
        let message = format!(
            "editions {before} and {after} of the negative list do not differ for `{}`",
            access.header.name
        );
        let help = "the lever opens nothing; state barriers, or name other editions or industries";
        findings.push(Diagnostic::warning(NO_CHANGE, message).at(place(), "no opening").help(help));
    }
    (access.before, access.after, access.stages) = (old, new, stages);
    findings
}
