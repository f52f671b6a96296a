//! Events: a plant that is built or works, and its impact on a table of industries and regions.
//!
//! An event file (docs/analysis.md) is read by [`crate::file::parse_event`]; [`assess`] turns it into
//! the table's money and positions and calls `accounts::analysis::impact`.
//! Not here: levers of a study (`crate::lever`), how the result is shown (`cli`).

use accounts::InputOutputTable;
use accounts::analysis::AnalysisError;
use accounts::analysis::impact::{Construction, Effects, Impact, ImpactModel, Operation, Sourcing};
use accounts::analysis::jobs::{JobYears, Jobs, PermanentJobs};
use accounts::analysis::roles::Roles;
use diagnostics::{Diagnostic, Findings};
use serde::Serialize;

use crate::file::code;
use crate::money::{Money, parse_amount};
use crate::spec::{Industry, Region};

/// Displacement of an event that gives none: nothing, and a warning says so.
pub const DISPLACEMENT: f64 = 0.0;

/// A checked event file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Event {
    /// Title; may be empty.
    pub title: String,
    /// Accounts it is about, as study files name them.
    pub accounts: String,
    /// Region of the plant.
    pub region: Region,
    /// Industry of the plant.
    pub industry: Industry,
    /// Share of the gross impact that takes the place of other activity.
    pub displacement: f64,
    /// Consumption of households per unit of compensation; the table's ratio without one.
    pub propensity: Option<f64>,
    /// What it takes to build it.
    pub construction: Option<Outlay>,
    /// What it makes in a year.
    pub operation: Option<Output>,
}

/// An amount of an event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// In yuan or dollars.
    Money(Money),
    /// A plain number, in the unit of the table.
    OfTable(f64),
}

impl Default for Amount {
    fn default() -> Self {
        Self::OfTable(0.0)
    }
}

/// An outlay.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outlay {
    /// Money, all years together.
    pub amount: Amount,
    /// Years it is spread over.
    pub years: f64,
    /// Share of purchases in the region; the table's without one.
    pub local_share: Option<f64>,
    /// Share by industry; empty for the composition of investment in the region.
    pub composition: Vec<(Industry, f64)>,
}

/// Output of a year.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Output {
    /// Money a year.
    pub amount: Amount,
    /// Share of purchases in the region; the table's without one.
    pub local_share: Option<f64>,
}

/// Output, value added and income in the unit of the [`Assessment`] (million yuan, or that of a table
/// in other money) at prices of the table's year, and jobs; what the table does not tell is NaN.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Amounts {
    /// Gross output, in the unit of the assessment.
    pub output: f64,
    /// Value added at basic prices, in that unit.
    pub value_added: f64,
    /// Compensation of employees, in that unit.
    pub income: f64,
    /// Jobs of the kind that the phase names.
    pub jobs: f64,
}

/// Amounts of one region or industry.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// Region or industry.
    pub name: String,
    /// All stages.
    pub gross: Amounts,
    /// What other activity makes room for.
    pub displaced: Amounts,
    /// The difference.
    pub net: Amounts,
}

/// The stages of an impact in some regions, and what they come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stages {
    /// What the outlay buys there, or the plant itself.
    pub direct: Amounts,
    /// Along the chain of supply.
    pub indirect: Amounts,
    /// By households.
    pub induced: Amounts,
    /// All stages; its name is that of the region or group.
    pub total: Part,
}

/// Impact of one phase.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Phase {
    /// `construction` or `operation`.
    pub phase: &'static str,
    /// `job-years` or `permanent jobs`; the two are never added.
    pub kind_of_jobs: &'static str,
    /// Outlay, or output of a year, in the unit of the assessment.
    pub amount: f64,
    /// Years of construction; 1 for operation, which is given for a year.
    pub years: f64,
    /// First purchases in the region as a share of all first purchases.
    pub local_share: f64,
    /// First purchases outside the table (imports, taxes of an outlay), in the unit of the assessment.
    pub outside: f64,
    /// What the outlay buys, or the plant itself.
    pub direct: Amounts,
    /// Along the chain of supply.
    pub indirect: Amounts,
    /// By households.
    pub induced: Amounts,
    /// All stages, all regions.
    pub total: Part,
    /// The same stages in the region of the plant alone.
    pub here: Stages,
    /// And in all regions of its group, where the accounts have one (the areas of a province).
    pub group: Option<Stages>,
    /// By region, in the order of the table.
    pub regions: Vec<Part>,
    /// By industry, in the order of the table.
    pub industries: Vec<Part>,
}

/// Impact of an event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assessment {
    /// Version of this layout.
    pub format: u32,
    /// Title of the event.
    pub title: String,
    /// Accounts.
    pub accounts: String,
    /// Unit of money: `million CNY`, or that of a table in other money.
    pub unit: String,
    /// Region.
    pub region: String,
    /// Industry.
    pub industry: String,
    /// Share of the gross impact that takes the place of other activity.
    pub displacement: f64,
    /// Consumption of households per unit of compensation that the induced stage uses; none when the
    /// table does not tell households' income or consumption, and nothing is induced.
    pub propensity: Option<f64>,
    /// The phases of the event.
    pub phases: Vec<Phase>,
}

