//! Derivatives of a number of a study by what went into it, against differences of whole runs.

use std::sync::OnceLock;

use study::ensemble::uncertainty::Uncertainty;
use study::file::parse;
use study::inputs::Inputs;
use study::run::mix::{Mix, Prepared};
use study::run::outcome::Outcome;
use study::run::sensitivity::{Driver, ExogenousCell, Of, Sensitivities, sensitivities};
use study::spec::{Scope, Study};

fn inputs() -> &'static Inputs {
    static INPUTS: OnceLock<Inputs> = OnceLock::new();
    INPUTS.get_or_init(|| Inputs::liaoning().expect("the shipped figures are correct"))
}

fn small() -> Study {
    let (study, findings) = parse(study::LIAONING_NAME, study::LIAONING, &inputs().names);
    assert!(findings.is_empty(), "{findings}");
    let mut study = study.expect("the shipped study is correct");
    study.years.last = 2019;
    study.years.headline = 2019;
    study.levers.truncate(8);
    study
}

fn of(study: &Study, indicator: &str, of: Of) -> Sensitivities {
    let prepared = Prepared::new(study, inputs()).expect("calibrates");
    let outcome = Outcome::of(indicator, &Scope::Province, 2019, inputs());
    sensitivities(&prepared, &outcome, of, &Uncertainty::default()).expect("solves")
}

/// Policy and baseline of an indicator, run anew.
fn run(study: &Study, indicator: &str) -> [f64; 2] {
    let prepared = Prepared::new(study, inputs()).expect("calibrates");
    let mix = Mix::new(&prepared).expect("solves");
    let outcome = Outcome::of(indicator, &Scope::Province, 2019, inputs());
    let outcomes = mix.find(&[outcome]).expect("known");
    let full = vec![1.0; study.levers.len()];
    [mix.values(&full, &outcomes).expect("solves")[0], mix.without(&outcomes)[0]]
}

/// Elasticity of policy, baseline and their difference by a change of the study, fourth order.
fn differences(indicator: &str, step: f64, change: impl Fn(&mut Study, f64)) -> [f64; 2] {
    let at = |steps: f64| {
        let mut study = small();
        change(&mut study, steps * step);
        run(&study, indicator)
    };
    let [a, b, c, d] = [2.0, 1.0, -1.0, -2.0].map(at);
    [0, 1].map(|path| (8.0 * (b[path] - c[path]) - a[path] + d[path]) / (12.0 * step))
}

fn driver<'s>(told: &'s Sensitivities, name: &str) -> &'s Driver {
    told.drivers.iter().find(|driver| driver.name == name).expect("a driver")
}

#[test]
fn derivatives_by_parameters_are_those_of_differences_of_whole_runs() {
    let study = small();
    for indicator in ["gdp", "fdi"] {
        let [policy, baseline] = [Of::Policy, Of::Baseline].map(|path| of(&study, indicator, path));
        for name in [
            "sigma_armington",
            "wage_curve",
            "depreciation_rate",
            "frisch",
            "fdi_tax_semi_elasticity",
        ] {
            let value = study.parameters.get(name);
            let found = differences(indicator, 1e-2 * value.abs(), |study, by| {
                let old = study.parameters.find(name).expect("a parameter").clone();
                study.parameters.set(name, old.value + by, old.source, old.status);
            });
            for (told, difference) in [&policy, &baseline].into_iter().zip(found) {
                let exact = driver(told, name).derivative;
                let off = (exact - difference).abs() * value.abs() / told.value;
                assert!(off < 1e-6, "{indicator} {name} {}: {exact} {difference}", told.of);
                let scale = exact.abs() + 1e-5 * told.value / value.abs();
                assert!((exact - difference).abs() < 1e-3 * scale, "{name}: {exact} {difference}");
            }
        }
    }
}

#[test]
fn derivatives_by_growth_and_levers_are_those_of_differences_of_whole_runs() {
    let study = small();
    let told = of(&study, "gdp", Of::Effect);
    let [found, base] = differences("gdp", 1e-3, |study, by| {
        let path = &mut study.baseline.productivity;
        path.home.iter_mut().chain(&mut path.rest).for_each(|rate| *rate += by);
    });
    let exact = driver(&told, "productivity").derivative;
    assert!((exact - (found - base)).abs() < 1e-6 * found.abs(), "{exact} {}", found - base);

    // The growth of an inflow has the range of its history: robust deviation 0.242 of 21 years, over two
    // years to 2019: 1.645 · √(0.242² / 21 + 0.242² / 2) = 0.295.
    let path = driver(&told, "foreign_direct_investment");
    assert!((path.high - 0.295).abs() < 0.005 && (path.low + path.high).abs() < 1e-12, "{path:?}");
    assert!(path.reach() > 0.0);

    let prepared = Prepared::new(&study, inputs()).expect("calibrates");
    let mix = Mix::new(&prepared).expect("solves");
    let outcomes =
        mix.find(&[Outcome::of("gdp", &Scope::Province, 2019, inputs())]).expect("known");
    let reached = mix.at(&vec![1.0; study.levers.len()], &outcomes).expect("solves");
    for (lever, slope) in study.levers.iter().zip(&reached.gradients[0]) {
        let exact = driver(&told, lever.name()).derivative;
        assert!((exact - slope).abs() < 1e-9 * reached.values[0], "{}", lever.name());
    }
}

/// The growth path of government consumption moves one cell a region and year, all of which are told.
#[test]
fn derivatives_by_exogenous_cells_add_up_to_those_by_the_path_that_moves_them() {
    let mut study = small();
    study.years.last = 2018;
    study.years.headline = 2018;
    let prepared = Prepared::new(&study, inputs()).expect("calibrates");
    let outcome = Outcome::of("exports", &Scope::Province, 2018, inputs());
    let told = sensitivities(&prepared, &outcome, Of::Policy, &Uncertainty::default());
    let told = told.expect("solves");
    let government = told.exogenous.iter().find(|each| each.name == "government").expect("there");
    assert_eq!(government.cells.len(), 10, "five regions, two years");
    let path = &study.baseline.government_consumption;
    let rate = |label: &str| if label.contains("China") { path.rest[0] } else { path.home[0] };
    let moved = government.cells.iter().filter(|cell| cell.year == 2018);
    let slope = |cell: &ExogenousCell| cell.derivative * cell.value / (1.0 + rate(&cell.label));
    let of_cells: f64 = moved.map(slope).sum();
    let of_path = driver(&told, "government_consumption").derivative;
    assert!((of_path - of_cells).abs() < 1e-6 * of_path.abs(), "{of_path} {of_cells}");
}
