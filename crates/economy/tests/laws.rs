//! Laws that every economy must obey, on random ones, and what closures and limits do.

mod common;

use common::{LONG_RUN, SHORT_RUN, Size, instance, model};
use economy::exogenous::Exogenous;
use economy::laws::{laws, shock};
use economy::model::Choices;
use economy::parameters::{LabourMarket, MacroBalance};
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

const SAVINGS_DRIVEN: Choices = Choices {
    labour_market: LabourMarket::WageCurve,
    balance: MacroBalance::InvestmentAdjusts,
    ..SHORT_RUN
};

#[rstest]
fn random_economies_obey_every_law(
    #[values(1, 2, 3, 4)] seed: u64,
    #[values(SHORT_RUN, LONG_RUN, SAVINGS_DRIVEN)] choices: Choices,
) {
    for law in laws(&instance(SIZE, seed, choices)).expect("solves") {
        assert!(law.holds(), "{law:?}");
    }
}

#[test]
fn returned_revenue_closes_the_budget_of_every_region() {
    for (choices, closes) in [(LONG_RUN, true), (SHORT_RUN, false)] {
        let model = model(SIZE, 5, choices);
        let mut exogenous = model.start.clone();
        exogenous.get_mut("product_tax").iter_mut().for_each(|rate| *rate *= 0.8);
        let found = solve(&model, &exogenous);
        let base = solve(&model, &model.start);
        for region in 0..SIZE.regions {
            let [after, before] = [&found, &base].map(|each| each.get("budget_balance")[region]);
            assert!(after < before - 1e-3 * model.benchmark.gdp[region], "{after} {before}");
            let left = after - before - found.get("returned_revenue")[region];
            assert_eq!(left.abs() < 1e-8 * model.benchmark.gdp[region], closes, "{left}");
        }
    }
}

#[test]
fn a_law_that_is_broken_is_reported() {
    let mut broken = instance(SIZE, 1, SHORT_RUN);
    // A flow that nobody pays for.
    *broken.accounts.use_.at_mut(&[0, 0, 0, 0]) *= 1.01;
    let found = laws(&broken).expect("solves");
    assert!(found.iter().any(|law| !law.holds()), "{found:?}");
}

#[rstest]
#[case(LabourMarket::WageCurve)]
#[case(LabourMarket::PartialAdjustment)]
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
        // Within the year the wage rises by half of what employment does.
        LabourMarket::PartialAdjustment => {
            assert!(persons > 1.01 && real_wage > 1.005 && real_wage < persons);
        }
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
    assert!(solver.solve(&shock(&model)).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn random_economies_of_any_size_replicate_and_solve(seed in 0u64..10_000, regions in 1usize..5, industries in 2usize..6) {
        let size = Size { regions, industries };
        let model = model(size, seed, SHORT_RUN);
        prop_assert!(model.replication().1 < 1e-9);
        let mut exogenous = model.start.clone();
        exogenous.get_mut("productivity")[0] = 1.2;
        exogenous.get_mut("export_demand").iter_mut().for_each(|x| *x *= 1.2);
        exogenous.get_mut("rent").iter_mut().for_each(|x| *x = 0.0);
        let solution = solve(&model, &exogenous);
        prop_assert!(solution.certificate.worst() < 1e-9);
    }
}
