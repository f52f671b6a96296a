//! Laws that every economy must obey, on random ones.

mod common;

use accounts::{RegionalAccounts, Sets, Table, User};
use common::{LONG_RUN, SHORT_RUN, Size, accounts, base_year, model, model_of, parameters};
use economy::benchmark::InitialBarriers;
use economy::certificate::accounts_at;
use economy::exogenous::Exogenous;
use economy::model::Choices;
use economy::parameters::{LabourMarket, Numeraire};
use economy::year::{RegionalModel, Solution, Solver};
use equilibrium::Settings;
use proptest::prelude::*;
use rstest::rstest;

const SIZE: Size = Size { regions: 3, industries: 4 };

fn solve(model: &RegionalModel, exogenous: &Exogenous) -> Solution {
    Solver::new(model, Settings { tolerance: 1e-12, ..Settings::default() })
        .solve(exogenous)
        .expect("solves")
}

/// A bit of everything: productivity, barrier, tax, world demand, border cost, project.
fn shocked(model: &RegionalModel) -> Exogenous {
    let mut exogenous = model.start.clone();
    exogenous.get_mut("productivity")[1] = 1.05;
    exogenous.get_mut("rent").iter_mut().for_each(|x| *x *= 0.5);
    exogenous.get_mut("resource_cost")[3] = 0.98;
    exogenous.get_mut("export_demand").iter_mut().for_each(|x| *x *= 1.1);
    exogenous.get_mut("import_price")[2] = 0.97;
    exogenous.get_mut("product_tax").iter_mut().for_each(|x| *x *= 0.7);
    exogenous.get_mut("extra_demand")[1] = 2.0;
    exogenous.get_mut("extra_imports")[4] = 1.0;
    exogenous.get_mut("extra_government")[2] = 1.5;
    exogenous.get_mut("corporate_tax")[2] = 0.15;
    exogenous.get_mut("transfer")[0] = 3.0;
    exogenous.get_mut("fdi")[3] += 1.0;
    exogenous
}

#[rstest]
fn zero_shock_replicates_the_benchmark(
    #[values(1, 2, 3, 4)] seed: u64,
    #[values(SHORT_RUN, LONG_RUN)] choices: Choices,
) {
    let model = model(SIZE, seed, choices);
    let (equation, size) = model.replication();
    assert!(size < 1e-9, "{equation}: {size:e}");
    let solution = solve(&model, &model.start);
    assert_eq!(solution.work.newton_steps, 0);
    assert!(solution.certificate.worst() < 1e-10, "{:?}", solution.certificate);
}

#[rstest]
fn a_shock_solves_and_its_certificate_holds(
    #[values(1, 2, 3, 4)] seed: u64,
    #[values(SHORT_RUN, LONG_RUN)] choices: Choices,
) {
    let model = model(SIZE, seed, choices);
    let mut solver = Solver::new(&model, Settings::default());
    let solution = solver.solve(&shocked(&model)).expect("solves");
    // Walras: saving equals investment although no equation says so.
    assert!(solution.certificate.worst() < 1e-9, "{:?}", solution.certificate);
    assert!(solver.reference_residual() < 1e-9);
}

/// Reports in money of the day.
const NOMINAL: [&str; 5] = ["use", "labour", "exports", "household_income", "investment"];
/// Reports in quantities.
const REAL: [&str; 5] = ["real_gdp", "real_output", "persons", "real_consumption", "fdi"];

fn assert_close(name: &str, found: &[f64], expected: &[f64], factor: f64) {
    for (at, (x, y)) in found.iter().zip(expected).enumerate() {
        assert!(
            (x - factor * y).abs() < 1e-8 * (1.0 + y.abs()),
            "{name}[{at}]: {x} against {factor} × {y}"
        );
    }
}

#[rstest]
fn doubling_the_numeraire_doubles_values_and_moves_no_quantity(
    #[values(SHORT_RUN, LONG_RUN)] choices: Choices,
) {
    let model = model(SIZE, 5, choices);
    let mut exogenous = shocked(&model);
    let single = solve(&model, &exogenous);
    exogenous.get_mut("numeraire")[0] = 2.0;
    let double = solve(&model, &exogenous);
    NOMINAL.iter().for_each(|name| assert_close(name, double.get(name), single.get(name), 2.0));
    REAL.iter().for_each(|name| assert_close(name, double.get(name), single.get(name), 1.0));
}

#[test]
fn two_numeraires_agree_on_quantities() {
    let other = Choices { numeraire: Numeraire::ConsumerPrices, ..SHORT_RUN };
    let (first, second) = (model(SIZE, 6, SHORT_RUN), model(SIZE, 6, other));
    let (a, b) = (solve(&first, &shocked(&first)), solve(&second, &shocked(&second)));
    REAL.iter().for_each(|name| assert_close(name, a.get(name), b.get(name), 1.0));
}

