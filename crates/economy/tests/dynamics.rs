//! Paths over years: balanced growth, published growth models in recursive form, given paths, and
//! the equations of wages, investment and direct investment against other code.

mod common;

use accounts::{RegionalAccounts, Sets, User};
use common::{LONG_RUN, SHORT_RUN, Size, instance, model, parameters};
use economy::benchmark::{BaseYear, InitialBarriers};
use economy::dynamics::{Stocks, real_wages};
use economy::exogenous::Exogenous;
use economy::laws::Instance;
use economy::model::{Choices, OnPath, Path, Shifter};
use economy::parameters::{DirectInvestment, LabourMarket, MacroBalance, Parameters};
use economy::year::{RegionalModel, Solution, Solver};
use equilibrium::Settings;
use proptest::prelude::*;
use rstest::rstest;

const SIZE: Size = Size { regions: 3, industries: 4 };

fn solver(model: &RegionalModel) -> Solver<'_> {
    Solver::new(model, Settings { tolerance: 1e-12, ..Settings::default() })
}

fn scale(exogenous: &mut Exogenous, name: &str, factor: f64) {
    exogenous.get_mut(name).iter_mut().for_each(|value| *value *= factor);
}

/// Solutions of `years` years, each with the stocks that the one before leaves.
fn path(
    model: &RegionalModel,
    years: usize,
    drivers: impl Fn(usize, &mut Exogenous),
) -> Vec<(Stocks, Solution)> {
    let mut solver = solver(model);
    let mut stocks = Stocks::of_base_year(model);
    let step = |year: usize| {
        let mut exogenous = model.start.clone();
        drivers(year, &mut exogenous);
        stocks.put(model, &mut exogenous);
        let solution = solver.solve(&exogenous).expect("solves");
        let next = stocks.next(model, &exogenous, &solution, None);
        (std::mem::replace(&mut stocks, next), solution)
    };
    (0..years).map(step).collect()
}

/// Largest relative deviation of a report from `factor` times its benchmark.
fn off(model: &RegionalModel, name: &str, solution: &Solution, factor: f64) -> f64 {
    let base = solver(model).solve(&model.start).expect("solves");
    let (base, found) = (base.get(name), solution.get(name));
    let size = base.iter().fold(f64::MIN_POSITIVE, |most: f64, x| most.max(x.abs()));
    let apart = found.iter().zip(base).map(|(x, y)| (x / factor - y).abs() / size);
    apart.fold(0.0, f64::max)
}

/// An instance whose every stock grows at `growth` in the base year.
fn balanced(mut instance: Instance, growth: f64) -> Instance {
    let rates = &instance.parameters.depreciation;
    let investment = instance.accounts.investment.values().iter().enumerate();
    let stock = |(firm, flow): (usize, &f64)| flow / (rates[firm % rates.len()] + growth);
    instance.base_year.capital_stock = investment.map(stock).collect();
    instance.parameters.expenditure.fill(1.0);
    instance
}

#[rstest]
fn balanced_growth_keeps_prices_and_scales_quantities_for_thirty_years(
    #[values(1, 2)] seed: u64,
    #[values(SHORT_RUN, LONG_RUN)] choices: Choices,
    #[values((0.02, 0.0), (0.01, 0.03))] rates: (f64, f64),
) {
    let (people, knowledge) = (1.0 + rates.0, 1.0 + rates.1);
    let model = balanced(instance(SIZE, seed, choices), people * knowledge - 1.0);
    let model = model.model().expect("calibrates");
    let years = path(&model, 31, |year, exogenous| {
        let level = |rate: f64| rate.powi(i32::try_from(year).expect("few"));
        let all = level(people * knowledge);
        for name in [
            "export_demand",
            "government",
            "inventory",
            "fdi",
            "foreign_saving",
            "subsistence",
            "budget_reference",
        ] {
            scale(exogenous, name, all);
        }
        scale(exogenous, "labour_force", level(people));
        scale(exogenous, "labour_productivity", level(knowledge));
        scale(exogenous, "reference_wage", level(knowledge));
    });
    let level = (people * knowledge).powi(30);
    let last = &years[30].1;
    let quantities = [
        "real_output",
        "real_gdp",
        "real_consumption",
        "real_exports",
        "real_imports",
        "fdi",
        "capital_income",
    ];
    for name in quantities {
        assert!(
            off(&model, name, last, level) < 1e-9,
            "{name}: {}",
            off(&model, name, last, level)
        );
    }
    for name in ["consumer_price", "investment_price", "exchange_rate", "after_tax_return"] {
        assert!(off(&model, name, last, 1.0) < 1e-9, "{name}");
    }
    assert!(off(&model, "wage", last, knowledge.powi(30)) < 1e-9);
    assert!(off(&model, "persons", last, people.powi(30)) < 1e-9);
}

