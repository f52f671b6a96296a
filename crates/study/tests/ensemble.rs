//! Ensembles of a small study: the same draws for any number of threads and after any break,
//! trivial targets, and what counted projects and history do.

use std::collections::BTreeMap;
use std::sync::Mutex;

use rstest::rstest;
use study::ensemble::forecast::forecast;
use study::ensemble::points::Method;
use study::ensemble::record::Record;
use study::ensemble::standing::Standing;
use study::ensemble::{Ensemble, Settings};
use study::inputs::Inputs;
use study::lever::{Lever, Stage};
use study::money::Money;
use study::run::draw::{Central, Indicators};
use study::spec::{Observation, Period, Quantity, Region, Scope, StageCount, Status, Study};

const TEXT: &str = include_str!("small.toml");

fn inputs() -> Inputs {
    Inputs::liaoning().expect("the shipped accounts are correct")
}

fn study(inputs: &Inputs) -> Study {
    let (study, findings) = study::file::parse("small.toml", TEXT, &inputs.names);
    study.unwrap_or_else(|| panic!("{findings:?}"))
}

fn ensemble<'a>(
    study: &'a Study,
    inputs: &'a Inputs,
    method: Method,
    draws: usize,
) -> Ensemble<'a> {
    let settings = Settings { method, seed: 4, draws };
    Ensemble::new(study, &[TEXT], inputs, settings, &Standing::default())
}

/// Draws that are not known, made on some threads until `most` of them are there.
fn made(
    ensemble: &Ensemble<'_>,
    known: &BTreeMap<usize, Record>,
    threads: usize,
    most: usize,
) -> BTreeMap<usize, Record> {
    let list = Mutex::new(known.clone());
    let keep = |record: &Record| {
        let mut list = list.lock().expect("no thread panics");
        assert!(list.insert(record.index, record.clone()).is_none(), "a draw was made twice");
        list.len() < most
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| ensemble.run(known, &keep)).expect("the central path solves");
    list.into_inner().expect("no thread panics")
}

#[test]
fn threads_and_breaks_do_not_change_a_byte_and_trivial_targets_are_certain() {
    let inputs = inputs();
    let study = study(&inputs);
    let ensemble = ensemble(&study, &inputs, Method::MonteCarlo, 12);
    let whole = made(&ensemble, &BTreeMap::new(), 1, usize::MAX);
    let table = ensemble.head.table(whole.values());

    // Broken off after five draws, the last line torn; then continued on two threads.
    let some = made(&ensemble, &BTreeMap::new(), 2, 5);
    let torn = ensemble.head.table(some.values()) + "11,solved,5335";
    let (known, _) = ensemble.head.read(&torn).expect("its own table");
    assert_eq!(known.len(), some.len());
    let continued = made(&ensemble, &known, 2, usize::MAX);
    assert_eq!(ensemble.head.table(continued.values()), table);

    let told = forecast(&ensemble, &study, &whole, None);
    assert_eq!((told.draws, told.failed), (12, 0));
    let probability = |at: usize| told.targets[at].probability;
    assert_eq!((probability(0), probability(1)), (1.0, 0.0));
    for target in &told.targets {
        let levels: Vec<f64> = target.quantiles["2019"].values().copied().collect();
        assert!(levels.is_sorted() && levels[0] < levels[4], "{}: {levels:?}", target.name);
    }
}

#[test]
fn a_draw_that_does_not_solve_is_counted_and_in_no_figure() {
    let inputs = inputs();
    let study = study(&inputs);
    let ensemble = ensemble(&study, &inputs, Method::Sobol, 2);
    let mut records = made(&ensemble, &BTreeMap::new(), 2, usize::MAX);
    let alone = forecast(&ensemble, &study, &records, None).targets[2].mean;
    let failed = Record { index: 1, outcome: Err("did not solve".to_owned()) };
    let first = records[&0].outcome.clone().expect("solved").policy[2][2];
    records.insert(1, failed);
    let told = forecast(&ensemble, &study, &records, None);
    assert_eq!((told.draws, told.failed, told.failures[0].0), (2, 1, 1));
    assert!((told.targets[2].mean - first).abs() < 1e-9 && (alone - first).abs() > 1e-9);
}

