//! `ironbelt impact`: an event in, the one-page impact table out.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use diagnostics::Findings;
use report::impact_sheet;
use report::sheet::{Column, Line, Sheet, column, figure};
use study::event::{Amounts, Assessment, Event, Group, Part, Phase, Stages, assess};
use study::inputs::LIAONING;

use crate::render::{Style, render};
use crate::tables::{Loaded, TableOptions};
use crate::{Format, INPUT, Stop, USAGE, files};

/// How findings name an event that stands on the command line.
const COMMAND_LINE: &str = "command line";

/// Unit of amounts in the money of the table.
const OF_TABLE: &str = "table";

/// Industries shown.
const FEW_INDUSTRIES: usize = 8;

/// What a plant brings when it is built or when it works.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Event file, or a sentence: "670 million CNY of electrical machinery plant in Shenyang, 55 % of
    /// purchases in Shenyang"; without one, the event is given by the flags.
    event: Option<String>,
    /// Outlay (construction) or output of a year (operation), with its unit unless --unit is given.
    #[arg(long, conflicts_with = "event", required_unless_present = "event")]
    amount: Option<String>,
    /// Unit of the amount, e.g. `million CNY`, or `table` for that of the table.
    #[arg(long, conflicts_with = "event")]
    unit: Option<String>,
    /// Industry of the plant: label, part of one label, or code.
    #[arg(long, conflicts_with = "event", required_unless_present = "event")]
    industry: Option<String>,
    /// Region of the plant; not needed where the table has one region.
    #[arg(long, conflicts_with = "event")]
    region: Option<String>,
    /// Share of first purchases in that region, 0 to 1; without it, as in the table.
    #[arg(long, conflicts_with = "event")]
    local_share: Option<f64>,
    /// What the amount is.
    #[arg(long, value_enum)]
    phase: Option<When>,
    /// Years of construction.
    #[arg(long)]
    years: Option<f64>,
    /// Share of the gross impact that takes the place of other activity, 0 to 1; 0 without it.
    #[arg(long)]
    displacement: Option<f64>,
    /// Consumption of households per unit of compensation, 0 to 1; without it, as in the table.
    #[arg(long)]
    propensity: Option<f64>,
    /// Accounts or table: a folder of tables, or, with --from, anything that `accounts import` reads;
    /// without one, the accounts of Liaoning 2017.
    #[arg(long)]
    accounts: Option<String>,
    #[command(flatten)]
    options: TableOptions,
    /// The impact sheet of one page: Word by the ending .docx, else a page that prints.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What an amount is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    /// Money spent to build the plant.
    Construction,
    /// What the plant makes in a year.
    Operation,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let said = arguments.event.as_deref().and_then(Told::of);
    let file = match &said {
        Some(_) => None,
        None => arguments.event.as_deref().map(|name| file(arguments, name)).transpose()?,
    };
    let told = said.transpose()?.unwrap_or_else(|| Told::by_flags(arguments));
    let beside = match &file {
        Some(path) => path.parent().unwrap_or_else(|| Path::new(".")).to_owned(),
        None => PathBuf::from("."),
    };
    let given = match &file {
        Some(path) => Some((path.display().to_string(), files::read(path)?)),
        None => None,
    };
    let named = given.as_ref().and_then(|(_, text)| study::file::accounts_of(text));
    let accounts = named.or_else(|| arguments.accounts.clone());
    let accounts = accounts.unwrap_or_else(|| LIAONING.to_owned());
    let loaded = arguments.options.read(&accounts, &beside)?;
    let (name, text) = match given {
        Some(given) => given,
        None => (COMMAND_LINE.to_owned(), written(arguments, &told, &loaded)?),
    };
    let show = |findings: &Findings| {
        render(findings, |file| (file == name).then(|| text.clone()), Style::Plain)
    };
    let (event, findings) = study::file::parse_event(&name, &text, &loaded.names);
    let Some(event) = event else { return Err(Stop::new(INPUT, show(&findings))) };
    if !findings.is_empty() {
        say!("{}", show(&findings));
    }
    let roles = arguments.options.roles(&loaded.table)?;
    let group =
        Group { name: loaded.names.home.clone(), regions: loaded.names.home_regions.clone() };
    let group = Some(&group)
        .filter(|group| group.regions.len() > 1 && group.regions.contains(&event.region.name));
    let found = assess(&event, &loaded.table, roles, group)
        .map_err(|found| Stop::new(INPUT, show(&found)))?;
    if let Some(path) = &arguments.out {
        let sheet = impact_sheet::impact_sheet(&event, &found, loaded.year);
        files::write_document(path, &sheet)?;
    }
    match arguments.format {
        Format::Json => println!("{}", json(&found)?),
        Format::Text => print!("{}", page(&event, &found, loaded.year)),
    }
    Ok(())
}

