//! Tables of observations as statistical offices keep them, read beside a study file.
//!
//! Two layouts, in text (UTF-8, or GBK) or as the sheets of a workbook; each sheet is one table:
//!
//! | layout | columns                                                                          |
//! |--------|----------------------------------------------------------------------------------|
//! | long   | `indicator`, `period`, `value`, `unit`, `growth_percent`                           |
//! | wide   | `indicator`, `measure` (`level` or `growth_percent`), `unit`, and one column a period |
//!
//! Both may have `region`, `vintage`, `definition`, `source`, `status`. Offices' own names of columns,
//! indicators and places are understood (`names`), so are titles above the header, units behind names, a
//! row of growth below its indicator, and a column of growth behind its period. Periods are those of
//! study files, most often cumulative: `2018-01..08`, `2018年1-8月`. Then:
//!
//! - What was published after the study's `as_of` is left out; of several vintages of one figure the
//!   last one counts.
//! - Figures of different definitions are different figures: none is added to, or compared with,
//!   another.
//! - Months 1 to m one by one are added up to the cumulative figure where that is missing.
//! - Growth is computed from two levels where it is not given.
//! - Growth and levels that disagree are a warning: the year before was revised or redefined, and a
//!   break of regime may be ahead or behind.
//!
//! Not here: opening files (`cli`), what observations are for (`crate::ensemble::nowcast`).

mod names;

use diagnostics::{Diagnostic, Findings, Place};
use formats::sheet::{Sheet, is_workbook};
use formats::text::decoded;
use formats::workbook::{self, Cells};

use crate::file::macros::{is_date, is_later, parse_period};
use crate::money::{Currency, Money, parse_amount};
use crate::results::VARIABLES;
use crate::spec::{
    Names, Observation, Period, Quantity, Region, Scope, Source, Status, Study, Word,
};

/// A cell of a table of observations that cannot be used.
pub const BAD_CELL: &str = "E1907";
/// Figures left out because they were published later.
pub const LATER: &str = "W1905";
/// Growth and levels that disagree.
pub const DISAGREE: &str = "W1906";
/// A table that does not say how far its figures were checked.
pub const UNCHECKED: &str = "W1907";
/// A row of an office's table that the model has no place for.
pub const LEFT_OUT: &str = "W1908";
/// Two levels of one figure, period and vintage.
pub const TWO_LEVELS: &str = "W1909";

/// Relative difference from which growth and levels disagree.
const OFF: f64 = 0.05;

/// Reads a table of observations and puts them behind the study's own.
///
/// - `file`, `bytes`: name for findings, and content: text, or a workbook.
/// - returns all findings; with errors among them the study is left as it was.
pub fn add(study: &mut Study, file: &str, bytes: &[u8], names: &Names) -> Findings {
    let mut findings = Findings::default();
    let mut read = Vec::new();
    for sheet in tables(file, bytes, &mut findings) {
        let reader = Reader { study, names, sheet: &sheet };
        read.extend(reader.observations(&mut findings));
    }
    if findings.has_errors() {
        return findings;
    }
    let kept = known_by(&study.as_of, read, file, &mut findings);
    let mut all = latest(kept, &mut findings);
    all.extend(accumulated(&all));
    disagreements(study, &all, &mut findings);
    let own = |each: &Placed| {
        let same = |known: &&Observation| {
            same_figure(known, &each.what) && known.period == each.what.period
        };
        study.observations.iter().any(|known| same(&known))
    };
    // The study file's own word counts before a table's.
    let added: Vec<Observation> =
        all.iter().filter(|each| !own(each)).map(|each| each.what.clone()).collect();
    study.observations.extend(added);
    grow(&mut study.observations, study.exchange_rate.cny_per_usd);
    findings
}

