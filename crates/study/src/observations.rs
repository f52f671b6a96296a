//! Tables of observations as statistical offices keep them, read beside a study file.
//!
//! Two layouts, in text or as the sheets of a workbook; each sheet is one table:
//!
//! | layout | columns                                                                          |
//! |--------|----------------------------------------------------------------------------------|
//! | long   | `indicator`, `period`, `value`, `unit`, `growth_percent`, `source`, `status`, and where wanted `region`, `vintage` |
//! | wide   | `indicator`, `measure` (`level` or `growth_percent`), `unit`, `source`, `status`, where wanted `region`, `vintage`, and one column a period |
//!
//! Periods are those of study files, most often cumulative: `2018-01..08`, `2018年1-8月`. Then:
//!
//! - What was published after the study's `as_of` is left out; of several vintages of one figure the
//!   last one counts.
//! - Months 1 to m one by one are added up to the cumulative figure where that is missing.
//! - Growth is computed from two levels where it is not given.
//! - Growth and levels that disagree are a warning: the year before was revised or redefined, and a
//!   break of regime may be ahead or behind.
//!
//! Not here: opening files (`cli`), what observations are for (`crate::ensemble::nowcast`).

use diagnostics::{Diagnostic, Findings, Place};
use formats::sheet::{Sheet, is_workbook};
use formats::workbook::{self, Cells};

use crate::file::macros::{is_date, parse_period};
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
    let mut all = latest(kept);
    all.extend(accumulated(&all));
    disagreements(study, &all, &mut findings);
    let own = |each: &Placed| {
        let same = |known: &&Observation| {
            known.indicator == each.what.indicator
                && known.scope == each.what.scope
                && known.period == each.what.period
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
    let columns = ["indicator", "source", "status"];
    if !is_workbook(bytes) {
        let text = String::from_utf8_lossy(bytes);
        return Sheet::parse(file, &text, &columns, findings).into_iter().collect();
    }
    let sheets = workbook::read(file, bytes, |_| true, findings).unwrap_or_default();
    let filled = sheets.iter().filter(|cells: &&Cells| cells.rows() > 0);
    filled.filter_map(|cells| Sheet::of_cells(cells, &columns, findings)).collect()
}

/// An observation and its cell.
#[derive(Debug, Clone, PartialEq)]
struct Placed {
    what: Observation,
    place: Place,
}

impl Placed {
    fn is_of(&self, other: &Self) -> bool {
        self.what.indicator == other.what.indicator && self.what.scope == other.what.scope
    }
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
        let mut list = Vec::new();
        for row in &self.sheet.rows {
            let Some(head) = self.head(row, findings) else { continue };
            if periods.is_empty() {
                list.extend(self.long(row, &head, findings));
            } else {
                list.extend(self.wide(row, &head, &periods, findings));
            }
        }
        list
    }

    /// What all figures of a row share.
    fn head(&self, row: &Row, findings: &mut Findings) -> Option<Observation> {
        let indicator = self.text(row, "indicator").to_owned();
        if !VARIABLES.iter().any(|(name, ..)| *name == indicator) {
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
        let status = Status::from_word(self.text(row, "status"));
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
        let source = Source { text: self.text(row, "source").to_owned(), status: status? };
        Some(Observation { indicator, scope, vintage, source, ..Observation::default() })
    }

    fn scope(&self, row: &Row, findings: &mut Findings) -> Option<Scope> {
        let text = self.text(row, "region");
        match text {
            "" | "home" => return Some(Scope::Province),
            "nation" => return Some(Scope::Nation),
            home if home == self.names.home => return Some(Scope::Province),
            _ => (),
        }
        let found = self.names.regions.iter().position(|name| name == text);
        if found.is_none() {
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
        let measure = self.text(row, "measure");
        let of = |(column, period): &(&String, Period), findings: &mut Findings| {
            let (value, growth) = match measure {
                "growth_percent" => (None, self.growth(row, column, findings)),
                "level" | "" => (self.level(row, column, &head.indicator, findings), None),
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

    fn growth(&self, row: &Row, column: &str, findings: &mut Findings) -> Option<f64> {
        if self.text(row, column).is_empty() {
            return None;
        }
        let percent = self.sheet.number(row, column, findings)?;
        if percent > -100.0 && percent <= 1000.0 {
            return Some(percent / 100.0);
        }
        let message = format!("growth of {percent} %");
        self.wrong(row, column, message, "write per cent over the year before", findings);
        None
    }

    fn level(
        &self,
        row: &Row,
        column: &str,
        indicator: &str,
        findings: &mut Findings,
    ) -> Option<Quantity> {
        if self.text(row, column).is_empty() {
            return None;
        }
        let value = self.sheet.number(row, column, findings)?;
        let unit = VARIABLES.iter().find(|(name, ..)| *name == indicator).map_or("", |(_, u, _)| u);
        if !unit.contains("CNY") && !unit.contains("USD") {
            return Some(Quantity::Number(value));
        }
        let text = self.text(row, "unit");
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
    // A month counts as its first day, a day of `as_of`'s month as known.
    let is_later = |each: &Placed| {
        !as_of.is_empty() && !each.what.vintage.is_empty() && {
            let length = as_of.len().min(each.what.vintage.len());
            each.what.vintage[..length] > as_of[..length]
        }
    };
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

/// One observation a figure and period: level and growth of the last vintage of each.
fn latest(mut read: Vec<Placed>) -> Vec<Placed> {
    // Stable: of one vintage the later row counts.
    read.sort_by(|a, b| a.what.vintage.cmp(&b.what.vintage));
    let mut list: Vec<Placed> = Vec::new();
    for each in read {
        let same =
            |known: &&mut Placed| known.is_of(&each) && known.what.period == each.what.period;
        match list.iter_mut().find(same) {
            Some(known) => {
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
            let same = other.indicator == each.what.indicator && other.scope == each.what.scope;
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
        let before = levels.iter().find(|other| {
            other.indicator == each.indicator && other.scope == each.scope && other.period == period
        });
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

    fn read(text: &str, as_of: &str) -> (Study, Vec<String>) {
        let names = Names {
            home: "Liaoning".to_owned(),
            regions: vec!["Shenyang".to_owned(), "Dalian".to_owned()],
            ..Names::default()
        };
        let mut study = Study {
            as_of: as_of.to_owned(),
            exchange_rate: ExchangeRate { cny_per_usd: 6.5, ..ExchangeRate::default() },
            ..Study::default()
        };
        let findings = add(&mut study, "o.csv", text.as_bytes(), &names);
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