/// Yuan per unit of the table's money: `100 million CNY` is 1e8; `Unit: 10,000 yuan`, `单位：万元` and
/// `10^4 yuan` are 1e4.
///
/// # Errors
/// A finding when the unit is not one of yuan.
pub fn yuan_per_unit(unit: &str) -> Result<f64, Findings> {
    let lower = unit.to_lowercase();
    let told = ["unit", "单位"].into_iter().find_map(|word| Some(lower.find(word)? + word.len()));
    let bare = told.map_or(lower.as_str(), |at| &lower[at..]);
    let bare = bare.trim_matches(|each: char| each.is_whitespace() || "s:：()（）".contains(each));
    let power = |rest: &str| -> Option<String> {
        let (power, money) = rest.split_once(' ')?;
        Some(format!("{} {money}", 10_f64.powi(power.parse().ok()?)))
    };
    let bare = bare.strip_prefix("10^").and_then(power).unwrap_or_else(|| bare.to_owned());
    let number = bare.starts_with(|first: char| first.is_ascii_digit());
    let amount = if number { bare } else { format!("1 {bare}") };
    match parse_amount(&amount) {
        Ok((yuan, crate::money::Currency::Cny)) if yuan > 0.0 => Ok(yuan),
        _ => {
            let message = format!("the unit `{unit}` of the table is not an amount of yuan");
            let finding = Diagnostic::error(code::TABLE_UNIT, message);
            Err(one(finding.help("write the amount as a plain number, in the unit of the table")))
        }
    }
}

fn one(finding: Diagnostic) -> Findings {
    let mut findings = Findings::default();
    findings.push(finding);
    findings
}

/// Impact of an event on a table.
///
/// - `roles`: which rows and columns of the table are income, households, investment, jobs.
/// - `group`: regions whose impact together is told beside that of the plant's region.
///
/// # Errors
/// A finding when the table lacks what the event needs, or its money is not that of the event.
pub fn assess(
    event: &Event,
    table: &InputOutputTable,
    roles: Roles,
    group: Option<&Group>,
) -> Result<Assessment, Findings> {
    let failed = |error: AnalysisError| {
        let message = format!("the impact cannot be computed: {error}");
        let finding = Diagnostic::error(code::NO_IMPACT, message);
        one(finding.help("choose a region and an industry with output, or another table"))
    };
    let amounts = [event.construction.as_ref().map(|each| each.amount)]
        .into_iter()
        .chain([event.operation.as_ref().map(|each| each.amount)])
        .flatten();
    let scale = Scale::of(&table.unit, amounts)?;
    let model = ImpactModel::new(table, roles, event.propensity).map_err(failed)?;
    let mut phases = vec![];
    if let Some(outlay) = &event.construction {
        let found = construction(&model, event, outlay, scale).map_err(failed)?;
        let found = phase::<JobYears>(&model, &found, (event, group), scale);
        phases.push(Phase {
            phase: "construction",
            amount: scale.in_table(outlay.amount) * scale.shown,
            years: outlay.years,
            ..found
        });
    }
    if let Some(output) = &event.operation {
        let found = operation(&model, event, output, scale).map_err(failed)?;
        let found = phase::<PermanentJobs>(&model, &found, (event, group), scale);
        let amount = scale.in_table(output.amount) * scale.shown;
        phases.push(Phase { phase: "operation", amount, ..found });
    }
    Ok(Assessment {
        format: 1,
        title: event.title.clone(),
        accounts: event.accounts.clone(),
        unit: if scale.yuan { MILLION_YUAN.to_owned() } else { table.unit.clone() },
        region: event.region.name.clone(),
        industry: event.industry.name.clone(),
        displacement: event.displacement,
        propensity: model.propensity(),
        phases,
    })
}

/// Some regions of a table under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Name.
    pub name: String,
    /// Regions by name.
    pub regions: Vec<String>,
}

/// Unit of impacts on tables in yuan.
const MILLION_YUAN: &str = "million CNY";

/// Money of the table, of the event and as it is shown.
#[derive(Clone, Copy)]
struct Scale {
    /// Yuan per unit of the table; 1 when its money is another.
    unit: f64,
    /// Shown per unit of the table.
    shown: f64,
    /// Whether the table is in yuan.
    yuan: bool,
}

impl Scale {
    /// # Errors
    /// A finding when an amount is in yuan or dollars and the table is not in yuan.
    fn of(unit: &str, amounts: impl Iterator<Item = Amount>) -> Result<Self, Findings> {
        match yuan_per_unit(unit) {
            Ok(yuan) => Ok(Self { unit: yuan, shown: yuan / 1e6, yuan: true }),
            Err(found) => {
                let is_money = |amount: Amount| matches!(amount, Amount::Money(_));
                if amounts.into_iter().any(is_money) {
                    return Err(found);
                }
                Ok(Self { unit: 1.0, shown: 1.0, yuan: false })
            }
        }
    }