#[rstest]
#[case(LabourMarket::WageCurve)]
#[case(LabourMarket::FixedEmployment)]
#[case(LabourMarket::FixedRealWage)]
fn labour_markets_differ_in_what_adjusts(#[case] labour_market: LabourMarket) {
    let model = model(SIZE, 7, Choices { labour_market, ..SHORT_RUN });
    let mut exogenous = model.start.clone();
    exogenous.get_mut("productivity").iter_mut().for_each(|x| *x = 1.1);
    let solution = solve(&model, &exogenous);
    let persons: f64 =
        solution.get("persons").iter().sum::<f64>() / model.benchmark.persons.iter().sum::<f64>();
    let real_wage = solution.get("wage")[0] / solution.get("consumer_price")[0];
    match labour_market {
        LabourMarket::FixedEmployment => assert!((persons - 1.0).abs() < 1e-9 && real_wage > 1.02),
        LabourMarket::FixedRealWage => assert!((real_wage - 1.0).abs() < 1e-9 && persons > 1.02),
        LabourMarket::WageCurve => assert!(persons > 1.001 && real_wage > 1.02),
    }
}

/// GDP from income, production and expenditure, for the nation and each region.
#[rstest]
fn gdp_is_the_same_from_three_sides(
    #[values(1, 2, 3)] seed: u64,
    #[values(SHORT_RUN, LONG_RUN)] choices: Choices,
) {
    let model = model(SIZE, seed, choices);
    let solution = solve(&model, &shocked(&model));
    let a = accounts_at(&model, &solution);
    let total = a.output.total();
    let by_region = |table: &Table, axis: &'static str| table.sum_to(&[axis]).values().to_vec();
    for d in 0..SIZE.regions {
        let at = |table: &Table, axis: &'static str| by_region(table, axis)[d];
        let tax = at(&a.tax, "destination");
        let income = at(&a.labour, "region")
            + at(&a.depreciation, "region")
            + at(&a.surplus, "region")
            + at(&a.production_tax, "region")
            + tax;
        let production = at(&a.output, "region") - at(&a.intermediate, "region") + tax;
        let users = User::ALL.map(|user| a.sets.user_position(user));
        let spent = |table: &Table| {
            users.iter().map(|u| table.sum_to(&["user", "destination"]).at(&[*u, d])).sum::<f64>()
        };
        // Sales to and purchases from other regions and abroad, at basic values, margins included.
        let sold =
            a.trade.sum_to(&["source", "origin"]).at(&[0, d]) + at(&a.margin_supply, "producer");
        let bought = at(&a.trade, "destination") + at(&a.margin, "destination");
        let expenditure = spent(&a.use_) + spent(&a.tax) + sold - bought;
        assert!(
            (income - production).abs() < 1e-9 * total,
            "region {d}: income {income}, production {production}"
        );
        assert!(
            (income - expenditure).abs() < 1e-9 * total,
            "region {d}: income {income}, expenditure {expenditure}"
        );
    }
}

/// Region `which` cut into two identical halves, the second one last.
fn split_region(whole: &RegionalAccounts, which: usize) -> RegionalAccounts {
    let r = whole.sets.region.len();
    let mut regions = whole.sets.region.labels.to_vec();
    regions.push("other half".to_owned());
    let list = |axis: &accounts::Axis| axis.labels.to_vec();
    let s = &whole.sets;
    let sets = Sets::new(
        &regions,
        &list(&s.product),
        &list(&s.industry),
        &list(&s.owner),
        &list(&s.skill),
        &list(&s.margin),
    );
    let mut halves = RegionalAccounts::zeros(sets, whole.base_year, "money");
    for (half, table) in halves.tables_mut().into_iter().zip(whole.tables()) {
        let roles: Vec<bool> = table
            .axes()
            .iter()
            .map(|axis| ["region", "origin", "destination", "producer"].contains(&axis.name))
            .collect();
        for flat in 0..half.values().len() {
            let mut at = half.position_of(flat);
            let mut weight = 1.0;
            for (position, _) in at.iter_mut().zip(&roles).filter(|(_, role)| **role) {
                weight *= if *position == which || *position == r { 0.5 } else { 1.0 };
                *position = if *position == r { which } else { *position };
            }
            half.values_mut()[flat] = weight * table.at(&at);
        }
    }
    halves
}

