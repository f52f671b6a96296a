//! Balancing against printed numbers and on random systems.

use accounts::Matrix;
use accounts::balance::{
    BalanceError, Settings, Side, ThreeWayTotals, forced_to_zero, multipliers, ras, three_way_fit,
};
use proptest::prelude::*;

fn matrix<const M: usize, const N: usize>(cells: [[f64; N]; M]) -> Matrix {
    Matrix::from_fn(M, N, |i, j| cells[i][j])
}

fn assert_close(found: &Matrix, wanted: &Matrix, tolerance: f64) {
    for i in 0..wanted.rows() {
        for j in 0..wanted.columns() {
            let (a, b) = (found.at(i, j), wanted.at(i, j));
            assert!((a - b).abs() <= tolerance, "cell ({i}, {j}): {a} against {b}");
        }
    }
}

/// Miller & Blair (2009), section 7.4.2: a three-industry table updated by RAS; the flows as
/// converged, to all digits of the published model.
#[test]
fn ras_reproduces_miller_and_blair() {
    let coefficients = [[0.12, 0.1, 0.049], [0.21, 0.247, 0.265], [0.026, 0.249, 0.145]];
    let output = [421.0, 284.0, 283.0];
    let prior = Matrix::from_fn(3, 3, |i, j| coefficients[i][j] * output[j]);
    let (rows, columns) = ([245.0, 136.0, 159.0], [251.0, 107.0, 182.0]);
    let (flows, how) = ras(&prior, &rows, &columns, &Settings::default()).expect("feasible");
    let printed = matrix([
        [165.210_148_201_162_24, 34.613_604_639_477_856, 45.176_247_159_360_194],
        [63.528_619_682_160_176, 18.786_177_953_401_456, 53.685_202_364_438_354],
        [22.261_232_116_677_57, 53.600_217_407_120_69, 83.138_550_476_201_46],
    ]);
    assert_close(&flows, &printed, 1e-11);
    let printed_coefficients =
        matrix([[0.3924, 0.1219, 0.1596], [0.1509, 0.0661, 0.1897], [0.0529, 0.1887, 0.2938]]);
    let found = Matrix::from_fn(3, 3, |i, j| flows.at(i, j) / output[j]);
    assert_close(&found, &printed_coefficients, 0.5e-4);
    assert!(how.iterations < 40, "{how:?}");
}

/// Junius & Oosterhaven (2003), goods, services and net taxes, with negative cells.
#[test]
fn ras_with_negative_cells_reproduces_junius_and_oosterhaven() {
    let prior = matrix([[7.0, 3.0, 5.0, -3.0], [2.0, 9.0, 8.0, 1.0], [-2.0, 0.0, 2.0, 1.0]]);
    let (rows, columns) = ([15.0, 26.0, -1.0], [9.0, 16.0, 17.0, -2.0]);
    let (found, _) = ras(&prior, &rows, &columns, &Settings::default()).expect("feasible");
    let printed = matrix([
        [
            8.976_440_309_989_146,
            3.743_160_245_013_359_4,
            5.721_728_439_895_225,
            -3.441_328_994_897_732,
        ],
        [
            2.799_335_403_599_825,
            12.256_839_754_986_641,
            9.992_313_662_805_557,
            0.951_511_178_607_979_7,
        ],
        [-2.775_775_713_588_970_5, 0.0, 1.285_957_897_299_218_3, 0.489_817_816_289_752_24],
    ]);
    assert_close(&found, &printed, 1e-9);
}

#[test]
fn totals_that_contradict_the_zeros_are_named() {
    let prior = matrix([[1.0, 0.0], [1.0, 1.0]]);
    let settings = Settings { max_iterations: 2000, ..Settings::default() };
    let error = ras(&prior, &[3.0, 1.0], &[2.0, 2.0], &settings).expect_err("row 0 cannot be met");
    let conflict = BalanceError::Conflict {
        short: Side::Rows,
        rows: vec![0],
        rows_total: 3.0,
        columns: vec![0],
        columns_total: 2.0,
    };
    assert_eq!(error, conflict);
}

#[test]
fn an_empty_row_and_different_sums_are_named_before_anything_is_tried() {
    let prior = matrix([[0.0, 0.0], [1.0, 1.0]]);
    let empty = ras(&prior, &[1.0, 1.0], &[1.0, 1.0], &Settings::default());
    assert!(matches!(empty, Err(BalanceError::Conflict { rows, .. }) if rows == [0]));
    let differ = ras(&prior, &[0.0, 1.0], &[1.0, 1.0], &Settings::default());
    assert_eq!(differ, Err(BalanceError::TotalsDiffer { rows: 1.0, columns: 2.0 }));
    let nan = ras(&prior, &[0.0, f64::NAN], &[1.0, 1.0], &Settings::default());
    assert_eq!(nan, Err(BalanceError::NotFinite));
}

