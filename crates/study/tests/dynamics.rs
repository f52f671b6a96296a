//! Paths over years on the shipped accounts: balanced growth, stocks against their flows recomputed
//! from results, given paths, and the choices of a study.

use std::cmp::Ordering;
use std::sync::OnceLock;

use equilibrium::Settings;
use study::economy::dynamics::Stocks;
use study::economy::laws::Instance;
use study::economy::parameters::Closure as Model;
use study::economy::year::Solver;
use study::equilibrium;
use study::file::parse;
use study::inputs::Inputs;
use study::lever::Lever;
use study::results::{Results, Series};
use study::run::{baseline, instance, run};
use study::spec::{
    Financing, GivenPath, Group, LabourMarket, MacroVariable, Migration, Shifter, Source, Study,
};

fn inputs() -> &'static Inputs {
    static INPUTS: OnceLock<Inputs> = OnceLock::new();
    INPUTS.get_or_init(|| Inputs::liaoning().expect("the figures are correct"))
}

fn shipped() -> Study {
    let (study, findings) = parse(study::LIAONING_NAME, study::LIAONING, &inputs().names);
    study.unwrap_or_else(|| panic!("{findings}"))
}

fn run_of(study: &Study) -> Results {
    run(study, study::LIAONING, inputs(), &|_, _| ()).expect("runs")
}

fn results() -> &'static Results {
    static RESULTS: OnceLock<Results> = OnceLock::new();
    RESULTS.get_or_init(|| run_of(&shipped()))
}

fn series(results: &Results, scenario: &str, variable: &str, region: &str) -> Vec<f64> {
    let found = results.series_of(scenario, variable, region);
    found.unwrap_or_else(|| panic!("{scenario} {variable} {region}")).values.clone()
}

/// An instance of the shipped accounts on which every firm's capital grows at `growth`.
fn balanced(growth: f64) -> Instance {
    let mut instance = instance(&shipped(), inputs());
    let rate = instance.parameters.depreciation[0];
    let investment = instance.accounts.investment.values();
    instance.base_year.capital_stock = investment.iter().map(|x| x / (rate + growth)).collect();
    instance
}

#[test]
fn liaoning_grows_in_balance_for_thirty_years() {
    for closure in [Model::ShortRun, Model::LongRun] {
        let mut instance = balanced(0.02);
        instance.choices.closure = closure;
        let model = instance.model().expect("calibrates");
        let mut solver = Solver::new(&model, Settings { tolerance: 1e-12, ..Settings::default() });
        let base = solver.solve(&model.start).expect("solves");
        let mut stocks = Stocks::of_base_year(&model);
        for year in 0..=30 {
            let level = 1.02_f64.powi(year);
            let mut exogenous = model.start.clone();
            let growing = [
                "labour_force",
                "subsistence",
                "export_demand",
                "government",
                "inventory",
                "fdi",
                "foreign_saving",
                "budget_reference",
            ];
            for name in growing {
                exogenous.get_mut(name).iter_mut().for_each(|x| *x *= level);
            }
            stocks.put(&model, &mut exogenous);
            let solution = solver.solve(&exogenous).expect("solves");
            stocks = stocks.next(&model, &exogenous, &solution, None);
            let off = |name: &str, factor: f64| {
                let size = base.get(name).iter().fold(0.0, |most: f64, x| most.max(x.abs()));
                let apart = solution.get(name).iter().zip(base.get(name));
                apart.map(|(x, y)| (x / factor - y).abs() / size).fold(0.0, f64::max)
            };
            for name in ["real_output", "real_gdp", "persons", "real_exports", "fdi"] {
                assert!(off(name, level) < 1e-9, "{closure:?} {year} {name}: {}", off(name, level));
            }
            for name in ["wage", "consumer_price", "investment_price", "after_tax_return"] {
                assert!(off(name, 1.0) < 1e-9, "{closure:?} {year} {name}: {}", off(name, 1.0));
            }
        }
    }
}