#[rstest]
fn splitting_a_region_into_identical_halves_changes_only_the_bookkeeping(
    #[values(SHORT_RUN, LONG_RUN)] choices: Choices,
) {
    let whole = accounts(SIZE, 8);
    let halves = split_region(&whole, 1);
    let bigger = Size { regions: SIZE.regions + 1, ..SIZE };
    let build = |accounts: &RegionalAccounts, size: Size| {
        RegionalModel::new(
            accounts,
            parameters(size),
            &base_year(accounts, InitialBarriers::default()),
            choices,
        )
        .expect("calibrates")
    };
    let (one, two) = (build(&whole, SIZE), build(&halves, bigger));
    let shock = |model: &RegionalModel| {
        let mut exogenous = model.start.clone();
        exogenous.get_mut("productivity").iter_mut().enumerate().for_each(|(at, x)| {
            if at / model.benchmark.sizes().regions == 2 {
                *x = 1.1
            }
        });
        exogenous.get_mut("product_tax").iter_mut().for_each(|x| *x *= 0.5);
        exogenous
    };
    let (a, b) = (solve(&one, &shock(&one)), solve(&two, &shock(&two)));
    let (gdp, split) = (a.get("real_gdp"), b.get("real_gdp"));
    assert!((gdp[1] - split[1] - split[3]).abs() < 1e-8 * gdp[1]);
    assert!((split[1] - split[3]).abs() < 1e-8 * gdp[1]);
    assert!((gdp[0] - split[0]).abs() < 1e-8 * gdp[0] && (gdp[2] - split[2]).abs() < 1e-8 * gdp[2]);
}

#[rstest]
fn adjoint_gradient_equals_finite_differences(#[values(SHORT_RUN, LONG_RUN)] choices: Choices) {
    let model = model(SIZE, 9, choices);
    let exogenous = shocked(&model);
    let mut solver = Solver::new(&model, Settings { tolerance: 1e-13, ..Settings::default() });
    solver.solve(&exogenous).expect("solves");
    let weights = [1.0, -0.5, 2.0];
    let gradient = solver.sensitivity("real_gdp", &weights).expect("regular");
    let value = |exogenous: &Exogenous| {
        let solution = solver.branch().solve(exogenous).expect("solves");
        solution.get("real_gdp").iter().zip(&weights).map(|(x, w)| x * w).sum::<f64>()
    };
    for (name, cell) in [
        ("productivity", 1),
        ("rent", 5),
        ("product_tax", 8 * SIZE.regions * (SIZE.industries + 5) / 8),
        ("import_price", 2),
        ("export_demand", 4),
        ("labour_force", 1),
        ("capital", 3),
        ("required_return", 3),
        ("foreign_saving", 0),
        ("corporate_tax", 2),
        ("extra_demand", 1),
        ("fdi", 4),
    ] {
        let step = 1e-3;
        let at = |change: f64| {
            let mut moved = exogenous.clone();
            moved.get_mut(name)[cell] += change;
            value(&moved)
        };
        let difference =
            (8.0 * (at(step) - at(-step)) - at(2.0 * step) + at(-2.0 * step)) / (12.0 * step);
        let exact = gradient.by_parameter[name][cell];
        assert!(
            (difference - exact).abs() < 1e-6 * (1.0 + exact.abs()),
            "{name}[{cell}]: {difference} against {exact}"
        );
    }
}

#[test]
fn a_shock_beyond_what_the_economy_can_bear_is_infeasible_and_carries_no_numbers() {
    let model = model(SIZE, 10, SHORT_RUN);
    let mut exogenous = model.start.clone();
    // Abroad takes more than the whole product.
    exogenous.get_mut("foreign_saving")[0] = -10.0 * model.benchmark.gdp.iter().sum::<f64>();
    let mut solver = Solver::new(&model, Settings::default());
    let failure = solver.solve(&exogenous).expect_err("cannot be");
    assert!(failure.status.to_string().starts_with("infeasible at "), "{failure}");
    // The solver stays usable.
    assert!(solver.solve(&shocked(&model)).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn random_economies_of_any_size_replicate_and_solve(seed in 0u64..10_000, regions in 1usize..5, industries in 2usize..6) {
        let size = Size { regions, industries };
        let accounts = accounts(size, seed);
        let model = model_of(&accounts, size, SHORT_RUN);
        prop_assert!(model.replication().1 < 1e-9);
        let mut exogenous = model.start.clone();
        exogenous.get_mut("productivity")[0] = 1.2;
        exogenous.get_mut("export_demand").iter_mut().for_each(|x| *x *= 1.2);
        exogenous.get_mut("rent").iter_mut().for_each(|x| *x = 0.0);
        let solution = solve(&model, &exogenous);
        prop_assert!(solution.certificate.worst() < 1e-9);
    }
}