/// The tables of a file: one, or the sheets of a workbook.
fn tables(file: &str, bytes: &[u8], findings: &mut Findings) -> Vec<Sheet> {
    let is_header = |word: &str| names::known("column", word) == "indicator";
    let mut sheets: Vec<(Sheet, Option<Period>)> = if is_workbook(bytes) {
        let sheets = workbook::read(file, bytes, |_| true, findings).unwrap_or_default();
        let filled = sheets.iter().filter(|cells: &&Cells| cells.rows() > 0);
        let read = |cells: &Cells| {
            let row = |row: usize| (0..cells.columns()).map(move |column| cells.text(row, column));
            let titles: Vec<String> = (0..cells.rows())
                .take_while(|at| !row(*at).any(|word| is_header(&word)))
                .flat_map(row)
                .collect();
            (Sheet::under(cells, is_header), period_of(&titles.join("\n")))
        };
        filled.map(read).collect()
    } else {
        let text = decoded(bytes);
        let has_word =
            |line: &str| line.split(',').any(|word| is_header(word.trim_matches(['"', ' '])));
        let titles = text.lines().position(has_word).unwrap_or(0);
        let period = period_of(&text.lines().take(titles).collect::<Vec<_>>().join("\n"));
        let sheet = Sheet::parse(file, &without_titles(&text, titles), &[], findings);
        sheet.into_iter().map(|sheet| (sheet, period)).collect()
    };
    for (sheet, period) in &mut sheets {
        sheet.rename(columns(sheet.columns(), *period));
    }
    let mut sheets: Vec<Sheet> = sheets.into_iter().map(|(sheet, _)| sheet).collect();
    // Sheets of notes stand beside those of figures.
    let has_figures = |sheet: &Sheet| sheet.columns().iter().any(|each| each == "indicator");
    if sheets.iter().any(has_figures) {
        sheets.retain(has_figures);
    }
    sheets.into_iter().filter_map(|sheet| sheet.with_columns(&["indicator"], findings)).collect()
}

/// The period that a title names, as `2018年1-8月` within it; a month alone is the last of those so far.
fn period_of(titles: &str) -> Option<Period> {
    let mut marks = titles.match_indices('年');
    let named = |(at, _): (usize, &str)| {
        let year = titles.get(at.checked_sub(4)?..at)?;
        let rest = &titles[at..];
        let end = rest.find('月').map(|end| end + '月'.len_utf8());
        let period = end.and_then(|end| parse_period(&format!("{year}{}", &rest[..end])));
        let half = || parse_period(&format!("{year}{}", rest.get(..'年'.len_utf8() * 4)?));
        let period = period.or_else(half)?;
        let (first, last) = period.months;
        Some(Period { months: (if first == last { 1 } else { first }, last), ..period })
    };
    marks.find_map(named)
}

/// The first lines, titles above a header, as comments, so that places stay what they are.
fn without_titles(text: &str, titles: usize) -> String {
    let line = |(at, line): (usize, &str)| {
        let title = at < titles && !line.starts_with('#');
        format!("{}{line}\n", if title { "#" } else { "" })
    };
    text.lines().enumerate().map(line).collect()
}

/// Our names of the columns of a table; growth behind a period is growth of that period.
///
/// - `period`: that of its title, whose months a column may be of without naming them.
fn columns(written: &[String], period: Option<Period>) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for word in written {
        let known = names::known("column", word);
        let of_title = match (known, period) {
            ("cumulative", Some(Period { year, months: (first, last) })) => {
                Some(format!("{year}-{first:02}..{last:02}"))
            }
            ("month", Some(Period { year, months: (_, last) })) => {
                Some(format!("{year}-{last:02}"))
            }
            _ => None,
        };
        if let Some(period) = of_title {
            list.push(period);
            continue;
        }
        let behind = list.last().filter(|last| parse_period(last).is_some());
        list.push(match behind {
            Some(period) if known == "growth_percent" => growth_of(period),
            _ => known.to_owned(),
        });
    }
    list
}

/// Name of the column of growth behind a period's.
fn growth_of(period: &str) -> String {
    format!("{period} growth")
}

/// An observation and its cell.
#[derive(Debug, Clone, PartialEq)]
struct Placed {
    what: Observation,
    place: Place,
}