fn json(found: &Assessment) -> Result<String, Stop> {
    serde_json::to_string_pretty(found).map_err(|error| Stop::new(1, format!("error: {error}")))
}

/// The event file of that name; flags that a file has keys for are refused beside it.
fn file(arguments: &Arguments, name: &str) -> Result<PathBuf, Stop> {
    let keys = [
        ("--phase", arguments.phase.is_some()),
        ("--years", arguments.years.is_some()),
        ("--displacement", arguments.displacement.is_some()),
        ("--propensity", arguments.propensity.is_some()),
        ("--accounts", arguments.accounts.is_some()),
    ];
    match keys.into_iter().find(|(_, given)| *given) {
        None => Ok(PathBuf::from(name)),
        Some((flag, _)) => {
            let message = format!("error: `{flag}` is not for an event file");
            let help = "write it into the file; docs/analysis.md lists the keys";
            Err(Stop::new(USAGE, format!("{message}\n  = help: {help}")))
        }
    }
}

/// What a sentence or the flags tell of an event.
#[derive(Debug, Clone, Default, PartialEq)]
struct Told {
    amount: String,
    unit: Option<String>,
    industry: Option<String>,
    region: Option<String>,
    local_share: Option<f64>,
}

impl Told {
    fn by_flags(arguments: &Arguments) -> Self {
        Self {
            amount: arguments.amount.clone().unwrap_or_default(),
            unit: arguments.unit.clone(),
            industry: arguments.industry.clone(),
            region: arguments.region.clone(),
            local_share: arguments.local_share,
        }
    }

    /// `AMOUNT of INDUSTRY [plant] in REGION[, SHARE % of purchases in REGION]`; none for a text that
    /// is the name of a file, an error for a sentence of another form.
    fn of(text: &str) -> Option<Result<Self, Stop>> {
        let text = text.trim().trim_end_matches('.');
        if !text.contains(char::is_whitespace) || Path::new(text).exists() {
            return None;
        }
        Some(Self::parts(text).ok_or_else(|| {
            let message = format!("error[E1509]: `{text}` is no event file and no event");
            let help = "say it like \"670 million CNY of electrical machinery plant in Shenyang, 55 % of \
                        purchases in Shenyang\"";
            Stop::new(INPUT, format!("{message}\n  = help: {help}"))
        }))
    }

    fn parts(text: &str) -> Option<Self> {
        let (plant, purchases) = match text.rsplit_once(',') {
            Some((plant, purchases)) if purchases.contains('%') => (plant, Some(purchases)),
            _ => (text, None),
        };
        let (amount, place) = plant.split_once(" of ")?;
        let (industry, region) = place.rsplit_once(" in ")?;
        let industry = industry.trim();
        let industry = industry.strip_suffix(" plant").unwrap_or(industry);
        let region = region.trim();
        let local_share = match purchases {
            None => None,
            Some(purchases) => {
                let (share, rest) = purchases.split_once('%')?;
                let (_, where_) = rest.trim().strip_prefix("of ")?.rsplit_once(" in ")?;
                if !where_.trim().eq_ignore_ascii_case(region) {
                    return None;
                }
                Some(share.trim().parse::<f64>().ok()? / 100.0)
            }
        };
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Some(Self {
            amount: text(amount)?,
            unit: None,
            industry: Some(text(industry)?),
            region: Some(text(region)?),
            local_share,
        })
    }

