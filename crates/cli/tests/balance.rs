//! `ironbelt accounts balance` as a user runs it.

mod support;

use std::path::{Path, PathBuf};
use std::process::Output;

use support::text;

fn ironbelt(arguments: &[&str], folder: &Path) -> Output {
    support::ironbelt(&[&["accounts", "balance"], arguments].concat(), folder)
}

/// A folder with the files of a test.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = support::folder(name);
    // What an earlier run left must not be taken for this one's.
    std::fs::remove_dir_all(&folder).expect("an old folder");
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.join(name), text).expect("a file");
    }
    folder
}

const SAM: &str = "label,farms,homes,abroad\nfarms,,12,3\nhomes,11,,\nabroad,,4,\n";

/// Receipts less outlays of every account of a written table.
fn gaps(path: &Path) -> Vec<f64> {
    let written = std::fs::read_to_string(path).expect("the balanced table");
    let rows: Vec<Vec<f64>> = written
        .lines()
        .skip(1)
        .map(|line| line.split(',').skip(1).map(|cell| cell.parse().unwrap_or(0.0)).collect())
        .collect();
    let column = |k: usize| rows.iter().map(|row| row[k]).sum::<f64>();
    (0..rows.len()).map(|k| rows[k].iter().sum::<f64>() - column(k)).collect()
}

#[test]
fn every_method_prints_what_it_did_and_writes_a_balanced_table() {
    let folder = folder("balance", &[("sam.csv", SAM)]);
    for method in ["ras", "gras", "cross-entropy", "least-squares"] {
        let arguments =
            ["sam.csv", "--method", method, "--out", "balanced.csv", "--standard-error", "0.2"];
        let output = ironbelt(&arguments, &folder);
        assert!(output.status.success(), "{method}: {}", text(&output.stderr));
        let printed = text(&output.stdout);
        for part in [
            "3 accounts, 4 cells",
            "Largest gaps",
            "homes",
            "-5.0000",
            "Balanced by",
            "changed most",
        ] {
            assert!(printed.contains(part), "{part} in\n{printed}");
        }
        for gap in gaps(&folder.join("balanced.csv")) {
            assert!(gap.abs() < 1e-10, "{method}: {gap}");
        }
        std::fs::remove_file(folder.join("balanced.csv")).expect("it was written");
    }
}

#[test]
fn json_has_gaps_changes_and_convergence() {
    let folder = folder("balance-json", &[("sam.csv", SAM)]);
    let output = ironbelt(&["sam.csv", "--method", "gras", "--format", "json"], &folder);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).expect("json");
    assert_eq!(value["largest_gaps_before"][0]["account"], "homes");
    assert_eq!(value["largest_gaps_before"][0]["gap"], -5.0);
    assert_eq!(value["largest_changes"].as_array().expect("cells").len(), 4);
    assert!(value["largest_deviation"].as_f64().expect("a number") < 1e-12);
}

#[test]
fn what_cannot_be_met_is_explained_and_exits_with_3() {
    let one_way = "label,farms,homes,abroad\nfarms,,12,\nhomes,11,,\nabroad,,4,\n";
    let files = [
        ("sam.csv", SAM),
        ("one_way.csv", one_way),
        ("conflict.csv", "label,total\nfarms,20\nhomes,5\nabroad,7\n"),
        (
            "differ.csv",
            "side,label,total\nrow,farms,20\nrow,homes,5\nrow,abroad,7\n\
                        column,farms,20\ncolumn,homes,5\ncolumn,abroad,8\n",
        ),
        ("few.csv", "label,total\nfarms,20\n"),
        ("oblong.csv", "label,a,b,c\nx,1,2,3\ny,3,4,5\n"),
        ("broken.csv", "label,a,b\na,1,x\n"),
    ];
    let folder = folder("balance-wrong", &files);
    for (arguments, parts) in [
        (vec!["sam.csv", "--totals", "conflict.csv"], ["E1411", "column `farms` must sum to 20"]),
        (vec!["sam.csv", "--totals", "differ.csv"], ["E1410", "32, column totals to 33"]),
        (vec!["sam.csv", "--totals", "few.csv"], ["E1402", "row `homes` has no total"]),
        (vec!["one_way.csv"], ["E1412", "(`abroad`, `homes`) never returns"]),
        (vec!["oblong.csv"], ["E1401", "2 rows and 3 columns"]),
        (vec!["broken.csv"], ["E1105", "broken.csv:2:3"]),
        (vec!["nowhere.csv"], ["E0300", "nowhere.csv"]),
    ] {
        for method in ["ras", "cross-entropy"] {
            let arguments =
                [arguments.as_slice(), &["--method", method, "--out", "no.csv"]].concat();
            let output = ironbelt(&arguments, &folder);
            assert_eq!(output.status.code(), Some(3), "{arguments:?}");
            let message = text(&output.stderr);
            for part in parts.iter().chain(&["help:"]) {
                assert!(message.contains(part), "{part} in\n{message}");
            }
            assert!(!folder.join("no.csv").exists(), "nothing is written");
        }
    }
}