/// The same example without net exports of services and taxes: the column of net exports has no
/// positive cell (test data of the R function doGRAS; converged values).
#[test]
fn a_column_without_positive_cells_is_scaled() {
    let prior = matrix([[7.0, 3.0, 5.0, -3.0], [2.0, 9.0, 8.0, 0.0], [-2.0, 0.0, 2.0, 0.0]]);
    let (rows, columns) = ([15.0, 26.0, -1.0], [9.0, 16.0, 17.0, -2.0]);
    let (found, _) = ras(&prior, &rows, &columns, &Settings::default()).expect("feasible");
    let printed = matrix([
        [8.424_341_459_748_716, 3.375_236_893_680_465_3, 5.200_421_646_570_82, -2.0],
        [3.000_997_548_468_522, 12.624_763_106_319_534, 10.374_239_345_211_942, 0.0],
        [-2.425_339_008_217_238_6, 0.0, 1.425_339_008_217_238_1, 0.0],
    ]);
    assert_close(&found, &printed, 1e-9);
}

/// Multipliers of the example of Junius & Oosterhaven (2003), the first row's as unit.
#[test]
fn multipliers_reproduce_junius_and_oosterhaven() {
    let prior = matrix([[7.0, 3.0, 5.0, -3.0], [2.0, 9.0, 8.0, 1.0], [-2.0, 0.0, 2.0, 1.0]]);
    let (rows, columns) = ([15.0, 26.0, -1.0], [9.0, 16.0, 17.0, -2.0]);
    let (found, _) = multipliers(&prior, &rows, &columns, &Settings::default()).expect("feasible");
    let unit = found.rows()[0];
    let printed = [1.0, 1.091_487_669_304_318_5, 0.561_874_751_138_471_7];
    for (found, printed) in found.rows().iter().zip(printed) {
        assert!((found / unit - printed).abs() < 1e-9, "{found} against {printed}");
    }
    let printed = [
        1.282_348_615_712_735,
        1.247_720_081_671_119_8,
        1.144_345_687_979_045,
        0.871_756_232_678_693,
    ];
    for (found, printed) in found.columns().iter().zip(printed) {
        assert!((found * unit - printed).abs() < 1e-9, "{found} against {printed}");
    }
}

#[test]
fn a_total_of_zero_takes_its_cells_to_zero() {
    let prior = matrix([[1.0, 2.0], [0.0, 0.0], [-1.0, -3.0]]);
    let (rows, columns) = ([3.0, 0.0, 0.0], [1.0, 2.0]);
    let (found, _) = ras(&prior, &rows, &columns, &Settings::default()).expect("feasible");
    assert_close(&found, &matrix([[1.0, 2.0], [0.0, 0.0], [0.0, 0.0]]), 1e-12);
}

fn names<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(str::to_owned).to_vec()
}

/// Every line alone can be met; rows 0 and 2 together cannot, since both sell to column 1 only.
#[test]
fn the_smallest_set_of_lines_that_conflict_is_named() {
    let prior = matrix([
        [0.0, 1.0, 0.0, 0.0],
        [1.0, 1.0, 1.0, 1.0],
        [0.0, 1.0, 0.0, 0.0],
        [1.0, 0.0, 1.0, 1.0],
    ]);
    let (rows, columns) = ([4.0, 5.0, 3.0, 3.0], [4.0, 6.0, 3.0, 2.0]);
    let error = ras(&prior, &rows, &columns, &Settings::default()).expect_err("7 > 6");
    let conflict = BalanceError::Conflict {
        short: Side::Rows,
        rows: vec![0, 2],
        rows_total: 7.0,
        columns: vec![1],
        columns_total: 6.0,
    };
    assert_eq!(error, conflict);
    let message = error.explain(
        &names(["coal", "food", "ore", "trade"]),
        &names(["homes", "steel", "state", "abroad"]),
    );
    assert_eq!(
        message,
        "rows `coal`, `ore` must sum to 7, but can only meet column `steel`, which takes 6"
    );
}