impl Placed {
    fn is_of(&self, other: &Self) -> bool {
        same_figure(&self.what, &other.what)
    }
}

/// Whether two observations are of one figure, at whatever time.
fn same_figure(a: &Observation, b: &Observation) -> bool {
    a.indicator == b.indicator && a.scope == b.scope && a.definition == b.definition
}

struct Reader<'r> {
    study: &'r Study,
    names: &'r Names,
    sheet: &'r Sheet,
}

type Row = formats::sheet::Row;

impl Reader<'_> {
    fn has(&self, column: &str) -> bool {
        self.sheet.columns().iter().any(|each| each == column)
    }

    fn text<'t>(&'t self, row: &'t Row, column: &str) -> &'t str {
        if self.has(column) { self.sheet.text(row, column).trim() } else { "" }
    }

    fn wrong(&self, row: &Row, column: &str, message: String, help: &str, findings: &mut Findings) {
        let column = if self.has(column) { column } else { "indicator" };
        let place = self.sheet.place(row, column);
        findings.push(Diagnostic::error(BAD_CELL, message).at(place, "cannot be used").help(help));
    }

    fn observations(&self, findings: &mut Findings) -> Vec<Placed> {
        let periods: Vec<(&String, Period)> = self
            .sheet
            .columns()
            .iter()
            .filter_map(|column| Some((column, parse_period(column)?)))
            .collect();
        if !self.has("period") && periods.is_empty() {
            let message =
                format!("`{}` has neither a column `period` nor one for a period", self.sheet.file);
            let place = self.sheet.rows.first().map(|row| self.sheet.place(row, "indicator"));
            let place = place.unwrap_or_else(|| Place::cell(&self.sheet.file, 1, 1));
            let help = "write a column `period`, or columns such as `2018-01..08`";
            findings.push(Diagnostic::error(BAD_CELL, message).at(place, "no time").help(help));
            return vec![];
        }
        if !self.has("source") || !self.has("status") {
            let message =
                format!("`{}` does not say how far its figures were checked", self.sheet.file);
            let place = self.sheet.rows.first().map(|row| self.sheet.place(row, "indicator"));
            let place = place.unwrap_or_else(|| Place::cell(&self.sheet.file, 1, 1));
            let help =
                "add columns `source` and `status`; without them figures count as not looked up";
            let finding = Diagnostic::warning(UNCHECKED, message);
            findings.push(finding.at(place, "no source or status").help(help));
        }
        let mut list = Vec::new();
        let mut above = None;
        for row in &self.sheet.rows {
            let head = self.head(row, above.as_ref(), findings);
            above.clone_from(&head);
            let Some(head) = head else { continue };
            if periods.is_empty() {
                list.extend(self.long(row, &head, findings));
            } else {
                list.extend(self.wide(row, &head, &periods, findings));
            }
        }
        list
    }

    /// Warns of a row whose name, as an office writes it, the model has nothing for.
    fn left_out(&self, row: &Row, column: &str, written: &str, findings: &mut Findings) {
        let message = format!("`{written}` is nothing that the model has: the row is left out");
        let help = "names that are known are in data/observation_names.csv";
        let place = self.sheet.place(row, column);
        let finding = Diagnostic::warning(LEFT_OUT, message).help(help);
        findings.push(finding.at(place, "left out"));
    }

    /// What all figures of a row share.
    ///
    /// - `above`: of the row above, whose indicator a row of growth is of.
    fn head(
        &self,
        row: &Row,
        above: Option<&Observation>,
        findings: &mut Findings,
    ) -> Option<Observation> {
        let written = self.text(row, "indicator");
        let own = if self.is_growth(row) && !self.has("measure") {
            above.map_or("", |above| above.indicator.as_str())
        } else {
            names::known("indicator", written)
        };
        let indicator = own.to_owned();
        if !VARIABLES.iter().any(|(name, ..)| *name == indicator) {
            if !written.is_ascii() {
                self.left_out(row, "indicator", written, findings);
                return None;
            }
            let near =
                formats::sheet::nearest(&indicator, VARIABLES.iter().map(|(name, ..)| *name));
            let help = near.map_or_else(
                || "write a variable of the results".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            self.wrong(
                row,
                "indicator",
                format!("unknown indicator `{indicator}`"),
                &help,
                findings,
            );
        }
        let status = if self.has("status") {
            Status::from_word(self.text(row, "status"))
        } else {
            Some(Status::FromMemory)
        };
        if status.is_none() {
            let words: Vec<&str> = <Status as Word>::ALL.iter().map(|(word, _)| *word).collect();
            let message = format!("unknown status `{}`", self.text(row, "status"));
            let help = format!("write one of {}", words.join(", "));
            self.wrong(row, "status", message, &help, findings);
        }
        let vintage = self.text(row, "vintage").to_owned();
        if !vintage.is_empty() && !is_date(&vintage) {
            let message = format!("`{vintage}` is not a date");
            self.wrong(row, "vintage", message, "write 2018-09-28 or 2018-09", findings);
        }
        let scope = self.scope(row, findings)?;
        let text = if self.has("source") { self.text(row, "source") } else { &self.sheet.file };
        let source = Source { text: text.to_owned(), status: status? };
        let definition = self.text(row, "definition").to_owned();
        Some(Observation {
            indicator,
            scope,
            vintage,
            definition,
            source,
            ..Observation::default()
        })
    }

    /// Whether a row is the growth of the indicator above it.
    fn is_growth(&self, row: &Row) -> bool {
        names::known("measure", self.text(row, "indicator")) == "growth_percent"
    }

    fn scope(&self, row: &Row, findings: &mut Findings) -> Option<Scope> {
        let text = names::known("region", self.text(row, "region"));
        match text {
            "" | "home" => return Some(Scope::Province),
            "nation" => return Some(Scope::Nation),
            home if home == self.names.home => return Some(Scope::Province),
            _ => (),
        }
        let found = self.names.regions.iter().position(|name| name == text);
        if found.is_none() && !text.is_ascii() {
            self.left_out(row, "region", text, findings);
        } else if found.is_none() {
            let message = format!("unknown region `{text}`");
            let help = format!("the regions are {}", self.names.regions.join(", "));
            self.wrong(row, "region", message, &help, findings);
        }
        found.map(|index| Scope::Region(Region { index, name: text.to_owned() }))
    }

    fn long(&self, row: &Row, head: &Observation, findings: &mut Findings) -> Option<Placed> {
        let text = self.text(row, "period");
        let Some(period) = parse_period(text) else {
            let message = format!("`{text}` is not a period");
            self.wrong(row, "period", message, "write 2017, 2018H1 or 2018-01..08", findings);
            return None;
        };
        let value = self.level(row, "value", &head.indicator, findings);
        let growth = self.growth(row, "growth_percent", findings);
        if value.is_none() && growth.is_none() {
            return None;
        }
        let place = self.sheet.place(row, "indicator");
        Some(Placed { what: Observation { period, value, growth, ..head.clone() }, place })
    }

    fn wide(
        &self,
        row: &Row,
        head: &Observation,
        periods: &[(&String, Period)],
        findings: &mut Findings,
    ) -> Vec<Placed> {
        let measure = if self.is_growth(row) && !self.has("measure") {
            "growth_percent"
        } else {
            names::known("measure", self.text(row, "measure"))
        };
        let of = |(column, period): &(&String, Period), findings: &mut Findings| {
            let (value, growth) = match measure {
                "growth_percent" => (None, self.growth(row, column, findings)),
                "level" | "" => {
                    let behind = self.growth(row, &growth_of(column), findings);
                    (self.level(row, column, &head.indicator, findings), behind)
                }
                _ => {
                    let message = format!("unknown measure `{measure}`");
                    let help = "write `level` or `growth_percent`";
                    self.wrong(row, "measure", message, help, findings);
                    return None;
                }
            };
            let place = self.sheet.place(row, column);
            let what = Observation { period: *period, value, growth, ..head.clone() };
            (what.value.is_some() || what.growth.is_some()).then_some(Placed { what, place })
        };
        periods.iter().filter_map(|each| of(each, findings)).collect()
    }

    /// A figure as it is written; nothing for an empty cell.
    fn number(&self, row: &Row, column: &str, findings: &mut Findings) -> Option<f64> {
        let plain = names::figure(self.text(row, column));
        if plain.is_empty() {
            return None;
        }
        match plain.parse::<f64>() {
            Ok(value) if value.is_finite() => Some(value),
            _ => self.sheet.number(row, column, findings),
        }
    }

    fn growth(&self, row: &Row, column: &str, findings: &mut Findings) -> Option<f64> {
        let shown = self.number(row, column, findings)?;
        // A cell that shows 14.1 % holds 0.141.
        let percent = if self.sheet.is_percent(row, column) { 100.0 * shown } else { shown };
        if percent > -100.0 && percent <= 1000.0 {
            return Some(percent / 100.0);
        }
        let message = format!("growth of {percent} %");
        self.wrong(row, column, message, "write per cent over the year before", findings);
        None
    }

    /// The unit, which may also stand in brackets behind the indicator.
    fn unit<'t>(&'t self, row: &'t Row) -> &'t str {
        match self.text(row, "unit") {
            "" => names::split(self.text(row, "indicator")).1.unwrap_or(""),
            text => text,
        }
    }

    fn level(
        &self,
        row: &Row,
        column: &str,
        indicator: &str,
        findings: &mut Findings,
    ) -> Option<Quantity> {
        let value = self.number(row, column, findings)?;
        let unit = VARIABLES.iter().find(|(name, ..)| *name == indicator).map_or("", |(_, u, _)| u);
        if !unit.contains("CNY") && !unit.contains("USD") {
            return Some(Quantity::Number(value * counted(self.unit(row))));
        }
        let text = self.unit(row);
        let rate = self.study.exchange_rate.cny_per_usd;
        match money_unit(text) {
            Some((size, Currency::Cny)) => Some(Quantity::Money(Money::from_cny(value * size))),
            Some((size, Currency::Usd)) => {
                Some(Quantity::Money(Money::from_usd(value * size, rate)))
            }
            None => {
                let message = format!("`{text}` is not a unit of money");
                self.wrong(row, "unit", message, "write e.g. `100 million CNY`", findings);
                None
            }
        }
    }
}