/// Capital that a year's own capital and investment do not explain, by firm and year.
fn unexplained<'r>(
    results: &'r Results,
    scenario: &'r str,
) -> impl Iterator<Item = (&'r Series, Vec<f64>)> {
    let rate = 0.06;
    let of = move |variable: &'static str| {
        results.series.iter().filter(move |each| {
            each.scenario == scenario && each.variable == variable && !each.owner.is_empty()
        })
    };
    of("capital").zip(of("industry_investment")).map(move |(stock, flow)| {
        let firm = |each: &Series| (each.region.clone(), each.industry.clone(), each.owner.clone());
        assert_eq!(firm(stock), firm(flow));
        let years = stock.values.windows(2).zip(&flow.values);
        (stock, years.map(|(pair, flow)| pair[1] - (1.0 - rate) * pair[0] - flow).collect())
    })
}

/// What projects add to the capital of a firm between the year that is given and the next.
fn projects_add(study: &Study, firm: &Series, year: u16) -> f64 {
    let added = |lever: &Lever| {
        let Lever::InvestmentProject(project) = lever else { return 0.0 };
        if (&project.region.name, &project.industry.name) != (&firm.region, &firm.industry) {
            return 0.0;
        }
        let spent = |year| project.expected_new_spending(year).hundred_million_cny();
        let begins = project.operation_year;
        let amount: f64 = match (year + 1).cmp(&begins) {
            Ordering::Less => 0.0,
            Ordering::Equal => (project.build_years.0..begins).map(spent).sum(),
            Ordering::Greater => spent(year),
        };
        let foreign = project.foreign_share;
        amount * if firm.owner == "foreign" { foreign } else { 1.0 - foreign }
    };
    study.levers.iter().map(added).sum()
}

#[test]
fn capital_is_what_was_left_and_invested_and_projects_in_every_firm_and_year() {
    let (results, study) = (results(), shipped());
    assert!((study.parameters.get("depreciation_rate") - 0.06).abs() < 1e-15);
    let cities: Vec<&String> = results.study.regions.iter().collect();
    let (mut firms, mut of_projects) = (0, 0.0);
    for scenario in ["baseline", "policy"] {
        let of_regions =
            unexplained(results, scenario).filter(|(firm, _)| cities.contains(&&firm.region));
        for (firm, more) in of_regions {
            let size = firm.values.iter().fold(1.0, |most: f64, x| most.max(*x));
            for (year, more) in (2017..).zip(more) {
                let projects =
                    if scenario == "policy" { projects_add(&study, firm, year) } else { 0.0 };
                assert!(
                    (more - projects).abs() < 1e-9 * size,
                    "{scenario} {} {} {} {year}: {more} {projects}",
                    firm.region,
                    firm.industry,
                    firm.owner
                );
                of_projects += projects;
            }
            firms += 1;
        }
    }
    assert_eq!(firms, 2 * 5 * 42 * 2);
    assert!(of_projects > 1.0, "{of_projects}");
}

#[test]
fn foreign_capital_is_that_of_foreign_firms() {
    let results = results();
    for scenario in ["baseline", "policy"] {
        for region in ["Dalian", "Liaoning", "nation"] {
            let total = series(results, scenario, "foreign_capital", region);
            for (at, total) in total.iter().enumerate() {
                let firms = results.series.iter().filter(|each| {
                    each.scenario == scenario
                        && each.variable == "capital"
                        && each.owner == "foreign"
                        && each.region == region
                });
                let sum: f64 = firms.map(|each| each.values[at]).sum();
                assert!((sum / total - 1.0).abs() < 1e-12, "{scenario} {region}");
            }
        }
    }
}

/// Region whose debt is looked at.
const PAYER: &str = "Dalian";

/// Deviations of the debt of a region from its flows, year by year, in money of the base year.
fn debt_off(study: &Study, results: &Results) -> Vec<f64> {
    let interest = study.parameters.get("government_interest");
    let more = |variable: &str| -> Vec<f64> {
        let [policy, baseline] =
            ["policy", "baseline"].map(|each| series(results, each, variable, PAYER));
        policy.iter().zip(&baseline).map(|(x, y)| x - y).collect()
    };
    let (debt, balance) = (more("government_debt"), more("budget_balance"));
    // What revenue gains goes to households, less what they pay for levers or for interest on them.
    let returned = more("returned_to_households");
    let year = |at: usize| {
        let before = if at == 0 { 0.0 } else { debt[at - 1] };
        debt[at] - (1.0 + interest) * before + balance[at] - returned[at]
    };
    (0..debt.len()).map(year).collect()
}