    fn in_table(self, amount: Amount) -> f64 {
        match amount {
            Amount::Money(money) => money.cny() / self.unit,
            Amount::OfTable(value) => value,
        }
    }
}

fn sourcing(share: Option<f64>) -> Sourcing {
    share.map_or(Sourcing::AsInTable, Sourcing::Local)
}

fn construction(
    model: &ImpactModel<'_>,
    event: &Event,
    outlay: &Outlay,
    scale: Scale,
) -> Result<Impact<JobYears>, AnalysisError> {
    let composition = outlay.composition.iter();
    let event_of_table = Construction {
        region: event.region.index,
        outlay: scale.in_table(outlay.amount),
        composition: composition.map(|(each, share)| (each.name.clone(), *share)).collect(),
        sourcing: sourcing(outlay.local_share),
    };
    model.construction(&event_of_table, event.displacement)
}

fn operation(
    model: &ImpactModel<'_>,
    event: &Event,
    output: &Output,
    scale: Scale,
) -> Result<Impact<PermanentJobs>, AnalysisError> {
    let labels = &model.table().industries;
    let here = |at: &usize| {
        model.regions().of_industry[*at] == event.region.index
            && labels[*at].name == event.industry.name
    };
    let industry = (0..labels.len()).find(here);
    let missing = AnalysisError::Missing("such an industry in that region");
    let event_of_table = Operation {
        industry: industry.ok_or(missing)?,
        output: scale.in_table(output.amount),
        sourcing: sourcing(output.local_share),
    };
    model.operation(&event_of_table, event.displacement)
}

/// Sums of an impact by stage, region and industry.
fn phase<J: Jobs>(
    model: &ImpactModel<'_>,
    impact: &Impact<J>,
    (event, group): (&Event, Option<&Group>),
    scale: Scale,
) -> Phase {
    let (regions, labels) = (model.regions(), &model.table().industries);
    let (gross, displaced, net) = (impact.gross(), impact.displaced(), impact.net());
    let part = |name: &str, keep: &dyn Fn(usize) -> bool| Part {
        name: name.to_owned(),
        gross: amounts(&gross, keep, scale),
        displaced: amounts(&displaced, keep, scale),
        net: amounts(&net, keep, scale),
    };
    let mut names: Vec<&str> = vec![];
    for label in labels {
        if !names.contains(&label.name.as_str()) {
            names.push(&label.name);
        }
    }
    let of_region = |(at, name): (usize, &String)| {
        part(name, &|industry: usize| regions.of_industry[industry] == at)
    };
    let of_industry =
        |name: &&str| part(name, &|industry: usize| labels[industry].name.as_str() == *name);
    let all = |_: usize| true;
    let stages = |name: &str, keep: &dyn Fn(usize) -> bool| Stages {
        direct: amounts(&impact.direct, keep, scale),
        indirect: amounts(&impact.indirect, keep, scale),
        induced: amounts(&impact.induced, keep, scale),
        total: part(name, keep),
    };
    let of_group = |group: &Group| {
        stages(&group.name, &|at: usize| {
            group.regions.contains(&regions.names[regions.of_industry[at]])
        })
    };
    Phase {
        here: stages(&event.region.name, &|at: usize| {
            regions.of_industry[at] == event.region.index
        }),
        group: group.map(of_group),
        phase: "",
        kind_of_jobs: J::NAME,
        amount: 0.0,
        years: 1.0,
        local_share: impact.local_share,
        outside: impact.outside * scale.shown,
        direct: amounts(&impact.direct, &all, scale),
        indirect: amounts(&impact.indirect, &all, scale),
        induced: amounts(&impact.induced, &all, scale),
        total: part("all regions", &all),
        regions: regions.names.iter().enumerate().map(of_region).collect(),
        industries: names.iter().map(of_industry).collect(),
    }
}

fn amounts<J: Jobs>(effects: &Effects<J>, keep: &dyn Fn(usize) -> bool, scale: Scale) -> Amounts {
    let total = effects.total(keep);
    Amounts {
        output: total.output * scale.shown,
        value_added: total.value_added * scale.shown,
        income: total.income * scale.shown,
        jobs: total.jobs.number(),
    }
}

#[cfg(test)]
mod tests {
    use super::yuan_per_unit;

    #[test]
    fn units_are_read_as_tables_print_them() {
        for (unit, yuan) in [
            ("100 million CNY", 1e8),
            ("million yuan", 1e6),
            ("Unit: 10,000 yuan", 1e4),
            ("(unit: 10,000 yuan)", 1e4),
            ("10^4 yuan", 1e4),
            ("万元", 1e4),
            ("单位：万元", 1e4),
            ("亿元", 1e8),
            ("CNY", 1.0),
        ] {
            assert_eq!(yuan_per_unit(unit).ok(), Some(yuan), "{unit}");
        }
        assert!(yuan_per_unit("million EUR").is_err());
    }
}
