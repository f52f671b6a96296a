//! Budgets of regions close, what a change of tax rates costs is counted, and figures that do not apply
//! say so.

use std::path::Path;
use std::sync::OnceLock;

use study::file::parse;
use study::inputs::Inputs;
use study::results::{NetMeasure, Results};
use study::run::{FORGONE, run};
use study::spec::{Closure, Revenue, Study};

fn inputs() -> &'static Inputs {
    static INPUTS: OnceLock<Inputs> = OnceLock::new();
    INPUTS.get_or_init(|| Inputs::liaoning().expect("the shipped figures are correct"))
}

fn example(name: &str) -> Study {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../studies/levers/{name}.toml"));
    let text = std::fs::read_to_string(path).expect("an example");
    let (study, findings) = parse(name, &text, &inputs().names);
    study.unwrap_or_else(|| panic!("{findings}"))
}

fn run_of(study: &Study) -> Results {
    run(study, "", inputs(), &|_, _| ()).expect("runs")
}

/// Policy less baseline.
fn moved(results: &Results, variable: &str, region: &str) -> Vec<f64> {
    let [policy, baseline] = ["policy", "baseline"]
        .map(|scenario| results.series_of(scenario, variable, region).expect("a series"));
    policy.values.iter().zip(&baseline.values).map(|(x, y)| x - y).collect()
}

const PLACES: [&str; 6] =
    ["Shenyang", "Dalian", "Yingkou", "Rest of Liaoning", "Rest of China", "nation"];

#[test]
fn the_budget_of_every_region_closes_in_every_year() {
    for closure in [Closure::ShortRun, Closure::LongRun] {
        let mut study = example("tax");
        study.closure = closure;
        let results = run_of(&study);
        let mut largest = 0.0_f64;
        for region in PLACES {
            let balance = moved(&results, "budget_balance", region);
            let returned = moved(&results, "returned_to_households", region);
            for (at, (balance, returned)) in balance.iter().zip(&returned).enumerate() {
                assert!((balance - returned).abs() < 1e-6, "{region} {at}: {balance} {returned}");
                largest = largest.max(returned.abs());
            }
            for debt in moved(&results, "government_debt", region) {
                assert!(debt.abs() < 1e-5, "{region}: {debt}");
            }
        }
        assert!(largest > 1.0, "a tax cut must move budgets: {largest}");
    }
}

#[test]
fn what_a_region_loses_its_own_households_pay_unless_governments_keep_it() {
    let mut study = example("tax");
    let gain = |results: &Results, region: &str| -> f64 {
        moved(results, "equivalent_variation", region).iter().sum()
    };
    let returned = run_of(&study);
    study.dynamics.revenue = Revenue::Kept;
    let kept = run_of(&study);
    // Kept, a cut of the province's taxes is paid by all regions of the country.
    assert!(gain(&kept, "Liaoning") > gain(&returned, "Liaoning") + 1.0);
    assert!(gain(&kept, "Rest of China") < gain(&returned, "Rest of China") - 1.0);
    let debt =
        |results: &Results| *moved(results, "government_debt", "Liaoning").last().expect("years");
    assert!(debt(&kept) > 1.0, "{}", debt(&kept));
    assert!(moved(&kept, "returned_to_households", "Liaoning").iter().all(|x| x.abs() < 1e-9));
}

fn net<'a>(results: &'a Results, lever: &str, region: &str, measure: &str) -> &'a NetMeasure {
    let fits = |each: &&NetMeasure| {
        each.lever == lever && each.region == region && each.measure == measure
    };
    results.net.iter().find(fits).unwrap_or_else(|| panic!("{lever} {region} {measure}"))
}

#[test]
fn revenue_forgone_by_a_lower_tax_is_its_cost() {
    let results = run_of(&example("tax"));
    let lever = "Production tax on machinery";
    let row = results.costs.iter().find(|cost| cost.lever == lever).expect("a cost");
    assert_eq!(row.budget, FORGONE);
    let all: f64 = row.values.iter().sum();
    assert!(all > 1.0, "{all}");
    let cost = net(&results, lever, "nation", "public cost").all_years.expect("a cost");
    assert!((cost - all).abs() < 1e-6 * all, "{cost} {all}");
    // Before anything responds, so near what revenue loses in the end, not equal to it.
    let lost = -net(&results, lever, "nation", "tax revenue").all_years.expect("a change");
    assert!(lost > 0.2 * all && lost < 1.5 * all, "{lost} of {all}");
    assert!(net(&results, lever, "Liaoning", "cost per job").all_years.is_some());
}

#[test]
fn a_ratio_takes_cost_and_effect_in_one_place_or_says_that_it_does_not_apply() {
    let results = run_of(&example("rd_grants"));
    let lever = "Grants for R&D centres";
    for region in ["Liaoning", "nation"] {
        let of = |measure: &str| net(&results, lever, region, measure);
        let value = |measure: &str| of(measure).all_years.expect("a value");
        let ratio = value("value added") / value("public cost");
        assert!((value("value added per yuan") - ratio).abs() < 1e-9 * ratio.abs().max(1.0));
    }
    let opened = run_of(&example("market_access"));
    let none = net(&opened, "Open telecommunications", "Liaoning", "cost per job");
    assert_eq!((none.all_years, none.undefined.as_str()), (None, "no cost"));
    assert!(
        net(&opened, "Open telecommunications", "Liaoning", "value added").undefined.is_empty()
    );
}