/// A closed economy of one industry in one region: output 100, labour 60, capital 40.
fn one_good(saving: f64, stock: f64, depreciation: f64, balance: MacroBalance) -> RegionalModel {
    let one = |name: &str| vec![name.to_owned()];
    let owners = ["domestic", "foreign"].map(str::to_owned);
    let sets =
        Sets::new(&one("region"), &one("good"), &one("good"), &owners, &one("all"), &one("good"));
    let mut accounts = RegionalAccounts::zeros(sets, 2000, "money");
    let (household, investment) = (
        accounts.sets.user_position(User::Household),
        accounts.sets.user_position(User::Investment),
    );
    let invested = 100.0 * saving;
    *accounts.use_.at_mut(&[0, 0, household, 0]) = 100.0 - invested;
    *accounts.use_.at_mut(&[0, 0, investment, 0]) = invested;
    *accounts.trade.at_mut(&[0, 0, 0, 0]) = 100.0;
    *accounts.output.at_mut(&[0, 0, 0]) = 100.0;
    *accounts.make.at_mut(&[0, 0, 0]) = 100.0;
    *accounts.labour.at_mut(&[0, 0, 0, 0]) = 60.0;
    *accounts.persons.at_mut(&[0, 0, 0, 0]) = 1.0;
    *accounts.surplus.at_mut(&[0, 0, 0]) = 40.0;
    *accounts.investment.at_mut(&[0, 0, 0]) = invested;
    let parameters = Parameters {
        value_added: 1.0,
        expenditure: vec![1.0],
        corporate_tax: 0.0,
        distributed_profits: 1.0,
        depreciation: vec![depreciation],
        ..parameters(Size { regions: 1, industries: 1 })
    };
    let base_year = BaseYear {
        barriers: InitialBarriers::default(),
        capital_stock: vec![stock, 0.0],
        fdi: vec![0.0],
    };
    let labour_market = LabourMarket::FixedEmployment;
    let choices = Choices { labour_market, balance, ..SHORT_RUN };
    RegionalModel::new(&accounts, parameters, &base_year, choices).expect("calibrates")
}

/// Output of Cobb and Douglas: 100 K^0.4 (A L)^0.6 in ratios to the base year.
fn output(capital: f64, effective_labour: f64) -> f64 {
    100.0 * capital.powf(0.4) * effective_labour.powf(0.6)
}

#[test]
fn saving_at_a_fixed_rate_gives_the_path_of_solow() {
    // Solow (1956): K' = (1 − δ) K + s Y, here with growth of 1 % in people and 2 % in knowledge.
    let (saving, stock, depreciation) = (0.25, 200.0, 0.06);
    let model = one_good(saving, stock, depreciation, MacroBalance::InvestmentAdjusts);
    let growth = |year: usize| 1.0302_f64.powi(i32::try_from(year).expect("few"));
    let years = path(&model, 60, |year, exogenous| {
        let level = |rate: f64| rate.powi(i32::try_from(year).expect("few"));
        scale(exogenous, "labour_force", level(1.01));
        scale(exogenous, "labour_productivity", level(1.02));
    });
    let mut capital = stock;
    for (year, (stocks, solution)) in years.iter().enumerate() {
        let made = output(capital / stock, growth(year));
        assert!((solution.get("real_gdp")[0] / made - 1.0).abs() < 1e-9, "{year}");
        assert!((stocks.capital[0] * stock / capital - 1.0).abs() < 1e-9, "{year}");
        capital = (1.0 - depreciation) * capital + saving * made;
    }
    // The capital-output ratio goes to s / (δ + n + g + n g) = 0.25 / 0.0902 = 2.7716 from 2.
    let ratio = capital / output(capital / stock, growth(60));
    assert!((ratio - 2.7716).abs() < 0.05, "{ratio}");
}