/// Size of a unit of persons: `万人`; one for others.
fn counted(text: &str) -> f64 {
    match text.strip_suffix('人') {
        Some("万") => 1e4,
        Some("亿") => 1e8,
        _ => 1.0,
    }
}

/// Size and currency of `100 million CNY`, `billion USD`, `亿元`, `万美元`.
fn money_unit(text: &str) -> Option<(f64, Currency)> {
    let chinese = [("亿", 1e8), ("万", 1e4), ("", 1.0)];
    for (word, size) in chinese {
        match text.strip_prefix(word) {
            Some("元" | "人民币") => return Some((size, Currency::Cny)),
            Some("美元") => return Some((size, Currency::Usd)),
            _ => (),
        }
    }
    let counted = text.starts_with(|each: char| each.is_ascii_digit());
    parse_amount(&if counted { text.to_owned() } else { format!("1 {text}") }).ok()
}

/// Leaves out what was published after `as_of`.
fn known_by(as_of: &str, read: Vec<Placed>, file: &str, findings: &mut Findings) -> Vec<Placed> {
    let is_later = |each: &Placed| is_later(&each.what.vintage, as_of);
    let (later, known): (Vec<Placed>, Vec<Placed>) = read.into_iter().partition(is_later);
    if let Some(first) = later.first() {
        let message =
            format!("published after {as_of}: {} of the figures of `{file}`", later.len());
        let finding =
            Diagnostic::warning(LATER, message).at(first.place.clone(), "the first of them");
        findings.push(finding.help("they are left out; set `as_of` later to use them"));
    }
    known
}