#[test]
fn a_study_drawn_unchanged_is_the_central_path() {
    let inputs = inputs();
    let study = study(&inputs);
    let central = Central::solve(&study, &inputs).expect("it solves");
    let again = central.draw(&study, &inputs).expect("it solves");
    let results = study::run::run(&study, TEXT, &inputs, &|_, _| ()).expect("it solves");
    for (at, target) in study.targets.iter().enumerate() {
        for (which, name) in [(&again.policy, "policy"), (&again.baseline, "baseline")] {
            let known = results.value(name, &target.indicator, "Liaoning", 2019).expect("there");
            assert!((which[at][2] / known - 1.0).abs() < 1e-6, "{name} {}", target.name);
        }
    }
}

#[rstest]
#[case(0.0, 0.0)]
#[case(1e4, 1.0)]
fn counted_projects_decide_the_fate_of_those_of_their_stage(
    #[case] built: f64,
    #[case] share: f64,
) {
    let inputs = inputs();
    let mut study = study(&inputs);
    study.pipeline.counts =
        vec![StageCount { stage: Stage::Signed, built, of: 1e4, ..StageCount::default() }];
    let ensemble = ensemble(&study, &inputs, Method::LatinHypercube, 50);
    for index in 0..50 {
        let drawn = ensemble.drivers.draw(&ensemble.point(index));
        let Lever::InvestmentProject(project) = &drawn.levers[0] else { panic!("a project") };
        assert!((project.probability - share).abs() < 1e-12);
    }
}

#[test]
fn default_conversion_and_the_nowcast_have_the_mean_that_is_written() {
    let inputs = inputs();
    let study = study(&inputs);
    let ensemble = ensemble(&study, &inputs, Method::Sobol, 4096);
    let (mut built, mut levels) = (0.0, Vec::new());
    for index in 0..4096 {
        let drawn = ensemble.drivers.draw(&ensemble.point(index));
        let Lever::InvestmentProject(project) = &drawn.levers[0] else { panic!("a project") };
        built += project.probability / 4096.0;
        levels.push(drawn.baseline.foreign_direct_investment.home(2018));
    }
    // Signed projects: a half by default.
    assert!((built - 0.5).abs() < 0.02, "{built}");
    // No whole year of 2017 is observed, so the accounts' stands for it: growth of the months is the
    // median.
    levels.sort_unstable_by(f64::total_cmp);
    assert!((levels[2048] - 0.15).abs() < 0.02, "{}", levels[2048]);
}

#[test]
fn the_published_history_shows_its_break_and_its_width() {
    let inputs = inputs();
    let study = study(&inputs);
    let ensemble = ensemble(&study, &inputs, Method::MonteCarlo, 1);
    let of = &ensemble.drivers.inflows[0].process.volatility;
    // 29.0 billion dollars in 2013, 25.2 in 2014, 5.2 in 2015, 3.0 in 2016, 5.3 in 2017.
    assert_eq!((of.years, of.breaks.len()), (21, 1));
    assert!((of.breaks[0].exp() - 0.18).abs() < 0.01, "{}", of.breaks[0]);
    let last = of.growth.last().expect("21 years");
    assert!(last.0 == 2017 && (last.1.exp() - 1.78).abs() < 0.005, "{last:?}");
    assert!((of.scale - 0.22).abs() < 0.005, "{}", of.scale);
}

/// An observation of a city beside the province's own.
fn of_city(study: &Study, indicator: &str, year: u16, million_usd: f64) -> Observation {
    let own = study.observations.iter().find(|each| each.indicator == indicator);
    Observation {
        scope: Scope::Region(Region { index: 0, name: "Shenyang".to_owned() }),
        period: Period { year, months: (1, 12) },
        value: Some(Quantity::Money(Money::from_usd(1e6 * million_usd, 6.8437))),
        growth: None,
        ..own.expect("observed").clone()
    }
}

