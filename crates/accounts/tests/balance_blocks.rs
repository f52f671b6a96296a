//! Fits with totals of blocks, on random tables.

use accounts::Matrix;
use accounts::balance::{BalanceError, Blocks, Settings, fit_with_blocks, ras};
use proptest::prelude::*;

const SETTINGS: Settings = Settings { tolerance: 1e-12, max_iterations: 100_000 };

/// Group of each of six rows, and of each of five columns; groups need not lie together.
const ROW_GROUP: [usize; 6] = [0, 0, 1, 0, 1, 2];
const COLUMN_GROUP: [usize; 5] = [0, 1, 1, 0, 1];

fn blocks(target: &Matrix, known: [[bool; 2]; 3]) -> Blocks {
    let mut sums = vec![vec![0.0; 2]; 3];
    for (i, row) in ROW_GROUP.iter().enumerate() {
        for (j, column) in COLUMN_GROUP.iter().enumerate() {
            sums[*row][*column] += target.at(i, j);
        }
    }
    let total = |row: usize, column: usize| known[row][column].then_some(sums[row][column]);
    Blocks {
        row_group: ROW_GROUP.to_vec(),
        column_group: COLUMN_GROUP.to_vec(),
        totals: (0..3).map(|row| (0..2).map(|column| total(row, column)).collect()).collect(),
    }
}