/// One observation a figure and period: level and growth of the last vintage of each. Two levels of one
/// vintage are a warning.
fn latest(mut read: Vec<Placed>, findings: &mut Findings) -> Vec<Placed> {
    // Stable: of one vintage the later row counts.
    read.sort_by(|a, b| a.what.vintage.cmp(&b.what.vintage));
    let mut list: Vec<Placed> = Vec::new();
    for each in read {
        let same =
            |known: &&mut Placed| known.is_of(&each) && known.what.period == each.what.period;
        match list.iter_mut().find(same) {
            Some(known) => {
                let levels = (known.what.value, each.what.value);
                if let (Some(first), Some(second)) = levels
                    && first != second
                    && known.what.vintage == each.what.vintage
                {
                    let indicator = &each.what.indicator;
                    let message =
                        format!("`{indicator}` has two levels for one period and vintage");
                    let help =
                        "the later one counts; give `vintage` or `definition` to tell them apart";
                    let finding = Diagnostic::warning(TWO_LEVELS, message).help(help);
                    findings.push(finding.at(each.place.clone(), "the second of them"));
                }
                known.what.value = each.what.value.or(known.what.value);
                known.what.growth = each.what.growth.or(known.what.growth);
                known.what.vintage = each.what.vintage;
                known.what.source = each.what.source;
                known.place = each.place;
            }
            None => list.push(each),
        }
    }
    list
}

