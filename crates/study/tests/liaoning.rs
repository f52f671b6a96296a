//! The shipped study, end to end: laws on its accounts, sizes and signs, and what changes nothing.

use std::sync::OnceLock;

use study::economy::laws::laws;
use study::file::parse;
use study::inputs::Inputs;
use study::results::Results;
use study::run::{instance, run};
use study::spec::{Closure, Study};

fn inputs() -> &'static Inputs {
    static INPUTS: OnceLock<Inputs> = OnceLock::new();
    INPUTS.get_or_init(|| Inputs::liaoning().expect("the shipped figures are correct"))
}

fn shipped() -> Study {
    let (study, findings) = parse(study::LIAONING_NAME, study::LIAONING, &inputs().names);
    assert!(findings.is_empty(), "{findings}");
    study.expect("the shipped study is correct")
}

fn run_of(study: &Study) -> Results {
    run(study, study::LIAONING, inputs(), &|_, _| ()).expect("runs")
}

fn results() -> &'static Results {
    static RESULTS: OnceLock<Results> = OnceLock::new();
    RESULTS.get_or_init(|| run_of(&shipped()))
}

/// A study of one lever of the shipped ones, over three years.
fn only(lever: &str) -> Study {
    let mut study = shipped();
    study.years.last = 2020;
    study.levers.retain(|each| each.name() == lever);
    assert_eq!(study.levers.len(), 1, "{lever}");
    study
}

#[test]
fn liaoning_obeys_every_law_in_both_closures() {
    let mut study = shipped();
    for closure in [Closure::ShortRun, Closure::LongRun] {
        study.closure = closure;
        for law in laws(&instance(&study, inputs())).expect("solves") {
            assert!(law.holds(), "{closure:?}: {law:?}");
        }
    }
}

#[test]
fn every_plausibility_check_holds() {
    for check in &results().plausibility {
        assert!(check.holds, "{}: {}", check.expectation, check.found);
    }
    assert!(results().plausibility.len() >= 7);
}

#[test]
fn the_base_year_is_the_published_one_and_the_policy_starts_after_it() {
    let results = results();
    let gdp = |scenario| results.value(scenario, "gdp", "Liaoning", 2017).expect("a value");
    // Published: 21,691.42; the barrier's real cost and rounding move nothing.
    assert!((gdp("baseline") - 21_691.42).abs() < 0.01, "{}", gdp("baseline"));
    assert!((gdp("policy") - gdp("baseline")).abs() < 1e-6);
}

#[test]
fn the_baseline_hits_the_given_paths_of_employment_and_direct_investment() {
    let (study, results) = (shipped(), results());
    for (variable, path) in [
        ("employment", &study.baseline.labour_force),
        ("fdi", &study.baseline.foreign_direct_investment),
    ] {
        let series = results.series_of("baseline", variable, "Liaoning").expect("a series");
        for (at, year) in results.years.iter().enumerate().skip(1) {
            let growth = series.values[at] / series.values[at - 1] - 1.0;
            assert!((growth - path.home(*year)).abs() < 1e-6, "{variable} {year}: {growth}");
        }
    }
}

#[test]
fn contributions_add_up_and_regions_sum_to_the_province_and_the_nation() {
    let results = results();
    for (at, _) in results.years.iter().enumerate() {
        for variable in ["gdp", "employment", "exports", "imports", "consumption", "fdi"] {
            let value = |scenario, region: &str| {
                results.series_of(scenario, variable, region).expect("a series").values[at]
            };
            for region in ["Liaoning", "Dalian", "nation"] {
                let parts: f64 = results
                    .contributions
                    .iter()
                    .filter(|each| each.variable == variable && each.region == region)
                    .map(|each| each.values[at])
                    .sum();
                let total = value("policy", region) - value("baseline", region);
                assert!(
                    (parts - total).abs() < 1e-8 * (1.0 + value("baseline", region).abs()),
                    "{variable} {region}"
                );
            }
            for scenario in ["baseline", "policy"] {
                let home: f64 =
                    results.study.home_regions.iter().map(|region| value(scenario, region)).sum();
                assert!((home - value(scenario, "Liaoning")).abs() < 1e-9 * home.abs().max(1.0));
                assert!(
                    (home + value(scenario, "Rest of China") - value(scenario, "nation")).abs()
                        < 1e-9 * value(scenario, "nation").abs()
                );
            }
        }
    }
}