#[test]
fn debt_is_what_governments_borrow() {
    let (study, results) = (shipped(), results());
    // The baseline: net borrowing of the base year is the given share of product.
    let get = |name: &str| study.parameters.get(name);
    let gdp = series(results, "baseline", "gdp", "Shenyang")[0];
    let debt = series(results, "baseline", "government_debt", "Shenyang");
    let balance = series(results, "baseline", "budget_balance", "Shenyang");
    let first = get("government_debt") * gdp;
    assert!((debt[0] - first - get("government_deficit") * gdp).abs() < 1e-6 * gdp);
    let other = get("government_deficit") * gdp - get("government_interest") * first + balance[0];
    let mut government = 1.0;
    for at in 1..debt.len() {
        government *= 1.0 + study.baseline.government_consumption.home(results.years[at]);
        let next =
            (1.0 + get("government_interest")) * debt[at - 1] - balance[at] + other * government;
        assert!((debt[at] - next).abs() < 1e-9 * gdp, "{at}");
    }
    // The policy: households pay for the levers at once.
    for (at, off) in debt_off(&study, results).into_iter().enumerate() {
        assert!(off.abs() < 1e-6, "{at}: {off}");
    }
}

/// The shipped study with one lever, over a few years.
fn only(lever: &str, last: u16) -> Study {
    let mut study = shipped();
    study.years.last = last;
    study.levers.retain(|each| each.name() == lever);
    assert_eq!(study.levers.len(), 1, "{lever}");
    study
}

#[test]
fn what_is_borrowed_for_a_lever_costs_interest() {
    let mut study = only("Internet in industry and trade", 2022);
    study.dynamics.financing = Financing::Debt;
    let borrowed = run_of(&study);
    for (at, off) in debt_off(&study, &borrowed).into_iter().enumerate() {
        assert!(off.abs() < 1e-6, "{at}: {off}");
    }
    study.dynamics.financing = Financing::Levy;
    let paid = run_of(&study);
    let last = |results: &Results, variable: &str| {
        *series(results, "policy", variable, "Liaoning").last().expect("a year")
    };
    assert!(last(&borrowed, "government_debt") > last(&paid, "government_debt") + 4.0);
}

fn given(variable: MacroVariable, group: Group, shifter: Shifter, rate: f64) -> GivenPath {
    let source = Source::default();
    GivenPath { variable, group, shifter, first: 2018, rates: vec![rate; 8], source }
}