/// Cumulative figures from single months, where they are missing.
fn accumulated(all: &[Placed]) -> Vec<Placed> {
    let mut list = Vec::new();
    for first in all.iter().filter(|each| each.what.period.months == (1, 1)) {
        let mut sum = first.what.value;
        for month in 2..=12 {
            let of = |months: (u8, u8)| {
                all.iter().find(|each| {
                    let period = each.what.period;
                    each.is_of(first)
                        && period.year == first.what.period.year
                        && period.months == months
                })
            };
            let Some(next) = of((month, month)) else { break };
            sum = sum.zip(next.what.value).and_then(|(a, b)| a.plus(b));
            let Some(value) = sum else { break };
            if of((1, month)).is_none() {
                let period = Period { months: (1, month), ..first.what.period };
                let what =
                    Observation { period, value: Some(value), growth: None, ..next.what.clone() };
                list.push(Placed { what, place: next.place.clone() });
            }
        }
    }
    list
}

/// Warns where a level over growth is not the level of the year before.
fn disagreements(study: &Study, all: &[Placed], findings: &mut Findings) {
    let rate = study.exchange_rate.cny_per_usd;
    for each in all {
        let (Some(value), Some(growth)) = (each.what.value, each.what.growth) else { continue };
        let before = |other: &Observation| {
            let period = Period { year: each.what.period.year - 1, ..each.what.period };
            let same = same_figure(other, &each.what);
            (same && other.period == period).then_some(other.value).flatten()
        };
        let known = all.iter().find_map(|other| before(&other.what));
        let Some(known) = known.or_else(|| study.observations.iter().find_map(before)) else {
            continue;
        };
        let unit = crate::run::draw::unit(&each.what.indicator);
        let (implied, known) =
            (value.in_unit(unit, rate) / (1.0 + growth), known.in_unit(unit, rate));
        if (implied / known - 1.0).abs() > OFF {
            let message = format!(
                "{} in {}: level and growth imply {implied:.0} {unit} the year before, which is given as {known:.0}",
                each.what.indicator, each.what.period.year
            );
            let help = "the year before was revised or redefined; check the definition, and allow for a break of regime";
            let finding = Diagnostic::warning(DISAGREE, message);
            findings.push(finding.at(each.place.clone(), "do not fit").help(help));
        }
    }
}