#[test]
fn the_optimal_path_of_brock_and_mirman_is_reproduced() {
    // Brock & Mirman (1972): with logarithmic utility and full depreciation, the optimal rule of
    // the Ramsey problem is K' = α β Y. Its Euler equation is checked on the solved path.
    let (alpha, beta) = (0.4, 0.95);
    let model = one_good(alpha * beta, 50.0, 1.0, MacroBalance::InvestmentAdjusts);
    let years = path(&model, 12, |year, exogenous| {
        scale(exogenous, "productivity", 1.0 + 0.1 * f64::from(u8::from(year % 3 == 1)));
    });
    let capital = |year: usize| years[year].0.capital[0] * 50.0;
    let at = |name: &str, year: usize| years[year].1.get(name)[0];
    for year in 0..11 {
        let rule = alpha * beta * at("real_gdp", year);
        assert!((capital(year + 1) / rule - 1.0).abs() < 1e-9, "{year}");
        let marginal = alpha * at("real_gdp", year + 1) / capital(year + 1);
        let euler = at("real_consumption", year + 1) / at("real_consumption", year);
        assert!((beta * marginal / euler - 1.0).abs() < 1e-9, "{year}");
    }
}

#[test]
fn investment_follows_the_inverse_logistic_of_dixon_and_rimmer() {
    // Their form: E = N̄ + (1/C) [ ln(g − min) − ln(max − g) − ln(trend − min) + ln(max − trend) ],
    // with C such that growth rises by `investment_response` per unit of return at trend.
    let model = one_good(0.25, 200.0, 0.06, MacroBalance::ConsumptionAdjusts);
    let p = &model.parameters;
    let (trend, up, down) = (25.0 / 200.0 - 0.06, p.growth_above_trend, p.growth_below_trend);
    let (most, least) = (trend + up, trend - down);
    let steepness = p.investment_response * (most - least) / ((most - trend) * (trend - least));
    let years = path(&model, 40, |_, exogenous| scale(exogenous, "productivity", 1.3));
    let mut capital = 200.0;
    for (stocks, solution) in &years {
        assert!((stocks.capital[0] * 200.0 / capital - 1.0).abs() < 1e-9);
        let made = 1.3 * output(capital / 200.0, 1.0);
        let growth = solution.get("real_investment_by_firm")[0] / capital - 0.06;
        let inverse = ((growth - least).ln() - (most - growth).ln() - (trend - least).ln()
            + (most - trend).ln())
            / steepness;
        let above = 0.4 * made / capital - 0.4 * 100.0 / 200.0;
        assert!((inverse - above).abs() < 1e-9, "{inverse} {above}");
        capital *= 1.0 + growth;
    }
    assert!(capital > 400.0, "{capital}");
}

/// Direct investment by a nested logit in other words: shares of industries times shares of regions
/// within them times the pool.
fn nested_logit(p: &Parameters, offer: &[f64], pull: &[f64], regions: usize) -> Vec<f64> {
    let total: f64 = offer.iter().sum();
    let industries = offer.chunks(regions).zip(pull.chunks(regions));
    let value: Vec<(f64, f64)> = industries
        .map(|(offer, pull)| {
            let sum: f64 = offer.iter().sum();
            let mean: f64 =
                offer.iter().zip(pull).map(|(f, x)| f / sum * x.powf(p.fdi_regions)).sum();
            (sum, if sum > 0.0 { mean.powf(1.0 / p.fdi_regions) } else { 1.0 })
        })
        .collect();
    let weight = |(sum, value): &(f64, f64)| sum / total * value.powf(p.fdi_industries);
    let weights: f64 = value.iter().map(weight).sum();
    let pool = total * weights.powf(p.fdi_response / p.fdi_industries);
    let cell = |at: usize| {
        let (sum, mean) = value[at / regions];
        if sum == 0.0 {
            return 0.0;
        }
        let industry = weight(&(sum, mean)) / weights;
        industry * offer[at] / sum * (pull[at] / mean).powf(p.fdi_regions) * pool
    };
    (0..offer.len()).map(cell).collect()
}