#[test]
fn given_paths_are_hit_and_the_policy_keeps_the_shifters() {
    let mut study = only("Open telecommunications", 2020);
    study.baseline.given = vec![
        given(MacroVariable::GrossProduct, Group::Home, Shifter::LabourProductivity, 0.057),
        given(MacroVariable::GrossProduct, Group::Rest, Shifter::Productivity, 0.066),
        given(MacroVariable::Exports, Group::Home, Shifter::ExportDemand, 0.02),
        given(MacroVariable::Exports, Group::Rest, Shifter::ForeignSaving, 0.055),
        given(MacroVariable::Investment, Group::Home, Shifter::InvestmentPropensity, -0.01),
        given(MacroVariable::Employment, Group::Home, Shifter::ReferenceWage, 0.002),
    ];
    for (closure, market) in [
        (study::spec::Closure::ShortRun, None),
        (study::spec::Closure::ShortRun, Some(LabourMarket::WageCurve)),
        (study::spec::Closure::LongRun, None),
    ] {
        (study.closure, study.dynamics.labour_market) = (closure, market);
        let results = run_of(&study);
        let grown = |variable: &str, region: &str, rate: f64| {
            let values = series(&results, "baseline", variable, region);
            for (at, value) in values.iter().enumerate() {
                let level = (1.0 + rate).powi(i32::try_from(at).expect("few"));
                assert!((value / values[0] / level - 1.0).abs() < 1e-9, "{closure:?} {variable}");
            }
        };
        grown("gdp", "Liaoning", 0.057);
        grown("gdp", "Rest of China", 0.066);
        grown("exports", "Liaoning", 0.02);
        grown("exports", "Rest of China", 0.055);
        grown("investment", "Liaoning", -0.01);
        grown("employment", "Liaoning", 0.002);
        let told = baseline(&study, inputs()).expect("solves");
        assert_eq!(told, results.baseline);
        let on_path = told.paths.iter().filter(|path| !path.given.is_empty());
        assert!(on_path.clone().count() >= 8);
        on_path.for_each(|path| assert!(path.deviation < 1e-9, "{path:?}"));
        let factor = |name: &str| {
            let found = told.shifters.iter().find(|shifter| shifter.name == name);
            found.unwrap_or_else(|| panic!("{name}")).values[3]
        };
        // Fewer exports and less investment than the drivers give. More product needs people who make
        // more, unless capital can follow at once.
        assert!(factor("export_demand") < 1.0 && factor("investment_propensity") < 1.0);
        let short_run = closure == study::spec::Closure::ShortRun;
        assert_eq!(factor("labour_productivity") > 1.0, short_run);
        let change = series(&results, "policy", "gdp", "Liaoning")[3]
            - series(&results, "baseline", "gdp", "Liaoning")[3];
        assert!(change > 0.5, "the policy is free to move product: {change}");
        study.levers.clear();
        let without = run_of(&study);
        for region in ["Liaoning", "Rest of China"] {
            let [policy, baseline] =
                ["policy", "baseline"].map(|each| series(&without, each, "gdp", region));
            let apart = policy.iter().zip(&baseline).map(|(x, y)| (x / y - 1.0).abs());
            assert!(apart.fold(0.0, f64::max) < 1e-9);
        }
        study.levers = only("Open telecommunications", 2020).levers;
    }
}

#[test]
fn labour_markets_and_migration_are_choices() {
    let study = only("Open vehicles, ships and aircraft", 2020);
    let with = |market, migration| {
        let mut study = study.clone();
        (study.dynamics.labour_market, study.dynamics.migration) = (Some(market), migration);
        let results = run_of(&study);
        let change = |variable: &str, region: &str| {
            series(&results, "policy", variable, region)[3]
                - series(&results, "baseline", variable, region)[3]
        };
        [
            change("employment", "nation"),
            change("real_wage", "Liaoning"),
            change("net_migration", "Liaoning"),
        ]
    };
    let [jobs, _, moved] = with(LabourMarket::FixedEmployment, Migration::None);
    assert!(jobs.abs() < 1.0 && moved == 0.0, "{jobs} {moved}");
    let [jobs, _, moved] = with(LabourMarket::FixedEmployment, Migration::ByRealWage);
    assert!(jobs.abs() < 1.0 && moved > 100.0, "{jobs} {moved}");
    let [curve, ..] = with(LabourMarket::WageCurve, Migration::None);
    let [partial, ..] = with(LabourMarket::PartialAdjustment, Migration::None);
    let [fixed, ..] = with(LabourMarket::FixedRealWage, Migration::None);
    assert!(
        fixed > 1.5 * partial && partial > 1000.0 && curve > 1000.0,
        "{fixed} {partial} {curve}"
    );
}

#[test]
fn the_pool_is_shared_by_all_regions() {
    let study = only("Open general manufacturing", 2019);
    let with = |region: f64| {
        let mut study = study.clone();
        for (name, value) in
            [("fdi_region_elasticity", region), ("fdi_industry_elasticity", region)]
        {
            study.parameters.set(name, value, "test".to_owned(), study::spec::Status::Assumption);
        }
        let results = run_of(&study);
        let change = |region: &str| {
            series(&results, "policy", "fdi", region)[1]
                - series(&results, "baseline", "fdi", region)[1]
        };
        (change("Liaoning"), change("Rest of China"))
    };
    // Elasticities of the pool, then more: Liaoning draws from the rest of the country.
    let (own, rest) = with(2.49 * 0.75);
    let (more, drawn) = with(6.0);
    assert!(more > 1.5 * own && drawn < rest && drawn < -0.2 * more, "{own} {rest} {more} {drawn}");
}