/// Growth over the same months of the year before, where levels give it.
fn grow(observations: &mut [Observation], rate: f64) {
    let levels: Vec<Observation> = observations.to_vec();
    for each in observations.iter_mut().filter(|each| each.growth.is_none()) {
        let period = Period { year: each.period.year - 1, ..each.period };
        let before = levels.iter().find(|other| same_figure(other, each) && other.period == period);
        let unit = crate::run::draw::unit(&each.indicator);
        let level = |of: &Observation| of.value.map(|value| value.in_unit(unit, rate));
        if let (Some(now), Some(before)) = (level(each), before.and_then(level))
            && before > 0.0
        {
            each.growth = Some(now / before - 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::ExchangeRate;

    fn names() -> Names {
        Names {
            home: "Liaoning".to_owned(),
            regions: vec!["Shenyang".to_owned(), "Dalian".to_owned()],
            ..Names::default()
        }
    }

    fn read(text: &str, as_of: &str) -> (Study, Vec<String>) {
        read_bytes(text.as_bytes(), as_of)
    }

    fn read_bytes(bytes: &[u8], as_of: &str) -> (Study, Vec<String>) {
        let mut study = Study {
            as_of: as_of.to_owned(),
            exchange_rate: ExchangeRate { cny_per_usd: 6.5, ..ExchangeRate::default() },
            ..Study::default()
        };
        let findings = add(&mut study, "o.csv", bytes, &names());
        let told = findings.iter().map(|each| {
            let place = each.place.as_ref().expect("every finding has a place");
            format!("{} {}:{}", each.code, place.line, place.column)
        });
        (study, told.collect())
    }

    fn of(study: &Study, months: (u8, u8), year: u16) -> (f64, Option<f64>) {
        let found = study.observations.iter().find(|each| each.period == Period { year, months });
        let found = found.expect("it was read");
        let value = found.value.expect("it has a level").in_unit("million USD", 6.5);
        (value, found.growth.map(|growth| (1e6 * growth).round() / 1e6))
    }

    #[test]
    fn cumulative_columns_with_levels_and_growth_are_read_with_their_units() {
        let (study, findings) = read(
            "indicator,measure,unit,source,status,2018年1-2月,2018H1,2018-01..08,2017\n\
             fdi,level,亿美元,office,assumption,9.5,32.1,36.6,53\n\
             fdi,growth_percent,,office,assumption,,14.1,15,76.6\n",
            "",
        );
        assert_eq!(findings, Vec::<String>::new());
        assert_eq!(of(&study, (1, 6), 2018), (3210.0, Some(0.141)));
        assert_eq!(of(&study, (1, 2), 2018), (950.0, None));
        assert_eq!(of(&study, (1, 12), 2017), (5300.0, Some(0.766)));
    }

    #[test]
    fn the_last_vintage_known_by_the_date_counts() {
        let table = "indicator,period,value,unit,growth_percent,vintage,source,status\n\
             fdi,2017,5.0,billion USD,,2018-01,flash,assumption\n\
             fdi,2017,5.3,billion USD,,2018-03-01,final,assumption\n\
             fdi,2017,5.5,billion USD,,2019-02,revised,assumption\n";
        let (study, findings) = read(table, "2018-09-30");
        assert_eq!(findings, ["W1905 4:1"]);
        assert!((of(&study, (1, 12), 2017).0 - 5300.0).abs() < 1e-9);
        assert!((of(&read(table, "").0, (1, 12), 2017).0 - 5500.0).abs() < 1e-9);
    }

    #[test]
    fn months_add_up_and_growth_follows_from_levels() {
        let (study, findings) = read(
            "indicator,unit,source,status,2018-01,2018-02,2018-03,2017-01..03\n\
             fdi,million USD,office,assumption,100,150,50,240\n",
            "",
        );
        assert_eq!(findings, Vec::<String>::new());
        assert_eq!(of(&study, (1, 2), 2018), (250.0, None));
        assert_eq!(of(&study, (1, 3), 2018), (300.0, Some(0.25)));
    }

    #[test]
    fn growth_that_the_levels_do_not_bear_out_is_a_warning() {
        let (_, findings) = read(
            "indicator,period,value,unit,growth_percent,source,status\n\
             fdi,2014,27.4,billion USD,,office,assumption\n\
             fdi,2015,5.2,billion USD,-20,office,assumption\n",
            "",
        );
        assert_eq!(findings, ["W1906 3:1"]);
    }

    #[test]
    fn a_table_is_read_as_an_office_keeps_it() {
        // Title above, Chinese names, units in brackets, growth behind its period, thousands, GBK.
        let text = "辽宁省主要经济指标,,,,\n\
             指标,地区,2018年1-6月,同比增长(%),2017年\n\
             实际使用外资（亿美元）,全省,32.1,14.1%,53\n\
             货物进出口总额（亿美元）,大连市,\"1,522.5\",6.0％,—\n";
        let (bytes, ..) = encoding_rs::GBK.encode(text);
        for bytes in [bytes.as_ref(), text.as_bytes()] {
            let (study, findings) = read_bytes(bytes, "");
            assert_eq!(findings, ["W1907 3:1"]);
            assert_eq!(of(&study, (1, 6), 2018), (3210.0, Some(0.141)));
            assert_eq!(of(&study, (1, 12), 2017), (5300.0, None));
            let trade = study.observations.iter().find(|each| each.indicator == "trade");
            let trade = trade.expect("the second row");
            assert_eq!((trade.scope.label(&names()), trade.growth), ("Dalian", Some(0.06)));
            let level = trade.value.expect("a level").in_unit("million USD", 6.5);
            assert!((level - 152_250.0).abs() < 1e-6);
            assert_eq!(trade.source.status, Status::FromMemory);
        }
    }

    #[test]
    fn columns_without_a_period_are_of_that_of_the_title() {
        let table = "2018年1-8月主要经济指标,,,,\n\
                     指标,计量单位,本月,本月止累计,同比增长（%）\n\
                     实际使用外资,亿美元,4,36.6,15.0\n\
                     其中：制造业,亿美元,1.0,9.0,3.0\n";
        let (study, findings) = read(table, "");
        assert_eq!(findings, ["W1907 3:1", "W1908 4:1"]);
        assert_eq!(of(&study, (1, 8), 2018), (3660.0, Some(0.15)));
        assert_eq!(of(&study, (8, 8), 2018), (400.0, None));
        assert_eq!(period_of("表1 2018年8月"), parse_period("2018年1-8月"));
        assert_eq!(period_of("2018年上半年情况"), parse_period("2018H1"));
        assert_eq!(period_of("no year"), None);
    }

    #[test]
    fn a_row_of_growth_is_of_the_indicator_above_it() {
        let (study, findings) =
            read("指标,单位,2018年1-6月\n实际利用外资,亿美元,32.1\n同比增长,%,14.1\n", "");
        assert_eq!(findings, ["W1907 2:1"]);
        assert_eq!(of(&study, (1, 6), 2018), (3210.0, Some(0.141)));
    }

    #[test]
    fn figures_of_other_definitions_are_not_compared() {
        let (study, findings) = read(
            "indicator,definition,period,value,unit,source,status\n\
             fdi,actually used,2018H1,3.21,billion USD,s,assumption\n\
             fdi,contracted,2017H1,9.9,billion USD,s,assumption\n",
            "",
        );
        assert_eq!(findings, Vec::<String>::new());
        assert_eq!(of(&study, (1, 6), 2018), (3210.0, None));
    }

    #[test]
    fn every_bad_cell_is_a_finding_and_nothing_is_added() {
        let (study, findings) = read(
            "indicator,region,period,value,unit,growth_percent,vintage,source,status\n\
             fdi,Harbin,2018,1,billion USD,,,s,assumption\n\
             fid,Dalian,2018-13,1,parsecs,,soon,s,sure\n\
             fdi,Dalian,2018,x,billion USD,-300,,s,assumption\n",
            "",
        );
        assert!(study.observations.is_empty());
        let known = ["E1907 2:2", "E1907 3:1", "E1907 3:9", "E1907 3:7", "E1105 4:4", "E1907 4:6"];
        assert_eq!(findings, known);
    }
}