#[rstest]
fn direct_investment_is_a_nested_logit_and_adds_up_to_the_pool(#[values(1, 5, 9)] seed: u64) {
    let mut instance = instance(SIZE, seed, SHORT_RUN);
    // One industry is offered nothing.
    instance.base_year.fdi[..SIZE.regions].fill(0.0);
    let model = instance.model().expect("calibrates");
    let exogenous = economy::laws::shock(&model);
    let solution = solver(&model).solve(&exogenous).expect("solves");
    let n = model.benchmark.sizes();
    let pull: Vec<f64> = (0..n.industries * n.regions)
        .map(|cell| {
            let firm = n.firm(cell / n.regions, 1, cell % n.regions);
            solution.get("after_tax_return")[firm] * exogenous.get("fdi_advantage")[cell]
        })
        .collect();
    let expected = nested_logit(&model.parameters, exogenous.get("fdi"), &pull, n.regions);
    for (found, expected) in solution.get("fdi").iter().zip(&expected) {
        assert!((found - expected).abs() < 1e-9 * (1.0 + expected.abs()), "{found} {expected}");
    }
    // More advantage in one place draws from the others: the pool grows by less than the place.
    let mut better = exogenous.clone();
    better.get_mut("fdi_advantage")[n.regions] *= 1.1;
    let drawn = solver(&model).solve(&better).expect("solves");
    let gain = |cell: usize| drawn.get("fdi")[cell] - solution.get("fdi")[cell];
    let total: f64 = (0..expected.len()).map(gain).sum();
    assert!(gain(n.regions) > total && total > 0.0 && gain(n.regions + 1) < 0.0);
}

#[test]
fn equal_elasticities_give_each_cell_an_offer_of_its_own() {
    let mut instance = instance(SIZE, 3, SHORT_RUN);
    let p = &mut instance.parameters;
    (p.fdi_industries, p.fdi_regions) = (p.fdi_response, p.fdi_response);
    let model = instance.model().expect("calibrates");
    let exogenous = economy::laws::shock(&model);
    let solution = solver(&model).solve(&exogenous).expect("solves");
    let n = model.benchmark.sizes();
    for (cell, found) in solution.get("fdi").iter().enumerate() {
        let firm = n.firm(cell / n.regions, 1, cell % n.regions);
        let pull = solution.get("after_tax_return")[firm] * exogenous.get("fdi_advantage")[cell];
        let own = exogenous.get("fdi")[cell] * pull.powf(model.parameters.fdi_response);
        assert!((found - own).abs() < 1e-9 * (1.0 + own), "{found} {own}");
    }
}

#[test]
fn wages_adjust_until_employment_is_back() {
    let model = balanced(instance(SIZE, 2, SHORT_RUN), 0.0).model().expect("calibrates");
    let mut solver = solver(&model);
    let base = solver.branch().solve(&model.start).expect("solves");
    let mut stocks = Stocks::of_base_year(&model);
    let mut persons = Vec::new();
    for _ in 0..30 {
        let mut exogenous = model.start.clone();
        scale(&mut exogenous, "export_demand", 1.02);
        stocks.put(&model, &mut exogenous);
        let solution = solver.solve(&exogenous).expect("solves");
        let employed = |of: &Solution, skill: usize, region: usize| -> f64 {
            let n = model.benchmark.sizes();
            let firms = 0..n.industries * n.owners;
            let at = |firm: usize| (skill * n.industries * n.owners + firm) * n.regions + region;
            firms.map(|firm| of.get("persons")[at(firm)]).sum()
        };
        // Dixon & Rimmer: this year's deviation of the wage is last year's plus α times employment's.
        for (at, wage) in real_wages(&solution).iter().enumerate() {
            let (skill, region) = (at / SIZE.regions, at % SIZE.regions);
            let force = exogenous.get("labour_force")[at];
            let gap = employed(&solution, skill, region) / employed(&base, skill, region) / force;
            let expected = stocks.wage_gap[at] + model.parameters.wage_adjustment * (gap - 1.0);
            assert!((wage - 1.0 - expected).abs() < 1e-9);
        }
        let all = |of: &Solution| of.get("persons").iter().sum::<f64>();
        persons.push(all(&solution) / all(&base) - 1.0);
        stocks = stocks.next(&model, &exogenous, &solution, Some(&base));
    }
    // More jobs at first, and fewer of them every year.
    assert!(persons[0] > 5e-4 && persons.is_sorted_by(|a, b| a > b), "{persons:?}");
    assert!(persons[3] < 0.5 * persons[0] && persons[10] < 0.2 * persons[0], "{persons:?}");
}

