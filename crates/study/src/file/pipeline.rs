//! `[pipeline]`: a table of projects, and what became of earlier ones.

use super::code;
use super::field::Field;
use super::head::source;
use super::section::Section;
use crate::lever::{Header, InvestmentProject, Lever, Stage};
use crate::spec::{Pipeline, StageCount, Unnamed};

/// Pareto index of sizes of projects where the study gives none; an assumption.
const USUAL_TAIL: f64 = 1.5;
/// Projects that a history may count.
const COUNT: std::ops::RangeInclusive<f64> = 0.0..=1e6;

/// `[pipeline]`, which may be missing.
///
/// Unnamed projects become one lever a year behind `levers`.
pub(super) fn read(root: &Section<'_>, levers: &mut Vec<Lever>) -> Pipeline {
    let found = root.find("pipeline");
    let section = found.and_then(|field| Section::of(&field, "[pipeline]".to_owned()));
    let Some(section) = section else { return Pipeline::default() };
    let file = section.find("file").and_then(|field| field.text());
    let counts = section.tables("history", "[[pipeline.history]]").iter().map(count).collect();
    let unnamed = section.find("unnamed").and_then(|field| {
        let section = Section::of(&field, "[pipeline.unnamed]".to_owned())?;
        let found = unnamed(&section, levers);
        section.finish();
        Some(found)
    });
    section.finish();
    Pipeline { file, counts, unnamed }
}

/// `[pipeline.unnamed]`: each year's projects together, of their expected size.
fn unnamed(section: &Section<'_>, levers: &mut Vec<Lever>) -> Unnamed {
    let projects = section.need("projects_per_year", |field| field.number(1.0..=1e4));
    let size = section.need("mean_size", Field::money);
    let (first, last) = section.need("years", Field::years);
    let header = Header { source: source(section), ..Header::default() };
    let project = InvestmentProject {
        region: section.need("region", Field::region),
        industry: section.need("industry", Field::industry),
        foreign_share: section.need("foreign_share", Field::share),
        import_content: section.want("import_content", 0.0, Field::share),
        displacement: section.need("displacement", Field::share),
        amount: size.times(projects),
        schedule: vec![1.0],
        conversion: 1.0,
        probability: 1.0,
        but_for: 1.0,
        stage: Stage::Operating,
        ..InvestmentProject::default()
    };
    let of_year = |year: u16| {
        let name = format!("Unnamed projects {year}");
        Lever::InvestmentProject(InvestmentProject {
            header: Header { name, ..header.clone() },
            build_years: (year, year),
            operation_year: year + 1,
            ..project.clone()
        })
    };
    let made: Vec<Lever> = if first == 0 { vec![] } else { (first..=last).map(of_year).collect() };
    let names = made.iter().map(|lever| lever.name().to_owned()).collect();
    levers.extend(made);
    let tail = section.want("tail", USUAL_TAIL, |field| field.number(1.01..=100.0));
    Unnamed { projects: projects as u16, tail, levers: names }
}

fn count(section: &Section<'_>) -> StageCount {
    let of = section.need("of", |field| field.number(COUNT));
    let built = section.need("built", |field| {
        let built = field.number(COUNT)?;
        if built <= of {
            return Some(built);
        }
        let message = format!("{built} of {of} projects were built");
        field.error(code::OUT_OF_RANGE, message, "more than there were", "write built ≤ of");
        None
    });
    let found = StageCount {
        stage: section.need("stage", Field::word::<Stage>),
        built,
        of,
        source: source(section),
    };
    section.finish();
    found
}