#[test]
fn cells_that_totals_force_to_zero_are_named() {
    let totals = "side,label,total\nrow,x,2\nrow,y,1\ncolumn,a,2\ncolumn,b,1\n";
    let files = [("table.csv", "label,a,b\nx,1,\ny,1,1\n"), ("totals.csv", totals)];
    let folder = folder("balance-forced", &files);
    let output = ironbelt(&["table.csv", "--method", "ras", "--totals", "totals.csv"], &folder);
    assert_eq!(output.status.code(), Some(3));
    let message = text(&output.stderr);
    for part in ["E1414", "nothing is left in (`y`, `a`)", "table.csv:3:2", "help:"] {
        assert!(message.contains(part), "{part} in\n{message}");
    }
}

#[test]
fn least_squares_warn_of_cells_that_change_sign() {
    let table = "label,a,b,c\na,,10,1\nb,9,,1\nc,30,1,\n";
    let totals = "label,total\na,10\nb,30\nc,2\n";
    let folder = folder("balance-signs", &[("sam.csv", table), ("totals.csv", totals)]);
    let arguments = ["sam.csv", "--method", "least-squares"];
    let free = ironbelt(&arguments, &folder);
    assert!(free.status.success() && !text(&free.stdout).contains("W1401"));
    let fixed = ironbelt(&[arguments.as_slice(), &["--totals", "totals.csv"]].concat(), &folder);
    let printed = text(&fixed.stdout);
    assert!(fixed.status.success(), "{}", text(&fixed.stderr));
    assert!(printed.contains("warning[W1401]"), "{printed}");
}

/// Rows x, y and columns a, b; the block of both rows with column a is known.
#[test]
fn blocks_errors_and_sides_are_for_the_methods_that_know_them() {
    let folder = folder(
        "balance_more",
        &[
            ("t.csv", "label,a,b,c\nx,1,2,3\ny,4,5,6\nz,7,8,9\n"),
            (
                "totals.csv",
                "side,label,total\nrow,x,10\nrow,y,14\nrow,z,26\ncolumn,a,12\ncolumn,b,18\n\
                 column,c,20\n",
            ),
            (
                "groups.csv",
                "side,label,group\nrow,x,top\nrow,y,top\nrow,z,low\ncolumn,a,left\n\
                 column,b,right\ncolumn,c,right\n",
            ),
            ("blocks.csv", "row,column,total\ntop,left,7\n"),
            ("errors.csv", "row,column,error\nx,a,0\ny,b,\n"),
        ],
    );
    let written = |out: &str| -> Vec<Vec<f64>> {
        let text = std::fs::read_to_string(folder.join(out)).expect("the balanced table");
        let cells =
            |line: &str| line.split(',').skip(1).map(|x| x.parse().unwrap_or(0.0)).collect();
        text.lines().skip(1).map(cells).collect()
    };
    let common = ["t.csv", "--totals", "totals.csv", "--out"];
    let with = |more: &[&str]| {
        let output = ironbelt(&[&common[..], more].concat(), &folder);
        assert!(output.status.success(), "{more:?}: {}", text(&output.stderr));
    };
    with(&["b.csv", "--method", "ras", "--groups", "groups.csv", "--blocks", "blocks.csv"]);
    with(&["e.csv", "--method", "least-squares", "--errors", "errors.csv"]);
    for out in ["b.csv", "e.csv"] {
        let cells = written(out);
        for (row, total) in cells.iter().zip([10.0, 14.0, 26.0]) {
            assert!((row.iter().sum::<f64>() - total).abs() < 1e-9, "{out}: {row:?}");
        }
        for (j, total) in [12.0, 18.0, 20.0].into_iter().enumerate() {
            let sum: f64 = cells.iter().map(|row| row[j]).sum();
            assert!((sum - total).abs() < 1e-9, "{out}: column {j} {sum}");
        }
    }
    let block = written("b.csv");
    assert!((block[0][0] + block[1][0] - 7.0).abs() < 1e-9, "{block:?}");
    let known = written("e.csv");
    assert!((known[0][0] - 1.0).abs() < 1e-12, "{known:?}");
    let wrong: [&[&str]; 2] = [
        &["x.csv", "--method", "least-squares", "--groups", "groups.csv", "--blocks", "blocks.csv"],
        &["x.csv", "--method", "ras", "--errors", "errors.csv"],
    ];
    for more in wrong {
        let output = ironbelt(&[&common[..], more].concat(), &folder);
        assert_eq!(output.status.code(), Some(3), "{more:?}");
        assert!(text(&output.stderr).contains("E1404"), "{}", text(&output.stderr));
    }
    std::fs::write(folder.join("negative.csv"), "label,a,b\na,1,-2\nb,-3,4\n").expect("written");
    let output = ironbelt(&["negative.csv", "--method", "ras"], &folder);
    assert!(text(&output.stdout).contains("Balanced by GRAS"), "{}", text(&output.stdout));
}
