//! What is handed over: the memo and the impact sheet, as pages and as Word files.

mod fixture;

use std::io::{Cursor, Read as _};

use report::document::Document;
use report::impact_sheet::impact_sheet;
use report::memo::memo;
use study::event::{Amount, Amounts, Assessment, Event, Outlay, Output, Part, Phase, Stages};

/// A file inside a Word file.
fn inside(word: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(word)).expect("a zip");
    let mut text = String::new();
    archive.by_name(name).expect(name).read_to_string(&mut text).expect("text");
    text
}

/// The words of a Word file, without its marks.
fn words(word: &[u8]) -> String {
    let text = inside(word, "word/document.xml");
    let pieces = text.split('<').filter_map(|piece| piece.split_once('>'));
    pieces.map(|(_, words)| words).collect()
}

fn pictures(word: &[u8]) -> usize {
    let archive = zip::ZipArchive::new(Cursor::new(word)).expect("a zip");
    archive
        .file_names()
        .flatten()
        .filter(|name| name.starts_with("word/media/") && name.ends_with(".png"))
        .count()
}

fn amounts(output: f64, jobs: f64) -> Amounts {
    Amounts { output, value_added: 0.4 * output, income: 0.2 * output, jobs }
}

fn part(name: &str, output: f64, jobs: f64) -> Part {
    Part {
        name: name.to_owned(),
        gross: amounts(output, jobs),
        displaced: amounts(0.25 * output, 0.25 * jobs),
        net: amounts(0.75 * output, 0.75 * jobs),
    }
}

fn stages(name: &str, output: f64) -> Stages {
    Stages {
        direct: amounts(0.6 * output, 600.0),
        indirect: amounts(0.3 * output, 300.0),
        induced: amounts(0.1 * output, 100.0),
        total: part(name, output, 1_000.0),
    }
}

fn phase(phase: &'static str, kind_of_jobs: &'static str, amount: f64) -> Phase {
    Phase {
        phase,
        kind_of_jobs,
        amount,
        years: if phase == "construction" { 2.0 } else { 1.0 },
        local_share: 0.55,
        outside: 0.1 * amount,
        direct: amounts(0.9 * amount, 1_000.0),
        indirect: amounts(0.5 * amount, 600.0),
        induced: amounts(0.2 * amount, 400.0),
        total: part("all", 1.6 * amount, 2_000.0),
        here: stages("Shenyang", 0.5 * amount),
        group: Some(stages("Liaoning", 0.8 * amount)),
        regions: vec![part("Shenyang", amount, 1_500.0), part("Dalian", 0.6 * amount, 500.0)],
        industries: (0..12)
            .map(|at| part(&format!("Industry {at}"), amount / f64::from(at + 1), 10.0))
            .collect(),
    }
}

fn event() -> (Event, Assessment) {
    let money = Amount::OfTable(670.0);
    let event = Event {
        construction: Some(Outlay {
            amount: money,
            years: 2.0,
            local_share: Some(0.55),
            composition: vec![],
        }),
        operation: Some(Output { amount: money, local_share: None }),
        ..Event::default()
    };
    let found = Assessment {
        format: 1,
        title: "Battery plant <phase 2>".to_owned(),
        accounts: "liaoning-2017".to_owned(),
        unit: "million CNY".to_owned(),
        region: "Shenyang".to_owned(),
        industry: "Electrical machinery".to_owned(),
        displacement: 0.25,
        propensity: Some(0.6),
        phases: vec![
            phase("construction", "job-years", 670.0),
            phase("operation", "permanent jobs", 900.0),
        ],
    };
    (event, found)
}

fn sheet() -> Document {
    let (event, found) = event();
    impact_sheet(&event, &found, Some(2017))
}

#[test]
fn the_memo_has_two_pages_with_answer_targets_and_cost() {
    let results = fixture::results();
    let html = memo(&results, None).html();
    assert_eq!(html.matches("class=\"page\"").count(), 1, "one break makes two pages");
    for heading in
        ["Official targets", "Who gains, who loses", "What it costs", "How far to trust this"]
    {
        assert!(html.contains(&format!("<h2>{heading}</h2>")), "{heading}");
    }
    for target in &results.targets {
        assert!(html.contains(&target.name), "{}", target.name);
    }
    assert!(!html.contains("<script") && !html.contains("href="), "it stands alone");
    assert_eq!(html, memo(&results, None).html());
}

#[test]
fn the_word_memo_says_what_the_page_says() {
    let results = fixture::results();
    let document = memo(&results, None);
    let (html, word) = (document.html(), document.word().expect("written"));
    let text = words(&word);
    assert!(text.contains(&results.study.title));
    for target in &results.targets {
        assert!(text.contains(&target.name), "{}", target.name);
    }
    assert_eq!(pictures(&word), html.matches("<svg xmlns").count(), "every drawing is a picture");
    assert!(inside(&word, "word/document.xml").contains("w:type=\"page\""));
    assert_eq!(word, document.word().expect("again"), "the same bytes");
}

#[test]
fn the_impact_sheet_keeps_kinds_of_jobs_apart() {
    let html = sheet().html();
    assert!(html.contains("Battery plant &lt;phase 2&gt;"), "escaped");
    for figure in
        ["1,500 job-years", "1,500 permanent jobs", "55.0 % of first purchases in Shenyang (given)"]
    {
        assert!(html.contains(figure), "{figure}");
    }
    assert!(html.contains("they are not added"));
    assert!(!html.contains("3,000") && !html.contains("4,000"), "job-years and jobs added");
    assert_eq!(html.matches("<svg xmlns").count(), 4, "by region and industry, for each phase");
    assert!(html.contains("All others"));
    for place in ["Net, by place", "<td>Liaoning</td>"] {
        assert!(
            html.replace("th scope=\"row\"", "td").replace("</th>", "</td>").contains(place),
            "{place}"
        );
    }
}

#[test]
fn the_sheet_and_its_word_file_agree_and_what_is_unknown_is_said() {
    let (event, mut found) = event();
    found.phases.truncate(1);
    let all = &mut found.phases[0];
    for each in [&mut all.direct, &mut all.indirect, &mut all.induced] {
        each.jobs = f64::NAN;
    }
    for each in [&mut all.total.gross, &mut all.total.displaced, &mut all.total.net] {
        each.jobs = f64::NAN;
    }
    found.propensity = None;
    let document = impact_sheet(&event, &found, None);
    let html = document.html();
    assert!(html.contains("n/a") && !html.contains("NaN"));
    assert!(html.contains("Nothing is induced"));
    let text = words(&document.word().expect("written"));
    for line in ["Direct", "Indirect (suppliers)", "Induced (households)", "Displaced (25.0 %)"] {
        assert!(text.contains(line) && html.contains(line), "{line}");
    }
}