/// Row 0 fills column 0, so nothing is left for row 1 there; RAS comes nearer for ever.
#[test]
fn cells_that_totals_force_to_zero_are_named() {
    let prior = matrix([[1.0, 0.0], [1.0, 1.0]]);
    let (rows, columns) = ([2.0, 1.0], [2.0, 1.0]);
    assert_eq!(forced_to_zero(&prior, &rows, &columns), [(1, 0)]);
    let error = ras(&prior, &rows, &columns, &Settings::default()).expect_err("(1, 0) is 0");
    assert_eq!(error, BalanceError::ForcedToZero(vec![(1, 0)]));
    let message = error.explain(&names(["coal", "food"]), &names(["steel", "homes"]));
    assert_eq!(message, "these totals can only be met if nothing is left in (`food`, `steel`)");
    let without = matrix([[1.0, 0.0], [0.0, 1.0]]);
    assert_eq!(forced_to_zero(&without, &rows, &columns), []);
    assert!(ras(&without, &rows, &columns, &Settings::default()).is_ok());
    // Where a negative cell gives room, nothing is forced.
    let signed = matrix([[1.0, -1.0], [1.0, 1.0]]);
    assert_eq!(forced_to_zero(&signed, &rows, &[3.0, 0.0]), []);
}

#[test]
fn a_negative_cell_lets_a_column_give_to_a_row() {
    // Row 0 may sell 5, because the negative cell of row 1 raises what column 0 takes.
    let prior = matrix([[1.0, 0.0], [-1.0, 1.0]]);
    let (found, _) =
        ras(&prior, &[5.0, -1.0], &[2.0, 2.0], &Settings::default()).expect("5 − 3 = 2");
    assert_close(&found, &matrix([[5.0, 0.0], [-3.0, 2.0]]), 1e-12);
    let without = matrix([[1.0, 0.0], [1.0, 1.0]]);
    let error = ras(&without, &[5.0, -1.0], &[2.0, 2.0], &Settings::default());
    assert!(matches!(error, Err(BalanceError::Conflict { .. })), "{error:?}");
}

fn positive(rows: usize, columns: usize) -> impl Strategy<Value = Matrix> {
    prop::collection::vec(0.01..100.0_f64, rows * columns)
        .prop_map(move |cells| Matrix::from_fn(rows, columns, |i, j| cells[i * columns + j]))
}

/// A table of cells of both signs, `zeros` parts of them zero against eight that are not, and one
/// whose totals it can meet: itself after every cell grew by another rate.
fn signed(rows: usize, columns: usize, zeros: u32) -> impl Strategy<Value = (Matrix, Matrix)> {
    let cell = prop_oneof![
        6 => 0.1..10.0_f64,
        2 => -10.0..-0.1_f64,
        zeros => Just(0.0),
    ];
    prop::collection::vec((cell, 0.5..2.0_f64), rows * columns).prop_map(move |cells| {
        let prior = Matrix::from_fn(rows, columns, |i, j| cells[i * columns + j].0);
        let target = Matrix::from_fn(rows, columns, |i, j| {
            cells[i * columns + j].0 * cells[i * columns + j].1
        });
        (prior, target)
    })
}

