//! Location quotients by hand and by their laws, the chain, one region, concordances.

use accounts::aggregate::{Concordance, ConcordanceError, Direction, Link, input_output, regional};
use accounts::identity::identities;
use accounts::input_output::{InputOutputTable, Label, Row};
use accounts::regionalise::comparison::{deviation, output_multipliers};
use accounts::regionalise::location_quotient::{
    Quotient, Trade, charm, factors, flegg_size, regional_coefficients, simple,
};
use accounts::regionalise::single::{Estimate, Known, Nation, estimate};
use accounts::regionalise::{
    Choices, Entry, FinalShares, Inventories, KnownFlows, Method, National, Observed,
    RegionaliseError, Regions, Transport, regionalise, with_fits,
};
use accounts::{Matrix, RegionalAccounts, User};
use proptest::prelude::*;

const ALL: [Quotient; 4] = [
    Quotient::Simple,
    Quotient::CrossIndustry,
    Quotient::Flegg { delta: 0.3 },
    Quotient::AugmentedFlegg { delta: 0.3 },
];

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() <= 1e-12 * wanted.abs().max(1.0), "{found} is not {wanted}");
}

#[test]
fn quotients_are_those_of_a_region_computed_by_hand() {
    // The region has 30 and 10 of 100 and 100: a fifth of the nation; log2(1.2) = 0.2630344058...
    let (region, nation) = ([30.0, 10.0], [100.0, 100.0]);
    simple(&region, &nation).iter().zip([1.5, 0.5]).for_each(|(a, b)| near(*a, b));
    let lambda = 0.263_034_405_833_793_8_f64.powf(0.3);
    near(flegg_size(&region, &nation, 0.3), lambda);
    let national = Matrix::from_values(2, 2, vec![0.2, 0.1, 0.4, 0.3]);
    let found = |q| regional_coefficients(&national, &region, &nation, q).values().to_vec();
    let by_hand = [
        vec![0.2, 0.1, 0.2, 0.15],
        vec![0.2, 0.1, 0.4 / 3.0, 0.15],
        vec![0.2 * (1.5 * lambda).min(1.0), 0.1, 0.4 * lambda / 3.0, 0.3 * 0.5 * lambda],
    ];
    for (quotient, wanted) in ALL.into_iter().zip(by_hand) {
        found(quotient).iter().zip(&wanted).for_each(|(a, b)| near(*a, *b));
    }
    // AFLQ: the first column is specialised, times log2(2.5).
    let augmented = found(ALL[3]);
    near(augmented[2], 0.4 * lambda / 3.0 * 2.5_f64.log2());
    near(augmented[3], 0.3 * 0.5 * lambda);
}

#[test]
fn charm_hauls_both_ways_as_the_nation_does() {
    // h = (30 + 20 - 10) / (110 + 100); region 21 made, 42 used: q = h 63 = 12, b = -21.
    let nation = Trade { output: 110.0, demand: 100.0, exports: 30.0, imports: 20.0 };
    let region = charm(&nation, 21.0, 42.0);
    near(region.exports, 6.0);
    near(region.imports, 27.0);
    let itself = charm(&nation, nation.output, nation.demand);
    near(itself.exports, nation.exports);
    near(itself.imports, nation.imports);
}