#[test]
fn observations_of_a_city_do_not_stand_for_the_province() {
    let inputs = inputs();
    let study = study(&inputs);
    let mut with_city = study.clone();
    with_city.observations.push(of_city(&study, "domestic_funds", 2017, 1.0));
    with_city.observations.push(of_city(&study, "fdi", 2017, 1.0));
    let [alone, beside] = [&study, &with_city].map(|study| {
        let ensemble = ensemble(study, &inputs, Method::MonteCarlo, 1);
        let drawn = ensemble.drivers.draw(&ensemble.point(0));
        let told = Central::solve(study, &inputs).expect("it solves").indicators;
        (told, drawn.baseline, drawn.observations)
    });
    assert_eq!(alone.0, beside.0, "levels of the province");
    assert_eq!(alone.1, beside.1, "drawn growth");
    // The base year that a draw sets takes no observation of the city away.
    assert_eq!(beside.2.len(), alone.2.len() + 2);
}

#[test]
fn the_running_year_holds_the_programme_once() {
    let inputs = inputs();
    let study = study(&inputs);
    let standing = Standing::of(&study, &inputs).expect("it solves");
    let lift = standing.lift("fdi");
    // Half of the plant's billion dollars is planned for 2018, and half of such plants are built.
    assert!((lift.money - 250.0).abs() < 1e-9, "{lift:?}");
    let settings = Settings { method: Method::MonteCarlo, seed: 4, draws: 3 };
    let ensemble = Ensemble::new(&study, &[TEXT], &inputs, settings, &standing);
    let at = |indicators: &[Vec<f64>], target: usize| indicators[target][1];
    let central = ensemble.central().expect("it solves");
    for (inflow, target) in ensemble.drivers.inflows.iter().zip([0, 1]) {
        let nowcast = inflow.nowcast.as_ref().expect("months of 2018");
        let policy = at(&central.indicators.policy, target);
        assert!(
            (policy / nowcast.year_with(0.0) - 1.0).abs() < 2e-4,
            "{} {policy}",
            inflow.indicator
        );
    }
    assert!(at(&central.indicators.baseline, 0) < at(&central.indicators.policy, 0) - 200.0);
    // So it is on the path that the gap to a target is told on.
    let results = study::run::run(&ensemble.drivers.central(), TEXT, &inputs, &|_, _| ());
    let told = results.expect("it solves").value("policy", "fdi", "Liaoning", 2018).expect("told");
    assert!((told / at(&central.indicators.policy, 0) - 1.0).abs() < 1e-6);
}

#[test]
fn an_estimate_leaves_out_what_is_of_second_order() {
    let inputs = inputs();
    let study = study(&inputs);
    let central = Central::solve(&study, &inputs).expect("it solves");
    let off = |factor: f64| {
        let mut changed = study.clone();
        for lever in &mut changed.levers {
            if let Lever::InvestmentProject(project) = lever {
                project.amount = project.amount.times(factor);
            }
        }
        let elasticity = factor * study.parameters.get("sigma_value_added");
        let source = "test".to_owned();
        changed.parameters.set("sigma_value_added", elasticity, source, Status::Assumption);
        let estimate = central.estimate(&changed, &inputs).expect("a step");
        let solved = central.draw(&changed, &inputs).expect("it solves");
        let before = &central.indicators;
        let far = |from: &Indicators| -> f64 {
            let paths = |each: &Indicators| [each.baseline.concat(), each.policy.concat()].concat();
            let pairs = paths(from).into_iter().zip(paths(&solved));
            pairs.map(|(a, b)| ((a - b) / b).abs()).fold(0.0, f64::max)
        };
        (far(&estimate), far(before))
    };
    let (small, moved) = off(1.05);
    let (large, _) = off(1.2);
    assert!(moved > 1e-4, "{moved}");
    assert!(small < 0.1 * moved, "{small} of {moved}");
    assert!(large > 8.0 * small, "about sixteen times: {large} {small}");
}