/// Slow compared with the definition, and not meant to share anything with it: bisection for each
/// multiplier in turn.
fn gras_by_definition(prior: &Matrix, rows: &[f64], columns: &[f64]) -> Matrix {
    let (m, n) = (prior.rows(), prior.columns());
    let (mut r, mut s) = (vec![0.0_f64; m], vec![0.0_f64; n]);
    let cell = |i: usize, j: usize, logarithm: f64| {
        prior.at(i, j) * (logarithm * prior.at(i, j).signum()).exp()
    };
    let root = |sum: &dyn Fn(f64) -> f64, total: f64| {
        let (mut low, mut high) = (-40.0, 40.0);
        for _ in 0..80 {
            let middle = 0.5 * (low + high);
            if sum(middle) < total { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    };
    for _ in 0..400 {
        for i in 0..m {
            r[i] = root(&|x| (0..n).map(|j| cell(i, j, x + s[j])).sum(), rows[i]);
        }
        for j in 0..n {
            s[j] = root(&|x| (0..m).map(|i| cell(i, j, r[i] + x)).sum(), columns[j]);
        }
    }
    Matrix::from_fn(m, n, |i, j| cell(i, j, r[i] + s[j]))
}

/// The iteration as it is written in papers, cell by cell.
fn gras_in_plain_loops(prior: &Matrix, rows: &[f64], columns: &[f64], rounds: usize) -> Matrix {
    let (m, n) = (prior.rows(), prior.columns());
    let (mut r, mut s) = (vec![1.0; m], vec![1.0; n]);
    let root = |total: f64, p: f64, n: f64| match (p > 0.0, n > 0.0) {
        (true, _) => (total + (total * total + 4.0 * p * n).sqrt()) / (2.0 * p),
        (false, true) => -n / total,
        (false, false) => 1.0,
    };
    for _ in 0..rounds {
        for i in 0..m {
            let p = (0..n).map(|j| prior.at(i, j).max(0.0) * s[j]).sum();
            let q = (0..n).map(|j| (-prior.at(i, j)).max(0.0) / s[j]).sum();
            r[i] = root(rows[i], p, q);
        }
        for j in 0..n {
            let p = (0..m).map(|i| prior.at(i, j).max(0.0) * r[i]).sum();
            let q = (0..m).map(|i| (-prior.at(i, j)).max(0.0) / r[i]).sum();
            s[j] = root(columns[j], p, q);
        }
    }
    Matrix::from_fn(m, n, |i, j| {
        let cell = prior.at(i, j);
        if cell >= 0.0 { cell * r[i] * s[j] } else { cell / (r[i] * s[j]) }
    })
}

/// Sizes that are no multiple of anything, dense and sparse, with and without negative cells; more
/// than one chunk of rows.
#[test]
fn passes_agree_with_plain_loops_on_any_shape_and_number_of_threads() {
    let mut seed = 7_u64;
    let mut uniform = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 11) as f64 / (1_u64 << 53) as f64
    };
    for (m, n) in [(1, 1), (3, 17), (37, 50), (101, 35), (700, 401)] {
        for (zeros, negative) in [(0.0, 0.0), (0.0, 0.1), (0.9, 0.0), (0.9, 0.1)] {
            let prior = Matrix::from_fn(m, n, |i, j| {
                let empty = uniform() < zeros && (i + j) % 7 != 0;
                let size = uniform() + 0.1;
                let sign = if uniform() < negative && i != j { -0.2 } else { 1.0 };
                if empty { 0.0 } else { sign * size }
            });
            let target = Matrix::from_fn(m, n, |i, j| prior.at(i, j) * (0.5 + uniform()));
            let (rows, columns) = (target.row_sums(), target.column_sums());
            let settings = Settings { tolerance: 1e-13, ..Settings::default() };
            let fit = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
                pool.expect("a pool").install(|| ras(&prior, &rows, &columns, &settings))
            };
            let (found, how) = fit(1).expect("it can be met");
            assert!(how.iterations < 100, "{how:?}");
            assert_eq!(fit(3).expect("the same").0, found, "the same bytes with three threads");
            let plain = gras_in_plain_loops(&prior, &rows, &columns, 400);
            assert_close(&found, &plain, 1e-9);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A table has totals that its own cells, grown, meet: so there is never a conflict, signs and
    /// zeros stay, and totals are met.
    #[test]
    fn gras_meets_totals_that_can_be_met((prior, target) in signed(5, 4, 2)) {
        let (rows, columns) = (target.row_sums(), target.column_sums());
        let settings = Settings { tolerance: 1e-11, ..Settings::default() };
        let (fitted, how) = ras(&prior, &rows, &columns, &settings).map_err(|error| {
            TestCaseError::fail(format!("{error} for {prior:?}"))
        })?;
        prop_assert!(how.largest_deviation < 1e-10, "{how:?}");
        prop_assert_eq!(forced_to_zero(&prior, &rows, &columns), []);
        for i in 0..5 {
            for j in 0..4 {
                prop_assert_eq!(prior.at(i, j) == 0.0, fitted.at(i, j) == 0.0);
                prop_assert!(prior.at(i, j) * fitted.at(i, j) >= 0.0);
            }
        }
    }

    #[test]
    fn gras_agrees_with_its_definition((prior, target) in signed(3, 3, 0)) {
        let (rows, columns) = (target.row_sums(), target.column_sums());
        let settings = Settings { tolerance: 1e-13, ..Settings::default() };
        let (fitted, _) = ras(&prior, &rows, &columns, &settings).expect("it can be met");
        let definition = gras_by_definition(&prior, &rows, &columns);
        let off = (0..3).map(|i| (definition.row_sum(i) - rows[i]).abs()).fold(0.0, f64::max);
        // The definition converges slowly on some tables; then it is no judge.
        prop_assume!(off < 1e-9);
        for i in 0..3 {
            for j in 0..3 {
                let (a, b) = (fitted.at(i, j), definition.at(i, j));
                prop_assert!((a - b).abs() < 1e-6, "({i}, {j}): {a} against {b}");
            }
        }
    }

    /// Whatever totals: either the fit meets them, or the lines it names really conflict.
    #[test]
    fn a_conflict_is_a_conflict(
        (prior, _) in signed(4, 4, 2),
        rows in prop::collection::vec(0.5..4.0_f64, 4),
        columns in prop::collection::vec(0.5..4.0_f64, 4),
    ) {
        let share = rows.iter().sum::<f64>() / columns.iter().sum::<f64>();
        let columns: Vec<f64> = columns.iter().map(|total| total * share).collect();
        let settings = Settings { tolerance: 1e-9, max_iterations: 20_000 };
        match ras(&prior, &rows, &columns, &settings) {
            Ok((fitted, _)) => for (i, total) in rows.iter().enumerate() {
                prop_assert!((fitted.row_sum(i) - total).abs() < 1e-7);
            },
            Err(BalanceError::Conflict { short, rows: r, rows_total, columns: c, columns_total }) => {
                let sum = |values: &[f64], of: &[usize]| of.iter().map(|at| values[*at]).sum::<f64>();
                prop_assert!((sum(&rows, &r) - rows_total).abs() < 1e-9);
                prop_assert!((sum(&columns, &c) - columns_total).abs() < 1e-9);
                // No way leads out of (or into) the set, yet it has more than it can place (or get).
                let inside = |i: usize, j: usize| (r.contains(&i), c.contains(&j));
                for i in 0..4 {
                    for j in 0..4 {
                        let gives = match short {
                            Side::Rows => inside(i, j),
                            Side::Columns => { let (row, column) = inside(i, j); (!row, !column) }
                        };
                        let leaves = (prior.at(i, j) > 0.0 && gives == (true, false))
                            || (prior.at(i, j) < 0.0 && gives == (false, true));
                        prop_assert!(!leaves, "({i}, {j}) leads out");
                    }
                }
                match short {
                    Side::Rows => prop_assert!(rows_total > columns_total),
                    Side::Columns => prop_assert!(columns_total > rows_total),
                }
            }
            Err(other) => prop_assert!(false, "{other} for {prior:?}"),
        }
    }

    #[test]
    fn ras_hits_the_totals_and_keeps_cross_ratios(prior in positive(3, 4), target in positive(3, 4)) {
        let (rows, columns) = (target.row_sums(), target.column_sums());
        let (fitted, _) = ras(&prior, &rows, &columns, &Settings::default()).expect("positive cells are feasible");
        let scale = target.total();
        for (found, wanted) in fitted.row_sums().iter().zip(&rows) {
            prop_assert!((found - wanted).abs() < 1e-12 * scale);
        }
        for (found, wanted) in fitted.column_sums().iter().zip(&columns) {
            prop_assert!((found - wanted).abs() < 1e-12 * scale);
        }
        let cross = |m: &Matrix| m.at(0, 0) * m.at(2, 3) / (m.at(0, 3) * m.at(2, 0));
        prop_assert!((cross(&fitted) / cross(&prior) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_balanced_prior_is_not_changed(prior in positive(3, 3)) {
        let (fitted, how) = ras(&prior, &prior.row_sums(), &prior.column_sums(), &Settings::default()).expect("balanced");
        prop_assert!(how.iterations <= 60);
        for i in 0..3 {
            for j in 0..3 {
                prop_assert!((fitted.at(i, j) / prior.at(i, j) - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_three_way_fit_hits_all_totals(
        prior in prop::collection::vec(positive(3, 3), 4),
        target in prop::collection::vec(positive(3, 3), 4),
    ) {
        let totals = ThreeWayTotals {
            first_second: Matrix::from_fn(4, 3, |k, i| target[k].row_sum(i)),
            first_third: Matrix::from_fn(4, 3, |k, j| target[k].column_sum(j)),
            second_third: Matrix::from_fn(3, 3, |i, j| target.iter().map(|layer| layer.at(i, j)).sum()),
        };
        let settings = Settings { tolerance: 1e-9, max_iterations: 50_000 };
        let (layers, how) = three_way_fit(&prior, &totals, &settings).expect("one shape");
        prop_assert!(how.largest_deviation <= 1e-9, "{:?}", how);
        for (k, layer) in layers.iter().enumerate() {
            for i in 0..3 {
                let off = layer.row_sum(i) - totals.first_second.at(k, i);
                prop_assert!(off.abs() < 1e-8 * totals.second_third.total());
            }
        }
    }
}
