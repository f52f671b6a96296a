//! The example of a pipeline: its table as text and as a workbook, an office's table of observations,
//! scorecards of cities, and many projects at once.

use std::path::Path;

use diagnostics::Findings;
use study::beside::{Read, read};
use study::ensemble::card::cards;
use study::ensemble::drivers::Drivers;
use study::ensemble::standing::Standing;
use study::ensemble::uncertainty::Uncertainty;
use study::folder::Disk;
use study::inputs::Inputs;
use study::lever::Lever;
use study::spec::Study;

const TEXT: &str = include_str!("../../../studies/pipeline/study.toml");

fn opened(text: &str, inputs: &Inputs) -> (Study, Findings) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../studies/pipeline");
    let Read { study, findings, .. } = read("study.toml", text, &inputs.names, &Disk(folder));
    (study.unwrap_or_else(|| panic!("{findings:?}")), findings)
}

#[test]
fn the_table_of_projects_is_the_same_as_text_and_as_a_workbook() {
    let inputs = Inputs::liaoning().expect("the shipped accounts are correct");
    let (text, findings) = opened(TEXT, &inputs);
    let codes: Vec<&str> = findings.iter().map(|each| each.code).collect();
    assert_eq!(codes, ["W1907"], "an office's table has no sources");
    assert!(text.levers.iter().all(|lever| matches!(lever, Lever::InvestmentProject(_))));
    assert_eq!(text.levers.len(), 10);
    let workbook = TEXT.replace("file = \"projects.csv\"", "file = \"projects.xlsx\"");
    assert_ne!(workbook, TEXT);
    assert_eq!(opened(&workbook, &inputs).0.levers, text.levers);
}

#[test]
fn scorecards_of_the_example_are_those_computed_by_hand() {
    let inputs = Inputs::liaoning().expect("the shipped accounts are correct");
    let (study, _) = opened(TEXT, &inputs);
    let drivers = Drivers::new(&study, &inputs, Uncertainty::default(), &Standing::default());
    let cards = cards(&study, &inputs.names, &drivers);
    let told: Vec<(&str, Option<usize>)> =
        cards.iter().map(|card| (card.region.as_str(), card.rank)).collect();
    assert_eq!(
        told,
        [("Liaoning", None), ("Shenyang", Some(1)), ("Dalian", Some(3)), ("Yingkou", Some(2))]
    );
    // 5.3 billion in 2017 to 10 in 2020: the plan of 2018 is 5.3 · (10 / 5.3)^(1/3) = 6.5494.
    assert!((cards[0].plan - 6549.4).abs() < 0.1, "{}", cards[0].plan);
    assert!((cards[0].completed - 100.0 * 3660.0 / 6549.4).abs() < 0.01);
    // A city's plan is in proportion to its own 2017: 10.1 / 53 of that.
    assert!((cards[1].plan - 6549.4 * 10.1 / 53.0).abs() < 0.1, "{}", cards[1].plan);
    // Months 1 to 8 of 2017: 3,660 / 1.15 of 5,300.
    assert!((cards[0].usual.expect("2017 is whole") - 100.0 * 3660.0 / 1.15 / 5300.0).abs() < 0.01);
    assert!(cards.iter().all(|card| (card.time_passed - 200.0 / 3.0).abs() < 1e-9));
}

#[test]
fn a_pipeline_of_hundreds_of_projects_is_told_by_region() {
    let inputs = Inputs::liaoning().expect("the shipped accounts are correct");
    let (mut study, _) = opened(TEXT, &inputs);
    study.years.last = 2019;
    study.years.headline = 2019;
    let few: Vec<Lever> = study.levers.drain(..).collect();
    for copy in 0..30 {
        for lever in &few {
            let Lever::InvestmentProject(project) = lever else { panic!("only projects") };
            let mut project = project.clone();
            project.header.name = format!("{} {copy}", project.header.name);
            project.amount = project.amount.times(1.0 / 30.0);
            study.levers.push(Lever::InvestmentProject(project));
        }
    }
    let many = study::run::run(&study, TEXT, &inputs, &|_, _| ()).expect("it solves");
    study.levers = few;
    let few = study::run::run(&study, TEXT, &inputs, &|_, _| ()).expect("it solves");
    let part = |results: &study::results::Results, wanted: &dyn Fn(&str) -> bool| {
        let fits = results.contributions.iter().filter(|each| {
            each.variable == "fdi" && each.region == "Liaoning" && wanted(&each.lever)
        });
        fits.map(|each| each.values[2]).sum::<f64>()
    };
    let names =
        ["Polymer plant", "Cold store at the port", "Chip packaging", "Ship engine test stand"];
    let (all, one_by_one) = (
        part(&many, &|lever| lever == "Projects in Dalian"),
        part(&few, &|lever| names.contains(&lever)),
    );
    assert!((all / one_by_one - 1.0).abs() < 1e-3, "{all} {one_by_one}");
}