#[test]
fn people_move_to_better_wages_and_none_are_lost() {
    let model = balanced(instance(SIZE, 4, SHORT_RUN), 0.0).model().expect("calibrates");
    let mut solver = solver(&model);
    let base = solver.branch().solve(&model.start).expect("solves");
    let mut stocks = Stocks::of_base_year(&model);
    let employment = model.benchmark.employment();
    let mut moved = 0.0;
    for year in 0..12 {
        let mut exogenous = model.start.clone();
        for (at, value) in exogenous.get_mut("productivity").iter_mut().enumerate() {
            *value *= if at % SIZE.regions == 0 { 1.05 } else { 1.0 };
        }
        stocks.put(&model, &mut exogenous);
        let force = exogenous.get("labour_force");
        for skill in 0..2 {
            let cells = skill * SIZE.regions..(skill + 1) * SIZE.regions;
            let total: f64 = cells.clone().map(|at| employment[at] * force[at]).sum();
            assert!((total / employment[cells.clone()].iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let (first, pull) = (force[skill * SIZE.regions], &stocks.attraction[cells]);
            let others = pull[1..].iter().sum::<f64>() / 2.0;
            assert!((first - 1.0) * (pull[0] - others) >= 0.0, "{year}: {first} {pull:?}");
            moved = (first - 1.0).abs();
        }
        let solution = solver.solve(&exogenous).expect("solves");
        stocks = stocks.next(&model, &exogenous, &solution, Some(&base));
    }
    assert!(moved > 1e-3, "{moved}");
}

/// The three paths, each for one group of regions, and what else stays at its driver.
fn on_paths() -> Vec<OnPath> {
    let on = |path, shifter, regions: &[usize]| OnPath { path, shifter, regions: regions.to_vec() };
    vec![
        on(Path::GrossProduct, Shifter::LabourProductivity, &[0, 1]),
        on(Path::GrossProduct, Shifter::Productivity, &[2]),
        on(Path::Exports, Shifter::ExportDemand, &[0, 1]),
        on(Path::Investment, Shifter::InvestmentPropensity, &[2]),
    ]
}

fn given(model: &RegionalModel, level: f64) -> Exogenous {
    let mut exogenous = model.start.clone();
    scale(&mut exogenous, "given_gross_product", level);
    scale(&mut exogenous, "given_exports", level * level);
    scale(&mut exogenous, "given_investment", 1.0 / level);
    exogenous
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn given_paths_are_hit_and_the_shifters_reproduce_them(seed in 0u64..1000, level in 0.97f64..1.05) {
        let instance = instance(SIZE, seed, SHORT_RUN);
        let choices = Choices {
            labour_market: LabourMarket::FixedEmployment,
            direct_investment: DirectInvestment::Offered,
            ..SHORT_RUN
        };
        let paths = on_paths();
        let finder = RegionalModel::on_paths(
            &instance.accounts, instance.parameters.clone(), &instance.base_year, choices, &paths,
        ).expect("calibrates");
        prop_assert!(finder.replication().1 < 1e-9);
        let mut exogenous = given(&finder, level);
        let found = solver(&finder).solve(&exogenous).expect("solves");
        for path in &paths {
            let factor = found.get(&path.found())[0];
            let regions = SIZE.regions;
            let values = exogenous.get_mut(path.shifter.variable()).iter_mut().enumerate();
            values.filter(|(at, _)| path.regions.contains(&(at % regions))).for_each(|(_, x)| *x *= factor);
        }
        let model = model(SIZE, seed, SHORT_RUN);
        exogenous.get_mut("reference_wage").copy_from_slice(&real_wages(&found));
        exogenous.get_mut("return_reference").copy_from_slice(found.get("after_tax_return"));
        let again = solver(&model).solve(&exogenous).expect("solves");
        let base = solver(&model).solve(&model.start).expect("solves");
        for path in &paths {
            let over = |of: &Solution| -> f64 {
                path.regions.iter().map(|region| of.get(path.path.report())[*region]).sum()
            };
            let wanted = exogenous.get(path.path.given())[0];
            prop_assert!((over(&again) / over(&base) / wanted - 1.0).abs() < 1e-9, "{:?}", path);
        }
    }
}