#[test]
fn every_solve_is_certified_and_every_number_is_finite() {
    for solve in &results().solves {
        let c = solve.certificate;
        assert!(
            [c.zero_profit, c.market_clearance, c.income_balance, c.walras]
                .iter()
                .all(|x| *x < 1e-9),
            "{solve:?}"
        );
    }
    assert!(
        results().series.iter().all(|series| series.values.iter().all(|value| value.is_finite()))
    );
}

#[test]
fn no_levers_means_no_difference() {
    let mut study = shipped();
    study.years.last = 2020;
    study.levers.clear();
    let results = run_of(&study);
    for year in 2017..=2020 {
        let gdp = |scenario| results.value(scenario, "gdp", "Liaoning", year).expect("a value");
        assert!((gdp("policy") - gdp("baseline")).abs() < 1e-6);
    }
}

#[test]
fn a_project_that_displaces_itself_or_never_comes_changes_nothing() {
    for change in ["displacement", "probability"] {
        let mut study = only("BMW battery plant, phase 2");
        let study::lever::Lever::InvestmentProject(project) = &mut study.levers[0] else {
            panic!("a project")
        };
        match change {
            "displacement" => project.displacement = 1.0,
            _ => project.probability = 0.0,
        }
        let results = run_of(&study);
        let added: f64 = results
            .contributions
            .iter()
            .filter(|each| each.variable == "gdp")
            .flat_map(|each| &each.values)
            .map(|x| x.abs())
            .sum();
        assert!(added < 1e-5, "{change}: {added}");
    }
}

#[test]
fn what_a_province_spends_is_paid_by_its_households() {
    let mut study = only("Robots in industry");
    let study::lever::Lever::Technology(technology) = &mut study.levers[0] else {
        panic!("a technology")
    };
    technology.productivity_gain = 0.0;
    let results = run_of(&study);
    let gain = results.value("policy", "equivalent_variation", "Liaoning", 2018).expect("a value");
    assert!(gain < -0.5, "150 million a year without effect must cost households: {gain}");
}

#[test]
fn long_run_and_the_other_numeraire_run_and_agree_on_quantities() {
    let mut study = only("Open general manufacturing");
    let exchange = run_of(&study);
    study.numeraire = study::spec::Numeraire::ConsumerPrices;
    let prices = run_of(&study);
    for variable in ["gdp", "employment", "fdi", "exports", "equivalent_variation"] {
        let [a, b] = [&exchange, &prices]
            .map(|results| results.value("policy", variable, "Liaoning", 2020).expect("a value"));
        assert!((a - b).abs() < 1e-6 * (1.0 + a.abs()), "{variable}: {a} against {b}");
    }
    study.closure = Closure::LongRun;
    let long_run = run_of(&study);
    assert!(
        long_run.value("policy", "gdp", "Liaoning", 2020)
            > long_run.value("baseline", "gdp", "Liaoning", 2020)
    );
}

#[test]
fn the_same_study_gives_the_same_bytes_whatever_the_threads() {
    let study = only("Open telecommunications");
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| study::store::write(&run_of(&study)))
    };
    assert_eq!(on(1), on(2));
}

#[test]
fn results_read_back_and_other_formats_are_refused() {
    let files = study::store::write(results());
    let json = &files["results.json"];
    assert!(study::store::read("results.json", json).expect("readable") == *results());
    let later = json.replacen("\"format\":1", "\"format\":2", 1);
    let refused = study::store::read("results.json", &later).expect_err("another format");
    assert!(refused.to_string().contains("E0310"), "{refused}");
    assert!(study::store::read("results.json", "{\"format\":1").is_err());
}

