//! Balancing against printed numbers and on random systems.

use accounts::Matrix;
use accounts::balance::{BalanceError, Settings, ThreeWayTotals, ras, three_way_fit};
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

fn positive(rows: usize, columns: usize) -> impl Strategy<Value = Matrix> {
    prop::collection::vec(0.01..100.0_f64, rows * columns)
        .prop_map(move |cells| Matrix::from_fn(rows, columns, |i, j| cells[i * columns + j]))
}

proptest! {
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