proptest! {
    #[test]
    fn a_region_that_is_the_nation_has_the_national_table(
        cells in prop::collection::vec(0.0..0.3_f64, 9),
        nation in prop::collection::vec(1.0..50.0_f64, 3),
    ) {
        let national = Matrix::from_values(3, 3, cells);
        for quotient in ALL {
            let regional = regional_coefficients(&national, &nation, &nation, quotient);
            for (a, b) in regional.values().iter().zip(national.values()) {
                prop_assert!((a - b).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn factors_stay_between_zero_and_one_and_flegg_is_below_cross_industry(
        shares in prop::collection::vec(0.0..1.0_f64, 4),
        nation in prop::collection::vec(1.0..50.0_f64, 4),
    ) {
        let region: Vec<f64> = shares.iter().zip(&nation).map(|(a, b)| a * b + 1e-9).collect();
        let of = |quotient| factors(&region, &nation, quotient);
        for quotient in &ALL[..3] {
            prop_assert!(of(*quotient).values().iter().all(|f| (0.0..=1.0).contains(f)));
        }
        let (cross, flegg) = (of(ALL[1]), of(ALL[2]));
        prop_assert!(flegg.values().iter().zip(cross.values()).all(|(f, c)| *f <= c + 1e-15));
    }

    #[test]
    fn charm_keeps_the_balance_and_never_sends_more_than_is_made(
        made in 0.0..100.0_f64, used in 0.0..100.0_f64, out in 0.0..50.0_f64, back in 0.0..50.0_f64,
    ) {
        let nation = Trade { output: 60.0 + out, demand: 60.0 + back, exports: out, imports: back };
        let found = charm(&nation, made, used);
        prop_assert!((found.exports - found.imports - (made - used)).abs() < 1e-9);
        prop_assert!(found.exports <= made + 1e-9 && found.imports <= used + 1e-9);
    }
}

/// Two industries of a nation, and a region whose totals agree.
fn small_nation() -> Nation {
    let matrix = |cells: [f64; 4]| Matrix::from_values(2, 2, cells.to_vec());
    Nation {
        industries: vec!["goods".to_owned(), "services".to_owned()],
        output: vec![100.0, 100.0],
        value_added: vec![30.0, 40.0],
        inputs: [matrix([20.0, 10.0, 40.0, 30.0]), matrix([0.0, 10.0, 10.0, 10.0])],
        final_use: [vec![50.0, 25.0], vec![10.0, 0.0]],
        exports: vec![20.0, 5.0],
        decay: vec![1.0, 2.0],
        primary: vec![],
        final_users: vec![],
    }
}

#[test]
fn everything_known_of_a_region_is_hit() {
    let known = Known {
        output: vec![30.0, 10.0],
        value_added: Some(vec![12.0, 5.0]),
        final_use: Some(vec![20.0, 6.0]),
        outflow: Some(vec![9.0, 1.0]),
        inflow: Some(vec![7.0, 12.0]),
    };
    let found = estimate(&small_nation(), &known, Method::Gravity).expect("the totals agree");
    near(found.agreement, 1.0);
    assert!(found.overused.is_empty());
    for (sum, wanted) in found.technical.row_sums().into_iter().zip([8.0, 15.0]) {
        near(sum, wanted);
    }
    for (sum, wanted) in found.technical.column_sums().into_iter().zip([18.0, 5.0]) {
        assert!((sum - wanted).abs() < 1e-10, "{sum}");
    }
    // 21 of the 28 goods used in the region are its own, 9 of 21 services.
    near(found.regional.row_sum(0), 0.75 * 8.0);
    near(found.regional.row_sum(1), 9.0 / 21.0 * 15.0);
    let table = found.table(&small_nation(), &known, "here");
    for ((uses, costs), output) in table.uses().iter().zip(table.costs()).zip([30.0, 10.0]) {
        near(*uses, output);
        near(costs, output);
    }
    near(table.final_demand.at(0, 1), 9.0);
    near(table.final_demand.at(1, 1), 1.0);
}

#[test]
fn a_region_of_known_output_has_national_inputs_and_buys_at_home_by_the_rule_of_term() {
    let known = Known { output: vec![30.0, 10.0], ..Known::default() };
    let found = estimate(&small_nation(), &known, Method::Gravity).expect("it is complete");
    near(found.technical.at(0, 1), 2.0);
    near(found.technical.at(1, 0), 15.0);
    // Value added 9 + 4 of 70: final use of goods 60 × 13/70, of them 5/6 domestic; exports 6.
    let goods = 6.0 + 1.0 + 60.0 * 13.0 / 70.0 * 5.0 / 6.0 + 6.0;
    let services = 12.0 + 3.0 + 25.0 * 13.0 / 70.0 + 0.5;
    assert!(goods < 30.0 && services > 10.0);
    near(found.regional.at(0, 0), 0.8 * 6.0);
    near(found.regional.at(0, 1), 0.8 * 1.0);
    near(found.regional.at(1, 0), 0.96 * 10.0 / services * 12.0);
}

#[test]
fn products_used_up_before_industries_get_any_are_named() {
    let mut known = Known {
        output: vec![30.0, 10.0],
        final_use: Some(vec![20.0, 30.0]),
        outflow: Some(vec![9.0, 1.0]),
        inflow: Some(vec![7.0, 12.0]),
        ..Known::default()
    };
    let found = estimate(&small_nation(), &known, Method::Gravity).expect("goods are left");
    assert_eq!(found.overused, [1]);
    near(found.technical.row_sum(1), 0.0);
    known.outflow = Some(vec![9.0]);
    let found = estimate(&small_nation(), &known, Method::Gravity);
    assert!(matches!(found, Err(RegionaliseError::Shape { what }) if what.starts_with("outflow")));
}

#[test]
fn distances_of_two_tables_by_hand() {
    let flows = |cells: [f64; 4]| Matrix::from_values(2, 2, cells.to_vec());
    let (found, official) = (flows([2.0, 0.0, 0.0, 6.0]), flows([5.0, 0.0, 0.0, 4.0]));
    let output = [10.0, 20.0];
    let all = deviation(&found, &official, &output).expect("both have multipliers");
    near(all.flows, 5.0 / 9.0);
    near(all.coefficients, (0.3 + 0.1) / (0.5 + 0.2));
    // Multipliers 1.25 and 1/0.7 against 2 and 1.25.
    let multipliers = Estimate::coefficients(&found, &output);
    near(output_multipliers(&multipliers).expect("it has")[0], 1.25);
    let gaps = [0.75, 1.0 / 0.7 - 1.25];
    near(all.multipliers, 0.5 * (gaps[0] / 2.0 + gaps[1] / 1.25));
    near(all.indirect, (gaps[0] + gaps[1]) / 1.25);
    near(all.bias, 0.5 * (gaps[1] - gaps[0]));
    let same = deviation(&official, &official, &output).expect("it has");
    assert_eq!((same.flows, same.multipliers), (0.0, 0.0));
}

/// Goods, trade services, other services; margins on goods; taxes on household use.
fn nation() -> National {
    let names = |list: [&str; 3]| list.map(str::to_owned).to_vec();
    let uses = |rows: [[f64; 8]; 3]| Matrix::from_values(3, 8, rows.concat());
    let none = || Matrix::zeros(3, 8);
    let domestic = uses([
        [20.0, 2.0, 6.0, 30.0, 2.0, 15.0, 20.0, 1.0],
        [3.0, 4.0, 2.0, 5.0, 1.0, 1.0, 2.0, 0.0],
        [10.0, 6.0, 9.0, 25.0, 30.0, 4.0, 5.0, 0.0],
    ]);
    let imported = uses([
        [9.0, 1.0, 2.0, 8.0, 0.0, 6.0, 0.0, -0.5],
        [0.0; 8],
        [1.0, 1.0, 2.0, 1.0, 0.0, 0.0, 0.0, 0.0],
    ]);
    let mut margin = none();
    margin.values_mut()[..8].copy_from_slice(&[2.0, 0.2, 0.6, 6.0, 0.2, 1.5, 2.0, 0.0]);
    let mut tax = none();
    *tax.at_mut(0, 3) = 4.0;
    let made = [96.0, 30.5, 89.0];
    let national = National {
        products: names(["goods", "trade", "services"]),
        industries: names(["goods", "trade", "services"]),
        margins: vec![1],
        money: "money".to_owned(),
        base_year: 2000,
        basic: [domestic, imported],
        tax: [tax, none()],
        margin: vec![[margin, none()]],
        make: Matrix::from_fn(3, 3, |c, i| if c == i { made[c] } else { 0.0 }),
        labour: vec![20.0, 8.0, 30.0],
        depreciation: vec![5.0, 2.0, 9.0],
        surplus: vec![0.0; 3],
        production_tax: vec![1.0, 0.5, 1.0],
    };
    let costs = national.costs();
    let surplus = (0..3).map(|i| made[i] - costs[i]).collect();
    National { surplus, ..national }
}

fn three_regions(shares: [[f64; 3]; 3]) -> Regions {
    let industry = Matrix::from_values(3, 3, shares.concat());
    let even = Matrix::from_fn(3, 3, |_, r| [0.5, 0.3, 0.2][r]);
    Regions {
        names: ["north", "east", "west"].map(str::to_owned).to_vec(),
        labour: industry.clone(),
        capital: industry.clone(),
        final_use: FinalShares {
            household: even.clone(),
            government: even.clone(),
            investment: even,
            export: industry.clone(),
        },
        industry,
        persons: None,
        transport: Transport {
            distance: Matrix::from_fn(3, 3, |r, d| if r == d { 20.0 } else { 100.0 }),
            decay: Matrix::from_fn(3, 2, |_, _| 1.0),
            local: vec![false, false, true],
            margin_exponent: vec![0.5],
            margin_local_weight: vec![2.0],
            entry: Entry::Used,
            known: None,
        },
    }
}

fn uneven() -> Regions {
    // The west makes no goods and hardly any trade services, so other regions supply its margins.
    three_regions([[0.7, 0.3, 0.0], [0.6, 0.39, 0.01], [0.3, 0.3, 0.4]])
}

fn methods() -> Vec<Method> {
    ALL.into_iter()
        .map(Method::Quotient)
        .chain([Method::SelfSufficiency, Method::Gravity, Method::CrossHauling])
        .collect()
}

#[test]
fn every_method_gives_accounts_that_hold_and_keep_the_national_totals() {
    for method in methods() {
        let accounts =
            regionalise(nation(), uneven(), Choices::of(method)).expect("the nation balances");
        for identity in identities(&accounts) {
            assert!(identity.deviation < 1e-12, "{method:?}: {identity}");
        }
        let use_ = accounts.use_.sum_to(&["product", "source", "user"]);
        let national = nation();
        for (flat, value) in use_.values().iter().enumerate() {
            let at = use_.position_of(flat);
            let (c, s, u) = (at[0], at[1], at[2]);
            near(*value, national.basic[s].at(c, u) + national.margin[0][s].at(c, u));
        }
    }
}

#[test]
fn producers_keep_their_inventories_and_long_ways_cost_more() {
    let choices = Choices { inventories: Inventories::Producers, ..Choices::of(Method::Gravity) };
    let accounts = regionalise(nation(), uneven(), choices).expect("the nation balances");
    for identity in identities(&accounts) {
        assert!(identity.deviation < 1e-12, "{identity}");
    }
    let inventory = accounts.sets.user.len() - 1;
    for (r, share) in [0.7, 0.3, 0.0].into_iter().enumerate() {
        near(accounts.use_.at(&[0, 0, inventory, r]), share);
    }
    // The west makes no goods, so all come from afar, and its margins are above the nation's rate.
    let paid = accounts.margin.sum_to(&["destination"]);
    let flows = accounts.trade.at(&[0, 0, 0, 2]) + accounts.trade.at(&[0, 0, 1, 2]);
    let all = accounts.trade.sum_to(&["product", "source"]).at(&[0, 0]);
    assert!(paid.at(&[2]) / flows > 1.2 * 12.5 / all, "{} {flows} {all}", paid.at(&[2]));
}

/// Flows of domestic goods, origin × destination.
fn goods(accounts: &RegionalAccounts) -> Matrix {
    Matrix::from_fn(3, 3, |r, d| accounts.trade.at(&[0, 0, r, d]))
}

fn with_known(regions: Regions, known: KnownFlows) -> Regions {
    Regions { transport: Transport { known: Some(known), ..regions.transport }, ..regions }
}

#[test]
fn known_flows_of_a_product_are_met_whatever_the_method() {
    let wanted = {
        let accounts = regionalise(nation(), uneven(), Choices::of(Method::Gravity));
        goods(&accounts.expect("the nation balances"))
    };
    let told = |of| KnownFlows {
        names: vec!["goods".to_owned()],
        group: vec![Some(0), None, None],
        // Only shares of origins count.
        flows: vec![Matrix::from_fn(3, 3, |r, d| wanted.at(r, d) * [7.0, 0.1, 3.0][d])],
        of,
    };
    let found = |known| {
        let regions = with_known(uneven(), known);
        regionalise(nation(), regions, Choices::of(Method::SelfSufficiency)).expect("it balances")
    };
    let distance = |flows: &Matrix| flows.zip(&wanted, |a, b| (a - b).abs()).total();
    let all = found(told(Observed::AllUses));
    assert!(distance(&goods(&all)) < 1e-9, "{:?} {wanted:?}", goods(&all));
    for identity in identities(&all) {
        assert!(identity.deviation < 1e-12, "{identity}");
    }
    // Where only intermediate use is known, final use keeps the flows of the method.
    let part = distance(&goods(&found(told(Observed::IntermediateUse))));
    let without = regionalise(nation(), uneven(), Choices::of(Method::SelfSufficiency));
    let without = distance(&goods(&without.expect("it balances")));
    assert!(0.2 * without < part && part < 0.9 * without, "{part} {without}");
}

#[test]
fn known_flows_of_a_group_hold_for_its_sum_with_margin_products_in_it() {
    let (north, east) = ([0.5, 0.2, 0.3], [0.3, 0.6, 0.1]);
    let share = |r: usize, d: usize| match d {
        0 => north[r],
        1 => east[r],
        _ => 0.0,
    };
    let known = KnownFlows {
        names: vec!["services".to_owned()],
        group: vec![None, Some(0), Some(0)],
        flows: vec![Matrix::from_fn(3, 3, share)],
        of: Observed::AllUses,
    };
    let regions = with_known(three_regions([[0.5, 0.3, 0.2]; 3]), known);
    let accounts =
        regionalise(nation(), regions, Choices::of(Method::default())).expect("it balances");
    for identity in identities(&accounts) {
        assert!(identity.deviation < 1e-12, "{identity}");
    }
    let flow =
        |r: usize, d: usize| -> f64 { (1..3).map(|c| accounts.trade.at(&[c, 0, r, d])).sum() };
    // Supply and demand move the shares, but not the odds ratios of what is known.
    let odds = |f: &dyn Fn(usize, usize) -> f64| f(0, 0) * f(1, 1) / (f(0, 1) * f(1, 0));
    let (found, wanted) = (odds(&flow), odds(&share));
    assert!((found / wanted - 1.0).abs() < 1e-6, "{found} {wanted}");
}

#[test]
fn margins_follow_flows_that_are_known_together_with_a_margin_product() {
    let share = |r: usize, d: usize| [[0.6, 0.3, 0.2], [0.3, 0.5, 0.3], [0.1, 0.2, 0.5]][r][d];
    let known = KnownFlows {
        names: vec!["all".to_owned()],
        group: vec![Some(0); 3],
        flows: vec![Matrix::from_fn(3, 3, share)],
        of: Observed::AllUses,
    };
    let regions = with_known(three_regions([[0.5, 0.3, 0.2]; 3]), known);
    let distance = regions.transport.distance.clone();
    let accounts =
        regionalise(nation(), regions, Choices::of(Method::default())).expect("it balances");
    for identity in identities(&accounts) {
        assert!(identity.deviation < 1e-12, "{identity}");
    }
    // On every route to a region the margin per unit and root of distance is the same.
    for d in 0..3 {
        let rate = |r: usize| {
            let (paid, flow) =
                (accounts.margin.at(&[0, 0, 0, r, d]), accounts.trade.at(&[0, 0, r, d]));
            paid / (flow * distance.at(r, d).sqrt())
        };
        assert!((1..3).all(|r| (rate(r) / rate(0) - 1.0).abs() < 1e-8), "{d}");
    }
}

#[test]
fn known_flows_may_leave_cells_empty() {
    let known = KnownFlows {
        names: vec!["goods".to_owned()],
        group: vec![Some(0), None, None],
        flows: vec![Matrix::from_fn(3, 3, |r, d| f64::from(u8::from(r == d)))],
        of: Observed::AllUses,
    };
    let (accounts, fits) =
        with_fits(nation(), with_known(uneven(), known), Choices::of(Method::default()))
            .expect("other flows open where none are known");
    assert_eq!((fits.len(), fits[0].name.as_str()), (1, "goods"));
    for identity in identities(&accounts) {
        assert!(identity.deviation < 1e-12, "{identity}");
    }
    // As much at home as supply and demand allow: the west makes none and buys all.
    let at_home = |r: usize| accounts.trade.at(&[0, 0, r, r]);
    let bought: f64 = (0..3).map(|r| accounts.trade.at(&[0, 0, r, 1])).sum();
    assert!(at_home(1) > 0.99 * bought.min(accounts.make.at(&[0, 0, 1])), "{}", at_home(1));
}

#[test]
fn imports_enter_where_the_routes_say() {
    let routes = Matrix::from_values(3, 3, vec![0.8, 0.7, 0.5, 0.2, 0.3, 0.5, 0.0, 0.0, 0.0]);
    let mut regions = uneven();
    regions.transport.entry = Entry::Routes(vec![routes.clone(), routes.clone(), routes.clone()]);
    let accounts = regionalise(nation(), regions.clone(), Choices::of(Method::default()))
        .expect("it balances");
    let used = accounts.trade.sum_to(&["product", "source", "destination"]);
    for (c, d, port) in (0..27).map(|at| (at / 9, at / 3 % 3, at % 3)) {
        near(accounts.trade.at(&[c, 1, port, d]), routes.at(port, d) * used.at(&[c, 1, d]));
    }
    for identity in identities(&accounts) {
        assert!(identity.deviation < 1e-12, "{identity}");
    }
    regions.transport.entry = Entry::Routes(vec![Matrix::from_fn(3, 3, |_, _| 0.5); 3]);
    let wrong = regionalise(nation(), regions, Choices::of(Method::default()));
    assert!(matches!(wrong, Err(RegionaliseError::Shares { .. })), "{wrong:?}");
}

#[test]
fn a_nation_that_does_not_balance_is_fitted_by_gras() {
    let mut national = nation();
    *national.basic[0].at_mut(2, 3) += 10.0;
    let wrong = regionalise(national.clone(), uneven(), Choices::of(Method::Gravity));
    assert!(matches!(wrong, Err(RegionaliseError::Unbalanced { .. })));
    let (made, imports) = (national.make.row_sums(), national.basic[1].row_sums());
    let fitted = national.fitted().expect("its totals can be met");
    for c in 0..3 {
        near(fitted.basic[0].row_sum(c) + fitted.margin_use(c), made[c]);
        near(fitted.basic[1].row_sum(c), imports[c]);
        assert!((fitted.costs()[c] - made[c]).abs() < 1e-10, "{:?}", fitted.costs());
    }
    assert!(fitted.basic[1].at(0, 7) < 0.0, "inventories stay drawn down");
    let same = nation().fitted().expect("it balances");
    for (a, b) in same.basic[0].values().iter().zip(nation().basic[0].values()) {
        assert!((a - b).abs() < 1e-11);
    }
    regionalise(fitted, uneven(), Choices::of(Method::Gravity)).expect("it balances now");
}

#[test]
fn one_region_is_the_nation() {
    let whole = |matrix: Matrix| Matrix::from_fn(matrix.rows(), 1, |_, _| 1.0);
    let regions = uneven();
    let f = regions.final_use;
    let one = Regions {
        names: vec!["nation".to_owned()],
        industry: whole(regions.industry),
        labour: whole(regions.labour),
        capital: whole(regions.capital),
        final_use: FinalShares {
            household: whole(f.household),
            government: whole(f.government),
            investment: whole(f.investment),
            export: whole(f.export),
        },
        persons: None,
        transport: Transport { distance: Matrix::from_fn(1, 1, |_, _| 1.0), ..regions.transport },
    };
    for method in methods() {
        let accounts =
            regionalise(nation(), one.clone(), Choices::of(method)).expect("the nation balances");
        let goods = accounts.trade.at(&[0, 0, 0, 0]);
        near(goods, 96.0);
        near(accounts.margin_supply.total(), 12.5);
        near(accounts.output.total(), 215.5);
    }
}

#[test]
fn shares_that_are_no_shares_and_nations_that_do_not_balance_are_named() {
    let mut regions = uneven();
    *regions.final_use.export.at_mut(0, 0) += 0.5;
    let found = regionalise(nation(), regions, Choices::of(Method::Gravity));
    assert!(
        matches!(found, Err(RegionaliseError::Shares { sum, .. }) if (sum - 1.5).abs() < 1e-12)
    );
    let mut national = nation();
    *national.basic[0].at_mut(2, 3) += 10.0;
    let found = regionalise(national, uneven(), Choices::of(Method::Gravity));
    assert!(
        matches!(found, Err(RegionaliseError::Unbalanced { product, .. }) if product == "services")
    );
}

fn link(fine: &str, coarse: &str, weight: f64) -> Link {
    Link { fine: fine.to_owned(), coarse: coarse.to_owned(), weight }
}

fn largest_gap(a: &RegionalAccounts, b: &RegionalAccounts) -> f64 {
    let pairs = a.tables().into_iter().zip(b.tables());
    let cells = pairs.flat_map(|(a, b)| a.values().iter().zip(b.values()));
    cells.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn halves() -> Concordance {
    let mut concordance = Concordance::default();
    for (axis, fine, coarse, weight) in [
        ("region", "north", "north", 1.0),
        ("region", "coast", "east", 3.0),
        ("region", "inland", "east", 1.0),
        ("region", "west", "west", 1.0),
        ("industry", "farms", "goods", 0.2),
        ("industry", "factories", "goods", 0.6),
        ("industry", "trade", "trade", 1.0),
        ("industry", "services", "services", 1.0),
        ("product", "goods", "goods", 1.0),
        ("product", "retail", "trade", 2.0),
        ("product", "wholesale", "trade", 5.0),
        ("product", "services", "services", 1.0),
    ] {
        concordance.add(axis, link(fine, coarse, weight));
    }
    concordance
}

#[test]
fn aggregating_what_was_disaggregated_gives_it_back_and_all_identities_hold() {
    let accounts =
        regionalise(nation(), uneven(), Choices::of(Method::Gravity)).expect("the nation balances");
    let fine = regional(&accounts, &halves(), Direction::Disaggregate).expect("all are linked");
    assert_eq!(fine.sets.margin.labels.as_ref(), ["retail", "wholesale"]);
    near(fine.output.total(), accounts.output.total());
    let east = accounts.output.sum_to(&["region"]).at(&[1]);
    near(fine.output.sum_to(&["region"]).at(&[1]), 0.75 * east);
    for identity in identities(&fine) {
        assert!(identity.deviation < 1e-12, "{identity}");
    }
    let back = regional(&fine, &halves(), Direction::Aggregate).expect("all are linked");
    assert_eq!(back.sets, accounts.sets);
    assert!(largest_gap(&back, &accounts) < 1e-12);
}

#[test]
fn labels_without_links_and_mixed_margins_are_refused() {
    let accounts =
        regionalise(nation(), uneven(), Choices::of(Method::Gravity)).expect("the nation balances");
    let mut missing = Concordance::default();
    missing.add("region", link("north", "all", 1.0));
    let found = regional(&accounts, &missing, Direction::Aggregate);
    assert!(matches!(found, Err(ConcordanceError::Missing { label, .. }) if label == "east"));
    let mut mixed = Concordance::default();
    for fine in ["goods", "trade", "services"] {
        mixed.add("product", link(fine, "all", 1.0));
    }
    let found = regional(&accounts, &mixed, Direction::Aggregate);
    assert_eq!(found, Err(ConcordanceError::Margin { label: "all".to_owned() }));
}

#[test]
fn input_output_tables_go_to_coarse_and_back() {
    let label = |region: &str, name: &str| Label { region: region.into(), name: name.into() };
    let pairs = [("x", "goods"), ("x", "services"), ("y", "goods"), ("y", "services")];
    let cell = |i: usize, j: usize| (1 + i * 4 + j) as f64;
    let table = InputOutputTable {
        name: "t".into(),
        unit: "money".into(),
        industries: pairs.map(|(r, n)| label(r, n)).to_vec(),
        categories: vec![label("x", User::Household.name()), label("y", User::Household.name())],
        primary_inputs: vec![Row { name: "value added".into(), unit: "money".into() }],
        flows: Matrix::from_fn(4, 4, cell),
        final_demand: Matrix::from_fn(4, 2, cell),
        value_added: Matrix::from_fn(1, 4, cell),
        output: vec![10.0, 20.0, 30.0, 40.0],
        extensions: vec![],
    };
    let mut concordance = Concordance::default();
    for (fine, coarse, weight) in
        [("farms", "goods", 1.0), ("factories", "goods", 3.0), ("services", "services", 1.0)]
    {
        concordance.add("industry", link(fine, coarse, weight));
    }
    let fine = input_output(&table, &concordance, Direction::Disaggregate).expect("linked");
    assert_eq!(fine.output, [2.5, 7.5, 20.0, 7.5, 22.5, 40.0]);
    near(fine.flows.at(0, 1), 3.0 / 16.0);
    let back = input_output(&fine, &concordance, Direction::Aggregate).expect("linked");
    assert_eq!(back, table);
}
