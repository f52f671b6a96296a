//! Laws that hold for every table.

use accounts::analysis::decomposition::{Date, decompose};
use accounts::analysis::footprints::{footprints, origins};
use accounts::analysis::linkages::{Forward, Kind, linkages};
use accounts::analysis::multipliers::{Closure, Indicator, Spending, multipliers};
use accounts::analysis::shift_share::shift_share;
use accounts::analysis::{AnalysisError, Leontief, ghosh, influence, leontief_inverse, location};
use accounts::input_output::{Extension, Row};
use accounts::{InputOutputTable, Matrix};
use proptest::prelude::*;

use crate::tables::{distance, matrix, table};

/// A balanced table of `regions` × `industries` from numbers in 0 to 1; every industry keeps at
/// least a tenth of its output as value added.
fn random(regions: usize, industries: usize, draws: &[f64]) -> InputOutputTable {
    let n = regions * industries;
    let draw = |at: usize| draws[at % draws.len()];
    let flows = Matrix::from_fn(n, n, |i, j| {
        let near = if i / industries == j / industries { 1.0 } else { 0.1 };
        // A prime step, so that rows do not repeat one another.
        near * draw(i * 7919 + j * 31 + (i * j) % 17) * (1.0 + draw(i)) / n as f64
    });
    let (sold, bought) = (flows.row_sums(), flows.column_sums());
    let need = |i: usize| (bought[i] / 0.9 - sold[i]).max(0.05 + draw(i + 3));
    let demand = Matrix::from_fn(n, regions, |i, r| {
        need(i) * if i / industries == r { 0.8 } else { 0.2 / (regions - 1).max(1) as f64 }
    });
    let demand = if regions == 1 { Matrix::from_fn(n, 1, |i, _| need(i)) } else { demand };
    let output = (0..n).map(|i| sold[i] + demand.row_sum(i)).collect();
    let names: Vec<String> = (0..regions).map(|r| format!("r{r}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut table = table(&names, flows, demand, output);
    table.extensions.push(Extension {
        name: "stressors".to_owned(),
        rows: vec![Row { name: "jobs".to_owned(), unit: "persons".to_owned() }; 2],
        by_industry: Matrix::from_fn(2, n, |k, j| draw(j + 11 * k) * (k + 1) as f64),
        by_final_demand: Some(Matrix::from_fn(2, regions, |_, r| draw(r + 5))),
    });
    table
}

fn draws() -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::vec(0.0..1.0, 200)
}

fn rows(matrix: &Matrix) -> impl Iterator<Item = &[f64]> {
    (0..matrix.rows()).map(|at| matrix.row(at))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_tables_own_demand_gives_its_own_output(draws in draws()) {
        let table = random(3, 60, &draws);
        let system = Leontief::new(&table).expect("productive");
        let total = Matrix::from_values(1, 180, (0..180).map(|i| table.final_demand.row_sum(i)).collect());
        let x = system.outputs(&total).expect("solved");
        prop_assert!(distance(x.row(0), &table.output) < 1e-8);
        // Value added along the chain of a unit of final demand is that unit.
        let v = Matrix::from_values(1, 180, system.per_output(table.value_added.row(0)).expect("180"));
        prop_assert!(distance(system.multipliers(&v).expect("solved").row(0), &[1.0; 180]) < 1e-9);
    }

    #[test]
    fn solving_and_inverting_agree(draws in draws()) {
        let table = random(3, 60, &draws);
        let system = Leontief::new(&table).expect("productive");
        let inverse = leontief_inverse(&table).expect("productive");
        let unit = |at: usize| Matrix::from_fn(1, 180, |_, j| f64::from(u8::from(j == at)));
        let solved = system.solve(&unit(70), &unit(130)).expect("solved");
        prop_assert!(solved.residual <= 1e-11 && solved.passes < 40);
        prop_assert!(distance(solved.outputs.row(0), &inverse.column(70)) < 1e-9);
        prop_assert!(distance(solved.multipliers.row(0), inverse.row(130)) < 1e-9);
    }

    #[test]
    fn type_two_is_the_inverse_augmented_by_households(draws in draws(), own in 0.0..0.2f64) {
        let (regions, n) = (2, 12);
        let table = random(regions, 6, &draws);
        let system = Leontief::new(&table).expect("productive");
        let categories = [0, 1];
        let mut closure = Closure::of(&table, &[0], &categories, &[], Spending::Propensity(0.6))
            .expect("households");
        *closure.own.at_mut(0, 1) = own;
        let found = multipliers(&system, &[Indicator::output(&table)], Some(&closure)).expect("solved");
        // The same with households as further industries of one large system.
        let augmented = Matrix::from_fn(n + regions, n + regions, |i, j| match (i < n, j < n) {
            (true, true) => system.coefficient(i, j),
            (true, false) => closure.spending.at(j - n, i),
            (false, true) => closure.income.at(i - n, j),
            (false, false) => closure.own.at(i - n, j - n),
        });
        let large = table_of_coefficients(augmented);
        let inverse = leontief_inverse(&large).expect("productive");
        let sums: Vec<f64> = (0..n).map(|j| (0..n).map(|i| inverse.at(i, j)).sum()).collect();
        prop_assert!(distance(found[0].type_two.as_ref().expect("closed"), &sums) < 1e-9);
        let longer = found[0].type_two.iter().flatten().zip(&found[0].type_one).all(|(b, a)| b >= a);
        prop_assert!(longer);
    }

    #[test]
    fn ghosh_follows_from_leontief(draws in draws()) {
        let table = random(1, 9, &draws);
        let system = Leontief::new(&table).expect("productive");
        let inverse = leontief_inverse(&table).expect("productive");
        let g = |i: usize, j: usize| inverse.at(i, j) * table.output[j] / table.output[i];
        let row: Vec<f64> = (0..9).map(|j| g(4, j)).collect();
        prop_assert!(distance(&ghosh::inverse_row(&system, &table, 4).expect("solved"), &row) < 1e-9);
        let sums: Vec<f64> = (0..9).map(|i| (0..9).map(|j| g(i, j)).sum()).collect();
        prop_assert!(distance(&ghosh::input_multipliers(&system, &table).expect("solved"), &sums) < 1e-8);
        // Value added drives the whole output.
        let x = ghosh::supply_driven_output(&system, &table, table.value_added.row(0)).expect("solved");
        prop_assert!(distance(&x, &table.output) < 1e-8);
    }

    #[test]
    fn indices_of_linkages_have_mean_one_and_weights_of_both_directions_agree(draws in draws()) {
        let table = random(1, 9, &draws);
        let system = Leontief::new(&table).expect("productive");
        let found = linkages(&system, &table, Forward::Leontief).expect("solved");
        let mean = |values: &[f64]| values.iter().sum::<f64>() / 9.0;
        prop_assert!((mean(&found.power) - 1.0).abs() < 1e-12);
        prop_assert!((mean(&found.sensitivity) - 1.0).abs() < 1e-12);
        // Row sums and column sums of one matrix have one total.
        prop_assert!((found.backward.iter().sum::<f64>() - found.forward.iter().sum::<f64>()).abs() < 1e-8);
        for i in 0..9 {
            let key = found.power[i] > 1.0 && found.sensitivity[i] > 1.0;
            prop_assert_eq!(found.kind(i) == Kind::Key, key);
        }
    }

    #[test]
    fn footprints_of_all_regions_are_what_all_regions_cause(draws in draws()) {
        let table = random(3, 5, &draws);
        let system = Leontief::new(&table).expect("productive");
        let extension = &table.extensions[0];
        let found = footprints(&system, &table, extension).expect("solved");
        let from = origins(&system, &table, extension).expect("solved");
        for (k, from) in from.iter().enumerate() {
            let (caused, used) = (found.production.row_sum(k), found.consumption.row_sum(k));
            prop_assert!((caused - used).abs() < 1e-9 * caused.max(1.0));
            let direct = extension.by_final_demand.as_ref().expect("there").row(k);
            for (r, direct) in direct.iter().enumerate() {
                let both = from.column(r).iter().sum::<f64>() + direct;
                prop_assert!((both - found.consumption.at(k, r)).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn parts_of_a_structural_decomposition_sum_to_the_change(a in draws(), b in draws()) {
        let (before, after) = (random(1, 7, &a), random(1, 7, &b));
        let systems = [&before, &after].map(|each| Leontief::new(each).expect("productive"));
        let demand = |t: &InputOutputTable| (0..7).map(|i| t.final_demand.row_sum(i)).collect::<Vec<_>>();
        let jobs = |s: &Leontief<'_>, t: &InputOutputTable| {
            s.per_output(t.extensions[0].by_industry.row(0)).expect("seven")
        };
        let (d0, d1) = (demand(&before), demand(&after));
        let (s0, s1) = (jobs(&systems[0], &before), jobs(&systems[1], &after));
        let date = |system, intensity, demand| Date { system, intensity, demand };
        let parts = decompose(&date(&systems[0], &s0, &d0), &date(&systems[1], &s1, &d1)).expect("solved");
        let back = decompose(&date(&systems[1], &s1, &d1), &date(&systems[0], &s0, &d0)).expect("solved");
        for i in 0..7 {
            let sum = parts.intensity[i] + parts.technology[i] + parts.mix[i] + parts.level[i];
            prop_assert!((sum - parts.change[i]).abs() < 1e-9);
            let change = after.extensions[0].by_industry.at(0, i) - before.extensions[0].by_industry.at(0, i);
            prop_assert!((parts.change[i] - change).abs() < 1e-8);
            // The average of polar forms does not depend on which date is first.
            prop_assert!((parts.technology[i] + back.technology[i]).abs() < 1e-9);
        }
        let same = decompose(&date(&systems[0], &s0, &d0), &date(&systems[0], &s0, &d0)).expect("solved");
        prop_assert!(same.technology.iter().all(|part| *part == 0.0));
    }

    #[test]
    fn the_field_of_influence_gives_the_exact_change_of_the_inverse(draws in draws(), change in -0.05..0.05f64) {
        let table = random(1, 8, &draws);
        let system = Leontief::new(&table).expect("productive");
        let inverse = leontief_inverse(&table).expect("productive");
        let (i, j) = (2, 5);
        let field = influence::field(&system, i, j).expect("solved");
        let mut other = table.clone();
        *other.flows.at_mut(i, j) += change * table.output[j];
        let changed = leontief_inverse(&other).expect("productive");
        let exact = Matrix::from_fn(8, 8, |k, l| inverse.at(k, l) + field.change(k, l, change));
        prop_assert!(distance(exact.values(), changed.values()) < 1e-9);
        prop_assert!((influence::influences(&inverse).at(i, j) - field.influence()).abs() < 1e-9);
    }

    #[test]
    fn shift_share_sums_to_the_change(a in draws(), b in draws()) {
        let before = Matrix::from_fn(4, 6, |r, k| 0.1 + a[r * 6 + k]);
        let after = Matrix::from_fn(4, 6, |r, k| 0.1 + b[r * 6 + k]);
        let parts = shift_share(&before, &after).expect("same shape");
        let change = after.zip(&before, |end, start| end - start);
        let two = parts.national.zip(&parts.industry_mix, |a, b| a + b);
        let sum = two.zip(&parts.regional_shift, |a, b| a + b);
        prop_assert!(distance(sum.values(), change.values()) < 1e-12);
        // Nothing shifts between regions when all are taken together.
        for column in 0..6 {
            prop_assert!(parts.regional_shift.column_sum(column).abs() < 1e-12);
        }
        let split = parts.competitive.zip(&parts.allocation, |a, b| a + b);
        prop_assert!(distance(split.values(), parts.regional_shift.values()) < 1e-12);
    }

    #[test]
    fn location_quotients_average_to_one(a in draws()) {
        let amounts = Matrix::from_fn(5, 7, |r, k| a[r * 7 + k]);
        let quotients = location::location_quotients(&amounts);
        let regions = amounts.row_sums();
        for k in 0..7 {
            let mean: f64 = (0..5).map(|r| quotients.at(r, k) * regions[r]).sum::<f64>() / amounts.total();
            prop_assert!((mean - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn complexity_is_an_eigenvector_of_the_reflections(a in draws()) {
        let specialised = Matrix::from_fn(6, 8, |r, k| f64::from(u8::from(a[r * 8 + k] > 0.4 || (r + k) % 7 == 0)));
        let found = location::complexity(&specialised).expect("enough of both");
        let (diversity, ubiquity) = (specialised.row_sums(), specialised.column_sums());
        prop_assume!(diversity.iter().chain(&ubiquity).all(|sum| *sum > 0.0));
        let mean: f64 = found.regions.iter().sum::<f64>() / 6.0;
        prop_assert!(mean.abs() < 1e-9);
        // The mean complexity of what a region does, averaged over who does it, is proportional to
        // its own, up to the shift of standardising.
        let industry = |k: usize| (0..6).map(|r| specialised.at(r, k) * found.regions[r]).sum::<f64>() / ubiquity[k];
        let again: Vec<f64> = (0..6)
            .map(|r| (0..8).map(|k| specialised.at(r, k) * industry(k)).sum::<f64>() / diversity[r])
            .collect();
        let middle = again.iter().sum::<f64>() / 6.0;
        let slope: f64 = again.iter().zip(&found.regions).map(|(x, c)| (x - middle) * c).sum::<f64>() / 6.0;
        for (x, c) in again.iter().zip(&found.regions) {
            prop_assert!((x - middle - slope * c).abs() < 1e-7);
        }
    }
}

/// A table with unit outputs, so that flows are coefficients.
fn table_of_coefficients(coefficients: Matrix) -> InputOutputTable {
    let n = coefficients.rows();
    table(&[""], coefficients, Matrix::zeros(n, 1), vec![1.0; n])
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let draws: Vec<f64> = (0..199).map(|at| f64::from(at * 37 % 101) / 101.0).collect();
    let table = random(3, 90, &draws);
    let direct = Matrix::from_fn(5, 270, |k, j| draws[(j + 7 * k) % 199]);
    let solve =
        || Leontief::new(&table).expect("productive").solve(&direct, &direct).expect("solved");
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(solve)
    };
    let one = on(1);
    for threads in [2, 3] {
        let other = on(threads);
        assert!(rows(&one.outputs).zip(rows(&other.outputs)).all(|(a, b)| a == b));
        assert_eq!(one, other);
    }
}

#[test]
fn an_industry_without_output_is_named_and_has_no_coefficients() {
    let flows = matrix(&[&[1.0, 0.5, 0.0], &[2.0, 0.0, 0.0], &[0.0, 0.0, 0.0]]);
    let table = table(&[""], flows, matrix(&[&[8.5], &[3.0], &[0.0]]), vec![10.0, 5.0, 0.0]);
    let system = Leontief::new(&table).expect("productive");
    assert_eq!(system.idle(), [2]);
    let found = multipliers(&system, &[Indicator::output(&table)], None).expect("solved");
    assert!((found[0].type_one[2] - 1.0).abs() < 1e-15);
}

#[test]
fn what_has_no_solution_is_refused_with_its_reason() {
    // An industry that uses up all it makes.
    let all = table(&[""], matrix(&[&[5.0]]), matrix(&[&[0.0]]), vec![5.0]);
    assert!(matches!(Leontief::new(&all), Err(AnalysisError::Singular { industry: 0 })));
    let broken = table(&[""], matrix(&[&[f64::NAN]]), matrix(&[&[0.0]]), vec![5.0]);
    assert!(matches!(Leontief::new(&broken), Err(AnalysisError::NotFinite)));
    assert!(matches!(leontief_inverse(&broken), Err(AnalysisError::NotFinite)));
    let fine = table(&[""], matrix(&[&[1.0]]), matrix(&[&[4.0]]), vec![5.0]);
    let system = Leontief::new(&fine).expect("productive");
    let demand = Matrix::from_values(1, 1, vec![f64::INFINITY]);
    assert!(matches!(system.outputs(&demand), Err(AnalysisError::NotFinite)));
    let long = Matrix::zeros(1, 2);
    assert!(matches!(system.outputs(&long), Err(AnalysisError::Shape { found: 2, wanted: 1, .. })));
    // Households that spend more than the income it takes to pay them.
    let closure =
        Closure::of(&fine, &[0], &[0], &[], Spending::Propensity(2.0)).expect("households");
    let found = multipliers(&system, &[Indicator::output(&fine)], Some(&closure));
    assert!(matches!(found, Err(AnalysisError::Explosive)));
}