/// docs/liaoning.md with single spaces, so that line ends do not matter.
fn page() -> String {
    include_str!("../../../docs/liaoning.md").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `+1.23`, `−0.04`, `0`.
fn signed(value: f64, digits: usize) -> String {
    let size = format!("{:.digits$}", value.abs());
    match size.parse::<f64>() {
        Ok(0.0) => "0".to_owned(),
        _ => format!("{}{size}", if value < 0.0 { '−' } else { '+' }),
    }
}

/// A net measure in the headline year and over all years; jobs in thousands, money in billions.
fn net(lever: &str, measure: &str) -> (f64, f64) {
    let fits = |each: &&study::results::NetMeasure| {
        each.lever == lever && each.region == "Liaoning" && each.measure == measure
    };
    let found = results().net.iter().find(fits).unwrap_or_else(|| panic!("{lever} {measure}"));
    let scale = if measure == "jobs" { 1e3 } else { 10.0 };
    let value = |x: Option<f64>| x.expect("a value") / scale;
    (value(found.headline), value(found.all_years))
}

/// The row of a lever in the table of contributions.
fn contribution_row(name: &str, lever: &str) -> String {
    let cost = net(lever, "public cost").1;
    let cells = [
        signed(net(lever, "value added").0, 2),
        signed(net(lever, "value added").1, 2),
        signed(net(lever, "jobs").1, 1),
        signed(net(lever, "domestic investment").1, 2),
        signed(net(lever, "equivalent variation").1, 2),
        signed(net(lever, "tax revenue").1, 2),
        if cost == 0.0 { "–".to_owned() } else { format!("{cost:.2}") },
    ];
    format!("| {name} | {} |", cells.join(" | "))
}

/// Policy less baseline, and in per cent.
fn change(variable: &str, region: &str, year: u16) -> (f64, f64) {
    let value = |scenario| results().value(scenario, variable, region, year).expect("a value");
    let moved = value("policy") - value("baseline");
    (moved, 100.0 * moved / value("baseline"))
}

/// The row of a place in the table of areas.
fn area_row(region: &str) -> String {
    let (gdp, percent) = change("gdp", region, 2020);
    let cells = [
        signed(gdp / 10.0, 2),
        signed(percent, 3),
        signed(change("gdp", region, 2025).0 / 10.0, 2),
        signed(change("employment", region, 2020).0 / 1e3, 1),
        signed(change("fdi", region, 2020).0, 0),
        signed(change("equivalent_variation", region, 2020).0 / 10.0, 2),
    ];
    format!("| {region} | {} |", cells.join(" | "))
}

/// Sentences of the page, with the figures of the run.
fn sentences() -> Vec<String> {
    let ((gdp, percent), (later, later_percent)) =
        (change("gdp", "Liaoning", 2020), change("gdp", "Liaoning", 2025));
    let jobs = |year| change("employment", "Liaoning", year).0 / 1e3;
    let target = &results().targets[0];
    let all = |measure: &str| net("programme", measure).1;
    let of = |lever: &str| net(lever, "value added").1;
    let vehicles = of("Open vehicles, ships and aircraft");
    let technology: f64 = results()
        .levers
        .iter()
        .filter(|lever| lever.kind == "technology")
        .map(|lever| of(&lever.name))
        .sum();
    vec![
        format!(
            "In 2020 the programme adds {:.2} billion yuan to the gross product of the province ({} %) \
             and {:.1} thousand jobs; by 2025 it adds {:.2} billion ({} %) and {:.1} thousand.",
            gdp / 10.0,
            signed(percent, 2),
            jobs(2020),
            later / 10.0,
            signed(later_percent, 2),
            jobs(2025),
        ),
        format!(
            "Over the nine years budgets pay {:.2} billion yuan, and households of the province gain \
             {:.1} billion after paying for it.",
            all("public cost"),
            all("equivalent variation"),
        ),
        format!(
            "Of the foreign investment target for 2020 the programme brings {:.2} billion dollars; \
             {:.1} billion stay missing.",
            change("fdi", "Liaoning", 2020).0 / 1e3,
            target.gap / 1e3,
        ),
        format!("that is {vehicles:.1} of {:.1} billion over the years", all("value added")),
        format!("**Technology** adds {technology:.1} billion"),
        format!("Taxes raised in the province rise by {:.1} billion in all", all("tax revenue")),
    ]
}

#[test]
fn the_page_about_liaoning_has_the_figures_of_the_run() {
    let rows = results().levers.iter().map(|lever| contribution_row(&lever.name, &lever.name));
    let mut expected: Vec<String> = rows.collect();
    expected.push(contribution_row("**all levers**", "programme"));
    let places = &results().study.regions;
    expected.extend(places.iter().map(|region| area_row(region)));
    expected.push(area_row("Liaoning"));
    expected.extend(sentences());
    let page = page();
    let missing: Vec<&String> =
        expected.iter().filter(|line| !page.contains(line.as_str())).collect();
    let listed: Vec<&str> = missing.iter().map(|line| line.as_str()).collect();
    assert!(missing.is_empty(), "docs/liaoning.md lacks:\n{}", listed.join("\n"));
}