/// A prior with negative cells and zeros, and a table with its signs whose totals are wanted.
fn tables() -> impl Strategy<Value = (Matrix, Matrix)> {
    let cell = prop_oneof![7 => 0.1..10.0_f64, 1 => -1.0..-0.1_f64, 1 => Just(0.0)];
    prop::collection::vec((cell, 0.5..2.0_f64), 30).prop_map(|cells| {
        let prior = Matrix::from_fn(6, 5, |i, j| cells[i * 5 + j].0);
        (prior, Matrix::from_fn(6, 5, |i, j| cells[i * 5 + j].0 * cells[i * 5 + j].1))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_columns_and_known_blocks_are_met(
        (prior, target) in tables(),
        known in prop::array::uniform3(prop::array::uniform2(any::<bool>())),
    ) {
        let (rows, columns) = (target.row_sums(), target.column_sums());
        let wanted = blocks(&target, known);
        let (fitted, how) = fit_with_blocks(&prior, &rows, &columns, &wanted, &SETTINGS)
            .map_err(|error| TestCaseError::fail(format!("{error} for {prior:?}")))?;
        prop_assert!(how.largest_deviation < 1e-11, "{how:?}");
        let size = target.total().abs().max(10.0);
        for (i, total) in rows.iter().enumerate() {
            prop_assert!((fitted.row_sum(i) - total).abs() < 1e-10 * size);
        }
        for (j, total) in columns.iter().enumerate() {
            prop_assert!((fitted.column_sum(j) - total).abs() < 1e-10 * size);
        }
        let found = blocks(&fitted, known).totals.concat();
        for (found, wanted) in found.iter().zip(wanted.totals.concat()) {
            if let (Some(found), Some(wanted)) = (found, wanted) {
                prop_assert!((found - wanted).abs() < 1e-10 * size);
            }
        }
    }

    /// Without known blocks it is RAS; with the blocks that RAS gives, nothing changes.
    #[test]
    fn blocks_that_hold_anyway_change_nothing((prior, target) in tables()) {
        let (rows, columns) = (target.row_sums(), target.column_sums());
        let (plain, _) = ras(&prior, &rows, &columns, &SETTINGS).expect("it can be met");
        for known in [[[false; 2]; 3], [[true; 2]; 3]] {
            let wanted = blocks(&plain, known);
            let (fitted, _) = fit_with_blocks(&prior, &rows, &columns, &wanted, &SETTINGS)
                .map_err(|error| TestCaseError::fail(format!("{error} for {prior:?}")))?;
            for i in 0..6 {
                for j in 0..5 {
                    let off = (fitted.at(i, j) - plain.at(i, j)).abs();
                    prop_assert!(off < 1e-7, "({i}, {j}): {off}");
                }
            }
        }
    }

    /// Within a block, cross ratios of positive cells are those of the prior.
    #[test]
    fn cross_ratios_within_a_block_stay(
        prior in prop::collection::vec(0.1..10.0_f64, 30),
        target in prop::collection::vec(0.1..10.0_f64, 30),
    ) {
        let table = |cells: &[f64]| Matrix::from_fn(6, 5, |i, j| cells[i * 5 + j]);
        let (prior, target) = (table(&prior), table(&target));
        let wanted = blocks(&target, [[true; 2]; 3]);
        let (fitted, _) =
            fit_with_blocks(&prior, &target.row_sums(), &target.column_sums(), &wanted, &SETTINGS)
                .expect("all positive");
        // Rows 0, 1, 3 by columns 1, 2, 4 are one block; and a cross of four blocks also stays.
        let cross = |m: &Matrix, i: usize, k: usize, j: usize, l: usize| {
            m.at(i, j) * m.at(k, l) / (m.at(i, l) * m.at(k, j))
        };
        for (i, k, j, l) in [(0, 1, 1, 2), (0, 3, 1, 4), (2, 4, 0, 3)] {
            prop_assert!((cross(&fitted, i, k, j, l) / cross(&prior, i, k, j, l) - 1.0).abs() < 1e-9);
        }
    }
}

/// Totals of blocks that differ from those of lines by rounding are made equal, as totals of rows and
/// of columns are: they cannot all be met as they stand.
#[test]
fn totals_that_differ_by_rounding_are_met() {
    let prior = [
        [0.0, 8.28, 2.64, 0.0, 5.40],
        [1.82, 8.12, 7.91, 1.41, 6.68],
        [0.1, 7.60, 2.86, 8.72, 2.53],
        [0.0, 8.03, 7.58, 9.19, 8.05],
        [3.19, 7.85, 6.21, 8.62, 2.37],
        [8.55, 2.87, 0.74, 5.17, 7.29],
    ];
    let prior = Matrix::from_fn(6, 5, |i, j| prior[i][j]);
    let target = prior.zip(&Matrix::from_fn(6, 5, |i, j| ((i + 2 * j) % 4) as f64), |cell, k| {
        cell * (0.5 + 0.4 * k)
    });
    let mut wanted = blocks(&target, [[true; 2]; 3]);
    for (at, total) in wanted.totals.iter_mut().flatten().enumerate() {
        // Off by up to 3e-11 of themselves.
        *total = total.map(|total| total * (1.0 + 1e-11 * (at as f64 - 3.0)));
    }
    let (rows, columns) = (target.row_sums(), target.column_sums());
    let (fitted, how) = fit_with_blocks(&prior, &rows, &columns, &wanted, &SETTINGS)
        .expect("they differ by rounding");
    assert!(how.largest_deviation <= 1e-10 && how.iterations < 5_000, "{how:?}");
    let found = blocks(&fitted, [[true; 2]; 3]).totals.concat();
    for (found, wanted) in found.iter().zip(wanted.totals.concat()) {
        let (found, wanted) = (found.expect("known"), wanted.expect("known"));
        assert!((found / wanted - 1.0).abs() < 1e-9, "{found} is not {wanted}");
    }
}

#[test]
fn blocks_that_cannot_be_met_are_named() {
    let prior = Matrix::from_fn(4, 4, |i, j| if i < 2 && j >= 2 { 0.0 } else { 1.0 });
    let halves = vec![0, 0, 1, 1];
    let wanted = |totals: [[Option<f64>; 2]; 2]| Blocks {
        row_group: halves.clone(),
        column_group: halves.clone(),
        totals: totals.iter().map(|line| line.to_vec()).collect(),
    };
    let fit = |totals| fit_with_blocks(&prior, &[2.0; 4], &[2.0; 4], &wanted(totals), &SETTINGS);
    let empty = BalanceError::BlockConflict {
        row_group: Some(0),
        column_group: Some(1),
        wanted: 1.0,
        possible: 0.0,
    };
    assert_eq!(fit([[None, Some(1.0)], [None, None]]), Err(empty));
    let too_much = BalanceError::BlockConflict {
        row_group: Some(1),
        column_group: None,
        wanted: 5.0,
        possible: 4.0,
    };
    assert_eq!(fit([[None, None], [Some(2.0), Some(3.0)]]), Err(too_much));
}