    /// The amount as an event file has it.
    fn amount(&self, loaded: &Loaded) -> Result<String, Stop> {
        let amount = &self.amount;
        let in_yuan = study::event::yuan_per_unit(&loaded.table.unit).is_ok();
        let has_unit = amount.chars().any(char::is_alphabetic);
        match &self.unit {
            _ if has_unit => Ok(quoted(amount)),
            Some(unit) if unit == OF_TABLE || (!in_yuan && *unit == loaded.table.unit) => {
                Ok(amount.clone())
            }
            Some(unit) => Ok(quoted(&format!("{amount} {unit}"))),
            None => {
                let message = format!("error[E1510]: the amount `{amount}` has no unit");
                let unit = &loaded.table.unit;
                let help = format!(
                    "write `{amount} million CNY`, or add `--unit table` for the unit of the table ({unit})"
                );
                Err(Stop::new(INPUT, format!("{message}\n  = help: {help}")))
            }
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The event file that says what the sentence or the flags say.
fn written(arguments: &Arguments, told: &Told, loaded: &Loaded) -> Result<String, Stop> {
    let mut out = String::from("format = 1\n");
    let only = match &loaded.names.regions[..] {
        [one] => Some(one.clone()),
        _ => None,
    };
    let region = told.region.clone().or(only);
    let texts =
        [("accounts", &arguments.accounts), ("region", &region), ("industry", &told.industry)];
    for (key, value) in texts {
        if let Some(value) = value {
            let _ = writeln!(out, "{key} = {}", quoted(value));
        }
    }
    let numbers = [("displacement", arguments.displacement), ("propensity", arguments.propensity)];
    for (key, value) in numbers {
        if let Some(value) = value {
            let _ = writeln!(out, "{key} = {value:?}");
        }
    }
    let amount = told.amount(loaded)?;
    let phase = match arguments.phase {
        None | Some(When::Construction) => "construction",
        Some(When::Operation) => "operation",
    };
    let _ = writeln!(out, "[{phase}]\namount = {amount}");
    for (key, value) in [("years", arguments.years), ("local_share", told.local_share)] {
        if let Some(value) = value {
            let _ = writeln!(out, "{key} = {value:?}");
        }
    }
    Ok(out)
}

/// The page.
fn page(event: &Event, found: &Assessment, year: Option<u16>) -> String {
    let title = if found.title.is_empty() { String::new() } else { format!("{}: ", found.title) };
    let mut out = vec![
        format!("{title}{} in {}", found.industry, found.region),
        match year {
            Some(year) => format!(
                "Accounts {}, prices and coefficients of {year}; {}\n",
                found.accounts, found.unit
            ),
            None => {
                format!("Table {}, its prices and coefficients; {}\n", found.accounts, found.unit)
            }
        },
    ];
    out.extend(found.phases.iter().flat_map(|phase| told(event, found, phase)));
    out.push("Assumptions".to_owned());
    out.extend(impact_sheet::assumptions(found).into_iter().map(|each| format!("  {each}")));
    out.join("\n") + "\n"
}

/// Sentence and tables of one phase.
fn told(event: &Event, found: &Assessment, phase: &Phase) -> Vec<String> {
    let years = phase.years;
    let mut out = vec![
        impact_sheet::lead(found, phase),
        impact_sheet::sourcing(event, found, phase),
        stages(phase, &whole(phase), "All regions", found.displacement).text(usize::MAX),
    ];
    let of_group = phase.group.iter();
    for part in std::iter::once(&phase.here).chain(of_group).filter(|_| phase.regions.len() > 1) {
        let title = format!("In {}", part.total.name);
        out.push(stages(phase, part, &title, found.displacement).text(usize::MAX));
    }
    if years > 1.0 {
        let each_year = figure(phase.total.net.jobs / years, 1);
        out.push(format!("Net, that is {each_year} jobs in an average year of construction.\n"));
    }
    out.push(parts("By region", "Region", phase, &phase.regions).text(usize::MAX));
    let mut industries = phase.industries.clone();
    industries.sort_by(|a, b| b.gross.output.total_cmp(&a.gross.output));
    let all = industries.len();
    industries.truncate(FEW_INDUSTRIES);
    let title = format!("Industries with the largest gross output ({} of {all})", industries.len());
    out.push(parts(&title, "Industry", phase, &industries).text(usize::MAX));
    out
}

/// The stages in all regions.
fn whole(phase: &Phase) -> Stages {
    Stages {
        direct: phase.direct,
        indirect: phase.indirect,
        induced: phase.induced,
        total: phase.total.clone(),
    }
}

fn stages(phase: &Phase, stages: &Stages, title: &str, displacement: f64) -> Sheet {
    let total = &stages.total;
    let displaced = format!("Displaced ({} %)", figure(100.0 * displacement, 1));
    let rows = [
        ("Direct", stages.direct),
        ("Indirect", stages.indirect),
        ("Induced", stages.induced),
        ("Gross", total.gross),
        (displaced.as_str(), total.displaced),
        ("Net", total.net),
    ];
    let line = |(name, amounts): (&str, Amounts)| Line {
        labels: vec![name.to_owned()],
        values: vec![amounts.output, amounts.value_added, amounts.income, amounts.jobs],
    };
    Sheet {
        title: title.to_owned(),
        labels: vec!["Stage".to_owned()],
        columns: vec![
            column("Output", "", 1),
            column("Value added", "", 1),
            column("Income", "", 1),
            column(phase.kind_of_jobs, "", 1),
        ],
        lines: rows.into_iter().map(line).collect(),
    }
}

fn parts(title: &str, label: &str, phase: &Phase, parts: &[Part]) -> Sheet {
    let jobs = |word: &str| -> Column { column(&format!("{word} {}", phase.kind_of_jobs), "", 1) };
    let line = |part: &Part| Line {
        labels: vec![part.name.clone()],
        values: vec![
            part.gross.output,
            part.gross.value_added,
            part.gross.jobs,
            part.net.output,
            part.net.value_added,
            part.net.jobs,
        ],
    };
    Sheet {
        title: title.to_owned(),
        labels: vec![label.to_owned()],
        columns: vec![
            column("Gross output", "", 1),
            column("value added", "", 1),
            column(phase.kind_of_jobs, "", 1),
            column("Net output", "", 1),
            column("value added", "", 1),
            jobs("net"),
        ],
        lines: parts.iter().map(line).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::Told;

    #[test]
    fn a_sentence_is_an_event() {
        let text = "670 million CNY of electrical machinery plant in Shenyang, 55 % of purchases in Shenyang";
        let told = Told::parts(text).expect("a sentence");
        assert_eq!(told.amount, "670 million CNY");
        assert_eq!(told.industry.as_deref(), Some("electrical machinery"));
        assert_eq!((told.region.as_deref(), told.local_share), (Some("Shenyang"), Some(0.55)));
        let told =
            Told::parts("1,250,000 yuan of research and development in Dalian").expect("one");
        assert_eq!(told.industry.as_deref(), Some("research and development"));
        assert_eq!(told.local_share, None);
        for text in [
            "670 million CNY",
            "5 CNY of steel in Dalian, 55 % of purchases in Yingkou",
            "5 CNY of steel in Dalian, many % of purchases in Dalian",
        ] {
            assert_eq!(Told::parts(text), None, "{text}");
        }
    }
}
