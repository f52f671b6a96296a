//! `ironbelt analyse` and `ironbelt impact` as a user runs them.

mod support;

use std::path::Path;

use support::{folder, ironbelt, text};

fn json(arguments: &[&str], folder: &Path) -> serde_json::Value {
    let output = ironbelt(arguments, folder);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

const IMPACT: [&str; 9] = [
    "impact",
    "--amount",
    "670",
    "--unit",
    "million CNY",
    "--industry",
    "electrical machinery",
    "--region",
    "Shenyang",
];

#[test]
fn every_analysis_of_the_shipped_accounts_gives_a_table() {
    let here = folder("analyse");
    let rows = [
        ("multipliers", 4, 210),
        ("linkages", 1, 210),
        ("extraction", 2, 5),
        ("influence", 1, 50),
        ("footprints", 4, 5),
        ("trade", 2, 5),
        ("location", 1, 42),
        ("relatedness", 1, 42),
        ("complexity", 2, 5),
    ];
    for (what, sheets, lines) in rows {
        let found = json(&["analyse", "--what", what, "--format", "json"], &here);
        assert_eq!((&found["format"], &found["what"]), (&1.into(), &what.into()));
        let tables = found["tables"].as_array().expect("tables");
        assert_eq!(tables.len(), sheets, "{what}");
        let first = tables[0]["rows"].as_array().expect("rows");
        assert_eq!(first.len(), lines, "{what}");
        let columns = tables[0]["columns"].as_array().expect("columns").len();
        assert!(first.iter().all(|row| row["values"].as_array().expect("values").len() == columns));
    }
}

#[test]
fn a_folder_gives_the_same_as_the_accounts_it_was_written_from() {
    let here = folder("analyse_folder");
    assert!(ironbelt(&["accounts", "build", "--out", "tables"], &here).status.success());
    let of = |table: &str| {
        let output = ironbelt(&["analyse", table, "--what", "linkages", "--top", "5"], &here);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    assert_eq!(of("tables"), of("liaoning-2017"));
    // Nothing changed between a table and itself.
    for what in ["decomposition", "shift-share"] {
        let found = json(
            &[
                "analyse",
                "tables",
                "--what",
                what,
                "--against",
                "liaoning-2017",
                "--format",
                "json",
            ],
            &here,
        );
        let rows = found["tables"][0]["rows"].as_array().expect("rows").clone();
        let values = rows.iter().flat_map(|row| row["values"].as_array().expect("values").clone());
        assert!(values.into_iter().all(|value| value.as_f64().expect("a number").abs() < 1e-6));
    }
}

#[test]
fn an_event_by_flags_and_by_file_is_the_same_event() {
    let here = folder("impact");
    let event = "format = 1\nregion = \"Shenyang\"\nindustry = \"19\"\n[construction]\n\
                 amount = \"6.7亿元\"\nlocal_share = 0.55\n";
    std::fs::write(here.join("event.toml"), event).expect("written");
    let by_flags = [&IMPACT[..], &["--local-share", "0.55", "--format", "json"]].concat();
    let by_flags = json(&by_flags, &here);
    assert_eq!(by_flags, json(&["impact", "event.toml", "--format", "json"], &here));
    assert_eq!(by_flags["phases"][0]["kind_of_jobs"], "job-years");
    let sentence =
        "670 million CNY of electrical machinery plant in Shenyang, 55 % of purchases in Shenyang";
    assert_eq!(by_flags, json(&["impact", sentence, "--format", "json"], &here));
    // Shenyang is a part of the areas of Liaoning, which are a part of all regions.
    let phase = &by_flags["phases"][0];
    let output = |part: &serde_json::Value| part["gross"]["output"].as_f64().expect("a number");
    let parts = [&phase["here"]["total"], &phase["group"]["total"], &phase["total"]].map(output);
    assert!(parts[0] < parts[1] && parts[1] < parts[2], "{parts:?}");
    let of_regions = |keep: &dyn Fn(&str) -> bool| -> f64 {
        let regions = phase["regions"].as_array().expect("regions");
        let kept = regions.iter().filter(|part| keep(part["name"].as_str().expect("a name")));
        kept.map(output).sum()
    };
    assert!((of_regions(&|name| name == "Shenyang") - parts[0]).abs() < 1e-9 * parts[2]);
    assert!((of_regions(&|_| true) - parts[2]).abs() < 1e-9 * parts[2]);
    let page = text(&ironbelt(&["impact", "event.toml"], &here).stdout);
    for part in [
        "Direct",
        "Indirect",
        "Induced",
        "Gross",
        "Displaced (0.0 %)",
        "Net",
        "In Shenyang",
        "In Liaoning",
        "By region",
    ] {
        assert!(page.contains(part), "{part} in\n{page}");
    }
    assert!(page.lines().count() <= 60, "one page");
}

#[test]
fn matrices_are_written_with_every_digit() {
    let here = folder("analyse_matrices");
    for what in ["coefficients", "leontief", "ghosh"] {
        let output = ironbelt(&["analyse", "--what", what, "--out", "tables"], &here);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let cells = |what: &str| -> Vec<Vec<f64>> {
        let text = std::fs::read_to_string(here.join(format!("tables/{what}.csv"))).expect("csv");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let number = |field: &str| field.parse().expect("a number");
        reader.records().map(|r| r.expect("a row").iter().skip(2).map(number).collect()).collect()
    };
    let (a, l, g) = (cells("coefficients"), cells("leontief"), cells("ghosh"));
    let n = a.len();
    assert_eq!((n, a[0].len()), (210, 210));
    // (I − A) L = I, and the diagonals of both inverses are the same.
    for (i, row) in l.iter().enumerate() {
        for (j, cell) in row.iter().enumerate() {
            let product = cell - (0..n).map(|k| a[i][k] * l[k][j]).sum::<f64>();
            assert!((product - f64::from(u8::from(i == j))).abs() < 1e-9, "{i}, {j}: {product}");
        }
        assert_eq!(row[i].to_bits(), g[i][i].to_bits());
    }
}

#[test]
fn mistakes_are_named_with_their_way_out() {
    let here = folder("impact_mistakes");
    let spoiled = IMPACT.map(|word| if word == "Shenyang" { "Shenyan" } else { word });
    let output = ironbelt(&spoiled, &here);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("did you mean `Shenyang`?"));
    let cases: [(&[&str], i32, &str); 7] = [
        (&["impact", "670 million CNY for a plant in Shenyang"], 3, "E1509"),
        (
            &[
                "impact",
                "--amount",
                "670",
                "--industry",
                "electrical machinery",
                "--region",
                "Shenyang",
            ],
            3,
            "--unit table",
        ),
        (&["impact", "event.toml", "--years", "2"], 2, "`--years` is not for an event file"),
        (&["analyse", "--what", "decomposition"], 3, "E1507"),
        (&["analyse", "--against", "liaoning-2017"], 3, "E1507"),
        (&["analyse", "nowhere"], 3, "E0301"),
        (&["impact"], 2, "--amount"),
    ];
    for (arguments, code, part) in cases {
        let output = ironbelt(arguments, &here);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(text(&output.stderr).contains(part), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn a_table_that_does_not_add_up_is_told_before_it_is_analysed() {
    let folder = folder("analysis-unbalanced");
    let lines =
        "t,Farms,Works,Households,output\nFarms,1,2,7,10\nWorks,300,1,6,10\nWages,6,7,0,13\n";
    std::fs::write(folder.join("t.csv"), lines).expect("written");
    let arguments = ["analyse", "t.csv", "--from", "sheet", "--what", "multipliers"];
    let output = ironbelt(&arguments, &folder);
    let said = text(&output.stderr);
    assert!(said.contains("W1314") && said.contains("Works"), "{said}");
}
